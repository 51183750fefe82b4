// network.js: what all networks are: options, weights, what one can ask of them · in: X, y · out: weights, predictions · next: mlp.js
import { Estimator } from './estimator.js';
import { later } from './later.js';
import { checkTraining } from './training.js';

/** @typedef {import('./native.js').Config} Config */
/** @typedef {import('./native.js').State} State */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {{ name: string, shape: number[], data: Float32Array }} Weights */
/** What a fitted network is. fresh: has starting weights, has seen no data yet; checkpoint: what it was doing when it was saved.
 * @typedef {{ config: Config, state: State, classes: Label[] | null, features: Scaler | null, target: Scaler | null,
 *   encoder: import('./encoder.js').Encoder | null, fresh?: boolean, checkpoint?: Uint8Array }} Trained */

/** What networks need once they are fitted. */
export const networks = /* @__PURE__ */ later(() => import('./network-use.js'));

const FIT_OPTIONS = ['validation', 'epochs', 'batchSize', 'shuffle', 'evaluateTraining', 'stratify', 'sampleWeight', 'signal', 'worker', 'resume', 'onEpoch'];

/** @abstract */
export class NeuralModel extends Estimator {
  /** @ignore @type {Trained | null} */ _trained = null;
  /** In the core. @ignore @type {import('./native.js').NativeModel | null} */ _native = null;
  /** @ignore @type {import('./training.js').Common} */ _common;

  /** @param {Record<string, any>} options @param {unknown} loss @param {string} where */
  constructor(options, loss, where) {
    super();
    this._common = checkTraining(options, loss, where);
  }

  /** @ignore @returns {any} */
  get _late() {
    return networks;
  }

  get _fitOptions() {
    return FIT_OPTIONS;
  }

  get fitted() {
    return this._trained !== null && !this._trained.fresh;
  }

  /** The labels in the order of the outputs, of a fitted classifier; else undefined. @returns {Label[] | undefined} */
  get classes() {
    return this._trained?.classes?.slice();
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
   * @returns {import('./shapes.js').Matrix<Float32Array>} (rows, classes)
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

  /**
   * Copies of all weights, layer by layer: 'layers.0.weight' (in, out) row-major, 'layers.0.bias' (out), …
   * @returns {Weights[]}
   */
  getWeights() {
    return this._use('getWeights').getWeights(this);
  }

  /**
   * Replaces all weights; the optimizer begins anew.
   * @param {readonly { name?: string, shape?: readonly number[], data: ArrayLike<number> }[]} weights in the order of getWeights
   * @throws {RangeError} another number of arrays, another shape, a value that is not finite
   */
  setWeights(weights) {
    const use = this._use('setWeights');
    this._checkIdle('setWeights');
    use.setWeights(this, weights);
  }

  /** @param {Trained} trained @ignore */
  _restore(trained) {
    this._release();
    this._trained = trained;
    this._encoder = trained.encoder;
  }

  /** @ignore */
  _release() {
    this._native?.free();
    this._native = null;
  }
}
