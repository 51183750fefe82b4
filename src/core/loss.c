/* loss.c: sums of losses over the rows of a batch, and what a report makes of them · in: outputs, targets · out: f64 sums, gradients
 * next: loss_numbers.c */
#include "loss.h"

#include <math.h>

#include "../kernels/vmath64.h"
#include "loss_rows.h"

void wf_sums_clear(wf_sums *sums, int K) {
  sums->rows = sums->weight = sums->loss = sums->correct = sums->absolute = 0;
  for (int k = 0; k < K; k++) sums->residual[k] = 0;
  for (int k = 0; k < 3 * K; k++) sums->tally[k] = 0;
}

/* Which rows of the data set rows first..first + n - 1 of the batch are, and their weights. */
static void rows_of(size_t *row, double *s, const wf_batch *batch, int first, int n) {
  for (int i = 0; i < n; i++) {
    row[i] = wf_batch_row(batch, first + i);
    s[i] = wf_batch_weight(batch, first + i);
  }
}

/* Output k of these rows, filled up to an even number. */
static void gather(wf_elements *v, const wf_real *z, const size_t *row, const wf_batch *batch, int first, int n, int k, int K, int O8) {
  const wf_real *y = (const wf_real *)batch->rows->y + k;
  for (int i = 0; i < n; i++) {
    v->z[i] = (double)z[(size_t)(first + i) * (size_t)O8 + (size_t)k];
    v->y[i] = (double)y[row[i] * (size_t)K];
  }
  for (int i = 0; i < n && batch->partner; i++)
    v->y[i] = wf_batch_mix(batch, v->y[i], (double)y[(size_t)batch->partner[first + i] * (size_t)K]);
  for (int i = 0; i < n && batch->rows->weight; i++)
    if (v->s[i] == 0) v->z[i] = v->y[i] = 0;
  if (n % 2) v->z[n] = v->y[n] = v->s[n] = 0;
}

static void numbers_add(wf_sums *sums, const wf_elements *v, int n, int k) {
  f64x2 loss = f64x2_splat(0), residual = loss, absolute = loss;
  for (int i = 0; i < n; i += 2) {
    f64x2 s = f64x2_load(v->s + i), e = f64x2_sub(f64x2_load(v->z + i), f64x2_load(v->y + i)), se = f64x2_mul(s, e);
    loss = f64x2_madd(loss, s, f64x2_load(v->value + i));
    residual = f64x2_madd(residual, se, e);
    absolute = f64x2_add(absolute, f64x2_abs(se));
  }
  sums->loss += f64x2_sum(loss);
  sums->residual[k] += f64x2_sum(residual);
  sums->absolute += f64x2_sum(absolute);
}

static void binary_add(wf_sums *sums, const wf_elements *v, int n, int k, int K) {
  const f64x2 zero = f64x2_splat(0), half = f64x2_splat(0.5);
  f64x2 loss = zero, all = zero, truth = zero, taken = zero, both = zero;
  for (int i = 0; i < n; i += 2) {
    f64x2 s = f64x2_load(v->s + i), is = f64x2_select(f64x2_lt(f64x2_load(v->y + i), half), zero, s);
    i64x2 above = f64x2_lt(zero, f64x2_load(v->z + i));
    loss = f64x2_madd(loss, s, f64x2_load(v->value + i));
    all = f64x2_add(all, s);
    truth = f64x2_add(truth, is);
    taken = f64x2_add(taken, f64x2_select(above, s, zero));
    both = f64x2_add(both, f64x2_select(above, is, zero));
  }
  double is = f64x2_sum(truth), as = f64x2_sum(taken), right = f64x2_sum(both);
  sums->loss += f64x2_sum(loss);
  sums->correct += (f64x2_sum(all) - is) - (as - 2 * right);
  sums->tally[k] += is;
  sums->tally[K + k] += as;
  sums->tally[2 * K + k] += right;
}

/* Losses that are sums over elements: some rows, one output of them after the other. per: 1 / (K Σ s). */
static void element_rows(wf_sums *sums, wf_real *d, const wf_real *z, const wf_model *model, const wf_batch *batch, int K, int O8,
                         double per) {
  int numbers = wf_loss_targets((wf_loss)model->config.loss) == WF_NUMBERS;
  size_t row[WF_ELEMENTS];
  wf_elements v;
  for (int first = 0; first < batch->B; first += WF_ELEMENTS) {
    int n = batch->B - first < WF_ELEMENTS ? batch->B - first : WF_ELEMENTS, filled = n + n % 2;
    rows_of(row, v.s, batch, first, n);
    for (int k = 0; k < K; k++) {
      gather(&v, z, row, batch, first, n, k, K, O8);
      v.positive = (double)model->positive[k];
      (numbers ? wf_loss_numbers : wf_loss_binary)(&v, filled, &model->config);
      if (numbers) numbers_add(sums, &v, filled, k);
      else binary_add(sums, &v, filled, k, K);
      for (int i = 0; i < n; i++)
        d[(size_t)(first + i) * (size_t)O8 + (size_t)k] = (wf_real)(v.s[i] * per) * (wf_real)v.slope[i];
    }
  }
}

/* The same for squared errors of rows without weights and mixup, which most regressions have: in one loop, a third faster. Two sums of each
 * kind, so that an addition need not wait for the last one. */
