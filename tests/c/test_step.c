/* test_step.c: clipping, penalties and constraints against PyTorch, by hand and by the conditions of an optimum · next: test_control.c
 *
 * In the double build PyTorch's iterates must be met to 1e-12, in the float build to 1e-5 relative. */
#include <math.h>

#include "../../src/core/fit.h"
#include "../fixtures/optim.h"
#include "../fixtures/stepping.h"
#include "bench.h"
#include "check.h"

enum { D = 5, PAIRS = 2 * D, N = 24, K = 3 };
#define IS_DOUBLE (sizeof(wf_real) == 8)

/* 1/2 x'Ax - b'x, less a constant, as a mean square: with A = LL' the rows of √2.5 L', each also negated, so that the bias has
 * no gradient. */
static wf_rows quadratic_rows(void) {
  double L[D][D] = {{0}}, c[D];
  wf_real *x = calloc(PAIRS * D, sizeof *x), *y = calloc(PAIRS, sizeof *y);
  for (int i = 0; i < D; i++) {
    for (int j = 0; j <= i; j++) {
      double sum = quadratic_A[i][j];
      for (int k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      L[i][j] = i == j ? sqrt(sum) : sum / L[j][j];
    }
    c[i] = quadratic_b[i];
    for (int k = 0; k < i; k++) c[i] -= L[i][k] * c[k];
    c[i] /= L[i][i];
  }
  for (int r = 0; r < PAIRS; r++) {
    double scale = (r % 2 ? -1 : 1) * sqrt(2.5);
    for (int i = 0; i < D; i++) x[r * D + i] = (wf_real)(scale * L[i][r / 2]);
    y[r] = (wf_real)(scale * c[r / 2]);
  }
  return (wf_rows){.x = x, .y = y, .rows = PAIRS};
}

static bench quadratic_bench(wf_config config, wf_fit_config options, wf_layer_config layer, wf_rows rows, int epochs) {
  config.inputs = D;
  config.layers = 1;
  layer.units = 1;
  options.batch_size = PAIRS;
  options.epochs = epochs;
  bench b = bench_new(config, &layer, rows, options, NULL);
  wf_real w[D + 1] = {0};
  for (int i = 0; i < D; i++) w[i] = (wf_real)quadratic_x0[i];
  wf_model_import(b.model, w, 0);
  return b;
}

static void iterates_are_those_of_pytorch(void) {
  static const int steps[] = {1, 10, 50};
  double tolerance = IS_DOUBLE ? 1e-12 : 1e-5;
  wf_rows rows = quadratic_rows();
  for (size_t r = 0; r < sizeof stepping_runs / sizeof stepping_runs[0]; r++) {
    const stepping_run *run = &stepping_runs[r];
    bench b = quadratic_bench(run->config, run->fit, (wf_layer_config){.l2 = run->l2}, rows, 50);
    for (int i = 0, done = 0; i < 3; done = steps[i++]) {
      const double *want = i == 0 ? run->x1 : i == 1 ? run->x10 : run->x50;
      wf_fit_run(b.fit, 1e9, steps[i] - done);
      wf_real *w = weights_of(&b);
      for (int j = 0; j <= D; j++)
        CHECK(fabs((double)w[j] - (j < D ? want[j] : 0)) <= tolerance * fmax(1, j < D ? fabs(want[j]) : 0),
              "run %zu, %s, step %d: x[%d] = %.15g, PyTorch %.15g", r, run->name, steps[i], j, (double)w[j], j < D ? want[j] : 0);
      free(w);
    }
    bench_free(&b);
  }
  rows_free(&rows);
}

/* A 5-4-3 net, one step of plain descent over all rows: its two weight and two bias arrays have gradients of different sizes. */
static bench small_bench(wf_fit_config options, wf_config config, wf_rows rows, int batch_size, int epochs) {
  static const wf_activation kinds[] = {WF_TANH, WF_IDENTITY};
  wf_layer_config layers[] = {toy_layer(4, kinds[0]), toy_layer(K, kinds[1])};
  options.batch_size = batch_size;
  options.epochs = epochs;
  layers[0].initializer = WF_TORCH;
  layers[0].l2 = 0.01;
  return bench_new(config, layers, rows, options, NULL);
}

static double norm_of(const wf_real *g, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)g[i] * (double)g[i];
  return sqrt(sum);
}

