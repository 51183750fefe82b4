/* memory.c: the version of the interface and memory for the caller · in: a number of bytes · out: memory · next: random.c */
#include <stdlib.h>

#include "../wasmfit.h"

int wf_abi(void) { return WF_ABI; }

void *wf_alloc(size_t bytes) { return bytes > SIZE_MAX - 128 ? NULL : aligned_alloc(64, bytes / 64 * 64 + 64); }

void wf_free(void *p) { free(p); }
