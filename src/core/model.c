/* model.c: allocation, plain order in and out, prediction · in: a checked configuration · out: wf_model · next: init.c, pass.c */
#include "model.h"

#include "loss.h"

static void model_layout(wf_model *model, arena *a) {
  model->layers = arena_take(a, (uint64_t)model->L, sizeof(wf_layer));
  model->slots = arena_take(a, (uint64_t)(1 + model->S) * model->padded, sizeof(wf_real));
  model->positive = arena_take(a, (uint64_t)model->K, sizeof(wf_real));
}

static wf_layer layer_of(const wf_layer_config *c, int I, size_t *at) {
  wf_layer layer = {.kind = (wf_layer_kind)c->kind, .I = I, .O = (int)c->units, .O8 = round8((int)c->units),
                    .activation = (wf_activation)c->activation, .initializer = (wf_initializer)c->initializer,
                    .slope = (wf_real)c->slope, .l1 = (wf_real)c->l1, .l2 = (wf_real)c->l2, .max_norm = (wf_real)c->max_norm,
                    .rate = (wf_real)c->rate, .epsilon = (wf_real)c->norm_epsilon, .momentum = (wf_real)c->norm_momentum};
  size_t O8 = (size_t)layer.O8;
  layer.weight = *at;
  layer.bias = *at + (layer.kind == WF_DENSE ? (size_t)round4(I) * O8 : O8);
  layer.running = layer.bias + O8;
  if (layer.kind != WF_DROPOUT) *at = layer.running + (layer.kind == WF_BATCH_NORM ? 2 * O8 : 0);
  return layer;
}

/* Numbers of a layer in plain order. */
static size_t layer_size(const wf_layer *layer) {
  static const size_t vectors[] = {[WF_DENSE] = 1, [WF_DROPOUT] = 0, [WF_BATCH_NORM] = 4, [WF_LAYER_NORM] = 2};
  return (vectors[layer->kind] + (layer->kind == WF_DENSE ? (size_t)layer->I : 0)) * (size_t)layer->O;
}

wf_model *wf_model_new(const wf_config *config, const wf_layer_config *layers) {
  wf_model shape = {.config = *config, .L = (int)config->layers, .D = (int)config->inputs, .momentum_product = 1};
  shape.S = wf_optimizer_slots(config);
  int I = shape.D;
  for (int l = 0; l < shape.L; l++) {
    wf_layer layer = layer_of(&layers[l], I, &shape.padded);
    shape.P += layer_size(&layer);
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
  for (int k = 0; k < model->K; k++) model->positive[k] = (wf_real)config->positive_weight;
  wf_model_initialize(model);
  wf_optimizer_begin(model);
  return model;
}

void wf_model_free(wf_model *model) {
  if (model) wf_free(model->pass);
  wf_free(model);
}
size_t wf_model_size(const wf_model *model) { return model->P; }
int wf_model_slots(const wf_model *model) { return model->S; }
double wf_model_steps(const wf_model *model) { return model->steps; }
double wf_model_epochs(const wf_model *model) { return model->epochs; }
double wf_model_momentum_product(const wf_model *model) { return model->momentum_product; }

void wf_model_set_progress(wf_model *model, double steps, double epochs, double momentum_product) {
  model->steps = steps;
  model->epochs = epochs;
  model->momentum_product = momentum_product;
}

void wf_model_set_positive_weights(wf_model *model, const wf_real *weights) {
  memcpy(model->positive, weights, (size_t)model->K * sizeof *weights);
}

size_t wf_panel_index(const wf_layer *layer, int i, int o) {
  return layer->weight + (size_t)(o / 8) * (size_t)round4(layer->I) * 8 + (size_t)i * 8 + (size_t)(o % 8);
}

/* Where the next number in plain order lies in a slot, for number n of a layer. */
static size_t place_of(const wf_layer *layer, size_t n) {
  size_t O = (size_t)layer->O, row = n / O, column = n % O;
  if (layer->kind != WF_DENSE) return layer->weight + row * (size_t)layer->O8 + column;
  return row < (size_t)layer->I ? wf_panel_index(layer, (int)row, (int)column) : layer->bias + column;
}

void wf_slot_export(wf_real *values, const wf_model *model, const wf_real *slot) {
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++)
    for (size_t n = 0, size = layer_size(layer); n < size; n++) *values++ = slot[place_of(layer, n)];
}

void wf_slot_import(wf_real *slot, const wf_model *model, const wf_real *values) {
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++)
    for (size_t n = 0, size = layer_size(layer); n < size; n++) slot[place_of(layer, n)] = *values++;
}

void wf_model_export(wf_real *values, const wf_model *model, int slot) {
  wf_slot_export(values, model, model->slots + (size_t)slot * model->padded);
}

void wf_model_import(wf_model *model, const wf_real *values, int slot) {
  wf_slot_import(model->slots + (size_t)slot * model->padded, model, values);
}

enum { PREDICT_ROWS = 64 };

/* Workspace for predictions of up to `block` rows, kept with the model for the next call. NULL: out of memory. */
static wf_pass *predict_pass(wf_model *model, int block, int copies) {
  if (model->pass && model->pass->B4 >= block && (model->pass->gathered || !copies)) return model->pass;
  wf_pass shape;
  arena a = {NULL, sizeof shape};
  wf_pass_layout(&shape, &a, model, block, 0, copies);
  wf_pass *pass = arena_memory(&a);
  if (!pass) return NULL;
  wf_free(model->pass);
  a = (arena){(char *)pass, sizeof shape};
  wf_pass_layout(pass, &a, model, block, 0, copies);
  wf_pass_connect(pass, model);
  return model->pass = pass;
}

int wf_model_predict(wf_real *y, wf_model *model, const wf_rows *rows, int probabilities) {
  int N = rows->rows, block = N < PREDICT_ROWS ? N : PREDICT_ROWS, K = model->K;
  wf_pass *pass = predict_pass(model, block, rows->bytes != NULL);
  if (!pass) return 0;
  wf_real *out = pass->a[model->L - 1];
  int O8 = model->layers[model->L - 1].O8;
  for (int first = 0; first < N; first += block) {
    int B = N - first < block ? N - first : block;
    wf_pass_rows(pass, model, rows, NULL, first, B);
    wf_pass_forward(pass, model, model->slots, B, WF_PREDICT);
    if (probabilities) wf_loss_probabilities(out, &model->config, B, K, O8);
    for (int r = 0; r < B; r++) memcpy(y + (size_t)(first + r) * (size_t)K, out + (size_t)r * (size_t)O8, (size_t)K * sizeof *y);
  }
  return 1;
}
