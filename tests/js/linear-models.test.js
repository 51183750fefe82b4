// linear-models.test.js: what all linear models keep: their table in the registry, runs, files that are whole or refused · next: package.test.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as wasmfit from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';
import { checksum } from '../../src/js/checksum.js';
import { Random } from '../../src/js/draws.js';
import { writeSafetensors } from '../../src/js/safetensors-write.js';
import { readSafetensors } from '../../src/js/safetensors.js';
import { near, rowOf } from './near.js';
import { frozen, refused, rejected } from './refused.js';
import * as registry from 'wasmfit/registry';

const { WasmfitError, datasets, init, load } = wasmfit;
await init();
const { X, y } = await datasets.friedman1({ rows: 60 });
const two = { data: Float64Array.from({ length: 120 }, (_, i) => y[i >> 1] * (i % 2 ? 1 : -2)), rows: 60, cols: 2 };
const bits = { data: Float64Array.from({ length: 120 }, (_, i) => Number(y[i >> 1] > (i % 2 ? 12 : 16))), rows: 60, cols: 2 };
const names = Array.from(y, (value, i) => (value > 16 ? 'high "é"' : value > 12 ? 'middle' : i % 2 ? 'low' : '__proto__'));
const table = Table.from([{ name: '__proto__', values: Array.from(y, (_, i) => i / 7) }, { name: 'constructor', values: Array.from(y, (_, i) => ['toString', 'é', 'x'][i % 3]) }]);
/** @type {any} */
const classes = wasmfit;

/** @type {Record<string, [() => any, any, any]>} */
const MODELS = {
  'least squares with statistics': [() => new classes.LinearRegression(), X, y],
  'least squares without intercept and statistics': [() => new classes.LinearRegression({ fitIntercept: false, statistics: 'never' }), X, two],
  'ridge by cross-validation': [() => new classes.Ridge({ alpha: 'gcv', alphas: [0.1, 1, 10] }), table, y],
  'ridge of two outputs': [() => new classes.Ridge({ alpha: 0 }), X, two],
  lasso: [() => new classes.Lasso({ alpha: 0.1, seed: 2 ** 53 }), X, y],
  'elastic net, not converged': [() => new classes.ElasticNet({ alpha: 1e-6, maxIterations: 1, tolerance: 0 }), X, two],
  'logistic of two classes': [() => new classes.LogisticRegression({ penalty: 'elasticnet', l1Ratio: 0.2 }), X, Array.from(y, (value) => value > 14)],
  'logistic of strings': [() => new classes.LogisticRegression({ classWeight: { 'high "é"': 2, ['__proto__']: 3 } }), table, names],
  'logistic of bits': [() => new classes.LogisticRegression({ solver: 'newton' }), X, bits],
  'logistic, separable': [() => new classes.LogisticRegression({ penalty: 'none' }), [[1], [2], [3], [4]], ['a', 'a', 'b', 'b']],
};
const FACTS = ['options', 'fitted', 'classes', 'featureNames', 'coef', 'intercept', 'rank', 'alpha', 'iterations', 'warnings'];

/** @param {string} name */
async function build(name) {
  const [make, rows, target] = MODELS[name];
  const model = make();
  await model.fit(rows, target);
  return { model, rows, target };
}

