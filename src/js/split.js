// split.js: rows divided at random into training and test rows · in: X, y, options · out: row indices, taken rows · next: metrics.js

import { checkKeys, show } from './errors.js';
import { toLabels } from './matrix.js';
import { STREAM_SPLIT, permutation } from './random.js';
import { countRows, takeRows } from './rows.js';

/**
 * How many of the rows are test rows, as scikit-learn counts them: of a fraction f it is ⌈f · rows⌉.
 * @param {number} rows
 * @param {unknown} testSize
 * @returns {number}
 */
function countTest(rows, testSize) {
  if (typeof testSize !== 'number') throw new TypeError(`testSize must be a number, not ${show(testSize)}`);
  const fraction = testSize > 0 && testSize < 1;
  if (!fraction && !(Number.isInteger(testSize) && testSize > 0)) {
    throw new RangeError(`testSize is ${show(testSize)}; it must be a fraction between 0 and 1 or a whole number of rows from 1`);
  }
  const test = fraction ? Math.ceil(testSize * rows) : testSize;
  if (test >= rows) {
    throw new RangeError(`testSize is ${testSize}: of ${rows} rows that is ${test} for the test and none to train on; 1 must be left`);
  }
  return test;
}

/**
 * Test rows of each class in proportion to its size: the whole parts first, what is left to the largest remainders (then to the
 * first class).
 * @param {number[]} sizes rows of each class
 * @param {number} rows
 * @param {number} test
 * @returns {number[]}
 */
function allocate(sizes, rows, test) {
  const shares = sizes.map((size) => (size * test) / rows);
  const counts = shares.map(Math.floor);
  const left = test - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = shares.map((_, i) => i).sort((a, b) => (shares[b] - counts[b]) - (shares[a] - counts[a]) || a - b);
  for (const i of byRemainder.slice(0, left)) counts[i]++;
  return counts;
}

/**
 * Test rows of each class, and each row's class.
 * @param {number} rows
 * @param {number} test
 * @param {unknown} stratify labels, or null: all rows are one class
 */
function quotas(rows, test, stratify) {
  if (stratify === null) return { quota: [test], classOf: new Int32Array(rows) };
  const { classes, indices } = toLabels(stratify, 'stratify', rows);
  const sizes = classes.map(() => 0);
  for (const index of indices) sizes[index]++;
  const rare = sizes.findIndex((size) => size < 2);
  if (rare >= 0) throw new RangeError(`stratify: class ${show(classes[rare])} has 1 row; every class needs at least 2`);
  const fewer = Math.min(test, rows - test);
  if (fewer < classes.length) {
    const parts = `${test} test and ${rows - test} training rows`;
    throw new RangeError(`stratify: ${classes.length} classes do not fit into ${parts}; each part needs a row per class`);
  }
  return { quota: allocate(sizes, rows, test), classOf: indices };
}

/**
 * Divides rows 0 … rows − 1. Shuffled, both parts come in the order of one seeded permutation; unshuffled, the last rows are the test.
 *
 * @param {number} rows
 * @param {{ testSize?: number, seed?: number, shuffle?: boolean, stratify?: unknown, step?: number }} [options]
 *   testSize: fraction, of which ⌈fraction · rows⌉ are test rows, or their number; stratify: labels whose proportions both parts
 *   keep; step: another one gives another division by the same seed
 * @returns {{ train: Int32Array, test: Int32Array }}
 * @throws {TypeError | RangeError} by the value and the rule it breaks
 */
export function splitIndices(rows, { testSize = 0.25, seed = 0, shuffle = true, stratify = null, step = 0 } = {}) {
  if (typeof shuffle !== 'boolean') throw new TypeError(`shuffle must be true or false, not ${show(shuffle)}`);
  if (!shuffle && stratify !== null) throw new TypeError('stratify needs shuffle: true; in file order there is no choice of rows');
  const test = countTest(rows, testSize);
  const order = permutation(seed, STREAM_SPLIT, step, rows);
  if (!shuffle) {
    order.sort();
    return { train: order.slice(0, rows - test), test: order.slice(rows - test) };
  }
  const { quota, classOf } = quotas(rows, test, stratify);
  const parts = { train: new Int32Array(rows - test), test: new Int32Array(test) };
  let trained = 0, tested = 0;
  for (const row of order) {
    if (quota[classOf[row]]-- > 0) parts.test[tested++] = row;
    else parts.train[trained++] = row;
  }
  return parts;
}

/**
 * Takes part of the rows away for a test, as scikit-learn's train_test_split does (with a generator of its own).
 *
 * @template X, Y
 * @param {X} X array of rows, Matrix or Table
 * @param {Y} y array, typed array or Matrix with as many rows
 * @param {{ testSize?: number, seed?: number, shuffle?: boolean, stratify?: boolean | ArrayLike<unknown> }} [options]
 *   stratify: true keeps the proportions of the labels y, an array those of other labels
 * @returns {{ XTrain: X, XTest: X, yTrain: Y, yTest: Y, trainIndices: Int32Array, testIndices: Int32Array }} copies of the same kinds
 * @throws {TypeError | RangeError} by the value and the rule it breaks
 */
export function trainTestSplit(X, y, options = {}) {
  checkKeys(options, ['testSize', 'seed', 'shuffle', 'stratify'], 'trainTestSplit');
  const { stratify = false, ...rest } = options;
  const rows = countRows(X, 'X');
  const targets = countRows(y, 'y');
  if (rows !== targets) throw new RangeError(`X has ${rows} rows, y has ${targets}; they must be equal`);
  const labels = stratify === true ? y : stratify === false ? null : stratify;
  const { train, test } = splitIndices(rows, { ...rest, stratify: labels });
  return {
    XTrain: takeRows(X, train, 'X'),
    XTest: takeRows(X, test, 'X'),
    yTrain: takeRows(y, train, 'y'),
    yTest: takeRows(y, test, 'y'),
    trainIndices: train,
    testIndices: test,
  };
}
