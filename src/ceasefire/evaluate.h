/**
 * How well a watch knows what happened: its incidents and their clauses against the truth of a simulation.
 *
 *     vg_evaluation *ev;
 *     if (!vg_evaluation_open(&opts, agreement, &ev, e)) return false;      makes the simulation again, with its truth
 *     vg_evaluation_watch(ev, w, &score, e);                                a settled watch that took all its reports
 *     vg_evaluation_naive(ev, &naive, e);                                   what a spreadsheet would have said
 *     vg_evaluation_close(ev);
 *
 * What is counted. An incident of the watch stands for the true incident that most of its members tell of (the lowest
 * number of two that are equal); one whose members are mostly false reports stands for nothing. A true pair is a clause
 * with an incident that broke it and that at least one report in force tells of. A pair of the watch is an incident with
 * a clause at the level asked for. It is right when it is a true pair that no other incident has claimed before it:
 * fragments of one incident, incidents that swallow another, and false reports are all errors.
 *
 * Brier's score is over every pair that the watch gives more than 0.01 (flagged exempt: it says 0), with whether its
 * incident broke the clause, and over the true pairs that it does not give at all, as if it had said 0. True pairs come
 * from exact geometry (vg_simulated_breaches). Attribution: of the incidents attributed or admitted, those whose true
 * party it is; an incident that never happened is wrong. An act of an ally attributed to the principal is wrong.
 */
#ifndef VG_CEASEFIRE_EVALUATE_H
#define VG_CEASEFIRE_EVALUATE_H

#include "ceasefire/ceasefire.h"
#include "ceasefire/simulate.h"

/** Pairs at one level. Precision, recall and F1 are NaN where they divide by nothing. */
typedef struct {
    int64_t n_true, n_said, n_right;
    double precision, recall, f1;
} vg_evaluation_pairs;

typedef struct {
    int64_t n;
    double said, happened; /* means; NaN when n = 0 */
} vg_evaluation_tenth;

typedef struct {
    int64_t n_incidents_true, n_incidents; /* told of at least once; of the watch */
    int64_t n_fragments;                   /* incidents that stand for one that another stands for, too */
    int64_t n_swallowed; /* true incidents with reports, but with no incident that stands for them */
    vg_evaluation_pairs probable, violation;
    int64_t n_attributed, n_rightly;
    double attribution_precision, abstained; /* abstained: share of incidents that are not attributed */
    int64_t n_candidates;
    double brier;
    vg_evaluation_tenth tenth[10];
} vg_evaluation_score;

typedef struct vg_evaluation vg_evaluation;

/** `a` is the agreement that the clauses' numbers are of; it must outlive the evaluation. */
bool vg_evaluation_open(const vg_simulation_opts *o, const vg_agreement *a, vg_evaluation **out, vg_err *e);
void vg_evaluation_close(vg_evaluation *ev);

/** Scores what was added since opening or the last score. */
void vg_evaluation_score_now(vg_evaluation *ev, vg_evaluation_score *out);

/** Scores a watch. Time: that of asking for all members. */
bool vg_evaluation_watch(vg_evaluation *ev, vg_watch *w, vg_evaluation_score *out, vg_err *e);

/** Scores the naive rule on the same reports (naive.c). */
bool vg_evaluation_naive(vg_evaluation *ev, vg_evaluation_score *out, vg_err *e);

/**
 * Scores what another program found: a CSV without a head, one incident a row: the party's id (empty: nobody), the ids of
 * the clauses it broke (a;b), and its reports as source/id;source/id. What it says, it says with certainty.
 */
bool vg_evaluation_file(vg_evaluation *ev, const char *path, vg_evaluation_score *out, vg_err *e);

/* --- by hand: for other finders, and for tests --- */

/** The truth of a report by vg_report_key; false when there is none. */
bool vg_evaluation_find(const vg_evaluation *ev, uint64_t key, int64_t *incident);

/** What most of the members tell of: a number, or below 0 for nothing. `member` is sorted. */
int64_t vg_evaluation_majority(int64_t *member, int32_t n);

/** One incident that was found: `incident` as from vg_evaluation_majority, `party` whom it is attributed to, or -1. */
void vg_evaluation_add(vg_evaluation *ev, int64_t incident, int32_t party);

/** A pair of the incident added last. `level`: vg_level. */
void vg_evaluation_add_pair(vg_evaluation *ev, int64_t incident, int32_t clause, double p, int level);

/* --- duplicates (R4) --- */

/**
 * Pairs of rows. A label says that rows have exactly the same text; a row without one has a text of its own, so to join
 * it with another is wrong by the label, even where both tell of one event. Two precisions are therefore given: among the
 * labelled rows alone, and over all rows.
 */
typedef struct {
    int64_t n_rows, n_labelled, n_clusters;
    int64_t n_pairs;      /* of labelled rows with the same label */
    int64_t n_pairs_near; /* of these, on days that touch and within 25 km: what time and place can know of */
    int64_t n_joined;     /* pairs that the watch joined: both labelled */
    int64_t n_joined_any; /* ... of all rows */
    int64_t n_right;
    double precision, recall, f1; /* among labelled rows */
    double precision_any, f1_any; /* over all rows; the recall is the same */
} vg_evaluation_duplicates;

/**
 * Pairwise precision and recall of joining against a column exact_dup_cluster, over the rows of the days from..to (since
 * 1970, inclusive). `hashes`: text hashes may be used; else only time, place, kind and source.
 */
bool vg_evaluate_duplicates(const char *path, int32_t from_day, int32_t to_day, bool hashes,
                            vg_evaluation_duplicates *out, vg_err *e);

/* --- order --- */

typedef struct {
    int64_t n_reports;
    int32_t n_orders, n_same; /* orders tried; those that end in the same fingerprint */
    int32_t n_same_figures;   /* published plus corrections are the same */
    char fingerprint[65];
} vg_evaluation_order;

/** The first `n_reports` of a simulation in `n_orders` random orders and partitions into batches of 1 to 500. */
bool vg_evaluate_order(const vg_simulation_opts *o, int32_t n_orders, vg_evaluation_order *out, vg_err *e);

#endif
