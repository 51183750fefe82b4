/* vmath64.c: exponential and logarithm over arrays of doubles · in: numbers · out: the same places · next: ../core/loss.c
 *
 * Apart from those who need them, so that their code, which is long, is there once. */
#include "vmath64.h"

void wf_exp_all(double *x, int n) {
  for (int i = 0; i < n; i += 2) f64x2_store(x + i, f64x2_exp(f64x2_load(x + i)));
}

void wf_log_all(double *x, int n) {
  for (int i = 0; i < n; i += 2) f64x2_store(x + i, f64x2_log(f64x2_load(x + i)));
}

void wf_log1p_all(double *x, int n) {
  for (int i = 0; i < n; i += 2) f64x2_store(x + i, f64x2_log1p(f64x2_load(x + i)));
}
