/* vigie explain: the reasons of one unit's forecast, out of the newest run in the store. Nothing is computed anew. */
#include <math.h>

#include "cli/verb.h"
#include "core/date.h"
#include "forecast/words.h"

const vg_opt vg_explain_options[] = {
    { "unit", VG_OPT_TEXT, "COUNTRY|CELL", NULL, 0, 0 },
    { "run", VG_OPT_INT, "N", NULL, 1, 9e15 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "kind", VG_CELL_TEXT, 0 },      { "iso3", VG_CELL_TEXT, 0 },      { "name", VG_CELL_TEXT, 0 },
    { "month", VG_CELL_MONTH, 0 },    { "weight", VG_CELL_PERCENT, 1 }, { "before12", VG_CELL_NUM, 0 },
    { "after_mean", VG_CELL_NUM, 1 }, { "value", VG_CELL_NUM, 2 },      { "percentile", VG_CELL_PERCENT, 0 },
    { "effect", VG_CELL_NUM, 2 },
};

static vg_unit_kind kind_of(const vg_kept *k)
{
    return vg_eq(k->params.unit, VG_S("cell")) ? VG_UNIT_CELL : VG_UNIT_COUNTRY;
}

static vg_str name_of(vg_cli *c, const vg_kept *k, int32_t unit, vg_str iso3, vg_str name)
{
    return vg_unit_title(&c->arena, kind_of(k), unit, iso3, name, vg_str_z(vg_lang_code(c->lang)));
}

static void fill(vg_cli *c, vg_table *t, const vg_kept *k, const vg_kept_reasons *r)
{
    for (int32_t i = 0; r && i < r->n_analogues; i++) {
        const vg_kept_analogue *a = &r->analogue[i];
        vg_cell_text(t, VG_S("situation"));
        vg_cell_text(t, a->iso3);
        vg_cell_text(t, name_of(c, k, a->unit, a->iso3, a->name));
        vg_cell_int(t, a->month);
        vg_cell_num(t, a->weight);
        vg_cell_num(t, a->before12);
        vg_cell_num(t, a->after_mean);
        for (int empty = 0; empty < 3; empty++)
            vg_cell_num(t, NAN);
    }
    for (int32_t i = 0; r && i < r->n_drivers; i++) {
        const vg_kept_driver *d = &r->driver[i];
        vg_cell_text(t, VG_S("driver"));
        vg_cell_text(t, VG_NOSTR);
        vg_cell_text(t, d->feature);
        vg_cell_int(t, INT64_MIN);
        for (int empty = 0; empty < 3; empty++)
            vg_cell_num(t, NAN);
        vg_cell_num(t, d->value);
        vg_cell_num(t, d->percentile);
        vg_cell_num(t, d->effect);
    }
}

static void line_end(vg_cli *c)
{
    vg_put_char(c->out, '\n');
}

static void say_forecast(vg_cli *c, const vg_kept *k, const vg_kept_unit *u)
{
    const vg_kept_params *p = &k->params;
    vg_line(c, "explain.title", vg_arg_text("name", name_of(c, k, u->unit, u->iso3, u->name)),
            vg_arg_month("from", p->origin + p->first_lead),
            vg_arg_month("to", p->origin + p->first_lead + p->n_leads - 1),
            vg_arg_month("origin", p->origin));
    line_end(c);
    vg_words_interval(c->out, c->lang, k, u);
    line_end(c);
    vg_words_change(c->out, c->lang, k, u);
    line_end(c);
    vg_words_spread(c->out, c->lang, u);
    line_end(c);
    vg_words_chances(c->out, c->lang, u);
    line_end(c);
}

static void say_reasons(vg_cli *c, const vg_kept *k, const vg_kept_reasons *r)
{
    line_end(c);
    vg_line(c, "explain.situations", vg_arg_int("n", r->n_analogues));
    for (int32_t i = 0; i < r->n_analogues; i++) {
        const vg_kept_analogue *a = &r->analogue[i];
        vg_put(c->out, VG_S("  - "));
        vg_words_analogue(c->out, c->lang, a, name_of(c, k, a->unit, a->iso3, a->name));
        line_end(c);
    }
    vg_put(c->out, VG_S("  "));
    vg_words_shares(c->out, c->lang, r);
    line_end(c);
    line_end(c);
    vg_line(c, "explain.drivers", vg_arg_int("n", r->n_drivers));
    for (int32_t i = 0; i < r->n_drivers; i++) {
        vg_put(c->out, VG_S("  - "));
        vg_words_driver(c->out, c->lang, &r->driver[i]);
        line_end(c);
    }
}