static void each_way_of_clipping_does_its_own_part(void) {
  static const size_t ends[] = {0, 20, 24, 36, 39};
  static const wf_fit_config ways[] = {{.clip_value = 0.05}, {.clip_norm = 0.1}, {.clip_global_norm = 0.1},
                                       {.clip_value = 0.05, .clip_norm = 0.1, .clip_global_norm = 0.15, .record_gradient = 1}};
  wf_config config = toy_config(D, 2, WF_MSE, WF_SGD);
  config.learning_rate = 1;
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  for (int way = 0; way < 4; way++) {
    const wf_fit_config *c = &ways[way];
    bench b = small_bench(*c, config, rows, N, 1);
    wf_real *before = weights_of(&b), g[39];
    wf_fit_loss(g, b.fit, &rows);
    double whole = norm_of(g, 39);
    int clipped = 0;
    for (int i = 0; i < 39 && c->clip_value > 0; i++) {
      clipped += fabs((double)g[i]) > c->clip_value;
      g[i] = (wf_real)fmin(fmax((double)g[i], -c->clip_value), c->clip_value);
    }
    for (int a = 0; a < 4 && c->clip_norm > 0; a++) {
      double norm = norm_of(g + ends[a], ends[a + 1] - ends[a]), share = fmin(1, c->clip_norm / (norm + 1e-6));
      clipped += share < 1;
      for (size_t i = ends[a]; i < ends[a + 1]; i++) g[i] = (wf_real)((double)g[i] * share);
    }
    double share = c->clip_global_norm > 0 ? fmin(1, c->clip_global_norm / (norm_of(g, 39) + 1e-6)) : 1;
    wf_fit_run(b.fit, 1e9, 1);
    wf_real *after = weights_of(&b);
    for (int i = 0; i < 39; i++) {
      double penalty = i < 20 ? 0.01 * (double)before[i] : 0, want = (double)before[i] - share * (double)g[i] - penalty;
      CHECK(fabs((double)after[i] - want) < 1e-6, "way %d, parameter %d: %.9g, by hand %.9g", way, i, (double)after[i], want);
    }
    CHECK(clipped > 0 || share < 1, "way %d clips nothing here", way);
    CHECK(clipped < 39, "way %d clips everything", way);
    double reported = wf_fit_reports(b.fit)->gradient_norm;
    if (c->record_gradient != 0) CHECK(fabs(reported / whole - 1) < 1e-6, "norm %g, before clipping %g", reported, whole);
    else CHECK(isnan(reported), "norm %g although it is not recorded", reported);
    free(before);
    free(after);
    bench_free(&b);
  }
  rows_free(&rows);
}

static void the_norm_of_a_report_is_the_mean_over_the_steps(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  wf_config config = toy_config(D, 2, WF_MSE, WF_SGD);
  config.learning_rate = 0;
  bench b = small_bench((wf_fit_config){.record_gradient = 1}, config, rows, 10, 2);
  double mean = 0;
  for (int first = 0; first < N; first += 10) {
    wf_rows part = {.x = rows.x + first * D, .y = (const wf_real *)rows.y + first * K, .rows = N - first < 10 ? N - first : 10};
    wf_real g[39];
    wf_fit_loss(g, b.fit, &part);
    mean += norm_of(g, 39) / 3;
  }
  wf_fit_run(b.fit, 1e9, 2);
  for (int e = 0; e < 2; e++)
    CHECK(fabs(wf_fit_reports(b.fit)[e].gradient_norm / mean - 1) < 1e-6, "epoch %d: %.9g, by hand %.9g", e,
          wf_fit_reports(b.fit)[e].gradient_norm, mean);
  bench_free(&b);
  rows_free(&rows);
}

