/* diagnose.c: where a fit became non-finite, and statistics of its layers · in: fit · out: wf_divergence, wf_layer_statistics
 * next: checkpoint.c */
#include <math.h>

#include "fit.h"

static int all_finite(const wf_real *values, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(values[i])) return 0;
  return 1;
}

/* The first O of each row of O8. */
static int rows_finite(const wf_real *values, int rows, const wf_layer *layer) {
  for (int r = 0; r < rows; r++, values += layer->O8)
    if (!all_finite(values, (size_t)layer->O)) return 0;
  return 1;
}

static int has_parameters(const wf_layer *layer) { return layer->kind != WF_DROPOUT; }

static int parameters_finite(const wf_layer *layer, const wf_real *w) {
  return !has_parameters(layer) || all_finite(w + layer->weight, layer->running - layer->weight);
}

/* step: as many had been done when it went wrong. */
static int found(wf_fit *fit, wf_quantity quantity, int layer, double step) {
  fit->divergence = (wf_divergence){fit->model->epochs + 1, step, layer, quantity};
  return 1;
}

/* The B rows in the pass go forward again, as the loss has used up the outputs. Weights that are not finite are so from the step before.
 * 1: found. */
static int diagnose_forward(wf_fit *fit, wf_real *w, wf_mode mode, int B) {
  const wf_model *model = fit->model;
  for (int r = 0; r < B; r++)
    if (!all_finite(fit->pass.x[0][r], (size_t)model->D)) return found(fit, WF_QUANTITY_FEATURES, -1, model->steps);
  wf_pass_forward(&fit->pass, model, w, B, mode);
  for (int l = 0; l < model->L; l++) {
    const wf_layer *layer = &model->layers[l];
    if (!parameters_finite(layer, w)) return found(fit, WF_QUANTITY_WEIGHT, l, model->steps - 1);
    if (!rows_finite(fit->pass.a[l], B, layer)) return found(fit, WF_QUANTITY_ACTIVATION, l, model->steps);
  }
  return 0;
}

/* The last layer, as gradients begin there, whose gradient of the last step is not finite; -1: none. The rows that a short batch left alone
 * are those of a batch before, which was good. */
static int gradient_broken(const wf_fit *fit) {
  int l = fit->model->L - 1;
  if (fit->line) return all_finite(fit->line, (size_t)fit->model->D + 1) ? -1 : 0;
  while (l >= 0 && rows_finite(fit->pass.d[l], fit->pass.B4, &fit->model->layers[l])) l--;
  return l;
}

/* After a step that left parameters that are not finite; its gradients are still in the pass. */
static void diagnose_step(wf_fit *fit) {
  const wf_model *model = fit->model;
  int l = gradient_broken(fit), w = 0;
  while (w < model->L - 1 && parameters_finite(&model->layers[w], model->slots)) w++;
  found(fit, l >= 0 ? WF_QUANTITY_GRADIENT : WF_QUANTITY_WEIGHT, l >= 0 ? l : w, model->steps - 1);
}

/* A full-batch optimiser found no finite value to begin from: batch by batch, then the sums of their gradients. */
static void diagnose_epoch(wf_fit *fit) {
  const wf_model *model = fit->model;
  int last = model->L - 1;
  for (fit->progress.cursor = 0; fit->progress.cursor < fit->M;) {
    wf_batch batch;
    wf_batch_take(&batch, fit, wf_batch_size(fit));
    if (diagnose_forward(fit, model->slots, WF_MEASURE, batch.B)) return;
    wf_sums_clear(&fit->sums, model->K);
    wf_loss_rows(&fit->sums, NULL, fit->pass.a[last], model, &batch, model->K, model->layers[last].O8);
    if (!isfinite(fit->sums.loss)) {
      found(fit, WF_QUANTITY_LOSS, -1, model->steps);
      return;
    }
    fit->progress.cursor += batch.B;
  }
  found(fit, WF_QUANTITY_GRADIENT, last, model->steps);
}

void wf_diagnose(wf_fit *fit, int B) {
  const wf_progress *p = &fit->progress;
  int training = p->phase == WF_PHASE_TRAIN;
  if (B == 0 && fit->full_batch) diagnose_epoch(fit);
  else if (B == 0) diagnose_step(fit);
  else {
    if (training && fit->line) wf_pass_rows(&fit->pass, fit->model, &fit->train, fit->order, p->cursor - B, B);
    wf_real *w = training ? fit->model->slots : wf_average_weights(fit);
    if (!diagnose_forward(fit, w, training ? WF_MEASURE : WF_PREDICT, B)) found(fit, WF_QUANTITY_LOSS, -1, fit->model->steps);
  }
}

