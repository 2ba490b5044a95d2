/*
 * Growing and asking trees. A worker holds a copy of the rows and moves them so that the rows of a node always lie
 * together; both children's ranges and sums are gathered while the rows are moved, so a level costs one pass to
 * weigh the candidate splits and one to move. Sums are per feature and in row order: vector width changes nothing.
 */
#include "stat/forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/rng.h"
#include "stat/lanes_int.h"

enum { MAX_BLOCKS = VG_FOREST_FEATURES / LANES, MAX_DEPTH = 200 };

typedef struct {
    int32_t left;             /* the right child is left + 1; 0 = leaf */
    int32_t at, n, n_in_leaf; /* leaf: rows kept, in tree.row */
    int16_t feature;
    uint8_t threshold; /* left: x <= threshold */
    float mean;        /* of the first target */
} node;

typedef struct {
    node *nodes;
    int32_t *row;
    int32_t n_nodes;
    int64_t n_rows;
} tree;

struct vg_forest {
    int32_t n_trees, n_features;
    tree *trees;
};

/* The rows of a node: where they lie, and what was gathered about them on the way. */
typedef struct {
    int32_t node, depth;
    int64_t begin, end;
    double sum[VG_FOREST_TARGETS];
    lanes least[MAX_BLOCKS], largest[MAX_BLOCKS];
} span;

/* One worker's own copy of the rows. */
typedef struct {
    lanes *x; /* [row][block] */
    float *y; /* [row][target] */
    int32_t *id;
    node *nodes;
    int32_t *row;
    int64_t n, n_row, n_nodes;
    span *stack;
} bench;

typedef struct {
    const vg_forest_data *d;
    vg_forest_opts o;
    int32_t n_blocks;
    bool wide; /* the processor has the wide registers */
    vg_forest *f;
    vg_arena *arena; /* one per worker */
    bench *bench;
    int64_t done;
} grower;

static void begin_span(span *s, int64_t begin, int32_t n_blocks)
{
    s->begin = s->end = begin;
    memset(s->sum, 0, sizeof s->sum);
    for (int32_t b = 0; b < n_blocks; b++) {
        s->least[b] = lanes_all(255);
        s->largest[b] = lanes_all(0);
    }
}

static inline void gather(span *s, const lanes *x, const float *y, int32_t n_blocks, int32_t n_targets)
{
    for (int32_t b = 0; b < n_blocks; b++) {
        s->least[b] = lanes_min(s->least[b], x[b]);
        s->largest[b] = lanes_max(s->largest[b], x[b]);
    }
    for (int32_t t = 0; t < n_targets; t++)
        s->sum[t] += (double)y[t];
}

/* One split to be weighed per feature: its threshold, and what lies at or below it. */
typedef struct {
    uint8_t threshold[VG_FOREST_FEATURES];
    bool is_candidate[VG_FOREST_FEATURES];
    double n[VG_FOREST_FEATURES];
    double sum[VG_FOREST_TARGETS][VG_FOREST_FEATURES];
} splits;

/* The number of targets is a constant in each call, so that the sums stay in registers. */
static void weigh_run(const lanes *x, int64_t stride, const float *y, int n_targets, int n, lanes limit,
                      uint8_t count[LANES], float (*sum)[LANES])
{
    switch (n_targets) {
    case 1: lanes_run(x, stride, y, 1, n, limit, count, sum); break;
    case 2: lanes_run(x, stride, y, 2, n, limit, count, sum); break;
    case 3: lanes_run(x, stride, y, 3, n, limit, count, sum); break;
    default: lanes_run(x, stride, y, 4, n, limit, count, sum);
    }
}

LANES_WIDE static void weigh_run_wide(const lanes *x, int64_t stride, const float *y, int n_targets, int n,
                                      lanes limit, uint8_t count[LANES], float (*sum)[LANES])
{
    switch (n_targets) {
    case 1: lanes_run_wide(x, stride, y, 1, n, limit, count, sum); break;
    case 2: lanes_run_wide(x, stride, y, 2, n, limit, count, sum); break;
    case 3: lanes_run_wide(x, stride, y, 3, n, limit, count, sum); break;
    default: lanes_run_wide(x, stride, y, 4, n, limit, count, sum);
    }
}

static void weigh(const grower *g, const bench *w, const span *s, splits *c)
{
    int32_t nb = g->n_blocks, nt = g->d->n_targets;
    for (int32_t b = 0; b < nb; b++) {
        lanes limit;
        memcpy(&limit, c->threshold + b * LANES, LANES);
        for (int64_t from = s->begin; from < s->end; from += RUN) {
            int n = (int)(s->end - from < RUN ? s->end - from : RUN);
            uint8_t count[LANES];
            float sum[VG_FOREST_TARGETS][LANES];
            (g->wide ? weigh_run_wide : weigh_run)(w->x + from * nb + b, nb, w->y + from * nt, nt, n, limit,
                                                   count, sum);
            for (int k = 0; k < LANES; k++)
                c->n[b * LANES + k] += count[k];
            for (int32_t t = 0; t < nt; t++)
                for (int k = 0; k < LANES; k++)
                    c->sum[t][b * LANES + k] += (double)sum[t][k];
        }
    }
}

