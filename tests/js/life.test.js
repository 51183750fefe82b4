// life.test.js: models that are busy, disposed, diverging, out of memory, or whose callback or worker fails · next: save.test.js
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { afterEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as delay } from 'node:timers/promises';
import { LinearRegression, MLPRegressor, Network, WasmfitError, datasets, dense, init } from '../../src/js/index.js';
import { engineReady } from '../../src/js/engine.js';

await init();
const { X, y } = await datasets.sine({ rows: 60 });
/** @param {object} [more] */
const make = (more) => new MLPRegressor({ hiddenLayers: [6], batchSize: 10, epochs: 1e8, ...more });
/** @param {any} model */
const weightsOf = (model) => model.getWeights().map((/** @type {any} */ { data }) => [...data]);
/** @param {PromiseLike<any>} run @param {any} expected */
const rejects = (run, expected) => assert.rejects(async () => { await run; }, expected);

/** @type {import('../../src/js/run.js').Run[]} */
const runs = [];
afterEach(() => { for (const run of runs.splice(0)) run.stop(); });
/** @param {any} model @param {object} [options] @returns {import('../../src/js/run.js').Run} */
function fit(model, options) {
  runs.push(model.fit(X, y, options));
  return runs[runs.length - 1];
}

for (const worker of [false, true]) {
  const place = worker ? 'in a worker' : 'in this thread';

  test(`a model that is fitted ${place} refuses another fit and other weights, and predicts as before`, async () => {
    const model = make({ epochs: 2 });
    await fit(model);
    const before = model.predict(X), weights = model.getWeights();
    const run = fit(model, { worker, epochs: 1e8 });
    assert.throws(() => fit(model), { name: 'WasmfitError', code: 'BUSY', message: /fit: the model is being fitted/ });
    assert.throws(() => model.setWeights(weights), { code: 'BUSY' });
    await run.snapshot();
    assert.deepEqual(model.predict(X), before);
    run.stop();
    await run;
    assert.notDeepEqual(model.predict(X), before);
    await fit(model, { epochs: 1 });
  });

  test(`an error of onEpoch ends the run ${place} with that very error, and the model stays usable`, async () => {
    for (const at of [1, 2, 5]) {
      for (const error of [new Error('mine'), 'text', undefined]) {
        const model = make({ epochs: 5 });
        let calls = 0;
        const run = fit(model, { worker, onEpoch: () => { if (++calls === at) throw error; } });
        await rejects(run, (/** @type {unknown} */ found) => found === error);
        assert.equal(calls, at, 'no call after that');
        assert.ok(model.predict(X).every(Number.isFinite));
        assert.equal((await fit(model, { worker })).stopped, 'epochs');
      }
    }
  });

  test(`onEpoch may stop, pause, resume and copy the run ${place}, and learns why it may not fit`, async () => {
    const model = make({ epochs: 1e8 });
    /** @type {any[]} */
    const seen = [];
    const run = fit(model, { worker, onEpoch: ({ epoch }) => {
      if (epoch === 1) { run.pause(); seen.push(run.snapshot()); run.resume(); }
      if (epoch === 2) assert.throws(() => fit(model), { code: 'BUSY' });
      if (epoch === 3) run.stop();
    } });
    assert.equal((await run).stopped, 'stopped');
    assert.ok((await seen[0]).fitted);
    await rejects(fit(model, { worker, onEpoch: () => fit(model) }), { code: 'BUSY' });
    assert.equal((await fit(model, { worker, epochs: 2 })).epoch.length, 2);
  });

  test(`a model disposed during its fit ${place}, also by onEpoch, rejects the run and forgets the result`, async () => {
    const first = make();
    const run = fit(first, { worker });
    const copy = await run.snapshot();
    const pending = run.snapshot();
    pending.catch(() => {});
    first.dispose();
    first.dispose();
    await rejects(run, { name: 'WasmfitError', code: 'DISPOSED' });
    await pending.then((model) => model.dispose(), (error) => assert.equal(error.code, 'DISPOSED'));
    assert.equal(copy.predict(X).length, 60);
    assert.equal(first.fitted, false, 'what was trained so far is not kept');
    assert.throws(() => first.predict(X), { code: 'DISPOSED' });
    let calls = 0;
    const second = make();
    await rejects(fit(second, { worker, onEpoch: () => { calls++; second.dispose(); } }), { code: 'DISPOSED' });
    assert.equal(calls, 1);
    assert.throws(() => fit(second), { code: 'DISPOSED' });
  });

  test(`divergence ${place} stops the run at the last finite epoch and says what to try`, async () => {
    const wide = { data: X.data.map((value) => value * 4), rows: 60, cols: 1 };
    const build = (/** @type {number} */ epochs) => new Network({ inputs: 1, layers: [dense(1)], loss: 'mse', batchSize: 60, epochs, optimizer: { name: 'sgd', learningRate: 0.5 } });
    const model = build(10_000);
    const history = await model.fit(wide, y, { worker, validation: { X: wide, y } });
    const last = history.epoch.length;
    assert.equal(history.stopped, 'diverged');
    assert.ok(last > 3, `${last} finite epochs`);
    assert.match(String(history.message), new RegExp(`epoch ${last + 1}\\b.* back at epoch ${last}\\..*learning rate near 0\\.05\\b`));
    assert.ok(Object.values(history).flat().every((value) => typeof value !== 'number' || Number.isFinite(value)));
    const same = build(last);
    await same.fit(wide, y, { validation: { X: wide, y } });
    assert.deepEqual(weightsOf(model), weightsOf(same));
    assert.ok(weightsOf(model).flat().every(Number.isFinite));

    const again = await model.fit(wide, y, { worker });
    assert.equal(again.stopped, 'diverged');
    const from = last + again.epoch.length;
    assert.match(String(again.message), new RegExp(`epoch ${from + 1}\\b.* back at epoch ${from}\\.`), 'epochs are counted over all fits');
  });

  test(`divergence ${place} in the first epoch leaves the starting weights, and blames the rate that was set last`, async () => {
    const net = new Network({ inputs: 1, layers: [dense(3, { activation: 'relu' }), dense(1)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 1e-3 } });
    const before = weightsOf(net);
    const run = net.fit(X, Float64Array.from(y, (value) => value * 1e30), { worker });
    run.update({ learningRate: 400_000 });
    const { stopped, message, epoch } = await run;
    assert.deepEqual([stopped, epoch], ['diverged', []]);
    assert.match(String(message), /epoch 1\b.*back at its starting weights.*learning rate near 40000\b/);
    assert.deepEqual(weightsOf(net), before);
  });

  test(`a model too big for memory is refused ${place} by an error that says so, and a smaller fit then works`, async () => {
    const model = make({ hiddenLayers: [20_000], epochs: 1 });
    const cols = 20_000; // weights of 1.6 GB, and as much again for each slot and for the copy that is kept
    await rejects(model.fit({ data: new Float32Array(cols), rows: 1, cols }, [1], { worker }), (/** @type {any} */ error) => error instanceof WasmfitError && ['CONFIG', 'OUT_OF_MEMORY'].includes(error.code));
    assert.equal(model.fitted, false);
    assert.equal((await fit(model, { worker })).stopped, 'epochs');
    model.dispose();
  });
}

