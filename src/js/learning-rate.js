// learning-rate.js: the learning-rate range test · in: model, X, y · out: curve, suggestion · next: native-fit.js
import { engineReady } from './engine.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { jobOf } from './job.js';
import { NeuralModel } from './network.js';
import { checkNumber } from './options.js';
import { option } from './choices.js';
import { RUNNING } from './fields.js';
import { beginNetwork } from './native-fit.js';
import { breathe } from './platform.js';

const OPTIONS = ['min~=1e-6[1e-12,1e3]', 'max~=1[1e-12,1e6]', 'steps#=100[10,1e5]', 'smoothing=0.9[0,1)', 'stopFactor=4(1,1e6]'].map(option);

/**
 * What a fit of a network would begin with.
 * @param {unknown} model @param {unknown} X @param {unknown} y @param {string} where
 * @returns {Promise<any>} a NetworkTask
 * @throws {WasmfitError} NOT_A_NETWORK, DISPOSED
 */
export async function taskOf(model, X, y, where) {
  if (!(model instanceof NeuralModel)) throw new WasmfitError(`${where}: the model must be a network, not ${show(model)}`, { code: 'NOT_A_NETWORK', hint: 'pass a Network or an MLP' });
  model._checkAlive(where);
  await model._late.ready();
  return jobOf(model, X, y, {}).task;
}

/** Mean of the losses so far, newer ones count more; corrected for its start at 0, as Adam's means are. @param {number[]} losses @param {number} beta */
function smooth(losses, beta) {
  let mean = 0, weight = 0;
  return losses.map((loss) => {
    mean = beta * mean + (1 - beta) * loss;
    weight = beta * weight + (1 - beta);
    return mean / weight;
  });
}

/** Slope of a line through points i - half … i + half, over their numbers. @param {number[]} values @param {number} i @param {number} half */
function slopeAt(values, i, half) {
  let sum = 0, square = 0;
  for (let k = -half; k <= half; k++) {
    sum += k * values[i + k];
    square += k * k;
  }
  return sum / square;
}

/** The rate at which the loss falls most steeply over the logarithm of the rate, by lines through a fifth of all steps, which the noise of batches cannot mislead. @param {number[]} rates @param {number[]} losses @param {number} steps */
function steepest(rates, losses, steps) {
  const half = Math.max(1, Math.round(steps / 10));
  let best = -1, slope = 0;
  for (let i = half; i < losses.length - half; i++) {
    const fall = slopeAt(losses, i, half);
    if (fall < slope) [best, slope] = [i, fall];
  }
  return best < 0 ? null : rates[best];
}

/**
 * Trains a copy of the model while its learning rate grows by a constant factor from batch to batch, until the loss is stopFactor times its least; the
 * model itself stays as it is. The suggestion is the rate at which the loss falls most steeply; null: it never falls.
 * Source: Smith 2017, "Cyclical learning rates for training neural networks", section 3.3.
 *
 * @param {import('./network.js').NeuralModel} model
 * @param {unknown} X @param {unknown} y as for fit
 * @param {{ min?: number, max?: number, steps?: number, smoothing?: number, stopFactor?: number }} [options]
 * @returns {Promise<{ learningRates: number[], losses: number[], smoothedLosses: number[], suggestion: number | null }>}
 * @throws {TypeError | RangeError | WasmfitError} as fit; NOT_A_NETWORK; min not below max
 */
export async function findLearningRate(model, X, y, options = {}) {
  const where = 'findLearningRate';
  checkKeys(options, OPTIONS.map(({ name }) => name), where);
  const [min, max, steps, smoothing, stopFactor] = OPTIONS.map((info) => checkNumber(/** @type {any} */ (options)[info.name], info, where));
  if (min >= max) throw new RangeError(`${where}: min is ${min}, max is ${max}; min must be below max`);
  const task = await taskOf(model, X, y, where);
  if (task.config.optimizer.learningRate === undefined) throw new WasmfitError(`${where}: the optimizer ${task.config.optimizer.name} has no learning rate`, { code: 'NO_LEARNING_RATE', hint: 'use sgd, adam or their kin' });
  const fit = beginNetwork(await engineReady(), { ...task, options: { ...task.options, epochs: 1e9, schedule: 0, warmup: 0, stopMonitor: 0 } });
  /** @type {number[]} */
  const learningRates = [], losses = [];
  try {
    for (let step = 0, least = Infinity, state = RUNNING; step < steps && state === RUNNING; step++) {
      const rate = min * (max / min) ** (step / (steps - 1));
      fit.setLearningRate(rate);
      state = fit.run(1, 1);
      fit.takeReports();
      const loss = fit.batchLoss();
      if (!Number.isFinite(loss) || loss > stopFactor * least) break;
      least = Math.min(least, loss);
      learningRates.push(rate);
      losses.push(loss);
      if (step % 16 === 15) await breathe();
    }
  } finally {
    fit.free();
  }
  const smoothedLosses = smooth(losses, smoothing);
  return { learningRates, losses, smoothedLosses, suggestion: steepest(learningRates, losses, steps) };
}
