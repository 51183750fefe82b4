/* test_fit.c: the epoch loop: exact sums, slices, divergence, and the same bits in every build · next: test_linear.c */
#include <math.h>
#include <stdio.h>

#include "../../src/wasmfit.h"
#include "bench.h"
#include "check.h"

enum { N = 203, D = 6 };

static wf_rows rows_of(wf_loss loss, int K) { return toy_rows(loss, N, D, K); }

/* A training in which everything is random that can be. */
static bench random_training(wf_rows rows) {
  static const wf_layer_kind kinds[] = {WF_LAYER_NORM, WF_DENSE, WF_BATCH_NORM, WF_DROPOUT, WF_DENSE, WF_DENSE};
  wf_layer_config layers[] = {toy_layer(D, 0), toy_layer(16, WF_TANH), toy_layer(16, 0), toy_layer(16, 0), toy_layer(9, WF_GELU), toy_layer(3, 0)};
  wf_config config = toy_config(D, 6, WF_CROSS_ENTROPY, WF_ADAM);
  wf_fit_config fit_config = toy_fit(32, 50, 1);
  for (int l = 0; l < 6; l++) layers[l].kind = kinds[l];
  layers[3].rate = 0.25;
  config.seed = 42;
  fit_config.batch_schedule = WF_BATCH_RANDOM;
  fit_config.batch_least = 16;
  fit_config.batch_most = 48;
  fit_config.resample = WF_OVERSAMPLE;
  fit_config.input_noise = 0.1;
  fit_config.mixup = 0.3;
  return bench_new(config, layers, rows, fit_config, NULL);
}

/* The trainings whose hashes every build must meet: tests/js/bits.test.js and tests/browser/api.test.js make the same. */
static bench training(int which, wf_rows rows) {
  if (which == 2) return random_training(rows);
  static const wf_loss losses[] = {WF_MSE, WF_CROSS_ENTROPY};
  static const wf_activation first[] = {WF_TANH, WF_SOFTPLUS}, second[] = {WF_GELU, WF_ELU};
  wf_layer_config layers[] = {toy_layer(16, first[which]), toy_layer(9, second[which]), toy_layer(which ? 3 : 1, WF_IDENTITY)};
  wf_config config = toy_config(D, 3, losses[which], which ? WF_SGD : WF_ADAM);
  config.seed = 42;
  config.momentum = which ? 0.9 : 0;
  wf_fit_config fit_config = toy_fit(32, 50, 1);
  return bench_new(config, layers, rows, fit_config, NULL);
}

static void hashes_after_50_epochs_are_those_of_every_build(void) {
  FILE *file = fopen("tests/fixtures/training-hashes.txt", "r");
  for (int which = 0; which < 3; which++) {
    unsigned long long expected = 0;
    wf_rows rows = rows_of(which ? WF_CROSS_ENTROPY : WF_MSE, which ? 3 : 1);
    bench b = training(which, rows);
    while (wf_fit_run(b.fit, 1e9, 1e9) == WF_FIT_RUNNING) wf_fit_reports_clear(b.fit);
    int read = file && fscanf(file, "%llx%*[^\n]", &expected) == 1;
    CHECK(read, "tests/fixtures/training-hashes.txt has no hash %d", which);
    CHECK(slot_hash(&b, 0) == expected, "training %d ends at %016llx, the file says %016llx", which, (unsigned long long)slot_hash(&b, 0), expected);
    bench_free(&b);
    rows_free(&rows);
  }
  if (file) fclose(file);
}

static void slices_do_not_change_a_bit(void) {
  uint64_t hashes[3];
  double losses[3];
  static const double work[] = {1e12, 1, 100};
  wf_rows rows = rows_of(WF_MSE, 1);
  for (int i = 0; i < 3; i++) {
    bench b = training(0, rows);
    int slices = 0;
    while (wf_fit_run(b.fit, work[i], i == 2 ? 1 : 1e9) == WF_FIT_RUNNING) slices++;
    CHECK(slices == 0 || i > 0, "one slice was enough to be cut %d times", slices);
    CHECK(wf_fit_report_count(b.fit) == 50, "%d reports", wf_fit_report_count(b.fit));
    losses[i] = wf_fit_reports(b.fit)[49].loss;
    hashes[i] = slot_hash(&b, 0);
    bench_free(&b);
  }
  CHECK(hashes[0] == hashes[1] && hashes[0] == hashes[2] && losses[0] == losses[1] && losses[0] == losses[2], "slices changed the run");
  rows_free(&rows);
}

