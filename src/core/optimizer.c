/* optimizer.c: the scalars of the next step, in f64 · in: configuration, steps done · out: wf_update · next: fit.c */
#include <math.h>

#include "../kernels/scalar64.h"
#include "model.h"

enum { FLUSH_STEPS = 256 };
#ifdef WF_DOUBLE
static const wf_real LEAST_WEIGHT = 1e-290, LEAST_STATE = 1e-300;
#else
static const wf_real LEAST_WEIGHT = 1e-30f, LEAST_STATE = 1e-36f;
#endif

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
  flush(model->slots, model->padded, LEAST_WEIGHT);
  flush(model->slots + model->padded, (size_t)model->S * model->padded, LEAST_STATE);
}

int wf_optimizer_slots(const wf_config *config) {
#define SLOTS(code, name, slots) slots,
  static const int most[] = {WF_OPTIMIZERS(SLOTS)};
#undef SLOTS
  wf_optimizer kind = (wf_optimizer)config->optimizer;
  int without = kind == WF_RMSPROP ? config->centered == 0 : (kind == WF_ADAM || kind == WF_ADAMW) && config->amsgrad == 0;
  return most[kind] - without;
}

int wf_optimizer_full_batch(const wf_config *config) {
  wf_optimizer kind = (wf_optimizer)config->optimizer;
  return kind == WF_LBFGS || kind == WF_CONJUGATE_GRADIENT || kind == WF_NEWTON_CG;
}

void wf_optimizer_begin(wf_model *model) {
  if ((wf_optimizer)model->config.optimizer != WF_ADAGRAD) return;
  for (size_t i = 0; i < model->padded; i++) model->slots[model->padded + i] = (wf_real)model->config.initial_accumulator;
}

void wf_update_done(wf_model *model, const wf_update *update) {
  model->momentum_product = update->product;
  if ((uint64_t)++model->steps % FLUSH_STEPS == 0) wf_model_flush(model);
}

/* ---- Scalars ---------------------------------------------------------------------------------------------------- */

/* Momentum of step t. Source: Dozat 2016, "Incorporating Nesterov momentum into Adam", with the decay of PyTorch. */
static double nadam_momentum(const wf_config *c, double beta1, double t) {
  return beta1 * (1 - 0.5 * wf_pow64(0.96, t * c->momentum_decay));
}

static void prepare_nadam(wf_update *u, const wf_config *c, double rate, double beta1, double t) {
  double mu = nadam_momentum(c, beta1, t), next = nadam_momentum(c, beta1, t + 1);
  u->kind = WF_UPDATE_NADAM;
  u->product *= mu;
  u->ahead = (wf_real)(rate * (1 - mu) / (1 - u->product));
  u->rate = (wf_real)(rate * next / (1 - u->product * mu * next)); /* mu twice: so PyTorch up to 1.13 */
}

/* √s2 divides only once it is known well enough; before, the step is that of momentum alone.
 * Source: Liu et al. 2020, "On the variance of the adaptive learning rate and beyond", algorithm 2. */
static void prepare_radam(wf_update *u, double rate, double beta2, double correction, double t) {
  double most = 2 / (1 - beta2) - 1, rho = most - 2 * t * power(beta2, t) / correction;
  if (rho > 5) {
    u->rate = (wf_real)(rate * sqrt(correction * (rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)));
    u->scale = 1;
  } else {
    u->scale = 0;
    u->epsilon = 1;
  }
}

static void prepare_adam(wf_update *u, const wf_config *c, double learning_rate, double beta1, double t) {
  wf_optimizer kind = (wf_optimizer)c->optimizer;
  double correction = 1 - power(c->beta2, t), rate = learning_rate / (1 - power(beta1, t));
  u->kind = u->s3 ? WF_UPDATE_AMSGRAD : kind == WF_ADAMW ? WF_UPDATE_ADAMW : WF_UPDATE_ADAM;
  u->rate = (wf_real)rate;
  u->scale = (wf_real)(1 / sqrt(correction));
  u->shrink = 1;
  if (kind == WF_ADAMW) {
    u->penalty = 0;
    u->shrink = (wf_real)(1 - learning_rate * c->weight_decay);
  }
  if (kind == WF_NADAM) prepare_nadam(u, c, learning_rate, beta1, t);
  if (kind == WF_RADAM) prepare_radam(u, rate, c->beta2, correction, t);
}

void wf_update_prepare(wf_update *u, const wf_model *model, double learning_rate, double momentum) {
  const wf_config *c = &model->config;
  wf_optimizer kind = (wf_optimizer)c->optimizer;
  int sgd = kind == WF_SGD, adam = kind == WF_ADAM || kind == WF_ADAMW || kind == WF_NADAM || kind == WF_RADAM;
  double t = model->steps + 1, beta1 = adam ? c->beta1 : c->momentum, beta2 = adam ? c->beta2 : c->decay;
  if (momentum == momentum) beta1 = momentum;
  wf_real *slot[4];
  for (int s = 0; s < 4; s++) slot[s] = s <= model->S ? model->slots + (size_t)s * model->padded : NULL;
  *u = (wf_update){.first = model->steps == 0, .nesterov = c->nesterov != 0, .w = slot[0], .s1 = slot[1], .s2 = slot[2], .s3 = slot[3],
                   .rate = (wf_real)learning_rate, .penalty = (wf_real)c->weight_decay, .epsilon = (wf_real)c->epsilon,
                   .beta1 = (wf_real)beta1, .gain1 = (wf_real)(1 - (sgd ? c->dampening : beta1)),
                   .beta2 = (wf_real)beta2, .gain2 = (wf_real)(1 - beta2), .product = model->momentum_product};
  switch (kind) {
    case WF_ADAGRAD:
      u->kind = WF_UPDATE_ADAGRAD;
      u->rate = (wf_real)(learning_rate / (1 + (t - 1) * c->learning_rate_decay));
      break;
    case WF_ADADELTA: u->kind = WF_UPDATE_ADADELTA; break;
    case WF_RMSPROP: u->kind = WF_UPDATE_RMSPROP; break;
    case WF_SGD: u->kind = beta1 > 0 ? WF_UPDATE_MOMENTUM : WF_UPDATE_SGD; break;
    default: prepare_adam(u, c, learning_rate, beta1, t);
  }
}
