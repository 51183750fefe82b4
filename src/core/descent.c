/* descent.c: L-BFGS, conjugate gradients, Newton-CG, evaluation by evaluation · in: values, gradients · out: trials · next: full_batch.c */
#include "descent.h"

#include <math.h>

#include "../kernels/vector64.h"

enum { PHASE_LINE, PHASE_AHEAD, PHASE_BEHIND };
enum { INNER_MOST = 200 };
static const double ENOUGH = 0.03; /* residual / gradient: in narrow valleys 0.5, as is usual, takes three times as many evaluations */

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static int pairs_of(const descent_options *o) { return o->kind == DESCENT_LBFGS ? o->pairs : 0; }

uint64_t descent_doubles(const descent_options *o) {
  return lbfgs_doubles(o->n, pairs_of(o)) + (o->kind == DESCENT_NEWTON_CG ? 2 * (uint64_t)o->n : 0);
}

void descent_place(descent *d, double *memory, const descent_options *options) {
  d->options = *options;
  d->line.point = memory;
}

void descent_layout(descent *d, arena *a, const descent_options *options) {
  descent_place(d, arena_take(a, descent_doubles(options), sizeof(double)), options);
}

void descent_begin(descent *d, const double *start) {
  const descent_options *o = &d->options;
  double *memory = d->line.point;
  lbfgs_begin(&d->line, memory, start, o->n, pairs_of(o));
  d->line.search.noise = o->noise;
  if (o->kind == DESCENT_CONJUGATE_GRADIENT) d->line.search.curvature = 0.05; /* conjugacy wants steps that are nearly exact */
  if (o->kind == DESCENT_NEWTON_CG) {
    d->residual = memory + lbfgs_doubles(o->n, 0);
    d->conjugate = d->residual + o->n;
  }
  d->now = (struct descent_now){0};
}

/* ---- Directions -------------------------------------------------------------------------------------------------- */

static descent_state steepest(descent *d) {
  lbfgs *l = &d->line;
  for (int i = 0; i < l->n; i++) l->direction[i] = -l->gradient[i];
  double square = dot64(l->gradient, l->gradient, l->n), length = sqrt(square);
  lbfgs_forget(l);
  d->now.steepest = 1;
  lbfgs_search(l, -square, length > 1 ? 1 / length : 1);
  return DESCENT_AGAIN;
}

static descent_state search_along(descent *d, double slope, double step) {
  d->now.phase = PHASE_LINE;
  d->now.steepest = 0;
  if (!(slope < 0)) return steepest(d);
  lbfgs_search(&d->line, slope, step);
  return DESCENT_AGAIN;
}

/* The first step is the one that would change the value as the last one did. */
static void aim_conjugate(descent *d) {
  lbfgs *l = &d->line;
  const double *before = l->scratch;
  double past = dot64(before, before, l->n), now = dot64(l->gradient, l->gradient, l->n);
  double beta = (now - dot64(l->gradient, before, l->n)) / past;
  if (!(beta > 0)) beta = 0;
  for (int i = 0; i < l->n; i++) l->direction[i] = beta * l->direction[i] - l->gradient[i];
  double slope = dot64(l->direction, l->gradient, l->n);
  search_along(d, slope, d->now.step * d->now.slope / slope);
}

static void ask_product(descent *d, int phase) {
  lbfgs *l = &d->line;
  double h = phase == PHASE_AHEAD ? d->now.reach : -d->now.reach;
  d->now.phase = phase;
  for (int i = 0; i < l->n; i++) l->trial[i] = l->point[i] + h * d->conjugate[i];
}

static void ask_next_product(descent *d) {
  const lbfgs *l = &d->line;
  double x = sqrt(dot64(l->point, l->point, l->n)), v = sqrt(dot64(d->conjugate, d->conjugate, l->n));
  d->now.reach = d->options.reach * (1 + x) / v;
  ask_product(d, PHASE_AHEAD);
}

static void aim_newton(descent *d) {
  lbfgs *l = &d->line;
  d->now.rest = dot64(l->gradient, l->gradient, l->n);
  double length = sqrt(d->now.rest), share = sqrt(length);
  d->now.enough = (share < ENOUGH ? share : ENOUGH) * length;
  d->now.inner = 0;
  for (int i = 0; i < l->n; i++) {
    l->direction[i] = 0;
    d->residual[i] = l->gradient[i];
    d->conjugate[i] = -l->gradient[i];
  }
  ask_next_product(d);
}

