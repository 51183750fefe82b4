// bench.js: ours and every installed peer on the same tasks, by turns · in: options · out: tables, JSON · next: browsers.js
//
//   node tests/bench/bench.js [--tasks T1,T3] [--peers sklearn,torch] [--repeat 5] [--seconds 30] [--threads 1] [--node PATH] [--json FILE|-]
//
// tasks: those of tasks.js, start and memory; all if none are named. peers: of sklearn, numpy, torch, jax-js, tfjs, brain.js, or none;
// ours always takes part. repeat: rounds; seconds: who has used so many for a task gets no further round of it. threads: of BLAS and
// PyTorch; all JavaScript has one. node: another Node for it, such as one with relaxed SIMD for our fast build. json: everything that
// was measured; '-': instead of the tables.
import { writeFile } from 'node:fs/promises';
import { contest } from './contest.js';
import { findContestants } from './contestants.js';
import { provideData } from './data.js';
import { MEMORY_TASKS, fitMemory } from './memory.js';
import { EXTRAS, TASKS, run } from './options.js';
import { machine, machineLine, report } from './report.js';
import { startTime } from './start.js';

run([...TASKS, ...EXTRAS], async ({ names, peers, repeat, seconds, threads, node, json }) => {
  const here = machine(node), { contestants, absent } = findContestants({ peers, node, threads });
  /** @type {Record<string, Record<string, import('./contest.js').Result>>} */
  const results = {};
  for (const name of names.filter((one) => TASKS.includes(one))) {
    if (json !== '-') process.stderr.write(`${name} …\n`);
    results[name] = await contest(name, contestants, { repeat, seconds });
  }
  if (names.includes('memory')) await provideData(MEMORY_TASKS);
  const start = names.includes('start') ? startTime(node, 2 * repeat + 1) : undefined;
  const memory = names.includes('memory') ? Object.fromEntries(MEMORY_TASKS.map((name) => [name, fitMemory(name, node)])) : undefined;
  const versions = Object.fromEntries(contestants.map(({ name, version }) => [name, version]));
  const all = JSON.stringify({ machine: here, options: { repeat, seconds, threads }, versions, absent, tasks: results, start, memory }, null, 1);
  if (json === '-') return console.log(all);
  if (json) await writeFile(json, `${all}\n`);
  const where = machineLine(here, `BLAS on ${threads} thread${threads > 1 ? 's' : ''}`);
  if (Object.keys(results).length > 0) console.log(report(results, { contestants, absent, where, repeat }));
  for (const { text } of [start ?? [], Object.values(memory ?? {})].flat()) console.log(text);
});