static void say(vg_cli *c, const vg_kept *k, const vg_kept_unit *u)
{
    say_forecast(c, k, u);
    if (u->reasons)
        say_reasons(c, k, u->reasons);
    else
        vg_line(c, u->total.mean > 0 ? "explain.no-reasons" : "explain.no-risk",
                vg_arg_text("model", k->params.model));
    line_end(c);
    vg_words_coverage(c->out, c->lang, k, u);
    line_end(c);
}

static void put_summary(vg_json *j, const vg_kept_unit *u)
{
    vg_json_key(j, VG_S("total"));
    vg_forecast_put(j, &u->total);
    vg_json_key(j, VG_S("last12")), vg_json_num(j, u->last12);
    vg_json_key(j, VG_S("p_month"));
    vg_json_array(j);
    for (int i = 0; i < VG_N_THRESHOLDS; i++)
        vg_json_num(j, u->p_month[i]);
    vg_json_close(j);
}

static void put_json(vg_cli *c, const vg_kept *k, const vg_kept_unit *u, const vg_table *t)
{
    const vg_kept_quality *q = vg_kept_quality_of(k, u);
    char text[16];
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("run")), vg_json_int(&j, k->run.id);
    vg_json_key(&j, VG_S("origin")), vg_json_str(&j, vg_month_text(k->params.origin, text));
    vg_json_key(&j, VG_S("unit")), vg_json_int(&j, u->unit);
    vg_json_key(&j, VG_S("iso3")), vg_json_str(&j, u->iso3);
    vg_json_key(&j, VG_S("name")), vg_json_str(&j, name_of(c, k, u->unit, u->iso3, u->name));
    put_summary(&j, u);
    if (u->reasons) {
        vg_json_key(&j, VG_S("own_share")), vg_json_num(&j, u->reasons->own_share);
        vg_json_key(&j, VG_S("situations_share")), vg_json_num(&j, u->reasons->analogue_share);
    }
    vg_json_key(&j, VG_S("reasons"));
    vg_table_json(t, &j);
    vg_json_key(&j, VG_S("coverage50")), vg_json_num(&j, q ? q->coverage50 : NAN);
    vg_json_key(&j, VG_S("coverage90")), vg_json_num(&j, q ? q->coverage90 : NAN);
    vg_json_key(&j, VG_S("coverage_rows")), vg_json_int(&j, q ? q->n : 0);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool show(vg_cli *c, const vg_kept *k, const vg_kept_unit *u, vg_err *e)
{
    vg_table t;
    if (c->form == VG_FORM_TABLE) {
        say(c, k, u);
        return true;
    }
    if (!vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    fill(c, &t, k, u->reasons);
    bool good = !t.failed || vg_fail_memory(e, 0);
    if (good && c->form == VG_FORM_JSON)
        put_json(c, k, u, &t);
    else if (good)
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

static bool explain(vg_cli *c, const vg_kept *k, vg_str word, vg_err *e)
{
    const vg_kept_unit *u = vg_kept_find(k, word);
    if (u)
        return show(c, k, u, e);
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "run %lld has no forecast for \"%.*s\"", (long long)k->run.id,
            VG_P(word));
    return vg_mend(
        e, "name a country by its ISO code (MLI) or name; \"vigie forecast --top 300\" lists them all");
}

bool vg_verb_explain(vg_cli *c, vg_err *e)
{
    vg_str word = vg_opt_text(&c->opts, "unit");
    if (!word.n) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie explain needs --unit");
        return vg_mend(e, "name a country by its ISO code or name, such as --unit MLI");
    }
    vg_store *st;
    vg_kept k;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_kept_load(st, vg_opt_int(&c->opts, "run"), &c->arena, &k, e) && explain(c, &k, word, e);
    vg_store_close(st);
    return good;
}
