/* test_loss_rows.c: weights, mixup and slices of every loss, and what a report makes of the sums · next: test_gradients.c */
#include "judge.h"

#include "../fixtures/losses.h"

static wf_config defaults(wf_loss loss) { return toy_config(1, 1, loss, WF_SGD); }

static int same_sums(const judged *a, const judged *b, int K, double tolerance) {
  const double p[] = {a->sums.weight, a->sums.loss, a->sums.correct, a->sums.absolute};
  const double q[] = {b->sums.weight, b->sums.loss, b->sums.correct, b->sums.absolute};
  int same = 1;
  for (int i = 0; i < 4; i++) same &= fabs(p[i] - q[i]) <= tolerance * (1 + fabs(q[i]));
  for (int k = 0; k < K; k++) same &= fabs(a->residual[k] - b->residual[k]) <= tolerance * (1 + fabs(b->residual[k]));
  for (int k = 0; k < 3 * K; k++) same &= fabs(a->tally[k] - b->tally[k]) <= tolerance * (1 + fabs(b->tally[k]));
  return same;
}

enum { N = 67, HALF = 33 };

/* 100 rows of which 33 stand twice, against 67 rows of weight 2 and 1; and a row that cannot be computed, of weight 0. */
static void weights_count_rows(wf_loss loss, int K) {
  wf_config config = defaults(loss);
  judge_rows rows = judge_toy(loss, N, K, 5);
  double z[100 * 8], y[100 * 8], weight[N + 1];
  int32_t label[100];
  for (int i = 0; i < 100 * K; i++) z[i] = rows.z[i % (N * K)], y[i] = rows.y[i % (N * K)];
  for (int r = 0; r < 100; r++) label[r] = rows.label[r % N];
  judged twice, weighted, plain, ones;
  judge(&twice, &config, &(judge_rows){.rows = 100, .K = K, .z = z, .y = y, .label = label});
  for (int r = 0; r < N; r++) weight[r] = r < HALF ? 2 : 1;
  for (int k = 0; k < K; k++) z[N * K + k] = (double)NAN;
  weight[N] = 0;
  judge(&weighted, &config, &(judge_rows){.rows = N + 1, .K = K, .z = z, .y = y, .label = label, .weight = weight});
  CHECK(same_sums(&weighted, &twice, K, 1e-13), "%s: a row of weight 2 is not two rows", loss_names[loss]);
  CHECK(weighted.batch_weight == 100, "%s: weights sum to %g", loss_names[loss], weighted.batch_weight);
  for (int i = 0; i < N * K; i++) {
    double expected = twice.d[i] + (i < HALF * K ? twice.d[N * K + i] : 0);
    CHECK(fabs(weighted.d[i] - expected) <= 4 * half_ulp * fabs(expected), "%s: gradient %d is %g, of two rows %g", loss_names[loss], i,
          weighted.d[i], expected);
  }
  for (int k = 0; k < K; k++) CHECK(weighted.d[N * K + k] == 0, "%s: an absent row has a gradient", loss_names[loss]);
  for (int r = 0; r < N; r++) weight[r] = 1;
  judge(&plain, &config, &rows);
  rows.weight = weight;
  judge(&ones, &config, &rows);
  CHECK(same_sums(&ones, &plain, K, 1e-14), "%s: weights of 1 change the sums", loss_names[loss]);
  CHECK(memcmp(ones.d, plain.d, sizeof(double) * (size_t)(N * K)) == 0, "%s: weights of 1 change bits of the gradient", loss_names[loss]);
  judge_free(&rows);
}

/* A share of 1 is no mixup; else numbers, shares and zeros and ones are mixed, of labels the two losses: of mixed targets with the row's
 * own label and with the partner's, each with its share. */
