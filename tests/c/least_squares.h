/* least_squares.h: one small problem at a time for the tests of wf_linear_fit · in: X, Y · out: coef, intercept, result · next: test_linear.c */
#ifndef LEAST_SQUARES_H
#define LEAST_SQUARES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../../src/wasmfit.h"
#include "check.h"

enum { ROOM = 40000 };
static double X[ROOM], Y[ROOM], coef[2000], other[2000], intercept[8], intercept2[8];
static wf_linear_result result, result2;

static uint64_t state = 1;
static double uniform(void) { /* in [0, 1) */
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) * 0x1p-53;
}
static inline double whole(int most) { return floor(uniform() * (2 * most + 1)) - most; } /* in -most..most */

static inline int fit(const double *weight, int rows, int features, int with_intercept) {
  return wf_linear_fit(coef, intercept, &result, X, Y, weight, rows, features, 1, with_intercept);
}

/* Keeps the last result to compare the next with. */
static inline void keep(int n) {
  memcpy(other, coef, (size_t)n * sizeof *coef);
  memcpy(intercept2, intercept, sizeof intercept);
  result2 = result;
}

static double error(double value, double truth) { return fabs(value - truth) / (truth == 0 ? 1 : fabs(truth)); }
static inline double digits(double value, double truth) { return -log10(error(value, truth) + 1e-16); }

static inline double worst(const double *a, const double *b, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = fmax(most, error(a[i], b[i]));
  return most;
}

static inline void random_problem(int rows, int features) {
  for (int i = 0; i < rows * features; i++) X[i] = uniform() - 0.3;
  for (int i = 0; i < rows; i++) Y[i] = 3 * X[i * features] + uniform();
}

#endif
