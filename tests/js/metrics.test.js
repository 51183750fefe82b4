// metrics.test.js: what metrics take, flag and refuse · in: src/js/metrics.js · out: test report
import assert from 'node:assert/strict';
import test from 'node:test';
import * as metrics from '../../src/js/metrics.js';

const { accuracy, confusionMatrix, mae, mse, r2 } = metrics;
/** Equal to 12 digits. @type {(actual: number, expected: number, what: string) => void} */
const near = (actual, expected, what) => {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, expected ${expected}`);
};
/** @param {() => unknown} call @param {string | RegExp} message */
const refuses = (call, message) => assert.throws(call, { name: 'RangeError', message });

test('empty arguments, unequal lengths and NaN are refused by every metric, by count and by position', () => {
  for (const [name, metric] of Object.entries(metrics)) {
    const call = (/** @type {any[]} */ ...args) => () => /** @type {any} */ (metric)(...args, name === 'fBeta' ? { beta: 1 } : {});
    refuses(call([], []), 'yTrue has 0 rows; a metric needs at least 1');
    refuses(call([1, 0], [1]), /^y(Pred|Score) has 1 values; it needs 2, one for each row$/);
    refuses(call([1, 0], [1, NaN]), /^y(Pred|Score) has NaN at row 2; /);
    refuses(call([1, NaN], [1, 0]), /^yTrue has NaN at row 2; /);
    refuses(call([1, Infinity], [1, 0]), /^yTrue has Infinity at row 2; /);
  }
});

test('several outputs give their mean or one number each', () => {
  // Source: the examples in scikit-learn's documentation of mean_squared_error, mean_absolute_error; R² by hand.
  const yTrue = [[0.5, 1], [-1, 1], [7, -6]];
  const yPred = { data: Float32Array.of(0, 2, -1, 2, 8, -5), rows: 3, cols: 2 };
  const cases = [[mse, [5 / 12, 1]], [mae, [0.5, 1]], [r2, [1 - 1.25 / (217 / 6), 1 - 3 / (98 / 3)]]];
  for (const [metric, raw] of cases) {
    const scores = metric(yTrue, yPred, { multioutput: 'raw' });
    assert.ok(scores instanceof Float64Array);
    raw.forEach((value, i) => near(scores[i], value, metric.name));
    near(metric(yTrue, yPred), (raw[0] + raw[1]) / 2, metric.name);
  }
});

test('a weight counts as that many rows, and a row of weight 0 as absent', () => {
  const yTrue = [1, 2, 4, 100], yPred = [1, 3, 3, 0], sampleWeight = [2, 1, 3, 0];
  const repeated = [[1, 1, 2, 4, 4, 4], [1, 1, 3, 3, 3, 3]];
  for (const metric of [mse, mae, r2, accuracy]) {
    near(metric(yTrue, yPred, { sampleWeight }), metric(repeated[0], repeated[1]), 'weighted');
  }
  assert.equal(r2([1e9, 0.1, 0.1, 0.1], [0, 0.1, 0.1, 0.2], { sampleWeight: [0, 0.1, 0.3, 0.7] }), 0, 'constant but for the absent row');
  assert.deepEqual(confusionMatrix(['a', 'b', 'a'], ['a', 'a', 'b'], { sampleWeight: [2, 0.5, 3] }).matrix, [[2, 3], [0.5, 0]]);
});

test('weights that are negative, all zero, infinite in sum or too few are refused', () => {
  const weigh = (/** @type {unknown} */ sampleWeight) => () => mse([1, 2], [1, 2], /** @type {any} */ ({ sampleWeight }));
  assert.throws(weigh([1, -1]), { name: 'RangeError', message: 'sampleWeight has -1 at row 2; a weight must be 0 or more' });
  assert.throws(weigh([-2, 1]), { name: 'RangeError', message: /^sampleWeight has -2 at row 1; / });
  assert.throws(weigh([0, 0]), { name: 'RangeError', message: 'sampleWeight sums to 0; the sum must be above 1e-50 and below 1e50' });
  assert.throws(weigh([1e308, 1e308]), { name: 'RangeError', message: /sums to Infinity/ });
  for (const sum of [1e50, 1e-50]) assert.throws(weigh([sum, 0]), { name: 'RangeError', message: /^sampleWeight sums to 1e[+-]50; the sum must be above 1e-50 and below 1e50$/ });
  for (const sum of [0.99e50, 1.01e-50]) {
    near(metrics.matthews([0, 1, 1, 0], [0, 1, 0, 1], { sampleWeight: [4, 2, 1, 1].map((part) => part / 8 * sum) }), 7 / 15, `weights of sum ${sum}`);
  }
  assert.throws(weigh([1]), { name: 'RangeError', message: /sampleWeight has 1 values; it needs 2/ });
  assert.throws(weigh([[1, 2], [1, 2]]), { name: 'RangeError', message: /sampleWeight has 4 values; it needs 2, one for each row/ });
});

test('a constant y gives R² 1 or 0, also where its mean is not a 64-bit number, and for a single row', () => {
  const y = new Array(12).fill(0.1);
  assert.equal(r2(y, y), 1);
  assert.equal(r2(y, y.map((v) => v + 1e-9)), 0);
  assert.deepEqual([r2([3], [3]), r2([3], [4])], [1, 0]);
});

test('a large offset costs no digits', () => {
  const yTrue = [1, 2, 3, 4].map((v) => v + 1e9), yPred = [1, 2, 3, 5].map((v) => v + 1e9);
  assert.equal(r2(yTrue, yPred), 1 - 1 / 5);
});

test('values whose squares overflow are refused rather than scored', () => {
  assert.throws(() => r2([1e200, -1e200], [0, 1]), { name: 'RangeError', message: /^r2 overflows: / });
  assert.throws(() => mse([1e200], [0]), { name: 'RangeError', message: /^mse overflows: / });
});

test('n × 1 predictions are taken row by row, and another number of columns or rows is never broadcast', () => {
  assert.equal(mse([1, 2], [[1], [4]]), 2);
  assert.throws(() => mse([1, 2], [[1, 2], [3, 4]]), { name: 'RangeError', message: 'yTrue has 1 columns, yPred has 2; they must be equal' });
  assert.throws(() => mse([1, 2], [1]), { name: 'RangeError', message: 'yPred has 1 values; it needs 2, one for each row' });
  assert.throws(() => accuracy(['a', 'b'], ['a']), { name: 'RangeError', message: /yPred has 1 values; it needs 2/ });
});

test('labels may be strings, numbers or booleans, but not of two kinds', () => {
  assert.equal(accuracy(['setosa', 'virginica'], ['setosa', 'setosa']), 0.5);
  assert.equal(accuracy(Int32Array.of(2, 7), [2, 7]), 1);
  assert.deepEqual(confusionMatrix([true, false], [true, true]), { labels: [false, true], matrix: [[0, 1], [0, 1]] });
  assert.throws(() => accuracy([1, 2], ['1', '2']), { name: 'TypeError', message: 'accuracy: yTrue has labels like 1, yPred like "1"; both must be of one kind' });
});

test('labels given to confusionMatrix fix the order, and one that is missing or doubled is refused by name', () => {
  assert.deepEqual(confusionMatrix(['a', 'b'], ['b', 'b'], { labels: ['c', 'b', 'a'] }),
    { labels: ['c', 'b', 'a'], matrix: [[0, 0, 0], [0, 1, 0], [0, 1, 0]] });
  assert.throws(() => confusionMatrix(['a', 'b'], ['b', 'x'], { labels: ['a', 'b'] }), { name: 'RangeError', message: 'confusionMatrix: label "x" is not among labels' });
  assert.throws(() => confusionMatrix(['a'], ['a'], { labels: ['a', 'a'] }), { name: 'RangeError', message: /a label twice/ });
  assert.deepEqual(confusionMatrix(['__proto__', 'constructor'], ['constructor', 'constructor']).matrix, [[0, 1], [0, 1]]);
});

test('unknown options and values of options are refused', () => {
  for (const [name, metric] of Object.entries(metrics)) {
    const where = ['precision', 'recall', 'f1', 'fBeta'].includes(name) ? `${name} with average "binary"` : name;
    assert.throws(() => /** @type {any} */ (metric)([0, 1], [0, 1], { sample_weight: [1, 1] }),
      { name: 'TypeError', message: `${where}: unknown option "sample_weight"; did you mean "sampleWeight"?` });
    assert.throws(() => /** @type {any} */ (metric)([0, 1], [0, 1], null), { name: 'TypeError', message: `${where}: options must be an object, not null` });
  }
  const given = (/** @type {string} */ name, /** @type {object} */ options) => () => /** @type {any} */ (metrics)[name](['a', 'b', 'c'], ['a', 'b', 'c'], options);
  refuses(() => mse([1], [1], /** @type {any} */ ({ multioutput: 'varianceWeighted' })), 'mse: multioutput "varianceWeighted" is unknown; there are uniform, raw');
  refuses(given('precision', { average: 'mirco' }), 'precision: average "mirco" is unknown; did you mean "micro"?');
  assert.throws(given('precision', { average: 'macro', posLabel: 'a' }), { name: 'TypeError', message: /^precision with average "macro": unknown option "posLabel"/ });
  assert.throws(given('fBeta', { average: 'macro' }), { name: 'TypeError', message: 'fBeta: beta must be a number from 0 to Infinity, not undefined' });
  refuses(given('fBeta', { average: 'macro', beta: -1 }), 'fBeta: beta is -1; it must be a number from 0 to Infinity');
  assert.throws(given('f1', { beta: 2, average: 'macro' }), { name: 'TypeError' });
  refuses(given('kappa', { weights: 'cubic' }), 'kappa: weights "cubic" is unknown; there are linear, quadratic');
  for (const k of [0, 1.5, NaN]) refuses(() => metrics.topKAccuracy([0, 1], [0, 1], { k }), /^topKAccuracy: k is .*; it must be a whole number from 1 to/);
  assert.throws(() => metrics.logLoss([0, 1], [0, 1], /** @type {any} */ ({ normalize: 1 })), { name: 'TypeError' });
});

test('a label without rows counts as 0, and average "raw" names it', () => {
  const [t, p] = [['a', 'a', 'b'], ['a', 'b', 'a']];
  const raw = (/** @type {'precision' | 'recall' | 'f1'} */ name, /** @type {string[]} */ ...labels) => metrics[name](t, p, { average: 'raw', labels });
  assert.deepEqual(metrics.recall(['a', 'a'], ['a', 'b'], { average: 'raw' }),
    { labels: ['a', 'b'], values: Float64Array.of(0.5, 0), support: Float64Array.of(2, 0), absent: ['b'] });
  assert.deepEqual(metrics.precision(['a', 'a', 'b'], ['a', 'a', 'a'], { average: 'raw' }).absent, ['b']);
  assert.deepEqual(raw('precision', 'b', 'none', 'a'), { labels: ['b', 'none', 'a'], values: Float64Array.of(0, 0, 0.5), support: Float64Array.of(1, 0, 2), absent: ['none'] });
  assert.deepEqual(raw('f1', 'none', 'b').absent, ['none'], 'b has a row, so that its f1 is a true 0');
  assert.deepEqual([metrics.precision([0, 0], [0, 0]), metrics.recall([0, 0], [1, 1]), metrics.f1([0, 0], [0, 0])], [0, 0, 0]);
  assert.equal(metrics.recall(t, p, { average: 'weighted', labels: ['none'] }), 0);
});

test('the positive label is 1 or true, and must be named where there is no such label', () => {
  const { precision, rocCurve, brier } = metrics;
  assert.equal(precision([1, 0, 1], [1, 1, 1]), 2 / 3);
  assert.equal(precision([1, -1, 1], [1, 1, 1]), 2 / 3);
  assert.equal(precision([true, false, true], [true, true, true]), 2 / 3);
  assert.equal(precision(['a', 'b', 'c'], ['a', 'a', 'b'], { posLabel: 'a' }), 0.5);
  refuses(() => precision(['a', 'b'], ['a', 'b']), 'precision with average "binary": posLabel is undefined; it must be a label of yTrue, such as "a", "b"');
  refuses(() => precision(['0', '1'], ['0', '1']), /posLabel is undefined/);
  refuses(() => precision([0, 1, 2], [0, 1, 1]), /posLabel is undefined; it must be a label of yTrue, such as 0, 1, 2$/);
  refuses(() => rocCurve([1, 2], [0.1, 0.2]), 'rocCurve: posLabel is undefined; it must be a label of yTrue, such as 1, 2');
  refuses(() => rocCurve([-1, 0], [0.1, 0.2]), /posLabel is undefined/);
  refuses(() => brier([0, 1], [0.1, 0.2], { posLabel: '1' }), /posLabel is "1"; it must be a label of yTrue, such as 0, 1$/);
  refuses(() => brier([0, 1], [0.1, 0.2], { posLabel: 2 }), /posLabel is 2/);
  assert.deepEqual(Array.from(rocCurve([0, 1, 2], [3, 9, 1], { posLabel: 1 }).tpr), [0, 1, 1, 1]);
});

test('what one class alone cannot define is refused', () => {
  for (const name of /** @type {const} */ (['rocCurve', 'precisionRecallCurve', 'averagePrecision'])) {
    refuses(() => metrics[name]([0, 0], [0.1, 0.2]), `${name}: yTrue has no positive row; at least one is needed`);
  }
  refuses(() => metrics.rocCurve([1, 1], [0.1, 0.2]), 'rocCurve: yTrue has no negative row; at least one is needed');
  refuses(() => metrics.rocCurve([1, 0], [0.1, 0.2], { sampleWeight: [1, 0] }), 'rocCurve: yTrue has no negative row; at least one is needed');
  refuses(() => metrics.rocAuc([1, 1], [0.1, 0.2]), 'rocAuc: yScore has 1 columns, yTrue 1 classes; name all classes in labels');
  refuses(() => metrics.rocAuc([1, 1], [0.1, 0.2], { labels: [0, 1] }), 'rocAuc: yTrue has no negative row; at least one is needed');
  refuses(() => metrics.logLoss([1, 1], [0.9, 0.8]), /^logLoss: yScore has 1 columns, yTrue 1 classes; /);
  refuses(() => metrics.kappa([1, 1], [1, 1]), 'kappa: yTrue and yPred have one label only; at least 2 are needed');
  const third = [[0.2, 0.3, 0.5], [0.5, 0.25, 0.25]];
  for (const multiClass of /** @type {const} */ (['ovr', 'ovo'])) {
    refuses(() => metrics.rocAuc(['a', 'a'], third, { multiClass, labels: ['a', 'b', 'c'] }), /^rocAuc: yTrue has no (positive|negative) row/);
  }
  refuses(() => metrics.rocAuc(['a', 'b'], third, { multiClass: 'ovr', labels: ['a', 'b', 'c'] }), /^rocAuc: yTrue has no positive row/);
  assert.equal(metrics.matthews(['a', 'a', 'a'], ['a', 'b', 'a'], { sampleWeight: [0.1, 0.2, 0.3] }), 0, 'as scikit-learn has it');
  assert.equal(metrics.matthews(['a', 'b', 'b'], ['a', 'a', 'a'], { sampleWeight: [0.1, 0.7, 0.3] }), 0);
});

test('balanced accuracy leaves out labels that are only predicted', () => {
  assert.equal(metrics.balancedAccuracy(['a', 'a', 'b', 'b'], ['a', 'c', 'b', 'b']), 0.75);
});

test('scores come as predictProba gives them: a column for each class', () => {
  const { brier, logLoss, rocAuc, rocCurve, topKAccuracy } = metrics;
  const t = ['no', 'yes', 'yes', 'no'], p = [0.25, 0.75, 0.5, 0.5];
  const matrix = { data: Float32Array.from(p.flatMap((value) => [1 - value, value])), rows: 4, cols: 2 };
  assert.equal(brier(t, matrix, { posLabel: 'yes' }), brier(t, p, { posLabel: 'yes' }));
  assert.equal(brier(t, matrix, { posLabel: 'no' }), brier(t, p.map((value) => 1 - value), { posLabel: 'no' }));
  assert.equal(rocAuc(t, matrix), 0.875);
  assert.deepEqual(rocCurve(t, matrix, { posLabel: 'no' }).thresholds, Float64Array.of(1.75, 0.75, 0.5, 0.25));
  near(logLoss(t, matrix), logLoss(t, p), 'logLoss');
  assert.equal(topKAccuracy(t, matrix, { k: 1 }), 0.75, 'a tie goes to the later column');
  const three = { data: Float64Array.of(0.5, 0.25, 0.25, 0, 1, 0, 0.25, 0.25, 0.5), rows: 3, cols: 3 };
  assert.deepEqual(rocCurve(['a', 'b', 'c'], three, { posLabel: 'b' }).tpr, Float64Array.of(0, 1, 1));
  refuses(() => logLoss(['a', 'b', 'a'], three), /^logLoss: yScore has 3 columns, yTrue 2 classes; /);
  assert.ok(logLoss(['a', 'b', 'a'], three, { labels: ['a', 'b', 'c'] }) > 0);
  refuses(() => logLoss(['a', 'b', 'a'], three, { labels: ['b', 'a', 'c'] }), 'logLoss: labels must be sorted');
  refuses(() => logLoss(['a', 'b', 'a'], three, { labels: ['b', 'b', 'c'] }), 'logLoss: labels has a label twice');
  refuses(() => logLoss(['a', 'x', 'a'], three, { labels: ['a', 'b', 'c'] }), 'logLoss: label "x" is not among labels');
  assert.throws(() => logLoss(['1', '2', '1'], three, { labels: [1, 2, 3] }), { name: 'TypeError', message: 'logLoss: yTrue has labels like "1", labels like 1; both must be of one kind' });
});

test('a fitted classifier is judged by its probabilities', async () => {
  const { LogisticRegression, init } = await import('../../src/js/index.js');
  await init();
  const X = [[1], [2], [3], [4], [5], [6]], y = ['low', 'low', 'high', 'low', 'high', 'high'];
  const model = new LogisticRegression();
  await model.fit(X, y);
  const p = model.predictProba(X);
  near(metrics.rocAuc(y, p), 8 / 9, 'eight of nine pairs are in order'); // "low" is the greater label and has the smaller values
  near(metrics.averagePrecision(y, p, { posLabel: 'high' }), (1 + 1 + 3 / 4) / 3, 'average precision');
  assert.equal(metrics.topKAccuracy(y, p, { k: 1 }), metrics.accuracy(y, /** @type {any} */ (model.predict(X))));
  model.dispose();
});

test('probabilities are refused where they are none', () => {
  refuses(() => metrics.brier([0, 1], [0.5, 1.5]), 'yScore has 1.5 at row 2; a probability must be from 0 to 1');
  refuses(() => metrics.brier([0, 1], [[0.5, 0.5], [-0.5, 1]]), 'yScore has -0.5 at row 2; a probability must be from 0 to 1');
  const bad = [[0.5, 0.25, 0.25], [0.5, 0.5, 0.5], [0, 0, 1]];
  refuses(() => metrics.rocAuc([0, 1, 2], bad, { multiClass: 'ovo' }), 'Σ yScore has 1.5 at row 2; probabilities must sum to 1');
  const off = (/** @type {number} */ by) => () => metrics.rocAuc([0, 1, 2], [[0.25, 0.25, 0.5 + by], [0.25, 0.5, 0.25], [0, 0, 1]], { multiClass: 'ovr' });
  for (const by of [2e-5, -2e-5, 1]) refuses(off(by), /^Σ yScore has .* at row 1; probabilities must sum to 1$/);
  for (const by of [0, 9e-6, -9e-6]) assert.ok(off(by)() > 0);
  assert.throws(() => metrics.rocAuc([0, 1, 2], bad), { name: 'TypeError', message: 'rocAuc: multiClass must be a name, not undefined' });
});

test('log loss is finite for impossible events: 52 bits of certainty at most, 23 for a Float32Array', () => {
  near(metrics.logLoss([0, 1], [1, 1], { normalize: false }), 52 * Math.LN2 + 2 ** -52, 'float64');
  near(metrics.logLoss([0, 1], Float32Array.of(1, 1), { normalize: false }), 23 * Math.LN2 - Math.log(1 - 2 ** -23), 'float32');
  near(metrics.logLoss([0, 1], { data: Float32Array.of(0, 1, 0, 1), rows: 2, cols: 2 }, { normalize: false }), 23 * Math.LN2 - Math.log(1 - 2 ** -23), 'float32 matrix');
  const sure = metrics.logLoss([0, 1], [0, 1]);
  assert.ok(sure > 2.2e-16 && sure < 2.3e-16, `${sure}`);
});

test('the median of weighted errors is the mean of two where half of the weight lies between them', () => {
  const { medianAbsoluteError: median } = metrics;
  assert.equal(median([0, 0, 0, 0], [1, 5, 2, 4]), 3);
  assert.equal(median([0, 0, 0, 0], [1, 5, 2, 4], { sampleWeight: [1, 1, 1, 1] }), 3);
  assert.equal(median([0, 0, 0], [1, 5, 2], { sampleWeight: [1, 1, 2] }), 2);
  assert.equal(median([0, 0, 0], [1, 5, 2], { sampleWeight: [1, 2, 1] }), 3.5);
  assert.equal(median([0, 0, 0], [1, 5, 9], { sampleWeight: [1, 1, 0] }), 3);
});

test('msle refuses values below 0 on either side', () => {
  refuses(() => metrics.msle([1, -1], [1, 1]), 'yTrue has -1 at row 2; msle needs values of 0 or more');
  refuses(() => metrics.msle([[1, 1], [1, 1]], [[1, 1], [1, -2]]), 'yPred has -2 at row 2; msle needs values of 0 or more');
});

test('a million scores are ranked exactly', () => {
  const n = 1e6, y = new Int8Array(n), score = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    score[i] = (i * 700001) % n; // every number below n once
    y[i] = score[i] % 4 === 3 ? 1 : 0;
  }
  // the j-th positive of n / 4 has 3 (j + 1) negatives below it
  const positives = n / 4, below = 3 * positives * (positives + 1) / 2;
  assert.equal(metrics.rocAuc(y, score), below / (positives * 3 * positives));
  const { fpr, tpr, thresholds } = metrics.rocCurve(y, score);
  assert.deepEqual([fpr.length, tpr[n], thresholds[0], thresholds[n]], [n + 1, 1, n, 0]);
  assert.equal(metrics.precisionRecallCurve(y, score).thresholds.length, n);
  assert.equal(metrics.medianAbsoluteError(score, new Float64Array(n)), (n - 1) / 2);
});
