/* scalar64.h: logarithm, exponential, power and cosine of doubles, of the same bits everywhere · in: doubles · out: wf_*64
 * next: ../core/random.c
 *
 * libm's differ between platforms in the last bit. Only + - * / and integer operations. */
#ifndef WF_SCALAR64_H
#define WF_SCALAR64_H

#include <stdint.h>
#include <string.h>

/* log x within 1 ulp over all doubles; log(±0) = -infinity, log(x < 0) = NaN.
 * x = 2^e (1 + f), 1 + f in [√½, √2); s = f / (2 + f); log(1 + f) = 2 artanh(s) = f - s (f - R),
 * R = 2 s²/3 + 2 s⁴/5 + … + 2 s¹⁸/19: with s² <= 0.0295 the first term left out is below 2^-55 of the sum. */
static inline double wf_log64(double x) {
  const double infinity = 1e308 * 10;
  if (!(x > 0 && x < infinity)) return x > 0 ? x : x == 0 ? -infinity : x < 0 ? infinity - infinity : x;
  const int denormal = x < 0x1p-1022;
  if (denormal) x *= 0x1p54;
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int64_t exponent = (bits - 0x3fe6a09e667f3bcd) >> 52; /* the bits of √½ */
  bits -= exponent * ((int64_t)1 << 52);
  memcpy(&x, &bits, sizeof x);
  const double e = (double)(exponent - (denormal ? 54 : 0)), f = x - 1, s = f / (2 + f), z = s * s;
  double r = 0;
  for (int k = 19; k >= 3; k -= 2) r = z * (r + 2.0 / k);
  /* ln 2 in two: the first has 40 bits, so that its product with e is exact */
  return e * 0x1.62e42fefa2p-1 + (f - (s * (f - r) - e * 7.371002565167799e-13));
}

/* log(1 + x) within 2 ulp for x >= 0: what rounding 1 + x dropped is put back. */
static inline double wf_log1p64(double x) {
  const double y = 1 + x;
  return wf_log64(y) + (y < 0x1p60 ? (x - (y - 1)) / y : 0);
}

/* e^x within 1 ulp over all doubles, denormal results included (rounded once); e^-infinity = 0, NaN in, NaN out.
 * x = n ln 2 + r, |r| <= ln 2 / 2; e^r = 1 + r + r² (1/2! + r/3! + … + r¹¹/13!): the first term left out is below 2^-57. */
static inline double wf_exp64(double x) {
  static const double inverse_factorial[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                                             1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2};
  if (!(x > -746 && x < 710)) return x > 0 ? 1e308 * 10 : x < 0 ? 0 : x;
  const double n = (x * 1.4426950408889634 + 0x1.8p52) - 0x1.8p52; /* to the nearest integer */
  const double high = x - n * 0x1.62e42fefa2p-1, low = n * 7.371002565167799e-13, r = high - low; /* ln 2 in two as above */
  double q = 0;
  for (int k = 0; k < 12; k++) q = q * r + inverse_factorial[k];
  const double y = 1 + (r + (r * r * q + ((high - r) - low)));
  /* 2^n in two factors: only the second can round or overflow */
  const int64_t half = (int64_t)n / 2, rest = (int64_t)n - half;
  const uint64_t bits[2] = {(uint64_t)(half + 1023) << 52, (uint64_t)(rest + 1023) << 52};
  double power[2];
  memcpy(power, bits, sizeof power);
  return y * power[0] * power[1];
}

/* x^p for x >= 0, p >= 0; x^0 = 1. Whole p < 2^53: by squaring, within p/2 ulp and exact where the result is a double; else e^(p log x). */
static inline double wf_pow64(double x, double p) {
  if (!(p < 0x1p53 && p == (double)(uint64_t)p)) return wf_exp64(p * wf_log64(x));
  double y = 1;
  for (uint64_t k = (uint64_t)p; k; k >>= 1, x *= x)
    if (k & 1) y *= x;
  return y;
}

/* cos(πx) within 2^-52 for |x| < 2^50; exactly 0 and ±1 where it is. r = x - n/2, |r| <= ¼, is exact; then cosine or sine of πr, nested:
 * cos a = 1 - a²/(1·2) (1 - a²/(3·4) (1 - …)), up to a¹⁸; sin a = a (1 - a²/(2·3) (1 - …)), up to a¹⁹. */
static inline double wf_cospi64(double x) {
  const double n = (2 * x + 0x1.8p52) - 0x1.8p52, a = 3.141592653589793 * (x - n / 2), z = a * a;
  const int64_t quarter = (int64_t)n & 3;
  double y = 1;
  for (int k = quarter & 1 ? 18 : 17; k > 0; k -= 2) y = 1 - z * y / (k * (k + 1));
  if (quarter & 1) y *= a;
  return quarter == 1 || quarter == 2 ? -y : y;
}

#endif
