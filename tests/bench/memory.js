// memory.js: how far WebAssembly memory grows in a fit · in: a task · out: bytes, and how many there may be · next: roofline.js
//
//   node tests/bench/memory.js TASK     one line of JSON; a process of its own, as memory never shrinks
//
// Allowed: data + 3 × parameters × 4 bytes + batch activations + 2 MB, data being features and targets as the core has them (of networks
// in 32 bits, of linear models in 64) and batch activations every layer's output for one batch.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ROWS, tasks } from './tasks.js';

const script = fileURLToPath(import.meta.url);
/** Those of the tasks that differ in this. */
export const MEMORY_TASKS = ['T2', 'T3', 'T4', 'T6', 'T7', 'T8'];

/** Bytes by which it may grow. @param {Pick<import('./tasks.js').Task, 'kind' | 'cols' | 'sizes' | 'batch'>} task @param {number} rows */
export function allowed({ kind, cols, sizes = [cols, 1], batch = 0 }, rows) {
  const number = kind === 'network' ? 4 : 8, outputs = sizes.slice(1).reduce((sum, out) => sum + out, 0);
  const parameters = sizes.slice(1).reduce((sum, out, l) => sum + (sizes[l] + 1) * out, 0);
  return rows * (cols + 1) * number + 3 * parameters * 4 + Math.min(batch, rows) * outputs * 4 + 2 * 2 ** 20;
}

/** @param {string} name */
async function measure(name) {
  const [{ sit }, { engineReady }] = [await import('./seat.js'), await import('../../build/js/fit.js')];
  const { memory } = (await engineReady(tasks[name].kind === 'network' ? 'network' : 'linear')).exports, before = memory.buffer.byteLength;
  const seat = await sit('ours', 'exact', tasks[name]);
  await seat.round(0);
  return { before, grown: memory.buffer.byteLength - before };
}

/**
 * @param {string} name of the task, its data being there @param {string} [node]
 * @returns {{ before: number, grown: number, allowed: number, text: string }}
 */
export function fitMemory(name, node = process.execPath) {
  const seen = JSON.parse(execFileSync(node, [script, name], { encoding: 'utf8' })), task = tasks[name];
  const limit = allowed(task, ROWS[/** @type {keyof typeof ROWS} */ (task.data)]), over = seen.grown > limit ? ' !' : '';
  const megabytes = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(2)} MB`;
  const text = `memory  WebAssembly memory grows by ${megabytes(seen.grown)} in ${name} (allowed ${megabytes(limit)})${over}`;
  return { ...seen, allowed: limit, text };
}

if (process.argv[1] === script) console.log(JSON.stringify(await measure(process.argv[2])));
