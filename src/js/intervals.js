// intervals.js: what all intervals share: how sure, around what · in: confidence, predictions · out: Interval · next: diagnostics.js, conformal.js
import { show } from './errors.js';

/** @typedef {{ prediction: Float64Array, lower: Float64Array, upper: Float64Array }} Interval a value a row */

/** @param {unknown} confidence @param {string} where */
export function readConfidence(confidence = 0.95, where) {
  if (typeof confidence !== 'number') throw new TypeError(`${where}: confidence must be a number between 0 and 1, not ${show(confidence)}`);
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`${where}: confidence is ${confidence}; it must be between 0 and 1`);
  return confidence;
}

/** @param {Float64Array} prediction @param {(row: number) => number} width @returns {Interval} */
export const around = (prediction, width) => ({
  prediction, lower: prediction.map((value, row) => value - width(row)), upper: prediction.map((value, row) => value + width(row)),
});
