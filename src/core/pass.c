/* pass.c: forward and backward through all layers · in: rows, weights · out: outputs, gradients into an update · next: dropout.c, norm.c */
#include "model.h"

#include "../kernels/activation.h"

static uint64_t area(const wf_pass *pass, const wf_layer *layer) { return (uint64_t)pass->B4 * (uint64_t)layer->O8; }

/* Whether the backward pass needs a second array of the layer's outputs. */
static int keeps_z(const wf_layer *layer, int with_gradients) {
  if (layer->kind == WF_DENSE) return wf_activation_keeps_z(layer->activation);
  return with_gradients;
}

static void layer_layout(wf_pass *pass, arena *a, const wf_layer *layer, int l, int with_gradients) {
  uint64_t rows = (uint64_t)pass->B4, longest = (uint64_t)(pass->B4 > layer->O8 ? pass->B4 : layer->O8);
  const wf_real **x = arena_take(a, rows, sizeof *x);
  wf_real *out = arena_take(a, area(pass, layer), sizeof *out);
  wf_real *z = keeps_z(layer, with_gradients) ? arena_take(a, area(pass, layer), sizeof *z) : NULL;
  wf_real *d = with_gradients ? arena_take(a, area(pass, layer), sizeof *d) : NULL;
  wf_real *s = layer->kind == WF_BATCH_NORM || layer->kind == WF_LAYER_NORM ? arena_take(a, longest, sizeof *s) : NULL;
  if (!a->base) return;
  pass->x[l] = x;
  pass->a[l] = out;
  pass->z[l] = z;
  pass->d[l] = d;
  pass->s[l] = s;
}

void wf_pass_layout(wf_pass *pass, arena *a, const wf_model *model, int B, int with_gradients, int copies) {
  uint64_t L = (uint64_t)model->L, D8 = (uint64_t)round8(model->D);
  pass->B4 = round4(B);
  pass->x = arena_take(a, L, sizeof *pass->x);
  pass->a = arena_take(a, L, sizeof *pass->a);
  pass->z = arena_take(a, L, sizeof *pass->z);
  pass->d = arena_take(a, L, sizeof *pass->d);
  pass->s = arena_take(a, L, sizeof *pass->s);
  pass->zero = arena_take(a, D8, sizeof(wf_real));
  copies = copies || model->layers[0].kind != WF_DENSE;
  pass->gathered = copies ? arena_take(a, (uint64_t)pass->B4 * D8, sizeof *pass->gathered) : NULL;
  pass->columns = with_gradients ? arena_take(a, (uint64_t)pass->B4 * WF_MATMUL_COLUMNS, sizeof *pass->columns) : NULL;
  for (int l = 0; l < model->L; l++) layer_layout(pass, a, &model->layers[l], l, with_gradients);
}

void wf_pass_connect(wf_pass *pass, const wf_model *model) {
  for (int l = 1; l < model->L; l++)
    for (int r = 0; r < pass->B4; r++) pass->x[l][r] = pass->a[l - 1] + (size_t)r * (size_t)model->layers[l - 1].O8;
}

/* Eight bytes: each is offset + scale · byte, rounded twice. */
static inline void bytes_convert(wf_real *to, const uint8_t *bytes, f32x4 offset, f32x4 scale) {
  f32x4 v[2];
  f32x4_from_bytes(v, bytes);
  f32x4_store(to, f32x4_add(offset, f32x4_mul(scale, v[0])));
  f32x4_store(to + 4, f32x4_add(offset, f32x4_mul(scale, v[1])));
}

/* to (n): the features from number `at` of the data set on. By vectors also where they are floats: libc's memcpy moves words. */
static void values_copy(wf_real *to, const wf_rows *rows, size_t at, size_t n) {
  size_t i = 0, whole = n & ~(size_t)7;
  if (!rows->bytes) {
    for (const wf_real *x = rows->x + at; i < whole; i += 4) f32x4_store(to + i, f32x4_load(x + i));
    memcpy(to + i, rows->x + at + i, (n - i) * sizeof *to);
    return;
  }
  const uint8_t *bytes = rows->bytes + at;
  const f32x4 offset = f32x4_splat(rows->offset), scale = f32x4_splat(rows->scale);
  for (; i < whole; i += 8) bytes_convert(to + i, bytes + i, offset, scale);
  uint8_t tail[8] = {0};
  wf_real values[8];
  memcpy(tail, bytes + i, n - i);
  bytes_convert(values, tail, offset, scale);
  memcpy(to + i, values, (n - i) * sizeof *to);
}

