/* test_rank.c: least squares of designs that do not determine their answer · in: least_squares.h · out: checks · next: ../js/linear.test.js */
#include "least_squares.h"

/* ---- columns that say nothing new --------------------------------------------------------------------------------------- */

static void test_constant_column(void) {
  for (int i = 0; i < 12; i++) {
    X[2 * i] = 0.1;
    X[2 * i + 1] = i * i;
    Y[i] = 2 * i * i + 0.7;
  }
  fit(NULL, 12, 2, 1);
  CHECK(coef[0] == 0, "0.1 twelve times has coefficient 0, not %g", coef[0]);
  CHECK(error(coef[1], 2) < 1e-15 && error(intercept[0], 0.7) < 1e-14, "its neighbour is right: %.17g, %.17g", coef[1], intercept[0]);
  CHECK(result.rank == 1, "a constant column is not in the rank: %g", result.rank);
  for (int i = 0; i < 12; i++) X[2 * i] = i % 2 ? 0.3 : 0.1 + 0.2;
  fit(NULL, 12, 2, 1);
  CHECK(coef[0] == 0 && result.rank == 1, "a column that is constant but for its last bit has coefficient 0, not %g", coef[0]);
  for (int i = 0; i < 12; i++) X[2 * i] = 0.7;
  fit(NULL, 12, 2, 0);
  CHECK(error(coef[0], 1) < 1e-14 && result.rank == 2, "without intercept a constant column is one like any other: %g", coef[0]);
}

static void test_duplicates(void) {
  enum { N = 20, D = 4 };
  for (int i = 0; i < N; i++) {
    double a = uniform(), b = uniform();
    X[i * D] = X[i * D + 2] = a;
    X[i * D + 1] = b;
    X[i * D + 3] = 1000 * a;
    Y[i] = 6 * a - b + 1;
  }
  /* gelsd: of w0 + w2 + 1000 w3 = 6 the least norm */
  double share = 6 / (2 + 1e6), expected[] = {share, -1, share, 1000 * share};
  fit(NULL, N, D, 1);
  double most = 0;
  for (int j = 0; j < D; j++) most = fmax(most, fabs(coef[j] - expected[j]));
  CHECK(most < 1e-15, "duplicates share by their scale: %.15g, %.15g, %.15g", coef[0], coef[2], coef[3]);
  CHECK(error(intercept[0], 1) < 1e-13 && result.rank == 2, "two of four columns are new, not %g", result.rank);
  for (int i = 0; i < N; i++) {
    X[i * D + 1] = X[i * D] * 0x1p-600;
    X[i * D + 2] = X[i * D] * 0x1p600;
  }
  fit(NULL, N, D, 1);
  CHECK(result.rank == 1 && result.r2 > 0.8 && fabs(coef[1]) < 1e-200, "of very unlike columns the longest takes it all: %g, %g, R² %g", coef[1],
        coef[2], result.r2);
  for (int i = 0; i < N; i++) {
    X[i * D + 1] = i;
    X[i * D + 2] = X[i * D];
    X[i * D + 3] = 0;
  }
  fit(NULL, N, D, 0);
  CHECK(result.rank == 2 && error(coef[0], coef[2]) < 1e-15 && coef[3] == 0, "equal columns have equal coefficients: %g, %g; zeros have 0: %g", coef[0], coef[2],
        coef[3]);
}

/* x3 = x0 + x1 - 2 x2 by sums of rounded numbers; rows above 256 go through the blocks */
static void test_collinear(int N, double offset) {
  enum { D = 5 };
  for (int i = 0; i < N; i++) {
    double *x = X + i * D;
    for (int j = 0; j < D; j++) x[j] = offset + uniform();
    x[3] = x[0] + x[1] - 2 * x[2];
    Y[i] = x[0] - x[1] + x[2] / 3 + 5 * x[4] + uniform();
  }
  fit(NULL, N, D, 1);
  CHECK(result.rank == 4, "%d rows at %g: four of five columns are new, not %g", N, offset, result.rank);
  double across = coef[0] + coef[1] - 2 * coef[2] - coef[3];
  CHECK(fabs(across) < 1e-12 + offset * 1e-15, "the solution has no part along the null vector: %g", across);
  keep(D);
  for (int i = 0; i < N; i++) X[i * D + 3] = 0;
  fit(NULL, N, D, 1);
  CHECK(error(result2.loss, result.loss) < 1e-9, "it fits as well as without the column: %.15g, %.15g", result2.loss, result.loss);
  CHECK(fabs(coef[4] - other[4]) < 1e-9 && fabs(other[0]) < 9, "other coefficients stay: %.15g, %.15g", coef[4], other[4]);
}

/* Of a design cut down to its rank, the solution of least norm may lean on what was cut off: then it is not the one to give. */
static void test_beyond_rank(void) {
  for (int D = 14; D <= 50; D += 3) {
    int N = 2 * D;
    for (int i = 0; i < N; i++) {
      double t = 3 + uniform();
      for (int j = 0; j < D; j++) X[i * D + j] = j == 0 ? t : X[i * D + j - 1] * t;
      Y[i] = uniform();
    }
    fit(NULL, N, D, 1);
    long double left = 0, mean = 0, square = 0;
    for (int i = 0; i < N; i++) mean += (long double)Y[i] / N;
    for (int i = 0; i < N; i++) {
      long double e = Y[i] - (long double)intercept[0];
      for (int j = 0; j < D; j++) e -= (long double)X[i * D + j] * coef[j];
      left += e * e;
      square += (Y[i] - mean) * (Y[i] - mean);
    }
    CHECK(result.r2 >= 0, "a polynomial of degree %d and rank %g is no worse than the mean: R² %g", D, result.rank, result.r2);
    CHECK(fabs(result.r2 - (double)(1 - left / square)) < 1e-3, "its R² is that of its coefficients: %g, %g", result.r2, (double)(1 - left / square));
  }
}

