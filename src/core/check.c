/* check.c: judges configurations before anything is allocated · in: structs of doubles · out: wf_fault · next: model.c */
#include <math.h>
#include <stddef.h>

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

#define CONFIG_FIELD(field) (int)(offsetof(wf_config, field) / sizeof(double))
#define LAYER_FIELD(field) (int)(offsetof(wf_layer_config, field) / sizeof(double))
#define FIT_FIELD(field) (int)(offsetof(wf_fit_config, field) / sizeof(double))

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

/* Parameters, gradient, backup, average, best, mask and three state slots, each padded, must stay far below 2³² bytes. */
static double bytes_of(const wf_config *config, const wf_layer_config *layers) {
  double reals = 0, in = config->inputs;
  for (int l = 0; l < (int)config->layers; l++) {
    reals += ((wf_layer_kind)layers[l].kind == WF_DENSE ? in + 4 : 4) * (layers[l].units + 8);
    in = layers[l].units;
  }
  return reals * 9 * (double)sizeof(wf_real);
}

static int is_classification(double loss) {
#define TARGETS(code, name, targets) WF_##targets,
  static const wf_targets kinds[] = {WF_LOSSES(TARGETS)};
#undef TARGETS
  return kinds[(int)loss] != WF_NUMBERS;
}

static int layers_check(wf_fault *fault, const wf_config *config, const wf_layer_config *layers) {
  int L = (int)config->layers;
  double width = config->inputs;
  for (int l = 0; l < L; l++) {
    if (!check_ranges(fault, &layers[l].kind, layer_ranges, COUNT(layer_ranges), l)) return 0;
    if ((wf_layer_kind)layers[l].kind != WF_DENSE && layers[l].units != width)
      return fault_set(fault, LAYER_FIELD(units), l, layers[l].units, WF_RULE_WIDTH, width, width);
    width = layers[l].units;
  }
  const wf_layer_config *last = &layers[L - 1];
  if ((wf_layer_kind)last->kind != WF_DENSE) return fault_set(fault, LAYER_FIELD(kind), L - 1, last->kind, WF_RULE_LAST, 0, 0);
  int on_logits = is_classification(config->loss) || (wf_loss)config->loss == WF_POISSON;
  if (on_logits && (wf_activation)last->activation != WF_IDENTITY)
    return fault_set(fault, LAYER_FIELD(activation), L - 1, last->activation, WF_RULE_LOGITS, 0, 0);
  wf_loss loss = (wf_loss)config->loss;
  if ((loss == WF_CROSS_ENTROPY || loss == WF_FOCAL || loss == WF_KL_DIVERGENCE) && last->units < 2)
    return fault_set(fault, LAYER_FIELD(units), L - 1, last->units, WF_RULE_CLASSES, 2, 1e6);
  return 1;
}

int wf_config_check(wf_fault *fault, const wf_config *config, const wf_layer_config *layers) {
  *fault = (wf_fault){-1, -1, 0, WF_RULE_NONE, 0, 0};
  if (!check_ranges(fault, &config->inputs, config_ranges, COUNT(config_ranges), -1)) return 0;
  if (config->nesterov != 0 && (config->momentum <= 0 || config->dampening != 0))
    return fault_set(fault, CONFIG_FIELD(nesterov), -1, config->nesterov, WF_RULE_NESTEROV, 0, 0);
  if (!layers_check(fault, config, layers)) return 0;
  double bytes = bytes_of(config, layers);
  if (bytes > 3.5e9) return fault_set(fault, -1, -1, bytes, WF_RULE_SIZE, 0, 3.5e9);
  return 1;
}

int wf_fit_check(wf_fault *fault, const wf_fit_config *config) {
  *fault = (wf_fault){-1, -1, 0, WF_RULE_NONE, 0, 0};
  if (!check_ranges(fault, &config->batch_size, fit_ranges, COUNT(fit_ranges), -1)) return 0;
  if (config->batch_least > config->batch_most)
    return fault_set(fault, FIT_FIELD(batch_least), -1, config->batch_least, WF_RULE_ORDER, 1, config->batch_most);
  if (config->least_momentum > config->most_momentum)
    return fault_set(fault, FIT_FIELD(least_momentum), -1, config->least_momentum, WF_RULE_ORDER, 0, config->most_momentum);
  if ((wf_schedule)config->schedule == WF_COSINE_RESTARTS && config->factor < 1)
    return fault_set(fault, FIT_FIELD(factor), -1, config->factor, WF_RULE_REAL, 1, 1e6);
  if (config->prune_begin > config->prune_end)
    return fault_set(fault, FIT_FIELD(prune_begin), -1, config->prune_begin, WF_RULE_ORDER, 0, config->prune_end);
  for (int m = 0; m < (int)config->milestones; m++) {
    double here = config->milestone[m], before = m > 0 ? config->milestone[m - 1] : 0;
    if (!(here > before && here <= 1e9 && here == floor(here)))
      return fault_set(fault, FIT_FIELD(milestones), m, here, WF_RULE_MILESTONES, before + 1, 1e9);
  }
  return 1;
}
