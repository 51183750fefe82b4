/* update.h: what becomes of a gradient while it is in registers · in: gradients, a place · out: new weights · next: matmul.h
 *
 * One formula a kind, written once, on vectors. w parameters, g gradient, s1 s2 state slots of the same layout; all scalars are
 * computed in f64 by wf_update_prepare (core/optimizer.c) and rounded once.
 *   every kind but GRADIENT   g ← g + penalty w
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
  wf_real rate, penalty, beta1, gain1, beta2, gain2, scale, epsilon;
} wf_update;

static inline void update_momentum(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  g = f32x4_madd(f32x4_splat(u->penalty), w, g);
  f32x4 beta = f32x4_splat(u->beta1), s = g;
  if (!u->first) s = f32x4_madd(beta, f32x4_load(u->s1 + at), f32x4_mul(f32x4_splat(u->gain1), g));
  f32x4_store(u->s1 + at, s);
  f32x4 direction = u->nesterov ? f32x4_madd(beta, s, g) : s;
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), direction)));
}

static inline void update_adam(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  g = f32x4_madd(f32x4_splat(u->penalty), w, g);
  f32x4 m = f32x4_mul(f32x4_splat(u->beta1), f32x4_load(u->s1 + at));
  m = f32x4_madd(f32x4_splat(u->gain1), g, m);
  f32x4 v = f32x4_mul(f32x4_splat(u->beta2), f32x4_load(u->s2 + at));
  v = f32x4_madd(f32x4_mul(f32x4_splat(u->gain2), g), g, v);
  f32x4_store(u->s1 + at, m);
  f32x4_store(u->s2 + at, v);
  f32x4 denominator = f32x4_madd(f32x4_sqrt(v), f32x4_splat(u->scale), f32x4_splat(u->epsilon));
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_div(f32x4_mul(f32x4_splat(u->rate), m), denominator)));
}

/* g (n): the gradient of the parameters at..at+n-1. n: a multiple of 4. Each kind has a loop of its own, its scalars in registers. */
static inline void wf_update_run(const wf_update *update, size_t at, const wf_real *g, int n) {
  const wf_update u = *update;
  f32x4 penalty = f32x4_splat(u.penalty), rate = f32x4_splat(u.rate);
  switch (u.kind) {
    case WF_UPDATE_GRADIENT:
      memcpy(u.gradient + at, g, (size_t)n * sizeof *g);
      break;
    case WF_UPDATE_SGD:
      for (int i = 0; i < n; i += 4) {
        f32x4 w = f32x4_load(u.w + at + i);
        f32x4_store(u.w + at + i, f32x4_sub(w, f32x4_mul(rate, f32x4_madd(penalty, w, f32x4_load(g + i)))));
      }
      break;
    case WF_UPDATE_MOMENTUM:
      for (int i = 0; i < n; i += 4) update_momentum(&u, at + (size_t)i, f32x4_load(g + i));
      break;
    case WF_UPDATE_ADAM:
      for (int i = 0; i < n; i += 4) update_adam(&u, at + (size_t)i, f32x4_load(g + i));
      break;
  }
}

#endif
