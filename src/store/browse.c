/* Pages of runs, results and log entries, and the handle's name for the audit log. Invariant: every page has an order
 * that later writes only add to, so that going on from a place neither repeats nor leaves out. */
#include <string.h>

#include "store/browse.h"
#include "store/store_int.h"

void vg_store_actor(vg_store *st, vg_str actor)
{
    actor = vg_utf8_head(actor, (ptrdiff_t)sizeof st->actor - 1);
    memset(st->actor, 0, sizeof st->actor);
    for (ptrdiff_t i = 0; i < actor.n; i++)
        st->actor[i] = (unsigned char)actor.s[i] < 0x20 || actor.s[i] == 0x7F ? ' ' : actor.s[i];
}

bool vg_store_data_version(vg_store *st, int64_t *version, vg_err *e)
{
    return vg_store__ready(st, e) && vg_sql__one_int(st, "PRAGMA data_version", version, e);
}

bool vg_store_run_page(vg_store *st, vg_str verb, int64_t before, int64_t limit, vg_arena *a, vg_run **out,
                       int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st,
                      "SELECT id FROM run WHERE (?1 = '' OR verb = ?1) AND (?2 = 0 OR id < ?2)"
                      " ORDER BY id DESC LIMIT ?3",
                      e))
        return false;
    vg_sql__bind_text(&q, 1, verb);
    vg_sql__bind_int(&q, 2, before);
    vg_sql__bind_int(&q, 3, limit);
    vg_run *run = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(&q)) {
        run = vg_sql__grow(a, run, count, &cap, sizeof *run, e);
        q.failed = !run || !vg_store_get_run(st, vg_sql__int(&q, 0), a, &run[count], e);
        count += !q.failed;
    }
    if (!vg_sql__close(&q))
        return false;
    *out = run;
    *n = count;
    return true;
}

bool vg_store_latest_runs(vg_store *st, vg_arena *a, vg_run **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st, "SELECT max(id) FROM run GROUP BY verb ORDER BY verb", e))
        return false;
    vg_run *run = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(&q)) {
        run = vg_sql__grow(a, run, count, &cap, sizeof *run, e);
        q.failed = !run || !vg_store_get_run(st, vg_sql__int(&q, 0), a, &run[count], e);
        count += !q.failed;
    }
    if (!vg_sql__close(&q))
        return false;
    *out = run;
    *n = count;
    return true;
}

static void read_reject(vg_sql *q, vg_arena *a, vg_reject *r)
{
    vg_err *why = &r->why;
    why->at.line = vg_sql__i32(q, 0);
    why->at.col = vg_sql__i32(q, 1);
    why->code = (vg_code)vg_sql__i32(q, 2);
    snprintf(why->what, sizeof why->what, "%.*s", VG_P(vg_sql__text(q, 3)));
    snprintf(why->why, sizeof why->why, "%.*s", VG_P(vg_sql__text(q, 4)));
    snprintf(why->mend, sizeof why->mend, "%.*s", VG_P(vg_sql__text(q, 5)));
    r->raw = vg_sql__copy(q, 6, a);
}

bool vg_store_reject_page(vg_store *st, int64_t vintage, int64_t skip, int64_t limit, vg_arena *a,
                          vg_reject **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st,
                      "SELECT r.line, r.col, r.code, r.what, r.why, r.mend, r.raw, r.id FROM vintage v"
                      " LEFT JOIN reject r ON r.id BETWEEN v.reject_from AND v.reject_to WHERE v.id = ?1"
                      " ORDER BY r.id LIMIT ?3 OFFSET ?2",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, vintage);
    vg_sql__bind_int(&q, 2, skip);
    vg_sql__bind_int(&q, 3, limit);
    vg_reject *reject = NULL;
    int64_t count = 0, cap = 0, n_rows = 0;
    while (vg_sql__next(&q)) {
        if (++n_rows && !vg_sql__int(&q, 7)) /* the import, without any */
            continue;
        reject = vg_sql__grow(a, reject, count, &cap, sizeof *reject, e);
        q.failed = !reject;
        if (!reject)
            break;
        reject[count] = (vg_reject){ .raw = VG_NOSTR };
        read_reject(&q, a, &reject[count++]);
    }
    if (!vg_sql__close(&q))
        return false;
    if (!n_rows && !skip) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no vintage %lld", (long long)vintage);
        return vg_mend(e, "ask for one that is in the list of vintages");
    }
    *out = reject;
    *n = count;
    return true;
}

static void read_result(vg_sql *q, vg_arena *a, vg_result *r)
{
    r->run = vg_sql__int(q, 1);
    r->kind = vg_sql__copy(q, 2, a);
    r->unit_kind = (vg_unit_kind)vg_sql__i32(q, 3);
    r->unit = vg_sql__i32(q, 4);
    r->month = vg_sql__i32(q, 5);
    r->body = vg_sql__copy(q, 6, a);
}

bool vg_store_result_page(vg_store *st, const vg_result_page *page, vg_arena *a, vg_result **out,
                          int64_t **number, int64_t *n, vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st,
                      "SELECT id, run, kind, unit_kind, unit, month, body FROM result WHERE run = ?1"
                      " AND (?2 = '' OR kind = ?2) AND (?3 = 0 OR unit = ?3) AND (?4 = 0 OR month = ?4)"
                      " AND id > ?5 ORDER BY id LIMIT ?6",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, page->run);
    vg_sql__bind_text(&q, 2, page->kind);
    vg_sql__bind_int(&q, 3, page->unit);
    vg_sql__bind_int(&q, 4, page->month);
    vg_sql__bind_int(&q, 5, page->after);
    vg_sql__bind_int(&q, 6, page->limit);
    vg_result *result = NULL;
    int64_t *id = NULL, count = 0, cap = 0, id_cap = 0;
    while (vg_sql__next(&q)) {
        result = vg_sql__grow(a, result, count, &cap, sizeof *result, e);
        id = vg_sql__grow(a, id, count, &id_cap, sizeof *id, e);
        q.failed = !result || !id;
        if (q.failed)
            break;
        id[count] = vg_sql__int(&q, 0);
        read_result(&q, a, &result[count++]);
    }
    if (!vg_sql__close(&q))
        return false;
    *out = result;
    *number = id;
    *n = count;
    return true;
}

bool vg_audit_after(vg_store *st, int64_t seq, int64_t limit, vg_arena *a, vg_audit_entry **out, int64_t *n,
                    vg_err *e)
{
    vg_sql q;
    if (!vg_store__ready(st, e) ||
        !vg_sql__open(&q, st,
                      "SELECT seq, at, actor, action, detail, hash FROM audit WHERE seq > ?1"
                      " ORDER BY seq LIMIT max(?2, 0)",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, seq);
    vg_sql__bind_int(&q, 2, limit);
    vg_audit_entry *entry = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(&q)) {
        entry = vg_sql__grow(a, entry, count, &cap, sizeof *entry, e);
        q.failed = !entry;
        if (!entry)
            break;
        entry[count++] = (vg_audit_entry){ .seq = vg_sql__int(&q, 0),
                                           .at = vg_sql__int(&q, 1),
                                           .actor = vg_sql__copy(&q, 2, a),
                                           .action = vg_sql__copy(&q, 3, a),
                                           .detail = vg_sql__copy(&q, 4, a),
                                           .hash = vg_sql__copy(&q, 5, a) };
    }
    if (!vg_sql__close(&q))
        return false;
    *out = entry;
    *n = count;
    return true;
}
