/* loss_binary.c: losses of zeros and ones, element by element · in: outputs, targets · out: values, slopes · next: loss_classes.c
 *
 * p = sigmoid(z) and q = 1 - p, both from e^-|z|, so that neither loses digits; -log p = log1p(e^-|z|) + max(-z, 0), -log q the same
 * of -z. */
#include "../kernels/vmath64.h"
#include "loss_rows.h"

typedef struct sigmoids {
  double p[WF_ELEMENTS], q[WF_ELEMENTS], log_p[WF_ELEMENTS], log_q[WF_ELEMENTS]; /* -log p, -log q */
} sigmoids;

static void sigmoids_of(sigmoids *to, const double *z, int n) {
  const f64x2 zero = f64x2_splat(0), one = f64x2_splat(1);
  for (int i = 0; i < n; i += 2) f64x2_store(to->p + i, f64x2_sub(zero, f64x2_abs(f64x2_load(z + i))));
  wf_exp_all(to->p, n);
  memcpy(to->log_p, to->p, (size_t)n * sizeof *to->p);
  wf_log1p_all(to->log_p, n);
  for (int i = 0; i < n; i += 2) {
    f64x2 x = f64x2_load(z + i), e = f64x2_load(to->p + i), l = f64x2_load(to->log_p + i);
    f64x2 greater = f64x2_div(one, f64x2_add(one, e)), smaller = f64x2_mul(e, greater);
    i64x2 negative = f64x2_lt(x, zero);
    f64x2_store(to->p + i, f64x2_select(negative, smaller, greater));
    f64x2_store(to->q + i, f64x2_select(negative, greater, smaller));
    f64x2_store(to->log_p + i, f64x2_add(l, f64x2_max(f64x2_sub(zero, x), zero)));
    f64x2_store(to->log_q + i, f64x2_add(l, f64x2_max(x, zero)));
  }
}

/* positive · y (-log p) + (1 - y) (-log q); slope (1 - y) p - positive · y q */
static void cross_entropy(wf_elements *v, int n) {
  sigmoids f;
  sigmoids_of(&f, v->z, n);
  for (int i = 0; i < n; i += 2) {
    f64x2 y = f64x2_load(v->y + i), yes = f64x2_mul(f64x2_splat(v->positive), y), no = f64x2_sub(f64x2_splat(1), y);
    f64x2_store(v->value + i, f64x2_madd(f64x2_mul(yes, f64x2_load(f.log_p + i)), no, f64x2_load(f.log_q + i)));
    f64x2_store(v->slope + i, f64x2_msub(f64x2_mul(no, f64x2_load(f.p + i)), yes, f64x2_load(f.q + i)));
  }
}

/* alpha_y m^gamma l, where m = y q + (1 - y) p is what is missing to certainty and l the cross-entropy */
static void focal(wf_elements *v, int n, double gamma, double alpha) {
  const f64x2 one = f64x2_splat(1), of_yes = f64x2_splat(alpha), of_no = f64x2_splat(1 - alpha);
  sigmoids f;
  double missing[WF_ELEMENTS], powers[WF_ELEMENTS];
  sigmoids_of(&f, v->z, n);
  for (int i = 0; i < n; i += 2) {
    f64x2 y = f64x2_load(v->y + i), m = f64x2_madd(f64x2_mul(y, f64x2_load(f.q + i)), f64x2_sub(one, y), f64x2_load(f.p + i));
    f64x2_store(missing + i, m);
    f64x2_store(powers + i, m);
  }
  wf_log_all(powers, n);
  for (int i = 0; i < n; i += 2) f64x2_store(powers + i, f64x2_mul(f64x2_splat(gamma), f64x2_load(powers + i)));
  wf_exp_all(powers, n);
  for (int i = 0; i < n; i += 2) {
    f64x2 y = f64x2_load(v->y + i), no = f64x2_sub(one, y), p = f64x2_load(f.p + i), q = f64x2_load(f.q + i), m = f64x2_load(missing + i);
    f64x2 l = f64x2_madd(f64x2_mul(y, f64x2_load(f.log_p + i)), no, f64x2_load(f.log_q + i));
    f64x2 factor = f64x2_mul(f64x2_load(powers + i), f64x2_madd(f64x2_mul(of_yes, y), of_no, no));
    f64x2 rise = f64x2_mul(f64x2_mul(f64x2_splat(gamma), f64x2_sub(no, y)), f64x2_mul(f64x2_div(f64x2_mul(p, q), m), l));
    f64x2_store(v->value + i, f64x2_mul(factor, l));
    f64x2_store(v->slope + i, f64x2_mul(factor, f64x2_add(f64x2_sub(f64x2_mul(no, p), f64x2_mul(y, q)), rise)));
  }
}

/* max(0, 1 - t z) or its square, where t is -1 for a target of 0, 1 for 1 */
static void hinge(wf_elements *v, int n, int squared) {
  const f64x2 zero = f64x2_splat(0), one = f64x2_splat(1), two = f64x2_splat(2);
  for (int i = 0; i < n; i += 2) {
    f64x2 t = f64x2_sub(f64x2_mul(two, f64x2_load(v->y + i)), one), m = f64x2_max(f64x2_msub(one, t, f64x2_load(v->z + i)), zero);
    f64x2 down = f64x2_sub(zero, t), slope = f64x2_select(f64x2_lt(zero, m), down, zero);
    f64x2_store(v->value + i, squared ? f64x2_mul(m, m) : m);
    f64x2_store(v->slope + i, squared ? f64x2_mul(f64x2_mul(two, m), down) : slope);
  }
}

void wf_loss_binary(wf_elements *elements, int n, const wf_config *config) {
  switch ((wf_loss)config->loss) {
    case WF_BINARY_FOCAL: focal(elements, n, config->gamma, config->focal_alpha); break;
    case WF_HINGE: hinge(elements, n, 0); break;
    case WF_SQUARED_HINGE: hinge(elements, n, 1); break;
    default: cross_entropy(elements, n);
  }
}
