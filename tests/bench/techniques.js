// techniques.js: what each technique does to the score on rows that did not train · in: data sets of the package · out: a table · next: mnist.js
//
//   node tests/bench/techniques.js [SEEDS] [WORD]     or make techniques; 10 seeds; WORD: only techniques whose name has it
//
// Every fifth row is tested (i % 5 = 0), the others train. A seed is that of starting weights, order of rows and masks; it is the same without
// and with the technique, which is all that differs. effect: mean of the differences, ± their standard error.
import { Network, MLPClassifier, MLPRegressor, datasets, dense, distill, metrics, prune, pruneUnits, quantize, sparsity } from 'wasmfit';

/** @typedef {{ data: Float64Array, rows: number, cols: number }} Matrix */
/** @typedef {{ X: Matrix, y: any[] }} Rows */
/** @typedef {{ train: Rows, test: Rows }} Task */
/** Scores and sizes without and with. @typedef {{ scores: [number, number], sizes?: [number, number] }} Outcome */

/** @param {any} dataset @param {(row: number) => boolean} which @returns {Rows} */
function take({ X, y }, which) {
  const rows = Array.from(y, (_, row) => row).filter(which), data = new Float64Array(rows.length * X.cols);
  rows.forEach((row, i) => data.set(X.data.subarray(row * X.cols, (row + 1) * X.cols), i * X.cols));
  return { X: { data, rows: rows.length, cols: X.cols }, y: rows.map((row) => y[row]) };
}

/** @param {string} name @param {(dataset: any, row: number) => boolean} [counts] rows that train, of those that may */
async function split(name, counts = () => true) {
  const dataset = await datasets.load(name);
  return { train: take(dataset, (row) => row % 5 !== 0 && counts(dataset, row)), test: take(dataset, (row) => row % 5 === 0) };
}

const digits = await split('digits'), diabetes = await split('diabetes');
const few = await split('digits', (_, row) => row % 20 === 1), some = await split('digits', (_, row) => row % 5 === 1);
/** Every twelfth of the malignant ones: 14 beside 287 benign. */
const rare = await split('breastCancer', ({ y }, row) => y[row] === 'benign' || row % 12 === 1);

/** @param {Task} task @param {any} model @param {object} [options] of fit @returns {Promise<any>} the model, fitted */
async function fitted({ train }, model, options = {}) {
  await model.fit(train.X, train.y, options);
  return model;
}

/** @param {any} model @param {Task} task @returns {number} */
const score = (model, { test }) => model.score(test.X, test.y);
/** @param {any} model */
const size = (model) => model.save().length;

/** Bytes of the weights that are not zero, each with 4 bytes for its value and 2 for its place. @param {any} model */
async function sparseSize(model) {
  const { layers } = await sparsity(model);
  return layers.reduce((sum, { zeros, total }) => sum + (total - zeros) * (zeros > 0 ? 6 : 4), 0);
}

/** @param {Task} task @param {any[]} models without and with @param {(model: any) => number | Promise<number>} [measure] of size @returns {Promise<Outcome>} */
const outcome = async (task, models, measure) => /** @type {any} */ ({
  scores: models.map((model) => score(model, task)), ...measure && { sizes: await Promise.all(models.map(measure)) },
});

/** The same model without and with some options. @param {Task} task @param {any} Class @param {object} base @param {object} more @param {object} [fit] options of fit */
const options = (task, Class, base, more, fit) => async (/** @type {number} */ seed) => {
  const both = [new Class({ ...base, seed }), new Class({ ...base, ...more, seed })];
  for (const model of both) await fitted(task, model, fit);
  return outcome(task, both);
};

/** @param {object} more */
const network = (more) => new Network({
  layers: [dense(128, { activation: 'relu' }), dense(10)], loss: 'crossEntropy', epochs: 40, standardize: true, .../** @type {any} */ (more),
});

/** In training, on a schedule. @param {number} seed */
async function scheduled(seed) {
  const pruning = { sparsity: 0.8, begin: 5, end: 25 };
  return outcome(digits, [await fitted(digits, network({ seed })), await fitted(digits, network({ seed, pruning }))], sparseSize);
}

/** After training; both are trained on for so many epochs. @param {number} epochs */
const pruned = (epochs) => async (/** @type {number} */ seed) => {
  const model = await fitted(digits, network({ seed })), other = await fitted(digits, network({ seed }));
  await prune(other, { sparsity: 0.8 });
  for (const one of epochs > 0 ? [model, other] : []) await fitted(digits, one, { epochs });
  return outcome(digits, [model, other], sparseSize);
};

/** Half of the units; both are trained on. @param {number} seed */
async function halved(seed) {
  const model = await fitted(digits, network({ seed })), smaller = await pruneUnits(model, { keep: 0.5 });
  for (const one of [model, smaller]) await fitted(digits, one, { epochs: 10 });
  return outcome(digits, [model, smaller], size);
}

/** @param {Task} task @param {(seed: number) => any} make @param {any} scheme */
const integers = (task, make, scheme) => async (/** @type {number} */ seed) => {
  const model = await fitted(task, make(seed));
  return outcome(task, [model, await quantize(model, task.train.X, { scheme })], size);
};

/** A student alone, and one with a teacher; sizes of teacher and student. @param {Task} task */
const taught = (task) => async (/** @type {number} */ seed) => {
  const teacher = await fitted(task, new MLPClassifier({ hiddenLayers: [256], epochs: 60, dropout: 0.5, standardize: true, seed }));
  const student = { hiddenLayers: [8], epochs: 100, standardize: true, optimizer: { name: 'adam', learningRate: 3e-3 }, seed };
  const alone = await fitted(task, new MLPClassifier(student)), other = new MLPClassifier(student);
  await distill(teacher, other, task.train.X, task.train.y);
  return { ...await outcome(task, [alone, other]), sizes: [size(teacher), size(other)] };
};

