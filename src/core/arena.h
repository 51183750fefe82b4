/* arena.h: many arrays in one allocation · in: a layout function · out: slices · next: model.h
 *
 * A layout function calls arena_take for each of its arrays. It runs twice: with base NULL it only counts, then, on zeroed
 * memory of that size, the same calls hand out the slices. So sizes are written once. */
#ifndef WF_ARENA_H
#define WF_ARENA_H

#include "../wasmfit.h"

typedef struct arena {
  char *base;
  uint64_t used; /* 64 bits also where pointers have 32, so that a sum cannot wrap */
} arena;

static inline void *arena_take(arena *a, uint64_t count, size_t size) {
  uint64_t at = (a->used + 63) & ~(uint64_t)63; /* slices begin with a cache line */
  a->used = at + count * size;
  return a->base ? a->base + at : NULL;
}

/* Zeroed memory of the size that was counted; wf_free it. NULL: out of memory, or more than a 32-bit ptrdiff_t can span. */
static inline void *arena_memory(const arena *a) {
  void *memory = a->used > INT32_MAX - 4096 ? NULL : wf_alloc((size_t)a->used);
  if (memory) memset(memory, 0, (size_t)a->used);
  return memory;
}

#endif
