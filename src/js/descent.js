// descent.js: linear models that are solved in steps: elastic net, logistic regression · in: rows · out: a report a step, coefficients · next: session.js
import { CONVERGED, DONE, RUNNING, report } from './fields.js';
import { Held } from './held.js';
import { FitAtOnce } from './least-squares.js';
import { copyWide } from './linear-rows.js';
import { checkFinite, measure, predictLinear } from './linear-values.js';
import { logLoss } from './softmax.js';
import { statisticsOf } from './statistics.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./least-squares.js').LinearTask} LinearTask */
/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** What one solver in the core has found; figure: of its result struct. @typedef {{ coef: Float64Array, intercept: Float64Array, figures: Float64Array }} Part */

const SLICE_MS = 8;
/** wf_logistic_state */
const SEPARABLE = 2;
/** wf_solver */
const LBFGS = 0, NEWTON = 1, PROXIMAL = 2;

/** Weighted sums of one column of y, taken about its first value: Σ s and mean - first. @param {LinearTask} task @param {number} k */
function weigh({ y, weight, rows, outputs }, k) {
  let total = 0, sum = 0;
  for (let r = 0; r < rows; r++) {
    const s = weight ? weight[r] : 1;
    total += s;
    sum += s * (y[r * outputs + k] - y[k]);
  }
  return { total, shift: sum / total };
}

/** Σ s (y - mean)² / Σ s @param {LinearTask} task @param {number} k */
function varianceOf(task, k) {
  const { y, weight, rows, outputs } = task, { total, shift } = weigh(task, k);
  let square = 0;
  for (let r = 0; r < rows; r++) square += (weight ? weight[r] : 1) * (y[r * outputs + k] - y[k] - shift) ** 2;
  return square / total;
}

/** A fit in steps: all its memory is taken here. Free it once. */
class IterativeFit {
  /** @param {Engine} engine @param {LinearTask} task */
  constructor(engine, task) {
    this.engine = engine;
    this.task = task;
    this.iterations = 0;
    /** @type {number[]} */
    this.reports = [];
    this.held = new Held(engine);
    /** One solver for all outputs, or one for each. @type {{ pointer: number, done: number }[]} */
    this.solvers = [];
    const { solver, y, outputs, multilabel } = task;
    /** of y; elastic nets only @type {number[]} */
    this.variances = solver === 'elastic' ? Array.from({ length: outputs }, (_, k) => varianceOf(task, k)) : [];
    this.total = task.weight ? task.weight.reduce((sum, value) => sum + value, 0) : task.rows;
    try {
      const x = solver === 'logistic' ? this.held.take(task.x) : copyWide(engine, (bytes) => this.held.take(bytes), task.x), weight = task.weight ? this.held.take(task.weight) : 0;
      const each = solver === 'elastic' || multilabel ? outputs : 1;
      for (let k = 0; k < each; k++) this.solvers.push({ pointer: this.#begin(x, this.held.take(each === 1 ? y : y.filter((_, i) => i % each === k)), weight), done: 0 });
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** @param {number} x @param {number} y @param {number} weight */
  #begin(x, y, weight) {
    const { solver, rows, features, outputs, multilabel, fitIntercept, alpha, ratio, newton } = this.task;
    const { exports } = this.engine;
    const pointer = (solver === 'elastic' ? exports.wf_elastic_new(x, y, weight, rows, features, ratio, Number(fitIntercept))
      : exports.wf_logistic_new(x, Number(this.task.x instanceof Float32Array), y, weight, rows, features, multilabel ? 1 : outputs, Number(fitIntercept), alpha, ratio, ratio > 0 ? PROXIMAL : newton ? NEWTON : LBFGS)) >>> 0;
    if (pointer === 0) throw this.engine.outOfMemory('the fit');
    if (solver === 'logistic' && this.task.statistics) exports.wf_logistic_expect(pointer);
    return pointer;
  }

  /** About SLICE_MS of steps. @param {number} _ @param {number} allowed reports at most @returns {number} RUNNING, DONE or CONVERGED */
  run(_, allowed) {
    const end = performance.now() + SLICE_MS;
    let state = RUNNING;
    for (let left = allowed; left > 0 && state === RUNNING && performance.now() < end; left--) state = this.#step();
    return state;
  }

  #step() {
    const { solver, alpha, tolerance, maxIterations } = this.task;
    const { exports } = this.engine;
    for (const part of this.solvers) {
      if (part.done === 0) part.done = solver === 'elastic' ? exports.wf_elastic_run(part.pointer, alpha, tolerance, 1) : exports.wf_logistic_run(part.pointer, tolerance, 1);
    }
    this.iterations++;
    const state = this.solvers.every(({ done }) => done !== 0) ? this.#separable ? DONE : CONVERGED : this.iterations >= maxIterations ? DONE : RUNNING;
    this.#report(state !== RUNNING);
    return state;
  }

  get #separable() {
    return this.task.solver === 'logistic' && this.solvers.some(({ done }) => done === SEPARABLE);
  }

  /** @returns {Part[]} */
  #parts() {
    const { solver, features, outputs } = this.task;
    const rows = outputs / this.solvers.length;
    const solution = this.engine.exports[solver === 'elastic' ? 'wf_elastic_solution' : 'wf_logistic_solution'];
    return this.solvers.map(({ pointer }) => this.engine.scope((copy) => {
      const coef = copy(rows * features * 8, 'the coefficients'), intercept = copy(rows * 8, 'the intercept'), result = copy(40, 'the result');
      solution(coef, intercept, result, pointer);
      return { coef: this.engine.readF64(coef, rows * features), intercept: this.engine.readF64(intercept, rows), figures: this.engine.readF64(result, 5) };
    }));
  }

