/* random.c: Philox 4×32-10 and what is drawn from it · in: seed, stream, step · out: words, orders, normals, masks · next: check.c
 *
 * Counter (block, attempt, step, stream), key (low 32 bits of the seed, the rest). Word i is element i % 4 of block i / 4.
 * Source: Salmon et al., SC11, section 3.3. Tests: tests/c/test_random.c, tests/js/random.test.js (the same words in JavaScript). */
#include "random.h"

#include <math.h>

#include "../kernels/scalar64.h"
#include "../kernels/vmath.h"

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
void wf_random_shuffle(int32_t *values, double seed, uint32_t stream, uint32_t step, uint32_t n) {
  uint32_t block[4] = {0, 0, 0, 0};
  for (uint32_t i = n; i-- > 1;) {
    if (i % 4 == 3 || i == n - 1) philox(block, seed, stream, step, 0, i / 4);
    uint32_t j = (uint32_t)(((uint64_t)block[i % 4] * ((uint64_t)i + 1)) >> 32);
    int32_t t = values[i];
    values[i] = values[j];
    values[j] = t;
  }
}

void wf_random_permutation(int32_t *order, double seed, uint32_t stream, uint32_t step, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) order[i] = (int32_t)i;
  wf_random_shuffle(order, seed, stream, step, n);
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

/* Marsaglia and Tsang's, of the shape alpha + 1, times U^(1/alpha): its logarithm, as small shapes underflow. Draws of gamma `which`
 * (0 or 1): normals at 2 k + which, uniforms from 2^31 on, so that a permutation of up to 2^31 may share the step. */
static double log_gamma_draw(double alpha, double seed, uint32_t stream, uint32_t step, uint32_t which) {
  double d = alpha + 2.0 / 3, c = 1 / sqrt(9 * d);
  for (uint32_t k = 0;; k++) {
    double x = wf_random_normal(seed, stream, step, 2 * k + which), t = 1 + c * x, v = t * t * t;
    double u = 1 - wf_random_uniform(seed, stream, step, (1u << 31) + 4 * k + which);
    if (v <= 0 || wf_log64(u) >= x * x / 2 + d * (1 - v + wf_log64(v))) continue;
    return wf_log64(d * v) + wf_log64(1 - wf_random_uniform(seed, stream, step, (1u << 31) + 4 * k + 2 + which)) / alpha;
  }
}

double wf_random_beta(double alpha, double seed, uint32_t stream, uint32_t step) {
  if (alpha < 1e-300) alpha = 1e-300; /* so that no logarithm is infinite */
  double other = log_gamma_draw(alpha, seed, stream, step, 1), own = log_gamma_draw(alpha, seed, stream, step, 0);
  return 1 / (1 + wf_exp64(other - own));
}

/* ---- for whole batches --------------------------------------------------------------------------------------------- */

enum { PART = 64 };

/* Words first … first + PART - 1 of (seed, stream, step, part). */
static void part_words(uint32_t words[PART], double seed, uint32_t stream, uint32_t step, uint32_t part, size_t first) {
  for (uint32_t i = 0; i < PART; i += 4) philox(words + i, seed, stream, step, part, (uint32_t)(first / 4) + i / 4);
}

void wf_random_mask(wf_real *mask, size_t n, double rate, double seed, uint32_t stream, uint32_t step, uint32_t part) {
  const u32x4 below = u32x4_splat((uint32_t)(rate * 0x1p32));
  const f32x4 zero = f32x4_splat(0), kept = f32x4_splat((wf_real)(1 / (1 - rate)));
  uint32_t words[PART];
  for (size_t i = 0; i < n; i += PART) {
    part_words(words, seed, stream, step, part, i);
    for (size_t j = 0; j < PART && i + j < n; j += 4)
      f32x4_store(mask + i + j, f32x4_select(u32x4_lt(u32x4_load(words + j), below), zero, kept));
  }
}

/* Box–Muller: √(-2 log u) (cos θ, sin θ), u in (0, 1], θ = φ + a multiple of 90° that the two lowest bits of v choose; |φ| <= 45°, where
 * the first terms left out of the series are below 2^-28. */
static inline void normal_pair(f32x4 out[2], u32x4 u, u32x4 v) {
  const f32x4 eighth = f32x4_splat((wf_real)(3.14159265358979324 / 4 * 0x1p-31)); /* of a turn */
  const u32x4 top = u32x4_splat(1u << 31);
  f32x4 uniform = f32x4_mul(f32x4_add(f32x4_from_u32x4(u), f32x4_splat((wf_real)0.5)), f32x4_splat((wf_real)0x1p-32));
  f32x4 radius = f32x4_sqrt(f32x4_mul(f32x4_splat(-2), f32x4_log(uniform)));
  f32x4 phi = f32x4_mul(f32x4_from_signed(v), eighth), s = f32x4_mul(phi, phi);
  f32x4 sine = f32x4_splat((wf_real)(1.0 / 362880)), cosine = f32x4_splat((wf_real)(1.0 / 40320));
  static const wf_real sines[] = {(wf_real)(-1.0 / 5040), (wf_real)(1.0 / 120), (wf_real)(-1.0 / 6), 1};
  static const wf_real cosines[] = {(wf_real)(-1.0 / 720), (wf_real)(1.0 / 24), (wf_real)-0.5, 1};
  for (int k = 0; k < 4; k++) {
    sine = f32x4_add(f32x4_mul(sine, s), f32x4_splat(sines[k]));
    cosine = f32x4_add(f32x4_mul(cosine, s), f32x4_splat(cosines[k]));
  }
  sine = f32x4_mul(sine, phi);
  i32x4 turned = u32x4_lt(u32x4_shl(v, 31), top), straight = u32x4_lt(u32x4_shl(v, 30), top);
  radius = f32x4_select(straight, radius, f32x4_neg(radius));
  out[0] = f32x4_mul(radius, f32x4_select(turned, f32x4_neg(sine), cosine));
  out[1] = f32x4_mul(radius, f32x4_select(turned, cosine, sine));
}

void wf_random_noise(wf_real *x, size_t n, double sd, double seed, uint32_t stream, uint32_t step, uint32_t part) {
  f32x4 scale = f32x4_splat((wf_real)sd), noise[2];
  uint32_t words[PART];
  for (size_t i = 0; i < n; i += PART) {
    part_words(words, seed, stream, step, part, i);
    for (size_t j = 0; j < PART && i + j < n; j += 8) {
      normal_pair(noise, u32x4_load(words + j), u32x4_load(words + j + 4));
      for (size_t k = 0; k < 2; k++) {
        wf_real *to = x + i + j + 4 * k;
        f32x4_store(to, f32x4_add(f32x4_load(to), f32x4_mul(scale, noise[k])));
      }
    }
  }
}
