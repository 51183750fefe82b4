// thread.js: a worker of the browser or of Node · in: what kind of models it runs · out: Thread, its messages, its death · next: serve.js
import { isNode, nodeModule } from './platform.js';

/**
 * post: a message, with buffers that move there; end: at once, nothing is heard of it any more; hold: whether Node must wait for it.
 * @typedef {{ post: (message: unknown, transfer?: ArrayBuffer[]) => void, end: () => void, hold: (busy: boolean) => void }} Thread
 */

/**
 * Opens a worker: of networks, or of any models.
 *
 * @param {'network' | 'linear'} kind the second also runs networks
 * @param {(event: any) => void} receive its messages
 * @param {(reason: string) => void} died called once, when it ended by itself or did not start
 * @returns {Promise<Thread>}
 */
export async function openThread(kind, receive, died) {
  if (isNode) {
    const { Worker } = await nodeModule('worker_threads');
    const script = kind === 'network' ? './worker.js' : './linear-worker.js';
    const worker = new Worker(new URL(/* @vite-ignore */ /* webpackIgnore: true */ script, import.meta.url), { execArgv: [] }); // flags such as --input-type would stop it
    const { hear, die, end } = border(worker, receive, died);
    worker.on('message', hear);
    worker.on('error', (/** @type {Error} */ error) => die(error.message));
    worker.on('exit', (/** @type {number} */ code) => die(`exit code ${code}`));
    return { post: (message, transfer) => worker.postMessage(message, transfer), end, hold: (busy) => { if (busy) worker.ref(); else worker.unref(); } };
  }
  // spelt out, as bundlers look for it
  const worker = kind === 'network' ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
    : new Worker(new URL('./linear-worker.js', import.meta.url), { type: 'module' });
  const { hear, die, end } = border(worker, receive, died);
  worker.onmessage = ({ data }) => hear(data);
  worker.onerror = (event) => {
    event.preventDefault?.();
    die(event.message || 'its script could not be loaded');
  };
  return { post: (message, transfer = []) => worker.postMessage(message, transfer), end, hold() {} };
}

/**
 * Nothing passes after the end, whoever made it. Reports are acknowledged.
 * @param {{ terminate: () => void, postMessage: (message: any) => void }} worker @param {(event: any) => void} receive @param {(reason: string) => void} died
 */
function border(worker, receive, died) {
  let over = false;
  const end = () => {
    over = true;
    worker.terminate();
  };
  const die = (/** @type {string} */ reason) => {
    if (over) return;
    end(); // in browsers a worker goes on after an error
    died(reason);
  };
  const hear = (/** @type {any} */ event) => {
    if (over) return;
    receive(event);
    if (event.type === 'reports' && !over) worker.postMessage({ type: 'taken' });
  };
  return { hear, die, end };
}
