// elastic-net.test.js: lasso and elastic net against scikit-learn's optimum; runs in sweeps, paths, what they refuse · next: logistic.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ElasticNet, Lasso, LinearRegression, Ridge, datasets, init, lassoPath, load, metrics } from 'wasmfit';
import { fixture, near, rowOf, standardized } from './near.js';
import { refused, rejected } from './refused.js';

await init();
const reference = fixture('linear');
const { X, y } = await datasets.load('diabetes');
const Z = standardized(/** @type {any} */ (X));
const sharp = { tolerance: 1e-14, maxIterations: 100_000 };
const count = (/** @type {any} */ coef) => coef.filter((/** @type {number} */ value) => value !== 0).length;

for (const name of /** @type {const} */ (['lasso', 'elastic_net'])) {
  test(`${name}: coefficients, intercept, R² and zeros are those of the reference for every alpha`, async () => {
    for (const { alpha, l1_ratio, coef, intercept, r2, nonzero } of reference.standardized[name]) {
      const model = name === 'lasso' ? new Lasso({ alpha, ...sharp }) : new ElasticNet({ alpha, l1Ratio: l1_ratio, ...sharp });
      const history = await model.fit(Z, y);
      near(/** @type {any} */ (model.coef), coef, 1e-10, `coef at ${alpha}`);
      near(/** @type {any} */ (model.intercept), intercept, 1e-12, `intercept at ${alpha}`);
      near(history.r2?.at(-1), r2, 1e-11, `R² at ${alpha}`);
      near(history.loss.at(-1), metrics.mse(y, model.predict(Z)), 1e-12, 'loss');
      assert.equal(count(model.coef), nonzero);
      assert.deepEqual([history.stopped, model.warnings, history.epoch.at(-1)], ['converged', [], model.iterations]);
    }
  });
}

test('the figures of every sweep are those of its coefficients, of the training rows and of those held back', async () => {
  const model = new Lasso({ alpha: 2, tolerance: 1e-6 }), run = model.fit(X, y, { validation: 0.2, worker: false });
  /** @type {any[]} */
  const copies = [];
  const epochs = run[Symbol.asyncIterator]();
  run.pause();
  for (let sweep = 1; sweep <= 4; sweep++) {
    run.step();
    await epochs.next();
    copies.push(await run.snapshot());
  }
  run.resume();
  const { loss, r2, valLoss, valR2, splits } = await run;
  assert.ok(loss.length > 4 && /** @type {any} */ (splits).train.length === 353);
  const [train, held] = ['train', 'validation'].map((part) => Array.from(/** @type {any} */ (splits)[part], Number)).map((rows) => ({ X: rows.map((row) => rowOf(X, row)), y: rows.map((row) => Number(y[row])) }));
  for (const [at, copy] of [...copies.entries(), /** @type {[number, any]} */ ([loss.length - 1, model])]) {
    assert.equal(copy.iterations, at + 1);
    const [guess, other] = [copy.predict(train.X), copy.predict(held.X)];
    near([loss[at], Number(r2?.[at])], [metrics.mse(train.y, guess), metrics.r2(train.y, guess)], 1e-11, `training figures of sweep ${at + 1}`);
    near([Number(valLoss?.[at]), Number(valR2?.[at])], [metrics.mse(held.y, other), metrics.r2(held.y, other)], 1e-11, `figures of the rows held back, sweep ${at + 1}`);
    assert.deepEqual(copy.warnings, copy === model ? [] : [`Stopped after ${at + 1} iterations, before it converged.`]);
  }
});

test('with more columns than rows, too, every sweep tells the figures of its coefficients', async () => {
  const rows = Array.from({ length: 8 }, (_, r) => Array.from({ length: 30 }, (_, c) => Math.sin(3 * r * c + c * c + r))), target = [1, 4, 2, 8, 5, 7, 1, 0];
  const model = new ElasticNet({ alpha: 0.01, tolerance: 1e-10 }), run = model.fit(rows, target, { worker: false });
  run.pause();
  run.step();
  await run[Symbol.asyncIterator]().next();
  const copy = await run.snapshot();
  run.resume();
  const { loss } = await run;
  near(loss[copy.iterations - 1], metrics.mse(target, copy.predict(rows)), 1e-12, 'loss of the first sweep');
  assert.ok(loss.length > 1);
});

test('a fit that runs out of sweeps says so in stopped and warnings, and the file keeps it', async () => {
  const model = new ElasticNet({ alpha: 1e-4, tolerance: 0, maxIterations: 2 });
  const { stopped, epoch } = await model.fit(X, y);
  assert.deepEqual([stopped, epoch], ['epochs', [1, 2]]);
  assert.deepEqual(model.warnings, ['Not converged after 2 iterations. Raise maxIterations, raise tolerance, or standardise the features.']);
  const loaded = await load(model.save());
  assert.deepEqual([loaded.warnings, loaded.iterations, loaded.coef], [model.warnings, 2, model.coef]);
  await model.fit(X, y);
  assert.equal(model.iterations, 2, 'a further fit starts afresh');
});

