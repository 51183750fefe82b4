// ridge.js: least squares with a penalty on the squares of the coefficients · in: X, y · out: coef, alpha, predictions · next: elastic-net.js
import { checkModel } from './options.js';
import { LinearRegressor } from './linear-model.js';

/** @typedef {{ alpha?: number | 'gcv', alphas?: ArrayLike<number>, fitIntercept?: boolean, seed?: number }} RidgeOptions */

/** 25 from 1e-3 to 1e3, evenly in their logarithm; spelt out, as powers differ in the last bit from one engine to another. */
export const GRID = Array.from({ length: 25 }, (_, i) => Number(`${['1', '1.7782794100389228', '3.1622776601683795', '5.623413251903491'][i % 4]}e${(i >> 2) - 3}`));

/**
 * Ridge regression, in f64:   min Σ s (y - X w - b)² + alpha ‖w‖²
 * by a singular value decomposition of the centred rows. alpha 'gcv' takes the one of `alphas` with the least generalised
 * cross-validation score n RSS / (n - degrees of freedom)², summed over the outputs (Golub, Heath, Wahba 1979).
 */
export class Ridge extends LinearRegressor {
  /** @param {RidgeOptions} [options] */
  constructor(options = {}) {
    super();
    /** @type {Readonly<RidgeOptions & { fitIntercept: boolean, seed: number }>} */
    this.options = checkModel(options, 'Ridge');
    if (this.options.alphas && this.options.alpha !== 'gcv') throw new RangeError(`Ridge: alphas have no meaning with alpha ${this.options.alpha}; they are for alpha 'gcv'`);
  }

  get _name() {
    return 'Ridge';
  }

  get _facts() {
    return ['alpha'];
  }

  /** The penalty of the fit, with 'gcv' the one that was chosen; undefined before a fit. @returns {number | undefined} */
  get alpha() {
    return this._state?.facts.alpha;
  }

  get warnings() {
    const { alpha: wanted, alphas = GRID } = this.options, list = Array.from(alphas);
    if (wanted !== 'gcv' || list.length < 2 || this.alpha === undefined || (this.alpha !== Math.min(...list) && this.alpha !== Math.max(...list))) return [];
    return [`The best alpha is at the end of the list, ${this.alpha}; a longer one may hold a better.`];
  }

  _solver() {
    const { alpha, alphas = GRID } = this.options;
    return { solver: /** @type {const} */ ('ridge'), alphas: alpha === 'gcv' ? Float64Array.from(alphas) : Float64Array.of(Number(alpha)) };
  }
}
