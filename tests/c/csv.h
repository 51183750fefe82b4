/* csv.h: a bundled table of numbers · in: a file of src/data, run from the project's root · out: columns and target · next: test_logistic.c */
#ifndef TEST_CSV_H
#define TEST_CSV_H

#include <stdio.h>
#include <stdlib.h>

/* x (rows, features) and target (rows) of a file with one line of names, the target in the last column. Returns the rows read, at
 * most `room`; 0: no such file. */
static inline int csv_read(double *x, double *target, const char *path, int features, int room) {
  char line[4096];
  int rows = 0;
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  char *read = fgets(line, sizeof line, file);
  for (; read && rows < room && fgets(line, sizeof line, file); rows++) {
    char *at = line;
    for (int j = 0; j < features; j++, at++) x[rows * features + j] = strtod(at, &at);
    target[rows] = strtod(at, &at);
  }
  fclose(file);
  return rows;
}

#endif
