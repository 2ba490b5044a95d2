/* What comes out of a watch: outcomes, publications, and who is told. Invariant: outcomes are numbered without a gap and
 * never change, so that "all after n" is the same for everybody; the only row that changes is a receiver's own place. */
#include <string.h>

#include "core/date.h"
#include "store/report_log_int.h"

enum { LOOK_BACK = 1000000 };

/* --- outcomes --- */

static bool ask_newest(vg_report_log *log, vg_err *e)
{
    vg_sql *q = &log->q[VG_LOG_Q_NEWEST_OUTCOME];
    int64_t first = VG_LOG_ID(log->watch, 0);
    vg_sql__bind_int(q, 1, first);
    vg_sql__bind_int(q, 2, VG_LOG_ID(log->watch + 1, -1));
    int64_t newest = vg_sql__next(q) ? vg_sql__int_or(q, 0, first) : first;
    if (q->failed)
        return vg_report_log__fail(log, e);
    vg_sql__again(q);
    log->n_outcomes = newest - first;
    return true;
}

bool vg_report_outcome_add(vg_report_log *log, const vg_outcome *x, int64_t *n, vg_err *e)
{
    vg_sql *q = &log->q[VG_LOG_Q_OUTCOME];
    if (vg_failed(e) || (log->n_outcomes < 0 && !ask_newest(log, e)))
        return false;
    vg_sql__bind_int(q, 1, VG_LOG_ID(log->watch, log->n_outcomes + 1));
    vg_sql__bind_int(q, 2, x->seq);
    vg_sql__bind_int(q, 3, x->at);
    vg_sql__bind_int(q, 4, (int64_t)x->incident);
    vg_sql__bind_int(q, 5, x->kind);
    vg_sql__bind_blob(q, 6, x->body);
    if (!vg_sql__run(q))
        return vg_report_log__fail(log, e);
    log->n_outcomes++;
    if (n)
        *n = log->n_outcomes;
    return true;
}

bool vg_report_outcomes_of(vg_report_log *log, int8_t kind, int64_t after,
                           bool (*take)(void *ctx, const vg_outcome *x), void *ctx, vg_err *e)
{
    vg_sql q;
    bool more = true;
    if (!vg_sql__open(
            &q, log->st,
            "SELECT id, seq, at, incident FROM report_outcome WHERE id > ?1 AND id < ?2 AND kind = ?3"
            " ORDER BY id",
            e))
        return false;
    vg_sql__bind_int(&q, 1, VG_LOG_ID(log->watch, after > 0 ? after : 0));
    vg_sql__bind_int(&q, 2, VG_LOG_ID(log->watch + 1, 0));
    vg_sql__bind_int(&q, 3, kind);
    while (more && vg_sql__next(&q)) {
        vg_outcome x = { .n = vg_sql__int(&q, 0) - VG_LOG_ID(log->watch, 0),
                         .seq = vg_sql__int(&q, 1),
                         .at = vg_sql__int(&q, 2),
                         .incident = (uint64_t)vg_sql__int(&q, 3),
                         .kind = kind };
        more = take(ctx, &x);
    }
    return vg_sql__close(&q);
}

static bool copy_blob(vg_arena *a, vg_str from, vg_str *to, vg_err *e)
{
    *to = vg_copy(a, from);
    return to->s || vg_fail_memory(e, vg_arena_limit(a));
}

static bool read_outcomes(vg_sql *q, int64_t first, vg_arena *a, vg_outcome **out, int64_t *n)
{
    vg_outcome *list = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(q)) {
        list = vg_sql__grow(a, list, count, &cap, sizeof *list, q->e);
        if (!list)
            return false;
        vg_outcome *x = &list[count++];
        *x = (vg_outcome){ .n = vg_sql__int(q, 0) - first,
                           .seq = vg_sql__int(q, 1),
                           .at = vg_sql__int(q, 2),
                           .incident = (uint64_t)vg_sql__int(q, 3),
                           .kind = (int8_t)vg_sql__i32(q, 4) };
        if (!copy_blob(a, vg_sql__blob(q, 5), &x->body, q->e))
            return false;
    }
    *out = list;
    *n = count;
    return true;
}

static bool newest_outcome(vg_store *st, int64_t watch, int64_t *last, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT max(id) FROM report_outcome WHERE id > ?1 AND id < ?2", e))
        return false;
    int64_t first = VG_LOG_ID(watch, 0);
    vg_sql__bind_int(&q, 1, first);
    vg_sql__bind_int(&q, 2, VG_LOG_ID(watch + 1, 0));
    *last = (vg_sql__next(&q) ? vg_sql__int_or(&q, 0, first) : first) - first;
    return vg_sql__close(&q);
}

