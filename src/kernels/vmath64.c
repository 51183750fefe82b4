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

/* log(1 + x) = log(y) + what rounding y = 1 + x has dropped / y */
void wf_log1p_all(double *x, int n) {
  const f64x2 one = f64x2_splat(1);
  for (int i = 0; i < n; i += 2) {
    f64x2 a = f64x2_load(x + i), y = f64x2_add(one, a), dropped = f64x2_sub(a, f64x2_sub(y, one));
    f64x2_store(x + i, f64x2_add(f64x2_log(y), f64x2_div(dropped, y)));
  }
}
