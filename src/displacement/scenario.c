/*
 * "As it was then": the last months of some units are taken to have been those of another time. Levels, means and
 * spreads stay what they are at the origin, and so does everything that was learnt; only what the units look like now
 * is computed again. Invariant: a scenario that takes over a unit's own last months changes nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "displacement/displacement_int.h"

enum { DEFAULT_MONTHS = 12, WINDOW = 12 };
static const int64_t MEMORY_LIMIT = (int64_t)256 << 20;

typedef struct {
    const vg_displacement *d;
    const vg_displacement_scenario *s;
    int32_t months, back; /* how many months lie between then and the origin */
    unsigned what;
    vg_dis_state *state;
    vg_dis_condition *condition;
    int32_t n_taken; /* numbers that were taken over */
} supposing;

static double at_month(const double *x, int32_t n, int32_t month)
{
    return month >= 0 && month < n ? x[month] : NAN;
}

/* Persons of the other unit, carried over to this one's level. */
static void take_arrivals(supposing *p, int32_t row, int32_t as, double *y)
{
    const vg_dis_history *h = &p->d->history;
    const double *from = h->y + (int64_t)as * h->n_months;
    double shift = p->d->now[row].level - p->d->now[as].level;
    memcpy(y, h->y + (int64_t)row * h->n_months, (size_t)h->n_months * sizeof *y);
    for (int32_t k = 0; k < p->months && k < h->n_months; k++) {
        double was = at_month(from, h->n_months, h->n_months - 1 - p->back - k);
        p->n_taken += !isnan(was);
        y[h->n_months - 1 - k] = isnan(was) || as == row ? was : expm1(fmax(log1p(was) + shift, 0));
    }
    vg_dis_state_again(h, y, &p->d->now[row], &p->state[row]);
}

/* The same anomaly in this unit's own terms. */
static double carry(double x, const vg_dis_condition *from, const vg_dis_condition *to)
{
    double anomaly = from->spread > 0 ? (copysign(log1p(fabs(x)), x) - from->mean) / from->spread : 0;
    double log = to->mean + to->spread * anomaly;
    return copysign(expm1(fabs(log)), log);
}

static void take_covariate(supposing *p, int32_t row, int32_t as, int32_t k)
{
    const vg_dis_history *h = &p->d->history;
    int32_t n = h->covariate_months[k], origin = h->first_month + h->n_months - 1 - h->covariate_first[k];
    const double *mine = h->covariate[k] + (int64_t)row * n, *from = h->covariate[k] + (int64_t)as * n;
    const vg_dis_condition *now = p->d->now_condition;
    double x[WINDOW];
    for (int32_t j = 0; j < WINDOW; j++) {
        double *to = &x[WINDOW - 1 - j];
        *to = j < p->months ? at_month(from, n, origin - p->back - j) : at_month(mine, n, origin - j);
        if (j >= p->months || isnan(*to))
            continue;
        p->n_taken++;
        if (as != row)
            *to =
                carry(*to, &now[(int64_t)as * h->n_covariates + k], &now[(int64_t)row * h->n_covariates + k]);
    }
    vg_dis_condition_again(x, WINDOW, &now[(int64_t)row * h->n_covariates + k],
                           &p->condition[(int64_t)row * h->n_covariates + k]);
}

static void suppose_unit(supposing *p, int32_t unit_index, double *y)
{
    const vg_dis_history *h = &p->d->history;
    int32_t row = h->row_of_unit[unit_index], as = p->s->as_unit < 0 ? row : h->row_of_unit[p->s->as_unit];
    if (p->what & VG_DISPLACEMENT_WHAT_ARRIVALS)
        take_arrivals(p, row, as, y);
    for (int32_t k = 0; k < h->n_covariates; k++)
        if (p->what & 1u << k)
            take_covariate(p, row, as, k);
}

