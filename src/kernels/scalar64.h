/* scalar64.h: the logarithm of doubles, of the same bits everywhere · in: a double · out: wf_log64 · next: ../core/random.c
 *
 * For normal weights; libm's log differs between platforms in the last bit. Only + - * / and integer operations. */
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

#endif
