// linear-model.js: what all linear models share: rows, weights, validation, coefficients, predictions · in: X, y · out: tasks, ŷ · next: linear.js
import { WasmfitError, checkKeys } from './errors.js';
import { Estimator } from './estimator.js';
import { countRows, takeRows, toTarget } from './matrix.js';
import { checkSwitch } from './options.js';
import { r2 } from './metrics.js';
import { canStratify, checkFeatures, keep, readFeatures, splitValidation } from './prepare.js';
import { countedRows, readWeights } from './weights.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {import('./least-squares.js').LinearTask} LinearTask */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {import('./encoder.js').Encoder} Encoder */
/** @typedef {import('./labels.js').Label} Label */
/** What is to be predicted: numbers (rows, cols), or of a classifier indices of classes.
 * @typedef {{ values: { data: Float64Array | Int32Array, rows: number, cols: number }, classes: Label[] | null, outputs: number }} Truth */

/** @type {typeof import('./linear-late.js') | undefined} */
let late;
/** Fetches what a fitted model needs; load awaits it too. */
export const fetchLate = async () => { late ??= await import('./linear-late.js'); };
/** Of a fitted model. */
export const lateNow = () => /** @type {typeof import('./linear-late.js')} */ (late);

/** The columns of a history, and their places in a report. @param {string} metric @param {boolean} validated @returns {[string, number][]} */
const columnsOf = (metric, validated) => [['epoch', 0], ['loss', 1], [metric, 2],
  .../** @type {[string, number][]} */ (validated ? [['valLoss', 3], [metric === 'r2' ? 'valR2' : 'valAccuracy', 4]] : []), ['rowsSeen', 6]];

/** @abstract */
export class LinearModel extends Estimator {
  /** @protected @type {LinearState | null} */ _state = null;

  get fitted() {
    return this._state !== null;
  }

  /** (features), or with several outputs a Matrix (outputs, features); undefined before a fit. @returns {Float64Array | Matrix | undefined} */
  get coef() {
    if (!this._state) return undefined;
    const { coef, intercept } = this._state;
    return intercept.length === 1 ? coef.slice() : { data: coef.slice(), rows: intercept.length, cols: this._features };
  }

  /** A number, or with several outputs (outputs); undefined before a fit. @returns {number | Float64Array | undefined} */
  get intercept() {
    return this._state?.intercept.length === 1 ? this._state.intercept[0] : this._state?.intercept.slice();
  }

  /** Steps that the solver took; undefined where there are none. @returns {number | undefined} */
  get iterations() {
    return this._state?.facts.iterations;
  }

  /** What to know about the fit, in sentences; mostly none. @returns {string[]} */
  get warnings() {
    const { iterations, outcome } = this._state?.facts ?? {};
    if (outcome === 'epochs') return [`Not converged after ${iterations} iterations. Raise maxIterations, raise tolerance, or standardise the features.`];
    return outcome === 'stopped' ? [`Stopped after ${iterations} iterations, before it converged.`] : [];
  }

  /** @protected */
  get _features() {
    const { coef, intercept } = /** @type {LinearState} */ (this._state);
    return coef.length / intercept.length;
  }

  /** Names of the facts that a file of this class holds. @type {readonly string[]} @ignore */
  get _facts() {
    return [];
  }

  get _fitOptions() {
    return ['validation', 'sampleWeight', 'signal', 'worker', 'onEpoch'];
  }

  /** y as numbers or indices. @protected @param {unknown} y @param {number} rows @param {string} name @param {Label[] | null} classes known already @returns {Truth} */
  _truth(y, rows, name, classes) {
    const values = toTarget(y, name, rows);
    return { values: { ...values, data: keep(values.data, y) }, classes: null, outputs: values.cols };
  }

  /**
   * Which solver, with which numbers.
   * @protected
   * @param {{ truth: Truth, rows: Int32Array | null, weight: Float64Array | null }} data rows: that train, null: all; weight: of those
   * @returns {{ solver: LinearTask['solver'], weight?: Float64Array | null, [option: string]: any }}
   */
  _solver(data) {
    throw new Error('abstract');
  }

