// save.test.js: models saved and loaded to the bit; damaged, foreign and hostile files refused · next: misuse.test.js
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, WasmfitError, datasets, dense, init, load } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';
import { checksum } from '../../src/js/checksum.js';
import { writeSafetensors } from '../../src/js/safetensors-write.js';
import { readSafetensors } from '../../src/js/safetensors.js';

await init();
const { X, y } = await datasets.friedman1({ rows: 40 });
const two = { data: Float64Array.from({ length: 80 }, (_, i) => y[i >> 1] * (i % 2 ? 1 : -2)), rows: 40, cols: 2 };
const names = Array.from(y, (value) => (value > 16 ? 'high, "quoted" \u{1f600}' : value > 12 ? 'middle' : 'low'));
const bits = Float64Array.from(y, (value) => Number(value > 14));
const pairs = { data: Float64Array.from({ length: 80 }, (_, i) => Number(y[i >> 1] > (i % 2 ? 12 : 16))), rows: 40, cols: 2 };
const table = Table.from([
  { name: '__proto__', values: Array.from(y, (_, i) => i / 7) }, { name: 'constructor', values: Array.from(y, (_, i) => ['__proto__', 'toString', 'é'][i % 3]) },
  { name: 'a "b"\n=,', values: Array.from(y, (_, i) => i % 2 === 0) },
]);
const small = { hiddenLayers: [4], epochs: 2, seed: 9 };
/** @param {object} [more] */
const layers = (units = 1, more = {}) => ({ layers: [dense(3, { activation: { name: 'elu', alpha: 0.5 } }), dense(units)], epochs: 2, ...more });

/** Every class in every way it can be saved: how it is made, on what it is fitted. @type {Record<string, [() => any, any, any]>} */
const MODELS = {
  'LinearRegression of one output': [() => new LinearRegression(), X, y],
  'LinearRegression of two outputs without intercept': [() => new LinearRegression({ fitIntercept: false, seed: 2 ** 53 }), X, two],
  'LinearRegression of a table': [() => new LinearRegression(), table, y],
  'LinearRegression of rank 1': [() => new LinearRegression(), Array.from(y, (_, i) => [i, 2 * i]), y],
  MLPRegressor: [() => new MLPRegressor({ ...small, optimizer: { name: 'sgd', learningRate: 0.001, momentum: 0.9, nesterov: true } }), X, y],
  'MLPRegressor that standardises': [() => new MLPRegressor({ ...small, standardize: true, hiddenLayers: [3, 2], activation: { name: 'leakyRelu', negativeSlope: 0.3 } }), X, y],
  'MLPRegressor of two outputs and a table': [() => new MLPRegressor({ ...small, standardize: true, hiddenLayers: [], warmStart: true }), table, two],
  'MLPClassifier of strings': [() => new MLPClassifier({ ...small, standardize: true }), X, names],
  'MLPClassifier of numbers': [() => new MLPClassifier({ ...small, initializer: 'lecunNormal' }), X, Array.from(bits, (bit) => (bit ? 0.1 : -1e300))],
  'MLPClassifier of booleans and a table': [() => new MLPClassifier(small), table, Array.from(bits, Boolean)],
  'Network, mse': [() => new Network({ ...layers(2), loss: 'mse' }), X, two],
  'Network, crossEntropy': [() => new Network({ ...layers(5, { inputs: 10, standardize: true }), loss: 'crossEntropy' }), X, Int32Array.from(bits)],
  'Network, binaryCrossEntropy of strings': [() => new Network({ ...layers(), loss: 'binaryCrossEntropy' }), table, Array.from(bits, (bit) => (bit ? 'yes' : 'no'))],
  'Network, binaryCrossEntropy of two bits': [() => new Network({ ...layers(2), loss: 'binaryCrossEntropy' }), X, pairs],
  'Network, mse, fresh': [() => new Network({ ...layers(2, { inputs: 10 }), loss: 'mse' }), X, null],
  'Network, crossEntropy, fresh': [() => new Network({ ...layers(3, { inputs: 10 }), loss: 'crossEntropy' }), X, null],
  'Network, binaryCrossEntropy, fresh': [() => new Network({ ...layers(1, { inputs: 10, seed: 5 }), loss: 'binaryCrossEntropy' }), X, null],
};

