/* activation.h: elementwise kernels of the activations · in: pre-activations z · out: activations, their gradients · next: activation.c
 *
 *   identity z · relu max(z, 0), slope 0 at 0 · leakyRelu z > 0 ? z : s z · tanh · sigmoid 1/(1+e^-z) · softplus log(1+e^z)
 *   elu z > 0 ? z : s (e^z - 1) · gelu z Φ(z) · silu z sigmoid(z)
 * Sources: Goodfellow et al. 2016, 6.3; Clevert et al. 2016 (ELU); Hendrycks, Gimpel 2016 (GELU, the exact one). */
#ifndef WF_ACTIVATION_H
#define WF_ACTIVATION_H

#include <stddef.h>

#include "../wasmfit.h"

/* 1: the gradient needs z, so that it must be kept; 0: the activation a is enough. */
int wf_activation_keeps_z(wf_activation kind);

/* a (n) in: z, out: activation; z (n) receives the pre-activation if the kind keeps it, else may be NULL. n: a multiple of 4. */
void wf_activation_forward(wf_real *a, wf_real *z, wf_activation kind, wf_real slope, size_t n);

/* d (n) in: dL/da, out: dL/dz; a, z (n) as the forward pass left them. n: a multiple of 4. */
void wf_activation_backward(wf_real *d, const wf_real *a, const wf_real *z, wf_activation kind, wf_real slope, size_t n);

#endif
