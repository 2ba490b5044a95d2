/**
 * The house engine of consultations: a model of the votes that were not cast, opinion groups with a measured
 * stability, and every percentage with its uncertainty.
 *
 *     vg_opinions *m;
 *     if (!vg_opinions_fit(&c, &(vg_house_opts){ 0 }, &m, e)) return false;
 *     vg_opinion o = vg_opinions_at(m, participant, statement);       o.value in -1..1, o.agree, o.pass, o.disagree
 *     vg_house h;
 *     if (!vg_house_analyse(&c, m, &opts, &arena, &h, e)) ...         groups, support, common ground, divisions
 *     vg_opinions_free(m);
 *
 * Nothing here depends on the order of participants, statements or votes in the record: work is done in the order of
 * ids, and random numbers come from streams named by what they are for. Same votes, options and seed: the same bytes,
 * on any number of threads. Statements that moderation rejected and statements about the conversation itself (meta)
 * teach the model about their voters, but place nobody in a group and are counted nowhere. Method, sources and measured figures: README.md of this folder.
 */
#ifndef VG_CONSULTATION_HOUSE_H
#define VG_CONSULTATION_HOUSE_H

#include "consultation/consultation.h"
#include "core/pool.h"

/** All-zero = defaults. */
typedef struct {
    uint64_t seed; /* 0 is a seed like any other */
    int n_threads; /* 0 = all */
    int32_t
        min_votes;    /* votes a person needs to be put in a group; 0 = 7, at most the number of statements */
    int32_t n_groups; /* forced number of groups, 1..VG_HOUSE_MAX_GROUPS; 0 = as many as the data support */
    double level;     /* coverage of intervals, in (0, 1); 0 = 0.9 */
    vg_progress progress;
} vg_house_opts;

enum { VG_HOUSE_MAX_GROUPS = 6 };

/* --- the model of votes --- */

typedef struct vg_opinions vg_opinions;

/** What somebody thinks of a statement: as they voted it, or would. agree + pass + disagree = 1, value = agree - disagree. */
typedef struct {
    double value, agree, pass, disagree;
} vg_opinion;

/**
 * Learns the opinions behind the votes. The record is borrowed and must outlive the handle. Fails: VG_ENODATA (no
 * votes), VG_EARG (options), VG_ENOMEM, VG_ESTOPPED.
 * Time: about O(votes) for large records (loadings are learned from at most about 300,000 votes, see README.md).
 */
bool vg_opinions_fit(const vg_consultation *c, const vg_house_opts *o, vg_opinions **out, vg_err *e);
void vg_opinions_free(vg_opinions *m);

/**
 * The model's expectation for any participant and statement of the record, also where there is a vote (the vote itself
 * is then not copied: this is what the model would have expected, having seen it). A participant without votes gets the
 * statement's expectation, a statement without votes the participant's. Any thread.
 */
vg_opinion vg_opinions_at(const vg_opinions *m, int32_t participant, int32_t statement);

/* --- groups, support, common ground --- */

/**
 * Support for a statement among some people: as counted among those who voted, and as expected among all of them.
 * Shares are of people who agree; passes count as not agreeing. NaN where nobody is left to count.
 */
typedef struct {
    int32_t n_agree, n_pass, n_disagree; /* votes cast */
    int32_t n_people;                    /* all people meant */
    double raw, raw_low, raw_high;       /* agree / cast, Wilson interval (0.5, 0..1 when none was cast) */
    double all, all_low,
        all_high;   /* votes as cast, the others by the model; interval by posterior of votes not cast */
    double against; /* expected share that disagrees, same way */
} vg_house_support;

/** Where a statement stands. */
typedef enum {
    VG_HOUSE_OPEN,    /* nothing firm can be said yet */
    VG_HOUSE_COMMON,  /* agreed to by more than half in every group, with probability above 0.9 */
    VG_HOUSE_REFUSED, /* disagreed with by more than half in every group, likewise */
    VG_HOUSE_DIVIDES, /* one group's support is above another's by more than 0.2 with probability above 0.9 */
    VG_HOUSE_MIXED    /* firm, but none of these */
} vg_house_place;

