// distributions.test.js: tails and quantiles have the same bits in WebAssembly as in C · in: build/*.wasm · out: test results · next: preprocessing.test.js
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';

if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd'); // on by default since Node 22

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
const expected = Number(/DISTRIBUTION_BITS (0x[0-9a-f]+)u/.exec(read('tests/c/test_distributions.c').toString())?.[1]);

/** The loop of test_bits in test_distributions.c: FNV-1a over the bytes of every value. */
function bits(core) {
  const bytes = new Uint8Array(8), view = new DataView(bytes.buffer);
  let hash = 2166136261;
  const add = (value) => {
    view.setFloat64(0, value, true);
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  };
  for (let i = 1; i < 400; i++) {
    const x = (i * i) / 997, df = 0.5 + (i * i) / 37, p = i / 401;
    add(core.wf_normal_cdf(-x / 4));
    add(core.wf_normal_quantile(p));
    add(core.wf_t_sf(x, df));
    add(core.wf_t_quantile(p, df));
    add(core.wf_f_sf(x, df, 4321 / df));
    add(core.wf_chi2_sf(x * 7, df / 9));
  }
  return hash >>> 0;
}

/** @param {string} build @returns {any} */
const exportsOf = (build) => new WebAssembly.Instance(new WebAssembly.Module(read(build)), { env: { emscripten_notify_memory_growth() {} } }).exports;

test('build/wasmfit-linear.wasm gives the probabilities of the native build, bit for bit', () => {
  assert.equal(bits(exportsOf('build/wasmfit-linear.wasm')), expected);
});

for (const build of ['build/wasmfit.wasm', 'build/wasmfit-fast.wasm']) {
  test(`${build} has the normal quantile of the linear core, bit for bit`, () => {
    const [here, there] = [build, 'build/wasmfit-linear.wasm'].map(exportsOf);
    for (let i = 0; i <= 400; i++) assert.equal(here.wf_normal_quantile(i / 400), there.wf_normal_quantile(i / 400));
  });
}

test('normalQuantile needs no core of its own, whichever was loaded first', async () => {
  const { LinearRegression, init } = await import('wasmfit'), { normalQuantile } = await import('wasmfit/inference');
  assert.throws(() => normalQuantile(0.5), { name: 'WasmfitError', code: 'NOT_READY' });
  await new LinearRegression().fit([[1], [2], [4]], [1, 2, 3]);
  assert.equal(normalQuantile(0.5), 0);
  const before = normalQuantile(0.9);
  await init();
  assert.equal(normalQuantile(0.9), before);
});

test('normalQuantile is the core\'s, and refuses what is no probability', async () => {
  const { init } = await import('wasmfit'), { normalQuantile } = await import('wasmfit/inference');
  await init();
  assert.equal(normalQuantile(0.5), 0);
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14);
  assert.deepEqual([normalQuantile(0), normalQuantile(1)], [-Infinity, Infinity]);
  assert.throws(() => normalQuantile(1.5), /p is 1\.5; it must be a number from 0 to 1/);
  assert.throws(() => normalQuantile(/** @type {any} */ ('a')), TypeError);
});
