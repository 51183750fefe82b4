// finite.js: whether all values are finite, by the core where one is loaded · in: floats · out: yes or no · next: matrix.js

/** So many are worth a walk through the core. */
const MANY = 2 ** 14;

/** Whichever core is loaded: each of them can. @type {{ engine?: import('./core.js').Engine }} */
export const helper = {};

/** Many values go through the core, which is several times as fast. @param {Float32Array | Float64Array} data */
export function allFinite(data) {
  if (helper.engine && data.length >= MANY) return helper.engine.allFinite(data);
  let zero = 0;
  for (let i = 0; i < data.length; i++) zero += data[i] * 0;
  return zero === 0;
}
