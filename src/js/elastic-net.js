// elastic-net.js: lasso and elastic net: least squares that leave columns out · in: X, y · out: coef, predictions · next: logistic.js
import { LinearRegressor } from './linear-model.js';

/** @typedef {{ alpha?: number, fitIntercept?: boolean, maxIterations?: number, tolerance?: number, seed?: number }} LassoOptions */
/** @typedef {LassoOptions & { l1Ratio?: number }} ElasticNetOptions */

/**
 * Elastic net, in f64:   min Σ s (y - X w - b)² / 2n + alpha (l1Ratio ‖w‖₁ + (1 - l1Ratio) ‖w‖² / 2), n = Σ s
 * by cyclic coordinate descent, each output for itself; ends when the duality gap is at most tolerance · Σ s (y - ȳ)² / n, as
 * scikit-learn's does. An epoch of its run is a sweep.
 */
export class ElasticNet extends LinearRegressor {
  /** @param {ElasticNetOptions} [options] */
  constructor(options = {}) {
    super(options);
  }

  get _name() {
    return 'ElasticNet';
  }
}

/** The lasso: an elastic net of l1Ratio 1. */
export class Lasso extends ElasticNet {
  /** @param {LassoOptions} [options] */
  constructor(options = {}) {
    super(options);
  }

  get _name() {
    return 'Lasso';
  }
}
