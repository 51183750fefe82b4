/* vector64.h: sums over vectors of doubles, in a fixed order · in: f64x2.h · out: dot64, add64, greatest64 · next: ../core/lbfgs.h */
#ifndef WF_VECTOR64_H
#define WF_VECTOR64_H

#include <math.h>

#include "f64x2.h"

/* Σ a b */
static inline double dot64(const double *a, const double *b, int n) {
  f64x2 sum = f64x2_splat(0);
  double rest = n % 2 ? a[n - 1] * b[n - 1] : 0;
  for (int i = 0; i + 2 <= n; i += 2) sum = f64x2_madd(sum, f64x2_load(a + i), f64x2_load(b + i));
  return f64x2_sum(sum) + rest;
}

/* Greatest |a|; NaN if one is. */
static inline double greatest64(const double *a, int n) {
  double most = 0;
  for (int i = 0; i < n && most == most; i++)
    if (!(fabs(a[i]) <= most)) most = fabs(a[i]);
  return most;
}

/* a += c b */
static inline void add64(double *a, double c, const double *b, int n) {
  for (int i = 0; i < n; i++) a[i] += c * b[i];
}

#endif
