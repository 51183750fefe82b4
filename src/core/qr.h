/* qr.h: least squares of one matrix by Householder QR, and its augmented system · in: columns of norm about 1 · out: qr_* · next: qr.c
 *
 * A (N,D) → Q R Pᵀ in two stages. Body: blocks of rows are folded one after the other into a (D,D) triangle, without pivoting,
 * each in cache. Head: that triangle (or A itself when it is not tall) is factored with column pivoting and gives the rank.
 * A rank below D gets a third stage: the dependent columns are shared out so that the solution has least norm. */
#ifndef WF_QR_H
#define WF_QR_H

#include <stddef.h>

typedef struct qr {
  int rows, cols;      /* N, D */
  int block_rows;      /* rows of a block of the body; N: the one block is the head itself */
  int head_rows;       /* M: D, or N without folding */
  int rank;
  double *body;        /* blocks, each (rows of the block, D) column-major: A, then its Householder vectors */
  double *body_tau;    /* (blocks, D) */
  double *head;        /* (M, D) column-major: R above, Householder vectors below the diagonal */
  double *head_tau;    /* (D) */
  int *pivot;          /* (D) column of A at each place of R */
  double *vector;      /* (M) scratch */
  double *column;      /* (D) scratch: norms of the remaining columns; a right-hand side */
  double *span;        /* rank < D: (D - rank, rank) column-major, Householder vectors of the shares */
  double *span_top;    /* (rank, rank) column-major, upper triangle */
  double *span_tau;    /* (rank) */
  int *span_shift;     /* (rank) power of two that each constraint was scaled by */
  const int *units;    /* (D) A's column j is the caller's column times 2^-units[j]; borrowed */
} qr;

/* NULL: out of memory. */
qr *qr_new(int rows, int cols);
void qr_free(qr *q); /* NULL is fine */

/* Factors A, which the caller has put into body by qr_row. A remaining column whose norm is not above
 * noise[j] (D) counts as a combination of the pivots. units (D) must outlive q. Returns 0: out of memory. */
int qr_factor(qr *q, const double *noise, const int *units);

/* The augmented system   r + A z = f,  Aᵀ r = g   for f (N), which becomes r, z (D) out and g (D).
 * With g = 0: least squares, r its residual. Rank below D: g counts for the pivots only, and z · 2^-units has least norm.
 * Source: Björck 1967, "Iterative refinement of linear least squares solutions I", BIT 7. */
void qr_solve(qr *q, double *z, double *f, const double *g);

/* Row i of A in body: column j is at j · step. */
static inline double *qr_row(const qr *q, int i, size_t *step) {
  int start = i / q->block_rows * q->block_rows;
  int n = q->rows - start < q->block_rows ? q->rows - start : q->block_rows;
  *step = (size_t)n;
  return q->body + (size_t)start * (size_t)q->cols + (i - start);
}

#endif
