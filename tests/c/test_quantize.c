/* test_quantize.c: the kernels of small integers against their twins, whole networks against the plain definition · next: test_linear.c */
#include <math.h>
#include <stdlib.h>

#include "../../src/core/loss.h"
#include "../../src/core/random.h"
#include "../../src/kernels/activation.h"
#include "../../src/kernels/int8.h"
#include "check.h"
#include "toy.h"

static const int sizes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 31, 32, 33, 63, 64, 65};
enum { COUNT = sizeof sizes / sizeof sizes[0], MOST = 72, ROWS = 130 };

/* a whole number from least to most */
static int draw(int least, int most, uint32_t step, int index) {
  return least + (int)(wf_random_uniform(5, WF_STREAM_DATA, step, (uint32_t)index) * (most - least + 1));
}

static void tiles_equal_their_oracle(int I, int shift) {
  static int16_t x[4 * MOST + 8], w[8][MOST], panel[MOST * 8];
  int I2 = (I + 1) / 2 * 2, ld = MOST, wrong = 0;
  int32_t sums[32];
  for (int i = 0; i < 4 * MOST + 8; i++) x[i] = (int16_t)draw(-255, 255, 1, i);
  memset(panel, 0, sizeof panel);
  for (int o = 0; o < 8; o++)
    for (int i = 0; i < I; i++) {
      w[o][i] = (int16_t)draw(-255, 255, 2 + (uint32_t)o, i);
      panel[i / 2 * 16 + o * 2 + i % 2] = w[o][i];
    }
  wf_int8_tile(sums, x + shift, (size_t)ld, panel, I2);
  for (int r = 0; r < 4; r++)
    for (int o = 0; o < 8; o++) wrong += sums[r * 8 + o] != wf_int8_dot_scalar(x + shift + r * ld, w[o], I);
  CHECK(wrong == 0, "%d of 32 sums over I=%d, rows shifted by %d, are not those of the oracle", wrong, I, shift);
}

static void levels_equal_their_oracle(int n, int shift) {
  static wf_real x[MOST], origin[MOST], factor[MOST];
  static uint8_t bytes[MOST], gain[MOST];
  int16_t floats[MOST], whole[MOST];
  int wrong = 0;
  for (int i = 0; i < n; i++) {
    x[i + shift] = (wf_real)(draw(-4000, 4000, 20, i) / 16.0); /* with many halves */
    origin[i + shift] = (wf_real)draw(-100, 100, 21, i);
    factor[i + shift] = (wf_real)(draw(1, 16, 22, i) / 8.0);
    bytes[i + shift] = (uint8_t)draw(0, 255, 23, i);
    gain[i + shift] = (uint8_t)(i % 3 ? draw(1, 255, 24, i) : 1);
  }
  int finite = wf_int8_from_floats(floats, x + shift, origin + shift, factor + shift, -127, 127, n);
  wf_int8_from_bytes(whole, bytes + shift, gain + shift, n);
  for (int i = 0; i < n; i++) {
    wrong += floats[i] != wf_int8_level_scalar(x[i + shift], origin[i + shift], factor[i + shift], -127, 127);
    int stretched = bytes[i + shift] * gain[i + shift];
    wrong += whole[i] != (stretched > 255 ? 255 : stretched);
  }
  CHECK(finite && wrong == 0, "%d of %d levels are not those of the oracle", wrong, n);
}

