/* test_diagnose.c: what a diverged fit says went wrong first, and statistics of layers against plain loops · next: test_checkpoint.c */
#include <math.h>

#include "bench.h"
#include "check.h"

enum { N = 24, D = 5, P = 43 };

/* Where the parameters of a 5-4-3-1 net begin in plain order. */
enum { W0 = 0, B0 = 20, W1 = 24, B1 = 36, W2 = 39, B2 = 42 };

static const char *const quantities[] = {"nothing", "features", "activation", "loss", "gradient", "weight"};

static void diverges_with(bench *b, wf_quantity quantity, int layer, int epoch, int step, const char *what) {
  wf_divergence d;
  wf_fit_state state = wf_fit_run(b->fit, 1e9, 1e9);
  wf_fit_divergence(&d, b->fit);
  CHECK(state == WF_FIT_DIVERGED, "%s: state %d", what, state);
  CHECK((wf_quantity)d.quantity == quantity && d.layer == layer && d.epoch == epoch && d.step == step,
        "%s: %s of layer %g in epoch %g after %g steps, expected %s, %d, %d, %d", what, quantities[(int)d.quantity], d.layer, d.epoch,
        d.step, quantities[quantity], layer, epoch, step);
  bench_free(b);
}

static bench net(wf_loss loss, wf_optimizer optimizer, int B, double learning_rate, wf_rows rows, const wf_rows *validation) {
  const wf_layer_config layers[] = {toy_layer(4, WF_RELU), toy_layer(3, WF_RELU), toy_layer(1, WF_IDENTITY)};
  wf_config config = toy_config(D, 3, loss, optimizer);
  config.learning_rate = learning_rate;
  return bench_new(config, layers, rows, toy_fit(B, 10, 0), validation);
}

/* All parameters 0, but for n from `first` on. */
static void only(const bench *b, int first, int n, double value) {
  wf_real w[P] = {0};
  for (int i = first; i < first + n; i++) w[i] = (wf_real)value;
  wf_model_import(b->model, w, 0);
}

static void set(const bench *b, int i, double value) {
  wf_real w[P];
  wf_model_export(w, b->model, 0);
  w[i] = (wf_real)value;
  wf_model_import(b->model, w, 0);
}

static void features_come_first(wf_rows rows) {
  wf_real *x = (wf_real *)(uintptr_t)rows.x, kept = x[17 * D + 2];
  x[17 * D + 2] = INFINITY;
  bench b = net(WF_MSE, WF_SGD, 8, 0.05, rows, NULL);
  diverges_with(&b, WF_QUANTITY_FEATURES, -1, 1, 2, "an infinite feature of row 17, in batches of 8");
  b = net(WF_MSE, WF_LBFGS, 8, 0.05, rows, NULL);
  diverges_with(&b, WF_QUANTITY_FEATURES, -1, 1, 0, "an infinite feature under L-BFGS");
  const wf_layer_config line = toy_layer(1, WF_IDENTITY);
  b = bench_new(toy_config(D, 1, WF_MSE, WF_SGD), &line, rows, toy_fit(8, 10, 0), NULL);
  diverges_with(&b, WF_QUANTITY_FEATURES, -1, 1, 2, "an infinite feature of a line");
  x[17 * D + 2] = kept;
}

/* Units of the layer before give 1, of which three times 1.5e38 is beyond the greatest float. */
static void outputs_come_layer_by_layer(wf_rows rows) {
  bench b = net(WF_MSE, WF_SGD, 8, 0.05, rows, NULL);
  only(&b, B0, 4, 1);
  for (int i = 0; i < 4; i++) set(&b, W1 + 3 * i, 1.5e38);
  diverges_with(&b, WF_QUANTITY_ACTIVATION, 1, 1, 0, "an infinite output of the second layer");
  b = net(WF_MSE, WF_SGD, 8, 0.05, rows, NULL);
  only(&b, B1, 3, 1);
  for (int i = 0; i < 3; i++) set(&b, W2 + i, 1.5e38);
  diverges_with(&b, WF_QUANTITY_ACTIVATION, 2, 1, 0, "an infinite output of the last layer");
}

