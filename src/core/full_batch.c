/* full_batch.c: L-BFGS, conjugate gradients and Newton-CG for networks · in: fit · out: weights · next: descent.c */
#include "full_batch.h"

#include <math.h>

#include "fit.h"

/* Values are f64 sums of rows in f32; reach: the cube root of such an error. */
static descent_options options_of(const wf_model *model) {
  const wf_config *c = &model->config;
  descent_kind kind = (wf_optimizer)c->optimizer == WF_LBFGS ? DESCENT_LBFGS
                      : (wf_optimizer)c->optimizer == WF_NEWTON_CG ? DESCENT_NEWTON_CG : DESCENT_CONJUGATE_GRADIENT;
  int wide = sizeof(wf_real) == 8;
  return (descent_options){.kind = kind, .n = (int)model->padded, .pairs = (int)c->memory, .tolerance = c->tolerance,
                           .loss_tolerance = c->loss_tolerance, .noise = wide ? 0x1p-40 : 0x1p-20, .reach = wide ? 0x1p-17 : 0x1p-8};
}

void wf_full_batch_layout(wf_full_batch *full, arena *a, const wf_model *model) {
  descent_options options = options_of(model);
  descent_layout(&full->descent, a, &options);
  full->sum = arena_take(a, model->padded, sizeof(double));
  full->trial = arena_take(a, model->padded, sizeof(wf_real));
}

void wf_full_batch_begin(wf_fit *fit) {
  wf_full_batch *full = &fit->full;
  const wf_model *model = fit->model;
  for (size_t i = 0; i < model->padded; i++) full->sum[i] = (double)model->slots[i];
  descent_begin(&full->descent, full->sum);
}

/* The next trial into reals. What is no parameter (running statistics) goes on from where the last accepted trial has left it. */
static void evaluation_begin(wf_fit *fit) {
  wf_full_batch *full = &fit->full;
  const wf_model *model = fit->model;
  for (size_t i = 0; i < model->padded; i++) {
    full->trial[i] = (wf_real)full->descent.line.trial[i];
    full->sum[i] = 0;
  }
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++)
    if (layer->kind == WF_BATCH_NORM)
      memcpy(full->trial + layer->running, model->slots + layer->running, 2 * (size_t)layer->O8 * sizeof *full->trial);
  wf_sums_clear(&fit->sums, model->K);
}

static void batch_add(wf_fit *fit, int B) {
  wf_full_batch *full = &fit->full;
  wf_model *model = fit->model;
  wf_pass *pass = &fit->pass;
  int last = model->L - 1;
  wf_batch batch;
  wf_batch_take(&batch, fit, B);
  wf_pass_forward(pass, model, full->trial, B, WF_TRAIN);
  double weight = wf_loss_rows(&fit->sums, pass->d[last], pass->a[last], model, &batch, model->K, model->layers[last].O8);
  if (weight <= 0) return;
  wf_update update = {.kind = WF_UPDATE_GRADIENT, .gradient = fit->gradient};
  wf_pass_backward(pass, model, &update, B);
  for (size_t i = 0; i < model->padded; i++) full->sum[i] += weight * (double)fit->gradient[i];
}

/* Mean loss and gradient with the penalty of every dense layer, in full->sum. */
static double evaluation_end(wf_fit *fit) {
  wf_full_batch *full = &fit->full;
  const wf_model *model = fit->model;
  wf_measures measures;
  wf_loss_measure(&measures, &fit->sums, fit->train_total, (wf_loss)model->config.loss, model->K);
  for (size_t i = 0; i < model->padded; i++) full->sum[i] /= fit->sums.weight;
  for (int l = 0; l < model->L; l++) {
    const wf_layer *layer = &model->layers[l];
    for (size_t i = layer->weight; layer->kind == WF_DENSE && layer->l2 > 0 && i < layer->bias; i++)
      full->sum[i] += (double)layer->l2 * (double)full->trial[i];
  }
  return measures.loss + wf_penalty(model, full->trial);
}

static double norm_of(const double *v, size_t n) {
  double square = 0;
  for (size_t i = 0; i < n; i++) square += v[i] * v[i];
  return sqrt(square);
}

/* The trial that was told has become the model's weights. */
static void accept(wf_fit *fit) {
  wf_model *model = fit->model;
  memcpy(model->slots, fit->full.trial, model->padded * sizeof *model->slots);
  fit->progress.gradient_norms += norm_of(fit->full.descent.line.gradient, model->padded);
  fit->progress.gradient_steps++;
  fit->progress.steps_done++;
  model->steps++;
}

wf_full_batch_state wf_full_batch_run(wf_fit *fit) {
  wf_progress *p = &fit->progress;
  int B = wf_batch_size(fit);
  if (p->cursor == 0) evaluation_begin(fit);
  batch_add(fit, B);
  p->cursor += B;
  p->rows_seen += B;
  if (p->cursor < fit->M) return WF_FULL_BATCH_GOES_ON;
  p->cursor = 0;
  double value = evaluation_end(fit);
  switch (descent_tell(&fit->full.descent, value, fit->full.sum)) {
    case DESCENT_AGAIN: return WF_FULL_BATCH_GOES_ON;
    case DESCENT_STEP: accept(fit); return WF_FULL_BATCH_STEP;
    case DESCENT_CONVERGED: accept(fit); return WF_FULL_BATCH_CONVERGED;
    default: /* nothing lower in this precision, unless it never began */
      return fit->progress.steps_done > 0 || isfinite(value + norm_of(fit->full.sum, fit->model->padded)) ? WF_FULL_BATCH_CONVERGED
                                                                                                         : WF_FULL_BATCH_DIVERGED;
  }
}

size_t wf_full_batch_save(void *bytes, const wf_fit *fit) {
  size_t size = descent_save(bytes, &fit->full.descent), padded = fit->model->padded;
  if (bytes) {
    memcpy((char *)bytes + size, fit->full.sum, padded * sizeof(double));
    memcpy((char *)bytes + size + padded * sizeof(double), fit->full.trial, padded * sizeof(wf_real));
  }
  return size + padded * (sizeof(double) + sizeof(wf_real));
}

void wf_full_batch_restore(wf_fit *fit, const void *bytes) {
  size_t size = descent_save(NULL, &fit->full.descent), padded = fit->model->padded;
  descent_restore(&fit->full.descent, bytes);
  memcpy(fit->full.sum, (const char *)bytes + size, padded * sizeof(double));
  memcpy(fit->full.trial, (const char *)bytes + size + padded * sizeof(double), padded * sizeof(wf_real));
}
