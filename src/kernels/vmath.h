/* vmath.h: exp, log, tanh and their kin on four lanes · in: f32x4.h · out: f32x4_exp … f32x4_normal_pdf · next: activation.h
 *
 * Ours rather than libm's, so that every browser and the native build train to the same bits: only + - * / and integer
 * operations, never a fused multiply-add, also not in the relaxed build. Right over the whole float range, denormals, infinities
 * and signed zeros included; NaN in, NaN out.
 *
 * Polynomials: minimax by Remez's exchange in 45-digit decimal arithmetic on a grid (weight: the function's own relative
 * error), coefficients rounded to float, then moved by single ulps while the maximum error fell. E: the error that leaves, in
 * units of 2^-24.
 *
 * Greatest error against a double libm, in ulp, over all 2^32 floats (tests/c/test_vmath.c with -DSTRIDE=1 -DVERBOSE):
 *   exp 1.01 · expm1 1.31 · log 0.91 · log1p 1.00 · tanh 1.34 · sigmoid 2.41 · softplus 1.75 · normal_pdf 2.09
 *   normal_cdf 5.34 in the left tail, 2.97 for x > 0 */
#ifndef WF_VMATH_H
#define WF_VMATH_H

#include "f32x4.h"

#ifdef WF_DOUBLE /* the build for gradient checks: libm, lane by lane */

#define LANES(name, value)                     \
  static inline f32x4 f32x4_##name(f32x4 v) {  \
    for (int i = 0; i < 4; i++) {              \
      const double x = v[i];                   \
      v[i] = (value);                          \
    }                                          \
    return v;                                  \
  }
LANES(exp, exp(x))
LANES(expm1, expm1(x))
LANES(log, log(x))
LANES(log1p, log1p(x))
LANES(tanh, tanh(x))
LANES(sigmoid, 1 / (1 + exp(-x)))
LANES(softplus, (x > 0 ? x : 0) + log1p(exp(-fabs(x))))
LANES(normal_pdf, exp(-x * x / 2) * 0.39894228040143267794)
LANES(normal_cdf, erfc(-x * 0.70710678118654752440) / 2)
#undef LANES

#else

/* ln 2 = LN2_HIGH + LN2_LOW; LN2_HIGH has 15 bits, so that its product with an exponent is exact */
#define LN2_HIGH 0.693145752f
#define LN2_LOW 1.42860677e-06f
#define SIGN_BIT INT32_MIN

/* One step of Horner's rule: p x + c */
static inline f32x4 horner(f32x4 p, f32x4 x, float c) { return f32x4_add(f32x4_mul(p, x), f32x4_splat(c)); }
/* 2^n for n in -126..127 */
static inline f32x4 power_of_two(i32x4 n) { return f32x4_bits(i32x4_shl(i32x4_add(n, i32x4_splat(127)), 23)); }

/* ---- exponentials ------------------------------------------------------------------------------------------------ */

/* high + low = n ln 2 + r, |r| <= ln 2 / 2. Adding 1.5·2^23 rounds to the nearest integer, which then stands in the low bits. */
typedef struct exp_parts { i32x4 n; f32x4 r; } exp_parts;
static inline exp_parts exp_reduce(f32x4 high, f32x4 low) {
  const f32x4 magic = f32x4_splat(12582912.0f);
  const f32x4 shifted = f32x4_add(f32x4_mul(f32x4_add(high, low), f32x4_splat(1.44269502f)), magic);
  const f32x4 n = f32x4_sub(shifted, magic);
  const f32x4 r_high = f32x4_sub(high, f32x4_mul(n, f32x4_splat(LN2_HIGH)));
  const f32x4 r_low = f32x4_sub(low, f32x4_mul(n, f32x4_splat(LN2_LOW)));
  return (exp_parts){i32x4_sub(i32x4_bits(shifted), i32x4_bits(magic)), f32x4_add(r_high, r_low)};
}

/* e^r - 1 - r for |r| <= ln 2 / 2. E = 0.24 of e^r - 1 */
static inline f32x4 exp_rest(f32x4 r) {
  f32x4 p = f32x4_splat(0.00138826319f);
  p = horner(p, r, 0.00836664345f);
  p = horner(p, r, 0.0416673459f);
  p = horner(p, r, 0.166665435f);
  p = horner(p, r, 0.49999997f);
  return f32x4_mul(f32x4_mul(r, r), p);
}

/* e^(high + low) for a sum in [-104, 89], low at most a few thousandths of high. 2^n in two factors: the second one rounds a
 * denormal result, once, or overflows. */
static inline f32x4 exp_sum(f32x4 high, f32x4 low) {
  const exp_parts parts = exp_reduce(high, low);
  const f32x4 y = f32x4_add(f32x4_splat(1), f32x4_add(parts.r, exp_rest(parts.r)));
  const i32x4 half = i32x4_shr(parts.n, 1);
  return f32x4_mul(f32x4_mul(y, power_of_two(half)), power_of_two(i32x4_sub(parts.n, half)));
}

