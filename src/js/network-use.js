// network-use.js: what one can do with a network: fit, predict, read and write its weights · in: NeuralModel · out: predictions, weights · next: network-rows.js
import { engineNow } from './engine.js';
import { WasmfitError, show } from './errors.js';
import { another, readLike } from './job.js';
import { countRows, toLabels, toTarget } from './matrix.js';
import { accuracy, r2 } from './metrics.js';
import { NativeModel } from './native.js';
import { checkWeights, configFor, fixedOutputs, outputsOf, shapesOf } from './network-config.js';
import { gatherRows, prepareRows, readBytes, readRows } from './network-rows.js';
import { checkSwitch, targetsOf } from './options.js';
import { checkFeatures, gather } from './prepare.js';
import { writeModel } from './save.js';
import { columnsOf, fitFields } from './training-fields.js';

export { begin, featureNames, jobOf } from './job.js';

/** @typedef {import('./network.js').NeuralModel} NeuralModel */
/** @typedef {import('./network.js').Trained} Trained */
/** @typedef {import('./network.js').Weights} Weights */
/** @typedef {import('./native.js').State} State */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */

/** @type {readonly ['features', 'target']} */
export const SCALERS = ['features', 'target'];

/** What a fit begins with; null: afresh. @param {NeuralModel} model @param {boolean | undefined} resume @returns {Trained | null} */
function former(model, resume) {
  const { _name: name, _trained: trained, options: { layers, warmStart } } = model;
  if (resume !== undefined) checkSwitch(resume, `${name}.fit: resume`);
  if (!resume) return layers || warmStart ? trained : null;
  if (!trained?.checkpoint) throw new WasmfitError(`${name}.fit: resume: this model was not loaded from a checkpoint`, { code: 'CHECKPOINT', hint: 'await load(bytes) with the bytes of run.checkpoint()' });
  return trained;
}

/**
 * @param {NeuralModel} model @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options
 * @param {(X: unknown) => { data: ArrayLike<number>, classes: readonly Label[] }} [soft] a teacher's outputs
 * @returns {any} of a Job what is the network's
 */
export function prepare(model, X, y, options, soft) {
  const { _common: common, _name: name } = model, start = former(model, options.resume), where = `${name}.fit`;
  const { config, train, validation, splits, rest } = prepareRows({
    X, y, options, common, former: start?.fresh ? null : start, units: fixedOutputs(model), where, soft, configFor: (inputs, outputs) => configFor(model, inputs, outputs),
  });
  const columns = columnsOf(common, config.layers, validation !== null);
  const task = { kind: 'network', config, state: start?.state ?? null, options: fitFields(common, options, { rows: train.rows, columns, where, layers: config.layers }), train, validation,
    ...options.resume && { checkpoint: start?.checkpoint } };
  return {
    task, splits, standardized: common.standardize, columns,
    transfer: [train, validation].flatMap((part) => (part ? [part.x, part.y, part.weight, part.label].flatMap((array) => (array ? [array.buffer] : [])) : [])),
    finish: (/** @type {State} */ state) => model._restore({ ...rest, state }),
    copy(/** @type {State} */ state, /** @type {Uint8Array | undefined} */ checkpoint) {
      const copy = another(model);
      copy._restore({ ...rest, state, checkpoint });
      return copy;
    },
  };
}

/** Starting weights, from the seed, of a Network with inputs. @param {NeuralModel} model @param {string} what */
export function start(model, what) {
  const units = Number(fixedOutputs(model)), config = configFor(model, model.options.inputs, units);
  const native = new NativeModel(engineNow(`Network.${what}`), config, null);
  let state;
  try {
    state = native.state();
  } finally {
    native.free();
  }
  const kind = targetsOf(config.loss.name);
  const classes = kind === 'N' || (kind === 'B' && units > 1) ? null : Array.from({ length: Math.max(2, units) }, (_, i) => i);
  model._restore({ config, state, classes, features: null, target: null, encoder: null, fresh: true });
}

/** @param {NeuralModel} model @returns {Trained} that is fitted */
const trainedOf = (model) => /** @type {Trained} */ (model._trained);

/** @param {NeuralModel} model @param {unknown} X @param {string} what @param {boolean} probabilities */
function outputs(model, X, what, probabilities) {
  const { config, state, features } = trainedOf(model);
  const part = readBytes(X, 'X') ? bytesOf(X, config.inputs, features) : floatsOf(model, X, config.inputs, features);
  model._native ??= new NativeModel(engineNow(`${model._name}.${what}`), config, state);
  return { data: model._native.predict(part, probabilities), rows: part.rows, cols: outputsOf(config) };
}

