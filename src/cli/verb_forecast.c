/* vigie forecast: a run made, kept in the store, and shown as a ranked table with what the model scored before. */
#include <math.h>

#include "cli/verb.h"
#include "core/date.h"
#include "forecast/kept.h"

#define MODELS "forest|conflictology|mixture|negbin|last|zero|neighbours"

const vg_opt vg_forecast_options_table[] = {
    VG_PANEL_OPTIONS,
    { "origin", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "months", VG_OPT_INT, "N", "12", 1, 36 },
    { "model", VG_OPT_CHOICE, MODELS, "forest", 0, 0 },
    { "draws", VG_OPT_INT, "N", "1000", 1, 100000 },
    { "seed", VG_OPT_INT, "N", "1", 0, 9e15 },
    { "top", VG_OPT_INT, "N", NULL, 1, 1e6 },
    { "monthly", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "no-check", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column total_columns[] = {
    { "rank", VG_CELL_INT, 0 },
    { "unit", VG_CELL_ID, 0 },
    { "iso3", VG_CELL_TEXT, 0 },
    { "name", VG_CELL_TEXT, 0 },
    { "median", VG_CELL_NUM, 0 },
    { "interval50", VG_CELL_INTERVAL, 0 },
    { "interval90", VG_CELL_INTERVAL, 0 },
    { "p1", VG_CELL_CHANCE, 0 },
    { "p25", VG_CELL_CHANCE, 0 },
    { "p100", VG_CELL_CHANCE, 0 },
    { "p1000", VG_CELL_CHANCE, 0 },
    { "last12", VG_CELL_NUM, 0 },
    { "change", VG_CELL_CHANGE, 0 },
};

static const vg_column month_columns[] = {
    { "unit", VG_CELL_ID, 0 },
    { "iso3", VG_CELL_TEXT, 0 },
    { "name", VG_CELL_TEXT, 0 },
    { "month", VG_CELL_MONTH, 0 },
    { "mean", VG_CELL_NUM, 1 },
    { "median", VG_CELL_NUM, 0 },
    { "interval50", VG_CELL_INTERVAL, 0 },
    { "interval90", VG_CELL_INTERVAL, 0 },
    { "p1", VG_CELL_CHANCE, 0 },
    { "p25", VG_CELL_CHANCE, 0 },
    { "p100", VG_CELL_CHANCE, 0 },
    { "p1000", VG_CELL_CHANCE, 0 },
};

static const vg_column score_columns[] = {
    { "model", VG_CELL_TEXT, 0 },
    { "crps", VG_CELL_NUM, 3 },
    { "ign", VG_CELL_NUM, 3 },
    { "mis", VG_CELL_NUM, 0 },
    { "brier25", VG_CELL_NUM, 4 },
    { "coverage50", VG_CELL_PERCENT, 0 },
    { "coverage90", VG_CELL_PERCENT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { Q05 = 1, Q25 = 3, Q50 = 4, Q75 = 5, Q95 = 7, SHOWN = 20, CELL_REASONS = 200 };

static vg_str title(vg_cli *c, const vg_kept *k, const vg_kept_unit *u)
{
    vg_unit_kind kind = vg_eq(k->params.unit, VG_S("cell")) ? VG_UNIT_CELL : VG_UNIT_COUNTRY;
    return vg_unit_title(&c->arena, kind, u->unit, u->iso3, u->name, vg_str_z(vg_lang_code(c->lang)));
}

static void add_total(vg_cli *c, vg_table *t, const vg_kept *k, int32_t i)
{
    const vg_kept_unit *u = &k->unit[i];
    const double *q = u->total.quantile;
    vg_cell_int(t, i + 1);
    vg_cell_int(t, u->unit);
    vg_cell_text(t, u->iso3);
    vg_cell_text(t, title(c, k, u));
    vg_cell_num(t, q[Q50]);
    vg_cell_interval(t, q[Q25], q[Q75]);
    vg_cell_interval(t, q[Q05], q[Q95]);
    for (int p = 0; p < VG_N_THRESHOLDS; p++)
        vg_cell_num(t, u->p_month[p]);
    vg_cell_num(t, u->last12);
    vg_cell_num(t, u->last12 > 0 ? q[Q50] / u->last12 - 1 : NAN);
}

static void add_months(vg_cli *c, vg_table *t, const vg_kept *k, int32_t i)
{
    const vg_kept_unit *u = &k->unit[i];
    vg_str name = title(c, k, u);
    for (int32_t m = 0; m < k->params.n_leads; m++) {
        const vg_forecast_summary *s = &u->month[m];
        vg_cell_int(t, u->unit);
        vg_cell_text(t, u->iso3);
        vg_cell_text(t, name);
        vg_cell_int(t, s->month);
        vg_cell_num(t, s->mean);
        vg_cell_num(t, s->quantile[Q50]);
        vg_cell_interval(t, s->quantile[Q25], s->quantile[Q75]);
        vg_cell_interval(t, s->quantile[Q05], s->quantile[Q95]);
        for (int p = 0; p < VG_N_THRESHOLDS; p++)
            vg_cell_num(t, s->probability[p]);
    }
}

static void add_scores(vg_table *t, const vg_kept *k)
{
    for (int32_t i = 0; i < k->n_scores; i++) {
        const vg_kept_quality *q = &k->score[i].all;
        vg_cell_text(t, k->score[i].model);
        vg_cell_num(t, q->crps);
        vg_cell_num(t, q->ign);
        vg_cell_num(t, q->mis);
        vg_cell_num(t, q->brier25);
        vg_cell_num(t, q->coverage50);
        vg_cell_num(t, q->coverage90);
    }
}

/* --- what people read --- */

static void say_head(vg_cli *c, const vg_kept *k)
{
    const vg_kept_params *p = &k->params;
    char key[64];
    snprintf(key, sizeof key, "target.%.*s", VG_P(p->target));
    vg_line(c, "forecast.title", vg_arg_text("target", vg_message(c->lang, key)),
            vg_arg_month("from", p->origin + p->first_lead),
            vg_arg_month("to", p->origin + p->first_lead + p->n_leads - 1),
            vg_arg_month("origin", p->origin));
    vg_line(c, "forecast.basis", vg_arg_text("model", p->model),
            vg_arg_text("source", p->source.n && p->variable.n ? vg_format(&c->arena, "%.*s (%.*s)",
                                                                           VG_P(p->source), VG_P(p->variable))
                                                               : p->source),
            vg_arg_int("draws", p->n_draws), vg_arg_int("units", k->n_units));
    vg_put_char(c->out, '\n');
}

static bool say_scores(vg_cli *c, const vg_kept *k, vg_err *e)
{
    vg_put_char(c->out, '\n');
    if (k->n_scores == 0) {
        vg_line(c, "forecast.not-scored", vg_arg_int("n", 0));
        return true;
    }
    vg_line(c, "forecast.scored", vg_arg_text("from", vg_format(&c->arena, "%d", k->score[0].first_window)),
            vg_arg_text("to", vg_format(&c->arena, "%d", k->score[0].last_window)),
            vg_arg_int("rows", k->score[0].all.n));
    vg_table t;
    if (!vg_table_init(&t, score_columns, N_OF(score_columns), e))
        return false;
    add_scores(&t, k);
    bool good = vg_table_put(&t, c->lang, VG_FORM_TABLE, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool say_tail(vg_cli *c, const vg_kept *k, int64_t run, bool from_file, int32_t shown, vg_err *e)
{
    if (shown < k->n_units)
        vg_line(c, "forecast.more", vg_arg_int("n", k->n_units - shown));
    if (!say_scores(c, k, e))
        return false;
    vg_put_char(c->out, '\n');
    if (from_file)
        vg_line(c, "forecast.not-kept", vg_arg_int("n", 0));
    else
        vg_line(c, "forecast.kept", vg_arg_text("run", vg_format(&c->arena, "%lld", (long long)run)));
    return true;
}

static void put_json(vg_cli *c, const vg_kept *k, int64_t run, const vg_table *totals, const vg_table *months,
                     const vg_table *scores)
{
    char text[16];
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("run")), vg_json_int(&j, run);
    vg_json_key(&j, VG_S("target")), vg_json_str(&j, k->params.target);
    vg_json_key(&j, VG_S("unit")), vg_json_str(&j, k->params.unit);
    vg_json_key(&j, VG_S("model")), vg_json_str(&j, k->params.model);
    vg_json_key(&j, VG_S("origin")), vg_json_str(&j, vg_month_text(k->params.origin, text));
    vg_json_key(&j, VG_S("months")), vg_json_int(&j, k->params.n_leads);
    vg_json_key(&j, VG_S("draws")), vg_json_int(&j, k->params.n_draws);
    vg_json_key(&j, VG_S("seed")), vg_json_int(&j, (int64_t)k->run.seed);
    vg_json_key(&j, VG_S("source")), vg_json_str(&j, k->params.source);
    vg_json_key(&j, VG_S("vintages"));
    vg_json_array(&j);
    for (int32_t i = 0; i < k->run.n_vintages; i++)
        vg_json_int(&j, k->run.vintage[i]);
    vg_json_close(&j);
    vg_json_key(&j, VG_S("scored")), vg_json_bool(&j, k->n_scores > 0);
    vg_json_key(&j, VG_S("scores"));
    vg_table_json(scores, &j);
    vg_json_key(&j, VG_S("forecasts"));
    vg_table_json(totals, &j);
    if (vg_opt_given(&c->opts, "monthly")) {
        vg_json_key(&j, VG_S("months_detail"));
        vg_table_json(months, &j);
    }
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool show(vg_cli *c, const vg_kept *k, int64_t run, bool from_file, vg_err *e)
{
    bool monthly = vg_opt_given(&c->opts, "monthly"), people = c->form == VG_FORM_TABLE;
    int64_t top = vg_opt_given(&c->opts, "top") ? vg_opt_int(&c->opts, "top") : people ? SHOWN : k->n_units;
    int32_t n = top < k->n_units ? (int32_t)top : k->n_units;
    vg_table totals, months, scores;
    bool good = vg_table_init(&totals, total_columns, N_OF(total_columns), e) &&
                vg_table_init(&months, month_columns, N_OF(month_columns), e) &&
                vg_table_init(&scores, score_columns, N_OF(score_columns), e);
    if (!good)
        return false;
    for (int32_t i = 0; i < n; i++) {
        add_total(c, &totals, k, i);
        if (monthly)
            add_months(c, &months, k, i);
    }
    add_scores(&scores, k);
    if (c->form == VG_FORM_JSON) {
        put_json(c, k, run, &totals, &months, &scores);
        good = !totals.failed && !months.failed && !scores.failed;
    } else {
        if (people)
            say_head(c, k);
        good = vg_table_put(monthly ? &months : &totals, c->lang, c->form, 0, c->out, e) &&
               (!people || say_tail(c, k, run, from_file, n, e));
    }
    vg_table_free(&totals);
    vg_table_free(&months);
    vg_table_free(&scores);
    return good || vg_fail_memory(e, vg_arena_limit(&c->arena));
}

/* --- the work --- */

static vg_make_opts make_opts(vg_cli *c, const vg_cli_panel *p)
{
    const vg_opts *o = &c->opts;
    return (vg_make_opts){
        .forecast = { .model = (vg_model)vg_model_by_name(vg_opt_text(o, "model")),
                      .origin = vg_opt_month(o, "origin"),
                      .n_leads = (int32_t)vg_opt_int(o, "months"),
                      .n_draws = (int32_t)vg_opt_int(o, "draws"),
                      .seed = (uint64_t)vg_opt_int(o, "seed"),
                      .n_threads = c->n_threads,
                      .progress = c->progress },
        .target = p->target,
        .no_check = vg_opt_given(o, "no-check"),
        .max_reasons = vg_eq(vg_opt_text(o, "unit"), VG_S("cell")) ? CELL_REASONS : 0,
    };
}

static bool make_and_show(vg_cli *c, vg_cli_panel *p, vg_err *e)
{
    vg_kept k;
    vg_make_opts o = make_opts(c, p);
    int64_t started = vg_now(), id = 0;
    double begin = vg_cli_now_s();
    if (!vg_kept_make(&p->panel, &o, &c->arena, &k, e))
        return false;
    k.run = (vg_run){ .verb = VG_S("forecast"),
                      .program_version = VG_S(VG_VERSION),
                      .seed = o.forecast.seed,
                      .vintage = p->panel.vintage,
                      .n_vintages = p->panel.n_vintages,
                      .started_at = started,
                      .seconds = vg_cli_now_s() - begin };
    if (!p->from_file && !vg_kept_save(p->st, &k.run, &k, &id, e))
        return false;
    vg_terminal_end();
    return show(c, &k, id, p->from_file, e);
}

bool vg_verb_forecast(vg_cli *c, vg_err *e)
{
    vg_cli_panel p;
    if (!vg_cli_panel_open(c, VG_STORE_WRITE, &p, e))
        return false;
    bool good = make_and_show(c, &p, e);
    vg_cli_panel_close(&p);
    return good;
}
