// targets.js: what a loss learns from: numbers, classes, zeros and ones · in: y · out: numbers or indices, classes · next: network.js
import { show } from './errors.js';
import { isMatrix, toLabels, toTarget } from './matrix.js';
import { once } from './memo.js';
import { targetsOf } from './options.js';

/** @typedef {import('./labels.js').Label} Label */
/** numbers (rows, outputs), or indices of classes; classes: of a classifier.
 * @typedef {{ outputs: number, numbers: import('./shapes.js').Matrix<Float64Array> | null, indices: Int32Array | null, classes: Label[] | null }} Target */

/**
 * @param {unknown} y @param {number} rows @param {readonly Label[]} classes @param {string} name
 * @returns {Int32Array}
 */
export function labelsAmong(y, rows, classes, name) {
  const found = toLabels(y, name, rows);
  const position = new Map(classes.map((label, i) => [label, i]));
  const to = found.classes.map((label) => position.get(label) ?? -1);
  const unknown = to.indexOf(-1);
  if (unknown >= 0) {
    const row = found.indices.indexOf(unknown);
    const known = classes.slice(0, 8).map(show).join(', ') + (classes.length > 8 ? ', …' : '');
    throw new RangeError(`${name} has the label ${show(found.classes[unknown])} at row ${row + 1}; the model knows ${known}`);
  }
  return found.indices.map((index) => to[index]);
}

/** @param {readonly Label[]} classes @param {number} [units] units of the last layer, if they are fixed */
function classesFor(classes, units) {
  if (units !== undefined && classes.every((label) => typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < units)) {
    return Array.from({ length: units }, (_, i) => i);
  }
  if (classes.length < 2) throw new RangeError(`y has one class only, ${show(classes[0])}; a classifier needs at least 2`);
  if (units !== undefined && classes.length !== units) {
    throw new RangeError(`y has ${classes.length} classes, the last layer has ${units} units; they must be equal, or the labels whole numbers from 0 to ${units - 1}`);
  }
  return [...classes];
}

/**
 * @param {unknown} y @param {number} rows @param {string} name
 * @param {readonly Label[] | null} classes known already @param {string} loss
 * @returns {Target}
 */
function binaryTarget(y, rows, name, classes, loss) {
  const first = isMatrix(y) ? 0 : /** @type {any} */ (y)?.[0];
  if ([first, classes?.[0]].some((label) => typeof label === 'string' || typeof label === 'boolean')) {
    const known = classes ?? toLabels(y, name, rows).classes;
    if (known.length !== 2) throw new RangeError(`${name} has ${known.length} classes; ${loss} needs 2`);
    const data = Float64Array.from(labelsAmong(y, rows, known, name));
    return { outputs: 1, numbers: { data, rows, cols: 1 }, indices: null, classes: [...known] };
  }
  const numbers = toTarget(y, name, rows);
  const at = numbers.data.findIndex((value) => value < 0 || value > 1);
  if (at >= 0) throw new RangeError(`${name} has ${numbers.data[at]} at row ${Math.floor(at / numbers.cols) + 1}; ${loss} needs values from 0 to 1`);
  return { outputs: numbers.cols, numbers, indices: null, classes: numbers.cols === 1 ? [0, 1] : null };
}

/** Shares of the classes, which sum to 1 in every row. @param {unknown} y @param {number} rows @param {string} name @param {readonly Label[] | null} classes @returns {Target} */
function sharesTarget(y, rows, name, classes) {
  const numbers = toTarget(y, name, rows), { data, cols } = numbers;
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * cols, (r + 1) * cols), sum = row.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) > 1e-3 || row.some((share) => share < 0)) throw new RangeError(`${name} has shares that sum to ${sum} at row ${r + 1}; they must be 0 or more and sum to 1`);
  }
  return { outputs: cols, numbers, indices: null, classes: classes ? [...classes] : Array.from({ length: cols }, (_, k) => k) };
}

/**
 * y as a loss needs it.
 *
 * @param {unknown} y
 * @param {string} loss
 * @param {number} rows
 * @param {{ classes: readonly Label[] | null, units?: number, name?: string }} model classes: known from a former fit
 * @returns {Target}
 */
function readAnew(y, loss, rows, { classes, units, name = 'y' }) {
  const kind = targetsOf(loss);
  if (kind === 'N') {
    const numbers = toTarget(y, name, rows);
    return { outputs: numbers.cols, numbers, indices: null, classes: null };
  }
  if (kind === 'B') return binaryTarget(y, rows, name, classes, loss);
  if (kind === 'S') return sharesTarget(y, rows, name, classes);
  const known = classes ?? classesFor(toLabels(y, name, rows).classes, units);
  return { outputs: known.length, numbers: null, indices: labelsAmong(y, rows, known, name), classes: [...known] };
}
export const readTarget = once(readAnew);
