/* vigie screening decide and evidence: what a person decided about a hit, and the proof of what was screened when. The
 * evidence is read out of the audit log alone, and says whether the log's chain is whole. */
#include "cli/screening.h"

#include <stdlib.h>

const vg_opt vg_screening_decide_options[] = {
    { "verdict", VG_OPT_CHOICE, "true-match|false-match|undecided", NULL, 0, 0 },
    { "reason", VG_OPT_TEXT, "TEXT", NULL, 0, 0 },
    { .name = NULL },
};
const vg_opt vg_screening_evidence_options[] = {
    VG_QUERY_OPTIONS,
    { "name", VG_OPT_TEXT, "NAME", NULL, 0, 0 },
    { "since", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "until", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { .name = NULL },
};

static const vg_column columns[] = {
    { "entry", VG_CELL_INT, 0 },   { "at", VG_CELL_INSTANT, 0 }, { "actor", VG_CELL_TEXT, 0 },
    { "action", VG_CELL_TEXT, 0 }, { "hash", VG_CELL_TEXT, 0 },  { "detail", VG_CELL_TEXT, 0 },
};

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

/* --- decide --- */

static vg_str who(const vg_cli *c)
{
    const char *actor = getenv("VIGIE_ACTOR"), *user = getenv("USER");
    if (c->actor.n)
        return c->actor;
    return vg_str_z(actor && *actor ? actor : user ? user : "");
}

bool vg_verb_screening_decide(vg_cli *c, vg_err *e)
{
    vg_store *st;
    vg_str verdict = vg_cli_text(c, "verdict"), hit = vg_str_z(c->opts.arg[0]);
    int word = vg_verdict_by_word(verdict);
    if (word < 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "a decision needs --verdict");
        return vg_mend(e, "--verdict true-match, false-match or undecided");
    }
    if (!vg_cli_store(c, VG_STORE_WRITE, false, &st, e))
        return false;
    bool good = vg_screening_decide(st, hit, (vg_verdict)word, who(c), vg_cli_text(c, "reason"), e);
    vg_store_close(st);
    char key[96];
    snprintf(key, sizeof key, "screening.decided.%.*s", VG_P(verdict));
    if (good && c->form == VG_FORM_TABLE)
        vg_line(c, key, vg_arg_text("hit", hit));
    return good;
}

/* --- evidence --- */

typedef struct {
    bool all;
    char key[33], keyed[65], plain[65]; /* the query's key, and as the log holds it when it was hashed */
    vg_str name;
    int64_t since, until;
} wanted;

static bool what_is_wanted(vg_cli *c, wanted *w, vg_err *e)
{
    vg_party q;
    *w = (wanted){ .name = vg_cli_text(c, "name"), .until = INT64_MAX };
    w->all = w->name.n == 0;
    if (vg_opt_given(&c->opts, "since"))
        w->since = vg_opt_int(&c->opts, "since") - (vg_opt_text(&c->opts, "since").n <= 10 ? 86399 : 0);
    if (vg_opt_given(&c->opts, "until"))
        w->until = vg_opt_int(&c->opts, "until");
    if (w->all)
        return true;
    if (!vg_cli_query(c, w->name, &q, e))
        return false;
    vg_screening_privacy p = vg_screening_privacy_of(true);
    vg_screening_query_key(&q, w->key);
    vg_screening_hmac(p.key, vg_str_z(w->key), w->keyed);
    vg_screening_hmac(VG_NOSTR, vg_str_z(w->key), w->plain);
    return true;
}

static bool is_evidence(const wanted *w, const vg_audit_entry *x)
{
    if (!vg_starts(x->action, VG_S("screening ")) || x->at < w->since || x->at > w->until)
        return false;
    if (w->all)
        return true;
    return vg_find(x->detail, vg_str_z(w->key)) >= 0 || vg_find(x->detail, vg_str_z(w->keyed)) >= 0 ||
           vg_find(x->detail, vg_str_z(w->plain)) >= 0;
}

static bool put_json(vg_cli *c, const vg_audit_report *r, const vg_audit_entry *x, int64_t n, const wanted *w)
{
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("log_whole")), vg_json_bool(&j, r->broken_at == 0);
    vg_json_key(&j, VG_S("log_entries")), vg_json_int(&j, r->n);
    vg_json_key(&j, VG_S("log_last_hash")), vg_json_str(&j, vg_str_z(r->last_hash));
    vg_json_key(&j, VG_S("screenings"));
    vg_json_array(&j);
    for (int64_t i = 0; i < n; i++) {
        if (!is_evidence(w, &x[i]))
            continue;
        vg_json_object(&j);
        vg_json_key(&j, VG_S("entry")), vg_json_int(&j, x[i].seq);
        vg_json_key(&j, VG_S("at")), vg_json_int(&j, x[i].at);
        vg_json_key(&j, VG_S("actor")), vg_json_str(&j, x[i].actor);
        vg_json_key(&j, VG_S("action")), vg_json_str(&j, x[i].action);
        vg_json_key(&j, VG_S("detail")), vg_json_str(&j, x[i].detail); /* as it was hashed, to the letter */
        vg_json_key(&j, VG_S("hash")), vg_json_str(&j, x[i].hash);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
    return true;
}

static bool put_table(vg_cli *c, const vg_audit_entry *x, int64_t n, const wanted *w, int64_t *found,
                      vg_err *e)
{
    vg_table t;
    if (!vg_table_init(&t, columns, N_OF(columns), e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        if (!is_evidence(w, &x[i]))
            continue;
        vg_cell_int(&t, x[i].seq);
        vg_cell_int(&t, x[i].at);
        vg_cell_text(&t, x[i].actor);
        vg_cell_text(&t, x[i].action);
        vg_cell_text(&t, c->form == VG_FORM_TABLE ? vg_sub(x[i].hash, 0, 12) : x[i].hash);
        vg_cell_text(&t, x[i].detail);
        ++*found;
    }
    bool good = *found || c->form != VG_FORM_TABLE ? vg_table_put(&t, c->lang, c->form, 0, c->out, e) : true;
    vg_table_free(&t);
    return good;
}

static bool show(vg_cli *c, vg_store *st, const wanted *w, vg_err *e)
{
    vg_audit_report r;
    vg_audit_entry *x;
    int64_t n, found = 0;
    if (!vg_audit_verify(st, &r, e) || !vg_audit_entries(st, r.n > 0 ? r.n : 1, &c->arena, &x, &n, e))
        return false;
    c->exit_code = r.broken_at != 0;
    if (c->form == VG_FORM_JSON)
        return put_json(c, &r, x, n, w);
    if (!put_table(c, x, n, w, &found, e))
        return false;
    if (c->form == VG_FORM_TABLE)
        vg_line(c, r.broken_at ? "screening.evidence-broken" : "screening.evidence", vg_arg_int("n", found),
                vg_arg_int("entries", r.n), vg_arg_text("hash", vg_str_z(r.last_hash)),
                vg_arg_int("at", r.broken_at));
    return true;
}

bool vg_verb_screening_evidence(vg_cli *c, vg_err *e)
{
    vg_store *st;
    wanted w;
    if (!what_is_wanted(c, &w, e) || !vg_cli_store(c, VG_STORE_READ, false, &st, e))
        return false;
    bool good = show(c, st, &w, e);
    vg_store_close(st);
    return good;
}
