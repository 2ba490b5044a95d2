/*
 * NASA FIRMS heat detections: one report each, of kind satellite, act unknown. What a satellite sees is heat; whether
 * it was fire of war is for others to say. The radius is the size of a pixel at nadir: 375 m (VIIRS), 1 km (MODIS, or
 * where the file does not say). Invariant: the same detection has the same id, whatever file it stands in.
 * Columns: FIRMS "VNP14IMGT" and "MCD14DL" attributes (earthdata.nasa.gov, FIRMS FAQ); or date, lat, lon alone, one UTC
 * day each.
 */
#include "source/report_int.h"

#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

enum { VIIRS_M = 375, MODIS_M = 1000, DAY = 86400 };

typedef struct {
    int32_t date, lat, lon, time, satellite, instrument, confidence;
    bool viirs, modis; /* as the columns tell */
} firms_columns;

static firms_columns columns_of(const vg_str *header, int32_t n)
{
    firms_columns c = {
        .date = vg_report__column(header, n, "acq_date|date"),
        .lat = vg_report__column(header, n, "latitude|lat"),
        .lon = vg_report__column(header, n, "longitude|lon"),
        .time = vg_report__column(header, n, "acq_time"),
        .satellite = vg_report__column(header, n, "satellite"),
        .instrument = vg_report__column(header, n, "instrument"),
        .confidence = vg_report__column(header, n, "confidence"),
    };
    c.viirs = vg_report__column(header, n, "bright_ti4") >= 0;
    c.modis = vg_report__column(header, n, "brightness") >= 0;
    return c;
}

bool vg_report_firms__knows(const vg_str *header, int32_t n)
{
    firms_columns c = columns_of(header, n);
    bool nasa = vg_report__column(header, n, "acq_date") >= 0;
    return c.date >= 0 && c.lat >= 0 && c.lon >= 0 && (nasa || n == 3);
}

static void refuse(vg_report_reading *r, const vg_report_table *t, int32_t column, const char *what,
                   const char *why)
{
    vg_str cell = vg_report__column_text(t, column);
    vg_fail(&r->why, VG_EPARSE, vg_report__column_at(t, column), "%s: \"%.*s\"", what,
            VG_P(vg_utf8_head(cell, 60)));
    vg_why(&r->why, "%s", why);
}

/* acq_time is hhmm in UTC, often without its leading zeros, or hh:mm. */
static bool read_minute(vg_str s, int64_t *minute)
{
    char digits[8];
    int n = 0;
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.s[i] >= '0' && s.s[i] <= '9' && n < 4)
            digits[n++] = s.s[i];
        else if (s.s[i] != ':' || n == 0)
            return false;
    int64_t x = 0;
    if (!n || !vg_int((vg_str){ digits, n }, &x) || x / 100 > 23 || x % 100 > 59)
        return false;
    *minute = x / 100 * 60 + x % 100;
    return true;
}

static void read_time(vg_report_reading *r, const vg_report_table *t, const firms_columns *c, vg_report *rep)
{
    int32_t day;
    int64_t minute;
    vg_str time = vg_report__column_text(t, c->time);
    if (!vg_day_parse(vg_report__column_text(t, c->date), VG_DATE_ISO | VG_DATE_COMPACT, &day)) {
        refuse(r, t, c->date, "not a day", "the date is written 2024-03-31");
    } else if (!time.n) {
        rep->from = (int64_t)day * DAY;
        rep->to = rep->from + DAY;
    } else if (!read_minute(time, &minute)) {
        refuse(r, t, c->time, "not a time of day", "the time is hours and minutes in UTC, as 0942");
    } else {
        rep->from = (int64_t)day * DAY + minute * 60;
        rep->to = rep->from + 60;
    }
}

