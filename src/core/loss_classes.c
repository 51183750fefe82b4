/* loss_classes.c: losses of classes, row by row · in: outputs, labels or shares · out: f64 sums, gradients · next: probabilities.c
 *
 * Values are in f64, gradients in wf_real. */
#include "../kernels/vmath64.h"
#include "loss_rows.h"
#include "softmax.h"

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

typedef struct class_row {
  wf_peak greatest;
  double rest, log_rest; /* log(1 + rest) */
} class_row;

/* l = log Σ e^z - z_label, or focal q^gamma l with p = e^-l = 1 - q. Returns F of its gradient F (p_k - onehot_k): 1, or
 * q^gamma + gamma q^(gamma-1) p l. q is never 0, as rest is not. */
static double label_loss(double *value, const wf_config *config, const class_row *row, double behind, int is_greatest) {
  double l = behind + row->log_rest, rest = row->rest, gamma = config->gamma, hit[2] = {-behind}, power[2] = {1, 1};
  *value = l;
  if ((wf_loss)config->loss != WF_FOCAL) return 1;
  wf_exp_all(hit, 2);
  double q = power[0] = (is_greatest ? rest : 1 + rest - hit[0]) / (1 + rest), p = hit[0] / (1 + rest);
  wf_log_all(power, 2);
  power[0] *= gamma;
  wf_exp_all(power, 2);
  *value = power[0] * l;
  return power[0] * (1 + gamma * p * (l / q));
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
  wf_real rest = wf_softmax_terms(z, K, &row->greatest);
  f32x4 each = f32x4_splat(scale * (wf_real)total / (1 + rest));
  for (int k = 0; k < K; k += 4) f32x4_store(d + k, f32x4_mul(f32x4_load(z + k), each));
  for (int k = 0; k < K && smoothing > 0; k++) d[k] -= scale * (wf_real)(smoothing / K);
  /* p - 1 of the greatest without cancellation; chosen by an index, as a branch would be wrong as often as the model is */
  int certain = y->n == 1 && smoothing == 0 && own == greatest;
  const wf_real choice[2] = {d[own] - factor[0], -(factor[0] * rest / (1 + rest))};
  d[own] = choice[certain];
  if (y->n > 1) d[y->label[1]] -= factor[1];
}

void wf_loss_class_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int K, int O8, double per) {
  for (int first = 0; first < batch->B; first += WF_SOFTMAX_ROWS) {
    wf_peak peaks[WF_SOFTMAX_ROWS];
    double rests[WF_SOFTMAX_ROWS], log_rests[WF_SOFTMAX_ROWS];
    int n = batch->B - first < WF_SOFTMAX_ROWS ? batch->B - first : WF_SOFTMAX_ROWS;
    for (int i = 0; i < n; i++) peaks[i] = wf_softmax_peak(z + (size_t)i * (size_t)O8, K);
    wf_softmax_rests(rests, z, peaks, n, K, O8);
    memcpy(log_rests, rests, (size_t)n * sizeof *rests);
    if (n % 2) log_rests[n] = 0;
    wf_log1p_all(log_rests, n + n % 2);
    for (int i = 0; i < n; i++, z += O8, d = d ? d + O8 : d) {
      class_row row = {peaks[i], rests[i], log_rests[i]};
      double s = wf_batch_weight(batch, first + i);
      labels y = labels_of(batch->rows->y, batch, first + i);
      if (s > 0) class_judge(sums, d, z, config, &row, &y, s, K, (wf_real)(s * per));
      else if (d) memset(d, 0, (size_t)K * sizeof *d);
    }
  }
}

/* Share of class k in row r. */
static double share_of(const wf_batch *batch, int r, int k, int K) {
  const wf_real *y = batch->rows->y;
  double own = (double)y[wf_batch_row(batch, r) * (size_t)K + (size_t)k];
  return batch->partner ? wf_batch_mix(batch, own, (double)y[(size_t)batch->partner[r] * (size_t)K + (size_t)k]) : own;
}

/* The class that the hard part of a row wants: its label, or where there are none the class of its greatest share. */
static labels hard_labels(const wf_batch *batch, int r, int truth) {
  return batch->rows->label ? labels_of(batch->rows->label, batch, r) : (labels){1, {truth}, {1}};
}

/* What a row of shares t comes to: all in f64, as sums cancel where teacher and student nearly agree. */
typedef struct share_sums {
  int truth;                 /* class of the greatest share */
  double all, apart, rest;   /* Σ t, Σ t (log t - (z - top) / T), rest at T */
} share_sums;

/* d (K) ← e^((z - top) / T), if it is not NULL. */
static share_sums shares_of(wf_real *d, const wf_real *z, const wf_batch *batch, int r, int K, const wf_peak *greatest, double T) {
  enum { PART = 32 };
  share_sums sums = {0};
  double most = -1, t[PART], log_t[PART], cooled[PART], e[PART];
  for (int from = 0; from < K; from += PART) {
    int n = K - from < PART ? K - from : PART, filled = n + n % 2;
    for (int i = 0; i < n; i++) {
      t[i] = share_of(batch, r, from + i, K);
      log_t[i] = t[i] > 0 ? t[i] : 1;
      e[i] = cooled[i] = ((double)z[from + i] - (double)greatest->top) / T;
      if (t[i] > most) sums.truth = from + i, most = t[i];
    }
    if (n < filled) log_t[n] = 1, e[n] = 0;
    wf_log_all(log_t, filled);
    wf_exp_all(e, filled);
    for (int i = 0; i < n; i++) {
      sums.all += t[i];
      sums.apart += t[i] * (log_t[i] - cooled[i]);
      if (from + i != greatest->index) sums.rest += e[i];
      if (d) d[from + i] = (wf_real)e[i];
    }
  }
  return sums;
}

static void share_row(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int r, int K, double s,
                      double scale) {
  wf_peak greatest = wf_softmax_peak(z, K);
  double T = config->temperature, soft = config->distillation, hard = 1 - soft, behind = 0;
  share_sums row = shares_of(d, z, batch, r, K, &greatest, T);
  labels y = hard_labels(batch, r, row.truth);
  for (int i = 0; i < y.n; i++) behind += y.share[i] * ((double)greatest.top - (double)z[y.label[i]]);
  double log_rest[2] = {row.rest, 0};
  if (hard > 0) wf_softmax_rests(&log_rest[1], z, &greatest, 1, K, K);
  wf_log1p_all(log_rest, 2);
  sums->loss += s * soft * T * T * (row.apart + row.all * log_rest[0]);
  if (hard > 0) sums->loss += s * hard * (behind + log_rest[1]);
  tally_add(sums, K, row.truth, greatest.index, s);
  if (!d) return;
  double rest = (double)wf_softmax_terms(z, K, &greatest);
  for (int k = 0; k < K; k++) {
    double apart = row.all * (double)d[k] / (1 + row.rest) - share_of(batch, r, k, K);
    d[k] = (wf_real)(scale * (soft * T * apart + hard * (double)z[k] / (1 + rest)));
  }
  for (int i = 0; i < y.n; i++) d[y.label[i]] -= (wf_real)(scale * hard * y.share[i]);
}

void wf_loss_share_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int K, int O8, double per) {
  for (int r = 0; r < batch->B; r++, z += O8, d = d ? d + O8 : d) {
    double s = wf_batch_weight(batch, r);
    if (s > 0) share_row(sums, d, z, config, batch, r, K, s, s * per);
    else if (d) memset(d, 0, (size_t)K * sizeof *d);
  }
}
