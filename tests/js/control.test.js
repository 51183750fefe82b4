// control.test.js: what stands over the steps, as a user gets it: averages, the best epoch, pruning, checkpoints · next: run.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MLPRegressor, datasets, init, load, metrics } from 'wasmfit';

await init();
const { X, y } = await datasets.sine({ rows: 120 });
const { X: heldX, y: heldY } = await datasets.sine({ rows: 60, seed: 5 });
const held = { X: heldX, y: heldY };
/** @param {object} more */
const make = (more) => new MLPRegressor({ hiddenLayers: [8], activation: 'tanh', batchSize: 20, epochs: 40, seed: 3, ...more });
/** @param {any} model */
const lossOf = (model) => metrics.mse(held.y, model.predict(held.X));
/** @param {number} a @param {number} b */
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-6 * Math.abs(b), `${a}, expected ${b}`);
/** @param {any} model */
const weightsOf = (model) => model.getWeights().map((/** @type {any} */ { data }) => [...data]);

/** A run that is stopped after so many epochs. @param {any} model @param {number} epochs @param {(run: any) => unknown} [before] @param {object} [more] */
async function stopAfter(model, epochs, before, more) {
  const run = model.fit(X, y, { validation: held, worker: false, ...more });
  run.pause();
  run.step();
  for await (const { epoch } of run) {
    if (epoch < epochs) run.step();
    else {
      await before?.(run);
      run.stop();
    }
  }
  return run;
}

test('a run that is stopped ends at its average, as one does that runs to its end', async () => {
  for (const averaging of ['ema', { name: 'swa', start: 2 }]) {
    const model = make({ averaging });
    const { stopped, valLoss } = await stopAfter(model, 5, undefined, { epochs: 1e8 });
    assert.equal(stopped, 'stopped');
    near(lossOf(model), valLoss[4]);
    const whole = make({ averaging, epochs: 5 });
    await whole.fit(X, y, { validation: held, worker: false });
    assert.deepEqual(weightsOf(model), weightsOf(whole));
  }
});

test('a run that is stopped ends at its best epoch, as one does that stops early', async () => {
  const options = { optimizer: { name: 'sgd', learningRate: 0.15 } };
  const model = make({ ...options, earlyStopping: { monitor: 'valLoss', patience: 1000 } });
  const { stopped, valLoss } = await stopAfter(model, 12, undefined, { epochs: 1e8 });
  assert.equal(stopped, 'stopped');
  assert.ok(valLoss[11] > 1.001 * Math.min(...valLoss), `${valLoss}`);
  near(lossOf(model), Math.min(...valLoss));
  const early = make({ ...options, earlyStopping: { monitor: 'valLoss', patience: 3 }, epochs: 1000 });
  const history = await early.fit(X, y, { validation: held, worker: false });
  assert.equal(history.stopped, 'earlyStopping');
  near(lossOf(early), Math.min(...history.valLoss));
  assert.equal(history.valLoss.indexOf(Math.min(...history.valLoss)), history.valLoss.length - 4);
});

test('what is pruned is zero, and no more than was asked for', async () => {
  const model = make({ hiddenLayers: [400], pruning: { sparsity: 0.75, begin: 2, end: 10 } });
  const { sparsity } = await model.fit(X, y, { worker: false });
  assert.deepEqual([...sparsity.slice(0, 3)], [0, 0, 0]);
  assert.ok(sparsity[5] > 0 && sparsity[9] < 0.75 && sparsity[10] === 0.75, String(sparsity));
  const weights = weightsOf(model).filter((/** @type {any} */ _, /** @type {number} */ i) => i % 2 === 0).flat();
  assert.equal(weights.filter((/** @type {number} */ w) => w === 0).length, 0.75 * weights.length);
});

test('a checkpoint between two steps is taken up as if nothing had happened', async () => {
  const options = { averaging: 'ema', schedule: { name: 'cosine', per: 'step', period: 500 }, earlyStopping: { monitor: 'valLoss', patience: 9 },
    clip: { globalNorm: 1 }, recordGradient: true, pruning: { sparsity: 0.5, end: 8 } };
  const whole = make(options), fit = { validation: held, worker: false };
  const history = await whole.fit(X, y, fit);
  /** @type {any} */
  let bytes;
  const { epoch } = await stopAfter(make(options), 6, async (run) => { bytes = await run.checkpoint(); });
  const more = await load(bytes);
  const rest = await more.fit(X, y, { ...fit, resume: true });
  assert.deepEqual(weightsOf(more), weightsOf(whole));
  assert.deepEqual([...epoch, ...rest.epoch], [...history.epoch]);
  assert.deepEqual([...rest.gradientNorm], [...history.gradientNorm.slice(6)]);
});

test('a period that shrinks is refused by name, value and rule', async () => {
  await assert.rejects(async () => make({ schedule: { name: 'cosineRestarts', factor: 0.5 } }).fit(X, y), /cosineRestarts: factor is 0.5; it must be at least 1/);
});
