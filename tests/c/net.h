/* net.h: the small net whose control is tested · in: a fit's options · out: bench · next: test_control.c */
#ifndef NET_H
#define NET_H

#include "bench.h"

enum { N = 30, D = 5, K = 2, WEIGHTS = D * 8 + 8 * K, P = WEIGHTS + 8 + K, B = 10, STEPS = N / B };

/* A 5-8-2 net: parameters 0..39 and 48..63 are weights, the rest are biases. */
static inline bench net(wf_fit_config options, double learning_rate, int epochs, wf_rows rows, const wf_rows *validation) {
  wf_layer_config layers[] = {toy_layer(8, WF_TANH), toy_layer(K, WF_IDENTITY)};
  wf_config config = toy_config(D, 2, WF_MSE, WF_SGD);
  config.learning_rate = learning_rate;
  config.momentum = 0.9;
  layers[0].initializer = layers[1].initializer = WF_TORCH;
  options.batch_size = B;
  options.epochs = epochs;
  options.shuffle = 1;
  if (options.average_every == 0) options.average_every = 1;
  return bench_new(config, layers, rows, options, validation);
}

static inline int is_weight(int i) { return i < D * 8 || (i >= D * 8 + 8 && i < D * 8 + 8 + 8 * K); }

static inline int zeros_of(const wf_real *w, int first, int end) {
  int zeros = 0;
  for (int i = first; i < end; i++) zeros += is_weight(i) && w[i] == 0;
  return zeros;
}

#endif
