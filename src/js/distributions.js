// distributions.js: quantiles for figures · in: probability · out: number · next: summary.js
import { engineNow } from './engine.js';
import { show } from './errors.js';

/**
 * The standard normal quantile Φ⁻¹(p), to 1e-12 relative.
 * @param {number} p from 0 to 1
 * @returns {number} -Infinity at 0, Infinity at 1
 * @throws {import('./errors.js').WasmfitError} NOT_READY: neither init was awaited nor a model fitted or loaded
 */
export function normalQuantile(p) {
  if (typeof p !== 'number') throw new TypeError(`normalQuantile: p must be a number from 0 to 1, not ${show(p)}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile: p is ${show(p)}; it must be a number from 0 to 1`);
  return engineNow('normalQuantile', 'network', 'linear').exports.wf_normal_quantile(p);
}
