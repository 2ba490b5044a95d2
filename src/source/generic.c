/*
 * Any CSV: which column is what is guessed (guess.c, hxl.c) or given with --map, told to the user, and then the rows
 * are read as events, or as a series when they give a number for a country (or cell) and month and no place, or as
 * several series when they give numbers for a region and month (regional.c).
 * Invariant: the mapping is settled before the first row is read and never changes.
 */
#include <math.h>
#include <string.h>

#include "geo/grid.h"
#include "source/source_int.h"

enum { SAMPLE_ROWS = 400, SAMPLE_COLUMNS = 2000 };

/* --- a look at the first rows --- */

static bool copy_row(vg_sample *s, const vg_csv_row *row, vg_arena *a)
{
    for (int32_t c = 0; c < s->n_columns; c++) {
        vg_str cell = c < row->n ? vg_copy(a, row->cell[c]) : VG_S("");
        if (!cell.s)
            return false;
        s->cell[(int64_t)s->n_rows * s->n_columns + c] = cell;
    }
    return true;
}

/* Tags are taken out of the sample; the last row may be cut by the end of the first bytes and is left out. */
static bool sample_rows(vg_sample *s, vg_csv *csv, vg_arena *a, vg_err *e)
{
    vg_csv_row row;
    vg_err cut = VG_NO_ERR;
    while (s->n_rows < SAMPLE_ROWS && vg_csv_next(csv, &row, &cut)) {
        if (row.bad)
            continue;
        if (!copy_row(s, &row, a))
            return vg_fail_memory(e, vg_arena_limit(a));
        if (s->n_rows == 0 && !s->hxl && vg_table__is_hxl(s->cell, s->n_columns)) {
            vg_str *tags = vg_new(a, vg_str, s->n_columns);
            if (!tags)
                return vg_fail_memory(e, vg_arena_limit(a));
            memcpy(tags, s->cell, (size_t)s->n_columns * sizeof *tags);
            s->hxl = tags;
        } else {
            s->n_rows++;
        }
    }
    return true;
}

static bool take_sample(vg_reading *r, vg_sample *s, vg_err *e)
{
    vg_str head;
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    *s = (vg_sample){ .file = vg_input_name(r->in), .header = r->header, .n_columns = r->n_header };
    s->n_columns = s->n_columns < SAMPLE_COLUMNS ? s->n_columns : SAMPLE_COLUMNS;
    s->hxl = vg_table__is_hxl(r->header, s->n_columns) ? r->header : NULL;
    s->cell = vg_new(r->a, vg_str, (int64_t)SAMPLE_ROWS * s->n_columns);
    if (!s->cell)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!vg_input_peek(r->in, VG_PEEK, &head, e) || !vg_input_memory(head, s->file, &in, e))
        return false;
    vg_csv_opts opts = { .sep = vg_csv_sep(r->csv), .latin1_ok = true };
    bool ok = vg_csv_open(in, &opts, &csv, e);
    if (ok) {
        ok = !vg_csv_next(csv, &row, e) || sample_rows(s, csv, r->a, e);
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return ok;
}

/* --- the mapping --- */

typedef struct {
    vg_mapping map;
    const int32_t *col; /* map.col */
    bool series, regional;
    int32_t value;
    vg_region_table regions; /* of a regional table */
    vg_panel_seen seen;
    char id[32];
} state;

static bool has(const state *st, vg_map_field f)
{
    return st->map.col[f] >= 0;
}

static bool is_series(const state *st)
{
    bool unit = has(st, VG_MAP_COUNTRY) || has(st, VG_MAP_GWCODE) || has(st, VG_MAP_CELL);
    bool place = has(st, VG_MAP_LAT) && has(st, VG_MAP_LON);
    bool event =
        has(st, VG_MAP_ID) || has(st, VG_MAP_START) || has(st, VG_MAP_ACTOR_A) || has(st, VG_MAP_TEXT);
    bool by_month = has(st, VG_MAP_MONTH) && (has(st, VG_MAP_VALUE) || has(st, VG_MAP_DEATHS));
    return unit && !place && !event && (by_month || (has(st, VG_MAP_DATE) && has(st, VG_MAP_VALUE)));
}

/* A region, a month and numbers, and nothing that an event has. By days only where a value is named. */
static bool is_regional(const state *st)
{
    bool region = has(st, VG_MAP_ADM1) || has(st, VG_MAP_ADM1_CODE);
    bool event = has(st, VG_MAP_LAT) || has(st, VG_MAP_LON) || has(st, VG_MAP_ID) || has(st, VG_MAP_START) ||
                 has(st, VG_MAP_ACTOR_A) || has(st, VG_MAP_TEXT) || has(st, VG_MAP_KIND) ||
                 has(st, VG_MAP_TYPE) || has(st, VG_MAP_CELL);
    bool by_day = has(st, VG_MAP_DATE) && has(st, VG_MAP_VALUE) && !has(st, VG_MAP_DEATHS);
    return region && !event && (has(st, VG_MAP_MONTH) || by_day);
}

