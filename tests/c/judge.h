/* judge.h: one call of wf_loss_rows on given outputs · in: outputs, rows · out: sums, gradients · next: test_loss.c */
#ifndef JUDGE_H
#define JUDGE_H

#include <math.h>

#include "../../src/core/loss.h"
#include "check.h"
#include "toy.h"

enum { JUDGE_ROWS = 128, JUDGE_OUTPUTS = 8 };

/* Targets are numbers (rows, K), or labels. weight, label, partner may be NULL. */
typedef struct judge_rows {
  int rows, K;
  const double *z, *y, *weight;
  const int32_t *label, *partner;
  double share, positive;
} judge_rows;

typedef struct judged {
  wf_sums sums;
  double residual[JUDGE_OUTPUTS], tally[3 * JUDGE_OUTPUTS], total[JUDGE_OUTPUTS];
  double d[JUDGE_ROWS * JUDGE_OUTPUTS]; /* (rows, K) gradients of the mean */
  double batch_weight;
  wf_measures measures;
  int padding_is_zero;
} judged;

static inline void judged_connect(judged *j, int K) {
  j->sums.residual = j->residual;
  j->sums.tally = j->tally;
  wf_sums_clear(&j->sums, K);
}

/* Adds rows first..first + B - 1 to j. */
static inline void judge_slice(judged *j, const wf_config *config, const judge_rows *rows, int first, int B) {
  static wf_real z[JUDGE_ROWS * 8], d[JUDGE_ROWS * 8], y[JUDGE_ROWS * JUDGE_OUTPUTS], weight[JUDGE_ROWS], positive[JUDGE_OUTPUTS];
  int K = rows->K, classes = wf_loss_targets((wf_loss)config->loss) == WF_CLASS;
  memset(z, 0, sizeof z);
  memset(d, 0, sizeof d);
  for (int i = 0; i < B * K; i++) {
    z[i / K * 8 + i % K] = (wf_real)rows->z[first * K + i];
    d[i / K * 8 + i % K] = 7; /* what a batch before has left */
  }
  for (int i = 0; i < rows->rows * K && !classes; i++) y[i] = (wf_real)rows->y[i];
  for (int i = 0; i < rows->rows && rows->weight; i++) weight[i] = (wf_real)rows->weight[i];
  for (int k = 0; k < K; k++) positive[k] = (wf_real)(rows->positive > 0 ? rows->positive : 1);
  wf_model model = {.config = *config, .K = K, .positive = positive};
  wf_rows data = {.y = y, .label = rows->label, .weight = rows->weight ? weight : NULL, .rows = rows->rows};
  if (classes) data.y = rows->label;
  wf_batch batch = {.rows = &data, .first = first, .B = B, .partner = rows->partner, .share = (wf_real)rows->share};
  j->batch_weight = wf_loss_rows(&j->sums, d, z, &model, &batch, K, 8);
  j->padding_is_zero = 1;
  for (int i = 0; i < B * 8; i++)
    if (i % 8 < K) j->d[(first + i / 8) * K + i % 8] = (double)d[i];
    else if (d[i] != 0) j->padding_is_zero = 0;
  wf_loss_total(j->total, (wf_loss)config->loss, &data, K);
  wf_loss_measure(&j->measures, &j->sums, j->total, (wf_loss)config->loss, K);
}

static inline void judge(judged *j, const wf_config *config, const judge_rows *rows) {
  judged_connect(j, rows->K);
  judge_slice(j, config, rows, 0, rows->rows);
}

/* Half an ulp of 1: what rounding a number can add to it. */
static const double half_ulp = sizeof(wf_real) == 8 ? 0x1p-53 : 0x1p-24;

/* Random outputs and targets that fit a loss, for K outputs; free z, y, label. */
static inline judge_rows judge_toy(wf_loss loss, int rows, int K, uint32_t seed) {
  wf_targets kind = wf_loss_targets(loss);
  wf_real *numbers = toy_numbers(rows * K, seed), *targets = toy_numbers(rows * K, seed + 1);
  double *z = malloc((size_t)(rows * K) * sizeof *z), *y = malloc((size_t)(rows * K) * sizeof *y);
  int32_t *label = malloc((size_t)rows * sizeof *label);
  for (int i = 0; i < rows * K; i++) {
    double t = (double)targets[i];
    z[i] = 3 * (double)numbers[i];
    y[i] = kind == WF_BINARY ? t > 0 : loss == WF_POISSON ? floor(3 + 3 * t) : t;
    if (kind == WF_SHARES) y[i] = (1.1 + t) / 8;
  }
  for (int r = 0; r < rows; r++) label[r] = (int32_t)((targets[r * K] + 1) / 2 * (wf_real)K);
  free(numbers);
  free(targets);
  return (judge_rows){.rows = rows, .K = K, .z = z, .y = y, .label = label};
}

static inline void judge_free(judge_rows *rows) {
  free((void *)(uintptr_t)rows->z);
  free((void *)(uintptr_t)rows->y);
  free((void *)(uintptr_t)rows->label);
}

#endif