bool vg_report_outcomes(vg_store *st, vg_str agreement, int64_t after, int64_t limit, vg_arena *a,
                        vg_outcome **out, int64_t *n, int64_t *last, vg_err *e)
{
    vg_sql q;
    int64_t watch;
    if (!vg_report_log__watch(st, agreement, &watch, e) || (last && !newest_outcome(st, watch, last, e)) ||
        !vg_sql__open(&q, st,
                      "SELECT id, seq, at, incident, kind, body FROM report_outcome WHERE id > ?1 AND id < ?2"
                      " ORDER BY id LIMIT max(?3, 0)",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, VG_LOG_ID(watch, after > 0 ? after : 0));
    vg_sql__bind_int(&q, 2, VG_LOG_ID(watch + 1, 0));
    vg_sql__bind_int(&q, 3, limit);
    bool good = read_outcomes(&q, VG_LOG_ID(watch, 0), a, out, n);
    return vg_sql__close(&q) && good;
}

/* --- publications --- */

bool vg_report_publication_add(vg_report_log *log, const vg_publication *x, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, log->st,
            "INSERT OR IGNORE INTO report_publication (watch, day, at, seq) VALUES (?1, ?2, ?3, ?4)", e))
        return false;
    vg_sql__bind_int(&q, 1, log->watch);
    vg_sql__bind_int(&q, 2, x->day);
    vg_sql__bind_int(&q, 3, x->at);
    vg_sql__bind_int(&q, 4, x->seq);
    vg_sql__run(&q);
    bool is_new = sqlite3_changes(log->st->db) > 0;
    char room[16];
    if (!vg_sql__close(&q))
        return false;
    return is_new || vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the day %.*s is published already",
                             VG_P(vg_day_text(x->day, room)));
}

bool vg_report_publications(vg_store *st, vg_str agreement, vg_arena *a, vg_publication **out, int64_t *n,
                            vg_err *e)
{
    vg_sql q;
    int64_t watch, count = 0, cap = 0;
    vg_publication *list = NULL;
    if (!vg_report_log__watch(st, agreement, &watch, e) ||
        !vg_sql__open(&q, st,
                      "SELECT day, at, seq FROM report_publication WHERE watch = ?1 ORDER BY seq, day", e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    while (vg_sql__next(&q)) {
        list = vg_sql__grow(a, list, count, &cap, sizeof *list, e);
        if (!list)
            break;
        list[count++] = (vg_publication){ .day = vg_sql__i32(&q, 0),
                                          .at = vg_sql__int(&q, 1),
                                          .seq = vg_sql__int(&q, 2) };
    }
    if (!vg_sql__close(&q) || vg_failed(e))
        return false;
    *out = list;
    *n = count;
    return true;
}

/* --- receivers --- */

/* Where it is sent to, without what may be secret in the address: user, query. */
static vg_str bare(vg_str url)
{
    ptrdiff_t at = vg_find_byte(url, '?');
    url = at < 0 ? url : vg_sub(url, 0, at);
    at = vg_find_byte(url, '@');
    return at < 0 ? url : vg_sub(url, at + 1, url.n);
}

static bool tell_audit(vg_store *st, vg_str agreement, int64_t id, vg_str url, const char *act, vg_err *e)
{
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("act")), vg_json_str(&j, vg_str_z(act));
    vg_json_key(&j, VG_S("receiver")), vg_json_int(&j, id);
    if (agreement.n)
        vg_json_key(&j, VG_S("agreement")), vg_json_str(&j, agreement);
    if (url.n)
        vg_json_key(&j, VG_S("to")), vg_json_str(&j, bare(url));
    vg_json_close(&j);
    bool good = vg_audit__add(st, VG_S("ceasefire"), vg_out_text(&o), e);
    vg_out_drop(&o);
    return good;
}

static bool insert_receiver(vg_store *st, int64_t watch, const vg_receiver *x, int64_t *id, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st, "INSERT INTO receiver (watch, url, secret, filter, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    vg_sql__bind_text(&q, 2, x->url);
    vg_sql__bind_text(&q, 3, x->secret);
    vg_sql__bind_text(&q, 4, x->filter);
    vg_sql__bind_int(&q, 5, vg_now());
    vg_sql__run(&q);
    *id = sqlite3_last_insert_rowid(st->db);
    return vg_sql__close(&q);
}

static bool put_state(vg_store *st, const vg_receiver *x, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st,
            "INSERT INTO receiver_state (receiver, cursor, attempts, next_at, n_sent, n_failed, last_error)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (receiver) DO UPDATE SET cursor = ?2,"
            " attempts = ?3, next_at = ?4, n_sent = ?5, n_failed = ?6, last_error = ?7",
            e))
        return false;
    vg_sql__bind_int(&q, 1, x->id);
    vg_sql__bind_int(&q, 2, x->cursor);
    vg_sql__bind_int(&q, 3, x->attempts);
    vg_sql__bind_int(&q, 4, x->next_at);
    vg_sql__bind_int(&q, 5, x->n_sent);
    vg_sql__bind_int(&q, 6, x->n_failed);
    vg_sql__bind_text(&q, 7, x->last_error);
    vg_sql__run(&q);
    return vg_sql__close(&q);
}

