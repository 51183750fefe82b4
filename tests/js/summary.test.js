// summary.test.js: statistics against NIST, statsmodels and their definitions; intervals that hold what they promise · next: package.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lasso, LinearRegression, LogisticRegression, MLPRegressor, WasmfitError, datasets, init, load } from 'wasmfit';
import { conformal } from 'wasmfit/inference';
import { Table } from 'wasmfit/preprocessing';
import { fixture, near, rowOf } from './near.js';
import { refused } from './refused.js';

await init();
const reference = fixture('summary');
const { X, y, featureNames } = await datasets.load('diabetes');
const weights = Array.from(y, (_, row) => 1 + row % 3);
const fit = async (/** @type {any} */ options = {}, /** @type {any} */ more = {}, rows = X, target = y) => {
  const model = new LinearRegression(options);
  await model.fit(rows, target, more);
  return model;
};
const columns = [['estimate', 'coef'], ['standardError', 'se'], ['t', 't'], ['p', 'p'], ['lower', 'lower'], ['upper', 'upper']];
/** Every number for itself, not for the greatest. @param {any} rows @param {any} expected @param {number} tolerance @param {string} what */
function sameRows(rows, expected, tolerance, what) {
  for (const [ours, theirs] of columns) {
    if (expected[theirs]) rows.forEach((/** @type {any} */ row, /** @type {number} */ i) => near(row[ours], expected[theirs][i], tolerance, `${what}: ${ours} of ${row.name}`));
  }
}

test('Longley: estimates, errors, p, intervals and R² to 10 digits of the certified ones', async () => {
  const { x, y: target, r2, rss, ...expected } = reference.longley;
  const { rows, ...summary } = (await fit({}, {}, x, target)).summary();
  assert.deepEqual(rows.map(({ name }) => name), ['intercept', 'x1', 'x2', 'x3', 'x4', 'x5', 'x6']);
  sameRows(rows, expected, 1e-10, 'Longley');
  near(summary.r2, r2, 1e-14, 'R²');
  near(summary.residualStandardError, Math.sqrt(rss / 9), 1e-12, 'residual standard error');
  assert.deepEqual([summary.n, summary.degreesOfFreedom, summary.f?.df1, summary.f?.df2], [16, 9, 6, 9]);
});

/** @type {[string, string, any, any, any][]} */
const CASES = [
  ['plain', 'ols', {}, {}, {}], ...['HC0', 'HC1', 'HC2', 'HC3'].map((robust) => /** @type {[string, string, any, any, any]} */ ([`${robust} errors`, robust, {}, {}, { robust }])),
  ['weighted', 'weighted', {}, { sampleWeight: weights }, {}], ['weighted, HC3 errors', 'weightedHC3', {}, { sampleWeight: weights }, { robust: 'HC3' }],
  ['without intercept', 'noIntercept', { fitIntercept: false }, {}, {}],
];
for (const [what, key, options, more, how] of CASES) {
  test(`diabetes, ${what}: every figure is that of statsmodels`, async () => {
    const model = await fit(options, more), expected = reference[key];
    for (const one of [model, await load(model.save())]) {
      const summary = one.summary(how);
      sameRows(summary.rows, expected, 1e-9, what);
      for (const name of ['r2', 'adjustedR2', 'aic', 'bic']) near(summary[name], expected[name], 1e-11, name);
      near(summary.logLikelihood, expected.llf, 1e-11, 'log-likelihood');
      near(summary.f?.value, expected.f, 1e-9, 'F');
      near(summary.f?.p, expected.fp, 1e-7, 'p of F');
      near(summary.residualStandardError ** 2, expected.scale, 1e-11, 'variance');
      assert.equal(summary.degreesOfFreedom, expected.df);
      assert.equal(summary.robust, how.robust);
    }
  });
}

test('another confidence moves the intervals and nothing else', async () => {
  const model = await fit(), narrow = model.summary({ confidence: 0.5 }).rows, wide = model.summary({ confidence: 0.999 }).rows;
  narrow.forEach((row, i) => {
    assert.ok(wide[i].lower < row.lower && row.upper < wide[i].upper);
    assert.deepEqual({ ...row, lower: 0, upper: 0 }, { ...wide[i], lower: 0, upper: 0 });
  });
});

