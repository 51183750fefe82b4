/* logistic_optimum.c: what kind of optimum, its shortest form, its covariance, original units · in: logistic.h · out: numbers in the caller's units · next: distributions.c */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cholesky.h"
#include "dd.h"
#include "logistic.h"

enum { TEST_MAX = 1024 };
static const double NEAR = 0.5;  /* a step that changes no margin by more is one to an optimum */
static const double FAR = 8;     /* margins beyond may be on their way to infinity, however short the last step */

/* ---- original units ------------------------------------------------------------------------------------------------ */

void logistic_export(double *coef, double *intercept, const wf_logistic *l) {
  double mean = 0;
  for (int k = 0; k < l->K; k++) {
    const double *theta = l->theta + k * l->P;
    intercept[k] = theta[l->D];
    for (int j = 0; j < l->D; j++) {
      coef[(size_t)k * (size_t)l->D + (size_t)j] = theta[j] * l->scale[j];
      intercept[k] -= theta[j] * l->shift[j];
    }
    mean += intercept[k] / l->K;
  }
  for (int k = 0; l->K > 1 && k < l->K; k++) intercept[k] -= mean;
}

/* coef (K,D), intercept (K) → theta */
static void import(wf_logistic *l, const double *coef, const double *intercept) {
  for (int k = 0; k < l->K; k++) {
    double *theta = l->theta + k * l->P;
    theta[l->D] = intercept[k];
    for (int j = 0; j < l->D; j++) {
      theta[j] = coef[(size_t)k * (size_t)l->D + (size_t)j] / l->scale[j];
      theta[l->D] += theta[j] * l->shift[j];
    }
  }
}

/* ---- at infinity? -------------------------------------------------------------------------------------------------- */

/* A direction changes each row's margin towards each rival class: least and most of these changes, most by size. */
static void reach(wf_logistic *l, const double *direction, double *least, double *most) {
  *least = *most = 0;
  for (int row = 0, n; (n = logistic_pack(l, &row, direction)) > 0;) {
    for (int r = 0; r < n; r++) {
      const double *z = l->z + (size_t)r * (size_t)l->Q;
      for (int k = 0; k < l->K; k++) {
        double change = l->K > 1 ? z[l->label[r]] - z[k] : l->label[r] ? *z : -*z;
        *least = change < *least ? change : *least;
        *most = fabs(change) > *most ? fabs(change) : *most;
      }
    }
  }
}

/* matrix (n,n): second derivatives at the point; those of one class against the other are there already if they were expected. */
static void curvature(wf_logistic *l, double *matrix) {
  if (l->informed) memcpy(matrix, l->information, (size_t)l->P * (size_t)l->P * sizeof(double));
  else logistic_curvature(l, matrix, l->theta);
}

/* direction (n) = Newton's step from the point, if there is memory for it, and the factor (n,n) that it comes from, to be freed; else
 * the last step, and NULL. raised: how many elements the factor has raised. */
static double *aim(wf_logistic *l, double *direction, int *raised) {
  size_t n = (size_t)l->n;
  double *matrix = l->n <= TEST_MAX ? malloc(n * n * sizeof(double)) : NULL;
  memcpy(direction, matrix ? l->gradient : l->step, n * sizeof(double));
  *raised = 0;
  if (!matrix) return NULL;
  curvature(l, matrix);
  for (size_t j = 0; l->K > 1 && j < n; j++) matrix[j * n + j] *= 1 + 0x1p-30;
  *raised = cholesky_factor(matrix, l->n);
  cholesky_solve(direction, matrix, l->n);
  for (size_t i = 0; i < n; i++) direction[i] = -direction[i];
  return matrix;
}

/* No row's margin changes by more over a step. */
static double greatest_change(const wf_logistic *l, const double *step) {
  double most = 0;
  for (int k = 0; k < l->K; k++) {
    double sum = 0;
    for (int j = 0; j < l->P; j++) sum += fabs(step[k * l->P + j]) * l->reach[j];
    most = sum > most ? sum : most;
  }
  return l->K > 1 ? 2 * most : most;
}

/* Of what a direction changes: no margin shrinks, but next to the most that one grows; and that is more than rounding. */
static int endless(const wf_logistic *l, const double *direction, double least, double most) {
  return least >= -1e-9 * most && most > 1e-12 * greatest_change(l, direction);
}

