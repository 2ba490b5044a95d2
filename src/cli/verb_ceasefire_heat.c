/* vigie ceasefire heat: satellite heat detections of some days against the season, and whether one can tell at all. */
#include <math.h>

#include "ceasefire/heat.h"
#include "cli/verb.h"
#include "core/date.h"
#include "source/report.h"

const vg_opt vg_ceasefire_heat_options[] = {
    { "baseline", VG_OPT_YEARS, "YYYY[-YYYY]", NULL, 0, 0 },
    { "from", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "to", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { "cell", VG_OPT_NUM, "DEGREES", "0.1", .01, 2 },
    { .name = NULL },
};

enum { MOST_SPOTS = 50000000, SHOWN = 20, DAY_S = 86400 };

typedef struct {
    vg_heat_spot *spot;
    int64_t n;
    int64_t n_rejected, n_again;
} spots;

/* The reader names a detection by time, place and satellite: "2024-03-31T09:42/48.1234,37.5678/N20". */
static uint64_t key_of(const vg_report *r)
{
    vg_str satellite = r->id;
    vg_cut(&satellite, '/');
    vg_cut(&satellite, '/');
    int32_t minute = r->to - r->from < DAY_S ? (int32_t)(r->from % DAY_S / 60) : -1;
    return vg_heat_key(satellite, (int32_t)(r->from / DAY_S), minute, r->lat_deg, r->lon_deg);
}

static bool take(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    spots *s = ctx;
    if (s->n == MOST_SPOTS)
        return vg_fail(e, VG_ERANGE, at, "more than %d detections", MOST_SPOTS);
    if (!isnan(r->lat_deg) && !isnan(r->lon_deg))
        s->spot[s->n++] = (vg_heat_spot){ r->lat_deg, r->lon_deg, (int32_t)(r->from / DAY_S), key_of(r) };
    return true;
}

static bool refuse(void *ctx, const vg_reject *r, vg_err *e)
{
    (void)r, (void)e;
    ((spots *)ctx)->n_rejected++;
    return true;
}

static bool read_all(vg_cli *c, spots *s, vg_arena *a, vg_err *e)
{
    s->spot = vg_new(a, vg_heat_spot, MOST_SPOTS);
    if (!s->spot)
        return vg_fail_memory(e, vg_arena_limit(a));
    vg_report_source_opts o = { .replay = true, .progress = c->progress };
    vg_report_source_sink sink = { .ctx = s, .report = take, .reject = refuse };
    for (int i = 0; i < c->opts.n_args; i++) {
        vg_report_source_found found;
        if (!vg_report_source_read(c->opts.arg[i], &o, &sink, &found, e))
            return false;
        if (!vg_eq(found.format, VG_S("firms"))) {
            vg_fail(e, VG_EPARSE, (vg_at){ .file = vg_str_z(c->opts.arg[i]) },
                    "these are no heat detections but %.*s", VG_P(found.format));
            return vg_mend(e, "give FIRMS files: latitude, longitude, acq_date ... or date, lat, lon");
        }
    }
    int64_t n = vg_heat_once(s->spot, s->n);
    s->n_again = s->n - n;
    s->n = n;
    if (s->n_again)
        vg_note(c, "ceasefire.heat.again", vg_arg_int("n", s->n_again));
    if (s->n_rejected)
        vg_note(c, "ceasefire.heat.rejected", vg_arg_int("n", s->n_rejected));
    return true;
}

static bool read_ask(const vg_cli *c, vg_heat_ask *ask, vg_err *e)
{
    const vg_opts *o = &c->opts;
    if (!vg_opt_given(o, "baseline") || !vg_opt_given(o, "from") || !vg_opt_given(o, "to")) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "--baseline, --from and --to are needed");
        return vg_mend(e, "for example: --baseline 2021 --from 2023-01-06 --to 2023-01-07");
    }
    const vg_opt_value *base = vg_opt_find(o, "baseline");
    vg_civil first = { (int32_t)base->whole, 1, 1 }, last = { (int32_t)base->to, 12, 31 };
    vg_day_from_civil(first, &ask->base_from);
    vg_day_from_civil(last, &ask->base_to);
    ask->from = (int32_t)(vg_opt_int(o, "from") / DAY_S);
    ask->to = (int32_t)(vg_opt_int(o, "to") / DAY_S);
    ask->cell_deg = vg_opt_num(o, "cell");
    return true;
}

