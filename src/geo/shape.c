/*
 * Shapes with GEOS and PROJ's geodesic.h; no other file of the project sees either. Everything is first brought to
 * polygons in unwrapped degrees, then into one turn of longitudes, then joined. Invariant: what leaves this file are
 * rings that do not cross one another, whose inside is told by shells and holes.
 *
 * A ring whose longitudes do not come back to where they began goes round a pole: the nearer one, and it is closed along
 * the pole's line. Buffers are made in an azimuthal equidistant plane of the ellipsoid about the middle of each piece of
 * a line; pieces are short enough that the plane's stretch (1 + c^2 / 6 at the angle c) stays under 0.2 %.
 */
#include <float.h>
#include <geodesic.h>
#include <geos_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/shape_int.h"

enum {
    QUARTER = 16,
    MOST_CORNERS = 4000000,
    ARENA = 1 << 30
};                       /* corners of a quarter circle: its radius is right to 0.12 % */
#define PIECE_M 100000.0 /* longest piece of a line that is buffered in one plane */
#define LONG_M  20000.0  /* longest straight edge in that plane */
#define EARTH_F (1 / 298.257223563)
#define LEAST_DEG                                                                                            \
    1e-10 /* rings smaller than this (square degrees, a square metre) are crumbs of the joining */

typedef struct {
    GEOSContextHandle_t geos;
    struct geod_geodesic earth;
    vg_arena *memory;
    const vg_shape *shape;
    vg_err *e;
    GEOSGeometry **area; /* polygons made so far, owned */
    int32_t n, cap;
    double reach_m; /* of the buffer */
} workshop;

typedef double xy[2];

/* --- corners of rings and lines --- */

/* A run of corners in unwrapped degrees. */
typedef struct {
    xy *at;
    int32_t n;
    double turns; /* what is missing when it comes back to its beginning, degrees: 0, or 360 around a pole */
} run;

static bool out_of_memory(workshop *w)
{
    return vg_fail_memory(w->e, vg_arena_limit(w->memory));
}

static xy *corners(workshop *w, int64_t n)
{
    return n <= MOST_CORNERS ? vg_alloc(w->memory, n, (int64_t)sizeof(xy), (int64_t) _Alignof(double)) : NULL;
}

/* An edge over more than half a turn is meant the short way, but not one from -180 to 180: the world's own width. */
static double short_way(double from, double to)
{
    double d = to - from;
    if (fabs(d) <= 180.0 || (fabs(from) == 180.0 && fabs(to) == 180.0))
        return d;
    return d - 360.0 * round(d / 360.0);
}

static void close_round_pole(run *r, double lat)
{
    double pole = lat < 0 ? -90.0 : 90.0, x0 = r->at[0][0], y0 = r->at[0][1], x1 = r->at[r->n - 1][0];
    const xy more[3] = { { x1, pole }, { x0, pole }, { x0, y0 } };
    memcpy(r->at[r->n], more, sizeof more);
    r->n += 3;
}

/* To 2^-32 degrees (0.03 mm), so that a whole turn more or less changes no other digit. */
static double on_raster(double degrees)
{
    return round(degrees * 4294967296.0) / 4294967296.0;
}

static bool unwrap(workshop *w, const vg_shape_part *p, run *out)
{
    run r = { .at = corners(w, (int64_t)p->n + 3), .n = p->n };
    const vg_shape_at *from = &w->shape->at[p->first];
    double sum = 0;
    if (!r.at)
        return out_of_memory(w);
    for (int32_t i = 0; i < p->n; i++) {
        double lon = i ? r.at[i - 1][0] + short_way(from[i - 1].lon, from[i].lon) : from[0].lon;
        r.at[i][0] = on_raster(lon);
        r.at[i][1] = from[i].lat;
        sum += from[i].lat;
    }
    bool ring = p->kind == VG_SHAPE_RING || p->kind == VG_SHAPE_HOLE;
    if (ring) {
        r.turns = round((r.at[r.n - 1][0] - r.at[0][0]) / 360.0) * 360.0;
        r.at[r.n - 1][0] = r.at[0][0] + r.turns; /* sums may be off by a last bit */
        r.at[r.n - 1][1] = r.at[0][1];
        if (r.turns != 0)
            close_round_pole(&r, sum);
    }
    *out = r;
    return true;
}

