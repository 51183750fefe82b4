// fit-many.test.js: many fits side by side: the bits of each alone, data sent once, workers that die, aborts, wrong jobs · next: life.test.js
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Lasso, LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor, Network, Ridge, Table, WasmfitError, datasets, dense, fitMany, init,
} from 'wasmfit';
import { REPORT_FIELDS } from '../../src/js/native.js';
import { endResting } from '../../src/js/pool.js';
import { Shared, restore } from '../../src/js/share.js';
import { rejected } from './refused.js';

await init();
const { X, y } = await datasets.sine({ rows: 90 });
const words = Array.from(y, (value) => (value > 0 ? 'up' : 'down'));
const LONG = 1e8;

/** @param {object} [more] */
const make = (more) => new MLPRegressor({ hiddenLayers: [6], activation: 'tanh', batchSize: 16, epochs: 20, seed: 3, ...more });
/** @param {any[]} models @param {any} [options] */
const jobsOf = (models, options) => models.map((model) => ({ model, X, y, options }));
/** @param {any} history */
const untimed = ({ seconds, ...columns }) => columns;
/** What is left of a model, to the last bit. @param {any} model */
const bitsOf = (model) => Buffer.from(model.save()).toString('base64');
/** @param {() => boolean} holds @param {string} what */
async function until(holds, what) {
  for (const start = performance.now(); !holds(); await delay(2)) assert.ok(performance.now() - start < 20_000, `no ${what} in 20 s`);
}

const threads = createRequire(import.meta.url)('node:worker_threads');
const { Worker } = threads;
/**
 * Watches the workers that begin from now on.
 * @param {(worker: any, event: any) => void} [heard] of every message from them @param {(url: URL) => URL} [urlOf] another script
 * @returns {any[]} the workers, each with the messages it was sent
 */
function watch(heard = () => {}, urlOf = (url) => url) {
  endResting();
  /** @type {any[]} */
  const workers = [];
  threads.Worker = class extends Worker {
    constructor(/** @type {URL} */ url, /** @type {any} */ options) {
      super(urlOf(url), options);
      this.sent = [];
      workers.push(this);
      this.on('message', (/** @type {any} */ event) => heard(this, event));
    }

    postMessage(/** @type {any} */ message, /** @type {any} */ transfer) {
      this.sent.push(message);
      super.postMessage(message, transfer);
    }
  };
  syncBuiltinESMExports();
  return workers;
}
afterEach(() => {
  threads.Worker = Worker;
  syncBuiltinESMExports();
  endResting();
});

/** Jobs of every kind, made anew with every call. */
function everyKind() {
  const table = Table.from({ x: Array.from(X.data), side: words });
  return [
    { model: make(), X, y, options: { validation: 0.2, evaluateTraining: true } },
    { model: make({ seed: 4, standardize: true }), X, y, options: { validation: { X, y } } },
    { model: new LinearRegression(), X, y, options: { sampleWeight: Array.from(y, (_, i) => i % 3) } },
    { model: new MLPClassifier({ hiddenLayers: [4], epochs: 12 }), X, y: words, options: { validation: 0.25, epochs: 7 } },
    { model: make({ epochs: 300 }), X: table, y },
    { model: new LogisticRegression(), X, y: words },
    { model: new Network({ inputs: 1, layers: [dense(4, { activation: 'relu' }), dense(1)], loss: 'mse', epochs: 9 }), X, y, options: { shuffle: false } },
    { model: new Ridge({ alpha: 2 }), X: table, y, options: { validation: 0.2 } },
    { model: new Lasso({ alpha: 0.01 }), X, y: { data: y, rows: 90, cols: 1 } },
    { model: make({ epochs: 2 }), X: Array.from(X.data, (value) => [value]), y: Array.from(y) },
  ];
}

test('many models end as each alone would, bit for bit, histories in the order of the jobs, whatever the number of workers', async () => {
  const alone = everyKind(), expected = [];
  for (const { model, X, y, options } of alone) expected.push(untimed(await model.fit(/** @type {any} */ (X), y, /** @type {any} */ (options))));
  for (const workers of [1, 2, 3, undefined]) {
    const jobs = everyKind();
    const histories = await fitMany(/** @type {any} */ (jobs), { workers });
    assert.deepEqual(histories.map(untimed), expected);
    jobs.forEach(({ model }, i) => assert.equal(bitsOf(model), bitsOf(alone[i].model), `job ${i}`));
  }
});

