// quantize.test.js: networks in small integers, against their definition and against the network they come from · next: registry.test.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, batchNorm, datasets, dense, dropout, init, layerNorm, load, metrics, prune, quantize } from '../../src/js/index.js';
import { StandardScaler, Table } from '../../src/js/preprocessing.js';
import { checksum } from '../../src/js/checksum.js';
import { activations } from '../../src/js/choices.js';
import { engineNow } from '../../src/js/engine.js';
import { fixedPoint } from '../../src/js/integers.js';
import { writeSafetensors } from '../../src/js/safetensors-write.js';
import { readSafetensors } from '../../src/js/safetensors.js';

const iris = await datasets.load('iris'), digits = await datasets.load('digits'), diabetes = await datasets.load('diabetes');
const SCHEMES = /** @type {const} */ (['symmetric', 'affine']);
await init();

/** The table of one unit, which tests/c/test_quantize.c has seen to be right. @param {any} curve @param {{ low: number, step: number, origin: number, factor: number }} unit */
function tableOf({ activation: { name, negativeSlope, alpha = 1 }, least, most }, { low, step, origin, factor }) {
  const { exports } = engineNow('test', 'int8'), at = exports.wf_alloc(512);
  exports.wf_int8_table(at, activations.findIndex((entry) => entry.name === name), negativeSlope ?? alpha, low, step, origin, factor, least, most);
  const table = new Int16Array(exports.memory.buffer, at, 256).slice();
  exports.wf_free(at);
  return table;
}

/** What src/wasmfit_int8.h defines, of the tensors of a file: outputs before softmax and scaling. @param {Uint8Array} file @param {number[][]} rows features, or bytes */
function define(file, rows) {
  const { tensors, metadata } = readSafetensors(file), facts = JSON.parse(String(metadata.get('model'))), of = (/** @type {string} */ name) => /** @type {any} */ (tensors.get(name)?.data);
  return rows.map((row) => {
    let levels = row.map((x, i) => {
      if (facts.bytes) return Math.min(255, x * of('inputs.gain')[i]);
      const steps = Math.fround(Math.fround(Math.fround(x) - of('inputs.origin')[i]) * of('inputs.factor')[i]), held = Math.min(facts.most - facts.least, Math.max(0, steps));
      const down = Math.floor(held), up = held - down > 0.5 || (held - down === 0.5 && down % 2 === 1);
      return facts.least + down + Number(up);
    });
    facts.layers.forEach((/** @type {any} */ { units, least, most, curve }, /** @type {number} */ l) => {
      const weight = of(`layers.${l}.weight`), zero = of(`layers.${l}.zero`);
      const sums = Array.from({ length: units }, (_, o) => levels.reduce((sum, a, i) => sum + a * (weight[i * units + o] - (zero ? zero[o] : 0)), 0));
      if (l === facts.layers.length - 1) levels = sums.map((x, o) => Math.fround(Math.fround(of('outputs.scale')[o] * Math.fround(x)) + of('outputs.bias')[o]));
      else levels = sums.map((x, o) => {
        const shift = BigInt(of(`layers.${l}.shift`)[o]), r = Number((BigInt(of(`layers.${l}.multiplier`)[o]) * BigInt(x) + of(`layers.${l}.offset`)[o] + (1n << (shift - 1n))) >> shift);
        const level = Math.max(least, Math.min(most, r));
        const unit = /** @type {any} */ (Object.fromEntries(['low', 'step', 'origin', 'factor'].map((part) => [part, curve && of(`layers.${l}.${part}`)[o]])));
        return curve ? tableOf(curve, unit)[level] : level;
      });
    });
    return levels;
  });
}

/** @param {{ data: ArrayLike<number>, rows: number, cols: number }} X @param {number} [count] */
const rowsOf = ({ data, cols }, count = 40) => Array.from({ length: count }, (_, r) => Array.from({ length: cols }, (_, c) => data[r * cols + c]));

/** @param {any} X @param {any} y @param {unknown[]} layers @param {object} [options] */
async function fitted(X, y, layers, options = {}) {
  const model = new Network({ layers, loss: 'mse', epochs: 40, seed: 2, optimizer: { name: 'adam', learningRate: 5e-3 }, ...options });
  await model.fit(X, y);
  return model;
}

