/* wasmfit_minimize.h: section 12 of the C API: any function minimised by any optimiser · in: values, gradients · out: points
 * next: core/minimize.c
 *
 * Only in the build in f64 (WF_DOUBLE), and with the same formulas as networks have. The caller evaluates: at the trial, until it has
 * seen enough or tell says CONVERGED or FAILED. */
#ifndef WASMFIT_MINIMIZE_H
#define WASMFIT_MINIMIZE_H

typedef enum wf_minimize_state {
  WF_MINIMIZE_AGAIN,     /* what was told belongs to a line search or a difference; evaluate at the new trial */
  WF_MINIMIZE_STEP,      /* what was told is the next point of the path (the start is the first); evaluate at the new trial */
  WF_MINIMIZE_CONVERGED, /* the same, and it meets the tolerance */
  WF_MINIMIZE_FAILED     /* no lower value can be found from the last point; or the start is not finite */
} wf_minimize_state;

typedef struct wf_minimize wf_minimize;

/* start (n), n >= 1. Of config: optimizer and its fields; first-order optimisers too end at the tolerance, the greatest |gradient|. Of
 * schedule: the learning rate's, which counts steps, and clip_value, clip_norm, clip_global_norm (of all n together). NULL: out of memory. */
wf_minimize *wf_minimize_new(const wf_config *config, const wf_fit_config *schedule, const double *start, int n);
void wf_minimize_free(wf_minimize *m);                   /* NULL is fine */
const double *wf_minimize_trial(const wf_minimize *m);   /* (n) where to evaluate next */
double *wf_minimize_gradient(wf_minimize *m);            /* (n) where the gradient at the trial is written before it is told */
wf_minimize_state wf_minimize_tell(wf_minimize *m, double value);
/* First-order: learning rate of the step from the last point on. Line searches: length of the step to the last point, of their direction. */
double wf_minimize_rate(const wf_minimize *m);
double wf_minimize_gradient_norm(const wf_minimize *m);  /* at the last point, before clipping */

#endif
