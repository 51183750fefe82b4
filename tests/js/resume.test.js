// resume.test.js: a fit that goes on from a checkpoint equals the one that was never interrupted, bit for bit · next: run.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, batchNorm, datasets, dense, dropout, load } from 'wasmfit';

const diabetes = await datasets.load('diabetes'), iris = await datasets.load('iris');
const REGRESSION = { hiddenLayers: [16, 8], epochs: 40, batchSize: 16, seed: 3, standardize: true };

/** Every one is interrupted in the middle of an epoch as well. @type {[string, () => any, any, any, any][]} */
const FITS = [
  ['Adam', () => new MLPRegressor(REGRESSION), diabetes.X, diabetes.y, { validation: 0.2 }],
  ['momentum, shuffle off', () => new MLPRegressor({ ...REGRESSION, optimizer: { name: 'sgd', momentum: 0.9 } }), diabetes.X, diabetes.y, { shuffle: false }],
  ['Nadam, one-cycle', () => new MLPRegressor({ ...REGRESSION, optimizer: 'nadam', schedule: { name: 'oneCycle', warmup: 3 } }), diabetes.X, diabetes.y, {}],
  ['RAdam, plateau, clipping', () => new MLPRegressor({ ...REGRESSION, optimizer: 'radam', schedule: { name: 'plateau', patience: 2 }, clip: { globalNorm: 1 }, recordGradient: true }), diabetes.X, diabetes.y, { validation: 0.2 }],
  ['dropout, batch norm, EMA, noise', () => new MLPRegressor({ ...REGRESSION, dropout: 0.2, normalization: 'batch', averaging: 'ema', inputNoise: 0.05 }), diabetes.X, diabetes.y, { validation: { last: 0.2 }, evaluateTraining: true }],
  ['early stopping, best epoch', () => new MLPRegressor({ ...REGRESSION, epochs: 200, earlyStopping: { patience: 5 } }), diabetes.X, diabetes.y, { validation: 0.2 }],
  ['pruning, L1, max-norm, growing batches', () => new MLPRegressor({ ...REGRESSION, pruning: { sparsity: 0.7, end: 20 }, l1: 1e-3, maxNorm: 2, batchSize: { name: 'growing', size: 8, every: 10 } }), diabetes.X, diabetes.y, {}],
  ['SWA, mixup, random batches', () => new MLPClassifier({ hiddenLayers: [12], epochs: 40, averaging: { name: 'swa', start: 10 }, mixup: 0.3, batchSize: { name: 'random', least: 5, most: 40 } }), iris.X, iris.y, { validation: 0.3 }],
  ['oversampling, class weights', () => new MLPClassifier({ hiddenLayers: [12], epochs: 40, resample: 'over', classWeight: { setosa: 2 } }), iris.X, iris.y, { sampleWeight: Array.from(iris.y, (_, i) => 1 + i % 3) }],
  ['L-BFGS', () => new MLPRegressor({ ...REGRESSION, optimizer: 'lbfgs' }), diabetes.X, diabetes.y, { validation: 0.2 }],
  ['Network with layers of its own', () => new Network({ inputs: 4, layers: [dense(9, { activation: 'gelu' }), batchNorm(), dropout(0.3), dense(3)], loss: 'focal', optimizer: 'adamw', epochs: 40 }), iris.X, iris.y, {}],
];

const flat = (/** @type {any} */ model) => model.getWeights().map(({ data }) => [...data]);
const COLUMNS = ['epoch', 'loss', 'valLoss', 'learningRate', 'rowsSeen', 'gradientNorm', 'sparsity'];

/** A checkpoint after three epochs, or somewhere in the middle of a later one. @param {import('../../src/js/run.js').Run} run @param {boolean} middle */
async function interrupted(run, middle) {
  run.step();
  for await (const { epoch } of run) {
    if (epoch === 3) break;
    run.step();
  }
  if (middle) run.resume();
  const bytes = await run.checkpoint();
  run.stop();
  await run;
  return bytes;
}

for (const [name, make, X, y, options] of FITS) {
  test(`${name}: interrupted and resumed, the same bits`, async () => {
    const whole = make(), history = await whole.fit(X, y, options);
    for (const middle of [false, true]) {
      const bytes = await interrupted(make().fit(X, y, options), middle);
      const resumed = await load(bytes);
      const rest = await resumed.fit(X, y, { ...options, resume: true });
      assert.deepEqual(flat(resumed), flat(whole));
      assert.equal(rest.stopped, history.stopped);
      const done = history.epoch.length - rest.epoch.length;
      assert.ok(middle ? done >= 3 : done === 3, `${done} epochs were done`);
      for (const column of COLUMNS) if (history[column]) assert.deepEqual(rest[column], history[column].slice(done), column);
      assert.deepEqual(resumed.predict(X), whole.predict(X));
    }
  });
}

test('a checkpoint is a model file: it predicts as the model did when it was made', async () => {
  const model = new MLPRegressor(REGRESSION), run = model.fit(diabetes.X, diabetes.y);
  const bytes = await run.checkpoint(), loaded = await load(bytes);
  assert.equal((/** @type {any} */ (loaded.predict(diabetes.X))).length, 442);
  run.stop();
  await run;
});

test('resuming is refused without a checkpoint, on other rows and with other options', async () => {
  const model = new MLPRegressor(REGRESSION);
  await assert.rejects(async () => { await model.fit(diabetes.X, diabetes.y, { resume: true }); }, { code: 'CHECKPOINT', message: /not loaded from a checkpoint/ });
  const run = model.fit(diabetes.X, diabetes.y, { validation: 0.2 }), bytes = await run.checkpoint();
  run.stop();
  await run;
  const other = Float64Array.from(diabetes.y, (value, i) => (i === 5 ? value + 1 : value));
  await assert.rejects(async () => { await (await load(bytes)).fit(diabetes.X, other, { validation: 0.2, resume: true }); }, { code: 'CHECKPOINT', message: /not the rows/ });
  await assert.rejects(async () => { await (await load(bytes)).fit(diabetes.X, diabetes.y, { validation: 0.2, batchSize: 64, resume: true }); }, { code: 'CHECKPOINT', message: /other options/ });
  await assert.rejects(async () => { await (await load(bytes)).fit(diabetes.X, diabetes.y, { resume: true }); }, { code: 'CHECKPOINT' });
});

test('linear models have no checkpoints and say so', async () => {
  const run = new LinearRegression().fit(diabetes.X, diabetes.y);
  await assert.rejects(run.checkpoint(), { code: 'NOT_A_NETWORK' });
  await run;
});
