// logistic.js: logistic regression: two classes, several, or several yes-or-no outputs · in: X, labels · out: probabilities, classes · next: summary.js
import { show } from './errors.js';
import { engineNow } from './engine.js';
import { accuracy } from './metrics.js';
import { isMatrix, toLabels, toTarget } from './matrix.js';
import { checkModel } from './options.js';
import { LinearModel, lateNow } from './linear-model.js';
import { labelsAmong } from './targets.js';
import { classFactors } from './weights.js';

/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {import('./linear-model.js').Truth} Truth */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {{ penalty?: 'l2' | 'l1' | 'elasticnet' | 'none', C?: number, l1Ratio?: number, solver?: 'lbfgs' | 'newton', fitIntercept?: boolean,
 *   classWeight?: 'balanced' | Record<string, number>, maxIterations?: number, tolerance?: number, seed?: number }} LogisticOptions */

const STATISTICS_FEATURES = 256;

/** @param {unknown} y @param {number} rows @param {string} name @returns {Truth} */
function yesOrNo(y, rows, name) {
  const { data, cols } = toTarget(y, name, rows);
  const at = data.findIndex((value) => value !== 0 && value !== 1);
  if (at >= 0) throw new RangeError(`${name} has ${data[at]} at row ${Math.floor(at / cols) + 1}, column ${at % cols + 1}; several columns of labels must be 0 or 1`);
  return { values: { data: Int32Array.from(data), rows, cols }, classes: null, outputs: cols };
}

/**
 * Logistic regression, in f64:   min C Σ s loss + penalty, the intercept without a penalty
 * Two classes: loss log(1 + eᶻ) - t z; more: softmax and cross-entropy. Several columns of 0 and 1: a model of two classes for each, and
 * predict gives a matrix of 0 and 1. coef has a row for each class, for two classes one row, of the second. An epoch of its run is a
 * step of the solver; loss is the mean log loss without the penalty. Penalties and their defaults as scikit-learn's.
 */
export class LogisticRegression extends LinearModel {
  /**
   * @param {LogisticOptions} [options] penalty 'l2' ‖W‖² / 2, 'l1' ‖W‖₁, 'elasticnet' l1Ratio ‖W‖₁ + (1 - l1Ratio) ‖W‖² / 2, or 'none';
   *   solver: without an L1 part, with one it is proximal Newton; classWeight: a factor to the weight of the rows of each label,
   *   'balanced': rows / (classes · rows of the class)
   */
  constructor(options = {}) {
    super();
    /** @type {Readonly<LogisticOptions & { maxIterations: number, tolerance: number, fitIntercept: boolean, C: number }>} */
    this.options = checkModel(options, 'LogisticRegression');
  }

  get _name() {
    return 'LogisticRegression';
  }

  get _facts() {
    return ['iterations', 'outcome', 'classes'];
  }

  get _fitOptions() {
    return [...super._fitOptions, 'stratify'];
  }

  /** The labels in the order of the outputs; undefined before a fit and with several columns of labels. @returns {Label[] | undefined} */
  get classes() {
    return this._state?.facts.classes?.slice();
  }

  get warnings() {
    if (this._state?.facts.outcome !== 'separable') return super.warnings;
    return ['The classes can be told apart without error, so that there is no finite optimum: the coefficients grow without end and stand where they were stopped. Use a penalty.'];
  }

  /** @param {unknown} y @param {number} rows @param {string} name @param {Label[] | null} classes @returns {Truth} */
  _truth(y, rows, name, classes) {
    if (!classes && ((isMatrix(y) && y.cols !== 1) || (Array.isArray(y) && Object(y[0]).length > 1 && typeof y[0] !== 'string'))) return yesOrNo(y, rows, name);
    const { classes: known, indices } = classes ? { classes, indices: labelsAmong(y, rows, classes, name) } : toLabels(y, name, rows);
    return { values: { data: indices, rows, cols: 1 }, classes: known, outputs: known.length > 2 ? known.length : 1 };
  }

  /** @param {{ truth: Truth, rows: Int32Array | null, weight: Float64Array | null }} data */
  _solver({ truth, rows, weight }) {
    const { penalty, C, l1Ratio, solver, classWeight, maxIterations, tolerance } = this.options;
    const used = rows ?? Int32Array.from({ length: truth.values.rows }, (_, row) => row);
    for (let k = 0; k < truth.values.cols; k++) this.#checkClasses(truth, used, k);
    return {
      solver: /** @type {const} */ ('logistic'), multilabel: truth.classes === null, newton: solver === 'newton', maxIterations, tolerance,
      alpha: penalty === 'none' ? 0 : 1 / C, ratio: penalty === 'l1' ? 1 : penalty === 'elasticnet' ? Number(l1Ratio) : 0,
      weight: classWeight === undefined ? weight : this.#weigh(truth, used, weight),
    };
  }

