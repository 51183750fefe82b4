/* fit.c: the epoch loop in slices · in: model, rows, fit configuration · out: reports, trained parameters · next: batch.c
 *
 * An epoch goes through the phases TRAIN (a step a batch), EVALUATE (a full pass over the training rows, if asked for),
 * VALIDATE (a full pass over the validation rows) and closes with a report. A slice may end after any batch of any phase. */
#include "fit.h"

#include <math.h>
#include <stdlib.h>

#include "../kernels/line.h"

enum { EVALUATE_ROWS = 64, TRAIN_WORK = 3 };

static int pass_rows(const wf_fit *fit) {
  int rows = fit->B > EVALUATE_ROWS ? fit->B : EVALUATE_ROWS;
  int most = fit->M > fit->train.rows ? fit->M : fit->train.rows;
  if (most < fit->validation.rows) most = fit->validation.rows;
  return rows < most ? rows : most;
}

static wf_real *slot_if(arena *a, const wf_model *model, int wanted) {
  return wanted ? arena_take(a, model->padded, sizeof(wf_real)) : NULL;
}

/* One output, few features, squared loss, rows as they are: most of what a step costs in matmul.h would be padding. */
static int is_line(const wf_fit *fit) {
  const wf_model *model = fit->model;
  return model->L == 1 && model->K == 1 && model->D <= WF_LINE_FEATURES && model->layers[0].activation == WF_IDENTITY &&
         (wf_loss)model->config.loss == WF_MSE && !fit->pass.gathered && !fit->train.weight && !fit->full_batch;
}

static void fit_layout(wf_fit *fit, arena *a) {
  const wf_model *model = fit->model;
  const wf_fit_config *c = &fit->config;
  uint64_t K = (uint64_t)model->K;
  wf_pass_layout(&fit->pass, a, model, pass_rows(fit), 1, wf_batch_copies(c, &fit->train, &fit->validation));
  fit->sums.residual = arena_take(a, K, sizeof(double));
  fit->sums.tally = arena_take(a, 3 * K, sizeof(double));
  fit->train_total = arena_take(a, K, sizeof(double));
  fit->validation_total = arena_take(a, K, sizeof(double));
  wf_batch_layout(fit, a);
  fit->line = arena_take(a, WF_LINE_FEATURES + 1, sizeof(wf_real));
  fit->gradient = slot_if(a, model, wf_step_needs_gradient(c) || fit->full_batch);
  fit->best = slot_if(a, model, c->restore_best != 0 && c->stop_monitor != 0);
  fit->average = slot_if(a, model, c->average != 0);
  fit->mask = slot_if(a, model, c->prune_sparsity > 0);
  fit->magnitude = slot_if(a, model, c->prune_sparsity > 0);
  if (fit->full_batch) wf_full_batch_layout(&fit->full, a, model);
  fit->backup = arena_take(a, model->padded, sizeof(wf_real));
  fit->reports = arena_take(a, WF_REPORTS, sizeof(wf_report));
}

static size_t weight_bytes(const wf_model *model) { return model->padded * sizeof(wf_real); }

static void backup_take(wf_fit *fit) {
  memcpy(fit->backup, fit->model->slots, weight_bytes(fit->model));
  fit->progress.backup_steps = fit->model->steps;
}

static void epoch_begin(wf_fit *fit) {
  wf_progress *p = &fit->progress;
  p->phase = WF_PHASE_TRAIN;
  p->cursor = 0;
  p->gradient_norms = p->gradient_steps = 0;
  wf_sums_clear(&fit->sums, fit->model->K);
  wf_batch_epoch(fit);
}

wf_fit *wf_fit_new(wf_model *model, const wf_fit_config *config, const wf_rows *train, const wf_rows *validation) {
  wf_loss loss = (wf_loss)model->config.loss;
  wf_fit shape = {.model = model, .config = *config, .train = *train};
  if (validation) shape.validation = *validation;
  if (!wf_batch_plan(&shape)) return NULL;
  shape.full_batch = wf_optimizer_full_batch(&model->config);
  shape.progress.learning_rate = shape.progress.rate = model->config.learning_rate;
  shape.progress.plateau_factor = 1;
  shape.progress.plateau_best = shape.progress.stop_best = shape.progress.best = (double)NAN;
  shape.progress.sparsity = -1;
  arena a = {NULL, sizeof shape};
  fit_layout(&shape, &a);
  wf_fit *fit = arena_memory(&a);
  if (!fit) return NULL;
  *fit = shape;
  a = (arena){(char *)fit, sizeof shape};
  fit_layout(fit, &a);
  wf_pass_connect(&fit->pass, model);
  if (!is_line(fit)) fit->line = NULL;
  wf_loss_total(fit->train_total, loss, &fit->train, model->K);
  if (fit->validation.rows > 0) wf_loss_total(fit->validation_total, loss, &fit->validation, model->K);
  if (fit->full_batch) wf_full_batch_begin(fit);
  backup_take(fit);
  epoch_begin(fit);
  return fit;
}

