// fit-many.js: many models fitted side by side, each as by its own fit · in: jobs · out: histories · next: pool.js
import { Drive } from './drive.js';
import { engineReady } from './engine.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { Estimator, checkSignal } from './estimator.js';
import { jobOf } from './job.js';
import { remembering } from './memo.js';
import { checkGiven } from './options.js';
import { isNode, nodeModule } from './platform.js';
import { Pool } from './pool.js';
import { Shared } from './share.js';

/** @typedef {import('./estimator.js').FitOptions} FitOptions */
/** @typedef {import('./run.js').History} History */
/** @typedef {import('./drive.js').Job} Job */
/** model, X, y and options as for model.fit(X, y, options).
 * @typedef {{ model: Estimator, X: unknown, y: unknown, options?: Omit<FitOptions, 'signal' | 'worker'> }} ManyJob */
/** The latest epoch of a job, and how many of all jobs have ended.
 * @typedef {Partial<import('./run.js').Epoch> & { job: number, done: number, total: number }} Progress */
/** @typedef {{ signal?: AbortSignal, onProgress?: (progress: Progress) => void, workers?: number }} ManyOptions */

const FRAME_MS = 16;
const WORKERS = { name: 'workers', default: undefined, min: 1, max: 1024, integer: true };

/** @param {unknown} options @returns {ManyOptions} */
function checkOptions(options) {
  checkKeys(options, ['signal', 'onProgress', 'workers'], 'fitMany');
  const { signal, onProgress, workers } = /** @type {any} */ (options);
  checkSignal(signal, 'fitMany');
  if (onProgress !== undefined && typeof onProgress !== 'function') throw new TypeError(`fitMany: onProgress must be a function, not ${show(onProgress)}`);
  if (workers !== undefined) checkGiven(workers, WORKERS, 'fitMany');
  return { signal, onProgress, workers };
}

/** @param {any} given @param {Set<unknown>} models of the jobs before @returns {ManyJob & { options: FitOptions }} */
function checkJob(given, models) {
  checkKeys(given, ['model', 'X', 'y', 'options'], 'job');
  const { model, X, y, options = {} } = /** @type {any} */ (given);
  if (!(model instanceof Estimator)) throw new TypeError(`model must be one of this package's models, not ${show(model)}`);
  if (models.has(model)) throw new RangeError('the model is that of an earlier job; every job needs a model of its own');
  models.add(model);
  for (const name of ['signal', 'worker']) {
    if (Object(options)[name] !== undefined) throw new TypeError(`options.${name} is for a single fit; fitMany takes the signal and chooses the workers`);
  }
  return { model, X, y, options };
}

/** The same error, with the job's place in its message. @param {unknown} error @param {string} name */
function placed(error, name) {
  if (error instanceof WasmfitError) return new WasmfitError(`${name}: ${error.message}`, { code: error.code, hint: error.hint, cause: error });
  if (error instanceof RangeError) return new RangeError(`${name}: ${error.message}`, { cause: error });
  return error instanceof TypeError ? new TypeError(`${name}: ${error.message}`, { cause: error }) : error;
}

/** What `use` makes of each, or the error with its place. @template A, B @param {readonly A[]} jobs @param {(job: A) => B} use @returns {B[]} */
const each = (jobs, use) => Array.from(jobs, (job, at) => {
  try {
    return use(job);
  } catch (error) {
    throw placed(error, `jobs[${at}]`);
  }
});

/** Everything is checked and prepared before anything starts. @param {unknown} jobs @param {Shared} shared @returns {Promise<{ model: Estimator, job: Omit<Job, 'release'> }[]>} */
async function prepare(jobs, shared) {
  if (!Array.isArray(jobs)) throw new TypeError(`fitMany: jobs must be an array of { model, X, y, options }, not ${show(jobs)}`);
  const models = new Set(), checked = each(jobs, (given) => checkJob(given, models));
  await Promise.all(checked.map(({ model }) => model._late.ready()));
  return remembering(() => each(checked, ({ model, X, y, options }) => {
    model._checkCall(options);
    const job = jobOf(model, X, y, options);
    return { model, job: { ...job, task: shared.add(job.task), splits: structuredClone(job.splits) } };
  }));
}

