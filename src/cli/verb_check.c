/* vigie check: the reader of import with a sink that only counts. Refused rows are grouped by the rule they broke.
 * Exit code 0 when every row would be taken, 3 when some would be refused, and 3 with an error when none would. */
#include <math.h>

#include "cli/verb.h"
#include "core/date.h"

const vg_opt vg_check_options[] = {
    { "as", VG_OPT_CHOICE, VG_SOURCE_FORMATS, NULL, 0, 0 },
    { "version", VG_OPT_TEXT, "RELEASE", NULL, 0, 0 },
    { "month-rule", VG_OPT_CHOICE, "end|even|start", "end", 0, 0 },
    { "countries", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "regions", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "map", VG_OPT_TEXT, "FIELD=COLUMN,...", NULL, 0, 0 },
    { "decimal-comma", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "reason", VG_CELL_TEXT, 0 },
    { "rows", VG_CELL_INT, 0 },
    { "first_line", VG_CELL_INT, 0 },
    { "example", VG_CELL_TEXT, 0 },
};

enum { MAX_GROUPS = 32, EXIT_BAD_DATA = 3 };

typedef struct {
    vg_err first;
    int64_t n;
} group;

typedef struct {
    int64_t events, points, units, rejects, flows;
    double deaths, people;
    bool regions; /* numbers of regions: not deaths only, and not to be summed */
    group groups[MAX_GROUPS];
    int n_groups;
} tally;

static bool count_event(void *ctx, const vg_event *ev, vg_at at, vg_err *e)
{
    (void)at, (void)e;
    tally *t = ctx;
    t->events++;
    t->deaths += ev->best == VG_UNKNOWN ? 0 : (double)ev->best;
    return true;
}

static bool count_point(void *ctx, const vg_point *p, vg_at at, vg_err *e)
{
    (void)at, (void)e;
    tally *t = ctx;
    t->points++;
    t->regions = t->regions || p->kind >= VG_UNIT_ADMIN1;
    t->deaths += isnan(p->value) || t->regions ? 0 : p->value;
    return true;
}

static bool count_unit(void *ctx, const vg_unit *u, vg_err *e)
{
    (void)u, (void)e;
    ((tally *)ctx)->units++;
    return true;
}

static bool count_flow(void *ctx, const vg_flow_record *f, vg_at at, vg_err *e)
{
    (void)at, (void)e;
    tally *t = ctx;
    t->flows++;
    t->people += (double)f->people;
    return true;
}

/* The sentence that rows refused for one reason share: the rule, or the fact up to its value. */
static vg_str reason(const vg_err *why)
{
    vg_str what = vg_str_z(why->what), rule = vg_str_z(why->why);
    ptrdiff_t colon = vg_find(what, VG_S(": \""));
    return rule.n ? rule : colon > 0 ? vg_sub(what, 0, colon) : what;
}

static bool count_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    (void)e;
    tally *t = ctx;
    t->rejects++;
    for (int i = 0; i < t->n_groups; i++)
        if (t->groups[i].first.code == r->why.code && vg_eq(reason(&t->groups[i].first), reason(&r->why))) {
            t->groups[i].n++;
            return true;
        }
    int at =
        t->n_groups < MAX_GROUPS ? t->n_groups++ : MAX_GROUPS - 1; /* the rest is counted with the last */
    if (t->groups[at].n++ == 0)
        t->groups[at].first = r->why;
    return true;
}

/* What is wrong, and with it the name that was perhaps meant. */
static vg_str example(vg_cli *c, const vg_err *why)
{
    vg_str what = vg_str_z(why->what), mend = vg_str_z(why->mend), hint = VG_S("did you mean ");
    if (!vg_eq(vg_sub(mend, 0, hint.n), hint))
        return what;
    return vg_format(&c->arena, "%.*s: %.*s", VG_P(what), VG_P(mend));
}

static void fill(vg_cli *c, vg_table *table, const tally *t)
{
    for (int i = 0; i < t->n_groups; i++) {
        const vg_err *first = &t->groups[i].first;
        vg_cell_text(table, reason(first));
        vg_cell_int(table, t->groups[i].n);
        vg_cell_int(table, first->at.line ? first->at.line : INT64_MIN);
        vg_cell_text(table, example(c, first));
    }
}

