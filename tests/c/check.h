/* check.h: counts checks, prints those that fail · in: conditions · out: one closing line a program · next: test_random.c */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_passed, check_failed;

/* CHECK(cond, "sentence with %d", values...): silent when it holds */
#define CHECK(cond, ...)                                      \
  do {                                                        \
    if (cond) {                                               \
      check_passed++;                                         \
    } else if (check_failed++ < 20) {                         \
      printf("FAILED %s:%d: ", __FILE__, __LINE__);           \
      printf(__VA_ARGS__);                                    \
      printf("   [%s]\n", #cond);                             \
    }                                                         \
  } while (0)

/* Prints the closing line that make test sums up. Returns the exit code of main. */
static inline int check_report(const char *name) {
  if (check_failed > 20) printf("%s: %d further failures not shown\n", name, check_failed - 20);
  printf("%s: %d passed, %d failed\n", name, check_passed, check_failed);
  return check_failed > 0 || check_passed == 0;
}

#endif
