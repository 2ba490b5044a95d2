/**
 * Inside of ceasefire: an agreement while it is read and looked over. Everything lives in the arena of what is kept; the
 * first failure that is no finding (memory, a file that cannot be read) is in `e`.
 */
#ifndef VG_CEASEFIRE_AGREEMENT_INT_H
#define VG_CEASEFIRE_AGREEMENT_INT_H

#include "ceasefire/agreement.h"
#include "core/map.h"
#include "core/toml.h"

/** Names to indexes; the first of two equal names holds. */
typedef struct {
    vg_map map;
    int32_t *index;
    bool open;
} vg_agreement_index;

/** One shape as it is written, so that buffers can be laid around it. */
typedef struct {
    vg_str geojson;
    double buffer_km; /* the zone's own: around a line, the radius of a circle */
    vg_at at;
} vg_agreement_drawing;

/** What is behind a `const vg_agreement *`. */
typedef struct {
    vg_agreement a; /* first */
    vg_arena arena;
    vg_clock *clock;
    vg_zone **shape; /* all that were made */
    int32_t n_shapes, cap_shapes;
    vg_agreement_index party, zone, source;
    vg_str whole; /* the text without files, whose hash is the agreement's */
} vg_agreement_kept;

typedef struct vg_agreement_found {
    vg_agreement_finding finding;
    struct vg_agreement_found *next;
    int32_t number;
} vg_agreement_found;

/** A value of the text that is written anew in the whole text: the name of a file becomes its content. */
typedef struct vg_agreement_insert {
    vg_str instead_of;
    vg_str key;
    vg_str content;
    struct vg_agreement_insert *next;
} vg_agreement_insert;

typedef struct {
    vg_toml *toml;
    const vg_agreement_drawing *drawing; /* one per version */
    vg_toml *overlap_words;              /* zones it is meant to overlap with */
    bool has_outline;
} vg_agreement_zone_extra;

/** A window with a name of its own, [[window]]. */
typedef struct {
    vg_str id;
    vg_window window;
    int32_t line;
} vg_agreement_window;

typedef struct {
    vg_agreement_kept *kept;
    vg_agreement *a;
    vg_arena *arena;
    vg_toml *root;
    const char *folder; /* NULL = no files may be named */
    vg_agreement_found *found, *last_found;
    int32_t n_found;
    vg_agreement_insert *insert, *last_insert;
    /* writable views of what `a` shows */
    vg_agreement_party *party;
    vg_agreement_zone *zone;
    vg_agreement_zone_extra *extra; /* per zone */
    vg_clause *clause;
    vg_threshold *threshold;
    vg_agreement_source *source;
    vg_exemption *exemption; /* all that are named at the top */
    int32_t n_exemptions;
    vg_agreement_window *window;
    int32_t n_windows;
    vg_err *e;
} vg_agreement_reading;

/* --- agreement_value.c: values with findings --- */

/* --- facts: what the sentences of a finding name; texts must live as long as the agreement --- */

static inline vg_fact vg_fact__text(const char *name, vg_str text)
{
    return (vg_fact){ .name = name, .kind = VG_FACT_TEXT, .text = text };
}

static inline vg_fact vg_fact__num(const char *name, double number)
{
    return (vg_fact){ .name = name, .kind = VG_FACT_NUM, .number = number };
}

static inline vg_fact vg_fact__code(const char *name, double number)
{
    return (vg_fact){ .name = name, .kind = VG_FACT_CODE, .number = number };
}

static inline vg_fact vg_fact__time(const char *name, int64_t at)
{
    return (vg_fact){ .name = name, .kind = VG_FACT_TIME, .at = at };
}

static inline vg_fact vg_fact__day(const char *name, int64_t local_s)
{
    return (vg_fact){ .name = name, .kind = VG_FACT_DAY, .at = local_s };
}

/** `key` is a literal, or lives in the arena. */
static inline vg_fact vg_fact__word(const char *name, const char *key)
{
    return (vg_fact){ .name = name, .kind = VG_FACT_WORD, .text = vg_str_z(key) };
}

/**
 * A finding under its id. Its sentences are ceasefire.finding.<id>, and where there are any .why and .mend; .near instead
 * of .mend when a fact of the name "near" has a text. At most 10,000 are kept.
 */
void vg_agreement__find(vg_agreement_reading *r, vg_finding_weight weight, vg_at at, const char *id,
                        const vg_fact *fact, int n);

#define VG_FACTS(...)                                                                                        \
    (const vg_fact[]){ __VA_ARGS__ }, (int)(sizeof((const vg_fact[]){ __VA_ARGS__ }) / sizeof(vg_fact))
#define VG_NO_FACTS NULL, 0

/** Tables under a key, [[key]] or one [key]; anything else is a finding. `*n` of them, at most `most`; NULL when none. */
vg_toml *vg_agreement__tables(vg_agreement_reading *r, vg_toml *table, const char *key, int32_t most,
                              int32_t *n);

