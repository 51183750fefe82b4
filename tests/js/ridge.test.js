// ridge.test.js: ridge regression against 40-digit solutions; its path, its choice of alpha, what it refuses · next: elastic-net.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinearRegression, Ridge, datasets, init, load, metrics, ridgePath } from 'wasmfit';
import { fixture, near, rowOf, standardized } from './near.js';
import { frozen, refused, rejected } from './refused.js';

await init();
const reference = fixture('linear');
const { X, y } = await datasets.load('diabetes');
const Z = standardized(/** @type {any} */ (X)), weights = Array.from(y, (_, row) => 1 + row % 3);

for (const [scale, data] of /** @type {const} */ ([['raw', X], ['standardized', Z]])) {
  test(`coefficients, intercept and R² are those of the reference for every alpha, columns ${scale}`, async () => {
    for (const { alpha, coef, intercept, r2 } of reference[scale].ridge) {
      const model = new Ridge({ alpha });
      const history = await model.fit(data, y);
      near(/** @type {any} */ (model.coef), coef, 1e-12, `coef at ${alpha}`);
      near(/** @type {any} */ (model.intercept), intercept, 1e-12, `intercept at ${alpha}`);
      near(history.r2?.[0], r2, 1e-12, `R² at ${alpha}`);
      near(history.loss[0], metrics.mse(y, model.predict(data)), 1e-12, 'loss');
      assert.equal(history.stopped, 'converged');
      assert.deepEqual([model.alpha, model.warnings], [alpha, []]);
    }
  });
}

test('weighted ridge is that of the reference, and of rows repeated as often', async () => {
  const model = new Ridge({ alpha: 1 });
  await model.fit(Z, y, { sampleWeight: weights });
  const expected = reference.standardized.weighted.ridge_alpha_1;
  near(/** @type {any} */ (model.coef), expected.coef, 1e-12, 'coef');
  near(/** @type {any} */ (model.intercept), expected.intercept, 1e-12, 'intercept');
  const repeated = weights.flatMap((weight, row) => Array(weight).fill(row));
  const again = new Ridge({ alpha: 1 });
  await again.fit(repeated.map((row) => rowOf(Z, row)), repeated.map((row) => Number(y[row])));
  near(/** @type {any} */ (again.coef), /** @type {any} */ (model.coef), 1e-12, 'repeated');
});

test('a path is the fits of its alphas, in their order, and its GCV and degrees of freedom are those of their definitions', async () => {
  const alphas = [10, 0, 0.1];
  const path = await ridgePath(X, y, { alphas });
  assert.deepEqual([...path.alphas], alphas);
  assert.deepEqual([path.coefs.rows, path.coefs.cols, path.intercepts.length], [3, 10, 3]);
  for (const [a, alpha] of alphas.entries()) {
    const model = new Ridge({ alpha });
    await model.fit(X, y);
    assert.deepEqual(rowOf(path.coefs, a), model.coef);
    assert.equal(path.intercepts[a], model.intercept);
    const rss = 442 * Number(metrics.mse(y, model.predict(X)));
    near(path.gcv[a], 442 * rss / (442 - path.degrees[a] - 1) ** 2, 1e-10, 'gcv');
  }
  near(path.degrees[1], 10, 1e-12, 'without a penalty every column is a degree of freedom');
  const ols = new LinearRegression();
  await ols.fit(X, y);
  near(rowOf(path.coefs, 1), /** @type {any} */ (ols.coef), 1e-12, 'without a penalty it is least squares');
});

test("alpha 'gcv' takes the alpha with the least score of its list, and the file keeps it", async () => {
  const { gcv, alphas } = await ridgePath(Z, y);
  assert.equal(alphas.length, 25);
  near([alphas[0], alphas[12], alphas[24]], [1e-3, 1, 1e3], 1e-15, 'from 0.001 to 1000');
  const model = new Ridge({ alpha: 'gcv' });
  await model.fit(Z, y);
  assert.equal(model.alpha, alphas[gcv.indexOf(Math.min(...gcv))]);
  const fixed = new Ridge({ alpha: model.alpha });
  await fixed.fit(Z, y);
  assert.deepEqual(model.coef, fixed.coef);
  const loaded = await load(model.save());
  assert.deepEqual([loaded.alpha, loaded.options.alpha, loaded.predict(Z)], [model.alpha, 'gcv', model.predict(Z)]);
  const own = new Ridge({ alpha: 'gcv', alphas: [500, 5000] });
  await own.fit(Z, y);
  assert.equal(own.alpha, 500);
  assert.deepEqual([own.warnings, model.warnings], [['The best alpha is at the end of the list, 500; a longer one may hold a better.'], []]);
  const alone = new Ridge({ alpha: 'gcv' });
  await alone.fit([[3, 4]], [7]);
  assert.match(alone.warnings.join(), /end of the list/, 'one row tells nothing of alpha');
});

