/* A whole run of arrivals made: forecasts, baselines, reasons, splits, the scenario, and a check on past months.
 * Invariant: everything in it comes from one trained handle (the scenario from one that supposes on top of it). */
#include <math.h>
#include <string.h>

#include "displacement/kept_int.h"

enum { CHECKED_MONTHS = 24, SCRATCH_BYTES = 64 << 20 };

typedef struct {
    const vg_displacement_data *data;
    const vg_displacement_make_opts *o;
    const vg_displacement_opts *in_force;
    vg_displacement *model, *supposed; /* supposed NULL = no scenario */
    vg_arena *a;
    vg_arena scratch;
    vg_displacement_kept *k;
} making;

static vg_displacement_kept_month month_of(const vg_displacement_summary *s)
{
    vg_displacement_kept_month m = { .month = s->month,
                                     .mean = s->mean,
                                     .n_levels = VG_DISPLACEMENT_LEVELS,
                                     .n_thresholds = VG_DISPLACEMENT_THRESHOLDS,
                                     .probability_own = s->probability_own,
                                     .alarm = vg_str_z(vg_displacement_alarm_name(s->alarm)) };
    memcpy(m.quantile, s->quantile, sizeof m.quantile);
    memcpy(m.probability, s->probability, sizeof m.probability);
    return m;
}

static bool fill_month(const making *g, const vg_displacement *d, int32_t i, int32_t lead,
                       vg_displacement_kept_month *out, bool *sparse, vg_err *e)
{
    vg_displacement_summary s = { .month = g->in_force->origin + lead };
    if (!vg_displacement_month(d, i, lead, g->scratch, &s, e))
        return false;
    s.month = g->in_force->origin + lead;
    *out = month_of(&s);
    *sparse = s.sparse;
    out->expanding = vg_displacement_baseline(g->model, VG_DISPLACEMENT_EXPANDING, 0, i, lead);
    out->ewm_log = vg_displacement_baseline(g->model, VG_DISPLACEMENT_EWM_LOG, 0, i, lead);
    out->lag12 = vg_displacement_baseline(g->model, VG_DISPLACEMENT_LAG, 0, i, lead);
    return true;
}

/* --- reasons --- */

static vg_displacement_kept_analogue analogue_of(const vg_panel *p, const vg_displacement_analogue *x)
{
    return (vg_displacement_kept_analogue){ .unit = p->unit[x->unit_index].unit,
                                            .name = p->unit[x->unit_index].name,
                                            .month = x->month,
                                            .weight = x->weight,
                                            .before = x->before,
                                            .after = x->after,
                                            .carried = x->carried };
}

static bool fill_reasons(const making *g, int32_t i, int32_t lead, const vg_displacement_kept_reasons **out,
                         vg_err *e)
{
    vg_displacement_kept_reasons *r = vg_new(g->a, vg_displacement_kept_reasons, 1);
    vg_arena scratch = g->scratch;
    vg_displacement_explanation *x = vg_new(&scratch, vg_displacement_explanation, 1);
    if (!r || !x)
        return vg_fail_memory(e, vg_arena_limit(g->a));
    if (!vg_displacement_explain(g->model, i, lead, scratch, x, e))
        return false;
    *r = (vg_displacement_kept_reasons){
        .base = x->base, .median = x->median, .n_drivers = x->n_drivers, .n_analogues = x->n_analogues
    };
    for (int32_t d = 0; d < x->n_drivers; d++)
        r->driver[d] = (vg_displacement_kept_driver){ .driver = vg_str_z(x->driver[d].driver),
                                                      .covariate = x->driver[d].covariate,
                                                      .value = x->driver[d].value,
                                                      .factor = x->driver[d].factor };
    for (int32_t n = 0; n < x->n_analogues; n++)
        r->analogue[n] = analogue_of(g->data->arrivals, &x->analogue[n]);
    *out = r;
    return true;
}

/* --- origin and reason --- */

static vg_str name_of(const vg_panel *p, int32_t unit)
{
    for (int32_t i = 0; i < p->n_units; i++)
        if (p->unit[i].unit == unit)
            return p->unit[i].name;
    return VG_NOSTR;
}

