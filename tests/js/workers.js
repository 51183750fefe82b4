// workers.js: what the tests of fitMany share: workers that are watched, models compared by their bits · next: fit-many.test.js
import assert from 'node:assert/strict';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { afterEach } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MLPRegressor, datasets } from '../../src/js/index.js';
import { endResting } from '../../src/js/pool.js';

export const { X, y } = await datasets.sine({ rows: 90 });
/** Epochs that never end. */
export const LONG = 1e8;

/** @param {object} [more] */
export const make = (more) => new MLPRegressor({ hiddenLayers: [6], activation: 'tanh', batchSize: 16, epochs: 20, seed: 3, ...more });
/** @param {any[]} models @param {any} [options] @returns {any[]} */
export const jobsOf = (models, options) => models.map((model) => ({ model, X, y, options }));
/** @param {any} history */
export const untimed = ({ seconds, ...columns }) => columns;
/** What is left of a model, to the last bit. @param {any} model */
export const bitsOf = (model) => Buffer.from(model.save()).toString('base64');
/** @param {() => boolean} holds @param {string} what */
export async function until(holds, what) {
  for (const start = performance.now(); !holds(); await delay(2)) assert.ok(performance.now() - start < 20_000, `no ${what} in 20 s`);
}

const threads = createRequire(import.meta.url)('node:worker_threads');
const { Worker } = threads;
/**
 * Watches the workers that begin from now on.
 * @param {(worker: any, event: any) => void} [heard] of every message from them @param {(url: URL) => URL} [urlOf] another script
 * @returns {any[]} the workers, each with the messages it was sent
 */
export function watch(heard = () => {}, urlOf = (url) => url) {
  endResting();
  /** @type {any[]} */
  const workers = [];
  threads.Worker = class extends Worker {
    constructor(/** @type {URL} */ url, /** @type {any} */ options) {
      super(urlOf(url), options);
      this.sent = [];
      workers.push(this);
      this.on('message', (/** @type {any} */ event) => heard(this, event));
    }

    postMessage(/** @type {any} */ message, /** @type {any} */ transfer) {
      this.sent.push(message);
      super.postMessage(message, transfer);
    }
  };
  syncBuiltinESMExports();
  return workers;
}
afterEach(() => {
  threads.Worker = Worker;
  syncBuiltinESMExports();
  endResting();
});