  /** Every class must be among the rows that train. @param {Truth} truth @param {Int32Array} rows @param {number} k column */
  #checkClasses({ classes, values: { data, cols } }, rows, k) {
    const names = classes ?? [0, 1], seen = names.map(() => false);
    for (let i = 0; i < rows.length; i++) seen[data[rows[i] * cols + k]] = true;
    const where = cols > 1 ? `y has, in column ${k + 1},` : 'y has', absent = seen.indexOf(false);
    if (seen.indexOf(true) === seen.lastIndexOf(true)) throw new RangeError(`${where} one class only, ${show(names[seen.indexOf(true)])}; a classifier needs at least 2`);
    if (absent >= 0) throw new RangeError(`y has the label ${show(names[absent])} in no row that trains (their weight is 0, or they validate); leave such rows out`);
  }

  /** Weights of rows times those of their classes. @param {Truth} truth @param {ArrayLike<number>} rows @param {Float64Array | null} weight */
  #weigh({ classes, values }, rows, weight) {
    const { classWeight } = this.options;
    if (!classes) throw new RangeError('classWeight needs one column of labels; with several give sampleWeight');
    const factors = classFactors(/** @type {'balanced'} */ (classWeight), classes, Int32Array.from(rows, (row) => values.data[row]));
    return Float64Array.from(rows, (row, i) => factors[values.data[row]] * (weight ? weight[i] : 1));
  }

  /** @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options */
  _prepare(X, y, options) {
    const prepared = super._prepare(X, y, options);
    const { features, outputs, multilabel } = prepared.task;
    prepared.task.statistics = outputs === 1 && !multilabel && features <= STATISTICS_FEATURES;
    return prepared;
  }

  /**
   * The label of the greatest probability; with several columns of labels 0 or 1 for each.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Label[] | Matrix} labels (rows), or a Matrix (rows, outputs)
   * @throws {import('./errors.js').WasmfitError} NOT_FITTED, DISPOSED
   */
  predict(X) {
    return lateNow().decide(this._linear(X, 'predict'), this._state?.facts.classes);
  }

  /**
   * Probabilities of the classes, in the order of `classes`; with several columns of labels that of 1 for each.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Matrix} (rows, classes)
   */
  predictProba(X) {
    return lateNow().chances(this._linear(X, 'predictProba'), this._state?.facts.classes);
  }

  /**
   * Accuracy; with several columns of labels the share of all that are right.
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    this._checkFitted('score');
    const predicted = this.predict(X);
    if (Array.isArray(predicted)) {
      toLabels(y, 'y', predicted.length); // so that a fault is named as one of y
      return accuracy(y, predicted);
    }
    const { values } = yesOrNo(y, predicted.rows, 'y');
    if (values.cols !== predicted.cols) throw new RangeError(`y has ${values.cols} columns; the model has ${predicted.cols} outputs`);
    return accuracy(values.data, predicted.data);
  }

  get _noStatistics() {
    if (Number(this._state?.intercept.length) > 1 || !this._state?.facts.classes) return 'statistics are for two classes; fit each pair, or each column, in a model of its own';
    return Number(this._features) > STATISTICS_FEATURES ? `statistics are for up to ${STATISTICS_FEATURES} features` : 'columns depend on each other, as all the categories of one do, so that the information matrix is singular; leave some out';
  }

  /**
   * Estimates with standard errors, z, p and confidence intervals (two classes), deviance, McFadden's R² = 1 - logL / logL of the model
   * without features, aic = -2 logL + 2 p, bic = -2 logL + p ln n; toString() gives a table. With a penalty (`penalised`) the errors are
   * those of the log-likelihood's information at the estimates: they leave the penalty's bias out and are no classical ones.
   *
   * @param {{ confidence?: number }} [options]
   * @returns {import('./summary.js').LogisticSummary}
   * @throws {import('./errors.js').WasmfitError} NO_STATISTICS: more than two classes, more than 256 features, or a singular information; NOT_FITTED, NOT_READY
   */
  summary(options = {}) {
    const statistics = this._statistics('summary');
    const { coef, intercept } = /** @type {LinearState} */ (this._state);
    return lateNow().summarizeLogistic(engineNow('LogisticRegression.summary', 'linear'), {
      names: this.featureNames, coef, intercept, fitIntercept: this.options.fitIntercept, statistics, penalised: this.options.penalty !== 'none', warnings: this.warnings,
    }, options);
  }
}
