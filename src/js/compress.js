// compress.js: networks with fewer weights and fewer units · in: fitted networks · out: the same with zeros, or smaller ones · next: quantize.js
import { option, techniques } from './choices.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { NeuralModel } from './network.js';
import { configFor, outputsOf } from './network-config.js';
import { former } from './network-use.js';
import { checkGiven, checkOption, freeze } from './options.js';
import { FULL_BATCH } from './training.js';

/** @typedef {import('./network.js').Trained} Trained */
/**
 * zeros: how many of the `total` weights are 0.
 * @typedef {{ sparsity: number, layers: { name: string, zeros: number, total: number }[] }} Sparsity
 */

const PRUNE = techniques.pruning.filter(({ name }) => name === 'sparsity' || name === 'scope');
const KEEP = option('keep=0.5(0,1]');

/** @param {unknown} model @param {string} where @returns {any} the model, a network that has weights */
export function checkNetwork(model, where) {
  if (!(model instanceof NeuralModel)) {
    throw new WasmfitError(`${where}: the model must be a network, not ${show(model)}`, { code: 'NOT_A_NETWORK', hint: 'pass a Network or an MLP' });
  }
  /** @type {any} */ (model)._checkFitted(where);
  return model;
}

/** Weights of the dense layers, biases not among them. @param {any} model @returns {import('./network.js').Weights[]} */
const denseWeights = (model) => model.getWeights().filter((/** @type {import('./network.js').Weights} */ { shape }) => shape.length === 2);

/** @param {Float32Array} values */
const countZeros = (values) => values.reduce((count, value) => count + Number(value === 0), 0);

/** @param {Float32Array[]} arrays */
const lengthOf = (arrays) => arrays.reduce((length, data) => length + data.length, 0);

/**
 * Share of the weights of dense layers (biases are not counted) that are zero.
 * @param {NeuralModel} model
 * @returns {Sparsity}
 * @throws {WasmfitError} NOT_A_NETWORK, NOT_FITTED
 */
export function sparsity(model) {
  const weights = denseWeights(checkNetwork(model, 'sparsity'));
  const layers = weights.map(({ name, data }) => ({ name, zeros: countZeros(data), total: data.length }));
  const sum = (/** @type {'zeros' | 'total'} */ field) => layers.reduce((total, layer) => total + layer[field], 0);
  return { sparsity: sum('zeros') / sum('total'), layers };
}

/**
 * Zeroes the `count` smallest of all the given weights by magnitude; of equal ones the first go.
 * @param {Float32Array[]} arrays @param {number} count
 */
function zeroSmallest(arrays, count) {
  const sizes = new Float32Array(lengthOf(arrays));
  arrays.reduce((at, data) => (sizes.set(data.map(Math.abs), at), at + data.length), 0);
  const border = sizes.sort()[count - 1];
  let equal = count - sizes.indexOf(border);
  for (const data of arrays) {
    for (let i = 0; i < data.length; i++) {
      const size = Math.abs(data[i]);
      if (size < border || (size === border && equal-- > 0)) data[i] = 0;
    }
  }
}

/**
 * Further training keeps every zero, where there is any: they are the smallest of all, so that pruning to their share at its begin prunes them.
 * @param {any} model
 */
function holdZeros(model) {
  const { layers } = sparsity(model);
  const [zeros, total] = [layers.reduce((sum, layer) => sum + layer.zeros, 0), layers.reduce((sum, layer) => sum + layer.total, 0)];
  const pruning = { sparsity: Math.min(zeros, total - 1) / total, begin: 0, end: 0, scope: 'global' };
  model._common = { ...model._common, pruning };
  model.options = freeze({ ...model.options, pruning });
}

