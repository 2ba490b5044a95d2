/*
 * The models that a forecast must beat, as the study of Project Jetson has them (Hoffmann Pham and Luengo-Oroz, arXiv
 * 2201.08006): means over known months, with the study's rules, and penalised regressions. Each gives a number
 * a month; its past misses give the intervals. Invariant: the mean of the draws is that number (for ewm-log: the
 * median).
 */
#include <math.h>
#include <string.h>

#include "displacement/displacement_int.h"

/* Chosen by rolling origins inside 2011-2018 only. */
enum { FIRST_ORIGIN = 20 };
static const double RIDGE_PENALTY = 50, LASSO_PENALTY = 0.1;

static const int32_t default_span[VG_DISPLACEMENT_N_MODELS] = { [VG_DISPLACEMENT_EWM] = 8,
                                                                [VG_DISPLACEMENT_MEAN] = 12,
                                                                [VG_DISPLACEMENT_LAG] = 12,
                                                                [VG_DISPLACEMENT_EWM_LOG] = 8 };

int32_t vg_dis_default_span(vg_displacement_model model)
{
    return default_span[model];
}

/* --- means --- */

static double known_mean(const double *y, int32_t from, int32_t to)
{
    double sum = 0;
    int32_t n = 0;
    for (int32_t m = from < 0 ? 0 : from; m <= to; m++)
        if (!isnan(y[m])) {
            sum += y[m];
            n++;
        }
    return n ? sum / n : NAN;
}

/*
 * The study's weights, pandas' ewm(span, adjust=False): the first known month begins the mean, each later one enters with
 * 2 / (span + 1) against what the mean so far has left after as many months as have passed.
 */
static double weighted(const double *y, int32_t to, int32_t span, bool logs)
{
    double enters = 2.0 / (span + 1), mean = NAN, left = 1;
    for (int32_t m = 0; m <= to; m++) {
        left *= 1 - enters;
        if (isnan(y[m]))
            continue;
        double x = logs ? log1p(y[m]) : y[m];
        mean = isnan(mean) ? x : (left * mean + enters * x) / (left + enters);
        left = 1;
    }
    return mean;
}

static double plain_point(const double *y, vg_displacement_model model, int32_t span, int32_t month,
                          int32_t lead)
{
    switch (model) {
    case VG_DISPLACEMENT_EXPANDING: return known_mean(y, 0, month);
    case VG_DISPLACEMENT_EWM: return weighted(y, month, span, false);
    case VG_DISPLACEMENT_MEAN: return known_mean(y, month - span + 1, month);
    case VG_DISPLACEMENT_EWM_LOG: return expm1(weighted(y, month, span, true));
    case VG_DISPLACEMENT_LAG: {
        int32_t at = month + lead - span; /* a lag shorter than the lead is the last month */
        at = at > month ? month : at;
        return at >= 0 ? y[at] : NAN;
    }
    case VG_DISPLACEMENT_HOUSE:
    case VG_DISPLACEMENT_RIDGE:
    case VG_DISPLACEMENT_LASSO:
    case VG_DISPLACEMENT_N_MODELS: break;
    }
    return NAN;
}

/* --- regressions: arrivals as the expanding mean and what recent months add to it --- */

enum { LAG_COLUMNS = 4 };

static int32_t lag_row(const vg_dis_base *b, int32_t month, int32_t row, double *x)
{
    const vg_dis_history *h = b->h;
    const double *y = h->y + (int64_t)row * h->n_months;
    const vg_dis_state *s = &b->state[(int64_t)month * h->n_units + row];
    const vg_dis_condition *c = &b->condition[((int64_t)month * h->n_units + row) * h->n_covariates];
    double quarter = known_mean(y, month - 2, month), year = known_mean(y, month - 11, month);
    int32_t n = 0;
    x[n++] = expm1(s->last) - s->expanding;
    x[n++] = isnan(quarter) ? 0 : quarter - s->expanding;
    x[n++] = isnan(year) ? 0 : year - s->expanding;
    x[n++] = s->ewm - s->expanding;
    for (int32_t k = 0; k < h->n_covariates; k++) {
        x[n++] = c[k].near * s->expanding;
        x[n++] = c[k].far * s->expanding;
    }
    return n;
}

static void add_outcomes(const vg_dis_base *b, int32_t month, int32_t lead, vg_dis_sums *sums)
{
    double x[MAX_COLUMNS];
    for (int32_t i = 0; i < b->h->n_units; i++) {
        const vg_dis_state *s = &b->state[(int64_t)month * b->h->n_units + i];
        double y = b->h->y[(int64_t)i * b->h->n_months + month + lead];
        if (s->n_known >= FEW_MONTHS && !isnan(y))
            vg_dis_sums_add(sums, lag_row(b, month, i, x), x, y - s->expanding);
    }
}

