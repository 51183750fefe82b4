// logistic.test.js: logistic regression against polished optima; labels, penalties, separable data, what it refuses · next: summary.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogisticRegression, WasmfitError, datasets, init, load } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';
import { fixture, near, rowOf, standardized } from './near.js';
import { refused, rejected } from './refused.js';

await init();
const reference = fixture('logistic');
const iris = await datasets.load('iris');
const last100 = Array.from({ length: 100 }, (_, r) => rowOf(iris.X, r + 50)), species = /** @type {string[]} */ (iris.y);
const tumours = await datasets.load('breastCancer');
const sharp = { tolerance: 1e-13, maxIterations: 10_000 };
const flat = (/** @type {any} */ coef) => (coef.data ?? coef);
const log = (/** @type {any} */ p, /** @type {number[]} */ truth) => truth.reduce((sum, k, row) => sum - Math.log(p.data[row * p.cols + k]), 0) / truth.length;

/** @type {Record<string, number>} */
const steps = {};
for (const solver of /** @type {const} */ (['lbfgs', 'newton'])) {
  test(`three classes with an L2 penalty: the optimum of the reference by ${solver}, and the same probabilities`, async () => {
    for (const { C, coef, intercept } of reference.iris.l2) {
      const model = new LogisticRegression({ C, solver, ...sharp });
      const history = await model.fit(iris.X, species, { validation: { X: iris.X, y: species } });
      near(flat(model.coef), coef.flat(), 1e-8, `coef at ${C}`);
      near(/** @type {any} */ (model.intercept), intercept, 1e-8, `intercept at ${C}`);
      assert.deepEqual([history.stopped, model.warnings, model.classes], ['converged', [], ['setosa', 'versicolor', 'virginica']]);
      const truth = species.map((name) => /** @type {any} */ (model.classes).indexOf(name));
      near(history.loss.at(-1), log(model.predictProba(iris.X), truth), 1e-12, 'loss is the mean log loss');
      assert.equal(history.accuracy?.at(-1), model.score(iris.X, species));
      near(history.valLoss?.at(-1), Number(history.loss.at(-1)), 1e-12, 'the same rows held back');
      assert.equal(history.valAccuracy?.at(-1), history.accuracy?.at(-1));
      steps[solver] = Number(model.iterations);
    }
  });

  test(`two classes without a penalty: estimates, log-likelihood and errors of the reference by ${solver}`, async () => {
    const expected = reference.iris_versicolor_virginica_unpenalised;
    const model = new LogisticRegression({ penalty: 'none', solver, ...sharp });
    const history = await model.fit(last100, species.slice(50), { worker: solver === 'newton' });
    near(flat(model.coef), expected.coef, 1e-8, 'coef');
    near(/** @type {any} */ (model.intercept), expected.intercept, 1e-8, 'intercept');
    near(history.loss.at(-1), -expected.log_likelihood / 100, 1e-12, 'loss');
    const { rows } = model.summary(), [intercept, ...errors] = rows.map(({ standardError }) => standardError);
    near([...errors, intercept], expected.se_coef_then_intercept, 1e-7, 'standard errors');
  });
}

test('Newton needs fewer steps than L-BFGS', () => assert.ok(steps.newton < steps.lbfgs, `${steps.newton}, ${steps.lbfgs}`));

test('30 standardised columns with L2 and with L1: coefficients and zeros of the reference', async () => {
  const Z = standardized(/** @type {any} */ (tumours.X)), y = Array.from(tumours.y, (name) => Number(name === 'benign'));
  for (const [penalty, list] of /** @type {const} */ ([['l2', reference.breast_cancer.l2], ['l1', reference.breast_cancer.l1]])) {
    for (const { C, coef, intercept } of list) {
      const model = new LogisticRegression({ penalty, C, ...sharp });
      await model.fit(Z, y);
      near(flat(model.coef), coef.flat(), 1e-7, `${penalty} coef at ${C}`);
      near(/** @type {any} */ (model.intercept), intercept, 1e-7, `${penalty} intercept at ${C}`);
      assert.deepEqual(Array.from(flat(model.coef), (value) => value === 0), coef.flat().map((/** @type {number} */ value) => value === 0));
    }
  }
});

