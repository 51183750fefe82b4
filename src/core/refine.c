/* refine.c: refinement of least squares by residuals in double-double · in: linear.h, the rows once more · out: theta · next: inference.c
 *
 * e = y - b - X z and Aᵀ S e from the caller's numbers, then R Δ = R⁻ᵀ Aᵀ S e. With R from Householder QR each round shrinks the error
 * by about ε κ(A), although Q is not kept. Source: Björck 1987, "Stability analysis of the method of seminormal equations".
 * Many rows of well-conditioned columns even out the rounding of each: then the first round takes residuals in plain f64, and is mostly
 * the last. */
#include <math.h>
#include <string.h>

#include "linear.h"

static const double EPSILON = 0x1p-52;
enum { REFINEMENTS = 10, MANY = 1 << 20 };

dd linear_offset(const wf_linear *m, int k) {
  const target *t = &m->targets[k];
  dd b = {m->centre[m->P + k], 0};
  if (m->centred) b = dd_add(b, (dd){t->theta[0], t->low[0]});
  for (int j = m->centred; j < m->P; j++) b = dd_add(b, dd_mul((dd){m->centre[j], 0}, (dd){-t->theta[j], -t->low[j]}));
  return b;
}

static void store(double *to, int V, int j, split2 a) {
  f64x2_store(to + j, a.all);
  f64x2_store(to + V + j, a.high);
  f64x2_store(to + 2 * V + j, a.low);
}

static split2 load(const double *from, int V, int j) {
  return (split2){f64x2_load(from + j), f64x2_load(from + V + j), f64x2_load(from + 2 * V + j)};
}

void linear_split(double *z, int V) {
  for (int j = 0; j < V; j += 2) store(z, V, j, split2_of(f64x2_load(z + j)));
}

void linear_begin(wf_linear *m) {
  for (int k = 0; k < m->K; k++) {
    target *t = &m->targets[k];
    memset(t->g_hi, 0, (size_t)m->V * sizeof(double));
    memset(t->g_lo, 0, (size_t)m->V * sizeof(double));
    t->e_hi = t->e_lo = t->square = 0;
    memcpy(t->z, t->theta + m->centred, (size_t)m->D * sizeof(double));
    memcpy(t->z + 3 * m->V, t->low + m->centred, (size_t)m->D * sizeof(double));
    linear_split(t->z, m->V);
  }
}

void linear_row(wf_linear *m, const double *x) {
  const double *scale = m->scale + m->centred;
  int j = 0;
  for (; j + 2 <= m->D; j += 2) store(m->row, m->V, j, split2_of(f64x2_mul(f64x2_load(x + j), f64x2_load(scale + j))));
  if (j < m->D) {
    m->row[j] = x[j] * scale[j];
    store(m->row, m->V, j, split2_of(f64x2_load(m->row + j)));
  }
}

dd linear_product(const double *row, const double *z, int V) {
  const double *low = z + 3 * V;
  f64x2 hi = f64x2_splat(0), lo = hi;
  for (int j = 0; j < V; j += 2) {
    split2 x = load(row, V, j);
    lo = f64x2_madd(lo, x.all, f64x2_load(low + j));
    dd_accumulate2(&hi, &lo, x, load(z, V, j));
  }
  dd sum = two_sum(f64x2_lane0(hi), f64x2_lane1(hi));
  return two_sum(sum.hi, sum.lo + f64x2_sum(lo));
}

/* g += w row */
static void gather(double *hi, double *lo, const double *row, dd w, int V) {
  split2 factor = split2_of(f64x2_splat(w.hi));
  f64x2 rest = f64x2_splat(w.lo);
  for (int j = 0; j < V; j += 2) {
    split2 x = load(row, V, j);
    f64x2 h = f64x2_load(hi + j), l = f64x2_madd(f64x2_load(lo + j), x.all, rest);
    dd_accumulate2(&h, &l, x, factor);
    f64x2_store(hi + j, h);
    f64x2_store(lo + j, l);
  }
}

/* Largest eigenvalue of (Aᵀ S A)⁻¹ = R⁻¹ R⁻ᵀ, by steps of the power method from signs without a pattern; a little below the truth. */
static double magnification(wf_linear *m) {
  double most = 0, *v = m->noise;
  uint32_t bits = 0x9e3779b9;
  for (int j = 0; j < m->P; j++, bits = bits * 1664525 + 1013904223) v[j] = bits >> 31 ? 1 : -1;
  for (int step = 0; step < 8; step++) {
    double largest = 0;
    qr_project(m->q, m->h, v);
    qr_solve(m->q, v, m->h, 0);
    for (int j = 0; j < m->P; j++) largest = fabs(v[j]) > largest ? fabs(v[j]) : largest;
    for (int j = 0; j < m->P; j++) v[j] /= largest;
    most = largest > most ? largest : most;
  }
  return most;
}

