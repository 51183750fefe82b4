// network-use.js: what one can do with a network: fit, predict, read and write its weights · in: NeuralModel · out: predictions, weights · next: network-rows.js
import { engineNow } from './engine.js';
import { WasmfitError, show } from './errors.js';
import { another, readLike } from './job.js';
import { NativeModel } from './native.js';
import { checkWeights, configFor, fixedOutputs, outputsOf, shapesOf } from './network-config.js';
import { gatherRows, plainRows, prepareRows, readBytes, readRows } from './network-rows.js';
import { checkSwitch, targetsOf } from './options.js';
import { checkFeatures, gather } from './prepare.js';
import { writeModel } from './save.js';
import { columnsOf, fitFields } from './training-fields.js';

export { predict, predictProba, score } from './answers.js';
export { begin, featureNames, jobOf } from './job.js';

/** @typedef {import('./network.js').NeuralModel} NeuralModel */
/** @typedef {import('./network.js').Trained} Trained */
/** @typedef {import('./network.js').Weights} Weights */
/** @typedef {import('./packing.js').State} State */
/** @typedef {import('./prepare.js').Scaler} Scaler */

/** @type {readonly ['features', 'target']} */
export const SCALERS = ['features', 'target'];

/** What a fit begins with; null: afresh. @param {NeuralModel} model @param {boolean} [resume] @returns {Trained | null} */
export function former(model, resume) {
  const { _name: name, _trained: trained, options: { layers, warmStart } } = model;
  if (resume !== undefined) checkSwitch(resume, `${name}.fit: resume`);
  if (!resume) return layers || warmStart ? trained : null;
  if (!trained?.checkpoint) throw new WasmfitError(`${name}.fit: resume: this model was not loaded from a checkpoint`, { code: 'CHECKPOINT', hint: 'await load(bytes) with the bytes of run.checkpoint()' });
  return trained;
}

/**
 * @param {NeuralModel} model @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options
 * @param {import('./distill.js').Soft} [soft] a teacher's outputs, and the loss that learns from them
 * @returns {any} of a Job what is the network's
 */
export function prepare(model, X, y, options, soft) {
  const { _common: common, _name: name } = model, start = former(model, options.resume), where = `${name}.fit`;
  const { config, train, validation, splits, rest } = prepareRows({
    X, y, options, common, former: start?.fresh ? null : start, units: fixedOutputs(model), where, soft, configFor: (inputs, outputs) => configFor(model, inputs, outputs),
  });
  const columns = columnsOf(common, config.layers, validation !== null);
  const task = { kind: 'network', config: soft ? { ...config, loss: soft.loss } : config, state: start?.state ?? null, options: fitFields(common, options, { rows: train.rows, columns, where, layers: config.layers }), train, validation,
    ...options.resume && { checkpoint: start?.checkpoint } };
  return {
    task, splits, standardized: common.standardize, columns,
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

/** @param {NeuralModel} model @param {unknown} X @param {string} what @param {boolean} probabilities @returns {import('./predictor.js').Outputs} */
export function outputs(model, X, what, probabilities) {
  const { config, state, features } = trainedOf(model), part = (features ? null : plainRows(X, config.inputs)) ?? rowsFor(model, X);
  model._native ??= new NativeModel(engineNow(`${model._name}.${what}`), config, state);
  const data = model._native.predict(part, probabilities) ?? refuse(model, X);
  return { data, rows: part.rows, cols: outputsOf(config) };
}

/** Says where X has a value that is not finite. @param {NeuralModel} model @param {unknown} X @returns {never} */
function refuse(model, X) {
  rowsFor(model, X);
  throw new RangeError('X has a value that is not finite');
}

/** New rows as the core takes them. @param {NeuralModel} model @param {unknown} X */
export function rowsFor(model, X) {
  const { config, features } = trainedOf(model);
  return readBytes(X, 'X') ? bytesOf(X, config.inputs, features) : floatsOf(model, X, config.inputs, features);
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
  model._restore({ ...trained, checkpoint: undefined, state: { weights: flat, slots: [], steps: 0, epochs: 0 } });
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
