/* test_linear.c: least squares: correct digits, weights, scales, outputs, bits · in: nist.h · out: checks · next: test_rank.c */
#include <float.h>

#include "nist.h"

/* ---- NIST ---------------------------------------------------------------------------------------------------------- */

static void test_nist(void) {
  /* Digits that the data's own rounding to f64 leaves are about one more. */
  static const struct { const char *name; double digits, r2; } wanted[] = {
    {"Norris", 13.5, 0.999993745883712},   {"Pontius", 13.2, 0.999999900178537}, {"NoInt1", 14, NAN}, {"NoInt2", 14, NAN},
    {"Longley", 14, 0.995479004577296},    {"Wampler1", 14.5, 1},                {"Wampler2", 12.8, 1},
    {"Wampler3", 14.5, 0.999995559025820}, {"Wampler4", 14.5, 0.957478440825662}, {"Wampler5", 14.5, 0.00224668921574940},
    {"Filip", 7.8, 0.996727416185620}};
  for (size_t k = 0; k < sizeof wanted / sizeof *wanted; k++) {
    const strd_problem *p = nist(wanted[k].name);
    CHECK(fit(NULL, p->rows, p->features, p->intercept), "%s finds memory", p->name);
    double least = p->intercept ? digits(intercept[0], p->certified[0]) : 16;
    for (int j = 0; j < p->features; j++) least = fmin(least, digits(coef[j], p->certified[p->intercept + j]));
    CHECK(least >= wanted[k].digits, "%s reaches %.1f digits of %.1f", p->name, least, wanted[k].digits);
    CHECK(result.rank == p->features, "%s keeps its %d columns, not %g", p->name, p->features, result.rank);
    if (wanted[k].r2 == wanted[k].r2)
      CHECK(error(result.r2, wanted[k].r2) < 1e-8, "%s has R² %.15g, not %.15g", p->name, wanted[k].r2, result.r2);
  }
  nist("Longley");
  fit(NULL, 16, 6, 1);
  CHECK(error(result.r2, 0.995479004577296) < 1e-14, "Longley's R² is %.16g", result.r2);
  CHECK(error(result.loss * 16, 836424.055505915) < 1e-13, "Longley's residual sum of squares is %.15g", result.loss * 16);
}

/* The powers of Filip's x, rounded to f64 in turn, have a solution of their own: that of exact rational arithmetic. */
static void test_filip_design(void) {
  static const double exact[] = {
    -0x1.6edf561ee4779p+10, -0x1.5a85bf7b61521p+11, -0x1.218be01f298ecp+11, -0x1.19fe5543c93f3p+10,
    -0x1.627a6dcbcbecfp+8,  -0x1.2c7f2ef906ac2p+6,  -0x1.5c029b3d5f531p+3,  -0x1.0fed52787b47dp+0,
    -0x1.1282a309b0951p-4,  -0x1.4375fd789b9e4p-9,  -0x1.52078b5f66b02p-15};
  nist("Filip");
  fit(NULL, 82, 10, 1);
  double most = fmax(worst(coef, exact + 1, 10), error(intercept[0], exact[0]));
  CHECK(most < 4 * DBL_EPSILON, "degree 10 of condition 1.8e15 is solved to the last bits, error %.1e", most);
}

/* ---- weights --------------------------------------------------------------------------------------------------------- */

static double W[ROOM];

