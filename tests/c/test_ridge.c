/* test_ridge.c: ridge: reference solutions, optimality, degrees of freedom, scales, weights · in: ../fixtures/penalised.h · out: checks · next: test_elastic.c */
#include "../fixtures/penalised.h"
#include "problem.h"

enum { PATH = 5 };
static const double path[PATH] = {10, 0, 1e-3, 1e6, 1};
static double coef[ROOM], other[ROOM], intercept[2000], intercept2[2000], degrees[PATH], gcv[2000];

static int ridge(const double *alphas, int count, const double *s, int N, int D, int K, int centred) {
  return wf_ridge_path(coef, intercept, degrees, gcv, alphas, X, Y, s, count, N, D, K, centred);
}

static void keep(int n) {
  memcpy(other, coef, (size_t)n * sizeof *coef);
  memcpy(intercept2, intercept, sizeof intercept);
}

static void test_reference(void) {
  for (size_t k = 0; k < sizeof ridge_cases / sizeof *ridge_cases; k++) {
    const ridge_case *c = &ridge_cases[k];
    diabetes(c->standardised);
    for (int i = 0; i < DIABETES_ROWS; i++) S[i] = 1 + i % 3;
    ridge(&c->alpha, 1, c->weighted ? S : NULL, DIABETES_ROWS, DIABETES_FEATURES, 1, 1);
    double most = worst(coef, c->coef, DIABETES_FEATURES);
    CHECK(most < (c->weighted ? 1e-12 : 2e-13), "diabetes, alpha %g: coefficients are right to %.1e", c->alpha, most);
    CHECK(error(*intercept, c->intercept) < 1e-14, "diabetes, alpha %g: the intercept is %.16g, not %.16g", c->alpha, c->intercept, *intercept);
  }
}

/* Xᵀ S r = alpha w and 1ᵀ S r = 0, each column measured by itself, for all kinds of shapes and sizes */
static void test_optimality(void) {
  for (int trial = 0; trial < 120; trial++) {
    int N = 1 + (int)(uniform() * (trial % 6 ? 40 : 700)), D = 1 + (int)(uniform() * 25), K = 1 + trial % 2, centred = trial % 3 > 0;
    problem(N, D, K, trial % 5 ? 0 : 1000, trial % 4 * 1.5);
    const double *s = trial % 7 ? NULL : S;
    S[0] = 1;
    ridge(path, PATH, s, N, D, K, centred);
    for (int a = 0; a < PATH; a++) {
      for (int k = 0; k < K; k++) {
        const double *w = coef + (a * K + k) * D, b = intercept[a * K + k];
        for (int j = 0; j < D; j++) {
          long double size, left = slope(&size, w, b, N, D, K, k, s, centred, j) - (long double)path[a] * w[j];
          CHECK(fabsl(left) <= 3e-13L * size, "%d × %d, alpha %g: column %d is off by %.1Le", N, D, path[a], j, left / size);
        }
        CHECK(centred || b == 0, "without intercept it is 0, not %g", b);
      }
    }
  }
}

/* With Y = I the fitted values are the hat matrix: its trace is the degrees of freedom, of which the intercept has one. */
static void test_degrees(int N, int D, int centred) {
  static double fitted[60 * 60];
  problem(N, D, 1, 0, 1);
  memset(Y, 0, sizeof Y);
  for (int i = 0; i < N; i++) Y[i * N + i] = 1;
  for (int a = 0; a < PATH; a++) {
    ridge(&path[a], 1, NULL, N, D, N, centred);
    double trace = 0, square = 0;
    for (int k = 0; k < N; k++) {
      for (int i = 0; i < N; i++) {
        fitted[i * N + k] = intercept[k];
        for (int j = 0; j < D; j++) fitted[i * N + k] += X[i * D + j] * coef[k * D + j];
      }
      trace += fitted[k * N + k];
    }
    for (int i = 0; i < N; i++) square += (Y[i * N] - fitted[i * N]) * (Y[i * N] - fitted[i * N]);
    CHECK(fabs(trace - centred - degrees[0]) < 1e-11 * N, "%d × %d, alpha %g: trace %.14g of the hat matrix, degrees %.14g", N, D, path[a], trace, degrees[0]);
    double spare = N - trace;
    if (spare > 1e-6) CHECK(error(gcv[0], N * square / (spare * spare)) < 1e-8, "%d × %d, alpha %g: GCV is %.14g, not %.14g", N, D, path[a], N * square / (spare * spare), gcv[0]);
    else CHECK(gcv[0] == INFINITY || path[a] > 0, "no degree of freedom left: GCV is infinite, not %g", gcv[0]);
  }
}