/** Values of a kind; false when the key is absent or (a finding) of another kind. */
bool vg_agreement__text(vg_agreement_reading *r, vg_toml *table, const char *key, vg_str *out);
bool vg_agreement__number(vg_agreement_reading *r, vg_toml *table, const char *key, double *out);
bool vg_agreement__time(vg_agreement_reading *r, vg_toml *table, const char *key, int32_t *out);

/** An instant: local by the agreement's clock, or with its offset. A date is its beginning, or with `is_end` its end. */
bool vg_agreement__instant(vg_agreement_reading *r, vg_toml *table, const char *key, bool is_end,
                           int64_t *out);

/** The word behind `*last` (NULL at the start) of a text or a list of texts; false at the end. Anything else is a finding. */
bool vg_agreement__word(vg_agreement_reading *r, const vg_toml *value, const vg_toml **last, vg_str *word,
                        vg_at *at);

/** Reports keys that nobody asked for, with the nearest of those that are known (NULL ends them). */
void vg_agreement__unknown_keys(vg_agreement_reading *r, const vg_toml *table, const char *const *known);

/** The nearest of the names to a word, or NULL; `name(i)` gives NULL behind the last. */
const char *vg_agreement__nearest(vg_str word, const char *const *known);

/** The finding `id` ("act-unknown"), which says which words there are, with the nearest. */
void vg_agreement__bad_word(vg_agreement_reading *r, vg_at at, const char *id, vg_str word,
                            const char *(*name)(int), int n);

/** Of the tables that have ids: the id under which a table is known; a missing one is the finding `finding`. */
vg_str vg_agreement__id(vg_agreement_reading *r, vg_toml *table, const char *finding);

/** An empty list where nothing and everything could be meant is a finding. */
void vg_agreement__not_empty(vg_agreement_reading *r, const vg_toml *value);

/** Weapons that a list of words names, as bits. */
uint32_t vg_agreement__weapons(vg_agreement_reading *r, vg_toml *value);

bool vg_agreement__index_open(vg_agreement_reading *r, vg_agreement_index *x, int32_t most);
/** Index that the name had before, or VG_AGREEMENT_NOBODY when it is new. */
int32_t vg_agreement__index_add(vg_agreement_index *x, vg_str name, int32_t index);
int32_t vg_agreement__index_find(const vg_agreement_index *x, vg_str name);

/** A party's name as look-ups compare it. */
vg_str vg_agreement__fold(vg_str word, char buf[128]);

/** First line of a table, as an int32. */
int32_t vg_agreement__line(const vg_toml *x);

/* --- agreement_zone.c --- */
bool vg_agreement__zones(vg_agreement_reading *r);

/** The buffers of a clause closer_than: one shape per version of its zone. */
bool vg_agreement__closer(vg_agreement_reading *r, vg_clause *c);

/** Whether distances to a zone of this kind are taken from its line or edge (both sides), not from the area. */
bool vg_agreement__is_line(vg_zone_kind kind);

/* --- agreement_clause.c --- */
bool vg_agreement__clauses(vg_agreement_reading *r);

/* --- agreement_rule.c: thresholds, sources, limits --- */
bool vg_agreement__rules(vg_agreement_reading *r);

/** Index of a party that the agreement's own text names, by id (or name, or alias); a finding when there is none. */
int32_t vg_agreement__party_named(vg_agreement_reading *r, vg_str word, vg_at at);
int32_t vg_agreement__zone_named(vg_agreement_reading *r, vg_str word, vg_at at);

/* --- agreement_time.c --- */

/** Local seconds within the daily hours before a local time, from an origin of their own. */
int64_t vg_agreement__hours(const vg_window *w, int64_t local_s);

/* --- agreement_check*.c: what a careful reader would object to --- */
vg_at vg_agreement__place(const vg_agreement_reading *r, int32_t line);
void vg_agreement__check(vg_agreement_reading *r);
void vg_agreement__check_zones(vg_agreement_reading *r);
void vg_agreement__check_clauses(vg_agreement_reading *r);

/** What two clauses or a clause and its exceptions say of one another: agreement_check_pair.c. */
void vg_agreement__check_exemption(vg_agreement_reading *r, const vg_clause *c, const vg_exemption *x);
void vg_agreement__check_pair(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b);

/** Whether a window is open at all while the agreement holds. */
bool vg_agreement__ever_open(const vg_agreement_reading *r, const vg_window *w);

/** Whether two windows hold at the same times, as they are written. */
bool vg_agreement__same_window(const vg_window *a, const vg_window *b);
bool vg_agreement__boxes_touch(const vg_zone *a, const vg_zone *b);

/** Seconds [from, to) that two intervals share; 0 = none. */
static inline bool vg_agreement__touch(int64_t from_a, int64_t to_a, int64_t from_b, int64_t to_b)
{
    return (from_a > from_b ? from_a : from_b) < (to_a < to_b ? to_a : to_b);
}

#endif
