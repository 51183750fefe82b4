// metrics-labels.js: how often predicted labels are the true ones · in: labels, weights · out: shares, counts · next: metrics-scores.js
import { checkKeys } from './errors.js';
import { blend, listLabels, mean, positiveOf, readLabels, sum } from './metrics-check.js';
import { checkGiven, oneOf } from './options.js';

/** @typedef {import('./matrix.js').Label} Label */
/** @typedef {import('./metrics-check.js').WeightOptions} WeightOptions */
/** @typedef {import('./metrics-check.js').LabelOptions} LabelOptions */
/** @typedef {import('./metrics-check.js').LabelArguments} LabelArguments */
/**
 * A metric of labels: strings, numbers or booleans, all of one kind.
 * @template O, R
 * @typedef {(yTrue: unknown, yPred: unknown, options?: O) => R} LabelMetric
 */
/**
 * average: 'binary' (the default) scores posLabel against the rest, 'micro' counts over all labels together, 'macro' is the mean over the
 * labels, 'weighted' that mean by the number of true rows, 'raw' every label by itself.
 * posLabel: for 'binary'; without it 1 of 0 and 1 or −1 and 1, true of false and true; other labels need it.
 * labels: for the others: which labels are scored, in which order, also ones that no row has; without it those of both arguments.
 * @typedef {LabelOptions & { posLabel?: Label }} ClassOptions
 */
/**
 * support: the weight of the true rows of each label; absent: the labels that have nothing to be counted, 0 of 0, whose value is 0.
 * @typedef {{ labels: Label[], values: Float64Array, support: Float64Array, absent: Label[] }} ClassScores
 */
/**
 * @template {object} O
 * @typedef {{
 *   (yTrue: unknown, yPred: unknown, options: ClassOptions & O & { average: 'raw' }): ClassScores,
 *   (yTrue: unknown, yPred: unknown, options?: ClassOptions & O & { average?: 'binary' | 'micro' | 'macro' | 'weighted' }): number
 * }} ClassMetric
 */

/**
 * @template {LabelOptions} O
 * @template R
 * @param {string} metric
 * @param {readonly string[]} keys its options besides sampleWeight
 * @param {(args: LabelArguments, options: O) => R} score
 * @returns {LabelMetric<O, R>}
 */
function labelMetric(metric, keys, score) {
  return (yTrue, yPred, options = /** @type {O} */ ({})) => {
    checkKeys(options, [...keys, 'sampleWeight'], metric);
    return score(readLabels(metric, yTrue, yPred, options), options);
  };
}

/**
 * Weight of rows by class: hit: predicted right, truth: it is theirs, guess: it is predicted; total of all, added in the same order.
 * @param {LabelArguments} args
 */
function count({ classes, t, p, weights }) {
  const [hit, truth, guess] = [0, 1, 2].map(() => new Float64Array(classes.length));
  weights.forEach((weight, row) => {
    truth[t[row]] += weight;
    guess[p[row]] += weight;
    if (t[row] === p[row]) hit[t[row]] += weight;
  });
  return { hit, truth, guess, total: sum(weights) };
}

/**
 * Share of rows whose label is predicted.   Σ w [y = ŷ] / Σ w, from 0 to 1
 * @type {LabelMetric<WeightOptions, number>}
 */
export const accuracy = /* @__PURE__ */ labelMetric('accuracy', [], (args) => mean(args, (i) => Number(args.t[i] === args.p[i])));

/**
 * Mean over the true classes of the share of their rows that are predicted right, from 0 to 1. Labels that are only predicted have no
 * such share and are left out (scikit-learn warns of them); confusionMatrix shows them as rows of zeros.
 * @type {LabelMetric<WeightOptions, number>}
 */
export const balancedAccuracy = /* @__PURE__ */ labelMetric('balancedAccuracy', [], (args) => {
  const { hit, truth } = count(args);
  return blend(hit.map((right, i) => right / (truth[i] || 1)), truth.map((weight) => Number(weight > 0)));
});

/**
 * How often each true class was predicted as each class: matrix[i][j] is the number (or weight) of rows of class labels[i] that
 * were predicted as labels[j]. Option labels: the classes and their order; a label of a row that is not among them is refused.
 * @type {LabelMetric<LabelOptions, { labels: Label[], matrix: number[][] }>}
 */
export const confusionMatrix = /* @__PURE__ */ labelMetric('confusionMatrix', ['labels'], ({ classes, t, p, weights }) => {
  const matrix = classes.map(() => classes.map(() => 0));
  weights.forEach((weight, row) => { matrix[t[row]][p[row]] += weight; });
  return { labels: classes, matrix };
});

/**
 * hit / (a · truth + (1 − a) · guess) with a = β² / (1 + β²): precision is β = 0, recall β = ∞.
 * @param {string} name
 * @param {number} [fixed] β, where it is no option
 * @returns {any}
 */
