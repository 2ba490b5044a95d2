/**
 * A ceasefire agreement as data: who is bound, where, to what, from when, with which exceptions; and from when on a
 * person should be told. Written as a TOML file that a lawyer can read (doc/examples), checked with the lines named.
 *
 *     vg_agreement *a;
 *     if (!vg_agreement_read(path, &a, e)) return false;          cannot be read at all
 *     int32_t n = vg_agreement_n_findings(a);                     what a careful reader would object to
 *     if (a->n_errors == 0) ... vg_watch_open(a, ...)
 *     vg_agreement_free(a);
 *
 * An agreement is immutable once read and may be shared by threads. All texts and zones live as long as it does.
 */
#ifndef VG_CEASEFIRE_AGREEMENT_H
#define VG_CEASEFIRE_AGREEMENT_H

#include "core/out.h"
#include "geo/zone.h"
#include "store/report.h"
#include "text/clock.h"
#include "text/message.h"

enum {
    VG_AGREEMENT_PARTIES = 16,
    VG_AGREEMENT_ZONES = 4096,
    VG_AGREEMENT_CLAUSES = 1024,
    VG_AGREEMENT_NOBODY = -1 /* in place of a party's or zone's index */
};

typedef struct {
    vg_str id, name;
    const vg_str *alias; /* folded as vg_agreement_party folds what it looks for */
    int32_t n_aliases;
    uint32_t allies;  /* bit i: acts of party i count as this one's, flagged */
    uint32_t weapons; /* bit per vg_weapon that it has, as declared; 0 = not declared. For `check` only */
    int32_t line;     /* of the file */
} vg_agreement_party;

typedef enum {
    VG_ZONE_CONTACT_LINE,
    VG_ZONE_BUFFER,
    VG_ZONE_DEMILITARISED,
    VG_ZONE_SECURITY,
    VG_ZONE_DISENGAGEMENT,
    VG_ZONE_WITHDRAWAL_LINE,
    VG_ZONE_CORRIDOR,
    VG_ZONE_NO_FLY,
    VG_ZONE_PROTECTED_SITE,
    VG_ZONE_WHOLE_TERRITORY,
    VG_N_ZONE_KINDS
} vg_zone_kind;
const char *vg_zone_kind_name(int kind); /* "contact_line" ... */

/** One shape of a zone and when it held. Versions of a zone do not overlap in time. */
typedef struct {
    int64_t from, to; /* UTC seconds, to exclusive; INT64_MIN and INT64_MAX = open */
    const vg_zone *shape;
    int32_t line;
} vg_agreement_version;

typedef struct {
    vg_str id, name;
    vg_zone_kind kind;
    vg_str held_by; /* party that holds the side inside, for origin and target; may be empty */
    const vg_agreement_version *version; /* by time */
    int32_t n_versions;
    int32_t line;
} vg_agreement_zone;

typedef enum {
    VG_RELATION_INSIDE,
    VG_RELATION_OUTSIDE,
    VG_RELATION_CLOSER_THAN, /* than `distance_km` to the zone's edge or line */
    VG_RELATION_CROSSING,
    VG_RELATION_TARGET_INSIDE,
    VG_RELATION_ORIGIN_INSIDE,
    VG_N_RELATIONS
} vg_relation;
const char *vg_relation_name(int relation); /* "inside" ... */

/** When a clause or an exception holds: [from, to) in UTC, and within it only the listed local hours of the listed days. */
typedef struct {
    int64_t from, to; /* INT64_MIN, INT64_MAX = open */
    int32_t day_from_s,
        day_to_s;     /* seconds of the local day; 0 and 86400 = whole days; from > to goes over midnight */
    uint8_t weekdays; /* bit 0 = Monday; 0 = every day */
} vg_window;

