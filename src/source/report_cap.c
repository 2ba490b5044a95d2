/*
 * Common Alerting Protocol 1.2 (OASIS Standard, 1 July 2010): one alert becomes one report for each <info> in the language
 * of the first; blocks in other languages say the same again. Invariant: only an alert of status Actual and of type
 * Alert, Update or Cancel is a report; all others go to the reject list.
 *
 *   identifier -> id (#2, #3 ... for further blocks), sender -> source, sent -> when it is observed until
 *   onset, else effective, else sent -> from; expires -> to where that is before sent
 *   Update: revises the newest of <references>; Cancel: withdraws it
 *   event -> act where it is one of its words; certainty -> confidence, the middle of the band that section 3.2.2 names
 *   circle, polygon -> the smallest circle found around all of them; areaDesc -> place
 *   Update of several blocks: the second revises the second one there (#2), and so on; one with fewer blocks than before
 *   leaves the others in force
 *   Cancel: withdraws all blocks that an alert may have (MOST_BLOCKS), since it does not say how many there were
 *   parameter: a name of ours fills that field (but source, id and times, which CAP has elements for: "time" and "start"
 *   mean many things); any other is kept in raw, as are severity, headline and description
 */
#include "source/report_int.h"

#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "core/xml.h"
#include "geo/zone.h"

enum { TEXT_BYTES = 16 << 20, POINTS = 20000, DOCUMENT_BYTES = 64 << 10, MOST_BLOCKS = 8 };

typedef struct {
    double lat_deg, lon_deg, radius_m;
} cap_point;

typedef struct {
    vg_report_reading *r;
    vg_arena texts;
    int64_t line;
    vg_str identifier, sender, sent, status, type, revises, first_language;
    int32_t n_blocks, n_infos;
    bool has_alert;
    vg_err verdict; /* why the alert as a whole is no report */
    /* of the block being read */
    vg_str language, event, effective, onset, expires, certainty, parameter;
    cap_point *point;
    int32_t n_points;
    double
        west_lon; /* longitudes are counted from the first point's, so that an area may lie across the date line */
} cap_reading;

static bool keep(cap_reading *c, vg_str text, vg_str *out, vg_err *e)
{
    *out = vg_copy(&c->texts, vg_trim(text));
    return out->s || vg_fail_memory(e, vg_arena_limit(&c->texts));
}

/* --- areas --- */

static double near_lon(double lon_deg, double first_deg)
{
    while (lon_deg - first_deg > 180)
        lon_deg -= 360;
    while (lon_deg - first_deg < -180)
        lon_deg += 360;
    return lon_deg;
}

static bool add_point(cap_reading *c, vg_str pair, double radius_m)
{
    double lat, lon;
    vg_str rest = pair, first = vg_cut(&rest, ',');
    if (!vg_num(vg_trim(first), &lat) || !vg_num(vg_trim(rest), &lon) || fabs(lat) > 90 || fabs(lon) > 180 ||
        c->n_points == POINTS)
        return false;
    if (!c->n_points)
        c->west_lon = lon;
    c->point[c->n_points++] = (cap_point){ lat, near_lon(lon, c->west_lon), radius_m };
    return true;
}

static void refuse_area(cap_reading *c, vg_str text, vg_at at, const char *why)
{
    if (vg_failed(&c->r->why))
        return;
    vg_fail(&c->r->why, VG_EPARSE, at, "not an area: \"%.*s\"", VG_P(vg_utf8_head(text, 60)));
    vg_why(&c->r->why, "%s", why);
}

static void read_circle(cap_reading *c, vg_str text, vg_at at)
{
    double km;
    vg_str rest = vg_trim(text), centre = vg_cut(&rest, ' ');
    if (!vg_num(vg_trim(rest), &km) || km < 0 || km > 20000 || !add_point(c, centre, km * 1000))
        refuse_area(c, text, at, "a circle is written LATITUDE,LONGITUDE RADIUS, in degrees and kilometres");
}

static void read_polygon(cap_reading *c, vg_str text, vg_at at)
{
    int32_t before = c->n_points;
    for (ptrdiff_t i = 0, from = 0; i <= text.n; i++) {
        if (i < text.n && (unsigned char)text.s[i] > ' ')
            continue;
        if (i > from && !add_point(c, vg_sub(text, from, i - from), 0)) {
            refuse_area(c, text, at,
                        "a polygon is written LATITUDE,LONGITUDE LATITUDE,LONGITUDE ... in degrees");
            return;
        }
        from = i + 1;
    }
    if (c->n_points - before < 4)
        refuse_area(c, text, at, "a polygon has at least four corners, the last of them the first");
}

