/* test_control.c: averages, early stopping and the best epoch, by their definitions · next: test_prune.c */
#include <math.h>

#include "../../src/core/fit.h"
#include "check.h"
#include "net.h"

/* The same training without an average, its weights after every step: weights (epochs * STEPS, P). */
static void trajectory(wf_real *weights, double learning_rate, int epochs, wf_rows rows) {
  bench b = net((wf_fit_config){.shuffle = 1}, learning_rate, epochs, rows, NULL);
  for (int s = 0; s < epochs * STEPS; s++) {
    wf_fit_run(b.fit, 1, 1e9);
    wf_model_export(weights + s * P, b.model, 0);
  }
  bench_free(&b);
}

static void ends_at(const bench *b, const double *want, const char *what) {
  double tolerance = sizeof(wf_real) == 8 ? 1e-14 : 2e-6;
  wf_real *w = weights_of(b);
  for (int i = 0; i < P; i++)
    CHECK(fabs((double)w[i] - want[i]) < tolerance, "%s: parameter %d is %.9g, by its definition %.9g", what, i, (double)w[i], want[i]);
  free(w);
}

static double mean_square(const bench *b, const wf_rows *rows) {
  wf_real y[N * K];
  double sum = 0;
  wf_model_predict(y, b->model, rows, 0);
  for (int i = 0; i < N * K; i++) {
    double e = (double)y[i] - (double)((const wf_real *)rows->y)[i];
    sum += e * e;
  }
  return sum / (N * K);
}

/* Every report is of the average, so that the last one is of the weights the fit ends with. */
static void averages_follow_their_definitions_and_are_what_is_evaluated(void) {
  static const wf_fit_config averages[] = {{.average = WF_EMA, .average_decay = 0.8, .evaluate_training = 1},
                                           {.average = WF_SWA, .average_start = 3, .average_every = 2},
                                           {.average = WF_SWA, .average_start = 0, .average_every = 3}};
  enum { EPOCHS = 8 };
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  static wf_real w[EPOCHS * STEPS * P];
  trajectory(w, 0.05, EPOCHS, rows);
  for (int a = 0; a < 3; a++) {
    double want[P];
    int n = 0;
    for (int s = 0; s < EPOCHS * STEPS; s++) {
      int epoch = s / STEPS + 1, last = s % STEPS == STEPS - 1, ema = a == 0;
      if (a == 1 && !(last && (epoch == 3 || epoch == 5 || epoch == 7))) continue;
      if (a == 2 && !(last && epoch % 3 == 1)) continue;
      n++;
      for (int i = 0; i < P; i++) {
        double here = (double)w[s * P + i];
        double d = fmin(0.8, (double)n / (9 + n)); /* n - 1 before */
        want[i] = n == 1 ? here : ema ? d * want[i] + (1 - d) * here : (want[i] * (n - 1) + here) / n;
      }
    }
    bench b = net(averages[a], 0.05, EPOCHS, rows, &rows);
    CHECK(wf_fit_run(b.fit, 1e9, 1e9) == WF_FIT_DONE, "average %d did not end", a);
    ends_at(&b, want, a == 0 ? "ema" : "swa");
    const wf_report *last = &wf_fit_reports(b.fit)[EPOCHS - 1];
    double here = mean_square(&b, &rows);
    CHECK(fabs(last->validation_loss - here) < 1e-12, "average %d: validation loss %.17g, of its weights %.17g", a, last->validation_loss, here);
    if (a == 0) CHECK(fabs(last->loss - here) < 1e-12, "loss after the epoch %.17g, of its weights %.17g", last->loss, here);
    bench_free(&b);
  }
  rows_free(&rows);
}

/* Before the first epoch that counts there is no average to end with. */
static void an_average_that_has_seen_nothing_is_not_used(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  bench plain = net((wf_fit_config){.shuffle = 1}, 0.05, 4, rows, NULL);
  bench late = net((wf_fit_config){.average = WF_SWA, .average_start = 5}, 0.05, 4, rows, NULL);
  wf_fit_run(plain.fit, 1e9, 1e9);
  wf_fit_run(late.fit, 1e9, 1e9);
  CHECK(slot_hash(&plain, 0) == slot_hash(&late, 0), "the weights differ");
  bench_free(&plain);
  bench_free(&late);
  rows_free(&rows);
}

/* Epoch, counted from 1, after which a fit with these values stops; 0: it does not. best: its best epoch. */
static int stops_after(int *best, wf_fit_config config, const double *values, int count) {
  wf_fit fit = {.config = config, .mask = config.prune_sparsity > 0 ? (wf_real[4]){1} : NULL};
  fit.progress.best = fit.progress.stop_best = (double)NAN;
  int stop = 0;
  for (int e = 1; e <= count && !stop; e++) {
    wf_report report = {.epoch = e};
    (&report.epoch)[(int)config.stop_monitor] = values[e - 1];
    fit.progress.epochs_done = e;
    stop = wf_monitor_epoch(&fit, &report) ? e : 0;
  }
  *best = (int)fit.progress.best_epoch;
  return stop;
}

