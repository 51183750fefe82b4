// metrics-reference.test.js: every number of scikit-learn's that the fixture has · in: src/js/metrics.js, fixtures/metrics.json · out: test report
import assert from 'node:assert/strict';
import test from 'node:test';
import * as metrics from '../../src/js/metrics.js';
import { fixture } from './near.js';

const { reference, arrays, more } = fixture('metrics');
/** NaN and infinities are strings there. @param {any} value @returns {any} */
const revive = (value) => (Array.isArray(value) ? value.map(revive) : ['NaN', 'Infinity', '-Infinity'].includes(value) ? Number(value) : value);

/** Equal to 12 digits, through objects and arrays. @param {any} actual @param {any} expected @param {string} what */
function same(actual, expected, what) {
  if (typeof expected !== 'object') {
    const allowed = 1e-16 + 1e-12 * Math.abs(expected);
    assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual}, expected ${expected}`);
    return;
  }
  assert.equal(actual.length, expected.length, what);
  for (const key of Object.keys(expected)) same(actual[key], expected[key], `${what} ${key}`);
}

/** @param {() => unknown} measure @param {{ value?: unknown, error?: string }} expected @param {string} what */
function check(measure, { value, error, ...rest }, what) {
  if (error) assert.throws(measure, { name: 'RangeError' }, what);
  else same(measure(), value ?? rest, what);
}

/** What the reference calls each number, and the call that must give it. */
const CALLS = {
  regression: {
    r2: 'r2', explained_variance: 'explainedVariance', mae: 'mae', mse: 'mse', rmse: 'rmse', mape: 'mape', median_ae: 'medianAbsoluteError',
    max_error: 'maxError', msle: 'msle',
  },
  labels: {
    accuracy: 'accuracy', balanced_accuracy: 'balancedAccuracy', mcc: 'matthews', kappa: 'kappa',
    confusion_matrix_rows_true: (t, p, { labels }) => metrics.confusionMatrix(t, p, labels).matrix,
    prf_per_class: (t, p, { labels }) => prf(t, p, { average: 'raw', ...labels }), prf_macro: (t, p, { labels }) => prf(t, p, { average: 'macro', ...labels }),
    prf_micro: (t, p, { labels }) => prf(t, p, { average: 'micro', ...labels }), prf_weighted: (t, p, { labels }) => prf(t, p, { average: 'weighted', ...labels }),
  },
  binary_scores: {
    roc_auc: 'rocAuc', average_precision: 'averagePrecision',
    roc_curve: (t, p, { weighted }) => {
      const { thresholds, ...curve } = metrics.rocCurve(t, p, weighted);
      return { ...curve, thresholds_first_is_max_plus_1: thresholds };
    },
  },
  probabilities: {
    log_loss: 'logLoss', brier: 'brier', log_loss_sum: (t, p) => metrics.logLoss(t, p, { normalize: false }), top2_accuracy: 'topKAccuracy',
    auc_ovr_macro: (t, p) => metrics.rocAuc(t, p, { multiClass: 'ovr' }), auc_ovo_macro: (t, p) => metrics.rocAuc(t, p, { multiClass: 'ovo' }),
    auc_ovr_weighted: (t, p) => metrics.rocAuc(t, p, { multiClass: 'ovr', average: 'weighted' }),
  },
};
const INPUTS = ['y_true', 'y_pred', 'score', 'prob', 'labels', 'sample_weight'];

function prf(t, p, options) {
  const [precision, recall, f1] = ['precision', 'recall', 'f1'].map((name) => metrics[name](t, p, options));
  if (options.average !== 'raw') return { precision, recall, f1 };
  return { precision: precision.values, recall: recall.values, f1: f1.values, support: f1.support };
}

test('the fixture has every kind of case', () => {
  assert.deepEqual(Object.entries(reference).map(([kind, cases]) => [kind, Object.keys(cases).length]),
    [['regression', 10], ['labels', 6], ['binary_scores', 7], ['probabilities', 6]]);
  const called = new Set(more.map(({ metric }) => metric));
  assert.deepEqual(Object.keys(metrics).filter((name) => !called.has(name)), ['confusionMatrix'], 'which is in the reference');
});

for (const [kind, cases] of Object.entries(reference)) {
  for (const [name, { y_true, y_pred, score, prob, labels, sample_weight, ...expected }] of Object.entries(cases)) {
    test(`${kind} of the case "${name}" are scikit-learn's`, () => {
      const [t, p] = [revive(y_true), revive(y_pred ?? score ?? prob)];
      const weighted = sample_weight ? { sampleWeight: sample_weight } : {};
      const options = { labels: labels ? { labels } : {}, weighted };
      for (const [key, figure] of Object.entries(expected)) {
        const call = CALLS[kind][key];
        const measure = typeof call === 'string' ? () => metrics[call](t, p, weighted) : () => call(t, p, options);
        check(measure, figure, key);
      }
      assert.ok(Object.keys(expected).length > 0 && Object.keys(cases[name]).every((key) => INPUTS.includes(key) || CALLS[kind][key]));
    });
  }
}

for (const metric of new Set(more.map((one) => one.metric))) {
  const cases = more.filter((one) => one.metric === metric);
  test(`${metric} is scikit-learn's in ${cases.length} more cases`, () => {
    for (const { sklearn, yTrue, yPred, options: { sampleWeight, beta, ...options }, value } of cases) {
      if (sampleWeight) options.sampleWeight = arrays[sampleWeight];
      if (beta !== undefined) options.beta = Number(beta);
      const result = metrics[metric](arrays[yTrue], arrays[yPred], options);
      same(options.average === 'raw' ? result.values : result, value, `${sklearn} ${yTrue} ${yPred}`);
    }
  });
}
