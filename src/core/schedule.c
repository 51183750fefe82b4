/* schedule.c: learning rates by epoch or step · in: configuration, progress · out: rate, momentum · next: step.c */
#include <math.h>

#include "fit.h"

double wf_schedule_at(double *momentum, const wf_fit_config *config, double base, double t) {
  (void)config, (void)t;
  *momentum = (double)NAN;
  return base;
}

double wf_schedule_rate(double *momentum, const wf_fit *fit) {
  const wf_progress *p = &fit->progress;
  double t = fit->config.per_step != 0 ? p->steps_done : p->epochs_done;
  return wf_schedule_at(momentum, &fit->config, p->learning_rate, t);
}

void wf_schedule_epoch(wf_fit *fit, const wf_report *report) { (void)fit, (void)report; }
