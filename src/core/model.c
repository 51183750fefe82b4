/* model.c: allocation, plain order in and out, prediction · in: a checked configuration · out: wf_model · next: init.c, pass.c */
#include "model.h"

#include <stdlib.h>

#include "loss.h"

int wf_abi(void) { return WF_ABI; }
void *wf_alloc(size_t bytes) {
  return bytes > SIZE_MAX - 128 ? NULL : aligned_alloc(64, bytes / 64 * 64 + 64);
}

void wf_free(void *p) { free(p); }

static void model_layout(wf_model *model, arena *a) {
  model->layers = arena_take(a, (uint64_t)model->L, sizeof(wf_layer));
  model->slots = arena_take(a, (uint64_t)(1 + model->S) * model->padded, sizeof(wf_real));
}

static wf_layer layer_of(const wf_layer_config *config, int I, size_t *at) {
  wf_layer layer = {.I = I, .O = (int)config->units, .O8 = round8((int)config->units),
                    .activation = (wf_activation)config->activation, .slope = (wf_real)config->slope,
                    .initializer = (wf_initializer)config->initializer};
  layer.weight = *at;
  layer.bias = *at + (size_t)round4(I) * (size_t)layer.O8;
  *at = layer.bias + (size_t)layer.O8;
  return layer;
}

static int slots_of(wf_optimizer optimizer) {
#define SLOTS(code, name, slots) slots,
  static const int slots[] = {WF_OPTIMIZERS(SLOTS)};
#undef SLOTS
  return slots[optimizer];
}

wf_model *wf_model_new(const wf_config *config, const wf_layer_config *layers) {
  wf_model shape = {.config = *config, .L = (int)config->layers, .D = (int)config->inputs};
  shape.S = slots_of((wf_optimizer)config->optimizer);
  int I = shape.D;
  for (int l = 0; l < shape.L; l++) {
    wf_layer layer = layer_of(&layers[l], I, &shape.padded);
    shape.P += ((size_t)I + 1) * (size_t)layer.O;
    I = layer.O;
  }
  shape.K = I;
  arena a = {NULL, sizeof shape};
  model_layout(&shape, &a);
  wf_model *model = arena_memory(&a);
  if (!model) return NULL;
  *model = shape;
  a = (arena){(char *)model, sizeof shape};
  model_layout(model, &a);
  size_t at = 0;
  I = model->D;
  for (int l = 0; l < model->L; l++) {
    model->layers[l] = layer_of(&layers[l], I, &at);
    I = model->layers[l].O;
  }
  wf_model_initialize(model);
  return model;
}

void wf_model_free(wf_model *model) { wf_free(model); }
size_t wf_model_size(const wf_model *model) { return model->P; }
int wf_model_slots(const wf_model *model) { return model->S; }
double wf_model_steps(const wf_model *model) { return model->steps; }
double wf_model_epochs(const wf_model *model) { return model->epochs; }

void wf_model_set_progress(wf_model *model, double steps, double epochs) {
  model->steps = steps;
  model->epochs = epochs;
}

size_t wf_panel_index(const wf_layer *layer, int i, int o) {
  return layer->weight + (size_t)(o / 8) * (size_t)round4(layer->I) * 8 + (size_t)i * 8 + (size_t)(o % 8);
}

void wf_slot_export(wf_real *values, const wf_model *model, const wf_real *slot) {
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++) {
    for (int i = 0; i < layer->I; i++)
      for (int o = 0; o < layer->O; o++) *values++ = slot[wf_panel_index(layer, i, o)];
    for (int o = 0; o < layer->O; o++) *values++ = slot[layer->bias + (size_t)o];
  }
}

void wf_model_export(wf_real *values, const wf_model *model, int slot) {
  wf_slot_export(values, model, model->slots + (size_t)slot * model->padded);
}

void wf_model_import(wf_model *model, const wf_real *values, int slot) {
  wf_real *to = model->slots + (size_t)slot * model->padded;
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++) {
    for (int i = 0; i < layer->I; i++)
      for (int o = 0; o < layer->O; o++) to[wf_panel_index(layer, i, o)] = *values++;
    for (int o = 0; o < layer->O; o++) to[layer->bias + (size_t)o] = *values++;
  }
}

enum { PREDICT_ROWS = 64 };

int wf_model_predict(wf_real *y, wf_model *model, const wf_real *x, int rows, int probabilities) {
  int block = rows < PREDICT_ROWS ? rows : PREDICT_ROWS, K = model->K;
  wf_pass pass;
  arena a = {NULL, 0};
  wf_pass_layout(&pass, &a, model, block, 0);
  char *memory = arena_memory(&a);
  if (!memory) return 0;
  a = (arena){memory, 0};
  wf_pass_layout(&pass, &a, model, block, 0);
  wf_pass_connect(&pass, model);
  wf_real *out = pass.a[model->L - 1];
  int O8 = model->layers[model->L - 1].O8;
  for (int first = 0; first < rows; first += block) {
    int B = rows - first < block ? rows - first : block;
    wf_pass_rows(&pass, model, x, NULL, first, B);
    wf_pass_forward(&pass, model, B);
    if (probabilities) wf_loss_probabilities(out, (wf_loss)model->config.loss, B, K, O8);
    for (int r = 0; r < B; r++) memcpy(y + (size_t)(first + r) * (size_t)K, out + (size_t)r * (size_t)O8, (size_t)K * sizeof *y);
  }
  wf_free(memory);
  return 1;
}
