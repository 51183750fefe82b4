// quantized.js: a network of small integers that predicts · in: integers, features · out: predictions, a file · next: load.js
import { predict, predictProba, score } from './answers.js';
import { activations, losses } from './choices.js';
import { featureNames } from './encoder.js';
import { engineNow } from './engine.js';
import { WasmfitError } from './errors.js';
import { Held } from './held.js';
import { readLike } from './job.js';
import { readBytes, readRows } from './network-rows.js';
import { codeOf, freeze } from './options.js';
import { checkFeatures, gather } from './prepare.js';
import { Predictor } from './predictor.js';
import { writeModel } from './save.js';
import { checkMatrix, isMatrix } from './shapes.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** One dense layer, as wasmfit_int8.h has it; those of the last layer but weight and zero are empty. weight (inputs, units).
 * @typedef {{ units: number, least: number, most: number, weight: Int8Array, zero: Int8Array, multiplier: Int32Array, shift: Uint8Array,
 *   offset: BigInt64Array, curve: Curve | null }} IntegerLayer */
/** The table of an activation, of which its levels are made: of each unit level = least + round((activation(low + step · index) − origin) · factor).
 * @typedef {{ activation: import('./options.js').Choice, least: number, most: number, low: Float32Array, step: Float32Array, origin: Float32Array, factor: Float32Array }} Curve */
/** bytes: features are bytes, each of which stands for offset + scale · byte, and become levels by gain; else by origin and factor, from least to most.
 * scale, bias: of the outputs.
 * @typedef {{ inputs: number, bytes: { scale: number, offset: number } | null, least: number, most: number, origin: Float32Array, factor: Float32Array,
 *   gain: Uint8Array, layers: IntegerLayer[], scale: Float32Array, bias: Float32Array }} Integers */
/** @typedef {{ scheme: 'symmetric' | 'affine', loss: import('./options.js').Choice }} Options */
/** @typedef {{ integers: Integers, classes: import('./labels.js').Label[] | null, features: Scaler | null, target: Scaler | null,
 *   encoder: import('./encoder.js').Encoder | null }} Quantized */
/**
 * bytes: sizes of the files; deviation: of the outputs (before softmax, sigmoid or the scaling of y) from those of the network, over the rows it was
 * calibrated on; score: R² or accuracy there, where y was given
 * @typedef {{ rows: number, bytes: { before: number, after: number }, deviation: { rootMeanSquare: number, greatest: number },
 *   score?: { before: number, after: number } }} Report
 */

/** Arrays of a Curve. @type {readonly ['low', 'step', 'origin', 'factor']} */
export const CURVE = ['low', 'step', 'origin', 'factor'];
/** Bytes of rows that are copied into the core at a time, so that they stay in its caches. */
const CHUNK = 2 ** 18;

/** @param {ArrayBufferView} values */
const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/** A table (units, 256) in the core. @param {Engine} engine @param {Curve} curve @param {(values: any) => number} take */
function makeTable({ exports }, { activation: { name, negativeSlope, alpha = 1 }, least, most, low, step, origin, factor }, take) {
  const table = take(new Uint8Array(low.length * 512)), kind = codeOf(activations, name), slope = negativeSlope ?? alpha;
  low.forEach((value, o) => exports.wf_int8_table(table + o * 512, kind, slope, value, step[o], origin[o], factor[o], least, most));
  return table;
}

/** wf_int8_config with its wf_int8_layers. @param {Engine} engine @param {Integers} integers @param {number} loss @param {(values: any) => number} take copies into the core */
function pack(engine, { inputs, bytes, least, most, origin, factor, gain, layers, scale, bias }, loss, take) {
  let width = inputs;
  const words = layers.flatMap(({ units, least: low, most: high, weight, zero, multiplier, shift, offset, curve }) => {
    const arrays = [weight, zero, offset, multiplier, shift].map((values) => take(bytesOf(values)));
    const layer = [...arrays, curve ? makeTable(engine, curve, take) : 0, width, units, low, high];
    width = units;
    return layer;
  });
  const features = bytes ? [0, 0, take(gain)] : [take(origin), take(factor), 0];
  return take(Int32Array.from([take(Int32Array.from(words)), take(scale), take(bias), ...features, layers.length, least, most, loss]));
}

