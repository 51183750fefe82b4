// rows.js: rows counted and taken · in: array, typed array, Matrix or Table · out: their number, copies of some · next: split.js
import { show } from './errors.js';
import { checkMatrix, isMatrix, isNumbers, viewKind } from './shapes.js';

/** @typedef {import('./shapes.js').Numbers} Numbers */

/**
 * How many rows an X or y has: array, typed array, Matrix or Table.
 * @param {unknown} X
 * @param {string} [name]
 * @returns {number}
 */
export function countRows(X, name = 'X') {
  if (Array.isArray(X) || isNumbers(X)) return X.length;
  const rows = typeof X === 'object' && X !== null && 'rows' in X ? X.rows : undefined;
  if (typeof rows === 'number') return rows;
  throw new TypeError(`${name} must be an array, a matrix { data, rows, cols } or a Table, not ${show(X)}`);
}

/**
 * @param {Numbers} view
 * @param {number} length
 */
function emptyLike(view, length) {
  const Type = /** @type {{ new (length: number): Numbers }} */ (/** @type {any} */ (globalThis)[String(viewKind(view))]);
  return new Type(length);
}

/**
 * The rows of X or y at the given indices (counted from 0, repeats allowed), as a copy of the same kind.
 * @template T
 * @param {T} X array, typed array, Matrix or Table
 * @param {ArrayLike<number>} indices
 * @param {string} [name]
 * @returns {T}
 * @throws {RangeError} an index outside 0 … rows − 1
 */
export function takeRows(X, indices, name = 'X') {
  const rows = countRows(X, name);
  for (let k = 0; k < indices.length; k++) {
    const i = indices[k];
    if (!(Number.isInteger(i) && i >= 0 && i < rows)) throw new RangeError(`${name} has no row ${show(i)}; row indices are 0 to ${rows - 1}`);
  }
  const source = /** @type {any} */ (X);
  if (typeof source.take === 'function') return source.take(indices);
  if (!isMatrix(source)) {
    const taken = Array.isArray(source) ? new Array(indices.length) : emptyLike(source, indices.length);
    for (let k = 0; k < indices.length; k++) taken[k] = source[indices[k]];
    return /** @type {any} */ (taken);
  }
  const { data, cols } = checkMatrix(source, name);
  const taken = emptyLike(data, indices.length * cols);
  for (let k = 0; k < indices.length; k++) {
    for (let c = 0; c < cols; c++) taken[k * cols + c] = data[indices[k] * cols + c];
  }
  return /** @type {any} */ ({ data: taken, rows: indices.length, cols });
}
