/* quantize.c: prediction by a quantised network, layer by layer over blocks of rows · in: levels of integers, features · out: outputs
 * next: ../js/quantize.js */
#include "../kernels/activation.h"
#include "../kernels/int8.h"
#include "loss.h"

/* Rows that go through the layers together: their levels and one panel of weights fit the caches. */
enum { BLOCK = 64, WORST = 255 };

typedef struct layer {
  int I, O, I2, O8, least, most;
  int16_t *w;          /* panels (I,O) of weight - zero */
  int64_t *offset;     /* (O8) with the half that rounds */
  int32_t *multiplier; /* (O8) */
  uint8_t *shift;      /* (O8) */
  int16_t *table;      /* (O,256) or NULL */
} layer;

struct wf_int8 {
  layer *layers;
  wf_real *scale, *bias;     /* (K8) */
  wf_real *origin, *factor;  /* (D), or */
  uint8_t *gain;             /* (D) of bytes */
  int16_t *x[2];             /* (BLOCK, width) levels of the layer at work and of the next */
  wf_real *y;                /* (BLOCK, K8) outputs */
  int32_t L, least, most, width;
  wf_config config;          /* its loss */
};

static int round_up(int n, int to) { return (n + to - 1) / to * to; }

static int within(int value) { return value >= -WORST && value <= WORST; }

/* Whether Σ |weight - zero| · worst of each column fits 32 bits. */
static int sums_fit(const wf_int8_layer *given, int worst) {
  for (int o = 0; o < given->outputs; o++) {
    int64_t sum = 0;
    for (int i = 0; i < given->inputs; i++) {
      int w = given->weight[(size_t)i * (size_t)given->outputs + (size_t)o] - given->zero[o];
      sum += (int64_t)(w < 0 ? -w : w) * worst;
    }
    if (sum > INT32_MAX) return 0;
  }
  return 1;
}

static int results_fit(const wf_int8_layer *given) {
  const int64_t most = (int64_t)1 << 61;
  for (int o = 0; o < given->outputs; o++)
    if (given->offset[o] < -most || given->offset[o] > most || given->shift[o] < 1 || given->shift[o] > 62) return 0;
  for (int i = 0; i < given->outputs * 256 && given->table; i++)
    if (!within(given->table[i])) return 0;
  return !given->table || (given->least == 0 && given->most == 255);
}

void wf_int8_table(int16_t *table, int32_t activation, wf_real slope, wf_real low, wf_real step, wf_real origin, wf_real factor,
                   int32_t least, int32_t most) {
  enum { COUNT = 256 };
  wf_real values[COUNT], z[COUNT], origins[COUNT], factors[COUNT];
  for (int i = 0; i < COUNT; i++) {
    values[i] = low + step * (wf_real)i;
    origins[i] = origin;
    factors[i] = factor;
  }
  wf_activation_forward(values, z, (wf_activation)activation, slope, COUNT);
  wf_int8_from_floats(table, values, origins, factors, least, most, COUNT);
}

int wf_int8_check(const wf_int8_config *config) {
  int least = config->least, most = config->most;
  if (config->gain && (least != 0 || most != 255)) return 1;
  for (int l = 0; l < config->L; l++) {
    const wf_int8_layer *given = &config->layers[l];
    if (!within(least) || !within(most) || least > most) return 1 + l;
    if (!sums_fit(given, -least > most ? -least : most)) return 1 + l;
    if (l + 1 < config->L && !results_fit(given)) return 1 + l;
    least = given->table ? -WORST : given->least;
    most = given->table ? WORST : given->most;
  }
  return 0;
}

static int widest(const wf_int8_config *config) {
  int width = 8;
  for (int l = 0; l < config->L; l++) {
    int I = config->layers[l].inputs, O = config->layers[l].outputs;
    if (round_up(I, 8) > width) width = round_up(I, 8);
    if (round_up(O, 8) > width) width = round_up(O, 8);
  }
  return width;
}

