/* logistic.c: logistic regression, binary and softmax, with any penalty · in: rows X, labels, weights · out: coefficients · next: logistic_pass.c
 *
 * columns (centre, scale) → start at the classes' frequencies → iterations: L-BFGS or Newton (lbfgs.c), proximal Newton
 * (logistic_proximal.c) → what kind of point it is (logistic_optimum.c) → original units.
 * L-BFGS measures by the second derivatives at the start, so that correlated and badly scaled columns cost few iterations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/scalar64.h"
#include "../kernels/vmath64.h"
#include "arena.h"
#include "cholesky.h"
#include "dd.h"
#include "logistic.h"

enum { NEWTON_MAX = 1024, METRIC_MAX = 256, BLOCK_VALUES = 1536, PAIRS = 10, RENEWAL = 16 };

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

static const double *row_at(wf_logistic *l, int i) {
  const size_t at = (size_t)i * (size_t)l->D;
  if (!l->single) return (const double *)l->x + at;
  wf_widen(l->block, (const float *)l->x + at, (size_t)l->D);
  return l->block;
}

/* low, high, mean (P) of the rows of positive weight */
static void survey(wf_logistic *l, double *low, double *high, double *mean) {
  for (int j = 0; j < l->P; j++) {
    low[j] = INFINITY;
    high[j] = -INFINITY;
    mean[j] = 0;
  }
  for (int i = 0; i < l->N; i++) {
    double s = (l->weight ? l->weight[i] * l->weight_scale : 1) / l->total;
    if (!(s > 0)) continue;
    const double *x = row_at(l, i);
    int j = 0;
    for (f64x2 t = f64x2_splat(s); j + 2 <= l->D; j += 2) {
      f64x2 v = f64x2_load(x + j);
      f64x2_store(low + j, f64x2_min(f64x2_load(low + j), v));
      f64x2_store(high + j, f64x2_max(f64x2_load(high + j), v));
      f64x2_store(mean + j, f64x2_madd(f64x2_load(mean + j), t, v));
    }
    if (j < l->D) {
      low[j] = x[j] < low[j] ? x[j] : low[j];
      high[j] = x[j] > high[j] ? x[j] : high[j];
      mean[j] += s * x[j];
    }
  }
}

/* Scales to a range of 1 to 2. Only the intercept allows a shift; a constant column then becomes exactly 0. */
static void scale_columns(wf_logistic *l, double alpha, double ratio) {
  double *low = l->work, *high = l->goal, *mean = l->step;
  survey(l, low, high, mean);
  double per_row = shifted(alpha / l->total, -l->unit);
  for (int j = 0; j < l->D; j++) {
    double size = fabs(low[j]) > fabs(high[j]) ? fabs(low[j]) : fabs(high[j]);
    double range = l->intercept ? high[j] / 4 - low[j] / 4 : size / 4;
    int unit = exponent(range) + 2;
    unit = range == 0 ? 0 : unit < -300 ? -300 : unit > 300 ? 300 : unit;
    double scale = shifted(1, -unit), centre = low[j] < high[j] ? mean[j] : low[j];
    l->scale[j] = scale;
    l->shift[j] = l->intercept ? centre * scale : 0;
    l->reach[j] = fmax(fabs(low[j] * scale - l->shift[j]), fabs(high[j] * scale - l->shift[j]));
    l->l1[j] = per_row * ratio * scale;
    l->l2[j] = per_row * (1 - ratio) * scale * scale;
  }
  l->reach[l->D] = 1;
  memset(l->step, 0, (size_t)l->n * sizeof(double));
}

