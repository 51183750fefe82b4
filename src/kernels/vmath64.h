/* vmath64.h: exponential and logarithm of two doubles at once · in: f64x2 · out: f64x2_exp, f64x2_log, f64x2_log1p · next: ../core/search.h
 *
 * The arithmetic of scalar64.h, lane by lane and so of the same bits, over the arguments that losses have. */
#ifndef WF_VMATH64_H
#define WF_VMATH64_H

#include <stdint.h>

#include "f64x2.h"

#ifdef __wasm_simd128__
typedef v128_t i64x2;
static inline f64x2 f64x2_div(f64x2 a, f64x2 b) { return wasm_f64x2_div(a, b); }
static inline f64x2 f64x2_min(f64x2 a, f64x2 b) { return wasm_f64x2_pmin(a, b); }
static inline i64x2 f64x2_lt(f64x2 a, f64x2 b) { return wasm_f64x2_lt(a, b); }
static inline f64x2 f64x2_select(i64x2 mask, f64x2 a, f64x2 b) { return wasm_v128_bitselect(a, b, mask); }
/* 2^n of t = 1.5 · 2^52 + n, -1022 <= n <= 1023: the last bits of t are n */
static inline f64x2 f64x2_power(f64x2 t) { return wasm_i64x2_shl(wasm_i64x2_add(t, wasm_i64x2_splat(1023)), 52); }
/* x = 2^e m, m in [√½, √2), of a normal x > 0: returns m, and e as an integer in the last bits of 1.5 · 2^52 + e */
static inline f64x2 f64x2_split(f64x2 *e, f64x2 x) {
  const v128_t exponent = wasm_i64x2_shr(wasm_i64x2_sub(x, wasm_i64x2_splat(0x3fe6a09e667f3bcd)), 52); /* the bits of √½ */
  *e = wasm_i64x2_add(exponent, wasm_i64x2_splat(0x4338000000000000));
  return wasm_i64x2_sub(x, wasm_i64x2_shl(exponent, 52));
}
#else
typedef int64_t i64x2 __attribute__((vector_size(16)));
static inline f64x2 f64x2_div(f64x2 a, f64x2 b) { return a / b; }
static inline i64x2 f64x2_lt(f64x2 a, f64x2 b) { return (i64x2)(a < b); }
static inline f64x2 f64x2_select(i64x2 mask, f64x2 a, f64x2 b) { return (f64x2)((mask & (i64x2)a) | (~mask & (i64x2)b)); }
static inline f64x2 f64x2_min(f64x2 a, f64x2 b) { return f64x2_select(f64x2_lt(b, a), b, a); }
static inline f64x2 f64x2_power(f64x2 t) {
  typedef uint64_t u64x2 __attribute__((vector_size(16)));
  return (f64x2)(((u64x2)t + 1023) << 52);
}
static inline f64x2 f64x2_split(f64x2 *e, f64x2 x) {
  const i64x2 exponent = ((i64x2)x - 0x3fe6a09e667f3bcd) >> 52;
  *e = (f64x2)(exponent + 0x4338000000000000);
  return (f64x2)((i64x2)x - exponent * ((int64_t)1 << 52));
}
#endif

/* e^x within 1 ulp for -708 <= x <= 709; below that e^-708. */
static inline f64x2 f64x2_exp(f64x2 x) {
  static const double inverse_factorial[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                                             1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2};
  const f64x2 magic = f64x2_splat(0x1.8p52);
  x = f64x2_max(x, f64x2_splat(-708));
  const f64x2 t = f64x2_madd(magic, x, f64x2_splat(1.4426950408889634)), n = f64x2_sub(t, magic);
  const f64x2 high = f64x2_msub(x, n, f64x2_splat(0x1.62e42fefa2p-1)), low = f64x2_mul(n, f64x2_splat(7.371002565167799e-13));
  const f64x2 r = f64x2_sub(high, low);
  f64x2 q = f64x2_splat(0);
  for (int k = 0; k < 12; k++) q = f64x2_madd(f64x2_splat(inverse_factorial[k]), q, r);
  const f64x2 rest = f64x2_madd(f64x2_sub(f64x2_sub(high, r), low), f64x2_mul(r, r), q);
  return f64x2_mul(f64x2_add(f64x2_splat(1), f64x2_add(r, rest)), f64x2_power(t));
}

/* log x within 1 ulp for normal x > 0. */
static inline f64x2 f64x2_log(f64x2 x) {
  static const double coefficient[] = {2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5, 2.0 / 3};
  f64x2 e, f = f64x2_sub(f64x2_split(&e, x), f64x2_splat(1));
  e = f64x2_sub(e, f64x2_splat(0x1.8p52));
  const f64x2 s = f64x2_div(f, f64x2_add(f64x2_splat(2), f)), z = f64x2_mul(s, s);
  f64x2 r = f64x2_splat(0);
  for (int k = 0; k < 9; k++) r = f64x2_mul(z, f64x2_add(r, f64x2_splat(coefficient[k])));
  const f64x2 low = f64x2_msub(f64x2_mul(s, f64x2_sub(f, r)), e, f64x2_splat(7.371002565167799e-13));
  return f64x2_add(f64x2_mul(e, f64x2_splat(0x1.62e42fefa2p-1)), f64x2_sub(f, low));
}

/* log(1 + x) within 2 ulp for 0 <= x < 2^53: log(y) + what rounding y = 1 + x has dropped / y. */
static inline f64x2 f64x2_log1p(f64x2 x) {
  const f64x2 one = f64x2_splat(1), y = f64x2_add(one, x), dropped = f64x2_sub(x, f64x2_sub(y, one));
  return f64x2_add(f64x2_log(y), f64x2_div(dropped, y));
}

/* vmath64.c: the same in place over arrays, n even: e^x, log x, log(1 + x). */
void wf_exp_all(double *x, int n);
void wf_log_all(double *x, int n);
void wf_log1p_all(double *x, int n);

#endif