/* See arena.h. */
static wf_int8 *layout(arena *a, const wf_int8_config *config) {
  const wf_int8_layer *last = &config->layers[config->L - 1];
  uint64_t D = (uint64_t)config->layers[0].inputs, K8 = (uint64_t)round_up(last->outputs, 8), width = (uint64_t)widest(config);
  wf_int8 head = {.L = config->L, .least = config->least, .most = config->most, .width = (int32_t)width, .config.loss = config->loss};
  wf_int8 *model = arena_take(a, 1, sizeof *model);
  head.layers = arena_take(a, (uint64_t)config->L, sizeof *head.layers);
  for (int l = 0; l < config->L; l++) {
    const wf_int8_layer *given = &config->layers[l];
    layer to = {.I = given->inputs, .O = given->outputs, .I2 = round_up(given->inputs, 2), .O8 = round_up(given->outputs, 8),
                .least = given->least, .most = given->most};
    uint64_t O8 = (uint64_t)to.O8;
    to.w = arena_take(a, (uint64_t)to.I2 * O8, sizeof *to.w);
    to.offset = arena_take(a, O8, sizeof *to.offset);
    to.multiplier = arena_take(a, O8, sizeof *to.multiplier);
    to.shift = arena_take(a, O8, sizeof *to.shift);
    to.table = given->table ? arena_take(a, (uint64_t)to.O * 256, sizeof *to.table) : NULL;
    if (a->base) head.layers[l] = to;
  }
  head.scale = arena_take(a, K8, sizeof *head.scale);
  head.bias = arena_take(a, K8, sizeof *head.bias);
  head.origin = config->gain ? NULL : arena_take(a, D, sizeof *head.origin);
  head.factor = config->gain ? NULL : arena_take(a, D, sizeof *head.factor);
  head.gain = config->gain ? arena_take(a, D, sizeof *head.gain) : NULL;
  head.y = arena_take(a, BLOCK * K8, sizeof *head.y);
  for (int k = 0; k < 2; k++) head.x[k] = arena_take(a, BLOCK * width, sizeof *head.x[k]);
  if (a->base) *model = head;
  return model;
}

static void layer_copy(layer *to, const wf_int8_layer *given, int last) {
  for (int i = 0; i < to->I; i++)
    for (int o = 0; o < to->O; o++) {
      int at = o / 8 * to->I2 * 8 + i / 2 * 16 + o % 8 * 2 + i % 2;
      to->w[at] = (int16_t)(given->weight[(size_t)i * (size_t)to->O + (size_t)o] - given->zero[o]);
    }
  for (int o = 0; o < to->O && !last; o++) {
    to->multiplier[o] = given->multiplier[o];
    to->shift[o] = given->shift[o];
    to->offset[o] = given->offset[o] + ((int64_t)1 << (given->shift[o] - 1));
  }
  if (given->table) memcpy(to->table, given->table, (size_t)to->O * 256 * sizeof *to->table);
}

wf_int8 *wf_int8_new(const wf_int8_config *config) {
  arena a = {NULL, 0};
  layout(&a, config);
  a = (arena){arena_memory(&a), 0};
  if (!a.base) return NULL;
  wf_int8 *model = layout(&a, config);
  const wf_int8_layer *last = &config->layers[config->L - 1];
  for (int l = 0; l < config->L; l++) layer_copy(&model->layers[l], &config->layers[l], l + 1 == config->L);
  memcpy(model->scale, config->scale, (size_t)last->outputs * sizeof *model->scale);
  memcpy(model->bias, config->bias, (size_t)last->outputs * sizeof *model->bias);
  size_t D = (size_t)config->layers[0].inputs;
  if (config->gain) memcpy(model->gain, config->gain, D);
  else {
    memcpy(model->origin, config->origin, D * sizeof *model->origin);
    memcpy(model->factor, config->factor, D * sizeof *model->factor);
  }
  return model;
}

