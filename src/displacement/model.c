/*
 * The handle: checks what is asked, builds the history up to the origin, trains, and hands out draws and summaries.
 * Invariant: after training nothing in the handle changes, so draws can be taken from several threads.
 */
#include <math.h>
#include <stdlib.h>

#include "core/date.h"
#include "core/num.h"
#include "displacement/displacement_int.h"
#include "stat/score.h"

enum { MAX_DRAWS = 100000, MAX_SPAN = 120 };
static const int64_t MEMORY_LIMIT = (int64_t)1 << 30;

const double vg_displacement_levels[VG_DISPLACEMENT_LEVELS] = { .05, .25, .50, .75, .95 };
const double vg_displacement_thresholds[VG_DISPLACEMENT_THRESHOLDS] = { 1000, 5000 };

static const char *const model_names[VG_DISPLACEMENT_N_MODELS] = { "house", "expanding", "ewm",   "mean",
                                                                   "lag",   "ewm-log",   "ridge", "lasso" };
static const char *const alarm_names[] = { "none", "watch", "alert", "alarm" };

const char *vg_displacement_model_name(vg_displacement_model model)
{
    return model_names[model];
}

int vg_displacement_model_by_name(vg_str name)
{
    for (int i = 0; i < VG_DISPLACEMENT_N_MODELS; i++)
        if (vg_eq(name, vg_str_z(model_names[i])))
            return i;
    return -1;
}

const char *vg_displacement_alarm_name(vg_displacement_alarm alarm)
{
    return alarm_names[alarm];
}

/* --- what is asked --- */

static bool check_counts(const vg_displacement_data *data, const vg_displacement_opts *o, vg_err *e)
{
    if ((int)o->model < 0 || o->model >= VG_DISPLACEMENT_N_MODELS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "there is no model number %d", (int)o->model);
    if (o->n_draws < 1 || o->n_draws > MAX_DRAWS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "%d draws asked for, 1 to %d are possible", o->n_draws,
                       MAX_DRAWS);
    if (o->n_leads < 1 || o->n_leads > VG_DISPLACEMENT_LEADS)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "%d months ahead asked for, 1 to %d are possible", o->n_leads,
                       VG_DISPLACEMENT_LEADS);
    if (o->span < 0 || o->span > MAX_SPAN)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a span of %d months; 1 to %d are possible", o->span,
                       MAX_SPAN);
    if (!(o->threshold >= 0) || isinf(o->threshold))
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a threshold of %g persons; it must be a number above zero",
                       o->threshold);
    if (data->n_covariates < 0 || data->n_covariates > VG_DISPLACEMENT_COVARIATES)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "%d covariates; at most %d are possible", data->n_covariates,
                       VG_DISPLACEMENT_COVARIATES);
    return true;
}

static bool check_origin(const vg_panel *p, int32_t origin, vg_err *e)
{
    char text[16], first[16], last[16];
    int32_t end = p->first_month + p->n_months - 1;
    vg_month_text(origin, text);
    vg_month_text(p->first_month, first);
    vg_month_text(end, last);
    if (origin > end) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the origin %s is after the data end (%s)", text, last);
        return vg_mend(e, "use an origin up to %s, or import newer data", last);
    }
    if (origin - p->first_month + 1 < LEAST_MONTHS) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE,
                "there are fewer than %d months of arrivals before %s (data begin %s)", LEAST_MONTHS, text,
                first);
        vg_why(e, "seasons and levels are learnt from two years at least");
        return vg_mend(e, "choose a later origin, or import a longer history");
    }
    return true;
}

static bool fill_defaults(const vg_displacement_data *data, vg_displacement_opts *o, vg_err *e)
{
    const vg_panel *p = data->arrivals;
    int32_t last = p->n_units > 0 && p->n_months > 0 ? vg_dis_last_known(p) : 0;
    if (p->n_units < 1 || p->n_months < 1 || !last) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "there is nothing to forecast: no month of arrivals is known");
        return vg_mend(e, "import a series of arrivals per region and month");
    }
    o->origin = o->origin ? o->origin : last;
    o->n_leads = o->n_leads ? o->n_leads : VG_DISPLACEMENT_LEADS;
    o->n_draws = o->n_draws ? o->n_draws : 1000;
    o->n_threads = o->n_threads ? o->n_threads : vg_cores();
    if ((int)o->model > 0 && o->model < VG_DISPLACEMENT_N_MODELS && !o->span)
        o->span = vg_dis_default_span(o->model);
    return true;
}

/* --- training --- */

static bool train_lead(void *ctx, int64_t task, int worker, vg_err *e)
{
    vg_displacement *d = ctx;
    int32_t lead = d->only_lead ? d->only_lead : (int32_t)task + 1;
    vg_arena *a = &d->lead_arena[lead - 1];
    vg_dis_track *t = &d->track[lead - 1];
    (void)worker;
    if (!vg_progress_step(&d->o.progress, "train", task, d->only_lead ? 1 : d->o.n_leads, e) ||
        !vg_arena_init(a, MEMORY_LIMIT, e))
        return false;
    return d->o.model == VG_DISPLACEMENT_HOUSE ? vg_dis_house(&d->base, lead, a, t, e)
                                               : vg_dis_simple(&d->base, &d->o, lead, a, t, e);
}

