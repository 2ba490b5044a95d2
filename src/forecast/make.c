/* A whole forecast run: every unit, its reasons, and the check on past windows that is shown beside it. Invariant:
 * units are worked on in any order and written at their own place, so the run is the same on any number of threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "forecast/kept_int.h"

enum { CHECK_WINDOWS = 3, MIN_HISTORY = 36, GAP = 2 };
static const int64_t SCRATCH = (int64_t)64 << 20;

typedef struct {
    const vg_panel *panel;
    const vg_forecast *f;
    vg_kept *k;
    int32_t *index;    /* of each kept unit in the panel */
    vg_arena *scratch; /* one a worker */
    vg_kept_reasons *reasons;
} work;

static double known(const vg_panel *p, int32_t unit_index, int32_t month)
{
    int32_t m = month - p->first_month;
    return m >= 0 && m < p->n_months ? p->value[(int64_t)unit_index * p->n_months + m] : NAN;
}

/* The last months of the unit, or of the unit of the same country whose place it took. */
static void fill_history(const vg_panel *p, int32_t unit_index, int32_t origin, vg_kept_unit *u)
{
    const vg_unit *me = &p->unit[unit_index];
    u->history_first = origin - VG_KEPT_HISTORY + 1;
    u->n_history = VG_KEPT_HISTORY;
    for (int32_t i = 0; i < VG_KEPT_HISTORY; i++) {
        int32_t month = u->history_first + i;
        u->history[i] = known(p, unit_index, month);
        for (int32_t k = 0; k < p->n_units && isnan(u->history[i]) && me->gwcode; k++)
            if (p->unit[k].gwcode == me->gwcode)
                u->history[i] = known(p, k, month);
    }
}

static bool make_unit(void *ctx, int64_t task, int worker, vg_err *e)
{
    work *w = ctx;
    int32_t index = w->index[task];
    const vg_unit *unit = &w->panel->unit[index];
    vg_kept_unit *u = &w->k->unit[task];
    vg_forecast_rank rank;
    if (!vg_forecast_unit(w->f, index, w->scratch[worker], u->month, &rank, e))
        return false;
    u->unit = unit->unit;
    u->iso3 = unit->iso3;
    u->name = unit->name;
    u->last12 = rank.last12;
    u->total = rank.total;
    u->n_thresholds = VG_N_THRESHOLDS;
    memcpy(u->p_month, rank.p_month, sizeof u->p_month);
    fill_history(w->panel, index, w->k->params.origin, u);
    return true;
}

static void copy_analogue(const vg_panel *p, const vg_analogue *from, vg_kept_analogue *to)
{
    const vg_unit *unit = &p->unit[from->unit_index];
    *to = (vg_kept_analogue){ .unit = unit->unit,
                              .month = from->month,
                              .iso3 = unit->iso3,
                              .name = unit->name,
                              .weight = from->weight,
                              .before12 = from->before12,
                              .after_mean = from->after_mean };
}

static bool make_reasons(void *ctx, int64_t task, int worker, vg_err *e)
{
    (void)worker;
    work *w = ctx;
    vg_kept_unit *u = &w->k->unit[task];
    vg_explanation x = { .n_analogues = 0 };
    if (!(u->total.mean > 0))
        return true;
    if (!vg_forecast_explain(w->f, w->index[task], &x, e))
        return false;
    vg_kept_reasons *r = &w->reasons[task];
    *r = (vg_kept_reasons){ .base = x.base,
                            .level = x.level,
                            .own_share = x.own_share,
                            .analogue_share = x.analogue_share,
                            .n_analogues = x.n_analogues,
                            .n_drivers = x.n_drivers };
    for (int32_t i = 0; i < x.n_analogues; i++)
        copy_analogue(w->panel, &x.analogue[i], &r->analogue[i]);
    for (int32_t i = 0; i < x.n_drivers; i++)
        r->driver[i] = (vg_kept_driver){ vg_str_z(x.driver[i].feature), x.driver[i].value,
                                         x.driver[i].percentile, x.driver[i].effect };
    u->reasons = r;
    return true;
}

/* --- order --- */

typedef struct {
    vg_kept_unit unit;
    int32_t index;
} placed;

static int by_rank(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    return vg_kept_order(&x->unit, &y->unit);
}

static bool rank_units(work *w, vg_arena *a, vg_err *e)
{
    int32_t n = w->k->n_units;
    placed *all = vg_new(a, placed, n);
    if (!all)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < n; i++)
        all[i] = (placed){ w->k->unit[i], w->index[i] };
    qsort(all, (size_t)n, sizeof *all, by_rank);
    for (int32_t i = 0; i < n; i++) {
        w->k->unit[i] = all[i].unit;
        w->index[i] = all[i].index;
    }
    return true;
}

/* --- the check --- */

