/* step.c: from dL/d(output) to new weights: gradient, clipping, optimiser, constraints · in: pass · out: weights · next: optimizer.c
 *
 * Where nothing needs the whole gradient, each tile of it goes into the optimiser while it is in registers and is never stored. */
#include "fit.h"

int wf_step_needs_gradient(const wf_fit_config *config) {
  return config->record_gradient != 0 || config->clip_value > 0 || config->clip_norm > 0 || config->clip_global_norm > 0;
}

double wf_penalty(const wf_model *model, const wf_real *w) {
  (void)model, (void)w;
  return 0;
}

void wf_step(wf_fit *fit, int B) {
  wf_update update;
  double momentum;
  fit->progress.rate = wf_schedule_rate(&momentum, fit);
  wf_update_prepare(&update, fit->model, fit->progress.rate, momentum);
  wf_pass_backward(&fit->pass, fit->model, &update, B);
  if (fit->mask) wf_prune_hold(fit);
  fit->progress.steps_done++;
  wf_update_done(fit->model, &update);
  if (fit->average) wf_average_step(fit);
}
