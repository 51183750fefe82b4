/* checkpoint.c: all that a fit must keep to go on bit for bit · in: fit · out: bytes · next: fold.c */
#include "fit.h"

size_t wf_fit_checkpoint_size(const wf_fit *fit) {
  (void)fit;
  return 0;
}

void wf_fit_checkpoint_save(void *bytes, const wf_fit *fit) { (void)bytes, (void)fit; }

int wf_fit_checkpoint_restore(wf_fit *fit, const void *bytes, size_t size) {
  (void)fit, (void)bytes, (void)size;
  return 0;
}
