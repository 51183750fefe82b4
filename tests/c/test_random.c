/* test_random.c: the generator against published vectors, permutations, moments · next: test_vmath.c */
#include "../../src/core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

/* Random123's known answers for philox4x32, 10 rounds, at counter 0 and key 0 (kat_vectors of Salmon et al.). */
static void words_equal_the_published_vector(void) {
  static const uint32_t expected[4] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  uint32_t words[4];
  wf_random_words(words, 0, 0, 0, 4);
  for (int i = 0; i < 4; i++) CHECK(words[i] == expected[i], "word %d is %08x", i, words[i]);
}

static void words_do_not_depend_on_how_many_are_drawn(void) {
  uint32_t few[5], many[40];
  wf_random_words(few, 42, WF_STREAM_DATA, 7, 5);
  wf_random_words(many, 42, WF_STREAM_DATA, 7, 40);
  for (int i = 0; i < 5; i++) CHECK(few[i] == many[i], "word %d differs", i);
}

static void seeds_streams_and_steps_give_other_words(void) {
  static const double seeds[] = {1, 1, 1, 2, 4294967297.0};
  static const uint32_t streams[] = {1, 1, 2, 1, 1}, steps[] = {0, 1, 0, 0, 0};
  uint32_t first[5];
  for (int i = 0; i < 5; i++) {
    wf_random_words(&first[i], seeds[i], streams[i], steps[i], 1);
    for (int j = 0; j < i; j++) CHECK(first[i] != first[j], "draws %d and %d are equal", i, j);
  }
}

static void permutations_hold_every_row_once(void) {
  static const uint32_t sizes[] = {1, 2, 3, 4, 5, 17, 442, 10007};
  for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
    uint32_t n = sizes[s], moved = 0;
    int32_t *order = malloc(n * sizeof *order);
    char *seen = calloc(n, 1);
    wf_random_permutation(order, 3, WF_STREAM_SHUFFLE, 1, n);
    for (uint32_t i = 0; i < n; i++) {
      CHECK(order[i] >= 0 && (uint32_t)order[i] < n && !seen[order[i]]++, "row %d of %u is out of place", order[i], n);
      moved += (uint32_t)order[i] != i;
    }
    CHECK(n < 17 || moved > n / 2, "only %u of %u rows moved", moved, n);
    free(order);
    free(seen);
  }
}

/* Each of the 24 orders of four rows should come up 1000 times in 24,000; chi² (23) stays below 49.7 in 99.9 % of cases. */
static void permutations_are_uniform(void) {
  int counts[256] = {0};
  for (uint32_t step = 0; step < 24000; step++) {
    int32_t order[4];
    wf_random_permutation(order, 11, WF_STREAM_SHUFFLE, step, 4);
    counts[order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3]]++;
  }
  double chi2 = 0;
  int orders = 0;
  for (int i = 0; i < 256; i++)
    if (counts[i]) {
      orders++;
      chi2 += (counts[i] - 1000.0) * (counts[i] - 1000.0) / 1000;
    }
  CHECK(orders == 24, "%d of 24 orders came up", orders);
  CHECK(chi2 < 49.7, "chi2 = %g", chi2);
}

static void normals_have_the_moments_of_a_normal(void) {
  double sum[5] = {0};
  int n = 200000;
  for (int i = 0; i < n; i++) {
    double v = wf_random_normal(5, WF_STREAM_INIT, 0, (uint32_t)i), p = 1;
    for (int k = 1; k < 5; k++) sum[k] += (p *= v) / n;
  }
  CHECK(fabs(sum[1]) < 0.008, "mean %g", sum[1]);
  CHECK(fabs(sum[2] - 1) < 0.012, "variance %g", sum[2]);
  CHECK(fabs(sum[3]) < 0.04, "third moment %g", sum[3]);
  CHECK(fabs(sum[4] - 3) < 0.12, "fourth moment %g", sum[4]);
}

static void masks_come_from_the_published_words(void) {
  enum { N = 160 };
  uint32_t words[N];
  wf_real mask[N];
  double rate = 0.37;
  wf_random_words(words, 4294967297.0 * 5, WF_STREAM_DROPOUT + 2, 9, N);
  wf_random_mask(mask, N, rate, 4294967297.0 * 5, WF_STREAM_DROPOUT + 2, 9, 0);
  for (int e = 0; e < N; e++) CHECK((mask[e] == 0) == (words[e] < rate * 0x1p32), "element %d is %g", e, (double)mask[e]);
}

static double normal_cdf(double x) { return erfc(-x * 0.70710678118654752440) / 2; }

static int ascending(const void *a, const void *b) {
  wf_real x = *(const wf_real *)a, y = *(const wf_real *)b;
  return (x > y) - (x < y);
}

/* Greatest distance between the distribution of n sorted values and a distribution function, times √n: above 2.0 once in 1500 times. */
static double kolmogorov(const wf_real *sorted, int n, double (*cdf)(double)) {
  double worst = 0;
  for (int i = 0; i < n; i++) {
    double p = cdf((double)sorted[i]);
    worst = fmax(worst, fmax(p - (double)i / n, (double)(i + 1) / n - p));
  }
  return worst * sqrt(n);
}

