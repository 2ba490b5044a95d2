/**
 * What the files of the engine share. A watch holds every version of every report in slots; reports in force stand in
 * tiles of place and time, where neighbours find each other; links make components, components are cut into incidents.
 *
 * Invariant after vg_watch_settle: every slot in force is in exactly one component and one incident, and both are what a
 * watch would have that was given the same set of reports in any other order. vg_watch_validate checks it.
 */
#ifndef VG_CEASEFIRE_WATCH_INT_H
#define VG_CEASEFIRE_WATCH_INT_H

#include <math.h>

#include "ceasefire/ceasefire.h"
#include "core/map.h"

enum {
    VG_TILE_LEVELS = 9,      /* classes of place times classes of time */
    VG_TILE_NONE = -1,       /* takes no part in fusion */
    VG_TILE_WORDS = 1 << 15, /* of the filter before the table of tiles: 256 KiB */
    VG_TILE_CHUNK = 4,       /* slots to a piece of a tile */
    VG_CLUSTER_MOST = 64,    /* reports that are clustered together at once */
    VG_RATE_DAYS = 3,        /* days before, from which the local rate is taken */
    VG_DELAY_BINS = 96,      /* quarter octaves of seconds */
    VG_LATELY = 64,          /* reports that tell where the stream is */
    VG_HEARD_MOST = 8,       /* sources whose word on the weapon is heard */
    VG_ZONES_MOST = 128      /* zones one place is held against */
};

/* --- memory: every array of a watch grows by one function, which a test can make fail --- */

typedef struct {
    int64_t fail_at; /* for tests: the k-th allocation fails; 0 = never */
} vg_watch_memory;

/* Room for `need` things in an array; grows by half. Fails: VG_ENOMEM, and then the array is as it was. */
bool vg_watch_room(vg_watch_memory *m, void *array, int64_t *cap, int64_t need, size_t size, vg_err *e);

/* --- a table of 64-bit names to numbers: open addressing, linear probing, backward shift --- */

typedef struct {
    uint64_t key;
    int32_t value; /* -1 = empty */
} vg_watch_entry;

typedef struct {
    vg_watch_entry *at;
    int64_t n, cap; /* cap is a power of two */
    int shift;
} vg_watch_table;

static inline int64_t vg_watch_home(const vg_watch_table *t, uint64_t key)
{
    return (int64_t)((key * 0x9E3779B97F4A7C15ULL) >> t->shift);
}

/* Where the value stands, or NULL. */
static inline int32_t *vg_watch_find(const vg_watch_table *t, uint64_t key)
{
    if (!t->cap)
        return NULL;
    for (int64_t i = vg_watch_home(t, key);; i = (i + 1) & (t->cap - 1)) {
        if (t->at[i].value < 0)
            return NULL;
        if (t->at[i].key == key)
            return &t->at[i].value;
    }
}

/* Sets the value of a name, adding it. */
bool vg_watch_put(vg_watch_memory *m, vg_watch_table *t, uint64_t key, int32_t value, vg_err *e);
void vg_watch_drop(vg_watch_table *t, uint64_t key);

static inline uint64_t vg_watch_mix(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL + b;
    h = (h ^ h >> 32) * 0xD6E8FEB86659FD93ULL;
    return h ^ h >> 32;
}

/* --- a list of numbers --- */

typedef struct {
    int32_t *at;
    int64_t n, cap;
} vg_watch_list;

static inline bool vg_watch_push(vg_watch_memory *m, vg_watch_list *l, int32_t x, vg_err *e)
{
    if (l->n == l->cap && !vg_watch_room(m, &l->at, &l->cap, l->n + 1, sizeof *l->at, e))
        return false;
    l->at[l->n++] = x;
    return true;
}

/* --- slots: one version of one report --- */

enum {
    VG_SLOT_FORCE = 1,   /* in force: counts */
    VG_SLOT_DIRTY = 2,   /* in the list of what changed since the last settling */
    VG_SLOT_TILED = 4,   /* stands in a tile */
    VG_SLOT_PHANTOM = 8, /* a name that was only heard of, by `revises` */
    VG_SLOT_WITHDRAWS = 16,
    VG_SLOT_DECIDED = 32,  /* a person decided about it */
    VG_SLOT_QUEUED = 64,   /* waits to be linked (while settling) */
    VG_SLOT_RETURNED = 128 /* brought back alone: the log may hold more under its name */
};

