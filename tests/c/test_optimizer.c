/* test_optimizer.c: every optimiser's iterates on a quadratic against PyTorch's · next: test_fit.c
 *
 * In the double build they must meet to 1e-12, in the float build to 1e-5 relative. */
#include <math.h>

#include "../../src/core/model.h"
#include "../fixtures/optim.h"
#include "check.h"

enum { D = 5 };

static void check_iterate(const quadratic_run *run, const wf_model *model, int step, const double *expected) {
  wf_real w[D + 1];
  double tolerance = sizeof(wf_real) == 8 ? 1e-12 : 1e-5;
  wf_model_export(w, model, 0);
  for (int i = 0; i < D; i++)
    CHECK(fabs((double)w[i] - expected[i]) <= tolerance * fmax(1, fabs(expected[i])), "%s, step %d: x[%d] = %.15g, PyTorch %.15g", run->name,
          step, i, (double)w[i], expected[i]);
}

/* The five weights of a 5-1 layer are x; the gradient A x - b goes through the kernel that takes it in training. */
static void iterates_are_those_of_pytorch(const quadratic_run *run) {
  wf_config config = run->config;
  config.inputs = D;
  config.layers = 1;
  wf_layer_config layer = {.units = 1};
  wf_model *model = wf_model_new(&config, &layer);
  wf_real start[D + 1] = {0}, x[D + 1];
  for (int i = 0; i < D; i++) start[i] = (wf_real)quadratic_x0[i];
  wf_model_import(model, start, 0);
  for (int step = 1; step <= 50; step++) {
    wf_update update;
    wf_update_prepare(&update, model, config.learning_rate, (double)NAN);
    wf_model_export(x, model, 0);
    for (int i = 0; i < D; i++) {
      wf_real g[8] = {0};
      double sum = -quadratic_b[i];
      for (int j = 0; j < D; j++) sum += quadratic_A[i][j] * (double)x[j];
      g[0] = (wf_real)sum;
      wf_update_run(&update, wf_panel_index(model->layers, i, 0), g, 8);
    }
    wf_model_set_progress(model, step, 0, 1);
    if (step == 1) check_iterate(run, model, step, run->x1);
    if (step == 10) check_iterate(run, model, step, run->x10);
    if (step == 50) check_iterate(run, model, step, run->x50);
  }
  wf_model_free(model);
}

int main(void) {
  for (size_t r = 0; r < sizeof quadratic_runs / sizeof quadratic_runs[0]; r++) iterates_are_those_of_pytorch(&quadratic_runs[r]);
  return check_report("test_optimizer");
}
