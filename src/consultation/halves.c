/*
 * How stable an engine's groups are: the same people grouped by two random halves of the statements. The halves depend
 * on the ids of the statements and on the seed only, so every engine is asked about the same ones.
 */
#include <math.h>

#include "consultation/house_int.h"
#include "core/rng.h"

typedef struct {
    const vg_consultation *c;
    vg_group_engine *engine;
    void *ctx;
    uint8_t *half; /* of each statement */
    bool *keep;    /* of each vote, by row */
    int32_t *group[2];
} halving;

static bool take_memory(halving *h, vg_arena *a, vg_err *e)
{
    h->half = vg_new(a, uint8_t, h->c->n_statements);
    h->keep = vg_new(a, bool, h->c->n_votes);
    h->group[0] = vg_new(a, int32_t, h->c->n_participants);
    h->group[1] = vg_new(a, int32_t, h->c->n_participants);
    return (h->half && h->keep && h->group[0] && h->group[1]) || vg_fail_memory(e, vg_arena_limit(a));
}

/* Statements shuffled, the first half against the rest. */
static void draw_halves(halving *h, int32_t *order, uint64_t seed, int32_t split)
{
    int32_t n = h->c->n_statements;
    vg_rng r = vg_rng_at(seed, vg_rng_stream(31, (uint64_t)split));
    for (int32_t i = 0; i < n; i++)
        order[i] = h->c->statement_by_id[i];
    for (int32_t i = n - 1; i > 0; i--) {
        int32_t j = (int32_t)vg_rng_below(&r, (uint32_t)i + 1), s = order[i];
        order[i] = order[j];
        order[j] = s;
    }
    for (int32_t i = 0; i < n; i++)
        h->half[order[i]] = i < n / 2 ? 0 : 1;
}

static bool group_half(halving *h, uint8_t side, int32_t k, int32_t *n_groups, vg_arena a, vg_err *e)
{
    vg_consultation part;
    for (int64_t i = 0; i < h->c->n_votes; i++)
        h->keep[i] = h->half[h->c->row_statement[i]] == side;
    for (int32_t p = 0; p < h->c->n_participants; p++)
        h->group[side][p] = VG_NO_GROUP;
    *n_groups = 1;
    if (!vg_consultation_subset(h->c, h->keep, &a, &part, e))
        return false;
    return part.n_votes == 0 || h->engine(h->ctx, &part, k, h->group[side], n_groups, e);
}

/* Agreement of the two halves; one group in either says nothing and counts as none. */
static bool one_split(halving *h, int32_t k, vg_arena a, double *ari, int32_t n_groups[2], vg_err *e)
{
    for (uint8_t side = 0; side < 2; side++)
        if (!group_half(h, side, k, &n_groups[side], a, e))
            return false;
    *ari = 0;
    if (n_groups[0] > 1 && n_groups[1] > 1)
        *ari = vg_consultation_ari(h->group[0], h->group[1], h->c->n_participants);
    return true;
}

bool vg_halves_measure(const vg_consultation *c, int32_t k, int32_t n_splits, uint64_t seed,
                       vg_group_engine *engine, void *ctx, vg_halves *out, vg_err *e)
{
    if (k < 2 || n_splits < 1)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "halves need at least 2 groups and 1 split");
    vg_arena a;
    if (!vg_arena_init(&a, (int64_t)4 << 30, e))
        return false;
    halving h = { .c = c, .engine = engine, .ctx = ctx };
    vg_halves sum = { .n_splits = n_splits };
    int32_t *order = vg_new(&a, int32_t, c->n_statements), n[2], n_forced = 0, n_free = 0;
    bool good = (order || vg_fail_memory(e, vg_arena_limit(&a))) && take_memory(&h, &a, e);
    for (int32_t s = 0; good && s < n_splits; s++) {
        double forced = 0, free_ = 0;
        draw_halves(&h, order, seed, s);
        good = one_split(&h, k, a, &forced, n, e) && one_split(&h, 0, a, &free_, n, e);
        if (!isnan(forced)) {
            sum.ari_forced += forced;
            n_forced++;
        }
        if (!isnan(free_)) {
            sum.ari_free += free_;
            n_free++;
        }
        sum.one_share += ((n[0] == 1) + (n[1] == 1)) / (2.0 * n_splits);
        sum.k_free += (n[0] + n[1]) / (2.0 * n_splits);
    }
    sum.ari_forced = n_forced ? sum.ari_forced / n_forced : NAN;
    sum.ari_free = n_free ? sum.ari_free / n_free : NAN;
    vg_arena_free(&a);
    if (good)
        *out = sum;
    return good;
}
