/* lbfgs.c: limited-memory BFGS with a line search · in: lbfgs.h, search.h · out: the next point to evaluate · next: cholesky.h */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/f64x2.h"
#include "lbfgs.h"

static double dot(const double *a, const double *b, int n) {
  f64x2 sum = f64x2_splat(0);
  double rest = n % 2 ? a[n - 1] * b[n - 1] : 0;
  for (int i = 0; i + 2 <= n; i += 2) sum = f64x2_madd(sum, f64x2_load(a + i), f64x2_load(b + i));
  return f64x2_sum(sum) + rest;
}

static void add(double *a, double c, const double *b, int n) {
  for (int i = 0; i < n; i++) a[i] += c * b[i];
}

lbfgs *lbfgs_new(const double *start, int n, int pairs) {
  lbfgs *l = calloc(1, sizeof *l);
  size_t N = (size_t)n, rows = 5 + 2 * (size_t)pairs;
  double *memory = N + 2 <= SIZE_MAX / sizeof(double) / rows ? calloc((N + 2) * rows, sizeof(double)) : NULL;
  if (!l || !memory) {
    free(l);
    free(memory);
    return NULL;
  }
  l->n = n;
  l->pairs = pairs;
  double **array[] = {&l->point, &l->gradient, &l->trial, &l->direction, &l->scratch};
  for (int i = 0; i < 5; i++, memory += n) *array[i] = memory;
  l->s = memory;
  l->y = l->s + N * (size_t)pairs;
  l->curvature = l->y + N * (size_t)pairs;
  l->part = l->curvature + pairs;
  memcpy(l->trial, start, N * sizeof(double));
  return l;
}

void lbfgs_free(lbfgs *l) {
  if (l) free(l->point);
  free(l);
}

static double *pair_at(const lbfgs *l, double *pairs, int age) {
  return pairs + (size_t)((l->newest - age + l->pairs) % l->pairs) * (size_t)l->n;
}

/* The trial becomes the point; its step becomes the newest pair, if the function curved upwards over it. */
static void accept(lbfgs *l, double value, const double *gradient) {
  if (l->pairs && l->started) {
    int at = l->stored ? (l->newest + 1) % l->pairs : 0;
    double *s = l->s + (size_t)at * (size_t)l->n, *y = l->y + (size_t)at * (size_t)l->n;
    for (int i = 0; i < l->n; i++) {
      s[i] = l->trial[i] - l->point[i];
      y[i] = gradient[i] - l->gradient[i];
    }
    double curved = dot(s, y, l->n);
    if (curved > 0x1p-52 * sqrt(dot(s, s, l->n) * dot(y, y, l->n))) {
      l->newest = at;
      l->stored += l->stored < l->pairs;
      l->curvature[at] = curved;
    }
  }
  memcpy(l->point, l->trial, (size_t)l->n * sizeof(double));
  memcpy(l->gradient, gradient, (size_t)l->n * sizeof(double));
  l->value = value;
  l->started = 1;
}

/* sᵀ y / yᵀ M⁻¹ y of the newest pair: what M is too large by */
static double scale_of(lbfgs *l, lbfgs_precondition *precondition, void *context) {
  const double *y = pair_at(l, l->y, 0);
  memcpy(l->scratch, y, (size_t)l->n * sizeof(double));
  if (precondition) precondition(l->scratch, context);
  return l->curvature[l->newest] / dot(l->scratch, y, l->n);
}

/* direction = -H gradient by the two-loop recursion. Returns its slope. */
static double descend(lbfgs *l, lbfgs_precondition *precondition, void *context) {
  double *d = l->direction;
  for (int i = 0; i < l->n; i++) d[i] = -l->gradient[i];
  for (int age = 0; age < l->stored; age++) {
    int at = (l->newest - age + l->pairs) % l->pairs;
    l->part[at] = dot(pair_at(l, l->s, age), d, l->n) / l->curvature[at];
    add(d, -l->part[at], pair_at(l, l->y, age), l->n);
  }
  if (precondition) precondition(d, context);
  double scale = l->stored ? scale_of(l, precondition, context) : 1;
  for (int i = 0; i < l->n; i++) d[i] *= scale;
  for (int age = l->stored - 1; age >= 0; age--) {
    int at = (l->newest - age + l->pairs) % l->pairs;
    add(d, l->part[at] - dot(pair_at(l, l->y, age), d, l->n) / l->curvature[at], pair_at(l, l->s, age), l->n);
  }
  return dot(d, l->gradient, l->n);
}

static void place_trial(lbfgs *l) {
  for (int i = 0; i < l->n; i++) l->trial[i] = l->point[i] + l->search.step * l->direction[i];
}

int lbfgs_aim(lbfgs *l, lbfgs_precondition *precondition, void *context) {
  double slope = descend(l, precondition, context);
  if (!(slope < 0) && l->stored) {
    lbfgs_forget(l);
    slope = descend(l, precondition, context);
  }
  if (!(slope < 0)) return 0;
  search_start(&l->search, l->value, slope, 1);
  place_trial(l);
  return 1;
}

lbfgs_state lbfgs_tell(lbfgs *l, double value, const double *gradient) {
  search_state found = l->started ? search_next(&l->search, value, dot(l->direction, gradient, l->n)) : SEARCH_DONE;
  if (found == SEARCH_FAILED) return LBFGS_FAILED;
  if (found == SEARCH_DONE) accept(l, value, gradient);
  else place_trial(l);
  return found == SEARCH_DONE ? LBFGS_STEP : LBFGS_AGAIN;
}

void lbfgs_forget(lbfgs *l) { l->stored = 0; }
