/* activation.c: one vector function a kind, one loop for all · in: see activation.h · out: see activation.h · next: core/loss.c */
#include "activation.h"

#include "vmath.h"

int wf_activation_keeps_z(wf_activation kind) { return kind == WF_SOFTPLUS || kind == WF_GELU || kind == WF_SILU; }

static inline f32x4 apply(wf_activation kind, f32x4 slope, f32x4 z) {
  f32x4 zero = f32x4_splat(0);
  switch (kind) {
    case WF_RELU: return f32x4_max(z, zero);
    case WF_LEAKY_RELU: return f32x4_select(f32x4_gt(z, zero), z, f32x4_mul(slope, z));
    case WF_TANH: return f32x4_tanh(z);
    case WF_SIGMOID: return f32x4_sigmoid(z);
    case WF_SOFTPLUS: return f32x4_softplus(z);
    case WF_ELU: return f32x4_select(f32x4_gt(z, zero), z, f32x4_mul(slope, f32x4_expm1(f32x4_min(z, zero))));
    case WF_GELU: return f32x4_mul(z, f32x4_normal_cdf(z));
    case WF_SILU: return f32x4_mul(z, f32x4_sigmoid(z));
    default: return z;
  }
}

/* da/dz from a, or from z where the kind keeps it. */
static inline f32x4 derivative(wf_activation kind, f32x4 slope, f32x4 a, f32x4 z) {
  f32x4 zero = f32x4_splat(0), one = f32x4_splat(1);
  switch (kind) {
    case WF_RELU: return f32x4_select(f32x4_gt(a, zero), one, zero);
    case WF_LEAKY_RELU: return f32x4_select(f32x4_gt(a, zero), one, slope);
    case WF_TANH: return f32x4_sub(one, f32x4_mul(a, a));
    case WF_SIGMOID: return f32x4_mul(a, f32x4_sub(one, a));
    case WF_SOFTPLUS: return f32x4_sigmoid(z);
    case WF_ELU: return f32x4_select(f32x4_gt(a, zero), one, f32x4_add(a, slope));
    case WF_GELU: { /* Φ(z) + z φ(z); beyond |z| = 30 φ is 0, and z must not be infinite */
      f32x4 limit = f32x4_splat(30), t = f32x4_max(f32x4_min(z, limit), f32x4_neg(limit));
      return f32x4_add(f32x4_normal_cdf(z), f32x4_mul(t, f32x4_normal_pdf(z)));
    }
    case WF_SILU: { /* s (1 + z (1 - s)) with 1 - s = sigmoid(-z) */
      f32x4 s = f32x4_sigmoid(z), rest = f32x4_sigmoid(f32x4_neg(z));
      return f32x4_mul(s, f32x4_add(one, f32x4_mul(z, rest)));
    }
    default: return one;
  }
}

/* The switch in apply and derivative is for the reader; here each kind gets a loop of its own, for the compiler. */
void wf_activation_forward(wf_real *a, wf_real *z, wf_activation kind, wf_real slope, size_t n) {
  if (kind == WF_IDENTITY) return;
  if (wf_activation_keeps_z(kind)) memcpy(z, a, n * sizeof *z);
  f32x4 s = f32x4_splat(slope);
#define LOOP(KIND, name) \
  case WF_##KIND: \
    for (size_t i = 0; i < n; i += 4) f32x4_store(a + i, apply(WF_##KIND, s, f32x4_load(a + i))); \
    break;
  switch (kind) { WF_ACTIVATIONS(LOOP) default: break; }
#undef LOOP
}

void wf_activation_backward(wf_real *d, const wf_real *a, const wf_real *z, wf_activation kind, wf_real slope, size_t n) {
  if (kind == WF_IDENTITY) return;
  f32x4 s = f32x4_splat(slope);
  const wf_real *kept = wf_activation_keeps_z(kind) ? z : a;
#define LOOP(KIND, name) \
  case WF_##KIND: \
    for (size_t i = 0; i < n; i += 4) \
      f32x4_store(d + i, f32x4_mul(f32x4_load(d + i), derivative(WF_##KIND, s, f32x4_load(a + i), f32x4_load(kept + i)))); \
    break;
  switch (kind) { WF_ACTIVATIONS(LOOP) default: break; }
#undef LOOP
}
