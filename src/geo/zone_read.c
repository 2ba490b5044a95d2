/*
 * Zones from GeoJSON (RFC 7946). "coordinates" may come before "type", so that positions are first taken with the number
 * of brackets around them and only named once the object is closed. Invariant: every position keeps its line and column,
 * so that a ring that crosses itself can be pointed at in the user's file.
 */
#include <math.h>
#include <string.h>

#include "core/num.h"
#include "geo/shape_int.h"

enum { MOST_POSITIONS = 4000000, ARENA = 1 << 30, MOST_BUFFER_KM = 1000 };

typedef struct {
    vg_json_reader *json;
    vg_arena *memory;
    vg_str name;
    vg_shape *shape;
    int32_t cap_at, cap_parts;
    int32_t *opened; /* of each position: brackets opened since the one before it */
    vg_err *e;
} reading;

/* One geometry's coordinates: where they begin among all positions, and how deep the first lies. */
typedef struct {
    int32_t from, depth;
    bool seen;
    vg_at at;
} coordinates;

static bool wrong(reading *r, vg_at at, const char *what)
{
    vg_fail(r->e, VG_EPARSE, at, "%s", what);
    return vg_why(r->e, "shapes are read as GeoJSON (RFC 7946)");
}

static bool grow(reading *r, void **data, int32_t *cap, int32_t n, int64_t size)
{
    if (n < *cap)
        return true;
    int32_t more = *cap ? *cap * 2 : 256;
    void *fresh = vg_alloc(r->memory, more, size, 16);
    if (!fresh)
        return vg_fail_memory(r->e, vg_arena_limit(r->memory));
    if (n)
        memcpy(fresh, *data, (size_t)n * (size_t)size);
    *data = fresh;
    *cap = more;
    return true;
}

static bool add_part(reading *r, vg_shape_kind kind, int32_t first, int32_t n)
{
    void *data = r->shape->part;
    if (!grow(r, &data, &r->cap_parts, r->shape->n_parts, (int64_t)sizeof *r->shape->part))
        return false;
    r->shape->part = data;
    r->shape->part[r->shape->n_parts++] = (vg_shape_part){ kind, first, n };
    return true;
}

static bool check_place(reading *r, vg_at at, double lon, double lat)
{
    if (!(fabs(lon) <= 360.0)) {
        vg_fail(r->e, VG_ERANGE, at, "longitude %g is outside -360..360", lon);
        return vg_mend(r->e,
                       "write degrees, longitude first; beyond 180 only for shapes across the date line");
    }
    if (!(fabs(lat) <= 90.0)) {
        vg_fail(r->e, VG_ERANGE, at, "latitude %g is outside -90..90", lat);
        return vg_mend(r->e, "GeoJSON has the longitude first: are the two swapped?");
    }
    return true;
}

static bool add_place(reading *r, vg_at at, double lon, double lat, int32_t opened)
{
    vg_shape *s = r->shape;
    int32_t cap = r->cap_at;
    void *data = s->at, *depth = r->opened;
    if (!check_place(r, at, lon, lat))
        return false;
    if (s->n_at == MOST_POSITIONS)
        return vg_fail(r->e, VG_ERANGE, at, "a zone has more than %d positions", MOST_POSITIONS);
    if (!grow(r, &data, &cap, s->n_at, (int64_t)sizeof *s->at) ||
        !grow(r, &depth, &r->cap_at, s->n_at, (int64_t)sizeof *r->opened))
        return false;
    s->at = data;
    r->opened = depth;
    r->opened[s->n_at] = opened;
    s->at[s->n_at++] = (vg_shape_at){ lon, lat, (int32_t)at.line, (int32_t)at.col };
    return true;
}

/* The numbers of one position, whose first has been read; height and more are passed over. */
static bool read_place(reading *r, const vg_json_token *first, int32_t opened)
{
    double x[2] = { 0, 0 };
    vg_json_token t = *first;
    int n = 0;
    vg_at at = first->at;
    do {
        if (t.kind != VG_JSON_NUMBER)
            return wrong(r, t.at, "a position holds something that is not a number");
        if (n < 2 && !vg_num(t.text, &x[n]))
            return wrong(r, t.at, "a coordinate is too large to be one");
        n++;
        if (!vg_json_next(r->json, &t, r->e))
            return false;
    } while (t.kind != VG_JSON_ARRAY_END);
    if (n < 2)
        return wrong(r, at, "a position has one number only");
    return add_place(r, at, x[0], x[1], opened);
}

