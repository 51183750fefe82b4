/* dropout.c: inverted dropout, masks from the counter-based generator · in: rows of a layer · out: thinned rows, gradients · next: norm.c */
#include "model.h"

void wf_dropout_forward(wf_pass *pass, const wf_model *model, int l, int B, wf_mode mode) {
  (void)pass, (void)model, (void)l, (void)B, (void)mode;
}

void wf_dropout_backward(wf_pass *pass, const wf_model *model, int l, int B) { (void)pass, (void)model, (void)l, (void)B; }
