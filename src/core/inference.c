/* inference.c: what least squares can say about its estimates · in: linear.h, the rows, coefficients · out: covariances, leverage, VIF · next: ../js/linear.js
 *
 * √S X = U R with U never kept: L (p,P) holds the parameters that R gives for each column of the unit matrix, so that the estimates are
 * Lᵀ Uᵀ √S y. Then (XᵀSX)⁻¹ = Lᵀ L and the sandwich is Lᵀ (Σ ω_i u_i u_iᵀ) L with ω = s e² / (1 - h)^0..2 and h = ‖u‖²: rows pass once, in
 * blocks. Where columns depend on others, L is that of the least-norm solution. */
#include <math.h>
#include <string.h>

#include "arena.h"
#include "linear.h"

/* 1 - h of a row that its own parameter meets exactly, but for rounding: there e² / (1 - h) is 0 / 0 */
static const double NO_FREEDOM = 0x1p-44;

typedef struct inference {
  wf_linear *m;
  int p, P;            /* rank and number of parameters, both with the intercept */
  double *L;           /* (p, P) in the caller's units, but for the weights' */
  double *square;      /* (P) variances in the units of m: Σ z² */
  double *u;           /* (P, QR_ROWS): p columns of U */
  double *omega;       /* (3, QR_ROWS) */
  double *meat;        /* (3, p, p) lower triangles */
  double *product;     /* (P) scratch */
  double *z;           /* (4, V) coefficients, as of a target */
  int *row;            /* (QR_ROWS) whose they are */
  int y_unit;
  double centre;       /* the intercept, in units of y */
} inference;

static void layout(arena *a, inference *f, const wf_linear *m) {
  const uint64_t P = (uint64_t)m->P, p = (uint64_t)(m->started ? m->q->rank : 0);
  f->L = arena_take(a, p * P, sizeof(double));
  f->square = arena_take(a, P, sizeof(double));
  f->u = arena_take(a, P * QR_ROWS, sizeof(double));
  f->omega = arena_take(a, 3 * QR_ROWS, sizeof(double));
  f->row = arena_take(a, QR_ROWS, sizeof(int));
  f->meat = arena_take(a, 3 * p * p, sizeof(double));
  f->product = arena_take(a, P, sizeof(double));
  f->z = arena_take(a, 4 * (uint64_t)m->V, sizeof(double));
}

/* ---- parameters from U --------------------------------------------------------------------------------------------- */

static void parameters(inference *f) {
  const wf_linear *m = f->m;
  double *z = m->g;
  for (int k = 0; k < f->p; k++) {
    memset(m->h, 0, (size_t)f->P * sizeof(double));
    m->h[k] = 1;
    qr_solve(m->q, z, m->h, 0);
    double *to = f->L + (size_t)k * (size_t)f->P;
    dd b = {m->centred ? z[0] : 0, 0};
    for (int j = m->centred; j < f->P; j++) {
      b = dd_add(b, dd_mul((dd){m->centre[j], 0}, (dd){-z[j], 0}));
      f->square[j] += z[j] * z[j];
      to[j] = shifted(z[j], -m->units[j]);
    }
    if (m->centred) to[0] = b.hi;
  }
}

/* VIF_j = ‖x_j‖² ((XᵀX)⁻¹)_jj, centred if there is an intercept. Infinite for what is no pivot, and for a pivot with a share in such a
 * column that is more than the noise in it. */
