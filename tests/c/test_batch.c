/* test_batch.c: the rows of an epoch and of a step: resampling, batch sizes, noise, mixup, bytes · next: test_optimizer.c
 *
 * Frequencies are held to four standard deviations of their binomial distributions, at fixed seeds. */
#include <math.h>

#include "../../src/core/fit.h"
#include "bench.h"
#include "check.h"

enum { N = 203, D = 6, K = 3 };

/* Classes 0, 1 and 2 have 20, 40 and 143 rows, mixed. The features are rows' own, or where it has none those of toy_numbers. */
static bench start(wf_fit_config fit_config, wf_rows rows) {
  wf_config config = toy_config(D, 2, WF_CROSS_ENTROPY, WF_ADAM);
  wf_layer_config layers[] = {toy_layer(8, WF_TANH), toy_layer(K, WF_IDENTITY)};
  int32_t *y = malloc(N * sizeof *y);
  for (int r = 0; r < N; r++) y[r * 67 % N] = r < 20 ? 0 : r < 60 ? 1 : 2;
  if (!rows.x && !rows.bytes) rows.x = toy_numbers(N * D, 1);
  rows.y = y;
  rows.rows = N;
  return bench_new(config, layers, rows, fit_config, NULL);
}

static bench start_on_numbers(wf_fit_config config) { return start(config, (wf_rows){0}); }

static void end(bench *b) {
  bench_free(b);
  rows_free(&b->rows);
}

static int32_t class_of(const bench *b, int row) { return ((const int32_t *)b->rows.y)[row]; }

static void run(bench *b) {
  while (wf_fit_run(b->fit, 1, 1e9) == WF_FIT_RUNNING) wf_fit_reports_clear(b->fit);
}

/* ---- rows of an epoch ------------------------------------------------------------------------------------------------ */

static void over_and_undersampling_level_the_classes(void) {
  static const int own[] = {20, 40, 143};
  for (int over = 0; over < 2; over++) {
    wf_fit_config config = toy_fit(32, 400, 1);
    config.resample = over ? WF_OVERSAMPLE : WF_UNDERSAMPLE;
    int each = over ? 143 : 20, epochs = 400, total[N] = {0};
    bench b = start_on_numbers(config);
    CHECK(b.fit->M == K * each, "%d rows an epoch", b.fit->M);
    for (int epoch = 0; epoch < epochs; epoch++) {
      int times[N] = {0}, of_class[K] = {0};
      wf_model_set_progress(b.model, 0, epoch, 1);
      wf_batch_epoch(b.fit);
      for (int i = 0; i < b.fit->M; i++) times[b.fit->order[i]]++;
      for (int r = 0; r < N; r++) {
        of_class[class_of(&b, r)] += times[r];
        total[r] += times[r];
        CHECK(over ? times[r] >= 1 : times[r] <= 1, "epoch %d has row %d %d times", epoch, r, times[r]);
      }
      for (int k = 0; k < K; k++) CHECK(of_class[k] == each, "epoch %d has %d rows of class %d", epoch, of_class[k], k);
    }
    for (int r = 0; r < N; r++) { /* beyond the first of each epoch: draws that hit this row */
      double n = own[class_of(&b, r)], draws = over ? epochs * (each - n) : epochs, p = over ? 1 / n : each / n;
      double hits = over ? total[r] - epochs : total[r];
      CHECK(fabs(hits - draws * p) <= 4 * sqrt(draws * p * (1 - p)), "row %d came %g times, expected %g", r, hits, draws * p);
    }
    end(&b);
  }
}

static void without_shuffling_the_chosen_rows_keep_file_order(void) {
  for (int resample = 0; resample < 3; resample++) {
    wf_fit_config config = toy_fit(32, 3, 0);
    config.resample = resample;
    bench b = start_on_numbers(config);
    int32_t last = -1, changed = 0;
    int32_t *first = malloc((size_t)b.fit->M * sizeof *first);
    memcpy(first, b.fit->order, (size_t)b.fit->M * sizeof *first);
    for (int i = 0; i < b.fit->M; last = b.fit->order[i++])
      CHECK(b.fit->order[i] >= last + (resample != WF_OVERSAMPLE), "row %d follows row %d", b.fit->order[i], last);
    wf_model_set_progress(b.model, 0, 1, 1);
    wf_batch_epoch(b.fit);
    for (int i = 0; i < b.fit->M; i++) changed += first[i] != b.fit->order[i];
    CHECK((changed > 0) == (resample != 0), "resampling %d: %d rows changed from epoch to epoch", resample, changed);
    free(first);
    end(&b);
  }
}

