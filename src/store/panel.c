/* Panels: sums of events, or a series, by unit and month. One pass over the rows of each vintage adds into a row of
 * numbers per unit (measured faster than GROUP BY, which sorts), then the rows are put in the order of the units.
 * Invariant: a month's numbers come from one vintage only, the one that owns it in the stream. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "geo/country.h"
#include "store/store_int.h"

typedef struct {
    vg_unit about;
    double *value;
} unit_row;

/* Rows by unit: open addressing over row numbers, at most half full. */
typedef struct {
    vg_arena *arena; /* scratch */
    const vg_stream *stream;
    double *blank; /* what a new row holds */
    unit_row *row;
    int64_t n, cap;
    int32_t *slot; /* row number + 1 */
    int64_t n_slots;
} table;

static int64_t slot_of(const table *t, int32_t unit)
{
    int64_t mask = t->n_slots - 1;
    int64_t at = (int64_t)((uint32_t)unit * 2654435769U) & mask;
    while (t->slot[at] && t->row[t->slot[at] - 1].about.unit != unit)
        at = (at + 1) & mask;
    return at;
}

static bool widen(table *t)
{
    int64_t n_slots = t->n_slots ? t->n_slots * 2 : 512;
    int32_t *slot = vg_new(t->arena, int32_t, n_slots);
    if (!slot)
        return false;
    t->slot = slot;
    t->n_slots = n_slots;
    for (int64_t i = 0; i < t->n; i++)
        t->slot[slot_of(t, t->row[i].about.unit)] = (int32_t)i + 1;
    return true;
}

/* Row of a unit, made when it is new; NULL when memory is out. */
static unit_row *row_of(table *t, int32_t unit, vg_err *e)
{
    if (t->n * 2 >= t->n_slots && !widen(t)) {
        vg_fail_memory(e, vg_arena_limit(t->arena));
        return NULL;
    }
    int64_t at = slot_of(t, unit);
    if (t->slot[at])
        return &t->row[t->slot[at] - 1];
    t->row = vg_sql__grow(t->arena, t->row, t->n, &t->cap, sizeof *t->row, e);
    double *value = t->row ? vg_new(t->arena, double, t->stream->n_months) : NULL;
    if (!value) {
        vg_fail_memory(e, vg_arena_limit(t->arena));
        return NULL;
    }
    memcpy(value, t->blank, (size_t)t->stream->n_months * sizeof *value);
    t->row[t->n] = (unit_row){ .about = { .unit = unit }, .value = value };
    t->slot[at] = (int32_t)++t->n;
    return &t->row[t->n - 1];
}

static bool begin_table(table *t, const vg_stream *s, vg_arena *arena, vg_err *e)
{
    *t = (table){ .arena = arena, .stream = s };
    t->blank = vg_new(arena, double, s->n_months);
    if (!t->blank || !widen(t))
        return vg_fail_memory(e, vg_arena_limit(arena));
    for (int32_t m = 0; m < s->n_months; m++)
        t->blank[m] = s->is_series || s->owner[m] < 0 ? (double)NAN : 0;
    return true;
}

/* --- events --- */

/* Share k of n: whole numbers, and what does not divide goes to the last months. */
static int64_t share(int64_t deaths, int32_t k, int32_t n)
{
    return deaths / n + (n - k <= deaths % n);
}

static void add_event(const table *t, unit_row *row, int32_t vintage, int32_t month, int32_t n_months,
                      int64_t deaths)
{
    for (int32_t k = 0; k < n_months; k++) {
        int32_t m = month + k - t->stream->first_month;
        if (m < 0 || m >= t->stream->n_months || t->stream->owner[m] != vintage)
            continue;
        row->value[m] += (double)(n_months == 1 ? deaths : share(deaths, k, n_months));
    }
}

static const char *measure(const vg_panel_query *q)
{
    return q->low ? "coalesce(low, best)" : q->high ? "coalesce(high, best)" : "best";
}

