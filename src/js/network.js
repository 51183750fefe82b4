// network.js: what all networks are: options, weights, what one can ask of them · in: X, y · out: weights, predictions · next: mlp.js
import { Predictor, networks } from './predictor.js';
import { checkTraining } from './training.js';

/** @typedef {import('./packing.js').Config} Config */
/** @typedef {import('./packing.js').State} State */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** @typedef {import('./labels.js').Label} Label */
/** @typedef {{ name: string, shape: number[], data: Float32Array }} Weights */
/** What a fitted network is. fresh: has starting weights, has seen no data yet; checkpoint: what it was doing when it was saved.
 * @typedef {{ config: Config, state: State, classes: Label[] | null, features: Scaler | null, target: Scaler | null,
 *   encoder: import('./encoder.js').Encoder | null, fresh?: boolean, checkpoint?: Uint8Array }} Trained */

const FIT_OPTIONS = ['validation', 'epochs', 'batchSize', 'shuffle', 'evaluateTraining', 'stratify', 'sampleWeight', 'signal', 'worker', 'resume', 'onEpoch'];

/** @abstract */
export class NeuralModel extends Predictor {
  /** @ignore @type {Trained | null} */ _trained = null;
  /** In the core. @ignore @type {import('./native.js').NativeModel | null} */ _native = null;
  /** @ignore @type {import('./training.js').Common} */ _common;

  /** @param {Record<string, any>} options @param {unknown} loss @param {string} where */
  constructor(options, loss, where) {
    super();
    this._common = checkTraining(options, loss, where);
  }

  get _fitOptions() {
    return FIT_OPTIONS;
  }

  get fitted() {
    return this._trained !== null && !this._trained.fresh;
  }

  get _loss() {
    return this._common.loss.name;
  }

  get _answers() {
    return this._trained;
  }

  /** @ignore @param {unknown} X @param {string} what @param {boolean} probabilities */
  _outputs(X, what, probabilities) {
    return /** @type {any} */ (networks.code).outputs(this, X, what, probabilities);
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
