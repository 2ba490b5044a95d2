/* Events in a box and a span of days, from columns in memory. Invariant: rows stand by first day, newest first, then by
 * id, highest first, and are never changed, so that a place (day, id) says where to go on and threads need no lock. */
#include <math.h>
#include <stdlib.h>

#include "core/hash.h"
#include "store/event_index_int.h"

static int by_place(const void *a, const void *b)
{
    const vg_event_row *x = a, *y = b;
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

/* --- columns of a row --- */

enum {
    C_ID,
    C_MONTH,
    C_N_MONTHS,
    C_TYPE,
    C_GWCODE,
    C_CELL,
    C_DAY_FROM,
    C_DAY_TO,
    C_LAT,
    C_LON,
    C_DATE_PREC,
    C_WHERE_PREC,
    C_BEST,
    C_LOW,
    C_HIGH,
    C_CIVILIANS,
    C_NAMES
};

static const char SELECT_ROWS[] =
    "SELECT id, month, n_months, type, gwcode, cell, day_from, day_to, lat_e7, lon_e7, date_prec, where_prec,"
    " best, low, high, civilians, actor_a, actor_b, conflict, adm1, adm2, kind"
    " FROM event WHERE id BETWEEN ?1 AND ?2";

static int32_t deaths(vg_sql *q, int column, bool *large)
{
    int64_t x = vg_sql__int_or(q, column, VG_ROW_UNKNOWN);
    *large = *large || x > INT32_MAX || x < VG_ROW_UNKNOWN;
    return (int32_t)(x > INT32_MAX ? INT32_MAX : x < VG_ROW_UNKNOWN ? VG_ROW_UNKNOWN : x);
}

static void take(vg_event_index *ix, vg_sql *q)
{
    vg_event_row *r = &ix->row[ix->n];
    vg_event_rest *rest = &ix->rest[ix->n];
    bool large = false;
    *r = (vg_event_row){ .id = vg_sql__int(q, C_ID),
                         .rest = (int32_t)ix->n,
                         .type = (int8_t)vg_sql__i32(q, C_TYPE),
                         .where_prec = (int8_t)vg_sql__i32(q, C_WHERE_PREC),
                         .gwcode = vg_sql__i32(q, C_GWCODE),
                         .cell = vg_sql__i32(q, C_CELL),
                         .best = deaths(q, C_BEST, &large),
                         .day_from = vg_sql__i32(q, C_DAY_FROM),
                         .day_to = vg_sql__i32(q, C_DAY_TO),
                         .has_point = vg_sql__int_or(q, C_LAT, VG_UNKNOWN) != VG_UNKNOWN &&
                                      vg_sql__int_or(q, C_LON, VG_UNKNOWN) != VG_UNKNOWN,
                         .lat_e7 = vg_sql__i32(q, C_LAT),
                         .lon_e7 = vg_sql__i32(q, C_LON) };
    *rest = (vg_event_rest){ .low = deaths(q, C_LOW, &large),
                             .high = deaths(q, C_HIGH, &large),
                             .civilians = deaths(q, C_CIVILIANS, &large),
                             .date_prec = (int8_t)vg_sql__i32(q, C_DATE_PREC) };
    for (int i = 0; i < VG_ROW_NAMES; i++) {
        int64_t name = vg_sql__int(q, C_NAMES + i);
        large = large || name < 0 || name >= ix->n_names;
        rest->name[i] = name < 0 || name >= ix->n_names ? 0 : (int32_t)name;
    }
    rest->large = large;
    if (r->day_to - r->day_from > ix->longest)
        ix->longest = r->day_to - r->day_from;
    ix->n++;
}

static bool read_vintage(vg_event_index *ix, vg_store *st, const vg_stream *s, int32_t vintage, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, SELECT_ROWS, e))
        return false;
    vg_sql__bind_int(&q, 1, s->vintage[vintage].event_from);
    vg_sql__bind_int(&q, 2, s->vintage[vintage].event_to);
    while (vg_sql__next(&q))
        if (owned(s, vintage, vg_sql__i32(&q, C_MONTH), vg_sql__i32(&q, C_N_MONTHS)))
            take(ix, &q);
    return vg_sql__close(&q);
}

/* The names of the store, which are few beside its events; one that comes later belongs to events that come later. */
static bool read_names(vg_event_index *ix, vg_store *st, vg_err *e)
{
    vg_sql q;
    int64_t last = 0;
    if (!vg_sql__one_int(st, "SELECT coalesce(max(id), 0) FROM name", &last, e) ||
        !vg_arena_init(&ix->names, INT32_MAX, e))
        return false;
    ix->n_names = last < INT32_MAX - 1 ? last + 1 : INT32_MAX - 1;
    ix->name = vg_new(&ix->names, vg_str, ix->n_names);
    if (!ix->name)
        return vg_fail_memory(e, vg_arena_limit(&ix->names));
    if (!vg_sql__open(&q, st, "SELECT id, text FROM name WHERE id > 0", e))
        return false;
    while (vg_sql__next(&q)) {
        int64_t id = vg_sql__int(&q, 0);
        if (id < ix->n_names)
            ix->name[id] = vg_sql__copy(&q, 1, &ix->names);
    }
    return vg_sql__close(&q);
}

static int64_t most_events(const vg_stream *s)
{
    int64_t most = 0;
    for (int32_t i = 0; i < s->n; i++)
        if (s->vintage[i].event_from)
            most += s->vintage[i].event_to - s->vintage[i].event_from + 1;
    return most;
}