/* --- GEOS, in small words --- */

static bool geos_failed(workshop *w)
{
    return vg_fail(w->e, VG_ENOMEM, (vg_at){ .file = w->shape ? w->shape->name : VG_NOSTR },
                   "shapes could not be joined");
}

static GEOSCoordSequence *sequence(workshop *w, const run *r)
{
    return GEOSCoordSeq_copyFromBuffer_r(w->geos, &r->at[0][0], (unsigned)r->n, 0, 0);
}

static GEOSGeometry *polygon_of(workshop *w, const run *r)
{
    GEOSCoordSequence *s = sequence(w, r);
    GEOSGeometry *ring = s ? GEOSGeom_createLinearRing_r(w->geos, s) : NULL;
    return ring ? GEOSGeom_createPolygon_r(w->geos, ring, NULL, 0) : NULL;
}

/* A op B, both given away; NULL passes through. */
static GEOSGeometry *both(workshop *w, GEOSGeometry *a, GEOSGeometry *b,
                          GEOSGeometry *(*op)(GEOSContextHandle_t, const GEOSGeometry *,
                                              const GEOSGeometry *))
{
    GEOSGeometry *out = a && b ? op(w->geos, a, b) : NULL;
    if (a)
        GEOSGeom_destroy_r(w->geos, a);
    if (b)
        GEOSGeom_destroy_r(w->geos, b);
    return out;
}

static GEOSGeometry *mended(workshop *w, GEOSGeometry *g)
{
    if (!g || GEOSisValid_r(w->geos, g) == 1)
        return g;
    GEOSGeometry *out = GEOSMakeValid_r(w->geos, g);
    GEOSGeom_destroy_r(w->geos, g);
    return out;
}

static int shift_x(double *x, double *y, void *by)
{
    (void)y;
    *x += *(const double *)by;
    return 1;
}

static GEOSGeometry *shifted(workshop *w, GEOSGeometry *g, double by)
{
    GEOSGeometry *out = g && by != 0 ? GEOSGeom_transformXY_r(w->geos, g, shift_x, &by) : NULL;
    if (!g || by == 0)
        return g;
    GEOSGeom_destroy_r(w->geos, g);
    return out;
}

static bool bounds(workshop *w, const GEOSGeometry *g, double *west, double *east)
{
    return GEOSGeom_getXMin_r(w->geos, g, west) == 1 && GEOSGeom_getXMax_r(w->geos, g, east) == 1;
}

static GEOSGeometry *strip(workshop *w, double west)
{
    xy at[5] = { { west, -91 }, { west + 360, -91 }, { west + 360, 91 }, { west, 91 }, { west, -91 } };
    return polygon_of(w, &(run){ .at = at, .n = 5 });
}

/* The same area with all longitudes in west .. west + 360; given away and got. */
static GEOSGeometry *within_turn(workshop *w, GEOSGeometry *g, double west)
{
    double from, to;
    GEOSGeometry *out = NULL;
    if (!g || GEOSisEmpty_r(w->geos, g) == 1 || !bounds(w, g, &from, &to))
        return g;
    int k0 = (int)floor((from - west) / 360.0), k1 = (int)ceil((to - west) / 360.0) - 1;
    if (k1 <= k0)
        return shifted(w, g, -360.0 * k0);
    for (int k = k0; k <= k1; k++) {
        GEOSGeometry *part =
            both(w, GEOSGeom_clone_r(w->geos, g), strip(w, west + 360.0 * k), GEOSIntersection_r);
        part = shifted(w, part, -360.0 * k);
        out = out || k > k0 ? both(w, out, part, GEOSUnion_r) : part;
    }
    GEOSGeom_destroy_r(w->geos, g);
    return out;
}

static bool keep(workshop *w, GEOSGeometry *g)
{
    if (!g)
        return geos_failed(w);
    if (w->n == w->cap) {
        int32_t cap = w->cap ? 2 * w->cap : 64;
        GEOSGeometry **fresh = vg_new(w->memory, GEOSGeometry *, cap);
        if (!fresh) {
            GEOSGeom_destroy_r(w->geos, g);
            return out_of_memory(w);
        }
        if (w->n)
            memcpy(fresh, w->area, (size_t)w->n * sizeof(GEOSGeometry *));
        w->area = fresh;
        w->cap = cap;
    }
    w->area[w->n++] = g;
    return true;
}

