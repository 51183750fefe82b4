// train.js: the command `wasmfit train`: data, model, run, file, report · in: options · out: a model file, figures · next: progress.js
import { LinearRegression, LogisticRegression, MLPClassifier, WasmfitError } from '../js/index.js';
import { show } from '../js/errors.js';
import { readTraining } from './data.js';
import { badData, naming, printable, usage } from './errors.js';
import { checkOutput, writeOutput } from './files.js';
import { isLinear, makeModel, resumeModel } from './models.js';
import { Progress } from './progress.js';
import { describeResult } from './report.js';

/** @typedef {import('./options.js').TrainOptions} TrainOptions */
/** @typedef {import('./data.js').Data} Data */
/** @typedef {import('../js/run.js').History} History */
/** @typedef {import('./models.js').Model} Model */

/**
 * Trains to the end, or until Ctrl-C or SIGTERM, which leave a checkpoint where one is wanted.
 * @param {Model} model @param {TrainOptions} options @param {Data} data @param {Progress} progress
 * @returns {Promise<History>}
 */
async function runFit(model, { test, epochs, checkpoint, resume }, data, progress) {
  const validation = data.test ?? (test > 0 ? test : undefined);
  const rest = isLinear(model) ? {} : { evaluateTraining: true, ...(resume && { resume: true, ...(epochs && { epochs }) }) }; // figures of the model as it is after the epoch
  const run = model.fit(data.X, data.y, { validation, ...rest });
  /** @type {Promise<void> | undefined} */
  let keeping;
  const keep = async () => {
    const bytes = await run.checkpoint().catch(() => undefined); // of a run that has just ended there is none
    run.stop();
    if (checkpoint !== undefined && bytes) await writeOutput(checkpoint, bytes);
  };
  const interrupt = () => {
    if (checkpoint === undefined || isLinear(model)) run.stop();
    else keeping ??= keep();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    if (!isLinear(model)) for await (const epoch of run) progress.epoch(epoch, epochs ?? model.options.epochs);
    const history = await run;
    await keeping;
    return history;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    progress.end();
  }
}

/** The summary of a model that has one, else why not. @param {import('./models.js').LinearModel} model @returns {{ summary?: object, notes: string[] }} */
function summaryOf(model) {
  if (!(model instanceof LinearRegression || (model instanceof LogisticRegression && model.classes?.length === 2))) return { notes: [] };
  try {
    return { summary: model.summary(), notes: [] };
  } catch (error) {
    if (!(error instanceof WasmfitError) || error.code !== 'NO_STATISTICS') throw error;
    return { notes: [`no table of standard errors: ${error.hint}`] };
  }
}

/** Coefficients by feature, of several classes by class and feature. @param {import('./models.js').LinearModel} model @param {string[]} features */
function linearPart(model, features) {
  const { coef, intercept, iterations, warnings } = model, { summary, notes } = summaryOf(model);
  const classes = (model instanceof LogisticRegression && model.classes?.map(String)) || [];
  const named = (/** @type {ArrayLike<number>} */ values, from = 0) => Object.fromEntries(features.map((feature, i) => [feature, values[from + i]]));
  const facts = { ...('alpha' in model && { alpha: model.alpha }), ...(iterations !== undefined && { iterations }), ...(summary && { summary }), warnings: [...warnings, ...notes] };
  if (typeof intercept === 'number') return { ...facts, intercept, coefficients: named(/** @type {Float64Array} */ (coef)), ...(classes.length > 0 && { positive: classes[1] }) };
  const { data, cols } = /** @type {import('../js/shapes.js').Matrix<Float64Array>} */ (coef);
  return { ...facts, classCoefficients: Object.fromEntries(classes.map((label, k) => [label, { intercept: Number(intercept?.[k]), coefficients: named(data, k * cols) }])) };
}

/** The epoch that a run with early stopping goes back to, the first of the best; else the last one. @param {any} history @param {any} options @param {number} last */
function bestOf(history, { earlyStopping, pruning, epochs }, last) {
  if (!earlyStopping?.restoreBest) return last;
  const name = earlyStopping.monitor ?? (history.valLoss ? 'valLoss' : 'loss'), sign = /loss|mae/i.test(name) ? 1 : -1;
  const first = pruning ? Math.max(pruning.begin, pruning.end ?? Math.floor(epochs / 2)) : 0; // before that the net is still being pruned
  let best = -1;
  for (let i = first; i <= last; i++) if (best < 0 || sign * history[name][i] < sign * history[name][best]) best = i;
  return best < 0 ? last : best;
}

/** @param {Model} model @param {Data} data @param {History} history @param {string | null} out @param {number} seconds @returns {import('./report.js').Result} */
function resultOf(model, data, history, out, seconds) {
  const { name, X, rows, numeric, categorical, target, task } = data;
  const end = history.epoch.length - 1, last = bestOf(history, model.options, end);
  const held = history.splits?.validation.length ?? data.test?.X.rows ?? 0;
  /** @param {number} size @param {number[] | undefined} loss @param {number[] | undefined} r2 @param {number[] | undefined} accuracy */
  const part = (size, loss, r2, accuracy) => (loss === undefined || last < 0 ? null : { rows: size, loss: loss[last], ...(r2 && { r2: r2[last] }), ...(accuracy && { accuracy: accuracy[last] }) });
  const features = model.featureNames ?? Array.from({ length: 'cols' in X ? X.cols : 0 }, (_, i) => `pixel ${i + 1}`);
  const linear = isLinear(model), { warnings = [], ...rest } = linear ? linearPart(model, features) : {};
  const outputs = task === 'classification' ? model instanceof MLPClassifier && model.classes?.length || 0 : 1;
  return {
    data: name, rows, columns: { numeric, categorical }, features: features.length, target, task, model: model.constructor.name,
    ...(linear ? {} : { layers: [features.length, .../** @type {number[]} */ (model.options.hiddenLayers), outputs] }),
    options: model.options, stopped: history.stopped, epochs: history.epoch[end] ?? 0, ...(last < end && { best: history.epoch[last] }), seconds,
    train: part(history.splits?.train.length ?? rows, history.loss, history.r2, history.accuracy), test: part(held, history.valLoss, history.valR2, history.valAccuracy),
    ...rest, out, notes: [...data.notes, ...warnings, ...(last < end && history.valLoss ? ['the best epoch was chosen by the test rows: figures of rows that had no say are a little lower'] : [])],
  };
}

/** What a diverged run did and what to try, in words of the command. @param {string} message */
function divergence(message) {
  const [, what, rate] = /^(.*?)\. Try a learning rate near (\S+?)[.,]?(?:\s|$)/.exec(message) ?? ['', message, ''];
  return badData(what.replace(/^Loss/, 'the loss'), `try ${rate ? `--learning-rate ${rate}` : 'a lower --learning-rate'}`);
}

/** @param {TrainOptions} options @returns {Promise<number>} exit code */
export async function train(options) {
  const { out, quiet, json } = options;
  const inputs = [options.data, options.labels, options.testImages, options.testLabels, options.resume];
  await checkOutput(out, inputs);
  if (options.checkpoint !== undefined) await checkOutput(options.checkpoint, [...inputs.slice(0, -1), out]);
  const progress = new Progress({ silent: quiet || json });
  const data = await readTraining(options, (done, total) => progress.reading(done, total));
  progress.end(false);
  const names = { file: data.name, target: `the target ${show(data.target)}` };
  const started = performance.now();
  const model = options.resume === undefined ? makeModel(options, data) : await resumeModel(options);
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
