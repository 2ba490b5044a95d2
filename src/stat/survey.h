/**
 * Statistics of surveys: the same people before and after, scales, shares, each with an interval and an effect size.
 *
 *     vg_paired_t r = vg_paired_t_test(before, after, n, 0.95);
 *     if (!isnan(r.p)) printf("%g [%g, %g], p %g", r.change, r.low, r.high, r.p);
 *
 * Missing is NaN and never zero: a pair with a missing side is passed over and not counted in `n`. What cannot be
 * computed (one pair, no spread, nobody changed) is NaN: "not known", and never p = 0 or p = 1 by accident. `level` is
 * that of the intervals, in (0, 1): 0.95. Every p is two-sided.
 *
 * Checked against R 4.2 (t.test, wilcox.test, mcnemar.test, binom.test, p.adjust, prop.test) and published examples
 * (survey_test.c); sources stand at each function. Functions without `vg_err` allocate nothing and cannot fail.
 */
#ifndef VG_STAT_SURVEY_H
#define VG_STAT_SURVEY_H

#include "core/arena.h"

typedef struct {
    double low, high;
} vg_bounds;

/* --- the same people twice --- */

typedef struct {
    int64_t n;                /* complete pairs */
    double before, after;     /* means of those pairs */
    double change, low, high; /* mean of after - before, with its t interval; n >= 2 */
    double t, df, p;          /* NaN where n < 2 or all differences are equal */
    double d;                 /* Cohen's d_z = mean / sd of the differences */
    double g; /* Hedges' g = d J(df), J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)); NaN for n = 2 */
    vg_bounds g_bounds; /* J times the interval of d by the noncentral t */
} vg_paired_t;

/**
 * Paired t test, and the standardised mean change. The interval of d inverts the noncentral t of t = d sqrt(n)
 * (Cumming & Finch 2001, Educ. Psychol. Meas. 61, doi 10.1177/0013164401614002); Hedges 1981, J. Educ. Stat. 6, doi
 * 10.3102/10769986006002107 for J. Time O(n).
 */
vg_paired_t vg_paired_t_test(const double *before, const double *after, int64_t n, double level);

typedef struct {
    int64_t n;      /* complete pairs */
    int64_t n_zero; /* of them without a change: left out of the ranks (Wilcoxon's own way) */
    double plus;  /* sum of the ranks of those who rose: V of R's wilcox.test(after, before, paired = TRUE) */
    double minus; /* and of those who fell */
    double p;     /* NaN when nobody changed */
    bool exact;   /* fewer than 50 pairs, no ties, no zeros; else normal with tie and continuity correction */
    double r;     /* matched-pairs rank-biserial correlation (plus - minus) / (plus + minus), -1..1 */
    vg_bounds
        r_bounds; /* Wilson's interval of the share of rises, (1 + r) / 2, among (sum rank)^2 / sum rank^2 ranks */
} vg_signed_rank;

/**
 * Wilcoxon's signed-rank test of after - before, by the same rules as R's wilcox.test. Wilcoxon 1945, Biometrics 1, doi
 * 10.2307/3001968; rank-biserial: Kerby 2014, doi 10.2466/11.IT.3.1; its interval takes
 * a rise as a yes that counts with its rank, at Kish's effective number: an approximation that has the exact spread
 * where nothing changed, and stays inside -1..1. Differences that
 * agree to 1e-12 of the largest are ties (0.3 - 0.2 and 0.2 - 0.1). Time O(n log n); scratch 16 bytes a pair.
 * Fails: VG_ENOMEM.
 */
bool vg_signed_rank_test(const double *before, const double *after, int64_t n, double level, vg_arena scratch,
                         vg_signed_rank *out, vg_err *e);

typedef struct {
    int64_t n;                /* complete pairs */
    int64_t both, neither;    /* yes twice, no twice */
    int64_t up, down;         /* no then yes, yes then no */
    double before, after;     /* shares of yes */
    double change, low, high; /* (up - down) / n, with the adjusted Wald interval of Bonett & Price 2012 */
    double p;                 /* exact: binomial of up among up + down at 1/2; NaN when nobody changed */
    double chi2, p_chi2;      /* (|up - down| - 1)^2 / (up + down), 1 degree of freedom, never below 0 */
    double odds;              /* up / down: odds ratio of matched pairs; +inf when nobody fell */
    vg_bounds odds_bounds;    /* from the Clopper-Pearson interval of up / (up + down) */
} vg_mcnemar;

