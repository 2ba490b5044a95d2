/* All events of a question as points in columns, for maps: up to a million in one answer. Invariant: the rows stand as in
 * items, newest first; an event without a place is left out. */
#include <math.h>

#include "serve/serve_int.h"

typedef struct {
    double *id;
    float *lon, *lat;
    int32_t *day, *deaths, *gwcode;
    uint8_t *type, *precision;
    int64_t n;
} points;

static bool make_room(points *p, int64_t n, vg_arena *a, vg_err *e)
{
    p->id = vg_new(a, double, n);
    p->lon = vg_new(a, float, n);
    p->lat = vg_new(a, float, n);
    p->day = vg_new(a, int32_t, n);
    p->deaths = vg_new(a, int32_t, n);
    p->gwcode = vg_new(a, int32_t, n);
    p->type = vg_new(a, uint8_t, n);
    p->precision = vg_new(a, uint8_t, n);
    return (p->id && p->lon && p->lat && p->day && p->deaths && p->gwcode && p->type && p->precision) ||
           vg_fail_memory(e, vg_arena_limit(a));
}

static void add(points *p, const vg_event_point *ev)
{
    int64_t i = p->n;
    if (!ev->has_point)
        return;
    p->n++;
    p->id[i] = (double)ev->id;
    p->lon[i] = (float)((double)ev->lon_e7 / 1e7);
    p->lat[i] = (float)((double)ev->lat_e7 / 1e7);
    p->day[i] = ev->day_from;
    p->deaths[i] = ev->best;
    p->gwcode[i] = ev->gwcode;
    p->type[i] = (uint8_t)ev->type;
    p->precision[i] = (uint8_t)ev->where_prec;
}

static void put(vg_call *c, const points *p)
{
    const vg_column_data column[] = {
        { "id", VG_COL_F64, p->id },         { "lon", VG_COL_F32, p->lon },
        { "lat", VG_COL_F32, p->lat },       { "day", VG_COL_I32, p->day },
        { "deaths", VG_COL_I32, p->deaths }, { "gwcode", VG_COL_I32, p->gwcode },
        { "type", VG_COL_U8, p->type },      { "precision", VG_COL_U8, p->precision },
    };
    vg_call_type(c, VG_COLUMNS_TYPE);
    vg_columns__put(&c->r->body, column, (int)(sizeof column / sizeof *column), p->n);
}

static bool collect(vg_call *c, vg_selection *sel, points *p, vg_err *e)
{
    int64_t n, limit = vg_call_whole(c, "limit"), size = vg_event_index_size(sel->snap->index);
    vg_arena *a = &c->w->arena;
    limit = limit < size ? limit : size + 1;
    int64_t *row = vg_new(a, int64_t, limit);
    bool more = false;
    if (!row)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_selection__next(sel, c->w->st, a, limit, row, &n, &more, e) || !make_room(p, n + 1, a, e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_event_point ev;
        vg_event_index_point(sel->snap->index, row[i], &ev);
        add(p, &ev);
    }
    if (more)
        vg_reply__link(c, vg_call_next(c, vg_selection__cursor(c, sel)));
    return true;
}

bool vg_answer__points(vg_call *c, vg_err *e)
{
    vg_selection sel;
    points p = { .n = 0 };
    if (!vg_selection__begin(c, &c->w->arena, &sel, e))
        return false;
    bool good = vg_selection__is_known(c, &sel) || collect(c, &sel, &p, e);
    if (good && c->r->status == 200)
        put(c, &p);
    vg_selection__end(&sel);
    return good;
}
