/* What parts and names are found by. Two parts that one party's name may be written with should share a key: the same
 * letters, the same letters but one, the same sounds, the same sounds but one, or one meaning. A key says nothing more
 * than "look at it": keys of 32 bits are shared by strangers too, and what comes out is compared again. */
#include <stdlib.h>
#include <string.h>

#include "screening/engine_int.h"
#include "text/sound.h"

enum {
    SEED_LETTERS = 1,
    SEED_SOUND = 2,
    SEED_GROUP = 3,
    SEED_JOIN = 4,
    SEED_NUMBER = 5,
    SEED_JOIN_SOUND = 6
};
enum {
    FEWEST_LETTERS = 4,
    FEWEST_SOUNDS = 4,
    FEWEST_FOR_TWO = 5,
    MOST_FOR_TWO = 20,
    MOST_LETTERS = 60,
    MOST_JOINED = 40
};

uint32_t vg_text_hash(const char *s, int32_t n, uint32_t seed)
{
    uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)seed * 0x9e3779b97f4a7c15u;
    for (int32_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return (uint32_t)(h >> 32);
}

/* The text without each of its letters in turn; one of two equal neighbours stands for both. */
static int32_t deletions(const char *s, int32_t n, uint32_t seed, uint32_t *key)
{
    char cut[256];
    int32_t made = 0;
    for (int32_t i = 0; i < n; i++) {
        if (i && s[i] == s[i - 1])
            continue;
        memcpy(cut, s, (size_t)i);
        memcpy(cut + i, s + i + 1, (size_t)(n - i - 1));
        key[made++] = vg_text_hash(cut, n - 1, seed);
    }
    return made;
}

/* The text without any two of its letters: what two texts share that are two edits apart. */
static int32_t deletions_of_two(const char *s, int32_t n, uint32_t seed, uint32_t *key)
{
    char cut[64];
    int32_t made = 0;
    for (int32_t i = 0; i + 1 < n; i++) {
        if (i && s[i] == s[i - 1])
            continue;
        memcpy(cut, s, (size_t)i);
        memcpy(cut + i, s + i + 1, (size_t)(n - i - 1));
        for (int32_t k = i; k < n - 1; k++) {
            char left_out = cut[k];
            if (k > i && left_out == cut[k - 1])
                continue;
            memmove(cut + k, cut + k + 1, (size_t)(n - 2 - k));
            key[made++] = vg_text_hash(cut, n - 2, seed);
            memmove(cut + k + 1, cut + k, (size_t)(n - 2 - k));
            cut[k] = left_out;
        }
    }
    return made;
}

int32_t vg_part_keys(const vg_name_part *p, uint32_t key[VG_KEYS_OF_PART])
{
    int32_t n = 0, letters = p->n_folded < MOST_LETTERS ? p->n_folded : MOST_LETTERS;
    int32_t sounds = p->n_sound < MOST_LETTERS ? p->n_sound : MOST_LETTERS;
    key[n++] = vg_text_hash(p->folded, letters, SEED_LETTERS);
    if (letters >= FEWEST_LETTERS)
        n += deletions(p->folded, letters, SEED_LETTERS, key + n);
    if (letters >= FEWEST_FOR_TWO && letters <= MOST_FOR_TWO)
        n += deletions_of_two(p->folded, letters, SEED_LETTERS, key + n);
    if (sounds)
        key[n++] = vg_text_hash(p->sound, sounds, SEED_SOUND);
    if (sounds >= FEWEST_SOUNDS)
        n += deletions(p->sound, sounds, SEED_SOUND, key + n);
    if (p->group)
        key[n++] = vg_text_hash((const char *)&p->group, (int32_t)sizeof p->group, SEED_GROUP);
    if (p->number >= 0)
        key[n++] = vg_text_hash((const char *)&p->number, (int32_t)sizeof p->number, SEED_NUMBER);
    return n;
}

