/*
 * The house model. Median: two ridge regressions of log arrivals on how the unit and the nation stand against their
 * long-run levels and on the season, averaged, and drawn towards the exponentially weighted mean of the unit's logs the
 * farther ahead it looks. Mean: two quasi-Poisson regressions on the same columns, averaged, half of the weight; the
 * unit's expanding and exponentially weighted means, a quarter each. README.md gives the evidence for each number.
 * Invariant: a fit made at a month is made from outcomes known in that month.
 */
#include <math.h>
#include <string.h>

#include "displacement/displacement_int.h"

/* Chosen by rolling origins inside 2011-2018 only. */
enum { FIRST_ROW = 6, FIRST_ORIGIN = 20 };
static const double MEDIAN_PENALTY = 50, MEAN_PENALTY = 200;
static const double MEAN_SHARE = 0.5; /* of the regressions in the mean */

double vg_dis_level_share(int32_t lead)
{
    return lead / (lead + 3.0);
}

/* Columns of one of the two regressions: with the nation, which stands last, or without it. */
static int32_t columns_of(const vg_dis_history *h, int which)
{
    return vg_dis_columns(h) - (which == 0);
}

/* The more covariates, the harder each must prove itself. */
static void penalties(const vg_dis_history *h, double penalty, double *out)
{
    int32_t n = vg_dis_columns(h), own = OWN_COLUMNS - 1;
    for (int32_t k = 0; k < n; k++)
        out[k] = k >= own && k < n - 1 ? penalty * 2 * h->n_covariates : penalty;
}

static const vg_dis_state *state_of(const vg_dis_base *b, int32_t month, int32_t row)
{
    return &b->state[(int64_t)month * b->h->n_units + row];
}

static const vg_dis_condition *condition_of(const vg_dis_base *b, int32_t month, int32_t row)
{
    return &b->condition[((int64_t)month * b->h->n_units + row) * b->h->n_covariates];
}

/* True when a month of a unit teaches: enough is known in it, and so is what followed. */
static bool teaches(const vg_dis_base *b, int32_t month, int32_t lead, int32_t row)
{
    const vg_dis_state *s = state_of(b, month, row);
    return month >= FIRST_ROW && s->known && s->n_known >= FEW_MONTHS &&
           !isnan(b->h->y[(int64_t)row * b->h->n_months + month + lead]);
}

/* --- median --- */

static void add_month(const vg_dis_base *b, int32_t month, int32_t lead, vg_dis_sums *sums)
{
    double x[MAX_COLUMNS];
    for (int32_t i = 0; i < b->h->n_units; i++) {
        if (!teaches(b, month, lead, i))
            continue;
        const vg_dis_state *s = state_of(b, month, i);
        vg_dis_row(b->h, s, condition_of(b, month, i), month + lead, x);
        double y = b->h->y[(int64_t)i * b->h->n_months + month + lead];
        vg_dis_sums_add(sums, vg_dis_columns(b->h), x, log1p(y) - s->level);
    }
}

static double median_of(const vg_dis_base *b, const vg_dis_fit *fit, int32_t lead, const vg_dis_state *s,
                        const vg_dis_condition *c, int32_t month)
{
    double x[MAX_COLUMNS], share = vg_dis_level_share(lead);
    vg_dis_row(b->h, s, c, month + lead, x);
    double regression = s->level + (vg_dis_value(&fit[0], x) + vg_dis_value(&fit[1], x)) / 2;
    return share * (isnan(s->log_ewm) ? s->level : s->log_ewm) + (1 - share) * regression;
}

/* Forecasts made at every month from the first that has enough behind it; the last fit stays in `t`. */
static void roll(const vg_dis_base *b, int32_t lead, vg_dis_sums *sums, vg_dis_track *t, double *median)
{
    const vg_dis_history *h = b->h;
    double penalty[MAX_COLUMNS];
    int32_t first = h->n_months / 2 < FIRST_ORIGIN ? h->n_months / 2 : FIRST_ORIGIN;
    penalties(h, MEDIAN_PENALTY, penalty);
    for (int32_t m = 0; m < h->n_months; m++) {
        if (m >= lead)
            add_month(b, m - lead, lead, sums);
        for (int k = 0; k < 2 && m >= first; k++)
            if (!vg_dis_ridge(sums, columns_of(h, k), penalty, false, &t->fit[k]))
                t->fit[k] = (vg_dis_fit){ .n_columns = 0 };
        for (int32_t i = 0; i < h->n_units; i++)
            median[(int64_t)m * h->n_units + i] =
                m >= first ? median_of(b, t->fit, lead, state_of(b, m, i), condition_of(b, m, i), m) : NAN;
    }
}