typedef enum {
    VG_EXEMPT_EXERCISE,     /* notified exercise: zone, window, party */
    VG_EXEMPT_SELF_DEFENCE, /* claimed: flagged, never removed */
    VG_EXEMPT_DEMINING,     /* demining or blasting */
    VG_EXEMPT_REPAIR, /* a "window of silence" for repairs: only flagged, it makes shooting worse and not better */
    VG_EXEMPT_MEDICAL,     /* medical or humanitarian flight */
    VG_EXEMPT_THIRD_PARTY, /* an actor who is not bound */
    VG_N_EXEMPTIONS
} vg_exemption_kind;
const char *vg_exemption_name(int kind); /* "exercise" "self_defence" ... */

typedef struct {
    vg_str id;
    vg_exemption_kind kind;
    int32_t party, zone; /* VG_AGREEMENT_NOBODY = any */
    uint32_t acts;       /* bit per vg_act; 0 = those of the clause */
    vg_window window;
    int32_t line;
} vg_exemption;

typedef struct {
    vg_str id, title, text; /* `text`: the words of the agreement */
    uint32_t parties;       /* bits; all ones = all parties, and also acts of nobody known */
    uint32_t acts;          /* bit per vg_act */
    uint32_t weapons;       /* bit per vg_weapon; 0 = any */
    double
        least_calibre_mm; /* 0 = any; an act with unknown calibre counts by what its weapon class usually has */
    int32_t zone;         /* VG_AGREEMENT_NOBODY = the whole territory, everywhere */
    vg_relation relation;
    double distance_km;
    int32_t
        closer; /* of CLOSER_THAN: `closer_shape[i]` is the buffer around version i of the zone; NULL else */
    const vg_zone *const *closer_shape;
    vg_window window; /* lies within the time the agreement is in force */
    int8_t severity;  /* 1..5 */
    const vg_exemption *exemption;
    int32_t n_exemptions;
    int32_t line;
} vg_clause;

typedef enum { VG_SCOPE_ZONE, VG_SCOPE_PARTY, VG_SCOPE_PAIR, VG_SCOPE_CLAUSE, VG_SCOPE_ALL } vg_scope;
const char *vg_scope_name(int scope); /* "zone" ... */

/** From when a person is told. Exactly one of least_count, least_ratio and least_severity is above 0. */
typedef struct {
    vg_str id;
    vg_scope scope;
    int32_t of;        /* zone, party or clause; VG_AGREEMENT_NOBODY = each of them */
    int32_t of_second; /* of a pair */
    int64_t window_s;
    double least_count, least_ratio, least_severity;
    vg_str action; /* what the agreement says is to be done */
    int32_t line;
} vg_threshold;

/** Cut-offs of P(broken) and of attribution, and what sources are known to be. */
typedef struct {
    double violation, probable, possible; /* .8 .5 .2 */
    double attributed;                    /* .7 */
} vg_agreement_limits;

typedef struct {
    vg_str id;
    vg_source_kind kind;
    int32_t party;           /* whom it speaks for; VG_AGREEMENT_NOBODY = neutral */
    int64_t delay_s;         /* expected between the act and its report; idle after ten times that */
    double default_radius_m; /* where a report tells none; 0 = the kind's own */
    int64_t rate_per_minute; /* most it may send; 0 = the default */
    int32_t line;
} vg_agreement_source;

typedef enum { VG_FINDING_NOTE, VG_FINDING_WARNING, VG_FINDING_ERROR } vg_finding_weight;

/** What a finding names: values, not words, so that each reader gets them in his own language. */
typedef enum {
    VG_FACT_TEXT, /* of the file, or what a library said of it in English */
    VG_FACT_NUM,
    VG_FACT_CODE, /* a number to be written into the file: with a point in every language */
    VG_FACT_TIME, /* an instant, told in local time; INT64_MIN and INT64_MAX are the beginning and the end */
    VG_FACT_DAY,  /* of local seconds */
    VG_FACT_WORD  /* `text` is a key of the message catalogue */
} vg_fact_kind;

typedef struct {
    const char *name; /* the argument in the sentences */
    vg_fact_kind kind;
    vg_str text;
    double number;
    int64_t at;
} vg_fact;

