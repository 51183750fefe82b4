// estimator.js: what all models share: their life, their errors, how a fit begins · in: X, y · out: Run · next: network.js, linear-model.js
//
// A model is its options and its state. What works on them is fetched by the first fit, load or init and reached through `_late`.
import { WasmfitError, checkKeys, show } from './errors.js';
import { checkSwitch } from './options.js';
import { Run } from './run.js';
import { isMatrix } from './shapes.js';

/**
 * @typedef {{ validation?: number | { last: number } | { X: unknown, y: unknown, sampleWeight?: ArrayLike<number> }, epochs?: number, batchSize?: unknown,
 *   shuffle?: boolean, evaluateTraining?: boolean, stratify?: boolean, sampleWeight?: ArrayLike<number>, signal?: AbortSignal, worker?: boolean,
 *   resume?: boolean, onEpoch?: (epoch: import('./run.js').Epoch) => void }} FitOptions
 * validation: a fraction, whose rows are drawn with the model's seed; { last: fraction }: the last rows, for series in time; or rows given;
 * sampleWeight: one number a row, 0 or more, in loss and metrics; signal: aborts the run, which then rejects with signal.reason; worker: where the
 * fit runs (browsers: in a worker, Node: in slices in this thread; the numbers are the same); evaluateTraining: training loss and metrics by a
 * full pass after the epoch; resume: goes on where the checkpoint was made that this model was loaded from
 */
/** The code of a kind of models. @typedef {ReturnType<typeof import('./later.js').later<typeof import('./network-use.js') | typeof import('./linear-use.js')>>} Late */

/** @param {unknown} signal @param {string} where */
export function checkSignal(signal, where) {
  if (signal === undefined) return;
  const { aborted, addEventListener, removeEventListener } = Object(signal);
  if (typeof aborted !== 'boolean' || [addEventListener, removeEventListener].some((method) => typeof method !== 'function')) throw new TypeError(`${where}: signal must be an AbortSignal, not ${show(signal)}`);
}

/** Of all typed arrays: a Buffer's own slice is no copy. */
const { slice } = Object.getPrototypeOf(Uint8Array.prototype);

/** Numbers as they are now, to any depth that arguments of fit have. @param {any} value @param {number} [depth] @returns {any} */
function copyOf(value, depth = 6) {
  if (ArrayBuffer.isView(value)) return 'slice' in value && value.byteLength ? slice.call(value) : value;
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => copyOf(item, depth - 1));
  if (isMatrix(value)) return { ...value, rows: value.rows, cols: value.cols, data: copyOf(value.data) };
  return Object.getPrototypeOf(value) === Object.prototype ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item, depth - 1)])) : value;
}

/** @abstract */
export class Estimator {
  /** @type {Run | null} */ #run = null;
  /** @ignore */ _disposed = false;
  /** @ignore @type {import('./encoder.js').Encoder | null} */ _encoder = null;
  /** The options, complete. @type {Readonly<Record<string, any>>} */ options = {};

  /** @ignore @type {string} */
  get _name() {
    return '';
  }

  /** @ignore @returns {Late} */
  get _late() {
    return /** @type {any} */ (null);
  }

  /** @ignore @type {readonly string[]} */
  get _fitOptions() {
    return [];
  }

  /** @ignore @param {string} what */
  _checkAlive(what) {
    if (this._disposed) throw new WasmfitError(`${this._name}.${what}: the model was disposed`, { code: 'DISPOSED', hint: 'make a new model' });
  }

  /** @ignore @param {string} what */
  _checkFitted(what) {
    this._checkAlive(what);
    if (!this.fitted) throw new WasmfitError(`${this._name}.${what}: the model is not fitted yet`, { code: 'NOT_FITTED', hint: 'await model.fit(X, y) first' });
  }

  /** @ignore @param {string} what */
  _checkIdle(what) {
    if (this.#run) throw new WasmfitError(`${this._name}.${what}: the model is being fitted`, { code: 'BUSY', hint: 'await the run, or stop it first' });
  }

  /** The code of a fitted model. @ignore @param {string} what asks for it @returns {any} */
  _use(what) {
    this._checkFitted(what);
    return this._late.code;
  }

  /** Whether predict works: after a fit, or loaded. @returns {boolean} */
  get fitted() {
    return false;
  }

  /**
   * Names of the features, after encoding, of a model fitted on a Table; else undefined.
   * @returns {string[] | undefined}
   */
  get featureNames() {
    return this._encoder ? this._late.code?.featureNames(this._encoder) : undefined;
  }

  /**
   * Trains; starts at once. Nothing of the model changes before X, y and the options are judged; their values are those of this moment.
   *
   * @param {unknown} X (rows, features): array of rows, { data, rows, cols } or Table
   * @param {unknown} y a value a row; several outputs: { data, rows, cols }; classifiers: any labels
   * @param {FitOptions} [options]
   * @returns {Run} rejects with TypeError | RangeError, by argument, row, column, value and rule, if X, y or what options hold is not fit for use
   * @throws {TypeError} unknown options; worker, signal or onEpoch of another type
   * @throws {WasmfitError} BUSY, DISPOSED
   */
  fit(X, y, options = {}) {
    this._checkCall(options);
    return this._start(async (release) => {
      let given = [X, y, options];
      const late = this._late;
      const first = !late.code;
      if (first) { // what the caller changes while it is fetched is not trained on
        given = copyOf(given);
        import('./engine.js').then(({ engineReady }) => engineReady(late.core)).catch(() => {}); // the run needs it too, and says so if it cannot be had
        await late.ready();
      }
      return /** @type {any} */ (late.code).begin(this, ...given, release, first);
    });
  }

  /** What can be judged of a call before its rows are. @ignore @param {FitOptions} options */
  _checkCall(options) {
    this._checkAlive('fit');
    this._checkIdle('fit');
    const where = `${this._name}.fit`, { signal, worker, onEpoch } = Object(options);
    checkKeys(options, this._fitOptions, where);
    checkSignal(signal, 'fit');
    if (worker !== undefined) checkSwitch(worker, `${where}: worker`);
    if (onEpoch !== undefined && typeof onEpoch !== 'function') throw new TypeError(`${where}: onEpoch must be a function, not ${show(onEpoch)}`);
  }

  /** @ignore @param {(release: () => void) => Promise<import('./drive.js').Drive>} begin @returns {Run} */
  _start(begin) {
    const release = () => { this.#run = null; };
    this.#run = new Run(begin(release), release);
    return this.#run;
  }

  /**
   * The model as one safetensors file, readable by any safetensors library: weights, options, classes, columns and scaling. A model
   * that was loaded from it predicts the same bits.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {WasmfitError} NOT_FITTED, DISPOSED
   */
  save() {
    return this._use('save').save(this);
  }

  /** Gives the memory of the core back and stops a run. Safe to call twice. */
  dispose() {
    if (this._disposed) return;
    this._disposed = true;
    this.#run?.cancel(new WasmfitError(`${this._name}: the model was disposed during its fit`, { code: 'DISPOSED' }));
    this.#run?.catch(() => {}); // who disposes knows
    this._release();
  }

  /** @ignore */
  _release() {}
}

if (Symbol.dispose) Object.defineProperty(Estimator.prototype, Symbol.dispose, { value() { this.dispose(); }, configurable: true, writable: true });
