/* Scores of draws. Arithmetic kernels: plain arrays in, a number out. Invariant: x is ascending. */
#include "stat/score.h"

#include <math.h>
#include <string.h>

enum { RADIX_BITS = 11, RADIX = 1 << RADIX_BITS };

static void insertion_sort(double *x, int32_t m)
{
    for (int32_t i = 1; i < m; i++) {
        double v = x[i];
        int32_t k = i;
        for (; k > 0 && x[k - 1] > v; k--)
            x[k] = x[k - 1];
        x[k] = v;
    }
}

/* One stable pass by the digit at `shift` of the bit pattern, which orders numbers >= 0 as their values do. */
static void radix_pass(const double *from, double *to, int32_t m, int shift)
{
    int32_t count[RADIX] = { 0 };
    for (int32_t i = 0; i < m; i++) {
        uint64_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        count[bits >> shift & (RADIX - 1)]++;
    }
    int32_t at = 0;
    for (int k = 0; k < RADIX; k++) {
        int32_t n = count[k];
        count[k] = at;
        at += n;
    }
    for (int32_t i = 0; i < m; i++) {
        uint64_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        to[count[bits >> shift & (RADIX - 1)]++] = from[i];
    }
}

/* Bits that differ between the numbers; a digit in which none differs needs no pass. */
static uint64_t differing_bits(const double *x, int32_t m)
{
    uint64_t first, any = 0;
    memcpy(&first, &x[0], sizeof first);
    for (int32_t i = 1; i < m; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        any |= bits ^ first;
    }
    return any;
}

static void sort_positive(double *x, int32_t m, double *scratch)
{
    if (m < 64) {
        insertion_sort(x, m);
        return;
    }
    uint64_t differ = differing_bits(x, m);
    double *from = x, *to = scratch;
    for (int shift = 0; shift < 64; shift += RADIX_BITS) {
        if (!(differ >> shift & (RADIX - 1)))
            continue;
        radix_pass(from, to, m, shift);
        double *swap = from;
        from = to;
        to = swap;
    }
    if (from != x)
        memcpy(x, from, (size_t)m * sizeof *x);
}

static bool is_ascending(const double *x, int32_t m)
{
    for (int32_t i = 1; i < m; i++)
        if (x[i] < x[i - 1])
            return false;
    return true;
}

void vg_sort_draws(double *x, int32_t m, double *scratch)
{
    int32_t n = 0;
    if (is_ascending(x, m))
        return;
    for (int32_t i = 0; i < m; i++) {
        if (x[i] < 0) { /* not a count: the plain way */
            insertion_sort(x, m);
            return;
        }
        scratch[n] = x[i];
        n += x[i] != 0;
    }
    memset(x, 0, (size_t)(m - n) * sizeof *x);
    memcpy(x + (m - n), scratch, (size_t)n * sizeof *x);
    sort_positive(x + (m - n), n, scratch);
}

