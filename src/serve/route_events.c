/* Events as OGC API Features 1.0 (Core, GeoJSON) and RFC 7946. Invariant: a page is asked of the index in memory and only
 * its rows are read from the store; following the links "next" gives each event once. */
#include <string.h>

#include "core/date.h"
#include "serve/serve_int.h"

#define ITEMS "/api/v1/collections/events/items"

static void put_link(vg_json *j, vg_call *c, const char *rel, const char *type, vg_str path)
{
    vg_str href = vg_format(&c->w->arena, "%.*s%.*s", VG_P(vg_call__base(c)), VG_P(path));
    vg_json_object(j);
    vg_json_key(j, VG_S("rel")), vg_json_str(j, vg_str_z(rel));
    vg_json_key(j, VG_S("type")), vg_json_str(j, vg_str_z(type));
    vg_json_key(j, VG_S("href")), vg_json_str(j, href);
    vg_json_close(j);
}

static void put_pair(vg_json *j, const char *name, vg_str text)
{
    vg_json_key(j, vg_str_z(name));
    vg_json_str(j, text);
}

static const char JSON[] = "application/json", GEOJSON[] = "application/geo+json";

bool vg_answer__landing(vg_call *c, vg_err *e)
{
    (void)e;
    vg_json j = vg_json_to(&c->r->body);
    vg_json_object(&j);
    put_pair(&j, "title", VG_S("vigie"));
    put_pair(&j, "description",
             VG_S("Early warning: events, forecasts with their uncertainty and reasons, alerts"));
    vg_json_key(&j, VG_S("links"));
    vg_json_array(&j);
    put_link(&j, c, "self", JSON, VG_S("/api/v1"));
    put_link(&j, c, "service-desc", "application/vnd.oai.openapi+json;version=3.1",
             VG_S("/api/openapi.json"));
    put_link(&j, c, "conformance", JSON, VG_S("/api/v1/conformance"));
    put_link(&j, c, "data", JSON, VG_S("/api/v1/collections"));
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
    return true;
}

bool vg_answer__conformance(vg_call *c, vg_err *e)
{
    static const char *const kept[] = { "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
                                        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson" };
    (void)e;
    vg_json j = vg_json_to(&c->r->body);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("conformsTo"));
    vg_json_array(&j);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        vg_json_str(&j, vg_str_z(kept[i]));
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
    return true;
}

static void put_collection(vg_json *j, vg_call *c)
{
    vg_json_object(j);
    put_pair(j, "id", VG_S("events"));
    put_pair(j, "title", VG_S("Events"));
    put_pair(j, "description",
             VG_S("What happened, as the best source tells it, with precision and vintage"));
    put_pair(j, "itemType", VG_S("feature"));
    vg_json_key(j, VG_S("extent"));
    vg_json_object(j);
    vg_json_key(j, VG_S("spatial"));
    vg_json_object(j);
    vg_json_key(j, VG_S("bbox"));
    vg_json_array(j);
    vg_json_array(j);
    vg_json_int(j, -180), vg_json_int(j, -90), vg_json_int(j, 180), vg_json_int(j, 90);
    vg_json_close(j);
    vg_json_close(j);
    vg_json_close(j);
    vg_json_close(j);
    vg_json_key(j, VG_S("crs"));
    vg_json_array(j);
    vg_json_str(j, VG_S("http://www.opengis.net/def/crs/OGC/1.3/CRS84"));
    vg_json_close(j);
    vg_json_key(j, VG_S("links"));
    vg_json_array(j);
    put_link(j, c, "self", JSON, VG_S("/api/v1/collections/events"));
    put_link(j, c, "items", GEOJSON, VG_S(ITEMS));
    vg_json_close(j);
    vg_json_close(j);
}

bool vg_answer__collection(vg_call *c, vg_err *e)
{
    (void)e;
    vg_json j = vg_json_to(&c->r->body);
    put_collection(&j, c);
    vg_put_char(&c->r->body, '\n');
    return true;
}

bool vg_answer__collections(vg_call *c, vg_err *e)
{
    (void)e;
    vg_json j = vg_json_to(&c->r->body);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("links"));
    vg_json_array(&j);
    put_link(&j, c, "self", JSON, VG_S("/api/v1/collections"));
    vg_json_close(&j);
    vg_json_key(&j, VG_S("collections"));
    vg_json_array(&j);
    put_collection(&j, c);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
    return true;
}

/* --- a feature --- */

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

static void put_text(vg_json *j, const char *name, vg_str text)
{
    vg_json_key(j, vg_str_z(name));
    if (text.n)
        vg_json_str(j, text);
    else
        vg_json_null(j);
}

