/* test_vmath.c: vmath.h and scalar64.h against libm's doubles · in: a walk over all floats · out: passed, failed · next: test_matmul.c
 *
 * -DSTRIDE=1 walks all 2^32 floats, -DVERBOSE prints the greatest error of each function. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../../src/kernels/scalar64.h"
#include "../../src/kernels/vmath.h"
#include "../../src/kernels/vmath64.h"
#include "check.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#ifndef STRIDE
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define STRIDE 39989
#else
#define STRIDE 397
#endif
#endif

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return isnan(x) ? 0x7fc00000u : bits;
}

static double sigmoid_64(double x) { return 1 / (1 + exp(-x)); }
static double softplus_64(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double pdf_64(double x) { return exp(-x * x / 2) * 0.39894228040143267794; }
static double cdf_64(double x) { return erfc(-x * 0.70710678118654752440) / 2; }

/* bound: the greatest error allowed, in ulp; hash: of the outputs over the grid of hash_of, the same in every build */
typedef struct function {
  const char *name;
  f32x4 (*ours)(f32x4);
  double (*reference)(double);
  double bound;
  uint32_t hash;
} function;
static const function functions[] = {
    {"exp", f32x4_exp, exp, 2, 0x906ff599},
    {"log", f32x4_log, log, 2, 0x077cd456},
    {"tanh", f32x4_tanh, tanh, 2, 0xa530af01},
    {"expm1", f32x4_expm1, expm1, 2, 0x7ffad36f},
    {"log1p", f32x4_log1p, log1p, 2, 0x258b8a52},
    {"sigmoid", f32x4_sigmoid, sigmoid_64, 3, 0x6b38b8ff},
    {"softplus", f32x4_softplus, softplus_64, 3, 0xd578c1b5},
    {"normal_pdf", f32x4_normal_pdf, pdf_64, 3, 0x125913dd},
    {"normal_cdf", f32x4_normal_cdf, cdf_64, 6, 0xd42612fc},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static float apply(const function *f, float x) {
  float y[4];
  f32x4_store(y, f->ours(f32x4_splat(x)));
  return y[0];
}

/* |y - want| in units of the spacing of floats at want; infinity counts as 2^128 */
static double ulp_error(float y, double want) {
  if (isnan(want) || isnan(y)) return isnan(want) && isnan(y) ? 0 : INFINITY;
  if ((double)y == want) return 0;
  uint64_t bits;
  memcpy(&bits, &want, sizeof bits);
  int64_t exponent = (int64_t)(bits >> 52 & 0x7ff) - 1023;
  exponent = exponent < -126 ? -126 : exponent > 127 ? 127 : exponent;
  bits = (uint64_t)(exponent - 23 + 1023) << 52;
  double spacing;
  memcpy(&spacing, &bits, sizeof spacing);
  const double got = isinf(y) ? copysign(0x1p128, y) : (double)y;
  return fabs(got - fmin(fmax(want, -0x1p128), 0x1p128)) / spacing;
}

static void test_every_function_stays_within_its_bound(void) {
  for (int k = 0; k < FUNCTIONS; k++) {
    const function *f = &functions[k];
    double worst = 0;
    float at = 0;
    for (uint64_t i = 0; i < (1ull << 32); i += 4 * STRIDE) {
      float x[4], y[4];
      for (int lane = 0; lane < 4; lane++) x[lane] = float_of((uint32_t)(i + (uint64_t)lane * STRIDE));
      f32x4_store(y, f->ours(f32x4_load(x)));
      for (int lane = 0; lane < 4; lane++) {
        const double error = ulp_error(y[lane], f->reference((double)x[lane]));
        if (error > worst) worst = error, at = x[lane];
      }
    }
    CHECK(worst <= f->bound, "%s errs by %g ulp at %a, allowed %g", f->name, worst, (double)at, f->bound);
#ifdef VERBOSE
    printf("%-10s %.3f ulp at %.9g\n", f->name, worst, (double)at);
#endif
  }
}

static void test_special_values_are_exact(void) {
  static const struct { int function; float x, want; } cases[] = {
      {0, -INFINITY, 0}, {0, INFINITY, INFINITY}, {0, 88.7228394f, INFINITY}, {0, 0, 1}, {0, -0.0f, 1}, {0, -104, 0},
      {0, NAN, NAN}, {1, 0, -INFINITY}, {1, -0.0f, -INFINITY}, {1, INFINITY, INFINITY}, {1, -1, NAN}, {1, -1e-45f, NAN},
      {1, -INFINITY, NAN}, {1, NAN, NAN}, {1, 1, 0}, {2, INFINITY, 1}, {2, -INFINITY, -1}, {2, 0, 0}, {2, -0.0f, -0.0f},
      {2, 1e-45f, 1e-45f}, {2, NAN, NAN}, {3, -INFINITY, -1}, {3, INFINITY, INFINITY}, {3, 0, 0}, {3, -0.0f, -0.0f},
      {3, -1e-45f, -1e-45f}, {3, NAN, NAN}, {4, -1, -INFINITY}, {4, -2, NAN}, {4, INFINITY, INFINITY}, {4, -INFINITY, NAN},
      {4, 0, 0}, {4, -0.0f, -0.0f}, {4, 1e-45f, 1e-45f}, {4, NAN, NAN}, {5, -INFINITY, 0}, {5, INFINITY, 1}, {5, 0, 0.5f},
      {5, NAN, NAN}, {6, -INFINITY, 0}, {6, INFINITY, INFINITY}, {6, 1e30f, 1e30f}, {6, NAN, NAN}, {7, INFINITY, 0},
      {7, -INFINITY, 0}, {7, NAN, NAN}, {8, -INFINITY, 0}, {8, INFINITY, 1}, {8, 0, 0.5f}, {8, NAN, NAN},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const function *f = &functions[cases[i].function];
    const float y = apply(f, cases[i].x);
    CHECK(bits_of(y) == bits_of(cases[i].want), "%s(%g) is %.9g, not %.9g", f->name, (double)cases[i].x, (double)y,
          (double)cases[i].want);
  }
}

/* A grid that is dense where the functions move: for each exponent from 2^-30 to 2^8, 512 steps and both signs */
static float grid_point(uint32_t i) { return float_of(((i & 1) << 31) + (97u << 23) + (i >> 1) * 16411u); }
enum { GRID = 2 * 38 * 512 };

static void test_all_lanes_do_the_same(void) {
  for (int k = 0; k < FUNCTIONS; k++) {
    int different = 0;
    for (uint32_t i = 0; i < GRID; i += 4) {
      float x[4], y[4];
      for (uint32_t lane = 0; lane < 4; lane++) x[lane] = grid_point((i + lane) * 7919u % GRID);
      f32x4_store(y, functions[k].ours(f32x4_load(x)));
      for (int lane = 0; lane < 4; lane++) different += bits_of(y[lane]) != bits_of(apply(&functions[k], x[lane]));
    }
    CHECK(different == 0, "%s: %d values depend on their lane", functions[k].name, different);
  }
}

static uint32_t hash_step(uint32_t hash, uint32_t word) {
  for (int i = 0; i < 4; i++) hash = (hash ^ (word >> 8 * i & 0xff)) * 16777619u; /* FNV-1a */
  return hash;
}

static void test_every_build_gives_the_same_bits(void) {
  for (int k = 0; k < FUNCTIONS; k++) {
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < GRID; i++) hash = hash_step(hash, bits_of(apply(&functions[k], grid_point(i))));
    CHECK(hash == functions[k].hash, "%s: hash 0x%08x, expected 0x%08x", functions[k].name, hash, functions[k].hash);
  }
}

