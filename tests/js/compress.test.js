// compress.test.js: pruned weights and units, as a user sees them · next: distill.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, batchNorm, datasets, dense, dropout, layerNorm, load, prune, pruneUnits, sparsity } from 'wasmfit';

const iris = await datasets.load('iris'), diabetes = await datasets.load('diabetes');

/** @param {import('wasmfit').Network} model */
const dense2 = (model) => model.getWeights().filter(({ shape }) => shape.length === 2);
/** @param {ArrayLike<number>} values */
const zeros = (values) => Array.from(values).filter((value) => value === 0).length;

/** A fitted network on iris, with everything that may stand between dense layers. @param {unknown[]} [between] @param {object} [options] */
async function fitted(between = [], options = {}) {
  const model = new Network({ layers: [dense(12, { activation: 'relu' }), ...between, dense(9, { activation: 'tanh' }), dense(3)], loss: 'crossEntropy', epochs: 15, seed: 3, standardize: true, ...options });
  await model.fit(iris.X, iris.y);
  return model;
}

test('prune zeroes the smallest weights of every layer, as many as were asked for, and reports them', async () => {
  const model = await fitted(), before = dense2(model), report = await prune(model, { sparsity: 0.7 });
  dense2(model).forEach(({ name, data }, l) => {
    const count = Math.floor(0.7 * data.length + 0.5), sizes = before[l].data.map(Math.abs).sort();
    assert.deepEqual(report.layers[l], { name, zeros: count, total: data.length });
    assert.equal(zeros(data), count);
    data.forEach((value, i) => assert.ok(value === before[l].data[i] ? Math.abs(value) >= sizes[count - 1] : Math.abs(before[l].data[i]) <= sizes[count - 1]));
  });
  assert.equal(report.sparsity, report.layers.reduce((sum, layer) => sum + layer.zeros, 0) / (48 + 108 + 27));
  assert.deepEqual(await sparsity(model), report);
});

test('prune over all layers takes the smallest wherever they are, and leaves biases alone', async () => {
  const model = await fitted(), all = model.getWeights(), report = await prune(model, { sparsity: 0.5, scope: 'global' });
  const sizes = all.filter(({ shape }) => shape.length === 2).flatMap(({ data }) => Array.from(data, Math.abs)).sort((a, b) => a - b);
  const border = sizes[Math.floor(0.5 * sizes.length + 0.5) - 1];
  model.getWeights().forEach(({ shape, data }, i) => assert.deepEqual(data, shape.length === 1 ? all[i].data : all[i].data.map((value) => (Math.abs(value) <= border ? 0 : value))));
  assert.ok(new Set(report.layers.map((layer) => (layer.zeros / layer.total).toFixed(2))).size > 1, 'layers differ');
});

test('of equal weights the first go, zeros count, and a share of 0 changes nothing', async () => {
  const model = new Network({ inputs: 4, layers: [dense(2)], loss: 'mse' });
  await (await import('wasmfit')).init();
  model.setWeights([{ data: [1, -1, 0, 1, 2, -1, 1, 3] }, { data: [0, 0] }]);
  assert.deepEqual(await prune(model, { sparsity: 0 }), { sparsity: 1 / 8, layers: [{ name: 'layers.0.weight', zeros: 1, total: 8 }] });
  await prune(model, { sparsity: 0.5 });
  assert.deepEqual([...model.getWeights()[0].data], [0, 0, 0, 0, 2, -1, 1, 3]);
});

