/**
 * Counts by period: is this one too many for what came before, where did the level change, and what comes next?
 *
 *     vg_rate_verdict v = vg_rate_test(14, 24, past, past_hours, 41);        v.p < 1.0 / 365 / VG_RATE_LOOKS
 *     if (!vg_rate_changes(y, n, &(vg_rate_opts){ 0 }, &arena, &change, &n_changes, e)) ...
 *     vg_rate_outlook next = vg_rate_next(y, n);
 *
 * Counts of incidents scatter more than a Poisson process: quiet days and wild days. All three therefore measure how
 * much more from the series itself (negative binomial, variance = mean + mean^2 / size). "Not known" is NaN and passed
 * over, never taken for zero.
 */
#ifndef VG_STAT_RATE_H
#define VG_STAT_RATE_H

#include "core/arena.h"

enum {
    VG_RATE_LEAST = 8, /* windows of the past without which there is no test */
    VG_RATE_LOOKS =
        6, /* a 24-hour window looked at every hour gives as many false alarms as six separate looks a day */
    VG_RATE_LONGEST = 5000
};

typedef struct {
    double expected; /* in the hours looked at */
    double size; /* of the negative binomial; INFINITY = no more scatter than Poisson's; NaN = not known */
    double p;    /* chance of at least `observed` if nothing had changed; NaN = too little past */
} vg_rate_verdict;

/**
 * Observed in `hours` against windows of the past, each with the hours that were watched (0 or NaN = leave it out).
 *
 *     m_i = rate h_i,  rate = (sum y_i + 1/2) / sum h_i,  1/size = max(0, sum((y_i - m_i)^2 n/(n-1) - m_i) / sum m_i^2)
 *     p = the greater of P(K >= observed) of a negative binomial whose variance holds the scatter, and what is not known
 *         of the rate, and that of the Poisson-gamma prediction
 *
 * False alarms measured on simulated series without any change (0.3 to 50 a day, size .7 to none): with the limit
 * 1 / (365 VG_RATE_LOOKS) and a look every hour .3 to 1.6 a year, and about one as a rule (rate_test.c).
 * Where days are watched for unequal hours (1 to 24, at random) up to 2.7, for the wildest series (size .7, 10 a day and
 * more); up to 3.8 where most have one hour and one in five all. Series of one in three days and less: under one.
 */
vg_rate_verdict vg_rate_test(double observed, double hours, const double *past, const double *past_hours,
                             int32_t n_past);

/** All-zero = defaults. */
typedef struct {
    double false_alarm; /* chance of finding a change in a series that has none; 0 = .05 */
    int32_t least;      /* periods between changes; 0 = 3 */
    uint64_t seed;
} vg_rate_opts;

/** A stretch without a change. */
typedef struct {
    int32_t from, to; /* periods, to exclusive: the change is at `from`, but for the first stretch */
    double mean;      /* of the known ones */
} vg_rate_stretch;

/**
 * Stretches of a series of counts, each with its own level: the segmentation with the greatest penalised likelihood, by
 * optimal partitioning (Jackson et al. 2005, doi 10.1109/LSP.2001.838216). The size is shared and is estimated from
 * neighbouring periods, which changes of level hardly touch. The penalty is the gain of the best single change that a
 * share `false_alarm` of 1,000 simulated series of the same length, mean and size have by chance.
 * Fails: VG_ERANGE (more than VG_RATE_LONGEST periods, a count below 0), VG_ENODATA (fewer than 2 least known ones),
 * VG_ENOMEM. Time O(n^2).
 */
bool vg_rate_changes(const double *y, int32_t n, const vg_rate_opts *o, vg_arena *a, vg_rate_stretch **out,
                     int32_t *n_out, vg_err *e);

typedef struct {
    double median, low, high; /* 80 % interval; NaN below 6 known periods */
} vg_rate_outlook;

/**
 * The next period. In logs of 1 + y: .8 of a level that follows with a weight of .7, and .2 of the mean of the last 24
 * known periods; the interval from the errors that the same rule made on the last 36. The weights were chosen on the
 * months of a line-of-control series up to June 2017 (src/ceasefire/README.md has the score on those after it).
 */
vg_rate_outlook vg_rate_next(const double *y, int32_t n);

#endif