test('a disposed model refuses everything by name, and knows Symbol.dispose', async () => {
  for (const model of [make({ epochs: 1 }), new LinearRegression(), new Network({ inputs: 1, layers: [dense(1)], loss: 'binaryCrossEntropy', epochs: 1 })]) {
    await model.fit(X, y.map(Math.abs).map(Math.round));
    model[Symbol.dispose]();
    model.dispose();
    for (const use of ['fit', 'predict', 'score', 'save', 'predictProba', 'getWeights', 'setWeights']) {
      const method = /** @type {any} */ (model)[use];
      if (!method || (use === 'predictProba' && model instanceof MLPRegressor)) continue;
      assert.throws(() => method.call(model, X, y), { name: 'WasmfitError', code: 'DISPOSED', message: /the model was disposed/ }, use);
    }
  }
});

test('a fit whose rows cannot be copied is refused, and leaves the model free for another', async () => {
  class Huge extends Float32Array {
    /** @returns {any} */
    slice() { throw new RangeError('Array buffer allocation failed'); }
  }
  const model = make({ epochs: 1 });
  await model.fit(X, y);
  await rejects(model.fit({ data: Huge.from(X.data), rows: 60, cols: 1 }, y, { worker: true }), { name: 'RangeError', message: 'Array buffer allocation failed' });
  assert.equal((await fit(model, { worker: true })).stopped, 'epochs');
});

