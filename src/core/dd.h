/* dd.h: double-double numbers: sums and products that keep what rounding drops · in: f64 · out: dd · next: qr.h
 *
 * A dd is the unevaluated sum hi + lo with |lo| at most half an ulp of hi: about 106 bits. Plain f64 operations only (no fused
 * multiply-add), so that every target gives the same bits; the compiler must not contract or reorder (-ffp-contract=off).
 * Sources: Dekker 1971, "A floating-point technique for extending the available precision"; Knuth, TAOCP 2, 4.2.2. */
#ifndef WF_DD_H
#define WF_DD_H

#include <stdint.h>
#include <string.h>

#include "../kernels/f64x2.h"

typedef struct dd { double hi, lo; } dd;

/* a + b exactly */
static inline dd two_sum(double a, double b) {
  double s = a + b, t = s - a;
  return (dd){s, (a - (s - t)) + (b - t)};
}

/* a · b exactly, for |a|, |b| < 2^995 and a product above 2^-960 */
static inline dd two_prod(double a, double b) {
  double s = 134217729.0 * a, t = 134217729.0 * b; /* 2^27 + 1 */
  double a1 = s - (s - a), b1 = t - (t - b), a2 = a - a1, b2 = b - b1, p = a * b;
  return (dd){p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

static inline dd dd_add(dd a, dd b) {
  dd s = two_sum(a.hi, b.hi);
  return two_sum(s.hi, s.lo + (a.lo + b.lo));
}

static inline dd dd_neg(dd a) { return (dd){-a.hi, -a.lo}; }

static inline dd dd_mul(dd a, dd b) {
  dd p = two_prod(a.hi, b.hi);
  return two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static inline dd dd_div(dd a, dd b) {
  double q = a.hi / b.hi;
  dd rest = dd_add(a, dd_neg(dd_mul(b, (dd){q, 0})));
  return two_sum(q, rest.hi / b.hi);
}

/* hi + lo += a · b, lo left to grow: the step of a long sum, which two_sum(hi, lo) closes */
static inline void dd_accumulate(double *hi, double *lo, double a, double b) {
  dd p = two_prod(a, b), s = two_sum(*hi, p.hi);
  *hi = s.hi;
  *lo += s.lo + p.lo;
}

/* Two lanes of the same. A factor with its halves of 26 bits, so that one that is used often is split once. */
typedef struct split2 { f64x2 all, high, low; } split2;

static inline split2 split2_of(f64x2 a) {
  f64x2 t = f64x2_mul(f64x2_splat(134217729.0), a), high = f64x2_sub(t, f64x2_sub(t, a));
  return (split2){a, high, f64x2_sub(a, high)};
}

static inline void dd_accumulate2(f64x2 *hi, f64x2 *lo, split2 a, split2 b) {
  f64x2 p = f64x2_mul(a.all, b.all), rest = f64x2_sub(f64x2_mul(a.high, b.high), p);
  rest = f64x2_madd(f64x2_madd(f64x2_madd(rest, a.high, b.low), a.low, b.high), a.low, b.low);
  f64x2 s = f64x2_add(*hi, p), t = f64x2_sub(s, *hi);
  rest = f64x2_add(rest, f64x2_add(f64x2_sub(*hi, f64x2_sub(s, t)), f64x2_sub(p, t)));
  *hi = s;
  *lo = f64x2_add(*lo, rest);
}

/* Powers of two, exact without libm. exponent: the e of 2^e <= |a| < 2^(e+1), within ±1000, and -1000 of 0. */
static inline int exponent(double a) {
  uint64_t bits;
  memcpy(&bits, &a, sizeof bits);
  int e = (int)(bits >> 52 & 0x7ff) - 1023;
  return e < -1000 ? -1000 : e > 1000 ? 1000 : e;
}

/* a · 2^e */
static inline double shifted(double a, int e) {
  for (; e > 1000; e -= 1000) a *= 0x1p1000;
  for (; e < -1000; e += 1000) a *= 0x1p-1000;
  uint64_t bits = (uint64_t)(e + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return a * power;
}

#endif
