/* test_optimizer.c: every optimiser's iterates against PyTorch's, and what a step may not do · next: test_fit.c
 *
 * In the double build they must meet to 1e-12, in the float build to 1e-5 relative. */
#include <math.h>
#include <stdlib.h>

#include "../../src/core/model.h"
#include "../fixtures/optim.h"
#include "check.h"
#include "toy.h"

enum { D = 5, RUNS = sizeof quadratic_runs / sizeof quadratic_runs[0], STEPS = 300 };

static const double tolerance = sizeof(wf_real) == 8 ? 1e-12 : 1e-5;

/* ---- The quadratic ----------------------------------------------------------------------------------------------- */

/* The five weights of a 5-1 layer are x. */
static wf_model *quadratic_model(const wf_config *of) {
  wf_config config = *of;
  config.inputs = D;
  config.layers = 1;
  wf_layer_config layer = {.units = 1};
  wf_model *model = wf_model_new(&config, &layer);
  wf_real start[D + 1] = {0};
  for (int i = 0; i < D; i++) start[i] = (wf_real)quadratic_x0[i];
  wf_model_import(model, start, 0);
  return model;
}

/* The gradient A x - b goes through the kernel that takes it in training. */
static void quadratic_step(wf_model *model, double momentum) {
  wf_update update;
  wf_real x[D + 1];
  wf_update_prepare(&update, model, model->config.learning_rate, momentum);
  wf_model_export(x, model, 0);
  for (int i = 0; i < D; i++) {
    wf_real g[8] = {0};
    double sum = -quadratic_b[i];
    for (int j = 0; j < D; j++) sum += quadratic_A[i][j] * (double)x[j];
    g[0] = (wf_real)sum;
    wf_update_run(&update, wf_panel_index(model->layers, i, 0), g, 8);
  }
  wf_update_done(model, &update);
}

static void check_iterate(const quadratic_run *run, const wf_model *model, int step, const double *expected) {
  wf_real w[D + 1];
  wf_model_export(w, model, 0);
  for (int i = 0; i < D; i++)
    CHECK(fabs((double)w[i] - expected[i]) <= tolerance * fmax(1, fabs(expected[i])), "%s, step %d: x[%d] = %.15g, PyTorch %.15g", run->name,
          step, i, (double)w[i], expected[i]);
}

static void iterates_are_those_of_pytorch(const quadratic_run *run) {
  wf_model *model = quadratic_model(&run->config);
  for (int step = 1; step <= 50; step++) {
    quadratic_step(model, (double)NAN);
    if (step == 1) check_iterate(run, model, step, run->x1);
    if (step == 10) check_iterate(run, model, step, run->x10);
    if (step == 50) check_iterate(run, model, step, run->x50);
  }
  wf_model_free(model);
}

/* ---- Slots, resuming, places without weights --------------------------------------------------------------------- */

static void slots_are_those_that_are_used(void) {
  static const struct { wf_optimizer optimizer; double centered, amsgrad; int slots; } cases[] = {
      {WF_SGD, 0, 0, 1}, {WF_ADAM, 0, 0, 2}, {WF_ADAM, 0, 1, 3}, {WF_ADAMW, 0, 0, 2}, {WF_ADAMW, 0, 1, 3}, {WF_NADAM, 0, 1, 2},
      {WF_RADAM, 0, 1, 2}, {WF_ADAGRAD, 1, 1, 1}, {WF_ADADELTA, 1, 1, 2}, {WF_RMSPROP, 0, 1, 2}, {WF_RMSPROP, 1, 0, 3}, {WF_LBFGS, 1, 1, 0}};
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    wf_config config = {.optimizer = cases[c].optimizer, .centered = cases[c].centered, .amsgrad = cases[c].amsgrad};
    CHECK(wf_optimizer_slots(&config) == cases[c].slots, "case %zu: %d slots", c, wf_optimizer_slots(&config));
  }
}

/* Weights and state go through plain order into a new model, so that nothing may hide in the padding. */
static wf_model *moved(wf_model *model) {
  wf_model *to = wf_model_new(&model->config, &(wf_layer_config){.units = 1});
  wf_real values[D + 1];
  for (int slot = 0; slot <= wf_model_slots(model); slot++) {
    wf_model_export(values, model, slot);
    wf_model_import(to, values, slot);
  }
  wf_model_set_progress(to, wf_model_steps(model), wf_model_epochs(model), wf_model_momentum_product(model));
  wf_model_free(model);
  return to;
}

