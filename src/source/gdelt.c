/*
 * GDELT event tables: tab-separated, no header, no quotes; 57 or 58 fields in 1.0, 61 in 2.0. Layout: GDELT Event
 * Codebook 1.03 and 2.0. Event codes are CAMEO and keep their leading zeros; places carry FIPS 10-4 country codes and
 * actors CAMEO ones, which are looked up each in its own table. Invariant: GDELT counts reports and no dead, so every
 * event is VG_TYPE_OTHER and its deaths are not known.
 */
#include <math.h>
#include <stdio.h>

#include "source/source_int.h"

enum { ID, DAY, ACTOR1_CODE = 5, ACTOR1_NAME, ACTOR1_COUNTRY, ACTOR2_CODE = 15, ACTOR2_NAME, ACTOR2_COUNTRY };
enum {
    EVENT_CODE = 26,
    EVENT_BASE,
    EVENT_ROOT,
    QUAD_CLASS,
    GOLDSTEIN,
    N_MENTIONS,
    N_SOURCES,
    N_ARTICLES,
    TONE
};

/* Where the block of the action's place begins, and the fields behind it. */
typedef struct {
    int32_t n, type, name, country, adm1, lat, lon, added, url;
} layout;

static const layout layouts[] = {
    { 57, 49, 50, 51, 52, 53, 54, 56, -1 },
    { 58, 49, 50, 51, 52, 53, 54, 56, 57 },
    { 61, 51, 52, 53, 54, 56, 57, 59, 60 },
};

typedef struct {
    int32_t first_added, last_added; /* days on which rows were added */
    bool version_2;
    char actor[2][160], text[160];
} state;

static const layout *layout_of(int32_t n)
{
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        if (layouts[i].n == n)
            return &layouts[i];
    return NULL;
}

static void read_day(vg_reading *r, int32_t col, const char *what, int32_t *day)
{
    vg_field__day(r, col, what, VG_DATE_COMPACT, day);
}

/* ActionGeo_Type: 1 country, 2 US state, 3 US city, 4 city, 5 state. A city's point is its centre. */
static void read_place(vg_reading *r, const layout *l, vg_event *ev)
{
    static const int8_t where[] = { VG_WHERE_UNKNOWN, VG_WHERE_COUNTRY, VG_WHERE_ADMIN1,
                                    VG_WHERE_NEAR,    VG_WHERE_NEAR,    VG_WHERE_ADMIN1 };
    int8_t type = 0;
    ev->lat_deg = ev->lon_deg = (double)NAN;
    vg_field__code(r, l->type, "ActionGeo_Type", 0, 5, &type);
    if (type == 0 || vg_failed(&r->why)) /* nothing is known of the place; 1.0 writes 0, 0 then */
        return;
    ev->where_prec = where[type];
    vg_field__point(r, l->lat, l->lon, ev);
    ev->adm1 = type == 1 ? VG_NOSTR : vg_cell(r, l->adm1);
    ev->adm2 = type == 1 ? VG_NOSTR : vg_cell(r, l->name);
}

/* Seas and disputed islands have FIPS codes and belong to no country here. */
static bool is_no_country(vg_str fips)
{
    static const char *const codes[] = { "OC", "OS", "PF", "PG", "PJ", "XX", "--" };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (vg_eq(fips, vg_str_z(codes[i])))
            return true;
    return false;
}

static void read_country(vg_reading *r, const layout *l, vg_event *ev)
{
    vg_str fips = vg_cell(r, l->country);
    const vg_country *c = vg_country_by_fips(fips);
    if (c) {
        ev->gwcode = c->gwcode;
    } else if (fips.n && !is_no_country(fips)) {
        vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, l->country),
                "there is no country with the FIPS code \"%.*s\"", VG_P(vg_utf8_head(fips, 40)));
        vg_why(&r->why, "places in GDELT carry FIPS 10-4 codes, not ISO codes");
    }
}

/* "PRESIDENT [USA]": the name, else the code, and the country's ISO code when the actor has a country. */
static vg_str read_actor(vg_reading *r, int32_t first, char *buf, size_t size)
{
    vg_str name = vg_cell(r, first + 1), cameo = vg_cell(r, first + 2);
    const vg_country *c = vg_country_by_cameo(cameo);
    name = name.n ? name : vg_cell(r, first);
    name = vg_utf8_head(name, (ptrdiff_t)size - 16);
    if (!c)
        return name;
    return (vg_str){ buf, snprintf(buf, size, "%.*s [%.*s]", VG_P(name), VG_P(c->iso3)) };
}