typedef struct {
    /* what neighbours are scored by: one cache line */
    double lat_deg, lon_deg; /* of the act; NaN = not known */
    int64_t from, to;
    float var_m2, var_s2; /* one standard deviation squared, of the place along one axis, and of the time */
    float ends_s2;        /* the same of each end of the interval */
    float log_rate;       /* ln of the local rate, incidents a square metre and second */
    float cos_lat;
    int32_t source;
    int8_t act, weapon, kind, point_of;
    uint8_t flags;
    int8_t tile;            /* level, VG_TILE_NONE */
    int8_t party, observer; /* resolved; VG_AGREEMENT_NOBODY */
    /* the rest */
    uint64_t key, content;
    int64_t received_at, seq, count;
    int32_t head;    /* first slot with the same key */
    int32_t older;   /* next version of the same key */
    int32_t current; /* of a head: the version in force, -1 */
    int32_t best;    /* of a head: the version received last, -1 */
    int32_t namer;   /* of a head: slots that name this report in `revises` */
    int32_t next_namer;
    int32_t target; /* head of the report that this version names; -1 */
    int32_t component, incident;
    int32_t next_in_component, next_in_incident;
    int32_t rate, next_in_rate; /* cell of the local rate */
    int32_t place;              /* number of the folded name; -1 */
    uint32_t text, media;       /* 0 = none */
    int32_t next_text, next_media;
    float calibre_mm, radius_m, confidence;
    int8_t basis, count_kind;
    uint8_t claims;
    bool foreign; /* it names an actor who is no party */
} vg_slot;

/*
 * A piece of a tile, with what tells most of its slots from neighbours: the middle in seconds and metres from the tile's own
 * corner (metres to the east as if on the equator). Only the first piece may have room left: places that stand at no time.
 */
typedef struct {
    float time_s[VG_TILE_CHUNK], north_m[VG_TILE_CHUNK], east_m[VG_TILE_CHUNK], var_s2[VG_TILE_CHUNK],
        var_m2[VG_TILE_CHUNK];
    int32_t slot[VG_TILE_CHUNK];
    int32_t next, n; /* next: piece, -1; of a free one: next free */
} vg_tile_chunk;

typedef struct {
    int32_t head, n;  /* slots; n = 0: free, `head` = next free */
    int32_t incident; /* first */
    bool touched;
} vg_component;

/* An incident as kept. */
typedef struct {
    vg_incident x;
    int32_t head;      /* slots, by (from, key) */
    int32_t next;      /* of the component; of a free one: next free */
    int32_t component; /* -1 = free */
} vg_cluster;

/* The local rate: reports of one day in one coarse cell. */
typedef struct {
    uint64_t place; /* number of the cell on the earth */
    int32_t day;
    int32_t n;    /* reports in force */
    int32_t head; /* slots that it governs */
    float log_rate;
    bool changed; /* in the list of cells whose count moved */
} vg_rate_cell;

/* The local rates of a day gone by that governs no report in memory, packed (rate_old.c). */
typedef struct {
    int32_t day, n_bytes;
    char *bytes;
} vg_rate_day;

typedef struct {
    vg_source_kind kind;
    int32_t party;  /* it speaks for */
    int32_t listed; /* number in the agreement; -1 */
    bool told;      /* kind and party are set */
    int64_t n_reports, n_revised, n_withdrawn, n_quarantined, n_same;
    int64_t last_received;
    int32_t n_delays;
    int32_t delay[VG_DELAY_BINS];
} vg_watch_speaker;

typedef struct {
    vg_coverage c; /* slices into the watch's own names */
    int64_t seq;
} vg_kept_cover;

/* What a shape of the index stands for. Shapes of one zone, or of one clause, stand together, by version. */
typedef struct {
    int32_t zone, version; /* of the agreement */
    int32_t clause;        /* of a shape that only one clause has (closer_than); -1 */
    int64_t from, to;      /* when the version holds */
    uint32_t acts;         /* what its clause is about; 0 = anything */
} vg_plan_shape;