static const vg_column cell_columns[] = {
    { "lat", VG_CELL_NUM, 2 },      { "lon", VG_CELL_NUM, 2 }, { "seen", VG_CELL_INT, 0 },
    { "expected", VG_CELL_NUM, 2 }, { "p", VG_CELL_NUM, 4 },   { "burnt_before", VG_CELL_TEXT, 0 },
};

static void fill(vg_table *t, const vg_heat *h)
{
    for (int32_t i = 0; i < h->n_excess; i++) {
        const vg_heat_cell *x = &h->cell[i];
        vg_cell_num(t, x->lat_deg);
        vg_cell_num(t, x->lon_deg);
        vg_cell_int(t, x->observed);
        vg_cell_num(t, x->expected);
        vg_cell_num(t, x->p);
        vg_cell_text(t, x->was_front ? VG_S("yes") : VG_S("no"));
    }
}

static void put_json(vg_cli *c, const vg_heat *h, const spots *s, const vg_table *cells)
{
    const struct {
        const char *name;
        double x;
    } number[] = {
        { "detections", h->n_spots },
        { "cells", h->n_cells },
        { "tested", h->n_tested },
        { "excess", h->n_excess },
        { "excess_by_chance", h->by_chance },
        { "front_cells", h->n_front },
        { "front_seen", h->front_observed },
        { "front_season", h->front_season },
        { "front_before", h->front_before },
        { "power", h->power },
        { "visibility", h->visibility },
        { "watched", h->watched },
        { "cloud", h->cloud },
        { "unknown", h->unknown },
        { "rows_again", (double)s->n_again },
        { "rows_rejected", (double)s->n_rejected },
    };
    vg_json j = vg_json_to(c->out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("verdict"));
    vg_json_str(&j, vg_str_z(vg_heat_verdict_name((int)h->verdict)));
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        vg_json_key(&j, vg_str_z(number[i].name));
        vg_json_num(&j, number[i].x);
    }
    vg_json_key(&j, VG_S("excess_cells"));
    vg_table_json(cells, &j);
    vg_json_close(&j);
    vg_put_char(c->out, '\n');
}

static bool say(vg_cli *c, const vg_heat *h, const vg_table *cells, vg_err *e)
{
    char key[64];
    snprintf(key, sizeof key, "ceasefire.heat.%s", vg_heat_verdict_name((int)h->verdict));
    vg_line(c, key, vg_arg_int("n", h->n_front));
    vg_line(c, "ceasefire.heat.front", vg_arg_int("n", h->n_front), vg_arg_int("seen", h->front_observed),
            vg_arg_num("season", h->front_season, 1), vg_arg_num("before", h->front_before, 1),
            vg_arg_percent("power", h->power, 0));
    vg_line(c, "ceasefire.heat.sky", vg_arg_percent("watched", h->watched, 0),
            vg_arg_percent("cloud", h->cloud, 0), vg_arg_percent("unknown", h->unknown, 0));
    vg_line(c, "ceasefire.heat.excess", vg_arg_int("n", h->n_excess), vg_arg_int("tested", h->n_tested),
            vg_arg_num("chance", h->by_chance, 0));
    if (h->n_excess == 0)
        return true;
    vg_put_char(c->out, '\n');
    return vg_table_put(cells, c->lang, VG_FORM_TABLE, SHOWN, c->out, e);
}

static bool show(vg_cli *c, const vg_heat *h, const spots *s, vg_err *e)
{
    vg_table cells;
    if (!vg_table_init(&cells, cell_columns, (int)(sizeof cell_columns / sizeof *cell_columns), e))
        return false;
    fill(&cells, h);
    bool good = true;
    if (c->form == VG_FORM_JSON)
        put_json(c, h, s, &cells);
    else if (c->form == VG_FORM_CSV)
        good = vg_table_put(&cells, c->lang, VG_FORM_CSV, 0, c->out, e);
    else
        good = say(c, h, &cells, e);
    vg_table_free(&cells);
    return good;
}

bool vg_verb_ceasefire_heat(vg_cli *c, vg_err *e)
{
    vg_heat_ask ask = { .from = 0 };
    vg_arena arena;
    vg_heat *h;
    spots s = { .n = 0 };
    if (!read_ask(c, &ask, e) || !vg_arena_init(&arena, (int64_t)8 << 30, e))
        return false;
    bool good =
        read_all(c, &s, &arena, e) && vg_heat_test(s.spot, s.n, &ask, &arena, &h, e) && show(c, h, &s, e);
    vg_arena_free(&arena);
    return good;
}
