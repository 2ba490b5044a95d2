/* vigie import: files into the store, each all or nothing. What was guessed is shown, and so is what was refused. */
#include "cli/verb.h"
#include "core/csv.h"

const vg_opt vg_import_options[] = {
    { "as", VG_OPT_CHOICE, VG_SOURCE_FORMATS, NULL, 0, 0 },
    { "version", VG_OPT_TEXT, "RELEASE", NULL, 0, 0 },
    { "published", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "month-rule", VG_OPT_CHOICE, "end|even|start", "end", 0, 0 },
    { "countries", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "regions", VG_OPT_FILE, "FILE", NULL, 0, 0 },
    { "map", VG_OPT_TEXT, "FIELD=COLUMN,...", NULL, 0, 0 },
    { "decimal-comma", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "sample", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "file", VG_CELL_TEXT, 0 },    { "source", VG_CELL_TEXT, 0 },       { "version", VG_CELL_TEXT, 0 },
    { "vintage", VG_CELL_INT, 0 },  { "known", VG_CELL_TEXT, 0 },        { "accepted", VG_CELL_INT, 0 },
    { "rejected", VG_CELL_INT, 0 }, { "first_month", VG_CELL_MONTH, 0 }, { "last_month", VG_CELL_MONTH, 0 },
    { "scope", VG_CELL_TEXT, 0 },   { "sha256", VG_CELL_TEXT, 0 },
};

enum { SHOWN_REJECTS = 5 };

static int64_t month_or_unknown(int32_t month)
{
    return month ? month : INT64_MIN;
}

static void add_row(vg_table *t, const vg_cli_import *im)
{
    const vg_vintage *v = &im->vintage;
    vg_cell_text(t, v->file);
    vg_cell_text(t, v->source);
    vg_cell_text(t, v->version);
    vg_cell_int(t, v->id);
    vg_cell_text(t, im->known ? VG_S("yes") : VG_S("no"));
    vg_cell_int(t, v->n_accepted);
    vg_cell_int(t, v->n_rejected);
    vg_cell_int(t, month_or_unknown(v->first_month));
    vg_cell_int(t, month_or_unknown(v->last_month));
    vg_cell_text(t, v->scope);
    vg_cell_text(t, v->sha256);
}

static void say_what_it_is(vg_cli *c, const char *name, const vg_cli_import *im)
{
    const vg_source_found *f = &im->found;
    vg_line(c, f->guessed ? "import.guessed" : "import.given", vg_arg_text("file", vg_str_z(name)),
            vg_arg_text("source", f->about.source), vg_arg_text("why", f->why));
    if (f->mapping.n)
        vg_line(c, "import.mapping", vg_arg_text("map", f->mapping));
    if (f->note.n)
        vg_line(c, "import.note", vg_arg_text("note", f->note));
}

/* The first reasons, out of the list that is kept. */
static bool say_rejects(vg_cli *c, vg_store *st, const vg_vintage *v, vg_err *e)
{
    vg_out list;
    int64_t n;
    if (v->n_rejected == 0)
        return true;
    if (!vg_out_memory(&list, e))
        return false;
    vg_input *in = NULL;
    vg_csv *csv = NULL;
    vg_csv_row row;
    bool good = vg_store_rejects(st, v->id, &list, &n, e) &&
                vg_input_memory(vg_out_text(&list), VG_S("rejects"), &in, e) &&
                vg_csv_open(in, &(vg_csv_opts){ .sep = ',' }, &csv, e) && vg_csv_next(csv, &row, e);
    for (int i = 0; good && i < SHOWN_REJECTS && vg_csv_next(csv, &row, e) && row.n >= 6; i++)
        vg_line(c, "import.reject", vg_arg_text("line", row.cell[1]), vg_arg_text("what", row.cell[4]));
    if (csv)
        vg_csv_close(csv);
    if (in)
        vg_input_close(in);
    vg_out_drop(&list);
    if (good)
        vg_line(c, "import.rejects", vg_arg_int("n", v->n_rejected),
                vg_arg_text("id", vg_format(&c->arena, "%lld", (long long)v->id)));
    return good && !vg_failed(e);
}

static bool say(vg_cli *c, vg_store *st, const char *name, const vg_cli_import *im, vg_err *e)
{
    const vg_vintage *v = &im->vintage;
    vg_str id = vg_format(&c->arena, "%lld", (long long)v->id);
    if (im->known) {
        vg_line(c, "import.known", vg_arg_text("file", vg_str_z(name)), vg_arg_text("id", id));
        return true;
    }
    say_what_it_is(c, name, im);
    bool wide = im->found.n_rows - v->n_rejected < v->n_accepted; /* several numbers a row, or sums of rows */
    const char *done = wide && v->n_rejected ? "import.done-numbers-refused"
                       : wide                ? "import.done-numbers"
                       : v->n_rejected       ? "import.done-refused"
                                             : "import.done";
    vg_line(c, done, vg_arg_int("accepted", v->n_accepted), vg_arg_int("rejected", v->n_rejected),
            vg_arg_int("rows", im->found.n_rows - v->n_rejected), vg_arg_text("id", id));
    if (v->first_month)
        vg_line(c, "import.months", vg_arg_month("from", v->first_month), vg_arg_month("to", v->last_month));
    if (v->supersedes)
        vg_line(c, "import.supersedes",
                vg_arg_text("id", vg_format(&c->arena, "%lld", (long long)v->supersedes)));
    return say_rejects(c, st, v, e);
}

static bool import_all(vg_cli *c, vg_store *st, vg_table *t, vg_err *e)
{
    bool sample = vg_opt_given(&c->opts, "sample");
    int n = sample ? 1 : c->opts.n_args;
    for (int i = 0; i < n; i++) {
        const char *path = sample ? NULL : c->opts.arg[i];
        vg_source_opts opts = vg_cli_source_opts(c);
        vg_cli_import done;
        if (!vg_cli_import_file(c, st, path, &opts, &done, e))
            return false;
        vg_terminal_end();
        add_row(t, &done);
        if (c->form == VG_FORM_TABLE && !c->quiet && !say(c, st, path ? path : VG_SAMPLE_NAME, &done, e))
            return false;
    }
    if (sample)
        vg_note(c, "import.sample", vg_arg_text("notice", vg_source_sample_notice()));
    return true;
}

bool vg_verb_import(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_table t;
    if (!vg_opt_given(&c->opts, "sample") && c->opts.n_args == 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "vigie import needs FILE...");
        return vg_mend(e, "name one file or more, or take the built-in sample with --sample");
    }
    if (!vg_cli_store(c, VG_STORE_WRITE, true, &st, e))
        return false;
    bool good = vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e);
    if (good) {
        good = import_all(c, st, &t, e);
        if (c->form != VG_FORM_TABLE && vg_table_rows(&t) > 0) /* files before a failing one are in: say so */
            good = vg_table_put(&t, c->lang, c->form, 0, c->out, e) && good;
        vg_table_free(&t);
    }
    vg_store_close(st);
    return good;
}
