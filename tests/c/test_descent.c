/* test_descent.c: L-BFGS, conjugate gradients, Newton-CG · in: functions with known minima · out: checks · next: test_full_batch.c */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/core/descent.h"
#include "check.h"
#include "functions.h"

enum { KINDS = 3, MOST = 5000 };
static const char *const kinds[KINDS] = {"L-BFGS", "conjugate gradients", "Newton-CG"};

static descent *new_descent(int kind, const double *start, int n) {
  descent_options options = {.kind = (descent_kind)kind, .n = n, .pairs = 10, .tolerance = 1e-8, .noise = 0x1p-40, .reach = 0x1p-17};
  descent *d = calloc(1, sizeof *d);
  descent_place(d, calloc((size_t)descent_doubles(&options), sizeof(double)), &options);
  descent_begin(d, start);
  return d;
}

static void free_descent(descent *d) {
  free(d->line.point);
  free(d);
}

static descent_state evaluate(descent *d, function *f) {
  double g[64], value = f(g, d->line.trial, d->options.n);
  return descent_tell(d, value, g);
}

typedef struct outcome {
  descent_state state;
  int iterations, evaluations;
} outcome;

/* Every iteration must keep the strong Wolfe conditions on the line from the point before. */
static void check_wolfe(const descent *d, const double *before, const double *gradient, double value) {
  double slope = 0, left = 0, share = d->options.kind == DESCENT_CONJUGATE_GRADIENT ? 0.05 : 0.9;
  for (int i = 0; i < d->options.n; i++) {
    slope += gradient[i] * (d->line.point[i] - before[i]);
    left += d->line.gradient[i] * (d->line.point[i] - before[i]);
  }
  CHECK(d->line.value <= value + 1e-4 * slope + 0x1p-40 * fabs(value), "%s: %.17g after %.17g", kinds[d->options.kind], d->line.value, value);
  CHECK(slope < 0 && fabs(left) <= share * -slope * (1 + 1e-6), "%s: slope %g after %g", kinds[d->options.kind], left, slope);
}

static outcome run(descent *d, function *f) {
  outcome o = {DESCENT_AGAIN, 0, 0};
  double before[64], gradient[64], value = 0;
  size_t size = (size_t)d->options.n * sizeof(double);
  while (o.state <= DESCENT_STEP && o.evaluations < MOST) {
    o.state = evaluate(d, f);
    o.evaluations++;
    int step = (o.state == DESCENT_STEP || o.state == DESCENT_CONVERGED) && o.evaluations > 1;
    if (step) check_wolfe(d, before, gradient, value);
    o.iterations += step;
    memcpy(before, d->line.point, size);
    memcpy(gradient, d->line.gradient, size);
    value = d->line.value;
  }
  return o;
}

static double off(const descent *d, double at) {
  double most = 0;
  for (int i = 0; i < d->options.n; i++) most = fmax(most, fabs(d->line.point[i] - at));
  return most;
}

static void minima_are_found(void) {
  static const double valley[] = {-1.2, 1}, chain[10] = {1.3, 0.7, 0.8, 1.9, 1.2, 1.3, 0.7, 0.8, 1.9, 1.2}, zeros[7] = {0}, small[3] = {0.1, 0.02, 0.5};
  static const double ones[4] = {-1.2, 1, 0.5, 2};
  static const struct { const char *name; function *f; int n; const double *start; double at, within; int most[KINDS]; } cases[] = {
      {"Rosenbrock's valley", rosenbrock, 2, valley, 1, 1e-7, {50, 90, 130}}, {"a chain of valleys", rosenbrock, 10, chain, 1, 1e-7, {60, 400, 400}},
      {"a bowl of condition 4e3", bowl, 7, zeros, 1, 1e-7, {75, 45, 60}},     {"a barrier", barrier, 3, zeros, 0.5, 1e-7, {15, 20, 20}},
      {"a double well", well, 3, small, 1, 1e-7, {30, 40, 40}},               {"a flat bottom", quartic, 4, ones, 0, 2e-3, {60, 60, 110}}};
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
    for (int kind = 0; kind < KINDS; kind++) {
      descent *d = new_descent(kind, cases[c].start, cases[c].n);
      outcome o = run(d, cases[c].f);
      CHECK(o.state == DESCENT_CONVERGED && o.evaluations <= cases[c].most[kind] && off(d, cases[c].at) <= cases[c].within,
            "%s by %s: state %d, %d evaluations, off by %.1e", cases[c].name, kinds[kind], o.state, o.evaluations, off(d, cases[c].at));
      free_descent(d);
    }
}

/* d ← -g + max(0, g·(g - g before) / g before²) d */
static void conjugate_directions_are_those_of_polak_and_ribiere(void) {
  static const double start[2] = {-1.2, 1};
  descent *d = new_descent(DESCENT_CONJUGATE_GRADIENT, start, 2);
  double g[2], along[2] = {0};
  int restarts = 0, iterations = 0;
  for (descent_state state = evaluate(d, rosenbrock); iterations < 15; iterations += state == DESCENT_STEP) {
    const lbfgs *l = &d->line;
    memcpy(g, l->gradient, sizeof g);
    memcpy(along, l->direction, sizeof along);
    state = evaluate(d, rosenbrock);
    if (state != DESCENT_STEP) continue;
    double beta = (l->gradient[0] * (l->gradient[0] - g[0]) + l->gradient[1] * (l->gradient[1] - g[1])) / (g[0] * g[0] + g[1] * g[1]);
    restarts += beta < 0;
    for (int i = 0; i < 2; i++) {
      double expected = -l->gradient[i] + fmax(beta, 0) * along[i], size = fabs(l->gradient[i]) + fabs(expected);
      CHECK(fabs(l->direction[i] - expected) <= 1e-12 * size, "iteration %d: direction %g for %g", iterations, l->direction[i], expected);
    }
  }
  CHECK(restarts > 0, "%d restarts", restarts);
  free_descent(d);
}