test('an elastic net at its ends is L1 and L2, and between them the least of its objective', async () => {
  const fit = async (/** @type {any} */ options) => {
    const model = new LogisticRegression({ C: 0.3, ...sharp, ...options });
    const { loss } = await model.fit(last100, species.slice(50));
    const penalty = flat(model.coef).reduce((/** @type {number} */ sum, /** @type {number} */ w) => sum + Math.abs(w) / 2 + w * w / 4, 0);
    return { coef: flat(model.coef), objective: 0.3 * 100 * Number(loss.at(-1)) + penalty };
  };
  const [lasso, ridge, middle] = await Promise.all([{ penalty: 'l1' }, { penalty: 'l2' }, { penalty: 'elasticnet', l1Ratio: 0.5 }].map(fit));
  near((await fit({ penalty: 'elasticnet', l1Ratio: 1 })).coef, lasso.coef, 1e-9, 'L1');
  near((await fit({ penalty: 'elasticnet', l1Ratio: 0 })).coef, ridge.coef, 1e-8, 'L2');
  assert.ok(middle.objective < lasso.objective - 1e-3 && middle.objective < ridge.objective - 1e-3);
});

test('labels of any kind come back, with probabilities in the order of the classes, from a table, a worker and a file', async () => {
  const table = Table.from({ length: last100.map((row) => row[2]), width: last100.map((row) => row[3]), side: last100.map((_, r) => ['left', 'right', 'middle'][r % 3]) });
  for (const labels of [species.slice(50), species.slice(50).map((name) => name === 'virginica'), species.slice(50).map((name) => (name === 'virginica' ? -3 : 7.5))]) {
    const model = new LogisticRegression();
    const history = await model.fit(table, labels, { validation: 0.2, worker: true });
    assert.ok(Number(history.valAccuracy?.at(-1)) > 0.8 && Number(history.valLoss?.at(-1)) < 0.5);
    assert.deepEqual(model.featureNames, ['length', 'width', 'side=left', 'side=middle', 'side=right']);
    const proba = model.predictProba(table), predicted = /** @type {any[]} */ (model.predict(table));
    assert.deepEqual([proba.rows, proba.cols], [100, 2]);
    predicted.forEach((label, row) => {
      const [a, b] = rowOf(proba, row);
      assert.ok(Math.abs(a + b - 1) < 1e-15);
      assert.equal(label, model.classes?.[Number(b > a)]);
    });
    const loaded = await load(model.save());
    assert.deepEqual([loaded.predict(table), loaded.predictProba(table), loaded.classes], [predicted, proba, model.classes]);
    assert.deepEqual(loaded.save(), model.save());
    refused(() => model.summary(), WasmfitError, /kept no statistics/, 'NO_STATISTICS');
  }
});