static void early_stopping_counts_epochs_without_an_improvement(void) {
  enum { LOSS = WF_REPORT_validation_loss, F1 = WF_REPORT_validation_f1 };
  const double none = (double)NAN;
  const struct { wf_fit_config config; double values[8]; int stop, best; } cases[] = {
      {{.stop_monitor = LOSS, .stop_patience = 2}, {5, 4, 4, 4, 1, 1, 1, 1}, 4, 2},
      {{.stop_monitor = LOSS, .stop_patience = 2}, {5, 4, 4, 3, 3, 2, 2, 1}, 0, 8},
      {{.stop_monitor = LOSS, .stop_patience = 1}, {5, 4, 3, 3.5, 1, 1, 1, 1}, 4, 3},
      {{.stop_monitor = LOSS, .stop_patience = 0}, {5, 4, 3, 3.5, 1, 1, 1, 1}, 4, 3},
      {{.stop_monitor = F1, .stop_patience = 2}, {0.1, 0.2, 0.15, 0.2, 0.9, 0.9, 0.9, 0.9}, 4, 2},
      {{.stop_monitor = F1, .stop_patience = 9}, {0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2}, 0, 1},
      {{.stop_monitor = LOSS, .stop_patience = 3, .stop_min_delta = 0.5}, {5, 4.75, 4.5, 4.25, 4, 3.9, 3.8, 3.7}, 7, 7}, /* 4.25: 0.75 better */
      {{.stop_monitor = LOSS, .stop_patience = 2, .stop_min_delta = 0.5}, {5, 4.75, 4.5, 4.25, 4, 3.5, 3, 2.5}, 3, 3}, /* exactly 0.5 is not more */
      {{.stop_monitor = LOSS, .stop_patience = 2}, {none, none, 3, 3, 3, 3, 3, 3}, 2, 0},
      {{.stop_monitor = LOSS, .stop_patience = 3}, {none, none, 3, none, none, none, 1, 1}, 6, 3},
      {{.stop_monitor = LOSS, .stop_patience = 2, .prune_sparsity = 0.5, .prune_end = 3}, {1, 2, 3, 4, 4, 4, 4, 4}, 6, 4},
      {{.stop_monitor = 0, .stop_patience = 1}, {1, 1, 1, 1, 1, 1, 1, 1}, 0, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int best, stop = stops_after(&best, cases[i].config, cases[i].values, 8);
    CHECK(stop == cases[i].stop && best == cases[i].best, "case %zu: stops after %d, not %d; best %d, not %d", i, stop, cases[i].stop, best,
          cases[i].best);
  }
}

static void of_every_field_it_is_known_which_way_is_better(void) {
  static const char *const names[] = {
#define NAME(field) #field,
      WF_REPORT_FIELDS(NAME)};
#undef NAME
  for (int field = 0; field < WF_REPORT_COUNT; field++) {
    int smaller = strstr(names[field], "loss") || strstr(names[field], "mae") || strstr(names[field], "norm") || strstr(names[field], "penalty");
    CHECK(wf_monitor_smaller(field) == smaller, "%s: smaller is better: %d", names[field], wf_monitor_smaller(field));
  }
}

/* How: 0 stopped early, 1 all epochs done, 2 diverged, 3 a caller ends it in the middle of an epoch. */
static void however_a_fit_ends_it_ends_at_the_best_epoch(void) {
  static const wf_fit_state states[] = {WF_FIT_STOPPED, WF_FIT_DONE, WF_FIT_DIVERGED, WF_FIT_STOPPED};
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  for (int how = 0; how < 4; how++)
    for (int ema = 0; ema < 2; ema++) {
      wf_fit_config options = {.stop_monitor = WF_REPORT_validation_loss, .stop_patience = how == 0 ? 4 : 1000, .restore_best = 1,
                               .average = ema ? WF_EMA : 0, .average_decay = 0.7};
      bench b = net(options, 0.01, how == 2 ? 500 : 60, rows, &rows);
      wf_fit_state state = WF_FIT_RUNNING;
      double best = INFINITY;
      while (state == WF_FIT_RUNNING && (how != 3 || wf_fit_report_count(b.fit) < 12)) {
        state = wf_fit_run(b.fit, 1e9, 1);
        const wf_report *report = &wf_fit_reports(b.fit)[wf_fit_report_count(b.fit) - 1];
        best = fmin(best, report->validation_loss);
        if (wf_fit_report_count(b.fit) >= 8) wf_fit_set_learning_rate(b.fit, how == 2 ? 1e6 : 0.6); /* from here it gets worse */
      }
      if (how == 3) {
        wf_fit_run(b.fit, 1, 1);
        wf_fit_finish(b.fit);
        state = wf_fit_run(b.fit, 1e9, 1e9);
      }
      CHECK(state == states[how], "way %d: state %d", how, state);
      CHECK(fabs(mean_square(&b, &rows) - best) < 1e-12, "way %d, average %d: ends at a loss of %.17g, the best was %.17g", how, ema,
            mean_square(&b, &rows), best);
      int count = wf_fit_report_count(b.fit);
      if (how != 2) CHECK(wf_fit_reports(b.fit)[count - 1].validation_loss > 1.01 * best, "way %d never got worse", how);
      bench_free(&b);
    }
  rows_free(&rows);
}

static void a_fit_that_diverges_does_not_end_at_its_average(void) {
  wf_rows rows = toy_rows(WF_MSE, N, D, K);
  bench b = net((wf_fit_config){.average = WF_EMA, .average_decay = 0.5}, 1e6, 100, rows, NULL);
  CHECK(wf_fit_run(b.fit, 1e9, 1e9) == WF_FIT_DIVERGED, "the fit did not diverge");
  wf_real *w = weights_of(&b);
  for (int i = 0; i < P; i++) CHECK(isfinite(w[i]), "parameter %d is %g", i, (double)w[i]);
  free(w);
  bench_free(&b);
  rows_free(&rows);
}

int main(void) {
  averages_follow_their_definitions_and_are_what_is_evaluated();
  an_average_that_has_seen_nothing_is_not_used();
  early_stopping_counts_epochs_without_an_improvement();
  of_every_field_it_is_known_which_way_is_better();
  however_a_fit_ends_it_ends_at_the_best_epoch();
  a_fit_that_diverges_does_not_end_at_its_average();
  return check_report("test_control");
}
