// predictor.js: what one can ask of a network: predictions, probabilities, score · in: X · out: numbers, labels · next: network.js
import { Estimator } from './estimator.js';
import { later } from './later.js';

/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {import('./shapes.js').Matrix<Float32Array>} Outputs */
/** target: how y was scaled. @typedef {{ classes: Label[] | null, target: import('./prepare.js').Scaler | null }} Answers */

/** What networks need once they are fitted. */
export const networks = /* @__PURE__ */ later(() => import('./network-use.js'), 'network');

/** @abstract */
export class Predictor extends Estimator {
  /** @ignore @returns {any} */
  get _late() {
    return networks;
  }

  /** Name of the loss, which says what the outputs are. @ignore @type {string} */
  get _loss() {
    return '';
  }

  /** null: not fitted. @ignore @returns {Answers | null} */
  get _answers() {
    return null;
  }

  /** @ignore @abstract @param {unknown} X @param {string} what @param {boolean} probabilities @returns {Outputs} */
  _outputs(X, what, probabilities) {
    return /** @type {any} */ (null);
  }

  /** The labels in the order of the outputs, of a fitted classifier; else undefined. @returns {Label[] | undefined} */
  get classes() {
    return this._answers?.classes?.slice();
  }

  /**
   * Regression: the outputs, in units of y. Classification: the label of the greatest output.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Float64Array | Matrix | Label[]} (rows); with several outputs (rows, outputs); labels (rows)
   * @throws {import('./errors.js').WasmfitError} NOT_FITTED, NOT_READY, DISPOSED
   */
  predict(X) {
    return this._use('predict').predict(this, X);
  }

  /**
   * Probabilities of the classes, in the order of `classes`.
   * @param {unknown} X (rows, features) as for fit
   * @returns {Outputs} (rows, classes)
   * @throws {import('./errors.js').WasmfitError} NOT_A_CLASSIFIER, and as predict
   */
  predictProba(X) {
    return this._use('predictProba').predictProba(this, X);
  }

  /**
   * R² of the predictions for X, or accuracy (of several yes-or-no outputs: the share of all that are right).
   * @param {unknown} X @param {unknown} y
   * @returns {number}
   */
  score(X, y) {
    return this._use('score').score(this, X, y);
  }
}
