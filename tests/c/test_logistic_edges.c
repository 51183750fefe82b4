/* test_logistic_edges.c: logistic regression at its limits, and its derivatives · in: logistic_fit.h · out: checks · next: test_separable.c */
#include "../../src/core/logistic.h"
#include "logistic_fit.h"

static int same_bits(int n, int outputs) {
  return !memcmp(coef, other, (size_t)n * sizeof *coef) && !memcmp(intercept, intercept2, (size_t)outputs * sizeof *intercept) &&
         !memcmp(&result, &result2, sizeof result);
}

/* ---- derivatives --------------------------------------------------------------------------------------------------- */

static void test_derivatives(void) {
  enum { N = 61, D = 5 };
  for (int i = 0; i < N; i++) S[i] = i % 9 == 4 ? 0 : 1 + i % 3;
  for (int K = 1; K <= 4; K += K == 1 ? 2 : 1) {
    random_rows(N, D, K);
    wf_logistic *l = begin(TASK(N, D, K, 0.8, 0, WF_SOLVER_NEWTON, .weight = S));
    int n = l->n;
    double theta[64], high[64], low[64], g[64], *H = malloc((size_t)(n * n) * sizeof *H), most = 0, curved = 0, size = 0;
    for (int i = 0; i < n; i++) theta[i] = i % l->P <= D ? 2 * uniform() - 1 : 0;
    logistic_pass(l, g, NULL, theta);
    logistic_curvature(l, H, theta);
    for (int i = 0; i < n; i++) {
      double at = theta[i], h = 1e-5;
      theta[i] = at + h;
      double up = logistic_pass(l, high, NULL, theta);
      theta[i] = at - h;
      double down = logistic_pass(l, low, NULL, theta);
      theta[i] = at;
      most = fmax(most, fabs((up - down) / (2 * h) - g[i]));
      for (int j = 0; j < n; j++) {
        double l2 = i == j ? l->l2[i % l->P] : 0;
        curved = fmax(curved, fabs((high[j] - low[j]) / (2 * h) - H[i * n + j] - l2));
        size = fmax(size, fabs(H[i * n + j]));
      }
    }
    CHECK(most < 1e-9 && fabs(g[0]) > 1e-3, "K %d: the gradient is that of differences, off by %.1e", K, most);
    CHECK(curved < 1e-9 && size > 1e-2, "K %d: second derivatives are those of differences, off by %.1e", K, curved);
    free(H);
    wf_logistic_free(l);
  }
}

/* Margins of ±1e4: losses, gradient and curvature are what the limit says, to the last bit. */
static void test_huge_margins(void) {
  static const double x[] = {-1, 1, 1, -1};
  for (int K = 1; K <= 3; K += 2) {
    memcpy(X, x, sizeof x);
    for (int i = 0; i < 4; i++) L[i] = i % 2;
    wf_logistic *l = begin(TASK(4, 1, K, 0, 0, WF_SOLVER_NEWTON, .through_zero = 1));
    double theta[12] = {0}, g[12], H[144];
    theta[(K > 1) * l->P] = 1e4 / l->scale[0];
    double loss = logistic_pass(l, g, NULL, theta);
    logistic_curvature(l, H, theta);
    double at = g[(K > 1) * l->P] / l->scale[0];
    CHECK(K > 1 || loss == 5e3, "K %d: the mean loss of two right and two wrong rows is %g", K, loss);
    CHECK(K == 1 || fabs(loss - (5e3 + log(2) / 2)) < 1e-11, "K %d: the mean loss is %.15g", K, loss);
    CHECK(at == 0.5, "K %d: its gradient is %.17g", K, at);
    CHECK(H[0] >= 0 && H[0] < (K == 1 ? 1e-300 : 1), "K %d: its curvature is %g", K, H[0]);
    wf_logistic_free(l);
  }
}

