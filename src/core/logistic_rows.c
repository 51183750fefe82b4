/* logistic_rows.c: rows into a block, and their margins · in: rows X, f64 or f32, weights · out: block, z · next: logistic_pass.c */
#include <string.h>

#include "logistic.h"

/* Which rows of positive weight come next, from (R); their weights and labels. The last stands for those that are missing from eight. */
static int choose(wf_logistic *l, int *row, int *from) {
  int n = 0, i = *row;
  for (; i < l->N && n < l->R; i++) {
    double s = l->weight ? l->weight[i] * l->weight_scale : 1;
    if (!(s > 0)) continue;
    from[n] = i;
    l->s[n] = s;
    l->sign[n] = 2 * l->labels[i] - 1;
    l->label[n++] = l->labels[i];
  }
  *row = i;
  for (int r = n; n > 0 && r % 8; r++) {
    from[r] = from[n - 1];
    l->s[r] = l->label[r] = 0;
  }
  return n;
}

static inline f64x2 pair(const void *x, size_t at, int single) {
  return single ? f64x2_widen((const float *)x + at) : f64x2_load((const double *)x + at);
}

/* to (4,P) = four rows (x · scale - shift, 1 or 0, 0, ...), z (4) = these times theta, on the way. single is a constant where it is called. */
static inline void pack_four(double *to, double *z, const wf_logistic *l, const int *from, const double *theta, int single) {
  const size_t D = (size_t)l->D, P = (size_t)l->P, a = (size_t)from[0] * D, b = (size_t)from[1] * D, c = (size_t)from[2] * D, d = (size_t)from[3] * D;
  const void *x = l->x;
  double *t0 = to, *t1 = to + P, *t2 = t1 + P, *t3 = t2 + P;
  f64x2 zero = f64x2_splat(0), z0 = zero, z1 = zero, z2 = zero, z3 = zero;
  size_t j = 0;
  for (; j + 2 <= D; j += 2) {
    f64x2 scale = f64x2_load(l->scale + j), shift = f64x2_load(l->shift + j), t = f64x2_load(theta + j);
    f64x2 v0 = f64x2_sub(f64x2_mul(pair(x, a + j, single), scale), shift), v1 = f64x2_sub(f64x2_mul(pair(x, b + j, single), scale), shift);
    f64x2 v2 = f64x2_sub(f64x2_mul(pair(x, c + j, single), scale), shift), v3 = f64x2_sub(f64x2_mul(pair(x, d + j, single), scale), shift);
    f64x2_store(t0 + j, v0);
    f64x2_store(t1 + j, v1);
    f64x2_store(t2 + j, v2);
    f64x2_store(t3 + j, v3);
    z0 = f64x2_madd(z0, v0, t);
    z1 = f64x2_madd(z1, v1, t);
    z2 = f64x2_madd(z2, v2, t);
    z3 = f64x2_madd(z3, v3, t);
  }
  const size_t at[] = {a, b, c, d}, end = j;
  const double sums[] = {f64x2_sum(z0), f64x2_sum(z1), f64x2_sum(z2), f64x2_sum(z3)};
  for (int r = 0; r < 4; r++) {
    z[r] = sums[r];
    for (j = end; j < P; j++) {
      double v = j < D ? logistic_value(l, at[r] + j) * l->scale[j] - l->shift[j] : j == D ? l->intercept : 0;
      to[(size_t)r * P + j] = v;
      z[r] += v * theta[j];
    }
  }
}

/* a (4) = four rows times t; P a multiple of 4 */
static void four_dots(double *a, size_t step, const double *rows, const double *t, int P) {
  const double *r0 = rows, *r1 = r0 + P, *r2 = r1 + P, *r3 = r2 + P;
  f64x2 zero = f64x2_splat(0), s0 = zero, s1 = zero, s2 = zero, s3 = zero, u0 = zero, u1 = zero, u2 = zero, u3 = zero;
  for (int j = 0; j < P; j += 4) {
    f64x2 t0 = f64x2_load(t + j), t1 = f64x2_load(t + j + 2);
    s0 = f64x2_madd(s0, f64x2_load(r0 + j), t0);
    s1 = f64x2_madd(s1, f64x2_load(r1 + j), t0);
    s2 = f64x2_madd(s2, f64x2_load(r2 + j), t0);
    s3 = f64x2_madd(s3, f64x2_load(r3 + j), t0);
    u0 = f64x2_madd(u0, f64x2_load(r0 + j + 2), t1);
    u1 = f64x2_madd(u1, f64x2_load(r1 + j + 2), t1);
    u2 = f64x2_madd(u2, f64x2_load(r2 + j + 2), t1);
    u3 = f64x2_madd(u3, f64x2_load(r3 + j + 2), t1);
  }
  a[0] = f64x2_sum(f64x2_add(s0, u0));
  a[step] = f64x2_sum(f64x2_add(s1, u1));
  a[2 * step] = f64x2_sum(f64x2_add(s2, u2));
  a[3 * step] = f64x2_sum(f64x2_add(s3, u3));
}

int logistic_pack(wf_logistic *l, int *row, const double *theta) {
  int from[LOGISTIC_ROWS], n = choose(l, row, from);
  const size_t P = (size_t)l->P, Q = (size_t)l->Q;
  for (int r = 0; r < (n + 7) / 8 * 8; r += 4) {
    int there = n - r > 0 ? n - r : 0;
    double z[4], *to = l->block + (size_t)r * P;
    if (l->single) pack_four(to, z, l, from + r, theta, 1);
    else pack_four(to, z, l, from + r, theta, 0);
    if (there < 4) memset(to + (size_t)there * P, 0, (size_t)(4 - there) * P * sizeof(double));
    for (int i = 0; i < 4; i++) l->z[(size_t)(r + i) * Q] = i < there ? z[i] : 0;
    for (int k = 1; k < l->K; k++) four_dots(l->z + (size_t)r * Q + k, Q, to, theta + (size_t)k * P, l->P);
  }
  return n;
}
