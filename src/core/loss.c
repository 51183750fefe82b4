/* loss.c: see loss.h · in: outputs, targets · out: f64 sums, gradients · next: optimizer.c */
#include "loss.h"

#include <math.h>

#include "../kernels/vmath.h"

wf_targets wf_loss_targets(wf_loss loss) {
#define TARGETS(code, name, targets) WF_##targets,
  static const wf_targets kinds[] = {WF_LOSSES(TARGETS)};
#undef TARGETS
  return kinds[loss];
}

void wf_sums_clear(wf_sums *sums, int K) {
  sums->rows = sums->weight = sums->loss = sums->correct = sums->absolute = 0;
  for (int k = 0; k < K; k++) sums->residual[k] = 0;
  for (int k = 0; k < 3 * K; k++) sums->tally[k] = 0;
}

/* All rows of one output after the other; two sums, so that an addition need not wait for the last one. */
static void mse_rows(wf_sums *sums, wf_real *d, const wf_real *z, const wf_batch *batch, int K, int O8, wf_real scale) {
  const wf_real *y = batch->rows->y;
  int B = batch->B;
  for (int k = 0; k < K; k++) {
    double sum[2] = {0, 0};
    for (int r = 0; r < B; r++) {
      double e = (double)z[(size_t)r * (size_t)O8 + (size_t)k] - (double)y[wf_batch_row(batch, r) * (size_t)K + (size_t)k];
      sum[r & 1] += e * e;
      if (d) d[(size_t)r * (size_t)O8 + (size_t)k] = scale * (wf_real)e;
    }
    sums->residual[k] += sum[0] + sum[1];
    sums->loss += sum[0] + sum[1];
  }
}

/* Index of the greatest, the first of equals: the answer of a classifier. */
static int argmax(const wf_real *z, int K) {
  int best = 0;
  for (int k = 1; k < K; k++)
    if (z[k] > z[best]) best = k;
  return best;
}

/* z (O8) ← e^(z - greatest), 0 in the padding and at the greatest itself. Returns their sum: Σ_j≠greatest. */
static wf_real softmax_terms(wf_real *z, int K, int O8, int greatest) {
  f32x4 shift = f32x4_splat(z[greatest]), sum = f32x4_splat(0);
  for (int k = K; k < O8; k++) z[k] = -INFINITY;
  z[greatest] = -INFINITY;
  for (int k = 0; k < O8; k += 4) {
    f32x4 e = f32x4_exp(f32x4_sub(f32x4_load(z + k), shift));
    f32x4_store(z + k, e);
    sum = f32x4_add(sum, e);
  }
  return f32x4_sum(sum);
}

static void cross_entropy_row(wf_sums *sums, wf_real *d, wf_real *z, int label, int K, int O8, wf_real scale) {
  int greatest = argmax(z, K);
  double behind = (double)z[greatest] - (double)z[label];
  wf_real rest = softmax_terms(z, K, O8, greatest);
  wf_real log_rest[4];
  f32x4_store(log_rest, f32x4_log1p(f32x4_splat(rest)));
  sums->loss += behind + (double)log_rest[0];
  sums->correct += greatest == label;
  if (!d) return;
  z[greatest] = 1;
  f32x4 factor = f32x4_splat(scale / (1 + rest));
  for (int k = 0; k < O8; k += 4) f32x4_store(d + k, f32x4_mul(f32x4_load(z + k), factor));
  d[label] = label == greatest ? -(scale * rest / (1 + rest)) : d[label] - scale; /* p - 1 without cancellation */
}

static void binary_row(wf_sums *sums, wf_real *d, const wf_real *z, const wf_real *y, int K, wf_real scale) {
  for (int k = 0; k < K; k += 4) {
    f32x4 v = f32x4_load(z + k);
    wf_real p[4], term[4];
    f32x4_store(p, f32x4_sigmoid(v));
    f32x4_store(term, f32x4_log1p(f32x4_exp(f32x4_neg(f32x4_abs(v)))));
    for (int j = 0; j < 4 && k + j < K; j++) {
      double t = (double)y[k + j], logit = (double)z[k + j];
      sums->loss += ((logit > 0 ? logit : 0) - logit * t) + (double)term[j];
      sums->correct += (logit > 0) == (t >= 0.5);
      if (d) d[k + j] = scale * (p[j] - y[k + j]);
    }
  }
}

double wf_loss_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_model *model, const wf_batch *batch, int K, int O8) {
  wf_loss loss = (wf_loss)model->config.loss;
  int B = batch->B;
  double n = loss == WF_CROSS_ENTROPY ? B : (double)B * K;
  wf_real scale = (wf_real)((loss == WF_MSE ? 2 : 1) / n);
  const void *y = batch->rows->y;
  sums->rows += B;
  sums->weight += B;
  if (loss == WF_MSE) {
    mse_rows(sums, d, z, batch, K, O8, scale);
    return B;
  }
  for (int r = 0; r < B; r++, z += O8) {
    size_t row = wf_batch_row(batch, r);
    if (loss == WF_CROSS_ENTROPY) cross_entropy_row(sums, d, z, ((const int32_t *)y)[row], K, O8, scale);
    else binary_row(sums, d, z, (const wf_real *)y + row * (size_t)K, K, scale);
    if (d) d += O8;
  }
  return B;
}

void wf_loss_measure(wf_measures *measures, const wf_sums *sums, const double *total, wf_loss loss, int K) {
  wf_targets kind = wf_loss_targets(loss);
  double n = sums->weight, elements = kind == WF_CLASS || kind == WF_SHARES ? n : n * K, r2 = 0;
  *measures = (wf_measures){sums->loss / elements, sums->correct / elements, (double)NAN, (double)NAN, (double)NAN};
  if (kind != WF_NUMBERS) return;
  for (int k = 0; k < K; k++)
    r2 += total[k] > 0 ? 1 - sums->residual[k] / total[k] : sums->residual[k] == 0 ? 1 : 0;
  measures->metric = r2 / K;
}

void wf_loss_total(double *total, wf_loss loss, const wf_rows *rows, int K) {
  if (loss != WF_MSE) return;
  const wf_real *y = rows->y;
  for (int k = 0; k < K; k++) {
    double mean = 0;
    for (int32_t r = 0; r < rows->rows; r++) mean += (double)y[(size_t)r * (size_t)K + (size_t)k];
    mean /= rows->rows;
    total[k] = 0;
    for (int32_t r = 0; r < rows->rows; r++) {
      double e = (double)y[(size_t)r * (size_t)K + (size_t)k] - mean;
      total[k] += e * e;
    }
  }
}

void wf_loss_probabilities(wf_real *z, const wf_config *config, int B, int K, int O8) {
  wf_loss loss = (wf_loss)config->loss;
  if (loss == WF_MSE) return;
  for (int r = 0; r < B; r++, z += O8) {
    f32x4 factor = f32x4_splat(1);
    if (loss == WF_CROSS_ENTROPY) {
      int greatest = argmax(z, K);
      factor = f32x4_splat(1 / (1 + softmax_terms(z, K, O8, greatest)));
      z[greatest] = 1;
    }
    for (int k = 0; k < O8; k += 4) {
      f32x4 v = f32x4_load(z + k);
      f32x4_store(z + k, loss == WF_CROSS_ENTROPY ? f32x4_mul(v, factor) : f32x4_sigmoid(v));
    }
  }
}
