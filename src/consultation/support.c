/*
 * Support for statements with its uncertainty: votes as they were cast, the other people by the model. Of n people c
 * have voted and u = n - c have not; with p the model's mean chance of agreeing among those u,
 *     share = (agree + u p) / n,    variance = (u p (1 - p) + u^2 p (1 - p) / (c + OWN_VOTES)) / n^2
 * : what single people would say, and how far the model may be off for this statement in this group, which is as
 * uncertain as a poll of the votes cast there and OWN_VOTES more. OWN_VOTES was set so that intervals cover held-out
 * votes as often as they say (README.md). Invariant: a share that everybody has voted on has no interval but itself.
 */
#include <math.h>
#include <string.h>

#include "consultation/house_int.h"
#include "stat/survey.h"

enum { PANEL = 600, OWN_VOTES = 5 };

bool vg_sets_make(const vg_opinions *m, const vg_found_groups *g, vg_arena *a, vg_sets *out, vg_err *e)
{
    vg_sets s = { .n_sets = g->n_groups + 1 };
    int32_t seen[VG_HOUSE_MAX_GROUPS + 1] = { 0 };
    s.set = vg_new(a, int32_t, m->votes.n);
    if (!s.set)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < m->votes.n; i++) {
        s.set[i] = g->group[i] < 0 ? g->n_groups : g->group[i];
        s.n[s.set[i]]++;
    }
    for (int32_t k = 0; k < s.n_sets; k++) {
        s.panel[k] = vg_new(a, int32_t, PANEL);
        if (!s.panel[k])
            return vg_fail_memory(e, vg_arena_limit(a));
    }
    for (int32_t i = 0; i < m->votes.n; i++) { /* evenly spaced in the order of ids */
        int32_t k = s.set[i];
        int64_t want = s.n[k] < PANEL ? s.n[k] : PANEL;
        if (s.n_panel[k] < want && (int64_t)seen[k] * want / s.n[k] >= s.n_panel[k])
            s.panel[k][s.n_panel[k]++] = i;
        seen[k]++;
    }
    *out = s;
    return true;
}

static void count_votes(const vg_opinions *m, const vg_sets *s, int32_t col, vg_tally *tally)
{
    const vg_votes *v = &m->votes;
    for (int64_t t = v->col_at[col]; t < v->col_at[col + 1]; t++) {
        vg_tally *x = &tally[s->set[v->col_row[t]]];
        x->cast++;
        x->agree += v->col_value[t] > 0;
        x->pass += v->col_value[t] == 0;
        x->disagree += v->col_value[t] < 0;
    }
}

/* Mean expectation of the members of the panel who have not voted; the panel and the votes both ascend. */
static void foretell(const vg_opinions *m, const vg_sets *s, int32_t k, int32_t col, double *agree,
                     double *disagree)
{
    const vg_votes *v = &m->votes;
    int64_t t = v->col_at[col], end = v->col_at[col + 1];
    int32_t n = 0;
    *agree = *disagree = 0;
    for (int32_t i = 0; i < s->n_panel[k]; i++) {
        while (t < end && v->col_row[t] < s->panel[k][i])
            t++;
        if (t < end && v->col_row[t] == s->panel[k][i])
            continue;
        vg_opinion o = vg_opinions__at(m, s->panel[k][i], col);
        *agree += o.agree;
        *disagree += o.disagree;
        n++;
    }
    *agree = n ? *agree / n : 0.5;
    *disagree = n ? *disagree / n : 0.5;
}

static double variance(double p, double n_unseen, double n_cast, double n)
{
    double one = p * (1 - p);
    return (n_unseen * one + n_unseen * n_unseen * one / (n_cast + OWN_VOTES)) / (n * n);
}

void vg_support_tally(const vg_opinions *m, const vg_sets *s, int32_t col, vg_tally *tally)
{
    vg_tally all = { .n = 0 };
    memset(tally, 0, (size_t)s->n_sets * sizeof *tally);
    count_votes(m, s, col, tally);
    for (int32_t k = 0; k < s->n_sets; k++) {
        vg_tally *x = &tally[k];
        x->n = s->n[k];
        double unseen = x->n - x->cast, agree = 0, disagree = 0;
        if (unseen > 0)
            foretell(m, s, k, col, &agree, &disagree);
        double n = x->n ? x->n : 1;
        x->all = x->n ? (x->agree + unseen * agree) / n : NAN;
        x->against = x->n ? (x->disagree + unseen * disagree) / n : NAN;
        x->var = variance(agree, unseen, x->cast, n);
        x->var_against = variance(disagree, unseen, x->cast, n);
        all.n += x->n;
        all.cast += x->cast;
        all.agree += x->agree;
        all.pass += x->pass;
        all.disagree += x->disagree;
        if (x->n) {
            all.all += x->all * n;
            all.against += x->against * n;
            all.var += x->var * n * n;
            all.var_against += x->var_against * n * n;
        }
    }
    double n = all.n ? all.n : 1;
    all.all /= n;
    all.against /= n;
    all.var /= n * n;
    all.var_against /= n * n;
    tally[s->n_sets] = all;
}

void vg_support_interval(double share, double var, double level, double *low, double *high)
{
    *low = *high = share;
    if (isnan(share) || var < 1e-12)
        return;
    vg_bounds b = vg_wilson(share, fmax(share * (1 - share), 1e-3) / var, level);
    *low = b.low;
    *high = b.high;
}
