// metrics-properties.test.js: what holds for every metric whatever the data, from one table · in: src/js/metrics.js · out: test report
import assert from 'node:assert/strict';
import test from 'node:test';
import * as metrics from '../../src/js/metrics.js';

/** Numbers from 0 to 1, the same at every run (Park and Miller's generator). @param {number} seed */
function generator(seed) {
  let state = seed;
  return () => (state = state * 48271 % 2147483647) / 2147483647;
}

const NAMES = ['low', 'mid', 'top'];
const random = generator(7), draw = (/** @type {number} */ n) => Math.floor(random() * n), share = () => (1 + draw(19)) / 20;
/** One row of each kind of data, as [true, predicted]. Few distinct values, so that there are ties. @type {Record<string, () => [any, any]>} */
const KINDS = {
  numbers: () => [draw(9), draw(9) / 2],
  outputs: () => [[draw(9), draw(5), 1 + share()], [draw(9), draw(5), 1 + share()]],
  labels: () => { const at = draw(3); return [NAMES[at], NAMES[random() < 0.5 ? at : draw(3)]]; },
  switches: () => [random() < 0.4, random() < 0.6],
  binary: () => [draw(2), share()],
  classes: () => { const [a, b] = [share(), share()]; return [NAMES[draw(3)], [a / 2, b / 2, 1 - a / 2 - b / 2]]; },
};
/** Rows that are given weight 0: other values, and for labels another label. @type {Record<string, [any, any]>} */
const ABSENT = {
  numbers: [1e9, 0], outputs: [[1e9, 7e7, 1e8], [0, 3, 5]], labels: ['zzz', 'aaa'], switches: [true, false], binary: [7, 0.01], classes: ['aaa', [1, 0, 0]],
};

/** Every metric with the data it is for and its options: [kind, options, …]. @type {Record<string, [string, object?][]>} */
const each = (/** @type {object[]} */ ...options) => options.map((one) => /** @type {[string, object]} */ (['labels', one]));
const AVERAGES = ['micro', 'macro', 'weighted', 'raw'];
const numbers = [['numbers'], ['outputs'], ['outputs', { multioutput: 'raw' }]];
const explained = [...numbers, ['outputs', { multioutput: 'varianceWeighted' }]];
const perClass = (/** @type {object} */ options) => [['switches', options], ['labels', { posLabel: 'mid', ...options }],
  ...each(...AVERAGES.map((average) => ({ average, ...options }))), ...each({ average: 'raw', labels: ['top', 'none', 'low'], ...options })];
const binary = [['binary'], ['binary', { posLabel: 0 }], ['classes', { posLabel: 'mid' }]];
const TABLE = {
  r2: explained, explainedVariance: explained, mse: numbers, rmse: numbers, mae: numbers, mape: numbers, msle: numbers, maxError: numbers, medianAbsoluteError: numbers,
  accuracy: [['labels'], ['switches']], balancedAccuracy: [['labels'], ['switches']], matthews: [['labels'], ['switches']],
  confusionMatrix: each({}, { labels: ['top', 'none', 'mid', 'low'] }),
  kappa: each({}, { weights: 'linear' }, { weights: 'quadratic' }, { weights: 'quadratic', labels: NAMES }),
  precision: perClass({}), recall: perClass({}), f1: perClass({}), fBeta: perClass({ beta: 0.7 }),
  rocCurve: binary, precisionRecallCurve: binary, averagePrecision: binary, brier: binary,
  rocAuc: [['binary'], ...['ovr', 'ovo'].flatMap((multiClass) => ['macro', 'weighted'].map((average) => ['classes', { multiClass, average }]))],
  logLoss: [['binary'], ['classes'], ['classes', { normalize: false }]],
  topKAccuracy: [['binary', { k: 1 }], ['classes'], ['classes', { k: 1 }]],
};

