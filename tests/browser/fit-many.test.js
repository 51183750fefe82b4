// fit-many.test.js: many fits side by side in real browsers, under the strict policy and from a bundle · next: lab.test.js
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { STRICT, browsers, launch, serve } from './harness/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

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

    test('networks and linear models end as each alone would, bit for bit, while the page stays free', async () => {
      const got = await page.evaluate(async () => {
        const { LogisticRegression, MLPRegressor, Ridge, datasets, fitMany } = await import(new URL('/build/js/index.js', location.href).href);
        const { X, y } = await datasets.friedman1({ rows: 300 });
        const words = Array.from(y, (value) => (value > 14 ? 'high' : 'low'));
        const build = () => [
          ...[0, 1, 2, 3, 4, 5].map((seed) => ({ model: new MLPRegressor({ hiddenLayers: [24], epochs: 60, seed, standardize: seed > 2 }), X, y, options: { validation: 0.2 } })),
          { model: new Ridge(), X, y }, { model: new LogisticRegression(), X, y: words },
        ];
        const alone = build(), together = build(), progress = [];
        for (const { model, X, y, options } of alone) await model.fit(X, y, options);
        let ticks = 0;
        const timer = setInterval(() => { ticks++; }, 4);
        const histories = await fitMany(together, { workers: 2, onProgress: ({ done, total }) => progress.push([done, total]) });
        clearInterval(timer);
        const files = [alone, together].map((jobs) => jobs.map(({ model }) => String(model.save())));
        return { same: files[0].map((file, i) => file === files[1][i]), stopped: histories.map(({ stopped }) => stopped), last: progress.at(-1), ticks };
      });
      assert.deepEqual(got.same, Array(8).fill(true));
      assert.deepEqual(got.stopped, [...Array(6).fill('epochs'), 'converged', 'converged']);
      assert.deepEqual(got.last, [8, 8]);
      assert.ok(got.ticks >= 2, `${got.ticks} ticks`);
    });

    test('a worker that fails is replaced; an abort ends everything with its reason', async () => {
      const got = await page.evaluate(async () => {
        const { MLPRegressor, datasets, fitMany } = await import(new URL('/src/js/index.js', location.href).href);
        const { endResting } = await import(new URL('/src/js/pool.js', location.href).href);
        const { X, y } = await datasets.sine({ rows: 100 });
        const make = (epochs, seed) => new MLPRegressor({ hiddenLayers: [8], epochs, seed });
        endResting();
        const workers = [], RealWorker = Worker;
        window.Worker = class extends RealWorker {
          constructor(...given) {
            super(...given);
            workers.push(this);
          }

          terminate() {
            this.ended = true;
            super.terminate();
          }
        };
        const models = [make(2000, 1), make(30, 2), make(30, 3)], alone = make(2000, 1);
        const epochs = [];
        const options = { onEpoch: ({ epoch }) => {
          if (epochs.push(epoch) === 5) workers[0].dispatchEvent(new ErrorEvent('error', { message: 'broken on purpose', cancelable: true }));
        } };
        await fitMany(models.map((model, i) => ({ model, X, y, options: i === 0 ? options : {} })), { workers: 1 });
        window.Worker = RealWorker;
        await alone.fit(X, y);
        const same = String(alone.save()) === String(models[0].save()), replaced = workers.map(({ ended }) => Boolean(ended));

        const controller = new AbortController(), endless = [make(1e8, 1), make(1e8, 2), make(1e8, 3)];
        setTimeout(() => controller.abort('enough'), 200);
        const reason = await fitMany(endless.map((model) => ({ model, X, y })), { workers: 2, signal: controller.signal }).catch((error) => error);
        await endless[0].fit(X, y, { epochs: 1 });
        return { same, replaced, told: epochs.length, ordered: epochs.every((epoch, i) => epoch === i + 1), reason };
      });
      assert.deepEqual(got, { same: true, replaced: [true, false], told: 2000, ordered: true, reason: 'enough' });
    });

    test('nothing went to the console', async () => {
      assert.deepEqual(await page.consoleErrors(), []);
    });
  });
}

test('a Vite app with it builds and fits many models in Chromium', { skip: !browsers.includes('chromium') && 'WASMFIT_BROWSERS leaves Chromium out' }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wasmfit-many-'));
  try {
    await mkdir(join(folder, 'app'));
    await writeFile(join(folder, 'app/index.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>');
    await writeFile(join(folder, 'app/main.js'), `
      import { LinearRegression, MLPRegressor, fitMany } from ${JSON.stringify(join(root, 'build/js/index.js'))};
      const X = [[1], [2], [3], [4]], y = [2, 4, 6, 8];
      const networks = await fitMany([1, 2, 3].map((seed) => ({ model: new MLPRegressor({ hiddenLayers: [2], epochs: 5, seed }), X, y })));
      const mixed = await fitMany([new LinearRegression(), new MLPRegressor({ hiddenLayers: [2], epochs: 6 })].map((model) => ({ model, X, y })));
      globalThis.outcome = [...networks, ...mixed].map(({ epoch }) => epoch.length);`);
    const { build } = await import('vite');
    await build({ root: join(folder, 'app'), base: './', configFile: false, logLevel: 'error', build: { outDir: '../dist', emptyOutDir: true } });
    const server = await serve(join(folder, 'dist'), { headers: STRICT });
    const page = await launch('chromium');
    try {
      await page.open(server.url);
      assert.deepEqual(await page.waitFor(() => globalThis.outcome, 20_000), [5, 5, 5, 1, 6]);
      assert.deepEqual(await page.consoleErrors(), []);
    } finally {
      await page.close();
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
