/* search.c: line search for the strong Wolfe conditions · in: search.h · out: a step · next: lbfgs.c */
#include <math.h>

#include "search.h"

static const double DECREASE = 1e-4;
enum { TRIES = 24 };

void search_start(search *s, double value, double slope, double step) {
  s->start = s->low = (search_point){0, value, slope};
  s->high = s->start;
  s->step = step;
  s->bracketed = s->tries = 0;
}

/* Least point of the cubic through both ends, kept a tenth of the bracket away from them; the middle if an end is not finite. */
static double between(const search_point *a, const search_point *b) {
  double width = b->step - a->step, middle = a->step + width / 2;
  double d = a->slope + b->slope - 3 * (b->value - a->value) / width, square = d * d - a->slope * b->slope;
  if (!(square >= 0)) return middle;
  double root = width < 0 ? -sqrt(square) : sqrt(square);
  double part = 1 - (b->slope + root - d) / (b->slope - a->slope + 2 * root);
  return !(part == part) ? middle : a->step + width * (part < 0.1 ? 0.1 : part > 0.9 ? 0.9 : part);
}

search_state search_next(search *s, double value, double slope) {
  search_point at = {s->step, value, slope};
  double noise = s->noise * fabs(s->start.value);
  int low_enough = value <= s->start.value + DECREASE * s->step * s->start.slope + noise && isfinite(value) && isfinite(slope);
  if (low_enough && fabs(slope) <= s->curvature * -s->start.slope) return SEARCH_DONE;
  if (++s->tries >= TRIES) return SEARCH_FAILED;
  if (!low_enough || (s->low.step > 0 && value > s->low.value + noise)) {
    s->high = at;
    s->bracketed = 1;
  } else {
    double ahead = s->bracketed ? s->high.step - s->low.step : 1;
    if (slope * ahead >= 0) {
      s->high = s->low;
      s->bracketed = 1;
    }
    s->low = at;
  }
  s->step = s->bracketed ? between(&s->low, &s->high) : 4 * s->step;
  return SEARCH_AGAIN;
}
