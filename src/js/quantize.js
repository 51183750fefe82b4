// quantize.js: a fitted network's weights and activations become small integers · in: model, calibration rows · out: QuantizedModel
// next: quantized.js
//
// A dense layer absorbs what the levels of its inputs stand for into its weights and bias, a batchNorm moves it, dropout leaves it alone. So every
// unit and every feature can have a scale of its own at no cost, and a batchNorm is folded into the layer behind it.
import { affineOf, checkNetwork, layersOf } from './compress.js';
import { engineReady } from './engine.js';
import { WasmfitError, checkKeys } from './errors.js';
import { emptyRange, fixedPoint, levelsOf, moved, roundWeights, widen } from './integers.js';
import { countRows } from './rows.js';
import { NativeModel } from './native.js';
import { readBytes } from './network-rows.js';
import { rowsFor } from './network-use.js';
import { oneOf } from './options.js';
import { breathe } from './platform.js';
import { QuantizedModel } from './quantized.js';

/** @typedef {import('./integers.js').Levels} Levels */
/** @typedef {import('./integers.js').Range} Range */
/** @typedef {import('./integers.js').Scheme} Scheme */
/** @typedef {import('./quantized.js').IntegerLayer} IntegerLayer */
/** @typedef {import('./options.js').Choice} Choice */
/** @typedef {{ x: Float32Array | Uint8Array, rows: number, offset: number, scale: number }} Part */
/** A network at work: layers by their arrays, rows to calibrate on.
 * @typedef {{ engine: import('./engine.js').Engine, config: import('./native.js').Config, weights: Float32Array, arrays: import('./compress.js').Layer[], part: Part, scheme: Scheme }} Work */

/** Rows that are calibrated on at a time, points of an activation's curve. */
const ROWS = 1024, POINTS = 1025;

/**
 * Runs a network of the given layers.
 * @template T @param {Work} work @param {readonly any[]} layers @param {number} inputs @param {Float32Array} weights @param {(native: NativeModel) => T} use @returns {Promise<Awaited<T>>}
 */
async function using({ engine, config }, layers, inputs, weights, use) {
  const native = new NativeModel(engine, { ...config, inputs, layers, loss: { name: 'mse' } }, { weights, slots: [], steps: 0, epochs: 0 });
  try {
    return await use(native);
  } finally {
    native.free();
  }
}

/** @param {Part} part @param {number} cols @param {(part: Part) => void} use some of the rows */
async function eachPart({ x, rows, ...rest }, cols, use) {
  for (let first = 0; first < rows; first += ROWS) {
    const count = Math.min(ROWS, rows - first);
    use({ ...rest, x: x.subarray(first * cols, (first + count) * cols), rows: count });
    await breathe();
  }
}

/** Pre-activations of the dense layer l over all rows. @param {Work} work @param {number} l @returns {Promise<Range>} */
async function rangeOf(work, l) {
  const { config: { inputs, layers }, weights, arrays, part } = work, before = layers.slice(0, l), range = emptyRange(arrays[l].bias.length);
  const size = arrays.slice(0, l + 1).reduce((sum, layer) => sum + Object.values(layer).reduce((length, data) => length + data.length, 0), 0);
  await using(work, [...before, { ...layers[l], activation: { name: 'identity' } }], inputs, weights.slice(0, size), (native) =>
    eachPart(part, inputs, (some) => widen(range, native.predict(some, false))));
  return range;
}

/** Narrows a unit's pre-activations to where its activation is not yet, to half a level, what it is at the ends; and the activation's range there.
 * @param {NativeModel} native the activation alone @param {number} low @param {number} high */
function curveOf(native, low, high) {
  const x = Float32Array.from({ length: POINTS }, (_, i) => low + (high - low) * (i / (POINTS - 1))), values = native.predict({ x, rows: POINTS, offset: 0, scale: 1 }, false);
  const least = values.reduce((to, value) => Math.min(to, value)), most = values.reduce((to, value) => Math.max(to, value)), half = (most - least) / 510;
  const first = values.findIndex((value) => Math.abs(value - values[0]) > half), last = values.findLastIndex((value) => Math.abs(value - values[POINTS - 1]) > half);
  return { low: x[Math.max(0, first - 1)], high: x[last < 0 ? POINTS - 1 : Math.min(POINTS - 1, last + 1)], least, most };
}

