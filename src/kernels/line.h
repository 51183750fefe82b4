/* line.h: squared loss and gradient of a line or plane, y = x w + b, in one pass over the rows · in: rows, weights · out: sums, gradient
 * next: line.c
 *
 * For one output and few features the tiles of matmul.h would compute seven columns of padding. Here four rows are four lanes. */
#ifndef WF_LINE_H
#define WF_LINE_H

#include "f32x4.h"

enum { WF_LINE_FEATURES = 16 }; /* at most */

typedef struct wf_line_sums { double square, absolute; } wf_line_sums; /* Σ e², Σ |e|, e = ŷ - y */

/* gradient (D+1) out: of scale/2 Σ e², weights then bias; y (B), x rows of D: row r is order[r], or r where order is NULL; w: weight i at
 * w[8 i]. Every sum runs in four lanes over rows r, r + 4, ...; rows beyond B add nothing. */
void wf_line_gradient(wf_line_sums *sums, wf_real *gradient, const wf_real *x, const wf_real *y, const int32_t *order, int B,
                      const wf_real *w, wf_real b, int D, wf_real scale);

#endif
