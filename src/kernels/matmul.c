/* matmul.c: register tiles for the products of a dense layer · in: see matmul.h · out: see matmul.h · next: activation.c
 *
 * Tiles: forward and weight gradient 4 × 8 (eight accumulators of four lanes; more would spill in V8), input gradient 2 × 4. */
#include "matmul.h"

/* Four rows of X times one panel. */
static void forward_tile(wf_real *y, const wf_real *const *x, const wf_real *w, const wf_real *b, int I, int O8) {
  const wf_real *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3];
  f32x4 b0 = f32x4_load(b), b1 = f32x4_load(b + 4);
  f32x4 a00 = b0, a01 = b1, a10 = b0, a11 = b1, a20 = b0, a21 = b1, a30 = b0, a31 = b1;
  for (int i = 0; i < I; i++, w += 8) {
    f32x4 w0 = f32x4_load(w), w1 = f32x4_load(w + 4);
    f32x4 v0 = f32x4_load_splat(x0 + i), v1 = f32x4_load_splat(x1 + i);
    a00 = f32x4_madd(v0, w0, a00);
    a01 = f32x4_madd(v0, w1, a01);
    a10 = f32x4_madd(v1, w0, a10);
    a11 = f32x4_madd(v1, w1, a11);
    f32x4 v2 = f32x4_load_splat(x2 + i), v3 = f32x4_load_splat(x3 + i);
    a20 = f32x4_madd(v2, w0, a20);
    a21 = f32x4_madd(v2, w1, a21);
    a30 = f32x4_madd(v3, w0, a30);
    a31 = f32x4_madd(v3, w1, a31);
  }
  f32x4_store(y, a00);
  f32x4_store(y + 4, a01);
  f32x4_store(y + O8, a10);
  f32x4_store(y + O8 + 4, a11);
  f32x4_store(y + 2 * O8, a20);
  f32x4_store(y + 2 * O8 + 4, a21);
  f32x4_store(y + 3 * O8, a30);
  f32x4_store(y + 3 * O8 + 4, a31);
}

void wf_matmul_forward(wf_real *y, const wf_real *const *x, const wf_real *w, const wf_real *b, int B4, int I, int O8) {
  size_t panel = (size_t)round4(I) * 8;
  for (int o = 0; o < O8; o += 8, w += panel)
    for (int r = 0; r < B4; r += 4) forward_tile(y + (size_t)r * (size_t)O8 + o, x + r, w, b + o, I, O8);
}

/* Two rows of dY times four rows of W, over all panels. */
static void input_gradient_tile(wf_real *dx, const wf_real *dy, const wf_real *w, size_t panel, int O8, int ldx) {
  f32x4 zero = f32x4_splat(0);
  f32x4 a00 = zero, a01 = zero, a02 = zero, a03 = zero, a10 = zero, a11 = zero, a12 = zero, a13 = zero;
  for (int o = 0; o < O8; o += 8, w += panel)
    for (int h = 0; h < 8; h += 4) {
      f32x4 d0 = f32x4_load(dy + o + h), d1 = f32x4_load(dy + O8 + o + h);
      f32x4 w0 = f32x4_load(w + h), w1 = f32x4_load(w + 8 + h);
      a00 = f32x4_madd(d0, w0, a00);
      a10 = f32x4_madd(d1, w0, a10);
      a01 = f32x4_madd(d0, w1, a01);
      a11 = f32x4_madd(d1, w1, a11);
      f32x4 w2 = f32x4_load(w + 16 + h), w3 = f32x4_load(w + 24 + h);
      a02 = f32x4_madd(d0, w2, a02);
      a12 = f32x4_madd(d1, w2, a12);
      a03 = f32x4_madd(d0, w3, a03);
      a13 = f32x4_madd(d1, w3, a13);
    }
  f32x4_store(dx, f32x4_sum4(a00, a01, a02, a03));
  f32x4_store(dx + ldx, f32x4_sum4(a10, a11, a12, a13));
}

void wf_matmul_input_gradient(wf_real *dx, const wf_real *dy, const wf_real *w, int B2, int I, int O8, int ldx) {
  int I4 = round4(I);
  size_t panel = (size_t)I4 * 8;
  for (int i = 0; i < I4; i += 4)
    for (int r = 0; r < B2; r += 2)
      input_gradient_tile(dx + (size_t)r * (size_t)ldx + i, dy + (size_t)r * (size_t)O8, w + (size_t)i * 8, panel, O8, ldx);
}

