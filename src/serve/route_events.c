/* Events as OGC API Features 1.0 (Core, GeoJSON). Invariant: a page is asked of the index in memory and only the texts of
 * its rows are read from the store. */
#include <string.h>

#include "serve/serve_int.h"

#define ITEMS "/api/v1/collections/events/items"

static void put_link(vg_json *j, vg_call *c, const char *rel, const char *type, vg_str path)
{
    vg_str href = vg_format(&c->w->arena, "%.*s%.*s", VG_P(vg_call_base(c)), VG_P(path));
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

/* --- pages --- */

typedef struct {
    int64_t *row, n;
    vg_event *event;
    vg_str next; /* address of the next page; empty = none */
} page;

static bool find(vg_call *c, vg_selection *sel, page *p, vg_err *e)
{
    vg_arena *a = &c->w->arena;
    int64_t limit = vg_call_whole(c, "limit");
    bool more = false;
    p->row = vg_new(a, int64_t, limit);
    if (!p->row)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_selection__next(sel, c->w->st, a, limit, p->row, &p->n, &more, e))
        return false;
    p->next = more ? vg_call_next(c, vg_selection__cursor(c, sel)) : VG_NOSTR;
    return vg_event_index_read(sel->snap->index, c->w->st, p->row, p->n, a, &p->event, e);
}

static int64_t id_of(const vg_selection *sel, int64_t row)
{
    vg_event_point p;
    vg_event_index_point(sel->snap->index, row, &p);
    return p.id;
}

static void put_page(vg_call *c, const vg_selection *sel, const page *p)
{
    vg_out *o = &c->r->body;
    vg_print(o, "{\"type\":\"FeatureCollection\",\"numberReturned\":%lld,\"features\":[", (long long)p->n);
    for (int64_t i = 0; i < p->n; i++) {
        if (i)
            vg_put_char(o, ',');
        vg_feature__put(o, id_of(sel, p->row[i]), &p->event[i]);
        vg_put_char(o, '}');
    }
    vg_put(o, VG_S("],\"links\":"));
    vg_json j = vg_json_to(o);
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
    vg_put(o, VG_S("}\n"));
}

static void put_rows(vg_call *c, const vg_selection *sel, const page *p)
{
    vg_rows r = vg_rows_begin(c, vg_event__columns, VG_EVENT_COLUMNS);
    for (int64_t i = 0; i < p->n; i++)
        vg_feature__cells(&r, id_of(sel, p->row[i]), &p->event[i]);
    vg_rows_end(&r, p->next);
}

bool vg_answer__items(vg_call *c, vg_err *e)
{
    vg_selection sel;
    page p = { .n = 0 };
    if (vg_call_whole(c, "all"))
        return vg_export__begin(c, e);
    if (!vg_selection__begin(c, &c->w->arena, &sel, e))
        return false;
    bool good = vg_selection__is_known(c, &sel) || find(c, &sel, &p, e);
    if (good && c->r->status == 200) {
        if (c->as == VG_AS_CSV)
            put_rows(c, &sel, &p);
        else
            put_page(c, &sel, &p);
    }
    vg_selection__end(&sel);
    return good;
}

bool vg_answer__item(vg_call *c, vg_err *e)
{
    int64_t id = vg_call_whole(c, "feature");
    vg_event *ev;
    if (!vg_store_events_by_id(c->w->st, &id, 1, &c->w->arena, &ev, e))
        return false;
    if (!ev->external_id.n && !ev->day_to && !ev->day_from)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no event %lld", (long long)id);
    vg_feature__put(&c->r->body, id, ev);
    vg_put(&c->r->body, VG_S(",\"links\":"));
    vg_json j = vg_json_to(&c->r->body);
    vg_json_array(&j);
    put_link(&j, c, "self", GEOJSON, c->q->target);
    put_link(&j, c, "collection", JSON, VG_S("/api/v1/collections/events"));
    vg_json_close(&j);
    vg_put(&c->r->body, VG_S("}\n"));
    return true;
}