/* Every row far on its right side: the loss is next to nothing, and right to the last digits. */
static void test_tiny_losses(void) {
  for (int K = 1; K <= 3; K += 2) {
    X[0] = X[1] = 1;
    X[2] = X[3] = -1;
    for (int i = 0; i < 4; i++) L[i] = i < 2;
    wf_logistic *l = begin(TASK(4, 1, K, 0, 0, WF_SOLVER_NEWTON, .through_zero = 1));
    double theta[12] = {0}, g[12];
    theta[0] = (K == 1 ? 40 : -40) / l->scale[0];
    theta[(K > 1) * l->P] = 40 / l->scale[0];
    theta[2 * (K > 1) * l->P] = K > 1 ? 0 : theta[0];
    double loss = logistic_pass(l, g, NULL, theta), wanted = K == 1 ? exp(-40) : (exp(-40) + exp(-80));
    CHECK(fabs(loss / wanted - 1) < 1e-12, "K %d: the loss of margins of 40 is %.15g, not %.15g", K, loss, wanted);
    wf_logistic_free(l);
  }
}

/* ---- weights and slices -------------------------------------------------------------------------------------------- */

static void test_weights(wf_solver solver, double ratio, int K) {
  enum { N = 90, D = 3 };
  static double x[N * D];
  static int32_t label[N];
  random_rows(N, D, K);
  memcpy(x, X, sizeof x);
  memcpy(label, L, sizeof label);
  for (int i = 0; i < N; i++) S[i] = i % 4;
  fit(TASK(N, D, K, 0.5, ratio, solver, .weight = S));
  keep();
  for (int i = 0; i < N; i++) S[i] *= 1024;
  fit(TASK(N, D, K, 512, ratio, solver, .weight = S));
  CHECK(!memcmp(coef, other, sizeof(double) * D * (size_t)K), "weights and alpha 1024 times as large change no bit of w");
  CHECK(result.objective == 1024 * result2.objective && result.accuracy == result2.accuracy, "but the objective is 1024 times as large");
  for (int i = 0; i < N; i++) S[i] *= 0x1p1010;
  fit(TASK(N, D, K, 0x1p1019, ratio, solver, .weight = S));
  CHECK(!memcmp(coef, other, sizeof(double) * D * (size_t)K), "even weights whose sum overflows");
  int n = 0;
  for (int i = 0; i < N; i++)
    for (int copy = 0; copy < i % 4; copy++, n++) {
      memcpy(X + n * D, x + i * D, sizeof(double) * D);
      L[n] = label[i];
    }
  fit(TASK(n, D, K, 0.5, ratio, solver));
  CHECK(apart(coef, other, D * K) < 1e-10 && apart(intercept, intercept2, K) < 1e-10, "weight 3 is a row three times: %.1e", apart(coef, other, D * K));
  CHECK(fabs(result.objective / result2.objective - 1) < 1e-14, "and its loss counts three times");
  CHECK(fabs(result.accuracy - result2.accuracy) < 1e-14, "accuracy is weighted: %g, %g", result.accuracy, result2.accuracy);
}

static void test_absent_rows(wf_solver solver, double ratio, int K) {
  enum { N = 150, D = 4 };
  random_rows(N, D, K);
  for (int i = 0; i < N; i++) S[i] = i % 5 == 2 ? 0 : 1;
  for (int j = 0; j < D; j++) X[2 * D + j] = 1e30; /* of weight 0 */
  fit(TASK(N, D, K, 0.3, ratio, solver, .weight = S));
  keep();
  int n = 0;
  for (int i = 0; i < N; i++) {
    if (S[i] == 0) continue;
    memmove(X + n * D, X + i * D, sizeof(double) * D);
    L[n++] = L[i];
  }
  fit(TASK(n, D, K, 0.3, ratio, solver));
  CHECK(same_bits(D * K, K), "%s: a row of weight 0 is as if it were not there, bit for bit", SOLVER[solver]);
}