/* --- areas --- */

/* The corner of a ring whose edge comes nearest to a point: where the user should look. */
static int32_t nearest_corner(const run *r, double x, double y)
{
    double best = DBL_MAX;
    int32_t at = 0;
    for (int32_t i = 0; i + 1 < r->n; i++) {
        double dx = r->at[i + 1][0] - r->at[i][0], dy = r->at[i + 1][1] - r->at[i][1], l2 = dx * dx + dy * dy;
        double u = l2 > 0 ? ((x - r->at[i][0]) * dx + (y - r->at[i][1]) * dy) / l2 : 0;
        u = fmin(fmax(u, 0), 1);
        double d = hypot(r->at[i][0] + u * dx - x, r->at[i][1] + u * dy - y);
        if (d < best) {
            best = d;
            at = i;
        }
    }
    return at;
}

static bool refuse_crossing(workshop *w, const vg_shape_part *p, const run *r, const GEOSGeometry *where)
{
    double x = 0, y = 0;
    GEOSGeomGetX_r(w->geos, where, &x);
    GEOSGeomGetY_r(w->geos, where, &y);
    int32_t i = nearest_corner(r, x, y);
    const vg_shape_at *at = &w->shape->at[p->first + (i < p->n ? i : 0)];
    vg_fail(w->e, VG_ECONFLICT, (vg_at){ .file = w->shape->name, .line = at->line, .col = at->col },
            "the ring crosses itself at longitude %.5f, latitude %.5f", remainder(x, 360.0), y);
    vg_why(w->e, "what lies inside of a ring that crosses itself is not known");
    return vg_mend(w->e, "put the positions around this place into the order of the boundary");
}

/* What the ring's turning encloses: a loop that runs the other way counts against the rest. */
static double turned_area(const run *r)
{
    double sum = 0;
    const double *o = r->at[0];
    for (int32_t i = 0; i + 1 < r->n; i++)
        sum +=
            (r->at[i][0] - o[0]) * (r->at[i + 1][1] - o[1]) - (r->at[i + 1][0] - o[0]) * (r->at[i][1] - o[1]);
    return fabs(0.5 * sum);
}

/*
 * A way out and back along one line encloses nothing, and coordinates that were rounded leave tiny loops: both are mended,
 * as long as it is about a hectare and a hundredth of the area at most.
 */
static bool is_harmless(workshop *w, const run *r, const GEOSGeometry *made_valid)
{
    double area = 0, loops;
    if (!made_valid || GEOSArea_r(w->geos, made_valid, &area) != 1)
        return false;
    loops = fabs(area - turned_area(r));
    return loops <= 1e-12 || (loops < 1e-6 && loops < 0.01 * area);
}

/* One ring as an area. A ring that touches itself is mended (what it encloses is clear); one that crosses is refused. */
static bool ring_area(workshop *w, const vg_shape_part *p, const run *r, GEOSGeometry **out)
{
    GEOSGeometry *g = polygon_of(w, r), *where = NULL, *valid;
    char *reason = NULL;
    if (!g)
        return geos_failed(w);
    bool crosses = GEOSisValidDetail_r(w->geos, g, 0, &reason, &where) == 0 && where && reason &&
                   strncmp(reason, "Self-intersection", 17) == 0;
    valid = mended(w, g);
    if (crosses && !is_harmless(w, r, valid))
        refuse_crossing(w, p, r, where);
    if (where)
        GEOSGeom_destroy_r(w->geos, where);
    if (reason)
        GEOSFree_r(w->geos, reason);
    if (valid && vg_failed(w->e)) {
        GEOSGeom_destroy_r(w->geos, valid);
        return false;
    }
    *out = valid;
    return valid || geos_failed(w);
}

