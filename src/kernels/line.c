/* line.c: see line.h · in: rows, weights · out: sums, gradient · next: ../core/loss.c */
#include "line.h"

typedef struct sums { f32x4 bias, weight[WF_LINE_FEATURES]; double square[4], absolute[4]; } sums;

static inline f32x4 four(wf_real a, wf_real b, wf_real c, wf_real d) {
  wf_real v[4] = {a, b, c, d};
  return f32x4_load(v);
}

/* Errors of four rows into the sums; live lanes are those below `rows`. Returns the errors, 0 in dead lanes. */
static inline f32x4 errors_add(sums *s, f32x4 z, f32x4 y, int rows) {
  wf_real e[4];
  f32x4_store(e, f32x4_sub(z, y));
  for (int i = rows; i < 4; i++) e[i] = 0;
  for (int i = 0; i < 4; i++) {
    double v = (double)e[i];
    s->square[i] += v * v;
    s->absolute[i] += v < 0 ? -v : v;
  }
  f32x4 error = f32x4_load(e);
  s->bias = f32x4_add(s->bias, error);
  return error;
}

/* One feature, rows in file order: they lie side by side. */
static int line_contiguous(sums *s, const wf_real *x, const wf_real *y, int B, wf_real w, wf_real b) {
  f32x4 slope = f32x4_splat(w), intercept = f32x4_splat(b);
  int r = 0;
  for (; r + 4 <= B; r += 4) {
    f32x4 v = f32x4_load(x + r);
    s->weight[0] = f32x4_madd(errors_add(s, f32x4_madd(v, slope, intercept), f32x4_load(y + r), 4), v, s->weight[0]);
  }
  return r;
}

void wf_line_gradient(wf_line_sums *out, wf_real *gradient, const wf_real *x, const wf_real *y, const int32_t *order, int B,
                      const wf_real *w, wf_real b, int D, wf_real scale) {
  sums s = {.bias = f32x4_splat(0)};
  for (int i = 0; i < D; i++) s.weight[i] = s.bias;
  for (int r = D == 1 && !order ? line_contiguous(&s, x, y, B, w[0], b) : 0; r < B; r += 4) {
    int rows = B - r < 4 ? B - r : 4;
    size_t at[4];
    for (int k = 0; k < 4; k++) at[k] = (size_t)(order ? order[r + (k < rows ? k : 0)] : r + (k < rows ? k : 0));
    const wf_real *p = x + at[0] * (size_t)D, *q = x + at[1] * (size_t)D, *u = x + at[2] * (size_t)D, *v = x + at[3] * (size_t)D;
    f32x4 z = f32x4_splat(b);
    for (int i = 0; i < D; i++) z = f32x4_madd(four(p[i], q[i], u[i], v[i]), f32x4_splat(w[8 * i]), z);
    f32x4 error = errors_add(&s, z, four(y[at[0]], y[at[1]], y[at[2]], y[at[3]]), rows);
    for (int i = 0; i < D; i++) s.weight[i] = f32x4_madd(error, four(p[i], q[i], u[i], v[i]), s.weight[i]);
  }
  for (int i = 0; i < D; i++) gradient[i] = scale * f32x4_sum(s.weight[i]);
  gradient[D] = scale * f32x4_sum(s.bias);
  out->square = (s.square[0] + s.square[2]) + (s.square[1] + s.square[3]);
  out->absolute = (s.absolute[0] + s.absolute[2]) + (s.absolute[1] + s.absolute[3]);
}
