/* loss_classes.c: losses of classes, row by row, and probabilities · in: outputs, labels or shares · out: f64 sums, gradients
 * next: step.c
 *
 * A row's softmax is e^(z - top) over 1 + rest, where top is the greatest output and rest the sum without it: so log Σ e^z = top +
 * log(1 + rest), and 1 - p of the greatest is rest / (1 + rest), without cancellation. Values are in f64, gradients in wf_real. */
#include <math.h>

#include "../kernels/scalar64.h"
#include "../kernels/vmath.h"
#include "../kernels/vmath64.h"
#include "loss_rows.h"

/* The greatest output, and its index, the first of equals: the answer of a classifier. */
typedef struct peak {
  int index;
  wf_real top;
} peak;

static const wf_real columns[4] = {0, 1, 2, 3};

/* Outputs in fours, whose columns are compared as vectors too: no processor could foresee a branch on them. Padding up to a multiple of
 * four becomes -infinity. */
static peak peak_of(wf_real *z, int K) {
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
  return (peak){-(int)f32x4_most(first), top};
}

/* z (K) ← e^(z - top), 0 in the padding up to a multiple of four. Returns rest. In the padding the exponential is that of 0: e^-infinity
 * would cost more than all others, as it goes through denormals. */
static wf_real softmax_terms(wf_real *z, int K, const peak *greatest) {
  const f32x4 zero = f32x4_splat(0), top = f32x4_splat(greatest->top), end = f32x4_splat((wf_real)K);
  const f32x4 at = f32x4_splat((wf_real)greatest->index);
  f32x4 column = f32x4_load(columns), sum = zero;
  for (int k = 0; k < K; k += 4, column = f32x4_add(column, f32x4_splat(4))) {
    i32x4 inside = f32x4_lt(column, end);
    f32x4 below = f32x4_sub(f32x4_load(z + k), top), e = f32x4_select(inside, f32x4_exp(f32x4_select(inside, below, zero)), zero);
    f32x4_store(z + k, e);
    sum = f32x4_add(sum, f32x4_select(f32x4_eq(column, at), zero, e));
  }
  return f32x4_sum(sum);
}

static void tally_add(wf_sums *sums, int K, int truth, int taken, double s) {
  sums->tally[truth] += s;
  sums->tally[K + taken] += s;
  sums->tally[2 * K + taken] += s * (truth == taken);
  sums->correct += s * (truth == taken);
}

/* The labels of a row with their shares: its own and, in mixup, its partner's. */
typedef struct labels {
  int n, label[2];
  double share[2];
} labels;

static labels labels_of(const int32_t *y, const wf_batch *batch, int r) {
  labels own = {1, {y[wf_batch_row(batch, r)]}, {1}};
  if (!batch->partner || batch->share == 1 || y[batch->partner[r]] == own.label[0]) return own;
  return (labels){2, {own.label[0], y[batch->partner[r]]}, {(double)batch->share, 1 - (double)batch->share}};
}

/* rest in f64. */
static double rest_of(const wf_real *z, int K, const peak *greatest) {
  const f64x2 top = f64x2_splat((double)greatest->top), at = f64x2_splat((double)greatest->index);
  const f64x2 zero = f64x2_splat(0), half = f64x2_splat(0.5);
  f64x2 sum = zero, column = f64x2_load((double[]){0, 1});
  for (int k = 0; k < K; k += 2, column = f64x2_add(column, f64x2_splat(2))) {
    const double two[2] = {(double)z[k], (double)z[k + 1]};
    f64x2 e = f64x2_exp(f64x2_sub(f64x2_load(two), top));
    sum = f64x2_add(sum, f64x2_select(f64x2_lt(f64x2_abs(f64x2_sub(column, at)), half), zero, e));
  }
  return f64x2_sum(sum);
}

typedef struct class_row {
  peak greatest;
  double rest, log_rest; /* log(1 + rest) */
} class_row;

/* l = log Σ e^z - z_label, or focal q^gamma l with p = e^-l = 1 - q. Returns F of its gradient F (p_k - onehot_k): 1, or
 * q^gamma + gamma q^(gamma-1) p l. q is never 0, as rest_of's exponentials are not. */
static double label_loss(double *value, const wf_config *config, const class_row *row, double behind, int is_greatest) {
  double l = behind + row->log_rest, rest = row->rest, gamma = config->gamma;
  *value = l;
  if ((wf_loss)config->loss != WF_FOCAL) return 1;
  double hit = wf_exp64(-behind), q = (is_greatest ? rest : 1 + rest - hit) / (1 + rest), p = hit / (1 + rest);
  double power = wf_exp64(gamma * wf_log64(q));
  *value = power * l;
  return power * (1 + gamma * p * (l / q));
}

/* scale: of the gradient. */
static void class_judge(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const class_row *row, const labels *y, double s,
                        int K, wf_real scale) {
  int greatest = row->greatest.index, own = y->label[0];
  double smoothing = (wf_loss)config->loss == WF_FOCAL ? 0 : config->label_smoothing, top = (double)row->greatest.top;
  double loss = smoothing * row->log_rest, total = smoothing, value;
  wf_real factor[2];
  for (int i = 0; i < y->n; i++) {
    double share = (1 - smoothing) * y->share[i];
    double slope = label_loss(&value, config, row, top - (double)z[y->label[i]], y->label[i] == greatest);
    loss += share * value;
    total += share * slope;
    factor[i] = scale * (wf_real)(share * slope);
  }
  for (int k = 0; k < K && smoothing > 0; k++) loss += smoothing / K * (top - (double)z[k]);
  sums->loss += s * loss;
  tally_add(sums, K, own, greatest, s);
  if (!d) return;
  wf_real rest = softmax_terms(z, K, &row->greatest);
  f32x4 each = f32x4_splat(scale * (wf_real)total / (1 + rest));
  for (int k = 0; k < K; k += 4) f32x4_store(d + k, f32x4_mul(f32x4_load(z + k), each));
  for (int k = 0; k < K && smoothing > 0; k++) d[k] -= scale * (wf_real)(smoothing / K);
  /* p - 1 of the greatest without cancellation; chosen by an index, as a branch would be wrong as often as the model is */
  int certain = y->n == 1 && smoothing == 0 && own == greatest;
  const wf_real choice[2] = {d[own] - factor[0], -(factor[0] * rest / (1 + rest))};
  d[own] = choice[certain];
  if (y->n > 1) d[y->label[1]] -= factor[1];
}