/* MODIS tells percent. VIIRS tells a class: the middle of the band that MODIS' guide gives the class of that name. */
static float confidence_of(vg_str s)
{
    double percent;
    static const struct {
        const char *word;
        float value;
    } words[] = { { "l", .15F },       { "low", .15F }, { "n", .55F },
                  { "nominal", .55F }, { "h", .9F },    { "high", .9F } };
    if (vg_num(s, &percent) && percent >= 0 && percent <= 100)
        return (float)(percent / 100);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (vg_eq_nocase(s, vg_str_z(words[i].word)))
            return words[i].value;
    return NAN;
}

static bool is_viirs(const vg_report_table *t, const firms_columns *c)
{
    vg_str instrument = vg_report__column_text(t, c->instrument);
    return instrument.n ? vg_eq_nocase(instrument, VG_S("VIIRS")) : c->viirs;
}

static void keep_rest(vg_report_reading *r, const vg_report_table *t, const firms_columns *c)
{
    for (int32_t i = 0; i < t->n; i++) {
        vg_str text = vg_report__column_text(t, i);
        if (i != c->date && i != c->lat && i != c->lon && i != c->time && text.n && t->header[i].n)
            vg_report__extra_text(r, t->header[i], text);
    }
}

static vg_str id_of(const vg_report *rep, vg_str satellite, char *room, size_t cap)
{
    char when[32];
    vg_str at = vg_instant_text(rep->from, when);
    at.n = rep->to - rep->from == DAY ? 10 : 16;
    int n = snprintf(room, cap, "%.*s/%.4f,%.4f%s%.*s", VG_P(at), rep->lat_deg, rep->lon_deg,
                     satellite.n ? "/" : "", VG_P(vg_utf8_head(satellite, 20)));
    return (vg_str){ room, n };
}

static bool read_row(vg_report_reading *r, const vg_report_table *t, const firms_columns *c, vg_err *e)
{
    char id[160];
    vg_report rep = vg_report_none();
    vg_str lat = vg_report__column_text(t, c->lat), lon = vg_report__column_text(t, c->lon);
    if (!vg_report__number(r, lat, &rep.lat_deg) || fabs(rep.lat_deg) > 90)
        refuse(r, t, c->lat, "not a latitude", "it is in decimal degrees, -90 to 90");
    else if (!vg_report__number(r, lon, &rep.lon_deg) || fabs(rep.lon_deg) > 180)
        refuse(r, t, c->lon, "not a longitude", "it is in decimal degrees, -180 to 180");
    else
        read_time(r, t, c, &rep);
    if (vg_failed(&r->why))
        return vg_report__reject(r, e);
    rep.source = r->o->source.n ? r->o->source : VG_S("firms");
    rep.kind = (int8_t)(r->o->kind ? r->o->kind : VG_SOURCE_SATELLITE);
    rep.received_at = r->o->replay ? rep.to : r->o->received_at ? r->o->received_at : r->now;
    rep.radius_m = is_viirs(t, c) ? VIIRS_M : MODIS_M;
    rep.confidence = confidence_of(vg_report__column_text(t, c->confidence));
    rep.id = id_of(&rep, vg_report__column_text(t, c->satellite), id, sizeof id);
    keep_rest(r, t, c);
    rep.raw = vg_report__extra_end(r);
    return vg_report__hand_over(r, &rep, e);
}

bool vg_report_firms__read(vg_report_reading *r, vg_err *e)
{
    vg_report_table t;
    bool good = vg_report__table_open(r, &t, e);
    if (good && !vg_report_firms__knows(t.header, t.n)) {
        vg_fail(e, VG_EPARSE, (vg_at){ .file = r->file, .line = 1 }, "these columns are no heat detections");
        good = vg_why(e, "looked for latitude, longitude and acq_date, or for date, lat, lon alone");
    }
    firms_columns c = columns_of(t.header, t.n);
    while (good && vg_report__table_next(r, &t, e))
        good = read_row(r, &t, &c, e);
    vg_report__table_close(&t);
    return good && !vg_failed(e);
}
