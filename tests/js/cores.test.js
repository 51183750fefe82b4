// cores.test.js: which .wasm is loaded when, and from where · in: src/js/engine.js · out: test results · next: distributions.test.js
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LinearRegression, MLPRegressor, init, load } from '../../src/js/index.js';
import { engineNow, engineReady } from '../../src/js/engine.js';

const X = [[1], [2], [4]], y = [1, 2, 3];
const bytes = (/** @type {string} */ name) => readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
/** @param {import('../../src/js/engine.js').Core} core */
const loaded = (core) => {
  try {
    return Boolean(engineNow('test', core));
  } catch (error) {
    assert.equal(/** @type {any} */ (error).code, 'NOT_READY');
    return false;
  }
};
const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

test('where a core is, is said for each by its name, and anything else is refused', async () => {
  const wrong = /** @type {[any, RegExp][]} */ ([
    [{ linear: 'a.wasm' }, /init: wasm\.linear must be a URL, bytes or a WebAssembly\.Module, not "a\.wasm"/],
    [{ netwrok: bytes('wasmfit') }, /init: wasm: unknown option "netwrok"; did you mean "network"\?/], [[], /init: wasm: options must be an object/],
  ]);
  for (const [wasm, message] of wrong) await assert.rejects(init({ wasm }), { name: 'TypeError', message });
});

test('a linear model takes the core that init was told of, and none of networks', async () => {
  await assert.rejects(init({ wasm: { network: empty, linear: empty } }), { code: 'VERSION' });
  await assert.rejects(async () => { await new LinearRegression().fit(X, y); }, { code: 'VERSION' });
  await assert.rejects(init({ wasm: { network: empty, linear: bytes('wasmfit-linear') } }), { code: 'VERSION' });
  const model = new LinearRegression();
  await model.fit(X, y);
  assert.deepEqual(['network', 'linear', 'double'].map((core) => loaded(/** @type {any} */ (core))), [false, true, false]);
  assert.equal(model.summary().n, 3);
  assert.deepEqual((await load(model.save())).coef, model.coef);
  assert.equal(loaded('network'), false);
});

test('a worker gets the module of the core that its fit needs', async () => {
  const [here, there] = [new LinearRegression(), new LinearRegression()];
  await here.fit(X, y);
  await there.fit(X, y, { worker: true });
  assert.deepEqual(there.coef, here.coef);
  assert.equal(loaded('network'), false);
});

test('a network loads its core alone, and the double one comes when it is asked for', async () => {
  await new MLPRegressor({ hiddenLayers: [2], epochs: 1 }).fit(X, y, { worker: true });
  assert.deepEqual([loaded('network'), loaded('double')], [true, false]);
  assert.ok((await engineReady('double')).exports.wf_fit_loss);
  assert.equal(await engineReady('double'), engineNow('test', 'double'));
});
