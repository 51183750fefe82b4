/* test_minimize.c: functions minimised without a network · in: optim.h, functions.h · out: checks · next: tests/js/minimize.test.js
 *
 * In the double build points must meet PyTorch's to 1e-12, in the float build to 1e-5 relative. */
#include <math.h>
#include <string.h>

#include "../../src/wasmfit.h"
#include "../fixtures/optim.h"
#include "check.h"
#include "functions.h"

enum { D = 5 };

static double quadratic(double *g, const double *x, int n) {
  double value = 0;
  for (int i = 0; i < n; i++) {
    double Ax = 0;
    for (int j = 0; j < n; j++) Ax += quadratic_A[i][j] * x[j];
    value += x[i] * (Ax / 2 - quadratic_b[i]);
    g[i] = Ax - quadratic_b[i];
  }
  return value;
}

static wf_fit_config plain(void) { return (wf_fit_config){.plateau_monitor = WF_REPORT_loss, .period = 1, .per_step = 1}; }

/* The state that a step of the path ends with. */
static int evaluations;
static wf_minimize_state advance(wf_minimize *m, function *f, int n) {
  wf_minimize_state state = WF_MINIMIZE_AGAIN;
  for (evaluations = 0; state == WF_MINIMIZE_AGAIN && evaluations < 500; evaluations++)
    state = wf_minimize_tell(m, f(wf_minimize_gradient(m), wf_minimize_trial(m), n));
  return state;
}

static void check_point(const char *name, int step, const double *x, const double *expected, double tolerance) {
  for (int i = 0; i < D; i++)
    CHECK(fabs(x[i] - expected[i]) <= tolerance * fmax(1, fabs(expected[i])), "%s, step %d: x[%d] = %.15g for %.15g", name, step, i, x[i], expected[i]);
}

static void paths_are_those_of_pytorch(const quadratic_run *run) {
  wf_fit_config schedule = plain();
  wf_minimize *m = wf_minimize_new(&run->config, &schedule, quadratic_x0, D);
  double tolerance = sizeof(wf_real) == 8 ? 1e-12 : 1e-5, g[D];
  for (int step = 1; step <= 50; step++) {
    quadratic(g, wf_minimize_trial(m), D);
    CHECK(advance(m, quadratic, D) == WF_MINIMIZE_STEP, "%s: step %d", run->name, step);
    double norm = 0;
    for (int i = 0; i < D; i++) norm += g[i] * g[i];
    CHECK(fabs(wf_minimize_gradient_norm(m) - sqrt(norm)) <= 1e-12 * sqrt(norm), "%s: norm at step %d", run->name, step);
    const double *expected = step == 1 ? run->x1 : step == 10 ? run->x10 : step == 50 ? run->x50 : NULL;
    if (expected) check_point(run->name, step, wf_minimize_trial(m), expected, tolerance);
  }
  wf_minimize_free(m);
}

static const wf_config line_searches[] = {
    {.optimizer = WF_LBFGS, .memory = 10, .tolerance = 1e-9}, {.optimizer = WF_CONJUGATE_GRADIENT, .memory = 1, .tolerance = 1e-9},
    {.optimizer = WF_NEWTON_CG, .memory = 1, .tolerance = 1e-9}};

static void line_searches_find_minima(void) {
  wf_fit_config schedule = plain();
  for (int k = 0; k < 3; k++) {
    wf_minimize *m = wf_minimize_new(&line_searches[k], &schedule, quadratic_x0, D);
    wf_minimize_state state = WF_MINIMIZE_STEP;
    int steps = 0;
    for (; state == WF_MINIMIZE_STEP; steps++) {
      state = advance(m, quadratic, D);
      CHECK(steps > 0 || evaluations == 1, "the start is the first point of the path: %d evaluations", evaluations);
      CHECK(steps == 0 || wf_minimize_rate(m) > 0, "step %d has the length %g", steps, wf_minimize_rate(m));
    }
    CHECK(state == WF_MINIMIZE_CONVERGED && steps < 40, "method %d: state %d after %d steps", k, state, steps);
    check_point("line search", steps, wf_minimize_trial(m), quadratic_minimum, 1e-8);
    wf_minimize_free(m);
    m = wf_minimize_new(&line_searches[k], &schedule, quadratic_x0, 2);
    for (state = WF_MINIMIZE_STEP; state == WF_MINIMIZE_STEP;) state = advance(m, linear, 2);
    CHECK(state == WF_MINIMIZE_FAILED, "a slope without end: state %d", state);
    wf_minimize_free(m);
  }
}