static vg_str read_text(vg_reading *r, state *st)
{
    vg_str quad = vg_utf8_head(vg_cell(r, QUAD_CLASS), 8),
           goldstein = vg_utf8_head(vg_cell(r, GOLDSTEIN), 12),
           mentions = vg_utf8_head(vg_cell(r, N_MENTIONS), 12),
           root = vg_utf8_head(vg_cell(r, EVENT_ROOT), 8),
           articles = vg_utf8_head(vg_cell(r, N_ARTICLES), 12), tone = vg_utf8_head(vg_cell(r, TONE), 12);
    int n =
        snprintf(st->text, sizeof st->text,
                 "CAMEO root %.*s, quad class %.*s, Goldstein %.*s, mentions %.*s, articles %.*s, tone %.*s",
                 VG_P(root), VG_P(quad), VG_P(goldstein), VG_P(mentions), VG_P(articles), VG_P(tone));
    return (vg_str){ st->text, n };
}

static void meet_added(vg_reading *r, state *st, const layout *l)
{
    int32_t day;
    vg_str s = vg_sub(vg_cell(r, l->added), 0, 8); /* 2.0 adds the time of day */
    if (!vg_day_parse(s, VG_DATE_COMPACT, &day))
        return;
    st->first_added = st->first_added == 0 || day < st->first_added ? day : st->first_added;
    st->last_added = day > st->last_added ? day : st->last_added;
}

static void wrong_width(vg_reading *r)
{
    vg_fail(&r->why, VG_EPARSE, r->at, "the row has %d fields", r->row.n);
    vg_why(&r->why, "a GDELT event has 57 or 58 fields (1.0) or 61 (2.0), with tabs between them");
}

static void read_row(vg_reading *r, state *st, vg_event *ev)
{
    int64_t id;
    const layout *l = layout_of(r->row.n);
    *ev = (vg_event){ .type = VG_TYPE_OTHER,
                      .date_prec = 1,
                      .low = VG_UNKNOWN,
                      .best = VG_UNKNOWN,
                      .high = VG_UNKNOWN,
                      .civilians = VG_UNKNOWN };
    if (!l) {
        wrong_width(r);
        return;
    }
    if (vg_field__needed(r, ID, "GLOBALEVENTID", &ev->external_id) && !vg_int(ev->external_id, &id)) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, ID), "GLOBALEVENTID is not a number: \"%.*s\"",
                VG_P(vg_utf8_head(ev->external_id, 40)));
        return;
    }
    read_day(r, DAY, "SQLDATE", &ev->day_from);
    ev->day_to = ev->day_from;
    vg_field__needed(r, EVENT_CODE, "EventCode", &ev->kind);
    read_place(r, l, ev);
    read_country(r, l, ev);
    ev->actor_a = read_actor(r, ACTOR1_CODE, st->actor[0], sizeof st->actor[0]);
    ev->actor_b = read_actor(r, ACTOR2_CODE, st->actor[1], sizeof st->actor[1]);
    ev->text = read_text(r, st);
    ev->url = vg_cell(r, l->url);
    if (!vg_failed(&r->why) && l->n == 61) {
        st->version_2 = true;
        meet_added(r, st, l);
    }
}

static bool check_separator(vg_reading *r, vg_err *e)
{
    if (!r->found->n_rows || layout_of(r->row.n) || r->row.bad)
        return true;
    if (r->found->n_rows > 1)
        return true;
    vg_fail(e, VG_EPARSE, r->at, "this is no GDELT event table: the first row has %d tab-separated fields",
            r->row.n);
    vg_why(e, "a GDELT event has 57 or 58 fields (1.0) or 61 (2.0); mentions (16) and the GKG (27) are other "
              "tables");
    return vg_mend(e, "give the export or events file, or name another format with --as");
}

/* A 2.0 file holds the reports of its day also on older events: it covers the days on which rows were added. */
static void cover(vg_reading *r, const state *st)
{
    vg_vintage *about = &r->found->about;
    about->version = about->version.n ? about->version : st->version_2 ? VG_S("2.0") : VG_S("1.0");
    about->scope = VG_S("world");
    if (st->version_2 && st->last_added) {
        about->first_month = vg_month_of_day(st->first_added);
        about->last_month = vg_month_of_day(st->last_added);
    }
}

bool vg_gdelt__read(vg_reading *r, vg_err *e)
{
    vg_event ev = { .gwcode = 0 };
    state st = { .version_2 = false };
    if (!vg_csv_open(r->in, &(vg_csv_opts){ .sep = '\t', .no_quotes = true, .latin1_ok = true }, &r->csv, e))
        return false;
    r->has_columns = true;
    while (vg_csv_next(r->csv, &r->row, e)) {
        r->at = (vg_at){ .file = vg_input_name(r->in), .line = r->row.line };
        r->cell = r->row.cell;
        r->n_cells = r->row.n;
        if (!vg_reading__count(r, e) || !check_separator(r, e))
            return false;
        if (r->row.bad)
            r->why = r->row.why;
        else
            read_row(r, &st, &ev);
        if (!vg_reading__event(r, &ev, e))
            return false;
    }
    cover(r, &st);
    return !vg_failed(e);
}
