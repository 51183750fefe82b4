/* test_logistic.c: logistic regression against known coefficients and a judge of its own · in: ../fixtures/logistic.h · out: checks · next: test_logistic_edges.c */
#include "../fixtures/logistic.h"
#include "logistic_fit.h"

/* ---- known coefficients ------------------------------------------------------------------------------------------ */

static void test_cancer(wf_solver solver) {
  read_cancer(1);
  for (int c = 0; c < 4; c++) {
    double C = cancer_l2[c].C;
    CHECK(fit(TASK(569, 30, 1, 1 / C, 0, solver, .tolerance = 1e-16)) == WF_LOGISTIC_CONVERGED, "C = %g converges by %s", C, SOLVER[solver]);
    double error = apart(coef, cancer_l2[c].coef, 30), bias = apart(intercept, &cancer_l2[c].intercept, 1);
    CHECK(error < 2e-11 && bias < 1e-11, "C = %g by %s: coefficients off by %.1e, intercept by %.1e", C, SOLVER[solver], error, bias);
    CHECK(fabs(result.objective / 569 - cancer_l2[c].objective_mean) < 1e-15, "C = %g: objective %.16g", C, result.objective / 569);
    CHECK(fabs(-result.log_likelihood / 569 - cancer_l2[c].loss) < 2e-14, "C = %g: loss %.16g", C, -result.log_likelihood / 569);
    CHECK(result.accuracy == cancer_l2[c].accuracy, "C = %g: accuracy %.16g", C, result.accuracy);
    for (int i = 0; i < 5; i++) {
      double z = intercept[0];
      for (int j = 0; j < 30; j++) z += coef[j] * X[i * 30 + j];
      CHECK(fabs((1 / (1 + exp(-z))) / cancer_l2[c].probability[i] - 1) < 1e-10, "C = %g: probability of row %d", C, i);
    }
  }
}

static void test_cancer_sparse(void) {
  read_cancer(1);
  for (int c = 0; c < 2; c++) {
    double C = cancer_l1[c].C;
    CHECK(fit(TASK(569, 30, 1, 1 / C, 1, WF_SOLVER_LBFGS)) == WF_LOGISTIC_CONVERGED, "L1 with C = %g converges", C);
    double error = apart(coef, cancer_l1[c].coef, 30), bias = apart(intercept, &cancer_l1[c].intercept, 1);
    CHECK(error < 1e-9 && bias < 1e-10, "L1 with C = %g: coefficients off by %.1e, intercept by %.1e", C, error, bias);
    int nonzero = 0;
    for (int j = 0; j < 30; j++) nonzero += coef[j] != 0;
    CHECK(nonzero == cancer_l1[c].nonzero, "L1 with C = %g leaves %d coefficients", C, nonzero);
  }
}

static void test_iris_classes(wf_solver solver) {
  read_iris(0);
  for (int c = 0; c < 3; c++) {
    double C = iris_l2[c].C;
    CHECK(fit(TASK(150, 4, 3, 1 / C, 0, solver, .tolerance = 1e-16)) == WF_LOGISTIC_CONVERGED, "softmax, C = %g converges by %s", C, SOLVER[solver]);
    double error = apart(coef, iris_l2[c].coef, 12), bias = apart(intercept, iris_l2[c].intercept, 3);
    CHECK(error < 1e-11 && bias < 1e-12, "softmax, C = %g by %s: off by %.1e, %.1e", C, SOLVER[solver], error, bias);
    CHECK(fabs(result.objective / 150 - iris_l2[c].objective_mean) < 1e-14, "softmax, C = %g: objective %.16g", C, result.objective / 150);
    CHECK(fabs(-result.log_likelihood / 150 - iris_l2[c].loss) < 1e-13, "softmax, C = %g: loss %.16g", C, -result.log_likelihood / 150);
    CHECK(fabs(result.accuracy - iris_l2[c].accuracy) < 1e-15, "softmax, C = %g: accuracy %.16g", C, result.accuracy);
  }
}

