// metrics-numbers.js: how far predicted numbers are from the true ones · in: numbers, weights · out: a number, or one an output · next: metrics-labels.js
import { checkKeys } from './errors.js';
import { toTarget } from './matrix.js';
import { blend, checkEach, mean, sum, tally, toWeights } from './metrics-check.js';
import { oneOf } from './options.js';

/** @typedef {import('./metrics-check.js').WeightOptions} WeightOptions */
/** @typedef {import('./metrics-check.js').Arguments} Arguments */
/**
 * A metric of finite numbers: array, typed array, or for several outputs array of rows or Matrix, both of one shape. multioutput:
 * 'uniform' (the default) is the mean over the outputs, 'raw' one number for each output, 'varianceWeighted' (of r2 and
 * explainedVariance) the mean weighted by the variance of each true output, uniform when all are constant.
 * @template {string} M
 * @typedef {{
 *   (yTrue: unknown, yPred: unknown, options: WeightOptions & { multioutput: 'raw' }): Float64Array,
 *   (yTrue: unknown, yPred: unknown, options?: WeightOptions & { multioutput?: M }): number
 * }} NumberMetric
 */
/** @typedef {(args: Arguments, col: number) => number} Score of one output */

/**
 * Makes a metric of numbers: checks the arguments, scores each output, takes the mean over the outputs where that is asked for.
 * @template {string} [M='uniform']
 * @param {string} metric
 * @param {Score} score
 * @param {Score} [share] of an output in 'varianceWeighted', where the metric has that
 * @returns {NumberMetric<M>}
 */
function numberMetric(metric, score, share) {
  /** @type {(yTrue: unknown, yPred: unknown, options?: WeightOptions & { multioutput?: string }) => any} */
  const measure = (yTrue, yPred, options = {}) => {
    checkKeys(options, ['sampleWeight', 'multioutput'], metric);
    const { sampleWeight, multioutput = 'uniform' } = options;
    oneOf(multioutput, ['uniform', 'raw', ...(share ? ['varianceWeighted'] : [])], `${metric}: multioutput`);
    const { data: t, rows, cols } = toTarget(yTrue, 'yTrue');
    const { data: p, cols: predicted } = toTarget(yPred, 'yPred', rows);
    const args = { t, p, cols, weights: toWeights(sampleWeight, rows) };
    if (cols !== predicted) throw new RangeError(`yTrue has ${cols} columns, yPred has ${predicted}; they must be equal`);
    const each = (/** @type {Score} */ f) => new Float64Array(cols).map((_, col) => f(args, col));
    const scores = each(score), ones = each(() => 1);
    const shares = share && multioutput === 'varianceWeighted' ? each(share) : ones;
    const result = blend(scores, sum(shares) === 0 ? ones : shares);
    if (!Number.isFinite(result)) throw new RangeError(`${metric} overflows: scale the values down`);
    return multioutput === 'raw' ? scores : result;
  };
  return measure;
}

/** @type {Score} */
const squares = (args, col) => mean(args, (i) => (args.t[i] - args.p[i]) ** 2, col);

/**
 * Σ w (x − x̄)² / Σ w. x̄ is taken from x minus its first value, so that a large offset loses no digits and a constant is seen exactly.
 * @param {Arguments} args
 * @param {number} col
 * @param {(index: number) => number} x
 */
function variance(args, col, x) {
  const origin = x(args.weights.findIndex((weight) => weight > 0) * args.cols + col);
  const centre = mean(args, (i) => x(i) - origin, col);
  return mean(args, (i) => (x(i) - origin - centre) ** 2, col);
}

/** @type {Score} */
const spread = (args, col) => variance(args, col, (i) => args.t[i]);

/** @param {number} error @param {number} whole */
const explained = (error, whole) => (whole === 0 ? Number(error === 0) : 1 - error / whole);

/**
 * Coefficient of determination.   R² = 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)², at most 1, without unit
 * A constant y (also a single row, where scikit-learn gives NaN) has R² 1 when every prediction is exact, else 0.
 * @type {NumberMetric<'uniform' | 'varianceWeighted'>}
 */
export const r2 = /* @__PURE__ */ numberMetric('r2', (args, col) => explained(squares(args, col), spread(args, col)), spread);

/**
 * Explained variance.   1 − Var(y − ŷ) / Var(y): R² that forgives a constant error. Of a constant y: 1 when the error is constant, else 0.
 * @type {NumberMetric<'uniform' | 'varianceWeighted'>}
 */
export const explainedVariance = /* @__PURE__ */ numberMetric('explainedVariance',
  (args, col) => explained(variance(args, col, (i) => args.t[i] - args.p[i]), spread(args, col)), spread);

/** Mean squared error.   Σ w (y − ŷ)² / Σ w, in squared units of y */
export const mse = /* @__PURE__ */ numberMetric('mse', squares);

/** Root of the mean squared error.   √mse of each output, in units of y */
export const rmse = /* @__PURE__ */ numberMetric('rmse', (args, col) => Math.sqrt(squares(args, col)));

/** Mean absolute error.   Σ w |y − ŷ| / Σ w, in units of y */
export const mae = /* @__PURE__ */ numberMetric('mae', (args, col) => mean(args, (i) => Math.abs(args.t[i] - args.p[i]), col));

/** Mean absolute percentage error.   Σ w |y − ŷ| / max(|y|, 2⁻⁵²) / Σ w: a share, not per cent; huge where y is 0 */
export const mape = /* @__PURE__ */ numberMetric('mape',
  (args, col) => mean(args, (i) => Math.abs(args.t[i] - args.p[i]) / Math.max(Math.abs(args.t[i]), 2 ** -52), col));

/** Mean squared logarithmic error.   Σ w (log(1 + y) − log(1 + ŷ))² / Σ w; a value below 0 is refused */
export const msle = /* @__PURE__ */ numberMetric('msle', (args, col) => {
  const [t, p] = [args.t, args.p].map((data, i) => {
    checkEach(['yTrue', 'yPred'][i], data, args.cols, (value) => value >= 0, 'msle needs values of 0 or more');
    return data.map(Math.log1p);
  });
  return squares({ ...args, t, p }, col);
});

/** Greatest absolute error.   max |y − ŷ| over the rows of weight above 0, in units of y */
export const maxError = /* @__PURE__ */ numberMetric('maxError', ({ t, p, cols, weights }, col) => weights.reduce((most, weight, row) => {
  const i = row * cols + col;
  return weight > 0 ? Math.max(most, Math.abs(t[i] - p[i])) : most;
}, 0));

/**
 * Median of |y − ŷ|, in units of y: half of the weight lies on either side; where that is between two errors, it is their mean. So
 * weight 2 is two rows here as well; scikit-learn 1.2 takes the lower of the two errors as soon as there are weights (its issue 17370).
 */
export const medianAbsoluteError = /* @__PURE__ */ numberMetric('medianAbsoluteError', ({ t, p, cols, weights }, col) => {
  const { values, sums: [sums] } = tally(weights, (row) => Math.abs(t[row * cols + col] - p[row * cols + col]), () => 0);
  const half = sum(sums) / 2;
  let below = 0, at = 0;
  while ((below += sums[at]) < half) at++;
  return below > half ? values[at] : values[at] / 2 + values[at + 1] / 2;
});
