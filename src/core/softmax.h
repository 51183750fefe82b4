/* softmax.h: the softmax of a row in parts that lose no digits · in: outputs · out: the greatest, terms, their sum · next: softmax.c
 *
 * e^(z - top) over 1 + rest, where top is the greatest output and rest the sum without it: so log Σ e^z = top + log(1 + rest), and 1 - p of
 * the greatest is rest / (1 + rest), without cancellation. */
#ifndef WF_SOFTMAX_H
#define WF_SOFTMAX_H

#include "../kernels/f32x4.h"

/* The greatest output and its index, the first of equals: the answer of a classifier. */
typedef struct wf_peak {
  int index;
  wf_real top;
} wf_peak;

/* Rows of K outputs, of which those up to a multiple of four may be read and written. peak makes them -infinity, terms 0. */
wf_peak wf_softmax_peak(wf_real *z, int K);
wf_real wf_softmax_terms(wf_real *z, int K, const wf_peak *peak);     /* z (K) ← e^(z - top). Returns rest. */
/* rest in f64, of up to WF_SOFTMAX_ROWS rows of outputs a stride apart, so that their exponentials overlap; never 0. */
enum { WF_SOFTMAX_ROWS = 8 };
void wf_softmax_rests(double *rests, const wf_real *z, const wf_peak *peaks, int rows, int K, int stride);

#endif
