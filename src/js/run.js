// run.js: what fit returns: to await, to iterate, to steer · in: a task · out: epochs, history · next: prepare.js
import { WasmfitError, checkKeys } from './errors.js';
import { engineReady } from './engine.js';
import { checkGiven } from './options.js';
import { breathe } from './platform.js';
import { REPORT_FIELDS, beginNetwork } from './native.js';
import { optimizers } from './choices.js';
import { openThread } from './thread.js';

/** @typedef {import('./session.js').Task} Task */
/** @typedef {import('./session.js').SessionEvent} SessionEvent */
/** @typedef {import('./session.js').Command} Command */
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
/** @typedef {{ send: (command: Command) => void, close: () => void }} Transport */
/** @typedef {(job: Job, receive: (event: SessionEvent) => void) => Promise<Transport>} Start */
/**
 * What a model hands over and takes back.
 * @typedef {{ task: Task, transfer: ArrayBuffer[], columns: [string, number][], splits?: { train: Int32Array, validation: Int32Array },
 *   standardized?: boolean, worker: boolean, start?: Start, signal?: AbortSignal, onEpoch?: (epoch: Epoch) => void,
 *   late?: () => Promise<unknown>, finish: (state: any) => void, release: () => void, copy: (state: any, checkpoint?: Uint8Array) => any }} Job
 * late: fetches code that the fitted model needs; start: elsewhere than in this thread or in a worker of its own
 */

const RATE = optimizers[0].options[0];

/** wf_quantity */
const QUANTITIES = ['loss', 'features', 'activation', 'loss', 'gradient', 'weight'];

/** What makes the fit of a task, fetched where it runs. @param {Task} task @returns {Promise<import('./session.js').Begin>} */
const beginOf = async ({ kind }) => (kind === 'network' ? beginNetwork : (await import('./descent.js')).beginLinear);

/** A session in this thread. @type {Start} */
async function startHere({ task }, receive) {
  const [{ Session }, begin, engine] = await Promise.all([import('./session.js'), beginOf(task), engineReady(task.kind)]);
  const session = new Session(engine, task, begin, receive);
  session.start();
  return { send: (command) => session.receive(command), close: () => session.receive({ type: 'stop' }) };
}

/** A session in a worker that lives as long as the run. @type {Start} */
async function startWorker({ task, transfer }, receive) {
  const { module, simd } = await engineReady(task.kind);
  const thread = await openThread(task.kind, receive, (reason) => receive({
    type: 'error', name: 'WasmfitError', code: 'WORKER', message: `the worker of this run ended (${reason})`, hint: 'fit again, or use worker: false',
  }));
  thread.post({ type: 'start', task, module, simd }, transfer);
  return { send: thread.post, close: thread.end };
}

/**
 * A fit in progress. `await run` gives its History; `for await (const epoch of run)` gives every epoch, also those before the loop
 * began. It runs by itself, whether anybody looks or not.
 * @implements {PromiseLike<History>}
 */
export class Run {
  /** @type {Record<string, any>} */ #history;
  /** @type {[string, number][]} */ #columns;
  /** @type {Promise<History>} */ #promise;
  /** @type {(history: any) => void} */ #resolve = () => {};
  /** @type {(reason: unknown) => void} */ #reject = () => {};
  /** @type {Job} */ #job;
  /** @type {Transport | null} */ #transport = null;
  /** @type {Command[]} */ #early = [];
  /** @type {(() => void)[]} */ #waiting = [];
  /** @type {Map<number, { take: (value: any) => void, reject: (reason: unknown) => void }>} */ #asked = new Map();
  /** @type {number | undefined} */ #rate;
  #ended = false;
  #observed = false;
  #nextId = 0;
  /** @type {{ error: unknown } | null} */ #abort = null;

  /** @param {Job} job @ignore */
  constructor(job) {
    this.#job = job;
    this.#columns = job.columns;
    if (job.task.kind === 'network') this.#rate = Number(job.task.config.optimizer.learningRate);
    this.#history = Object.fromEntries([...this.#columns, ['seconds']].map(([name]) => [name, []]));
    if (job.splits) this.#history.splits = job.splits;
    this.#promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#promise.catch(() => {});
    job.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (job.signal?.aborted) this.#onAbort();
    this.#start();
  }

