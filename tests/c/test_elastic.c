/* test_elastic.c: lasso and elastic net: reference solutions, optimality, gap, paths, weights · in: ../fixtures/penalised.h · out: checks · next: ../js */
#include "../fixtures/penalised.h"
#include "problem.h"

enum { N_ = DIABETES_ROWS, D_ = DIABETES_FEATURES, ENOUGH = 1000 };
static double coef[2000], other[2000], intercept;
static wf_elastic_result result;

static void solution(const wf_elastic *e) { wf_elastic_solution(coef, &intercept, &result, e); }

/* alpha below 0: that share of alpha_max. Returns the alpha. */
static double fit(double alpha, double ratio, double tolerance, const double *s, int N, int D, int centred) {
  wf_elastic *e = wf_elastic_new(X, Y, s, N, D, ratio, centred);
  if (alpha < 0) alpha *= -wf_elastic_alpha_max(e);
  wf_elastic_run(e, alpha, tolerance, ENOUGH);
  solution(e);
  wf_elastic_free(e);
  return alpha;
}

/* Greatest difference, of the greatest number. */
static double apart(const double *a, const double *b, int n) {
  double most = 0, size = 0;
  for (int j = 0; j < n; j++) {
    most = fmax(most, fabs(a[j] - b[j]));
    size = fmax(size, fabs(b[j]));
  }
  return size > 0 ? most / size : most;
}

static void test_reference(void) {
  diabetes(1);
  for (size_t k = 0; k < sizeof elastic_cases / sizeof *elastic_cases; k++) {
    const elastic_case *c = &elastic_cases[k];
    fit(c->alpha, c->ratio, 1e-12, NULL, N_, D_, 1);
    CHECK(result.converged == 1, "alpha %g, ratio %g converges", c->alpha, c->ratio);
    CHECK(worst(coef, c->coef, D_) < 1e-11, "alpha %g, ratio %g: coefficients are right to %.1e", c->alpha, c->ratio, worst(coef, c->coef, D_));
    for (int j = 0; j < D_; j++) CHECK((coef[j] == 0) == (c->coef[j] == 0), "alpha %g: coefficient %d is %g, not %g", c->alpha, j, c->coef[j], coef[j]);
    CHECK(error(intercept, c->intercept) < 1e-14 && error(result.objective, c->objective) < 1e-14, "intercept %.17g, objective %.17g", intercept, result.objective);
  }
}

/* With g = Σ s (x - mean) r / Σ s: g = alpha (ratio sign w + (1 - ratio) w), or |g| <= alpha ratio where w is 0 */
static void check_optimality(double alpha, double ratio, const double *s, int N, int D, int centred) {
  long double total = 0;
  for (int i = 0; i < N; i++) total += s ? s[i] : 1;
  for (int j = 0; j < D; j++) {
    long double size, g = slope(&size, coef, intercept, N, D, 1, 0, s, centred, j) / total;
    double sign = coef[j] > 0 ? 1 : -1;
    size = size / total + alpha * ratio;
    long double over = coef[j] == 0 ? fabsl(g) - alpha * ratio : fabsl(g - alpha * (ratio * sign + (1 - ratio) * coef[j]));
    CHECK(over <= 1e-13L * size, "%d × %d, alpha %g, ratio %g: column %d is off by %.1Le", N, D, alpha, ratio, j, over / size);
  }
}

static void test_optimality(void) {
  const double ratios[] = {1, 0.5, 0.05, 0};
  int sparse = 0;
  for (int trial = 0; trial < 160; trial++) {
    int N = 2 + (int)(uniform() * (trial % 6 ? 40 : 300)), D = 1 + (int)(uniform() * (trial % 3 ? 15 : 90)), centred = trial % 5 > 0;
    double ratio = ratios[trial % 4];
    problem(N, D, 1, 0, trial % 7 == 0 ? 2 : 0);
    const double *s = trial % 9 ? NULL : S;
    S[0] = S[1] = 1;
    double alpha = fit(ratio > 0 ? -pow(10, -3 * uniform()) : uniform(), ratio, 1e-13, s, N, D, centred);
    CHECK(result.converged == 1, "%d × %d, alpha %g, ratio %g converges", N, D, alpha, ratio);
    check_optimality(alpha, ratio, s, N, D, centred);
    sparse += result.nonzero > 1 && result.nonzero < D;
  }
  CHECK(sparse > 50, "zeros and others are there: in %d of 160 problems", sparse);
}

