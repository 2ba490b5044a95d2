/* Tests, effect sizes and intervals of surveys. Invariant: a NaN among the answers is passed over, and a figure that
 * the answers cannot give is NaN. Means are compensated sums, so that a million answers add up. */
#include "stat/survey.h"

#include <math.h>
#include <stdlib.h>

#include "core/num.h"
#include "stat/prob.h"

static const vg_bounds UNKNOWN_BOUNDS = { NAN, NAN };

static bool complete(const double *before, const double *after, int64_t i)
{
    return !isnan(before[i]) && !isnan(after[i]);
}

/* --- paired t --- */

typedef struct {
    int64_t n;
    double before, after, change, spread; /* spread: sum of the squares of change - mean change */
    bool constant;
} pairs;

static pairs add_up(const double *before, const double *after, int64_t n)
{
    pairs r = { .constant = true };
    vg_sum b = { 0 }, a = { 0 }, squares = { 0 };
    double first = NAN;
    for (int64_t i = 0; i < n; i++) {
        if (!complete(before, after, i))
            continue;
        r.n++;
        vg_sum_add(&b, before[i]);
        vg_sum_add(&a, after[i]);
        first = isnan(first) ? after[i] - before[i] : first;
        r.constant = r.constant && fabs(after[i] - before[i] - first) <= 1e-12 * fabs(first);
    }
    r.before = r.n ? vg_sum_value(&b) / (double)r.n : NAN;
    r.after = r.n ? vg_sum_value(&a) / (double)r.n : NAN;
    vg_sum_add(&a, -vg_sum_value(&b));
    r.change = r.n ? vg_sum_value(&a) / (double)r.n : NAN;
    for (int64_t i = 0; i < n; i++)
        if (complete(before, after, i))
            vg_sum_add(&squares, pow(after[i] - before[i] - r.change, 2));
    r.spread = vg_sum_value(&squares);
    return r;
}

/* What makes d unbiased; 0 degrees of freedom more than 1 are needed for the gamma function to be finite. */
static double hedges_factor(double df)
{
    int sign;
    return df > 1 ? exp(lgamma_r(df / 2, &sign) - lgamma_r((df - 1) / 2, &sign)) / sqrt(df / 2) : NAN;
}

static void put_effect(vg_paired_t *r, double level)
{
    double j = hedges_factor(r->df), root = sqrt((double)r->n), tail = (1 - level) / 2;
    r->d = r->t / root;
    r->g = r->d * j;
    r->g_bounds = (vg_bounds){ j * vg_noncentral_t_delta(r->t, r->df, 1 - tail) / root,
                               j * vg_noncentral_t_delta(r->t, r->df, tail) / root };
}

vg_paired_t vg_paired_t_test(const double *before, const double *after, int64_t n, double level)
{
    pairs s = add_up(before, after, n);
    vg_paired_t r = { .n = s.n,
                      .before = s.before,
                      .after = s.after,
                      .change = s.change,
                      .low = NAN,
                      .high = NAN,
                      .t = NAN,
                      .df = s.n > 1 ? (double)(s.n - 1) : NAN,
                      .p = NAN,
                      .d = NAN,
                      .g = NAN,
                      .g_bounds = UNKNOWN_BOUNDS };
    if (s.n < 2 || s.constant)
        return r;
    double error = sqrt(s.spread / r.df / (double)s.n);
    double reach = vg_t_quantile(0.5 + level / 2, r.df) * error;
    r.low = s.change - reach;
    r.high = s.change + reach;
    r.t = s.change / error;
    r.p = 2 * vg_t_upper(fabs(r.t), r.df);
    put_effect(&r, level);
    return r;
}

/* --- signed ranks --- */

enum { EXACT_BELOW = 50, EXACT_SUMS = EXACT_BELOW * (EXACT_BELOW - 1) / 2 + 1 };

static int by_size(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

/* Ranks of ascending |difference|, ties sharing their mean rank. Returns the sum of t^3 - t over the ties. */
static double rank_differences(const double *difference, int64_t n, double *rank)
{
    double ties = 0, same = n ? 1e-12 * fabs(difference[n - 1]) : 0;
    for (int64_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && fabs(difference[to]) - fabs(difference[to - 1]) <= same; to++)
            ;
        double t = (double)(to - from);
        ties += t * t * t - t;
        for (int64_t i = from; i < to; i++)
            rank[i] = (double)(from + 1 + to) / 2;
    }
    return ties;
}

/* P(V <= v) of n ranks without ties: ways to reach each sum, one rank more at a time. */
static double exact_lower(double v, int64_t n)
{
    double ways[EXACT_SUMS] = { 1 }, sum = 0;
    int64_t top = 0;
    for (int64_t rank = 1; rank <= n; rank++) {
        top += rank;
        for (int64_t s = top; s >= rank; s--)
            ways[s] += ways[s - rank];
    }
    for (int64_t s = 0; s <= (int64_t)floor(v) && s <= top; s++)
        sum += ways[s];
    return ldexp(sum, (int)-n);
}

