// contradictions.test.js: options that are good alone and contradict each other, and what of a fit of zeros and ones is told · next: control.test.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MLPRegressor, Network, batchNorm, dense, dropout, load } from 'wasmfit';

const X = [[-2], [-1], [1], [2], [3]], y = [0, 1, 0, 1, 1], two = { data: Float32Array.from([0, 1, 1, 0, 0, 1, 1, 0, 1, 1]), rows: 5, cols: 2 };

describe('what all rows are searched along for', () => {
  for (const name of ['lbfgs', 'conjugateGradient', 'newtonCG']) {
    test(`${name} refuses what is not smooth, has bounds or chance, and takes what is off`, async () => {
      const network = (/** @type {any[]} */ ...layers) => () => new Network({ layers: [...layers, dense(1)], loss: 'mse', optimizer: name });
      for (const [make, odd] of /** @type {[() => unknown, string][]} */ ([
        [network(dense(4, { l1: 0.1 })), 'l1'], [network(dense(4, { maxNorm: 1 })), 'maxNorm'], [network(dense(4), dropout()), 'dropout'], [network({ type: 'dropout' }), 'dropout'],
        [() => new MLPRegressor({ l1: 0.1, optimizer: name }), 'l1'], [() => new MLPRegressor({ dropout: 0.2, optimizer: name }), 'dropout'],
      ])) assert.throws(make, { name: 'RangeError', message: new RegExp(`: ${odd} does not go with the optimizer ${name}, which needs the same smooth loss at every step`) });
      assert.throws(() => new MLPRegressor({ optimizer: name, averaging: 'ema' }), /averaging does not go/);
      const model = new Network({ layers: [dense(2, { l2: 0.1 }), batchNorm(), dropout(0), dense(1)], loss: 'mse', optimizer: name, averaging: 'none', resample: 'none', epochs: 2 });
      assert.ok((await model.fit(X, y)).loss.length > 0);
    });
  }
});

test('a cycle whose least momentum is above its most is refused', () => {
  assert.throws(() => new MLPRegressor({ schedule: { name: 'oneCycle', leastMomentum: 0.9, mostMomentum: 0.1 } }), { name: 'RangeError', message: /oneCycle: leastMomentum is 0.9, mostMomentum is 0.1/ });
});

test('validation rows are the last ones or given ones, not both', async () => {
  const model = new MLPRegressor({ epochs: 1 });
  await assert.rejects(async () => model.fit(X, y, { validation: /** @type {any} */ ({ last: 0.2, X, y }) }), { name: 'TypeError', message: /validation is either \{ last \} or rows of its own, not both/ });
});

test('resampling needs one column of labels', async () => {
  const make = (/** @type {number} */ units) => new Network({ layers: [dense(units)], loss: 'binaryCrossEntropy', resample: 'over', epochs: 1 });
  await assert.rejects(async () => make(2).fit(X, two), { name: 'RangeError', message: /resample needs one column of labels/ });
  assert.deepEqual([...(await make(1).fit(X, y)).rowsSeen], [6]);
});

test('zeros and ones have F1, one column of them balanced accuracy, which early stopping may watch', async () => {
  const model = new Network({ layers: [dense(1)], loss: 'binaryCrossEntropy', optimizer: { name: 'sgd', learningRate: 0 }, epochs: 3, inputs: 1, earlyStopping: { monitor: 'valF1', patience: 2 } });
  await model.fit(X, y, { validation: { X, y } });
  model.setWeights([{ data: [1] }, { data: [0] }]); // predicts 0 0 1 1 1: 2 of 3 ones found, 1 of 2 zeros
  const history = await model.fit(X, y, { validation: { X, y } });
  for (const [name, value] of Object.entries({ accuracy: 3 / 5, f1: 4 / 6, balancedAccuracy: (2 / 3 + 1 / 2) / 2 })) {
    for (const column of [name, `val${name[0].toUpperCase()}${name.slice(1)}`]) assert.ok(Math.abs(history[column][0] - value) < 1e-12, `${column} ${history[column]}`);
  }
  const many = await new Network({ layers: [dense(2)], loss: 'binaryCrossEntropy', epochs: 1 }).fit(X, two);
  assert.deepEqual(['f1', 'balancedAccuracy'].map((name) => name in many), [true, false]);
});

test('weights that 32 bits cannot hold are refused, with their row', async () => {
  const rows = [[1], [2], [3]], values = [1, 2, 3], fit = async (/** @type {any} */ options) => { await new MLPRegressor({ hiddenLayers: [], epochs: 2 }).fit(rows, values, options); };
  await assert.rejects(fit({ sampleWeight: [1, 1e39, 1] }), /sampleWeight has 1e\+39 at row 2/);
  await assert.rejects(fit({ sampleWeight: [1e-300, 1e-300, 1e-300] }), /1e-300 as its greatest weight/);
  await assert.rejects(fit({ validation: { X: rows, y: values, sampleWeight: [0, 0, 0] } }), /validation\.sampleWeight has 0 as its greatest weight/);
  await assert.rejects(async () => { await new MLPRegressor({ epochs: 1 }).fit({ data: new Uint8Array(3), rows: 3, cols: 1, scale: 1e39 }, values); }, /X\.scale is 1e\+39/);
});

test('a run has catch and finally, and a model disposed in the middle of a fit that nobody awaits ends nothing else', async () => {
  const model = new MLPRegressor({ epochs: 1e6 });
  model.fit([[1], [2]], [1, 2]);
  model.dispose();
  let seen = 0;
  assert.match((await new MLPRegressor().fit([[NaN]], [1]).catch((error) => error)).message, /X has NaN/);
  await new MLPRegressor({ epochs: 1 }).fit([[1], [2]], [1, 2]).finally(() => { seen++; });
  assert.equal(seen, 1);
});

test('weights that are set end a checkpoint', async () => {
  const model = new MLPRegressor({ hiddenLayers: [3], epochs: 50 }), run = model.fit([[1], [2]], [1, 2]), bytes = await run.checkpoint();
  run.stop();
  await run;
  const loaded = await load(bytes);
  loaded.setWeights(loaded.getWeights());
  await assert.rejects(async () => { await loaded.fit([[1], [2]], [1, 2], { resume: true }); }, { code: 'CHECKPOINT' });
});