static bool check_mapping(const vg_reading *r, const state *st, vg_err *e)
{
    static const char *const names[] = { "a date (or month)", "a country, or latitude and longitude" };
    bool unit = has(st, VG_MAP_COUNTRY) || has(st, VG_MAP_GWCODE) || has(st, VG_MAP_CELL);
    bool place = unit || is_regional(st) || (has(st, VG_MAP_LAT) && has(st, VG_MAP_LON));
    bool time = has(st, VG_MAP_DATE) || has(st, VG_MAP_START) || has(st, VG_MAP_MONTH);
    return vg_table__need(r, "no known format, and not a table of events or numbers", names,
                          (int32_t[]){ time ? 0 : -1, place ? 0 : -1 }, 2, e);
}

/* --- a table of numbers by region and month --- */

static bool is_number_column(const vg_reading *r, const state *st, const vg_column_holds *holds, int32_t c)
{
    static const vg_map_field numbers[] = { VG_MAP_VALUE, VG_MAP_DEATHS, VG_MAP_LOW, VG_MAP_HIGH,
                                            VG_MAP_CIVILIANS };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (st->col[numbers[i]] == c)
            return true;
    for (int f = 0; f < VG_MAP_FIELDS; f++)
        if (st->col[f] == c)
            return false;
    return r->header[c].n && !vg_eq_nocase(r->header[c], VG_S("year")) && holds[c] == VG_HOLDS_NUMBERS;
}

/* The vintage's own variable: arrivals, else what is named as the value, else the first column of numbers. */
static int32_t own_column(const vg_reading *r, const state *st)
{
    int32_t arrivals = vg_table__column(r, "arrivals");
    return arrivals >= 0 ? arrivals : st->col[VG_MAP_VALUE];
}

static void add_column(const vg_reading *r, vg_region_table *t, int32_t c)
{
    if (t->n_columns < VG_REGION_COLUMNS)
        t->column[t->n_columns++] = (vg_region_column){ .col = c,
                                                        .variable = r->header[c],
                                                        .counted = vg_regional__counted(r->header[c]) };
}

static bool settle_regions(vg_reading *r, state *st, vg_err *e)
{
    vg_region_table *t = &st->regions;
    const vg_column_holds *holds;
    *t = (vg_region_table){ .region = st->col[VG_MAP_ADM1],
                            .code = st->col[VG_MAP_ADM1_CODE],
                            .district = st->col[VG_MAP_ADM2],
                            .month = has(st, VG_MAP_MONTH) ? st->col[VG_MAP_MONTH] : st->col[VG_MAP_DATE],
                            .date_form = has(st, VG_MAP_MONTH) ? 0 : st->map.date_form };
    t->column = vg_new(r->a, vg_region_column, VG_REGION_COLUMNS);
    if (!t->column)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!vg_regional__holds(r, st->map.decimal_comma, &holds, e))
        return false;
    int32_t own = own_column(r, st);
    if (own >= 0 && is_number_column(r, st, holds, own))
        add_column(r, t, own);
    for (int32_t c = 0; c < r->n_header; c++)
        if (!(t->n_columns && c == t->column[0].col) && is_number_column(r, st, holds, c))
            add_column(r, t, c);
    static const char *const names[] = { "a column of numbers" };
    return vg_table__need(r, "a table by region and month", names, (int32_t[]){ t->n_columns ? 0 : -1 }, 1,
                          e);
}

/* What is read of a regional table beside the mapping. */
static void tell_columns(vg_reading *r, const vg_region_table *t)
{
    vg_str list = VG_S("");
    for (int32_t i = 0; i < t->n_columns && list.n < 200; i++)
        list = vg_format(r->a, "%.*s%s%.*s", VG_P(list), i ? ", " : "", VG_P(t->column[i].variable));
    vg_reading__note(r, "numbers by region and month: %.*s", VG_P(vg_utf8_head(list, 240)));
}

