/* memory.c: the version of the interface, memory for the caller and a look at what is in it · in: bytes · out: memory · next: random.c */
#include <stdlib.h>
#include <string.h>

#include "../wasmfit.h"

int wf_abi(void) { return WF_ABI; }

void *wf_alloc(size_t bytes) { return bytes > SIZE_MAX - 128 ? NULL : aligned_alloc(64, bytes / 64 * 64 + 64); }

void wf_free(void *p) { free(p); }

/* Only an exponent of ones and one more reaches the bit of the sign; two floats fit a word, as neither carries into the other. */
int wf_all_finite(const void *values, size_t bytes, int single) {
  const uint64_t exponent = single ? 0x7f8000007f800000 : 0x7ff0000000000000, one = single ? 0x0080000000800000 : 0x0010000000000000;
  const char *p = values;
  uint64_t met[4] = {0, 0, 0, 0}, word;
  for (; bytes >= 32; bytes -= 32)
    for (int i = 0; i < 4; i++, p += 8) {
      memcpy(&word, p, 8);
      met[i] |= (word & exponent) + one;
    }
  for (; bytes > 0; bytes -= bytes < 8 ? bytes : 8, p += 8) {
    word = 0;
    memcpy(&word, p, bytes < 8 ? bytes : 8);
    met[0] |= (word & exponent) + one;
  }
  return !((met[0] | met[1] | met[2] | met[3]) & (single ? 0x8000000080000000 : 0x8000000000000000));
}
