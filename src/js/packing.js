// packing.js: a network, its options and its rows as the core reads them · in: configuration, rows · out: structs · next: native.js
import { activations, initializers, layers, losses, optimizers } from './choices.js';
import { WasmfitError } from './errors.js';
import { CONFIG, FIT, LAYER, pack } from './fields.js';
import { codeOf } from './options.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./options.js').Choice} Choice */
/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {{ inputs: number, layers: readonly Layer[], loss: Choice, optimizer: Choice, seed: number }} Config */
/** Weights in plain order (layer by layer, as getWeights has them) and the optimizer's state in the same order.
 * @typedef {{ weights: Float32Array, slots: Float32Array[], steps: number, epochs: number, momentumProduct?: number }} State */
/** x (rows, inputs), or bytes, each of which stands for offset + scale · byte; y (rows, outputs), or class indices; weight (rows).
 * @typedef {{ x: Float32Array | Uint8Array, y: Float32Array | Int32Array, weight?: Float32Array | null, label?: Int32Array | null, rows: number,
 *   offset?: number, scale?: number }} Rows */
/** Fields of WF_FIT_FIELDS. @typedef {{ batchSize: number, epochs: number, milestone?: number[], [field: string]: any }} FitOptions */
/** epoch, step, layer (from 0; -1: none), and what became non-finite: QUANTITIES[quantity]. @typedef {[number, number, number, number]} Divergence */

/** Units that come out of each layer. @param {number} inputs @param {readonly Layer[]} layers @returns {number[]} */
export function widths(inputs, layers) {
  let width = inputs;
  return layers.map((layer) => (width = layer.type === 'dense' ? layer.units : width));
}

/** @param {Config} config */
export const packConfig = ({ layers: list, loss: { name: loss, alpha, ...parameters }, optimizer: { name, ...rest }, ...config }) => Float64Array.from(pack(CONFIG, {
  ...config, ...parameters, ...rest, focalAlpha: alpha, positiveWeight: typeof parameters.positiveWeight === 'number' ? parameters.positiveWeight : 1,
  layers: list.length, loss: codeOf(losses, loss), optimizer: codeOf(optimizers, name),
}));

/** @param {Config} config */
export function packLayers({ inputs, layers: list }) {
  const units = widths(inputs, list);
  return Float64Array.from(list.flatMap((/** @type {any} */ { type, activation, initializer = 'auto', momentum, epsilon, ...rest }, l) => pack(LAYER, {
    ...rest, kind: codeOf(layers, type), units: units[l], normMomentum: momentum, normEpsilon: epsilon,
    ...activation && { activation: codeOf(activations, activation.name), slope: activation.negativeSlope ?? activation.alpha, initializer: codeOf(initializers, initializer) },
  })));
}

/** Of the milestones there are places for 32. @param {FitOptions} options */
export const packFit = ({ milestone = [], ...options }) => Float64Array.from([...pack(FIT, options), ...milestone, ...new Array(32 - milestone.length).fill(0)]);

/** sizeof(wf_rows) */
export const ROWS_BYTES = 32;

/** wf_rows: x, bytes, y, weight, label, rows, offset, scale. @param {Partial<Rows> & Pick<Rows, 'x' | 'rows'> | null} part @param {(values: any) => number} take copies into the core */
export function packRows(part, take) {
  const words = new Int32Array(8);
  if (!part) return words;
  const { x, y, weight, label, rows, offset = 0, scale = 1 } = part;
  words[x instanceof Uint8Array ? 1 : 0] = take(x);
  [y, weight, label].forEach((values, i) => { words[2 + i] = values ? take(values) : 0; });
  words[5] = rows;
  new Float32Array(words.buffer).set([offset, scale], 6);
  return words;
}

/** sizeof(wf_fault) */
export const FAULT_BYTES = 48;

/** What a check of the core found; the options were judged before, so that this is the size of a model or a fault of ours. @param {Engine} engine @param {number} fault */
export function refusal(engine, fault) {
  const [field, layer, value, rule] = engine.readF64(fault, 4);
  return new WasmfitError(rule === 7 ? `a model of ${value} bytes is larger than WebAssembly memory`
    : `the core refuses the configuration: field ${field}, layer ${layer}, value ${value}, rule ${rule}`, { code: 'CONFIG', hint: 'use smaller layers' });
}
