/* test_separable.c: logistic regressions without a finite optimum are told from those with one · in: logistic_fit.h · out: checks · next: test_distributions.c */
#include "logistic_fit.h"

static void separable(task t, const char *what) {
  wf_logistic_state found = fit(t);
  CHECK(found == WF_LOGISTIC_SEPARABLE, "%s is found by %s, K %d: state %d", what, SOLVER[t.solver], t.outputs, found);
  CHECK(finite(t.features * t.outputs, t.outputs) && result.iterations <= 200, "%s: all finite after %g iterations", what, result.iterations);
  t.alpha = 1e-3;
  CHECK(fit(t) == WF_LOGISTIC_CONVERGED && judge(t).gradient < 2e-13, "%s has an optimum with a penalty: %.1e", what, judge(t).gradient);
}

static void test_separable(wf_solver solver) {
  static const double line[] = {-2, -1, -0.5, 0.5, 1, 2}, touching[] = {-2, -1, 0, 0, 1, 2}, mixed[] = {-2, -1, 1, 0, 1, 2};
  for (int i = 0; i < 6; i++) L[i] = i > 2;
  memcpy(X, line, sizeof line);
  separable(TASK(6, 1, 1, 0, 0, solver), "a gap between the classes");
  separable(TASK(6, 1, 2, 0, 0, solver), "a gap between two classes");
  memcpy(X, touching, sizeof touching);
  separable(TASK(6, 1, 1, 0, 0, solver), "classes that touch in one point");
  separable(TASK(6, 1, 2, 0, 0, solver), "two classes that touch in one point");
  memcpy(X, mixed, sizeof mixed);
  CHECK(fit(TASK(6, 1, 1, 0, 0, solver)) == WF_LOGISTIC_CONVERGED, "classes that overlap have an optimum");
  CHECK(fit(TASK(6, 1, 3, 0, 0, solver, .through_zero = 1)) == WF_LOGISTIC_SEPARABLE, "a class without a row has none");
  random_rows(100, 2, 3);
  CHECK(fit(TASK(100, 2, 3, 0, 0, solver, .through_zero = 1)) == WF_LOGISTIC_CONVERGED, "equal outputs at the start separate nothing");
  read_cancer(1);
  separable(TASK(569, 30, 1, 0, 0, solver), "breast cancer");
  read_iris(0);
  separable(TASK(150, 4, 3, 0, 0, solver), "one of three species apart");
  random_rows(20, 30, 1);
  separable(TASK(20, 30, 1, 0, 0, solver), "more columns than rows");
}

/* However coarse the tolerance: an optimum far away is one, and one at infinity is none. */
static void test_coarse(wf_solver solver) {
  for (double tolerance = 0.1; tolerance > 1e-12; tolerance /= 10) {
    read_iris(0);
    wf_logistic_state found = fit(TASK(150, 4, 3, 0, 0, solver, .tolerance = tolerance));
    CHECK(found == WF_LOGISTIC_SEPARABLE, "%s, tolerance %g: one of three species apart", SOLVER[solver], tolerance);
    read_iris(50);
    found = fit(TASK(100, 4, 1, 0, 0, solver, .tolerance = tolerance));
    CHECK(found == WF_LOGISTIC_CONVERGED, "%s, tolerance %g: two species overlap", SOLVER[solver], tolerance);
    CHECK(fabs(result.log_likelihood + 5.949273395679419) < 0.1, "%s, tolerance %g: likelihood %g", SOLVER[solver], tolerance, result.log_likelihood);
  }
}

/* A column of 0 and 1 whose every 1 is of one class, among columns that overlap; one row of the other class makes its optimum finite. */
static void test_indicator(wf_solver solver) {
  for (double tolerance = 1e-2; tolerance > 1e-10; tolerance /= 10) {
    random_rows(300, 4, 1);
    for (int i = 0; i < 300; i++) {
      X[4 * i] = i % 10 == 0;
      if (i % 10 == 0) L[i] = 1;
    }
    task t = TASK(300, 4, 1, 0, 0, solver, .tolerance = tolerance);
    CHECK(fit(t) == WF_LOGISTIC_SEPARABLE, "%s, tolerance %g: an indicator of one class", SOLVER[solver], tolerance);
    L[0] = 0;
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED, "%s, tolerance %g: an indicator of nearly one class", SOLVER[solver], tolerance);
    X[1] = 1e8;
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED, "%s, tolerance %g: a row far out", SOLVER[solver], tolerance);
  }
}

static void test_one_class(wf_solver solver) {
  random_rows(40, 2, 1);
  for (int i = 0; i < 40; i++) {
    L[i] = 1;
    S[i] = i > 0;
  }
  CHECK(fit(TASK(40, 2, 1, 1, 0, solver)) == WF_LOGISTIC_SEPARABLE && finite(2, 1), "one class with an intercept has no optimum");
  L[0] = 0;
  CHECK(fit(TASK(40, 2, 1, 1, 0, solver, .weight = S)) == WF_LOGISTIC_SEPARABLE, "nor if the other class has weight 0");
  for (int i = 0; i < 40; i++) L[i] = 2 * (i % 2);
  CHECK(fit(TASK(40, 2, 3, 1, 0, solver)) == WF_LOGISTIC_SEPARABLE && finite(6, 3), "nor if one of three has no row");
  for (int i = 0; i < 40; i++) L[i] = 1;
  task t = TASK(40, 2, 1, 1, 0, solver, .through_zero = 1);
  CHECK(fit(t) == WF_LOGISTIC_CONVERGED && judge(t).gradient < 1e-12, "without intercept a penalty gives it one");
}

int main(void) {
  for (int s = 0; s < 2; s++) {
    test_separable((wf_solver)s);
    test_coarse((wf_solver)s);
    test_indicator((wf_solver)s);
    test_one_class((wf_solver)s);
  }
  return check_report("test_separable");
}