  /** @param {Part[]} parts */
  #joined(parts) {
    if (parts.length === 1) return { coef: parts[0].coef, intercept: parts[0].intercept };
    return { coef: Float64Array.from(parts.flatMap(({ coef }) => [...coef])), intercept: Float64Array.from(parts.flatMap(({ intercept }) => [...intercept])) };
  }

  /** @param {boolean} last */
  #report(last) {
    const { task } = this;
    const parts = this.#parts(), state = this.#joined(parts);
    const apart = task.multilabel;
    const z = (/** @type {{ x: ArrayLike<number>, rows: number }} */ { x, rows }) => ({ data: predictLinear(state, x, rows, task.features), rows, cols: task.outputs });
    const [loss, metric] = task.solver === 'logistic' ? this.#logistic(parts) : last || task.rows < task.features ? measure(state, task, task.weight) : this.#elastic(parts);
    const [validationLoss, validationMetric] = !task.validation ? [NaN, NaN] : task.solver === 'logistic' ? logLoss(z(task.validation), task.validation.y, apart) : measure(state, task.validation);
    this.reports.push(...report({ epoch: this.iterations, loss, metric, validationLoss, validationMetric, rowsSeen: this.iterations * task.rows }));
  }

  /** Mean log loss without the penalty, accuracy; means over the solvers. @param {Part[]} parts */
  #logistic(parts) {
    return [1, 4].map((at) => parts.reduce((sum, { figures }) => sum + (at === 1 ? -figures[1] / this.total : figures[4]), 0) / parts.length);
  }

  /** Mean squared error and R² from the objectives, which spares a pass over the rows. @param {Part[]} parts */
  #elastic(parts) {
    const { alpha, ratio } = this.task;
    const scores = parts.map(({ coef, figures: [objective] }, k) => {
      const penalty = coef.reduce((sum, w) => sum + ratio * Math.abs(w) + (1 - ratio) / 2 * w * w, 0);
      const loss = Math.max(0, 2 * (objective - alpha * penalty)), variance = this.variances[k];
      return [loss, variance > 0 ? 1 - loss / variance : Number(loss === 0)];
    });
    return [0, 1].map((at) => scores.reduce((sum, score) => sum + score[at], 0) / scores.length);
  }

  /** The steps since the last call, REPORT_FIELDS numbers each. */
  takeReports() {
    return Float64Array.from(this.reports.splice(0));
  }

  setLearningRate() {}

  /** @param {boolean} [last] at the end of the fit: with statistics @returns {LinearState} */
  state(last = false) {
    const { iterations, task, solvers } = this;
    const all = solvers.every(({ done }) => done !== 0);
    const outcome = this.#separable ? 'separable' : all ? 'converged' : iterations >= task.maxIterations ? 'epochs' : 'stopped';
    const parts = this.#parts();
    const state = { ...this.#joined(parts), facts: { iterations, outcome } };
    if (last) checkFinite(state.coef, state.intercept);
    return last && task.statistics ? { ...state, statistics: this.#statistics(parts[0]) } : state;
  }

  /** Of a binary logistic regression; none where the information is singular. @param {Part} part */
  #statistics({ figures }) {
    const { features, fitIntercept, rows } = this.task;
    const P = features + Number(fitIntercept);
    const covariance = this.engine.scope((copy) => {
      const place = copy(P * P * 8, 'the statistics');
      return this.engine.exports.wf_logistic_covariance(place, this.solvers[0].pointer) ? this.engine.readF64(place, P * P) : undefined;
    });
    if (!covariance) return undefined;
    const { total, shift } = weigh(this.task, 0), mean = this.task.y[0] + shift;
    const nullLogLikelihood = total * (fitIntercept ? mean * Math.log(mean) + (1 - mean) * Math.log(1 - mean) : Math.log(0.5));
    return statisticsOf('LogisticRegression', features, P, { rows, logLikelihood: figures[1], nullLogLikelihood }, { covariance });
  }

  free() {
    const { exports } = this.engine;
    for (const { pointer } of this.solvers.splice(0)) exports[this.task.solver === 'elastic' ? 'wf_elastic_free' : 'wf_logistic_free'](pointer);
    this.held.free();
  }
}

/** The fit of a linear model, for a session. @param {Engine} engine @param {LinearTask} task */
export const beginLinear = (engine, task) => (task.solver === 'elastic' || task.solver === 'logistic' ? new IterativeFit(engine, task) : new FitAtOnce(engine, task));

/** The same; of logistic regression and plain least squares, without weights and rows that validate, it reads the rows now and not later. @param {Engine} engine @param {LinearTask} task */
export const beginHolding = (engine, task) => (task.solver === 'logistic' ? new IterativeFit(engine, task) : new FitAtOnce(engine, task, new Held(engine)));
