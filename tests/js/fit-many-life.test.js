// fit-many-life.test.js: many fits whose workers die, that are broken off, or whose callbacks throw; a process that ends · next: life.test.js
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { Lasso, fitMany, init } from '../../src/js/index.js';
import { REPORT_FIELDS } from '../../src/js/fields.js';
import { LONG, X, bitsOf, jobsOf, make, until, untimed, watch, y } from './workers.js';

await init();

test('workers without work take what waits behind long fits', async () => {
  for (const long of [1, 2]) {
    const models = Array.from({ length: long + 3 }, (_, seed) => make({ seed, epochs: seed < long ? LONG : 20_000 })), controller = new AbortController();
    const run = fitMany(jobsOf(models), { workers: long + 1, signal: controller.signal, onProgress: ({ done }) => { if (done === 3) controller.abort(); } });
    await assert.rejects(run, { name: 'AbortError' });
    assert.deepEqual(models.map(({ fitted }) => fitted), models.map((_, at) => at >= long));
  }
});

test('a worker that dies is replaced, its fit run again, and no epoch told twice', async () => {
  /** Seconds told by each worker, while it ran the first fit. @type {number[][]} */
  const seconds = [];
  const workers = watch((worker, { type, ...event }) => {
    if (type !== 'reports' || event.values.at(-REPORT_FIELDS) <= 20) return;
    const at = workers.indexOf(worker);
    (seconds[at] ??= []).push(event.seconds);
    if (at === 0 && seconds[0].length === 3) worker.terminate();
  });
  const models = [make({ epochs: 100_000 }), make(), make({ seed: 9 })], alone = make({ epochs: 100_000 });
  /** @type {number[]} */
  const epochs = [];
  const jobs = jobsOf(models);
  jobs[0].options = { onEpoch: (/** @type {any} */ { epoch }) => epochs.push(epoch) };
  const [history] = await fitMany(jobs, { workers: 1 });
  assert.equal(workers.length, 2);
  assert.deepEqual(epochs, Array.from({ length: 100_000 }, (_, i) => i + 1));
  assert.deepEqual(untimed(history), untimed(await alone.fit(X, y)));
  assert.equal(history.seconds.at(-1), Number(seconds[0].at(-1)) + Number(seconds[1].at(-1)), 'the time that was lost counts');
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
  watch(undefined, () => { throw new Error('not here'); });
  await assert.rejects(fitMany(jobsOf([make()])), { ...died, message: 'jobs[0]: its worker ended 2 times (not here)' });
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
    const unused = new AbortController();
    await fitMany(jobsOf(fresh), { signal: unused.signal });
    assert.equal(getEventListeners(unused.signal, 'abort').length, 0);
  }
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
    await fitMany(jobs(), { workers: 4 });
    console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !name.includes('Pipe') && !name.includes('TTY'))));`;
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 60_000 });
  assert.deepEqual({ stdout, stderr, status, signal }, { stdout: 'epochs mine\n[]\n', stderr: '', status: 0, signal: null });
});
