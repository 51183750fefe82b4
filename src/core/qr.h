/* qr.h: least squares of one matrix by Householder QR · in: columns of like size, right-hand sides · out: qr_* · next: fold.c
 *
 * (A, Y) (N, P+K) → Q (R, C) in two stages; Q is never kept. Body: blocks of rows are folded one after the other into a triangle,
 * without pivoting, each in cache; memory is (P+K)². Head: that triangle (or the rows themselves when there are few) is factored with
 * column pivoting, which gives the rank. A rank below P gets a third stage: the dependent columns are shared out so that the solution
 * has least norm. The first column of A may be the intercept's: it comes first and takes no part in norm or pivoting. */
#ifndef WF_QR_H
#define WF_QR_H

#include <stddef.h>

typedef struct qr {
  int centred;         /* 1: column 0 is the intercept's */
  int pivots, cols;    /* P columns of A; C = P + K with the right-hand sides */
  int block_step;      /* distance of the block's columns, even */
  int rows, step;      /* M rows of the head; distance of its columns, even */
  int rank;            /* columns of R, with the intercept's */
  double *block;       /* (block_step, C+1) column-major, the last column zero; without folding it is the head itself */
  double *head;        /* (step, C+1) column-major, the last column zero */
  double *rest;        /* (K) squares of the right-hand sides that folding left below the triangle */
  int *pivot;          /* (P) column of A at each place of R */
  double *norm;        /* (P) of the remaining columns; scratch of a solution */
  double *span;        /* rank < P: (P - rank, rank - centred) column-major, Householder vectors of the shares */
  double *span_top;    /* (rank - centred)² column-major, upper triangle */
  double *span_tau;    /* (rank - centred) */
  int *span_shift;     /* (rank - centred) power of two that each constraint was scaled by */
  const int *units;    /* (P) A's column j is the caller's column times 2^-units[j]; borrowed */
} qr;

/* rows: how many will come at most; fewer than about twice the columns are kept as they are. NULL: out of memory. */
qr *qr_new(int rows, int features, int sides, int centred);
void qr_free(qr *q); /* NULL is fine */

/* Rows of a block: fewer are much work for little, more leave the fast caches. Eights, but not near a power of two, whose columns would
 * crowd them. */
enum { QR_ROWS = 168 };

/* Takes the first n rows of the block, 1..QR_ROWS, at qr_column; the row behind an odd number is zero. Blocks but the last are even. */
void qr_fold(qr *q, int n);

/* After the last block: splits off the intercept's part. mean (P): r0j / r00. norm (P): of what is left of each column. */
void qr_centre(qr *q, double *mean, double *norm);

/* Column j of A times 2^e, from now on. keep 0: the column is zero. */
void qr_scale(qr *q, int j, int e, int keep);

/* A remaining column whose norm is not above noise[j] (P) counts as a combination of the pivots. Returns 0: out of memory. */
int qr_factor(qr *q, const double *noise, const int *units);

/* h (rank) = the k-th right-hand side in Q's first columns; returns the squares of what is left of it. */
double qr_side(const qr *q, double *h, int k);
/* h (rank) = R⁻ᵀ g for g (P) at the columns of A; with h = R⁻ᵀ Aᵀ r, R x = h is least squares too. */
void qr_project(const qr *q, double *h, const double *g);
/* theta (P) of R theta = h (rank of P; overwritten). Rank below P: theta · 2^-units has least norm, the intercept aside; basic: the
 * dependent columns have 0. */
void qr_solve(const qr *q, double *theta, double *h, int basic);

/* Share of pivot i in the dependent column at place rank + j. */
double qr_share(const qr *q, int i, int j);

/* Where the next rows' column j belongs. */
static inline double *qr_column(const qr *q, int j) {
  return q->block + (size_t)j * (size_t)q->block_step + (q->head == q->block ? q->rows : 0);
}
static inline double *qr_head(const qr *q, int j) { return q->head + (size_t)j * (size_t)q->step; }

/* ---- fold.c ------------------------------------------------------------------------------------------------------- */

/* a · b of n numbers; the order of summation is fixed. */
double qr_dot(const double *a, const double *b, int n);
void qr_subtract(double *a, double w, const double *b, int n); /* a -= w b */
/* H = I - tau (1; v)(1; v)ᵀ with H (top; v) = (beta; 0): top becomes beta, v the vector. Returns tau; 0: nothing to do. */
double qr_reflector(double *top, double *v, int n);
/* (top; rest) = H (top; rest) */
void qr_reflect(double *top, double *rest, double tau, const double *v, int n);
/* QR of (head; block): the first P of C columns of a triangle and of n rows; both as in struct qr. n is even. */
void qr_fold_block(double *head, int step, double *block, int block_step, int n, int pivots, int cols);

#endif
