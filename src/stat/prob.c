/* Distribution functions. Two functions carry all the others: the incomplete gamma and the incomplete beta, each a
 * factor times a series or a continued fraction that converges on its side of the mean. Invariant: the smaller tail is
 * the one computed, so that a p-value of 1e-200 has as many true digits as one of 0.3. */
#include "stat/prob.h"

#include <math.h>
#include <stdbool.h>

static const double LN_SQRT_2PI = 0.918938533204672741780329736406;
static const double TINY = 1e-300, EPSILON = 1e-16;
enum { MAX_TERMS = 1000000 };

/* --- the factors in front --- */

/* What Stirling's formula misses: ln Gamma(x + 1) - ((x + 1/2) ln x - x + ln sqrt(2 pi)). */
static double stirling_rest(double x)
{
    if (x < 16) {
        int sign;
        return lgamma_r(x + 1, &sign) - (x + 0.5) * log(x) + x - LN_SQRT_2PI;
    }
    double r = 1 / (x * x); /* Bernoulli numbers: DLMF 5.11.1 */
    return (1.0 / 12 -
            r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * 691.0 / 360360))))) /
           x;
}

/* x ln(x / m) + m - x without cancellation where x is near m; `off` is x - m, known better than from the two. */
static double deviance(double x, double m, double off)
{
    double v = off / (x + m);
    if (!(fabs(v) < 0.1))
        return x * log(x / m) - off;
    double sum = off * v, term = 2 * x * v, before;
    int j = 1;
    do {
        before = sum;
        term *= v * v;
        sum += term / (2 * j + 1);
        j++;
    } while (sum != before && j < 1000);
    return sum;
}

/* x^a e^-x / Gamma(a + 1). */
static double gamma_factor(double a, double x)
{
    return exp(-stirling_rest(a) - deviance(a, x, a - x) - LN_SQRT_2PI) / sqrt(a);
}

/* x^a y^b / B(a, b), y = 1 - x. */
static double beta_factor(double a, double b, double x, double y)
{
    double n = a + b, off = a * y - b * x; /* a - n x */
    double d = stirling_rest(n) - stirling_rest(a) - stirling_rest(b) - deviance(a, n * x, off) -
               deviance(b, n * y, -off);
    return exp(d - LN_SQRT_2PI) * sqrt(a / n) * sqrt(b);
}

/* --- incomplete gamma --- */

