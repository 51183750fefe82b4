// serve.js: the worker's side of a run, in browsers and in Node · in: { engine, task } then commands · out: events · next: worker.js
import { engineReady } from './engine.js';
import { breathe, isNode, nodeModule } from './platform.js';
import { Session } from './session.js';
import { restore } from './share.js';

/** Fits that have not begun: one worker may be given several, which run in their order. @type {any[]} */
const waiting = [];
/** The fit that is running. @type {Session | null} */
let session = null;
let busy = false;
/** What was commanded before the core was there. @type {import('./session.js').Command[]} */
const early = [];
/** Arrays that fits share, by number. @type {Map<bigint, any>} */
const shared = new Map();

/** @typedef {(event: import('./session.js').SessionEvent | { type: 'returned', count: number }) => void} Post */

/** @param {any} start @param {import('./session.js').Begin} begin @param {Post} post */
async function fit({ task, module, simd }, begin, post) {
  try {
    session = new Session(await engineReady(task.kind, simd, module), restore(task, shared), begin, post, true);
  } catch (error) {
    return post({ type: 'error', name: 'WasmfitError', message: `the worker could not start (${error instanceof Error ? error.message : String(error)})`, code: 'WORKER' });
  }
  for (const command of early.splice(0)) session.receive(command);
  await session.start();
  session = null;
}

/** @param {any} message @param {import('./session.js').Begin} begin @param {Post} post */
async function receive(message, begin, post) {
  if (message.type === 'forget') return shared.clear();
  if (message.type === 'return') return post({ type: 'returned', count: waiting.splice(0).length });
  if (message.type !== 'start') {
    if (session) session.receive(message);
    else if (busy) early.push(message);
    return undefined;
  }
  for (const [id, values] of message.arrays ?? []) shared.set(id, values);
  waiting.push(message);
  if (busy) return;
  busy = true;
  for (let next; (next = waiting.shift()); await breathe()) await fit(next, begin, post);
  busy = false;
}

/** Listens for fits and runs them. @param {import('./session.js').Begin} begin */
export function serve(begin) {
  if (isNode) {
    nodeModule('worker_threads').then(({ parentPort }) => {
      parentPort.on('message', (/** @type {any} */ message) => receive(message, begin, (event) => parentPort.postMessage(event)));
    });
  } else {
    const scope = /** @type {any} */ (globalThis);
    scope.onmessage = (/** @type {MessageEvent} */ { data }) => receive(data, begin, (event) => scope.postMessage(event));
  }
}
