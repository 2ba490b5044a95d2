/*
 * VIINA 2.0 (Zhukov and Ayers): events that machines found in the news of Ukrainian and Russian media, one a day, place and
 * kind. One report a row. Invariant: nothing is said here that the row does not say; what has no place stays in raw.
 *
 * Source is the first of the media that tell it; the id is the row's number, with the year of its file before it, for
 * numbers begin anew each year. The day is a day in Kyiv, where the events and most of the media are: in summer its
 * bounds are those of Moscow, too. The place is a populated place of GeoNames: 5 km hold nine in ten of what is said to
 * be "in" one, from a village to a city's edge; where the file tells a wider precision, that.
 * Actors: a_rus and a_ukr say that these forces are involved, not that they did it; only a_rus_init and a_ukr_init say
 * who began (README of VIINA, section on classification). So an actor is told only where exactly one _init is 1, and its
 * ground is never told: a classifier's label is neither sight nor accusation.
 */
#include "source/report_int.h"

#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "text/clock.h"

enum { DAY = 86400, TOWN_M = 5000, DISTRICT_M = 25000, PROVINCE_M = 75000, STREET_M = 1000 };

typedef struct {
    int32_t id, year, date, source, target, place, lat, lon, precision, rus, ukr, hash;
    vg_clock *clock;
} viina_columns;

/* What was struck. An attack on what people live from is named by that; else the kind of attack is not told. */
static const struct {
    const char *target;
    vg_act act;
} targets[] = {
    { "ENERGY_GRID_SUPPORT", VG_ACT_ATTACK_ON_INFRASTRUCTURE },
    { "REFINING_PETROCHEM_GAS", VG_ACT_ATTACK_ON_INFRASTRUCTURE },
    { "PIPELINE_PUMPING", VG_ACT_ATTACK_ON_INFRASTRUCTURE },
    { "FUEL_STORAGE_TERMINAL", VG_ACT_ATTACK_ON_INFRASTRUCTURE },
    { "PORT_EXPORT_LOGISTICS", VG_ACT_ATTACK_ON_INFRASTRUCTURE },
    { "RAIL_STRATEGIC_LOGISTICS", VG_ACT_ATTACK_ON_INFRASTRUCTURE },
};

/* Labels of the full files: how it was done, the surest word first. */
static const struct {
    const char *column;
    vg_act act;
    vg_weapon weapon;
} labels[] = {
    { "t_uav_b", VG_ACT_DRONE_STRIKE, VG_WEAPON_UAV },
    { "t_airstrike_b", VG_ACT_AIR_STRIKE, VG_WEAPON_UNKNOWN },
    { "t_artillery_b", VG_ACT_ARTILLERY, VG_WEAPON_UNKNOWN },
    { "t_armor_b", VG_ACT_TANK_FIRE, VG_WEAPON_TANK },
    { "t_firefight_b", VG_ACT_SMALL_ARMS, VG_WEAPON_SMALL_ARMS },
    { "t_raid_b", VG_ACT_ADVANCE, VG_WEAPON_UNKNOWN },
    { "t_arrest_b", VG_ACT_DETENTION, VG_WEAPON_NONE },
    { "t_cyber_b", VG_ACT_CYBER_OPERATION, VG_WEAPON_NONE },
};

static viina_columns columns_of(const vg_str *header, int32_t n)
{
    return (viina_columns){
        .id = vg_report__column(header, n, "event_id_1pd"),
        .year = vg_report__column(header, n, "year_file"),
        .date = vg_report__column(header, n, "date"),
        .source = vg_report__column(header, n, "sources_matching|sources|source"),
        .target = vg_report__column(header, n, "target_classes"),
        .place = vg_report__column(header, n, "asciiname"),
        .lat = vg_report__column(header, n, "latitude"),
        .lon = vg_report__column(header, n, "longitude"),
        .precision = vg_report__column(header, n, "GEO_PRECISION"),
        .rus = vg_report__column(header, n, "a_rus_init_b|a_rus_init"),
        .ukr = vg_report__column(header, n, "a_ukr_init_b|a_ukr_init"),
        .hash = vg_report__column(header, n, "text_sha1_12"),
    };
}

bool vg_report_viina__knows(const vg_str *header, int32_t n)
{
    viina_columns c = columns_of(header, n);
    return c.id >= 0 && c.date >= 0 && c.source >= 0 && c.lat >= 0 && c.lon >= 0;
}

static void refuse(vg_report_reading *r, const vg_report_table *t, int32_t column, const char *what,
                   const char *why)
{
    if (vg_failed(&r->why))
        return;
    vg_fail(&r->why, VG_EPARSE, vg_report__column_at(t, column), "%s: \"%.*s\"", what,
            VG_P(vg_utf8_head(vg_report__column_text(t, column), 60)));
    vg_why(&r->why, "%s", why);
}

static void read_day(vg_report_reading *r, const vg_report_table *t, const viina_columns *c, vg_report *rep)
{
    int32_t day;
    if (!vg_day_parse(vg_report__column_text(t, c->date), VG_DATE_ISO | VG_DATE_COMPACT, &day)) {
        refuse(r, t, c->date, "not a day", "the date is written 2024-03-31 or 20240331");
        return;
    }
    rep->from = vg_clock_utc(c->clock, (int64_t)day * DAY, NULL);
    rep->to = vg_clock_utc(c->clock, (int64_t)(day + 1) * DAY, NULL);
}

