// run.test.js: runs that are awaited, iterated, steered and broken off, in this thread and in a worker · next: life.test.js
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LinearRegression, MLPRegressor, Network, datasets, dense, init, load } from '../../src/js/index.js';
import { engineNow } from '../../src/js/engine.js';
import { readSafetensors } from '../../src/js/safetensors.js';

await init();
const { X, y } = await datasets.sine({ rows: 120 });
const LONG = 1e8, SOON = 2000;

/** @param {object} [more] */
const make = (more) => new MLPRegressor({ hiddenLayers: [8], activation: 'tanh', batchSize: 20, epochs: LONG, seed: 3, ...more });
/** A step is an epoch. @param {object} [more] */
const fullBatch = (more) => make({ batchSize: 120, ...more });
/** @param {any} history */
const untimed = ({ seconds, ...columns }) => columns;
/** @param {any} model */
const weightsOf = (model) => model.getWeights().map((/** @type {any} */ { data }) => [...data]);
/** How many epochs a model has seen, from its file. @param {any} model */
const epochsOf = (model) => JSON.parse(readSafetensors(model.save()).metadata.get('model') ?? '').epochs;

/** @type {import('../../src/js/run.js').Run[]} */
const runs = [];
afterEach(() => { for (const run of runs.splice(0)) run.stop(); });

/** The run's epochs as they arrive. @param {AsyncIterable<any>} run @param {any[]} [epochs] */
function watch(run, epochs = []) {
  const done = (async () => { for await (const epoch of run) epochs.push(epoch); })();
  done.catch(() => {});
  return { epochs, done };
}

/** Waits until a condition holds, but not for ever. @param {() => boolean} holds @param {string} what */
async function until(holds, what) {
  for (const start = performance.now(); !holds(); await delay(2)) assert.ok(performance.now() - start < 10_000, `no ${what} in 10 s`);
}

test('a worker gives the numbers of this thread, for every kind of model', async () => {
  const labels = Array.from(y, (value) => (value > 0 ? 'up' : 'down'));
  const cases = [
    [() => make({ epochs: 5 }), y, { validation: 0.2, evaluateTraining: true }],
    [() => make({ epochs: 5, standardize: true }), y, { validation: { X, y } }],
    [() => new Network({ layers: [dense(4), dense(2)], loss: 'crossEntropy', epochs: 5 }), labels, { validation: 0.25 }],
    [() => new LinearRegression(), y, { validation: 0.2, sampleWeight: Array.from(y, (_, i) => i % 3) }],
  ];
  for (const [build, target, options] of /** @type {any[]} */ (cases)) {
    const [here, there] = [build(), build()];
    const first = await here.fit(X, target, { ...options, worker: false });
    assert.deepEqual(untimed(await there.fit(X, target, { ...options, worker: true })), untimed(first));
    assert.deepEqual(there.predict(X), here.predict(X));
    assert.ok(Object.values(first).flat().every((value) => typeof value !== 'number' || Number.isFinite(value)));
  }
});

