/* optimizer.c: the scalars of the next step, in f64 · in: configuration, steps done · out: wf_update · next: fit.c */
#include <math.h>

#include "model.h"

enum { FLUSH_STEPS = 256 };

/* beta^n by squaring: the same bits whether a run was resumed or not. */
static double power(double beta, double n) {
  double result = 1;
  for (uint64_t k = (uint64_t)n; k; k >>= 1, beta *= beta)
    if (k & 1) result *= beta;
  return result;
}

static void flush(wf_real *values, size_t n, wf_real least) {
  f32x4 zero = f32x4_splat(0);
  for (size_t i = 0; i < n; i += 4) {
    f32x4 v = f32x4_load(values + i);
    f32x4_store(values + i, f32x4_select(f32x4_gt(f32x4_abs(v), f32x4_splat(least)), v, zero));
  }
}

void wf_model_flush(wf_model *model) {
  flush(model->slots, model->padded, (wf_real)1e-30);
  flush(model->slots + model->padded, (size_t)model->S * model->padded, (wf_real)1e-36);
}

int wf_optimizer_slots(const wf_config *config) {
#define SLOTS(code, name, slots) slots,
  static const int slots[] = {WF_OPTIMIZERS(SLOTS)};
#undef SLOTS
  return slots[(int)config->optimizer] - ((wf_optimizer)config->optimizer == WF_ADAM && config->amsgrad == 0);
}

int wf_optimizer_full_batch(const wf_config *config) {
  wf_optimizer kind = (wf_optimizer)config->optimizer;
  return kind == WF_LBFGS || kind == WF_CONJUGATE_GRADIENT || kind == WF_NEWTON_CG;
}

void wf_optimizer_begin(wf_model *model) { (void)model; }

void wf_update_done(wf_model *model) {
  if ((uint64_t)++model->steps % FLUSH_STEPS == 0) wf_model_flush(model);
}

void wf_update_prepare(wf_update *update, const wf_model *model, double learning_rate, double momentum) {
  const wf_config *c = &model->config;
  double t = model->steps + 1, rate = learning_rate;
  (void)momentum;
  *update = (wf_update){.first = model->steps == 0, .nesterov = c->nesterov != 0, .penalty = (wf_real)c->weight_decay};
  update->w = model->slots;
  update->s1 = model->slots + model->padded;
  if ((wf_optimizer)c->optimizer == WF_ADAM) {
    update->kind = WF_UPDATE_ADAM;
    update->s2 = model->slots + 2 * model->padded;
    rate = learning_rate / (1 - power(c->beta1, t));
    update->scale = (wf_real)(1 / sqrt(1 - power(c->beta2, t)));
    update->beta1 = (wf_real)c->beta1;
    update->gain1 = (wf_real)(1 - c->beta1);
    update->beta2 = (wf_real)c->beta2;
    update->gain2 = (wf_real)(1 - c->beta2);
    update->epsilon = (wf_real)c->epsilon;
  } else {
    update->kind = c->momentum > 0 ? WF_UPDATE_MOMENTUM : WF_UPDATE_SGD;
    update->beta1 = (wf_real)c->momentum;
    update->gain1 = (wf_real)(1 - c->dampening);
  }
  update->rate = (wf_real)rate;
}