for (const [what, options] of /** @type {[string, any][]} */ ([['Adam', {}], ['momentum and weight decay', { optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3 } }],
  ['clipped gradients and an average', { clip: { globalNorm: 1 }, averaging: { name: 'ema', decay: 0.9 } }]])) {
  test(`zeros hold in further training with ${what}, also after a file, and the rest trains`, async () => {
    for (const scope of /** @type {const} */ (['layer', 'global'])) {
      const model = await fitted([], options);
      await prune(model, { sparsity: 0.8, scope });
      const pruned = dense2(model), loaded = await load(model.save());
      for (const one of [model, loaded]) {
        const { sparsity: column } = await one.fit(iris.X, iris.y, { epochs: 3 });
        const after = dense2(one);
        assert.deepEqual(after.map(({ data }) => zeros(data)), pruned.map(({ data }) => zeros(data)));
        after.forEach(({ data }, l) => data.forEach((value, i) => assert.equal(value === 0, pruned[l].data[i] === 0)));
        assert.ok(after.some(({ data }, l) => data.some((value, i) => value !== pruned[l].data[i])));
        assert.equal(column?.at(-1), (await sparsity(one)).sparsity);
      }
    }
  });
}

test('a model that starts afresh at every fit is not held to its zeros, one with warmStart is', async () => {
  for (const warmStart of [false, true]) {
    const model = new MLPClassifier({ hiddenLayers: [10], epochs: 5, warmStart });
    await model.fit(iris.X, iris.y);
    await prune(model, { sparsity: 0.8 });
    assert.equal(model.options.pruning === undefined, !warmStart);
    await model.fit(iris.X, iris.y);
    assert.equal((await sparsity(model)).sparsity > 0.7, warmStart);
  }
});

test('a model of an optimizer that knows no pruning can be pruned, saved and trained', async () => {
  const model = new Network({ layers: [dense(4), dense(1)], loss: 'mse', optimizer: 'lbfgs', epochs: 5, standardize: true });
  await model.fit(diabetes.X, diabetes.y);
  await prune(model, { sparsity: 0.5 });
  const loaded = await load(model.save());
  await loaded.fit(diabetes.X, diabetes.y);
  assert.equal((await sparsity(loaded)).sparsity, 0);
});

test('units without any weight out go without a change of one bit, whatever norms and dropout stand behind them', async () => {
  for (const between of [[], [batchNorm()], [dropout(0.2)], [batchNorm(), dropout(0.1), batchNorm({ epsilon: 1e-3 })]]) {
    const model = await fitted(between), weights = model.getWeights(), idle = [1, 4, 5, 11];
    const next = weights.filter(({ shape }) => shape.length === 2)[1];
    for (const unit of idle) next.data.fill(0, unit * 9, (unit + 1) * 9);
    model.setWeights(weights);
    const smaller = await pruneUnits(model, { keep: [8, 9] });
    assert.deepEqual(smaller.getWeights()[0].shape, [4, 8]);
    assert.deepEqual(smaller.predictProba(iris.X), model.predictProba(iris.X));
    assert.equal(dense2(model)[0].shape[1], 12, 'the given model stays as it is');
    assert.deepEqual((await load(smaller.save())).predict(iris.X), model.predict(iris.X));
  }
});

test('a unit that a batch normalisation makes constant leaves its constant behind', async () => {
  const model = await fitted([batchNorm()]), weights = model.getWeights();
  const gamma = weights.find(({ name }) => name === 'layers.1.weight'), beta = weights.find(({ name }) => name === 'layers.1.bias');
  [gamma.data[2], beta.data[2], gamma.data[7], beta.data[7]] = [0, 1.5, 0, -0.75];
  model.setWeights(weights);
  const smaller = await pruneUnits(model, { keep: [10, 9] }), expected = model.predictProba(iris.X).data;
  smaller.predictProba(iris.X).data.forEach((p, i) => assert.ok(Math.abs(p - expected[i]) < 1e-6, `${p} ${expected[i]}`));
});

