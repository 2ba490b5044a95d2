/* How reports are found by when they were observed: of each segment, for each hour in which intervals begin, the numbers
 * of the entries; intervals of more than six hours are kept apart, with their ends. Invariant: a report of a segment
 * stands in exactly one row; so what touches [from, to] begins in an hour of [from - 6 h, to], or is among the long. */
#include <stdlib.h>

#include "store/report_log_int.h"

#define LONG_HOURS (-((int64_t)1 << 40))

static int64_t hour_of(int64_t at)
{
    return at >= 0 ? at / 3600 : -((3599 - at) / 3600);
}

static bool is_long(const vg_log_fresh *x)
{
    return x->to - x->from > VG_LOG_LONG_S;
}

static bool has_time(const vg_log_fresh *x)
{
    return x->from != VG_UNKNOWN && x->to != VG_UNKNOWN;
}

static int64_t row_of(const vg_log_fresh *x)
{
    return is_long(x) ? LONG_HOURS : hour_of(x->from);
}

/* --- writing --- */

static int by_hour(const void *a, const void *b)
{
    const vg_log_fresh *x = a, *y = b;
    int64_t h = row_of(x), k = row_of(y);
    if (h != k)
        return h < k ? -1 : 1;
    return VG_LOG_SEQ(x->ref) < VG_LOG_SEQ(y->ref) ? -1 : VG_LOG_SEQ(x->ref) > VG_LOG_SEQ(y->ref);
}

static void put_entry(vg_out *out, const vg_log_fresh *x, int64_t before)
{
    char room[30], *to = vg_report__put_varint(room, (uint64_t)(VG_LOG_SEQ(x->ref) - before));
    if (is_long(x)) {
        to = vg_report__put_varint(to, vg_report__zigzag((uint64_t)x->from));
        to = vg_report__put_varint(to, (uint64_t)(x->to - x->from));
    }
    vg_put(out, (vg_str){ room, to - room });
}

static bool write_rows(vg_report_log *log, int64_t segment, const vg_log_fresh *x, int64_t n, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, log->st,
                      "INSERT INTO report_hour (watch, hour, segment, entries) VALUES (?1, ?2, ?3, ?4)", e))
        return false;
    bool good = true;
    for (int64_t i = 0; good && i < n;) {
        int64_t hour = row_of(&x[i]), before = 0;
        for (log->body.n = 0; i < n && row_of(&x[i]) == hour; i++) {
            put_entry(&log->body, &x[i], before);
            before = VG_LOG_SEQ(x[i].ref);
        }
        vg_sql__bind_int(&q, 1, log->watch);
        vg_sql__bind_int(&q, 2, hour);
        vg_sql__bind_int(&q, 3, segment);
        vg_sql__bind_blob(&q, 4, vg_out_text(&log->body));
        good = log->body.failed ? vg_sql__no_memory(e) : vg_sql__run(&q);
    }
    return vg_sql__close(&q) && good;
}

bool vg_report_log__write_hours(vg_report_log *log, int64_t segment, vg_err *e)
{
    vg_log_fresh *x = reallocarray(NULL, (size_t)log->n_fresh + 1, sizeof *x);
    int64_t n = 0;
    if (!x)
        return vg_sql__no_memory(e);
    for (int64_t i = 0; i < log->n_fresh; i++)
        if (has_time(&log->fresh[i]))
            x[n++] = log->fresh[i];
    qsort(x, (size_t)n, sizeof *x, by_hour);
    bool good = write_rows(log, segment, x, n, e);
    free(x);
    return good;
}

/* --- reading --- */

typedef struct {
    vg_report_log *log;
    int64_t from, to;
    bool every, more;
    vg_log_take *take;
    void *ctx;
} search;

/* One entry that may be meant: looked at, and told when it is. */
static bool look_at(search *s, int64_t seq, vg_err *e)
{
    vg_log_entry entry;
    vg_report r;
    if (!vg_report_log__row(s->log, VG_LOG_Q_ROW, seq, &entry, e) || !vg_report_unpack(entry.body, &r, e))
        return false;
    bool meant =
        r.from <= s->to && r.to >= s->from && (s->every || vg_report_log__in_force(s->log, &r, seq, e));
    if (vg_failed(e))
        return false;
    s->more = !meant || s->take(s->ctx, &entry, e);
    vg_report_log__row_done(s->log, VG_LOG_Q_ROW);
    return !vg_failed(e);
}

static bool fail_row(vg_err *e)
{
    vg_fail(e, VG_EPARSE, VG_NOWHERE, "a row of the index of hours does not read as such");
    return vg_mend(e, "the store is damaged: go back to a copy of the file");
}

static bool look_at_row(search *s, bool longs, vg_str entries, vg_err *e)
{
    uint64_t seq = 0, step, from = 0, length = 0;
    while (entries.n > 0 && s->more) {
        if (!vg_report__get_varint(&entries, &step) ||
            (longs && (!vg_report__get_varint(&entries, &from) || !vg_report__get_varint(&entries, &length))))
            return fail_row(e);
        seq += step;
        int64_t begins = (int64_t)vg_report__unzigzag(from);
        if (longs && (begins > s->to || (int64_t)((uint64_t)begins + length) < s->from))
            continue;
        if (!look_at(s, (int64_t)seq, e))
            return false;
    }
    return true;
}

static bool look_at_hours(search *s, int64_t first, int64_t last, vg_err *e)
{
    vg_report_log *log = s->log;
    vg_sql *q = &log->q[VG_LOG_Q_HOURS];
    bool good = true;
    vg_sql__bind_int(q, 1, log->watch);
    vg_sql__bind_int(q, 2, first);
    vg_sql__bind_int(q, 3, last);
    while (good && s->more && vg_sql__next(q))
        good = look_at_row(s, first == LONG_HOURS, vg_sql__blob(q, 1), e);
    if (q->failed)
        return vg_report_log__fail(log, e);
    vg_sql__again(q);
    return good;
}

bool vg_report_log_between(vg_report_log *log, int64_t from, int64_t to, bool every, vg_log_take *take,
                           void *ctx, vg_err *e)
{
    search s = { .log = log, .from = from, .to = to, .every = every, .more = true, .take = take, .ctx = ctx };
    if (vg_failed(e))
        return false;
    int64_t first = from < INT64_MIN + VG_LOG_LONG_S ? from : from - VG_LOG_LONG_S;
    for (int64_t i = 0; i < log->n_fresh && s.more; i++) {
        const vg_log_fresh *x = &log->fresh[i];
        if (has_time(x) && x->from <= to && x->to >= from && !look_at(&s, VG_LOG_SEQ(x->ref), e))
            return false;
    }
    if (log->n_segments && s.more &&
        !look_at_hours(&s, hour_of(first) > LONG_HOURS ? hour_of(first) : LONG_HOURS + 1, hour_of(to), e))
        return false;
    return !log->n_segments || !s.more || look_at_hours(&s, LONG_HOURS, LONG_HOURS, e);
}
