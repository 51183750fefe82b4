// least-squares.js: linear models that are solved at once: least squares, ridge · in: rows in f64 · out: coefficients, their report · next: descent.js
import { CONVERGED, report } from './fields.js';
import { copyWide, inBlocks } from './linear-rows.js';
import { checkFinite, measure } from './linear-values.js';
import { dependentColumns, leastSquaresStatistics } from './statistics.js';

/**
 * x (rows, features), f32 only where the caller's are; y (rows, outputs), of a logistic model labels: int32 (rows) or, several columns of 0 and 1, (rows, outputs);
 * weight (rows). The rest is for the solvers that need it.
 * @typedef {{ kind: 'linear', solver: 'leastSquares' | 'ridge' | 'elastic' | 'logistic', x: Float64Array | Float32Array, y: Float64Array | Int32Array,
 *   weight: Float64Array | null, rows: number, features: number, outputs: number, fitIntercept: boolean,
 *   validation: { x: Float64Array | Float32Array, y: Float64Array | Int32Array, rows: number } | null, statistics: boolean, alphas: Float64Array,
 *   alpha: number, ratio: number, maxIterations: number, tolerance: number, newton: boolean, multilabel: boolean }} LinearTask
 */
/**
 * coef (outputs, features), intercept (outputs); facts: numbers and words about the fit; statistics: what a summary is made of.
 * @typedef {{ coef: Float64Array, intercept: Float64Array, facts: Record<string, any>,
 *   statistics?: { facts: Record<string, number>, tensors: Record<string, { shape: number[], data: Float64Array }> } }} LinearState
 */

/** @typedef {(values: import('./core.js').Copied | number, what: string) => number} Copy */
/** Pointers to x, y and weight (0: none) in the core. @typedef {[number, number, number]} Pointers */

/** All rows in the core. @param {import('./engine.js').Engine} engine @param {Copy} copy @param {LinearTask} task @returns {Pointers} */
const whole = (engine, copy, { x, y, weight }) => [copyWide(engine, copy, x), copy(y, 'the targets'), weight ? copy(weight, 'the sample weights') : 0];

/** The same, where it has them but for x in f64. @param {import('./engine.js').Engine} engine @param {Copy} copy @param {LinearTask} task @param {import('./linear-rows.js').Places} rows @returns {Pointers} */
function wholeAt(engine, copy, { x }, rows) {
  if (x instanceof Float64Array) return [rows.x, rows.y, 0];
  const wide = copy(x.length * 8, 'the data set');
  engine.exports.wf_widen(wide, rows.x, x.length);
  return [wide, rows.y, 0];
}

/**
 * Rows pass block by block: the core needs not hold them all.
 * @param {import('./engine.js').Engine} engine @param {Copy} copy @param {LinearTask} task
 * @param {import('./linear-rows.js').Places | null} rows where the core has them already @param {[number, number, number]} places of coef, intercept, result
 */
function solve(engine, copy, task, rows, places) {
  const { exports } = engine, { features, outputs, fitIntercept, weight } = task;
  const linear = exports.wf_linear_new(task.rows, features, outputs, Number(fitIntercept)) >>> 0;
  if (linear === 0) throw engine.outOfMemory('the least-squares fit');
  try {
    if (weight) engine.scope((keep) => exports.wf_linear_weigh(linear, keep(weight, 'the sample weights'), task.rows));
    const show = inBlocks(engine, copy, task, rows);
    show((...rows) => exports.wf_linear_push(linear, ...rows));
    if (!exports.wf_linear_solve(linear)) throw engine.outOfMemory('the least-squares fit');
    do show((...rows) => exports.wf_linear_residual(linear, ...rows));
    while (exports.wf_linear_correct(linear));
    exports.wf_linear_solution(...places, linear);
  } finally {
    exports.wf_linear_free(linear);
  }
}

/**
 * @param {import('./engine.js').Engine} engine @param {Copy} copy @param {LinearTask} task @param {import('./linear-rows.js').Places | null} rows
 * @returns {{ state: LinearState, measured: number[] | null }}
 */
