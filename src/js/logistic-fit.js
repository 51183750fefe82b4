// logistic-fit.js: labels, and the weights of their rows, for a logistic fit · in: y, options · out: indices, classes, solver · next: linear-use.js
import { show } from './errors.js';
import { isMatrix, toLabels, toTarget } from './matrix.js';
import { takeRows } from './rows.js';
import { isNumbers } from './shapes.js';
import { labelsAmong } from './targets.js';
import { classFactors } from './weights.js';

/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./linear-fit.js').Truth} Truth */

/** Up to so many features statistics are kept, unless told otherwise. */
export const STATISTICS_FEATURES = 256;

/** @param {unknown} y @param {number} rows @param {string} name @returns {Truth} */
export function yesOrNo(y, rows, name) {
  const { data, cols } = toTarget(y, name, rows);
  const at = data.findIndex((value) => value !== 0 && value !== 1);
  if (at >= 0) throw new RangeError(`${name} has ${data[at]} at row ${Math.floor(at / cols) + 1}, column ${at % cols + 1}; several columns of labels must be 0 or 1`);
  return { values: { data: Int32Array.from(data), rows, cols }, classes: null, outputs: cols };
}

/**
 * The two labels of an array of numbers, in a fraction of the time of toLabels. Null: there are others, or it is for toLabels to say what is wrong.
 * @param {unknown} y @param {number} rows @returns {{ classes: Label[], indices: Int32Array } | null}
 */
function twoLabels(y, rows) {
  if (!isNumbers(y) || y.length !== rows || typeof y[0] !== 'number') return null;
  let next = 1;
  while (next < rows && y[next] === y[0]) next++;
  const low = Math.min(y[0], y[next]) + 0, high = Math.max(y[0], y[next]), width = high - low; // -0 + 0 is 0
  if (!(width > 0 && width < Infinity)) return null; // also NaN, of one label
  const indices = new Int32Array(rows);
  let rest = 0;
  for (let i = 0; i < rows; i++) { // without a branch, as labels cannot be foreseen
    const above = Math.abs(y[i] - low);
    indices[i] = above / width;
    rest += Math.min(above, Math.abs(y[i] - high));
  }
  return rest === 0 ? { classes: [low, high + 0], indices } : null;
}

/** @param {unknown} y @param {number} rows @param {string} name @param {Label[] | null} classes known already @returns {Truth} */
export function logisticTruth(y, rows, name, classes) {
  if (!classes && ((isMatrix(y) && y.cols !== 1) || (Array.isArray(y) && Object(y[0]).length > 1 && typeof y[0] !== 'string'))) return yesOrNo(y, rows, name);
  const { classes: known, indices } = classes ? { classes, indices: labelsAmong(y, rows, classes, name) } : twoLabels(y, rows) ?? toLabels(y, name, rows);
  return { values: { data: indices, rows, cols: 1 }, classes: known, outputs: known.length > 2 ? known.length : 1 };
}

/** @param {import('./logistic.js').LogisticRegression['options']} options @param {import('./linear-fit.js').Data} data @returns {import('./linear-fit.js').Solver} */
export function logisticSolver({ penalty, C, l1Ratio, solver, classWeight, maxIterations, tolerance, statistics }, { truth, rows, weight, features }) {
  const multilabel = truth.classes === null;
  for (let k = 0; k < truth.values.cols; k++) checkClasses(truth, rows, k);
  return {
    solver: 'logistic', multilabel, newton: solver === 'newton', maxIterations, tolerance,
    statistics: truth.outputs === 1 && !multilabel && (statistics === 'auto' ? features <= STATISTICS_FEATURES : statistics === 'always'),
    alpha: penalty === 'none' ? 0 : 1 / C, ratio: penalty === 'l1' ? 1 : penalty === 'elasticnet' ? Number(l1Ratio) : 0,
    weight: classWeight === undefined ? weight : weigh(truth, rows, weight, classWeight),
  };
}

/** Every class must be among the rows that train. @param {Truth} truth @param {Int32Array | null} rows null: all @param {number} k column */
function checkClasses({ classes, values: { data, rows: all, cols } }, rows, k) {
  const names = classes ?? [0, 1], seen = names.map(() => false), count = rows ? rows.length : all;
  for (let i = 0; i < count; i++) seen[data[(rows ? rows[i] : i) * cols + k]] = true;
  const where = cols > 1 ? `y has, in column ${k + 1},` : 'y has', absent = seen.indexOf(false);
  if (seen.indexOf(true) === seen.lastIndexOf(true)) throw new RangeError(`${where} one class only, ${show(names[seen.indexOf(true)])}; a classifier needs at least 2`);
  if (absent >= 0) throw new RangeError(`y has the label ${show(names[absent])} in no row that trains (their weight is 0, or they validate); leave such rows out`);
}

/** Weights of rows times those of their classes. @param {Truth} truth @param {Int32Array | null} rows null: all @param {Float64Array | null} weight @param {'balanced' | Record<string, number>} classWeight */
function weigh({ classes, values }, rows, weight, classWeight) {
  if (!classes) throw new RangeError('classWeight needs one column of labels; with several give sampleWeight');
  const indices = rows ? takeRows(values.data, rows) : values.data, factors = classFactors(classWeight, classes, indices);
  return Float64Array.from(indices, (index, i) => factors[index] * (weight ? weight[i] : 1));
}
