/*
 * What the engine's files share. An engine holds a snapshot: segments (built once, never changed), for each segment which
 * of its entries are gone, and the lists. A change makes a new snapshot beside the old one; a reader holds the snapshot it
 * began with until its question is answered, so that it never sees half a change.
 */
#ifndef VG_SCREENING_ENGINE_INT_H
#define VG_SCREENING_ENGINE_INT_H

#include "core/lock.h"
#include "screening/feature_int.h"
#include "screening/name.h"
#include "screening/name_near_int.h"
#include "screening/screening.h"

/* --- growing arrays: `at` is a T *, n of them; the caller keeps the type --- */

typedef struct {
    void *at;
    int64_t n, cap;
} vg_grow;

/* Room for `more` things of `size` bytes behind the last; NULL when memory is out. Counts them in. */
void *vg_grow_by(vg_grow *g, int64_t more, size_t size);
#define vg_push(g, type) ((type *)vg_grow_by((g), 1, sizeof(type)))

/* --- segments --- */

typedef struct {
    uint64_t letters;    /* of its core parts, as in name.h */
    uint32_t text;       /* byte in the segment's text */
    uint32_t first_part; /* in `ref` */
    uint32_t entry;
    float weight; /* of what the index can be asked for: core parts but initials */
    uint16_t n_text;
    uint8_t n_parts, kind, script, schema;
} vg_indexed_name;

typedef struct {
    uint64_t hash;
    uint32_t id, first_name, first_birth, first_country, first_number, first_address;
    uint16_t n_id, list, n_names;
    uint8_t n_birth, n_country, n_number, n_address, schema;
    char gender;
} vg_indexed_entry;

/* In n_id: an entry that was taken back before its segment was ended. */
#define VG_NO_ENTRY UINT16_MAX

/* A list of numbers by key: the numbers of bucket b are item[at[b] .. at[b + 1]). Of a key only a byte is kept: what comes
 * out is looked at again. */
typedef struct {
    uint32_t *at, *item;
    uint8_t *tag;  /* of each item, the front byte of its key */
    uint32_t mask; /* buckets - 1 */
} vg_buckets;

typedef struct {
    int n_users; /* guarded by the engine's lock */
    vg_arena text;
    int32_t n_entries, n_names, n_parts;
    vg_indexed_entry *entry;
    vg_indexed_name *name;
    uint32_t *ref; /* part numbers of the names */
    vg_name_part *part;
    vg_party_date *birth;
    uint16_t *country; /* two letters each */
    vg_indexed_number *number;
    uint32_t *address;              /* texts, ended by NUL */
    uint32_t *posting_at, *posting; /* names by part, the lightest first */
    vg_buckets keys;                /* parts by what they are found by */
    vg_buckets joins;               /* names by two parts as one word, and by acronym */
    vg_buckets ids;                 /* entries by list and id */
    vg_buckets numbers;             /* entries by identifier */
    int64_t bytes;
} vg_segment;

typedef struct vg_builder vg_builder;

bool vg_builder_open(const vg_name_book *book, vg_builder **out, vg_err *e);
bool vg_builder_add(vg_builder *b, int32_t list, const vg_party *p, vg_err *e);
/* Takes an entry over from another segment, without parsing it again. */
bool vg_builder_take(vg_builder *b, const vg_segment *from, int32_t entry, vg_err *e);
/* Entry of the builder with this id that was not taken back; -1 = none. */
int32_t vg_builder_find(const vg_builder *b, int32_t list, vg_str id);
void vg_builder_kill(vg_builder *b, int32_t entry);
int32_t vg_builder_count(const vg_builder *b);
/* Names of an entry; of the last one when -1. */
int32_t vg_builder_names(const vg_builder *b, int32_t entry);
/* Ends the building; the builder is gone. Entries that were killed are left out. */
bool vg_builder_end(vg_builder *b, vg_segment **out, vg_err *e);
void vg_builder_drop(vg_builder *b);
void vg_segment_free(vg_segment *s);

int32_t vg_segment_find(const vg_segment *s, int32_t list, vg_str id);
static inline vg_str vg_segment_text(const vg_segment *s, uint32_t at, int32_t n)
{
    return (vg_str){ s->text.base + at, n };
}

/* The name again as it was parsed; parts and letters go into the caller's. */
typedef struct {
    vg_name_part part[VG_NAME_PARTS];
    char joined[65];
} vg_name_room;
void vg_segment_name(const vg_segment *s, uint32_t name, vg_name_room *room, vg_name *out);

/* --- index.c --- */

