// errors.test.js: the words of error messages · in: src/js/errors.js · out: test results · next: matrix.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { WasmfitError, checkKeys, nearest, show } from '../../src/js/errors.js';

test('A WasmfitError carries its code, its hint and its cause', () => {
  const cause = new Error('inner');
  const error = new WasmfitError('not fitted', { code: 'NOT_FITTED', hint: 'call fit first', cause });
  assert.ok(error instanceof Error);
  assert.deepEqual([error.name, error.message, error.code, error.hint], ['WasmfitError', 'not fitted', 'NOT_FITTED', 'call fit first']);
  assert.equal(error.cause, cause);
  assert.equal(Object.hasOwn(new WasmfitError('x', { code: 'X' }), 'cause'), false);
});

test('Values are shown by kind', () => {
  const cases = [
    ['age', '"age"'], ['', '""'], ['a"b\\', '"a\\"b\\\\"'], ['a\nb', '"a\\nb"'], [1.5, '1.5'], [-0, '-0'], [NaN, 'NaN'], [-Infinity, '-Infinity'],
    [10n, '10n'], [null, 'null'], [undefined, 'undefined'], [true, 'true'], [Symbol('s'), 'symbol'], [() => 1, 'function'],
    [[1, 2], 'array of length 2'], [new Float32Array(3), 'Float32Array of length 3'], [new DataView(new ArrayBuffer(2)), 'DataView'],
    [{ a: 1 }, 'object'], [Object.create(null), 'object'], [new Map(), 'Map'],
  ];
  for (const [value, text] of cases) assert.equal(show(value), text);
});

test('Showing a value never takes more than 40 characters and never throws', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const trap = { get constructor() { throw new Error('no'); } };
  const inherits = Object.create({ get constructor() { throw new Error('no'); } });
  for (const value of ['x'.repeat(1e5), '\u0000'.repeat(100), '"'.repeat(100), '😀'.repeat(100), 10n ** 100n, revoked.proxy, trap, inherits]) {
    assert.ok(show(value).length <= 40, `${show(value)} is too long`);
  }
  assert.match(show('x'.repeat(50)), /^"x{37}…"$/);
  assert.ok(show('x' + '😀'.repeat(100)).isWellFormed?.() ?? true);
});

test('Characters that hide or reorder text are shown as escapes', () => {
  assert.equal(show('a\u202eb\u200bc\ud800'), '"a\\u202eb\\u200bc\\ud800"');
  assert.equal(show('naïve 😀'), '"naïve 😀"');
});

test('The nearest word is found through case, underscores, typing slips and swapped letters', () => {
  const words = ['learningRate', 'momentum', 'hiddenLayers', 'epochs', 'seed'];
  const cases = [['learningrate', 'learningRate'], ['learning_rate', 'learningRate'], ['hidden_layer_sizes', 'hiddenLayers'],
    ['epoch', 'epochs'], ['epcohs', 'epochs'], ['sede', 'seed'], ['momentun', 'momentum']];
  for (const [word, known] of cases) assert.equal(nearest(word, words), known);
});

test('A word that is near to nothing has no nearest word', () => {
  for (const word of ['zebra', '', 'x', 'constructor', '__proto__']) assert.equal(nearest(word, ['learningRate', 'seed']), undefined);
  assert.equal(nearest('a', ['b']), undefined);
});

test('An unknown option is refused with the nearest known one', () => {
  assert.throws(() => checkKeys({ learningrate: 1 }, ['learningRate'], 'MLPRegressor'),
    { name: 'TypeError', message: 'MLPRegressor: unknown option "learningrate"; did you mean "learningRate"?' });
  assert.throws(() => checkKeys({ zebra: 1 }, ['alpha', 'seed'], 'Ridge'), { message: 'Ridge: unknown option "zebra"; the options are alpha, seed' });
  assert.throws(() => checkKeys({ a: 1 }, [], 'f'), { message: 'f: unknown option "a"; there are no options' });
});

test('Names of inherited members are unknown options too', () => {
  assert.throws(() => checkKeys(JSON.parse('{"__proto__":1}'), ['alpha'], 'Ridge'), /unknown option "__proto__"/);
  assert.throws(() => checkKeys({ constructor: 1 }, ['alpha'], 'Ridge'), /unknown option "constructor"/);
});

test('Options that are no object are refused by kind', () => {
  for (const [value, text] of [[null, 'null'], [3, '3'], ['a', '"a"'], [[1], 'array of length 1'], [new Float32Array(1), 'Float32Array of length 1']]) {
    assert.throws(() => checkKeys(value, ['alpha'], 'Ridge'), { name: 'TypeError', message: `Ridge: options must be an object, not ${text}` });
  }
  checkKeys({ alpha: 1 }, ['alpha'], 'Ridge');
});
