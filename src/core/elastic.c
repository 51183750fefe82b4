/* elastic.c: lasso and elastic net by cyclic coordinate descent · in: rows X, y, weights; alphas · out: coefficients, gap · next: polish.c
 *
 * Sweeps over the candidates until the duality gap is small enough. The gap counts every column, so it also finds those that the
 * strong rules left out by mistake; no other check of optimality is needed. Signs that stay as they are for some sweeps call
 * for a polish, which makes small tolerances cheap.
 * Sources: Friedman, Hastie, Tibshirani 2010, "Regularization paths for generalized linear models via coordinate descent";
 * Tibshirani et al. 2012, "Strong rules for discarding predictors in lasso-type problems"; the gap is scikit-learn's. */
#include "elastic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/gemv.h"

static const double EPSILON = 0x1p-52, FINE = 1e-6; /* FINE: a tolerance below asks for digits, not only for a gap */

/* ---- prepare ------------------------------------------------------------------------------------------------------- */

static double *doubles(int a, int b) { return calloc(a > 0 ? (size_t)a : 1, (b > 0 ? (size_t)b : 1) * sizeof(double)); }

static int memory_new(wf_elastic *e) {
  int D = e->D;
  e->n = gemv_padded(e->s.n);
  e->d = gemv_padded(D);
  e->covariance = D <= e->s.n;
  e->x = doubles(D, e->n);
  e->y = doubles(e->n, 1);
  e->r = doubles(e->n, 1);
  e->square = doubles(D, 1);
  e->c = doubles(e->d, 1);
  e->w = doubles(e->d, 1);
  e->g = doubles(e->d, 1);
  e->gram = e->covariance ? doubles(D, e->d) : NULL;
  e->known = calloc((size_t)D + 1, 1);
  e->listed = calloc((size_t)D + 1, 1);
  e->list = calloc((size_t)D + 1, sizeof(int));
  e->active = calloc((size_t)D + 1, sizeof(int));
  e->step = doubles(D, 1);
  e->q = doubles(D, 1);
  e->direction = doubles(D, 1);
  e->image = doubles(e->d, 1);
  e->shadow = doubles(e->n, 1);
  return e->x && e->y && e->r && e->square && e->c && e->w && e->g && (e->gram || !e->covariance) && e->known && e->listed &&
         e->list && e->active && e->step && e->q && e->direction && e->image && e->shadow;
}

static void design_read(wf_elastic *e) {
  double *hi = e->image, *lo = e->step;
  for (int i = 0; i < e->s.n; i++) e->y[i] = columns_at(&e->my, &e->s, i, 0);
  for (int i = 0; i < e->s.n; i++) {
    for (int j = 0; j < e->D; j++) {
      double v = columns_at(&e->mx, &e->s, i, j);
      e->x[(size_t)j * (size_t)e->n + (size_t)i] = v;
      dd_accumulate(&hi[j], &lo[j], v, e->y[i]);
    }
  }
  for (int j = 0; j < e->D; j++) {
    const double *x = e->x + (size_t)j * (size_t)e->n;
    e->g[j] = e->c[j] = hi[j] + lo[j];
    e->square[j] = gemv_dot(x, x, e->n);
  }
  memcpy(e->r, e->y, (size_t)e->n * sizeof(double));
  e->yy = gemv_dot(e->y, e->y, e->n);
  e->total = e->s.n > 0 ? e->s.total.hi : 1;
}

wf_elastic *wf_elastic_new(const double *x, const double *y, const double *weight, int rows, int features, double ratio,
                           int fit_intercept) {
  wf_elastic *e = calloc(1, sizeof *e);
  if (!e) return NULL;
  e->D = features;
  e->ratio = ratio;
  e->alpha = -1;
  if (sample_new(&e->s, weight, rows) && columns_new(&e->mx, &e->s, x, features, fit_intercept != 0, 1) &&
      columns_new(&e->my, &e->s, y, 1, fit_intercept != 0, 0) && memory_new(e)) {
    design_read(e);
    return e;
  }
  wf_elastic_free(e);
  return NULL;
}

void wf_elastic_free(wf_elastic *e) {
  if (!e) return;
  sample_free(&e->s);
  columns_free(&e->mx);
  columns_free(&e->my);
  double *arrays[] = {e->x, e->y, e->r, e->square, e->c, e->w, e->g, e->gram, e->step, e->q, e->direction, e->image, e->shadow};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]);
  free(e->known);
  free(e->listed);
  free(e->list);
  free(e->active);
  free(e);
}

