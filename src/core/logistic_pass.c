/* logistic_pass.c: one pass over the rows: loss, gradient, second derivatives · in: logistic.h · out: sums over rows · next: logistic_proximal.c
 *
 * Blocks of rows that stay in cache: logistic_rows.c → losses and residuals → gradient, or weights → rank update. */
#include <math.h>
#include <string.h>

#include "../kernels/scalar64.h"
#include "../kernels/vmath64.h"
#include "logistic.h"

/* ---- losses and residuals ------------------------------------------------------------------------------------------ */

/* m = ±z, positive on the right side: loss = log(1 + e^-m), residual = ∓ s e^-m / (1 + e^-m), curve = s p (1 - p). Two rows. */
static inline f64x2 binary_pair(wf_logistic *l, int r) {
  const f64x2 zero = f64x2_splat(0), one = f64x2_splat(1);
  f64x2 sign = f64x2_load(l->sign + r), s = f64x2_load(l->s + r), m = f64x2_mul(sign, f64x2_load(l->z + r));
  f64x2 e = f64x2_exp(f64x2_sub(zero, f64x2_abs(m))), d = f64x2_div(one, f64x2_add(one, e)), ed = f64x2_mul(e, d);
  f64x2 wrong = f64x2_select(f64x2_lt(m, zero), d, ed);
  f64x2_store(l->residual + r, f64x2_sub(zero, f64x2_mul(sign, f64x2_mul(s, wrong))));
  f64x2_store(l->curve + r, f64x2_mul(s, f64x2_mul(ed, d)));
  return f64x2_mul(s, f64x2_add(f64x2_max(f64x2_sub(zero, m), zero), f64x2_log1p(e)));
}

/* Four pairs a turn share their constants and wait for each other less. Returns Σ s loss. */
static double binary_rows(wf_logistic *l, int rows) {
  f64x2 loss = f64x2_splat(0);
  for (int r = 0; r < rows; r += 8) {
    f64x2 first = binary_pair(l, r), second = binary_pair(l, r + 2), third = binary_pair(l, r + 4), fourth = binary_pair(l, r + 6);
    loss = f64x2_add(loss, f64x2_add(f64x2_add(first, second), f64x2_add(third, fourth)));
  }
  return f64x2_sum(loss);
}

/* correct += Σ s of the rows predicted right; apart: every row is on its right side, those of a
 * label above 0 strictly, so that more of the same is better for ever; far: largest margin of any row */
static void count_binary(wf_logistic *l, int rows) {
  for (int r = 0; r < rows; r++) {
    double z = l->z[r];
    l->far = fabs(z) > l->far ? fabs(z) : l->far;
    l->correct += l->s[r] * ((z > 0) == l->label[r]);
    l->apart &= (z > 0) == l->label[r];
  }
}

/* Of classes with equal z the first is predicted. */
static void count_classes(wf_logistic *l, int rows) {
  for (int r = 0; r < rows; r++) {
    const double *z = l->z + (size_t)r * (size_t)l->Q;
    double own = z[l->label[r]], before = -INFINITY, after = -INFINITY;
    for (int k = 0; k < l->K; k++) l->far = fabs(own - z[k]) > l->far ? fabs(own - z[k]) : l->far;
    for (int k = 0; k < l->label[r]; k++) before = z[k] > before ? z[k] : before;
    for (int k = l->label[r] + 1; k < l->K; k++) after = z[k] > after ? z[k] : after;
    l->correct += own > before && own >= after ? l->s[r] : 0;
    l->apart &= own > before && own > after;
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

static double losses(wf_logistic *l, int rows) {
  if (l->K == 1) return binary_rows(l, rows);
  double loss = 0;
  for (int r = 0; r < rows; r++) {
    size_t at = (size_t)r * (size_t)l->Q;
    loss += softmax_row(l, l->z + at, l->residual + at, l->curve + r, l->label[r], l->s[r]);
  }
  return loss;
}

/* ---- sums over rows ------------------------------------------------------------------------------------------------ */

/* g (P) += Σ a x' over four rows */
static void add_rows(double *restrict g, const double *a, size_t step, const double *restrict rows, int P) {
  const double *r0 = rows, *r1 = r0 + P, *r2 = r1 + P, *r3 = r2 + P;
  f64x2 a0 = f64x2_splat(a[0]), a1 = f64x2_splat(a[step]), a2 = f64x2_splat(a[2 * step]), a3 = f64x2_splat(a[3 * step]);
  for (int j = 0; j < P; j += 4)
    for (int i = j; i < j + 4; i += 2) {
      f64x2 low = f64x2_madd(f64x2_mul(a0, f64x2_load(r0 + i)), a1, f64x2_load(r1 + i));
      f64x2 high = f64x2_madd(f64x2_mul(a2, f64x2_load(r2 + i)), a3, f64x2_load(r3 + i));
      f64x2_store(g + i, f64x2_add(f64x2_load(g + i), f64x2_add(low, high)));
    }
}

/* Tile (4,4) of H += weighted' block, both (rows,P). */
static void add_tile(double *h, size_t step, const double *a, const double *b, int rows, int P) {
  f64x2 c[4][2];
  for (int i = 0; i < 4; i++) {
    c[i][0] = f64x2_load(h + (size_t)i * step);
    c[i][1] = f64x2_load(h + (size_t)i * step + 2);
  }
  for (int r = 0; r < rows; r++, a += P, b += P) {
    f64x2 b0 = f64x2_load(b), b1 = f64x2_load(b + 2);
    for (int i = 0; i < 4; i++) {
      f64x2 w = f64x2_splat(a[i]);
      c[i][0] = f64x2_madd(c[i][0], w, b0);
      c[i][1] = f64x2_madd(c[i][1], w, b1);
    }
  }
  for (int i = 0; i < 4; i++) {
    f64x2_store(h + (size_t)i * step, c[i][0]);
    f64x2_store(h + (size_t)i * step + 2, c[i][1]);
  }
}

/* H (P,P; step) += Σ curve x' x'ᵀ over the packed rows; tiles on and below the diagonal */
static void add_products(wf_logistic *l, double *h, size_t step, int rows) {
  int P = l->P;
  for (int r = 0; r < rows; r++) {
    f64x2 c = f64x2_splat(l->curve[r]);
    size_t at = (size_t)r * (size_t)P;
    for (int j = 0; j < P; j += 2) f64x2_store(l->weighted + at + j, f64x2_mul(c, f64x2_load(l->block + at + j)));
  }
  for (int i = 0; i < P; i += 4)
    for (int j = 0; j <= i; j += 4) add_tile(h + (size_t)i * step + j, step, l->weighted + i, l->block + j, rows, P);
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
  l->correct = l->far = 0;
  l->apart = 1;
  for (int row = 0, n; (n = logistic_pack(l, &row, theta)) > 0;) {
    int rows = (n + 7) / 8 * 8;
    if (l->K == 1) count_binary(l, n);
    else count_classes(l, n);
    loss += losses(l, rows);
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
  memset(matrix, 0, n * n * sizeof(double));
  for (int row = 0, filled; (filled = logistic_pack(l, &row, theta)) > 0;) {
    int rows = (filled + 7) / 8 * 8;
    losses(l, rows);
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
