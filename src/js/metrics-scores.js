// metrics-scores.js: how good scores and probabilities are · in: labels, scores, weights · out: numbers, curves · next: linear.js
import { blend, checkEach, mean, positiveOf, readScores, sum, tally } from './metrics-check.js';
import { checkNumber, checkSwitch, oneOf } from './options.js';
import { isMatrix, viewKind } from './shapes.js';

/** @typedef {import('./matrix.js').Label} Label */
/** @typedef {import('./metrics-check.js').LabelOptions} LabelOptions */
/** @typedef {import('./metrics-check.js').ScoreArguments} ScoreArguments */
/**
 * A metric of scores: finite numbers, higher for what is more likely. yScore is what predictProba gives, a column for each class in
 * their sorted order, or for two classes one number a row, of the greater label (or of posLabel, where that is an option).
 * labels: the classes of the columns, sorted; needed where yTrue does not have them all.
 * @template O, R
 * @typedef {(yTrue: unknown, yScore: unknown, options?: O) => R} ScoreMetric
 */
/**
 * posLabel: the positive label, all others are negative; without it 1 of 0 and 1 or −1 and 1, true of false and true.
 * @typedef {LabelOptions & { posLabel?: Label }} BinaryOptions
 */

/**
 * @template {LabelOptions} O
 * @template R
 * @param {string} metric
 * @param {readonly string[]} keys its options besides labels and sampleWeight
 * @param {(args: ScoreArguments, options: O, yScore: unknown) => R} score
 * @returns {ScoreMetric<O, R>}
 */
function scoreMetric(metric, keys, score) {
  return (yTrue, yScore, options = /** @type {O} */ ({})) => score(readScores(metric, yTrue, yScore, options, keys), options, yScore);
}

/**
 * @template R
 * @param {string} metric
 * @param {(args: ScoreArguments, at: number) => R} score at: the positive class among the classes, −1 when no row has it
 * @returns {ScoreMetric<BinaryOptions, R>}
 */
function binaryMetric(metric, score) {
  return scoreMetric(metric, ['posLabel'], (args, { posLabel }) => score(args, args.classes.indexOf(positiveOf(metric, args.classes, posLabel))));
}

/**
 * Weight of the negatives (fps) and positives (tps) that score at or above each threshold; thresholds descend, ties are one. The first
 * is the greatest score + 1, which nothing reaches.
 * @param {ScoreArguments} args
 * @param {number} at the positive class
 * @param {{ alone?: boolean, weights?: Float64Array }} [how] alone: negatives are not needed
 */
function sweep({ metric, t, p, cols, ...args }, at, { alone = false, weights = args.weights } = {}) {
  const col = cols === 1 ? 0 : at;
  const { values, sums } = tally(weights, (row) => p[row * cols + col], (row) => t[row] === at);
  const n = values.length;
  const [fps, tps] = sums.map((side) => {
    const total = new Float64Array(n + 1);
    for (let k = 0; k < n; k++) total[k + 1] = total[k] + side[n - 1 - k];
    return total;
  });
  const lacking = tps[n] === 0 ? 'positive' : fps[n] === 0 && !alone ? 'negative' : '';
  if (lacking) throw new RangeError(`${metric}: yTrue has no ${lacking} row; at least one is needed`);
  const thresholds = new Float64Array(n + 1);
  thresholds.set(values.reverse(), 1);
  thresholds[0] = thresholds[1] + 1;
  return { fps, tps, thresholds, negatives: fps[n], positives: tps[n] };
}

/**
 * Receiver operating characteristic: the shares of negatives (fpr) and of positives (tpr) that score at or above each threshold.
 * Thresholds descend; the first is the greatest score + 1, which nothing reaches. Every distinct score is there, as with
 * scikit-learn's drop_intermediate=False. Refused: no positive or no negative row (scikit-learn gives NaN).
 * @type {ScoreMetric<BinaryOptions, { fpr: Float64Array, tpr: Float64Array, thresholds: Float64Array }>}
 */
export const rocCurve = /* @__PURE__ */ binaryMetric('rocCurve', (args, at) => {
  const { fps, tps, thresholds, negatives, positives } = sweep(args, at);
  return { fpr: fps.map((weight) => weight / negatives), tpr: tps.map((weight) => weight / positives), thresholds };
});

/** @param {ScoreArguments} args @param {number} at @param {Float64Array} [weights] */
function area(args, at, weights) {
  const { fps, tps, negatives, positives } = sweep(args, at, { weights });
  return sum(fps.map((weight, k) => k && (weight - fps[k - 1]) * (tps[k] + tps[k - 1]) / 2)) / (negatives * positives);
}

/**
 * Area under rocCurve: the share of pairs of a positive and a negative row that are scored in the right order, ties half; 0.5 by chance.
 * Two classes: the greater label is the positive one. More: the rows of yScore must sum to 1 and multiClass must be given: 'ovr' is the
 * mean over each class against the rest, 'ovo' over all pairs of classes that yTrue has (Hand and Till 2001), here with sampleWeight
 * too; average: 'macro' (the default), or 'weighted' by the rows of each class or pair. Refused: a single class, 'ovr' with a class
 * that no row has.
 * @type {ScoreMetric<LabelOptions & { multiClass?: 'ovr' | 'ovo', average?: 'macro' | 'weighted' }, number>}
 */
