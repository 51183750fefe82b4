// train.js: the command `wasmfit train`: data, model, run, file, report · in: options · out: a model file, figures · next: progress.js
import { LinearRegression, MLPClassifier, MLPRegressor } from '../js/index.js';
import { show } from '../js/errors.js';
import { readTraining } from './data.js';
import { badData, naming, printable, usage } from './errors.js';
import { checkOutput, writeOutput } from './files.js';
import { Progress } from './progress.js';
import { describeResult } from './report.js';

/** @typedef {import('./options.js').TrainOptions} TrainOptions */
/** @typedef {import('./data.js').Data} Data */
/** @typedef {import('../js/run.js').History} History */
/** @typedef {LinearRegression | MLPRegressor | MLPClassifier} Model */

const NETWORK_ONLY = ['hidden', 'activation'];
const ITERATIVE_ONLY = ['optimizer', 'learning-rate', 'momentum', 'weight-decay', 'batch-size', 'epochs'];

/**
 * linear: least squares for numbers, for classes a network without hidden layers, which is softmax regression.
 * @param {TrainOptions} options @param {Data} data
 * @returns {Model}
 */
function makeModel(options, { task, standardize }) {
  const { model, hidden, activation, optimizer, batchSize, epochs, seed, given } = options;
  const exact = model === 'linear' && task === 'regression';
  const idle = model === 'mlp' ? undefined : [...NETWORK_ONLY, ...(exact ? ITERATIVE_ONLY : [])].find((name) => given.has(name));
  if (idle) throw usage(`--${idle} has no meaning for --model linear${exact ? ' and a target of numbers, which is solved exactly' : ''}`, 'leave it out, or use --model mlp');
  if (exact) return new LinearRegression({ seed });
  const Network = task === 'classification' ? MLPClassifier : MLPRegressor;
  return new Network({ hiddenLayers: model === 'linear' ? [] : hidden, activation, optimizer, batchSize, epochs, seed, standardize });
}

/**
 * Trains to the end, or until Ctrl-C.
 * @param {Model} model @param {TrainOptions} options @param {Data} data @param {Progress} progress
 * @returns {Promise<History>}
 */
async function runFit(model, { test, epochs }, data, progress) {
  const validation = data.test ?? (test > 0 ? test : undefined);
  const rest = model instanceof LinearRegression ? {} : { evaluateTraining: true }; // figures of the model as it is after the epoch
  const run = model.fit(data.X, data.y, { validation, ...rest });
  const interrupt = () => run.stop();
  process.on('SIGINT', interrupt);
  try {
    if (!(model instanceof LinearRegression)) for await (const epoch of run) progress.epoch(epoch, epochs);
    return await run;
  } finally {
    process.off('SIGINT', interrupt);
    progress.end();
  }
}

/** @param {Model} model @param {Data} data @param {History} history @param {string | null} out @param {number} seconds @returns {import('./report.js').Result} */
function resultOf(model, data, history, out, seconds) {
  const { name, X, rows, numeric, categorical, target, task } = data;
  const last = history.epoch.length - 1;
  const held = history.splits?.validation.length ?? data.test?.X.rows ?? 0;
  /** @param {number} size @param {number[] | undefined} loss @param {number[] | undefined} r2 @param {number[] | undefined} accuracy */
  const part = (size, loss, r2, accuracy) => (loss === undefined || last < 0 ? null : { rows: size, loss: loss[last], ...(r2 && { r2: r2[last] }), ...(accuracy && { accuracy: accuracy[last] }) });
  const features = model.featureNames ?? Array.from({ length: 'cols' in X ? X.cols : 0 }, (_, i) => `pixel ${i + 1}`);
  const linear = model instanceof LinearRegression;
  const outputs = task === 'classification' ? model instanceof MLPClassifier && model.classes?.length || 0 : 1;
  return {
    data: name, rows, columns: { numeric, categorical }, features: features.length, target, task, model: linear ? 'LinearRegression' : model instanceof MLPClassifier ? 'MLPClassifier' : 'MLPRegressor',
    ...(linear ? {} : { layers: [features.length, .../** @type {number[]} */ (model.options.hiddenLayers), outputs] }),
    options: model.options, stopped: history.stopped, epochs: history.epoch[last] ?? 0, seconds,
    train: part(history.splits?.train.length ?? rows, history.loss, history.r2, history.accuracy), test: part(held, history.valLoss, history.valR2, history.valAccuracy),
    ...(linear ? { intercept: Number(model.intercept), coefficients: Object.fromEntries(features.map((feature, i) => [feature, /** @type {Float64Array} */ (model.coef)[i]])) } : {}),
    out, notes: linear ? [...data.notes, ...model.warnings] : data.notes,
  };
}

/** What a diverged run did and what to try, in words of the command. @param {string} message */
function divergence(message) {
  const [, what, rate] = /^(.*?)\. Try a learning rate near ([^,]+),/.exec(message) ?? ['', message, ''];
  return badData(what.replace(/^Loss/, 'the loss'), `try ${rate ? `--learning-rate ${rate}` : 'a lower --learning-rate'}`);
}

/** @param {TrainOptions} options @returns {Promise<number>} exit code */
export async function train(options) {
  const { out, quiet, json } = options;
  await checkOutput(out, [options.data, options.labels, options.testImages, options.testLabels]);
  const progress = new Progress({ silent: quiet || json });
  const data = await readTraining(options, (done, total) => progress.reading(done, total));
  progress.end(false);
  const names = { file: data.name, target: `the target ${show(data.target)}` };
  const started = performance.now();
  const model = makeModel(options, data);
  const note = (/** @type {string[]} */ texts) => { if (!quiet && !json) for (const text of texts) console.error(printable(`wasmfit: note: ${text}`)); };
  note(data.notes);
  const history = await naming(names, () => runFit(model, options, data, progress));
  const seconds = (performance.now() - started) / 1000;
  const untrained = history.stopped === 'diverged' && history.epoch.length === 0;
  const written = untrained ? null : out;
  if (written !== null) await writeOutput(written, model.save());
  const result = resultOf(model, data, history, written, seconds);
  note(result.notes.slice(data.notes.length));
  const text = json ? JSON.stringify(result) : describeResult(result);
  if (out === '-') console.error(text);
  else console.log(text);
  model.dispose();
  if (history.stopped === 'diverged') throw divergence(history.message ?? 'the run diverged');
  return history.stopped === 'stopped' ? 130 : 0;
}
