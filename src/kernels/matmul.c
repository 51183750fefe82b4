/* matmul.c: register tiles for the products of a dense layer · in: see matmul.h · out: see matmul.h · next: activation.c
 *
 * Tiles: forward and weight gradient ROWS × 8, input gradient 2 × 4. Their loops go round once a step of the sum: with two steps at once
 * V8 before Turboshaft (Node 20) loads for both first and spills accumulators. */
#include "matmul.h"

enum { ROWS = WF_MATMUL_ROWS, COLUMNS = WF_MATMUL_COLUMNS };

/* Some rows of X times one panel. rows: a constant <= ROWS where it is inlined. */
static inline void forward_tile(wf_real *y, const wf_real *const *x, const wf_real *w, const wf_real *b, int rows, int I, int O8) {
  const wf_real *row[ROWS];
  f32x4 a[ROWS][2];
  for (int r = 0; r < rows; r++) {
    row[r] = x[r];
    a[r][0] = f32x4_load(b);
    a[r][1] = f32x4_load(b + 4);
  }
  for (int i = 0; i < I; i++, w += 8) {
    f32x4 w0 = f32x4_load(w), w1 = f32x4_load(w + 4);
    for (int r = 0; r < rows; r++) {
      f32x4 v = f32x4_load_splat(row[r] + i);
      a[r][0] = f32x4_madd(v, w0, a[r][0]);
      a[r][1] = f32x4_madd(v, w1, a[r][1]);
    }
  }
  for (int r = 0; r < rows; r++, y += O8) {
    f32x4_store(y, a[r][0]);
    f32x4_store(y + 4, a[r][1]);
  }
}

void wf_matmul_forward(wf_real *y, const wf_real *const *x, const wf_real *w, const wf_real *b, int B4, int I, int O8) {
  size_t panel = (size_t)round4(I) * 8;
  for (int o = 0; o < O8; o += 8, w += panel)
    for (int r = 0; r < B4;) {
      wf_real *to = y + (size_t)r * (size_t)O8 + o;
      if ((B4 - r) % ROWS == 0) {
        forward_tile(to, x + r, w, b + o, ROWS, I, O8);
        r += ROWS;
      } else {
        forward_tile(to, x + r, w, b + o, 4, I, O8);
        r += 4;
      }
    }
}

/* Two rows of dY times four rows of W, over all panels. */
static void input_gradient_tile(wf_real *dx, const wf_real *dy, const wf_real *w, size_t panel, int O, int ldx) {
  int O8 = round8(O);
  f32x4 zero = f32x4_splat(0);
  f32x4 a00 = zero, a01 = zero, a02 = zero, a03 = zero, a10 = zero, a11 = zero, a12 = zero, a13 = zero;
  for (int o = 0; o < O; w += o & 4 ? panel - 4 : 4, o += 4) {
    f32x4 d0 = f32x4_load(dy + o), d1 = f32x4_load(dy + O8 + o);
    f32x4 w0 = f32x4_load(w), w1 = f32x4_load(w + 8);
    a00 = f32x4_madd(d0, w0, a00);
    a10 = f32x4_madd(d1, w0, a10);
    a01 = f32x4_madd(d0, w1, a01);
    a11 = f32x4_madd(d1, w1, a11);
    f32x4 w2 = f32x4_load(w + 16), w3 = f32x4_load(w + 24);
    a02 = f32x4_madd(d0, w2, a02);
    a12 = f32x4_madd(d1, w2, a12);
    a03 = f32x4_madd(d0, w3, a03);
    a13 = f32x4_madd(d1, w3, a13);
  }
  f32x4_store(dx, f32x4_sum4(a00, a01, a02, a03));
  f32x4_store(dx + ldx, f32x4_sum4(a10, a11, a12, a13));
}

void wf_matmul_input_gradient(wf_real *dx, const wf_real *dy, const wf_real *w, int B2, int I, int O, int ldx) {
  int I4 = round4(I), O8 = round8(O);
  size_t panel = (size_t)I4 * 8;
  for (int i = 0; i < I4; i += 4)
    for (int r = 0; r < B2; r += 2)
      input_gradient_tile(dx + (size_t)r * (size_t)ldx + i, dy + (size_t)r * (size_t)O8, w + (size_t)i * 8, panel, O, ldx);
}

/* g (ROWS, 8): ROWS columns of X, beginning at x, against one panel of dY, summed over the rows. */
static void weight_gradient_tile(wf_real *g, const wf_real *x, const wf_real *dy, int B, int O8) {
  f32x4 a[ROWS][2];
  for (int i = 0; i < ROWS; i++) a[i][0] = a[i][1] = f32x4_splat(0);
  for (int r = 0; r < B; r++, x += COLUMNS, dy += O8) {
    f32x4 d0 = f32x4_load(dy), d1 = f32x4_load(dy + 4);
    for (int i = 0; i < ROWS; i++) {
      f32x4 v = f32x4_load_splat(x + i);
      a[i][0] = f32x4_madd(v, d0, a[i][0]);
      a[i][1] = f32x4_madd(v, d1, a[i][1]);
    }
  }
  for (int i = 0; i < ROWS; i++) {
    f32x4_store(g + 8 * i, a[i][0]);
    f32x4_store(g + 8 * i + 4, a[i][1]);
  }
}

/* columns (B, COLUMNS): columns i..i+n-1 of X side by side, so that a tile goes through few lines and pages of memory. */
static void gather_columns(wf_real *columns, const wf_real *const *x, int B, int i, int n) {
  for (int r = 0; r < B; r++, columns += COLUMNS) {
    const wf_real *row = x[r] + i;
    int j = 0;
    for (; j + 4 <= n; j += 4) f32x4_store(columns + j, f32x4_load(row + j));
    for (; j < n; j++) columns[j] = row[j];
  }
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
                               const wf_real *dy, wf_real *columns, int B, int I, int O8) {
  size_t panel = (size_t)round4(I) * 8;
  for (int i = 0; i < I; i += COLUMNS) {
    int n = I - i < COLUMNS ? I - i : COLUMNS;
    size_t at = at_w + (size_t)i * 8;
    gather_columns(columns, x, B, i, n);
    wf_real g[COLUMNS * 8];
    for (int o = 0; o < O8; o += 8, at += panel) {
      for (int j = 0; j < n; j += ROWS) weight_gradient_tile(g + 8 * j, columns + j, dy + o, B, O8);
      wf_update_run(weights, at, g, n * 8);
    }
  }
  for (int o = 0; o < O8; o += 8) bias_gradient_tile(biases, at_b + (size_t)o, dy + o, B, O8);
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