static bool check(const vg_displacement *d, const vg_displacement_scenario *s, unsigned what, vg_err *e)
{
    const vg_dis_history *h = &d->history;
    char as[16], origin[16];
    vg_month_text(s->as_month, as);
    vg_month_text(d->o.origin, origin);
    if (d->o.model != VG_DISPLACEMENT_HOUSE)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the model %s knows no scenario: only the house model does",
                       vg_displacement_model_name(d->o.model));
    if (s->as_month > d->o.origin)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a scenario as in %s, which is after the origin %s", as,
                       origin);
    if (s->as_unit >= h->n_units || s->as_unit < -1)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a scenario as in a unit that is not there");
    if (s->months < 0)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a scenario of %d months", s->months);
    for (int32_t i = 0; s->unit && i < s->n_units; i++)
        if (s->unit[i] < 0 || s->unit[i] >= h->n_units)
            return vg_fail(e, VG_EARG, VG_NOWHERE, "a scenario for a unit that is not there");
    if ((what & ~VG_DISPLACEMENT_WHAT_ARRIVALS) >> h->n_covariates)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a scenario of a covariate that is not there");
    return true;
}

static bool take_all(supposing *p, vg_arena *a, vg_err *e)
{
    const vg_dis_history *h = &p->d->history;
    int64_t n = h->n_units;
    p->state = vg_new(a, vg_dis_state, n);
    p->condition = vg_new(a, vg_dis_condition, n * h->n_covariates);
    vg_arena scratch = *a;
    double *y = vg_new(&scratch, double, h->n_months);
    if (!p->state || !p->condition || !y)
        return vg_fail_memory(e, vg_arena_limit(a));
    memcpy(p->state, p->d->now, (size_t)n * sizeof *p->state);
    memcpy(p->condition, p->d->now_condition, (size_t)(n * h->n_covariates) * sizeof *p->condition);
    if (p->s->unit)
        for (int32_t i = 0; i < p->s->n_units; i++)
            suppose_unit(p, p->s->unit[i], y);
    else
        for (int32_t u = 0; u < h->n_units; u++)
            suppose_unit(p, u, y);
    vg_dis_nation(h->n_units, p->state);
    if (p->n_taken)
        return true;
    char as[16];
    vg_month_text(p->s->as_month, as);
    vg_fail(e, VG_EARG, VG_NOWHERE, "nothing is known of the %d months up to %s for the scenario", p->months,
            as);
    return vg_mend(e, "choose a month for which the arrivals or the covariates are known");
}

static bool forecast_again(vg_displacement *d, vg_err *e)
{
    int32_t n = d->history.n_units;
    for (int i = 0; i < VG_DISPLACEMENT_LEADS; i++) {
        vg_dis_track *t = &d->track[i];
        if (!t->lead)
            continue;
        t->median = vg_new(&d->arena, double, n);
        t->mean = vg_new(&d->arena, double, n);
        if (!t->median || !t->mean)
            return vg_fail_memory(e, vg_arena_limit(&d->arena));
        for (int32_t row = 0; row < n; row++)
            vg_dis_house_point(&d->base, t, &d->now[row],
                               d->now_condition + (int64_t)row * d->history.n_covariates, &t->median[row],
                               &t->mean[row]);
    }
    return true;
}

bool vg_displacement_suppose(const vg_displacement *d, const vg_displacement_scenario *s,
                             vg_displacement **out, vg_err *e)
{
    unsigned covariates = d->history.n_covariates ? (1u << d->history.n_covariates) - 1 : 0;
    supposing p = { .d = d,
                    .s = s,
                    .months = s->months ? s->months : DEFAULT_MONTHS,
                    .back = d->o.origin - s->as_month,
                    .what = s->what      ? s->what
                            : covariates ? covariates
                                         : VG_DISPLACEMENT_WHAT_ARRIVALS };
    if (!check(d, s, p.what, e))
        return false;
    vg_displacement *then = malloc(sizeof *then);
    if (!then)
        return vg_fail_memory(e, (int64_t)sizeof *then);
    *then = *d;
    memset(&then->arena, 0, sizeof then->arena);
    memset(then->lead_arena, 0, sizeof then->lead_arena); /* those are the first handle's */
    bool good = vg_arena_init(&then->arena, MEMORY_LIMIT, e) && take_all(&p, &then->arena, e);
    then->now = p.state;
    then->now_condition = p.condition;
    if (!good || !forecast_again(then, e)) {
        vg_displacement_free(then);
        return false;
    }
    *out = then;
    return true;
}
