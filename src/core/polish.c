/* polish.c: the exact solution on a known support, by conjugate gradients · in: elastic.h · out: coefficients to the last digits · next: elastic.c
 *
 * With the signs s of the active coefficients given, the optimum solves (X_Aᵀ X_A + l2) w = X_Aᵀ y - l1 s. A step to it lowers the
 * objective as long as no sign changes; at the first that would, the step ends and that coefficient is 0. The gradient is then
 * formed anew from the residuals, and a second round removes what rounding and the first round's stop left. */
#include <math.h>
#include <string.h>

#include "../kernels/gemv.h"
#include "elastic.h"

enum { ROUNDS = 3, REMOVALS = 8, DONE = 2 };
static const double FLAT = 0x1p-40;

static int gather(wf_elastic *e) {
  int m = 0;
  for (int k = 0; k < e->count; k++)
    if (e->w[e->list[k]] != 0) e->active[m++] = e->list[k];
  return m;
}

static double diagonal(const wf_elastic *e, int j) { return e->square[j] + e->l2; }

/* image = (Xᵀ X + l2) direction, on the active columns */
static void apply(wf_elastic *e, int m) {
  const int *active = e->active;
  if (e->covariance) {
    memset(e->image, 0, (size_t)e->d * sizeof(double));
    gemv_combine(e->image, e->gram, e->d, active, m, e->direction, e->d);
  } else {
    memset(e->shadow, 0, (size_t)e->n * sizeof(double));
    gemv_combine(e->shadow, e->x, e->n, active, m, e->direction, e->n);
    gemv_project(e->image, e->x, e->n, active, m, e->shadow, e->n);
  }
  for (int k = 0; k < m; k++) e->image[active[k]] = e->l2 * e->direction[active[k]] - e->image[active[k]];
}

/* step with (Xᵀ X + l2) step = q: conjugate gradients, scaled by the diagonal. Sizes are squares in that scale. They end
 * at a direction without curvature (more active columns than rows): the step so far is downhill all the same.
 * Source: Hestenes, Stiefel 1952. */
static void solve(wf_elastic *e, int m) {
  const int *active = e->active;
  double size = 0, whole = 0;
  for (int k = 0; k < m; k++) {
    int j = active[k];
    e->step[j] = 0;
    e->direction[j] = e->q[j] / diagonal(e, j);
    size += e->q[j] * e->direction[j];
    whole += diagonal(e, j) * e->w[j] * e->w[j];
  }
  double enough = 1e-20 * size > 0x1p-110 * whole ? 1e-20 * size : 0x1p-110 * whole;
  for (int i = 0; i < 4 * m + 10 && size > enough; i++) {
    double curve = 0, next = 0, length = 0;
    apply(e, m);
    for (int k = 0; k < m; k++) {
      int j = active[k];
      curve += e->direction[j] * e->image[j];
      length += diagonal(e, j) * e->direction[j] * e->direction[j];
    }
    if (!(curve > FLAT * length)) return;
    for (int k = 0; k < m; k++) {
      int j = active[k];
      e->step[j] += size / curve * e->direction[j];
      e->q[j] -= size / curve * e->image[j];
      next += e->q[j] * (e->q[j] / diagonal(e, j));
    }
    for (int k = 0; k < m; k++) e->direction[active[k]] = e->q[active[k]] / diagonal(e, active[k]) + next / size * e->direction[active[k]];
    size = next;
  }
}

/* w += share · step up to the first change of sign (any is fine where l1 is 0). Returns its share of the whole step. */
static double move(wf_elastic *e, int m) {
  double share = 1;
  int hit = -1;
  for (int k = 0; k < m; k++) {
    int j = e->active[k];
    double w = e->w[j], to = w + e->step[j], reach = -w / e->step[j];
    if (e->l1 == 0 || (w > 0 ? to > 0 : to < 0) || (hit >= 0 && reach >= share)) continue;
    share = reach;
    hit = j;
  }
  for (int k = 0; k < m; k++) {
    int j = e->active[k];
    double to = j == hit ? 0 : e->w[j] + share * e->step[j];
    e->step[j] = to - e->w[j];
    e->w[j] = to;
  }
  if (hit >= 0) e->same = 0;
  return hit < 0 ? 1 : share;
}

/* Residual and, with covariances, every gradient from the data themselves. */
static void refresh(wf_elastic *e, int m) {
  memcpy(e->r, e->y, (size_t)e->n * sizeof(double));
  gemv_combine(e->r, e->x, e->n, e->active, m, e->w, e->n);
  if (e->covariance) gemv_project(e->g, e->x, e->n, NULL, e->D, e->r, e->n);
}

/* One step; the first forms the gradient anew. Returns the share of it that was made, DONE when it changed nothing any more. */
static double round_of(wf_elastic *e, int m, int first) {
  double change = 0, most = 0;
  if (!e->covariance) gemv_project(e->g, e->x, e->n, e->active, m, e->r, e->n);
  for (int k = 0; k < m; k++) {
    int j = e->active[k];
    e->q[j] = e->g[j] - (e->w[j] > 0 ? e->l1 : -e->l1) - e->l2 * e->w[j];
  }
  solve(e, m);
  double share = move(e, m);
  for (int k = 0; k < m; k++) {
    int j = e->active[k];
    double moved = e->step[j] * e->step[j] * e->square[j], size = e->w[j] * e->w[j] * e->square[j];
    change = moved > change ? moved : change;
    most = size > most ? size : most;
  }
  if (first) refresh(e, m);
  else if (e->covariance) gemv_combine(e->g, e->gram, e->d, e->active, m, e->step, e->d);
  else gemv_combine(e->r, e->x, e->n, e->active, m, e->step, e->n);
  return share == 1 && !first && change <= 0x1p-102 * most ? DONE : share;
}

int elastic_polish(wf_elastic *e) {
  int removed = 0;
  for (int round = 0; round < ROUNDS && removed < REMOVALS; round++) {
    int m = gather(e);
    double share = m > 0 ? round_of(e, m, round == 0) : DONE;
    if (share == DONE) break;
    if (share == 1) continue;
    removed++;
    round = -1;
  }
  return removed;
}
