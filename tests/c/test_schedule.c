/* test_schedule.c: learning rates against PyTorch's schedulers, step by step, to 1e-12 · next: test_control.c */
#include <math.h>

#include "../../src/core/fit.h"
#include "../fixtures/schedules.h"
#include "check.h"

enum { RUNS = sizeof schedule_runs / sizeof schedule_runs[0] };

static const schedule_run *run_of(wf_schedule kind) {
  const schedule_run *run = schedule_runs;
  while ((wf_schedule)run->config.schedule != kind) run++;
  return run;
}

static void rates_and_momenta_are_those_of_pytorch(void) {
  for (const schedule_run *run = schedule_runs; run < schedule_runs + RUNS; run++)
    for (int t = 0; t < SCHEDULE_STEPS; t++) {
      double momentum, rate = wf_schedule_at(&momentum, &run->config, 0.1, t);
      CHECK(fabs(rate - run->rate[t]) <= 1e-12 * run->rate[t], "%s, step %d: rate %.17g, PyTorch %.17g", run->name, t, rate, run->rate[t]);
      if (run->momentum[0] > 0)
        CHECK(fabs(momentum - run->momentum[t]) <= 1e-12, "%s, step %d: momentum %.17g, PyTorch %.17g", run->name, t, momentum,
              run->momentum[t]);
      else CHECK(isnan(momentum), "%s, step %d: momentum %g although nothing cycles it", run->name, t, momentum);
    }
}

/* LinearLR, then the schedule from its own beginning. */
static void a_warm_up_comes_before_any_schedule(void) {
  for (const schedule_run *run = schedule_runs; run < schedule_runs + RUNS; run++) {
    wf_fit_config config = run->config;
    if (config.warmup > 0) continue;
    config.warmup = 4;
    config.warmup_factor = 0.25;
    for (int t = 0; t < SCHEDULE_STEPS; t++) {
      double momentum, rate = wf_schedule_at(&momentum, &config, 0.1, t);
      double want = t < 4 ? run->rate[0] * (0.25 + 0.75 * t / 4) : run->rate[t - 4];
      CHECK(fabs(rate - want) <= 1e-12 * want, "%s after a warm-up of 4, step %d: rate %.17g, not %.17g", run->name, t, rate, want);
    }
  }
}

static void every_schedule_starts_at_the_base_rate_but_one_cycle(void) {
  for (const schedule_run *run = schedule_runs; run < schedule_runs + RUNS; run++) {
    double momentum, rate = wf_schedule_at(&momentum, &run->config, 3, run->config.warmup);
    double want = (wf_schedule)run->config.schedule == WF_ONE_CYCLE ? 3.0 / 25 : 3;
    CHECK(fabs(rate - want) <= 1e-15 * want, "%s starts at %.17g, not at %.17g", run->name, rate, want);
  }
}

/* Past the end: polynomial and one-cycle stay, the cosine rises again, as CosineAnnealingLR does. */
static void past_its_period_a_schedule_does_what_is_documented(void) {
  static const struct { wf_schedule kind; double t, same_as; } cases[] = {
      {WF_POLYNOMIAL, 1000, 50}, {WF_ONE_CYCLE, 1000, 50}, {WF_COSINE, 60, 40}, {WF_COSINE, 100, 0}, {WF_COSINE_RESTARTS, 70, 0},
      {WF_COSINE_RESTARTS, 110, 20}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const wf_fit_config *config = &run_of(cases[i].kind)->config;
    double momentum, rate = wf_schedule_at(&momentum, config, 0.1, cases[i].t);
    double want = wf_schedule_at(&momentum, config, 0.1, cases[i].same_as);
    CHECK(fabs(rate - want) <= 1e-15, "case %zu: rate %.17g at %g, but %.17g at %g", i, rate, cases[i].t, want, cases[i].same_as);
  }
}

/* A cycle so short that a phase has no length must not divide by it. */
static void one_cycles_of_any_length_are_finite_and_within_bounds(void) {
  wf_fit_config config = run_of(WF_ONE_CYCLE)->config;
  static const double rises[] = {0, 0.1, 0.25, 0.5, 0.75, 0.999};
  for (int three = 0; three < 2; three++)
    for (int period = 1; period <= 12; period++)
      for (int r = 0; r < 6; r++)
        for (int t = 0; t <= period; t++) {
          config.three_phase = three;
          config.period = period;
          config.rise = rises[r];
          double momentum, rate = wf_schedule_at(&momentum, &config, 0.1, t);
          CHECK(rate >= 0.1 / 25e4 - 1e-15 && rate <= 0.1 + 1e-15 && momentum >= 0.85 - 1e-15 && momentum <= 0.95 + 1e-15,
                "period %d, rise %g, phases %d, step %d: rate %g, momentum %g", period, rises[r], 2 + three, t, rate, momentum);
        }
}

