/* search.h: a step along a direction that lowers a function enough and no more · in: values, slopes · out: search_* · next: lbfgs.h
 *
 * Strong Wolfe conditions, found by bracketing and cubic interpolation. The caller evaluates: start, then evaluate at `step` and
 * tell the result until it is no longer SEARCH_AGAIN. */
#ifndef WF_SEARCH_H
#define WF_SEARCH_H

typedef enum search_state { SEARCH_AGAIN, SEARCH_DONE, SEARCH_FAILED } search_state;

typedef struct search_point { double step, value, slope; } search_point;

typedef struct search {
  double curvature;         /* set by the caller: share of the slope that may be left; 0.9 for Newton's steps and their kin */
  double noise;             /* set by the caller: of a value; differences below are rounding, and slopes decide alone */
  double step;              /* to evaluate next */
  search_point start;       /* step 0 */
  search_point low, high;   /* lowest value so far, and the other end of the bracket */
  int bracketed, tries;
} search;

/* slope < 0 at step 0; step: the first to try */
void search_start(search *s, double value, double slope, double step);

/* value and slope at s->step. DONE:  value <= start + 1e-4 · step · slope(0), up to rounding,  and |slope| <= curvature · |slope(0)|.
 * FAILED: not within 24 steps. A value or slope that is not finite counts as too high.
 * Source: Nocedal, Wright 2006, "Numerical Optimization", algorithms 3.5 and 3.6. */
search_state search_next(search *s, double value, double slope);

#endif