void wf_pass_rows(wf_pass *pass, const wf_model *model, const wf_rows *rows, const int32_t *order, int first, int B) {
  size_t D = (size_t)model->D, D8 = (size_t)round8(model->D);
  pass->first = first;
  for (int r = 0; r < B; r++) {
    size_t row = (size_t)(order ? order[first + r] : first + r);
    if (pass->gathered) values_copy(pass->gathered + (size_t)r * D8, rows, row * D, D);
    pass->x[0][r] = pass->gathered ? pass->gathered + (size_t)r * D8 : rows->x + row * D;
  }
  for (int r = B; r < round4(B); r++) pass->x[0][r] = pass->zero;
}

void wf_pass_mix(wf_pass *pass, const wf_model *model, const wf_rows *rows, const int32_t *partner, wf_real share, int B) {
  enum { PART = 64 };
  size_t D = (size_t)model->D, D8 = (size_t)round8(model->D);
  f32x4 own = f32x4_splat(share), other = f32x4_splat(1 - share);
  for (int r = 0; r < B; r++)
    for (size_t from = 0; from < D; from += PART) {
      wf_real *x = pass->gathered + (size_t)r * D8 + from, values[PART] = {0}; /* so that the columns beyond D stay zero */
      size_t n = D - from < PART ? D - from : PART;
      values_copy(values, rows, (size_t)partner[r] * D + from, n);
      for (size_t i = 0; i < n; i += 4)
        f32x4_store(x + i, f32x4_madd(own, f32x4_load(x + i), f32x4_mul(other, f32x4_load(values + i))));
    }
}

static void dense_forward(wf_pass *pass, const wf_layer *layer, const wf_real *w, int l, int B) {
  int B4 = round4(B);
  wf_matmul_forward(pass->a[l], pass->x[l], w + layer->weight, w + layer->bias, B4, layer->I, layer->O8);
  wf_activation_forward(pass->a[l], pass->z[l], layer->activation, layer->slope, (size_t)B4 * (size_t)layer->O8);
}

void wf_pass_forward(wf_pass *pass, const wf_model *model, wf_real *w, int B, wf_mode mode) {
  pass->w = w;
  for (int l = 0; l < model->L; l++) {
    switch (model->layers[l].kind) {
      case WF_DROPOUT: wf_dropout_forward(pass, model, l, B, mode); break;
      case WF_BATCH_NORM: wf_batch_norm_forward(pass, model, w, l, B, mode); break;
      case WF_LAYER_NORM: wf_layer_norm_forward(pass, model, w, l, B); break;
      default: dense_forward(pass, &model->layers[l], w, l, B);
    }
  }
}

static void dense_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B) {
  const wf_layer *layer = &model->layers[l];
  int B4 = round4(B);
  wf_activation_backward(pass->d[l], pass->a[l], pass->z[l], layer->activation, layer->slope, (size_t)B4 * (size_t)layer->O8);
  if (l > 0) /* before the update: the gradient of the inputs belongs to the weights of the forward pass */
    wf_matmul_input_gradient(pass->d[l - 1], pass->d[l], pass->w + layer->weight, B4, layer->I, layer->O,
                             model->layers[l - 1].O8);
  wf_update weights = *update;
  weights.penalty += layer->l2;
  wf_matmul_weight_gradient(&weights, update, layer->weight, layer->bias, pass->x[l], pass->d[l], pass->columns, B, layer->I, layer->O8);
}

/* The gradient of a line into the one column of its panel that counts. */
static void line_backward(const wf_real *gradient, const wf_layer *layer, const wf_update *update) {
  wf_update weights = *update;
  weights.penalty += layer->l2;
  wf_real row[8] = {0};
  for (int i = 0; i < layer->I; i++) {
    row[0] = gradient[i];
    wf_update_run(&weights, layer->weight + 8 * (size_t)i, row, 8);
  }
  row[0] = gradient[layer->I];
  wf_update_run(update, layer->bias, row, 8);
}

void wf_pass_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int B) {
  if (pass->line) {
    line_backward(pass->line, model->layers, update);
    return;
  }
  for (int l = model->L - 1; l >= 0; l--) {
    switch (model->layers[l].kind) {
      case WF_DROPOUT: wf_dropout_backward(pass, model, l, B); break;
      case WF_BATCH_NORM: wf_batch_norm_backward(pass, model, update, l, B); break;
      case WF_LAYER_NORM: wf_layer_norm_backward(pass, model, update, l, B); break;
      default: dense_backward(pass, model, update, l, B);
    }
  }
}
