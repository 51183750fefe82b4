// metrics.test.js: metrics against scikit-learn's numbers, and what must be refused · in: src/js/metrics.js, fixtures/metrics.json · out: test report

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as metrics from '../../src/js/metrics.js';

const { accuracy, confusionMatrix, mae, mse, r2 } = metrics;
const fixtures = JSON.parse(readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8'));
const numbers = (/** @type {(number | string)[]} */ values) => values.map(Number);
/** Equal to 12 digits. @type {(actual: number, expected: number, what: string) => void} */
const near = (actual, expected, what) => {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, expected ${expected}`);
};

for (const { name, yTrue, yPred, ...expected } of fixtures.regression) {
  for (const metric of ['mse', 'mae', 'r2']) {
    test(`${metric} of the case "${name}" is scikit-learn's`, () => {
      const measure = () => metrics[metric](numbers(yTrue), numbers(yPred));
      if (expected[metric].error) assert.throws(measure, RangeError);
      else near(measure(), expected[metric].value, metric);
    });
  }
}

for (const { name, yTrue, yPred, labels, accuracy: share, confusionMatrix: matrix } of fixtures.labels) {
  test(`accuracy and confusion matrix of the case "${name}" are scikit-learn's`, () => {
    near(accuracy(yTrue, yPred), share, 'accuracy');
    const result = confusionMatrix(yTrue, yPred, labels === null ? {} : { labels });
    assert.deepEqual(result.matrix, matrix);
    assert.deepEqual(result.labels, labels ?? [...new Set([...yTrue, ...yPred])].sort((a, b) => a - b));
  });
}

test('empty arguments and NaN are refused by count and by position', () => {
  for (const metric of [mse, mae, r2, accuracy, confusionMatrix]) {
    assert.throws(() => metric([], []), { name: 'RangeError', message: 'yTrue has 0 rows; a metric needs at least 1' });
  }
  assert.throws(() => r2([1, 2], [1, NaN]), { name: 'RangeError', message: 'yPred has NaN at row 2; every value must be finite' });
  assert.throws(() => accuracy([1, NaN], [1, 2]), { name: 'RangeError', message: /yTrue has NaN at row 2/ });
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
  assert.throws(weigh([0, 0]), { name: 'RangeError', message: 'sampleWeight sums to 0; the sum must be above 0 and finite' });
  assert.throws(weigh([1e308, 1e308]), { name: 'RangeError', message: /sums to Infinity/ });
  assert.throws(weigh([1]), { name: 'RangeError', message: /sampleWeight has 1 values; it needs 2/ });
  assert.throws(weigh([[1, 2], [1, 2]]), { name: 'RangeError', message: /sampleWeight has 2 columns/ });
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
  assert.throws(() => mse([1], [1], /** @type {any} */ ({ sample_weight: [1] })), { name: 'TypeError', message: /did you mean "sampleWeight"/ });
  assert.throws(() => mse([1], [1], /** @type {any} */ ({ multioutput: 'mean' })), { name: 'RangeError', message: 'mse: multioutput is "mean"; it must be "uniform" or "raw"' });
  assert.throws(() => accuracy([1], [1], /** @type {any} */ ({ multioutput: 'raw' })), { name: 'TypeError' });
});
