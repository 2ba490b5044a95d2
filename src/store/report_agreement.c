/* Agreements in the store: every version of a text, and with the first one the watch whose log begins. Invariant: version
 * n of an agreement and its entry of the log are written in one transaction; a text that is there has no effect. */
#include <string.h>

#include "core/date.h"
#include "store/browse.h"
#include "store/report_log_int.h"

/* Number of the watch, made when there is none. */
static bool make_watch(vg_store *st, vg_str id, int64_t *watch, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "INSERT OR IGNORE INTO watch (agreement) VALUES (?1)", e))
        return false;
    vg_sql__bind_text(&q, 1, id);
    vg_sql__run(&q);
    return vg_sql__close(&q) && vg_report_log__watch(st, id, watch, e);
}

/* The newest version and whether its text is this one; 0 = none yet. */
static bool newest_version(vg_store *st, int64_t watch, vg_str sha256, int64_t *version, bool *same,
                           vg_err *e)
{
    vg_sql q;
    *version = 0;
    *same = false;
    if (!vg_sql__open(&q, st,
                      "SELECT version, sha256 FROM agreement WHERE watch = ?1 ORDER BY version DESC LIMIT 1",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    if (vg_sql__next(&q)) {
        *version = vg_sql__int(&q, 0);
        *same = vg_eq(vg_sql__text(&q, 1), sha256);
    }
    return vg_sql__close(&q);
}

static bool insert(vg_store *st, int64_t watch, const vg_agreement_record *x, int64_t version, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st,
            "INSERT INTO agreement (watch, version, title, text, sha256, at, actor) VALUES (?1, ?2, ?3, ?4,"
            " ?5, ?6, ?7)",
            e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    vg_sql__bind_int(&q, 2, version);
    vg_sql__bind_text(&q, 3, x->title);
    vg_sql__bind_text(&q, 4, x->text);
    vg_sql__bind_text(&q, 5, x->sha256);
    vg_sql__bind_int(&q, 6, vg_now());
    vg_sql__bind_text(&q, 7, x->actor);
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

/* The entry of the log, by a handle that reads the log to its end first: within the caller's transaction. */
static bool add_entry(vg_store *st, const vg_agreement_record *x, int64_t version, vg_err *e)
{
    vg_report_log *log;
    int64_t seq;
    vg_log_agreement entry = { .version = version, .sha256 = x->sha256, .actor = x->actor };
    if (!vg_report_log_open(st, x->id, &log, e))
        return false;
    bool good =
        vg_report_log_follow(log, NULL, NULL, e) &&
        vg_report_log_add(log, &(vg_log_add){ .kind = VG_LOG_AGREEMENT, .at = vg_now(), .agreement = &entry },
                          &seq, e);
    vg_report_log_close(log);
    return good;
}

static bool tell_audit(vg_store *st, const vg_agreement_record *x, int64_t version, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("act")), vg_json_str(&j, VG_S("enter"));
    vg_json_key(&j, VG_S("agreement")), vg_json_str(&j, x->id);
    vg_json_key(&j, VG_S("version")), vg_json_int(&j, version);
    vg_json_key(&j, VG_S("sha256")), vg_json_str(&j, x->sha256);
    vg_json_close(&j);
    if (x->actor.n)
        vg_store_actor(st, x->actor);
    bool good = vg_audit__add(st, VG_S("ceasefire"), vg_out_text(&o), e);
    if (x->actor.n)
        vg_store_actor(st, VG_NOSTR);
    vg_out_drop(&o);
    return good;
}

/* Inside the transaction: what is there, and the new version where it differs. */
static bool enter(vg_store *st, const vg_agreement_record *x, int64_t *version, vg_err *e)
{
    int64_t watch = 0;
    bool same = false;
    if (!make_watch(st, x->id, &watch, e) || !newest_version(st, watch, x->sha256, version, &same, e))
        return false;
    if (same)
        return true;
    ++*version;
    return insert(st, watch, x, *version, e) && add_entry(st, x, *version, e) &&
           tell_audit(st, x, *version, e);
}

bool vg_agreement_enter(vg_store *st, const vg_agreement_record *given, int64_t *version, vg_err *e)
{
    int64_t newest = 0;
    char room[201];
    vg_agreement_record x = *given;
    if (vg_failed(e))
        return false;
    if (x.id.n == 0 || x.sha256.n == 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the agreement has no id");
        return vg_mend(e, "give it one: id = \"line-of-contact\"");
    }
    if (x.actor.n == 0)
        x.actor = vg_audit__who(st, room);
    if (!vg_store__ready(st, e) || !vg_sql__begin(st, e))
        return false;
    if (!vg_sql__end(st, enter(st, &x, &newest, e), e))
        return false;
    *version = newest;
    return true;
}

/* --- reading --- */

static void read_record(vg_sql *q, vg_arena *a, vg_agreement_record *x)
{
    x->id = vg_sql__copy(q, 0, a);
    x->title = vg_sql__copy(q, 1, a);
    x->sha256 = vg_sql__copy(q, 2, a);
    x->version = vg_sql__int(q, 3);
    x->at = vg_sql__int(q, 4);
    x->actor = vg_sql__copy(q, 5, a);
}

bool vg_agreement_load(vg_store *st, vg_str id, int64_t version, vg_arena *a, vg_agreement_record *out,
                       vg_err *e)
{
    vg_sql q;
    int64_t watch;
    vg_agreement_record x = { .version = 0 };
    if (!vg_report_log__watch(st, id, &watch, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT w.agreement, a.title, a.sha256, a.version, a.at, a.actor, a.text FROM agreement a JOIN"
            " watch w ON w.id = a.watch WHERE a.watch = ?1 AND (?2 = 0 OR a.version = ?2)"
            " ORDER BY a.version DESC LIMIT 1",
            e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    vg_sql__bind_int(&q, 2, version);
    if (vg_sql__next(&q)) {
        read_record(&q, a, &x);
        x.text = vg_sql__copy(&q, 6, a);
    }
    if (!vg_sql__close(&q))
        return false;
    if (x.version == 0)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the agreement \"%.*s\" has no version %lld", VG_P(id),
                       (long long)version);
    *out = x;
    return true;
}

bool vg_agreement_list(vg_store *st, vg_arena *a, vg_agreement_record **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    vg_agreement_record *list = NULL;
    int64_t count = 0, cap = 0;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT w.agreement, a.title, a.sha256, a.version, a.at, a.actor, coalesce(l.id, w.id << 40) -"
            " (w.id << 40), coalesce(l.at, 0) FROM watch w JOIN agreement a ON a.watch = w.id AND a.version ="
            " (SELECT max(version) FROM agreement b WHERE b.watch = w.id) LEFT JOIN report_log l ON l.id ="
            " (SELECT max(id) FROM report_log m WHERE m.id > w.id << 40 AND m.id < (w.id + 1) << 40)"
            " ORDER BY w.agreement",
            e))
        return false;
    while (vg_sql__next(&q)) {
        list = vg_sql__grow(a, list, count, &cap, sizeof *list, e);
        if (!list)
            break;
        vg_agreement_record *x = &list[count++];
        *x = (vg_agreement_record){ .n_entries = vg_sql__int(&q, 6), .last_at = vg_sql__int(&q, 7) };
        read_record(&q, a, x);
    }
    if (!vg_sql__close(&q) || vg_failed(e))
        return false;
    *out = list;
    *n = count;
    return true;
}
