/* logistic_pass.c: one pass over the rows: loss, gradient, second derivatives · in: logistic.h · out: sums over rows · next: logistic_rough.c
 *
 * Blocks of rows that stay in cache: logistic_rows.c → losses and residuals → gradient, or weights → rank update. */
#include <math.h>
#include <string.h>

#include "../kernels/scalar64.h"
#include "../kernels/vmath64.h"
#include "logistic.h"

/* ---- losses and residuals ------------------------------------------------------------------------------------------ */

/* m = ±z, positive on the right side: loss = log(1 + e^-m), residual = ∓ s e^-m / (1 + e^-m), curve = s p (1 - p). z becomes e^-|m|.
 * Returns Σ s max(-m, 0). */
static double binary_residuals(wf_logistic *l, tally *t, int rows) {
  const f64x2 zero = f64x2_splat(0), one = f64x2_splat(1);
  f64x2 loss = zero, wrong = zero, far = zero;
  for (int r = 0; r < rows; r += 2) {
    f64x2 sign = f64x2_load(l->sign + r), s = f64x2_load(l->s + r), m = f64x2_mul(sign, f64x2_load(l->z + r)), size = f64x2_abs(m);
    f64x2 e = f64x2_exp(f64x2_sub(zero, size)), d = f64x2_div(one, f64x2_add(one, e)), ed = f64x2_mul(e, d);
    i64x2 left = f64x2_lt(m, zero);
    f64x2 ones = f64x2_select(f64x2_lt(zero, m), zero, s), zeros = f64x2_select(left, s, zero);
    wrong = f64x2_add(wrong, f64x2_select(f64x2_lt(zero, sign), ones, zeros));
    far = f64x2_max(far, size);
    loss = f64x2_add(loss, f64x2_mul(s, f64x2_max(f64x2_sub(zero, m), zero)));
    f64x2_store(l->residual + r, f64x2_sub(zero, f64x2_mul(sign, f64x2_mul(s, f64x2_select(left, d, ed)))));
    f64x2_store(l->curve + r, f64x2_mul(s, f64x2_mul(ed, d)));
    f64x2_store(l->z + r, e);
  }
  t->wrong += f64x2_sum(wrong);
  t->apart = t->wrong == 0;
  far = f64x2_max(f64x2_max(far, f64x2_second(far, far)), f64x2_splat(t->far));
  t->far = f64x2_lane0(far);
  return f64x2_sum(loss);
}

/* Σ s log(1 + z). Rows of equal weight: four factors 1 + z make one, which is kept less 1. */
static double binary_logs(const wf_logistic *l, int rows, int equal) {
  f64x2 sum = f64x2_splat(0);
  for (int r = 0; !equal && r < rows; r += 2) sum = f64x2_madd(sum, f64x2_load(l->s + r), f64x2_log1p(f64x2_load(l->z + r)));
  for (int r = 0; equal && r < rows; r += 8) {
    f64x2 a = f64x2_load(l->z + r), b = f64x2_load(l->z + r + 2), c = f64x2_load(l->z + r + 4), d = f64x2_load(l->z + r + 6);
    a = f64x2_add(a, f64x2_madd(b, a, b));
    c = f64x2_add(c, f64x2_madd(d, c, d));
    sum = f64x2_add(sum, f64x2_log1p(f64x2_add(a, f64x2_madd(c, a, c))));
  }
  return f64x2_sum(sum);
}

/* The same for classes: of those with equal z the first is predicted; apart: every row is strictly on its right side, so that more of
 * the same is better for ever. */
static void count_classes(const wf_logistic *l, tally *t, int rows) {
  for (int r = 0; r < rows; r++) {
    const double *z = l->z + (size_t)r * (size_t)l->Q;
    double own = z[l->label[r]], before = -INFINITY, after = -INFINITY;
    for (int k = 0; k < l->K; k++) t->far = fabs(own - z[k]) > t->far ? fabs(own - z[k]) : t->far;
    for (int k = 0; k < l->label[r]; k++) before = z[k] > before ? z[k] : before;
    for (int k = l->label[r] + 1; k < l->K; k++) after = z[k] > after ? z[k] : after;
    t->wrong += own > before && own >= after ? 0 : l->s[r];
    t->apart &= own > before && own > after;
  }
}