test('a subclass whose constructor cannot copy it loses its snapshot, not its run', async () => {
  class Mine extends MLPRegressor {
    /** @param {number} units */
    constructor(units) {
      super({ hiddenLayers: [units], epochs: 1e8 });
    }
  }
  const run = fit(new Mine(3));
  await assert.rejects(run.snapshot(), TypeError);
  const last = run.snapshot();
  run.stop();
  await assert.rejects(last, TypeError);
  assert.equal((await run).stopped, 'stopped');
});

test('a worker that dies or does not start rejects the run and its snapshots, and the model can be fitted again', async (t) => {
  const threads = createRequire(import.meta.url)('node:worker_threads');
  const { Worker } = threads;
  t.after(() => { threads.Worker = Worker; syncBuiltinESMExports(); });
  /** @type {any[]} */
  const workers = [];
  /** @param {(url: URL) => URL} urlOf */
  const replace = (urlOf) => {
    threads.Worker = class extends Worker {
      constructor(/** @type {URL} */ url, /** @type {any} */ options) { super(urlOf(url), options); workers.push(this); }
    };
    syncBuiltinESMExports();
  };
  const died = { name: 'WasmfitError', code: 'WORKER' };

  replace((url) => url);
  const model = make();
  const run = fit(model, { worker: true });
  await run.snapshot();
  run.pause();
  await delay(20);
  workers[0].terminate();
  const snapshot = run.snapshot();
  await Promise.all([rejects(run, died), assert.rejects(snapshot, died)]);
  assert.equal((await fit(model, { worker: true, epochs: 2 })).stopped, 'epochs');
  for (const script of ['throw new Error("broken")', 'process.exit(3)', 'syntax error']) {
    replace(() => new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    await rejects(fit(model, { worker: true, epochs: 2 }), { ...died, message: /the worker of this run ended/ });
  }
  replace((url) => url);
  assert.equal((await fit(model, { worker: true, epochs: 2 })).stopped, 'epochs');
  await delay(50);
  assert.ok(workers.every(({ threadId }) => threadId === -1), 'no worker outlives its run');
});

test('a rejected run that nobody looks at is an unhandled rejection, once; one that is awaited, looped over or handled is none', () => {
  const script = `
    import { MLPRegressor, init } from '${new URL('../../src/js/index.js', import.meta.url)}';
    import { setTimeout as delay } from 'node:timers/promises';
    let count = 0;
    process.on('unhandledRejection', (error) => { count += error.message === 'mine' ? 1 : 100; });
    await init();
    const begin = (worker = false) => new MLPRegressor({ hiddenLayers: [2] }).fit([[1], [2]], [1, 2], { worker, onEpoch() { throw new Error('mine'); } });
    const counted = {};
    const seen = async () => { for (let i = 0; i < 1000 && count === 0; i++) await delay(10); };
    for (const [name, use] of Object.entries({
      ignored: async () => { begin(); await seen(); },
      'ignored in a worker': async () => { begin(true); await seen(); },
      'awaited later': async () => { const run = begin(); await seen(); await run.then(() => {}, () => {}); },
      awaited: async () => { try { await begin(); } catch {} },
      looped: async () => { try { for await (const epoch of begin()); } catch {} },
      handled: () => begin().then(undefined, () => {}),
      fine: () => new MLPRegressor({ hiddenLayers: [2], epochs: 1 }).fit([[1], [2]], [1, 2]),
    })) {
      count = 0;
      await use();
      await delay(50);
      counted[name] = count;
    }
    console.log(JSON.stringify(counted));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(stdout), { ignored: 1, 'ignored in a worker': 1, 'awaited later': 1, awaited: 0, looped: 0, handled: 0, fine: 0 });
  assert.equal(stderr, '');
});

test('a run that is kept keeps its history, not its rows', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const held = () => {
    collect();
    return process.memoryUsage().arrayBuffers / 1e6;
  };
  const before = held(), rows = 3_000_000;
  const begin = (/** @type {any} */ model, /** @type {boolean} */ worker) => model.fit({ data: new Float64Array(rows).fill(1), rows, cols: 1 }, new Float64Array(rows), { worker });
  for (const model of [make({ hiddenLayers: [] }), new LinearRegression()]) {
    for (const worker of [false, true]) {
      const run = begin(model, worker);
      run.stop();
      const { stopped } = await run;
      for (let i = 0; i < 100 && held() > before + 20; i++) await delay(20);
      assert.ok(held() < before + 20, `${held()} MB are held, ${before} before`);
      assert.ok(stopped && run);
    }
  }
});

test('memory that runs out at any moment is an error, nothing stays taken, and the model is as before', async (t) => {
  /** @type {[import('../../src/js/engine.js').Engine, Record<string, any>][]} */
  const engines = [await engineReady(), await engineReady('linear')].map((engine) => [engine, engine.exports]);
  t.after(() => { for (const [engine, real] of engines) engine.exports = real; });
  const taken = new Set(); // pointers, and of which core
  /** @type {(asked: number) => boolean} */
  let fails = () => false;
  let asked = 0;
  for (const [core, [engine, real]] of engines.entries()) {
    /** @param {string} name */
    const take = (name) => (/** @type {any[]} */ ...given) => {
      const pointer = fails(asked++) ? 0 : real[name](...given) >>> 0;
      if (pointer) taken.add(`${core} ${pointer}`);
      return pointer;
    };
    /** @param {string} name */
    const give = (name) => (/** @type {number} */ pointer) => {
      assert.ok(taken.delete(`${core} ${pointer}`), `${name} of what is not taken`);
      real[name](pointer);
    };
    engine.exports = { ...real };
    for (const name of ['wf_alloc', 'wf_model_new', 'wf_fit_new']) engine.exports[name] = take(name);
    for (const name of ['wf_free', 'wf_model_free', 'wf_fit_free']) engine.exports[name] = give(name);
  }

  const line = new LinearRegression(), net = make({ epochs: 2, warmStart: true }), labels = Array.from(y, (value) => value > 0);
  await line.fit(X, y);
  await net.fit(X, y);
  const before = weightsOf(net);
  /** @type {(() => any)[]} */
  const uses = [
    () => fit(net, { validation: 0.2 }), () => fit(line, { sampleWeight: y.map(Math.abs), validation: 0.2 }), () => net.predict(X),
    () => new Network({ inputs: 1, layers: [dense(1)], loss: 'mse' }).getWeights(),
    () => new Network({ layers: [dense(2)], loss: 'crossEntropy', epochs: 1 }).fit(X, labels),
  ];
  for (const use of uses) {
    for (const forEver of [false, true]) {
      let failures = 0;
      for (let n = 0, done = false; !done; n++) {
        net.setWeights(before.map((/** @type {number[]} */ data) => ({ data })));
        assert.equal(taken.size, 0, 'other weights free the model that predicted');
        const coef = line.coef;
        asked = 0;
        fails = (at) => (forEver ? at >= n : at === n);
        try {
          await use();
          done = asked <= n;
        } catch (error) {
          failures++;
          assert.ok(error instanceof WasmfitError && error.code === 'OUT_OF_MEMORY' && /does not fit into WebAssembly memory/.test(error.message), String(error));
          assert.deepEqual(line.coef, coef);
        }
        fails = () => false;
        if (!done) assert.deepEqual(weightsOf(net), before);
      }
      assert.ok(failures >= 4, `${failures} failures`);
    }
  }
  net.predict(X);
  assert.equal(taken.size, 1);
  net.dispose();
  assert.equal(taken.size, 0, 'dispose frees it');
});