/* The same releases of the same files give the same tag, here and after a restart. */
static void set_tag(vg_event_index *ix, const vg_stream *s)
{
    vg_sha256 h;
    char hex[65], line[96];
    vg_sha256_init(&h);
    for (int32_t i = 0; s && i < s->n; i++) {
        const vg_vintage_rows *v = &s->vintage[i];
        int n = snprintf(line, sizeof line, "%lld %lld %lld;", (long long)v->about.id,
                         (long long)v->event_from, (long long)v->event_to);
        vg_sha256_add(&h, (vg_str){ line, n });
        vg_sha256_add(&h, v->about.sha256);
    }
    vg_sha256_hex(&h, hex);
    snprintf(ix->tag, sizeof ix->tag, "%.32s", hex);
}

static bool fill(vg_event_index *ix, vg_store *st, const vg_stream *s, vg_err *e)
{
    int64_t most = most_events(s), size = (int64_t)(sizeof(vg_event_row) + sizeof(vg_event_rest));
    if (most >= INT32_MAX)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "there are over 2^31 events");
    if (!read_names(ix, st, e) || !vg_arena_init(&ix->arena, (most + 2) * size + 128, e))
        return false;
    ix->row = vg_new(&ix->arena, vg_event_row, most + 1);
    ix->rest = vg_new(&ix->arena, vg_event_rest, most + 1);
    if (!ix->row || !ix->rest)
        return vg_fail_memory(e, vg_arena_limit(&ix->arena));
    for (int32_t i = 0; i < s->n; i++)
        if (s->vintage[i].event_from && !read_vintage(ix, st, s, i, e))
            return false;
    qsort(ix->row, (size_t)ix->n, sizeof *ix->row, by_place);
    return true;
}

static bool build(vg_event_index *ix, vg_store *st, vg_str source, int64_t as_of, vg_err *e)
{
    enum { SCRATCH = 64 << 20 };
    vg_arena scratch;
    vg_stream s;
    vg_err none = VG_NO_ERR;
    vg_stream_query q = { .source = source, .kind = VG_UNIT_COUNTRY, .events_only = true, .as_of = as_of };
    set_tag(ix, NULL);
    if (!vg_store__ready(st, e) || !vg_arena_init(&scratch, SCRATCH, e))
        return false;
    bool good = vg_stream__choose(st, &q, &scratch, &s, &none);
    if (good)
        set_tag(ix, &s);
    good = good && fill(ix, st, &s, &none);
    vg_arena_free(&scratch);
    good = good || (none.code == VG_ENODATA && !source.n);
    if (!good && e && !vg_failed(e))
        *e = none;
    return good;
}

bool vg_event_index_build(vg_store *st, vg_str source, int64_t as_of, vg_event_index **out, vg_err *e)
{
    vg_event_index *ix = calloc(1, sizeof *ix);
    if (!ix)
        return vg_sql__no_memory(e);
    if (!build(ix, st, source, as_of, e)) {
        vg_event_index_free(ix);
        return false;
    }
    *out = ix;
    return true;
}

void vg_event_index_free(vg_event_index *ix)
{
    if (ix) {
        vg_arena_free(&ix->arena);
        vg_arena_free(&ix->names);
    }
    free(ix);
}

int64_t vg_event_index_size(const vg_event_index *ix)
{
    return ix->n;
}

const char *vg_event_index_tag(const vg_event_index *ix)
{
    return ix->tag;
}

/* --- a page --- */

/* First row that does not stand before the place. */
static int64_t first_behind(const vg_event_index *ix, int32_t day, int64_t id)
{
    int64_t low = 0, high = ix->n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        const vg_event_row *r = &ix->row[mid];
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

static bool inside(const vg_event_row *r, const box *b)
{
    if (!r->has_point || r->lat_e7 < b->south || r->lat_e7 > b->north)
        return false;
    return b->west <= b->east ? r->lon_e7 >= b->west && r->lon_e7 <= b->east
                              : r->lon_e7 >= b->west || r->lon_e7 <= b->east;
}

static bool in_list(const vg_event_filter *f, int32_t gwcode)
{
    for (int32_t i = 0; i < f->n_gwcodes; i++)
        if (f->gwcode[i] == gwcode)
            return true;
    return false;
}

/* Whether one of the first `n` names is in the set. */
static bool named(const vg_event_rest *rest, const unsigned char *set, int n)
{
    for (int i = 0; i < n; i++)
        if (set[rest->name[i] >> 3] >> (rest->name[i] & 7) & 1)
            return true;
    return false;
}

static bool wanted(const vg_event_index *ix, const vg_event_row *r, const vg_event_filter *f, const box *b)
{
    int64_t best = r->best == VG_ROW_UNKNOWN ? 0 : r->best;
    return (!f->has_days || (r->day_to >= f->day_from && r->day_from <= f->day_to)) &&
           (!f->types || (f->types >> r->type & 1)) && (!f->n_gwcodes || in_list(f, r->gwcode)) &&
           (!f->cell || r->cell == f->cell) && best >= f->min_deaths && (!f->has_box || inside(r, b)) &&
           (!f->actor || named(&ix->rest[r->rest], f->actor, 2));
}

int64_t vg_event_index_find(const vg_event_index *ix, const vg_event_filter *f, const vg_event_place *after,
                            int64_t limit, int64_t *row, vg_event_place *last, bool *more)
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
        const vg_event_row *r = &ix->row[at];
        if (!wanted(ix, r, f, &b))
            continue;
        *more = n == limit;
        if (*more)
            break;
        row[n++] = at;
        *last = (vg_event_place){ r->day_from, r->id };
    }
    return n;
}