/** Levels of pre-activations that a table turns into levels of activations, unit by unit. @param {Work} work @param {Choice} activation @param {Range} range */
async function tableOf(work, activation, range) {
  const { layers } = work.config, before = emptyRange(range.low.length), after = emptyRange(range.low.length);
  await using(work, [{ ...layers[layers.length - 1], units: 1, activation }], 1, Float32Array.of(1, 0), (native) => range.low.forEach((from, o) => {
    const { low, high, least, most } = curveOf(native, from, range.high[o]);
    [before.low[o], before.high[o], after.low[o], after.high[o]] = [low, high, least, most];
  }));
  return { before: levelsOf(before, 'affine'), after: levelsOf(after, work.scheme) };
}

/** A hidden dense layer, and the levels of its outputs. @param {Work} work @param {number} l @param {Levels} inputs @returns {Promise<{ layer: IntegerLayer, levels: Levels }>} */
async function hiddenLayer(work, l, inputs) {
  const { activation, units } = /** @type {import('./layers.js').Dense} */ (work.config.layers[l]), { weight: W, bias } = work.arrays[l];
  const { weight, zero, step, rest } = roundWeights(W, bias, inputs, work.scheme), range = await rangeOf(work, l), relu = activation.name === 'relu';
  const table = relu || activation.name === 'identity' ? null : await tableOf(work, activation, range), levels = table ? table.before : levelsOf(range, work.scheme, relu);
  const { origin, scale, least, most } = levels;
  scale.forEach((size, o) => { // what moves by less than one step of its sums is a constant
    if (size * 255 > step[o]) return;
    origin[o] = Math.max(relu ? 0 : -Infinity, (range.low[o] + range.high[o]) / 2);
    scale[o] = 0;
  });
  const by = (/** @type {number} */ value, /** @type {number} */ o) => (scale[o] > 0 ? value / scale[o] : 0);
  const layer = { units, weight, zero, ...fixedPoint(step.map(by), rest.map((value, o) => least + by(value - origin[o], o))), least, most, curve: null };
  if (!table) return { layer, levels };
  const { levels: after, origin: begin, factor } = float32(table.after);
  return { layer: { ...layer, curve: { activation, least: after.least, most: after.most, low: Float32Array.from(origin), step: Float32Array.from(scale), origin: begin, factor } }, levels: after };
}

/** Levels as f32 finds them: level = least + round((value − origin) · factor). @param {Levels} levels */
function float32({ origin, scale, least, most }) {
  const from = Float32Array.from(origin), factor = Float32Array.from(scale, (size) => (size > 1e-38 ? 1 / size : 0));
  return { origin: from, factor, levels: { origin: Float64Array.from(from), scale: Float64Array.from(factor, (value) => (value > 0 ? 1 / value : 0)), least, most } };
}

/** Levels of features. @param {Work} work */
async function featureLevels({ config: { inputs }, part, scheme }) {
  const range = emptyRange(inputs);
  await eachPart(part, inputs, ({ x }) => widen(range, x));
  return { ...float32(levelsOf(range, scheme)), gain: new Uint8Array(0) };
}

/** Levels of features that are bytes: these times a whole number, by which those of the column come nearer to 255. @param {import('./network-rows.js').Features} bytes @param {import('./prepare.js').Scaler | null} scaler */
function byteLevels({ data, cols, scale, offset }, scaler) {
  const range = emptyRange(cols), none = new Float32Array(0);
  widen(range, data);
  const gain = Uint8Array.from(range.high, (most) => 255 / Math.max(1, most)), still = range.low.map((least, c) => Number(least === range.high[c]));
  const levels = { origin: range.low.map((least, c) => offset + scale * least * still[c]), scale: Float64Array.from(gain, (by, c) => (still[c] ? 0 : scale / by)), least: 0, most: 255 };
  return { levels: scaler ? moved(levels, (c) => 1 / scaler.scale[c], (c) => -scaler.mean[c] / scaler.scale[c]) : levels, origin: none, factor: none, gain };
}

