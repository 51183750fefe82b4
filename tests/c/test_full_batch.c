/* test_full_batch.c: L-BFGS, conjugate gradients and Newton-CG on networks: optima, convergence, slices, batches · next: test_linear.c */
#include <math.h>

#include "../../src/core/fit.h"
#include "check.h"
#include "toy.h"

enum { N = 90, D = 4, EPOCHS = 400 };
static const wf_optimizer kinds[] = {WF_LBFGS, WF_CONJUGATE_GRADIENT, WF_NEWTON_CG};
static const char *const names[] = {"L-BFGS", "conjugate gradients", "Newton-CG"};

typedef struct run { wf_model *model; wf_fit *fit; wf_rows rows; } run;

static run run_new(wf_config config, wf_layer_config *layers, wf_loss loss, int batch) {
  run r = {.model = wf_model_new(&config, layers), .rows = {.x = toy_numbers(N * D, 1), .y = toy_targets(loss, N, (int)layers[(int)config.layers - 1].units), .rows = N}};
  wf_fit_config fit = toy_fit(batch, EPOCHS, 0);
  r.fit = wf_fit_new(r.model, &fit, &r.rows, NULL);
  return r;
}

static void run_free(run *r) {
  free((void *)(uintptr_t)r->rows.x);
  free((void *)(uintptr_t)r->rows.y);
  wf_fit_free(r->fit);
  wf_model_free(r->model);
}

static double last_loss(const run *r) { return wf_fit_reports(r->fit)[wf_fit_report_count(r->fit) - 1].loss; }

/* A linear model has one optimum, which solves the normal equations: at it the gradient is 0, with the penalty. */
static void a_linear_model_ends_at_its_optimum(int k) {
  wf_layer_config layers[] = {toy_layer(2, WF_IDENTITY)};
  layers[0].l2 = 0.1;
  wf_config config = toy_config(D, 1, WF_MSE, kinds[k]);
  config.loss_tolerance = 0;
  config.tolerance = sizeof(wf_real) == 4 ? 1e-5 : 1e-9;
  run r = run_new(config, layers, WF_MSE, 32);
  wf_fit_state state = wf_fit_run(r.fit, 1e12, 1e9);
  wf_real w[(D + 1) * 2];
  wf_model_export(w, r.model, 0);
  CHECK(state == WF_FIT_CONVERGED, "%s ended as %d after %d iterations", names[k], (int)state, wf_fit_report_count(r.fit));
  const wf_real *x = r.rows.x, *y = r.rows.y;
  for (int o = 0; o < 2; o++)
    for (int i = 0; i <= D; i++) {
      double g = i < D ? 0.1 * (double)w[i * 2 + o] : 0;
      for (int n = 0; n < N; n++) {
        double e = (double)w[D * 2 + o] - (double)y[n * 2 + o];
        for (int j = 0; j < D; j++) e += (double)x[n * D + j] * (double)w[j * 2 + o];
        g += e * (i < D ? (double)x[n * D + i] : 1) / N; /* 2 e x / (N K), K = 2 */
      }
      CHECK(fabs(g) <= 3 * config.tolerance, "%s: gradient %d, %d is %g", names[k], i, o, g);
    }
  run_free(&r);
}

static run network(int k, int batch) {
  wf_layer_config layers[] = {toy_layer(8, WF_TANH), toy_layer(3, WF_IDENTITY)};
  return run_new(toy_config(D, 2, WF_CROSS_ENTROPY, kinds[k]), layers, WF_CROSS_ENTROPY, batch);
}

static void a_network_never_goes_up_and_gets_far(int k) {
  run r = network(k, 32);
  wf_fit_run(r.fit, 1e12, 60);
  const wf_report *reports = wf_fit_reports(r.fit);
  int count = wf_fit_report_count(r.fit);
  for (int e = 1; e < count; e++)
    CHECK(reports[e].loss <= reports[e - 1].loss * (1 + 1e-6), "%s went up in iteration %d: %g, %g", names[k], e, reports[e - 1].loss, reports[e].loss);
  CHECK(last_loss(&r) < 0.6 * reports[0].loss, "%s: %g after %d iterations, from %g", names[k], last_loss(&r), count, reports[0].loss);
  CHECK(wf_model_steps(r.model) == count, "%s: %g steps in %d iterations", names[k], wf_model_steps(r.model), count);
  run_free(&r);
}

static void slices_do_not_change_bits(int k) {
  wf_real w[2][(D + 1) * 8 + 9 * 3];
  for (int cut = 0; cut < 2; cut++) {
    run r = network(k, 32);
    for (int i = 0; i < 2000 && wf_fit_report_count(r.fit) < 12; i++) wf_fit_run(r.fit, cut ? 1 : 1e12, 12 - wf_fit_report_count(r.fit));
    wf_model_export(w[cut], r.model, 0);
    run_free(&r);
  }
  CHECK(memcmp(w[0], w[1], sizeof w[0]) == 0, "%s: slices changed the weights", names[k]);
}

static void the_parts_of_an_evaluation_do_not_matter(int k) {
  run whole = network(k, N), parts = network(k, 17);
  wf_fit_run(whole.fit, 1e12, 5);
  wf_fit_run(parts.fit, 1e12, 5);
  CHECK(fabs(last_loss(&whole) - last_loss(&parts)) <= 1e-4 * last_loss(&whole), "%s: %g in one part, %g in six", names[k], last_loss(&whole), last_loss(&parts));
  run_free(&whole);
  run_free(&parts);
}

static void a_stop_in_the_middle_leaves_the_last_iteration(int k) {
  run r = network(k, 16), s = network(k, 16);
  wf_fit_run(r.fit, 1e12, 4);
  wf_fit_run(s.fit, 1e12, 4);
  wf_fit_run(s.fit, 1, 1); /* a batch into the next evaluation */
  wf_real a[(D + 1) * 8 + 9 * 3], b[(D + 1) * 8 + 9 * 3];
  wf_model_export(a, r.model, 0);
  wf_model_export(b, s.model, 0);
  CHECK(memcmp(a, b, sizeof a) == 0, "%s: the model has weights of a trial", names[k]);
  run_free(&r);
  run_free(&s);
}

static void a_start_that_is_not_finite_diverges(int k) {
  run r = network(k, 32);
  ((wf_real *)(uintptr_t)r.rows.x)[5] = (wf_real)INFINITY;
  CHECK(wf_fit_run(r.fit, 1e12, 5) == WF_FIT_DIVERGED, "%s went on from an infinite start", names[k]);
  run_free(&r);
}

int main(void) {
  for (int k = 0; k < 3; k++) {
    a_linear_model_ends_at_its_optimum(k);
    a_network_never_goes_up_and_gets_far(k);
    slices_do_not_change_bits(k);
    the_parts_of_an_evaluation_do_not_matter(k);
    a_stop_in_the_middle_leaves_the_last_iteration(k);
    a_start_that_is_not_finite_diverges(k);
  }
  return check_report("test_full_batch");
}
