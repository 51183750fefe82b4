// training.js: how a network is trained: options judged · in: options · out: common options, complete · next: training-fields.js
import { resamples, training } from './choices.js';
import { checkAverage, checkBatchSize, checkClassWeight, checkLoss, checkNumber, checkOptimizer, checkSchedule, checkSwitch, checkTechnique, oneOf, targetsOf } from './options.js';

/** @typedef {import('./options.js').Choice} Choice */
/**
 * Options of training that all networks share. optimizer: 'adam', or { name: 'sgd', learningRate: 0.1, momentum: 0.9 }; schedule: of the
 * learning rate, 'cosine' or { name: 'step', period: 10, factor: 0.5, warmup: 3 }; batchSize: rows a step, 'full', or
 * { name: 'growing' | 'random', … }; standardize: features (and a regression's target) are brought to mean 0 and standard deviation 1 of
 * the training rows, predictions back to units of y, and loss is in standardised units; clip: { value, norm, globalNorm } of gradients;
 * averaging: 'ema' or 'swa'; earlyStopping: true or { monitor, patience, minDelta, restoreBest }; resample: 'over' or 'under';
 * pruning: { sparsity, begin, end, scope }; classWeight: 'balanced' or a factor for each label; recordGradient: history.gradientNorm
 * @typedef {{ optimizer?: unknown, schedule?: unknown, batchSize?: unknown, epochs?: number, seed?: number, standardize?: boolean, clip?: unknown,
 *   inputNoise?: number, mixup?: number, averaging?: unknown, resample?: string, pruning?: unknown, earlyStopping?: unknown,
 *   classWeight?: 'balanced' | Record<string, number>, recordGradient?: boolean }} TrainingOptions
 */
/** @typedef {{ loss: Choice, optimizer: Choice, batchSize: number | 'full' | Choice, epochs: number, seed: number, standardize: boolean,
 *   schedule?: Choice, clip?: Record<string, number>, inputNoise?: number, mixup?: number, averaging?: Choice, resample?: string,
 *   pruning?: Record<string, any>, earlyStopping?: Record<string, any>, classWeight?: 'balanced' | Record<string, number>, recordGradient?: boolean }} Common */

/** @type {Record<string, (value: any, where: string) => unknown>} Those without a default: they stay away where they are not given. */
const OPTIONAL = {
  schedule: checkSchedule,
  clip: (value, where) => checkTechnique('clip', value, where),
  inputNoise: (value, where) => checkNumber(value, training.inputNoise, where),
  mixup: (value, where) => checkNumber(value, training.mixup, where),
  averaging: checkAverage,
  resample: (value, where) => oneOf(value, resamples.map(({ name }) => name), `${where}: resample`),
  pruning: (value, where) => checkTechnique('pruning', value, where),
  earlyStopping: (value, where) => (value === false ? undefined : checkTechnique('earlyStopping', value === true ? {} : value, where)),
  classWeight: checkClassWeight,
  recordGradient: (value, where) => checkSwitch(value, `${where}: recordGradient`),
};

export const TRAINING = ['optimizer', 'batchSize', 'epochs', 'seed', 'standardize', ...Object.keys(OPTIONAL)];

/** @param {TrainingOptions} options @param {unknown} loss @param {string} where @returns {Common} */
export function checkTraining(options, loss, where) {
  const { optimizer, batchSize, epochs, seed, standardize = false } = options;
  /** @type {any} */
  const common = {
    loss: checkLoss(loss, where), optimizer: checkOptimizer(optimizer, where), batchSize: checkBatchSize(batchSize, where),
    epochs: checkNumber(epochs, training.epochs, where), seed: checkNumber(seed, training.seed, where), standardize: checkSwitch(standardize, `${where}: standardize`),
  };
  for (const [name, check] of Object.entries(OPTIONAL)) {
    const given = /** @type {any} */ (options)[name], value = given === undefined ? undefined : check(given, where);
    if (value !== undefined) common[name] = value;
  }
  checkTogether(common, options, where);
  return common;
}

export const FULL_BATCH = ['lbfgs', 'conjugateGradient', 'newtonCG'];
/** What a method that compares losses of steps cannot have; and what makes the loss rough, of the model or of a layer. */
const RANDOM = ['mixup', 'inputNoise', 'resample', 'schedule', 'clip', 'averaging', 'pruning'], ROUGH = ['dropout', 'l1', 'maxNorm'];

/** @param {any} common @param {any} options as they were given @param {string} where */
function checkTogether(common, options, where) {
  const { optimizer, resample, classWeight, loss } = common;
  const parts = [options, ...[options.layers ?? []].flat()].map(Object);
  const odd = RANDOM.find((name) => common[name] && ![common[name], common[name].name].includes('none'))
    ?? ROUGH.find((name) => parts.some((part) => part[name] > 0 || (part.type === name && part.rate !== 0)));
  if (odd && FULL_BATCH.includes(optimizer.name)) throw new RangeError(`${where}: ${odd} does not go with the optimizer ${optimizer.name}, which needs the same smooth loss at every step`);
  const classes = targetsOf(loss.name) === 'C' || targetsOf(loss.name) === 'B';
  if (!classes && (classWeight || (resample && resample !== 'none'))) throw new RangeError(`${where}: ${classWeight ? 'classWeight' : 'resample'} needs a loss of classes, not ${loss.name}`);
}
