// fit-many.test.js: many fits side by side: the bits of each alone, data sent once, progress, wrong jobs · next: fit-many-life.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lasso, LinearRegression, LogisticRegression, MLPClassifier, Network, Ridge, WasmfitError, dense, fitMany, init } from '../../src/js/index.js';
import { Table } from '../../src/js/preprocessing.js';
import { once, remembering } from '../../src/js/memo.js';
import { Shared, restore } from '../../src/js/share.js';
import { rejected } from './refused.js';
import { LONG, X, bitsOf, jobsOf, make, until, untimed, watch, y } from './workers.js';

await init();
const words = Array.from(y, (value) => (value > 0 ? 'up' : 'down'));

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
  const [lone, ridge] = [new Ridge(), new Ridge()];
  await lone.fit(X, y);
  await fitMany(jobsOf([ridge]));
  assert.equal(bitsOf(ridge), bitsOf(lone), 'and a linear model right after them');
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
  assert.deepEqual(workers.map(({ sent }) => sent.at(-1)), Array(2).fill({ type: 'forget' }), 'the data are not kept');
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

test('rows that jobs share are read once, and what each gets back is its own', async () => {
  let reads = 0;
  const watched = Array.from(X.data, (value) => new Proxy([value], { get(row, key) {
    reads += Number(key === '0');
    return Reflect.get(row, key);
  } }));
  const readFor = async (/** @type {number} */ count) => {
    reads = 0;
    const models = Array.from({ length: count }, (_, i) => make({ epochs: 2, optimizer: { name: 'adam', learningRate: 0.01 * (i + 1) }, standardize: i % 2 > 0 }));
    return [await fitMany(models.map((model) => ({ model, X: watched, y, options: { validation: 0.2 } }))), reads];
  };
  const [[first, second], twice] = /** @type {any} */ (await readFor(2)), [, often] = await readFor(8);
  assert.ok(twice > 0);
  assert.equal(often, twice, 'once in 32 bits, once in 64 to be scaled');
  assert.deepEqual(first.splits, second.splits);
  assert.notEqual(first.splits.train.buffer, second.splits.train.buffer);
});

test('a function is remembered by the same data, numbers and options, for a while only', () => {
  let calls = 0;
  const f = once((/** @type {any[]} */ ...given) => {
    calls++;
    if (given[0] === 'bad') throw new RangeError('bad');
    return { given };
  });
  const data = new Float64Array(3), list = [1];
  const cases = [[data], [new Float64Array(3)], [list], [[1]], [0], [-0], [NaN], [{ data, a: { b: 1 } }], [{ data, a: { b: 2 } }], [{ data }], [{ data, c: undefined }], [{ data: list }], [], [undefined], [null], [new Map()]];
  remembering(() => {
    const results = cases.map((given) => f(...given));
    assert.equal(calls, cases.length, 'all are different');
    assert.deepEqual(cases.map((given) => f(...given) === f(...given)), cases.map(() => true));
    assert.equal(f({ data, a: { b: 1 } }), results[7]);
    for (let i = 0; i < 2; i++) assert.throws(() => f('bad'), RangeError);
    assert.equal(calls, cases.length + 2, 'errors are not remembered');
  });
  assert.notEqual(f(data), f(data));
  assert.throws(() => remembering(() => { throw new RangeError('x'); }), RangeError);
  assert.notEqual(f(data), f(data), 'nor after an error');
});

test('arrays are the same only with the same kind, length and bits', () => {
  const shared = new Shared();
  const arrays = [Float32Array.of(0, 1), Float32Array.of(-0, 1), Int32Array.of(0, 0x3f800000), Float32Array.of(0, 1, 0), Float64Array.of(0), Float32Array.of(0, 2), new Uint8Array(4), new Uint8Array(new ArrayBuffer(5), 1)];
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

test('a worker has its next job before it ends the one before', async () => {
  /** @type {number[]} */
  const given = [];
  watch(({ sent }, { type }) => {
    if (type === 'end') given.push(sent.filter((/** @type {any} */ message) => message.type === 'start').length);
  });
  await fitMany(jobsOf([0, 1, 2, 3].map((seed) => make({ seed }))), { workers: 1 });
  assert.deepEqual(given, [2, 3, 4, 4]);
});

test('progress is told at most once a frame for each worker, with the epoch, and at the end', async () => {
  for (const workers of [1, 2]) {
    /** @type {any[]} */
    const told = [], models = Array.from({ length: 40 }, (_, seed) => make({ seed, epochs: 30 }));
    let epochs = 0;
    const start = performance.now();
    await fitMany(jobsOf(models, { onEpoch() { epochs++; } }), { workers, onProgress: (progress) => told.push(progress) });
    const frames = (performance.now() - start) / 16;
    assert.ok(told.length >= 1 && told.length <= workers * (frames + 1) + 1, `${told.length} calls in ${frames} frames`);
    told.forEach(({ done, total, job, epoch, loss }, i) => {
      assert.ok(done >= (told[i - 1]?.done ?? 0) && total === 40 && Number.isInteger(job) && job >= 0 && job < 40 && epoch >= 1 && epoch <= 30 && loss > 0);
    });
    assert.deepEqual([told.at(-1).done, epochs], [40, 1200], 'and every epoch to onEpoch');
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
    [jobsOf(good), { workers: '2' }, T, /^fitMany: workers must be a whole number from 1 to 1024, not "2"/],
    ...[0, -1, 1.5, NaN, Infinity, 1025].map((workers) => /** @type {any} */ ([jobsOf(good), { workers }, R, new RegExp(`^fitMany: workers is ${workers}; it must be a whole number from 1 to 1024`)])),
  ];
  for (const [jobs, options, Class, message, code] of cases) await rejected(() => fitMany(jobs, options), Class, message, code);
  assert.equal(workers.length, 0);
  assert.ok(good.every(({ fitted }) => !fitted));
  run.stop();
  await Promise.all(good.map((model) => model.fit(X, y, { epochs: 1 })));
  assert.deepEqual(await fitMany([]), []);
});

