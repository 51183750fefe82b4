// drives one run at a time · in: the state and a problem · out: columns of epochs, a fitted model, events · next: components/, charts/
import { MLPClassifier, MLPRegressor } from 'wasmfit';
import * as registry from 'wasmfit/registry';
import { models } from './state.js';

/** Does the optimiser `name` have the option `option`? */
export const optimizerHas = (name, option) =>
  registry.optimizers.find(entry => entry.name === name).options.some(entry => entry.name === option);

/* The code of linear models is fetched when the first of them is trained. */
const newLinear = async values => (await import('./late/models.js')).newLinear(values);

function newNetwork(values, task) {
  const optimizer = { name: values.optimizer, learningRate: values.rate, weightDecay: values.decay };
  if (optimizerHas(values.optimizer, 'momentum')) optimizer.momentum = values.momentum;
  const { hidden, activation, batch, epochs, seed, standardize } = values;
  const Model = task === 'classification' ? MLPClassifier : MLPRegressor;
  return new Model({ hiddenLayers: hidden, activation, optimizer, batchSize: batch, epochs, seed, standardize });
}

/* Both curves show the model as it is after the epoch, as the command line does: a full pass over the training rows too. */
const afterEpoch = { evaluateTraining: true };

const empty = () => ({ epoch: [], loss: [], valLoss: [], score: [], valScore: [], rowsSeen: [], seconds: [] });

/** Index of the best validation epoch so far: the highest score, the earliest among equals; -1 without validation. */
export function bestEpoch({ valScore }) {
  let best = -1;
  for (let i = 0; i < valScore.length; i++) if (best < 0 || valScore[i] > valScore[best]) best = i;
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
  model = undefined;
  #run = undefined;

  get active() {
    return ['running', 'paused', 'stopping'].includes(this.status);
  }

  get fitted() {
    return this.model !== undefined && ['done', 'stopped', 'diverged'].includes(this.status) && this.columns.epoch.length > 0;
  }

  #become(status, message = '') {
    this.status = status;
    this.message = message;
    this.dispatchEvent(new Event('status'));
  }

  #fail({ message, hint }) {
    this.#become('failed', hint ? `${message}; ${hint}` : message);
  }

  /** Starts a new run; the former one is stopped and its model given back. once: one epoch, then paused. */
  async start(problem, values, { once = false } = {}) {
    this.clear();
    Object.assign(this, { problem, values });
    const { X, y, task } = problem;
    try {
      const model = models[values.model].linear ? await newLinear(values) : newNetwork(values, task);
      if (this.values !== values) return; // another start, or a reset, while the code was on its way
      this.model = model;
      this.#run = this.model.fit(X, y, { validation: values.heldOut || undefined, ...(!models[values.model].linear && afterEpoch) });
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
        this.splits ??= run.splits;
        this.dispatchEvent(new Event('epoch'));
      }
      const history = await run;
      if (run !== this.#run) return;
      this.splits = history.splits ?? this.splits;
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

  setRate(learningRate) {
    if (this.status !== 'running' && this.status !== 'paused') return;
    this.#run.update({ learningRate });
    const epoch = this.columns.epoch.length;
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
    Object.assign(this, { columns: empty(), splits: undefined, rateChanges: [], problem: undefined, values: undefined });
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