static void levels_round_halves_to_even_and_stop_at_both_ends(void) {
  const wf_real x[] = {-1e30f, -0.5f, 0, 0.5f, 1.5f, 2.5f, 254.5f, 255.5f, 1e30f}, origin[9] = {0};
  const wf_real factor[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  const int expected[] = {0, 0, 0, 0, 2, 2, 254, 255, 255};
  int16_t levels[12];
  CHECK(wf_int8_from_floats(levels, x, origin, factor, 0, 255, 9), "all are finite");
  for (int i = 0; i < 9; i++) CHECK(levels[i] == expected[i], "the level of %g is %d, not %d", (double)x[i], levels[i], expected[i]);
}

static void values_that_are_not_finite_are_seen_wherever_they_stand(void) {
  const wf_real bad[] = {(wf_real)NAN, (wf_real)INFINITY, (wf_real)-INFINITY};
  wf_real x[9] = {0}, one[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  int16_t levels[12];
  for (int at = 0; at < 9; at++)
    for (int k = 0; k < 3; k++) {
      x[at] = bad[k];
      CHECK(!wf_int8_from_floats(levels, x, one, one, 0, 255, 9), "%g at %d was taken for a number", (double)bad[k], at);
      for (int i = 0; i < 9; i++) CHECK(levels[i] >= 0 && levels[i] <= 255, "level %d", levels[i]);
      x[at] = 0;
    }
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

enum { DEPTH = 3, WIDE = 40 };
typedef struct net {
  wf_int8_config config;
  wf_int8_layer layers[DEPTH];
  int8_t weight[DEPTH][WIDE * WIDE], zero[DEPTH][WIDE];
  int64_t offset[DEPTH][WIDE];
  int32_t multiplier[DEPTH][WIDE];
  uint8_t shift[DEPTH][WIDE];
  int16_t table[WIDE * 256];
  wf_real scale[WIDE], bias[WIDE], origin[WIDE], factor[WIDE];
  uint8_t gain[WIDE];
} net;

/* kind & 1: bytes; & 2: zero points; & 4: the second layer has a table. widths (DEPTH + 1) */
static void net_make(net *n, const int *widths, int kind) {
  memset(n, 0, sizeof *n);
  for (int l = 0; l < DEPTH; l++) {
    int I = widths[l], O = widths[l + 1];
    n->layers[l] = (wf_int8_layer){.weight = n->weight[l], .zero = n->zero[l], .offset = n->offset[l], .multiplier = n->multiplier[l],
                                   .shift = n->shift[l], .inputs = I, .outputs = O, .least = l == 0 ? 0 : -127, .most = 127};
    for (int i = 0; i < I * O; i++) n->weight[l][i] = (int8_t)draw(-128, 127, 30 + (uint32_t)l, i);
    for (int o = 0; o < O; o++) {
      if (kind & 2) n->zero[l][o] = (int8_t)draw(-128, 127, 40 + (uint32_t)l, o);
      n->shift[l][o] = (uint8_t)draw(35, 38, 50 + (uint32_t)l, o);
      n->multiplier[l][o] = draw(1 << 29, (1 << 30) - 1, 60 + (uint32_t)l, o) / I;
      n->offset[l][o] = (int64_t)draw(-20, 20, 70 + (uint32_t)l, o) * ((int64_t)1 << n->shift[l][o]);
    }
  }
  if (kind & 4) {
    n->layers[1].table = n->table;
    n->layers[1].least = 0;
    n->layers[1].most = 255;
    for (int i = 0; i < WIDE * 256; i++) n->table[i] = (int16_t)draw(-127, 127, 80, i);
  }
  for (int o = 0; o < WIDE; o++) {
    n->scale[o] = (wf_real)(draw(1, 100, 90, o) / 1e4);
    n->bias[o] = (wf_real)draw(-10, 10, 91, o);
    n->origin[o] = (wf_real)-1;
    n->factor[o] = (wf_real)127;
    n->gain[o] = (uint8_t)(1 + o % 2);
  }
  n->config = (wf_int8_config){.layers = n->layers, .scale = n->scale, .bias = n->bias, .L = DEPTH, .least = 0, .most = kind & 1 ? 255 : 254};
  n->config.origin = n->origin;
  n->config.factor = n->factor;
  if (kind & 1) n->config.gain = n->gain;
}

/* y (K) of one row of levels, as wasmfit_int8.h defines it. */
static void define(wf_real *y, const net *n, const int *features) {
  int levels[WIDE], next[WIDE];
  memcpy(levels, features, (size_t)n->layers[0].inputs * sizeof *levels);
  for (int l = 0; l < DEPTH; l++) {
    const wf_int8_layer *layer = &n->layers[l];
    for (int o = 0; o < layer->outputs; o++) {
      int64_t x = 0;
      for (int i = 0; i < layer->inputs; i++) x += (layer->weight[i * layer->outputs + o] - layer->zero[o]) * (int64_t)levels[i];
      if (l + 1 == DEPTH) {
        y[o] = n->scale[o] * (wf_real)x + n->bias[o];
        continue;
      }
      long double r = floorl(((long double)layer->multiplier[o] * (long double)x + (long double)layer->offset[o]) / powl(2, layer->shift[o]) + 0.5L);
      int level = r < layer->least ? layer->least : r > layer->most ? layer->most : (int)r;
      next[o] = layer->table ? layer->table[o * 256 + level] : level;
    }
    memcpy(levels, next, sizeof levels);
  }
}

static void networks_compute_what_the_header_defines(const int *widths, int kind, int rows) {
  static net n;
  static wf_real x[ROWS * WIDE], y[ROWS * WIDE], expected[WIDE];
  static uint8_t bytes[ROWS * WIDE];
  int D = widths[0], K = widths[DEPTH], wrong = 0, apart = 0;
  net_make(&n, widths, kind);
  for (int i = 0; i < rows * D; i++) {
    bytes[i] = (uint8_t)draw(0, 255, 95, i);
    x[i] = (wf_real)(2 * wf_random_uniform(5, WF_STREAM_DATA, 96, (uint32_t)i) - 1);
  }
  CHECK(wf_int8_check(&n.config) == 0, "a good network is refused at layer %d", wf_int8_check(&n.config));
  wf_int8 *model = wf_int8_new(&n.config);
  CHECK(wf_int8_predict(y, model, kind & 1 ? (const void *)bytes : x, rows, 0), "all rows are finite");
  for (int r = 0; r < rows; r++) {
    int levels[WIDE];
    for (int i = 0; i < D; i++) levels[i] = kind & 1 ? (bytes[r * D + i] * (1 + i % 2) > 255 ? 255 : bytes[r * D + i] * (1 + i % 2)) : wf_int8_level_scalar(x[r * D + i], -1, 127, 0, 254);
    define(expected, &n, levels);
    for (int o = 0; o < K; o++) wrong += y[r * K + o] != expected[o];
    apart += r > 0 && y[r * K] != y[0];
  }
  CHECK(wrong == 0, "%d of %d outputs differ from the definition at %d-%d-%d-%d, kind %d", wrong, rows * K, D, widths[1], widths[2], K, kind);
  CHECK(rows < 3 || widths[1] < 8 || apart > 0, "all rows of %d-%d-%d-%d, kind %d, have one output", D, widths[1], widths[2], K, kind);
  wf_int8_free(model);
}

static void probabilities_are_those_of_a_network_with_these_outputs(wf_loss loss) {
  enum { K = 5, N = 70 };
  static net n;
  wf_real outputs[N * K], got[N * K], padded[N * 8] = {0};
  uint8_t bytes[N * 6];
  int wrong = 0;
  wf_config config = {.loss = loss};
  net_make(&n, (const int[]){6, 9, 7, K}, 1);
  n.config.loss = (int32_t)loss;
  for (int i = 0; i < N * 6; i++) bytes[i] = (uint8_t)draw(0, 255, 97, i);
  wf_int8 *model = wf_int8_new(&n.config);
  wf_int8_predict(outputs, model, bytes, N, 0);
  wf_int8_predict(got, model, bytes, N, 1);
  for (int i = 0; i < N * K; i++) padded[i / K * 8 + i % K] = outputs[i];
  wf_loss_probabilities(padded, &config, N, K, 8);
  for (int i = 0; i < N * K; i++) wrong += got[i] != padded[i / K * 8 + i % K];
  CHECK(wrong == 0 && (loss == WF_MSE) == (memcmp(got, outputs, sizeof got) == 0), "%d of %d probabilities of %s differ", wrong, N * K, loss_names[loss]);
  wf_int8_free(model);
}

static void a_table_has_the_levels_of_the_activation(wf_activation kind) {
  wf_real slope = (wf_real)0.25, z[256], a[256];
  int16_t table[256];
  int wrong = 0, different = 0;
  for (int i = 0; i < 256; i++) a[i] = z[i] = (wf_real)-4 + (wf_real)0.03 * (wf_real)i;
  wf_activation_forward(a, z, kind, slope, 256);
  wf_int8_table(table, (int32_t)kind, slope, -4, (wf_real)0.03, -2, 40, -127, 127);
  for (int i = 0; i < 256; i++) {
    wrong += table[i] != wf_int8_level_scalar(a[i], -2, 40, -127, 127);
    different += i > 0 && table[i] != table[i - 1];
  }
  CHECK(wrong == 0 && different > 10, "%d of 256 levels of %s are wrong, %d differ from the one before", wrong, activation_names[kind], different);
}

/* One input, one output, so that x is the level. */
static net single(int32_t multiplier, int64_t offset, int shift) {
  net n;
  net_make(&n, (const int[]){1, 1, 1, 1}, 1);
  for (int l = 0; l < DEPTH; l++) {
    n.weight[l][0] = 1;
    n.multiplier[l][0] = 1 << 20;
    n.offset[l][0] = 0;
    n.shift[l][0] = 20;
    n.layers[l].least = -127;
  }
  n.multiplier[0][0] = multiplier;
  n.offset[0][0] = offset;
  n.shift[0][0] = (uint8_t)shift;
  n.scale[0] = 1;
  n.bias[0] = 0;
  return n;
}

/* its pointers belong to where it was made */
static double answer(net n, uint8_t byte) {
  for (int l = 0; l < DEPTH; l++) {
    n.layers[l].weight = n.weight[l];
    n.layers[l].zero = n.zero[l];
    n.layers[l].offset = n.offset[l];
    n.layers[l].multiplier = n.multiplier[l];
    n.layers[l].shift = n.shift[l];
  }
  n.config.layers = n.layers;
  n.config.scale = n.scale;
  n.config.bias = n.bias;
  n.config.gain = n.gain;
  wf_real y = 0;
  wf_int8 *model = wf_int8_new(&n.config);
  wf_int8_predict(&y, model, &byte, 1, 0);
  wf_int8_free(model);
  return (double)y;
}

static void results_round_halves_upwards_and_stop_at_both_ends(void) {
  const struct { int32_t multiplier; int64_t offset; int shift, x; double expected; } cases[] = {
      {1, 0, 1, 3, 2}, {-1, 0, 1, 3, -1}, {1, 0, 1, 5, 3}, {1, 0, 2, 5, 1}, {1, 0, 2, 6, 2}, {-1, 0, 2, 6, -1}, {-1, 0, 2, 7, -2},
      {1, 1, 1, 2, 2}, {1, -9, 1, 2, -3}, {4, 0, 1, 100, 127}, {-4, 0, 1, 100, -127}, {INT32_MAX, 0, 31, 77, 77}, {INT32_MIN, 0, 31, 77, -77},
      {0, (int64_t)1 << 61, 61, 9, 1}, {0, -((int64_t)1 << 61), 62, 9, 0}, {0, -((int64_t)1 << 61) - 1, 62, 9, -1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    double got = answer(single(cases[i].multiplier, cases[i].offset, cases[i].shift), (uint8_t)cases[i].x);
    CHECK(got == cases[i].expected, "case %d is %g, not %g", (int)i, got, cases[i].expected);
  }
}

static void the_greatest_sums_are_exact_and_greater_ones_are_refused(void) {
  enum { FIT = INT32_MAX / (255 * 255) };
  int8_t *weight = malloc(FIT + 1), zero = -128;
  uint8_t *x = malloc(FIT + 1), *gain = malloc(FIT + 1);
  wf_real scale = 1, bias = 0, y = 0;
  memset(weight, 127, FIT + 1);
  memset(x, 255, FIT + 1);
  memset(gain, 1, FIT + 1);
  wf_int8_layer layer = {.weight = weight, .zero = &zero, .inputs = FIT, .outputs = 1};
  wf_int8_config config = {.layers = &layer, .scale = &scale, .bias = &bias, .gain = gain, .L = 1, .least = 0, .most = 255};
  CHECK(wf_int8_check(&config) == 0, "%d inputs at their most fit 32 bits", FIT);
  wf_int8 *model = wf_int8_new(&config);
  wf_int8_predict(&y, model, x, 1, 0);
  CHECK(y == (wf_real)(255 * 255 * (int64_t)FIT), "the sum is %g", (double)y);
  layer.inputs = FIT + 1;
  CHECK(wf_int8_check(&config) == 1, "one input more does not fit");
  wf_int8_free(model);
  free(weight);
  free(x);
  free(gain);
}

static void a_check_finds_the_layer_and_the_rule_that_is_broken(void) {
  static net n;
  const int widths[] = {3, 4, 5, 2};
  for (int wrong = 0; wrong < 10; wrong++) {
    net_make(&n, widths, 4);
    int expected[] = {1, 2, 2, 1, 2, 2, 1, 1, 2, 1};
    if (wrong == 0) n.shift[0][3] = 0;
    if (wrong == 1) n.shift[1][4] = 63;
    if (wrong == 2) n.offset[1][0] = ((int64_t)1 << 61) + 1;
    if (wrong == 3) n.offset[0][0] = -((int64_t)1 << 61) - 1;
    if (wrong == 4) n.table[5 * 256 - 1] = 256;
    if (wrong == 5) n.layers[1].most = 256;
    if (wrong == 6) n.config.most = 256;
    if (wrong == 7) n.config.least = 255;
    if (wrong == 8) n.layers[0].least = -256;
    if (wrong == 9) n.config.gain = n.gain;
    CHECK(wf_int8_check(&n.config) == expected[wrong], "fault %d is found at layer %d, not %d", wrong, wf_int8_check(&n.config), expected[wrong]);
  }
}

static void a_row_that_is_not_finite_is_refused(void) {
  static net n;
  wf_real x[65 * 3] = {0}, y[65 * 2];
  net_make(&n, (const int[]){3, 4, 5, 2}, 0);
  wf_int8 *model = wf_int8_new(&n.config);
  CHECK(wf_int8_predict(y, model, x, 65, 0), "zeros are finite");
  x[64 * 3 + 2] = (wf_real)NAN;
  CHECK(!wf_int8_predict(y, model, x, 65, 0), "NaN in the last row was taken for a number");
  CHECK(wf_int8_predict(y, model, x, 64, 0) && wf_int8_predict(y, model, x, 0, 0), "the rows before it are good");
  wf_int8_free(model);
}

int main(void) {
  for (int s = 0; s < COUNT; s++)
    for (int shift = 0; shift < 4; shift++) {
      tiles_equal_their_oracle(sizes[s], shift);
      levels_equal_their_oracle(sizes[s], shift);
    }
  levels_round_halves_to_even_and_stop_at_both_ends();
  values_that_are_not_finite_are_seen_wherever_they_stand();
  const int widths[][DEPTH + 1] = {{1, 1, 1, 1}, {3, 8, 5, 2}, {17, 9, 16, 1}, {8, 33, 7, 10}, {40, 40, 40, 40}};
  const int rows[] = {1, 3, 4, 63, 64, 65, ROWS};
  for (int w = 0; w < 5; w++)
    for (int kind = 0; kind < 8; kind++)
      for (int r = 0; r < 7; r++) networks_compute_what_the_header_defines(widths[w], kind, rows[r]);
  for (int loss = 0; loss < WF_LOSS_COUNT; loss++)
    if (wf_loss_targets((wf_loss)loss) != WF_NUMBERS || loss == WF_MSE || loss == WF_POISSON)
      probabilities_are_those_of_a_network_with_these_outputs((wf_loss)loss);
  for (int kind = 0; kind < WF_ACTIVATION_COUNT; kind++) a_table_has_the_levels_of_the_activation((wf_activation)kind);
  results_round_halves_upwards_and_stop_at_both_ends();
  the_greatest_sums_are_exact_and_greater_ones_are_refused();
  a_check_finds_the_layer_and_the_rule_that_is_broken();
  a_row_that_is_not_finite_is_refused();
  return check_report("test_quantize");
}
