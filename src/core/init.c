/* init.c: starting weights of dense layers from the seed, 1 and 0 of the others · in: layers · out: slot 0 · next: pass.c
 *
 *   heUniform U(-√(6/I), √(6/I))      heNormal N(0, 2/I)       glorotUniform U(±√(6/(I+O)))   glorotNormal N(0, 2/(I+O))
 *   lecunUniform U(±√(3/I))           lecunNormal N(0, 1/I)    torch U(±1/√I), biases too     zeros
 *   auto: heUniform before relu, leakyRelu, elu, softplus, gelu, silu; glorotUniform before identity, tanh, sigmoid
 * Biases are zero but for torch. Weight (i, o) is number i O + o of its layer's stream, bias o number I O + o, whatever the layout.
 * batchNorm, layerNorm: weight 1, bias 0; running mean 0, running variance 1.
 * Sources: He et al. 2015; Glorot, Bengio 2010; LeCun et al. 1998; PyTorch's nn.Linear. Test: tests/c/test_model.c */
#include <math.h>

#include "model.h"
#include "random.h"

static wf_initializer resolve(const wf_layer *layer) {
  if (layer->initializer != WF_AUTO) return layer->initializer;
  switch (layer->activation) {
    case WF_IDENTITY: case WF_TANH: case WF_SIGMOID: return WF_GLOROT_UNIFORM;
    default: return WF_HE_UNIFORM;
  }
}

/* Half width of a uniform distribution, or the standard deviation of a normal one. */
static double scale_of(wf_initializer kind, double I, double O) {
  switch (kind) {
    case WF_HE_UNIFORM: return sqrt(6 / I);
    case WF_HE_NORMAL: return sqrt(2 / I);
    case WF_GLOROT_UNIFORM: return sqrt(6 / (I + O));
    case WF_GLOROT_NORMAL: return sqrt(2 / (I + O));
    case WF_LECUN_UNIFORM: return sqrt(3 / I);
    case WF_LECUN_NORMAL: return sqrt(1 / I);
    case WF_TORCH: return sqrt(1 / I);
    default: return 0;
  }
}

static wf_real draw(wf_initializer kind, double scale, double seed, uint32_t l, uint32_t index) {
  if (kind == WF_ZEROS) return 0;
  if (kind == WF_HE_NORMAL || kind == WF_GLOROT_NORMAL || kind == WF_LECUN_NORMAL)
    return (wf_real)(scale * wf_random_normal(seed, WF_STREAM_INIT, l, index));
  return (wf_real)(scale * (2 * wf_random_uniform(seed, WF_STREAM_INIT, l, index) - 1));
}

static void dense_initialize(wf_real *slot, const wf_layer *layer, double seed, uint32_t l) {
  wf_initializer kind = resolve(layer);
  double scale = scale_of(kind, layer->I, layer->O);
  for (int i = 0; i < layer->I; i++)
    for (int o = 0; o < layer->O; o++)
      slot[wf_panel_index(layer, i, o)] = draw(kind, scale, seed, l, (uint32_t)i * (uint32_t)layer->O + (uint32_t)o);
  for (int o = 0; o < layer->O && kind == WF_TORCH; o++)
    slot[layer->bias + (size_t)o] = draw(kind, scale, seed, l, (uint32_t)layer->I * (uint32_t)layer->O + (uint32_t)o);
}

static void ones(wf_real *values, int n) {
  for (int i = 0; i < n; i++) values[i] = 1;
}

void wf_model_initialize(wf_model *model) {
  for (uint32_t l = 0; l < (uint32_t)model->L; l++) {
    const wf_layer *layer = &model->layers[l];
    if (layer->kind == WF_DENSE) dense_initialize(model->slots, layer, model->config.seed, l);
    if (layer->kind == WF_BATCH_NORM || layer->kind == WF_LAYER_NORM) ones(model->slots + layer->weight, layer->O);
    if (layer->kind == WF_BATCH_NORM) ones(model->slots + layer->running + (size_t)layer->O8, layer->O);
  }
}
