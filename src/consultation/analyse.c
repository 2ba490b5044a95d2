/*
 * The house's answer to a conversation: groups, where every statement stands, and who is covered poorly. Invariant: a
 * statement is called common ground for what the groups say one by one, never for what the majority says.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "consultation/house_int.h"
#include "stat/survey.h"

enum { LEAST_CAST = 3 }; /* votes of a group's own behind every claim about it */
static const double SURE = 0.9, HALF = 0.5, APART = 0.2, BETWEEN = 0.6;
/* Squared distance over its mean that 1 in 100 pass, in 1 to 5 directions: chi-square(0.99, d) / d. */
static const double far_out[VG_HOUSE_SPACE + 1] = { 0, 6.635, 4.605, 3.782, 3.319, 3.017 };

typedef struct {
    const vg_opinions *m;
    const vg_house_opts *o;
    const vg_sets *sets;
    vg_house_statement *out;
    vg_house_support *support; /* n_statements x n_groups */
    int32_t n_groups;
} statement_job;

/* P(X > limit) of a share known with this variance. */
static double above(double share, double var, double limit)
{
    if (isnan(share))
        return 0;
    return var < 1e-12 ? share > limit : 0.5 * erfc((limit - share) / sqrt(2 * var));
}

static vg_house_support support_of(const vg_tally *x, double level)
{
    vg_house_support s = { .n_agree = x->agree,
                           .n_pass = x->pass,
                           .n_disagree = x->disagree,
                           .n_people = x->n,
                           .raw = 0.5,
                           .raw_low = 0,
                           .raw_high = 1,
                           .all = x->all,
                           .against = x->against };
    if (x->n == 0)
        s.raw = s.raw_low = s.raw_high = NAN;
    if (x->cast > 0) {
        s.raw = (double)x->agree / x->cast;
        vg_bounds b = vg_wilson(s.raw, x->cast, level);
        s.raw_low = b.low;
        s.raw_high = b.high;
    }
    vg_support_interval(x->all, x->var, level, &s.all_low, &s.all_high);
    return s;
}

/* z of the two-sided interval: by bisection on the normal's upper tail, once a statement and cheap. */
static double normal_width(double level)
{
    double low = 0, high = 10;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (erfc(middle / sqrt(2)) > 1 - level)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void compare_groups(const vg_tally *tally, int32_t n_groups, double level, vg_house_statement *s)
{
    s->p_common = s->p_refused = 1;
    s->bridging = 1;
    for (int32_t g = 0; g < n_groups; g++) {
        s->p_common *= above(tally[g].all, tally[g].var, HALF);
        s->p_refused *= above(tally[g].against, tally[g].var_against, HALF);
        s->bridging = fmin(s->bridging, s->group[g].all_low);
        if (tally[g].all > tally[s->high_group].all)
            s->high_group = g;
        if (tally[g].all < tally[s->low_group].all)
            s->low_group = g;
    }
    s->gap = s->gap_low = s->gap_high = NAN;
    if (n_groups < 2)
        return;
    const vg_tally *high = &tally[s->high_group], *low = &tally[s->low_group];
    double width = normal_width(level) * sqrt(high->var + low->var);
    s->gap = high->all - low->all;
    s->gap_low = fmax(s->gap - width, -1);
    s->gap_high = fmin(s->gap + width, 1);
}

/* Nothing is firm in a group where hardly anybody was asked, whatever the model expects; else firm is an interval on one
 * side of a half. */
static vg_house_place place_of(const vg_tally *tally, int32_t n_groups, const vg_house_statement *s)
{
    for (int32_t g = 0; g < n_groups; g++)
        if (tally[g].cast < LEAST_CAST && tally[g].cast < tally[g].n)
            return VG_HOUSE_OPEN;
    if (s->p_common > SURE)
        return VG_HOUSE_COMMON;
    if (s->p_refused > SURE)
        return VG_HOUSE_REFUSED;
    if (n_groups >= 2 && above(s->gap, tally[s->high_group].var + tally[s->low_group].var, APART) > SURE)
        return VG_HOUSE_DIVIDES;
    for (int32_t g = 0; g < n_groups; g++)
        if (s->group[g].all_low <= HALF && s->group[g].all_high >= HALF)
            return VG_HOUSE_OPEN;
    return VG_HOUSE_MIXED;
}

static bool one_statement(void *ctx, int64_t at, int worker, vg_err *e)
{
    (void)worker, (void)e;
    statement_job *job = ctx;
    vg_house_statement *s = &job->out[at];
    vg_tally tally[VG_HOUSE_MAX_GROUPS + 2];
    vg_support_tally(job->m, job->sets, job->m->col_of[s->statement], tally);
    vg_house_support *group = job->support + at * job->n_groups;
    for (int32_t g = 0; g < job->n_groups; g++)
        group[g] = support_of(&tally[g], job->o->level);
    s->group = group;
    s->everyone = support_of(&tally[job->sets->n_sets], job->o->level);
    compare_groups(tally, job->n_groups, job->o->level, s);
    s->place = place_of(tally, job->n_groups, s);
    return true;
}

/* --- orders --- */

typedef struct {
    const vg_house_statement *statement;
    const vg_opinions *m;
} order_ctx;

static int by_column(const order_ctx *o, int32_t a, int32_t b)
{
    int32_t x = o->m->col_of[o->statement[a].statement], y = o->m->col_of[o->statement[b].statement];
    return (x > y) - (x < y);
}

static int bridging_order(const void *x, const void *y, void *ctx)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    const order_ctx *o = ctx;
    double p = o->statement[a].bridging, q = o->statement[b].bridging;
    return p > q ? -1 : p < q ? 1 : by_column(o, a, b);
}

