// native.js: a model and its fit inside the core · in: configuration, rows · out: weights, reports, predictions · next: session.js
import { Held } from './engine.js';
import { WasmfitError } from './errors.js';
import { CONFIG, FIT, LAYER, REPORT, pack } from './fields.js';
import { codeOf } from './options.js';
import { activations, initializers, losses, optimizers } from './registry.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./options.js').Choice} Choice */
/** @typedef {import('./options.js').Layer} Layer */
/** @typedef {{ inputs: number, layers: Layer[], loss: string, optimizer: Choice, seed: number }} Config */
/** Weights in plain order (layer by layer, weight (in,out), then bias) and the optimizer's state in the same order.
 * @typedef {{ weights: Float32Array, slots: Float32Array[], steps: number, epochs: number }} State */
/** x (rows, inputs); y (rows, outputs), or class indices. @typedef {{ x: Float32Array, y: Float32Array | Int32Array, rows: number }} Rows */
/** @typedef {{ batchSize: number, epochs: number, shuffle: boolean, evaluateTraining: boolean }} FitOptions */

export const REPORT_FIELDS = REPORT.length;
/** wf_fit_state */
export const RUNNING = 0, DONE = 1, DIVERGED = 2, CONVERGED = 3, STOPPED = 4;

/** @param {Config} config */
const packConfig = ({ layers, loss, optimizer: { name, ...rest }, ...config }) => Float64Array.from(pack(CONFIG,
  { ...config, ...rest, layers: layers.length, loss: codeOf(losses, loss), optimizer: codeOf(optimizers, name) }));

/** @param {Layer[]} layers */
const packLayers = (layers) => Float64Array.from(layers.flatMap(({ units, activation, initializer }) => pack(LAYER, {
  units, activation: codeOf(activations, activation.name), initializer: codeOf(initializers, initializer), slope: activation.negativeSlope ?? activation.alpha })));

/** Of the milestones there are places for 32. @param {FitOptions} options */
const packFit = (options) => Float64Array.from([...pack(FIT, /** @type {any} */ (options)), ...new Array(32).fill(0)]);

/** wf_rows: x, bytes, y, weight, label, rows, offset, scale @param {Rows} rows */
function packRows({ rows }, x = 0, y = 0) {
  return Int32Array.of(x, 0, y, 0, 0, rows, 0, 0);
}

/** sizeof(wf_fault) */
const FAULT_BYTES = 48;

/** What a check of the core found; the options were judged before, so that this is the size of a model or a fault of ours. @param {Engine} engine @param {number} fault */
function refusal(engine, fault) {
  const [field, layer, value, rule] = engine.readF64(fault, 4);
  return new WasmfitError(rule === 7 ? `a model of ${value} bytes is larger than WebAssembly memory`
    : `the core refuses the configuration: field ${field}, layer ${layer}, value ${value}, rule ${rule}`, { code: 'CONFIG', hint: 'use smaller layers' });
}

/** Models that nobody disposed: their memory in the core goes when they do. */
const forgotten = new FinalizationRegistry(({ engine, pointer }) => engine.exports.wf_model_free(pointer));

