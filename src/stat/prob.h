/**
 * Distribution functions of the classical tests: normal, t, F, chi-square, binomial, their inverses, and the noncentral
 * t. Both tails come out with full relative accuracy: a tail is computed, never 1 minus the other one.
 *
 *     double p = 2 * vg_t_upper(fabs(t), n - 1);             two-sided p of a t test
 *     double z = vg_normal_quantile(0.975);                  1.959964
 *
 * Relative error below 1e-12 for parameters up to 1e5 and tails down to 1e-250 (checked against 50-digit values);
 * quantiles to the last digits that the function itself gives. Arguments outside the domain, and NaN, give NaN.
 * Arithmetic only: no allocation, no failure, no state.
 *
 * Sources: NIST Digital Library of Mathematical Functions 8.7, 8.9 (series and continued fraction of the gamma);
 * DiDonato & Morris 1992, doi 10.1145/131766.131776 (continued fraction of the beta); Loader 2000,
 * Fast and accurate computation of binomial probabilities (the factor in front of them by deviance, so that large
 * parameters lose no digits); Student 1908 and Johnson & Welch 1940 for the noncentral t.
 */
#ifndef VG_STAT_PROB_H
#define VG_STAT_PROB_H

#include <stdint.h>

/** P(Z <= z) of the standard normal; the upper tail is vg_normal_cdf(-z). */
double vg_normal_cdf(double z);

/** z with P(Z <= z) = p; -inf at 0, +inf at 1. */
double vg_normal_quantile(double p);

/** Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P; a > 0, x >= 0. Time O(sqrt(a)). */
double vg_gamma_lower(double a, double x);
double vg_gamma_upper(double a, double x);

/** Regularised incomplete beta function I_x(a, b), and 1 - I; a, b > 0, x in [0, 1]. Time O(sqrt(a + b)). */
double vg_beta_lower(double a, double b, double x);
double vg_beta_upper(double a, double b, double x);

/** x with I_x(a, b) = p. */
double vg_beta_quantile(double p, double a, double b);

/** P(X <= x) and P(X > x), chi-square with df > 0. */
double vg_chi2_cdf(double x, double df);
double vg_chi2_upper(double x, double df);

/** P(T > t), Student's t with df > 0 (not only whole numbers); the lower tail is vg_t_upper(-t, df). */
double vg_t_upper(double t, double df);

/** t with P(T <= t) = p. */
double vg_t_quantile(double p, double df);

/** P(F <= x) and P(F > x), both degrees of freedom > 0. */
double vg_f_cdf(double x, double df1, double df2);
double vg_f_upper(double x, double df1, double df2);

/** x with P(F <= x) = p. */
double vg_f_quantile(double p, double df1, double df2);

/** P(X <= k), binomial of n trials with chance p. */
double vg_binomial_cdf(int64_t k, int64_t n, double p);

/**
 * P(T <= t), noncentral t with noncentrality delta: the integral over the distribution of s = chi / sqrt(df) of
 * P(Z <= t s - delta), by Gauss-Legendre. Absolute error below 1e-11.
 */
double vg_noncentral_t_cdf(double t, double df, double delta);

/** delta with P(T <= t; delta) = p, 0 < p < 1: what turns a t into an interval for an effect size. */
double vg_noncentral_t_delta(double t, double df, double p);

#endif