static int gap_order(const void *x, const void *y, void *ctx)
{
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    const order_ctx *o = ctx;
    double p = o->statement[a].gap_low, q = o->statement[b].gap_low;
    return p > q ? -1 : p < q ? 1 : by_column(o, a, b);
}

/* --- parts of the result --- */

static bool statements(const vg_opinions *m, const vg_house_opts *o, const vg_sets *sets, vg_arena *a,
                       vg_house *h, vg_err *e)
{
    statement_job job = { .m = m, .o = o, .sets = sets, .n_groups = h->n_groups };
    int32_t n = 0;
    for (int32_t s = 0; s < m->c->n_statements; s++)
        n += m->col_of[s] >= 0 && vg_house__counts(m->c, s);
    job.out = vg_new(a, vg_house_statement, n);
    job.support = vg_new(a, vg_house_support, (int64_t)n * h->n_groups);
    int32_t *bridging = vg_new(a, int32_t, n), *gap = vg_new(a, int32_t, n);
    if (!job.out || !job.support || !bridging || !gap)
        return vg_fail_memory(e, vg_arena_limit(a));
    n = 0;
    for (int32_t s = 0; s < m->c->n_statements; s++)
        if (m->col_of[s] >= 0 && vg_house__counts(m->c, s))
            job.out[n++].statement = s;
    if (!vg_parallel(o->n_threads, n, one_statement, &job, e))
        return false;
    for (int32_t i = 0; i < n; i++)
        bridging[i] = gap[i] = i;
    order_ctx ctx = { job.out, m };
    qsort_r(bridging, (size_t)n, sizeof *bridging, bridging_order, &ctx);
    if (h->n_groups > 1)
        qsort_r(gap, (size_t)n, sizeof *gap, gap_order, &ctx);
    h->n_statements = n;
    h->statement = job.out;
    h->by_bridging = bridging;
    h->by_gap = gap;
    return true;
}

/* Votes of a person that the model, having seen them, explains worse than the statements' means do. */
static bool unexplained(const vg_opinions *m, const double *mean, int32_t row)
{
    const vg_votes *v = &m->votes;
    double model = 0, plain = 0;
    for (int64_t t = v->row_at[row]; t < v->row_at[row + 1]; t++) {
        double x = v->row_value[t], d = x - vg_opinions__at(m, row, v->row_col[t]).value;
        model += d * d;
        plain += (x - mean[v->row_col[t]]) * (x - mean[v->row_col[t]]);
    }
    return model > plain;
}