/**
 * McNemar's test of answers 0 and 1 (other numbers count as missing). McNemar 1947, Psychometrika 12, doi
 * 10.1007/BF02295996; Edwards 1948 for the continuity correction; Bonett & Price 2012, J. Educ. Behav. Stat. 37, doi
 * 10.3102/1076998611411915: p = (up + 1) / (n + 2), q = (down + 1) / (n + 2), p - q +- z sqrt((p + q - (p - q)^2) / (n + 2)).
 */
vg_mcnemar vg_mcnemar_test(const double *before, const double *after, int64_t n, double level);

/**
 * Holm's step-down correction: adjusted[i] for p[i], in place allowed. A NaN stays NaN and is not one of the tests.
 * Holm 1979, Scand. J. Stat. 6, 65-70. Time O(n^2); n is a number of questions.
 */
void vg_holm(const double *p, int64_t n, double *adjusted);

/* --- scales --- */

typedef struct {
    int64_t n; /* respondents with every item answered */
    int32_t k; /* items */
    double alpha;
    vg_bounds alpha_bounds; /* Feldt: 1 - (1 - alpha) F(1 -+ (1 - level) / 2; n - 1, (n - 1)(k - 1)) */
    double omega;           /* NaN where k < 3 or the factor was not found */
} vg_reliability;

/**
 * How well k items measure one thing. x: n rows of k numbers, reversed items turned already; a row with a NaN is passed
 * over.
 *
 * alpha = k / (k - 1) (1 - sum of the variances / variance of the sum)     Cronbach 1951, doi 10.1007/BF02310555;
 * interval: Feldt 1965, doi 10.1007/BF02289499.
 * omega total = (sum s_i l_i)^2 / ((sum s_i l_i)^2 + sum s_i^2 (1 - l_i^2)): one factor, loadings l_i of the
 * correlations by minres (Harman & Jones 1966, doi 10.1007/BF02289468; no loading beyond 1), s_i the items' standard
 * deviations. McDonald 1999, Test theory, ch. 6.
 *
 * NaN where n < 2, k < 2, or the sum has no spread; an item that everybody answers alike makes omega NaN.
 * Fails: VG_EARG (k outside 1..500), VG_ENOMEM. Time O(n k^2).
 */
bool vg_reliability_of(const double *x, int64_t n, int32_t k, double level, vg_arena scratch,
                       vg_reliability *out, vg_err *e);

#define VG_SUS_ITEMS 10

/**
 * System Usability Scale, 0..100: 2.5 (sum of x - 1 over items 1, 3, 5, 7, 9 + sum of 5 - x over the even ones), each
 * answer a whole number 1..5 as asked (the even ones not turned). NaN when one is missing or another number. Brooke 1996.
 */
double vg_sus_score(const double answer[VG_SUS_ITEMS]);

/* --- one number with its interval --- */

typedef struct {
    int64_t n;
    double mean, sd;
    vg_bounds bounds; /* t interval; NaN for n < 2 */
} vg_mean;

/** Mean of the numbers that are not NaN, with the t interval. */
vg_mean vg_mean_of(const double *x, int64_t n, double level);

/** Wilson's interval of a share, n > 0 (not only whole: an effective sample size). Wilson 1927, doi 10.2307/2276774. */
vg_bounds vg_wilson(double share, double n, double level);

/** Exact interval of k among n. Clopper & Pearson 1934, doi 10.1093/biomet/26.4.404. */
vg_bounds vg_clopper_pearson(int64_t k, int64_t n, double level);

typedef struct {
    int64_t n;          /* answers that have a value and a weight above 0 */
    double n_effective; /* Kish: (sum w)^2 / sum w^2 */
    double value;       /* weighted mean; of 0 and 1 a share */
    vg_bounds bounds;   /* of a share: Wilson at n_effective; of a mean: t at n_effective - 1 */
} vg_weighted;

/** Weighted share of x = 1 among x = 0 and 1; other values, NaN and weights not above 0 are passed over. Kish 1965. */
vg_weighted vg_weighted_share(const double *x, const double *weight, int64_t n, double level);

/** Weighted mean; its variance is sum w (x - mean)^2 / sum w / (n_effective - 1). */
vg_weighted vg_weighted_mean(const double *x, const double *weight, int64_t n, double level);

#endif
