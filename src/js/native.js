// native.js: a model and its fit inside the core · in: configuration, rows · out: weights, reports, predictions · next: session.js
import { activations, initializers, layers, losses, optimizers } from './choices.js';
import { Held } from './held.js';
import { WasmfitError } from './errors.js';
import { CONFIG, FIT, LAYER, REPORT, pack } from './fields.js';
import { finite } from './finite.js';
import { codeOf } from './options.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./options.js').Choice} Choice */
/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {{ inputs: number, layers: readonly Layer[], loss: Choice, optimizer: Choice, seed: number }} Config */
/** Weights in plain order (layer by layer, as getWeights has them) and the optimizer's state in the same order.
 * @typedef {{ weights: Float32Array, slots: Float32Array[], steps: number, epochs: number, momentumProduct?: number }} State */
/** x (rows, inputs), or bytes, each of which stands for offset + scale · byte; y (rows, outputs), or class indices; weight (rows).
 * @typedef {{ x: Float32Array | Uint8Array, y: Float32Array | Int32Array, weight?: Float32Array | null, label?: Int32Array | null, rows: number,
 *   offset?: number, scale?: number }} Rows */
/** Fields of WF_FIT_FIELDS. @typedef {{ batchSize: number, epochs: number, milestone?: number[], [field: string]: any }} FitOptions */
/** epoch, step, layer (from 0; -1: none), and what became non-finite: QUANTITIES[quantity]. @typedef {[number, number, number, number]} Divergence */

/** Units that come out of each layer. @param {number} inputs @param {readonly Layer[]} layers @returns {number[]} */
export function widths(inputs, layers) {
  let width = inputs;
  return layers.map((layer) => (width = layer.type === 'dense' ? layer.units : width));
}

export const REPORT_FIELDS = REPORT.length;
/** wf_fit_state */
export const RUNNING = 0, DONE = 1, DIVERGED = 2, CONVERGED = 3, STOPPED = 4;

/** @param {Config} config */
export const packConfig = ({ layers: list, loss: { name: loss, alpha, ...parameters }, optimizer: { name, ...rest }, ...config }) => Float64Array.from(pack(CONFIG, {
  ...config, ...parameters, ...rest, focalAlpha: alpha, positiveWeight: typeof parameters.positiveWeight === 'number' ? parameters.positiveWeight : 1,
  layers: list.length, loss: codeOf(losses, loss), optimizer: codeOf(optimizers, name),
}));

/** @param {Config} config */
export function packLayers({ inputs, layers: list }) {
  const units = widths(inputs, list);
  return Float64Array.from(list.flatMap((/** @type {any} */ { type, activation, initializer = 'auto', momentum, epsilon, ...rest }, l) => pack(LAYER, {
    ...rest, kind: codeOf(layers, type), units: units[l], normMomentum: momentum, normEpsilon: epsilon,
    ...activation && { activation: codeOf(activations, activation.name), slope: activation.negativeSlope ?? activation.alpha, initializer: codeOf(initializers, initializer) },
  })));
}

/** Of the milestones there are places for 32. @param {FitOptions} options */
export const packFit = ({ milestone = [], ...options }) => Float64Array.from([...pack(FIT, options), ...milestone, ...new Array(32 - milestone.length).fill(0)]);

/** sizeof(wf_rows), and how many rows a prediction may have that needs no memory of its own. */
const ROWS_BYTES = 32, FEW_ROWS = 16;
/** Bytes of rows that are predicted at a time, so that they stay in the caches; rows that the core takes at once. */
const CHUNK = 2 ** 18, BLOCK = 64;

/** wf_rows: x, bytes, y, weight, label, rows, offset, scale. @param {Partial<Rows> & Pick<Rows, 'x' | 'rows'> | null} part @param {(values: any) => number} take copies into the core */
function packRows(part, take) {
  const words = new Int32Array(8);
  if (!part) return words;
  const { x, y, weight, label, rows, offset = 0, scale = 1 } = part;
  words[x instanceof Uint8Array ? 1 : 0] = take(x);
  [y, weight, label].forEach((values, i) => { words[2 + i] = values ? take(values) : 0; });
  words[5] = rows;
  new Float32Array(words.buffer).set([offset, scale], 6);
  return words;
}

/** wf_layer_statistics */
const STATISTICS = 'weightMean weightSd weightZeros gradientMean gradientSd gradientZeros outputMean outputSd outputZeros dead'.split(' ');

/** sizeof(wf_fault) */
const FAULT_BYTES = 48;

/** What a check of the core found; the options were judged before, so that this is the size of a model or a fault of ours. @param {Engine} engine @param {number} fault */
function refusal(engine, fault) {
  const [field, layer, value, rule] = engine.readF64(fault, 4);
  return new WasmfitError(rule === 7 ? `a model of ${value} bytes is larger than WebAssembly memory`
    : `the core refuses the configuration: field ${field}, layer ${layer}, value ${value}, rule ${rule}`, { code: 'CONFIG', hint: 'use smaller layers' });
}

