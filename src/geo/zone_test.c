/*
 * Zones: reading, shares, poles and the date line. All shapes here are made up.
 */
#include "core/out.h"
#include "geo/zone.h"
#include "prop.h"

static vg_zone *zone_of(const char *geojson, double buffer_km, bool only_buffer)
{
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    vg_zone_opts o = { .buffer_km = buffer_km, .only_buffer = only_buffer };
    CHECK_OK(vg_zone_read(vg_str_z(geojson), VG_S("test.geojson"), &o, &z, &e), &e);
    return z;
}

static vg_zone *box(double west, double south, double east, double north)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"Polygon\",\"coordinates\":[[[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%.9f],[%.9f,%"
             ".9f]]]}",
             west, south, east, south, east, north, west, north, west, south);
    return zone_of(text, 0, false);
}

static double sigma_of(double radius_m)
{
    return radius_m / sqrt(2 * log(10));
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2));
}

static double uniform(vg_rng *r, double low, double high)
{
    return low + (high - low) * vg_rng_unit(r);
}

/* --- golden --- */

/* Test set for geodesics, Karney 2010, doi 10.5281/zenodo.32156; these five are in GeographicLib's geodtest.c, too. */
static void distances_are_those_of_the_published_test_lines(void **state)
{
    static const double line[][6] = {
        { 35.60777, -139.44815, 111.098748429560326, -11.17491, -69.95921, 8935244.5604818305 },
        { 55.52454, 106.05087, 22.020059880982801, 77.03196, 197.18234, 4105086.1713924406 },
        { -21.97856, 142.59065, -32.44456876433189, 41.84138, 98.56635, 8394328.894657671 },
        { -66.99028, 112.2363, 173.73491240878403, -12.70631, 285.90344, 11150344.2312080241 },
        { -17.42761, 173.34268, -159.033557661192928, -15.84784, 5.93557, 16076603.1631180673 },
    };
    (void)state;
    for (int i = 0; i < 5; i++) {
        const double *l = line[i];
        double lat, lon;
        CHECK_NEAR(vg_distance_m(l[0], l[1], l[3], l[4]), l[5], 1e-7);
        vg_place_at(l[0], l[1], l[2], l[5], &lat, &lon);
        CHECK_NEAR(lat, l[3], 1e-12);
        CHECK_NEAR(remainder(lon - l[4], 360.0), 0, 1e-12);
    }
}

static void the_share_of_a_half_plane_is_the_normal_distribution(void **state)
{
    static const double radius[] = { 30, 1000, 10000, 50000, 200000 }, latitude[] = { 0, 25, -52, 71 };
    vg_zone *z = box(20, -88, 60, 88); /* its west side is a meridian, which is straight on the ground */
    (void)state;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 5; k++)
            for (double x = -3; x <= 3; x += 0.25) {
                double lat, lon, sigma = sigma_of(radius[k]);
                vg_place_at(latitude[i], 20, 90, x * sigma, &lat, &lon);
                CHECK_NEAR(vg_zone_share(z, lat, lon, radius[k]), normal_cdf(x),
                           radius[k] > 50000 ? 1e-3 : 1e-4);
            }
    vg_zone_free(z);
}

static void a_place_on_an_edge_is_half_inside_and_on_a_corner_a_quarter(void **state)
{
    vg_zone *z = box(30, -1, 32, 0);
    (void)state;
    CHECK_NEAR(vg_zone_share(z, 0, 31, 500), 0.5, 1e-5);
    CHECK_NEAR(vg_zone_share(z, -0.5, 30, 500), 0.5, 1e-5);
    CHECK_NEAR(vg_zone_share(z, 0, 30, 500), 0.25, 1e-5);
    CHECK_NEAR(vg_zone_share(z, -1, 32, 500), 0.25, 1e-4);
    for (double off = 1e-18; off < 1e-6; off *= 10) /* no jump where rounding decides the side */
        CHECK_NEAR(vg_zone_share(z, off, 31, 500), 0.5, 1e-3);
    vg_zone_free(z);
}

static void a_circle_holds_nine_tenths_of_the_place_in_its_middle(void **state)
{
    static const double place[][2] = { { 0, 0 },   { 48.3, 37.9 }, { -52, 179.99 }, { 74, -180 },
                                       { 84, 20 }, { 90, 0 },      { -89.99, 12 } };
    static const double km[] = { 0.05, 1, 10, 100, 500 };
    (void)state;
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 5; k++) {
            vg_zone *z = NULL;
            vg_err e = VG_NO_ERR;
            CHECK_OK(vg_zone_circle(place[i][0], place[i][1], km[k], &z, &e), &e);
            CHECK_NEAR(vg_zone_share(z, place[i][0], place[i][1], km[k] * 1000), 0.9,
                       km[k] > 50 ? 1e-3 : 4e-4);
            CHECK_NEAR(vg_zone_area_km2(z) / (3.14159265 * km[k] * km[k]), 1, 2e-3);
            assert_true(vg_zone_has(z, place[i][0], place[i][1]));
            vg_zone_free(z);
        }
}

