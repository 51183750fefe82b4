// conformal.js: intervals for any regression, from rows it was not fitted on · in: model, rows · out: intervals · next: paths.js
import { checkKeys, show } from './errors.js';
import { around, readConfidence } from './intervals.js';
import { toTarget } from './matrix.js';
import { countRows } from './rows.js';

/** @typedef {{ width: number, confidence: number, rows: number, predictInterval: (X: unknown) => import('./intervals.js').Interval }} Conformal
 * width: half the length of every interval; rows: of the calibration */

/**
 * Split-conformal intervals:   ŷ ± q, q the ⌈(n + 1) confidence⌉-th smallest |y - ŷ| of n calibration rows
 * They hold a new value with at least that probability, whatever the model and the distribution, if the calibration rows were not used
 * for the fit and are drawn as the new ones. Source: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018.
 *
 * @param {{ predict: (X: any) => any, classes?: unknown }} model a fitted regression of one output; goes on being used, so do not dispose it
 * @param {unknown} X rows for the calibration @param {unknown} y their values
 * @param {{ confidence?: number }} [options] 0.95 when not given
 * @returns {Conformal}
 * @throws {RangeError} too few rows for the confidence
 */
export function conformal(model, X, y, options = {}) {
  if (typeof model?.predict !== 'function') throw new TypeError(`conformal: the model must be a fitted regression, not ${show(model)}`);
  checkKeys(options, ['confidence'], 'conformal');
  const confidence = readConfidence(options.confidence, 'conformal');
  if (model.classes) throw new TypeError('conformal: the model is a classifier; intervals are for a regression');
  const predict = (/** @type {unknown} */ rows) => {
    const predicted = model.predict(rows);
    if (!(predicted instanceof Float64Array)) throw new TypeError(`conformal: the model predicts ${show(predicted)}; intervals are for a regression of one output`);
    return predicted;
  };
  const predicted = predict(X), rows = countRows(predicted);
  const truth = toTarget(y, 'y', rows);
  if (truth.cols !== 1) throw new RangeError(`y has ${truth.cols} columns; intervals are for one output`);
  const rank = Math.ceil((rows + 1) * confidence * (1 - 1e-12)); // so that 0.55 · 100 is 55, as on paper
  if (rank > rows) {
    const needed = Math.ceil(confidence / (1 - confidence) * (1 - 1e-12));
    throw new RangeError(`conformal: X has ${rows} rows; a confidence of ${confidence} needs at least ${needed} to calibrate`);
  }
  const width = truth.data.map((value, row) => Math.abs(value - predicted[row])).sort()[rank - 1];
  return { width, confidence, rows, predictInterval: (Xnew) => around(predict(Xnew), () => width) };
}
