/* Averaged relative difference, as FLEE is scored, and the naive forecasts beside it. Invariant: every score sees the
 * same registrations on the same days. */
#include <math.h>

#include "displacement/flow_int.h"

static double sum_of(const double *x, int32_t n_camps, int32_t n_days, int32_t day)
{
    double sum = 0;
    for (int32_t k = 0; k < n_camps; k++)
        sum += x[(int64_t)k * n_days + day];
    return sum;
}

vg_flow_score vg_flow_score_run(const vg_flow_run *run, vg_flow_series series, int32_t from)
{
    const double *data = series == VG_FLOW_RAW ? run->raw : run->corrected;
    int32_t last = run->n_days < run->n_record ? run->n_days : run->n_record;
    vg_flow_score s = { .n_days = 0 };
    int64_t inside = 0, seen = 0;
    for (int32_t t = from; t < last; t++) {
        double total = sum_of(data, run->n_scored, run->n_record, t), plain = 0, scaled = 0;
        double people = sum_of(run->people, run->n_scored, run->n_days, t),
               scale = people > 0 ? total / people : 0;
        if (!(total > 0))
            continue;
        for (int32_t k = 0; k < run->n_scored; k++) {
            double x = run->people[(int64_t)k * run->n_days + t], y = data[(int64_t)k * run->n_record + t];
            plain += fabs(x - y);
            scaled += fabs(x * scale - y);
            if (run->low && y > 0) {
                seen++;
                inside += run->low[(int64_t)k * run->n_days + t] <= y &&
                          y <= run->high[(int64_t)k * run->n_days + t];
            }
        }
        s.ard += plain / total;
        s.ard_rescaled += scaled / total;
        s.n_days++;
    }
    double n = s.n_days ? (double)s.n_days : (double)NAN;
    s.ard /= n;
    s.ard_rescaled /= n;
    s.covered = seen ? (double)inside / (double)seen : NAN;
    return s;
}

/* Mean over days `from` on of the difference to the shares of another day: of day `share`, or `lag` days before. */
static double shares_kept(const vg_flow_conflict *c, vg_flow_series series, int32_t share, int32_t lag,
                          int32_t from)
{
    const double *data = series == VG_FLOW_RAW ? c->raw : c->corrected;
    double sum = 0;
    int32_t n = 0;
    for (int32_t t = from; t < c->n_days; t++) {
        int32_t then = lag ? t - lag : share;
        double total = sum_of(data, c->n_scored, c->n_days, t),
               base = sum_of(data, c->n_scored, c->n_days, then);
        if (!(total > 0) || !(base > 0))
            continue;
        double off = 0;
        for (int32_t k = 0; k < c->n_scored; k++) {
            const double *x = data + (int64_t)k * c->n_days;
            off += fabs(x[then] / base - x[t] / total);
        }
        sum += off;
        n++;
    }
    return n ? sum / n : NAN;
}

static double all_alike(const vg_flow_conflict *c, vg_flow_series series)
{
    const double *data = series == VG_FLOW_RAW ? c->raw : c->corrected;
    double sum = 0;
    int32_t n = 0;
    for (int32_t t = 0; t < c->n_days; t++) {
        double total = sum_of(data, c->n_scored, c->n_days, t);
        if (!(total > 0))
            continue;
        for (int32_t k = 0; k < c->n_scored; k++)
            sum += fabs(1.0 / c->n_scored - data[(int64_t)k * c->n_days + t] / total);
        n++;
    }
    return n ? sum / n : NAN;
}

double vg_flow_score_share(const vg_flow_conflict *c, vg_flow_series series, int32_t day)
{
    return day < c->n_days ? shares_kept(c, series, day, 0, day + 1) : NAN;
}

vg_flow_naive vg_flow_score_naive(const vg_flow_conflict *c, vg_flow_series series)
{
    return (vg_flow_naive){ .share7 = c->n_days > 7 ? shares_kept(c, series, 7, 0, 0) : NAN,
                            .share30 = c->n_days > 30 ? shares_kept(c, series, 30, 0, 0) : NAN,
                            .equal = all_alike(c, series),
                            .rolling30 = c->n_days > 30 ? shares_kept(c, series, 0, 30, 30) : NAN };
}
