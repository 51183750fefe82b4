/* pass.c: forward and backward through all layers · in: rows, weights · out: activations, gradients into an update · next: loss.c */
#include "model.h"

#include "../kernels/activation.h"

static uint64_t area(const wf_pass *pass, const wf_layer *layer) { return (uint64_t)pass->B4 * (uint64_t)layer->O8; }

void wf_pass_layout(wf_pass *pass, arena *a, const wf_model *model, int B, int with_gradients) {
  uint64_t L = (uint64_t)model->L;
  pass->B4 = round4(B);
  pass->x = arena_take(a, L, sizeof *pass->x);
  pass->a = arena_take(a, L, sizeof *pass->a);
  pass->z = arena_take(a, L, sizeof *pass->z);
  pass->d = arena_take(a, L, sizeof *pass->d);
  pass->zero = arena_take(a, (uint64_t)model->D, sizeof(wf_real));
  for (int l = 0; l < model->L; l++) {
    const wf_layer *layer = &model->layers[l];
    const wf_real **x = arena_take(a, (uint64_t)pass->B4, sizeof *x);
    wf_real *out = arena_take(a, area(pass, layer), sizeof *out);
    wf_real *z = wf_activation_keeps_z(layer->activation) ? arena_take(a, area(pass, layer), sizeof *z) : NULL;
    wf_real *d = with_gradients ? arena_take(a, area(pass, layer), sizeof *d) : NULL;
    if (!a->base) continue;
    pass->x[l] = x;
    pass->a[l] = out;
    pass->z[l] = z;
    pass->d[l] = d;
  }
}

void wf_pass_connect(wf_pass *pass, const wf_model *model) {
  for (int l = 1; l < model->L; l++)
    for (int r = 0; r < pass->B4; r++) pass->x[l][r] = pass->a[l - 1] + (size_t)r * (size_t)model->layers[l - 1].O8;
}

void wf_pass_rows(wf_pass *pass, const wf_model *model, const wf_real *x, const int32_t *order, int first, int B) {
  size_t D = (size_t)model->D;
  for (int r = 0; r < B; r++) pass->x[0][r] = x + (size_t)(order ? order[first + r] : first + r) * D;
  for (int r = B; r < round4(B); r++) pass->x[0][r] = pass->zero;
}

void wf_pass_forward(wf_pass *pass, const wf_model *model, int B) {
  for (int l = 0; l < model->L; l++) {
    const wf_layer *layer = &model->layers[l];
    int B4 = round4(B);
    wf_matmul_forward(pass->a[l], pass->x[l], model->slots + layer->weight, model->slots + layer->bias, B4, layer->I, layer->O8);
    wf_activation_forward(pass->a[l], pass->z[l], layer->activation, layer->slope, (size_t)B4 * (size_t)layer->O8);
  }
}

void wf_pass_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int B) {
  int B4 = round4(B);
  for (int l = model->L - 1; l >= 0; l--) {
    const wf_layer *layer = &model->layers[l];
    wf_activation_backward(pass->d[l], pass->a[l], pass->z[l], layer->activation, layer->slope, (size_t)B4 * (size_t)layer->O8);
    if (l > 0) /* before the update: the gradient of the inputs belongs to the weights of the forward pass */
      wf_matmul_input_gradient(pass->d[l - 1], pass->d[l], model->slots + layer->weight, B4, layer->I, layer->O8,
                               model->layers[l - 1].O8);
    wf_matmul_weight_gradient(update, layer->weight, layer->bias, pass->x[l], pass->d[l], B, layer->I, layer->O8);
  }
}