static void test_slices(wf_solver solver, double ratio, int K) {
  random_rows(400, 6, K);
  task t = TASK(400, 6, K, ratio > 0 ? 2 : 0, ratio, solver);
  wf_logistic_state whole = fit(t), part = WF_LOGISTIC_RUNNING;
  keep();
  wf_logistic *l = begin(t);
  int calls = 0;
  for (; part == WF_LOGISTIC_RUNNING && calls < 200; calls++) {
    part = wf_logistic_run(l, 1e-13, calls % 3);
    wf_logistic_solution(coef, intercept, &result, l);
    CHECK(finite(6 * K, K), "%s: finite numbers after slice %d", SOLVER[solver], calls);
  }
  CHECK(part == whole && same_bits(6 * K, K), "%s, K %d: slices do not change a bit (%d calls)", SOLVER[solver], K, calls);
  CHECK(calls > 3, "%s, K %d: a slice does at most its iterations: %d calls", SOLVER[solver], K, calls);
  wf_logistic_free(l);
}

/* ---- columns --------------------------------------------------------------------------------------------------------- */

static void test_columns(wf_solver solver) {
  enum { N = 300, D = 4 };
  for (double alpha = 0; alpha < 2; alpha++) {
    task t = TASK(N, D, 1, alpha, 0, solver);
    random_rows(N, D, 1);
    for (int i = 0; i < N; i++) X[i * D + 3] = X[i * D + 1];
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED, "%s, alpha %g: two equal columns converge", SOLVER[solver], alpha);
    CHECK(fabs(coef[1] - coef[3]) < 1e-9 * fabs(coef[1]), "and share their coefficient: %.15g, %.15g", coef[1], coef[3]);
    CHECK(judge(t).gradient < 1e-12, "at the optimum: gradient %.1e", judge(t).gradient);
    for (int i = 0; i < N; i++) S[i] = i % 3;
    t.weight = S;
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED && fabs(coef[1] - coef[3]) < 1e-9 * fabs(coef[1]), "with weights too: %.15g, %.15g", coef[1], coef[3]);
    CHECK(judge(t).gradient < 1e-12, "at their optimum: gradient %.1e", judge(t).gradient);
    t.weight = NULL;
    for (int i = 0; i < N; i++) X[i * D + 3] = 0.1;
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED && coef[3] == 0, "%s, alpha %g: a constant column gets 0, not %g", SOLVER[solver], alpha, coef[3]);
    keep();
    random_rows(N, D, 1);
    for (int i = 0; i < N; i++) X[i * D + 3] = 1e9 + X[i * D + 3];
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED, "%s, alpha %g: a column of 1e9 ± 1 converges", SOLVER[solver], alpha);
    keep();
    for (int i = 0; i < N; i++) X[i * D + 3] -= 1e9;
    fit(t);
    CHECK(apart(coef, other, D) < 1e-9, "and has the coefficients of ±1: %.1e", apart(coef, other, D));
  }
}

/* Without penalty the units of a column only change the unit of its coefficient. */
static void test_units(wf_solver solver) {
  static const double units[] = {0x1p-660, 0x1p-20, 0x1p+300, 0x1p+660};
  random_rows(250, 4, 1);
  task t = TASK(250, 4, 1, 0, 0, solver, .tolerance = 1e-9);
  fit(t);
  keep();
  for (int i = 0; i < 250; i++)
    for (int j = 0; j < 4; j++) X[i * 4 + j] *= units[j];
  CHECK(fit(t) == WF_LOGISTIC_CONVERGED, "%s: units of 1e-199 to 1e199 converge", SOLVER[solver]);
  for (int j = 0; j < 4; j++) coef[j] *= units[j];
  CHECK(apart(coef, other, 4) < 1e-6, "%s: units of 1e-199 to 1e199 give the same fit, off by %.1e", SOLVER[solver], apart(coef, other, 4));
}