/** What a model of this kind is asked for; it is here already. */
const code = { predict, predictProba, score, featureNames, save: (/** @type {QuantizedModel} */ model) => model._write() };
const LATE = /** @type {any} */ ({ code, ready: async () => code });

/** Models that nobody disposed: their memory in the core goes when they do. */
const forgotten = new FinalizationRegistry(release);

/** @param {{ engine: Engine, pointers: number[], model: number }} held */
function release({ engine, pointers, model }) {
  engine.exports.wf_int8_free(model);
  for (const pointer of pointers) engine.free(pointer);
}

/** The model in the core. */
class NativeIntegers {
  /** @param {Engine} engine @param {Integers} integers @param {string} loss */
  constructor(engine, integers, loss) {
    const { inputs, bytes, layers } = integers;
    this.engine = engine;
    this.Type = bytes ? Uint8Array : Float32Array;
    this.inputs = inputs;
    this.outputs = layers[layers.length - 1].units;
    const row = inputs * this.Type.BYTES_PER_ELEMENT;
    this.rows = Math.max(1, Math.floor(CHUNK / row / 64)) * 64;
    const parts = new Held(engine);
    try {
      const config = pack(engine, integers, codeOf(losses, loss), (values) => parts.take(values));
      const fault = engine.exports.wf_int8_check(config);
      if (fault > 0) throw new WasmfitError(`layer ${fault} has sums that can go beyond 32 bits`, { code: 'TOO_WIDE', hint: 'use fewer inputs a unit' });
      this.pointer = engine.exports.wf_int8_new(config) >>> 0;
    } finally {
      parts.free();
    }
    if (this.pointer === 0) throw engine.outOfMemory('the model');
    this.held = { engine, pointers: /** @type {number[]} */ ([]), model: this.pointer };
    forgotten.register(this, this.held, this);
    try {
      for (const size of [this.rows * row, this.rows * this.outputs * 4]) this.held.pointers.push(engine.alloc(size, 'the prediction'));
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** @param {Float32Array | Uint8Array} x @param {number} rows @param {boolean} probabilities @returns {Float32Array | null} null: x has a value that is not finite */
  predict(x, rows, probabilities) {
    const { engine: { exports }, inputs, outputs, Type, held: { pointers: [from, to] } } = this, y = new Float32Array(rows * outputs);
    for (let first = 0; first < rows; first += this.rows) {
      const count = Math.min(this.rows, rows - first), part = x.subarray(first * inputs, (first + count) * inputs);
      new Type(exports.memory.buffer, from, part.length).set(part);
      if (!exports.wf_int8_predict(to, this.pointer, from, count, Number(probabilities))) return null;
      y.set(new Float32Array(exports.memory.buffer, to, count * outputs), first * outputs);
    }
    return y;
  }

  free() {
    forgotten.unregister(this);
    release(this.held);
  }
}

/**
 * A network whose weights and activations are small integers, made by quantize: for predictions only, in integer arithmetic. The same bits on every
 * machine. Files are those of save() and load().
 */
export class QuantizedModel extends Predictor {
  /** @type {Quantized} */ #quantized;
  /** @type {NativeIntegers | null} */ #native = null;
  /** What became smaller and what became worse; undefined in a model that was loaded. @type {Report | undefined} */ report = undefined;

  /** @param {Options} options @param {Quantized} quantized @ignore */
  constructor(options, quantized) {
    super();
    /** @type {Readonly<any>} */
    this.options = freeze(options);
    this.#quantized = quantized;
    this._encoder = quantized.encoder;
  }

  get _name() {
    return 'QuantizedModel';
  }

  get _late() {
    return LATE;
  }

  get fitted() {
    return true;
  }

  get _loss() {
    return this.options.loss.name;
  }

  get _answers() {
    return this.#quantized;
  }

  /** @returns {never} */
  fit() {
    throw new WasmfitError('QuantizedModel.fit: a quantised network cannot be trained', { code: 'NOT_TRAINABLE', hint: 'fit the network, then quantize it again' });
  }

  /** The core with this model. @ignore @param {string} what */
  _core(what) {
    this.#native ??= new NativeIntegers(engineNow(`QuantizedModel.${what}`, 'int8'), this.#quantized.integers, this._loss);
    return this.#native;
  }

  /** @ignore @param {unknown} X @param {string} what @param {boolean} probabilities */
  _outputs(X, what, probabilities) {
    const { x, rows } = this.#quantized.integers.bytes ? this.#bytes(X) : this.#floats(X), core = this._core(what);
    const data = core.predict(x, rows, probabilities);
    if (data) return { data, rows, cols: core.outputs };
    readLike(this, X, core.inputs, Float32Array); // says where
    throw new RangeError('X has a value that is not finite');
  }

  /** @param {any} X */
  #floats(X) {
    const { integers: { inputs }, features } = this.#quantized;
    if (!features && isMatrix(X) && X.data instanceof Float32Array) { // as it is: the core sees values that are not finite itself
      const { rows, cols } = checkMatrix(X, 'X');
      if (rows > 0) checkFeatures(cols, inputs);
      return { x: X.data, rows };
    }
    const matrix = readBytes(X, 'X') ? readRows(X, null, true, 'X').features : readLike(this, X, inputs, /** @type {any} */ (features ? Float64Array : Float32Array));
    if (matrix.rows > 0) checkFeatures(matrix.cols, inputs);
    return { x: /** @type {Float32Array} */ (gather(/** @type {any} */ (matrix), null, features, 'X')), rows: matrix.rows };
  }

  /** Other numbers go to the nearest byte. @param {unknown} X */
  #bytes(X) {
    const { inputs, bytes } = this.#quantized.integers, { scale, offset } = /** @type {{ scale: number, offset: number }} */ (bytes);
    const given = readBytes(X, 'X');
    if (given && given.rows > 0) checkFeatures(given.cols, inputs);
    if (given && given.scale === scale && given.offset === offset) return { x: /** @type {Uint8Array} */ (given.data), rows: given.rows };
    const { data, rows } = given ? readRows(X, null, true, 'X').features : readLike(this, X, inputs, Float64Array);
    return { x: new Uint8Array(Uint8ClampedArray.from(data, (value) => (value - offset) / scale).buffer), rows };
  }