/* --- properties --- */

/* A star of up to 20 corners about a place, with its longitudes as they come: past 180 where it lies there. */
static void star(vg_rng *r, double lat, double lon, double size_km, bool hole, char *text, size_t n)
{
    uint32_t corners = 4 + vg_rng_below(r, 17);
    double first[2] = { 0, 0 };
    size_t at = (size_t)snprintf(text, n, "{\"type\":\"Polygon\",\"coordinates\":[");
    if (hole)
        at += (size_t)snprintf(text + at, n - at,
                               "[[-180,-90],[-90,-90],[0,-90],[90,-90],[180,-90],[180,90],[90,90],[0,90],[-"
                               "90,90],[-180,90],[-180,-90]],");
    for (uint32_t i = 0; i < corners; i++) {
        double to[2];
        vg_place_at(lat, lon, 360.0 * i / corners, 1000 * size_km * uniform(r, 0.2, 1), &to[0], &to[1]);
        at += (size_t)snprintf(text + at, n - at, "%s[%.7f,%.7f]", i ? "," : "[", to[1], to[0]);
        if (i == 0)
            memcpy(first, to, sizeof first);
    }
    snprintf(text + at, n - at, ",[%.7f,%.7f]]]}", first[1], first[0]);
}

typedef struct {
    double lat, lon, size_km, radius_m, at_lat, at_lon;
    char text[4096], around[4096];
} scene;

/* A star somewhere, and a place near it whose circle is of about its size. */
static void any_scene(vg_rng *r, scene *s)
{
    vg_rng again;
    s->lat = uniform(r, -70, 70);
    s->lon = uniform(r, -180, 180);
    s->size_km = exp(uniform(r, log(0.5), log(80)));
    s->radius_m = 1000 * s->size_km * exp(uniform(r, log(0.05), log(2)));
    vg_place_at(s->lat, s->lon, uniform(r, 0, 360), 1000 * s->size_km * uniform(r, 0, 1.3), &s->at_lat,
                &s->at_lon);
    again = *r;
    star(r, s->lat, s->lon, s->size_km, false, s->text, sizeof s->text);
    star(&again, s->lat, s->lon, s->size_km, true, s->around, sizeof s->around);
}

static const char *zone_and_rest(vg_rng *r)
{
    scene s;
    any_scene(r, &s);
    vg_zone *in = zone_of(s.text, 0, false), *out = zone_of(s.around, 0, false);
    double sum = vg_zone_share(in, s.at_lat, s.at_lon, s.radius_m) +
                 vg_zone_share(out, s.at_lat, s.at_lon, s.radius_m);
    bool points = vg_zone_has(in, s.at_lat, s.at_lon) != vg_zone_has(out, s.at_lat, s.at_lon);
    vg_zone_free(in);
    vg_zone_free(out);
    return !points                ? "a point is in both or in none"
           : fabs(sum - 1) > 5e-5 ? "shares do not add up to 1"
                                  : NULL;
}

static void a_zone_and_the_rest_of_the_world_share_the_whole_place(void **state)
{
    (void)state;
    check_property("zone_and_rest", zone_and_rest, 300);
}

/* Two normals by Box and Muller, as a step on the ground. */
static void draw_place(vg_rng *r, double lat, double lon, double radius_m, double *to_lat, double *to_lon)
{
    double far = sigma_of(radius_m) * sqrt(-2 * log(1 - vg_rng_unit(r)));
    vg_place_at(lat, lon, 360 * vg_rng_unit(r), far, to_lat, to_lon);
}

static const char *drawn_places_agree(vg_rng *r)
{
    enum { DRAWS = 4000 };
    scene s;
    int inside = 0;
    any_scene(r, &s);
    vg_zone *z = zone_of(s.text, 0, false);
    for (int i = 0; i < DRAWS; i++) {
        double lat, lon;
        draw_place(r, s.at_lat, s.at_lon, s.radius_m, &lat, &lon);
        inside += vg_zone_has(z, lat, lon);
    }
    double p = vg_zone_share(z, s.at_lat, s.at_lon, s.radius_m), got = (double)inside / DRAWS;
    vg_zone_free(z);
    return fabs(p - got) > 4.5 * sqrt(p * (1 - p) / DRAWS) + 2e-3
               ? "the share is not what drawing places gives"
               : NULL;
}

static void the_share_is_what_drawing_places_gives(void **state)
{
    (void)state;
    check_property("drawn_places_agree", drawn_places_agree, 80);
}

