// linear-model.js: what all linear models are: coefficients, what one can ask of them · in: X, y · out: ŷ, coefficients · next: linear.js
import { Estimator } from './estimator.js';
import { later } from './later.js';
import { checkModel } from './options.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */

/** What linear models need once they are fitted. */
export const linear = /* @__PURE__ */ later(() => import('./linear-use.js'), 'linear');

/** @abstract */
export class LinearModel extends Estimator {
  /** @ignore @type {LinearState | null} */ _state = null;

  /** @param {object} options as the class has them */
  constructor(options) {
    super();
    this.options = checkModel(options, this._name);
  }

  /** @ignore @returns {any} */
  get _late() {
    return linear;
  }

  get _fitOptions() {
    return ['validation', 'sampleWeight', 'signal', 'worker', 'onEpoch'];
  }

  get fitted() {
    return this._state !== null;
  }

  /** (features), or with several outputs a Matrix (outputs, features); undefined before a fit. @returns {Float64Array | Matrix | undefined} */
  get coef() {
    return this._state ? this._late.code.coefOf(this._state) : undefined;
  }

  /** A number, or with several outputs (outputs); undefined before a fit. @returns {number | Float64Array | undefined} */
  get intercept() {
    return this._state ? this._late.code.interceptOf(this._state) : undefined;
  }

  /** Steps that the solver took; undefined where there are none. @returns {number | undefined} */
  get iterations() {
    return this._state?.facts.iterations;
  }

  /** What to know about the fit, in sentences; mostly none. @returns {string[]} */
  get warnings() {
    return this._state ? this._late.code.warningsOf(this) : [];
  }

  /** @param {LinearState} state @param {import('./encoder.js').Encoder | null} encoder @ignore */
  _restore(state, encoder) {
    this._state = state;
    this._encoder = encoder;
  }
}

/** @abstract */
export class LinearRegressor extends LinearModel {
  /**
   * ŷ = X w + b
   * @param {unknown} X (rows, features) as for fit
   * @returns {Float64Array | Matrix} (rows), or with several outputs (rows, outputs)
   * @throws {import('./errors.js').WasmfitError} NOT_FITTED, DISPOSED
   */
  predict(X) {
    return this._use('predict').predictNumbers(this, X);
  }

  /**
   * R² of the predictions for X.
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    return this._use('score').scoreNumbers(this, X, y);
  }
}
