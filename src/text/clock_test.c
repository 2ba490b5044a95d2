/* Clocks. Golden instants are from the IANA's tz database (2024a): zone lines and rules named at each. */
#include "prop.h"

#include "core/date.h"
#include "text/clock.h"

static vg_clock *opened(const char *name)
{
    vg_clock *c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_clock_open(vg_str_z(name), &c, &e), &e);
    return c;
}

static int64_t instant(const char *text)
{
    int64_t at;
    assert_true(vg_instant_parse(vg_str_z(text), &at));
    return at;
}

/* Rule EU: last Sunday of March and of October at 01:00 UTC. */
static void kyiv_skips_an_hour_in_spring_and_repeats_one_in_autumn(void **state)
{
    (void)state;
    vg_clock *c = opened("Europe/Kyiv");
    vg_clock_kind kind;
    assert_int_equal(vg_clock_offset_s(c, instant("2024-03-31T00:59:59Z")), 7200);
    assert_int_equal(vg_clock_offset_s(c, instant("2024-03-31T01:00:00Z")), 10800);
    assert_int_equal(vg_clock_utc(c, instant("2024-03-31T03:30:00Z"), &kind),
                     instant("2024-03-31T01:00:00Z"));
    assert_int_equal(kind, VG_CLOCK_SKIPPED);
    assert_int_equal(vg_clock_utc(c, instant("2024-10-27T03:30:00Z"), &kind),
                     instant("2024-10-27T00:30:00Z"));
    assert_int_equal(kind, VG_CLOCK_TWICE);
    assert_int_equal(vg_clock_utc(c, instant("2024-10-27T04:00:00Z"), &kind),
                     instant("2024-10-27T02:00:00Z"));
    assert_int_equal(kind, VG_CLOCK_ONCE);
    int64_t year = instant("2024-01-01T00:00:00Z");
    assert_int_equal(vg_clock_change(c, year, INT64_MAX), instant("2024-03-31T01:00:00Z"));
    assert_int_equal(vg_clock_change(c, instant("2024-03-31T01:00:00Z"), INT64_MAX),
                     instant("2024-10-27T01:00:00Z"));
    assert_int_equal(vg_clock_change(c, year, instant("2024-03-31T00:59:59Z")), 0);
    vg_clock_close(c);
}

/* Zone Asia/Kolkata 5:30 since 1945; Zone Europe/Moscow 3:00 since 2014-10-26. */
static void zones_without_changes_keep_their_offset(void **state)
{
    (void)state;
    vg_clock *kolkata = opened("Asia/Kolkata"), *moscow = opened("Europe/Moscow"), *utc = opened("UTC");
    vg_clock_kind kind;
    assert_int_equal(vg_clock_offset_s(kolkata, instant("2021-02-25T00:00:00Z")), 19800);
    assert_int_equal(vg_clock_utc(kolkata, instant("2021-02-25T05:30:00Z"), &kind),
                     instant("2021-02-25T00:00:00Z"));
    assert_int_equal(kind, VG_CLOCK_ONCE);
    assert_int_equal(vg_clock_utc(moscow, instant("2025-04-19T18:00:00Z"), NULL),
                     instant("2025-04-19T15:00:00Z"));
    assert_int_equal(vg_clock_change(moscow, instant("2015-01-01T00:00:00Z"), INT64_MAX), 0);
    assert_int_equal(vg_clock_offset_s(utc, INT64_MIN), 0);
    assert_int_equal(vg_clock_offset_s(utc, INT64_MAX), 0);
    vg_clock_close(kolkata);
    vg_clock_close(moscow);
    vg_clock_close(utc);
}

/* Zone Pacific/Apia: -11:00 (summer -10:00) until 2011-12-29 24:00, then 13:00 (summer 14:00). */
static void apia_had_no_30_december_2011(void **state)
{
    (void)state;
    vg_clock *c = opened("Pacific/Apia");
    vg_clock_kind kind;
    int64_t change = instant("2011-12-30T10:00:00Z");
    assert_int_equal(vg_clock_offset_s(c, change - 1), -36000);
    assert_int_equal(vg_clock_offset_s(c, change), 50400);
    assert_int_equal(vg_clock_utc(c, instant("2011-12-30T12:00:00Z"), &kind), change);
    assert_int_equal(kind, VG_CLOCK_SKIPPED);
    assert_int_equal(vg_clock_utc(c, instant("2011-12-31T00:00:00Z"), &kind), change);
    assert_int_equal(kind, VG_CLOCK_ONCE);
    vg_clock_close(c);
}

static void an_unknown_zone_gives_names_that_are_near(void **state)
{
    (void)state;
    static const char *const wrong[][2] = { { "Europe/Kiyv", "Europe/Kyiv" },
                                            { "Khartoum", "Africa/Khartoum" },
                                            { "Asia/Kolkatta", "Asia/Kolkata" },
                                            { "", "UTC" },
                                            { "GMT+25", "mend" },
                                            { "Europe/Zürich", "Europe/Zurich" } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        vg_clock *c = NULL;
        vg_err e = VG_NO_ERR;
        assert_false(vg_clock_open(vg_str_z(wrong[i][0]), &c, &e));
        assert_null(c);
        assert_int_equal(e.code, VG_ENOTFOUND);
        if (vg_find(vg_str_z(e.mend), vg_str_z(wrong[i][1])) < 0 && i != 4)
            fail_msg("\"%s\": %s", wrong[i][0], e.mend);
    }
}

/* What is told of any instant fits together. */
static const char *local_times_and_instants_agree(vg_rng *r)
{
    static const char *const name[] = { "Europe/Kyiv",      "Asia/Kolkata",      "Pacific/Apia",
                                        "America/St_Johns", "Africa/Casablanca", "Australia/Lord_Howe",
                                        "Asia/Tehran",      "Antarctica/Troll" };
    vg_clock *c = opened(name[vg_rng_below(r, 8)]);
    const char *wrong = NULL;
    for (int i = 0; i < 200 && !wrong; i++) {
        int64_t at = (int64_t)(vg_rng_unit(r) * 6e9) - 2100000000, change = vg_clock_change(c, at, INT64_MAX);
        if (i % 3 == 0 && change)
            at = change - 1800 + (int64_t)vg_rng_below(r, 3600); /* near a change, where it is hard */
        int64_t local = at + vg_clock_offset_s(c, at);
        vg_clock_kind kind;
        int64_t back = vg_clock_utc(c, local, &kind);
        if (kind == VG_CLOCK_SKIPPED || (kind == VG_CLOCK_ONCE && back != at) || back > at ||
            back + vg_clock_offset_s(c, back) != local)
            wrong = "an instant's local time does not lead back to it";
        change = vg_clock_change(c, at, at + 86400 * 400);
        if (change && (change <= at || vg_clock_offset_s(c, change - 1) != vg_clock_offset_s(c, at) ||
                       vg_clock_offset_s(c, change) == vg_clock_offset_s(c, at)))
            wrong = "the next change is not the next";
    }
    vg_clock_close(c);
    return wrong;
}

static void instants_survive_the_way_by_local_time(void **state)
{
    (void)state;
    check_property("local_times_and_instants_agree", local_times_and_instants_agree, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kyiv_skips_an_hour_in_spring_and_repeats_one_in_autumn),
        cmocka_unit_test(zones_without_changes_keep_their_offset),
        cmocka_unit_test(apia_had_no_30_december_2011),
        cmocka_unit_test(an_unknown_zone_gives_names_that_are_near),
        cmocka_unit_test(instants_survive_the_way_by_local_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