static const char *halves_add_up(vg_rng *r)
{
    double lat = uniform(r, -80, 80), lon = uniform(r, -170, 170), w = uniform(r, 0.01, 2),
           h = uniform(r, 0.01, 2);
    double cut = lon + w * uniform(r, 0.1, 0.9), radius = 111000 * h * uniform(r, 0.01, 1);
    double at_lat = lat + h * uniform(r, -0.2, 1.2), at_lon = lon + w * uniform(r, -0.2, 1.2);
    cut = round(cut * 1e6) * 1e-6;
    vg_zone *all = box(lon, lat, lon + w, lat + h), *a = box(lon, lat, cut, lat + h),
            *b = box(cut, lat, lon + w, lat + h);
    double sum = vg_zone_share(a, at_lat, at_lon, radius) + vg_zone_share(b, at_lat, at_lon, radius);
    double whole = vg_zone_share(all, at_lat, at_lon, radius);
    vg_zone_free(all);
    vg_zone_free(a);
    vg_zone_free(b);
    return fabs(sum - whole) > 5e-5 ? "halves do not add up to the whole" : NULL;
}

static void two_halves_share_what_the_whole_does(void **state)
{
    (void)state;
    check_property("halves_add_up", halves_add_up, 300);
}

static const char *shift_changes_nothing(vg_rng *r)
{
    scene s;
    vg_rng again;
    char moved[4096];
    any_scene(r, &s);
    double turn = round(uniform(r, -180, 180));
    uint64_t seed = vg_rng_u64(r);
    again = vg_rng_at(seed, 0);
    star(&again, s.lat, 10, s.size_km, false, s.text, sizeof s.text);
    again = vg_rng_at(seed, 0);
    star(&again, s.lat, remainder(10 + turn, 360), s.size_km, false, moved, sizeof moved);
    vg_zone *a = zone_of(s.text, 0, false), *b = zone_of(moved, 0, false);
    double off = uniform(r, -0.5, 0.5) * s.size_km / 60, p = vg_zone_share(a, s.lat, 10 + off, s.radius_m);
    double q = vg_zone_share(b, s.lat, remainder(10 + off + turn, 360), s.radius_m);
    bool areas = fabs(vg_zone_area_km2(a) / vg_zone_area_km2(b) - 1) < 1e-4;
    vg_zone_free(a);
    vg_zone_free(b);
    return !areas ? "the area changes" : fabs(p - q) > 1e-4 ? "the share changes" : NULL;
}

static void the_share_does_not_change_when_all_moves_in_longitude(void **state)
{
    (void)state;
    check_property("shift_changes_nothing", shift_changes_nothing, 300);
}

static const char *wider_buffers_hold_more(vg_rng *r)
{
    scene s;
    double last = 0, area = 0;
    const char *wrong = NULL;
    any_scene(r, &s);
    for (int k = 0; k < 4; k++) {
        vg_zone *z = zone_of(s.text, s.size_km * 0.15 * k, false);
        double p = vg_zone_share(z, s.at_lat, s.at_lon, s.radius_m);
        wrong = wrong                         ? wrong
                : p < last - 1e-5             ? "the share falls"
                : vg_zone_area_km2(z) <= area ? "the area falls"
                                              : NULL;
        last = p;
        area = vg_zone_area_km2(z);
        vg_zone_free(z);
    }
    return wrong;
}

static void a_wider_buffer_never_holds_less(void **state)
{
    (void)state;
    check_property("wider_buffers_hold_more", wider_buffers_hold_more, 40);
}

/* --- poles and the date line --- */

static void a_zone_across_the_date_line_is_one(void **state)
{
    vg_zone *cut = zone_of(
        "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[178,-20],[180,-20],[180,-15],[178,-15],[178,-20]]],"
        "[[[-180,-20],[-177,-20],[-177,-15],[-180,-15],[-180,-20]]]]}",
        0, false);
    vg_zone *whole = box(178, -20, -177, -15), *past = box(178, -20, 183, -15);
    double b[4];
    (void)state;
    vg_zone_box(cut, b);
    CHECK_NEAR(b[0], 178, 0);
    CHECK_NEAR(b[2], -177, 0);
    for (double lon = 177.5; lon < 184; lon += 0.37) {
        double x = remainder(lon, 360), p = vg_zone_share(cut, -17, x, 90000);
        CHECK_NEAR(vg_zone_share(whole, -17, x, 90000), p, 1e-6);
        CHECK_NEAR(vg_zone_share(past, -17, lon, 90000), p, 1e-6);
        assert_int_equal(vg_zone_has(cut, -17, x), lon > 178 && lon < 183);
    }
    CHECK_NEAR(vg_zone_share(cut, -17, 180, 20000), 1, 1e-6);
    CHECK_NEAR(vg_zone_distance_m(cut, -17.5, 180) / vg_distance_m(-17.5, 180, -17.5, 178), -1, 1e-3);
    vg_zone_free(cut);
    vg_zone_free(whole);
    vg_zone_free(past);
}

