// metrics.js: how good predictions are, as scikit-learn counts it · in: true and predicted values · out: numbers, counts · next: linear.js
//
// Every metric takes (yTrue, yPred, options): numberMetric or labels checks both, then a mean or two make the metric.

import { checkKeys, show } from './errors.js';
import { toLabels, toTarget } from './matrix.js';

/** @typedef {import('./matrix.js').Label} Label */
/**
 * sampleWeight: one number a row, 0 or more, not all 0; a row of weight 0 counts as absent.
 * @typedef {{ sampleWeight?: ArrayLike<number> }} WeightOptions
 */
/**
 * multioutput: 'uniform' is the mean over the outputs, 'raw' one number for each output.
 * @typedef {WeightOptions & { multioutput?: 'uniform' | 'raw' }} NumberOptions
 */
/**
 * A metric of finite numbers: array, typed array, or for several outputs array of rows or Matrix, both of one shape.
 * @typedef {{
 *   (yTrue: unknown, yPred: unknown, options: WeightOptions & { multioutput: 'raw' }): Float64Array,
 *   (yTrue: unknown, yPred: unknown, options?: NumberOptions): number
 * }} NumberMetric
 */
/**
 * Checked arguments: values row by row, `cols` of them a row; weights (rows).
 * @typedef {{ metric: string, t: ArrayLike<number>, p: ArrayLike<number>, cols: number, weights: Float64Array }} Arguments
 */

/**
 * @param {unknown} sampleWeight
 * @param {number} rows
 * @returns {Float64Array}
 */
function toWeights(sampleWeight, rows) {
  if (rows === 0) throw new RangeError('yTrue has 0 rows; a metric needs at least 1');
  if (sampleWeight === undefined) return new Float64Array(rows).fill(1);
  const { data, cols } = toTarget(sampleWeight, 'sampleWeight', rows);
  if (cols !== 1) throw new RangeError(`sampleWeight has ${cols} columns; it needs one number for each row`);
  const negative = data.findIndex((weight) => weight < 0);
  if (negative >= 0) throw new RangeError(`sampleWeight has ${data[negative]} at row ${negative + 1}; a weight must be 0 or more`);
  const total = data.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity)) throw new RangeError(`sampleWeight sums to ${total}; the sum must be above 0 and finite`);
  return data;
}

/**
 * Makes a metric of numbers: checks the arguments, scores each output, takes the mean over the outputs where that is asked for.
 * @param {string} metric
 * @param {(args: Arguments, col: number) => number} score
 * @returns {NumberMetric}
 */
function numberMetric(metric, score) {
  /** @type {(yTrue: unknown, yPred: unknown, options?: NumberOptions) => any} */
  const measure = (yTrue, yPred, options = {}) => {
    checkKeys(options, ['sampleWeight', 'multioutput'], metric);
    const { sampleWeight, multioutput = 'uniform' } = options;
    if (multioutput !== 'uniform' && multioutput !== 'raw') {
      throw new RangeError(`${metric}: multioutput is ${show(multioutput)}; it must be "uniform" or "raw"`);
    }
    const { data: t, rows, cols } = toTarget(yTrue, 'yTrue');
    const { data: p, cols: predicted } = toTarget(yPred, 'yPred', rows);
    const args = { metric, t, p, cols, weights: toWeights(sampleWeight, rows) };
    if (cols !== predicted) throw new RangeError(`yTrue has ${cols} columns, yPred has ${predicted}; they must be equal`);
    const scores = Float64Array.from({ length: cols }, (_, col) => score(args, col));
    return multioutput === 'raw' ? scores : scores.reduce((sum, value) => sum + value, 0) / cols;
  };
  return measure;
}

/**
 * The arguments of a metric of labels, checked: t and p are indices into the sorted classes of both.
 * @param {string} metric
 * @param {unknown} yTrue
 * @param {unknown} yPred
 * @param {unknown} sampleWeight
 * @returns {Arguments & { classes: Label[] }}
 */
function labels(metric, yTrue, yPred, sampleWeight) {
  const truth = toLabels(yTrue, 'yTrue');
  const rows = truth.indices.length;
  const weights = toWeights(sampleWeight, rows);
  const guess = toLabels(yPred, 'yPred', rows);
  const [a, b] = [truth.classes[0], guess.classes[0]];
  if (typeof a !== typeof b) {
    throw new TypeError(`${metric}: yTrue has labels like ${show(a)}, yPred like ${show(b)}; both must be of one kind`);
  }
  const { classes } = toLabels([...truth.classes, ...guess.classes]);
  const position = new Map(classes.map((label, i) => [label, i]));
  const place = (/** @type {typeof truth} */ y) => {
    const to = y.classes.map((label) => Number(position.get(label)));
    return y.indices.map((index) => to[index]);
  };
  return { metric, classes, t: place(truth), p: place(guess), cols: 1, weights };
}