test('a network trains on, and an estimator with warmStart, as by fits one after the other', async () => {
  const build = () => [new Network({ layers: [dense(3, { activation: 'tanh' }), dense(1)], loss: 'mse', epochs: 5 }), make({ epochs: 5, warmStart: true }), make({ epochs: 5 })];
  const [alone, together] = [build(), build()];
  for (const model of alone) for (let i = 0; i < 3; i++) await model.fit(X, y);
  for (let i = 0; i < 3; i++) await fitMany(jobsOf(together), { workers: 2 });
  assert.deepEqual(together.map(bitsOf), alone.map(bitsOf));
});

test('a later call with other data uses the same workers, and none of the former data', async () => {
  const workers = watch();
  const other = { data: X.data.map((value) => value * 2), rows: 90, cols: 1 };
  for (const given of [X, other, X]) {
    const models = [0, 1, 2, 3].map((seed) => make({ seed })), alone = make({ seed: 3 });
    await fitMany(models.map((model) => ({ model, X: given, y })), { workers: 2 });
    await alone.fit(given, y);
    assert.equal(bitsOf(models[3]), bitsOf(alone));
  }
  assert.equal(workers.length, 2);
  await until(() => workers.every(({ threadId }) => threadId === -1), 'end of workers without work');
});

test('data that jobs share goes once to each worker, also scaled, split and given for validation', async () => {
  const wide = { data: Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i)), rows: 1000, cols: 4 };
  const target = Float64Array.from({ length: 1000 }, (_, i) => Math.cos(i));
  /** @param {any} value @returns {number} bytes of all typed arrays in a message */
  const bytesIn = (value) => (ArrayBuffer.isView(value) ? value.byteLength : value instanceof WebAssembly.Module ? 0
    : typeof value === 'object' && value !== null ? Object.values(value).reduce((sum, item) => sum + bytesIn(item), 0) : 0);
  for (const [name, more, options] of /** @type {[string, any, any][]} */ ([
    ['as it is', {}, {}], ['scaled', { standardize: true }, {}], ['split by one seed', {}, { validation: 0.2 }], ['validation given', {}, { validation: { X: wide, y: target } }],
  ])) {
    const workers = watch();
    const models = Array.from({ length: 8 }, (_, i) => make({ epochs: 2, optimizer: { name: 'adam', learningRate: 0.001 * (i + 1) }, ...more }));
    await fitMany(models.map((model) => ({ model, X: wide, y: target, options })), { workers: 2 });
    assert.equal(workers.length, 2);
    assert.ok(workers.every(({ sent }) => sent.some((/** @type {any} */ { type }) => type === 'start')), 'both work');
    for (const { sent } of workers) {
      const bytes = sent.reduce((/** @type {number} */ sum, /** @type {any} */ message) => sum + bytesIn(message), 0);
      assert.ok(bytes >= 20_000 && bytes <= 20_100, `${name}: ${bytes} bytes to a worker, for 1000 rows of 5 floats`);
    }
  }
});

test('arrays are the same only with the same kind, length and bits', () => {
  const shared = new Shared();
  const arrays = [Float32Array.of(0, 1), Float32Array.of(-0, 1), Int32Array.of(0, 0x3f800000), Float32Array.of(0, 1, 0), Float64Array.of(0), Float32Array.of(0, 2), new Uint8Array(3), new Uint8Array(new ArrayBuffer(4), 1)];
  const task = { list: arrays, deep: { again: Float32Array.of(0, 1), text: 'x', none: null }, number: NaN };
  const added = shared.add(task);
  assert.deepEqual(added, task);
  const apart = [0, 1, 2, 3, 4, 5, 6, 6];
  added.list.forEach((/** @type {unknown} */ values, /** @type {number} */ i) => assert.equal(values, arrays[apart[i]], `array ${i}`));
  assert.equal(added.deep.again, arrays[0]);
  const { task: packed, arrays: sent } = shared.pack(added);
  assert.deepEqual([...sent.values()], [arrays[0], arrays[6]]);
  assert.equal(typeof packed.list[0], 'bigint');
  assert.deepEqual(restore(packed, sent), task);
});