static void mixup_mixes(wf_loss loss, int K) {
  wf_config config = defaults(loss);
  judge_rows rows = judge_toy(loss, N, K, 8), mixture = judge_toy(loss, N, K, 8), others;
  int32_t partner[N], theirs[N];
  for (int r = 0; r < N; r++) partner[r] = (r * 5 + 3) % N;
  double share = 0.25;
  for (int i = 0; i < N * K; i++) {
    double other_y = (double)(wf_real)rows.y[partner[i / K] * K + i % K];
    ((double *)(uintptr_t)mixture.y)[i] = share * (double)(wf_real)rows.y[i] + (1 - share) * other_y;
    theirs[i / K] = rows.label[partner[i / K]];
  }
  others = mixture;
  others.label = theirs;
  config.distillation = 0.25;
  judged plain, one, mixed, own, other;
  judge(&plain, &config, &rows);
  rows.partner = partner;
  rows.share = 1;
  judge(&one, &config, &rows);
  CHECK(same_sums(&one, &plain, K, 1e-14), "%s: a share of 1 changes the sums", loss_names[loss]);
  CHECK(memcmp(one.d, plain.d, sizeof(double) * (size_t)(N * K)) == 0, "%s: a share of 1 changes bits of the gradient", loss_names[loss]);
  rows.share = share;
  judge(&mixed, &config, &rows);
  judge(&own, &config, &mixture);
  judge(&other, &config, &others);
  double expected = share * own.measures.loss + (1 - share) * other.measures.loss;
  CHECK(fabs(mixed.measures.loss - expected) <= 8 * half_ulp * (1 + fabs(expected)), "%s: mixed loss %.9g, expected %.9g", loss_names[loss],
        mixed.measures.loss, expected);
  for (int i = 0; i < N * K; i++) {
    double d = share * own.d[i] + (1 - share) * other.d[i];
    CHECK(fabs(mixed.d[i] - d) <= 16 * half_ulp / N, "%s: mixed gradient %d is %.9g, expected %.9g", loss_names[loss], i, mixed.d[i], d);
  }
  CHECK(mixed.sums.correct == own.sums.correct, "%s: a mixed row is not judged by its own label, or the mixed targets", loss_names[loss]);
  judge_free(&rows);
  judge_free(&mixture);
}

static void slices_add_up(wf_loss loss, int K) {
  static const int parts[] = {1, 2, 31, 32, 1};
  wf_config config = defaults(loss);
  judge_rows rows = judge_toy(loss, N, K, 11);
  judged whole, sliced;
  judge(&whole, &config, &rows);
  judged_connect(&sliced, K);
  for (int p = 0, first = 0; p < 5; first += parts[p++]) judge_slice(&sliced, &config, &rows, first, parts[p]);
  CHECK(same_sums(&sliced, &whole, K, 1e-14), "%s: slices do not sum to the whole", loss_names[loss]);
  judge_free(&rows);
}

static void measures_are(const wf_measures *m, const double *expected, int numbers, const char *loss) {
  double got[] = {numbers ? m->loss : m->metric, numbers ? m->metric : m->balanced_accuracy, numbers ? m->mae : m->f1};
  for (int i = 0; i < 3; i++)
    CHECK(fabs(got[i] - expected[i]) < 1e-12, "%s: measure %d is %.15g, scikit-learn %.15g", loss, i, got[i], expected[i]);
  CHECK(numbers ? isnan(m->balanced_accuracy) && isnan(m->f1) : isnan(m->mae), "%s has measures that do not apply", loss);
}

/* The rows of the fixture as scores of five classes, of class 2 against the others, and as five outputs of zeros and ones. */
static void measures_are_those_of_scikit_learn(int weighted) {
  const double *weight = weighted ? measured_weight : NULL;
  double scores[MEASURED * 5], truth[MEASURED * 5] = {0}, score[MEASURED], positive[MEASURED];
  for (int i = 0; i < MEASURED * 5; i++) scores[i] = -0.5;
  for (int r = 0; r < MEASURED; r++) {
    scores[r * 5 + measured_taken[r]] = 0.5;
    truth[r * 5 + measured_truth[r]] = 1;
    score[r] = measured_taken[r] == 2 ? 0.5 : -0.5;
    positive[r] = measured_truth[r] == 2;
  }
  judge_rows numbers = {.rows = MEASURED, .K = 2, .z = measured_prediction, .y = measured_y, .weight = weight};
  judge_rows one = {.rows = MEASURED, .K = 1, .z = score, .y = positive, .weight = weight};
  judge_rows five = {.rows = MEASURED, .K = 5, .z = scores, .y = truth, .label = measured_truth, .weight = weight};
  for (int loss = 0; loss < WF_LOSS_COUNT; loss++) {
    wf_config config = defaults((wf_loss)loss);
    wf_targets kind = wf_loss_targets((wf_loss)loss);
    judged j;
    judge(&j, &config, kind == WF_NUMBERS ? &numbers : kind == WF_BINARY ? &one : &five);
    double expected[3] = {j.measures.loss, measured_numbers[weighted][1], measured_numbers[weighted][2]};
    if (loss == WF_MSE) expected[0] = measured_numbers[weighted][0];
    if (kind != WF_NUMBERS) memcpy(expected, kind == WF_BINARY ? measured_binary[weighted] : measured[weighted], sizeof expected);
    if (loss != WF_POISSON) measures_are(&j.measures, expected, kind == WF_NUMBERS, loss_names[loss]);
    if (kind != WF_BINARY) continue;
    judge(&j, &config, &five);
    CHECK(fabs(j.measures.f1 - measured_outputs[weighted]) < 1e-12, "%s: F1 of five outputs is %.15g", loss_names[loss], j.measures.f1);
    CHECK(isnan(j.measures.balanced_accuracy), "%s: five outputs have a balanced accuracy", loss_names[loss]);
  }
}

