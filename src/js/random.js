// random.js: Philox 4×32-10 and what is drawn from it · in: seed, stream, step · out: words, permutations, numbers · next: split.js
//
// The twin of src/core/random.c, bit for bit. Math.sin, Math.log and their like may differ in the last bit from one engine to
// another, so the few functions needed here are our own: only +, −, ×, ÷ and Math.sqrt, which IEEE 754 fixes exactly.

import { show } from './errors.js';

/** Streams as in src/wasmfit.h: 1 weights and 2 order of rows are drawn in C, these two in JavaScript. */
export const STREAM_SPLIT = 3;
export const STREAM_DATA = 4;

/**
 * High half of the 64-bit product of two unsigned 32-bit numbers, through 16-bit halves whose sums stay exact in f64.
 * @param {number} a
 * @param {number} b
 */
function multiplyHigh(a, b) {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const first = aHigh * bLow + ((aLow * bLow) >>> 16);
  const second = aLow * bHigh + (first & 0xffff);
  return aHigh * bHigh + (first >>> 16) + (second >>> 16);
}

/**
 * One block of Philox 4×32-10. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, section 3.3.
 * @param {ArrayLike<number>} counter 4 words
 * @param {ArrayLike<number>} key 2 words
 * @returns {[number, number, number, number]} 4 unsigned 32-bit words
 */
export function philox(counter, key) {
  let [c0, c1, c2, c3] = Array.from(counter);
  let [k0, k1] = Array.from(key);
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0), low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2), low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/**
 * The two words of a Philox key: seed mod 2³² and seed / 2³².
 * @param {unknown} seed whole number from 0 to 2⁵³
 * @returns {[number, number]}
 * @throws {TypeError | RangeError} for any other seed
 */
function keyOf(seed) {
  if (typeof seed !== 'number') throw new TypeError(`seed must be a number, not ${show(seed)}`);
  if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 53) {
    throw new RangeError(`seed is ${show(seed)}; it must be a whole number from 0 to 2^53`);
  }
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/**
 * Words 0 … count − 1 of (seed, stream, step): word i is element i % 4 of the block with counter (i / 4, 0, step, stream).
 * @param {number} seed whole number from 0 to 2⁵³
 * @param {number} stream
 * @param {number} step
 * @param {number} count
 * @returns {Uint32Array} (count)
 */
export function words(seed, stream, step, count) {
  const key = keyOf(seed);
  const result = new Uint32Array(Math.ceil(count / 4) * 4);
  for (let i = 0; i < result.length; i += 4) result.set(philox([i / 4, 0, step, stream], key), i);
  return result.subarray(0, count);
}

/**
 * A random order of 0 … n − 1, by Fisher–Yates from the end: for i = n − 1 … 1 swap i with (word i · (i + 1)) >> 32.
 * @param {number} seed whole number from 0 to 2⁵³
 * @param {number} stream
 * @param {number} step
 * @param {number} n
 * @returns {Int32Array} (n)
 */
export function permutation(seed, stream, step, n) {
  const word = words(seed, stream, step, n);
  const order = Int32Array.from(word, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = multiplyHigh(word[i], i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

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