/* So that a checkpoint need not hold the order: it follows from the epoch, whatever was in the array before. */
static void the_order_depends_on_the_epoch_alone(void) {
  for (int shuffle = 0; shuffle < 2; shuffle++)
    for (int resample = 0; resample < 3; resample++) {
      wf_fit_config config = toy_fit(32, 9, shuffle);
      config.resample = resample;
      bench a = start_on_numbers(config), b = start_on_numbers(config);
      size_t bytes = (size_t)a.fit->M * sizeof *a.fit->order;
      wf_fit_run(a.fit, 1e9, 4);
      memset(b.fit->order, 255, bytes);
      wf_model_set_progress(b.model, 0, 4, 1);
      wf_batch_epoch(b.fit);
      CHECK(memcmp(a.fit->order, b.fit->order, bytes) == 0, "shuffle %d, resampling %d: the order is another", shuffle, resample);
      end(&a);
      end(&b);
    }
}

static void labels_and_weights_choose_what_is_resampled(void) {
  int32_t label[N];
  wf_real weight[N], *y = toy_numbers(N, 5), *x = toy_numbers(N * D, 1);
  for (int r = 0; r < N; r++) {
    label[r] = r % 7 == 0 ? 4 : 1; /* 29 and 174 rows; classes 0, 2 and 3 are empty */
    weight[r] = (wf_real)(r % 2);  /* of which 15 and 87 have weight 0 */
  }
  wf_rows rows = {.x = x, .y = y, .label = label, .rows = N};
  wf_layer_config layer = toy_layer(1, WF_IDENTITY);
  wf_config config = toy_config(D, 1, WF_BINARY_CROSS_ENTROPY, WF_SGD);
  for (int which = 0; which < 4; which++) {
    static const int want[] = {58, 28, N, N};
    wf_fit_config fit_config = toy_fit(1000, 2, 1);
    fit_config.resample = WF_UNDERSAMPLE;
    rows.weight = which == 1 ? weight : NULL;
    rows.label = which == 2 ? NULL : label;
    for (int r = 0; r < N && which == 3; r++) weight[r] = 0;
    if (which == 3) rows.weight = weight; /* nothing to choose from */
    wf_model *model = wf_model_new(&config, &layer);
    wf_fit *fit = wf_fit_new(model, &fit_config, &rows, NULL);
    CHECK(fit->M == want[which] && fit->B == want[which], "case %d: %d rows an epoch, %d in a batch", which, fit->M, fit->B);
    for (int i = 0; i < fit->M && which == 1; i++) CHECK(fit->order[i] % 2 == 1, "row %d has weight 0", fit->order[i]);
    CHECK(wf_fit_run(fit, 1e9, 1e9) == WF_FIT_DONE, "case %d did not end", which);
    CHECK(wf_fit_reports(fit)->rows_seen == fit->M, "case %d: %g rows seen", which, wf_fit_reports(fit)->rows_seen);
    wf_fit_free(fit);
    wf_model_free(model);
  }
  free(y);
  free(x);
}

/* ---- sizes --------------------------------------------------------------------------------------------------------------- */

static void batches_grow_by_steps(void) {
  static const double size[] = {8, 8, 12, 12, 18, 18, 27, 27, 30, 30};
  wf_fit_config config = toy_fit(8, 10, 1);
  config.batch_schedule = WF_BATCH_GROWING;
  config.batch_factor = 1.5;
  config.batch_every = 2;
  config.batch_most = 30;
  bench b = start_on_numbers(config);
  double steps = 0;
  CHECK(b.fit->B == 30, "room for %d rows", b.fit->B);
  wf_fit_run(b.fit, 1e9, 1e9);
  for (int e = 0; e < 10; e++) {
    const wf_report *report = &wf_fit_reports(b.fit)[e];
    steps += ceil(N / size[e]);
    CHECK(report->batch_size == size[e], "epoch %d has batches of %g", e + 1, report->batch_size);
    CHECK(report->rows_seen == (e + 1) * N, "epoch %d: %g rows seen", e + 1, report->rows_seen);
  }
  CHECK(wf_model_steps(b.model) == steps, "%g steps, not %g", wf_model_steps(b.model), steps);
  end(&b);
}

static void a_size_is_never_above_the_rows(void) {
  for (int schedule = 0; schedule < WF_BATCH_SCHEDULE_COUNT; schedule++) {
    wf_fit_config config = toy_fit(1e9, 3, 1);
    config.batch_schedule = schedule;
    config.batch_least = 1e9;
    bench b = start_on_numbers(config);
    CHECK(b.fit->B == N, "schedule %d: room for %d rows", schedule, b.fit->B);
    wf_fit_run(b.fit, 1e9, 1e9);
    CHECK(wf_model_steps(b.model) == 3, "schedule %d: %g steps", schedule, wf_model_steps(b.model));
    for (int e = 0; e < 3; e++) CHECK(wf_fit_reports(b.fit)[e].batch_size == N, "batches of %g", wf_fit_reports(b.fit)[e].batch_size);
    end(&b);
  }
}

