/* test_random.c: the generator against published vectors, permutations, moments · next: test_vmath.c */
#include "../../src/core/random.h"

#include <math.h>
#include <stdlib.h>

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

int main(void) {
  words_equal_the_published_vector();
  words_do_not_depend_on_how_many_are_drawn();
  seeds_streams_and_steps_give_other_words();
  permutations_hold_every_row_once();
  permutations_are_uniform();
  normals_have_the_moments_of_a_normal();
  return check_report("test_random");
}
