/* test_checkpoint.c: a fit that is put down after any batch and taken up by another ends at the same bits · next: test_fit.c
 *
 * Every combination below, with and without a pass over the training rows and validation, cut after each of its batches. */
#include <math.h>
#include <stdio.h>

#include "../../src/core/fit.h"
#include "bench.h"
#include "check.h"

enum { N = 23, D = 5, K = 3, BATCH = 6, EPOCHS = 5, CUTS = 400 };

/* What stands behind the hidden layer; a line has none. */
typedef enum { PLAIN, DROPOUT, BATCH_NORM, LAYER_NORM, LINE } shape;
typedef struct combination {
  const char *name;
  wf_optimizer optimizer;
  shape shape;
  wf_loss loss;
  double momentum, extra; /* extra: nesterov, amsgrad, centered, decay of rates and an L2 penalty, as the optimiser has them */
  wf_fit_config fit;
} combination;

#define STOP(patience) .stop_monitor = WF_REPORT_loss, .stop_patience = patience, .stop_min_delta = 1e-3, .restore_best = 1
#define ONE_CYCLE .schedule = WF_ONE_CYCLE, .period = 18, .rise = 0.4, .cycle_momentum = 1, .least_momentum = 0.5, .most_momentum = 0.9, \
                  .per_step = 1
#define SPARSE .prune_sparsity = 0.6, .prune_begin = 1, .prune_end = 3
#define EMA .average = WF_EMA, .average_decay = 0.8
#define CLIP .record_gradient = 1, .clip_value = 0.4, .clip_norm = 0.5, .clip_global_norm = 0.6
static const combination combinations[] = {
    {"sgd", WF_SGD, PLAIN, WF_MSE, 0, 0, {.schedule = WF_STEP, .period = 2, .factor = 0.5}},
    {"line", WF_SGD, LINE, WF_MSE, 0.9, 0, {.schedule = WF_EXPONENTIAL, .factor = 0.9, .per_step = 1, EMA}},
    {"nesterov, early stopping", WF_SGD, PLAIN, WF_MSE, 0.9, 1, {.schedule = WF_STEP, .period = 7, .factor = 0.3, .per_step = 1, STOP(2)}},
    {"momentum, swa, clipping", WF_SGD, DROPOUT, WF_MSE, 0.9, 0, {.average = WF_SWA, .average_start = 2, .average_every = 2, CLIP}},
    {"adam, ema, best", WF_ADAM, BATCH_NORM, WF_MSE, 0, 0, {.schedule = WF_COSINE, .period = 25, .per_step = 1, EMA, STOP(2)}},
    {"amsgrad, pruning", WF_ADAM, PLAIN, WF_MSE, 0, 1, {SPARSE, .schedule = WF_POLYNOMIAL, .period = 5, .power = 2}},
    {"adamw, one cycle, pruning over all, ema", WF_ADAMW, LAYER_NORM, WF_MSE, 0, 1, {ONE_CYCLE, SPARSE, .prune_global = 1, EMA, STOP(2)}},
    {"sgd, one cycle", WF_SGD, BATCH_NORM, WF_CROSS_ENTROPY, 0.9, 0, {ONE_CYCLE, .warmup = 3, .warmup_factor = 0.1}},
    {"adagrad, random batches", WF_ADAGRAD, PLAIN, WF_CROSS_ENTROPY, 0, 1, {.batch_schedule = WF_BATCH_RANDOM, .batch_least = 2, .batch_most = 9}},
    {"adadelta, growing batches", WF_ADADELTA, DROPOUT, WF_MSE, 0, 0, {.batch_schedule = WF_BATCH_GROWING, .batch_factor = 2, .batch_most = 20}},
    {"rmsprop, plateau", WF_RMSPROP, PLAIN, WF_MSE, 0.5, 1,
     {.schedule = WF_PLATEAU, .factor = 0.5, .plateau_monitor = WF_REPORT_loss, .plateau_threshold = 0.2, .plateau_cooldown = 1}},
    {"nadam, restarts, noise, mixup", WF_NADAM, DROPOUT, WF_MSE, 0, 0,
     {.schedule = WF_COSINE_RESTARTS, .period = 4, .factor = 2, .per_step = 1, .input_noise = 0.1, .mixup = 0.4}},
    {"radam, warm-up, mixup of classes", WF_RADAM, BATCH_NORM, WF_CROSS_ENTROPY, 0, 0,
     {.schedule = WF_INVERSE_TIME, .factor = 0.1, .warmup = 2, .mixup = 1, STOP(2)}},
    {"oversampling", WF_ADAM, PLAIN, WF_CROSS_ENTROPY, 0, 0, {.resample = WF_OVERSAMPLE, .schedule = WF_MULTI_STEP, .milestones = 2,
                                                            .milestone = {1, 3}, .factor = 0.1}},
    {"undersampling, pruning, ema, clipping", WF_RMSPROP, DROPOUT, WF_CROSS_ENTROPY, 0, 0, {.resample = WF_UNDERSAMPLE, SPARSE, EMA, CLIP}},
    {"a rate that diverges", WF_SGD, PLAIN, WF_MSE, 0.9, 0, {.schedule = WF_EXPONENTIAL, .factor = 1e6, STOP(100)}},
    {"l-bfgs", WF_LBFGS, PLAIN, WF_MSE, 0, 0, {EMA, STOP(2)}},
    {"conjugate gradients", WF_CONJUGATE_GRADIENT, PLAIN, WF_MSE, 0, 0, {.batch_size = 1}},
    {"newton-cg", WF_NEWTON_CG, LAYER_NORM, WF_CROSS_ENTROPY, 0, 0, {.batch_size = 1}},
};
enum { COMBINATIONS = sizeof combinations / sizeof combinations[0] };