static void random_sizes_are_uniform_within_their_bounds(void) {
  enum { LEAST = 5, MOST = 24, SIZES = MOST - LEAST + 1, STEPS = 20000 };
  wf_fit_config config = toy_fit(7, 5, 1);
  config.batch_schedule = WF_BATCH_RANDOM;
  config.batch_least = LEAST;
  config.batch_most = MOST;
  bench b = start_on_numbers(config);
  int count[MOST + 1] = {0};
  CHECK(b.fit->B == MOST, "room for %d rows", b.fit->B);
  for (int step = 0; step < STEPS; step++) {
    wf_model_set_progress(b.model, step, 0, 1);
    int size = wf_batch_size(b.fit);
    CHECK(size >= LEAST && size <= MOST, "a batch of %d", size);
    if (size >= LEAST && size <= MOST) count[size]++;
  }
  for (int size = LEAST; size <= MOST; size++) {
    double p = 1.0 / SIZES, sd = sqrt(STEPS * p * (1 - p));
    CHECK(fabs(count[size] - STEPS * p) < 4 * sd, "batches of %d came %d times", size, count[size]);
  }
  wf_model_set_progress(b.model, 0, 0, 1);
  wf_fit_run(b.fit, 1e9, 1e9);
  double steps = wf_model_steps(b.model), mean = wf_fit_reports(b.fit)[4].batch_size;
  CHECK(wf_fit_reports(b.fit)[4].rows_seen == 5 * N, "%g rows seen", wf_fit_reports(b.fit)[4].rows_seen);
  CHECK(steps > 5 * N / MOST && mean >= LEAST && mean <= MOST, "%g steps, batches of %g in the mean", steps, mean);
  end(&b);
}

/* ---- what befalls a batch ---------------------------------------------------------------------------------------------- */

/* Values of features in the pass, less those of the rows they came from. */
static void noise_is_added_to_copies_of_the_training_rows(void) {
  wf_fit_config config = toy_fit(64, 1, 1);
  config.input_noise = 0.25;
  bench b = start_on_numbers(config);
  wf_real *before = toy_numbers(N * D, 1);
  wf_batch batch;
  double sum = 0, squares = 0, n = 0;
  for (int step = 0; step < 40; step++) {
    wf_model_set_progress(b.model, step, 0, 1);
    wf_batch_take(&batch, b.fit, 64);
    for (int r = 0; r < 64; r++)
      for (int i = 0; i < 8; i++) {
        wf_real value = b.fit->pass.x[0][r][i];
        if (i >= D) CHECK(value == 0, "padding column %d has noise", i);
        double e = i < D ? (double)value - (double)b.rows.x[b.fit->order[r] * D + i] : 0;
        sum += e;
        squares += e * e;
        n += i < D;
      }
  }
  CHECK(fabs(sum / n) < 4 * 0.25 / sqrt(n), "the noise has the mean %g", sum / n);
  CHECK(fabs(squares / n - 0.0625) < 4 * 0.0625 * sqrt(2 / n), "the noise has the variance %g", squares / n);
  CHECK(memcmp(before, b.rows.x, N * D * sizeof *before) == 0, "the caller's rows were changed");
  free(before);
  end(&b);
}

static void mixup_mixes_features_as_it_mixes_targets(void) {
  static const int sizes[] = {64, 7, 1};
  wf_fit_config config = toy_fit(64, 1, 1);
  config.mixup = 0.4;
  bench b = start_on_numbers(config);
  for (int step = 0; step < 30; step++) {
    wf_batch batch;
    int B = sizes[step % 3], seen[N] = {0}, moved = 0;
    wf_model_set_progress(b.model, step, 0, 1);
    wf_batch_take(&batch, b.fit, B);
    double share = (double)batch.share;
    CHECK(share >= 0 && share <= 1, "a share of %g", share);
    for (int r = 0; r < B; r++) {
      int32_t own = b.fit->order[r], partner = batch.partner[r];
      moved += own != partner;
      CHECK(!seen[partner]++, "row %d is a partner twice", partner);
      for (int i = 0; i < 8; i++) {
        double want = i < D ? share * (double)b.rows.x[own * D + i] + (1 - share) * (double)b.rows.x[partner * D + i] : 0;
        CHECK(fabs((double)b.fit->pass.x[0][r][i] - want) < 2e-7, "feature (%d,%d) is %g, not %g", r, i, (double)b.fit->pass.x[0][r][i], want);
      }
    }
    for (int r = 0; r < B; r++) CHECK(seen[b.fit->order[r]] == 1, "row %d of the batch is nobody's partner", r);
    CHECK(moved > 0 || B == 1, "nobody has another partner than himself");
  }
  end(&b);
}

