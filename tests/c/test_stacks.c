/* test_stacks.c: nets of layers of every kind: gradients by differences, steps, what may move and what not · next: test_batch.c */
#include <math.h>

#include "../../src/core/fit.h"
#include "bench.h"
#include "check.h"

static const double unit = sizeof(wf_real) == 8 ? 0x1p-53 : 0x1p-24; /* half the spacing of numbers at 1 */

enum { ROWS = 9, D = 5, K = 2 };

static wf_layer_config layer_of(wf_layer_kind kind, int units, wf_activation activation) {
  wf_layer_config layer = toy_layer(units, activation);
  layer.kind = kind;
  layer.initializer = WF_TORCH; /* biases too */
  layer.rate = 0.3;
  return layer;
}

/* b, the weights and a place for their gradient */
typedef struct net {
  bench b;
  wf_real *w, *gradient;
} net;

static net net_new(const wf_layer_config *layers, int L, int batch, int epochs, int shuffle) {
  net n = {.b = bench_new(toy_config(D, L, WF_MSE, WF_SGD), layers, toy_rows(WF_MSE, ROWS, D, K), toy_fit(batch, epochs, shuffle), NULL)};
  n.w = weights_of(&n.b);
  n.gradient = malloc(n.b.P * sizeof *n.gradient);
  return n;
}

static void net_free(net *n) {
  bench_free(&n->b);
  rows_free(&n->b.rows);
  free(n->w);
  free(n->gradient);
}

static double loss_at(net *n, size_t i, double step) {
  wf_real w = n->w[i];
  n->w[i] = w + (wf_real)step;
  wf_model_import(n->b.model, n->w, 0);
  n->w[i] = w;
  return wf_fit_loss(NULL, n->b.fit, &n->b.rows);
}

static void gradients_equal_central_differences(const wf_layer_config *layers, int L, const char *name) {
  net n = net_new(layers, L, ROWS, 1, 1);
  double h = 1e-6;
  size_t nonzero = 0;
  for (size_t i = 0; i < n.b.P; i++) n.w[i] *= (wf_real)(1 + 0.1 * sin((double)i)); /* so that no two scales of a norm are equal */
  wf_model_import(n.b.model, n.w, 0);
  wf_fit_loss(n.gradient, n.b.fit, &n.b.rows);
  for (size_t i = 0; i < n.b.P; i++) {
    double numeric = (loss_at(&n, i, h) - loss_at(&n, i, -h)) / (2 * h), analytic = (double)n.gradient[i];
    nonzero += fabs(analytic) > 1e-8;
    CHECK(fabs(analytic - numeric) <= 2e-8 + 1e-5 * fabs(numeric), "%s, parameter %zu: gradient %.9g, difference %.9g", name, i, analytic,
          numeric);
  }
  CHECK(nonzero > n.b.P / 3, "%s: only %zu of %zu gradients are not zero", name, nonzero, n.b.P);
  net_free(&n);
}

static void whole_nets_have_right_gradients(void) {
  if (sizeof(wf_real) < 8) return;
  for (int a = 0; a < WF_ACTIVATION_COUNT; a++) {
    wf_activation act = (wf_activation)a;
    wf_layer_config layers[] = {layer_of(WF_DENSE, 9, act), layer_of(WF_BATCH_NORM, 9, 0), layer_of(WF_DROPOUT, 9, 0),
                                layer_of(WF_DENSE, 6, act), layer_of(WF_LAYER_NORM, 6, 0), layer_of(WF_DENSE, K, 0)};
    gradients_equal_central_differences(layers, 6, activation_names[a]);
    wf_layer_config first[3][3] = {{layer_of(WF_BATCH_NORM, D, 0), layer_of(WF_DENSE, 7, act), layer_of(WF_DENSE, K, 0)},
                                   {layer_of(WF_LAYER_NORM, D, 0), layer_of(WF_DENSE, 7, act), layer_of(WF_DENSE, K, 0)},
                                   {layer_of(WF_DROPOUT, D, 0), layer_of(WF_DENSE, 7, act), layer_of(WF_DENSE, K, 0)}};
    for (int k = 0; k < 3; k++) gradients_equal_central_differences(first[k], 3, activation_names[a]);
  }
}

static void a_loss_by_itself_moves_nothing(void) {
  wf_layer_config layers[] = {layer_of(WF_DENSE, 9, WF_SIGMOID), layer_of(WF_BATCH_NORM, 9, 0), layer_of(WF_DROPOUT, 9, 0),
                              layer_of(WF_DENSE, K, 0)};
  net n = net_new(layers, 4, ROWS, 1, 1);
  double first = wf_fit_loss(n.gradient, n.b.fit, &n.b.rows), again = wf_fit_loss(NULL, n.b.fit, &n.b.rows);
  wf_real *after = weights_of(&n.b);
  CHECK(first == again, "the same loss is %.17g, then %.17g", first, again);
  CHECK(memcmp(after, n.w, n.b.P * sizeof *after) == 0, "wf_fit_loss changed the model");
  free(after);
  net_free(&n);
}

