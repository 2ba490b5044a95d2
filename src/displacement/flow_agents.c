/* Whole people. A day's people are split over zones and each zone's over camps by drawing binomial counts one after
 * another, which has the same law as letting each person draw alone, at a cost that does not grow with their number.
 * Invariant: parts sum to the whole, and depend on nothing but the stream they are drawn from.
 *
 * Binomial numbers: inversion where n x p is small; else the transformed rejection BTRS of Hörmann (1993), "The
 * generation of binomial random variates", J. Stat. Comput. Simul. 46, doi 10.1080/00949659308811496. Both are exact. */
#include <math.h>

#include "displacement/flow_int.h"

static const double SMALL_MEAN = 10;

/* Counts up the distribution; p at most a half, so that (1 - p)^n does not vanish where the mean is small. */
static int64_t by_inversion(vg_rng *rng, int64_t n, double p)
{
    double odds = p / (1 - p), chance = exp((double)n * log1p(-p)), u = vg_rng_unit(rng);
    int64_t k = 0;
    while (u > chance && k < n) {
        u -= chance;
        k++;
        chance *= odds * (double)(n - k + 1) / (double)k;
        if (chance <= 0)
            break; /* beyond what a double can tell */
    }
    return k;
}

/* Rest of Stirling's series for log k!, as in the paper. */
static double stirling_rest(double k)
{
    static const double table[] = { 0.08106146679532726, 0.04134069595540929, 0.02767792568499834,
                                    0.02079067210376509, 0.01664469118982119, 0.01387612882307075,
                                    0.01189670994589177, 0.01041126526197209, 0.009255462182712733,
                                    0.008330563433362871 };
    if (k < 10)
        return table[(int)k];
    double x = k + 1, y = 1 / (x * x);
    return (1.0 / 12 - (1.0 / 360 - y / 1260) * y) / x;
}

static int64_t by_rejection(vg_rng *rng, int64_t count, double p)
{
    double n = (double)count, q = 1 - p, sd = sqrt(n * p * q), b = 1.15 + 2.53 * sd;
    double a = -0.0873 + 0.0248 * b + 0.01 * p, centre = n * p + 0.5, v_r = 0.92 - 4.2 / b;
    double odds = p / q, alpha = (2.83 + 5.1 / b) * sd, mode = floor((n + 1) * p);
    for (;;) {
        double u = vg_rng_unit(rng) - 0.5, v = 1 - vg_rng_unit(rng), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + centre);
        if (us >= 0.07 && v <= v_r)
            return (int64_t)k;
        if (!(k >= 0 && k <= n))
            continue;
        double log_v = log(v * alpha / (a / (us * us) + b));
        double bound = (mode + 0.5) * log((mode + 1) / (odds * (n - mode + 1))) + stirling_rest(mode) +
                       stirling_rest(n - mode) + (n + 1) * log((n - mode + 1) / (n - k + 1)) +
                       (k + 0.5) * log(odds * (n - k + 1) / (k + 1)) - stirling_rest(k) -
                       stirling_rest(n - k);
        if (log_v <= bound)
            return (int64_t)k;
    }
}

int64_t vg_flow_binomial(vg_rng *rng, int64_t n, double p)
{
    if (n <= 0 || !(p > 0))
        return 0;
    if (p >= 1)
        return n;
    if (p > 0.5)
        return n - vg_flow_binomial(rng, n, 1 - p);
    return (double)n * p < SMALL_MEAN ? by_inversion(rng, n, p) : by_rejection(rng, n, p);
}

void vg_flow_multinomial(vg_rng *rng, int64_t n, const double *weight, int32_t n_parts, double sum,
                         double *part)
{
    int32_t last = -1;
    for (int32_t i = 0; i < n_parts; i++) {
        part[i] = 0;
        if (weight[i] > 0)
            last = i;
    }
    for (int32_t i = 0; i <= last && n > 0; i++) {
        int64_t k = i == last ? n : vg_flow_binomial(rng, n, weight[i] / sum);
        part[i] = (double)k;
        n -= k;
        sum -= weight[i];
    }
}
