// draws.js: random numbers one after another, uniform, normal, whole · in: seed · out: numbers · next: random.js
//
// Math.sin, Math.log and their like may differ in the last bit from one engine to another, so the few functions needed here are our
// own: only +, −, ×, ÷ and Math.sqrt, which IEEE 754 fixes exactly.
import { STREAM_DATA, keyOf, multiplyHigh, philox } from './random.js';

/** Numbers drawn one after another from (seed, stream, 0). The same seed gives the same bits on every engine. */
export class Random {
  #key;
  #stream;
  #block = 0;
  /** @type {number[]} */
  #left = [];

  /**
   * @param {number} seed whole number from 0 to 2⁵³
   * @param {number} [stream]
   */
  constructor(seed, stream = STREAM_DATA) {
    this.#key = keyOf(seed);
    this.#stream = stream;
  }

  /** The next word. @returns {number} unsigned, 32 bits */
  word() {
    if (this.#left.length === 0) this.#left = philox([this.#block++, 0, 0, this.#stream], this.#key).reverse();
    return /** @type {number} */ (this.#left.pop());
  }

  /** Uniform in [0, 1), all 53 bits drawn (two words). */
  uniform() {
    const high = this.word() >>> 5;
    return (high * 2 ** 26 + (this.word() >>> 6)) / 2 ** 53;
  }

  /** Normal with mean 0 and standard deviation 1 (four words). Box and Muller: √(−2 ln u) · cos(2πv). */
  normal() {
    const radius = Math.sqrt(-2 * log(1 - this.uniform()));
    return radius * cosTurn(this.uniform());
  }

  /**
   * Uniform in 0 … n − 1 (one word; its bias is below n / 2³²).
   * @param {number} n whole number from 1 to 2³² − 1
   */
  integer(n) {
    return multiplyHigh(this.word(), n);
  }
}

/**
 * sin(2πt) for |t| up to 2⁵⁰, within 1e-15. Angles are counted in turns because taking whole turns away is then exact.
 * @param {number} t
 */
export const sinTurn = (t) => quarters(t, 0);

/**
 * cos(2πt) for |t| up to 2⁵⁰, within 1e-15.
 * @param {number} t
 */
export const cosTurn = (t) => quarters(t, 1);

/**
 * sin(2πt + shift · π/2): the nearest quarter turn chooses sine or cosine and the sign, the rest is at most π/4.
 * @param {number} t
 * @param {number} shift
 */
function quarters(t, shift) {
  const quarter = Math.round(4 * t);
  const angle = 2 * Math.PI * (t - quarter / 4);
  const which = (quarter + shift) & 3;
  const value = which & 1 ? taylor(angle * angle, 15) : angle * taylor(angle * angle, 14);
  return which & 2 ? -value : value;
}

/**
 * 1 − s/(k(k+1)) + … from the last k down to 1 or 2: cosine for odd k, sine without its factor for even k.
 * For s ≤ (π/4)² the terms left out are below 1e-16.
 * @param {number} s square of the angle
 * @param {number} last
 */
function taylor(s, last) {
  let sum = 1;
  for (let k = last; k > 0; k -= 2) sum = 1 - (s / (k * (k + 1))) * sum;
  return sum;
}

/**
 * Natural logarithm of x in [2⁻⁶⁰, 1] within 2 ulp or so: x = m · 2ᵉ with m in [√½, √2), ln m = 2 artanh((m − 1)/(m + 1)).
 * @param {number} x
 */
export function log(x) {
  let m = x, exponent = 0;
  for (; m < Math.SQRT1_2; m *= 2) exponent--;
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let k = 21; k > 1; k -= 2) sum = (sum + 1 / k) * s * s;
  return exponent * Math.LN2 + 2 * s * (1 + sum);
}