test('the units that stay are those of the greatest product of norms, in their order', async () => {
  const model = new Network({ inputs: 2, layers: [dense(4, { activation: 'relu' }), dense(2)], loss: 'mse' });
  model.setWeights([{ data: [1, 3, 0.5, 0, 0, 0, 0.5, 2] }, { data: [0, 4, 0, 0] }, { data: [3, 4, 1.2, 0, 6, 8, 2, 0] }, { data: [1, 2] }]); // 5, 6 by its bias, 7.07, 4
  const [weight, bias, out] = (await pruneUnits(model, { keep: 0.5 })).getWeights();
  assert.deepEqual([[...weight.data], [...bias.data], [...out.data]], [[3, 0.5, 0, 0.5], [4, 0], [Math.fround(1.2), 0, 6, 8]]);
});

test('a smaller model is a model of its class, keeps what belongs to it, and trains on', async () => {
  const model = new MLPRegressor({ hiddenLayers: [16, 8], normalization: 'layer', dropout: 0.1, epochs: 30, standardize: true, warmStart: true });
  await model.fit(diabetes.X, diabetes.y);
  await prune(model, { sparsity: 0.5 });
  const smaller = await pruneUnits(model, { keep: 0.75 });
  assert.ok(smaller instanceof MLPRegressor);
  assert.deepEqual(smaller.options.hiddenLayers, [12, 6]);
  assert.ok(smaller.score(diabetes.X, diabetes.y) > 0.2, String(smaller.score(diabetes.X, diabetes.y)));
  const held = await sparsity(smaller);
  await smaller.fit(diabetes.X, diabetes.y, { epochs: 20 });
  assert.deepEqual(await sparsity(smaller), held);
  assert.ok(smaller.score(diabetes.X, diabetes.y) > 0.4);
  assert.ok(smaller.save().length < model.save().length);
  model.dispose();
  assert.equal(smaller.predict(diabetes.X).length, 442);
});

test('norms shrink along, every array of them', async () => {
  const shapes = (await pruneUnits(await fitted([batchNorm(), layerNorm()]), { keep: [5, 2] })).getWeights().map(({ name, shape }) => `${name} ${shape}`);
  assert.deepEqual(shapes, ['layers.0.weight 4,5', 'layers.0.bias 5', 'layers.1.weight 5', 'layers.1.bias 5', 'layers.1.runningMean 5', 'layers.1.runningVariance 5',
    'layers.2.weight 5', 'layers.2.bias 5', 'layers.3.weight 5,2', 'layers.3.bias 2', 'layers.4.weight 2,3', 'layers.4.bias 3']);
});

test('what cannot be pruned is refused with its value and the rule', async () => {
  const model = await fitted(), linear = new LinearRegression(), plain = new MLPClassifier({ hiddenLayers: [], epochs: 1 });
  await plain.fit(iris.X, iris.y);
  const wrong = /** @type {[Promise<unknown>, any][]} */ ([
    [prune(model, { sparsity: 1 }), { name: 'RangeError', message: /prune: sparsity is 1; it must be a number from 0 to below 1/ }],
    [prune(model, { share: 0.5 }), { name: 'TypeError', message: /prune: unknown option "share"/ }], [prune(model, { scope: 'all' }), /prune: scope "all" is unknown; there are layer, global/],
    [prune(/** @type {any} */ (linear)), { code: 'NOT_A_NETWORK' }], [prune(new MLPClassifier()), { code: 'NOT_FITTED' }], [sparsity(/** @type {any} */ ({})), { code: 'NOT_A_NETWORK' }],
    [pruneUnits(model, { keep: [12] }), /pruneUnits: keep has 1 values, the model has 2 hidden layers/], [pruneUnits(model, { keep: [13, 9] }), /keep\[0\] is 13; it must be a whole number from 1 to 12/],
    [pruneUnits(model, { keep: 0 }), /keep is 0; it must be a number above 0 to 1/], [pruneUnits(plain), /pruneUnits: the model has no hidden layers/], [pruneUnits(/** @type {any} */ (null)), { code: 'NOT_A_NETWORK' }],
  ]);
  for (const [promise, expected] of wrong) await assert.rejects(promise, expected);
  const run = model.fit(iris.X, iris.y);
  await assert.rejects(prune(model), { code: 'BUSY' });
  await run;
});
