// network.js: trained networks: layers, a loss, an optimizer · in: X, y · out: weights, predictions · next: mlp.js
import { WasmfitError, show } from './errors.js';
import { engineNow } from './engine.js';
import { widths } from './layers.js';
import { NativeModel } from './native.js';
import { checkSwitch } from './options.js';
import { Predictor } from './predictor.js';
import { checkFeatures, gather } from './prepare.js';
import { gatherRows, prepareRows, readBytes, readRows } from './network-rows.js';
import { checkTraining, columnsOf, fitFields } from './training.js';

/** @typedef {import('./native.js').Config} Config */
/** @typedef {import('./native.js').State} State */
/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {import('./labels.js').Label} Label */
/** @typedef {{ name: string, shape: number[], data: Float32Array }} Weights */
/** What a fitted network is. fresh: has starting weights, has seen no data yet; checkpoint: what it was doing when it was saved.
 * @typedef {{ config: Config, state: State, classes: Label[] | null, features: Scaler | null, target: Scaler | null,
 *   encoder: import('./encoder.js').Encoder | null, fresh?: boolean, checkpoint?: Uint8Array }} Trained */
/** @typedef {import('./estimator.js').FitOptions} FitOptions */

const FIT_OPTIONS = ['validation', 'epochs', 'batchSize', 'shuffle', 'evaluateTraining', 'stratify', 'sampleWeight', 'signal', 'worker', 'resume', 'onEpoch'];

/** @type {readonly ['features', 'target']} */
export const SCALERS = ['features', 'target'];

/** @abstract */
export class NeuralModel extends Predictor {
  /** @protected @type {Trained | null} */ _trained = null;
  /** @type {NativeModel | null} */ #native = null;
  /** @protected @type {import('./training.js').Common} */ _common;

  /** @param {Record<string, any>} options @param {unknown} loss @param {string} where */
  constructor(options, loss, where) {
    super();
    this._common = checkTraining(options, loss, where);
  }

  get fitted() {
    return this._trained !== null && !this._trained.fresh;
  }

  get _loss() {
    return this._common.loss.name;
  }

  get _answers() {
    return this._trained;
  }

  get _fitOptions() {
    return FIT_OPTIONS;
  }

  /** The layers for so many inputs and outputs. @ignore @param {number} inputs @param {number} outputs @returns {Config} */
  _configFor(inputs, outputs) {
    throw new Error('abstract');
  }

  /** Units of the last layer where they are fixed. @protected @type {number | undefined} */
  get _units() {
    return undefined;
  }

  /** What a new fit begins with; null: afresh. @protected @returns {Trained | null} */
  _former() {
    return null;
  }

