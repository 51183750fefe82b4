/* ridge.c: ridge regression for a whole path of alphas · in: rows X, Y, weights · out: coefficients, degrees of freedom, GCV · next: elastic.c
 *
 * centre → fold the rows into a triangle, (X, Y) → (R, C) → rotate the rows of R until they are orthogonal → each alpha by a sum.
 *   Uᵀ R = diag(d) Vᵀ, c = Uᵀ C:   w = Σ d v c / (d² + alpha)
 * The rotations are one-sided Jacobi: U is never formed, c is rotated along. Fold and rotations treat each column of X in its own
 * size, so that badly scaled columns lose nothing. Fewer rows than columns are rotated as they are.
 * Sources: Demmel, Veselić 1992, "Jacobi's method is more accurate than QR"; de Rijk 1989 for the order of rotations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../wasmfit.h"
#include "centred.h"
#include "qr.h"

enum { BLOCK_ROWS = 256, SWEEPS = 40, PASSES = 2 };

typedef struct spectrum {
  int m, D, K;     /* lines, features, outputs */
  double *line;    /* (m, D+K) d vᵀ, then c of each output */
  double *square;  /* (m) d²; 0: of rounding only */
  double *share;   /* (m) scratch of a solution */
  double *rest;    /* (K) squares of Y outside the lines */
} spectrum;

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* a · b doubles, zeroed */
static double *doubles(size_t a, size_t b) { return calloc(a > 0 ? a : 1, (b > 0 ? b : 1) * sizeof(double)); }

static int spectrum_new(spectrum *p, int m, int D, int K) {
  *p = (spectrum){.m = m, .D = D, .K = K};
  p->line = doubles((size_t)m, (size_t)(D + K));
  p->square = doubles((size_t)m, 1);
  p->share = doubles((size_t)m, 1);
  p->rest = doubles((size_t)K, 1);
  return p->line && p->square && p->share && p->rest;
}

static void spectrum_free(spectrum *p) {
  free(p->line);
  free(p->square);
  free(p->share);
  free(p->rest);
}

static double *line_at(const spectrum *p, int i) { return p->line + (size_t)i * (size_t)(p->D + p->K); }

/* ---- rows become lines ------------------------------------------------------------------------------------------- */

static double value_at(const columns *x, const columns *y, const sample *s, int i, int j) {
  return j < x->count ? columns_at(x, s, i, j) : columns_at(y, s, i, j - x->count);
}

/* n <= D: the lines are the rows. */
static void take_rows(spectrum *p, const columns *x, const columns *y, const sample *s) {
  for (int i = 0; i < p->m; i++)
    for (int j = 0; j < p->D + p->K; j++) line_at(p, i)[j] = value_at(x, y, s, i, j);
}

/* n > D: the lines are the rows of the triangle. Returns 0: out of memory. */
static int fold_rows(spectrum *p, const columns *x, const columns *y, const sample *s) {
  int D = p->D, C = D + p->K, step = D + D % 2;
  double *head = doubles((size_t)step, (size_t)C + 1), *block = doubles(BLOCK_ROWS, (size_t)C + 1);
  for (int start = 0; head && block && start < s->n; start += BLOCK_ROWS) {
    int n = s->n - start < BLOCK_ROWS ? s->n - start : BLOCK_ROWS;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < C; j++) block[j * BLOCK_ROWS + i] = value_at(x, y, s, start + i, j);
    for (int j = 0; n % 2 && j < C; j++) block[j * BLOCK_ROWS + n] = 0;
    qr_fold_block(head, step, block, BLOCK_ROWS, n + n % 2, D, C);
    for (int k = 0; k < p->K; k++) {
      const double *left = block + (D + k) * BLOCK_ROWS;
      p->rest[k] += qr_dot(left, left, n);
    }
  }
  for (int i = 0; head && block && i < p->m; i++)
    for (int j = i; j < C; j++) line_at(p, i)[j] = head[(size_t)j * (size_t)step + (size_t)i];
  int done = head && block;
  free(head);
  free(block);
  return done;
}

