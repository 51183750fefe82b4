/* test_model.c: configuration checks, starting weights, plain order in and out, prediction · next: test_fit.c */
#include <math.h>

#include "../../src/wasmfit.h"
#include "check.h"
#include "toy.h"

static wf_fault check_of(wf_config config, wf_layer_config *layers) {
  wf_fault fault;
  int good = wf_config_check(&fault, &config, layers);
  CHECK(good == ((wf_rule)fault.rule == WF_RULE_NONE), "the verdict %d and the rule %g disagree", good, fault.rule);
  return fault;
}

static void both_sides_of_every_limit_are_judged(void) {
  static const struct { double least, greatest; wf_rule rule; } ranges[] = {
#define RANGE(field, least, greatest, kind) {least, greatest, WF_RULE_##kind},
      WF_CONFIG_FIELDS(RANGE)
#undef RANGE
  };
  for (int f = 0; f < (int)(sizeof ranges / sizeof ranges[0]); f++) {
    double bad[] = {(double)NAN, (double)INFINITY, -1, ranges[f].greatest * 2 + 1};
    for (int b = 0; b < 4; b++) {
      wf_layer_config layers[] = {toy_layer(1, WF_IDENTITY)};
      wf_config config = toy_config(2, 1, WF_MSE, WF_SGD);
      (&config.inputs)[f] = bad[b];
      wf_fault fault = check_of(config, layers);
      CHECK(fault.field == f && fault.layer == -1, "field %d = %g was not refused (fault at %g)", f, bad[b], fault.field);
    }
    if (ranges[f].rule != WF_RULE_INT) continue;
    wf_layer_config layers[] = {toy_layer(1, WF_IDENTITY)};
    wf_config config = toy_config(2, 1, WF_MSE, WF_SGD);
    (&config.inputs)[f] = ranges[f].least + 0.5;
    CHECK(check_of(config, layers).field == f, "field %d took a fraction", f);
  }
}

static void a_fit_is_judged_too(void) {
  static const double bad[][4] = {{0, 1, 1, 0}, {1.5, 1, 1, 0}, {32, 0, 1, 0}, {32, (double)NAN, 1, 0}, {32, 1, 2, 0}, {32, 1, 1, -1}};
  static const int field[] = {0, 0, 1, 1, 2, 3};
  wf_fault fault;
  wf_fit_config good = toy_fit(32, 1, 1);
  CHECK(wf_fit_check(&fault, &good) && fault.field == -1, "a good fit was refused at field %g", fault.field);
  for (int i = 0; i < 6; i++) {
    wf_fit_config config = toy_fit(1, 1, 1);
    for (int f = 0; f < 4; f++) (&config.batch_size)[f] = bad[i][f];
    CHECK(!wf_fit_check(&fault, &config) && fault.field == field[i], "fit %d: fault at field %g, not %d", i, fault.field, field[i]);
  }
}

static void rules_between_fields_are_judged(void) {
  wf_layer_config one[] = {toy_layer(1, WF_IDENTITY)}, tanh_last[] = {toy_layer(2, WF_TANH)};
  wf_config config = toy_config(2, 1, WF_MSE, WF_SGD);
  config.momentum = 1;
  CHECK((wf_rule)check_of(config, one).rule == WF_RULE_OPEN, "momentum 1 was taken");
  config.momentum = 0;
  config.nesterov = 1;
  CHECK((wf_rule)check_of(config, one).rule == WF_RULE_NESTEROV, "nesterov without momentum was taken");
  CHECK((wf_rule)check_of(toy_config(2, 1, WF_CROSS_ENTROPY, WF_SGD), one).rule == WF_RULE_CLASSES, "one class was taken");
  CHECK((wf_rule)check_of(toy_config(2, 1, WF_CROSS_ENTROPY, WF_SGD), tanh_last).rule == WF_RULE_LOGITS, "tanh before softmax was taken");
  wf_layer_config wide[] = {toy_layer(1000000, WF_RELU), toy_layer(1, WF_IDENTITY)};
  CHECK((wf_rule)check_of(toy_config(1000000, 2, WF_MSE, WF_SGD), wide).rule == WF_RULE_SIZE, "10¹² weights were taken");
}

static void weights_come_back_in_plain_order(void) {
  wf_layer_config layers[] = {toy_layer(11, WF_RELU), toy_layer(3, WF_IDENTITY)};
  wf_config config = toy_config(5, 2, WF_MSE, WF_ADAM);
  wf_model *model = wf_model_new(&config, layers);
  size_t P = wf_model_size(model);
  CHECK(P == 5 * 11 + 11 + 11 * 3 + 3, "P is %zu", P);
  CHECK(wf_model_slots(model) == 2, "Adam has %d slots", wf_model_slots(model));
  for (int slot = 0; slot <= 2; slot++) {
    wf_real *in = toy_numbers((int)P, (uint32_t)slot), *out = calloc(P, sizeof *out);
    wf_model_import(model, in, slot);
    wf_model_export(out, model, slot);
    CHECK(memcmp(in, out, P * sizeof *in) == 0, "slot %d came back changed", slot);
    free(in);
    free(out);
  }
  wf_model_free(model);
}

