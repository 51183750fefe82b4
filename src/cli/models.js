// models.js: which model --model is, and which options belong to it · in: options, data · out: a model · next: train.js
import { ElasticNet, Lasso, LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor, Ridge, load } from '../js/index.js';
import * as registry from '../js/registry.js';
import { show } from '../js/errors.js';
import { badData, naming, usage } from './errors.js';
import { nameOf, openInput, readAll } from './files.js';
import { OF_LAYERS, OF_TRAINING } from './techniques.js';

/** @typedef {import('./options.js').TrainOptions} TrainOptions */
/** @typedef {import('./data.js').Data} Data */
/** @typedef {LinearRegression | Ridge | ElasticNet | LogisticRegression} LinearModel */
/** @typedef {LinearModel | MLPRegressor | MLPClassifier} Model */

/** What --model may be. */
export const MODELS = ['mlp', 'linear', 'ridge', 'lasso', 'elasticnet', 'logistic'];

const NETWORK = ['hidden', ...OF_LAYERS], TRAINING = ['batch-size', 'epochs', ...OF_TRAINING];
/** Options of the command and the models that they are for. @type {[string, string[]][]} */
const BELONG = [
  ...NETWORK.map((name) => /** @type {[string, string[]]} */ ([name, ['mlp']])), ...TRAINING.map((name) => /** @type {[string, string[]]} */ ([name, ['mlp', 'linear']])),
  ['alpha', ['ridge', 'lasso', 'elasticnet']], ['l1-ratio', ['elasticnet', 'logistic']], ['c', ['logistic']], ['penalty', ['logistic']],
];

/** Those of the package that have options here. @param {string} model @param {string} option @returns {import('../js/registry.js').OptionInfo} */
export const infoOf = (model, option) => /** @type {any} */ (registry.linearModels.find(({ name }) => name === model)?.options.find(({ name }) => name === option));

/** @param {Model} model @returns {model is LinearModel} */
export const isLinear = (model) => !(model instanceof MLPRegressor || model instanceof MLPClassifier);

/** @param {TrainOptions} options @param {Data} data */
function checkTask({ model, given }, { task, target }) {
  if (model === 'logistic' && task === 'regression') throw badData(`--model logistic is for classes; the target ${show(target)} is numbers`, 'take them as classes with --classify');
  if (['ridge', 'lasso', 'elasticnet'].includes(model) && task === 'classification') throw badData(`--model ${model} is for numbers; the target ${show(target)} is classes`, 'use --model logistic');
  const exact = model === 'linear' && task === 'regression';
  const idle = BELONG.find(([name, models]) => given.has(name) && !(models.includes(model) && !(exact && TRAINING.includes(name))))?.[0];
  if (idle === undefined) return;
  const [, models] = /** @type {[string, string[]]} */ (BELONG.find(([name]) => name === idle));
  throw usage(`--${idle} has no meaning for --model ${model}${exact ? ' and a target of numbers, which is solved exactly' : ''}`, `leave it out, or use --model ${models.find((name) => name !== model) ?? 'mlp'}`);
}

/**
 * linear: least squares for numbers, for classes a network without hidden layers, which is softmax regression.
 * @param {TrainOptions} options @param {Data} data
 * @returns {Model}
 */
export function makeModel(options, data) {
  checkTask(options, data);
  const { model, hidden, techniques, epochs, seed, alpha, l1Ratio, C, penalty, given } = options;
  if (l1Ratio !== undefined && model === 'logistic' && penalty !== 'elasticnet') throw usage('--l1-ratio has no meaning without --penalty elasticnet');
  if (alpha === 'gcv' && model !== 'ridge') throw usage('--alpha gcv is for --model ridge', 'give a number');
  const number = /** @type {number | undefined} */ (alpha);
  if (model === 'ridge') return new Ridge({ alpha, seed });
  if (model === 'lasso') return new Lasso({ alpha: number, seed });
  if (model === 'elasticnet') return new ElasticNet({ alpha: number, l1Ratio, seed });
  if (model === 'logistic') return new LogisticRegression({ C, penalty, l1Ratio, seed });
  if (model === 'linear' && data.task === 'regression') return new LinearRegression({ seed });
  const Network = data.task === 'classification' ? MLPClassifier : MLPRegressor;
  try {
    return new Network({ hiddenLayers: model === 'linear' ? [] : hidden, ...techniques, epochs, seed, standardize: data.standardize });
  } catch (error) { // what does not go together: the values themselves are judged
    throw usage(/** @type {Error} */ (error).message.replace(/^MLP\w+: /, ''));
  }
}

/** The model in a file. @param {string} path @returns {Promise<any>} */
export async function readModel(path) {
  const { pieces } = await openInput(path);
  const bytes = await readAll(pieces);
  return naming({ file: nameOf(path) }, () => load(bytes));
}

/** The model of a checkpoint, which has all its options but the number of epochs. @param {TrainOptions} options @returns {Promise<Model>} */
export async function resumeModel({ resume = '', given }) {
  const idle = [...NETWORK, ...TRAINING, 'seed', 'model'].find((name) => name !== 'epochs' && given.has(name));
  if (idle) throw usage(`--${idle} has no meaning with --resume`, 'the checkpoint has it; only --epochs may be another');
  return readModel(resume);
}