static void test_iris_free(wf_solver solver) {
  double cov[25];
  read_iris(50);
  task t = TASK(100, 4, 1, 0, 0, solver);
  wf_logistic *l = begin(t);
  CHECK(wf_logistic_run(l, 1e-13, 100) == WF_LOGISTIC_CONVERGED, "iris without penalty converges by %s", SOLVER[solver]);
  wf_logistic_solution(coef, intercept, &result, l);
  double error = fmax(apart(coef, iris_free.coef, 4), apart(intercept, &iris_free.intercept, 1));
  CHECK(error < 1e-11, "iris without penalty by %s: off by %.1e", SOLVER[solver], error);
  CHECK(fabs(result.log_likelihood - iris_free.log_likelihood) < 1e-13, "its log likelihood is %.16g", result.log_likelihood);
  CHECK(wf_logistic_covariance(cov, l), "its covariance is found");
  for (int j = 0; j < 5; j++) {
    double wanted = iris_free.error[(j + 4) % 5], got = sqrt(cov[j * 6]);
    CHECK(fabs(got / wanted - 1) < 1e-11, "standard error %d is %.15g, not %.15g", j, got, wanted);
    for (int i = 0; i < 5; i++) CHECK(fabs(cov[i * 5 + j] / cov[j * 5 + i] - 1) < 1e-10, "the covariance is symmetric at %d, %d", i, j);
  }
  wf_logistic_free(l);
}

/* ---- a judge that shares no code ----------------------------------------------------------------------------------- */

static void test_judge(void) {
  static const double ratios[] = {0, 0.5, 1}, alphas[] = {0.01, 1, 30};
  enum { N = 203 };
  for (int i = 0; i < N; i++) S[i] = i % 7 == 3 ? 0 : 0.25 + i % 5;
  for (int D = 1; D <= 6; D++)
    for (int K = 1; K <= 4; K += K == 1 ? 1 : 2)
      for (int c = 0; c < 36; c++) {
        task t = TASK(N, D, K, alphas[c % 3], ratios[c / 3 % 3], c / 18 ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS, .weight = c % 2 ? S : NULL, .through_zero = c / 9 % 2);
        random_rows(N, D, K);
        int converged = fit(t) == WF_LOGISTIC_CONVERGED;
        verdict v = judge(t);
        CHECK(converged && v.gradient < 2e-13, "D %d, K %d, case %d: gradient %.1e", D, K, c, v.gradient);
        CHECK(result.gradient < 1e-13, "D %d, K %d, case %d claims %.1e", D, K, c, result.gradient);
        CHECK(fabs(v.objective / result.objective - 1) < 1e-14, "D %d, K %d, case %d: objective %g", D, K, c, result.objective);
        CHECK(fabs(v.log_likelihood / result.log_likelihood - 1) < 1e-14, "D %d, K %d, case %d: likelihood", D, K, c);
      }
}

/* A tolerance that cannot be met ends where f64 does. */
static void test_no_tolerance(void) {
  for (int c = 0; c < 6; c++) {
    task t = TASK(200, 5, c < 3 ? 1 : 3, 0.2, c % 3 == 2 ? 0.5 : 0, c % 3 ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS, .tolerance = 1e-300);
    random_rows(200, 5, t.outputs);
    CHECK(fit(t) == WF_LOGISTIC_CONVERGED && result.iterations < 100, "case %d ends after %g iterations", c, result.iterations);
    verdict v = judge(t);
    CHECK(v.gradient < 1e-15 && fabs(v.gradient - result.gradient) < 1e-15, "case %d: gradient %.1e, %.1e claimed", c, v.gradient, result.gradient);
    CHECK(fabs(v.objective / result.objective - 1) < 1e-14, "case %d: objective %.16g, %.16g claimed", c, v.objective, result.objective);
  }
}

