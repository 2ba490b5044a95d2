/* vigie displacement forecast: how many people will arrive in each region, kept in the store as a run, and shown with
 * intervals, chances, an alarm in words, and the baselines beside it. */
#include <math.h>

#include "cli/displacement_data.h"
#include "cli/displacement_words.h"
#include "core/date.h"
#include "displacement/kept.h"

const vg_opt vg_displacement_forecast_options[] = {
    VG_ARRIVALS_OPTIONS,
    { "origin", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "leads", VG_OPT_INT, "N", "3", 1, VG_DISPLACEMENT_LEADS },
    { "model", VG_OPT_CHOICE, VG_CLI_ARRIVALS_MODELS, "house", 0, 0 },
    { "span", VG_OPT_INT, "N", NULL, 1, 120 },
    { "threshold", VG_OPT_NUM, "N", NULL, 1, 1e9 },
    { "draws", VG_OPT_INT, "N", "1000", 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "explain", VG_OPT_TEXT, "REGION", NULL, 0, 0 },
    { "split", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "scenario", VG_OPT_TEXT, "WHAT=YYYY-MM", NULL, 0, 0 },
    { "no-check", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static vg_displacement_make_opts make_opts(vg_cli *c, const vg_cli_arrivals *d)
{
    const vg_opts *o = &c->opts;
    return (vg_displacement_make_opts){
        .forecast = { .model = (vg_displacement_model)vg_displacement_model_by_name(vg_opt_text(o, "model")),
                      .origin = vg_opt_month(o, "origin"),
                      .n_leads = (int32_t)vg_opt_int(o, "leads"),
                      .n_draws = (int32_t)vg_opt_int(o, "draws"),
                      .span = vg_opt_given(o, "span") ? (int32_t)vg_opt_int(o, "span") : 0,
                      .threshold = vg_opt_given(o, "threshold") ? vg_opt_num(o, "threshold") : 0,
                      .seed = (uint64_t)vg_opt_int(o, "seed"),
                      .n_threads = c->n_threads,
                      .progress = c->progress },
        .flow = d->flow,
        .n_flows = d->n_flows,
        .scenario_text = vg_opt_text(o, "scenario"),
        .no_check = vg_opt_given(o, "no-check"),
    };
}

/* What is asked to be shown must be there before anything is computed. */
static bool check_asked(vg_cli *c, const vg_cli_arrivals *d, vg_err *e)
{
    int32_t ignored;
    vg_str region = vg_opt_text(&c->opts, "explain");
    if (vg_opt_given(&c->opts, "split") && !d->n_flows) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "no flow of people is known, so arrivals cannot be split");
        return vg_mend(e, "give a file of flows (--flows prmn_flows_admin1.csv.gz), or import one first");
    }
    if (region.n && !vg_eq(vg_opt_text(&c->opts, "model"), VG_S("house"))) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "only the house model gives reasons");
        return vg_mend(e, "leave --model out, or leave --explain out");
    }
    return !region.n || vg_cli_region_find(&d->arrivals, region, &ignored, e);
}

/* Over HTTP a question is answered also to who may not change the store; then nothing is kept. */
static bool keeps(const vg_cli *c)
{
    return !c->served || c->may_change;
}

static bool make_and_show(vg_cli *c, const vg_cli_arrivals *d, vg_err *e)
{
    vg_displacement_kept k;
    vg_displacement_scenario scenario;
    vg_displacement_make_opts o = make_opts(c, d);
    int64_t started = vg_now(), id = 0;
    double begin = vg_cli_now_s();
    if (!check_asked(c, d, e) || (o.scenario_text.n && !vg_cli_scenario(o.scenario_text, d, &scenario, e)))
        return false;
    o.scenario = o.scenario_text.n ? &scenario : NULL;
    if (!vg_displacement_kept_make(&d->data, &o, &c->arena, &k, e))
        return false;
    k.run = (vg_run){ .verb = VG_S(VG_DISPLACEMENT_KEPT_VERB),
                      .program_version = VG_S(VG_VERSION),
                      .seed = o.forecast.seed,
                      .vintage = d->from_file ? NULL : d->vintage,
                      .n_vintages = d->from_file ? 0 : d->n_vintages,
                      .started_at = started,
                      .seconds = vg_cli_now_s() - begin };
    if (keeps(c) && !d->from_file && !vg_displacement_kept_save(d->st, &k.run, &k, &id, e))
        return false;
    k.run.id = id;
    vg_terminal_end();
    vg_displacement_shown shown = { .explain = vg_opt_text(&c->opts, "explain"),
                                    .split = vg_opt_given(&c->opts, "split"),
                                    .from_file = d->from_file,
                                    .unchecked = o.no_check };
    return vg_displacement_show(c, &k, &shown, e);
}

bool vg_verb_displacement_forecast(vg_cli *c, vg_err *e)
{
    vg_cli_arrivals d;
    if (!vg_cli_arrivals_open(c, keeps(c) ? VG_STORE_WRITE : VG_STORE_READ, &d, e))
        return false;
    bool good = make_and_show(c, &d, e);
    vg_cli_arrivals_close(&d);
    return good;
}
