// split.test.js: training and test rows · in: src/js/split.js · out: test report

import assert from 'node:assert/strict';
import test from 'node:test';
import { splitIndices, trainTestSplit } from '../../src/js/split.js';

const range = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => i);
const sorted = (/** @type {Iterable<number>} */ values) => [...values].sort((a, b) => a - b);

test('every row is in exactly one part, and the test part has ⌈testSize · rows⌉ rows or the number asked for', () => {
  const cases = [[10, 0.25, 3], [10, 0.2, 2], [2, 0.5, 1], [100, 0.07, 8], [442, 0.2, 89], [10, 4, 4], [10, 1, 1]];
  for (const [rows, testSize, count] of cases) {
    const parts = splitIndices(rows, { testSize });
    assert.equal(parts.test.length, count, `${testSize} of ${rows}`);
    assert.deepEqual(sorted([...parts.train, ...parts.test]), range(rows));
  }
  assert.equal(splitIndices(8).test.length, 2);
});

test('the division is a matter of seed and step alone', () => {
  const division = (/** @type {object} */ options) => String(splitIndices(50, options).test);
  assert.equal(division({ seed: 3 }), division({ seed: 3 }));
  assert.notEqual(division({ seed: 3 }), division({ seed: 4 }));
  assert.notEqual(division({ seed: 3 }), division({ seed: 3, step: 1 }));
  const parts = splitIndices(8, { seed: 0 });
  assert.deepEqual([Array.from(parts.train), Array.from(parts.test)], [[7, 3, 2, 1, 6, 0], [4, 5]]);
});

test('without shuffling the last rows are the test, in file order', () => {
  const { train, test: last } = splitIndices(10, { testSize: 0.3, shuffle: false });
  assert.deepEqual([Array.from(train), Array.from(last)], [range(7), [7, 8, 9]]);
});

test('stratified parts keep the proportions of the classes to within one row', () => {
  const labels = [...Array(60).fill('a'), ...Array(30).fill('b'), ...Array(11).fill('c')];
  const parts = splitIndices(labels.length, { testSize: 0.2, stratify: labels, seed: 5 });
  const count = (/** @type {Int32Array} */ rows, /** @type {string} */ label) => rows.filter((row) => labels[row] === label).length;
  assert.deepEqual(['a', 'b', 'c'].map((label) => count(parts.test, label)), [13, 6, 2]); // shares 12.48, 6.24, 2.29 of 21
  assert.deepEqual(sorted([...parts.train, ...parts.test]), range(101));
  assert.ok(parts.test.some((row, i) => i > 0 && row < parts.test[i - 1]), 'the rows stay shuffled');
});

test('equal remainders go to the first class, so that the test part never has a row too many', () => {
  const labels = [1, 1, 1, 2, 2, 2, 3, 3, 3];
  const { test: rows } = splitIndices(9, { testSize: 4, stratify: labels });
  assert.deepEqual(sorted(rows.map((row) => labels[row])), [1, 1, 2, 3]);
});

test('what cannot be stratified is refused with the class and the numbers', () => {
  assert.throws(() => splitIndices(4, { testSize: 2, stratify: ['a', 'a', 'b', 'a'] }),
    { name: 'RangeError', message: 'stratify: class "b" has 1 row; every class needs at least 2' });
  assert.throws(() => splitIndices(6, { testSize: 2, stratify: [1, 1, 2, 2, 3, 3] }),
    { name: 'RangeError', message: 'stratify: 3 classes do not fit into 2 test and 4 training rows; each part needs a row per class' });
  assert.throws(() => splitIndices(4, { stratify: [1, 1, 2] }), { name: 'RangeError', message: /stratify has 3 values; it needs 4/ });
  assert.throws(() => splitIndices(4, { stratify: [1, 1, 2, 2], shuffle: false }), { name: 'TypeError', message: /stratify needs shuffle: true/ });
});

test('a testSize that leaves no rows, or is no size, is refused by its value', () => {
  for (const testSize of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => splitIndices(10, { testSize }), {
      name: 'RangeError', message: `testSize is ${testSize}; it must be a fraction between 0 and 1 or a whole number of rows from 1`,
    });
  }
  assert.throws(() => splitIndices(10, { testSize: 10 }), { name: 'RangeError', message: /of 10 rows that is 10 for the test and none to train on/ });
  assert.throws(() => splitIndices(1, {}), { name: 'RangeError', message: /of 1 rows that is 1 for the test/ });
  assert.throws(() => splitIndices(0, {}), { name: 'RangeError', message: /of 0 rows/ });
  assert.throws(() => splitIndices(10, { testSize: /** @type {any} */ ('0.2') }), { name: 'TypeError', message: 'testSize must be a number, not "0.2"' });
  assert.throws(() => splitIndices(10, { shuffle: /** @type {any} */ (0) }), { name: 'TypeError', message: 'shuffle must be true or false, not 0' });
});

test('trainTestSplit takes rows of every documented shape and gives back the same kinds', () => {
  const rows = range(8).map((i) => [i, i * 10]);
  const matrix = { data: Float32Array.from(rows.flat()), rows: 8, cols: 2 };
  const labels = range(8).map((i) => `row ${i}`);
  const split = trainTestSplit(rows, labels, { seed: 2 });
  assert.deepEqual(split.XTest, Array.from(split.testIndices, (i) => rows[i]));
  assert.deepEqual(split.yTrain, Array.from(split.trainIndices, (i) => labels[i]));
  const other = trainTestSplit(matrix, Float64Array.from(range(8)), { seed: 2 });
  assert.deepEqual(other.XTest, { data: Float32Array.from(split.XTest.flat()), rows: 2, cols: 2 });
  assert.deepEqual(other.yTest, Float64Array.from(split.testIndices));
  const table = { rows: 8, take: (/** @type {Int32Array} */ indices) => ({ rows: indices.length, taken: indices }) };
  assert.deepEqual(trainTestSplit(table, matrix, { seed: 2 }).XTest, { rows: 2, taken: split.testIndices });
});

test('stratify: true keeps the proportions of y, and an array those of other labels', () => {
  const X = range(20).map((i) => [i]);
  const y = X.map(([i]) => (i < 10 ? 'low' : 'high'));
  const count = (/** @type {string[]} */ part) => part.filter((label) => label === 'low').length;
  assert.equal(count(trainTestSplit(X, y, { testSize: 0.2, stratify: true, seed: 1 }).yTest), 2);
  const parity = X.map(([i]) => i % 2 === 0);
  const { testIndices } = trainTestSplit(X, y, { testSize: 0.2, stratify: parity, seed: 1 });
  assert.equal(testIndices.filter((i) => i % 2 === 0).length, 2);
});

test('the arguments are left as they were, frozen ones too', () => {
  const X = Object.freeze(range(6).map((i) => Object.freeze([i])));
  const y = Object.freeze(range(6));
  assert.equal(trainTestSplit(X, y, Object.freeze({ testSize: 2 })).yTest.length, 2);
});

test('unequal lengths, unknown options and things without rows are refused', () => {
  assert.throws(() => trainTestSplit([[1], [2]], [1, 2, 3]), { name: 'RangeError', message: 'X has 2 rows, y has 3; they must be equal' });
  assert.throws(() => trainTestSplit([[1], [2]], [1, 2], /** @type {any} */ ({ test_size: 1 })), { name: 'TypeError', message: /did you mean "testSize"/ });
  assert.throws(() => trainTestSplit(/** @type {any} */ (5), [1]), { name: 'TypeError', message: /X must be/ });
});