static bool build(vg_displacement *d, vg_err *e)
{
    if (!vg_arena_init(&d->arena, MEMORY_LIMIT, e) ||
        !vg_dis_history_build(&d->data, d->o.origin, &d->arena, &d->history, e) ||
        !vg_dis_base_build(&d->history, &d->arena, &d->base, e))
        return false;
    int64_t last = (int64_t)d->history.n_units * (d->history.n_months - 1);
    d->now = d->base.state + last;
    d->now_condition = d->base.condition + last * d->history.n_covariates;
    return vg_parallel(d->o.n_threads, d->only_lead ? 1 : d->o.n_leads, train_lead, d, e);
}

bool vg_dis_train(const vg_displacement_data *data, const vg_displacement_opts *o, int32_t lead,
                  vg_displacement **out, vg_err *e)
{
    vg_displacement_opts full = *o;
    if (!fill_defaults(data, &full, e) || !check_counts(data, &full, e) ||
        !check_origin(data->arrivals, full.origin, e))
        return false;
    vg_displacement *d = calloc(1, sizeof *d);
    if (!d)
        return vg_fail_memory(e, (int64_t)sizeof *d);
    d->data = *data;
    d->o = full;
    d->only_lead = lead;
    if (!build(d, e)) {
        vg_displacement_free(d);
        return false;
    }
    *out = d;
    return true;
}

bool vg_displacement_train(const vg_displacement_data *data, const vg_displacement_opts *o,
                           vg_displacement **out, vg_err *e)
{
    return vg_dis_train(data, o, 0, out, e);
}

void vg_displacement_free(vg_displacement *d)
{
    if (!d)
        return;
    for (int i = 0; i < VG_DISPLACEMENT_LEADS; i++)
        vg_arena_free(&d->lead_arena[i]);
    vg_arena_free(&d->arena);
    free(d);
}

const vg_displacement_opts *vg_displacement_options(const vg_displacement *d)
{
    return &d->o;
}

/* --- draws and summaries --- */

bool vg_dis_check_place(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_err *e)
{
    if (unit_index < 0 || unit_index >= d->history.n_units)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "there is no unit at position %d", unit_index);
    if (lead < 1 || lead > VG_DISPLACEMENT_LEADS || !d->track[lead - 1].lead)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "%d months ahead were not forecast, 1 to %d were", lead,
                       d->o.n_leads);
    return true;
}

bool vg_displacement_draws(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_arena scratch,
                           double *draws, vg_err *e)
{
    (void)scratch;
    if (!vg_dis_check_place(d, unit_index, lead, e))
        return false;
    vg_dis_draw(&d->track[lead - 1], d->history.row_of_unit[unit_index], d->o.n_draws, draws);
    return true;
}

static vg_displacement_alarm alarm_of(const vg_displacement_summary *s)
{
    double high = isnan(s->probability_own) ? s->probability[1] : fmax(s->probability[1], s->probability_own);
    if (high >= 0.5)
        return VG_DISPLACEMENT_ALARM;
    if (high >= 0.2)
        return VG_DISPLACEMENT_ALERT;
    return s->probability[0] >= 0.5 ? VG_DISPLACEMENT_WATCH : VG_DISPLACEMENT_NONE;
}

void vg_displacement_summarise(const double *draws, int32_t n, double threshold, vg_displacement_summary *out)
{
    vg_sum sum = { 0 };
    for (int32_t i = 0; i < n; i++)
        vg_sum_add(&sum, draws[i]);
    out->mean = vg_sum_value(&sum) / n;
    for (int i = 0; i < VG_DISPLACEMENT_LEVELS; i++)
        out->quantile[i] = vg_quantile(draws, n, vg_displacement_levels[i]);
    for (int i = 0; i < VG_DISPLACEMENT_THRESHOLDS; i++)
        out->probability[i] = vg_share_from(draws, n, vg_displacement_thresholds[i]);
    out->probability_own = threshold > 0 ? vg_share_from(draws, n, threshold) : NAN;
    out->alarm = alarm_of(out);
}

bool vg_displacement_month(const vg_displacement *d, int32_t unit_index, int32_t lead, vg_arena scratch,
                           vg_displacement_summary *out, vg_err *e)
{
    double *draws = vg_new(&scratch, double, d->o.n_draws);
    if (!draws)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    if (!vg_displacement_draws(d, unit_index, lead, scratch, draws, e))
        return false;
    vg_displacement_summarise(draws, d->o.n_draws, d->o.threshold, out);
    out->unit = d->data.arrivals->unit[unit_index].unit;
    out->month = d->o.origin + lead;
    out->sparse = d->now[d->history.row_of_unit[unit_index]].n_known < FEW_MONTHS;
    return true;
}
