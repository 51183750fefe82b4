/* test_prune.c: which weights are pruned, when, and that they stay so · next: test_checkpoint.c */
#include <math.h>

#include "../../src/core/fit.h"
#include "check.h"
#include "net.h"

/* Greatest magnitude among those that are zero afterwards, least among those that are not. */
static void the_smallest_went(const wf_real *before, const wf_real *after, int first, int end, const char *where) {
  double gone = 0, kept = INFINITY;
  for (int i = first; i < end; i++) {
    if (!is_weight(i)) continue;
    if (after[i] == 0) gone = fmax(gone, fabs((double)before[i]));
    else kept = fmin(kept, fabs((double)before[i]));
  }
  CHECK(gone < kept, "%s: %g was pruned, %g was kept", where, gone, kept);
}

static void one_shot_takes_the_smallest_in_each_layer_or_over_all(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  wf_real *w = toy_numbers(P, 11);
  for (int i = 0; i < D * 8; i++) w[i] *= (wf_real)0.5; /* so that the layers would share unequally */
  for (int global = 0; global < 2; global++) {
    bench b = net((wf_fit_config){.prune_sparsity = 0.65, .prune_begin = 1, .prune_end = 1, .prune_global = global}, 0, 3, rows, NULL);
    wf_model_import(b.model, w, 0);
    for (int e = 0; e < 3; e++) {
      wf_real *before = weights_of(&b);
      wf_fit_run(b.fit, 1e9, 1);
      wf_real *after = weights_of(&b);
      int all = zeros_of(after, 0, P), first = zeros_of(after, 0, D * 8);
      CHECK(all == (e == 0 ? 0 : global ? 36 : 26 + 10), "epoch %d: %d zeros of 56", e, all); /* 0.65 · 56 = 36.4; · 40 = 26, · 16 = 10.4 */
      if (e == 1 && !global) CHECK(first == 26, "%d zeros of 40", first);
      if (e == 1 && global) CHECK(first > 26, "%d zeros of the smaller layer", first);
      if (e == 1) the_smallest_went(before, after, 0, global ? P : D * 8, "first");
      if (e == 1) the_smallest_went(before, after, global ? 0 : D * 8, P, "second");
      CHECK(fabs(wf_fit_reports(b.fit)[e].sparsity - all / 56.0) < 1e-15, "epoch %d reports sparsity %g", e, wf_fit_reports(b.fit)[e].sparsity);
      for (int i = 0; i < P; i++) CHECK(is_weight(i) || after[i] == w[i], "bias %d went from %g to %g", i, (double)w[i], (double)after[i]);
      free(before);
      free(after);
    }
    bench_free(&b);
  }
  free(w);
  rows_free(&rows);
}

static void of_equal_magnitudes_the_first_go(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  wf_real w[P];
  for (int i = 0; i < P; i++) w[i] = (wf_real)(i % 3 ? 0.25 : -0.25);
  w[7] = (wf_real)0.125;
  bench b = net((wf_fit_config){.prune_sparsity = 0.25}, 0, 1, rows, NULL);
  wf_model_import(b.model, w, 0);
  wf_prune_epoch(b.fit);
  wf_model_export(w, b.model, 0);
  for (int i = 0; i < D * 8; i++) CHECK((w[i] == 0) == (i < 10) && !(w[i] == 0 && signbit(w[i])), "weight %d is %g", i, (double)w[i]);
  CHECK(zeros_of(w, D * 8, P) == 4, "%d zeros of 16", zeros_of(w, D * 8, P));
  bench_free(&b);
  rows_free(&rows);
}

/* Zeros that are not held stand before those that are; they must not count for them. */
static void what_is_held_already_counts_first(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  bench b = net((wf_fit_config){.prune_sparsity = 0.5, .prune_end = 2, .prune_global = 1}, 0, 1, rows, NULL);
  b.fit->progress.epochs_done = 1;
  wf_prune_epoch(b.fit); /* 1 - (1/2)³ of a half: 24.5 of 56 */
  wf_real *w = weights_of(&b);
  CHECK(zeros_of(w, 0, P) == 25, "%d zeros", zeros_of(w, 0, P));
  for (int i = 0, set = 0; set < 10; i++, set += w[i] != 0, w[i] = 0) continue;
  wf_model_import(b.model, w, 0);
  b.fit->progress.epochs_done = 2;
  wf_prune_epoch(b.fit);
  for (int i = 0; i < P; i++) w[i] = 1;
  wf_model_import(b.model, w, 0);
  wf_prune_hold(b.fit, b.model->slots);
  wf_model_export(w, b.model, 0);
  CHECK(zeros_of(w, 0, P) == 28, "%d of 56 weights are held", zeros_of(w, 0, P));
  free(w);
  bench_free(&b);
  rows_free(&rows);
}

