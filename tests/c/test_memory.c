/* test_memory.c: memory for the caller, and whether what is in it is finite · in: wasmfit.h · out: checks · next: test_random.c */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/wasmfit.h"
#include "check.h"

static const double good[] = {0, -0.0, 1, -1e30, 1e-42, 3.4e38, -3.4e38}, bad[] = {INFINITY, -INFINITY, NAN};

/* A bad value is met wherever it stands; without one nothing is. */
static void test_finite(void) {
  enum { MOST = 40, GOOD = sizeof good / sizeof *good };
  for (int single = 0; single < 2; single++) {
    size_t width = single ? sizeof(float) : sizeof(double);
    for (int n = 0; n <= MOST; n++) {
      char *values = malloc((size_t)n * width + 1);
      if (!values) exit(1);
      int found = 0;
      for (int at = -1; at < n; at++) {
        for (int kind = 0; kind < (at < 0 ? 1 : 3); kind++) {
          for (int i = 0; i < n; i++) {
            double value = i == at ? bad[kind] : good[i % GOOD];
            float narrow = (float)value;
            memcpy(values + (size_t)i * width, single ? (void *)&narrow : (void *)&value, width);
          }
          found += wf_all_finite(values, (size_t)n * width, single) == (at < 0);
        }
      }
      CHECK(found == 1 + 3 * n, "%d %s: a value that is not finite is met wherever it stands", n, single ? "floats" : "doubles");
      free(values);
    }
  }
  double huge[] = {1.7976931348623157e308, -1.7976931348623157e308, 5e-324};
  CHECK(wf_all_finite(huge, sizeof huge, 0), "the largest doubles and the smallest are finite");
}

int main(void) {
  test_finite();
  return check_report("test_memory");
}