const two = { data: Float64Array.from({ length: 884 }, (_, i) => (i % 2 ? -3 : 1) * diabetes.y[i >> 1] / 100), rows: 442, cols: 2 };
const scaled = new StandardScaler().fit(diabetes.X).transform(diabetes.X);

describe('a quantised network', () => {
  for (const scheme of SCHEMES) {
    for (const activation of ['relu', 'identity', 'tanh', 'gelu', { name: 'leakyRelu', negativeSlope: 0.2 }, 'softplus', 'elu', 'silu', 'sigmoid']) {
      test(`computes what is defined and stays near: ${scheme}, ${JSON.stringify(activation)}`, async () => {
        const model = await fitted(scaled, two, [dense(16, { activation }), batchNorm(), dropout(0.1), dense(11, { activation }), dense(2)], { batchSize: 16 });
        const quantized = await quantize(model, scaled, { scheme, y: two }), rows = rowsOf(scaled), got = /** @type {any} */ (quantized.predict(rows));
        assert.deepEqual(Array.from(got.data), define(quantized.save(), rows).flat());
        const sd = Math.sqrt(two.data.reduce((sum, value) => sum + value ** 2, 0) / 884), { deviation, score } = /** @type {import('../../src/js/quantized.js').Report} */ (quantized.report);
        assert.ok(deviation.rootMeanSquare < 0.05 * sd && deviation.greatest < 0.4 * sd, JSON.stringify(deviation));
        assert.ok(Math.abs(Number(score?.before) - Number(score?.after)) < 0.01, JSON.stringify(score));
      });
    }
  }

  test('rounds weights and features as said, by hand', async () => {
    const model = new Network({ inputs: 2, layers: [dense(2)], loss: 'mse' });
    model.setWeights([{ data: [1.02, 0.25, -0.5, 0.5] }, { data: [0.125, 0] }]);
    const X = [[-1, 4], [0.5, -2]]; // symmetric: scales 1/127 and 4/127, so that w · scale · 127 is 1.02 and −2, 0.25 and 2
    const { tensors } = readSafetensors((await quantize(model, X)).save()), at = (/** @type {string} */ name) => Array.from(/** @type {any} */ (tensors.get(name)).data);
    assert.deepEqual(at('layers.0.weight'), [65, 16, -127, 127]);
    const step = [2 / 127 / 127, 2 / 127 / 127];
    at('outputs.scale').forEach((value, k) => assert.ok(Math.abs(Number(value) / step[k] - 1) < 1e-6, `${value} ${step[k]}`));
    assert.ok(Math.abs(Number(at('outputs.bias')[0]) - 0.125) < 1e-6);
    const affine = readSafetensors((await quantize(model, X, { scheme: 'affine' })).save()).tensors; // scales 1.5/255 and 6/255: 1.53 and −3 of −3 … 1.53, 0.375 and 3 of 0 … 3
    assert.deepEqual([Array.from(affine.get('layers.0.zero')?.data ?? []), Array.from(affine.get('layers.0.weight')?.data ?? [])], [[41, -128], [127, -96, -128, 127]]);
  });

  test('keeps its accuracy on digits in a quarter of the bytes, and labels and classes', async () => {
    const model = new MLPClassifier({ hiddenLayers: [128], epochs: 15, seed: 1 });
    await model.fit(digits.X, digits.y);
    for (const scheme of SCHEMES) {
      const quantized = await quantize(model, digits.X, { scheme, y: digits.y }), { bytes, score, rows } = /** @type {any} */ (quantized.report);
      assert.deepEqual([quantized.classes, rows, bytes.before, bytes.after], [model.classes, 1797, model.save().length, quantized.save().length]);
      assert.ok(bytes.after < 0.37 * bytes.before && Math.abs(score.after - score.before) < 0.005, JSON.stringify(quantized.report));
      assert.deepEqual([score.before, score.after], [model.score(digits.X, digits.y), quantized.score(digits.X, digits.y)]);
      const p = quantized.predictProba(digits.X), before = model.predictProba(digits.X);
      assert.ok(metrics.logLoss(digits.y, p) < metrics.logLoss(digits.y, before) + 0.01);
    }
  });

  test('answers in units of y, in probabilities of one output and of many, in rates', async () => {
    const regressor = new MLPRegressor({ hiddenLayers: [8], standardize: true, epochs: 60 });
    await regressor.fit(diabetes.X, diabetes.y);
    const numbers = await quantize(regressor, diabetes.X), predicted = /** @type {Float64Array} */ (numbers.predict(diabetes.X));
    assert.ok(metrics.r2(regressor.predict(diabetes.X), predicted) > 0.995);
    const labels = Array.from(iris.y, (label) => (label === 'setosa' ? 'yes' : 'no'));
    const single = await fitted(iris.X, labels, [dense(5, { activation: 'tanh' }), dense(1)], { loss: 'binaryCrossEntropy' }), one = await quantize(single, iris.X);
    assert.deepEqual([one.classes, one.predictProba(iris.X).cols, one.score(iris.X, labels)], [['no', 'yes'], 2, 1]);
    const bits = { data: Float64Array.from({ length: 300 }, (_, i) => Number(iris.y[i >> 1] === (i % 2 ? 'setosa' : 'virginica'))), rows: 150, cols: 2 };
    const many = await quantize(await fitted(iris.X, bits, [dense(5, { activation: 'relu' }), dense(2)], { loss: 'binaryCrossEntropy' }), iris.X);
    assert.ok(many.score(iris.X, bits) > 0.9);
    const counts = Float64Array.from(diabetes.y, (value) => Math.round(value / 50)), rates = await fitted(scaled, counts, [dense(6, { activation: 'relu' }), dense(1)], { loss: 'poisson' });
    assert.ok(metrics.r2(rates.predict(scaled), (await quantize(rates, scaled)).predict(scaled)) > 0.98);
  });

  test('of a table takes tables, and a constant column and units that never fire harm nothing', async () => {
    const table = Table.from([{ name: 'a', values: Array.from({ length: 60 }, (_, i) => i) }, { name: 'b', values: Array.from({ length: 60 }, (_, i) => ['x', 'y', 'z'][i % 3]) }, { name: 'c', values: new Array(60).fill(7) }]);
    const y = Float64Array.from({ length: 60 }, (_, i) => i + 10 * (i % 3)), model = new MLPRegressor({ hiddenLayers: [10], epochs: 200, standardize: true, seed: 1 });
    await model.fit(table, y);
    const weights = model.getWeights();
    weights[1].data[3] = -1e3; // never above 0
    weights[0].data.fill(0, 0, 0);
    model.setWeights(weights);
    const quantized = await quantize(model, table);
    assert.deepEqual(quantized.featureNames, model.featureNames);
    assert.ok(metrics.r2(model.predict(table), quantized.predict(table)) > 0.99);
    assert.deepEqual((await load(quantized.save())).predict(table), quantized.predict(table));
  });

  test('has multipliers of as many bits as fit', () => {
    const factor = [0, 1e-30, 0.0123, 0.75, 255, 2 ** 28, 2 ** 40, 1e-9], value = [3, -1e-3, 100, -0.5, 1e9, 0, 0, 1e9];
    const { multiplier, shift, offset } = fixedPoint(Float64Array.from(factor), Float64Array.from(value));
    factor.forEach((exact, o) => {
      const [wanted, bits] = [Math.min(exact, 2 ** 29), 2 ** shift[o]];
      assert.ok(shift[o] >= 1 && shift[o] <= 62 && Math.abs(Number(offset[o])) <= 2 ** 61);
      assert.ok(Math.abs(multiplier[o] / bits - wanted) <= 0.5 / bits && Math.abs(Number(offset[o]) / bits - value[o]) <= Math.abs(value[o]) * 1e-15 + 0.5 / bits);
      const full = shift[o] === 62 || multiplier[o] >= 2 ** 30 - 1 || Math.abs(Number(offset[o])) > 2 ** 60;
      assert.ok(full, `${exact} ${value[o]} could have more bits than ${shift[o]}`);
    });
  });

  test('lives with units that are constant, or nearly so by cancellation', async () => {
    const X = Array.from({ length: 50 }, (_, r) => [Math.sin(r), Math.fround(Math.sin(r) * (1 + 1e-6)), Math.cos(3 * r)]), model = new Network({ inputs: 3, layers: [dense(4, { activation: 'relu' }), dense(4, { activation: 'tanh' }), dense(1)], loss: 'mse' });
    for (const scheme of SCHEMES) {
      for (const size of [1, 1e15]) { // 0: cancels to a millionth of its terms, 1: constant, 2: dead, 3: alive
        model.setWeights([{ data: [size, 0, 0, 1, -size, 0, 0, 0.5, 0, 0, 0, -1] }, { data: [3, 2, -1, 0.5] }, { data: [size > 1 ? 1e-16 : 1, 0, 0, 0, 0, 0, 0, 0.3, 0, 0, 1, 0, 0, 0, 0, 0.7] }, { data: [0.1, 2, 0, -0.5] }, { data: [1, 1, 1, 2] }, { data: [0] }]);
        const { deviation } = /** @type {any} */ ((await quantize(model, X, { scheme })).report);
        assert.ok(deviation.greatest < 0.1, `${scheme}, ${size}: ${deviation.greatest}`);
      }
    }
  });

  test('keeps zeros zero', async () => {
    const model = await fitted(scaled, two, [dense(12, { activation: 'relu' }), dense(2)]);
    await prune(model, { sparsity: 0.6 });
    for (const scheme of SCHEMES) {
      const { tensors } = readSafetensors((await quantize(model, scaled, { scheme })).save());
      model.getWeights().filter(({ shape }) => shape.length === 2).forEach(({ data, shape }, l) => {
        const integers = /** @type {any} */ (tensors.get(`layers.${l}.weight`)).data, zero = /** @type {any} */ (tensors.get(`layers.${l}.zero`))?.data;
        data.forEach((value, i) => { if (value === 0) assert.equal(integers[i], zero ? zero[i % shape[1]] : 0); });
      });
    }
  });

  test('stays at the ends of what it was calibrated on', async () => {
    const model = await fitted(scaled, two, [dense(12, { activation: 'relu' }), dense(2)]), quantized = await quantize(model, scaled);
    const greatest = Array.from({ length: 10 }, (_, c) => rowsOf(scaled, 442).reduce((most, row) => Math.max(most, Math.abs(row[c])), 0));
    assert.deepEqual(quantized.predict([greatest.map((value) => 1e6 * value)]), quantized.predict([greatest.map((value) => 1.01 * value)]));
  });

  test('predicts rows together as one by one, whatever their number', async () => {
    const model = await fitted(scaled, two, [dense(12, { activation: 'relu' }), dense(2)]), quantized = await quantize(model, scaled);
    const wide = { data: Float32Array.from({ length: 14_003 * 10 }, (_, i) => scaled.data[i % 4420]), rows: 14_003, cols: 10 }, all = /** @type {any} */ (quantized.predict(wide)).data;
    for (const r of [0, 63, 64, 6527, 6528, 6555, 13_055, 14_002]) assert.deepEqual(Array.from(/** @type {any} */ (quantized.predict([Array.from(wide.data.subarray(r * 10, r * 10 + 10))])).data), [...all.subarray(r * 2, r * 2 + 2)]);
    assert.deepEqual(quantized.predict([]), { data: new Float64Array(0), rows: 0, cols: 2 });
  });
});