test('the summary is a plain object, and prints as an aligned table with the names of the columns', async () => {
  const table = Table.from(Object.fromEntries(featureNames.map((name, c) => [name, Array.from({ length: X.rows }, (_, r) => X.data[r * X.cols + c])])));
  const summary = (await fit({}, {}, /** @type {any} */ (table))).summary();
  assert.deepEqual(structuredClone(summary), { ...summary }, 'no function among its values');
  const lines = String(summary).split('\n');
  assert.match(lines[0], /^ +estimate +std\. error +t +p +2\.5 % +97\.5 %$/);
  assert.match(lines[1], /^intercept +-334\.567 +67\.4546 +-4\.960 +1\.0e-6 +-467\.148 +-201\.986$/);
  assert.deepEqual(lines.slice(2, 12).map((line) => line.split(' ')[0]), featureNames);
  assert.equal(new Set(lines.slice(0, 12).map((line) => line.length)).size, 1, 'aligned');
  assert.match(lines.slice(12).join('\n'), /442 rows, 431 degrees of freedom.*\nR² 0\.517748, adjusted 0\.506559; F 46\.2724 on 10 and 431, p <1e-15\nlog-likelihood -2385\.99, AIC 4793\.99, BIC 4838\.99$/);
});

test("leverage, Cook's distance, standardised residuals and variance inflation are those of statsmodels", async () => {
  const { residuals, leverage, cooksDistance, standardizedResiduals, vif } = (await fit()).diagnostics(X, y);
  const { leverage: h, cooks, standardized, vif: inflation } = reference.influence;
  near(leverage.subarray(0, 8), h, 1e-11, 'leverage');
  near(cooksDistance.subarray(0, 8), cooks, 1e-10, 'Cook');
  near(standardizedResiduals.subarray(0, 8), standardized, 1e-11, 'standardised');
  near(vif, inflation, 1e-10, 'vif');
  near(leverage.reduce((sum, value) => sum + value, 0), 11, 1e-12, 'leverage adds up to the parameters');
  assert.ok(Math.abs(residuals.reduce((sum, value) => sum + value, 0)) < 1e-8);
});

test('the interval for new rows is that of statsmodels, and is right for columns far from 0', async () => {
  const { confidence, mean, lower, upper } = reference.prediction;
  const rows = Array.from({ length: 5 }, (_, r) => rowOf(X, r));
  const model = await fit(), band = model.predictInterval(rows, { confidence });
  near(band.prediction, mean, 1e-12, 'prediction');
  near(band.lower, lower, 1e-11, 'lower');
  near(band.upper, upper, 1e-11, 'upper');
  const moved = await fit({}, {}, /** @type {any} */ ({ ...X, data: X.data.map((value) => value + 1e6) }));
  near(moved.predictInterval(rows.map((row) => row.map((value) => value + 1e6)), { confidence }).upper, upper, 1e-8, 'moved by a million');
});

test('with weights, h of the intervals is the leverage of the row over its weight, and residuals are standardised by theirs', async () => {
  const model = await fit({}, { sampleWeight: weights }), { residualStandardError, degreesOfFreedom } = model.summary();
  const { leverage, residuals, standardizedResiduals, cooksDistance } = model.diagnostics(X, y, { sampleWeight: weights });
  const { prediction, upper } = model.predictInterval(X);
  const t = (model.summary().rows[0].upper - model.summary().rows[0].estimate) / model.summary().rows[0].standardError;
  assert.equal(degreesOfFreedom, 431);
  near(upper.map((value, row) => ((value - prediction[row]) / t / residualStandardError) ** 2 - 1), leverage.map((h, row) => h / weights[row]), 1e-10, 'h');
  const expected = residuals.map((r, row) => r * Math.sqrt(weights[row]) / residualStandardError / Math.sqrt(1 - leverage[row]));
  near(standardizedResiduals, expected, 1e-12, 'standardised');
  near(cooksDistance, expected.map((r, row) => r * r * leverage[row] / (1 - leverage[row]) / 11), 1e-12, 'Cook');
});

