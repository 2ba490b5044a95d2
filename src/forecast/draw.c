/*
 * Draws of the house model. What followed each analogue is carried over to the unit's own level: y G / g, where G is
 * the unit's geometric mean of 1 + deaths a month over the last 3 or 6 months and g the analogue's, half of the weight
 * each; so a war larger than any on record can grow further, and one month of slaughter does not set the level alone.
 * Invariant: no random number is used after the forest is grown.
 */
#include <math.h>

#include "forecast/house_int.h"

/* Chosen on windows 2010-2017 only. */
enum {
    POOLED_LEADS = 1, /* outcomes of the lead itself and this many on both sides */
    SHORT_OWN = 6,    /* months of the unit's own past */
    LONG_OWN = 24
};
static const int32_t level_months[VG_HOUSE_LEVELS] = { 3, 6 };
static const double OWN_SHARE = 0.3;

/* A possible number of deaths and how likely it is. */
typedef struct {
    uint32_t deaths;
    float unused;
    double weight;
} atom;

typedef struct {
    atom *list;
    int64_t n;
    double zero; /* weight of no death at all */
} atoms;

static void add_atom(atoms *s, double deaths, double weight)
{
    if (deaths < 0.5) {
        s->zero += weight;
        return;
    }
    s->list[s->n++] =
        (atom){ .deaths = deaths < 4e9 ? (uint32_t)rint(deaths) : 4000000000U, .weight = weight };
}

double vg_house_outcome(const vg_house *m, int32_t row, int32_t ahead)
{
    int32_t at = m->row_month[row] + ahead;
    return at < m->h->n_months && at >= 0 ? m->h->y[(int64_t)m->row_chain[row] * m->h->n_months + at] : NAN;
}

/* One lead's outcomes of all analogues, each carried over to the unit's level by three measures of it. */
static void add_lead(const vg_house *m, int32_t chain, int32_t ahead, double share, atoms *s)
{
    const vg_house_analogue *list = m->analogues[chain];
    double known = 0;
    for (int32_t i = 0; i < m->n_analogues[chain]; i++)
        known += isnan(vg_house_outcome(m, list[i].row, ahead)) ? 0 : list[i].weight;
    if (known <= 0)
        return;
    for (int32_t i = 0; i < m->n_analogues[chain]; i++) {
        double y = vg_house_outcome(m, list[i].row, ahead), weight = share * list[i].weight / known;
        if (isnan(y))
            continue;
        if (y == 0)
            s->zero += weight;
        for (int k = 0; k < VG_HOUSE_LEVELS && y > 0; k++)
            add_atom(s, y * (double)list[i].ratio[k], weight / VG_HOUSE_LEVELS);
    }
}

/* exp of the mean of ln(1 + y): a level that one month of slaughter does not run away with. */
static double log_level(const vg_house *m, int32_t chain, int32_t month, int32_t k)
{
    const double *y = m->h->y + (int64_t)chain * m->h->n_months;
    double sum = 0;
    int32_t n = 0;
    for (int32_t t = month; t > month - k && t >= m->base.first[chain]; t--) {
        sum += isnan(y[t]) ? 0 : log1p(y[t]);
        n++;
    }
    return n ? exp(sum / n) : 1;
}

void vg_house_set_ratios(const vg_house *m, int32_t chain, vg_house_analogue *list, int32_t n)
{
    for (int k = 0; k < VG_HOUSE_LEVELS; k++) {
        double own = log_level(m, chain, m->h->n_months - 1, level_months[k]);
        for (int32_t i = 0; i < n; i++)
            list[i].ratio[k] = (float)(own / log_level(m, m->row_chain[list[i].row],
                                                       m->row_month[list[i].row], level_months[k]));
    }
}

static void add_own(const vg_house *m, int32_t chain, int32_t k, double share, atoms *s)
{
    const double *y = m->h->y + (int64_t)chain * m->h->n_months;
    int32_t from = m->h->n_months - k > 0 ? m->h->n_months - k : 0;
    for (int32_t t = from; t < m->h->n_months; t++)
        add_atom(s, isnan(y[t]) ? 0 : y[t], share / (m->h->n_months - from));
}

/* Ascending by deaths: stable passes of 11 bits, those in which all agree left out. */
static void sort_atoms(atoms *s, atom *spare)
{
    uint32_t any = 0;
    for (int64_t i = 0; i < s->n; i++)
        any |= s->list[i].deaths;
    for (int shift = 0; shift < 32; shift += 11) {
        int64_t at[2049] = { 0 };
        if (!(any >> shift & 2047))
            continue;
        for (int64_t i = 0; i < s->n; i++)
            at[(s->list[i].deaths >> shift & 2047) + 1]++;
        for (int k = 0; k < 2048; k++)
            at[k + 1] += at[k];
        for (int64_t i = 0; i < s->n; i++)
            spare[at[s->list[i].deaths >> shift & 2047]++] = s->list[i];
        atom *swap = s->list;
        s->list = spare;
        spare = swap;
    }
}

/* Draw j of n is the quantile at (j + 0.5) / n: no random number, ascending. */
static void quantile_draws(const atoms *s, int32_t n, double *draws)
{
    double total = s->zero, below = s->zero, value = 0;
    for (int64_t i = 0; i < s->n; i++)
        total += s->list[i].weight;
    int64_t k = 0;
    for (int32_t j = 0; j < n; j++) {
        double want = (j + 0.5) / n * total;
        while (below < want && k < s->n) {
            value = s->list[k].deaths;
            below += s->list[k++].weight;
        }
        draws[j] = value;
    }
}

double vg_house_own_share(const vg_house *m, int32_t chain)
{
    return vg_history_last(m->h, chain, 12) > 0 ? OWN_SHARE : 0;
}

bool vg_house_draws(const vg_house *m, int32_t chain, int32_t lead, vg_arena scratch, double *draws,
                    vg_err *e)
{
    int64_t n = m->n_analogues[chain],
            most = n * VG_HOUSE_LEVELS * (2 * POOLED_LEADS + 1) + SHORT_OWN + LONG_OWN;
    atoms s = { .list = vg_new(&scratch, atom, most) };
    atom *spare = vg_new(&scratch, atom, most);
    if (!s.list || !spare)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    double own = vg_house_own_share(m, chain);
    for (int32_t d = -POOLED_LEADS; d <= POOLED_LEADS; d++)
        add_lead(m, chain, lead + d, (1 - own) / (2 * POOLED_LEADS + 1), &s);
    if (own > 0) {
        add_own(m, chain, SHORT_OWN, own / 2, &s);
        add_own(m, chain, LONG_OWN, own / 2, &s);
    }
    sort_atoms(&s, spare);
    quantile_draws(&s, m->o.n_draws, draws);
    return true;
}
