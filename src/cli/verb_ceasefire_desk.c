/* vigie ceasefire enter, list, take, verify: an agreement into the store, what is watched, reports from files into the log
 * of a watch, and what a person decides about an incident. Invariant: what is said to be taken or decided is on the disk. */
#include <stdlib.h>
#include <string.h>

#include "cli/ceasefire_intake.h"
#include "core/date.h"

const vg_opt vg_ceasefire_take_options[] = {
    { "agreement", VG_OPT_TEXT, "ID", NULL, 0, 0 },  { "as", VG_OPT_CHOICE, VG_REPORT_FORMATS, NULL, 0, 0 },
    { "source", VG_OPT_TEXT, "SOURCE", NULL, 0, 0 }, { "past", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "rejects", VG_OPT_FILE, "FILE", NULL, 0, 0 },  { .name = NULL },
};
const vg_opt vg_ceasefire_verify_options[] = {
    { "agreement", VG_OPT_TEXT, "ID", NULL, 0, 0 },
    { "state", VG_OPT_CHOICE, "reported|under_verification|verified|rejected", NULL, 0, 0 },
    { "reason", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column list_columns[] = {
    { "agreement", VG_CELL_TEXT, 0 },        { "agreement_version", VG_CELL_ID, 0 },
    { "agreement_title", VG_CELL_TEXT, 0 },  { "entered_at", VG_CELL_INSTANT, 0 },
    { "entered_by", VG_CELL_TEXT, 0 },       { "log_entries", VG_CELL_INT, 0 },
    { "last_entry_at", VG_CELL_INSTANT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static vg_str who(const vg_cli *c)
{
    const char *actor = getenv("VIGIE_ACTOR"), *user = getenv("USER");
    if (c->actor.n)
        return c->actor;
    return vg_str_z(actor && *actor ? actor : user ? user : "");
}

/* --- enter --- */

static bool newest_version(vg_cli *c, vg_store *st, vg_str id, vg_agreement_record *x, vg_err *e)
{
    vg_err none = VG_NO_ERR;
    *x = (vg_agreement_record){ .version = 0 };
    if (vg_agreement_load(st, id, 0, &c->arena, x, &none) || none.code == VG_ENOTFOUND)
        return true;
    *e = none;
    return false;
}

static bool tell_entered(vg_cli *c, const vg_agreement_record *x, bool is_new, vg_err *e)
{
    if (c->form == VG_FORM_TABLE) {
        vg_line(c, is_new ? "ceasefire.enter.done" : "ceasefire.enter.same", vg_arg_text("id", x->id),
                vg_arg_int("version", x->version));
        return true;
    }
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("agreement")), vg_json_str(&j, x->id);
    vg_json_key(&j, VG_S("version")), vg_json_int(&j, x->version);
    vg_json_key(&j, VG_S("sha256")), vg_json_str(&j, x->sha256);
    vg_json_key(&j, VG_S("is_new")), vg_json_bool(&j, is_new);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return !vg_failed(e);
}

bool vg_verb_ceasefire_enter(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_agreement *a;
    vg_agreement_record before, after;
    if (!vg_agreement_read(c->opts.arg[0], &a, e))
        return false;
    bool good = vg_cli_store(c, VG_STORE_WRITE, true, &st, e);
    if (good) {
        good = newest_version(c, st, a->id, &before, e) && vg_desk_enter(st, a, c->actor, e) &&
               newest_version(c, st, a->id, &after, e) &&
               tell_entered(c, &after, after.version != before.version, e);
        vg_store_close(st);
    }
    vg_agreement_free(a);
    return good;
}

/* --- list --- */

static bool put_list(vg_cli *c, const vg_agreement_record *x, int64_t n, vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, list_columns, N_OF(list_columns), e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_cell_text(&t, x[i].id);
        vg_cell_int(&t, x[i].version);
        vg_cell_text(&t, x[i].title);
        vg_cell_int(&t, x[i].at);
        vg_cell_text(&t, x[i].actor);
        vg_cell_int(&t, x[i].n_entries);
        vg_cell_int(&t, x[i].last_at);
    }
    bool good = vg_table_put(&t, c->lang, c->form, 0, c->out, e);
    vg_table_free(&t);
    return good;
}

bool vg_verb_ceasefire_list(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_agreement_record *x;
    int64_t n;
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_agreement_list(st, &c->arena, &x, &n, e);
    vg_store_close(st);
    if (!good)
        return false;
    if (n || c->form != VG_FORM_TABLE)
        return put_list(c, x, n, e);
    vg_line(c, "ceasefire.list.none", vg_arg_int("n", 0));
    return true;
}

/* --- the desk of an agreement --- */

/* The one named by --agreement; without it the only one there is. */
static bool which(vg_cli *c, vg_str *id, vg_err *e)
{
    vg_store *st;
    vg_agreement_record *x;
    int64_t n;
    if (vg_opt_given(&c->opts, "agreement")) {
        *id = vg_opt_text(&c->opts, "agreement");
        return true;
    }
    if (!vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = vg_agreement_list(st, &c->arena, &x, &n, e);
    vg_store_close(st);
    if (!good)
        return false;
    if (n != 1) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "%lld agreements are in the store, and none is named", (long long)n);
        return vg_mend(e, n ? "name one with --agreement ID: vigie ceasefire list"
                            : "enter one first: vigie ceasefire enter FILE");
    }
    *id = x[0].id;
    return true;
}

static bool open_desk(vg_cli *c, vg_desk **d, vg_err *e)
{
    vg_str id, path;
    return which(c, &id, e) && vg_cli_store_path(c, &path, e) && vg_desk_open(path.s, id, d, e);
}

/* --- take --- */

static void put_counts(vg_cli *c, const vg_intake_counts *k)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    for (int i = 0; i < VG_INTAKE_VERDICTS; i++)
        vg_json_key(&j, vg_str_z(vg_watch_verdict_name(i))), vg_json_int(&j, k->by_verdict[i]);
    vg_json_key(&j, VG_S("coverage")), vg_json_int(&j, k->n_coverage);
    vg_json_key(&j, VG_S("not_read")), vg_json_int(&j, k->n_rejected);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static void tell_taken(vg_cli *c, const vg_intake_counts *k)
{
    if (c->form != VG_FORM_TABLE) {
        put_counts(c, k);
        return;
    }
    for (int i = 0; i < VG_INTAKE_VERDICTS; i++) {
        char key[64];
        snprintf(key, sizeof key, "ceasefire.take.%s", vg_watch_verdict_name(i));
        if (k->by_verdict[i] || i == VG_VERDICT_NEW)
            vg_line(c, key, vg_arg_int("n", k->by_verdict[i]));
    }
    if (k->n_coverage)
        vg_line(c, "ceasefire.take.coverage", vg_arg_int("n", k->n_coverage));
    if (k->n_rejected)
        vg_line(c, "ceasefire.take.not-read", vg_arg_int("n", k->n_rejected));
}

static bool take_files(vg_cli *c, vg_intake *k, vg_err *e)
{
    vg_report_source_sink sink = vg_intake_sink(k);
    const char *rejects = vg_opt_path(&c->opts, "rejects");
    bool good = !rejects || vg_intake_rejects_begin(k, rejects, e);
    for (int i = 0; good && i < c->opts.n_args; i++) {
        vg_report_source_found found;
        vg_report_source_opts o = {
            .as = vg_opt_given(&c->opts, "as") ? vg_opt_text(&c->opts, "as") : VG_NOSTR,
            .source = vg_opt_given(&c->opts, "source") ? vg_opt_text(&c->opts, "source") : VG_NOSTR,
            .replay = vg_opt_given(&c->opts, "past"),
            .progress = c->progress
        };
        k->file = vg_str_z(c->opts.arg[i]);
        good = vg_report_source_read(c->opts.arg[i], &o, &sink, &found, e) && vg_intake_flush(k, e);
    }
    return good && (!rejects || vg_intake_rejects_end(k, e));
}

/* Batches were committed as they were read, so a stop is not all or nothing as an import is. */
static void tell_stopped(const vg_intake_counts *k, vg_err *e)
{
    int64_t n = k->n_coverage;
    for (int i = 0; i < VG_INTAKE_VERDICTS; i++)
        n += i == VG_VERDICT_SAME ? 0 : k->by_verdict[i];
    *e = VG_NO_ERR;
    vg_fail(e, VG_ESTOPPED, VG_NOWHERE, "stopped by the user; %lld entries were taken before and are kept",
            (long long)n);
    vg_mend(e, "run it again to take the rest: what is there already has no effect");
}

bool vg_verb_ceasefire_take(vg_cli *c, vg_err *e)
{
    vg_desk *d;
    vg_intake k;
    if (!open_desk(c, &d, e))
        return false;
    vg_desk_limit(d, -1); /* a person reads a file: limits are for sources that send by themselves */
    bool good = vg_intake_open(&k, c, d, e);
    if (good) {
        good = take_files(c, &k, e) && vg_desk_tick(d, vg_now(), e);
        if (good)
            tell_taken(c, &k.count);
        else if (e->code == VG_ESTOPPED)
            tell_stopped(&k.count, e);
        vg_intake_close(&k);
    }
    vg_desk_close(d);
    return good;
}

/* --- verify --- */

static bool read_incident(vg_str text, uint64_t *id, vg_err *e)
{
    *id = 0;
    bool good = text.n > 0 && text.n <= 16;
    for (ptrdiff_t i = 0; good && i < text.n; i++) {
        char x = vg_lower(text.s[i]);
        good = (x >= '0' && x <= '9') || (x >= 'a' && x <= 'f');
        *id = *id << 4 | (uint64_t)(x <= '9' ? x - '0' : x - 'a' + 10);
    }
    if (good)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "not the id of an incident: \"%.*s\"", VG_P(vg_utf8_head(text, 60)));
    return vg_mend(e, "it has 16 hexadecimal digits; the feed, the page and vigie ceasefire report show it");
}

