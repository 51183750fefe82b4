/* norm.c: batch and layer normalisation · in: rows of a layer · out: normalised rows, gradients · next: ../kernels/matmul.c */
#include "model.h"

void wf_batch_norm_forward(wf_pass *pass, const wf_model *model, wf_real *w, int l, int B, wf_mode mode) {
  (void)pass, (void)model, (void)w, (void)l, (void)B, (void)mode;
}

void wf_batch_norm_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B) {
  (void)pass, (void)model, (void)update, (void)l, (void)B;
}

void wf_layer_norm_forward(wf_pass *pass, const wf_model *model, const wf_real *w, int l, int B) {
  (void)pass, (void)model, (void)w, (void)l, (void)B;
}

void wf_layer_norm_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B) {
  (void)pass, (void)model, (void)update, (void)l, (void)B;
}
