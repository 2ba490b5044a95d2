/* Draws boiled down to what is stored and shown, and that as JSON and back. */
#include <math.h>
#include <string.h>

#include "core/num.h"
#include "forecast/forecast_int.h"

void vg_forecast_summarise(const double *draws, int32_t n, vg_forecast_summary *out)
{
    vg_sum sum = { 0 };
    for (int32_t i = 0; i < n; i++)
        vg_sum_add(&sum, draws[i]);
    out->mean = vg_sum_value(&sum) / n;
    for (int i = 0; i < VG_N_LEVELS; i++)
        out->quantile[i] = vg_quantile(draws, n, vg_forecast_levels[i]);
    for (int i = 0; i < VG_N_THRESHOLDS; i++)
        out->probability[i] = vg_share_from(draws, n, vg_forecast_thresholds[i]);
}

bool vg_forecast_unit(const vg_forecast *f, int32_t unit_index, vg_arena scratch, vg_forecast_summary *month,
                      vg_forecast_rank *rank, vg_err *e)
{
    int32_t n = f->o.n_draws, unit = f->panel->unit[unit_index].unit;
    double *draws = vg_new(&scratch, double, n), *total = vg_new(&scratch, double, n);
    if (!draws || !total)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    vg_forecast_rank r = { .unit_index = unit_index };
    for (int32_t i = 0; i < f->o.n_leads; i++) {
        if (!vg_forecast_draws(f, unit_index, f->o.first_lead + i, scratch, draws, e))
            return false;
        vg_forecast_summarise(draws, n, &month[i]);
        month[i].unit = unit;
        month[i].month = f->o.origin + f->o.first_lead + i;
        for (int32_t k = 0; k < n; k++)
            total[k] += draws[k];
        for (int k = 0; k < VG_N_THRESHOLDS; k++)
            r.p_month[k] = fmax(r.p_month[k], month[i].probability[k]);
    }
    vg_forecast_summarise(total, n, &r.total);
    r.total.unit = unit;
    r.last12 = vg_history_last(&f->history, f->history.chain_of_unit[unit_index], 12);
    *rank = r;
    return true;
}

void vg_forecast_put(vg_json *j, const vg_forecast_summary *s)
{
    vg_json_object(j);
    vg_json_key(j, VG_S("mean"));
    vg_json_num(j, s->mean);
    vg_json_key(j, VG_S("quantiles"));
    vg_json_array(j);
    for (int i = 0; i < VG_N_LEVELS; i++)
        vg_json_num(j, s->quantile[i]);
    vg_json_close(j);
    vg_json_key(j, VG_S("probabilities"));
    vg_json_array(j);
    for (int i = 0; i < VG_N_THRESHOLDS; i++)
        vg_json_num(j, s->probability[i]);
    vg_json_close(j);
    vg_json_close(j);
}

/* An array of exactly n numbers. */
static bool get_array(vg_json_reader *r, double *out, int n, vg_err *e)
{
    vg_json_token t;
    if (!vg_json_next(r, &t, e))
        return false;
    if (t.kind != VG_JSON_ARRAY)
        return vg_fail(e, VG_EPARSE, t.at, "an array was expected");
    for (int i = 0; i < n; i++)
        if (!vg_json_next(r, &t, e) || t.kind != VG_JSON_NUMBER || !vg_num(t.text, &out[i]))
            return vg_fail(e, VG_EPARSE, t.at, "%d numbers were expected, found %d", n, i);
    if (!vg_json_next(r, &t, e) || t.kind != VG_JSON_ARRAY_END)
        return vg_fail(e, VG_EPARSE, t.at, "%d numbers were expected, found more", n);
    return true;
}

static bool get_member(vg_json_reader *r, const vg_json_token *key, vg_forecast_summary *s, vg_err *e)
{
    vg_json_token t;
    if (vg_eq(key->text, VG_S("quantiles")))
        return get_array(r, s->quantile, VG_N_LEVELS, e);
    if (vg_eq(key->text, VG_S("probabilities")))
        return get_array(r, s->probability, VG_N_THRESHOLDS, e);
    bool mean = vg_eq(key->text, VG_S("mean"));
    if (!vg_json_next(r, &t, e))
        return false;
    if (mean && (t.kind != VG_JSON_NUMBER || !vg_num(t.text, &s->mean)))
        return vg_fail(e, VG_EPARSE, t.at, "the mean is not a number");
    return mean || vg_json_skip(r, &t, e);
}

static bool get_object(vg_json_reader *r, vg_forecast_summary *s, vg_err *e)
{
    vg_json_token t;
    if (!vg_json_next(r, &t, e))
        return false;
    if (t.kind != VG_JSON_OBJECT)
        return vg_fail(e, VG_EPARSE, t.at, "a stored forecast is not a JSON object");
    while (vg_json_next(r, &t, e) && t.kind == VG_JSON_KEY)
        if (!get_member(r, &t, s, e))
            return false;
    return !vg_failed(e);
}

bool vg_forecast_get(vg_str body, vg_arena scratch, vg_forecast_summary *out, vg_err *e)
{
    vg_input *in;
    vg_json_reader *r;
    vg_forecast_summary s = *out;
    if (!vg_input_memory(body, VG_S("stored forecast"), &in, e))
        return false;
    bool ok = vg_json_open(in, &scratch, &r, e) && get_object(r, &s, e);
    vg_input_close(in);
    if (ok)
        *out = s;
    return ok;
}
