/* toy.h: small models and rows that several tests share · in: a few choices · out: configurations, data · next: test_gradients.c */
#ifndef TOY_H
#define TOY_H

#include <stdlib.h>

#include "../../src/core/random.h"

/* Adam's and SGD's defaults, as PyTorch has them. */
static inline wf_config toy_config(int inputs, int layers, wf_loss loss, wf_optimizer optimizer) {
  return (wf_config){.inputs = inputs, .layers = layers, .loss = loss, .seed = 7, .optimizer = optimizer,
                     .learning_rate = optimizer == WF_ADAM ? 1e-3 : 0.05, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
}

static inline wf_layer_config toy_layer(int units, wf_activation activation) {
  return (wf_layer_config){.units = units, .activation = activation, .initializer = WF_AUTO,
                           .slope = activation == WF_ELU ? 1 : 0.01};
}

/* n numbers in [-1, 1); free them. */
static inline wf_real *toy_numbers(int n, uint32_t step) {
  wf_real *values = malloc((size_t)n * sizeof *values);
  for (int i = 0; i < n; i++) values[i] = (wf_real)(2 * wf_random_uniform(1, WF_STREAM_DATA, step, (uint32_t)i) - 1);
  return values;
}

/* Targets that fit a loss: numbers, class indices, or zeros and ones; free them. */
static inline void *toy_targets(wf_loss loss, int rows, int K) {
  wf_real *numbers = toy_numbers(rows * K, 99);
  if (loss == WF_CROSS_ENTROPY) {
    int32_t *labels = malloc((size_t)rows * sizeof *labels);
    for (int r = 0; r < rows; r++) labels[r] = (int32_t)((numbers[r] + 1) / 2 * (wf_real)K);
    free(numbers);
    return labels;
  }
  for (int i = 0; i < rows * K && loss == WF_BINARY_CROSS_ENTROPY; i++) numbers[i] = numbers[i] > 0;
  return numbers;
}

static const char *const activation_names[] = {
#define NAME(code, name) name,
    WF_ACTIVATIONS(NAME)};
static const char *const loss_names[] = {WF_LOSSES(NAME)};
#undef NAME

#endif
