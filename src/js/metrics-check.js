// metrics-check.js: what metrics share: checks, weighted means, tallies · in: any arguments · out: numbers, indices, weights · next: metrics-numbers.js
import { checkKeys, show } from './errors.js';
import { toLabels, toTarget } from './matrix.js';
import { checkLength } from './shapes.js';

/** @typedef {import('./matrix.js').Label} Label */
/** @typedef {ReturnType<typeof toLabels>} Labels */
/**
 * sampleWeight: one number a row, 0 or more, not all 0; a row of weight 0 counts as absent.
 * @typedef {{ sampleWeight?: ArrayLike<number> }} WeightOptions
 */
/**
 * labels: the classes, also ones that no row has; without it those that rows have, sorted.
 * @typedef {WeightOptions & { labels?: ArrayLike<Label> }} LabelOptions
 */
/**
 * Checked arguments: t and p row by row, `cols` of them a row, labels as indices into `classes`; weights (rows).
 * @template {ArrayLike<number>} [T=Float64Array]
 * @template {ArrayLike<number>} [P=Float64Array]
 * @typedef {{ t: T, p: P, cols: number, weights: Float64Array }} Arguments
 */
/** @typedef {Arguments<Int32Array, Int32Array> & { classes: Label[], truth: Labels }} LabelArguments */
/** @typedef {Arguments<Int32Array> & { metric: string, classes: Label[] }} ScoreArguments */

/** @param {Float64Array | number[]} values */
export function sum(values) {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/**
 * Mean of values by their shares; 0 when there are no shares.
 * @param {Float64Array | number[]} values
 * @param {Float64Array | number[]} shares
 */
export const blend = (values, shares) => sum(Float64Array.from(values, (value, i) => value * shares[i])) / (sum(shares) || 1);

/**
 * Σ w · f(index of the value) / Σ w over one output.
 * @param {Pick<Arguments, 'weights' | 'cols'>} args
 * @param {(index: number) => number} f
 * @param {number} [col]
 */
export function mean({ weights, cols }, f, col = 0) {
  let part = 0, total = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    part += weights[row] * f(row * cols + col);
    total += weights[row];
  }
  return part / total;
}

/**
 * @param {string} name
 * @param {Float64Array} data
 * @param {number} cols
 * @param {(value: number) => boolean} good
 * @param {string} rule
 */
export function checkEach(name, data, cols, good, rule) {
  const bad = data.findIndex((value) => !good(value));
  if (bad >= 0) throw new RangeError(`${name} has ${data[bad]} at row ${Math.floor(bad / cols) + 1}; ${rule}`);
}

/**
 * @param {unknown} sampleWeight
 * @param {number} rows
 * @returns {Float64Array}
 */
export function toWeights(sampleWeight, rows) {
  if (rows === 0) throw new RangeError('yTrue has 0 rows; a metric needs at least 1');
  if (sampleWeight === undefined) return new Float64Array(rows).fill(1);
  const { data } = toTarget(sampleWeight, 'sampleWeight', rows);
  checkLength('sampleWeight', data.length, rows);
  checkEach('sampleWeight', data, 1, (weight) => weight >= 0, 'a weight must be 0 or more');
  const total = sum(data);
  // so that products of four sums are finite and not 0
  if (!(total > 1e-50 && total < 1e50)) throw new RangeError(`sampleWeight sums to ${total}; the sum must be above 1e-50 and below 1e50`);
  return data;
}

/**
 * Weight at each distinct value, values ascending, rows of side 0 and 1 apart.
 * @param {Float64Array} weights
 * @param {(row: number) => number} value
 * @param {(row: number) => number | boolean} side
 * @returns {{ values: Float64Array, sums: Float64Array[] }}
 */
export function tally(weights, value, side) {
  const all = weights.map((_, row) => value(row));
  const order = new Uint32Array(all.length).map((_, row) => row).filter((row) => weights[row] > 0).sort((a, b) => all[a] - all[b]);
  const [values, ...sums] = [0, 1, 2].map(() => new Float64Array(order.length));
  let last = -1;
  order.forEach((row) => {
    if (last < 0 || values[last] !== all[row]) values[++last] = all[row];
    sums[Number(side(row))][last] += weights[row];
  });
  return { values: values.slice(0, last + 1), sums };
}

/**
 * The classes of rows that count, sorted.
 * @param {Labels} y
 * @param {Float64Array} weights
 */
function present({ classes, indices }, weights) {
  const found = new Float64Array(classes.length);
  indices.forEach((index, row) => { found[index] += weights[row]; });
  return classes.filter((_, index) => found[index] > 0);
}

