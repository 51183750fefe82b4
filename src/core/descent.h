/* descent.h: minimum of any smooth function by L-BFGS, conjugate gradients or Newton-CG · in: values, gradients · out: descent_*
 * next: descent.c, full_batch.h, minimize.h
 *
 * How to use it. The caller evaluates, so that a fit can rest between any two evaluations:
 *   descent d = {0};
 *   descent_layout(&d, arena, &options);            twice, as every layout; or descent_doubles and memory of one's own
 *   descent_begin(&d, start);
 *   do state = descent_tell(&d, value, gradient);   both at d.line.trial (n)
 *   while (state == DESCENT_AGAIN || state == DESCENT_STEP);
 * After DESCENT_STEP and DESCENT_CONVERGED an iteration is complete: d.line.point (n), d.line.value, d.line.gradient (n) are those of
 * the trial that was told. Nothing is allocated on the way. A checkpoint is descent_save between any two calls. */
#ifndef WF_DESCENT_H
#define WF_DESCENT_H

#include "arena.h"
#include "lbfgs.h"

typedef enum descent_kind { DESCENT_LBFGS, DESCENT_CONJUGATE_GRADIENT, DESCENT_NEWTON_CG } descent_kind;

typedef enum descent_state {
  DESCENT_AGAIN,     /* evaluate at the new trial */
  DESCENT_STEP,      /* the same; and an iteration is complete */
  DESCENT_CONVERGED, /* the point meets a tolerance */
  DESCENT_FAILED     /* not even the steepest descent finds a lower value; or the start is not finite. The point stays. */
} descent_state;

/* Converged: greatest |gradient| <= tolerance, or value before - value <= loss_tolerance · max(|value before|, |value|, 1) over an
 * iteration; loss_tolerance 0: the gradient alone judges. Source of both: SciPy's L-BFGS-B, which scikit-learn calls. */
typedef struct descent_options {
  descent_kind kind;
  int n, pairs;     /* pairs: of L-BFGS, its memory */
  double tolerance, loss_tolerance;
  double noise;     /* relative error of a value: 2⁻⁴⁰ for functions in f64, 2⁻²⁰ for f64 sums of f32 rows */
  double reach;     /* Newton-CG: step of the differences of gradients, of 1 + ‖x‖: 2⁻¹⁷ in f64, 2⁻⁸ in f32, the cube root of the error */
} descent_options;

typedef struct descent {
  descent_options options;
  lbfgs line;            /* point, trial, direction, line search */
  struct descent_now {
    int phase;           /* of a product of the Hessian and a vector, or 0: the trial is one of the line search */
    int inner;           /* products done for this direction */
    int steepest;        /* 1: the direction is the steepest */
    int spare;           /* no hidden bytes */
    double step, slope;  /* of the last iteration */
    double rest, enough; /* Newton-CG: ‖residual‖², and the norm that ends the inner iteration */
    double reach;        /* how far the trial is from the point, in conjugates */
  } now;
  double *residual;      /* (n) Newton-CG: gradient + H direction */
  double *conjugate;     /* (n) Newton-CG */
} descent;

uint64_t descent_doubles(const descent_options *options);
void descent_layout(descent *d, arena *a, const descent_options *options);
/* memory: zeros, so many doubles; what layout does with a slice of its arena */
void descent_place(descent *d, double *memory, const descent_options *options);
void descent_begin(descent *d, const double *start); /* start (n): the first trial */

/* value, gradient (n) at d->line.trial. Values that are not finite are stepped back from, but at the start.
 * L-BFGS: Liu, Nocedal 1989. Conjugate gradients: Polak, Ribière 1969 with β >= 0 (Gilbert, Nocedal 1992). Newton-CG: Nocedal, Wright
 * 2006, algorithm 7.1, with H v = (∇f(x + h v) - ∇f(x - h v)) / 2h. All on strong Wolfe steps (search.h). */
descent_state descent_tell(descent *d, double value, const double *gradient);

/* What a descent with the same options needs to go on bit for bit. bytes NULL: only the size. */
size_t descent_save(void *bytes, const descent *d);
void descent_restore(descent *d, const void *bytes);

#endif
