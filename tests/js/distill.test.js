// distill.test.js: students of a teacher, as a user trains them · next: quantize.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor, Network, datasets, dense, distill, init, load } from 'wasmfit';

const iris = await datasets.load('iris'), diabetes = await datasets.load('diabetes'), quick = { name: 'adam', learningRate: 0.02 };
/** The rows of iris at some places. @param {number[]} at */
const some = (at) => ({ X: at.map((r) => [...iris.X.data.subarray(r * 4, r * 4 + 4)]), y: at.map((r) => iris.y[r]) });
await init();

const rows = 6, X = Array.from({ length: rows }, (_, r) => [Math.sin(3 * r), Math.cos(r)]), y = [0, 1, 2, 2, 1, 0];
const W = { teacher: [2, -1, 0.5, 0.3, 1.7, -2], student: [0.4, 0.1, -0.6, 0.2, -0.3, 0.5] };

/** Two inputs, three classes, no hidden layer, no bias, and its logits by hand. @param {number[]} weights @param {object} [options] */
function linear(weights, options = {}) {
  const model = new Network({ inputs: 2, layers: [dense(3)], loss: 'crossEntropy', optimizer: { name: 'sgd', learningRate: 1 }, batchSize: 'full', epochs: 1, ...options });
  model.setWeights([{ data: weights }, { data: [0, 0, 0] }]);
  return { model, logits: X.map(([a, b]) => [0, 1, 2].map((k) => a * weights[k] + b * weights[3 + k])) };
}