/* A ring with the holes that follow it. Returns the number of parts used; 0 on failure. */
static int32_t add_area(workshop *w, int32_t i)
{
    GEOSGeometry *area = NULL, *hole = NULL;
    run r, h;
    double west, east;
    int32_t k = i + 1;
    if (!unwrap(w, &w->shape->part[i], &r) || !ring_area(w, &w->shape->part[i], &r, &area))
        return 0;
    bool pole = r.turns != 0;
    area = pole ? within_turn(w, area, -180.0) : area;
    for (; area && k < w->shape->n_parts && w->shape->part[k].kind == VG_SHAPE_HOLE; k++) {
        if (!unwrap(w, &w->shape->part[k], &h) || !ring_area(w, &w->shape->part[k], &h, &hole)) {
            GEOSGeom_destroy_r(w->geos, area);
            return 0;
        }
        if (pole)
            hole = within_turn(w, hole, -180.0);
        else if (bounds(w, area, &west, &east))
            hole = shifted(w, hole, 360.0 * round((0.5 * (west + east) - h.at[0][0]) / 360.0));
        area = both(w, area, hole, GEOSDifference_r);
    }
    return keep(w, area) ? k - i : 0;
}

/* --- buffers --- */

/* A plane of the ellipsoid about a place, in metres. */
typedef struct {
    const struct geod_geodesic *earth;
    double lon, lat;
} plane;

static void to_plane(const plane *p, const xy from, xy to)
{
    double s, azimuth;
    geod_inverse(p->earth, p->lat, p->lon, from[1], from[0], &s, &azimuth, NULL);
    to[0] = s * sin(azimuth * VG_RADIAN);
    to[1] = s * cos(azimuth * VG_RADIAN);
}

/* The longitude comes out within half a turn of `near`. */
static void from_plane(const plane *p, const xy from, double near, xy to)
{
    double lat, lon;
    geod_direct(p->earth, p->lat, p->lon, atan2(from[0], from[1]) / VG_RADIAN, hypot(from[0], from[1]), &lat,
                &lon, NULL);
    to[0] = on_raster(near + remainder(lon - near, 360.0));
    to[1] = lat;
}

/* Longest edge whose chord leaves its curve by a thousandth of the buffer at most. */
static double longest_edge(const workshop *w, double lat)
{
    double tangent = fmax(tan(fmin(fabs(lat), 89.0) * VG_RADIAN), 0.1);
    return fmin(LONG_M, fmax(sqrt(0.008 * VG_EARTH_A * w->reach_m / tangent), 100.0));
}

/* A ring of the plane back in degrees, with more corners where its edges are long. */
static bool ring_back(workshop *w, const plane *p, const GEOSGeometry *ring, run *out)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(w->geos, ring);
    unsigned n = 0;
    double step = longest_edge(w, p->lat), need = 4;
    if (!s || GEOSCoordSeq_getSize_r(w->geos, s, &n) != 1 || n < 4)
        return geos_failed(w);
    xy *flat = corners(w, n);
    if (!flat || GEOSCoordSeq_copyToBuffer_r(w->geos, s, &flat[0][0], 0, 0) != 1)
        return out_of_memory(w);
    for (unsigned i = 0; i + 1 < n; i++)
        need += ceil(hypot(flat[i + 1][0] - flat[i][0], flat[i + 1][1] - flat[i][1]) / step) + 1;
    run r = { .at = corners(w, (int64_t)fmin(need, 2.0 * MOST_CORNERS)) };
    if (!r.at)
        return out_of_memory(w);
    from_plane(p, flat[0], p->lon, r.at[r.n++]);
    for (unsigned i = 0; i + 1 < n; i++) {
        double dx = flat[i + 1][0] - flat[i][0], dy = flat[i + 1][1] - flat[i][1];
        int pieces = (int)ceil(hypot(dx, dy) / step);
        for (int k = 1; k <= pieces; k++) {
            xy at = { flat[i][0] + dx * k / pieces, flat[i][1] + dy * k / pieces };
            from_plane(p, at, r.at[r.n - 1][0], r.at[r.n]);
            r.n++;
        }
    }
    r.turns = round((r.at[r.n - 1][0] - r.at[0][0]) / 360.0) * 360.0;
    r.at[r.n - 1][0] = r.at[0][0] + r.turns;
    r.at[r.n - 1][1] = r.at[0][1];
    if (r.turns != 0)
        close_round_pole(&r, p->lat);
    *out = r;
    return true;
}