/* The circle around the middle of what is there: at most 1.42 times as wide as the smallest. */
static bool enclose(const cap_reading *c, cap_point *out)
{
    double south = 90, north = -90, west = INFINITY, east = -INFINITY;
    if (!c->n_points)
        return false;
    for (int32_t i = 0; i < c->n_points; i++) {
        south = fmin(south, c->point[i].lat_deg);
        north = fmax(north, c->point[i].lat_deg);
        west = fmin(west, c->point[i].lon_deg);
        east = fmax(east, c->point[i].lon_deg);
    }
    *out = (cap_point){ (south + north) / 2, (west + east) / 2, 0 };
    for (int32_t i = 0; i < c->n_points; i++) {
        double away = vg_distance_m(out->lat_deg, out->lon_deg, c->point[i].lat_deg, c->point[i].lon_deg);
        out->radius_m = fmax(out->radius_m, away + c->point[i].radius_m);
    }
    out->lon_deg = out->lon_deg > 180    ? out->lon_deg - 360
                   : out->lon_deg < -180 ? out->lon_deg + 360
                                         : out->lon_deg;
    return true;
}

/* --- a block --- */

/* Two halves of "likely" and "possible", and what is nearly sure; "Unknown" tells nothing. */
static vg_str confidence_of(vg_str certainty)
{
    static const struct {
        const char *word, *confidence;
    } table[] = { { "Observed", "0.95" },
                  { "Very Likely", "0.85" },
                  { "Likely", "0.75" },
                  { "Possible", "0.25" },
                  { "Unlikely", "0.05" } };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (vg_eq_nocase(certainty, vg_str_z(table[i].word)))
            return vg_str_z(table[i].confidence);
    return VG_NOSTR;
}

static vg_str number_text(cap_reading *c, double x)
{
    char room[32];
    return vg_copy(&c->texts, vg_num_text(x, room));
}

static void put(cap_reading *c, int cell, vg_str text)
{
    vg_report__put(c->r, cell, text, c->line, 0);
}

/* Words of <event> that name an act: "Artillery", "drone strike". Others are no fault: they stay in raw. */
static void put_event(cap_reading *c)
{
    char room[64];
    ptrdiff_t n = c->event.n < 64 ? c->event.n : 0;
    for (ptrdiff_t i = 0; i < n; i++)
        room[i] = c->event.s[i] == ' ' || c->event.s[i] == '-' ? '_' : vg_lower(c->event.s[i]);
    if (n && vg_act_by_name((vg_str){ room, n }) >= 0)
        put(c, VG_MEMBER_ACT, c->event);
}

static void put_times(cap_reading *c)
{
    int64_t sent, expires;
    vg_str from = c->onset.n ? c->onset : c->effective.n ? c->effective : c->sent, to = c->sent;
    if (vg_instant_parse(c->expires, &expires) && vg_instant_parse(c->sent, &sent) && expires < sent)
        to = c->expires;
    int64_t from_s, to_s;
    if (vg_instant_parse(from, &from_s) && vg_instant_parse(to, &to_s) && from_s > to_s)
        to = from; /* a warning of what is to come: the log says so */
    put(c, VG_MEMBER_FROM, from);
    put(c, VG_MEMBER_TO, to);
}

/* The id of the report that this block is of an alert. */
static vg_str numbered(cap_reading *c, vg_str alert)
{
    return c->n_infos <= 1 || !alert.n ? alert
                                       : vg_format(&c->texts, "%.*s#%d", VG_P(alert), (int)c->n_infos);
}

static bool end_block(cap_reading *c, vg_err *e)
{
    cap_point place;
    vg_report_reading *r = c->r;
    if (c->n_infos > 0 && (vg_failed(&c->verdict) || !vg_eq(c->language, c->first_language)))
        return true;
    if (!c->n_infos)
        c->first_language = c->language;
    c->n_infos++;
    if (c->n_infos > MOST_BLOCKS && !vg_failed(&r->why)) {
        vg_fail(&r->why, VG_ERANGE, (vg_at){ .line = c->line },
                "an alert with more than %d blocks in one language", MOST_BLOCKS);
        vg_why(&r->why, "a Cancel could not take the others back");
    }
    put(c, VG_MEMBER_SOURCE, c->sender);
    put(c, VG_MEMBER_ID, numbered(c, c->identifier));
    put_times(c);
    put_event(c);
    put(c, VG_MEMBER_CONFIDENCE, confidence_of(c->certainty));
    put(c, VG_MEMBER_REVISES, numbered(c, c->revises));
    if (vg_eq(c->type, VG_S("Cancel")))
        put(c, VG_MEMBER_WITHDRAWS, VG_S("true"));
    if (!vg_report__has(r, VG_MEMBER_LAT) && enclose(c, &place)) {
        put(c, VG_MEMBER_LAT, number_text(c, place.lat_deg));
        put(c, VG_MEMBER_LON, number_text(c, place.lon_deg));
        put(c, VG_MEMBER_RADIUS_M, number_text(c, place.radius_m));
    }
    return vg_report__end(r, e);
}

