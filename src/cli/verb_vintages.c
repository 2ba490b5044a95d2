/* vigie vintages, vigie rejects: what the store holds, and what it refused. */
#include "cli/verb.h"
#include "core/num.h"

const vg_opt vg_vintages_options[] = {
    { .name = NULL },
};

static const vg_column columns[] = {
    { "vintage", VG_CELL_INT, 0 },         { "source", VG_CELL_TEXT, 0 },
    { "version", VG_CELL_TEXT, 0 },        { "scope", VG_CELL_TEXT, 0 },
    { "first_month", VG_CELL_MONTH, 0 },   { "last_month", VG_CELL_MONTH, 0 },
    { "accepted", VG_CELL_INT, 0 },        { "rejected", VG_CELL_INT, 0 },
    { "supersedes", VG_CELL_INT, 0 },      { "known_at", VG_CELL_INSTANT, 0 },
    { "imported_at", VG_CELL_INSTANT, 0 }, { "month_rule", VG_CELL_TEXT, 0 },
    { "licence", VG_CELL_TEXT, 0 },        { "sha256", VG_CELL_TEXT, 0 },
    { "file", VG_CELL_TEXT, 0 },
};

static void add_row(vg_table *t, const vg_vintage *v, bool people)
{
    static const char *const rule[] = { "end", "even", "start" };
    vg_cell_int(t, v->id);
    vg_cell_text(t, v->source);
    vg_cell_text(t, v->version);
    vg_cell_text(t, v->scope);
    vg_cell_int(t, v->first_month ? v->first_month : INT64_MIN);
    vg_cell_int(t, v->last_month ? v->last_month : INT64_MIN);
    vg_cell_int(t, v->n_accepted);
    vg_cell_int(t, v->n_rejected);
    vg_cell_int(t, v->supersedes ? v->supersedes : INT64_MIN);
    vg_cell_int(t, v->known_at);
    vg_cell_int(t, v->imported_at);
    vg_cell_text(t, vg_str_z((unsigned)v->month_rule <= VG_MONTH_START ? rule[v->month_rule] : "?"));
    vg_cell_text(t, v->licence);
    vg_cell_text(t, people ? vg_sub(v->sha256, 0, 12) : v->sha256);
    vg_cell_text(t, v->file);
}

static bool list(vg_cli *c, vg_store *st, vg_err *e)
{
    vg_vintage *v;
    int64_t n;
    vg_table t;
    if (!vg_store_vintages(st, c->as_of, &c->arena, &v, &n, e) ||
        !vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    for (int64_t i = 0; i < n; i++)
        add_row(&t, &v[i], c->form == VG_FORM_TABLE);
    bool good = true;
    if (n == 0 && c->form == VG_FORM_TABLE)
        vg_line(c, "vintages.none", vg_arg_int("n", 0));
    else
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_vintages(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = list(c, st, e);
    vg_store_close(st);
    return good;
}

bool vg_verb_rejects(vg_cli *c, vg_err *e)
{
    vg_store *st;
    int64_t id, n;
    if (!vg_int(vg_str_z(c->opts.arg[0]), &id) || id < 1) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "\"%s\" is not the number of a vintage", c->opts.arg[0]);
        return vg_mend(e, "\"vigie vintages\" lists them");
    }
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_store_rejects(st, id, c->out, &n, e);
    vg_store_close(st);
    return good;
}
