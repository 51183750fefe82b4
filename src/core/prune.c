/* prune.c: magnitude pruning on a schedule: masks that hold · in: weights · out: masks · next: average.c */
#include "fit.h"

void wf_prune_epoch(wf_fit *fit) { (void)fit; }
void wf_prune_hold(wf_fit *fit) { (void)fit; }
