/* model.h: the inside of a model, and one pass through it · in: wasmfit.h · out: layers, panels, workspace · next: model.c, pass.c */
#ifndef WF_MODEL_H
#define WF_MODEL_H

#include "../kernels/matmul.h"
#include "../wasmfit.h"
#include "arena.h"

typedef struct wf_layer {
  wf_layer_kind kind;
  int I, O, O8;          /* inputs, outputs, outputs rounded up to 8 */
  wf_activation activation;
  wf_initializer initializer;
  wf_real slope, l1, l2, max_norm, rate, epsilon, momentum;
  size_t weight, bias;   /* where W (dense: panels; norms: (O8)) and b (O8) begin in a slot */
  size_t running;        /* batchNorm: where its running mean (O8), then its running variance (O8) begin */
} wf_layer;

typedef struct wf_pass wf_pass;

struct wf_model {
  wf_config config;
  int L, D, K, S;        /* layers, features, outputs, state slots */
  double steps, epochs, momentum_product;
  size_t P;              /* parameters in plain order */
  size_t padded;         /* reals of one slot */
  wf_layer *layers;      /* (L) */
  wf_real *slots;        /* (1 + S, padded): parameters, then optimiser state */
  wf_pass *pass;         /* workspace of the last prediction; NULL: none yet */
  wf_real *positive;     /* (K) weights of the positive term of binaryCrossEntropy */
};

/* Buffers of one forward and backward pass over up to B rows; B4 = B rounded up to 4. Rows of layer l have the stride O8. */
struct wf_pass {
  int B4;
  const wf_real ***x;    /* (L)(B4) pointers to the input rows of each layer; x[0] is set for each batch */
  wf_real **a;           /* (L)(B4, O8) outputs of each layer */
  wf_real **z;           /* (L)(B4, O8) what the backward pass needs besides a: pre-activations, x̂ of norms, masks */
  wf_real **d;           /* (L)(B4, O8) gradients; NULL in a pass that only predicts */
  wf_real **s;           /* (L)(O8 or B4) norms: 1 / √(variance + epsilon) of each column (batchNorm) or row (layerNorm) */
  int first;             /* where the rows of the pass begin within their epoch */
  const wf_real *zero;   /* (D8) the row that fills up a tile of four */
  wf_real *w;            /* the parameters of the last forward pass */
  const wf_real *line;   /* gradient (D + 1) that kernels/line.h has computed already; NULL: backward goes through the layers */
  wf_real *columns;      /* (B4, WF_MATMUL_COLUMNS) scratch of the weight gradient; NULL in a pass that only predicts */
  wf_real *gathered;     /* (B4, D8) copies of the rows where they are not used as they are; NULL: they are */
};

typedef enum wf_mode { WF_PREDICT, WF_TRAIN, WF_MEASURE /* as in training, but nothing of the model moves */ } wf_mode;

void wf_model_initialize(wf_model *model);
size_t wf_panel_index(const wf_layer *layer, int i, int o); /* where weight (i, o) of a dense layer lies in a slot */
void wf_slot_export(wf_real *values, const wf_model *model, const wf_real *slot); /* values (P), plain order */
void wf_slot_import(wf_real *slot, const wf_model *model, const wf_real *values); /* values (P), plain order */

/* copies: rows are bytes, or will be changed. A first layer that is not dense needs copies too, and gets them. */
void wf_pass_layout(wf_pass *pass, arena *a, const wf_model *model, int B, int with_gradients, int copies);
void wf_pass_connect(wf_pass *pass, const wf_model *model); /* once, after the arrays have their places */
void wf_pass_rows(wf_pass *pass, const wf_model *model, const wf_rows *rows, const int32_t *order, int first, int B);
/* Mixup: row r of the pass becomes share of itself and 1 - share of row partner[r] of the data set. Needs copies. */
void wf_pass_mix(wf_pass *pass, const wf_model *model, const wf_rows *rows, const int32_t *partner, wf_real share, int B);
/* w: the parameters to use, model->slots or an average of them. Training: dropout acts, batchNorm uses the batch and moves its running
 * statistics in w. */
void wf_pass_forward(wf_pass *pass, const wf_model *model, wf_real *w, int B, wf_mode mode);
/* After a forward pass in training with w = model->slots; d of the last layer holds dL/d(output) (B, O8). The update sees every gradient
 * once, with l2 w of its layer added. */
void wf_pass_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int B);

/* core/dropout.c, core/norm.c: one layer l of a pass, as wf_pass_forward and wf_pass_backward call them; backward: from d[l] to
 * d[l-1] (if l > 0) and the update. */
void wf_dropout_forward(wf_pass *pass, const wf_model *model, int l, int B, wf_mode mode);
void wf_dropout_backward(wf_pass *pass, const wf_model *model, int l, int B);
void wf_batch_norm_forward(wf_pass *pass, const wf_model *model, wf_real *w, int l, int B, wf_mode mode);
void wf_batch_norm_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B);
void wf_layer_norm_forward(wf_pass *pass, const wf_model *model, const wf_real *w, int l, int B);
void wf_layer_norm_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B);

/* core/optimizer.c: the update of the step after `model->steps` steps; momentum: NaN, or what replaces momentum or beta1 in this step.
 * After the step: wf_update_done. */
void wf_update_prepare(wf_update *update, const wf_model *model, double learning_rate, double momentum);
void wf_update_done(wf_model *model, const wf_update *update);
int wf_optimizer_slots(const wf_config *config);
int wf_optimizer_full_batch(const wf_config *config); /* 1: L-BFGS and its kin, see core/full_batch.h */
void wf_optimizer_begin(wf_model *model);             /* state of a new model, where it is not zero */
/* Weights below 1e-30 and state below 1e-36 become 0. Weight decay and idle units (dead ReLUs) would let them shrink into denormals,
 * which are many times slower. */
void wf_model_flush(wf_model *model);

#endif
