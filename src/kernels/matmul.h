/* matmul.h: the three products of a dense layer · in: rows by pointer, weights in panels · out: activations, gradients · next: matmul.c
 *
 * Panels. W (I,O) is kept as ceil(O/8) panels; a panel holds, for each input i, the 8 weights of its columns:
 *   W[i][o] = panels[(o / 8) * I4 * 8 + i * 8 + o % 8],   I4 = I rounded up to 4, O8 = O rounded up to 8.
 * Padding weights are zero and stay zero, as their gradients are. Rows of activations have the stride O8.
 * Every sum runs over its index from 0 upwards (input gradients: over o % 4 in four lanes, then f32x4_sum), in every build. */
#ifndef WF_MATMUL_H
#define WF_MATMUL_H

#include "update.h"

static inline int round4(int n) { return (n + 3) & ~3; }
static inline int round8(int n) { return (n + 7) & ~7; }

/* Rows of a register tile of 8 columns: as many as the registers of V8 hold, where a product that is not fused needs one of its own.
 * Columns of X that the weight gradient takes at once. */
#ifdef __wasm_relaxed_simd__
enum { WF_MATMUL_ROWS = 6 };
#else
enum { WF_MATMUL_ROWS = 4 };
#endif
enum { WF_MATMUL_COLUMNS = 4 * WF_MATMUL_ROWS };

/* Y = X W + 1 bᵀ.  y (B4,O8) out; x (B4) pointers to rows (I); w panels (I,O); b (O8). B4: a multiple of 4. */
void wf_matmul_forward(wf_real *y, const wf_real *const *x, const wf_real *w, const wf_real *b, int B4, int I, int O8);

/* dX = dY Wᵀ.  dx (B2,ldx) out, columns 0..I4-1; dy (B2,O8); w panels (I,O). B2: a multiple of 2. */
void wf_matmul_input_gradient(wf_real *dx, const wf_real *dy, const wf_real *w, int B2, int I, int O, int ldx);

/* dW = Xᵀ dY and db = 1ᵀ dY, handed to their updates a few tiles at a time, so that no gradient goes further than the first cache.
 * weights, biases: what becomes of a gradient; at_w, at_b: where W's panels and b begin in the parameters. x (B) pointers; dy (B,O8);
 * columns (B, WF_MATMUL_COLUMNS): scratch, zero at first, as denormals in lanes that do not count would cost time. */
void wf_matmul_weight_gradient(const wf_update *weights, const wf_update *biases, size_t at_w, size_t at_b, const wf_real *const *x,
                               const wf_real *dy, wf_real *columns, int B, int I, int O8);

/* The oracles of the tests: the same products by the plain definition, in plain layout (w (I,O), all strides tight). */
void wf_matmul_forward_scalar(wf_real *y, const wf_real *x, const wf_real *w, const wf_real *b, int B, int I, int O);
void wf_matmul_input_gradient_scalar(wf_real *dx, const wf_real *dy, const wf_real *w, int B, int I, int O);
void wf_matmul_weight_gradient_scalar(wf_real *dw, wf_real *db, const wf_real *x, const wf_real *dy, int B, int I, int O);

#endif
