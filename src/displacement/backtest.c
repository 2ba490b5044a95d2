/*
 * The protocol of the Jetson study with rolling origins. Invariant: rows are summed in the order of months and units,
 * whichever thread made their forecast, so that the scores are the same bytes on any number of threads.
 */
#include <math.h>
#include <time.h>

#include "core/num.h"
#include "displacement/displacement_int.h"
#include "stat/score.h"

enum { LONGEST_LAG = 23, BLOCK = 16 };
static const int64_t SCRATCH = (int64_t)1 << 30;

static double arrivals_in(const vg_panel *p, int32_t unit_index, int32_t month)
{
    int32_t m = month - p->first_month;
    return m >= 0 && m < p->n_months ? p->value[(int64_t)unit_index * p->n_months + m] : NAN;
}

bool vg_displacement_scored(const vg_panel *p, int32_t unit_index, int32_t month, int32_t horizon)
{
    if (isnan(arrivals_in(p, unit_index, month)))
        return false;
    for (int32_t lag = horizon; lag <= LONGEST_LAG; lag++)
        if (isnan(arrivals_in(p, unit_index, month - lag)))
            return false;
    return true;
}

/* --- sums --- */

typedef struct {
    int32_t n, in50, in90;
    vg_sum square_mean, square_median, off_mean, off_median, crps;
} sums;

static void add_row(sums *s, const double *draws, int32_t n, double y)
{
    vg_sum total = { 0 };
    for (int32_t i = 0; i < n; i++)
        vg_sum_add(&total, draws[i]);
    double mean = vg_sum_value(&total) / n - y, median = vg_quantile(draws, n, 0.5) - y;
    s->n++;
    vg_sum_add(&s->square_mean, mean * mean);
    vg_sum_add(&s->square_median, median * median);
    vg_sum_add(&s->off_mean, fabs(mean));
    vg_sum_add(&s->off_median, fabs(median));
    vg_sum_add(&s->crps, vg_crps(draws, n, y));
    s->in50 += vg_covered(draws, n, y, 0.5);
    s->in90 += vg_covered(draws, n, y, 0.9);
}

static vg_displacement_score means_of(const sums *s)
{
    double n = s->n ? (double)s->n : (double)NAN;
    return (vg_displacement_score){ .n = s->n,
                                    .rmse_mean = sqrt(vg_sum_value(&s->square_mean) / n),
                                    .mae_mean = vg_sum_value(&s->off_mean) / n,
                                    .rmse_median = sqrt(vg_sum_value(&s->square_median) / n),
                                    .mae_median = vg_sum_value(&s->off_median) / n,
                                    .crps = vg_sum_value(&s->crps) / n,
                                    .cover50 = s->in50 / n,
                                    .cover90 = s->in90 / n };
}

/* --- origins --- */

typedef struct {
    const vg_displacement_data *data;
    const vg_displacement_backtest_opts *o;
    int32_t horizon, n_draws, first_month; /* of the block */
    double *draws;                         /* [month of the block][unit][draw] */
    bool *made;                            /* [month of the block][unit] */
} block;

static bool is_row(const block *b, int32_t unit_index, int32_t month)
{
    return month - b->horizon - b->data->arrivals->first_month + 1 >= LEAST_MONTHS &&
           vg_displacement_scored(b->data->arrivals, unit_index, month, b->horizon);
}

static bool any_row(const block *b, int32_t month)
{
    for (int32_t u = 0; u < b->data->arrivals->n_units; u++)
        if (is_row(b, u, month))
            return true;
    return false;
}

static bool forecast_month(void *ctx, int64_t task, int worker, vg_err *e)
{
    block *b = ctx;
    int32_t month = b->first_month + (int32_t)task, n = b->data->arrivals->n_units;
    vg_displacement_opts o = b->o->forecast;
    vg_displacement *d;
    (void)worker;
    if (!any_row(b, month))
        return true;
    o.origin = month - b->horizon;
    o.n_threads = 1;
    o.progress = (vg_progress){ .step = NULL };
    if (!vg_dis_train(b->data, &o, b->horizon, &d, e))
        return false;
    const vg_dis_track *t = &d->track[b->horizon - 1];
    for (int32_t u = 0; u < n; u++) {
        int32_t row = d->history.row_of_unit[u];
        if (!is_row(b, u, month) || t->none[row])
            continue;
        b->made[task * n + u] = true;
        vg_dis_draw(t, row, b->n_draws, b->draws + (task * n + u) * b->n_draws);
    }
    vg_displacement_free(d);
    return true;
}