/** Balanced accuracy in place of accuracy. @param {number} seed @returns {Promise<Outcome>} */
async function weighted(seed) {
  const base = { hiddenLayers: [16], epochs: 60, standardize: true, seed }, { test } = rare;
  const models = [await fitted(rare, new MLPClassifier(base)), await fitted(rare, new MLPClassifier({ ...base, classWeight: 'balanced' }))];
  return { scores: /** @type {any} */ (models.map((model) => metrics.balancedAccuracy(test.y, model.predict(test.X)))) };
}

const two = { hiddenLayers: [128, 128], standardize: true }, tall = { hiddenLayers: [64, 32], epochs: 300, standardize: true };
const deep = { hiddenLayers: [64, 64, 64, 64], activation: 'tanh', optimizer: { name: 'sgd', learningRate: 0.01 }, epochs: 5, standardize: true };
const ZEROS = 'weights, zeros left out', DROPOUT = { dropout: 0.3 }, STOP = { earlyStopping: { patience: 20 } };
/** @param {number} seed */
const small = (seed) => new MLPRegressor({ hiddenLayers: [32, 16], standardize: true, seed });

/** Technique, data, model, measure, what the sizes are of, and how it goes for a seed. @type {[string, string, string, string, string, (seed: number) => Promise<Outcome>][]} */
const trials = [
  ['dropout 0.3', 'digits, 90 rows', '64-128-128-10, 100 epochs', 'accuracy', '', options(few, MLPClassifier, { ...two, epochs: 100 }, DROPOUT)],
  ['dropout 0.3', 'digits', '64-128-128-10, 40 epochs', 'accuracy', '', options(digits, MLPClassifier, { ...two, epochs: 40 }, DROPOUT)],
  ['early stopping', 'diabetes', '10-64-32-1, at most 300 epochs', 'R²', '', options(diabetes, MLPRegressor, tall, STOP, { validation: 0.2 })],
  ['batch norm', 'digits', '64-64-64-64-64-10 tanh, SGD, 5 epochs', 'accuracy', '', options(digits, MLPClassifier, deep, { normalization: 'batch' })],
  ['class weights', 'breastCancer, 14 of 301 malignant', '30-16-2, 60 epochs', 'balanced accuracy', '', weighted],
  ['pruning 80 % in training', 'digits', '64-128-10, 40 epochs', 'accuracy', ZEROS, scheduled],
  ['pruning 80 % at once', 'digits', '64-128-10, not trained on', 'accuracy', ZEROS, pruned(0)],
  ['pruning 80 % at once', 'digits', '64-128-10, both 10 epochs more', 'accuracy', ZEROS, pruned(10)],
  ['half of the units', 'digits', '64-128-10, both 10 epochs more', 'accuracy', 'file', halved],
  ['int8, symmetric', 'digits', '64-128-10, 40 epochs', 'accuracy', 'file', integers(digits, (seed) => network({ seed }), 'symmetric')],
  ['int8, affine', 'digits', '64-128-10, 40 epochs', 'accuracy', 'file', integers(digits, (seed) => network({ seed }), 'affine')],
  ['int8, symmetric', 'diabetes', '10-32-16-1, 100 epochs', 'R²', 'file', integers(diabetes, small, 'symmetric')],
  ['int8, affine', 'diabetes', '10-32-16-1, 100 epochs', 'R²', 'file', integers(diabetes, small, 'affine')],
  ['distillation', 'digits', '64-256-10 with dropout teaches 64-8-10', 'accuracy', 'file: teacher, student', taught(digits)],
  ['distillation', 'digits, 360 rows', '64-256-10 with dropout teaches 64-8-10', 'accuracy', 'file: teacher, student', taught(some)],
];

/** @param {number[]} values */
function statistics(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)) };
}

/** @param {number[]} values @param {number} [by] */
const spread = (values, by = 1) => `${statistics(values).mean.toFixed(4)} ± ${(statistics(values).sd / by).toFixed(4)}`;
const kilobytes = (/** @type {number[]} */ bytes) => `${(statistics(bytes).mean / 1000).toFixed(1)} kB`;

const [seeds = '10', word = ''] = process.argv.slice(2), count = Number(seeds);
if (!(Number.isInteger(count) && count > 0)) {
  console.error(`the number of seeds is ${seeds}; it must be a whole number from 1`);
  process.exit(2);
}
const table = [['technique', 'data', 'model', 'measure', 'without', 'with', 'effect', 'size']];
for (const [name, data, model, measure, of, run] of trials.filter((trial) => trial[0].includes(word))) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (let seed = 0; seed < count; seed++) outcomes.push(await run(seed));
  const [without, having] = [0, 1].map((i) => outcomes.map(({ scores }) => scores[i])), effects = having.map((value, i) => value - without[i]);
  const sizes = [0, 1].map((i) => kilobytes(outcomes.map((one) => one.sizes?.[i] ?? 0)));
  const effect = (statistics(effects).mean < 0 ? '' : '+') + spread(effects, Math.sqrt(count));
  table.push([name, data, model, measure, spread(without), spread(having), effect, of && `${of}: ${sizes.join(' → ')}`]);
}
const widths = table[0].map((_, c) => Math.max(...table.map((line) => line[c].length)));
for (const line of table) console.log(line.map((cell, c) => cell.padEnd(widths[c])).join('  ').trimEnd());
console.log(`\n${count} seeds; mean ± standard deviation over the seeds, of the effect its standard error`);
