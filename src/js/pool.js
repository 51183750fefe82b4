// pool.js: tasks of many fits in a few workers, one after the other in each · in: packed tasks · out: their events · next: fit-many.js
import { REPORT_FIELDS } from './fields.js';
import { openThread } from './thread.js';

/** @typedef {import('./session.js').SessionEvent} SessionEvent */
/** A task as Shared.pack gives it, the engine it needs, its name in messages, and who hears of it.
 * @typedef {{ task: unknown, arrays: Map<bigint, unknown>, engine: import('./engine.js').Engine, name: string,
 *   receive: (event: SessionEvent, lane: Lane) => void }} Work */

const WORKER = { name: 'WasmfitError', code: 'WORKER', hint: 'fit the model by itself to see more' };
/** A task that ended so many workers is not given to another. */
const ATTEMPTS = 2;
/** For how long workers wait for a next call: one that is there already spares its start, some 30 ms. */
const REST_MS = 1000;

/** A task on its way. An attempt after the first tells no epoch again: they are the same. */
class Errand {
  attempts = 1;
  #told = 0;
  #heard = 0;
  #seconds = 0;
  #lost = 0;

  /** @param {Work} work */
  constructor(work) {
    this.work = work;
  }

  /** @returns {boolean} whether there may be another attempt */
  again() {
    this.#heard = 0;
    this.#lost = this.#seconds;
    return this.attempts++ < ATTEMPTS;
  }

  /** @param {SessionEvent} event @param {Lane} lane */
  tell(event, lane) {
    const { receive, name } = this.work;
    if (event.type === 'error') return receive({ ...event, message: `${name}: ${event.message}` }, lane);
    if (event.type !== 'reports') return receive(event, lane);
    const known = Math.max(0, this.#told - this.#heard) * REPORT_FIELDS;
    this.#heard += event.values.length / REPORT_FIELDS;
    if (this.#heard <= this.#told) return undefined;
    this.#told = this.#heard;
    this.#seconds = this.#lost + event.seconds;
    return receive({ ...event, values: event.values.subarray(known), seconds: this.#seconds }, lane);
  }
}

/** A worker, and its successor when it dies. */
class Lane {
  /** Whom it works for. @type {Pool | null} */ pool = null;
  /** What the worker has: the first is running, the next there already, so that it goes on at once. @type {Errand[]} */ posted = [];
  /** When progress was told last. */ told = -Infinity;
  /** @type {Promise<import('./thread.js').Thread> | null} */ #thread = null;
  /** Shared arrays that the worker has. @type {Set<bigint>} */ #has = new Set();
  #asked = false;

  /** @param {'network' | 'linear'} kind */
  constructor(kind) {
    this.kind = kind;
  }

  #open() {
    if (this.#thread) return this.#thread;
    const thread = openThread(this.kind, (event) => this.#hear(event), (reason) => this.#die(reason));
    thread.catch((error) => this.#die(error.message));
    this.#thread = thread;
    return thread;
  }

  /** @param {any} event */
  #hear(event) {
    if (event.type === 'returned') this.#asked = false;
    this.pool?.hear(this, event);
  }

  /** @param {string} reason */
  #die(reason) {
    this.#thread = null;
    this.#asked = false;
    this.#has.clear();
    this.pool?.lose(this, this.posted.splice(0), reason);
  }

  /** @param {unknown} message */
  #post(message) {
    this.#open().then((thread) => thread.post(message), () => {});
  }

  /** @param {Errand} errand */
  give(errand) {
    const { task, arrays, engine: { module, simd } } = errand.work;
    const missing = [...arrays].filter(([id]) => !this.#has.has(id));
    for (const [id] of missing) this.#has.add(id);
    this.posted.push(errand);
    this.#post({ type: 'start', task, arrays: missing, module, simd });
  }

  /** Asks for what the worker has not begun, as another has nothing to do. */
  askBack() {
    if (this.posted.length < 2 || this.#asked) return;
    this.#asked = true;
    this.#post({ type: 'return' });
  }

  /** Starts to work. @param {Pool} pool */
  wake(pool) {
    this.pool = pool;
    this.#open().then((thread) => thread.hold(true), () => {});
  }

  /** Waits for a next call, without the arrays of this one. */
  rest() {
    this.pool = null;
    this.#has.clear();
    this.#thread?.then((thread) => {
      thread.post({ type: 'forget' });
      thread.hold(false);
    }, () => {});
  }

  /** Ends the worker at once, also in the middle of a task. */
  end() {
    this.pool = null;
    this.#thread?.then((thread) => thread.end(), () => {});
    this.#thread = null;
  }
}

/** @type {Lane[]} */
let resting = [];
/** @type {any} */
let timer;

/** Ends the workers that wait for a next call. */
export function endResting() {
  for (const lane of resting.splice(0)) lane.end();
}

/** @param {Lane[]} lanes */
function rest(lanes) {
  for (const lane of lanes) lane.rest();
  resting.push(...lanes);
  clearTimeout(timer);
  timer = setTimeout(endResting, REST_MS);
  timer.unref?.();
}

/** @param {'network' | 'linear'} kind @param {number} size @returns {Lane[]} */
function takeLanes(kind, size) {
  const lanes = resting.filter((lane) => lane.kind === kind).slice(0, size);
  resting = resting.filter((lane) => !lanes.includes(lane));
  while (lanes.length < size) lanes.push(new Lane(kind));
  return lanes;
}

/** The workers of one call. Close it once. */
export class Pool {
  /** @type {Lane[]} */ #lanes;
  /** @type {Errand[]} */ #queue = [];

  /** @param {'network' | 'linear'} kind @param {number} size number of workers, which begin to start */
  constructor(kind, size) {
    this.#lanes = takeLanes(kind, size);
    for (const lane of this.#lanes) lane.wake(this);
  }

  /** @param {Work} work */
  add(work) {
    this.#queue.push(new Errand(work));
    this.#feed();
  }

  /** First something for everyone, then something ahead. */
  #feed() {
    for (const length of [0, 1]) {
      for (const lane of this.#lanes) {
        const errand = lane.posted.length === length ? this.#queue.shift() : undefined;
        if (errand) lane.give(errand);
      }
    }
    if (this.#lanes.some(({ posted }) => posted.length === 0)) for (const lane of this.#lanes) lane.askBack();
  }

  /** @param {Lane} lane @param {SessionEvent | { type: 'returned', count: number }} event */
  hear(lane, event) {
    const { posted } = lane;
    if (event.type === 'returned') {
      this.#queue.unshift(...posted.splice(posted.length - event.count));
      return this.#feed();
    }
    const [errand] = posted;
    if (event.type === 'end' || event.type === 'error') {
      posted.shift();
      this.#feed();
    }
    return errand.tell(event, lane);
  }

  /** @param {Lane} lane whose worker died @param {Errand[]} errands that it had @param {string} reason */
  lose(lane, [first, ...others], reason) {
    this.#queue.unshift(...others);
    if (first?.again()) this.#queue.unshift(first);
    else first?.tell({ type: 'error', ...WORKER, message: `its worker ended ${ATTEMPTS} times (${reason})` }, lane);
    this.#feed();
  }

  /** @param {boolean} good whether all tasks have ended: then the workers can serve a next call */
  close(good) {
    this.#queue.length = 0;
    if (good) rest(this.#lanes);
    else for (const lane of this.#lanes) lane.end();
  }
}
