// engine.js: loads the WebAssembly core and guards the border to it · in: .wasm · out: Engine, its memory and errors · next: native.js
import { WasmfitError, checkKeys, show } from './errors.js';
import { readUrl } from './platform.js';

/** WF_ABI of src/wasmfit.h. */
const ABI = 1;

/** @typedef {Float32Array | Float64Array | Int32Array} Copied */
/** @typedef {'exact' | 'fast'} Simd */

/**
 * One instance of the core. Pointers are numbers from 0 to 2³² - 1; views of its memory are made anew for every use, because a
 * call may grow the memory and detach them.
 */
export class Engine {
  /** @param {WebAssembly.Module} module @param {Simd} simd */
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

/** Copies of arrays in the core that live until they are freed together. */
export class Held {
  /** @type {number[]} */ #pointers = [];

  /** @param {Engine} engine */
  constructor(engine) {
    this.engine = engine;
  }

  /** @param {Copied} values @returns {number} a pointer */
  take(values) {
    const pointer = this.engine.copyIn(values, 'the data set');
    this.#pointers.push(pointer);
    return pointer;
  }

  free() {
    for (const pointer of this.#pointers.splice(0)) this.engine.free(pointer);
  }
}

/** @type {Promise<Engine> | undefined} */
let loading;
/** @type {Engine | undefined} */
let ready;

/** Literal URLs: bundlers find them. @param {Simd} simd */
const urlOf = (simd) => simd === 'fast'
  ? new URL('../../build/wasmfit-fast.wasm', import.meta.url)
  : new URL('../../build/wasmfit.wasm', import.meta.url);

/**
 * @param {Simd} simd
 * @param {URL | BufferSource | WebAssembly.Module} source
 */
async function loadEngine(simd, source) {
  if (typeof WebAssembly !== 'object') {
    throw new WasmfitError('this environment has no WebAssembly', { code: 'NO_WASM', hint: 'use a current browser, or Node 20 or newer' });
  }
  const code = source instanceof URL ? await readUrl(source, 'the WebAssembly core') : source;
  try {
    return new Engine(code instanceof WebAssembly.Module ? code : await WebAssembly.compile(code), simd);
  } catch (cause) {
    if (cause instanceof WasmfitError) throw cause;
    throw new WasmfitError(`the WebAssembly core was not accepted (${cause instanceof Error ? cause.message : String(cause)})`, {
      code: 'NO_WASM', cause,
      hint: simd === 'fast' ? "relaxed SIMD is missing here: use init({ simd: 'exact' })" : "WebAssembly SIMD is needed, and a content security policy must allow 'wasm-unsafe-eval'",
    });
  }
}

/**
 * Loads the core; fit and load do it by themselves, predict and getWeights before any fit need it. Later calls wait for the first.
 *
 * @param {{ simd?: Simd, wasm?: URL | BufferSource | WebAssembly.Module }} [options]
 *   simd 'exact' (the default): the same bits everywhere; 'fast': fused multiply-add, where the engine has relaxed SIMD
 *   wasm: where the core is, when it is not beside the JavaScript
 * @returns {Promise<void>}
 * @throws {WasmfitError} NO_WASM, NOT_FOUND, VERSION; ALREADY_LOADED when another build is asked for later
 */
export async function init(options = {}) {
  checkKeys(options, ['simd', 'wasm'], 'init');
  const { simd, wasm } = options;
  if (simd !== undefined && simd !== 'exact' && simd !== 'fast') throw new RangeError(`init: simd is ${show(simd)}; it must be "exact" or "fast"`);
  const known = wasm === undefined || wasm instanceof URL || wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm) || wasm instanceof WebAssembly.Module;
  if (!known) throw new TypeError(`init: wasm must be a URL, bytes or a WebAssembly.Module, not ${show(wasm)}`);
  if (loading) {
    const engine = await loading;
    if (simd !== undefined && engine.simd !== simd) {
      throw new WasmfitError(`init: the ${engine.simd} build is loaded already, so ${simd} cannot be`, { code: 'ALREADY_LOADED', hint: 'call init once, before anything else' });
    }
    return;
  }
  loading = loadEngine(simd ?? 'exact', wasm ?? urlOf(simd ?? 'exact'));
  try {
    ready = await loading;
  } catch (error) {
    loading = undefined; // so that a later call can try again
    throw error;
  }
}

/** @returns {Promise<Engine>} */
export async function engineReady() {
  if (!ready) await init();
  return /** @type {Engine} */ (ready);
}

/**
 * @param {string} what
 * @returns {Engine}
 */
export function engineNow(what) {
  if (!ready) throw new WasmfitError(`${what} needs the core, which is not loaded yet`, { code: 'NOT_READY', hint: 'await init() first' });
  return ready;
}
