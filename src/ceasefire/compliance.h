/**
 * Compliance by clause: on how many reporting days of a period a clause was broken, may have been broken, was kept, or
 * cannot be said to have been kept because too little was watched. Silence without coverage is never "kept".
 *
 *     vg_compliance *row;
 *     int32_t n;
 *     vg_compliance_ask ask = { .from_day = day, .to_day = day };
 *     if (!vg_compliance_rows(&ask, watch, figures, &arena, &row, &n, e)) return false;       one row a clause
 *
 * A day counts for a clause when its window (and the agreement's time in force) touches it. Coverage is that of the
 * clause's zone: records for the zone, for everywhere, and for a zone of kind whole_territory. A clause without a zone
 * asks for records of everywhere. What a source of a party (by the agreement) says of its own watching decides nothing and
 * is told apart: no party makes silence look like "kept" by declaring that it watches. Where several records of one source overlap, the one for the zone itself holds, then
 * the one received last, then the worse.
 */
#ifndef VG_CEASEFIRE_COMPLIANCE_H
#define VG_CEASEFIRE_COMPLIANCE_H

#include "ceasefire/figures.h"

/** In the order in which a day's or a period's state is chosen. */
typedef enum {
    VG_COMPLIANCE_BROKEN,        /* a violation */
    VG_COMPLIANCE_DOUBTFUL,      /* none, but a probable or possible one */
    VG_COMPLIANCE_NOT_DECIDABLE, /* nothing seen, and watched for less than the least share of the time */
    VG_COMPLIANCE_NOT_KNOWN, /* nothing seen, and nothing is recorded about who watched: "coverage not known" */
    VG_COMPLIANCE_KEPT,      /* nothing seen while watched */
    VG_COMPLIANCE_OUTSIDE,   /* the clause did not hold */
    VG_N_COMPLIANCES
} vg_compliance_state;
const char *vg_compliance_name(
    int state); /* "broken" "doubtful" "not_decidable" "coverage_not_known" "kept" "outside" */

/** How a figure stands to that of the period before. */
typedef enum {
    VG_TREND_NONE, /* nothing in both, or the clause did not hold in the period before */
    VG_TREND_SAME, /* |e1 - e0| <= 1.645 sqrt(e1 + e0), as two Poisson counts of equal exposure would */
    VG_TREND_MORE,
    VG_TREND_FEWER
} vg_trend;
const char *vg_trend_name(int trend); /* "none" "same" "more" "fewer" */

/** Share of the time a clause held that must have been watched, where nothing else is asked. A setting, not a finding. */
#define VG_COMPLIANCE_LEAST .8

typedef struct {
    int32_t from_day, to_day; /* reporting days, inclusive */
    double least_watched; /* share of the time below which nothing can be decided; 0 = VG_COMPLIANCE_LEAST */
} vg_compliance_ask;

typedef struct {
    int32_t clause;
    int8_t state; /* of the whole period: the first that any of its days has */
    int32_t n_days[VG_N_COMPLIANCES];
    vg_figure now, before; /* of the period, and of the equally long one before it */
    int8_t trend;          /* of `expected` */
    bool trend_known;      /* coverage of both periods is known and differs by less than a tenth */
    double watched,
        watched_before; /* share of the time the clause held that somebody neutral watched; NaN = not known */
    double watched_by_parties; /* the same of now, as sources of parties tell it; NaN = they tell nothing */
    int64_t n_unattributed;    /* of its violations and probable ones: unattributed, alleged or disputed */
    int64_t n_kind_now,
        n_kind_before; /* incidents of the acts and weapons it forbids, in its zone, whenever it held */
    uint64_t worst;    /* incident: level, then severity x P, then earliest; 0 = none */
} vg_compliance;

/** One row a clause, in the agreement's order. Fails: VG_EARG (days), VG_ENOMEM, and as the watch does. */
bool vg_compliance_rows(const vg_compliance_ask *ask, vg_watch *w, const vg_figures *f, vg_arena *a,
                        vg_compliance **out, int32_t *n, vg_err *e);

/* --- coverage, as the report tells it --- */

/** Seconds of [from, to) by state for one source and zone; `known` is their sum, the rest has no record. */
typedef struct {
    vg_str source;
    int32_t zone;                       /* VG_AGREEMENT_NOBODY = everywhere */
    int64_t state_s[VG_COVER_DOWN + 1]; /* by vg_cover; [0] is not used */
    int64_t known_s;
    int32_t n_records;
    bool of_party; /* the source speaks for a party: it makes nothing "kept" */
} vg_cover_row;

/** By source, then zone. Records that name a zone which the agreement does not have are left out and counted. */
bool vg_cover_rows(vg_watch *w, int64_t from, int64_t to, vg_arena *a, vg_cover_row **out, int32_t *n,
                   int32_t *n_strange, vg_err *e);

/**
 * Share of [from, to) in which at least one neutral source watched the zone (VG_AGREEMENT_NOBODY = everywhere). NaN =
 * there is no record of coverage of such a source in that time for this zone at all.
 */
bool vg_cover_share(vg_watch *w, int32_t zone, int64_t from, int64_t to, double *share, vg_err *e);

#endif
