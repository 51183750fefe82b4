/* update.c: the optimisers in less use, a loop each · in: update.h · out: new weights · next: matmul.c */
#include "update.h"

static inline void update_adagrad(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  g = update_penalise(u, w, g);
  f32x4 sum = f32x4_madd(g, g, f32x4_load(u->s1 + at));
  f32x4_store(u->s1 + at, sum);
  f32x4 denominator = f32x4_add(f32x4_sqrt(sum), f32x4_splat(u->epsilon));
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_div(f32x4_mul(f32x4_splat(u->rate), g), denominator)));
}

static inline void update_adadelta(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at), epsilon = f32x4_splat(u->epsilon);
  g = update_penalise(u, w, g);
  f32x4 square = update_mean_square(u, u->s1 + at, g);
  f32x4 length = f32x4_sqrt(f32x4_add(f32x4_load(u->s2 + at), epsilon));
  f32x4 delta = f32x4_mul(f32x4_div(length, f32x4_sqrt(f32x4_add(square, epsilon))), g);
  update_mean_square(u, u->s2 + at, delta);
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), delta)));
}

static inline void update_rmsprop(const wf_update *u, size_t at, f32x4 g) {
  f32x4 w = f32x4_load(u->w + at);
  g = update_penalise(u, w, g);
  f32x4 v = update_mean_square(u, u->s1 + at, g);
  if (u->s3) {
    f32x4 mean = update_mean(u->s3 + at, u->beta2, f32x4_splat(u->gain2), g);
    v = f32x4_max(f32x4_sub(v, f32x4_mul(mean, mean)), f32x4_splat(0)); /* rounding may take a variance below 0 */
  }
  f32x4 step = f32x4_div(g, f32x4_add(f32x4_sqrt(v), f32x4_splat(u->epsilon)));
  if (u->beta1 > 0) {
    step = f32x4_madd(f32x4_splat(u->beta1), f32x4_load(u->s2 + at), step);
    f32x4_store(u->s2 + at, step);
  }
  f32x4_store(u->w + at, f32x4_sub(w, f32x4_mul(f32x4_splat(u->rate), step)));
}

void wf_update_run_other(const wf_update *update, size_t at, const wf_real *g, int n) {
  const wf_update u = *update;
  switch (u.kind) {
    case WF_UPDATE_ADAMW: UPDATE_EACH(update_adam); break;
    case WF_UPDATE_AMSGRAD: UPDATE_EACH(update_adam); break;
    case WF_UPDATE_NADAM: UPDATE_EACH(update_adam); break;
    case WF_UPDATE_ADAGRAD: UPDATE_EACH(update_adagrad); break;
    case WF_UPDATE_ADADELTA: UPDATE_EACH(update_adadelta); break;
    case WF_UPDATE_RMSPROP: UPDATE_EACH(update_rmsprop); break;
    default: break;
  }
}
