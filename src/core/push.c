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

/* Rows as they came: columns of X (single: floats) and of Y begin at x and y, and each row so much after the one before. */
typedef struct slab {
  const void *x;
  const double *y;
  size_t x_step, y_step;
  int single;
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
    const size_t at = (size_t)i * rows->x_step;
    for (int j = 0; j < m->D; j++) centre[j] += m->s[i] * (linear_value(rows->x, at + (size_t)j, rows->single) * scale[j]);
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

/* A_ij = √s (x'_ij - centre_j) at place j of A, and the largest |x_ij|; v: values at every step */
static void transpose_one(wf_linear *m, int j, const void *v, size_t step, int n, int single) {
  double *c = qr_column(m->q, j), unit = m->scale[j], origin = m->centre[j], most = 0;
  for (int i = 0; i < n; i++) {
    double x = linear_value(v, (size_t)i * step, single);
    most = fabs(x) > most ? fabs(x) : most;
    c[i] = m->sigma[i] * (x * unit - origin);
  }
  m->largest[j - m->centred] = most;
  if (n & 1) c[n] = 0;
}

/* The same for columns j and j + 1 of X, by pairs of rows; behind an odd number the last stands once more, times 0. */
static inline void transpose_two(wf_linear *m, int j, const slab *rows, int n, int single) {
  const f64x2 unit = f64x2_load(m->scale + m->centred + j), origin = f64x2_load(m->centre + m->centred + j);
  const size_t step = rows->x_step;
  const double *sigma = m->sigma;
  const void *x = rows->x;
  double *c = qr_column(m->q, m->centred + j), *d = c + m->q->block_step;
  f64x2 most = f64x2_splat(0), more = most;
  size_t at = (size_t)j;
  for (int i = 0; i < n; i += 2, at += 2 * step) {
    f64x2 a = linear_pair(x, at, single), b = linear_pair(x, i + 1 < n ? at + step : at, single);
    most = f64x2_max(most, f64x2_abs(a));
    more = f64x2_max(more, f64x2_abs(b));
    a = f64x2_mul(f64x2_splat(sigma[i]), f64x2_sub(f64x2_mul(a, unit), origin));
    b = f64x2_mul(f64x2_splat(sigma[i + 1]), f64x2_sub(f64x2_mul(b, unit), origin));
    f64x2_store(c + i, f64x2_first(a, b));
    f64x2_store(d + i, f64x2_second(a, b));
  }
  f64x2_store(m->largest + j, f64x2_max(most, more));
}

/* Apart, as a compiler would join them to one loop that asks at every step which it is. */
static __attribute__((noinline)) void transpose_floats(wf_linear *m, int j, const slab *rows, int n) { transpose_two(m, j, rows, n, 1); }
static __attribute__((noinline)) void transpose_doubles(wf_linear *m, int j, const slab *rows, int n) { transpose_two(m, j, rows, n, 0); }

static void transpose(wf_linear *m, const slab *rows, int n) {
  const int last = m->D - 1;
  const size_t size = rows->single ? sizeof(float) : sizeof(double);
  m->sigma[n] = 0;
  for (int j = 0; j < last; j += 2) (rows->single ? transpose_floats : transpose_doubles)(m, j, rows, n);
  if (m->D & 1) transpose_one(m, m->P - 1, (const char *)rows->x + (size_t)last * size, rows->x_step, n, rows->single);
  for (int k = 0; k < m->K; k++) transpose_one(m, m->P + k, rows->y + k, rows->y_step, n, 0);
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
  if (m->filled > 0) fold_rows(m, (slab){m->raw, m->raw + m->D, width, width, 0}, m->filled);
  m->filled = 0;
}

static void add_weight(wf_linear *m, double s, int rows) {
  dd_accumulate(&m->total_hi, &m->total_lo, s, rows);
  m->used += rows;
}

/* A block of rows of weight 1, as they lie. */
static void push_block(wf_linear *m, const void *x, int single, const double *y) {
  for (int i = 0; i < QR_ROWS; i++) m->s[i] = m->sigma[i] = 1;
  add_weight(m, 1, QR_ROWS);
  fold_rows(m, (slab){x, y, (size_t)m->D, (size_t)m->K, single}, QR_ROWS);
}

void wf_linear_push(wf_linear *m, const void *x, int single, const double *y, const double *weight, int rows) {
  const size_t D = (size_t)m->D, K = (size_t)m->K, step = D * (single ? sizeof(float) : sizeof(double));
  const char *at = x;
  for (int i = 0; i < rows; i++) {
    if (m->filled == QR_ROWS) linear_fold(m);
    for (; !weight && m->filled == 0 && rows - i > QR_ROWS; i += QR_ROWS) push_block(m, at + (size_t)i * step, single, y + (size_t)i * K);
    double s = weight ? shifted(weight[i], -m->weight_unit) : 1;
    if (!(s > 0)) continue;
    double *row = m->raw + (size_t)m->filled * (D + K);
    if (single) wf_widen(row, (const float *)(at + (size_t)i * step), D);
    else memcpy(row, at + (size_t)i * step, D * sizeof *row);
    memcpy(row + D, y + (size_t)i * K, K * sizeof *row);
    m->s[m->filled] = s;
    m->sigma[m->filled++] = sqrt(s);
    add_weight(m, s, 1);
  }
}