for (const worker of [false, true]) {
  const place = worker ? 'in a worker' : 'in this thread';
  /** @param {any} model @param {object} [options] */
  const fit = (model, options) => {
    runs.push(model.fit(X, y, { worker, ...options }));
    return runs[runs.length - 1];
  };

  test(`every epoch is seen ${place}: by two loops, by one that begins late, by onEpoch, and in the history`, async () => {
    /** @type {any[]} */
    const heard = [];
    const run = fit(make({ epochs: 40 }), { validation: 0.2, onEpoch: (/** @type {any} */ epoch) => heard.push(epoch) });
    const [one, two] = [watch(run), watch(run)];
    const history = await run;
    const late = watch(run);
    await Promise.all([one.done, two.done, late.done]);
    assert.deepEqual(history.epoch, Array.from({ length: 40 }, (_, i) => i + 1));
    assert.equal(history.stopped, 'epochs');
    for (const epochs of [two.epochs, late.epochs, heard]) assert.deepEqual(epochs, one.epochs);
    const columns = Object.keys(one.epochs[0]);
    assert.deepEqual(columns.sort(), ['epoch', 'learningRate', 'loss', 'mae', 'r2', 'rowsSeen', 'seconds', 'valLoss', 'valMae', 'valR2']);
    for (const name of columns) assert.deepEqual(one.epochs.map((epoch) => epoch[name]), history[name]);
    assert.deepEqual(history.rowsSeen.at(-1), 40 * 96);
    assert.ok(history.seconds.every((/** @type {number} */ value, /** @type {number} */ i) => value >= (history.seconds[i - 1] ?? 0)));
    assert.equal(await run, history, 'awaited again, the same history');
  });

  test(`a loop that is left early does not end the run ${place}`, async () => {
    const run = fit(make({ epochs: 30 }));
    for await (const { epoch } of run) if (epoch === 2) break;
    assert.equal((await run).epoch.length, 30);
  });

  test(`a pause ${place} stops the epochs, with none held back, and resume goes on`, async () => {
    const run = fit(fullBatch());
    const { epochs } = watch(run);
    for (let i = 0, before = 0; i < 10; i++) {
      await until(() => epochs.length > before, 'epochs');
      run.pause();
      const copy = await run.snapshot();
      await delay(10);
      before = epochs.length;
      assert.equal(epochsOf(copy), before, 'the model is as many epochs old as were told of');
      await delay(20);
      assert.equal(epochs.length, before);
      run.resume();
    }
    run.stop();
    await run;
  });

  test(`step ${place} trains to the end of one epoch and pauses, from the start and again and again`, async () => {
    const run = fit(make());
    const { epochs } = watch(run);
    for (let k = 1; k <= 3; k++) {
      run.step();
      await until(() => epochs.length === k, `epoch ${k}`);
      await delay(30);
      assert.equal(epochs.length, k);
    }
    run.stop();
    assert.deepEqual((await run).epoch, [1, 2, 3]);
  });

  test(`a stopped run ${place} resolves soon, with a model that predicts`, async () => {
    const model = fullBatch();
    const run = fit(model);
    const { epochs } = watch(run);
    await until(() => epochs.length > 5, 'epochs');
    const before = performance.now();
    run.stop();
    const history = await run;
    assert.ok(performance.now() - before < SOON);
    assert.equal(history.stopped, 'stopped');
    assert.equal(epochsOf(model), history.epoch.length);
    const same = fullBatch({ epochs: history.epoch.length });
    await same.fit(X, y);
    assert.deepEqual(weightsOf(model), weightsOf(same));
  });

  test(`run.stop right after fit ${place} resolves before the first step`, async () => {
    const run = fit(make());
    run.stop();
    const { stopped, epoch } = await run;
    assert.deepEqual([stopped, epoch], ['stopped', []]);
  });

  test(`a paused run ${place} can be stopped and aborted`, async () => {
    const run = fit(make());
    run.pause();
    run.stop();
    assert.equal((await run).stopped, 'stopped');
    const controller = new AbortController();
    const other = fit(make(), { signal: controller.signal });
    other.pause();
    await delay(20);
    controller.abort();
    await assert.rejects(async () => { await other; }, { name: 'AbortError' });
  });

  test(`a snapshot ${place} is a fitted model of its own, equal to the state it was taken from`, async () => {
    const model = fullBatch({ standardize: true });
    const run = fit(model);
    const { epochs } = watch(run);
    await until(() => epochs.length > 5, 'epochs');
    const copies = await Promise.all([run.snapshot(), run.snapshot()]);
    run.pause();
    const last = await run.snapshot();
    run.stop();
    await run;
    assert.deepEqual(last.predict(X), model.predict(X));
    for (const copy of copies) {
      assert.ok(copy instanceof MLPRegressor && copy.fitted && copy !== model);
      assert.deepEqual(copy.options, model.options);
      const same = fullBatch({ standardize: true, epochs: epochsOf(copy) });
      await same.fit(X, y);
      assert.deepEqual(copy.predict(X), same.predict(X));
    }
    const expected = copies[0].predict(X);
    copies[1].setWeights(copies[1].getWeights().map((/** @type {any} */ { data }) => ({ data: data.fill(0) })));
    copies[1].dispose();
    model.dispose();
    assert.deepEqual(copies[0].predict(X), expected);
    assert.deepEqual((await load(copies[0].save())).predict(X), expected);
  });

  test(`snapshots ${place} asked for at the very start and the very end are answered, later ones refused`, async () => {
    for (const model of [make({ epochs: 3 }), new LinearRegression()]) {
      const run = fit(model);
      const early = run.snapshot();
      await run;
      assert.equal((await early).predict([[0]]).length, 1);
      await assert.rejects(run.snapshot(), { code: 'ENDED' });
    }
  });

  test(`run.update ${place} changes the learning rate from then on`, async () => {
    const run = fit(make({ optimizer: { name: 'sgd', learningRate: 0.25 } }));
    const { epochs } = watch(run);
    run.step();
    await until(() => epochs.length === 1, 'epoch 1');
    run.update({ learningRate: 0.125 });
    run.step();
    await until(() => epochs.length === 2, 'epoch 2');
    run.update({ learningRate: 0 });
    const frozen = await run.snapshot();
    run.step();
    await until(() => epochs.length === 3, 'epoch 3');
    const after = await run.snapshot();
    assert.deepEqual(weightsOf(after), weightsOf(frozen), 'at rate 0 nothing moves');
    run.stop();
    assert.deepEqual((await run).learningRate, [0.25, 0.125, 0]);
  });

  test(`a signal that is aborted already rejects ${place} with its reason, and the model stays as it was`, async () => {
    const model = make({ epochs: 2 });
    await fit(model);
    const before = weightsOf(model);
    const reason = { mine: true };
    const signal = AbortSignal.abort(reason);
    await assert.rejects(async () => { await fit(model, { signal }); }, (error) => error === reason);
    assert.deepEqual(weightsOf(model), before);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  test(`an abort in the middle ${place} rejects soon with its reason, everywhere, and the model goes on`, async () => {
    const model = fullBatch();
    const controller = new AbortController();
    const run = fit(model, { signal: controller.signal });
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
    const { epochs, done } = watch(run);
    await until(() => epochs.length > 5, 'epochs');
    const reason = new Error('enough');
    const before = performance.now();
    controller.abort(reason);
    await assert.rejects(async () => { await run; }, (error) => error === reason);
    assert.ok(performance.now() - before < SOON);
    await assert.rejects(done, (error) => error === reason);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    const same = fullBatch({ epochs: epochsOf(model) });
    await same.fit(X, y);
    assert.deepEqual(weightsOf(model), weightsOf(same), 'weights of a whole step');
    assert.equal((await fit(model, { epochs: 2 })).stopped, 'epochs');
  });

  test(`two models that train at once ${place} get the bits they get alone`, async () => {
    const build = () => [make({ epochs: 300 }), make({ epochs: 300, seed: 4, activation: 'gelu' })];
    const [alone, together] = [build(), build()];
    for (const model of alone) await fit(model);
    await Promise.all(together.map((model) => fit(model)));
    assert.deepEqual(together.map(weightsOf), alone.map(weightsOf));
  });

  test(`what a caller does with X and y after fit has no effect ${place}`, async () => {
    const [rows, target] = [Float32Array.from(X.data), Float64Array.from(y)];
    const wide = Float64Array.from(X.data);
    const [model, line] = [make({ epochs: 3 }), new LinearRegression()];
    const both = [fitTo(model, rows, target), fitTo(line, wide, target)];
    for (const values of [rows, wide, target]) values.fill(NaN);
    await Promise.all(both);
    const [same, plain] = [make({ epochs: 3 }), new LinearRegression()];
    await same.fit({ data: Float32Array.from(X.data), rows: 120, cols: 1 }, y);
    await plain.fit(X, y);
    assert.deepEqual(weightsOf(model), weightsOf(same));
    assert.deepEqual(line.coef, plain.coef);
    const kept = Float32Array.from(X.data);
    await fitTo(make({ epochs: 1 }), kept, y);
    assert.deepEqual(kept, Float32Array.from(X.data), 'and a fit takes nothing away');

    /** @param {any} model @param {any} data @param {any} target */
    function fitTo(model, data, target) {
      return model.fit({ data, rows: 120, cols: 1 }, target, { worker });
    }
  });
}

test('a run stopped in mid-epoch has the weights of a whole step', async () => {
  const rows = 4_000_000;
  const ones = new Float32Array(rows).fill(1);
  const build = () => new Network({ inputs: 1, layers: [dense(1, { initializer: 'zeros' })], loss: 'mse', batchSize: 1, epochs: 1, optimizer: { name: 'sgd', learningRate: 1e-7 } });
  /** @param {any} model @param {number} steps rows are all the same, one is a step */
  const begin = (model, steps) => model.fit({ data: ones.subarray(0, steps), rows: steps, cols: 1 }, ones.subarray(0, steps), { shuffle: false });
  const model = build();
  const run = begin(model, rows);
  while ((await run.snapshot()).getWeights()[0].data[0] < 0.02) await delay(1);
  run.stop();
  const { stopped, epoch } = await run;
  assert.deepEqual([stopped, epoch], ['stopped', []]);
  const [weight] = model.getWeights()[0].data;
  assert.ok(weight > 0 && weight < 0.4, `weight ${weight}`);
  let least = 1, most = rows, same = build();
  while (least <= most) { // the weight grows with every step
    const steps = (least + most) >> 1;
    same = build();
    await begin(same, steps);
    const [reached] = same.getWeights()[0].data;
    if (reached === weight) break;
    if (reached < weight) least = steps + 1;
    else most = steps - 1;
  }
  assert.deepEqual(weightsOf(same), weightsOf(model));
});

test('timers go on ticking while a fit runs in this thread', async () => {
  const run = make().fit(X, y, { worker: false });
  let ticks = 0, longest = 0, last = performance.now();
  const timer = setInterval(() => {
    ticks++;
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await delay(300);
  clearInterval(timer);
  run.stop();
  const { epoch } = await run;
  assert.ok(epoch.length > 10 && ticks >= 5, `${epoch.length} epochs, ${ticks} ticks`);
  assert.ok(longest < 500, `${longest} ms without a tick`);
});

test('the first slice is one step, however large the model, and later ones are as long as time allows', async (t) => {
  const engine = engineNow('test'), real = engine.exports;
  t.after(() => { engine.exports = real; });
  /** @type {number[]} */
  const rows = [];
  engine.exports = { ...real, wf_fit_run(/** @type {[number, number, number]} */ ...given) {
    const state = real.wf_fit_run(...given);
    rows.push(real.wf_fit_step_in_epoch(given[0]));
    return state;
  } };
  await make({ epochs: 1, batchSize: 1 }).fit(X, y, { worker: false });
  assert.equal(rows[0], 1);
  assert.ok(rows.length > 2 && rows.length < 30, `${rows.length} slices for 120 steps`);
});
