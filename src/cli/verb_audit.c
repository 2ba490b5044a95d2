/* vigie audit: the chains of hashes walked from their beginnings, that of the store and those of the watches' reports, and
 * the store's log read. A broken chain is a finding (exit code 1) and names the first entry that does not fit. */
#include "cli/verb.h"
#include "store/report_log.h"

const vg_opt vg_audit_options[] = {
    { "last", VG_OPT_INT, "N", "50", 1, 1e9 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "entry", VG_CELL_INT, 0 },   { "at", VG_CELL_INSTANT, 0 }, { "actor", VG_CELL_TEXT, 0 },
    { "action", VG_CELL_TEXT, 0 }, { "hash", VG_CELL_TEXT, 0 },  { "detail", VG_CELL_TEXT, 0 },
};

/* A chain that was walked: the store's own log, or that of the reports of a watch. */
typedef struct {
    vg_str watch; /* id of the agreement; empty = the store's own */
    int64_t n, broken_at;
    vg_str last_hash;
} chain;

static void show_text(vg_cli *c, const chain *x)
{
    vg_str entry = vg_format(&c->arena, "%lld", (long long)x->broken_at);
    if (x->broken_at)
        vg_line(c, x->watch.n ? "audit.watch-broken" : "audit.broken", vg_arg_text("entry", entry),
                vg_arg_int("n", x->n), vg_arg_text("watch", x->watch));
    else
        vg_line(c, x->watch.n ? "audit.watch-whole" : "audit.whole", vg_arg_int("n", x->n),
                vg_arg_text("hash", x->last_hash), vg_arg_text("watch", x->watch));
}

static void show_csv(vg_cli *c, const chain *x, int64_t n)
{
    vg_print(c->out, "entries,broken_at,last_hash,watch\n");
    for (int64_t i = 0; i < n; i++) {
        vg_print(c->out, "%lld,", (long long)x[i].n);
        if (x[i].broken_at)
            vg_print(c->out, "%lld", (long long)x[i].broken_at);
        vg_print(c->out, ",%.*s,", VG_P(x[i].last_hash));
        vg_put_csv(c->out, x[i].watch);
        vg_put_char(c->out, '\n');
    }
}

static void put_chain(vg_json *j, const chain *x)
{
    vg_json_key(j, VG_S("entries")), vg_json_int(j, x->n);
    vg_json_key(j, VG_S("whole")), vg_json_bool(j, x->broken_at == 0);
    vg_json_key(j, VG_S("broken_at"));
    if (x->broken_at)
        vg_json_int(j, x->broken_at);
    else
        vg_json_null(j);
    vg_json_key(j, VG_S("last_hash")), vg_json_str(j, x->last_hash);
}

/* The store's own log as before there were others, and the others beside it. */
static void show_json(vg_cli *c, const chain *x, int64_t n)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    put_chain(&j, x);
    vg_json_key(&j, VG_S("watches"));
    vg_json_array(&j);
    for (int64_t i = 1; i < n; i++) {
        vg_json_object(&j);
        vg_json_key(&j, VG_S("agreement")), vg_json_str(&j, x[i].watch);
        put_chain(&j, &x[i]);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

/* All chains of a store, its own first. */
static bool walk(vg_cli *c, vg_store *st, chain **out, int64_t *n, vg_err *e)
{
    vg_audit_report own;
    vg_agreement_record *watch;
    int64_t n_watches;
    if (!vg_audit_verify(st, &own, e) || !vg_agreement_list(st, &c->arena, &watch, &n_watches, e))
        return false;
    chain *x = vg_new(&c->arena, chain, n_watches + 1);
    if (!x)
        return vg_fail_memory(e, vg_arena_limit(&c->arena));
    x[0] = (chain){ .n = own.n,
                    .broken_at = own.broken_at,
                    .last_hash = vg_copy(&c->arena, vg_str_z(own.last_hash)) };
    for (int64_t i = 0; i < n_watches; i++) {
        vg_log_report r;
        if (!vg_report_log_verify(st, watch[i].id, &r, e))
            return false;
        x[i + 1] = (chain){ .watch = watch[i].id,
                            .n = r.n,
                            .broken_at = r.broken_at,
                            .last_hash = vg_copy(&c->arena, vg_str_z(r.last_hash)) };
    }
    *out = x;
    *n = n_watches + 1;
    return true;
}

bool vg_verb_audit_verify(vg_cli *c, vg_err *e)
{
    vg_store *st;
    chain *x = NULL;
    int64_t n = 0;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = walk(c, st, &x, &n, e);
    vg_store_close(st);
    if (!good)
        return false;
    if (c->form == VG_FORM_JSON)
        show_json(c, x, n);
    else if (c->form == VG_FORM_CSV)
        show_csv(c, x, n);
    for (int64_t i = 0; i < n; i++) {
        if (c->form == VG_FORM_TABLE)
            show_text(c, &x[i]);
        if (x[i].broken_at)
            c->exit_code = 1;
    }
    return true;
}

static bool list(vg_cli *c, vg_store *st, vg_err *e)
{
    vg_audit_entry *entry;
    int64_t n;
    vg_table t;
    if (!vg_audit_entries(st, vg_opt_int(&c->opts, "last"), &c->arena, &entry, &n, e) ||
        !vg_table_init(&t, columns, (int)(sizeof columns / sizeof *columns), e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_cell_int(&t, entry[i].seq);
        vg_cell_int(&t, entry[i].at);
        vg_cell_text(&t, entry[i].actor);
        vg_cell_text(&t, entry[i].action);
        vg_cell_text(&t, c->form == VG_FORM_TABLE ? vg_sub(entry[i].hash, 0, 12) : entry[i].hash);
        vg_cell_text(&t, entry[i].detail);
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_audit_log(vg_cli *c, vg_err *e)
{
    vg_store *st;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = list(c, st, e);
    vg_store_close(st);
    return good;
}
