/* test_inference.c: standard errors, robust errors, VIF, leverage, residuals · in: nist.h, ../fixtures/inference.h · out: checks · next: ../js/linear.test.js */
#include "../fixtures/inference.h"
#include "nist.h"

enum { PARAMETERS = 60, ROWS = 2000 };
static double cov[5 * PARAMETERS * PARAMETERS], vif[PARAMETERS], leverage[ROWS], residual[ROWS], W[ROWS];
static wf_inference inference;

static int infer(const double *weight, int N, int D, int with_intercept) {
  return fit(weight, N, D, with_intercept) &&
         wf_linear_inference(&inference, cov, vif, leverage, residual, coef, intercept, X, Y, weight, N, D, with_intercept);
}

static double standard_error(int matrix, int P, int i) {
  double scale = matrix ? 1 : inference.residual_square / (inference.rows - inference.parameters);
  return sqrt(cov[matrix * P * P + i * P + i] * scale);
}

/* ---- numbers made elsewhere ------------------------------------------------------------------------------------------------ */

static void test_nist(void) {
  static const double wanted[] = {13.9, 13.7, 15, 15, 14.3, 16, 14.5, 13.2, 13.2, 13.2, 7.2};
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    const strd_problem *p = nist(strd_problems[k].name);
    int P = p->features + p->intercept;
    CHECK(infer(NULL, p->rows, p->features, p->intercept), "%s finds memory", p->name);
    double least = 16;
    for (int i = 0; i < P; i++) least = fmin(least, digits(standard_error(0, P, i), strd_se[k][i]));
    CHECK(least >= wanted[k], "%s: standard errors have %.1f digits of %.1f", p->name, least, wanted[k]);
    CHECK(inference.rows == p->rows && inference.parameters == P, "%s has %g rows and %g parameters", p->name, inference.rows, inference.parameters);
  }
}

static void compare(const char *name, int N, int D, int P, const double *covs, const double *vifs, const double *leverages, const double *residuals,
                    const double *squares) {
  static const double bound[] = {1e-13, 1e-11, 1e-11, 1e-11, 1e-11};
  for (int m = 0; m < 5; m++)
    for (int a = 0; a < P; a++)
      for (int b = 0; b <= a; b++) {
        double got = cov[(m * P + a) * P + b], size = sqrt(cov[(m * P + a) * P + a] * cov[(m * P + b) * P + b]), want = *covs++;
        CHECK(fabs(got - want) <= bound[m] * size, "%s: matrix %d has %.15g at %d, %d, not %.15g", name, m, want, a, b, got);
        CHECK(got == cov[(m * P + b) * P + a], "%s: matrix %d is symmetric at %d, %d", name, m, a, b);
      }
  for (int j = 0; j < D; j++) CHECK(error(vif[j], vifs[j]) < 1e-13, "%s: column %d has VIF %.15g, not %.15g", name, j, vifs[j], vif[j]);
  for (int i = 0; i < N; i++) {
    CHECK(fabs(leverage[i] - leverages[i]) < 1e-13, "%s: row %d has leverage %.15g, not %.15g", name, i, leverages[i], leverage[i]);
    CHECK(error(residual[i], residuals[i]) < 1e-10, "%s: row %d has residual %.15g, not %.15g", name, i, residuals[i], residual[i]);
  }
  CHECK(error(inference.residual_square, squares[0]) < 1e-14, "%s: residual square %.16g, not %.16g", name, squares[0], inference.residual_square);
  CHECK(error(inference.total_square, squares[1]) < 1e-15, "%s: total square %.16g, not %.16g", name, squares[1], inference.total_square);
}

static void test_definitions(void) {
  nist("Longley");
  infer(NULL, 16, 6, 1);
  compare("Longley", 16, 6, 7, longley_cov, longley_vif, longley_leverage, longley_residual, longley_squares);
  memcpy(X, small_x, sizeof small_x);
  memcpy(Y, small_y, sizeof small_y);
  infer(small_weight, 12, 3, 1);
  compare("with weights", 12, 3, 4, weighted_cov, weighted_vif, weighted_leverage, weighted_residual, weighted_squares);
  CHECK(inference.rows == 10 && inference.parameters == 4, "rows of weight 0 do not count: %g rows", inference.rows);
  infer(small_weight, 12, 3, 0);
  compare("through zero", 12, 3, 3, through_zero_cov, through_zero_vif, through_zero_leverage, through_zero_residual, through_zero_squares);
}