static void test_alpha_max(void) {
  for (int trial = 0; trial < 60; trial++) {
    int N = 2 + (int)(uniform() * 40), D = 1 + (int)(uniform() * 60);
    double ratio = trial % 2 ? 1 : 0.3;
    problem(N, D, 1, 10, 0);
    double alpha = fit(-1, ratio, 1e-12, NULL, N, D, 1);
    CHECK(result.nonzero == 0 && result.converged == 1 && coef[0] == 0, "%d × %d: nothing is left at alpha_max", N, D);
    fit(alpha * (1 - 4e-15), ratio, 1e-12, NULL, N, D, 1);
    CHECK(result.nonzero == 0, "nor if alpha_max was rounded otherwise");
    fit(alpha * (1 - 1e-9), ratio, 1e-20, NULL, N, D, 1);
    CHECK(result.nonzero == 1, "%d × %d: just below one is, not %g", N, D, result.nonzero);
  }
  for (int standardised = 0; standardised < 2; standardised++) {
    diabetes(standardised);
    double known = standardised ? lasso_alpha_max : lasso_alpha_max_raw, alpha = fit(-1, 1, 1e-12, NULL, N_, D_, 1);
    CHECK(error(alpha, known) < 1e-14, "diabetes: alpha_max is %.17g, not %.17g", known, alpha);
    fit(known, 1, 1e-12, NULL, N_, D_, 1);
    CHECK(result.nonzero == 0, "and nothing is left at the other's");
  }
}

/* The gap from its definition, at a loose tolerance, where it is not rounding. */
static void test_gap(void) {
  int open = 0;
  for (int trial = 0; trial < 20; trial++) {
    int N = 20 + trial * 3, D = trial % 2 ? 10 : 120;
    double tolerance = trial % 4 < 2 ? 1e-2 : 1e-4, ratio = trial % 3 ? 1 : 0.4;
    problem(N, D, 1, 0, 0);
    double alpha = fit(-0.02, ratio, tolerance, NULL, N, D, 1), l1 = alpha * ratio, l2 = alpha * (1 - ratio);
    long double mean = 0, yy = 0, rr = 0, ry = 0, w1 = 0, w2 = 0, most = 0;
    for (int i = 0; i < N; i++) mean += Y[i] / (long double)N;
    for (int j = 0; j < D; j++) {
      long double size, g = slope(&size, coef, intercept, N, D, 1, 0, NULL, 1, j) / N - l2 * coef[j];
      most = fmaxl(most, fabsl(g));
      w1 += fabsl(coef[j]);
      w2 += coef[j] * coef[j];
    }
    for (int i = 0; i < N; i++) {
      long double r = Y[i] - intercept;
      for (int j = 0; j < D; j++) r -= X[i * D + j] * coef[j];
      yy += (Y[i] - mean) * (Y[i] - mean) / N;
      rr += r * r / N;
      ry += r * (Y[i] - mean) / N;
    }
    long double share = most > l1 ? l1 / most : 1, objective = rr / 2 + l1 * w1 + l2 * w2 / 2;
    long double dual = share * ry - share * share * (rr + l2 * w2) / 2;
    CHECK(error(result.objective, (double)objective) < 1e-12, "%d × %d: the objective is %.15Lg, not %.15g", N, D, objective, result.objective);
    CHECK(fabsl(result.gap - (objective - dual)) < 1e-13L * yy, "%d × %d: the gap is %.6Le, not %.6e", N, D, objective - dual, result.gap);
    CHECK(result.converged == 1 && result.gap <= tolerance * (double)yy, "%d × %d: a gap of %g is below %g", N, D, result.gap, tolerance * (double)yy);
    open += result.gap > 1e-7 * (double)yy;
  }
  CHECK(open > 10, "a loose tolerance leaves a gap that is not rounding: %d of 20 times", open);
}