enum { VG_FINDING_FACTS = 6 };

/** Something `check` found. Its sentences are in the message catalogue under ceasefire.finding.<id>: vg_agreement_say. */
typedef struct {
    vg_finding_weight weight;
    vg_at at;
    const char *id; /* "clause-time": the same in every language and version */
    vg_fact fact[VG_FINDING_FACTS];
    int32_t n_facts;
} vg_agreement_finding;

typedef enum { VG_SAY_WHAT, VG_SAY_WHY, VG_SAY_MEND } vg_say_part;

typedef struct vg_agreement {
    vg_str id, title, version, text; /* `text` is the file, byte for byte */
    char sha256[65];  /* of the file with the files it names written in: of what vg_agreement_whole gives */
    int64_t from, to; /* in force, UTC, to exclusive; INT64_MIN, INT64_MAX = open */
    const vg_clock *clock; /* its time zone */
    int32_t cutoff_s;      /* of the local day, when the daily report is made */
    vg_agreement_limits limits;
    const vg_agreement_party *party;
    const vg_agreement_zone *zone;
    const vg_clause *clause;
    const vg_threshold *threshold;
    const vg_agreement_source *source;
    int32_t n_parties, n_zones, n_clauses, n_thresholds, n_sources;
    const vg_agreement_finding *finding; /* by line */
    int32_t n_findings, n_errors;
} vg_agreement;

/**
 * Reads an agreement and the GeoJSON files it names (relative to its own folder) and looks it over. Findings do not make
 * it fail; an agreement with n_errors > 0 must not be watched. Fails: VG_EIO, VG_EPARSE (not TOML; with line and column),
 * VG_ENOMEM.
 */
bool vg_agreement_read(const char *path, vg_agreement **out, vg_err *e);

/** The same from memory: `text` and a folder for the files it names (NULL = it may name none). */
bool vg_agreement_parse(vg_str text, vg_str name, const char *folder, vg_agreement **out, vg_err *e);

/** As one text that needs no other file: zones written into it. Reading it back gives the same agreement. */
bool vg_agreement_whole(const vg_agreement *a, vg_out *out, vg_err *e);
void vg_agreement_free(vg_agreement *a);

/**
 * A sentence about a finding, in `arena`; empty when there is none (not every finding has a why or a mend). What the file
 * holds stands in it as vg_agreement_shown has it.
 */
vg_str vg_agreement_say(const vg_agreement *a, const vg_agreement_finding *f, vg_say_part part, vg_lang lang,
                        vg_arena *arena);

/** What it names as one JSON object, for programs: numbers, instants in UTC, days, and words by their names in the files. */
void vg_agreement_facts_json(vg_json *j, const vg_agreement_finding *f);

/** A text of a file as it may be shown: control characters and those that turn the direction of writing as \\u001b. */
vg_str vg_agreement_shown(vg_str text, vg_arena *arena);

/** Index of the party that a source's word names, by id, name or alias; VG_AGREEMENT_NOBODY = none. */
int32_t vg_agreement_find_party(const vg_agreement *a, vg_str word);
int32_t vg_agreement_find_zone(const vg_agreement *a, vg_str id);
int32_t vg_agreement_find_source(const vg_agreement *a, vg_str id);

/** Version of a zone in force at an instant; -1 = none. */
int32_t vg_agreement_version_at(const vg_agreement_zone *z, int64_t at);

/** Seconds of [from, to] (a point in time counts as one second) within the window, local hours by the clock. */
int64_t vg_window_overlap(const vg_window *w, const vg_clock *clock, int64_t from, int64_t to);

/** The reporting day (days since 1970) an instant belongs to: it begins at the cut-off of the day before; and its bounds. */
int32_t vg_agreement_day(const vg_agreement *a, int64_t at);
void vg_agreement_day_bounds(const vg_agreement *a, int32_t day, int64_t *from, int64_t *to);

#endif