/* A polygon of the plane back in degrees. */
static bool area_back(workshop *w, const plane *p, const GEOSGeometry *g)
{
    run r;
    if (!ring_back(w, p, GEOSGetExteriorRing_r(w->geos, g), &r))
        return false;
    bool pole = r.turns != 0;
    GEOSGeometry *area = mended(w, polygon_of(w, &r));
    area = pole ? within_turn(w, area, -180.0) : area;
    for (int k = 0, n = GEOSGetNumInteriorRings_r(w->geos, g); area && k < n; k++) {
        if (!ring_back(w, p, GEOSGetInteriorRingN_r(w->geos, g, k), &r)) {
            GEOSGeom_destroy_r(w->geos, area);
            return false;
        }
        GEOSGeometry *hole = mended(w, polygon_of(w, &r));
        hole = pole ? within_turn(w, hole, -180.0) : hole;
        area = both(w, area, hole, GEOSDifference_r);
    }
    return keep(w, area);
}

static bool each_polygon(workshop *w, const GEOSGeometry *g, const plane *p,
                         bool (*use)(workshop *, const plane *, const GEOSGeometry *))
{
    int type = GEOSGeomTypeId_r(w->geos, g);
    if (type == GEOS_POLYGON)
        return GEOSisEmpty_r(w->geos, g) == 1 || use(w, p, g);
    if (type != GEOS_MULTIPOLYGON && type != GEOS_GEOMETRYCOLLECTION)
        return true; /* lines and points have no area */
    for (int i = 0, n = GEOSGetNumGeometries_r(w->geos, g); i < n; i++)
        if (!each_polygon(w, GEOSGetGeometryN_r(w->geos, g, i), p, use))
            return false;
    return true;
}

/* The buffer of a piece of a line, or of a point where n is 1. */
static bool buffer_piece(workshop *w, xy *at, int32_t n)
{
    plane p = { .earth = &w->earth, .lon = at[n / 2][0], .lat = at[n / 2][1] };
    xy *flat = corners(w, n < 2 ? 2 : n);
    if (!flat)
        return out_of_memory(w);
    for (int32_t i = 0; i < n; i++)
        to_plane(&p, at[i], flat[i]);
    GEOSCoordSequence *s = sequence(w, &(run){ .at = flat, .n = n });
    GEOSGeometry *g = !s       ? NULL
                      : n == 1 ? GEOSGeom_createPoint_r(w->geos, s)
                               : GEOSGeom_createLineString_r(w->geos, s);
    GEOSGeometry *wide = g ? GEOSBuffer_r(w->geos, g, w->reach_m, n == 1 ? 2 * QUARTER : QUARTER) : NULL;
    bool fine = wide ? each_polygon(w, wide, &p, area_back) : geos_failed(w);
    if (g)
        GEOSGeom_destroy_r(w->geos, g);
    if (wide)
        GEOSGeom_destroy_r(w->geos, wide);
    return fine;
}

/* Edges straight in degrees are bent on the ground: more corners, before they are straight in a plane. */
static bool with_more_corners(workshop *w, const run *r, run *out)
{
    double need = 1;
    int32_t *pieces = vg_new(w->memory, int32_t, r->n);
    if (!pieces)
        return out_of_memory(w);
    for (int32_t i = 0; i + 1 < r->n; i++) {
        double lat = fmax(fabs(r->at[i][1]), fabs(r->at[i + 1][1]));
        double dx = (r->at[i + 1][0] - r->at[i][0]) * cos(lat * VG_RADIAN),
               dy = r->at[i + 1][1] - r->at[i][1];
        pieces[i] = (int32_t)ceil(hypot(dx, dy) * VG_RADIAN * VG_EARTH_A / longest_edge(w, lat)) + 1;
        need += pieces[i];
    }
    *out = (run){ .at = corners(w, (int64_t)fmin(need, 2.0 * MOST_CORNERS)) };
    if (!out->at)
        return out_of_memory(w);
    for (int32_t i = 0; i < r->n; i++)
        for (int32_t k = 0; k < (i + 1 < r->n ? pieces[i] : 1); k++) {
            double u = pieces[i] ? (double)k / pieces[i] : 0;
            const double *a = r->at[i], *b = r->at[i + 1 < r->n ? i + 1 : i];
            out->at[out->n][0] = a[0] + u * (b[0] - a[0]);
            out->at[out->n++][1] = a[1] + u * (b[1] - a[1]);
        }
    return true;
}

