// serve.js: the worker's side of a run, in browsers and in Node · in: { engine, task } then commands · out: events · next: worker.js
import { engineReady } from './engine.js';
import { isNode, nodeModule } from './platform.js';
import { Session } from './session.js';

/** @type {Session | undefined} */
let session;
/** @type {import('./session.js').Command[]} */
const early = [];

/**
 * @param {any} message
 * @param {import('./session.js').Begin} begin
 * @param {(event: import('./session.js').SessionEvent) => void} post
 */
async function receive(message, begin, post) {
  if (message.type !== 'start') {
    if (session) session.receive(message);
    else early.push(message);
    return;
  }
  try {
    const { task, simd, module } = message;
    session = new Session(await engineReady(task.kind, simd, module), task, begin, post);
  } catch (error) {
    post({ type: 'error', name: 'WasmfitError', message: `the worker could not start (${error instanceof Error ? error.message : String(error)})`, code: 'WORKER' });
    return;
  }
  for (const command of early.splice(0)) session.receive(command);
  await session.start();
}

/** Listens for a fit and runs it. @param {import('./session.js').Begin} begin */
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
