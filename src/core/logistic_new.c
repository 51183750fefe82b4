/* logistic_new.c: memory, columns and classes of a logistic fit · in: rows X, labels, weights · out: a fit at its start · next: logistic.c */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/scalar64.h"
#include "arena.h"
#include "dd.h"
#include "logistic.h"

enum { NEWTON_MAX = 1024, METRIC_MAX = 256, BLOCK_VALUES = 1536, PAIRS = 10 };

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static void layout(arena *a, wf_logistic *l) {
  uint64_t P = (uint64_t)l->P, R = (uint64_t)l->R, n = (uint64_t)l->n, RQ = R * (uint64_t)l->Q;
  double **columns[] = {&l->shift, &l->scale, &l->l1, &l->l2, &l->reach, &l->spread};
  double **points[] = {&l->theta, &l->gradient, &l->step, &l->work, &l->goal};
  for (int i = 0; i < 6; i++) *columns[i] = arena_take(a, P, sizeof(double));
  for (int i = 0; i < 5; i++) *points[i] = arena_take(a, n, sizeof(double));
  l->share = arena_take(a, (uint64_t)l->K + 1, sizeof(double));
  l->block = arena_take(a, R * P, sizeof(double));
  l->weighted = arena_take(a, R * P, sizeof(double));
  l->s = arena_take(a, R, sizeof(double));
  l->curve = arena_take(a, R, sizeof(double));
  l->sign = arena_take(a, R, sizeof(double));
  l->z = arena_take(a, RQ, sizeof(double));
  l->residual = arena_take(a, RQ, sizeof(double));
  l->label = arena_take(a, R, sizeof(int32_t));
  l->matrix = arena_take(a, (uint64_t)l->m * (uint64_t)l->m, sizeof(double));
  l->face = arena_take(a, (uint64_t)l->faces * (uint64_t)l->faces, sizeof(double));
  l->change = arena_take(a, (uint64_t)l->faces, sizeof(double));
  l->active = arena_take(a, (uint64_t)l->faces, sizeof(int));
  l->information = arena_take(a, l->single && l->K == 1 && l->m == l->P ? P * P : 0, sizeof(double));
  l->rough = arena_take(a, l->single ? 6 * P : 0, sizeof(wf_real));
}

static wf_logistic *allocate(wf_logistic plan) {
  arena a = {NULL, 0};
  arena_take(&a, 1, sizeof plan);
  layout(&a, &plan);
  a.base = arena_memory(&a);
  if (!a.base) return NULL;
  a.used = 0;
  wf_logistic *l = arena_take(&a, 1, sizeof plan);
  *l = plan;
  layout(&a, l);
  return l;
}

void wf_logistic_free(wf_logistic *l) {
  if (l) lbfgs_free(l->descent);
  wf_free(l);
}

/* ---- columns and classes ------------------------------------------------------------------------------------------- */

static void weigh(wf_logistic *l) {
  double largest = 0;
  for (int i = 0; l->weight && i < l->N; i++) largest = l->weight[i] > largest ? l->weight[i] : largest;
  l->unit = l->weight ? exponent(largest) : 0;
  l->weight_scale = shifted(1, -l->unit);
  for (int i = 0; i < l->N; i++) {
    double s = l->weight ? l->weight[i] * l->weight_scale : 1;
    l->total += s;
    l->share[l->labels[i]] += s;
  }
  for (int k = 0; k < (l->K > 1 ? l->K : 2); k++) l->share[k] /= l->total;
}

/* Scales to a range of 1 to 2. Only the intercept allows a shift; a constant column then becomes exactly 0. spread is good if
 * the mean is not much larger. */
