/* update.h: what becomes of a gradient while it is in registers · in: eight gradients, a place · out: new weights · next: matmul.h
 *
 * One formula a kind, written once, on vectors. w parameters, g gradient, s1 s2 state slots of the same layout; all scalars are
 * computed in f64 by wf_update_prepare (core/optimizer.c) and rounded once.
 *   every kind but GRADIENT   g ← g + decay w
 *   GRADIENT   store g
 *   SGD        w ← w - rate g
 *   MOMENTUM   s1 ← first step ? g : beta1 s1 + gain1 g;   w ← w - rate (nesterov ? g + beta1 s1 : s1)
 *   ADAM       s1 ← beta1 s1 + gain1 g;  s2 ← beta2 s2 + gain2 g²;  w ← w - rate s1 / (√s2 · scale + epsilon)
 *              rate = learning rate / (1 - β₁ᵗ), scale = 1 / √(1 - β₂ᵗ)
 * Sources: PyTorch's documentation of SGD and Adam; Kingma, Ba 2015, algorithm 1. Test: tests/c/test_optimizer.c */
#ifndef WF_UPDATE_H
#define WF_UPDATE_H

#include <stddef.h>

#include "f32x4.h"

typedef enum wf_update_kind { WF_UPDATE_GRADIENT, WF_UPDATE_SGD, WF_UPDATE_MOMENTUM, WF_UPDATE_ADAM } wf_update_kind;

typedef struct wf_update {
  wf_update_kind kind;
  int first, nesterov;
  wf_real *w, *s1, *s2, *gradient;
  wf_real rate, decay, beta1, gain1, beta2, gain2, scale, epsilon;
} wf_update;

static inline void update_momentum(const wf_update *u, size_t at, f32x4 w, f32x4 g) {
  f32x4 beta = f32x4_splat(u->beta1), s = g;
  if (!u->first) s = f32x4_madd(beta, f32x4_load(u->s1 + at), f32x4_mul(f32x4_splat(u->gain1), g));
  f32x4_store(u->s1 + at, s);
  f32x4 direction = u->nesterov ? f32x4_madd(beta, s, g) : s;
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), direction)));
}

static inline void update_adam(const wf_update *u, size_t at, f32x4 w, f32x4 g) {
  f32x4 m = f32x4_mul(f32x4_splat(u->beta1), f32x4_load(u->s1 + at));
  m = f32x4_madd(f32x4_splat(u->gain1), g, m);
  f32x4 v = f32x4_mul(f32x4_splat(u->beta2), f32x4_load(u->s2 + at));
  v = f32x4_madd(f32x4_mul(f32x4_splat(u->gain2), g), g, v);
  f32x4_store(u->s1 + at, m);
  f32x4_store(u->s2 + at, v);
  f32x4 denominator = f32x4_madd(f32x4_sqrt(v), f32x4_splat(u->scale), f32x4_splat(u->epsilon));
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_div(f32x4_mul(f32x4_splat(u->rate), m), denominator)));
}

static inline void update_vector(const wf_update *u, size_t at, f32x4 g) {
  if (u->kind == WF_UPDATE_GRADIENT) {
    f32x4_store(u->gradient + at, g);
    return;
  }
  f32x4 w = f32x4_load(u->w + at);
  g = f32x4_madd(f32x4_splat(u->decay), w, g);
  if (u->kind == WF_UPDATE_ADAM) update_adam(u, at, w, g);
  else if (u->kind == WF_UPDATE_MOMENTUM) update_momentum(u, at, w, g);
  else f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), g)));
}

/* The gradient of parameters at..at+7. */
static inline void wf_update_pair(const wf_update *u, size_t at, f32x4 g0, f32x4 g1) {
  update_vector(u, at, g0);
  update_vector(u, at + 4, g1);
}

#endif
