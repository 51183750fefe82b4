/* loss.h: losses, their gradients and the sums of a report · in: outputs, targets · out: f64 sums, dL/d(output) · next: loss.c
 *
 *   mse                 (1/(N K)) Σ (ŷ - y)²                             gradient 2 (ŷ - y) / (B K)
 *   crossEntropy        (1/N) Σ log Σ_j e^(z_j) - z_y                    gradient (softmax(z) - onehot(y)) / B
 *   binaryCrossEntropy  (1/(N K)) Σ max(z, 0) - z y + log(1 + e^-|z|)    gradient (sigmoid(z) - y) / (B K)
 * exact for logits of ±1e4. Source: Goodfellow et al. 2016, 6.2.2; values as PyTorch's with reduction 'mean'. */
#ifndef WF_LOSS_H
#define WF_LOSS_H

#include "../wasmfit.h"

/* Streaming sums of one pass over rows. */
typedef struct wf_sums {
  double rows;
  double loss;       /* Σ of the loss over rows and outputs (mse: Σ of squares) */
  double correct;    /* right answers: rows, or elements of the binary loss */
  double *residual;  /* (K) mse: Σ (ŷ - y)² of each output */
} wf_sums;

void wf_sums_clear(wf_sums *sums, int K);

/* Adds B rows to the sums and, with d not NULL, writes the gradient d (B,O8); its padding columns stay as they are: zero.
 * z (B,O8) outputs, used up as scratch; index(r) = order ? order[first + r] : first + r names the row's target in y (see wf_rows). */
void wf_loss_rows(wf_sums *sums, wf_real *d, wf_real *z, wf_loss loss, const void *y, const int32_t *order, int first, int B,
                  int K, int O8);

double wf_loss_mean(const wf_sums *sums, wf_loss loss, int K);
/* R² or accuracy; total (K): Σ (y - ȳ)² of each output. */
double wf_loss_metric(const wf_sums *sums, const double *total, wf_loss loss, int K);
/* total (K), two passes in f64: exact for a constant target and unmoved by a large offset. */
void wf_loss_total(double *total, wf_loss loss, const wf_rows *rows, int K);

/* z (B,O8): logits to probabilities in place; mse: unchanged. */
void wf_loss_probabilities(wf_real *z, wf_loss loss, int B, int K, int O8);

#endif
