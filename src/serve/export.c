/* Exports: all events of a question, however many, made block by block while they are sent. Invariant: what was begun is
 * made from one index to its end, whatever is imported meanwhile; no more than a block stands in memory. */
#include <stdlib.h>

#include "serve/serve_int.h"

enum { BLOCK_ROWS = 500, EXPORT_BYTES = 64 << 20 };

typedef struct {
    vg_selection sel;
    vg_arena arena; /* of what the question points to */
    vg_as as;
    bool hxl, begun, any, more; /* begun: the head stands; any: an event does */
} export;

static void drop(void *state)
{
    export *x = state;
    vg_selection__end(&x->sel);
    vg_arena_free(&x->arena);
    free(x);
}

static void put_rows(export *x, vg_out *o, const int64_t *row, const vg_event *event, int64_t n)
{
    vg_rows r = { .out = o, .csv = true, .column = vg_event__columns, .n_columns = VG_EVENT_COLUMNS };
    if (!x->begun)
        vg_rows__head(&r, x->hxl);
    for (int64_t i = 0; i < n; i++) {
        vg_event_point p;
        vg_event_index_point(x->sel.snap->index, row[i], &p);
        vg_feature__cells(&r, p.id, &event[i]);
    }
    if (!x->more)
        vg_put_char(o, '\n');
}

static void put_features(export *x, vg_out *o, const int64_t *row, const vg_event *event, int64_t n)
{
    if (!x->begun)
        vg_put(o, VG_S("{\"type\":\"FeatureCollection\",\"links\":[],\"features\":["));
    for (int64_t i = 0; i < n; i++) {
        vg_event_point p;
        vg_event_index_point(x->sel.snap->index, row[i], &p);
        vg_put(o, x->any || i ? VG_S(",\n") : VG_S("\n"));
        vg_feature__put(o, p.id, &event[i]);
        vg_put_char(o, '}');
    }
    if (!x->more)
        vg_put(o, VG_S("\n]}\n"));
}

/* One block, in a worker's thread. */
static bool next_block(export *x, vg_worker *w, vg_out *o, vg_err *e)
{
    int64_t row[BLOCK_ROWS], n;
    vg_event *event;
    if (!vg_selection__next(&x->sel, w->st, &w->arena, BLOCK_ROWS, row, &n, &x->more, e) ||
        !vg_event_index_read(x->sel.snap->index, w->st, row, n, &w->arena, &event, e))
        return false;
    if (x->as == VG_AS_CSV)
        put_rows(x, o, row, event, n);
    else
        put_features(x, o, row, event, n);
    x->begun = true;
    x->any = x->any || n > 0;
    return !o->failed || vg_fail_memory(e, o->cap);
}

static bool make_more(void *serve, int worker, void *state, vg_out *o, bool *end)
{
    vg_serve *s = serve;
    export *x = state;
    vg_err e = VG_NO_ERR;
    bool good = true;
    while (good && x->more && !o->n) /* a search in texts may look at many events and find none */
        good = !vg_serve_stopping(s) && next_block(x, &s->worker[worker], o, &e);
    vg_arena_reset(&s->worker[worker].arena);
    *end = !x->more;
    return good;
}

bool vg_export__begin(vg_call *c, vg_err *e)
{
    export *x = calloc(1, sizeof *x);
    if (!x)
        return vg_fail_memory(e, 0);
    x->as = c->as;
    x->hxl = c->hxl;
    x->more = true;
    if (!vg_arena_init(&x->arena, EXPORT_BYTES, e) || !vg_selection__begin(c, &x->arena, &x->sel, e)) {
        drop(x);
        return false;
    }
    bool good = next_block(x, c->w, &c->r->body, e);
    if (!good || !x->more) {
        drop(x);
        return good;
    }
    c->r->more = (vg_http__more){ .make = make_more, .drop = drop, .state = x };
    return true;
}
