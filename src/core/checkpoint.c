/* checkpoint.c: all that a fit must keep to go on bit for bit · in: fit · out: bytes · next: fold.c
 *
 * The bytes are little-endian and as they lie in memory: a header, then the pieces below, one after the other. They fit the same release
 * of this core only (WF_ABI), in every build of it that has the same reals. What is not kept follows from data, configurations and
 * counters. Three hashes guard them, FNV-1a by words of 8 bytes with its upper half folded in: of the configurations (but for the number
 * of epochs), of all training and validation rows, of everything behind the hash itself. Test: tests/c/test_checkpoint.c */
#include <math.h>
#include <stddef.h>

#include "fit.h"

typedef struct header {
  char magic[8];
  uint64_t content, abi, configurations, rows;
} header;

/* ---- Hashes ------------------------------------------------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, uint64_t size) {
  const char *at = bytes;
  uint64_t word = 0;
  for (; size >= sizeof word; size -= sizeof word, at += sizeof word) {
    memcpy(&word, at, sizeof word);
    hash = mix(hash, word);
  }
  word = 0;
  memcpy(&word, at, (size_t)size);
  return mix(hash, word);
}

static uint64_t configurations_hash(const wf_fit *fit) {
  const wf_model *model = fit->model;
  const char *options = (const char *)&fit->config;
  const size_t epochs = offsetof(wf_fit_config, epochs), after = epochs + sizeof(double);
  const size_t end = offsetof(wf_fit_config, milestone) + (size_t)fit->config.milestones * sizeof(double);
  uint64_t hash = hash_bytes(sizeof(wf_real), &model->config, sizeof model->config);
  for (const wf_layer *l = model->layers; l < model->layers + model->L; l++) {
    const double layer[] = {l->kind, l->I, l->O, l->activation, l->initializer, (double)l->slope, (double)l->l1, (double)l->l2,
                            (double)l->max_norm, (double)l->rate, (double)l->epsilon, (double)l->momentum};
    hash = hash_bytes(hash, layer, sizeof layer);
  }
  hash = hash_bytes(hash, model->positive, (uint64_t)model->K * sizeof *model->positive);
  hash = hash_bytes(hash, options, epochs);
  return hash_bytes(hash, options + after, end - after);
}

static uint64_t hash_array(uint64_t hash, const void *array, uint64_t count, size_t size) {
  return array ? hash_bytes(hash, array, count * size) : mix(hash, 0);
}

static uint64_t part_hash(uint64_t hash, const wf_rows *rows, const wf_model *model) {
  uint64_t N = (uint64_t)rows->rows;
  int classes = wf_loss_targets((wf_loss)model->config.loss) == WF_CLASS;
  const double numbers[] = {(double)N, rows->bytes ? (double)rows->offset : 0, rows->bytes ? (double)rows->scale : 0};
  hash = hash_bytes(hash, numbers, sizeof numbers);
  if (N == 0) return hash;
  hash = hash_array(hash, rows->x, N * (uint64_t)model->D, sizeof *rows->x);
  hash = hash_array(hash, rows->bytes, N * (uint64_t)model->D, sizeof *rows->bytes);
  hash = hash_array(hash, rows->y, classes ? N : N * (uint64_t)model->K, classes ? sizeof(int32_t) : sizeof(wf_real));
  hash = hash_array(hash, rows->weight, N, sizeof *rows->weight);
  return hash_array(hash, rows->label, N, sizeof *rows->label);
}

/* Once a fit, as its rows stay as they are. */
static uint64_t rows_hash(wf_fit *fit) {
  if (fit->rows_hash == 0) fit->rows_hash = part_hash(part_hash(1, &fit->train, fit->model), &fit->validation, fit->model);
  return fit->rows_hash;
}

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

typedef enum way { COUNT, SAVE, RESTORE } way;
typedef struct walk {
  way way;
  char *at;
  size_t done;
} walk;

static void piece(walk *w, void *memory, size_t bytes) {
  if (!memory) return;
  if (w->way == SAVE) memcpy(w->at + w->done, memory, bytes);
  if (w->way == RESTORE) memcpy(memory, w->at + w->done, bytes);
  w->done += bytes;
}

