/* vigie list: the runs that the store keeps, and the results of one of them. Invariant: whatever capability made a run,
 * it is listed here; nothing is computed. */
#include "cli/displacement_words.h"
#include "core/date.h"
#include "core/num.h"

const vg_opt vg_list_options[] = {
    { "verb", VG_OPT_TEXT, "VERB", NULL, 0, 0 },
    { "kind", VG_OPT_TEXT, "KIND", NULL, 0, 0 },
    { "top", VG_OPT_INT, "N", NULL, 1, 1e9 },
    { .name = NULL },
};

static const vg_column run_columns[] = {
    { "run", VG_CELL_ID, 0 },      { "verb", VG_CELL_TEXT, 0 }, { "started_at", VG_CELL_INSTANT, 0 },
    { "seconds", VG_CELL_NUM, 2 }, { "units", VG_CELL_INT, 0 }, { "results", VG_CELL_INT, 0 },
    { "read", VG_CELL_TEXT, 0 },   { "seed", VG_CELL_ID, 0 },   { "program", VG_CELL_TEXT, 0 },
};

static const vg_column result_columns[] = {
    { "kind", VG_CELL_TEXT, 0 },   { "unit_kind", VG_CELL_TEXT, 0 }, { "unit", VG_CELL_ID, 0 },
    { "month", VG_CELL_MONTH, 0 }, { "result", VG_CELL_TEXT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

enum { SHOWN_RUNS = 30, SHOWN_RESULTS = 60, SHOWN_BYTES = 90 };

/* --- runs --- */

/* "1, 2, 5": vintages. */
static vg_str vintages_of(vg_arena *a, const vg_run *run)
{
    vg_str text = VG_S("");
    for (int32_t i = 0; i < run->n_vintages; i++)
        text = vg_format(a, "%.*s%s%lld", VG_P(text), i ? ", " : "", (long long)run->vintage[i]);
    return text;
}

static bool list_runs(vg_cli *c, vg_store *st, vg_err *e)
{
    vg_run_entry *entry;
    int64_t n;
    vg_table t;
    if (!vg_store_list_runs(st, vg_opt_text(&c->opts, "verb"), &c->arena, &entry, &n, e) ||
        !vg_table_init(&t, run_columns, N_OF(run_columns), e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        const vg_run *run = &entry[i].run;
        vg_cell_int(&t, run->id);
        vg_cell_text(&t, run->verb);
        vg_cell_int(&t, run->started_at);
        vg_cell_num(&t, run->seconds);
        vg_cell_int(&t, entry[i].n_units);
        vg_cell_int(&t, entry[i].n_results);
        vg_cell_text(&t, vintages_of(&c->arena, run));
        vg_cell_int(&t, (int64_t)run->seed);
        vg_cell_text(&t, run->program_version);
    }
    bool people = c->form == VG_FORM_TABLE;
    int64_t top = vg_opt_given(&c->opts, "top") ? vg_opt_int(&c->opts, "top") : people ? SHOWN_RUNS : 0;
    bool good = true;
    if (n == 0 && people)
        vg_line(c, "list.none", vg_arg_int("n", 0));
    else
        good = vg_table_put(&t, c->lang, c->form, top, c->out, e);
    if (good && people && n > top)
        vg_line(c, "list.more", vg_arg_int("n", n - top));
    vg_table_free(&t);
    return good;
}

/* --- the results of one run --- */

static const char *unit_kind_name(vg_unit_kind kind)
{
    switch (kind) {
    case VG_UNIT_COUNTRY: return "country";
    case VG_UNIT_CELL: return "cell";
    case VG_UNIT_ADMIN1: return "admin1";
    case VG_UNIT_ADMIN2: return "admin2";
    }
    return "";
}

static void add_result(const vg_cli *c, vg_table *t, const vg_result *r)
{
    vg_str body = r->body, head = vg_utf8_head(body, SHOWN_BYTES);
    bool cut = c->form == VG_FORM_TABLE && head.n < body.n;
    char text[SHOWN_BYTES + 8];
    int n = snprintf(text, sizeof text, "%.*s...", VG_P(head));
    vg_cell_text(t, r->kind);
    vg_cell_text(t, vg_str_z(unit_kind_name(r->unit_kind)));
    vg_cell_int(t, r->unit ? r->unit : INT64_MIN);
    vg_cell_int(t, r->month ? r->month : INT64_MIN);
    vg_cell_text(t, cut ? (vg_str){ text, n } : body);
}

/* A body is a JSON object as text: it goes into the answer as an object. */
static void put_results(vg_cli *c, const vg_run *run, const vg_result *r, int64_t n)
{
    char text[16];
    vg_put(c->out, VG_S("{\"run\":"));
    vg_put_int(c->out, run->id);
    vg_put(c->out, VG_S(",\"verb\":"));
    vg_json verb = vg_json_to(c->out);
    vg_json_str(&verb, run->verb);
    vg_put(c->out, VG_S(",\"params\":"));
    vg_put(c->out, run->params.n ? run->params : VG_S("null"));
    vg_put(c->out, VG_S(",\"results\":["));
    for (int64_t i = 0; i < n; i++) {
        vg_json j = vg_json_to(c->out);
        vg_put(c->out, i ? VG_S(",{\"kind\":") : VG_S("{\"kind\":"));
        vg_json_str(&j, r[i].kind);
        vg_put(c->out, VG_S(",\"unit_kind\":\""));
        vg_put(c->out, vg_str_z(unit_kind_name(r[i].unit_kind)));
        vg_put(c->out, VG_S("\",\"unit\":"));
        vg_put_int(c->out, r[i].unit);
        vg_put(c->out, VG_S(",\"month\":"));
        if (r[i].month > 0)
            vg_print(c->out, "\"%.*s\"", VG_P(vg_month_text(r[i].month, text)));
        else
            vg_put(c->out, VG_S("null"));
        vg_put(c->out, VG_S(",\"result\":"));
        vg_put(c->out, r[i].body);
        vg_put_char(c->out, '}');
    }
    vg_put(c->out, VG_S("]}\n"));
}

static bool put_table(vg_cli *c, const vg_run *run, const vg_result *r, int64_t n, vg_err *e)
{
    vg_table t;
    bool people = c->form == VG_FORM_TABLE;
    int64_t top = vg_opt_given(&c->opts, "top") ? vg_opt_int(&c->opts, "top") : people ? SHOWN_RESULTS : n;
    if (!vg_table_init(&t, result_columns, N_OF(result_columns), e))
        return false;
    if (people)
        vg_line(c, "list.run", vg_arg_text("run", vg_format(&c->arena, "%lld", (long long)run->id)),
                vg_arg_text("verb", run->verb), vg_arg_day("day", run->started_at),
                vg_arg_text("read", vintages_of(&c->arena, run)));
    for (int64_t i = 0; i < n && i < top; i++)
        add_result(c, &t, &r[i]);
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    if (good && people && n > top)
        vg_line(c, "list.more", vg_arg_int("n", n - top));
    vg_table_free(&t);
    return good;
}

static bool list_results(vg_cli *c, vg_store *st, int64_t id, vg_err *e)
{
    vg_run run;
    vg_result *r;
    int64_t n;
    vg_str kind = vg_opt_text(&c->opts, "kind");
    if (!vg_store_get_run(st, id, &c->arena, &run, e))
        return vg_mend(e, "vigie list shows the runs there are");
    if (vg_eq(run.verb, VG_S(VG_DISPLACEMENT_KEPT_VERB)) && c->form == VG_FORM_TABLE && !kind.n) {
        vg_displacement_kept k;
        vg_displacement_shown shown = { .split = false };
        return vg_displacement_kept_load(st, id, &c->arena, &k, e) && vg_displacement_show(c, &k, &shown, e);
    }
    if (!vg_store_results(st, id, kind, 0, &c->arena, &r, &n, e))
        return false;
    if (c->form != VG_FORM_JSON)
        return put_table(c, &run, r, n, e);
    put_results(c, &run, r, n);
    return true;
}

bool vg_verb_list(vg_cli *c, vg_err *e)
{
    vg_store *st;
    int64_t run = 0;
    if (c->opts.n_args && (!vg_int(vg_str_z(c->opts.arg[0]), &run) || run <= 0)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "\"%s\" is not the number of a run", c->opts.arg[0]);
        return vg_mend(e, "vigie list shows the runs there are");
    }
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = c->opts.n_args ? list_results(c, st, run, e) : list_runs(c, st, e);
    vg_store_close(st);
    return good;
}
