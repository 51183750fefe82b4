// native.js: a model inside the core · in: configuration, weights, rows · out: weights, predictions · next: native-fit.js
import { finite } from './finite.js';
import { rowsAtOnce } from './held.js';
import { FAULT_BYTES, ROWS_BYTES, packConfig, packLayers, packRows, refusal } from './packing.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./packing.js').Config} Config */
/** @typedef {import('./packing.js').State} State */
/** @typedef {import('./packing.js').Rows} Rows */

/** How many rows a prediction may have that needs no memory of its own. */
const FEW_ROWS = 16;

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
    const { engine, inputs, outputs } = this, { x, rows } = part, { exports } = engine, floats = x instanceof Float32Array, row = inputs * x.BYTES_PER_ELEMENT;
    if (rows <= FEW_ROWS && floats) return finite.all(x) ? this.#predictFew(x, rows, Number(probabilities)) : null;
    const most = Math.min(rows, rowsAtOnce(row)), y = new Float32Array(rows * outputs);
    return engine.scope((copy) => {
      const from = copy(most * row, 'the rows to predict'), to = copy(most * outputs * 4, 'the predictions');
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