/* One class only, of weights that binary fractions cannot hold: the other class does not occur. */
static void an_absent_negative_class_does_not_count(void) {
  double z[N], y[N], weight[N];
  for (int order = 3; order < 27; order += 2) {
    for (int r = 0; r < N; r++) z[r] = r % 3 ? 1 : -1, y[r] = 1, weight[r] = exp(r * order % 28 - 14);
    wf_config config = defaults(WF_BINARY_CROSS_ENTROPY);
    judged j;
    judge(&j, &config, &(judge_rows){.rows = N, .K = 1, .z = z, .y = y, .weight = weight});
    CHECK(fabs(j.measures.balanced_accuracy - j.measures.metric) < 1e-12, "balanced accuracy %g, accuracy %g", j.measures.balanced_accuracy,
          j.measures.metric);
  }
}

/* Poisson predicts e^z: R² and mean absolute error are those of it. */
static void poisson_is_measured_on_its_rate(void) {
  double z[] = {log(2), log(5), 0}, y[] = {2, 4, 3}, mean = 3, total = 0, residual = 0, absolute = 0;
  for (int i = 0; i < 3; i++) {
    total += (y[i] - mean) * (y[i] - mean);
    residual += (exp(z[i]) - y[i]) * (exp(z[i]) - y[i]);
    absolute += fabs(exp(z[i]) - y[i]) / 3;
  }
  wf_config config = defaults(WF_POISSON);
  judged j;
  judge(&j, &config, &(judge_rows){.rows = 3, .K = 1, .z = z, .y = y});
  CHECK(fabs(j.measures.metric - (1 - residual / total)) < 1e-6, "R² is %g, by hand %g", j.measures.metric, 1 - residual / total);
  CHECK(fabs(j.measures.mae - absolute) < 1e-6, "mean absolute error is %g, by hand %g", j.measures.mae, absolute);
}

/* Outputs and shares that are all equal: the first class is the answer, and the truth. */
static void the_first_of_equals_counts(void) {
  static const wf_loss losses[] = {WF_CROSS_ENTROPY, WF_FOCAL, WF_KL_DIVERGENCE};
  for (int i = 0; i < 3; i++)
    for (int K = 2; K <= 8; K++) {
      double z[8] = {-3, -3, -3, -3, -3, -3, -3, -3}, y[8] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
      wf_config config = defaults(losses[i]);
      judged j;
      judge(&j, &config, &(judge_rows){.rows = 1, .K = K, .z = z, .y = y, .label = (int32_t[]){0}});
      CHECK(j.sums.correct == 1 && j.tally[0] == 1 && j.tally[K] == 1 && j.tally[2 * K] == 1, "%s: not the first of %d equals",
            loss_names[losses[i]], K);
    }
}

/* An absent first row, weights that sum to no round number, a large offset. */
static void totals_are_exact_for_constant_targets(void) {
  wf_real y[N], weight[N];
  double total;
  for (int r = 0; r < N; r++) y[r] = (wf_real)0.1, weight[r] = (wf_real)(r > 0 ? exp(r % 28 - 14) : 0);
  y[0] = 12345.678f;
  wf_rows rows = {.y = y, .weight = weight, .rows = N};
  wf_loss_total(&total, WF_HUBER, &rows, 1);
  CHECK(total == 0, "total of a constant target is %g", total);
  for (int r = 0; r < N; r++) y[r] = (wf_real)(1e6 + r % 3), weight[r] = 1;
  wf_loss_total(&total, WF_MAE, &rows, 1);
  CHECK(fabs(total - (67 - 1 / 67.0 - 22)) < 1e-9 * total, "total of 1e6 + {0, 1, 2} is %.15g", total);
}

int main(void) {
  for (int loss = 0; loss < WF_LOSS_COUNT; loss++)
    for (int K = loss == WF_CROSS_ENTROPY || loss == WF_FOCAL || loss == WF_KL_DIVERGENCE ? 2 : 1; K <= 8; K += 3) {
      weights_count_rows((wf_loss)loss, K);
      mixup_mixes((wf_loss)loss, K);
      slices_add_up((wf_loss)loss, K);
    }
  measures_are_those_of_scikit_learn(0);
  measures_are_those_of_scikit_learn(1);
  an_absent_negative_class_does_not_count();
  poisson_is_measured_on_its_rate();
  the_first_of_equals_counts();
  totals_are_exact_for_constant_targets();
  return check_report("test_loss_rows");
}