/* A clause made ready. */
typedef struct {
    vg_window window;          /* cut by the agreement's own from and to */
    float above[VG_N_WEAPONS]; /* P(calibre at least as wide as asked | weapon, calibre not told) */
    bool any_weapon;
} vg_plan_clause;

/* A shape that may be met from a square: metres from its middle to the nearest edge, INFINITY = too many to count. */
typedef struct {
    int32_t shape;
    float edge_m; /* below 0: the middle lies inside */
} vg_plan_near;

/* Squares over all shapes, with those that may be met from each: a list is made when the first circle lies in a square. */
typedef struct {
    double south, west, side_deg; /* of latitude and longitude alike */
    int32_t rows, columns;
    int32_t *first; /* by square: near[first] tells how many follow it; 0 = not made yet */
    vg_plan_near *near;
    int64_t n_near, cap_near;
} vg_plan_net;

/* What is known of the shapes about a circle. */
typedef struct {
    const vg_plan_near *near;
    int32_t n;
    double far_m; /* edges farther than this from the square's middle count as not there */
    double off_m; /* the circle's middle from the square's */
} vg_plan_spot;

/* The agreement made ready: which shapes there are, and the clauses of each zone. */
typedef struct {
    vg_plan_shape *shape;
    const vg_zone **zone;
    double (*box)[4]; /* of the shapes */
    int32_t n_shapes;
    int32_t *first,
        *by_zone; /* clauses of zone z: by_zone[first[z] .. first[z + 1] - 1], but closer_than and outside */
    int32_t *always; /* clauses that are held against every incident */
    int32_t n_always;
    vg_plan_net net;
    double *area_km2; /* of zones: their first version */
    vg_plan_clause *clause;
} vg_plan;

typedef struct {
    uint64_t key;
    int64_t seq;
    vg_verification state;
} vg_kept_decision;

/* What a kind of source can notice at all: everything, heat seen from space, noise. */
typedef enum { VG_HEARS_ALL, VG_HEARS_HEAT, VG_HEARS_NOISE, VG_N_HEARINGS } vg_hearing;

/* How acts are told: made once from the error rates of the kinds of source. */
typedef struct {
    double prior[VG_N_ACTS];
    int32_t first_usual[VG_N_ACTS + 1];                   /* of the usual weapons */
    double told[VG_N_SOURCE_KINDS][VG_N_ACTS][VG_N_ACTS]; /* [kind][word][act]: P(word | act) */
    /* ln P(two words | one act) / (P(word) P(word)), by what either source can notice (vg_watch_hearing) */
    float agree[VG_N_HEARINGS][VG_N_HEARINGS][VG_N_ACTS][VG_N_ACTS];
} vg_watch_words;

struct vg_watch {
    const vg_agreement *a;
    vg_watch_opts opts;
    vg_watch_memory memory;
    vg_plan plan;
    vg_watch_words words;
    double link; /* log odds from which two reports are linked */

    vg_slot *slot;
    int64_t n_slots, cap_slots;
    int32_t free_slot;
    vg_component *component;
    int64_t n_components, cap_components;
    int32_t free_component;
    vg_cluster *cluster;
    int64_t n_clusters, cap_clusters;
    int32_t free_cluster;
    vg_rate_cell *rate;
    int64_t n_rates, cap_rates;
    int32_t free_rate;     /* number + 1; linked by `head`; 0 = none */
    vg_rate_day *rate_day; /* ascending */
    int64_t n_rate_days, cap_rate_days;

    vg_tile_chunk *chunk; /* tiles: the table `tile` names the first piece of each */
    int64_t n_chunks, cap_chunks;
    int32_t free_chunk;

    vg_watch_table by_key, tile, rate_at, by_text, by_media, refused, decided, covered;
    int64_t n_level[VG_TILE_LEVELS]; /* slots that stand in tiles of a level */
    int32_t columns[VG_TILE_LEVELS][180];
    double tile_deg[VG_TILE_LEVELS], tile_s[VG_TILE_LEVELS]; /* sides of the tiles: of latitude, of time */
    /* A bit for each tile that may be occupied; the 64 tiles of one square that follow in time share a word. */
    uint64_t filter[VG_TILE_WORDS];
    int64_t n_emptied; /* slots taken out since the filter was made: their bits stay */