/* With learning rate 0 every epoch's loss and R² must equal those of the model as it stands, to f64 rounding, at any batch size. */
static void reports_are_exact_sums_over_all_rows(void) {
  static const int batches[] = {1, 8, 32, 64, 203, 1000};
  wf_rows rows = rows_of(WF_MSE, 2), held = {.x = rows.x, .y = rows.y, .rows = 100};
  wf_layer_config layers[] = {toy_layer(7, WF_RELU), toy_layer(2, WF_IDENTITY)};
  wf_config config = toy_config(D, 2, WF_MSE, WF_SGD);
  config.learning_rate = 0;
  for (int i = 0; i < 6; i++) {
    wf_fit_config fit_config = toy_fit(batches[i], 2, 1);
    fit_config.evaluate_training = i % 2;
    bench b = bench_new(config, layers, rows, fit_config, &held);
    wf_real p[N * 2];
    CHECK(wf_model_predict(p, b.model, &rows, 0), "out of memory");
    while (wf_fit_run(b.fit, 10, 1e9) == WF_FIT_RUNNING) continue;
    for (int part = 0; part < 2; part++) {
      int n = part ? 100 : N;
      const wf_real *y = rows.y;
      double residual[2] = {0, 0}, total[2] = {0, 0}, mean[2] = {0, 0};
      for (int j = 0; j < n * 2; j++) mean[j % 2] += (double)y[j] / (double)n;
      for (int j = 0; j < n * 2; j++) {
        residual[j % 2] += ((double)p[j] - (double)y[j]) * ((double)p[j] - (double)y[j]);
        total[j % 2] += ((double)y[j] - mean[j % 2]) * ((double)y[j] - mean[j % 2]);
      }
      double loss = (residual[0] + residual[1]) / (2 * n), r2 = 1 - (residual[0] / total[0] + residual[1] / total[1]) / 2;
      const wf_report *report = &wf_fit_reports(b.fit)[1];
      double got_loss = part ? report->validation_loss : report->loss, got_r2 = part ? report->validation_metric : report->metric;
      CHECK(fabs(got_loss - loss) < 1e-13, "batch %d: loss %.17g, by hand %.17g", batches[i], got_loss, loss);
      CHECK(fabs(got_r2 - r2) < 1e-12, "batch %d: R² %.17g, by hand %.17g", batches[i], got_r2, r2);
      CHECK(report->rows_seen == 2 * N, "%g rows seen", report->rows_seen);
    }
    bench_free(&b);
  }
  rows_free(&rows);
}

/* One epoch by hand: 203 rows in batches of 32 are 7 steps, the last one of 11 rows, each with its own mean. */
static void the_short_last_batch_counts_once_and_in_full(void) {
  wf_rows rows = rows_of(WF_MSE, 1);
  wf_layer_config layers[] = {toy_layer(1, WF_IDENTITY)};
  wf_config config = toy_config(D, 1, WF_MSE, WF_SGD);
  wf_fit_config fit_config = toy_fit(32, 1, 0);
  bench b = bench_new(config, layers, rows, fit_config, NULL);
  wf_real *w0 = weights_of(&b);
  double w[D + 1], loss = 0;
  for (int i = 0; i <= D; i++) w[i] = (double)w0[i];
  for (int first = 0; first < N; first += 32) {
    int B = N - first < 32 ? N - first : 32;
    double g[D + 1] = {0};
    for (int r = first; r < first + B; r++) {
      double e = w[D] - (double)((const wf_real *)rows.y)[r];
      for (int i = 0; i < D; i++) e += w[i] * (double)rows.x[r * D + i];
      for (int i = 0; i <= D; i++) g[i] += 2 * e / B * (i < D ? (double)rows.x[r * D + i] : 1);
      loss += e * e / (double)N;
    }
    for (int i = 0; i <= D; i++) w[i] -= 0.05 * g[i];
  }
  CHECK(wf_fit_run(b.fit, 1e9, 1e9) == WF_FIT_DONE, "one epoch did not end");
  CHECK(wf_model_steps(b.model) == 7, "%g steps", wf_model_steps(b.model));
  CHECK(fabs(wf_fit_reports(b.fit)->loss - loss) < 1e-6, "loss %g, by hand %g", wf_fit_reports(b.fit)->loss, loss);
  wf_real *w1 = weights_of(&b);
  for (int i = 0; i <= D; i++) CHECK(fabs((double)w1[i] - w[i]) < 1e-6, "weight %d is %g, by hand %g", i, (double)w1[i], w[i]);
  free(w0);
  free(w1);
  bench_free(&b);
  rows_free(&rows);
}