static void begin_block(cap_reading *c)
{
    vg_report__begin(c->r, c->line, 1, c->r->d.row);
    c->r->why = c->verdict;
    c->language = VG_S("en-US"); /* what section 3.2.2 assumes */
    c->event = c->effective = c->onset = c->expires = c->certainty = c->parameter = VG_NOSTR;
    c->n_points = 0;
}

/* --- the alert --- */

/* "sender,identifier,sent sender,identifier,sent": the id of the one sent last. */
static void read_references(cap_reading *c, vg_str text)
{
    int64_t newest = INT64_MIN;
    for (ptrdiff_t i = 0, from = 0; i <= text.n; i++) {
        if (i < text.n && (unsigned char)text.s[i] > ' ')
            continue;
        vg_str one = vg_sub(text, from, i - from), sender = vg_cut(&one, ','), id = vg_cut(&one, ',');
        int64_t sent = INT64_MIN;
        vg_instant_parse(one, &sent);
        if (sender.n && id.n && sent >= newest) {
            newest = sent;
            c->revises = id;
        }
        from = i + 1;
    }
}

static void judge(cap_reading *c, vg_at at)
{
    vg_err *why = &c->verdict;
    bool known =
        vg_eq(c->type, VG_S("Alert")) || vg_eq(c->type, VG_S("Update")) || vg_eq(c->type, VG_S("Cancel"));
    if (!vg_eq(c->status, VG_S("Actual"))) {
        vg_fail(why, VG_ERANGE, at, "an alert of status \"%.*s\" is no report",
                VG_P(vg_utf8_head(c->status, 40)));
        vg_why(why, "only those of status Actual tell of something that happened");
    } else if (!known) {
        vg_fail(why, VG_ERANGE, at, "an alert of type \"%.*s\" is no report",
                VG_P(vg_utf8_head(c->type, 40)));
        vg_why(why, "Alert, Update and Cancel are read");
    } else if (!vg_eq(c->type, VG_S("Alert")) && !c->revises.n) {
        vg_fail(why, VG_EPARSE, at, "an alert of type %.*s names none before it", VG_P(c->type));
        vg_why(why, "references says which alert is updated or cancelled, as SENDER,IDENTIFIER,SENT");
    }
}

static bool open_element(void *ctx, const vg_xml_element *el, vg_err *e)
{
    cap_reading *c = ctx;
    if (el->depth == 1) {
        c->has_alert = vg_eq(el->name, VG_S("alert")) || vg_ends(el->name, VG_S(":alert"));
        c->line = el->at.line;
        if (c->has_alert)
            return true;
        vg_fail(e, VG_EPARSE, el->at, "the XML begins with \"%.*s\"", VG_P(vg_utf8_head(el->name, 60)));
        return vg_why(e, "of XML, alerts of the Common Alerting Protocol 1.2 are read");
    }
    if (el->depth == 2 && (vg_eq(el->name, VG_S("info")) || vg_ends(el->name, VG_S(":info")))) {
        if (!c->n_blocks++)
            judge(c, el->at);
        begin_block(c);
    }
    return true;
}

static vg_str local(vg_str name)
{
    ptrdiff_t colon = vg_find_byte(name, ':');
    return vg_sub(name, colon + 1, name.n);
}

static bool close_alert_member(cap_reading *c, vg_str name, vg_str text, vg_err *e)
{
    static const struct {
        const char *name;
        size_t at;
    } members[] = { { "identifier", offsetof(cap_reading, identifier) },
                    { "sender", offsetof(cap_reading, sender) },
                    { "sent", offsetof(cap_reading, sent) },
                    { "status", offsetof(cap_reading, status) },
                    { "msgType", offsetof(cap_reading, type) } };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (vg_eq(name, vg_str_z(members[i].name)))
            return keep(c, text, (vg_str *)(void *)((char *)c + members[i].at), e);
    if (!vg_eq(name, VG_S("references")))
        return true;
    if (!keep(c, text, &text, e))
        return false;
    read_references(c, text);
    return true;
}