/* Targets that are a linear function of the features stay so when both are mixed alike: a model that has the function loses nothing. */
static void mixed_rows_of_a_line_lie_on_the_line(void) {
  wf_layer_config layer = toy_layer(1, WF_IDENTITY);
  wf_config config = toy_config(D, 1, WF_MSE, WF_SGD);
  wf_fit_config fit_config = toy_fit(32, 4, 1);
  wf_real w[D + 1], *x = toy_numbers(N * D, 1), *y = calloc(N, sizeof *y);
  config.learning_rate = 0;
  fit_config.mixup = 0.7;
  for (int i = 0; i <= D; i++) w[i] = (wf_real)(i - 2);
  for (int r = 0; r < N; r++) {
    y[r] = w[D];
    for (int i = 0; i < D; i++) y[r] += w[i] * x[r * D + i];
  }
  bench b = bench_new(config, &layer, (wf_rows){.x = x, .y = y, .rows = N}, fit_config, NULL);
  wf_model_import(b.model, w, 0);
  wf_fit_run(b.fit, 1e9, 1e9);
  CHECK(wf_fit_reports(b.fit)[3].loss < 1e-11, "the loss is %g", wf_fit_reports(b.fit)[3].loss); /* of targets of size 5 in floats */
  end(&b);
}

/* Bytes stand for offset + scale · byte: two roundings, as on paper; so training and prediction have the same bits as on those floats. */
static void bytes_are_their_numbers(void) {
  uint8_t bytes[N * D];
  wf_real *x = malloc(N * D * sizeof *x), offset = (wf_real)-0.3, scale = (wf_real)(1 / 255.0), from_bytes[N * K], from_floats[N * K];
  for (int i = 0; i < N * D; i++) {
    bytes[i] = (uint8_t)(i * 89);
    x[i] = offset + scale * (wf_real)bytes[i];
  }
  for (int which = 0; which < 2; which++) {
    wf_fit_config config = toy_fit(32, 5, 1);
    config.mixup = which ? 0.5 : 0;
    wf_rows plain = {.x = x, .rows = N}, packed = {.bytes = bytes, .offset = offset, .scale = scale, .rows = N};
    bench a = start(config, plain), b = start(config, packed);
    a.rows.x = NULL; /* freed below */
    run(&a);
    run(&b);
    CHECK(slot_hash(&a, 0) == slot_hash(&b, 0), "mixup %d: trained on bytes the weights are others", which);
    CHECK(wf_model_predict(from_floats, a.model, &plain, 1) && wf_model_predict(from_bytes, b.model, &packed, 1), "out of memory");
    CHECK(memcmp(from_floats, from_bytes, sizeof from_bytes) == 0, "predictions for bytes are others");
    end(&a);
    end(&b);
  }
  free(x);
}

static void slices_do_not_change_a_bit(void) {
  uint64_t hashes[2];
  double losses[2];
  for (int i = 0; i < 2; i++) {
    wf_fit_config config = toy_fit(16, 6, 1);
    config.batch_schedule = WF_BATCH_RANDOM;
    config.batch_least = 3;
    config.batch_most = 40;
    config.resample = WF_OVERSAMPLE;
    config.input_noise = 0.1;
    config.mixup = 0.3;
    bench b = start_on_numbers(config);
    int slices = 1;
    while (wf_fit_run(b.fit, i ? 1 : 1e12, 1e9) == WF_FIT_RUNNING) slices++;
    CHECK(i == 0 || slices > 50, "only %d slices", slices);
    hashes[i] = slot_hash(&b, 0);
    losses[i] = wf_fit_reports(b.fit)[5].loss;
    CHECK(wf_fit_reports(b.fit)[5].rows_seen == 6 * 3 * 143, "%g rows seen", wf_fit_reports(b.fit)[5].rows_seen);
    end(&b);
  }
  CHECK(hashes[0] == hashes[1] && losses[0] == losses[1], "slices changed the run");
}

int main(void) {
  over_and_undersampling_level_the_classes();
  without_shuffling_the_chosen_rows_keep_file_order();
  the_order_depends_on_the_epoch_alone();
  labels_and_weights_choose_what_is_resampled();
  batches_grow_by_steps();
  a_size_is_never_above_the_rows();
  random_sizes_are_uniform_within_their_bounds();
  noise_is_added_to_copies_of_the_training_rows();
  mixup_mixes_features_as_it_mixes_targets();
  mixed_rows_of_a_line_lie_on_the_line();
  bytes_are_their_numbers();
  slices_do_not_change_a_bit();
  return check_report("test_batch");
}
