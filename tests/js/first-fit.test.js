// first-fit.test.js: what fit promises while its code is still being fetched · in: the package in fresh processes · out: test results · next: life.test.js
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const entry = (/** @type {string} */ name) => JSON.stringify(new URL(`../../build/js/${name}.js`, import.meta.url).href);

/** What a module of its own process prints, of which the first fits are these. @param {string} body puts its findings into `out` */
function first(body) {
  const source = `
    import { LinearRegression, LogisticRegression, MLPRegressor, Network, dense, fitMany, init } from ${entry('index')};
    import { Table } from ${entry('preprocessing')};
    const X = [[1, 2], [2, 1], [3, 5], [4, 3], [5, 9], [6, 1]], y = [1, 2, 3, 4, 5, 6], out = {};
    const small = { hiddenLayers: [3], epochs: 5, seed: 1, standardize: true };
    const told = (error) => [error.constructor.name, error.message, error.code];
    const reason = async (run) => { try { await run; return 'none'; } catch (error) { return told(error); } };
    const at = (call) => { try { call(); return 'none'; } catch (error) { return told(error); } };
    ${body}
    console.log(JSON.stringify(out));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' }));
}

test('a fit, the first and later ones, here and in a worker, trains on the values of the call, whatever the caller does with them afterwards, and leaves him his arrays', () => {
  const { now, later, ...others } = first(`
    const kinds = {
      rows: () => ({ X: X.map((row) => [...row]), y: [...y] }),
      typed: () => ({ X: { data: Float64Array.from(X.flat()), rows: 6, cols: 2 }, y: Float64Array.from(y) }),
      single: () => ({ X: { data: Float32Array.from(X.flat()), rows: 6, cols: 2 }, y: Float32Array.from(y) }),
      bytes: () => ({ X: { data: Uint8ClampedArray.from(X.flat()), rows: 6, cols: 2, scale: 0.5, offset: 1 }, y: [...y] }),
      buffers: () => ({ X: { data: Buffer.from(X.flat()), rows: 6, cols: 2, scale: 0.5, offset: 1 }, y: Buffer.from(y) }),
      'typed rows': () => ({ X: X.map((row) => Float32Array.from(row)), y: y.map((value) => [value]) }),
      table: () => ({ X: Table.from({ a: [1, 2, 3, 4, 5, 6] }), y: [...y] }),
    };
    const options = () => ({ sampleWeight: [1, 2, 1, 1, 2, 1], validation: { X: [[1, 1], [2, 2]], y: [1, 2] } });
    const spoil = (value) => {
      if (ArrayBuffer.isView(value) && value.fill) value.fill(NaN);
      else if (Array.isArray(value)) value.forEach((item, i) => (typeof item === 'object' ? spoil(item) : (value[i] = NaN)));
      else if (value && Object.getPrototypeOf(value) === Object.prototype) Object.values(value).forEach(spoil);
      if (value?.rows && !(value instanceof Table)) value.rows = 1;
    };
    const fits = async (names, make, spoiled, worker) => Object.fromEntries(await Promise.all(names.map(async (name) => {
      const given = kinds[name](), more = name === 'table' ? { worker } : { ...options(), worker }, model = make();
      const run = model.fit(given.X, given.y, more);
      if (spoiled) [given.X, given.y, more].forEach(spoil);
      await run;
      if (given.X.data?.length === 0) throw new Error(name + ': the array is gone');
      return [name, [...model.predict(kinds[name]().X)]];
    })));
    const plain = { ...small, standardize: false }, linear = ['rows', 'typed', 'single', 'typed rows', 'table'];
    const all = (...how) => Promise.all([fits(Object.keys(kinds), () => new MLPRegressor(small), ...how), fits(Object.keys(kinds), () => new MLPRegressor(plain), ...how), fits(linear, () => new LinearRegression(), ...how)]);
    const before = all(true); // in the first tick nothing is there yet
    out.now = await before;
    out.later = await all(false, false);
    out.again = await all(true, false);
    out.worker = await all(true, true);`);
  assert.ok(Object.values(now[0]).flat().every(Number.isFinite));
  for (const found of [now, ...Object.values(others)]) assert.deepEqual(found, later);
});

test('what the first fit has copied is not copied again', () => {
  const { copies } = first(`
    class Counted extends Float32Array {
      slice(...part) { out.copies++; return super.slice(...part); }
    }
    out.copies = 0;
    await new MLPRegressor({ ...small, standardize: false }).fit({ data: Counted.from(X.flat()), rows: 6, cols: 2 }, y);`);
  assert.equal(copies, 0);
});

test('what is wrong with data rejects the run with the same error, whether the code was there or not; nothing is changed', () => {
  const { early, late, fitted, ok } = first(`
    const wrong = [
      [undefined, y], [[], []], [[[1, NaN], [2, 1], [3, 5], [4, 3], [5, 9], [6, 1]], y], [X, [1, 2]], [Float64Array.of(1, 2), [1, 2]], [{ data: new Float64Array(3), rows: 6, cols: 2 }, y],
      [X, y, { validation: 2 }], [X, y, { validation: { X: [[1]], y: [1] } }], [X, y, { sampleWeight: [1] }], [(() => { const values = new Float64Array(12); structuredClone(values.buffer, { transfer: [values.buffer] }); return { data: values, rows: 6, cols: 2 }; })(), y],
    ];
    const models = [new MLPRegressor(small), new LinearRegression()];
    const all = () => Promise.all(models.flatMap((model) => wrong.map(([X, y, options]) => reason(new model.constructor(model.options).fit(X, y, options)))));
    out.early = await all();
    out.late = await all();
    const model = new MLPRegressor(small);
    await model.fit(X, y);
    const before = model.predict(X);
    await reason(model.fit(X, [1]));
    out.fitted = [[...before], [...model.predict(X)]];
    out.ok = await reason(model.fit(X, y));`);
  assert.ok(early.every((/** @type {any} */ told) => /^(Type|Range)Error$/.test(told[0])), JSON.stringify(early));
  assert.deepEqual(early, late);
  assert.deepEqual(fitted[0], fitted[1]);
  assert.equal(ok, 'none');
});

test('before the code is there, a wrong call throws at once, and a model is not fitted, not ready, busy or disposed', () => {
  const out = first(`
    const model = new MLPRegressor(small), net = new Network({ inputs: 2, layers: [dense(1)], loss: 'mse', epochs: 1 }), line = new LinearRegression();
    out.calls = [() => model.fit(X, y, { epoch: 1 }), () => model.fit(X, y, { worker: 1 }), () => model.fit(X, y, { signal: 1 }), () => model.fit(X, y, { onEpoch: 1 }), () => model.fit(X, y, null)].map((call) => at(call)[0]);
    out.codes = [() => model.predict(X), () => line.predict(X), () => line.save(), () => net.getWeights(), () => net.predict(X), () => model.setWeights([])].map((call) => at(call)[2]);
    out.empty = [line.coef, line.intercept, line.warnings, line.featureNames, model.classes, model.featureNames].map((value) => value ?? null);
    const run = model.fit(X, y);
    out.busy = [at(() => model.fit(X, y))[2], at(() => model.predict(X))[2]];
    out.splits = run.splits === undefined;
    await run;
    await line.fit(X, y);
    await init();
    out.ready = net.getWeights().length;
    model.dispose();
    out.disposed = [at(() => model.fit(X, y))[2], at(() => model.predict(X))[2]];`);
  assert.deepEqual(out, {
    calls: Array(5).fill('TypeError'), codes: ['NOT_FITTED', 'NOT_FITTED', 'NOT_FITTED', 'NOT_READY', 'NOT_READY', 'NOT_FITTED'], empty: [null, null, [], null, null, null],
    busy: ['BUSY', 'NOT_FITTED'], splits: true, ready: 2, disposed: ['DISPOSED', 'DISPOSED'],
  });
});

test('commands, questions, signals and dispose that come before the code are obeyed in their order', () => {
  const out = first(`
    const long = { ...small, epochs: 1e8 }, make = () => new MLPRegressor(long), why = (run) => run.then(() => 'none', (error) => error);
    const stopped = make().fit(X, y), aborted = why(make().fit(X, y, { signal: AbortSignal.abort('enough') })), gone = make(), disposed = reason(gone.fit(X, y));
    stopped.stop();
    gone.dispose();
    const controller = new AbortController(), late = why(make().fit(X, y, { signal: controller.signal }));
    controller.abort('later');
    const paused = make().fit(X, y, { validation: 0.5 }), rates = [];
    paused.pause();
    paused.step();
    const snapshot = paused.snapshot();
    paused.update({ learningRate: 0.25 });
    paused.resume();
    for await (const { learningRate } of paused) { rates.push(learningRate); break; }
    paused.stop();
    const copy = await snapshot, history = await paused;
    out.stopped = [(await stopped).stopped, (await stopped).epoch.length];
    out.aborted = await aborted;
    out.disposed = await disposed;
    out.later = await late;
    out.paused = [rates[0], typeof copy.predict(X)[0], history.stopped, paused.splits.train.length];
    const bad = make().fit(X, []);
    out.bad = [await reason(bad), await reason(bad.snapshot())];`);
  assert.deepEqual(out, {
    stopped: ['stopped', 0], aborted: 'enough', disposed: ['WasmfitError', 'MLPRegressor: the model was disposed during its fit', 'DISPOSED'], later: 'later',
    paused: [0.25, 'number', 'stopped', 3], bad: Array(2).fill(['RangeError', 'y has 0 values; it needs 6, one for each row', null]),
  });
});

test('fitMany is the first to fetch the code, refuses with the place of the job, and fits networks beside linear models', () => {
  const out = first(`
    const jobs = () => [{ model: new MLPRegressor(small), X, y }, { model: new LinearRegression(), X, y }];
    out.wrong = await reason(fitMany([...jobs(), { model: new LogisticRegression(), X, y: [1] }], { workers: 1 }));
    const mine = jobs();
    out.epochs = (await fitMany(mine, { workers: 1 })).map(({ epoch }) => epoch.length);
    const alone = new MLPRegressor(small);
    await alone.fit(X, y);
    out.same = [...alone.predict(X)].join() === [...mine[0].model.predict(X)].join();`);
  assert.deepEqual(out, { wrong: ['RangeError', 'jobs[2]: y has 1 values; it needs 6, one for each row', null], epochs: [5, 1], same: true });
});

test('a signal that is aborted already leaves a linear model free for another fit, also in a worker and with the code there', () => {
  const out = first(`
    const model = new LinearRegression(), signal = AbortSignal.abort('enough');
    for (const worker of [false, true, true]) {
      const reason = await model.fit(X, y, { worker, signal }).then(() => 'none', (error) => error);
      await model.fit(X, y);
      out[Object.keys(out).length] = [reason, model.fitted];
    }`);
  assert.deepEqual(Object.values(out), Array(3).fill(['enough', true]));
});
