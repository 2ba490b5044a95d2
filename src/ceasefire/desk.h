/**
 * The desk: a watch whose log is in the store. What is taken is on the disk before it is acknowledged, and a program
 * that was killed goes on where the log ends.
 *
 *     vg_desk *d;
 *     if (!vg_desk_open(store_path, VG_S("line-of-contact"), &d, e)) return false;
 *     vg_desk_entry x = { .kind = VG_DESK_REPORT, .report = r };
 *     if (!vg_desk_take(d, &x, 1, e)) ...                          returns after the commit; x.verdict, x.seq
 *     vg_watch *w = vg_desk_watch(d);                              for questions, in between
 *     vg_desk_close(d);
 *
 * Several programs may have a desk on one watch: entries get their numbers within the writing transaction, and each desk
 * first reads what others have added. A desk belongs to one thread at a time.
 */
#ifndef VG_CEASEFIRE_DESK_H
#define VG_CEASEFIRE_DESK_H

#include "ceasefire/figures.h"
#include "store/report_log.h"

typedef struct vg_desk vg_desk;

/**
 * Enters an agreement into the store under its id; a changed text is a new version, the old one stays. Fails: VG_ECONFLICT
 * (it has errors: vigie ceasefire check), VG_EIO, VG_EBUSY.
 */
bool vg_desk_enter(vg_store *st, const vg_agreement *a, vg_str actor, vg_err *e);

/** The watch of the agreement with this id, brought up to the end of its log. Fails: VG_ENOTFOUND, VG_ECONFLICT (chain). */
bool vg_desk_open(const char *path, vg_str agreement, vg_desk **out, vg_err *e);
void vg_desk_close(vg_desk *d);

vg_watch *vg_desk_watch(vg_desk *d);
vg_figures *vg_desk_figures(vg_desk *d);
const vg_agreement *vg_desk_agreement(const vg_desk *d);

typedef enum { VG_DESK_REPORT, VG_DESK_COVERAGE, VG_DESK_DECISION } vg_desk_kind;

typedef struct {
    vg_desk_kind kind;
    vg_report report;
    vg_coverage coverage;
    uint64_t incident; /* of a decision: the id, which is the key of a member */
    vg_verification verification;
    vg_str actor, reason; /* of a decision: who, and why */
    int64_t seq;          /* out: number in the log (of VG_VERDICT_SAME: of the one there was); 0 = refused */
    vg_watch_verdict verdict; /* out */
    bool over_rate;           /* out: the source sends more than it may; not taken, send it again later */
    vg_err why;               /* out: reason of a quarantine */
} vg_desk_entry;

/**
 * Takes entries in their order and returns when log and state are committed; all or none of them. Batches of up to some
 * hundreds are best. Fails: VG_EBUSY, VG_EFULL, VG_EIO (nothing is acknowledged, the desk reads itself anew from
 * the log and can go on), VG_ENOMEM.
 */
bool vg_desk_take(vg_desk *d, vg_desk_entry *entry, int32_t n, vg_err *e);

/**
 * Most that one source may send a minute, where the agreement's source says nothing: 0 = VG_DESK_RATE, below 0 = no limit at
 * all, for a file that is read and for replays. A source may send a minute's worth at once. The clock is the machine's.
 */
enum { VG_DESK_RATE = 60000 };
void vg_desk_limit(vg_desk *d, int64_t per_minute);

/** Reports of sources over their rate, since the desk was opened. */
int64_t vg_desk_over_rate(const vg_desk *d);

/** Reads what other programs have added since; `*changed` (may be NULL) tells whether there was anything. */
bool vg_desk_catch_up(vg_desk *d, bool *changed, vg_err *e);

/**
 * Does what is due by now, in one transaction: tells corrections of published figures and publishes the days whose cut-off
 * has passed (from the first day on which a report was received, at most ten years back); tests what is to be told to a
 * person, at most once a minute. What comes of it stands among the outcomes.
 */
bool vg_desk_tick(vg_desk *d, int64_t now, vg_err *e);

/**
 * Tests what is to be told to a person now, where the log has grown since the last test, and tells what is new: for who
 * cannot wait for the minute of vg_desk_tick. Cost: about 0.5 us for each incident of the last 42 days.
 */
bool vg_desk_test(vg_desk *d, int64_t now, vg_err *e);

/**
 * What is told to readers of outcomes (vg_report_outcomes). The body is JSON: of an incident its GeoJSON feature with a
 * member "change" (new, changed, gone; told where its level, act, weapon, attribution, verification or clauses are others
 * than before, not for each further report of it); of a correction, an alert and a publication an object.
 */
typedef enum {
    VG_OUTCOME_INCIDENT = 1,
    VG_OUTCOME_CORRECTION,
    VG_OUTCOME_ALERT,
    VG_OUTCOME_PUBLICATION
} vg_outcome_kind;
const char *vg_outcome_kind_name(int kind); /* "incident" "correction" "alert" "publication" */

#endif