describe('every linear model', () => {
  for (const name of Object.keys(MODELS)) {
    test(`is after save and load the same to the bit: ${name}`, async () => {
      const { model, rows, target } = await build(name), bytes = model.save();
      const loaded = await load(bytes);
      assert.equal(loaded.constructor, model.constructor);
      for (const fact of FACTS) assert.deepEqual(loaded[fact], model[fact], fact);
      assert.deepEqual(loaded.predict(rows), model.predict(rows));
      if (model.predictProba) assert.deepEqual(loaded.predictProba(rows), model.predictProba(rows));
      assert.equal(loaded.score(rows, target), model.score(rows, target));
      assert.deepEqual(loaded.save(), bytes);
    });

    test(`is the same from this thread, from a worker and from a snapshot, with validation: ${name}`, async () => {
      const [make, rows, target] = MODELS[name], [here, there] = [make(), make()];
      const options = { validation: { X: rows, y: target }, sampleWeight: Array.from({ length: rows.length ?? rows.rows }, (_, i) => 1 + i % 2) };
      const run = here.fit(rows, target, { ...options, worker: false }), copying = run.snapshot();
      const first = await run, second = await there.fit(rows, target, { ...options, worker: true });
      assert.deepEqual({ ...second, seconds: 0 }, { ...first, seconds: 0 });
      assert.deepEqual([there.coef, there.intercept, there.warnings], [here.coef, here.intercept, here.warnings]);
      assert.equal((await copying).constructor, here.constructor);
      const metric = here.classes || name.includes('logistic') ? 'valAccuracy' : 'valR2';
      near(first[metric].at(-1), here.score(rows, target), 1e-12, metric);
      assert.ok(Object.values(first).flat().every((value) => typeof value !== 'number' || Number.isFinite(value)));
    });

    test(`changes neither data nor options, and gives copies: ${name}`, async () => {
      const [make, rows, target] = MODELS[name], model = make();
      const given = Array.isArray(rows) ? frozen(rows.map((row) => [...row])) : rows, before = rows.data?.slice();
      await model.fit(given, Array.isArray(target) ? frozen([...target]) : target);
      if (before) assert.deepEqual(rows.data, before);
      const { coef } = model, values = coef.data ?? coef;
      values.fill(7);
      assert.notDeepEqual(model.coef, coef);
      assert.throws(() => { model.options.seed = 5; }, TypeError);
      if (!rows.data || !target.slice && !target.data) return;
      const own = { ...rows, data: rows.data.slice() }, labels = target.data ? { ...target, data: target.data.slice() } : target.slice(), sampleWeight = new Float64Array(60).fill(2);
      const other = make(), run = other.fit(own, labels, { sampleWeight });
      own.data.fill(1);
      (labels.data ?? labels).fill(0);
      sampleWeight.fill(1e9);
      await run;
      const plain = make();
      await plain.fit(rows, target, { sampleWeight: new Float64Array(60).fill(2) });
      assert.deepEqual(other.coef, plain.coef, 'the fit keeps its own copy');
    });
  }

  test('is in the registry with the options its constructor takes, their defaults, limits and a line about each', () => {
    assert.deepEqual(registry.linearModels.map(({ name }) => name), ['LinearRegression', 'Ridge', 'Lasso', 'ElasticNet', 'LogisticRegression']);
    for (const { name, label, doc, options } of registry.linearModels) {
      assert.ok(label && doc);
      const model = new classes[name]();
      for (const option of options) {
        assert.ok(option.doc, `${name}.${option.name}`);
        assert.deepEqual(model.options[option.name], option.default, `${name}.${option.name}`);
        const make = (/** @type {any} */ value) => new classes[name]({ [option.name]: value });
        if (typeof option.default === 'number') {
          for (const bad of [Number(option.min) - 1, Number(option.max) * 2 + 1, ...(option.above ? [option.min] : []), ...(option.integer ? [1.5] : []), NaN]) refused(() => make(bad), RangeError, new RegExp(`^${name}: ${option.name} is `));
          for (const good of [option.max, ...(option.above ? [] : [option.min])]) make(good);
        }
        for (const choice of option.choices ?? []) assert.equal(make(choice).options[option.name], choice);
        if (option.choices && option.min === undefined) refused(() => make('nonsense'), RangeError, new RegExp(`^${name}: ${option.name} "nonsense" is unknown`));
        else if (option.choices) refused(() => make('nonsense'), TypeError, new RegExp(`^${name}: ${option.name} must be .*not "nonsense"`));
        refused(() => make(null), TypeError, new RegExp(`^${name}: ${option.name} must be .*not null`));
      }
      assert.deepEqual(Object.keys(model.options).sort(), options.filter((option) => option.default !== undefined).map((option) => option.name).sort());
    }
  });

  test('refuses rows held back of other columns, features or outputs', async () => {
    const fit = (/** @type {any} */ validation, /** @type {any} */ target = y) => () => new classes.Ridge().fit(X, target, { validation });
    await rejected(fit({ X, y: two }), RangeError, /^validation\.y has 2 columns, y has 1; they must be equal/);
    await rejected(fit({ X: [[1, 2]], y: [1] }), RangeError, /^validation\.X has 2 columns; the model has 10 features/);
    await rejected(fit({ X: [], y: [] }), RangeError, /^validation\.X has 0 /);
    await rejected(() => new classes.LogisticRegression().fit(X, bits, { validation: { X, y: bits.data.slice(0, 60) } }), RangeError, /^validation\.y has 1 columns, y has 2/);
  });

  test('a sweep is an epoch of a run that is iterated, stepped and refused while busy', async () => {
    const model = new classes.Lasso({ alpha: 0.001, tolerance: 1e-12 });
    const run = model.fit(X, y, { worker: false });
    run.pause();
    refused(() => model.fit(X, y), WasmfitError, /being fitted/, 'BUSY');
    /** @type {number[]} */
    const seen = [];
    const watching = (async () => { for await (const { epoch, loss } of run) seen.push(epoch, loss); })();
    run.step();
    await run[Symbol.asyncIterator]().next();
    const copy = await run.snapshot();
    assert.equal(copy.iterations, 1);
    run.resume();
    const { epoch, loss, rowsSeen } = await run;
    await watching;
    assert.deepEqual(seen, epoch.flatMap((/** @type {number} */ value, /** @type {number} */ i) => [value, loss[i]]));
    assert.deepEqual([epoch.at(-1), rowsSeen.at(-1)], [model.iterations, model.iterations * 60]);
  });

  test('a fit fails for want of memory with an error that says so, and the next one works', async () => {
    const model = new classes.Lasso({ alpha: 0.01 });
    await assert.rejects(async () => { await model.fit({ data: new Float64Array(2 * 30_000), rows: 2, cols: 30_000 }, [1, 2]); await new classes.LogisticRegression({ penalty: 'l1' }).fit({ data: new Float64Array(3 * 30_000).map((_, i) => i % 7), rows: 3, cols: 30_000 }, ['a', 'b', 'c']); }, { name: 'WasmfitError', code: 'OUT_OF_MEMORY' });
    await model.fit(X, y);
    assert.ok(model.score(X, y) > 0);
  });
});