static bool cover(const vg_opinions *m, const vg_found_groups *g, vg_arena *a, vg_house *h, vg_err *e)
{
    vg_house_cover *cover = vg_new(a, vg_house_cover, g->n_groups + 1);
    double *mean = vg_new(a, double, m->votes.m);
    if (!cover || !mean)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t j = 0; j < m->votes.m; j++) {
        for (int64_t t = m->votes.col_at[j]; t < m->votes.col_at[j + 1]; t++)
            mean[j] += m->votes.col_value[t];
        mean[j] /= (double)(m->votes.col_at[j + 1] - m->votes.col_at[j]);
    }
    for (int32_t i = 0; i < m->votes.n; i++) {
        bool in = g->group[i] >= 0;
        vg_house_cover *x = &cover[in ? g->group[i] : g->n_groups];
        x->n_people++;
        x->n_few_votes += !in;
        x->n_between += in && g->certainty[i] < BETWEEN;
        x->n_unlike += in && g->distance[i] > far_out[g->space.dim];
        x->n_unexplained += in && unexplained(m, mean, i);
    }
    h->cover = cover;
    return true;
}

static bool people(const vg_opinions *m, const vg_found_groups *g, vg_arena *a, vg_house *h, vg_err *e)
{
    const vg_consultation *c = m->c;
    int32_t *group = vg_new(a, int32_t, c->n_participants), *size = vg_new(a, int32_t, g->n_groups);
    double *certainty = vg_new(a, double, c->n_participants), *x = vg_new(a, double, c->n_participants),
           *y = vg_new(a, double, c->n_participants);
    if (!group || !size || !certainty || !x || !y)
        return vg_fail_memory(e, vg_arena_limit(a));
    memcpy(size, g->size, (size_t)g->n_groups * sizeof *size);
    vg_space map;
    vg_space_make(m, 0, g->people, g->n_people, 2, &map);
    for (int32_t p = 0; p < c->n_participants; p++) {
        int32_t row = m->row_of[p];
        double at[VG_HOUSE_SPACE] = { NAN, NAN };
        if (row >= 0)
            vg_space_place(&map, m->row[0] + (int64_t)row * map.b->row_dim, at);
        group[p] = row < 0 ? VG_NO_GROUP : g->group[row];
        certainty[p] = row < 0 ? NAN : g->certainty[row];
        x[p] = at[0];
        y[p] = at[1];
    }
    double *sx = vg_new(a, double, c->n_statements), *sy = vg_new(a, double, c->n_statements);
    if (!sx || !sy)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t s = 0; s < c->n_statements; s++) {
        bool counts = m->col_of[s] >= 0 && vg_house__counts(c, s);
        sx[s] = counts ? vg_space_pull(&map, m->col_of[s], 0) : NAN;
        sy[s] = counts ? vg_space_pull(&map, m->col_of[s], 1) : NAN;
    }
    h->group = group;
    h->size = size;
    h->certainty = certainty;
    h->map_x = x;
    h->map_y = y;
    h->statement_x = sx;
    h->statement_y = sy;
    for (int k = 0; k < 2; k++)
        h->map_share[k] = map.all_spread > 0 ? map.spread[k] / map.all_spread : NAN;
    return true;
}

bool vg_house_analyse(const vg_consultation *c, const vg_opinions *m, const vg_house_opts *o, vg_arena *a,
                      vg_house *out, vg_err *e)
{
    vg_house_opts x;
    if (!vg_house__opts(o, &x, e))
        return false;
    if (c != m->c)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the model was learned from another record");
    vg_found_groups g;
    vg_sets sets;
    if (!vg_progress_step(&x.progress, "groups", 0, 2, e) || !vg_groups_find(m, &x, a, &g, e) ||
        !vg_sets_make(m, &g, a, &sets, e))
        return false;
    vg_house h = { .n_groups = g.n_groups, .stability = g.stability };
    memcpy(h.stability_by_k, g.by_k, sizeof h.stability_by_k);
    if (!people(m, &g, a, &h, e) || !vg_progress_step(&x.progress, "support", 1, 2, e) ||
        !statements(m, &x, &sets, a, &h, e) || !cover(m, &g, a, &h, e))
        return false;
    *out = h;
    return true;
}
