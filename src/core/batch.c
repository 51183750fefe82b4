/* batch.c: the rows of an epoch and of a step: order, resampling, batch size, noise, mixup · in: rows, generator · out: batches
 * next: pass.c
 *
 * Everything here follows from the data, the configuration and the counters: order and rows of an epoch from its number over all fits
 * (model->epochs), what befalls a batch from the number of its step (model->steps), its size from the epochs of this fit or the step.
 *
 * Resampling, with n_c rows in class c (rows of weight 0 are left out):
 *   over    max n rows of each class: its own once each, and max n - n_c drawn from them with replacement
 *   under   min n rows of each class, drawn without replacement: row i of the n_c with probability (still needed) / (n_c - i)
 * Sizes:    growing  batch_size · batch_factor^⌊epochs done / batch_every⌋, at most batch_most;  random  uniform in batch_least..batch_most
 * Mixup:    x = λ x_r + (1 - λ) x_p, targets alike, λ ~ Beta(mixup, mixup) one a batch, p a permutation of the batch (Zhang et al. 2018)
 * Noise:    x + input_noise · N(0, 1) on every feature, after mixup
 * Test: tests/c/test_batch.c */
#include "fit.h"

#include <math.h>
#include <stdlib.h>

#include "../kernels/scalar64.h"
#include "random.h"

int wf_batch_copies(const wf_fit_config *config, const wf_rows *train, const wf_rows *validation) {
  return train->bytes || validation->bytes || config->input_noise > 0 || config->mixup > 0;
}

/* ---- the rows of an epoch ------------------------------------------------------------------------------------------ */

/* Class index of each row, (N); NULL: there are none. */
static const int32_t *classes_of(const wf_fit *fit) {
  return wf_loss_targets((wf_loss)fit->model->config.loss) == WF_CLASS ? fit->train.y : fit->train.label;
}

static int is_absent(const wf_rows *rows, int32_t row) { return rows->weight && !(rows->weight[row] > 0); }

/* counts (classes), zero before: rows of each class. */
static void count_classes(int32_t *counts, const wf_fit *fit) {
  const int32_t *classes = classes_of(fit);
  for (int32_t row = 0; row < fit->train.rows; row++)
    if (!is_absent(&fit->train, row)) counts[classes[row]]++;
}

/* How many rows each class gives to an epoch, and so M. 0: out of memory. */
static int plan_resampling(wf_fit *fit) {
  const int32_t *classes = classes_of(fit);
  int over = (wf_resample)fit->config.resample == WF_OVERSAMPLE;
  int32_t last = 0, each = 0, present = 0;
  for (int32_t row = 0; row < fit->train.rows; row++)
    if (classes[row] > last) last = classes[row];
  int32_t *counts = calloc((size_t)last + 1, sizeof *counts);
  if (!counts) return 0;
  count_classes(counts, fit);
  for (int32_t c = 0; c <= last; c++) {
    if (counts[c] == 0) continue;
    if (present++ == 0 || (over ? counts[c] > each : counts[c] < each)) each = counts[c];
  }
  free(counts);
  if (present == 0) return 1;
  if ((double)present * each > INT32_MAX) return 0;
  fit->strata.classes = last + 1;
  fit->strata.each = each;
  fit->M = present * each;
  return 1;
}

static int smaller(double size, int most) { return size < most ? (int)size : most; }

/* Batch size of a growing schedule after so many epochs. */
static int grown(const wf_fit *fit, double epochs) {
  const wf_fit_config *c = &fit->config;
  return smaller(c->batch_size * wf_pow64(c->batch_factor, floor(epochs / c->batch_every)), smaller(c->batch_most, fit->M));
}

int wf_batch_plan(wf_fit *fit) {
  const wf_fit_config *c = &fit->config;
  fit->M = fit->train.rows;
  if (c->resample != 0 && classes_of(fit) && !plan_resampling(fit)) return 0;
  switch ((wf_batch_schedule)c->batch_schedule) {
    case WF_BATCH_GROWING: fit->B = grown(fit, c->epochs - 1); break;
    case WF_BATCH_RANDOM: fit->B = smaller(c->batch_most, fit->M); break;
    default: fit->B = smaller(c->batch_size, fit->M);
  }
  return 1;
}

void wf_batch_layout(wf_fit *fit, arena *a) {
  uint64_t N = (uint64_t)fit->train.rows;
  fit->order = arena_take(a, (uint64_t)fit->M, sizeof(int32_t));
  fit->partner = fit->config.mixup > 0 ? arena_take(a, (uint64_t)fit->B, sizeof(int32_t)) : NULL;
  if (fit->strata.classes == 0) return;
  fit->strata.end = arena_take(a, (uint64_t)fit->strata.classes, sizeof(int32_t));
  fit->strata.grouped = arena_take(a, N, sizeof(int32_t));
  fit->strata.times = arena_take(a, N, sizeof(int32_t));
}