static bool check_model(const vg_panel *panel, const vg_make_opts *o, const vg_forecast_opts *used,
                        vg_model model, vg_kept *k, vg_err *e)
{
    int32_t last = vg_month_of_year(k->params.origin) == 12 ? vg_month_year(k->params.origin)
                                                            : vg_month_year(k->params.origin) - 1;
    int32_t first = last - CHECK_WINDOWS + 1;
    while (first <= last && vg_month(first, 1) - GAP - panel->first_month < MIN_HISTORY)
        first++;
    if (first > last || o->no_check)
        return true;
    vg_backtest_opts b = { .first_window = first, .last_window = last, .gap_months = GAP, .forecast = *used };
    b.forecast.model = model;
    b.forecast.progress = o->forecast.progress;
    vg_backtest *done = malloc(sizeof *done);
    if (!done)
        return vg_fail_memory(e, (int64_t)sizeof *done);
    bool good = vg_backtest_run(panel, &b, done, e);
    if (good) {
        vg_kept_score *s = &k->score[k->n_scores++];
        *s = (vg_kept_score){ .model = vg_str_z(vg_model_name(model)),
                              .first_window = first,
                              .last_window = last,
                              .all = vg_kept_quality_from(&done->mean),
                              .n_strata = VG_N_STRATA };
        for (int i = 0; i < VG_N_STRATA; i++)
            s->stratum[i] = vg_kept_quality_from(&done->stratum[i]);
    }
    free(done);
    return good;
}

/* --- all of it --- */

static bool find_alive(work *w, vg_arena *a, vg_err *e)
{
    vg_kept *k = w->k;
    int32_t n = w->panel->n_units, n_leads = k->params.n_leads;
    w->index = vg_new(a, int32_t, n);
    k->unit = vg_new(a, vg_kept_unit, n);
    if (!w->index || !k->unit)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < n; i++)
        if (!isnan(known(w->panel, i, k->params.origin)))
            w->index[k->n_units++] = i;
    vg_forecast_summary *month = vg_new(a, vg_forecast_summary, (int64_t)k->n_units * n_leads);
    w->reasons = vg_new(a, vg_kept_reasons, k->n_units);
    if (!month || !w->reasons)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < k->n_units; i++)
        k->unit[i].month = month + (int64_t)i * n_leads;
    return true;
}

static bool make_units(work *w, const vg_make_opts *o, const vg_forecast_opts *used, vg_arena *a, vg_err *e)
{
    int n_threads = used->n_threads > 0 ? used->n_threads : vg_cores();
    if (!vg_parallel(n_threads, w->k->n_units, make_unit, w, e) || !rank_units(w, a, e))
        return false;
    for (int32_t i = 0; i < w->k->n_units; i++)
        w->k->params.world_last12 += isnan(w->k->unit[i].last12) ? 0 : w->k->unit[i].last12;
    int32_t n = o->max_reasons > 0 && o->max_reasons < w->k->n_units ? o->max_reasons : w->k->n_units;
    return used->model != VG_MODEL_FOREST || vg_parallel(n_threads, n, make_reasons, w, e);
}

static bool make_with(work *w, const vg_make_opts *o, vg_arena *a, vg_err *e)
{
    const vg_panel *p = w->panel;
    const vg_forecast_opts *used = vg_forecast_options(w->f);
    w->k->params = (vg_kept_params){
        .target = o->target,
        .unit = p->kind == VG_UNIT_CELL ? VG_S("cell") : VG_S("country"),
        .source = p->source,
        .variable = p->variable,
        .scope = p->scope,
        .model = vg_str_z(vg_model_name(used->model)),
        .origin = used->origin,
        .data_first = p->first_month,
        .data_last = p->first_month + p->n_months - 1,
        .first_lead = used->first_lead,
        .n_leads = used->n_leads,
        .n_draws = used->n_draws,
    };
    vg_arena scratch[VG_MAX_THREADS] = { { .base = NULL } };
    w->scratch = scratch;
    bool good = find_alive(w, a, e);
    for (int i = 0; i < VG_MAX_THREADS && good; i++)
        good = vg_arena_init(&scratch[i], SCRATCH, e);
    good =
        good && make_units(w, o, used, a, e) && check_model(p, o, used, used->model, w->k, e) &&
        (used->model == VG_MODEL_CONFLICTOLOGY || check_model(p, o, used, VG_MODEL_CONFLICTOLOGY, w->k, e));
    for (int i = 0; i < VG_MAX_THREADS; i++)
        vg_arena_free(&scratch[i]);
    return good;
}

bool vg_kept_make(const vg_panel *panel, const vg_make_opts *o, vg_arena *a, vg_kept *out, vg_err *e)
{
    vg_forecast *f;
    vg_kept *k = vg_new(a, vg_kept, 1);
    if (!k)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_forecast_train(panel, &o->forecast, &f, e))
        return false;
    work w = { .panel = panel, .f = f, .k = k };
    bool good = make_with(&w, o, a, e);
    vg_forecast_free(f);
    if (good)
        *out = *k;
    return good;
}
