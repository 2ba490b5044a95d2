/*
 * The VIEWS challenge protocol. Invariant: the sums of a window are merged unit by unit in the panel's order, so that
 * the scores are the same bytes on any number of threads.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "core/date.h"
#include "forecast/forecast_int.h"

enum { BLOCK = 64, LEADS = 12 };
static const int64_t SCRATCH = (int64_t)1 << 30, DRAW_SCRATCH = 16 << 20;

/* One window at work: blocks of units are drawn and scored by all threads, then handed on in order. */
typedef struct {
    const vg_panel *panel;
    const vg_backtest_opts *o;
    const vg_forecast *f;
    int32_t first_unit, n_draws, first_month;
    double *draws;     /* [unit of the block][lead][draw], ascending */
    vg_arena *scratch; /* one per worker */
    vg_scores *score;  /* [unit of the block] */
} window;

int32_t vg_forecast_stratum(double last12)
{
    return last12 >= 1000 ? 3 : last12 >= 25 ? 2 : last12 >= 1 ? 1 : 0;
}

static double panel_value(const vg_panel *p, int32_t unit_index, int32_t month)
{
    int32_t m = month - p->first_month;
    return m >= 0 && m < p->n_months ? p->value[(int64_t)unit_index * p->n_months + m] : NAN;
}

/*
 * A unit that is born or ends inside a window is left out of it, as the field's benchmark tables do (Sudan in 2011);
 * months after the end of the data are missing for all units and shorten the window.
 */
static bool whole_in_window(const vg_panel *p, int32_t unit_index, int32_t first_month)
{
    int32_t data_end = p->first_month + p->n_months - 1;
    for (int32_t m = first_month; m < first_month + LEADS && m <= data_end; m++)
        if (isnan(panel_value(p, unit_index, m)))
            return false;
    return true;
}

static double outcome(const window *w, int32_t unit_index, int32_t month)
{
    const vg_actuals *a = w->o->actuals;
    if (!a)
        return whole_in_window(w->panel, unit_index, w->first_month)
                   ? panel_value(w->panel, unit_index, month)
                   : NAN;
    if (month < a->first_month || month >= a->first_month + a->n_months)
        return NAN;
    return a->value[(int64_t)unit_index * a->n_months + (month - a->first_month)];
}

static bool score_unit(void *ctx, int64_t task, int worker, vg_err *e)
{
    window *w = ctx;
    int32_t u = w->first_unit + (int32_t)task;
    vg_scores s = { 0 };
    for (int32_t i = 0; i < LEADS; i++) {
        double y = outcome(w, u, w->first_month + i);
        double *draws = w->draws + (task * LEADS + i) * w->n_draws;
        if (isnan(y))
            continue;
        if (!vg_forecast_draws(w->f, u, w->f->o.first_lead + i, w->scratch[worker], draws, e))
            return false;
        vg_scores_add(&s, draws, w->n_draws, y);
    }
    w->score[task] = s;
    return true;
}

static bool hand_on_rows(const window *w, int32_t year, int32_t n, vg_err *e)
{
    for (int32_t k = 0; k < n && w->o->row; k++) {
        int32_t u = w->first_unit + k;
        double last12 = vg_history_last(&w->f->history, w->f->history.chain_of_unit[u], 12);
        for (int32_t i = 0; i < LEADS; i++) {
            double y = outcome(w, u, w->first_month + i);
            if (!isnan(y) && !w->o->row(w->o->row_ctx, year, u, w->first_month + i, last12,
                                        w->draws + ((int64_t)k * LEADS + i) * w->n_draws, w->n_draws, y, e))
                return false;
        }
    }
    return true;
}

static bool score_window(window *w, int32_t year, vg_scores *total, vg_scores *stratum, vg_err *e)
{
    for (w->first_unit = 0; w->first_unit < w->panel->n_units; w->first_unit += BLOCK) {
        int32_t left = w->panel->n_units - w->first_unit, n = left < BLOCK ? left : BLOCK;
        if (!vg_parallel(w->f->o.n_threads, n, score_unit, w, e))
            return false;
        for (int32_t k = 0; k < n; k++) {
            int32_t chain = w->f->history.chain_of_unit[w->first_unit + k];
            vg_scores_merge(total, &w->score[k]);
            vg_scores_merge(&stratum[vg_forecast_stratum(vg_history_last(&w->f->history, chain, 12))],
                            &w->score[k]);
        }
        if (!hand_on_rows(w, year, n, e))
            return false;
    }
    if (total->n == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "window %d cannot be scored: no outcome is known for it", year);
        return vg_mend(e, "choose windows (--windows) whose months are in the data");
    }
    return true;
}