test('this thread and a worker give the same history and the same bits', async () => {
  const both = { data: Float64Array.from({ length: 884 }, (_, i) => (i % 2 ? y[i >> 1] : -3 * y[i >> 1] + X.data[(i >> 1) * 10])), rows: 442, cols: 2 };
  const models = [new ElasticNet({ alpha: 0.1 }), new ElasticNet({ alpha: 0.1 })];
  const [here, there] = await Promise.all(models.map((model, i) => model.fit(X, both, { worker: i === 1, validation: 0.25 })));
  assert.deepEqual({ ...there, seconds: [] }, { ...here, seconds: [] });
  assert.deepEqual(models[0].coef, models[1].coef);
});

test('several outputs are the fits of each', async () => {
  const both = { data: Float64Array.from({ length: 884 }, (_, i) => (i % 2 ? y[i >> 1] : X.data[(i >> 1) * 10 + 2] ** 2)), rows: 442, cols: 2 };
  const model = new Lasso({ alpha: 0.5, ...sharp }), single = new Lasso({ alpha: 0.5, ...sharp });
  await model.fit(Z, both);
  await single.fit(Z, y);
  assert.deepEqual(rowOf(model.coef, 1), single.coef);
  assert.equal(/** @type {any} */ (model.intercept)[1], single.intercept);
});

test('weights act as repeated rows, and rows of weight 0 are absent', async () => {
  const weights = Array.from(y, (_, row) => row % 3), repeated = weights.flatMap((weight, row) => Array(weight).fill(row));
  const weighted = new Lasso({ alpha: 1, ...sharp }), longer = new Lasso({ alpha: 1, ...sharp });
  const history = await weighted.fit(Z, y, { sampleWeight: weights });
  await longer.fit(repeated.map((row) => rowOf(Z, row)), repeated.map((row) => Number(y[row])));
  near(/** @type {any} */ (weighted.coef), /** @type {any} */ (longer.coef), 1e-11, 'coef');
  near(history.loss.at(-1), metrics.mse(y, weighted.predict(Z), { sampleWeight: weights }), 1e-12, 'loss');
});

test('without a share of L1 it is ridge, without any penalty least squares', async () => {
  const ridge = new Ridge({ alpha: 442 * 0.3 }), plain = new LinearRegression();
  await ridge.fit(Z, y);
  await plain.fit(Z, y);
  const net = new ElasticNet({ alpha: 0.3, l1Ratio: 0, ...sharp }), none = new Lasso({ alpha: 0, ...sharp });
  await net.fit(Z, y);
  await none.fit(Z, y);
  near(/** @type {any} */ (net.coef), /** @type {any} */ (ridge.coef), 1e-9, 'ridge');
  near(/** @type {any} */ (none.coef), /** @type {any} */ (plain.coef), 1e-6, 'least squares');
});

test("a lasso path is scikit-learn's at its alphas, from the least that leaves no column", async () => {
  const S = standardized(/** @type {any} */ (X), Math.sqrt(442)), { alphas, coef_rows_per_alpha: rows } = reference.scaled.lasso_path;
  const path = await lassoPath(S, y, { alphas: [...alphas].reverse(), ...sharp });
  near(path.alphas, alphas, 0, 'alphas from the greatest down');
  for (let a = 1; a < alphas.length; a++) near(rowOf(path.coefs, a), rows[a], 1e-6, `coef at ${alphas[a]}`);
  const own = await lassoPath(S, y, { alphas: 20, epsilon: alphas[19] / alphas[0], ...sharp });
  near(own.alphas, alphas, 1e-12, 'its own alphas');
  near(own.alphas[0], reference.scaled.lasso_alpha_max, 1e-13, 'the greatest');
  assert.equal(count(rowOf(own.coefs, 0)), 0);
  assert.ok(count(rowOf(own.coefs, 1)) > 0);
  assert.deepEqual(own.warnings, []);
  const model = new Lasso({ alpha: own.alphas[10], ...sharp });
  await model.fit(S, y);
  near(rowOf(own.coefs, 10), /** @type {any} */ (model.coef), 1e-10, 'a path is its fits');
  near(own.intercepts[10], Number(model.intercept), 1e-12, 'and their intercepts');
});

test('a path that does not converge names its alphas', async () => {
  const { warnings, iterations } = await lassoPath(X, y, { alphas: [1e-3, 1e-4], maxIterations: 1, tolerance: 0 });
  assert.deepEqual(warnings, ['alpha 0.001: not converged after 1 sweeps', 'alpha 0.0001: not converged after 1 sweeps']);
  assert.deepEqual([...iterations], [1, 1]);
});