/* Draws the candidate features among those that vary in the node, and a threshold for each. False: none varies. */
static bool draw_splits(const grower *g, const span *s, vg_rng *r, splits *c)
{
    int32_t vary[VG_FOREST_FEATURES], n = 0;
    uint8_t least[VG_FOREST_FEATURES], largest[VG_FOREST_FEATURES];
    memcpy(least, s->least, sizeof least);
    memcpy(largest, s->largest, sizeof largest);
    memset(c, 0, sizeof *c);
    for (int32_t k = 0; k < g->d->n_features; k++)
        if (largest[k] > least[k])
            vary[n++] = k;
    for (int32_t i = 0; i < n && i < g->o.n_candidates; i++) {
        int32_t pick = i + (int32_t)vg_rng_below(r, (uint32_t)(n - i)), k = vary[pick];
        vary[pick] = vary[i];
        c->is_candidate[k] = true;
        c->threshold[k] = (uint8_t)(least[k] + vg_rng_below(r, (uint32_t)(largest[k] - least[k])));
    }
    return n > 0;
}

/* The feature whose split lowers the squared error most, or -1 when none leaves both sides large enough. */
static int32_t best_split(const grower *g, const span *s, const splits *c)
{
    double n = (double)(s->end - s->begin), least = g->o.min_leaf, best = 0;
    int32_t found = -1;
    for (int32_t k = 0; k < g->d->n_features; k++) {
        double left = c->n[k], right = n - left, gain = 0;
        if (!c->is_candidate[k] || left < least || right < least)
            continue;
        for (int32_t t = 0; t < g->d->n_targets; t++) {
            double a = c->sum[t][k], b = s->sum[t] - a;
            gain += a * a / left + b * b / right - s->sum[t] * s->sum[t] / n;
        }
        if (gain > best) {
            best = gain;
            found = k;
        }
    }
    return best > 1e-9 * n ? found : -1;
}

static void swap_rows(bench *w, int32_t nb, int32_t nt, int64_t i, int64_t k)
{
    for (int32_t b = 0; b < nb; b++) {
        lanes x = w->x[i * nb + b];
        w->x[i * nb + b] = w->x[k * nb + b];
        w->x[k * nb + b] = x;
    }
    for (int32_t t = 0; t < nt; t++) {
        float y = w->y[i * nt + t];
        w->y[i * nt + t] = w->y[k * nt + t];
        w->y[k * nt + t] = y;
    }
    int32_t id = w->id[i];
    w->id[i] = w->id[k];
    w->id[k] = id;
}