/** @param {string} name */
async function build(name) {
  const [make, rows, target] = MODELS[name];
  const model = make();
  if (target) await model.fit(rows, target);
  return { model, rows, target };
}

/** The file of a model with other facts or tensors, its checksum right. @param {any} model @param {(facts: any, tensors: Map<string, any>, metadata: any) => unknown} change */
function forge(model, change) {
  const { tensors, metadata } = readSafetensors(model.save());
  const facts = JSON.parse(String(metadata.get('model')));
  const words = { format: 'wasmfit', version: '1' };
  const changed = change(facts, tensors, words);
  const text = typeof changed === 'string' ? changed : JSON.stringify(facts);
  return writeSafetensors(tensors, { model: text, checksum: checksum(text, tensors), ...words });
}

/** @param {any} bytes @param {RegExp} message @param {string} [code] */
const refuses = (bytes, message, code = 'MODEL_FILE') => assert.rejects(load(bytes), (/** @type {any} */ error) => {
  assert.ok(error instanceof WasmfitError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  assert.ok(error.hint);
  return true;
});

describe('a loaded model', () => {
  for (const name of Object.keys(MODELS)) {
    test(`is the saved one to the bit: ${name}`, async () => {
      const { model, rows, target } = await build(name);
      const bytes = model.save();
      const loaded = await load(bytes);
      assert.equal(loaded.constructor, model.constructor);
      assert.deepEqual(loaded.predict(rows), model.predict(rows));
      for (const use of ['predictProba', 'getWeights']) {
        if (model[use] && model.options.loss?.name !== 'mse' && !(use === 'predictProba' && model instanceof MLPRegressor)) assert.deepEqual(loaded[use](rows), model[use](rows));
      }
      for (const fact of ['options', 'fitted', 'classes', 'featureNames', 'coef', 'intercept', 'rank', 'warnings']) assert.deepEqual(loaded[fact], model[fact], fact);
      if (target) assert.equal(loaded.score(rows, target), model.score(rows, target));
      assert.deepEqual(loaded.save(), bytes, 'saved again, the same file');
      const offset = new Uint8Array(bytes.length + 3);
      offset.set(bytes, 3);
      assert.deepEqual((await load(offset.subarray(3))).predict(rows), model.predict(rows));
      assert.deepEqual((await load(bytes.buffer)).predict(rows), model.predict(rows));
    });
  }

  test('of a network trains on from its weights and its count of epochs', async () => {
    const { model } = await build('Network, mse');
    const loaded = await load(model.save());
    const before = loaded.getWeights();
    const { epoch, loss } = await loaded.fit(X, two, { epochs: 30 });
    assert.deepEqual([epoch[0], epoch.at(-1)], [3, 32]);
    assert.ok(loss[29] < loss[0]);
    assert.notDeepEqual(loaded.getWeights(), before);
    await assert.rejects(async () => { await loaded.fit(table, two); }, /X has 6 columns; the model has 10 features/);
  });

  test('of plain SGD trains on to the very bits it would have got without a break', async () => {
    const make = (/** @type {number} */ epochs) => new Network({ ...layers(2), loss: 'mse', optimizer: 'sgd', epochs });
    const [broken, whole] = [make(2), make(4)];
    await broken.fit(X, two);
    const loaded = await load(broken.save());
    await loaded.fit(X, two);
    await whole.fit(X, two);
    assert.deepEqual(loaded.getWeights(), whole.getWeights());
  });

  test('of a fresh network is fresh: its first fit is that of a new one', async () => {
    const { model } = await build('Network, mse, fresh');
    const loaded = await load(model.save());
    assert.equal(loaded.fitted, false);
    await loaded.fit(X, two);
    await model.fit(X, two);
    assert.deepEqual(loaded.getWeights(), model.getWeights());
  });

  test('of two outputs predicts each as a model of its own does', async () => {
    const { model } = await build('LinearRegression of two outputs without intercept');
    const both = (await load(model.save())).predict(X);
    for (const k of [0, 1]) {
      const alone = new LinearRegression({ fitIntercept: false });
      await alone.fit(X, y.map((_, i) => two.data[2 * i + k]));
      /** @type {Float64Array} */ (alone.predict(X)).forEach((value, i) => assert.ok(Math.abs(both.data[2 * i + k] - value) <= 1e-9 * Math.abs(value)));
    }
  });

  test('keeps nothing of the bytes it came from', async () => {
    const { model } = await build('MLPRegressor that standardises');
    const bytes = model.save(), loaded = await load(bytes);
    bytes.fill(255);
    assert.deepEqual(loaded.predict(X), model.predict(X));
  });

  test('comes from any arrangement of its tensors, as another library may write them', async () => {
    const { model } = await build('MLPRegressor that standardises');
    const { tensors, metadata } = readSafetensors(model.save());
    assert.deepEqual([...tensors.keys()].slice(-4), ['features.mean', 'features.scale', 'target.mean', 'target.scale']);
    const turned = writeSafetensors(new Map([...tensors].reverse()), Object.fromEntries(metadata));
    assert.deepEqual((await load(turned)).predict(X), model.predict(X));
  });
});

describe('a damaged file', () => {
  test('is known by CRC-32: the published check value', () => {
    assert.equal(checksum('123456789', []), 'cbf43926');
    const digits = (/** @type {string} */ text) => ({ dtype: 'U8', shape: [text.length], data: new TextEncoder().encode(text) });
    assert.equal(checksum('12', [['b', digits('6789')], ['a', digits('345')]]), 'cbf43926');
  });

  for (const name of ['LinearRegression of a table', 'MLPRegressor that standardises', 'MLPClassifier of strings']) {
    test(`is refused wherever it is cut off: ${name}`, async () => {
      const bytes = (await build(name)).model.save();
      for (let length = 0; length < bytes.length; length++) await refuses(bytes.subarray(0, length), /./);
      await refuses(Uint8Array.of(...bytes, 0), /they must be equal/);
    });

    test(`is refused whichever bit is flipped: ${name}`, async () => {
      const bytes = (await build(name)).model.save();
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        bytes[bit >> 3] ^= 1 << (bit & 7);
        await assert.rejects(load(bytes), WasmfitError, `bit ${bit & 7} of byte ${bit >> 3}`);
        bytes[bit >> 3] ^= 1 << (bit & 7);
      }
      await load(bytes);
    });
  }

  test('is told from what is no model at all', async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(500), new TextEncoder().encode('<!doctype html><title>404</title>'), Uint8Array.of(80, 75, 3, 4, 0, 0, 0, 0, 0)]) await refuses(bytes, /^safetensors: /);
    await refuses(writeSafetensors({}), /the format undefined, not "wasmfit"/);
    for (const value of [undefined, null, 'file', 7, {}, [1, 2], new DataView(new ArrayBuffer(8)), new Float32Array(2)]) {
      await assert.rejects(load(/** @type {any} */ (value)), { name: 'TypeError', message: /must be a Uint8Array or an ArrayBuffer, not / });
    }
  });
});

