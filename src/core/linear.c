/* linear.c: linear least squares, exact in f64 · in: rows X, Y, weights, in blocks · out: coefficients, intercept, rank, loss, R² · next: push.c
 *
 * push.c: rows of positive weight, scaled and centred, folded into the triangle → centre, rank → solve → refine.c → solution.
 * The QR is only a means of solving: the residuals that refine its solution come from the caller's own numbers in double-double. */
#include "linear.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

static const double EPSILON = 0x1p-52;

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* m, in front of its arrays */
static void layout(arena *a, wf_linear *m, int D, int K, int centred) {
  const uint64_t P = (uint64_t)D + (uint64_t)centred, C = P + (uint64_t)K, V = (uint64_t)D + (D & 1);
  const size_t size = sizeof(double);
  *m = (wf_linear){.D = D, .K = K, .P = D + centred, .C = D + centred + K, .V = D + (D & 1), .centred = centred};
  arena_take(a, 1, sizeof *m);
  m->units = arena_take(a, C, sizeof(int));
  double **const arrays[] = {&m->scale, &m->centre, &m->largest, &m->mean, &m->norm, &m->noise, &m->h, &m->g};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) *arrays[i] = arena_take(a, C + 1, size);
  m->raw = arena_take(a, QR_ROWS * (C - (uint64_t)centred), size);
  m->s = arena_take(a, QR_ROWS, size);
  m->sigma = arena_take(a, QR_ROWS + 1, size);
  m->row = arena_take(a, 4 * V, size);
  m->targets = arena_take(a, (uint64_t)K, sizeof *m->targets);
  for (int k = 0; k < K; k++) {
    target none, *t = m->targets ? &m->targets[k] : &none;
    t->theta = arena_take(a, P, size);
    t->low = arena_take(a, P, size);
    t->z = arena_take(a, 4 * V, size);
    t->g_hi = arena_take(a, V, size);
    t->g_lo = arena_take(a, V, size);
  }
}

wf_linear *wf_linear_new(int rows, int features, int outputs, int fit_intercept) {
  int centred = fit_intercept != 0;
  qr *q = qr_new(rows > 0 ? rows : INT_MAX, features, outputs, centred);
  if (!q) return NULL;
  arena a = {NULL, 0};
  wf_linear m;
  layout(&a, &m, features, outputs, centred);
  a = (arena){arena_memory(&a), 0};
  if (!a.base) {
    qr_free(q);
    return NULL;
  }
  layout(&a, &m, features, outputs, centred);
  m.q = q;
  return memcpy(a.base, &m, sizeof m);
}

void wf_linear_free(wf_linear *m) {
  if (!m) return;
  qr_free(m->q);
  wf_free(m);
}

/* ---- rank and solution ---------------------------------------------------------------------------------------------- */

/* Brings the centred norm to about 1, and says below which norm a remainder is noise: that of the factorisation grows with the
 * size, that of the data themselves is half an ulp of each value before centring. Both leave Filip's polynomial (1e-10) whole. */
static void measure_columns(wf_linear *m) {
  double total = m->total_hi, size = sqrt(m->used > m->D ? m->used : m->D);
  for (int j = m->centred; j < m->P; j++) {
    double norm = m->norm[j], mean = m->centre[j] + m->mean[j];
    double data = EPSILON * sqrt(norm * norm + total * (mean * mean)), folded = sqrt(norm * norm + total * (m->mean[j] * m->mean[j]));
    int keep = norm > data, e = m->units[j] + exponent(norm);
    e = e < -1000 ? -1000 : e > 1000 ? 1000 : e;
    int shift = m->units[j] - e;
    qr_scale(m->q, j, shift, keep);
    m->units[j] = e;
    m->scale[j] = keep ? shifted(m->scale[j], shift) : 0;
    m->centre[j] = keep ? shifted(m->centre[j], shift) : 0;
    m->mean[j] = keep ? shifted(m->mean[j], shift) : 0;
    m->norm[j] = keep ? shifted(norm, shift) : 0;
    m->noise[j] = shifted(16 * EPSILON * size * folded + data, shift);
  }
}

void linear_first(wf_linear *m, int k) {
  target *t = &m->targets[k];
  t->error = qr_side(m->q, m->h, k);
  qr_solve(m->q, t->theta, m->h, t->basic);
  t->size = 0;
  for (int j = m->centred; j < m->P; j++) t->size = fabs(t->theta[j]) > t->size ? fabs(t->theta[j]) : t->size;
  t->last = t->size;
}

int wf_linear_solve(wf_linear *m) {
  linear_fold(m);
  if (!m->started) return 1;
  qr_centre(m->q, m->mean, m->norm);
  measure_columns(m);
  if (!qr_factor(m->q, m->noise, m->units)) return 0;
  for (int k = 0; k < m->K; k++) linear_first(m, k);
  linear_judge(m);
  linear_begin(m);
  return 1;
}

/* Σ s (y - ȳ)², and Σ s y² for what counts as exact */
static void finish(wf_linear_result *result, const wf_linear *m, int k) {
  const target *t = &m->targets[k];
  dd total = two_sum(m->total_hi, m->total_lo), sum = two_sum(t->sum_hi, t->sum_lo), mean = dd_div(sum, total);
  double spread = dd_add(two_sum(t->square_hi, t->square_lo), dd_neg(dd_mul(mean, sum))).hi;
  double about = t->first * m->scale[m->P + k] + mean.hi, square = spread + total.hi * (about * about);
  int exact = t->error <= 256 * EPSILON * EPSILON * square;
  result->loss += shifted(t->error / total.hi, 2 * m->units[m->P + k]) / m->K;
  result->r2 += (spread > 0 ? 1 - t->error / spread : exact) / m->K;
}

void wf_linear_solution(double *coef, double *intercept, wf_linear_result *result, const wf_linear *m) {
  memset(coef, 0, (size_t)m->K * (size_t)m->D * sizeof *coef);
  memset(intercept, 0, (size_t)m->K * sizeof *intercept);
  *result = (wf_linear_result){0, 0, 0};
  if (!m->started) return;
  result->rank = m->q->rank - m->centred;
  for (int k = 0; k < m->K; k++) {
    const double *z = m->targets[k].theta + m->centred;
    int unit = m->units[m->P + k];
    for (int j = 0; j < m->D; j++) coef[(size_t)k * (size_t)m->D + (size_t)j] = shifted(z[j], unit - m->units[m->centred + j]);
    if (m->centred) intercept[k] = shifted(linear_offset(m, k).hi, unit);
    finish(result, m, k);
  }
}

int wf_linear_fit(double *coef, double *intercept, wf_linear_result *result, const double *x, const double *y,
                  const double *weight, int rows, int features, int outputs, int fit_intercept) {
  wf_linear *m = wf_linear_new(rows, features, outputs, fit_intercept);
  if (!m) return 0;
  wf_linear_weigh(m, weight, rows);
  wf_linear_push(m, x, 0, y, weight, rows);
  int done = wf_linear_solve(m);
  if (done) {
    do wf_linear_residual(m, x, 0, y, weight, rows);
    while (wf_linear_correct(m));
    wf_linear_solution(coef, intercept, result, m);
  }
  wf_linear_free(m);
  return done;
}
