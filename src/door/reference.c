/* Routes over what every capability shares: countries with their names and neighbours, regions, flows of people, and an
 * event as each release of its source has it. Invariant: nothing is computed but sums; names are those of data/. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "door/door.h"
#include "geo/country.h"
#include "geo/region.h"
#include "store/browse.h"

#define N_OF(a) ((int)(sizeof(a) / sizeof *(a)))

static vg_str texts_json(vg_call *c, const vg_str *text, int32_t n)
{
    vg_out o;
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    vg_json j = vg_json_to(&o);
    vg_json_array(&j);
    for (int32_t i = 0; i < n; i++)
        vg_json_str(&j, text[i]);
    vg_json_close(&j);
    vg_str made = vg_copy(vg_call_arena(c), vg_out_text(&o));
    vg_out_drop(&o);
    return made;
}

/* --- countries --- */

enum { MOST_NEIGHBOURS = 32 };

static int64_t known(int64_t x)
{
    return x ? x : VG_UNKNOWN;
}

static bool answer_countries(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "iso3", "iso2", "m49",   "gwcode",    "name",
                                          "lat",  "lon",  "until", "successor", "neighbours" };
    vg_str near[MOST_NEIGHBOURS], lang = vg_call_text(c, "lang");
    int32_t n;
    const vg_country *country = vg_countries(&n);
    (void)e;
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int32_t i = 0; i < n; i++) {
        const vg_country *k = &country[i];
        int32_t n_near = vg_country_neighbours(k->iso3, near, MOST_NEIGHBOURS);
        vg_rows_text(&r, k->iso3);
        vg_rows_text(&r, k->iso2);
        vg_rows_int(&r, known(k->m49));
        vg_rows_int(&r, known(k->gwcode));
        vg_rows_text(&r, vg_country_name(k, lang.n ? lang : VG_S("en")));
        vg_rows_num(&r, k->lat_deg);
        vg_rows_num(&r, k->lon_deg);
        vg_rows_text(&r, k->alive);
        vg_rows_text(&r, k->successor);
        vg_rows_raw(&r, texts_json(c, near, n_near < MOST_NEIGHBOURS ? n_near : MOST_NEIGHBOURS));
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- regions --- */

static bool answer_regions(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "unit", "pcode", "iso3", "name", "lat", "lon", "neighbours" };
    const vg_gazetteer *g = vg_gazetteer_builtin();
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int32_t i = 0; i < g->n; i++) {
        const vg_region *k = &g->region[i];
        vg_str *near = vg_new(vg_call_arena(c), vg_str, k->n_neighbours);
        if (!near)
            return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
        for (int32_t m = 0; m < k->n_neighbours; m++)
            near[m] = g->region[k->neighbour[m]].name;
        vg_rows_int(&r, k->unit);
        vg_rows_text(&r, k->pcode);
        vg_rows_text(&r, k->iso3);
        vg_rows_text(&r, k->name);
        vg_rows_num(&r, k->lat_deg);
        vg_rows_num(&r, k->lon_deg);
        vg_rows_raw(&r, texts_json(c, near, k->n_neighbours));
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- flows --- */

static int compare_ways(const void *pa, const void *pb)
{
    const vg_flow_record *a = pa, *b = pb;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

/* One record for each way, over months and reasons; returns how many there are. */
static int64_t sum_ways(vg_flow_record *f, int64_t n)
{
    int64_t ways = 0;
    qsort(f, (size_t)n, sizeof *f, compare_ways);
    for (int64_t i = 0; i < n; i++) {
        if (ways && compare_ways(&f[ways - 1], &f[i]) == 0) {
            f[ways - 1].people += f[i].people;
            continue;
        }
        f[ways] = f[i];
        f[ways].month = 0;
        f[ways++].reason = VG_NOSTR;
    }
    return ways;
}

static vg_str region_name(int32_t unit)
{
    const vg_region *r = vg_region_by_unit(vg_gazetteer_builtin(), unit);
    return r ? r->name : VG_NOSTR;
}

static void put_flow(vg_rows *r, const vg_flow_record *f)
{
    vg_rows_month(r, f->month);
    vg_rows_int(r, known(f->from));
    vg_rows_text(r, region_name(f->from));
    vg_rows_int(r, known(f->to));
    vg_rows_text(r, region_name(f->to));
    vg_rows_text(r, f->reason);
    vg_rows_int(r, f->people);
}

static bool answer_flows(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "month", "from", "from_name", "to", "to_name", "reason", "people" };
    vg_flow_query q = { .source = vg_call_text(c, "source"),
                        .kind = VG_UNIT_ADMIN1,
                        .from = (int32_t)vg_call_whole(c, "from_unit"),
                        .to = (int32_t)vg_call_whole(c, "to_unit"),
                        .first_month = (int32_t)vg_call_whole(c, "from"),
                        .last_month = (int32_t)vg_call_whole(c, "to") };
    int64_t n = 0, limit = vg_call_whole(c, "limit"), skip = vg_call_whole(c, "cursor");
    vg_flow_record *flow = NULL;
    vg_err none = VG_NO_ERR;
    if (!vg_store_flows(vg_call_store(c), &q, vg_call_arena(c), &flow, &n, NULL, NULL, &none)) {
        if (none.code != VG_ENODATA) {
            *e = none;
            return false;
        }
        n = 0; /* no flows were ever imported: no rows, as where a month has none */
    }
    if (vg_call_whole(c, "sum"))
        n = sum_ways(flow, n);
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = skip; i < n && i < skip + limit; i++)
        put_flow(&r, &flow[i]);
    bool more = n > skip + limit;
    vg_rows_end(&r, more ? vg_call_next(c, vg_format(vg_call_arena(c), "%lld", (long long)(skip + limit)))
                         : VG_NOSTR);
    return true;
}

