// load.js: a model from the file that save() wrote · in: bytes · out: model · next: index.js
//
// The file is one safetensors file. Tensors: layers.N.weight (in, out) and layers.N.bias in F32, scalers in F64; of a linear model
// coef (outputs, features) and intercept in F64, and statistics.… (see statistics.js). Metadata: format, version, `model`, JSON of class, options, classes and columns, and
// `checksum`, CRC-32 of that JSON and of all tensors.
import { checksum } from './checksum.js';
import { engineReady } from './engine.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { ElasticNet, Lasso } from './elastic-net.js';
import { FACTS } from './linear-fit.js';
import { linear } from './linear-model.js';
import { LinearRegression } from './linear.js';
import { LogisticRegression } from './logistic.js';
import { MLPClassifier, MLPRegressor, Network } from './mlp.js';
import { NeuralModel } from './network.js';
import { configFor, shapesOf } from './network-config.js';
import { SCALERS } from './network-use.js';
import { networks } from './predictor.js';
import { Ridge } from './ridge.js';
import { targetsOf } from './options.js';
import { readSafetensors } from './safetensors.js';
import { FORMAT, VERSION } from './save.js';
import { STATISTICS, statisticsOf } from './statistics.js';
import { checkEncoder } from './table.js';

/** @typedef {import('./safetensors.js').Tensor} Tensor */

/** @type {Map<string, any>} */
const CLASSES = new Map(Object.entries({ LinearRegression, Ridge, Lasso, ElasticNet, LogisticRegression, MLPRegressor, MLPClassifier, Network }));

/** @param {string} problem @param {unknown} [cause] */
export const broken = (problem, cause) => new WasmfitError(`load: ${problem}`, { code: 'MODEL_FILE', hint: 'the file is damaged, or was not written by save()', cause });

/** @param {Map<string, Tensor>} tensors @param {string} name @param {string} dtype @param {number[]} shape @param {boolean} [finite] @returns {any} */
export function take(tensors, name, dtype, shape, finite = true) {
  const tensor = tensors.get(name);
  if (!tensor) throw broken(`tensor ${show(name)} is missing`);
  if (tensor.dtype !== dtype || String(tensor.shape) !== String(shape)) {
    throw broken(`tensor ${show(name)} is ${tensor.dtype} (${tensor.shape}); it must be ${dtype} (${shape})`);
  }
  tensors.delete(name);
  const data = /** @type {Float64Array} */ (tensor.data);
  const bad = finite ? data.findIndex((value) => !Number.isFinite(value)) : -1;
  if (bad >= 0) throw broken(`tensor ${show(name)} has ${data[bad]} at ${bad}; every value must be finite`);
  return data;
}

/** @param {unknown} value @param {string} name */
export function whole(value, name) {
  if (!Number.isSafeInteger(value) || Number(value) < 1) throw broken(`${name} is ${show(value)}; it must be a whole number from 1`);
  return Number(value);
}

/** @param {unknown} classes @param {string} kind of targets @param {number} outputs */
export function checkClasses(classes, kind, outputs) {
  if (kind === 'N' || (kind === 'B' && outputs > 1)) {
    if (classes !== null) throw broken(`classes are ${show(classes)}; a model without classes has null`);
    return null;
  }
  const count = outputs === 1 ? 2 : outputs;
  const good = Array.isArray(classes) && classes.length === count && new Set(classes).size === count &&
    classes.every((label) => typeof label === typeof classes[0] && (typeof label === 'string' || typeof label === 'boolean' || Number.isFinite(label)));
  if (!good) throw broken(`classes are ${show(classes)}; they must be ${count} different labels of one kind`);
  return /** @type {import('./labels.js').Label[]} */ (classes);
}

