/**
 * What to ask somebody next, and a replay that measures what asking that way is worth.
 *
 *     vg_next next[5];
 *     int32_t n;
 *     if (!vg_house_next(m, &h, participant, &(vg_next_opts){ 0 }, next, 5, &n, e)) return false;
 *
 * A statement is worth asking for three reasons, each from 0 to 1: it tells where this person stands (position), it
 * brings a statement nearer to a firm answer in this person's group (firmness), or hardly anybody has seen it (fresh).
 * Firm: the Wilson interval of its support is narrower than `width` among all and in every group.
 */
#ifndef VG_CONSULTATION_NEXT_H
#define VG_CONSULTATION_NEXT_H

#include "consultation/house.h"

/** All-zero = defaults. */
typedef struct {
    double width;  /* of an interval that is firm; 0 = 0.3 */
    double level;  /* of that interval; 0 = 0.9 */
    int32_t fresh; /* votes until a statement is no longer new; 0 = 8 */
    uint64_t seed; /* of the draw among statements of about the same worth: give the count of votes so far */
} vg_next_opts;

typedef struct {
    int32_t statement;
    double worth, position, firmness, fresh;
} vg_next;

/**
 * The statements that count and that the participant has not voted on, best first, at most `most`. participant -1 is
 * somebody new. Two people with the same votes are not asked in quite the same order: worth is drawn with a spread of a
 * tenth, so that new statements are seen by many. Time O(statements).
 */
bool vg_house_next(const vg_opinions *m, const vg_house *h, int32_t participant, const vg_next_opts *o,
                   vg_next *next, int32_t most, int32_t *n, vg_err *e);

/** True when the answer to a statement is firm by the votes cast. */
bool vg_next_firm(const vg_house_statement *s, int32_t n_groups, double width, double level);

typedef enum { VG_ROUTE_HOUSE, VG_ROUTE_POLIS, VG_ROUTE_RANDOM, VG_N_ROUTES } vg_next_rule;

typedef struct {
    double share;    /* of each person's votes that are asked for, in (0, 1) */
    int32_t n_ticks; /* how often engines learn anew on the way; 0 = 10 */
    int32_t n_threads;
    uint64_t seed;
    vg_next_opts next;
    vg_progress progress;
} vg_replay_opts;

typedef struct {
    int64_t n_votes;            /* asked for */
    int32_t n_statements;       /* that count */
    double firm[VG_N_ROUTES];   /* share of them with a firm answer after that */
    double fewest[VG_N_ROUTES]; /* share of them with fewer than 5 votes after that */
} vg_replay;

/**
 * Replays a finished conversation: people come in random order, and each is asked for `share` of the statements they in
 * truth voted on, chosen by the rule (house: vg_house_next; Polis: a draw in proportion to the priorities of the
 * published method, README.md; random: any). The groups in which answers must be firm are those of the house engine on
 * all votes, the same for all rules. Fails: VG_EARG, VG_ENODATA, VG_ENOMEM.
 */
bool vg_next_replay(const vg_consultation *c, const vg_replay_opts *o, vg_replay *out, vg_err *e);

#endif