/* Progress first: restore looks at it before it changes anything. */
static void pieces(walk *w, wf_fit *fit) {
  wf_model *model = fit->model;
  const size_t K = (size_t)model->K, slot = model->padded * sizeof(wf_real), slots = (size_t)(1 + model->S) * slot;
  piece(w, &fit->progress, sizeof fit->progress);
  piece(w, &model->steps, sizeof model->steps);
  piece(w, &model->epochs, sizeof model->epochs);
  piece(w, &model->momentum_product, sizeof model->momentum_product);
  piece(w, &fit->divergence, sizeof fit->divergence);
  piece(w, &fit->sums, offsetof(wf_sums, residual));
  piece(w, fit->sums.residual, K * sizeof *fit->sums.residual);
  piece(w, fit->sums.tally, 3 * K * sizeof *fit->sums.tally);
  piece(w, model->slots, slots);
  piece(w, fit->backup, slot);
  piece(w, fit->best, slot);
  piece(w, fit->average, slot);
  piece(w, fit->mask, slot);
  if (!fit->full_batch) return;
  if (w->way == SAVE) wf_full_batch_save(w->at + w->done, fit);
  if (w->way == RESTORE) wf_full_batch_restore(fit, w->at + w->done);
  w->done += wf_full_batch_save(NULL, fit);
}

size_t wf_fit_checkpoint_size(const wf_fit *fit) {
  walk count = {COUNT, NULL, sizeof(header)};
  pieces(&count, (wf_fit *)fit);
  return count.done;
}

static uint64_t content_hash(const char *bytes, size_t size) {
  const size_t behind = offsetof(header, abi);
  return hash_bytes(1, bytes + behind, size - behind);
}

void wf_fit_checkpoint_save(void *bytes, const wf_fit *fit) {
  walk save = {SAVE, bytes, sizeof(header)};
  pieces(&save, (wf_fit *)fit);
  header h = {"wfcheck", 0, WF_ABI, configurations_hash(fit), rows_hash((wf_fit *)fit)};
  memcpy(bytes, &h, sizeof h);
  h.content = content_hash(bytes, save.done);
  memcpy(bytes, &h, sizeof h);
}

static int is_count(double value, double most) { return value >= 0 && value <= most && value == floor(value); }

/* Counters that a fit can have: what is forged, or was saved by a faulty core, must not lead out of an array. */
static int is_plausible(const wf_fit *fit, const char *bytes) {
  const double most = 0x1p53;
  wf_progress p;
  double done[2];
  memcpy(&p, bytes, sizeof p);
  memcpy(done, bytes + sizeof p, sizeof done); /* steps and epochs of the model */
  if (p.phase < WF_PHASE_TRAIN || p.phase > WF_PHASE_VALIDATE || p.state < WF_FIT_RUNNING || p.state > WF_FIT_STOPPED) return 0;
  int rows = p.phase == WF_PHASE_TRAIN ? fit->M : p.phase == WF_PHASE_EVALUATE ? fit->train.rows : fit->validation.rows;
  return p.cursor >= 0 && p.cursor <= rows && p.stop_wait >= 0 && is_count(p.epochs_done, most) && is_count(p.steps_done, most) &&
         is_count(p.averaged, most) && is_count(done[0], most) && is_count(done[1], most);
}

int wf_fit_checkpoint_restore(wf_fit *fit, const void *bytes, size_t size) {
  header h;
  walk restore = {RESTORE, (char *)bytes, sizeof h};
  if (size != wf_fit_checkpoint_size(fit)) return 0;
  memcpy(&h, bytes, sizeof h);
  const header expected = {"wfcheck", content_hash(bytes, size), WF_ABI, configurations_hash(fit), 0};
  if (memcmp(&h, &expected, offsetof(header, rows)) != 0) return 0;
  if (h.rows != rows_hash(fit)) return -1;
  if (!is_plausible(fit, restore.at + sizeof h)) return 0;
  pieces(&restore, fit);
  fit->report_count = 0;
  if ((wf_fit_state)fit->progress.state == WF_FIT_DONE && fit->progress.epochs_done < fit->config.epochs) wf_fit_continue(fit);
  else wf_batch_epoch(fit);
  return 1;
}