/* Number of draws below t. */
static int32_t n_below(const double *x, int32_t m, double t)
{
    int32_t low = 0, high = m;
    while (low < high) {
        int32_t mid = low + (high - low) / 2;
        if (x[mid] < t)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/*
 * CRPS when the first `from` draws count as `base`, which none of the others lies below: their part is closed, since
 * sum_{i <= from} (2i - m - 1) = from (from - m). Most draws of a quiet unit are zeros.
 */
static double crps_above(const double *x, int32_t m, int32_t from, double base, double y)
{
    double distance = from * fabs(base - y), spread = base * from * (double)(from - m);
    for (int32_t i = from; i < m; i++) {
        distance += fabs(x[i] - y);
        spread += (double)(2 * (i + 1) - m - 1) * x[i];
    }
    return distance / m - spread / m / m;
}

double vg_crps(const double *x, int32_t m, double y)
{
    return crps_above(x, m, x[0] < 0 ? 0 : n_below(x, m, nextafter(0, INFINITY)), 0, y);
}

double vg_twcrps(const double *x, int32_t m, double y, double t)
{
    return crps_above(x, m, n_below(x, m, nextafter(t, INFINITY)), t, y > t ? y : t);
}

static const double ign_edge[VG_IGN_BINS] = {
    0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5
};

int32_t vg_ign_bin(double y)
{
    int32_t bin = 0;
    while (bin + 1 < VG_IGN_BINS && y >= ign_edge[bin + 1])
        bin++;
    return bin;
}

double vg_ign(const double *x, int32_t m, double y)
{
    int32_t bin = vg_ign_bin(y);
    int32_t to = bin + 1 < VG_IGN_BINS ? n_below(x, m, ign_edge[bin + 1]) : m;
    int32_t from = bin > 0 ? n_below(x, m, ign_edge[bin]) : 0;
    return -log2((double)(to - from + 1) / (double)(m + VG_IGN_BINS));
}

double vg_quantile(const double *x, int32_t m, double q)
{
    double at = (double)(m - 1) * q;
    int32_t i = (int32_t)at;
    if (i + 1 >= m)
        return x[m - 1];
    double share = at - i, step = x[i + 1] - x[i];
    return share < 0.5 ? x[i] + step * share
                       : x[i + 1] - step * (1 - share); /* numpy's own way to interpolate */
}

double vg_mis(const double *x, int32_t m, double y, double alpha)
{
    double l = vg_quantile(x, m, alpha / 2), u = vg_quantile(x, m, 1 - alpha / 2);
    return (u - l) + 2 / alpha * (y < l ? l - y : 0) + 2 / alpha * (y > u ? y - u : 0);
}

double vg_share_from(const double *x, int32_t m, double t)
{
    return (double)(m - n_below(x, m, t)) / m;
}

bool vg_covered(const double *x, int32_t m, double y, double level)
{
    double tail = (1 - level) / 2;
    return vg_quantile(x, m, tail) <= y && y <= vg_quantile(x, m, 1 - tail);
}

static void add_compensated(double *sum, double *rest, double x)
{
    double t = *sum + x;
    *rest += fabs(*sum) >= fabs(x) ? (*sum - t) + x : (x - t) + *sum;
    *sum = t;
}

void vg_scores_add(vg_scores *s, const double *x, int32_t m, double y)
{
    double crps = vg_crps(x, m, y), p25 = vg_share_from(x, m, 25);
    bool in50 = vg_covered(x, m, y, 0.5), in90 = vg_covered(x, m, y, 0.9), positive = y > 0, hit = y >= 25;
    s->n++;
    s->n_positive += positive;
    add_compensated(&s->crps, &s->rest_crps, crps);
    add_compensated(&s->mis, &s->rest_mis, vg_mis(x, m, y, 0.10));
    s->ign += vg_ign(x, m, y);
    s->crps_positive += positive ? crps : 0;
    s->twcrps += vg_twcrps(x, m, y, 25);
    s->brier25 += (p25 - hit) * (p25 - hit);
    s->mae_median += fabs(vg_quantile(x, m, 0.5) - y);
    s->in50 += in50;
    s->in90 += in90;
    s->in50_positive += in50 && positive;
    s->in90_positive += in90 && positive;
    int bin = p25 >= 1 ? VG_RELIABILITY_BINS - 1 : (int)(p25 * VG_RELIABILITY_BINS);
    s->forecast25[bin] += p25;
    s->rows25[bin]++;
    s->hits25[bin] += hit;
}

void vg_scores_merge(vg_scores *s, const vg_scores *more)
{
    s->n += more->n;
    s->n_positive += more->n_positive;
    add_compensated(&s->crps, &s->rest_crps, more->crps + more->rest_crps);
    add_compensated(&s->mis, &s->rest_mis, more->mis + more->rest_mis);
    s->ign += more->ign;
    s->crps_positive += more->crps_positive;
    s->twcrps += more->twcrps;
    s->brier25 += more->brier25;
    s->mae_median += more->mae_median;
    s->in50 += more->in50;
    s->in90 += more->in90;
    s->in50_positive += more->in50_positive;
    s->in90_positive += more->in90_positive;
    for (int i = 0; i < VG_RELIABILITY_BINS; i++) {
        s->forecast25[i] += more->forecast25[i];
        s->rows25[i] += more->rows25[i];
        s->hits25[i] += more->hits25[i];
    }
}

vg_scores vg_score_means(const vg_scores *s)
{
    vg_scores mean = *s;
    double n = s->n ? (double)s->n : NAN;
    mean.crps = (s->crps + s->rest_crps) / n;
    mean.mis = (s->mis + s->rest_mis) / n;
    mean.rest_crps = mean.rest_mis = 0;
    mean.ign = s->ign / n;
    mean.crps_positive = s->n_positive ? s->crps_positive / (double)s->n_positive : NAN;
    mean.twcrps = s->twcrps / n;
    mean.brier25 = s->brier25 / n;
    mean.mae_median = s->mae_median / n;
    for (int i = 0; i < VG_RELIABILITY_BINS; i++)
        mean.forecast25[i] = s->rows25[i] ? s->forecast25[i] / (double)s->rows25[i] : NAN;
    return mean;
}
