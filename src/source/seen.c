/*
 * Keys met in a file, with the line and the content of the first row of each: what came twice, and whether it is the
 * same. Invariant: keys are compared whole, never by hash alone.
 */
#include <string.h>

#include "source/source_int.h"

struct vg_seen_slot {
    int32_t key[4];
    uint64_t content;
    int64_t line; /* 0 = empty; rows stand on line 1 or further down */
};

enum { FIRST_SLOTS = 4096 };

static uint64_t mix(const int32_t key[4])
{
    uint64_t h = 0x9E3779B97F4A7C15u;
    for (int i = 0; i < 4; i++) {
        h = (h ^ (uint32_t)key[i]) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    return h;
}

static struct vg_seen_slot *slot_of(const vg_seen *s, const int32_t key[4])
{
    int64_t at = (int64_t)(mix(key) & (uint64_t)(s->n_slots - 1));
    while (s->slot[at].line && memcmp(s->slot[at].key, key, sizeof s->slot[at].key) != 0)
        at = (at + 1) & (s->n_slots - 1);
    return &s->slot[at];
}

/* The old table stays in the arena: all of them together take twice the last one. */
static bool widen(vg_seen *s, vg_arena *a)
{
    vg_seen wider = { .n = s->n, .n_slots = s->n_slots ? 2 * s->n_slots : FIRST_SLOTS };
    wider.slot = vg_new(a, struct vg_seen_slot, wider.n_slots);
    if (!wider.slot)
        return false;
    for (int64_t i = 0; i < s->n_slots; i++)
        if (s->slot[i].line)
            *slot_of(&wider, s->slot[i].key) = s->slot[i];
    *s = wider;
    return true;
}

vg_seen_answer vg_seen__ask(vg_seen *s, vg_arena *a, const int32_t key[4], uint64_t content, int64_t line,
                            int64_t *first_line)
{
    if (2 * (s->n + 1) > s->n_slots && !widen(s, a))
        return VG_SEEN_NO_MEMORY;
    struct vg_seen_slot *slot = slot_of(s, key);
    if (slot->line) {
        *first_line = slot->line;
        return slot->content == content ? VG_SEEN_SAME : VG_SEEN_OTHER;
    }
    memcpy(slot->key, key, sizeof slot->key);
    slot->content = content;
    slot->line = line > 0 ? line : 1;
    s->n++;
    return VG_SEEN_NEW;
}

double *vg_sums__at(vg_sums *s, vg_arena *a, const int32_t key[4])
{
    int64_t place = 0;
    vg_seen_answer answer = vg_seen__ask(&s->seen, a, key, 0, s->n + 1, &place);
    if (answer == VG_SEEN_NO_MEMORY)
        return NULL;
    if (answer != VG_SEEN_NEW)
        return s->entry[place - 1].sum;
    if (s->n == s->cap) {
        int64_t cap = s->cap ? 2 * s->cap : 1024;
        vg_sum_entry *wider = vg_new(a, vg_sum_entry, cap);
        if (!wider)
            return NULL;
        if (s->n)
            memcpy(wider, s->entry, (size_t)s->n * sizeof *wider);
        s->entry = wider;
        s->cap = cap;
    }
    memcpy(s->entry[s->n].key, key, sizeof s->entry[s->n].key);
    return s->entry[s->n++].sum;
}
