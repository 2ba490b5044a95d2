/* Events in a box and a span of days, from columns in memory. Invariant: rows stand by first day, newest first, then by
 * id, highest first, and are never changed, so that a place (day, id) says where to go on and threads need no lock. */
#include <math.h>
#include <stdlib.h>

#include "store/browse.h"
#include "store/store_int.h"

typedef struct {
    int64_t id;
    int32_t day_from, day_to, lat_e7, lon_e7, gwcode, cell, best;
    int8_t type;
    bool has_point;
} row;

struct vg_event_index {
    vg_arena arena;
    row *row;
    int64_t n;
    int32_t longest; /* days of the longest event, less one */
};

static int by_place(const void *a, const void *b)
{
    const row *x = a, *y = b;
    if (x->day_from != y->day_from)
        return x->day_from < y->day_from ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

static bool owned(const vg_stream *s, int32_t vintage, int32_t month, int32_t n_months)
{
    for (int32_t m = month; m < month + n_months; m++) {
        int32_t at = m - s->first_month;
        if (at >= 0 && at < s->n_months && s->owner[at] == vintage)
            return true;
    }
    return false;
}

static void take(vg_event_index *ix, vg_sql *q)
{
    int64_t best = vg_sql__int_or(q, 5, 0);
    row *r = &ix->row[ix->n++];
    *r = (row){ .id = vg_sql__int(q, 0),
                .type = (int8_t)vg_sql__i32(q, 2),
                .gwcode = vg_sql__i32(q, 3),
                .cell = vg_sql__i32(q, 4),
                .best = (int32_t)(best > INT32_MAX ? INT32_MAX : best),
                .day_from = vg_sql__i32(q, 6),
                .day_to = vg_sql__i32(q, 7),
                .has_point = vg_sql__int_or(q, 8, VG_UNKNOWN) != VG_UNKNOWN &&
                             vg_sql__int_or(q, 9, VG_UNKNOWN) != VG_UNKNOWN,
                .lat_e7 = vg_sql__i32(q, 8),
                .lon_e7 = vg_sql__i32(q, 9) };
    if (r->day_to - r->day_from > ix->longest)
        ix->longest = r->day_to - r->day_from;
}

static bool read_vintage(vg_event_index *ix, vg_store *st, const vg_stream *s, int32_t vintage, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "SELECT id, month, type, gwcode, cell, best, day_from, day_to, lat_e7, lon_e7, n_months"
                      " FROM event WHERE id BETWEEN ?1 AND ?2",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, s->vintage[vintage].event_from);
    vg_sql__bind_int(&q, 2, s->vintage[vintage].event_to);
    while (vg_sql__next(&q))
        if (owned(s, vintage, vg_sql__i32(&q, 1), vg_sql__i32(&q, 10)))
            take(ix, &q);
    return vg_sql__close(&q);
}

static bool fill(vg_event_index *ix, vg_store *st, const vg_stream *s, vg_err *e)
{
    int64_t most = 0;
    for (int32_t i = 0; i < s->n; i++)
        if (s->vintage[i].event_from)
            most += s->vintage[i].event_to - s->vintage[i].event_from + 1;
    if (!vg_arena_init(&ix->arena, (most + 1) * (int64_t)sizeof(row) + 64, e))
        return false;
    ix->row = vg_new(&ix->arena, row, most + 1);
    if (!ix->row)
        return vg_fail_memory(e, vg_arena_limit(&ix->arena));
    for (int32_t i = 0; i < s->n; i++)
        if (s->vintage[i].event_from && !read_vintage(ix, st, s, i, e))
            return false;
    qsort(ix->row, (size_t)ix->n, sizeof *ix->row, by_place);
    return true;
}

static bool build(vg_event_index *ix, vg_store *st, vg_str source, vg_err *e)
{
    enum { SCRATCH = 64 << 20 };
    vg_arena scratch;
    vg_stream s;
    vg_err none = VG_NO_ERR;
    vg_stream_query q = { .source = source, .kind = VG_UNIT_COUNTRY, .events_only = true };
    if (!vg_store__ready(st, e) || !vg_arena_init(&scratch, SCRATCH, e))
        return false;
    bool good = vg_stream__choose(st, &q, &scratch, &s, &none) && fill(ix, st, &s, &none);
    vg_arena_free(&scratch);
    good = good || none.code == VG_ENODATA;
    if (!good && e && !vg_failed(e))
        *e = none;
    return good;
}

bool vg_event_index_build(vg_store *st, vg_str source, vg_event_index **out, vg_err *e)
{
    vg_event_index *ix = calloc(1, sizeof *ix);
    if (!ix)
        return vg_sql__no_memory(e);
    if (!build(ix, st, source, e)) {
        vg_event_index_free(ix);
        return false;
    }
    *out = ix;
    return true;
}

void vg_event_index_free(vg_event_index *ix)
{
    if (ix)
        vg_arena_free(&ix->arena);
    free(ix);
}

int64_t vg_event_index_size(const vg_event_index *ix)
{
    return ix->n;
}

/* --- a page --- */

/* First row that does not stand before the place. */
static int64_t first_behind(const vg_event_index *ix, int32_t day, int64_t id)
{
    int64_t low = 0, high = ix->n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        const row *r = &ix->row[mid];
        if (r->day_from > day || (r->day_from == day && r->id >= id))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* A box in the units of a row. */
typedef struct {
    int32_t west, south, east, north;
} box;

static int32_t e7(double deg)
{
    double x = round(deg * 1e7);
    return (int32_t)(x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : x);
}

static bool inside(const row *r, const box *b)
{
    if (!r->has_point || r->lat_e7 < b->south || r->lat_e7 > b->north)
        return false;
    return b->west <= b->east ? r->lon_e7 >= b->west && r->lon_e7 <= b->east
                              : r->lon_e7 >= b->west || r->lon_e7 <= b->east;
}

static bool wanted(const row *r, const vg_event_filter *f, const box *b)
{
    return (!f->has_days || (r->day_to >= f->day_from && r->day_from <= f->day_to)) &&
           (!f->types || (f->types >> r->type & 1)) && (!f->gwcode || r->gwcode == f->gwcode) &&
           (!f->cell || r->cell == f->cell) && r->best >= f->min_deaths && (!f->has_box || inside(r, b));
}

int64_t vg_event_index_find(const vg_event_index *ix, const vg_event_filter *f, const vg_event_place *after,
                            int64_t limit, int64_t *id, vg_event_place *last, bool *more)
{
    box b = { e7(f->west), e7(f->south), e7(f->east), e7(f->north) };
    int64_t at = after ? first_behind(ix, after->day, after->id) : 0, n = 0;
    int64_t stop = ix->n;
    if (f->has_days) {
        int64_t newest = first_behind(ix, f->day_to, INT64_MAX);
        int64_t oldest = (int64_t)f->day_from - ix->longest;
        at = newest > at ? newest : at;
        stop = first_behind(ix, oldest < INT32_MIN ? INT32_MIN : (int32_t)oldest, INT64_MIN);
    }
    *more = false;
    for (; at < stop; at++) {
        const row *r = &ix->row[at];
        if (!wanted(r, f, &b))
            continue;
        *more = n == limit;
        if (*more)
            break;
        id[n++] = r->id;
        *last = (vg_event_place){ r->day_from, r->id };
    }
    return n;
}

bool vg_store_events_by_id(vg_store *st, const int64_t *id, int64_t n, vg_arena *a, vg_event **out, vg_err *e)
{
    return vg_store__ready(st, e) && vg_event__rows(st, id, n, a, out, e);
}