/* Moments within four standard deviations: of the k-th moment √((m_2k - m_k²) / n). */
static void noise_is_normal_and_independent(void) {
  enum { N = 1 << 20 };
  static const double moment[] = {1, 0, 1, 0, 3, 0, 15, 0, 105};
  wf_real *x = calloc(N, sizeof *x), *y = calloc(N, sizeof *y);
  wf_random_noise(x, N, 1, 5, WF_STREAM_NOISE, 3, 0);
  for (int k = 1; k <= 4; k++) {
    double sum = 0, sd = sqrt((moment[2 * k] - moment[k] * moment[k]) / N);
    for (int i = 0; i < N; i++) sum += pow((double)x[i], k) / N;
    CHECK(fabs(sum - moment[k]) < 4 * sd, "moment %d is %g", k, sum);
  }
  static const int lags[] = {1, 2, 4, 8, 16};
  for (int l = 0; l < 5; l++) {
    double sum = 0, squares = 0;
    for (int i = lags[l]; i < N; i++) {
      sum += (double)x[i] * (double)x[i - lags[l]];
      squares += ((double)x[i] * (double)x[i] - 1) * ((double)x[i - lags[l]] * (double)x[i - lags[l]] - 1) / 2;
    }
    CHECK(fabs(sum) < 4 * sqrt(N) && fabs(squares) < 4 * sqrt(N), "at a distance of %d: %g, of squares %g", lags[l], sum, squares);
  }
  for (int other = 0; other < 2; other++) { /* another step, another part of the step */
    double sum = 0;
    memset(y, 0, N * sizeof *y);
    wf_random_noise(y, N, 1, 5, WF_STREAM_NOISE, other ? 3 : 4, other ? 32 : 0);
    for (int i = 0; i < N; i++) sum += (double)x[i] * (double)y[i];
    CHECK(fabs(sum) < 4 * sqrt(N), "correlation %g", sum / N);
  }
  qsort(x, N, sizeof *x, ascending);
  CHECK(kolmogorov(x, N, normal_cdf) < 2, "Kolmogorov's distance is %g", kolmogorov(x, N, normal_cdf));
  CHECK((double)x[N - 1] > 4.2 && (double)x[N - 1] < 6.8, "the greatest of a million is %g", (double)x[N - 1]);
  free(x);
  free(y);
}

/* Every build must draw the same noise to the last bit. */
static void noise_has_the_same_bits_in_every_build(void) {
  enum { N = 4096 };
  wf_real x[N] = {0};
  uint32_t hash = 2166136261u;
  wf_random_noise(x, N, 1, 42, WF_STREAM_NOISE, 7, 64);
  for (size_t i = 0; i < sizeof x; i++) hash = (hash ^ ((unsigned char *)x)[i]) * 16777619u;
  CHECK(hash == 0x5dc6a291u, "hash 0x%08x, expected 0x5dc6a291", hash);
}

static double uniform_cdf(double x) { return x; }
static double arcsine_cdf(double x) { return asin(sqrt(x)) * 0.63661977236758134308; }
static double beta22_cdf(double x) { return x * x * (3 - 2 * x); }

/* Beta(½,½) is the arcsine distribution, Beta(1,1) the uniform one; the variance of Beta(a,a) is 1 / (4 (2a + 1)). */
static void beta_draws_are_beta(void) {
  enum { N = 20000 };
  static const double alpha[] = {1e-3, 0.2, 0.5, 1, 2, 8, 1000};
  static double (*const cdf[])(double) = {NULL, NULL, arcsine_cdf, uniform_cdf, beta22_cdf, NULL, NULL};
  wf_real *x = malloc(N * sizeof *x);
  for (int a = 0; a < 7; a++) {
    double mean = 0, variance = 0, want = 1 / (4 * (2 * alpha[a] + 1));
    for (uint32_t step = 0; step < N; step++) {
      double v = wf_random_beta(alpha[a], 9, WF_STREAM_MIXUP, step);
      CHECK(v >= 0 && v <= 1, "Beta(%g) drew %g", alpha[a], v);
      x[step] = (wf_real)v;
      mean += v / N;
      variance += (v - 0.5) * (v - 0.5) / N;
    }
    CHECK(fabs(mean - 0.5) < 4 * sqrt(want / N), "Beta(%g): mean %g", alpha[a], mean);
    CHECK(fabs(variance - want) < 4 * want * sqrt(2.0 / N), "Beta(%g): variance %g, not %g", alpha[a], variance, want);
    qsort(x, N, sizeof *x, ascending);
    CHECK(!cdf[a] || kolmogorov(x, N, cdf[a]) < 2, "Beta(%g): Kolmogorov's distance is %g", alpha[a], kolmogorov(x, N, cdf[a]));
  }
  CHECK(isfinite(wf_random_beta(1e-320, 9, WF_STREAM_MIXUP, 1)), "Beta(1e-320) is not finite");
  free(x);
}

int main(void) {
  words_equal_the_published_vector();
  words_do_not_depend_on_how_many_are_drawn();
  seeds_streams_and_steps_give_other_words();
  permutations_hold_every_row_once();
  permutations_are_uniform();
  normals_have_the_moments_of_a_normal();
  masks_come_from_the_published_words();
  noise_is_normal_and_independent();
  noise_has_the_same_bits_in_every_build();
  beta_draws_are_beta();
  return check_report("test_random");
}