static void test_weights(void) {
  enum { N = 30, D = 3 };
  random_problem(N, D);
  for (int i = 0; i < N; i++) W[i] = i % 4;
  fit(W, N, D, 1);
  keep(D);
  double weighted = result.loss;
  int n = 0;
  static double x[N * D], y[N];
  memcpy(x, X, sizeof x);
  memcpy(y, Y, sizeof y);
  for (int i = 0; i < N; i++)
    for (int k = 0; k < i % 4; k++, n++) {
      memcpy(X + n * D, x + i * D, D * sizeof *X);
      Y[n] = y[i];
    }
  fit(NULL, n, D, 1);
  CHECK(worst(coef, other, D) < 1e-14, "weight 3 is a row three times, error %.1e", worst(coef, other, D));
  CHECK(error(intercept[0], intercept2[0]) < 1e-14, "weights move the intercept too: %g, %g", intercept[0], intercept2[0]);
  CHECK(error(result.loss, weighted) < 1e-14, "the loss is a weighted mean: %g, %g", result.loss, weighted);
  CHECK(error(result.r2, result2.r2) < 1e-14, "R² is weighted: %g, %g", result.r2, result2.r2);

  memcpy(X, x, sizeof x);
  memcpy(Y, y, sizeof y);
  for (int i = 0; i < N; i++) W[i] = (i % 4) * 3e-320;
  fit(W, N, D, 1);
  CHECK(worst(coef, other, D) < 1e-14, "only the ratio of weights counts, error %.1e", worst(coef, other, D));

  nist("Filip");
  for (int i = 0; i < 82; i++) W[i] = 1.0 / (1 + i % 11);
  fit(W, 82, 10, 1);
  static const double exact[] = {/* rational arithmetic */
    -0x1.a4889231a811bp+10, -0x1.8dd4d1ec1ca7cp+11, -0x1.4d1346bac83c0p+11, -0x1.4524f2154f21ap+10,
    -0x1.99d6489c9fd61p+8,  -0x1.5c85d3a82ee7fp+6,  -0x1.951636ca9aa89p+3,  -0x1.3dd0bed984c79p+0,
    -0x1.424b3a1445771p-4,  -0x1.7dabf1b438c88p-9,  -0x1.910cc4b310effp-15};
  double most = fmax(worst(coef, exact + 1, 10), error(intercept[0], exact[0]));
  CHECK(most < 4 * DBL_EPSILON, "Filip with weights is solved to the last bits, error %.1e", most);
}

static void test_weight_zero(void) {
  enum { N = 400, D = 3 };
  random_problem(N, D);
  for (int i = 0; i < N; i++) W[i] = i % 3 ? 0.5 + uniform() : 0;
  X[0] = 1e300; /* row 0 is absent */
  Y[0] = -1e300;
  fit(W, N, D, 1);
  keep(D);
  int n = 0;
  for (int i = 0; i < N; i++) {
    if (W[i] == 0) continue;
    memmove(X + n * D, X + i * D, D * sizeof *X);
    Y[n] = Y[i];
    W[n++] = W[i];
  }
  fit(W, n, D, 1);
  CHECK(!memcmp(coef, other, D * sizeof *coef) && intercept[0] == intercept2[0] && result.loss == result2.loss && result.r2 == result2.r2,
        "a row of weight 0 is absent, bit for bit: %.17g, %.17g", coef[0], other[0]);
  memset(W, 0, sizeof W);
  CHECK(fit(W, n, D, 1) && coef[0] == 0 && intercept[0] == 0 && result.loss == 0, "no row left gives zeros, not %g", coef[0]);
}

/* ---- scales and outputs -------------------------------------------------------------------------------------------------- */

static void test_offsets(void) {
  for (int i = 0; i < 50; i++) {
    X[2 * i] = 1e9 + whole(1);
    X[2 * i + 1] = 1e9 + whole(1);
    Y[i] = 3 * (X[2 * i] - 1e9) - 2 * (X[2 * i + 1] - 1e9) + 1e9;
  }
  fit(NULL, 50, 2, 1);
  CHECK(error(coef[0], 3) < 1e-15 && error(coef[1], -2) < 1e-15, "1e9 ± 1 has slopes 3 and -2: %.17g, %.17g", coef[0], coef[1]);
  CHECK(error(intercept[0] + 1, 1) < 1e-6, "its intercept vanishes: %g of 1e9", intercept[0]);
  CHECK(result.r2 == 1 && result.rank == 2, "and nothing is left over: R² %.17g", result.r2);

  nist("Filip"); /* beside a column whose offset alone differs */
  static double powers[82 * 10];
  memcpy(powers, X, sizeof powers);
  for (int far = 0; far < 2; far++) {
    for (int i = 0; i < 82; i++) {
      memcpy(X + i * 11, powers + i * 10, 10 * sizeof *X);
      X[i * 11 + 10] = far * 1e12 + i % 3;
      if (!far) Y[i] += 1000 * (i % 3);
    }
    if (far) keep(11);
    fit(NULL, 82, 11, 1);
  }
  CHECK(worst(coef, other, 11) < 1e-15, "an offset of 1e12 spoils no other coefficient, error %.1e", worst(coef, other, 11));
}