/** The facts that a linear model may have: whether a value is one, and the rule. @type {Record<string, [(value: any, features: number) => boolean, string]>} */
const LINEAR_FACTS = {
  rank: [(value, features) => Number.isInteger(value) && value >= 0 && value <= features, 'a whole number from 0 to the number of features'],
  dependent: [(value, features) => value === null || (Array.isArray(value) && value.every((column) => Number.isInteger(column) && column >= 0 && column < features)), 'a list of columns'],
  alpha: [(value) => Number.isFinite(value) && value >= 0, 'a number from 0'],
  iterations: [(value) => Number.isSafeInteger(value) && value >= 1, 'a whole number from 1'],
  outcome: [(value) => ['converged', 'separable', 'epochs', 'stopped'].includes(value), 'converged, separable, epochs or stopped'],
  classes: [() => true, 'labels'],
};

/** @param {import('./linear-model.js').LinearModel} model @param {Map<string, Tensor>} tensors @param {any} facts */
function restoreLinear(model, tensors, { encoder, statistics, ...facts }) {
  const shape = tensors.get('coef')?.shape ?? [];
  const [outputs, features] = [whole(shape[0], 'rows of coef'), whole(shape[1], 'columns of coef')];
  for (const name of FACTS[model._name]) {
    const [good, rule] = LINEAR_FACTS[name];
    if (!good(facts[name], features)) throw broken(`${name} is ${show(facts[name])}; it must be ${name === 'rank' ? `a whole number from 0 to ${features}` : rule}`);
  }
  const kept = Object.fromEntries(FACTS[model._name].map((name) => [name, facts[name]]));
  if (model instanceof LogisticRegression) kept.classes = checkClasses(facts.classes, outputs > 1 && facts.classes === null ? 'N' : 'C', outputs);
  const state = { coef: take(tensors, 'coef', 'F64', [outputs, features]), intercept: take(tensors, 'intercept', 'F64', [outputs]), facts: kept };
  model._restore(statistics === undefined ? state : { ...state, statistics: readStatistics(model, tensors, statistics, outputs, features) }, encoder === null ? null : checkEncoder(encoder));
  if (model.featureNames && model.featureNames.length !== features) throw broken(`columns make ${model.featureNames.length} features; coef has ${features}`);
}

/** @param {import('./linear-model.js').LinearModel} model @param {Map<string, Tensor>} tensors @param {any} facts @param {number} outputs @param {number} features */
function readStatistics(model, tensors, facts, outputs, features) {
  const name = model instanceof LinearRegression ? 'LinearRegression' : 'LogisticRegression', rule = STATISTICS[name];
  if (outputs !== 1 || (name === 'LogisticRegression' && !(model instanceof LogisticRegression))) throw broken('statistics do not belong to this model');
  checkKeys(facts, rule.facts, 'statistics');
  const odd = rule.facts.find((fact) => !Number.isFinite(facts[fact]));
  if (odd) throw broken(`statistics.${odd} is ${show(facts[odd])}; it must be a number`);
  const P = features + Number(model.options.fitIntercept);
  const values = Object.fromEntries(Object.entries(rule.shapes(features, P)).map(([tensor, shape]) => [tensor, take(tensors, `statistics.${tensor}`, 'F64', shape, false)]));
  return statisticsOf(name, features, P, /** @type {Record<string, number>} */ (facts), values);
}

/** @param {Map<string, Tensor>} tensors @param {number} inputs @param {number} outputs */
export const takeScalers = (tensors, inputs, outputs) => SCALERS.map((part, i) => {
  if (!tensors.has(`${part}.mean`)) return null;
  const shape = [i === 0 ? inputs : outputs];
  const scaler = { mean: take(tensors, `${part}.mean`, 'F64', shape), scale: take(tensors, `${part}.scale`, 'F64', shape) };
  if (scaler.scale.some((/** @type {number} */ value) => value <= 0)) throw broken(`${part}.scale has a value that is not above 0`);
  return scaler;
});