test('several outputs are the fits of each', async () => {
  const both = { data: Float64Array.from({ length: 884 }, (_, i) => (i % 2 ? y[i >> 1] : X.data[(i >> 1) * 10 + 2] ** 2)), rows: 442, cols: 2 };
  const model = new Ridge({ alpha: 3 }), single = new Ridge({ alpha: 3 });
  await model.fit(X, both, { validation: 0.2 });
  await single.fit(X, y, { validation: 0.2 });
  near(rowOf(model.coef, 1), /** @type {any} */ (single.coef), 1e-13, 'coef');
  near(/** @type {any} */ (model.intercept)[1], Number(single.intercept), 1e-13, 'intercept');
});

test('more columns than rows, constant and equal columns: a finite solution that shares what is equal', async () => {
  const wide = new Ridge({ alpha: 1e-3 });
  await wide.fit([[1, 2, 3, 4], [2, 1, 0, 7]], [1, 2]);
  near(wide.predict([[1, 2, 3, 4], [2, 1, 0, 7]], ), [1, 2], 1e-2, 'nearly interpolates');
  const twins = new Ridge({ alpha: 0.5 });
  await twins.fit([[1, 1, 5], [2, 2, 5], [4, 4, 5]], [1, 2, 3]);
  const coef = /** @type {Float64Array} */ (twins.coef);
  near(coef[0], coef[1], 1e-14, 'equal columns');
  assert.equal(coef[2], 0, 'a constant column');
  const one = new Ridge();
  await one.fit([[3, 4]], [7]);
  assert.deepEqual([[...(/** @type {Float64Array} */ (one.coef))], one.intercept, one.predict([[0, 0]])[0]], [[0, 0], 7, 7]);
});

test('wrong options are refused by name, value and rule', async () => {
  refused(() => new Ridge({ alpha: -1 }), RangeError, /^Ridge: alpha is -1; it must be a number from 0 to .* or "gcv"$/);
  refused(() => new Ridge({ alpha: NaN }), RangeError, /alpha is NaN/);
  refused(() => new Ridge({ alpha: /** @type {any} */ ('gvc') }), RangeError, /^Ridge: alpha "gvc" is unknown; did you mean "gcv"\?/);
  refused(() => new Ridge({ alpha: /** @type {any} */ (null) }), TypeError, /alpha must be .*, not null/);
  refused(() => new Ridge(/** @type {any} */ ({ lambda: 1 })), TypeError, /^Ridge: unknown option "lambda"/);
  refused(() => new Ridge({ alphas: [1] }), RangeError, /^Ridge: alphas have no meaning with alpha 1; they are for alpha 'gcv'/);
  refused(() => new Ridge({ alpha: 'gcv', alphas: [] }), RangeError, /^Ridge: alphas is empty/);
  refused(() => new Ridge({ alpha: 'gcv', alphas: [1, 0] }), RangeError, /^Ridge: alphas\[1\] is 0; it must be a number above 0/);
  refused(() => new Ridge({ alpha: 'gcv', alphas: /** @type {any} */ ('1,2') }), TypeError, /alphas must be a list of numbers, not "1,2"/);
  await rejected(() => ridgePath(X, y, { alphas: [-1] }), RangeError, /^ridgePath: alphas\[0\] is -1/);
  await rejected(() => ridgePath(X, { data: new Float64Array(884), rows: 442, cols: 2 }), RangeError, /^ridgePath: y has 2 columns/);
  await rejected(() => ridgePath([], []), RangeError, /^X has 0 rows; at least 1 is needed/);
  await rejected(() => ridgePath(X, y, { sampleWeight: new Float64Array(442) }), RangeError, /^sampleWeight is 0 for every row/);
  await rejected(() => new Ridge().fit([[1], [NaN]], [1, 2]), RangeError, /^X has NaN at row 2, column 1/);
  await rejected(() => new Ridge().fit([[1], [2]], [1, Infinity]), RangeError, /^y has Infinity at row 2/);
  await rejected(() => new Ridge().fit([], []), RangeError, /^X has 0 rows/);
  await rejected(() => new Ridge().fit([[1], [2]], [1, 2], { sampleWeight: [1, -1] }), RangeError, /^sampleWeight has -1 at row 2/);
  await rejected(() => new Ridge().fit([[1], [2]], [1, 2], { sampleWeight: [0, 0] }), RangeError, /^sampleWeight is 0 for every row/);
  await new Ridge(frozen({ alpha: 2 })).fit(frozen([[1], [2]]), frozen([1, 2]), frozen({ sampleWeight: [1, 2] }));
});

test('numbers too far apart are refused, not answered with infinities', async () => {
  await rejected(() => new Ridge({ alpha: 0 }).fit([[1e-300], [2e-300], [4e-300]], [1e200, -1e200, 3e200]), (await import('wasmfit')).WasmfitError, /beyond the range of 64-bit floats/, 'OVERFLOW');
});
