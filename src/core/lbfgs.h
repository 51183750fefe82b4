/* lbfgs.h: minimum of a smooth function by limited-memory BFGS · in: values, gradients · out: lbfgs_* · next: logistic.h
 *
 * aim, then evaluate at `trial` and tell, until that is no longer LBFGS_AGAIN; then the next aim. Between two calls all is in the
 * struct, so that a fit can rest anywhere. */
#ifndef WF_LBFGS_H
#define WF_LBFGS_H

#include <stdint.h>

#include "search.h"

typedef enum lbfgs_state {
  LBFGS_AGAIN, /* evaluate at the new trial */
  LBFGS_STEP,  /* the trial has become the point */
  LBFGS_FAILED /* the direction leads nowhere in f64; the point stays */
} lbfgs_state;

/* v (n) = M⁻¹ v in place, M symmetric, positive definite, near the Hessian at the point; it may change from point to point. */
typedef void lbfgs_precondition(double *v, void *context);

typedef struct lbfgs {
  int n, pairs;
  int stored, newest; /* pairs */
  int started, spare; /* spare: no hidden bytes among the numbers */
  search search;
  double value;       /* at the point */
  double *point;      /* (n); from here on arrays */
  double *gradient;   /* (n) at the point */
  double *trial;      /* (n) where to evaluate next */
  double *direction;  /* (n) */
  double *scratch;    /* (n) */
  double *s, *y;      /* (pairs, n) steps, and the gradient's changes over them */
  double *curvature;  /* (pairs) sᵀ y */
  double *part;       /* (pairs) scratch of the recursion */
} lbfgs;

/* pairs 0: the preconditioner alone gives the direction, which with the Hessian at each point is Newton's method.
 * The first trial is start (n), to be told before the first aim. NULL: out of memory. */
lbfgs *lbfgs_new(const double *start, int n, int pairs);
void lbfgs_free(lbfgs *l); /* NULL is fine */
/* The same in memory of the caller: zeros, so many doubles, which hold all arrays one after the other. */
uint64_t lbfgs_doubles(int n, int pairs);
void lbfgs_begin(lbfgs *l, double *memory, const double *start, int n, int pairs);

/* Direction and first trial from the point; precondition NULL: M is the identity. 0: no direction goes down.
 * Source: Liu, Nocedal 1989, "On the limited memory BFGS method for large scale optimization", Math. Programming 45. */
int lbfgs_aim(lbfgs *l, lbfgs_precondition *precondition, void *context);

/* First trial along a direction that the caller has written, whose slope is below 0. */
void lbfgs_search(lbfgs *l, double slope, double step);

/* value, gradient (n) at the trial */
lbfgs_state lbfgs_tell(lbfgs *l, double value, const double *gradient);

/* The next direction is the preconditioner's alone. */
void lbfgs_forget(lbfgs *l);

#endif