static bool add_events(table *t, vg_store *st, const vg_panel_query *q, int32_t vintage, int32_t only,
                       vg_err *e)
{
    const vg_vintage_rows *v = &t->stream->vintage[vintage];
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT %s, month, n_months, %s FROM event WHERE id BETWEEN ?1 AND ?2 AND (?3 >> type) & 1",
             q->kind == VG_UNIT_CELL ? "cell" : "gwcode", measure(q));
    vg_sql rows;
    if (!vg_sql__open(&rows, st, sql, e))
        return false;
    vg_sql__bind_int(&rows, 1, v->event_from);
    vg_sql__bind_int(&rows, 2, v->event_to);
    vg_sql__bind_int(&rows, 3, q->types);
    while (vg_sql__next(&rows)) {
        int32_t unit = vg_sql__i32(&rows, 0);
        if (unit == 0 || (only && unit != only))
            continue;
        unit_row *row = row_of(t, unit, e);
        rows.failed = !row;
        if (row)
            add_event(t, row, vintage, vg_sql__i32(&rows, 1), vg_sql__i32(&rows, 2), vg_sql__int(&rows, 3));
    }
    return vg_sql__close(&rows);
}

/* Last month of a state that is gone, 0 for one that is alive. */
static int32_t last_month_of(const vg_country *c)
{
    int64_t year;
    return vg_int(c->alive, &year) && year > 0 && year < 10000 ? vg_month((int32_t)year, 12) : 0;
}

static void describe_country(vg_unit *u, const vg_country *c)
{
    u->name = vg_country_name(c, VG_S("en"));
    u->iso3 = c->iso3;
    u->gwcode = c->gwcode;
    u->first_month = c->since;
    u->last_month = last_month_of(c);
}

/* A quiet country is a row of zeros. */
static bool add_country(table *t, const vg_country *c, vg_err *e)
{
    int32_t last = last_month_of(c);
    return (last && last < t->stream->first_month) || row_of(t, c->gwcode, e);
}

static bool any_deaths(const unit_row *row, int32_t from, int32_t to)
{
    for (int32_t m = from; m < to; m++)
        if (row->value[m] > 0)
            return true;
    return false;
}

static void forget_if_quiet(unit_row *row, int32_t from, int32_t to)
{
    if (any_deaths(row, from, to))
        return;
    for (int32_t m = from; m < to; m++)
        row->value[m] = (double)NAN;
}

/*
 * Before its birth and after its end a country is not known, which is not zero; but a source that uses its number
 * there (UCDP's 345 for Serbia) knows better.
 */
static void bound_country(const table *t, unit_row *row)
{
    const vg_country *c = vg_country_by_gwcode(row->about.unit);
    int32_t n = t->stream->n_months, first = t->stream->first_month;
    if (!c)
        return;
    int32_t born = c->since - first, gone = last_month_of(c) - first + 1;
    if (c->since && born > 0)
        forget_if_quiet(row, 0, born < n ? born : n);
    if (last_month_of(c) && gone < n)
        forget_if_quiet(row, gone < 0 ? 0 : gone, n);
}

/* Two states may have had the same number one after the other; the one vg_country_by_gwcode names stands for both. */
static bool add_countries(table *t, int32_t only, vg_err *e)
{
    int32_t n;
    const vg_country *all = vg_countries(&n);
    for (int32_t i = 0; i < n; i++)
        if (all[i].gwcode && (!only || all[i].gwcode == only) &&
            vg_country_by_gwcode(all[i].gwcode) == &all[i] && !add_country(t, &all[i], e))
            return false;
    return true;
}

