/*
 * The VIEWS panel: month_id, country_id (or a cell, or a code of the country) and one number. VIEWS numbers countries
 * anew when borders change; which country a number stands for comes from a countries file (views_countries.csv), else
 * from the built-in list, and each unit is handed over with its Gleditsch-Ward number, by which histories are chained.
 * Invariant: a month that the file does not name is not known, except in a table of deaths by iso3 and calendar month
 * that never writes a zero: there, absent months between its first and last month count zero, and the user is told.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/grid.h"
#include "source/data_int.h"
#include "source/source_int.h"

enum { MAX_COUNTRY_ID = 4096 };

typedef struct {
    int32_t month_id, month, year, date;
    int32_t country_id, gwcode, iso3, name, cell;
    int32_t value;
    bool month_is_text;
} columns;

typedef struct {
    columns at;
    vg_unit unit[MAX_COUNTRY_ID]; /* by country_id; unit 0 = no such number */
    vg_panel_seen seen;
} state;

/* --- which country a country_id is --- */

static int32_t small_int(vg_str s)
{
    int64_t x;
    return vg_int_lenient(s, &x) && x > 0 && x < INT32_MAX ? (int32_t)x : 0;
}

static bool copy_unit(vg_arena *a, vg_unit *u, vg_str name, vg_str iso3)
{
    const vg_country *c = iso3.n ? vg_country_by_iso3(iso3) : vg_country_by_gwcode(u->gwcode);
    u->name = name.n ? vg_copy(a, name) : c ? c->name[0] : VG_NOSTR;
    u->iso3 = iso3.n ? vg_copy(a, iso3) : c ? c->iso3 : VG_NOSTR;
    return u->iso3.s || !iso3.n;
}

/* One row of a countries file. A row that names no country_id is passed over. */
static bool read_unit(vg_reading *t, state *st, vg_arena *a, const int32_t col[6])
{
    int32_t id = small_int(vg_cell(t, col[0]));
    if (id <= 0 || id >= MAX_COUNTRY_ID)
        return true;
    vg_unit *u = &st->unit[id];
    *u = (vg_unit){ .unit = id,
                    .gwcode = small_int(vg_cell(t, col[2])),
                    .first_month = small_int(vg_cell(t, col[4])),
                    .last_month = small_int(vg_cell(t, col[5])) };
    return copy_unit(a, u, vg_cell(t, col[1]), vg_cell(t, col[3]));
}

static bool read_units(vg_input *in, state *st, vg_arena *a, vg_err *e)
{
    static const vg_source_opts no_opts;
    vg_source_found found = { .n_rows = 0 };
    vg_reading *t = vg_new(a, vg_reading, 1);
    if (!t)
        return vg_fail_memory(e, vg_arena_limit(a));
    *t = (vg_reading){ .in = in, .opts = &no_opts, .a = a, .found = &found };
    bool ok = vg_table__open(t, &(vg_csv_opts){ .latin1_ok = true }, e);
    if (ok) {
        const int32_t col[6] = { vg_table__column(t, "country_id|id"),
                                 vg_table__column(t, "country|name|country_name"),
                                 vg_table__column(t, "gwcode|gwno"),
                                 vg_table__column(t, "iso3|isoab|iso_code"),
                                 vg_table__column(t, "first_month_id|month_start"),
                                 vg_table__column(t, "last_month_id|month_end") };
        static const char *const names[] = { "country_id", "gwcode" };
        ok = vg_table__need(t, "not a list of countries", names, (int32_t[]){ col[0], col[2] }, 2, e);
        while (ok && vg_csv_next(t->csv, &t->row, e)) {
            t->cell = t->row.cell;
            t->n_cells = t->row.n;
            ok = t->row.bad || read_unit(t, st, a, col) ? true : vg_fail_memory(e, vg_arena_limit(a));
        }
    }
    vg_csv_close(t->csv);
    return ok && !vg_failed(e);
}

/* Path of views_countries.csv beside the panel, when it is there. */
static vg_str beside(const vg_reading *r)
{
    vg_str path = vg_input_name(r->in), base = vg_version__base_name(path);
    vg_str s = vg_format(r->a, "%.*sviews_countries.csv", VG_P(vg_sub(path, 0, path.n - base.n)));
    return s.s && access(s.s, R_OK) == 0 ? s : VG_NOSTR;
}

static bool have_units(vg_reading *r, state *st, vg_err *e)
{
    vg_input *in;
    vg_str path = r->opts->countries.n ? vg_copy(r->a, r->opts->countries) : beside(r);
    vg_str built_in = { (const char *)vg_data_views_units, vg_data_views_units_len };
    bool ok = path.n ? vg_input_open(path.s, &in, e)
                     : vg_input_memory(built_in, VG_S("built-in countries"), &in, e);
    if (!ok)
        return false;
    ok = read_units(in, st, r->a, e);
    if (!ok && vg_failed(e))
        e->at.file = vg_copy(r->a, e->at.file);
    vg_input_close(in);
    return ok;
}

