/* The 50 % rule over a graph of holdings. Invariant: whatever is said to be owned was reached from a listed party by
 * known shares; both rules grow from nothing, so rings of owners never lift themselves. */
#include "screening/ownership.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ROUNDS = 10000, MAX_CHAIN = 64 };
static const double EXACT =
    1e-9; /* per cent: three times 16.6667 and the like are compared with this tolerance */

typedef struct {
    const vg_ownership_graph *g;
    vg_ownership_rule rule;
    double threshold;
    vg_holding *edge; /* each pair once, by owned, then owner */
    int64_t n_edges;
    int64_t *first;       /* edges into entity i are first[i] .. first[i + 1] - 1 */
    double *share, *most; /* per cent of each entity */
    double *sum;          /* known shares of each entity */
    int32_t *step;        /* when an entity came to count: 0 = listed, -1 = it does not */
} ownership;

/* --- the graph --- */

static int by_pair(const void *a, const void *b)
{
    const vg_holding *x = a, *y = b;
    if (x->owned != y->owned)
        return x->owned < y->owned ? -1 : 1;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    double s = isnan(x->share) ? -1 : x->share, t = isnan(y->share) ? -1 : y->share;
    return (t > s) - (t < s); /* the largest first, unknown last */
}

static bool check(const vg_ownership_graph *g, vg_err *e)
{
    for (int64_t i = 0; i < g->n_holdings; i++) {
        const vg_holding *h = &g->holding[i];
        vg_at at = { .line = i + 1 };
        if (h->owner < 0 || h->owner >= g->n || h->owned < 0 || h->owned >= g->n)
            return vg_fail(e, VG_EARG, at, "a holding of an entity that does not exist");
        if (h->owner == h->owned) {
            vg_fail(e, VG_ERANGE, at, "an entity that owns itself");
            return vg_why(e, "shares that an entity holds in itself belong to nobody; leave them out");
        }
        if (!isnan(h->share) && !(h->share >= 0 && h->share <= 100)) {
            vg_fail(e, VG_ERANGE, at, "a share of %g %%", h->share);
            return vg_why(e, "a share is 0 to 100 per cent, or not known");
        }
    }
    return true;
}

static bool build(ownership *o, vg_arena *a)
{
    const vg_ownership_graph *g = o->g;
    o->edge = vg_new(a, vg_holding, g->n_holdings + 1);
    o->first = vg_new(a, int64_t, (int64_t)g->n + 2);
    o->share = vg_new(a, double, g->n + 1);
    o->most = vg_new(a, double, g->n + 1);
    o->sum = vg_new(a, double, g->n + 1);
    o->step = vg_new(a, int32_t, g->n + 1);
    if (!o->edge || !o->first || !o->share || !o->most || !o->sum || !o->step)
        return false;
    if (g->n_holdings)
        memcpy(o->edge, g->holding, (size_t)g->n_holdings * sizeof *o->edge);
    qsort(o->edge, (size_t)g->n_holdings, sizeof *o->edge, by_pair);
    for (int64_t i = 0; i < g->n_holdings; i++) {
        const vg_holding *h = &o->edge[i], *last = o->n_edges ? &o->edge[o->n_edges - 1] : NULL;
        if (!last || last->owner != h->owner || last->owned != h->owned)
            o->edge[o->n_edges++] = *h;
    }
    for (int64_t i = 0; i < o->n_edges; i++) {
        o->first[o->edge[i].owned + 1]++;
        o->sum[o->edge[i].owned] += isnan(o->edge[i].share) ? 0 : o->edge[i].share;
    }
    for (int32_t i = 0; i < g->n; i++)
        o->first[i + 1] += o->first[i];
    return true;
}

/* --- the rules --- */

/* What of an entity the owners' parts give: `part` per cent of each owner counts. `most`: unknown shares as large as the
 * known ones leave room for, all of it with the owner that counts most. */
static double add_up(const ownership *o, int32_t entity, const double *part, bool most)
{
    double total = 0, best_unknown = 0;
    for (int64_t i = o->first[entity]; i < o->first[entity + 1]; i++) {
        const vg_holding *h = &o->edge[i];
        if (!isnan(h->share))
            total += h->share * part[h->owner] / 100;
        else if (part[h->owner] > best_unknown)
            best_unknown = part[h->owner];
    }
    double room = 100 - o->sum[entity];
    if (most && room > 0)
        total += room * best_unknown / 100;
    return total > 100 ? 100 : total;
}

/* How much of an owner counts for what it owns, from how much of it is owned. */
static double counts_as(const ownership *o, double share)
{
    if (o->rule == VG_OWNERSHIP_OFAC)
        return share >= o->threshold - EXACT ? 100 : 0;
    return share;
}

/* Rounds from nothing until nothing grows any more. `step` (may be NULL) gets when an entity came to count. */
static bool settle(const ownership *o, double *share, double *part, int32_t *step, bool most)
{
    for (int32_t i = 0; i < o->g->n; i++) {
        part[i] = o->g->listed[i] ? 100 : 0;
        share[i] = part[i];
        if (step)
            step[i] = o->g->listed[i] ? 0 : -1;
    }
    for (int round = 1; round <= MAX_ROUNDS; round++) {
        bool grew = false;
        for (int32_t i = 0; i < o->g->n; i++)
            if (!o->g->listed[i])
                share[i] = add_up(o, i, part, most);
        for (int32_t i = 0; i < o->g->n; i++) { /* all at once: a step is the length of the shortest chain */
            double now = o->g->listed[i] ? 100 : counts_as(o, share[i]);
            grew |= now > part[i] + EXACT;
            part[i] = now;
            if (step && step[i] < 0 && now > 0)
                step[i] = round;
        }
        if (!grew)
            return true;
    }
    return true; /* look-through of rings comes nearer for ever; what is left is below EXACT of a per cent a round */
}

