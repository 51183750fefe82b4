// drives one run at a time · in: the state and a problem · out: columns of epochs, a fitted model, events · next: components/, charts/
import { models } from './state.js';
import { newNetwork } from './techniques.js';

/* The code of linear models is fetched when the first of them is trained. */
const newLinear = async values => (await import('./late/models.js')).newLinear(values);

/* Both curves show the model as it is after the epoch, as the command line does: a full pass over the training rows too. */
const afterEpoch = { evaluateTraining: true };

const empty = () => ({ epoch: [], loss: [], valLoss: [], score: [], valScore: [], rowsSeen: [], seconds: [], more: {} });

/** A column of the run by its name in the history; undefined where the run has none. */
export const columnOf = (columns, name) =>
  columns[{ r2: 'score', accuracy: 'score', valR2: 'valScore', valAccuracy: 'valScore' }[name] ?? name] ?? columns.more[name];

/** Index of the best epoch so far, the earliest among equals: by the column that early stopping watches, else by the validation score; -1: none. */
export function bestEpoch({ columns, values }) {
  const stops = values?.earlyStopping && values.model === 'mlp';
  const name = stops ? values['earlyStopping.monitor'] || (columns.valLoss.length ? 'valLoss' : 'loss') : 'valR2';
  const sign = /loss|mae/i.test(name) ? -1 : 1;
  const list = columnOf(columns, name) ?? [];
  /* epochs of a net that is still being pruned do not count */
  const end = values?.['pruning.end'] === '' ? Math.floor(values.epochs / 2) : values?.['pruning.end'];
  const before = (columns.epoch[0] ?? 1) - 1;
  let best = -1;
  for (let i = stops && values.pruning ? Math.max(0, values['pruning.begin'] - before, end - before) : 0; i < list.length; i++) if (!Number.isNaN(list[i]) && (best < 0 || sign * list[i] > sign * list[best])) best = i;
  return best;
}

/** Events: 'status' (status changed) and 'epoch' (the columns grew).
 * status: 'idle', 'running', 'paused', 'stopping', then 'done', 'stopped', 'diverged' or 'failed'. */
export class Trainer extends EventTarget {
  status = 'idle';
  columns = empty();
  problem = undefined;
  splits = undefined; // { train, validation } row indices into problem.X
  values = undefined; // the state's values that this run was started with
  rateChanges = []; // epochs after which the learning rate was changed by hand
  message = '';
  resumed = false; // from a checkpoint
  ended = undefined; // why the run came to its end: history.stopped
  model = undefined;
  #run = undefined;

  get active() {
    return ['running', 'paused', 'stopping'].includes(this.status);
  }

  get fitted() {
    return this.model !== undefined && ['done', 'stopped', 'diverged'].includes(this.status) && this.columns.epoch.length > 0;
  }

  /** Index of the epoch that the model is of, once a run has gone back to its best one; else -1, the last. */
  get shown() {
    const { values, status, model, resumed } = this;
    const back = values?.model === 'mlp' && values.earlyStopping && values['earlyStopping.restoreBest'] && model && ['done', 'stopped', 'diverged'].includes(status);
    return back && !resumed ? bestEpoch(this) : -1; // the best epoch may lie before the checkpoint
  }

  #become(status, message = '') {
    this.status = status;
    this.message = message;
    this.dispatchEvent(new Event('status'));
  }

  #fail({ message, hint }) {
    this.#become('failed', hint ? `${message}; ${hint}` : message);
  }

  /** Starts a new run; the former one is stopped and its model given back. once: one epoch, then paused; model: of a checkpoint, to go on with. */
  async start(problem, values, { once = false, model: given } = {}) {
    this.clear();
    Object.assign(this, { problem, values, resumed: given !== undefined });
    const { X, y, task } = problem;
    try {
      const model = given ?? (models[values.model].linear ? await newLinear(values) : newNetwork(values, task));
      if (this.values !== values) return; // another start, or a reset, while the code was on its way
      this.model = model;
      this.#run = this.model.fit(X, y, { validation: values.heldOut || undefined, ...(!models[values.model].linear && afterEpoch), ...(given && { resume: true, epochs: values.epochs }) });
    } catch (error) {
      if (this.values === values) this.#fail(error);
      return;
    }
    if (once) this.#run.step();
    this.#become(once ? 'paused' : 'running');
    this.#follow(this.#run, task === 'classification' ? ['accuracy', 'valAccuracy'] : ['r2', 'valR2']);
  }

  async #follow(run, [score, valScore]) {
    try {
      for await (const e of run) {
        if (run !== this.#run) return;
        const { columns } = this;
        columns.epoch.push(e.epoch);
        columns.loss.push(e.loss);
        columns.score.push(e[score]);
        if (e.valLoss !== undefined) {
          columns.valLoss.push(e.valLoss);
          columns.valScore.push(e[valScore]);
        }
        columns.rowsSeen.push(e.rowsSeen);
        columns.seconds.push(e.seconds);
        for (const name in e) if (!(name in columns) && name !== score && name !== valScore) (columns.more[name] ??= []).push(e[name]);
        this.splits ??= run.splits;
        this.dispatchEvent(new Event('epoch'));
      }
      const history = await run;
      if (run !== this.#run) return;
      this.splits = history.splits ?? this.splits;
      this.ended = history.stopped;
      const known = ['stopped', 'diverged'].includes(history.stopped);
      this.#become(known ? history.stopped : 'done', history.message ?? this.model.warnings?.join(' '));
    } catch (error) {
      if (run === this.#run) this.#fail(error);
    }
  }

  pause() {
    if (this.status !== 'running') return;
    this.#run.pause();
    this.#become('paused');
  }

  resume() {
    if (this.status !== 'paused') return;
    this.#run.resume();
    this.#become('running');
  }

  step() {
    if (this.status === 'paused') this.#run.step();
  }

  stop() {
    if (this.status !== 'running' && this.status !== 'paused') return;
    this.#become('stopping');
    this.#run.stop();
  }

  /** The bytes of a checkpoint of the run as it is. */
  checkpoint() {
    return this.#run.checkpoint();
  }

  setRate(learningRate) {
    if (this.status !== 'running' && this.status !== 'paused') return;
    this.#run.update({ learningRate });
    const epoch = this.columns.epoch.at(-1) ?? 0;
    if (this.rateChanges.at(-1) !== epoch) this.rateChanges.push(epoch);
  }

  /** Back to before the first epoch: the run ends, its model is given back once the run has let go of it. */
  clear() {
    const run = this.#run;
    const model = this.model;
    this.#run = undefined;
    this.model = undefined;
    if (run && this.active) run.stop();
    Promise.resolve(run).then(() => model?.dispose(), () => model?.dispose());
    Object.assign(this, { columns: empty(), splits: undefined, rateChanges: [], problem: undefined, values: undefined, ended: undefined });
    if (this.status !== 'idle') this.#become('idle');
  }

  /** Calls look(model) with the model as it stands: a snapshot while a run is under way, given back afterwards. */
  async view(look) {
    if (this.fitted) return look(this.model);
    if (!this.#run || !this.columns.epoch.length || this.status === 'failed') return undefined;
    const run = this.#run;
    const model = await run.snapshot().catch(error => {
      if (error.code !== 'ENDED' && run === this.#run) throw error;
    });
    if (!model) return undefined;
    try {
      return run === this.#run ? look(model) : undefined;
    } finally {
      model.dispose();
    }
  }
}
