/* Tests of heat against the season on made-up fires: a quiet base year, then a front that burns, goes on, stops, or
 * disappears under clouds. */
#include "ceasefire/heat.h"
#include "core/date.h"
#include "core/rng.h"
#include "source/report.h"
#include "test.h"

enum { MOST = 600000 };

typedef struct {
    vg_arena arena;
    vg_heat_spot *spot;
    int64_t n;
    vg_rng rng;
    int32_t base, war; /* first day of either year */
} sky;

static int32_t day_of(int year, int month, int day)
{
    int32_t out = 0;
    assert_true(vg_day_from_civil((vg_civil){ year, month, day }, &out));
    return out;
}

static void add(sky *s, double lat, double lon, int32_t day)
{
    assert_true(s->n < MOST);
    s->spot[s->n++] = (vg_heat_spot){ .lat_deg = lat, .lon_deg = lon, .day = day };
}

/* Farm fires: a few a day over 4 x 4 degrees, ten times as many in summer. */
static void farms(sky *s, int32_t from, int32_t to)
{
    for (int32_t day = from; day <= to; day++) {
        int32_t month = vg_civil_from_day(day).month, fires = month >= 6 && month <= 8 ? 60 : 6;
        for (int32_t i = 0; i < fires; i++)
            add(s, 48 + 4 * vg_rng_unit(&s->rng), 34 + 4 * vg_rng_unit(&s->rng), day);
    }
}

/* A front of twelve cells that shows so many fires a day. */
static void front(sky *s, int32_t from, int32_t to, int a_day)
{
    for (int32_t day = from; day <= to; day++)
        for (int i = 0; i < a_day; i++)
            add(s, 48.05 + .1 * (double)vg_rng_below(&s->rng, 12), 36.05, day);
}

static sky begin(uint64_t seed)
{
    sky s = { .rng = vg_rng_at(seed, 0), .base = day_of(2021, 1, 1), .war = day_of(2022, 9, 1) };
    vg_err e = VG_NO_ERR;
    assert_true(vg_arena_init(&s.arena, (int64_t)256 << 20, &e));
    s.spot = vg_new(&s.arena, vg_heat_spot, MOST);
    farms(&s, s.base, s.base + 364);
    return s;
}

static vg_heat *ask(sky *s, int32_t from, int32_t to)
{
    vg_heat *h;
    vg_err e = VG_NO_ERR;
    vg_heat_ask q = { .base_from = s->base, .base_to = s->base + 364, .from = from, .to = to };
    CHECK_OK(vg_heat_test(s->spot, s->n, &q, &s->arena, &h, &e), &e);
    return h;
}

static void fire_that_goes_on_through_a_truce_is_seen(void **state)
{
    (void)state;
    sky s = begin(1);
    farms(&s, s.war, s.war + 130);
    front(&s, s.war + 30, s.war + 130, 20);
    vg_heat *h = ask(&s, s.war + 110, s.war + 112);
    assert_int_equal(h->verdict, VG_HEAT_GOES_ON);
    assert_in_range(h->n_front, 12, 30); /* and some farms by chance */
    assert_true(h->n_excess >= 8 && h->power > .95);
    assert_true(h->cell[0].was_front && h->cell[0].p <= h->cell[h->n_excess - 1].p);
    CHECK_NEAR(h->front_before, 60, 10);
    vg_arena_free(&s.arena);
}

static void fire_that_stops_is_less_and_never_proof_of_peace(void **state)
{
    (void)state;
    sky s = begin(2);
    farms(&s, s.war, s.war + 130);
    front(&s, s.war + 30, s.war + 109, 20);
    vg_heat *h = ask(&s, s.war + 110, s.war + 112);
    assert_int_equal(h->verdict, VG_HEAT_LESS);
    assert_int_equal(h->front_observed, 0);
    assert_string_equal(vg_heat_verdict_name((int)h->verdict), "less");
    vg_arena_free(&s.arena);
}

static void clouds_are_not_quiet(void **state)
{
    (void)state;
    sky s = begin(3);
    farms(&s, s.war, s.war + 109);
    front(&s, s.war + 30, s.war + 109, 20); /* and then nothing at all, not even farms */
    farms(&s, s.war + 113, s.war + 130);
    vg_heat *h = ask(&s, s.war + 110, s.war + 112);
    assert_int_equal(h->n_spots, 0);
    assert_int_equal(h->verdict, VG_HEAT_NOT_DECIDABLE);
    assert_true(h->watched == 0 && h->cloud + h->unknown == 1);
    assert_true(h->visibility < .2);
    vg_arena_free(&s.arena);
}

