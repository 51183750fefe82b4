// quantize.js: a fitted network's weights and activations become small integers · in: model, calibration rows · out: QuantizedModel
// next: integers.js
//
// A dense layer absorbs what the levels of its inputs stand for into its weights and bias, a batchNorm moves it, dropout leaves it alone.
// So every unit and every feature can have a scale of its own at no cost, and a batchNorm is folded into the layer behind it.
import { affineOf, checkNetwork, layersOf } from './compress.js';
import { engineReady } from './engine.js';
import { WasmfitError, checkKeys } from './errors.js';
import { emptyRange, fixedPoint, levelsOf, moved, roundWeights, singles, widen } from './integers.js';
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
/** @typedef {import('./native-integers.js').IntegerLayer} IntegerLayer */
/** @typedef {import('./native-integers.js').Integers} Integers */
/** @typedef {import('./network-rows.js').Features} Features */
/** @typedef {import('./options.js').Choice} Choice */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {{ x: Float32Array | Uint8Array, rows: number, offset: number, scale: number }} Part */
/** A network at work: weights in plain order, and as the arrays of each layer; the rows to calibrate on.
 * @typedef {{ engine: import('./engine.js').Engine, config: import('./packing.js').Config, weights: Float32Array,
 *   arrays: import('./compress.js').Layer[], part: Part, scheme: Scheme }} Work */

/** Rows that are calibrated on at a time, points of an activation's curve. */
const ROWS = 1024, POINTS = 1025;

/**
 * Runs a network of the given layers.
 * @template T
 * @param {Work} work @param {readonly any[]} layers @param {number} inputs @param {Float32Array} weights
 * @param {(native: NativeModel) => T} use
 * @returns {Promise<Awaited<T>>}
 */
async function using({ engine, config }, layers, inputs, weights, use) {
  const state = { weights, slots: [], steps: 0, epochs: 0 };
  const native = new NativeModel(engine, { ...config, inputs, layers, loss: { name: 'mse' } }, state);
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
  const { config: { inputs, layers }, weights, arrays, part } = work, range = emptyRange(arrays[l].bias.length);
  const sizes = arrays.slice(0, l + 1).flatMap((layer) => Object.values(layer).map((data) => data.length));
  const until = weights.slice(0, sizes.reduce((sum, size) => sum + size, 0));
  await using(work, [...layers.slice(0, l), { ...layers[l], activation: { name: 'identity' } }], inputs, until, (native) =>
    eachPart(part, inputs, (some) => widen(range, /** @type {Float32Array} */ (native.predict(some, false)))));
  return range;
}

/**
 * Narrows a unit's pre-activations to where its activation is not yet, to half a level, what it is at the ends; least, most: the
 * activation's range there.
 * @param {NativeModel} native the activation alone @param {number} low @param {number} high
 */
function curveOf(native, low, high) {
  const x = Float32Array.from({ length: POINTS }, (_, i) => low + (high - low) * (i / (POINTS - 1)));
  const values = /** @type {Float32Array} */ (native.predict({ x, rows: POINTS, offset: 0, scale: 1 }, false)), least = Math.min(...values), most = Math.max(...values);
  const apart = (/** @type {number} */ end) => (/** @type {number} */ value) => Math.abs(value - end) > (most - least) / 510;
  const first = values.findIndex(apart(values[0])), last = values.findLastIndex(apart(values[POINTS - 1]));
  return { low: x[Math.max(0, first - 1)], high: x[last < 0 ? POINTS - 1 : Math.min(POINTS - 1, last + 1)], least, most };
}

/**
 * Levels of pre-activations that a table turns into levels of activations, unit by unit.
 * @param {Work} work @param {Choice} activation @param {Range} range of the pre-activations
 */
async function tableOf(work, activation, range) {
  const units = range.low.length, before = emptyRange(units), after = emptyRange(units), dense = work.config.layers[work.config.layers.length - 1];
  await using(work, [{ ...dense, units: 1, activation }], 1, Float32Array.of(1, 0), (native) => range.low.forEach((from, o) => {
    const { low, high, least, most } = curveOf(native, from, range.high[o]);
    [before.low[o], before.high[o], after.low[o], after.high[o]] = [low, high, least, most];
  }));
  return { before: levelsOf(before, 'affine'), after: levelsOf(after, work.scheme) };
}

/**
 * A hidden dense layer, and the levels of its outputs.
 * @param {Work} work @param {number} l @param {Levels} inputs
 * @returns {Promise<{ layer: IntegerLayer, levels: Levels }>}
 */
async function hiddenLayer(work, l, inputs) {
  const { activation, units } = /** @type {import('./layers.js').Dense} */ (work.config.layers[l]), { scheme } = work;
  const { weight, zero, step, rest } = roundWeights(work.arrays[l].weight, work.arrays[l].bias, inputs, scheme), range = await rangeOf(work, l);
  const relu = activation.name === 'relu', table = relu || activation.name === 'identity' ? null : await tableOf(work, activation, range);
  const levels = table ? table.before : levelsOf(range, scheme, relu), { origin, scale, least, most } = levels;
  const by = (/** @type {number} */ value, /** @type {number} */ o) => (scale[o] > 0 ? value / scale[o] : 0); // of a constant its origin is left
  const layer = { units, weight, zero, least, most, ...fixedPoint(step.map(by), rest.map((value, o) => least + by(value - origin[o], o))) };
  if (!table) return { layer: { ...layer, curve: null }, levels };
  const { levels: after, ...found } = singles(table.after), [low, high] = [after.least, after.most];
  const curve = { activation, least: low, most: high, low: Float32Array.from(origin), step: Float32Array.from(scale), ...found };
  return { layer: { ...layer, curve }, levels: after };
}

