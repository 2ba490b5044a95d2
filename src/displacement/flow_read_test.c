/* Reader of a conflict folder: what is taken, what is refused and how it is told. */
#include "displacement/flow_test_int.h"

/* The small conflict with one file replaced gives exactly one refused row, whose message holds `words`. */
static void one_refused(const char *file, const char *text, const char *words)
{
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with(file, text, &a, &c, &e), &e);
    if (c.n_rejects != 1)
        fail_msg("%d rows refused, expected one: %s", c.n_rejects, words);
    if (!strstr(c.reject[0].why.what, words))
        fail_msg("refused with \"%s\", expected \"%s\"", c.reject[0].why.what, words);
    assert_true(c.reject[0].why.at.file.n > 0);
    assert_true(c.reject[0].why.at.line > 0);
    vg_arena_free(&a);
}

static const char *joined(const char *x, const char *y, const char *z)
{
    static char text[1024];
    snprintf(text, sizeof text, "%s%s%s", x, y, z);
    return text;
}

static void fails(const char *file, const char *text, vg_code code, const char *words)
{
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    assert_false(read_with(file, text, &a, &c, &e));
    if (e.code != code || !strstr(e.what, words))
        fail_msg("failed with %d \"%s\", expected %d \"%s\"", e.code, e.what, code, words);
    vg_arena_free(&a);
}

static void a_folder_is_read_whole(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with(NULL, NULL, &a, &c, &e), &e);
    assert_int_equal(c.n_rejects, 0);
    assert_int_equal(c.n_places, 6);
    assert_int_equal(c.n_routes, 5);
    assert_int_equal(c.n_camps, 2);
    assert_int_equal(c.n_scored, 2);
    assert_int_equal(c.n_days, 40);
    assert_int_equal(c.n_files, 6);
    CHECK_NEAR(c.raw[5], 110, 1e-9);             /* Alpha, half way from 10 to 210 */
    CHECK_NEAR(c.raw[c.n_days + 25], 200, 1e-9); /* Beta */
    CHECK_NEAR(c.raw[39], 610, 1e-9);            /* behind the last registration */
    CHECK_NEAR(c.total[15], 460, 1e-9);
    assert_int_equal(c.known_day[15], 10);
    assert_int_equal((int)strlen(c.file[0].sha256), 64);
    vg_arena_free(&a);
}

static void a_correction_scales_what_was_before(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(
        read_with("registration_corrections.csv", "camp,date,mode\nAlpha,2020-01-31,normalize\n", &a, &c, &e),
        &e);
    CHECK_NEAR(c.corrected[10], 610, 1e-9); /* 210 x 610 / 210 */
    CHECK_NEAR(c.corrected[0], 10 * 610.0 / 210, 1e-9);
    CHECK_NEAR(c.corrected[30], 610, 1e-9);
    CHECK_NEAR(c.raw[10], 210, 1e-9);
    vg_arena_free(&a);
}

static void series_of_one_camp_are_summed(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with("camps.csv",
                       "date,camp,registered,source_series\n2020-01-01,Alpha,100,a\n2020-01-11,Alpha,200,a\n"
                       "2020-01-01,Alpha,0,outside\n2020-01-21,Alpha,40,outside\n2020-01-01,Beta,0,b\n",
                       &a, &c, &e),
             &e);
    CHECK_NEAR(c.raw[10], 220, 1e-9);
    CHECK_NEAR(c.raw[20], 240, 1e-9);
    vg_arena_free(&a);
}

static void rows_that_make_no_sense_are_refused_with_their_place(void **state)
{
    (void)state;
    const char *head = "name,region,country,type,population\nZed,N,Aland,conflict_zone,1000\n"
                       "Yar,N,Aland,conflict_zone,3000\nMid,S,Aland,town,\nHub,W,Celand,forwarding_hub,\n"
                       "Alpha,E,Beland,camp,1000\nBeta,W,Celand,camp,";
    one_refused("locations.csv", joined(head, "0\n", ""), "the capacity of Beta is 0");
    one_refused("locations.csv", joined(head, "-5\n", ""), "the capacity of Beta is -5");
    one_refused("locations.csv", joined(head, "5\n", "Odd,X,Aland,castle,\n"),
                "unknown type of place: \"castle\"");
    one_refused("locations.csv", joined(head, "5\n", "Zed,X,Aland,town,\n"),
                "a second place is called \"Zed\"");
    one_refused("locations.csv", joined(head, "5\n", "Far,X,Deland,camp,50\n"),
                "no way leads to this camp: \"Far\"");
    one_refused("closures.csv", "type,name1,name2,start_day,end_day\ncountry,Aland,Deland,1,5\n",
                "a closure without a border");
    one_refused("closures.csv", "type,name1,name2,start_day,end_day\ncountry,Aland,Celand,9,5\n",
                "a closure that ends (day 5) before it begins (9)");
    one_refused("closures.csv", "type,name1,name2,start_day,end_day\nlocation,Alpha,Mdi,1,5\n",
                "no place is called \"Mdi\"");
    one_refused("closures.csv", "type,name1,name2,start_day,end_day\ncamp,Mid,,1,5\n", "\"Mid\" is no camp");
    one_refused("conflicts.csv", "location,first_day,last_day,intensity\nZed,0,39,1\nYar,5,39,0\n",
                "an intensity of 0");
    one_refused("conflicts.csv", "location,first_day,last_day,intensity\nZed,0,39,1\nYer,5,39,1\n",
                "no place is called \"Yer\"");
    one_refused("registration_corrections.csv", "camp,date,mode\nAlpha,2020-01-05,normalize\n",
                "a correction on a date without a registration");
}