  /** What a fit that goes on begins with. @param {boolean | undefined} resume @returns {Trained | null} */
  #start(resume) {
    if (resume !== undefined) checkSwitch(resume, `${this._name}.fit: resume`);
    if (!resume) return this._former();
    if (!this._trained?.checkpoint) throw new WasmfitError(`${this._name}.fit: resume: this model was not loaded from a checkpoint`, { code: 'CHECKPOINT', hint: 'await load(bytes) with the bytes of run.checkpoint()' });
    return this._trained;
  }

  /**
   * @param {unknown} X @param {unknown} y @param {FitOptions} options
   * @param {import('./distill.js').Soft} [soft] a teacher's outputs, and the loss that learns from them
   * @returns {any}
   */
  _prepare(X, y, options, soft) {
    const start = this.#start(options.resume), where = `${this._name}.fit`;
    const { config, train, validation, splits, rest } = prepareRows({
      X, y, options, common: this._common, former: start?.fresh ? null : start, units: this._units, where, soft, configFor: (inputs, outputs) => this._configFor(inputs, outputs),
    });
    const columns = columnsOf(this._common, config.layers, validation !== null);
    const task = { kind: 'network', config: soft ? { ...config, loss: soft.loss } : config, state: start?.state ?? null, options: fitFields(this._common, options, { rows: train.rows, columns, where, layers: config.layers }), train, validation,
      ...options.resume && { checkpoint: start?.checkpoint } };
    return {
      task, splits, standardized: this._common.standardize, columns,
      transfer: [train, validation].flatMap((part) => (part ? [part.x, part.y, part.weight, part.label].flatMap((array) => (array ? [array.buffer] : [])) : [])),
      finish: (/** @type {State} */ state) => this._restore({ ...rest, state }),
      copy: (/** @type {State} */ state, /** @type {Uint8Array | undefined} */ checkpoint) => this._copy({ ...rest, state, checkpoint }),
    };
  }

  /** @param {Trained} trained @ignore */
  _restore(trained) {
    this._release();
    this._trained = trained;
    this._encoder = trained.encoder;
  }

  _saved() {
    const { config, classes, state, fresh, checkpoint, ...scalers } = /** @type {Trained} */ (this._trained);
    /** @type {Record<string, import('./safetensors.js').Tensor>} */
    const tensors = {};
    for (const { name, shape, data } of this.getWeights()) tensors[name] = { dtype: 'F32', shape, data };
    for (const part of SCALERS) {
      for (const [name, data] of Object.entries(scalers[part] ?? {})) tensors[`${part}.${name}`] = { dtype: 'F64', shape: [data.length], data };
    }
    if (checkpoint) tensors.checkpoint = { dtype: 'U8', shape: [checkpoint.length], data: checkpoint };
    return { tensors, facts: { inputs: config.inputs, outputs: outputsOf(config), classes, epochs: state.epochs, fresh } };
  }

  /** @param {Trained} trained */
  _copy(trained) {
    const model = new (/** @type {any} */ (this.constructor))(/** @type {any} */ (this).options);
    model._restore(trained);
    return model;
  }

  _release() {
    this.#native?.free();
    this.#native = null;
  }

  /** @param {string} what */
  #core(what) {
    const { config, state } = /** @type {Trained} */ (this._trained);
    this.#native ??= new NativeModel(engineNow(`${this._name}.${what}`), config, state);
    return this.#native;
  }

  /** @protected @param {unknown} X @param {string} what @param {boolean} probabilities */
  _outputs(X, what, probabilities) {
    this._checkFitted(what);
    const part = this._rows(X);
    return { data: this.#core(what).predict(part, probabilities), rows: part.rows, cols: outputsOf(/** @type {Trained} */ (this._trained).config) };
  }

  /** New rows as the core takes them. @ignore @param {unknown} X */
  _rows(X) {
    const { config, features } = /** @type {Trained} */ (this._trained);
    return readBytes(X, 'X') ? this.#readBytes(X, config.inputs, features) : this.#read(X, config.inputs, features);
  }

  /** @param {unknown} X @param {number} inputs @param {Scaler | null} features */
  #read(X, inputs, features) {
    const matrix = this._read(X, inputs, /** @type {any} */ (features ? Float64Array : Float32Array));
    return { x: gather(matrix, null, features, 'X'), rows: matrix.rows, offset: 0, scale: 1 };
  }

  /** @param {unknown} X @param {number} inputs @param {Scaler | null} scaler */
  #readBytes(X, inputs, scaler) {
    const { features } = readRows(X, null, scaler !== null, 'X');
    if (features.rows > 0) checkFeatures(features.cols, inputs);
    return { x: gatherRows(features, null, scaler, 'X'), rows: features.rows, offset: features.offset, scale: features.scale };
  }

  /**
   * Copies of all weights, layer by layer: 'layers.0.weight' (in, out) row-major, 'layers.0.bias' (out), …
   * @returns {Weights[]}
   */
  getWeights() {
    this._checkFitted('getWeights');
    const { config, state } = /** @type {Trained} */ (this._trained);
    let at = 0;
    return shapesOf(config).map(({ name, shape }) => {
      const length = shape.reduce((product, size) => product * size, 1);
      at += length;
      return { name, shape, data: state.weights.slice(at - length, at) };
    });
  }

  /**
   * Replaces all weights; the optimizer begins anew.
   * @param {readonly { name?: string, shape?: readonly number[], data: ArrayLike<number> }[]} weights in the order of getWeights
   * @throws {RangeError} another number of arrays, another shape, a value that is not finite
   */
  setWeights(weights) {
    this._checkFitted('setWeights');
    this._checkIdle('setWeights');
    const trained = /** @type {Trained} */ (this._trained);
    const shapes = shapesOf(trained.config);
    if (!Array.isArray(weights) || weights.length !== shapes.length) throw new RangeError(`setWeights: ${shapes.length} arrays are needed (${shapes[0].name}, …), not ${show(weights)}`);
    const values = weights.map((given, i) => checkWeights(given, shapes[i]));
    const flat = new Float32Array(values.reduce((length, part) => length + part.length, 0));
    values.reduce((at, part) => (flat.set(part, at), at + part.length), 0);
    this._restore({ ...trained, state: { weights: flat, slots: [], steps: 0, epochs: 0 } });
  }
}

/** Units of the last layer. @param {Config} config */
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
