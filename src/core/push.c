/* push.c: rows of a least-squares fit: units, origin, blocks · in: linear.h, rows X, Y, weights · out: the folded triangle · next: refine.c */
#include <math.h>
#include <string.h>

#include "linear.h"

enum { HEADROOM = 400 }; /* a column may grow by 2^400 beyond its first block before it is scaled anew */

void wf_widen(double *to, const float *from, size_t n) {
  size_t i = 0;
  for (; i + 2 <= n; i += 2) f64x2_store(to + i, f64x2_widen(from + i));
  if (i < n) to[i] = from[i];
}

void wf_linear_weigh(wf_linear *m, const double *weight, int rows) {
  double largest = 0;
  for (int i = 0; weight && i < rows; i++) largest = weight[i] > largest ? weight[i] : largest;
  m->weight_unit = weight ? exponent(largest) : 0;
}

/* Rows as they came: columns of X and of Y begin at x and y, and each row so much after the one before. */
typedef struct slab {
  const double *x, *y;
  size_t x_step, y_step;
} slab;

/* Unit of a column: the size of its first block; if later blocks are very much larger, what has been folded is scaled down.
 * Returns whether it has changed. */
static int choose_unit(wf_linear *m, int j) {
  int e = exponent(m->largest[j - m->centred]), down = m->units[j] - e;
  if (m->started ? -down <= HEADROOM : m->scale[j] != 0) return 0;
  if (m->started) {
    qr_scale(m->q, j, down, 1);
    m->centre[j] = shifted(m->centre[j], down);
    if (j >= m->P) {
      target *t = &m->targets[j - m->P];
      t->sum_hi = shifted(t->sum_hi, down);
      t->sum_lo = shifted(t->sum_lo, down);
      t->square_hi = shifted(t->square_hi, 2 * down);
      t->square_lo = shifted(t->square_lo, 2 * down);
    }
  }
  m->units[j] = e;
  m->scale[j] = shifted(1, -e);
  return 1;
}

/* Origin of the columns: the mean of the first block, and y's first value. */
static void choose_centre(wf_linear *m, const slab *rows, int n) {
  const double *scale = m->scale + m->centred;
  double *centre = m->centre + m->centred, total = 0;
  for (int k = 0; k < m->K; k++) m->targets[k].first = rows->y[k];
  if (!m->centred) return;
  for (int i = 0; i < n; i++) {
    const double *x = rows->x + (size_t)i * rows->x_step;
    for (int j = 0; j < m->D; j++) centre[j] += m->s[i] * (x[j] * scale[j]);
    total += m->s[i];
  }
  for (int j = 0; j < m->D; j++) centre[j] /= total;
  for (int k = 0; k < m->K; k++) centre[m->D + k] = rows->y[k] * scale[m->D + k];
}

static void measure_target(wf_linear *m, int k, const slab *rows, int n) {
  target *t = &m->targets[k];
  const double scale = m->scale[m->P + k], first = t->first * scale;
  for (int i = 0; i < n; i++) {
    double d = rows->y[(size_t)i * rows->y_step + (size_t)k] * scale - first, sd = m->s[i] * d;
    dd_accumulate(&t->sum_hi, &t->sum_lo, m->s[i], d);
    dd_accumulate(&t->square_hi, &t->square_lo, sd, d);
  }
}

/* A_ij = √s (x'_ij - centre_j) at place j of A, and the largest |x_ij| */
static void transpose_one(wf_linear *m, int j, const double *v, size_t step, int n) {
  double *c = qr_column(m->q, j), unit = m->scale[j], origin = m->centre[j], most = 0;
  for (int i = 0; i < n; i++, v += step) {
    most = fabs(*v) > most ? fabs(*v) : most;
    c[i] = m->sigma[i] * (*v * unit - origin);
  }
  m->largest[j - m->centred] = most;
  if (n & 1) c[n] = 0;
}