static void inflation(double *vif, const inference *f) {
  const wf_linear *m = f->m;
  const qr *q = m->q;
  for (int j = 0; j < m->D; j++) vif[j] = INFINITY;
  for (int i = m->centred; i < f->p; i++) {
    int j = q->pivot[i], depends = 0;
    for (int k = f->p; k < f->P && !depends; k++)
      depends = fabs(qr_share(q, i, k - f->p)) > m->noise[q->pivot[k]] * sqrt(f->square[j]);
    if (!depends) vif[j - m->centred] = m->norm[j] * m->norm[j] * f->square[j];
  }
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

/* u of the block's n rows: U = A R⁻¹, in place, column by column */
static void solve_block(const inference *f, int n) {
  for (int k = 0; k < f->p; k++) {
    const double *r = qr_head(f->m->q, k);
    double *u = f->u + (size_t)k * QR_ROWS;
    for (int l = 0; l < k; l++) qr_subtract(u, r[l], f->u + (size_t)l * QR_ROWS, n);
    for (int i = 0; i < n; i++) u[i] /= r[k];
  }
}

/* Σ a b omega for the three omegas */
static void accumulate(double *const to[3], const double *a, const double *b, const double *omega, int n) {
  f64x2 s0 = f64x2_splat(0), s1 = s0, s2 = s0;
  for (int i = 0; i < n; i += 2) {
    f64x2 ab = f64x2_mul(f64x2_load(a + i), f64x2_load(b + i));
    s0 = f64x2_madd(s0, ab, f64x2_load(omega + i));
    s1 = f64x2_madd(s1, ab, f64x2_load(omega + QR_ROWS + i));
    s2 = f64x2_madd(s2, ab, f64x2_load(omega + 2 * QR_ROWS + i));
  }
  *to[0] += f64x2_sum(s0);
  *to[1] += f64x2_sum(s1);
  *to[2] += f64x2_sum(s2);
}

/* The block's n rows: their leverage, omega (the first is s e² already), and their part of the three sums. */
static void close_block(inference *f, double *leverage, int n) {
  double *omega = f->omega;
  size_t p = (size_t)f->p;
  if (n == 0) return;
  solve_block(f, n);
  for (int i = 0; i < n; i++) {
    double h = 0;
    for (size_t k = 0; k < p; k++) h += f->u[k * QR_ROWS + (size_t)i] * f->u[k * QR_ROWS + (size_t)i];
    double rest = 1 - h > NO_FREEDOM ? 1 - h : NAN;
    omega[QR_ROWS + i] = omega[i] / rest;
    omega[2 * QR_ROWS + i] = omega[i] / rest / rest;
    leverage[f->row[i]] = h;
  }
  if (n & 1) omega[n] = omega[QR_ROWS + n] = omega[2 * QR_ROWS + n] = 0;
  for (size_t a = 0; a < p; a++)
    for (size_t b = 0; b <= a; b++) {
      double *at = f->meat + a * p + b, *to[3] = {at, at + p * p, at + 2 * p * p};
      accumulate(to, f->u + a * QR_ROWS, f->u + b * QR_ROWS, omega, n + (n & 1));
    }
}

/* m->row's place in the block, with s and the residual e of unit 2^y_unit */
static void add_row(inference *f, int place, int row, double s, double e) {
  const wf_linear *m = f->m;
  double sigma = sqrt(s);
  f->row[place] = row;
  f->omega[place] = s * (e * e);
  for (int k = 0; k < f->p; k++) {
    int j = m->q->pivot[k];
    f->u[(size_t)k * QR_ROWS + (size_t)place] = j < m->centred ? sigma : sigma * (m->row[j - m->centred] - m->centre[j]);
  }
}

static void read_rows(inference *f, wf_inference *result, double *leverage, double *residual, const double *x, const double *y, const double *weight, int rows) {
  wf_linear *m = f->m;
  const double unit = shifted(1, -f->y_unit);
  dd square = {0, 0}, sum = {0, 0}, total = {0, 0};
  double first = 0;
  int n = 0, none = 1;
  for (int i = 0; i < rows; i++) {
    double s = weight ? shifted(weight[i], -m->weight_unit) : 1, t = y[i] * unit;
    linear_row(m, x + (size_t)i * (size_t)m->D);
    dd e = dd_add(two_sum(t, -f->centre), dd_neg(linear_product(m->row, f->z, m->V)));
    residual[i] = shifted(e.hi, f->y_unit);
    leverage[i] = 0;
    if (!(s > 0)) continue;
    if (n == QR_ROWS) {
      close_block(f, leverage, n);
      n = 0;
    }
    add_row(f, n++, i, s, e.hi);
    if (none && m->centred) first = t;
    none = 0;
    dd_accumulate(&square.hi, &square.lo, s * e.hi, e.hi);
    dd_accumulate(&sum.hi, &sum.lo, s, t - first);
    dd_accumulate(&total.hi, &total.lo, s * (t - first), t - first);
  }
  close_block(f, leverage, n);
  int unit2 = 2 * f->y_unit + m->weight_unit;
  sum = two_sum(sum.hi, sum.lo);
  dd away = m->centred && n ? dd_div(dd_mul(sum, sum), two_sum(m->total_hi, m->total_lo)) : (dd){0, 0};
  result->residual_square = shifted(two_sum(square.hi, square.lo).hi, unit2);
  result->total_square = shifted(dd_add(two_sum(total.hi, total.lo), dd_neg(away)).hi, unit2);
}

/* ---- covariances ----------------------------------------------------------------------------------------------------- */

/* cov (P,P) = 2^e Lᵀ M L; M (p,p) by its lower triangle, NULL: 1 */
static void sandwich(double *cov, const inference *f, const double *M, int e) {
  size_t p = (size_t)f->p, P = (size_t)f->P;
  memset(cov, 0, P * P * sizeof(double));
  for (size_t a = 0; a < p; a++) {
    double *right = M ? f->product : f->L + a * P;
    if (M) memset(right, 0, P * sizeof(double));
    for (size_t b = 0; M && b < p; b++) qr_subtract(right, -(b <= a ? M[a * p + b] : M[b * p + a]), f->L + b * P, f->P);
    for (size_t i = 0; i < P; i++) qr_subtract(cov + i * P, -f->L[a * P + i], right, f->P);
  }
  for (size_t i = 0; i < P; i++)
    for (size_t j = 0; j <= i; j++) cov[i * P + j] = cov[j * P + i] = shifted(cov[i * P + j], e);
}

static void covariances(double *cov, const inference *f) {
  size_t size = (size_t)f->P * (size_t)f->P, meat = (size_t)f->p * (size_t)f->p;
  double n = f->m->used;
  sandwich(cov, f, NULL, -f->m->weight_unit);
  sandwich(cov + size, f, f->meat, 2 * f->y_unit);
  sandwich(cov + 3 * size, f, f->meat + meat, 2 * f->y_unit);
  sandwich(cov + 4 * size, f, f->meat + 2 * meat, 2 * f->y_unit);
  for (size_t i = 0; i < size; i++) cov[2 * size + i] = n > f->p ? cov[size + i] * (n / (n - f->p)) : NAN;
}

static void infer(inference *f, wf_inference *result, double *cov, double *vif, double *leverage, double *residual, const double *coef,
                  const double *intercept, const double *x, const double *y, const double *weight, int rows) {
  const wf_linear *m = f->m;
  double largest = 0;
  for (int i = 0; i < rows; i++) largest = fabs(y[i]) > largest && !(weight && weight[i] == 0) ? fabs(y[i]) : largest;
  f->y_unit = exponent(largest);
  f->centre = m->centred ? shifted(*intercept, -f->y_unit) : 0;
  for (int j = 0; j < m->D; j++) f->z[j] = shifted(coef[j], m->units[m->centred + j] - f->y_unit);
  linear_split(f->z, m->V);
  result->rows = m->used;
  result->parameters = f->p;
  parameters(f);
  inflation(vif, f);
  read_rows(f, result, leverage, residual, x, y, weight, rows);
  covariances(cov, f);
}

int wf_linear_inference(wf_inference *result, double *cov, double *vif, double *leverage, double *residual, const double *coef,
                        const double *intercept, const double *x, const double *y, const double *weight, int rows, int features,
                        int fit_intercept) {
  wf_linear *m = wf_linear_new(rows, features, 0, fit_intercept);
  arena a = {NULL, 0};
  *result = (wf_inference){0, 0, 0, 0};
  int done = m != NULL;
  if (done) {
    wf_linear_weigh(m, weight, rows);
    wf_linear_push(m, x, 0, x, weight, rows);
    done = wf_linear_solve(m);
  }
  if (done) {
    inference f = {.m = m, .p = m->started ? m->q->rank : 0, .P = m->P};
    layout(&a, &f, m);
    a = (arena){arena_memory(&a), 0};
    layout(&a, &f, m);
    done = a.base != NULL;
    if (done) infer(&f, result, cov, vif, leverage, residual, coef, intercept, x, y, weight, rows);
    wf_free(a.base);
  }
  wf_linear_free(m);
  return done;
}
