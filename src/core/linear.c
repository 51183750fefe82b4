/* linear.c: linear least squares, exact in f64 · in: rows X, Y, weights · out: coefficients, intercept, rank, loss, R² · next: ../js/linear.js
 *
 * select rows → centre and scale columns → pivoted QR → for each output: solve, refine, finish.
 * Every scaling is by a power of two, so it rounds nothing; the QR of the centred columns is only a means of solving, for the
 * residuals that refine its solution come from the caller's own numbers in double-double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../wasmfit.h"
#include "dd.h"
#include "qr.h"

static const double EPSILON = 0x1p-52;
enum { REFINEMENTS = 10 };

/* The design: n rows with a positive weight; column j in units of 2^units[j] is x' = x · scale[j] of centred norm about 1. */
typedef struct design {
  const double *x;      /* (N,D) the caller's */
  int n, D, centred;
  int *row;             /* (n) index of each row used */
  double *s, *sigma;    /* (n) weight over a power of two, and its root */
  dd total;             /* Σ s */
  int *units;           /* (D) */
  double *scale;        /* (D) 2^-units, or 0: a constant column, which takes no part */
  double *mean_hi, *mean_lo; /* (D) weighted mean of x' (0 without intercept) */
  double *noise;        /* (D) norm below which what remains of a column is rounding; scratch before that */
  double *work;         /* (2, D) */
  qr *q;
} design;

/* One output on its way: y - centre = Xc z + r */
typedef struct target {
  int unit;             /* y in units of 2^unit */
  dd mean;              /* weighted mean of y; centre: the mean, or 0 without intercept */
  dd centre;
  double total, square; /* Σ s (y - mean)², Σ s y² */
  double *y;            /* (n) */
  double *r;            /* (n) s (y - centre - Xc z) */
  double *f;            /* (n) √s times residual; right-hand side of a correction */
  double *g;            /* (D) */
  double *z, *dz;       /* (D) solution; its correction, afterwards what rounding dropped from z + dz */
} target;

/* ---- memory ------------------------------------------------------------------------------------------------------ */

static void *array(int n, size_t size) { return malloc((n > 0 ? (size_t)n : 1) * size); }

static int design_new(design *d, const double *x, int rows, int features, int centred) {
  *d = (design){.x = x, .D = features, .centred = centred};
  d->row = array(rows, sizeof(int));
  d->s = array(rows, sizeof(double));
  d->sigma = array(rows, sizeof(double));
  d->units = array(features, sizeof(int));
  d->scale = array(features, sizeof(double));
  d->mean_hi = array(features, sizeof(double));
  d->mean_lo = array(features, sizeof(double));
  d->noise = array(features, sizeof(double));
  d->work = array(features, 2 * sizeof(double));
  return d->row && d->s && d->sigma && d->units && d->scale && d->mean_hi && d->mean_lo && d->noise && d->work;
}

static void design_free(design *d) {
  free(d->row);
  free(d->s);
  free(d->sigma);
  free(d->units);
  free(d->scale);
  free(d->mean_hi);
  free(d->mean_lo);
  free(d->noise);
  free(d->work);
  qr_free(d->q);
}

static int target_new(target *t, int rows, int features) {
  *t = (target){0};
  t->y = array(rows, sizeof(double));
  t->r = array(rows, sizeof(double));
  t->f = array(rows, sizeof(double));
  t->g = array(features, sizeof(double));
  t->z = array(features, sizeof(double));
  t->dz = array(features, sizeof(double));
  return t->y && t->r && t->f && t->g && t->z && t->dz;
}

static void target_free(target *t) {
  free(t->y);
  free(t->r);
  free(t->f);
  free(t->g);
  free(t->z);
  free(t->dz);
}

/* ---- select, centre, factor -------------------------------------------------------------------------------------- */

static void select_rows(design *d, const double *weight, int rows) {
  double largest = 0, hi = 0, lo = 0;
  for (int i = 0; weight && i < rows; i++) largest = weight[i] > largest ? weight[i] : largest;
  int unit = weight ? exponent(largest) : 0;
  for (int i = 0; i < rows; i++) {
    double s = weight ? shifted(weight[i], -unit) : 1;
    if (!(s > 0)) continue;
    d->row[d->n] = i;
    d->s[d->n] = s;
    d->sigma[d->n++] = sqrt(s);
    dd_accumulate(&hi, &lo, s, 1);
  }
  d->total = two_sum(hi, lo);
}

static const double *row_at(const design *d, int i) { return d->x + (size_t)d->row[i] * (size_t)d->D; }