describe('bytes', () => {
  const X = { data: Uint8Array.from(digits.X.data, (value) => value * 15), rows: 1797, cols: 64, scale: 1 / 240, offset: -0.5 };
  const floats = { data: Float32Array.from(X.data, (byte) => X.offset + X.scale * byte), rows: 1797, cols: 64 };
  for (const standardize of [false, true]) {
    test(`are levels as they are${standardize ? ', and their standardisation is in the weights' : ''}`, async () => {
      const model = new MLPClassifier({ hiddenLayers: [32], epochs: 10, standardize });
      await model.fit(X, digits.y);
      for (const scheme of SCHEMES) {
        const quantized = await quantize(model, X, { scheme, y: digits.y }), rows = rowsOf(X), { score } = /** @type {any} */ (quantized.report);
        const outputs = define(quantized.save(), rows).map((row) => model.classes?.[row.indexOf(Math.max(...row))]);
        assert.deepEqual(/** @type {any} */ (quantized.predict(X)).slice(0, 40), outputs);
        assert.ok(Math.abs(score.before - score.after) < 0.01, JSON.stringify(score));
        assert.deepEqual(quantized.predictProba(floats), quantized.predictProba(X), 'other numbers go to the nearest byte');
        assert.deepEqual(quantized.predictProba({ ...X, data: X.data.map((byte) => 255 - byte), scale: -1 / 240, offset: -0.5 + 255 / 240 }), quantized.predictProba(X));
        assert.deepEqual((await load(quantized.save())).predictProba(X), quantized.predictProba(X));
      }
      const ofFloats = await quantize(model, floats);
      assert.deepEqual(ofFloats.predictProba(X).data.length, 17970);
      assert.ok(ofFloats.score(X, digits.y) > 0.93);
    });
  }
});

