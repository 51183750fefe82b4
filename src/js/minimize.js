// minimize.js: a function of one's own, minimised by the optimisers that networks have, in f64 · in: f, start, options · out: the path
// next: ../wasmfit_minimize.h
import { option, optimizers } from './choices.js';
import { engineReady } from './engine.js';
import { checkKeys, show } from './errors.js';
import { checkSignal } from './estimator.js';
import { CONFIG, pack } from './fields.js';
import { packFit } from './packing.js';
import { checkNumber, checkOptimizer, checkSchedule, checkTechnique, codeOf } from './options.js';
import { breathe } from './platform.js';
import { FULL_BATCH } from './training.js';
import { scheduleFields } from './training-fields.js';

/** @typedef {import('./engine.js').Engine} Engine */
/**
 * path: every point from x0 on, a row each; values, gradientNorms: one a point; learningRates: one a step, for methods with a line search
 * its length in units of the direction; evaluations: calls of f; message: why it stopped, where that needs words
 * @typedef {{ x: number | Float64Array, value: number, path: { data: Float64Array, rows: number, cols: number }, values: Float64Array,
 *   gradientNorms: Float64Array, learningRates: Float64Array, evaluations: number, iterations: number,
 *   stopped: 'iterations' | 'converged' | 'diverged' | 'stopped', message?: string }} Minimum
 */
/** optimizer as networks have it, 'lbfgs' when not given; schedule counts iterations; tolerance: greatest partial derivative that ends it
 * @typedef {{ gradient?: (x: any) => number | ArrayLike<number>, optimizer?: unknown, schedule?: unknown, clip?: unknown, iterations?: number,
 *   tolerance?: number, signal?: AbortSignal }} MinimizeOptions */

const WHERE = 'minimize';
const ITERATIONS = option('iterations#=1000[1,1e6]'), TOLERANCE = option('tolerance~=1e-6[0,1]');
/** wf_minimize_state */
const AGAIN = 0, CONVERGED = 2, FAILED = 3;
/** Of differences, in units of max(1, |x|): about the cube root of a double's precision. */
const REACH = 2 ** -17;
const SLICE_MS = 8;

const NO_LOWER = 'the line search finds no lower value: rounding leaves nothing to gain, the gradient is not that of f, or f has no minimum this way';

/** @param {unknown} x0 */
function readStart(x0) {
  const many = Array.isArray(x0) || (ArrayBuffer.isView(x0) && 'length' in x0);
  if (typeof x0 !== 'number' && !many) throw new TypeError(`${WHERE}: x0 must be a number or an array of numbers, not ${show(x0)}`);
  const values = /** @type {unknown[]} */ (many ? Array.from(/** @type {any} */ (x0)) : [x0]);
  if (values.length === 0) throw new RangeError(`${WHERE}: x0 is empty; at least one number is needed`);
  values.forEach((value, i) => {
    const place = many ? `x0[${i}]` : 'x0';
    if (typeof value !== 'number') throw new TypeError(`${WHERE}: ${place} must be a number, not ${show(value)}`);
    if (!Number.isFinite(value)) throw new RangeError(`${WHERE}: ${place} is ${value}; it must be finite`);
  });
  return Float64Array.from(/** @type {number[]} */ (values));
}

/** Configuration and schedule for the core. @param {MinimizeOptions} options */
function readOptions(options) {
  checkKeys(options, ['gradient', 'optimizer', 'schedule', 'clip', 'iterations', 'tolerance', 'signal'], WHERE);
  const { optimizer: given = 'lbfgs', schedule, clip, gradient } = options;
  if (gradient !== undefined && typeof gradient !== 'function') throw new TypeError(`${WHERE}: gradient must be a function of x, not ${show(gradient)}`);
  const optimizer = checkOptimizer(given, WHERE), own = /** @type {any} */ (Object(given)), line = FULL_BATCH.includes(optimizer.name);
  const odd = line ? ['schedule', 'clip'].find((name) => /** @type {any} */ (options)[name] !== undefined) : undefined;
  if (odd) throw new RangeError(`${WHERE}: ${odd} does not go with the optimizer ${optimizer.name}, which finds the length of each step itself`);
  const iterations = checkNumber(options.iterations, ITERATIONS, WHERE);
  const tolerance = checkNumber(options.tolerance ?? own.tolerance, TOLERANCE, WHERE);
  const { value, norm, globalNorm } = clip === undefined ? {} : checkTechnique('clip', clip, WHERE);
  const steps = schedule === undefined ? {} : scheduleFields(/** @type {any} */ ({ optimizer, schedule: checkSchedule(schedule, WHERE) }), iterations, 1, [['loss', 1]], WHERE);
  const { name, ...rest } = optimizer;
  const config = Float64Array.from(pack(CONFIG, { ...rest, optimizer: codeOf(optimizers, name), tolerance, lossTolerance: own.lossTolerance ?? 0 }));
  return { line, iterations, config, schedule: packFit({ batchSize: 1, epochs: iterations, ...steps, clipValue: value, clipNorm: norm, clipGlobalNorm: globalNorm }), rate: optimizer.learningRate };
}

