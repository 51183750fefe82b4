// linear.js: least squares, exact · in: X, y · out: coef, intercept, predictions, statistics · next: ridge.js
import { checkKeys, show } from './errors.js';
import { engineNow } from './engine.js';
import { toTarget } from './matrix.js';
import { checkModel } from './options.js';
import { LinearRegressor, lateNow } from './linear-model.js';
import { readWeights } from './weights.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {{ fitIntercept?: boolean, statistics?: 'auto' | 'always' | 'never', seed?: number }} LinearOptions */

const STATISTICS_FEATURES = 256, STATISTICS_VALUES = 2e6;

/** How many dependent columns a warning names. */
const NAMED = 8;

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
    super();
    /** @type {Readonly<Required<LinearOptions>>} */
    this.options = checkModel(options, 'LinearRegression');
  }

  get _name() {
    return 'LinearRegression';
  }

  get _facts() {
    return ['rank', 'dependent'];
  }

  /** Rank of the centred design; below the number of features, columns depend on each other. @returns {number | undefined} */
  get rank() {
    return this._state?.facts.rank;
  }

  get warnings() {
    const { rank, dependent } = this._state?.facts ?? {};
    const features = this._state ? this._features : rank;
    if (rank === features) return [];
    const names = dependent?.slice(0, NAMED).map((/** @type {number} */ column) => (this.featureNames ? show(this.featureNames[column]) : `column ${column + 1}`)).join(', ');
    const which = names ? `${names}${dependent.length > NAMED ? ' and others' : ''} depend on each other or are constant` : 'some depend on others or are constant';
    return [`The ${features} columns have rank ${rank}: ${which}. Of all equally good solutions this is the one of least norm.`];
  }

  _solver() {
    return { solver: /** @type {const} */ ('leastSquares') };
  }

  /** @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options */
  _prepare(X, y, options) {
    const prepared = super._prepare(X, y, options);
    const { rows, features, outputs } = prepared.task;
    const { statistics } = this.options;
    prepared.task.statistics = outputs === 1 && (statistics === 'auto' ? features <= STATISTICS_FEATURES && rows * features <= STATISTICS_VALUES : statistics === 'always');
    return prepared;
  }

  get _noStatistics() {
    return Number(this._state?.intercept.length) > 1 ? 'fit each output in a model of its own' : "fit with statistics: 'always'; 'auto' keeps them up to 256 features and 2 million values of X";
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
    const statistics = this._statistics('summary');
    return lateNow().summarize(engineNow('LinearRegression.summary', 'linear'), { ...this._model(), rank: Number(this.rank), statistics }, options);
  }

  /** @protected */
  _model() {
    const { coef, intercept } = /** @type {LinearState} */ (this._state);
    return { names: this.featureNames, coef, intercept, fitIntercept: this.options.fitIntercept };
  }

  /**
   * ŷ and the interval that holds a new value with the given probability:   ŷ ± t σ √(1 + h), h the leverage of the row
   * @param {unknown} X (rows, features) @param {{ confidence?: number }} [options]
   * @returns {import('./intervals.js').Interval}
   * @throws {import('./errors.js').WasmfitError} as summary
   */
  predictInterval(X, options = {}) {
    const statistics = this._statistics('predictInterval');
    const prediction = this._linear(X, 'predictInterval').data;
    const { data } = this._read(X, this._features, Float64Array);
    return lateNow().interval(engineNow('LinearRegression.predictInterval', 'linear'), { ...this._model(), rank: Number(this.rank), statistics }, data, prediction, options);
  }

  /**
   * What single rows and columns do to the fit; give the rows it was fitted on.
   * leverage h: diagonal of the hat matrix; standardizedResiduals: r √s / (σ √(1 - h)); cooksDistance: the square of that · h / ((1 - h) p);
   * vif: variance inflation 1 / (1 - R²ⱼ) of each column regressed on the others, Infinity where it depends on them.
   * @param {unknown} X @param {unknown} y @param {{ sampleWeight?: ArrayLike<number> }} [options]
   * @returns {import('./diagnostics.js').Diagnostics}
   */
  diagnostics(X, y, options = {}) {
    this._checkFitted('diagnostics');
    checkKeys(options, ['sampleWeight'], 'diagnostics');
    const matrix = this._read(X, this._features, Float64Array);
    if (matrix.rows === 0) throw new RangeError('X has 0 rows; at least 1 is needed');
    const target = toTarget(y, 'y', matrix.rows);
    if (target.cols !== 1 || Number(this._state?.intercept.length) !== 1) throw new RangeError('diagnostics: the model has several outputs; fit each in a model of its own');
    return lateNow().diagnose(engineNow('LinearRegression.diagnostics', 'linear'), this._model(), matrix, target.data, readWeights(options.sampleWeight, matrix.rows));
  }
}