/* Moves the rows at or below the threshold to the front and gathers both sides. */
static void divide(const grower *g, bench *w, const span *s, int32_t feature, uint8_t threshold, span *left,
                   span *right)
{
    int32_t nb = g->n_blocks, nt = g->d->n_targets;
    int64_t i = s->begin, k = s->end;
    const uint8_t *column = (const uint8_t *)w->x + feature;
    begin_span(left, s->begin, nb);
    begin_span(right, s->end, nb);
    while (i < k) {
        if (column[i * nb * LANES] <= threshold) {
            gather(left, w->x + i * nb, w->y + i * nt, nb, nt);
            i++;
            continue;
        }
        k--;
        if (column[k * nb * LANES] <= threshold) {
            swap_rows(w, nb, nt, i, k);
            gather(left, w->x + i * nb, w->y + i * nt, nb, nt);
            i++;
        }
        gather(right, w->x + k * nb, w->y + k * nt, nb, nt);
    }
    left->end = i;
    right->begin = i;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* A leaf remembers rows evenly spread over those it has, from a random start. */
static void make_leaf(const grower *g, bench *w, const span *s, vg_rng *r)
{
    int64_t n = s->end - s->begin, keep = g->o.keep && g->o.keep < n ? g->o.keep : n;
    node *leaf = &w->nodes[s->node];
    leaf->at = (int32_t)w->n_row;
    leaf->n = (int32_t)keep;
    leaf->n_in_leaf = (int32_t)n;
    double start = keep < n ? vg_rng_unit(r) : 0;
    int32_t *to = w->row + w->n_row;
    for (int64_t i = 0; i < keep; i++)
        to[i] = w->id[s->begin + (keep < n ? (int64_t)(((double)i + start) * (double)n / (double)keep) : i)];
    qsort(to, (size_t)keep, sizeof *to, by_number);
    w->n_row += keep;
}

/* Splits a node or makes it a leaf. True when it was split; the children are put on the stack. */
static bool split_node(const grower *g, bench *w, const span *s, vg_rng *r, span *stack)
{
    splits c;
    node *parent = &w->nodes[s->node];
    parent->mean = (float)(s->sum[0] / (double)(s->end - s->begin));
    if (s->end - s->begin < 2 * (int64_t)g->o.min_leaf || s->depth >= MAX_DEPTH || !draw_splits(g, s, r, &c))
        return false;
    weigh(g, w, s, &c);
    int32_t feature = best_split(g, s, &c);
    if (feature < 0)
        return false;
    parent->feature = (int16_t)feature;
    parent->threshold = c.threshold[feature];
    parent->left = (int32_t)w->n_nodes;
    divide(g, w, s, feature, parent->threshold, &stack[1], &stack[0]);
    stack[1].node = (int32_t)w->n_nodes;
    stack[0].node = (int32_t)w->n_nodes + 1;
    stack[0].depth = stack[1].depth = s->depth + 1;
    w->n_nodes += 2;
    return true;
}

/* The rows a tree sees, copied in order; a share is drawn row by row (selection sampling, Knuth vol. 2, 3.4.2 S). */
static void copy_rows(const grower *g, bench *w, vg_rng *r)
{
    const vg_forest_data *d = g->d;
    int64_t want =
        g->o.share > 0 && g->o.share < 1 ? (int64_t)ceil(g->o.share * (double)d->n_rows) : d->n_rows;
    w->n = 0;
    for (int64_t i = 0; i < d->n_rows && w->n < want; i++) {
        if (want < d->n_rows && vg_rng_below(r, (uint32_t)(d->n_rows - i)) >= want - w->n)
            continue;
        lanes *x = w->x + w->n * g->n_blocks;
        memcpy(x, d->x + i * d->n_features, (size_t)d->n_features);
        memcpy(w->y + w->n * d->n_targets, d->y + i * d->n_targets, (size_t)d->n_targets * sizeof(float));
        w->id[w->n++] = (int32_t)i;
    }
}

static bool keep_tree(const bench *w, tree *out, vg_err *e)
{
    tree t = { .n_nodes = (int32_t)w->n_nodes, .n_rows = w->n_row };
    t.nodes = malloc((size_t)t.n_nodes * sizeof *t.nodes);
    t.row = malloc((size_t)t.n_rows * sizeof *t.row);
    if (!t.nodes || !t.row) {
        free(t.nodes);
        free(t.row);
        return vg_fail_memory(e, w->n_row * 4);
    }
    memcpy(t.nodes, w->nodes, (size_t)t.n_nodes * sizeof *t.nodes);
    memcpy(t.row, w->row, (size_t)t.n_rows * sizeof *t.row);
    *out = t;
    return true;
}

static bool grow_tree(void *ctx, int64_t number, int worker, vg_err *e)
{
    grower *g = ctx;
    bench *w = &g->bench[worker];
    vg_rng r = vg_rng_at(g->o.seed, (uint64_t)number);
    if (worker == 0 && !vg_progress_step(&g->o.progress, "forest", number, g->o.n_trees, e))
        return false;
    copy_rows(g, w, &r);
    memset(w->nodes, 0, sizeof *w->nodes);
    w->n_nodes = 1;
    w->n_row = 0;
    span *top = w->stack;
    begin_span(top, 0, g->n_blocks);
    top->node = top->depth = 0;
    for (int64_t i = 0; i < w->n; i++)
        gather(top, w->x + i * g->n_blocks, w->y + i * g->d->n_targets, g->n_blocks, g->d->n_targets);
    top->end = w->n;
    for (int32_t height = 1; height > 0;) {
        span s = w->stack[height - 1];
        memset(&w->nodes[w->n_nodes], 0, 2 * sizeof *w->nodes);
        if (split_node(g, w, &s, &r, &w->stack[height - 1])) {
            height++;
        } else {
            make_leaf(g, w, &s, &r);
            height--;
        }
    }
    return keep_tree(w, &g->f->trees[number], e);
}

static bool new_bench(const grower *g, vg_arena *a, bench *w, vg_err *e)
{
    int64_t n = g->d->n_rows, most_nodes = 2 * (n / g->o.min_leaf + 1) + 2;
    w->x = vg_new(a, lanes, n * g->n_blocks);
    w->y = vg_new(a, float, n * g->d->n_targets);
    w->id = vg_new(a, int32_t, n);
    w->row = vg_new(a, int32_t, n);
    w->nodes = vg_new(a, node, most_nodes);
    w->stack = vg_new(a, span, MAX_DEPTH + 2);
    return (w->x && w->y && w->id && w->row && w->nodes && w->stack) || vg_fail_memory(e, vg_arena_limit(a));
}

static bool check(const vg_forest_data *d, const vg_forest_opts *o, vg_err *e)
{
    if (d->n_rows < 1 || d->n_rows > INT32_MAX || d->n_features < 1 || d->n_features > VG_FOREST_FEATURES ||
        d->n_targets < 1 || d->n_targets > VG_FOREST_TARGETS)
        return vg_fail(e, VG_EARG, VG_NOWHERE,
                       "a forest of %lld rows, %d features and %d targets cannot be grown",
                       (long long)d->n_rows, d->n_features, d->n_targets);
    if (o->n_trees < 1 || o->min_leaf < 1 || o->n_candidates < 1 || o->keep < 0 || o->share < 0)
        return vg_fail(e, VG_EARG, VG_NOWHERE,
                       "a forest needs at least one tree, one row a leaf and one candidate");
    return true;
}

static bool run(grower *g, vg_err *e)
{
    int n_threads = g->o.n_threads;
    int64_t per_row = g->n_blocks * LANES + g->d->n_targets * 4 + 8;
    int64_t limit = g->d->n_rows * per_row +
                    (2 * (g->d->n_rows / g->o.min_leaf) + 8) * (int64_t)sizeof(node) +
                    (MAX_DEPTH + 8) * (int64_t)sizeof(span) + (1 << 16);
    vg_arena arena[VG_MAX_THREADS] = { { 0 } };
    bench benches[VG_MAX_THREADS] = { { 0 } };
    bool ok = true;
    for (int i = 0; i < n_threads && ok; i++)
        ok = vg_arena_init(&arena[i], limit, e) && new_bench(g, &arena[i], &benches[i], e);
    g->bench = benches;
    ok = ok && vg_parallel(n_threads, g->o.n_trees, grow_tree, g, e);
    for (int i = 0; i < n_threads; i++)
        vg_arena_free(&arena[i]);
    return ok;
}

bool vg_forest_grow(const vg_forest_data *data, const vg_forest_opts *o, vg_forest **out, vg_err *e)
{
    grower g = {
        .d = data, .o = *o, .n_blocks = (data->n_features + LANES - 1) / LANES, .wide = lanes_have_wide()
    };
    g.o.n_trees = o->n_trees ? o->n_trees : 64;
    g.o.min_leaf = o->min_leaf ? o->min_leaf : 5;
    g.o.n_candidates = o->n_candidates ? o->n_candidates : (data->n_features + 2) / 3;
    g.o.n_threads = o->n_threads ? o->n_threads : vg_cores();
    if (g.o.n_threads > g.o.n_trees)
        g.o.n_threads = g.o.n_trees;
    if (vg_failed(e) || !check(data, &g.o, e))
        return false;
    vg_forest *f = calloc(1, sizeof *f);
    if (f)
        f->trees = calloc((size_t)g.o.n_trees, sizeof *f->trees);
    if (!f || !f->trees) {
        free(f);
        return vg_fail_memory(e, g.o.n_trees);
    }
    f->n_trees = g.o.n_trees;
    f->n_features = data->n_features;
    g.f = f;
    if (!run(&g, e)) {
        vg_forest_free(f);
        return false;
    }
    *out = f;
    return true;
}

void vg_forest_free(vg_forest *f)
{
    if (!f)
        return;
    for (int32_t i = 0; i < f->n_trees; i++) {
        free(f->trees[i].nodes);
        free(f->trees[i].row);
    }
    free(f->trees);
    free(f);
}

int32_t vg_forest_trees(const vg_forest *f)
{
    return f->n_trees;
}

vg_forest_leaf vg_forest_find(const vg_forest *f, int32_t number, const uint8_t *query)
{
    const tree *t = &f->trees[number];
    const node *at = t->nodes;
    while (at->left)
        at = t->nodes + at->left + (query[at->feature] > at->threshold);
    return (vg_forest_leaf){ t->row + at->at, at->n, at->n_in_leaf };
}

double vg_forest_path(const vg_forest *f, int32_t number, const uint8_t *query, double *effect)
{
    const tree *t = &f->trees[number];
    const node *at = t->nodes;
    while (at->left) {
        const node *child = t->nodes + at->left + (query[at->feature] > at->threshold);
        effect[at->feature] += (double)child->mean - (double)at->mean;
        at = child;
    }
    return (double)t->nodes[0].mean;
}

uint8_t vg_forest_bin(float value, float low, float high)
{
    if (isnan(value))
        return 0;
    if (!(high > low) || value <= low)
        return 1;
    return value >= high ? 255 : (uint8_t)(1.0F + (value - low) / (high - low) * 254.0F);
}
