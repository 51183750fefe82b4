/* problem.h: designs for the tests of penalised models · in: src/data/diabetes.csv, a seed · out: X, Y, S · next: test_ridge.c */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/wasmfit.h"
#include "check.h"

enum { DIABETES_ROWS = 442, DIABETES_FEATURES = 10, ROOM = 60000 };
static double X[ROOM], Y[ROOM], S[ROOM]; /* (N,D), (N,K), weights (N) */

static uint64_t state = 1;
static double uniform(void) { /* in [0, 1) */
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) * 0x1p-53;
}

static double error(double value, double truth) { return fabs(value - truth) / (truth == 0 ? 1 : fabs(truth)); }

static double worst(const double *a, const double *b, int n) {
  double most = 0;
  for (int j = 0; j < n; j++) most = fmax(most, error(a[j], b[j]));
  return most;
}

/* Correlated columns of sizes up to 10^±spread about an offset; every target depends on the first ones. S: some weights 0. */
static void problem(int N, int D, int K, double offset, double spread) {
  for (int i = 0; i < N; i++) {
    double shared = uniform();
    S[i] = uniform() < 0.2 ? 0 : uniform();
    for (int j = 0; j < D; j++) X[i * D + j] = offset + (uniform() + shared - 1) * pow(10, D > 1 ? spread * (2.0 * j / (D - 1) - 1) : 0);
    for (int k = 0; k < K; k++) {
      Y[i * K + k] = uniform() + 3;
      for (int j = 0; j < D && j < 4; j++)
        Y[i * K + k] += (j + 1 - k) * (X[i * D + j] - offset) / pow(10, D > 1 ? spread * (2.0 * j / (D - 1) - 1) : 0);
    }
  }
}

/* Fills X and Y; run from the root of the project. */
static void diabetes(int standardised) {
  enum { N = DIABETES_ROWS, D = DIABETES_FEATURES };
  FILE *file = fopen("src/data/diabetes.csv", "r");
  CHECK(file, "src/data/diabetes.csv is read from the root of the project");
  if (!file) exit(check_report("problem.h"));
  char line[400];
  int read = fgets(line, sizeof line, file) != NULL;
  for (int i = 0; i < N; i++) {
    char *at = fgets(line, sizeof line, file);
    for (int j = 0; at && j <= D; j++, at++) *(j < D ? &X[i * D + j] : &Y[i]) = strtod(at, &at);
    read += at != NULL;
  }
  fclose(file);
  CHECK(read == N + 1, "it has a header and %d rows, not %d", N, read - 1);
  for (int j = 0; standardised && j < D; j++) {
    long double mean = 0, square = 0;
    for (int i = 0; i < N; i++) mean += X[i * D + j];
    mean /= N;
    for (int i = 0; i < N; i++) square += (X[i * D + j] - mean) * (X[i * D + j] - mean);
    for (int i = 0; i < N; i++) X[i * D + j] = (double)((X[i * D + j] - mean) / sqrtl(square / N));
  }
}

/* Weighted mean of column j, 0 if not centred. */
static long double mean_of(int N, int D, const double *s, int centred, int j) {
  long double sum = 0, total = 0;
  for (int i = 0; i < N; i++) {
    sum += (s ? s[i] : 1.0L) * X[i * D + j];
    total += s ? s[i] : 1;
  }
  return centred ? sum / total : 0;
}

/* Σ s (x_j - mean) r of the residuals r of output k. size: the norm of the column times that of |y| + Σ |(x - mean) w|. */
static long double slope(long double *size, const double *w, double b, int N, int D, int K, int k, const double *s, int centred, int j) {
  static long double mean[2000];
  long double sum = 0, square = 0, whole = 0;
  for (int f = 0; f < D; f++) mean[f] = mean_of(N, D, s, centred, f);
  for (int i = 0; i < N; i++) {
    long double y = Y[i * K + k], r = y - b, terms = fabsl(y), x = X[i * D + j] - mean[j], weight = s ? s[i] : 1;
    for (int f = 0; f < D; f++) {
      r -= (long double)X[i * D + f] * w[f];
      terms += fabsl((X[i * D + f] - mean[f]) * w[f]);
    }
    sum += weight * x * r;
    square += weight * x * x;
    whole += weight * terms * terms;
  }
  *size = sqrtl(square) * sqrtl(whole);
  return sum;
}

/* FNV-1a over the bytes: for "the same bits" */
static uint64_t hash(const void *values, size_t bytes) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < bytes; i++) h = (h ^ ((const unsigned char *)values)[i]) * 0x100000001b3u;
  return h;
}

#endif