function classMetric(name, fixed) {
  return (/** @type {unknown} */ yTrue, /** @type {unknown} */ yPred, /** @type {LabelOptions} */ options = {}) => {
    const { average = 'binary', beta = fixed, labels, posLabel, sampleWeight } = Object(options);
    const metric = `${name} with average "${oneOf(average, ['binary', 'micro', 'macro', 'weighted', 'raw'], `${name}: average`)}"`;
    const keys = ['average', 'sampleWeight', average === 'binary' ? 'posLabel' : 'labels'];
    checkKeys(options, fixed === undefined ? [...keys, 'beta'] : keys, metric);
    checkGiven(beta, { name: 'beta', default: undefined, min: 0 }, name);
    const args = readLabels(metric, yTrue, yPred, { sampleWeight });
    const { classes } = args;
    const listed = average === 'binary' ? [positiveOf(metric, classes, posLabel)]
      : labels === undefined ? classes : listLabels(metric, labels, args.truth);
    const position = new Map(classes.map((label, i) => [label, i]));
    const { hit, truth, guess } = count(args);
    const [right, support, guessed] = [hit, truth, guess].map((counts) => (
      Float64Array.from(listed, (label) => counts[position.get(label) ?? -1] ?? 0)));
    const a = 1 / (1 + beta ** -2);
    const whole = support.map((weight, i) => a * weight + (1 - a) * guessed[i]);
    if (average === 'micro') return sum(right) / (sum(whole) || 1);
    const values = right.map((weight, i) => weight / (whole[i] || 1));
    if (average === 'raw') return { labels: listed, values, support, absent: listed.filter((_, i) => whole[i] === 0) };
    return blend(values, average === 'weighted' ? support : support.map(() => 1));
  };
}

/**
 * Precision: the share of the rows predicted as a label that have it.   hits / predicted, from 0 to 1. A label that no row is predicted
 * as counts as 0 (scikit-learn's zero_division=0); average 'raw' names such labels in `absent`.
 * @type {ClassMetric<{}>}
 */
export const precision = /* @__PURE__ */ classMetric('precision', 0);

/**
 * Recall: the share of the rows of a label that are predicted as it.   hits / true rows, from 0 to 1. A label that no row has counts
 * as 0; average 'raw' names such labels in `absent`.
 * @type {ClassMetric<{}>}
 */
export const recall = /* @__PURE__ */ classMetric('recall', Infinity);

/**
 * F-beta: the weighted harmonic mean of precision and recall.   (1 + β²) · hits / (β² · true rows + predicted), from 0 to 1.
 * beta: 0 or more, must be given; recall counts β times as much as precision. A label that no row has nor is predicted as counts as 0;
 * average 'raw' names such labels in `absent`.
 * @type {ClassMetric<{ beta: number }>}
 */
export const fBeta = /* @__PURE__ */ classMetric('fBeta');

/**
 * F1: fBeta with β = 1, the harmonic mean of precision and recall.
 * @type {ClassMetric<{}>}
 */
export const f1 = /* @__PURE__ */ classMetric('f1', 1);

/**
 * Matthews correlation of true and predicted labels, from −1 to 1; for more than two classes Gorodkin's R_K.
 * (n Σ hits − Σ true · predicted) / √((n² − Σ true²)(n² − Σ predicted²)); 0 where one side has a single class, as in scikit-learn
 * @type {LabelMetric<WeightOptions, number>}
 */
export const matthews = /* @__PURE__ */ labelMetric('matthews', [], (args) => {
  const { hit, truth, guess, total } = count(args);
  const [across, down] = [truth, guess].map((side) => sum(side.map((weight) => weight * (total - weight))));
  const whole = Math.sqrt(across * down);
  return whole === 0 ? 0 : (total * sum(hit) - sum(truth.map((weight, i) => weight * guess[i]))) / whole;
});

/**
 * Cohen's kappa: agreement beyond chance, at most 1.   1 − n Σ w d(y, ŷ) / Σ true_i · predicted_j · d(i, j)
 * weights: d is the distance |i − j| of the classes or its square; without it 1 where they differ. labels: the classes in their order.
 * Refused (scikit-learn gives NaN): all rows have one label and are predicted as it, as chance alone would do.
 * @type {LabelMetric<LabelOptions & { weights?: 'linear' | 'quadratic' }, number>}
 */
export const kappa = /* @__PURE__ */ labelMetric('kappa', ['labels', 'weights'], (args, { weights }) => {
  const power = weights === undefined ? 0 : oneOf(weights, ['linear', 'quadratic'], 'kappa: weights') === 'linear' ? 1 : 2;
  const { truth, guess, total } = count(args);
  const distance = (/** @type {number} */ i, /** @type {number} */ j) => (i === j ? 0 : Math.abs(i - j) ** power);
  const seen = mean(args, (row) => distance(args.t[row], args.p[row]));
  const chance = sum(truth.map((weight, i) => weight * sum(guess.map((other, j) => other * distance(i, j)))));
  if (chance === 0) throw new RangeError('kappa: yTrue and yPred have one label only; at least 2 are needed');
  return 1 - seen * total * total / chance;
});
