// layers.js: the layers of a Network as plain objects · in: units, options · out: checked layers · next: network.js
import { checkKeys, show } from './errors.js';
import { layers } from './choices.js';
import { checkActivation, checkGiven, checkInitializer, checkNumber, codeOf } from './options.js';

/** @typedef {{ type: 'dense', units: number, activation: import('./options.js').Choice, initializer: string, l1: number, l2: number, maxNorm: number }} Dense */
/** @typedef {{ type: 'dropout', rate: number } | { type: 'batchNorm', momentum: number, epsilon: number } | { type: 'layerNorm', epsilon: number }} Other */
/** @typedef {Dense | Other} Layer */

/** @param {string} type @param {string} name */
const infoOf = (type, name) => /** @type {import('./choices.js').Option} */ (layers[codeOf(layers, type)].options.find((option) => option.name === name));

/** @param {string} type @param {Record<string, unknown>} options @param {readonly string[]} names @returns {Record<string, number>} */
function numbers(type, options, names) {
  return Object.fromEntries(names.map((name) => [name, checkNumber(options[name], infoOf(type, name), type)]));
}

/**
 * A dense layer:   activation(x W + b), W (in, units)
 *
 * @param {number} units
 * @param {{ activation?: unknown, initializer?: string, l1?: number, l2?: number, maxNorm?: number }} [options] activation: a name, or
 *   { name: 'leakyRelu', negativeSlope: 0.1 }; l1 Σ|w| and l2/2 Σ w² are added to what is minimised (not to the loss that is shown), l1 by a
 *   proximal step, which gives exact zeros; maxNorm bounds the norm of the weights into each unit
 * @returns {Dense}
 */
export function dense(units, options = {}) {
  checkKeys(options, ['activation', 'initializer', 'l1', 'l2', 'maxNorm'], 'dense');
  return /** @type {any} */ ({
    type: 'dense', units: checkGiven(units, infoOf('dense', 'units'), 'dense'), activation: checkActivation(options.activation, 'dense'),
    initializer: checkInitializer(options.initializer, 'dense'), ...numbers('dense', options, ['l1', 'l2', 'maxNorm']),
  });
}

/**
 * Dropout: in training each input is 0 with probability rate, else x / (1 − rate); in prediction x itself.
 * @param {number} rate from 0 to below 1
 * @returns {Other}
 */
export const dropout = (rate = 0.5) => ({ type: 'dropout', rate: checkNumber(rate, infoOf('dropout', 'rate'), 'dropout') });

/**
 * Batch normalisation:   (x − mean) / √(variance + epsilon) · weight + bias; mean and biased variance of the batch, in prediction the
 * running ones, of which every batch moves the share momentum (with the unbiased variance). As PyTorch's BatchNorm1d.
 * @param {{ momentum?: number, epsilon?: number }} [options]
 * @returns {Other}
 */
export function batchNorm(options = {}) {
  checkKeys(options, ['momentum', 'epsilon'], 'batchNorm');
  return /** @type {any} */ ({ type: 'batchNorm', ...numbers('batchNorm', options, ['momentum', 'epsilon']) });
}

/**
 * Layer normalisation:   (x − mean) / √(variance + epsilon) · weight + bias, over the units of each row. As PyTorch's LayerNorm.
 * @param {{ epsilon?: number }} [options]
 * @returns {Other}
 */
export function layerNorm(options = {}) {
  checkKeys(options, ['epsilon'], 'layerNorm');
  return /** @type {any} */ ({ type: 'layerNorm', ...numbers('layerNorm', options, ['epsilon']) });
}

/** A layer as a plain object, judged again. @param {unknown} layer @param {number} at @returns {Layer} */
export function checkLayer(layer, at) {
  const { type, units, rate, ...options } = Object(layer);
  if (type === 'dense') return dense(units, options);
  if (type === 'dropout') return dropout(rate);
  if (type === 'batchNorm') return batchNorm(options);
  if (type === 'layerNorm') return layerNorm(options);
  throw new TypeError(`layers: layer ${at + 1} is ${show(type === undefined ? layer : type)}; it must be made by dense, dropout, batchNorm or layerNorm`);
}
