/* fold.c: Householder QR of a block of rows beneath a triangle, two reflectors at a time · in: qr.h · out: the new triangle · next: qr.c
 *
 * H_b H_a c = c - a w_a - b w_b with w_a = tau_a (a·c), w_b = tau_b (b·c - (a·b) w_a): every remaining column is read twice and
 * written once for two reflectors, four columns side by side in registers. Columns that are missing from a pair or from a
 * group of four are the zero column behind the last, which stays zero.
 * Source: Bischof, Van Loan 1987, "The WY representation for products of Householder matrices". */
#include <math.h>

#include "../kernels/f64x2.h"
#include "qr.h"

typedef struct pair {
  const double *a, *b; /* (n) */
  double tau_a, tau_b, cross;
} pair;

double qr_dot(const double *a, const double *b, int n) {
  f64x2 s = f64x2_splat(0), t = s, u = s, v = s;
  double rest = 0;
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    s = f64x2_madd(s, f64x2_load(a + i), f64x2_load(b + i));
    t = f64x2_madd(t, f64x2_load(a + i + 2), f64x2_load(b + i + 2));
    u = f64x2_madd(u, f64x2_load(a + i + 4), f64x2_load(b + i + 4));
    v = f64x2_madd(v, f64x2_load(a + i + 6), f64x2_load(b + i + 6));
  }
  for (; i < n; i++) rest += a[i] * b[i];
  return f64x2_sum(f64x2_add(f64x2_add(s, t), f64x2_add(u, v))) + rest;
}

void qr_subtract(double *a, double w, const double *b, int n) {
  f64x2 w2 = f64x2_splat(w);
  int i = 0;
  for (; i + 2 <= n; i += 2) f64x2_store(a + i, f64x2_msub(f64x2_load(a + i), f64x2_load(b + i), w2));
  if (i < n) a[i] -= b[i] * w;
}

double qr_reflector(double *top, double *v, int n) {
  double square = qr_dot(v, v, n), alpha = *top;
  if (square == 0) return 0;
  double norm = sqrt(alpha * alpha + square);
  double beta = alpha < 0 ? norm : -norm, factor = 1 / (alpha - beta);
  int i = 0;
  for (; i + 2 <= n; i += 2) f64x2_store(v + i, f64x2_mul(f64x2_load(v + i), f64x2_splat(factor)));
  if (i < n) v[i] *= factor;
  *top = beta;
  return (beta - alpha) / beta;
}

void qr_reflect(double *top, double *rest, double tau, const double *v, int n) {
  if (tau == 0) return;
  double w = tau * (*top + qr_dot(v, rest, n));
  *top -= w;
  qr_subtract(rest, w, v, n);
}

/* w_a and w_b of one column, and its two numbers in the triangle */
static inline void turn(double *top, f64x2 *wa, f64x2 *wb, const pair *h) {
  double a = h->tau_a * (top[0] + f64x2_sum(*wa));
  double b = h->tau_b * ((top[1] + f64x2_sum(*wb)) - h->cross * a);
  top[0] -= a;
  top[1] -= b;
  *wa = f64x2_splat(a);
  *wb = f64x2_splat(b);
}

/* Columns c0..c3 of the block, and of the triangle from the pair's row on. */
static void reflect_four(double *c0, double *c1, double *c2, double *c3, double *top[4], const pair *h, int n) {
  const double *a = h->a, *b = h->b;
  f64x2 zero = f64x2_splat(0), a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
  for (int i = 0; i < n; i += 2) {
    f64x2 va = f64x2_load(a + i), vb = f64x2_load(b + i), x;
    x = f64x2_load(c0 + i);
    a0 = f64x2_madd(a0, va, x);
    b0 = f64x2_madd(b0, vb, x);
    x = f64x2_load(c1 + i);
    a1 = f64x2_madd(a1, va, x);
    b1 = f64x2_madd(b1, vb, x);
    x = f64x2_load(c2 + i);
    a2 = f64x2_madd(a2, va, x);
    b2 = f64x2_madd(b2, vb, x);
    x = f64x2_load(c3 + i);
    a3 = f64x2_madd(a3, va, x);
    b3 = f64x2_madd(b3, vb, x);
  }
  turn(top[0], &a0, &b0, h);
  turn(top[1], &a1, &b1, h);
  turn(top[2], &a2, &b2, h);
  turn(top[3], &a3, &b3, h);
  for (int i = 0; i < n; i += 2) {
    f64x2 va = f64x2_load(a + i), vb = f64x2_load(b + i);
    f64x2_store(c0 + i, f64x2_msub(f64x2_msub(f64x2_load(c0 + i), va, a0), vb, b0));
    f64x2_store(c1 + i, f64x2_msub(f64x2_msub(f64x2_load(c1 + i), va, a1), vb, b1));
    f64x2_store(c2 + i, f64x2_msub(f64x2_msub(f64x2_load(c2 + i), va, a2), vb, b2));
    f64x2_store(c3 + i, f64x2_msub(f64x2_msub(f64x2_load(c3 + i), va, a3), vb, b3));
  }
}

void qr_fold_block(double *head, int step, double *block, int block_step, int n, int pivots, int cols) {
  for (int k = 0; k < pivots; k += 2) {
    int last = k + 1 == pivots;
    double *a = block + (size_t)k * (size_t)block_step, *b = block + (size_t)(last ? cols : k + 1) * (size_t)block_step;
    double *top = head + (size_t)k * (size_t)step + (size_t)k, *next = top + step;
    pair h = {a, b, qr_reflector(top, a, n), 0, 0};
    if (!last) {
      qr_reflect(next, b, h.tau_a, a, n);
      h.tau_b = qr_reflector(next + 1, b, n);
      h.cross = qr_dot(a, b, n);
    }
    for (int j = last ? pivots : k + 2; j < cols; j += 4) {
      double *c[4], *t[4];
      for (int i = 0; i < 4; i++) {
        size_t place = (size_t)(j + i < cols ? j + i : cols);
        c[i] = block + place * (size_t)block_step;
        t[i] = head + place * (size_t)step + (size_t)k;
      }
      reflect_four(c[0], c[1], c[2], c[3], t, &h, n);
    }
  }
}