static uint32_t hash_double(uint32_t hash, double y) {
  uint64_t bits;
  memcpy(&bits, &y, sizeof bits);
  return hash_step(hash_step(hash, (uint32_t)bits), (uint32_t)(bits >> 32));
}

static void test_log64_is_within_one_ulp_and_the_same_in_every_build(void) {
  const uint64_t stride = (STRIDE < 397 ? 397 : STRIDE) * 0x2f0b4a27ull; /* odd: reaches every exponent, denormals too */
  double worst = 0, at = 0;
  for (uint64_t bits = 1; bits < 0x7ff0000000000000ull; bits += stride) {
    double x;
    memcpy(&x, &bits, sizeof x);
    for (int near_one = 0; near_one < 2; near_one++) {
      if (near_one) x = 1 + (double)(int64_t)(bits % (1ull << 52)) * 0x1p-53 - 0.25; /* 0.75 … 1.25 */
      const long double want = logl((long double)x);
      int exponent;
      frexp((double)want, &exponent);
      const double error = (double)(fabsl((long double)wf_log64(x) - want) / ldexpl(1, exponent - 53));
      if (error > worst) worst = error, at = x;
    }
  }
  CHECK(worst <= 1, "wf_log64 errs by %g ulp at %a", worst, at);
#ifdef VERBOSE
  printf("wf_log64   %.3f ulp at %.17g\n", worst, at);
#endif
  CHECK(wf_log64(1) == 0, "wf_log64(1) is %g, not 0", wf_log64(1));
  CHECK(wf_log64(0) == -INFINITY, "wf_log64(0) is %g, not -infinity", wf_log64(0));
  CHECK(wf_log64(INFINITY) == INFINITY, "wf_log64(infinity) is %g", wf_log64(INFINITY));
  CHECK(isnan(wf_log64(-1)) && isnan(wf_log64(NAN)), "wf_log64(-1) is %g, wf_log64(NaN) is %g", wf_log64(-1), wf_log64(NAN));
  uint32_t hash = 2166136261u;
  for (int i = 1; i < 100000; i++) hash = hash_double(hash, wf_log64(i / 65537.0));
  CHECK(hash == 0x659359feu, "wf_log64: hash 0x%08x, expected 0x659359fe", hash);
}