static void a_validation_row_can_be_too_large(wf_rows rows) {
  wf_real x[2 * D];
  for (int i = 0; i < 2 * D; i++) x[i] = 3e38f;
  wf_rows validation = {.x = x, .y = rows.y, .rows = 2};
  bench b = net(WF_MSE, WF_SGD, 8, 0.05, rows, &validation);
  diverges_with(&b, WF_QUANTITY_ACTIVATION, 0, 1, 3, "a validation row near the greatest float");
}

/* e^800 is beyond f64; e^100 is not, but it is beyond f32. */
static void loss_and_gradient_come_after_the_outputs(wf_rows rows) {
  bench b = net(WF_POISSON, WF_SGD, 8, 0.05, rows, NULL);
  only(&b, B2, 1, 800);
  diverges_with(&b, WF_QUANTITY_LOSS, -1, 1, 0, "a rate of e^800");
  b = net(WF_POISSON, WF_SGD, N, 0.05, rows, NULL);
  only(&b, B2, 1, 100);
  diverges_with(&b, WF_QUANTITY_GRADIENT, 2, 1, 0, "a rate of e^100, one batch");
  b = net(WF_POISSON, WF_LBFGS, 8, 0.05, rows, NULL);
  only(&b, B2, 1, 100);
  wf_fit_config config = toy_fit(8, 10, 0);
  wf_fit_free(b.fit); /* a full-batch optimiser takes its beginning from the model when the fit is made */
  b.fit = wf_fit_new(b.model, &config, &b.rows, NULL);
  diverges_with(&b, WF_QUANTITY_GRADIENT, 2, 1, 0, "a rate of e^100 under L-BFGS");
}

/* A step of 1e6 times 1e35. In one batch it is seen at the end of the epoch, else by the next batch. */
static void weights_are_those_of_the_step_before(wf_rows rows) {
  for (int B = 8; B <= N; B += N - 8) {
    bench b = net(WF_MSE, WF_SGD, B, 1e6, rows, NULL);
    only(&b, B2, 1, 1e35);
    diverges_with(&b, WF_QUANTITY_WEIGHT, 2, 1, 0, B == N ? "one batch" : "batches of 8");
  }
  bench b = net(WF_MSE, WF_SGD, 8, 0.05, rows, NULL);
  CHECK(wf_fit_run(b.fit, 1e9, 2) == WF_FIT_RUNNING, "two epochs are not fit");
  set(&b, B2, 1e35);
  wf_fit_set_learning_rate(b.fit, 1e6);
  diverges_with(&b, WF_QUANTITY_WEIGHT, 0, 3, 6, "in the third epoch");
}

/* Mean, standard deviation and share of zeros of n numbers, by the definition. */
static void moments_are(const double *got, const wf_real *values, int n, double tolerance, const char *what, int layer) {
  double mean = 0, square = 0, zeros = 0;
  for (int i = 0; i < n; i++) mean += (double)values[i] / n;
  for (int i = 0; i < n; i++) square += ((double)values[i] - mean) * ((double)values[i] - mean) / n;
  for (int i = 0; i < n; i++) zeros += values[i] == 0 ? 1.0 / n : 0;
  double expected[] = {mean, sqrt(square), zeros};
  for (int i = 0; i < 3; i++)
    CHECK(fabs(got[i] - expected[i]) <= tolerance, "%s of layer %d: number %d is %.12g, by hand %.12g", what, layer, i, got[i],
          expected[i]);
}

/* y (n,O) = relu or not of x (n,I) w + b, w in plain order. */
static void dense(wf_real *y, const wf_real *x, const wf_real *w, int I, int O, int relu) {
  for (int r = 0; r < N; r++)
    for (int o = 0; o < O; o++) {
      double sum = (double)w[I * O + o];
      for (int i = 0; i < I; i++) sum += (double)x[r * I + i] * (double)w[i * O + o];
      y[r * O + o] = (wf_real)(relu && sum < 0 ? 0 : sum);
    }
}

