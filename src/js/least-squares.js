// least-squares.js: linear models through the core · in: rows in f64 · out: coefficients, their report, predictions · next: session.js
import { mse, r2 } from './metrics.js';

/** x (rows, features), y (rows, outputs), weight (rows), all f64.
 * @typedef {{ kind: 'linear', x: Float64Array, y: Float64Array, weight: Float64Array | null, rows: number, features: number,
 *   outputs: number, fitIntercept: boolean, validation: { x: Float64Array, y: Float64Array, rows: number } | null }} LinearTask */
/** coef (outputs, features), intercept (outputs). @typedef {{ coef: Float64Array, intercept: Float64Array, rank: number }} LinearState */

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
 * @param {import('./engine.js').Engine} engine
 * @param {LinearTask} task
 * @returns {{ state: LinearState, report: Float64Array }} report: the fields of WF_REPORT_FIELDS, for one epoch
 */
export function fitLinear(engine, { x, y, weight, rows, features, outputs, fitIntercept, validation }) {
  const { loss, metric, ...state } = engine.scope((copy) => {
    const coef = copy(features * outputs * 8, 'the coefficients');
    const intercept = copy(outputs * 8, 'the intercept');
    const result = copy(24, 'the result');
    const done = engine.exports.wf_linear_fit(coef, intercept, result, copy(x, 'the data set'), copy(y, 'the targets'),
      weight ? copy(weight, 'the sample weights') : 0, rows, features, outputs, Number(fitIntercept));
    if (!done) throw engine.outOfMemory('the least-squares fit');
    const [rank, loss, metric] = engine.readF64(result, 3);
    return { coef: engine.readF64(coef, features * outputs), intercept: engine.readF64(intercept, outputs), rank, loss, metric };
  });
  const held = [NaN, NaN];
  if (validation) {
    const truth = { data: validation.y, rows: validation.rows, cols: outputs };
    const guess = { ...truth, data: predictLinear(state, validation.x, validation.rows, features) };
    held[0] = Number(mse(truth, guess));
    held[1] = Number(r2(truth, guess));
  }
  return { state, report: Float64Array.of(1, loss, metric, held[0], held[1], NaN, rows) };
}
