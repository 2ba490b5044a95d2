/**
 * How good the engines are: votes hidden and predicted, and the server's own answers reproduced.
 *
 *     vg_hidden_score s;
 *     if (!vg_evaluate_hidden(&c, &(vg_hidden_opts){ .share = 0.2, .seed = 7 }, &arena, &s, e)) return false;
 *     printf("%.3f %.3f\n", s.engine.rmse, s.engine.auc);
 *
 * Hidden votes (the yardstick of the staged data, PROVENANCE.md there). Participants with fewer than 7 votes are left
 * out; of a record of more than 1.2 million cells (participants left x statements) the first 900 participants stay, in
 * the order of the record. round(share x votes) votes are drawn without repetition by the Philox generator of core/rng.h
 * (stream 0 of the seed; the draw of another program with the same seed is another draw). Engines see the others.
 *     rmse  root of the mean squared difference of prediction and hidden vote, on -1, 0, 1
 *     auc   share of pairs of a hidden agree and a hidden disagree in which the agree was predicted higher (ties one
 *           half); passes are left out. NaN when one of the two is missing
 */
#ifndef VG_CONSULTATION_EVALUATE_H
#define VG_CONSULTATION_EVALUATE_H

#include "consultation/consultation.h"
#include "core/pool.h"

typedef enum { VG_ENGINE_POLIS, VG_ENGINE_HOUSE } vg_consultation_engine;

typedef struct {
    double share; /* of votes hidden, in (0, 1) */
    uint64_t seed;
    int n_threads;
    vg_consultation_engine engine;
    vg_progress progress;
} vg_hidden_opts;

typedef struct {
    double rmse, auc;
} vg_hidden_measure;

typedef struct {
    int32_t n_participants, n_statements; /* that stayed in */
    int64_t n_votes, n_hidden;
    /** The engine asked for: polis = mean of the statement within the group found on the votes that are not hidden (of
     * all people where the group has no vote, or the person no group); house = the model's expectation. */
    vg_hidden_measure engine;
    vg_hidden_measure statement_mean;
    vg_hidden_measure
        group_mean; /* within the published group, which has seen the hidden votes; NaN without groups */
} vg_hidden_score;

/** Fails: VG_EARG (share), VG_ENODATA (nobody has 7 votes), VG_ENOMEM, VG_ESTOPPED. */
bool vg_evaluate_hidden(const vg_consultation *c, const vg_hidden_opts *o, vg_arena *a, vg_hidden_score *out,
                        vg_err *e);

/**
 * A snapshot of the Polis server: NAME.votes.csv[.gz], NAME.statements.csv[.gz] and NAME.expected.json[.gz]. Given the
 * published people and groups, each statistic is compared (largest absolute difference), with components from as many
 * warm ticks as it takes for them to stand still; then groups are found cold, with the published people, and compared
 * with the published ones.
 */
typedef struct {
    vg_str name;
    int32_t n_groups, k; /* published, and found cold */
    double ari;          /* of groups found cold with the published ones */
    double center_error; /* of the column means */
    double cosine[2];    /* |cosine| of our and the published components */
    double extremity_error;
    double statistics_error;       /* of all numbers of representative statements */
    int32_t n_same_representative; /* groups whose list is the same: statements, sides, order */
    bool same_consensus;           /* same statements in the same order */
    double consensus_error;
    double group_aware_error;
    double priority_error;
    /** The server takes counts of the tick before for priorities; a snapshot taken between ticks carries stale ones. It
     * shows in the share of statements whose published priority is another than from the present counts. */
    int32_t n_priorities, n_stale_priorities;
    double
        max_error; /* of all of the above, a wrong list counting 1; of priorities those that are not stale */
} vg_fixture_score;

/** `path` is that of the expected.json. Fails: VG_EIO, VG_EPARSE, as vg_consultation_read and vg_polis_analyse. */
bool vg_evaluate_fixture(const char *path, uint64_t seed, int n_threads, vg_arena *a, vg_fixture_score *out,
                         vg_err *e);

#endif