    vg_map source, place, actor;
    vg_watch_speaker *speaker; /* by number of the source */
    int64_t cap_speakers;
    int8_t *actor_party; /* by number of the actor's word */
    int64_t cap_actors;

    vg_kept_decision *decision;
    int64_t n_decisions, cap_decisions;
    vg_kept_cover *cover;
    int64_t n_covers, cap_covers;
    vg_map cover_text;

    vg_watch_list retold, dirty, moved_rates, relink, touched, retired, fresh, members;
    vg_watch_counts count;
    int64_t away;  /* what ends before is put away, but what has a reason to stay; INT64_MIN = nothing is */
    bool bringing; /* nothing is put away while it settles */
    int64_t lately[VG_LATELY], n_lately; /* when the last reports were observed, for the horizon */
    int64_t held_until;                  /* nothing is put away before so many reports were taken (shelf.c) */
    uint64_t *history; /* names whose whole history is brought back with what comes next (shelf.c) */
    int64_t n_history, cap_history;
    int64_t n_away;          /* incidents that are put away */
    int64_t n_clusters_live; /* incidents in memory */
    int64_t newest_received;
};

/* --- score.c: how likely two reports tell of the same --- */

#define VG_SCORE_NEVER (-60.0)
#define VG_SCORE_GATE2                                                                                       \
    12.96 /* squared standard deviations beyond which two reports are never linked by place or time */

double vg_watch_score(const vg_watch *w, const vg_slot *a, const vg_slot *b);
double vg_watch_jitter_s(int kind);
double vg_watch_default_radius_m(int kind);
void vg_watch_words_make(vg_watch_words *words);

/* What an act is usually done with. */
typedef struct {
    int8_t act, weapon;
    double p;
} vg_usual_weapon;
extern const vg_usual_weapon vg_usual_weapons[];
extern const int32_t vg_n_usual_weapons;

/* P(calibre at least so wide) of a weapon whose calibre was not told. */
double vg_watch_calibre_above(int weapon, double least_mm);

/* --- index.c: tiles and local rates --- */

void vg_watch_tiles_make(vg_watch *w);
int8_t vg_watch_level(const vg_slot *s);
bool vg_watch_tile_add(vg_watch *w, int32_t slot, vg_err *e);
void vg_watch_tile_drop(vg_watch *w, int32_t slot);
/* Calls `found` for every slot in force that may be linked to `slot` (a superset), but itself. */
bool vg_watch_near(vg_watch *w, int32_t slot,
                   bool (*found)(vg_watch *w, int32_t slot, int32_t other, vg_err *e), vg_err *e);
bool vg_watch_rate_enter(vg_watch *w, int32_t slot, vg_err *e);
bool vg_watch_rate_leave(vg_watch *w, int32_t slot, vg_err *e);
/* Brings the rates up to date; slots whose rate moved become dirty. */
bool vg_watch_rate_settle(vg_watch *w, vg_err *e);

/* --- rate_old.c: rates of days gone by --- */

#define VG_RATE_STEP 0.34657359027997264 /* half an octave: ln(2) / 2 */
float vg_watch_rate_of(double step);     /* ln of the rate that a step stands for */
/* A cell that is not in the table yet; it governs nothing. */
bool vg_watch_rate_new(vg_watch *w, uint64_t place, int32_t day, int32_t *cell, vg_err *e);
/* The cells of a day that was packed are in the table again. Asked for every day that is looked at. */
bool vg_watch_rates_bring_back(vg_watch *w, int32_t day, vg_err *e);
static inline bool vg_watch_rates_here(vg_watch *w, int32_t day, vg_err *e)
{
    return !w->n_rate_days || day > w->rate_day[w->n_rate_days - 1].day ||
           vg_watch_rates_bring_back(w, day, e);
}
/* Packs what no report in memory is governed by, of days before this one. Without memory it stays. */
void vg_watch_rates_put_away(vg_watch *w, int32_t before);
void vg_watch_rates_free(vg_watch *w);

