/* Open addressing over the hash of the name; at most half of the slots are taken. Names live in arenas, each twice as
 * large as the one before, and never move; the two tables belong to the handle and double when they are full. */
#include "core/map.h"

#include <stdlib.h>

static const int64_t FIRST_BYTES = 1 << 16;

bool vg_map_init(vg_map *m, vg_err *e)
{
    vg_map fresh = { .n_slots = 256, .cap = 128 };
    if (!vg_arena_init(&fresh.bytes[0], FIRST_BYTES, e))
        return false;
    fresh.n_bytes = 1;
    fresh.slot = calloc((size_t)fresh.n_slots, sizeof *fresh.slot);
    fresh.name = calloc((size_t)fresh.cap, sizeof *fresh.name);
    if (!fresh.slot || !fresh.name) {
        vg_map_free(&fresh);
        return vg_fail_memory(e, 1 << 20);
    }
    *m = fresh;
    return true;
}

void vg_map_free(vg_map *m)
{
    for (int32_t i = 0; i < m->n_bytes; i++)
        vg_arena_free(&m->bytes[i]);
    free(m->slot);
    free(m->name);
    *m = (vg_map){ .n = 0 };
}

/* Slot where the name stands or would stand. */
static int64_t slot_of(const vg_map *m, vg_str name)
{
    int64_t mask = m->n_slots - 1, at = (int64_t)(vg_hash(name) & (uint64_t)mask);
    while (m->slot[at] && !vg_eq(m->name[m->slot[at] - 1], name))
        at = (at + 1) & mask;
    return at;
}

static bool grow(vg_map *m)
{
    if (m->cap > INT32_MAX / 4)
        return false;
    vg_str *name = reallocarray(m->name, (size_t)m->cap * 2, sizeof *name);
    if (!name)
        return false;
    m->name = name;
    int32_t *slot = calloc((size_t)m->n_slots * 2, sizeof *slot);
    if (!slot)
        return false;
    free(m->slot);
    m->slot = slot;
    m->n_slots *= 2;
    m->cap *= 2;
    for (int32_t i = 0; i < m->n; i++)
        m->slot[slot_of(m, m->name[i])] = i + 1;
    return true;
}

/* Copy of the name in the newest arena, or in one more when that is full. */
static vg_str keep(vg_map *m, vg_str name)
{
    vg_str kept = vg_copy(&m->bytes[m->n_bytes - 1], name);
    if (kept.s || m->n_bytes == VG_MAP_ARENAS)
        return kept;
    int64_t size = 2 * vg_arena_limit(&m->bytes[m->n_bytes - 1]), need = (int64_t)name.n + 4096;
    if (!vg_arena_init(&m->bytes[m->n_bytes], size > need ? size : need, NULL))
        return VG_NOSTR;
    return vg_copy(&m->bytes[m->n_bytes++], name);
}

int32_t vg_map_add(vg_map *m, vg_str name, bool *was_new)
{
    int64_t at = slot_of(m, name);
    if (was_new)
        *was_new = !m->slot[at];
    if (m->slot[at])
        return m->slot[at] - 1;
    if (m->n == m->cap) {
        if (!grow(m))
            return -1;
        at = slot_of(m, name);
    }
    vg_str kept = keep(m, name);
    if (!kept.s)
        return -1;
    m->name[m->n] = kept;
    m->slot[at] = m->n + 1;
    return m->n++;
}

int32_t vg_map_find(const vg_map *m, vg_str name)
{
    return m->slot[slot_of(m, name)] - 1;
}

vg_str vg_map_name(const vg_map *m, int32_t number)
{
    return m->name[number];
}