void wf_fit_free(wf_fit *fit) { wf_free(fit); }

/* How many numbers of a row a loss is the mean of. */
static double elements_of_row(const wf_model *model) {
  wf_targets kind = wf_loss_targets((wf_loss)model->config.loss);
  return kind == WF_CLASS || kind == WF_SHARES ? 1 : model->K;
}

/* Loss of a batch whose rows are in the pass; with gradients: dL/d(output) is left there. */
static double batch_forward(wf_fit *fit, const wf_batch *batch, wf_real *w, wf_mode mode, int with_gradients) {
  const wf_model *model = fit->model;
  int last = model->L - 1;
  wf_pass_forward(&fit->pass, model, w, batch->B, mode);
  return wf_loss_rows(&fit->sums, with_gradients ? fit->pass.d[last] : NULL, fit->pass.a[last], model, batch, model->K,
                      model->layers[last].O8);
}

/* The same for a line: its gradient goes into fit->line. */
static double line_forward(wf_fit *fit, const wf_batch *batch) {
  const wf_model *model = fit->model;
  const wf_layer *layer = model->layers;
  const wf_rows *rows = batch->rows;
  int in_order = fit->config.shuffle == 0 && fit->config.resample == 0;
  size_t first = (size_t)batch->first, skip = in_order ? first : 0;
  wf_line_sums sums;
  wf_line_gradient(&sums, fit->line, rows->x + skip * (size_t)model->D, (const wf_real *)rows->y + skip,
                   in_order ? NULL : batch->order + first, batch->B, model->slots + layer->weight, model->slots[layer->bias],
                   model->D, (wf_real)(2.0 / batch->B));
  fit->sums.rows += batch->B;
  fit->sums.weight += batch->B;
  fit->sums.loss += sums.square;
  fit->sums.residual[0] += sums.square;
  fit->sums.absolute += sums.absolute;
  return batch->B;
}

/* 0: the batch or its gradient is not finite, so that no step was made from it. */
static int train_batch(wf_fit *fit) {
  wf_progress *p = &fit->progress;
  int B = wf_batch_size(fit);
  wf_batch batch;
  double before = fit->sums.loss, weight;
  if (fit->mask && p->cursor == 0) wf_prune_epoch(fit); /* not earlier: between epochs the weights are those of the report */
  if (fit->line) {
    batch = (wf_batch){.rows = &fit->train, .order = fit->order, .first = p->cursor, .B = B, .share = 1};
    weight = line_forward(fit, &batch);
  } else {
    wf_batch_take(&batch, fit, B);
    weight = batch_forward(fit, &batch, fit->model->slots, WF_TRAIN, 1);
  }
  fit->batch_loss = (fit->sums.loss - before) / (weight * elements_of_row(fit->model));
  p->cursor += B;
  p->rows_seen += B;
  if (!isfinite(fit->sums.loss)) {
    wf_diagnose(fit, B);
    return 0;
  }
  fit->pass.line = fit->line;
  int good = weight > 0 ? wf_step(fit, B) : 1;
  fit->pass.line = NULL;
  return good;
}

/* 0: the batch is not finite. */
static int evaluate_batch(wf_fit *fit, const wf_rows *rows) {
  int left = rows->rows - fit->progress.cursor, B = left < fit->pass.B4 ? left : fit->pass.B4;
  wf_batch batch = {.rows = rows, .first = fit->progress.cursor, .B = B};
  wf_pass_rows(&fit->pass, fit->model, rows, NULL, batch.first, B);
  batch_forward(fit, &batch, wf_average_weights(fit), WF_PREDICT, 0);
  fit->progress.cursor += B;
  if (isfinite(fit->sums.loss)) return 1;
  wf_diagnose(fit, B);
  return 0;
}