/** Levels of features. @param {Work} work */
async function featureLevels({ config: { inputs }, part, scheme }) {
  const range = emptyRange(inputs);
  await eachPart(part, inputs, ({ x }) => widen(range, x));
  return { ...singles(levelsOf(range, scheme)), gain: new Uint8Array(0) };
}

/**
 * Levels of features that are bytes: these times a whole number, by which those of the column come nearer to 255.
 * @param {Features} bytes @param {Scaler | null} scaler what they are scaled with before the first layer
 */
function byteLevels({ data, cols, scale, offset }, scaler) {
  const range = emptyRange(cols), none = new Float32Array(0);
  widen(range, data);
  const gain = Uint8Array.from(range.high, (most) => 255 / Math.max(1, most));
  const raw = { origin: new Float64Array(cols).fill(offset), scale: Float64Array.from(gain, (by) => scale / by), least: 0, most: 255 };
  const levels = scaler ? moved(raw, (c) => 1 / scaler.scale[c], (c) => -scaler.mean[c] / scaler.scale[c]) : raw;
  return { levels, origin: none, factor: none, gain };
}

/** @param {Work} work @param {Features | null} bytes @param {Scaler | null} scaler @returns {Promise<Integers>} */
async function integersOf(work, bytes, scaler) {
  const { config: { inputs, layers: list }, arrays, scheme } = work, end = list.length - 1;
  const { levels: first, ...features } = bytes ? byteLevels(bytes, scaler) : await featureLevels(work);
  /** @type {IntegerLayer[]} */
  const layers = [];
  let levels = /** @type {Levels} */ (first);
  for (let l = 0; l < end; l++) {
    if (list[l].type === 'batchNorm') {
      const { factor, shift } = affineOf(arrays[l], list[l]);
      levels = moved(levels, (c) => factor[c], (c) => shift[c]);
    } else if (list[l].type === 'dense') {
      const made = await hiddenLayer(work, l, levels);
      layers.push(made.layer);
      levels = made.levels;
    }
  }
  const { weight, zero, step, rest } = roundWeights(arrays[end].weight, arrays[end].bias, levels, scheme), none = new Float64Array(0);
  layers.push({ units: rest.length, weight, zero, ...fixedPoint(none, none), curve: null, least: 0, most: 0 });
  return {
    ...features, inputs, bytes: bytes && { scale: bytes.scale, offset: bytes.offset }, least: first.least, most: first.most, layers,
    scale: Float32Array.from(step), bias: Float32Array.from(rest),
  };
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

/** @param {readonly import('./layers.js').Layer[]} layers */
function checkLayers(layers) {
  const at = layers.findIndex(({ type }) => type === 'layerNorm');
  if (at < 0) return;
  throw new WasmfitError(`quantize: layer ${at + 1} is layerNorm, which needs mean and deviation of every row and is not done in integers`,
    { code: 'NOT_QUANTIZABLE', hint: 'use batchNorm, which is folded into the next layer' });
}

/**
 * A model that predicts as the given one does, in integers: weights are int8 with one scale (affine: and one zero point) for each unit they
 * lead to, features and activations are levels of 8 bits, each with the scale that its values over X ask for. Beyond them they stay at the
 * end, so X should be like what is predicted later, such as the training rows. It is about a quarter of the size, and is for predictions
 * only. How it computes: src/wasmfit_int8.h.
 *
 * X of bytes ({ data: Uint8Array, rows, cols, scale, offset }) makes a model whose levels are these bytes, or whole multiples of them:
 * nothing is widened to floats. ReLU is a bound of the levels, other activations are a table of 256 levels for each unit; dropout is left
 * out, batchNorm folded into the dense layer behind it.
 * Source: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference".
 *
 * @param {import('./network.js').NeuralModel} model fitted; stays as it is
 * @param {unknown} X rows to calibrate on, as for predict
 * @param {{ scheme?: Scheme, y?: unknown }} [options] scheme: 'symmetric' (the default) or 'affine'; y: of the rows, for the scores before
 *   and after in the report
 * @returns {Promise<QuantizedModel>} with its report
 * @throws {WasmfitError} NOT_A_NETWORK, NOT_FITTED, NOT_QUANTIZABLE (layerNorm), TOO_WIDE (sums beyond 32 bits)
 * @throws {TypeError | RangeError} as predict; no rows
 */
export async function quantize(model, X, options = {}) {
  const network = checkNetwork(model, 'quantize');
  checkKeys(options, ['scheme', 'y'], 'quantize');
  const scheme = /** @type {Scheme} */ (oneOf(options.scheme ?? 'symmetric', ['symmetric', 'affine'], 'quantize: scheme'));
  const { config, state, classes, features, target, encoder } = /** @type {import('./network.js').Trained} */ (network._trained);
  checkLayers(config.layers);
  const rows = countRows(X);
  if (rows === 0) throw new RangeError('quantize: X has 0 rows; at least 1 is needed');
  const bytes = readBytes(X, 'X'), part = rowsFor(network, X), arrays = layersOf(network);
  const [engine] = await Promise.all([engineReady(), engineReady('int8')]);
  const integers = await integersOf({ engine, config, weights: state.weights, arrays, part, scheme }, bytes, features);
  const quantized = new QuantizedModel({ scheme, loss: config.loss }, { integers, classes, features: bytes ? null : features, target, encoder });
  const score = options.y === undefined ? {} : { score: { before: network.score(X, options.y), after: quantized.score(X, options.y) } };
  quantized.report = {
    rows, bytes: { before: network.save().length, after: quantized.save().length }, deviation: deviationOf(network, quantized, X), ...score,
  };
  return quantized;
}
