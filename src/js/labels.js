// labels.js: labels of any kind become sorted classes and indices · in: labels · out: classes, Int32Array · next: split.js
import { show } from './errors.js';
import { checkLength, checkMatrix, isMatrix, isNumbers, refuseDetached } from './shapes.js';

/** @typedef {string | number | boolean} Label */

/**
 * @param {unknown} y
 * @param {string} name
 * @returns {ArrayLike<unknown>}
 */
function labelList(y, name) {
  if (isMatrix(y)) {
    const { data, rows, cols } = checkMatrix(y, name);
    if (cols !== 1) throw new RangeError(`${name} is a matrix of ${rows} rows × ${cols} columns; labels must be one per row, not one-hot`);
    return data;
  }
  if (isNumbers(y)) refuseDetached(y, name);
  else if (!Array.isArray(y)) throw new TypeError(`${name} must be an array of labels, not ${show(y)}`);
  return y;
}

/**
 * @param {unknown} label
 * @param {unknown} first
 * @param {number} row
 * @param {string} name
 */
function checkLabel(label, first, row, name) {
  const kind = typeof label;
  if (kind !== 'string' && kind !== 'number' && kind !== 'boolean') {
    throw new TypeError(`${name} has ${show(label)} at row ${row + 1}; a label must be a string, a number or a boolean`);
  }
  if (kind !== typeof first) {
    throw new TypeError(`${name} mixes kinds of labels: ${show(first)} at row 1, ${show(label)} at row ${row + 1}`);
  }
  if (kind === 'number' && !Number.isFinite(label)) throw new RangeError(`${name} has ${show(label)} at row ${row + 1}; every label must be finite`);
  if (label === '') throw new RangeError(`${name} has an empty string at row ${row + 1}; every row must have a label`);
}

/**
 * Labels as indices into their sorted classes: numbers by value, strings by code unit, false before true.
 *
 * @param {unknown} y array or typed array of labels, all of one kind, or a Matrix of one column
 * @param {string} [name]
 * @param {number} [rows] how many there must be
 * @returns {{ classes: Label[], indices: Int32Array }} row i has the label classes[indices[i]]
 * @throws {TypeError} a label that is null, undefined, a BigInt, an object, or of another kind than the first
 * @throws {RangeError} NaN, infinite or empty labels, another number of rows
 */
export function toLabels(y, name = 'y', rows = undefined) {
  const labels = labelList(y, name);
  checkLength(name, labels.length, rows);
  /** @type {Map<Label, number>} */
  const seen = new Map();
  const order = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = /** @type {Label} */ (labels[i]);
    let index = seen.get(label);
    if (index === undefined) {
      checkLabel(label, labels[0], i, name);
      index = seen.size;
      seen.set(label, index);
    }
    order[i] = index;
  }
  const found = [...seen.keys()];
  const classes = typeof found[0] === 'string' ? found.sort() : found.sort((a, b) => Number(a) - Number(b));
  const rank = new Int32Array(classes.length);
  classes.forEach((label, i) => { rank[Number(seen.get(label))] = i; });
  return { classes, indices: order.map((index) => rank[index]) };
}