static bool add_block(const block *b, int32_t n_months, sums *train, sums *test, vg_err *e)
{
    int32_t n = b->data->arrivals->n_units;
    for (int32_t k = 0; k < n_months; k++)
        for (int32_t u = 0; u < n; u++) {
            int32_t month = b->first_month + k;
            const double *draws = b->draws + ((int64_t)k * n + u) * b->n_draws;
            double y = arrivals_in(b->data->arrivals, u, month);
            if (!b->made[(int64_t)k * n + u])
                continue;
            add_row(month > b->o->train_to ? test : train, draws, b->n_draws, y);
            if (b->o->row &&
                !b->o->row(b->o->row_ctx, month > b->o->train_to, u, month, draws, b->n_draws, y, e))
                return false;
        }
    return true;
}

static bool run_blocks(block *b, vg_arena scratch, sums *train, sums *test, vg_err *e)
{
    const vg_panel *p = b->data->arrivals;
    int32_t first = p->first_month, last = p->first_month + p->n_months - 1;
    first = b->o->first_month > first ? b->o->first_month : first;
    last = b->o->last_month && b->o->last_month < last ? b->o->last_month : last;
    int n_threads = b->o->forecast.n_threads ? b->o->forecast.n_threads : vg_cores();
    for (b->first_month = first; b->first_month <= last; b->first_month += BLOCK) {
        vg_arena work = scratch;
        int32_t n = last - b->first_month + 1 < BLOCK ? last - b->first_month + 1 : BLOCK;
        b->draws = vg_new(&work, double, (int64_t)n * p->n_units * b->n_draws);
        b->made = vg_new(&work, bool, (int64_t)n * p->n_units);
        if (!b->draws || !b->made)
            return vg_fail_memory(e, vg_arena_limit(&scratch));
        if (!vg_progress_step(&b->o->forecast.progress, "backtest", b->first_month - first, last - first + 1,
                              e) ||
            !vg_parallel(n_threads, n, forecast_month, b, e) || !add_block(b, n, train, test, e))
            return false;
    }
    return true;
}

static bool check_backtest(const vg_displacement_backtest_opts *o, int32_t horizon, vg_err *e)
{
    if (horizon < 1 || horizon > VG_DISPLACEMENT_LEADS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a horizon of %d months; 1 to %d are possible", horizon,
                       VG_DISPLACEMENT_LEADS);
    if (o->forecast.n_draws < 0 || o->forecast.n_draws > 100000)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "%d draws asked for, 1 to 100000 are possible",
                       o->forecast.n_draws);
    return true;
}

bool vg_displacement_backtest_run(const vg_displacement_data *data, const vg_displacement_backtest_opts *o,
                                  vg_displacement_backtest *out, vg_err *e)
{
    struct timespec begin, end;
    vg_arena scratch;
    sums train = { .n = 0 }, test = { .n = 0 };
    block b = { .data = data,
                .o = o,
                .horizon = o->horizon ? o->horizon : 1,
                .n_draws = o->forecast.n_draws ? o->forecast.n_draws : 1000 };
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (!check_backtest(o, b.horizon, e) || !vg_arena_init(&scratch, SCRATCH, e))
        return false;
    bool good = run_blocks(&b, scratch, &train, &test, e);
    vg_arena_free(&scratch);
    if (!good)
        return false;
    if (!train.n && !test.n) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "no month can be scored at a horizon of %d months", b.horizon);
        vg_why(e, "a month is scored when it and its lags %d to %d are known, two years after the data begin",
               b.horizon, LONGEST_LAG);
        return vg_mend(e, "give a longer history with fewer gaps");
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    *out = (vg_displacement_backtest){
        .model = o->forecast.model,
        .span = o->forecast.span ? o->forecast.span : vg_dis_default_span(o->forecast.model),
        .horizon = b.horizon,
        .train = means_of(&train),
        .test = means_of(&test),
        .seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9
    };
    return true;
}
