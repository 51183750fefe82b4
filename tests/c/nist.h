/* nist.h: a problem of NIST's as X and Y · in: ../fixtures/strd.h · out: nist() · next: test_linear.c */
#ifndef NIST_H
#define NIST_H

#include "../fixtures/strd.h"
#include "least_squares.h"

static const strd_problem *nist(const char *name) {
  const strd_problem *p = strd_problems;
  while (strcmp(p->name, name)) p++;
  for (int i = 0; i < p->rows; i++) {
    Y[i] = p->y[i];
    for (int j = 0; j < p->features; j++)
      X[i * p->features + j] = p->degree == 0 ? p->x[i * p->features + j] : j == 0 ? p->x[i] : X[i * p->features + j - 1] * p->x[i];
  }
  return p;
}

#endif
