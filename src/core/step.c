/* step.c: from dL/d(output) to new weights: gradient, clipping, optimiser, constraints · in: pass · out: weights · next: schedule.c
 *
 * Where nothing needs the whole gradient, each tile of it goes into the optimiser while it is in registers and is never stored. Else, in
 * this order, for the gradient g of the loss (without the penalties, which the optimiser adds; what pruning holds at zero has none):
 *   a value that is not finite: no step, the fit diverges before anything has been touched
 *   recordGradient   ‖g‖ over all parameters, in f64
 *   clip_value       g ← min(max(g, -c), c)
 *   clip_norm        of each weight and bias array: g ← g min(1, c / (‖g‖ + 1e-6))
 *   clip_global_norm the same over all of them together
 * After the optimiser, for dense layers, biases left as they are:
 *   l1               w ← sign(w) max(|w| - rate l1, 0): the proximal step of l1 Σ|w|
 *   max_norm         each unit whose incoming weights have a norm above it is scaled down to it
 * Sources: PyTorch 1.13, clip_grad_value_, clip_grad_norm_; Parikh, Boyd 2014, 6.5.2; Srivastava et al. 2014, 5.1.
 * Test: tests/c/test_step.c */
#include <math.h>

#include "fit.h"

int wf_step_needs_gradient(const wf_fit_config *config) {
  return config->record_gradient != 0 || config->clip_value > 0 || config->clip_norm > 0 || config->clip_global_norm > 0;
}

/* n: a multiple of 4. Four sums, so that an addition need not wait for the last one. */
static double norm_of(const wf_real *g, size_t n) {
  double sum[4] = {0, 0, 0, 0};
  for (size_t i = 0; i < n; i += 4)
    for (size_t j = 0; j < 4; j++) sum[j] += (double)g[i + j] * (double)g[i + j];
  return sqrt((sum[0] + sum[2]) + (sum[1] + sum[3]));
}

static void scale(wf_real *g, size_t n, wf_real by) {
  for (size_t i = 0; i < n; i += 4) f32x4_store(g + i, f32x4_mul(f32x4_load(g + i), f32x4_splat(by)));
}

/* w within ± most; NaN stays NaN */
static f32x4 clamp(f32x4 w, wf_real most) { return f32x4_min(f32x4_max(w, f32x4_splat(-most)), f32x4_splat(most)); }

void wf_clip_value(wf_real *g, size_t n, wf_real most) {
  for (size_t i = 0; i < n; i += 4) f32x4_store(g + i, clamp(f32x4_load(g + i), most));
}

void wf_clip_norm(wf_real *g, size_t n, double most) {
  double share = most / (norm_of(g, n) + 1e-6);
  if (share < 1) scale(g, n, (wf_real)share);
}

static int has_parameters(const wf_layer *layer) { return layer->kind != WF_DROPOUT; }

/* The layer where backpropagation, which goes from the last to the first, met the first value that is not finite. */
static int first_broken(const wf_model *model, const wf_real *g) {
  int l = model->L - 1;
  for (; l > 0; l--) {
    const wf_layer *layer = &model->layers[l];
    if (has_parameters(layer) && !isfinite(norm_of(g + layer->weight, layer->running - layer->weight))) break;
  }
  return l;
}

static void clip(wf_real *g, const wf_model *model, const wf_fit_config *c) {
  if (c->clip_value > 0) wf_clip_value(g, model->padded, (wf_real)c->clip_value);
  for (const wf_layer *layer = model->layers; c->clip_norm > 0 && layer < model->layers + model->L; layer++) {
    if (!has_parameters(layer)) continue;
    wf_clip_norm(g + layer->weight, layer->bias - layer->weight, c->clip_norm);
    wf_clip_norm(g + layer->bias, layer->running - layer->bias, c->clip_norm);
  }
  if (c->clip_global_norm > 0) wf_clip_norm(g, model->padded, c->clip_global_norm);
}

