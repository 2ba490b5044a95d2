/* Ids of one import: open addressing, at most three quarters full. A slot has 16 bytes, so that ten million rows
 * need 256 MiB and not a copy of their ids: 64 bits of the key's hash, 32 of the content's and 32 for the line. Two
 * different ids fall together with a chance of about n^2 / 2^65, three in a million for ten million rows. */
#include <stdlib.h>
#include <string.h>

#include "store/store_int.h"

struct vg_id_slot {
    uint64_t key; /* 0 = empty */
    uint32_t content;
    uint32_t line; /* 0 = not known or above 2^32 */
};

__extension__ typedef unsigned __int128 wide;

/* Both halves of a 128-bit product, folded: every bit of the input reaches every bit of the result. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t vg_ids__mix(uint64_t hash, const void *bytes, int64_t n)
{
    const unsigned char *at = bytes;
    uint64_t word;
    hash = fold(hash ^ 0x9E3779B97F4A7C15ULL, (uint64_t)n ^ 0xD6E8FEB86659FD93ULL);
    for (; n >= 8; n -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = fold(hash ^ word, 0xA0761D6478BD642FULL);
    }
    word = 0;
    if (n > 0)
        memcpy(&word, at, (size_t)n);
    return fold(hash ^ word, 0xE7037ED1A0B428DBULL);
}

uint64_t vg_ids__mix_text(uint64_t hash, vg_str s)
{
    return vg_ids__mix(hash, s.s, s.n);
}

static int64_t slot_of(const vg_ids *ids, uint64_t key)
{
    int64_t mask = ids->n_slots - 1, at = (int64_t)(key & (uint64_t)mask);
    while (ids->slot[at].key && ids->slot[at].key != key)
        at = (at + 1) & mask;
    return at;
}

static bool grow(vg_ids *ids)
{
    vg_ids wider = { .n = ids->n, .n_slots = ids->n_slots ? ids->n_slots * 2 : 4096 };
    wider.slot = calloc((size_t)wider.n_slots, sizeof *wider.slot);
    if (!wider.slot)
        return false;
    for (int64_t i = 0; i < ids->n_slots; i++)
        if (ids->slot[i].key)
            wider.slot[slot_of(&wider, ids->slot[i].key)] = ids->slot[i];
    free(ids->slot);
    *ids = wider;
    return true;
}

vg_id_answer vg_ids__see(vg_ids *ids, uint64_t key, uint64_t content, int64_t line, int64_t *first_line)
{
    if (ids->n >= ids->n_slots / 4 * 3 && !grow(ids))
        return VG_ID_NO_MEMORY;
    key += key == 0;
    vg_id_slot *slot = &ids->slot[slot_of(ids, key)];
    if (slot->key) {
        *first_line = slot->line;
        return slot->content == (uint32_t)content ? VG_ID_SAME : VG_ID_OTHER;
    }
    *slot = (vg_id_slot){ .key = key, .content = (uint32_t)content };
    if (line > 0 && line <= UINT32_MAX)
        slot->line = (uint32_t)line;
    ids->n++;
    return VG_ID_NEW;
}

void vg_ids__free(vg_ids *ids)
{
    free(ids->slot);
    *ids = (vg_ids){ .n = 0 };
}