/* ---- numbers that must agree with each other ------------------------------------------------------------------------------- */

/* Units change nothing but units; a weight may have any. */
static void test_units(void) {
  static double before[5 * 16], least[4];
  memcpy(X, small_x, sizeof small_x);
  memcpy(Y, small_y, sizeof small_y);
  infer(small_weight, 12, 3, 1);
  memcpy(before, cov, sizeof before);
  memcpy(least, vif, sizeof least);
  double square = inference.residual_square;
  static const int power[] = {0, 100, -200, 300}; /* of the intercept and the columns */
  for (int i = 0; i < 12; i++) {
    for (int j = 0; j < 3; j++) X[3 * i + j] = ldexp(X[3 * i + j], power[j + 1]);
    Y[i] = ldexp(Y[i], 40);
    W[i] = ldexp(small_weight[i], -900);
  }
  infer(W, 12, 3, 1);
  int same = !memcmp(vif, least, 3 * sizeof *vif) && inference.residual_square == ldexp(square, 80 - 900);
  for (int m = 0; m < 5; m++)
    for (int a = 0; a < 4; a++)
      for (int b = 0; b < 4; b++)
        same &= cov[16 * m + 4 * a + b] == ldexp(before[16 * m + 4 * a + b], (m ? 80 : 900) - power[a] - power[b]);
  CHECK(same, "powers of two as units leave every digit: %g, %g", cov[5], before[5]);
}

/* Cov = Σ (dθ/dy_i)²: the estimates for y = e_i, by wf_linear_fit. Also the least-norm ones. */
static void compare_with_fits(const char *name, int N, int D, int with_intercept) {
  enum { MOST = 12 };
  static double exact[(MOST + 1) * (MOST + 1)], y[ROWS];
  int P = D + with_intercept;
  infer(NULL, N, D, with_intercept);
  double rank = result.rank + with_intercept, sum = 0;
  memset(exact, 0, sizeof exact);
  memcpy(y, Y, (size_t)N * sizeof *y);
  for (int i = 0; i < N; i++) {
    double theta[MOST + 1];
    for (int k = 0; k < N; k++) Y[k] = k == i;
    fit(NULL, N, D, with_intercept);
    theta[0] = intercept[0];
    memcpy(theta + with_intercept, coef, (size_t)D * sizeof *coef);
    for (int a = 0; a < P * P; a++) exact[a] += theta[a / P] * theta[a % P];
    sum += leverage[i];
  }
  memcpy(Y, y, (size_t)N * sizeof *y);
  for (int a = 0; a < P * P; a++) {
    double size = sqrt(exact[a / P * (P + 1)] * exact[a % P * (P + 1)]);
    CHECK(fabs(cov[a] - exact[a]) <= 1e-11 * size + 1e-300, "%s: covariance %d, %d is that of the estimates: %.15g, %.15g", name, a / P, a % P, cov[a], exact[a]);
  }
  CHECK(fabs(sum - rank) < 1e-10 && inference.parameters == rank, "%s: leverages add up to the %g parameters: %.15g", name, rank, sum);
}