/* The gradient that goes down belongs to the weights of the forward pass, though the step has changed them by then. */
static void a_step_goes_down_the_gradient(void) {
  wf_layer_config layers[] = {layer_of(WF_DENSE, 9, WF_TANH), layer_of(WF_BATCH_NORM, 9, 0), layer_of(WF_DROPOUT, 9, 0),
                              layer_of(WF_DENSE, 6, WF_TANH), layer_of(WF_LAYER_NORM, 6, 0), layer_of(WF_DENSE, K, 0)};
  net n = net_new(layers, 6, ROWS, 1, 0);
  wf_fit_loss(n.gradient, n.b.fit, &n.b.rows);
  CHECK(wf_fit_run(n.b.fit, 1e9, 1e9) == WF_FIT_DONE && wf_model_steps(n.b.model) == 1, "one step was not all");
  wf_real *after = weights_of(&n.b);
  size_t running = D * 9 + 9 + 18; /* where the running statistics stand, which move otherwise */
  for (size_t i = 0; i < n.b.P; i++) {
    double want = (double)n.w[i] - 0.05 * (double)n.gradient[i];
    double tolerance = 4 * unit * (fabs(want) + 0.05 * fabs((double)n.gradient[i]));
    CHECK((i >= running && i < running + 18) || fabs((double)after[i] - want) <= tolerance,
          "parameter %zu went to %.9g, the gradient says %.9g", i, (double)after[i], want);
  }
  free(after);
  net_free(&n);
}

/* Of a constant batch, k accepted iterations move the running mean to (1 - 0.9^k) of the way, however many trials were not accepted. */
static void full_batch_iterations_move_running_statistics_once(void) {
  static const wf_optimizer kinds[] = {WF_LBFGS, WF_CONJUGATE_GRADIENT, WF_NEWTON_CG};
  for (int o = 0; o < 3; o++) {
    wf_layer_config layers[] = {layer_of(WF_BATCH_NORM, D, 0), layer_of(WF_DENSE, 7, WF_TANH), layer_of(WF_DENSE, K, 0)};
    bench b = bench_new(toy_config(D, 3, WF_MSE, kinds[o]), layers, toy_rows(WF_MSE, ROWS, D, K), toy_fit(ROWS, 4, 0), NULL);
    wf_fit_run(b.fit, 1e9, 1e9);
    double steps = wf_model_steps(b.model);
    CHECK(steps >= 2, "%g steps", steps);
    for (int c = 0; c < D; c++) {
      double mean = 0, got = (double)b.model->slots[b.model->layers[0].running + (size_t)c];
      for (int r = 0; r < ROWS; r++) mean += (double)b.rows.x[r * D + c] / ROWS;
      double want = (1 - pow(0.9, steps)) * mean;
      CHECK(fabs(got - want) < 1e-6, "optimiser %d: running mean %d is %g after %g steps, not %g", o, c, got, steps, want);
    }
    bench_free(&b);
    rows_free(&b.rows);
  }
}

/* Sigmoids give ½ in the columns beyond O of their rows; no gradient may come from there, and no weight begin there. */
static void padding_stays_zero_and_training_learns(void) {
  wf_layer_config layers[] = {layer_of(WF_LAYER_NORM, D, 0), layer_of(WF_DENSE, 9, WF_SIGMOID), layer_of(WF_BATCH_NORM, 9, 0),
                              layer_of(WF_DENSE, 3, WF_SIGMOID), layer_of(WF_LAYER_NORM, 3, 0), layer_of(WF_DENSE, K, 0)};
  net n = net_new(layers, 6, 4, 300, 1);
  while (wf_fit_run(n.b.fit, 1, 1e9) == WF_FIT_RUNNING) continue;
  const wf_report *reports = wf_fit_reports(n.b.fit);
  CHECK(reports[299].loss < 0.3 * reports[0].loss, "the loss went from %g to %g", reports[0].loss, reports[299].loss);
  wf_real *padded = calloc(n.b.model->padded, sizeof *padded);
  wf_model_export(n.w, n.b.model, 0);
  wf_slot_import(padded, n.b.model, n.w);
  CHECK(memcmp(padded, n.b.model->slots, n.b.model->padded * sizeof *padded) == 0, "a weight beyond the last column is not zero");
  free(padded);
  net_free(&n);
}

int main(void) {
  whole_nets_have_right_gradients();
  a_loss_by_itself_moves_nothing();
  a_step_goes_down_the_gradient();
  full_batch_iterations_move_running_statistics_once();
  padding_stays_zero_and_training_learns();
  return check_report("test_stacks");
}