static void test_alpha_zero(void) {
  wf_linear_result result;
  for (int trial = 0; trial < 20; trial++) {
    int N = 2 + (int)(uniform() * 30), D = 1 + (int)(uniform() * 30);
    problem(N, D, 2, 0, 1);
    for (int i = 0; i < N; i++) X[i * D + D - 1] = X[i * D]; /* rank deficient */
    ridge(path, PATH, NULL, N, D, 2, 1);
    wf_linear_fit(other, intercept2, &result, X, Y, NULL, N, D, 2, 1);
    CHECK(!memcmp(coef + 2 * D, other, 2 * (size_t)D * sizeof *coef) && !memcmp(intercept + 2, intercept2, 2 * sizeof *coef),
          "%d × %d: alpha 0 is least squares of least norm", N, D);
    CHECK(degrees[1] == result.rank, "%d × %d: at alpha 0 the degrees are the rank %g, not %g", N, D, result.rank, degrees[1]);
  }
  const double small = 1e-11;
  problem(30, 4, 1, 0, 0);
  for (int i = 0; i < 30; i++) X[i * 4 + 3] = X[i * 4];
  ridge(&small, 1, NULL, 30, 4, 1, 1);
  wf_linear_fit(other, intercept2, &result, X, Y, NULL, 30, 4, 1, 1);
  CHECK(worst(coef, other, 4) < 1e-9, "an alpha near 0 comes near to it, duplicates and all: %g", worst(coef, other, 4));
}

static void test_weights(void) {
  enum { N = 40, D = 6 };
  static double x[3 * N * D], y[3 * N], w[3 * D], b[3], unused[3], unused2[3];
  int n = 0;
  problem(N, D, 1, 5, 1);
  for (int i = 0; i < N; i++) {
    S[i] = i % 4;
    for (int t = 0; t < i % 4; t++, n++) {
      memcpy(x + n * D, X + i * D, D * sizeof *x);
      y[n] = Y[i];
    }
  }
  const double alphas[] = {0.1, 3, 0};
  ridge(alphas, 3, S, N, D, 1, 1);
  wf_ridge_path(w, b, unused, unused2, alphas, x, y, NULL, 3, n, D, 1, 1);
  CHECK(worst(coef, w, 3 * D) < 1e-12 && worst(intercept, b, 3) < 1e-13, "weights are repeated rows: %g", worst(coef, w, 3 * D));
  CHECK(error(degrees[0], unused[0]) < 1e-13, "also in the degrees of freedom");
  keep(3 * D);
  double before = gcv[0];
  for (int i = 0; i < N; i++)
    if (S[i] == 0) X[i * D] = Y[i] = 1e300;
  ridge(alphas, 3, S, N, D, 1, 1);
  CHECK(!memcmp(coef, other, 3 * D * sizeof *coef) && gcv[0] == before, "a row of weight 0 is absent");
  for (int i = 0; i < N; i++) S[i] *= 0x1p-1000;
  const double tiny[] = {0.1 * 0x1p-1000, 3 * 0x1p-1000, 0};
  ridge(tiny, 3, S, N, D, 1, 1);
  CHECK(!memcmp(coef, other, 3 * D * sizeof *coef) && gcv[0] == before * 0x1p-1000, "weights and alpha may have any scale");
}

static void test_separate(void) {
  enum { N = 60, D = 7, K = 3 };
  static double x[N * D], y[N * K], first[K * D];
  problem(N, D, K, 0, 1);
  memcpy(x, X, sizeof x);
  memcpy(y, Y, sizeof y);
  ridge(path, PATH, NULL, N, D, K, 1);
  keep(PATH * K * D);
  for (int a = 0; a < PATH; a++) {
    ridge(&path[a], 1, NULL, N, D, K, 1);
    CHECK(!memcmp(coef, other + a * K * D, K * D * sizeof *coef), "alpha %g of the path is that of a fit of its own", path[a]);
  }
  memcpy(first, other + K * D * 4, sizeof first);
  for (int k = 0; k < K; k++) {
    for (int i = 0; i < N; i++) Y[i] = y[i * K + k];
    ridge(&path[4], 1, NULL, N, D, 1, 1);
    CHECK(worst(coef, first + k * D, D) < 1e-13, "output %d is that of a fit of its own", k);
  }
  CHECK(!memcmp(x, X, sizeof x), "the caller's numbers stay");
}

