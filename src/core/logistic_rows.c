/* logistic_rows.c: rows into a block, and their margins · in: rows X, f64 or f32, weights · out: block, z · next: logistic_pass.c */
#include <math.h>

#include "../kernels/vmath64.h"
#include "logistic.h"

/* Row i of those that are looked at: of each `every` one, without a pattern. */
static inline int row_of(const wf_logistic *l, int i) {
  return l->every > 1 ? i * l->every + (int)(((uint32_t)i * 2654435769u >> 16) % (uint32_t)l->every) : i;
}

/* Which rows of positive weight come next, from (R); their weights and labels. The last stands for those that are missing from eight. */
static int choose(wf_logistic *l, int *row, int *from) {
  const int end = l->N / l->every;
  int n = 0, i = *row;
  for (; i < end && n < l->R; i++) {
    double s = l->weight ? l->weight[i] * l->weight_scale : 1;
    if (!(s > 0)) continue;
    from[n] = row_of(l, i);
    l->s[n] = s;
    l->label[n] = l->labels[from[n]];
    l->sign[n] = 2 * l->label[n] - 1;
    n++;
  }
  *row = i;
  for (int r = n; n > 0 && r % 8; r++) {
    from[r] = from[n - 1];
    l->s[r] = 0;
    l->sign[r] = l->sign[n - 1];
    l->label[r] = l->label[n - 1];
  }
  return n;
}

static inline f64x2 pair(const void *x, size_t at, int single) {
  return single ? f64x2_widen((const float *)x + at) : f64x2_load((const double *)x + at);
}

typedef struct moments { f64x2 low, high, sum, square; } moments;

static inline void measure(moments *m, f64x2 x, f64x2 s) {
  const f64x2 sx = f64x2_mul(s, x);
  m->low = f64x2_min(m->low, x);
  m->high = f64x2_max(m->high, x);
  m->sum = f64x2_add(m->sum, sx);
  m->square = f64x2_madd(m->square, sx, x);
}

/* Two columns of the chosen rows, from place j on. */
static inline void survey_pair(const wf_logistic *l, moments *m, const int *from, int n, size_t j, int single) {
  const size_t D = (size_t)l->D;
  const double *s = l->s;
  const void *x = l->x;
  moments even = *m, odd = {m->low, m->high, f64x2_splat(0), f64x2_splat(0)};
  for (int r = 0; r < n; r += 2) {
    measure(&even, pair(x, (size_t)from[r] * D + j, single), f64x2_splat(s[r]));
    measure(&odd, pair(x, (size_t)from[r + 1] * D + j, single), f64x2_splat(s[r + 1]));
  }
  m->low = f64x2_min(even.low, odd.low);
  m->high = f64x2_max(even.high, odd.high);
  m->sum = f64x2_add(even.sum, odd.sum);
  m->square = f64x2_add(even.square, odd.square);
}

/* Both for floats and for doubles apart, as a compiler would join them to one loop that asks at every step which it is. */
static __attribute__((noinline)) void survey_floats(const wf_logistic *l, moments *m, const int *from, int n, size_t j) {
  survey_pair(l, m, from, n, j, 1);
}
static __attribute__((noinline)) void survey_doubles(const wf_logistic *l, moments *m, const int *from, int n, size_t j) {
  survey_pair(l, m, from, n, j, 0);
}

void logistic_survey(wf_logistic *l, double *low, double *high, double *mean, double *square) {
  const size_t D = (size_t)l->D;
  int from[LOGISTIC_ROWS];
  for (size_t j = 0; j < D; j++) {
    low[j] = INFINITY;
    high[j] = -INFINITY;
    mean[j] = square[j] = 0;
  }
  for (int row = 0, n; (n = choose(l, &row, from)) > 0;) {
    size_t j = 0;
    for (int r = 0; r < n; r++) l->s[r] /= l->total;
    for (; j + 2 <= D; j += 2) {
      moments m = {f64x2_load(low + j), f64x2_load(high + j), f64x2_load(mean + j), f64x2_load(square + j)};
      (l->single ? survey_floats : survey_doubles)(l, &m, from, n, j);
      f64x2_store(low + j, m.low);
      f64x2_store(high + j, m.high);
      f64x2_store(mean + j, m.sum);
      f64x2_store(square + j, m.square);
    }
    for (int r = 0; j < D && r < n; r++) {
      const double v = logistic_value(l, (size_t)from[r] * D + j);
      low[j] = fmin(low[j], v);
      high[j] = fmax(high[j], v);
      mean[j] += l->s[r] * v;
      square[j] += l->s[r] * v * v;
    }
  }
}

