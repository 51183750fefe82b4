/* prune.c: magnitude pruning on a schedule: masks that hold · in: weights · out: masks · next: average.c
 *
 * At the beginning of epoch e, counted from 0 within the fit, the share of dense weights (no biases) that are held at zero becomes
 *   0 for e < begin,   s (1 - (1 - (e - begin)/(end - begin))³) from begin to end,   s from end on
 * and that share of n weights, rounded to the nearest number, goes by magnitude: the smallest, of equal ones the first in plain order.
 * n: the weights of each layer, or of all (prune_global). A weight that is held stays held. begin = end: one shot.
 * Early stopping and the best epoch only count epochs that were trained at the full sparsity.
 * Source: Zhu, Gupta 2017, "To prune, or not to prune". Test: tests/c/test_prune.c */
#include <math.h>

#include "fit.h"

#ifdef WF_DOUBLE
typedef uint64_t real_bits;
#else
typedef uint32_t real_bits;
#endif

static double share_at(const wf_fit_config *c, double epoch) {
  if (epoch < c->prune_begin) return 0;
  if (epoch >= c->prune_end) return c->prune_sparsity;
  double left = 1 - (epoch - c->prune_begin) / (c->prune_end - c->prune_begin);
  return c->prune_sparsity * (1 - left * left * left);
}

/* Magnitudes of the dense weights of some layers in plain order, -1 where they are held already. Returns their number. */
static size_t gather(wf_fit *fit, const wf_layer *first, const wf_layer *end) {
  const wf_real *w = fit->model->slots;
  size_t n = 0;
  for (const wf_layer *layer = first; layer < end; layer++) {
    if (layer->kind != WF_DENSE) continue;
    for (int i = 0; i < layer->I; i++)
      for (int o = 0; o < layer->O; o++) {
        size_t at = wf_panel_index(layer, i, o);
        fit->magnitude[n++] = fit->mask[at] == 0 ? -1 : w[at] < 0 ? -w[at] : w[at];
      }
  }
  return n;
}

static size_t count_below(const wf_real *m, size_t n, wf_real t, int or_equal) {
  size_t count = 0;
  for (size_t j = 0; j < n; j++) count += or_equal ? m[j] <= t : m[j] < t;
  return count;
}

/* The k-th smallest: halving between the bits of 0 and infinity, whose order is that of the numbers. */
static wf_real smallest(const wf_real *m, size_t n, size_t k) {
  wf_real t = (wf_real)INFINITY;
  real_bits low = 0, high;
  memcpy(&high, &t, sizeof high);
  while (low < high) {
    real_bits middle = low + (high - low) / 2;
    memcpy(&t, &middle, sizeof t);
    if (count_below(m, n, t, 1) >= k) high = middle;
    else low = middle + 1;
  }
  memcpy(&t, &low, sizeof t);
  return t;
}

static void prune(wf_fit *fit, const wf_layer *first, const wf_layer *end, double share) {
  const wf_real *m = fit->magnitude;
  size_t n = gather(fit, first, end), k = (size_t)(share * (double)n + 0.5);
  wf_real t = smallest(m, n, k);
  size_t equals = k - count_below(m, n, t, 0);
  for (const wf_layer *layer = first; layer < end; layer++) {
    if (layer->kind != WF_DENSE) continue;
    for (int i = 0; i < layer->I; i++)
      for (int o = 0; o < layer->O; o++, m++) {
        int goes = *m < t || (*m == t && equals > 0);
        equals -= goes && *m == t;
        if (goes) fit->mask[wf_panel_index(layer, i, o)] = 0;
      }
  }
}

void wf_prune_epoch(wf_fit *fit) {
  const wf_model *model = fit->model;
  const wf_layer *end = model->layers + model->L;
  wf_progress *p = &fit->progress;
  if (p->sparsity < 0) {
    for (size_t i = 0; i < model->padded; i++) fit->mask[i] = 1;
    p->sparsity = 0;
  }
  double share = share_at(&fit->config, p->epochs_done);
  if (share <= p->sparsity) return;
  p->sparsity = share;
  if (fit->config.prune_global != 0) prune(fit, model->layers, end, share);
  else
    for (const wf_layer *layer = model->layers; layer < end; layer++) prune(fit, layer, layer + 1, share);
  wf_prune_hold(fit, model->slots);
  if (fit->average) wf_prune_hold(fit, fit->average);
}

/* + 0, so that no zero is negative */
void wf_prune_hold(const wf_fit *fit, wf_real *values) {
  f32x4 zero = f32x4_splat(0);
  for (size_t i = 0; i < fit->model->padded; i += 4)
    f32x4_store(values + i, f32x4_madd(f32x4_load(values + i), f32x4_load(fit->mask + i), zero));
}
