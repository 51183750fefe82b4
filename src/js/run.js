// run.js: what fit returns: to await, to iterate, to steer · in: a fit that begins · out: epochs, history · next: drive.js
import { optimizers } from './choices.js';
import { checkKeys } from './errors.js';
import { checkGiven } from './options.js';

/** @typedef {import('./drive.js').Drive} Drive */
/**
 * Loss and metric of the training rows are those of the predictions made during the epoch (with evaluateTraining: after it), val… of
 * the validation rows after it; r2 for regression, accuracy for classification. seconds: training time until then.
 * mae; balancedAccuracy, f1: macro means over the classes; learningRate: of the epoch's last step; gradientNorm: mean over its steps, before clipping;
 * penalty: Σ l1 Σ|w| + l2/2 Σ w², which loss is without; sparsity: share of weights that are 0
 * @typedef {{ epoch: number, loss: number, r2?: number, accuracy?: number, mae?: number, balancedAccuracy?: number, f1?: number, valLoss?: number,
 *   valR2?: number, valAccuracy?: number, valMae?: number, valBalancedAccuracy?: number, valF1?: number, learningRate?: number, rowsSeen: number,
 *   gradientNorm?: number, batchSize?: number, penalty?: number, sparsity?: number, seconds: number }} Epoch
 */
/**
 * A column for each field of an Epoch. stopped: why it ended; message: of a diverged run, what happened and what to try; divergence: where:
 * step of the optimizer, layer (from 0), first quantity that was not finite.
 * @typedef {{ [Column in keyof Epoch]: number[] } & { stopped: import('./session.js').Stopped, message?: string,
 *   divergence?: { epoch: number, step: number, layer: number | null, quantity: string }, splits?: { train: Int32Array, validation: Int32Array } }} History
 */

/**
 * A fit in progress. `await run` gives its History; `for await (const epoch of run)` gives every epoch, also those before the loop
 * began. It runs by itself, whether anybody looks or not.
 * @implements {PromiseLike<History>}
 */
export class Run {
  /** @type {Promise<Drive>} */ #ready;
  /** @type {Promise<History>} */ #history;
  /** @type {Drive | undefined} */ #drive;
  #observed = false;

  /** @param {Promise<Drive>} ready @param {() => void} release called when it cannot begin @ignore */
  constructor(ready, release) {
    this.#ready = ready.then((drive) => (this.#drive = drive), (error) => {
      release();
      throw error;
    });
    this.#history = this.#ready.then((drive) => drive.history);
    this.#history.catch((error) => { if (!this.#observed) throw error; }); // as with any promise: an error that nobody looks at is not lost
  }

  /** Commands and questions come in their order. @param {(drive: Drive) => void} use */
  #tell(use) {
    this.#ready.then(use, () => {});
  }

  /** @param {'pause' | 'resume' | 'step' | 'stop'} type */
  #send(type) {
    this.#tell((drive) => drive.send({ type }));
  }

  /** The row indices of both parts when validation is a fraction, once the rows are prepared. @returns {{ train: Int32Array, validation: Int32Array } | undefined} */
  get splits() {
    return this.#drive?.splits;
  }

  /** Stops after the step that is being done, until resume or step. */
  pause() {
    this.#send('pause');
  }

  /** Goes on after a pause. */
  resume() {
    this.#send('resume');
  }

  /** Trains to the end of an epoch and pauses again. */
  step() {
    this.#send('step');
  }

  /** Ends the run within 16 ms, after a whole step; it resolves with history.stopped === 'stopped'. */
  stop() {
    this.#send('stop');
  }

  /**
   * Stops; the promise is then rejected with the given error. The model keeps the weights of the last whole step.
   * @param {unknown} error
   * @ignore
   */
  cancel(error) {
    if (this.#drive) this.#drive.cancel(error);
    else this.#tell((drive) => drive.cancel(error));
  }

  /**
   * Changes the run from its next step on.
   * @param {{ learningRate: number }} change
   */
  update(change) {
    checkKeys(change, ['learningRate'], 'run.update');
    const rate = checkGiven(change.learningRate, optimizers[0].options[0], 'run.update');
    this.#tell((drive) => drive.update(rate));
  }

  /**
   * A fitted copy of the model as it is between two steps, also while it trains; dispose it after use.
   * @returns {Promise<any>} a model of the same class
   */
  snapshot() {
    return this.#ready.then((drive) => drive.snapshot());
  }

  /**
   * Everything that is needed to go on later, bit for bit as if nothing had happened: a model file with the optimizer's state, schedule,
   * early stopping, averages and masks as they are between two steps. (await load(bytes)).fit(X, y, { …the same, resume: true }) goes on.
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  checkpoint() {
    return this.#ready.then((drive) => drive.checkpoint());
  }

  /**
   * Statistics of every layer as it is between two steps, over rows of the training data (at most a batch, at least 64): mean, standard deviation and
   * share of zeros of weights, gradients and outputs, and the share of dead units, whose output is 0 in all those rows.
   * @returns {Promise<{ weightMean: number, weightSd: number, weightZeros: number, gradientMean: number, gradientSd: number, gradientZeros: number,
   *   outputMean: number, outputSd: number, outputZeros: number, dead: number }[]>}
   */
  statistics() {
    return this.#ready.then((drive) => drive.statistics());
  }

  /**
   * @template [A=History], [B=never]
   * @param {((history: History) => A | PromiseLike<A>) | null} [onFulfilled]
   * @param {((reason: any) => B | PromiseLike<B>) | null} [onRejected]
   * @returns {Promise<A | B>}
   */
  then(onFulfilled, onRejected) {
    this.#observed = true;
    return this.#history.then(onFulfilled, onRejected);
  }

  /** @param {(reason: any) => any} onRejected @returns {Promise<any>} */
  catch(onRejected) {
    return this.then(null, onRejected);
  }

  /** @param {() => void} onFinally @returns {Promise<History>} */
  finally(onFinally) {
    return this.then().finally(onFinally);
  }

  /** @returns {AsyncGenerator<Epoch, void, void>} */
  async *[Symbol.asyncIterator]() {
    this.#observed = true;
    yield* (await this.#ready).epochs();
    await this.#history;
  }
}