static double exact_p(double plus, int64_t n)
{
    double middle = (double)n * (double)(n + 1) / 4;
    double lower = plus > middle ? (double)n * (double)(n + 1) / 2 - plus : plus;
    return fmin(1, 2 * exact_lower(lower, n));
}

static double normal_p(double plus, double m, double ties)
{
    double away = plus - m * (m + 1) / 4, variance = m * (m + 1) * (2 * m + 1) / 24 - ties / 48;
    double step = away > 0 ? 0.5 : away < 0 ? -0.5 : 0;
    return fmin(1, 2 * vg_normal_cdf(-fabs(away - step) / sqrt(variance)));
}

static void put_ranks(vg_signed_rank *r, const double *difference, const double *rank, int64_t m, double ties,
                      double level)
{
    double k = (double)m, all = k * (k + 1) / 2, squares = 0;
    for (int64_t i = 0; i < m; i++) {
        *(difference[i] > 0 ? &r->plus : &r->minus) += rank[i];
        squares += rank[i] * rank[i];
    }
    r->exact = r->n < EXACT_BELOW && ties == 0 && r->n_zero == 0;
    r->p = r->exact ? exact_p(r->plus, m) : normal_p(r->plus, k, ties);
    r->r = (r->plus - r->minus) / all;
    vg_bounds rises = vg_wilson((1 + r->r) / 2, all * all / squares, level);
    r->r_bounds = (vg_bounds){ 2 * rises.low - 1, 2 * rises.high - 1 };
}

bool vg_signed_rank_test(const double *before, const double *after, int64_t n, double level, vg_arena scratch,
                         vg_signed_rank *out, vg_err *e)
{
    double *difference = vg_new(&scratch, double, n), *rank = vg_new(&scratch, double, n), largest = 0;
    if (!difference || !rank)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    vg_signed_rank r = { .p = NAN, .r = NAN, .r_bounds = UNKNOWN_BOUNDS };
    int64_t m = 0;
    for (int64_t i = 0; i < n; i++)
        if (complete(before, after, i)) {
            difference[r.n++] = after[i] - before[i];
            largest = fmax(largest, fabs(after[i] - before[i]));
        }
    for (int64_t i = 0; i < r.n; i++)
        if (fabs(difference[i]) > 1e-12 * largest)
            difference[m++] = difference[i];
    r.n_zero = r.n - m;
    if (m > 0) {
        qsort(difference, (size_t)m, sizeof *difference, by_size);
        put_ranks(&r, difference, rank, m, rank_differences(difference, m, rank), level);
    }
    *out = r;
    return true;
}

/* --- McNemar --- */

static void put_mcnemar(vg_mcnemar *r, double level)
{
    double n = (double)r->n, up = (double)r->up, down = (double)r->down, changed = up + down;
    double p = (up + 1) / (n + 2), q = (down + 1) / (n + 2);
    double reach = vg_normal_quantile(0.5 + level / 2) * sqrt((p + q - (p - q) * (p - q)) / (n + 2));
    r->before = (double)(r->both + r->down) / n;
    r->after = (double)(r->both + r->up) / n;
    r->change = (up - down) / n;
    r->low = fmax(-1, p - q - reach);
    r->high = fmin(1, p - q + reach);
    if (changed == 0)
        return;
    int64_t least = r->up < r->down ? r->up : r->down;
    r->p = fmin(1, 2 * vg_binomial_cdf(least, r->up + r->down, 0.5));
    double away = fmax(fabs(up - down) - 1, 0);
    r->chi2 = away * away / changed;
    r->p_chi2 = vg_chi2_upper(r->chi2, 1);
    vg_bounds share = vg_clopper_pearson(r->up, r->up + r->down, level);
    r->odds = up / down;
    r->odds_bounds = (vg_bounds){ share.low / (1 - share.low), share.high / (1 - share.high) };
}

vg_mcnemar vg_mcnemar_test(const double *before, const double *after, int64_t n, double level)
{
    vg_mcnemar r = { .before = NAN,
                     .after = NAN,
                     .change = NAN,
                     .low = NAN,
                     .high = NAN,
                     .p = NAN,
                     .chi2 = NAN,
                     .p_chi2 = NAN,
                     .odds = NAN,
                     .odds_bounds = UNKNOWN_BOUNDS };
    for (int64_t i = 0; i < n; i++) {
        bool good = (before[i] == 0 || before[i] == 1) && (after[i] == 0 || after[i] == 1);
        if (!good)
            continue;
        r.n++;
        if (before[i] == after[i])
            *(after[i] == 1 ? &r.both : &r.neither) += 1;
        else
            *(after[i] == 1 ? &r.up : &r.down) += 1;
    }
    if (r.n)
        put_mcnemar(&r, level);
    return r;
}

/* --- Holm --- */