/**
 * Prunes by magnitude, at once and in place: the given share of the weights of each dense layer, or of all of them together, becomes zero;
 * the smallest go, biases stay. It is ⌊sparsity · n + 1/2⌋ of n weights, zeros counted that were there before. The optimizer begins anew.
 *
 * A model that trains on from its weights (a Network, or an MLP with warmStart: true) keeps the zeros in further training: its
 * options.pruning becomes { sparsity: the share of zeros, begin: 0, end: 0, scope: 'global' }, also in files. With an optimizer that
 * sees all rows at each step (lbfgs and its kin) it does not: they know no pruning.
 * Source: Han et al. 2015, "Learning both weights and connections for efficient neural networks"; as PyTorch's l1_unstructured and
 * global_unstructured.
 *
 * @param {NeuralModel} model fitted; is changed
 * @param {{ sparsity?: number, scope?: 'layer' | 'global' }} [options] sparsity: from 0 to below 1
 * @returns {Sparsity}
 * @throws {WasmfitError} NOT_A_NETWORK, NOT_FITTED, BUSY
 */
export function prune(model, options = {}) {
  const network = checkNetwork(model, 'prune');
  network._checkIdle('prune');
  checkKeys(options, PRUNE.map(({ name }) => name), 'prune');
  const [share, scope] = PRUNE.map((info) => checkOption(/** @type {any} */ (options)[info.name], info, 'prune'));
  /** @type {import('./network.js').Weights[]} */
  const weights = network.getWeights(), arrays = weights.flatMap(({ shape, data }) => (shape.length === 2 ? [data] : []));
  for (const group of scope === 'global' ? [arrays] : arrays.map((data) => [data])) {
    const count = Math.floor(share * lengthOf(group) + 0.5);
    if (count > 0) zeroSmallest(group, count);
  }
  network.setWeights(weights);
  if (former(network) && !FULL_BATCH.includes(network.options.optimizer.name)) holdZeros(network);
  return sparsity(network);
}

/** @typedef {Record<string, Float32Array>} Layer the arrays of a layer by their last name */

/** @param {any} model @returns {Layer[]} */
export function layersOf(model) {
  /** @type {Layer[]} */
  const layers = model._trained.config.layers.map(() => ({}));
  for (const { name, data } of model.getWeights()) {
    const [, l, part] = name.split('.');
    layers[Number(l)][part] = data;
  }
  return layers;
}

/**
 * What a norm makes of x: x · factor + shift of each unit; a layer's own mean and deviation differ from row to row and are left out.
 * @param {Layer} arrays @param {any} layer
 */
export function affineOf({ weight, bias, runningMean, runningVariance }, layer) {
  const factor = Float64Array.from(weight, (w, j) => (runningVariance ? w / Math.sqrt(runningVariance[j] + layer.epsilon) : w));
  return { factor, shift: runningMean ? Float64Array.from(bias, (b, j) => b - runningMean[j] * factor[j]) : new Float64Array(weight.length) };
}

/** @param {ArrayLike<number>} values @param {number} from @param {number} step @param {number} count */
function sumSquares(values, from, step, count) {
  let sum = 0;
  for (let k = 0, at = from; k < count; k++, at += step) sum += values[at] ** 2;
  return sum;
}

/** How much each unit of the hidden layer l matters. @param {any[]} list @param {Layer[]} layers @param {number} l */
function scores(list, layers, l) {
  const { weight, bias } = layers[l], units = bias.length, I = weight.length / units;
  const next = list.findIndex(({ type }, at) => at > l && type === 'dense'), out = layers[next].bias.length;
  const factors = list.slice(l + 1, next).flatMap((layer, at) => (layer.type === 'dropout' ? [] : [affineOf(layers[l + 1 + at], layer).factor]));
  return Float64Array.from(bias, (b, j) => {
    const norms = factors.reduce((product, factor) => product * Math.abs(factor[j]), 1);
    return Math.sqrt(sumSquares(weight, j, units, I) + b * b) * norms * Math.sqrt(sumSquares(layers[next].weight, j * out, 1, out));
  });
}

/**
 * Units to keep of each hidden layer, in their order.
 * @param {any[]} list @param {Layer[]} layers @param {number} l @param {number} count
 */
function best(list, layers, l, count) {
  const score = scores(list, layers, l);
  return Array.from(score, (_, j) => j).sort((a, b) => score[b] - score[a]).slice(0, count).sort((a, b) => a - b);
}

