/* linear.h: the state of a least-squares fit whose rows come in blocks · in: qr.h · out: struct wf_linear · next: linear.c
 *
 * Column j of the design in units of 2^units[j] and from an origin near its mean: x' = x · scale[j], A_ij = √s (x'_ij - centre[j]);
 * all scaling is by powers of two, which rounds nothing. theta = (b, z): y' - centre = b + Σ (x'_j - centre_j) z_j + e. */
#ifndef WF_LINEAR_H
#define WF_LINEAR_H

#include "../wasmfit.h"
#include "dd.h"
#include "qr.h"

typedef struct target {
  double first;            /* the first y: sums are taken from there */
  double sum_hi, sum_lo;   /* Σ s (y' - first') */
  double square_hi, square_lo; /* Σ s (y' - first')² */
  double error;            /* Σ s e² of the solution, but for its last correction */
  double square;           /* Σ s e² of the pass over the rows */
  double size, last;       /* greatest |z| at first; greatest correction */
  int done, basic;         /* basic: dependent columns have 0, not their share */
  double *theta, *low;     /* (P) solution theta + low; theta alone would leave residuals that weak directions magnify */
  double *z;               /* (4, V) theta without the intercept, its halves for exact products; low */
  double *g_hi, *g_lo;     /* (V) Σ s e x' */
  double e_hi, e_lo;       /* Σ s e */
} target;

struct wf_linear {
  int D, K, P, C, V;       /* P = D + 1 with intercept; C = P + K; V = D rounded up to even */
  int centred;
  int filled, started;     /* rows waiting in raw; whether a block has gone before */
  int rounds;              /* of refinement */
  int plain;               /* 1: residuals in f64 are as good as exact ones */
  int weight_unit;         /* s = weight · 2^-weight_unit, about 1 or below */
  double used;             /* rows of positive weight */
  double total_hi, total_lo; /* Σ s */
  qr *q;
  int *units;              /* (C) */
  double *scale, *centre;  /* (C) */
  double *raw;             /* (QR_ROWS, D + K) rows as they came, x then y */
  double *largest;         /* (D + K) of |value| in a block */
  double *s, *sigma;       /* (QR_ROWS) weight, and its root */
  double *mean, *norm, *noise; /* (P) */
  double *h, *g;           /* (P) */
  double *row;             /* (4, V) one row, and its halves; or four */
  target *targets;         /* (K) */
};

/* Two values from place `at` of rows in f64 or f32; one. */
static inline f64x2 linear_pair(const void *x, size_t at, int single) {
  return single ? f64x2_widen((const float *)x + at) : f64x2_load((const double *)x + at);
}
static inline double linear_value(const void *x, size_t at, int single) { return single ? ((const float *)x)[at] : ((const double *)x)[at]; }

/* Folds the rows that are waiting. */
void linear_fold(wf_linear *m);
/* m->row = one row in its units, split; x (D). */
void linear_row(wf_linear *m, const double *x);
/* z (4, V): fills in the halves of the first V. */
void linear_split(double *z, int V);
/* Σ row_j (z_j + low_j) */
dd linear_product(const double *row, const double *z, int V);
/* What the rows have in common: centre + b - Σ centre_j z_j, in units of y. */
dd linear_offset(const wf_linear *m, int k);
/* The solution that the QR gives. */
void linear_first(wf_linear *m, int k);
/* After the first solution: whether residuals must be exact. */
void linear_judge(wf_linear *m);
/* Called after every change of theta: gets ready for a pass over the rows. */
void linear_begin(wf_linear *m);

#endif