/* Over step 256 too, where what is almost zero is flushed. */
static void resumed_runs_have_the_same_bits(const quadratic_run *run) {
  wf_model *whole = quadratic_model(&run->config), *parts = quadratic_model(&run->config);
  wf_real a[D + 1], b[D + 1];
  for (int step = 0; step < STEPS; step++) {
    if (step % 37 == 5) parts = moved(parts);
    quadratic_step(whole, (double)NAN);
    quadratic_step(parts, (double)NAN);
  }
  for (int slot = 0; slot <= wf_model_slots(whole); slot++) {
    wf_model_export(a, whole, slot);
    wf_model_export(b, parts, slot);
    CHECK(memcmp(a, b, D * sizeof *a) == 0, "%s: slot %d is the same", run->name, slot);
  }
  CHECK(wf_model_momentum_product(whole) == wf_model_momentum_product(parts), "%s: product of momenta", run->name);
  wf_model_free(whole);
  wf_model_free(parts);
}

static void places_without_weights_stay_zero(const quadratic_run *run) {
  wf_model *model = quadratic_model(&run->config);
  size_t zeros = 0;
  for (int step = 0; step < 20; step++) quadratic_step(model, (double)NAN);
  for (size_t i = 0; i < model->padded; i++) zeros += model->slots[i] == 0;
  CHECK(zeros == model->padded - D, "%s: %zu of %zu places are zero", run->name, zeros, model->padded);
  wf_model_free(model);
}

/* ---- One-cycle's momentum ------------------------------------------------------------------------------------------ */

static void momentum_of_a_step_replaces_that_of_the_configuration(void) {
  for (int r = 0; r < RUNS; r++) {
    wf_config config = quadratic_runs[r].config;
    int adam = config.beta1 > 0, uses = adam || (wf_optimizer)config.optimizer == WF_SGD || (wf_optimizer)config.optimizer == WF_RMSPROP;
    wf_model *given = quadratic_model(&config);
    *(adam ? &config.beta1 : &config.momentum) = 0.8;
    wf_model *own = quadratic_model(&config);
    wf_real a[D + 1], b[D + 1];
    for (int step = 0; step < 20; step++) {
      quadratic_step(given, 0.8);
      quadratic_step(own, (double)NAN);
    }
    wf_model_export(a, given, 0);
    wf_model_export(b, own, 0);
    CHECK(memcmp(a, b, D * sizeof *a) == 0, "%s with momentum 0.8 by step", quadratic_runs[r].name);
    config.momentum = config.beta1 = 0.1;
    wf_model *other = quadratic_model(&config);
    for (int step = 0; step < 20; step++) quadratic_step(other, (double)NAN);
    wf_model_export(b, other, 0);
    CHECK((memcmp(a, b, D * sizeof *a) != 0) == uses, "%s: momentum matters: %d", quadratic_runs[r].name, uses);
    wf_model_free(given);
    wf_model_free(own);
    wf_model_free(other);
  }
}

/* ---- Decay ----------------------------------------------------------------------------------------------------------- */

/* Without a gradient AdamW shrinks every weight by 1 - rate · weight decay, Adam moves it through its means. */
static void decay_of_adamw_does_not_go_through_the_means(void) {
  for (int amsgrad = 0; amsgrad < 2; amsgrad++) {
    wf_config config = toy_config(1, 1, WF_MSE, WF_ADAMW);
    config.learning_rate = 0.125;
    config.weight_decay = 0.5;
    config.amsgrad = amsgrad;
    wf_model *model = wf_model_new(&config, &(wf_layer_config){.units = 1});
    wf_real values[2] = {8, 0}, none[8] = {0};
    wf_model_import(model, values, 0);
    wf_update update;
    for (int step = 0; step < 2; step++) {
      wf_update_prepare(&update, model, config.learning_rate, (double)NAN);
      wf_update_run(&update, 0, none, 8);
      wf_update_done(model, &update);
    }
    wf_model_export(values, model, 0);
    CHECK(values[0] == 8 * (wf_real)(0.9375 * 0.9375), "8 becomes %g", (double)values[0]);
    wf_model_free(model);
  }
}

/* ---- Numbers at the edge ------------------------------------------------------------------------------------------------ */