static void days_of_which_nothing_is_known_are_no_quiet_days(void **state)
{
    (void)state;
    sky s = begin(8);
    s.n = 0;
    farms(&s, s.base + 150,
          s.base + 240); /* in winter no fire is due, so that clouds cannot be told from quiet */
    front(&s, s.war + 30, s.war + 109, 20); /* and here the file ends */
    vg_heat *h = ask(&s, s.war + 111, s.war + 113);
    assert_int_equal(h->verdict, VG_HEAT_NOT_DECIDABLE);
    assert_true(h->n_front >= 12 && h->unknown == 1 && h->power < .8);
    vg_arena_free(&s.arena);
}

static void cells_that_do_not_fit_into_regions_evenly_have_one_all_the_same(void **state)
{
    (void)state;
    static const double cell[] = { .3, .7, 1.1, 1.9 };
    sky s = begin(9);
    s.n = 0;
    for (int i = 0; i < 400; i++) /* scattered, so that most regions hold a single detection */
        add(&s, -80 + 160 * vg_rng_unit(&s.rng), -180 + 360 * vg_rng_unit(&s.rng), s.base + i % 300);
    for (size_t i = 0; i < sizeof cell / sizeof *cell; i++) {
        vg_heat *h;
        vg_err e = VG_NO_ERR;
        vg_heat_ask q = { s.base, s.base + 364, s.war, s.war + 2, cell[i], 0 };
        CHECK_OK(vg_heat_test(s.spot, s.n, &q, &s.arena, &h, &e), &e);
        assert_int_equal(h->n_tested, h->n_cells); /* no day of no region was called cloudy */
        CHECK_NEAR(h->watched + h->cloud + h->unknown, 1, 1e-12);
    }
    vg_arena_free(&s.arena);
}

static void too_few_fires_to_tell_is_not_decidable(void **state)
{
    (void)state;
    sky s = begin(4);
    farms(&s, s.war, s.war + 130);
    for (int32_t day = s.war + 30; day < s.war + 110; day += 10)
        front(&s, day, day, 12); /* a fire or so a day in all cells together */
    vg_heat *h = ask(&s, s.war + 110, s.war + 111);
    assert_int_equal(h->verdict, VG_HEAT_NOT_DECIDABLE);
    assert_true(h->power < .8);
    vg_arena_free(&s.arena);
}

static void without_any_war_excesses_are_about_as_many_as_chance_makes(void **state)
{
    (void)state;
    sky s = begin(5);
    farms(&s, s.war, s.war + 130);
    vg_heat *h = ask(&s, s.war + 110, s.war + 113);
    assert_true(h->n_excess <= 2 * h->by_chance + 5);
    assert_true(h->n_front <= h->n_tested / 20);
    assert_int_equal(h->verdict, VG_HEAT_NOT_DECIDABLE);
    vg_arena_free(&s.arena);
}

static void questions_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    sky s = begin(6);
    vg_heat *h;
    const vg_heat_ask bad[] = {
        { .base_from = s.base, .base_to = s.base + 364, .from = s.war + 9, .to = s.war },
        { .base_from = s.base, .base_to = s.base + 20, .from = s.war, .to = s.war + 1 },
        { .base_from = s.base, .base_to = s.base + 364, .from = s.base + 380, .to = s.base + 381 },
    };
    for (int i = 0; i < 3; i++) {
        vg_err e = VG_NO_ERR;
        assert_false(vg_heat_test(s.spot, s.n, &bad[i], &s.arena, &h, &e));
        assert_int_equal(e.code, VG_EARG);
    }
    vg_err e = VG_NO_ERR;
    vg_heat_ask empty = { .base_from = s.base - 800, .base_to = s.base - 400, .from = s.war, .to = s.war };
    assert_false(vg_heat_test(s.spot, s.n, &empty, &s.arena, &h, &e));
    assert_int_equal(e.code, VG_ENODATA);
    vg_arena_free(&s.arena);
}

/* --- the declared truce of 6 and 7 January 2023 (R2) --- */

static bool take(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    (void)at, (void)e;
    sky *s = ctx;
    if (s->n < MOST)
        s->spot[s->n++] =
            (vg_heat_spot){ .lat_deg = r->lat_deg, .lon_deg = r->lon_deg, .day = (int32_t)(r->from / 86400) };
    return true;
}