/* 1e9 + a, rounded, says nothing beside c · a, whichever is the longer or comes first. */
static void test_dubious(void) {
  for (int trial = 0; trial < 20; trial++) {
    int first = trial % 2;
    for (int i = 0; i < 40; i++) {
      double a = uniform();
      X[2 * i + first] = 1e9 + a;
      X[2 * i + 1 - first] = (1 + 0.05 * trial) * a;
      Y[i] = uniform();
    }
    fit(NULL, 40, 2, 1);
    CHECK(result.rank == 1 && fabs(coef[first]) < 1, "trial %d: the rounding of 1e9 + a is no news: rank %g, %g", trial, result.rank, coef[first]);
  }
}

/* Integer matrices L Z of known rank, of many shapes: rank, and the normal equations in long double. */
static void test_ranks(void) {
  for (int trial = 0; trial < 300; trial++) {
    int N = 2 + (int)(uniform() * (trial % 10 ? 30 : 700)), D = 1 + (int)(uniform() * 12), r = 1 + (int)(uniform() * 6);
    static double L[800 * 6], Z[6 * 12];
    for (int i = 0; i < N * r; i++) L[i] = whole(50);
    for (int i = 0; i < r * D; i++) Z[i] = whole(50);
    for (int i = 0; i < N; i++) {
      Y[i] = whole(1000);
      for (int j = 0; j < D; j++) {
        X[i * D + j] = 0;
        for (int k = 0; k < r; k++) X[i * D + j] += L[i * r + k] * Z[k * D + j];
      }
    }
    fit(NULL, N, D, 0);
    int most = r < D ? r : D;
    if (N < most) most = N;
    CHECK(result.rank <= most && (N < 8 || D < 4 || result.rank == most), "%d × %d of rank %d, not %g", N, D, most, result.rank);
    for (int j = 0; j < D; j++) {
      long double slope = 0, size = 0;
      for (int i = 0; i < N; i++) {
        long double e = Y[i];
        for (int k = 0; k < D; k++) e -= (long double)X[i * D + k] * coef[k];
        slope += e * X[i * D + j];
        size += fabsl(X[i * D + j]) * 1000;
      }
      CHECK(fabsl(slope) <= 1e-12L * size, "%d × %d of rank %d: residual along column %d is %Lg", N, D, most, j, slope / size);
    }
  }
}

/* ---- few rows --------------------------------------------------------------------------------------------------------- */

static void test_few_rows(void) {
  enum { D = 1000 };
  double square = 0;
  for (int j = 0; j < D; j++) {
    X[j] = whole(9);
    X[D + j] = whole(9);
    square += (X[j] - X[D + j]) * (X[j] - X[D + j]);
  }
  Y[0] = 7;
  Y[1] = 4;
  fit(NULL, 2, D, 1);
  for (int j = 0; j < D; j++) other[j] = 3 * (X[j] - X[D + j]) / square;
  double most = 0;
  for (int j = 0; j < D; j++) most = fmax(most, fabs(coef[j] - other[j]));
  CHECK(most < 1e-17 && result.rank == 1, "two rows, 1000 columns: the least-norm line through both, error %.1e", most);
  CHECK(result.loss < 1e-28 && result.r2 == 1, "and it meets both: loss %g, R² %g", result.loss, result.r2);

  for (int i = 0; i < 12; i++) X[i] = uniform();
  Y[0] = 0.1;
  fit(NULL, 1, 12, 1);
  for (int j = 0; j < 12; j++) CHECK(coef[j] == 0, "one row tells nothing of column %d: %g", j, coef[j]);
  CHECK(intercept[0] == 0.1 && result.rank == 0 && result.r2 == 1, "one row's value is the intercept: %.17g", intercept[0]);
  fit(NULL, 1, 12, 0);
  square = 0;
  for (int j = 0; j < 12; j++) square += X[j] * X[j];
  CHECK(error(coef[5], 0.1 * X[5] / square) < 1e-14 && intercept[0] == 0, "one row without intercept: the shortest way, %g", coef[5]);

  for (int i = 0; i < 3 * 4; i++) X[i] = uniform(); /* 3 rows, 4 columns */
  for (int i = 0; i < 3; i++) Y[i] = uniform();
  fit(NULL, 3, 4, 1);
  CHECK(result.rank == 2 && result.loss < 1e-28, "three rows leave two directions about their mean, not %g", result.rank);

  random_problem(50, 2);
  for (int i = 0; i < 50; i++) Y[i] = 0.1;
  static double weight[50];
  for (int i = 0; i < 50; i++) weight[i] = uniform();
  for (int n = 2; n <= 50; n++) {
    fit(n % 2 ? weight : NULL, n, 2, 1);
    CHECK(coef[0] == 0 && coef[1] == 0 && intercept[0] == 0.1 && result.r2 == 1 && result.loss == 0,
          "a constant target is its intercept, also %d times: %.17g, R² %g", n, intercept[0], result.r2);
  }
  fit(NULL, 4, 1, 0);
  CHECK(result.r2 == 0, "a constant target that is missed has R² 0, not %g", result.r2);
  for (int i = 0; i < 4; i++) X[i] = 0.3;
  fit(NULL, 4, 1, 0);
  CHECK(result.r2 == 1, "a constant target that is met has R² 1, not %g", result.r2);
}

int main(void) {
  test_constant_column();
  test_duplicates();
  test_collinear(12, 0);
  test_collinear(900, 0);
  test_collinear(900, 1e9);
  test_beyond_rank();
  test_dubious();
  test_ranks();
  test_few_rows();
  return check_report("test_rank");
}