/** @param {Work} work @param {import('./network-rows.js').Features | null} bytes @param {import('./prepare.js').Scaler | null} scaler @returns {Promise<import('./quantized.js').Integers>} */
async function integersOf(work, bytes, scaler) {
  const { config: { inputs, layers: list }, arrays, scheme } = work, { levels: first, ...features } = bytes ? byteLevels(bytes, scaler) : await featureLevels(work);
  /** @type {IntegerLayer[]} */
  const layers = [];
  let levels = /** @type {Levels} */ (first);
  for (let l = 0; l + 1 < list.length; l++) {
    if (list[l].type === 'batchNorm') {
      const { factor: by, shift } = affineOf(arrays[l], list[l]);
      levels = moved(levels, (c) => by[c], (c) => shift[c]);
    } else if (list[l].type === 'dense') {
      const made = await hiddenLayer(work, l, levels);
      layers.push(made.layer);
      levels = made.levels;
    }
  }
  const { weight: W, bias } = arrays[list.length - 1], { weight, zero, step, rest } = roundWeights(W, bias, levels, scheme), none = fixedPoint(new Float64Array(0), new Float64Array(0));
  layers.push({ units: bias.length, weight, zero, ...none, curve: null, least: 0, most: 0 });
  return { ...features, inputs, bytes: bytes && { scale: bytes.scale, offset: bytes.offset }, least: first.least, most: first.most, layers, scale: Float32Array.from(step), bias: Float32Array.from(rest) };
}

/** @param {any} model @param {QuantizedModel} quantized @param {unknown} X @returns {{ rootMeanSquare: number, greatest: number }} */
function deviationOf(model, quantized, X) {
  const { data: before } = model._outputs(X, 'quantize', false), { data: after } = quantized._outputs(X, 'quantize', false);
  let sum = 0, greatest = 0;
  for (let i = 0; i < before.length; i++) {
    const apart = Math.abs(after[i] - before[i]);
    sum += apart * apart;
    if (apart > greatest) greatest = apart;
  }
  return { rootMeanSquare: Math.sqrt(sum / before.length), greatest };
}

/**
 * A model that predicts as the given one does, in integers: weights are int8 with one scale (affine: and one zero point) for each unit they lead
 * to, features and activations are levels of 8 bits, each with the scale that its values over X ask for. Beyond them they stay at the end, so X should be
 * like what is predicted later, such as the training rows. It is about a quarter of the size, and is for predictions only. How it computes: src/wasmfit_int8.h.
 *
 * X of bytes ({ data: Uint8Array, rows, cols, scale, offset }) makes a model whose levels are these bytes: nothing is widened to floats.
 * ReLU is a bound of the levels, other activations are tables of 256 levels; dropout is left out, batchNorm folded into the dense layer behind it.
 * Source: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference".
 *
 * @param {import('./network.js').NeuralModel} model fitted; stays as it is
 * @param {unknown} X rows to calibrate on, as for predict
 * @param {{ scheme?: Scheme, y?: unknown }} [options] scheme: 'symmetric' (the default) or 'affine'; y: of the rows, for the scores before and after in the report
 * @returns {Promise<QuantizedModel>} with its report
 * @throws {WasmfitError} NOT_A_NETWORK, NOT_FITTED, NOT_QUANTIZABLE (layerNorm), TOO_WIDE (sums beyond 32 bits)
 * @throws {TypeError | RangeError} as predict; no rows
 */
export async function quantize(model, X, options = {}) {
  const network = checkNetwork(model, 'quantize');
  checkKeys(options, ['scheme', 'y'], 'quantize');
  const scheme = /** @type {Scheme} */ (oneOf(options.scheme ?? 'symmetric', ['symmetric', 'affine'], 'quantize: scheme'));
  const { config, state, classes, features, target, encoder } = /** @type {import('./network.js').Trained} */ (network._trained);
  const normed = config.layers.findIndex(({ type }) => type === 'layerNorm');
  if (normed >= 0) throw new WasmfitError(`quantize: layer ${normed + 1} is layerNorm, which needs mean and deviation of every row and is not done in integers`, { code: 'NOT_QUANTIZABLE', hint: 'use batchNorm, which is folded into the next layer' });
  const rows = countRows(X);
  if (rows === 0) throw new RangeError('quantize: X has 0 rows; at least 1 is needed');
  const bytes = readBytes(X, 'X'), part = rowsFor(network, X), arrays = layersOf(network);
  const [engine] = await Promise.all([engineReady(), engineReady('int8')]);
  const integers = await integersOf({ engine, config, weights: state.weights, arrays, part, scheme }, bytes, features);
  const quantized = new QuantizedModel({ scheme, loss: config.loss }, { integers, classes, features: bytes ? null : features, target, encoder });
  quantized.report = {
    rows, bytes: { before: network.save().length, after: quantized.save().length }, deviation: deviationOf(network, quantized, X),
    ...options.y !== undefined && { score: { before: network.score(X, options.y), after: quantized.score(X, options.y) } },
  };
  return quantized;
}
