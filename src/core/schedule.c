/* schedule.c: learning rates by epoch or step · in: configuration, progress · out: rate, momentum · next: optimizer.c
 *
 * t = epochs or steps of this fit that are done, r the base rate, T period, f factor, m the minimum rate.
 *   constant        r                                exponential  r fᵗ
 *   step            r f^⌊t/T⌋                        inverseTime  r / (1 + f t)
 *   multiStep       r f^(number of milestones <= t)  polynomial   r (1 - min(t, T)/T)^power
 *   cosine          m + (r - m)(1 + cos(π t/T))/2: it rises again after T
 *   cosineRestarts  the same from r down to m, again and again: first over T, then over T f, T f², …
 *   oneCycle        from r/start_divisor up to r at t = rise T - 1, and down to r/start_divisor/final_divisor at T - 1, where it stays;
 *                   three phases: down to r/start_divisor at 2 (rise T - 1), then on to the last; momentum from most to least and back
 *   plateau         r times f, but not below m, after more than `patience` epochs in a row without a better value
 * Warm-up of length u: while t < u linearly from warmup_factor of the schedule's first rate to all of it; the schedule then runs on t - u.
 * Source: PyTorch 1.13, torch.optim.lr_scheduler (LinearLR is the warm-up). Test: tests/c/test_schedule.c */
#include <math.h>

#include "../kernels/scalar64.h"
#include "fit.h"

static double multi_step(const wf_fit_config *c, double base, double t) {
  int passed = 0;
  while (passed < (int)c->milestones && c->milestone[passed] <= t) passed++;
  return base * wf_pow64(c->factor, passed);
}

/* From `from` at share 0 to `to` at share 1. */
static double anneal(const wf_fit_config *c, double from, double to, double share) {
  return c->linear_anneal != 0 ? from + (to - from) * share : to + (from - to) * (1 + wf_cospi64(share)) / 2;
}

static double cosine(const wf_fit_config *c, double base, double share) {
  return c->minimum_rate + (base - c->minimum_rate) * (1 + wf_cospi64(share)) / 2;
}

/* factor >= 1 */
static double cosine_restarts(const wf_fit_config *c, double base, double t) {
  double length = c->period;
  if (c->factor == 1) t -= floor(t / length) * length;
  for (; t >= length; length *= c->factor) t -= length;
  return cosine(c, base, t / length);
}

static double one_cycle(double *momentum, const wf_fit_config *c, double base, double t) {
  double first = base / c->start_divisor, last = first / c->final_divisor, top = c->rise * c->period - 1, end = c->period - 1;
  int three = c->three_phase != 0, phase = 0, phases = three ? 3 : 2;
  const double ends[3] = {top, three ? 2 * top : end, end}, rates[4] = {first, base, three ? first : last, last};
  const double momenta[4] = {c->most_momentum, c->least_momentum, c->most_momentum, c->most_momentum};
  double begin = 0;
  t = t < end ? t : end;
  while (phase < phases - 1 && t > ends[phase]) begin = ends[phase++];
  double length = ends[phase] - begin, share = length > 0 ? (t - begin) / length : 1;
  if (c->cycle_momentum != 0) *momentum = anneal(c, momenta[phase], momenta[phase + 1], share);
  return anneal(c, rates[phase], rates[phase + 1], share);
}

double wf_schedule_at(double *momentum, const wf_fit_config *config, double base, double t) {
  const wf_fit_config *c = config;
  double warm = 1;
  *momentum = (double)NAN;
  if (t < c->warmup) warm = c->warmup_factor + (1 - c->warmup_factor) * t / c->warmup;
  t = t < c->warmup ? 0 : t - c->warmup;
  switch ((wf_schedule)c->schedule) {
    case WF_STEP: return warm * base * wf_pow64(c->factor, floor(t / c->period));
    case WF_MULTI_STEP: return warm * multi_step(c, base, t);
    case WF_EXPONENTIAL: return warm * base * wf_pow64(c->factor, t);
    case WF_INVERSE_TIME: return warm * base / (1 + c->factor * t);
    case WF_POLYNOMIAL: return warm * base * wf_pow64(t < c->period ? 1 - t / c->period : 0, c->power);
    case WF_COSINE: return warm * cosine(c, base, t / c->period);
    case WF_COSINE_RESTARTS: return warm * cosine_restarts(c, base, t);
    case WF_ONE_CYCLE: return warm * one_cycle(momentum, c, base, t);
    default: return warm * base;
  }
}

static double time_of(const wf_fit *fit) { return fit->config.per_step != 0 ? fit->progress.steps_done : fit->progress.epochs_done; }

double wf_schedule_rate(double *momentum, const wf_fit *fit) {
  return wf_schedule_at(momentum, &fit->config, fit->progress.learning_rate * fit->progress.plateau_factor, time_of(fit));
}

/* PyTorch's ReduceLROnPlateau with a relative threshold; a change below 1e-8 is not made there either. */
void wf_schedule_epoch(wf_fit *fit, const wf_report *report) {
  const wf_fit_config *c = &fit->config;
  wf_progress *p = &fit->progress;
  if ((wf_schedule)c->schedule != WF_PLATEAU || time_of(fit) <= c->warmup) return;
  int smaller = wf_monitor_smaller((int)c->plateau_monitor);
  double value = wf_report_value(report, (int)c->plateau_monitor), best = p->plateau_best;
  int better = smaller ? value < best * (1 - c->plateau_threshold) : value > best * (1 + c->plateau_threshold);
  if (isnan(best)) better = !isnan(value);
  if (better) p->plateau_best = value;
  p->plateau_bad = better ? 0 : p->plateau_bad + 1;
  if (p->plateau_cooldown > 0) {
    p->plateau_cooldown--;
    p->plateau_bad = 0;
  }
  if (p->plateau_bad <= c->plateau_patience) return;
  double rate = p->learning_rate * p->plateau_factor, less = rate * c->factor, next = less > c->minimum_rate ? less : c->minimum_rate;
  if (rate - next > 1e-8) p->plateau_factor = next / p->learning_rate;
  p->plateau_cooldown = c->plateau_cooldown;
  p->plateau_bad = 0;
}