static wf_fit plateau_fit(void) {
  wf_fit fit = {.config = {.schedule = WF_PLATEAU, .factor = 0.5, .plateau_monitor = WF_REPORT_validation_loss, .plateau_patience = 2,
                           .plateau_threshold = 1e-3, .plateau_cooldown = 1, .minimum_rate = 0.01}};
  fit.progress.learning_rate = 0.1;
  fit.progress.plateau_factor = 1;
  fit.progress.plateau_best = (double)NAN;
  return fit;
}

static double rate_after(wf_fit *fit, wf_report report) {
  double momentum;
  fit->progress.epochs_done++;
  wf_schedule_epoch(fit, &report);
  return wf_schedule_rate(&momentum, fit);
}

static void reduce_on_plateau_is_that_of_pytorch(void) {
  wf_fit fit = plateau_fit();
  for (int e = 0; e < PLATEAU_EPOCHS; e++) {
    double rate = rate_after(&fit, (wf_report){.validation_loss = plateau_metric[e], .loss = 1});
    CHECK(fabs(rate - plateau_rate[e]) <= 1e-12, "epoch %d: rate %.17g, PyTorch %.17g", e, rate, plateau_rate[e]);
  }
}

/* R² rises: without knowing that, the rate would fall after three epochs. Values that are not there never count as better. */
static void a_plateau_knows_which_way_is_better(void) {
  wf_fit up = plateau_fit(), nothing = plateau_fit();
  up.config.plateau_monitor = WF_REPORT_metric;
  for (int e = 0; e < 8; e++) {
    double rate = rate_after(&up, (wf_report){.metric = 0.1 * (e + 1)});
    double none = rate_after(&nothing, (wf_report){.validation_loss = (double)NAN});
    CHECK(rate == 0.1, "epoch %d: rate %g while R² rises", e, rate);
    CHECK(none == (e < 2 ? 0.1 : e < 6 ? 0.05 : 0.025), "epoch %d: rate %g without any value", e, none);
  }
}

/* ReduceLROnPlateau does not raise a rate to its min_lr. */
static void a_rate_below_the_minimum_stays_where_it_is(void) {
  wf_fit fit = plateau_fit();
  fit.progress.learning_rate = 0.001;
  for (int e = 0; e < 9; e++) {
    double rate = rate_after(&fit, (wf_report){.validation_loss = 1});
    CHECK(rate == 0.001, "epoch %d: rate %g", e, rate);
  }
}

static void a_plateau_watches_only_after_the_warm_up(void) {
  wf_fit fit = plateau_fit();
  fit.config.warmup = 5;
  fit.config.warmup_factor = 1;
  for (int e = 0; e < 9; e++) {
    double rate = rate_after(&fit, (wf_report){.validation_loss = 1});
    CHECK(rate == (e < 8 ? 0.1 : 0.05), "epoch %d: rate %g", e, rate);
  }
}

static void a_rate_that_is_set_is_the_new_base(void) {
  wf_fit fit = {.config = run_of(WF_STEP)->config};
  double momentum;
  fit.progress.plateau_factor = 0.25;
  fit.progress.epochs_done = 20;
  fit.progress.steps_done = 5;
  wf_fit_set_learning_rate(&fit, 8);
  CHECK(wf_schedule_rate(&momentum, &fit) == 2, "rate %g after 20 epochs", wf_schedule_rate(&momentum, &fit));
  fit.config.per_step = 1;
  CHECK(wf_schedule_rate(&momentum, &fit) == 8, "rate %g after 5 steps", wf_schedule_rate(&momentum, &fit));
}

int main(void) {
  rates_and_momenta_are_those_of_pytorch();
  a_warm_up_comes_before_any_schedule();
  every_schedule_starts_at_the_base_rate_but_one_cycle();
  past_its_period_a_schedule_does_what_is_documented();
  one_cycles_of_any_length_are_finite_and_within_bounds();
  reduce_on_plateau_is_that_of_pytorch();
  a_plateau_knows_which_way_is_better();
  a_rate_below_the_minimum_stays_where_it_is();
  a_plateau_watches_only_after_the_warm_up();
  a_rate_that_is_set_is_the_new_base();
  return check_report("test_schedule");
}
