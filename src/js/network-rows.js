// network-rows.js: from X and y to the rows that a network's fit runs on: read, split, scaled, weighted · in: arguments of fit · out: Rows
// next: network-use.js
import { checkKeys, show } from './errors.js';
import { isMatrix } from './matrix.js';
import { checkSwitch, targetsOf } from './options.js';
import { canStratify, checkFeatures, fitScaler, gather, readFeatures, splitValidation } from './prepare.js';
import { checkMatrix, viewKind } from './shapes.js';
import { readTarget } from './targets.js';
import { readValidation } from './training-fields.js';
import { classFactors, countedRows, readWeights, singleWeights } from './weights.js';

/** @typedef {import('./packing.js').Rows} Rows */
/** @typedef {import('./network.js').Trained} Trained */
/** @typedef {import('./targets.js').Target} Target */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** Features as a fit takes them: floats, or bytes that stand for offset + scale · byte.
 * @typedef {{ data: Float32Array | Float64Array | Uint8Array, rows: number, cols: number, offset: number, scale: number }} Features */
/** Features and targets of some rows. @typedef {{ features: Features, target: Target, weight: Float64Array | null, soft: Float64Array | null, prefix: string }} Source */

/**
 * Whether X is pixels and the like: { data: Uint8Array, rows, cols, scale, offset }, each value offset + scale · byte.
 * @param {any} X @param {string} name @returns {Features | null}
 */
export function readBytes(X, name) {
  if (!isMatrix(X) || viewKind(X.data)?.startsWith('Uint8') !== true) return null;
  const { data, rows, cols } = checkMatrix(X, name), { scale = 1, offset = 0 } = /** @type {any} */ (X);
  for (const [field, value] of Object.entries({ scale, offset })) {
    if (typeof value !== 'number' || !(Math.abs(value) <= 1e36)) throw new RangeError(`${name}.${field} is ${show(value)}; it must be a number from -1e36 to 1e36`); // so that 255 of them fit in 32-bit floats
  }
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.length), rows, cols, scale, offset };
}

/** Rows of a Matrix in float32 as they are, for a core that sees itself what is not finite; null: X is something else. @param {any} X @param {number} inputs */
export function plainRows(X, inputs) {
  if (!isMatrix(X) || !(X.data instanceof Float32Array)) return null;
  const { rows, cols } = checkMatrix(X, 'X');
  if (rows > 0) checkFeatures(cols, inputs);
  return { x: X.data, rows, offset: 0, scale: 1 };
}

/**
 * @param {unknown} X @param {import('./encoder.js').Encoder | null} encoder @param {boolean} wide f64, for scaling @param {string} name
 * @returns {{ features: Features, encoder: import('./encoder.js').Encoder | null }}
 */
export function readRows(X, encoder, wide, name) {
  const bytes = readBytes(X, name);
  if (bytes && !wide) return { features: bytes, encoder };
  if (bytes) return { features: { ...bytes, data: Float64Array.from(bytes.data, (byte) => bytes.offset + bytes.scale * byte), offset: 0, scale: 1 }, encoder };
  const read = readFeatures(X, encoder, /** @type {any} */ (wide ? Float64Array : Float32Array), name);
  return { features: { .../** @type {any} */ (read.matrix), offset: 0, scale: 1 }, encoder: read.encoder };
}