/** Equal to 12 digits. @param {any} actual @param {any} expected @param {string} what */
function same(actual, expected, what) {
  if (typeof expected !== 'object') {
    const equal = typeof expected === 'number' ? Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)) : actual === expected;
    assert.ok(equal, `${what}: ${actual}, expected ${expected}`);
    return;
  }
  assert.deepEqual(Object.keys(actual), Object.keys(expected), what);
  for (const key of Object.keys(expected)) same(actual[key], expected[key], `${what} ${key}`);
}

/** Calls check(metric, rows, weights, kind, text) for every line of the table, on 8 data sets each. @param {Function} check */
function everywhere(check) {
  for (const [name, lines] of Object.entries(TABLE)) {
    for (const [kind, options = {}] of lines) {
      for (let set = 0; set < 8; set++) {
        const rows = Array.from({ length: 25 }, KINDS[kind]);
        const measure = (/** @type {[any, any][]} */ some, /** @type {object} */ more = {}) => (
          metrics[name](some.map(([t]) => t), some.map(([, p]) => p), { ...options, ...more }));
        check(measure, rows, rows.map(() => draw(4)), kind, `${name} ${JSON.stringify(options)} of ${kind}`);
      }
    }
  }
}

test('the table has every metric', () => assert.deepEqual(Object.keys(TABLE).sort(), Object.keys(metrics).sort()));

test('the order of the rows does not matter', () => everywhere((measure, rows, sampleWeight, kind, text) => {
  const order = [...rows.keys()].map((i) => [random(), i]).sort(([a], [b]) => a - b).map(([, i]) => i);
  assert.notDeepEqual(order, [...rows.keys()]);
  same(measure(order.map((i) => rows[i])), measure(rows), text);
  same(measure(order.map((i) => rows[i]), { sampleWeight: order.map((i) => sampleWeight[i]) }), measure(rows, { sampleWeight }), `weighted ${text}`);
}));

test('a weight is that many rows, and 0 none', () => everywhere((measure, rows, sampleWeight, kind, text) => {
  const repeated = rows.flatMap((row, i) => Array.from({ length: sampleWeight[i] }, () => row));
  same(measure(rows, { sampleWeight }), measure(repeated), text);
}));

test('a row of weight 0 changes no bit, whatever it holds, and where all weights are 1 they could be left out', () => everywhere((measure, rows, weights, kind, text) => {
  const sampleWeight = [0, ...rows.map(() => 1), 0];
  assert.deepEqual(measure([ABSENT[kind], ...rows, ABSENT[kind]], { sampleWeight }), measure(rows), text);
}));

test('weights twice as great give the same', () => everywhere((measure, rows, sampleWeight, kind, text) => {
  if (/normalize|confusion/.test(text)) return; // these are sums
  const [once, twice] = [1, 2].map((factor) => measure(rows, { sampleWeight: sampleWeight.map((weight) => weight * factor) }));
  if (once.support) twice.support = twice.support.map((weight) => weight / 2);
  assert.deepEqual(twice, once, text);
}));

test('arrays, rows of typed arrays and matrices give the same bits, and none is written to', () => everywhere((measure, rows, sampleWeight, kind, text) => {
  const [name, columns] = [text.split(' ')[0], (/** @type {any} */ value) => (Array.isArray(value) ? value : [value])];
  const matrix = (/** @type {any[]} */ values) => (typeof columns(values[0])[0] !== 'number' ? Object.freeze(values)
    : Object.freeze({ data: Float64Array.from(values.flatMap(columns)), rows: values.length, cols: columns(values[0]).length }));
  const [t, p] = [rows.map(([value]) => value), rows.map(([, value]) => value)];
  const options = Object.freeze({ ...JSON.parse(text.slice(name.length + 1, text.lastIndexOf(' of '))), sampleWeight: Object.freeze(sampleWeight) });
  const [views, before] = [[matrix(t), matrix(p)], [matrix(t), matrix(p)]];
  assert.deepEqual(metrics[name](...views, options), measure(rows, { sampleWeight }), text);
  assert.deepEqual(views, before, text);
}));