/* D <= N works on covariances, else on residuals: the paths agree with fits of their own, and in slices bit by bit. */
static void test_paths(int N, int D, double ratio) {
  problem(N, D, 1, 0, 1);
  wf_elastic *path = wf_elastic_new(X, Y, NULL, N, D, ratio, 1), *slices = wf_elastic_new(X, Y, NULL, N, D, ratio, 1);
  double alpha = wf_elastic_alpha_max(path), most = 0;
  for (int step = 0; step < 30; step++, alpha *= 0.75) {
    int done = 0;
    CHECK(wf_elastic_run(path, alpha, 1e-12, ENOUGH), "%d × %d, alpha %g converges", N, D, alpha);
    for (int i = 0; i < ENOUGH && !done; i++) done = wf_elastic_run(slices, alpha, 1e-12, 1);
    solution(slices);
    memcpy(other, coef, (size_t)D * sizeof *coef);
    double sweeps = result.sweeps;
    solution(path);
    CHECK(!memcmp(coef, other, (size_t)D * sizeof *coef) && sweeps == result.sweeps, "%d × %d, alpha %g: slices give the same bits", N, D, alpha);
    fit(alpha, ratio, 1e-12, NULL, N, D, 1);
    most = fmax(most, apart(coef, other, D));
  }
  for (int step = 0; step < 3; step++) {
    alpha = fit(-0.02 * pow(4, step), ratio, 1e-12, NULL, N, D, 1);
    memcpy(other, coef, (size_t)D * sizeof *coef);
    CHECK(wf_elastic_run(path, alpha, 1e-12, ENOUGH), "%d × %d, back to alpha %g", N, D, alpha);
    solution(path);
    most = fmax(most, apart(coef, other, D));
  }
  CHECK(most < 1e-11, "%d × %d, ratio %g: the path is that of single fits, but for %.1e", N, D, ratio, most);
  wf_elastic_free(path);
  wf_elastic_free(slices);
}

static void test_ways_agree(void) {
  enum { N = 20, D = 20 };
  problem(N, D + 1, 1, 0, 0);
  for (int i = 0; i < N; i++) X[i * (D + 1) + D] = 7; /* one column more than rows: residuals */
  fit(0.003, 0.9, 1e-13, NULL, N, D + 1, 1);
  memcpy(other, coef, sizeof other);
  CHECK(coef[D] == 0 && result.nonzero > 3, "a constant column has coefficient 0, not %g", coef[D]);
  for (int i = 0; i < N; i++) memmove(X + i * D, X + i * (D + 1), D * sizeof *X);
  fit(0.003, 0.9, 1e-13, NULL, N, D, 1);
  CHECK(apart(coef, other, D) < 1e-12, "covariances and residuals lead to the same coefficients: %g", apart(coef, other, D));
}

static void test_limits(void) {
  diabetes(1);
  wf_elastic *e = wf_elastic_new(X, Y, NULL, N_, D_, 1, 1);
  CHECK(!wf_elastic_run(e, 0.05, 1e-12, 0) && !wf_elastic_run(e, 0.05, 1e-12, 2), "two sweeps are not enough");
  solution(e);
  CHECK(result.sweeps == 2 && result.converged == 0, "%g sweeps were made", result.sweeps);
  CHECK(wf_elastic_run(e, 5, 1e-2, 100), "of a loose tolerance");
  solution(e);
  double loose = result.gap;
  CHECK(wf_elastic_run(e, 5, 1e-12, 100), "a smaller one is worked for anew");
  solution(e);
  CHECK(result.gap < 1e-3 * loose, "from a gap of %g to %g", loose, result.gap);
  memcpy(other, coef, sizeof other);
  CHECK(wf_elastic_run(e, 0.05, 0, 200) && wf_elastic_run(e, 5, 0, 200), "tolerance 0 ends too, alphas may rise");
  solution(e);
  CHECK(apart(coef, other, D_) < 1e-12, "there and back: %g", apart(coef, other, D_));
  wf_elastic_free(e);
  wf_elastic_free(NULL);
}

/* Degree 8: sweeps alone would need thousands. */
static void test_ill_conditioned(void) {
  enum { N = 80, D = 8 };
  for (int i = 0; i < N; i++) {
    double t = i / (double)N;
    for (int j = 0; j < D; j++) X[i * D + j] = j ? X[i * D + j - 1] * t : t;
    Y[i] = sin(7 * t) + 0.01 * uniform();
  }
  double alpha = fit(-1e-5, 0.5, 1e-12, NULL, N, D, 1);
  CHECK(result.converged == 1 && result.sweeps < 300, "a polynomial converges in %g sweeps", result.sweeps);
  check_optimality(alpha, 0.5, NULL, N, D, 1);
}