  async #start() {
    try {
      await Promise.all([breathe(), this.#job.late?.()]); // a run that is stopped or aborted at once needs no session
      if (this.#abort) return this.#fail(this.#abort.error);
      const start = this.#job.start ?? (this.#job.worker ? startWorker : startHere);
      const transport = await start(this.#job, (event) => this.#receive(event));
      if (this.#ended) return transport.close();
      this.#transport = transport;
      for (const command of this.#early.splice(0)) transport.send(command);
    } catch (error) {
      this.#fail(error);
    }
  }

  #onAbort = () => {
    this.cancel(this.#job.signal?.reason);
  };

  /**
   * Stops; the promise is then rejected with the given error. The model keeps the weights of the last whole step.
   * @param {unknown} error
   * @ignore
   */
  cancel(error) {
    if (this.#ended || this.#abort) return;
    this.#abort = { error };
    const { start, worker, task } = this.#job;
    if (start || (worker && task.kind !== 'network')) this.#fail(error); // it may be in one long call; its worker ends with it
    else this.#send({ type: 'stop' });
  }

  /** @param {Command} command */
  #send(command) {
    if (this.#ended) return;
    if (this.#transport) this.#transport.send(command);
    else this.#early.push(command);
  }

  /** @param {SessionEvent} event */
  #receive(event) {
    if (this.#ended) return;
    try {
      if (event.type === 'reports') this.#addReports(event.values, event.seconds);
      else if (event.type === 'answer') this.#answer(event.id, event.value);
      else if (event.type === 'end') this.#end(event);
      else this.#fail(errorOf(event));
    } catch (error) { // of the caller's onEpoch
      if (event.type === 'end') this.#fail(error);
      else this.cancel(error);
    }
  }

  /** @param {Float64Array} values @param {number} seconds */
  #addReports(values, seconds) {
    for (let at = 0; at < values.length; at += REPORT_FIELDS) {
      for (const [name, field] of this.#columns) this.#history[name].push(values[at + field]);
      this.#history.seconds.push(seconds);
      if (!this.#abort) this.#job.onEpoch?.(this.#record(this.#history.epoch.length - 1));
    }
    this.#wake();
  }

  /** @param {number} i @returns {Epoch} */
  #record(i) {
    return /** @type {any} */ (Object.fromEntries([...this.#columns, ['seconds']].map(([name]) => [name, this.#history[name][i]])));
  }

  /** @param {number} id @param {any} value */
  #answer(id, value) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    try {
      asked?.take(value);
    } catch (error) { // of a subclass's constructor
      asked?.reject(error);
    }
  }

  /** @param {Extract<SessionEvent, { type: 'end' }>} event */
  #end({ stopped, state, divergence }) {
    this.#job.finish(state);
    for (const id of [...this.#asked.keys()]) this.#answer(id, { state });
    if (this.#abort) return this.#fail(this.#abort.error);
    this.#history.stopped = stopped;
    if (stopped === 'diverged') this.#diverged(divergence);
    this.#close();
    this.#resolve(this.#history);
  }

  /** @param {import('./native.js').Divergence} [where] */
  #diverged([epoch, step, layer, quantity] = [0, 0, -1, 0]) {
    const { task } = this.#job, history = this.#history;
    const last = history.epoch.at(-1) ?? (task.kind === 'network' ? task.state?.epochs : 0) ?? 0;
    const back = last > 0 ? `the model is back at epoch ${last}` : 'the model is back at its starting weights';
    const first = QUANTITIES[quantity], place = layer < 0 ? first : `${first} of layer ${layer + 1}`;
    history.divergence = { epoch, step, layer: layer < 0 ? null : layer, quantity: first };
    history.message = `Loss became infinite or not a number in epoch ${last + 1}${first === 'loss' ? '' : ` (first the ${place}, at step ${step + 1})`}; ${back}. Try a learning rate near ${Number((Number(this.#rate) / 10).toPrecision(1))}${this.#job.standardized ? '' : ', or standardize: true'}.`;
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#ended) return;
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
    this.#close();
    this.#reject(error);
    if (!this.#observed) Promise.reject(error); // as with any promise: an error that nobody looks at is not lost
  }

  #close() {
    this.#ended = true;
    this.#job.signal?.removeEventListener('abort', this.#onAbort);
    this.#transport?.close();
    this.#job.release();
    this.#transport = null;
    this.#job = /** @type {any} */ (null); // whoever keeps the run keeps its history, not its rows
    this.#wake();
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The row indices of both parts when validation is a fraction, from the start. @returns {{ train: Int32Array, validation: Int32Array } | undefined} */
  get splits() {
    return this.#job.splits;
  }

  /** Stops after the step that is being done, until resume or step. */
  pause() {
    this.#send({ type: 'pause' });
  }

  /** Goes on after a pause. */
  resume() {
    this.#send({ type: 'resume' });
  }

  /** Trains to the end of an epoch and pauses again. */
  step() {
    this.#send({ type: 'step' });
  }

  /** Ends the run within 16 ms, after a whole step; it resolves with history.stopped === 'stopped'. */
  stop() {
    this.#send({ type: 'stop' });
  }

  /**
   * Changes the run from its next step on.
   * @param {{ learningRate: number }} change
   */
  update(change) {
    checkKeys(change, ['learningRate'], 'run.update');
    this.#rate = checkGiven(change.learningRate, RATE, 'run.update');
    this.#send({ type: 'update', learningRate: this.#rate });
  }

  /** @template T @param {import('./session.js').Question} what @param {(value: any, job: Job) => T} make @returns {Promise<T>} */
  #ask(what, make) {
    if (this.#ended) return Promise.reject(new WasmfitError(`run.${what}: the run has ended`, { code: 'ENDED', hint: 'use the model itself' }));
    if (what !== 'snapshot' && this.#job.task.kind !== 'network') return Promise.reject(new WasmfitError(`run.${what}: a linear model has none`, { code: 'NOT_A_NETWORK', hint: 'it is solved at once, or in few steps' }));
    const id = this.#nextId++;
    this.#send({ type: 'ask', id, what });
    return new Promise((resolve, reject) => { this.#asked.set(id, { take: (value) => resolve(make(value, this.#job)), reject }); });
  }

  /**
   * A fitted copy of the model as it is between two steps, also while it trains; dispose it after use.
   * @returns {Promise<any>} a model of the same class
   */
  snapshot() {
    return this.#ask('snapshot', ({ state }, job) => job.copy(state));
  }

  /**
   * Everything that is needed to go on later, bit for bit as if nothing had happened: a model file with the optimizer's state, schedule,
   * early stopping, averages and masks as they are between two steps. (await load(bytes)).fit(X, y, { …the same, resume: true }) goes on.
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   */
  checkpoint() {
    return this.#ask('checkpoint', ({ state, checkpoint }, job) => {
      const model = job.copy(state, checkpoint);
      try {
        return model.save();
      } finally {
        model.dispose();
      }
    });
  }

  /**
   * Statistics of every layer as it is between two steps, over rows of the training data (at most a batch, at least 64): mean, standard deviation and
   * share of zeros of weights, gradients and outputs, and the share of dead units, whose output is 0 in all those rows.
   * @returns {Promise<{ weightMean: number, weightSd: number, weightZeros: number, gradientMean: number, gradientSd: number, gradientZeros: number,
   *   outputMean: number, outputSd: number, outputZeros: number, dead: number }[]>}
   */
  statistics() {
    return this.#ask('statistics', (value) => value);
  }

  /**
   * @template [A=History], [B=never]
   * @param {((history: History) => A | PromiseLike<A>) | null} [onFulfilled]
   * @param {((reason: any) => B | PromiseLike<B>) | null} [onRejected]
   * @returns {Promise<A | B>}
   */
  then(onFulfilled, onRejected) {
    this.#observed = true;
    return this.#promise.then(onFulfilled, onRejected);
  }

  /** @returns {AsyncGenerator<Epoch, void, void>} */
  async *[Symbol.asyncIterator]() {
    this.#observed = true;
    for (let i = 0; ; i++) {
      while (i >= this.#history.epoch.length && !this.#ended) await new Promise((resolve) => { this.#waiting.push(() => resolve(undefined)); });
      if (i >= this.#history.epoch.length) break;
      yield this.#record(i);
    }
    await this.#promise;
  }
}

/** @param {{ name: string, message: string, code?: string, hint?: string }} event @returns {Error} */
function errorOf({ name, message, code, hint }) {
  if (name === 'WasmfitError') return new WasmfitError(message, { code: code ?? 'ERROR', hint });
  if (name === 'RuntimeError') return new WasmfitError(`the WebAssembly core stopped (${message})`, { code: 'TRAP', hint: 'please report this; fit again to go on' });
  const Class = name === 'RangeError' ? RangeError : name === 'TypeError' ? TypeError : Error;
  return Object.assign(new Class(message), { name });
}