/* variant: bit 0 a pass over the training rows, bit 1 validation; odd combinations keep the order of the rows. */
static bench begin(const combination *c, int variant, int epochs, const wf_rows *rows, const wf_rows *held) {
  wf_layer_config layers[3] = {toy_layer(8, WF_TANH), toy_layer(8, WF_IDENTITY), toy_layer(K, WF_IDENTITY)};
  static const wf_layer_kind kinds[] = {WF_DENSE, WF_DROPOUT, WF_BATCH_NORM, WF_LAYER_NORM, WF_DENSE};
  int line = c->shape == LINE;
  layers[1].kind = kinds[c->shape];
  layers[1].rate = 0.3;
  if (line) layers[0] = toy_layer(1, WF_IDENTITY);
  wf_config config = toy_config(D, line ? 1 : 3, c->loss, c->optimizer);
  config.learning_rate = c->optimizer == WF_ADADELTA ? 1 : 0.03;
  config.momentum = c->momentum;
  config.nesterov = config.amsgrad = config.centered = config.weight_decay = config.learning_rate_decay = c->extra;
  config.weight_decay *= 0.01;
  layers[0].l1 = 0.01 * c->extra;
  layers[0].l2 = 0.02 * c->extra;
  layers[0].max_norm = c->extra;
  wf_fit_config fit = c->fit;
  fit.batch_size = BATCH;
  fit.epochs = epochs;
  fit.shuffle = (c - combinations) % 3 != 1;
  fit.evaluate_training = variant & 1;
  fit.start_divisor = fit.final_divisor = 20;
  if (fit.period == 0) fit.period = 1;
  if (fit.average_every == 0) fit.average_every = 1;
  if (fit.batch_every == 0) fit.batch_every = 1;
  return bench_new(config, layers, *rows, fit, variant & 2 ? held : NULL);
}

typedef struct saved {
  char *bytes;
  size_t size;
  int reports; /* before it */
} saved;

static saved save(const bench *b, int reports) {
  saved s = {.size = wf_fit_checkpoint_size(b->fit), .reports = reports};
  s.bytes = malloc(s.size);
  memset(s.bytes, 0xaa, s.size);
  wf_fit_checkpoint_save(s.bytes, b->fit);
  return s;
}

static int ends[WF_FIT_STOPPED + 1]; /* how many fits ended so */

static int same(const saved *a, const saved *b) { return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0; }

