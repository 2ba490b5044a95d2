/*
 * The features: how much, how often, how long ago and how near. All look back only; amounts are ln(1 + deaths a month),
 * so that an even scale from least to largest suits them. A chain's past begins with its first known month; a month
 * that is missing after that counts as a month without a death, and a row whose own month is missing is not used.
 */
#include "forecast/feature_int.h"

#include <math.h>

static const int32_t mean_months[] = { 1, 2, 3, 6, 12, 24, 60, 120 };
static const int32_t active_months[] = { 6, 12, 24, 60, 120 };
static const int32_t near_months[] = { 3, 12, 60 };
enum { N_MEANS = 8, N_ACTIVE = 5, N_NEAR = 3, SPREAD_MONTHS = 12, QUIET_LIMIT = 240 };

const char *const vg_feature_keys[N_FEATURES] = {
    "feature.mean_1",    "feature.mean_2",    "feature.mean_3",    "feature.mean_6",    "feature.mean_12",
    "feature.mean_24",   "feature.mean_60",   "feature.mean_120",  "feature.max_12",    "feature.spread_12",
    "feature.active_6",  "feature.active_12", "feature.active_24", "feature.active_60", "feature.active_120",
    "feature.quiet_for", "feature.near_3",    "feature.near_12",   "feature.near_60",
};

bool vg_feature_prepare(const vg_history *h, vg_arena *a, vg_feature_base *out, vg_err *e)
{
    int32_t stride = h->n_months + 1;
    vg_feature_base b = { .h = h };
    b.sum = vg_new(a, double, (int64_t)h->n_chains *stride);
    b.active = vg_new(a, int32_t, (int64_t)h->n_chains * stride);
    b.first = vg_new(a, int32_t, h->n_chains);
    if (!b.sum || !b.active || !b.first)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t c = 0; c < h->n_chains; c++) {
        const double *y = h->y + (int64_t)c * h->n_months;
        double *sum = b.sum + (int64_t)c * stride;
        int32_t *active = b.active + (int64_t)c * stride;
        b.first[c] = h->n_months;
        for (int32_t m = 0; m < h->n_months; m++) {
            bool known = !isnan(y[m]);
            if (known && b.first[c] == h->n_months)
                b.first[c] = m;
            sum[m + 1] = sum[m] + (known ? y[m] : 0);
            active[m + 1] = active[m] + (known && y[m] > 0);
        }
    }
    *out = b;
    return true;
}

/* Months of the window that lie after the chain's beginning, at least 1. */
static double window_length(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k)
{
    int32_t from = month + 1 - k > b->first[chain] ? month + 1 - k : b->first[chain];
    return month + 1 > from ? month + 1 - from : 1;
}

double vg_feature_level(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k)
{
    const double *sum = b->sum + (int64_t)chain * (b->h->n_months + 1);
    int32_t from = month + 1 - k > 0 ? month + 1 - k : 0;
    return (sum[month + 1] - sum[from]) / window_length(b, chain, month, k);
}

static double share_active(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k)
{
    const int32_t *active = b->active + (int64_t)chain * (b->h->n_months + 1);
    int32_t from = month + 1 - k > 0 ? month + 1 - k : 0;
    return (active[month + 1] - active[from]) / window_length(b, chain, month, k);
}

static double value_or_zero(const vg_feature_base *b, int32_t chain, int32_t month)
{
    double y = b->h->y[(int64_t)chain * b->h->n_months + month];
    return isnan(y) ? 0 : y;
}

static double largest(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k)
{
    double most = 0;
    for (int32_t m = month + 1 - k > 0 ? month + 1 - k : 0; m <= month; m++)
        most = fmax(most, value_or_zero(b, chain, m));
    return most;
}

/* Standard deviation of ln(1 + deaths) over the window. */
static double spread(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k, const double *logs)
{
    double sum = 0, squares = 0, n = window_length(b, chain, month, k);
    for (int32_t m = month + 1 - k > 0 ? month + 1 - k : 0; m <= month; m++) {
        sum += logs[m];
        squares += logs[m] * logs[m];
    }
    return sqrt(fmax(squares / n - sum / n * (sum / n), 0));
}

static double near_level(const vg_feature_base *b, int32_t chain, int32_t month, int32_t k)
{
    double total = 0;
    for (int32_t i = b->h->near_from[chain]; i < b->h->near_from[chain + 1]; i++)
        total += vg_feature_level(b, b->h->near[i], month, k);
    return total;
}

/* Months since the last death, for all months; QUIET_LIMIT when there was none yet or it is longer ago. */
static void quiet_months(const vg_feature_base *b, int32_t chain, double *out)
{
    double quiet = QUIET_LIMIT;
    for (int32_t m = 0; m < b->h->n_months; m++) {
        quiet = value_or_zero(b, chain, m) > 0 ? 0 : fmin(quiet + 1, QUIET_LIMIT);
        out[m] = quiet;
    }
}

/* What is computed for all months of a chain at once. */
typedef struct {
    double *logs, *quiet; /* [month] */
} along;

static void one_row(const vg_feature_base *b, int32_t chain, int32_t month, const along *al, float *out)
{
    int32_t k = 0;
    for (int i = 0; i < N_MEANS; i++)
        out[k++] = (float)log1p(vg_feature_level(b, chain, month, mean_months[i]));
    out[k++] = (float)log1p(largest(b, chain, month, SPREAD_MONTHS));
    out[k++] = (float)spread(b, chain, month, SPREAD_MONTHS, al->logs);
    for (int i = 0; i < N_ACTIVE; i++)
        out[k++] = (float)share_active(b, chain, month, active_months[i]);
    out[k++] = (float)log1p(al->quiet[month]);
    for (int i = 0; i < N_NEAR; i++)
        out[k++] = (float)log1p(near_level(b, chain, month, near_months[i]));
}

void vg_feature_rows(const vg_feature_base *b, int32_t chain, int32_t from, int32_t to, double *spare,
                     float *out)
{
    int32_t n = b->h->n_months;
    along al = { spare, spare + n };
    for (int32_t m = 0; m < n; m++)
        al.logs[m] = log1p(value_or_zero(b, chain, m));
    quiet_months(b, chain, al.quiet);
    for (int32_t m = from; m <= to; m++)
        one_row(b, chain, m, &al, out + (int64_t)(m - from) * N_FEATURES);
}
