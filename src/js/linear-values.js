// linear-values.js: what a linear model gives for rows, and how good that is · in: coefficients, rows · out: ŷ, loss, R² · next: least-squares.js
import { WasmfitError } from './errors.js';
import { mse, r2 } from './metrics.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */

/**
 * X W + b
 * @param {Pick<LinearState, 'coef' | 'intercept'>} state
 * @param {ArrayLike<number>} x (rows, features)
 * @param {number} rows
 * @param {number} features
 * @returns {Float64Array} (rows, outputs)
 */
export function predictLinear({ coef, intercept }, x, rows, features) {
  const outputs = intercept.length;
  const y = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < outputs; k++) {
      let sum = intercept[k];
      for (let c = 0; c < features; c++) sum += x[r * features + c] * coef[k * features + c];
      y[r * outputs + k] = sum;
    }
  }
  return y;
}

/**
 * Mean squared error and R² of a linear model.
 * @param {Pick<LinearState, 'coef' | 'intercept'>} state
 * @param {{ x: ArrayLike<number>, y: Float64Array | Int32Array, rows: number }} data
 * @param {Float64Array | null} [weight]
 * @returns {[number, number]}
 */
export function measure(state, { x, y, rows }, weight) {
  const outputs = state.intercept.length;
  const truth = { data: y, rows, cols: outputs }, guess = { ...truth, data: predictLinear(state, x, rows, x.length / rows) };
  checkFinite(guess.data);
  const options = weight ? { sampleWeight: weight } : {};
  return [mse(truth, guess, options), r2(truth, guess, options)];
}

/** @param {Float64Array[]} values coefficients or what follows from them */
export function checkFinite(...values) {
  if (values.every((list) => list.every(Number.isFinite))) return;
  throw new WasmfitError('fit: the coefficients or predictions are beyond the range of 64-bit floats', { code: 'OVERFLOW', hint: 'bring the columns of X and y to sizes that are less far apart' });
}
