// api.test.js: the package in real browsers, under the strict policy: the same bits, a page that stays free, clear failures · next: lab.test.js
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { STRICT, browsers, launch, serve } from './harness/index.js';
import { MLPRegressor, datasets } from 'wasmfit';

const root = fileURLToPath(new URL('../..', import.meta.url));
const hashes = (await readFile(new URL('../fixtures/training-hashes.txt', import.meta.url), 'utf8')).trim().split('\n').map((line) => line.split(' ')[0]);

/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
before(async () => { site = await serve(root, { headers: STRICT }); });
after(() => site.close());

for (const name of browsers) {
  describe(name, () => {
    /** @type {Awaited<ReturnType<typeof launch>>} */
    let page;
    before(async () => {
      page = await launch(name);
      await page.open(`${site.url}tests/browser/harness/blank.html`);
    });
    after(() => page?.close());

    test('weights after 50 epochs are the bits of the native build, in a worker and in the page', async () => {
      const got = await page.evaluate(async () => {
        const { trainingHashes } = await import(new URL('/tests/js/bits.js', location.href).href);
        return [await trainingHashes(), await trainingHashes({ worker: false })];
      });
      assert.deepEqual(got, [hashes, hashes]);
    });

    test('diabetes has the R² that Node has, bit for bit', async () => {
      const options = { hiddenLayers: [32, 16], epochs: 20, seed: 7, standardize: true };
      const { X, y } = await datasets.load('diabetes');
      const { r2, valR2 } = await new MLPRegressor(options).fit(X, y, { validation: 0.2 });
      const got = await page.evaluate(async (/** @type {object} */ options) => {
        const { MLPRegressor, datasets } = await import(new URL('/build/js/index.js', location.href).href);
        const { X, y } = await datasets.load('diabetes');
        const history = await new MLPRegressor(options).fit(X, y, { validation: 0.2 });
        return { r2: history.r2, valR2: history.valR2 };
      }, options);
      assert.deepEqual(got, { r2, valR2 });
    });

    test('a quantised network is the one that Node makes, byte for byte, and answers the same', async () => {
      const make = async (/** @type {string} */ from) => {
        const { MLPClassifier, datasets, load, quantize } = await import(from);
        const { X, y } = await datasets.load('wine'), model = new MLPClassifier({ hiddenLayers: [16, 8], activation: 'gelu', normalization: 'batch', epochs: 10, standardize: true });
        await model.fit(X, y);
        const quantized = await quantize(model, X, { scheme: 'affine' }), bytes = quantized.save();
        return { bytes: Array.from(bytes), answers: Array.from(quantized.predictProba(X).data), again: Array.from((await load(bytes)).predictProba(X).data) };
      };
      const got = await page.evaluate(make, new URL('build/js/index.js', site.url).href), expected = await make('wasmfit');
      assert.deepEqual(got, expected);
      assert.deepEqual(expected.again, expected.answers);
    });

    test('a long fit leaves the page free, and stop ends it', async () => {
      const got = await page.evaluate(async () => {
        const { MLPRegressor, datasets } = await import(new URL('/build/js/index.js', location.href).href);
        const { X, y } = await datasets.friedman1({ rows: 5000 });
        const model = new MLPRegressor({ hiddenLayers: [128, 128], epochs: 100000 });
        const run = model.fit(X, y);
        let ticks = 0;
        const timer = setInterval(() => { ticks++; }, 10);
        const iterator = run[Symbol.asyncIterator]();
        await iterator.next();
        const before = ticks;
        await new Promise((resolve) => { setTimeout(resolve, 300); });
        const during = ticks - before;
        const copy = await run.snapshot();
        const finite = Number.isFinite(copy.predict([Array(10).fill(0.5)])[0]);
        copy.dispose();
        run.stop();
        const { stopped } = await run;
        clearInterval(timer);
        return { during, stopped, finite, fitted: model.fitted };
      });
      assert.ok(got.during >= 5, `${got.during} ticks of 10 ms in 300 ms`);
      assert.deepEqual({ ...got, during: 0 }, { during: 0, stopped: 'stopped', finite: true, fitted: true });
    });

    test('a core of another version is refused', async () => {
      const code = await page.evaluate(async () => {
        const { Engine } = await import(new URL('/src/js/core.js', location.href).href);
        const empty = await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
        try {
          return new Engine(empty, 'exact').simd;
        } catch (error) {
          return error.code;
        }
      });
      assert.equal(code, 'VERSION');
    });

    test('the fast build trains to nearly the same loss, or says that relaxed SIMD is missing', async () => {
      await page.open(`${site.url}tests/browser/harness/blank.html`); // the core is chosen once a page
      const got = await page.evaluate(async () => {
        const { MLPRegressor, datasets, init } = await import(new URL('/build/js/index.js', location.href).href);
        try {
          await init({ simd: 'fast' });
        } catch ({ code, hint }) {
          return { code, hint };
        }
        const { X, y } = await datasets.friedman1();
        const { loss } = await new MLPRegressor({ epochs: 20, standardize: true }).fit(X, y);
        return { loss: loss[19] };
      });
      if (got.code) {
        assert.equal(name, 'webkit', `${name} has relaxed SIMD`);
        assert.deepEqual(got, { code: 'NO_WASM', hint: "relaxed SIMD is missing here: use init({ simd: 'exact' })" });
        return;
      }
      const { X, y } = await datasets.friedman1();
      const { loss } = await new MLPRegressor({ epochs: 20, standardize: true }).fit(X, y);
      assert.ok(Math.abs(got.loss / loss[19] - 1) < 1e-3, `${got.loss}, exact ${loss[19]}`);
    });

    test('nothing went to the console', async () => {
      assert.deepEqual(await page.consoleErrors(), []);
    });
  });
}
