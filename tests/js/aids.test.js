// aids.test.js: the range test of learning rates and the gradient check, as a user calls them · next: registry.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, batchNorm, datasets, dense, dropout, findLearningRate, gradientCheck } from 'wasmfit';
import { losses } from 'wasmfit/registry';

const diabetes = await datasets.load('diabetes'), iris = await datasets.load('iris');

test('findLearningRate returns the curve and a rate that trains well, and leaves the model as it was', async () => {
  const model = new MLPRegressor({ hiddenLayers: [32, 16], standardize: true, seed: 1 });
  const { learningRates, losses: curve, smoothedLosses, suggestion } = await findLearningRate(model, diabetes.X, diabetes.y);
  assert.equal(model.fitted, false);
  assert.ok(learningRates.length > 50 && learningRates.length === curve.length && curve.length === smoothedLosses.length);
  assert.ok(learningRates.every((rate, i) => i === 0 || rate > learningRates[i - 1]));
  assert.ok(suggestion !== null && suggestion > 1e-4 && suggestion < 0.1, String(suggestion));
  const trained = new MLPRegressor({ hiddenLayers: [32, 16], standardize: true, seed: 1, epochs: 20, optimizer: { name: 'adam', learningRate: suggestion } });
  const { loss } = await trained.fit(diabetes.X, diabetes.y);
  assert.ok(loss[19] < 0.55, String(loss[19]));
});

test('findLearningRate refuses a range that is empty and an optimizer without a rate', async () => {
  const model = new MLPRegressor({ hiddenLayers: [4], standardize: true });
  await assert.rejects(findLearningRate(model, diabetes.X, diabetes.y, { min: 1, max: 1e-3 }), /min is 1, max is 0.001; min must be below max/);
  await assert.rejects(findLearningRate(model, diabetes.X, diabetes.y, { step: 3 }), /unknown option "step"; did you mean "steps"/);
  await assert.rejects(findLearningRate(new MLPRegressor({ optimizer: 'lbfgs' }), diabetes.X, diabetes.y), { code: 'NO_LEARNING_RATE' });
});

for (const aid of [findLearningRate, gradientCheck]) {
  test(`${aid.name} refuses what is no network, a disposed one, and no rows`, async () => {
    const gone = new MLPRegressor(), check = (/** @type {any} */ model, X = diabetes.X, y = diabetes.y) => aid(model, /** @type {any} */ (X), y);
    gone.dispose();
    for (const model of [new LinearRegression(), undefined, 'model', {}]) await assert.rejects(check(model), { code: 'NOT_A_NETWORK' });
    await assert.rejects(check(gone), { code: 'DISPOSED' });
    await assert.rejects(check(new MLPRegressor(), /** @type {any} */ ([]), /** @type {any} */ ([])), { name: 'RangeError', message: /X has 0 rows; at least 1 is needed/ });
  });
}

test('gradientCheck passes for one row, which batch normalisation takes as running statistics, which have no gradient', async () => {
  const model = new Network({ layers: [dense(4), batchNorm(), dense(3)], loss: 'crossEntropy' });
  const { passed, checked, nonzero } = await gradientCheck(model, iris.X, iris.y.map((name) => ['setosa', 'versicolor', 'virginica'].indexOf(String(name))), { rows: 1 });
  assert.ok(passed && checked === 4 * 4 + 4 + 2 * 4 + 4 * 3 + 3 && nonzero > 30, `${passed}, ${checked}, ${nonzero}`);
});

test('gradientCheck passes for models as they are made and as they are fitted', async () => {
  const model = new MLPClassifier({ hiddenLayers: [16, 8], activation: 'tanh', epochs: 3 });
  for (let fitted = 0; fitted < 2; fitted++) {
    const { passed, checked, parameters, nonzero, maxAbsoluteError, float32Error } = await gradientCheck(model, iris.X, iris.y);
    assert.ok(passed && checked === 243 && parameters === 243 && nonzero > 200);
    assert.ok(maxAbsoluteError < 1e-8 && float32Error < 1e-5, `${maxAbsoluteError}, ${float32Error}`);
    await model.fit(iris.X, iris.y);
  }
});

for (const { name } of losses) {
  test(`gradientCheck passes for the loss ${name}`, async () => {
    const rows = 12, X = Array.from({ length: rows }, (_, r) => [Math.sin(r), Math.cos(2 * r)]), K = 3;
    const shares = { data: Float64Array.from({ length: rows * K }, (_, i) => [0.2, 0.3, 0.5][(i + Math.floor(i / K)) % K]), rows, cols: K };
    const y = ['crossEntropy', 'focal'].includes(name) ? X.map((_, r) => r % K) : name === 'klDivergence' ? shares
      : { data: Float64Array.from({ length: rows * K }, (_, i) => (['mse', 'mae', 'huber', 'logCosh', 'quantile'].includes(name) ? Math.sin(3 * i) : i % 2)), rows, cols: K };
    const model = new Network({ layers: [dense(6, { activation: 'tanh' }), dropout(0.3), dense(K)], loss: name });
    const report = await gradientCheck(model, X, y);
    assert.ok(report.passed && report.nonzero > 10, JSON.stringify(report));
  });
}

test('gradientCheck fails where tolerances leave no room, and refuses linear models', async () => {
  const strict = await gradientCheck(new MLPClassifier({ hiddenLayers: [8], activation: 'tanh' }), iris.X, iris.y, { epsilon: 0.1, atol: 0, rtol: 1e-9 });
  assert.equal(strict.passed, false);
  await assert.rejects(gradientCheck(/** @type {any} */ (new LinearRegression()), diabetes.X, diabetes.y), { code: 'NOT_A_NETWORK' });
});
