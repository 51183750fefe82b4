// fit-many.js: 16 small fits one after the other, in one worker, and in as many as there are cores, by turns · in: task T3 · out: medians in ms · next: ../../README.md
//
//   node tests/bench/fit-many.js [rounds]
//
// long: 4 fits of 2000 epochs. first: the workers are started by the call; after that they are there still, as for calls in a row.
// machine: how much faster as many plain loops as there are cores end side by side than one after the other, at that time: what no pool of
// workers can exceed.
import { once } from 'node:events';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { serialize } from 'node:v8';
import { MLPRegressor, fitMany, init } from 'wasmfit';
import { makers } from './data.js';
import { tasks } from './tasks.js';

const { what, cols, batch: batchSize, epochs: EPOCHS = 1, optimizer } = tasks.T3, rounds = Number(process.argv[2] ?? 15), cores = availableParallelism();
const data = makers.diabetesLike(), X = { data: Float32Array.from(data.x), rows: data.y.length, cols }, y = Float32Array.from(data.y);
/** @param {number} count @param {number} epochs */
const jobs = (count, epochs) => Array.from({ length: count }, (_, seed) => ({ model: new MLPRegressor({ hiddenLayers: [32, 16], batchSize, epochs, optimizer, seed }), X, y }));

/** @param {() => Promise<unknown>} work @returns {Promise<number>} ms */
async function time(work) {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const threads = createRequire(import.meta.url)('node:worker_threads');
const { Worker } = threads;
const loops = Array.from({ length: cores }, () => new Worker(`const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (n) => { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i); parentPort.postMessage(s); });`, { eval: true }));
/** Until the workers of the calls before have gone. */
const rest = () => delay(1100);
/** Loops in so many threads. @param {number} count @param {number} steps of each */
const spin = (count, steps) => Promise.all(loops.slice(0, count).map((worker) => (worker.postMessage(steps), once(worker, 'message'))));
await spin(cores, 1e8);

/** Bytes that a call posts to its workers. @param {() => Promise<unknown>} call */
async function posted(call) {
  let bytes = 0;
  await rest();
  threads.Worker = class extends Worker {
    postMessage(/** @type {any} */ { module, ...message }) {
      bytes += serialize(message).length;
      super.postMessage({ module, ...message });
    }
  };
  syncBuiltinESMExports();
  await call();
  threads.Worker = Worker;
  syncBuiltinESMExports();
  return bytes;
}

await init();
/** @type {Record<string, number[]>} */
const times = {};
/** @param {string} name @param {() => Promise<unknown>} work */
const take = async (name, work) => (times[name] ??= []).push(await time(work));
for (let round = -2; round < rounds; round++) {
  if (round === 0) for (const name of Object.keys(times)) times[name] = []; // the first two compile
  for (const [name, count, epochs] of /** @type {[string, number, number][]} */ ([['16 fits', 16, EPOCHS], ['long', 4, 20 * EPOCHS]])) {
    if (name === 'long' && round % 5 !== 0) continue;
    await take(`${name}, one after the other`, async () => { for (const { model } of jobs(count, epochs)) await model.fit(X, y); });
    for (const workers of new Set([1, cores])) {
      await rest();
      await take(`${name}, ${workers} first`, () => fitMany(jobs(count, epochs), { workers }));
      await take(`${name}, ${workers}`, () => fitMany(jobs(count, epochs), { workers }));
    }
  }
  await take('machine, one', () => spin(1, 2e7 * cores));
  await take('machine, all', () => spin(cores, 2e7));
}
for (const worker of loops) worker.terminate();

const of = (/** @type {string} */ name) => median(times[name]);
const ratio = (/** @type {string} */ slow, /** @type {string} */ fast) => `${(of(slow) / of(fast)).toFixed(2)} ×`;
console.log(`a fit: ${what}`);
for (const name of ['16 fits', 'long']) {
  const alone = `${name}, one after the other`, one = `${name}, 1`, all = `${name}, ${cores}`;
  console.log(`${name.padEnd(8)} one after the other ${of(alone).toFixed(1)} ms   1 worker ${of(one).toFixed(1)} (first ${of(`${one} first`).toFixed(1)})   ` +
    `${cores} workers ${of(all).toFixed(1)} (first ${of(`${all} first`).toFixed(1)})   ${ratio(one, all)} of 1 worker, ${ratio(alone, all)} of one after the other (first ${ratio(alone, `${all} first`)})`);
}
console.log(`machine  ${ratio('machine, one', 'machine, all')}`);
console.log(`posted   ${await posted(() => fitMany(jobs(16, 1), { workers: cores }))} bytes for 16 jobs in ${cores} workers; the data are ${X.data.byteLength + y.byteLength}`);
