// platform.js: the few things that Node and browsers do differently · in: a URL, a moment · out: bytes, a pause · next: engine.js
import { WasmfitError } from './errors.js';

export const isNode = typeof process === 'object' && process !== null && typeof process.versions?.node === 'string' &&
  !(/** @type {any} */ (globalThis).WorkerGlobalScope);

/**
 * A module of Node's own, behind a variable, so that no bundler for the web looks for it; at once where this Node has a way.
 * @param {string} name
 * @returns {Promise<any>}
 */
export const nodeModule = async (name) => process.getBuiltinModule?.(`node:${name}`) ?? import(/* @vite-ignore */ /* webpackIgnore: true */ `node:${name}`);

/**
 * @param {URL} url
 * @param {string} what
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {WasmfitError} NOT_FOUND
 */
export async function readUrl(url, what) {
  try {
    if (isNode && url.protocol === 'file:') return (await nodeModule('fs')).readFileSync(url); // the promises' way takes four turns of a loop that is busy loading modules
    if (url.protocol === 'data:') { // inlined by a bundler; fetch may be forbidden by the page's policy
      const text = atob(url.href.slice(url.href.indexOf(',') + 1));
      return Uint8Array.from(text, (char) => char.charCodeAt(0));
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WasmfitError(`${what} could not be read from ${url.protocol === 'data:' ? 'a data: URL' : url.href} (${reason})`,
      { code: 'NOT_FOUND', hint: 'the file must be served beside the JavaScript that asks for it', cause });
  }
}

/** @type {(() => void)[]} */
const waiting = [];
/** @type {MessageChannel | undefined} */
let channel;

/**
 * Lets pending events run: messages, timers, input. Unlike a timer it is not slowed down in hidden tabs.
 * @returns {Promise<void>}
 */
export function breathe() {
  if (typeof setImmediate === 'function') return new Promise((resolve) => { setImmediate(resolve); });
  if (!channel) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  const { port2 } = channel;
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}
