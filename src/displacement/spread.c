/*
 * How wide a forecast is, and its draws. Past misses of the same rule, forecast by forecast with rolling origins, say
 * how far what happens lies from the median; all units' misses together, each in units of its own unit's spread. What
 * lies above two thirds of the draws is then drawn in or out so that the mean of the draws is the mean forecast.
 * Invariant: draws are quantiles of a distribution, no random number is used; they ascend and are finite.
 */
#include <math.h>
#include <stdlib.h>

#include "displacement/displacement_int.h"
#include "stat/score.h"

/* Chosen by rolling origins inside 2011-2018 only (README.md). */
static const double OWN_PRIOR = 24;      /* misses of all units that a unit's own spread is drawn towards */
static const double TAIL_FROM = 2.0 / 3; /* where the part begins that gives the mean */
static const double LEAST_TAIL = 0.3, MOST_TAIL = 2;

/* For a history too short to have misses of its own. */
enum { FEW_MISSES = 50, PRIOR_MISSES = 10 };
static const double PRIOR_SPREAD = 1.2;
static const double MOST_LOG = 30; /* 1e13 persons: nothing overflows */

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

typedef struct {
    const vg_dis_history *h;
    const double *median;
    int32_t lead;
} past;

static double miss(const past *p, int32_t row, int32_t month)
{
    double y = p->h->y[(int64_t)row * p->h->n_months + month + p->lead];
    return log1p(y) - p->median[(int64_t)month * p->h->n_units + row]; /* NaN when either is */
}

/* Spread of each unit, drawn towards that of all together; returns how many misses there are. */
static int32_t spreads(const past *p, double *spread)
{
    double all = 0;
    int32_t n_all = 0, from_lead = p->h->n_months - p->lead;
    for (int32_t i = 0; i < p->h->n_units; i++)
        for (int32_t m = 0; m < from_lead; m++) {
            double d = miss(p, i, m);
            all += isnan(d) ? 0 : d * d;
            n_all += !isnan(d);
        }
    if (n_all < FEW_MISSES)
        all = (all + PRIOR_MISSES * PRIOR_SPREAD * PRIOR_SPREAD) / (n_all + PRIOR_MISSES);
    else
        all /= n_all;
    for (int32_t i = 0; i < p->h->n_units; i++) {
        double own = 0;
        int32_t n = 0;
        for (int32_t m = 0; m < from_lead; m++) {
            double d = miss(p, i, m);
            own += isnan(d) ? 0 : d * d;
            n += !isnan(d);
        }
        spread[i] = fmax(sqrt((own + OWN_PRIOR * all) / (n + OWN_PRIOR)), 1e-6);
    }
    return n_all;
}

/* Quantiles of the logistic distribution with spread one, for lack of misses. */
static void assumed(vg_dis_track *t)
{
    t->n_z = FEW_MISSES;
    for (int32_t i = 0; i < FEW_MISSES; i++) {
        double u = (i + 0.5) / FEW_MISSES;
        t->z[i] = log(u / (1 - u)) * 0.55132889542179204; /* square root of 3, over pi */
    }
}

bool vg_dis_misses(const vg_dis_history *h, const double *median, int32_t lead, bool centred, vg_arena *a,
                   vg_dis_track *out, vg_err *e)
{
    past p = { h, median, lead };
    out->spread = vg_new(a, double, h->n_units);
    if (!out->spread)
        return vg_fail_memory(e, vg_arena_limit(a));
    int32_t n = spreads(&p, out->spread), filled = 0;
    out->z = vg_new(a, double, n > FEW_MISSES ? n : FEW_MISSES);
    if (!out->z)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (n < FEW_MISSES) {
        assumed(out);
        return true;
    }
    for (int32_t i = 0; i < h->n_units; i++)
        for (int32_t m = 0; m < h->n_months - lead; m++) {
            double d = miss(&p, i, m);
            if (!isnan(d))
                out->z[filled++] = d / out->spread[i];
        }
    qsort(out->z, (size_t)n, sizeof *out->z, ascending);
    out->n_z = n;
    double middle = centred ? vg_quantile(out->z, n, 0.5) : 0;
    for (int32_t i = 0; i < n; i++)
        out->z[i] -= middle;
    return true;
}

/* --- draws --- */

/* Mean of expm1 over logs, those from `first` on drawn to log[first] + k (log - log[first]). */
static double tail_sum(const double *logs, int32_t first, int32_t n, double k)
{
    double sum = 0;
    for (int32_t i = first; i < n; i++)
        sum += expm1(fmin(logs[first] + k * (logs[i] - logs[first]), MOST_LOG));
    return sum;
}

/* The tail factor at which the draws have this mean, as near as it may be. */
static double fit_tail(const double *logs, int32_t first, int32_t n, double mean)
{
    double low = LEAST_TAIL, high = MOST_TAIL, want = mean * n;
    for (int32_t i = 0; i < first; i++)
        want -= expm1(logs[i]);
    if (tail_sum(logs, first, n, low) >= want)
        return low;
    if (tail_sum(logs, first, n, high) <= want)
        return high;
    for (int step = 0; step < 40; step++) {
        double middle = (low + high) / 2;
        if (tail_sum(logs, first, n, middle) < want)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static void meet_mean(double mean, int32_t n, double *draws)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += draws[i];
    for (int32_t i = 0; i < n; i++)
        draws[i] = sum > 0 ? draws[i] * (mean * n / sum) : mean;
}

void vg_dis_draw(const vg_dis_track *t, int32_t row, int32_t n, double *draws)
{
    int32_t first = 0;
    for (int32_t i = 0; i < n; i++) {
        double u = (i + 0.5) / n, x = t->median[row] + t->spread[row] * vg_quantile(t->z, t->n_z, u);
        draws[i] = fmin(fmax(x, 0), MOST_LOG);
        first += u < TAIL_FROM;
    }
    double mean = t->mean[row];
    if (!isnan(mean) && first < n) {
        double k = fit_tail(draws, first, n, mean), from = draws[first];
        for (int32_t i = first; i < n; i++)
            draws[i] = fmin(from + k * (draws[i] - from), MOST_LOG);
    }
    for (int32_t i = 0; i < n; i++)
        draws[i] = expm1(draws[i]);
    if (!isnan(mean) && t->exact)
        meet_mean(mean, n, draws);
}