/* ---- lines become orthogonal --------------------------------------------------------------------------------------- */

static void swap_lines(spectrum *p, int a, int b) {
  double *x = line_at(p, a), *y = line_at(p, b), t = p->square[a];
  p->square[a] = p->square[b];
  p->square[b] = t;
  for (int j = 0; a != b && j < p->D + p->K; j++) {
    t = x[j];
    x[j] = y[j];
    y[j] = t;
  }
}

/* Turns lines a and b, a the longer, until they are orthogonal. Returns 0: they were. */
static int rotate(spectrum *p, int a, int b, double tolerance) {
  double *x = line_at(p, a), *y = line_at(p, b), both = qr_dot(x, y, p->D);
  if (!(fabs(both) > tolerance * sqrt(p->square[a]) * sqrt(p->square[b]))) return 0;
  double zeta = (p->square[b] - p->square[a]) / (2 * both);
  double t = (zeta < 0 ? -1 : 1) / (fabs(zeta) + sqrt(1 + zeta * zeta)), c = 1 / sqrt(1 + t * t), s = c * t;
  for (int j = 0; j < p->D + p->K; j++) {
    double u = x[j], v = y[j];
    x[j] = c * u - s * v;
    y[j] = s * u + c * v;
  }
  p->square[a] = qr_dot(x, x, p->D);
  p->square[b] = qr_dot(y, y, p->D);
  return 1;
}

/* A line whose every part is within its column's noise is rounding: its square becomes 0. */
static void spectrum_solve(spectrum *p, const double *noise) {
  double tolerance = 0x1p-52 * sqrt((double)p->D);
  int turned = 1;
  for (int i = 0; i < p->m; i++) p->square[i] = qr_dot(line_at(p, i), line_at(p, i), p->D);
  for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
    turned = 0;
    for (int a = 0; a < p->m; a++) {
      int longest = a;
      for (int b = a + 1; b < p->m; b++)
        if (p->square[b] > p->square[longest]) longest = b;
      swap_lines(p, a, longest);
      for (int b = a + 1; b < p->m; b++) turned |= rotate(p, a, b, tolerance);
    }
  }
  for (int i = 0; i < p->m; i++) {
    int above = 0;
    for (int j = 0; j < p->D; j++) above |= fabs(line_at(p, i)[j]) > noise[j];
    if (!above) p->square[i] = 0;
  }
}

/* ---- each alpha ------------------------------------------------------------------------------------------------------ */

/* w (D) and the residual sum of squares at alpha, all in units: w = Σ f l with f (d² + alpha) = c - l·(w - f l).
 * Lines are orthogonal but for rounding, which a long line would magnify in a short one's share: a second pass takes it out. */
static double solve(double *w, double *f, const spectrum *p, double alpha, int k) {
  double left = p->rest[k];
  memset(w, 0, (size_t)p->D * sizeof(double));
  for (int i = 0; i < p->m; i++) f[i] = 0;
  for (int pass = 0; pass < PASSES; pass++) {
    for (int i = 0; i < p->m; i++) {
      const double *line = line_at(p, i);
      if (!(p->square[i] > 0)) continue;
      double change = (line[p->D + k] - qr_dot(line, w, p->D) - alpha * f[i]) / (p->square[i] + alpha);
      f[i] += change;
      qr_subtract(w, -change, line, p->D);
    }
  }
  for (int i = 0; i < p->m; i++) {
    double miss = p->square[i] > 0 ? alpha * f[i] : line_at(p, i)[p->D + k];
    left += miss * miss;
  }
  return left;
}

