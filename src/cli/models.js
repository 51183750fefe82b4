// models.js: which model --model is, and which options belong to it · in: options, data · out: a model · next: train.js
import { ElasticNet, Lasso, LinearRegression, LogisticRegression, MLPClassifier, MLPRegressor, Ridge } from '../js/index.js';
import * as registry from '../js/registry.js';
import { show } from '../js/errors.js';
import { badData, usage } from './errors.js';

/** @typedef {import('./options.js').TrainOptions} TrainOptions */
/** @typedef {import('./data.js').Data} Data */
/** @typedef {LinearRegression | Ridge | ElasticNet | LogisticRegression} LinearModel */
/** @typedef {LinearModel | MLPRegressor | MLPClassifier} Model */

/** What --model may be. */
export const MODELS = ['mlp', 'linear', 'ridge', 'lasso', 'elasticnet', 'logistic'];

const NETWORK = ['hidden', 'activation'], TRAINING = ['optimizer', 'learning-rate', 'momentum', 'weight-decay', 'batch-size', 'epochs'];
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
  const { model, hidden, activation, optimizer, batchSize, epochs, seed, alpha, l1Ratio, C, penalty, given } = options;
  if (l1Ratio !== undefined && model === 'logistic' && penalty !== 'elasticnet') throw usage('--l1-ratio has no meaning without --penalty elasticnet');
  if (alpha === 'gcv' && model !== 'ridge') throw usage('--alpha gcv is for --model ridge', 'give a number');
  const number = /** @type {number | undefined} */ (alpha);
  if (model === 'ridge') return new Ridge({ alpha, seed });
  if (model === 'lasso') return new Lasso({ alpha: number, seed });
  if (model === 'elasticnet') return new ElasticNet({ alpha: number, l1Ratio, seed });
  if (model === 'logistic') return new LogisticRegression({ C, penalty, l1Ratio, seed });
  if (model === 'linear' && data.task === 'regression') return new LinearRegression({ seed });
  const Network = data.task === 'classification' ? MLPClassifier : MLPRegressor;
  return new Network({ hiddenLayers: model === 'linear' ? [] : hidden, activation, optimizer, batchSize, epochs, seed, standardize: data.standardize });
}
