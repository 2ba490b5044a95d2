/* Counts by period. What the three questions share is the size of the negative binomial: how much wilder than a Poisson
 * process the series is by itself. Sums run in the order of the periods, so the answers are the same bytes everywhere. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "stat/dist.h"
#include "stat/prob.h"
#include "stat/rate.h"

/* --- one window against its past --- */

typedef struct {
    double count, hours, hours2;
    int32_t n;
} past_sum;

static bool counts(double y, double hours)
{
    return !isnan(y) && hours > 0;
}

static past_sum add_up(const double *y, const double *hours, int32_t n)
{
    past_sum s = { .n = 0 };
    for (int32_t i = 0; i < n; i++)
        if (counts(y[i], hours[i])) {
            s.count += y[i];
            s.hours += hours[i];
            s.hours2 += hours[i] * hours[i];
            s.n++;
        }
    return s;
}

static double inverse_size(const double *y, const double *hours, int32_t n, const past_sum *s, double rate)
{
    double above = 0, square = 0, part = (double)s->n / (s->n - 1);
    for (int32_t i = 0; i < n; i++)
        if (counts(y[i], hours[i])) {
            double mean = rate * hours[i];
            above += (y[i] - mean) * (y[i] - mean) * part - mean;
            square += mean * mean;
        }
    return square > 0 ? fmax(0, above / square) : 0;
}

vg_rate_verdict vg_rate_test(double observed, double hours, const double *past, const double *past_hours,
                             int32_t n_past)
{
    past_sum s = add_up(past, past_hours, n_past);
    vg_rate_verdict v = { .expected = NAN, .size = NAN, .p = NAN };
    if (s.n < VG_RATE_LEAST || !(hours > 0) || !(observed >= 0))
        return v;
    double rate = (s.count + .5) / s.hours, inverse = inverse_size(past, past_hours, n_past, &s, rate);
    double mean = rate * hours, share = hours / s.hours;
    double variance = mean + inverse * mean * mean + share * share * (s.count + .5) +
                      inverse * mean * mean * s.hours2 / (s.hours * s.hours);
    v.expected = mean;
    v.size = inverse > 0 ? 1 / inverse : INFINITY;
    if (observed <= 0) {
        v.p = 1;
        return v;
    }
    v.p = vg_beta_lower(observed, s.count + .5, hours / (hours + s.hours));
    if (inverse > 0) {
        double size = mean * mean / (variance - mean);
        v.p = fmax(v.p, vg_beta_lower(observed, size, mean / (size + mean)));
    }
    return v;
}

/* --- changes of level --- */

enum { N_NULL = 1000 };

/* Twice the log likelihood of a stretch at its own mean, without what does not depend on where stretches end. */
static double twice_likelihood(double sum, double n, double inverse)
{
    if (sum <= 0)
        return 0;
    double mean = sum / n;
    if (inverse <= 0)
        return 2 * (sum * log(mean) - sum);
    return 2 * (sum * log(inverse * mean / (1 + inverse * mean)) - sum * log(inverse) -
                n / inverse * log1p(inverse * mean));
}

/* 1 / size from neighbours: E (a - b)^2 / 2 = mean + mean^2 / size, and E ab = mean^2. */
static double neighbours_inverse(const double *y, int32_t n)
{
    double above = 0, square = 0;
    for (int32_t i = 1; i < n; i++) {
        double difference = y[i] - y[i - 1];
        above += difference * difference / 2 - (y[i] + y[i - 1]) / 2;
        square += y[i] * y[i - 1];
    }
    return square > 0 && above > 0 ? fmin(above / square, 5) : 0;
}