/** @param {unknown} keep @param {number[]} units of the hidden layers @returns {number[]} */
function countsOf(keep, units) {
  if (!Array.isArray(keep)) {
    const share = checkOption(keep, KEEP, 'pruneUnits');
    return units.map((count) => Math.max(1, Math.floor(share * count + 0.5)));
  }
  if (keep.length !== units.length) {
    throw new RangeError(`pruneUnits: keep has ${keep.length} values, the model has ${units.length} hidden layers; it must be a number of units for each`);
  }
  const info = { default: undefined, min: 1, integer: true };
  return keep.map((count, h) => checkGiven(count, { ...info, name: `keep[${h}]`, max: units[h] }, 'pruneUnits'));
}

/**
 * The weights of the smaller network. A unit that goes is one whose activation is 0, which norms and all that follows see as that.
 * @param {any[]} list of layers @param {Layer[]} layers @param {number[][]} kept units of every dense layer @param {number} inputs
 * @returns {Float32Array}
 */
function shrink(list, layers, kept, inputs) {
  let rows = Array.from({ length: inputs }, (_, i) => i), idle = new Float64Array(inputs); // what a unit without activation is, after the norms
  const parts = list.flatMap((layer, l) => {
    const arrays = layers[l], { weight, bias } = arrays;
    if (layer.type === 'dropout') return [];
    if (layer.type !== 'dense') {
      const { factor, shift } = affineOf(arrays, layer);
      idle = idle.map((value, j) => value * factor[j] + shift[j]);
      return ['weight', 'bias', 'runningMean', 'runningVariance'].flatMap((part) => (arrays[part] ? [rows.map((j) => arrays[part][j])] : []));
    }
    const O = bias.length, cols = kept[l], gone = Array.from(idle, (_, i) => i).filter((i) => idle[i] !== 0 && !rows.includes(i));
    const biases = cols.map((o) => gone.reduce((sum, i) => sum + idle[i] * weight[i * O + o], bias[o]));
    const made = [rows.flatMap((i) => cols.map((o) => weight[i * O + o])), biases];
    [rows, idle] = [cols, new Float64Array(O)];
    return made;
  });
  return Float32Array.from(parts.flat());
}

/**
 * A smaller model of the same class: of every hidden layer the units that matter most stay, with the norms that follow them. What a unit
 * matters is   ‖weights into it and its bias‖₂ · ‖weights out of it‖₂, times |weight| / √(variance + epsilon) of a batchNorm (|weight| of a
 * layerNorm) between. A unit whose weights out are all zero goes without any change of the predictions. The given model stays as it is;
 * the new one is fitted, and its optimizer begins anew.
 * Source: Li et al. 2017, "Pruning filters for efficient ConvNets", for units in place of filters.
 *
 * @template {NeuralModel} M
 * @param {M} model fitted
 * @param {{ keep?: number | readonly number[] }} [options] keep: a share of each hidden layer, or the number of units of each
 * @returns {M}
 * @throws {RangeError} more units than there are, a model without hidden layers
 * @throws {WasmfitError} NOT_A_NETWORK, NOT_FITTED
 */
export function pruneUnits(model, options = {}) {
  const network = checkNetwork(model, 'pruneUnits');
  checkKeys(options, ['keep'], 'pruneUnits');
  const { config, ...rest } = /** @type {Trained} */ (network._trained), list = config.layers, layers = layersOf(network);
  const hidden = list.flatMap(({ type }, l) => (type === 'dense' && l < list.length - 1 ? [l] : []));
  if (hidden.length === 0) throw new RangeError('pruneUnits: the model has no hidden layers');
  const counts = countsOf(options.keep, hidden.map((l) => layers[l].bias.length)), outputs = outputsOf(config);
  const all = Array.from({ length: outputs }, (_, o) => o);
  const kept = list.map((layer, l) => (hidden.includes(l) ? best([...list], layers, l, counts[hidden.indexOf(l)]) : all));
  const { options: given } = network;
  const smaller = new network.constructor(given.hiddenLayers ? { ...given, hiddenLayers: counts }
    : { ...given, layers: list.map((layer, l) => (hidden.includes(l) ? { ...layer, units: kept[l].length } : layer)) });
  const weights = shrink([...list], layers, kept, config.inputs);
  const state = { weights, slots: [], steps: 0, epochs: 0 };
  smaller._restore({ ...rest, checkpoint: undefined, config: configFor(smaller, config.inputs, outputs), state });
  if (given.pruning) holdZeros(smaller);
  return smaller;
}