  /** The file. @ignore @returns {Uint8Array<ArrayBuffer>} */
  _write() {
    const { integers: { inputs, bytes, least, most, origin, factor, gain, layers, scale, bias }, classes, features, target } = this.#quantized;
    /** @type {Record<string, import('./safetensors-write.js').Tensor>} */
    const tensors = {};
    const add = (/** @type {string} */ name, /** @type {string} */ dtype, /** @type {any} */ data, shape = [data.length]) => { tensors[name] = { dtype, shape, data }; };
    if (bytes) add('inputs.gain', 'U8', gain);
    else [['origin', origin], ['factor', factor]].forEach(([name, data]) => add(`inputs.${name}`, 'F32', data));
    layers.forEach(({ units, weight, zero, multiplier, shift, offset, curve }, l) => {
      add(`layers.${l}.weight`, 'I8', weight, [weight.length / units, units]);
      if (this.options.scheme === 'affine') add(`layers.${l}.zero`, 'I8', zero);
      if (l === layers.length - 1) return;
      [['multiplier', 'I32', multiplier], ['shift', 'U8', shift], ['offset', 'I64', offset]].forEach(([name, dtype, data]) => add(`layers.${l}.${name}`, String(dtype), data));
      for (const part of CURVE) if (curve) add(`layers.${l}.${part}`, 'F32', curve[part]);
    });
    [['scale', scale], ['bias', bias]].forEach(([name, data]) => add(`outputs.${name}`, 'F32', data));
    for (const [part, scaler] of Object.entries({ features, target })) for (const [name, data] of Object.entries(scaler ?? {})) add(`${part}.${name}`, 'F64', data);
    const list = layers.map(({ units, least: low, most: high, curve }) => ({ units, least: low, most: high, ...curve && { curve: { activation: curve.activation, least: curve.least, most: curve.most } } }));
    return writeModel({ class: this._name, options: this.options, inputs, bytes, least, most, layers: list, classes, encoder: this._encoder }, tensors);
  }

  /** @ignore */
  _release() {
    this.#native?.free();
    this.#native = null;
  }
}