static bool settle_mapping(vg_reading *r, state *st, vg_err *e)
{
    vg_sample sample;
    if (!take_sample(r, &sample, e))
        return false;
    for (int f = 0; f < VG_MAP_FIELDS; f++)
        st->map.col[f] = -1;
    st->map.decimal_comma = r->opts->decimal_comma;
    if (!vg_guess__given(r->opts->map, &sample, &st->map, e))
        return false;
    vg_hxl__mapping(&sample, &st->map);
    st->col = st->map.col;
    if (!vg_guess__mapping(&sample, &st->map, e) || !check_mapping(r, st, e))
        return false;
    st->regional = is_regional(st);
    if (st->regional && !settle_regions(r, st, e))
        return false;
    st->series = !st->regional && is_series(st);
    st->value = has(st, VG_MAP_VALUE) ? st->col[VG_MAP_VALUE] : st->col[VG_MAP_DEATHS];
    r->decimal_comma = st->map.decimal_comma;
    r->found->mapping = vg_guess__text(&sample, &st->map, r->a);
    if (st->map.from_hxl)
        r->found->why = VG_S("a table with HXL tags");
    if (st->series)
        r->found->about.variable = r->header[st->value];
    return r->found->mapping.s ? true : vg_fail_memory(e, vg_arena_limit(r->a));
}

/* --- rows --- */

static void read_month(vg_reading *r, const state *st, int32_t *month)
{
    int64_t x;
    int32_t col = st->col[VG_MAP_MONTH];
    vg_str s = vg_cell(r, col);
    bool by_number = vg_eq_nocase(r->header[col], VG_S("month_id"));
    if (by_number && vg_int_lenient(s, &x) && x > 0 && x < VG_PANEL_MONTHS) {
        *month = (int32_t)x;
    } else if (by_number || !vg_month_parse(s, month)) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col), "there is no month \"%.*s\"",
                VG_P(vg_utf8_head(s, 40)));
        vg_why(&r->why,
               by_number ? "months are numbers counted from January 1980" : "a month is written 2024-03");
    }
}

static void read_days(vg_reading *r, const state *st, vg_event *ev)
{
    int32_t month = 0, from = has(st, VG_MAP_START) ? st->col[VG_MAP_START] : st->col[VG_MAP_DATE];
    if (from < 0) {
        read_month(r, st, &month);
        ev->day_from = vg_month_first_day(month);
        ev->day_to = vg_month_last_day(month);
        ev->date_prec = 3;
        return;
    }
    vg_field__day(r, from, "the date", st->map.date_form, &ev->day_from);
    ev->day_to = ev->day_from;
    if (vg_cell(r, st->col[VG_MAP_END]).n) {
        vg_field__day(r, st->col[VG_MAP_END], "the last day", st->map.date_form, &ev->day_to);
        vg_field__interval(r, st->col[VG_MAP_END], ev);
    }
}

static const vg_country *read_country(vg_reading *r, const state *st)
{
    int64_t x;
    const vg_country *c = NULL;
    vg_str s = vg_cell(r, st->col[VG_MAP_GWCODE]);
    if (!s.n) {
        vg_field__country(r, st->col[VG_MAP_COUNTRY], &c);
        return c;
    }
    c = vg_int_lenient(s, &x) && x > 0 && x < INT32_MAX ? vg_country_by_gwcode((int32_t)x) : NULL;
    if (!c)
        vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, st->col[VG_MAP_GWCODE]),
                "there is no country with the Gleditsch-Ward number \"%.*s\"", VG_P(vg_utf8_head(s, 40)));
    return c;
}

