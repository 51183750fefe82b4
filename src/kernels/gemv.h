/* gemv.h: some columns of a matrix with one vector, four at a time · in: column-major f64, a list of columns · out: gemv_* · next: ../core/elastic.h
 *
 * x (C, step) column-major; list (count) of its columns, NULL: the first count. n is a multiple of 4: what is behind the last row is
 * zero. The order of every sum is fixed; a group that is not full repeats its last column without effect. */
#ifndef WF_GEMV_H
#define WF_GEMV_H

#include "f64x2.h"

enum { GEMV_ALIGN = 4 };

static inline int gemv_padded(int n) { return (n + GEMV_ALIGN - 1) / GEMV_ALIGN * GEMV_ALIGN; }

static inline void gemv_four(int index[4], const double *column[4], const double *x, int step, const int *list, int count, int k) {
  for (int i = 0; i < 4; i++) {
    int place = k + i < count ? k + i : count - 1;
    index[i] = list ? list[place] : place;
    column[i] = x + (size_t)index[i] * (size_t)step;
  }
}

/* a · b */
static inline double gemv_dot(const double *a, const double *b, int n) {
  f64x2 s = f64x2_splat(0), t = s;
  for (int i = 0; i < n; i += 4) {
    s = f64x2_madd(s, f64x2_load(a + i), f64x2_load(b + i));
    t = f64x2_madd(t, f64x2_load(a + i + 2), f64x2_load(b + i + 2));
  }
  return f64x2_sum(f64x2_add(s, t));
}

/* out[j] = x_j · a for the columns j of the list; the bits of gemv_dot */
static inline void gemv_project(double *out, const double *x, int step, const int *list, int count, const double *a, int n) {
  for (int k = 0; k < count; k += 4) {
    int j[4];
    const double *b[4];
    f64x2 zero = f64x2_splat(0), s0 = zero, s1 = zero, s2 = zero, s3 = zero, t0 = zero, t1 = zero, t2 = zero, t3 = zero;
    gemv_four(j, b, x, step, list, count, k);
    for (int i = 0; i < n; i += 4) {
      f64x2 u = f64x2_load(a + i), v = f64x2_load(a + i + 2);
      s0 = f64x2_madd(s0, u, f64x2_load(b[0] + i));
      t0 = f64x2_madd(t0, v, f64x2_load(b[0] + i + 2));
      s1 = f64x2_madd(s1, u, f64x2_load(b[1] + i));
      t1 = f64x2_madd(t1, v, f64x2_load(b[1] + i + 2));
      s2 = f64x2_madd(s2, u, f64x2_load(b[2] + i));
      t2 = f64x2_madd(t2, v, f64x2_load(b[2] + i + 2));
      s3 = f64x2_madd(s3, u, f64x2_load(b[3] + i));
      t3 = f64x2_madd(t3, v, f64x2_load(b[3] + i + 2));
    }
    out[j[0]] = f64x2_sum(f64x2_add(s0, t0));
    out[j[1]] = f64x2_sum(f64x2_add(s1, t1));
    out[j[2]] = f64x2_sum(f64x2_add(s2, t2));
    out[j[3]] = f64x2_sum(f64x2_add(s3, t3));
  }
}

/* a -= w b */
static inline void gemv_subtract(double *a, double w, const double *b, int n) {
  f64x2 w2 = f64x2_splat(w);
  for (int i = 0; i < n; i += 4) {
    f64x2_store(a + i, f64x2_msub(f64x2_load(a + i), w2, f64x2_load(b + i)));
    f64x2_store(a + i + 2, f64x2_msub(f64x2_load(a + i + 2), w2, f64x2_load(b + i + 2)));
  }
}

/* a -= Σ w[j] x_j over the columns j of the list */
static inline void gemv_combine(double *a, const double *x, int step, const int *list, int count, const double *w, int n) {
  for (int k = 0; k < count; k += 4) {
    int j[4];
    const double *b[4];
    f64x2 f[4];
    gemv_four(j, b, x, step, list, count, k);
    for (int i = 0; i < 4; i++) f[i] = f64x2_splat(k + i < count ? w[j[i]] : 0);
    for (int i = 0; i < n; i += 2) {
      f64x2 t = f64x2_msub(f64x2_load(a + i), f[0], f64x2_load(b[0] + i));
      t = f64x2_msub(t, f[1], f64x2_load(b[1] + i));
      t = f64x2_msub(t, f[2], f64x2_load(b[2] + i));
      f64x2_store(a + i, f64x2_msub(t, f[3], f64x2_load(b[3] + i)));
    }
  }
}

#endif
