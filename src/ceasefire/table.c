/* Arrays that grow and tables of 64-bit names: all the memory of a watch is taken here. Invariant: when there is no memory,
 * what was there before is as it was. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

static bool refuse(vg_watch_memory *m)
{
    return m->fail_at > 0 && --m->fail_at == 0;
}

static bool out_of_memory(vg_err *e, int64_t bytes)
{
    return vg_fail_memory(e, bytes);
}

bool vg_watch_room(vg_watch_memory *m, void *array, int64_t *cap, int64_t need, size_t size, vg_err *e)
{
    if (need <= *cap)
        return true;
    int64_t wide = *cap + *cap / 2 + 16;
    if (wide < need)
        wide = need;
    void *old;
    memcpy(&old, array, sizeof old);
    void *grown = wide > INT32_MAX || refuse(m) ? NULL : reallocarray(old, (size_t)wide, size);
    if (!grown)
        return out_of_memory(e, wide * (int64_t)size);
    memcpy(array, &grown, sizeof grown);
    *cap = wide;
    return true;
}

static void place(vg_watch_table *t, uint64_t key, int32_t value)
{
    int64_t i = vg_watch_home(t, key);
    while (t->at[i].value >= 0)
        i = (i + 1) & (t->cap - 1);
    t->at[i] = (vg_watch_entry){ .key = key, .value = value };
}

static bool grow(vg_watch_memory *m, vg_watch_table *t, vg_err *e)
{
    vg_watch_table wide = { .n = t->n, .cap = t->cap ? t->cap * 2 : 64, .shift = t->cap ? t->shift - 1 : 58 };
    wide.at = refuse(m) ? NULL : reallocarray(NULL, (size_t)wide.cap, sizeof *wide.at);
    if (!wide.at)
        return out_of_memory(e, wide.cap * (int64_t)sizeof *wide.at);
    memset(wide.at, 0xFF, (size_t)wide.cap * sizeof *wide.at);
    for (int64_t i = 0; i < t->cap; i++)
        if (t->at[i].value >= 0)
            place(&wide, t->at[i].key, t->at[i].value);
    free(t->at);
    *t = wide;
    return true;
}

bool vg_watch_put(vg_watch_memory *m, vg_watch_table *t, uint64_t key, int32_t value, vg_err *e)
{
    int32_t *there = vg_watch_find(t, key);
    if (there) {
        *there = value;
        return true;
    }
    if (t->n * 10 >= t->cap * 6 && !grow(m, t, e))
        return false;
    place(t, key, value);
    t->n++;
    return true;
}

void vg_watch_drop(vg_watch_table *t, uint64_t key)
{
    int32_t *there = vg_watch_find(t, key);
    if (!there)
        return;
    vg_watch_entry *entry = (vg_watch_entry *)(void *)((char *)there - offsetof(vg_watch_entry, value));
    int64_t mask = t->cap - 1, hole = entry - t->at;
    for (int64_t i = (hole + 1) & mask; t->at[i].value >= 0; i = (i + 1) & mask) {
        int64_t home = vg_watch_home(t, t->at[i].key);
        if (((i - home) & mask) < ((i - hole) & mask)) /* it would stand before its home */
            continue;
        t->at[hole] = t->at[i];
        hole = i;
    }
    t->at[hole].value = -1;
    t->n--;
}
