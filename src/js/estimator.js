// estimator.js: what all models share: their life, their fit, their errors · in: X, y · out: Run, predictions · next: linear.js, network.js
import { writeModel } from './engine.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { countRows } from './matrix.js';
import { checkSwitch } from './options.js';
import { featureNames } from './table.js';
import { isNode } from './platform.js';
import { checkFeatures, readFeatures } from './prepare.js';
import { Run } from './run.js';

/**
 * @typedef {{ validation?: number | { last: number } | { X: unknown, y: unknown, sampleWeight?: ArrayLike<number> }, epochs?: number, batchSize?: unknown,
 *   shuffle?: boolean, evaluateTraining?: boolean, stratify?: boolean, sampleWeight?: ArrayLike<number>, signal?: AbortSignal, worker?: boolean,
 *   resume?: boolean, onEpoch?: (epoch: import('./run.js').Epoch) => void }} FitOptions
 * validation: a fraction, whose rows are drawn with the model's seed; { last: fraction }: the last rows, for series in time; or rows given;
 * sampleWeight: one number a row, 0 or more, in loss and metrics; signal: aborts the run, which then rejects with signal.reason; worker: where the
 * fit runs (browsers: in a worker, Node: in slices in this thread; the numbers are the same); evaluateTraining: training loss and metrics by a
 * full pass after the epoch; resume: goes on where the checkpoint was made that this model was loaded from
 */

/** @param {unknown} signal @param {string} where */
export function checkSignal(signal, where) {
  if (signal === undefined) return;
  const { aborted, addEventListener, removeEventListener } = Object(signal);
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function' || typeof removeEventListener !== 'function') throw new TypeError(`${where}: signal must be an AbortSignal, not ${show(signal)}`);
}

/** @abstract */
export class Estimator {
  /** @type {Run | null} */ #run = null;
  #disposed = false;
  /** @protected @type {import('./encoder.js').Encoder | null} */ _encoder = null;
  /** The options, complete. @type {Readonly<Record<string, any>>} */ options = {};

  /** @protected @type {string} */
  get _name() {
    return this.constructor.name;
  }

  /** @protected @param {string} what */
  _checkAlive(what) {
    if (this.#disposed) throw new WasmfitError(`${this._name}.${what}: the model was disposed`, { code: 'DISPOSED', hint: 'make a new model' });
  }

  /** @protected @param {string} what */
  _checkFitted(what) {
    this._checkAlive(what);
    if (!this.fitted) throw new WasmfitError(`${this._name}.${what}: the model is not fitted yet`, { code: 'NOT_FITTED', hint: 'await model.fit(X, y) first' });
  }

  /** @protected @param {string} what */
  _checkIdle(what) {
    if (this.#run) throw new WasmfitError(`${this._name}.${what}: the model is being fitted`, { code: 'BUSY', hint: 'await the run, or stop it first' });
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
    return this._encoder ? featureNames(this._encoder) : undefined;
  }

  /**
   * Trains; starts at once. Arguments are checked before anything changes.
   *
   * @param {unknown} X (rows, features): array of rows, { data, rows, cols } or Table
   * @param {unknown} y a value a row; several outputs: { data, rows, cols }; classifiers: any labels
   * @param {FitOptions} [options]
   * @returns {Run}
   * @throws {TypeError | RangeError} by argument, row, column, value and rule
   * @throws {WasmfitError} BUSY, DISPOSED
   */
  fit(X, y, options = {}) {
    return this._run(this._job(X, y, options));
  }

  /** A fit that is checked and prepared; nothing has begun. @ignore @param {unknown} X @param {unknown} y @param {FitOptions} options @param {import('./distill.js').Soft} [soft] @returns {import('./run.js').Job} */
  _job(X, y, options, soft) {
    this._checkAlive('fit');
    this._checkIdle('fit');
    checkKeys(options, this._fitOptions, `${this._name}.fit`);
    checkSignal(options.signal, 'fit');
    const { worker = !isNode && typeof Worker === 'function', onEpoch } = options;
    checkSwitch(worker, `${this._name}.fit: worker`);
    if (onEpoch !== undefined && typeof onEpoch !== 'function') throw new TypeError(`${this._name}.fit: onEpoch must be a function, not ${show(onEpoch)}`);
    const rows = countRows(X, 'X');
    if (rows === 0) throw new RangeError('X has 0 rows; at least 1 is needed');
    const prepared = this._prepare(X, y, options, soft);
    return {
      ...prepared, worker, onEpoch, signal: options.signal,
      finish: (state) => { if (!this.#disposed) prepared.finish(state); },
      release: () => { this.#run = null; },
    };
  }

  /** @ignore @param {import('./run.js').Job} job @returns {Run} */
  _run(job) {
    this.#run = new Run(job);
    return this.#run;
  }

  /** @protected @type {readonly string[]} */
  get _fitOptions() {
    return [];
  }

  /**
   * @protected
   * @param {unknown} X @param {unknown} y @param {FitOptions} options @param {import('./distill.js').Soft} [soft] a teacher's outputs, for networks
   * @returns {Pick<import('./run.js').Job, 'task' | 'late' | 'transfer' | 'columns' | 'splits' | 'finish' | 'copy'>}
   */
  _prepare(X, y, options, soft) {
    throw new Error('abstract');
  }

  /**
   * Features of new rows, checked against those of the fit.
   * @protected
   * @template {import('./shapes.js').Floats} D
   * @param {unknown} X @param {number} expected @param {import('./shapes.js').FloatsConstructor<D>} Type @param {string} [name]
   * @returns {import('./shapes.js').Matrix<D>}
   */
  _read(X, expected, Type, name = 'X') {
    const { matrix, encoder } = readFeatures(X, this._encoder, Type, name);
    if (encoder !== this._encoder) throw new TypeError(`${name} is a Table; the model was fitted on plain numbers, so pass rows of ${expected} numbers`);
    if (matrix.rows > 0) checkFeatures(matrix.cols, expected, name);
    return matrix;
  }

  /** Tensors and facts of the fitted model, for save. @protected @returns {{ tensors: Record<string, import('./safetensors.js').Tensor>, facts: object }} */
  _saved() {
    throw new Error('abstract');
  }

  /**
   * The model as one safetensors file, readable by any safetensors library: weights, options, classes, columns and scaling. A model
   * that was loaded from it predicts the same bits.
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws {WasmfitError} NOT_FITTED, DISPOSED
   */
  save() {
    this._checkFitted('save');
    const { tensors, facts } = this._saved();
    return writeModel({ class: this._name, options: this.options, ...facts, encoder: this._encoder }, tensors);
  }

  /** Gives the memory of the core back and stops a run. Safe to call twice. */
  dispose() {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#run?.cancel(new WasmfitError(`${this._name}: the model was disposed during its fit`, { code: 'DISPOSED' }));
    this._release();
  }

  /** @protected */
  _release() {}
}

if (Symbol.dispose) Object.defineProperty(Estimator.prototype, Symbol.dispose, { value() { this.dispose(); }, configurable: true, writable: true });
