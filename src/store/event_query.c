/* The deadliest events of a place and time. One pass keeps the best `limit` in a heap, then those rows alone are
 * read with their texts. Invariant: an event counts only in months that its vintage owns, as in a panel. */
#include <stdlib.h>
#include <string.h>

#include "store/store_int.h"

enum { DEFAULT_LIMIT = 100 };

typedef struct {
    int64_t id, best;
} hit;

/* The deadlier first; what came first where they are equal. Not known counts as none. */
static int by_rank(const void *a, const void *b)
{
    const hit *x = a, *y = b;
    if (x->best != y->best)
        return x->best < y->best ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* The heap has its least worthy hit at 0. */
static void sink_down(hit *heap, int64_t n)
{
    for (int64_t at = 0;;) {
        int64_t worst = at, left = 2 * at + 1, right = left + 1;
        if (left < n && by_rank(&heap[left], &heap[worst]) > 0)
            worst = left;
        if (right < n && by_rank(&heap[right], &heap[worst]) > 0)
            worst = right;
        if (worst == at)
            return;
        hit swap = heap[at];
        heap[at] = heap[worst];
        heap[worst] = swap;
        at = worst;
    }
}

static void float_up(hit *heap, int64_t at)
{
    while (at > 0 && by_rank(&heap[at], &heap[(at - 1) / 2]) > 0) {
        hit swap = heap[at];
        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

static void offer(hit *heap, int64_t *n, int64_t limit, hit x)
{
    if (*n < limit) {
        heap[*n] = x;
        float_up(heap, (*n)++);
    } else if (by_rank(&x, &heap[0]) < 0) {
        heap[0] = x;
        sink_down(heap, *n);
    }
}

/* Whether the vintage owns one of the event's months that was asked for. */
static bool counts(const vg_stream *s, int32_t vintage, const vg_event_query *q, int32_t month,
                   int32_t n_months)
{
    bool any_month = q->first_month == 0 && q->last_month == 0;
    for (int32_t m = month; m < month + n_months; m++) {
        int32_t at = m - s->first_month;
        if (at >= 0 && at < s->n_months && s->owner[at] == vintage &&
            (any_month || (m >= q->first_month && m <= q->last_month)))
            return true;
    }
    return false;
}

static bool search(vg_store *st, const vg_stream *s, int32_t vintage, const vg_event_query *q, hit *heap,
                   int64_t *n, vg_err *e)
{
    vg_sql rows;
    if (!vg_sql__open(
            &rows, st,
            "SELECT id, month, n_months, best FROM event WHERE id BETWEEN ?1 AND ?2 AND (?3 >> type) & 1"
            " AND (?4 = 0 OR gwcode = ?4) AND (?5 = 0 OR cell = ?5)",
            e))
        return false;
    vg_sql__bind_int(&rows, 1, s->vintage[vintage].event_from);
    vg_sql__bind_int(&rows, 2, s->vintage[vintage].event_to);
    vg_sql__bind_int(&rows, 3, q->types);
    vg_sql__bind_int(&rows, 4, q->gwcode);
    vg_sql__bind_int(&rows, 5, q->cell);
    while (vg_sql__next(&rows))
        if (counts(s, vintage, q, vg_sql__i32(&rows, 1), vg_sql__i32(&rows, 2)))
            offer(heap, n, q->limit, (hit){ vg_sql__int(&rows, 0), vg_sql__int(&rows, 3) });
    return vg_sql__close(&rows);
}

/* --- a hit's whole row --- */

static const char SELECT_EVENT[] =
    "SELECT e.external_id, e.day_from, e.day_to, e.date_prec, e.where_prec, e.type, e.lat_e7, e.lon_e7, "
    "e.gwcode,"
    " e.cell, e.low, e.best, e.high, e.civilians, a.text, b.text, c.text, p.text, q.text, k.text,"
    " iif(typeof(e.source) = 'integer', s.text, e.source), e.text, e.url FROM event e"
    " LEFT JOIN name a ON a.id = e.actor_a LEFT JOIN name b ON b.id = e.actor_b LEFT JOIN name c ON c.id = "
    "e.conflict"
    " LEFT JOIN name p ON p.id = e.adm1 LEFT JOIN name q ON q.id = e.adm2 LEFT JOIN name k ON k.id = e.kind"
    " LEFT JOIN name s ON s.id = e.source WHERE e.id = ?1";

static void read_event(vg_sql *q, vg_arena *a, vg_event *ev)
{
    ev->external_id = vg_sql__copy(q, 0, a);
    ev->day_from = vg_sql__i32(q, 1);
    ev->day_to = vg_sql__i32(q, 2);
    ev->date_prec = (int8_t)vg_sql__i32(q, 3);
    ev->where_prec = (int8_t)vg_sql__i32(q, 4);
    ev->type = (int8_t)vg_sql__i32(q, 5);
    ev->has_point =
        sqlite3_column_type(q->stmt, 6) != SQLITE_NULL && sqlite3_column_type(q->stmt, 7) != SQLITE_NULL;
    ev->lat_deg = (double)vg_sql__int(q, 6) / 1e7;
    ev->lon_deg = (double)vg_sql__int(q, 7) / 1e7;
    ev->gwcode = vg_sql__i32(q, 8);
    ev->cell = vg_sql__i32(q, 9);
    ev->low = vg_sql__int_or(q, 10, VG_UNKNOWN);
    ev->best = vg_sql__int_or(q, 11, VG_UNKNOWN);
    ev->high = vg_sql__int_or(q, 12, VG_UNKNOWN);
    ev->civilians = vg_sql__int_or(q, 13, VG_UNKNOWN);
    enum { N_TEXTS = 9 };
    vg_str *text[N_TEXTS] = { &ev->actor_a, &ev->actor_b, &ev->conflict, &ev->adm1, &ev->adm2,
                              &ev->kind,    &ev->source,  &ev->text,     &ev->url };
    for (int i = 0; i < N_TEXTS; i++)
        *text[i] = vg_sql__copy(q, 14 + i, a);
}

static bool read_rows(vg_store *st, const int64_t *id, int64_t n, vg_arena *a, vg_event *event, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, SELECT_EVENT, e))
        return false;
    for (int64_t i = 0; i < n && !q.failed; i++) {
        vg_sql__bind_int(&q, 1, id[i]);
        if (vg_sql__next(&q))
            read_event(&q, a, &event[i]);
        sqlite3_reset(q.stmt);
    }
    return vg_sql__close(&q);
}

/* In one transaction: else each row asks the file anew whether it changed, which takes longer than reading it. */
bool vg_event__rows(vg_store *st, const int64_t *id, int64_t n, vg_arena *a, vg_event **out, vg_err *e)
{
    vg_event *event = vg_new(a, vg_event, n);
    bool own = sqlite3_get_autocommit(st->db) != 0;
    if (!event)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (own && !vg_sql__exec(st, "BEGIN", e))
        return false;
    bool good = read_rows(st, id, n, a, event, e);
    if (own && !vg_sql__exec(st, "COMMIT", good ? e : NULL))
        good = false;
    if (good)
        *out = event;
    return good;
}

static bool read_hits(vg_store *st, const hit *heap, int64_t n, vg_arena *a, vg_event **out, vg_err *e)
{
    int64_t *id = vg_new(a, int64_t, n);
    if (!id)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++)
        id[i] = heap[i].id;
    return vg_event__rows(st, id, n, a, out, e);
}