/** @param {number[]} z @param {number} [T] */
function softmax(z, T = 1) {
  const e = z.map((value) => Math.exp(value / T)), sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

const near = (/** @type {number} */ got, /** @type {number} */ expected, tolerance = 1e-6) => assert.ok(Math.abs(got - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${got} is not ${expected}`);

for (const [temperature, alpha] of [[1, 1], [2, 0.5], [5, 0.9], [3, 0]]) {
  test(`temperature ${temperature}, alpha ${alpha}: loss and step are those of the formula`, async () => {
    const teacher = linear(W.teacher), student = linear(W.student);
    await teacher.model.fit(X, y, { epochs: 1 });
    teacher.model.setWeights([{ data: W.teacher }, { data: [0, 0, 0] }]);
    const history = await distill(teacher.model, student.model, X, y, { temperature, alpha, shuffle: false });
    let loss = 0;
    const step = new Float64Array(6);
    X.forEach((row, r) => {
      const t = softmax(teacher.logits[r], temperature), s = softmax(student.logits[r], temperature), p = softmax(student.logits[r]);
      loss += alpha * temperature ** 2 * t.reduce((sum, share, k) => sum + share * Math.log(share / s[k]), 0) - (1 - alpha) * Math.log(p[y[r]]);
      for (let k = 0; k < 3; k++) {
        const d = alpha * temperature * (s[k] - t[k]) + (1 - alpha) * (p[k] - Number(k === y[r]));
        row.forEach((x, i) => { step[i * 3 + k] += d * x; });
      }
    });
    near(history.loss[0], loss / rows);
    student.model.getWeights()[0].data.forEach((w, i) => near(w, W.student[i] - step[i] / rows));
  });
}

test('a student is afterwards an ordinary classifier of cross-entropy: its file, its classes, its further fit', async () => {
  const labels = Array.from(iris.y, String), teacher = new MLPClassifier({ hiddenLayers: [32], epochs: 60, standardize: true });
  await teacher.fit(iris.X, labels);
  const student = new MLPClassifier({ hiddenLayers: [4], epochs: 60, standardize: true, warmStart: true, seed: 2, optimizer: quick });
  const { accuracy, valAccuracy, stopped } = await distill(teacher, student, iris.X, labels, { validation: 0.2 });
  assert.equal(stopped, 'epochs');
  assert.ok(Number(accuracy?.at(-1)) > 0.9 && Number(valAccuracy?.at(-1)) >= 0.9, `${accuracy?.at(-1)} ${valAccuracy?.at(-1)}`);
  assert.deepEqual(student.classes, teacher.classes);
  assert.equal(student.options.loss.name, 'crossEntropy');
  const loaded = await load(student.save());
  assert.deepEqual(loaded.predictProba(iris.X), student.predictProba(iris.X));
  const { loss } = await student.fit(iris.X, labels, { epochs: 2 });
  assert.ok(loss[1] < 0.5);
});

test('any classifier can teach: a linear one, one with a single output', async () => {
  const first = some([...Array(100).keys()]), binary = { X: first.X, y: first.y.map((label) => (label === iris.y[0] ? 'a' : 'b')) };
  const logistic = new LogisticRegression(), single = new Network({ layers: [dense(1)], loss: 'binaryCrossEntropy', epochs: 50, standardize: true });
  await logistic.fit(binary.X, binary.y);
  await single.fit(binary.X, binary.y);
  for (const teacher of [logistic, single]) {
    const student = new MLPClassifier({ hiddenLayers: [4], epochs: 60, standardize: true, optimizer: quick });
    const { accuracy } = await distill(teacher, student, binary.X, binary.y, { alpha: 1 });
    assert.equal(accuracy?.at(-1), 1);
    assert.equal(student.score(binary.X, teacher.predict(binary.X)), 1);
  }
});

test('regression: the student learns the mixture, as a fit on it does, bit for bit', async () => {
  const teacher = new LinearRegression(), options = { hiddenLayers: [8], epochs: 5, standardize: true, seed: 4 };
  await teacher.fit(diabetes.X, diabetes.y);
  const taught = teacher.predict(diabetes.X), [student, alone] = [new MLPRegressor(options), new MLPRegressor(options)];
  await distill(teacher, student, diabetes.X, diabetes.y, { alpha: 0.25 });
  await alone.fit(diabetes.X, Float64Array.from(diabetes.y, (value, i) => 0.25 * taught[i] + 0.75 * value));
  assert.deepEqual(student.getWeights(), alone.getWeights());
  const pure = new MLPRegressor({ ...options, epochs: 200 });
  await distill(teacher, pure, diabetes.X, diabetes.y, { alpha: 1 });
  assert.ok(pure.score(diabetes.X, taught) > 0.97);
});

test('several outputs are mixed one by one, and the options of fit go through', async () => {
  const two = { data: Float64Array.from({ length: 884 }, (_, i) => diabetes.y[i >> 1] * (i % 2 ? -1 : 1)), rows: 442, cols: 2 };
  const teacher = new MLPRegressor({ hiddenLayers: [8], epochs: 5, standardize: true }), student = new MLPRegressor({ hiddenLayers: [4], standardize: true });
  await teacher.fit(diabetes.X, two);
  /** @type {number[]} */
  const seen = [];
  const history = await distill(teacher, student, diabetes.X, two, { epochs: 3, validation: { X: diabetes.X, y: two }, onEpoch: ({ epoch }) => { seen.push(epoch); } });
  assert.deepEqual([seen, history.valLoss?.length], [[1, 2, 3], 3]);
  const reason = new Error('enough');
  await assert.rejects(distill(teacher, student, diabetes.X, two, { signal: AbortSignal.abort(reason) }), reason);
});

test('the bits do not depend on where it runs', async () => {
  const teacher = new MLPClassifier({ hiddenLayers: [8], epochs: 10 });
  await teacher.fit(iris.X, iris.y);
  const [here, there] = [false, true].map((worker) => ({ worker, student: new MLPClassifier({ hiddenLayers: [3], epochs: 4 }) }));
  for (const { worker, student } of [here, there]) await distill(teacher, student, iris.X, iris.y, { worker, validation: 0.1 });
  assert.deepEqual(there.student.getWeights(), here.student.getWeights());
});

test('teachers and students that do not go together are refused', async () => {
  const teacher = new MLPClassifier({ hiddenLayers: [2], epochs: 1 }), numbers = new LinearRegression(), student = new MLPClassifier({ hiddenLayers: [2], epochs: 1 });
  await teacher.fit(iris.X, iris.y);
  await numbers.fit(diabetes.X, diabetes.y);
  const other = new MLPClassifier({ hiddenLayers: [2], epochs: 1, warmStart: true });
  await other.fit(iris.X, Array.from(iris.y, (label) => String(label)[0]));
  const go = (/** @type {any} */ from, /** @type {any} */ to, /** @type {any} */ options = {}) => distill(from, to, iris.X, iris.y, options);
  const wrong = /** @type {[Promise<unknown>, any][]} */ ([
    [go(teacher, numbers), { code: 'NOT_A_NETWORK' }], [go({}, student), /the teacher must be a fitted model, not object/], [go(new MLPClassifier(), student), { code: 'NOT_FITTED' }],
    [go(teacher, teacher), /are one model/], [go(numbers, student), /the teacher predicts numbers, the student learns classes/], [go(teacher, new MLPRegressor()), /the teacher predicts classes, the student learns numbers/],
    [go(teacher, new MLPClassifier({ loss: 'focal' })), /the student's loss is focal; it must be crossEntropy/],
    [go(teacher, new MLPClassifier({ loss: { name: 'crossEntropy', labelSmoothing: 0.1 } })), /the student's loss is crossEntropy with labelSmoothing 0\.1; it must be crossEntropy as it is/],
    [go(teacher, student, { temperature: 0 }), /distill: temperature is 0; it must be a number from 0.001 to 1000/], [go(teacher, student, { alpha: 2 }), /alpha is 2/],
    [go(teacher, student, { alhpa: 1 }), /distill: unknown option "alhpa"; did you mean "alpha"\?/],
    [distill(teacher, student, iris.X, Array.from(iris.y, () => 'new')), /y has the label "new" at row 1; the model knows/],
    [distill(numbers, new MLPRegressor(), diabetes.X, { data: new Float64Array(884), rows: 442, cols: 2 }), /y has 2 columns, the teacher predicts 1/],
    [distill(teacher, other, iris.X, iris.y), /the student knows the classes "s", "v", the teacher "setosa"/],
    [distill(teacher, new Network({ layers: [dense(5)], loss: 'crossEntropy' }), iris.X, iris.y), /y has 3 columns; the last layer has 5 units/],
  ]);
  for (const [promise, expected] of wrong) await assert.rejects(promise, expected);
});