/* Gain of the best single change. */
static double best_gain(const double *y, int32_t n, int32_t least, double inverse)
{
    double total = 0, left = 0, best = 0;
    for (int32_t i = 0; i < n; i++)
        total += y[i];
    double whole = twice_likelihood(total, n, inverse);
    for (int32_t i = 0; i < n - least; i++) {
        left += y[i];
        if (i + 1 < least)
            continue;
        double gain = twice_likelihood(left, i + 1, inverse) +
                      twice_likelihood(total - left, n - i - 1, inverse) - whole;
        best = fmax(best, gain);
    }
    return best;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The penalty: a quantile of the best gains of series that have no change. */
static double penalty(const double *y, int32_t n, double inverse, const vg_rate_opts *o, double *gain,
                      double *sample)
{
    static const int32_t n_values = 1000;
    double mean = 0, value[1000];
    for (int32_t i = 0; i < n; i++)
        mean += y[i] / n;
    if (inverse > 0)
        vg_negbin_draws(mean, mean + inverse * mean * mean, n_values, value);
    else
        vg_poisson_draws(mean, n_values, value);
    for (int32_t k = 0; k < N_NULL; k++) {
        vg_rng r = vg_rng_at(o->seed, (uint64_t)k);
        for (int32_t i = 0; i < n; i++)
            sample[i] = value[vg_rng_below(&r, (uint32_t)n_values)];
        gain[k] = best_gain(sample, n, o->least, neighbours_inverse(sample, n));
    }
    qsort(gain, N_NULL, sizeof *gain, by_size);
    int32_t at = (int32_t)ceil((1 - o->false_alarm) * N_NULL) - 1;
    return gain[at < 0 ? 0 : at];
}

/* last[t]: where the last stretch of the best partition of the first t periods begins. */
static void partition(const double *y, int32_t n, int32_t least, double inverse, double price, double *sum,
                      double *best, int32_t *last)
{
    sum[0] = 0;
    best[0] = price;
    for (int32_t t = 1; t <= n; t++) {
        sum[t] = sum[t - 1] + y[t - 1];
        best[t] = -DBL_MAX;
        last[t] = 0;
        for (int32_t s = 0; s + least <= t; s++) {
            if (best[s] == -DBL_MAX)
                continue;
            double with = best[s] - price + twice_likelihood(sum[t] - sum[s], t - s, inverse);
            if (with > best[t]) {
                best[t] = with;
                last[t] = s;
            }
        }
    }
}

/* From the end back, then turned round; periods of the known ones become periods of the series. */
static int32_t stretches(const double *sum, const int32_t *last, const int32_t *place, int32_t n_known,
                         int32_t n, vg_rate_stretch *out)
{
    int32_t k = 0;
    for (int32_t t = n_known; t > 0; t = last[t])
        out[k++] =
            (vg_rate_stretch){ .from = place[last[t]], .mean = (sum[t] - sum[last[t]]) / (t - last[t]) };
    for (int32_t i = 0; i < k / 2; i++) {
        vg_rate_stretch x = out[i];
        out[i] = out[k - 1 - i];
        out[k - 1 - i] = x;
    }
    out[0].from = 0;
    for (int32_t i = 0; i < k; i++)
        out[i].to = i + 1 < k ? out[i + 1].from : n;
    return k;
}

/* The known periods, and where each stands in the series. */
static bool known_only(const double *y, int32_t n, double *known, int32_t *place, int32_t *n_known, vg_err *e)
{
    *n_known = 0;
    for (int32_t i = 0; i < n; i++) {
        if (isnan(y[i]))
            continue;
        if (!(y[i] >= 0) || isinf(y[i])) {
            vg_fail(e, VG_ERANGE, (vg_at){ .line = i + 1 }, "a count of %g in period %d", y[i], i + 1);
            return vg_why(e, "counts are 0 or more");
        }
        known[*n_known] = y[i];
        place[(*n_known)++] = i;
    }
    return true;
}

bool vg_rate_changes(const double *y, int32_t n, const vg_rate_opts *given, vg_arena *a,
                     vg_rate_stretch **out, int32_t *n_out, vg_err *e)
{
    vg_rate_opts o = *given;
    o.least = o.least > 0 ? o.least : 3;
    o.false_alarm = o.false_alarm > 0 ? o.false_alarm : .05;
    if (n > VG_RATE_LONGEST)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "%d periods; at most %d are looked at together", n,
                       VG_RATE_LONGEST);
    vg_rate_stretch *made = vg_new(a, vg_rate_stretch, n + 1);
    vg_arena scratch = *a;
    double *known = vg_new(&scratch, double, n + 1), *sum = vg_new(&scratch, double, n + 1);
    double *best = vg_new(&scratch, double, n + 1), *gain = vg_new(&scratch, double, N_NULL);
    int32_t *place = vg_new(&scratch, int32_t, n + 1), *last = vg_new(&scratch, int32_t, n + 1), n_known;
    if (!made || !known || !sum || !best || !gain || !place || !last)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!known_only(y, n, known, place, &n_known, e))
        return false;
    if (n_known < 2 * o.least) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "%d known periods; changes are looked for from %d on", n_known,
                2 * o.least);
        return vg_mend(e, "take shorter periods or a longer series");
    }
    double inverse = neighbours_inverse(known, n_known);
    double price = penalty(known, n_known, inverse, &o, gain, best);
    partition(known, n_known, o.least, inverse, price, sum, best, last);
    *n_out = stretches(sum, last, place, n_known, n, made);
    *out = made;
    return true;
}

/* --- what comes next --- */

enum { MEAN_OVER = 24, ERRORS_OVER = 36, NEXT_LEAST = 6 };

typedef struct {
    double level, recent[MEAN_OVER], error[ERRORS_OVER];
    int32_t n, n_errors;
} follower;

static double ahead(const follower *f)
{
    int32_t n = f->n < MEAN_OVER ? f->n : MEAN_OVER;
    double mean = 0;
    for (int32_t i = 0; i < n; i++)
        mean += f->recent[i] / n;
    return .8 * f->level + .2 * mean;
}

static void follow(follower *f, double z)
{
    if (f->n >= NEXT_LEAST)
        f->error[f->n_errors++ % ERRORS_OVER] = z - ahead(f);
    f->level = f->n ? f->level + .7 * (z - f->level) : z;
    f->recent[f->n++ % MEAN_OVER] = z;
}

/* Quantile of the errors, between neighbouring ranks; wider where there are few: (n + 1) p, Hyndman & Fan's type 6. */
static double error_quantile(const double *sorted, int32_t n, double p)
{
    double at = (n + 1) * p - 1;
    int32_t below = (int32_t)floor(at);
    if (below < 0)
        return sorted[0];
    if (below >= n - 1)
        return sorted[n - 1];
    return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}

vg_rate_outlook vg_rate_next(const double *y, int32_t n)
{
    follower f = { .n = 0 };
    vg_rate_outlook none = { NAN, NAN, NAN };
    for (int32_t i = 0; i < n; i++)
        if (y[i] >= 0)
            follow(&f, log1p(y[i]));
    if (f.n < NEXT_LEAST)
        return none;
    double z = ahead(&f);
    int32_t n_errors = f.n_errors < ERRORS_OVER ? f.n_errors : ERRORS_OVER;
    vg_rate_outlook next = { .median = fmax(0, expm1(z)), .low = NAN, .high = NAN };
    if (n_errors < 2)
        return next;
    qsort(f.error, (size_t)n_errors, sizeof *f.error, by_size);
    next.low = fmax(0, expm1(z + fmin(0, error_quantile(f.error, n_errors, .1))));
    next.high = fmax(next.median, expm1(z + fmax(0, error_quantile(f.error, n_errors, .9))));
    return next;
}
