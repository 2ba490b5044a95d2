/*
 * A second opinion on shares: GEOS cuts the zone by rings about the place, and the areas of the cuts are weighed with the
 * normal's mass in each ring. In a plane of the same kind, made here by geodesics.
 */
#include <geos_c.h>

#include "geo/zone.h"
#include "prop.h"

enum { RINGS = 100, SIDES = 64, CORNERS = 400 };

typedef struct {
    double at[CORNERS][2];
    int n;
} outline;

static double uniform(vg_rng *r, double low, double high)
{
    return low + (high - low) * vg_rng_unit(r);
}

static GEOSGeometry *area_of(GEOSContextHandle_t g, const double (*at)[2], int n)
{
    GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r(g, &at[0][0], (unsigned)n, 0, 0);
    return GEOSGeom_createPolygon_r(g, GEOSGeom_createLinearRing_r(g, s), NULL, 0);
}

/* A star of 50 corners with 8 places along each side, in degrees, so that its sides are as straight in the plane. */
static void any_outline(vg_rng *r, double lat, double lon, double size_m, outline *o)
{
    double corner[51][2];
    for (int i = 0; i < 50; i++)
        vg_place_at(lat, lon, 7.2 * i, size_m * uniform(r, 0.3, 1), &corner[i][1], &corner[i][0]);
    memcpy(corner[50], corner[0], sizeof corner[0]);
    o->n = 0;
    for (int i = 0; i < 50 * 7; i++, o->n++)
        for (int k = 0; k < 2; k++)
            o->at[i][k] = corner[i / 7][k] + (i % 7) / 7.0 * (corner[i / 7 + 1][k] - corner[i / 7][k]);
    memcpy(o->at[o->n++], corner[0], sizeof corner[0]);
}

static vg_zone *zone_of(const outline *o)
{
    static char text[CORNERS * 64];
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    size_t n = (size_t)snprintf(text, sizeof text, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (int i = 0; i < o->n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s[%.15g,%.15g]", i ? "," : "", o->at[i][0],
                              o->at[i][1]);
    snprintf(text + n, sizeof text - n, "]]}");
    CHECK_OK(vg_zone_read(vg_str_z(text), VG_S("star"), NULL, &z, &e), &e);
    return z;
}

/* In standard deviations about a place; bearings by search, because the library gives distances only. */
static void to_plane(const outline *o, double lat, double lon, double sigma, double (*flat)[2])
{
    for (int i = 0; i < o->n; i++) {
        double far = vg_distance_m(lat, lon, o->at[i][1], o->at[i][0]), low = 0, x = 0, y = 0;
        double guess = atan2((o->at[i][0] - lon) * cos(lat * 3.141592653589793 / 180), o->at[i][1] - lat) *
                       180 / 3.141592653589793;
        for (int k = 0; k < 6; k++) { /* each round leaves a small part of the error in the bearing */
            vg_place_at(lat, lon, guess + low, far, &y, &x);
            double c = cos(lat * 3.141592653589793 / 180);
            double want = atan2((o->at[i][0] - lon) * c, o->at[i][1] - lat),
                   got = atan2((x - lon) * c, y - lat);
            low += remainder(want - got, 2 * 3.141592653589793) * 180 / 3.141592653589793;
        }
        flat[i][0] = far / sigma * sin((guess + low) * 3.141592653589793 / 180);
        flat[i][1] = far / sigma * cos((guess + low) * 3.141592653589793 / 180);
    }
}

/* Discs up to five standard deviations; each ring's share of the zone is the difference of two cuts. */
static double slow_share(GEOSContextHandle_t g, const GEOSGeometry *zone)
{
    double last = 0, last_disc = 0, sum = 0;
    GEOSGeometry *middle = GEOSGeom_createPointFromXY_r(g, 0, 0);
    for (int i = 1; i <= RINGS; i++) {
        double r = 5.0 * i / RINGS, s = 5.0 * (i - 1) / RINGS, area = 0, whole = 0;
        GEOSGeometry *disc = GEOSBuffer_r(g, middle, r, SIDES);
        GEOSGeometry *cut = GEOSIntersection_r(g, zone, disc);
        GEOSArea_r(g, cut, &area);
        GEOSArea_r(g, disc, &whole);
        sum += (area - last) / (whole - last_disc) * (exp(-s * s / 2) - exp(-r * r / 2));
        last = area;
        last_disc = whole;
        GEOSGeom_destroy_r(g, cut);
        GEOSGeom_destroy_r(g, disc);
    }
    GEOSGeom_destroy_r(g, middle);
    return sum;
}

static const char *geos_agrees(vg_rng *r)
{
    static double flat[CORNERS][2];
    outline o;
    double lat = uniform(r, -65, 65), lon = uniform(r, -150, 150),
           size = 1000 * exp(uniform(r, log(1), log(60)));
    double radius = size * exp(uniform(r, log(0.1), log(2))), at_lat, at_lon;
    any_outline(r, lat, lon, size, &o);
    vg_place_at(lat, lon, uniform(r, 0, 360), size * uniform(r, 0, 1.2), &at_lat, &at_lon);
    vg_zone *z = zone_of(&o);
    GEOSContextHandle_t g = GEOS_init_r();
    to_plane(&o, at_lat, at_lon, radius / sqrt(2 * log(10)), flat);
    GEOSGeometry *star = area_of(g, (const double(*)[2])flat, o.n);
    double want = slow_share(g, star), got = vg_zone_share(z, at_lat, at_lon, radius);
    GEOSGeom_destroy_r(g, star);
    GEOS_finish_r(g);
    vg_zone_free(z);
    return fabs(got - want) > 3e-4 ? "GEOS gives another share"
                                   : NULL; /* 100 rings are right to about that */
}

static void the_share_is_that_of_cuts_by_rings(void **state)
{
    (void)state;
    check_property("geos_agrees", geos_agrees, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_share_is_that_of_cuts_by_rings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