/* Sums of columns: of the active ones some say nothing new. */
static void test_dependent(void) {
  enum { N = 40, D = 12 };
  for (int trial = 0; trial < 20; trial++) {
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < 5; j++) X[i * D + j] = floor(9 * uniform());
      for (int j = 5; j < D; j++) X[i * D + j] = X[i * D + (j * 2 + trial) % 5] + (j % 3 ? 1 : -1) * X[i * D + j % 5];
      Y[i] = X[i * D] - X[i * D + 7] + X[i * D + 10] / 3 + uniform();
    }
    double alpha = fit(-1e-3, 1, 1e-13, NULL, N, D, 1);
    CHECK(result.converged == 1, "trial %d converges, in %g sweeps", trial, result.sweeps);
    check_optimality(alpha, 1, NULL, N, D, 1);
  }
}

static void test_weights(void) {
  enum { N = 40, D = 6 };
  static double x[3 * N * D], y[3 * N];
  int n = 0;
  problem(N, D, 1, 5, 0);
  for (int i = 0; i < N; i++) {
    S[i] = i % 4;
    for (int t = 0; t < i % 4; t++, n++) {
      memcpy(x + n * D, X + i * D, D * sizeof *x);
      y[n] = Y[i];
    }
  }
  fit(0.01, 0.8, 1e-13, S, N, D, 1);
  memcpy(other, coef, sizeof other);
  double before = intercept;
  for (int i = 0; i < N; i++) {
    if (S[i] == 0) X[i * D] = Y[i] = 1e300;
    S[i] *= 0x1p-1000;
  }
  fit(0.01, 0.8, 1e-13, S, N, D, 1);
  CHECK(!memcmp(coef, other, D * sizeof *coef) && intercept == before, "a row of weight 0 is absent, and weights may have any scale");
  memcpy(X, x, sizeof x);
  memcpy(Y, y, sizeof y);
  fit(0.01, 0.8, 1e-13, NULL, n, D, 1);
  CHECK(apart(coef, other, D) < 1e-13 && error(intercept, before) < 1e-13, "weights are repeated rows: %g", apart(coef, other, D));
}

static void test_ridge(int N, int D) {
  double degrees, gcv, b, alpha = 0.3, sum = alpha * N;
  problem(N, D, 1, 0, 0);
  wf_ridge_path(other, &b, &degrees, &gcv, &sum, X, Y, NULL, 1, N, D, 1, 1);
  fit(alpha, 0, 1e-12, NULL, N, D, 1);
  CHECK(result.converged == 1 && apart(coef, other, D) < 1e-12 && error(intercept, b) < 1e-12, "%d × %d: ratio 0 is ridge: %g", N, D, apart(coef, other, D));
  wf_elastic *e = wf_elastic_new(X, Y, NULL, N, D, 0, 1);
  CHECK(wf_elastic_alpha_max(e) == INFINITY, "no alpha is enough for ratio 0");
  wf_elastic_free(e);
}

/* Least squares, the hard way. */
static void test_alpha_zero(void) {
  enum { N = 30, D = 6 };
  wf_linear_result linear;
  double b;
  problem(N, D, 1, 0, 0);
  for (int i = 0; i < N; i++) X[i * D + 2] = 3;
  wf_linear_fit(other, &b, &linear, X, Y, NULL, N, D, 1, 1);
  fit(0, 1, 1e-14, NULL, N, D, 1);
  CHECK(result.converged == 1 && apart(coef, other, D) < 1e-12, "alpha 0 is least squares: %g", apart(coef, other, D));
}