/* e^x. Beyond the clamps it is 0 and infinity. */
static inline f32x4 f32x4_exp(f32x4 x) {
  const f32x4 clamped = f32x4_min(f32x4_max(x, f32x4_splat(-104)), f32x4_splat(89));
  return exp_sum(clamped, f32x4_splat(0));
}

/* e^x - 1 = (2^n - 1) + 2^n r + 2^n (e^r - 1 - r), held at half its size so that 2^n never overflows alone */
static inline f32x4 f32x4_expm1(f32x4 x) {
  const f32x4 clamped = f32x4_min(f32x4_max(x, f32x4_splat(-18)), f32x4_splat(89));
  const exp_parts parts = exp_reduce(clamped, f32x4_splat(0));
  const f32x4 scale = power_of_two(i32x4_sub(parts.n, i32x4_splat(1)));
  const f32x4 lead = f32x4_add(f32x4_mul(scale, parts.r), f32x4_sub(scale, f32x4_splat(0.5f)));
  const f32x4 half = f32x4_add(lead, f32x4_mul(scale, exp_rest(parts.r)));
  const i32x4 tiny = f32x4_lt(f32x4_abs(x), f32x4_splat(2.98023224e-8f)); /* 2^-25: e^x - 1 rounds to x */
  return f32x4_select(tiny, x, f32x4_add(half, half));
}

/* ---- logarithms --------------------------------------------------------------------------------------------------- */

/* log(x) + d for a d small beside log(x) or for x near 1. x = 2^e (1 + f), 1 + f in [√½, √2). E = 0.08 */
static inline f32x4 log_plus(f32x4 x, f32x4 d) {
  const i32x4 denormal = f32x4_lt(x, f32x4_splat(1.17549435e-38f));
  const f32x4 normal = f32x4_select(denormal, f32x4_mul(x, f32x4_splat(8388608)), x);
  const i32x4 bits = i32x4_bits(normal);
  const i32x4 exponent = i32x4_shr(i32x4_sub(bits, i32x4_splat(0x3f3504f3)), 23); /* the bits of √½ */
  const f32x4 f = f32x4_sub(f32x4_bits(i32x4_sub(bits, i32x4_shl(exponent, 23))), f32x4_splat(1));
  const f32x4 shift = f32x4_select(denormal, f32x4_splat(-23), f32x4_splat(0));
  const f32x4 e = f32x4_add(f32x4_from_i32x4(exponent), shift);
  f32x4 p = f32x4_splat(-0.0762194768f); /* (log(1 + f) - f) / f² */
  p = horner(p, f, 0.129047155f);
  p = horner(p, f, -0.132430822f);
  p = horner(p, f, 0.141818404f);
  p = horner(p, f, -0.16609104f);
  p = horner(p, f, 0.200019762f);
  p = horner(p, f, -0.250015825f);
  p = horner(p, f, 0.333333254f);
  p = horner(p, f, -0.499999881f);
  const f32x4 low = f32x4_add(f32x4_mul(e, f32x4_splat(LN2_LOW)), d);
  const f32x4 rest = f32x4_add(f32x4_mul(f32x4_mul(f, f), p), low);
  const f32x4 y = f32x4_add(f32x4_mul(e, f32x4_splat(LN2_HIGH)), f32x4_add(f, rest));
  const f32x4 infinity = f32x4_bits(i32x4_splat(0x7f800000)), nan = f32x4_bits(i32x4_splat(0x7fc00000));
  const f32x4 at_most_zero = f32x4_select(f32x4_lt(x, f32x4_splat(0)), nan, f32x4_neg(infinity));
  const f32x4 finite = f32x4_select(f32x4_gt(x, f32x4_splat(0)), y, at_most_zero);
  return f32x4_select(f32x4_lt(x, infinity), finite, x); /* x: infinity or NaN */
}

/* log x: -infinity at ±0, NaN below */
static inline f32x4 f32x4_log(f32x4 x) { return log_plus(x, f32x4_splat(0)); }

/* log(1 + x) = log(u) + c / u, where u = 1 + x rounded and c is what the rounding dropped, exactly (Knuth's two-sum) */
static inline f32x4 f32x4_log1p(f32x4 x) {
  const f32x4 one = f32x4_splat(1);
  const f32x4 u = f32x4_add(x, one);
  const f32x4 kept = f32x4_sub(u, one);
  const f32x4 c = f32x4_add(f32x4_sub(one, f32x4_sub(u, kept)), f32x4_sub(x, kept));
  return f32x4_select(f32x4_eq(u, one), x, log_plus(u, f32x4_div(c, u)));
}

/* ---- sigmoids ----------------------------------------------------------------------------------------------------- */

