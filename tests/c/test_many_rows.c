/* test_many_rows.c: least squares of more than a million values, whose residuals need not be exact · in: core/linear.h · out: checks · next: test_inference.c */
#include <stdlib.h>

#include "../../src/core/linear.h"
#include "least_squares.h"

enum { N = 36000, D = 31, K = 2 };
static double *x, *y, *weight;
static float *narrow; /* x in f32 */

/* Columns about `mean`, of which a share `common` is the same for all, and noise. */
static void make(double mean, double common) {
  for (int i = 0; i < N; i++) {
    double same = uniform() - 0.5;
    for (int k = 0; k < K; k++) y[i * K + k] = uniform() - 0.5;
    for (int j = 0; j < D; j++) {
      x[i * D + j] = mean + common * same + (1 - common) * (uniform() - 0.5);
      for (int k = 0; k < K; k++) y[i * K + k] += (j % 7 - 3 + k) * x[i * D + j];
    }
    weight[i] = 0.75;
  }
}

/* Solves in pieces of `most` rows at most, of floats or doubles; whether the first round was a plain one. */
static int solve_as(double *w, int most, int single) {
  wf_linear *m = wf_linear_new(N, D, K, 1);
  if (w) wf_linear_weigh(m, w, N);
  for (int i = 0, n; i < N; i += n) {
    n = most < N ? 1 + (int)(uniform() * most) : N;
    if (n > N - i) n = N - i;
    wf_linear_push(m, single ? (void *)(narrow + i * D) : x + i * D, single, y + i * K, w ? w + i : NULL, n);
  }
  int done = wf_linear_solve(m), plain = m->plain;
  CHECK(done, "%d × %d is solved", N, D);
  do
    for (int i = 0, n; i < N; i += n) {
      n = most < N ? 1 + (int)(uniform() * most) : N;
      if (n > N - i) n = N - i;
      wf_linear_residual(m, single ? (void *)(narrow + i * D) : x + i * D, single, y + i * K, w ? w + i : NULL, n);
    }
  while (wf_linear_correct(m));
  wf_linear_solution(coef, intercept, &result, m);
  wf_linear_free(m);
  return plain;
}

static int solve(double *w, int most) { return solve_as(w, most, 0); }

/* Greatest difference of the coefficients in units of the last place of the greatest, and of the intercepts in those of the greatest
 * product of a coefficient and `mean` that they make up for. */
static double apart(double mean) {
  double size = 0, most = 0;
  for (int j = 0; j < K * D; j++) size = fmax(size, fabs(other[j]));
  for (int j = 0; j < K * D; j++) most = fmax(most, fabs(coef[j] - other[j]));
  for (int k = 0; k < K; k++) most = fmax(most, fabs(intercept[k] - intercept2[k]) / fmax(1, 2 * fabs(mean)));
  return most / ldexp(1, ilogb(size) - 52);
}

static void test_plain(void) {
  static const struct { double mean, common; int plain; } data[] = {{0, 0, 1}, {3, 0, 1}, {0, 0.99, 0}};
  for (size_t s = 0; s < sizeof data / sizeof *data; s++) {
    make(data[s].mean, data[s].common);
    CHECK(!solve(weight, N), "weights that are no power of two need exact residuals");
    keep(K * D);
    CHECK(solve(NULL, N) == data[s].plain, "columns about %g with %g in common: plain residuals %s", data[s].mean, data[s].common, data[s].plain ? "do" : "do not");
    CHECK(apart(data[s].mean) <= 1, "and the solution is that of exact ones to the last place, not off by %.2f of it", apart(data[s].mean));
    CHECK(error(result.r2, result2.r2) < 1e-13 && error(result.loss, result2.loss) < 1e-13, "and so are R² and loss: %.17g", result.r2);
    keep(K * D);
    solve(NULL, 700);
    CHECK(!memcmp(coef, other, K * D * sizeof *coef) && !memcmp(intercept, intercept2, sizeof intercept) && result.r2 == result2.r2,
          "in pieces of any size it has the same bits: %.17g", coef[0]);
  }
}

static void test_floats(void) {
  for (int weighted = 0; weighted < 2; weighted++) {
    make(1, 0);
    for (int i = 0; i < N * D; i++) x[i] = narrow[i] = (float)x[i];
    solve_as(weighted ? weight : NULL, N, 0);
    keep(K * D);
    solve_as(weighted ? weight : NULL, 700, 1);
    CHECK(!memcmp(coef, other, K * D * sizeof *coef) && !memcmp(intercept, intercept2, sizeof intercept) && result.r2 == result2.r2,
          "floats, weighted %d, give the bits of the same numbers as doubles: %.17g, %.17g", weighted, coef[0], other[0]);
  }
}

static void test_widen(void) {
  float from[9];
  double to[10];
  for (int n = 0; n <= 9; n++) {
    for (int i = 0; i < n; i++) from[i] = (float)(i % 3 ? i * 1e-30 : -i / 3.0);
    to[n] = 7;
    wf_widen(to, from, (size_t)n);
    int same = to[n] == 7;
    for (int i = 0; i < n; i++) same &= to[i] == (double)from[i];
    CHECK(same, "%d floats become the same doubles", n);
  }
}

int main(void) {
  x = malloc(sizeof(double) * N * D);
  y = malloc(sizeof(double) * N * K);
  weight = malloc(sizeof(double) * N);
  narrow = malloc(sizeof(float) * N * D);
  if (!x || !y || !weight || !narrow) return 1;
  test_plain();
  test_floats();
  test_widen();
  free(x);
  free(y);
  free(weight);
  free(narrow);
  return check_report("test_many_rows");
}