static bool new_scratch(window *w, vg_arena *a, vg_err *e)
{
    w->draws = vg_new(a, double, (int64_t)BLOCK *LEADS * w->n_draws);
    w->score = vg_new(a, vg_scores, BLOCK);
    w->scratch = vg_new(a, vg_arena, VG_MAX_THREADS);
    if (!w->draws || !w->score || !w->scratch)
        return vg_fail_memory(e, vg_arena_limit(a));
    bool ok = true;
    for (int i = 0; i < w->f->o.n_threads && ok; i++)
        ok = vg_arena_init(&w->scratch[i], DRAW_SCRATCH, e);
    return ok;
}

static bool run_window(const vg_panel *panel, const vg_backtest_opts *o, int32_t year, vg_arena scratch,
                       vg_scores *total, vg_scores *stratum, vg_err *e)
{
    vg_forecast_opts fo = o->forecast;
    int32_t gap = o->gap_months ? o->gap_months : 2;
    fo.first_lead = gap + 1;
    fo.n_leads = LEADS;
    fo.origin = vg_month(year, 1) - gap - 1;
    vg_forecast *f;
    if (!vg_forecast_train(panel, &fo, &f, e))
        return false;
    window w = { .panel = panel, .o = o, .f = f, .n_draws = f->o.n_draws, .first_month = vg_month(year, 1) };
    bool ok = new_scratch(&w, &scratch, e) && score_window(&w, year, total, stratum, e);
    for (int i = 0; w.scratch && i < VG_MAX_THREADS; i++)
        vg_arena_free(&w.scratch[i]);
    vg_forecast_free(f);
    return ok;
}

/* Plain mean of the windows' means; counts are summed. */
static vg_scores mean_of_windows(const vg_scores *each, int32_t n)
{
    vg_scores mean = { 0 };
    for (int32_t i = 0; i < n; i++)
        vg_scores_merge(&mean, &each[i]);
    mean.crps = (mean.crps + mean.rest_crps) / n;
    mean.mis = (mean.mis + mean.rest_mis) / n;
    mean.rest_crps = mean.rest_mis = 0;
    mean.ign /= n, mean.crps_positive /= n, mean.twcrps /= n, mean.brier25 /= n, mean.mae_median /= n;
    for (int k = 0; k < VG_RELIABILITY_BINS; k++) {
        double sum = 0;
        for (int32_t i = 0; i < n; i++)
            sum += each[i].rows25[k] ? each[i].forecast25[k] * (double)each[i].rows25[k] : 0;
        mean.forecast25[k] = mean.rows25[k] ? sum / (double)mean.rows25[k] : NAN;
    }
    return mean;
}

static bool check_windows(const vg_backtest_opts *o, vg_err *e)
{
    if (o->last_window >= o->first_window && o->last_window - o->first_window < VG_MAX_WINDOWS)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "windows %d to %d", o->first_window, o->last_window);
    return vg_mend(e, "give years as FIRST-LAST, at most %d of them", VG_MAX_WINDOWS);
}

bool vg_backtest_run(const vg_panel *panel, const vg_backtest_opts *o, vg_backtest *out, vg_err *e)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    vg_arena scratch;
    if (!check_windows(o, e) || !vg_arena_init(&scratch, SCRATCH, e))
        return false;
    vg_backtest b = { .model = o->forecast.model, .n_windows = o->last_window - o->first_window + 1 };
    bool ok = true;
    for (int32_t i = 0; i < b.n_windows && ok; i++) {
        vg_scores total = { 0 };
        b.window[i] = o->first_window + i;
        ok = vg_progress_step(&o->forecast.progress, "backtest", i, b.n_windows, e) &&
             run_window(panel, o, b.window[i], scratch, &total, b.stratum, e);
        b.score[i] = vg_score_means(&total);
    }
    vg_arena_free(&scratch);
    if (!ok)
        return false;
    b.mean = mean_of_windows(b.score, b.n_windows);
    for (int i = 0; i < VG_N_STRATA; i++)
        b.stratum[i] = vg_score_means(&b.stratum[i]);
    clock_gettime(CLOCK_MONOTONIC, &end);
    b.seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
    *out = b;
    return true;
}