static bool fill_events(table *t, vg_store *st, const vg_panel_query *q, vg_err *e)
{
    const vg_country *home = vg_country_by_iso3(t->stream->scope);
    int32_t only = q->kind == VG_UNIT_COUNTRY && home ? home->gwcode : 0;
    if (q->kind == VG_UNIT_COUNTRY && !add_countries(t, only, e))
        return false;
    for (int32_t i = 0; i < t->stream->n; i++)
        if (!add_events(t, st, q, i, only, e))
            return false;
    for (int64_t i = 0; i < t->n && q->kind == VG_UNIT_COUNTRY; i++)
        bound_country(t, &t->row[i]);
    return true;
}

/* --- series --- */

/* Number of the asked variable's name in a vintage; 0 = it is the vintage's own. */
static int64_t variable_id(const vg_vintage_rows *v, vg_str variable)
{
    int64_t at = vg_eq(variable, v->about.variable) ? -1 : vg_vintage__variable(v, variable);
    return at < 0 ? 0 : v->variable_id[at];
}

static bool add_points(table *t, vg_store *st, vg_unit_kind kind, int32_t vintage, vg_err *e)
{
    const vg_stream *s = t->stream;
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "SELECT unit, month, value FROM series WHERE id BETWEEN ?1 AND ?2 AND kind = ?3", e))
        return false;
    vg_sql__bind_int(&q, 1, s->vintage[vintage].series_from);
    vg_sql__bind_int(&q, 2, s->vintage[vintage].series_to);
    vg_sql__bind_int(&q, 3, VG_KIND_OF(kind, variable_id(&s->vintage[vintage], s->variable)));
    while (vg_sql__next(&q)) {
        unit_row *row = row_of(t, vg_sql__i32(&q, 0), e);
        int64_t m = vg_sql__int(&q, 1) - s->first_month;
        q.failed = !row;
        if (row && m >= 0 && m < s->n_months && s->owner[m] == vintage &&
            sqlite3_column_type(q.stmt, 2) != SQLITE_NULL)
            row->value[m] = sqlite3_column_double(q.stmt, 2);
    }
    return vg_sql__close(&q);
}

/* The vintage's own list of units; the latest release's word stands. */
static bool add_units(table *t, vg_store *st, int32_t vintage, bool only_known, vg_arena *names, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st,
                      "SELECT unit, name, iso3, gwcode, first_month, last_month FROM unit WHERE vintage = ?1",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, t->stream->vintage[vintage].about.id);
    while (vg_sql__next(&q)) {
        int32_t unit = vg_sql__i32(&q, 0);
        if (only_known && !t->slot[slot_of(t, unit)])
            continue;
        unit_row *row = row_of(t, unit, e);
        q.failed = !row;
        if (!row)
            break;
        row->about.name = vg_sql__copy(&q, 1, names);
        row->about.iso3 = vg_sql__copy(&q, 2, names);
        row->about.gwcode = vg_sql__i32(&q, 3);
        row->about.first_month = vg_sql__i32(&q, 4);
        row->about.last_month = vg_sql__i32(&q, 5);
    }
    return vg_sql__close(&q);
}

static bool fill_series(table *t, vg_store *st, const vg_panel_query *q, vg_arena *names, vg_err *e)
{
    for (int32_t i = 0; i < t->stream->n; i++) {
        /* A list of units does not say their kind: where there are several, it names units that have rows. Numbers of
         * regions and districts never meet (geo/region.h), those of countries and cells do. */
        unsigned kinds = vg_vintage__kinds(&t->stream->vintage[i]);
        bool only_kind = kinds == 1U << q->kind, regions = q->kind >= VG_UNIT_ADMIN1;
        if (!add_points(t, st, q->kind, i, e) ||
            ((only_kind || regions) && !add_units(t, st, i, !only_kind, names, e)))
            return false;
    }
    return true;
}

/* --- the panel --- */

static int by_unit(const void *a, const void *b)
{
    int32_t x = ((const unit_row *)a)->about.unit, y = ((const unit_row *)b)->about.unit;
    return (x > y) - (x < y);
}

