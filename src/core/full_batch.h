/* full_batch.h: optimisers that see the whole data set at each step: L-BFGS, conjugate gradients, Newton-CG · in: fit · out: weights
 * next: full_batch.c
 *
 * An epoch is one accepted iteration of descent.h; it may take several evaluations of loss and gradient, each of which is cut into batches,
 * so that a slice may end after any of them. Weights are f64 in the descent and rounded to the model's reals for an evaluation; what is
 * minimised is the mean loss and Σ l2/2 w². Until an iteration is complete the model keeps the weights of the last one. */
#ifndef WF_FULL_BATCH_H
#define WF_FULL_BATCH_H

#include "descent.h"
#include "model.h"

typedef struct wf_full_batch {
  descent descent;
  double *sum;     /* (padded) Σ over the batches of Σ s times the gradient of the batch's mean loss; at the start: where the weights began */
  wf_real *trial;  /* (padded) the weights of the evaluation */
} wf_full_batch;

void wf_full_batch_layout(wf_full_batch *full, arena *a, const wf_model *model);
void wf_full_batch_begin(wf_fit *fit);

typedef enum wf_full_batch_state {
  WF_FULL_BATCH_GOES_ON, WF_FULL_BATCH_STEP, WF_FULL_BATCH_CONVERGED,
  WF_FULL_BATCH_DIVERGED /* the first evaluation is not finite */
} wf_full_batch_state;
/* One batch of the evaluation that is under way; after STEP and CONVERGED the fit's sums are those at the model's new weights. */
wf_full_batch_state wf_full_batch_run(wf_fit *fit);

/* For a checkpoint; bytes NULL: only the size. */
size_t wf_full_batch_save(void *bytes, const wf_fit *fit);
void wf_full_batch_restore(wf_fit *fit, const void *bytes);

#endif
