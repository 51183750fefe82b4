/* monitor.c: early stopping and the weights of the best epoch · in: reports · out: stop or not · next: diagnose.c
 *
 * An epoch is an improvement if its value is better by more than min_delta than that of the last improvement (so that many small ones
 * count together); the fit stops when `patience` epochs in a row were none (patience 0 as 1). Its best epoch is that of the best value,
 * by however little, and with restore_best the fit ends at the weights that were evaluated then. NaN is never better than anything.
 * Sources: Keras' EarlyStopping; the best epoch as scikit-learn's MLPClassifier. Test: tests/c/test_control.c */
#include <math.h>

#include "fit.h"

double wf_report_value(const wf_report *report, int field) { return (&report->epoch)[field]; }

int wf_monitor_smaller(int field) {
  return field == WF_REPORT_loss || field == WF_REPORT_validation_loss || field == WF_REPORT_mae || field == WF_REPORT_validation_mae ||
         field == WF_REPORT_gradient_norm || field == WF_REPORT_penalty;
}

/* By how much a value is better than another; than none yet: infinitely. */
static double gain(double value, double than, int smaller) {
  if (isnan(than) && !isnan(value)) return (double)INFINITY;
  return smaller ? than - value : value - than;
}

int wf_monitor_epoch(wf_fit *fit, const wf_report *report) {
  const wf_fit_config *c = &fit->config;
  wf_progress *p = &fit->progress;
  int field = (int)c->stop_monitor, smaller = wf_monitor_smaller(field);
  if (field == 0 || (fit->mask && p->epochs_done <= c->prune_end)) return 0;
  double value = wf_report_value(report, field);
  if (gain(value, p->best, smaller) > 0) {
    p->best = value;
    p->best_epoch = report->epoch;
    if (fit->best) memcpy(fit->best, wf_average_weights(fit), fit->model->padded * sizeof *fit->best);
  }
  p->stop_wait++;
  if (gain(value, p->stop_best, smaller) > c->stop_min_delta) {
    p->stop_best = value;
    p->stop_wait = 0;
  }
  return p->stop_wait > 0 && p->stop_wait >= c->stop_patience;
}
