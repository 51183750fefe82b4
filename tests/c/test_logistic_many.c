/* test_logistic_many.c: logistic regression of thousands of rows: a metric from some of them, first steps in f32 · in: core/logistic.h · out: checks · next: test_logistic_edges.c */
#include "../../src/core/logistic.h"
#include "logistic_fit.h"

enum { N = 9003, D = 11, P = 12 };
static float narrow[N * D];
static double gradient[P], about[P], theta[P];

/* Columns of spread 1 about `offset` times their number, times 10^(j - 4); labels of a random model. */
static void make(int rows, double offset) {
  double w[D];
  for (int j = 0; j < D; j++) w[j] = uniform() - 0.5;
  for (int i = 0; i < rows; i++) {
    double z = 0.3, same = uniform();
    for (int j = 0; j < D; j++) {
      double v = 2 * (uniform() + uniform() + same) - 3;
      z += w[j] * v;
      narrow[i * D + j] = (float)((v + offset * j) * pow(10, j % 5 - 2));
    }
    L[i] = uniform() < 1 / (1 + exp(-z));
  }
}

static void widen(void) {
  for (int i = 0; i < N * D; i++) X[i] = narrow[i];
  for (int i = 0; i < N; i++) S[i] = 1;
}

static wf_logistic *of_floats(int rows, double alpha, int intercept_too) {
  return wf_logistic_new(narrow, 1, L, NULL, rows, D, 1, intercept_too, alpha, 0, WF_SOLVER_LBFGS);
}

static wf_logistic_state fit_floats(double alpha, int intercept_too, double tolerance, int slice) {
  wf_logistic *l = of_floats(N, alpha, intercept_too);
  wf_logistic_state state = WF_LOGISTIC_RUNNING;
  for (int i = 0; i < 1000 && state == WF_LOGISTIC_RUNNING; i += slice) state = wf_logistic_run(l, tolerance, slice);
  wf_logistic_solution(coef, intercept, &result, l);
  wf_logistic_free(l);
  return state;
}

/* Greatest difference to `other`, in terms of what one of its spread makes of log odds. */
static double away(void) {
  double most = fabs(intercept[0] - intercept2[0]) / 100;
  for (int j = 0; j < D; j++) most = fmax(most, fabs(coef[j] - other[j]) * pow(10, j % 5 - 2));
  return most;
}

/* Numbers of rows that end anywhere in a group of four and in a block, with and without penalty and intercept. */
static void test_rough(void) {
  for (int c = 0; c < 8; c++) {
    const int rows = c < 5 ? N - c : 64 * c + c, bias = c % 3 > 0;
    make(rows, bias ? 0.3 : 0);
    wf_logistic *l = of_floats(rows, c % 2 ? 5 : 0, bias);
    for (int j = 0; j < D; j++) theta[j] = (uniform() - 0.5) / 2 / (l->reach[j] > 0 ? l->reach[j] : 1);
    theta[D] = bias ? 0.4 : 0;
    double exact = logistic_pass(l, gradient, NULL, theta), far = l->tally.far, value = logistic_rough(l, about, theta), most = 0, size = 0;
    for (int j = 0; j < P; j++) {
      most = fmax(most, fabs(about[j] - gradient[j]));
      size = fmax(size, fabs(gradient[j]));
    }
    CHECK(size > 0.01 && most < 2e-6, "%d rows: gradients of %g in f32 are %g from exact ones", rows, size, most);
    CHECK(fabs(value - exact) < 1e-6 && fabs(l->tally.far - far) < 1e-5 * far, "%d rows: loss %.9f in f32, exactly %.9f; far %g, %g", rows, value, exact, l->tally.far, far);
    wf_logistic_free(l);
  }
}

/* The same optimum as with neither a sample nor first steps in f32 (doubles with weights). */
static void test_optimum(void) {
  for (int c = 0; c < 6; c++) {
    const double alpha = c % 2 ? 3 : 0, offset = c < 2 ? 0 : c < 4 ? 1 : 1000;
    const int bias = c < 4 || c % 2;
    make(N, offset);
    widen();
    task t = TASK(N, D, 1, alpha, 0, WF_SOLVER_LBFGS, .weight = S, .through_zero = !bias, .tolerance = 1e-12);
    wf_logistic_state wide = fit(t);
    keep();
    wf_logistic_state state = fit_floats(alpha, bias, 1e-12, 1000);
    CHECK(state == wide && state == WF_LOGISTIC_CONVERGED, "offset %g: both converge: %d, %d", offset, state, wide);
    CHECK(result.gradient <= fmax(1e-12, 4 * result2.gradient) && away() < 1e-10 * (1 + offset), "offset %g, alpha %g: floats end %g from doubles, gradient %g", offset, alpha, away(), result.gradient);
    CHECK(fabs(result.log_likelihood - result2.log_likelihood) < 1e-11 * fabs(result2.log_likelihood) && result.accuracy == result2.accuracy,
          "and at their log-likelihood: %.17g, %.17g", result.log_likelihood, result2.log_likelihood);
    keep();
    fit_floats(alpha, bias, 1e-12, 1);
    CHECK(!memcmp(coef, other, D * sizeof *coef) && !memcmp(&result, &result2, sizeof result), "step by step the bits are the same");
    state = fit_floats(alpha, bias, 1e-4, 1000);
    CHECK(state == WF_LOGISTIC_CONVERGED && result.gradient <= 1e-4 && away() < 0.05, "offset %g: a coarse tolerance is kept: %g, %g away", offset, result.gradient, away());
    if (offset < 1000) CHECK(result.iterations <= 2, "by first steps in f32, after which few exact ones are left: %g", result.iterations);
  }
}

