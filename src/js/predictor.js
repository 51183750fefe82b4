// predictor.js: what the outputs of a network mean: predictions, probabilities, score · in: outputs · out: numbers, labels · next: network.js
import { WasmfitError } from './errors.js';
import { Estimator } from './estimator.js';
import { countRows, toLabels, toTarget } from './matrix.js';
import { accuracy, r2 } from './metrics.js';
import { targetsOf } from './options.js';

/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {import('./shapes.js').Matrix<Float32Array>} Outputs */
/** target: how y was scaled. @typedef {{ classes: Label[] | null, target: import('./prepare.js').Scaler | null }} Answers */

/** @param {ArrayLike<number>} values @param {number} from @param {number} count */
function argmax(values, from, count) {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}

/** @abstract */
export class Predictor extends Estimator {
  /** Name of the loss, which says what the outputs are. @protected @returns {string} */
  get _loss() {
    throw new Error('abstract');
  }

  /** @protected @returns {Answers | null} null: not fitted */
  get _answers() {
    throw new Error('abstract');
  }

  /** @protected @param {unknown} X @param {string} what @param {boolean} probabilities @returns {Outputs} */
  _outputs(X, what, probabilities) {
    throw new Error('abstract');
  }

  /** The labels in the order of the outputs, of a fitted classifier; else undefined. @returns {Label[] | undefined} */
  get classes() {
    return this._answers?.classes ? [...this._answers.classes] : undefined;
  }

  /**
   * Regression: the outputs, in units of y. Classification: the label of the greatest output.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Float64Array | Matrix | Label[]} (rows); with several outputs (rows, outputs); labels (rows)
   * @throws {WasmfitError} NOT_FITTED, NOT_READY, DISPOSED
   */
  predict(X) {
    const loss = this._loss, { data, rows, cols } = this._outputs(X, 'predict', loss === 'poisson');
    const { classes, target } = /** @type {Answers} */ (this._answers);
    if (classes) return Array.from({ length: rows }, (_, row) => classes[cols === 1 ? Number(data[row] > 0) : argmax(data, row * cols, cols)]);
    const values = new Float64Array(data.length), yes = targetsOf(loss) === 'B';
    for (let i = 0; i < data.length; i++) values[i] = yes ? Number(data[i] > 0) : target ? data[i] * target.scale[i % cols] + target.mean[i % cols] : data[i];
    return cols === 1 ? values : { data: values, rows, cols };
  }

  /**
   * Probabilities of the classes, in the order of `classes`.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Outputs} (rows, classes)
   * @throws {WasmfitError} NOT_A_CLASSIFIER, and as predict
   */
  predictProba(X) {
    if (targetsOf(this._loss) === 'N') throw new WasmfitError(`${this._name}.predictProba: a regression has no probabilities`, { code: 'NOT_A_CLASSIFIER', hint: 'use predict' });
    const out = this._outputs(X, 'predictProba', true);
    if (out.cols > 1 || !this._answers?.classes) return out;
    return { data: Float32Array.from({ length: out.rows * 2 }, (_, i) => (i % 2 ? out.data[i >> 1] : 1 - out.data[i >> 1])), rows: out.rows, cols: 2 };
  }

  /**
   * R² of the predictions for X, or accuracy (of several yes-or-no outputs: the share of all that are right).
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    this._checkFitted('score');
    const predicted = this.predict(X), rows = countRows(predicted);
    if (this._answers?.classes) {
      toLabels(y, 'y', rows); // so that a fault is named as one of y
      return accuracy(y, predicted);
    }
    const truth = toTarget(y, 'y', rows);
    if (targetsOf(this._loss) === 'N') return r2(truth, predicted);
    return accuracy(truth.data.map((value) => Number(value >= 0.5)), /** @type {Matrix} */ (predicted).data);
  }
}