/* Nested arrays down to the positions; all must lie equally deep. */
static bool read_coordinates(reading *r, coordinates *c)
{
    vg_json_token t;
    int32_t depth = 0, low = 0; /* the least depth since the last position: empty arrays open nothing */
    *c = (coordinates){ .from = r->shape->n_at, .seen = true };
    do {
        if (!vg_json_next(r->json, &t, r->e))
            return false;
        c->at = c->at.line ? c->at : t.at;
        if (t.kind == VG_JSON_ARRAY) {
            depth++;
        } else if (t.kind == VG_JSON_ARRAY_END) {
            depth--;
            low = depth < low ? depth : low;
        } else if (t.kind == VG_JSON_NUMBER && depth > 0) {
            if (c->depth && c->depth != depth)
                return wrong(r, t.at, "positions do not lie in equally many brackets");
            c->depth = depth;
            if (!read_place(r, &t, depth - low))
                return false;
            depth--;
            low = depth;
        } else if (t.kind == VG_JSON_NULL && depth == 0) {
            break;
        } else {
            return wrong(r, t.at, "coordinates hold something that is not a number");
        }
    } while (depth > 0);
    return true;
}

static vg_at place_at(const reading *r, int32_t i)
{
    return (vg_at){ .file = r->name, .line = r->shape->at[i].line, .col = r->shape->at[i].col };
}

static bool check_ring(reading *r, int32_t first, int32_t n)
{
    const vg_shape_at *a = &r->shape->at[first], *b = &r->shape->at[first + n - 1];
    if (n < 4) {
        wrong(r, place_at(r, first), "a ring has fewer than four positions");
        return vg_mend(r->e, "a triangle has four: its three corners, and the first once more");
    }
    bool same_lon = fabs(fabs(a->lon - b->lon) - 180.0) == 180.0; /* 0 or a whole turn */
    if (a->lat != b->lat || !same_lon) {
        wrong(r, place_at(r, first + n - 1), "a ring is not closed");
        return vg_mend(r->e, "write its first position once more at its end");
    }
    return true;
}

/* Cuts positions into runs where at least `brackets` were opened anew: rings at 2, and a polygon's first ring at 3. */
static bool add_runs(reading *r, const coordinates *c, vg_shape_kind kind)
{
    int32_t end = r->shape->n_at;
    for (int32_t i = c->from, next; i < end; i = next) {
        bool outer = i == c->from || r->opened[i] >= 3;
        for (next = i + 1; next < end && r->opened[next] < 2;)
            next++;
        if (kind == VG_SHAPE_LINE) {
            if (next - i < 2)
                return wrong(r, place_at(r, i), "a line has one position only");
            if (!add_part(r, VG_SHAPE_LINE, i, next - i))
                return false;
        } else if (!check_ring(r, i, next - i) ||
                   !add_part(r, outer ? VG_SHAPE_RING : VG_SHAPE_HOLE, i, next - i)) {
            return false;
        }
    }
    return true;
}

static bool add_points(reading *r, const coordinates *c)
{
    for (int32_t i = c->from, end = r->shape->n_at; i < end; i++)
        if (!add_part(r, VG_SHAPE_POINT, i, 1))
            return false;
    return true;
}

static const struct {
    vg_str type;
    int32_t depth; /* brackets around a position, its own included; 0 = holds no coordinates */
    vg_shape_kind kind;
} types[] = {
    { { "Point", 5 }, 1, VG_SHAPE_POINT },      { { "MultiPoint", 10 }, 2, VG_SHAPE_POINT },
    { { "LineString", 10 }, 2, VG_SHAPE_LINE }, { { "MultiLineString", 15 }, 3, VG_SHAPE_LINE },
    { { "Polygon", 7 }, 3, VG_SHAPE_RING },     { { "MultiPolygon", 12 }, 4, VG_SHAPE_RING },
    { { "GeometryCollection", 18 }, 0, 0 },     { { "Feature", 7 }, 0, 0 },
    { { "FeatureCollection", 17 }, 0, 0 },
};
enum { N_TYPES = (int)(sizeof types / sizeof types[0]) };

static bool add_geometry(reading *r, int type, const coordinates *c)
{
    if (!c->seen)
        return true;
    if (c->depth == 0) /* "coordinates": [] */
        return true;
    if (types[type].depth != c->depth) {
        vg_fail(r->e, VG_EPARSE, c->at, "the positions of a %.*s lie in %d brackets", VG_P(types[type].type),
                c->depth);
        return vg_why(r->e, "its positions lie in %d", types[type].depth);
    }
    return types[type].kind == VG_SHAPE_POINT ? add_points(r, c) : add_runs(r, c, types[type].kind);
}

static bool read_type(reading *r, int *type)
{
    vg_json_token t;
    if (!vg_json_next(r->json, &t, r->e))
        return false;
    for (int i = 0; t.kind == VG_JSON_STRING && i < N_TYPES; i++)
        if (vg_eq(t.text, types[i].type)) {
            *type = i;
            return true;
        }
    vg_fail(r->e, VG_EPARSE, t.at, "\"%.*s\" is not a type of GeoJSON", VG_P(vg_utf8_head(t.text, 40)));
    return vg_mend(r->e, "write Polygon, MultiPolygon, LineString, Point, Feature, FeatureCollection ...");
}

