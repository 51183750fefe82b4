// roofline.js: which share of what the core can do at most each task reaches · in: options of bench.js · out: a table · next: seen.js
//
//   node tests/bench/roofline.js [--tasks T4,T5] [--repeat 5] [--node PATH] [--json FILE|-]
//
// Operations of tasks.js over the median time of the whole fit, so that a share holds everything: checks, copies, reports. Networks
// compute in 32 bits, with fused multiply-add in the fast build, in integers in the int8 one; least squares and logistic regression in
// 64 bits and without.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { contest } from './contest.js';
import { findContestants } from './contestants.js';
import { TASKS, run } from './options.js';
import { machine, machineLine, table } from './report.js';
import { ROWS, flops, tasks } from './tasks.js';

run(TASKS, async ({ names, repeat, seconds, node, json }) => {
  const here = machine(node), script = fileURLToPath(new URL('ceiling.js', import.meta.url));
  const measured = () => JSON.parse(execFileSync(node, [script], { encoding: 'utf8' }));
  const { contestants } = findContestants({ peers: [], node, threads: 1 });
  const ceilings = measured();
  /** @type {{ task: string, build: string, gigaflops: number, reached: number, kind: string }[]} */
  const lines = [];
  for (const task of names) {
    const results = await contest(task, contestants, { repeat, seconds }), again = measured();
    for (const key of Object.keys(ceilings)) ceilings[key] = ceilings[key] && Math.max(ceilings[key], again[key]);
    for (const [name, result] of Object.entries(results)) {
      if ('failed' in result) continue;
      const build = name.split(' ')[1], { data, kind } = tasks[task], double = kind === 'leastSquares' || kind === 'logistic';
      const work = flops(tasks[task], ROWS[/** @type {keyof typeof ROWS} */ (data)], result.iterations) / 1e9;
      lines.push({ task, build, gigaflops: work, reached: work / result.seconds, kind: double ? 'exact64' : build === 'int8' ? build : `${build}32` });
    }
  }
  if (json === '-') return console.log(JSON.stringify({ machine: here, ceilings, lines }));
  if (json) await writeFile(json, JSON.stringify({ machine: here, ceilings, lines }, null, 1));
  console.log(machineLine(here, 'one core'));
  console.log(table([['', 'build', 'GFLOP', 'GFLOP/s', 'of at most', 'share'], ...lines.map(({ task, build, gigaflops, reached, kind }) =>
    [task, build, gigaflops.toPrecision(3), reached.toFixed(1), ceilings[kind].toFixed(1), `${(100 * reached / ceilings[kind]).toFixed(1)} %`])]));
});