function leastSquares(engine, copy, task, rows) {
  const { features, outputs } = task;
  const coef = copy(features * outputs * 8, 'the coefficients'), intercept = copy(outputs * 8, 'the intercept'), result = copy(24, 'the result');
  solve(engine, copy, task, rows, [coef, intercept, result]);
  const [rank, loss, metric] = engine.readF64(result, 3);
  /** @type {LinearState} */
  const state = { coef: engine.readF64(coef, features * outputs), intercept: engine.readF64(intercept, outputs), facts: { rank, dependent: [] } };
  if (rank < features || task.statistics) {
    const data = rows ? wholeAt(engine, copy, task, rows) : whole(engine, copy, task);
    if (rank < features) state.facts.dependent = dependentColumns(engine, copy, task, data, [coef, intercept]);
    if (task.statistics) state.statistics = leastSquaresStatistics(engine, copy, task, data, [coef, intercept]);
  }
  return { state, measured: [loss, metric] };
}

/** @param {import('./engine.js').Engine} engine @param {Copy} copy @param {LinearTask} task */
function ridge(engine, copy, task) {
  const { alphas, features, outputs } = task;
  const { coefs, intercepts, gcv } = ridgePath(engine, copy, task, whole(engine, copy, task));
  let best = 0;
  const scores = Float64Array.from(alphas, (_, a) => gcv.subarray(a * outputs, (a + 1) * outputs).reduce((sum, value) => sum + value, 0));
  scores.forEach((score, a) => { if (score < scores[best]) best = a; });
  const size = features * outputs;
  const state = { coef: coefs.slice(best * size, (best + 1) * size), intercept: intercepts.slice(best * outputs, (best + 1) * outputs), facts: { alpha: alphas[best] } };
  return { state, measured: null };
}

/**
 * coefs (alphas, outputs, features), intercepts and gcv (alphas, outputs), degrees (alphas)
 * @param {import('./engine.js').Engine} engine @param {Copy} copy
 * @param {Pick<LinearTask, 'alphas' | 'rows' | 'features' | 'outputs' | 'fitIntercept'>} task @param {Pointers} data
 */
export function ridgePath(engine, copy, { alphas, rows, features, outputs, fitIntercept }, data) {
  const count = alphas.length, sizes = [count * outputs * features, count * outputs, count, count * outputs];
  const places = sizes.map((size) => copy(size * 8, 'the coefficients'));
  if (!engine.exports.wf_ridge_path(...places, copy(alphas, 'the alphas'), ...data, count, rows, features, outputs, Number(fitIntercept))) throw engine.outOfMemory('the ridge fit');
  const [coefs, intercepts, degrees, gcv] = places.map((place, i) => engine.readF64(place, sizes[i]));
  return { coefs, intercepts, degrees, gcv };
}

/** A fit without steps: its only epoch is the solution. */
export class FitAtOnce {
  /** @param {import('./engine.js').Engine} engine @param {LinearTask} task @param {import('./held.js').Held | null} [held] to keep the rows of plain least squares in, from now on */
  constructor(engine, task, held = null) {
    this.engine = engine;
    this.task = task;
    this.held = held;
    /** @type {import('./linear-rows.js').Places | null} */
    this.rows = null;
    try {
      if (held) this.rows = { x: held.take(task.x), y: held.take(task.y) };
    } catch (error) {
      this.free();
      throw error;
    }
    /** @type {ReturnType<typeof leastSquares> | null} */
    this.found = null;
  }

  run() {
    const { engine, task } = this;
    this.found ??= engine.scope((copy) => (task.solver === 'ridge' ? ridge(engine, copy, task) : leastSquares(engine, copy, task, this.rows)));
    checkFinite(this.found.state.coef, this.found.state.intercept);
    return CONVERGED;
  }

  takeReports() {
    const { task, found } = this;
    if (!found) return new Float64Array();
    const [loss, metric] = found.measured ?? measure(found.state, task, task.weight);
    const [validationLoss, validationMetric] = task.validation ? measure(found.state, task.validation) : [NaN, NaN];
    return Float64Array.from(report({ epoch: 1, loss, metric, validationLoss, validationMetric, rowsSeen: task.rows }));
  }

  setLearningRate() {}

  /** @param {boolean} [last] @returns {LinearState} */
  state(last = false) {
    if (!last) this.run(); // a snapshot before the only step is of the solution
    const { features, outputs } = this.task;
    return this.found?.state ?? { coef: new Float64Array(features * outputs), intercept: new Float64Array(outputs), facts: { iterations: 0 } };
  }

  free() {
    this.held?.free();
  }
}