static void predictions_are_the_plain_formula(void) {
  enum { N = 131, D = 5, H = 11, K = 3 };
  wf_layer_config layers[] = {toy_layer(H, WF_RELU), toy_layer(K, WF_IDENTITY)};
  wf_config config = toy_config(D, 2, WF_CROSS_ENTROPY, WF_SGD);
  wf_model *model = wf_model_new(&config, layers);
  wf_real *x = toy_numbers(N * D, 1), w[(D + 1) * H + (H + 1) * K], y[N * K], p[N * K];
  wf_model_export(w, model, 0);
  wf_rows rows = {.x = x, .rows = N};
  CHECK(wf_model_predict(y, model, &rows, 0) && wf_model_predict(p, model, &rows, 1), "out of memory");
  for (int r = 0; r < N; r++) {
    double h[H], z[K], sum = 0;
    for (int j = 0; j < H; j++) {
      h[j] = (double)w[D * H + j];
      for (int i = 0; i < D; i++) h[j] += (double)x[r * D + i] * (double)w[i * H + j];
      if (h[j] < 0) h[j] = 0;
    }
    const wf_real *w2 = w + (D + 1) * H;
    for (int k = 0; k < K; k++) {
      z[k] = (double)w2[H * K + k];
      for (int j = 0; j < H; j++) z[k] += h[j] * (double)w2[j * K + k];
      sum += exp(z[k]);
    }
    for (int k = 0; k < K; k++) {
      CHECK(fabs((double)y[r * K + k] - z[k]) < 2e-6, "output (%d,%d) is %g, by the formula %g", r, k, (double)y[r * K + k], z[k]);
      CHECK(fabs((double)p[r * K + k] - exp(z[k]) / sum) < 1e-6, "probability (%d,%d) is %g", r, k, (double)p[r * K + k]);
    }
  }
  free(x);
  wf_model_free(model);
}

static void starting_weights_have_the_variance_of_their_scheme(void) {
  enum { INPUTS = 200, OUTPUTS = 120 };
  const double I = INPUTS, O = OUTPUTS;
  const double variance[WF_INITIALIZER_COUNT] = {
      [WF_AUTO] = 2.0 / I, [WF_HE_UNIFORM] = 2.0 / I, [WF_HE_NORMAL] = 2.0 / I, [WF_GLOROT_UNIFORM] = 2.0 / (I + O),
      [WF_GLOROT_NORMAL] = 2.0 / (I + O), [WF_LECUN_UNIFORM] = 1.0 / I, [WF_LECUN_NORMAL] = 1.0 / I, [WF_TORCH] = 1.0 / (3.0 * I),
      [WF_ZEROS] = 0};
  wf_real *w = malloc((INPUTS + 1) * OUTPUTS * sizeof *w);
  for (int kind = 0; kind < WF_INITIALIZER_COUNT; kind++) {
    wf_layer_config layers[] = {toy_layer(OUTPUTS, WF_RELU)};
    wf_config config = toy_config(INPUTS, 1, WF_MSE, WF_SGD);
    layers[0].initializer = kind;
    wf_model *model = wf_model_new(&config, layers);
    wf_model_export(w, model, 0);
    double mean = 0, square = 0, n = I * O;
    int biases = 0;
    for (int i = 0; i < INPUTS * OUTPUTS; i++) {
      mean += (double)w[i] / n;
      square += (double)w[i] * (double)w[i] / n;
    }
    for (int o = 0; o < OUTPUTS; o++) biases += w[INPUTS * OUTPUTS + o] != 0;
    CHECK(fabs(square - variance[kind]) <= 0.03 * variance[kind], "scheme %d: variance %g, not %g", kind, square, variance[kind]);
    CHECK(fabs(mean) <= 4 * sqrt(variance[kind] / n), "scheme %d: mean %g", kind, mean);
    CHECK((biases > OUTPUTS / 2) == (kind == WF_TORCH), "scheme %d: %d biases are not zero", kind, biases);
    wf_model_free(model);
  }
  free(w);
}

int main(void) {
  both_sides_of_every_limit_are_judged();
  a_fit_is_judged_too();
  rules_between_fields_are_judged();
  weights_come_back_in_plain_order();
  predictions_are_the_plain_formula();
  starting_weights_have_the_variance_of_their_scheme();
  return check_report("test_model");
}