/* Direction and residual move along the conjugate, whose product with the Hessian is in scratch. 1: that was enough. */
static int inner_step(descent *d, double curved) {
  lbfgs *l = &d->line;
  double step = d->now.rest / curved;
  add64(l->direction, step, d->conjugate, l->n);
  add64(d->residual, step, l->scratch, l->n);
  double rest = dot64(d->residual, d->residual, l->n), beta = rest / d->now.rest;
  int most = l->n < INNER_MOST ? l->n : INNER_MOST;
  d->now.rest = rest;
  if (++d->now.inner >= most || !(sqrt(rest) > d->now.enough)) return 1;
  for (int i = 0; i < l->n; i++) d->conjugate[i] = beta * d->conjugate[i] - d->residual[i];
  return 0;
}

/* The gradient ahead of or behind the point. Where the function curves down, or is not finite, what has been found has to do. */
static descent_state tell_product(descent *d, const double *gradient) {
  lbfgs *l = &d->line;
  if (d->now.phase == PHASE_AHEAD) {
    memcpy(l->scratch, gradient, (size_t)l->n * sizeof(double));
    ask_product(d, PHASE_BEHIND);
    return DESCENT_AGAIN;
  }
  for (int i = 0; i < l->n; i++) l->scratch[i] = (l->scratch[i] - gradient[i]) / (2 * d->now.reach);
  double curved = dot64(d->conjugate, l->scratch, l->n);
  if (!(curved > 0 && isfinite(curved)) || inner_step(d, curved)) return search_along(d, dot64(l->direction, l->gradient, l->n), 1);
  ask_next_product(d);
  return DESCENT_AGAIN;
}

/* ---- Iterations -------------------------------------------------------------------------------------------------- */

static int has_converged(const descent *d, int iteration, double before) {
  const lbfgs *l = &d->line;
  if (greatest64(l->gradient, l->n) <= d->options.tolerance) return 1;
  double a = fabs(before), b = fabs(l->value), size = a > b ? a : b;
  return iteration && d->options.loss_tolerance > 0 && before - l->value <= d->options.loss_tolerance * (size > 1 ? size : 1);
}

static void aim(descent *d) {
  lbfgs *l = &d->line;
  if (d->options.kind == DESCENT_NEWTON_CG) aim_newton(d);
  else if (d->options.kind == DESCENT_CONJUGATE_GRADIENT && d->now.slope < 0) aim_conjugate(d);
  else if (l->stored && lbfgs_aim(l, NULL, NULL)) d->now.steepest = !l->stored;
  else steepest(d);
}

descent_state descent_tell(descent *d, double value, const double *gradient) {
  lbfgs *l = &d->line;
  int iteration = l->started;
  double before = l->value;
  if (d->now.phase != PHASE_LINE) return tell_product(d, gradient);
  if (!iteration && !isfinite(value + greatest64(gradient, l->n))) return DESCENT_FAILED;
  if (d->options.kind == DESCENT_CONJUGATE_GRADIENT) memcpy(l->scratch, l->gradient, (size_t)l->n * sizeof(double));
  lbfgs_state told = lbfgs_tell(l, value, gradient);
  if (told == LBFGS_AGAIN) return DESCENT_AGAIN;
  if (told == LBFGS_FAILED) return d->now.steepest ? DESCENT_FAILED : steepest(d);
  if (iteration) {
    d->now.step = l->search.step;
    d->now.slope = l->search.start.slope;
  }
  if (has_converged(d, iteration, before)) return DESCENT_CONVERGED;
  aim(d);
  return iteration ? DESCENT_STEP : DESCENT_AGAIN;
}

/* ---- Checkpoint -------------------------------------------------------------------------------------------------- */

size_t descent_save(void *bytes, const descent *d) {
  size_t head = offsetof(lbfgs, point), arrays = (size_t)descent_doubles(&d->options) * sizeof(double);
  char *to = bytes;
  if (to) {
    memcpy(to, &d->line, head);
    memcpy(to + head, &d->now, sizeof d->now);
    memcpy(to + head + sizeof d->now, d->line.point, arrays);
  }
  return head + sizeof d->now + arrays;
}

void descent_restore(descent *d, const void *bytes) {
  size_t head = offsetof(lbfgs, point), arrays = (size_t)descent_doubles(&d->options) * sizeof(double);
  const char *from = bytes;
  memcpy(&d->line, from, head);
  memcpy(&d->now, from + head, sizeof d->now);
  memcpy(d->line.point, from + head + sizeof d->now, arrays);
}
