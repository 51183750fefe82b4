/* wasmfit_int8.h: section 12 of the C API: prediction by a quantised network, in integers · in: wasmfit.h · out: wf_int8_*
 * next: core/quantize.c */
#ifndef WASMFIT_INT8_H
#define WASMFIT_INT8_H

/* ---- 12. Dense layers of small integers -------------------------------------------------------------------------- */

/* What goes from layer to layer are levels, whole numbers a from least to most, both within ±255. A layer computes for each of its outputs
 *   x = Σ_i (weight_i - zero) a_i                        exact, in 32 bits
 *   r = round((multiplier · x + offset) / 2^shift)       exact, in 64 bits; halves upwards
 *   a = r, or with a table table[r], least <= r <= most  what goes beyond is put at the end: ReLU is least = the level of 0
 * and the last one instead  y = scale · x + bias  in f32. So the same bits come from every build on every machine.
 * Source: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference". */
typedef struct wf_int8_layer {
  const int8_t *weight;      /* (I,O) row-major */
  const int8_t *zero;        /* (O) */
  const int64_t *offset;     /* (O) within ±2^61; this and the next two are not used in the last layer */
  const int32_t *multiplier; /* (O) */
  const uint8_t *shift;      /* (O) 1..62 */
  const int16_t *table;      /* (O,256), within ±255, for least = 0 and most = 255; NULL: none */
  int32_t inputs, outputs, least, most;
} wf_int8_layer;

typedef struct wf_int8_config {
  const wf_int8_layer *layers; /* (L) */
  const wf_real *scale, *bias;  /* (K) of the last layer */
  const wf_real *origin, *factor; /* (D) features to levels: a = least + round((x - origin) · factor), halves to even, within least..most; or */
  const uint8_t *gain;         /* (D) not NULL: features are bytes, and a = min(byte · gain, 255) */
  int32_t L, least, most;      /* of the inputs; bytes: 0 and 255 */
  int32_t loss;                /* wf_loss, for probabilities */
} wf_int8_config;

/* table (256) of one unit: the levels of activation(low + step · index) for index 0..255, found as those of features are. slope: the
 * activation's parameter. */
void wf_int8_table(int16_t *table, int32_t activation, wf_real slope, wf_real low, wf_real step, wf_real origin, wf_real factor,
                   int32_t least, int32_t most);

/* 0: good; else 1 + the first layer that breaks a rule above, or whose sums could go beyond 32 bits. */
int wf_int8_check(const wf_int8_config *config);

typedef struct wf_int8 wf_int8;
wf_int8 *wf_int8_new(const wf_int8_config *config); /* checked before; copies all. NULL: out of memory */
void wf_int8_free(wf_int8 *model);                  /* NULL is fine */
/* y (N,K) out; x (N,D): wf_real, or uint8_t for a model of bytes; probabilities as for wf_model_predict. Returns 0: x has a value that is
 * not finite. */
int wf_int8_predict(wf_real *y, wf_int8 *model, const void *x, int32_t rows, int probabilities);

#endif