/* ---- statistics ---------------------------------------------------------------------------------------------------- */

typedef struct moments { double mean, sd, zeros; } moments;

/* Of n numbers; two passes. */
static moments moments_of(const wf_real *values, size_t n) {
  moments m = {0, 0, 0};
  for (size_t i = 0; i < n; i++) {
    m.mean += (double)values[i];
    m.zeros += values[i] == 0;
  }
  m.mean /= (double)n;
  for (size_t i = 0; i < n; i++) m.sd += ((double)values[i] - m.mean) * ((double)values[i] - m.mean);
  return (moments){m.mean, sqrt(m.sd / (double)n), m.zeros / (double)n};
}

/* The weights of a layer, or their gradients, out of a slot: dense (I,O), norms (O), dropout none. */
static moments weights_of(wf_real *flat, const wf_layer *layer, const wf_real *slot) {
  size_t n = 0;
  if (!has_parameters(layer)) return (moments){(double)NAN, (double)NAN, (double)NAN};
  if (layer->kind != WF_DENSE) return moments_of(slot + layer->weight, (size_t)layer->O);
  for (int i = 0; i < layer->I; i++)
    for (int o = 0; o < layer->O; o++) flat[n++] = slot[wf_panel_index(layer, i, o)];
  return moments_of(flat, n);
}

static void outputs_of(wf_layer_statistics *to, wf_real *flat, const wf_layer *layer, const wf_real *a, int B) {
  size_t O = (size_t)layer->O, n = 0;
  for (int r = 0; r < B; r++, n += O) memcpy(flat + n, a + (size_t)r * (size_t)layer->O8, O * sizeof *flat);
  moments m = moments_of(flat, n);
  double dead = 0;
  for (size_t o = 0; o < O; o++) {
    size_t i = o;
    while (i < n && flat[i] == 0) i += O;
    dead += i >= n;
  }
  to->output_mean = m.mean;
  to->output_sd = m.sd;
  to->output_zeros = m.zeros;
  to->dead = dead / (double)O;
}

typedef struct workspace {
  wf_real *gradient; /* (padded) */
  wf_real *flat;     /* (most) the greatest of a layer's weights and outputs */
  wf_sums sums;
} workspace;

static void workspace_layout(workspace *work, arena *a, const wf_model *model, int B) {
  uint64_t most = 0, K = (uint64_t)model->K;
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++) {
    uint64_t rows = (uint64_t)(layer->I > B ? layer->I : B), size = rows * (uint64_t)layer->O;
    most = size > most ? size : most;
  }
  work->gradient = arena_take(a, model->padded, sizeof(wf_real));
  work->flat = arena_take(a, most, sizeof(wf_real));
  work->sums.residual = arena_take(a, K, sizeof(double));
  work->sums.tally = arena_take(a, 3 * K, sizeof(double));
}

int wf_fit_statistics(wf_layer_statistics *statistics, wf_fit *fit, const wf_rows *rows) {
  wf_model *model = fit->model;
  wf_pass *pass = &fit->pass;
  int B = rows->rows, last = model->L - 1;
  if (B > pass->B4) return 0;
  workspace work = {0};
  arena a = {NULL, 0};
  workspace_layout(&work, &a, model, B);
  char *memory = arena_memory(&a);
  if (!memory) return 0;
  a = (arena){memory, 0};
  workspace_layout(&work, &a, model, B);
  wf_batch batch = {.rows = rows, .B = B};
  wf_pass_rows(pass, model, rows, NULL, 0, B);
  wf_pass_forward(pass, model, model->slots, B, WF_MEASURE);
  for (int l = 0; l < model->L; l++) outputs_of(&statistics[l], work.flat, &model->layers[l], pass->a[l], B);
  double weight = wf_loss_rows(&work.sums, pass->d[last], pass->a[last], model, &batch, model->K, model->layers[last].O8);
  wf_update update = {.kind = WF_UPDATE_GRADIENT, .gradient = work.gradient};
  if (weight > 0) wf_pass_backward(pass, model, &update, B);
  for (int l = 0; l < model->L; l++) {
    moments w = weights_of(work.flat, &model->layers[l], model->slots), g = weights_of(work.flat, &model->layers[l], work.gradient);
    statistics[l].weight_mean = w.mean, statistics[l].weight_sd = w.sd, statistics[l].weight_zeros = w.zeros;
    statistics[l].gradient_mean = g.mean, statistics[l].gradient_sd = g.sd, statistics[l].gradient_zeros = g.zeros;
  }
  wf_free(memory);
  return 1;
}
