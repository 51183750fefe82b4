// job.js: a call of fit becomes a job, which a Drive does · in: model, X, y, options · out: Job, Drive · next: drive.js
import { Drive } from './drive.js';
import { featureNames } from './encoder.js';
import { isNode } from './platform.js';
import { checkFeatures, readFeatures } from './prepare.js';
import { countRows } from './rows.js';

/** @typedef {import('./estimator.js').Estimator} Estimator */
/** @typedef {import('./estimator.js').FitOptions} FitOptions */
/** @typedef {import('./drive.js').Job} Job */

export { featureNames };

/**
 * A fit that is judged and prepared; nothing has begun.
 * @param {Estimator} model @param {unknown} X @param {unknown} y @param {FitOptions} options
 * @param {import('./distill.js').Soft} [soft] a teacher's outputs, for networks
 * @returns {Omit<Job, 'release'>}
 * @throws {TypeError | RangeError} by argument, row, column, value and rule
 */
export function jobOf(model, X, y, options, soft) {
  const { worker = !isNode && typeof Worker === 'function', onEpoch, signal, sampleWeight, validation } = options;
  const held = Object(validation);
  if (countRows(X, 'X') === 0) throw new RangeError('X has 0 rows; at least 1 is needed');
  const prepared = /** @type {any} */ (model._late.code).prepare(model, X, y, options, soft);
  return { ...prepared, given: [X, y, sampleWeight, held.X, held.y, held.sampleWeight], worker, onEpoch, signal, finish: (/** @type {any} */ state) => { if (!model._disposed) prepared.finish(state); } };
}

/**
 * @param {Estimator} model @param {unknown} X @param {unknown} y @param {FitOptions} options @param {() => void} release called at the end
 * @param {boolean} [own] nobody else has the arrays
 */
export const begin = (model, X, y, options, release, own) => new Drive({ ...jobOf(model, X, y, options), release, ...own && { given: [] } });

/** A model of the same class and options. @template {Estimator} M @param {M} model @returns {M} */
export const another = (model) => new (/** @type {any} */ (model.constructor))(model.options);

/**
 * Features of new rows, checked against those of the fit.
 * @template {import('./shapes.js').Floats} D
 * @param {Estimator} model @param {unknown} X @param {number} expected @param {import('./shapes.js').FloatsConstructor<D>} Type
 * @returns {import('./shapes.js').Matrix<D>}
 */
export function readLike(model, X, expected, Type) {
  const { matrix, encoder } = readFeatures(X, model._encoder, Type, 'X');
  if (encoder !== model._encoder) throw new TypeError(`X is a Table; the model was fitted on plain numbers, so pass rows of ${expected} numbers`);
  if (matrix.rows > 0) checkFeatures(matrix.cols, expected, 'X');
  return matrix;
}