/** f and its gradient, judged. */
class Judged {
  evaluations = 0;

  /** @param {(x: any) => unknown} f @param {((x: any) => unknown) | undefined} derivative @param {boolean} scalar */
  constructor(f, derivative, scalar) {
    this.f = f;
    this.derivative = derivative;
    /** A caller may keep or change what it is given. @type {(x: Float64Array) => number | Float64Array} */
    this.argument = (x) => (scalar ? x[0] : x.slice());
  }

  /** wrong: what is not finite, in words; nothing is asked for beyond it. @param {Float64Array} x */
  at(x) {
    const off = (/** @type {string} */ name, /** @type {Float64Array} */ list) => {
      const i = list.findIndex((number) => !Number.isFinite(number));
      return i < 0 ? undefined : `${name}[${i}] is ${list[i]}`;
    };
    let wrong = off('x', x), value = NaN, gradient = new Float64Array(x.length).fill(NaN);
    if (!wrong && !Number.isFinite(value = this.value(x))) wrong = `f is ${value}`;
    if (!wrong) wrong = off('gradient', gradient = this.gradient(x));
    return { value, gradient, wrong };
  }

  /** @param {Float64Array} x @returns {number} */
  value(x) {
    this.evaluations++;
    const value = this.f(this.argument(x));
    if (typeof value !== 'number') throw new TypeError(`${WHERE}: f must return a number, not ${show(value)}`);
    return value;
  }

  /** @param {Float64Array} x @returns {Float64Array<ArrayBuffer>} */
  gradient(x) {
    if (!this.derivative) return this.#differences(x);
    const given = /** @type {any} */ (this.derivative(this.argument(x)));
    const list = typeof given === 'number' && x.length === 1 ? [given] : given;
    if (!Array.isArray(list) && !ArrayBuffer.isView(list)) throw new TypeError(`${WHERE}: gradient must return ${x.length === 1 ? 'a number' : 'an array of numbers'}, not ${show(given)}`);
    const values = Array.from(/** @type {any} */ (list)), wrong = values.findIndex((value) => typeof value !== 'number');
    if (values.length !== x.length) throw new RangeError(`${WHERE}: gradient returns ${values.length} numbers; x has ${x.length}`);
    if (wrong >= 0) throw new TypeError(`${WHERE}: gradient()[${wrong}] must be a number, not ${show(values[wrong])}`);
    return Float64Array.from(values);
  }

  /** Central: (f(x + h) − f(x − h)) / 2h for each component. @param {Float64Array} x @returns {Float64Array<ArrayBuffer>} */
  #differences(x) {
    const moved = x.slice();
    return Float64Array.from(x, (at, i) => {
      const h = REACH * Math.max(1, Math.abs(at));
      const [ahead, behind] = [at + h, at - h].map((place) => {
        moved[i] = place;
        return this.value(moved);
      });
      moved[i] = at;
      return (ahead - behind) / (at + h - (at - h));
    });
  }
}

/** A minimisation in the core. Free it once. */
class NativeMinimum {
  /** @param {Engine} engine @param {Float64Array} start @param {ReturnType<typeof readOptions>} options */
  constructor(engine, start, { config, schedule }) {
    this.engine = engine;
    this.n = start.length;
    this.pointer = engine.scope((copy) => engine.exports.wf_minimize_new(copy(config, 'the optimizer'), copy(schedule, 'the schedule'), copy(start, 'x0'), start.length)) >>> 0;
    if (this.pointer === 0) throw engine.outOfMemory('the minimisation');
  }

  trial() {
    return this.engine.readF64(this.engine.exports.wf_minimize_trial(this.pointer), this.n);
  }

  /** @param {number} value @param {Float64Array} gradient @returns {number} */
  tell(value, gradient) {
    this.engine.write(this.engine.exports.wf_minimize_gradient(this.pointer) >>> 0, gradient);
    return this.engine.exports.wf_minimize_tell(this.pointer, value);
  }

