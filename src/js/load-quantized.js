// load-quantized.js: a quantised network from the tensors and facts of its file · in: load.js · out: QuantizedModel · next: load.js
//
// Tensors: inputs.origin and inputs.factor (features) in F32, or of bytes inputs.gain in U8; of every layer N weight (in, out) in I8, with
// the affine scheme zero (out) in I8, of all but the last multiplier in I32, shift in U8, offset in I64 and, where the activation is a
// table, low, step, origin and factor (out) in F32; outputs.scale and outputs.bias in F32; scalers as a network's. src/wasmfit_int8.h says
// what is computed with them.
import { engineReady } from './engine.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { broken, checkClasses, take, takeScalers, whole } from './load.js';
import { checkActivation, checkLoss, oneOf, targetsOf } from './options.js';
import { CURVE, QuantizedModel } from './quantized.js';
import { checkEncoder } from './table.js';

/** @typedef {Map<string, import('./safetensors.js').Tensor>} Tensors */

/** least and most of an object. @param {any} facts @param {string} place */
function levels(facts, place) {
  for (const name of ['least', 'most']) {
    const value = facts[name];
    if (!Number.isInteger(value) || Math.abs(value) > 255) throw broken(`${place}${name} is ${show(value)}; it must be a whole number within ±255`);
  }
  return { least: Number(facts.least), most: Number(facts.most) };
}

/** @param {any} bytes @returns {{ scale: number, offset: number } | null} */
function checkBytes(bytes) {
  if (bytes === null) return null;
  checkKeys(bytes, ['scale', 'offset'], 'bytes');
  for (const name of ['scale', 'offset']) {
    if (!Number.isFinite(bytes[name])) throw broken(`bytes.${name} is ${show(bytes[name])}; it must be a number`);
  }
  return /** @type {any} */ (bytes);
}

/** @param {Tensors} tensors @param {any} facts @param {string} name @param {number} units @returns {import('./native-integers.js').Curve} */
function takeCurve(tensors, facts, name, units) {
  checkKeys(facts, ['activation', 'least', 'most'], `${name}.curve`);
  const arrays = /** @type {any} */ (Object.fromEntries(CURVE.map((part) => [part, take(tensors, `${name}.${part}`, 'F32', [units])])));
  return { ...arrays, ...levels(facts, `${name}.curve.`), activation: checkActivation(facts.activation, name) };
}

/**
 * @param {Tensors} tensors @param {any} facts @param {{ name: string, inputs: number, affine: boolean, last: boolean }} place
 * @returns {import('./native-integers.js').IntegerLayer}
 */
function takeLayer(tensors, facts, { name, inputs, affine, last }) {
  checkKeys(facts, ['units', 'least', 'most', 'curve'], name);
  const units = whole(facts.units, `${name}.units`), weight = take(tensors, `${name}.weight`, 'I8', [inputs, units]);
  const column = (/** @type {string} */ part, /** @type {string} */ dtype) => take(tensors, `${name}.${part}`, dtype, [units], false);
  const scaling = last ? { multiplier: new Int32Array(0), shift: new Uint8Array(0), offset: new BigInt64Array(0) }
    : { multiplier: column('multiplier', 'I32'), shift: column('shift', 'U8'), offset: column('offset', 'I64') };
  return {
    units, ...levels(facts, `${name}.`), ...scaling, weight, zero: affine ? column('zero', 'I8') : new Int8Array(units),
    curve: facts.curve === undefined ? null : takeCurve(tensors, facts.curve, name, units),
  };
}

/** @param {Tensors} tensors @param {any} facts @param {boolean} affine @returns {import('./native-integers.js').Integers} */
function takeIntegers(tensors, { inputs, bytes, layers: list, ...facts }, affine) {
  if (!Array.isArray(list) || list.length === 0) throw broken(`layers are ${show(list)}; they must be a list`);
  let width = whole(inputs, 'inputs');
  const layers = list.map((one, l) => {
    const layer = takeLayer(tensors, one, { name: `layers.${l}`, inputs: width, affine, last: l + 1 === list.length });
    width = layer.units;
    return layer;
  });
  const [origin, factor] = ['origin', 'factor'].map((part) => (bytes === null ? take(tensors, `inputs.${part}`, 'F32', [inputs]) : new Float32Array(0)));
  const gain = bytes === null ? new Uint8Array(0) : take(tensors, 'inputs.gain', 'U8', [inputs]);
  const [scale, bias] = ['scale', 'bias'].map((part) => take(tensors, `outputs.${part}`, 'F32', [width]));
  return { inputs, bytes: checkBytes(bytes), ...levels(facts, ''), origin, factor, gain, layers, scale, bias };
}

/** @param {Tensors} tensors @param {any} facts @returns {Promise<QuantizedModel>} */
export async function restoreQuantized(tensors, facts) {
  checkKeys(facts, ['class', 'options', 'inputs', 'bytes', 'least', 'most', 'layers', 'classes', 'encoder'], 'model');
  checkKeys(facts.options, ['scheme', 'loss'], 'options');
  const scheme = /** @type {any} */ (oneOf(facts.options.scheme, ['symmetric', 'affine'], 'options: scheme'));
  const loss = checkLoss(facts.options.loss, 'options'), integers = takeIntegers(tensors, facts, scheme === 'affine');
  const outputs = integers.scale.length, [features, target] = takeScalers(tensors, integers.inputs, outputs);
  const classes = checkClasses(facts.classes, targetsOf(loss.name), outputs), encoder = facts.encoder === null ? null : checkEncoder(facts.encoder);
  if (tensors.size > 0) throw broken(`tensor ${show([...tensors.keys()][0])} does not belong to a QuantizedModel`);
  const model = new QuantizedModel({ scheme, loss }, { integers, classes, features, target, encoder }), columns = model.featureNames?.length;
  if (columns !== undefined && columns !== integers.inputs) throw broken(`columns make ${columns} features; the model has ${integers.inputs}`);
  await engineReady('int8');
  try {
    model._core('load'); // its check is part of this one
  } catch (cause) {
    throw cause instanceof WasmfitError && cause.code === 'TOO_WIDE' ? broken(cause.message, cause) : cause;
  }
  return model;
}
