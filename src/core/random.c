/* random.c: Philox 4×32-10 and what is drawn from it · in: seed, stream, step · out: words, permutations, normals · next: check.c
 *
 * Counter (block, attempt, step, stream), key (low 32 bits of the seed, the rest). Word i is element i % 4 of block i / 4.
 * Source: Salmon et al., SC11, section 3.3. Tests: tests/c/test_random.c, tests/js/random.test.js (the same words in JavaScript). */
#include "random.h"

#include <math.h>

#include "../kernels/scalar64.h"

static void philox(uint32_t out[4], double seed, uint32_t stream, uint32_t step, uint32_t attempt, uint32_t block) {
  uint64_t key = (uint64_t)seed;
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  uint32_t c0 = block, c1 = attempt, c2 = step, c3 = stream;
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    c0 = n0;
    c2 = n2;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

void wf_random_words(uint32_t *words, double seed, uint32_t stream, uint32_t step, uint32_t n) {
  uint32_t block[4] = {0, 0, 0, 0};
  for (uint32_t i = 0; i < n; i++) {
    if (i % 4 == 0) philox(block, seed, stream, step, 0, i / 4);
    words[i] = block[i % 4];
  }
}

/* Fisher–Yates from the end: for i = n-1 … 1 swap i with (word i · (i+1)) >> 32. Its bias is below n / 2³². */
void wf_random_permutation(int32_t *order, double seed, uint32_t stream, uint32_t step, uint32_t n) {
  uint32_t block[4] = {0, 0, 0, 0};
  for (uint32_t i = 0; i < n; i++) order[i] = (int32_t)i;
  for (uint32_t i = n; i-- > 1;) {
    if (i % 4 == 3 || i == n - 1) philox(block, seed, stream, step, 0, i / 4);
    uint32_t j = (uint32_t)(((uint64_t)block[i % 4] * ((uint64_t)i + 1)) >> 32);
    int32_t t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
}

double wf_random_uniform(double seed, uint32_t stream, uint32_t step, uint32_t index) {
  uint32_t block[4];
  philox(block, seed, stream, step, 0, index / 4);
  return block[index % 4] * 0x1p-32;
}

/* Marsaglia's polar method: a point of the unit disc a pair of numbers, its attempts counted apart. */
double wf_random_normal(double seed, uint32_t stream, uint32_t step, uint32_t index) {
  for (uint32_t attempt = 1;; attempt++) {
    uint32_t block[4];
    philox(block, seed, stream, step, attempt, index / 2);
    double u = block[0] * 0x1p-31 - 1 + 0x1p-32, v = block[1] * 0x1p-31 - 1 + 0x1p-32, s = u * u + v * v;
    if (s < 1) return (index % 2 ? v : u) * sqrt(-2 * wf_log64(s) / s);
  }
}