/**
 * Labels as indices into `classes`.
 * @param {string} metric
 * @param {Labels} y
 * @param {readonly Label[]} classes
 * @param {Float64Array} weights
 */
function place(metric, y, classes, weights) {
  const position = new Map(classes.map((label, i) => [label, i]));
  const missing = present(y, weights).find((label) => !position.has(label));
  if (missing !== undefined) throw new RangeError(`${metric}: label ${show(missing)} is not among labels`);
  const to = y.classes.map((label) => position.get(label) ?? 0); // 0: for rows of weight 0
  return y.indices.map((index) => to[index]);
}

/** @param {string} metric @param {Labels} truth @param {Labels} other @param {string} name */
function checkKind(metric, { classes: [a] }, { classes: [b] }, name) {
  if (typeof a !== typeof b) throw new TypeError(`${metric}: yTrue has labels like ${show(a)}, ${name} like ${show(b)}; both must be of one kind`);
}

/**
 * The option `labels`: each once, in the order given.
 * @param {string} metric
 * @param {unknown} labels
 * @param {Labels} truth
 */
export function listLabels(metric, labels, truth) {
  const listed = toLabels(labels, 'labels');
  checkKind(metric, truth, listed, 'labels');
  if (listed.classes.length < listed.indices.length) throw new RangeError(`${metric}: labels has a label twice`);
  return Array.from(listed.indices, (index) => listed.classes[index]);
}

/**
 * @param {string} metric
 * @param {unknown} yTrue
 * @param {unknown} yPred
 * @param {LabelOptions} options
 * @returns {LabelArguments} classes: the option `labels`, or the sorted labels of both arguments
 */
export function readLabels(metric, yTrue, yPred, { sampleWeight, labels }) {
  const truth = toLabels(yTrue, 'yTrue');
  const rows = truth.indices.length;
  const weights = toWeights(sampleWeight, rows);
  const guess = toLabels(yPred, 'yPred', rows);
  checkKind(metric, truth, guess, 'yPred');
  const classes = labels === undefined
    ? toLabels([truth, guess].flatMap((y) => present(y, weights))).classes : listLabels(metric, labels, truth);
  const [t, p] = [truth, guess].map((y) => place(metric, y, classes, weights));
  return { classes, t, p, cols: 1, weights, truth };
}

/**
 * Scores: a column for each class, or one column: of posLabel where that is among the keys, else of the greater of two classes.
 * @param {string} metric
 * @param {unknown} yTrue
 * @param {unknown} yScore
 * @param {LabelOptions} options
 * @param {readonly string[]} keys its options besides labels and sampleWeight
 * @returns {ScoreArguments}
 */
export function readScores(metric, yTrue, yScore, options, keys) {
  checkKeys(options, [...keys, 'labels', 'sampleWeight'], metric);
  const { labels, sampleWeight } = /** @type {LabelOptions} */ (options);
  const truth = toLabels(yTrue, 'yTrue');
  const rows = truth.indices.length;
  const weights = toWeights(sampleWeight, rows);
  const { data: p, cols } = toTarget(yScore, 'yScore', rows);
  const classes = labels === undefined ? present(truth, weights) : listLabels(metric, labels, truth);
  if (classes.some((label, i) => i > 0 && classes[i - 1] > label)) {
    throw new RangeError(`${metric}: labels must be sorted`);
  }
  if (cols === 1 ? classes.length !== 2 && !keys.includes('posLabel') : classes.length !== cols) {
    throw new RangeError(`${metric}: yScore has ${cols} columns, yTrue ${classes.length} classes; name all classes in labels`);
  }
  return { metric, classes, t: place(metric, truth, classes, weights), p, cols, weights };
}

/**
 * The positive label: posLabel, or without it 1 of 0 and 1 or −1 and 1, true of false and true. Nothing else is guessed.
 * @param {string} metric
 * @param {readonly Label[]} classes
 * @param {unknown} posLabel
 * @returns {Label}
 */
export function positiveOf(metric, classes, posLabel) {
  const [first] = classes;
  const usual = typeof first !== 'string' && /^(0|-1|false)$|^((0|-1|false),)?(1|true)$/.test(classes.join());
  const label = posLabel === undefined && usual ? (typeof first === 'number' ? 1 : true) : /** @type {Label} */ (posLabel);
  // of one class only, the other may be any
  if (typeof label === typeof first && (classes.length === 1 || classes.includes(label))) return label;
  throw new RangeError(`${metric}: posLabel is ${show(label)}; it must be a label of yTrue, such as ${classes.slice(0, 8).map(show).join(', ')}`);
}
