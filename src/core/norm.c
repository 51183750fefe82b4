/* norm.c: batch and layer normalisation · in: rows of a layer · out: normalised rows, gradients · next: ../kernels/matmul.c
 *
 *   x̂ = (x - m) / √(v + epsilon),  y = w x̂ + b
 * batchNorm: m and v (biased) of each column. In training those of the batch, which also move the running ones,
 *   r ← (1 - momentum) r + momentum · new,  the new variance being the unbiased one;
 * in prediction the running ones. A batch of one row has no variance: in training too, it is normalised by the running statistics and
 * leaves them as they are (PyTorch refuses it, so that a data set whose last batch has one row could not be trained on).
 * Statistics count every row alike: sample weights belong to the loss.
 * layerNorm: m and v (biased) of the O numbers of each row, in training and prediction.
 *
 * Backward, with g = w dy and means over what m and v were taken over:   dx = (g - mean(g) - x̂ mean(g x̂)) / √(v + epsilon),
 * without the means where the running statistics were used;   dw = Σ dy x̂,  db = Σ dy over the rows.
 *
 * Sums are in f64 and x - m is rounded once, so that a large mean costs no digits and a constant column gives x̂ = 0.
 * x̂ is kept in z, 1 / √(v + epsilon) of each column or row in s. Columns beyond O stay zero.
 * Sources: Ioffe, Szegedy 2015, algorithm 1; Ba et al. 2016; PyTorch's BatchNorm1d and LayerNorm. Test: tests/c/test_layers.c */
#include <math.h>

#include "../kernels/f64x2.h"
#include "model.h"

/* ---- sums over the rows, eight columns at once --------------------------------------------------------------------- */

/* Eight numbers in f64. */
typedef struct strip { f64x2 v[4]; } strip;

static inline strip strip_load(const wf_real *x) {
  f32x4 a = f32x4_load(x), b = f32x4_load(x + 4);
  return (strip){{f64x2_low(a), f64x2_high(a), f64x2_low(b), f64x2_high(b)}};
}

static inline strip strip_zero(void) {
  f64x2 zero = f64x2_splat(0);
  return (strip){{zero, zero, zero, zero}};
}

static inline void strip_store(double *to, strip a) {
  for (int i = 0; i < 4; i++) f64x2_store(to + 2 * i, a.v[i]);
}

static void column_sums(double *sums, const wf_real *x, int B, int O8) {
  strip sum = strip_zero();
  for (int r = 0; r < B; r++, x += O8) {
    strip a = strip_load(x);
    for (int i = 0; i < 4; i++) sum.v[i] = f64x2_add(sum.v[i], a.v[i]);
  }
  strip_store(sums, sum);
}

static void column_products(double *sums, const wf_real *x, const wf_real *y, int B, int O8) {
  strip sum = strip_zero();
  for (int r = 0; r < B; r++, x += O8, y += O8) {
    strip a = strip_load(x), b = strip_load(y);
    for (int i = 0; i < 4; i++) sum.v[i] = f64x2_madd(sum.v[i], a.v[i], b.v[i]);
  }
  strip_store(sums, sum);
}

/* e = x - mean */
static void columns_centre(wf_real *e, const wf_real *x, const double *mean, int B, int O8) {
  strip m;
  for (int i = 0; i < 4; i++) m.v[i] = f64x2_load(mean + 2 * i);
  for (int r = 0; r < B; r++, x += O8, e += O8) {
    strip a = strip_load(x);
    for (int i = 0; i < 4; i++) a.v[i] = f64x2_sub(a.v[i], m.v[i]);
    f32x4_store(e, f32x4_from_f64x2(a.v[0], a.v[1]));
    f32x4_store(e + 4, f32x4_from_f64x2(a.v[2], a.v[3]));
  }
}

static void update_columns(const wf_update *update, size_t at, const double *gradient) {
  wf_real g[8];
  for (int c = 0; c < 8; c++) g[c] = (wf_real)gradient[c];
  wf_update_run(update, at, g, 8);
}

/* y in: x - m, out: w x̂ + b; x̂ into z if it is not NULL; four numbers. */
static inline void affine(wf_real *y, wf_real *z, f32x4 scale, f32x4 w, f32x4 b) {
  f32x4 x = f32x4_mul(f32x4_load(y), scale);
  if (z) f32x4_store(z, x);
  f32x4_store(y, f32x4_madd(w, x, b));
}

