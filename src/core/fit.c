/* fit.c: the epoch loop in slices · in: model, rows, fit configuration · out: reports, trained parameters · next: linear.c
 *
 * An epoch goes through the phases TRAIN (a step a batch), EVALUATE (a full pass over the training rows, if asked for),
 * VALIDATE (a full pass over the validation rows) and closes with a report. A slice may end after any batch of any phase. */
#include <math.h>
#include <stdlib.h>

#include "loss.h"
#include "model.h"

typedef enum phase { TRAIN, EVALUATE, VALIDATE } phase;

enum { REPORTS = 2048, EVALUATE_ROWS = 64, TRAIN_WORK = 3, FLUSH_STEPS = 256 };

struct wf_fit {
  wf_model *model;
  wf_fit_config config;
  wf_rows train, validation;
  int B;
  phase phase;
  int cursor;                /* rows of this phase that are done */
  double epochs_left, learning_rate, rows_seen;
  wf_fit_state state;
  wf_pass pass;
  wf_sums sums;
  int32_t *order;            /* (N) */
  double *train_total;       /* (K) Σ (y - ȳ)² */
  double *validation_total;  /* (K) */
  double loss, metric;       /* of the training rows of this epoch */
  wf_real *backup;           /* (1 + S, padded) the slots at the end of the last finite epoch */
  double backup_steps;
  int report_count;
  wf_report *reports;        /* (REPORTS) */
};

static int batch_rows(const wf_fit *fit) {
  int rows = fit->B > EVALUATE_ROWS ? fit->B : EVALUATE_ROWS;
  int most = fit->train.rows > fit->validation.rows ? fit->train.rows : fit->validation.rows;
  return rows < most ? rows : most;
}

static void fit_layout(wf_fit *fit, arena *a) {
  const wf_model *model = fit->model;
  uint64_t K = (uint64_t)model->K;
  wf_pass_layout(&fit->pass, a, model, batch_rows(fit), 1);
  fit->sums.residual = arena_take(a, K, sizeof(double));
  fit->train_total = arena_take(a, K, sizeof(double));
  fit->validation_total = arena_take(a, K, sizeof(double));
  fit->order = arena_take(a, (uint64_t)fit->train.rows, sizeof(int32_t));
  fit->backup = arena_take(a, (uint64_t)(1 + model->S) * model->padded, sizeof(wf_real));
  fit->reports = arena_take(a, REPORTS, sizeof(wf_report));
}

static size_t slot_bytes(const wf_model *model) { return (size_t)(1 + model->S) * model->padded * sizeof(wf_real); }

static void backup_take(wf_fit *fit) {
  memcpy(fit->backup, fit->model->slots, slot_bytes(fit->model));
  fit->backup_steps = fit->model->steps;
}

static void epoch_begin(wf_fit *fit) {
  fit->phase = TRAIN;
  fit->cursor = 0;
  wf_sums_clear(&fit->sums, fit->model->K);
  if (fit->config.shuffle != 0)
    wf_random_permutation(fit->order, fit->model->config.seed, WF_STREAM_SHUFFLE, (uint32_t)fit->model->epochs,
                          (uint32_t)fit->train.rows);
}

wf_fit *wf_fit_new(wf_model *model, const wf_fit_config *config, const wf_rows *train, const wf_rows *validation) {
  wf_fit shape = {.model = model, .config = *config, .train = *train, .state = WF_FIT_RUNNING};
  if (validation) shape.validation = *validation;
  shape.B = config->batch_size < train->rows ? (int)config->batch_size : train->rows;
  shape.epochs_left = config->epochs;
  shape.learning_rate = model->config.learning_rate;
  arena a = {NULL, sizeof shape};
  fit_layout(&shape, &a);
  wf_fit *fit = arena_memory(&a);
  if (!fit) return NULL;
  *fit = shape;
  a = (arena){(char *)fit, sizeof shape};
  fit_layout(fit, &a);
  wf_pass_connect(&fit->pass, model);
  for (int32_t r = 0; r < train->rows; r++) fit->order[r] = r;
  wf_loss_total(fit->train_total, (wf_loss)model->config.loss, &fit->train, model->K);
  if (fit->validation.rows > 0)
    wf_loss_total(fit->validation_total, (wf_loss)model->config.loss, &fit->validation, model->K);
  backup_take(fit);
  epoch_begin(fit);
  return fit;
}

void wf_fit_free(wf_fit *fit) { wf_free(fit); }

/* Forward and loss of B rows from the cursor; with gradients: dL/d(output) is left in the pass. */
static void rows_forward(wf_fit *fit, const wf_rows *rows, const int32_t *order, int first, int B, int with_gradients) {
  const wf_model *model = fit->model;
  int last = model->L - 1;
  wf_pass_rows(&fit->pass, model, rows->x, order, first, B);
  wf_pass_forward(&fit->pass, model, B);
  wf_loss_rows(&fit->sums, with_gradients ? fit->pass.d[last] : NULL, fit->pass.a[last], (wf_loss)model->config.loss, rows->y,
               order, first, B, model->K, model->layers[last].O8);
}

static void train_batch(wf_fit *fit) {
  int B = fit->train.rows - fit->cursor < fit->B ? fit->train.rows - fit->cursor : fit->B;
  rows_forward(fit, &fit->train, fit->order, fit->cursor, B, 1);
  fit->cursor += B;
  fit->rows_seen += B;
  if (!isfinite(fit->sums.loss)) return; /* no step from a batch that is not finite */
  wf_update update;
  wf_update_prepare(&update, fit->model, fit->learning_rate);
  wf_pass_backward(&fit->pass, fit->model, &update, B);
  if ((uint64_t)++fit->model->steps % FLUSH_STEPS == 0) wf_model_flush(fit->model);
}

