// drive.js: a fit that is under way: its session here or in a worker, its events, its history · in: a job · out: epochs, history · next: session.js
import { WasmfitError } from './errors.js';
import { engineAtHand, engineReady } from './engine.js';
import { REPORT_FIELDS } from './fields.js';
import { beginNetwork } from './native-fit.js';
import { breathe } from './platform.js';
import { Session } from './session.js';
import { mapLeaves } from './share.js';
import { openThread } from './thread.js';

/** @typedef {import('./run.js').Epoch} Epoch */
/** @typedef {import('./run.js').History} History */
/** @typedef {import('./session.js').Task} Task */
/** @typedef {import('./session.js').SessionEvent} SessionEvent */
/** @typedef {import('./session.js').Command} Command */
/** @typedef {{ send: (command: Command) => void, close: () => void }} Transport */
/** @typedef {(job: Job, receive: (event: SessionEvent) => void) => Promise<Transport>} Start */
/**
 * What a model hands over and takes back.
 * @typedef {{ task: Task, given: unknown[], columns: [string, number][], splits?: { train: Int32Array, validation: Int32Array },
 *   standardized?: boolean, worker: boolean, start?: Start, signal?: AbortSignal, onEpoch?: (epoch: Epoch) => void,
 *   begin?: import('./session.js').Begin, finish: (state: any) => void, release: () => void, copy: (state: any, checkpoint?: Uint8Array) => any }} Job
 * given: what the caller may change once fit has returned; start: elsewhere than in this thread or in a worker of its own; begin: of a linear
 * task that reads nothing of `given` but when its fit is made
 */

/** wf_quantity */
const QUANTITIES = ['loss', 'features', 'activation', 'loss', 'gradient', 'weight'];

/** What makes the fit of a task, fetched where it runs. @param {Task} task @returns {Promise<import('./session.js').Begin>} */
const beginOf = async ({ kind }) => (kind === 'network' ? beginNetwork : (await import('./descent.js')).beginLinear);

/** The arrays that a caller handed over. @param {unknown[]} given @returns {ArrayBufferView[]} */
const arraysOf = (given) => given.flatMap((value) => [value, Object(value).data]).filter(ArrayBuffer.isView);

/** A task with copies of what is the caller's. @param {Task} task @param {unknown[]} given @returns {Task} */
function ownTask(task, given) {
  const theirs = new Set(arraysOf(given).map(({ buffer }) => buffer));
  return theirs.size === 0 ? task : mapLeaves(task, (value) => (ArrayBuffer.isView(value) && theirs.has(value.buffer) ? /** @type {any} */ (value).slice() : value));
}

/** The rows of a task. @param {any} task @returns {ArrayBuffer[]} */
function buffersOf({ train, validation, x, y, weight }) {
  const arrays = [{ x, y, weight }, train, validation].flatMap((part) => Object.values(Object(part))).filter(ArrayBuffer.isView);
  return [...new Set(arrays.map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)))];
}

/** @param {Session} session @returns {Transport} */
const transportOf = (session) => ({ send: (command) => session.receive(command), close: () => session.receive({ type: 'stop' }) });

/** A session in this thread. @type {Start} */
async function startHere({ task }, receive) {
  const [begin, engine] = await Promise.all([beginOf(task), engineReady(task.kind)]);
  const session = new Session(engine, task, begin, receive);
  session.start();
  return transportOf(session);
}

/** A session in a worker that lives as long as the run. @type {Start} */
async function startWorker({ task }, receive) {
  const { module, simd } = await engineReady(task.kind);
  const thread = await openThread(task.kind, receive, (reason) => receive({
    type: 'error', name: 'WasmfitError', code: 'WORKER', message: `the worker of this run ended (${reason})`, hint: 'fit again, or use worker: false',
  }));
  thread.post({ type: 'start', task, module, simd }, buffersOf(task));
  return { send: thread.post, close: thread.end };
}

/** The working part of a Run. */
export class Drive {
  /** @type {Record<string, any>} */ #history;
  /** @type {[string, number][]} */ #columns;
  /** @type {(history: any) => void} */ #resolve = () => {};
  /** @type {(reason: unknown) => void} */ #reject = () => {};
  /** @type {Job} */ #job;
  /** @type {Transport | null} */ #transport = null;
  /** @type {Command[]} */ #early = [];
  /** @type {(() => void)[]} */ #waiting = [];
  /** @type {Map<number, { take: (value: any) => void, reject: (reason: unknown) => void }>} */ #asked = new Map();
  /** @type {number | undefined} */ #rate;
  #ended = false;
  #nextId = 0;
  /** @type {{ error: unknown } | null} */ #abort = null;