static void divergence_goes_back_to_the_last_finite_epoch(void) {
  wf_rows rows = rows_of(WF_MSE, 1);
  wf_layer_config layers[] = {toy_layer(8, WF_RELU), toy_layer(1, WF_IDENTITY)};
  wf_config config = toy_config(D, 2, WF_MSE, WF_SGD);
  config.learning_rate = 30;
  wf_fit_config fit_config = toy_fit(64, 500, 0);
  bench b = bench_new(config, layers, rows, fit_config, NULL);
  wf_real *before = weights_of(&b);
  wf_fit_state state;
  while ((state = wf_fit_run(b.fit, 1, 1e9)) == WF_FIT_RUNNING)
    if (wf_fit_at_epoch_end(b.fit)) wf_model_export(before, b.model, 0);
  CHECK(state == WF_FIT_DIVERGED, "state %d", state);
  for (int i = 0; i < wf_fit_report_count(b.fit); i++)
    CHECK(isfinite(wf_fit_reports(b.fit)[i].loss), "epoch %d reports %g", i + 1, wf_fit_reports(b.fit)[i].loss);
  wf_real *after = weights_of(&b);
  CHECK(memcmp(before, after, b.P * sizeof *after) == 0, "the weights are not those of the last finite epoch");
  CHECK(wf_fit_run(b.fit, 1e9, 1e9) == WF_FIT_DIVERGED, "a diverged fit went on");
  free(before);
  free(after);
  bench_free(&b);
  rows_free(&rows);
}

static void a_constant_target_has_r2_one_if_exact_else_zero(void) {
  wf_rows rows = rows_of(WF_MSE, 1);
  wf_real constant[N];
  for (int r = 0; r < N; r++) constant[r] = (wf_real)0.1;
  rows_free(&(wf_rows){.y = rows.y});
  rows.y = constant;
  for (int exact = 0; exact < 2; exact++) {
    wf_layer_config layers[] = {toy_layer(1, WF_IDENTITY)};
    wf_config config = toy_config(D, 1, WF_MSE, WF_SGD);
    wf_fit_config fit_config = toy_fit(16, 1, 0);
    config.learning_rate = 0;
    layers[0].initializer = WF_ZEROS;
    bench b = bench_new(config, layers, rows, fit_config, NULL);
    wf_real w[D + 1] = {0};
    w[D] = exact ? constant[0] : 1;
    wf_model_import(b.model, w, 0);
    wf_fit_run(b.fit, 1e9, 1e9);
    CHECK(wf_fit_reports(b.fit)->metric == exact, "R² is %g", wf_fit_reports(b.fit)->metric);
    bench_free(&b);
  }
  free((void *)(uintptr_t)rows.x);
}

int main(void) {
  hashes_after_50_epochs_are_those_of_every_build();
  slices_do_not_change_a_bit();
  reports_are_exact_sums_over_all_rows();
  the_short_last_batch_counts_once_and_in_full();
  divergence_goes_back_to_the_last_finite_epoch();
  a_constant_target_has_r2_one_if_exact_else_zero();
  return check_report("test_fit");
}