int32_t vg_run_keys(const char *s, int32_t n, uint32_t key[VG_KEYS_OF_PART])
{
    char sound[VG_SOUND_MAX + 1];
    int m = vg_sound(s, n, sound);
    key[0] = vg_text_hash(s, n, SEED_LETTERS);
    key[1] = vg_text_hash(sound, m, SEED_SOUND);
    return 2 + (n >= FEWEST_LETTERS && n < MOST_LETTERS ? deletions(s, n, SEED_LETTERS, key + 2) : 0);
}

/* --- words joined --- */

uint32_t vg_join_key(const char *s, int32_t n)
{
    return vg_text_hash(s, n, SEED_JOIN);
}

bool vg_join_sound_key(const char *s, int32_t n, uint32_t *key)
{
    char sound[VG_SOUND_MAX + 1];
    int m = vg_sound(s, n, sound);
    *key = vg_text_hash(sound, m, SEED_JOIN_SOUND);
    return m >= 3;
}

static bool is_word(const vg_name_part *p)
{
    return p->n_folded > 0 && (p->flags & VG_PART_F_CORE);
}

int32_t vg_name_acronym(const vg_name *n, char out[16])
{
    int32_t letters = 0;
    for (int32_t i = 0; i < n->n && letters < 15; i++)
        if (is_word(&n->part[i]))
            out[letters++] = n->part[i].folded[0];
    return letters;
}

int32_t vg_join_keys(const char *s, int32_t n, uint32_t key[VG_KEYS_OF_PART])
{
    key[0] = vg_join_key(s, n);
    return 1 + (n < MOST_LETTERS ? deletions(s, n, SEED_JOIN, key + 1) : 0);
}

int32_t vg_name_joins(const vg_name *n, uint32_t key[VG_JOINS_OF_NAME])
{
    int32_t made = 0;
    char text[MOST_JOINED];
    for (int32_t i = 0; i + 1 < n->n; i++) {
        int32_t length = 0;
        for (int32_t k = i; k < n->n && k < i + 3; k++) {
            const vg_name_part *p = &n->part[k];
            if (!p->n_folded || length + p->n_folded > MOST_JOINED)
                break;
            memcpy(text + length, p->folded, p->n_folded);
            length += p->n_folded;
            if (k == i)
                continue;
            key[made++] = vg_join_key(text, length);
            made += vg_join_sound_key(text, length, &key[made]);
        }
    }
    char acronym[16];
    int32_t letters = vg_name_acronym(n, acronym);
    if (n->schema != VG_SCHEMA_PERSON && letters >= 3)
        key[made++] = vg_join_key(acronym, letters);
    return made;
}

/* --- buckets --- */

bool vg_buckets_make(vg_buckets *b, const uint64_t *pair, int64_t n, int load, vg_err *e)
{
    uint32_t buckets = 16;
    while ((int64_t)buckets * load < n && buckets < (uint32_t)1 << 30)
        buckets *= 2;
    b->mask = buckets - 1;
    b->at = calloc((size_t)buckets + 2, sizeof *b->at);
    b->item = malloc((size_t)(n + 1) * sizeof *b->item);
    b->tag = malloc((size_t)(n + 1));
    if (!b->at || !b->item || !b->tag || n > UINT32_MAX)
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the index of the lists");
    for (int64_t i = 0; i < n; i++)
        b->at[((uint32_t)(pair[i] >> 32) & b->mask) + 2]++;
    for (uint32_t i = 1; i < buckets; i++)
        b->at[i + 1] += b->at[i];
    for (int64_t i = 0; i < n; i++) {
        uint32_t to = b->at[((uint32_t)(pair[i] >> 32) & b->mask) + 1]++;
        b->item[to] = (uint32_t)pair[i];
        b->tag[to] = (uint8_t)(pair[i] >> 56);
    }
    return true;
}

void vg_buckets_free(vg_buckets *b)
{
    free(b->at);
    free(b->item);
    free(b->tag);
    *b = (vg_buckets){ 0 };
}