/* From a cut to the end, in another fit that has a past of its own: the reports that follow and the last checkpoint must be the same. */
static void resumed(const combination *c, int variant, int cut, const saved *from, const saved *end, const bench *whole, const wf_rows *held) {
  bench b = begin(c, variant, EPOCHS, &whole->rows, held);
  const wf_report *reports = wf_fit_reports(whole->fit);
  wf_divergence divergence, want;
  for (int past = cut * 7 % 11; past > 0; past--) wf_fit_run(b.fit, 1, 1);
  CHECK(wf_fit_checkpoint_restore(b.fit, from->bytes, from->size) == 1, "%s, variant %d, cut %d: refused", c->name, variant, cut);
  CHECK(wf_fit_report_count(b.fit) == 0, "%s: %d reports after it was restored", c->name, wf_fit_report_count(b.fit));
  saved again = save(&b, 0);
  CHECK(same(from, &again), "%s, variant %d, cut %d: saved again it is another", c->name, variant, cut);
  while (wf_fit_run(b.fit, 1 + cut % 3 * 40, 1e9) == WF_FIT_RUNNING) continue;
  saved last = save(&b, 0);
  int count = wf_fit_report_count(b.fit);
  CHECK(same(end, &last), "%s, variant %d, cut %d: the end is another", c->name, variant, cut);
  CHECK(from->reports + count == end->reports, "%s, variant %d, cut %d: %d + %d reports", c->name, variant, cut, from->reports, count);
  CHECK(memcmp(wf_fit_reports(b.fit), reports + from->reports, (size_t)count * sizeof *reports) == 0, "%s, variant %d, cut %d: another report",
        c->name, variant, cut);
  wf_fit_divergence(&divergence, b.fit);
  wf_fit_divergence(&want, whole->fit);
  CHECK(memcmp(&divergence, &want, sizeof want) == 0, "%s, variant %d, cut %d: it diverges elsewhere", c->name, variant, cut);
  free(again.bytes);
  free(last.bytes);
  bench_free(&b);
}

static void cut_anywhere_it_ends_at_the_same_bits(const combination *c, int variant, const wf_rows *rows, const wf_rows *held) {
  static saved cuts[CUTS];
  int count = 0;
  bench whole = begin(c, variant, EPOCHS, rows, held), sliced = begin(c, variant, EPOCHS, rows, held);
  while (wf_fit_run(whole.fit, 1e12, 1e9) == WF_FIT_RUNNING) continue;
  int reports = wf_fit_report_count(whole.fit);
  saved end = save(&whole, reports);
  wf_fit_state state = WF_FIT_RUNNING;
  while (state == WF_FIT_RUNNING && count < CUTS) {
    cuts[count++] = save(&sliced, wf_fit_report_count(sliced.fit));
    state = wf_fit_run(sliced.fit, 1, 1e9);
  }
  if (count < CUTS) cuts[count++] = save(&sliced, wf_fit_report_count(sliced.fit));
  CHECK(state != WF_FIT_RUNNING, "%s: more than %d batches", c->name, CUTS);
  ends[state]++;
  CHECK(same(&end, &cuts[count - 1]), "%s, variant %d: saving changes the fit", c->name, variant);
  CHECK(count > 2 && !same(&cuts[0], &cuts[1]), "%s, variant %d: nothing happens in it", c->name, variant);
  for (int cut = 0; cut < count; cut++) {
    resumed(c, variant, cut, &cuts[cut], &end, &whole, held);
    free(cuts[cut].bytes);
  }
  free(end.bytes);
  bench_free(&whole);
  bench_free(&sliced);
}

static void rows_of(wf_rows *rows, wf_rows *held, wf_loss loss) {
  *rows = toy_rows(loss, N, D, K);
  *held = (wf_rows){.x = rows->x + 3 * D, .y = (const char *)rows->y + (loss == WF_MSE ? 3 * K * sizeof(wf_real) : 3 * sizeof(int32_t)), .rows = 9};
}

/* ---- What is refused ---------------------------------------------------------------------------------------------- */

/* A checkpoint in the middle of an epoch, and a fit that could take it. */
static void with_checkpoint(void (*test)(bench *b, const saved *s)) {
  wf_rows rows, held;
  rows_of(&rows, &held, WF_MSE);
  bench b = begin(&combinations[6], 3, EPOCHS, &rows, &held);
  for (int i = 0; i < 9; i++) wf_fit_run(b.fit, 1, 1e9);
  saved s = save(&b, 0);
  test(&b, &s);
  free(s.bytes);
  bench_free(&b);
  rows_free(&rows);
}

