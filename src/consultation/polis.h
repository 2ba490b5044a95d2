/**
 * The polis engine: the published method of Polis, step by step, so that results can be compared with what the world
 * knows. Groups come from a projection on two principal components; the house engine (house.h) is the better judge.
 *
 *     vg_polis r;
 *     if (!vg_polis_analyse(&c, &(vg_polis_opts){ 0 }, &arena, &r, e)) return false;
 *     for (int32_t g = 0; g < r.n_groups; g++)
 *         for (int32_t i = 0; i < r.n_representative[g]; i++) ... r.representative[g][i].statement ...
 *
 * Method and formulas: README.md of this folder; the quirks of the server that change its numbers are kept. All inner
 * numbers (centre, components, projections) are in the sign the server stores: agree = -1. Deterministic for given
 * votes, their order (see consultation.h) and seed, on any number of threads.
 *
 * A tick after new votes starts warm: give the result of the tick before as `previous`. Participants and statements keep
 * their indices from tick to tick as long as later votes have later times.
 */
#ifndef VG_CONSULTATION_POLIS_H
#define VG_CONSULTATION_POLIS_H

#include "consultation/consultation.h"
#include "core/pool.h"

enum {
    VG_POLIS_COMPONENTS = 2,
    VG_POLIS_BASE = 100,  /* base clusters at most, from a cold start */
    VG_POLIS_MAX_K = 5,   /* groups at most */
    VG_POLIS_BEST = 5,    /* representative statements a group, consensus statements a side */
    VG_POLIS_SMOOTHER = 4 /* ticks a number of groups must be best before it is published */
};

/** Centres of clusters in the plane, and who is in which. */
typedef struct {
    int32_t n;
    int32_t *id; /* n; grows over ticks for base clusters */
    double *x, *y;
    int32_t *size;   /* members */
    int32_t *member; /* cluster (position, not id) of each thing clustered; VG_NO_GROUP = none */
} vg_polis_clusters;

/** A statement a group stands for. */
typedef struct {
    int32_t statement;
    bool agree;      /* the group agrees with it; else it disagrees */
    bool best_agree; /* chosen as the group's strongest agreement */
    int32_t n_success, n_trials;
    double p_success, p_test;
    double repness, repness_test;
} vg_polis_representative;

/** A statement that all agree or disagree with. */
typedef struct {
    int32_t statement;
    int32_t n_success, n_trials;
    double p_success, p_test;
} vg_polis_consensus;

/** Votes of a group on a statement; passes are seen - agree - disagree. */
typedef struct {
    int32_t agree, disagree, seen;
} vg_polis_count;

typedef struct vg_polis vg_polis;

typedef struct {
    uint64_t seed;            /* of the start of the power iteration (the server draws it without a seed) */
    int n_threads;            /* 0 = all */
    const vg_polis *previous; /* warm start; NULL = cold */
    const bool *in_conv;      /* who is clustered, for each participant; NULL = by the rule */
    const int32_t *group; /* groups given for each participant (VG_NO_GROUP = none): nothing is clustered */
    int32_t k;            /* groups wanted, 2 .. VG_POLIS_MAX_K; 0 = by silhouette and smoother */
    bool large; /* principal components from mini-batches of rows, as the server above 10,000 participants */
    int32_t rounds;   /* of the power iteration at most; 0 = 100 as published; see vg_polis_analyse */
    bool groups_only; /* no statistics */
    vg_progress progress;
} vg_polis_opts;

struct vg_polis {
    int32_t n_rows, n_columns; /* participants and statements with a vote: c->n_voters, c->n_voted */
    bool *zeroed;              /* n_columns: rejected or meta, set to 0 for every row */
    bool *in_conv;             /* n_rows */
    int32_t n_in_conv;

    double *center; /* n_columns */
    double
        *component[VG_POLIS_COMPONENTS]; /* n_columns each, unit length, or all zero where nothing varies */
    double *x, *y;                       /* n_rows: projection of participants */
    double *statement_x, *statement_y;   /* n_columns */
    double *extremity;                   /* n_columns */

    vg_polis_clusters base;                     /* member: n_rows */
    vg_polis_clusters by_k[VG_POLIS_MAX_K + 1]; /* member: by base cluster; n = 0 where k was not tried */
    double silhouette[VG_POLIS_MAX_K + 1];      /* NaN where k was not tried */
    int32_t best_k;                             /* this tick's */
    int32_t n_same_best;                        /* consecutive ticks it was best */
    int32_t k;                                  /* the published one */

    int32_t n_groups;
    int32_t *group;            /* n_participants; VG_NO_GROUP for those not clustered */
    int32_t *group_id;         /* n_groups: the cluster's id */
    int32_t *group_size;       /* n_groups, members */
    double *group_x, *group_y; /* n_groups: mean position of members */

    vg_polis_count *count; /* n_groups x n_columns, votes as cast by the clustered */
    int32_t *n_representative;
    vg_polis_representative (*representative)[VG_POLIS_BEST]; /* n_groups */
    int32_t n_consensus_agree, n_consensus_disagree;
    vg_polis_consensus consensus_agree[VG_POLIS_BEST], consensus_disagree[VG_POLIS_BEST];
    double *group_aware; /* n_columns: product over groups of (agree + 1) / (seen + 2) */
    double *priority;    /* n_columns: weight in the draw of the next statement */

    double *centricness, *coreness, *extremeness; /* n_rows; NaN for those not clustered */
};

/**
 * One pass over all stages: imputation, components, projection, base clusters, groups, statistics.
 *
 * An empty conversation gives no groups. Where all projections are the same (one participant, everyone agreeing) there
 * is one base cluster and one group. Fewer than two base clusters: one group.
 * A live tick may do with fewer rounds of the power iteration (`rounds`, 10 say): the next tick goes on from where this
 * one ended, and after a few the components are as good as from 100; it is not what the published method prescribes.
 * Fails: VG_EARG (k), VG_ENOMEM, VG_ESTOPPED. Time: at most 200 passes over the votes for the components, then
 * O(rows x 100) for each round of k-means. Memory: about 4 bytes a vote in a scratch arena, results in `a`.
 */
bool vg_polis_analyse(const vg_consultation *c, const vg_polis_opts *o, vg_arena *a, vg_polis *out,
                      vg_err *e);

/** Statistics of the published method, for tests and other engines: s successes among n, and two such shares. */
double vg_polis_prop_test(double successes, double n);
double vg_polis_two_prop_test(double s1, double n1, double s2, double n2);

#endif