static void test_dependent(void) {
  enum { N = 40, D = 6 };
  random_problem(N, D);
  compare_with_fits("random", N, D, 1);
  compare_with_fits("random, no intercept", N, D, 0);
  for (int j = 0; j < D; j++) CHECK(vif[j] >= 1 && vif[j] < 10, "random columns have a small VIF, not %g", vif[j]);
  for (int i = 0; i < N; i++) {
    double *x = X + i * D;
    x[3] = 2 * x[0] - x[2];
    x[5] = 0.1;
  }
  compare_with_fits("dependent", N, D, 1);
  for (int j = 0; j < D; j++) {
    int depends = j == 0 || j == 2 || j == 3 || j == 5;
    CHECK(isinf(vif[j]) == depends, "column %d %s: VIF %g", j, depends ? "depends" : "stands alone", vif[j]);
  }
  compare_with_fits("dependent, no intercept", N, D, 0);
  for (int j = 0; j < D; j++) CHECK(isinf(vif[j]) == (j == 0 || j == 2 || j == 3), "through zero a constant column is free: %d has VIF %g", j, vif[j]);
  random_problem(4, 9);
  compare_with_fits("wide", 4, 9, 1);
  for (int j = 0; j < 9; j++) CHECK(isinf(vif[j]), "with more columns than rows all depend: %d has VIF %g", j, vif[j]);
  for (int i = 0; i < 4; i++) CHECK(fabs(residual[i]) < 1e-14, "and every row is met: %g", residual[i]);
  CHECK(isnan(cov[100]) == 0 && isnan(cov[200]) && isnan(cov[300]) && isnan(cov[400]), "then HC1 to HC3 are no numbers: %g, %g, %g", cov[200], cov[300], cov[400]);
  random_problem(400, 5);
  for (int i = 0; i < 400; i++) { /* of which the first block says little, and one share is small */
    double *x = X + i * 5;
    x[1] += i;
    x[2] = x[1] / 3 + 1e-6 * x[0];
  }
  compare_with_fits("drifting", 400, 5, 1);
  for (int j = 0; j < 5; j++) CHECK(isinf(vif[j]) == (j < 3), "a share of 1e-6 is a share: %d has VIF %g", j, vif[j]);
  for (int i = 0; i < 300; i++) {
    for (int j = 0; j < 3; j++) X[3 * i + j] = uniform();
    X[3 * i + 2] = X[3 * i] + 1e-5 * X[3 * i + 2];
    Y[i] = uniform();
  }
  infer(NULL, 300, 3, 1);
  CHECK(vif[0] > 1e9 && vif[0] < 1e11 && error(vif[0], vif[2]) < 1e-3 && vif[1] < 2, "nearly dependent is not dependent: %g, %g, %g", vif[0], vif[1], vif[2]);
}

/* By the formulas, from the inverse in long double of the centred sums: over many blocks. */
static void test_tall(void) {
  enum { N = 1301, D = 2, P = 3 };
  random_problem(N, D);
  for (int i = 0; i < N; i++) {
    W[i] = i % 7 ? uniform() + 0.1 : 0;
    Y[i] += X[2 * i] * uniform() * 5;
    X[2 * i + 1] += 100;
  }
  infer(W, N, D, 1);
  long double s = 0, m[D] = {0}, c[3] = {0}, bread[P][P], meat[4][P][P] = {{{0}}};
  for (int i = 0; i < N; i++) s += W[i];
  for (int i = 0; i < N; i++) for (int j = 0; j < D; j++) m[j] += W[i] * X[2 * i + j] / s;
  for (int i = 0; i < N; i++) for (int k = 0; k < 3; k++) c[k] += W[i] * (X[2 * i + (k > 1)] - m[k > 1]) * (X[2 * i + (k > 0)] - m[k > 0]);
  long double det = c[0] * c[2] - c[1] * c[1], inverse[D][D] = {{c[2] / det, -c[1] / det}, {-c[1] / det, c[0] / det}};
  for (int a = 0; a < D; a++) for (int b = 0; b < D; b++) bread[a + 1][b + 1] = inverse[a][b];
  for (int a = 0; a < D; a++) bread[0][a + 1] = bread[a + 1][0] = -(m[0] * inverse[0][a] + m[1] * inverse[1][a]);
  bread[0][0] = 1 / s - (m[0] * bread[0][1] + m[1] * bread[0][2]);
  double most = 0;
  int n = 0;
  for (int i = 0; i < N; i++) {
    long double x[P] = {1, X[2 * i], X[2 * i + 1]}, h = 0, e = (long double)Y[i] - intercept[0] - coef[0] * x[1] - coef[1] * x[2];
    for (int a = 0; a < P; a++) for (int b = 0; b < P; b++) h += W[i] * x[a] * bread[a][b] * x[b];
    long double omega[4] = {W[i] * e * W[i] * e, 0, 0, 0};
    n += W[i] > 0;
    omega[2] = omega[0] / (1 - h);
    omega[3] = omega[2] / (1 - h);
    for (int k = 0; k < 4; k++) for (int a = 0; a < P; a++) for (int b = 0; b < P; b++) meat[k][a][b] += omega[k] * x[a] * x[b];
    most = fmax(most, fabs(leverage[i] - (double)h));
  }
  CHECK(most < 1e-15, "leverage of %d rows in blocks, error %.1e", N, most);
  for (int k = 0; k < 4; k++)
    for (int i = 0; i < P; i++) {
      long double v = 0;
      for (int a = 0; a < P; a++) for (int b = 0; b < P; b++) v += bread[i][a] * meat[k == 1 ? 0 : k][a][b] * bread[b][i];
      if (k == 1) v *= (long double)n / (n - P);
      CHECK(error(cov[(k + 1) * P * P + i * P + i], (double)v) < 1e-12, "HC%d of parameter %d: %.15g, %.15Lg", k, i, cov[(k + 1) * P * P + i * P + i], v);
    }
  CHECK(standard_error(4, P, 1) > 1.1 * standard_error(0, P, 1), "errors that grow with x make the robust one larger: %g, %g", standard_error(4, P, 1),
        standard_error(0, P, 1));
}

