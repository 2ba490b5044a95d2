/* The calendar against the C library's, and the ways dates are written. */
#include "core/date.h"

#include <time.h>

#include "prop.h"
#include "test.h"

static void every_day_of_ten_thousand_years_goes_forth_and_back(void **state)
{
    (void)state;
    int32_t first, last, day;
    assert_true(vg_day_from_civil((vg_civil){ 1, 1, 1 }, &first));
    assert_true(vg_day_from_civil((vg_civil){ 9999, 12, 31 }, &last));
    for (int32_t d = first; d <= last; d++)
        if (!vg_day_from_civil(vg_civil_from_day(d), &day) || day != d)
            fail_msg("day %d comes back as another", d);
}

static const char *calendar_agrees_with_the_c_library(vg_rng *r)
{
    int32_t day = (int32_t)vg_rng_below(r, 200000) - 100000;
    time_t t = (time_t)day * 86400;
    struct tm tm;
    gmtime_r(&t, &tm);
    vg_civil c = vg_civil_from_day(day);
    return c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 && c.day == tm.tm_mday ? NULL
                                                                                          : "dates differ";
}

static void calendar_holds_its_property(void **state)
{
    (void)state;
    check_property("calendar_agrees_with_the_c_library", calendar_agrees_with_the_c_library, 5000);
}

static void days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    const char *const bad[] = { "2023-02-29",          "2024-02-31",       "2024-13-01",    "2024-00-10",
                                "2024-01-00",          "1900-02-29",       "2024-1-1",      "24-01-01",
                                "2024-01-01x",         "2024-01-01 25:00", "2024-01-01T10", "",
                                "2024-01-01 10:00:00." };
    int32_t day = 7;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (vg_day_parse(vg_str_z(bad[i]), 31, &day))
            fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(day, 7);
}

static void each_form_is_read_where_it_is_asked_for(void **state)
{
    (void)state;
    const struct {
        const char *text;
        unsigned forms;
    } good[] = { { "2024-03-31", VG_DATE_ISO },           { "2024-03-31 00:00:00.000", VG_DATE_ISO },
                 { "2024-03-31T23:59:59Z", VG_DATE_ISO }, { "2024-03-31T12:00+02:00", VG_DATE_ISO },
                 { "03/31/2024", VG_DATE_MDY },           { "3/31/2024 00:00:00", VG_DATE_MDY },
                 { "20240331", VG_DATE_COMPACT },         { "31/03/2024", VG_DATE_DMY },
                 { "31.03.2024", VG_DATE_DMY },           { "31 March 2024", VG_DATE_LONG } };
    int32_t want, day;
    assert_true(vg_day_from_civil((vg_civil){ 2024, 3, 31 }, &want));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        day = 0;
        if (!vg_day_parse(vg_str_z(good[i].text), good[i].forms, &day) || day != want)
            fail_msg("\"%s\" was not read", good[i].text);
        if (vg_day_parse(vg_str_z(good[i].text), 31U & ~good[i].forms, &day) && day == want &&
            good[i].forms != VG_DATE_MDY && good[i].forms != VG_DATE_DMY)
            fail_msg("\"%s\" was read in a form that was not asked for", good[i].text);
    }
}

static void instants_honour_the_offset(void **state)
{
    (void)state;
    int64_t t;
    char buf[32];
    assert_true(vg_instant_parse(VG_S("1970-01-01T00:00:00Z"), &t) && t == 0);
    assert_true(vg_instant_parse(VG_S("2024-03-31T12:00:00+02:00"), &t));
    CHECK_STR(vg_instant_text(t, buf), "2024-03-31T10:00:00Z");
    CHECK_STR(vg_instant_text(-1, buf), "1969-12-31T23:59:59Z");
    vg_str none = vg_instant_text(INT64_MIN, buf); /* of the widest numbers the time of day still is one */
    CHECK_STR(vg_sub(none, none.n - 10, none.n), "T08:29:52Z");
    assert_false(vg_instant_parse(VG_S("2024-03-31"), &t));
}

static void months_count_as_views_counts_them(void **state)
{
    (void)state; /* conflict/METRICS.md, "Ids" */
    char buf[16];
    assert_int_equal(vg_month(1980, 1), 1);
    assert_int_equal(vg_month(1990, 1), 121);
    assert_int_equal(vg_month(2018, 1), 457);
    assert_int_equal(vg_month(2024, 7), 535);
    CHECK_STR(vg_month_text(528, buf), "2023-12");
    CHECK_STR(vg_month_text(0, buf), "1979-12");
    CHECK_STR(vg_month_text(-11, buf), "1979-01");
    int32_t m;
    assert_true(vg_month_parse(VG_S("2011-07"), &m) && m == 379);
    assert_true(vg_month_parse(VG_S("2011-07-31"), &m) && m == 379);
    assert_false(vg_month_parse(VG_S("2011-13"), &m));
    assert_int_equal(vg_month_last_day(530) - vg_month_first_day(530), 28);
    for (m = -500; m < 1500; m++)
        assert_int_equal(vg_month(vg_month_year(m), vg_month_of_year(m)), m);
}

static void the_clock_can_be_set_for_tests(void **state)
{
    (void)state;
    setenv("VIGIE_NOW", "2024-03-31T10:00:00Z", 1);
    assert_int_equal(vg_now(), 1711879200);
    unsetenv("VIGIE_NOW");
    assert_true(vg_now() > 1711879200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_ten_thousand_years_goes_forth_and_back),
        cmocka_unit_test(calendar_holds_its_property),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(each_form_is_read_where_it_is_asked_for),
        cmocka_unit_test(instants_honour_the_offset),
        cmocka_unit_test(months_count_as_views_counts_them),
        cmocka_unit_test(the_clock_can_be_set_for_tests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