static double gamma_series(double a, double x)
{
    double sum = 1, term = 1;
    for (int n = 1; n < MAX_TERMS && term > sum * EPSILON; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return gamma_factor(a, x) * sum;
}

/* A continued fraction's next step, by the method of Lentz with Thompson and Barnett's guard. */
typedef struct {
    double c, d, value;
} fraction;

static bool step(fraction *f, double above, double below)
{
    f->d = below + above * f->d;
    f->c = below + above / f->c;
    f->d = 1 / (fabs(f->d) < TINY ? TINY : f->d);
    f->c = fabs(f->c) < TINY ? TINY : f->c;
    f->value *= f->c * f->d;
    return fabs(f->c * f->d - 1) > 2 * EPSILON;
}

static double gamma_fraction(double a, double x)
{
    double below = x + 1 - a;
    below = fabs(below) < TINY ? TINY : below;
    fraction f = { below, 0, below };
    for (int n = 1; n < MAX_TERMS; n++)
        if (!step(&f, n * (a - n), x + 2 * n + 1 - a))
            break;
    return gamma_factor(a, x) * a / f.value;
}

/* The wanted tail, from the side that converges. */
static double gamma_tail(double a, double x, bool lower)
{
    if (!(a > 0) || !(x >= 0) || isinf(a))
        return NAN;
    if (x == 0 || isinf(x))
        return (x == 0) == lower ? 0 : 1;
    bool series = x < a + 1;
    double tail = series ? gamma_series(a, x) : gamma_fraction(a, x);
    return series == lower ? tail : 1 - tail;
}

double vg_gamma_lower(double a, double x)
{
    return gamma_tail(a, x, true);
}

double vg_gamma_upper(double a, double x)
{
    return gamma_tail(a, x, false);
}

double vg_chi2_cdf(double x, double df)
{
    return isnan(x) ? NAN : vg_gamma_lower(df / 2, fmax(x, 0) / 2);
}

double vg_chi2_upper(double x, double df)
{
    return isnan(x) ? NAN : vg_gamma_upper(df / 2, fmax(x, 0) / 2);
}

/* --- incomplete beta --- */

/*
 * For x up to a / (a + b): the fraction of DiDonato and Morris 1992, ACM Trans. Math. Softw. 18, doi
 * 10.1145/131766.131776, section 5. Its terms do not cancel where x is near 1, as those of DLMF 8.17.22 do.
 */
static double beta_fraction(double a, double b, double x, double y)
{
    double spare = a * y - b * x; /* a - (a + b) x */
    double first = a * (spare + 1) / (a + 1);
    fraction f = { first, 0, first };
    for (int m = 1; m < MAX_TERMS; m++) {
        double s = a + 2.0 * m - 1, t = m * (b - m) * x / s;
        double above = (a + m - 1) * (a + b + m - 1) * t * x / s;
        double below = m + t + (a + m) * (spare + 1 + m * (1 + y)) / (s + 2);
        if (!step(&f, above, below))
            break;
    }
    return beta_factor(a, b, x, y) / f.value;
}

/* I_x(a, b) where x and y = 1 - x are both known to full accuracy, or 1 minus it. */
static double beta_tail(double a, double b, double x, double y, bool lower)
{
    if (!(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0) || isinf(a) || isinf(b))
        return NAN;
    if (x == 0 || y == 0)
        return (x == 0) == lower ? 0 : 1;
    bool left = b * x <= a * y;
    double tail = left ? beta_fraction(a, b, x, y) : beta_fraction(b, a, y, x);
    return left == lower ? tail : 1 - tail;
}

double vg_beta_lower(double a, double b, double x)
{
    return beta_tail(a, b, x, 1 - x, true);
}

double vg_beta_upper(double a, double b, double x)
{
    return beta_tail(a, b, x, 1 - x, false);
}

double vg_t_upper(double t, double df)
{
    if (isnan(t) || !(df > 0))
        return NAN;
    if (isinf(df) || isinf(t))
        return vg_normal_cdf(-t);
    double half = 0.5 * beta_tail(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t), true);
    return t >= 0 ? half : 1 - half;
}

static double f_tail(double x, double df1, double df2, bool lower)
{
    if (!(df1 > 0) || !(df2 > 0) || isnan(x))
        return NAN;
    if (x <= 0 || isinf(x))
        return (x <= 0) == lower ? 0 : 1;
    double sum = df1 * x + df2;
    return beta_tail(df1 / 2, df2 / 2, df1 * x / sum, df2 / sum, lower);
}

double vg_f_cdf(double x, double df1, double df2)
{
    return f_tail(x, df1, df2, true);
}

double vg_f_upper(double x, double df1, double df2)
{
    return f_tail(x, df1, df2, false);
}

double vg_binomial_cdf(int64_t k, int64_t n, double p)
{
    if (n < 0 || !(p >= 0 && p <= 1))
        return NAN;
    if (k < 0 || k >= n)
        return k < 0 ? 0 : 1;
    return vg_beta_upper((double)k + 1, (double)(n - k), p);
}

/* --- normal --- */

