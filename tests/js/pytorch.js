// pytorch.js: the quadratic that PyTorch's optimizers were run on, and their options by our names · in: a fixture · out: f, runs · next: minimize.test.js
import { fixture } from './near.js';

/** f = x'Ax/2 − b'x; runs: x has 51 rows, the first is x0 */
export const { A, b, x0, minimum, runs, extra } = fixture('optim-quadratic');

const times = (/** @type {ArrayLike<number>} */ x) => A.map((/** @type {number[]} */ row) => row.reduce((sum, a, j) => sum + a * x[j], 0));
/** @param {ArrayLike<number>} x @returns {number} */
export const quadratic = (x) => times(x).reduce((/** @type {number} */ sum, /** @type {number} */ Ax, /** @type {number} */ i) => sum + x[i] * (Ax / 2 - b[i]), 0);
/** @param {ArrayLike<number>} x @returns {number[]} */
export const slope = (x) => times(x).map((/** @type {number} */ Ax, /** @type {number} */ i) => Ax - b[i]);

/** @type {Record<string, string>} */
const NAMES = { lr: 'learningRate', weight_decay: 'weightDecay', eps: 'epsilon', alpha: 'decay', rho: 'decay', lr_decay: 'learningRateDecay', initial_accumulator_value: 'initialAccumulator' };

/** @param {{ class: string, options: any }} run */
export const optimizerOf = ({ class: name, options: { betas, ...rest } }) => ({
  name: name.toLowerCase(), ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [NAMES[key] ?? key, value])), ...betas && { beta1: betas[0], beta2: betas[1] },
});

const sgd = { name: 'sgd', learningRate: 0.05 };
const plus = (/** @type {(x: number) => number} */ more) => (/** @type {Float64Array} */ x) => slope(x).map((g, i) => g + more(x[i]));
/** Options of minimize for each of `extra`. @type {Record<string, any>} */
export const extraOptions = {
  clip_norm_1: { optimizer: sgd, clip: { globalNorm: 1 } },
  'clip_value_0.5': { optimizer: sgd, clip: { value: 0.5 } },
  'l1_0.3': { optimizer: sgd, gradient: plus((x) => 0.3 * Math.sign(x)) },
  'l2_0.3': { optimizer: sgd, gradient: plus((x) => 0.3 * x) },
  adam_cosine: { optimizer: { name: 'adam', learningRate: 0.1 }, schedule: 'cosine' },
  sgd_diverges: { optimizer: { name: 'sgd', learningRate: 0.6 } },
};