/* Rows class by class, in file order: class c has those from end[c - 1] (0 for the first) to end[c]. */
static void group_rows(const wf_strata *s, const wf_fit *fit) {
  const int32_t *classes = classes_of(fit);
  int32_t at = 0;
  memset(s->end, 0, (size_t)s->classes * sizeof *s->end);
  count_classes(s->end, fit);
  for (int c = 0; c < s->classes; c++) {
    int32_t count = s->end[c];
    s->end[c] = at;
    at += count;
  }
  for (int32_t row = 0; row < fit->train.rows; row++)
    if (!is_absent(&fit->train, row)) s->grouped[s->end[classes[row]]++] = row;
}

/* A whole number below n. */
static int32_t draw(const wf_fit *fit, int32_t index, int32_t n) {
  return (int32_t)(n * wf_random_uniform(fit->model->config.seed, WF_STREAM_RESAMPLE, (uint32_t)fit->model->epochs, (uint32_t)index));
}

/* The chosen rows, in file order. */
static void resample(wf_fit *fit) {
  const wf_strata *s = &fit->strata;
  int32_t index = 0, first = 0, each = s->each;
  memset(s->times, 0, (size_t)fit->train.rows * sizeof *s->times);
  group_rows(s, fit);
  for (int c = 0; c < s->classes; first = s->end[c++]) {
    const int32_t *rows = s->grouped + first;
    int32_t n = s->end[c] - first;
    for (int32_t i = 0, needed = each; i < n; i++) {
      int chosen = n <= each || draw(fit, index++, n - i) < needed;
      s->times[rows[i]] = chosen;
      needed -= chosen;
    }
    for (int32_t i = n; n > 0 && i < each; i++) s->times[rows[draw(fit, index++, n)]]++;
  }
  int32_t *to = fit->order;
  for (int32_t row = 0; row < fit->train.rows; row++)
    for (int32_t k = 0; k < s->times[row]; k++) *to++ = row;
}

void wf_batch_epoch(wf_fit *fit) {
  if (fit->strata.classes > 0) resample(fit);
  else
    for (int32_t r = 0; r < fit->M; r++) fit->order[r] = r;
  if (fit->config.shuffle != 0)
    wf_random_shuffle(fit->order, fit->model->config.seed, WF_STREAM_SHUFFLE, (uint32_t)fit->model->epochs, (uint32_t)fit->M);
  fit->size = (wf_batch_schedule)fit->config.batch_schedule == WF_BATCH_GROWING ? grown(fit, fit->progress.epochs_done) : fit->B;
}

/* ---- the rows of a step -------------------------------------------------------------------------------------------- */

int wf_batch_size(const wf_fit *fit) {
  const wf_fit_config *c = &fit->config;
  int left = fit->M - fit->progress.cursor, size = fit->size;
  if ((wf_batch_schedule)c->batch_schedule == WF_BATCH_RANDOM) {
    int least = smaller(c->batch_least, fit->B);
    double u = wf_random_uniform(fit->model->config.seed, WF_STREAM_BATCH, (uint32_t)fit->model->steps, 0);
    size = least + (int)((fit->B - least + 1.0) * u);
  }
  return left < size ? left : size;
}

double wf_batch_mean(const wf_fit *fit) {
  double steps = fit->model->steps - fit->progress.backup_steps;
  return (wf_batch_schedule)fit->config.batch_schedule == WF_BATCH_RANDOM ? fit->M / steps : fit->size;
}

static void mix(wf_batch *batch, wf_fit *fit) {
  double seed = fit->model->config.seed;
  uint32_t step = (uint32_t)fit->model->steps;
  wf_random_permutation(fit->partner, seed, WF_STREAM_MIXUP, step, (uint32_t)batch->B);
  for (int r = 0; r < batch->B; r++) fit->partner[r] = batch->order[batch->first + fit->partner[r]];
  batch->partner = fit->partner;
  batch->share = (wf_real)wf_random_beta(fit->config.mixup, seed, WF_STREAM_MIXUP, step);
  wf_pass_mix(&fit->pass, fit->model, batch->rows, batch->partner, batch->share, batch->B);
}

static void add_noise(wf_fit *fit, int first, int B) {
  size_t D = (size_t)fit->model->D, D8 = (size_t)round8(fit->model->D), n = (size_t)B * D8;
  wf_real *x = fit->pass.gathered;
  wf_random_noise(x, n, fit->config.input_noise, fit->model->config.seed, WF_STREAM_NOISE, (uint32_t)fit->model->steps, (uint32_t)first);
  for (size_t at = 0; at < n && D < D8; at += D8) memset(x + at + D, 0, (D8 - D) * sizeof *x);
}

void wf_batch_take(wf_batch *batch, wf_fit *fit, int B) {
  *batch = (wf_batch){.rows = &fit->train, .order = fit->order, .first = fit->progress.cursor, .B = B, .share = 1};
  wf_pass_rows(&fit->pass, fit->model, &fit->train, fit->order, batch->first, B);
  if (fit->partner) mix(batch, fit);
  if (fit->config.input_noise > 0) add_noise(fit, batch->first, B);
}