/* Rounding in f64 is random over many rows of equal weight: half an ulp of y and of each product, and of each partial sum of Aᵀ e, put
 * a gradient off by about ε/2 (√D max(‖y‖, |z|) / √N + ‖e‖ / √2). What that makes of z must be below half its last bit. */
void linear_judge(wf_linear *m) {
  m->plain = m->q->rank == m->P && m->used * m->P >= MANY && m->used >= 32 * m->P && m->total_hi == m->used;
  double magnified = m->plain ? magnification(m) : 0;
  for (int k = 0; k < m->K; k++) {
    const target *t = &m->targets[k];
    double square = t->square_hi > t->size * t->size ? t->square_hi : t->size * t->size;
    m->plain &= magnified * (sqrt(m->D * square / m->used) + sqrt(t->error / 2)) <= t->size;
  }
}

/* to (4, V) = four rows about their origin, of which so many are there */
static inline void centre_rows(double *to, const wf_linear *m, const void *x, int rows, int single) {
  const double *scale = m->scale + m->centred, *centre = m->centre + m->centred;
  const size_t D = (size_t)m->D, V = (size_t)m->V, b = rows > 1 ? D : 0, c = rows > 2 ? 2 * D : 0, d = rows > 3 ? 3 * D : 0;
  size_t j = 0;
  for (; j + 2 <= D; j += 2) {
    f64x2 unit = f64x2_load(scale + j), origin = f64x2_load(centre + j);
    f64x2_store(to + j, f64x2_sub(f64x2_mul(linear_pair(x, j, single), unit), origin));
    f64x2_store(to + V + j, f64x2_sub(f64x2_mul(linear_pair(x, b + j, single), unit), origin));
    f64x2_store(to + 2 * V + j, f64x2_sub(f64x2_mul(linear_pair(x, c + j, single), unit), origin));
    f64x2_store(to + 3 * V + j, f64x2_sub(f64x2_mul(linear_pair(x, d + j, single), unit), origin));
  }
  if (j == D) return;
  to[j] = linear_value(x, j, single) * scale[j] - centre[j];
  to[V + j] = linear_value(x, b + j, single) * scale[j] - centre[j];
  to[2 * V + j] = linear_value(x, c + j, single) * scale[j] - centre[j];
  to[3 * V + j] = linear_value(x, d + j, single) * scale[j] - centre[j];
}

/* Apart for the same reason as in push.c. */
static __attribute__((noinline)) void centre_floats(double *to, const wf_linear *m, const float *x, int rows) { centre_rows(to, m, x, rows, 1); }
static __attribute__((noinline)) void centre_doubles(double *to, const wf_linear *m, const double *x, int rows) { centre_rows(to, m, x, rows, 0); }

/* The first round in f64: rows about their origin, z without its lower part, which is still 0. Rows that are missing from four count 0. */
static void residual_plain(wf_linear *m, const void *x, int single, const double *y, int rows) {
  const double *r0 = m->row, *r1 = r0 + m->V, *r2 = r1 + m->V, *r3 = r2 + m->V;
  for (int i = 0; i < rows; i += 4, y += 4 * m->K) {
    const int n = rows - i < 4 ? rows - i : 4;
    const size_t at = (size_t)i * (size_t)m->D;
    if (single) centre_floats(m->row, m, (const float *)x + at, n);
    else centre_doubles(m->row, m, (const double *)x + at, n);
    for (int k = 0; k < m->K; k++) {
      target *t = &m->targets[k];
      f64x2 zero = f64x2_splat(0), s0 = zero, s1 = zero, s2 = zero, s3 = zero;
      for (int j = 0; j < m->V; j += 2) {
        f64x2 z = f64x2_load(t->z + j);
        s0 = f64x2_madd(s0, f64x2_load(r0 + j), z);
        s1 = f64x2_madd(s1, f64x2_load(r1 + j), z);
        s2 = f64x2_madd(s2, f64x2_load(r2 + j), z);
        s3 = f64x2_madd(s3, f64x2_load(r3 + j), z);
      }
      double e[4] = {f64x2_sum(s0), f64x2_sum(s1), f64x2_sum(s2), f64x2_sum(s3)}, offset = m->centre[m->P + k] + (m->centred ? t->theta[0] : 0);
      for (int r = 0; r < 4; r++) {
        e[r] = r < n ? (y[(size_t)r * (size_t)m->K + (size_t)k] * m->scale[m->P + k] - offset) - e[r] : 0;
        t->e_hi += e[r];
        t->square += e[r] * e[r];
      }
      f64x2 e0 = f64x2_splat(e[0]), e1 = f64x2_splat(e[1]), e2 = f64x2_splat(e[2]), e3 = f64x2_splat(e[3]);
      for (int j = 0; j < m->V; j += 2) {
        f64x2 g = f64x2_madd(f64x2_load(t->g_hi + j), f64x2_load(r0 + j), e0);
        g = f64x2_madd(f64x2_madd(f64x2_madd(g, f64x2_load(r1 + j), e1), f64x2_load(r2 + j), e2), f64x2_load(r3 + j), e3);
        f64x2_store(t->g_hi + j, g);
      }
    }
  }
}