/* --- paths --- */

/* The owner that made `entity` count: of those that counted before it, the one with the largest part of it. */
static int64_t strongest_owner(const ownership *o, int32_t entity)
{
    int64_t best = -1;
    double most = -1;
    for (int64_t i = o->first[entity]; i < o->first[entity + 1]; i++) {
        const vg_holding *h = &o->edge[i];
        bool before = o->step[h->owner] >= 0 && o->step[h->owner] < o->step[entity];
        double worth = isnan(h->share) ? 0 : h->share;
        if (before && worth > most) {
            best = i;
            most = worth;
        }
    }
    return best;
}

/* The chain that ends with edge `last`, from its listed party down. */
static bool make_path(const ownership *o, int64_t last, vg_arena *a, vg_ownership_path *out)
{
    int64_t edge[MAX_CHAIN];
    int n = 0;
    edge[n++] = last;
    while (n < MAX_CHAIN && o->step[o->edge[edge[n - 1]].owner] > 0) {
        int64_t up = strongest_owner(o, o->edge[edge[n - 1]].owner);
        if (up < 0)
            break;
        edge[n++] = up;
    }
    int32_t *node = vg_new(a, int32_t, n + 1);
    double *share = vg_new(a, double, n);
    if (!node || !share)
        return false;
    for (int i = 0; i < n; i++) {
        node[i] = o->edge[edge[n - 1 - i]].owner;
        share[i] = o->edge[edge[n - 1 - i]].share;
    }
    node[n] = o->edge[last].owned;
    *out = (vg_ownership_path){ node, share, n + 1 };
    return true;
}

static int by_share(const void *a, const void *b)
{
    const vg_ownership_path *x = a, *y = b;
    double s = x->share[x->n - 2], t = y->share[y->n - 2];
    s = isnan(s) ? -1 : s, t = isnan(t) ? -1 : t;
    if (s != t)
        return s > t ? -1 : 1;
    return (x->node[x->n - 2] > y->node[y->n - 2]) - (x->node[x->n - 2] < y->node[y->n - 2]);
}

static bool add_paths(const ownership *o, vg_owned *found, vg_arena *a)
{
    int64_t from = o->first[found->entity], to = o->first[found->entity + 1];
    vg_ownership_path *path = vg_new(a, vg_ownership_path, to - from);
    int32_t n = 0;
    if (!path)
        return false;
    for (int64_t i = from; i < to; i++) {
        int32_t step = o->step[o->edge[i].owner];
        bool later = found->blocked && o->step[found->entity] >= 0 && step >= o->step[found->entity];
        if (step < 0 || later) /* an owner in a ring with the entity explains nothing */
            continue;
        if (!make_path(o, i, a, &path[n++]))
            return false;
    }
    qsort(path, (size_t)n, sizeof *path, by_share);
    found->path = path;
    found->n_paths = n;
    return true;
}

/* --- the whole --- */

static bool collect(const ownership *o, vg_arena *a, vg_owned **out, int32_t *n)
{
    vg_owned *found = vg_new(a, vg_owned, o->g->n);
    int32_t count = 0;
    if (!found)
        return false;
    for (int32_t i = 0; i < o->g->n; i++) {
        bool blocked = o->share[i] >= o->threshold - EXACT;
        bool open = !blocked && o->most[i] >= o->threshold - EXACT;
        if (o->g->listed[i] || (!blocked && !open && o->sum[i] <= 100 + EXACT))
            continue;
        found[count] = (vg_owned){ .entity = i,
                                   .blocked = blocked,
                                   .open = open,
                                   .share = o->share[i],
                                   .at_most = o->most[i],
                                   .sum = o->sum[i] };
        if (!add_paths(o, &found[count++], a))
            return false;
    }
    *out = found;
    *n = count;
    return true;
}

bool vg_ownership_find(const vg_ownership_graph *g, const vg_ownership_opts *opts, vg_arena *a,
                       vg_owned **out, int32_t *n, vg_err *e)
{
    ownership o = { .g = g, .rule = opts->rule, .threshold = opts->threshold > 0 ? opts->threshold : 50 };
    if (!check(g, e))
        return false;
    double *part = vg_new(a, double, g->n + 1);
    int32_t *known = part ? vg_new(a, int32_t, g->n + 1) : NULL;
    if (!known || !build(&o, a))
        return vg_fail_memory(e, vg_arena_limit(a));
    settle(&o, o.most, part, known, true);
    settle(&o, o.share, part, o.step, false);
    for (int32_t i = 0; i < g->n; i++) /* paths of what is open go through owners that may count */
        if (o.step[i] < 0 && known[i] >= 0)
            o.step[i] = known[i] + g->n;
    return collect(&o, a, out, n) || vg_fail_memory(e, vg_arena_limit(a));
}