static bool buffer_run(workshop *w, const run *line)
{
    run r;
    if (!with_more_corners(w, line, &r))
        return false;
    for (int32_t from = 0, to; from == 0 || from + 1 < r.n; from = to) {
        double length = 0;
        for (to = from; to + 1 < r.n && length < PIECE_M; to++)
            length += vg_distance_m(r.at[to][1], r.at[to][0], r.at[to + 1][1], r.at[to + 1][0]);
        if (!buffer_piece(w, &r.at[from], to - from + 1))
            return false;
        if (to == from)
            break;
    }
    return true;
}

/* A ring's own corners, without those that close it around a pole. */
static bool buffer_part(workshop *w, const vg_shape_part *p)
{
    run r;
    if (!unwrap(w, p, &r))
        return false;
    r.n = p->n;
    return buffer_run(w, &r);
}

/* --- joining --- */

static int by_west(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return x[0] < y[0] ? -1 : x[0] > y[0];
}

/* Where to cut the circle of longitudes: in the middle of the widest gap, or at the date line where there is none. */
static bool widest_gap(workshop *w, double *cut)
{
    double(*span)[2] = corners(w, (int64_t)w->n + 1), best = 1e-6, end;
    int32_t n = 0;
    *cut = -180.0;
    if (!span)
        return out_of_memory(w);
    for (int32_t i = 0; i < w->n; i++) {
        if (GEOSisEmpty_r(w->geos, w->area[i]) == 1 || !bounds(w, w->area[i], &span[n][0], &span[n][1]))
            continue;
        double turn = 360.0 * floor((span[n][0] + 180.0) / 360.0);
        span[n][0] -= turn;
        span[n++][1] -= turn;
    }
    qsort(span, (size_t)n, sizeof *span, by_west);
    end = n ? span[0][1] : 0;
    for (int32_t i = 1; i <= n; i++) {
        double next = i < n ? span[i][0] : span[0][0] + 360.0;
        if (next - end > best) {
            best = next - end;
            *cut = next - 0.5 * best;
        }
        end = fmax(end, i < n ? span[i][1] : end);
    }
    return true;
}

/* All areas in one turn and as one; they are given away. */
static GEOSGeometry *joined(workshop *w)
{
    double cut;
    if (!widest_gap(w, &cut))
        return NULL;
    for (int32_t i = 0; i < w->n; i++)
        if (!(w->area[i] = within_turn(w, w->area[i], cut))) {
            geos_failed(w);
            return NULL;
        }
    GEOSGeometry *all =
        GEOSGeom_createCollection_r(w->geos, GEOS_GEOMETRYCOLLECTION, w->area, (unsigned)w->n);
    w->n = all ? 0 : w->n;
    GEOSGeometry *out = all ? GEOSUnaryUnion_r(w->geos, all) : NULL;
    if (all)
        GEOSGeom_destroy_r(w->geos, all);
    if (!out)
        geos_failed(w);
    return out;
}

typedef struct {
    vg_zone_rings *rings;
    int32_t cap_at, cap_rings;
} collector;

static bool room(workshop *w, collector *c, int32_t more)
{
    vg_zone_rings *r = c->rings, old = *r;
    if (r->n_at + more <= c->cap_at && r->n + 1 < c->cap_rings)
        return true;
    c->cap_at = 2 * c->cap_at + more + 256;
    c->cap_rings = 2 * c->cap_rings + 64;
    r->at = corners(w, c->cap_at);
    r->first = vg_new(w->memory, int32_t, c->cap_rings);
    r->hole = vg_new(w->memory, bool, c->cap_rings);
    if (!r->at || !r->first || !r->hole)
        return out_of_memory(w);
    if (old.at) {
        memcpy(r->at, old.at, (size_t)old.n_at * sizeof(xy));
        memcpy(r->first, old.first, (size_t)(old.n + 1) * sizeof(int32_t));
        memcpy(r->hole, old.hole, (size_t)old.n * sizeof(bool));
    }
    return true;
}

/* Cuts at the date line come out a last digit beside it. */
static double on_date_line(double lon)
{
    return fabs(fabs(lon) - 180.0) < 1e-9 ? copysign(180.0, lon) : lon;
}

