/* logistic_rough.c: loss and gradient about right, in f32, for the first steps · in: rows of floats · out: sums over rows · next: logistic_proximal.c
 *
 * Right to about 1e-6 of the gradient that a fit starts with, in a fifth of the time of logistic_pass. Rows are read as they lie, so that
 * their columns must not lie far from 0 in terms of their spread. */
#include <string.h>

#include "../kernels/vmath.h"
#include "../kernels/vmath64.h"
#include "logistic.h"

enum { ROWS = 64 }; /* after so many what was summed in f32 goes into f64 */

/* Up to ROWS rows: x, `step` apart, V lanes each, that may be followed by others; how many groups of four. counts (4): 1, or 0 where
 * there is no row, in the last group. */
typedef struct rows {
  const wf_real *x;
  const int32_t *label;
  int step, V, groups;
  f32x4 counts;
} rows;

/* z (4) of four rows */
static inline void margins(wf_real *z, const rows *r, const wf_real *x, const wf_real *w, f32x4 offset) {
  const wf_real *a = x, *b = a + r->step, *c = b + r->step, *d = c + r->step;
  f32x4 za = f32x4_splat(0), zb = za, zc = za, zd = za;
  for (int left = r->V; left > 0; left -= 4, a += 4, b += 4, c += 4, d += 4, w += 4) {
    f32x4 t = f32x4_load(w);
    za = f32x4_add(za, f32x4_mul(f32x4_load(a), t));
    zb = f32x4_add(zb, f32x4_mul(f32x4_load(b), t));
    zc = f32x4_add(zc, f32x4_mul(f32x4_load(c), t));
    zd = f32x4_add(zd, f32x4_mul(f32x4_load(d), t));
  }
  f32x4_store(z, f32x4_add(f32x4_sum4(za, zb, zc, zd), offset));
}

/* g (V) += Σ residual · row, of four rows */
static inline void gather(wf_real *g, const rows *r, const wf_real *x, const wf_real *residual) {
  const wf_real *a = x, *b = a + r->step, *c = b + r->step, *d = c + r->step;
  f32x4 ra = f32x4_splat(residual[0]), rb = f32x4_splat(residual[1]), rc = f32x4_splat(residual[2]), rd = f32x4_splat(residual[3]);
  for (int left = r->V; left > 0; left -= 4, a += 4, b += 4, c += 4, d += 4, g += 4) {
    f32x4 low = f32x4_add(f32x4_mul(ra, f32x4_load(a)), f32x4_mul(rb, f32x4_load(b)));
    f32x4 high = f32x4_add(f32x4_mul(rc, f32x4_load(c)), f32x4_mul(rd, f32x4_load(d)));
    f32x4_store(g, f32x4_add(f32x4_load(g), f32x4_add(low, high)));
  }
}

/* Σ max(z, 0) - t z; Π (1 + e^-|z|) - 1; Σ p - t; largest |z| */
typedef struct sums {
  f32x4 loss, rest, residual, far;
} sums;

/* z becomes p - t, of all groups. */
static inline sums residuals(wf_real *z, const rows *r) {
  const f32x4 zero = f32x4_splat(0), one = f32x4_splat(1);
  sums s = {zero, zero, zero, zero};
  for (int i = 0; i < r->groups; i++, z += 4) {
    const f32x4 t = f32x4_from_signed(u32x4_load((const uint32_t *)r->label + 4 * i));
    const f32x4 v = f32x4_load(z), size = f32x4_abs(v), counts = i + 1 < r->groups ? one : r->counts;
    const f32x4 e = f32x4_mul(counts, f32x4_exp(f32x4_neg(size))), d = f32x4_div(one, f32x4_add(one, e));
    const f32x4 p = f32x4_select(f32x4_lt(v, zero), f32x4_mul(e, d), d), residual = f32x4_mul(counts, f32x4_sub(p, t));
    s.far = f32x4_max(s.far, size);
    s.loss = f32x4_add(s.loss, f32x4_mul(counts, f32x4_sub(f32x4_max(zero, v), f32x4_mul(t, v))));
    s.rest = f32x4_add(s.rest, f32x4_add(e, f32x4_mul(s.rest, e)));
    s.residual = f32x4_add(s.residual, residual);
    f32x4_store(z, residual);
  }
  return s;
}

/* Adds a block to gradient (D), by which g (V) is scratch. Returns Σ loss. */
static double add_block(wf_logistic *l, double *gradient, wf_real *g, const rows *r, const wf_real *w, f32x4 offset) {
  wf_real z[ROWS];
  for (int i = 0; i < r->groups; i++) margins(z + 4 * i, r, r->x + 4 * i * r->step, w, offset);
  const sums s = residuals(z, r);
  memset(g, 0, (size_t)r->V * sizeof *g);
  for (int i = 0; i < r->groups; i++) gather(g, r, r->x + 4 * i * r->step, z + 4 * i);
  for (int j = 0; j < l->D; j++) gradient[j] += g[j];
  gradient[l->D] += f32x4_sum(s.residual);
  l->tally.far = f32x4_most(s.far) > l->tally.far ? f32x4_most(s.far) : l->tally.far;
  return f32x4_sum(s.loss) + f64x2_sum(f64x2_add(f64x2_log1p(f64x2_low(s.rest)), f64x2_log1p(f64x2_high(s.rest))));
}

/* The last rows, 1 to 4, apart: there they have V lanes. */
static double add_last(wf_logistic *l, double *gradient, wf_real *g, const wf_real *w, f32x4 offset, int V) {
  const int D = l->D, first = (l->N - 1) / 4 * 4, n = l->N - first;
  wf_real *x = g + V, counts[4] = {0, 0, 0, 0};
  int32_t label[4] = {0, 0, 0, 0};
  memset(x, 0, 4 * (size_t)V * sizeof *x);
  for (int r = 0; r < n; r++) {
    counts[r] = 1;
    label[r] = l->labels[first + r];
    memcpy(x + r * V, (const wf_real *)l->x + (size_t)(first + r) * (size_t)D, (size_t)D * sizeof *x);
  }
  return add_block(l, gradient, g, &(rows){x, label, V, V, 1, f32x4_load(counts)}, w, offset);
}

double logistic_rough(wf_logistic *l, double *gradient, const double *theta) {
  const int D = l->D, V = (D + 3) / 4 * 4, last = (l->N - 1) / 4;
  wf_real *w = l->rough, *g = w + V;
  double penalty = 0, bias = l->intercept * theta[D];
  for (int j = 0; j < D; j++) {
    w[j] = (wf_real)(theta[j] * l->scale[j]);
    bias -= theta[j] * l->shift[j];
  }
  const f32x4 offset = f32x4_splat((wf_real)bias);
  memset(gradient, 0, (size_t)l->n * sizeof(double));
  l->tally.far = 0;
  double loss = add_last(l, gradient, g, w, offset, V);
  for (int i = 0; i < last; i += ROWS / 4) {
    const int groups = last - i < ROWS / 4 ? last - i : ROWS / 4;
    const rows r = {(const wf_real *)l->x + 4 * (size_t)i * (size_t)D, l->labels + 4 * (size_t)i, D, V, groups, f32x4_splat(1)};
    loss += add_block(l, gradient, g, &r, w, offset);
  }
  const double residual = gradient[D];
  gradient[D] *= l->intercept / l->total;
  for (int j = 0; j < D; j++) {
    gradient[j] = (gradient[j] * l->scale[j] - residual * l->shift[j]) / l->total + l->l2[j] * theta[j];
    penalty += l->l2[j] * theta[j] * theta[j];
  }
  return loss / l->total + penalty / 2;
}
