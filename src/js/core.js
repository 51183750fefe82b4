// core.js: one instance of a WebAssembly core: its memory and its errors · in: a compiled .wasm · out: Engine · next: held.js
import { WasmfitError, show } from './errors.js';

/** WF_ABI of src/wasmfit.h. */
const ABI = 1;
/** Bytes that are looked at together. */
const PART = 2 ** 16;

/** @typedef {Float32Array | Float64Array | Int32Array | Uint8Array} Copied */
/**
 * One instance of the core. Pointers are numbers from 0 to 2³² - 1; views of its memory are made anew for every use, because a
 * call may grow the memory and detach them.
 */
export class Engine {
  /** @param {WebAssembly.Module} module @param {import('./engine.js').Simd} simd */
  constructor(module, simd) {
    const instance = new WebAssembly.Instance(module, { env: { emscripten_notify_memory_growth() {} } });
    /** @type {Record<string, any>} */
    this.exports = instance.exports;
    this.module = module;
    this.simd = simd;
    this.exports._initialize?.();
    const abi = this.exports.wf_abi?.();
    if (abi !== ABI) {
      throw new WasmfitError(`the .wasm file is of version ${show(abi)}, this JavaScript of version ${ABI}`,
        { code: 'VERSION', hint: 'an old file may be cached: reload, or deploy both files of one release' });
    }
  }

  /**
   * Bytes, not cleared, or an error that names their number.
   * @param {number} bytes
   * @param {string} what
   * @returns {number}
   */
  alloc(bytes, what) {
    const pointer = bytes <= 0xffffffff ? this.exports.wf_alloc(bytes) >>> 0 : 0;
    if (pointer === 0) throw this.outOfMemory(what, bytes);
    return pointer;
  }

  /** @param {number} pointer */
  free(pointer) {
    this.exports.wf_free(pointer);
  }

  /** @param {string} what @param {number} [bytes] */
  outOfMemory(what, bytes) {
    const held = this.exports.memory.buffer.byteLength;
    return new WasmfitError(`${what}${bytes === undefined ? '' : ` needs ${bytes} bytes and`} does not fit into WebAssembly memory (${held} of at most ${2 ** 32} bytes are held now)`,
      { code: 'OUT_OF_MEMORY', hint: 'use fewer rows, a smaller batch or a smaller model' });
  }

  /**
   * @param {Copied} values
   * @param {string} what
   * @returns {number} a pointer to a copy
   */
  copyIn(values, what) {
    const pointer = this.alloc(values.byteLength, what);
    this.write(pointer, values);
    return pointer;
  }

  /** @param {number} pointer @param {Copied} values */
  write(pointer, values) {
    new Uint8Array(this.exports.memory.buffer, pointer, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  /** Whether no value is infinite or NaN, several times as fast as JavaScript. @param {Float32Array | Float64Array} values @returns {boolean} */
  allFinite(values) {
    return this.scope((copy) => {
      const part = copy(Math.min(values.byteLength, PART), 'a check');
      for (let at = 0, step = PART / values.BYTES_PER_ELEMENT; at < values.length; at += step) {
        const some = values.subarray(at, at + step);
        this.write(part, some);
        if (!this.exports.wf_all_finite(part, some.byteLength, Number(values instanceof Float32Array))) return false;
      }
      return true;
    });
  }

  /** A copy. @param {number} pointer @param {number} length */
  readF32(pointer, length) {
    return new Float32Array(this.exports.memory.buffer, pointer >>> 0, length).slice();
  }

  /** A copy. @param {number} pointer @param {number} length */
  readF64(pointer, length) {
    return new Float64Array(this.exports.memory.buffer, pointer >>> 0, length).slice();
  }

  /**
   * Runs `use` with a function that copies arrays in; every copy is freed afterwards, whatever happened.
   * @template T
   * @param {(copy: (values: Copied | number, what: string) => number) => T} use a number stands for that many bytes
   * @returns {T}
   */
  scope(use) {
    /** @type {number[]} */
    const taken = [];
    try {
      return use((values, what) => {
        taken.push(typeof values === 'number' ? this.alloc(values, what) : this.copyIn(values, what));
        return taken[taken.length - 1];
      });
    } finally {
      for (const pointer of taken) this.free(pointer);
    }
  }
}
