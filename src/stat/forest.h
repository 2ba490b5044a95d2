/**
 * Forests of extremely randomised trees over byte-sized features, whose leaves keep the training rows that fell into
 * them: what a forecast rests on can be named, weighed and shown.
 *
 *     vg_forest_data d = { .n_rows = n, .n_features = 22, .n_targets = 2, .x = x, .y = y };
 *     vg_forest *f;
 *     if (!vg_forest_grow(&d, &(vg_forest_opts){ .n_trees = 64, .min_leaf = 20 }, &f, e)) return false;
 *     vg_forest_leaf leaf = vg_forest_find(f, tree, query);          leaf.row[0 .. leaf.n)
 *     vg_forest_free(f);
 *
 * Method: Geurts, Ernst, Wehenkel 2006, "Extremely randomized trees", Machine Learning 63, doi
 * 10.1007/s10994-006-6226-1: at each node every candidate feature gets one threshold, uniform between its least and
 * largest value there; the split with the largest fall of the squared error, summed over the targets, is taken. Leaves
 * that keep rows: Meinshausen 2006, "Quantile regression forests", JMLR 7. A tree depends on seed and number only.
 * Time O(trees x rows x depth), about one pass of n_features bytes and n_targets sums per row and level.
 */
#ifndef VG_STAT_FOREST_H
#define VG_STAT_FOREST_H

#include "core/pool.h"

#define VG_FOREST_FEATURES 64 /* at most */
#define VG_FOREST_TARGETS  4

typedef struct {
    int64_t n_rows;     /* 1 .. 2^31 - 1 */
    int32_t n_features; /* 1 .. VG_FOREST_FEATURES */
    int32_t n_targets;  /* 1 .. VG_FOREST_TARGETS */
    const uint8_t *x;   /* [row][feature], see vg_forest_bin */
    const float *y;     /* [row][target], finite, of about the same spread each: they count alike */
} vg_forest_data;

/** All-zero = defaults. */
typedef struct {
    int32_t n_trees;      /* 0 = 64 */
    int32_t n_candidates; /* features tried at a node; 0 = a third of them, at least 1 */
    int32_t min_leaf;     /* rows a leaf has at least; 0 = 5 */
    int32_t keep;         /* rows a leaf remembers at most, evenly spread over those it has; 0 = all */
    double share;         /* of the rows that a tree sees, drawn without replacement; 0 = all */
    uint64_t seed;
    int n_threads; /* 0 = all */
    vg_progress progress;
} vg_forest_opts;

typedef struct vg_forest vg_forest;

/** Grows a forest. The data may be given up afterwards. Fails: VG_EARG (shape), VG_ENOMEM, VG_ESTOPPED. */
bool vg_forest_grow(const vg_forest_data *data, const vg_forest_opts *o, vg_forest **out, vg_err *e);
void vg_forest_free(vg_forest *f);
int32_t vg_forest_trees(const vg_forest *f);

/** Where a query ends in a tree. */
typedef struct {
    const int32_t *row; /* training rows that the leaf remembers, ascending */
    int32_t n;          /* how many those are */
    int32_t n_in_leaf;  /* how many fell into the leaf */
} vg_forest_leaf;

vg_forest_leaf vg_forest_find(const vg_forest *f, int32_t tree, const uint8_t *query);

/**
 * What moved the mean of the first target on the way from the root to the leaf: effect[feature] gets, added, the change
 * of the node's mean at each split by that feature (Saabas' decomposition: root mean + sum of effects = leaf mean).
 * Returns the root's mean.
 */
double vg_forest_path(const vg_forest *f, int32_t tree, const uint8_t *query, double *effect);

/**
 * Bin of a value on an even scale from `low` to `high`: 0 for not-a-number, else 1 .. 255; values outside are clamped.
 * An even scale keeps the meaning of a uniform threshold: take the logarithm of a heavy-tailed feature first.
 */
uint8_t vg_forest_bin(float value, float low, float high);

#endif
