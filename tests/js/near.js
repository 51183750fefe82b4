// near.js: what the tests of linear models share: numbers compared with fixtures, standardised columns · next: ridge.test.js
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** @param {string} name */
export const fixture = (name) => JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));

/**
 * Greatest deviation, as a share of the greatest expected size (or 1 where that is below `floor`).
 * @param {ArrayLike<number>} actual @param {ArrayLike<number>} expected
 */
export function deviation(actual, expected) {
  assert.equal(actual.length, expected.length);
  const size = Math.max(...Array.from(expected, Math.abs)) || 1;
  return Array.from(expected).reduce((most, value, i) => (Object.is(value, actual[i]) ? most : Math.max(most, Math.abs(actual[i] - value) / size || (actual[i] === value ? 0 : Infinity))), 0);
}

/** @param {number | ArrayLike<number> | undefined} actual @param {number | ArrayLike<number>} expected @param {number} tolerance @param {string} what */
export function near(actual, expected, tolerance, what) {
  const list = (/** @type {any} */ value) => (typeof value === 'number' ? [value] : value);
  assert.ok(actual !== undefined, what);
  const off = deviation(list(actual), list(expected));
  assert.ok(off <= tolerance, `${what}: off by ${off}, allowed ${tolerance}: ${Array.from(list(actual)).slice(0, 4)} … for ${Array.from(list(expected)).slice(0, 4)} …`);
}

/** Columns of mean 0 and standard deviation 1 (ddof 0), divided by `by`. @param {{ data: Float64Array, rows: number, cols: number }} X @param {number} [by] */
export function standardized({ data, rows, cols }, by = 1) {
  const out = new Float64Array(data.length);
  for (let c = 0; c < cols; c++) {
    const column = Float64Array.from({ length: rows }, (_, r) => data[r * cols + c]);
    const mean = column.reduce((sum, value) => sum + value, 0) / rows;
    const sd = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    column.forEach((value, r) => { out[r * cols + c] = (value - mean) / sd / by; });
  }
  return { data: out, rows, cols };
}

/** Row i of a Matrix. @param {any} matrix @param {number} i @returns {Float64Array} */
export const rowOf = ({ data, cols }, i) => data.slice(i * cols, (i + 1) * cols);