/* Tolerances are for columns of standard deviation 1 as well, or small units would end a fit before it began. */
static void test_small_units(wf_solver solver) {
  random_rows(250, 4, 1);
  fit(TASK(250, 4, 1, 0, 0, solver));
  keep();
  for (int i = 0; i < 1000; i++) X[i] *= 0x1p-30;
  fit(TASK(250, 4, 1, 0, 0, solver, .tolerance = 1e-6));
  for (int j = 0; j < 4; j++) coef[j] *= 0x1p-30;
  CHECK(apart(coef, other, 4) < 1e-4, "%s: columns of 1e-9 are fitted as those of 1, off by %.1e", SOLVER[solver], apart(coef, other, 4));
}

static void descent(task t, const char *what, int seed) {
  wf_logistic *l = begin(t);
  double last = INFINITY, risen = 0;
  for (int i = 0; i < 300 && wf_logistic_run(l, 1e-11, 1) == WF_LOGISTIC_RUNNING; i++) {
    wf_logistic_solution(coef, intercept, &result, l);
    risen = fmax(risen, result.objective / last - 1);
    last = result.objective;
  }
  wf_logistic_solution(coef, intercept, &result, l);
  CHECK(risen < 1e-11, "%s %d by %s: the objective never rises, not by %.1e", what, seed, SOLVER[t.solver], risen);
  CHECK(result.gradient <= 1e-11, "%s %d by %s: %.1e after %g iterations", what, seed, SOLVER[t.solver], result.gradient, result.iterations);
  wf_logistic_free(l);
}

static void test_descent(wf_solver solver, double ratio, int K) {
  for (int seed = 0; seed < 40; seed++) {
    random_rows(30 + seed, 3, K);
    for (int i = 0; i < (30 + seed) * 3; i++) X[i] = pow(X[i], 3 + 2 * (seed % 4));
    descent(TASK(30 + seed, 3, K, 1e-3, ratio, solver), "outliers", seed);
  }
}

/* Columns with a pole, few rows: full steps of Newton's method run away from these. Found by trying 40,000 seeds. */
static void test_runaway(wf_solver solver) {
  static const struct { int seed, rows, features, outputs; } cases[] = {{803, 11, 3, 1}, {2002, 10, 2, 1}, {107, 35, 3, 3}};
  for (int c = 0; c < 3; c++) {
    int N = cases[c].rows, D = cases[c].features, K = cases[c].outputs, seed = cases[c].seed;
    state = (uint64_t)seed * 77 + 1;
    for (int i = 0; i < N * D; i++) {
      double u = 2 * uniform() - 1;
      X[i] = pow(fabs(u), -0.7) * (u > 0 ? 1 : -1);
    }
    for (int i = 0; i < N; i++) {
      L[i] = (int)(uniform() * (K == 1 ? 2 : 3));
      if (X[i * D] > 1.2 && uniform() < 0.95) L[i] = 1;
    }
    descent(TASK(N, D, K, pow(10, -seed % 5), solver == WF_SOLVER_PROXIMAL ? 0.5 : 0, solver), "poles", seed);
  }
}

static void test_wide(void) {
  enum { N = 60, D = 400, K = 3 }; /* above 256 columns L-BFGS has only their scale; above 1024 unknowns there is no Newton */
  random_rows(N * D, 1, 1);
  for (int i = 0; i < N * D; i++) X[i] *= i % D ? 1 : 1e4;
  for (int i = 0; i < N; i++) L[i] = i % 3;
  for (int c = 0; c < 3; c++) {
    task t = TASK(N, D, c == 2 ? 1 : K, 5, 0, c == 1 ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS, .tolerance = 1e-10);
    for (int i = 0; i < N && c == 2; i++) L[i] = i % 2;
    wf_logistic *l = begin(t);
    CHECK(l->solver == WF_SOLVER_LBFGS && l->m == 0, "wide case %d needs no matrix", c);
    wf_logistic_free(l);
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED && judge(t).gradient < 1.01e-10, "wide case %d: gradient %.1e", c, judge(t).gradient);
  }
}

/* ---- L1 ---------------------------------------------------------------------------------------------------------------- */