static double greatest(const double *a, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = fabs(a[i]) > most ? fabs(a[i]) : most;
  return most;
}

/* ---- penalties and candidates ---------------------------------------------------------------------------------------- */

double wf_elastic_alpha_max(const wf_elastic *e) {
  double most = greatest(e->c, e->D);
  return most > 0 ? shifted(most / e->total / e->ratio, e->mx.unit[0] + e->my.unit[0]) : 0;
}

/* A gradient this near to the threshold is at it, so that rounding in alpha_max does not let a coefficient in. */
static double threshold(const wf_elastic *e) { return e->l1 * (1 + 32 * EPSILON); }

static void candidate(wf_elastic *e, int j) {
  if (e->listed[j]) return;
  e->listed[j] = 1;
  e->list[e->count++] = j;
}

/* A penalty that lets nothing in need not be infinite. */
static double bounded(double penalty) { return penalty < 0x1p500 ? penalty : 0x1p500; }

/* The sequential strong rule: |g| hardly grows faster than l1 falls. */
static void alpha_set(wf_elastic *e, double alpha, double tolerance) {
  double last = e->alpha < 0 ? greatest(e->c, e->D) : e->l1;
  e->alpha = alpha;
  e->l1 = bounded(shifted(alpha * e->ratio * e->total, -e->mx.unit[0] - e->my.unit[0]));
  e->l2 = bounded(shifted(alpha * (1 - e->ratio) * e->total, -2 * e->mx.unit[0]));
  e->count = 0;
  memset(e->listed, 0, (size_t)e->D);
  double least = e->covariance ? 0 : last > e->l1 ? 2 * e->l1 - last : e->l1;
  for (int j = 0; j < e->D; j++)
    if (e->w[j] != 0 || fabs(e->g[j]) >= least) candidate(e, j);
  e->sweeps = e->same = e->converged = e->only_active = 0;
  e->patience = tolerance < FINE ? 4 : 16;
  e->tolerance = tolerance;
  e->settle = tolerance * e->yy;
}

/* ---- sweeps ---------------------------------------------------------------------------------------------------------- */

/* Row j of the Gram matrix becomes known. */
static void covariances(wf_elastic *e, int j) {
  int count = 0, *unknown = e->active;
  double *row = e->gram + (size_t)j * (size_t)e->d;
  for (int k = 0; k < e->D; k++) {
    if (e->known[k]) row[k] = e->gram[(size_t)k * (size_t)e->d + (size_t)j];
    else unknown[count++] = k;
  }
  gemv_project(row, e->x, e->n, unknown, count, e->x + (size_t)j * (size_t)e->n, e->n);
  e->known[j] = 1;
}

/* w_j = to, and what depends on it */
static void coefficient_set(wf_elastic *e, int j, double to) {
  double change = to - e->w[j];
  e->w[j] = to;
  if (!e->covariance) {
    gemv_subtract(e->r, change, e->x + (size_t)j * (size_t)e->n, e->n);
    return;
  }
  if (!e->known[j]) covariances(e, j);
  gemv_subtract(e->g, change, e->gram + (size_t)j * (size_t)e->d, e->d);
}

/* Each coefficient in turn is put at its optimum given the others. Returns the greatest change², in the size of X w. */
static double sweep(wf_elastic *e) {
  double most = 0, limit = threshold(e);
  e->same++;
  for (int k = 0; k < e->count; k++) {
    int j = e->list[k];
    double w = e->w[j], square = e->square[j];
    if (e->only_active && w == 0) continue;
    double g = e->covariance ? e->g[j] : gemv_dot(e->x + (size_t)j * (size_t)e->n, e->r, e->n);
    double z = g + w * square;
    double to = z > limit ? (z - e->l1) / (square + e->l2) : z < -limit ? (z + e->l1) / (square + e->l2) : 0;
    if (to == w) continue;
    if (!(to > 0 ? w > 0 : to < 0 && w < 0)) e->same = 0;
    double change = (to - w) * (to - w) * square;
    most = change > most ? change : most;
    coefficient_set(e, j, to);
  }
  e->sweeps++;
  return most;
}