/* Steps with the same gradient g for the one weight of a model. */
static double weight_after(const wf_config *of, double weight, double g, int steps) {
  wf_config config = *of;
  config.inputs = config.layers = 1;
  wf_model *model = wf_model_new(&config, &(wf_layer_config){.units = 1});
  wf_real values[2] = {(wf_real)weight, 0}, gradient[8] = {(wf_real)g};
  wf_model_import(model, values, 0);
  for (int step = 0; step < steps; step++) {
    wf_update update;
    wf_update_prepare(&update, model, config.learning_rate, (double)NAN);
    wf_update_run(&update, 0, gradient, 8);
    wf_update_done(model, &update);
  }
  wf_model_export(values, model, 0);
  wf_model_free(model);
  return (double)values[0];
}

static void no_optimiser_hides_a_nan_or_makes_one(const quadratic_run *run) {
  CHECK(isnan(weight_after(&run->config, 1, (double)NAN, 1)), "%s: a NaN in the gradient is seen in the weight", run->name);
  for (double g = 1e-3; g < 1e4; g *= 1.37)
    CHECK(isfinite(weight_after(&run->config, 1, g, 400)), "%s: 400 steps with the gradient %g", run->name, g);
}

/* Only where a double would not hold it either. */
static void what_is_almost_a_denormal_becomes_zero(void) {
  wf_config config = {.optimizer = WF_SGD, .momentum = 0.5, .learning_rate = 1};
  double kept = weight_after(&config, 1e-31, 0, 256), before = weight_after(&config, 1e-31, 0, 255);
  CHECK(before != 0 && (kept == 0) == (sizeof(wf_real) == 4), "1e-31 is %g, then %g", before, kept);
}

/* ---- The net ----------------------------------------------------------------------------------------------------------- */

static void check_net(const net_run *run, const wf_model *model, int epoch, const double *expected) {
  wf_real w[26];
  wf_model_export(w, model, 0);
  for (int i = 0; i < 26; i++)
    CHECK(fabs((double)w[i] - expected[i]) <= tolerance * fmax(1, fabs(expected[i])), "%s, step %d: w[%d] = %.15g, PyTorch %.15g", run->name,
          epoch, i, (double)w[i], expected[i]);
}

static void nets_train_as_in_pytorch(const net_run *run) {
  wf_config config = run->config;
  wf_layer_config layers[2] = {toy_layer(4, WF_TANH), toy_layer(2, WF_IDENTITY)};
  wf_fit_config how = toy_fit(8, 50, 0);
  config.inputs = 3;
  config.layers = 2;
  config.loss = WF_CROSS_ENTROPY;
  config.positive_weight = 1;
  wf_model *model = wf_model_new(&config, layers);
  wf_real w[26], x[24];
  for (int i = 0; i < 26; i++) w[i] = (wf_real)net_start[i];
  for (int i = 0; i < 24; i++) x[i] = (wf_real)net_x[i / 3][i % 3];
  wf_model_import(model, w, 0);
  wf_rows rows = {.x = x, .y = net_y, .rows = 8};
  wf_fit *fit = wf_fit_new(model, &how, &rows, NULL);
  static const int epochs[] = {1, 9, 40};
  const double *expected[] = {run->w1, run->w10, run->w50};
  for (int part = 0, epoch = 0; part < 3; part++) {
    wf_fit_run(fit, 1e9, epochs[part]);
    epoch += epochs[part];
    check_net(run, model, epoch, expected[part]);
    double loss = wf_fit_reports(fit)[epoch - 1].loss;
    CHECK(fabs(loss - run->loss[part]) <= tolerance * run->loss[part], "%s, step %d: loss %.15g, PyTorch %.15g", run->name, epoch, loss, run->loss[part]);
  }
  wf_fit_free(fit);
  wf_model_free(model);
}

int main(void) {
  for (int r = 0; r < RUNS; r++) {
    iterates_are_those_of_pytorch(&quadratic_runs[r]);
    resumed_runs_have_the_same_bits(&quadratic_runs[r]);
    places_without_weights_stay_zero(&quadratic_runs[r]);
    no_optimiser_hides_a_nan_or_makes_one(&quadratic_runs[r]);
  }
  slots_are_those_that_are_used();
  what_is_almost_a_denormal_becomes_zero();
  momentum_of_a_step_replaces_that_of_the_configuration();
  decay_of_adamw_does_not_go_through_the_means();
  for (size_t r = 0; r < sizeof net_runs / sizeof net_runs[0]; r++) nets_train_as_in_pytorch(&net_runs[r]);
  return check_report("test_optimizer");
}