static bool decide(vg_cli *c, vg_desk *d, vg_desk_entry *x, vg_err *e)
{
    if (!vg_desk_take(d, x, 1, e))
        return false;
    if (x->seq == 0) {
        *e = x->why;
        return false;
    }
    if (c->form == VG_FORM_TABLE) {
        char key[64], id[17];
        snprintf(key, sizeof key, "ceasefire.verify.%s", vg_verification_name((int)x->verification));
        snprintf(id, sizeof id, "%016llx", (unsigned long long)x->incident);
        vg_line(c, key, vg_arg_text("incident", vg_str_z(id)), vg_arg_int("entry", x->seq));
    } else {
        vg_print(c->out, "{\"incident\":\"%016llx\",\"state\":\"%s\",\"entry\":%lld}\n",
                 (unsigned long long)x->incident, vg_verification_name((int)x->verification),
                 (long long)x->seq);
    }
    return true;
}

bool vg_verb_ceasefire_verify(vg_cli *c, vg_err *e)
{
    vg_desk *d;
    vg_desk_entry x = { .kind = VG_DESK_DECISION, .actor = who(c) };
    int state =
        vg_opt_given(&c->opts, "state") ? vg_verification_by_name(vg_opt_text(&c->opts, "state")) : -1;
    if (state < 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a decision needs --state");
        return vg_mend(e, "--state reported, under_verification, verified or rejected");
    }
    x.verification = (vg_verification)state;
    if (vg_opt_given(&c->opts, "reason"))
        x.reason = vg_opt_text(&c->opts, "reason");
    if (!read_incident(vg_str_z(c->opts.arg[0]), &x.incident, e) || !open_desk(c, &d, e))
        return false;
    bool good = decide(c, d, &x, e);
    vg_desk_close(d);
    return good;
}