/** @param {NeuralModel} model @param {unknown} X @param {number} inputs @param {Scaler | null} features */
function floatsOf(model, X, inputs, features) {
  const matrix = readLike(model, X, inputs, /** @type {any} */ (features ? Float64Array : Float32Array));
  return { x: gather(matrix, null, features, 'X'), rows: matrix.rows, offset: 0, scale: 1 };
}

/** @param {unknown} X @param {number} inputs @param {Scaler | null} scaler */
function bytesOf(X, inputs, scaler) {
  const { features } = readRows(X, null, scaler !== null, 'X');
  if (features.rows > 0) checkFeatures(features.cols, inputs);
  return { x: gatherRows(features, null, scaler, 'X'), rows: features.rows, offset: features.offset, scale: features.scale };
}

/** @param {ArrayLike<number>} values @param {number} from @param {number} count */
function argmax(values, from, count) {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}

/** See NeuralModel. @param {NeuralModel} model @param {unknown} X @returns {Float64Array | Matrix | Label[]} */
export function predict(model, X) {
  const { name } = model._common.loss, kind = targetsOf(name);
  const { data, rows, cols } = outputs(model, X, 'predict', name === 'poisson');
  const { classes, target } = trainedOf(model);
  if (classes) return Array.from({ length: rows }, (_, row) => classes[cols === 1 ? Number(data[row] > 0) : argmax(data, row * cols, cols)]);
  const values = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = kind === 'B' ? Number(data[i] > 0) : target ? data[i] * target.scale[i % cols] + target.mean[i % cols] : data[i];
  return cols === 1 ? values : { data: values, rows, cols };
}

/** See NeuralModel. @param {NeuralModel} model @param {unknown} X @returns {import('./shapes.js').Matrix<Float32Array>} */
export function predictProba(model, X) {
  if (targetsOf(model._common.loss.name) === 'N') throw new WasmfitError(`${model._name}.predictProba: a regression has no probabilities`, { code: 'NOT_A_CLASSIFIER', hint: 'use predict' });
  const out = outputs(model, X, 'predictProba', true);
  if (out.cols > 1 || !trainedOf(model).classes) return out;
  return { data: Float32Array.from({ length: out.rows * 2 }, (_, i) => (i % 2 ? out.data[i >> 1] : 1 - out.data[i >> 1])), rows: out.rows, cols: 2 };
}

/** See NeuralModel. @param {NeuralModel} model @param {unknown} X @param {unknown} y @returns {number} */
export function score(model, X, y) {
  const predicted = model.predict(X), rows = countRows(predicted);
  if (trainedOf(model).classes) {
    toLabels(y, 'y', rows); // so that a fault is named as one of y
    return accuracy(y, predicted);
  }
  const truth = toTarget(y, 'y', rows);
  if (targetsOf(model._common.loss.name) === 'N') return r2(truth, predicted);
  return accuracy(truth.data.map((value) => Number(value >= 0.5)), /** @type {Matrix} */ (predicted).data);
}

/** See NeuralModel. @param {NeuralModel} model @returns {Weights[]} */
export function getWeights(model) {
  const { config, state } = trainedOf(model);
  let at = 0;
  return shapesOf(config).map(({ name, shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    at += length;
    return { name, shape, data: state.weights.slice(at - length, at) };
  });
}

/** See NeuralModel. @param {NeuralModel} model @param {readonly any[]} weights */
export function setWeights(model, weights) {
  const trained = trainedOf(model), shapes = shapesOf(trained.config);
  if (!Array.isArray(weights) || weights.length !== shapes.length) throw new RangeError(`setWeights: ${shapes.length} arrays are needed (${shapes[0].name}, …), not ${show(weights)}`);
  const values = weights.map((given, i) => checkWeights(given, shapes[i]));
  const flat = new Float32Array(values.reduce((length, part) => length + part.length, 0));
  values.reduce((at, part) => (flat.set(part, at), at + part.length), 0);
  model._restore({ ...trained, state: { weights: flat, slots: [], steps: 0, epochs: 0 } });
}

/** The file of the model. @param {NeuralModel} model @returns {Uint8Array<ArrayBuffer>} */
export function save(model) {
  const { config, classes, state, fresh, checkpoint, ...scalers } = trainedOf(model);
  /** @type {Record<string, import('./safetensors.js').Tensor>} */
  const tensors = {};
  for (const { name, shape, data } of getWeights(model)) tensors[name] = { dtype: 'F32', shape, data };
  for (const part of SCALERS) {
    for (const [name, data] of Object.entries(scalers[part] ?? {})) tensors[`${part}.${name}`] = { dtype: 'F64', shape: [data.length], data };
  }
  if (checkpoint) tensors.checkpoint = { dtype: 'U8', shape: [checkpoint.length], data: checkpoint };
  const { _name: name, options, _encoder: encoder } = model;
  return writeModel({ class: name, options, inputs: config.inputs, outputs: outputsOf(config), classes, epochs: state.epochs, fresh, encoder }, tensors);
}
