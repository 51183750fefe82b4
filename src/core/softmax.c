/* softmax.c: see softmax.h · in: outputs · out: the greatest, terms, their sum · next: loss_classes.c
 *
 * Columns are compared as vectors: no processor could foresee a branch on them. */
#include "softmax.h"

#include <math.h>

#include "../kernels/matmul.h"
#include "../kernels/vmath.h"
#include "../kernels/vmath64.h"

static const wf_real columns[4] = {0, 1, 2, 3};

wf_peak wf_softmax_peak(wf_real *z, int K) {
  const f32x4 step = f32x4_splat(4), none = f32x4_splat(-INFINITY), end = f32x4_splat((wf_real)K);
  f32x4 column = f32x4_load(columns), most = none, first = f32x4_splat((wf_real)(1 - K));
  for (int k = 0; k < K; k += 4, column = f32x4_add(column, step)) {
    f32x4 v = f32x4_select(f32x4_lt(column, end), f32x4_load(z + k), none);
    f32x4_store(z + k, v);
    most = f32x4_max(v, most);
  }
  wf_real top = f32x4_most(most);
  column = f32x4_load(columns);
  for (int k = 0; k < K; k += 4, column = f32x4_add(column, step))
    first = f32x4_max(first, f32x4_select(f32x4_eq(f32x4_load(z + k), f32x4_splat(top)), f32x4_neg(column), none));
  return (wf_peak){-(int)f32x4_most(first), top};
}

/* In the padding the exponential is that of 0: e^-infinity would cost more than all others, as it goes through denormals. */
wf_real wf_softmax_terms(wf_real *z, int K, const wf_peak *peak) {
  const f32x4 zero = f32x4_splat(0), top = f32x4_splat(peak->top), end = f32x4_splat((wf_real)K), at = f32x4_splat((wf_real)peak->index);
  f32x4 column = f32x4_load(columns), sum = zero;
  for (int k = 0; k < K; k += 4, column = f32x4_add(column, f32x4_splat(4))) {
    i32x4 inside = f32x4_lt(column, end);
    f32x4 below = f32x4_sub(f32x4_load(z + k), top), e = f32x4_select(inside, f32x4_exp(f32x4_select(inside, below, zero)), zero);
    f32x4_store(z + k, e);
    sum = f32x4_add(sum, f32x4_select(f32x4_eq(column, at), zero, e));
  }
  return f32x4_sum(sum);
}

/* e (rows, n filled up to four) ← z - top, but -infinity at the greatest itself. */
static void below_top(double *e, const wf_real *z, const wf_peak *peaks, int rows, int from, int n, int stride) {
  for (int r = 0; r < rows; r++, z += stride, e += round4(n)) {
    const f64x2 top = f64x2_splat((double)peaks[r].top);
    int at = peaks[r].index - from;
    for (int i = 0; i < n; i += 4) {
      f32x4 v = f32x4_load(z + from + i);
      f64x2_store(e + i, f64x2_sub(f64x2_low(v), top));
      f64x2_store(e + i + 2, f64x2_sub(f64x2_high(v), top));
    }
    if (at >= 0 && at < n) e[at] = -(double)INFINITY;
  }
}

void wf_softmax_rests(double *rests, const wf_real *z, const wf_peak *peaks, int rows, int K, int stride) {
  enum { PART = 64 };
  double e[WF_SOFTMAX_ROWS * PART];
  for (int r = 0; r < rows; r++) rests[r] = 0;
  for (int from = 0; from < K; from += PART) {
    int n = K - from < PART ? K - from : PART, filled = round4(n);
    below_top(e, z, peaks, rows, from, n, stride);
    wf_exp_all(e, rows * filled);
    for (int r = 0; r < rows; r++) {
      f64x2 sum = f64x2_splat(0);
      for (int i = r * filled; i < (r + 1) * filled; i += 2) sum = f64x2_add(sum, f64x2_load(e + i));
      rests[r] += f64x2_sum(sum);
    }
  }
}
