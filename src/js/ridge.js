// ridge.js: least squares with a penalty on the squares of the coefficients · in: X, y · out: coef, alpha, predictions · next: elastic-net.js
import { LinearRegressor } from './linear-model.js';

/** @typedef {{ alpha?: number | 'gcv', alphas?: ArrayLike<number>, fitIntercept?: boolean, seed?: number }} RidgeOptions */

/**
 * Ridge regression, in f64:   min Σ s (y - X w - b)² + alpha ‖w‖²
 * by a singular value decomposition of the centred rows. alpha 'gcv' takes the one of `alphas` with the least generalised
 * cross-validation score n RSS / (n - degrees of freedom)², summed over the outputs (Golub, Heath, Wahba 1979).
 */
export class Ridge extends LinearRegressor {
  /** @param {RidgeOptions} [options] */
  constructor(options = {}) {
    super(options);
    if (this.options.alphas && this.options.alpha !== 'gcv') throw new RangeError(`Ridge: alphas have no meaning with alpha ${this.options.alpha}; they are for alpha 'gcv'`);
  }

  get _name() {
    return 'Ridge';
  }

  /** The penalty of the fit, with 'gcv' the one that was chosen; undefined before a fit. @returns {number | undefined} */
  get alpha() {
    return this._state?.facts.alpha;
  }
}
