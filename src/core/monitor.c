/* monitor.c: early stopping and the weights of the best epoch · in: reports · out: stop or not · next: checkpoint.c */
#include "fit.h"

double wf_report_value(const wf_report *report, int field) { return (&report->epoch)[field]; }

int wf_monitor_smaller(int field) {
  return field == WF_REPORT_loss || field == WF_REPORT_validation_loss || field == WF_REPORT_mae || field == WF_REPORT_validation_mae ||
         field == WF_REPORT_gradient_norm || field == WF_REPORT_penalty;
}

int wf_monitor_epoch(wf_fit *fit, const wf_report *report) {
  (void)fit, (void)report;
  return 0;
}