/* --- columns --- */

/* Names of columns that are ids or places and no variable. */
static bool is_id_column(vg_str name)
{
    static const char *const ids[] = {
        "month_id",     "country_id",     "gwcode", "gwno", "iso3",   "isoab", "country",      "name",
        "country_name", "year",           "month",  "date", "window", "pg_id", "priogrid_gid", "priogrid_id",
        "gid",          "region",         "row",    "col",  "lat",    "lon",   "latitude",     "longitude",
        "in_africa",    "in_middle_east", ""
    };
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (vg_eq_nocase(name, vg_str_z(ids[i])))
            return true;
    return false;
}

/* "value=ns_best" of --map, else the usual names, else the first column that is no id. */
static int32_t find_value(const vg_reading *r, vg_err *e)
{
    vg_str map = r->opts->map;
    while (map.n) {
        vg_str part = vg_cut(&map, ','), key = vg_cut(&part, '=');
        for (int32_t i = 0; i < r->n_header && vg_eq(key, VG_S("value")); i++)
            if (vg_eq_nocase(r->header[i], part))
                return i;
        vg_fail(e, VG_EARG, VG_NOWHERE, "--map %.*s=%.*s does not fit this panel",
                VG_P(vg_utf8_head(key, 40)), VG_P(vg_utf8_head(part, 60)));
        vg_mend(e, "a panel takes value=COLUMN, with a column of its header");
        return -1;
    }
    int32_t usual = vg_table__column(r, "sb|ged_sb|ged_sb_best_sum_nokgi|deaths|fatalities|sb_best");
    for (int32_t i = 0; usual < 0 && i < r->n_header; i++)
        if (!is_id_column(r->header[i]))
            usual = i;
    return usual;
}

static bool find_columns(const vg_reading *r, columns *c, vg_err *e)
{
    *c = (columns){ .month_id = vg_table__column(r, "month_id"),
                    .month = vg_table__column(r, "month"),
                    .year = vg_table__column(r, "year"),
                    .date = vg_table__column(r, "date"),
                    .country_id = vg_table__column(r, "country_id"),
                    .gwcode = vg_table__column(r, "gwcode|gwno"),
                    .iso3 = vg_table__column(r, "iso3|isoab"),
                    .name = vg_table__column(r, "country|name|country_name"),
                    .cell = vg_table__column(r, "pg_id|priogrid_gid|priogrid_id|gid") };
    c->value = find_value(r, e);
    if (vg_failed(e))
        return false;
    int32_t month = c->month_id >= 0 ? c->month_id : c->month >= 0 ? c->month : c->date;
    int32_t country = c->country_id >= 0 ? c->country_id : c->gwcode >= 0 ? c->gwcode : c->iso3;
    int32_t unit = c->cell >= 0 ? c->cell : country >= 0 ? country : c->name;
    static const char *const names[] = { "month_id", "country_id", "a column of numbers" };
    return vg_table__need(r, "not a VIEWS panel", names, (int32_t[]){ month, unit, c->value }, 3, e);
}

/* --- rows --- */

static void read_month(vg_reading *r, columns *c, int32_t *month)
{
    int64_t x, year;
    int32_t col = c->month_id >= 0 ? c->month_id : c->month >= 0 ? c->month : c->date;
    vg_str s = vg_cell(r, col);
    bool number = vg_int_lenient(s, &x);
    if (c->month_id >= 0 && number && x > 0 && x < VG_PANEL_MONTHS) {
        *month = (int32_t)x;
    } else if (c->month_id < 0 && number && x >= 1 && x <= 12 && vg_int_lenient(vg_cell(r, c->year), &year) &&
               year >= 1900 && year <= 2179) {
        *month = vg_month((int32_t)year, (int32_t)x);
    } else if (c->month_id < 0 && vg_month_parse(s, month)) {
        c->month_is_text = true;
    } else {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "there is no month \"%.*s\"",
                VG_P(vg_utf8_head(s, 40)));
        vg_why(&r->why, "months are numbers counted from January 1980, which is 1, or written 2024-03");
    }
}

static void unknown_country(vg_reading *r, int32_t col, const char *what)
{
    vg_str s = vg_cell(r, col);
    vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, col), "there is no %s \"%.*s\"", what,
            VG_P(vg_utf8_head(s, 40)));
    vg_why(&r->why, "each row belongs to a country of the countries file or of the built-in list");
    vg_mend(&r->why, "give the file that explains the numbers: --countries views_countries.csv");
}

