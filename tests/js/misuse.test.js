// misuse.test.js: every wrong option and what it is told: class of the error, value, place and rule · next: misuse-fit.test.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, WasmfitError, dense, init } from 'wasmfit';
import { frozen, literal, refused, rejected, silent } from './refused.js';

/** @type {any} */
const any = undefined;
const T = TypeError, R = RangeError, W = WasmfitError;
silent();

test('a network asked for weights before init says so', () => {
  for (const use of ['predict', 'getWeights', 'save']) {
    refused(() => /** @type {any} */ (new Network({ inputs: 1, layers: [dense(1)], loss: 'mse' }))[use]([[1]]), W, literal(`Network.${use} needs the core, which is not loaded yet`), 'NOT_READY');
  }
});

test('init refuses nonsense, before and after it has loaded the core', async () => {
  const nonsense = async () => {
    for (const [options, Class, message] of /** @type {[any, Function, RegExp][]} */ ([
      [null, T, /init: options must be an object, not null/], ['fast', T, /options must be an object, not "fast"/],
      [{ smid: 'fast' }, T, /init: unknown option "smid"; did you mean "simd"\?/], [{ simd: 'best' }, R, /simd is "best"; it must be "exact" or "fast"/],
      [{ simd: null }, R, /simd is null/], [{ wasm: 'core.wasm' }, T, /wasm must be a URL, bytes or a WebAssembly.Module, not "core.wasm"/], [{ wasm: 5 }, T, /not 5/],
    ])) await rejected(() => init(options), Class, message);
  };
  await nonsense();
  const foreign = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0));
  const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  for (const [wasm, code] of /** @type {[any, string][]} */ ([[new Uint8Array(9), 'NO_WASM'], [foreign, 'NO_WASM'], [empty, 'VERSION'], [new URL('file:///none.wasm'), 'NOT_FOUND']])) {
    await assert.rejects(init({ wasm }), { name: 'WasmfitError', code });
  }
  await init();
  await nonsense();
  await assert.rejects(init({ simd: 'fast' }), { code: 'ALREADY_LOADED', message: /the exact build is loaded already, so fast cannot be/ });
});