static void test_sparse(void) {
  random_rows(200, 8, 3);
  double least = INFINITY;
  for (double alpha = 0.5; alpha < 300; alpha *= 2) {
    fit(TASK(200, 8, 3, alpha, 1, WF_SOLVER_LBFGS));
    double nonzero = 0;
    for (int i = 0; i < 24; i++) nonzero += coef[i] != 0;
    CHECK(nonzero <= least, "alpha %g leaves %g coefficients, not more than half of it", alpha, nonzero);
    least = nonzero;
  }
  CHECK(least == 0 && result.gradient < 1e-13, "a large L1 penalty leaves none of them");
  double sum = intercept[0] + intercept[1] + intercept[2];
  CHECK(fabs(sum) < 1e-14, "the intercepts sum to 0, not %g", sum);
}

/* ---- floats ---------------------------------------------------------------------------------------------------------------- */

/* Rows in f32 give the bits of the same numbers in f64, also where dependent columns are brought to least norm. */
static void test_floats(void) {
  static float narrow[ROOM];
  for (int c = 0; c < 12; c++) {
    int D = 7 + c % 2, K = c / 2 % 2 ? 3 : 1, dependent = c >= 8;
    random_rows(203, D, K);
    for (int i = 0; i < 203 * D; i++) {
      if (dependent && i % D == 2) X[i] = X[i - 1];
      X[i] = narrow[i] = (float)X[i];
    }
    task t = TASK(203, D, K, dependent ? 0 : 1, 0, c / 4 % 2 ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS, .weight = c == 3 ? S : NULL);
    fit(t);
    memcpy(other, coef, sizeof(double) * (size_t)(D * K));
    wf_logistic *l = wf_logistic_new(narrow, 1, L, t.weight, t.rows, D, K, 1, t.alpha, 0, t.solver);
    wf_logistic_run(l, 1e-13, 1000);
    wf_logistic_solution(coef, intercept, &result, l);
    wf_logistic_free(l);
    CHECK(!memcmp(other, coef, sizeof(double) * (size_t)(D * K)), "floats, %d × %d, solver %d, give the bits of doubles: %.17g, %.17g", D, K, t.solver, coef[0], other[0]);
  }
}

/* ---- bits ---------------------------------------------------------------------------------------------------------------- */

static void test_bits(void) {
  uint32_t hash = 2166136261u;
  for (int c = 0; c < 12; c++) {
    int K = c % 2 ? 3 : 1;
    random_rows(500, 7, K);
    fit(TASK(500, 7, K, c / 2 % 2 ? 1 : 0, c > 7 ? 0.5 : 0, c / 4 % 2 ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS));
    unsigned char bytes[sizeof(double) * 24];
    memcpy(bytes, coef, sizeof(double) * 21);
    memcpy(bytes + sizeof(double) * 21, intercept, sizeof(double) * 3);
    for (size_t i = 0; i < sizeof(double) * (K == 1 ? 7 : 24); i++) hash = (hash ^ bytes[i]) * 16777619u;
  }
  CHECK(hash == 0xe3a38fdbu, "twelve fits have the same bits in every build: 0x%08x", hash);
}

int main(void) {
  test_floats();
  test_derivatives();
  test_huge_margins();
  test_tiny_losses();
  for (int c = 0; c < 6; c++) {
    wf_solver solver = (wf_solver)(c % 3);
    double ratio = solver == WF_SOLVER_PROXIMAL ? 0.6 : 0;
    test_weights(solver, ratio, c < 3 ? 1 : 3);
    test_absent_rows(solver, ratio, c < 3 ? 1 : 3);
    test_slices(solver, ratio, c < 3 ? 1 : 3);
    test_descent(solver, ratio, c < 3 ? 1 : 3);
  }
  for (int s = 0; s < 2; s++) {
    test_columns((wf_solver)s);
    test_units((wf_solver)s);
    test_small_units((wf_solver)s);
  }
  for (int s = 0; s < 3; s++) test_runaway((wf_solver)s);
  test_wide();
  test_sparse();
  test_bits();
  return check_report("test_logistic_edges");
}