test('progress is told at most once a frame for each worker, with the epoch, and at the end', async () => {
  for (const workers of [1, 2]) {
    /** @type {any[]} */
    const told = [], models = Array.from({ length: 40 }, (_, seed) => make({ seed, epochs: 30 }));
    const start = performance.now();
    await fitMany(jobsOf(models), { workers, onProgress: (progress) => told.push(progress) });
    const frames = (performance.now() - start) / 16;
    assert.ok(told.length >= 1 && told.length <= workers * (frames + 1) + 1, `${told.length} calls in ${frames} frames`);
    told.forEach(({ done, total, job, epoch, loss }, i) => {
      assert.ok(done >= (told[i - 1]?.done ?? 0) && total === 40 && Number.isInteger(job) && job >= 0 && job < 40 && epoch >= 1 && epoch <= 30 && loss > 0);
    });
    assert.equal(told.at(-1).done, 40);
  }
});

test('a worker without work takes what waits behind a long fit', async () => {
  const models = [make({ epochs: LONG }), make(), make({ seed: 8 })], controller = new AbortController();
  const run = fitMany(jobsOf(models), { workers: 2, signal: controller.signal, onProgress: ({ done }) => { if (done === 2) controller.abort(); } });
  await assert.rejects(run, { name: 'AbortError' });
  assert.deepEqual(models.map(({ fitted }) => fitted), [false, true, true]);
});

test('a worker that dies is replaced, its fit run again, and no epoch told twice', async () => {
  let killed = 0;
  const workers = watch((worker, { type }) => {
    if (type === 'reports' && killed++ === 0) worker.terminate();
  });
  const models = [make({ epochs: 20_000 }), make(), make({ seed: 9 })], alone = make({ epochs: 20_000 });
  /** @type {number[]} */
  const epochs = [];
  const jobs = jobsOf(models);
  jobs[0].options = { onEpoch: (/** @type {any} */ { epoch }) => epochs.push(epoch) };
  const [history] = await fitMany(jobs, { workers: 1 });
  assert.equal(workers.length, 2);
  assert.deepEqual(epochs, Array.from({ length: 20_000 }, (_, i) => i + 1));
  assert.deepEqual(untimed(history), untimed(await alone.fit(X, y)));
  assert.ok(history.seconds.every((/** @type {number} */ value, /** @type {number} */ i) => value >= (history.seconds[i - 1] ?? 0)));
  assert.equal(bitsOf(models[0]), bitsOf(alone));
  assert.ok(models.every(({ fitted }) => fitted));
});

