// network.test.js: networks against PyTorch's numbers and plain formulas, through the package as a user gets it · next: run.test.js
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, WasmfitError, datasets, dense, init, metrics } from '../../src/js/index.js';
import { Table } from '../../src/js/preprocessing.js';

const optim = JSON.parse(await readFile(new URL('../fixtures/optim.json', import.meta.url), 'utf8'));
await init();

/** PyTorch keeps weights as (out, in). @param {number[][]} W */
const transposed = (W) => ({ shape: [W[0].length, W.length], data: W[0].flatMap((_, i) => W.map((row) => row[i])) });

const OPTIMIZERS = { sgd: { name: 'sgd', learningRate: 0.05 }, momentum: { name: 'sgd', learningRate: 0.05, momentum: 0.9 }, adam: { name: 'adam', learningRate: 0.1 } };

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  test(`50 full-batch steps of ${name} follow PyTorch's 3-4-2 net to 1e-5`, async () => {
    const expected = optim.runs[name];
    const net = new Network({ inputs: 3, layers: [dense(4, { activation: 'tanh' }), dense(2)], loss: 'crossEntropy', optimizer, batchSize: 8, epochs: 50 });
    net.setWeights([transposed(optim.W1), { data: optim.b1 }, transposed(optim.W2), { data: optim.b2 }]);
    const { loss } = await net.fit(optim.X, optim.y, { shuffle: false });
    expected.loss_before_step.forEach((/** @type {number} */ value, /** @type {number} */ i) => {
      assert.ok(Math.abs(loss[i] - value) <= 1e-5 * Math.max(1, value), `loss before step ${i + 1} is ${loss[i]}, PyTorch ${value}`);
    });
    const [W1, b1, W2, b2] = expected.params_after_step[50];
    const reference = [...transposed(W1).data, ...b1, ...transposed(W2).data, ...b2];
    const got = net.getWeights().flatMap(({ data }) => [...data]);
    reference.forEach((value, i) => assert.ok(Math.abs(got[i] - value) <= 1e-5 * Math.max(1, Math.abs(value)), `weight ${i} is ${got[i]}, PyTorch ${value}`));
  });
}

test('loss and R² of an epoch are those of its predictions, at batch sizes where averages of batches are wrong', async () => {
  const { X, y } = await datasets.load('diabetes');
  for (const batchSize of [1, 8, 442]) {
    const model = new MLPRegressor({ hiddenLayers: [4], epochs: 2, batchSize, optimizer: { name: 'adam', learningRate: 1e-3 }, standardize: true });
    const history = await model.fit(X, y, { evaluateTraining: true });
    const predicted = /** @type {Float64Array} */ (model.predict(X));
    assert.ok(Math.abs(Number(history.r2?.[1]) - Number(metrics.r2(y, predicted))) < 1e-6, `batch ${batchSize}: ${history.r2?.[1]}`);
    assert.ok(Math.abs(model.score(X, y) - Number(metrics.r2(y, predicted))) < 1e-15);
  }
});

test('validation numbers are a full pass over exactly the rows in history.splits', async () => {
  const { X, y } = await datasets.load('diabetes');
  const model = new MLPRegressor({ hiddenLayers: [8], epochs: 3, standardize: true, seed: 5 });
  const { splits, valR2 } = await model.fit(X, y, { validation: 0.25 });
  assert.ok(splits && splits.validation.length === 111 && splits.train.length === 331);
  assert.deepEqual([...splits.train, ...splits.validation].sort((a, b) => a - b), Array.from({ length: 442 }, (_, i) => i));
  const rows = Array.from(splits.validation, (row) => [...X.data.subarray(row * 10, row * 10 + 10)]);
  const truth = Array.from(splits.validation, (row) => Number(y[row]));
  assert.ok(Math.abs(Number(valR2?.[2]) - model.score(rows, truth)) < 1e-6);
});

