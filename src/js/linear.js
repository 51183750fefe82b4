// linear.js: least squares, exact · in: X, y · out: coef, intercept, predictions · next: network.js
import { checkKeys } from './errors.js';
import { Estimator } from './estimator.js';
import { countRows, takeRows, toTarget } from './matrix.js';
import { checkNumber, checkSwitch, freeze } from './options.js';
import { predictLinear } from './least-squares.js';
import { r2 } from './metrics.js';
import { checkFeatures, keep, readFeatures, splitValidation } from './prepare.js';
import { training } from './registry.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */

const FIT_OPTIONS = ['validation', 'sampleWeight', 'signal', 'worker', 'onEpoch'];

/** @param {unknown} weights @param {number} rows @returns {Float64Array | null} */
function readWeights(weights, rows) {
  if (weights === undefined) return null;
  const { data, cols } = toTarget(weights, 'sampleWeight', rows);
  if (cols !== 1) throw new RangeError(`sampleWeight has ${cols} columns; it must be one weight a row`);
  const bad = data.findIndex((weight) => weight < 0);
  if (bad >= 0) throw new RangeError(`sampleWeight has ${data[bad]} at row ${bad + 1}; every weight must be 0 or more`);
  return keep(data, weights);
}

/**
 * Ordinary least squares, in f64:   min Σ s (y - X w - b)²
 * by Householder QR with column pivoting and iterative refinement. Where columns depend on each other it gives the solution of least
 * norm and says so in `warnings`. Source: Golub, Van Loan, Matrix Computations, 5.3-5.5.
 */
export class LinearRegression extends Estimator {
  /** @type {Readonly<{ fitIntercept: boolean, seed: number }>} */ options;
  /** @type {(LinearState & { features: number }) | null} */ #state = null;

  /** @param {{ fitIntercept?: boolean, seed?: number }} [options] fitIntercept: whether b is fitted or 0; seed: of the validation split */
  constructor(options = {}) {
    super();
    checkKeys(options, ['fitIntercept', 'seed'], 'LinearRegression');
    const { fitIntercept = true, seed } = options;
    this.options = freeze({
      fitIntercept: checkSwitch(fitIntercept, 'LinearRegression: fitIntercept'), seed: checkNumber(seed, training.seed, 'LinearRegression'),
    });
  }

  get _name() {
    return 'LinearRegression';
  }

  get fitted() {
    return this.#state !== null;
  }

  /** (features), or with several outputs a Matrix (outputs, features); undefined before a fit. @returns {Float64Array | Matrix | undefined} */
  get coef() {
    if (!this.#state) return undefined;
    const { coef, intercept, features } = this.#state;
    return intercept.length === 1 ? coef.slice() : { data: coef.slice(), rows: intercept.length, cols: features };
  }

  /** A number, or with several outputs (outputs); undefined before a fit. @returns {number | Float64Array | undefined} */
  get intercept() {
    return this.#state?.intercept.length === 1 ? this.#state.intercept[0] : this.#state?.intercept.slice();
  }

  /** Rank of the centred design; below the number of features, columns depend on each other. */
  get rank() {
    return this.#state?.rank;
  }

  /** What to know about the fit, in sentences; mostly none. @returns {string[]} */
  get warnings() {
    const { rank, features } = this.#state ?? { rank: 0, features: 0 };
    return rank === features ? [] : [`The ${features} columns have rank ${rank}: some depend on others or are constant. Of all equally good solutions this is the one of least norm.`];
  }

  get _fitOptions() {
    return FIT_OPTIONS;
  }

  /** @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options */
  _prepare(X, y, { validation, sampleWeight }) {
    const { matrix, encoder } = readFeatures(X, null, Float64Array);
    const { rows, cols: features } = matrix;
    const target = toTarget(y, 'y', rows);
    const weights = readWeights(sampleWeight, rows);
    const splits = typeof validation === 'number' ? splitValidation(rows, validation, this.options.seed, null) : undefined;
    const train = splits ? takeRows(matrix, splits.train) : matrix;
    const weight = weights && splits ? takeRows(weights, splits.train) : weights;
    if (weight?.every((value) => value === 0)) throw new RangeError(`sampleWeight is 0 for every ${splits ? 'training ' : ''}row; at least one must count`);
    const held = splits ? { X: takeRows(matrix, splits.validation), y: takeRows(target, splits.validation) }
      : validation === undefined ? null : this.#readValidation(validation, encoder, features, target.cols);
    const task = /** @type {const} */ ({
      kind: 'linear', x: keep(train.data, X), y: splits ? takeRows(target, splits.train).data : keep(target.data, y),
      rows: train.rows, features, outputs: target.cols, weight, fitIntercept: this.options.fitIntercept,
      validation: held && { x: held.X.data, y: held.y.data, rows: held.X.rows },
    });
    /** @param {LinearState} state */
    const finish = (state) => {
      this.#state = { ...state, features };
      this._encoder = encoder;
    };
    return { task, transfer: [], metric: /** @type {const} */ ('r2'), splits, validated: held !== null, finish, copy: (/** @type {LinearState} */ state) => this.#copy(state, encoder) };
  }

  /** @param {unknown} validation @param {import('./encoder.js').Encoder | null} encoder @param {number} features @param {number} outputs */
  #readValidation(validation, encoder, features, outputs) {
    checkKeys(validation, ['X', 'y'], 'fit: validation');
    const X = readFeatures(validation.X, encoder, Float64Array, 'validation.X').matrix;
    if (X.rows === 0) throw new RangeError('validation.X has 0 rows; at least 1 is needed');
    checkFeatures(X.cols, features, 'validation.X');
    const y = toTarget(validation.y, 'validation.y', X.rows);
    if (y.cols !== outputs) throw new RangeError(`validation.y has ${y.cols} columns, y has ${outputs}; they must be equal`);
    return { X: { ...X, data: keep(X.data, validation.X) }, y: { ...y, data: keep(y.data, validation.y) } };
  }

  /** @param {LinearState} state @param {import('./encoder.js').Encoder | null} encoder */
  #copy(state, encoder) {
    const model = new LinearRegression(this.options);
    model._restore({ ...state, features: state.coef.length / state.intercept.length }, encoder);
    return model;
  }

  /** @param {LinearState & { features: number }} state @param {import('./encoder.js').Encoder | null} encoder @ignore */
  _restore(state, encoder) {
    this.#state = state;
    this._encoder = encoder;
  }

  _saved() {
    const { coef, intercept, features, rank } = /** @type {LinearState & { features: number }} */ (this.#state);
    const tensors = {
      coef: { dtype: 'F64', shape: [intercept.length, features], data: coef },
      intercept: { dtype: 'F64', shape: [intercept.length], data: intercept },
    };
    return { tensors, facts: { rank } };
  }

  /**
   * ŷ = X w + b
   * @param {unknown} X (rows, features) as for fit
   * @returns {Float64Array | Matrix} (rows), or with several outputs (rows, outputs)
   * @throws {WasmfitError} NOT_FITTED, DISPOSED
   */
  predict(X) {
    this._checkFitted('predict');
    const state = /** @type {LinearState & { features: number }} */ (this.#state);
    const { data, rows } = this._read(X, state.features, Float64Array);
    const values = predictLinear(state, data, rows, state.features);
    return state.intercept.length === 1 ? values : { data: values, rows, cols: state.intercept.length };
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