/* --- shelf.c: what is put away --- */

/* Sees to it that all reports (of the log before `seq`) that anything from this moment on can be linked to are in memory,
 * and all versions of the names in `history`. */
bool vg_watch_shelf_fetch(vg_watch *w, int64_t from, int64_t seq, vg_err *e);
/* Adds a name to `history`, and all that its versions name or are named by; *from becomes the first moment any of them
 * reaches back to. */
bool vg_watch_shelf_trace(vg_watch *w, uint64_t key, int64_t seq, int64_t *from, vg_err *e);
/* Whether the log may hold more under the name of this head (-1 = not in memory) than memory does. */
static inline bool vg_watch_is_partial(const vg_watch *w, int32_t head)
{
    return head < 0 ||
           (w->opts.shelf->versions && (w->slot[head].flags & (VG_SLOT_RETURNED | VG_SLOT_PHANTOM)));
}
int64_t vg_watch_reaches_back(const vg_watch *w, int64_t from, int64_t to, double jitter_s);
void vg_watch_put_away(vg_watch *w);

/* --- take.c, settle.c --- */

bool vg_watch_soil(vg_watch *w, int32_t slot, vg_err *e); /* dirty */

/* A report from the shelf: in force, counted before. */
bool vg_watch_bring_back(vg_watch *w, const vg_report *r, int64_t seq, vg_err *e);
/* One of the versions of a name from the shelf; and, when all are there, the right one of each name in force. */
bool vg_watch_bring_version(vg_watch *w, const vg_report *r, int64_t seq, vg_err *e);
bool vg_watch_bring_into_force(vg_watch *w, const uint64_t *key, int64_t n, vg_err *e);
int32_t vg_watch_speaker_of(vg_watch *w, vg_str source, vg_err *e);

/* --- cluster.c: a component into incidents --- */

/*
 * Groups `n` slots (in canonical order): group[i] is the number of slot i's group, numbered in the order of their first
 * members. Deterministic. Fails: VG_ENOMEM.
 */
bool vg_watch_groups(vg_watch *w, const int32_t *slot, int32_t n, int32_t *group, int32_t *n_groups,
                     vg_err *e);

/* --- fuse.c, match.c, attribute.c: an incident from its members, in canonical order --- */

typedef struct {
    double p_act[VG_N_ACTS];
    int8_t likely[VG_N_ACTS]; /* acts that are not next to impossible */
    int32_t n_likely;
    uint32_t likely_bits; /* the same */
    struct {
        int8_t act, weapon;
    } heard[VG_HEARD_MOST]; /* what sources tell of the weapon, with the act that each tells beside it */
    int32_t n_heard;
    bool weapon_told;
    double third_party;                           /* P(done by nobody who is bound) */
    double origin_lat, origin_lon, origin_radius; /* NaN = not known */
    double target_lat, target_lon, target_radius;
} vg_fused;

/* P(what was told of the weapon | act, weapon), up to a factor. */
double vg_watch_told_weapon(const vg_fused *f, int act, int weapon);
void vg_watch_fuse(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x, vg_fused *f);
/* P(the party it names is the right one) of a member that names one. */
double vg_watch_right(const vg_slot *s);
void vg_watch_attribute(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x, vg_fused *f);
void vg_watch_match(vg_watch *w, vg_incident *x, const vg_fused *f);
bool vg_watch_plan_make(vg_plan *p, const vg_agreement *a, vg_err *e);
void vg_watch_plan_free(vg_plan *p);

/* The shapes that a circle which reaches so far may meet, by number. False where the squares do not tell: then all are asked. */
bool vg_watch_spot(vg_watch *w, double lat_deg, double lon_deg, double reach_m, vg_plan_spot *spot);

/* --- source.c --- */

void vg_watch_delay_add(vg_watch_speaker *s, int64_t received_at, int64_t to, int32_t by);

/* --- validate.c --- */

/** Checks every invariant of a settled watch; `*reason` says what is wrong. */
bool vg_watch_validate(vg_watch *w, const char **reason);

#endif
