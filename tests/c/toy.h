/* toy.h: small models and rows that several tests share · in: a few choices · out: configurations, data · next: test_gradients.c */
#ifndef TOY_H
#define TOY_H

#include <stdlib.h>

#include "../../src/core/loss.h"
#include "../../src/core/random.h"

/* The optimisers' defaults, as PyTorch has them. */
static inline wf_config toy_config(int inputs, int layers, wf_loss loss, wf_optimizer optimizer) {
  return (wf_config){.inputs = inputs, .layers = layers, .loss = loss, .seed = 7, .optimizer = optimizer,
                     .learning_rate = optimizer == WF_ADAM ? 1e-3 : 0.05, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8,
                     .delta = 1, .quantile = 0.5, .positive_weight = 1, .gamma = 2, .focal_alpha = 0.25, .temperature = 1,
                     .distillation = 1, .decay = 0.99, .momentum_decay = 4e-3, .memory = 10, .tolerance = 1e-5, .loss_tolerance = 1e-9};
}

static inline wf_layer_config toy_layer(int units, wf_activation activation) {
  return (wf_layer_config){.kind = WF_DENSE, .units = units, .activation = activation, .initializer = WF_AUTO,
                           .slope = activation == WF_ELU ? 1 : 0.01, .norm_epsilon = 1e-5, .norm_momentum = 0.1};
}

/* Every field that may not be 0. */
static inline wf_fit_config toy_fit(int batch_size, int epochs, int shuffle) {
  return (wf_fit_config){.batch_size = batch_size, .epochs = epochs, .shuffle = shuffle, .batch_least = 1, .batch_most = 1e9,
                         .batch_factor = 2, .batch_every = 1, .period = 10, .start_divisor = 25, .final_divisor = 1e4,
                         .average_every = 1};
}

/* n numbers in [-1, 1); free them. */
static inline wf_real *toy_numbers(int n, uint32_t step) {
  wf_real *values = malloc((size_t)n * sizeof *values);
  for (int i = 0; i < n; i++) values[i] = (wf_real)(2 * wf_random_uniform(1, WF_STREAM_DATA, step, (uint32_t)i) - 1);
  return values;
}

/* Labels 0..K-1; free them. */
static inline int32_t *toy_labels(int rows, int K) {
  wf_real *numbers = toy_numbers(rows * K, 99);
  int32_t *labels = malloc((size_t)rows * sizeof *labels);
  for (int r = 0; r < rows; r++) labels[r] = (int32_t)((numbers[r] + 1) / 2 * (wf_real)K);
  free(numbers);
  return labels;
}

/* Targets that fit a loss: numbers (of poisson above 0), labels, zeros and ones, or shares that sum to 1; free them. */
static inline void *toy_targets(wf_loss loss, int rows, int K) {
  wf_targets kind = wf_loss_targets(loss);
  if (kind == WF_CLASS) return toy_labels(rows, K);
  wf_real *numbers = toy_numbers(rows * K, 99);
  for (int i = 0; i < rows * K && kind == WF_BINARY; i++) numbers[i] = numbers[i] > 0;
  for (int i = 0; i < rows * K && (kind == WF_SHARES || loss == WF_POISSON); i++) numbers[i] += 1;
  for (int r = 0; r < rows && kind == WF_SHARES; r++) {
    wf_real sum = 0;
    for (int k = 0; k < K; k++) sum += numbers[r * K + k];
    for (int k = 0; k < K; k++) numbers[r * K + k] /= sum;
  }
  return numbers;
}

static const char *const activation_names[] = {
#define NAME(code, name, ...) name,
    WF_ACTIVATIONS(NAME)};
static const char *const loss_names[] = {WF_LOSSES(NAME)};
#undef NAME

#endif