test('rank below the columns: errors of what can be estimated, degrees of freedom by the rank, vif infinite', async () => {
  const rows = Array.from({ length: 40 }, (_, r) => [r, Math.sin(r), 2 * r]), target = rows.map(([a, b], r) => a + 3 * b + Math.cos(7 * r));
  const model = await fit({}, {}, /** @type {any} */ (rows), /** @type {any} */ (target)), plain = await fit({}, {}, /** @type {any} */ (rows.map((row) => row.slice(0, 2))), /** @type {any} */ (target));
  const [summary, expected] = [model.summary(), plain.summary()];
  assert.equal(summary.degreesOfFreedom, 37);
  const { f, rows: robust } = model.summary({ robust: 'HC1' });
  assert.ok(Number.isNaN(f?.value) && Number.isNaN(f?.p) && robust.every(({ standardError }) => standardError > 0), 'no Wald test of dependent slopes');
  near(summary.rows[2].standardError, expected.rows[2].standardError, 1e-10, 'of the column that depends on none');
  near([summary.r2, summary.aic, Number(summary.f?.value)], [expected.r2, expected.aic, Number(expected.f?.value)], 1e-11, 'fit');
  near(model.predictInterval(rows).lower, plain.predictInterval(rows.map((row) => row.slice(0, 2))).lower, 1e-9, 'intervals');
  const { vif } = model.diagnostics(rows, target);
  assert.deepEqual([vif[0], vif[2]], [Infinity, Infinity]);
  assert.ok(vif[1] < 1.1);
});

test('a perfect fit, as many rows as parameters, a constant y, no slopes: infinities and NaN where they belong, no throw', async () => {
  const perfect = (await fit({}, {}, /** @type {any} */ ([[1], [2], [3], [4]]), /** @type {any} */ ([2, 4, 6, 8]))).summary();
  assert.equal(perfect.r2, 1);
  assert.ok(perfect.rows[1].standardError < 1e-14 && perfect.rows[1].p < 1e-20);
  const few = (await fit({}, {}, /** @type {any} */ ([[1], [2]]), /** @type {any} */ ([2, 5]))).summary();
  assert.ok(few.degreesOfFreedom === 0 && Number.isNaN(few.rows[1].standardError) && Number.isNaN(few.rows[1].p) && Number.isNaN(few.adjustedR2));
  const still = (await fit({}, {}, /** @type {any} */ ([[1], [2], [4]]), /** @type {any} */ ([5, 5, 5]))).summary();
  assert.equal(still.r2, 1);
  const flat = (await fit({}, {}, /** @type {any} */ ([[7], [7], [7]]), /** @type {any} */ ([1, 2, 4]))).summary();
  assert.equal(flat.f, null);
  near(flat.rows[0].standardError, Math.sqrt(14 / 9 * 3 / 2 / 3), 1e-12, 'the error of a mean');
  for (const summary of [perfect, few, still, flat]) assert.doesNotThrow(() => String(summary));
});

test('two classes: z, p, intervals, likelihoods and R² are those of statsmodels; a penalty is flagged', async () => {
  const iris = await datasets.load('iris');
  const rows = Array.from({ length: 100 }, (_, r) => rowOf(iris.X, r + 50)), labels = iris.y.slice(50), expected = reference.logit;
  const model = new LogisticRegression({ penalty: 'none', tolerance: 1e-13 });
  await model.fit(rows, labels);
  const summary = model.summary();
  for (const [ours, theirs] of [['estimate', 'coef'], ['standardError', 'se'], ['z', 'z'], ['p', 'p'], ['lower', 'lower'], ['upper', 'upper']]) near(summary.rows.map((/** @type {any} */ row) => row[ours]), expected[theirs], 1e-7, ours);
  near([summary.logLikelihood, summary.deviance / -2, summary.nullDeviance / -2], [expected.llf, expected.llf, expected.llnull], 1e-10, 'likelihoods');
  near([summary.mcFaddenR2, summary.aic, summary.bic], [expected.mcFadden, expected.aic, expected.bic], 1e-10, 'quality');
  assert.equal(summary.penalised, false);
  const uneven = new LogisticRegression({ penalty: 'none' }), free = new LogisticRegression({ penalty: 'none', fitIntercept: false });
  await uneven.fit(rows.slice(30), labels.slice(30));
  await free.fit(rows.slice(30), labels.slice(30));
  near(uneven.summary().nullDeviance, -2 * (20 * Math.log(20 / 70) + 50 * Math.log(50 / 70)), 1e-12, 'null deviance');
  near(free.summary().nullDeviance, 2 * 70 * Math.log(2), 1e-12, 'without intercept');
  assert.deepEqual(free.summary().rows.map(({ name }) => name), ['x1', 'x2', 'x3', 'x4']);
  const penalised = new LogisticRegression();
  await penalised.fit(rows, labels);
  assert.equal(penalised.summary().penalised, true);
  assert.match(String(penalised.summary()), /The estimates are penalised: errors, p and intervals leave its bias out/);
  assert.doesNotMatch(String(summary), /penalised/);
});

