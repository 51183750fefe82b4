/* full_batch.h: optimisers that see the whole data set at each step: L-BFGS, conjugate gradients, Newton-CG · in: fit · out: weights
 * next: full_batch.c
 *
 * An epoch is one accepted iteration; it may take several evaluations of loss and gradient, each of which is cut into batches, so that a
 * slice may end after any of them. */
#ifndef WF_FULL_BATCH_H
#define WF_FULL_BATCH_H

#include "arena.h"
#include "model.h"

typedef struct wf_full_batch wf_full_batch;

void wf_full_batch_layout(wf_full_batch **full, arena *a, const wf_model *model);
/* One batch of the evaluation that is under way. 1: an iteration has been completed (the epoch ends); sets the fit's state to
 * WF_FIT_CONVERGED where it is. */
int wf_full_batch_run(wf_fit *fit);

#endif
