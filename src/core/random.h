/* random.h: numbers of the counter-based generator for the engine's own use · in: seed, stream, step, index · out: f64 · next: random.c */
#ifndef WF_RANDOM_H
#define WF_RANDOM_H

#include "../wasmfit.h"

double wf_random_uniform(double seed, uint32_t stream, uint32_t step, uint32_t index); /* [0, 1), 32 bits */
double wf_random_normal(double seed, uint32_t stream, uint32_t step, uint32_t index);  /* mean 0, sd 1 */
double wf_random_beta(double alpha, double seed, uint32_t stream, uint32_t step);      /* Beta(alpha, alpha), one a step */
void wf_random_shuffle(int32_t *values, double seed, uint32_t stream, uint32_t step, uint32_t n); /* values (n) in a new order */

/* For whole batches. part: the second word of the counter, so that several batches may share a step; element i is drawn by word i, noise
 * by the eight words that i lies in: the arrays have room for n rounded up to 8. mask (n): 0 with probability `rate` (to 2^-32), else
 * 1 / (1 - rate). */
void wf_random_mask(wf_real *mask, size_t n, double rate, double seed, uint32_t stream, uint32_t step, uint32_t part);
/* x (n) += sd · normal. Source: Box, Muller 1958; up to 6.7 sd. */
void wf_random_noise(wf_real *x, size_t n, double sd, double seed, uint32_t stream, uint32_t step, uint32_t part);

#endif