/** The file of a model with other facts or tensors, its checksum right. @param {any} model @param {(facts: any, tensors: Map<string, any>) => unknown} change */
function forge(model, change) {
  const { tensors, metadata } = readSafetensors(model.save());
  const facts = JSON.parse(String(metadata.get('model')));
  change(facts, tensors);
  const text = JSON.stringify(facts);
  return writeSafetensors(tensors, { format: 'wasmfit', version: '1', model: text, checksum: checksum(text, tensors) });
}

/** @type {[string, string, (facts: any, tensors: Map<string, any>) => unknown, RegExp][]} */
const FORGED = [
  ['no rank', 'least squares with statistics', (facts) => { delete facts.rank; }, /rank is undefined; it must be a whole number from 0 to 10/],
  ['an alpha below 0', 'ridge of two outputs', (facts) => { facts.alpha = -1; }, /alpha is -1; it must be a number from 0/],
  ['an option alpha below 0', 'lasso', (facts) => { facts.options.alpha = -1; }, /Lasso: alpha is -1/],
  ['no iterations', 'lasso', (facts) => { facts.iterations = 0; }, /iterations is 0; it must be a whole number from 1/],
  ['another outcome', 'lasso', (facts) => { facts.outcome = 'toString'; }, /outcome is "toString"; it must be converged/],
  ['a rank of a lasso', 'lasso', (facts) => { facts.rank = 1; }, /unknown option "rank"/],
  ['statistics of a lasso', 'lasso', (facts) => { facts.statistics = {}; }, /statistics do not belong to this model/],
  ['statistics of two outputs', 'least squares without intercept and statistics', (facts) => { facts.statistics = {}; }, /statistics do not belong/],
  ['statistics without a number', 'least squares with statistics', (facts) => { delete facts.statistics.residualSquare; }, /statistics\.residualSquare is undefined; it must be a number/],
  ['an unknown statistic', 'least squares with statistics', (facts) => { facts.statistics.rss = 1; }, /unknown option "rss"/],
  ['statistics that are no object', 'least squares with statistics', (facts) => { facts.statistics = 'all'; }, /statistics: options must be an object/],
  ['statistics without a tensor', 'least squares with statistics', (_, tensors) => { tensors.delete('statistics.robust'); }, /"statistics\.robust" is missing/],
  ['a tensor without statistics', 'least squares with statistics', (facts) => { delete facts.statistics; }, /"statistics\.covariance" does not belong/],
  ['a covariance of another shape', 'logistic of two classes', (_, tensors) => { tensors.get('statistics.covariance').shape = [121]; }, /is F64 \(121\); it must be F64 \(11,11\)/],
  ['a class too few', 'logistic of strings', (facts) => { facts.classes.pop(); }, /must be 4 different labels of one kind/],
  ['no classes', 'logistic of two classes', (facts) => { facts.classes = null; }, /classes are null; they must be 2 different labels/],
  ['a class weight below 0', 'logistic of strings', (facts) => { facts.options.classWeight = { a: -1 }; }, /classWeight\["a"\] is -1/],
  ['an infinite coefficient', 'logistic of bits', (_, tensors) => { tensors.get('coef').data[3] = Infinity; }, /"coef" has Infinity at 3/],
];