static void say(vg_cli *c, const char *path, const vg_source_found *f, const tally *t)
{
    vg_line(c, f->guessed ? "import.guessed" : "import.given", vg_arg_text("file", vg_str_z(path)),
            vg_arg_text("source", f->about.source), vg_arg_text("why", f->why));
    if (f->mapping.n)
        vg_line(c, "import.mapping", vg_arg_text("map", f->mapping));
    if (f->note.n)
        vg_line(c, "import.note", vg_arg_text("note", f->note));
    if (f->about.version.n)
        vg_line(c, "check.version", vg_arg_text("version", f->about.version));
    if (f->n_rows == 0) {
        vg_line(c, "check.empty", vg_arg_int("n", 0));
        return;
    }
    vg_line(c,
            t->events    ? "check.events"
            : t->regions ? "check.numbers"
                         : "check.points",
            vg_arg_int("n", t->events + t->points), vg_arg_num("deaths", t->deaths, 0),
            vg_arg_int("units", t->units));
    if (t->flows)
        vg_line(c, "check.flows", vg_arg_int("n", t->flows), vg_arg_num("people", t->people, 0));
    if (f->about.first_month)
        vg_line(c, "import.months", vg_arg_month("from", f->about.first_month),
                vg_arg_month("to", f->about.last_month));
    vg_line(c, t->rejects ? "check.refused" : "check.clean", vg_arg_int("n", t->rejects));
}

static void put_json(vg_cli *c, const vg_source_found *f, const tally *t, const vg_table *table)
{
    char month[16];
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("source")), vg_json_str(&j, f->about.source);
    vg_json_key(&j, VG_S("guessed")), vg_json_bool(&j, f->guessed);
    vg_json_key(&j, VG_S("why")), vg_json_str(&j, f->why);
    vg_json_key(&j, VG_S("version")), vg_json_str(&j, f->about.version);
    vg_json_key(&j, VG_S("mapping")), vg_json_str(&j, f->mapping);
    vg_json_key(&j, VG_S("sha256")), vg_json_str(&j, f->about.sha256);
    vg_json_key(&j, VG_S("rows")), vg_json_int(&j, f->n_rows);
    vg_json_key(&j, VG_S("events")), vg_json_int(&j, t->events);
    vg_json_key(&j, VG_S("points")), vg_json_int(&j, t->points);
    if (!t->regions)
        vg_json_key(&j, VG_S("deaths")), vg_json_num(&j, t->deaths);
    if (t->flows) {
        vg_json_key(&j, VG_S("flows")), vg_json_int(&j, t->flows);
        vg_json_key(&j, VG_S("people")), vg_json_num(&j, t->people);
    }
    if (f->about.first_month) {
        vg_json_key(&j, VG_S("first_month")), vg_json_str(&j, vg_month_text(f->about.first_month, month));
        vg_json_key(&j, VG_S("last_month")), vg_json_str(&j, vg_month_text(f->about.last_month, month));
    }
    vg_json_key(&j, VG_S("refused")), vg_json_int(&j, t->rejects);
    vg_json_key(&j, VG_S("reasons"));
    vg_table_json(table, &j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool show(vg_cli *c, const char *path, const vg_source_found *f, const tally *t, vg_err *e)
{
    vg_table table;
    if (!vg_table_init(&table, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    fill(c, &table, t);
    bool good = true;
    if (c->form == VG_FORM_JSON)
        put_json(c, f, t, &table);
    else if (c->form == VG_FORM_TABLE)
        say(c, path, f, t);
    if (c->form == VG_FORM_CSV || (c->form == VG_FORM_TABLE && t->rejects))
        good = vg_table_put(&table, c->lang, c->form, 0, c->out, e);
    vg_table_free(&table);
    return good;
}

bool vg_verb_check(vg_cli *c, vg_err *e)
{
    const char *path = c->opts.arg[0];
    vg_source_opts opts = vg_cli_source_opts(c);
    vg_source_found found = { .guessed = false };
    tally *t = vg_new(&c->arena, tally, 1);
    if (!t)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    vg_sink sink = { t, count_event, count_point, count_unit, count_reject, count_flow };
    if (!vg_source_read(path, &opts, &sink, &c->arena, &found, e))
        return false;
    vg_terminal_end();
    if (t->rejects || found.n_rows == 0) /* nothing to import either */
        c->exit_code = EXIT_BAD_DATA;
    return show(c, path, &found, t, e);
}