/** What is changed in the file of a model, and what is said. @type {[string, string, (facts: any, tensors: Map<string, any>, metadata: any) => unknown, RegExp, string?][]} */
const FORGED = [
  ['another format', 'MLPRegressor', (_, __, words) => { words.format = 'pt'; }, /format "pt", not "wasmfit"/],
  ['a newer version', 'MLPRegressor', (_, __, words) => { words.version = '2'; }, /newer version \(file format 2, this one reads 1\)/, 'VERSION'],
  ['no version', 'MLPRegressor', (_, __, words) => { words.version = 'x'; }, /version is "x"; it must be 1/],
  ['a wrong checksum', 'MLPRegressor', (_, __, words) => { words.checksum = '00000000'; }, /checksum is [0-9a-f]{8}, the file says "00000000"/],
  ['no JSON', 'MLPRegressor', () => '{"class":', /"model" is no JSON/],
  ['JSON of another kind', 'MLPRegressor', () => 'null', /class undefined is unknown/],
  ['an unknown class', 'MLPRegressor', (facts) => { facts.class = 'Ridgeback'; }, /class "Ridgeback" is unknown; there are LinearRegression/],
  ['a class of Object.prototype', 'MLPRegressor', (facts) => { facts.class = 'constructor'; }, /class "constructor" is unknown/],
  ['a class that is a number', 'MLPRegressor', (facts) => { facts.class = 1; }, /class 1 is unknown/],
  ['an unknown fact', 'MLPRegressor', (facts) => { facts.onload = 'alert(1)'; }, /unknown option "onload"/],
  ['no options', 'MLPRegressor', (facts) => { delete facts.options; }, /options must be an object/],
  ['no options of a line', 'LinearRegression of one output', (facts) => { delete facts.options; }, /options must be an object/],
  ['an unknown option', 'MLPRegressor', (facts) => { facts.options.hiddenLayer = [4]; }, /unknown option "hiddenLayer"; did you mean "hiddenLayers"/],
  ['__proto__ among the options', 'MLPRegressor', (facts) => JSON.stringify(facts).replace('"options":{', '"options":{"__proto__":{"polluted":1},'), /unknown option "__proto__"/],
  ['constructor among the options', 'MLPRegressor', (facts) => { facts.options.constructor = { prototype: { polluted: 1 } }; }, /unknown option "constructor"/],
  ['__proto__ in an optimizer', 'MLPRegressor', (facts) => JSON.stringify(facts).replace('"optimizer":{', '"optimizer":{"__proto__":{"polluted":1},'), /unknown option "__proto__"/],
  ['__proto__ in a layer', 'Network, mse', (facts) => JSON.stringify(facts).replace('"layers":[{', '"layers":[{"__proto__":{"polluted":1},'), /unknown option "__proto__"/],
  ['an activation of Object.prototype', 'MLPRegressor', (facts) => { facts.options.activation = 'toString'; }, /activation "toString" is unknown/],
  ['an infinite learning rate', 'MLPRegressor', (facts) => JSON.stringify(facts).replace('"learningRate":0.001', '"learningRate":1e999'), /learningRate is Infinity/],
  ['a learning rate that was NaN', 'MLPRegressor', (facts) => { facts.options.optimizer.learningRate = null; }, /learningRate must be a number .*not null/],
  ['other units', 'MLPRegressor', (facts) => { facts.options.hiddenLayers = [5]; }, /"layers.0.weight" is F32 \(10,4\); it must be F32 \(10,5\)/],
  ['huge units', 'MLPRegressor', (facts) => { facts.options.hiddenLayers = [1e6, 1e6]; }, /it must be F32 \(10,1000000\)/],
  ['huge inputs', 'MLPRegressor', (facts) => { facts.inputs = 2 ** 53; }, /inputs is 9007199254740992|it must be F32/],
  ['no inputs', 'MLPRegressor', (facts) => { delete facts.inputs; }, /inputs is undefined; it must be a whole number from 1/],
  ['other outputs', 'MLPRegressor', (facts) => { facts.outputs = 3; }, /"layers.1.weight" is F32 \(4,1\); it must be F32 \(4,3\)/],
  ['inputs other than the network says', 'Network, crossEntropy', (facts) => { facts.inputs = 4; }, /inputs: 10/],
  ['negative epochs', 'MLPRegressor', (facts) => { facts.epochs = -1; }, /epochs is -1/],
  ['more epochs than are counted', 'MLPRegressor', (facts) => { facts.epochs = 2 ** 32; }, /epochs is 4294967296; it must be a whole number from 0 to below/],
  ['too few classes', 'MLPClassifier of strings', (facts) => { facts.classes.pop(); }, /must be 3 different labels/],
  ['a class twice', 'MLPClassifier of strings', (facts) => { facts.classes[0] = facts.classes[1]; }, /must be 3 different labels/],
  ['mixed classes', 'MLPClassifier of strings', (facts) => { facts.classes[0] = 1; }, /of one kind/],
  ['no classes', 'MLPClassifier of strings', (facts) => { facts.classes = null; }, /classes are null/],
  ['an infinite class', 'MLPClassifier of numbers', (facts) => JSON.stringify(facts).replace('0.1]', '1e999]'), /classes are array/],
  ['objects as classes', 'MLPClassifier of numbers', (facts) => { facts.classes = [{}, {}]; }, /classes are array/],
  ['classes of a regression', 'MLPRegressor', (facts) => { facts.classes = ['a', 'b']; }, /a model without classes has null/],
  ['classes of many bits', 'Network, binaryCrossEntropy of two bits', (facts) => { facts.classes = ['a', 'b']; }, /a model without classes has null/],
  ['no encoder', 'LinearRegression of a table', (facts) => { delete facts.encoder; }, /encoder/],
  ['a column less', 'LinearRegression of a table', (facts) => { facts.encoder.columns.pop(); }, /columns make 4 features; coef has 6/],
  ['a column twice', 'LinearRegression of a table', (facts) => { facts.encoder.columns[2].name = '__proto__'; }, /named "__proto__"; every name must be a text used once/],
  ['a rank above the columns', 'LinearRegression of one output', (facts) => { facts.rank = 11; }, /rank is 11; it must be a whole number from 0 to 10/],
  ['a NaN weight', 'MLPRegressor', (_, tensors) => { tensors.get('layers.0.bias').data[2] = NaN; }, /"layers.0.bias" has NaN at 2; every value must be finite/],
  ['an infinite coefficient', 'LinearRegression of one output', (_, tensors) => { tensors.get('coef').data[0] = Infinity; }, /"coef" has Infinity at 0/],
  ['a scale of 0', 'MLPRegressor that standardises', (_, tensors) => { tensors.get('target.scale').data[0] = 0; }, /target.scale has a value that is not above 0/],
  ['a mean without a scale', 'MLPRegressor that standardises', (_, tensors) => { tensors.delete('target.scale'); }, /"target.scale" is missing/],
  ['a missing tensor', 'MLPRegressor', (_, tensors) => { tensors.delete('layers.1.bias'); }, /"layers.1.bias" is missing/],
  ['a tensor too many', 'MLPRegressor', (_, tensors) => { tensors.set('__proto__', { dtype: 'U8', shape: [1], data: new Uint8Array(1) }); }, /"__proto__" does not belong/],
  ['weights of another type', 'MLPRegressor', (_, tensors) => { tensors.set('layers.1.bias', { dtype: 'F64', shape: [1], data: new Float64Array(1) }); }, /is F64 \(1\); it must be F32 \(1\)/],
  ['weights of another shape', 'MLPRegressor', (_, tensors) => { tensors.get('layers.0.weight').shape = [4, 10]; }, /is F32 \(4,10\); it must be F32 \(10,4\)/],
  ['coefficients in one dimension', 'LinearRegression of one output', (_, tensors) => { tensors.get('coef').shape = [10]; }, /columns of coef is undefined/],
];