test('a fit whose worker dies twice, or does not start, is an error with its place, and everything can be fitted again', async () => {
  const models = [make(), make({ epochs: LONG }), make({ epochs: LONG, seed: 1 })];
  const died = { name: 'WasmfitError', code: 'WORKER' };
  const workers = watch((worker, { type, values }) => {
    if (type === 'reports' && values.length > REPORT_FIELDS * 20) worker.terminate(); // more epochs than the short fit has
  });
  await assert.rejects(fitMany(jobsOf(models), { workers: 1 }), { ...died, message: 'jobs[1]: its worker ended 2 times (exit code 1)' });
  assert.ok(workers.length <= 3, `${workers.length} workers`);
  for (const script of ['throw new Error("broken")', 'process.exit(3)', 'syntax error']) {
    const broken = watch(undefined, () => new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    await assert.rejects(fitMany(jobsOf([make(), make()]), { workers: 2 }), { ...died, message: /^jobs\[[01]\]: its worker ended 2 times \(/ });
    assert.ok(broken.length <= 6, `${broken.length} workers`);
    await until(() => broken.every(({ threadId }) => threadId === -1), 'end of workers');
  }
  await until(() => workers.every(({ threadId }) => threadId === -1), 'end of workers');
  watch();
  assert.deepEqual(models.map(({ fitted }) => fitted), [true, false, false]);
  for (const model of models) await model.fit(X, y, { epochs: 1 });
});

test('an abort ends everything at once with its reason: what had ended is fitted, the rest as it was', async () => {
  const workers = watch(), controller = new AbortController(), reason = new Error('enough');
  const models = [make(), make({ epochs: LONG }), make({ epochs: LONG, warmStart: true }), make()], slow = new Lasso({ maxIterations: 1e9, tolerance: 0 });
  await models[2].fit(X, y, { epochs: 2 });
  const before = bitsOf(models[2]);
  const run = fitMany(jobsOf([...models.slice(0, 3), slow, models[3]]), { workers: 2, signal: controller.signal, onProgress: ({ done }) => {
    assert.throws(() => models[1].fit(X, y), { code: 'BUSY' });
    if (done > 0) controller.abort(reason);
  } });
  await assert.rejects(run, (error) => error === reason);
  assert.deepEqual([models[0].fitted, models[1].fitted, bitsOf(models[2])], [true, false, before]);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  await until(() => workers.length === 2 && workers.every(({ threadId }) => threadId === -1), 'end of workers');
  for (const model of models) await model.fit(X, y, { epochs: 1 });

  for (const soon of [true, false]) {
    const other = new AbortController(), fresh = [make(), make()];
    if (soon) other.abort(reason);
    const late = fitMany(jobsOf(fresh), { signal: other.signal });
    other.abort(reason);
    await assert.rejects(late, (error) => error === reason);
    assert.deepEqual(fresh.map(({ fitted }) => fitted), [false, false]);
    await fitMany(jobsOf(fresh));
  }
});

test('a fit that diverges is a result among the others', async () => {
  const wide = { data: X.data.map((value) => value * 4), rows: 90, cols: 1 };
  const wild = new Network({ inputs: 1, layers: [dense(1)], loss: 'mse', batchSize: 90, epochs: 10_000, optimizer: { name: 'sgd', learningRate: 0.5 } });
  const histories = await fitMany([{ model: make(), X, y }, { model: wild, X: wide, y }, { model: make(), X, y }], { workers: 2 });
  assert.deepEqual(histories.map(({ stopped }) => stopped), ['epochs', 'diverged', 'epochs']);
  assert.match(String(histories[1].message), /learning rate near 0\.05/);
});

test('wrong jobs and options are refused with their place before anything starts', async () => {
  const workers = watch(), good = [make(), make()], T = TypeError, R = RangeError;
  const busy = make({ epochs: LONG }), disposed = make(), run = busy.fit(X, y);
  disposed.dispose();
  const third = (/** @type {any} */ job) => [...jobsOf(good), job];
  /** @type {[any, any, any, RegExp, string?][]} */
  const cases = [
    [undefined, {}, T, /^fitMany: jobs must be an array of \{ model, X, y, options \}, not undefined/], [{ model: good[0], X, y }, {}, T, /not object/],
    [third(5), {}, T, /^jobs\[2\]: .*must be an object, not 5/], [third(null), {}, T, /not null/], [third({ modle: good[0] }), {}, T, /^jobs\[2\]: .*unknown option "modle"; did you mean "model"\?/],
    [third({ model: {}, X, y }), {}, T, /^jobs\[2\]: model must be one of this package's models, not object/], [third({ X, y }), {}, T, /not undefined/],
    [third({ model: good[1], X, y }), {}, R, /^jobs\[2\]: the model is that of an earlier job/],
    [third({ model: make(), X, y: [1, 2] }), {}, R, /^jobs\[2\]: y has 2 values; it needs 90/], [third({ model: make(), X: [[1], [NaN]], y: [1, 2] }), {}, R, /^jobs\[2\]: X has NaN at row 2, column 1/],
    [third({ model: make(), X: [[1], ['2']], y: [1, 2] }), {}, T, /^jobs\[2\]: X has "2" at row 2/], [third({ model: make(), X: [], y: [] }), {}, R, /^jobs\[2\]: X has 0 rows/],
    [third({ model: make(), X, y, options: { epoch: 3 } }), {}, T, /^jobs\[2\]: MLPRegressor\.fit: unknown option "epoch"; did you mean "epochs"\?/], [third({ model: make(), X, y, options: null }), {}, T, /not null/],
    [third({ model: make(), X, y, options: { signal: new AbortController().signal } }), {}, T, /^jobs\[2\]: options\.signal is for a single fit/], [third({ model: make(), X, y, options: { worker: false } }), {}, T, /^jobs\[2\]: options\.worker is/],
    [third({ model: make(), X, y, options: { onEpoch: 1 } }), {}, T, /^jobs\[2\]: MLPRegressor\.fit: onEpoch must be a function, not 1/],
    [third({ model: busy, X, y }), {}, WasmfitError, /^jobs\[2\]: MLPRegressor\.fit: the model is being fitted/, 'BUSY'], [third({ model: disposed, X, y }), {}, WasmfitError, /^jobs\[2\]: .*disposed/, 'DISPOSED'],
    [jobsOf(good), null, T, /^fitMany: options must be an object, not null/], [jobsOf(good), { onprogress() {} }, T, /^fitMany: unknown option "onprogress"; did you mean "onProgress"\?/],
    [jobsOf(good), { signal: 1 }, T, /^fitMany: signal must be an AbortSignal, not 1/], [jobsOf(good), { onProgress: 'log' }, T, /^fitMany: onProgress must be a function, not "log"/],
    [jobsOf(good), { workers: '2' }, T, /^fitMany: workers must be a whole number, not "2"/], ...[0, -1, 1.5, NaN, Infinity, 1025].map((workers) => /** @type {any} */ ([jobsOf(good), { workers }, R, new RegExp(`^fitMany: workers is ${workers}; it must be a whole number from 1 to 1024`)])),
  ];
  for (const [jobs, options, Class, message, code] of cases) await rejected(() => fitMany(jobs, options), Class, message, code);
  assert.equal(workers.length, 0);
  assert.ok(good.every(({ fitted }) => !fitted));
  run.stop();
  await Promise.all(good.map((model) => model.fit(X, y, { epochs: 1 })));
  assert.deepEqual(await fitMany([]), []);
});

test('an error of onEpoch, of onProgress also in its last call, or of a model that is disposed, ends everything and is that very error', async () => {
  const mine = { mine: true };
  /** @param {any} options @param {any} [each] */
  const begin = (options, each) => {
    const models = [make(), make({ epochs: 3000 }), make({ epochs: LONG })];
    return { models, run: fitMany(jobsOf(options.onProgress && !each ? models.slice(0, 2) : models, each), { workers: 2, ...options }) };
  };
  for (const [options, each] of /** @type {[any, any?][]} */ ([
    [{}, { onEpoch() { throw mine; } }], [{ onProgress() { throw mine; } }, {}], [{ onProgress: (/** @type {any} */ { done, total }) => { if (done === total) throw mine; } }],
  ])) {
    const { run, models } = begin(options, each);
    await assert.rejects(run, (error) => error === mine);
    for (const model of models) await model.fit(X, y, { epochs: 1 });
  }
  const { run, models } = begin({});
  models[2].dispose();
  await assert.rejects(run, { code: 'DISPOSED' });
  await models[1].fit(X, y, { epochs: 1 });
});

test('a process ends by itself after fitMany, whether it went well or not, and prints nothing', () => {
  const script = `
    import { MLPRegressor, LinearRegression, fitMany } from '${new URL('../../src/js/index.js', import.meta.url)}';
    const jobs = () => Array.from({ length: 5 }, (_, seed) => ({ model: new MLPRegressor({ hiddenLayers: [2], epochs: 3, seed }), X: [[1], [2]], y: [1, 2] }));
    const [{ stopped }] = await fitMany([...jobs(), { model: new LinearRegression(), X: [[1], [2]], y: [1, 2] }]);
    await fitMany(jobs(), { onProgress() { throw new Error('mine'); } }).catch(({ message }) => console.log(stopped, message));
    await fitMany(jobs(), { workers: 4 });`;
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual({ stdout, stderr, status, signal }, { stdout: 'epochs mine\n', stderr: '', status: 0, signal: null });
});