static void first_order_methods_end_at_the_tolerance(void) {
  wf_config config = {.optimizer = WF_SGD, .learning_rate = 0.3, .tolerance = 1e-3};
  wf_fit_config schedule = plain();
  wf_minimize *m = wf_minimize_new(&config, &schedule, quadratic_x0, D);
  wf_minimize_state state = WF_MINIMIZE_STEP;
  int steps = 0;
  for (; state == WF_MINIMIZE_STEP && steps < 500; steps++) state = advance(m, quadratic, D);
  double g[D], most = 0;
  quadratic(g, wf_minimize_trial(m), D);
  for (int i = 0; i < D; i++) most = fmax(most, fabs(g[i]));
  CHECK(state == WF_MINIMIZE_CONVERGED && most <= 1e-3 && most > 0.8e-3, "state %d, gradient %g after %d steps", state, most, steps);
  wf_minimize_free(m);
}

/* Without a better value the rate falls after two more steps. */
static void the_rate_falls_on_a_plateau(void) {
  wf_config config = {.optimizer = WF_SGD, .learning_rate = 0.5};
  wf_fit_config schedule = plain();
  schedule.schedule = WF_PLATEAU;
  schedule.factor = 0.5;
  schedule.plateau_patience = 1;
  static const double start[1] = {0}, rates[] = {0.5, 0.5, 0.5, 0.25, 0.25, 0.125};
  wf_minimize *m = wf_minimize_new(&config, &schedule, start, 1);
  for (int step = 0; step < 6; step++) {
    wf_minimize_gradient(m)[0] = 1;
    wf_minimize_tell(m, 7);
    CHECK(wf_minimize_rate(m) == rates[step], "step %d: rate %g", step, wf_minimize_rate(m));
  }
  CHECK(fabs(wf_minimize_trial(m)[0] + 2.125) < 1e-6, "x is %g", wf_minimize_trial(m)[0]);
  wf_minimize_free(m);
}

static void gradients_are_clipped(void) {
  const double by10 = sqrt(10) + 1e-6, by2 = sqrt(2) + 1e-6; /* so clip_grad_norm_ divides */
  const struct { wf_fit_config schedule; double expected[2]; } cases[] = {
      {{.clip_value = 2}, {-2, 1}}, {{.clip_norm = 1}, {-3 / by10, 1 / by10}}, {{.clip_global_norm = 1}, {-3 / by10, 1 / by10}},
      {{.clip_value = 1, .clip_norm = 1}, {-1 / by2, 1 / by2}}, {{.clip_norm = 4}, {-3, 1}}};
  wf_config config = {.optimizer = WF_SGD, .learning_rate = 1};
  static const double start[2] = {0};
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    wf_minimize *m = wf_minimize_new(&config, &cases[c].schedule, start, 2);
    memcpy(wf_minimize_gradient(m), (double[]){3, -1}, 2 * sizeof(double));
    wf_minimize_tell(m, 1);
    for (int i = 0; i < 2; i++)
      CHECK(fabs(wf_minimize_trial(m)[i] - cases[c].expected[i]) < (sizeof(wf_real) == 8 ? 1e-15 : 1e-6), "case %zu: %.13g", c, wf_minimize_trial(m)[i]);
    wf_minimize_free(m);
  }
}

int main(void) {
  for (size_t r = 0; r < sizeof quadratic_runs / sizeof quadratic_runs[0]; r++) paths_are_those_of_pytorch(&quadratic_runs[r]);
  line_searches_find_minima();
  first_order_methods_end_at_the_tolerance();
  the_rate_falls_on_a_plateau();
  gradients_are_clipped();
  return check_report("test_minimize");
}