void wf_int8_free(wf_int8 *model) { wf_free(model); }

/* to (4, ld): levels of 4 × 8 sums. */
static void rescale(int16_t *to, size_t ld, const int32_t *sums, const layer *layer, int o) {
  const int64_t *offset = layer->offset + o;
  const int32_t *multiplier = layer->multiplier + o;
  const uint8_t *shift = layer->shift + o;
  int64_t least = layer->least, most = layer->most;
  for (int r = 0; r < 4; r++, to += ld, sums += 8)
    for (int c = 0; c < 8; c++) {
      int64_t level = ((int64_t)multiplier[c] * sums[c] + offset[c]) >> shift[c];
      level = level < least ? least : level;
      level = level > most ? most : level;
      to[c] = (int16_t)level;
    }
}

static void look_up(int16_t *levels, size_t ld, const layer *layer, int B) {
  for (int r = 0; r < B; r++, levels += ld)
    for (int o = 0; o < layer->O; o++) levels[o] = layer->table[o * 256 + levels[o]];
}

/* to (B, ld) = levels of the layer for rows x. */
static void forward(int16_t *to, const int16_t *x, size_t ld, const layer *layer, int B) {
  for (int o = 0; o < layer->O8; o += 8)
    for (int r = 0; r < B; r += 4) {
      int32_t sums[32];
      wf_int8_tile(sums, x + (size_t)r * ld, ld, layer->w + (size_t)o * (size_t)layer->I2, layer->I2);
      rescale(to + (size_t)r * ld + o, ld, sums, layer, o);
    }
  if (layer->table) look_up(to, ld, layer, B);
}

/* model->y of B rows x. */
static void forward_last(const wf_int8 *model, const int16_t *x, int B) {
  const layer *layer = &model->layers[model->L - 1];
  size_t ld = (size_t)model->width, O8 = (size_t)layer->O8;
  for (size_t o = 0; o < O8; o += 8)
    for (int r = 0; r < B; r += 4) {
      int32_t sums[32];
      wf_int8_tile(sums, x + (size_t)r * ld, ld, layer->w + o * (size_t)layer->I2, layer->I2);
      for (int k = 0; k < 4; k++)
        for (size_t c = 0; c < 8; c++)
          model->y[(size_t)(r + k) * O8 + o + c] = model->scale[o + c] * (wf_real)sums[(size_t)k * 8 + c] + model->bias[o + c];
    }
}

static int take(const wf_int8 *model, const void *x, int32_t first, int B) {
  size_t D = (size_t)model->layers[0].I, from = (size_t)first * D;
  int finite = 1;
  for (int r = 0; r < B; r++, from += D) {
    int16_t *to = model->x[0] + (size_t)r * (size_t)model->width;
    if (!model->gain) finite &= wf_int8_from_floats(to, (const wf_real *)x + from, model->origin, model->factor, model->least, model->most, (int)D);
    else wf_int8_from_bytes(to, (const uint8_t *)x + from, model->gain, (int)D);
  }
  return finite;
}

int wf_int8_predict(wf_real *y, wf_int8 *model, const void *x, int32_t rows, int probabilities) {
  const layer *last = &model->layers[model->L - 1];
  size_t K = (size_t)last->O, K8 = (size_t)last->O8;
  for (int32_t first = 0; first < rows; first += BLOCK) {
    int B = rows - first < BLOCK ? (int)(rows - first) : BLOCK;
    if (!take(model, x, first, B)) return 0;
    for (int l = 0; l + 1 < model->L; l++)
      forward(model->x[(l + 1) & 1], model->x[l & 1], (size_t)model->width, &model->layers[l], B);
    forward_last(model, model->x[(model->L - 1) & 1], B);
    if (probabilities) wf_loss_probabilities(model->y, &model->config, B, last->O, last->O8);
    for (int r = 0; r < B; r++, y += K) memcpy(y, model->y + (size_t)r * K8, K * sizeof *y);
  }
  return 1;
}
