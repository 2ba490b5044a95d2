/* What each release of a source says about one event: rows with the same external id in all vintages of that source.
 * Invariant: nothing is merged; every version is a row as it was imported, with the vintage it came with. */
#include "store/browse.h"
#include "store/store_int.h"

/* The vintage whose rows hold this event; NULL when none does. */
static const vg_vintage_rows *home_of(const vg_vintage_rows *v, int64_t n, int64_t id)
{
    for (int64_t i = 0; i < n; i++)
        if (v[i].event_from && id >= v[i].event_from && id <= v[i].event_to)
            return &v[i];
    return NULL;
}

/* The row of the vintage with the external id of event `id`, as the file has it (text or number); 0 = none. */
static bool find_row(vg_store *st, const vg_vintage_rows *v, int64_t id, int64_t *row, vg_err *e)
{
    vg_sql q;
    *row = 0;
    if (!vg_sql__open(&q, st,
                      "SELECT id FROM event WHERE id BETWEEN ?1 AND ?2"
                      " AND external_id = (SELECT external_id FROM event WHERE id = ?3) LIMIT 1",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, v->event_from);
    vg_sql__bind_int(&q, 2, v->event_to);
    vg_sql__bind_int(&q, 3, id);
    if (vg_sql__next(&q))
        *row = vg_sql__int(&q, 0);
    return vg_sql__close(&q);
}

static bool owns_a_month(const vg_stream *s, int32_t vintage, int32_t first, int32_t last)
{
    for (int32_t m = first; m <= last; m++)
        if (m >= s->first_month && m < s->first_month + s->n_months &&
            s->owner[m - s->first_month] == vintage)
            return true;
    return false;
}

/* Months of an event's row, as the month rule of its import put them. */
static bool months_of(vg_store *st, int64_t id, int32_t *first, int32_t *last, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT month, n_months FROM event WHERE id = ?1", e))
        return false;
    vg_sql__bind_int(&q, 1, id);
    *first = *last = 0;
    if (vg_sql__next(&q)) {
        *first = vg_sql__i32(&q, 0);
        *last = *first + vg_sql__i32(&q, 1) - 1;
    }
    return vg_sql__close(&q);
}

static bool mark_counted(vg_store *st, const vg_stream *s, vg_event_version *v, vg_err *e)
{
    int32_t first, last;
    if (!months_of(st, v->id, &first, &last, e))
        return false;
    for (int32_t i = 0; i < s->n; i++)
        if (s->vintage[i].about.id == v->vintage.id)
            v->counted = owns_a_month(s, i, first, last);
    return true;
}

/* Whether panels count a version: its vintage owns one of its months in the stream they are asked of. */
static bool mark_all(vg_store *st, vg_str source, vg_event_version *v, int64_t n, vg_arena *scratch,
                     vg_err *e)
{
    vg_stream s;
    vg_err none = VG_NO_ERR;
    vg_stream_query q = { .source = source, .kind = VG_UNIT_COUNTRY, .events_only = true };
    if (!vg_stream__choose(st, &q, scratch, &s, &none)) {
        if (none.code != VG_ENODATA && e)
            *e = none;
        return none.code == VG_ENODATA;
    }
    for (int64_t i = 0; i < n; i++)
        if (!mark_counted(st, &s, &v[i], e))
            return false;
    return true;
}

static bool read_events(vg_store *st, vg_event_version *v, int64_t n, vg_arena *a, vg_err *e)
{
    int64_t *id = vg_new(a, int64_t, n);
    vg_event *event;
    if (!id)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++)
        id[i] = v[i].id;
    if (!vg_event__rows(st, id, n, a, &event, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        v[i].event = event[i];
    return true;
}

static bool collect(vg_store *st, int64_t id, vg_arena *scratch, vg_arena *a, vg_event_version **out,
                    int64_t *n_out, vg_err *e)
{
    vg_vintage_rows *all;
    int64_t n_all, row, n = 0;
    *n_out = 0;
    if (!vg_vintage__list(st, INT64_MAX, a, &all, &n_all, e) || !vg_stream__order(all, n_all, *scratch, e))
        return false;
    const vg_vintage_rows *home = home_of(all, n_all, id);
    vg_event_version *v = vg_new(a, vg_event_version, n_all + 1);
    if (!v)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = n_all; home && i-- > 0;) {
        if (!all[i].event_from || !vg_eq(all[i].about.source, home->about.source))
            continue;
        row = id;
        if (&all[i] != home && !find_row(st, &all[i], id, &row, e))
            return false;
        if (row)
            v[n++] = (vg_event_version){ .id = row, .vintage = all[i].about };
    }
    if (n && (!read_events(st, v, n, a, e) || !mark_all(st, home->about.source, v, n, scratch, e)))
        return false;
    *out = v;
    *n_out = n;
    return true;
}

bool vg_store_event_versions(vg_store *st, int64_t id, vg_arena *a, vg_event_version **out, int64_t *n,
                             vg_err *e)
{
    vg_arena scratch;
    if (!vg_store__ready(st, e) || !vg_arena_init(&scratch, vg_arena_limit(a), e))
        return false;
    bool good = collect(st, id, &scratch, a, out, n, e);
    vg_arena_free(&scratch);
    return good;
}