test('one row, a constant y, constant and equal columns, more columns than rows', async () => {
  const one = new Lasso(), still = new Lasso(), same = new Lasso({ alpha: 0.01, ...sharp }), wide = new Lasso({ alpha: 0.01, ...sharp });
  await one.fit([[3, 4]], [7]);
  assert.deepEqual([[...(/** @type {any} */ (one.coef))], one.intercept], [[0, 0], 7]);
  const { r2 } = await still.fit([[1], [2], [3]], [5, 5, 5]);
  assert.deepEqual([[...(/** @type {any} */ (still.coef))], still.intercept, r2?.at(-1)], [[0], 5, 1]);
  await same.fit([[1, 1, 9], [2, 2, 9], [4, 4, 9]], [1, 2, 3]);
  assert.equal(/** @type {any} */ (same.coef)[2], 0);
  const rows = Array.from({ length: 5 }, (_, r) => Array.from({ length: 12 }, (_, c) => Math.sin(3 * r * c + c * c + r)));
  const { loss } = await wide.fit(rows, [1, 4, 2, 8, 5]);
  near(loss.at(-1), metrics.mse([1, 4, 2, 8, 5], wide.predict(rows)), 1e-12, 'loss');
  assert.ok(count(wide.coef) <= 5 && wide.score(rows, [1, 4, 2, 8, 5]) > 0.99);
  const path = await lassoPath([[1], [2], [3]], [5, 5, 5], { alphas: 3 });
  assert.ok(path.alphas.every((alpha) => alpha > 0) && path.coefs.data.every((value) => value === 0) && path.intercepts.every((value) => value === 5));
});

test('a stop or an abort leaves the sweeps that were done, or the model as it was', async () => {
  const slow = () => new Lasso({ alpha: 1e-9, tolerance: 0, maxIterations: 1e9 });
  const rows = Array.from({ length: 60 }, (_, r) => Array.from({ length: 40 }, (_, c) => Math.cos(r * (c + 1) / 60) + (c ? 1 : 0))), target = rows.map((_, r) => Math.sin(r));
  const model = new Lasso({ alpha: 0.01 });
  await model.fit(rows, target);
  assert.ok(count(model.coef) > 0);
  const before = model.coef, run = model.fit(rows, target);
  run.stop();
  assert.equal((await run).stopped, 'stopped');
  assert.deepEqual(model.coef, before, 'stopped before the first sweep');
  const running = slow(), control = new AbortController();
  const steps = running.fit(rows, target, { signal: control.signal, onEpoch: ({ epoch }) => { if (epoch === 3) control.abort(new Error('enough')); } });
  await assert.rejects(async () => { await steps; }, /enough/);
});

test('wrong options are refused by name, value and rule', async () => {
  refused(() => new Lasso({ alpha: -0.1 }), RangeError, /^Lasso: alpha is -0\.1; it must be a number from 0/);
  refused(() => new Lasso(/** @type {any} */ ({ l1Ratio: 0.5 })), TypeError, /^Lasso: unknown option "l1Ratio"/);
  refused(() => new ElasticNet({ l1Ratio: 1.5 }), RangeError, /^ElasticNet: l1Ratio is 1\.5; it must be a number from 0 to 1/);
  refused(() => new ElasticNet({ maxIterations: 0 }), RangeError, /maxIterations is 0; it must be a whole number from 1/);
  refused(() => new ElasticNet({ tolerance: NaN }), RangeError, /tolerance is NaN/);
  refused(() => new ElasticNet(/** @type {any} */ ({ max_iterations: 5 })), TypeError, /did you mean "maxIterations"/);
  await rejected(() => new Lasso().fit([[1], [NaN]], [1, 2]), RangeError, /^X has NaN at row 2, column 1/);
  await rejected(() => new Lasso().fit([[1], [2]], [1, 2], { sampleWeight: [1, -1] }), RangeError, /^sampleWeight has -1 at row 2/);
  await rejected(() => new Lasso().fit([[1], [2]], [1, 2], { sampleWeight: [0, 0] }), RangeError, /^sampleWeight is 0 for every row/);
  await rejected(() => lassoPath(X, y, { l1Ratio: 0 }), RangeError, /^lassoPath: with l1Ratio 0 no alpha makes all coefficients 0; give a list/);
  await rejected(() => lassoPath(X, y, { alphas: 0 }), RangeError, /^lassoPath: alphas is 0/);
  await rejected(() => lassoPath(X, y, { epsilon: 1 }), RangeError, /^lassoPath: epsilon is 1; it must be a number above 0 to below 1/);
  await rejected(() => lassoPath(X, y, /** @type {any} */ ({ eps: 1 })), TypeError, /^lassoPath: unknown option "eps"/);
  await rejected(() => lassoPath([[1], [Infinity]], [1, 2]), RangeError, /^X has Infinity at row 2/);
});