/* --- mean --- */

typedef struct {
    double *x, *y, *offset;
    int64_t n;
} rows;

static double offset_of(const vg_dis_state *s)
{
    return log(fmax(s->usual, 1));
}

/* All rows that teach, with the first or with all columns. */
static void collect(const vg_dis_base *b, int32_t lead, int32_t n_columns, rows *r)
{
    double x[MAX_COLUMNS];
    r->n = 0;
    for (int32_t m = 0; m + lead < b->h->n_months; m++)
        for (int32_t i = 0; i < b->h->n_units; i++) {
            if (!teaches(b, m, lead, i))
                continue;
            vg_dis_row(b->h, state_of(b, m, i), condition_of(b, m, i), m + lead, x);
            memcpy(r->x + r->n * n_columns, x, (size_t)n_columns * sizeof *x);
            r->offset[r->n] = offset_of(state_of(b, m, i));
            r->y[r->n++] = b->h->y[(int64_t)i * b->h->n_months + m + lead];
        }
}

static bool fit_mean(const vg_dis_base *b, int32_t lead, vg_arena scratch, vg_dis_track *t, vg_err *e)
{
    int64_t most = (int64_t)b->h->n_units * b->h->n_months;
    double penalty[MAX_COLUMNS];
    rows r = { .x = vg_new(&scratch, double, most *vg_dis_columns(b->h)),
               .y = vg_new(&scratch, double, most),
               .offset = vg_new(&scratch, double, most) };
    if (!r.x || !r.y || !r.offset)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    penalties(b->h, MEAN_PENALTY, penalty);
    for (int k = 0; k < 2; k++) {
        int32_t n = columns_of(b->h, k);
        collect(b, lead, n, &r);
        t->mean_fit[k] = (vg_dis_fit){ .n_columns = 0 };
        if (r.n && !vg_dis_poisson(r.x, r.y, r.offset, r.n, n, penalty, scratch, &t->mean_fit[k], e))
            return false;
    }
    return true;
}

static double mean_of(const vg_dis_base *b, const vg_dis_track *t, const vg_dis_state *s,
                      const vg_dis_condition *c, int32_t month)
{
    double x[MAX_COLUMNS], sum = 0;
    vg_dis_row(b->h, s, c, month + t->lead, x);
    for (int k = 0; k < 2; k++)
        sum += exp(fmax(fmin(offset_of(s) + vg_dis_value(&t->mean_fit[k], x), 14), -2)) / 2;
    double plain = isnan(s->expanding) ? s->usual : s->expanding;
    plain = isnan(s->ewm) ? plain : (plain + s->ewm) / 2;
    return MEAN_SHARE * sum + (1 - MEAN_SHARE) * plain;
}

void vg_dis_house_point(const vg_dis_base *b, const vg_dis_track *t, const vg_dis_state *s,
                        const vg_dis_condition *c, double *median, double *mean)
{
    int32_t month = b->h->n_months - 1;
    *median = median_of(b, t->fit, t->lead, s, c, month);
    *mean = mean_of(b, t, s, c, month);
}

bool vg_dis_house(const vg_dis_base *b, int32_t lead, vg_arena *a, vg_dis_track *out, vg_err *e)
{
    int32_t n = b->h->n_units, last = b->h->n_months - 1;
    vg_dis_track t = { .lead = lead };
    t.median = vg_new(a, double, n);
    t.mean = vg_new(a, double, n);
    t.none = vg_new(a, bool, n);
    double *median = vg_new(a, double, (int64_t)n * b->h->n_months);
    vg_arena scratch = *a;
    vg_dis_sums *sums = vg_new(&scratch, vg_dis_sums, 1);
    if (!t.median || !t.mean || !t.none || !median || !sums)
        return vg_fail_memory(e, vg_arena_limit(a));
    roll(b, lead, sums, &t, median);
    if (!fit_mean(b, lead, scratch, &t, e) || !vg_dis_misses(b->h, median, lead, true, a, &t, e))
        return false;
    for (int32_t i = 0; i < n; i++)
        vg_dis_house_point(b, &t, state_of(b, last, i), condition_of(b, last, i), &t.median[i], &t.mean[i]);
    *out = t;
    return true;
}