static wf_real deviation_inverse(const wf_layer *layer, double variance) {
  return (wf_real)(1 / sqrt(variance + (double)layer->epsilon));
}

/* ---- batch normalisation ------------------------------------------------------------------------------------------ */

static void columns_affine(wf_real *y, wf_real *z, const wf_real *s, const wf_real *w, const wf_real *b, int B, int O8) {
  for (int h = 0; h < 8; h += 4) {
    f32x4 scale = f32x4_load(s + h), weight = f32x4_load(w + h), bias = f32x4_load(b + h);
    for (size_t i = (size_t)h; i < (size_t)B * (size_t)O8; i += (size_t)O8) affine(y + i, z ? z + i : NULL, scale, weight, bias);
  }
}

/* running (2,O8), from its column on: `columns` of them. */
static void running_move(wf_real *running, const double *mean, const double *variance, const wf_layer *layer, int columns, int B) {
  double momentum = (double)layer->momentum, unbiased = B / (B - 1.0);
  for (int c = 0; c < columns && c < 8; c++) {
    wf_real *m = running + c, *v = running + layer->O8 + c;
    *m = (wf_real)((1 - momentum) * (double)*m + momentum * mean[c]);
    *v = (wf_real)((1 - momentum) * (double)*v + momentum * unbiased * variance[c]);
  }
}

void wf_batch_norm_forward(wf_pass *pass, const wf_model *model, wf_real *w, int l, int B, wf_mode mode) {
  const wf_layer *layer = &model->layers[l];
  int O8 = layer->O8, of_batch = mode != WF_PREDICT && B > 1;
  for (int o = 0; o < O8; o += 8) {
    const wf_real *x = pass->x[l][0] + o;
    wf_real *y = pass->a[l] + o, *z = pass->z[l] ? pass->z[l] + o : NULL, *s = pass->s[l] + o, *running = w + layer->running + o;
    double mean[8], variance[8];
    strip_store(mean, strip_load(running));
    strip_store(variance, strip_load(running + O8));
    if (of_batch) column_sums(mean, x, B, O8);
    for (int c = 0; c < 8 && of_batch; c++) mean[c] /= B;
    columns_centre(y, x, mean, B, O8);
    if (of_batch) column_products(variance, y, y, B, O8);
    for (int c = 0; c < 8 && of_batch; c++) variance[c] /= B;
    if (of_batch && mode == WF_TRAIN) running_move(running, mean, variance, layer, layer->O - o, B);
    for (int c = 0; c < 8; c++) s[c] = deviation_inverse(layer, variance[c]);
    columns_affine(y, z, s, w + layer->weight + o, w + layer->bias + o, B, O8);
  }
}

/* dx of eight columns; the sums of d and d x̂ over the rows, or zeros. */
static void columns_input_gradient(wf_real *dx, const wf_real *d, const wf_real *z, const wf_real *s, const wf_real *w, const double *sum_d,
                                   const double *sum_dz, int B, int O8) {
  for (int h = 0; h < 8; h += 4) {
    f32x4 scale = f32x4_mul(f32x4_load(w + h), f32x4_load(s + h)), mean_d, mean_dz;
    wf_real means[8];
    for (int c = 0; c < 4; c++) {
      means[c] = (wf_real)(sum_d[h + c] / B);
      means[4 + c] = (wf_real)(sum_dz[h + c] / B);
    }
    mean_d = f32x4_load(means);
    mean_dz = f32x4_load(means + 4);
    for (size_t i = (size_t)h; i < (size_t)B * (size_t)O8; i += (size_t)O8) {
      f32x4 rest = f32x4_sub(f32x4_sub(f32x4_load(d + i), mean_d), f32x4_mul(f32x4_load(z + i), mean_dz));
      f32x4_store(dx + i, f32x4_mul(scale, rest));
    }
  }
}

void wf_batch_norm_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B) {
  static const double none[8] = {0};
  const wf_layer *layer = &model->layers[l];
  for (int o = 0; o < layer->O8; o += 8) {
    const wf_real *d = pass->d[l] + o, *z = pass->z[l] + o;
    double bias[8], weight[8];
    column_sums(bias, d, B, layer->O8);
    column_products(weight, d, z, B, layer->O8);
    if (l > 0) /* before the update: it needs the weights of the forward pass */
      columns_input_gradient(pass->d[l - 1] + o, d, z, pass->s[l] + o, pass->w + layer->weight + o, B > 1 ? bias : none,
                             B > 1 ? weight : none, B, layer->O8);
    update_columns(update, layer->weight + (size_t)o, weight);
    update_columns(update, layer->bias + (size_t)o, bias);
  }
}

