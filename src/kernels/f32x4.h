/* f32x4.h: the one vector vocabulary of every kernel · in: intrinsics · out: f32x4_* · next: vmath.h
 *
 * Three targets, the same names and the same bits:
 *   wasm      wasm_simd128.h; with -mrelaxed-simd f32x4_madd alone becomes fused (that is the whole "fast" build)
 *   native    vector_size(16), so that the SIMD code itself runs under the sanitizers
 *   WF_DOUBLE four doubles in place of four floats, native and wasm: the build in which gradients are checked by differences
 * Loads and stores take any alignment. Masks are all-ones or all-zero lanes. No function here depends on rounding mode. */
#ifndef WF_F32X4_H
#define WF_F32X4_H

#include <stdint.h>
#include <string.h>

#ifdef WF_DOUBLE
typedef double wf_real;
#else
typedef float wf_real;
#endif

#if defined(__wasm_simd128__) && !defined(WF_DOUBLE)
#include <wasm_simd128.h>

typedef v128_t f32x4;
typedef v128_t i32x4;

static inline f32x4 f32x4_load(const wf_real *p) { return wasm_v128_load(p); }
static inline void f32x4_store(wf_real *p, f32x4 a) { wasm_v128_store(p, a); }
static inline f32x4 f32x4_load_splat(const wf_real *p) { return wasm_v128_load32_splat(p); }
static inline f32x4 f32x4_splat(wf_real a) { return wasm_f32x4_splat(a); }
static inline f32x4 f32x4_add(f32x4 a, f32x4 b) { return wasm_f32x4_add(a, b); }
static inline f32x4 f32x4_sub(f32x4 a, f32x4 b) { return wasm_f32x4_sub(a, b); }
static inline f32x4 f32x4_mul(f32x4 a, f32x4 b) { return wasm_f32x4_mul(a, b); }
static inline f32x4 f32x4_div(f32x4 a, f32x4 b) { return wasm_f32x4_div(a, b); }
static inline f32x4 f32x4_sqrt(f32x4 a) { return wasm_f32x4_sqrt(a); }
static inline f32x4 f32x4_neg(f32x4 a) { return wasm_f32x4_neg(a); }
static inline f32x4 f32x4_abs(f32x4 a) { return wasm_f32x4_abs(a); }
/* min: b < a ? b : a; max: a < b ? b : a. So a NaN in b is dropped, a NaN in a is kept, on every target. */
static inline f32x4 f32x4_min(f32x4 a, f32x4 b) { return wasm_f32x4_pmin(a, b); }
static inline f32x4 f32x4_max(f32x4 a, f32x4 b) { return wasm_f32x4_pmax(a, b); }
static inline i32x4 f32x4_lt(f32x4 a, f32x4 b) { return wasm_f32x4_lt(a, b); }
static inline i32x4 f32x4_gt(f32x4 a, f32x4 b) { return wasm_f32x4_gt(a, b); }
static inline i32x4 f32x4_eq(f32x4 a, f32x4 b) { return wasm_f32x4_eq(a, b); }
/* mask ? a : b, lane by lane */
static inline f32x4 f32x4_select(i32x4 mask, f32x4 a, f32x4 b) { return wasm_v128_bitselect(a, b, mask); }
static inline f32x4 f32x4_bits(i32x4 a) { return a; }
static inline i32x4 i32x4_bits(f32x4 a) { return a; }
static inline i32x4 i32x4_splat(int32_t a) { return wasm_i32x4_splat(a); }
static inline i32x4 i32x4_add(i32x4 a, i32x4 b) { return wasm_i32x4_add(a, b); }
static inline i32x4 i32x4_sub(i32x4 a, i32x4 b) { return wasm_i32x4_sub(a, b); }
static inline i32x4 i32x4_and(i32x4 a, i32x4 b) { return wasm_v128_and(a, b); }
static inline i32x4 i32x4_or(i32x4 a, i32x4 b) { return wasm_v128_or(a, b); }
static inline i32x4 i32x4_shl(i32x4 a, int n) { return wasm_i32x4_shl(a, (uint32_t)n); }
static inline i32x4 i32x4_shr(i32x4 a, int n) { return wasm_i32x4_shr(a, (uint32_t)n); } /* arithmetic */
static inline f32x4 f32x4_from_i32x4(i32x4 a) { return wasm_f32x4_convert_i32x4(a); }
/* a * b + c; fused only in the relaxed build */
static inline f32x4 f32x4_madd(f32x4 a, f32x4 b, f32x4 c) {
#ifdef __wasm_relaxed_simd__
  return wasm_f32x4_relaxed_madd(a, b, c);
#else
  return wasm_f32x4_add(wasm_f32x4_mul(a, b), c);
#endif
}
/* (lane 0 + lane 2) + (lane 1 + lane 3): the order is part of the contract */
static inline wf_real f32x4_sum(f32x4 a) {
  f32x4 t = wasm_f32x4_add(a, wasm_i32x4_shuffle(a, a, 2, 3, 2, 3));
  return wasm_f32x4_extract_lane(t, 0) + wasm_f32x4_extract_lane(t, 1);
}
/* the greatest lane */
static inline wf_real f32x4_most(f32x4 a) {
  f32x4 t = f32x4_max(a, wasm_i32x4_shuffle(a, a, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(f32x4_max(t, wasm_i32x4_shuffle(t, t, 1, 0, 3, 2)), 0);
}
/* the f32x4_sum of four vectors at once, one a lane, in the same order */
static inline f32x4 f32x4_sum4(f32x4 a, f32x4 b, f32x4 c, f32x4 d) {
  f32x4 ab = wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 1, 4, 5), wasm_i32x4_shuffle(a, b, 2, 3, 6, 7));
  f32x4 cd = wasm_f32x4_add(wasm_i32x4_shuffle(c, d, 0, 1, 4, 5), wasm_i32x4_shuffle(c, d, 2, 3, 6, 7));
  return wasm_f32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 2, 4, 6), wasm_i32x4_shuffle(ab, cd, 1, 3, 5, 7));
}