describe('the file of a quantised network', async () => {
  const model = await fitted(scaled, two, [dense(6, { activation: 'relu' }), dense(5, { activation: 'tanh' }), dense(2)], { standardize: true });
  const made = Object.fromEntries(await Promise.all(SCHEMES.map(async (scheme) => [scheme, await quantize(model, scaled, { scheme })])));

  /** @param {(facts: any, tensors: Map<string, any>) => void} change */
  function forge(change, scheme = 'affine') {
    const { tensors, metadata } = readSafetensors(made[scheme].save()), facts = JSON.parse(String(metadata.get('model')));
    change(facts, tensors);
    const text = JSON.stringify(facts);
    return writeSafetensors(tensors, { format: 'wasmfit', version: '1', model: text, checksum: checksum(text, tensors) });
  }

  for (const scheme of SCHEMES) {
    test(`holds it to the bit: ${scheme}`, async () => {
      const loaded = await load(made[scheme].save());
      assert.equal(loaded.constructor, made[scheme].constructor);
      assert.deepEqual([loaded.predict(scaled), loaded.options, loaded.save()], [made[scheme].predict(scaled), made[scheme].options, made[scheme].save()]);
      assert.equal(loaded.score(scaled, two), made[scheme].score(scaled, two));
    });
  }

  test('is refused where it breaks a rule, with its place', async () => {
    const change = (/** @type {string} */ name, /** @type {(data: any) => void} */ edit) => forge((_, tensors) => edit(tensors.get(name).data));
    const cases = /** @type {[Uint8Array, RegExp][]} */ ([
      [forge((_, tensors) => { tensors.delete('layers.0.zero'); }), /tensor "layers\.0\.zero" is missing/], [forge((facts) => { facts.layers[0].units = 7; }), /"layers\.0\.weight" is I8 \(10,6\); it must be I8 \(10,7\)/],
      [forge((facts) => { facts.inputs = 11; }), /must be I8 \(11,6\)/], [forge((facts) => { facts.layers = []; }), /layers are array of length 0; they must be a list/], [forge((facts) => { facts.layers[0].least = 0.5; }), /layers\.0\.least is 0\.5; it must be a whole number/],
      [forge((facts) => { facts.most = 256; }), /most is 256; it must be a whole number within ±255/], [forge((facts, tensors) => { facts.bytes = { scale: 1 }; tensors.set('inputs.gain', { dtype: 'U8', shape: [10], data: new Uint8Array(10) }); }), /bytes\.offset is undefined; it must be a number/],
      [forge((facts) => { facts.options.scheme = 'other'; }), /scheme "other" is unknown/], [forge((facts) => { facts.extra = 1; }), /unknown option "extra"/], [forge((facts) => { facts.classes = ['a', 'b']; }), /classes are/],
      [change('layers.0.shift', (data) => { data[2] = 0; }), /layer 1 /], [change('layers.1.offset', (data) => { data[0] = 2n ** 61n + 1n; }), /layer 2 /], [change('layers.1.factor', (data) => { data[3] = Infinity; }), /"layers\.1\.factor" has Infinity at 3/],
      [forge((facts) => { facts.layers[1].curve.most = -300; }), /layers\.1\.curve\.most is -300/], [forge((facts) => { facts.layers[1].curve.activation = 'tan'; }), /activation "tan" is unknown/],
      [change('outputs.scale', (data) => { data[1] = NaN; }), /"outputs\.scale" has NaN at 1/], [change('target.scale', (data) => { data[0] = 0; }), /target\.scale has a value that is not above 0/],
      [forge((_, tensors) => { tensors.set('more', { dtype: 'U8', shape: [1], data: new Uint8Array(1) }); }), /tensor "more" does not belong to a QuantizedModel/],
    ]);
    for (const [bytes, message] of cases) await assert.rejects(load(bytes), (/** @type {any} */ error) => { assert.match(error.message, message); assert.equal(error.code, 'MODEL_FILE'); return true; });
  });
});

