// network.js: trained networks: dense layers, a loss, an optimizer · in: X, y · out: weights, predictions · next: mlp.js
import { WasmfitError, checkKeys, show } from './errors.js';
import { engineNow } from './engine.js';
import { Estimator, fitOptions } from './estimator.js';
import { countRows, toLabels, toTarget } from './matrix.js';
import { accuracy, r2 } from './metrics.js';
import { NativeModel, beginNetwork } from './native.js';
import { checkActivation, checkGiven, checkInitializer, checkLoss, checkNumber, checkOptimizer, checkSwitch } from './options.js';
import { canStratify, checkFeatures, fitScaler, gather, keep, readFeatures, splitValidation } from './prepare.js';
import { training } from './registry.js';
import { readTarget } from './targets.js';

/** @typedef {import('./native.js').Config} Config */
/** @typedef {import('./native.js').State} State */
/** @typedef {import('./options.js').Layer} Layer */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {{ name: string, shape: number[], data: Float32Array }} Weights */
/** What a fitted network is.
 * @typedef {{ config: Config, state: State, classes: Label[] | null, features: Scaler | null, target: Scaler | null,
 *   encoder: import('./encoder.js').Encoder | null, fresh?: boolean }} Trained fresh: has starting weights, has seen no data yet */
/** @typedef {import('./estimator.js').FitOptions} FitOptions */

const FIT_OPTIONS = ['validation', 'epochs', 'batchSize', 'shuffle', 'evaluateTraining', 'stratify', 'signal', 'worker', 'onEpoch'];

/**
 * A dense layer:   activation(x W + b), W (in, units)
 *
 * @param {number} units
 * @param {{ activation?: unknown, initializer?: string }} [options] activation: a name, or { name: 'leakyRelu', negativeSlope: 0.1 }
 * @returns {Layer}
 */
export function dense(units, options = {}) {
  checkKeys(options, ['activation', 'initializer'], 'dense');
  return {
    type: 'dense', units: checkGiven(units, training.units, 'dense'),
    activation: checkActivation(options.activation, 'dense'), initializer: checkInitializer(options.initializer, 'dense'),
  };
}

/** @param {unknown} layer @param {number} at @returns {Layer} */
export function checkLayer(layer, at) {
  const { type, units, ...options } = Object(layer);
  if (type !== 'dense') throw new TypeError(`layers: layer ${at + 1} is ${show(type === undefined ? layer : type)}; it must be made by dense(units, options)`);
  return dense(units, options);
}

/** @type {readonly ['features', 'target']} */
export const SCALERS = ['features', 'target'];

/** @abstract */
export class NeuralModel extends Estimator {
  /** @protected @type {Trained | null} */ _trained = null;
  /** @type {NativeModel | null} */ #native = null;
  /** @protected @type {{ loss: string, optimizer: import('./options.js').Choice, batchSize: number, epochs: number, seed: number, standardize: boolean }} */ _common;

  /** @param {Record<string, any>} options @param {string} loss @param {string} where */
  constructor(options, loss, where) {
    super();
    const { optimizer, batchSize, epochs, seed, standardize = false } = options;
    this._common = {
      loss: checkLoss(loss, where), optimizer: checkOptimizer(optimizer, where),
      batchSize: checkNumber(batchSize, training.batchSize, where), epochs: checkNumber(epochs, training.epochs, where),
      seed: checkNumber(seed, training.seed, where), standardize: checkSwitch(standardize, `${where}: standardize`),
    };
  }

  get fitted() {
    return this._trained !== null && !this._trained.fresh;
  }