static void what_is_cut_off_or_damaged_is_refused_and_changes_nothing(bench *b, const saved *s) {
  wf_fit_run(b->fit, 100, 1e9);
  saved before = save(b, 0);
  int accepted = 0;
  for (size_t size = 0; size < s->size; size++) accepted += wf_fit_checkpoint_restore(b->fit, s->bytes, size) != 0;
  CHECK(accepted == 0, "%d lengths were not refused", accepted);
  for (size_t i = 0; i < s->size; i++) {
    s->bytes[i] = (char)(s->bytes[i] ^ 1 << i % 8);
    accepted += wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) != 0;
    s->bytes[i] = (char)(s->bytes[i] ^ 1 << i % 8);
  }
  CHECK(accepted == 0, "%d flipped bits were not refused", accepted);
  s->bytes[s->size - 1] = (char)(s->bytes[s->size - 1] ^ 0x80); /* two signs: top bits of words, which a plain FNV-1a would not tell */
  s->bytes[s->size - 9] = (char)(s->bytes[s->size - 9] ^ 0x80);
  CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == 0, "two changed signs were not refused");
  s->bytes[s->size - 1] = (char)(s->bytes[s->size - 1] ^ 0x80);
  s->bytes[s->size - 9] = (char)(s->bytes[s->size - 9] ^ 0x80);
  saved after = save(b, 0);
  CHECK(same(&before, &after), "what was refused has changed the fit");
  CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == 1, "the checkpoint itself was refused");
  free(before.bytes);
  free(after.bytes);
}

static void differs(bench *b, const saved *s, double *field, const char *list, size_t index, int want) {
  double was = *field;
  *field = was + 1;
  CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == want, "%s, field %zu: %g in place of %g", list, index, *field, was);
  *field = was;
}

/* The fields are changed in the fit itself: only what is remembered of them is looked at. */
static void another_configuration_is_refused_but_for_more_epochs(bench *b, const saved *s) {
  double *config = &b->model->config.inputs, *options = &b->fit->config.batch_size;
  for (size_t i = 0; i < sizeof b->model->config / sizeof *config; i++) differs(b, s, config + i, "configuration", i, 0);
  for (size_t i = 0; i < offsetof(wf_fit_config, milestone) / sizeof *options; i++) {
    int epochs = options + i == &b->fit->config.epochs;
    differs(b, s, options + i, "options", i, epochs);
  }
  wf_layer *layer = &b->model->layers[1];
  wf_real *const reals[] = {&layer->slope, &layer->l1, &layer->l2, &layer->max_norm, &layer->rate, &layer->epsilon, &layer->momentum,
                            &b->model->positive[1]};
  for (int i = 0; i < 8; i++) {
    wf_real was = *reals[i];
    *reals[i] += 1;
    CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == 0, "field %d of a layer is another", i);
    *reals[i] = was;
  }
  layer->activation = WF_RELU;
  CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == 0, "the activation is another");
  layer->activation = WF_IDENTITY;
  CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == 1, "the same configuration was refused");
}

static void other_milestones_are_refused(bench *b, const saved *unused) {
  (void)unused;
  b->fit->config.milestones = 2;
  saved s = save(b, 0);
  for (size_t i = 0; i < 3; i++) differs(b, &s, b->fit->config.milestone + i, "milestones", i, i == 2);
  free(s.bytes);
}

static void other_rows_are_refused(bench *b, const saved *s) {
  wf_fit *fit = b->fit;
  wf_rows train = fit->train, held = fit->validation;
  wf_real x[N * D], y[N * K], weight[N];
  int32_t label[N] = {0};
  for (int r = 0; r < N; r++) weight[r] = 1;
  for (int change = 0; change < 9; change++) {
    memcpy(x, train.x, sizeof x);
    memcpy(y, train.y, sizeof y);
    fit->train = (wf_rows){.x = x, .y = y, .rows = N};
    fit->validation = held;
    x[7] = change == 1 ? -x[7] : x[7];
    x[9] = change == 1 ? -x[9] : x[9];
    y[N * K - 1] += change == 2;
    fit->train.weight = change == 3 ? weight : NULL;
    fit->train.label = change == 4 ? label : NULL;
    fit->train.rows -= change == 5;
    fit->validation.x += change == 6 ? D : 0;
    fit->validation.rows -= change == 7;
    if (change == 8) memcpy(x, train.x + D, D * sizeof *x), memcpy(x + D, train.x, D * sizeof *x);
    fit->rows_hash = 0;
    int verdict = wf_fit_checkpoint_restore(fit, s->bytes, s->size);
    CHECK(verdict == (change == 0 ? 1 : -1), "change %d of the rows: %d", change, verdict);
  }
  fit->train = train;
  fit->validation = held;
}

