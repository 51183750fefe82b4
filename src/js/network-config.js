// network-config.js: a network's layers and the names and shapes of its weights · in: model, inputs, outputs · out: Config, shapes · next: packing.js
import { show } from './errors.js';
import { batchNorm, dense, dropout, layerNorm } from './layers.js';
import { widths } from './packing.js';

/** @typedef {import('./packing.js').Config} Config */

/** @param {any} options of an MLP @param {number} outputs */
function layersOf({ hiddenLayers, activation, initializer, dropout: rate, normalization, l1, l2, maxNorm }, outputs) {
  const each = [...normalization === 'batch' ? [batchNorm()] : normalization === 'layer' ? [layerNorm()] : [], ...rate > 0 ? [dropout(rate)] : []];
  return [...hiddenLayers.flatMap((/** @type {number} */ units) => [dense(units, { activation, initializer, l1, l2, maxNorm }), ...each]), dense(outputs, { initializer, l1, l2, maxNorm })];
}

/** Units of the last layer where they are fixed. @param {import('./network.js').NeuralModel} model @returns {number | undefined} */
export const fixedOutputs = ({ options: { layers } }) => layers?.[layers.length - 1].units;

/** The layers for so many inputs and outputs. @param {import('./network.js').NeuralModel} model @param {number} inputs @param {number} outputs @returns {Config} */
export function configFor(model, inputs, outputs) {
  const { inputs: stated = inputs, layers = layersOf(model.options, outputs) } = model.options, units = fixedOutputs(model) ?? outputs;
  if (inputs !== stated) throw new RangeError(`X has ${inputs} columns; the network has inputs: ${stated}`);
  if (outputs !== units) throw new RangeError(`y has ${outputs} columns; the last layer has ${units} units`);
  const { loss, optimizer, seed } = model._common;
  return { inputs, layers, loss, optimizer, seed };
}

/** Units of the last layer. @param {Pick<Config, 'layers'>} config */
export const outputsOf = ({ layers }) => /** @type {import('./layers.js').Dense} */ (layers[layers.length - 1]).units;

/** @param {Config} config @returns {{ name: string, shape: number[] }[]} */
export function shapesOf({ inputs, layers }) {
  const units = widths(inputs, layers);
  return layers.flatMap(({ type }, l) => ({
    dense: [['weight', l === 0 ? inputs : units[l - 1], units[l]], ['bias', units[l]]], dropout: [],
    batchNorm: [['weight', units[l]], ['bias', units[l]], ['runningMean', units[l]], ['runningVariance', units[l]]], layerNorm: [['weight', units[l]], ['bias', units[l]]],
  })[type].map(([name, ...shape]) => ({ name: `layers.${l}.${name}`, shape: /** @type {number[]} */ (shape) })));
}

/** @param {any} given @param {{ name: string, shape: number[] }} expected @returns {Float32Array} */
export function checkWeights(given, { name, shape }) {
  const length = shape.reduce((product, size) => product * size, 1);
  const { data, shape: stated = shape, name: called = name } = Object(given);
  if (called !== name) throw new RangeError(`setWeights: ${show(called)} stands where ${name} belongs`);
  if (String(stated) !== String(shape) || data?.length !== length) {
    throw new RangeError(`setWeights: ${name} has the shape (${stated}) and ${show(data?.length)} values; it must be (${shape}), ${length} values`);
  }
  const odd = Array.prototype.findIndex.call(data, (value) => typeof value !== 'number');
  if (odd >= 0) throw new TypeError(`setWeights: ${name} has ${show(data[odd])} at ${odd}; every weight must be a number`);
  const values = Float32Array.from(data);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`setWeights: ${name} has ${show(data[bad])} at ${bad}; every weight must be finite and fit in 32-bit floats`);
  return values;
}