/* A direction in which no margin shrinks proves that there is no finite optimum. Newton's steps turn into one, and sooner what is left of
 * them where the rows say least, which is what a second solve leaves.
 * Source: Albert, Anderson 1984, "On the existence of maximum likelihood estimates in logistic regression models", Biometrika 71. */
logistic_optimum logistic_where(wf_logistic *l) {
  double least, most = greatest_change(l, l->step);
  int raised;
  if (most > NEAR) reach(l, l->step, &least, &most);
  if (most <= NEAR && l->tally.far <= FAR) return OPTIMUM_HERE;
  double *matrix = aim(l, l->work, &raised);
  reach(l, l->work, &least, &most);
  const int near = most <= NEAR;
  int nowhere = !near && endless(l, l->work, least, most);
  if (matrix && !nowhere && (!near || raised)) {
    cholesky_solve(l->work, matrix, l->n);
    reach(l, l->work, &least, &most);
    nowhere = endless(l, l->work, least, most);
  }
  free(matrix);
  return nowhere ? OPTIMUM_NOWHERE : near ? OPTIMUM_HERE : OPTIMUM_FURTHER;
}

/* ---- dependent columns --------------------------------------------------------------------------------------------- */

void logistic_shorten(wf_logistic *l) {
  size_t N = (size_t)l->N, K = (size_t)l->K, D = (size_t)l->D;
  double *z = calloc(N * K + K * D + K + (l->single ? N * D : 0), sizeof(double)), *coef = z + N * K, *intercept = coef + K * D, *wide = intercept + K;
  wf_linear_result result = {0, 0, 0};
  if (!z) return;
  if (l->single) wf_widen(wide, l->x, N * D);
  for (int row = 0, n, at = 0; (n = logistic_pack(l, &row, l->theta)) > 0;) {
    for (int r = 0; r < n; at++) {
      if (l->weight && !(l->weight[at] * l->weight_scale > 0)) continue;
      memcpy(z + (size_t)at * K, l->z + (size_t)r++ * (size_t)l->Q, K * sizeof(double));
    }
  }
  int done = wf_linear_fit(coef, intercept, &result, l->single ? wide : l->x, z, l->weight, l->N, l->D, l->K, l->intercept);
  if (done && result.rank < l->D) {
    import(l, coef, intercept);
    l->informed = 0;
    l->value = logistic_pass(l, l->gradient, NULL, l->theta);
  }
  free(z);
}

/* ---- covariance ---------------------------------------------------------------------------------------------------- */

/* cov (P,P) of (b, w) = J C Jᵀ, C the inverse in scaled columns, factored in `matrix` (p,p):
 * w_j = scale_j theta_j,  b = uᵀ theta with u = (-shift, 1). */
static void transform(double *cov, double *column, const wf_logistic *l, const double *matrix, double sum) {
  size_t D = (size_t)l->D, bias = (size_t)l->intercept, size = D + bias;
  for (size_t i = 0; i < size; i++) {
    int first = bias && i == 0;
    size_t of = i - bias;
    memset(column, 0, (size_t)l->P * sizeof(double));
    for (size_t j = 0; first && j < D; j++) column[j] = -l->shift[j];
    column[first ? D : of] = 1;
    cholesky_solve(column, matrix, l->P);
    double scale = (first ? 1 : l->scale[of]) / sum, b = column[D];
    for (size_t j = 0; j < D; j++) {
      b -= l->shift[j] * column[j];
      cov[i * size + j + bias] = column[j] * l->scale[j] * scale;
    }
    if (bias) cov[i * size] = b * scale;
  }
}

int wf_logistic_covariance(double *cov, wf_logistic *l) {
  size_t P = (size_t)l->P;
  double *matrix = l->K == 1 ? malloc((P * P + P) * sizeof(double)) : NULL;
  if (!matrix) return 0;
  curvature(l, matrix);
  int whole = 1;
  for (size_t j = 0; j < P; j++) {
    whole &= matrix[j * P + j] > 0 || j >= (size_t)(l->D + l->intercept);
  }
  whole = whole && !cholesky_factor(matrix, l->P);
  if (whole) transform(cov, matrix + P * P, l, matrix, shifted(l->total, l->unit));
  free(matrix);
  return whole;
}