/* z (K) becomes the probabilities, residual (K) = s (p - t), curve s times the mean of the K - 1 curvatures, Σ p (1 - p) / (K - 1).
 * Returns s times the loss; the largest z is taken out of every exponent. */
static double softmax_row(const wf_logistic *l, double *z, double *residual, double *curve, int label, double s) {
  int most = 0;
  for (int k = 1; k < l->K; k++) most = z[k] > z[most] ? k : most;
  double top = z[most], below = top - z[label], rest = 0, others = 0;
  if (l->K < l->Q) z[l->K] = top;
  for (int k = 0; k < l->Q; k += 2) f64x2_store(z + k, f64x2_exp(f64x2_sub(f64x2_load(z + k), f64x2_splat(top))));
  for (int k = 0; k < l->K; k++) {
    rest += k != most ? z[k] : 0;
    others += k != label ? z[k] : 0;
  }
  double whole = 1 / (1 + rest), spread = 0;
  for (int k = 0; k < l->K; k++) {
    z[k] *= whole;
    spread += z[k] * (1 - z[k]);
    residual[k] = s * (k == label ? -others * whole : z[k]);
  }
  *curve = s * spread / (l->K - 1);
  return s * (below + wf_log1p64(rest));
}

/* Of n rows, and of what fills them up to a multiple of 8. Returns Σ s loss. */
static double losses(wf_logistic *l, tally *t, int n) {
  const int rows = (n + 7) / 8 * 8;
  if (l->K == 1) return binary_residuals(l, t, rows) + binary_logs(l, rows, !l->weight && n == rows);
  double loss = 0;
  count_classes(l, t, n);
  for (int r = 0; r < rows; r++) {
    size_t at = (size_t)r * (size_t)l->Q;
    loss += softmax_row(l, l->z + at, l->residual + at, l->curve + r, l->label[r], l->s[r]);
  }
  return loss;
}

/* ---- sums over rows ------------------------------------------------------------------------------------------------ */

/* g (P) += Σ a x' over four rows */
static void add_rows(double *restrict g, const double *a, size_t step, const double *restrict rows, int P) {
  f64x2 a0 = f64x2_splat(a[0]), a1 = f64x2_splat(a[step]), a2 = f64x2_splat(a[2 * step]), a3 = f64x2_splat(a[3 * step]);
  for (int j = 0; j < P; j += 2, g += 2, rows += 8) {
    f64x2 low = f64x2_madd(f64x2_mul(a0, f64x2_load(rows)), a1, f64x2_load(rows + 2));
    f64x2 high = f64x2_madd(f64x2_mul(a2, f64x2_load(rows + 4)), a3, f64x2_load(rows + 6));
    f64x2_store(g, f64x2_add(f64x2_load(g), f64x2_add(low, high)));
  }
}

/* c (4,2) += weights of columns w[0], w[1], w[8], w[9] times columns x[0], x[1], x[8], x[9], of one row */
static inline void add_row(f64x2 c[4][2], const double *w, const double *x) {
  const f64x2 low = f64x2_load(x), high = f64x2_load(x + 8), w0 = f64x2_splat(w[0]), w1 = f64x2_splat(w[1]), w2 = f64x2_splat(w[8]), w3 = f64x2_splat(w[9]);
  c[0][0] = f64x2_madd(c[0][0], w0, low);
  c[0][1] = f64x2_madd(c[0][1], w0, high);
  c[1][0] = f64x2_madd(c[1][0], w1, low);
  c[1][1] = f64x2_madd(c[1][1], w1, high);
  c[2][0] = f64x2_madd(c[2][0], w2, low);
  c[2][1] = f64x2_madd(c[2][1], w2, high);
  c[3][0] = f64x2_madd(c[3][0], w3, low);
  c[3][1] = f64x2_madd(c[3][1], w3, high);
}

/* Tile (4,4) of H += weighted' block; w, x: its columns of both, the first four rows */
static void add_tile(double *h, size_t step, const double *w, const double *x, int rows, int P) {
  f64x2 c[4][2];
  for (int i = 0; i < 4; i++) {
    c[i][0] = f64x2_load(h + (size_t)i * step);
    c[i][1] = f64x2_load(h + (size_t)i * step + 2);
  }
  for (int r = 1, on; r <= rows; r++, w += on, x += on) {
    add_row(c, w, x);
    on = r % 4 ? 2 : 4 * P - 6;
  }
  for (int i = 0; i < 4; i++) {
    f64x2_store(h + (size_t)i * step, c[i][0]);
    f64x2_store(h + (size_t)i * step + 2, c[i][1]);
  }
}

