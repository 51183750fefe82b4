/* loss.h: losses, their gradients and the sums of a report · in: outputs, targets · out: f64 sums, dL/d(output) · next: loss.c
 *
 * Numbers (e = ŷ - y, mean over rows and outputs)              gradient by ŷ, before the mean
 *   mse         e²                                             2 e
 *   mae         |e|                                            sign e, 0 at 0
 *   huber       e²/2 for |e| <= delta, else delta (|e| - delta/2)     e, delta sign e
 *   logCosh     log cosh e                                     tanh e
 *   quantile    q (y - ŷ) below y, (1 - q) (ŷ - y) above       -q, 1 - q, at 0 their mean
 *   poisson     e^z - y z, ŷ = e^z; metric and mae of ŷ        e^z - y
 * Zeros and ones (p = sigmoid z; y may lie between, mean over rows and outputs)
 *   binaryCrossEntropy   -w y log p - (1 - y) log(1 - p), w the positive weight of the output      (1 - y) p - w y (1 - p)
 *   binaryFocal  a m^gamma (-y log p - (1 - y) log(1 - p)), m = y (1 - p) + (1 - y) p, a = alpha y + (1 - alpha) (1 - y)
 *   hinge        max(0, 1 - t z), t = 2 y - 1                  -t above 0, else 0; squaredHinge: its square
 * Classes (p = softmax z, l = -log p_y, mean over rows)
 *   crossEntropy   (1 - s) l - (s / K) Σ_k log p_k, s the smoothing       p - (1 - s) onehot - s / K
 *   focal          (1 - p_y)^gamma l
 * Shares (t the teacher's, T the temperature, a the distillation, mean over rows; label: of the row, or where there is none the class of
 * the greatest share)
 *   klDivergence   a T² Σ_k t_k (log t_k - log softmax(z/T)_k) + (1 - a) l_label     a T (Σt softmax(z/T) - t) + (1 - a) (p - onehot)
 *
 * Values are computed and summed in f64 from the outputs as they are, exact for logits of ±1e4; gradients have the precision of wf_real.
 * An output that is NaN makes the sum so. Poisson's rate is not clamped: from z = 88.7 its gradient is beyond f32 and from z = 709 its loss
 * beyond f64, and the fit diverges. Mixup: targets are mixed, of classes the losses of both labels.
 * Sources: Goodfellow et al. 2016, 6.2.2; Lin et al. 2017 (focal; binary as torchvision's sigmoid_focal_loss); Hinton et al. 2015
 * (distillation); Koenker, Bassett 1978 (quantile). Values and subgradients as PyTorch's with reduction 'mean' ('batchmean' of kl_div). */
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

static inline double wf_batch_mix(const wf_batch *b, double own, double other) {
  return (double)b->share * own + (1 - (double)b->share) * other;
}

/* Sample weight of row r. */
static inline double wf_batch_weight(const wf_batch *b, int r) {
  const wf_real *weight = b->rows->weight;
  if (!weight) return 1;
  double own = (double)weight[wf_batch_row(b, r)];
  return b->partner ? wf_batch_mix(b, own, (double)weight[b->partner[r]]) : own;
}

/* Streaming sums of one pass over rows; s: sample weights. */
typedef struct wf_sums {
  double rows, weight; /* number of rows, Σ s */
  double loss;         /* Σ s loss over rows, and over outputs of NUMBERS and BINARY */
  double correct;      /* Σ s of right answers: rows, or elements of BINARY; of mixed rows of CLASS by their own label */
  double absolute;     /* Σ s |ŷ - y| over rows and outputs, NUMBERS */
  double *residual;    /* (K) NUMBERS: Σ s (ŷ - y)² of each output */
  double *tally;       /* (3,K) Σ s of rows that are of class k, that are taken for k, that are both; BINARY: of output k above */
} wf_sums;

typedef struct wf_measures { double loss, metric, mae, balanced_accuracy, f1; } wf_measures;

wf_targets wf_loss_targets(wf_loss loss);
void wf_sums_clear(wf_sums *sums, int K);

/* Adds the batch to the sums and, with d not NULL, writes the gradient of its mean loss Σ s l / Σ s, d (B,O8), whose padding columns
 * stay as they are: zero. z (B,O8) outputs, used up as scratch. Returns Σ s of the batch; 0: d is all zero. */
double wf_loss_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_model *model, const wf_batch *batch, int K, int O8);

/* total (K): Σ s (y - ȳ)² of each output. NaN where a measure does not apply.
 *   metric             NUMBERS: mean over the outputs of R² = 1 - residual / total, of a constant target 1 if exact, else 0; else accuracy
 *   mae                NUMBERS
 *   balanced_accuracy  CLASS, SHARES, BINARY of one output: mean over the classes that occur of the share of their rows that is found
 *   f1                 CLASS, SHARES: mean of F1 over the classes that occur or are taken; BINARY: mean over the outputs of F1 of the ones
 * Source: scikit-learn's r2_score, balanced_accuracy_score, f1_score with zero_division=0, all with sample_weight. */
void wf_loss_measure(wf_measures *measures, const wf_sums *sums, const double *total, wf_loss loss, int K);
/* total (K), NUMBERS only; two passes in f64: exact for a constant target and unmoved by a large offset. */
void wf_loss_total(double *total, wf_loss loss, const wf_rows *rows, int K);

/* z (B,O8): outputs to predictions in place: softmax of CLASS and SHARES, sigmoid of BINARY, e^z of poisson; the others unchanged. */
void wf_loss_probabilities(wf_real *z, const wf_config *config, int B, int K, int O8);

#endif