describe('misuse', () => {
  test('is refused with its value and the rule', async () => {
    const model = await fitted(scaled, two, [dense(4, { activation: 'relu' }), dense(2)]), normed = await fitted(scaled, two, [dense(4), layerNorm(), dense(2)]);
    const quantized = await quantize(model, scaled), bad = Float32Array.from(scaled.data);
    bad[700] = NaN;
    const wrong = /** @type {[() => any, any][]} */ ([
      [() => quantize(normed, scaled), { code: 'NOT_QUANTIZABLE', message: /layer 2 is layerNorm/ }], [() => quantize(/** @type {any} */ (new LinearRegression()), scaled), { code: 'NOT_A_NETWORK' }],
      [() => quantize(new MLPRegressor(), scaled), { code: 'NOT_FITTED' }], [() => quantize(model, scaled, { scheme: /** @type {any} */ ('afine') }), /scheme "afine" is unknown; did you mean "affine"\?/],
      [() => quantize(model, []), /quantize: X has 0 rows; at least 1 is needed/], [() => quantize(model, [[1, 2]]), /X has 2 columns; the model has 10 features/], [() => quantize(model, scaled, /** @type {any} */ ({ Y: two })), /unknown option "Y"/],
      [() => quantize(model, scaled, { y: [1] }), /y/],
      [async () => quantized.fit(), { code: 'NOT_TRAINABLE' }], [async () => quantized.predict({ data: bad, rows: 442, cols: 10 }), /X has NaN at row 71, column 1; every value must be finite/],
      [async () => quantized.predict({ data: bad.subarray(0, 9), rows: 1, cols: 9 }), /X has 9 columns; the model has 10 features/], [async () => quantized.predict([[...new Array(9).fill(0), 1e39]]), /1e\+39 at row 1, column 10/],
      [async () => quantized.predictProba(scaled), { code: 'NOT_A_CLASSIFIER' }], [async () => quantized.predict({ data: new Uint8Array(9), rows: 1, cols: 9 }), /X has 9 columns; the model has 10 features/],
    ]);
    for (const [act, expected] of wrong) await assert.rejects(async () => act(), expected);
    quantized.dispose();
    quantized.dispose();
    for (const use of ['predict', 'save']) assert.throws(() => /** @type {any} */ (quantized)[use](scaled), { code: 'DISPOSED' });
    assert.equal(/** @type {any} */ (model.predict(scaled)).rows, 442, 'the network is another model');
  });

  test('thousands of models that come and go need no more memory', async () => {
    const model = await fitted(scaled, two, [dense(40, { activation: 'relu' }), dense(2)]), bytes = (await quantize(model, scaled)).save(), { memory } = engineNow('test', 'int8').exports;
    const use = async () => { const one = await load(bytes); one.predict([new Array(10).fill(0)]); one.dispose(); };
    await use();
    const before = memory.buffer.byteLength;
    for (let i = 0; i < 2000; i++) await use();
    assert.equal(memory.buffer.byteLength, before);
  });
});
