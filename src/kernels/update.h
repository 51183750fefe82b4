/* update.h: what becomes of a gradient while it is in registers · in: gradients, a place · out: new weights · next: update.c
 *
 * One formula a kind, written once, on vectors. w parameters, g gradient, s1 s2 s3 state slots of the same layout; all scalars are
 * computed in f64 by wf_update_prepare (core/optimizer.c) and rounded once.
 *   every kind but GRADIENT   g ← g + penalty w
 *   GRADIENT   store g
 *   SGD        w ← w - rate g
 *   MOMENTUM   s1 ← first step ? g : beta1 s1 + gain1 g;   w ← w - rate (nesterov ? g + beta1 s1 : s1)
 *   ADAM       s1 ← beta1 s1 + gain1 g;  s2 ← beta2 s2 + gain2 g²;  w ← w - rate s1 / (√s2 · scale + epsilon)
 *   ADAMW      as ADAM, but it is shrink w that moves
 *   AMSGRAD    as ADAMW, but s3 ← max(s2, s3) is under the root
 *   NADAM      as ADAMW, but the numerator is rate s1 + ahead g
 *   ADAGRAD    s1 ← s1 + g²;  w ← w - rate g / (√s1 + epsilon)
 *   ADADELTA   s1 ← beta2 s1 + gain2 g²;  d = g √(s2 + epsilon) / √(s1 + epsilon);  s2 ← beta2 s2 + gain2 d²;  w ← w - rate d
 *   RMSPROP    s1 ← beta2 s1 + gain2 g²;  s3 ← beta2 s3 + gain2 g;  d = g / (√(s1 - s3²) + epsilon), without s3 if not centered;
 *              s2 ← beta1 s2 + d;  w ← w - rate s2, without momentum w - rate d
 * shrink = 1 - learning rate · weight decay in AdamW, 1 in the others. RAdam is ADAM with its own rate, scale and epsilon.
 * Sources: PyTorch's documentation of torch.optim, 1.13; Kingma, Ba 2015, algorithm 1 (Adam); Reddi, Kale, Kumar 2018 (AMSGrad);
 * Loshchilov, Hutter 2019 (AdamW); Dozat 2016 (Nadam); Duchi, Hazan, Singer 2011 (Adagrad); Zeiler 2012 (Adadelta); Tieleman, Hinton
 * 2012, lecture 6.5 (RMSprop); Graves 2013 (centered). Test: tests/c/test_optimizer.c */
#ifndef WF_UPDATE_H
#define WF_UPDATE_H

#include <stddef.h>

#include "f32x4.h"

typedef enum wf_update_kind {
  WF_UPDATE_GRADIENT, WF_UPDATE_SGD, WF_UPDATE_MOMENTUM, WF_UPDATE_ADAM, WF_UPDATE_ADAMW, WF_UPDATE_AMSGRAD, WF_UPDATE_NADAM,
  WF_UPDATE_ADAGRAD, WF_UPDATE_ADADELTA, WF_UPDATE_RMSPROP
} wf_update_kind;

typedef struct wf_update {
  wf_update_kind kind;
  int first, nesterov;
  wf_real *w, *s1, *s2, *s3, *gradient;
  wf_real rate, penalty, shrink, ahead, beta1, gain1, beta2, gain2, scale, epsilon;
  double product; /* Nadam: the product of momenta after this step */
} wf_update;

#define UPDATE_EACH(formula) for (int i = 0; i < n; i += 4) formula(&u, at + (size_t)i, f32x4_load(g + i))

/* The gradient with its penalty */
static inline f32x4 update_penalise(const wf_update *u, f32x4 w, f32x4 g) { return f32x4_madd(f32x4_splat(u->penalty), w, g); }

/* s ← beta s + a b */
static inline f32x4 update_mean(wf_real *s, wf_real beta, f32x4 a, f32x4 b) {
  f32x4 mean = f32x4_madd(a, b, f32x4_mul(f32x4_splat(beta), f32x4_load(s)));
  f32x4_store(s, mean);
  return mean;
}

static inline f32x4 update_mean_square(const wf_update *u, wf_real *s, f32x4 x) {
  return update_mean(s, u->beta2, f32x4_mul(f32x4_splat(u->gain2), x), x);
}

static inline void update_sgd(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), update_penalise(u, w, g))));
}

static inline void update_momentum(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  g = update_penalise(u, w, g);
  f32x4 beta = f32x4_splat(u->beta1), s = g;
  if (!u->first) s = f32x4_madd(beta, f32x4_load(u->s1 + at), f32x4_mul(f32x4_splat(u->gain1), g));
  f32x4_store(u->s1 + at, s);
  f32x4 direction = u->nesterov ? f32x4_madd(beta, s, g) : s;
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), direction)));
}

/* ADAM, ADAMW, AMSGRAD, NADAM: where this is inlined, the kind is known. */
static inline void update_adam(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  g = update_penalise(u, w, g);
  f32x4 m = update_mean(u->s1 + at, u->beta1, f32x4_splat(u->gain1), g);
  f32x4 v = update_mean_square(u, u->s2 + at, g);
  if (u->kind == WF_UPDATE_AMSGRAD) {
    v = f32x4_max(v, f32x4_load(u->s3 + at));
    f32x4_store(u->s3 + at, v);
  }
  f32x4 denominator = f32x4_madd(f32x4_sqrt(v), f32x4_splat(u->scale), f32x4_splat(u->epsilon));
  f32x4 step = f32x4_mul(f32x4_splat(u->rate), m);
  if (u->kind == WF_UPDATE_NADAM) step = f32x4_madd(f32x4_splat(u->ahead), g, step);
  if (u->kind != WF_UPDATE_ADAM) w = f32x4_mul(f32x4_splat(u->shrink), w);
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_div(step, denominator)));
}

/* The kinds in less use stay out of the loops over tiles, which would become slower. */
void wf_update_run_other(const wf_update *update, size_t at, const wf_real *g, int n);

/* g (n): the gradient of the parameters at..at+n-1. n: a multiple of 4. Each kind has a loop of its own, its scalars in registers. */
static inline void wf_update_run(const wf_update *update, size_t at, const wf_real *g, int n) {
  const wf_update u = *update;
  switch (u.kind) {
    case WF_UPDATE_GRADIENT: memcpy(u.gradient + at, g, (size_t)n * sizeof *g); break;
    case WF_UPDATE_SGD: UPDATE_EACH(update_sgd); break;
    case WF_UPDATE_MOMENTUM: UPDATE_EACH(update_momentum); break;
    case WF_UPDATE_ADAM: UPDATE_EACH(update_adam); break;
    default: wf_update_run_other(update, at, g, n);
  }
}

#endif
