// random.test.js: Philox against its published vectors, and the bits of everything drawn from it · in: src/js/random.js · out: test report

import assert from 'node:assert/strict';
import test from 'node:test';
import { Random, cosTurn, log, sinTurn } from '../../src/js/draws.js';
import { permutation, philox, words } from '../../src/js/random.js';

/** @param {string} hex */
const parse = (hex) => hex.split(' ').map((word) => parseInt(word, 16));

test('Philox 4x32-10 gives the published known answers', () => {
  // Source: Random123, tests/kat_vectors: counter, key, result.
  const vectors = [
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ];
  for (const [counter, key, result] of vectors) assert.deepEqual(philox(parse(counter), parse(key)), parse(result));
});

test('words and permutations are those of an independent implementation, for small seeds and for the largest', () => {
  // Source: the specification in src/core/random.c, written again in Python with integers of any size.
  assert.deepEqual(Array.from(words(7, 3, 2, 6)), parse('ffdc7a6b 067f393f 62aff371 fb24d6f6 5cd74597 5af8470d'));
  assert.deepEqual(Array.from(words(2 ** 53, 4, 0, 5)), parse('8244ade6 d3af4156 8979070e c71ce776 3c873931'));
  assert.deepEqual(Array.from(permutation(42, 2, 5, 12)), [7, 11, 0, 8, 2, 5, 10, 1, 3, 4, 9, 6]);
  let sum = 0;
  permutation(1, 3, 0, 100000).forEach((value, i) => { sum = (sum + value * (i + 1)) % 1000003; });
  assert.equal(sum, 245999);
});

test('a permutation holds every row exactly once, also of no rows and of one', () => {
  for (const n of [0, 1, 2, 3, 4, 5, 1000]) {
    assert.deepEqual(Array.from(permutation(3, 3, 0, n)).sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
  }
});

test('another seed, stream or step gives other words', () => {
  const all = [words(1, 3, 0, 4), words(2, 3, 0, 4), words(1, 4, 0, 4), words(1, 3, 1, 4), words(1 + 2 ** 32, 3, 0, 4)];
  assert.equal(new Set(all.map(String)).size, all.length);
});

test('a seed that is not a whole number from 0 to 2^53 is refused by its value', () => {
  for (const seed of [-1, 1.5, NaN, Infinity, 2 ** 53 + 2]) {
    assert.throws(() => new Random(seed), { name: 'RangeError', message: `seed is ${seed}; it must be a whole number from 0 to 2^53` });
  }
  assert.throws(() => words(/** @type {any} */ ('7'), 3, 0, 1), { name: 'TypeError', message: 'seed must be a number, not "7"' });
});

test('uniform and normal numbers have these very bits', () => {
  const random = new Random(7);
  assert.deepEqual([random.uniform(), random.uniform(), random.normal(), random.normal(), random.integer(1000)], [
    0.09492160220227097, 0.008732640775319878, 1.4591688747450065, -0.06568923467918808, 319,
  ]);
});

test('uniform numbers lie in [0, 1) and normal ones have mean 0, standard deviation 1', () => {
  const random = new Random(11), n = 100000;
  let low = 1, high = 0, sum = 0, squares = 0, beyondTwo = 0;
  for (let i = 0; i < n; i++) {
    const u = random.uniform(), z = random.normal();
    low = Math.min(low, u);
    high = Math.max(high, u);
    sum += z;
    squares += z * z;
    if (Math.abs(z) > 2) beyondTwo++;
  }
  assert.ok(low >= 0 && low < 1e-3 && high < 1 && high > 0.999);
  assert.ok(Math.abs(sum / n) < 4 / Math.sqrt(n));
  assert.ok(Math.abs(squares / n - 1) < 4 * Math.sqrt(2 / n));
  assert.ok(Math.abs(beyondTwo / n - 0.0455) < 0.003);
});

test('whole numbers below n are all met about equally often', () => {
  const random = new Random(5), met = new Array(6).fill(0);
  for (let i = 0; i < 60000; i++) met[random.integer(6)]++;
  for (const count of met) assert.ok(Math.abs(count - 10000) < 500, String(met));
});

test('sine and cosine of turns are right to 1e-15 and exact at quarter turns, also after a million of them', () => {
  for (let i = -500; i <= 500; i++) {
    const t = i / 1000;
    assert.ok(Math.abs(sinTurn(t) - Math.sin(2 * Math.PI * t)) < 1e-15, `sine of ${t}`);
    assert.ok(Math.abs(cosTurn(t) - Math.cos(2 * Math.PI * t)) < 1e-15, `cosine of ${t}`);
  }
  assert.deepEqual([0, 0.25, 0.5, 0.75, 1].map((t) => sinTurn(t) + 0), [0, 1, 0, -1, 0]);
  assert.deepEqual([0, 0.25, 0.5, 0.75, 1].map((t) => cosTurn(t) + 0), [1, 0, -1, 0, 1]);
  assert.equal(sinTurn(1e6 + 3 / 64), sinTurn(3 / 64));
});

test('the logarithm is right to 2 ulp from 1e-17 to 1', () => {
  for (let x = 1; x > 1e-17; x *= 0.9371) {
    assert.ok(Math.abs(log(x) - Math.log(x)) <= 4.5e-16 * Math.abs(Math.log(x)), `logarithm of ${x}`);
  }
});