static bool find(vg_store *st, const vg_event_query *q, vg_arena *scratch, vg_arena *a, vg_event **out,
                 int64_t *n, vg_err *e)
{
    vg_stream_query wanted = { .kind = q->cell ? VG_UNIT_CELL : VG_UNIT_COUNTRY,
                               .events_only = true,
                               .as_of = q->as_of };
    vg_stream s;
    if (!vg_stream__choose(st, &wanted, scratch, &s, e))
        return false;
    hit *heap = vg_new(scratch, hit, q->limit);
    if (!heap)
        return vg_fail_memory(e, vg_arena_limit(scratch));
    int64_t count = 0;
    for (int32_t i = 0; i < s.n; i++)
        if (!search(st, &s, i, q, heap, &count, e))
            return false;
    qsort(heap, (size_t)count, sizeof *heap, by_rank);
    if (!read_hits(st, heap, count, a, out, e))
        return false;
    *n = count;
    return true;
}

bool vg_store_events(vg_store *st, const vg_event_query *q, vg_arena *a, vg_event **out, int64_t *n,
                     vg_err *e)
{
    vg_event_query asked = *q;
    asked.types = q->types ? q->types : 1U << VG_TYPE_STATE;
    asked.limit = q->limit > 0 ? q->limit : DEFAULT_LIMIT;
    vg_arena scratch;
    if (!vg_store__ready(st, e) || !vg_arena_init(&scratch, vg_arena_limit(a), e))
        return false;
    bool ok = find(st, &asked, &scratch, a, out, n, e);
    vg_arena_free(&scratch);
    return ok;
}