wf_logistic *wf_logistic_new(const void *x, int single, const int32_t *labels, const double *weight, int rows, int features, int outputs,
                             int fit_intercept, double alpha, double ratio, wf_solver solver) {
  wf_logistic plan = {.x = x, .single = single, .labels = labels, .weight = weight, .N = rows, .D = features, .K = outputs};
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

/* ---- iterations ---------------------------------------------------------------------------------------------------- */

/* Softmax does not see a number added to all classes: that direction, which no step takes, gets a curvature too. */
static void pin_sums(wf_logistic *l) {
  size_t n = (size_t)l->n, P = (size_t)l->P, K = (size_t)l->K;
  for (size_t j = 0; j < P; j++) {
    double mean = 0;
    for (size_t k = 0; k < K; k++) mean += l->matrix[(k * P + j) * (n + 1)] / (double)K;
    for (size_t a = 0; a < K; a++)
      for (size_t b = 0; b < K; b++) l->matrix[(a * P + j) * n + b * P + j] += mean / (double)K;
  }
}

/* Second derivatives of every row's loss at the start, where all have the classes' shares: Σ p (1 - p) / (K - 1) */
static double start_curve(const wf_logistic *l) {
  double sum = 0;
  for (int k = 0; k < l->K; k++) sum += l->intercept ? l->share[k] * (1 - l->share[k]) : l->K > 1 ? (1 - 1.0 / l->K) / l->K : 0.25;
  return l->K > 1 ? sum / (l->K - 1) : sum;
}

static void factor(wf_logistic *l) {
  for (int i = 0; i < l->m; i++) l->matrix[(size_t)i * ((size_t)l->m + 1)] += l->l2[i % l->P];
  if (l->m > l->P) pin_sums(l);
  l->raised = cholesky_factor(l->matrix, l->m);
}

/* The matrix at the point; of L-BFGS it is only a metric, renewed now and then. */
static void renew(wf_logistic *l) {
  if (l->solver == WF_SOLVER_NEWTON) logistic_curvature(l, l->matrix, l->theta);
  else if (l->m && l->iterations > 0 && (int)l->iterations % RENEWAL == 0) logistic_pass(l, l->gradient, l->matrix, l->theta);
  else return;
  factor(l);
}

static void precondition(double *v, void *context) {
  wf_logistic *l = context;
  for (int i = 0; l->m && i < l->n; i += l->m) cholesky_solve(v + i, l->matrix, l->m);
  for (int i = 0; !l->m && i < l->n; i++) {
    int j = i % l->P;
    double d = start_curve(l) * l->spread[j] * l->spread[j] + l->l2[j];
    v[i] = d > 0 ? v[i] / d : 0;
  }
}

/* Largest gradient of the objective over Σ s, penalty's included (of L1: nearest to 0), by original coefficients, and by those of
 * columns of mean 0 and standard deviation 1. */
static double largest_gradient(const wf_logistic *l) {
  double most = 0;
  for (int k = 0; k < l->K; k++) {
    const double *g = l->gradient + k * l->P, *theta = l->theta + k * l->P;
    double bias = g[l->D];
    most = fabs(bias) > most ? fabs(bias) : most;
    for (int j = 0; j < l->D; j++) {
      if (!(l->spread[j] > 0)) continue;
      double centred = g[j], original = (g[j] + l->shift[j] * bias) / l->scale[j], l1 = l->l1[j];
      if (theta[j] != 0) {
        centred += theta[j] > 0 ? l1 : -l1;
        original += (theta[j] > 0 ? l1 : -l1) / l->scale[j];
      }
      centred = (fabs(centred) - (theta[j] != 0 ? 0 : l1)) / l->spread[j];
      original = fabs(original) - (theta[j] != 0 ? 0 : l1) / l->scale[j];
      most = centred > most ? centred : most;
      most = original > most ? original : most;
    }
  }
  return most;
}

static int descend(wf_logistic *l) {
  lbfgs *d = l->descent;
  lbfgs_state state = LBFGS_FAILED;
  renew(l);
  for (int more = 1; more && state == LBFGS_FAILED && lbfgs_aim(d, precondition, l);) {
    more = d->stored > 0;
    do state = lbfgs_tell(d, logistic_pass(l, l->gradient, NULL, d->trial), l->gradient);
    while (state == LBFGS_AGAIN);
    if (state == LBFGS_FAILED) lbfgs_forget(d);
  }
  if (state == LBFGS_FAILED) logistic_pass(l, l->gradient, NULL, d->point);
  for (int i = 0; i < l->n; i++) {
    l->step[i] = d->point[i] - l->theta[i];
    l->theta[i] = d->point[i];
  }
  l->value = d->value;
  l->gain = -d->search.start.slope;
  return state == LBFGS_STEP;
}

/* spread = √(Σ s x'² / Σ s), from the metric at the start if there is one */
static void measure_columns(wf_logistic *l, const double *metric) {
  for (int row = 0, n; !metric && (n = logistic_pack(l, &row, l->theta)) > 0;)
    for (int r = 0; r < n; r++) {
      const double *x = l->block + (size_t)r * (size_t)l->P;
      for (int j = 0; j < l->P; j++) l->spread[j] += l->s[r] / l->total * x[j] * x[j];
    }
  for (int j = 0; j < l->P; j++)
    l->spread[j] = sqrt(metric ? metric[(size_t)j * ((size_t)l->P + 1)] / start_curve(l) : l->spread[j]);
}

static void prepare(wf_logistic *l) {
  double *metric = l->solver == WF_SOLVER_LBFGS && l->m ? l->matrix : NULL;
  l->value = logistic_pass(l, l->gradient, metric, l->theta);
  measure_columns(l, metric);
  if (metric) factor(l);
  if (l->descent) lbfgs_tell(l->descent, l->value, l->gradient);
  l->measure = largest_gradient(l);
  l->best = INFINITY;
  l->ready = 1;
}

/* Near the optimum steps become rounding: when they gain next to nothing and the gradient has not halved for some time. */
static void advance(wf_logistic *l) {
  int lower = l->descent ? descend(l) : logistic_proximal(l);
  l->measure = largest_gradient(l);
  l->iterations++;
  l->waits = l->measure < l->best / 2 || l->gain > 0x1p-70 * fabs(l->value) ? 0 : l->waits + 1;
  l->best = l->measure < l->best ? l->measure : l->best;
  l->stalled = !lower || l->waits >= (l->solver == WF_SOLVER_LBFGS ? 20 : 4);
}

/* With an intercept a class without a row has no finite optimum, whatever the penalty. */
static int class_absent(const wf_logistic *l) {
  int absent = 0;
  for (int k = 0; k < (l->K > 1 ? l->K : 2); k++) absent |= !(l->share[k] > 0);
  return absent && (l->intercept || l->free);
}

static wf_logistic_state judge(wf_logistic *l, double tolerance) {
  if (class_absent(l) || (l->free && l->apart)) return WF_LOGISTIC_SEPARABLE;
  if (!(l->measure <= tolerance) && !l->stalled) return WF_LOGISTIC_RUNNING;
  logistic_optimum where = l->free ? logistic_where(l) : OPTIMUM_HERE;
  if (where == OPTIMUM_NOWHERE) return WF_LOGISTIC_SEPARABLE;
  if (where == OPTIMUM_FURTHER && !l->stalled) return WF_LOGISTIC_RUNNING;
  if (l->free && l->raised) logistic_shorten(l);
  return WF_LOGISTIC_CONVERGED;
}

wf_logistic_state wf_logistic_run(wf_logistic *l, double tolerance, int iterations) {
  if (!l->ready) prepare(l);
  wf_logistic_state state = judge(l, tolerance);
  for (; state == WF_LOGISTIC_RUNNING && iterations > 0; iterations--) {
    advance(l);
    state = judge(l, tolerance);
  }
  return state;
}

void wf_logistic_solution(double *coef, double *intercept, wf_logistic_result *result, const wf_logistic *l) {
  double sum = shifted(l->total, l->unit);
  logistic_export(coef, intercept, l);
  *result = (wf_logistic_result){l->value * sum, -l->loss * sum, l->measure, l->iterations, l->correct / l->total};
}