/** @param {NeuralModel} model @param {Map<string, Tensor>} tensors @param {any} facts */
function restoreNetwork(model, tensors, { inputs, outputs, classes, encoder, epochs, fresh }) {
  const config = configFor(model, whole(inputs, 'inputs'), whole(outputs, 'outputs'));
  const parts = shapesOf(config).map(({ name, shape }) => take(tensors, name, 'F32', shape));
  const weights = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (weights.set(part, at), at + part.length), 0);
  const [features, target] = takeScalers(tensors, inputs, outputs);
  if (!Number.isInteger(epochs) || epochs < 0 || epochs >= 2 ** 32) throw broken(`epochs is ${show(epochs)}; it must be a whole number from 0 to below 2^32`);
  const length = tensors.get('checkpoint')?.shape[0] ?? 0;
  const checkpoint = tensors.has('checkpoint') ? take(tensors, 'checkpoint', 'U8', [length]) : undefined;
  model._restore({
    config, checkpoint, features, target, state: { weights, slots: [], steps: 0, epochs }, classes: checkClasses(classes, targetsOf(config.loss.name), outputs),
    encoder: encoder === null ? null : checkEncoder(encoder), ...(fresh === true ? { fresh } : {}),
  });
  if (model.featureNames && model.featureNames.length !== inputs) throw broken(`columns make ${model.featureNames.length} features; the model has ${inputs}`);
}

/** @param {Map<string, string>} metadata @param {Map<string, Tensor>} tensors @returns {any} */
function readFacts(metadata, tensors) {
  const format = metadata.get('format'), version = Number(metadata.get('version'));
  if (format !== FORMAT) throw broken(`the file is of the format ${show(format)}, not "${FORMAT}"`);
  if (Number.isInteger(version) && version > VERSION) throw new WasmfitError(`load: the file was made with a newer version (file format ${version}, this one reads ${VERSION})`, { code: 'VERSION', hint: 'update wasmfit' });
  if (version !== VERSION) throw broken(`version is ${show(metadata.get('version'))}; it must be ${VERSION}`);
  const model = metadata.get('model') ?? '', sum = checksum(model, tensors);
  if (metadata.get('checksum') !== sum) throw broken(`the checksum is ${sum}, the file says ${show(metadata.get('checksum'))}`);
  try {
    return JSON.parse(model);
  } catch (cause) {
    throw broken('the metadata "model" is no JSON', cause);
  }
}

/**
 * Reads what save() wrote. Everything is checked before a model is made; loading never fetches or runs anything from the file.
 *
 * @param {Uint8Array | ArrayBuffer} bytes
 * @returns {Promise<any>} a fitted model of the class it was
 * @throws {WasmfitError} MODEL_FILE: damaged or foreign; VERSION: from a newer version
 */
export async function load(bytes) {
  const { tensors, metadata } = readSafetensors(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes);
  const facts = readFacts(metadata, tensors);
  const Class = CLASSES.get(facts?.class), quantized = facts?.class === 'QuantizedModel';
  if (!Class && !quantized) throw broken(`the class ${show(facts?.class)} is unknown; there are ${[...CLASSES.keys(), 'QuantizedModel'].join(', ')}`);
  try {
    if (quantized) return await (await import('./load-quantized.js')).restoreQuantized(tensors, facts);
    checkKeys(facts, ['class', 'options', ...(Class.prototype instanceof NeuralModel ? ['inputs', 'outputs', 'classes', 'epochs', 'fresh'] : [...FACTS[facts.class], 'statistics']), 'encoder'], 'model');
    const model = new Class(facts.options ?? null); // missing ones are no defaults here
    await (model instanceof NeuralModel ? networks : linear).ready();
    if (model instanceof NeuralModel) restoreNetwork(model, tensors, facts);
    else restoreLinear(model, tensors, facts);
    if (tensors.size > 0) throw broken(`tensor ${show([...tensors.keys()][0])} does not belong to a ${facts.class}`);
    await engineReady(model instanceof NeuralModel ? 'network' : 'linear');
    return model;
  } catch (cause) {
    if (cause instanceof WasmfitError) throw cause;
    throw broken(cause instanceof Error ? cause.message : String(cause), cause);
  }
}
