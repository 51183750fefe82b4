// native-fit.js: a fit inside the core · in: model, options, rows · out: reports, weights · next: session.js
import { WasmfitError } from './errors.js';
import { REPORT_FIELDS } from './fields.js';
import { Held } from './held.js';
import { NativeModel } from './native.js';
import { FAULT_BYTES, packFit, packRows, refusal } from './packing.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./packing.js').Divergence} Divergence */
/** @typedef {import('./packing.js').FitOptions} FitOptions */
/** @typedef {import('./packing.js').Rows} Rows */

/** wf_layer_statistics */
const STATISTICS = 'weightMean weightSd weightZeros gradientMean gradientSd gradientZeros outputMean outputSd outputZeros dead'.split(' ');

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