static void a_ring_around_the_earth_holds_its_pole(void **state)
{
    vg_zone *ring =
        zone_of("{\"type\":\"Polygon\",\"coordinates\":[[[-123.4567,70],[0,70],[120.1,70],[-123.4567,70]]]}",
                0, false);
    vg_zone *cap =
        zone_of("{\"type\":\"Polygon\",\"coordinates\":[[[-180,70],[180,70],[180,90],[-180,90],[-180,70]]]}",
                0, false);
    (void)state;
    CHECK_NEAR(vg_zone_area_km2(ring), vg_zone_area_km2(cap), 1e-3);
    for (double lat = 60; lat <= 90; lat += 2.3)
        for (double lon = -180; lon <= 180; lon += 30) {
            double p = vg_zone_share(cap, lat, lon, 300000);
            CHECK_NEAR(vg_zone_share(ring, lat, lon, 300000), p, 1e-6);
            CHECK_NEAR(p, vg_zone_share(cap, lat, 7, 300000), 1e-4); /* round */
            assert_int_equal(vg_zone_has(ring, lat, lon), lat > 70);
        }
    assert_true(vg_zone_has(cap, 90, 55));
    CHECK_NEAR(vg_zone_distance_m(cap, 89, 179.9), -vg_distance_m(89, 0, 70, 0),
               100); /* the cut is no edge */
    CHECK_NEAR(vg_zone_distance_m(ring, 89, -123.4), -vg_distance_m(89, 0, 70, 0), 100);
    vg_zone_free(ring);
    vg_zone_free(cap);
}

static void a_southern_ring_holds_the_south_pole(void **state)
{
    vg_zone *z =
        zone_of("{\"type\":\"Polygon\",\"coordinates\":[[[0,-60],[120,-60],[-120,-60],[0,-60]]]}", 0, false);
    (void)state;
    assert_true(vg_zone_has(z, -89, 33) && !vg_zone_has(z, -59, 33) && !vg_zone_has(z, 89, 33));
    vg_zone_free(z);
}

static void an_empty_ring_does_not_turn_a_hole_into_land(void **state)
{
    (void)state;
    vg_zone *z = zone_of("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[],"
                         "[[1,1],[2,1],[2,2],[1,2],[1,1]]]}",
                         0, false);
    assert_false(vg_zone_has(z, 1.5, 1.5));
    assert_true(vg_zone_has(z, 3, 3));
    vg_zone_free(z);
}

static void the_whole_world_holds_everything(void **state)
{
    vg_zone *z = box(-180, -90, 180, 90);
    (void)state;
    const double equal_area_km = 6371.0071809; /* sphere of the same area: R2 of WGS 84, NIMA TR8350.2 */
    CHECK_NEAR(vg_zone_area_km2(z) / (4 * 3.141592653589793 * equal_area_km * equal_area_km), 1, 1e-10);
    for (double lat = -90; lat <= 90; lat += 11.25)
        for (double lon = -180; lon <= 180; lon += 22.5) {
            CHECK_NEAR(vg_zone_share(z, lat, lon, 500000), 1, 1e-5);
            CHECK_NEAR(vg_zone_share(z, lat, lon, 100), 1, 1e-5);
        }
    vg_zone_free(z);
}

/* --- odd questions --- */

static void odd_questions_have_answers(void **state)
{
    vg_zone *z = box(30, 48, 31, 49);
    (void)state;
    assert_true(vg_zone_share(z, 48.5, 30.5, 0) == 1 && vg_zone_share(z, 47.5, 30.5, 0) == 0);
    assert_true(isnan(vg_zone_share(z, (double)NAN, 30, 10)) && isnan(vg_zone_share(z, 48, (double)NAN, 10)));
    assert_true(isnan(vg_zone_share(z, 48, 30, (double)NAN)) && isnan(vg_zone_share(z, 48, 30, -1)));
    assert_true(isnan(vg_zone_share(z, 91, 30, 1)) && isnan(vg_zone_share(z, 48, 30, 6e6)));
    assert_true(isnan(vg_zone_distance_m(z, (double)NAN, 30)) && !vg_zone_has(z, (double)NAN, 30));
    double far = vg_zone_share(z, 48.5, 30.5, 500000), sigma = sigma_of(500000) / 1000;
    double flat =
        1 - (111.2 * 111.2 + 73.4 * 73.4) / 24 / (sigma * sigma); /* nearly: the mean of r^2 over the box */
    CHECK_NEAR(far, flat * vg_zone_area_km2(z) / (2 * 3.14159265 * sigma * sigma), 1e-3 * far);
    CHECK_NEAR(vg_zone_share(z, 48.5, -329.5, 100), 1, 1e-9);
    vg_zone_free(z);
}

/* --- buffers --- */