typedef struct {
    int32_t statement; /* index in the record */
    vg_house_place place;
    vg_house_support everyone;     /* all participants with a vote */
    const vg_house_support *group; /* n_groups of them */
    double bridging;  /* lowest lower bound of support over groups: sorted by it, common ground comes first */
    double p_common;  /* probability that more than half agree in every group */
    double p_refused; /* probability that more than half disagree in every group */
    int32_t high_group, low_group; /* of the largest difference */
    double gap, gap_low, gap_high; /* its size and interval; NaN with one group */
} vg_house_statement;

/** People whose views the groups cover poorly, by group; never by name. */
typedef struct {
    int32_t n_people;
    int32_t
        n_few_votes; /* fewer votes than min_votes and so in no group (only in the row of those without one) */
    int32_t n_between; /* posterior probability of their own group under 0.6 */
    int32_t n_unlike;  /* far from every group's profile: outlying at 1 in 100 of the group's own spread */
    int32_t n_unexplained; /* their votes are foretold worse than by chance of agree, pass, disagree */
} vg_house_cover;

typedef struct {
    int32_t n_groups;        /* 1 = the votes support no split */
    const int32_t *group;    /* n_participants; VG_NO_GROUP for people with fewer than min_votes votes */
    const double *certainty; /* n_participants: posterior probability of the group; NaN without one */
    const int32_t *size;     /* n_groups, largest group first */
    double
        stability; /* mean ARI with the groups found on random halves of the statements; NaN with one group */
    double stability_by_k[VG_HOUSE_MAX_GROUPS + 1]; /* the same for each number tried, [k]; NaN = not tried */
    const double *map_x,
        *map_y;          /* n_participants: the two strongest directions of opinion; NaN without a vote */
    double map_share[2]; /* share of the spread of expected opinions along them */
    const double *statement_x,
        *statement_y; /* n_statements: where agreeing with it pulls; NaN when not counted */

    int32_t n_statements;                /* counted ones (not rejected, not meta, at least one vote) */
    const vg_house_statement *statement; /* in the order of the record */
    const int32_t *by_bridging;          /* positions in `statement`, most supported across groups first */
    const int32_t *by_gap; /* positions in `statement`, most dividing first (by the lower bound of the gap) */
    const vg_house_cover *cover; /* n_groups + 1: the last for people in no group */
} vg_house;

/**
 * Groups and support. The result lives in `a`. Fails: VG_EARG (options), VG_ENODATA (no participant has a vote),
 * VG_ENOMEM, VG_ESTOPPED. A conversation too small for groups (fewer than 10 people with min_votes votes) is one group;
 * where nobody has that many, everybody with a vote is in it.
 */
bool vg_house_analyse(const vg_consultation *c, const vg_opinions *m, const vg_house_opts *o, vg_arena *a,
                      vg_house *out, vg_err *e);

/** Groups only, for comparisons: `group` has room for n_participants. */
bool vg_house_groups(const vg_consultation *c, const vg_house_opts *o, int32_t *group, int32_t *n_groups,
                     vg_err *e);

/* --- how stable groups are, for any engine --- */

/**
 * An engine that puts participants in groups: fills group[n_participants] (VG_NO_GROUP = none) and says how many.
 * `k` is the number of groups to force, 0 = the engine's own choice.
 */
typedef bool vg_group_engine(void *ctx, const vg_consultation *c, int32_t k, int32_t *group,
                             int32_t *n_groups, vg_err *e);

typedef struct {
    int32_t n_splits;  /* random halvings of the statements */
    double ari_forced; /* mean ARI between halves with k groups forced in both */
    double
        ari_free; /* mean ARI between halves with the engine's own number; a half that is one group scores 0 */
    double one_share; /* share of free halves that were one group */
    double k_free;    /* mean number of groups of the free halves */
} vg_halves;

/**
 * Halves the statements n_splits times by `seed` (the same halves for every engine), groups the people by each half and
 * compares. Only people with at least min_votes votes in the whole record count, and only those whom the engine puts
 * in a group in both halves. k >= 2: the number forced in ari_forced, the same for all engines compared.
 */
bool vg_halves_measure(const vg_consultation *c, int32_t k, int32_t n_splits, uint64_t seed,
                       vg_group_engine *engine, void *ctx, vg_halves *out, vg_err *e);

/** The house engine in that form; ctx is a const vg_house_opts *. */
bool vg_house_engine(void *ctx, const vg_consultation *c, int32_t k, int32_t *group, int32_t *n_groups,
                     vg_err *e);

#endif
