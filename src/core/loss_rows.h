/* loss_rows.h: the inside of the losses · in: outputs and targets of a batch · out: values, slopes · next: loss_numbers.c
 *
 * Losses of kind NUMBERS and BINARY are sums over elements (row, output): loss.c gathers a few elements of one output, a kernel has a value
 * and a slope for each of them, loss.c adds them up. Losses of kind CLASS and SHARES are judged row by row. */
#ifndef WF_LOSS_ROWS_H
#define WF_LOSS_ROWS_H

#include "loss.h"

enum { WF_ELEMENTS = 32 };

typedef struct wf_elements {
  double z[WF_ELEMENTS];     /* outputs in; what they predict out (Poisson: e^z) */
  double y[WF_ELEMENTS];     /* targets */
  double s[WF_ELEMENTS];     /* sample weights; a row of weight 0 has z = y = 0, whatever its numbers are */
  double value[WF_ELEMENTS]; /* out: loss of each element */
  double slope[WF_ELEMENTS]; /* out: its derivative by z */
  double positive;           /* weight of the positive term of this output */
} wf_elements;

/* The first n elements, n even. A NaN or infinity in z must be one in the value. */
void wf_loss_numbers(wf_elements *elements, int n, const wf_config *config);
void wf_loss_binary(wf_elements *elements, int n, const wf_config *config);

/* All rows of a batch; d as in wf_loss_rows, per: 1 / Σ s. */
void wf_loss_class_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int K, int O8, double per);
void wf_loss_share_rows(wf_sums *sums, wf_real *d, wf_real *z, const wf_config *config, const wf_batch *batch, int K, int O8, double per);

#endif
