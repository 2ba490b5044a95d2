/* vigie audit: the chain of hashes walked from its beginning, and the log read. A broken chain is a finding (exit code
 * 1) and names the first entry that does not fit. */
#include "cli/verb.h"

const vg_opt vg_audit_options[] = {
    { "last", VG_OPT_INT, "N", "50", 1, 1e9 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "entry", VG_CELL_INT, 0 },   { "at", VG_CELL_INSTANT, 0 }, { "actor", VG_CELL_TEXT, 0 },
    { "action", VG_CELL_TEXT, 0 }, { "hash", VG_CELL_TEXT, 0 },  { "detail", VG_CELL_TEXT, 0 },
};

static void show(vg_cli *c, const vg_audit_report *r)
{
    vg_str id = vg_format(&c->arena, "%lld", (long long)r->broken_at), last = vg_str_z(r->last_hash);
    if (c->form == VG_FORM_TABLE) {
        if (r->broken_at)
            vg_line(c, "audit.broken", vg_arg_text("entry", id), vg_arg_int("n", r->n));
        else
            vg_line(c, "audit.whole", vg_arg_int("n", r->n), vg_arg_text("hash", last));
        return;
    }
    if (c->form == VG_FORM_CSV) {
        vg_print(c->out, "entries,broken_at,last_hash\n%lld,", (long long)r->n);
        vg_put(c->out, r->broken_at ? id : VG_NOSTR);
        vg_print(c->out, ",%s\n", r->last_hash);
        return;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("entries")), vg_json_int(&j, r->n);
    vg_json_key(&j, VG_S("whole")), vg_json_bool(&j, r->broken_at == 0);
    vg_json_key(&j, VG_S("broken_at"));
    if (r->broken_at)
        vg_json_int(&j, r->broken_at);
    else
        vg_json_null(&j);
    vg_json_key(&j, VG_S("last_hash")), vg_json_str(&j, last);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

bool vg_verb_audit_verify(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_audit_report r;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_audit_verify(st, &r, e);
    vg_store_close(st);
    if (!good)
        return false;
    show(c, &r);
    c->exit_code = r.broken_at != 0;
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