/* --- an event, release by release --- */

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

static void put_vintage(vg_rows *r, const vg_event_version *v)
{
    vg_rows_int(r, v->id);
    vg_rows_int(r, v->vintage.id);
    vg_rows_text(r, v->vintage.source);
    vg_rows_text(r, v->vintage.version);
    vg_rows_text(r, v->vintage.scope);
    vg_rows_instant(r, v->vintage.known_at);
    vg_rows_instant(r, v->vintage.imported_at);
    vg_rows_text(r, v->vintage.licence);
    vg_rows_raw(r, v->counted ? VG_S("true") : VG_S("false"));
}

static void put_event(vg_rows *r, const vg_event *ev)
{
    char day[16];
    const int64_t number[] = { ev->low, ev->best, ev->high, ev->civilians };
    const vg_str text[] = { ev->actor_a, ev->actor_b, ev->conflict, ev->adm1, ev->adm2,
                            ev->kind,    ev->source,  ev->text,     ev->url };
    vg_rows_text(r, vg_day_text(ev->day_from, day));
    vg_rows_text(r, vg_day_text(ev->day_to, day));
    vg_rows_int(r, known(ev->date_prec));
    vg_rows_int(r, known(ev->where_prec));
    vg_rows_text(r, vg_str_z(type_name(ev->type)));
    vg_rows_num(r, ev->has_point ? ev->lat_deg : NAN);
    vg_rows_num(r, ev->has_point ? ev->lon_deg : NAN);
    vg_rows_int(r, known(ev->gwcode));
    vg_rows_int(r, known(ev->cell));
    for (int i = 0; i < N_OF(number); i++)
        vg_rows_int(r, number[i]);
    for (int i = 0; i < N_OF(text); i++)
        vg_rows_text(r, text[i]);
}

