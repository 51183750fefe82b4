/* qr.c: Householder QR of tall matrices in row blocks, column pivoting, least norm · in: qr.h · out: z and r of A z + r = f · next: linear.c */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dd.h"
#include "qr.h"

enum { BLOCK_ROWS = 256 };

/* Fixed order of summation: four partial sums, then the rest. */
static double dot(const double *restrict a, const double *restrict b, int n) {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0, rest = 0;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; i++) rest += a[i] * b[i];
  return ((s0 + s2) + (s1 + s3)) + rest;
}

static void subtract(double *restrict a, double w, const double *restrict b, int n) {
  for (int i = 0; i < n; i++) a[i] -= w * b[i];
}

/* H = I - tau (1; v)(1; v)ᵀ with H (top; v) = (beta; 0): top becomes beta, v the vector. Returns tau; 0: nothing to do. */
static double reflector(double *top, double *v, int n) {
  double square = dot(v, v, n), alpha = *top;
  if (square == 0) return 0;
  double norm = sqrt(alpha * alpha + square);
  double beta = alpha < 0 ? norm : -norm, factor = 1 / (alpha - beta);
  for (int i = 0; i < n; i++) v[i] *= factor;
  *top = beta;
  return (beta - alpha) / beta;
}

/* (top; rest) = H (top; rest) */
static void reflect(double *top, double *rest, double tau, const double *v, int n) {
  if (tau == 0) return;
  double w = tau * (*top + dot(v, rest, n));
  *top -= w;
  subtract(rest, w, v, n);
}