/** How many threads the machine runs at once. */
async function countCores() {
  return isNode ? (await nodeModule('os')).availableParallelism() : navigator.hardwareConcurrency || 2;
}

/** Tells of progress, at most once a frame for each worker, and of the end. @param {(progress: Progress) => void} onProgress @param {Omit<Job, 'release'>[]} prepared */
function reporter(onProgress, prepared) {
  /** @type {import('./run.js').Epoch[]} */
  const latest = [];
  let done = 0;
  prepared.forEach((job, at) => {
    const { onEpoch } = job;
    job.onEpoch = (epoch) => {
      latest[at] = epoch;
      onEpoch?.(epoch);
    };
  });
  return (/** @type {number} */ job, /** @type {boolean} */ ended, /** @type {{ told: number }} */ lane) => {
    done += Number(ended);
    const now = performance.now(), total = prepared.length;
    if (done < total && now - lane.told < FRAME_MS) return;
    lane.told = now;
    onProgress({ job, ...latest[job], done, total });
  };
}

/**
 * Fits many models side by side, in as many workers as the machine has cores. Every model ends as its own fit(X, y, options) would leave
 * it, bit for bit, in whatever worker it was. Data that several jobs share (the same numbers after encoding, split and scaling) goes once
 * to each worker. A job whose worker dies is run again in a new one; the second time it is an error.
 *
 * @param {readonly ManyJob[]} jobs each with a model of its own, which is busy until its fit has ended; do not change X and y meanwhile
 * @param {ManyOptions} [options] signal: ends all at once; onProgress: called at most once a frame for each worker, and at the end;
 *   workers: how many at most, else as many as there are cores
 * @returns {Promise<History[]>} in the order of the jobs; a fit that diverged is a history with stopped 'diverged'
 * @throws {TypeError | RangeError | WasmfitError} what fit throws, with the job's place, before any job starts; later the first error
 *   of a job, of onEpoch or onProgress, or signal.reason. Models whose jobs have ended then are fitted, the others as they were
 */
export async function fitMany(jobs, options = {}) {
  const { signal, onProgress, workers } = checkOptions(options);
  const shared = new Shared(), prepared = await prepare(jobs, shared), total = prepared.length;
  if (signal?.aborted) throw signal.reason;
  if (total === 0) return [];
  const kind = prepared.every(({ job }) => job.task.kind === 'network') ? 'network' : 'linear';
  const opening = (async () => new Pool(kind, Math.min(workers ?? await countCores(), total)))();
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  const failed = new Promise((_, reject) => { fail = reject; });
  const tell = onProgress && reporter(onProgress, prepared.map(({ job }) => job));
  /** @param {Omit<Job, 'release'>} job @param {number} at @returns {import('./drive.js').Start} */
  const starter = (job, at) => async (_, receive) => {
    const [pool, engine] = await Promise.all([opening, engineReady(job.task.kind)]);
    pool.add({ ...shared.pack(job.task), engine, name: `jobs[${at}]`, receive(event, lane) {
      receive(event);
      try {
        if (event.type !== 'error') tell?.(at, event.type === 'end', lane);
      } catch (error) { // of the caller's onProgress
        fail(error);
      }
    } });
    return { send() {}, close() {} };
  };
  const onAbort = () => fail(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const runs = prepared.map(({ model, job }, at) => model._start(async (release) => new Drive({ ...job, release, start: starter(job, at) })));
  let good = false;
  try {
    const histories = await Promise.race([Promise.all(runs), failed]);
    good = true;
    return histories;
  } catch (error) {
    for (const run of runs) run.cancel(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    opening.then((pool) => pool.close(good), () => {});
  }
}