static bool read_object(reading *r, vg_at at);

/* One object, an array of them, or null. */
static bool read_members(reading *r)
{
    vg_json_token t;
    if (!vg_json_next(r->json, &t, r->e))
        return false;
    if (t.kind == VG_JSON_OBJECT)
        return read_object(r, t.at);
    if (t.kind == VG_JSON_NULL)
        return true;
    if (t.kind != VG_JSON_ARRAY)
        return wrong(r, t.at, "an object with a \"type\" should stand here");
    while (vg_json_next(r->json, &t, r->e) && t.kind == VG_JSON_OBJECT)
        if (!read_object(r, t.at))
            return false;
    if (vg_failed(r->e))
        return false;
    return t.kind == VG_JSON_ARRAY_END || wrong(r, t.at, "an object with a \"type\" should stand here");
}

static bool read_object(reading *r, vg_at at)
{
    vg_json_token t;
    coordinates c = { .seen = false };
    int type = -1;
    bool fine = true;
    while (fine && vg_json_next(r->json, &t, r->e) && t.kind == VG_JSON_KEY) {
        if (vg_eq(t.text, VG_S("type")))
            fine = read_type(r, &type);
        else if (vg_eq(t.text, VG_S("coordinates")) && !c.seen)
            fine = read_coordinates(r, &c);
        else if (vg_eq(t.text, VG_S("geometry")) || vg_eq(t.text, VG_S("geometries")) ||
                 vg_eq(t.text, VG_S("features")))
            fine = read_members(r);
        else
            fine = vg_json_skip(r->json, &t, r->e);
    }
    if (!fine || vg_failed(r->e))
        return false;
    if (type < 0)
        return wrong(r, at, "an object has no \"type\"");
    return add_geometry(r, type, &c);
}

static bool read_all(reading *r)
{
    vg_json_token t;
    if (!vg_json_next(r->json, &t, r->e))
        return false;
    if (t.kind != VG_JSON_OBJECT)
        return wrong(r, t.at, "the text does not begin with an object");
    if (!read_object(r, t.at) || !vg_json_next(r->json, &t, r->e))
        return false;
    return t.kind == VG_JSON_END || wrong(r, t.at, "something follows after the object");
}

bool vg_shape__read(vg_str geojson, vg_str name, vg_arena *a, vg_shape *out, vg_err *e)
{
    vg_input *in;
    vg_shape s = { .name = name };
    reading r = { .memory = a, .name = name, .shape = &s, .e = e };
    if (vg_failed(e) || !vg_input_memory(geojson, name, &in, e))
        return false;
    bool fine = vg_json_open(in, a, &r.json, e) && read_all(&r);
    vg_input_close(in);
    if (fine)
        *out = s;
    return fine;
}

bool vg_zone_read(vg_str geojson, vg_str name, const vg_zone_opts *o, vg_zone **out, vg_err *e)
{
    const vg_zone_opts opts = o ? *o : (vg_zone_opts){ .buffer_km = 0 };
    vg_arena a = { .base = NULL };
    vg_shape s;
    vg_zone_rings rings;
    if (vg_failed(e))
        return false;
    if (!(opts.buffer_km >= 0 && opts.buffer_km <= MOST_BUFFER_KM))
        return vg_fail(e, VG_ERANGE, (vg_at){ .file = name }, "a buffer of %g km is outside 0..%d",
                       opts.buffer_km, MOST_BUFFER_KM);
    bool fine = vg_arena_init(&a, ARENA, e) && vg_shape__read(geojson, name, &a, &s, e) &&
                vg_shape__rings(&s, &opts, &a, &rings, e) && vg_zone__make(&rings, out, e);
    vg_arena_free(&a);
    return fine;
}

bool vg_zone_circle(double lat_deg, double lon_deg, double radius_km, vg_zone **out, vg_err *e)
{
    vg_shape_at at = { .lon = lon_deg, .lat = lat_deg };
    vg_shape_part part = { .kind = VG_SHAPE_POINT, .first = 0, .n = 1 };
    vg_shape s = { .at = &at, .part = &part, .n_at = 1, .n_parts = 1 };
    vg_arena a = { .base = NULL };
    vg_zone_rings rings;
    if (vg_failed(e))
        return false;
    if (!(fabs(lat_deg) <= 90.0) || !(fabs(lon_deg) <= 360.0))
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "no place on earth: latitude %g, longitude %g", lat_deg,
                       lon_deg);
    if (!(radius_km > 0 && radius_km <= MOST_BUFFER_KM))
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "a radius of %g km is not in 0..%d, or is 0", radius_km,
                       MOST_BUFFER_KM);
    bool fine = vg_arena_init(&a, ARENA, e) &&
                vg_shape__rings(&s, &(vg_zone_opts){ .buffer_km = radius_km }, &a, &rings, e) &&
                vg_zone__make(&rings, out, e);
    vg_arena_free(&a);
    return fine;
}
