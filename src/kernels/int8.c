/* int8.c: a register tile of 4 × 8 sums · in: see int8.h · out: see int8.h · next: ../core/quantize.c */
#include "int8.h"

void wf_int8_tile(int32_t *sums, const int16_t *x, size_t ld, const int16_t *w, int I2) {
  const int16_t *x1 = x + ld, *x2 = x1 + ld, *x3 = x2 + ld;
  s32x4 zero = s32x4_zero();
  s32x4 a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero, a30 = zero, a31 = zero;
  for (int i = 0; i < I2; i += 2, w += 16) {
    s16x8 w0 = s16x8_load(w), w1 = s16x8_load(w + 8);
    s16x8 v0 = s16x8_load_pair(x + i), v1 = s16x8_load_pair(x1 + i);
    a00 = s32x4_dot(a00, v0, w0);
    a01 = s32x4_dot(a01, v0, w1);
    a10 = s32x4_dot(a10, v1, w0);
    a11 = s32x4_dot(a11, v1, w1);
    s16x8 v2 = s16x8_load_pair(x2 + i), v3 = s16x8_load_pair(x3 + i);
    a20 = s32x4_dot(a20, v2, w0);
    a21 = s32x4_dot(a21, v2, w1);
    a30 = s32x4_dot(a30, v3, w0);
    a31 = s32x4_dot(a31, v3, w1);
  }
  s32x4_store(sums, a00);
  s32x4_store(sums + 4, a01);
  s32x4_store(sums + 8, a10);
  s32x4_store(sums + 12, a11);
  s32x4_store(sums + 16, a20);
  s32x4_store(sums + 20, a21);
  s32x4_store(sums + 24, a30);
  s32x4_store(sums + 28, a31);
}

void wf_int8_from_bytes(int16_t *levels, const uint8_t *bytes, const uint8_t *gain, int n) {
  int i = 0;
  for (; i + 8 <= n; i += 8) s16x8_store(levels + i, s16x8_from_bytes(bytes + i, gain + i));
  uint8_t tail[2][8] = {{0}};
  memcpy(tail[0], bytes + i, (size_t)(n - i));
  memcpy(tail[1], gain + i, (size_t)(n - i));
  if (i < n) s16x8_store(levels + i, s16x8_from_bytes(tail[0], tail[1]));
}

/* Four levels; zero is 0 as long as every x is finite. What is not a number goes to an end. */
static inline void four(int16_t *levels, f32x4 *zero, f32x4 x, f32x4 origin, f32x4 factor, int least, f32x4 range) {
  f32x4 steps = f32x4_max(f32x4_splat(0), f32x4_min(range, f32x4_mul(f32x4_sub(x, origin), factor)));
  *zero = f32x4_add(*zero, f32x4_mul(x, f32x4_splat(0)));
  s16x4_store_round(levels, steps, least);
}

int wf_int8_from_floats(int16_t *levels, const wf_real *x, const wf_real *origin, const wf_real *factor, int least, int most, int n) {
  f32x4 zero = f32x4_splat(0), range = f32x4_splat((wf_real)(most - least));
  int i = 0;
  for (; i + 4 <= n; i += 4) four(levels + i, &zero, f32x4_load(x + i), f32x4_load(origin + i), f32x4_load(factor + i), least, range);
  wf_real tail[3][4] = {{0}};
  const wf_real *from[] = {x, origin, factor};
  for (int k = 0; k < 3; k++) memcpy(tail[k], from[k] + i, (size_t)(n - i) * sizeof *x);
  if (i < n) four(levels + i, &zero, f32x4_load(tail[0]), f32x4_load(tail[1]), f32x4_load(tail[2]), least, range);
  return f32x4_sum(zero) == 0;
}

int32_t wf_int8_dot_scalar(const int16_t *x, const int16_t *w, int n) {
  int32_t sum = 0;
  for (int i = 0; i < n; i++) sum += x[i] * w[i];
  return sum;
}

int wf_int8_level_scalar(wf_real x, wf_real origin, wf_real factor, int least, int most) {
  wf_real steps = (x - origin) * factor, range = (wf_real)(most - least);
  if (!(steps < range)) steps = range;
  if (steps < 0) steps = 0;
  int whole = (int)steps;
  wf_real rest = steps - (wf_real)whole;
  return least + whole + (rest > 0.5 || (rest == 0.5 && whole % 2 == 1));
}
