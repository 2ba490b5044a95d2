/*
 * Worth of asking a person about a statement. Position: the share by which one more vote is expected to shrink what is
 * not known of the person's factors, tau v' S v / (1 + tau v' S v). Firmness: one over the root of the votes still
 * missing until the answer is firm in the person's group and among all (Wilson's formula solved for n), zero when
 * nothing is missing. Invariant: statements with an answer from this person, rejected and meta ones are never asked.
 */
#include <math.h>
#include <stdlib.h>

#include "consultation/house_int.h"
#include "consultation/next.h"
#include "core/rng.h"
#include "stat/prob.h"
#include "stat/survey.h"

static const double W_POSITION = 0.3, W_FIRMNESS = 1.0, W_FRESH = 0.5, SPREAD = 0.1;

static vg_next_opts filled(const vg_next_opts *o)
{
    vg_next_opts x = *o;
    if (x.width <= 0)
        x.width = 0.3;
    if (x.level <= 0)
        x.level = 0.9;
    if (x.fresh <= 0)
        x.fresh = 8;
    return x;
}

static bool firm(const vg_house_support *s, double width, double level)
{
    int32_t cast = s->n_agree + s->n_pass + s->n_disagree;
    if (s->n_people > 0 && cast == s->n_people)
        return true;
    vg_bounds b = { 0, 1 };
    if (cast > 0)
        b = vg_wilson((double)s->n_agree / cast, cast, level);
    return b.high - b.low <= width;
}

bool vg_next_firm(const vg_house_statement *s, int32_t n_groups, double width, double level)
{
    for (int32_t g = 0; g < n_groups; g++)
        if (!firm(&s->group[g], width, level))
            return false;
    return firm(&s->everyone, width, level);
}

/* Votes until the interval is as narrow as asked, at the share seen so far; 0 when it is. */
static double votes_missing(const vg_house_support *s, double width, double z)
{
    double cast = s->n_agree + s->n_pass + s->n_disagree;
    double p = (s->n_agree + 1) / (cast + 2), need = z * z * (4 * p * (1 - p) / (width * width) - 1);
    double left = s->n_people - cast;
    return fmax(fmin(need - cast, left), 0);
}

static double firmness_of(const vg_house *h, const vg_house_statement *s, int32_t group, double width,
                          double z)
{
    double own = votes_missing(&s->everyone, width, z), most = own;
    for (int32_t g = 0; g < h->n_groups; g++) {
        double missing = votes_missing(&s->group[g], width, z);
        most = fmax(most, missing);
        if (group < 0 || group == g)
            own = fmax(own, missing);
    }
    return own > 0 ? 1 / sqrt(fmax(most, 1)) : 0;
}

static double position_of(const vg_opinions *m, const float *cov, int32_t col)
{
    const vg_member *b = &m->member[0];
    double f[VG_HOUSE_DIM] = { 1 }, known = 0;
    for (int32_t i = 1; i < b->row_dim; i++)
        f[i] = (double)b->col[(int64_t)col * b->col_dim + i];
    for (int32_t i = 0; i < b->row_dim; i++)
        for (int32_t j = 0; j < b->row_dim; j++)
            known += f[i] * f[j] *
                     (cov      ? (double)cov[i >= j ? vg_packed(i, j) : vg_packed(j, i)]
                      : i == j ? b->row_prior[i]
                               : 0);
    known *= (double)b->tau[col];
    return known / (1 + known);
}

static int worth_order(const void *x, const void *y)
{
    const vg_next *a = x, *b = y;
    return a->worth > b->worth   ? -1
           : a->worth < b->worth ? 1
                                 : (a->statement > b->statement) - (a->statement < b->statement);
}

/* True for the statements a row has voted on. */
static bool answered(const vg_votes *v, int32_t row, int32_t col)
{
    int64_t low = v->row_at[row], high = v->row_at[row + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (v->row_col[middle] < col)
            low = middle + 1;
        else
            high = middle;
    }
    return low < v->row_at[row + 1] && v->row_col[low] == col;
}

bool vg_house_next(const vg_opinions *m, const vg_house *h, int32_t participant, const vg_next_opts *o,
                   vg_next *next, int32_t most, int32_t *n, vg_err *e)
{
    vg_next_opts x = filled(o);
    if (participant >= m->c->n_participants || most < 1)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "no such participant, or nothing asked for");
    vg_arena a;
    if (!vg_arena_init(&a, ((int64_t)h->n_statements + 64) * (int64_t)sizeof(vg_next), e))
        return false;
    vg_next *all = vg_new(&a, vg_next, h->n_statements);
    if (!all) {
        vg_fail_memory(e, vg_arena_limit(&a));
        vg_arena_free(&a);
        return false;
    }
    int32_t row = participant < 0 ? -1 : m->row_of[participant],
            group = participant < 0 ? -1 : h->group[participant];
    const float *cov = row < 0 ? NULL : m->row_cov[0] + (int64_t)row * m->member[0].row_pack;
    double z = vg_normal_quantile((1 + x.level) / 2);
    int32_t count = 0;
    for (int32_t i = 0; i < h->n_statements; i++) {
        const vg_house_statement *s = &h->statement[i];
        int32_t col = m->col_of[s->statement],
                cast = s->everyone.n_agree + s->everyone.n_pass + s->everyone.n_disagree;
        if (row >= 0 && answered(&m->votes, row, col))
            continue;
        vg_next *w = &all[count++];
        *w = (vg_next){ .statement = s->statement,
                        .fresh = fmax(1 - (double)cast / x.fresh, 0),
                        .position = position_of(m, cov, col),
                        .firmness = firmness_of(h, s, group, x.width, z) };
        vg_rng r = vg_rng_at(x.seed, vg_rng_stream((uint64_t)(row + 1), (uint64_t)col));
        w->worth = (W_POSITION * w->position + W_FIRMNESS * w->firmness + W_FRESH * w->fresh) *
                   (1 + SPREAD * (2 * vg_rng_unit(&r) - 1));
    }
    qsort(all, (size_t)count, sizeof *all, worth_order);
    *n = count < most ? count : most;
    for (int32_t i = 0; i < *n; i++)
        next[i] = all[i];
    vg_arena_free(&a);
    return true;
}