enum { VG_KEYS_OF_PART = 384 };

/* Hashes that a part is found by; the number written. Words joined are found by their letters with one wrong. */
int32_t vg_part_keys(const vg_name_part *p, uint32_t key[VG_KEYS_OF_PART]);
int32_t vg_run_keys(const char *s, int32_t n, uint32_t key[VG_KEYS_OF_PART]);
uint32_t vg_text_hash(const char *s, int32_t n, uint32_t seed);
bool vg_part_searched(const vg_name_part *p);
/* Keys of neighbours written as one word and of the acronym; the number written. */
enum { VG_JOINS_OF_NAME = 5 * VG_NAME_PARTS };
int32_t vg_name_joins(const vg_name *n, uint32_t key[VG_JOINS_OF_NAME]);
int32_t vg_name_acronym(const vg_name *n, char out[16]);
uint32_t vg_join_key(const char *s, int32_t n);
/* The same by sounds, for names in two scripts; false = too few sounds. */
bool vg_join_sound_key(const char *s, int32_t n, uint32_t *key);
/* The key of a joined word, and those of the word without each of its letters. */
int32_t vg_join_keys(const char *s, int32_t n, uint32_t key[VG_KEYS_OF_PART]);
/* Names up to which the index also finds a whole name that is written as one word with a letter wrong: above, the keys
 * for it would be half the index. */
enum { VG_NAMES_JOINED_LOOSELY = 400000 };

bool vg_buckets_make(vg_buckets *b, const uint64_t *pair, int64_t n, int load, vg_err *e);
void vg_buckets_free(vg_buckets *b);
static inline const uint32_t *vg_bucket(const vg_buckets *b, uint32_t key, uint32_t *n)
{
    uint32_t at = key & b->mask;
    *n = b->at[at + 1] - b->at[at];
    return b->item + b->at[at];
}
static inline bool vg_has_key(const vg_buckets *b, const uint32_t *item, uint32_t key)
{
    return b->tag[item - b->item] == key >> 24;
}

/* --- snapshots --- */

enum { VG_MAX_SEGMENTS = 16 };

typedef struct {
    vg_str name, version, sha256;
    int64_t vintage, known_at, n_entries, n_names;
} vg_list_info;

typedef struct {
    int n_users;
    int32_t n_segments;
    vg_segment *segment[VG_MAX_SEGMENTS];
    uint64_t *dead[VG_MAX_SEGMENTS]; /* bit set; NULL = nobody is gone */
    int64_t n_dead[VG_MAX_SEGMENTS];
    vg_list_info *list; /* texts in `memory` */
    int32_t n_lists;
    vg_arena memory;
    uint64_t revision;
} vg_snapshot;

struct vg_screening {
    vg_name_book *book;
    vg_lock *lock; /* guards `now` and all n_users */
    vg_snapshot *now;
    bool editing;
    bool all_lists; /* opened with every list: refresh takes new ones too */
    int64_t as_of;
};

vg_snapshot *vg_snapshot_hold(vg_screening *s);
void vg_snapshot_release(vg_screening *s, vg_snapshot *snap);

static inline bool vg_is_dead(const vg_snapshot *snap, int32_t segment, uint32_t entry)
{
    const uint64_t *d = snap->dead[segment];
    return d && (d[entry >> 6] >> (entry & 63) & 1);
}

/* --- candidate.c: names that could be the query's --- */

typedef struct {
    uint32_t entry;
    uint32_t name; /* of the segment; UINT32_MAX = a number alone */
    int32_t segment, query_name;
    double name_odds; /* log-odds, the weak alias counted in */
    double name_score;
} vg_found;

typedef struct vg_finder vg_finder; /* scratch of a reader for finding */

bool vg_finder_open(vg_finder **out, vg_err *e);
void vg_finder_close(vg_finder *f);

/* What the log-odds of an entry's name must be at least, for the entry to be told. */
typedef struct {
    double (*least)(const void *of, int32_t segment, uint32_t entry);
    const void *of;
} vg_wanted;

/* Best name of each entry that is worth a look, into `found` (a vg_grow of vg_found). */
bool vg_finder_names(vg_finder *f, const vg_name_book *book, const vg_snapshot *snap, const vg_name *query,
                     int32_t query_name, bool exhaustive, const vg_wanted *wanted, vg_grow *found,
                     int64_t *n_compared, vg_err *e);

struct vg_screening_reader {
    vg_screening *engine;
    vg_finder *finder;
    vg_arena scratch;
    vg_grow found;
};

#endif
