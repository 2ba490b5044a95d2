/* vigie screening load, lists, diff: lists of parties into the store, which there are, and what changed in one. Each list
 * goes in whole or not at all; a list that cannot be read does not keep the others out. */
#include "cli/verb.h"
#include "core/csv.h"
#include "source/list.h"
#include "store/party.h"

#define LIST_FORMATS "un-sc|ofac|us-csl|us-dpl|eu-fsf|eu-oj|uk-conlist|uk-sl|ftm|ftm-delta|senzing|csv"

const vg_opt vg_screening_load_options[] = {
    { "as", VG_OPT_CHOICE, LIST_FORMATS, NULL, 0, 0 }, { "list", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "published", VG_OPT_DATE, "DATE", NULL, 0, 0 },  { "map", VG_OPT_TEXT, "FIELD=COLUMN,...", NULL, 0, 0 },
    { "check", VG_OPT_FLAG, NULL, NULL, 0, 0 },        { .name = NULL },
};
const vg_opt vg_screening_diff_options[] = {
    { "from", VG_OPT_INT, "VINTAGE", NULL, 1, 1e15 },
    { "to", VG_OPT_INT, "VINTAGE", NULL, 1, 1e15 },
    { .name = NULL },
};
const vg_opt vg_screening_lists_options[] = {
    { "all", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column load_columns[] = {
    { "list", VG_CELL_TEXT, 0 },         { "format", VG_CELL_TEXT, 0 }, { "version", VG_CELL_TEXT, 0 },
    { "vintage", VG_CELL_ID, 0 },        { "parties", VG_CELL_INT, 0 }, { "persons", VG_CELL_INT, 0 },
    { "organisations", VG_CELL_INT, 0 }, { "vessels", VG_CELL_INT, 0 }, { "aircraft", VG_CELL_INT, 0 },
    { "kind_not_said", VG_CELL_INT, 0 }, { "names", VG_CELL_INT, 0 },   { "added", VG_CELL_INT, 0 },
    { "changed", VG_CELL_INT, 0 },       { "removed", VG_CELL_INT, 0 }, { "rejected", VG_CELL_INT, 0 },
};
static const vg_column diff_columns[] = {
    { "change", VG_CELL_TEXT, 0 }, { "id", VG_CELL_TEXT, 0 },     { "schema", VG_CELL_TEXT, 0 },
    { "party", VG_CELL_TEXT, 0 },  { "fields", VG_CELL_TEXT, 0 },
};
static const vg_column list_columns[] = {
    { "list", VG_CELL_TEXT, 0 },           { "version", VG_CELL_TEXT, 0 }, { "vintage", VG_CELL_ID, 0 },
    { "parties", VG_CELL_INT, 0 },         { "rejected", VG_CELL_INT, 0 }, { "known_at", VG_CELL_INSTANT, 0 },
    { "imported_at", VG_CELL_INSTANT, 0 }, { "file", VG_CELL_TEXT, 0 },    { "licence", VG_CELL_TEXT, 0 },
    { "sha256", VG_CELL_TEXT, 0 },
};
#define N_OF(columns) ((int)(sizeof(columns) / sizeof *(columns)))
enum { SHOWN_REJECTS = 3 };

/* --- load --- */

typedef struct {
    vg_list_found found;
    vg_party_outcome outcome;
    bool check;
} loaded;

static int64_t published(const vg_cli *c)
{
    vg_str text = vg_opt_text(&c->opts, "published");
    int64_t at = text.n ? vg_opt_int(&c->opts, "published") : 0;
    return text.n && text.n <= 10 ? at - 86399 : at; /* from the day's beginning */
}

static bool count_party(void *ctx, const vg_party *p, vg_at at, vg_err *e)
{
    (void)ctx, (void)p, (void)at, (void)e;
    return true;
}

/* Of --check: the first rejects are shown, nothing is written. */
static bool show_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    vg_cli *c = ctx;
    (void)e;
    if (c->form == VG_FORM_TABLE && !c->quiet)
        vg_line(c, "import.reject",
                vg_arg_text("line", vg_format(&c->arena, "%lld", (long long)r->why.at.line)),
                vg_arg_text("what", vg_str_z(r->why.what)));
    return true;
}

static bool check_set(vg_cli *c, const vg_list_set *set, const vg_list_opts *opts, loaded *out, vg_err *e)
{
    vg_party_sink sink = { .ctx = c, .party = count_party, .reject = show_reject };
    *out = (loaded){ .check = true };
    if (!vg_list_read(set, opts, &sink, &c->arena, &out->found, e))
        return false;
    out->outcome.n_parties = out->found.n_parties;
    out->outcome.n_rejected = out->found.n_rejected;
    return true;
}

static bool load_set(vg_cli *c, vg_store *st, const vg_list_set *set, const vg_list_opts *opts, loaded *out,
                     vg_err *e)
{
    vg_party_import *im;
    *out = (loaded){ .check = false };
    if (!vg_party_import_begin(st, set->list, set->is_delta, &im, e))
        return false;
    if (!vg_list_read(set, opts, vg_party_import_sink(im), &c->arena, &out->found, e)) {
        vg_party_import_drop(im);
        return false;
    }
    if (vg_opt_given(&c->opts, "published"))
        out->found.about.known_at = published(c);
    return vg_party_import_end(im, &out->found.about, &out->outcome, e);
}

static void add_loaded(vg_table *t, const loaded *l)
{
    const vg_party_outcome *o = &l->outcome;
    const int64_t *n = l->found.n_by_schema, unknown = INT64_MIN;
    bool none = l->check || o->was_known;
    vg_cell_text(t, l->found.list);
    vg_cell_text(t, l->found.format);
    vg_cell_text(t, l->found.about.version);
    vg_cell_int(t, l->check ? unknown : o->vintage);
    vg_cell_int(t, o->was_known ? l->found.n_parties : o->n_parties);
    vg_cell_int(t, n[VG_SCHEMA_PERSON]);
    vg_cell_int(t, n[VG_SCHEMA_ORGANISATION] + n[VG_SCHEMA_COMPANY]);
    vg_cell_int(t, n[VG_SCHEMA_VESSEL]);
    vg_cell_int(t, n[VG_SCHEMA_AIRCRAFT]);
    vg_cell_int(t, n[VG_SCHEMA_ANY] + n[VG_SCHEMA_OTHER]);
    vg_cell_int(t, l->found.n_names);
    vg_cell_int(t, none ? unknown : o->n_added);
    vg_cell_int(t, none ? unknown : o->n_changed);
    vg_cell_int(t, none ? unknown : o->n_removed);
    vg_cell_int(t, o->n_rejected);
}

/* The first reasons, out of the list that is kept. */
static bool say_rejects(vg_cli *c, vg_store *st, const loaded *l, vg_err *e)
{
    vg_out list;
    vg_input *in = NULL;
    vg_csv *csv = NULL;
    vg_csv_row row;
    int64_t n;
    if (!vg_out_memory(&list, e))
        return false;
    bool good = vg_store_rejects(st, l->outcome.vintage, &list, &n, e) &&
                vg_input_memory(vg_out_text(&list), VG_S("rejects"), &in, e) &&
                vg_csv_open(in, &(vg_csv_opts){ .sep = ',' }, &csv, e) && vg_csv_next(csv, &row, e);
    if (good)
        vg_line(c, "screening.rejects", vg_arg_text("list", l->found.list), vg_arg_int("n", n),
                vg_arg_text("id", vg_format(&c->arena, "%lld", (long long)l->outcome.vintage)));
    for (int i = 0; good && i < SHOWN_REJECTS && vg_csv_next(csv, &row, e) && row.n >= 6; i++)
        vg_line(c, "import.reject", vg_arg_text("line", row.cell[1]), vg_arg_text("what", row.cell[4]));
    if (csv)
        vg_csv_close(csv);
    if (in)
        vg_input_close(in);
    vg_out_drop(&list);
    return good && !vg_failed(e);
}

static bool say_loaded(vg_cli *c, vg_store *st, const loaded *l, vg_err *e)
{
    vg_terminal_end();
    if (c->form != VG_FORM_TABLE || c->quiet)
        return true;
    if (l->found.map.n)
        vg_line(c, "import.mapping", vg_arg_text("map", l->found.map));
    if (l->outcome.was_known)
        vg_line(c, "import.known", vg_arg_text("file", l->found.about.file),
                vg_arg_text("id", vg_format(&c->arena, "%lld", (long long)l->outcome.vintage)));
    return l->check || l->outcome.was_known || !l->outcome.n_rejected || say_rejects(c, st, l, e);
}

/* Each list by itself; the first failure is reported at the end, the others as notes. */
static bool load_all(vg_cli *c, vg_store *st, const vg_list_set *set, int64_t n, const vg_list_opts *opts,
                     vg_table *t, vg_err *e)
{
    vg_err first = VG_NO_ERR;
    for (int64_t i = 0; i < n; i++) {
        loaded l;
        vg_err own = VG_NO_ERR;
        bool good = st ? load_set(c, st, &set[i], opts, &l, &own) : check_set(c, &set[i], opts, &l, &own);
        if (good) {
            add_loaded(t, &l);
            good = say_loaded(c, st, &l, &own);
        }
        if (!good && own.code == VG_ESTOPPED) {
            *e = own;
            return false;
        }
        if (!good && vg_failed(&first) && !c->served)
            vg_err_print(stderr, &own);
        if (!good && !vg_failed(&first))
            first = own;
    }
    if (vg_failed(&first))
        *e = first;
    return !vg_failed(e);
}

static bool find_sets(vg_cli *c, const vg_list_opts *opts, vg_list_set **set, int64_t *n, vg_err *e)
{
    vg_list_skipped *skipped = NULL;
    int64_t n_skipped = 0;
    vg_str *path = vg_new(&c->arena, vg_str, c->opts.n_args);
    if (!path)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    for (int i = 0; i < c->opts.n_args; i++)
        path[i] = vg_str_z(c->opts.arg[i]);
    if (!vg_list_sets(path, c->opts.n_args, opts, &c->arena, set, n, &skipped, &n_skipped, e))
        return false;
    if (*n == 0 && n_skipped == 0) {
        vg_fail(e, VG_ENODATA, VG_NOWHERE, "there is no file to load");
        return vg_mend(e, "name files or a folder that holds some");
    }
    if (*n == 0) {
        *e = skipped[0].why;
        return false;
    }
    for (int64_t i = 0; i < n_skipped; i++)
        vg_note(c, "screening.skipped", vg_arg_text("file", skipped[i].path),
                vg_arg_text("why", vg_str_z(skipped[i].why.what)));
    return true;
}

bool vg_verb_screening_load(vg_cli *c, vg_err *e)
{
    vg_list_opts opts = { .as = vg_opt_text(&c->opts, "as"),
                          .list = vg_opt_text(&c->opts, "list"),
                          .map = vg_opt_text(&c->opts, "map"),
                          .fingerprint = true,
                          .progress = c->progress };
    bool check = vg_opt_given(&c->opts, "check");
    vg_list_set *set = NULL;
    int64_t n = 0;
    vg_store *st = NULL;
    vg_table t;
    if (!find_sets(c, &opts, &set, &n, e) || (!check && !vg_cli_store(c, VG_STORE_WRITE, true, &st, e)))
        return false;
    bool good = vg_table_init(&t, load_columns, N_OF(load_columns), e);
    if (good) {
        good = load_all(c, st, set, n, &opts, &t, e);
        vg_err put = VG_NO_ERR;
        if (vg_table_rows(&t) > 0 && !vg_table_put(&t, c->lang, c->form, 0, c->out, &put) && good) {
            *e = put;
            good = false;
        }
        vg_table_free(&t);
    }
    vg_store_close(st);
    return good;
}

/* --- lists --- */

bool vg_verb_screening_lists(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_table t;
    vg_party_list *list = NULL;
    int64_t n = 0;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool all = vg_opt_given(&c->opts, "all");
    bool good = all ? vg_store_party_vintages(st, VG_NOSTR, c->as_of, &c->arena, &list, &n, e)
                    : vg_store_party_lists(st, c->as_of, &c->arena, &list, &n, e);
    vg_store_close(st);
    if (!good || !vg_table_init(&t, list_columns, N_OF(list_columns), e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        const vg_vintage *v = &list[i].about;
        bool people = c->form == VG_FORM_TABLE;
        vg_cell_text(&t, list[i].list);
        vg_cell_text(&t, v->version);
        vg_cell_int(&t, v->id);
        vg_cell_int(&t, list[i].n_parties);
        vg_cell_int(&t, v->n_rejected);
        vg_cell_int(&t, v->known_at);
        vg_cell_int(&t, v->imported_at);
        vg_cell_text(&t, v->file);
        vg_cell_text(&t, v->licence);
        vg_cell_text(&t, people ? vg_sub(v->sha256, 0, 12) : v->sha256);
    }
    if (n == 0 && c->form == VG_FORM_TABLE)
        vg_line(c, "screening.no-lists", vg_arg_int("n", 0));
    else
        good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

/* --- diff --- */

typedef struct {
    vg_cli *c;
    vg_table t;
    int64_t n[3];
} difference;

static vg_str fields_of(vg_cli *c, unsigned fields)
{
    vg_str text = VG_S("");
    for (int f = 0; f < VG_PARTY_FIELDS; f++)
        if (fields & (1U << f))
            text = vg_format(&c->arena, "%.*s%s%.*s", VG_P(text), text.n ? " " : "",
                             VG_P(vg_party_field_word((vg_party_field)f)));
    return text;
}

static bool add_change(void *ctx, const vg_party_change *change, vg_err *e)
{
    difference *d = ctx;
    static const char *const word[] = { "added", "changed", "removed" };
    const vg_party *p = change->after.party ? change->after.party : change->before.party;
    vg_arena before = d->c->arena; /* the table copies its texts */
    (void)e;
    d->n[change->kind]++;
    vg_cell_text(&d->t, vg_str_z(word[change->kind]));
    vg_cell_text(&d->t, p->id);
    vg_cell_text(&d->t, vg_schema_word(p->schema));
    vg_cell_text(&d->t, p->name.item[0].text);
    vg_cell_text(&d->t, fields_of(d->c, change->fields));
    d->c->arena = before;
    return true;
}

/* The vintages to compare: those asked for, else the newest and the one before it. */
static bool choose(vg_cli *c, vg_store *st, int64_t *from, int64_t *to, vg_err *e)
{
    vg_str name = vg_str_z(c->opts.arg[0]);
    vg_party_list *v = NULL;
    int64_t n = 0, k = 0;
    if (!vg_store_party_vintages(st, name, c->as_of, &c->arena, &v, &n, e))
        return false;
    if (n == 0) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no list %s", c->opts.arg[0]);
        return vg_mend(e, "vigie screening lists shows which there are");
    }
    *to = vg_opt_given(&c->opts, "to") ? vg_opt_int(&c->opts, "to") : v[n - 1].vintage;
    while (k < n && v[k].vintage != *to)
        k++;
    *from = vg_opt_given(&c->opts, "from") ? vg_opt_int(&c->opts, "from")
            : k > 0 && k < n               ? v[k - 1].vintage
                                           : 0;
    bool has_from = *from == 0;
    for (int64_t i = 0; i < n; i++)
        has_from |= v[i].vintage == *from;
    if (k < n && has_from)
        return true;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "vintage %lld is none of the list %s",
            (long long)(k < n ? *from : *to), c->opts.arg[0]);
    return vg_mend(e, "vigie screening lists --all shows the vintages of each list");
}

static bool put_difference(vg_cli *c, difference *d, int64_t from, int64_t to, vg_err *e)
{
    if (c->form == VG_FORM_TABLE)
        vg_line(c, from ? "screening.diff" : "screening.diff-first",
                vg_arg_text("list", vg_str_z(c->opts.arg[0])),
                vg_arg_text("from", vg_format(&c->arena, "%lld", (long long)from)),
                vg_arg_text("to", vg_format(&c->arena, "%lld", (long long)to)),
                vg_arg_int("added", d->n[VG_PARTY_ADDED]), vg_arg_int("changed", d->n[VG_PARTY_CHANGED]),
                vg_arg_int("removed", d->n[VG_PARTY_REMOVED]));
    bool nothing = vg_table_rows(&d->t) == 0 && c->form == VG_FORM_TABLE;
    return nothing || vg_table_put(&d->t, c->lang, c->form, 0, c->out, e);
}

bool vg_verb_screening_diff(vg_cli *c, vg_err *e)
{
    vg_store *st;
    difference d = { .c = c };
    int64_t from = 0, to = 0;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = choose(c, st, &from, &to, e) && vg_table_init(&d.t, diff_columns, N_OF(diff_columns), e);
    if (good) {
        good = vg_party_diff(st, from, to, &(vg_party_change_reader){ &d, add_change }, e) &&
               put_difference(c, &d, from, to, e);
        vg_table_free(&d.t);
    }
    vg_store_close(st);
    return good;
}
