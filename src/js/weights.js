// weights.js: how much each row counts · in: sampleWeight, classWeight · out: weights (rows) · next: prepare.js
import { show } from './errors.js';
import { toTarget } from './matrix.js';

/** @param {unknown} weights @param {number} rows @param {string} [name] @returns {Float64Array | null} */
export function readWeights(weights, rows, name = 'sampleWeight') {
  if (weights === undefined) return null;
  const { data, cols } = toTarget(weights, name, rows);
  if (cols !== 1) throw new RangeError(`${name} has ${cols} columns; it must be one weight a row`);
  const bad = data.findIndex((weight) => weight < 0);
  if (bad >= 0) throw new RangeError(`${name} has ${data[bad]} at row ${bad + 1}; every weight must be 0 or more`);
  return data;
}

/** Rows that train: those of the split, without those of weight 0. @param {Int32Array | null} rows @param {Float64Array | null} weights */
export function countedRows(rows, weights) {
  if (!weights?.includes(0)) return rows;
  const counted = (rows ?? Int32Array.from(weights, (_, row) => row)).filter((row) => weights[row] > 0);
  if (counted.length === 0) throw new RangeError(`sampleWeight is 0 for every ${rows ? 'training ' : ''}row; at least one must count`);
  return counted;
}

/** Weights as the core of networks has them, in f32. @param {Float64Array} weights @param {string} [name] @returns {Float32Array} */
export function singleWeights(weights, name = 'sampleWeight') {
  const row = weights.findIndex((weight) => weight > 1e30), most = weights.reduce((greatest, weight) => Math.max(greatest, weight), 0);
  if (row >= 0) throw new RangeError(`${name} has ${weights[row]} at row ${row + 1} (with its class weight); weights of a network must be at most 1e30`);
  if (most < 1e-30) throw new RangeError(`${name} has ${most} as its greatest weight; at least one row of those that count must have 1e-30 or more`);
  return Float32Array.from(weights);
}

/**
 * A factor for the rows of each class: 'balanced': rows / (classes · rows of the class), or the given ones, 1 where none is given.
 * @param {'balanced' | Record<string, number>} classWeight
 * @param {readonly import('./labels.js').Label[]} classes
 * @param {ArrayLike<number>} indices class of each row that trains
 * @returns {number[]} (classes)
 */
export function classFactors(classWeight, classes, indices) {
  const counts = classes.map(() => 0), given = new Map(Object.entries(Object(classWeight)));
  for (let i = 0; i < indices.length; i++) counts[indices[i]]++;
  if (classWeight !== 'balanced') {
    for (const label of given.keys()) if (!classes.some((known) => String(known) === label)) throw new RangeError(`classWeight has the label ${show(label)}, y has not; its labels are ${classes.slice(0, 8).map(show).join(', ')}`);
  }
  const factors = classes.map((label, k) => (classWeight === 'balanced' ? indices.length / (classes.length * (counts[k] || 1)) : Number(given.get(String(label)) ?? 1)));
  if (factors.includes(0)) throw new RangeError('classWeight has 0; a weight of 0 would leave the class out: leave out its rows instead');
  return factors;
}