static void put_count(vg_json *j, const char *name, int64_t n, int64_t unknown)
{
    vg_json_key(j, vg_str_z(name));
    if (n == unknown)
        vg_json_null(j);
    else
        vg_json_int(j, n);
}

static void put_geometry(vg_json *j, const vg_event *ev)
{
    vg_json_key(j, VG_S("geometry"));
    if (!ev->has_point) {
        vg_json_null(j);
        return;
    }
    vg_json_object(j);
    put_pair(j, "type", VG_S("Point"));
    vg_json_key(j, VG_S("coordinates"));
    vg_json_array(j);
    vg_json_num(j, ev->lon_deg);
    vg_json_num(j, ev->lat_deg);
    vg_json_close(j);
    vg_json_close(j);
}

static void put_properties(vg_json *j, const vg_event *ev)
{
    char from[16], to[16];
    vg_json_key(j, VG_S("properties"));
    vg_json_object(j);
    put_text(j, "external_id", ev->external_id);
    put_text(j, "date_from", vg_day_text(ev->day_from, from));
    put_text(j, "date_to", vg_day_text(ev->day_to, to));
    put_count(j, "date_precision", ev->date_prec, 0);
    put_count(j, "place_precision", ev->where_prec, 0);
    put_text(j, "type", vg_str_z(type_name(ev->type)));
    put_count(j, "gwcode", ev->gwcode, 0);
    put_count(j, "cell", ev->cell, 0);
    put_count(j, "deaths_low", ev->low, VG_UNKNOWN);
    put_count(j, "deaths_best", ev->best, VG_UNKNOWN);
    put_count(j, "deaths_high", ev->high, VG_UNKNOWN);
    put_count(j, "deaths_civilians", ev->civilians, VG_UNKNOWN);
    put_text(j, "actor_a", ev->actor_a);
    put_text(j, "actor_b", ev->actor_b);
    put_text(j, "conflict", ev->conflict);
    put_text(j, "adm1", ev->adm1);
    put_text(j, "adm2", ev->adm2);
    put_text(j, "kind", ev->kind);
    put_text(j, "source", ev->source);
    put_text(j, "text", ev->text);
    put_text(j, "url", ev->url);
    vg_json_close(j);
}

static void put_feature(vg_json *j, int64_t id, const vg_event *ev)
{
    vg_json_object(j);
    put_pair(j, "type", VG_S("Feature"));
    vg_json_key(j, VG_S("id")), vg_json_int(j, id);
    put_geometry(j, ev);
    put_properties(j, ev);
}

/* --- pages --- */

typedef struct {
    int64_t *id, n;
    vg_event *event;
    vg_str next; /* address of the next page; empty = none */
} page;

/* What a cursor is bound to: all parameters but the place and the length of a page. */
static vg_str question(vg_call *c)
{
    vg_str text = VG_S("events");
    for (int i = 0; i < c->target.n_pairs; i++) {
        const vg_pair *p = &c->target.pair[i];
        if (!vg_eq(p->name, VG_S("cursor")) && !vg_eq(p->name, VG_S("limit")))
            text = vg_format(&c->w->arena, "%.*s&%.*s=%.*s", VG_P(text), VG_P(p->name), VG_P(p->value));
    }
    return text;
}

static vg_event_filter filter_of(const vg_call *c)
{
    static const int type[] = { VG_TYPE_UNKNOWN, VG_TYPE_STATE, VG_TYPE_NON_STATE, VG_TYPE_ONE_SIDED,
                                VG_TYPE_OTHER };
    const vg_value *box = vg_call__value(c, "bbox"), *days = vg_call__value(c, "datetime");
    vg_event_filter f = { .has_box = box->given,
                          .west = box->box[0],
                          .south = box->box[1],
                          .east = box->box[2],
                          .north = box->box[3],
                          .has_days = days->given,
                          .day_from = days->from,
                          .day_to = days->to,
                          .gwcode = (int32_t)vg_call__value(c, "gwcode")->whole,
                          .cell = (int32_t)vg_call__value(c, "cell")->whole,
                          .min_deaths = vg_call__value(c, "min_deaths")->whole };
    for (size_t i = 0; i < sizeof type / sizeof *type; i++)
        if (vg_call__value(c, "type")->whole >> i & 1)
            f.types |= 1U << type[i];
    return f;
}

