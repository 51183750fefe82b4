// bench.test.js: the bench runs, on tiny tasks, and its tasks are those of the peers; nothing here is judged by its time · next: ../browser
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assemble } from '../bench/ceiling.js';
import { makers, provideData } from '../bench/data.js';
import { agrees } from '../bench/report.js';
import { flops, tasks } from '../bench/tasks.js';

/** @param {string} script @param {...string} options */
async function bench(script, ...options) {
  const path = fileURLToPath(new URL(`../bench/${script}.js`, import.meta.url));
  return (await promisify(execFile)(process.execPath, [path, ...options])).stdout;
}

test('the numbers of the tasks are those that the peers were measured on', () => {
  // SHA-256 of the files of shared/peers/gen.mjs
  const sums = {
    line: ['f2bcce0b', 'efa9f1de', 'af5570f5'], xor: ['81a8ac62', 'd72fb9fe', '5b7a5ca7'], odds: ['b8025068', '641cedb7'],
    diabetesLike: ['5e1d6e7e', 'c5301cb9', '6953bab3'], curved: ['76ef0926', 'b1ca54d7', 'c38f3f16'],
  };
  for (const [name, expected] of Object.entries(sums)) {
    const { x, y, w } = makers[name]();
    const found = [x, y, w].flatMap((values) => (values ? createHash('sha256').update(Float32Array.from(values)).digest('hex').slice(0, 8) : []));
    assert.deepEqual(found, expected, name);
  }
});

test('ours reaches the final losses of PyTorch, scikit-learn and the other peers', async () => {
  const names = ['T1', 'T2', 'T3', 'T4', 'T8', 'T9b'];
  const output = await bench('bench', '--tasks', names.join(), '--peers', 'none', '--repeat', '1', '--seconds', '0', '--json', '-');
  const { tasks: results, machine } = JSON.parse(output);
  assert.deepEqual(Object.keys(results), names);
  assert.equal(`v${machine.node}`, process.version);
  for (const name of names) {
    const { seconds, cpu, first, rounds, loss } = results[name]['ours exact'];
    assert.ok(seconds > 0 && cpu > 0 && first > 0 && rounds.length === 1, name);
    assert.ok(agrees(name, loss), `${name}: the final loss is ${loss}, ${tasks[name].expected} was to be reached`);
  }
});

test('the tables name the task, ours and the reason why somebody is missing', async () => {
  const text = await bench('bench', '--tasks', 'T2,start', '--peers', 'none', '--repeat', '1');
  assert.match(text, /^T2 {3}exclusive or/m);
  assert.match(text, /^ +ours exact +ours fast +ours int8$/m);
  assert.match(text, /^T2 +0\.\d+ .*\n\nSeconds of processor time/m);
  assert.match(text, /^T2 +\d+e-\d+/m);
  if (process.version.startsWith('v20.')) assert.match(text, /^– ours fast: relaxed SIMD is missing here/m);
  assert.match(text, /^start .* \d+\.\d ms \(goal 15\)$/m);
});

test('a loss that is another is told from one that agrees', () => {
  for (const name of ['T2', 'T3', 'T5']) {
    const { expected } = tasks[name];
    assert.deepEqual([expected * 1.0005 + 1e-13, expected * 1.01 + 1e-3].map((loss) => agrees(name, loss)), [true, false], name);
  }
});

test('the memory of a fit and the share of the ceiling are measured', async () => {
  await provideData(['T3']);
  assert.match(await bench('memory', 'T3'), /^\{"before":\d+,"grown":\d+\}\n$/);
  const { lines, ceilings } = JSON.parse(await bench('roofline', '--tasks', 'T3', '--repeat', '1', '--json', '-'));
  for (const kind of ['exact32', 'exact64', 'int8']) assert.ok(ceilings[kind] > 0.1, kind);
  assert.deepEqual([lines[0].task, lines[0].build, lines[0].kind], ['T3', 'exact', 'exact32']);
  assert.ok(lines[0].reached > 0 && lines[0].reached < ceilings.exact32);
});

test('the loop of the ceiling is valid and computes a·b + c', async () => {
  // after many steps every chain is at the fixed point of a = 0.999 a + 0.001, which is 1; there are 12; of integers both numbers are 0
  for (const [bits, sum] of /** @type {const} */ ([[16, 0], [32, 12], [64, 12]])) {
    const { instance } = await WebAssembly.instantiate(assemble({ bits, fused: false }));
    assert.ok(Math.abs(/** @type {any} */ (instance.exports).run(10_000) - sum) < 1e-2);
  }
});

test('operations are counted as by hand', () => {
  // 2-3-1: forward 2·(6 + 3) a row, weight gradients the same, input gradient of the second layer 2·3; 13 parameters, momentum 4
  assert.equal(flops({ ...tasks.T2, sizes: [2, 3, 1], batch: 2, epochs: 5 }, 4), 5 * (4 * (18 + 18 + 6) + 2 * 13 * 4));
  assert.equal(flops(tasks.T9a, 10), 10 * 2 * (784 * 128 + 1280));
});

test('a wrong option is refused in one line, with exit code 2', async () => {
  const inOneLine = (/** @type {any} */ error) => error.code === 2 && error.stderr.trim().split('\n').length === 1;
  const refusal = (/** @type {string[]} */ ...options) => assert.rejects(bench('bench', ...options), inOneLine);
  await refusal('--tasks', 'T10');
  await refusal('--repeat', 'often');
  await refusal('--frequency', '3');
});

test('the table of techniques has scores without and with one, and what it costs', async () => {
  const text = await bench('techniques', '1', 'half of the units');
  assert.match(text, /^half of the units +digits .* 0\.9\d{3} ± 0\.0000 +0\.9\d{3} ± 0\.0000 +[+-]0\.\d{4} ± 0\.0000 +file: 4\d\.\d kB → 2\d\.\d kB$/m);
});
