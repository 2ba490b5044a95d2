/* An event as a GeoJSON Feature (RFC 7946) or as the cells of a row. Written without a tree, since a page has a hundred
 * of them. Invariant: numbers that are not known are null, and both forms say the same. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "serve/serve_int.h"

const char *const vg_event__columns[] = {
    "id",
    "external_id",
    "date_from",
    "date_to",
    "lat",
    "lon",
    "type",
    "gwcode",
    "cell",
    "deaths_low",
    "deaths_best",
    "deaths_high",
    "actor_a",
    "actor_b",
    "conflict",
    "adm1",
    "adm2",
    "source",
    "text",
    "url",
    "date_precision",
    "place_precision",
};
_Static_assert(sizeof vg_event__columns / sizeof *vg_event__columns == VG_EVENT_COLUMNS, "as announced");

static const char *type_name(int type)
{
    switch (type) {
    case VG_TYPE_STATE: return "sb";
    case VG_TYPE_NON_STATE: return "ns";
    case VG_TYPE_ONE_SIDED: return "os";
    case VG_TYPE_OTHER: return "other";
    default: return "unknown";
    }
}

/* Most texts need no escape, which is seen faster than it is made. */
static bool is_plain(vg_str text)
{
    for (ptrdiff_t i = 0; i < text.n; i++) {
        unsigned char b = (unsigned char)text.s[i];
        if (b < 0x20 || b >= 0x7F || b == '"' || b == '\\')
            return false;
    }
    return true;
}

static void put_text(vg_out *o, vg_str key, vg_str text)
{
    vg_put(o, key);
    if (!text.n) {
        vg_put(o, VG_S("null"));
    } else if (is_plain(text)) {
        vg_put_char(o, '"');
        vg_put(o, text);
        vg_put_char(o, '"');
    } else {
        vg_json j = vg_json_to(o);
        vg_json_str(&j, text);
    }
}

static void put_count(vg_out *o, vg_str key, int64_t n, int64_t unknown)
{
    vg_put(o, key);
    if (n == unknown)
        vg_put(o, VG_S("null"));
    else
        vg_put_int(o, n);
}

/* Places are kept to 10^-7 of a degree; the shortest text of such a number has no more decimals than it needs. */
static void put_degrees(vg_out *o, double deg)
{
    char digits[8];
    int64_t e7 = llround(deg * 1e7), whole, rest;
    if (e7 < 0) {
        vg_put_char(o, '-');
        e7 = -e7;
    }
    whole = e7 / 10000000;
    rest = e7 % 10000000;
    vg_put_int(o, whole);
    if (!rest)
        return;
    int n = 7;
    for (int i = 6; i >= 0; i--, rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    while (digits[n - 1] == '0')
        n--;
    vg_put_char(o, '.');
    vg_put(o, (vg_str){ digits, n });
}

static void put_geometry(vg_out *o, const vg_event *ev)
{
    if (!ev->has_point) {
        vg_put(o, VG_S(",\"geometry\":null"));
        return;
    }
    vg_put(o, VG_S(",\"geometry\":{\"type\":\"Point\",\"coordinates\":["));
    put_degrees(o, ev->lon_deg);
    vg_put_char(o, ',');
    put_degrees(o, ev->lat_deg);
    vg_put(o, VG_S("]}"));
}

static void put_day(vg_out *o, vg_str key, int32_t day)
{
    char text[16];
    vg_put(o, key);
    vg_put_char(o, '"');
    vg_put(o, vg_day_text(day, text));
    vg_put_char(o, '"');
}

void vg_feature__put(vg_out *o, int64_t id, const vg_event *ev)
{
    vg_put(o, VG_S("{\"type\":\"Feature\",\"id\":"));
    vg_put_int(o, id);
    put_geometry(o, ev);
    put_text(o, VG_S(",\"properties\":{\"external_id\":"), ev->external_id);
    put_day(o, VG_S(",\"date_from\":"), ev->day_from);
    put_day(o, VG_S(",\"date_to\":"), ev->day_to);
    put_count(o, VG_S(",\"date_precision\":"), ev->date_prec, 0);
    put_count(o, VG_S(",\"place_precision\":"), ev->where_prec, 0);
    put_text(o, VG_S(",\"type\":"), vg_str_z(type_name(ev->type)));
    put_count(o, VG_S(",\"gwcode\":"), ev->gwcode, 0);
    put_count(o, VG_S(",\"cell\":"), ev->cell, 0);
    put_count(o, VG_S(",\"deaths_low\":"), ev->low, VG_UNKNOWN);
    put_count(o, VG_S(",\"deaths_best\":"), ev->best, VG_UNKNOWN);
    put_count(o, VG_S(",\"deaths_high\":"), ev->high, VG_UNKNOWN);
    put_count(o, VG_S(",\"deaths_civilians\":"), ev->civilians, VG_UNKNOWN);
    put_text(o, VG_S(",\"actor_a\":"), ev->actor_a);
    put_text(o, VG_S(",\"actor_b\":"), ev->actor_b);
    put_text(o, VG_S(",\"conflict\":"), ev->conflict);
    put_text(o, VG_S(",\"adm1\":"), ev->adm1);
    put_text(o, VG_S(",\"adm2\":"), ev->adm2);
    put_text(o, VG_S(",\"kind\":"), ev->kind);
    put_text(o, VG_S(",\"source\":"), ev->source);
    put_text(o, VG_S(",\"text\":"), ev->text);
    put_text(o, VG_S(",\"url\":"), ev->url);
    vg_put_char(o, '}');
}

void vg_feature__cells(vg_rows *r, int64_t id, const vg_event *ev)
{
    char day[16];
    const vg_str text[] = { ev->actor_a, ev->actor_b, ev->conflict, ev->adm1,
                            ev->adm2,    ev->source,  ev->text,     ev->url };
    vg_rows_int(r, id);
    vg_rows_text(r, ev->external_id);
    vg_rows_text(r, vg_day_text(ev->day_from, day));
    vg_rows_text(r, vg_day_text(ev->day_to, day));
    vg_rows_num(r, ev->has_point ? ev->lat_deg : (double)NAN);
    vg_rows_num(r, ev->has_point ? ev->lon_deg : (double)NAN);
    vg_rows_text(r, vg_str_z(type_name(ev->type)));
    vg_rows_int(r, ev->gwcode ? ev->gwcode : VG_UNKNOWN);
    vg_rows_int(r, ev->cell ? ev->cell : VG_UNKNOWN);
    vg_rows_int(r, ev->low);
    vg_rows_int(r, ev->best);
    vg_rows_int(r, ev->high);
    for (size_t k = 0; k < sizeof text / sizeof *text; k++)
        vg_rows_text(r, text[k]);
    vg_rows_int(r, ev->date_prec ? ev->date_prec : VG_UNKNOWN);
    vg_rows_int(r, ev->where_prec ? ev->where_prec : VG_UNKNOWN);
}
