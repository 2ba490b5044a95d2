/* Quantiles of counts by walking the distribution upwards from far below its mean. */
#include "stat/dist.h"

#include <math.h>

/* P(k) of a negative binomial (size > 0) or a Poisson (size = 0) and its step to k + 1. */
typedef struct {
    double mean, size;
} counts;

/* lgamma without its global sign, which two threads would write at once. */
static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

static double probability_at(counts c, double k)
{
    if (c.size <= 0)
        return exp(k * log(c.mean) - c.mean - log_gamma(k + 1));
    double p = c.size / (c.size + c.mean);
    return exp(log_gamma(k + c.size) - log_gamma(c.size) - log_gamma(k + 1) + c.size * log(p) +
               k * log1p(-p));
}

static double ratio_after(counts c, double k)
{
    if (c.size <= 0)
        return c.mean / (k + 1);
    return (k + c.size) / (k + 1) * (c.mean / (c.size + c.mean));
}

static void walk(counts c, double variance, int32_t m, double *draws)
{
    double k = floor(fmax(0, c.mean - 12 * sqrt(variance))), p = probability_at(c, k), below = p;
    int32_t i = 0;
    while (i < m) {
        while (i < m && below >= (i + 0.5) / m)
            draws[i++] = k;
        p *= ratio_after(c, k);
        below += p;
        k += 1;
        if (p < 1e-300 && k > c.mean) /* rounding left a rest that no count can fill */
            while (i < m)
                draws[i++] = k;
    }
}

void vg_poisson_draws(double mean, int32_t m, double *draws)
{
    if (mean <= 0) {
        for (int32_t i = 0; i < m; i++)
            draws[i] = 0;
        return;
    }
    walk((counts){ mean, 0 }, mean, m, draws);
}

void vg_negbin_draws(double mean, double variance, int32_t m, double *draws)
{
    if (!(variance > mean) || mean <= 0) {
        vg_poisson_draws(mean, m, draws);
        return;
    }
    walk((counts){ mean, mean * mean / (variance - mean) }, variance, m, draws);
}

void vg_repeat_draws(const double *value, int32_t n, int32_t m, double *draws)
{
    for (int32_t i = 0; i < m; i++)
        draws[i] = value[(int64_t)i * n / m];
}