/* Units nobody described are countries by their Gleditsch-Ward number, where they are countries at all. */
static void name_countries(table *t)
{
    for (int64_t i = 0; i < t->n; i++) {
        vg_unit *u = &t->row[i].about;
        const vg_country *c = u->name.n ? NULL : vg_country_by_gwcode(u->unit);
        if (c)
            describe_country(u, c);
        else if (!u->name.n)
            u->gwcode = u->unit;
    }
}

static bool list_vintages(const vg_stream *s, vg_arena *a, vg_panel *out)
{
    out->vintage = vg_new(a, int64_t, s->n);
    if (!out->vintage)
        return false;
    for (int32_t i = 0; i < s->n; i++) {
        bool owns = false;
        for (int32_t m = 0; m < s->n_months && !owns; m++)
            owns = s->owner[m] == i;
        if (owns)
            out->vintage[out->n_vintages++] = s->vintage[i].about.id;
    }
    return true;
}

static bool finish(const table *t, const vg_panel_query *q, vg_arena *a, vg_panel *out, vg_err *e)
{
    const vg_stream *s = t->stream;
    int64_t n_months = s->n_months;
    vg_panel p = {
        .kind = q->kind, .n_units = (int32_t)t->n, .n_months = s->n_months, .first_month = s->first_month
    };
    if (t->n)
        qsort(t->row, (size_t)t->n, sizeof *t->row, by_unit);
    p.unit = vg_new(a, vg_unit, t->n);
    p.value = vg_new(a, double, t->n *n_months);
    p.source = vg_copy(a, s->source);
    p.scope = vg_copy(a, s->scope);
    p.variable = vg_copy(a, s->variable);
    if (!p.unit || !p.value || !p.source.s || !p.scope.s || !p.variable.s || !list_vintages(s, a, &p))
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < t->n; i++) {
        p.unit[i] = t->row[i].about;
        memcpy(p.value + i * n_months, t->row[i].value, (size_t)n_months * sizeof *p.value);
    }
    *out = p;
    return true;
}

/* "sb", "ns", "os", or "deaths" for any other choice of types. */
static vg_str events_variable(unsigned types)
{
    switch (types) {
    case 1U << VG_TYPE_STATE: return VG_S("sb");
    case 1U << VG_TYPE_NON_STATE: return VG_S("ns");
    case 1U << VG_TYPE_ONE_SIDED: return VG_S("os");
    default: return VG_S("deaths");
    }
}

static bool build(vg_store *st, const vg_panel_query *q, vg_arena *scratch, vg_arena *a, vg_panel *out,
                  vg_err *e)
{
    vg_stream_query wanted = {
        .source = q->source, .variable = q->variable, .scope = q->scope, .kind = q->kind, .as_of = q->as_of
    };
    vg_stream s;
    table t;
    if (!vg_stream__choose(st, &wanted, scratch, &s, e) || !begin_table(&t, &s, scratch, e))
        return false;
    if (!(s.is_series ? fill_series(&t, st, q, a, e) : fill_events(&t, st, q, e)))
        return false;
    if (!s.is_series)
        s.variable = events_variable(q->types);
    if (q->kind == VG_UNIT_COUNTRY)
        name_countries(&t);
    return finish(&t, q, a, out, e);
}

bool vg_store_panel(vg_store *st, const vg_panel_query *q, vg_arena *a, vg_panel *out, vg_err *e)
{
    vg_panel_query asked = *q;
    asked.kind = q->kind ? q->kind : VG_UNIT_COUNTRY;
    asked.types = q->types ? q->types : 1U << VG_TYPE_STATE;
    if (!vg_store__ready(st, e))
        return false;
    if (q->low && q->high)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a panel sums the low or the high estimate, not both");
    vg_arena scratch;
    if (!vg_arena_init(&scratch, vg_arena_limit(a), e))
        return false;
    bool ok = build(st, &asked, &scratch, a, out, e);
    vg_arena_free(&scratch);
    return ok;
}