bool vg_receiver_add(vg_store *st, vg_str agreement, const vg_receiver *x, int64_t after, int64_t *id,
                     vg_err *e)
{
    int64_t watch, made = 0;
    if (!vg_report_log__watch(st, agreement, &watch, e))
        return false;
    if (x->url.n == 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the receiver has no address");
        return vg_mend(e, "give the address that is to be called: https://...");
    }
    if (!vg_sql__begin(st, e))
        return false;
    bool good = insert_receiver(st, watch, x, &made, e) &&
                put_state(st, &(vg_receiver){ .id = made, .cursor = after > 0 ? after : 0 }, e) &&
                tell_audit(st, agreement, made, x->url, "receiver-add", e);
    if (!vg_sql__end(st, good, e))
        return false;
    *id = made;
    return true;
}

static bool insert_stop(vg_store *st, int64_t id, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(
            &q, st,
            "INSERT INTO receiver_stop (receiver, at) SELECT id, ?2 FROM receiver WHERE id = ?1 AND id NOT IN"
            " (SELECT receiver FROM receiver_stop)",
            e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    vg_sql__bind_int(&q, 2, vg_now());
    vg_sql__run(&q);
    bool is_new = sqlite3_changes(st->db) > 0;
    if (!vg_sql__close(&q))
        return false;
    return is_new ||
           vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no receiver %lld that is not stopped", (long long)id);
}

bool vg_receiver_stop(vg_store *st, int64_t id, vg_err *e)
{
    if (!vg_store__ready(st, e) || !vg_sql__begin(st, e))
        return false;
    return vg_sql__end(
        st, insert_stop(st, id, e) && tell_audit(st, VG_NOSTR, id, VG_NOSTR, "receiver-stop", e), e);
}

bool vg_receiver_note(vg_store *st, const vg_receiver *x, vg_err *e)
{
    if (!vg_store__ready(st, e) || !vg_sql__begin(st, e))
        return false;
    return vg_sql__end(st, put_state(st, x, e), e);
}

static bool read_receivers(vg_sql *q, vg_arena *a, vg_receiver **out, int64_t *n)
{
    vg_receiver *list = NULL;
    int64_t count = 0, cap = 0;
    while (vg_sql__next(q)) {
        list = vg_sql__grow(a, list, count, &cap, sizeof *list, q->e);
        if (!list)
            return false;
        list[count++] = (vg_receiver){ .id = vg_sql__int(q, 0),
                                       .url = vg_sql__copy(q, 1, a),
                                       .secret = vg_sql__copy(q, 2, a),
                                       .filter = vg_sql__copy(q, 3, a),
                                       .made_at = vg_sql__int(q, 4),
                                       .stopped = vg_sql__int(q, 5),
                                       .cursor = vg_sql__int(q, 6),
                                       .attempts = vg_sql__int(q, 7),
                                       .next_at = vg_sql__int(q, 8),
                                       .n_sent = vg_sql__int(q, 9),
                                       .n_failed = vg_sql__int(q, 10),
                                       .last_error = vg_sql__copy(q, 11, a) };
    }
    *out = list;
    *n = count;
    return true;
}

bool vg_receivers(vg_store *st, vg_str agreement, vg_arena *a, vg_receiver **out, int64_t *n, vg_err *e)
{
    vg_sql q;
    int64_t watch;
    if (!vg_report_log__watch(st, agreement, &watch, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT r.id, r.url, r.secret, r.filter, r.made_at, p.receiver IS NOT NULL, s.cursor, s.attempts,"
            " s.next_at, s.n_sent, s.n_failed, s.last_error FROM receiver r JOIN receiver_state s ON"
            " s.receiver = r.id LEFT JOIN receiver_stop p ON p.receiver = r.id WHERE r.watch = ?1"
            " ORDER BY r.id",
            e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    bool good = read_receivers(&q, a, out, n);
    return vg_sql__close(&q) && good;
}
