/* test_blocks.c: least squares of rows that come in blocks · in: least_squares.h · out: checks · next: test_inference.c */
#include <stdlib.h>

#include "least_squares.h"

static float narrow[sizeof X / sizeof *X];

/* Pushes the rows, of numbers that are floats as such, cut anew every time, and refines so, too. */
static int fit_cut(int N, int D, int K, int with_intercept, int refined, int single) {
  wf_linear *m = wf_linear_new(0, D, K, with_intercept);
  uint64_t before = state;
  for (int pass = 0; m && pass < 20; pass++) {
    for (int i = 0, n; i < N; i += n) {
      n = 1 + (int)(uniform() * 300);
      if (n > N - i) n = N - i;
      if (pass) wf_linear_residual(m, single ? (void *)(narrow + i * D) : X + i * D, single, Y + i * K, NULL, n);
      else wf_linear_push(m, single ? (void *)(narrow + i * D) : X + i * D, single, Y + i * K, NULL, n);
    }
    if (pass == 0 && !wf_linear_solve(m)) return 0;
    if (!refined || (pass && !wf_linear_correct(m))) break;
  }
  state = before;
  if (m) wf_linear_solution(coef, intercept, &result, m);
  wf_linear_free(m);
  return m != NULL;
}

static void test_cuts(void) {
  static const int shape[][3] = {{121, 1, 1}, {700, 9, 1}, {1500, 20, 2}, {250, 120, 1}};
  for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
    int N = shape[s][0], D = shape[s][1], K = shape[s][2];
    random_problem(N, D);
    for (int i = N * K - 1; i >= 0; i--) Y[i] = X[i / K * D] * (1 + i % K) + uniform();
    for (int centred = 0; centred < 2; centred++) {
      CHECK(wf_linear_fit(coef, intercept, &result, X, Y, NULL, N, D, K, centred), "%d × %d fits into memory", N, D);
      keep(D * K);
      fit_cut(N, D, K, centred, 1, 0);
      CHECK(!memcmp(coef, other, (size_t)(D * K) * sizeof *coef) && intercept[0] == intercept2[0] && result.r2 == result2.r2 && result.loss == result2.loss,
            "%d × %d in pieces of any size has the same bits: %.17g, %.17g", N, D, coef[0], other[0]);
      fit_cut(N, D, K, centred, 0, 0);
      double most = 0;
      for (int j = 0; j < D * K; j++) most = fmax(most, fabs(coef[j] - other[j]));
      CHECK(most < 1e-13 && error(result.loss, result2.loss) < 1e-13, "%d × %d without a second pass is plain QR, error %.1e", N, D, most);
    }
  }
}

static void test_floats(void) {
  for (int D = 1; D < 9; D++) {
    int N = 90 * D, centred = D % 3 > 0;
    random_problem(N, D);
    for (int i = 0; i < N * D; i++) X[i] = narrow[i] = (float)X[i];
    fit_cut(N, D, 1, centred, 1, 0);
    keep(D);
    fit_cut(N, D, 1, centred, 1, 1);
    CHECK(!memcmp(coef, other, (size_t)D * sizeof *coef) && intercept[0] == intercept2[0] && result.r2 == result2.r2 && result.loss == result2.loss,
          "floats, %d × %d, give the bits of the same numbers as doubles: %.17g, %.17g", N, D, coef[0], other[0]);
  }
}

/* The sum of squared residuals in long double, in units of that about the mean. */
static double honest_r2(int N, int D) {
  long double sum = 0, square = 0, left = 0;
  for (int i = 0; i < N; i++) {
    long double e = (long double)Y[i] - intercept[0];
    for (int j = 0; j < D; j++) e -= (long double)X[i * D + j] * coef[j];
    left += e * e;
    sum += Y[i];
  }
  for (int i = 0; i < N; i++) square += (Y[i] - sum / N) * (Y[i] - sum / N);
  return (double)(1 - left / square);
}

