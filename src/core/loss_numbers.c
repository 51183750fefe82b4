/* loss_numbers.c: losses of numbers, element by element · in: outputs, targets · out: values, slopes · next: loss_binary.c */
#include "../kernels/vmath64.h"
#include "loss_rows.h"

static f64x2 error_of(const wf_elements *v, int i) { return f64x2_sub(f64x2_load(v->z + i), f64x2_load(v->y + i)); }

static void set(wf_elements *v, int i, f64x2 value, f64x2 slope) {
  f64x2_store(v->value + i, value);
  f64x2_store(v->slope + i, slope);
}

/* above, at or below 0 */
static f64x2 by_sign(f64x2 e, double above, double at, double below) {
  const f64x2 zero = f64x2_splat(0);
  return f64x2_select(f64x2_lt(zero, e), f64x2_splat(above), f64x2_select(f64x2_lt(e, zero), f64x2_splat(below), f64x2_splat(at)));
}

static void mse(wf_elements *v, int n) {
  for (int i = 0; i < n; i += 2) {
    f64x2 e = error_of(v, i);
    set(v, i, f64x2_mul(e, e), f64x2_add(e, e));
  }
}

static void mae(wf_elements *v, int n) {
  for (int i = 0; i < n; i += 2) {
    f64x2 e = error_of(v, i);
    set(v, i, f64x2_abs(e), by_sign(e, 1, 0, -1));
  }
}

static void huber(wf_elements *v, int n, double delta) {
  const f64x2 limit = f64x2_splat(delta), half = f64x2_splat(0.5);
  for (int i = 0; i < n; i += 2) {
    f64x2 e = error_of(v, i), a = f64x2_abs(e), far = f64x2_mul(limit, f64x2_msub(a, half, limit));
    i64x2 is_far = f64x2_lt(limit, a);
    set(v, i, f64x2_select(is_far, far, f64x2_mul(half, f64x2_mul(e, e))), f64x2_select(is_far, by_sign(e, delta, 0, -delta), e));
  }
}

static void quantile(wf_elements *v, int n, double q) {
  for (int i = 0; i < n; i += 2) {
    f64x2 e = error_of(v, i), slope = by_sign(e, 1 - q, 0.5 - q, -q);
    set(v, i, f64x2_mul(slope, e), slope);
  }
}

/* log cosh e = |e| + log(1 + h) - log 2 and tanh |e| = (1 - h) / (1 + h), h = e^(-2|e|). Near 0 both lose their digits, and their series
 * take over: what these leave out is below 1e-14 of the whole. */
static void log_cosh(wf_elements *v, int n) {
  static const double value_series[] = {-17.0 / 2520, 1.0 / 45, -1.0 / 12, 0.5}, slope_series[] = {-17.0 / 315, 2.0 / 15, -1.0 / 3, 1};
  const f64x2 one = f64x2_splat(1);
  double h[WF_ELEMENTS], log_h[WF_ELEMENTS];
  for (int i = 0; i < n; i += 2) f64x2_store(h + i, f64x2_mul(f64x2_abs(error_of(v, i)), f64x2_splat(-2)));
  wf_exp_all(h, n);
  memcpy(log_h, h, (size_t)n * sizeof *h);
  wf_log1p_all(log_h, n);
  for (int i = 0; i < n; i += 2) {
    f64x2 e = error_of(v, i), a = f64x2_abs(e), x = f64x2_mul(e, e), p = f64x2_splat(0), q = p, power = f64x2_load(h + i);
    f64x2 far = f64x2_add(f64x2_sub(a, f64x2_splat(0.69314718055994531)), f64x2_load(log_h + i));
    f64x2 tanh = f64x2_div(f64x2_sub(one, power), f64x2_add(one, power));
    for (int k = 0; k < 4; k++) {
      p = f64x2_madd(f64x2_splat(value_series[k]), p, x);
      q = f64x2_madd(f64x2_splat(slope_series[k]), q, x);
    }
    i64x2 near = f64x2_lt(a, f64x2_splat(0.03));
    set(v, i, f64x2_select(near, f64x2_mul(p, x), far), f64x2_select(near, f64x2_mul(q, e), f64x2_mul(by_sign(e, 1, 0, -1), tanh)));
  }
}

/* What it predicts is the rate e^z. From z = 709 on it is infinite, and so is the loss. */
static void poisson(wf_elements *v, int n) {
  const f64x2 limit = f64x2_splat(709);
  for (int i = 0; i < n; i += 2) f64x2_store(v->value + i, f64x2_min(f64x2_load(v->z + i), limit));
  wf_exp_all(v->value, n);
  for (int i = 0; i < n; i += 2) {
    f64x2 z = f64x2_load(v->z + i), y = f64x2_load(v->y + i);
    f64x2 rate = f64x2_select(f64x2_lt(limit, z), f64x2_splat(1e308 * 10), f64x2_load(v->value + i));
    set(v, i, f64x2_msub(rate, y, z), f64x2_sub(rate, y));
    f64x2_store(v->z + i, rate);
  }
}

void wf_loss_numbers(wf_elements *elements, int n, const wf_config *config) {
  switch ((wf_loss)config->loss) {
    case WF_MAE: mae(elements, n); break;
    case WF_HUBER: huber(elements, n, config->delta); break;
    case WF_LOG_COSH: log_cosh(elements, n); break;
    case WF_QUANTILE: quantile(elements, n, config->quantile); break;
    case WF_POISSON: poisson(elements, n); break;
    default: mse(elements, n);
  }
}
