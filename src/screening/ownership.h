/**
 * Ownership: which entities are owned, half or more, by listed parties together, directly or through others.
 *
 *     vg_ownership_graph g = { .n = 3, .listed = listed, .holding = holding, .n_holdings = 2 };
 *     if (!vg_ownership_find(&g, &(vg_ownership_opts){ 0 }, &arena, &found, &n, e)) return false;
 *
 * Two rules, because two are in use:
 *
 *     OFAC          an entity is blocked when the shares that blocked parties hold in it directly add up to the threshold;
 *                   it then counts as blocked, whole, for what it owns itself. Shares along a chain are not multiplied.
 *                   (OFAC's guidance of 13 August 2014 on entities owned by blocked persons; FAQ 401.)
 *     LOOK_THROUGH  the part of an entity that listed parties own in substance: shares along a chain are multiplied and
 *                   chains added up, x[e] = sum over owners o of share[o -> e] * x[o], with x = 1 for listed parties.
 *
 * Both are the least solution, so entities that own each other in a ring own nothing of themselves. A share that is not
 * known (NaN) is never 0: `share` counts what is known, `at_most` what it could be if unknown shares were as large as
 * the known ones of the same entity leave room for, and between the two the entity is open. Shares of an entity that add
 * up to more than 100 are told (`sum`) and used as they are. Ownership is not control, and neither rule decides about it.
 */
#ifndef VG_SCREENING_OWNERSHIP_H
#define VG_SCREENING_OWNERSHIP_H

#include "core/arena.h"

/** `owner` holds `share` per cent of `owned` (NaN = not known). A pair that comes twice is one, with the larger share. */
typedef struct {
    int32_t owner, owned;
    double share;
} vg_holding;

/** Entities are numbers 0 .. n-1; `listed` says which are blocked by themselves. */
typedef struct {
    int32_t n;
    const bool *listed;
    const vg_holding *holding;
    int64_t n_holdings;
} vg_ownership_graph;

typedef enum { VG_OWNERSHIP_OFAC, VG_OWNERSHIP_LOOK_THROUGH } vg_ownership_rule;

typedef struct {
    vg_ownership_rule rule;
    double threshold; /* per cent; 0 = 50 */
} vg_ownership_opts;

/** From a listed party down to the entity: node[0] is listed, share[i] is what node[i] holds of node[i + 1]. */
typedef struct {
    const int32_t *node;
    const double *share; /* n - 1 of them; NaN = not known */
    int32_t n;
} vg_ownership_path;

typedef struct {
    int32_t entity;
    bool blocked;                  /* share reaches the threshold */
    bool open;                     /* it does not, but at_most does */
    double share, at_most;         /* per cent of the entity */
    double sum;                    /* of all known shares in it, whoever holds them */
    const vg_ownership_path *path; /* one for each owner that counts, the largest share first */
    int32_t n_paths;
} vg_owned;

/**
 * Entities that are not listed and are blocked, open, or have shares that add up to more than 100, by number.
 * Fails: VG_EARG (a number outside 0..n-1), VG_ERANGE (a share outside 0..100, or an entity that owns itself, with its
 * place among the holdings from 1 as line), VG_ENOMEM. Time O(n + holdings), times the rounds until look-through settles.
 */
bool vg_ownership_find(const vg_ownership_graph *g, const vg_ownership_opts *opts, vg_arena *a,
                       vg_owned **out, int32_t *n, vg_err *e);

#endif
