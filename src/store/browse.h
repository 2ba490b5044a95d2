/**
 * What a server asks of the store, beyond what a capability asks: pages of runs and results, events in a box and a span
 * of days with a place to go on from, what was written since, and in whose name this handle writes.
 *
 *     vg_event_index *ix;
 *     if (!vg_event_index_build(st, VG_NOSTR, 0, &ix, e)) return false;
 *     vg_event_filter f = { .has_days = true, .day_from = d, .day_to = d + 30 };
 *     int64_t row[100], n = vg_event_index_find(ix, &f, NULL, 100, row, &last, &more);
 *     if (!vg_event_index_read(ix, st, row, n, &arena, &event, e)) return false;
 *
 * The index is columns in memory, made in one pass and never changed: any number of threads may read it at once.
 */
#ifndef VG_STORE_BROWSE_H
#define VG_STORE_BROWSE_H

#include "store/store.h"

/** In whose name the audit log tells of what this handle writes, instead of $VIGIE_ACTOR or the login name. Cut at 200 bytes. */
void vg_store_actor(vg_store *st, vg_str actor);

/** A number that is another one after any other handle has committed. Costs microseconds. */
bool vg_store_data_version(vg_store *st, int64_t *version, vg_err *e);

/** Runs of a verb (empty = any), newest first, at most `limit` with an id below `before` (0 = from the newest). */
bool vg_store_run_page(vg_store *st, vg_str verb, int64_t before, int64_t limit, vg_arena *a, vg_run **out,
                       int64_t *n, vg_err *e);

/** The newest run of each verb, by verb. */
bool vg_store_latest_runs(vg_store *st, vg_arena *a, vg_run **out, int64_t *n, vg_err *e);

/** Rows that an import refused, in the order of the file, at most `limit` behind the first `skip`. Fails: VG_ENOTFOUND. */
bool vg_store_reject_page(vg_store *st, int64_t vintage, int64_t skip, int64_t limit, vg_arena *a,
                          vg_reject **out, int64_t *n, vg_err *e);

typedef struct {
    int64_t run;
    vg_str kind;   /* empty = all */
    int32_t unit;  /* 0 = all */
    int32_t month; /* 0 = all */
    int64_t after; /* number of the last result that was seen; 0 = from the first */
    int64_t limit;
} vg_result_page;

/** Results in the order they were stored; `*number` gets each one's number, what `after` asks for. */
bool vg_store_result_page(vg_store *st, const vg_result_page *page, vg_arena *a, vg_result **out,
                          int64_t **number, int64_t *n, vg_err *e);

/** Entries of the audit log above `seq`, oldest first, at most `limit`. */
bool vg_audit_after(vg_store *st, int64_t seq, int64_t limit, vg_arena *a, vg_audit_entry **out, int64_t *n,
                    vg_err *e);

/**
 * Lets this handle read the file through memory instead of by copies: several times faster for single rows. For servers,
 * which nobody takes the file away from while they run.
 */
void vg_store_map(vg_store *st);

/* --- events in a box and a span of days --- */

typedef struct vg_event_index vg_event_index;

/**
 * Index of the events that panels count: of one source (empty = the best there is), as known at `as_of` (0 = now), each
 * month from the release that owns it. Without events in the store it is empty. Time O(n log n) of the events; 96
 * bytes each, and the store's names. Fails: VG_ENODATA for a named source without events.
 */
bool vg_event_index_build(vg_store *st, vg_str source, int64_t as_of, vg_event_index **out, vg_err *e);
void vg_event_index_free(vg_event_index *ix);
int64_t vg_event_index_size(const vg_event_index *ix);

/** 32 hexadecimal digits that are the same for the same releases only. */
const char *vg_event_index_tag(const vg_event_index *ix);

typedef struct {
    bool has_box;                    /* events without a point are then left out */
    double west, south, east, north; /* degrees, borders included; west > east crosses the antimeridian */
    bool has_days;
    int32_t day_from, day_to; /* an event counts when its days meet these; both inclusive */
    unsigned types;           /* bit (1 << vg_type); 0 = any */
    const int32_t *gwcode;    /* one of these countries; n_gwcodes 0 = any */
    int32_t n_gwcodes;
    int32_t cell;               /* 0 = any */
    int64_t min_deaths;         /* of the best estimate; not known counts as none */
    const unsigned char *actor; /* one side's name is in this set of vg_event_index_names; NULL = any */
} vg_event_filter;

/** Set of the names that contain `part`, letter case of A-Z ignored. Lives in `a`; belongs to this index. */
bool vg_event_index_names(const vg_event_index *ix, vg_str part, vg_arena *a, const unsigned char **out,
                          vg_err *e);

/** Where a page ended: first day and id of its last event. */
typedef struct {
    int32_t day;
    int64_t id;
} vg_event_place;

/**
 * Rows of events, newest first day first, at most `limit` behind `after` (NULL = from the newest). `*last` gets the place
 * of the last one, `*more` whether another follows. Returns how many. Time O(events in the span).
 */
int64_t vg_event_index_find(const vg_event_index *ix, const vg_event_filter *f, const vg_event_place *after,
                            int64_t limit, int64_t *row, vg_event_place *last, bool *more);

/** What a map needs of an event. */
typedef struct {
    int64_t id;
    int32_t day_from, day_to, lat_e7, lon_e7; /* degrees times 10^7 */
    int32_t best;                             /* deaths; -1 = not known */
    int32_t gwcode;
    int8_t type, where_prec;
    bool has_point;
} vg_event_point;

void vg_event_index_point(const vg_event_index *ix, int64_t row, vg_event_point *out);

/** Whole events of rows that were found, in that order. Their names live in the index, other texts in `a`. */
bool vg_event_index_read(const vg_event_index *ix, vg_store *st, const int64_t *row, int64_t n, vg_arena *a,
                         vg_event **out, vg_err *e);

/** Whether a text of the event contains `part`, letter case of A-Z ignored. */
bool vg_event_mentions(const vg_event *ev, vg_str part);

/** Whole events by id, in that order; an id that does not exist gives an empty event. */
bool vg_store_events_by_id(vg_store *st, const int64_t *id, int64_t n, vg_arena *a, vg_event **out,
                           vg_err *e);

/* --- what each release says about one event (event_version.c) --- */

typedef struct {
    int64_t id; /* of the row in the store */
    vg_vintage vintage;
    vg_event event;
    bool counted; /* panels count this version, in at least one of its months */
} vg_event_version;

/**
 * The event of row `id` as every vintage of its source has it under the same external id, newest release first. `*n` is 0
 * when there is no such row. Time O(events of the source).
 */
bool vg_store_event_versions(vg_store *st, int64_t id, vg_arena *a, vg_event_version **out, int64_t *n,
                             vg_err *e);

#endif