void wf_linear_residual(wf_linear *m, const void *x, int single, const double *y, const double *weight, int rows) {
  const size_t D = (size_t)m->D;
  if (m->plain) {
    residual_plain(m, x, single, y, rows);
    return;
  }
  for (int k = 0; k < m->K; k++) {
    dd b = linear_offset(m, k);
    m->h[k] = b.hi;
    m->g[k] = b.lo;
  }
  for (int i = 0; i < rows; i++) {
    double s = weight ? shifted(weight[i], -m->weight_unit) : 1;
    if (!(s > 0)) continue;
    if (single) wf_widen(m->raw, (const float *)x + (size_t)i * D, D); /* no rows wait there any more */
    linear_row(m, single ? m->raw : (const double *)x + (size_t)i * D);
    for (int k = 0; k < m->K; k++) {
      target *t = &m->targets[k];
      if (t->done) continue;
      dd p = linear_product(m->row, t->z, m->V), r = two_sum(y[(size_t)i * (size_t)m->K + (size_t)k] * m->scale[m->P + k], -m->h[k]);
      dd e = dd_add(two_sum(r.hi, r.lo - m->g[k]), dd_neg(p)), w = dd_mul(e, (dd){s, 0});
      gather(t->g_hi, t->g_lo, m->row, w, m->V);
      dd_accumulate(&t->e_hi, &t->e_lo, w.hi, 1);
      t->e_lo += w.lo;
      t->square += w.hi * e.hi;
    }
  }
}

/* Aᵀ S e at the columns of A */
static void gradient(wf_linear *m, const target *t) {
  dd sum = two_sum(t->e_hi, t->e_lo);
  if (m->centred) m->g[0] = sum.hi;
  for (int j = 0; j < m->D; j++) {
    dd away = dd_mul((dd){m->plain ? 0 : -m->centre[m->centred + j], 0}, sum);
    m->g[m->centred + j] = dd_add(two_sum(t->g_hi[j], t->g_lo[j]), away).hi;
  }
}

/* Of equally good solutions the one of least norm, unless that one leans on what the rank has dropped as noise: if its first
 * correction is no small one, the dependent columns get 0. */
static int lean(const wf_linear *m, const target *t, double change) {
  return !t->basic && t->last == t->size && m->q->rank < m->P && !(change <= 0x1p-10 * t->size);
}

/* Corrections shrink by a constant factor: when the next one, change² / last, would be far below the solution's last bit, or this
 * one already is about there, it was the last. One that is larger and yet not half of the one before is no improvement and
 * is not made. */
static void correct(wf_linear *m, target *t, int k) {
  double change = 0, *step = m->g;
  gradient(m, t);
  qr_project(m->q, m->h, m->g);
  qr_solve(m->q, step, m->h, t->basic);
  for (int j = m->centred; j < m->P; j++) change = fabs(step[j]) > change ? fabs(step[j]) : change;
  if (lean(m, t, change)) {
    t->basic = 1;
    linear_first(m, k);
    return;
  }
  int least = change <= 4 * EPSILON * t->size;
  t->done = 1;
  t->error = t->square;
  if (!least && !(change <= t->last / 2)) return;
  for (int j = 0; j < m->P; j++) {
    dd sum = dd_add((dd){t->theta[j], t->low[j]}, (dd){step[j], 0});
    t->theta[j] = sum.hi;
    t->low[j] = sum.lo;
  }
  t->done = least || change * change <= 0x1p-64 * t->size * t->last;
  t->last = change;
}

int wf_linear_correct(wf_linear *m) {
  int open = 0;
  if (!m->started) return 0;
  for (int k = 0; k < m->K; k++) {
    if (!m->targets[k].done) correct(m, &m->targets[k], k);
    open |= !m->targets[k].done;
  }
  m->plain = 0;
  if (++m->rounds == REFINEMENTS) return 0;
  if (open) linear_begin(m);
  return open;
}