static vg_displacement_kept_part part_of(const making *g, const vg_displacement_part *x)
{
    static const char *const by[] = { "reason", "origin", "both" };
    return (vg_displacement_kept_part){ .by = vg_str_z(by[x->by]),
                                        .from = x->from,
                                        .name = name_of(g->data->arrivals, x->from),
                                        .reason = vg_copy(g->a, x->reason),
                                        .share = x->share,
                                        .share_low = x->share_low,
                                        .share_high = x->share_high,
                                        .mean = x->mean,
                                        .low = x->low,
                                        .high = x->high };
}

static bool fill_split(const making *g, int32_t i, int32_t lead, const vg_displacement_kept_split **out,
                       vg_err *e)
{
    vg_displacement_split_opts o = { .to = g->data->arrivals->unit[i].unit,
                                     .origin = g->in_force->origin,
                                     .seed = g->in_force->seed };
    vg_arena scratch = g->scratch;
    vg_displacement_part *part;
    int32_t n = 0;
    double *draws = vg_new(&scratch, double, g->in_force->n_draws);
    if (!draws)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    if (!vg_displacement_draws(g->model, i, lead, scratch, draws, e) ||
        !vg_displacement_split(g->o->flow, g->o->n_flows, &o, draws, g->in_force->n_draws, &scratch, &part,
                               &n, e))
        return false;
    if (n == 0)
        return true;
    vg_displacement_kept_split *split = vg_new(g->a, vg_displacement_kept_split, 1);
    if (!split)
        return vg_fail_memory(e, vg_arena_limit(g->a));
    for (int32_t k = 0; k < n && k < VG_DISPLACEMENT_KEPT_PARTS; k++)
        split->part[split->n_parts++] = part_of(g, &part[k]);
    *out = split;
    return true;
}

/* --- a unit --- */

static void fill_history(const making *g, int32_t i, vg_displacement_kept_unit *u)
{
    const vg_panel *p = g->data->arrivals;
    int32_t last = g->in_force->origin - p->first_month, first = last + 1 - VG_DISPLACEMENT_KEPT_HISTORY;
    first = first < 0 ? 0 : first;
    u->history_first = p->first_month + first;
    for (int32_t m = first; m <= last && m < p->n_months; m++)
        u->history[u->n_history++] = p->value[(int64_t)i * p->n_months + m];
}

static bool make_unit(const making *g, int32_t i, vg_displacement_kept_unit *u, vg_err *e)
{
    int32_t n = g->in_force->n_leads;
    bool sparse = false, ignored;
    u->unit = g->data->arrivals->unit[i].unit;
    u->name = g->data->arrivals->unit[i].name;
    u->month = vg_new(g->a, vg_displacement_kept_month, n);
    u->scenario = g->supposed ? vg_new(g->a, vg_displacement_kept_month, n) : NULL;
    u->reasons = vg_new(g->a, const vg_displacement_kept_reasons *, n);
    u->split = vg_new(g->a, const vg_displacement_kept_split *, n);
    if (!u->month || (g->supposed && !u->scenario) || !u->reasons || !u->split)
        return vg_fail_memory(e, vg_arena_limit(g->a));
    fill_history(g, i, u);
    for (int32_t m = 0; m < n; m++) {
        if (!fill_month(g, g->model, i, m + 1, &u->month[m], &sparse, e) ||
            (g->supposed && !fill_month(g, g->supposed, i, m + 1, &u->scenario[m], &ignored, e)) ||
            (g->in_force->model == VG_DISPLACEMENT_HOUSE && !fill_reasons(g, i, m + 1, &u->reasons[m], e)) ||
            (g->o->n_flows && !fill_split(g, i, m + 1, &u->split[m], e)))
            return false;
    }
    u->sparse = sparse;
    return true;
}

static bool make_units(const making *g, vg_err *e)
{
    const vg_panel *p = g->data->arrivals;
    g->k->unit = vg_new(g->a, vg_displacement_kept_unit, p->n_units);
    if (!g->k->unit)
        return vg_fail_memory(e, vg_arena_limit(g->a));
    for (int32_t i = 0; i < p->n_units; i++) {
        if (!make_unit(g, i, &g->k->unit[i], e))
            return false;
        g->k->n_units++;
    }
    return true;
}

