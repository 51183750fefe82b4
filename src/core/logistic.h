/* logistic.h: a logistic fit: its columns, its point, its passes over the rows · in: ../wasmfit.h · out: logistic_* · next: logistic_new.c
 *
 * Unknowns theta (K,P): theta_j = w_j / scale_j and, at D, the intercept for rows at the columns' centres; P = D + 1 rounded up to
 * a multiple of 4. A row is read as (x · scale - shift, 1, 0, ...), scale a power of two. All sums are divided by Σ s. */
#ifndef WF_LOGISTIC_H
#define WF_LOGISTIC_H

#include "../kernels/f64x2.h"
#include "../wasmfit.h"
#include "lbfgs.h"

enum { LOGISTIC_ROWS = 64 }; /* in a block at most */

typedef struct tally {
  double wrong, far; /* Σ s of the rows predicted wrong; largest margin of any row, right or wrong */
  int apart;         /* 1: every row is on its right side */
} tally;

struct wf_logistic {
  const void *x;              /* (N,D), as labels (N) and weight (N) or NULL the caller's */
  int single;                 /* x: 1 floats, 0 doubles */
  const int32_t *labels;
  const double *weight;
  int every;                  /* 1; above: of so many rows one stands for all, without weights */
  int N, D, K, P, n;          /* n = K P */
  int Q;                      /* K, rounded up to even if above 1: step of the outputs of a row */
  int R;                      /* rows of a block */
  int intercept, solver;      /* solver: wf_solver */
  int free;                   /* 1: no penalty */
  int unit;                   /* weights are in units of 2^unit */
  double weight_scale, total; /* 2^-unit; Σ s in those units */
  /* columns */
  double *shift, *scale;      /* (P) */
  double *l1, *l2;            /* (P) penalty: Σ l1 |theta| + l2 theta²/2 */
  double *reach, *spread;     /* (P) largest size and root mean square of the column */
  wf_real *rough;             /* (6,V) D rounded up to fours: scratch of passes in f32; NULL: there are none */
  double *share;              /* (max(K, 2)) Σ s of each class over Σ s */
  /* a block */
  double *block, *weighted;   /* (R/4,P/2,4,2) rows by fours, pairs of columns; the same, each row times a number */
  double *s, *curve;          /* (R) weights; second derivative of the loss, or any other number a row */
  double *z, *residual;       /* (R,Q) margins, for K > 1 then probabilities, else e^-|margin|; s (p - t) */
  int32_t *label;             /* (R) */
  double *sign;               /* (R) 2 label - 1 */
  /* the point */
  double *theta, *gradient;   /* (n) gradient: of the smooth part */
  double *step, *work, *goal; /* (n) the last step; scratch; where proximal Newton is heading */
  double *information;        /* (P,P) for wf_logistic_expect: second derivatives of the loss at the point, if informed */
  int expected, informed;
  double *matrix;             /* (m,m) second derivatives, or a metric in their place, factored but for proximal Newton */
  int m;                      /* n; P: one metric for every class; 0: no matrix but the squares of spread */
  double *face, *change;      /* (faces,faces), (faces) of proximal Newton: the part of the matrix for unknowns that are not 0 */
  int *active, faces;         /* (faces) those */
  int raised;                 /* of the factor: columns that depend on others */
  lbfgs *descent;             /* NULL for proximal Newton */
  double value, loss;         /* objective and its loss */
  double measure, best;       /* largest gradient, see wf_logistic_result; least so far */
  double gain;                /* by which the last step should have lowered the objective */
  tally tally;                /* of the rows at the point */
  int ready, waits, stalled;  /* stalled: the objective gets no lower in f64 */
  double iterations;
};

/* The smooth part of the objective at theta and its gradient (n); sets loss and tally. metric (P,P), may be NULL: second
 * derivatives of the loss, for K > 1 such as fit every class about as well. */
double logistic_pass(wf_logistic *l, double *gradient, double *metric, const double *theta);

/* The same about right, without tally but for far: binary, without weights, rows of floats, |shift| at most some times spread. */
double logistic_rough(wf_logistic *l, double *gradient, const double *theta);

/* A value of x, by its place. */
static inline double logistic_value(const wf_logistic *l, size_t at) {
  return l->single ? ((const float *)l->x)[at] : ((const double *)l->x)[at];
}

/* Second derivatives of the loss, (n,n) symmetric. */
void logistic_curvature(wf_logistic *l, double *matrix, const double *theta);

/* The next rows of positive weight from *row on, into block, s, label, filled up to a multiple of 8 (of weight 0); z (R,Q) for theta (n). Returns how many. */
int logistic_pack(wf_logistic *l, int *row, const double *theta);

/* Of the rows that count: least and greatest value, mean, mean square (P) of each column. */
void logistic_survey(wf_logistic *l, double *low, double *high, double *mean, double *square);

/* One step of proximal Newton from theta, value, gradient. Returns 0: none lowers the objective in f64. */
int logistic_proximal(wf_logistic *l);

/* Where there is no penalty and the gradient is small: */
typedef enum logistic_optimum {
  OPTIMUM_HERE, OPTIMUM_FURTHER, /* further: the next step would still move a margin by more than a half */
  OPTIMUM_NOWHERE                /* there is a direction in which no row's margin shrinks and one grows without end */
} logistic_optimum;
logistic_optimum logistic_where(wf_logistic *l);

/* Columns depend on others, no penalty: theta becomes the one of least ‖w‖ with the same margins. */
void logistic_shorten(wf_logistic *l);

/* theta → coef (K,D), intercept (K) */
void logistic_export(double *coef, double *intercept, const wf_logistic *l);

#endif
