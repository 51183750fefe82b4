// matrix.js: whatever a caller hands over becomes checked numbers · in: rows, typed arrays, Matrix · out: Matrix · next: labels.js
import { WasmfitError, show } from './errors.js';
import { finite } from './finite.js';
import { checkLength, checkMatrix, isMatrix, isNumbers, refuseDetached, viewKind } from './shapes.js';

export { isMatrix } from './shapes.js';
export { toLabels } from './labels.js';

/** @typedef {import('./shapes.js').Floats} Floats */
/** @typedef {import('./shapes.js').Numbers} Numbers */
/** @typedef {import('./shapes.js').MatrixLike} MatrixLike */
/** @typedef {import('./labels.js').Label} Label */
/**
 * @template {Floats} [D=Floats]
 * @typedef {import('./shapes.js').Matrix<D>} Matrix
 */
/**
 * @template {Floats} D
 * @typedef {import('./shapes.js').FloatsConstructor<D>} FloatsConstructor
 */
/** @typedef {{ name: string, names?: readonly string[], flat?: boolean }} Where what is read, for messages */

/**
 * Rows and columns are counted from 1 in messages, as in a spreadsheet.
 * @param {Where} where
 * @param {number} row
 * @param {number} col
 */
function place({ names, flat }, row, col) {
  if (flat) return `row ${row + 1}`;
  const named = names?.[col] === undefined ? '' : ` (${show(names[col])})`;
  return `row ${row + 1}, column ${col + 1}${named}`;
}

/**
 * @param {Where} where
 * @param {number} row
 * @param {number} col
 * @param {unknown} value
 * @param {boolean} hole
 */
function notANumber(where, row, col, value, hole = false) {
  const what = hole ? 'a hole' : value === '' ? 'an empty string' : typeof value === 'object' && value !== null ? `an object (${show(value)})` : show(value);
  const advice = typeof value === 'bigint' ? '; convert it with Number()' : typeof value === 'string' ? ', not text' : '';
  return new TypeError(`${where.name} has ${what} at ${place(where, row, col)}; every value must be a number${advice}`);
}

/**
 * @template {Floats} D
 * @param {FloatsConstructor<D>} Type
 * @param {number} rows
 * @param {number} cols
 * @param {string} name
 */
export function allocate(Type, rows, cols, name) {
  try {
    return new Type(rows * cols);
  } catch (cause) {
    const bytes = rows * cols * new Type(0).BYTES_PER_ELEMENT;
    throw new WasmfitError(`${name} has ${rows} rows × ${cols} columns: ${bytes} bytes cannot be allocated`,
      { code: 'OUT_OF_MEMORY', hint: 'use fewer rows or columns', cause });
  }
}

/**
 * One pass over all values; only when it fails the place is looked for, and the value as the caller wrote it.
 * @param {Floats} data
 * @param {number} cols
 * @param {Where} where
 * @param {(row: number, col: number) => number} original
 */
function checkFinite(data, cols, where, original) {
  if (finite.all(data)) return;
  const at = data.findIndex((/** @type {number} */ value) => !Number.isFinite(value));
  const row = Math.floor(at / cols);
  const col = at % cols;
  const value = original(row, col);
  const rule = Number.isFinite(value) ? 'values must fit in 32-bit floats' : 'every value must be finite';
  throw new RangeError(`${where.name} has ${show(value)} at ${place(where, row, col)}; ${rule}`);
}

/**
 * @template {Floats} D
 * @param {Numbers} view
 * @param {number} cols
 * @param {Where} where
 * @param {FloatsConstructor<D>} Type
 * @returns {D} the view itself when it is a Type already and nobody else can change it meanwhile, else a copy
 */
function fromView(view, cols, where, Type) {
  const shared = Object.prototype.toString.call(view.buffer) === '[object SharedArrayBuffer]';
  const own = view instanceof Type && !shared;
  const data = own ? /** @type {any} */ (view) : allocate(Type, view.length / cols, cols, where.name);
  if (!own) data.set(view);
  if (viewKind(view)?.startsWith('Float')) checkFinite(data, cols, where, (row, col) => view[row * cols + col]);
  return data;
}

/**
 * @param {unknown} row
 * @param {number} at
 * @param {string} name
 */
function checkRow(row, at, name) {
  if (Array.isArray(row) || isNumbers(row)) return;
  const flat = at === 0 && typeof row === 'number';
  const advice = flat ? '; for one column wrap every value: [[1], [2], …]' : '';
  throw new TypeError(`${name} has ${show(row)} as row ${at + 1}; every row must be an array of numbers${advice}`);
}