/* tanh x: odd polynomial below 0.625, E = 0.09; above 1 - 2 / (e^2x + 1) */
static inline f32x4 f32x4_tanh(f32x4 x) {
  const f32x4 a = f32x4_min(f32x4_abs(x), f32x4_splat(10));
  const f32x4 s = f32x4_mul(a, a);
  f32x4 p = f32x4_splat(-0.00570498407f); /* (tanh(a) / a - 1) / s */
  p = horner(p, s, 0.0206390582f);
  p = horner(p, s, -0.0537397116f);
  p = horner(p, s, 0.133314386f);
  p = horner(p, s, -0.333332807f);
  const f32x4 small = f32x4_add(a, f32x4_mul(f32x4_mul(a, s), p));
  const f32x4 e = exp_sum(f32x4_add(a, a), f32x4_splat(0));
  const f32x4 large = f32x4_sub(f32x4_splat(1), f32x4_div(f32x4_splat(2), f32x4_add(e, f32x4_splat(1))));
  const f32x4 y = f32x4_select(f32x4_lt(a, f32x4_splat(0.625f)), small, large);
  return f32x4_bits(i32x4_or(i32x4_bits(y), i32x4_and(i32x4_bits(x), i32x4_splat(SIGN_BIT))));
}

/* 1 / (1 + e^-x), for negative x as e^x / (1 + e^x), so that the left tail keeps its precision */
static inline f32x4 f32x4_sigmoid(f32x4 x) {
  const f32x4 one = f32x4_splat(1);
  const f32x4 e = f32x4_exp(f32x4_neg(f32x4_abs(x)));
  return f32x4_div(f32x4_select(f32x4_lt(x, f32x4_splat(0)), e, one), f32x4_add(one, e));
}

/* log(1 + e^x) = max(x, 0) + log(1 + e^-|x|) */
static inline f32x4 f32x4_softplus(f32x4 x) {
  return f32x4_add(f32x4_max(x, f32x4_splat(0)), f32x4_log1p(f32x4_exp(f32x4_neg(f32x4_abs(x)))));
}

/* ---- the normal distribution --------------------------------------------------------------------------------------- */

/* e^(-a²/2), 0 <= a <= 14.4: a² = h² + (a - h)(a + h) with the upper 12 bits of a in h, so that h² is exact */
static inline f32x4 gauss(f32x4 a) {
  const f32x4 h = f32x4_bits(i32x4_and(i32x4_bits(a), i32x4_splat(-4096)));
  const f32x4 high = f32x4_mul(f32x4_mul(h, h), f32x4_splat(-0.5f));
  const f32x4 low = f32x4_mul(f32x4_mul(f32x4_sub(a, h), f32x4_add(a, h)), f32x4_splat(-0.5f));
  return exp_sum(high, low);
}

/* Φ(-a) = e^(-a²/2) u p(1 - 4 u), u = 1 / (a + 2), 0 <= a <= 14.4. E = 0.6 */
static inline f32x4 normal_tail(f32x4 a) {
  const f32x4 u = f32x4_div(f32x4_splat(1), f32x4_add(a, f32x4_splat(2)));
  const f32x4 t = f32x4_sub(f32x4_splat(1), f32x4_mul(f32x4_splat(4), u));
  f32x4 p = f32x4_splat(-7.57017697e-05f); /* Φ(-a) e^(a²/2) (a + 2) */
  p = horner(p, t, 3.16347687e-05f);
  p = horner(p, t, 0.000723605917f);
  p = horner(p, t, 0.000883139379f);
  p = horner(p, t, -0.00189050147f);
  p = horner(p, t, -0.00675111357f);
  p = horner(p, t, -0.000483200332f);
  p = horner(p, t, 0.0367215239f);
  p = horner(p, t, 0.02879842f);
  p = horner(p, t, -0.331404567f);
  p = horner(p, t, 0.672407985f);
  return f32x4_mul(gauss(a), f32x4_mul(u, p));
}

/* φ(x) = e^(-x²/2) / √(2π) */
static inline f32x4 f32x4_normal_pdf(f32x4 x) {
  return f32x4_mul(gauss(f32x4_min(f32x4_abs(x), f32x4_splat(14.4f))), f32x4_splat(0.398942292f));
}

/* Φ(x) = ½ erfc(-x / √2), of full relative precision in the left tail: gelu(x) = x Φ(x), gelu'(x) = Φ(x) + x φ(x) */
static inline f32x4 f32x4_normal_cdf(f32x4 x) {
  const f32x4 tail = normal_tail(f32x4_min(f32x4_abs(x), f32x4_splat(14.4f)));
  return f32x4_select(f32x4_gt(x, f32x4_splat(0)), f32x4_sub(f32x4_splat(1), tail), tail);
}

#undef LN2_HIGH
#undef LN2_LOW
#undef SIGN_BIT

#endif /* WF_DOUBLE */

#endif