/* Scales by the largest value first: sums then neither overflow nor vanish. */
static void scale_columns(design *d) {
  double *restrict largest = d->work;
  for (int j = 0; j < d->D; j++) largest[j] = 0;
  for (int i = 0; i < d->n; i++) {
    const double *x = row_at(d, i);
    for (int j = 0; j < d->D; j++) largest[j] = fabs(x[j]) > largest[j] ? fabs(x[j]) : largest[j];
  }
  for (int j = 0; j < d->D; j++) {
    d->units[j] = exponent(largest[j]);
    d->scale[j] = shifted(1, -d->units[j]);
  }
}

static void centre_columns(design *d) {
  double *restrict hi = d->mean_hi, *restrict lo = d->mean_lo;
  const double *scale = d->scale;
  for (int j = 0; j < d->D; j++) hi[j] = lo[j] = 0;
  if (!d->centred) return;
  for (int i = 0; i < d->n; i++) {
    const double *x = row_at(d, i);
    for (int j = 0; j < d->D; j++) dd_accumulate(&hi[j], &lo[j], x[j] * scale[j], d->s[i]);
  }
  for (int j = 0; j < d->D; j++) {
    dd mean = dd_div(two_sum(hi[j], lo[j]), d->total);
    hi[j] = mean.hi;
    lo[j] = mean.lo;
  }
}

/* Brings the centred norm to about 1, and says below which norm a remainder is noise: that of the factorisation grows with the
 * size, that of the data themselves is half an ulp of each value before centring. Both leave Filip's polynomial (1e-10) whole. */
static void measure_columns(design *d) {
  double *restrict centred = d->work, *restrict raw = d->work + d->D;
  for (int j = 0; j < d->D; j++) centred[j] = raw[j] = 0;
  for (int i = 0; i < d->n; i++) {
    const double *x = row_at(d, i);
    for (int j = 0; j < d->D; j++) {
      double a = x[j] * d->scale[j], c = (a - d->mean_hi[j]) - d->mean_lo[j];
      centred[j] += d->s[i] * (c * c);
      raw[j] += d->s[i] * (a * a);
    }
  }
  double size = d->n > d->D ? d->n : d->D;
  for (int j = 0; j < d->D; j++) {
    double norm = sqrt(centred[j]), data = EPSILON * sqrt(raw[j]);
    if (norm <= data) d->scale[j] = d->mean_hi[j] = d->mean_lo[j] = 0;
    int e = d->units[j] + exponent(norm);
    e = e < -1000 ? -1000 : e > 1000 ? 1000 : e;
    int shift = d->units[j] - e;
    d->units[j] = e;
    d->scale[j] = shifted(d->scale[j], shift);
    d->mean_hi[j] = shifted(d->mean_hi[j], shift);
    d->mean_lo[j] = shifted(d->mean_lo[j], shift);
    d->noise[j] = shifted(16 * EPSILON * sqrt(size) * norm + data, shift);
  }
}

static int factor(design *d) {
  d->q = qr_new(d->n, d->D);
  if (!d->q) return 0;
  for (int i = 0; i < d->n; i++) {
    const double *x = row_at(d, i);
    size_t step;
    double *a = qr_row(d->q, i, &step);
    for (int j = 0; j < d->D; j++, a += step)
      *a = d->sigma[i] * ((x[j] * d->scale[j] - d->mean_hi[j]) - d->mean_lo[j]);
  }
  return qr_factor(d->q, d->noise, d->units);
}

/* ---- solve, refine, finish --------------------------------------------------------------------------------------- */

static void target_read(target *t, const design *d, const double *y, int k, int K) {
  double largest = 0, hi = 0, lo = 0;
  int constant = 1;
  for (int i = 0; i < d->n; i++) {
    t->y[i] = y[(size_t)d->row[i] * (size_t)K + (size_t)k];
    largest = fabs(t->y[i]) > largest ? fabs(t->y[i]) : largest;
    constant &= t->y[i] == t->y[0];
  }
  t->unit = exponent(largest);
  for (int i = 0; i < d->n; i++) {
    t->y[i] = shifted(t->y[i], -t->unit);
    dd_accumulate(&hi, &lo, t->y[i], d->s[i]);
  }
  t->mean = constant ? (dd){t->y[0], 0} : dd_div(two_sum(hi, lo), d->total);
  t->centre = d->centred ? t->mean : (dd){0, 0};
  t->total = t->square = 0;
  for (int i = 0; i < d->n; i++) {
    double c = (t->y[i] - t->mean.hi) - t->mean.lo;
    t->total += d->s[i] * (c * c);
    t->square += d->s[i] * (t->y[i] * t->y[i]);
    t->f[i] = d->sigma[i] * ((t->y[i] - t->centre.hi) - t->centre.lo);
    t->r[i] = 0;
  }
  for (int j = 0; j < d->D; j++) t->g[j] = t->z[j] = 0;
}