/* to (P/2,4,2) = four rows (x · scale - shift, 1 or 0, 0, ...), of which 1 or 0 are there; z (4) = these times theta, on the way. */
static inline void pack_four(double *to, double *z, const wf_logistic *l, const int *from, const double *theta, int single) {
  const size_t D = (size_t)l->D, size = single ? sizeof(float) : sizeof(double);
  const char *a = (const char *)l->x + (size_t)from[0] * D * size, *b = (const char *)l->x + (size_t)from[1] * D * size;
  const char *c = (const char *)l->x + (size_t)from[2] * D * size, *d = (const char *)l->x + (size_t)from[3] * D * size;
  const double *scales = l->scale, *shifts = l->shift, *last = theta + D;
  f64x2 zero = f64x2_splat(0), z0 = zero, z1 = zero, z2 = zero, z3 = zero;
  for (size_t left = D; left >= 2; left -= 2) {
    f64x2 scale = f64x2_load(scales), shift = f64x2_load(shifts), t = f64x2_load(theta);
    f64x2 v0 = f64x2_sub(f64x2_mul(pair(a, 0, single), scale), shift), v1 = f64x2_sub(f64x2_mul(pair(b, 0, single), scale), shift);
    f64x2 v2 = f64x2_sub(f64x2_mul(pair(c, 0, single), scale), shift), v3 = f64x2_sub(f64x2_mul(pair(d, 0, single), scale), shift);
    f64x2_store(to, v0);
    f64x2_store(to + 2, v1);
    f64x2_store(to + 4, v2);
    f64x2_store(to + 6, v3);
    z0 = f64x2_madd(z0, v0, t);
    z1 = f64x2_madd(z1, v1, t);
    z2 = f64x2_madd(z2, v2, t);
    z3 = f64x2_madd(z3, v3, t);
    a += 2 * size;
    b += 2 * size;
    c += 2 * size;
    d += 2 * size;
    scales += 2;
    shifts += 2;
    theta += 2;
    to += 8;
  }
  f64x2 bias = f64x2_splat(l->intercept * *last);
  f64x2_store(z, f64x2_add(f64x2_add(f64x2_first(z0, z1), f64x2_second(z0, z1)), bias));
  f64x2_store(z + 2, f64x2_add(f64x2_add(f64x2_first(z2, z3), f64x2_second(z2, z3)), bias));
  for (int i = 0; D & 1 && i < 4; i++) {
    to[2 * i] = logistic_value(l, (size_t)from[i] * D + D - 1) * *scales - *shifts;
    z[i] += to[2 * i] * *theta;
  }
}

/* z (4) = four rows times t (P) */
static void four_dots(double *z, size_t step, const double *rows, const double *t, int P) {
  f64x2 zero = f64x2_splat(0), s0 = zero, s1 = zero, s2 = zero, s3 = zero, u0 = zero, u1 = zero, u2 = zero, u3 = zero;
  for (int j = 0; j < P; j += 4, rows += 16) {
    f64x2 t0 = f64x2_load(t + j), t1 = f64x2_load(t + j + 2);
    s0 = f64x2_madd(s0, f64x2_load(rows), t0);
    s1 = f64x2_madd(s1, f64x2_load(rows + 2), t0);
    s2 = f64x2_madd(s2, f64x2_load(rows + 4), t0);
    s3 = f64x2_madd(s3, f64x2_load(rows + 6), t0);
    u0 = f64x2_madd(u0, f64x2_load(rows + 8), t1);
    u1 = f64x2_madd(u1, f64x2_load(rows + 10), t1);
    u2 = f64x2_madd(u2, f64x2_load(rows + 12), t1);
    u3 = f64x2_madd(u3, f64x2_load(rows + 14), t1);
  }
  z[0] = f64x2_sum(f64x2_add(s0, u0));
  z[step] = f64x2_sum(f64x2_add(s1, u1));
  z[2 * step] = f64x2_sum(f64x2_add(s2, u2));
  z[3 * step] = f64x2_sum(f64x2_add(s3, u3));
}

static __attribute__((noinline)) void pack_floats(double *to, double *z, const wf_logistic *l, const int *from, const double *theta) {
  pack_four(to, z, l, from, theta, 1);
}
static __attribute__((noinline)) void pack_doubles(double *to, double *z, const wf_logistic *l, const int *from, const double *theta) {
  pack_four(to, z, l, from, theta, 0);
}

int logistic_pack(wf_logistic *l, int *row, const double *theta) {
  int from[LOGISTIC_ROWS], n = choose(l, row, from);
  const size_t P = (size_t)l->P, Q = (size_t)l->Q;
  for (int r = 0; r < (n + 7) / 8 * 8; r += 4) {
    double *to = l->block + (size_t)r * P, z[4];
    (l->single ? pack_floats : pack_doubles)(to, l->K > 1 ? z : l->z + r, l, from + r, theta);
    for (int i = 0; l->K > 1 && i < 4; i++) l->z[(size_t)(r + i) * Q] = z[i];
    for (int k = 1; k < l->K; k++) four_dots(l->z + (size_t)r * Q + k, Q, to, theta + (size_t)k * P, l->P);
  }
  return n;
}