/* Columns that a sample does not show: constant ones, ones that are 0 but for a few rows, two that differ in few rows. */
static void test_sample(void) {
  for (int c = 0; c < 4; c++) {
    make(N, 0);
    for (int i = 0; i < N; i++) {
      float *x = narrow + i * D;
      if (c == 0) x[3] = 7;
      if (c == 1) x[3] = i % 3000 == 5 ? 1 : 0;
      if (c == 2) x[3] = i % 1500 == 5 ? x[2] + 1 : x[2];
      if (c == 3) x[3] = x[2];
    }
    widen();
    wf_logistic_state wide = fit(TASK(N, D, 1, c == 1 ? 1 : 0, 0, WF_SOLVER_NEWTON, .weight = S, .tolerance = 1e-11));
    keep();
    wf_logistic_state state = fit_floats(c == 1 ? 1 : 0, 1, 1e-11, 1000);
    CHECK(state == wide && away() < 1e-6, "columns of kind %d: state %d, %d; %g apart", c, state, wide, away());
    CHECK(c != 0 || coef[3] == 0, "a constant column has the coefficient 0: %g", coef[3]);
    CHECK(c != 3 || fabs(coef[2] - coef[3]) < 1e-7, "equal columns have equal coefficients: %g, %g", coef[2], coef[3]);
  }
}

/* Told that the covariance will be asked for, the first exact pass prepares it: the same bits, unless steps or a change of theta followed. */
static void test_covariance(void) {
  static double plain[P * P], expected[P * P];
  for (int c = 0; c < 4; c++) {
    make(N, 0);
    wf_logistic *l[2] = {of_floats(N, c % 2 ? 3 : 0, 1), of_floats(N, c % 2 ? 3 : 0, 1)};
    wf_logistic_expect(l[1]);
    for (int i = 0; i < 2; i++) {
      wf_logistic_state state = wf_logistic_run(l[i], 1e-2, 100);
      if (c >= 2) state = wf_logistic_run(l[i], 1e-9, 100);
      CHECK(state == WF_LOGISTIC_CONVERGED && l[i]->informed == (i == 1 && c < 2), "case %d: informed %d", c, l[i]->informed);
      CHECK(wf_logistic_covariance(i ? expected : plain, l[i]), "there is a covariance");
      wf_logistic_free(l[i]);
    }
    CHECK(plain[0] > 0 && !memcmp(plain, expected, sizeof plain), "case %d: prepared or not, the covariance has the same bits: %g, %g", c, plain[0], expected[0]);
  }
}

/* Three classes, whose metric is a sample's too, and Newton's method, which has none. */
static void test_classes(void) {
  static const wf_solver solvers[] = {WF_SOLVER_NEWTON, WF_SOLVER_LBFGS};
  make(N, 0);
  for (int i = 0; i < N; i++) L[i] += L[i] && uniform() < 1 / (1 + exp(-narrow[i * D + 2]));
  widen();
  for (int s = 0; s < 2; s++) {
    wf_logistic_state state = fit(TASK(N, D, 3, 1, 0, solvers[s], .weight = s ? NULL : S, .tolerance = 1e-11));
    CHECK(state == WF_LOGISTIC_CONVERGED && result.gradient <= 1e-11, "%s converges: %d, gradient %g", SOLVER[solvers[s]], state, result.gradient);
    if (s == 0) keep();
  }
  double most = 0;
  for (int j = 0; j < 3 * D; j++) most = fmax(most, fabs(coef[j] - other[j]) * pow(10, j % D % 5 - 2));
  CHECK(most < 1e-9 && fabs(result.log_likelihood - result2.log_likelihood) < 1e-11 * fabs(result2.log_likelihood), "to the same optimum: %g apart", most);
}

static void test_separable(void) {
  make(N, 0);
  for (int i = 0; i < N; i++) {
    L[i] = narrow[i * D] > 0;
    narrow[i * D] += L[i] ? 0.001f : -0.001f;
  }
  wf_logistic_state state = fit_floats(0, 1, 1e-4, 1000);
  CHECK(state == WF_LOGISTIC_SEPARABLE && isfinite(coef[0]) && coef[0] > 0, "separable classes are found: %d", state);
}

static void test_bits(void) {
  uint32_t hash = 2166136261u;
  for (int c = 0; c < 4; c++) {
    make(N, c % 2);
    fit_floats(c / 2, 1, c < 2 ? 1e-9 : 1e-4, 1000);
    unsigned char bytes[D * sizeof(double)];
    memcpy(bytes, coef, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) hash = (hash ^ bytes[i]) * 16777619u;
  }
  CHECK(hash == 0xb142f2c8u, "four fits have the same bits in every build: 0x%08x", hash);
}

int main(void) {
  test_rough();
  test_optimum();
  test_sample();
  test_separable();
  test_bits();
  test_classes();
  test_covariance();
  return check_report("test_logistic_many");
}
