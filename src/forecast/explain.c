/* Reasons: the analogues that carry the forecast, what followed them, and the features that moved it. */
#include <math.h>
#include <string.h>

#include "forecast/house_int.h"

/* Keeps the n_most heaviest of a stream in order, heaviest first. */
static void offer(vg_explanation *x, vg_analogue one)
{
    int32_t at = x->n_analogues;
    while (at > 0 && x->analogue[at - 1].weight < one.weight)
        at--;
    if (at == VG_MAX_ANALOGUES)
        return;
    if (x->n_analogues < VG_MAX_ANALOGUES)
        x->n_analogues++;
    for (int32_t i = x->n_analogues - 1; i > at; i--)
        x->analogue[i] = x->analogue[i - 1];
    x->analogue[at] = one;
}

static double mean_after(const vg_house *m, int32_t row)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t k = 0; k < m->o.n_leads; k++) {
        double y = vg_house_outcome(m, row, m->o.first_lead + k);
        if (!isnan(y)) {
            sum += y;
            n++;
        }
    }
    return n ? sum / n : NAN;
}

/* Rows of one chain that follow one another tell one story: they are shown as the heaviest of them, weights added. */
static void list_analogues(const vg_house *m, int32_t chain, vg_explanation *x)
{
    const vg_house_analogue *list = m->analogues[chain];
    int32_t n = m->n_analogues[chain];
    for (int32_t i = 0; i < n;) {
        int32_t heaviest = i, k = i + 1;
        double weight = list[i].weight;
        for (; k < n && m->row_chain[list[k].row] == m->row_chain[list[i].row] &&
               m->row_month[list[k].row] - m->row_month[list[k - 1].row] <= 3;
             k++) {
            weight += list[k].weight;
            heaviest = list[k].weight > list[heaviest].weight ? k : heaviest;
        }
        int32_t row = list[heaviest].row, c = m->row_chain[row];
        vg_analogue one = { .unit_index = m->h->unit_of_chain[c],
                            .month = m->h->first_month + m->row_month[row],
                            .weight = weight * (1 - x->own_share),
                            .before12 = 12 * vg_feature_level(&m->base, c, m->row_month[row], 12),
                            .after_mean = mean_after(m, row) };
        offer(x, one);
        i = k;
    }
    for (int32_t i = 0; i < x->n_analogues; i++)
        x->analogue_share += x->analogue[i].weight;
}

/* Share of the training situations that lie below the unit's value. */
static double percentile(const vg_house *m, int32_t chain, int feature)
{
    uint8_t own = m->query[(int64_t)chain * N_FEATURES + feature];
    int64_t below = 0;
    for (int v = 0; v < own; v++)
        below += m->n_at[feature][v];
    return ((double)below + (double)m->n_at[feature][own] / 2) / (double)m->n_rows;
}

static void list_drivers(const vg_house *m, int32_t chain, vg_explanation *x)
{
    double effect[N_FEATURES] = { 0 };
    bool taken[N_FEATURES] = { false };
    const uint8_t *query = m->query + (int64_t)chain * N_FEATURES;
    int32_t n_trees = vg_forest_trees(m->forest);
    double root = 0, scale = m->target_spread / n_trees;
    for (int32_t t = 0; t < n_trees; t++)
        root += vg_forest_path(m->forest, t, query, effect);
    x->base = m->target_mean + root * scale;
    x->level = x->base;
    for (int k = 0; k < N_FEATURES; k++)
        x->level += effect[k] * scale;
    for (; x->n_drivers < VG_MAX_DRIVERS && x->n_drivers < N_FEATURES; x->n_drivers++) {
        int best = -1;
        for (int k = 0; k < N_FEATURES; k++)
            if (!taken[k] && (best < 0 || fabs(effect[k]) > fabs(effect[best])))
                best = k;
        taken[best] = true;
        x->driver[x->n_drivers] =
            (vg_driver){ .feature = vg_feature_keys[best],
                         .value = (double)m->query_value[(int64_t)chain * N_FEATURES + best],
                         .percentile = percentile(m, chain, best),
                         .effect = effect[best] * scale };
    }
}

void vg_house_explain(const vg_house *m, int32_t chain, vg_explanation *out)
{
    vg_explanation x = { .own_share = vg_house_own_share(m, chain) };
    list_analogues(m, chain, &x);
    list_drivers(m, chain, &x);
    *out = x;
}