  /** @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options */
  _prepare(X, y, { validation, sampleWeight, stratify }) {
    const { matrix, encoder } = readFeatures(X, null, Float64Array);
    const { rows, cols: features } = matrix;
    const truth = this._truth(y, rows, 'y', null);
    const weights = readWeights(sampleWeight, rows);
    if (stratify !== undefined) checkSwitch(stratify, `${this._name}.fit: stratify`);
    const strata = truth.classes && stratify !== false && (stratify || canStratify(/** @type {Int32Array} */ (truth.values.data), truth.classes.length, Number(validation)));
    const splits = validation === undefined || Object(validation) === validation ? undefined
      : splitValidation(rows, /** @type {number} */ (validation), this.options.seed, strata ? /** @type {Int32Array} */ (truth.values.data) : null);
    const used = countedRows(splits?.train ?? null, weights);
    const weight = weights && used ? takeRows(weights, used) : weights;
    const solver = this._solver({ truth, rows: used, weight });
    const train = used ? takeRows(matrix, used) : { ...matrix, data: keep(matrix.data, X) };
    const held = splits ? { X: takeRows(matrix, splits.validation), values: takeRows(truth.values, splits.validation) }
      : validation === undefined ? null : this.#readValidation(validation, encoder, features, truth);
    const task = /** @type {LinearTask} */ ({
      kind: 'linear', weight, ...solver, x: train.data, y: used ? takeRows(truth.values, used).data : truth.values.data, rows: train.rows, features,
      outputs: truth.outputs, fitIntercept: this.options.fitIntercept, validation: held && { x: held.X.data, y: held.values.data, rows: held.X.rows },
    });
    const complete = (/** @type {LinearState} */ state) => ({ ...state, facts: { ...state.facts, ...(this._facts.includes('classes') && { classes: truth.classes }) } });
    return {
      task, late: fetchLate, transfer: [], splits, columns: columnsOf(solver.solver === 'logistic' ? 'accuracy' : 'r2', held !== null),
      finish: (/** @type {LinearState} */ state) => { if (state.facts.iterations !== 0) this._restore(complete(state), encoder); },
      copy: (/** @type {LinearState} */ state) => {
        const model = new (/** @type {any} */ (this.constructor))(this.options);
        model._restore(complete(state), encoder);
        return model;
      },
    };
  }

  /** @param {unknown} validation @param {Encoder | null} encoder @param {number} features @param {Truth} truth */
  #readValidation(validation, encoder, features, truth) {
    checkKeys(validation, ['X', 'y'], 'fit: validation');
    const X = readFeatures(validation.X, encoder, Float64Array, 'validation.X').matrix;
    if (X.rows === 0) throw new RangeError('validation.X has 0 rows; at least 1 is needed');
    checkFeatures(X.cols, features, 'validation.X');
    const { values } = this._truth(validation.y, X.rows, 'validation.y', truth.classes);
    if (values.cols !== truth.values.cols) throw new RangeError(`validation.y has ${values.cols} columns, y has ${truth.values.cols}; they must be equal`);
    return { X: { ...X, data: keep(X.data, validation.X) }, values };
  }

  /** @param {LinearState} state @param {Encoder | null} encoder @ignore */
  _restore(state, encoder) {
    this._state = state;
    this._encoder = encoder;
  }

  _saved() {
    const { coef, intercept, facts, statistics } = /** @type {LinearState} */ (this._state);
    const outputs = intercept.length;
    /** @type {Record<string, import('./safetensors.js').Tensor>} */
    const tensors = {
      coef: { dtype: 'F64', shape: [outputs, this._features], data: coef },
      intercept: { dtype: 'F64', shape: [outputs], data: intercept },
    };
    for (const [name, { shape, data }] of Object.entries(statistics?.tensors ?? {})) tensors[`statistics.${name}`] = { dtype: 'F64', shape, data };
    return { tensors, facts: { ...facts, ...(statistics && { statistics: statistics.facts }) } };
  }

  /** X w + b. @protected @param {unknown} X @param {string} what @returns {Matrix} (rows, outputs) */
  _linear(X, what) {
    this._checkFitted(what);
    const state = /** @type {LinearState} */ (this._state);
    const { data, rows } = this._read(X, this._features, Float64Array);
    return { data: lateNow().predictLinear(state, data, rows, this._features), rows, cols: state.intercept.length };
  }

  /** The statistics of the fit. @protected @param {string} what @returns {NonNullable<LinearState['statistics']>} */
  _statistics(what) {
    this._checkFitted(what);
    const { statistics } = /** @type {LinearState} */ (this._state);
    if (!statistics) throw new WasmfitError(`${this._name}.${what}: the fit kept no statistics`, { code: 'NO_STATISTICS', hint: this._noStatistics });
    return statistics;
  }

  /** Why there may be no statistics. @protected */
  get _noStatistics() {
    return '';
  }
}

/** @abstract */
export class LinearRegressor extends LinearModel {
  /**
   * ŷ = X w + b
   * @param {unknown} X (rows, features) as for fit
   * @returns {Float64Array | Matrix} (rows), or with several outputs (rows, outputs)
   * @throws {WasmfitError} NOT_FITTED, DISPOSED
   */
  predict(X) {
    const values = this._linear(X, 'predict');
    return values.cols === 1 ? values.data : values;
  }

  /**
   * R² of the predictions for X.
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    this._checkFitted('score');
    const predicted = this.predict(X);
    return r2(toTarget(y, 'y', countRows(predicted)), predicted);
  }
}
