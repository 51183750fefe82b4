/* fit.h: the inside of a fit: its parts, in the order of an epoch · in: model, rows, fit configuration · out: reports · next: batch.h
 *
 * What must be kept to resume bit for bit is `progress`, `sums` and the arrays marked *; the rest follows from data and configuration
 * (core/checkpoint.c). */
#ifndef WF_FIT_H
#define WF_FIT_H

#include "full_batch.h"
#include "loss.h"
#include "model.h"

typedef enum wf_phase { WF_PHASE_TRAIN, WF_PHASE_EVALUATE, WF_PHASE_VALIDATE } wf_phase;

/* Numbers only, so that a checkpoint is a copy. */
typedef struct wf_progress {
  int32_t phase;             /* wf_phase */
  int32_t cursor;            /* rows of this phase that are done */
  int32_t state;             /* wf_fit_state */
  int32_t stop_wait;         /* monitor.c: epochs without an improvement */
  int32_t converged, spare;  /* 1: a full-batch optimiser has met its tolerance; spare: no hidden bytes */
  double epochs_done;        /* of this fit */
  double steps_done;         /* of this fit */
  double rows_seen;
  double learning_rate;      /* base of the schedule */
  double rate;               /* of the last step */
  double backup_steps;       /* at the start of this epoch */
  double gradient_norms, gradient_steps; /* of this epoch: their sum and number */
  double plateau_best, plateau_bad, plateau_cooldown, plateau_factor; /* schedule.c; best: NaN before the first */
  double stop_best;                                                  /* monitor.c: what improvements are counted from; NaN: nothing yet */
  double best, best_epoch;                                           /* monitor.c: best value so far, and its epoch; 0: none */
  double averaged;                                                   /* average.c: how many weights the average has seen */
  double sparsity;                                                   /* prune.c: what was last pruned to; -1: the mask is not there yet */
  double loss, metric, mae, balanced_accuracy, f1;                   /* of the training rows of this epoch */
} wf_progress;

/* Resampling: derived from data, configuration and epoch. */
typedef struct wf_strata {
  int classes;               /* 0: no resampling */
  int32_t each;              /* rows of a class in an epoch */
  int32_t *end;              /* (classes) */
  int32_t *grouped;          /* (N) rows class by class */
  int32_t *times;            /* (N) how often a row is in this epoch */
} wf_strata;

struct wf_fit {
  wf_model *model;
  wf_fit_config config;
  wf_rows train, validation;
  int B;                     /* most rows of a batch */
  int M;                     /* rows of an epoch: N, or what resampling makes of them */
  int size;                  /* rows of a batch in this epoch; random sizes are drawn at each step */
  wf_progress progress;      /* * */
  wf_pass pass;
  wf_sums sums;              /* * */
  int32_t *order;            /* (M) rows of this epoch in their order */
  wf_real *line;             /* (D + 1) gradient by kernels/line.h, where the model is a line of few features; else NULL */
  int32_t *partner;          /* (B) mixup; else NULL */
  wf_strata strata;
  wf_real *gradient;         /* (padded) where a whole gradient is needed before the step (step.c); else NULL */
  wf_real *best;             /* * (padded) weights of the best epoch; else NULL */
  wf_real *average;          /* * (padded); else NULL */
  wf_real *mask;             /* * (padded) 1 keeps a weight, 0 holds it at zero; else NULL */
  wf_real *magnitude;        /* (padded) scratch of prune.c; else NULL */
  int full_batch;            /* 1: a full-batch optimiser */
  wf_full_batch full;        /* * its state */
  double *train_total;       /* (K) Σ s (y - ȳ)² */
  double *validation_total;  /* (K) */
  wf_real *backup;           /* * (padded) the weights at the end of the last finite epoch */
  wf_divergence divergence;  /* * */
  double batch_loss;         /* mean loss of the last batch that trained */
  uint64_t rows_hash;        /* of all training and validation rows, for checkpoints; 0: not needed yet */
  int report_count;
  wf_report *reports;        /* (WF_REPORTS) */
};

enum { WF_REPORTS = 1024 };

/* batch.c: the rows of an epoch and of a step */
int wf_batch_copies(const wf_fit_config *config, const wf_rows *train, const wf_rows *validation); /* 1: rows must be copied */
int wf_batch_plan(wf_fit *fit);                                             /* B and M. 0: out of memory */
void wf_batch_layout(wf_fit *fit, arena *a);
void wf_batch_epoch(wf_fit *fit);                                           /* order and size of the epoch that begins */
int wf_batch_size(const wf_fit *fit);                                       /* of the step that comes, within the epoch's end */
double wf_batch_mean(const wf_fit *fit);                                    /* size of this epoch's, for its report */
void wf_batch_take(wf_batch *batch, wf_fit *fit, int B);                    /* rows into the pass, noise and mixup on them */

/* schedule.c: learning rate of the step that comes; momentum: NaN, or what one-cycle asks for */
double wf_schedule_rate(double *momentum, const wf_fit *fit);
/* The same without a fit: rate after t epochs or steps. base: the optimiser's rate. */
double wf_schedule_at(double *momentum, const wf_fit_config *config, double base, double t);
void wf_schedule_epoch(wf_fit *fit, const wf_report *report);               /* reduce on plateau */

/* step.c: from dL/d(output) to new weights */
int wf_step_needs_gradient(const wf_fit_config *config);
int wf_step(wf_fit *fit, int B); /* 0: the gradient is not finite; nothing was changed, fit->divergence says where */
void wf_clip_value(wf_real *g, size_t n, wf_real most);
void wf_clip_norm(wf_real *g, size_t n, double most); /* g (n): a multiple of 4 */
double wf_penalty(const wf_model *model, const wf_real *w); /* Σ dense layers l1 Σ|w| + l2/2 Σ w² */

/* average.c */
void wf_average_step(wf_fit *fit);
void wf_average_epoch(wf_fit *fit);
wf_real *wf_average_weights(wf_fit *fit); /* the weights that are evaluated, and that a fit ends with */

/* prune.c */
void wf_prune_epoch(wf_fit *fit);         /* before an epoch's first batch: the mask for its sparsity */
void wf_prune_hold(const wf_fit *fit, wf_real *values); /* values (padded): zero where the mask is */

/* monitor.c: early stopping and the best epoch. 1: stop. */
int wf_monitor_epoch(wf_fit *fit, const wf_report *report);
/* 1: a smaller value of this field of a report is better. */
int wf_monitor_smaller(int field);
double wf_report_value(const wf_report *report, int field);

/* fit.c: a finished fit goes on, as one does that has more epochs, from the weights that its last epoch was trained to */
void wf_fit_continue(wf_fit *fit);

/* diagnose.c: what became non-finite first. B > 0: the loss of the B rows in the pass; 0: the parameters after a step, or with a full-batch
 * optimiser the value it begins from. */
void wf_diagnose(wf_fit *fit, int B);

#endif