static bool close_info_member(cap_reading *c, vg_str name, vg_str text, vg_err *e)
{
    static const struct {
        const char *name;
        size_t at;
        bool raw;
    } members[] = { { "language", offsetof(cap_reading, language), false },
                    { "event", offsetof(cap_reading, event), true },
                    { "effective", offsetof(cap_reading, effective), false },
                    { "onset", offsetof(cap_reading, onset), false },
                    { "expires", offsetof(cap_reading, expires), true },
                    { "certainty", offsetof(cap_reading, certainty), false } };
    static const char *const raw[] = {
        "urgency", "severity", "headline", "description", "instruction", "web"
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (vg_eq(name, vg_str_z(members[i].name))) {
            if (members[i].raw)
                vg_report__extra_text(c->r, name, text);
            return keep(c, text, (vg_str *)(void *)((char *)c + members[i].at), e);
        }
    for (size_t i = 0; i < sizeof raw / sizeof *raw; i++)
        if (vg_eq(name, vg_str_z(raw[i])) && text.n)
            vg_report__extra_text(c->r, name, text);
    return true;
}

/* <parameter> and <eventCode>: valueName, then value. */
static bool close_value(cap_reading *c, vg_str name, vg_str text, int64_t line, vg_err *e)
{
    if (vg_eq(name, VG_S("valueName")))
        return keep(c, text, &c->parameter, e);
    if (!vg_eq(name, VG_S("value")) || !c->parameter.n)
        return true;
    int cell = vg_report__cell(c->r, c->parameter);
    bool fixed = cell == VG_MEMBER_SOURCE || cell == VG_MEMBER_ID || cell == VG_MEMBER_COVERAGE ||
                 cell == VG_MEMBER_FROM || cell == VG_MEMBER_TO || cell == VG_MEMBER_AT ||
                 cell == VG_MEMBER_RECEIVED_AT;
    vg_str kept;
    if (cell < 0 || fixed || vg_report__has(c->r, cell)) {
        vg_report__extra_text(c->r, c->parameter, text);
        return true;
    }
    if (!keep(c, text, &kept, e))
        return false;
    vg_report__put(c->r, cell, kept, line, 0);
    return true;
}

static bool close_area_member(cap_reading *c, vg_str name, vg_str text, vg_at at, vg_err *e)
{
    vg_str kept;
    if (vg_eq(name, VG_S("circle")))
        read_circle(c, text, at);
    else if (vg_eq(name, VG_S("polygon")))
        read_polygon(c, text, at);
    else if (vg_eq(name, VG_S("areaDesc"))) {
        if (!keep(c, text, &kept, e))
            return false;
        vg_report__put(c->r, VG_MEMBER_PLACE, kept, at.line, 0);
    }
    return true;
}

/* Withdraws the blocks that the alert may have had beyond those of its Cancel. */
static bool cancel_rest(cap_reading *c, vg_err *e)
{
    if (vg_failed(&c->verdict) || !vg_eq(c->type, VG_S("Cancel")))
        return true;
    while (c->n_infos < MOST_BLOCKS) {
        begin_block(c);
        c->language = c->first_language;
        if (!end_block(c, e))
            return false;
    }
    return true;
}

/* An alert without <info>: an acknowledgement, or a Cancel that says no more than that. */
static bool end_alert(cap_reading *c, const vg_xml_element *el, vg_err *e)
{
    if (c->n_blocks)
        return cancel_rest(c, e);
    judge(c, el->at);
    if (!vg_failed(&c->verdict) && !vg_eq(c->type, VG_S("Cancel")))
        vg_fail(&c->verdict, VG_EPARSE, el->at, "the alert has no <info>, so it tells of nothing");
    begin_block(c);
    return end_block(c, e) && cancel_rest(c, e);
}

static bool close_element(void *ctx, const vg_xml_element *el, vg_err *e)
{
    cap_reading *c = ctx;
    vg_str name = local(el->name), parent = local(el->parent), text = vg_trim(el->text);
    if (el->depth == 1)
        return end_alert(c, el, e);
    if (el->depth == 2)
        return vg_eq(name, VG_S("info")) ? end_block(c, e) : close_alert_member(c, name, text, e);
    if (el->depth == 3)
        return !vg_eq(parent, VG_S("info")) || close_info_member(c, name, text, e);
    if (vg_eq(parent, VG_S("parameter")) || vg_eq(parent, VG_S("eventCode")))
        return close_value(c, name, text, el->at.line, e);
    return !vg_eq(parent, VG_S("area")) || close_area_member(c, name, text, el->at, e);
}

bool vg_report_cap__read(vg_report_reading *r, vg_err *e)
{
    cap_reading c = { .r = r };
    vg_str head = VG_NOSTR;
    vg_xml_handler handler = { .ctx = &c, .open = open_element, .close = close_element };
    bool good = vg_input_peek(r->in, DOCUMENT_BYTES, &head, e) && vg_arena_init(&c.texts, TEXT_BYTES, e);
    if (good) {
        vg_str row = vg_copy(&c.texts, vg_utf8_head(head, DOCUMENT_BYTES));
        c.point = vg_new(&c.texts, cap_point, POINTS);
        vg_report__begin(r, 1, 1, row);
        good = row.s && c.point ? vg_xml_read(r->in, &handler, e) : vg_fail_memory(e, TEXT_BYTES);
    }
    vg_arena_free(&c.texts);
    return good;
}