static void a_buffer_has_its_width_to_half_a_percent(void **state)
{
    static const double km[] = { 0.5, 5, 50, 300 };
    (void)state;
    for (int k = 0; k < 4; k++) {
        vg_zone *z =
            zone_of("{\"type\":\"LineString\",\"coordinates\":[[30,50],[40,50],[40,40]]}", km[k], false);
        for (double lat = 49; lat > 41;
             lat -= 1.7) { /* beside the meridian, which is straight on the ground */
            double off, lon;
            vg_place_at(lat, 40, 90, 1000 * km[k], &off, &lon);
            CHECK_NEAR(vg_zone_distance_m(z, off, lon), 0, 5 * km[k]);
        }
        CHECK_NEAR(vg_zone_distance_m(z, 50 - km[k] / 111.2 * 0.7, 35), -300 * km[k], 10 * km[k]);
        CHECK_NEAR(vg_zone_share(z, 50, 30, 10), 1, 1e-6);
        vg_zone_free(z);
    }
}

static void only_the_buffer_is_a_band_on_both_sides_of_the_edge(void **state)
{
    const char *square = "{\"type\":\"Polygon\",\"coordinates\":[[[30,40],[32,40],[32,42],[30,42],[30,40]]]}";
    vg_zone *band = zone_of(square, 10, true), *wide = zone_of(square, 10, false),
            *area = zone_of(square, 0, false);
    double km2 = 0;
    vg_err e = VG_NO_ERR;
    (void)state;
    assert_true(!vg_zone_has(band, 41, 31) && vg_zone_has(wide, 41, 31));
    assert_true(vg_zone_has(band, 41, 30.05) && vg_zone_has(band, 41, 29.95) && !vg_zone_has(band, 41, 29.8));
    CHECK_OK(vg_zone_overlap_km2(band, area, &km2, &e), &e);
    CHECK_NEAR(vg_zone_area_km2(band) - km2, vg_zone_area_km2(wide) - vg_zone_area_km2(area), 0.01);
    vg_zone_free(band);
    vg_zone_free(wide);
    vg_zone_free(area);
}

static void overlaps_are_found_across_the_date_line(void **state)
{
    vg_zone *a = box(170, 10, -170, 12), *b = box(-175, 11, -160, 14), *c = box(-175, 11, -170, 12);
    double km2 = -1;
    vg_err e = VG_NO_ERR;
    (void)state;
    CHECK_OK(vg_zone_overlap_km2(a, b, &km2, &e), &e);
    CHECK_NEAR(km2, vg_zone_area_km2(c), 1e-6 * km2);
    CHECK_OK(vg_zone_overlap_km2(b, a, &km2, &e), &e);
    CHECK_NEAR(km2, vg_zone_area_km2(c), 1e-6 * km2);
    vg_zone_free(c);
    c = box(20, 0, 21, 1);
    CHECK_OK(vg_zone_overlap_km2(a, c, &km2, &e), &e);
    CHECK_NEAR(km2, 0, 0);
    vg_zone_free(a);
    vg_zone_free(b);
    vg_zone_free(c);
}

/* --- text --- */

static void what_is_written_reads_back_as_the_same_zone(void **state)
{
    static const char *const text[] = {
        "{\"type\":\"Polygon\",\"coordinates\":[[[30,40],[32,40],[32,42],[30,42],[30,40]],[[31,41],[31,41.5],"
        "[31.5,41],[31,41]]]}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[175,-10],[-175,-10],[-175,-5],[175,-5],[175,-10]],[[179,-8]"
        ",[-179,-8],[180,-6],[179,-8]]]}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[-100,75],[20,80],[120.1,70],[-100,75]]]}",
    };
    (void)state;
    for (int i = 0; i < 3; i++) {
        vg_out out;
        vg_err e = VG_NO_ERR;
        vg_zone *z = zone_of(text[i], 0, false), *again = NULL;
        CHECK_OK(vg_out_memory(&out, &e), &e);
        vg_json j = vg_json_to(&out);
        vg_zone_json(&j, z);
        CHECK_OK(vg_zone_read(vg_out_text(&out), VG_S("written"), NULL, &again, &e), &e);
        CHECK_NEAR(vg_zone_area_km2(again) / vg_zone_area_km2(z), 1, 1e-5);
        CHECK_NEAR(vg_zone_share(again, -7.5, 180, 200000), vg_zone_share(z, -7.5, 180, 200000), 1e-4);
        CHECK_NEAR(vg_zone_share(again, 41.2, 31, 20000), vg_zone_share(z, 41.2, 31, 20000), 1e-4);
        vg_out_drop(&out);
        vg_zone_free(z);
        vg_zone_free(again);
    }
}