  /** @param {Job} job @ignore */
  constructor(job) {
    this.#job = job;
    this.#columns = job.columns;
    if (job.task.kind === 'network') this.#rate = Number(job.task.config.optimizer.learningRate);
    this.#history = Object.fromEntries([...this.#columns, ['seconds']].map(([name]) => [name, []]));
    if (job.splits) this.#history.splits = job.splits;
    /** Of the row indices, where validation is a fraction. */
    this.splits = job.splits;
    /** @type {Promise<History>} */
    this.history = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    job.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (job.signal?.aborted) this.#abort = { error: job.signal.reason };
    this.#start();
  }

  /** A session that has taken the rows before fit returns, if the core is here and the fit will be; else the task gets rows of its own. */
  #open() {
    const { start, worker, task, given, begin = task.kind === 'network' ? beginNetwork : undefined } = this.#job, engine = engineAtHand(task.kind);
    if (start) return null;
    if (!worker && engine && begin) {
      const session = new Session(engine, task, begin, (event) => this.#receive(event));
      session.open();
      return session;
    }
    this.#job.task = ownTask(task, given);
    return null;
  }

  async #start() {
    try {
      const session = this.#open();
      await breathe(); // a run that is stopped or aborted at once has no steps
      if (this.#ended) return;
      if (this.#abort) {
        session?.close();
        return this.#fail(this.#abort.error);
      }
      session?.start();
      const start = this.#job.start ?? (this.#job.worker ? startWorker : startHere);
      const transport = session ? transportOf(session) : await start(this.#job, (event) => this.#receive(event));
      if (this.#ended) return transport.close();
      this.#transport = transport;
      for (const command of this.#early.splice(0)) transport.send(command);
    } catch (error) {
      await null; // the model must know of its run before it hears of the end
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
    else this.send({ type: 'stop' });
  }

  /** @param {Command} command */
  send(command) {
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
    const history = this.#history, { onEpoch } = this.#job;
    let told = history.seconds.length;
    for (const [name, field] of this.#columns) {
      const column = history[name];
      for (let at = field; at < values.length; at += REPORT_FIELDS) column.push(values[at]);
    }
    for (let at = 0; at < values.length; at += REPORT_FIELDS) history.seconds.push(seconds);
    for (; onEpoch && !this.#abort && told < history.seconds.length; told++) onEpoch(this.#record(told));
    this.#wake();
  }

  /** @param {number} i @returns {Epoch} */
  #record(i) {
    /** @type {any} */
    const epoch = {};
    for (const [name] of this.#columns) epoch[name] = this.#history[name][i];
    epoch.seconds = this.#history.seconds[i];
    return epoch;
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

  /** @param {import('./packing.js').Divergence} [where] */
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

  /** @param {number} learningRate */
  update(learningRate) {
    this.#rate = learningRate;
    this.send({ type: 'update', learningRate });
  }

  /** @template T @param {import('./session.js').Question} what @param {(value: any, job: Job) => T} make @returns {Promise<T>} */
  #ask(what, make) {
    if (this.#ended) return Promise.reject(new WasmfitError(`run.${what}: the run has ended`, { code: 'ENDED', hint: 'use the model itself' }));
    if (what !== 'snapshot' && this.#job.task.kind !== 'network') return Promise.reject(new WasmfitError(`run.${what}: a linear model has none`, { code: 'NOT_A_NETWORK', hint: 'it is solved at once, or in few steps' }));
    const id = this.#nextId++;
    this.send({ type: 'ask', id, what });
    return new Promise((resolve, reject) => { this.#asked.set(id, { take: (value) => resolve(make(value, this.#job)), reject }); });
  }

  snapshot() {
    return this.#ask('snapshot', ({ state }, job) => job.copy(state));
  }

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

  statistics() {
    return this.#ask('statistics', (value) => value);
  }

  /** Every epoch from the first, until it ends. @returns {AsyncGenerator<Epoch, void, void>} */
  async *epochs() {
    for (let i = 0; ; i++) {
      while (i >= this.#history.epoch.length && !this.#ended) await new Promise((resolve) => { this.#waiting.push(() => resolve(undefined)); });
      if (i >= this.#history.epoch.length) return;
      yield this.#record(i);
    }
  }
}

/** @param {{ name: string, message: string, code?: string, hint?: string }} event @returns {Error} */
function errorOf({ name, message, code, hint }) {
  if (name === 'WasmfitError') return new WasmfitError(message, { code: code ?? 'ERROR', hint });
  if (name === 'RuntimeError') return new WasmfitError(`the WebAssembly core stopped (${message})`, { code: 'TRAP', hint: 'please report this; fit again to go on' });
  const Class = name === 'RangeError' ? RangeError : name === 'TypeError' ? TypeError : Error;
  return Object.assign(new Class(message), { name });
}
