/*
 * A boundary that moves: the share that a zone gives must be the chance that the true place was inside. True places are
 * drawn evenly over a field, so that what is observed has no other knowledge behind it; observations near the field's
 * sides are left out, because beyond them no true place was drawn.
 */
#include "geo/zone.h"
#include "prop.h"

enum { VERSIONS = 4, TENTHS = 10, LEAST_IN_TENTH = 400 };

typedef struct {
    vg_zone *zone;
    double from_day;
} version;

typedef struct {
    double west, south, east, north, margin_km;
} field;

typedef struct {
    int64_t n, inside;
    double share;
} tenth;

typedef struct {
    tenth of[TENTHS];
    double brier, brier_point; /* of the share, and of asking whether the observed point is inside */
    int64_t n;
} calibration;

static double uniform(vg_rng *r, double low, double high)
{
    return low + (high - low) * vg_rng_unit(r);
}

/* Evenly over the field's ground. */
static void any_place(vg_rng *r, const field *f, double *lat, double *lon)
{
    const double radian = 3.141592653589793 / 180;
    *lat = asin(uniform(r, sin(f->south * radian), sin(f->north * radian))) / radian;
    *lon = uniform(r, f->west, f->east);
}

static bool well_within(const field *f, double lat, double lon)
{
    double d_lat = f->margin_km / 111, d_lon = d_lat / cos(lat * 3.141592653589793 / 180);
    return lat > f->south + d_lat && lat < f->north - d_lat && lon > f->west + d_lon && lon < f->east - d_lon;
}

/* The last version that had begun by that day. */
static const vg_zone *in_force(const version *v, int n, double day)
{
    int k = 0;
    while (k + 1 < n && v[k + 1].from_day <= day)
        k++;
    return v[k].zone;
}

static void observe(const version *v, int n, const field *f, uint64_t seed, int64_t draws, calibration *c)
{
    vg_rng r = vg_rng_at(seed, 0);
    for (int64_t i = 0; i < draws; i++) {
        double lat, lon, seen_lat, seen_lon;
        const vg_zone *z = in_force(v, n, uniform(&r, v[0].from_day, v[n - 1].from_day + 50));
        double radius = 1000 * exp(uniform(&r, log(0.1), log(10))), sigma = radius / sqrt(2 * log(10));
        any_place(&r, f, &lat, &lon);
        double far = sigma * sqrt(-2 * log(1 - vg_rng_unit(&r)));
        vg_place_at(lat, lon, uniform(&r, 0, 360), far, &seen_lat, &seen_lon);
        if (!well_within(f, seen_lat, seen_lon))
            continue;
        double p = vg_zone_share(z, seen_lat, seen_lon, radius);
        bool inside = vg_zone_has(z, lat, lon), seen = vg_zone_has(z, seen_lat, seen_lon);
        tenth *t = &c->of[p >= 1 ? TENTHS - 1 : (int)(p * TENTHS)];
        t->n++;
        t->inside += inside;
        t->share += p;
        c->n++;
        c->brier += (p - inside) * (p - inside);
        c->brier_point += seen != inside;
    }
}

static void check_calibration(const calibration *c, const char *what)
{
    print_message("%s: %lld places, Brier %.5f (by the observed point alone %.5f)\n", what, (long long)c->n,
                  c->brier / (double)c->n, c->brier_point / (double)c->n);
    for (int i = 0; i < TENTHS; i++) {
        const tenth *t = &c->of[i];
        double said = t->share / (double)t->n, was = (double)t->inside / (double)t->n;
        print_message("  %.1f..%.1f  n %8lld  said %.4f  was %.4f  off %+.4f\n", 0.1 * i, 0.1 * (i + 1),
                      (long long)t->n, said, was, was - said);
        assert_true(t->n >= LEAST_IN_TENTH);
        CHECK_NEAR(was, said, 0.05);
    }
    assert_true(c->brier < c->brier_point);
}

static vg_zone *read_zone(const char *path)
{
    static char text[4 << 20];
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    CHECK_OK(vg_zone_read((vg_str){ text, (ptrdiff_t)n }, VG_S("zone"), NULL, &z, &e), &e);
    return z;
}

static void shares_of_a_moving_front_line_are_calibrated(void **state)
{
    static const char *const file[VERSIONS] = { "20240708", "20250318", "20250420", "20250509" };
    static const double day[VERSIONS] = { 0, 253, 286, 305 }; /* since the first */
    const field near_the_line = { 32, 46.5, 39.5, 50.5, 25 };
    version v[VERSIONS];
    calibration c = { .n = 0 };
    (void)state;
    for (int k = 0; k < VERSIONS; k++) {
        char below[128];
        snprintf(below, sizeof below, "data/ceasefire/zones/deepstate_%s.geojson", file[k]);
        v[k] = (version){ read_zone(need_shared(below)), day[k] };
    }
    for (uint64_t seed = 1; seed <= 3; seed++)
        observe(v, VERSIONS, &near_the_line, seed, 1000000, &c);
    check_calibration(&c, "front line, four versions, errors of 0.1 to 10 km");
    for (int k = 0; k < VERSIONS; k++)
        vg_zone_free(v[k].zone);
}

/* A jagged line that gives way: each version pushes every third corner by some kilometres. */
static vg_zone *made_up(int push)
{
    char text[8192];
    vg_rng r = vg_rng_at(3, 0);
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    size_t n = (size_t)snprintf(text, sizeof text, "{\"type\":\"Polygon\",\"coordinates\":[[[9,4],[5,4]");
    for (int i = 0; i <= 80; i++) {
        double in = 0.25 * vg_rng_unit(&r) + (i % 3 == 0 ? 0.03 * push : 0);
        n += (size_t)snprintf(text + n, sizeof text - n, ",[%.5f,%.5f]", 5 + in, 4 - 0.02 * i);
    }
    snprintf(text + n, sizeof text - n, ",[5,2],[9,2],[9,4]]]}");
    CHECK_OK(vg_zone_read(vg_str_z(text), VG_S("made up"), NULL, &z, &e), &e);
    return z;
}

static void shares_of_a_made_up_moving_line_are_calibrated(void **state)
{
    const field around = { 4.5, 2.2, 5.8, 4.2, 25 };
    version v[VERSIONS];
    calibration c = { .n = 0 };
    (void)state;
    for (int k = 0; k < VERSIONS; k++)
        v[k] = (version){ made_up(k), 90.0 * k };
    observe(v, VERSIONS, &around, 7, 250000, &c);
    check_calibration(&c, "made-up line, four versions");
    for (int k = 0; k < VERSIONS; k++)
        vg_zone_free(v[k].zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_a_made_up_moving_line_are_calibrated),
        cmocka_unit_test(shares_of_a_moving_front_line_are_calibrated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
