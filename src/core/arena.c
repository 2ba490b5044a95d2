/*
 * Arenas over one reserved mapping each. Invariant: base <= next <= end, and every byte at or above next that was
 * ever handed out is dead. Under AddressSanitizer the gaps behind allocations are poisoned.
 */
#include "core/arena.h"

#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
enum { GAP = 0 };
#endif

enum { KEPT = 1 << 20 }; /* bytes an arena that is reset keeps; a multiple of any page */

/* The page before `base` holds the highest byte ever handed out: copies of an arena by value share it. */
static char **highest(const vg_arena *a)
{
    return (char **)(void *)(a->base - sysconf(_SC_PAGESIZE));
}

#ifdef HAS_ASAN
static void hand_out(vg_arena *a, char *p, int64_t bytes)
{
    __asan_unpoison_memory_region(p, (size_t)bytes);
    __asan_poison_memory_region(p + bytes, GAP);
    if (p + bytes + GAP > *highest(a))
        *highest(a) = p + bytes + GAP;
}
static void unpoison_all(vg_arena *a)
{
    __asan_unpoison_memory_region(a->base, (size_t)(*highest(a) - a->base));
}
#else
static void hand_out(vg_arena *a, const char *p, int64_t bytes)
{
    if (p + bytes > *highest(a))
        *highest(a) = a->base + (p - a->base) + bytes;
}
static void unpoison_all(vg_arena *a)
{
    (void)a;
}
#endif

bool vg_arena_init(vg_arena *a, int64_t limit_bytes, vg_err *e)
{
    if (limit_bytes <= 0)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "an arena needs a limit above 0, got %lld",
                       (long long)limit_bytes);
    int64_t page = sysconf(_SC_PAGESIZE);
    if (__builtin_add_overflow(limit_bytes, 2 * page, &limit_bytes))
        return vg_fail_memory(e, limit_bytes);
    limit_bytes = (limit_bytes - page - 1) / page * page;
    char *p = mmap(NULL, (size_t)(limit_bytes + page), PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return vg_fail_memory(e, limit_bytes);
    *a = (vg_arena){ .base = p + page, .next = p + page, .end = p + page + limit_bytes };
    *highest(a) = a->base;
    return true;
}

void vg_arena_free(vg_arena *a)
{
    if (a->base) {
        int64_t page = sysconf(_SC_PAGESIZE);
        unpoison_all(a);
        munmap(a->base - page, (size_t)(a->end - a->base + page));
    }
    *a = (vg_arena){ .base = NULL };
}

void vg_arena_reset(vg_arena *a)
{
    if (!a->base)
        return;
    unpoison_all(a);
    if (*highest(a) - a->base >
        KEPT) /* the first pages stay: giving them back each time costs more than they do */
        madvise(a->base + KEPT, (size_t)(*highest(a) - a->base - KEPT), MADV_DONTNEED);
    *highest(a) = a->next = a->base;
}

int64_t vg_arena_limit(const vg_arena *a)
{
    return a->end - a->base;
}

int64_t vg_arena_used(const vg_arena *a)
{
    return a->next - a->base;
}

void *vg_alloc(vg_arena *a, int64_t count, int64_t size, int64_t align)
{
    int64_t bytes;
    if (count < 0 || __builtin_mul_overflow(count, size, &bytes) || !a->base)
        return NULL;
    if (a->fail_at > 0 && --a->fail_at == 0)
        return NULL;
    int64_t pad = (int64_t)(-(uintptr_t)a->next & (uintptr_t)(align - 1));
    int64_t room = a->end - a->next;
    if (room < pad + GAP || bytes > room - pad - GAP)
        return NULL;
    char *p = a->next + pad;
    hand_out(a, p, bytes);
    if (bytes)
        memset(p, 0, (size_t)bytes);
    a->next = p + bytes + GAP;
    return p;
}

vg_str vg_copy(vg_arena *a, vg_str s)
{
    char *p = vg_new(a, char, s.n + 1);
    if (!p)
        return VG_NOSTR;
    if (s.n)
        memcpy(p, s.s, (size_t)s.n);
    return (vg_str){ p, s.n };
}

vg_str vg_format(vg_arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *p = n < 0 ? NULL : vg_new(a, char, n + 1);
    if (p)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p ? (vg_str){ p, n } : VG_NOSTR;
}