/* Four inputs i0..i3 against one panel of columns, summed over the rows; at: where the tile's first weight lies. rows <= 4. */
static void weight_gradient_tile(const wf_update *update, size_t at, const wf_real *const *x, const wf_real *dy, int B,
                                 int i, int rows, int O8) {
  int i1 = rows > 1 ? i + 1 : i, i2 = rows > 2 ? i + 2 : i, i3 = rows > 3 ? i + 3 : i;
  f32x4 zero = f32x4_splat(0);
  f32x4 a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero, a30 = zero, a31 = zero;
  for (int r = 0; r < B; r++, dy += O8) {
    const wf_real *row = x[r];
    f32x4 d0 = f32x4_load(dy), d1 = f32x4_load(dy + 4);
    f32x4 v0 = f32x4_load_splat(row + i), v1 = f32x4_load_splat(row + i1);
    a00 = f32x4_madd(v0, d0, a00);
    a01 = f32x4_madd(v0, d1, a01);
    a10 = f32x4_madd(v1, d0, a10);
    a11 = f32x4_madd(v1, d1, a11);
    f32x4 v2 = f32x4_load_splat(row + i2), v3 = f32x4_load_splat(row + i3);
    a20 = f32x4_madd(v2, d0, a20);
    a21 = f32x4_madd(v2, d1, a21);
    a30 = f32x4_madd(v3, d0, a30);
    a31 = f32x4_madd(v3, d1, a31);
  }
  wf_real g[32];
  f32x4_store(g, a00);
  f32x4_store(g + 4, a01);
  f32x4_store(g + 8, a10);
  f32x4_store(g + 12, a11);
  f32x4_store(g + 16, a20);
  f32x4_store(g + 20, a21);
  f32x4_store(g + 24, a30);
  f32x4_store(g + 28, a31);
  wf_update_run(update, at, g, rows * 8);
}

static void bias_gradient_tile(const wf_update *update, size_t at, const wf_real *dy, int B, int O8) {
  f32x4 a0 = f32x4_splat(0), a1 = a0;
  for (int r = 0; r < B; r++, dy += O8) {
    a0 = f32x4_add(a0, f32x4_load(dy));
    a1 = f32x4_add(a1, f32x4_load(dy + 4));
  }
  wf_real g[8];
  f32x4_store(g, a0);
  f32x4_store(g + 4, a1);
  wf_update_run(update, at, g, 8);
}

void wf_matmul_weight_gradient(const wf_update *weights, const wf_update *biases, size_t at_w, size_t at_b, const wf_real *const *x,
                               const wf_real *dy, int B, int I, int O8) {
  size_t panel = (size_t)round4(I) * 8;
  for (int o = 0; o < O8; o += 8, at_w += panel) {
    for (int i = 0; i < I; i += 4)
      weight_gradient_tile(weights, at_w + (size_t)i * 8, x, dy + o, B, i, I - i < 4 ? I - i : 4, O8);
    bias_gradient_tile(biases, at_b + (size_t)o, dy + o, B, O8);
  }
}

void wf_matmul_forward_scalar(wf_real *y, const wf_real *x, const wf_real *w, const wf_real *b, int B, int I, int O) {
  for (int r = 0; r < B; r++)
    for (int o = 0; o < O; o++) {
      wf_real sum = b[o];
      for (int i = 0; i < I; i++) sum += x[r * I + i] * w[i * O + o];
      y[r * O + o] = sum;
    }
}

void wf_matmul_input_gradient_scalar(wf_real *dx, const wf_real *dy, const wf_real *w, int B, int I, int O) {
  for (int r = 0; r < B; r++)
    for (int i = 0; i < I; i++) {
      wf_real sum = 0;
      for (int o = 0; o < O; o++) sum += dy[r * O + o] * w[i * O + o];
      dx[r * I + i] = sum;
    }
}

void wf_matmul_weight_gradient_scalar(wf_real *dw, wf_real *db, const wf_real *x, const wf_real *dy, int B, int I, int O) {
  for (int o = 0; o < O; o++) {
    db[o] = 0;
    for (int r = 0; r < B; r++) db[o] += dy[r * O + o];
    for (int i = 0; i < I; i++) {
      wf_real sum = 0;
      for (int r = 0; r < B; r++) sum += x[r * I + i] * dy[r * O + o];
      dw[i * O + o] = sum;
    }
  }
}
