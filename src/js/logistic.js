// logistic.js: logistic regression: two classes, several, or several yes-or-no outputs · in: X, labels · out: probabilities, classes · next: linear-fit.js
import { LinearModel } from './linear-model.js';

/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {{ penalty?: 'l2' | 'l1' | 'elasticnet' | 'none', C?: number, l1Ratio?: number, solver?: 'lbfgs' | 'newton', fitIntercept?: boolean,
 *   classWeight?: 'balanced' | Record<string, number>, maxIterations?: number, tolerance?: number, statistics?: 'auto' | 'always' | 'never',
 *   seed?: number }} LogisticOptions */

/**
 * Logistic regression, in f64:   min C Σ s loss + penalty, the intercept without a penalty
 * Two classes: loss log(1 + eᶻ) - t z; more: softmax and cross-entropy. Several columns of 0 and 1: a model of two classes for each, and
 * predict gives a matrix of 0 and 1. coef has a row for each class, for two classes one row, of the second. An epoch of its run is a
 * step of the solver (of many rows in f32 the first ones, in f32 too, count as none); loss is the mean log loss without the penalty.
 * Penalties and their defaults as scikit-learn's.
 */
export class LogisticRegression extends LinearModel {
  /**
   * @param {LogisticOptions} [options] penalty 'l2' ‖W‖² / 2, 'l1' ‖W‖₁, 'elasticnet' l1Ratio ‖W‖₁ + (1 - l1Ratio) ‖W‖² / 2, or 'none';
   *   solver: without an L1 part, with one it is proximal Newton; classWeight: a factor to the weight of the rows of each label,
   *   'balanced': rows / (classes · rows of the class); statistics: whether the fit keeps what summary needs, 'auto': up to 256 features
   */
  constructor(options = {}) {
    super(options);
  }

  get _name() {
    return 'LogisticRegression';
  }

  get _fitOptions() {
    return [...super._fitOptions, 'stratify'];
  }

  /** The labels in the order of the outputs; undefined before a fit and with several columns of labels. @returns {Label[] | undefined} */
  get classes() {
    return this._state?.facts.classes?.slice();
  }

  /**
   * The label of the greatest probability; with several columns of labels 0 or 1 for each.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Label[] | Matrix} labels (rows), or a Matrix (rows, outputs)
   * @throws {import('./errors.js').WasmfitError} NOT_FITTED, DISPOSED
   */
  predict(X) {
    return this._use('predict').predictLabels(this, X);
  }

  /**
   * Probabilities of the classes, in the order of `classes`; with several columns of labels that of 1 for each.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Matrix} (rows, classes)
   */
  predictProba(X) {
    return this._use('predictProba').probabilities(this, X);
  }

  /**
   * Accuracy; with several columns of labels the share of all that are right.
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    return this._use('score').scoreLabels(this, X, y);
  }

  /**
   * Estimates with standard errors, z, p and confidence intervals (two classes), deviance, McFadden's R² = 1 - logL / logL of the model
   * without features, aic = -2 logL + 2 p, bic = -2 logL + p ln n; toString() gives a table. With a penalty (`penalised`) the errors are
   * those of the log-likelihood's information at the estimates: they leave the penalty's bias out and are no classical ones.
   *
   * @param {{ confidence?: number }} [options]
   * @returns {import('./summary.js').LogisticSummary}
   * @throws {import('./errors.js').WasmfitError} NO_STATISTICS: more than two classes, statistics not kept, or a singular information; NOT_FITTED, NOT_READY
   */
  summary(options = {}) {
    return this._use('summary').summaryOfLogistic(this, options);
  }
}
