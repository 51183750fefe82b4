/* batch.c: the rows of an epoch and of a step: order, resampling, batch size, noise, mixup · in: rows, generator · out: batches
 * next: pass.c */
#include "fit.h"

int wf_batch_copies(const wf_fit_config *config, const wf_rows *train, const wf_rows *validation) {
  return train->bytes || validation->bytes || config->input_noise > 0 || config->mixup > 0;
}

int wf_batch_most(const wf_fit_config *config, const wf_rows *train) {
  return config->batch_size < train->rows ? (int)config->batch_size : train->rows;
}

int wf_batch_capacity(const wf_fit_config *config, const wf_rows *train, wf_loss loss, int K) {
  (void)config, (void)loss, (void)K;
  return train->rows;
}

void wf_batch_epoch(wf_fit *fit) {
  fit->M = fit->train.rows;
  if (fit->config.shuffle != 0)
    wf_random_permutation(fit->order, fit->model->config.seed, WF_STREAM_SHUFFLE, (uint32_t)fit->model->epochs, (uint32_t)fit->M);
  else if (fit->progress.epochs_done == 0)
    for (int32_t r = 0; r < fit->M; r++) fit->order[r] = r;
}

int wf_batch_size(const wf_fit *fit) {
  int left = fit->M - fit->progress.cursor;
  return left < fit->B ? left : fit->B;
}

void wf_batch_take(wf_batch *batch, wf_fit *fit, int B) {
  *batch = (wf_batch){.rows = &fit->train, .order = fit->order, .first = fit->progress.cursor, .B = B, .share = 1};
  wf_pass_rows(&fit->pass, fit->model, &fit->train, fit->order, batch->first, B);
}