/**
 * Σ w · f(index of the value) / Σ w over one output.
 * @param {Arguments} args
 * @param {number} col
 * @param {(index: number) => number} f
 * @throws {RangeError} when the sum overflows
 */
function mean({ metric, weights, cols }, col, f) {
  let sum = 0, total = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    sum += weights[row] * f(row * cols + col);
    total += weights[row];
  }
  if (!Number.isFinite(sum)) throw new RangeError(`${metric} overflows: the values are too far apart for 64-bit numbers; scale them down`);
  return sum / total;
}

/** Mean squared error.   Σ w (y − ŷ)² / Σ w, in squared units of y */
export const mse = /* @__PURE__ */ numberMetric('mse', (args, col) => mean(args, col, (i) => (args.t[i] - args.p[i]) ** 2));

/** Mean absolute error.   Σ w |y − ŷ| / Σ w, in units of y */
export const mae = /* @__PURE__ */ numberMetric('mae', (args, col) => mean(args, col, (i) => Math.abs(args.t[i] - args.p[i])));

/**
 * Coefficient of determination.   R² = 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)², at most 1, without unit
 * A constant y (also a single row) has R² 1 when every prediction is exact, else 0. ȳ is taken from y minus its first value, so
 * that a large offset loses no digits and a constant y is seen exactly.
 */
export const r2 = /* @__PURE__ */ numberMetric('r2', (args, col) => {
  const { t, p, cols, weights } = args;
  const origin = t[weights.findIndex((weight) => weight > 0) * cols + col];
  const centre = mean(args, col, (i) => t[i] - origin);
  const spread = mean(args, col, (i) => (t[i] - origin - centre) ** 2);
  const error = mean(args, col, (i) => (t[i] - p[i]) ** 2);
  if (spread === 0) return error === 0 ? 1 : 0;
  return 1 - error / spread;
});

/**
 * Share of rows whose label is predicted.   Σ w [y = ŷ] / Σ w, from 0 to 1
 *
 * @param {unknown} yTrue labels: strings, numbers or booleans, all of one kind
 * @param {unknown} yPred labels of the same kind
 * @param {WeightOptions} [options]
 * @returns {number}
 */
export function accuracy(yTrue, yPred, options = {}) {
  checkKeys(options, ['sampleWeight'], 'accuracy');
  const args = labels('accuracy', yTrue, yPred, options.sampleWeight);
  return mean(args, 0, (i) => (args.t[i] === args.p[i] ? 1 : 0));
}

/**
 * How often each true class was predicted as each class: matrix[i][j] is the number (or weight) of rows of class labels[i] that
 * were predicted as labels[j].
 *
 * @param {unknown} yTrue labels: strings, numbers or booleans, all of one kind
 * @param {unknown} yPred labels of the same kind
 * @param {WeightOptions & { labels?: ArrayLike<Label> }} [options] labels: the classes and their order, also ones that no row has;
 *   without it the sorted classes of both arguments
 * @returns {{ labels: Label[], matrix: number[][] }}
 * @throws {RangeError} a label that is not listed in labels, or one listed twice
 */
export function confusionMatrix(yTrue, yPred, options = {}) {
  checkKeys(options, ['labels', 'sampleWeight'], 'confusionMatrix');
  const { classes, t, p, weights } = labels('confusionMatrix', yTrue, yPred, options.sampleWeight);
  const { labels: listed = classes } = options;
  if (toLabels(listed, 'labels').classes.length < listed.length) throw new RangeError('confusionMatrix: labels has a label twice');
  const order = Array.from(listed);
  const column = classes.map((label) => order.indexOf(label));
  const missing = column.indexOf(-1);
  if (missing >= 0) throw new RangeError(`confusionMatrix: label ${show(classes[missing])} is not among labels`);
  const matrix = order.map(() => new Array(order.length).fill(0));
  weights.forEach((weight, i) => { matrix[column[t[i]]][column[p[i]]] += weight; });
  return { labels: order, matrix };
}