double vg_normal_cdf(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* Start: Abramowitz and Stegun 26.2.23 (within 4.5e-4); then Halley's steps, which triple the true digits. */
static double normal_lower(double p)
{
    double t = sqrt(-2 * log(p));
    double z =
        (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
    for (int i = 0; i < 3; i++) {
        double miss = (vg_normal_cdf(z) / p - 1) * (p * exp(z * z / 2 + LN_SQRT_2PI));
        z -= miss / (1 + z * miss / 2);
    }
    return z;
}

double vg_normal_quantile(double p)
{
    if (!(p >= 0 && p <= 1))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    if (p == 0.5)
        return 0;
    return p < 0.5 ? normal_lower(p) : -normal_lower(1 - p);
}

/* --- quantiles by halving --- */

typedef double growing(double x, const double *parameter); /* grows with x */

/* The x in [low, high] at which the function passes `goal`, to the last bit. */
static double pass(growing *f, const double *parameter, double goal, double low, double high)
{
    for (int i = 0; i < 2200; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (f(middle, parameter) < goal)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static double beta_at(double x, const double *parameter)
{
    return vg_beta_lower(parameter[0], parameter[1], x);
}

double vg_beta_quantile(double p, double a, double b)
{
    if (!(p >= 0 && p <= 1) || !(a > 0) || !(b > 0))
        return NAN;
    if (p == 0 || p == 1)
        return p;
    return pass(beta_at, (const double[]){ a, b }, p, 0, 1);
}

static double t_falls(double t, const double *parameter)
{
    return -vg_t_upper(t, parameter[0]);
}

double vg_t_quantile(double p, double df)
{
    if (!(p >= 0 && p <= 1) || !(df > 0))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    if (p == 0.5)
        return 0;
    double tail = fmin(p, 1 - p), high = 1;
    while (vg_t_upper(high, df) > tail && high < 1e300)
        high *= 2;
    double t = pass(t_falls, &df, -tail, high > 1 ? high / 2 : 0, high);
    return p < 0.5 ? -t : t;
}

static double f_at(double x, const double *parameter)
{
    return vg_f_cdf(x, parameter[0], parameter[1]);
}

double vg_f_quantile(double p, double df1, double df2)
{
    if (!(p >= 0 && p <= 1) || !(df1 > 0) || !(df2 > 0))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? 0 : INFINITY;
    double high = 1;
    while (vg_f_cdf(high, df1, df2) < p && high < 1e300)
        high *= 2;
    return pass(f_at, (const double[]){ df1, df2 }, p, high > 1 ? high / 2 : 0, high);
}

/* --- noncentral t --- */

enum { NODES = 20, PANELS = 6 };

/* Gauss-Legendre nodes and weights on [-1, 1], by Newton's steps on the recurrence: 20 points, a microsecond. */
static void legendre(double node[NODES], double weight[NODES])
{
    for (int i = 0; i < NODES; i++) {
        double x = cos(M_PI * (i + 0.75) / (NODES + 0.5)), slope = 1;
        for (int turn = 0; turn < 8; turn++) {
            double before = 1, here = x;
            for (int k = 2; k <= NODES; k++) {
                double next = ((2 * k - 1) * x * here - (k - 1) * before) / k;
                before = here;
                here = next;
            }
            slope = NODES * (x * here - before) / (x * x - 1);
            x -= here / slope;
        }
        node[i] = x;
        weight[i] = 2 / ((1 - x * x) * slope * slope);
    }
}

/* Density of s = chi / sqrt(df) with df degrees of freedom. */
static double chi_density(double s, double df)
{
    return s > 0 ? gamma_factor(df / 2, df / 2 * s * s) * df / s : df == 1 ? sqrt(2 / M_PI) : 0;
}

double vg_noncentral_t_cdf(double t, double df, double delta)
{
    if (isnan(t) || !(df > 0) || isnan(delta))
        return NAN;
    double node[NODES], weight[NODES], sum = 0, reach = 12 / sqrt(2 * df);
    double low = fmax(0, 1 - reach), high = 1 + reach;
    double at = t != 0 ? delta / t : low, width = t != 0 ? 9 / fabs(t) : 0; /* where the inner step lies */
    double edge[4] = { low, fmin(fmax(at - width, low), high), fmin(fmax(at + width, low), high), high };
    legendre(node, weight);
    for (int part = 0; part < 3; part++) {
        double length = (edge[part + 1] - edge[part]) / PANELS;
        for (int panel = 0; panel < PANELS && length > 0; panel++)
            for (int i = 0; i < NODES; i++) {
                double s = edge[part] + length * (panel + 0.5 + node[i] / 2);
                sum += weight[i] * length / 2 * chi_density(s, df) * vg_normal_cdf(t * s - delta);
            }
    }
    return fmin(sum, 1);
}

static double delta_falls(double delta, const double *parameter)
{
    return -vg_noncentral_t_cdf(parameter[0], parameter[1], delta);
}

double vg_noncentral_t_delta(double t, double df, double p)
{
    if (!(fabs(t) < 1e6) || !(df > 0) || !(p > 0 && p < 1))
        return NAN;
    double low = t - 1, high = t + 1, stride = 1;
    while (vg_noncentral_t_cdf(t, df, low) < p && stride < 1e9)
        low -= stride *= 2;
    while (vg_noncentral_t_cdf(t, df, high) > p && stride < 1e9)
        high += stride *= 2;
    return pass(delta_falls, (const double[]){ t, df }, -p, low, high);
}