  /** The labels in the order of the outputs, of a fitted classifier; else undefined. @returns {Label[] | undefined} */
  get classes() {
    return this._trained?.classes ? [...this._trained.classes] : undefined;
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

  /**
   * @param {unknown} X @param {unknown} y @param {FitOptions} options
   * @returns {any}
   */
  _prepare(X, y, options) {
    const start = this._former();
    const former = start?.fresh ? null : start;
    const { loss, seed, standardize } = this._common;
    const fit = fitOptions(options, this._common, `${this._name}.fit`);
    if (options.stratify !== undefined) checkSwitch(options.stratify, `${this._name}.fit: stratify`);
    const { matrix, encoder } = readFeatures(X, former?.encoder ?? null, /** @type {any} */ (standardize ? Float64Array : Float32Array));
    if (former) checkFeatures(matrix.cols, former.config.inputs);
    const target = readTarget(y, loss, matrix.rows, { classes: former?.classes ?? null, units: this._units });
    const config = this._configFor(matrix.cols, target.outputs);
    const { validation } = options;
    const splits = validation === undefined || Object(validation) === validation ? undefined
      : splitValidation(matrix.rows, /** @type {number} */ (validation), seed, this.#strata(target, options));
    const features = former ? former.features : standardize ? fitScaler(matrix, splits?.train ?? null) : null;
    const scale = former ? former.target : standardize && loss === 'mse' && target.numbers ? fitScaler(target.numbers, splits?.train ?? null) : null;
    /** @param {unknown} given @param {typeof matrix} from @param {import('./targets.js').Target} of @param {Int32Array | null} rows @param {string} prefix */
    const rowsOf = (given, from, of, rows, prefix) => ({
      x: keep(gather(from, rows, features, `${prefix}X`), given), rows: rows ? rows.length : from.rows,
      y: of.numbers ? gather(of.numbers, rows, scale, `${prefix}y`) : rows ? Int32Array.from(rows, (row) => of.indices?.[row] ?? 0) : /** @type {Int32Array} */ (of.indices),
    });
    const train = rowsOf(X, matrix, target, splits?.train ?? null, '');
    const held = splits ? rowsOf(X, matrix, target, splits.validation, '') : validation === undefined ? null
      : this.#readValidation(validation, encoder, config, target, rowsOf);
    const task = { kind: 'network', config, state: start?.state ?? null, options: fit, train, validation: held };
    const rest = { config, classes: target.classes, features, target: scale, encoder };
    return {
      task, begin: beginNetwork, splits, standardized: standardize, validated: held !== null, metric: loss === 'mse' ? 'r2' : 'accuracy',
      transfer: [train, held].flatMap((part) => (part ? [part.x.buffer, part.y.buffer] : [])),
      finish: (/** @type {State} */ state) => this._restore({ ...rest, state }),
      copy: (/** @type {State} */ state) => this._copy({ ...rest, state }),
    };
  }

  /** @param {import('./targets.js').Target} target @param {FitOptions} options */
  #strata({ indices, classes }, { stratify, validation }) {
    if (stratify && !indices) throw new TypeError(`${this._name}.fit: stratify needs class labels; this model learns numbers`);
    if (stratify === false || !indices || !classes) return null;
    return stratify || canStratify(indices, classes.length, Number(validation)) ? indices : null;
  }

  /**
   * @param {unknown} validation @param {import('./encoder.js').Encoder | null} encoder @param {Config} config
   * @param {import('./targets.js').Target} target @param {Function} rowsOf
   */
  #readValidation(validation, encoder, config, target, rowsOf) {
    checkKeys(validation, ['X', 'y'], `${this._name}.fit: validation`);
    const { standardize, loss } = this._common;
    const { matrix } = readFeatures(validation.X, encoder, /** @type {any} */ (standardize ? Float64Array : Float32Array), 'validation.X');
    if (matrix.rows === 0) throw new RangeError('validation.X has 0 rows; at least 1 is needed');
    checkFeatures(matrix.cols, config.inputs, 'validation.X');
    const held = readTarget(validation.y, loss, matrix.rows, { classes: target.classes, units: this._units, name: 'validation.y' });
    if (held.outputs !== target.outputs) throw new RangeError(`validation.y has ${held.outputs} columns, y has ${target.outputs}; they must be equal`);
    return rowsOf(validation.X, matrix, held, null, 'validation.');
  }

  /** @param {Trained} trained @ignore */
  _restore(trained) {
    this._release();
    this._trained = trained;
    this._encoder = trained.encoder;
  }