/** @param {Features} features @param {Int32Array | null} rows @param {Scaler | null} scaler @param {string} name @returns {Float32Array | Uint8Array} */
export function gatherRows({ data, rows: all, cols }, rows, scaler, name) {
  if (!(data instanceof Uint8Array)) return gather({ data, rows: all, cols }, rows, scaler, name);
  if (!rows) return data;
  const taken = new Uint8Array(rows.length * cols);
  rows.forEach((row, i) => taken.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return taken;
}

/** @template {Float64Array | Int32Array} A @param {A} values @param {Int32Array | null} rows @returns {A} */
const some = (values, rows) => (rows ? /** @type {any} */ (values.constructor).from(rows, (/** @type {number} */ row) => values[row]) : values);

/** @param {Source} source @param {Int32Array | null} rows which @param {Scaler | null} features @param {Scaler | null} target @returns {Rows} */
function rowsOf(source, rows, features, target) {
  const { prefix, weight, soft, target: { numbers, indices, outputs } } = source, { offset, scale } = source.features;
  const matrix = soft ? { data: soft, rows: source.features.rows, cols: outputs } : numbers;
  return {
    x: gatherRows(source.features, rows, features, `${prefix}X`), rows: rows ? rows.length : source.features.rows, offset, scale,
    y: matrix ? gather(matrix, rows, target, `${prefix}y`) : some(/** @type {Int32Array} */ (indices), rows),
    weight: weight && singleWeights(some(weight, rows), `${prefix}sampleWeight`), label: soft && indices ? some(indices, rows) : labelsOf(source.target, rows),
  };
}

/** Class of each row where y is one column of zeros and ones. @param {Target} target @param {Int32Array | null} rows */
function labelsOf({ numbers, classes }, rows) {
  return numbers && classes?.length === 2 && numbers.cols === 1 ? Int32Array.from(some(/** @type {Float64Array} */ (numbers.data), rows), (value) => Number(value >= 0.5)) : null;
}

/**
 * Everything that a fit of a network begins with; nothing is changed.
 * @param {{ X: unknown, y: unknown, options: import('./estimator.js').FitOptions, common: import('./training.js').Common, former: Trained | null,
 *   units: number | undefined, where: string, configFor: (inputs: number, outputs: number) => import('./packing.js').Config,
 *   soft?: import('./distill.js').Soft }} fit soft: a teacher's softened outputs
 */
export function prepareRows({ X, y, options, common, former, units, where, configFor, soft }) {
  const { loss: { name: loss }, seed, standardize, classWeight } = common;
  if (options.stratify !== undefined) checkSwitch(options.stratify, `${where}: stratify`);
  const { features, encoder } = readRows(X, former?.encoder ?? null, standardize, 'X');
  if (former) checkFeatures(features.cols, former.config.inputs);
  const teacher = soft?.outputs(X, former?.classes ?? null), classes = former?.classes ?? teacher?.classes ?? null;
  const target = readTarget(y, teacher ? 'crossEntropy' : loss, features.rows, { classes, units });
  const config = configFor(features.cols, target.outputs);
  const weight = readWeights(options.sampleWeight, features.rows);
  const source = { features, target, weight, soft: teacher ? teacher.data : null, prefix: '' };
  const { fraction, last, given } = readValidation(options.validation, where);
  const splits = fraction === undefined ? undefined : splitValidation(features.rows, fraction, seed, last ? null : strata(target, options, fraction, where), !last);
  const used = countedRows(splits?.train ?? null, weight); // rows of weight 0 are absent
  const scaler = former ? former.features : standardize ? fitScaler(/** @type {any} */ (features), used) : null;
  const scale = former ? former.target : standardize && targetsOf(loss) === 'N' && loss !== 'poisson' && target.numbers ? fitScaler(target.numbers, used) : null;
  const train = rowsOf(source, used, scaler, scale);
  weigh(train, target, used, classWeight);
  const validation = splits ? rowsOf(source, splits.validation, scaler, scale) : given === undefined ? null : readGiven();
  return { config, train, validation, splits, rest: { config, classes: target.classes, features: scaler, target: scale, encoder } };

  function readGiven() {
    checkKeys(given, ['X', 'y', 'sampleWeight'], `${where}: validation`);
    const { features: matrix } = readRows(given.X, encoder, standardize, 'validation.X');
    if (matrix.rows === 0) throw new RangeError('validation.X has 0 rows; at least 1 is needed');
    checkFeatures(matrix.cols, config.inputs, 'validation.X');
    const held = readTarget(given.y, teacher ? 'crossEntropy' : loss, matrix.rows, { classes: target.classes, units, name: 'validation.y' });
    if (held.outputs !== target.outputs) throw new RangeError(`validation.y has ${held.outputs} columns, y has ${target.outputs}; they must be equal`);
    return rowsOf({ features: matrix, target: held, weight: readWeights(given.sampleWeight, matrix.rows, 'validation.sampleWeight'),
      soft: soft ? soft.outputs(given.X, target.classes).data : null, prefix: 'validation.' }, null, scaler, scale);
  }
}

/** Class weights are factors of the rows that train. @param {Rows} train @param {Target} target @param {Int32Array | null} rows @param {any} classWeight */
function weigh(train, target, rows, classWeight) {
  if (classWeight !== undefined) {
    const indices = train.label ?? (target.indices ? some(target.indices, rows) : null);
    if (!indices || !target.classes) throw new RangeError('classWeight needs one column of labels; with several give sampleWeight');
    const factors = classFactors(classWeight, target.classes, indices);
    const { weight } = train;
    train.weight = singleWeights(Float64Array.from(indices, (index, i) => factors[index] * (weight ? weight[i] : 1)));
  }
}

/** @param {Target} target @param {import('./estimator.js').FitOptions} options @param {number} fraction @param {string} where */
function strata({ indices, classes }, { stratify }, fraction, where) {
  if (stratify && !indices) throw new TypeError(`${where}: stratify needs class labels; this model learns numbers`);
  if (stratify === false || !indices || !classes) return null;
  return stratify || canStratify(indices, classes.length, fraction) ? indices : null;
}
