/* arena.h: many arrays in one allocation · in: a layout function · out: slices · next: model.h
 *
 * A layout function calls arena_take for each of its arrays. It runs twice: with base NULL it only counts, then, on zeroed
 * memory of that size, the same calls hand out the slices. So sizes are written once. */
#ifndef WF_ARENA_H
#define WF_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct arena {
  char *base;
  uint64_t used; /* 64 bits also where pointers have 32, so that a sum cannot wrap */
} arena;

static inline void *arena_take(arena *a, uint64_t count, size_t size) {
  uint64_t at = (a->used + 15) & ~(uint64_t)15;
  a->used = at + count * size;
  return a->base ? a->base + at : NULL;
}

/* Most bytes of one arena: what a 32-bit ptrdiff_t can span. */
#define ARENA_MAX ((uint64_t)INT32_MAX - 4096)

#endif
