/*
 * The baselines of the field, as conflict/METRICS.md defines them: what a forecast must beat. A unit without any
 * known month draws zeros, as the challenge's own baselines do.
 */
#include "forecast/forecast_int.h"

#include <math.h>
#include <string.h>

#include "core/rng.h"
#include "stat/dist.h"

enum { MAX_WINDOW = 600, POOL_MONTHS = 12, GLOBAL_SHARE = 10 };

/* Known values among the last k months of a chain, newest first; a month that is not known is left out. */
static int32_t last_values(const vg_history *h, int32_t chain, int32_t k, double *out)
{
    const double *y = h->y + (int64_t)chain * h->n_months;
    int32_t n = 0;
    for (int32_t m = h->n_months - 1; m >= 0 && m >= h->n_months - k; m--)
        if (!isnan(y[m]))
            out[n++] = y[m];
    return n;
}

bool vg_baseline_prepare(const vg_history *h, vg_arena *a, vg_baseline *out, vg_err *e)
{
    vg_baseline b = { .h = h };
    b.pool = vg_new(a, double, (int64_t)h->n_chains *POOL_MONTHS);
    if (!b.pool)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t c = 0; c < h->n_chains; c++)
        b.n_pool += last_values(h, c, POOL_MONTHS, b.pool + b.n_pool);
    *out = b;
    return true;
}

static void zeros(double *draws, int32_t m)
{
    memset(draws, 0, (size_t)m * sizeof *draws);
}

static void conflictology(const vg_history *h, int32_t chain, int32_t k, int32_t m, double *draws)
{
    double value[MAX_WINDOW], scratch[MAX_WINDOW];
    int32_t n = last_values(h, chain, k, value);
    if (n == 0) {
        zeros(draws, m);
        return;
    }
    vg_sort_draws(value, n, scratch);
    vg_repeat_draws(value, n, m, draws);
}

static void with_neighbours(const vg_history *h, int32_t chain, int32_t k, int32_t m, double *draws)
{
    double value[MAX_WINDOW], scratch[MAX_WINDOW];
    int32_t n = last_values(h, chain, k, value);
    for (int32_t i = h->near_from[chain]; i < h->near_from[chain + 1] && n + k <= MAX_WINDOW; i++)
        n += last_values(h, h->near[i], k, value + n);
    if (n == 0) {
        zeros(draws, m);
        return;
    }
    vg_sort_draws(value, n, scratch);
    vg_repeat_draws(value, n, m, draws);
}

/* Nine draws in ten from the unit's own months, one from all units' last twelve. */
static void mixture(const vg_baseline *b, const vg_forecast_opts *o, int32_t chain, int32_t lead,
                    double *draws)
{
    int32_t m = o->n_draws, n_global = b->n_pool ? m / GLOBAL_SHARE : 0;
    conflictology(b->h, chain, o->window_months, m - n_global, draws);
    vg_rng r = vg_rng_at(o->seed, vg_rng_stream((uint64_t)chain, (uint64_t)lead));
    for (int32_t i = m - n_global; i < m; i++)
        draws[i] = b->pool[vg_rng_below(&r, (uint32_t)b->n_pool)];
}

static void negbin(const vg_history *h, int32_t chain, int32_t k, int32_t m, double *draws)
{
    double value[MAX_WINDOW], mean = 0, variance = 0;
    int32_t n = last_values(h, chain, k, value);
    for (int32_t i = 0; i < n; i++)
        mean += value[i] / n;
    for (int32_t i = 0; i < n && n > 1; i++)
        variance += (value[i] - mean) * (value[i] - mean) / (n - 1);
    vg_negbin_draws(mean, variance, m, draws);
}

static void last_month(const vg_history *h, int32_t chain, int32_t m, double *draws)
{
    double value;
    vg_poisson_draws(last_values(h, chain, 1, &value) ? value : 0, m, draws);
}

void vg_baseline_draws(const vg_baseline *b, const vg_forecast_opts *o, int32_t chain, int32_t lead,
                       double *draws)
{
    int32_t k = o->window_months, m = o->n_draws;
    switch (o->model) {
    case VG_MODEL_CONFLICTOLOGY: conflictology(b->h, chain, k, m, draws); break;
    case VG_MODEL_NEIGHBOURS: with_neighbours(b->h, chain, k, m, draws); break;
    case VG_MODEL_MIXTURE: mixture(b, o, chain, lead, draws); break;
    case VG_MODEL_NEGBIN: negbin(b->h, chain, k, m, draws); break;
    case VG_MODEL_LAST: last_month(b->h, chain, m, draws); break;
    case VG_MODEL_ZERO:
    case VG_MODEL_FOREST:
    case VG_N_MODELS: zeros(draws, m); break;
    }
}