/* A few rows at a time, so that their exponentials and logarithms overlap. */
void wf_loss_class_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int K, int O8, double per) {
  enum { ROWS = 8 };
  for (int first = 0; first < batch->B; first += ROWS) {
    class_row row[ROWS];
    int n = batch->B - first < ROWS ? batch->B - first : ROWS;
    for (int i = 0; i < n; i++) {
      row[i].greatest = peak_of(z + (size_t)i * (size_t)O8, K);
      row[i].rest = rest_of(z + (size_t)i * (size_t)O8, K, &row[i].greatest);
    }
    for (int i = 0; i < n; i++) row[i].log_rest = wf_log1p64(row[i].rest);
    for (int i = 0; i < n; i++, z += O8, d = d ? d + O8 : d) {
      double s = wf_batch_weight(batch, first + i);
      labels y = labels_of(batch->rows->y, batch, first + i);
      if (s > 0) class_judge(sums, d, z, config, &row[i], &y, s, K, (wf_real)(s * per));
      else if (d) memset(d, 0, (size_t)K * sizeof *d);
    }
  }
}

/* Share of class k in row r. */
static double share_of(const wf_batch *batch, int r, int k, int K) {
  const wf_real *y = batch->rows->y;
  double own = (double)y[wf_batch_row(batch, r) * (size_t)K + (size_t)k];
  if (!batch->partner) return own;
  return (double)batch->share * own + (1 - (double)batch->share) * (double)y[(size_t)batch->partner[r] * (size_t)K + (size_t)k];
}

/* The class that the hard part of a row wants: its label, or where there are none the class of its greatest share. */
static labels hard_labels(const wf_batch *batch, int r, int truth) {
  return batch->rows->label ? labels_of(batch->rows->label, batch, r) : (labels){1, {truth}, {1}};
}

/* In f64, as sums cancel where the two nearly agree. t: the teacher's shares; e = e^((z - top) / T), e1: the same at T = 1. */
static void share_row(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int r, int K, double s,
                      double scale) {
  peak greatest = peak_of(z, K);
  int taken = greatest.index, truth = 0;
  double T = config->temperature, soft = config->distillation, hard = 1 - soft, top = (double)greatest.top;
  double rest = 0, rest1 = 0, all = 0, apart = 0, behind = 0, most = -1;
  for (int k = 0; k < K; k++) {
    double t = share_of(batch, r, k, K);
    if (t > most) truth = k, most = t;
    all += t;
    apart += t * ((top - (double)z[k]) / T + (t > 0 ? wf_log64(t) : 0));
  }
  labels y = hard_labels(batch, r, truth);
  for (int i = 0; i < y.n; i++) behind += y.share[i] * (top - (double)z[y.label[i]]);
  for (int k = 0; k < K; k++) {
    double e = wf_exp64(((double)z[k] - top) / T), e1 = hard > 0 ? wf_exp64((double)z[k] - top) : 0;
    if (k != taken) rest += e, rest1 += e1;
    if (d) d[k] = (wf_real)e;
    z[k] = (wf_real)e1;
  }
  sums->loss += s * soft * T * T * (apart + all * wf_log1p64(rest));
  if (hard > 0) sums->loss += s * hard * (behind + wf_log1p64(rest1));
  tally_add(sums, K, truth, taken, s);
  if (!d) return;
  for (int k = 0; k < K; k++)
    d[k] = (wf_real)(scale * (soft * T * (all * (double)d[k] / (1 + rest) - share_of(batch, r, k, K)) + hard * (double)z[k] / (1 + rest1)));
  for (int i = 0; i < y.n; i++) d[y.label[i]] -= (wf_real)(scale * hard * y.share[i]);
}

void wf_loss_share_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int K, int O8, double per) {
  for (int r = 0; r < batch->B; r++, z += O8, d = d ? d + O8 : d) {
    double s = wf_batch_weight(batch, r);
    if (s > 0) share_row(sums, d, z, config, batch, r, K, s, s * per);
    else if (d) memset(d, 0, (size_t)K * sizeof *d);
  }
}

void wf_loss_probabilities(wf_real *z, const wf_config *config, int B, int K, int O8) {
  wf_targets kind = wf_loss_targets((wf_loss)config->loss);
  int classes = kind == WF_CLASS || kind == WF_SHARES, is_poisson = (wf_loss)config->loss == WF_POISSON;
  if (kind == WF_NUMBERS && !is_poisson) return;
  for (int r = 0; r < B; r++, z += O8) {
    f32x4 factor = f32x4_splat(1);
    if (classes) {
      peak greatest = peak_of(z, K);
      factor = f32x4_splat(1 / (1 + softmax_terms(z, K, &greatest)));
    }
    for (int k = 0; k < O8; k += 4) {
      f32x4 v = f32x4_load(z + k);
      f32x4_store(z + k, classes ? f32x4_mul(v, factor) : is_poisson ? f32x4_exp(v) : f32x4_sigmoid(v));
    }
  }
}