/* What is asked for without being needed, a norm to record or bounds that are never met, must not change a bit. */
static void the_stored_way_has_the_bits_of_the_fused_one(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  for (int optimizer = 0; optimizer < WF_LBFGS; optimizer++)
    for (int variant = 0; variant < 2; variant++) {
      wf_config config = toy_config(D, 4, WF_MSE, (wf_optimizer)optimizer);
      config.learning_rate = 0.01;
      config.momentum = config.nesterov = config.centered = config.amsgrad = variant;
      config.momentum *= 0.9;
      config.weight_decay = 0.01 * variant;
      wf_layer_config layers[] = {toy_layer(9, WF_TANH), toy_layer(9, WF_IDENTITY), toy_layer(9, WF_IDENTITY), toy_layer(K, WF_IDENTITY)};
      layers[1].kind = WF_BATCH_NORM;
      layers[2].kind = WF_LAYER_NORM;
      for (int l = 0; l < 3; l++) layers[l].l2 = 0.02 * variant;
      uint64_t hashes[3][4];
      for (int way = 0; way < 3; way++) {
        wf_fit_config fit_config = toy_fit(7, 30, 1);
        fit_config.record_gradient = way == 1;
        if (way == 2) fit_config.clip_value = fit_config.clip_norm = fit_config.clip_global_norm = 1e20;
        bench b = bench_new(config, layers, rows, fit_config, NULL);
        wf_fit_run(b.fit, 1e9, 1e9);
        for (int slot = 0; slot < 4; slot++) hashes[way][slot] = slot <= wf_model_slots(b.model) ? slot_hash(&b, slot) : 0;
        bench_free(&b);
      }
      for (int slot = 0; slot < 4; slot++)
        CHECK(hashes[0][slot] == hashes[1][slot] && hashes[0][slot] == hashes[2][slot], "optimizer %d, variant %d: slot %d differs", optimizer,
              variant, slot);
    }
  rows_free(&rows);
}

/* A loss that is finite, but whose gradient is not: the feature is so large that its product with the residual overflows. */
static void a_gradient_that_is_not_finite_makes_no_step(void) {
  wf_real x[] = {IS_DOUBLE ? (wf_real)1e220 : (wf_real)1e30, 1}, y[] = {0, 0}, w[] = {IS_DOUBLE ? (wf_real)1e-110 : (wf_real)1e-10, 0};
  wf_rows rows = {.x = x, .y = y, .rows = 2};
  wf_config config = toy_config(1, 1, WF_MSE, WF_ADAM);
  wf_layer_config layer = toy_layer(1, WF_IDENTITY);
  wf_fit_config fit_config = toy_fit(1, 3, 0);
  fit_config.clip_global_norm = 1;
  bench b = bench_new(config, &layer, rows, fit_config, NULL);
  wf_model_import(b.model, w, 0);
  uint64_t slots[3] = {slot_hash(&b, 0), slot_hash(&b, 1), slot_hash(&b, 2)};
  CHECK(isfinite(wf_fit_loss(NULL, b.fit, &(wf_rows){.x = x, .y = y, .rows = 1})), "the loss is not finite already");
  wf_real g[2];
  wf_fit_loss(g, b.fit, &(wf_rows){.x = x, .y = y, .rows = 1});
  CHECK(wf_step(b.fit, 1) == 0, "a step was made");
  for (int slot = 0; slot < 3; slot++) CHECK(slot_hash(&b, slot) == slots[slot], "slot %d was changed", slot);
  CHECK(wf_fit_run(b.fit, 1e9, 1e9) == WF_FIT_DIVERGED, "the fit went on");
  wf_divergence d;
  wf_fit_divergence(&d, b.fit);
  CHECK(d.epoch == 1 && d.step == 0 && d.layer == 0 && (wf_quantity)d.quantity == WF_QUANTITY_GRADIENT,
        "epoch %g, step %g, layer %g, quantity %g", d.epoch, d.step, d.layer, d.quantity);
  CHECK(wf_model_steps(b.model) == 0, "%g steps", wf_model_steps(b.model));
  bench_free(&b);
}

/* At the optimum of f + l1 Σ|x|: slope -l1 sign(x) where x is not zero, within ± l1 where it is. */
static void an_l1_penalty_ends_at_its_optimum_with_exact_zeros(void) {
  double tolerance = IS_DOUBLE ? 1e-10 : 2e-5, l1 = 0.9;
  wf_rows rows = quadratic_rows();
  for (int stored = 0; stored < 2; stored++) {
    wf_fit_config options = {.record_gradient = stored};
    bench b = quadratic_bench((wf_config){.learning_rate = 0.2}, options, (wf_layer_config){.l1 = l1}, rows, 900);
    wf_fit_run(b.fit, 1e9, 1e9);
    wf_real *w = weights_of(&b);
    int zeros = 0;
    for (int i = 0; i < D; i++) {
      double slope = -quadratic_b[i];
      for (int j = 0; j < D; j++) slope += quadratic_A[i][j] * (double)w[j];
      zeros += w[i] == 0;
      if (w[i] == 0) CHECK(fabs(slope) <= l1 && !signbit(w[i]), "x[%d] is %g, its slope %g", i, (double)w[i], slope);
      else CHECK(fabs(slope + (w[i] > 0 ? l1 : -l1)) < tolerance, "x[%d] = %g has the slope %.9g", i, (double)w[i], slope);
    }
    CHECK(zeros > 0 && zeros < D, "%d zeros", zeros);
    const wf_report *last = &wf_fit_reports(b.fit)[wf_fit_report_count(b.fit) - 1];
    CHECK(fabs(last->sparsity - zeros / 5.0) < 1e-15, "sparsity %g, %d zeros", last->sparsity, zeros);
    free(w);
    bench_free(&b);
  }
  rows_free(&rows);
}