static void scale_columns(wf_logistic *l, double alpha, double ratio) {
  double *low = l->work, *high = l->goal, *mean = l->step, *square = l->gradient;
  logistic_survey(l, low, high, mean, square);
  double per_row = shifted(alpha / l->total, -l->unit);
  for (int j = 0; j < l->D; j++) {
    double size = fabs(low[j]) > fabs(high[j]) ? fabs(low[j]) : fabs(high[j]);
    double range = l->intercept ? high[j] / 4 - low[j] / 4 : size / 4;
    int unit = exponent(range) + 2;
    unit = range == 0 ? 0 : unit < -300 ? -300 : unit > 300 ? 300 : unit;
    double scale = shifted(1, -unit), centre = low[j] < high[j] ? mean[j] : low[j];
    l->scale[j] = scale;
    l->shift[j] = l->intercept ? centre * scale : 0;
    l->spread[j] = scale * sqrt(fmax(0, square[j] - (l->intercept ? mean[j] * mean[j] : 0)));
    l->reach[j] = fmax(fabs(low[j] * scale - l->shift[j]), fabs(high[j] * scale - l->shift[j]));
    l->l1[j] = per_row * ratio * scale;
    l->l2[j] = per_row * (1 - ratio) * scale * scale;
  }
  l->reach[l->D] = 1;
  memset(l->step, 0, (size_t)l->n * sizeof(double));
}

wf_logistic *wf_logistic_new(const void *x, int single, const int32_t *labels, const double *weight, int rows, int features, int outputs,
                             int fit_intercept, double alpha, double ratio, wf_solver solver) {
  wf_logistic plan = {.x = x, .single = single, .labels = labels, .weight = weight, .every = 1, .N = rows, .D = features, .K = outputs};
  if (features > INT32_MAX / 2 / outputs - 4) return NULL;
  plan.P = (features + 4) / 4 * 4;
  plan.n = outputs * plan.P;
  plan.Q = outputs > 1 ? outputs + outputs % 2 : 1;
  plan.R = BLOCK_VALUES / plan.P / 8 * 8;
  plan.R = plan.R < 8 ? 8 : plan.R > LOGISTIC_ROWS ? LOGISTIC_ROWS : plan.R;
  plan.intercept = fit_intercept != 0;
  plan.free = !(alpha > 0);
  int newton = solver != WF_SOLVER_LBFGS && plan.n <= NEWTON_MAX;
  plan.solver = alpha * ratio > 0 ? WF_SOLVER_PROXIMAL : newton ? WF_SOLVER_NEWTON : WF_SOLVER_LBFGS;
  plan.m = plan.solver != WF_SOLVER_LBFGS ? plan.n : plan.P <= METRIC_MAX ? plan.P : 0;
  plan.faces = plan.solver != WF_SOLVER_PROXIMAL ? 0 : plan.n < NEWTON_MAX ? plan.n : NEWTON_MAX;
  wf_logistic *l = allocate(plan);
  if (!l) return NULL;
  weigh(l);
  scale_columns(l, alpha, ratio);
  const size_t bias = (size_t)features / 2 * 8 + (size_t)features % 2;
  memset(l->block, 0, (size_t)l->R * (size_t)l->P * sizeof(double));
  for (int r = 0; r < l->R; r++) l->block[(size_t)(r / 4 * 4 * l->P) + bias + (size_t)(2 * (r % 4))] = l->intercept;
  double mean = 0;
  for (int k = 0; k < outputs; k++) mean += wf_log64(l->share[k]) / outputs;
  for (int k = 0; k < outputs && l->intercept; k++) {
    double odds = outputs > 1 ? wf_log64(l->share[k]) - mean : wf_log64(l->share[1]) - wf_log64(l->share[0]);
    l->theta[k * l->P + l->D] = odds - odds == 0 ? odds : 0;
  }
  if (l->solver == WF_SOLVER_PROXIMAL) return l;
  l->descent = lbfgs_new(l->theta, l->n, l->solver == WF_SOLVER_NEWTON ? 0 : PAIRS);
  if (l->descent) return l;
  wf_logistic_free(l);
  return NULL;
}