test('several columns of 0 and 1 are a model each', async () => {
  const y = { data: Float64Array.from({ length: 300 }, (_, i) => Number(iris.X.data[(i >> 1) * 4 + (i % 2)] > (i % 2 ? 3 : 5.8))), rows: 150, cols: 2 };
  const both = new LogisticRegression(), second = new LogisticRegression();
  const history = await both.fit(iris.X, y, { validation: { X: iris.X, y } });
  await second.fit(iris.X, Array.from({ length: 150 }, (_, r) => y.data[r * 2 + 1]));
  assert.deepEqual(rowOf(both.coef, 1), second.coef);
  assert.equal(both.classes, undefined);
  const predicted = /** @type {any} */ (both.predict(iris.X)), proba = both.predictProba(iris.X), one = second.predictProba(iris.X);
  assert.deepEqual([predicted.rows, predicted.cols, proba.cols], [150, 2, 2]);
  proba.data.forEach((p, i) => assert.equal(predicted.data[i], Number(p > 0.5)));
  assert.equal(proba.data[7], one.data[7]);
  assert.equal(both.score(iris.X, y), predicted.data.reduce((/** @type {number} */ sum, /** @type {number} */ value, /** @type {number} */ i) => sum + Number(value === y.data[i]), 0) / 300);
  near(history.valAccuracy?.at(-1), both.score(iris.X, y), 1e-15, 'valAccuracy');
  near(history.valLoss?.at(-1), Number(history.loss.at(-1)), 1e-12, 'valLoss on the training rows');
  const loaded = await load(both.save());
  assert.deepEqual(loaded.predict(iris.X), predicted);
  refused(() => both.summary(), WasmfitError, /^LogisticRegression\.summary: the fit kept no statistics/, 'NO_STATISTICS');
});

test('weights act as repeated rows, rows of weight 0 as absent, class weights as weights', async () => {
  const y = species.slice(50), weights = y.map((_, row) => row % 3), repeated = weights.flatMap((weight, row) => Array(weight).fill(row));
  const weighted = new LogisticRegression(sharp), longer = new LogisticRegression(sharp);
  const history = await weighted.fit(last100, y, { sampleWeight: weights });
  const plain = await longer.fit(repeated.map((row) => last100[row]), repeated.map((row) => y[row]));
  assert.deepEqual(weighted.classes, ['versicolor', 'virginica']);
  near(flat(weighted.coef), flat(longer.coef), 1e-9, 'coef');
  near(history.loss.at(-1), Number(plain.loss.at(-1)), 1e-12, 'loss');
  const uneven = y.slice(20), rows = last100.slice(20);
  const fit = async (/** @type {any} */ options, /** @type {any} */ more) => {
    const model = new LogisticRegression({ ...sharp, ...options });
    await model.fit(rows, uneven, more);
    return flat(model.coef);
  };
  const byHand = await fit({}, { sampleWeight: uneven.map((name) => (name === 'versicolor' ? 80 / 60 : 80 / 100)) });
  near(await fit({ classWeight: 'balanced' }), byHand, 1e-9, 'balanced');
  near(await fit({ classWeight: { versicolor: 80 / 60, virginica: 0.8 } }), byHand, 1e-9, 'given');
});

test('separable classes without a penalty: finite numbers, and a warning that there is no optimum', async () => {
  const setosa = species.map((name) => name === 'setosa');
  for (const solver of /** @type {const} */ (['lbfgs', 'newton'])) {
    const model = new LogisticRegression({ penalty: 'none', solver });
    const { stopped } = await model.fit(iris.X, setosa);
    assert.equal(stopped, 'epochs');
    assert.match(model.warnings.join(), /no finite optimum.*Use a penalty\.$/);
    assert.equal(model.score(iris.X, setosa), 1);
    assert.match(String(model.summary()), /no finite optimum/);
    assert.deepEqual((await load(model.save())).warnings, model.warnings);
    const tamed = new LogisticRegression({ solver });
    assert.equal((await tamed.fit(iris.X, setosa)).stopped, 'converged');
    assert.deepEqual(tamed.warnings, []);
  }
  const three = new LogisticRegression({ penalty: 'none' });
  await three.fit([[1], [2], [5], [6], [9], [10]], ['a', 'a', 'b', 'b', 'c', 'c']);
  assert.match(three.warnings.join(), /no finite optimum/);
});

test('a fit that runs out of iterations says so', async () => {
  const model = new LogisticRegression({ maxIterations: 2, tolerance: 0 });
  const { stopped, epoch } = await model.fit(iris.X, species);
  assert.deepEqual([stopped, epoch], ['epochs', [1, 2]]);
  assert.match(model.warnings.join(), /^Not converged after 2 iterations/);
});

