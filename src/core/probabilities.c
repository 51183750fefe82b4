/* probabilities.c: what a loss wants, and what outputs mean to it · in: outputs · out: predictions · next: step.c */
#include "../kernels/vmath.h"
#include "loss.h"
#include "softmax.h"

wf_targets wf_loss_targets(wf_loss loss) {
#define TARGETS(code, name, targets) WF_##targets,
  static const wf_targets kinds[] = {WF_LOSSES(TARGETS)};
#undef TARGETS
  return kinds[loss];
}

void wf_loss_probabilities(wf_real *z, const wf_config *config, int B, int K, int O8) {
  wf_targets kind = wf_loss_targets((wf_loss)config->loss);
  size_t n = (size_t)B * (size_t)O8;
  for (size_t i = 0; i < n && kind == WF_BINARY; i += 4) f32x4_store(z + i, f32x4_sigmoid(f32x4_load(z + i)));
  for (size_t i = 0; i < n && (wf_loss)config->loss == WF_POISSON; i += 4) f32x4_store(z + i, f32x4_exp(f32x4_load(z + i)));
  for (int r = 0; r < B && (kind == WF_CLASS || kind == WF_SHARES); r++, z += O8) {
    wf_peak greatest = wf_softmax_peak(z, K);
    f32x4 factor = f32x4_splat(1 / (1 + wf_softmax_terms(z, K, &greatest)));
    for (int k = 0; k < K; k += 4) f32x4_store(z + k, f32x4_mul(f32x4_load(z + k), factor));
  }
}