static void a_winter_truce_under_clouds_is_not_decidable(void **state)
{
    (void)state;
    sky s = begin(7);
    s.n = 0;
    for (int year = 2021; year <= 2023; year++) {
        char below[80], path[1100];
        vg_err e = VG_NO_ERR;
        vg_report_source_found found;
        snprintf(below, sizeof below, "data/ceasefire/firms_ukraine_%d.csv.gz", year);
        snprintf(path, sizeof path, "%s", need_shared(below));
        CHECK_OK(vg_report_source_read(path, &(vg_report_source_opts){ .replay = true },
                                       &(vg_report_source_sink){ .ctx = &s, .report = take }, &found, &e),
                 &e);
    }
    assert_int_equal(s.n, 57595 + 133979 + 98287);
    vg_heat *h = ask(&s, day_of(2023, 1, 6), day_of(2023, 1, 7));
    print_message("%d detections, %d of %d cells with an excess (%.1f by chance), front %d cells: %d seen, "
                  "season %.1f, before %.1f, "
                  "power %.2f, visibility %.2f watched %.2f cloud %.2f unknown %.2f: %s\n",
                  h->n_spots, h->n_excess, h->n_tested, h->by_chance, h->n_front, h->front_observed,
                  h->front_season, h->front_before, h->power, h->visibility, h->watched, h->cloud, h->unknown,
                  vg_heat_verdict_name((int)h->verdict));
    assert_int_equal(h->verdict, VG_HEAT_NOT_DECIDABLE);
    vg_arena_free(&s.arena);
}

/* Real-time and standard archives: other decimals, other names of the satellite; and what only looks alike. */
static void a_detection_in_two_archives_counts_once(void **state)
{
    (void)state;
    static const struct {
        const char *satellite;
        int32_t day, minute;
        double lat, lon;
    } of[] = {
        { "N20", 19000, 600, 48.1234, 37.5678 }, { "N20", 19000, 600, 48.12341, 37.56782 }, /* the same */
        { "N20", 19000, 600, 48.1275, 37.5678 },                                      /* the next pixel */
        { "N20", 19000, 702, 48.1234, 37.5678 },                                      /* the next pass */
        { "N", 19000, 600, 48.1234, 37.5678 },                                        /* another satellite */
        { "Aqua", 19000, 600, 48.12, 37.57 },    { "A", 19000, 600, 48.12, 37.57 },   /* the same */
        { "", 19000, -1, 48.1234, 37.5678 },     { "", 19000, -1, 48.1234, 37.5678 }, /* the same */
        { "", 19000, -1, 48.1236, 37.5678 }, /* only near, of a day */
    };
    enum { N = (int)(sizeof of / sizeof *of) };
    vg_heat_spot spot[N + 2];
    for (int turn = 0; turn < 2; turn++) { /* whatever the order */
        for (int i = 0; i < N; i++) {
            int k = turn ? N - 1 - i : i;
            spot[i] = (vg_heat_spot){ .lat_deg = of[k].lat,
                                      .lon_deg = of[k].lon,
                                      .day = of[k].day,
                                      .key = vg_heat_key(vg_str_z(of[k].satellite), of[k].day, of[k].minute,
                                                         of[k].lat, of[k].lon) };
        }
        spot[N] = spot[N + 1] =
            (vg_heat_spot){ .lat_deg = 1, .lon_deg = 2, .day = 3 }; /* nobody knows: both stay */
        assert_int_equal(vg_heat_once(spot, N + 2), N - 3 + 2);
    }
    assert_int_equal(vg_heat_once(spot, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detection_in_two_archives_counts_once),
        cmocka_unit_test(fire_that_goes_on_through_a_truce_is_seen),
        cmocka_unit_test(fire_that_stops_is_less_and_never_proof_of_peace),
        cmocka_unit_test(clouds_are_not_quiet),
        cmocka_unit_test(days_of_which_nothing_is_known_are_no_quiet_days),
        cmocka_unit_test(cells_that_do_not_fit_into_regions_evenly_have_one_all_the_same),
        cmocka_unit_test(too_few_fires_to_tell_is_not_decidable),
        cmocka_unit_test(without_any_war_excesses_are_about_as_many_as_chance_makes),
        cmocka_unit_test(questions_that_make_no_sense_are_refused),
        cmocka_unit_test(a_winter_truce_under_clouds_is_not_decidable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
