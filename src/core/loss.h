/* loss.h: losses, their gradients and the sums of a report · in: outputs, targets · out: f64 sums, dL/d(output) · next: loss.c
 *
 *   mse                 (1/(N K)) Σ (ŷ - y)²                             gradient 2 (ŷ - y) / (B K)
 *   crossEntropy        (1/N) Σ log Σ_j e^(z_j) - z_y                    gradient (softmax(z) - onehot(y)) / B
 *   binaryCrossEntropy  (1/(N K)) Σ max(z, 0) - z y + log(1 + e^-|z|)    gradient (sigmoid(z) - y) / (B K)
 * exact for logits of ±1e4. Source: Goodfellow et al. 2016, 6.2.2; values as PyTorch's with reduction 'mean'. */
#ifndef WF_LOSS_H
#define WF_LOSS_H

#include "model.h"

/* Which rows a batch has, and their targets. Mixup: the target of row r is share of its own and 1 - share of its partner's. */
typedef struct wf_batch {
  const wf_rows *rows;
  const int32_t *order;   /* NULL: file order */
  const int32_t *partner; /* (B) rows of the data set, or NULL: no mixup */
  int first, B;
  wf_real share;
} wf_batch;

static inline size_t wf_batch_row(const wf_batch *b, int r) { return (size_t)(b->order ? b->order[b->first + r] : b->first + r); }

/* Sample weight of row r. */
static inline double wf_batch_weight(const wf_batch *b, int r) {
  if (!b->rows->weight) return 1;
  double own = (double)b->rows->weight[wf_batch_row(b, r)];
  return b->partner ? (double)b->share * own + (1 - (double)b->share) * (double)b->rows->weight[b->partner[r]] : own;
}

/* Streaming sums of one pass over rows; s: sample weights. */
typedef struct wf_sums {
  double rows, weight; /* number of rows, Σ s */
  double loss;         /* Σ s loss over rows and outputs (mse: of squares) */
  double correct;      /* Σ s of right answers: rows, or elements of the binary losses */
  double absolute;     /* Σ s |ŷ - y| over rows and outputs, NUMBERS */
  double *residual;    /* (K) NUMBERS: Σ s (ŷ - y)² of each output */
  double *tally;       /* (3,K) CLASS, SHARES: Σ s of rows that are of class k, that are taken for k, that are both */
} wf_sums;

typedef struct wf_measures { double loss, metric, mae, balanced_accuracy, f1; } wf_measures;

wf_targets wf_loss_targets(wf_loss loss);
void wf_sums_clear(wf_sums *sums, int K);

/* Adds the batch to the sums and, with d not NULL, writes the gradient of its mean loss Σ s l / Σ s, d (B,O8), whose padding columns
 * stay as they are: zero. z (B,O8) outputs, used up as scratch. Returns Σ s of the batch; 0: d is all zero. */
double wf_loss_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_model *model, const wf_batch *batch, int K, int O8);

/* total (K): Σ s (y - ȳ)² of each output. */
void wf_loss_measure(wf_measures *measures, const wf_sums *sums, const double *total, wf_loss loss, int K);
/* total (K), two passes in f64: exact for a constant target and unmoved by a large offset. */
void wf_loss_total(double *total, wf_loss loss, const wf_rows *rows, int K);

/* z (B,O8): outputs to predictions in place: softmax of CLASS and SHARES, sigmoid of BINARY, e^z of poisson; the others unchanged. */
void wf_loss_probabilities(wf_real *z, const wf_config *config, int B, int K, int O8);

#endif
