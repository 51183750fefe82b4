// gradient-check.js: the gradients of a network against central differences, in the core's f64 build · in: model, X, y · out: deviations
// next: native-fit.js
import { option } from './choices.js';
import { engineReady } from './engine.js';
import { checkKeys } from './errors.js';
import { taskOf } from './learning-rate.js';
import { NativeModel } from './native.js';
import { NativeFit } from './native-fit.js';
import { packConfig, packFit, packLayers } from './packing.js';
import { shapesOf } from './network-config.js';
import { checkNumber } from './options.js';
import { permutation } from './random.js';

/** @typedef {import('./packing.js').Rows} Rows */
/** @typedef {import('./session.js').NetworkTask} NetworkTask */

const OPTIONS = ['epsilon~=1e-6[1e-12,1]', 'atol~=1e-5[0,1]', 'rtol~=1e-3[0,1]', 'parameters#=1000[1,1e6]', 'rows#=64[1,1e4]', 'seed#=0[0,9007199254740992]'].map(option);
/** sizeof(wf_rows) where reals have 8 bytes: five pointers, a count, offset, scale. */
const ROWS_BYTES = 40;

/** The first rows of a task. @param {Rows} part @param {number} count @returns {Rows} */
function first({ x, y, weight, label, rows, offset = 0, scale = 1 }, count) {
  const part = (/** @type {any} */ values) => values?.slice(0, values.length / rows * count);
  const floats = x instanceof Uint8Array ? Float32Array.from(part(x), (byte) => offset + scale * byte) : part(x);
  return { x: floats, y: part(y), weight: part(weight), label: part(label), rows: count };
}

/** The task's model and rows in the f64 core. */
class DoubleFit {
  /** @param {import('./engine.js').Engine} engine @param {NetworkTask} task @param {Rows} part */
  constructor(engine, { config }, part) {
    this.engine = engine;
    const { exports } = engine, copy = (/** @type {any} */ values) => engine.copyIn(values, 'the gradient check');
    const wide = (/** @type {any} */ values) => (values instanceof Float32Array ? Float64Array.from(values) : values);
    const pointers = [wide(part.x), null, wide(part.y), wide(part.weight), part.label].map((values) => (values ? copy(values) : 0));
    const rows = new Int32Array(ROWS_BYTES / 4), packed = [packConfig(config), packLayers(config), packFit({ batchSize: part.rows, epochs: 1 })].map(copy);
    rows.set([...pointers, part.rows]);
    this.rows = copy(rows);
    this.model = exports.wf_model_new(packed[0], packed[1]) >>> 0;
    this.size = exports.wf_model_size(this.model) >>> 0;
    this.fit = exports.wf_fit_new(this.model, packed[2], this.rows, 0) >>> 0;
    this.values = engine.alloc(this.size * 8, 'the gradient check');
    this.held = [...pointers, ...packed, this.rows, this.values];
    const { positiveWeight } = config.loss;
    if (typeof positiveWeight === 'object') exports.wf_model_set_positive_weights(this.model, this.held[this.held.push(copy(Float64Array.from(positiveWeight))) - 1]);
  }

  /** @param {Float64Array} weights */
  setWeights(weights) {
    this.engine.write(this.values, weights);
    this.engine.exports.wf_model_import(this.model, this.values, 0);
  }

  /** @returns {number} */
  loss() {
    return this.engine.exports.wf_fit_loss(0, this.fit, this.rows);
  }

  gradient() {
    this.engine.exports.wf_fit_loss(this.values, this.fit, this.rows);
    return this.engine.readF64(this.values, this.size);
  }

  free() {
    const { exports } = this.engine;
    exports.wf_fit_free(this.fit);
    exports.wf_model_free(this.model);
    for (const pointer of this.held) exports.wf_free(pointer);
  }
}

/** Weights of the task's model, and the gradient that training uses, in f32. @param {import('./engine.js').Engine} engine @param {NetworkTask} task @param {Rows} part */
function single(engine, { config, state }, part) {
  const fit = new NativeFit(new NativeModel(engine, config, state), { batchSize: part.rows, epochs: 1, shuffle: false }, part, null);
  try {
    return { weights: fit.state().weights, gradient: fit.gradient() };
  } finally {
    fit.free();
  }
}