static void test_scales(void) {
  enum { N = 30, D = 5 };
  problem(N, D, 1, 0, 0);
  double alpha = fit(-0.1, 1, 1e-12, NULL, N, D, 1);
  memcpy(other, coef, sizeof other);
  for (int i = 0; i < N * D; i++) X[i] *= 0x1p700;
  for (int i = 0; i < N; i++) Y[i] *= 0x1p-300;
  CHECK(fit(-0.1, 1, 1e-12, NULL, N, D, 1) == alpha * 0x1p400, "alpha_max has the size of x y");
  for (int j = 0; j < D; j++) CHECK(coef[j] == other[j] * 0x1p-1000, "values of 1e210: coefficient %d is %g", j, coef[j]);

  problem(N, D, 1, 0, 0);
  for (int i = 0; i < N * D; i++) X[i] = floor(X[i] * 0x1p20) * 0x1p-20;
  fit(0.001, 1, 1e-12, NULL, N, D, 1);
  memcpy(other, coef, sizeof other);
  for (int i = 0; i < N * D; i++) X[i] += 0x1p30;
  fit(0.001, 1, 1e-12, NULL, N, D, 1);
  CHECK(apart(coef, other, D) < 1e-13, "an offset of 1e9 changes only the intercept: %g", apart(coef, other, D));
}

static void test_poor_data(void) {
  enum { N = 12, D = 4 };
  problem(N, D, 1, 0, 0);
  for (int i = 0; i < N; i++) {
    X[i * D] = 0.1;
    X[i * D + 2] = X[i * D + 1];
  }
  double alpha = fit(-0.1, 1, 1e-12, NULL, N, D, 1);
  CHECK(coef[0] == 0 && result.converged == 1, "0.1 twelve times has coefficient 0, not %g", coef[0]);
  check_optimality(alpha, 1, NULL, N, D, 1);
  for (int i = 0; i < N; i++) X[i * D] = i % 2 ? 0.3 : 0.1 + 0.2;
  fit(0, 1, 1e-12, NULL, N, D, 1);
  CHECK(coef[0] == 0 && result.converged == 1, "nor has one that is constant but for its last bit: %g", coef[0]);
  alpha = fit(-0.1, 0.5, 1e-12, NULL, N, D, 1);
  CHECK(error(coef[1], coef[2]) < 1e-12, "duplicates share where there is a square: %.17g, %.17g", coef[1], coef[2]);
  for (int i = 0; i < N; i++) Y[i] = 0;
  fit(1e300, 0.5, 1e-12, NULL, N, D, 1);
  CHECK(result.nonzero == 0 && result.converged == 1 && result.objective == 0, "zeros all the way: objective %g", result.objective);
  for (int i = 0; i < N; i++) Y[i] = 0.7;
  fit(0.1, 1, 1e-12, NULL, N, D, 1);
  CHECK(result.nonzero == 0 && result.converged == 1 && intercept == 0.7 && result.objective == 0, "a constant target is its intercept: %.17g", intercept);
  CHECK(fit(-1, 1, 1e-12, NULL, N, D, 1) == 0, "and its alpha_max is 0");
  fit(0.1, 1, 1e-12, NULL, 1, D, 1);
  CHECK(result.nonzero == 0 && intercept == 0.7, "one row is the intercept: %.17g", intercept);
  memset(S, 0, sizeof S);
  fit(1e300, 0.5, 1e-12, S, N, D, 1);
  CHECK(result.nonzero == 0 && intercept == 0 && result.objective == 0, "no row with a weight: zeros, objective %g", result.objective);
}

/* The same bits from every compiler; the number is what they gave when this was written. */
static void test_bits(void) {
  state = 1;
  problem(30, 50, 1, 0, 0);
  fit(-0.05, 0.9, 1e-12, NULL, 30, 50, 1);
  uint64_t bits = hash(coef, 50 * sizeof *coef);
  diabetes(1);
  fit(0.05, 0.9, 1e-12, NULL, N_, D_, 1);
  bits ^= hash(coef, D_ * sizeof *coef);
  CHECK(bits == 0xec2d503a833f4ac2, "the bits of two solutions: 0x%llx", (unsigned long long)bits);
}

int main(void) {
  test_reference();
  test_optimality();
  test_alpha_max();
  test_gap();
  test_paths(60, 12, 1);
  test_paths(25, 80, 1);
  test_paths(40, 200, 0.5);
  test_ways_agree();
  test_limits();
  test_ill_conditioned();
  test_dependent();
  test_weights();
  test_ridge(30, 8);
  test_ridge(10, 40);
  test_alpha_zero();
  test_scales();
  test_poor_data();
  test_bits();
  return check_report("test_elastic");
}
