/**
 * Arenas: memory for one unit of work (a request, a file, a model run), freed in one call.
 *
 *     vg_arena a;
 *     if (!vg_arena_init(&a, 64 << 20, e)) return false;      at most 64 MiB
 *     double *y = vg_new(&a, double, n);                       zeroed; NULL when the limit is reached
 *     if (!y) return vg_fail_memory(e, vg_arena_limit(&a));
 *     vg_arena_free(&a);
 *
 * An arena reserves address space for its whole limit and takes pages from the machine as they are touched, so a
 * large limit costs nothing until it is used. Memory handed out is zeroed. Passed by value, an arena is scratch
 * space: what the callee takes is given back when it returns, because the caller's copy did not move. Who owns is
 * said by the signature: `vg_arena *a` in a parameter list means that the result lives in `a`.
 */
#ifndef VG_CORE_ARENA_H
#define VG_CORE_ARENA_H

#include "core/err.h"
#include "core/str.h"

typedef struct {
    char *base;      /* start of the mapping; NULL when not initialised */
    char *next;      /* first free byte */
    char *end;       /* one past the last byte */
    int64_t fail_at; /* for tests: the k-th allocation fails (1 = the next); 0 = never */
} vg_arena;

/** Reserves an arena of at most `limit_bytes` (rounded up to a page). Fails: VG_EARG (limit <= 0), VG_ENOMEM. */
bool vg_arena_init(vg_arena *a, int64_t limit_bytes, vg_err *e);

/** Gives everything back. Slices and pointers into the arena are dead. Safe on an all-zero arena. */
void vg_arena_free(vg_arena *a);

/** Empties the arena and returns its pages but the first MiB to the machine; it can be used again. */
void vg_arena_reset(vg_arena *a);

/** The limit, and what is taken of it, in bytes. */
int64_t vg_arena_limit(const vg_arena *a);
int64_t vg_arena_used(const vg_arena *a);

/**
 * Zeroed memory for `count` things of `size` bytes, aligned to `align` (a power of two), or NULL when the product
 * overflows, is negative or does not fit. A count of 0 gives a valid pointer to nothing.
 */
void *vg_alloc(vg_arena *a, int64_t count, int64_t size, int64_t align);

#define vg_new(a, type, count)                                                                               \
    ((type *)vg_alloc((a), (count), (int64_t)sizeof(type), (int64_t) _Alignof(type)))

/** Copy of a slice in the arena, followed by a NUL that is not counted. `.s` is NULL when the limit is reached. */
vg_str vg_copy(vg_arena *a, vg_str s);

/** printf into the arena. `.s` is NULL when the limit is reached. */
vg_str vg_format(vg_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
