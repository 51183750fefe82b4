// start.js: from import to the first epoch of T2, in a fresh process · in: a Node · out: milliseconds · next: memory.js
//
//   node tests/bench/start.js     one line of JSON: ms from before import() until the first epoch is told of
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './contest.js';
import { tasks } from './tasks.js';

/** The goal in ms. */
const GOAL = 15;
const script = fileURLToPath(import.meta.url);

async function once() {
  const { sizes = [], activation, optimizer, batch, epochs } = tasks.T2;
  const before = performance.now();
  const { Network, dense } = await import('wasmfit');
  const layers = [dense(sizes[1], { activation }), dense(sizes[2])];
  const model = new Network({ inputs: sizes[0], layers, loss: 'mse', optimizer, batchSize: batch, epochs });
  /** @type {number | undefined} */
  let after;
  await model.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], { worker: false, onEpoch: () => { after ??= performance.now(); } });
  return { ms: Number(after) - before };
}

/** @param {string} node @param {number} repeat fresh processes */
export function startTime(node, repeat) {
  const rounds = Array.from({ length: repeat }, () => JSON.parse(execFileSync(node, [script], { encoding: 'utf8' })).ms);
  const ms = median(rounds);
  return { ms, rounds, goal: GOAL, text: `start   import to first epoch done, T2 in a fresh process: ${ms.toFixed(1)} ms (goal ${GOAL})` };
}

if (process.argv[1] === script) console.log(JSON.stringify(await once()));
