/*
 * A forecast's handle: checks what is asked, builds the history up to the origin, trains, and hands out draws.
 * Invariant: after training nothing in the handle changes, so draws can be taken from several threads.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "forecast/forecast_int.h"

enum { LEAST_MONTHS = 24, MAX_DRAWS = 100000, MAX_LEADS = 120 };
static const int64_t MEMORY_LIMIT = (int64_t)4 << 30;

const double vg_forecast_levels[VG_N_LEVELS] = { .01, .05, .10, .25, .50, .75, .90, .95, .99 };
const double vg_forecast_thresholds[VG_N_THRESHOLDS] = { 1, 25, 100, 1000 };

static const char *const model_names[VG_N_MODELS] = { "forest", "conflictology", "mixture",   "negbin",
                                                      "last",   "zero",          "neighbours" };

const char *vg_model_name(vg_model model)
{
    return model_names[model];
}

int vg_model_by_name(vg_str name)
{
    for (int i = 0; i < VG_N_MODELS; i++)
        if (vg_eq(name, vg_str_z(model_names[i])))
            return i;
    return -1;
}

static void fill_defaults(const vg_panel *panel, vg_forecast_opts *o)
{
    o->origin = o->origin ? o->origin : panel->first_month + panel->n_months - 1;
    o->first_lead = o->first_lead ? o->first_lead : 1;
    o->n_leads = o->n_leads ? o->n_leads : 12;
    o->n_draws = o->n_draws ? o->n_draws : 1000;
    o->window_months = o->window_months ? o->window_months : 12;
    o->n_threads = o->n_threads ? o->n_threads : vg_cores();
}

static bool check_counts(const vg_forecast_opts *o, vg_err *e)
{
    if (o->n_draws < 1 || o->n_draws > MAX_DRAWS) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "%d draws asked for, 1 to %d are possible", o->n_draws, MAX_DRAWS);
        return vg_mend(e, "1000 draws are what the field compares on");
    }
    if (o->n_leads < 1 || o->first_lead < 1 || o->first_lead + o->n_leads - 1 > MAX_LEADS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "months ahead must lie in 1 to %d, asked for %d to %d",
                       MAX_LEADS, o->first_lead, o->first_lead + o->n_leads - 1);
    if (o->window_months < 1 || o->window_months > 60)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a window of %d months; 1 to 60 are possible",
                       o->window_months);
    if ((int)o->model < 0 || o->model >= VG_N_MODELS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "there is no model number %d", (int)o->model);
    return true;
}

static bool check_origin(const vg_panel *panel, const vg_forecast_opts *o, vg_err *e)
{
    int32_t last = panel->first_month + panel->n_months - 1;
    char origin[16], first_text[16], last_text[16];
    vg_month_text(o->origin, origin);
    vg_month_text(panel->first_month, first_text);
    vg_month_text(last, last_text);
    if (o->origin > last) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the origin %s is after the data end (%s)", origin, last_text);
        vg_why(e, "a forecast starts from the last month whose numbers are known");
        return vg_mend(e, "use an origin up to %s, or import newer data", last_text);
    }
    if (o->origin < panel->first_month || o->origin - panel->first_month + 1 < LEAST_MONTHS) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE,
                "there are fewer than %d months of history before %s (data begin %s)", LEAST_MONTHS, origin,
                first_text);
        vg_why(e, "a forecast learns from what followed similar situations, which needs two years at least");
        return vg_mend(e, "choose a later origin, or import a longer history");
    }
    return true;
}

static bool build(vg_forecast *f, vg_err *e)
{
    if (!vg_history_build(f->panel, f->o.origin, &f->arena, &f->history, e) ||
        !vg_baseline_prepare(&f->history, &f->arena, &f->baseline, e))
        return false;
    return f->o.model != VG_MODEL_FOREST || vg_house_train(&f->history, &f->o, &f->arena, &f->house, e);
}

bool vg_forecast_train(const vg_panel *panel, const vg_forecast_opts *o, vg_forecast **out, vg_err *e)
{
    vg_forecast_opts full = *o;
    fill_defaults(panel, &full);
    if (panel->n_units < 1 || panel->n_months < 1)
        return vg_fail(e, VG_ENODATA, VG_NOWHERE, "there is nothing to forecast: the panel is empty");
    if (!check_counts(&full, e) || !check_origin(panel, &full, e))
        return false;
    vg_forecast *f = calloc(1, sizeof *f);
    if (!f)
        return vg_fail_memory(e, MEMORY_LIMIT);
    f->panel = panel;
    f->o = full;
    if (!vg_arena_init(&f->arena, MEMORY_LIMIT, e) || !build(f, e)) {
        vg_forecast_free(f);
        return false;
    }
    *out = f;
    return true;
}

void vg_forecast_free(vg_forecast *f)
{
    if (!f)
        return;
    vg_house_free(f->house);
    vg_arena_free(&f->arena);
    free(f);
}

const vg_forecast_opts *vg_forecast_options(const vg_forecast *f)
{
    return &f->o;
}

bool vg_forecast_draws(const vg_forecast *f, int32_t unit_index, int32_t lead, vg_arena scratch,
                       double *draws, vg_err *e)
{
    int32_t chain = f->history.chain_of_unit[unit_index];
    double *spare = vg_new(&scratch, double, f->o.n_draws);
    if (!spare)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    if (!f->house)
        vg_baseline_draws(&f->baseline, &f->o, chain, lead, draws);
    else if (!vg_house_draws(f->house, chain, lead, scratch, draws, e))
        return false;
    vg_sort_draws(draws, f->o.n_draws, spare);
    return true;
}

bool vg_forecast_explain(const vg_forecast *f, int32_t unit_index, vg_explanation *out, vg_err *e)
{
    if (!f->house) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the model %s gives no reasons", vg_model_name(f->o.model));
        return vg_mend(e, "only the forest knows which past situations its forecast rests on");
    }
    vg_house_explain(f->house, f->history.chain_of_unit[unit_index], out);
    return true;
}