/* 1 if every parameter is finite: w · 0 is 0 for finite w, NaN for the others. */
static int parameters_finite(const wf_model *model) {
  f32x4 zero = f32x4_splat(0), sum = zero;
  for (size_t i = 0; i + 4 <= model->padded; i += 4)
    sum = f32x4_add(sum, f32x4_mul(f32x4_load(model->slots + i), zero));
  return f32x4_sum(sum) == 0;
}

/* The weights that a fit ends with: those of the best epoch, the average, or the last ones. */
static void finish(wf_fit *fit, wf_fit_state state) {
  wf_model *model = fit->model;
  const wf_real *weights = fit->best && fit->progress.best_epoch > 0 ? fit->best : wf_average_weights(fit);
  if (weights != model->slots) memcpy(model->slots, weights, model->padded * sizeof *weights);
  fit->progress.state = (int32_t)state;
}

/* Averages and the optimiser's state are given up, as they may have seen what is not finite: the optimiser begins anew. */
static void diverge(wf_fit *fit) {
  wf_model *model = fit->model;
  memcpy(model->slots, fit->backup, weight_bytes(model));
  memset(model->slots + model->padded, 0, (size_t)model->S * weight_bytes(model));
  wf_optimizer_begin(model);
  model->steps = 0;
  model->momentum_product = 1;
  fit->progress.averaged = 0;
  finish(fit, WF_FIT_DIVERGED);
}

/* Share of dense weights that are zero; NaN where nothing makes them so. */
static double share_of_zeros(const wf_fit *fit) {
  const wf_model *model = fit->model;
  double zeros = 0, all = 0;
  int sparse = fit->mask != NULL;
  for (int l = 0; l < model->L; l++) sparse |= model->layers[l].l1 > 0;
  if (!sparse) return (double)NAN;
  for (int l = 0; l < model->L; l++) {
    const wf_layer *layer = &model->layers[l];
    if (layer->kind != WF_DENSE) continue;
    all += (double)layer->I * layer->O;
    for (int i = 0; i < layer->I; i++)
      for (int o = 0; o < layer->O; o++) zeros += model->slots[wf_panel_index(layer, i, o)] == 0;
  }
  return zeros / all;
}

static void epoch_close(wf_fit *fit) {
  wf_progress *p = &fit->progress;
  int validated = fit->validation.rows > 0;
  wf_measures v = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
  if (validated) wf_loss_measure(&v, &fit->sums, fit->validation_total, (wf_loss)fit->model->config.loss, fit->model->K);
  wf_report *report = &fit->reports[fit->report_count++];
  fit->model->epochs++;
  p->epochs_done++;
  *report = (wf_report){.epoch = fit->model->epochs, .loss = p->loss, .metric = p->metric, .validation_loss = v.loss,
                        .validation_metric = v.metric, .learning_rate = p->rate, .rows_seen = p->rows_seen,
                        .gradient_norm = p->gradient_steps > 0 ? p->gradient_norms / p->gradient_steps : (double)NAN,
                        .batch_size = wf_batch_mean(fit), .penalty = wf_penalty(fit->model, fit->model->slots),
                        .mae = p->mae, .validation_mae = v.mae, .balanced_accuracy = p->balanced_accuracy,
                        .validation_balanced_accuracy = v.balanced_accuracy, .f1 = p->f1, .validation_f1 = v.f1,
                        .sparsity = share_of_zeros(fit)};
  backup_take(fit);
  wf_schedule_epoch(fit, report);
  int stop = wf_monitor_epoch(fit, report);
  if (stop) finish(fit, WF_FIT_STOPPED);
  else if (p->converged || p->epochs_done >= fit->config.epochs) finish(fit, p->converged ? WF_FIT_CONVERGED : WF_FIT_DONE);
  else epoch_begin(fit);
}

/* All rows of a phase are done: keep its numbers, go on to the next. */
static void phase_close(wf_fit *fit) {
  wf_progress *p = &fit->progress;
  const wf_model *model = fit->model;
  if (p->phase == WF_PHASE_TRAIN) {
    if (!parameters_finite(model)) {
      wf_diagnose(fit, 0);
      diverge(fit);
      return;
    }
    wf_average_epoch(fit);
  }
  if (p->phase != WF_PHASE_VALIDATE) {
    wf_measures m;
    wf_loss_measure(&m, &fit->sums, fit->train_total, (wf_loss)model->config.loss, model->K);
    p->loss = m.loss;
    p->metric = m.metric;
    p->mae = m.mae;
    p->balanced_accuracy = m.balanced_accuracy;
    p->f1 = m.f1;
    p->phase = p->phase == WF_PHASE_TRAIN && fit->config.evaluate_training != 0 ? WF_PHASE_EVALUATE : WF_PHASE_VALIDATE;
    p->cursor = 0;
    wf_sums_clear(&fit->sums, model->K);
    if (p->phase == WF_PHASE_EVALUATE || fit->validation.rows > 0) return;
  }
  epoch_close(fit);
}