/* --- the check on past months --- */

static bool score_one(const making *g, vg_displacement_model model, int32_t horizon, vg_err *e)
{
    vg_displacement_backtest b;
    vg_err none = VG_NO_ERR;
    vg_displacement_backtest_opts o = { .horizon = horizon,
                                        .train_to = g->in_force->origin - CHECKED_MONTHS,
                                        .first_month = g->in_force->origin - CHECKED_MONTHS + 1,
                                        .last_month = g->in_force->origin,
                                        .forecast = g->o->forecast };
    o.forecast.model = model;
    if (!vg_displacement_backtest_run(g->data, &o, &b, &none)) {
        if (none.code != VG_ENODATA && none.code != VG_EARG)
            *e = none;
        return none.code == VG_ENODATA || none.code == VG_EARG; /* no row to score: not scored, and said so */
    }
    if (b.test.n > 0)
        g->k->score[g->k->n_scores++] =
            (vg_displacement_kept_score){ .model = vg_str_z(vg_displacement_model_name(model)),
                                          .horizon = horizon,
                                          .first_month = o.first_month,
                                          .last_month = o.last_month,
                                          .n = b.test.n,
                                          .rmse = b.test.rmse_mean,
                                          .mae = b.test.mae_median,
                                          .crps = b.test.crps,
                                          .cover50 = b.test.cover50,
                                          .cover90 = b.test.cover90 };
    return true;
}

static bool check_past(const making *g, vg_err *e)
{
    static const int32_t horizon[] = { 1, 3 };
    vg_displacement_model own = g->in_force->model;
    for (int h = 0; h < 2; h++) {
        if (horizon[h] > g->in_force->n_leads)
            break;
        if (!score_one(g, own, horizon[h], e) ||
            (own != VG_DISPLACEMENT_EXPANDING && !score_one(g, VG_DISPLACEMENT_EXPANDING, horizon[h], e)))
            return false;
    }
    return true;
}

/* --- the run --- */

static bool fill_params(const making *g, vg_err *e)
{
    const vg_panel *p = g->data->arrivals;
    vg_str names = VG_S("");
    for (int32_t c = 0; c < g->data->n_covariates; c++)
        names =
            vg_format(g->a, "%.*s%s%.*s", VG_P(names), c ? ", " : "", VG_P(g->data->covariate[c].variable));
    g->k->params =
        (vg_displacement_kept_params){ .source = p->source,
                                       .scope = p->scope,
                                       .variable = p->variable,
                                       .covariates = names,
                                       .model = vg_str_z(vg_displacement_model_name(g->in_force->model)),
                                       .scenario = g->o->scenario ? g->o->scenario_text : VG_NOSTR,
                                       .origin = g->in_force->origin,
                                       .data_first = p->first_month,
                                       .data_last = p->first_month + p->n_months - 1,
                                       .n_leads = g->in_force->n_leads,
                                       .n_draws = g->in_force->n_draws,
                                       .threshold = g->in_force->threshold };
    return names.s ? true : vg_fail_memory(e, vg_arena_limit(g->a));
}

static bool make_all(making *g, vg_err *e)
{
    g->in_force = vg_displacement_options(g->model);
    if (g->o->scenario && !vg_displacement_suppose(g->model, g->o->scenario, &g->supposed, e))
        return false;
    bool ok = fill_params(g, e) && make_units(g, e) && (g->o->no_check || check_past(g, e));
    if (g->supposed)
        vg_displacement_free(g->supposed);
    return ok;
}

bool vg_displacement_kept_make(const vg_displacement_data *data, const vg_displacement_make_opts *o,
                               vg_arena *a, vg_displacement_kept *out, vg_err *e)
{
    vg_displacement_kept k = { .n_units = 0 };
    making g = { .data = data, .o = o, .a = a, .k = &k };
    if (!vg_displacement_train(data, &o->forecast, &g.model, e))
        return false;
    bool ok = vg_arena_init(&g.scratch, SCRATCH_BYTES, e) && make_all(&g, e);
    vg_arena_free(&g.scratch);
    vg_displacement_free(g.model);
    if (!ok)
        return false;
    vg_dis_kept_sort(&k);
    *out = k;
    return true;
}
