/* minimize.c: optimisers without a network · in: wasmfit_minimize.h · out: trials · next: js/minimize.js
 *
 * First-order optimisers see a model without layers, whose weights are x, and take their rates from a fit without rows. */
#include <math.h>
#include <stdlib.h>

#include "../kernels/vector64.h"
#include "descent.h"
#include "fit.h"

struct wf_minimize {
  int n, line;         /* line: 1 for methods with a line search */
  double norm;
  wf_model model;      /* slots and counters only */
  wf_fit fit;          /* configuration and progress only */
  descent descent;     /* line searches */
  double *gradient;    /* (n) */
  double *trial;       /* (n) first-order */
  wf_real *step;       /* (padded) the gradient as clipped */
};

static void minimize_layout(wf_minimize *m, arena *a, const descent_options *options) {
  uint64_t n = (uint64_t)m->n;
  m->gradient = arena_take(a, n, sizeof(double));
  if (m->line) {
    descent_layout(&m->descent, a, options);
    return;
  }
  m->trial = arena_take(a, n, sizeof(double));
  m->step = arena_take(a, m->model.padded, sizeof(wf_real));
  m->model.slots = arena_take(a, (uint64_t)(1 + m->model.S) * m->model.padded, sizeof(wf_real));
}

static descent_options descent_of(const wf_config *c, int n) {
  static const descent_kind kinds[] = {[WF_LBFGS] = DESCENT_LBFGS, [WF_CONJUGATE_GRADIENT] = DESCENT_CONJUGATE_GRADIENT,
                                       [WF_NEWTON_CG] = DESCENT_NEWTON_CG};
  return (descent_options){.kind = kinds[(int)c->optimizer], .n = n, .pairs = (int)c->memory, .tolerance = c->tolerance,
                           .loss_tolerance = c->loss_tolerance, .noise = 0x1p-40, .reach = 0x1p-17};
}

wf_minimize *wf_minimize_new(const wf_config *config, const wf_fit_config *schedule, const double *start, int n) {
  wf_minimize shape = {.n = n, .line = wf_optimizer_full_batch(config), .fit = {.config = *schedule}};
  shape.model = (wf_model){.config = *config, .S = wf_optimizer_slots(config), .padded = (size_t)round4(n), .momentum_product = 1};
  shape.fit.progress = (wf_progress){.learning_rate = config->learning_rate, .plateau_factor = 1, .plateau_best = (double)NAN};
  descent_options options = descent_of(config, n);
  arena a = {NULL, sizeof shape};
  minimize_layout(&shape, &a, &options);
  wf_minimize *m = arena_memory(&a);
  if (!m) return NULL;
  *m = shape;
  a = (arena){(char *)m, sizeof shape};
  minimize_layout(m, &a, &options);
  if (m->line) {
    descent_begin(&m->descent, start);
    return m;
  }
  wf_optimizer_begin(&m->model);
  memcpy(m->trial, start, (size_t)n * sizeof *start);
  for (int i = 0; i < n; i++) m->model.slots[i] = (wf_real)start[i];
  return m;
}

void wf_minimize_free(wf_minimize *m) { wf_free(m); }
const double *wf_minimize_trial(const wf_minimize *m) { return m->line ? m->descent.line.trial : m->trial; }
double *wf_minimize_gradient(wf_minimize *m) { return m->gradient; }
double wf_minimize_gradient_norm(const wf_minimize *m) { return m->norm; }
double wf_minimize_rate(const wf_minimize *m) { return m->line ? m->descent.now.step : m->fit.progress.rate; }

static void clip(wf_minimize *m) {
  const wf_fit_config *c = &m->fit.config;
  for (int i = 0; i < m->n; i++) m->step[i] = (wf_real)m->gradient[i];
  if (c->clip_value > 0) wf_clip_value(m->step, m->model.padded, (wf_real)c->clip_value);
  if (c->clip_norm > 0) wf_clip_norm(m->step, m->model.padded, c->clip_norm);
  if (c->clip_global_norm > 0) wf_clip_norm(m->step, m->model.padded, c->clip_global_norm);
}

static void first_order(wf_minimize *m, double value) {
  wf_progress *p = &m->fit.progress;
  wf_update update;
  double momentum;
  p->rate = wf_schedule_rate(&momentum, &m->fit);
  clip(m);
  wf_update_prepare(&update, &m->model, p->rate, momentum);
  wf_update_run(&update, 0, m->step, (int)m->model.padded);
  wf_update_done(&m->model, &update);
  for (int i = 0; i < m->n; i++) m->trial[i] = (double)m->model.slots[i];
  p->steps_done = ++p->epochs_done;
  wf_schedule_epoch(&m->fit, &(wf_report){.loss = value});
}

static wf_minimize_state line_search(wf_minimize *m, double value) {
  int first = !m->descent.line.started;
  descent_state state = descent_tell(&m->descent, value, m->gradient);
  if (state == DESCENT_FAILED) return WF_MINIMIZE_FAILED;
  if (state == DESCENT_AGAIN && !first) return WF_MINIMIZE_AGAIN;
  m->norm = sqrt(dot64(m->descent.line.gradient, m->descent.line.gradient, m->n));
  return state == DESCENT_CONVERGED ? WF_MINIMIZE_CONVERGED : WF_MINIMIZE_STEP;
}

wf_minimize_state wf_minimize_tell(wf_minimize *m, double value) {
  if (m->line) return line_search(m, value);
  m->norm = sqrt(dot64(m->gradient, m->gradient, m->n));
  if (greatest64(m->gradient, m->n) <= m->model.config.tolerance) return WF_MINIMIZE_CONVERGED;
  first_order(m, value);
  return WF_MINIMIZE_STEP;
}
