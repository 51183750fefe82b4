// prepare.js: from what a caller passes to the rows a fit runs on: encoded, split, scaled · in: X, y, options · out: Rows · next: estimator.js
import { show } from './errors.js';
import { toMatrix } from './matrix.js';
import { once } from './memo.js';
import { splitIndices } from './split.js';
import { Table, encode, fitEncoder } from './table.js';

/** @typedef {import('./shapes.js').Floats} Floats */
/** @typedef {import('./encoder.js').Encoder} Encoder */
/**
 * @template {Floats} [D=Floats]
 * @typedef {import('./shapes.js').Matrix<D>} Matrix
 */
/** value = mean + scale · standardised value, column by column. @typedef {{ mean: Float64Array, scale: Float64Array }} Scaler */
/** @typedef {{ train: Int32Array, validation: Int32Array }} Splits */

/**
 * Features as numbers. A Table is encoded, by the given encoder or a new one; anything else must be numbers already.
 *
 * @template {Floats} D
 * @param {unknown} X
 * @param {Encoder | null} encoder of the model, or null: none yet
 * @param {import('./shapes.js').FloatsConstructor<D>} Type
 * @param {string} name
 * @returns {{ matrix: Matrix<D>, encoder: Encoder | null }}
 */
function readAnew(X, encoder, Type, name = 'X') {
  if (!(X instanceof Table)) return { matrix: toMatrix(X, name, Type), encoder };
  const used = encoder ?? fitEncoder(X, name);
  return { matrix: encode(used, X, Type, name), encoder: used };
}
export const readFeatures = once(readAnew);

/**
 * @param {number} cols
 * @param {number} expected
 * @param {string} name
 */
export function checkFeatures(cols, expected, name = 'X') {
  if (cols !== expected) throw new RangeError(`${name} has ${cols} columns; the model has ${expected} features`);
}

/**
 * Mean and standard deviation of every column in f64, two passes; a constant column has its value and scale 1.
 *
 * @param {Matrix} matrix
 * @param {Int32Array | null} rows which; null: all
 * @returns {Scaler}
 */
function scalerAnew({ data, rows: all, cols }, rows) {
  const n = rows ? rows.length : all, from = (/** @type {number} */ i) => (rows ? rows[i] : i) * cols;
  const mean = new Float64Array(cols), scale = new Float64Array(cols), first = Float64Array.from({ length: cols }, (_, c) => data[from(0) + c]);
  for (let i = 0; i < n; i++) for (let c = 0, at = from(i); c < cols; c++) mean[c] += data[at + c] - first[c];
  for (let c = 0; c < cols; c++) mean[c] /= n; // about the first value, so that an offset costs no digits and a constant is seen as one
  for (let i = 0; i < n; i++) for (let c = 0, at = from(i); c < cols; c++) scale[c] += (data[at + c] - first[c] - mean[c]) ** 2;
  for (let c = 0; c < cols; c++) {
    mean[c] += first[c];
    scale[c] = Math.sqrt(scale[c] / n) || 1;
  }
  return { mean, scale };
}
export const fitScaler = once(scalerAnew);

/**
 * Chosen rows as float32, standardised where there is a scaler.
 *
 * @param {Matrix} matrix
 * @param {Int32Array | null} rows which; null: all
 * @param {Scaler | null} scaler
 * @param {string} name
 * @returns {Float32Array} a copy, but for all rows of a Float32Array unscaled: those themselves
 * @throws {RangeError} a value beyond the float32 range
 */
function gatherAnew({ data, rows: all, cols }, rows, scaler, name) {
  if (!rows && !scaler && data instanceof Float32Array) return data;
  const n = rows ? rows.length : all;
  const taken = new Float32Array(n * cols);
  let zero = 0;
  for (let i = 0; i < n; i++) {
    const from = (rows ? rows[i] : i) * cols, to = i * cols;
    for (let c = 0; c < cols; c++) {
      taken[to + c] = scaler ? (data[from + c] - scaler.mean[c]) / scaler.scale[c] : data[from + c];
      zero += taken[to + c] * 0;
    }
  }
  if (zero !== 0) {
    const at = taken.findIndex((value) => !Number.isFinite(value));
    const row = Math.floor(at / cols);
    throw new RangeError(`${name} has ${show(data[(rows ? rows[row] : row) * cols + at % cols])} at row ${(rows ? rows[row] : row) + 1}; values must fit in 32-bit floats`);
  }
  return taken;
}
export const gather = once(gatherAnew);

/**
 * Which rows validate: a seeded share of them, stratified by class where every class has rows enough for both parts.
 *
 * @param {number} rows
 * @param {number} fraction
 * @param {number} seed
 * @param {Int32Array | null} classes index of each row's class; null: not stratified
 * @param {boolean} [shuffle] false: the last rows validate
 * @returns {Splits}
 */
function splitAnew(rows, fraction, seed, classes, shuffle = true) {
  if (typeof fraction !== 'number') throw new TypeError(`fit: validation must be a fraction, { last: fraction } or { X, y }, not ${show(fraction)}`);
  if (!(fraction > 0 && fraction < 1)) throw new RangeError(`fit: validation is ${show(fraction)}; it must be a fraction between 0 and 1, { last: fraction } or { X, y }`);
  if (rows < 2) throw new RangeError(`fit: X has ${rows} row; a validation share needs at least 2`);
  const { train, test } = splitIndices(rows, { testSize: fraction, seed, stratify: classes, shuffle });
  return { train, validation: test };
}
export const splitValidation = once(splitAnew);

/**
 * Whether both parts of a split can have every class.
 * @param {Int32Array} indices
 * @param {number} count number of classes
 * @param {number} fraction
 */
export function canStratify(indices, count, fraction) {
  const sizes = new Array(count).fill(0);
  for (const index of indices) sizes[index]++;
  const held = Math.ceil(fraction * indices.length);
  return sizes.every((size) => size !== 1) && Math.min(held, indices.length - held) >= sizes.filter((size) => size > 0).length;
}
