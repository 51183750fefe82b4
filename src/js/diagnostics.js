// diagnostics.js: what single rows do to a least-squares fit, and intervals for new ones · in: model, rows · out: numbers a row · next: conformal.js
import { checkKeys } from './errors.js';
import { around, readConfidence } from './intervals.js';
import { inference } from './statistics.js';
import { residualVariance } from './summary.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./summary.js').Solution} Solution */
/** A value a row; vif: a value a column.
 * @typedef {{ residuals: Float64Array, leverage: Float64Array, cooksDistance: Float64Array, standardizedResiduals: Float64Array, vif: Float64Array }} Diagnostics */

/**
 * ŷ ± t σ √(1 + h),   h = 1 / Σ s + (x - x̄)ᵀ C (x - x̄), C the unscaled covariance of the slopes
 * @param {Engine} engine
 * @param {Solution & { rank: number, statistics: import('./summary.js').Statistics }} fit
 * @param {Float64Array} x (rows, features) @param {Float64Array} prediction (rows) @param {unknown} options
 */
export function interval({ exports }, { coef, fitIntercept, rank, statistics: { facts, tensors } }, x, prediction, options) {
  checkKeys(options, ['confidence'], 'predictInterval');
  const confidence = readConfidence(options.confidence, 'predictInterval');
  const D = coef.length, first = Number(fitIntercept), P = D + first, used = rank + first;
  const { covariance: { data: cov }, center: { data: center } } = tensors;
  const variance = residualVariance(facts, used);
  const quantile = facts.rows > used ? exports.wf_t_quantile((1 + confidence) / 2, facts.rows - used) : NaN;
  return around(prediction, (row) => {
    const from = x.subarray(row * D, (row + 1) * D).map((value, j) => value - center[j]);
    let h = first / facts.weight;
    for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) h += from[i] * from[j] * cov[(i + first) * P + j + first];
    return quantile * Math.sqrt(variance * (1 + h));
  });
}

/**
 * @param {Engine} engine @param {Solution} solution
 * @param {{ data: Float64Array, rows: number, cols: number }} X @param {Float64Array} y @param {Float64Array | null} weight
 * @returns {Diagnostics}
 */
export function diagnose(engine, { coef, intercept, fitIntercept }, { data, rows, cols }, y, weight) {
  const { result, vif, leverage, residual } = engine.scope((copy) => inference(engine, copy,
    [copy(data, 'the rows'), copy(y, 'the targets'), weight ? copy(weight, 'the sample weights') : 0],
    [copy(coef, 'the coefficients'), copy(intercept, 'the intercept')], rows, cols, Number(fitIntercept)));
  const [n, used, residualSquare] = result;
  const sigma = Math.sqrt(n > used ? residualSquare / (n - used) : NaN);
  const standardized = residual.map((value, row) => value * Math.sqrt(weight ? weight[row] : 1) / (sigma * Math.sqrt(1 - leverage[row])));
  return {
    residuals: residual, leverage, standardizedResiduals: standardized, vif,
    cooksDistance: standardized.map((value, row) => value * value / used * leverage[row] / (1 - leverage[row])),
  };
}
