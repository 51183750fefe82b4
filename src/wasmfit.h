/* wasmfit.h: the whole C API, in the order of the data's way · next: core/random.c
 *
 * data set → configuration → model → fit (forward, loss, backward, optimiser, epoch loop, report) → predict;
 * linear models beside it. JavaScript mirrors this one header (src/js/engine.js) and src/exports*.txt list its symbols.
 *
 * Conventions
 *   N rows, D features, K outputs, B batch, L layers, I/O in and out of a layer. Arguments: outputs, inputs, dimensions.
 *   wf_real is float; only the build for gradient checks (-DWF_DOUBLE) makes it double.
 *   Configurations are structs of doubles only: whatever number a caller holds (NaN, 1.5, 1e308) arrives unchanged and is
 *   judged by wf_config_check or wf_fit_check before anything is allocated. After a check NULL means one thing: out of memory.
 *   No globals, no exit, no output. Objects are independent of each other; one object is for one thread at a time. */
#ifndef WASMFIT_H
#define WASMFIT_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/f32x4.h"
#include "wasmfit_registry.h"

/* Checked by the JavaScript side at load, so that a new .js never runs on an old .wasm. */
#define WF_ABI 1
int wf_abi(void); /* WF_ABI */

/* ---- 1. Memory of the caller ---------------------------------------------------------------------------------- */

void *wf_alloc(size_t bytes); /* begins with a cache line of 64 bytes, not cleared; NULL: out of memory */
void wf_free(void *p);
/* 1: none of so many bytes of floats (single != 0) or doubles is infinite or NaN. */
int wf_all_finite(const void *values, size_t bytes, int single);

/* ---- 2. Random numbers: Philox 4×32-10, keyed by seed, counted by (index, step, stream) ------------------------ */

/* Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 * A word depends on (seed, stream, step, index) only: never on what was drawn before. seed: an integer in [0, 2^53]. */
typedef enum wf_stream {
  WF_STREAM_INIT = 1,    /* weights; step = layer */
  WF_STREAM_SHUFFLE = 2, /* order of rows; step = epoch */
  WF_STREAM_SPLIT = 3,   /* validation and test splits (JavaScript) */
  WF_STREAM_DATA = 4,    /* generated data sets (JavaScript) */
  WF_STREAM_NOISE = 5,   /* noise on training features; step = optimiser step, as below */
  WF_STREAM_MIXUP = 6,   /* share and partners */
  WF_STREAM_RESAMPLE = 7,/* rows of an epoch; step = epoch */
  WF_STREAM_BATCH = 8,   /* random batch sizes */
  WF_STREAM_DROPOUT = 256 /* + layer: masks */
} wf_stream;

void wf_random_words(uint32_t *words, double seed, uint32_t stream, uint32_t step, uint32_t n); /* words (n) */
void wf_random_permutation(int32_t *order, double seed, uint32_t stream, uint32_t step, uint32_t n); /* order (n) */

/* ---- 3. Registries: wasmfit_registry.h ----------------------------------------------------------------------------- */

/* ---- 4. Configuration of a model --------------------------------------------------------------------------------- */

/* What a check found. field: index in the list above, -1: none is wrong. layer: -1 or the layer. The rule follows from rule,
 * least and greatest. */
typedef enum wf_rule {
  WF_RULE_NONE, WF_RULE_INT, WF_RULE_REAL, WF_RULE_OPEN,
  WF_RULE_NESTEROV,     /* nesterov needs momentum above 0 and dampening 0 */
  WF_RULE_LOGITS,       /* a loss on logits needs the identity as last activation */
  WF_RULE_CLASSES,      /* cross-entropy needs at least 2 units in the last layer */
  WF_RULE_SIZE,         /* the model needs more memory than 32-bit addresses reach */
  WF_RULE_WIDTH,        /* a layer that is not dense has as many units as the layer before */
  WF_RULE_LAST,         /* the last layer must be dense */
  WF_RULE_MILESTONES,   /* milestones must be whole numbers that increase */
  WF_RULE_ORDER         /* least must not be above most, begin not after end */
} wf_rule;
typedef struct wf_fault { double field, layer, value, rule, least, greatest; } wf_fault;

/* 1: good; 0: fault says what is wrong. layers (L). */
int wf_config_check(wf_fault *fault, const wf_config *config, const wf_layer_config *layers);

/* ---- 5. Model: one arena of parameters, optimiser state, and its prediction -------------------------------------- */

typedef struct wf_model wf_model;

wf_model *wf_model_new(const wf_config *config, const wf_layer_config *layers); /* initialised from its seed */
void wf_model_free(wf_model *model);                                             /* NULL is fine */
size_t wf_model_size(const wf_model *model);  /* P: numbers of all layers */
int wf_model_slots(const wf_model *model);    /* S: state slots a weight, by optimiser and its options */

/* Slot 0: the parameters; 1..S: optimiser state. Plain order, layer by layer: dense: weight (I,O) row-major, bias (O);
 * batchNorm: weight (O), bias (O), running mean (O), running variance (O); layerNorm: weight (O), bias (O); dropout: nothing. */
void wf_model_export(wf_real *values, const wf_model *model, int slot);          /* values (P) */
void wf_model_import(wf_model *model, const wf_real *values, int slot);          /* values (P) */
double wf_model_steps(const wf_model *model);                                    /* optimiser steps done */
double wf_model_epochs(const wf_model *model);                                   /* epochs done, over all fits */
double wf_model_momentum_product(const wf_model *model);                         /* Nadam: Π of its momenta so far; 1 at the start */
void wf_model_set_progress(wf_model *model, double steps, double epochs, double momentum_product);
void wf_model_set_positive_weights(wf_model *model, const wf_real *weights);     /* weights (K): binaryCrossEntropy, output by output */