static void features_and_collections_are_joined(void **state)
{
    vg_zone *z =
        zone_of("{\"features\":[{\"geometry\":{\"coordinates\":[[[0,0],[2,0],[2,1],[0,1],[0,0]]],\"type\":"
                "\"Polygon\"},"
                "\"type\":\"Feature\",\"properties\":{\"type\":\"x\",\"coordinates\":1}},{\"type\":"
                "\"Feature\",\"geometry\":null},"
                "{\"type\":\"Feature\",\"geometry\":{\"type\":\"GeometryCollection\",\"geometries\":[{"
                "\"type\":\"MultiPolygon\","
                "\"coordinates\":[[[[1,0],[3,0,7],[3,1],[1,1],[1,0]]]]}]}}],\"type\":\"FeatureCollection\"}",
                0, false);
    vg_zone *both = box(0, 0, 3, 1);
    (void)state;
    CHECK_NEAR(vg_zone_area_km2(z), vg_zone_area_km2(both), 1e-6);
    assert_true(vg_zone_has(z, 0.5, 1.5));
    vg_zone_free(z);
    vg_zone_free(both);
}

static void what_is_no_zone_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text;
        vg_code code;
        int line, col;
    } bad[] = {
        { "{\"type\":\"Polygon\",\n\"coordinates\":[[[0,0],[2,2],\n[2,0],[0,2],[0,0]]]}", VG_ECONFLICT, 2,
          18 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],\n [2,91],[2,0],[0,0]]]}", VG_ERANGE, 2, 3 },
        { "{\"type\":\"Point\",\"coordinates\":[361,0]}", VG_ERANGE, 1, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,1],[2,0],[0,0.1]]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,1],[0,0]]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[0,0],[2,1],[0,0]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,\"1\"],[0,0]]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[0],[2,1],[0,0]]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[1e999,0],[2,1],[0,0]]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Topology\"}", VG_EPARSE, 1, 9 },
        { "{\"coordinates\":[1,2]}", VG_EPARSE, 1, 1 },
        { "[1,2]", VG_EPARSE, 1, 1 },
        { "{\"type\":\"Point\",\"coordinates\":[1,2]} {}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"Point\",\"coordinates\":[1,2]}", VG_ENODATA, 0, 0 },
        { "{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}", VG_ENODATA, 0, 0 },
        { "{\"type\":\"LineString\",\"coordinates\":[[1,2]]}", VG_EPARSE, 1, 0 },
        { "{\"type\":\"FeatureCollection\",\"features\":[]}", VG_ENODATA, 0, 0 },
        { "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[2,0],[0,0]]]}", VG_ENODATA, 0, 0 },
        { "", VG_EPARSE, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        vg_zone *z = NULL;
        vg_err e = VG_NO_ERR;
        assert_false(vg_zone_read(vg_str_z(bad[i].text), VG_S("bad"), NULL, &z, &e));
        if (e.code != bad[i].code || (bad[i].line && e.at.line != bad[i].line) ||
            (bad[i].col && e.at.col != bad[i].col))
            fail_msg("%s: %s at %d:%d (code %d)", bad[i].text, e.what, (int)e.at.line, (int)e.at.col,
                     (int)e.code);
        assert_null(z);
    }
}

static void a_ring_that_crosses_itself_is_told_where(void **state)
{
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    (void)state;
    assert_false(
        vg_zone_read(VG_S("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}"),
                     VG_S("bad"), NULL, &z, &e));
    assert_non_null(strstr(e.what, "longitude 1.00000, latitude 1.00000"));
}

static void a_spike_and_a_loop_of_rounding_are_mended(void **state)
{
    vg_zone *spike = zone_of(
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[3,0],[2,0],[2,2],[0,2],[0,0]]]}", 0, false);
    vg_zone *loop = zone_of("{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,2],[1.0002,2],[1,2.0001],"
                            "[1,2],[1.0001,2.0001],[0,2],[0,0]]]}",
                            0, false);
    vg_zone *plain = box(0, 0, 2, 2);
    (void)state;
    CHECK_NEAR(vg_zone_area_km2(spike), vg_zone_area_km2(plain), 1e-6);
    CHECK_NEAR(vg_zone_area_km2(loop), vg_zone_area_km2(plain), 1.5);
    vg_zone_free(spike);
    vg_zone_free(loop);
    vg_zone_free(plain);
}

static void a_ring_that_touches_itself_is_taken(void **state)
{
    vg_zone *z = zone_of(
        "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[4,0],[2,2],[4,4],[0,4],[2,2],[0,0]]]}", 0, false);
    (void)state;
    assert_true(vg_zone_has(z, 0.5, 2) && vg_zone_has(z, 3.5, 2) && !vg_zone_has(z, 2, 0.5));
    CHECK_NEAR(vg_zone_share(z, 2, 2, 1000), 0.5, 0.01);
    vg_zone_free(z);
}

/* --- distances --- */

