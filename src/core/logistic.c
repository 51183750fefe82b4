/* logistic.c: logistic regression, binary and softmax, with any penalty · in: a fit at its start · out: coefficients · next: logistic_rows.c
 *
 * logistic_new.c: columns (centre, scale), start at the classes' frequencies → first steps in f32 (logistic_rough.c) → iterations: L-BFGS
 * or Newton (lbfgs.c), proximal Newton (logistic_proximal.c) → what kind of point it is (logistic_optimum.c) → original units.
 * L-BFGS measures by the second derivatives at the start, so that correlated and badly scaled columns cost few iterations. */
#include <math.h>
#include <string.h>

#include "cholesky.h"
#include "dd.h"
#include "logistic.h"

enum { RENEWAL = 16 };
/* of a sampled metric: rows at least, how many each must stand for; of steps by passes in f32: how many, up to which log odds */
enum { SAMPLE_MIN = 2048, SAMPLE_LEAST = 4, ROUGH_STEPS = 12, ROUGH_FAR = 20 };
static const double NEAR = 16; /* times its spread: how far from 0 the mean of a column may be for both */

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

/* theta, and the step to it, from `descent` */
static void take_point(wf_logistic *l) {
  for (int i = 0; i < l->n; i++) {
    l->step[i] = l->descent->point[i] - l->theta[i];
    l->theta[i] = l->descent->point[i];
  }
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
  take_point(l);
  l->value = d->value;
  l->gain = -d->search.start.slope;
  return state == LBFGS_STEP;
}

/* spread = √(Σ s x'² / Σ s), from the metric at the start if there is one */
static void measure_columns(wf_logistic *l, const double *metric) {
  memset(l->spread, 0, (size_t)l->P * sizeof(double));
  for (int row = 0, n; !metric && (n = logistic_pack(l, &row, l->theta)) > 0;)
    for (int r = 0; r < n; r++) {
      const double *x = l->block + (size_t)(r / 4 * 4) * (size_t)l->P + 2 * (r % 4);
      for (int j = 0; j < l->P; j++) {
        double v = x[j / 2 * 8 + j % 2];
        l->spread[j] += l->s[r] / l->total * v * v;
      }
    }
  for (int j = 0; j < l->P; j++)
    l->spread[j] = sqrt(metric ? metric[(size_t)j * ((size_t)l->P + 1)] / start_curve(l) : l->spread[j]);
}

/* The metric at the start from some of the rows, where these show every column as all rows do and no column is far from 0 in terms of
 * its spread. Returns whether it is good. */
static int sample_metric(wf_logistic *l) {
  const int rows = 64 * l->P, every = l->N / (rows > SAMPLE_MIN ? rows : SAMPLE_MIN);
  int good = every >= SAMPLE_LEAST && !l->weight && l->solver == WF_SOLVER_LBFGS && l->m > 0;
  for (int j = 0; good && j < l->D; j++) good = l->spread[j] > 0 && NEAR * l->spread[j] >= fabs(l->shift[j]);
  if (!good) return 0;
  const double total = l->total;
  l->every = every;
  l->total = l->N / every;
  logistic_pass(l, l->gradient, l->matrix, l->theta);
  l->every = 1;
  l->total = total;
  for (int j = 0; good && j < l->D; j++) {
    double all = start_curve(l) * l->spread[j] * l->spread[j], some = l->matrix[(size_t)j * ((size_t)l->P + 1)];
    good = all <= 2 * some && some <= 2 * all;
  }
  if (good) factor(l);
  return good && !l->raised;
}

/* Steps by passes in f32 until these tell no more, or the gradient is well within what is tolerated. theta is where they ended, which
 * `descent` is to be told of anew. */
static void rough_steps(wf_logistic *l, double tolerance) {
  lbfgs *d = l->descent;
  lbfgs_state state;
  double enough = tolerance * 0.75;
  d->search.noise = 0x1p-20;
  for (int steps = 0; steps < ROUGH_STEPS && (steps == 0 || lbfgs_aim(d, precondition, l)); steps++) {
    do state = lbfgs_tell(d, logistic_rough(l, l->gradient, d->trial), l->gradient);
    while (state == LBFGS_AGAIN);
    if (state == LBFGS_FAILED) break;
    take_point(l);
    l->measure = largest_gradient(l);
    if (steps == 0) enough = fmax(enough, 0x1p-12 * l->measure);
    if (l->measure <= enough || l->tally.far > ROUGH_FAR) break;
  }
  d->search.noise = 0x1p-40;
  d->started = 0;
  memcpy(d->trial, d->point, (size_t)l->n * sizeof(double));
}

static void prepare(wf_logistic *l, double tolerance) {
  double *metric = l->solver == WF_SOLVER_LBFGS && l->m ? l->matrix : NULL;
  const int sampled = sample_metric(l), rough = sampled && l->single && l->K == 1 && sizeof(wf_real) == sizeof(float);
  if (rough) rough_steps(l, tolerance);
  l->informed = rough && l->expected && l->measure <= tolerance;
  l->value = logistic_pass(l, l->gradient, l->informed ? l->information : sampled ? NULL : metric, l->theta);
  if (!sampled) measure_columns(l, metric);
  if (metric && !sampled) factor(l);
  if (l->descent) lbfgs_tell(l->descent, l->value, l->gradient);
  l->measure = largest_gradient(l);
  l->best = INFINITY;
  l->ready = 1;
}

/* Near the optimum steps become rounding: when they gain next to nothing and the gradient has not halved for some time. */
static void advance(wf_logistic *l) {
  int lower = l->descent ? descend(l) : logistic_proximal(l);
  l->informed = 0;
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
  if (class_absent(l) || (l->free && l->tally.apart)) return WF_LOGISTIC_SEPARABLE;
  if (!(l->measure <= tolerance) && !l->stalled) return WF_LOGISTIC_RUNNING;
  logistic_optimum where = l->free ? logistic_where(l) : OPTIMUM_HERE;
  if (where == OPTIMUM_NOWHERE) return WF_LOGISTIC_SEPARABLE;
  if (where == OPTIMUM_FURTHER && !l->stalled) return WF_LOGISTIC_RUNNING;
  if (l->free && l->raised) logistic_shorten(l);
  return WF_LOGISTIC_CONVERGED;
}

void wf_logistic_expect(wf_logistic *l) { l->expected = 1; }

wf_logistic_state wf_logistic_run(wf_logistic *l, double tolerance, int iterations) {
  if (!l->ready) prepare(l, tolerance);
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
  *result = (wf_logistic_result){l->value * sum, -l->loss * sum, l->measure, l->iterations, (l->total - l->tally.wrong) / l->total};
}
