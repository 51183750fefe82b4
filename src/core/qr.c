/* qr.c: tall matrices in row blocks, column pivoting, rank, least norm · in: qr.h · out: solutions of R theta = h · next: linear.c */
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dd.h"
#include "qr.h"

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* a · b zeros; NULL too when their size does not fit an address */
static double *doubles(int a, int b) {
  size_t m = (size_t)a, n = (size_t)b;
  if (n && m > SIZE_MAX / sizeof(double) / n) return NULL;
  return calloc(m && n ? m * n : 1, sizeof(double));
}

qr *qr_new(int rows, int features, int sides, int centred) {
  if (features > INT_MAX / 2 - sides) return NULL;
  qr *q = calloc(1, sizeof *q);
  if (!q) return NULL;
  int pivots = features + centred;
  int tall = rows > QR_ROWS && rows / 2 >= pivots, room = tall ? QR_ROWS : rows;
  q->centred = centred;
  q->pivots = pivots;
  q->cols = pivots + sides;
  q->block_step = room + (room & 1);
  q->rows = tall ? pivots : 0;
  q->step = tall ? pivots + (pivots & 1) : q->block_step;
  q->block = doubles(q->block_step, q->cols + 1);
  q->head = tall ? doubles(q->step, q->cols + 1) : q->block;
  q->rest = doubles(sides, 1);
  q->norm = doubles(pivots, 1);
  q->pivot = calloc((size_t)features + 1, sizeof *q->pivot);
  if (q->block && q->head && q->rest && q->norm && q->pivot) return q;
  qr_free(q);
  return NULL;
}

void qr_free(qr *q) {
  if (!q) return;
  if (q->head != q->block) free(q->head);
  free(q->block);
  free(q->rest);
  free(q->norm);
  free(q->pivot);
  free(q->span);
  free(q->span_top);
  free(q->span_tau);
  free(q->span_shift);
  free(q);
}

/* ---- body and intercept ------------------------------------------------------------------------------------------- */

void qr_fold(qr *q, int n) {
  if (q->head == q->block) {
    q->rows += n;
    return;
  }
  qr_fold_block(q->head, q->step, q->block, q->block_step, n + (n & 1), q->pivots, q->cols);
  for (int j = q->pivots; j < q->cols; j++) q->rest[j - q->pivots] += qr_dot(qr_column(q, j), qr_column(q, j), n);
}

void qr_centre(qr *q, double *mean, double *norm) {
  int below = q->rows - q->centred;
  if (q->centred) {
    double *v = qr_head(q, 0), tau = qr_reflector(v, v + 1, below);
    for (int j = 1; j < q->cols; j++) qr_reflect(qr_head(q, j), qr_head(q, j) + 1, tau, v + 1, below);
  }
  for (int j = 0; j < q->pivots; j++) {
    double *c = qr_head(q, j) + q->centred;
    mean[j] = q->centred ? c[-1] / qr_head(q, 0)[0] : 0;
    norm[j] = sqrt(qr_dot(c, c, below));
  }
}

void qr_scale(qr *q, int j, int e, int keep) {
  double *c = qr_head(q, j);
  for (int i = 0; i < q->rows; i++) c[i] = keep ? shifted(c[i], e) : 0;
  if (j >= q->pivots) q->rest[j - q->pivots] = shifted(q->rest[j - q->pivots], 2 * e);
}

/* ---- head ---------------------------------------------------------------------------------------------------------- */

static void swap_columns(qr *q, int a, int b) {
  double *x = qr_head(q, a), *y = qr_head(q, b), t = q->norm[a];
  int place = q->pivot[a];
  q->norm[a] = q->norm[b];
  q->norm[b] = t;
  q->pivot[a] = q->pivot[b];
  q->pivot[b] = place;
  for (int i = 0; i < q->rows; i++) {
    t = x[i];
    x[i] = y[i];
    y[i] = t;
  }
}

/* Column pivoting on what remains over its noise: the surest column first, so that a dubious one (1e9 + a, rounded) is judged by
 * the sure ones (a) and not they by it. Norms are computed anew at every step: nothing is lost to downdating. */
static void head_factor(qr *q, const double *noise) {
  int M = q->rows, P = q->pivots, k;
  double *norm = q->norm;
  const int *pivot = q->pivot;
  for (int j = 0; j < P; j++) {
    double *c = qr_head(q, j) + q->centred;
    q->pivot[j] = j;
    norm[j] = sqrt(qr_dot(c, c, M - q->centred));
  }
  for (k = q->centred; k < M && k < P; k++) {
    int best = -1;
    for (int j = k; j < P; j++)
      if (norm[j] > noise[pivot[j]] && (best < 0 || norm[j] / noise[pivot[j]] > norm[best] / noise[pivot[best]])) best = j;
    if (best < 0) break;
    swap_columns(q, k, best);
    int n = M - k - 1;
    double *v = qr_head(q, k) + k, tau = qr_reflector(v, v + 1, n);
    for (int j = k + 1; j < q->cols; j++) {
      double *c = qr_head(q, j) + k;
      qr_reflect(c, c + 1, tau, v + 1, n);
      if (j < P) norm[j] = sqrt(qr_dot(c + 1, c + 1, n));
    }
  }
  q->rank = k;
}