/* Each coordinate goes to the minimum on its own side of the hump. */
static void humps_are_left_on_the_side_of_the_start(void) {
  static const double start[3] = {0.1, -0.02, -0.5};
  for (int kind = 0; kind < KINDS; kind++) {
    descent *d = new_descent(kind, start, 3);
    outcome o = run(d, well);
    CHECK(o.state == DESCENT_CONVERGED && fabs(fabs(d->line.point[1]) - 1) < 1e-7, "%s: %g", kinds[kind], d->line.point[1]);
    free_descent(d);
  }
}

static void what_has_no_minimum_ends(void) {
  static const double start[2] = {3, 4};
  for (int kind = 0; kind < KINDS; kind++) {
    descent *d = new_descent(kind, start, 2);
    outcome o = run(d, linear);
    CHECK(o.state == DESCENT_FAILED && o.evaluations < 100, "%s: state %d after %d evaluations", kinds[kind], o.state, o.evaluations);
    CHECK(isfinite(d->line.point[0]) && isfinite(d->line.value), "%s: the point stays finite", kinds[kind]);
    free_descent(d);
  }
}

static double nowhere(double *g, const double *x, int n) {
  for (int i = 0; i < n; i++) g[i] = x[i] > 0 ? NAN : 1;
  return 1;
}

static void a_start_that_is_not_finite_fails_at_once(void) {
  static const double starts[2][2] = {{-1, 2}, {2, -1}}, inside[2] = {1, 2};
  for (int kind = 0; kind < KINDS; kind++) {
    for (int s = 0; s < 2; s++) {
      descent *d = new_descent(kind, starts[s], 2);
      CHECK(evaluate(d, nowhere) == DESCENT_FAILED, "%s: gradient of component %d is NaN", kinds[kind], !s);
      free_descent(d);
    }
    descent *d = new_descent(kind, inside, 2);
    CHECK(evaluate(d, barrier) == DESCENT_FAILED, "%s: value is NaN", kinds[kind]);
    free_descent(d);
  }
}

static void little_gain_is_convergence_where_asked_for(void) {
  static const double start[2] = {-1.2, 1};
  for (int kind = 0; kind < KINDS; kind++) {
    descent *all = new_descent(kind, start, 2), *some = new_descent(kind, start, 2);
    some->options.loss_tolerance = 1e-3;
    outcome to_the_end = run(all, rosenbrock), cut = run(some, rosenbrock);
    CHECK(cut.state == DESCENT_CONVERGED && cut.iterations > 5 && cut.iterations < to_the_end.iterations, "%s: %d of %d iterations", kinds[kind], cut.iterations,
          to_the_end.iterations);
    free_descent(all);
    free_descent(some);
  }
}

/* Between any two evaluations all numbers move into another descent. */
static void moved_descents_have_the_same_bits(void) {
  static const double chain[6] = {1.3, 0.7, 0.8, 1.9, 1.2, 0.9}, other[6] = {9, 9, 9, 9, 9, 9};
  for (int kind = 0; kind < KINDS; kind++) {
    descent *whole = new_descent(kind, chain, 6), *parts = new_descent(kind, chain, 6);
    descent_state state = DESCENT_AGAIN;
    for (int e = 0; e < 100 && state <= DESCENT_STEP; e++) {
      size_t size = descent_save(NULL, parts);
      char *bytes = malloc(size);
      descent *next = new_descent(kind, other, 6);
      CHECK(descent_save(bytes, parts) == size, "%zu bytes", size);
      descent_restore(next, bytes);
      free(bytes);
      free_descent(parts);
      parts = next;
      state = evaluate(whole, rosenbrock);
      CHECK(state == evaluate(parts, rosenbrock), "%s: the same state at evaluation %d", kinds[kind], e);
      CHECK(memcmp(whole->line.trial, parts->line.trial, 6 * sizeof(double)) == 0, "%s: the same trial after evaluation %d", kinds[kind], e);
    }
    free_descent(whole);
    free_descent(parts);
  }
}

static void arenas_hold_descents(void) {
  descent_options options = {.kind = DESCENT_NEWTON_CG, .n = 5, .pairs = 10, .tolerance = 1e-8, .noise = 0x1p-40, .reach = 0x1p-17};
  static const double start[5] = {0};
  descent d = {0};
  arena a = {NULL, 0};
  descent_layout(&d, &a, &options);
  CHECK(a.used == descent_doubles(&options) * sizeof(double), "%llu bytes", (unsigned long long)a.used);
  void *memory = arena_memory(&a);
  a = (arena){memory, 0};
  descent_layout(&d, &a, &options);
  descent_begin(&d, start);
  CHECK(run(&d, bowl).state == DESCENT_CONVERGED, "a bowl from an arena");
  wf_free(memory);
}

int main(void) {
  minima_are_found();
  conjugate_directions_are_those_of_polak_and_ribiere();
  humps_are_left_on_the_side_of_the_start();
  what_has_no_minimum_ends();
  a_start_that_is_not_finite_fails_at_once();
  little_gain_is_convergence_where_asked_for();
  moved_descents_have_the_same_bits();
  arenas_hold_descents();
  return check_report("test_descent");
}