export const rocAuc = /* @__PURE__ */ scoreMetric('rocAuc', ['multiClass', 'average'], (args, { multiClass, average = 'macro' }) => {
  const { classes, t, p, cols, weights } = args;
  oneOf(average, ['macro', 'weighted'], 'rocAuc: average');
  if (classes.length === 2) return area(args, 1);
  oneOf(multiClass, ['ovr', 'ovo'], 'rocAuc: multiClass');
  const sums = weights.map((_, row) => sum(p.subarray(row * cols, (row + 1) * cols)));
  checkEach('Σ yScore', sums, 1, (total) => Math.abs(total - 1) <= 1e-8 + 1e-5 * total, 'probabilities must sum to 1');
  const mass = classes.map(() => 0);
  weights.forEach((weight, row) => { mass[t[row]] += weight; });
  const groups = mass.flatMap((own, a) => (multiClass === 'ovr' ? [[a]] : mass.flatMap((other, b) => (b > a && own && other ? [[a, b]] : []))));
  if (groups.length === 0) groups.push([0]); // a single class, which area refuses
  const areas = groups.map((group) => {
    const rows = group.length > 1 ? weights.map((weight, row) => (group.includes(t[row]) ? weight : 0)) : weights;
    return sum(group.map((a) => area(args, a, rows))) / group.length;
  });
  return blend(areas, groups.map((group) => (average === 'weighted' ? sum(group.map((a) => mass[a])) : 1)));
});

/**
 * Precision and recall of the rows that score at or above each threshold. Thresholds ascend, recall falls; the last pair is 1 and 0,
 * without threshold, so that thresholds are one fewer. Refused: no positive row (scikit-learn sets recall to 1).
 * @type {ScoreMetric<BinaryOptions, { precision: Float64Array, recall: Float64Array, thresholds: Float64Array }>}
 */
export const precisionRecallCurve = /* @__PURE__ */ binaryMetric('precisionRecallCurve', (args, at) => {
  const { fps, tps, thresholds, positives } = sweep(args, at, { alone: true });
  return {
    precision: tps.map((weight, k) => (k ? weight / (weight + fps[k]) : 1)).reverse(),
    recall: tps.map((weight) => weight / positives).reverse(),
    thresholds: thresholds.slice(1).reverse(),
  };
});

/**
 * Average precision: Σ (recall − recall before) · precision over falling thresholds, from 0 to 1, without interpolation.
 * Refused: no positive row (scikit-learn gives 0).
 * @type {ScoreMetric<BinaryOptions, number>}
 */
export const averagePrecision = /* @__PURE__ */ binaryMetric('averagePrecision', (args, at) => {
  const { fps, tps, positives } = sweep(args, at, { alone: true });
  return sum(tps.map((weight, k) => k && (weight - tps[k - 1]) * weight / (weight + fps[k]))) / positives;
});

/**
 * Brier score: mean squared error of the probability of the positive class.   Σ w ([y positive] − p)² / Σ w, from 0 (best) to 1
 * A score outside 0 to 1 is refused.
 * @type {ScoreMetric<BinaryOptions, number>}
 */
export const brier = /* @__PURE__ */ binaryMetric('brier', (args, at) => {
  const { t, p, cols } = args;
  checkEach('yScore', p, cols, (value) => value >= 0 && value <= 1, 'a probability must be from 0 to 1');
  return mean(args, (start) => (Number(t[start / cols] === at) - p[start + (cols === 1 ? 0 : at)]) ** 2);
});

/**
 * Log loss (cross-entropy): mean of −log of the probability of the true class, 0 or more; with normalize: false the sum.
 * Probabilities are first brought into [ε, 1 − ε], ε = 2⁻⁵² (2⁻²³ for a Float32Array), then each row is divided by its sum.
 * Refused: a single class without labels.
 * @type {ScoreMetric<LabelOptions & { normalize?: boolean }, number>}
 */
export const logLoss = /* @__PURE__ */ scoreMetric('logLoss', ['normalize'], (args, { normalize = true }, yScore) => {
  const { t, p, cols, weights } = args;
  const least = viewKind(isMatrix(yScore) ? yScore.data : yScore) === 'Float32Array' ? 2 ** -23 : 2 ** -52;
  const clip = (/** @type {number} */ value) => Math.min(1 - least, Math.max(least, value));
  const loss = mean(args, (start) => {
    const own = t[start / cols];
    if (cols === 1) return -Math.log(own ? clip(p[start]) : 1 - clip(p[start]));
    return Math.log(sum(p.subarray(start, start + cols).map(clip)) / clip(p[start + own]));
  });
  return checkSwitch(normalize, 'logLoss: normalize') ? loss : loss * sum(weights);
});

/**
 * Share of rows whose label is among the k with the greatest scores, from 0 to 1; of equal scores the later column counts as greater.
 * k: 2 without it; at or above the number of classes it gives 1 (scikit-learn warns). One score a row: k = 1 takes the greater label
 * where it is above 0.5, or above 0 when some score is not from 0 to 1.
 * @type {ScoreMetric<LabelOptions & { k?: number }, number>}
 */
export const topKAccuracy = /* @__PURE__ */ scoreMetric('topKAccuracy', ['k'], (args, options) => {
  const { t, p, cols } = args;
  const k = checkNumber(options.k, { name: 'k', default: 2, min: 1, max: 2 ** 53, integer: true }, 'topKAccuracy');
  const bar = p.every((value) => value >= 0 && value <= 1) ? 0.5 : 0;
  return mean(args, (start) => {
    const own = t[start / cols], score = p[start + own];
    if (cols === 1) return Number(k > 1 || (p[start] > bar) === (own === 1));
    let above = 0;
    for (let c = 0; c < cols; c++) if (c > own ? p[start + c] >= score : p[start + c] > score) above++;
    return Number(above < k);
  });
});