describe('a forged file with a right checksum is refused:', () => {
  const known = [Object.prototype, Array.prototype, Function.prototype].map((prototype) => Reflect.ownKeys(prototype).length);
  for (const [what, name, change, message, code] of FORGED) {
    test(what, async () => refuses(forge((await build(name)).model, change), message, code));
  }

  test('and the same file unchanged is accepted', async () => {
    for (const name of new Set(FORGED.map(([, model]) => model))) await load(forge((await build(name)).model, () => {}));
  });

  test('and nothing is added to the prototypes', () => {
    assert.deepEqual([Object.prototype, Array.prototype, Function.prototype].map((prototype) => Reflect.ownKeys(prototype).length), known);
    assert.equal(/** @type {any} */ ({}).polluted, undefined);
  });
});

const hostile = new URL('../../../shared/data/hostile/json/', import.meta.url);
test('hostile configurations are refused by the constructor, or are no JSON; the good one is taken', { skip: !existsSync(hostile) && '../shared/data/hostile/json is absent' }, () => {
  const files = readdirSync(hostile).sort(), refused = [];
  for (const file of files) {
    try {
      const config = JSON.parse(readFileSync(new URL(file, hostile), 'utf8')); // in words a little unlike ours
      for (const layer of config.layers) layer.type = 'dense';
      for (const [key, { name, lr }] of Object.entries(config).filter(([key]) => key.startsWith('optimi'))) config[key] = { name, learningRate: lr };
      new Network(config);
    } catch (error) {
      if (!(error instanceof SyntaxError)) assert.match(String(error), /^(TypeError|RangeError): (Network|dense): .*(unknown|must be)/, file);
      refused.push(file);
    }
  }
  assert.ok(files.length > 8);
  assert.deepEqual(refused, files.filter((file) => file !== 'good.json'));
});