static bool collect_ring(workshop *w, collector *c, const GEOSGeometry *ring, bool hole)
{
    const GEOSCoordSequence *s = GEOSGeom_getCoordSeq_r(w->geos, ring);
    unsigned n = 0;
    if (!s || GEOSCoordSeq_getSize_r(w->geos, s, &n) != 1 || n > MOST_CORNERS)
        return geos_failed(w);
    if (!room(w, c, (int32_t)n))
        return false;
    vg_zone_rings *r = c->rings;
    xy *at = &r->at[r->n_at];
    if (n < 4 || GEOSCoordSeq_copyToBuffer_r(w->geos, s, &at[0][0], 0, 0) != 1)
        return n < 4 || geos_failed(w);
    for (unsigned i = 0; i < n; i++)
        at[i][0] = on_date_line(at[i][0]);
    if (turned_area(&(run){ .at = at, .n = (int32_t)n }) < LEAST_DEG)
        return true;
    r->hole[r->n++] = hole;
    r->n_at += (int32_t)n;
    r->first[r->n] = r->n_at;
    return true;
}

static bool collect(workshop *w, collector *c, const GEOSGeometry *g)
{
    int type = GEOSGeomTypeId_r(w->geos, g);
    if (type == GEOS_POLYGON && GEOSisEmpty_r(w->geos, g) == 0) {
        int32_t before = c->rings->n;
        if (!collect_ring(w, c, GEOSGetExteriorRing_r(w->geos, g), false))
            return false;
        for (int k = 0, n = GEOSGetNumInteriorRings_r(w->geos, g); c->rings->n > before && k < n; k++)
            if (!collect_ring(w, c, GEOSGetInteriorRingN_r(w->geos, g, k), true))
                return false;
    } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
        for (int i = 0, n = GEOSGetNumGeometries_r(w->geos, g); i < n; i++)
            if (!collect(w, c, GEOSGetGeometryN_r(w->geos, g, i)))
                return false;
    }
    return true;
}

static bool begin(workshop *w, const vg_shape *s, vg_arena *a, vg_err *e)
{
    *w = (workshop){ .memory = a, .shape = s, .e = e, .geos = GEOS_init_r() };
    geod_init(&w->earth, VG_EARTH_A, EARTH_F);
    return w->geos || vg_fail_memory(e, 0);
}

static void end(workshop *w)
{
    for (int32_t i = 0; i < w->n; i++)
        if (w->area[i])
            GEOSGeom_destroy_r(w->geos, w->area[i]);
    if (w->geos)
        GEOS_finish_r(w->geos);
}

static bool add_parts(workshop *w, const vg_zone_opts *o)
{
    const vg_shape *s = w->shape;
    w->reach_m = o->buffer_km * 1000.0;
    for (int32_t i = 0, used; i < s->n_parts; i += used) {
        bool area = s->part[i].kind == VG_SHAPE_RING;
        if (area && (used = add_area(w, i)) == 0) /* checked even where only its edge counts */
            return false;
        if (area && o->only_buffer)
            GEOSGeom_destroy_r(w->geos, w->area[--w->n]);
        for (int32_t k = i, n = i + (area ? used : 1); w->reach_m > 0 && k < n; k++)
            if (!buffer_part(w, &s->part[k]))
                return false;
        used = area ? used : 1;
    }
    return true;
}

bool vg_shape__rings(const vg_shape *s, const vg_zone_opts *o, vg_arena *a, vg_zone_rings *out, vg_err *e)
{
    workshop w;
    vg_zone_rings rings = { .n = 0 };
    if (vg_failed(e) || !begin(&w, s, a, e))
        return false;
    GEOSGeometry *all = add_parts(&w, o) ? joined(&w) : NULL;
    bool fine = all && collect(&w, &(collector){ .rings = &rings }, all);
    if (all)
        GEOSGeom_destroy_r(w.geos, all);
    end(&w);
    if (fine && rings.n == 0) {
        vg_fail(e, VG_ENODATA, (vg_at){ .file = s->name }, "nothing here has an area");
        return vg_mend(e, "give lines and points a buffer in km");
    }
    if (fine)
        *out = rings;
    return fine;
}

