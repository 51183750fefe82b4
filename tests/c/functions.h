/* functions.h: functions with known minima that several tests share · in: a point · out: value, gradient · next: test_lbfgs.c */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include <math.h>

typedef double function(double *gradient, const double *x, int n);

/* Rosenbrock, in a chain: minimum 0 at (1, ..., 1) */
static inline double rosenbrock(double *g, const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) g[i] = 0;
  for (int i = 0; i + 1 < n; i++) {
    double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    sum += 100 * a * a + b * b;
    g[i] += -400 * a * x[i] - 2 * b;
    g[i + 1] += 200 * a;
  }
  return sum;
}

/* Σ 4^i (x_i - 1)² */
static inline double bowl(double *g, const double *x, int n) {
  double sum = 0, scale = 1;
  for (int i = 0; i < n; i++, scale *= 4) {
    sum += scale * (x[i] - 1) * (x[i] - 1);
    g[i] = 2 * scale * (x[i] - 1);
  }
  return sum;
}

/* Not finite beyond 1; minimum at 0.5 of every coordinate */
static inline double barrier(double *g, const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    sum += x[i] < 1 ? -log(1 - x[i]) - 2 * x[i] : NAN;
    g[i] = 1 / (1 - x[i]) - 2;
  }
  return sum;
}

/* Without a minimum */
static inline double linear(double *g, const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    g[i] = 1;
    sum += x[i];
  }
  return sum;
}

/* Σ x⁴ - 2 x², which curves down near 0; minima at ±1 */
static inline double well(double *g, const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    sum += x[i] * x[i] * (x[i] * x[i] - 2);
    g[i] = 4 * x[i] * (x[i] * x[i] - 1);
  }
  return sum;
}

/* Σ x⁴: no curvature at the minimum, 0 */
static inline double quartic(double *g, const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    sum += x[i] * x[i] * x[i] * x[i];
    g[i] = 4 * x[i] * x[i] * x[i];
  }
  return sum;
}

#endif