/* Effective degrees of freedom; spare: those left over, n - degrees (less one with an intercept), without cancellation. */
static double degrees_at(double *spare, const spectrum *p, double alpha, int free_rows) {
  double degrees = 0, penalised = 0;
  int rank = 0;
  for (int i = 0; i < p->m; i++) {
    if (!(p->square[i] > 0)) continue;
    rank++;
    degrees += p->square[i] / (p->square[i] + alpha);
    penalised += alpha / (p->square[i] + alpha);
  }
  *spare = (free_rows > rank ? free_rows - rank : 0) + penalised;
  return degrees;
}

/* In the caller's units; w (D) becomes the coefficients. */
static double finish(double *w, const columns *x, const columns *y, int k) {
  dd b = y->mean[k];
  for (int j = 0; j < x->count; j++) b = dd_add(b, dd_mul(x->mean[j], (dd){-w[j], 0}));
  for (int j = 0; j < x->count; j++) w[j] = shifted(w[j], y->unit[k] - x->unit[j]);
  return shifted(b.hi, y->unit[k]);
}

typedef struct path { double *coef, *intercept, *degrees, *gcv; const double *alphas; int count; } path;

static void path_fill(path *out, const spectrum *p, const columns *x, const columns *y, const sample *s, int centred) {
  int K = p->K;
  for (int a = 0; a < out->count; a++) {
    double spare, alpha = shifted(out->alphas[a], -s->unit - 2 * x->unit[0]);
    out->degrees[a] = degrees_at(&spare, p, alpha, s->n - centred);
    for (int k = 0; k < K; k++) {
      double *w = out->coef + ((size_t)a * (size_t)K + (size_t)k) * (size_t)p->D;
      double left = shifted(solve(w, p->share, p, alpha, k), 2 * y->unit[k] + s->unit);
      out->intercept[a * K + k] = finish(w, x, y, k);
      out->gcv[a * K + k] = spare > 0 ? s->n * (left / spare / spare) : INFINITY;
    }
  }
}

/* Where alpha is 0 the refined solution of least squares stands. */
static int path_exact(path *out, const double *x, const double *y, const double *weight, int rows, int D, int K, int centred) {
  wf_linear_result result;
  int first = 0;
  while (first < out->count && out->alphas[first] != 0) first++;
  if (first == out->count) return 1;
  size_t size = (size_t)K * (size_t)D;
  double *coef = out->coef + (size_t)first * size, *intercept = out->intercept + (size_t)first * (size_t)K;
  if (!wf_linear_fit(coef, intercept, &result, x, y, weight, rows, D, K, centred)) return 0;
  for (int a = first; a < out->count; a++) {
    if (out->alphas[a] != 0) continue;
    memmove(out->coef + (size_t)a * size, coef, size * sizeof(double));
    memmove(out->intercept + (size_t)a * (size_t)K, intercept, (size_t)K * sizeof(double));
  }
  return 1;
}

int wf_ridge_path(double *coef, double *intercept, double *degrees, double *gcv, const double *alphas, const double *x,
                  const double *y, const double *weight, int count, int rows, int features, int outputs, int fit_intercept) {
  sample s;
  columns cx = {0}, cy = {0};
  spectrum p = {0};
  path out = {coef, intercept, degrees, gcv, alphas, count};
  int centred = fit_intercept != 0;
  int done = sample_new(&s, weight, rows) && columns_new(&cx, &s, x, features, centred, 1) &&
             columns_new(&cy, &s, y, outputs, centred, 0) && spectrum_new(&p, s.n < features ? s.n : features, features, outputs);
  if (done && s.n > features) done = fold_rows(&p, &cx, &cy, &s);
  else if (done) take_rows(&p, &cx, &cy, &s);
  if (done) {
    spectrum_solve(&p, cx.noise);
    path_fill(&out, &p, &cx, &cy, &s, centred);
    done = path_exact(&out, x, y, weight, rows, features, outputs, centred);
  }
  spectrum_free(&p);
  columns_free(&cx);
  columns_free(&cy);
  sample_free(&s);
  return done;
}