/* With every hash right: what such a fit would do next lies outside its arrays. */
static void counters_that_no_fit_can_have_are_refused(bench *b, const saved *s) {
  wf_progress *p = &b->fit->progress, good = *p;
  for (int i = 0; i < 12; i++) {
    *p = good;
    if (i < 2) p->phase = i ? 3 : -1;
    else if (i < 5) p->cursor = i == 2 ? -1 : i == 3 ? N + 1 : INT32_MAX;
    else if (i < 7) p->state = i == 5 ? -1 : 5;
    else if (i == 7) p->stop_wait = -1;
    else *(i < 10 ? &p->epochs_done : i == 10 ? &p->steps_done : &p->averaged) = i == 8 ? 0.5 : i == 9 ? (double)NAN : i == 10 ? -1 : INFINITY;
    saved forged = save(b, 0);
    *p = good;
    CHECK(wf_fit_checkpoint_restore(b->fit, forged.bytes, forged.size) == 0, "forgery %d was taken", i);
    free(forged.bytes);
  }
  for (int i = 0; i < 2; i++) {
    b->model->steps = i ? 7 : -7;
    b->model->epochs = i ? 0.25 : 1;
    saved forged = save(b, 0);
    CHECK(wf_fit_checkpoint_restore(b->fit, forged.bytes, forged.size) == 0, "counters %d of the model were taken", i);
    free(forged.bytes);
  }
  CHECK(wf_fit_checkpoint_restore(b->fit, s->bytes, s->size) == 1, "the checkpoint itself was refused");
}

/* Three epochs, put down when they are done, taken up by a fit of five: the average and the best epoch must not stand in for the weights. */
static void more_epochs_go_on_from_where_training_was(void) {
  for (const combination *c = combinations; c < combinations + COMBINATIONS; c++) {
    wf_rows rows, held;
    rows_of(&rows, &held, c->loss);
    bench whole = begin(c, 2, EPOCHS, &rows, &held), part = begin(c, 2, 3, &rows, &held), more = begin(c, 2, EPOCHS, &rows, &held);
    wf_fit_run(whole.fit, 1e12, 1e9);
    wf_fit_run(part.fit, 1e12, 1e9);
    saved middle = save(&part, 3);
    CHECK(wf_fit_checkpoint_restore(more.fit, middle.bytes, middle.size) == 1, "%s: refused", c->name);
    wf_fit_run(more.fit, 1e12, 1e9);
    saved want = save(&whole, 0), got = save(&more, 0);
    if (c->fit.batch_schedule != WF_BATCH_GROWING) CHECK(same(&want, &got), "%s: another end after 3 + 2 epochs than after 5", c->name);
    free(middle.bytes);
    free(want.bytes);
    free(got.bytes);
    bench_free(&whole);
    bench_free(&part);
    bench_free(&more);
    rows_free(&rows);
  }
}

int main(void) {
  for (const combination *c = combinations; c < combinations + COMBINATIONS; c++)
    for (int variant = 0; variant < 4; variant++) {
      wf_rows rows, held;
      rows_of(&rows, &held, c->loss);
      cut_anywhere_it_ends_at_the_same_bits(c, variant, &rows, &held);
      rows_free(&rows);
    }
  CHECK(ends[WF_FIT_DONE] > 0 && ends[WF_FIT_STOPPED] > 0 && ends[WF_FIT_DIVERGED] > 0, "%d fits were done, %d stopped early, %d diverged",
        ends[WF_FIT_DONE], ends[WF_FIT_STOPPED], ends[WF_FIT_DIVERGED]);
  more_epochs_go_on_from_where_training_was();
  with_checkpoint(what_is_cut_off_or_damaged_is_refused_and_changes_nothing);
  with_checkpoint(another_configuration_is_refused_but_for_more_epochs);
  with_checkpoint(other_milestones_are_refused);
  with_checkpoint(other_rows_are_refused);
  with_checkpoint(counters_that_no_fit_can_have_are_refused);
  return check_report("test_checkpoint");
}
