// session.js: one fit from start to end, in slices; the same code in a worker and in process · in: commands · out: events · next: run.js
import { WasmfitError } from './errors.js';
import { CONVERGED, DIVERGED, REPORT_FIELDS, RUNNING, STOPPED } from './fields.js';
import { breathe } from './platform.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./packing.js').State} State */
/** @typedef {{ kind: 'network', config: import('./packing.js').Config, state: State | null, options: import('./packing.js').FitOptions,
 *   train: import('./packing.js').Rows, validation: import('./packing.js').Rows | null, checkpoint?: Uint8Array }} NetworkTask */
/** @typedef {import('./least-squares.js').LinearTask} LinearTask */
/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {NetworkTask | LinearTask} Task */
/**
 * What a session runs. run(work, epochs): about 8 ms of it and at most so many epochs, `work` says how much that may be; takeReports: the
 * epochs finished since the last call, REPORT_FIELDS numbers each; state(last): of the model, at the end of the fit with its statistics.
 * @typedef {{ run: (work: number, epochs: number) => number, takeReports: () => Float64Array, setLearningRate: (rate: number) => void,
 *   state: (last?: boolean) => State | LinearState, checkpoint?: () => Uint8Array, statistics?: () => Record<string, number>[],
 *   divergence?: () => import('./packing.js').Divergence, free: () => void }} Fit
 */
/** Makes the fit of a task. @typedef {(engine: Engine, task: any) => Fit} Begin */
/** taken: the reports told last have arrived. @typedef {{ type: 'pause' | 'resume' | 'step' | 'stop' | 'taken' } | { type: 'update', learningRate: number } | { type: 'ask', id: number, what: Question }} Command */
/** @typedef {'snapshot' | 'checkpoint' | 'statistics'} Question */
/** seconds: how long the fit had been running, pauses left out, when the reports were taken.
 * @typedef {{ type: 'reports', values: Float64Array, seconds: number }
 *   | { type: 'answer', id: number, value: any }
 *   | { type: 'end', stopped: Stopped, state: State | LinearState, divergence?: import('./packing.js').Divergence }
 *   | { type: 'error', name: string, message: string, code?: string, hint?: string }} SessionEvent */

/** @typedef {'epochs' | 'stopped' | 'diverged' | 'converged' | 'earlyStopping'} Stopped */

/** Why a fit ended, by its state. @type {Record<number, Stopped>} */
const ENDS = { [DIVERGED]: 'diverged', [CONVERGED]: 'converged', [STOPPED]: 'earlyStopping' };
const SLICE_MS = 8, FRAME_MS = 16;
/** So many epochs may wait to be told of; then training waits for who listens. */
const BACKLOG = 4096;

/** Runs one task; every outcome is posted, none is thrown. */
export class Session {
  /** @param {Engine} engine @param {Task} task @param {Begin} begin @param {(event: SessionEvent) => void} post @param {boolean} [remote] who listens is in another thread, and says what is taken */
  constructor(engine, task, begin, post, remote = false) {
    this.engine = engine;
    this.task = task;
    this.begin = begin;
    this.post = post;
    this.remote = remote;
    this.underWay = false; // reports that are not taken yet: there are never more, so that no queue of them holds up what comes behind it
    this.backlog = 0;
    this.paused = false;
    this.stopped = false;
    this.epochsAllowed = Infinity; // until the next pause
    this.elapsed = 0;
    this.work = 1; // one batch; how long that takes tells how many come next
    /** @type {Float64Array[]} */
    this.pending = [];
    /** @type {(() => void) | null} */
    this.wake = null;
    /** @type {{ id: number, what: Question }[]} */
    this.asked = [];
    /** @type {number | null} */
    this.learningRate = null;
    /** @type {Fit | null} */
    this.fit = null;
    /** @type {unknown} */
    this.fault = null;
  }

  /** @param {Command} command takes effect between two slices */
  receive(command) {
    if (command.type === 'ask') this.asked.push(command);
    else if (command.type === 'update') this.learningRate = command.learningRate;
    else if (command.type === 'stop') this.stopped = true;
    else if (command.type === 'taken') this.underWay = false;
    else {
      this.paused = command.type === 'pause';
      this.epochsAllowed = command.type === 'step' ? 1 : Infinity;
    }
    this.wake?.();
  }

  /** Takes the rows into the core, once. What goes wrong is told by start. */
  open() {
    if (this.fit || this.fault) return;
    try {
      this.fit = this.begin(this.engine, this.task);
    } catch (error) {
      this.fault = error;
    }
  }

  async start() {
    try {
      this.open();
      const { fit } = this;
      if (!fit) throw this.fault;
      const stopped = await this.#loop(fit);
      this.post({ type: 'end', stopped, state: fit.state(true), divergence: stopped === 'diverged' ? fit.divergence?.() : undefined });
    } catch (error) {
      this.#fail(error);
    } finally {
      this.close();
    }
  }

  close() {
    this.fit?.free();
    this.fit = null;
  }

  /** @param {unknown} error */
  #fail(error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const { code, hint } = error instanceof WasmfitError ? error : { code: undefined, hint: undefined };
    this.post({ type: 'error', name, message, code, hint });
  }

  /**
   * @param {Fit} fit
   * @returns {Promise<Stopped>}
   */
  async #loop(fit) {
    let state = RUNNING, posted = -Infinity;
    await breathe(); // commands given right after the start come before the first step
    while (state === RUNNING && !this.stopped) {
      this.#serve(fit);
      if (this.paused || (this.underWay && this.backlog >= BACKLOG)) {
        await new Promise((resolve) => { this.wake = () => resolve(undefined); });
        this.wake = null;
        continue;
      }
      state = this.#slice(fit);
      const now = performance.now();
      if (now - posted >= FRAME_MS && !this.underWay) {
        this.#report();
        posted = now;
      }
      if (state === RUNNING) await breathe();
    }
    this.#report();
    this.#serve(fit);
    return this.stopped && state === RUNNING ? 'stopped' : ENDS[state] ?? 'epochs';
  }

  /** Answers what was asked for between two slices; what is seen then is as old as the last epoch told of. @param {Fit} fit */
  #serve(fit) {
    if (this.paused || this.asked.length > 0) this.#report();
    if (this.learningRate !== null) fit.setLearningRate(this.learningRate);
    this.learningRate = null;
    for (const { id, what } of this.asked.splice(0)) this.post({ type: 'answer', id, value: what === 'statistics' ? fit.statistics?.() : { state: fit.state(), checkpoint: what === 'checkpoint' ? fit.checkpoint?.() : undefined } });
  }

  /** About SLICE_MS of training. @param {Fit} fit */
  #slice(fit) {
    const before = performance.now();
    const state = fit.run(this.work, this.epochsAllowed);
    const ms = performance.now() - before;
    const values = fit.takeReports();
    if (values.length > 0) this.pending.push(values);
    this.backlog += values.length / REPORT_FIELDS;
    this.elapsed += ms;
    this.work = Math.max(1, this.work * Math.min(8, SLICE_MS / Math.max(ms, 0.1)));
    this.epochsAllowed -= values.length / REPORT_FIELDS;
    if (this.epochsAllowed <= 0) {
      this.paused = true;
      this.epochsAllowed = Infinity;
    }
    return state;
  }

  #report() {
    const parts = this.pending.splice(0);
    if (parts.length === 0) return;
    this.backlog = 0;
    this.underWay = this.remote;
    const values = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    this.post({ type: 'reports', values, seconds: this.elapsed / 1000 });
  }
}