static void read_degrees(vg_report_reading *r, const vg_report_table *t, int32_t column, double most,
                         double *deg)
{
    vg_str text = vg_report__column_text(t, column);
    if (text.n && (!vg_report__number(r, text, deg) || fabs(*deg) > most))
        refuse(r, t, column, "not a place", "it is in decimal degrees");
}

static double radius_of(vg_str precision)
{
    return vg_eq(precision, VG_S("ADM1"))     ? PROVINCE_M
           : vg_eq(precision, VG_S("ADM2"))   ? DISTRICT_M
           : vg_eq(precision, VG_S("STREET")) ? STREET_M
                                              : TOWN_M;
}

static bool is_set(const vg_report_table *t, int32_t column)
{
    double x;
    return vg_num(vg_report__column_text(t, column), &x) && x > 0;
}

/* Labels of the full file where it has them, overruled by what was struck. */
static void read_act(const vg_report_table *t, const viina_columns *c, vg_report *rep)
{
    for (size_t i = 0; i < sizeof labels / sizeof *labels && !rep->act; i++)
        if (is_set(t, vg_report__column(t->header, t->n, labels[i].column))) {
            rep->act = (int8_t)labels[i].act;
            rep->weapon = (int8_t)labels[i].weapon;
        }
    for (vg_str rest = vg_report__column_text(t, c->target); rest.n;) {
        vg_str target = vg_cut(&rest, '|');
        for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
            if (vg_eq_nocase(target, vg_str_z(targets[i].target)))
                rep->act = (int8_t)targets[i].act;
    }
}

static void keep_rest(vg_report_reading *r, const vg_report_table *t, const viina_columns *c)
{
    for (int32_t i = 0; i < t->n; i++) {
        vg_str text = vg_report__column_text(t, i);
        bool told = i == c->id || i == c->date || i == c->place || i == c->lat || i == c->lon || i == c->hash;
        if (!told && text.n && t->header[i].n)
            vg_report__extra_text(r, t->header[i], text);
    }
}

static bool read_row(vg_report_reading *r, const vg_report_table *t, const viina_columns *c, vg_err *e)
{
    char id[320];
    vg_report rep = vg_report_none();
    vg_str sources = vg_report__column_text(t, c->source), number = vg_report__column_text(t, c->id);
    vg_str year = vg_report__column_text(t, c->year), date = vg_report__column_text(t, c->date);
    rep.source = vg_trim(vg_cut(&sources, '|'));
    rep.source = rep.source.n ? rep.source : r->o->source;
    if (!rep.source.n)
        refuse(r, t, c->source, "no source", "a report is of one of the media that tell it");
    if (!number.n || number.n > 200 || year.n > 100)
        refuse(r, t, c->id, "not an id", "each event has a number");
    read_day(r, t, c, &rep);
    read_degrees(r, t, c->lat, 90, &rep.lat_deg);
    read_degrees(r, t, c->lon, 180, &rep.lon_deg);
    if (vg_failed(&r->why))
        return vg_report__reject(r, e);
    year = year.n ? year : vg_sub(date, 0, 4);
    rep.id = (vg_str){ id, snprintf(id, sizeof id, "%.*s-%.*s", VG_P(year), VG_P(number)) };
    rep.kind = (int8_t)(r->o->kind ? r->o->kind : VG_SOURCE_PRESS);
    rep.received_at = r->o->replay ? rep.to : r->o->received_at ? r->o->received_at : r->now;
    rep.place = vg_report__column_text(t, c->place);
    rep.radius_m = isnan(rep.lat_deg) ? NAN : radius_of(vg_report__column_text(t, c->precision));
    rep.point_of = VG_POINT_TARGET;
    rep.text_hash = vg_report__column_text(t, c->hash);
    read_act(t, c, &rep);
    bool rus = is_set(t, c->rus), ukr = is_set(t, c->ukr);
    if (rus != ukr)
        rep.actor = rus ? VG_S("Russia") : VG_S("Ukraine");
    keep_rest(r, t, c);
    rep.raw = vg_report__extra_end(r);
    return vg_report__hand_over(r, &rep, e);
}

bool vg_report_viina__read(vg_report_reading *r, vg_err *e)
{
    vg_report_table t;
    bool good = vg_report__table_open(r, &t, e);
    if (good && !vg_report_viina__knows(t.header, t.n)) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = r->file, .line = 1 }, "these columns are no events of VIINA");
        good = vg_why(e, "looked for event_id_1pd, date, sources (or sources_matching), latitude, longitude");
    }
    viina_columns c = columns_of(t.header, t.n);
    good = good && vg_clock_open(VG_S("Europe/Kyiv"), &c.clock, e);
    while (good && vg_report__table_next(r, &t, e))
        good = read_row(r, &t, &c, e);
    if (c.clock)
        vg_clock_close(c.clock);
    vg_report__table_close(&t);
    return good && !vg_failed(e);
}
