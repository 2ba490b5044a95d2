/**
 * Counts with a known distribution, written down as their own quantiles: draw i of m is the quantile at (i + 0.5) / m.
 * No random number is used, so a baseline scores the same every time, and the draws come out ascending.
 *
 *     vg_poisson_draws(3.2, 1000, draws);
 *     vg_negbin_draws(12.0, 90.0, 1000, draws);
 *
 * Time O(m + spread of the distribution). Means up to 1e9.
 */
#ifndef VG_STAT_DIST_H
#define VG_STAT_DIST_H

#include <stdint.h>

/** Poisson with this mean, >= 0. */
void vg_poisson_draws(double mean, int32_t m, double *draws);

/**
 * Negative binomial with this mean and variance: size r = mean^2 / (variance - mean), p = mean / variance. A variance
 * not above the mean gives the Poisson.
 */
void vg_negbin_draws(double mean, double variance, int32_t m, double *draws);

/** Values as equal parts of m draws: draw i is value[floor(i n / m)]; `value` ascending gives draws ascending. */
void vg_repeat_draws(const double *value, int32_t n, int32_t m, double *draws);

#endif