static void test_scales(void) {
  enum { N = 40, D = 4 };
  static const int power[D] = {-498, 0, 498, 990};
  random_problem(N, D);
  fit(NULL, N, D, 1);
  keep(D);
  for (int i = 0; i < N; i++) {
    Y[i] = ldexp(Y[i], 600);
    for (int j = 0; j < D; j++) X[i * D + j] = ldexp(X[i * D + j], power[j]);
  }
  fit(NULL, N, D, 1);
  for (int j = 0; j < D; j++)
    CHECK(coef[j] == ldexp(other[j], 600 - power[j]), "column 2^%d has the same digits: %.17g, %.17g", power[j], coef[j], other[j]);
  CHECK(result.rank == (double)D && result.r2 == result2.r2 && intercept[0] == ldexp(intercept2[0], 600), "so have rank, R² and intercept: %g", result.rank);

  random_problem(N, D);
  fit(NULL, N, D, 0);
  keep(D);
  static const double scale[D] = {1e-150, 1e150, 1e-300, 1e300};
  for (int i = 0; i < N * D; i++) X[i] *= scale[i % D];
  fit(NULL, N, D, 0);
  for (int j = 0; j < D; j++)
    CHECK(error(coef[j] * scale[j], other[j]) < 1e-13, "a column of %g is as good as any: %.17g, %.17g", scale[j], coef[j] * scale[j], other[j]);
}

static void test_outputs(void) {
  enum { N = 300, D = 6, K = 3 };
  random_problem(N, D);
  for (int i = 0; i < N * K; i++) Y[i] = uniform() + (i % K) * X[i / K * D + 1];
  for (int i = 0; i < N; i++) X[i * D + 5] = X[i * D] - X[i * D + 2];
  wf_linear_fit(coef, intercept, &result, X, Y, NULL, N, D, K, 1);
  keep(D * K);
  double loss = 0, r2 = 0;
  static double y[N * K];
  memcpy(y, Y, sizeof y);
  for (int k = 0; k < K; k++) {
    for (int i = 0; i < N; i++) Y[i] = y[i * K + k];
    fit(NULL, N, D, 1);
    CHECK(!memcmp(coef, other + k * D, D * sizeof *coef) && intercept[0] == intercept2[k], "output %d alone has the same bits", k);
    loss += result.loss / (double)K;
    r2 += result.r2 / (double)K;
  }
  CHECK(error(result2.loss, loss) < 1e-15 && error(result2.r2, r2) < 1e-15, "loss and R² are means over outputs: %g, %g", result2.loss, loss);
}

/* Every target gives these bits (gcc, clang, wasm): the sum of the coefficients' patterns, over tall, wide and deficient designs. */
static void test_bits(void) {
  static const int shape[][2] = {{700, 9}, {10, 4}, {5, 30}, {257, 2}, {1000, 20}};
  uint64_t sum = 0;
  state = 7;
  for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
    int N = shape[s][0], D = shape[s][1];
    random_problem(N, D);
    for (int i = 0; i < N; i++) {
      X[i * D + D - 1] = 3 * X[i * D];
      X[i * D + 1] += 1e6;
      W[i] = uniform();
    }
    fit(s % 2 ? W : NULL, N, D, 1);
    coef[D] = intercept[0];
    for (int j = 0; j <= D; j++) {
      uint64_t bits;
      memcpy(&bits, &coef[j], sizeof bits);
      sum = (sum ^ bits) * 1099511628211u;
    }
  }
  CHECK(sum == UINT64_C(0xf86eae3870b5bb84), "the bits are those of every target: %llx", (unsigned long long)sum);
}

int main(void) {
  test_nist();
  test_filip_design();
  test_weights();
  test_weight_zero();
  test_offsets();
  test_scales();
  test_outputs();
  test_bits();
  return check_report("test_linear");
}