/** Models that nobody disposed: their memory in the core goes when they do. */
const forgotten = new FinalizationRegistry(release);

/** @param {{ engine: Engine, pointer: number, few: number }} held */
function release({ engine, pointer, few }) {
  if (pointer !== 0) engine.exports.wf_model_free(pointer);
  if (few !== 0) engine.free(few);
}

/** A model in the core. Free it once; free it twice: nothing happens. */
export class NativeModel {
  /** @param {Engine} engine @param {Config} config @param {State | null} state null: starting weights from the seed */
  constructor(engine, config, state) {
    this.engine = engine;
    this.memory = new Float32Array();
    this.words = new Int32Array();
    this.outputs = /** @type {import('./layers.js').Dense} */ (config.layers[config.layers.length - 1]).units;
    this.inputs = config.inputs;
    this.layers = config.layers.length;
    this.pointer = engine.scope((copy) => {
      const packed = copy(packConfig(config), 'the configuration');
      const layers = copy(packLayers(config), 'the configuration');
      const fault = copy(FAULT_BYTES, 'the configuration');
      if (!engine.exports.wf_config_check(fault, packed, layers)) throw refusal(engine, fault);
      return engine.exports.wf_model_new(packed, layers) >>> 0;
    });
    if (this.pointer === 0) throw engine.outOfMemory('the model');
    this.held = { engine, pointer: this.pointer, few: 0 };
    forgotten.register(this, this.held, this);
    this.size = engine.exports.wf_model_size(this.pointer) >>> 0;
    try {
      const { positiveWeight } = config.loss;
      if (typeof positiveWeight === 'object') this.#setPositiveWeights(positiveWeight);
      if (state) this.setState(state);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** @param {number[]} weights */
  #setPositiveWeights(weights) {
    if (weights.length !== this.outputs) throw new RangeError(`loss binaryCrossEntropy: positiveWeight has ${weights.length} values; it needs one, or ${this.outputs}, one for each output`);
    this.engine.scope((copy) => this.engine.exports.wf_model_set_positive_weights(this.pointer, copy(Float32Array.from(weights), 'the configuration')));
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
    return {
      weights: this.exportSlot(0), slots, steps: exports.wf_model_steps(this.pointer), epochs: exports.wf_model_epochs(this.pointer),
      momentumProduct: exports.wf_model_momentum_product(this.pointer),
    };
  }

  /** @param {State} state */
  setState({ weights, slots, steps, epochs, momentumProduct = 1 }) {
    const { engine } = this;
    [weights, ...slots].forEach((values, slot) => engine.scope((copy) => {
      engine.exports.wf_model_import(this.pointer, copy(values, 'the weights'), slot);
    }));
    engine.exports.wf_model_set_progress(this.pointer, steps, epochs, momentumProduct);
  }

  /**
   * @param {Pick<Rows, 'x' | 'rows' | 'offset' | 'scale'>} part
   * @param {boolean} probabilities
   * @returns {Float32Array | null} (rows, outputs); null: x has a value that is not finite
   */
  predict(part, probabilities) {
    const { engine, inputs, outputs } = this, { x, rows } = part, { exports } = engine, floats = x instanceof Float32Array;
    if (rows <= FEW_ROWS && floats) return finite.all(x) ? this.#predictFew(x, rows, Number(probabilities)) : null;
    const most = Math.min(rows, Math.max(1, Math.floor(CHUNK / (inputs * x.BYTES_PER_ELEMENT * BLOCK))) * BLOCK), y = new Float32Array(rows * outputs);
    return engine.scope((copy) => {
      const from = copy(most * inputs * x.BYTES_PER_ELEMENT, 'the rows to predict'), to = copy(most * outputs * 4, 'the predictions');
      const words = packRows(part, () => from), at = copy(ROWS_BYTES, 'the rows to predict');
      for (let first = 0; first < rows; first += most) {
        const count = Math.min(most, rows - first), some = x.subarray(first * inputs, (first + count) * inputs);
        words[5] = count;
        engine.write(from, some);
        engine.write(at, words);
        if (floats && !exports.wf_all_finite(from, some.byteLength, 1)) return null;
        if (!exports.wf_model_predict(to, this.pointer, at, Number(probabilities))) throw engine.outOfMemory('the prediction');
        y.set(new Float32Array(exports.memory.buffer, to, count * outputs), first * outputs);
      }
      return y;
    });
  }

  /** Few rows go through memory that is kept, so that a call costs little more than its arithmetic. @param {Float32Array} x @param {number} rows @param {number} probabilities */
  #predictFew(x, rows, probabilities) {
    const { engine, inputs, outputs, held } = this, { exports } = engine;
    if (held.few === 0) held.few = engine.alloc(ROWS_BYTES + FEW_ROWS * (inputs + outputs) * 4, 'the prediction');
    const from = held.few + ROWS_BYTES, to = from + FEW_ROWS * inputs * 4;
    if (this.memory.length === 0) { // at first, and after the memory has grown
      this.memory = new Float32Array(exports.memory.buffer);
      this.words = new Int32Array(exports.memory.buffer);
      engine.write(held.few, packRows({ x, rows: 0 }, () => from));
    }
    this.memory.set(x, from >>> 2);
    this.words[(held.few >>> 2) + 5] = rows;
    if (!exports.wf_model_predict(to, this.pointer, held.few, probabilities)) throw engine.outOfMemory('the prediction');
    if (this.memory.length === 0) return engine.readF32(to, rows * outputs);
    return this.memory.slice(to >>> 2, (to >>> 2) + rows * outputs);
  }

