/* vigie ceasefire rates: monthly counts of violations, where their level changed, and what the next month may bring. */
#include <math.h>

#include "ceasefire/rates.h"
#include "cli/verb.h"
#include "core/date.h"

const vg_opt vg_ceasefire_rates_options[] = {
    { "series", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "score-from", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "next", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column change_columns[] = {
    { "series", VG_CELL_TEXT, 0 },      { "since", VG_CELL_MONTH, 0 },      { "until", VG_CELL_MONTH, 0 },
    { "mean_a_month", VG_CELL_NUM, 1 }, { "times_before", VG_CELL_NUM, 2 },
};

static const vg_column next_columns[] = {
    { "series", VG_CELL_TEXT, 0 },         { "month", VG_CELL_MONTH, 0 },  { "median", VG_CELL_NUM, 1 },
    { "interval80", VG_CELL_INTERVAL, 0 }, { "mae", VG_CELL_NUM, 2 },      { "mae_naive", VG_CELL_NUM, 2 },
    { "inside80", VG_CELL_PERCENT, 0 },    { "n_scored", VG_CELL_INT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static void add_changes(vg_table *t, const vg_rates *r, vg_str name, const vg_rates_column *x)
{
    for (int32_t i = 0; i < x->n_stretches; i++) {
        const vg_rate_stretch *s = &x->stretch[i];
        vg_cell_text(t, name);
        vg_cell_int(t, r->first_month + s->from);
        vg_cell_int(t, r->first_month + s->to - 1);
        vg_cell_num(t, s->mean);
        vg_cell_num(t, i && s[-1].mean > 0 ? s->mean / s[-1].mean : NAN);
    }
}

static void add_next(vg_table *t, const vg_rates *r, vg_str name, const vg_rates_column *x)
{
    vg_cell_text(t, name);
    vg_cell_int(t, r->first_month + r->n_months);
    vg_cell_num(t, x->next.median);
    vg_cell_interval(t, x->next.low, x->next.high);
    vg_cell_num(t, x->error);
    vg_cell_num(t, x->naive_error);
    vg_cell_num(t, x->inside);
    vg_cell_int(t, x->n_scored);
}

static bool answer(vg_cli *c, const vg_rates *r, vg_table *changes, vg_table *next, vg_err *e)
{
    vg_str only = vg_opt_text(&c->opts, "series");
    int32_t from = vg_opt_month(&c->opts, "score-from"), n = 0;
    for (int32_t i = 0; i < r->n_columns; i++) {
        vg_rates_column x;
        if (only.n && !vg_eq(only, r->name[i]))
            continue;
        if (!vg_rates_answer(r, i, from, &c->arena, &x, e))
            return false;
        add_changes(changes, r, r->name[i], &x);
        add_next(next, r, r->name[i], &x);
        n++;
    }
    if (n)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no series \"%.*s\"", VG_P(only));
    return vg_mend(e, "the first is called %.*s", VG_P(r->name[0]));
}

static bool show(vg_cli *c, const vg_table *changes, const vg_table *next, vg_err *e)
{
    if (c->form == VG_FORM_CSV)
        return vg_table_put(vg_opt_given(&c->opts, "next") ? next : changes, c->lang, VG_FORM_CSV, 0, c->out,
                            e);
    if (c->form == VG_FORM_JSON) {
        vg_json j = vg_json_to(c->out);
        vg_json_object(&j);
        vg_json_key(&j, VG_S("stretches"));
        vg_table_json(changes, &j);
        vg_json_key(&j, VG_S("next"));
        vg_table_json(next, &j);
        vg_json_close(&j);
        vg_put_char(c->out, '\n');
        return true;
    }
    vg_line(c, "ceasefire.rates.changes", vg_arg_text("none", VG_NOSTR));
    if (!vg_table_put(changes, c->lang, VG_FORM_TABLE, 0, c->out, e))
        return false;
    vg_put_char(c->out, '\n');
    vg_line(c, "ceasefire.rates.next", vg_arg_text("none", VG_NOSTR));
    return vg_table_put(next, c->lang, VG_FORM_TABLE, 0, c->out, e);
}

bool vg_verb_ceasefire_rates(vg_cli *c, vg_err *e)
{
    vg_rates *r;
    vg_table changes, next;
    if (!vg_rates_read(c->opts.arg[0], &c->arena, &r, e))
        return false;
    for (int32_t i = 0; i < r->n_rejects; i++)
        vg_note(c, "ceasefire.rates.refused", vg_arg_int("line", r->reject[i].why.at.line),
                vg_arg_text("why", vg_str_z(r->reject[i].why.what)));
    if (!vg_table_init(&changes, change_columns, N_OF(change_columns), e))
        return false;
    bool good = vg_table_init(&next, next_columns, N_OF(next_columns), e);
    if (good) {
        good = answer(c, r, &changes, &next, e) && show(c, &changes, &next, e);
        vg_table_free(&next);
    }
    vg_table_free(&changes);
    return good;
}