/* The same for two rows of X, u and v, and all pairs of columns. */
static void transpose_rows(wf_linear *m, int i, const double *u, const double *v) {
  const double *scale = m->scale + m->centred, *centre = m->centre + m->centred;
  const f64x2 s = f64x2_splat(m->sigma[i]), t = f64x2_splat(m->sigma[i + 1]);
  const size_t step = (size_t)m->q->block_step;
  double *c = qr_column(m->q, m->centred) + i, *largest = m->largest;
  for (int j = 0; j + 2 <= m->D; j += 2, c += 2 * step) {
    f64x2 unit = f64x2_load(scale + j), origin = f64x2_load(centre + j), a = f64x2_load(u + j), b = f64x2_load(v + j);
    f64x2_store(largest + j, f64x2_max(f64x2_load(largest + j), f64x2_max(f64x2_abs(a), f64x2_abs(b))));
    a = f64x2_mul(s, f64x2_sub(f64x2_mul(a, unit), origin));
    b = f64x2_mul(t, f64x2_sub(f64x2_mul(b, unit), origin));
    f64x2_store(c, f64x2_first(a, b));
    f64x2_store(c + step, f64x2_second(a, b));
  }
}

static void transpose(wf_linear *m, const slab *rows, int n) {
  memset(m->largest, 0, (size_t)m->D * sizeof(double));
  m->sigma[n] = 0; /* the row behind an odd number, for which the last counts */
  for (int i = 0; i < n; i += 2) {
    const double *u = rows->x + (size_t)i * rows->x_step;
    transpose_rows(m, i, u, i + 1 < n ? u + rows->x_step : u);
  }
  if (m->D & 1) transpose_one(m, m->P - 1, rows->x + m->D - 1, rows->x_step, n);
  for (int k = 0; k < m->K; k++) transpose_one(m, m->P + k, rows->y + k, rows->y_step, n);
}

/* Units and origin from the first block; later whether the units still do. Returns whether anything has changed. */
static int choose(wf_linear *m, const slab *rows, int n) {
  int changed = 0;
  for (int j = m->centred; j < m->C; j++) changed |= choose_unit(m, j);
  if (changed && !m->started) choose_centre(m, rows, n);
  return changed;
}

/* Folds the rows of a slab, 1..QR_ROWS, whose weights are in s and sigma. */
static void fold_rows(wf_linear *m, slab rows, int n) {
  do transpose(m, &rows, n);
  while (choose(m, &rows, n));
  for (int k = 0; k < m->K; k++) measure_target(m, k, &rows, n);
  if (m->centred) memcpy(qr_column(m->q, 0), m->sigma, (size_t)(n + (n & 1)) * sizeof(double));
  qr_fold(m->q, n);
  m->started = 1;
}

void linear_fold(wf_linear *m) {
  size_t width = (size_t)(m->D + m->K);
  if (m->filled > 0) fold_rows(m, (slab){m->raw, m->raw + m->D, width, width}, m->filled);
  m->filled = 0;
}

static void add_weight(wf_linear *m, double s, int rows) {
  dd_accumulate(&m->total_hi, &m->total_lo, s, rows);
  m->used += rows;
}

/* A block of rows of weight 1, as they lie. */
static void push_block(wf_linear *m, const double *x, const double *y) {
  for (int i = 0; i < QR_ROWS; i++) m->s[i] = m->sigma[i] = 1;
  add_weight(m, 1, QR_ROWS);
  fold_rows(m, (slab){x, y, (size_t)m->D, (size_t)m->K}, QR_ROWS);
}

void wf_linear_push(wf_linear *m, const double *x, const double *y, const double *weight, int rows) {
  size_t D = (size_t)m->D, K = (size_t)m->K;
  for (int i = 0; i < rows; i++) {
    if (m->filled == QR_ROWS) linear_fold(m);
    for (; !weight && m->filled == 0 && rows - i > QR_ROWS; i += QR_ROWS) push_block(m, x + (size_t)i * D, y + (size_t)i * K);
    double s = weight ? shifted(weight[i], -m->weight_unit) : 1;
    if (!(s > 0)) continue;
    double *row = m->raw + (size_t)m->filled * (D + K);
    memcpy(row, x + (size_t)i * D, D * sizeof *row);
    memcpy(row + D, y + (size_t)i * K, K * sizeof *row);
    m->s[m->filled] = s;
    m->sigma[m->filled++] = sqrt(s);
    add_weight(m, s, 1);
  }
}
