// random.js: Philox 4×32-10 and what is drawn from it at once · in: seed, stream, step · out: words, permutations · next: split.js
//
// The twin of src/core/random.c, bit for bit.

import { show } from './errors.js';

/** Streams as in src/wasmfit.h: 1 weights and 2 order of rows are drawn in C, these two in JavaScript. */
export const STREAM_SPLIT = 3;
export const STREAM_DATA = 4;

/**
 * High half of the 64-bit product of two unsigned 32-bit numbers, through 16-bit halves whose sums stay exact in f64.
 * @param {number} a
 * @param {number} b
 */
export function multiplyHigh(a, b) {
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
export function keyOf(seed) {
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