  _saved() {
    const { config, classes, state, fresh, ...scalers } = /** @type {Trained} */ (this._trained);
    /** @type {Record<string, import('./safetensors.js').Tensor>} */
    const tensors = {};
    for (const { name, shape, data } of this.getWeights()) tensors[name] = { dtype: 'F32', shape, data };
    for (const part of SCALERS) {
      for (const [name, data] of Object.entries(scalers[part] ?? {})) tensors[`${part}.${name}`] = { dtype: 'F64', shape: [data.length], data };
    }
    const outputs = config.layers[config.layers.length - 1].units;
    return { tensors, facts: { inputs: config.inputs, outputs, classes, epochs: state.epochs, fresh } };
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

  /** @param {unknown} X @param {string} what @param {boolean} probabilities */
  #outputs(X, what, probabilities) {
    this._checkFitted(what);
    const { config, features } = /** @type {Trained} */ (this._trained);
    const matrix = this._read(X, config.inputs, /** @type {any} */ (features ? Float64Array : Float32Array));
    const x = gather(matrix, null, features, 'X');
    return { data: this.#core(what).predict(x, matrix.rows, probabilities), rows: matrix.rows, cols: config.layers[config.layers.length - 1].units };
  }

  /**
   * Regression: the outputs, in units of y. Classification: the label of the greatest output.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Float64Array | Matrix | Label[]} (rows); with several outputs (rows, outputs); labels (rows)
   * @throws {WasmfitError} NOT_FITTED, NOT_READY, DISPOSED
   */
  predict(X) {
    const { data, rows, cols } = this.#outputs(X, 'predict', false);
    const { classes, target } = /** @type {Trained} */ (this._trained);
    if (classes) return Array.from({ length: rows }, (_, row) => classes[cols === 1 ? Number(data[row] > 0) : argmax(data, row * cols, cols)]);
    const binary = this._common.loss !== 'mse';
    const values = Float64Array.from(data, (value, i) => (binary ? Number(value > 0) : target ? value * target.scale[i % cols] + target.mean[i % cols] : value));
    return cols === 1 ? values : { data: values, rows, cols };
  }

  /**
   * Probabilities of the classes, in the order of `classes`.
   * @param {unknown} X (rows, features) as for fit
   * @returns {import('./shapes.js').Matrix<Float32Array>} (rows, classes)
   * @throws {WasmfitError} NOT_A_CLASSIFIER, and as predict
   */
  predictProba(X) {
    if (this._common.loss === 'mse') throw new WasmfitError(`${this._name}.predictProba: a regression has no probabilities`, { code: 'NOT_A_CLASSIFIER', hint: 'use predict' });
    const out = this.#outputs(X, 'predictProba', true);
    if (out.cols > 1 || !this._trained?.classes) return out;
    return { data: Float32Array.from({ length: out.rows * 2 }, (_, i) => (i % 2 ? out.data[i >> 1] : 1 - out.data[i >> 1])), rows: out.rows, cols: 2 };
  }

  /**
   * R² of the predictions for X, or accuracy (of several yes-or-no outputs: the share of all that are right).
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    this._checkFitted('score');
    const predicted = this.predict(X);
    const rows = countRows(predicted);
    if (this._trained?.classes) {
      toLabels(y, 'y', rows); // so that a fault is named as one of y
      return accuracy(y, predicted);
    }
    const truth = toTarget(y, 'y', rows);
    if (this._common.loss === 'mse') return r2(truth, predicted);
    return accuracy(truth.data.map((value) => Number(value >= 0.5)), /** @type {Matrix} */ (predicted).data);
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

/** @param {ArrayLike<number>} values @param {number} from @param {number} count */
function argmax(values, from, count) {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}

/** @param {Config} config @returns {{ name: string, shape: number[] }[]} */
export function shapesOf({ inputs, layers }) {
  return layers.flatMap(({ units }, l) => [
    { name: `layers.${l}.weight`, shape: [l === 0 ? inputs : layers[l - 1].units, units] },
    { name: `layers.${l}.bias`, shape: [units] },
  ]);
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
