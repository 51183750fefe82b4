/* test_gradients.c: every activation × loss by central differences, in the double build · next: test_optimizer.c
 *
 * PyTorch's gradcheck: step 1e-6, |analytic - numeric| <= 1e-5 + 1e-3 |numeric| (here a hundred times sharper). */
#include <math.h>

#include "../../src/wasmfit.h"
#include "check.h"
#include "toy.h"

enum { ROWS = 6, D = 5, K = 3 };

typedef struct net {
  wf_model *model;
  wf_fit *fit;
  wf_rows rows;
  wf_real *x, *w, *gradient;
  void *y;
  int32_t *label;
  size_t P;
} net;

/* Of the losses' options every one that has a default that hides it, and rows of different weights. */
static const wf_real weights[ROWS] = {1, 0.5, 2, 0, 3, 0.25};
static void use_options(wf_config *config) {
  config->delta = 0.3;
  config->quantile = 0.8;
  config->label_smoothing = 0.1;
  config->positive_weight = 2.5;
  config->gamma = 0.75;
  config->focal_alpha = 0.6;
  config->temperature = 2;
  config->distillation = 0.7;
}

static net net_new(wf_activation activation, wf_activation last, wf_loss loss, int options) {
  wf_config config = toy_config(D, 3, loss, WF_SGD);
  uint32_t seed = 3;
  config.seed = seed;
  if (options) use_options(&config);
  wf_layer_config layers[] = {toy_layer(9, activation), toy_layer(4, activation), toy_layer(K, last)};
  for (int l = 0; l < 3; l++) layers[l].initializer = WF_TORCH; /* biases too */
  wf_fit_config fit_config = toy_fit(ROWS, 1, 0);
  net n = {.model = wf_model_new(&config, layers), .x = toy_numbers(ROWS * D, seed), .y = toy_targets(loss, ROWS, K)};
  n.label = toy_labels(ROWS, K);
  n.rows = (wf_rows){.x = n.x, .y = n.y, .weight = options ? weights : NULL, .label = n.label, .rows = ROWS};
  n.fit = wf_fit_new(n.model, &fit_config, &n.rows, NULL);
  n.P = wf_model_size(n.model);
  n.w = malloc(n.P * sizeof *n.w);
  n.gradient = malloc(n.P * sizeof *n.gradient);
  wf_model_export(n.w, n.model, 0);
  return n;
}

static void net_free(net *n) {
  wf_fit_free(n->fit);
  wf_model_free(n->model);
  free(n->x);
  free(n->y);
  free(n->label);
  free(n->w);
  free(n->gradient);
}

static double loss_at(net *n, size_t i, double step) {
  wf_real w = n->w[i];
  n->w[i] = w + (wf_real)step;
  wf_model_import(n->model, n->w, 0);
  n->w[i] = w;
  return wf_fit_loss(NULL, n->fit, &n->rows);
}

static void gradient_equals_central_differences(wf_activation activation, wf_activation last, wf_loss loss, int options) {
  net n = net_new(activation, last, loss, options);
  double loss_here = wf_fit_loss(n.gradient, n.fit, &n.rows), h = 1e-6;
  size_t nonzero = 0;
  CHECK(isfinite(loss_here) && loss_here != 0, "%s × %s: loss is %g", activation_names[activation], loss_names[loss], loss_here);
  for (size_t i = 0; i < n.P; i++) {
    double numeric = (loss_at(&n, i, h) - loss_at(&n, i, -h)) / (2 * h), analytic = (double)n.gradient[i];
    nonzero += fabs(analytic) > 1e-8;
    CHECK(fabs(analytic - numeric) <= 1e-8 + 1e-5 * fabs(numeric), "%s × %s (last %s), parameter %zu: gradient %.9g, difference %.9g",
          activation_names[activation], loss_names[loss], activation_names[last], i, analytic, numeric);
  }
  CHECK(nonzero > n.P / 3, "%s × %s: only %zu of %zu gradients are not zero", activation_names[activation], loss_names[loss],
        nonzero, n.P);
  net_free(&n);
}

int main(void) {
  for (int activation = 0; activation < WF_ACTIVATION_COUNT; activation++) {
    for (int loss = 0; loss < 2 * WF_LOSS_COUNT; loss++)
      gradient_equals_central_differences((wf_activation)activation, WF_IDENTITY, (wf_loss)(loss / 2), loss % 2);
    gradient_equals_central_differences(WF_TANH, (wf_activation)activation, WF_MSE, 0);
  }
  return check_report("test_gradients");
}
