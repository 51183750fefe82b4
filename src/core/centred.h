/* centred.h: rows that count, and columns about their weighted means, at any scale · in: rows, weights · out: sample, columns · next: centred.c
 *
 * Every scaling is by a power of two, so it rounds nothing; means are double-double, so a large offset costs no digits. */
#ifndef WF_CENTRED_H
#define WF_CENTRED_H

#include <stddef.h>

#include "dd.h"

/* The n rows with a positive weight. */
typedef struct sample {
  int n;
  int unit;      /* weights in units of 2^unit: the largest is in [1, 2) */
  int *row;      /* (n) index of each */
  double *s;     /* (n) weight, in units */
  double *root;  /* (n) its square root */
  dd total;      /* sum of s */
} sample;

/* C columns of a row-major matrix: column j is values · scale[j], less its mean if it is centred. */
typedef struct columns {
  const double *values; /* (N,C) the caller's */
  int count;            /* C */
  int *unit;            /* (C) column j in units of 2^unit[j] */
  double *scale;        /* (C) 2^-unit[j]; 0: the column does not vary, it counts as zero */
  double *hi, *lo;      /* (C) what is subtracted from values · scale */
  dd *mean;             /* (C) weighted mean in units; 0 without centring */
  double *square;       /* (C) Σ s (x - mean)² in units */
  double *noise;        /* (C) norm below which what remains of a column is rounding */
} columns;

/* weight (rows) or NULL: 1 each. Returns 0: out of memory; sample_free even so. */
int sample_new(sample *s, const double *weight, int rows);
void sample_free(sample *s);

/* common: one unit for all columns, that of the largest value. Returns 0: out of memory; columns_free even so. */
int columns_new(columns *c, const sample *s, const double *values, int count, int centred, int common);
void columns_free(columns *c);

/* √s (x - mean), in units: row i of the sample, column j */
static inline double columns_at(const columns *c, const sample *s, int i, int j) {
  double x = c->values[(size_t)s->row[i] * (size_t)c->count + (size_t)j];
  return s->root[i] * ((x * c->scale[j] - c->hi[j]) - c->lo[j]);
}

#endif