static void plain_squares(wf_sums *sums, wf_real *d, const wf_real *z, const wf_batch *batch, int K, int O8) {
  const wf_real *y = batch->rows->y;
  const wf_real scale = (wf_real)(2 / ((double)batch->B * K));
  for (int k = 0; k < K; k++) {
    double squares[2] = {0, 0}, absolute[2] = {0, 0};
    for (int r = 0; r < batch->B; r++) {
      double e = (double)z[(size_t)r * (size_t)O8 + (size_t)k] - (double)y[wf_batch_row(batch, r) * (size_t)K + (size_t)k];
      squares[r & 1] += e * e;
      absolute[r & 1] += fabs(e);
      d[(size_t)r * (size_t)O8 + (size_t)k] = scale * (wf_real)e;
    }
    sums->residual[k] += squares[0] + squares[1];
    sums->loss += squares[0] + squares[1];
    sums->absolute += absolute[0] + absolute[1];
  }
}

double wf_loss_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_model *model, const wf_batch *batch, int K, int O8) {
  wf_targets kind = wf_loss_targets((wf_loss)model->config.loss);
  int B = batch->B;
  double weight = batch->rows->weight ? 0 : B;
  for (int r = 0; r < B && batch->rows->weight; r++) weight += wf_batch_weight(batch, r);
  sums->rows += B;
  sums->weight += weight;
  double per = weight > 0 ? 1 / weight : 0;
  if (kind == WF_CLASS) wf_loss_class_rows(sums, d, z, &model->config, batch, K, O8, per);
  else if (kind == WF_SHARES) wf_loss_share_rows(sums, d, z, &model->config, batch, K, O8, per);
  else { /* where no gradient is wanted it goes to the outputs, each of which has been used by then */
    wf_real *to = d ? d : z;
    if ((wf_loss)model->config.loss == WF_MSE && !batch->rows->weight && !batch->partner) plain_squares(sums, to, z, batch, K, O8);
    else element_rows(sums, to, z, model, batch, K, O8, weight > 0 ? 1 / (weight * K) : 0);
  }
  return weight;
}

/* f1: 2 both / (truth + taken), mean over the classes that are there or taken to be. Returns the mean over the classes that are there of
 * the share of their rows that is found. */
static double class_means(double *f1, const double *truth, const double *taken, const double *both, int K) {
  double found = 0, harmonic = 0, there = 0, seen = 0;
  for (int k = 0; k < K; k++) {
    if (truth[k] > 0) found += both[k] / truth[k], there++;
    if (truth[k] + taken[k] > 0) harmonic += 2 * both[k] / (truth[k] + taken[k]), seen++;
  }
  *f1 = harmonic / seen;
  return found / there;
}

/* F1 of the positive class, mean over the outputs, 0 where it is neither there nor taken. The negative class is what is left of all; of
 * weights that are no whole numbers rounding leaves something, too. */
static void binary_measures(wf_measures *m, const double *tally, int K, double all) {
  const double *truth = tally, *taken = tally + K, *both = tally + 2 * K;
  m->f1 = 0;
  for (int k = 0; k < K; k++) m->f1 += truth[k] + taken[k] > 0 ? 2 * both[k] / (truth[k] + taken[k]) / K : 0;
  double left = all - truth[0], none = all - truth[0] - taken[0] + both[0], unused;
  if (left < 1e-9 * all) left = none = 0;
  if (K == 1)
    m->balanced_accuracy =
        class_means(&unused, (double[]){truth[0], left}, (double[]){taken[0], all - taken[0]}, (double[]){both[0], none}, 2);
}

void wf_loss_measure(wf_measures *measures, const wf_sums *sums, const double *total, wf_loss loss, int K) {
  wf_targets kind = wf_loss_targets(loss);
  int rowwise = kind == WF_CLASS || kind == WF_SHARES;
  double n = sums->weight, elements = rowwise ? n : n * K, r2 = 0;
  const double *tally = sums->tally;
  *measures = (wf_measures){sums->loss / elements, sums->correct / elements, (double)NAN, (double)NAN, (double)NAN};
  if (kind == WF_BINARY) binary_measures(measures, tally, K, n);
  if (rowwise) measures->balanced_accuracy = class_means(&measures->f1, tally, tally + K, tally + 2 * K, K);
  if (kind != WF_NUMBERS) return;
  for (int k = 0; k < K; k++) r2 += total[k] > 0 ? 1 - sums->residual[k] / total[k] : sums->residual[k] == 0 ? 1 : 0;
  measures->metric = r2 / K;
  measures->mae = sums->absolute / elements;
}

/* The mean is that of the differences to one of the targets, which are all 0 where the target is constant. */
void wf_loss_total(double *total, wf_loss loss, const wf_rows *rows, int K) {
  if (wf_loss_targets(loss) != WF_NUMBERS) return;
  const wf_batch all = {.rows = rows, .B = rows->rows};
  const wf_real *y = rows->y;
  for (int k = 0; k < K; k++) {
    int first = 0;
    while (first < all.B - 1 && wf_batch_weight(&all, first) == 0) first++;
    double base = (double)y[(size_t)first * (size_t)K + (size_t)k], mean = 0, weight = 0;
    for (int r = 0; r < all.B; r++) {
      double s = wf_batch_weight(&all, r);
      mean += s * ((double)y[(size_t)r * (size_t)K + (size_t)k] - base);
      weight += s;
    }
    mean = weight > 0 ? mean / weight : 0;
    total[k] = 0;
    for (int r = 0; r < all.B; r++) {
      double e = ((double)y[(size_t)r * (size_t)K + (size_t)k] - base) - mean;
      total[k] += wf_batch_weight(&all, r) * e * e;
    }
  }
}