/* As each layer's backward pass does it in the fused way. */
static void update_run(const wf_model *model, const wf_update *update, const wf_real *g) {
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++) {
    if (!has_parameters(layer)) continue;
    wf_update weights = *update;
    if (layer->kind == WF_DENSE) weights.penalty += layer->l2;
    wf_update_run(&weights, layer->weight, g + layer->weight, (int)(layer->bias - layer->weight));
    wf_update_run(update, layer->bias, g + layer->bias, (int)(layer->running - layer->bias));
  }
}

/* 0: the gradient is not finite. */
static int stored_step(wf_fit *fit, const wf_update *update, int B) {
  const wf_model *model = fit->model;
  wf_real *g = fit->gradient;
  const wf_update keep = {.kind = WF_UPDATE_GRADIENT, .gradient = g};
  wf_pass_backward(&fit->pass, model, &keep, B);
  if (fit->mask) wf_prune_hold(fit, g);
  double norm = norm_of(g, model->padded);
  if (!isfinite(norm)) {
    fit->divergence = (wf_divergence){model->epochs + 1, model->steps, first_broken(model, g), WF_QUANTITY_GRADIENT};
    return 0;
  }
  if (fit->config.record_gradient != 0) {
    fit->progress.gradient_norms += norm;
    fit->progress.gradient_steps++;
  }
  clip(g, model, &fit->config);
  update_run(model, update, g);
  return 1;
}

/* w - clamp(w): 0 in between, and never -0 */
static void shrink(wf_real *w, size_t n, wf_real by) {
  for (size_t i = 0; i < n; i += 4) {
    f32x4 v = f32x4_load(w + i);
    f32x4_store(w + i, f32x4_sub(v, clamp(v, by)));
  }
}

static void bound_units(wf_real *w, const wf_layer *layer) {
  size_t panel = (size_t)round4(layer->I) * 8;
  for (int o = 0; o < layer->O8; o += 8, w += panel) {
    double squares[8] = {0};
    for (size_t i = 0; i < panel; i++) squares[i % 8] += (double)w[i] * (double)w[i];
    for (size_t j = 0; j < 8; j++) {
      double norm = sqrt(squares[j]), most = (double)layer->max_norm;
      for (size_t i = j; norm > most && i < panel; i += 8) w[i] *= (wf_real)(most / norm);
    }
  }
}

static void constrain(const wf_model *model, double rate) {
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++) {
    if (layer->kind != WF_DENSE) continue;
    wf_real *w = model->slots + layer->weight;
    if (layer->l1 > 0) shrink(w, layer->bias - layer->weight, (wf_real)(rate * (double)layer->l1));
    if (layer->max_norm > 0) bound_units(w, layer);
  }
}

int wf_step(wf_fit *fit, int B) {
  wf_update update;
  double momentum;
  fit->progress.rate = wf_schedule_rate(&momentum, fit);
  wf_update_prepare(&update, fit->model, fit->progress.rate, momentum);
  if (!fit->gradient) wf_pass_backward(&fit->pass, fit->model, &update, B);
  else if (!stored_step(fit, &update, B)) return 0;
  constrain(fit->model, fit->progress.rate);
  if (fit->mask) wf_prune_hold(fit, fit->model->slots);
  fit->progress.steps_done++;
  wf_update_done(fit->model, &update);
  if (fit->average) wf_average_step(fit);
  return 1;
}

double wf_penalty(const wf_model *model, const wf_real *w) {
  double sum = 0;
  for (const wf_layer *layer = model->layers; layer < model->layers + model->L; layer++) {
    if (layer->kind != WF_DENSE || (layer->l1 == 0 && layer->l2 == 0)) continue;
    double absolute = 0, squares = 0;
    for (size_t i = layer->weight; i < layer->bias; i++) {
      absolute += fabs((double)w[i]);
      squares += (double)w[i] * (double)w[i];
    }
    sum += (double)layer->l1 * absolute + (double)layer->l2 / 2 * squares;
  }
  return sum;
}