/* QR of (triangle; block): triangle (D,D) upper, block (n,D), both column-major. */
static void fold(double *triangle, double *block, double *tau, int n, int D) {
  for (int k = 0; k < D; k++) {
    double *v = block + (size_t)k * (size_t)n;
    tau[k] = reflector(&triangle[(size_t)k * (size_t)D + (size_t)k], v, n);
    for (int j = k + 1; j < D; j++)
      reflect(&triangle[(size_t)j * (size_t)D + (size_t)k], block + (size_t)j * (size_t)n, tau[k], v, n);
  }
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* a · b doubles; NULL too when their size does not fit an address */
static double *doubles(int a, int b) {
  size_t m = (size_t)a, n = (size_t)b;
  if (n && m > SIZE_MAX / sizeof(double) / n) return NULL;
  return malloc(m && n ? m * n * sizeof(double) : 1);
}

qr *qr_new(int rows, int cols) {
  qr *q = calloc(1, sizeof *q);
  if (!q) return NULL;
  int tall = rows > BLOCK_ROWS && rows / 2 >= cols;
  q->rows = rows;
  q->cols = cols;
  q->block_rows = tall ? BLOCK_ROWS : rows;
  q->head_rows = tall ? cols : rows;
  q->body = doubles(rows, cols);
  q->body_tau = doubles(tall ? (rows - 1) / BLOCK_ROWS + 1 : 0, cols);
  q->head = tall ? doubles(cols, cols) : q->body;
  q->head_tau = doubles(cols, 1);
  q->vector = doubles(q->head_rows, 1);
  q->column = doubles(cols, 1);
  q->pivot = malloc((size_t)cols * sizeof *q->pivot + 1);
  if (q->body && q->body_tau && q->head && q->head_tau && q->vector && q->column && q->pivot) return q;
  qr_free(q);
  return NULL;
}

void qr_free(qr *q) {
  if (!q) return;
  if (q->head != q->body) free(q->head);
  free(q->body);
  free(q->body_tau);
  free(q->head_tau);
  free(q->pivot);
  free(q->vector);
  free(q->column);
  free(q->span);
  free(q->span_top);
  free(q->span_tau);
  free(q->span_shift);
  free(q);
}

/* ---- factor ------------------------------------------------------------------------------------------------------ */

static double *head_column(const qr *q, int j) { return q->head + (size_t)j * (size_t)q->head_rows; }

static void body_factor(qr *q) {
  if (q->head == q->body) return;
  size_t D = (size_t)q->cols;
  memset(q->head, 0, D * D * sizeof(double));
  double *tau = q->body_tau;
  for (int start = 0; start < q->rows; start += q->block_rows, tau += D) {
    int n = q->rows - start < q->block_rows ? q->rows - start : q->block_rows;
    fold(q->head, q->body + (size_t)start * D, tau, n, q->cols);
  }
}

static void swap_columns(qr *q, int a, int b) {
  double *x = head_column(q, a), *y = head_column(q, b), t = q->column[a];
  int place = q->pivot[a];
  q->column[a] = q->column[b];
  q->column[b] = t;
  q->pivot[a] = q->pivot[b];
  q->pivot[b] = place;
  for (int i = 0; i < q->head_rows; i++) {
    t = x[i];
    x[i] = y[i];
    y[i] = t;
  }
}

/* Column pivoting on what remains over its noise: the surest column first, so that a dubious one (1e9 + a, rounded) is judged by
 * the sure ones (a) and not they by it. Norms are computed anew at every step: nothing is lost to downdating. */
static void head_factor(qr *q, const double *noise) {
  int M = q->head_rows, D = q->cols, k;
  double *norm = q->column;
  const int *pivot = q->pivot;
  for (int j = 0; j < D; j++) {
    q->pivot[j] = j;
    norm[j] = sqrt(dot(head_column(q, j), head_column(q, j), M));
  }
  for (k = 0; k < M && k < D; k++) {
    int best = -1;
    for (int j = k; j < D; j++)
      if (norm[j] > noise[pivot[j]] && (best < 0 || norm[j] / noise[pivot[j]] > norm[best] / noise[pivot[best]])) best = j;
    if (best < 0) break;
    swap_columns(q, k, best);
    int n = M - k - 1;
    double *v = head_column(q, k) + k;
    q->head_tau[k] = reflector(v, v + 1, n);
    for (int j = k + 1; j < D; j++) {
      double *c = head_column(q, j) + k;
      reflect(c, c + 1, q->head_tau[k], v + 1, n);
      norm[j] = sqrt(dot(c + 1, c + 1, n));
    }
  }
  q->rank = k;
}

/* R11 x = x in place */
static void solve_upper(const qr *q, double *x) {
  for (int k = q->rank - 1; k >= 0; k--) {
    x[k] /= head_column(q, k)[k];
    subtract(x, x[k], head_column(q, k), k);
  }
}

/* Dependent columns: x_j = Σ V_ij x_i over the pivots i, in the caller's units. Equal fits obey w1 + V w2 = u; the least-norm
 * one lies in the row space of [I V], whose QR from the right is that of (I; Vᵀ). Row i is scaled by 2^-span_shift[i]. */
static int span_factor(qr *q) {
  int r = q->rank, n = q->cols - r;
  const int *units = q->units;
  if (n == 0 || r == 0) return 1;
  q->span = doubles(n, r);
  q->span_top = doubles(r, r);
  q->span_tau = doubles(r, 1);
  q->span_shift = calloc((size_t)r, sizeof *q->span_shift);
  if (!q->span || !q->span_top || !q->span_tau || !q->span_shift) return 0;
  for (int j = 0; j < n; j++) {
    double *v = head_column(q, r + j);
    solve_upper(q, v);
    for (int i = 0; i < r; i++) {
      int e = units[q->pivot[r + j]] - units[q->pivot[i]] + exponent(v[i]);
      if (e > q->span_shift[i]) q->span_shift[i] = e;
    }
  }
  memset(q->span_top, 0, (size_t)r * (size_t)r * sizeof(double));
  for (int i = 0; i < r; i++) {
    int e = units[q->pivot[i]] + q->span_shift[i];
    for (int j = 0; j < n; j++)
      q->span[(size_t)i * (size_t)n + (size_t)j] = shifted(head_column(q, r + j)[i], units[q->pivot[r + j]] - e);
    q->span_top[(size_t)i * (size_t)r + (size_t)i] = shifted(1, -q->span_shift[i]);
  }
  fold(q->span_top, q->span, q->span_tau, n, r);
  return 1;
}

int qr_factor(qr *q, const double *noise, const int *units) {
  q->units = units;
  body_factor(q);
  head_factor(q, noise);
  return span_factor(q);
}

/* ---- solve ------------------------------------------------------------------------------------------------------- */

/* (vector; f) = Qᵀ (0; f), or without folding vector = Qᵀ f */
static void forward(qr *q, double *f) {
  double *c = q->vector, *tau = q->body_tau;
  if (q->head == q->body) {
    memcpy(c, f, (size_t)q->rows * sizeof(double));
  } else {
    memset(c, 0, (size_t)q->head_rows * sizeof(double));
    for (int start = 0; start < q->rows; start += q->block_rows, tau += q->cols) {
      int n = q->rows - start < q->block_rows ? q->rows - start : q->block_rows;
      const double *v = q->body + (size_t)start * (size_t)q->cols;
      for (int k = 0; k < q->cols; k++, v += n) reflect(&c[k], f + start, tau[k], v, n);
    }
  }
  for (int k = 0; k < q->rank; k++)
    reflect(&c[k], &c[k + 1], q->head_tau[k], head_column(q, k) + k + 1, q->head_rows - k - 1);
}

/* The way back: f = Q (vector; f) */
static void backward(qr *q, double *f) {
  double *c = q->vector;
  for (int k = q->rank - 1; k >= 0; k--)
    reflect(&c[k], &c[k + 1], q->head_tau[k], head_column(q, k) + k + 1, q->head_rows - k - 1);
  if (q->head == q->body) {
    memcpy(f, c, (size_t)q->rows * sizeof(double));
    return;
  }
  int last = (q->rows - 1) / q->block_rows;
  for (int b = last; b >= 0; b--) {
    int start = b * q->block_rows, n = b == last ? q->rows - start : q->block_rows;
    const double *v = q->body + (size_t)start * (size_t)q->cols, *tau = q->body_tau + (size_t)b * (size_t)q->cols;
    for (int k = q->cols - 1; k >= 0; k--) reflect(&c[k], f + start, tau[k], v + (size_t)k * (size_t)n, n);
  }
}

/* z (D) at the columns of A from the pivots' values x (D, the first rank of them; overwritten) */
static void spread(const qr *q, double *z, double *x) {
  int r = q->rank, n = q->cols - r, least = INT_MAX;
  const int *e = q->units;
  for (int i = r; i < q->cols; i++) x[i] = 0;
  if (q->span) {
    for (int i = 0; i < r; i++) least = e[q->pivot[i]] < least ? e[q->pivot[i]] : least;
    for (int i = 0; i < r; i++) {
      const double *t = q->span_top + (size_t)i * (size_t)r;
      x[i] = (shifted(x[i], least - e[q->pivot[i]] - q->span_shift[i]) - dot(t, x, i)) / t[i];
    }
    for (int k = r - 1; k >= 0; k--) reflect(&x[k], x + r, q->span_tau[k], q->span + (size_t)k * (size_t)n, n);
    for (int i = 0; i < q->cols; i++) x[i] = shifted(x[i], e[q->pivot[i]] - least);
  }
  for (int i = 0; i < q->cols; i++) z[q->pivot[i]] = x[i];
}

void qr_solve(qr *q, double *z, double *f, const double *g) {
  double *c = q->vector, *h = q->column;
  forward(q, f);
  for (int k = 0; k < q->rank; k++) /* R11ᵀ h = g */
    h[k] = (g[q->pivot[k]] - dot(head_column(q, k), h, k)) / head_column(q, k)[k];
  for (int k = 0; k < q->rank; k++) {
    double t = c[k] - h[k];
    c[k] = h[k];
    h[k] = t;
  }
  solve_upper(q, h);
  spread(q, z, h);
  backward(q, f);
}
