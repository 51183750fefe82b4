/* model.h: the inside of a model, and one pass through it · in: wasmfit.h · out: layers, panels, workspace · next: model.c, pass.c */
#ifndef WF_MODEL_H
#define WF_MODEL_H

#include "../kernels/matmul.h"
#include "../wasmfit.h"
#include "arena.h"

typedef struct wf_layer {
  int I, O, O8;          /* inputs, outputs, outputs rounded up to 8 */
  wf_activation activation;
  wf_real slope;
  wf_initializer initializer;
  size_t weight, bias;   /* where the panels of W and where b (O8) begin in a slot */
} wf_layer;

struct wf_model {
  wf_config config;
  int L, D, K, S;        /* layers, features, outputs, state slots */
  double steps, epochs;
  size_t P;              /* parameters in plain order */
  size_t padded;         /* reals of one slot */
  wf_layer *layers;      /* (L) */
  wf_real *slots;        /* (1 + S, padded): parameters, then optimiser state */
};

/* Buffers of one forward and backward pass over up to B rows; B4 = B rounded up to 4. Rows of layer l have the stride O8. */
typedef struct wf_pass {
  int B4;
  const wf_real ***x;    /* (L)(B4) pointers to the input rows of each layer; x[0] is set for each batch */
  wf_real **a;           /* (L)(B4, O8) activations; the last one: outputs */
  wf_real **z;           /* (L)(B4, O8) pre-activations, where the activation keeps them */
  wf_real **d;           /* (L)(B4, O8) gradients; NULL in a pass that only predicts */
  const wf_real *zero;   /* (D) the row that fills up a tile of four */
} wf_pass;

void wf_model_initialize(wf_model *model);
size_t wf_panel_index(const wf_layer *layer, int i, int o); /* where weight (i, o) of a layer lies in a slot */
void wf_slot_export(wf_real *values, const wf_model *model, const wf_real *slot); /* values (P), plain order */

void wf_pass_layout(wf_pass *pass, arena *a, const wf_model *model, int B, int with_gradients);
void wf_pass_connect(wf_pass *pass, const wf_model *model); /* once, after the arrays have their places */
void wf_pass_rows(wf_pass *pass, const wf_model *model, const wf_real *x, const int32_t *order, int first, int B);
void wf_pass_forward(wf_pass *pass, const wf_model *model, int B);
/* d of the last layer holds dL/d(output) (B, O8); the update sees every gradient once. */
void wf_pass_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int B);

/* core/optimizer.c: the update of the step after `model->steps` steps. */
void wf_update_prepare(wf_update *update, const wf_model *model, double learning_rate);
/* Weights below 1e-30 and state below 1e-36 become 0. Weight decay and idle units (dead ReLUs) would let them shrink into denormals,
 * which are many times slower. */
void wf_model_flush(wf_model *model);

#endif
