/* dropout.c: inverted dropout, masks from the counter-based generator · in: rows of a layer · out: thinned rows, gradients · next: norm.c
 *
 *   training     y = x m / (1 - rate), m = 0 with probability rate, else 1, drawn anew for every element of every step
 *   prediction   y = x
 * What is dropped is 0 even where x is infinite. The mask, with its factor, stays in z for the backward pass: dx = dy m / (1 - rate).
 * Masks are drawn by (seed, WF_STREAM_DROPOUT + layer; step, first row of the batch within its epoch, element), so that none is used
 * twice: not in another layer, another step, or another batch of the same step (full-batch optimisers).
 * Source: Srivastava et al. 2014; inverted as PyTorch's nn.Dropout. Test: tests/c/test_layers.c */
#include "model.h"
#include "random.h"

static size_t elements(const wf_layer *layer, int B) { return (size_t)round4(B) * (size_t)layer->O8; }

/* y (n) = x (n) where the mask is not 0. */
static void thin(wf_real *y, const wf_real *x, const wf_real *mask, size_t n) {
  f32x4 zero = f32x4_splat(0);
  for (size_t i = 0; i < n; i += 4) {
    f32x4 m = f32x4_load(mask + i);
    f32x4_store(y + i, f32x4_select(f32x4_gt(m, zero), f32x4_mul(f32x4_load(x + i), m), zero));
  }
}

void wf_dropout_forward(wf_pass *pass, const wf_model *model, int l, int B, wf_mode mode) {
  const wf_layer *layer = &model->layers[l];
  size_t n = elements(layer, B);
  if (mode == WF_PREDICT || layer->rate == 0) {
    memcpy(pass->a[l], pass->x[l][0], n * sizeof(wf_real));
    return;
  }
  wf_random_mask(pass->z[l], n, (double)layer->rate, model->config.seed, WF_STREAM_DROPOUT + (uint32_t)l, (uint32_t)model->steps,
                 (uint32_t)pass->first);
  thin(pass->a[l], pass->x[l][0], pass->z[l], n);
}

void wf_dropout_backward(wf_pass *pass, const wf_model *model, int l, int B) {
  const wf_layer *layer = &model->layers[l];
  size_t n = elements(layer, B);
  if (l == 0) return;
  if (layer->rate == 0) memcpy(pass->d[l - 1], pass->d[l], n * sizeof(wf_real));
  else thin(pass->d[l - 1], pass->d[l], pass->z[l], n);
}