static void evaluate_batch(wf_fit *fit, const wf_rows *rows) {
  int B4 = fit->pass.B4, left = rows->rows - fit->cursor, B = left < B4 ? left : B4;
  rows_forward(fit, rows, NULL, fit->cursor, B, 0);
  fit->cursor += B;
}

/* 1 if every parameter is finite: w · 0 is 0 for finite w, NaN for the others. */
static int parameters_finite(const wf_model *model) {
  f32x4 zero = f32x4_splat(0), sum = zero;
  for (size_t i = 0; i + 4 <= model->padded; i += 4)
    sum = f32x4_add(sum, f32x4_mul(f32x4_load(model->slots + i), zero));
  return f32x4_sum(sum) == 0;
}

static wf_fit_state diverge(wf_fit *fit) {
  memcpy(fit->model->slots, fit->backup, slot_bytes(fit->model));
  fit->model->steps = fit->backup_steps;
  return fit->state = WF_FIT_DIVERGED;
}

static void epoch_close(wf_fit *fit) {
  wf_loss loss = (wf_loss)fit->model->config.loss;
  int K = fit->model->K, validated = fit->validation.rows > 0;
  wf_report *report = &fit->reports[fit->report_count++];
  fit->model->epochs++;
  *report = (wf_report){.epoch = fit->model->epochs, .loss = fit->loss, .metric = fit->metric,
                        .validation_loss = validated ? wf_loss_mean(&fit->sums, loss, K) : (double)NAN,
                        .validation_metric = validated ? wf_loss_metric(&fit->sums, fit->validation_total, loss, K) : (double)NAN,
                        .learning_rate = fit->learning_rate,
                        .rows_seen = fit->rows_seen};
  backup_take(fit);
  if (--fit->epochs_left <= 0) fit->state = WF_FIT_DONE;
  else epoch_begin(fit);
}

static phase phase_after(const wf_fit *fit) {
  return fit->phase == TRAIN && fit->config.evaluate_training != 0 ? EVALUATE : VALIDATE;
}

/* All rows of a phase are done: keep its numbers, go on to the next. */
static void phase_close(wf_fit *fit) {
  wf_loss loss = (wf_loss)fit->model->config.loss;
  int K = fit->model->K;
  if (fit->phase == TRAIN && !parameters_finite(fit->model)) {
    diverge(fit);
    return;
  }
  if (fit->phase != VALIDATE) {
    fit->loss = wf_loss_mean(&fit->sums, loss, K);
    fit->metric = wf_loss_metric(&fit->sums, fit->train_total, loss, K);
    fit->phase = phase_after(fit);
    fit->cursor = 0;
    wf_sums_clear(&fit->sums, K);
    if (fit->phase == EVALUATE || fit->validation.rows > 0) return;
  }
  epoch_close(fit);
}

wf_fit_state wf_fit_run(wf_fit *fit, double work, double max_epochs) {
  int count = fit->report_count, stop = max_epochs < REPORTS - count ? count + (int)max_epochs : REPORTS;
  while (fit->state == WF_FIT_RUNNING && work > 0 && fit->report_count < stop) {
    const wf_rows *rows = fit->phase == VALIDATE ? &fit->validation : &fit->train;
    int before = fit->cursor;
    if (fit->phase == TRAIN) train_batch(fit);
    else evaluate_batch(fit, rows);
    work -= (fit->cursor - before) * (fit->phase == TRAIN ? TRAIN_WORK : 1);
    if (!isfinite(fit->sums.loss)) diverge(fit);
    else if (fit->cursor >= rows->rows) phase_close(fit);
  }
  return fit->state;
}

int wf_fit_report_count(const wf_fit *fit) { return fit->report_count; }
const wf_report *wf_fit_reports(const wf_fit *fit) { return fit->reports; }
void wf_fit_reports_clear(wf_fit *fit) { fit->report_count = 0; }
int wf_fit_at_epoch_end(const wf_fit *fit) { return fit->phase == TRAIN && fit->cursor == 0; }
void wf_fit_set_learning_rate(wf_fit *fit, double learning_rate) { fit->learning_rate = learning_rate; }
double wf_fit_step_in_epoch(const wf_fit *fit) { return fit->phase == TRAIN ? (fit->cursor + fit->B - 1) / fit->B : -1; }

double wf_fit_loss(wf_real *gradient, wf_fit *fit, const wf_rows *rows) {
  wf_model *model = fit->model;
  if (rows->rows > fit->pass.B4) return (double)NAN;
  wf_sums_clear(&fit->sums, model->K);
  rows_forward(fit, rows, NULL, 0, rows->rows, gradient != NULL);
  double loss = wf_loss_mean(&fit->sums, (wf_loss)model->config.loss, model->K);
  wf_sums_clear(&fit->sums, model->K);
  if (!gradient) return loss;
  wf_real *padded = calloc(model->padded, sizeof *padded);
  if (!padded) return (double)NAN;
  wf_update update = {.kind = WF_UPDATE_GRADIENT, .gradient = padded};
  wf_pass_backward(&fit->pass, model, &update, rows->rows);
  wf_slot_export(gradient, model, padded);
  free(padded);
  return loss;
}
