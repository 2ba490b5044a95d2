/**
 * A sink for tests and fuzzing: counts what a reader hands over, checks each record, keeps the last ones.
 *
 *     collected *c = read_text("id,date...\n", "events.csv", (vg_source_opts){ 0 });
 *     assert_int_equal(c->n_events, 2);
 *     collected_drop(c);
 */
#ifndef VG_SOURCE_SINK_TEST_INT_H
#define VG_SOURCE_SINK_TEST_INT_H

#include <math.h>
#include <stdlib.h>

#include "source/source.h"

typedef struct {
    vg_arena arena;
    vg_source_found found;
    vg_err err;
    int64_t n_events, n_points, n_units, n_rejects, n_known, n_flows, people;
    vg_flow_record flow;       /* the first one, its reason copied */
    int64_t deaths, low, high; /* sums of what is known */
    double value;              /* sum of points */
    vg_event ev;               /* the first event, texts copied */
    vg_event last;
    vg_point point; /* the first and the last point */
    vg_point last_point;
    vg_unit unit;
    vg_reject bad; /* the first reject */
    vg_at at;      /* of the first event */
    int64_t by_code[16];
} collected;

static void must(bool holds)
{
    if (!holds)
        abort();
}

static vg_event copy_event(vg_arena *a, const vg_event *ev)
{
    vg_event copy = *ev;
    vg_str *text[] = { &copy.external_id, &copy.actor_a, &copy.actor_b, &copy.conflict, &copy.adm1,
                       &copy.adm2,        &copy.kind,    &copy.text,    &copy.source,   &copy.url };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        *text[i] = vg_copy(a, *text[i]);
    return copy;
}

/* What every event must be, whatever file it came from. */
static void check_event(const vg_event *ev)
{
    must(ev->external_id.n > 0 && ev->day_from <= ev->day_to && ev->gwcode >= 0);
    must(!ev->has_point || (fabs(ev->lat_deg) <= 90 && fabs(ev->lon_deg) <= 180));
    must(ev->cell == 0 || (ev->has_point && ev->where_prec <= VG_WHERE_ADMIN2));
    must(ev->best == VG_UNKNOWN || ev->best >= 0);
    must(ev->low == VG_UNKNOWN || ev->low >= 0);
    must(ev->low == VG_UNKNOWN || ev->high == VG_UNKNOWN || ev->low <= ev->high);
    must(ev->best == VG_UNKNOWN || ev->high == VG_UNKNOWN || ev->best <= ev->high);
    must(ev->type >= 0 && ev->type <= VG_TYPE_OTHER && ev->where_prec >= 0 && ev->where_prec <= 7);
}

static bool take_event(void *ctx, const vg_event *ev, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)e;
    check_event(ev);
    if (c->n_events++ == 0) {
        c->ev = copy_event(&c->arena, ev);
        c->at = at;
    }
    c->last = *ev;
    c->n_known += ev->best != VG_UNKNOWN;
    c->deaths += ev->best == VG_UNKNOWN ? 0 : ev->best;
    c->low += ev->low == VG_UNKNOWN ? 0 : ev->low;
    c->high += ev->high == VG_UNKNOWN ? 0 : ev->high;
    return true;
}

static bool take_point(void *ctx, const vg_point *p, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)at;
    (void)e;
    must(p->unit > 0 && p->month > 0 && !(p->value < 0 && p->kind == 0));
    if (c->n_points++ == 0)
        c->point = *p;
    c->last_point = *p;
    c->value += isnan(p->value) ? 0 : p->value;
    return true;
}

static bool take_unit(void *ctx, const vg_unit *u, vg_err *e)
{
    collected *c = ctx;
    (void)e;
    must(u->unit > 0);
    if (c->n_units++ == 0) {
        c->unit = *u;
        c->unit.name = vg_copy(&c->arena, u->name);
    }
    return true;
}

static bool take_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    collected *c = ctx;
    (void)e;
    must(vg_failed(&r->why) && r->why.what[0] && r->raw.n <= 64 << 10);
    if (c->n_rejects++ == 0) {
        c->bad = *r;
        c->bad.raw = vg_copy(&c->arena, r->raw);
        c->bad.why.at.file = vg_copy(&c->arena, r->why.at.file);
    }
    c->by_code[r->why.code & 15]++;
    return true;
}

static bool take_flow(void *ctx, const vg_flow_record *f, vg_at at, vg_err *e)
{
    collected *c = ctx;
    (void)at;
    (void)e;
    must(f->people >= 0 && f->from >= 0 && f->to > 0 && f->month > 0 && f->kind >= VG_UNIT_ADMIN1);
    if (c->n_flows++ == 0) {
        c->flow = *f;
        c->flow.reason = vg_copy(&c->arena, f->reason);
    }
    c->people += f->people;
    return true;
}

static inline vg_sink collecting_sink(collected *c)
{
    return (vg_sink){ .ctx = c,
                      .event = take_event,
                      .point = take_point,
                      .unit = take_unit,
                      .reject = take_reject,
                      .flow = take_flow };
}

static inline collected *collected_new(void)
{
    collected *c = calloc(1, sizeof *c);
    must(c && vg_arena_init(&c->arena, 256 << 20, &c->err));
    return c;
}

/* Reads bytes as a file of that name; c->err holds a failure of the whole. */
static inline collected *read_bytes(vg_str bytes, const char *name, vg_source_opts opts)
{
    collected *c = collected_new();
    vg_sink sink = collecting_sink(c);
    vg_input *in;
    if (vg_input_memory(bytes, vg_str_z(name), &in, &c->err)) {
        vg_source_read_input(in, &opts, &sink, &c->arena, &c->found, &c->err);
        vg_input_close(in);
    }
    must(vg_failed(&c->err) ||
         c->found.n_rows <= c->n_events + c->n_points + c->n_rejects + c->n_flows + c->found.n_summed);
    return c;
}

static inline collected *read_text(const char *text, const char *name, vg_source_opts opts)
{
    return read_bytes(vg_str_z(text), name, opts);
}

static inline collected *read_path(const char *path, vg_source_opts opts)
{
    collected *c = collected_new();
    vg_sink sink = collecting_sink(c);
    vg_source_read(path, &opts, &sink, &c->arena, &c->found, &c->err);
    return c;
}

static inline void collected_drop(collected *c)
{
    vg_arena_free(&c->arena);
    free(c);
}

/* For the harnesses: the bytes as a file of a format, read twice. Both readings must give the same, and every row
 * must have ended in the sink. */
static inline void read_twice(const uint8_t *data, size_t n, vg_str as)
{
    vg_str bytes = { (const char *)data, (ptrdiff_t)n };
    vg_source_opts opts = { .as = as };
    collected *a = read_bytes(bytes, "GEDEvent_v24_0_5.csv", opts),
              *b = read_bytes(bytes, "GEDEvent_v24_0_5.csv", opts);
    must(a->err.code == b->err.code && a->n_events == b->n_events && a->n_rejects == b->n_rejects);
    must(a->n_points == b->n_points && a->deaths == b->deaths && a->found.n_rows == b->found.n_rows);
    must(a->n_flows == b->n_flows && a->people == b->people && a->n_units == b->n_units);
    collected_drop(a);
    collected_drop(b);
}

#endif