void vg_holm(const double *p, int64_t n, double *adjusted)
{
    int64_t m = 0, done = 0;
    double largest = 0;
    for (int64_t i = 0; i < n; i++) {
        adjusted[i] = p[i];
        m += !isnan(p[i]);
    }
    /* One value of p at a time, from the least; those taken hold what they become, marked by a sign (also -0). */
    while (done < m) {
        double least = INFINITY;
        int64_t same = 0;
        for (int64_t i = 0; i < n; i++)
            if (!signbit(adjusted[i]) && adjusted[i] < least)
                least = adjusted[i];
        largest = fmax(largest, fmin(1, (double)(m - done) * least));
        for (int64_t i = 0; i < n; i++)
            if (!signbit(adjusted[i]) && adjusted[i] == least) {
                adjusted[i] = -largest;
                same++;
            }
        done += same;
        if (!same)
            break; /* not a probability */
    }
    for (int64_t i = 0; i < n; i++)
        adjusted[i] = fabs(adjusted[i]);
}

/* --- one number --- */

vg_mean vg_mean_of(const double *x, int64_t n, double level)
{
    vg_mean r = { .mean = NAN, .sd = NAN, .bounds = UNKNOWN_BOUNDS };
    vg_sum sum = { 0 }, squares = { 0 };
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i])) {
            r.n++;
            vg_sum_add(&sum, x[i]);
        }
    if (!r.n)
        return r;
    r.mean = vg_sum_value(&sum) / (double)r.n;
    if (r.n < 2)
        return r;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            vg_sum_add(&squares, (x[i] - r.mean) * (x[i] - r.mean));
    r.sd = sqrt(vg_sum_value(&squares) / (double)(r.n - 1));
    double reach = vg_t_quantile(0.5 + level / 2, (double)(r.n - 1)) * r.sd / sqrt((double)r.n);
    r.bounds = (vg_bounds){ r.mean - reach, r.mean + reach };
    return r;
}

vg_bounds vg_wilson(double share, double n, double level)
{
    if (!(n > 0) || !(share >= 0 && share <= 1))
        return UNKNOWN_BOUNDS;
    double z = vg_normal_quantile(0.5 + level / 2), middle = share + z * z / (2 * n);
    double reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)), scale = 1 + z * z / n;
    return (vg_bounds){ share == 0 ? 0 : fmax(0, (middle - reach) / scale),
                        share == 1 ? 1 : fmin(1, (middle + reach) / scale) };
}

vg_bounds vg_clopper_pearson(int64_t k, int64_t n, double level)
{
    if (n < 1 || k < 0 || k > n)
        return UNKNOWN_BOUNDS;
    double tail = (1 - level) / 2, yes = (double)k, no = (double)(n - k);
    return (vg_bounds){ k == 0 ? 0 : vg_beta_quantile(tail, yes, no + 1),
                        k == n ? 1 : vg_beta_quantile(1 - tail, yes + 1, no) };
}

/* --- weights --- */

static bool counts(const double *x, const double *weight, int64_t i, bool share)
{
    return weight[i] > 0 && !isinf(weight[i]) && !isnan(x[i]) && (!share || x[i] == 0 || x[i] == 1);
}

/* Value and effective size; `*spread` gets the weighted variance. */
static vg_weighted weigh(const double *x, const double *weight, int64_t n, bool share, double *spread)
{
    vg_weighted r = { .n_effective = 0, .value = NAN, .bounds = UNKNOWN_BOUNDS };
    vg_sum sum = { 0 }, squares = { 0 }, value = { 0 }, away = { 0 };
    for (int64_t i = 0; i < n; i++) {
        if (!counts(x, weight, i, share))
            continue;
        r.n++;
        vg_sum_add(&sum, weight[i]);
        vg_sum_add(&squares, weight[i] * weight[i]);
        vg_sum_add(&value, weight[i] * x[i]);
    }
    if (!r.n)
        return r;
    double total = vg_sum_value(&sum);
    r.n_effective = total * total / vg_sum_value(&squares);
    r.value = vg_sum_value(&value) / total;
    for (int64_t i = 0; i < n; i++)
        if (counts(x, weight, i, share))
            vg_sum_add(&away, weight[i] * (x[i] - r.value) * (x[i] - r.value));
    *spread = vg_sum_value(&away) / total;
    return r;
}

vg_weighted vg_weighted_share(const double *x, const double *weight, int64_t n, double level)
{
    double spread = 0;
    vg_weighted r = weigh(x, weight, n, true, &spread);
    r.value = fmin(fmax(r.value, 0), r.n ? 1 : NAN);
    r.value = r.n ? r.value : NAN;
    r.bounds = vg_wilson(r.value, r.n_effective, level);
    return r;
}

vg_weighted vg_weighted_mean(const double *x, const double *weight, int64_t n, double level)
{
    double spread = 0;
    vg_weighted r = weigh(x, weight, n, false, &spread);
    double df = r.n_effective - 1;
    if (r.n < 2 || !(df > 0))
        return r;
    double reach = vg_t_quantile(0.5 + level / 2, df) * sqrt(spread / df);
    r.bounds = (vg_bounds){ r.value - reach, r.value + reach };
    return r;
}