/* UCDP's numbers and words; what says neither stays unknown. */
static int8_t type_of(vg_str s)
{
    static const struct {
        const char *word;
        vg_type type;
    } words[] = { { "1", VG_TYPE_STATE },
                  { "sb", VG_TYPE_STATE },
                  { "state-based", VG_TYPE_STATE },
                  { "state-based violence", VG_TYPE_STATE },
                  { "2", VG_TYPE_NON_STATE },
                  { "ns", VG_TYPE_NON_STATE },
                  { "non-state", VG_TYPE_NON_STATE },
                  { "non-state violence", VG_TYPE_NON_STATE },
                  { "3", VG_TYPE_ONE_SIDED },
                  { "os", VG_TYPE_ONE_SIDED },
                  { "one-sided", VG_TYPE_ONE_SIDED },
                  { "one-sided violence", VG_TYPE_ONE_SIDED } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (vg_eq_nocase(s, vg_str_z(words[i].word)))
            return (int8_t)words[i].type;
    return VG_TYPE_UNKNOWN;
}

static void read_event(vg_reading *r, state *st, vg_event *ev)
{
    const int32_t *col = st->col;
    *ev = (vg_event){ .low = VG_UNKNOWN, .best = VG_UNKNOWN, .high = VG_UNKNOWN, .civilians = VG_UNKNOWN };
    ev->external_id = vg_cell(r, col[VG_MAP_ID]);
    if (!ev->external_id.n) {
        int n = snprintf(st->id, sizeof st->id, "line %lld", (long long)r->row.line);
        ev->external_id = (vg_str){ st->id, n };
    }
    read_days(r, st, ev);
    vg_field__point(r, col[VG_MAP_LAT], col[VG_MAP_LON], ev);
    const vg_country *c = read_country(r, st);
    ev->gwcode = c ? c->gwcode : 0;
    vg_field__code(r, col[VG_MAP_WHERE], "where_prec", VG_WHERE_EXACT, VG_WHERE_WORLD, &ev->where_prec);
    vg_field__count(r, col[VG_MAP_DEATHS], "the number of deaths", &ev->best);
    vg_field__count(r, col[VG_MAP_LOW], "the low estimate", &ev->low);
    vg_field__count(r, col[VG_MAP_HIGH], "the high estimate", &ev->high);
    vg_field__count(r, col[VG_MAP_CIVILIANS], "the number of civilian deaths", &ev->civilians);
    vg_field__range(r, col[VG_MAP_LOW], VG_UNKNOWN, ev);
    ev->type = type_of(vg_cell(r, col[VG_MAP_TYPE]));
    ev->kind = vg_cell(r, col[VG_MAP_KIND]);
    ev->actor_a = vg_cell(r, col[VG_MAP_ACTOR_A]);
    ev->actor_b = vg_cell(r, col[VG_MAP_ACTOR_B]);
    ev->adm1 = vg_cell(r, col[VG_MAP_ADM1]);
    ev->adm2 = vg_cell(r, col[VG_MAP_ADM2]);
    ev->text = vg_cell(r, col[VG_MAP_TEXT]);
    ev->source = vg_cell(r, col[VG_MAP_SOURCE]);
    ev->url = vg_cell(r, col[VG_MAP_URL]);
}

static void read_unit(vg_reading *r, const state *st, vg_point *p, vg_unit *u)
{
    int64_t gid;
    if (has(st, VG_MAP_CELL) && !has(st, VG_MAP_COUNTRY) && !has(st, VG_MAP_GWCODE)) {
        p->kind = VG_UNIT_CELL;
        vg_str s = vg_cell(r, st->col[VG_MAP_CELL]);
        if (vg_int_lenient(s, &gid) && gid >= 1 && gid <= VG_GRID_CELLS)
            p->unit = (int32_t)gid;
        else
            vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, st->col[VG_MAP_CELL]), "there is no cell \"%.*s\"",
                    VG_P(vg_utf8_head(s, 40)));
        return;
    }
    const vg_country *c = read_country(r, st);
    p->kind = VG_UNIT_COUNTRY;
    if (c)
        *u = (vg_unit){ .unit = c->gwcode, .name = c->name[0], .iso3 = c->iso3, .gwcode = c->gwcode };
    else
        vg_fail(&r->why, VG_EPARSE, r->at, "the row names no country");
    p->unit = u->unit;
}

static bool read_point(vg_reading *r, state *st, vg_err *e)
{
    int32_t day = 0;
    vg_unit u = { .unit = 0 };
    vg_point p = { .value = (double)NAN };
    if (has(st, VG_MAP_MONTH)) {
        read_month(r, st, &p.month);
    } else {
        vg_field__day(r, st->col[VG_MAP_DATE], "the date", st->map.date_form, &day);
        p.month = vg_month_of_day(day);
    }
    read_unit(r, st, &p, &u);
    vg_field__number(r, st->value, "the number", &p.value);
    if (!vg_failed(&r->why) && p.kind == VG_UNIT_COUNTRY)
        vg_reading__meet(r, u.gwcode);
    return vg_panel__put(&st->seen, r, &p, p.kind == VG_UNIT_COUNTRY ? &u : NULL, e);
}

static bool read_all(vg_reading *r, state *st, vg_err *e)
{
    vg_event ev;
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e) || !settle_mapping(r, st, e))
        return false;
    if (st->regional) {
        tell_columns(r, &st->regions);
        return vg_regional__read(r, &st->regions, e);
    }
    while (vg_table__next(r, e)) {
        if (st->series) {
            if (!read_point(r, st, e))
                return false;
            continue;
        }
        read_event(r, st, &ev);
        if (!vg_reading__event(r, &ev, e))
            return false;
    }
    if (st->series)
        vg_panel__cover(&st->seen, r);
    return !vg_failed(e);
}

bool vg_generic__read(vg_reading *r, vg_err *e)
{
    state *st = vg_new(r->a, state, 1);
    if (!st)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    bool ok = vg_panel__init(&st->seen, e) && read_all(r, st, e);
    vg_panel__free(&st->seen);
    return ok;
}