static void test_scales(void) {
  enum { N = 50, D = 5 };
  problem(N, D, 1, 0, 1);
  const double one = 1, up = 0x1p1000, down = 0x1p-1000;
  ridge(&one, 1, NULL, N, D, 1, 1);
  keep(D);
  for (int i = 0; i < N * D; i++) X[i] *= 0x1p500;
  for (int i = 0; i < N; i++) Y[i] *= 0x1p520;
  ridge(&up, 1, NULL, N, D, 1, 1);
  for (int j = 0; j < D; j++) CHECK(coef[j] == other[j] * 0x1p20, "values of 1e150: coefficient %d is %g, not %g", j, other[j], coef[j] * 0x1p-20);
  for (int i = 0; i < N * D; i++) X[i] *= 0x1p-1000;
  ridge(&down, 1, NULL, N, D, 1, 1);
  for (int j = 0; j < D; j++) CHECK(coef[j] * 0x1p-500 == other[j] * 0x1p520, "values of 1e-150: coefficient %d is %g", j, coef[j]);

  problem(N, D, 1, 0, 0);
  for (int i = 0; i < N * D; i++) X[i] = floor(X[i] * 0x1p20) * 0x1p-20; /* so that an offset rounds nothing */
  ridge(&one, 1, NULL, N, D, 1, 1);
  keep(D);
  for (int i = 0; i < N * D; i++) X[i] += 0x1p30;
  ridge(&one, 1, NULL, N, D, 1, 1);
  CHECK(worst(coef, other, D) < 1e-13, "an offset of 1e9 changes only the intercept: %g", worst(coef, other, D));
}

static void test_poor_data(void) {
  enum { N = 12, D = 3 };
  const double one = 1;
  problem(N, D, 1, 0, 0);
  for (int i = 0; i < N; i++) {
    X[i * D] = 0.1;
    X[i * D + 2] = X[i * D + 1];
  }
  ridge(&one, 1, NULL, N, D, 1, 1);
  CHECK(coef[0] == 0, "a constant column has coefficient 0, not %g", coef[0]);
  for (int i = 0; i < N; i++) X[i * D] = i % 2 ? 0.3 : 0.1 + 0.2;
  const double least = 1e-40;
  ridge(&least, 1, NULL, N, D, 1, 1);
  CHECK(coef[0] == 0, "nor has one that is constant but for its last bit: %g", coef[0]);
  ridge(&one, 1, NULL, N, D, 1, 1);
  CHECK(error(coef[1], coef[2]) < 1e-14, "duplicates share: %.17g, %.17g", coef[1], coef[2]);
  for (int i = 0; i < N; i++) Y[i] = 0.7;
  ridge(&one, 1, NULL, N, D, 1, 1);
  CHECK(coef[1] == 0 && intercept[0] == 0.7 && gcv[0] == 0, "a constant target is its intercept: %.17g", intercept[0]);
  ridge(&one, 1, NULL, 1, D, 1, 1);
  CHECK(coef[1] == 0 && intercept[0] == 0.7 && degrees[0] == 0 && gcv[0] == INFINITY, "one row is the intercept: %.17g, degrees %g", intercept[0], degrees[0]);
  memset(S, 0, sizeof S);
  CHECK(ridge(&one, 1, S, N, D, 1, 1) && coef[1] == 0 && intercept[0] == 0, "no row with a weight: zeros");
}

/* The same bits from every compiler; the number is what they gave when this was written. */
static void test_bits(void) {
  diabetes(1);
  ridge(path, PATH, NULL, DIABETES_ROWS, DIABETES_FEATURES, 1, 1);
  uint64_t bits = hash(coef, sizeof(double) * DIABETES_FEATURES) ^ hash(gcv, sizeof(double));
  CHECK(bits == 0xd27b303a1c16e5a4, "the bits of a solution: 0x%llx", (unsigned long long)bits);
}

int main(void) {
  test_reference();
  test_optimality();
  test_degrees(30, 5, 1);
  test_degrees(41, 7, 0);
  test_degrees(12, 30, 1);
  test_degrees(12, 12, 0);
  test_alpha_zero();
  test_weights();
  test_separate();
  test_scales();
  test_poor_data();
  test_bits();
  return check_report("test_ridge");
}