/* As in PyTorch, where the mask is a factor of the weight: what is held has no gradient. */
static void the_norm_of_the_gradient_is_that_of_the_weights_that_are_not_held(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  bench b = net((wf_fit_config){.prune_sparsity = 0.5, .record_gradient = 1}, 0, 1, rows, NULL);
  wf_fit_run(b.fit, 1, 1);
  double norm = b.fit->progress.gradient_norms, held = 0, free_of = 0;
  wf_real g[P], *w = weights_of(&b);
  wf_rows batch = {.x = malloc(B * D * sizeof *g), .y = malloc(B * K * sizeof *g), .rows = B};
  for (int r = 0; r < B; r++) {
    memcpy((wf_real *)(uintptr_t)batch.x + r * D, rows.x + b.fit->order[r] * D, D * sizeof *g);
    memcpy((wf_real *)(uintptr_t)batch.y + r * K, (const wf_real *)rows.y + b.fit->order[r] * K, K * sizeof *g);
  }
  wf_fit_loss(g, b.fit, &batch);
  for (int i = 0; i < P; i++) *(is_weight(i) && w[i] == 0 ? &held : &free_of) += (double)g[i] * (double)g[i];
  CHECK(held > 0.1 * free_of && fabs(norm - sqrt(free_of)) < 1e-6, "norm %g, of what is free %g, of all %g", norm, sqrt(free_of),
        sqrt(held + free_of));
  free(w);
  rows_free(&batch);
  bench_free(&b);
  rows_free(&rows);
}

/* Momentum and weight decay pull at the masked weights all the time. */
static void the_sparsity_rises_as_its_schedule_says_and_masks_hold_in_every_step(void) {
  enum { EPOCHS = 10, BEGIN = 2, END = 7 };
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  for (int ema = 0; ema < 2; ema++) {
    bench b = net((wf_fit_config){.prune_sparsity = 0.8, .prune_begin = BEGIN, .prune_end = END, .prune_global = 1, .average = ema ? WF_EMA : 0,
                                  .average_decay = 0.9, .clip_global_norm = ema}, 0.05, EPOCHS, rows, NULL);
    int was_zero[P] = {0};
    for (int s = 0; s < EPOCHS * STEPS; s++) {
      double e = s / STEPS, left = e < BEGIN ? 1 : e > END ? 0 : 1 - (e - BEGIN) / (END - BEGIN);
      wf_fit_run(b.fit, 1, 1e9);
      wf_real *w = weights_of(&b);
      int zeros = zeros_of(w, 0, P), want = (int)(0.8 * (1 - left * left * left) * WEIGHTS + 0.5);
      CHECK(zeros == want, "step %d: %d zeros, the schedule says %d", s, zeros, want);
      for (int i = 0; i < P; i++) {
        CHECK(!was_zero[i] || w[i] == 0, "step %d: weight %d came back as %g", s, i, (double)w[i]);
        was_zero[i] = is_weight(i) && w[i] == 0;
      }
      free(w);
    }
    wf_real *w = weights_of(&b);
    CHECK(zeros_of(w, 0, P) == (int)(0.8 * WEIGHTS + 0.5), "the fit ends with %d zeros", zeros_of(w, 0, P));
    free(w);
    bench_free(&b);
  }
  rows_free(&rows);
}

/* An epoch at less than the full sparsity is not the model that was asked for. */
static void with_pruning_the_best_epoch_has_the_full_sparsity(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  wf_fit_config options = {.stop_monitor = WF_REPORT_validation_loss, .stop_patience = 1, .restore_best = 1, .prune_sparsity = 0.9,
                           .prune_end = 6};
  bench b = net(options, 0.01, 60, rows, &rows);
  wf_fit_run(b.fit, 1e9, 1e9);
  wf_real *w = weights_of(&b);
  CHECK(wf_fit_report_count(b.fit) > 7, "stopped after %d epochs", wf_fit_report_count(b.fit));
  CHECK(zeros_of(w, 0, P) == 36 + 14, "%d zeros", zeros_of(w, 0, P));
  CHECK(b.fit->progress.best_epoch > 6, "best epoch %g", b.fit->progress.best_epoch);
  free(w);
  bench_free(&b);
  rows_free(&rows);
}

int main(void) {
  one_shot_takes_the_smallest_in_each_layer_or_over_all();
  of_equal_magnitudes_the_first_go();
  what_is_held_already_counts_first();
  the_norm_of_the_gradient_is_that_of_the_weights_that_are_not_held();
  the_sparsity_rises_as_its_schedule_says_and_masks_hold_in_every_step();
  with_pruning_the_best_epoch_has_the_full_sparsity();
  return check_report("test_prune");
}