static void a_wrong_route_is_refused(void **state)
{
    (void)state;
    const char *routes =
        "name1,name2,distance_km,forced_redirection\nZed,Mid,50,0\nYar,Mid,30,0\nMid,Alpha,50,0\n"
        "Mid,Hub,20,0\nHub,Beta,100,2\n";
    static const char *const wrong[][2] = { { "Mid,Nowhere,10,\n", "no place is called \"Nowhere\"" },
                                            { "Mid,Beta,0,\n", "a route of 0 km" },
                                            { "Mid,Beta,-3,\n", "a route of -3 km" },
                                            { "Mid,Mid,3,\n", "a route from \"Mid\" to itself" },
                                            { "Mid,Zed,51,\n", "a second route between" },
                                            { "Mid,Beta,3,7\n", "unknown forced redirection" } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        one_refused("routes.csv", joined(routes, wrong[i][0], ""), wrong[i][1]);
    }
}

static void a_wrong_registration_is_refused_and_the_first_of_two_is_kept(void **state)
{
    (void)state;
    const char *camps = "date,camp,registered,source_series\n2020-01-01,Alpha,10,a\n2020-01-01,Beta,0,b\n";
    static const char *const wrong[][2] = { { "2020-01-05,Alpha,-4,a\n", "-4 people" },
                                            { "2020-02-31,Alpha,4,a\n", "not a date: \"2020-02-31\"" },
                                            { "2020-01-05,Gamma,4,a\n", "no place is called \"Gamma\"" },
                                            { "2020-01-05,Mid,4,a\n", "\"Mid\" is no camp" },
                                            { "2020-01-01,Alpha,11,a\n",
                                              "a second number for the same date: 11" } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        one_refused("camps.csv", joined(camps, wrong[i][0], ""), wrong[i][1]);
    }
}

static void a_wrong_name_is_answered_with_the_nearest(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with("conflicts.csv", "location,first_day,last_day\nZed,0,39\nzed,5,39\n", &a, &c, &e), &e);
    assert_non_null(strstr(c.reject[0].why.mend, "did you mean \"Zed\"?"));
    vg_arena_free(&a);
}

static void a_folder_that_cannot_be_used_fails_with_the_reason(void **state)
{
    (void)state;
    fails("locations.csv", NULL, VG_EIO, "cannot read locations.csv");
    fails("routes.csv", NULL, VG_EIO, "cannot read routes.csv");
    fails("locations.csv", "name,kind\nZed,town\n", VG_EPARSE, "there is no column \"country\"");
    fails("locations.csv",
          "\x7f"
          "ELF\x02\x01\x01\x03\x04\x05\x06\n\x01\x02\xff\xfe\n",
          VG_EPARSE, "");
    fails("routes.csv", "name1,name2,distance_km\nZed,Yar,10\n", VG_ENODATA, "no camp can be reached");
    fails("conflicts.csv", "location,first_day,last_day\n", VG_ENODATA, "there is no fighting");
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    assert_false(vg_flow_read("/nonexistent/folder", &a, &c, &e));
    assert_string_equal(e.what, "this is no folder");
    vg_arena_free(&a);
}

static void closures_and_corrections_may_be_missing(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with("closures.csv", NULL, &a, &c, &e), &e);
    assert_int_equal(c.n_closures, 0);
    CHECK_OK(read_with("camps.csv", NULL, &a, &c, &e), &e);
    assert_int_equal(c.n_scored, 0);
    assert_int_equal(c.n_camps, 2);
    CHECK_OK(read_with("totals.csv", NULL, &a, &c, &e), &e);
    assert_null(c.total);
    vg_arena_free(&a);
}

static void more_than_100000_places_are_refused(void **state)
{
    (void)state;
    const char *dir = write_conflict("locations.csv", NULL);
    char path[512];
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    snprintf(path, sizeof path, "%s/locations.csv", dir);
    FILE *f = fopen(path, "w");
    fputs("name,country,type\n", f);
    for (int i = 0; i < 100002; i++)
        fprintf(f, "P%d,Aland,town\n", i);
    fclose(f);
    assert_false(vg_flow_read(dir, &a, &c, &e));
    assert_string_equal(e.what, "more than 100000 places");
    drop_conflict(dir);
    vg_arena_free(&a);
}

static void reading_survives_a_failure_of_each_allocation(void **state)
{
    (void)state;
    const char *dir = write_conflict(NULL, NULL);
    bool done = false;
    for (int64_t k = 1; !done; k++) {
        vg_arena a = test_arena();
        vg_flow_conflict c;
        vg_err e = VG_NO_ERR;
        a.fail_at = k;
        done = vg_flow_read(dir, &a, &c, &e);
        if (!done)
            assert_int_equal(e.code, VG_ENOMEM);
        assert_true(k < 2000);
        vg_arena_free(&a);
    }
    drop_conflict(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_read_whole),
        cmocka_unit_test(a_correction_scales_what_was_before),
        cmocka_unit_test(series_of_one_camp_are_summed),
        cmocka_unit_test(rows_that_make_no_sense_are_refused_with_their_place),
        cmocka_unit_test(a_wrong_route_is_refused),
        cmocka_unit_test(a_wrong_registration_is_refused_and_the_first_of_two_is_kept),
        cmocka_unit_test(a_wrong_name_is_answered_with_the_nearest),
        cmocka_unit_test(a_folder_that_cannot_be_used_fails_with_the_reason),
        cmocka_unit_test(closures_and_corrections_may_be_missing),
        cmocka_unit_test(more_than_100000_places_are_refused),
        cmocka_unit_test(reading_survives_a_failure_of_each_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