/* ---- the gap --------------------------------------------------------------------------------------------------------- */

/* Of the objective over that of the dual. l1 > 0: the dual point is r, shrunk until it is feasible, as in scikit-learn. l1 = 0:
 * that of ridge; without any penalty, what each coordinate alone could still gain. */
static double gap_of(const wf_elastic *e) {
  double most = 0, gain = 0;
  for (int j = 0; j < e->D; j++) {
    double g = fabs(e->g[j] - e->l2 * e->w[j]);
    most = g > most ? g : most;
    if (e->square[j] > 0) gain += e->g[j] * e->g[j] / (e->l2 > 0 ? e->l2 : e->square[j]);
  }
  if (e->l1 > 0) {
    double share = most > e->l1 ? e->l1 / most : 1;
    return (1 + share * share) * (e->rr + e->l2 * e->norm2) / 2 + e->l1 * e->norm1 - share * e->ry;
  }
  return e->l2 > 0 ? e->rr + (e->l2 * e->norm2 + gain) / 2 - e->ry : gain / 2;
}

/* Looks at all columns: the gap, and whether it is small enough. */
static int look(wf_elastic *e) {
  double wc = 0, wg = 0;
  if (!e->covariance) gemv_project(e->g, e->x, e->n, NULL, e->D, e->r, e->n);
  e->norm1 = e->norm2 = 0;
  for (int j = 0; j < e->D; j++) {
    e->norm1 += fabs(e->w[j]);
    e->norm2 += e->w[j] * e->w[j];
    wc += e->w[j] * e->c[j];
    wg += e->w[j] * e->g[j];
  }
  double rr = e->covariance ? e->yy - wc - wg : gemv_dot(e->r, e->r, e->n);
  e->rr = rr > 0 ? rr : 0;
  e->ry = e->covariance ? e->yy - wc : gemv_dot(e->r, e->y, e->n);
  e->gap = gap_of(e);
  return e->gap <= (e->tolerance > 16 * EPSILON ? e->tolerance : 16 * EPSILON) * e->yy;
}

/* Returns 0: there were no columns to let in. */
static int let_in(wf_elastic *e) {
  int before = e->count;
  double limit = threshold(e);
  for (int j = 0; j < e->D; j++)
    if (fabs(e->g[j]) > limit) candidate(e, j);
  return e->count > before;
}

/* After a sweep without covariances, where a look is dear: sweeps of the active columns until they settle, then of all candidates,
 * then a look, which may let others in. */
static int worth_a_look(wf_elastic *e, double change) {
  int full = !e->only_active, settled = change <= e->settle;
  e->only_active = !settled;
  return full && settled;
}

int wf_elastic_run(wf_elastic *e, double alpha, double tolerance, int sweeps) {
  if (!(alpha == e->alpha && tolerance == e->tolerance)) alpha_set(e, alpha, tolerance);
  for (; sweeps > 0 && !e->converged; sweeps--) {
    double change = sweep(e);
    int polished = e->same >= e->patience;
    if (polished && !elastic_polish(e)) e->patience *= 2;
    if (!polished && !e->covariance && !worth_a_look(e, change)) continue;
    e->converged = look(e);
    if (e->converged && !polished && tolerance < FINE) {
      elastic_polish(e);
      e->converged = look(e);
    }
    if (!let_in(e)) e->settle /= 16;
  }
  return e->converged;
}

/* ---- the solution ------------------------------------------------------------------------------------------------------ */

void wf_elastic_solution(double *coef, double *intercept, wf_elastic_result *result, const wf_elastic *e) {
  dd b = e->my.mean[0];
  int nonzero = 0, unit = e->my.unit[0];
  for (int j = 0; j < e->D; j++) {
    b = dd_add(b, dd_mul(e->mx.mean[j], (dd){-e->w[j], 0}));
    coef[j] = shifted(e->w[j], unit - e->mx.unit[j]);
    nonzero += e->w[j] != 0;
  }
  *intercept = shifted(b.hi, unit);
  double objective = (e->rr + e->l2 * e->norm2) / 2 + e->l1 * e->norm1;
  result->objective = shifted(objective / e->total, 2 * unit);
  result->gap = shifted(e->gap / e->total, 2 * unit);
  result->sweeps = e->sweeps;
  result->converged = e->converged;
  result->nonzero = nonzero;
}
