/** What the files of the escalation tests share: incidents reduced to what the rules ask, and hours watched. */
#ifndef VG_CEASEFIRE_ESCALATION_INT_H
#define VG_CEASEFIRE_ESCALATION_INT_H

#include "ceasefire/escalation.h"

enum {
    VG_PAST_DAYS = 41, /* windows of a day before the one that is tested */
    VG_PAST_WINDOWS = VG_PAST_DAYS + 1,
    VG_DAY_S = 86400
};

/** A further clause that an incident breaks. Small: tens of thousands of incidents are looked at several times a second. */
typedef struct {
    float p;
    int16_t clause;
    int8_t level, severity;
} vg_escalation__broken;

/** An incident as the rules see it. */
typedef struct {
    uint64_t id;
    int64_t from;
    double weighed; /* severity x P(broken), of its gravest breach */
    int32_t zone;   /* index, or VG_AGREEMENT_NOBODY */
    int32_t clause; /* of its gravest breach, or VG_AGREEMENT_NOBODY */
    int8_t party;   /* who: attributed or admitted, else VG_AGREEMENT_NOBODY */
    int8_t against; /* who holds the zone, else VG_AGREEMENT_NOBODY */
    int8_t severity, level, weapon, act;
    int8_t n_also_in, n_also_broken;
    int16_t also_in[VG_INCIDENT_ZONES - 1]; /* zones beside the first that it lies in rather than not */
    vg_escalation__broken also_broken[VG_INCIDENT_CLAUSES - 1];
} vg_escalation__act;

/** When a zone was watched, a bit a quarter of an hour of each window, and whether anything is known of it. */
typedef struct {
    uint64_t bit[VG_PAST_WINDOWS][2];
    uint64_t untold[2]; /* of the newest window: what a source has yet to tell of */
    bool is_known;
} vg_escalation__watched;

/** Everything a test at one instant looks at. Windows of a day: 0 is the newest, ending at `hour`. */
typedef struct {
    const vg_agreement *agreement;
    int64_t at, hour;        /* the instant, and the whole hour before it: where windows end */
    const int8_t *holder;    /* of each zone: the party that holds it, or VG_AGREEMENT_NOBODY */
    vg_escalation__act *act; /* ascending by `from` */
    int32_t n, cap;
    const vg_coverage *coverage;
    int32_t n_coverage;
    vg_escalation__watched
        *watched; /* of each zone, then that of records for everywhere; made by vg_escalation__look */
    vg_arena *arena;
    vg_escalation *found;
    int32_t n_found, cap_found;
    bool failed; /* memory */
} vg_escalation__desk;

/** Lays the coverage out by zone: one pass over it. Fails: VG_ENOMEM. */
bool vg_escalation__look(vg_escalation__desk *d, vg_err *e);

/**
 * Hours of each window of a day in which somebody watched the zone (index; VG_AGREEMENT_NOBODY = the mean over all zones
 * of which anything is known). False: no coverage is known, then all hours are 24. Of the newest window, what a source
 * that spoke within two days has yet to tell of counts as on the two days before: records come at the end of a shift or
 * a day, and reports before them.
 */
bool vg_escalation__hours(const vg_escalation__desk *d, int32_t zone, double hours[VG_PAST_WINDOWS]);

/**
 * Hours in which somebody was there to be kept away: 24 in a window of which any coverage is told, of whatever state, and
 * in every window where none is known at all.
 */
void vg_escalation__present(const vg_escalation__desk *d, double hours[VG_PAST_WINDOWS]);

/** Window of a day that an instant lies in, or -1. */
int32_t vg_escalation__window(const vg_escalation__desk *d, int64_t at);

/** All rules over a desk whose acts (ascending by `from`) and coverage are there. Fails: VG_ENOMEM. */
bool vg_escalation__run(vg_escalation__desk *d, vg_err *e);

/** Adds a finding; `x` is copied. */
void vg_escalation__add(vg_escalation__desk *d, const vg_escalation *x);

/** The agreement's own thresholds. */
void vg_escalation__thresholds(vg_escalation__desk *d);

/** Whether an act is of a scope. */
bool vg_escalation__is_of(const vg_escalation__act *x, vg_scope scope, int32_t of, int32_t of_second);

/** Puts the gravest acts of a scope within [from, to) beside a finding. */
void vg_escalation__name(const vg_escalation__desk *d, vg_escalation *x, int least_level);

#endif