test('constant, equal and too many columns, and one row of each class, work', async () => {
  const model = new LogisticRegression();
  await model.fit([[1, 1, 5], [2, 2, 5], [3, 3, 5], [2.5, 2.5, 5]], [0, 1, 1, 0]);
  const [a, b, c] = flat(model.coef);
  near(a, b, 1e-9, 'equal columns');
  near([c], [0], 1e-12, 'a constant column');
  const wide = new LogisticRegression();
  await wide.fit([[1, 2, 3, 4], [4, 3, 1, 1]], ['x', 'y']);
  assert.deepEqual(wide.predict([[1, 2, 3, 4], [4, 3, 1, 1]]), ['x', 'y']);
  const dependent = new LogisticRegression({ penalty: 'none' });
  await dependent.fit(last100.map((row) => [row[0], row[0], row[1]]), species.slice(50));
  assert.ok(flat(dependent.coef).every(Number.isFinite));
  refused(() => dependent.summary(), WasmfitError, /kept no statistics/, 'NO_STATISTICS');
});

test('probabilities stay right where z is huge', async () => {
  const model = new LogisticRegression({ C: 1e6 });
  await model.fit([[0], [1], [2], [3]], [0, 0, 1, 1]);
  const { data } = model.predictProba([[-1e6], [1e6], [1e300], [-1e300]]);
  assert.deepEqual([...data], [1, 0, 0, 1, 0, 1, 1, 0]);
  const three = new LogisticRegression({ C: 1e6 });
  await three.fit([[0], [1], [2], [3], [4], [5]], ['a', 'a', 'b', 'b', 'c', 'c']);
  assert.deepEqual([...three.predictProba([[-1e6], [1e6]]).data], [1, 0, 0, 0, 0, 1]);
});

test('wrong labels and options are refused by name, value and rule', async () => {
  const rows = [[1], [2], [3], [4]], fit = (/** @type {any} */ y, /** @type {any} */ options = {}, /** @type {any} */ more = {}) => () => new LogisticRegression(options).fit(rows, y, more);
  await rejected(fit(['a', 'a', 'a', 'a']), RangeError, /^y has one class only, "a"; a classifier needs at least 2/);
  await rejected(fit([1, 1, 1, 2], {}, { sampleWeight: [1, 1, 1, 0] }), RangeError, /^y has one class only, 1/);
  await rejected(fit([1, 2, 3, 3], {}, { sampleWeight: [1, 1, 0, 0] }), RangeError, /^y has the label 3 in no row that trains \(their weight is 0, or they validate\)/);
  await rejected(fit(['a', 'b']), RangeError, /^y has 2 values; it needs 4/);
  await rejected(fit(['a', 1, 'a', 'b']), TypeError, /^y mixes kinds of labels/);
  await rejected(fit([0, 1, NaN, 1]), RangeError, /^y has NaN at row 3; every label must be finite/);
  await rejected(fit(['a', 'b', 'a', 'b'], {}, { validation: { X: rows, y: ['a', 'b', 'c', 'a'] } }), RangeError, /^validation\.y has the label "c" at row 3; the model knows "a", "b"/);
  await rejected(fit([[0, 1], [1, 1], [0, 2], [1, 0]]), RangeError, /^y has 2 at row 3, column 2; several columns of labels must be 0 or 1/);
  await rejected(fit([[0, 1], [1, 1], [0, 1], [1, 1]]), RangeError, /^y has, in column 2, one class only, 1/);
  await rejected(fit([0, 1, 0, 1], {}, { sampleWeight: [1, 1, -1, 1] }), RangeError, /^sampleWeight has -1 at row 3/);
  await rejected(fit([0, 1, 0, 1], {}, { sampleWeight: [0, 0, 0, 0] }), RangeError, /^sampleWeight is 0 for every row/);
  await rejected(fit([0, 1, 0, 1], { classWeight: { 0: 2, 3: 1 } }), RangeError, /^classWeight has the label "3", y has not; its labels are 0, 1/);
  await rejected(fit([0, 1, 0, 1], { classWeight: { 0: 0 } }), RangeError, /^classWeight has 0; a weight of 0 would leave the class out/);
  await rejected(fit([[0, 1], [1, 0], [0, 1], [1, 1]], { classWeight: 'balanced' }), RangeError, /^classWeight needs one column of labels/);
  const make = (/** @type {any} */ options) => () => new LogisticRegression(options);
  refused(make({ C: 0 }), RangeError, /^LogisticRegression: C is 0; it must be a number above 0/);
  refused(make({ C: -1 }), RangeError, /C is -1/);
  refused(make({ penalty: 'L2' }), RangeError, /^LogisticRegression: penalty "L2" is unknown; did you mean "l2"\?/);
  refused(make({ penalty: null }), TypeError, /penalty must be a name, not null/);
  refused(make({ solver: 'saga' }), RangeError, /^LogisticRegression: solver "saga" is unknown; there are lbfgs, newton/);
  refused(make({ classWeight: 'balance' }), RangeError, /classWeight "balance" is unknown; did you mean "balanced"\?/);
  refused(make({ classWeight: [1, 2] }), TypeError, /^LogisticRegression: classWeight must be "balanced" or an object of a number for each label, not array/);
  refused(make({ classWeight: { a: -1 } }), RangeError, /^LogisticRegression: classWeight\["a"\] is -1; it must be a number from 0/);
  refused(make({ l1ratio: 1 }), TypeError, /unknown option "l1ratio"; did you mean "l1Ratio"\?/);
  await rejected(fit([0, 1, 0, 1], {}, { stratify: 'yes' }), TypeError, /stratify must be true or false, not "yes"/);
});

