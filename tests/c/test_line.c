/* test_line.c: the one-pass gradient of a line against the plain formula, over features, rows, orders and tails · next: test_model.c */
#include <math.h>

#include "../../src/kernels/line.h"
#include "check.h"
#include "toy.h"

enum { ROWS = 37 };

static void sums_and_gradient_are_the_plain_formula(int D, int B, int shuffled) {
  wf_real *x = toy_numbers(ROWS * D, 1), *y = toy_numbers(ROWS, 2), *w = toy_numbers(8 * D, 3), gradient[WF_LINE_FEATURES + 1], b = (wf_real)0.3;
  int32_t order[ROWS];
  wf_random_permutation(order, 5, WF_STREAM_DATA, 0, ROWS);
  wf_line_sums sums;
  wf_line_gradient(&sums, gradient, x, y, shuffled ? order : NULL, B, w, b, D, (wf_real)(2.0 / B));
  double expected[WF_LINE_FEATURES + 1] = {0}, square = 0, absolute = 0, size = 0;
  for (int k = 0; k < B; k++) {
    int r = shuffled ? order[k] : k;
    double e = (double)b - (double)y[r];
    for (int i = 0; i < D; i++) e += (double)x[r * D + i] * (double)w[8 * i];
    for (int i = 0; i < D; i++) expected[i] += 2 * e * (double)x[r * D + i] / B;
    expected[D] += 2 * e / B;
    square += e * e;
    absolute += fabs(e);
    size = fmax(size, fabs(e));
  }
  double epsilon = sizeof(wf_real) == 4 ? 0x1p-23 : 0x1p-52, limit = 2 * (B + D + 4) * epsilon * (size + D);
  for (int i = 0; i <= D; i++)
    CHECK(fabs((double)gradient[i] - expected[i]) <= limit, "D %d, B %d: gradient %d is %.9g, not %.9g", D, B, i, (double)gradient[i], expected[i]);
  CHECK(fabs(sums.square - square) <= limit * (square + 1), "D %d, B %d: squares %.12g, not %.12g", D, B, sums.square, square);
  CHECK(fabs(sums.absolute - absolute) <= limit * B, "D %d, B %d: absolute %.12g, not %.12g", D, B, sums.absolute, absolute);
  free(x);
  free(y);
  free(w);
}

int main(void) {
  for (int D = 1; D <= WF_LINE_FEATURES; D++)
    for (int B = 1; B <= ROWS; B += B < 18 ? 1 : 19)
      for (int shuffled = 0; shuffled < 2; shuffled++) sums_and_gradient_are_the_plain_formula(D, B, shuffled);
  return check_report("test_line");
}
