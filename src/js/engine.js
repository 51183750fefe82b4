// engine.js: loads the WebAssembly cores, each when it is first needed · in: .wasm · out: Engine · next: core.js
import { Engine } from './core.js';
import { WasmfitError, checkKeys, notReady, show } from './errors.js';
import { finite } from './finite.js';
import { readUrl } from './platform.js';

export { Engine };

/** @typedef {'exact' | 'fast'} Simd */
/** Networks in f32, linear models, networks in f64, quantised networks: a .wasm each, loaded when it is first needed.
 * @typedef {'network' | 'linear' | 'double' | 'int8'} Core */
/** @typedef {URL | BufferSource | WebAssembly.Module} Source */

/** Literal URLs: bundlers find them. @type {Record<Core | 'fast', () => URL>} */
const FILES = {
  network: () => new URL('../../build/wasmfit.wasm', import.meta.url),
  fast: () => new URL('../../build/wasmfit-fast.wasm', import.meta.url),
  linear: () => new URL('../../build/wasmfit-linear.wasm', import.meta.url),
  double: () => new URL('../../build/wasmfit-double.wasm', import.meta.url),
  int8: () => new URL('../../build/wasmfit-int8.wasm', import.meta.url),
};
const CORES = /** @type {const} */ (['network', 'linear', 'double', 'int8']);

/** The check of JavaScript; so many values are worth a walk through the core. */
const slow = finite.all, MANY = 2 ** 14;

/** Where a caller has them, but for that of networks, which init loads at once. @type {Partial<Record<Core, Source>>} */
const given = {};
/** @type {Map<Core, Promise<Engine>>} */
const loading = new Map();
/** @type {Map<Core, Engine>} */
const ready = new Map();

/**
 * @param {Simd} simd
 * @param {Source} source
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
 * A core, loaded by the first who asks.
 * @param {Core} [core]
 * @param {Simd} [simd]
 * @param {Source} [source] a worker gets the module of the page
 * @returns {Promise<Engine>}
 */
export function engineReady(core = 'network', simd = 'exact', source = given[core] ?? FILES[simd === 'fast' ? 'fast' : core]()) {
  const known = loading.get(core);
  if (known) return known;
  const engine = loadEngine(simd, source);
  loading.set(core, engine);
  engine.then((loaded) => {
    ready.set(core, loaded);
    finite.all = (data) => (data.length < MANY ? slow(data) : loaded.allFinite(data));
  }, () => loading.delete(core)); // so that a later call can try again
  return engine;
}

/** A core if it is loaded. @param {Core} core */
export const engineAtHand = (core) => ready.get(core);

/**
 * @param {string} what
 * @param {Core[]} cores the first of them that is loaded; networks' when not given
 * @returns {Engine}
 */
export function engineNow(what, ...cores) {
  for (const core of cores.length > 0 ? cores : CORES.slice(0, 1)) {
    const engine = ready.get(core);
    if (engine) return engine;
  }
  throw notReady(what);
}

/** @param {unknown} source @returns {source is Source} */
const isSource = (source) => source instanceof URL || source instanceof ArrayBuffer || ArrayBuffer.isView(source) || source instanceof WebAssembly.Module;

/** @param {unknown} wasm @returns {Partial<Record<Core, Source>>} */
function readSources(wasm) {
  if (isSource(wasm)) return { network: wasm };
  if (typeof wasm !== 'object' || wasm === null) throw new TypeError(`init: wasm must be a URL, bytes or a WebAssembly.Module, not ${show(wasm)}`);
  checkKeys(wasm, CORES, 'init: wasm');
  for (const [core, source] of Object.entries(wasm)) {
    if (!isSource(source)) throw new TypeError(`init: wasm.${core} must be a URL, bytes or a WebAssembly.Module, not ${show(source)}`);
  }
  return wasm;
}

/**
 * Loads the core of networks; fit and load do it by themselves, predict and getWeights before any fit need it. Later calls wait for
 * the first. Linear models have a core of their own, which their fit and load fetch.
 *
 * @param {{ simd?: Simd, wasm?: Source | Partial<Record<Core, Source>> }} [options]
 *   simd 'exact' (the default): the same bits everywhere; 'fast': networks with fused multiply-add, where the engine has relaxed SIMD
 *   wasm: where the core of networks is, when it is not beside the JavaScript; or where which are: { network, linear, double, int8 }
 * @returns {Promise<void>}
 * @throws {WasmfitError} NO_WASM, NOT_FOUND, VERSION; ALREADY_LOADED when another build is asked for later
 */
export async function init(options = {}) {
  checkKeys(options, ['simd', 'wasm'], 'init');
  const { simd, wasm } = options;
  if (simd !== undefined && simd !== 'exact' && simd !== 'fast') throw new RangeError(`init: simd is ${show(simd)}; it must be "exact" or "fast"`);
  const { network, ...others } = wasm === undefined ? {} : readSources(wasm);
  Object.assign(given, others);
  const engine = await engineReady('network', simd, network);
  if (simd !== undefined && engine.simd !== simd) {
    throw new WasmfitError(`init: the ${engine.simd} build is loaded already, so ${simd} cannot be`, { code: 'ALREADY_LOADED', hint: 'call init once, before anything else' });
  }
}