  get figures() {
    const { exports } = this.engine;
    return { norm: exports.wf_minimize_gradient_norm(this.pointer), rate: exports.wf_minimize_rate(this.pointer) };
  }

  free() {
    this.engine.exports.wf_minimize_free(this.pointer);
  }
}

/** Path and figures as they come. */
class Path {
  /** @type {Float64Array[]} */ points = [];
  /** @type {number[]} */ values = [];
  /** @type {number[]} */ norms = [];
  /** @type {number[]} */ rates = [];

  /** @param {Float64Array} x @param {number} value @param {{ norm: number, rate: number }} figures */
  add(x, value, { norm, rate }) {
    this.points.push(x);
    this.values.push(value);
    this.norms.push(norm);
    this.rates.push(rate);
  }

  /** line: a rate belongs to the step to its point, else to the step from it @param {boolean} line @param {boolean} scalar */
  result(line, scalar) {
    const { points, values, norms, rates } = this, cols = points[0].length, x = points[points.length - 1];
    const data = new Float64Array(points.length * cols);
    points.forEach((point, row) => data.set(point, row * cols));
    return {
      x: scalar ? x[0] : x.slice(), value: values[values.length - 1], path: { data, rows: points.length, cols }, values: Float64Array.from(values),
      gradientNorms: Float64Array.from(norms), learningRates: Float64Array.from(line ? rates.slice(1) : rates.slice(0, -1)), iterations: points.length - 1,
    };
  }
}

/**
 * @param {NativeMinimum} native @param {Judged} judged @param {Path} path @param {ReturnType<typeof readOptions>} options @param {AbortSignal} [signal]
 * @returns {Promise<{ stopped: Minimum['stopped'], message?: string }>}
 */
async function descend(native, judged, path, { line, iterations, rate }, signal) {
  for (let pause = performance.now() + SLICE_MS; ;) {
    const x = native.trial(), { value, gradient, wrong } = judged.at(x), steps = path.points.length;
    if (wrong && steps === 0) throw new RangeError(`${WHERE}: ${wrong} at x0; it must be finite`);
    if (wrong && !line) return { stopped: 'diverged', message: `${wrong} after ${steps} iterations; the last finite point is kept; a learningRate below ${rate} may help` };
    const state = native.tell(value, gradient);
    if (state === FAILED) return { stopped: 'stopped', message: NO_LOWER };
    if (state !== AGAIN) {
      path.add(x, value, native.figures);
      if (state === CONVERGED) return { stopped: 'converged' };
      if (path.points.length > iterations) return { stopped: 'iterations' };
    }
    if (performance.now() < pause) continue;
    await breathe();
    signal?.throwIfAborted();
    pause = performance.now() + SLICE_MS;
  }
}

/**
 * Minimum of a function, and the path to it, by any optimiser that networks have, in f64: its iterates on the same function are PyTorch's. First-order
 * optimisers evaluate f and gradient once a step; lbfgs, conjugateGradient and newtonCG search along lines, the last with Hessian-vector products from
 * differences of gradients. Without `gradient` central differences of f stand for it, 2 n evaluations each.
 *
 * @example
 * const { x, path } = await minimize(([a, b]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, [-1.2, 1]);
 * @param {(x: any) => number} f of a number when x0 is a number, else of a Float64Array
 * @param {number | ArrayLike<number>} x0
 * @param {MinimizeOptions} [options]
 * @returns {Promise<Minimum>} diverged: f, x or gradient became non-finite, x is the last finite point; stopped: a line search finds no lower value
 * @throws {TypeError | RangeError} what is not a number or not finite at x0; whatever f or gradient throw; signal.reason
 */
export async function minimize(f, x0, options = {}) {
  if (typeof f !== 'function') throw new TypeError(`${WHERE}: f must be a function of x, not ${show(f)}`);
  const start = readStart(x0), read = readOptions(options), scalar = typeof x0 === 'number', { gradient, signal } = options;
  checkSignal(signal, WHERE);
  signal?.throwIfAborted();
  const native = new NativeMinimum(await engineReady('double'), start, read), judged = new Judged(f, gradient, scalar), path = new Path();
  try {
    const end = await descend(native, judged, path, read, signal);
    return { ...path.result(read.line, scalar), evaluations: judged.evaluations, ...end };
  } finally {
    native.free();
  }
}
