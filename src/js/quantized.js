// quantized.js: a network of small integers that predicts · in: integers, features · out: predictions, a file · next: load-quantized.js
import { predict, predictProba, score } from './answers.js';
import { featureNames } from './encoder.js';
import { engineNow } from './engine.js';
import { WasmfitError } from './errors.js';
import { readLike } from './job.js';
import { NativeIntegers } from './native-integers.js';
import { plainRows, readBytes, readRows } from './network-rows.js';
import { freeze } from './options.js';
import { checkFeatures, gather } from './prepare.js';
import { Predictor } from './predictor.js';
import { writeModel } from './save.js';

/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {{ scheme: import('./integers.js').Scheme, loss: import('./options.js').Choice }} Options */
/** @typedef {{ integers: import('./native-integers.js').Integers, classes: import('./labels.js').Label[] | null, features: Scaler | null,
 *   target: Scaler | null, encoder: import('./encoder.js').Encoder | null }} Quantized */
/**
 * bytes: sizes of the files; deviation: of the outputs (before softmax, sigmoid or the scaling of y) from those of the network, over the
 * rows it was calibrated on; score: R² or accuracy there, where y was given
 * @typedef {{ rows: number, bytes: { before: number, after: number }, deviation: { rootMeanSquare: number, greatest: number },
 *   score?: { before: number, after: number } }} Report
 */

/** Arrays of a Curve. @type {readonly ['low', 'step', 'origin', 'factor']} */
export const CURVE = ['low', 'step', 'origin', 'factor'];

/** What a model of this kind is asked for; it is here already. */
const code = { predict, predictProba, score, featureNames, save: (/** @type {QuantizedModel} */ model) => model._write() };
const LATE = /** @type {any} */ ({ code, ready: async () => code });

/**
 * A network whose weights and activations are small integers, made by quantize: for predictions only, in integer arithmetic. The same bits
 * on every machine. Files are those of save() and load().
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
    throw new WasmfitError('QuantizedModel.fit: a quantised network cannot be trained',
      { code: 'NOT_TRAINABLE', hint: 'fit the network, then quantize it again' });
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
    const { integers: { inputs }, features } = this.#quantized, plain = features ? null : plainRows(X, inputs), bytes = readBytes(X, 'X');
    if (plain) return plain;
    if (bytes && bytes.rows > 0) checkFeatures(bytes.cols, inputs);
    const matrix = bytes ? readRows(X, null, true, 'X').features : readLike(this, X, inputs, /** @type {any} */ (features ? Float64Array : Float32Array));
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
    const { integers: { inputs, bytes, least, most, layers, ...arrays }, classes, features, target } = this.#quantized;
    /** @type {Record<string, import('./safetensors-write.js').Tensor>} */
    const tensors = {};
    const add = (/** @type {string} */ place, /** @type {string} */ dtype, /** @type {Record<string, any>} */ all) => {
      for (const [name, data] of Object.entries(all)) tensors[`${place}.${name}`] = { dtype, shape: [data.length], data };
    };
    if (bytes) add('inputs', 'U8', { gain: arrays.gain });
    else add('inputs', 'F32', { origin: arrays.origin, factor: arrays.factor });
    layers.forEach(({ units, weight, zero, multiplier, shift, offset, curve }, l) => {
      const place = `layers.${l}`;
      tensors[`${place}.weight`] = { dtype: 'I8', shape: [weight.length / units, units], data: weight };
      if (this.options.scheme === 'affine') add(place, 'I8', { zero });
      if (l === layers.length - 1) return;
      add(place, 'I32', { multiplier });
      add(place, 'U8', { shift });
      add(place, 'I64', { offset });
      if (curve) add(place, 'F32', Object.fromEntries(CURVE.map((part) => [part, curve[part]])));
    });
    add('outputs', 'F32', { scale: arrays.scale, bias: arrays.bias });
    for (const [place, scaler] of Object.entries({ features, target })) if (scaler) add(place, 'F64', scaler);
    const list = layers.map(({ units, least: low, most: high, curve }) => {
      const { activation, least: from, most: to } = curve ?? {};
      return { units, least: low, most: high, ...curve && { curve: { activation, least: from, most: to } } };
    });
    const { _name: name, options, _encoder: encoder } = this;
    return writeModel({ class: name, options, inputs, bytes, least, most, layers: list, classes, encoder }, tensors);
  }

  /** @ignore */
  _release() {
    this.#native?.free();
    this.#native = null;
  }
}