/* H (P,P; step) += Σ curve x' x'ᵀ over the packed rows; tiles on and below the diagonal */
static void add_products(wf_logistic *l, double *h, size_t step, int rows) {
  int P = l->P;
  for (int r = 0; r < rows; r += 4) {
    const f64x2 c0 = f64x2_splat(l->curve[r]), c1 = f64x2_splat(l->curve[r + 1]), c2 = f64x2_splat(l->curve[r + 2]), c3 = f64x2_splat(l->curve[r + 3]);
    const double *x = l->block + (size_t)r * (size_t)P;
    double *to = l->weighted + (size_t)r * (size_t)P;
    for (int j = 0; j < P; j += 2, x += 8, to += 8) {
      f64x2_store(to, f64x2_mul(c0, f64x2_load(x)));
      f64x2_store(to + 2, f64x2_mul(c1, f64x2_load(x + 2)));
      f64x2_store(to + 4, f64x2_mul(c2, f64x2_load(x + 4)));
      f64x2_store(to + 6, f64x2_mul(c3, f64x2_load(x + 6)));
    }
  }
  for (int i = 0; i < P; i += 4)
    for (int j = 0; j <= i; j += 4) add_tile(h + (size_t)i * step + j, step, l->weighted + 4 * i, l->block + 4 * j, rows, P);
}

/* Divides the lower triangle of a (P,P; step) by Σ s and makes it symmetric. */
static void close_products(const wf_logistic *l, double *h, size_t step) {
  for (size_t i = 0; i < (size_t)l->P; i++)
    for (size_t j = 0; j <= i; j++) h[i * step + j] = h[j * step + i] = h[i * step + j] / l->total;
}

double logistic_pass(wf_logistic *l, double *gradient, double *metric, const double *theta) {
  double loss = 0, penalty = 0;
  size_t P = (size_t)l->P, Q = (size_t)l->Q;
  if (metric) memset(metric, 0, P * P * sizeof(double));
  memset(gradient, 0, (size_t)l->n * sizeof(double));
  l->tally = (tally){.apart = 1};
  for (int row = 0, n; (n = logistic_pack(l, &row, theta)) > 0;) {
    int rows = (n + 7) / 8 * 8;
    loss += losses(l, &l->tally, n);
    for (int r = 0; r < rows; r += 4)
      for (int k = 0; k < l->K; k++)
        add_rows(gradient + (size_t)k * P, l->residual + (size_t)r * Q + k, Q, l->block + (size_t)r * P, l->P);
    if (metric) add_products(l, metric, P, rows);
  }
  if (metric) close_products(l, metric, P);
  for (int i = 0; i < l->n; i++) {
    double l2 = l->l2[i % l->P];
    gradient[i] = gradient[i] / l->total + l2 * theta[i];
    penalty += l2 * theta[i] * theta[i];
  }
  l->loss = loss / l->total;
  return l->loss + penalty / 2;
}

void logistic_curvature(wf_logistic *l, double *matrix, const double *theta) {
  size_t n = (size_t)l->n, P = (size_t)l->P, Q = (size_t)l->Q;
  tally unused = {0};
  memset(matrix, 0, n * n * sizeof(double));
  for (int row = 0, filled; (filled = logistic_pack(l, &row, theta)) > 0;) {
    int rows = (filled + 7) / 8 * 8;
    losses(l, &unused, filled);
    for (int a = 0; a < l->K; a++)
      for (int b = 0; b <= a; b++) {
        for (int r = 0; l->K > 1 && r < rows; r++) {
          const double *p = l->z + (size_t)r * Q;
          l->curve[r] = l->s[r] * p[a] * ((a == b) - p[b]);
        }
        add_products(l, matrix + (size_t)a * P * n + (size_t)b * P, n, rows);
      }
  }
  for (size_t a = 0; a < (size_t)l->K; a++)
    for (size_t b = 0; b <= a; b++) {
      double *h = matrix + a * P * n + b * P;
      close_products(l, h, n);
      for (size_t i = 0; a != b && i < P; i++) memcpy(matrix + (b * P + i) * n + a * P, h + i * n, P * sizeof(double));
    }
}