/* One batch of the phase. Returns the work done. */
static double advance(wf_fit *fit) {
  wf_progress *p = &fit->progress;
  const wf_rows *rows = p->phase == WF_PHASE_VALIDATE ? &fit->validation : &fit->train;
  int before = p->cursor, training = p->phase == WF_PHASE_TRAIN;
  if (training && fit->full_batch) {
    double seen = p->rows_seen;
    switch (wf_full_batch_run(fit)) {
      case WF_FULL_BATCH_GOES_ON: break;
      case WF_FULL_BATCH_DIVERGED:
        wf_diagnose(fit, 0);
        diverge(fit);
        break;
      case WF_FULL_BATCH_CONVERGED: p->converged = 1; /* fall through */
      default: phase_close(fit);
    }
    return (p->rows_seen - seen) * TRAIN_WORK;
  }
  int good = training ? train_batch(fit) : evaluate_batch(fit, rows);
  double work = (double)(p->cursor - before) * (training ? TRAIN_WORK : 1);
  if (!good) diverge(fit);
  else if (p->cursor >= (training ? fit->M : rows->rows)) phase_close(fit);
  return work;
}

wf_fit_state wf_fit_run(wf_fit *fit, double work, double max_epochs) {
  int count = fit->report_count, stop = max_epochs < WF_REPORTS - count ? count + (int)max_epochs : WF_REPORTS;
  while (fit->progress.state == WF_FIT_RUNNING && work > 0 && fit->report_count < stop) work -= advance(fit);
  return (wf_fit_state)fit->progress.state;
}

int wf_fit_report_count(const wf_fit *fit) { return fit->report_count; }
const wf_report *wf_fit_reports(const wf_fit *fit) { return fit->reports; }
void wf_fit_reports_clear(wf_fit *fit) { fit->report_count = 0; }
int wf_fit_at_epoch_end(const wf_fit *fit) { return fit->progress.phase == WF_PHASE_TRAIN && fit->progress.cursor == 0; }
int wf_fit_batch_rows(const wf_fit *fit) { return fit->pass.B4; }
void wf_fit_divergence(wf_divergence *divergence, const wf_fit *fit) { *divergence = fit->divergence; }
double wf_fit_batch_loss(const wf_fit *fit) { return fit->batch_loss; }

void wf_fit_finish(wf_fit *fit) {
  if (fit->progress.state == WF_FIT_RUNNING) finish(fit, WF_FIT_STOPPED);
}

void wf_fit_continue(wf_fit *fit) {
  memcpy(fit->model->slots, fit->backup, weight_bytes(fit->model));
  fit->progress.state = WF_FIT_RUNNING;
  epoch_begin(fit);
}

void wf_fit_set_learning_rate(wf_fit *fit, double learning_rate) {
  fit->progress.learning_rate = learning_rate;
  fit->progress.plateau_factor = 1;
}

double wf_fit_step_in_epoch(const wf_fit *fit) {
  return fit->progress.phase == WF_PHASE_TRAIN ? fit->model->steps - fit->progress.backup_steps : -1;
}

double wf_fit_loss(wf_real *gradient, wf_fit *fit, const wf_rows *rows) {
  wf_model *model = fit->model;
  if (rows->rows > fit->pass.B4) return (double)NAN;
  wf_batch batch = {.rows = rows, .B = rows->rows};
  wf_measures measures;
  wf_sums_clear(&fit->sums, model->K);
  wf_pass_rows(&fit->pass, model, rows, NULL, 0, rows->rows);
  batch_forward(fit, &batch, model->slots, WF_MEASURE, gradient != NULL);
  wf_loss_measure(&measures, &fit->sums, fit->train_total, (wf_loss)model->config.loss, model->K);
  wf_sums_clear(&fit->sums, model->K);
  if (!gradient) return measures.loss;
  wf_real *padded = calloc(model->padded, sizeof *padded);
  if (!padded) return (double)NAN;
  wf_update update = {.kind = WF_UPDATE_GRADIENT, .gradient = padded};
  wf_pass_backward(&fit->pass, model, &update, rows->rows);
  wf_slot_export(gradient, model, padded);
  free(padded);
  return measures.loss;
}
