/* random.h: numbers of the counter-based generator for the engine's own use · in: seed, stream, step, index · out: f64 · next: random.c */
#ifndef WF_RANDOM_H
#define WF_RANDOM_H

#include "../wasmfit.h"

double wf_random_uniform(double seed, uint32_t stream, uint32_t step, uint32_t index); /* [0, 1), 32 bits */
double wf_random_normal(double seed, uint32_t stream, uint32_t step, uint32_t index);  /* mean 0, sd 1 */

#endif