test('labels that a file or a score has and the model has not are told', async () => {
  const model = new LogisticRegression();
  refused(() => model.predictProba([[1]]), WasmfitError, /^LogisticRegression\.predictProba: the model is not fitted yet/, 'NOT_FITTED');
  await model.fit([[1], [2], [3]], ['a', 'b', 'b']);
  assert.equal(model.score([[1], [3]], ['c', 'b']), 0.5, 'an unknown label is a miss');
  refused(() => model.score([[1]], [1]), TypeError, /labels like 1, yPred like "[ab]"/);
  refused(() => model.predict([[1, 2]]), RangeError, /^X has 2 columns; the model has 1 features/);
});

test('statistics are kept as asked: up to 256 features by themselves, always, or never, which changes nothing else', async () => {
  const rows = 300, cols = 257, wide = { data: Float64Array.from({ length: rows * cols }, (_, i) => (i * i * 7919) % 1009 / 1009), rows, cols };
  const y = Array.from({ length: rows }, (_, i) => (i * 31) % 7 > 3);
  for (const [statistics, kept] of /** @type {const} */ ([['auto', false], ['always', true]])) {
    const model = new LogisticRegression({ statistics, C: 0.01 });
    await model.fit(wide, y);
    if (kept) assert.equal(model.summary().rows.length, cols + 1);
    else assert.throws(() => model.summary(), { code: 'NO_STATISTICS', hint: "fit with statistics: 'always'; 'auto' keeps them up to 256 features" });
  }
  const [without, usual] = [new LogisticRegression({ statistics: 'never' }), new LogisticRegression()];
  await without.fit(last100, species.slice(50));
  await usual.fit(last100, species.slice(50));
  assert.deepEqual(without.coef, usual.coef);
  assert.equal(usual.summary().n, 100);
  assert.throws(() => without.summary(), { code: 'NO_STATISTICS', hint: /statistics: 'always'/ });
  refused(() => new LogisticRegression(/** @type {any} */ ({ statistics: 'yes' })), RangeError, /statistics "yes" is unknown/);
});
