/* centred.c: selects rows, scales and centres columns · in: centred.h · out: means, norms, noise of each column · next: ridge.c */
#include "centred.h"

#include <math.h>
#include <stdlib.h>

static void *array(int n, size_t size) { return malloc((n > 0 ? (size_t)n : 1) * size); }

int sample_new(sample *s, const double *weight, int rows) {
  double largest = 0, hi = 0, lo = 0;
  *s = (sample){0};
  s->row = array(rows, sizeof(int));
  s->s = array(rows, sizeof(double));
  s->root = array(rows, sizeof(double));
  if (!s->row || !s->s || !s->root) return 0;
  for (int i = 0; weight && i < rows; i++) largest = weight[i] > largest ? weight[i] : largest;
  s->unit = weight ? exponent(largest) : 0;
  for (int i = 0; i < rows; i++) {
    double w = weight ? shifted(weight[i], -s->unit) : 1;
    if (!(w > 0)) continue;
    s->row[s->n] = i;
    s->s[s->n] = w;
    s->root[s->n++] = sqrt(w);
    dd_accumulate(&hi, &lo, w, 1);
  }
  s->total = two_sum(hi, lo);
  return 1;
}

void sample_free(sample *s) {
  free(s->row);
  free(s->s);
  free(s->root);
}

static const double *row_at(const columns *c, const sample *s, int i) { return c->values + (size_t)s->row[i] * (size_t)c->count; }

/* Scales by the largest value first: sums then neither overflow nor vanish. */
static void scale(columns *c, const sample *s, int common) {
  double most = 0, *restrict largest = c->square;
  for (int j = 0; j < c->count; j++) largest[j] = 0;
  for (int i = 0; i < s->n; i++) {
    const double *x = row_at(c, s, i);
    for (int j = 0; j < c->count; j++) largest[j] = fabs(x[j]) > largest[j] ? fabs(x[j]) : largest[j];
  }
  for (int j = 0; j < c->count; j++) most = largest[j] > most ? largest[j] : most;
  for (int j = 0; j < c->count; j++) {
    c->unit[j] = exponent(common ? most : largest[j]);
    c->scale[j] = shifted(1, -c->unit[j]);
  }
}

static void centre(columns *c, const sample *s, int centred) {
  double *restrict hi = c->hi, *restrict lo = c->lo;
  for (int j = 0; j < c->count; j++) hi[j] = lo[j] = 0;
  for (int i = 0; centred && i < s->n; i++) {
    const double *x = row_at(c, s, i);
    for (int j = 0; j < c->count; j++) dd_accumulate(&hi[j], &lo[j], x[j] * c->scale[j], s->s[i]);
  }
  for (int j = 0; j < c->count; j++) {
    c->mean[j] = centred ? dd_div(two_sum(hi[j], lo[j]), s->total) : (dd){0, 0};
    hi[j] = c->mean[j].hi;
    lo[j] = c->mean[j].lo;
  }
}

/* The noise of a factorisation grows with the size; that of the data themselves is half an ulp of each value before centring. */
static void measure(columns *c, const sample *s) {
  const double epsilon = 0x1p-52, size = s->n > c->count ? s->n : c->count;
  double *restrict square = c->square, *restrict raw = c->noise;
  for (int j = 0; j < c->count; j++) square[j] = raw[j] = 0;
  for (int i = 0; i < s->n; i++) {
    const double *x = row_at(c, s, i);
    for (int j = 0; j < c->count; j++) {
      double a = x[j] * c->scale[j], b = (a - c->hi[j]) - c->lo[j];
      square[j] += s->s[i] * (b * b);
      raw[j] += s->s[i] * (a * a);
    }
  }
  for (int j = 0; j < c->count; j++) {
    double norm = sqrt(square[j]), data = epsilon * sqrt(raw[j]);
    if (norm <= data) c->scale[j] = c->hi[j] = c->lo[j] = square[j] = 0;
    c->noise[j] = 16 * epsilon * sqrt(size) * norm + data;
  }
}

int columns_new(columns *c, const sample *s, const double *values, int count, int centred, int common) {
  *c = (columns){.values = values, .count = count};
  c->unit = array(count, sizeof(int));
  c->scale = array(count, sizeof(double));
  c->hi = array(count, sizeof(double));
  c->lo = array(count, sizeof(double));
  c->mean = array(count, sizeof(dd));
  c->square = array(count, sizeof(double));
  c->noise = array(count, sizeof(double));
  if (!c->unit || !c->scale || !c->hi || !c->lo || !c->mean || !c->square || !c->noise) return 0;
  scale(c, s, common);
  centre(c, s, centred && s->n > 0);
  measure(c, s);
  return 1;
}

void columns_free(columns *c) {
  free(c->unit);
  free(c->scale);
  free(c->hi);
  free(c->lo);
  free(c->mean);
  free(c->square);
  free(c->noise);
}
