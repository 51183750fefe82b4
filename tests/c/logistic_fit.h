/* logistic_fit.h: fits of the tests and an independent judge of them · in: X, L, S · out: coef, intercept, result, judge · next: test_logistic.c */
#ifndef LOGISTIC_FIT_H
#define LOGISTIC_FIT_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/wasmfit.h"
#include "check.h"
#include "csv.h"

enum { ROOM = 150000, COEFS = 2000 };
static double X[ROOM], T[ROOM], S[ROOM]; /* (N,D), (N) target as read, weights (N) */
static int32_t L[ROOM];                  /* labels (N) */
static double coef[COEFS], intercept[16], other[COEFS], intercept2[16];
static wf_logistic_result result, result2;

typedef struct task {
  int rows, features, outputs;
  double alpha, ratio;
  wf_solver solver;
  const double *weight;
  int through_zero; /* 1: no intercept */
  double tolerance; /* 0: 1e-13 */
} task;

#define TASK(N, D, K, A, RATIO, HOW, ...) \
  ((task){.rows = N, .features = D, .outputs = K, .alpha = A, .ratio = RATIO, .solver = HOW, __VA_ARGS__})

static const char *const SOLVER[] = {"L-BFGS", "Newton", "proximal"};

static wf_logistic *begin(task t) {
  return wf_logistic_new(X, 0, L, t.weight, t.rows, t.features, t.outputs, !t.through_zero, t.alpha, t.ratio, t.solver);
}

static inline wf_logistic_state fit(task t) {
  wf_logistic *l = begin(t);
  wf_logistic_state state = wf_logistic_run(l, t.tolerance > 0 ? t.tolerance : 1e-13, 1000);
  wf_logistic_solution(coef, intercept, &result, l);
  wf_logistic_free(l);
  return state;
}

static inline void keep(void) {
  memcpy(other, coef, sizeof other);
  memcpy(intercept2, intercept, sizeof intercept2);
  result2 = result;
}

static inline int finite(int n, int outputs) {
  int all = 1;
  for (int i = 0; i < n; i++) all &= isfinite(coef[i]) != 0;
  for (int k = 0; k < outputs; k++) all &= isfinite(intercept[k]) != 0;
  return all && isfinite(result.objective) && isfinite(result.log_likelihood) && isfinite(result.gradient);
}

/* largest |a - b| / |b| */
static inline double apart(const double *a, const double *b, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = fmax(most, b[i] == 0 ? fabs(a[i]) : fabs(a[i] - b[i]) / fabs(b[i]));
  return most;
}

static uint64_t state = 1;
static inline double uniform(void) { /* in [0, 1) */
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) * 0x1p-53;
}

/* Standard columns, labels drawn from logits of random weights: overlapping classes. */
static inline void random_rows(int rows, int features, int outputs) {
  double w[64];
  int classes = outputs > 1 ? outputs : 2;
  state = 20240501;
  for (int i = 0; i < features * outputs; i++) w[i] = 3 * uniform() - 1.5;
  for (int i = 0; i < rows; i++) {
    double z[16] = {0}, sum = 0;
    for (int j = 0; j < features; j++) {
      X[i * features + j] = 2 * (uniform() + uniform() + uniform()) - 3;
      for (int k = 0; k < outputs; k++) z[k] += X[i * features + j] * w[k * features + j];
    }
    for (int k = 0; k < classes; k++) sum += z[k] = exp(z[k]);
    double draw = uniform() * sum;
    L[i] = 0;
    for (int k = 0; k + 1 < classes; k++) L[i] += (draw -= z[k]) > 0 && L[i] == k;
  }
}

static inline void read_iris(int first) { /* from that row on */
  csv_read(X, T, "src/data/iris.csv", 4, 150);
  memmove(X, X + 4 * first, (size_t)(150 - first) * 4 * sizeof *X);
  for (int i = first; i < 150; i++) L[i - first] = (int32_t)T[i] - (first > 0);
}

static inline void read_cancer(int standardised) {
  enum { N = 569, D = 30 };
  csv_read(X, T, "src/data/breast_cancer.csv", D, N);
  for (int i = 0; i < N; i++) L[i] = (int32_t)T[i];
  for (int j = 0; standardised && j < D; j++) {
    long double mean = 0, square = 0;
    for (int i = 0; i < N; i++) mean += X[i * D + j] / (long double)N;
    for (int i = 0; i < N; i++) square += (X[i * D + j] - mean) * (X[i * D + j] - mean) / N;
    for (int i = 0; i < N; i++) X[i * D + j] = (double)((X[i * D + j] - mean) / sqrtl(square));
  }
}

/* What the fit claims, computed anew from coef and intercept in long double, row by row as in a textbook. */
typedef struct verdict { double objective, log_likelihood, gradient; } verdict;

static inline verdict judge(task t) {
  long double g[COEFS] = {0}, bias[16] = {0}, loss = 0, total = 0, penalty = 0, most = 0;
  int D = t.features, K = t.outputs;
  for (int i = 0; i < t.rows; i++) {
    long double z[16], p[16], sum = 0, top = 0, s = t.weight ? t.weight[i] : 1;
    for (int k = 0; k < K; k++) {
      z[k] = intercept[k];
      for (int j = 0; j < D; j++) z[k] += (long double)coef[k * D + j] * X[i * D + j];
      top = fmaxl(top, z[k]);
    }
    for (int k = 0; k < K; k++) sum += p[k] = expl(z[k] - top);
    if (K == 1) sum += expl(-top);
    total += s;
    loss += s * (top + logl(sum) - (K == 1 ? L[i] * z[0] : z[L[i]]));
    for (int k = 0; k < K; k++) {
      long double r = s * (p[k] / sum - (K == 1 ? L[i] : L[i] == k));
      bias[k] += r;
      for (int j = 0; j < D; j++) g[k * D + j] += r * X[i * D + j];
    }
  }
  for (int i = 0; i < K * D; i++) {
    long double w = coef[i], l1 = t.alpha * t.ratio;
    penalty += t.alpha * (t.ratio * fabsl(w) + (1 - t.ratio) / 2 * w * w);
    long double d = g[i] + t.alpha * (1 - t.ratio) * w + (w > 0 ? l1 : w < 0 ? -l1 : 0);
    most = fmaxl(most, fabsl(d) - (w != 0 ? 0 : l1));
  }
  for (int k = 0; k < K && !t.through_zero; k++) most = fmaxl(most, fabsl(bias[k]));
  return (verdict){(double)(loss + penalty), (double)-loss, (double)(most / total)};
}

#endif
