/* lbfgs.c: limited-memory BFGS with a line search · in: lbfgs.h, search.h · out: the next point to evaluate · next: cholesky.h */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/vector64.h"
#include "lbfgs.h"

uint64_t lbfgs_doubles(int n, int pairs) { return 5 * (uint64_t)n + 2 * ((uint64_t)n + 1) * (uint64_t)pairs; }

void lbfgs_begin(lbfgs *l, double *memory, const double *start, int n, int pairs) {
  double **array[] = {&l->point, &l->gradient, &l->trial, &l->direction, &l->scratch};
  *l = (lbfgs){.n = n, .pairs = pairs, .search = {.curvature = 0.9, .noise = 0x1p-40}};
  for (int i = 0; i < 5; i++, memory += n) *array[i] = memory;
  l->s = memory;
  l->y = l->s + (size_t)n * (size_t)pairs;
  l->curvature = l->y + (size_t)n * (size_t)pairs;
  l->part = l->curvature + pairs;
  memcpy(l->trial, start, (size_t)n * sizeof(double));
}

lbfgs *lbfgs_new(const double *start, int n, int pairs) {
  uint64_t doubles = lbfgs_doubles(n, pairs);
  lbfgs *l = malloc(sizeof *l);
  double *memory = doubles <= SIZE_MAX / sizeof(double) ? calloc((size_t)doubles, sizeof(double)) : NULL;
  if (!l || !memory) {
    free(l);
    free(memory);
    return NULL;
  }
  lbfgs_begin(l, memory, start, n, pairs);
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
    double curved = dot64(s, y, l->n);
    if (curved > 0x1p-52 * sqrt(dot64(s, s, l->n) * dot64(y, y, l->n))) {
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
  return l->curvature[l->newest] / dot64(l->scratch, y, l->n);
}

/* direction = -H gradient by the two-loop recursion. Returns its slope. */
static double descend(lbfgs *l, lbfgs_precondition *precondition, void *context) {
  double *d = l->direction;
  for (int i = 0; i < l->n; i++) d[i] = -l->gradient[i];
  for (int age = 0; age < l->stored; age++) {
    int at = (l->newest - age + l->pairs) % l->pairs;
    l->part[at] = dot64(pair_at(l, l->s, age), d, l->n) / l->curvature[at];
    add64(d, -l->part[at], pair_at(l, l->y, age), l->n);
  }
  if (precondition) precondition(d, context);
  double scale = l->stored ? scale_of(l, precondition, context) : 1;
  for (int i = 0; i < l->n; i++) d[i] *= scale;
  for (int age = l->stored - 1; age >= 0; age--) {
    int at = (l->newest - age + l->pairs) % l->pairs;
    add64(d, l->part[at] - dot64(pair_at(l, l->y, age), d, l->n) / l->curvature[at], pair_at(l, l->s, age), l->n);
  }
  return dot64(d, l->gradient, l->n);
}

static void place_trial(lbfgs *l) {
  for (int i = 0; i < l->n; i++) l->trial[i] = l->point[i] + l->search.step * l->direction[i];
}

void lbfgs_search(lbfgs *l, double slope, double step) {
  search_start(&l->search, l->value, slope, step);
  place_trial(l);
}

int lbfgs_aim(lbfgs *l, lbfgs_precondition *precondition, void *context) {
  double slope = descend(l, precondition, context);
  if (!(slope < 0) && l->stored) {
    lbfgs_forget(l);
    slope = descend(l, precondition, context);
  }
  if (!(slope < 0)) return 0;
  lbfgs_search(l, slope, 1);
  return 1;
}

lbfgs_state lbfgs_tell(lbfgs *l, double value, const double *gradient) {
  search_state found = l->started ? search_next(&l->search, value, dot64(l->direction, gradient, l->n)) : SEARCH_DONE;
  if (found == SEARCH_FAILED) return LBFGS_FAILED;
  if (found == SEARCH_DONE) accept(l, value, gradient);
  else place_trial(l);
  return found == SEARCH_DONE ? LBFGS_STEP : LBFGS_AGAIN;
}

void lbfgs_forget(lbfgs *l) { l->stored = 0; }