/* Later blocks may be of another size, and lie elsewhere, than the first. */
static void test_growth(void) {
  enum { N = 1000, D = 3 };
  static const double far[] = {1e6, 1e150, 1e300};
  for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
    random_problem(N, D);
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) X[i * D + j] *= i < 400 ? (j == 2 ? 0 : 1 / far[k]) : far[k];
      Y[i] = 1 + X[i * D] / far[k] - 2 * X[i * D + 1] / far[k] + 3 * X[i * D + 2] / far[k];
    }
    fit(NULL, N, D, 1);
    CHECK(error(coef[0] * far[k], 1) < 1e-13 && error(coef[1] * far[k], -2) < 1e-13 && error(coef[2] * far[k], 3) < 1e-13 && error(intercept[0], 1) < 1e-13,
          "columns that grow by %g²: %.17g, %.17g, %.17g", far[k], coef[0] * far[k], coef[1] * far[k], coef[2] * far[k]);
    CHECK(result.rank == 3 && result.r2 == 1, "and are met: rank %g, R² %.17g", result.rank, result.r2);
  }
  random_problem(N, D);
  for (int i = 0; i < N; i++) Y[i] = i < 600 ? 0 : 1e200 * X[i * D];
  fit(NULL, N, D, 1);
  CHECK(error(result.r2, honest_r2(N, D)) < 1e-12, "a target that wakes up late: R² %.15g, %.15g", result.r2, honest_r2(N, D));
  for (int i = 0; i < N; i++) Y[i] = (X[i * D] + uniform()) * (i < 600 ? 1e-200 : 1);
  fit_cut(N, D, 1, 1, 0, 0);
  CHECK(error(result.r2, honest_r2(N, D)) < 1e-12, "one that grows: R² %.15g, %.15g, from the sums of the blocks alone", result.r2, honest_r2(N, D));
  for (int i = 0; i < N; i++) Y[i] = (X[i * D] + uniform()) * (i < 600 ? 1e200 : 1);
  fit_cut(N, D, 1, 1, 0, 0);
  CHECK(error(result.r2, honest_r2(N, D)) < 1e-12, "or shrinks: R² %.15g, %.15g", result.r2, honest_r2(N, D));
  random_problem(N, D);
  X[0] = 1e12;
  X[500 * D + 1] = 1e12;
  for (int i = 0; i < N; i++) Y[i] = 2 * X[i * D] + X[i * D + 1] / 4 + X[i * D + 2];
  fit(NULL, N, D, 1);
  CHECK(error(coef[0], 2) < 1e-15 && error(coef[1], 0.25) < 1e-15 && error(coef[2], 1) < 1e-9, "two values of 1e12 leave the digits: %.17g, %.17g, %.17g",
        coef[0], coef[1], coef[2]);
}

/* Blocks do not cost digits: coefficients of whole numbers, met exactly, come out exactly. */
static void test_exact(void) {
  for (int trial = 0; trial < 40; trial++) {
    int N = 130 + 37 * trial, D = 1 + trial % 17;
    for (int i = 0; i < N; i++) {
      Y[i] = 5;
      for (int j = 0; j < D; j++) Y[i] += (j - 3) * (X[i * D + j] = whole(1000));
    }
    fit(NULL, N, D, 1);
    double most = fabs(intercept[0] - 5);
    for (int j = 0; j < D; j++) most = fmax(most, fabs(coef[j] - (j - 3)));
    CHECK(most < 1e-28 && result.r2 == 1, "%d × %d of whole numbers comes out exactly, zero to 1e-28, not by %.1e", N, D, most);
  }
}

static void test_no_memory(void) {
  CHECK(wf_linear_new(0, 2000000000, 1, 1) == NULL, "two billion columns are refused, not wrapped around");
  wf_linear_free(NULL);
  wf_linear *m = wf_linear_new(0, 2, 1, 1);
  CHECK(wf_linear_solve(m) == 1 && wf_linear_correct(m) == 0, "no rows at all is no fault");
  wf_linear_solution(coef, intercept, &result, m);
  CHECK(coef[0] == 0 && coef[1] == 0 && intercept[0] == 0 && result.rank == 0, "and gives zeros: %g", coef[0]);
  wf_linear_free(m);
}

int main(void) {
  test_cuts();
  test_floats();
  test_growth();
  test_exact();
  test_no_memory();
  return check_report("test_blocks");
}