/** A model in the core. Free it once; free it twice: nothing happens. */
export class NativeModel {
  /** @param {Engine} engine @param {Config} config @param {State | null} state null: starting weights from the seed */
  constructor(engine, config, state) {
    this.engine = engine;
    this.outputs = config.layers[config.layers.length - 1].units;
    this.inputs = config.inputs;
    this.pointer = engine.scope((copy) => {
      const packed = copy(packConfig(config), 'the configuration');
      const layers = copy(packLayers(config.layers), 'the configuration');
      const fault = copy(FAULT_BYTES, 'the configuration');
      if (!engine.exports.wf_config_check(fault, packed, layers)) throw refusal(engine, fault);
      return engine.exports.wf_model_new(packed, layers) >>> 0;
    });
    if (this.pointer === 0) throw engine.outOfMemory('the model');
    forgotten.register(this, { engine, pointer: this.pointer }, this);
    this.size = engine.exports.wf_model_size(this.pointer) >>> 0;
    try {
      if (state) this.setState(state);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** @param {number} slot 0: weights, then the optimizer's */
  exportSlot(slot) {
    const { engine } = this;
    return engine.scope((copy) => {
      const values = copy(this.size * 4, 'the weights');
      engine.exports.wf_model_export(values, this.pointer, slot);
      return engine.readF32(values, this.size);
    });
  }

  /** @returns {State} */
  state() {
    const { exports } = this.engine;
    const slots = Array.from({ length: exports.wf_model_slots(this.pointer) }, (_, i) => this.exportSlot(i + 1));
    return { weights: this.exportSlot(0), slots, steps: exports.wf_model_steps(this.pointer), epochs: exports.wf_model_epochs(this.pointer) };
  }

  /** @param {State} state */
  setState({ weights, slots, steps, epochs }) {
    const { engine } = this;
    [weights, ...slots].forEach((values, slot) => engine.scope((copy) => {
      engine.exports.wf_model_import(this.pointer, copy(values, 'the weights'), slot);
    }));
    engine.exports.wf_model_set_progress(this.pointer, steps, epochs, 1);
  }

  /**
   * @param {Float32Array} x (rows, inputs)
   * @param {number} rows
   * @param {boolean} probabilities
   * @returns {Float32Array} (rows, outputs)
   */
  predict(x, rows, probabilities) {
    const { engine } = this;
    return engine.scope((copy) => {
      const from = copy(x, 'the rows to predict');
      const to = copy(rows * this.outputs * 4, 'the predictions');
      if (!engine.exports.wf_model_predict(to, this.pointer, from, rows, Number(probabilities))) throw engine.outOfMemory('the prediction');
      return engine.readF32(to, rows * this.outputs);
    });
  }

  free() {
    if (this.pointer !== 0) this.engine.exports.wf_model_free(this.pointer);
    this.pointer = 0;
    forgotten.unregister(this);
  }
}

/** A fit in the core: all its memory is taken here, none later. The model belongs to it and is freed with it. */
export class NativeFit {
  /**
   * @param {NativeModel} model
   * @param {FitOptions} options
   * @param {Rows} train
   * @param {Rows | null} validation
   */
  constructor(model, options, train, validation) {
    const { engine } = model;
    this.held = new Held(engine);
    this.engine = engine;
    this.model = model;
    this.pointer = 0;
    try {
      const [rows, held] = [train, validation].map((part) => part === null ? new Int32Array(8) : packRows(part, this.held.take(part.x), this.held.take(part.y)));
      this.pointer = engine.scope((copy) => {
        const packed = copy(packFit(options), 'the options');
        const fault = copy(FAULT_BYTES, 'the options');
        if (!engine.exports.wf_fit_check(fault, packed)) throw refusal(engine, fault);
        return engine.exports.wf_fit_new(model.pointer, packed, copy(rows, 'the rows'), copy(held, 'the rows'));
      }) >>> 0;
      if (this.pointer === 0) throw engine.outOfMemory('the fit');
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /**
   * @param {number} work row visits, about
   * @param {number} epochs at most so many more
   * @returns {number} RUNNING, done or DIVERGED
   */
  run(work, epochs) {
    return this.engine.exports.wf_fit_run(this.pointer, work, epochs);
  }

  /** The epochs finished since the last call, REPORT_FIELDS numbers each. */
  takeReports() {
    const { exports } = this.engine;
    const values = this.engine.readF64(exports.wf_fit_reports(this.pointer), exports.wf_fit_report_count(this.pointer) * REPORT_FIELDS);
    exports.wf_fit_reports_clear(this.pointer);
    return values;
  }

  /** @param {number} learningRate */
  setLearningRate(learningRate) {
    this.engine.exports.wf_fit_set_learning_rate(this.pointer, learningRate);
  }

  state() {
    return this.model.state();
  }

  free() {
    if (this.pointer !== 0) this.engine.exports.wf_fit_free(this.pointer);
    this.pointer = 0;
    this.held.free();
    this.model.free();
  }
}

/** The fit of a network, for a session. @param {Engine} engine @param {import('./session.js').NetworkTask} task */
export const beginNetwork = (engine, { config, state, options, train, validation }) => new NativeFit(new NativeModel(engine, config, state), options, train, validation);
