/* bench.h: a model and its fit, and what tests look at · in: configurations, rows · out: weights, hashes · next: test_fit.c */
#ifndef BENCH_H
#define BENCH_H

#include "toy.h"

typedef struct bench {
  wf_model *model;
  wf_fit *fit;
  wf_rows rows;
  size_t P;
} bench;

static inline bench bench_new(wf_config config, const wf_layer_config *layers, wf_rows rows, wf_fit_config fit_config,
                              const wf_rows *validation) {
  bench b = {.model = wf_model_new(&config, layers), .rows = rows};
  b.fit = wf_fit_new(b.model, &fit_config, &b.rows, validation);
  b.P = wf_model_size(b.model);
  return b;
}

static inline void bench_free(bench *b) {
  wf_fit_free(b->fit);
  wf_model_free(b->model);
}

/* Slot 0: the weights; free them. */
static inline wf_real *slot_of(const bench *b, int slot) {
  wf_real *values = malloc(b->P * sizeof *values);
  wf_model_export(values, b->model, slot);
  return values;
}

static inline wf_real *weights_of(const bench *b) { return slot_of(b, 0); }

/* FNV-1a over the bytes of a slot in plain order. */
static inline uint64_t slot_hash(const bench *b, int slot) {
  wf_real *values = slot_of(b, slot);
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < b->P * sizeof *values; i++) hash = (hash ^ ((unsigned char *)values)[i]) * 0x100000001b3u;
  free(values);
  return hash;
}

/* Rows of toy_numbers and the targets of a loss; free them. */
static inline wf_rows toy_rows(wf_loss loss, int N, int D, int K) {
  return (wf_rows){.x = toy_numbers(N * D, 1), .y = toy_targets(loss, N, K), .rows = N};
}

static inline void rows_free(wf_rows *rows) {
  free((void *)(uintptr_t)rows->x);
  free((void *)(uintptr_t)rows->y);
}

#endif
