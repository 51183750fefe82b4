/* check.c: judges configurations before anything is allocated · in: structs of doubles · out: wf_fault · next: model.c */
#include <math.h>

#include "../wasmfit.h"

typedef struct range {
  double least, greatest;
  wf_rule rule;
} range;

#define RANGE(field, least, greatest, kind) {least, greatest, WF_RULE_##kind},
static const range config_ranges[] = {WF_CONFIG_FIELDS(RANGE)};
static const range layer_ranges[] = {WF_LAYER_FIELDS(RANGE)};
static const range fit_ranges[] = {WF_FIT_FIELDS(RANGE)};
#undef RANGE
#define COUNT(ranges) ((int)(sizeof ranges / sizeof ranges[0]))

enum { FIELD_LOSS = 2, FIELD_NESTEROV = 8, LAYER_UNITS = 0, LAYER_ACTIVATION = 1 };

static int fault_set(wf_fault *fault, int field, int layer, double value, wf_rule rule, double least, double greatest) {
  *fault = (wf_fault){field, layer, value, rule, least, greatest};
  return 0;
}

static int in_range(double value, const range *r) {
  if (!isfinite(value) || value < r->least || value > r->greatest) return 0;
  if (r->rule == WF_RULE_INT) return value == floor(value);
  return r->rule != WF_RULE_OPEN || value < r->greatest;
}

static int check_ranges(wf_fault *fault, const double *values, const range *ranges, int count, int layer) {
  for (int f = 0; f < count; f++)
    if (!in_range(values[f], &ranges[f]))
      return fault_set(fault, f, layer, values[f], ranges[f].rule, ranges[f].least, ranges[f].greatest);
  return 1;
}

/* Parameters, gradient, backup and two state slots, each padded, must stay far below 2³² bytes. */
static double bytes_of(const wf_config *config, const wf_layer_config *layers) {
  double reals = 0, in = config->inputs;
  for (int l = 0; l < (int)config->layers; l++) {
    reals += (in + 4) * (layers[l].units + 8);
    in = layers[l].units;
  }
  return reals * 7 * (double)sizeof(wf_real);
}

int wf_config_check(wf_fault *fault, const wf_config *config, const wf_layer_config *layers) {
  *fault = (wf_fault){-1, -1, 0, WF_RULE_NONE, 0, 0};
  if (!check_ranges(fault, &config->inputs, config_ranges, COUNT(config_ranges), -1)) return 0;
  int L = (int)config->layers;
  for (int l = 0; l < L; l++)
    if (!check_ranges(fault, &layers[l].units, layer_ranges, COUNT(layer_ranges), l)) return 0;
  if (config->nesterov != 0 && (config->momentum <= 0 || config->dampening != 0))
    return fault_set(fault, FIELD_NESTEROV, -1, config->nesterov, WF_RULE_NESTEROV, 0, 0);
  const wf_layer_config *last = &layers[L - 1];
  if ((wf_loss)config->loss != WF_MSE && (wf_activation)last->activation != WF_IDENTITY)
    return fault_set(fault, LAYER_ACTIVATION, L - 1, last->activation, WF_RULE_LOGITS, 0, 0);
  if ((wf_loss)config->loss == WF_CROSS_ENTROPY && last->units < 2)
    return fault_set(fault, LAYER_UNITS, L - 1, last->units, WF_RULE_CLASSES, 2, 1e6);
  double bytes = bytes_of(config, layers);
  if (bytes > 3.5e9) return fault_set(fault, -1, -1, bytes, WF_RULE_SIZE, 0, 3.5e9);
  return 1;
}

int wf_fit_check(wf_fault *fault, const wf_fit_config *config) {
  *fault = (wf_fault){-1, -1, 0, WF_RULE_NONE, 0, 0};
  return check_ranges(fault, &config->batch_size, fit_ranges, COUNT(fit_ranges), -1);
}