/* The slow way: the nearest of many points along the box's sides. */
static double slow_distance(const double b[4], double lat, double lon)
{
    double best = 1e99;
    for (int i = 0; i <= 2000; i++) {
        double u = i / 2000.0, x = b[0] + u * (b[2] - b[0]), y = b[1] + u * (b[3] - b[1]);
        best = fmin(best, fmin(vg_distance_m(lat, lon, b[1], x), vg_distance_m(lat, lon, b[3], x)));
        best = fmin(best, fmin(vg_distance_m(lat, lon, y, b[0]), vg_distance_m(lat, lon, y, b[2])));
    }
    return best;
}

static const char *distance_is_the_nearest(vg_rng *r)
{
    double b[4] = { uniform(r, -179, 150), uniform(r, -60, 50), 0, 0 };
    b[2] = b[0] + uniform(r, 0.5, 20);
    b[3] = b[1] + uniform(r, 0.5, 10);
    double lat = uniform(r, b[1] - 20, b[3] + 20), lon = uniform(r, b[0] - 25, b[2] + 25);
    vg_zone *z = box(b[0], b[1], b[2], b[3]);
    double got = vg_zone_distance_m(z, lat, remainder(lon, 360)), want = slow_distance(b, lat, lon);
    bool inside = lat > b[1] && lat < b[3] && lon > b[0] && lon < b[2];
    vg_zone_free(z);
    if ((got < 0) != inside)
        return "the sign is wrong";
    return fabs(fabs(got) - want) > 20 + 1e-3 * want ? "not the nearest edge" : NULL;
}

