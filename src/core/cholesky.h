/* cholesky.h: solving with a symmetric positive matrix · in: A (n,n) · out: cholesky_* · next: logistic.h */
#ifndef WF_CHOLESKY_H
#define WF_CHOLESKY_H

#include <math.h>
#include <stddef.h>

#include "../kernels/f64x2.h"

/* Relative size under which what is left of a diagonal element is rounding, or near enough. */
#define CHOLESKY_FLOOR 1e-11

static inline double cholesky_dot(const double *a, const double *b, int n) {
  f64x2 s = f64x2_splat(0), t = s;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    s = f64x2_madd(s, f64x2_load(a + i), f64x2_load(b + i));
    t = f64x2_madd(t, f64x2_load(a + i + 2), f64x2_load(b + i + 2));
  }
  double rest = 0;
  for (; i < n; i++) rest += a[i] * b[i];
  return f64x2_sum(f64x2_add(s, t)) + rest;
}

/* A = L Lᵀ in the lower triangle, row-major, the diagonal inverted. An element below its floor is raised to it, so that a column
 * that depends on others moves little and never far; a row of zeros stays out. Returns how many were raised. */
static inline int cholesky_factor(double *a, int n) {
  int raised = 0;
  for (int i = 0; i < n; i++) {
    double *row = a + (size_t)i * (size_t)n, whole = row[i];
    for (int j = 0; j < i; j++) {
      const double *other = a + (size_t)j * (size_t)n;
      row[j] = (row[j] - cholesky_dot(row, other, j)) * other[j];
    }
    double left = whole - cholesky_dot(row, row, i), floor = CHOLESKY_FLOOR * whole;
    if (!(whole > 0)) {
      for (int j = 0; j < i; j++) row[j] = 0;
      left = 1;
    } else if (!(left > floor)) {
      left = floor;
      raised++;
    }
    row[i] = 1 / sqrt(left);
  }
  return raised;
}

/* v (n) = A⁻¹ v from the factor */
static inline void cholesky_solve(double *v, const double *l, int n) {
  for (int i = 0; i < n; i++) {
    const double *row = l + (size_t)i * (size_t)n;
    v[i] = (v[i] - cholesky_dot(row, v, i)) * row[i];
  }
  for (int i = n - 1; i >= 0; i--) {
    const double *row = l + (size_t)i * (size_t)n;
    v[i] *= row[i];
    for (int j = 0; j < i; j++) v[j] -= row[j] * v[i];
  }
}

#endif
