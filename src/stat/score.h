/**
 * Scores of a forecast given as draws against what happened. Lower is better for all but coverage.
 *
 *     vg_sort_draws(x, m);
 *     double crps = vg_crps(x, m, y), ign = vg_ign(x, m, y), mis = vg_mis(x, m, y, 0.10);
 *
 * x: m draws, ascending, finite, m >= 1; y: the outcome, finite. The three are those of the VIEWS prediction
 * challenge 2023/24 (Hegre et al. 2025, J. Peace Research, doi 10.1177/00223433241300862), checked against the golden
 * values of the official code. Arithmetic only: no allocation, no failure. Time O(m).
 */
#ifndef VG_STAT_SCORE_H
#define VG_STAT_SCORE_H

#include <stdbool.h>
#include <stdint.h>

/** Sorts ascending in place; zeros, most of a quiet unit's draws, are set aside first. `scratch` holds m numbers. */
void vg_sort_draws(double *x, int32_t m, double *scratch);

/**
 * Continuous ranked probability score of the empirical distribution, in the unit of y:
 *     CRPS = (1/m) sum_i |x_i - y|  -  (1/m^2) sum_i (2i - m - 1) x_i          (i = 1..m, x ascending)
 * Gneiting & Raftery 2007, J. Am. Stat. Assoc. 102, doi 10.1198/016214506000001437.
 */
double vg_crps(const double *x, int32_t m, double y);

/** The same of max(x, t) against max(y, t): only what lies above the threshold t counts. */
double vg_twcrps(const double *x, int32_t m, double y, double t);

#define VG_IGN_BINS 11

/**
 * Ignorance in bits: IGN = -log2((n_b + 1) / (m + 11)), n_b = draws in the bin that holds y; bins with the edges
 * 0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5. Comparable at equal m only (the field uses 1,000).
 */
double vg_ign(const double *x, int32_t m, double y);

/** Bin of a count, 0..10. */
int32_t vg_ign_bin(double y);

/**
 * Interval score of the central (1 - alpha) interval [l, u], quantiles by linear interpolation:
 *     MIS = (u - l) + (2/alpha) (l - y)+ + (2/alpha) (y - u)+
 * The challenge's MIS is its mean at alpha = 0.10.
 */
double vg_mis(const double *x, int32_t m, double y, double alpha);

/** Quantile q in [0, 1] of ascending draws: linear interpolation at position (m - 1) q, as numpy does. */
double vg_quantile(const double *x, int32_t m, double q);

/** Share of the draws at or above t. */
double vg_share_from(const double *x, int32_t m, double t);

/** True when y lies in the central interval of the given level (0.5, 0.9), ends included. */
bool vg_covered(const double *x, int32_t m, double y, double level);

/* --- means over rows --- */

#define VG_RELIABILITY_BINS 10

/** Sums over rows; start from all-zero, add each row, read with vg_score_means. */
typedef struct {
    int64_t n, n_positive; /* rows, rows with y > 0 */
    double crps, ign, mis; /* sums */
    double crps_positive;  /* over rows with y > 0 */
    double twcrps;         /* threshold 25 */
    double brier25;        /* of P(y >= 25) */
    double mae_median;
    int64_t in50, in90; /* rows inside the interval */
    int64_t in50_positive, in90_positive;
    double forecast25[VG_RELIABILITY_BINS]; /* sum of P(y >= 25) in the bin floor(10 P) */
    int64_t rows25[VG_RELIABILITY_BINS], hits25[VG_RELIABILITY_BINS];
    double rest_crps, rest_mis; /* compensation of the two large sums */
} vg_scores;

/** Adds one row with ascending draws. */
void vg_scores_add(vg_scores *s, const double *x, int32_t m, double y);

/** Adds the sums of another set of rows. Add the sets in a fixed order for the same bytes on any number of threads. */
void vg_scores_merge(vg_scores *s, const vg_scores *more);

/** The same record with sums turned into means (NaN where there is no row). */
vg_scores vg_score_means(const vg_scores *s);

#endif