/* A country by code or name becomes a unit under its Gleditsch-Ward number. */
static void unit_of_country(vg_reading *r, int32_t col, const char *what, const vg_country *c, vg_unit *u)
{
    if (vg_failed(&r->why))
        return;
    if (!c)
        unknown_country(r, col, what);
    else
        *u = (vg_unit){ .unit = c->gwcode, .name = c->name[0], .iso3 = c->iso3, .gwcode = c->gwcode };
}

static void read_country(vg_reading *r, const state *st, vg_unit *u)
{
    const columns *c = &st->at;
    const vg_country *country = NULL;
    if (c->country_id >= 0) {
        int32_t id = small_int(vg_cell(r, c->country_id));
        if (id > 0 && id < MAX_COUNTRY_ID && st->unit[id].unit)
            *u = st->unit[id];
        else
            unknown_country(r, c->country_id, "country_id");
    } else if (c->gwcode >= 0) {
        country = vg_country_by_gwcode(small_int(vg_cell(r, c->gwcode)));
        unit_of_country(r, c->gwcode, "Gleditsch-Ward number", country, u);
    } else {
        int32_t col = c->iso3 >= 0 ? c->iso3 : c->name;
        vg_field__country(r, col, &country);
        unit_of_country(r, col, "country", country, u);
    }
}

static void read_value(vg_reading *r, int32_t col, double *value)
{
    vg_field__number(r, col, "the number", value);
    if (vg_failed(&r->why) || !(*value < 0))
        return;
    vg_fail(&r->why, VG_ERANGE, vg_field__at(r, col), "the number is below zero: %g", *value);
    vg_why(&r->why, "a panel counts deaths or events");
}

static void read_cell(vg_reading *r, int32_t col, int32_t *gid)
{
    vg_str s = vg_cell(r, col);
    *gid = small_int(s);
    if (*gid >= 1 && *gid <= VG_GRID_CELLS)
        return;
    vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, col), "there is no cell \"%.*s\"",
            VG_P(vg_utf8_head(s, 40)));
    vg_why(&r->why, "PRIO-GRID cells are numbered from 1 to %d", VG_GRID_CELLS);
}

static bool read_row(vg_reading *r, state *st, vg_err *e)
{
    vg_unit u = { .unit = 0 };
    vg_point p = { .kind = st->at.cell >= 0 ? VG_UNIT_CELL : VG_UNIT_COUNTRY };
    read_month(r, &st->at, &p.month);
    if (p.kind == VG_UNIT_CELL) {
        read_cell(r, st->at.cell, &p.unit);
    } else {
        read_country(r, st, &u);
        p.unit = u.unit;
    }
    read_value(r, st->at.value, &p.value);
    if (!vg_failed(&r->why) && p.kind == VG_UNIT_COUNTRY)
        vg_reading__meet(r, u.gwcode);
    return vg_panel__put(&st->seen, r, &p, p.kind == VG_UNIT_COUNTRY ? &u : NULL, e);
}

/* Deaths by iso3 and calendar month without a single zero: the zeros were left out. */
static bool left_out_zeros(const vg_reading *r, const state *st)
{
    const columns *c = &st->at;
    vg_str name = r->header[c->value];
    bool deaths = vg_eq_nocase(name, VG_S("deaths")) || vg_eq_nocase(name, VG_S("fatalities"));
    return deaths && c->iso3 >= 0 && c->country_id < 0 && c->cell < 0 && c->month_is_text &&
           st->seen.n_zero == 0;
}

static bool fill_zeros(vg_reading *r, state *st, vg_err *e)
{
    int64_t n;
    char from[16], to[16];
    if (!vg_panel__fill_zeros(&st->seen, r, &n, e))
        return false;
    vg_str why = r->found->why;
    r->found->why =
        vg_format(r->a,
                  "%.*s; it lists no zero, so the %lld absent months of its %d countries from %.*s to "
                  "%.*s count zero",
                  VG_P(why), (long long)n, st->seen.n_units, VG_P(vg_month_text(st->seen.first_month, from)),
                  VG_P(vg_month_text(st->seen.last_month, to)));
    return true;
}

static bool read_all(vg_reading *r, state *st, vg_err *e)
{
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e) || !find_columns(r, &st->at, e) ||
        (st->at.country_id >= 0 && st->at.cell < 0 && !have_units(r, st, e)))
        return false;
    r->found->about.variable = r->header[st->at.value];
    while (vg_table__next(r, e))
        if (!read_row(r, st, e))
            return false;
    if (vg_failed(e) || (left_out_zeros(r, st) && !fill_zeros(r, st, e)))
        return false;
    vg_panel__cover(&st->seen, r);
    return true;
}

bool vg_views__read(vg_reading *r, vg_err *e)
{
    state *st = vg_new(r->a, state, 1);
    if (!st)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    bool ok = vg_panel__init(&st->seen, e) && read_all(r, st, e);
    vg_panel__free(&st->seen);
    return ok;
}