/* Rows that stay the caller's and must outlive the fit. x (N,D) row-major; or x NULL and bytes (N,D), each standing for
 * offset + scale · byte. y: wf_real (N,K) row-major, or for targets of kind CLASS int32_t (N) class indices in 0..K-1.
 * weight (N) >= 0 or NULL: the mean of a loss is Σ s l / Σ s, in a batch as over all rows; a row of weight 0 counts as absent.
 * label (N) or NULL: class index of each row, for klDivergence's hard part and for resampling where y is not of kind CLASS. */
typedef struct wf_rows {
  const wf_real *x;
  const uint8_t *bytes;
  const void *y;
  const wf_real *weight;
  const int32_t *label;
  int32_t rows;
  wf_real offset, scale;
} wf_rows;

/* Y (N,K) = the last layer's output, or with probabilities != 0 its softmax (CLASS, SHARES), sigmoid (BINARY), e^z (poisson).
 * Of the rows only the features are used. Returns 0: out of memory. */
int wf_model_predict(wf_real *y, wf_model *model, const wf_rows *rows, int probabilities);

/* ---- 6. Fit: the epoch loop, in slices -------------------------------------------------------------------------- */

int wf_fit_check(wf_fault *fault, const wf_fit_config *config);

typedef enum wf_fit_state {
  WF_FIT_RUNNING,   /* call wf_fit_run again */
  WF_FIT_DONE,      /* all epochs done */
  WF_FIT_DIVERGED,  /* loss, gradient or weights became non-finite: parameters are those of the last finite (or the best) epoch */
  WF_FIT_CONVERGED, /* a full-batch optimiser met its tolerance */
  WF_FIT_STOPPED    /* early stopping, or wf_fit_finish */
} wf_fit_state;

typedef struct wf_fit wf_fit;

/* All memory of the fit. validation NULL or with 0 rows: none. */
wf_fit *wf_fit_new(wf_model *model, const wf_fit_config *config, const wf_rows *train, const wf_rows *validation);
void wf_fit_free(wf_fit *fit);
/* Trains until about `work` row visits are done, `max_epochs` more epochs are complete, the report buffer is full or the fit
 * ends. A visit of a training row counts 3, of an evaluated one 1. How a fit is cut into slices never changes its bits. */
wf_fit_state wf_fit_run(wf_fit *fit, double work, double max_epochs);
void wf_fit_finish(wf_fit *fit); /* ends a fit that still runs: its weights become those of the best epoch, the average, or stay the last */
int wf_fit_report_count(const wf_fit *fit);              /* finished epochs since the last clear */
const wf_report *wf_fit_reports(const wf_fit *fit);
void wf_fit_reports_clear(wf_fit *fit);
int wf_fit_at_epoch_end(const wf_fit *fit);               /* 1: no epoch is half done */
void wf_fit_set_learning_rate(wf_fit *fit, double learning_rate); /* from the next step on */
double wf_fit_step_in_epoch(const wf_fit *fit);
double wf_fit_batch_loss(const wf_fit *fit);              /* mean loss of the last batch that trained, before its step */
int wf_fit_batch_rows(const wf_fit *fit);                 /* most rows that wf_fit_loss and wf_fit_statistics take */

/* Loss and its gradient at the model's weights on the given rows, no step: for tests and gradient checks. Needs rows <= B.
 * gradient (P) in plain order, may be NULL. */
double wf_fit_loss(wf_real *gradient, wf_fit *fit, const wf_rows *rows);

/* Where a diverged fit first became non-finite. */
typedef enum wf_quantity {
  WF_QUANTITY_NONE, WF_QUANTITY_FEATURES, WF_QUANTITY_ACTIVATION, WF_QUANTITY_LOSS, WF_QUANTITY_GRADIENT, WF_QUANTITY_WEIGHT
} wf_quantity;
typedef struct wf_divergence { double epoch, step, layer, quantity; } wf_divergence; /* layer from 0; -1: none */
void wf_fit_divergence(wf_divergence *divergence, const wf_fit *fit);

/* A checkpoint: everything that must be kept to go on bit for bit: weights, optimiser state, progress, early stopping, averages, masks.
 * A fit made with the same configurations (but for the number of epochs) and the same rows takes it back. restore returns 1: restored;
 * 0: these bytes are of a fit with another configuration, or no checkpoint; -1: of one on other rows; then nothing is changed.
 * A finished fit that now has more epochs goes on. Reports that have not been read yet are no part of a checkpoint: read them first. */
size_t wf_fit_checkpoint_size(const wf_fit *fit);
void wf_fit_checkpoint_save(void *bytes, const wf_fit *fit);
int wf_fit_checkpoint_restore(wf_fit *fit, const void *bytes, size_t size);

/* Statistics of every layer at the model's weights, over the given rows as one batch of training (dropout acts, batchNorm uses the batch),
 * which nothing of model and fit notices: of weights without biases, of the gradient of the mean loss by them, and of outputs each mean,
 * standard deviation (of n, not n - 1) and share of zeros; dead: share of units whose output is 0 in every row. NaN: the layer has no
 * weights. statistics (L). Returns 0: more rows than a batch holds, or out of memory. */
typedef struct wf_layer_statistics {
  double weight_mean, weight_sd, weight_zeros, gradient_mean, gradient_sd, gradient_zeros, output_mean, output_sd, output_zeros, dead;
} wf_layer_statistics;
int wf_fit_statistics(wf_layer_statistics *statistics, wf_fit *fit, const wf_rows *rows);

#include "wasmfit_linear.h"

#include "wasmfit_int8.h"
#include "wasmfit_minimize.h"

#endif
