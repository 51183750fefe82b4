// integers.js: numbers as levels, weights as integers, factors as shifts · in: ranges, weights · out: integers · next: native-integers.js
//
// Levels are whole numbers from least to most that stand for the values of a column:   value = origin + scale · (level − least).

/** @typedef {'symmetric' | 'affine'} Scheme */
/** One entry a column. @typedef {{ origin: Float64Array, scale: Float64Array, least: number, most: number }} Levels */
/** Least and greatest value of each column. @typedef {{ low: Float64Array, high: Float64Array }} Range */

/** @param {number} cols @returns {Range} */
export const emptyRange = (cols) => ({ low: new Float64Array(cols).fill(Infinity), high: new Float64Array(cols).fill(-Infinity) });

/** @param {Range} range of the rows before @param {ArrayLike<number>} data more rows */
export function widen({ low, high }, data) {
  for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === low.length ? 0 : c + 1) {
    if (data[i] < low[c]) low[c] = data[i];
    if (data[i] > high[c]) high[c] = data[i];
  }
}

/**
 * Symmetric: −127 to 127, where 0 stands for 0; affine: 0 to 255, from the least value to the greatest. After a ReLU, 0 to 255, where 0
 * stands for 0.
 * @param {Range} range @param {Scheme} scheme @param {boolean} [relu]
 * @returns {Levels}
 */
export function levelsOf({ low, high }, scheme, relu = false) {
  if (relu) return { origin: new Float64Array(high.length), scale: high.map((value) => Math.max(0, value) / 255), least: 0, most: 255 };
  if (scheme === 'affine') return { origin: low, scale: high.map((value, c) => (value - low[c]) / 255), least: 0, most: 255 };
  const greatest = high.map((value, c) => Math.max(value, -low[c]));
  return { origin: greatest.map((value) => -value), scale: greatest.map((value) => value / 127), least: -127, most: 127 };
}

/**
 * The same levels for value · factor + shift.
 * @param {Levels} levels @param {(c: number) => number} factor @param {(c: number) => number} shift
 * @returns {Levels}
 */
export const moved = ({ origin, scale, ...rest }, factor, shift) => ({
  ...rest, origin: origin.map((value, c) => value * factor(c) + shift(c)), scale: scale.map((value, c) => value * factor(c)),
});

/** Levels as the core finds them in f32: level = least + round((value − origin) · factor). @param {Levels} levels */
export function singles({ origin, scale, ...rest }) {
  const from = Float32Array.from(origin), factor = Float32Array.from(scale, (size) => (size > 1e-38 ? 1 / size : 0));
  const levels = { ...rest, origin: Float64Array.from(from), scale: Float64Array.from(factor, (value) => (value > 0 ? 1 / value : 0)) };
  return { origin: from, factor, levels };
}

/**
 * A dense layer on levels:   value · W + b ≈ step · Σ (weight − zero) level + rest,   column by column. W is multiplied by the scales of
 * its inputs before it is rounded. Symmetric: zero is 0 and step the greatest |w| / 127; affine: 256 steps from the least w to the
 * greatest, 0 within.
 * @param {ArrayLike<number>} W (inputs, units) @param {ArrayLike<number>} b @param {Levels} levels of the inputs @param {Scheme} scheme
 */
export function roundWeights(W, b, { origin, scale, least }, scheme) {
  const I = origin.length, O = b.length, step = new Float64Array(O), rest = Float64Array.from(b);
  const weight = new Int8Array(I * O), zero = new Int8Array(O);
  for (let o = 0; o < O; o++) {
    let low = 0, high = 0;
    for (let i = 0, at = o; i < I; i++, at += O) {
      const w = W[at] * scale[i];
      if (w < low) low = w;
      if (w > high) high = w;
      rest[o] += W[at] * (origin[i] - scale[i] * least);
    }
    step[o] = scheme === 'symmetric' ? Math.max(-low, high) / 127 : (high - low) / 255;
    if (step[o] === 0) continue;
    if (scheme === 'affine') zero[o] = Math.round(-128 - low / step[o]);
    for (let i = 0, at = o; i < I; i++, at += O) {
      weight[at] = Math.max(-128, Math.min(127, Math.round(W[at] * scale[i] / step[o]) + zero[o]));
    }
  }
  return { weight, zero, step, rest };
}

/**
 * factor · x + value = (multiplier · x + offset) / 2^shift, with as many bits as there are: |multiplier| < 2³¹, |offset| <= 2⁶¹. Beyond 2²⁹,
 * where every step of x goes from one end of the levels to the other, a factor is as good as that.
 * @param {Float64Array} factor 0 or more @param {Float64Array} value
 */
export function fixedPoint(factor, value) {
  const units = factor.length, multiplier = new Int32Array(units), shift = new Uint8Array(units), offset = new BigInt64Array(units);
  for (let o = 0; o < units; o++) {
    const steep = Math.min(factor[o], 2 ** 29);
    let bits = 62;
    while (bits > 1 && (steep * 2 ** bits >= 2 ** 31 - 1 || Math.abs(value[o]) * 2 ** bits > 2 ** 61)) bits--;
    shift[o] = bits;
    multiplier[o] = Math.round(steep * 2 ** bits);
    offset[o] = BigInt(Math.round(value[o] * 2 ** bits));
  }
  return { multiplier, shift, offset };
}
