/* logistic_proximal.c: one step of proximal Newton for L1 penalties · in: logistic.h · out: theta with exact zeros · next: logistic_optimum.c
 *
 * min over t of  gᵀ(t - θ) + (t - θ)ᵀ H (t - θ)/2 + Σ l1 |t|,  then a step towards t that lowers the objective. The minimum: cyclic
 * coordinate descent finds the signs, a Cholesky solve the values for them, until both agree.
 * Source: Lee, Sun, Saunders 2014, "Proximal Newton-type methods for minimizing composite functions". */
#include <math.h>
#include <string.h>

#include "../kernels/f64x2.h"
#include "cholesky.h"
#include "logistic.h"

enum { ROUNDS = 50, SWEEPS = 10, HALVINGS = 40 };

/* goal[i] = to; slope (n) = g + H (goal - theta) follows. */
static void place(wf_logistic *l, double *slope, int i, double to) {
  const double *row = l->matrix + (size_t)i * (size_t)l->n;
  f64x2 by = f64x2_splat(to - l->goal[i]);
  for (int j = 0; j < l->n; j += 2) f64x2_store(slope + j, f64x2_madd(f64x2_load(slope + j), by, f64x2_load(row + j)));
  l->goal[i] = to;
}

/* Each unknown, or each that is not 0, to its best place in turn. Returns how far a subgradient was from 0 at most. */
static double sweep(wf_logistic *l, double *slope, int all) {
  double most = 0;
  for (int i = 0; i < l->n; i++) {
    double curve = l->matrix[(size_t)i * ((size_t)l->n + 1)], from = l->goal[i];
    if (!(curve > 0) || (!all && from == 0)) continue;
    double best = from - slope[i] / curve, bound = l->l1[i % l->P] / curve;
    double to = best > bound ? best - bound : best < -bound ? best + bound : 0;
    if (to == from) continue;
    most = fmax(most, fabs(to - from) * curve);
    place(l, slope, i, to);
  }
  return most;
}

/* The unknowns that are not 0 go to the minimum for their signs, or as far as the first of them becomes 0. Returns 1: one did. */
static int solve_signs(wf_logistic *l, double *slope) {
  int count = 0, first = -1, *list = l->active;
  for (int i = 0; i < l->n; i++)
    if (l->goal[i] != 0 && count++ < l->faces) list[count - 1] = i;
  if (count > l->faces) return 0;
  double *step = l->change, part = 1;
  for (int a = 0; a < count; a++) {
    const double *row = l->matrix + (size_t)list[a] * (size_t)l->n;
    double l1 = l->l1[list[a] % l->P];
    step[a] = -(slope[list[a]] + (l->goal[list[a]] > 0 ? l1 : -l1));
    for (int b = 0; b <= a; b++) l->face[(size_t)a * (size_t)count + (size_t)b] = row[list[b]];
  }
  cholesky_factor(l->face, count);
  cholesky_solve(step, l->face, count);
  for (int a = 0; a < count; a++) {
    double from = l->goal[list[a]];
    if (l->l1[list[a] % l->P] > 0 && (from + part * step[a]) * from <= 0) {
      part = -from / step[a];
      first = a;
    }
  }
  for (int a = 0; a < count; a++) place(l, slope, list[a], a == first ? 0 : l->goal[list[a]] + part * step[a]);
  return first >= 0;
}

static void solve(wf_logistic *l, double *slope, double tolerance) {
  for (int round = 0; round < ROUNDS && sweep(l, slope, 1) > tolerance; round++) {
    for (int i = 0; i < SWEEPS && sweep(l, slope, 0) > tolerance;) i++;
    for (int i = 0; i < l->n && solve_signs(l, slope);) i++;
  }
}

/* Change of the model's linear part and of the penalty on the way to goal, each unknown's in a form that does not cancel. */
static double change_of(const wf_logistic *l) {
  double sum = 0;
  for (int i = 0; i < l->n; i++) {
    double g = l->gradient[i], l1 = l->l1[i % l->P], from = l->theta[i], to = l->goal[i];
    double sign = from > 0 || to > 0 ? 1 : -1;
    sum += from * to >= 0 ? (g + l1 * sign) * (to - from) : g * (to - from) + l1 * (fabs(to) - fabs(from));
  }
  return sum;
}

static double absolute(const wf_logistic *l, const double *theta) {
  double sum = 0;
  for (int i = 0; i < l->n; i++) sum += l->l1[i % l->P] * fabs(theta[i]);
  return sum;
}

/* Distance of the subgradient from 0 in the scaled columns, which the quadratic is to be solved well below. */
static double distance(const wf_logistic *l) {
  double most = 0;
  for (int i = 0; i < l->n; i++) {
    double g = l->gradient[i], l1 = l->l1[i % l->P], t = l->theta[i];
    double d = t != 0 ? fabs(g + (t > 0 ? l1 : -l1)) : fabs(g) - l1;
    most = d > most ? d : most;
  }
  return most;
}

int logistic_proximal(wf_logistic *l) {
  size_t n = (size_t)l->n, bytes = n * sizeof(double);
  double *slope = l->work, from = distance(l);
  logistic_curvature(l, l->matrix, l->theta);
  for (size_t i = 0; i < n; i++) l->matrix[i * (n + 1)] += l->l2[i % (size_t)l->P];
  memcpy(l->goal, l->theta, bytes);
  memcpy(l->step, l->theta, bytes);
  memcpy(slope, l->gradient, bytes);
  solve(l, slope, from * fmin(from, 0.1) + 0x1p-57);
  l->gain = -change_of(l);
  double noise = 0x1p-48 * fabs(l->value), value = l->value, size = 1;
  int lower = 0;
  for (int tries = 0; l->gain > 0 && !lower && tries < HALVINGS; tries++, size /= 2) {
    for (int i = 0; i < l->n; i++) l->theta[i] = tries ? l->step[i] + size * (l->goal[i] - l->step[i]) : l->goal[i];
    value = logistic_pass(l, l->gradient, NULL, l->theta) + absolute(l, l->theta);
    lower = value <= l->value - 1e-4 * size * l->gain + noise;
  }
  if (!lower) {
    memcpy(l->theta, l->step, bytes);
    value = logistic_pass(l, l->gradient, NULL, l->theta) + absolute(l, l->theta);
  }
  for (int i = 0; i < l->n; i++) l->step[i] = l->theta[i] - l->step[i];
  l->value = value;
  return lower;
}
