/* Scales: alpha, omega and the usability score. Invariant: only complete rows count, so that every figure of a scale
 * rests on the same respondents. */
#include <math.h>

#include "core/num.h"
#include "stat/prob.h"
#include "stat/survey.h"

enum { MAX_ITEMS = 500, MAX_TURNS = 20000 };

static bool whole_row(const double *row, int32_t k)
{
    for (int32_t i = 0; i < k; i++)
        if (isnan(row[i]))
            return false;
    return true;
}

/* Covariances (k x k) of the complete rows; `mean` is scratch. Returns how many there are. */
static int64_t covariances(const double *x, int64_t n, int32_t k, double *mean, double *covariance)
{
    int64_t rows = 0;
    for (int64_t r = 0; r < n; r++) {
        const double *row = &x[r * k];
        if (!whole_row(row, k))
            continue;
        rows++;
        for (int32_t i = 0; i < k; i++) { /* Welford's update, of all pairs: exact for long columns */
            double away = row[i] - mean[i];
            mean[i] += away / (double)rows;
            for (int32_t j = 0; j <= i; j++)
                covariance[i * k + j] += away * (row[j] - mean[j]);
        }
    }
    return rows;
}

static double alpha_of(const double *covariance, int32_t k)
{
    double own = 0, all = 0;
    for (int32_t i = 0; i < k; i++) {
        own += covariance[i * k + i];
        for (int32_t j = 0; j < k; j++)
            all += covariance[i * k + j];
    }
    return all > 1e-12 * own ? (double)k / (k - 1) * (1 - own / all) : NAN;
}

/* One pass of minres: each loading in turn is the least-squares answer to the others. Returns the largest move. */
static double improve(const double *correlation, int32_t k, double *loading)
{
    double moved = 0;
    for (int32_t i = 0; i < k; i++) {
        double above = 0, below = 0;
        for (int32_t j = 0; j < k; j++)
            if (j != i) {
                above += correlation[i * k + j] * loading[j];
                below += loading[j] * loading[j];
            }
        double next = below > 0 ? fmax(-1, fmin(1, above / below)) : 0;
        moved = fmax(moved, fabs(next - loading[i]));
        loading[i] = next;
    }
    return moved;
}

/* Correlations in place of covariances; false when an item has no spread. */
static bool standardise(double *covariance, int32_t k, double *sd)
{
    for (int32_t i = 0; i < k; i++) {
        sd[i] = sqrt(covariance[i * k + i]);
        if (!(sd[i] > 0))
            return false;
    }
    for (int32_t i = 0; i < k; i++)
        for (int32_t j = 0; j < k; j++)
            covariance[i * k + j] /= sd[i] * sd[j];
    return true;
}

static double omega_of(double *covariance, int32_t k, double *sd, double *loading)
{
    if (k < 3 || !standardise(covariance, k, sd))
        return NAN;
    for (int32_t i = 0; i < k; i++)
        loading[i] = 0.7;
    double moved = 1;
    for (int turn = 0; turn < MAX_TURNS && moved > 1e-13; turn++)
        moved = improve(covariance, k, loading);
    double common = 0, rest = 0;
    for (int32_t i = 0; i < k; i++) {
        common += sd[i] * loading[i];
        rest += sd[i] * sd[i] * (1 - loading[i] * loading[i]);
    }
    return moved > 1e-9 ? NAN : common * common / (common * common + rest);
}

bool vg_reliability_of(const double *x, int64_t n, int32_t k, double level, vg_arena scratch,
                       vg_reliability *out, vg_err *e)
{
    if (k < 1 || k > MAX_ITEMS) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a scale of %d items", k);
        return vg_why(e, "a scale has 1 to %d items", MAX_ITEMS);
    }
    double *room = vg_new(&scratch, double, (int64_t)k *k + 3 * (int64_t)k);
    if (!room)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    double *mean = room, *sd = room + k, *loading = room + 2 * (int64_t)k, *c = room + 3 * (int64_t)k;
    vg_reliability r = { .k = k, .alpha = NAN, .alpha_bounds = { NAN, NAN }, .omega = NAN };
    r.n = covariances(x, n, k, mean, c);
    if (r.n >= 2 && k >= 2) {
        for (int32_t i = 0; i < k; i++)
            for (int32_t j = 0; j <= i; j++)
                c[i * k + j] = c[j * k + i] = c[i * k + j] / (double)(r.n - 1);
        double df = (double)(r.n - 1), tail = (1 - level) / 2;
        r.alpha = alpha_of(c, k);
        if (!isnan(r.alpha))
            r.alpha_bounds = (vg_bounds){ 1 - (1 - r.alpha) * vg_f_quantile(1 - tail, df, df * (k - 1)),
                                          1 - (1 - r.alpha) * vg_f_quantile(tail, df, df * (k - 1)) };
        if (!isnan(r.alpha))
            r.omega = omega_of(c, k, sd, loading);
    }
    *out = r;
    return true;
}

double vg_sus_score(const double answer[VG_SUS_ITEMS])
{
    double sum = 0;
    for (int i = 0; i < VG_SUS_ITEMS; i++) {
        double x = answer[i];
        if (!(x >= 1 && x <= 5) || x != floor(x))
            return NAN;
        sum += i % 2 == 0 ? x - 1 : 5 - x;
    }
    return 2.5 * sum;
}