  free() {
    if (this.pointer !== 0) release(this.held);
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
      const [rows, held] = [train, validation].map((part) => packRows(part, (values) => this.held.take(values)));
      this.rows = rows;
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

  /** @param {boolean} [last] of a run that ends here: the weights that a fit ends with, those of its best epoch or its average */
  state(last) {
    if (last) this.engine.exports.wf_fit_finish(this.pointer);
    return this.model.state();
  }

  /** Of the mean loss of the rows that train, which must fit into a batch; in plain order. */
  gradient() {
    const { engine, pointer, model, rows } = this;
    return engine.scope((copy) => {
      const to = copy(model.size * 4, 'the gradient');
      engine.exports.wf_fit_loss(to, pointer, copy(rows, 'the rows'));
      return engine.readF32(to, model.size);
    });
  }

  /** Mean loss of the last batch that trained, before its step. @returns {number} */
  batchLoss() {
    return this.engine.exports.wf_fit_batch_loss(this.pointer);
  }

  /** @returns {Divergence} */
  divergence() {
    return this.engine.scope((copy) => {
      const to = copy(32, 'the report');
      this.engine.exports.wf_fit_divergence(to, this.pointer);
      return /** @type {Divergence} */ ([...this.engine.readF64(to, 4)]);
    });
  }

  /** All that must be kept to go on bit for bit. @returns {Uint8Array} */
  checkpoint() {
    const { engine, pointer } = this, size = engine.exports.wf_fit_checkpoint_size(pointer) >>> 0;
    return engine.scope((copy) => {
      const at = copy(size, 'the checkpoint');
      engine.exports.wf_fit_checkpoint_save(at, pointer);
      return new Uint8Array(engine.exports.memory.buffer, at, size).slice();
    });
  }

  /** @param {Uint8Array} bytes of checkpoint() */
  restore(bytes) {
    const verdict = this.engine.scope((copy) => this.engine.exports.wf_fit_checkpoint_restore(this.pointer, copy(bytes, 'the checkpoint'), bytes.length));
    if (verdict === 1) return;
    throw new WasmfitError(`fit: resume: ${verdict === 0 ? 'the checkpoint belongs to a fit with other options' : 'these are not the rows that the checkpoint was made with'}`,
      { code: 'CHECKPOINT', hint: verdict === 0 ? 'use the model that load() made from it, and the same options of fit' : 'pass the same X, y, weights and validation in the same order' });
  }

  /** Statistics of every layer over the first rows that train. @returns {Record<string, number>[]} */
  statistics() {
    const { engine, pointer, model, rows } = this, names = STATISTICS, L = model.layers;
    return engine.scope((copy) => {
      const to = copy(L * names.length * 8, 'the statistics'), part = rows.slice();
      part[5] = Math.min(part[5], engine.exports.wf_fit_batch_rows(pointer));
      if (!engine.exports.wf_fit_statistics(to, pointer, copy(part, 'the rows'))) throw engine.outOfMemory('the statistics');
      const values = engine.readF64(to, L * names.length);
      return Array.from({ length: L }, (_, l) => Object.fromEntries(names.map((name, i) => [name, values[l * names.length + i]])));
    });
  }

  free() {
    if (this.pointer !== 0) this.engine.exports.wf_fit_free(this.pointer);
    this.pointer = 0;
    this.held.free();
    this.model.free();
  }
}

/** The fit of a network, for a session. @param {Engine} engine @param {import('./session.js').NetworkTask} task */
export function beginNetwork(engine, { config, state, options, train, validation, checkpoint }) {
  const fit = new NativeFit(new NativeModel(engine, config, state), options, train, validation);
  try {
    if (checkpoint) fit.restore(checkpoint);
  } catch (error) {
    fit.free();
    throw error;
  }
  return fit;
}