describe('options of a constructor', () => {
  const make = (/** @type {any} */ options) => new MLPRegressor(frozen(options));
  const net = (/** @type {any} */ options) => new Network(frozen({ layers: [dense(1)], loss: 'mse', ...options }));
  const sgd = (/** @type {any} */ options) => make({ optimizer: { name: 'sgd', ...options } });
  const adam = (/** @type {any} */ options) => make({ optimizer: { name: 'adam', ...options } });
  const WHOLE = 'a whole number from 1 to 1000000', MANY = 'a whole number from 1 to 1000000000', SHARE = 'a number from 0 to below 1', ROWS = `${MANY} or "full"`;
  /** where, option, how it is passed, the rule, values beside NaN and ±Infinity that break it. @type {[string, string, (value: any) => unknown, string, number[]][]} */
  const NUMBERS = [
    ['MLPRegressor', 'batchSize', (batchSize) => make({ batchSize }), ROWS, [0, -1, 1.5, 1e9 + 1]],
    ['MLPRegressor', 'epochs', (epochs) => make({ epochs }), MANY, [0, -1, 1.5, 1e308]],
    ['MLPRegressor', 'seed', (seed) => make({ seed }), 'a whole number from 0 to 2^53', [-1, 0.5, 2 ** 54]],
    ['MLPRegressor', 'hiddenLayers[1]', (units) => make({ hiddenLayers: [4, units] }), WHOLE, [0, -4, 2.5, 2 ** 32]],
    ['MLPClassifier', 'batchSize', (batchSize) => new MLPClassifier({ batchSize }), ROWS, [0]],
    ['LinearRegression', 'seed', (seed) => new LinearRegression({ seed }), 'a whole number from 0 to 2^53', [-1, 0.5]],
    ['Network', 'inputs', (inputs) => net({ inputs }), WHOLE, [0, -1, 1.5, 1e7]],
    ['dense', 'units', (units) => dense(units), WHOLE, [0, -1, 1.5, 2 ** 32]],
    ['dense', 'units', (units) => net({ layers: [{ type: 'dense', units }] }), WHOLE, [0]],
    ['optimizer sgd', 'learningRate', (learningRate) => sgd({ learningRate }), 'a number from 0 to 1000000', [-0.1, 1e7]],
    ['optimizer sgd', 'momentum', (momentum) => sgd({ momentum }), SHARE, [-0.1, 1, 1.5]],
    ['optimizer sgd', 'dampening', (dampening) => sgd({ dampening }), 'a number from 0 to 1', [-0.1, 1.1]],
    ['optimizer sgd', 'weightDecay', (weightDecay) => sgd({ weightDecay }), 'a number from 0 to 1000000', [-1]],
    ['optimizer adam', 'learningRate', (learningRate) => adam({ learningRate }), 'a number from 0 to 1000000', [-0.1]],
    ['optimizer adam', 'beta1', (beta1) => adam({ beta1 }), SHARE, [-0.1, 1]],
    ['optimizer adam', 'beta2', (beta2) => adam({ beta2 }), SHARE, [-0.1, 1]],
    ['optimizer adam', 'epsilon', (epsilon) => adam({ epsilon }), 'a number from 1e-30 to 1', [0, -1e-8, 2]],
    ['optimizer adam', 'weightDecay', (weightDecay) => adam({ weightDecay }), 'a number from 0 to 1000000', [-1]],
    ['activation leakyRelu', 'negativeSlope', (negativeSlope) => make({ activation: { name: 'leakyRelu', negativeSlope } }), 'a number from 0 to 1000', [-1, 1e4]],
    ['activation elu', 'alpha', (alpha) => dense(1, { activation: { name: 'elu', alpha } }), 'a number from 0 to 1000', [-1, 1e4]],
  ];
  for (const [where, name, call, rule, values] of NUMBERS) {
    test(`${where}: ${name} must be ${rule}`, () => {
      for (const value of [NaN, Infinity, -Infinity, ...values]) refused(() => call(value), R, literal(`${where}: ${name} is ${value}; it must be ${rule}`));
      for (const [value, shown] of /** @type {[any, string][]} */ ([['32', '"32"'], [null, 'null'], [true, 'true'], [[1], 'array of length 1'], [{}, 'object'], [1n, '1n'], [Symbol.iterator, 'symbol'], [() => 1, 'function']])) {
        refused(() => call(value), T, literal(`${where}: ${name} must be ${rule}, not ${shown}`));
      }
    });
  }

  for (const [where, call] of /** @type {[string, (value: any) => unknown][]} */ ([
    ['MLPRegressor: standardize', (standardize) => make({ standardize })], ['MLPRegressor: warmStart', (warmStart) => make({ warmStart })],
    ['LinearRegression: fitIntercept', (fitIntercept) => new LinearRegression({ fitIntercept })], ['optimizer sgd: nesterov', (nesterov) => sgd({ nesterov })],
  ])) {
    test(`${where} is a switch`, () => {
      for (const [value, shown] of [[1, '1'], ['true', '"true"'], [null, 'null'], [NaN, 'NaN']]) refused(() => call(value), T, literal(`${where} must be true or false, not ${shown}`));
    });
  }

  /** @type {[() => unknown, Function, RegExp][]} */
  const OTHERS = [
    [() => new Network(any), T, /Network: options must be an object, not undefined/],
    [() => make(null), T, /MLPRegressor: options must be an object, not null/],
    [() => make([8]), T, /MLPRegressor: options must be an object, not array of length 1/],
    [() => make({ learningrate: 1 }), T, /MLPRegressor: unknown option "learningrate"; the options are hiddenLayers,/],
    [() => make({ hidden_layers: [1] }), T, /unknown option "hidden_layers"; did you mean "hiddenLayers"\?/],
    [() => new LinearRegression(/** @type {any} */ ({ fitintercept: true })), T, /unknown option "fitintercept"; did you mean "fitIntercept"\?/],
    [() => make(JSON.parse('{"__proto__":{"epochs":1}}')), T, /unknown option "__proto__"/],
    [() => make({ constructor: 1 }), T, /unknown option "constructor"/],
    [() => make({ optimizer: 'adm' }), R, /optimizer "adm" is unknown; did you mean "adam"\?/],
    [() => make({ optimizer: 'toString' }), R, /optimizer "toString" is unknown; there are sgd, adam/],
    [() => make({ optimizer: null }), T, /optimizer must be a name, not null/],
    [() => make({ optimizer: 7 }), T, /optimizer must be a name, not 7/],
    [() => make({ optimizer: { learningRate: 1 } }), T, /optimizer must be a name, not undefined/],
    [() => adam({ momentum: 0.9 }), T, /optimizer adam: unknown option "momentum"/],
    [() => adam({ learningrate: 0.9 }), T, /unknown option "learningrate"; did you mean "learningRate"\?/],
    [() => sgd({ nesterov: true }), R, /nesterov needs momentum above 0 and dampening 0, not 0 and 0/],
    [() => sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 }), R, /not 0.9 and 0.1/],
    [() => make({ activation: 'Relu' }), R, /activation "Relu" is unknown; did you mean "relu"\?/],
    [() => make({ activation: '__proto__' }), R, /activation "__proto__" is unknown/],
    [() => make({ activation: null }), T, /MLPRegressor: activation must be a name, not null/],
    [() => make({ activation: { name: 'relu', alpha: 1 } }), T, /activation relu: unknown option "alpha"; the options are name/],
    [() => make({ initializer: 'xavier' }), R, /initializer "xavier" is unknown; there are auto, heUniform/],
    [() => make({ initializer: null }), T, /initializer must be a name, not null/],
    [() => make({ hiddenLayers: 8 }), T, /hiddenLayers must be a list such as \[32, 16\], not 8/],
    [() => make({ hiddenLayers: [, 3] }), T, /hiddenLayers\[0\] must be .*, not undefined/], // eslint-disable-line no-sparse-arrays
    [() => make({ hiddenLayers: new Array(64).fill(2) }), R, /layers is 65; it must be a whole number from 1 to 64/],
    [() => net({ layers: undefined }), T, /Network: layers must be a list such as .*, not undefined/],
    [() => net({ layers: [] }), T, /layers must be a list .*, not array of length 0/],
    [() => net({ layers: new Array(65).fill(dense(1)) }), R, /layers is 65/],
    [() => net({ layers: [dense(2), null] }), T, /layer 2 is null; it must be made by dense/],
    [() => net({ layers: [, dense(2)] }), T, /layer 1 is undefined/], // eslint-disable-line no-sparse-arrays
    [() => net({ layers: [{ type: 'conv', units: 3 }] }), T, /layer 1 is "conv"; it must be made by dense/],
    [() => net({ layers: [{ type: 'dense', units: 3, activaton: 'relu' }] }), T, /unknown option "activaton"; did you mean "activation"\?/],
    [() => net({ loss: undefined }), T, /loss must be a name, not undefined/],
    [() => net({ loss: 'crossentropy' }), R, /loss "crossentropy" is unknown; did you mean "crossEntropy"\?/],
    [() => net({ loss: 'crossEntropy' }), R, /the last layer has 1 unit; crossEntropy needs one a class, at least 2/],
    [() => net({ loss: 'crossEntropy', layers: [dense(2, { activation: 'sigmoid' })] }), R, /last layer has the activation "sigmoid"; with crossEntropy it must be identity/],
    [() => net({ hiddenLayers: [3] }), T, /unknown option "hiddenLayers"/],
    [() => dense(any), T, /dense: units must be a whole number .*, not undefined/],
    [() => dense(3, any ?? null), T, /dense: options must be an object, not null/],
    [() => dense(3, /** @type {any} */ ('relu')), T, /dense: options must be an object, not "relu"/],
  ];
  test('of other kinds are refused by name, with the nearest that is known', () => {
    for (const [call, Class, message] of OTHERS) refused(call, Class, message);
  });

  test('are copied and cannot be changed afterwards', () => {
    const given = { hiddenLayers: [3], optimizer: { name: 'sgd', learningRate: 1 } };
    const model = make(given), { options } = /** @type {any} */ (model);
    for (const part of [options, options.hiddenLayers, options.optimizer, options.activation, /** @type {any} */ (net({})).options.layers[0]]) assert.ok(Object.isFrozen(part));
    assert.deepEqual([options.hiddenLayers, options.optimizer.learningRate], [[3], 1]);
    assert.notEqual(options.optimizer, given.optimizer);
  });
});