/* Columns of 1e-3 to 4e3, correlated to 0.998, none centred. */
static void test_raw(void) {
  static const double ratios[] = {0, 0, 0.3, 1};
  for (int c = 0; c < 4; c++)
    for (double alpha = 1e-4; alpha < 2e4; alpha *= 100) {
      task t = TASK(569, 30, 1, alpha, ratios[c], c == 1 ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS, .tolerance = 1e-10);
      read_cancer(0);
      int converged = fit(t) == WF_LOGISTIC_CONVERGED;
      CHECK(converged && judge(t).gradient < 1.01e-10, "raw columns, alpha %g, case %d: gradient %.1e", alpha, c, judge(t).gradient);
      CHECK(result.iterations < (c ? 25 : 60), "raw columns, alpha %g, case %d: %g iterations", alpha, c, result.iterations);
    }
}

/* Two classes as softmax are the binary model with half of the coefficients each, under twice the penalty. */
static void test_two_classes(void) {
  random_rows(200, 3, 1);
  fit(TASK(200, 3, 1, 1, 0, WF_SOLVER_NEWTON));
  keep();
  fit(TASK(200, 3, 2, 2, 0, WF_SOLVER_NEWTON));
  for (int j = 0; j < 3; j++) {
    CHECK(fabs(2 * coef[3 + j] / other[j] - 1) < 1e-12, "coefficient %d of class 1 is %g, half of %g", j, coef[3 + j], other[j]);
    CHECK(fabs(coef[j] + coef[3 + j]) < 1e-14, "coefficients %d of both classes sum to 0", j);
  }
  CHECK(fabs(intercept[1] - intercept[0] - intercept2[0]) < 1e-13, "the intercepts differ by %g", intercept2[0]);
}

/* ---- covariance ---------------------------------------------------------------------------------------------------- */

static void test_covariance(void) {
  enum { N = 150, D = 3, P = 4 };
  double cov[P * P];
  random_rows(N, D, 1);
  for (int i = 0; i < N; i++) {
    S[i] = 0.5 + i % 3;
    X[i * D] = 10 + X[i * D] / 10;
  }
  for (int through_zero = 0; through_zero < 2; through_zero++) {
    task t = TASK(N, D, 1, 0.7, 0, WF_SOLVER_NEWTON, .weight = S, .through_zero = through_zero);
    wf_logistic *l = begin(t);
    wf_logistic_run(l, 1e-13, 100);
    wf_logistic_solution(coef, intercept, &result, l);
    int p = P - through_zero, done = wf_logistic_covariance(cov, l);
    double most = 0;
    for (int a = 0; a < p; a++)
      for (int b = 0; b < p; b++) { /* cov · Xᵀ diag(s p (1 - p)) X is the identity */
        long double sum = 0;
        for (int i = 0; i < N; i++) {
          long double z = intercept[0], left = 0, row[P] = {1};
          for (int j = 0; j < D; j++) z += (long double)coef[j] * (row[j + 1 - through_zero] = X[i * D + j]);
          for (int k = 0; k < p; k++) left += cov[a * p + k] * row[k];
          sum += left * row[b] * S[i] / ((1 + expl(z)) * (1 + expl(-z)));
        }
        double size = fabs(cov[a * p + a]) > 0 ? sqrt(cov[a * p + a] / cov[b * p + b]) : 1;
        most = fmax(most, fabs((double)(sum - (a == b))) / size);
      }
    CHECK(done && most < 1e-10, "the covariance inverts the information, off by %.1e", most);
    wf_logistic_free(l);
  }
  for (int i = 0; i < N; i++) X[i * D + 1] = 2 * X[i * D + 2];
  wf_logistic *l = begin(TASK(N, D, 1, 1, 0, WF_SOLVER_NEWTON));
  wf_logistic_run(l, 1e-10, 100);
  CHECK(!wf_logistic_covariance(cov, l), "dependent columns have no covariance");
  wf_logistic_free(l);
}

int main(void) {
  test_cancer(WF_SOLVER_LBFGS);
  test_cancer(WF_SOLVER_NEWTON);
  test_cancer_sparse();
  test_iris_classes(WF_SOLVER_LBFGS);
  test_iris_classes(WF_SOLVER_NEWTON);
  test_iris_free(WF_SOLVER_LBFGS);
  test_iris_free(WF_SOLVER_NEWTON);
  test_judge();
  test_no_tolerance();
  test_raw();
  test_two_classes();
  test_covariance();
  return check_report("test_logistic");
}