/* centre - mean · (z + low): what is left for the intercept. low (D) may be NULL. */
static dd offset(const target *t, const design *d, const double *low) {
  dd b = t->centre;
  for (int j = 0; j < d->D; j++)
    b = dd_add(b, dd_mul((dd){d->mean_hi[j], d->mean_lo[j]}, (dd){-t->z[j], low ? -low[j] : 0}));
  return b;
}

/* f = (s (y - centre - Xc z) - r) / √s,   g = -Xcᵀ r;   all sums in double-double */
static void residual(target *t, design *d) {
  dd b = dd_neg(offset(t, d, NULL));
  double *restrict hi = d->work, *restrict lo = d->work + d->D;
  const double *restrict scale = d->scale, *restrict z = t->z;
  double sum_hi = 0, sum_lo = 0;
  for (int j = 0; j < d->D; j++) hi[j] = lo[j] = 0;
  for (int i = 0; i < d->n; i++) {
    const double *x = row_at(d, i);
    double r = t->r[i], rest = b.lo;
    dd e = two_sum(t->y[i], b.hi);
    rest += e.lo;
    for (int j = 0; j < d->D; j++) dd_accumulate(&e.hi, &rest, x[j] * scale[j], -z[j]);
    e = dd_add(dd_mul(two_sum(e.hi, rest), (dd){d->s[i], 0}), (dd){-r, 0});
    t->f[i] = e.hi / d->sigma[i];
    for (int j = 0; j < d->D; j++) dd_accumulate(&hi[j], &lo[j], x[j] * scale[j], r);
    dd_accumulate(&sum_hi, &sum_lo, r, 1);
  }
  dd sum = two_sum(sum_hi, sum_lo);
  for (int j = 0; j < d->D; j++)
    t->g[j] = dd_add(dd_mul((dd){d->mean_hi[j], d->mean_lo[j]}, sum), dd_neg(two_sum(hi[j], lo[j]))).hi;
}

static double greatest(const double *a, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = fabs(a[i]) > most ? fabs(a[i]) : most;
  return most;
}

/* Solves, then refines solution and residual together. Corrections shrink by a constant factor: when the next one,
 * change² / last, would be far below the solution's last bit, or this one already is about there, it was the last. One that
 * is larger and yet not half of the one before is no improvement and is not made. */
static void solve(target *t, design *d) {
  double size = 0, last = INFINITY;
  for (int step = 0; step <= REFINEMENTS; step++) {
    if (step) residual(t, d);
    qr_solve(d->q, t->dz, t->f, t->g);
    double change = greatest(t->dz, d->D);
    if (!step) size = change;
    int least = change <= 4 * EPSILON * size;
    if (!least && !(change <= last / 2)) {
      memset(t->dz, 0, (size_t)d->D * sizeof(double));
      break;
    }
    for (int j = 0; j < d->D; j++) {
      dd z = two_sum(t->z[j], t->dz[j]);
      t->z[j] = z.hi;
      t->dz[j] = z.lo;
    }
    for (int i = 0; i < d->n; i++) t->r[i] += d->sigma[i] * t->f[i];
    if (step && (least || change * change <= 0x1p-64 * size * last)) break;
    last = change;
  }
}

static void finish(double *coef, double *intercept, wf_linear_result *result, const target *t, const design *d, int K) {
  for (int j = 0; j < d->D; j++) coef[j] = shifted(t->z[j], t->unit - d->units[j]);
  *intercept = shifted(offset(t, d, t->dz).hi, t->unit);
  double error = 0;
  for (int i = 0; i < d->n; i++) error += (t->r[i] / d->sigma[i]) * (t->r[i] / d->sigma[i]);
  result->loss += shifted(error / d->total.hi, 2 * t->unit) / K;
  int exact = error <= 256 * EPSILON * EPSILON * t->square;
  result->r2 += (t->total > 0 ? 1 - error / t->total : exact) / K;
}

int wf_linear_fit(double *coef, double *intercept, wf_linear_result *result, const double *x, const double *y,
                  const double *weight, int rows, int features, int outputs, int fit_intercept) {
  design d;
  target t;
  int done = design_new(&d, x, rows, features, fit_intercept != 0) & target_new(&t, rows, features);
  *result = (wf_linear_result){0, 0, 0};
  memset(coef, 0, (size_t)outputs * (size_t)features * sizeof(double));
  memset(intercept, 0, (size_t)outputs * sizeof(double));
  if (done) select_rows(&d, weight, rows);
  if (done && d.n > 0) {
    scale_columns(&d);
    centre_columns(&d);
    measure_columns(&d);
    done = factor(&d);
    if (done) result->rank = d.q->rank;
    for (int k = 0; done && k < outputs; k++) {
      target_read(&t, &d, y, k, outputs);
      solve(&t, &d);
      finish(coef + (size_t)k * (size_t)features, &intercept[k], result, &t, &d, outputs);
    }
  }
  target_free(&t);
  design_free(&d);
  return done;
}