static void statistics_are_those_of_plain_loops(wf_rows rows) {
  static const int in[] = {D, 4, 3}, out[] = {4, 3, 1}, at[] = {W0, W1, W2};
  wf_real weight[N], w[P], g[P], y[2][N * 4];
  const wf_real *x = rows.x;
  wf_layer_statistics statistics[3];
  for (int r = 0; r < N; r++) weight[r] = (wf_real)(r % 3);
  rows.weight = weight;
  bench b = net(WF_MSE, WF_ADAM, 8, 0.01, rows, NULL);
  wf_fit_run(b.fit, 1e9, 2);
  set(&b, B0, -100); /* a unit that never answers */
  wf_model_export(w, b.model, 0);
  CHECK(wf_fit_batch_rows(b.fit) == N && wf_fit_statistics(statistics, b.fit, &rows), "no statistics");
  wf_fit_loss(g, b.fit, &rows);
  for (int l = 0; l < 3; l++) {
    const wf_layer_statistics *s = &statistics[l];
    int dead = out[l];
    dense(y[l % 2], x, w + at[l], in[l], out[l], l < 2);
    x = y[l % 2];
    moments_are(&s->weight_mean, w + at[l], in[l] * out[l], 1e-12, "weights", l);
    moments_are(&s->gradient_mean, g + at[l], in[l] * out[l], 1e-12, "gradients", l);
    moments_are(&s->output_mean, x, N * out[l], 1e-6, "outputs", l);
    for (int unit = 0; unit < out[l]; unit++) {
      int answers = 0;
      for (int r = 0; r < N; r++) answers |= x[r * out[l] + unit] != 0;
      dead -= answers;
    }
    CHECK(s->dead == (double)dead / out[l] && (l > 0 || dead > 0), "layer %d: %g of the units are dead, by hand %d", l, s->dead, dead);
  }
  rows.rows = N + 1;
  CHECK(!wf_fit_statistics(statistics, b.fit, &rows), "statistics of more rows than a batch holds");
  bench_free(&b);
}

static bench mixed_net(wf_rows rows) {
  const wf_layer_config layers[] = {toy_layer(8, WF_TANH), {.kind = WF_BATCH_NORM, .units = 8, .norm_epsilon = 1e-5, .norm_momentum = 0.1},
                                    {.kind = WF_DROPOUT, .units = 8, .rate = 0.3}, toy_layer(1, WF_IDENTITY)};
  return bench_new(toy_config(D, 4, WF_MSE, WF_ADAM), layers, rows, toy_fit(7, 10, 1), NULL);
}

/* Batch normalisation moves with each batch that trains, dropout draws: looking does neither, also in the middle of an epoch. */
static void statistics_leave_a_fit_as_it_was(wf_rows rows) {
  bench plain = mixed_net(rows), watched = mixed_net(rows);
  wf_layer_statistics s[4];
  while (wf_fit_run(plain.fit, 1e9, 1e9) == WF_FIT_RUNNING) continue;
  for (;;) {
    uint64_t before = slot_hash(&watched, 0);
    CHECK(wf_fit_statistics(s, watched.fit, &rows), "no statistics");
    CHECK(slot_hash(&watched, 0) == before, "looking changes the model");
    if (wf_fit_run(watched.fit, 1, 1e9) != WF_FIT_RUNNING) break;
  }
  for (int slot = 0; slot < 3; slot++) CHECK(slot_hash(&plain, slot) == slot_hash(&watched, slot), "looking changes slot %d", slot);
  const wf_report *a = wf_fit_reports(plain.fit) + 9, *b = wf_fit_reports(watched.fit) + 9;
  CHECK(a->loss == b->loss && a->metric == b->metric && a->mae == b->mae, "looking changes a report: %g, %g", a->loss, b->loss);
  CHECK(isnan(s[2].weight_mean) && isnan(s[2].gradient_sd) && s[2].output_zeros > 0.15, "dropout: weights %g, share of zeros %g",
        s[2].weight_mean, s[2].output_zeros);
  CHECK(fabs(s[1].weight_mean - 1) < 0.5 && s[1].gradient_sd > 0, "batch normalisation: weights %g", s[1].weight_mean);
  bench_free(&plain);
  bench_free(&watched);
}

int main(void) {
  wf_rows rows = toy_rows(WF_POISSON, N, D, 1);
  features_come_first(rows);
  outputs_come_layer_by_layer(rows);
  a_validation_row_can_be_too_large(rows);
  loss_and_gradient_come_after_the_outputs(rows);
  weights_are_those_of_the_step_before(rows);
  statistics_are_those_of_plain_loops(rows);
  statistics_leave_a_fit_as_it_was(rows);
  rows_free(&rows);
  return check_report("test_diagnose");
}