/* eight bytes as numbers 0..255: the last bits of 2^23 + b are b (clang 14 would take a conversion apart, lane by lane) */
static inline void f32x4_from_bytes(f32x4 out[2], const uint8_t *p) {
  v128_t words = wasm_u16x8_load8x8(p), magic = wasm_f32x4_splat(8388608);
  out[0] = wasm_f32x4_sub(wasm_v128_or(wasm_u32x4_extend_low_u16x8(words), magic), magic);
  out[1] = wasm_f32x4_sub(wasm_v128_or(wasm_u32x4_extend_high_u16x8(words), magic), magic);
}

/* Words of the random generator. */
typedef v128_t u32x4;
static inline u32x4 u32x4_load(const uint32_t *p) { return wasm_v128_load(p); }
static inline u32x4 u32x4_splat(uint32_t a) { return wasm_u32x4_splat(a); }
static inline u32x4 u32x4_shl(u32x4 a, int n) { return wasm_i32x4_shl(a, (uint32_t)n); }
static inline i32x4 u32x4_lt(u32x4 a, u32x4 b) { return wasm_u32x4_lt(a, b); }
static inline f32x4 f32x4_from_u32x4(u32x4 a) { return wasm_f32x4_convert_u32x4(a); }
static inline f32x4 f32x4_from_signed(u32x4 a) { return wasm_f32x4_convert_i32x4(a); }

#else /* by the compiler */
#include <math.h>

#ifdef WF_DOUBLE
typedef double f32x4 __attribute__((vector_size(32)));
typedef int64_t i32x4 __attribute__((vector_size(32)));
#else
typedef float f32x4 __attribute__((vector_size(16)));
typedef int32_t i32x4 __attribute__((vector_size(16)));
#endif
typedef uint32_t u32x4 __attribute__((vector_size(16)));

