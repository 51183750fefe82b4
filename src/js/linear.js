// linear.js: least squares, exact · in: X, y · out: coef, intercept, predictions, statistics · next: ridge.js
import { LinearRegressor } from './linear-model.js';

/** @typedef {{ fitIntercept?: boolean, statistics?: 'auto' | 'always' | 'never', seed?: number }} LinearOptions */

/**
 * Ordinary least squares, in f64:   min Σ s (y - X w - b)²
 * by Householder QR with column pivoting and iterative refinement. Where columns depend on each other it gives the solution of least
 * norm and says so in `warnings`. Source: Golub, Van Loan, Matrix Computations, 5.3-5.5.
 */
export class LinearRegression extends LinearRegressor {
  /**
   * @param {LinearOptions} [options] fitIntercept: whether b is fitted or 0; statistics: whether the fit keeps what summary and
   *   predictInterval need, 'auto': up to 256 features and 2 million values of X; seed: of the validation split
   */
  constructor(options = {}) {
    super(options);
  }

  get _name() {
    return 'LinearRegression';
  }

  /** Rank of the centred design; below the number of features, columns depend on each other. @returns {number | undefined} */
  get rank() {
    return this._state?.facts.rank;
  }

  /**
   * Estimates with standard errors, t, p and confidence intervals, and the quality of the fit; toString() gives a table.
   *
   * Without an intercept R² is about 0, as in R and statsmodels. Errors HC0 … HC3 are robust against unequal variances (White 1980;
   * MacKinnon, White 1985), with p of the t distribution, and F is then the Wald test of all slopes. With sample weights s the variance
   * of a row is taken as σ² / s. logLikelihood, aic = -2 logL + 2 p and bic = -2 logL + p ln n with p coefficients, as in statsmodels.
   *
   * @param {{ confidence?: number, robust?: 'HC0' | 'HC1' | 'HC2' | 'HC3' }} [options]
   * @returns {import('./summary.js').Summary}
   * @throws {import('./errors.js').WasmfitError} NO_STATISTICS: several outputs, or too large a fit; NOT_FITTED, NOT_READY
   */
  summary(options = {}) {
    return this._use('summary').summaryOf(this, options);
  }

  /**
   * ŷ and the interval that holds a new value with the given probability:   ŷ ± t σ √(1 + h), h the leverage of the row
   * @param {unknown} X (rows, features) @param {{ confidence?: number }} [options]
   * @returns {import('./intervals.js').Interval}
   * @throws {import('./errors.js').WasmfitError} as summary
   */
  predictInterval(X, options = {}) {
    return this._use('predictInterval').intervalOf(this, X, options);
  }

  /**
   * What single rows and columns do to the fit; give the rows it was fitted on.
   * leverage h: diagonal of the hat matrix; standardizedResiduals: r √s / (σ √(1 - h)); cooksDistance: the square of that · h / ((1 - h) p);
   * vif: variance inflation 1 / (1 - R²ⱼ) of each column regressed on the others, Infinity where it depends on them.
   * @param {unknown} X @param {unknown} y @param {{ sampleWeight?: ArrayLike<number> }} [options]
   * @returns {import('./diagnostics.js').Diagnostics}
   */
  diagnostics(X, y, options = {}) {
    return this._use('diagnostics').diagnosticsOf(this, X, y, options);
  }
}
