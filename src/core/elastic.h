/* elastic.h: the state of one elastic net · in: a prepared design · out: what sweeps and polish share · next: elastic.c
 *
 * In units, with X and y centred and each row times √s:   min ½‖y - X w‖² + l1 ‖w‖₁ + ½ l2 ‖w‖²
 * r = y - X w, g = Xᵀ r. With covariances (no more columns than rows) g is kept current and r is not; without, r is, and g is that of
 * the last look at all columns. */
#ifndef WF_ELASTIC_H
#define WF_ELASTIC_H

#include "../wasmfit.h"
#include "centred.h"

struct wf_elastic {
  int D, covariance;
  int n, d;             /* rows and features, padded */
  double ratio, total;  /* total: Σ s */
  sample s;
  columns mx, my;       /* units and means of X and y; their values are not used any more */
  double *x;            /* (D,n) column-major */
  double *y, *r;        /* (n) */
  double *square;       /* (D) ‖x_j‖² */
  double *c;            /* (d) Xᵀ y */
  double *w, *g;        /* (d) */
  double *gram;         /* (D,d) Xᵀ X, rows where known; NULL without covariances */
  char *known;          /* (D) */
  double yy;            /* ‖y‖² */

  double alpha, tolerance; /* alpha below 0: none yet */
  double l1, l2;
  int *list, count;     /* (D) candidates: columns that sweeps visit */
  char *listed;         /* (D) */
  int sweeps;           /* since alpha was set */
  int same, patience;   /* sweeps without a change of sign; as many call for a polish */
  int only_active;      /* sweeps pass over zeros */
  double settle;        /* change² of a sweep that calls for a look at the gap */
  double rr, ry, norm1, norm2, gap; /* at the last look; norm2 squared */
  int converged;

  int *active;          /* (D) scratch of a polish, as are the next */
  double *step, *q, *direction; /* (D) */
  double *image, *shadow;       /* (d) H direction; (n) X direction */
};

/* Solves for the coefficients that are not zero, their signs given; one whose sign would change becomes 0, and it starts again.
 * Returns how many became 0. */
int elastic_polish(wf_elastic *e);

#endif