static bool answer_versions(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "id",
                                          "vintage",
                                          "data_source",
                                          "release",
                                          "scope",
                                          "known_at",
                                          "imported_at",
                                          "licence",
                                          "counted",
                                          "date_from",
                                          "date_to",
                                          "date_precision",
                                          "place_precision",
                                          "type",
                                          "lat",
                                          "lon",
                                          "gwcode",
                                          "cell",
                                          "deaths_low",
                                          "deaths_best",
                                          "deaths_high",
                                          "deaths_civilians",
                                          "actor_a",
                                          "actor_b",
                                          "conflict",
                                          "adm1",
                                          "adm2",
                                          "kind",
                                          "source",
                                          "text",
                                          "url" };
    int64_t n, id = vg_call_whole(c, "feature");
    vg_event_version *v;
    if (!vg_store_event_versions(vg_call_store(c), id, vg_call_arena(c), &v, &n, e))
        return false;
    if (n == 0)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no event %lld", (long long)id);
    vg_rows r = vg_rows_begin(c, column, N_OF(column));
    for (int64_t i = 0; i < n; i++) {
        put_vintage(&r, &v[i]);
        put_event(&r, &v[i].event);
    }
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

/* --- the table --- */

#define P_END                                                                                                \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }
static const vg_param country_params[] = {
    { .name = "lang",
      .kind = VG_P_CHOICE,
      .words = "en|fr|es|ar|zh|ru|pt",
      .fallback = "en",
      .help = "language of the names" },
    P_END,
};
static const vg_param flow_params[] = {
    { .name = "source", .kind = VG_P_TEXT, .max = 80, .help = "source; without it the best there is" },
    { .name = "from_unit", .kind = VG_P_INT, .min = 1, .max = 2147483647, .help = "only from this region" },
    { .name = "to_unit", .kind = VG_P_INT, .min = 1, .max = 2147483647, .help = "only to this region" },
    { .name = "from", .kind = VG_P_MONTH, .help = "first month" },
    { .name = "to", .kind = VG_P_MONTH, .help = "last month" },
    { .name = "sum",
      .kind = VG_P_CHOICE,
      .words = "none|way",
      .fallback = "none",
      .help = "way: one row for each pair of regions, over months and reasons" },
    { .name = "cursor", .kind = VG_P_INT, .min = 0, .max = 9e15, .help = "number of rows to pass over" },
    { .name = "limit",
      .kind = VG_P_INT,
      .min = 1,
      .max = 100000,
      .fallback = "10000",
      .help = "how many rows at most" },
    P_END,
};
static const vg_param version_params[] = {
    { .name = "feature",
      .kind = VG_P_INT,
      .min = 1,
      .max = 9e15,
      .required = true,
      .in_path = true,
      .help = "number of the event" },
    P_END,
};

#define TABLE (VG_AS_JSON | VG_AS_CSV)
static const vg_route routes[] = {
    { .method = "GET",
      .pattern = "/api/v1/countries",
      .id = "countries",
      .summary = "Countries: codes, names, a point, land neighbours",
      .least = VG_ROLE_VIEWER,
      .as = TABLE,
      .returns = "Rows",
      .answer = answer_countries,
      .param = country_params },
    { .method = "GET",
      .pattern = "/api/v1/regions",
      .id = "regions",
      .summary = "Regions of the built-in list: codes, a point, neighbours",
      .least = VG_ROLE_VIEWER,
      .as = TABLE,
      .returns = "Rows",
      .answer = answer_regions },
    { .method = "GET",
      .pattern = "/api/v1/flows",
      .id = "flows",
      .summary = "People who moved from region to region, month by month",
      .least = VG_ROLE_VIEWER,
      .as = TABLE,
      .slow = true,
      .returns = "Rows",
      .answer = answer_flows,
      .param = flow_params },
    { .method = "GET",
      .pattern = "/api/v1/collections/events/items/{feature}/versions",
      .id = "itemVersions",
      .summary = "One event as each release of its source has it, newest first",
      .least = VG_ROLE_VIEWER,
      .as = TABLE,
      .slow = true,
      .returns = "Rows",
      .answer = answer_versions,
      .param = version_params },
};

const vg_door vg_reference_door = { .name = "reference", .route = routes, .n_routes = N_OF(routes) };
