/* test_distributions.c: tails and quantiles against mpmath, against each other and at their edges · in: known values · out: checks · next: ../js/distributions.test.js */
#include "../fixtures/distributions.h"

#include <stdint.h>
#include <string.h>

#include "check.h"
#include "kernels/scalar64.h"
#include "wasmfit.h"

#define COUNT(array) ((int)(sizeof array / sizeof array[0]))

static double error(double value, double wanted) { return wanted == 0 ? fabs(value) : fabs(value / wanted - 1); }

/* ---- known values ---------------------------------------------------------------------------------------------------- */

/* The greatest relative errors measured, which the bounds below leave a little room: -DVERBOSE prints them. */
#define CHECK_KNOWN(name, call, bound)                                                                                              \
  do {                                                                                                                              \
    double worst = 0;                                                                                                               \
    for (int i = 0; i < COUNT(known_##name); i++) {                                                                                 \
      const known k = known_##name[i];                                                                                              \
      const double value = call, off = error(value, k.value);                                                                       \
      CHECK(off <= (bound), #name "(%.17g, %.17g, %.17g) is %.17g, not %.17g: error %.2g", k.a, k.b, k.c, value, k.value, off);     \
      worst = fmax(worst, off);                                                                                                     \
    }                                                                                                                               \
    if (verbose) printf(#name ": %.2g\n", worst);                                                                                   \
  } while (0)

#ifdef VERBOSE
static const int verbose = 1;
#else
static const int verbose = 0;
#endif

static void test_known_values(void) {
  CHECK_KNOWN(normal_cdf, wf_normal_cdf(k.a), 3e-13);
  CHECK_KNOWN(normal_quantile, wf_normal_quantile(k.a), 5e-14);
  CHECK_KNOWN(t_sf, wf_t_sf(k.a, k.b), 3e-13);
  CHECK_KNOWN(t_quantile, wf_t_quantile(k.a, k.b), 5e-14);
  CHECK_KNOWN(f_sf, wf_f_sf(k.a, k.b, k.c), 3e-13);
  CHECK_KNOWN(chi2_sf, wf_chi2_sf(k.a, k.b), 3e-13);
}

/* ---- what the functions are to each other ------------------------------------------------------------------------------- */

static const double degrees[] = {0.3, 1, 1.7, 2, 5, 30.5, 400, 1e5, 1e7};

static void test_closed_forms(void) {
  for (double t = -200; t <= 200; t += 7.3) {
    CHECK(error(wf_t_sf(t, 1), atan2(1, t) / acos(-1)) < 1e-14, "one degree of freedom is Cauchy's distribution, also at %g", t);
    CHECK(error(wf_normal_cdf(t / 10), erfc(-t / 10 / sqrt(2)) / 2) < 1e-13, "the normal is half of erfc, also at %g", t / 10);
  }
  for (double x = 1e-9; x < 1300; x *= 1.7) {
    CHECK(error(wf_chi2_sf(x, 2), exp(-x / 2)) < 3e-13, "chi2 with two degrees of freedom is exponential, also at %g", x);
    CHECK(error(wf_f_sf(x, 2, 7), pow(1 + 2 * x / 7, -3.5)) < 3e-14, "F(2, 7) is a power, also at %g", x);
    CHECK(error(wf_t_sf(x, 2), 1 / (2 + x * x + x * sqrt(2 + x * x))) < 3e-14, "t with two degrees of freedom, also at %g", x);
  }
}

static void test_relations(void) {
  for (int i = 0; i < COUNT(degrees); i++) {
    const double df = degrees[i];
    CHECK(wf_t_sf(0, df) == 0.5 && wf_t_quantile(0.5, df) == 0, "t is symmetric about 0 at df %g", df);
    for (double t = 1e-3; t < 40; t *= 1.9) {
      CHECK(fabs(wf_t_sf(t, df) + wf_t_sf(-t, df) - 1) <= 0x1p-52, "both tails of t make 1 at %g, df %g", t, df);
      CHECK(error(2 * wf_t_sf(t, df), wf_f_sf(t * t, 1, df)) < 1e-15, "t squared is F(1, df) at %g, df %g", t, df);
      for (int j = 0; j < COUNT(degrees); j++)
        CHECK(fabs(wf_f_sf(t, df, degrees[j]) + wf_f_sf(1 / t, degrees[j], df) - 1) < 1e-13, "1/F is F the other way at %g, df %g, %g", t, df, degrees[j]);
      CHECK(error(wf_f_sf(t, df, INFINITY), wf_chi2_sf(t * df, df)) < 1e-9, "F(df, infinity) is chi2/df at %g, df %g", t, df);
    }
  }
  for (double t = -9; t <= 9; t += 0.37) CHECK(wf_t_sf(t, INFINITY) == wf_normal_cdf(-t), "t with infinite degrees of freedom is normal at %g", t);
}

static void test_quantiles_invert_tails(void) {
  for (int i = 0; i <= COUNT(degrees); i++) {
    const double df = i < COUNT(degrees) ? degrees[i] : INFINITY;
    for (double p = 0.4999; p > 1e-305; p *= p > 1e-3 ? 0.83 : 1e-6) {
      const double t = wf_t_quantile(p, df), back = wf_t_sf(-t, df);
      /* an ulp of t is worth t · density / tail of p: at most min(df, t²) + 1 */
      const double room = isinf(t) ? INFINITY : (fmin(df, t * t) + 2) * 3e-16 + 3e-13;
      CHECK(error(back, p) <= room, "the tail beyond the quantile of %.17g is %.17g at df %g", p, back, df);
      CHECK(wf_t_quantile(1 - p, df) == -wf_t_quantile(1 - (1 - p), df), "quantiles are symmetric at %g, df %g", p, df);
    }
  }
}

/* Where one formula hands over to the other a tail must not rise. */
static void test_monotone(void) {
  for (int i = 0; i < COUNT(degrees); i++) {
    for (int j = 0; j < COUNT(degrees); j++) {
      double last = 1;
      for (double f = 0.9; f < 1.1; f += 0.00049) {
        const double tail = wf_f_sf(f, degrees[i], degrees[j]);
        CHECK(tail <= last * (1 + 1e-13), "the tail of F(%g, %g) falls at %g: %.17g after %.17g", degrees[i], degrees[j], f, tail, last);
        last = tail;
      }
    }
    CHECK(error(wf_t_sf(1e100 * (1 + 1e-15), degrees[i]), wf_t_sf(1e100, degrees[i])) < 1e-13, "the tail of t is one curve at 1e100, df %g", degrees[i]);
  }
}

/* ---- edges ------------------------------------------------------------------------------------------------------------ */

static void test_edges(void) {
  CHECK(wf_normal_cdf(-INFINITY) == 0 && wf_normal_cdf(INFINITY) == 1 && wf_normal_cdf(-1e300) == 0, "the normal ends at 0 and 1");
  CHECK(wf_normal_quantile(0) == -INFINITY && wf_normal_quantile(1) == INFINITY && wf_normal_quantile(0.5) == 0, "0 and 1 are at infinity");
  CHECK(wf_t_sf(INFINITY, 3) == 0 && wf_t_sf(-INFINITY, 3) == 1 && wf_t_quantile(0, 3) == -INFINITY && wf_t_quantile(1, 3) == INFINITY, "so are they for t");
  CHECK(wf_f_sf(0, 2, 3) == 1 && wf_f_sf(-1, 2, 3) == 1 && wf_f_sf(INFINITY, 2, 3) == 0 && wf_f_sf(5e-324, 1e7, 0.01) == 1, "F begins at 0");
  CHECK(wf_chi2_sf(0, 2) == 1 && wf_chi2_sf(-1, 2) == 1 && wf_chi2_sf(INFINITY, 2) == 0 && wf_chi2_sf(1.7e308, 1e10) == 0, "chi2 begins at 0");
  CHECK(wf_f_sf(1e308, 1e10, 1e10) == 0 && wf_f_sf(1e308, 0.01, INFINITY) == 0 && wf_f_sf(1e-308, 1e10, 1e10) == 1, "and ends in 0");
  CHECK(wf_t_quantile(1e-300, 0.01) == -INFINITY, "a quantile beyond all doubles is infinite");
  const double least = wf_t_quantile(5e-324, INFINITY);
  CHECK(error(least, -38.467405617144345) < 1e-5, "the least of all p has its quantile: %.17g", least); /* the tail is denormal there */
  for (double df = 0.02; df < 1e10; df *= 3) CHECK(wf_t_quantile(5e-324, df) <= least, "at df %g too: %g", df, wf_t_quantile(5e-324, df));
}

static void test_invalid(void) {
  const double bad[] = {NAN, 0, -1, -INFINITY, 0.0099};
  for (int i = 0; i < COUNT(bad); i++) {
    CHECK(isnan(wf_t_sf(1, bad[i])) && isnan(wf_t_quantile(0.1, bad[i])) && isnan(wf_chi2_sf(1, bad[i])), "%g degrees of freedom give NaN", bad[i]);
    CHECK(isnan(wf_f_sf(1, bad[i], 3)) && isnan(wf_f_sf(1, 3, bad[i])), "also in F, in either place: %g", bad[i]);
  }
  CHECK(isnan(wf_normal_cdf(NAN)) && isnan(wf_t_sf(NAN, 3)) && isnan(wf_f_sf(NAN, 3, 3)) && isnan(wf_chi2_sf(NAN, 3)), "a NaN statistic gives NaN");
  CHECK(isnan(wf_chi2_sf(1, INFINITY)) && isnan(wf_f_sf(1, 2e10, 3)), "too many degrees of freedom in the first place give NaN");
  const double p[] = {NAN, -1e-300, 1.0000000000000002, INFINITY, -INFINITY};
  for (int i = 0; i < COUNT(p); i++) CHECK(isnan(wf_normal_quantile(p[i])) && isnan(wf_t_quantile(p[i], 3)), "the quantile of %g is NaN", p[i]);
}

/* ---- bits --------------------------------------------------------------------------------------------------------------- */

static uint32_t bits;
static void add(double value) {
  unsigned char bytes[8];
  memcpy(bytes, &value, 8);
  for (int i = 0; i < 8; i++) bits = (bits ^ bytes[i]) * 16777619u;
}

/* The same loop in ../js/distributions.test.js, which reads the number here. */
#define DISTRIBUTION_BITS 0x62303784u
static void test_bits(void) {
  bits = 2166136261u;
  for (int i = 1; i < 400; i++) {
    const double x = i * i / 997.0, df = 0.5 + i * i / 37.0, p = i / 401.0;
    add(wf_normal_cdf(-x / 4));
    add(wf_normal_quantile(p));
    add(wf_t_sf(x, df));
    add(wf_t_quantile(p, df));
    add(wf_f_sf(x, df, 4321 / df));
    add(wf_chi2_sf(x * 7, df / 9));
  }
  CHECK(bits == DISTRIBUTION_BITS, "the bits of all six are the same in every build: 0x%08x", bits);
}

static void test_exp64(void) {
  double worst = 0, at = 0;
  int ends = 0;
  for (int i = -300000; i <= 300000; i++) {
    const double x = i / 402.0 + i * 1e-9, y = wf_exp64(x), ulp = nextafter(y, INFINITY) - y;
    const double off = isinf(y) ? 0 : (double)(fabsl(y - expl((long double)x)) / ulp);
    ends += isinf(y) != (x > 709.782712893384);
    if (off > worst) worst = off, at = x;
  }
  CHECK(ends == 0, "wf_exp64 overflows where doubles end, but for %d times", ends);
  CHECK(worst <= 1, "wf_exp64 errs by %g ulp at %.17g", worst, at);
  CHECK(wf_exp64(0) == 1 && wf_exp64(INFINITY) == INFINITY && wf_exp64(-INFINITY) == 0 && isnan(wf_exp64(NAN)), "wf_exp64 at its edges");
  CHECK(wf_exp64(-745.13) == 5e-324 && wf_exp64(-745.14) == 0 && wf_exp64(1e-320) == 1, "wf_exp64 ends in the least denormal");
}

int main(void) {
  test_known_values();
  test_closed_forms();
  test_relations();
  test_quantiles_invert_tails();
  test_monotone();
  test_edges();
  test_invalid();
  test_bits();
  test_exp64();
  return check_report("test_distributions");
}
