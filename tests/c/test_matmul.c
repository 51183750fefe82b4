/* test_matmul.c: each matrix kernel against its scalar twin, over the sizes where tails live · next: test_activation.c */
#include "../../src/kernels/matmul.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "../../src/core/random.h"
#include "check.h"

static const int sizes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 31, 32, 33, 63, 64, 65};
enum { COUNT = sizeof sizes / sizeof sizes[0], MOST = 65, AREA = (MOST + 8) * (MOST + 8) };

typedef struct problem {
  int B, I, O;
  wf_real x[AREA], w[AREA], b[MOST + 8], dy[AREA];       /* plain layout */
  wf_real panels[AREA * 2], bias[MOST + 8], dy8[AREA];   /* the kernels' layout */
  const wf_real *rows[MOST + 8];
} problem;

static const wf_real zero_row[MOST + 8];

static void fill(wf_real *values, int n, uint32_t step) {
  for (int i = 0; i < n; i++) values[i] = (wf_real)(2 * wf_random_uniform(9, WF_STREAM_DATA, step, (uint32_t)i) - 1);
}

/* offset: rows of X begin at an address that is a multiple of 4 bytes, not of 16. */
static void problem_make(problem *p, int B, int I, int O, int offset) {
  int I4 = round4(I), O8 = round8(O);
  memset(p, 0, sizeof *p);
  *p = (problem){.B = B, .I = I, .O = O};
  fill(p->x, B * I + offset, 1);
  fill(p->w, I * O, 2);
  fill(p->b, O, 3);
  fill(p->dy, B * O, 4);
  for (int i = 0; i < I; i++)
    for (int o = 0; o < O; o++) p->panels[(o / 8) * I4 * 8 + i * 8 + o % 8] = p->w[i * O + o];
  memcpy(p->bias, p->b, (size_t)O * sizeof *p->bias);
  for (int r = 0; r < B; r++) memcpy(p->dy8 + r * O8, p->dy + r * O, (size_t)O * sizeof *p->dy);
  for (int r = 0; r < round4(B); r++) p->rows[r] = r < B ? p->x + offset + r * I : zero_row;
}

/* n products of numbers below 1, summed in any order. */
static double tolerance(int n) { return n * 2 * (sizeof(wf_real) == 4 ? FLT_EPSILON : DBL_EPSILON); }

static wf_real columns[MOST * WF_MATMUL_COLUMNS], out[AREA * 2], oracle[AREA * 2], oracle_b[MOST + 8];

/* One check a problem: the greatest deviation of its values; at: where. */
typedef struct deviation { double most; int row, col; } deviation;

static void deviate(deviation *d, wf_real got, wf_real expected, int row, int col) {
  double e = fabs((double)got - (double)expected);
  if (!(e <= d->most)) *d = (deviation){e, row, col};
}

static void forward_equals_its_oracle_bit_for_bit(const problem *p, int offset) {
  int O8 = round8(p->O);
  deviation d = {0, 0, 0};
  wf_matmul_forward(out, p->rows, p->panels, p->bias, round4(p->B), p->I, O8);
  wf_matmul_forward_scalar(oracle, p->x + offset, p->w, p->b, p->B, p->I, p->O);
  for (int r = 0; r < p->B; r++)
    for (int o = 0; o < O8; o++) deviate(&d, out[r * O8 + o], o < p->O ? oracle[r * p->O + o] : 0, r, o);
  CHECK(d.most == 0, "forward at B=%d I=%d O=%d is off by %g at (%d,%d)", p->B, p->I, p->O, d.most, d.row, d.col);
}

static void input_gradient_meets_its_oracle(const problem *p) {
  int ldx = round8(p->I);
  deviation d = {0, 0, 0};
  wf_matmul_input_gradient(out, p->dy8, p->panels, round4(p->B), p->I, p->O, ldx);
  wf_matmul_input_gradient_scalar(oracle, p->dy, p->w, p->B, p->I, p->O);
  for (int r = 0; r < p->B; r++)
    for (int i = 0; i < round4(p->I); i++) deviate(&d, out[r * ldx + i], i < p->I ? oracle[r * p->I + i] : 0, r, i);
  CHECK(d.most <= tolerance(p->O + 1), "input gradient at B=%d I=%d O=%d is off by %g at (%d,%d)", p->B, p->I, p->O, d.most, d.row, d.col);
}

static void weight_gradient_meets_its_oracle_and_leaves_the_padding(const problem *p, int offset) {
  int I4 = round4(p->I), O8 = round8(p->O), area = I4 * O8;
  wf_update update = {.kind = WF_UPDATE_GRADIENT, .gradient = out};
  deviation d = {0, 0, 0};
  memset(out, 0, sizeof out);
  wf_matmul_weight_gradient(&update, &update, 0, (size_t)area, p->rows, p->dy8, columns, p->B, p->I, O8);
  wf_matmul_weight_gradient_scalar(oracle, oracle_b, p->x + offset, p->dy, p->B, p->I, p->O);
  for (int o = 0; o < O8; o++) {
    for (int i = 0; i < I4; i++)
      deviate(&d, out[(o / 8) * I4 * 8 + i * 8 + o % 8], i < p->I && o < p->O ? oracle[i * p->O + o] : 0, i, o);
    deviate(&d, out[area + o], o < p->O ? oracle_b[o] : 0, -1, o);
  }
  CHECK(d.most <= tolerance(p->B + 1), "weight gradient at B=%d I=%d O=%d is off by %g at (%d,%d)", p->B, p->I, p->O, d.most, d.row, d.col);
}

int main(void) {
  problem *p = malloc(sizeof *p);
  for (int b = 0; b < COUNT; b += 2)
    for (int i = 0; i < COUNT; i++)
      for (int o = 0; o < COUNT; o += i % 2 + 1) {
        int offset = (b + i + o) % 4;
        problem_make(p, sizes[b], sizes[i], sizes[o], sizes[b] * sizes[i] + offset <= AREA ? offset : 0);
        forward_equals_its_oracle_bit_for_bit(p, offset);
        input_gradient_meets_its_oracle(p);
        weight_gradient_meets_its_oracle_and_leaves_the_padding(p, offset);
      }
  free(p);
  return check_report("test_matmul");
}