/* The same box with each side in 60 pieces, which are summed several at once. */
static vg_zone *fine_box(const double b[4])
{
    char text[8192];
    int n = snprintf(text, sizeof text, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (int i = 0; i <= 240; i++) {
        double u = i % 60 / 60.0, x[] = { b[0], b[2], b[2], b[0], b[0] },
               y[] = { b[1], b[1], b[3], b[3], b[1] };
        int side = i == 240 ? 0 : i / 60;
        n += snprintf(text + n, sizeof text - (size_t)n, "%s[%.9f,%.9f]", i ? "," : "",
                      x[side] + u * (x[side + 1] - x[side]), y[side] + u * (y[side + 1] - y[side]));
    }
    n += snprintf(text + n, sizeof text - (size_t)n, "]]}");
    vg_zone *z = NULL;
    assert_true(vg_zone_read((vg_str){ text, n }, VG_S("fine"), &(vg_zone_opts){ .buffer_km = 0 }, &z, NULL));
    return z;
}

static const char *pieces_add_up(vg_rng *r)
{
    double b[4] = { uniform(r, -170, 160), uniform(r, -65, 60), 0, 0 };
    b[2] = b[0] + uniform(r, 0.05, 0.6);
    b[3] = b[1] + uniform(r, 0.05, 0.6);
    vg_zone *z = box(b[0], b[1], b[2], b[3]), *fine = fine_box(b);
    const char *wrong = NULL;
    for (int i = 0; i < 50 && !wrong; i++) {
        double lat = uniform(r, b[1] - 0.1, b[3] + 0.1), lon = uniform(r, b[0] - 0.1, b[2] + 0.1);
        double radius = pow(10, uniform(r, 2, 4.5));
        if (fabs(vg_zone_share(z, lat, lon, radius) - vg_zone_share(fine, lat, lon, radius)) > 1.5e-4)
            wrong = "edges in pieces hold another share";
    }
    vg_zone_free(z);
    vg_zone_free(fine);
    return wrong;
}

static void edges_in_pieces_hold_the_same_share(void **state)
{
    (void)state;
    check_property("pieces_add_up", pieces_add_up, 60);
}

static const char *an_edge_is_near(vg_rng *r)
{
    double b[4] = { uniform(r, -179, 150), uniform(r, -60, 50), 0, 0 };
    b[2] = b[0] + uniform(r, 0.5, 20);
    b[3] = b[1] + uniform(r, 0.5, 10);
    vg_zone *z = box(b[0], b[1], b[2], b[3]);
    const char *wrong = NULL;
    for (int i = 0; i < 50 && !wrong; i++) {
        double lat = uniform(r, b[1] - 0.3, b[3] + 0.3), lon = uniform(r, b[0] - 0.3, b[2] + 0.3);
        double radius = pow(10, uniform(r, 2, 4.7)),
               apart = fabs(vg_zone_distance_m(z, lat, remainder(lon, 360)));
        bool told = vg_zone_near_edge(z, lat, remainder(lon, 360), radius);
        if (!told && apart < 0.98 * radius)
            wrong = "an edge within the radius is missed";
        if (told && apart > 1.05 * radius)
            wrong = "an edge far away is called near";
        double edge = vg_zone_edge_m(z, lat, remainder(lon, 360), radius, 0);
        if (isfinite(edge) && edge > 0 && fabs(edge - apart) > 0.05 * radius)
            wrong = "the edge is at another distance";
    }
    vg_zone_free(z);
    return wrong;
}

static void an_edge_is_near_when_its_distance_says_so(void **state)
{
    (void)state;
    check_property("an_edge_is_near", an_edge_is_near, 60);
}

static void the_distance_is_to_the_nearest_edge(void **state)
{
    (void)state;
    check_property("distance_is_the_nearest", distance_is_the_nearest, 60);
}

/* --- many zones --- */

static void many_zones_give_what_each_gives_when_asked(void **state)
{
    enum { ZONES = 90, QUESTIONS = 3000 };
    static vg_zone *zone[ZONES];
    vg_rng r = vg_rng_at(17, 0);
    vg_zones *all = NULL, *none = NULL;
    vg_err e = VG_NO_ERR;
    (void)state;
    for (int i = 0; i < ZONES; i++) {
        char text[4096];
        bool crowd = i < 60;
        star(&r, crowd ? uniform(&r, 47, 50) : uniform(&r, -85, 85),
             crowd ? uniform(&r, 35, 39) : uniform(&r, -180, 180), crowd ? 60 : 400, i == 89, text,
             sizeof text);
        zone[i] = zone_of(text, 0, false);
    }
    CHECK_OK(vg_zones_make((const vg_zone *const *)zone, ZONES, &all, &e), &e);
    for (int q = 0; q < QUESTIONS; q++) {
        bool crowd = q % 2;
        double lat = crowd ? uniform(&r, 46, 51) : uniform(&r, -90, 90),
               lon = crowd ? uniform(&r, 34, 40) : uniform(&r, -180, 180);
        double radius = q % 10 == 0 ? 0 : exp(uniform(&r, log(10), log(1e5))), share[8];
        int32_t number[8], n = vg_zones_share(all, lat, lon, radius, 0.2, number, share, 8), want = 0;
        for (int32_t i = 0; i < ZONES; i++) {
            double p = vg_zone_share(zone[i], lat, lon, radius);
            if (p < 0.2)
                continue;
            if (want < 8 && want < n)
                assert_true(number[want] == i && share[want] == p);
            want++;
        }
        assert_int_equal(n, want);
    }
    assert_int_equal(vg_zones_share(all, (double)NAN, 0, 10, 0.1, NULL, NULL, 0), 0);
    CHECK_OK(vg_zones_make(NULL, 0, &none, &e), &e);
    assert_int_equal(vg_zones_share(none, 48, 36, 10, 0.1, NULL, NULL, 0), 0);
    vg_zones_free(all);
    vg_zones_free(none);
    for (int i = 0; i < ZONES; i++)
        vg_zone_free(zone[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_the_published_test_lines),
        cmocka_unit_test(the_share_of_a_half_plane_is_the_normal_distribution),
        cmocka_unit_test(a_place_on_an_edge_is_half_inside_and_on_a_corner_a_quarter),
        cmocka_unit_test(a_circle_holds_nine_tenths_of_the_place_in_its_middle),
        cmocka_unit_test(a_zone_and_the_rest_of_the_world_share_the_whole_place),
        cmocka_unit_test(the_share_is_what_drawing_places_gives),
        cmocka_unit_test(two_halves_share_what_the_whole_does),
        cmocka_unit_test(the_share_does_not_change_when_all_moves_in_longitude),
        cmocka_unit_test(a_wider_buffer_never_holds_less),
        cmocka_unit_test(a_zone_across_the_date_line_is_one),
        cmocka_unit_test(a_ring_around_the_earth_holds_its_pole),
        cmocka_unit_test(a_southern_ring_holds_the_south_pole),
        cmocka_unit_test(an_empty_ring_does_not_turn_a_hole_into_land),
        cmocka_unit_test(the_whole_world_holds_everything),
        cmocka_unit_test(odd_questions_have_answers),
        cmocka_unit_test(a_buffer_has_its_width_to_half_a_percent),
        cmocka_unit_test(only_the_buffer_is_a_band_on_both_sides_of_the_edge),
        cmocka_unit_test(overlaps_are_found_across_the_date_line),
        cmocka_unit_test(what_is_written_reads_back_as_the_same_zone),
        cmocka_unit_test(features_and_collections_are_joined),
        cmocka_unit_test(what_is_no_zone_is_refused_with_its_place),
        cmocka_unit_test(a_ring_that_crosses_itself_is_told_where),
        cmocka_unit_test(a_ring_that_touches_itself_is_taken),
        cmocka_unit_test(a_spike_and_a_loop_of_rounding_are_mended),
        cmocka_unit_test(the_distance_is_to_the_nearest_edge),
        cmocka_unit_test(an_edge_is_near_when_its_distance_says_so),
        cmocka_unit_test(edges_in_pieces_hold_the_same_share),
        cmocka_unit_test(many_zones_give_what_each_gives_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
