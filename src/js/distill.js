// distill.js: a small network learns what a large model answers · in: teacher, student, X, y · out: the run's history · next: network-rows.js
import { option } from './choices.js';
import { log } from './draws.js';
import { Drive } from './drive.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { jobOf } from './job.js';
import { isMatrix, toTarget } from './matrix.js';
import { NeuralModel } from './network.js';
import { checkNumber, targetsOf } from './options.js';
import { exp } from './softmax.js';

/** @typedef {import('./labels.js').Label} Label */
/** How a network's fit learns from a teacher: the loss in place of its own, and the teacher's shares (rows, classes); known: the classes of the
 * student, if it has them already.
 * @typedef {{ loss: import('./options.js').Choice,
 *   outputs: (X: unknown, known: readonly Label[] | null) => { data: Float64Array, classes: readonly Label[] } }} Soft */

const OPTIONS = ['temperature=2[1e-3,1e3]', 'alpha=0.5[0,1]'].map(option);
const WHERE = 'distill';

/**
 * softmax(z / T) from softmax(z): each p to the power 1 / T, and their sum brought back to 1.
 * @param {ArrayLike<number>} p @param {number} cols @param {number} temperature
 */
function soften(p, cols, temperature) {
  const soft = Float64Array.from(p, (value) => (value > 0 ? exp(Math.min(0, log(value)) / temperature) : 0));
  for (let at = 0; at < soft.length; at += cols) {
    const row = soft.subarray(at, at + cols), sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, k) => { row[k] = value / sum; });
  }
  return soft;
}

/** @param {any} teacher @param {number} temperature @param {number} alpha @returns {Soft} */
function softOf(teacher, temperature, alpha) {
  const { classes } = teacher, list = (/** @type {readonly Label[]} */ labels) => labels.map(show).join(', ');
  return {
    loss: { name: 'klDivergence', temperature, distillation: alpha },
    outputs(X, known) {
      if (known && list(known) !== list(classes)) {
        throw new RangeError(`${WHERE}: the student knows the classes ${list(known)}, the teacher ${list(classes)}; they must be the same`);
      }
      const { data, cols } = teacher.predictProba(X);
      return { data: soften(data, cols, temperature), classes };
    },
  };
}

/** alpha · teacher + (1 − alpha) · y @param {any} teacher @param {unknown} X @param {unknown} y @param {number} alpha */
function mix(teacher, X, y, alpha) {
  const predicted = teacher.predict(X), { data, rows, cols } = toTarget(predicted, "the teacher's prediction"), truth = toTarget(y, 'y', rows);
  if (truth.cols !== cols) throw new RangeError(`y has ${truth.cols} columns, the teacher predicts ${cols}; they must be equal`);
  const mixed = data.map((value, i) => alpha * value + (1 - alpha) * truth.data[i]);
  return isMatrix(predicted) ? { data: mixed, rows, cols } : mixed;
}

/** @param {any} teacher @param {any} student @returns {boolean} whether of classes */
function checkBoth(teacher, student) {
  if (!(student instanceof NeuralModel)) {
    throw new WasmfitError(`${WHERE}: the student must be a network, not ${show(student)}`, { code: 'NOT_A_NETWORK', hint: 'pass a Network or an MLP' });
  }
  if (typeof teacher?.predict !== 'function') throw new TypeError(`${WHERE}: the teacher must be a fitted model, not ${show(teacher)}`);
  if (teacher.fitted === false) {
    throw new WasmfitError(`${WHERE}: the teacher is not fitted yet`, { code: 'NOT_FITTED', hint: 'await teacher.fit(X, y) first' });
  }
  if (teacher === student) throw new TypeError(`${WHERE}: teacher and student are one model; they must be two`);
  const { name, labelSmoothing } = /** @type {any} */ (student).options.loss, classes = targetsOf(name) !== 'N';
  const kind = (/** @type {unknown} */ yes) => (yes ? 'classes' : 'numbers');
  if (classes !== Boolean(teacher.classes)) {
    throw new TypeError(`${WHERE}: the teacher predicts ${kind(teacher.classes)}, the student learns ${kind(classes)}; it must be the same`);
  }
  if (classes && (name !== 'crossEntropy' || labelSmoothing > 0)) {
    throw new RangeError(`${WHERE}: the student's loss is ${name}${labelSmoothing > 0 ? ` with labelSmoothing ${labelSmoothing}` : ''}; it must be crossEntropy as it is, of which distillation is an extension`);
  }
  return classes;
}

/**
 * Trains the student on what the teacher answers for X as well as on y. Resolves when the run has ended, to its history; the student then is
 * an ordinary model of its class and loss.
 *
 * Classes:   loss = alpha · T² · KL(softmax(z_teacher / T) ‖ softmax(z / T)) + (1 − alpha) · crossEntropy(z, y),   T the temperature.
 * The teacher's softened shares come from its predictProba: softmax(z / T) is p^(1/T), brought to sum 1. The history's loss is this one; its
 * accuracy is that of y.
 * Numbers:   the student learns alpha · teacher(X) + (1 − alpha) · y with its own loss. With mse this has the gradient of
 * alpha · mse(ŷ, teacher) + (1 − alpha) · mse(ŷ, y), from which it differs by a constant. Loss and R² of the history, and of validation rows
 * that are a share of X, are by the mixed targets; those of validation: { X, y } by that y.
 * Source: Hinton, Vinyals, Dean 2015, "Distilling the knowledge in a neural network", section 2.
 *
 * @param {{ predict: (X: unknown) => any, predictProba?: (X: unknown) => any, classes?: readonly Label[] }} teacher any fitted model
 * @param {NeuralModel} student
 * @param {unknown} X @param {unknown} y as for fit
 * @param {import('./estimator.js').FitOptions & { temperature?: number, alpha?: number }} [options] temperature: 2; alpha: the teacher's
 *   share, 0.5; and those of fit, such as validation, onEpoch and signal
 * @returns {Promise<import('./run.js').History>}
 * @throws {TypeError | RangeError} as fit; a student and a teacher that do not go together
 */
export async function distill(teacher, student, X, y, options = {}) {
  checkKeys(options, [...OPTIONS.map(({ name }) => name), ...student?._fitOptions ?? []], WHERE);
  const classes = checkBoth(teacher, student), { temperature: _, alpha: __, ...rest } = options;
  const [temperature, alpha] = OPTIONS.map((info) => checkNumber(/** @type {any} */ (options)[info.name], info, WHERE));
  if (!classes) return student.fit(X, mix(teacher, X, y, alpha), rest);
  student._checkCall(rest);
  await student._late.ready();
  const job = jobOf(student, X, y, rest, softOf(teacher, temperature, alpha));
  return student._start(async (release) => new Drive({ ...job, release }));
}
