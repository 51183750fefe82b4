// answers.js: what the outputs of a network mean: predictions, probabilities, score · in: outputs · out: numbers, labels · next: network-use.js
import { WasmfitError } from './errors.js';
import { toLabels, toTarget } from './matrix.js';
import { accuracy, r2 } from './metrics.js';
import { targetsOf } from './options.js';
import { countRows } from './rows.js';

/** @typedef {import('./predictor.js').Predictor} Predictor */
/** @typedef {import('./predictor.js').Answers} Answers */
/** @typedef {import('./predictor.js').Outputs} Outputs */
/** @typedef {import('./predictor.js').Matrix} Matrix */
/** @typedef {import('./labels.js').Label} Label */

/** @param {ArrayLike<number>} values @param {number} from @param {number} count */
function argmax(values, from, count) {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}

/** See Predictor. @param {Predictor} model @param {unknown} X @returns {Float64Array | Matrix | Label[]} */
export function predict(model, X) {
  const loss = model._loss, { data, rows, cols } = model._outputs(X, 'predict', loss === 'poisson');
  const { classes, target } = /** @type {Answers} */ (model._answers);
  if (classes) return Array.from({ length: rows }, (_, row) => classes[cols === 1 ? Number(data[row] > 0) : argmax(data, row * cols, cols)]);
  const values = new Float64Array(data.length), yes = targetsOf(loss) === 'B';
  for (let i = 0; i < data.length; i++) values[i] = yes ? Number(data[i] > 0) : target ? data[i] * target.scale[i % cols] + target.mean[i % cols] : data[i];
  return cols === 1 ? values : { data: values, rows, cols };
}

/** See Predictor. @param {Predictor} model @param {unknown} X @returns {Outputs} */
export function predictProba(model, X) {
  if (targetsOf(model._loss) === 'N') throw new WasmfitError(`${model._name}.predictProba: a regression has no probabilities`, { code: 'NOT_A_CLASSIFIER', hint: 'use predict' });
  const out = model._outputs(X, 'predictProba', true);
  if (out.cols > 1 || !model._answers?.classes) return out;
  return { data: Float32Array.from({ length: out.rows * 2 }, (_, i) => (i % 2 ? out.data[i >> 1] : 1 - out.data[i >> 1])), rows: out.rows, cols: 2 };
}

/** See Predictor. @param {Predictor} model @param {unknown} X @param {unknown} y @returns {number} */
export function score(model, X, y) {
  const predicted = model.predict(X), rows = countRows(predicted);
  if (model._answers?.classes) {
    toLabels(y, 'y', rows); // so that a fault is named as one of y
    return accuracy(y, predicted);
  }
  const truth = toTarget(y, 'y', rows);
  if (targetsOf(model._loss) === 'N') return r2(truth, predicted);
  return accuracy(truth.data.map((value) => Number(value >= 0.5)), /** @type {Matrix} */ (predicted).data);
}
