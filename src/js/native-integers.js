// native-integers.js: a quantised network inside its core · in: integers, features · out: outputs · next: quantized.js
import { activations, losses } from './choices.js';
import { WasmfitError } from './errors.js';
import { Held, rowsAtOnce } from './held.js';
import { codeOf } from './options.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** A dense layer, as wasmfit_int8.h has it, weight (inputs, units); multiplier, shift and offset are empty in the last one.
 * @typedef {{ units: number, least: number, most: number, weight: Int8Array, zero: Int8Array, multiplier: Int32Array, shift: Uint8Array,
 *   offset: BigInt64Array, curve: Curve | null }} IntegerLayer */
/** An activation that is a table: of each unit level = least + round((activation(low + step · index) − origin) · factor).
 * @typedef {{ activation: import('./options.js').Choice, least: number, most: number, low: Float32Array, step: Float32Array,
 *   origin: Float32Array, factor: Float32Array }} Curve */
/** bytes: features are bytes, each of which stands for offset + scale · byte, and become levels by gain; else by origin and factor, from
 * least to most. scale, bias: of the outputs.
 * @typedef {{ inputs: number, bytes: { scale: number, offset: number } | null, least: number, most: number, origin: Float32Array,
 *   factor: Float32Array, gain: Uint8Array, layers: IntegerLayer[], scale: Float32Array, bias: Float32Array }} Integers */

/** @param {ArrayBufferView} values */
const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/** A table (units, 256) in the core. @param {Engine} engine @param {Curve} curve @param {(values: any) => number} take */
function makeTable({ exports }, { activation: { name, negativeSlope, alpha = 1 }, least, most, low, step, origin, factor }, take) {
  const table = take(new Uint8Array(low.length * 512)), kind = codeOf(activations, name), slope = negativeSlope ?? alpha;
  low.forEach((value, o) => exports.wf_int8_table(table + o * 512, kind, slope, value, step[o], origin[o], factor[o], least, most));
  return table;
}

/**
 * wf_int8_config with its wf_int8_layers.
 * @param {Engine} engine @param {Integers} integers @param {number} loss @param {(values: any) => number} take copies into the core
 */
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

/** Models that nobody disposed: their memory in the core goes when they do. */
const forgotten = new FinalizationRegistry(release);

/** @param {{ engine: Engine, pointers: number[], model: number }} held */
function release({ engine, pointers, model }) {
  engine.exports.wf_int8_free(model);
  for (const pointer of pointers) engine.free(pointer);
}

export class NativeIntegers {
  /** @param {Engine} engine @param {Integers} integers @param {string} loss */
  constructor(engine, integers, loss) {
    const { inputs, bytes, layers } = integers;
    this.engine = engine;
    this.Type = bytes ? Uint8Array : Float32Array;
    this.inputs = inputs;
    this.outputs = layers[layers.length - 1].units;
    const row = inputs * this.Type.BYTES_PER_ELEMENT;
    this.rows = rowsAtOnce(row);
    const parts = new Held(engine);
    try {
      const config = pack(engine, integers, codeOf(losses, loss), (values) => parts.take(values)), fault = engine.exports.wf_int8_check(config);
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

  /**
   * @param {Float32Array | Uint8Array} x (rows, inputs) @param {number} rows @param {boolean} probabilities
   * @returns {Float32Array | null} (rows, outputs); null: x has a value that is not finite
   */
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