static inline f32x4 f32x4_load(const wf_real *p) {
  f32x4 a;
  memcpy(&a, p, sizeof a);
  return a;
}
static inline void f32x4_store(wf_real *p, f32x4 a) { memcpy(p, &a, sizeof a); }
static inline f32x4 f32x4_splat(wf_real a) { return (f32x4){a, a, a, a}; }
static inline f32x4 f32x4_load_splat(const wf_real *p) { return f32x4_splat(*p); }
static inline f32x4 f32x4_add(f32x4 a, f32x4 b) { return a + b; }
static inline f32x4 f32x4_sub(f32x4 a, f32x4 b) { return a - b; }
static inline f32x4 f32x4_mul(f32x4 a, f32x4 b) { return a * b; }
static inline f32x4 f32x4_div(f32x4 a, f32x4 b) { return a / b; }
static inline f32x4 f32x4_bits(i32x4 a) { return (f32x4)a; }
static inline i32x4 i32x4_bits(f32x4 a) { return (i32x4)a; }
static inline i32x4 f32x4_lt(f32x4 a, f32x4 b) { return (i32x4)(a < b); }
static inline i32x4 f32x4_gt(f32x4 a, f32x4 b) { return (i32x4)(a > b); }
static inline i32x4 f32x4_eq(f32x4 a, f32x4 b) { return (i32x4)(a == b); }
static inline f32x4 f32x4_select(i32x4 mask, f32x4 a, f32x4 b) {
  return (f32x4)((mask & (i32x4)a) | (~mask & (i32x4)b));
}
static inline f32x4 f32x4_min(f32x4 a, f32x4 b) { return f32x4_select(f32x4_lt(b, a), b, a); }
static inline f32x4 f32x4_max(f32x4 a, f32x4 b) { return f32x4_select(f32x4_lt(a, b), b, a); }
#ifdef WF_DOUBLE
static inline f32x4 f32x4_sqrt(f32x4 a) { return (f32x4){sqrt(a[0]), sqrt(a[1]), sqrt(a[2]), sqrt(a[3])}; }
static inline f32x4 f32x4_neg(f32x4 a) { return -a; }
static inline f32x4 f32x4_abs(f32x4 a) { return (f32x4){fabs(a[0]), fabs(a[1]), fabs(a[2]), fabs(a[3])}; }
#else
static inline f32x4 f32x4_sqrt(f32x4 a) { return (f32x4){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])}; }
static inline f32x4 f32x4_neg(f32x4 a) { return (f32x4)((i32x4)a ^ INT32_MIN); }
static inline f32x4 f32x4_abs(f32x4 a) { return (f32x4)((i32x4)a & INT32_MAX); }
static inline i32x4 i32x4_splat(int32_t a) { return (i32x4){a, a, a, a}; }
static inline i32x4 i32x4_add(i32x4 a, i32x4 b) { return (i32x4)((u32x4)a + (u32x4)b); }
static inline i32x4 i32x4_sub(i32x4 a, i32x4 b) { return (i32x4)((u32x4)a - (u32x4)b); }
static inline i32x4 i32x4_and(i32x4 a, i32x4 b) { return a & b; }
static inline i32x4 i32x4_or(i32x4 a, i32x4 b) { return a | b; }
static inline i32x4 i32x4_shl(i32x4 a, int n) { return (i32x4)((u32x4)a << (uint32_t)n); }
static inline i32x4 i32x4_shr(i32x4 a, int n) { return a >> n; }
static inline f32x4 f32x4_from_i32x4(i32x4 a) {
  return (f32x4){(float)a[0], (float)a[1], (float)a[2], (float)a[3]};
}
#endif
static inline f32x4 f32x4_madd(f32x4 a, f32x4 b, f32x4 c) { return a * b + c; }
static inline wf_real f32x4_sum(f32x4 a) { return (a[0] + a[2]) + (a[1] + a[3]); }
static inline wf_real f32x4_most(f32x4 a) {
  wf_real t = a[0] < a[2] ? a[2] : a[0], u = a[1] < a[3] ? a[3] : a[1];
  return t < u ? u : t;
}
static inline f32x4 f32x4_sum4(f32x4 a, f32x4 b, f32x4 c, f32x4 d) {
  return (f32x4){f32x4_sum(a), f32x4_sum(b), f32x4_sum(c), f32x4_sum(d)};
}
static inline void f32x4_from_bytes(f32x4 out[2], const uint8_t *p) {
  out[0] = (f32x4){p[0], p[1], p[2], p[3]};
  out[1] = (f32x4){p[4], p[5], p[6], p[7]};
}

static inline u32x4 u32x4_load(const uint32_t *p) { return (u32x4){p[0], p[1], p[2], p[3]}; }
static inline u32x4 u32x4_splat(uint32_t a) { return (u32x4){a, a, a, a}; }
static inline u32x4 u32x4_shl(u32x4 a, int n) { return a << (uint32_t)n; }
static inline i32x4 u32x4_lt(u32x4 a, u32x4 b) {
  typedef int32_t s32x4 __attribute__((vector_size(16)));
  return __builtin_convertvector((s32x4)(a < b), i32x4);
}
static inline f32x4 f32x4_from_u32x4(u32x4 a) { return (f32x4){(wf_real)a[0], (wf_real)a[1], (wf_real)a[2], (wf_real)a[3]}; }
static inline f32x4 f32x4_from_signed(u32x4 a) {
  return (f32x4){(wf_real)(int32_t)a[0], (wf_real)(int32_t)a[1], (wf_real)(int32_t)a[2], (wf_real)(int32_t)a[3]};
}
#endif

#endif