static bool solve_lags(const vg_dis_base *b, vg_displacement_model model, const vg_dis_sums *sums,
                       vg_dis_fit *fit)
{
    int32_t n = LAG_COLUMNS + 2 * b->h->n_covariates;
    double penalty[MAX_COLUMNS];
    for (int32_t k = 0; k < n; k++)
        penalty[k] = RIDGE_PENALTY * (k >= LAG_COLUMNS ? 2 * b->h->n_covariates : 1);
    return model == VG_DISPLACEMENT_RIDGE ? vg_dis_ridge(sums, n, penalty, true, fit)
                                          : vg_dis_lasso(sums, n, LASSO_PENALTY, true, fit);
}

static bool regression_points(const vg_dis_base *b, vg_displacement_model model, int32_t lead, double *out,
                              vg_arena scratch, vg_err *e)
{
    const vg_dis_history *h = b->h;
    vg_dis_sums *sums = vg_new(&scratch, vg_dis_sums, 1);
    vg_dis_fit fit;
    double x[MAX_COLUMNS];
    int32_t first = h->n_months / 2 < FIRST_ORIGIN ? h->n_months / 2 : FIRST_ORIGIN;
    if (!sums)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int32_t m = 0; m < h->n_months; m++) {
        if (m >= lead)
            add_outcomes(b, m - lead, lead, sums);
        bool ready = m >= first && solve_lags(b, model, sums, &fit);
        for (int32_t i = 0; i < h->n_units; i++) {
            const vg_dis_state *s = &b->state[(int64_t)m * h->n_units + i];
            double *to = &out[(int64_t)m * h->n_units + i];
            *to = NAN;
            if (ready && s->n_known) {
                lag_row(b, m, i, x);
                *to = fmax(s->expanding + vg_dis_value(&fit, x), 0);
            }
        }
    }
    return true;
}

bool vg_dis_points(const vg_dis_base *b, vg_displacement_model model, int32_t span, int32_t lead, double *out,
                   vg_arena scratch, vg_err *e)
{
    const vg_dis_history *h = b->h;
    if (model == VG_DISPLACEMENT_RIDGE || model == VG_DISPLACEMENT_LASSO)
        return regression_points(b, model, lead, out, scratch, e);
    for (int32_t i = 0; i < h->n_units; i++)
        for (int32_t m = 0; m < h->n_months; m++)
            out[(int64_t)m * h->n_units + i] =
                plain_point(h->y + (int64_t)i * h->n_months, model, span, m, lead);
    return true;
}

bool vg_dis_simple(const vg_dis_base *b, const vg_displacement_opts *o, int32_t lead, vg_arena *a,
                   vg_dis_track *out, vg_err *e)
{
    const vg_dis_history *h = b->h;
    int64_t n = (int64_t)h->n_units * h->n_months, last = n - h->n_units;
    bool logs = o->model == VG_DISPLACEMENT_EWM_LOG;
    vg_dis_track t = { .lead = lead, .exact = true };
    t.median = vg_new(a, double, h->n_units);
    t.mean = vg_new(a, double, h->n_units);
    t.none = vg_new(a, bool, h->n_units);
    double *point = vg_new(a, double, n);
    if (!t.median || !t.mean || !t.none || !point)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_dis_points(b, o->model, o->span, lead, point, *a, e))
        return false;
    for (int32_t i = 0; i < h->n_units; i++) {
        t.none[i] = isnan(point[last + i]);
        double now = t.none[i] ? b->state[last + i].usual : point[last + i];
        t.median[i] = log1p(now);
        t.mean[i] = logs ? NAN : now;
    }
    for (int64_t i = 0; i < n; i++)
        point[i] = log1p(point[i]);
    if (!vg_dis_misses(h, point, lead, logs, a, &t, e))
        return false;
    *out = t;
    return true;
}

double vg_displacement_baseline(const vg_displacement *d, vg_displacement_model model, int32_t span,
                                int32_t unit_index, int32_t lead)
{
    const vg_dis_history *h = &d->history;
    if (unit_index < 0 || unit_index >= h->n_units || (int)model < 0 || model >= VG_DISPLACEMENT_N_MODELS)
        return NAN;
    const double *y = h->y + (int64_t)h->row_of_unit[unit_index] * h->n_months;
    return plain_point(y, model, span > 0 ? span : default_span[model], h->n_months - 1, lead);
}