static bool find(vg_call *c, const vg_event_index *ix, page *p, vg_err *e)
{
    const vg_value *cursor = vg_call__value(c, "cursor");
    int64_t limit = vg_call__value(c, "limit")->whole;
    vg_event_filter f = filter_of(c);
    vg_event_place after, last;
    vg_str asked = question(c);
    bool more = false;
    if (cursor->given && !vg_query__place(cursor->text, asked, &after, e))
        return false;
    p->id = vg_new(&c->w->arena, int64_t, limit);
    if (!p->id)
        return vg_fail_memory(e, vg_arena_limit(&c->w->arena));
    p->n = vg_event_index_find(ix, &f, cursor->given ? &after : NULL, limit, p->id, &last, &more);
    p->next = more ? vg_call__next(c, vg_query__cursor(&c->w->arena, &last, asked)) : VG_NOSTR;
    return vg_store_events_by_id(c->w->st, p->id, p->n, &c->w->arena, &p->event, e);
}

static void put_page(vg_call *c, const page *p)
{
    vg_json j = vg_json_to(&c->r->body);
    vg_json_object(&j);
    put_pair(&j, "type", VG_S("FeatureCollection"));
    vg_json_key(&j, VG_S("numberReturned")), vg_json_int(&j, p->n);
    vg_json_key(&j, VG_S("features"));
    vg_json_array(&j);
    for (int64_t i = 0; i < p->n; i++) {
        put_feature(&j, p->id[i], &p->event[i]);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_key(&j, VG_S("links"));
    vg_json_array(&j);
    put_link(&j, c, "self", GEOJSON, c->q->target);
    if (p->next.n) {
        vg_json_object(&j);
        put_pair(&j, "rel", VG_S("next"));
        put_pair(&j, "type", vg_str_z(GEOJSON));
        put_pair(&j, "href", p->next);
        vg_json_close(&j);
    }
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
}

static void put_rows(vg_call *c, const page *p)
{
    static const char *const column[] = { "id",          "external_id", "date_from", "date_to", "lat",
                                          "lon",         "type",        "gwcode",    "cell",    "deaths_low",
                                          "deaths_best", "deaths_high", "actor_a",   "actor_b", "conflict",
                                          "adm1",        "adm2",        "source",    "text",    "url" };
    vg_rows r = vg_rows__begin(c, column, (int)(sizeof column / sizeof *column));
    char day[16];
    for (int64_t i = 0; i < p->n; i++) {
        const vg_event *ev = &p->event[i];
        vg_rows__int(&r, p->id[i]);
        vg_rows__text(&r, ev->external_id);
        vg_rows__text(&r, vg_day_text(ev->day_from, day));
        vg_rows__text(&r, vg_day_text(ev->day_to, day));
        vg_rows__num(&r, ev->has_point ? ev->lat_deg : __builtin_nan(""));
        vg_rows__num(&r, ev->has_point ? ev->lon_deg : __builtin_nan(""));
        vg_rows__text(&r, vg_str_z(type_name(ev->type)));
        vg_rows__int(&r, ev->gwcode ? ev->gwcode : VG_UNKNOWN);
        vg_rows__int(&r, ev->cell ? ev->cell : VG_UNKNOWN);
        vg_rows__int(&r, ev->low);
        vg_rows__int(&r, ev->best);
        vg_rows__int(&r, ev->high);
        const vg_str text[] = { ev->actor_a, ev->actor_b, ev->conflict, ev->adm1,
                                ev->adm2,    ev->source,  ev->text,     ev->url };
        for (size_t k = 0; k < sizeof text / sizeof *text; k++)
            vg_rows__text(&r, text[k]);
    }
    vg_rows__end(&r, VG_NOSTR);
}

bool vg_answer__items(vg_call *c, vg_err *e)
{
    page p = { .n = 0 };
    vg_snapshot *snap = vg_snapshot__take(c->s);
    bool good = find(c, snap->index, &p, e);
    vg_snapshot__give(c->s, snap);
    if (!good)
        return false;
    if (c->as == VG_AS_CSV)
        put_rows(c, &p);
    else
        put_page(c, &p);
    return true;
}

bool vg_answer__item(vg_call *c, vg_err *e)
{
    int64_t id = vg_call__value(c, "feature")->whole;
    vg_event *ev;
    if (!vg_store_events_by_id(c->w->st, &id, 1, &c->w->arena, &ev, e))
        return false;
    if (!ev->external_id.n && !ev->day_to && !ev->day_from)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no event %lld", (long long)id);
    vg_json j = vg_json_to(&c->r->body);
    put_feature(&j, id, ev);
    vg_json_key(&j, VG_S("links"));
    vg_json_array(&j);
    put_link(&j, c, "self", GEOJSON, c->q->target);
    put_link(&j, c, "collection", JSON, VG_S("/api/v1/collections/events"));
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
    return true;
}