/* ---- layer normalisation ------------------------------------------------------------------------------------------ */

/* The first `left` lanes of v; the others 0. */
static inline f32x4 keep(f32x4 v, int left) {
  static const wf_real lanes[] = {0, 1, 2, 3};
  if (left >= 4) return v;
  return f32x4_select(f32x4_lt(f32x4_load(lanes), f32x4_splat((wf_real)left)), v, f32x4_splat(0));
}

/* Σ x y, or with y NULL Σ x, of the O numbers of a row. */
static double row_sum(const wf_real *x, const wf_real *y, int O) {
  f64x2 low = f64x2_splat(0), high = low;
  for (int o = 0; o < O; o += 4) {
    f32x4 a = keep(f32x4_load(x + o), O - o), b = y ? f32x4_load(y + o) : f32x4_splat(1);
    low = f64x2_madd(low, f64x2_low(a), f64x2_low(b));
    high = f64x2_madd(high, f64x2_high(a), f64x2_high(b));
  }
  return f64x2_sum(f64x2_add(low, high));
}

void wf_layer_norm_forward(wf_pass *pass, const wf_model *model, const wf_real *w, int l, int B) {
  const wf_layer *layer = &model->layers[l];
  int O = layer->O;
  for (int r = 0; r < B; r++) {
    const wf_real *x = pass->x[l][r];
    size_t at = (size_t)r * (size_t)layer->O8;
    wf_real *y = pass->a[l] + at, *z = pass->z[l] ? pass->z[l] + at : NULL;
    f64x2 mean = f64x2_splat(row_sum(x, NULL, O) / O);
    for (int o = 0; o < O; o += 4) {
      f32x4 a = f32x4_load(x + o);
      f32x4_store(y + o, keep(f32x4_from_f64x2(f64x2_sub(f64x2_low(a), mean), f64x2_sub(f64x2_high(a), mean)), O - o));
    }
    pass->s[l][r] = deviation_inverse(layer, row_sum(y, y, O) / O);
    f32x4 scale = f32x4_splat(pass->s[l][r]);
    for (int o = 0; o < O; o += 4)
      affine(y + o, z ? z + o : NULL, scale, f32x4_load(w + layer->weight + o), f32x4_load(w + layer->bias + o));
  }
}

/* dx of a row; dx first holds g = w dy. */
static void row_input_gradient(wf_real *dx, const wf_real *d, const wf_real *z, const wf_real *w, wf_real s, int O) {
  for (int o = 0; o < O; o += 4) f32x4_store(dx + o, f32x4_mul(f32x4_load(w + o), f32x4_load(d + o)));
  f32x4 scale = f32x4_splat(s), mean_g = f32x4_splat((wf_real)(row_sum(dx, NULL, O) / O));
  f32x4 mean_gz = f32x4_splat((wf_real)(row_sum(dx, z, O) / O));
  for (int o = 0; o < O; o += 4) {
    f32x4 rest = f32x4_sub(f32x4_sub(f32x4_load(dx + o), mean_g), f32x4_mul(f32x4_load(z + o), mean_gz));
    f32x4_store(dx + o, keep(f32x4_mul(scale, rest), O - o));
  }
}

void wf_layer_norm_backward(wf_pass *pass, const wf_model *model, const wf_update *update, int l, int B) {
  const wf_layer *layer = &model->layers[l];
  size_t O8 = (size_t)layer->O8;
  for (size_t at = 0, r = 0; r < (size_t)B && l > 0; r++, at += O8) /* before the update, as above */
    row_input_gradient(pass->d[l - 1] + at, pass->d[l] + at, pass->z[l] + at, pass->w + layer->weight, pass->s[l][r], layer->O);
  for (size_t o = 0; o < O8; o += 8) {
    double sums[8];
    column_products(sums, pass->d[l] + o, pass->z[l] + o, B, layer->O8);
    update_columns(update, layer->weight + o, sums);
    column_sums(sums, pass->d[l] + o, B, layer->O8);
    update_columns(update, layer->bias + o, sums);
  }
}