/* Learning rate 0.5 on zero rows of weight: the gradient of the loss is 0, what is left is the constraint. */
static void units_beyond_the_norm_are_scaled_down_to_it(void) {
  wf_real x[D] = {0}, y[9] = {0};
  wf_rows rows = {.x = x, .y = y, .rows = 1};
  wf_layer_config layer = toy_layer(9, WF_IDENTITY);
  layer.max_norm = 1.25;
  wf_config config = toy_config(D, 1, WF_MSE, WF_SGD);
  bench b = bench_new(config, &layer, rows, toy_fit(1, 1, 0), NULL);
  wf_real *w = toy_numbers((D + 1) * 9, 4);
  for (int o = 0; o < 9; o++) w[D * 9 + o] = 0;
  wf_model_import(b.model, w, 0);
  wf_fit_run(b.fit, 1e9, 1e9);
  wf_real *after = weights_of(&b);
  int scaled = 0;
  for (int o = 0; o < 9; o++) {
    double square = 0;
    for (int i = 0; i < D; i++) square += (double)w[i * 9 + o] * (double)w[i * 9 + o];
    double share = fmin(1, 1.25 / sqrt(square));
    scaled += share < 1;
    for (int i = 0; i < D; i++)
      CHECK(fabs((double)after[i * 9 + o] - share * (double)w[i * 9 + o]) <= (share < 1 ? 1e-7 : 0), "weight %d of unit %d: %g, by hand %g", i, o,
            (double)after[i * 9 + o], share * (double)w[i * 9 + o]);
  }
  CHECK(scaled > 0 && scaled < 9, "%d of 9 units scaled", scaled);
  free(w);
  free(after);
  bench_free(&b);
}

static void the_penalty_of_a_report_is_that_of_its_weights_without_biases(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  wf_layer_config layers[] = {toy_layer(4, WF_TANH), toy_layer(4, WF_IDENTITY), toy_layer(K, WF_IDENTITY)};
  layers[0].l1 = 0.25;
  layers[0].l2 = 0.5;
  layers[1].kind = WF_BATCH_NORM;
  layers[1].l1 = layers[1].l2 = 1e3;
  layers[2].l2 = 2;
  layers[2].initializer = WF_TORCH;
  bench b = bench_new(toy_config(D, 3, WF_MSE, WF_SGD), layers, rows, toy_fit(5, 1, 0), NULL);
  wf_fit_run(b.fit, 1e9, 1e9);
  wf_real *w = weights_of(&b);
  double sum = 0;
  for (int i = 0; i < D * 4; i++) sum += (double)layers[0].l1 * fabs((double)w[i]) + 0.25 * (double)w[i] * (double)w[i];
  for (int i = 0; i < 4 * K; i++) sum += (double)w[D * 4 + 4 + 16 + i] * (double)w[D * 4 + 4 + 16 + i];
  CHECK(fabs(wf_fit_reports(b.fit)->penalty - sum) < 1e-12 * sum, "penalty %.17g, by hand %.17g", wf_fit_reports(b.fit)->penalty, sum);
  free(w);
  bench_free(&b);
  rows_free(&rows);
}

int main(void) {
  iterates_are_those_of_pytorch();
  each_way_of_clipping_does_its_own_part();
  the_norm_of_a_report_is_the_mean_over_the_steps();
  the_stored_way_has_the_bits_of_the_fused_one();
  a_gradient_that_is_not_finite_makes_no_step();
  an_l1_penalty_ends_at_its_optimum_with_exact_zeros();
  units_beyond_the_norm_are_scaled_down_to_it();
  the_penalty_of_a_report_is_that_of_its_weights_without_biases();
  return check_report("test_step");
}
