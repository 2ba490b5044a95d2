/**
 * What the files of the polis engine share: one analysis while it runs.
 */
#ifndef VG_POLIS_INT_H
#define VG_POLIS_INT_H

#include "consultation/polis.h"

typedef struct {
    const vg_consultation *c;
    const vg_polis_opts *o;
    int n_threads;
    vg_arena *a;    /* results */
    vg_arena *work; /* scratch of this analysis */
    vg_polis *r;

    /* Votes on columns that are not zeroed, as column * 4 + stored value + 1, by row. */
    int64_t *row_at; /* n_rows + 1 */
    int32_t *code;
} vg_polis_run;

/** x of a code: the stored value, agree = -1. */
static inline int32_t vg_polis__value(int32_t code)
{
    return (code & 3) - 1;
}

/** Codes of all votes. */
bool vg_polis__codes(vg_polis_run *p, vg_err *e);

/** Centre, components (warm from o->previous), projections and extremities. */
bool vg_polis__components(vg_polis_run *p, vg_err *e);
bool vg_polis__project(vg_polis_run *p, vg_err *e);

/** The server's mini-batches instead of all rows: centre and components. */
bool vg_polis__components_large(vg_polis_run *p, vg_err *e);

/** Sum over rows from..to (numbers into `row`, NULL = all rows) of (y.v) y by power iteration; see polis_pca.c. */
bool vg_polis__power(vg_polis_run *p, const int32_t *row, int32_t n_rows, const double *center,
                     double *const component[VG_POLIS_COMPONENTS], int max_rounds, vg_err *e);

/** Column means of some rows (NULL = all) over those who voted. */
void vg_polis__center(const vg_polis_run *p, const int32_t *row, int32_t n_rows, int64_t *scratch,
                      double *center);

/** Base clusters and groups. */
bool vg_polis__base(vg_polis_run *p, vg_err *e);
bool vg_polis__groups(vg_polis_run *p, vg_err *e);

/** k-means in the plane: at most `rounds` from the centres in `to`; weight NULL = 1. Empty clusters are dropped. */
typedef struct {
    const double *x, *y;
    const int32_t *weight;
    int32_t n;
    int n_threads;
} vg_plane;
bool vg_plane__k_means(const vg_plane *points, int rounds, vg_polis_clusters *to, vg_arena scratch,
                       vg_err *e);

/** A clustering with room for n clusters of n_things, in `a`. */
bool vg_polis__clusters(vg_polis_clusters *to, int32_t n, int32_t n_things, vg_arena *a, vg_err *e);

/** Statistics of groups and statements; o->groups_only leaves them out. */
bool vg_polis__statistics(vg_polis_run *p, vg_err *e);

#endif