test('what has no statistics says why', async () => {
  const two = { data: Float64Array.from({ length: 884 }, (_, i) => y[i >> 1] * (i % 2 ? 1 : 2)), rows: 442, cols: 2 };
  const several = await fit({}, {}, X, /** @type {any} */ (two)), without = await fit({ statistics: 'never' });
  for (const model of [several, without]) for (const use of ['summary', 'predictInterval']) refused(() => /** @type {any} */ (model)[use](X), WasmfitError, /the fit kept no statistics/, 'NO_STATISTICS');
  assert.ok(without.save().length < (await fit()).save().length);
  refused(() => several.diagnostics(X, y), RangeError, /several outputs/);
  refused(() => new LinearRegression().summary(), WasmfitError, /not fitted yet/, 'NOT_FITTED');
  refused(() => new LinearRegression(/** @type {any} */ ({ statistics: true })), TypeError, /statistics must be a name, not true/);
  const wide = { data: new Float64Array(600 * 300).map((_, i) => Math.sin(i * i)), rows: 600, cols: 300 }, target = new Float64Array(600).map((_, i) => Math.cos(i));
  const big = await fit({}, {}, wide, target);
  refused(() => big.summary(), WasmfitError, /kept no statistics/, 'NO_STATISTICS');
  assert.equal((await fit({ statistics: 'always' }, {}, wide, target)).summary().rows.length, 301);
});

test('wrong options of summaries and intervals are refused', async () => {
  const model = await fit();
  for (const call of [(/** @type {any} */ options) => model.summary(options), (/** @type {any} */ options) => model.predictInterval(X, options), (/** @type {any} */ options) => conformal(model, X, y, options)]) {
    refused(() => call({ confidence: 1 }), RangeError, /confidence is 1; it must be between 0 and 1/);
    refused(() => call({ confidence: '0.9' }), TypeError, /confidence must be a number between 0 and 1, not "0\.9"/);
    refused(() => call({ confidense: 0.9 }), TypeError, /unknown option "confidense"; did you mean "confidence"\?/);
  }
  refused(() => model.summary({ robust: /** @type {any} */ ('HC4') }), RangeError, /^summary: robust "HC4" is unknown/);
  refused(() => model.diagnostics(X, [1]), RangeError, /^y has 1 values; it needs 442/);
  refused(() => model.diagnostics([], []), RangeError, /^X has 0 rows/);
});

test('a split-conformal interval is the exact order statistic, for any regression', async () => {
  const model = { predict: (/** @type {any} */ rows) => Float64Array.from(rows, () => 10) };
  const rows = Array.from({ length: 99 }, () => [0]), target = rows.map((_, i) => 10 + (i % 2 ? 1 : -1) * (i + 1));
  for (const [confidence, width] of [[0.9, 90], [0.55, 55], [0.5, 50], [0.95, 95], [0.99, 99]]) {
    const { width: got, predictInterval } = conformal(model, rows, target, { confidence });
    assert.equal(got, width, `at ${confidence}`);
    const { lower, upper, prediction } = predictInterval([[1]]);
    assert.deepEqual([lower[0], prediction[0], upper[0]], [10 - width, 10, 10 + width]);
  }
  refused(() => conformal(model, rows, target, { confidence: 0.995 }), RangeError, /^conformal: X has 99 rows; a confidence of 0\.995 needs at least 199/);
  refused(() => conformal(/** @type {any} */ ({}), rows, target), TypeError, /must be a fitted regression, not object/);
  const labels = new LogisticRegression();
  await labels.fit([[1], [2], [3]], ['a', 'a', 'b']);
  refused(() => conformal(labels, [[1]], ['a']), TypeError, /classifier/);
  const half = Array.from({ length: 221 }, (_, r) => 2 * r), other = half.map((r) => r + 1);
  const [Xa, ya, Xb, yb] = [half, other].flatMap((list) => [list.map((r) => rowOf(X, r)), list.map((r) => Number(y[r]))]);
  for (const any of [new LinearRegression(), new Lasso({ alpha: 0.1 }), new MLPRegressor({ hiddenLayers: [4], epochs: 20, standardize: true })]) {
    await any.fit(Xa, ya);
    const { predictInterval } = conformal(any, Xb.slice(0, 120), yb.slice(0, 120), { confidence: 0.9 });
    const { lower, upper } = predictInterval(Xb.slice(120));
    const held = yb.slice(120).filter((value, i) => value >= lower[i] && value <= upper[i]).length / 101;
    assert.ok(held > 0.8, `${any.constructor.name} holds ${held}`);
  }
});