/** Central differences of the loss for the parameters `which`. @param {DoubleFit} fit @param {Float64Array} weights @param {Int32Array} which @param {number} epsilon */
function differences(fit, weights, which, epsilon) {
  const moved = weights.slice();
  const lossAt = (/** @type {number} */ i, /** @type {number} */ value) => {
    moved[i] = value;
    fit.setWeights(moved);
    return fit.loss();
  };
  return Float64Array.from(which, (i) => {
    const numeric = (lossAt(i, weights[i] + epsilon) - lossAt(i, weights[i] - epsilon)) / (2 * epsilon);
    moved[i] = weights[i];
    return numeric;
  });
}

/**
 * Whether the gradients that training uses are those of the loss: every one (or `parameters` of them, drawn with the seed) is compared with a
 * central difference in f64, |analytic − numeric| <= atol + rtol |numeric|, as PyTorch's gradcheck does. The model itself stays as it is: its weights
 * when it is fitted, else starting weights. Differences over a kink (ReLU, hinge, L1 losses) can fail where a pre-activation is within epsilon of it.
 * Penalties (l1, l2, weight decay) are no part of the loss.
 *
 * @param {import('./network.js').NeuralModel} model
 * @param {unknown} X @param {unknown} y as for fit; the first `rows` rows are used
 * @param {{ epsilon?: number, atol?: number, rtol?: number, parameters?: number, rows?: number, seed?: number }} [options]
 * @returns {Promise<{ passed: boolean, checked: number, parameters: number, nonzero: number, worst: { name: string, index: number, analytic: number, numeric: number },
 *   maxAbsoluteError: number, float32Error: number }>} nonzero: how many of the checked gradients are not 0; float32Error: greatest deviation of
 *   the f32 gradient from the f64 one, in relation to the greatest gradient
 */
export async function gradientCheck(model, X, y, options = {}) {
  const where = 'gradientCheck';
  checkKeys(options, OPTIONS.map(({ name }) => name), where);
  const [epsilon, atol, rtol, most, rows, seed] = OPTIONS.map((info) => checkNumber(/** @type {any} */ (options)[info.name], info, where));
  const given = await taskOf(model, X, y, where);
  const task = /** @type {NetworkTask} */ ({ ...given, state: given.state ?? (model.fitted ? /** @type {any} */ (model)._trained.state : null) });
  const part = first(task.train, Math.min(rows, task.train.rows));
  const f32 = single(await engineReady(), task, part), weights = Float64Array.from(f32.weights);
  const fit = new DoubleFit(await engineReady('double'), task, part);
  try {
    fit.setWeights(weights);
    const analytic = fit.gradient(), which = permutation(seed, 0, 0, weights.length).filter((i) => isTrained(task.config, i)).slice(0, most), numeric = differences(fit, weights, which, epsilon);
    const excess = Array.from(which, (i, k) => Math.abs(analytic[i] - numeric[k]) - atol - rtol * Math.abs(numeric[k]));
    const at = excess.indexOf(Math.max(...excess)), scale = Math.max(...analytic.map(Math.abs), Number.MIN_VALUE);
    return {
      passed: excess.every((value) => value <= 0), checked: which.length, parameters: weights.length, nonzero: which.filter((i) => analytic[i] !== 0).length,
      worst: { ...placeOf(task.config, which[at]), analytic: analytic[which[at]], numeric: numeric[at] },
      maxAbsoluteError: Math.max(...Array.from(which, (i, k) => Math.abs(analytic[i] - numeric[k]))),
      float32Error: Math.max(...Array.from(analytic, (value, i) => Math.abs(value - f32.gradient[i]))) / scale,
    };
  } finally {
    fit.free();
  }
}

/** Running statistics have no gradient. @param {import('./packing.js').Config} config @param {number} at */
const isTrained = (config, at) => !/running/.test(placeOf(config, at).name);

/** Which array a parameter lies in, and where. @param {import('./packing.js').Config} config @param {number} at */
function placeOf(config, at) {
  let index = at;
  for (const { name, shape } of shapesOf(config)) {
    const length = shape.reduce((product, size) => product * size, 1);
    if (index < length) return { name, index };
    index -= length;
  }
  return { name: '', index };
}