/* ---- edges ----------------------------------------------------------------------------------------------------------------- */

static void test_edges(void) {
  for (int own = 0; own < 20; own++) {
    for (int i = 0; i < 20; i++) {
      X[2 * i] = i == own; /* a parameter of its own */
      X[2 * i + 1] = uniform();
      Y[i] = 3 * i + uniform();
    }
    infer(NULL, 20, 2, 1);
    CHECK(fabs(leverage[own] - 1) < 1e-14 && fabs(residual[own]) < 1e-13, "row %d with a parameter of its own has leverage 1: %.15g", own, leverage[own]);
    CHECK(cov[9] > 0 && isnan(cov[27]) && isnan(cov[36]), "so that HC2 and HC3 do not exist, not even roughly: %g, %g", cov[27], cov[36]);
  }
  for (int i = 0; i < 20; i++) W[i] = 1 / (1.0 + i);
  for (int i = 0; i < 20; i++) Y[i] = floor(Y[i]);
  infer(W, 20, 2, 1);
  double total = inference.total_square, square = inference.residual_square;
  for (int i = 0; i < 20; i++) Y[i] += 1e12;
  infer(W, 20, 2, 1);
  CHECK(error(inference.total_square, total) < 1e-14, "an offset of 1e12 leaves the total: %.16g, %.16g", inference.total_square, total);
  CHECK(error(inference.residual_square, square) < 1e-6, "and the residuals: %.16g, %.16g", inference.residual_square, square);
  for (int i = 0; i < 20; i++) Y[i] -= 1e12;
  W[4] = 0;
  infer(W, 20, 2, 1);
  total = inference.total_square;
  square = inference.residual_square;
  Y[4] = 1e300;
  infer(W, 20, 2, 1);
  CHECK(inference.total_square == total && inference.residual_square == square, "a row of weight 0 may hold 1e300: %g, %g", inference.total_square, total);
  memset(W, 0, sizeof W);
  CHECK(infer(W, 20, 2, 1) && inference.rows == 0 && inference.parameters == 0 && cov[4] == 0 && inference.total_square == 0,
        "no row is no fault: %g", inference.rows);
  for (int i = 0; i < 5; i++) X[i] = i;
  for (int i = 0; i < 5; i++) Y[i] = 4;
  infer(NULL, 5, 1, 1);
  CHECK(inference.residual_square == 0 && inference.total_square == 0 && error(vif[0], 1) < 1e-15, "a constant target leaves nothing: %g, %g, VIF %.17g",
        inference.residual_square, inference.total_square, vif[0]);
}

/* Every target gives these bits. */
static void test_bits(void) {
  enum { N = 500, D = 7, P = D + 1 };
  state = 11;
  random_problem(N, D);
  for (int i = 0; i < N; i++) W[i] = uniform();
  infer(W, N, D, 1);
  uint64_t sum = 0;
  for (int i = 0; i < 5 * P * P; i++) {
    uint64_t bits;
    memcpy(&bits, &cov[i], sizeof bits);
    sum = (sum ^ bits) * 1099511628211u;
  }
  CHECK(sum == UINT64_C(0x33f8f7e0f05f0196), "the bits are those of every target: %llx", (unsigned long long)sum);
}

int main(void) {
  test_nist();
  test_definitions();
  test_units();
  test_dependent();
  test_tall();
  test_edges();
  test_bits();
  return check_report("test_inference");
}