describe('a forged file of a linear model is refused:', () => {
  for (const [what, name, change, message] of FORGED) {
    test(what, async () => {
      const { model } = await build(name);
      await assert.rejects(load(forge(model, change)), (/** @type {any} */ error) => {
        assert.ok(error instanceof WasmfitError, String(error));
        assert.equal(error.code, 'MODEL_FILE');
        assert.match(error.message, message);
        return true;
      });
      await load(forge(model, () => {}));
    });
  }

  test('and nothing is added to the prototypes', () => assert.equal(/** @type {any} */ ({}).polluted, undefined));
});

test('a warning names the columns that depend on each other or are constant, and no others', async () => {
  const a = Array.from({ length: 50 }, (_, i) => Math.sin(i)), b = a.map((_, i) => Math.cos(3 * i));
  const table = Table.from({ a, b, sum: a.map((value, i) => value + b[i]), still: a.map(() => 0.1), free: a.map((_, i) => i) });
  const model = new classes.LinearRegression({ statistics: 'never' });
  await model.fit(table, a);
  assert.deepEqual(model.warnings, ['The 5 columns have rank 3: "a", "b", "sum", "still" depend on each other or are constant. Of all equally good solutions this is the one of least norm.']);
  await model.fit(Array.from({ length: 300 }, (_, i) => Array.from({ length: 257 }, (_, j) => (j < 2 ? i : Math.sin(i * j)))), Array.from({ length: 300 }, (_, i) => i));
  assert.match(model.warnings[0], /^The 257 columns have rank 256: some depend on others/);
});

describe('rows in f32', () => {
  const rows = 2000, cols = 20, draws = new Random(5), random = () => draws.uniform();
  const single = Float32Array.from({ length: rows * cols }, () => random() - 0.3), double = Float64Array.from(single);
  const target = Float64Array.from({ length: rows }, (_, i) => 2 * single[i * cols] - single[i * cols + 7] + random());
  const sampleWeight = Float64Array.from({ length: rows }, (_, i) => 1 + i % 3);
  /** @type {Record<string, [() => any, any]>} */
  const models = {
    'least squares': [() => new classes.LinearRegression(), target], ridge: [() => new classes.Ridge(), target], lasso: [() => new classes.Lasso({ alpha: 0.01 }), target],
    logistic: [() => new classes.LogisticRegression(), Int32Array.from(target, (value) => Number(value > 0.5))],
  };
  for (const [name, [make, truth]] of Object.entries(models)) {
    test(`give the bits of the same numbers in f64, here and in a worker: ${name}`, async () => {
      for (const options of [{}, { sampleWeight, validation: 0.3 }, { worker: true }]) {
        const results = await Promise.all([single, double].map(async (data) => {
          const model = make(), X = { data, rows, cols };
          const { loss, splits, seconds, ...history } = await model.fit(X, truth, options);
          return { loss, splits, history: { ...history }, coef: model.coef, intercept: model.intercept, predicted: model.predict(X), score: model.score(X, truth) };
        }));
        assert.deepEqual(results[0], results[1]);
        assert.equal(results[0].coef.length, cols);
      }
    });

    test(`are those of the call, whatever becomes of them afterwards: ${name}`, async () => {
      const data = single.slice(), model = make(), other = make();
      const run = model.fit({ data, rows, cols }, truth);
      data.fill(7);
      await run;
      await other.fit({ data: single, rows, cols }, truth);
      assert.deepEqual(model.coef, other.coef);
    });
  }

  test('that are not finite are named by their place, also when the core looks for them', async () => {
    for (const [at, value] of [[0, NaN], [rows * cols - 1, Infinity], [20_011, -Infinity]]) {
      for (const data of [single.slice(), double.slice()]) {
        data[at] = value;
        await assert.rejects(async () => { await new classes.LinearRegression().fit({ data, rows, cols }, target); }, { name: 'RangeError',
          message: `X has ${value} at row ${Math.floor(at / cols) + 1}, column ${at % cols + 1}; every value must be finite` });
      }
    }
  });
});