/**
 * @template {Floats} D
 * @param {unknown[]} X
 * @param {Where} where
 * @param {FloatsConstructor<D>} Type
 * @returns {Matrix<D>}
 */
function fromRows(X, where, Type) {
  const { name } = where;
  const rows = X.length;
  if (rows === 0) return { data: new Type(0), rows: 0, cols: 0 };
  checkRow(X[0], 0, name);
  const source = /** @type {ArrayLike<number>[]} */ (X);
  const cols = source[0].length;
  if (cols === 0) throw new RangeError(`${name} has ${rows} rows of 0 columns; at least one column is needed`);
  const data = allocate(Type, rows, cols, name);
  for (let r = 0; r < rows; r++) {
    const row = source[r];
    checkRow(row, r, name);
    if (row.length !== cols) {
      throw new RangeError(`${name} is ragged: row ${r + 1} has length ${row.length}, row 1 has ${cols}; all rows must be equally long`);
    }
    if (!Array.isArray(row)) {
      data.set(row, r * cols);
      continue;
    }
    for (let c = 0; c < cols; c++) {
      const value = row[c];
      if (typeof value !== 'number') throw notANumber(where, r, c, value, !(c in row));
      data[r * cols + c] = value;
    }
  }
  checkFinite(data, cols, where, (row, col) => source[row][col]);
  return { data, rows, cols };
}

/**
 * Checked numbers in rows and columns. Zero rows pass (an empty array has 0 columns): who cannot use them refuses them.
 * Rows are arrays or typed arrays; a Matrix may hold any typed array of numbers, also a part of a buffer or shared memory.
 *
 * @template {Floats} [D=Float64Array]
 * @param {unknown} X array of rows or Matrix; never written to
 * @param {string} [name] the argument's name in messages
 * @param {FloatsConstructor<D>} [Type] Float64Array or Float32Array
 * @param {readonly string[]} [names] column names for messages
 * @returns {Matrix<D>} a copy, or the caller's own array when it is of that type already (then it must not be written to)
 * @throws {TypeError} not rows of numbers: text, null, holes, BigInt, a detached buffer, a flat array
 * @throws {RangeError} NaN, infinite, above the float32 range when that is asked for, ragged, wrong length, no columns
 */
export function toMatrix(X, name = 'X', Type = /** @type {any} */ (Float64Array), names = undefined) {
  const where = { name, names };
  if (Array.isArray(X)) return fromRows(X, where, Type);
  if (isMatrix(X)) {
    const { data, rows, cols } = checkMatrix(X, name);
    return { data: fromView(data, cols, where, Type), rows, cols };
  }
  if (isNumbers(X)) {
    throw new TypeError(`${name} is a flat ${show(X)}; it needs rows and columns: { data, rows, cols } or [[1], [2], …]`);
  }
  throw new TypeError(`${name} must be an array of rows, a matrix { data, rows, cols } or a Table, not ${show(X)}`);
}

/**
 * Checked numbers to be predicted: a flat array gives one column, rows or a Matrix as many as they have. Nothing is broadcast.
 *
 * @param {unknown} y array of numbers, typed array, array of rows or Matrix; never written to
 * @param {string} [name]
 * @param {number} [rows] how many rows there must be
 * @returns {Matrix<Float64Array>} as toMatrix gives it
 * @throws {TypeError | RangeError} as toMatrix, and when the number of rows is another
 */
export function toTarget(y, name = 'y', rows = undefined) {
  const where = { name, flat: true };
  if (isNumbers(y)) {
    refuseDetached(y, name);
    checkLength(name, y.length, rows);
    return { data: fromView(y, 1, where, Float64Array), rows: y.length, cols: 1 };
  }
  if (Array.isArray(y) && !Array.isArray(y[0]) && !isNumbers(y[0])) {
    checkLength(name, y.length, rows);
    const data = new Float64Array(y.length);
    for (let i = 0; i < y.length; i++) {
      if (typeof y[i] !== 'number') throw notANumber(where, i, 0, y[i], !(i in y));
      data[i] = y[i];
    }
    checkFinite(data, 1, where, (row) => y[row]);
    return { data, rows: y.length, cols: 1 };
  }
  if (!Array.isArray(y) && !isMatrix(y)) {
    throw new TypeError(`${name} must be an array of numbers, a typed array or a matrix { data, rows, cols }, not ${show(y)}`);
  }
  const matrix = toMatrix(y, name);
  checkLength(name, matrix.rows, rows);
  return matrix;
}
