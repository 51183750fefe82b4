// shapes.js: what counts as numbers and as a matrix · in: any value · out: facts · next: matrix.js
import { show } from './errors.js';

/** @typedef {Float64Array | Float32Array} Floats */
/**
 * Numbers in rows and columns: `data[row * cols + col]`.
 * @template {Floats} [D=Floats]
 * @typedef {{ data: D, rows: number, cols: number }} Matrix
 */
/** @typedef {Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | Floats} Numbers */
/** @typedef {ArrayLike<number>[] | { data: Numbers, rows: number, cols: number }} MatrixLike */
/**
 * @template {Floats} D
 * @typedef {{ new (length: number): D, new (values: ArrayLike<number>): D }} FloatsConstructor
 */

/**
 * The name of a typed array's type, also of one from another window or frame; undefined for anything else.
 * @param {unknown} value
 * @returns {string | undefined}
 */
export function viewKind(value) {
  return ArrayBuffer.isView(value) ? /** @type {any} */ (value)[Symbol.toStringTag] : undefined;
}

/**
 * @param {unknown} value
 * @returns {value is Numbers}
 */
export function isNumbers(value) {
  const kind = viewKind(value);
  return kind !== undefined && kind !== 'DataView' && !kind.startsWith('Big');
}

/**
 * @param {Numbers} view
 * @param {string} name
 */
export function refuseDetached(view, name) {
  if (view.length > 0) return;
  try {
    new Uint8Array(view.buffer);
  } catch {
    throw new TypeError(`${name} is detached: its buffer was transferred, or its memory has grown`);
  }
}

/**
 * @param {unknown} value
 * @returns {value is { data: unknown, rows: unknown, cols: unknown }}
 */
export function isMatrix(value) {
  return typeof value === 'object' && value !== null && 'data' in value && 'rows' in value && 'cols' in value;
}

/**
 * @param {{ data: unknown, rows: unknown, cols: unknown }} X
 * @param {string} name
 * @returns {{ data: Numbers, rows: number, cols: number }}
 */
export function checkMatrix(X, name) {
  const { data, rows, cols } = X;
  for (const [field, value] of [['rows', rows], ['cols', cols]]) {
    if (typeof value !== 'number') throw new TypeError(`${name}.${field} is ${show(value)}; it must be a number`);
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name}.${field} is ${show(value)}; it must be a whole number, 0 or more`);
  }
  const [n, d] = [Number(rows), Number(cols)];
  if (!isNumbers(data)) {
    throw new TypeError(`${name}.data is ${show(data)}; it must be a typed array of numbers such as Float64Array`);
  }
  refuseDetached(data, `${name}.data`);
  if (data.length !== n * d) throw new RangeError(`${name}.data has ${data.length} values, but rows × cols is ${n} × ${d} = ${n * d}`);
  if (d === 0) throw new RangeError(`${name} has ${n} rows of 0 columns; at least one column is needed`);
  return { data, rows: n, cols: d };
}

/**
 * @param {string} name
 * @param {number} length
 * @param {number | undefined} rows
 */
export function checkLength(name, length, rows) {
  if (rows !== undefined && length !== rows) throw new RangeError(`${name} has ${length} values; it needs ${rows}, one for each row`);
}
