/* f64x2.h: the vector vocabulary of the linear models · in: intrinsics · out: f64x2_* · next: ../core/dd.h
 *
 * As f32x4.h: wasm_simd128.h under WebAssembly, vector_size(16) natively; the same names and the same bits. No fused multiply-add on
 * any target, as error-free transformations need each rounding. Loads and stores take any alignment. */
#ifndef WF_F64X2_H
#define WF_F64X2_H

#include <stdint.h>
#include <string.h>

#include "f32x4.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>

typedef v128_t f64x2;

static inline f64x2 f64x2_load(const double *p) { return wasm_v128_load(p); }
static inline void f64x2_store(double *p, f64x2 a) { wasm_v128_store(p, a); }
static inline f64x2 f64x2_widen(const float *p) { return wasm_f64x2_promote_low_f32x4(wasm_v128_load64_zero(p)); } /* two of them */
static inline f64x2 f64x2_splat(double a) { return wasm_f64x2_splat(a); }
static inline f64x2 f64x2_add(f64x2 a, f64x2 b) { return wasm_f64x2_add(a, b); }
static inline f64x2 f64x2_sub(f64x2 a, f64x2 b) { return wasm_f64x2_sub(a, b); }
static inline f64x2 f64x2_mul(f64x2 a, f64x2 b) { return wasm_f64x2_mul(a, b); }
static inline f64x2 f64x2_abs(f64x2 a) { return wasm_f64x2_abs(a); }
static inline f64x2 f64x2_max(f64x2 a, f64x2 b) { return wasm_f64x2_pmax(a, b); } /* a < b ? b : a */
static inline f64x2 f64x2_first(f64x2 a, f64x2 b) { return wasm_i64x2_shuffle(a, b, 0, 2); }  /* lanes 0 of both */
static inline f64x2 f64x2_second(f64x2 a, f64x2 b) { return wasm_i64x2_shuffle(a, b, 1, 3); } /* lanes 1 of both */
static inline double f64x2_lane0(f64x2 a) { return wasm_f64x2_extract_lane(a, 0); }
static inline double f64x2_lane1(f64x2 a) { return wasm_f64x2_extract_lane(a, 1); }

#else /* native */

typedef double f64x2 __attribute__((vector_size(16)));

static inline f64x2 f64x2_load(const double *p) {
  f64x2 a;
  memcpy(&a, p, sizeof a);
  return a;
}
static inline void f64x2_store(double *p, f64x2 a) { memcpy(p, &a, sizeof a); }
static inline f64x2 f64x2_widen(const float *p) { return (f64x2){p[0], p[1]}; }
static inline f64x2 f64x2_splat(double a) { return (f64x2){a, a}; }
static inline f64x2 f64x2_add(f64x2 a, f64x2 b) { return a + b; }
static inline f64x2 f64x2_sub(f64x2 a, f64x2 b) { return a - b; }
static inline f64x2 f64x2_mul(f64x2 a, f64x2 b) { return a * b; }
typedef int64_t i64x2 __attribute__((vector_size(16)));
static inline f64x2 f64x2_abs(f64x2 a) { return (f64x2)((i64x2)a & INT64_MAX); }
static inline f64x2 f64x2_max(f64x2 a, f64x2 b) {
  i64x2 less = (i64x2)(a < b);
  return (f64x2)((less & (i64x2)b) | (~less & (i64x2)a));
}
static inline f64x2 f64x2_first(f64x2 a, f64x2 b) { return (f64x2){a[0], b[0]}; }
static inline f64x2 f64x2_second(f64x2 a, f64x2 b) { return (f64x2){a[1], b[1]}; }
static inline double f64x2_lane0(f64x2 a) { return a[0]; }
static inline double f64x2_lane1(f64x2 a) { return a[1]; }

#endif

/* Lanes 0 and 1 of an f32x4, lanes 2 and 3, and back with one rounding each. */
#if defined(__wasm_simd128__) && !defined(WF_DOUBLE)
static inline f64x2 f64x2_low(f32x4 a) { return wasm_f64x2_promote_low_f32x4(a); }
static inline f64x2 f64x2_high(f32x4 a) { return wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(a, a, 2, 3, 2, 3)); }
static inline f32x4 f32x4_from_f64x2(f64x2 low, f64x2 high) {
  return wasm_i32x4_shuffle(wasm_f32x4_demote_f64x2_zero(low), wasm_f32x4_demote_f64x2_zero(high), 0, 1, 4, 5);
}
#else
static inline f64x2 f64x2_low(f32x4 a) { return f64x2_load((double[]){(double)a[0], (double)a[1]}); }
static inline f64x2 f64x2_high(f32x4 a) { return f64x2_load((double[]){(double)a[2], (double)a[3]}); }
static inline f32x4 f32x4_from_f64x2(f64x2 low, f64x2 high) {
  return (f32x4){(wf_real)f64x2_lane0(low), (wf_real)f64x2_lane1(low), (wf_real)f64x2_lane0(high), (wf_real)f64x2_lane1(high)};
}
#endif

/* a + b·c, two roundings; a - b·c */
static inline f64x2 f64x2_madd(f64x2 a, f64x2 b, f64x2 c) { return f64x2_add(a, f64x2_mul(b, c)); }
static inline f64x2 f64x2_msub(f64x2 a, f64x2 b, f64x2 c) { return f64x2_sub(a, f64x2_mul(b, c)); }
/* lane 0 + lane 1 */
static inline double f64x2_sum(f64x2 a) { return f64x2_lane0(a) + f64x2_lane1(a); }

#endif
