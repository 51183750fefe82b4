/* average.c: averages of the weights over steps (EMA) or epochs (SWA) · in: weights · out: average · next: monitor.c
 *
 * a: the average, w: the weights, with the running statistics of batch normalisation.
 *   ema   after every step a ← a + (1 - d)(w - a), d = min(decay, (1 + n)/(10 + n)) after n of them, so that the weights of the start are
 *         soon forgotten in a short fit too; the first time a ← w
 *   swa   at the end of every average_every-th epoch from epoch average_start on (the first of the fit is 1): their equal mean,
 *         a ← a + (w - a)/(n + 1) after n of them
 * Epochs are evaluated at the average as soon as there is one, and the fit ends at it; training goes on from w.
 * Sources: PyTorch 1.13, torch.optim.swa_utils.AveragedModel with use_buffers; TensorFlow's ExponentialMovingAverage with num_updates (d);
 * Izmailov et al. 2018. Test: tests/c/test_control.c */
#include "fit.h"

/* This form stays where it is when w = a, whatever the rounding of gain. */
static void blend(wf_fit *fit, double share) {
  size_t n = fit->model->padded;
  wf_real *a = fit->average;
  const wf_real *w = fit->model->slots;
  f32x4 gain = f32x4_splat((wf_real)share);
  if (fit->progress.averaged++ == 0) {
    memcpy(a, w, n * sizeof *a);
    return;
  }
  for (size_t i = 0; i < n; i += 4) {
    f32x4 old = f32x4_load(a + i);
    f32x4_store(a + i, f32x4_madd(gain, f32x4_sub(f32x4_load(w + i), old), old));
  }
}

void wf_average_step(wf_fit *fit) {
  double n = fit->progress.averaged, ramp = (1 + n) / (10 + n), decay = fit->config.average_decay;
  if ((wf_average)fit->config.average == WF_EMA) blend(fit, 1 - (decay < ramp ? decay : ramp));
}

void wf_average_epoch(wf_fit *fit) {
  const wf_fit_config *c = &fit->config;
  double epoch = fit->progress.epochs_done + 1, first = c->average_start > 1 ? c->average_start : 1;
  if (wf_optimizer_full_batch(&fit->model->config)) wf_average_step(fit); /* there an epoch is a step */
  if ((wf_average)c->average != WF_SWA || epoch < first || (int64_t)(epoch - first) % (int64_t)c->average_every != 0) return;
  blend(fit, 1 / (fit->progress.averaged + 1));
}

wf_real *wf_average_weights(wf_fit *fit) { return fit->average && fit->progress.averaged > 0 ? fit->average : fit->model->slots; }