/* --- zones that are made already --- */

static GEOSGeometry *ring_geometry(workshop *w, const vg_zone_rings *r, int32_t i)
{
    run corner = { .at = &r->at[r->first[i]], .n = r->first[i + 1] - r->first[i] };
    GEOSCoordSequence *s = sequence(w, &corner);
    return s ? GEOSGeom_createLinearRing_r(w->geos, s) : NULL;
}

/* Ring i with the holes that follow it; `next` is the ring after them. */
static GEOSGeometry *rings_geometry(workshop *w, const vg_zone_rings *r, int32_t i, int32_t *next)
{
    int32_t n = 0;
    for (*next = i + 1; *next < r->n && r->hole[*next];)
        ++*next;
    GEOSGeometry **hole = vg_new(w->memory, GEOSGeometry *, *next - i), *shell = ring_geometry(w, r, i);
    for (int32_t k = i + 1; hole && k < *next; k++)
        if ((hole[n] = ring_geometry(w, r, k)))
            n++;
    return hole && shell ? GEOSGeom_createPolygon_r(w->geos, shell, hole, (unsigned)n) : NULL;
}

static GEOSGeometry *zone_geometry(workshop *w, const vg_zone *z)
{
    w->n = 0;
    for (int32_t i = 0, next; i < z->rings.n; i = next)
        if (!keep(w, rings_geometry(w, &z->rings, i, &next)))
            return NULL;
    GEOSGeometry *g = GEOSGeom_createCollection_r(w->geos, GEOS_MULTIPOLYGON, w->area, (unsigned)w->n);
    w->n = g ? 0 : w->n;
    return g;
}

/* What of a zone lies in a shape, as rings; the shape is given away. */
static bool collect_part(workshop *w, const vg_zone *z, GEOSGeometry *shape, double shift, collector *c)
{
    GEOSGeometry *part = shifted(w, both(w, zone_geometry(w, z), shape, GEOSIntersection_r), shift);
    bool fine = part ? collect(w, c, part) : geos_failed(w);
    if (part)
        GEOSGeom_destroy_r(w->geos, part);
    return fine;
}

bool vg_zone_overlap_km2(const vg_zone *a, const vg_zone *b, double *km2, vg_err *e)
{
    workshop w;
    vg_arena memory = { .base = NULL };
    vg_zone_rings rings = { .n = 0 };
    collector c = { .rings = &rings };
    if (vg_failed(e) || !vg_arena_init(&memory, ARENA, e))
        return false;
    bool fine = begin(&w, NULL, &memory, e);
    for (int k = -1; fine && k <= 1; k++)
        if (b->west + 360.0 * k < a->east && b->east + 360.0 * k > a->west)
            fine = collect_part(&w, a, shifted(&w, zone_geometry(&w, b), 360.0 * k), 0, &c);
    if (fine)
        *km2 = vg_zone__area_km2(&rings);
    end(&w);
    vg_arena_free(&memory);
    return fine;
}

bool vg_zone__cut(const vg_zone *z, vg_arena *a, vg_zone_rings *out, vg_err *e)
{
    workshop w;
    vg_zone_rings rings = { .n = 0 };
    collector c = { .rings = &rings };
    if (vg_failed(e) || !begin(&w, NULL, a, e))
        return false;
    bool fine =
        collect_part(&w, z, strip(&w, -180.0), 0, &c) && collect_part(&w, z, strip(&w, 180.0), -360.0, &c);
    end(&w);
    if (fine)
        *out = rings;
    return fine;
}

/* --- the ellipsoid --- */

double vg_distance_m(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg)
{
    struct geod_geodesic earth;
    double s;
    geod_init(&earth, VG_EARTH_A, EARTH_F);
    geod_inverse(&earth, lat1_deg, lon1_deg, lat2_deg, lon2_deg, &s, NULL, NULL);
    return s;
}

void vg_place_at(double lat_deg, double lon_deg, double bearing_deg, double distance_m, double *to_lat_deg,
                 double *to_lon_deg)
{
    struct geod_geodesic earth;
    geod_init(&earth, VG_EARTH_A, EARTH_F);
    geod_direct(&earth, lat_deg, lon_deg, bearing_deg, distance_m, to_lat_deg, to_lon_deg, NULL);
}