static void test_cospi64_is_within_2_to_the_minus_52_and_the_same_in_every_build(void) {
  uint32_t hash = 2166136261u;
  double worst = 0, at = 0;
  for (int i = -100000; i < 100000; i++) {
    const double x = i / 16384.5, y = wf_cospi64(x);
    const double error = (double)fabsl((long double)y - cosl(3.14159265358979323846264338327950288L * (long double)x));
    hash = hash_double(hash, y);
    if (error > worst) worst = error, at = x;
  }
  CHECK(worst <= 0x1p-52, "wf_cospi64 errs by %g at %.17g", worst, at);
#ifdef VERBOSE
  printf("wf_cospi64 %.3g at %.17g\n", worst, at);
#endif
  for (int i = -9; i <= 9; i++) {
    static const double exact[] = {1, 0, -1, 0};
    const double x = i * 0.5 + 1e6;
    CHECK(wf_cospi64(x) == exact[i & 3], "wf_cospi64(%g) is %g", x, wf_cospi64(x));
  }
  CHECK(hash == 0x1e038bbbu, "wf_cospi64: hash 0x%08x, expected 0x1e038bbb", hash);
}

static void test_pow64_is_exact_for_whole_exponents_and_near_for_others(void) {
  uint32_t hash = 2166136261u;
  double worst = 0, x_at = 0, p_at = 0;
  for (int i = 1; i < 400; i++)
    for (int j = 0; j < 300; j++) {
      const double x = i / 101.0, p = j / 7.0, y = wf_pow64(x, p);
      const double error = (double)fabsl((long double)y / powl((long double)x, (long double)p) - 1);
      hash = hash_double(hash, y);
      if (error > worst) worst = error, x_at = x, p_at = p;
    }
  CHECK(worst <= 3e-14, "wf_pow64 errs by %g at %.17g, %.17g", worst, x_at, p_at);
#ifdef VERBOSE
  printf("wf_pow64   %.3g at %.17g, %.17g\n", worst, x_at, p_at);
#endif
  CHECK(wf_pow64(3, 33) == 5559060566555523.0 && wf_pow64(0.5, 1074) == 0x1p-1074 && wf_pow64(1, 1e300) == 1,
        "whole exponents are not exact");
  CHECK(wf_pow64(0, 0) == 1 && wf_pow64(0, 0.5) == 0 && wf_pow64(0, 2) == 0 && wf_pow64(7, 0) == 1, "zeros are wrong");
  CHECK(hash == 0xbb0716b9u, "wf_pow64: hash 0x%08x, expected 0xbb0716b9", hash);
}

static void test_two_logarithms_at_once_have_the_bits_of_one(void) {
  const uint64_t stride = (STRIDE < 397 ? 397 : STRIDE) * 0x2f0b4a27ull;
  int same = 1;
  for (uint64_t bits = 0x0010000000000000ull; bits < 0x7ff0000000000000ull - stride; bits += 2 * stride) {
    uint64_t two[2] = {bits, bits + stride};
    double x[2], log[2];
    memcpy(x, two, sizeof x);
    f64x2_store(log, f64x2_log(f64x2_load(x)));
    for (int i = 0; i < 2; i++) {
      double want = wf_log64(x[i]);
      same &= memcmp(&want, &log[i], sizeof want) == 0;
    }
  }
  CHECK(same, "f64x2_log has the bits of wf_log64");
}

static void test_the_greatest_lane_is_found_in_any_place(void) {
  for (int i = 0; i < 256; i++) {
    wf_real x[4] = {(wf_real)(i & 3), (wf_real)(i >> 2 & 3), (wf_real)(i >> 4 & 3), (wf_real)(i >> 6)}, most = x[0];
    for (int lane = 1; lane < 4; lane++) most = x[lane] > most ? x[lane] : most;
    CHECK(f32x4_most(f32x4_load(x)) == most, "f32x4_most of %g %g %g %g", (double)x[0], (double)x[1], (double)x[2], (double)x[3]);
  }
}

int main(void) {
  test_every_function_stays_within_its_bound();
  test_special_values_are_exact();
  test_all_lanes_do_the_same();
  test_every_build_gives_the_same_bits();
  test_log64_is_within_one_ulp_and_the_same_in_every_build();
  test_cospi64_is_within_2_to_the_minus_52_and_the_same_in_every_build();
  test_pow64_is_exact_for_whole_exponents_and_near_for_others();
  test_two_logarithms_at_once_have_the_bits_of_one();
  test_the_greatest_lane_is_found_in_any_place();
  return check_report("test_vmath");
}
