/* int8.h: products of small integers, and features as small integers · in: levels, weights in panels · out: sums in 32 bits, levels
 * next: int8.c
 *
 * Levels and weights, |·| <= 255, are kept as int16, as one instruction multiplies eight of them and adds the products two by two.
 * Panels. W (I,O) is kept as ceil(O/8) panels; a panel holds, for each pair of inputs, the two weights of each of its columns:
 *   W[i][o] = panels[(o / 8) * I2 * 8 + (i / 2) * 16 + (o % 8) * 2 + i % 2],   I2 = I rounded up to 2.
 * Sums are exact, so that their order does not matter. */
#ifndef WF_INT8_H
#define WF_INT8_H

#include "f32x4.h"

#if defined(__wasm_simd128__)
typedef v128_t s16x8;
typedef v128_t s32x4;
static inline s16x8 s16x8_load(const int16_t *p) { return wasm_v128_load(p); }
static inline void s16x8_store(int16_t *p, s16x8 a) { wasm_v128_store(p, a); }
static inline s16x8 s16x8_load_pair(const int16_t *p) { return wasm_v128_load32_splat(p); } /* p[0], p[1], p[0], p[1], … */
/* min(p · gain, 255) */
static inline s16x8 s16x8_from_bytes(const uint8_t *p, const uint8_t *gain) {
  return wasm_u16x8_min(wasm_i16x8_mul(wasm_u16x8_load8x8(p), wasm_u16x8_load8x8(gain)), wasm_i16x8_splat(255));
}
static inline s32x4 s32x4_zero(void) { return wasm_i32x4_const(0, 0, 0, 0); }
static inline void s32x4_store(int32_t *p, s32x4 a) { wasm_v128_store(p, a); }
/* a + (x0 w0 + x1 w1, x2 w2 + x3 w3, …) */
static inline s32x4 s32x4_dot(s32x4 a, s16x8 x, s16x8 w) { return wasm_i32x4_add(a, wasm_i32x4_dot_i16x8(x, w)); }
/* p (4): least + a, for a from 0 to 255, rounded to the nearest, halves to even: 2^23 has no fraction bits left */
static inline void s16x4_store_round(int16_t *p, f32x4 a, int least) {
  s32x4 bits = wasm_f32x4_add(a, wasm_f32x4_splat(0x1p23f));
  bits = wasm_i32x4_sub(bits, wasm_i32x4_splat(0x4b000000 - least));
  wasm_v128_store64_lane(p, wasm_i16x8_narrow_i32x4(bits, bits), 0);
}
#else
typedef int16_t s16x8 __attribute__((vector_size(16)));
typedef int32_t s32x4 __attribute__((vector_size(16)));
static inline s16x8 s16x8_load(const int16_t *p) {
  s16x8 a;
  memcpy(&a, p, sizeof a);
  return a;
}
static inline void s16x8_store(int16_t *p, s16x8 a) { memcpy(p, &a, sizeof a); }
static inline s16x8 s16x8_load_pair(const int16_t *p) { return (s16x8){p[0], p[1], p[0], p[1], p[0], p[1], p[0], p[1]}; }
static inline s16x8 s16x8_from_bytes(const uint8_t *p, const uint8_t *gain) {
  s16x8 a;
  for (int i = 0; i < 8; i++) a[i] = (int16_t)(p[i] * gain[i] < 255 ? p[i] * gain[i] : 255);
  return a;
}
static inline s32x4 s32x4_zero(void) { return (s32x4){0, 0, 0, 0}; }
static inline void s32x4_store(int32_t *p, s32x4 a) { memcpy(p, &a, sizeof a); }
static inline s32x4 s32x4_dot(s32x4 a, s16x8 x, s16x8 w) {
  for (int i = 0; i < 4; i++) a[i] += x[2 * i] * w[2 * i] + x[2 * i + 1] * w[2 * i + 1];
  return a;
}
static inline void s16x4_store_round(int16_t *p, f32x4 a, int least) {
  for (int i = 0; i < 4; i++) {
    float sum = (float)a[i] + 0x1p23f;
    p[i] = (int16_t)((int)(sum - 0x1p23f) + least);
  }
}
#endif

/* sums (4,8) = four rows of levels x, ld apart, times one panel of I2 inputs. */
void wf_int8_tile(int32_t *sums, const int16_t *x, size_t ld, const int16_t *w, int I2);

/* levels (n) = min(bytes · gain, 255), and zeros up to a multiple of 8. */
void wf_int8_from_bytes(int16_t *levels, const uint8_t *bytes, const uint8_t *gain, int n);
/* levels (n) = least + round((x - origin) · factor), halves to even, put within least..most, and any up to a multiple of 4. Returns 0: some x is not finite. */
int wf_int8_from_floats(int16_t *levels, const wf_real *x, const wf_real *origin, const wf_real *factor, int least, int most, int n);

/* The oracles of the tests, one number each. */
int32_t wf_int8_dot_scalar(const int16_t *x, const int16_t *w, int n);
int wf_int8_level_scalar(wf_real x, wf_real origin, wf_real factor, int least, int most);

#endif