/* R x = x in place */
static void solve_upper(const qr *q, double *x) {
  for (int k = q->rank - 1; k >= 0; k--) {
    x[k] /= qr_head(q, k)[k];
    qr_subtract(x, x[k], qr_head(q, k), k);
  }
}

/* Dependent columns: a_j = Σ V_ij a_i over the pivots i; V takes their place. Equal fits obey w1 + V w2 = u in the caller's units; the
 * least-norm one lies in the row space of [I V], whose QR from the right is that of (I; Vᵀ). Row i is scaled by 2^-span_shift[i]. */
static int span_factor(qr *q) {
  int first = q->centred, r = q->rank - first, n = q->pivots - q->rank;
  const int *units = q->units, *pivot = q->pivot + first;
  for (int j = 0; j < n; j++) solve_upper(q, qr_head(q, q->rank + j));
  if (n == 0 || r == 0) return 1;
  q->span = doubles(n, r);
  q->span_top = doubles(r, r);
  q->span_tau = doubles(r, 1);
  q->span_shift = calloc((size_t)r, sizeof *q->span_shift);
  if (!q->span || !q->span_top || !q->span_tau || !q->span_shift) return 0;
  for (int i = 0; i < r; i++) {
    int shift = 0;
    for (int j = 0; j < n; j++) {
      int e = units[pivot[r + j]] - units[pivot[i]] + exponent(qr_share(q, first + i, j));
      if (e > shift) shift = e;
    }
    double *v = q->span + (size_t)i * (size_t)n, *top = q->span_top + (size_t)i * (size_t)r;
    for (int j = 0; j < n; j++) v[j] = shifted(qr_share(q, first + i, j), units[pivot[r + j]] - units[pivot[i]] - shift);
    top[i] = shifted(1, -shift);
    for (int k = 0; k < i; k++) {
      const double *u = q->span + (size_t)k * (size_t)n;
      qr_reflect(&top[k], v, q->span_tau[k], u, n);
    }
    q->span_tau[i] = qr_reflector(&top[i], v, n);
    q->span_shift[i] = shift;
  }
  return 1;
}

int qr_factor(qr *q, const double *noise, const int *units) {
  q->units = units;
  head_factor(q, noise);
  return span_factor(q);
}

/* ---- solve ------------------------------------------------------------------------------------------------------- */

double qr_side(const qr *q, double *h, int k) {
  const double *c = qr_head(q, q->pivots + k);
  memcpy(h, c, (size_t)q->rank * sizeof(double));
  return q->rest[k] + qr_dot(c + q->rank, c + q->rank, q->rows - q->rank);
}

void qr_project(const qr *q, double *h, const double *g) {
  for (int k = 0; k < q->rank; k++) h[k] = (g[q->pivot[k]] - qr_dot(qr_head(q, k), h, k)) / qr_head(q, k)[k];
}

double qr_share(const qr *q, int i, int j) { return qr_head(q, q->rank + j)[i]; }

/* x (P - centred) at the places of R, with what the dependent columns take over from the pivots. The intercept has no share in them:
 * every column has the same origin, a mean. */
static void spread(const qr *q, double *x) {
  int r = q->rank - q->centred, n = q->pivots - q->rank, least = INT_MAX;
  const int *e = q->units, *pivot = q->pivot + q->centred;
  for (int i = 0; i < r; i++) least = e[pivot[i]] < least ? e[pivot[i]] : least;
  for (int i = 0; i < r; i++) {
    const double *t = q->span_top + (size_t)i * (size_t)r;
    x[i] = (shifted(x[i], least - e[pivot[i]] - q->span_shift[i]) - qr_dot(t, x, i)) / t[i];
  }
  for (int k = r - 1; k >= 0; k--) qr_reflect(&x[k], x + r, q->span_tau[k], q->span + (size_t)k * (size_t)n, n);
  for (int i = 0; i < r + n; i++) x[i] = shifted(x[i], e[pivot[i]] - least);
}

void qr_solve(const qr *q, double *theta, double *h, int basic) {
  solve_upper(q, h);
  for (int i = q->rank; i < q->pivots; i++) h[i] = 0;
  if (q->span && !basic) spread(q, h + q->centred);
  for (int i = 0; i < q->pivots; i++) theta[q->pivot[i]] = h[i];
}