test('the slope of a line by gradient descent is that of least squares', async () => {
  const { X, y } = await datasets.line();
  const exact = new LinearRegression();
  await exact.fit(X, y);
  const net = new Network({ inputs: 1, layers: [dense(1)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.5 }, batchSize: 1000, epochs: 1000 });
  await net.fit(X, y);
  const [weight, bias] = net.getWeights();
  assert.ok(Math.abs(weight.data[0] - /** @type {Float64Array} */ (exact.coef)[0]) < 1e-3);
  assert.ok(Math.abs(bias.data[0] - Number(exact.intercept)) < 1e-3);
  assert.ok(Math.abs(net.score(X, y) - exact.score(X, y)) < 1e-6);
});

test('XOR is learned by 2-4-1 with tanh and momentum', async () => {
  const { X, y } = await datasets.xor({ rows: 4 });
  const net = new Network({ inputs: 2, layers: [dense(4, { activation: 'tanh' }), dense(1)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 }, batchSize: 4, epochs: 1000, seed: 1 });
  const { loss } = await net.fit(X, y);
  assert.ok(loss[999] < 1e-3, `loss ${loss[999]}`);
});

test('a classifier takes labels of any kind and gives them back, with probabilities in the order of its classes', async () => {
  const { X, y } = await datasets.load('iris');
  for (const labels of [/** @type {string[]} */ (y), Array.from(y, (name) => name === 'setosa'), Array.from(y, (name) => (name === 'setosa' ? -3 : 7))]) {
    const model = new MLPClassifier({ hiddenLayers: [8], standardize: true, epochs: 60, optimizer: { name: 'adam', learningRate: 0.01 } });
    const { accuracy } = await model.fit(X, labels);
    const predicted = /** @type {unknown[]} */ (model.predict(X));
    assert.ok(model.score(X, labels) > 0.95 && Number(accuracy?.at(-1)) > 0.9);
    assert.ok(predicted.every((label) => typeof label === typeof labels[0]));
    const { data, cols } = model.predictProba(X);
    assert.equal(cols, model.classes?.length);
    for (let row = 0; row < 150; row++) {
      const part = data.subarray(row * cols, row * cols + cols);
      assert.ok(Math.abs(part.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
      assert.equal(predicted[row], model.classes?.[part.indexOf(Math.max(...part))]);
    }
  }
});

test('one logit with binaryCrossEntropy classifies, and gives two columns of probabilities', async () => {
  const { X, y } = await datasets.moons();
  const net = new Network({ inputs: 2, layers: [dense(16, { activation: 'tanh' }), dense(1)], loss: 'binaryCrossEntropy', optimizer: { name: 'adam', learningRate: 0.02 }, epochs: 100 });
  const { accuracy } = await net.fit(X, y);
  assert.ok(Number(accuracy?.at(-1)) > 0.95);
  assert.ok(net.score(X, y) > 0.95);
  const { data, cols } = net.predictProba(X);
  assert.equal(cols, 2);
  assert.ok(Math.abs(data[0] + data[1] - 1) < 1e-6);
});

test('several outputs are predicted as a matrix', async () => {
  const X = [[0], [1], [2], [3]];
  const y = { data: Float64Array.of(0, 0, 1, -1, 2, -2, 3, -3), rows: 4, cols: 2 };
  const net = new Network({ inputs: 1, layers: [dense(2)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1 }, batchSize: 4, epochs: 500 });
  await net.fit(X, y);
  const { data, rows, cols } = /** @type {import('../../src/js/shapes.js').Matrix<Float64Array>} */ (net.predict([[5]]));
  assert.deepEqual([rows, cols], [1, 2]);
  assert.ok(Math.abs(data[0] - 5) < 1e-3 && Math.abs(data[1] + 5) < 1e-3);
  assert.ok(net.score(X, y) > 0.999);
});

test('a table trains by its columns, and predict finds them by name in any order', async () => {
  const table = Table.from({ size: [1, 2, 3, 4, 5, 6], colour: ['red', 'blue', 'red', 'blue', 'red', 'blue'] });
  const y = [1, 12, 3, 14, 5, 16];
  const model = new LinearRegression();
  await model.fit(table, y);
  assert.deepEqual(model.featureNames, ['size', 'colour=blue', 'colour=red']);
  const other = Table.from({ colour: ['blue', 'red'], extra: [0, 0], size: [8, 7] });
  const predicted = /** @type {Float64Array} */ (model.predict(other));
  assert.ok(Math.abs(predicted[0] - 18) < 1e-9 && Math.abs(predicted[1] - 7) < 1e-9);
  assert.throws(() => model.predict(Table.from({ size: [1], colour: ['green'] })), /"green".*the model knows "blue", "red"/);
  assert.throws(() => model.predict(Table.from({ size: [1] })), /no column "colour"/);
});

test('standardize keeps predictions in units of y, also around a large offset', async () => {
  const X = { data: Float64Array.from({ length: 100 }, (_, i) => 1e9 + i / 100), rows: 100, cols: 1 };
  const y = Float64Array.from({ length: 100 }, (_, i) => 1e9 - i / 50);
  const model = new MLPRegressor({ hiddenLayers: [], standardize: true, epochs: 200, batchSize: 100, optimizer: { name: 'sgd', learningRate: 0.3 } });
  await model.fit(X, y);
  assert.ok(model.score(X, y) > 0.999999, String(model.score(X, y)));
});

test('x = 0 … 199 with default settings stays finite', async () => {
  const model = new MLPRegressor();
  const { stopped, loss } = await model.fit(Array.from({ length: 200 }, (_, i) => [i]), Array.from({ length: 200 }, (_, i) => 2 * i + 1));
  assert.equal(stopped, 'epochs');
  assert.ok(loss.every(Number.isFinite));
});

test('a constant target has R² 1 where it is met exactly, else 0', async () => {
  const model = new LinearRegression();
  const { r2 } = await model.fit([[1], [2], [3]], [0.1, 0.1, 0.1]);
  assert.deepEqual(r2, [1]);
  const net = new MLPRegressor({ hiddenLayers: [3], epochs: 1 });
  assert.equal((await net.fit([[1], [2], [3]], [5, 5, 5])).r2?.[0], 0);
});

test('estimators start afresh, warmStart and Network go on', async () => {
  const { X, y } = await datasets.sine({ rows: 50 });
  const make = (/** @type {object} */ more) => new MLPRegressor({ hiddenLayers: [4], epochs: 3, seed: 2, ...more });
  const again = make({}), warm = make({ warmStart: true });
  const net = new Network({ inputs: 1, layers: [dense(4, { activation: 'relu' }), dense(1)], loss: 'mse', epochs: 3, seed: 2 });
  const six = make({ epochs: 6 });
  const [a1, a2] = [await again.fit(X, y), await again.fit(X, y)];
  assert.deepEqual(a1.loss, a2.loss);
  const whole = await six.fit(X, y);
  for (const model of [warm, net]) {
    const [first, second] = [await model.fit(X, y), await model.fit(X, y)];
    assert.deepEqual([...first.loss, ...second.loss], whole.loss);
    assert.deepEqual(second.epoch, [4, 5, 6]);
  }
});

test('the heap does not grow with steps, fits or failures', async () => {
  const { X, y } = await datasets.sine({ rows: 50 });
  const { engineNow } = await import('../../src/js/engine.js');
  const bytes = () => engineNow('test').exports.memory.buffer.byteLength;
  const model = new MLPRegressor({ hiddenLayers: [8], epochs: 5, batchSize: 5 });
  await model.fit(X, y);
  const before = bytes();
  await model.fit(X, y, { epochs: 10000 });
  for (let i = 0; i < 200; i++) {
    const other = new MLPRegressor({ hiddenLayers: [8], epochs: 1 });
    await other.fit(X, y);
    other.predict(X);
    other.dispose();
    await assert.rejects(async () => { await model.fit(X, y, { onEpoch: () => { throw new Error('mine'); } }); }, /mine/);
  }
  assert.equal(bytes(), before);
});

test('errors of memory name the number and leave the module usable', async () => {
  const huge = new Network({ inputs: 100000, layers: [dense(4000), dense(1)], loss: 'mse' });
  await assert.rejects(async () => { await huge.fit({ data: new Float32Array(100000), rows: 1, cols: 100000 }, [1]); }, WasmfitError);
  const small = new MLPRegressor({ hiddenLayers: [2], epochs: 1 });
  await small.fit([[1], [2]], [1, 2]);
  assert.ok(small.fitted);
});
