/* UCDP in all its variants; the totals of real releases. */
#include "core/date.h"
#include "source/sink_test_int.h"
#include "source/source_int.h"
#include "test.h"

#define HEADER                                                                                               \
    "id,year,type_of_violence,conflict_name,side_a,side_b,where_prec,adm_1,adm_2,latitude,longitude,"        \
    "country,"                                                                                               \
    "country_id,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,"  \
    "low\n"
#define ROW_1  "101,2024,1,Mali: Government,Government of Mali,JNIM,1,Mopti,Bandiagara,14.35,-3.61,Mali,432,1,"
#define DAYS_1 "2024-05-02 00:00:00.000,2024-05-03 00:00:00.000,"

static int32_t day(const char *text)
{
    int32_t d = 0;
    assert_true(vg_day_parse(vg_str_z(text), VG_DATE_ISO, &d));
    return d;
}

static collected *read_ucdp(const char *text, const char *name)
{
    collected *c = read_text(text, name, (vg_source_opts){ .decimal_comma = false });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    CHECK_STR(c->found.about.source, "ucdp-ged");
    return c;
}

/* The one row after the header is refused with this code and these words in `what`. */
static void refuses(const char *row, vg_code code, const char *what, int64_t col)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s\n" ROW_1 DAYS_1 "0,4,1,0,5,6,4\n", HEADER, row);
    collected *c = read_ucdp(text, "t.csv");
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->n_events, 1); /* nothing else was lost */
    if (c->bad.why.code != code || !strstr(c->bad.why.what, what))
        fail_msg("refused as %s: %s", vg_code_name(c->bad.why.code), c->bad.why.what);
    assert_int_equal(c->bad.why.at.line, 2);
    assert_int_equal(c->bad.why.at.col, col);
    CHECK_STR(c->bad.raw, row);
    collected_drop(c);
}

static void every_field_of_an_event_arrives(void **state)
{
    (void)state;
    collected *c = read_ucdp(HEADER ROW_1 DAYS_1 "0,4,1,0,5,6,4\n", "t.csv");
    const vg_event *ev = &c->ev;
    assert_int_equal(c->n_events, 1);
    CHECK_STR(ev->external_id, "101");
    assert_int_equal(ev->day_from, day("2024-05-02"));
    assert_int_equal(ev->day_to, day("2024-05-03"));
    assert_int_equal(ev->type, VG_TYPE_STATE);
    assert_int_equal(ev->gwcode, 432);
    assert_int_equal(ev->where_prec, VG_WHERE_EXACT);
    assert_int_equal(ev->date_prec, 1);
    CHECK_NEAR(ev->lat_deg, 14.35, 0);
    CHECK_NEAR(ev->lon_deg, -3.61, 0);
    assert_int_equal(ev->cell, 150113);
    assert_int_equal(ev->low, 4);
    assert_int_equal(ev->best, 5);
    assert_int_equal(ev->high, 6);
    assert_int_equal(ev->civilians, 1);
    CHECK_STR(ev->actor_a, "Government of Mali");
    CHECK_STR(ev->actor_b, "JNIM");
    CHECK_STR(ev->conflict, "Mali: Government");
    CHECK_STR(ev->adm1, "Mopti");
    CHECK_STR(ev->adm2, "Bandiagara");
    assert_int_equal(c->at.line, 2);
    collected_drop(c);
}

static void website_export_is_read(void **state)
{
    (void)state;
    collected *c = read_ucdp("id,type_of_violence,country,date_start,date_end,best_est,high_est,low_est\n"
                             "7,2,Sudan,03/31/2023 00:00:00,04/01/2023 00:00:00,12,15,10,\n"
                             "8,3,Sudan,04/02/2023 00:00:00,04/02/2023 00:00:00,1,1,1,\n",
                             "Sudan_113023.csv");
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->ev.day_from, day("2023-03-31"));
    assert_int_equal(c->deaths, 13);
    CHECK_STR(c->found.about.scope, "SDN");
    CHECK_STR(c->found.about.version, "");
    assert_int_equal(c->found.about.first_month, vg_month(2023, 3));
    assert_int_equal(c->found.about.last_month, vg_month(2023, 4));
    collected_drop(c);
}

static void hxl_row_is_passed_over_and_iso3_names_the_country(void **state)
{
    (void)state;
    collected *c = read_ucdp(
        "id,type_of_violence,iso3,date_start,date_end,best,latitude,longitude\n"
        "#event+id,#event+type,#country+code,#date+start,#date+end,#affected+killed,#geo+lat,#geo+lon\n"
        "7,1,MLI,2024-05-02,2024-05-02,3,14,-3\n",
        "t.csv");
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->found.n_rows, 1);
    assert_int_equal(c->ev.gwcode, 432);
    assert_int_equal(c->ev.low, VG_UNKNOWN);
    collected_drop(c);
}

static void quoted_newlines_and_windows_line_ends_are_read(void **state)
{
    (void)state;
    collected *c = read_ucdp("\xEF\xBB\xBFid,type_of_violence,country,date_start,best,source_headline\r\n"
                             "7,1,\"DR Congo (Zaire)\",2024-05-02,3,\"Two lines,\nof \"\"text\"\"\"\r\n",
                             "t.csv");
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->ev.gwcode, 490);
    CHECK_STR(c->ev.text, "Two lines,\nof \"text\"");
    collected_drop(c);
}

static void a_country_level_point_lands_on_no_cell(void **state)
{
    (void)state;
    for (int prec = 1; prec <= 7; prec++) {
        char text[512];
        snprintf(text, sizeof text,
                 "id,type_of_violence,country,date_start,best,latitude,longitude,where_prec\n7,1,Mali,2024-"
                 "05-02,3,17,"
                 "-4,%d\n",
                 prec);
        collected *c = read_ucdp(text, "t.csv");
        assert_int_equal(c->ev.cell != 0, prec <= 3);
        assert_true(c->ev.has_point);
        collected_drop(c);
    }
}

static void impossible_rows_are_refused_and_the_others_kept(void **state)
{
    (void)state;
    refuses(","
            "2024,1,c,a,b,1,,,14,-3,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0",
            VG_EPARSE, "id is empty", 1);
    refuses("1,2024,4,c,a,b,1,,,14,-3,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0", VG_ERANGE,
            "type_of_violence is \"4\"", 3);
    refuses("1,2024,1,c,a,b,1,,,95,-3,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0", VG_ERANGE, "latitude 95", 10);
    refuses("1,2024,1,c,a,b,1,,,14,-190,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0", VG_ERANGE, "longitude -190", 11);
    refuses("1,2024,1,c,a,b,1,,,\"14,5\",-3,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0", VG_EPARSE,
            "latitude is not a number", 10);
    refuses("1,2024,1,c,a,b,9,,,14,-3,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0", VG_ERANGE, "where_prec is \"9\"",
            7);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Mali,999,1," DAYS_1 "0,0,0,0,0,0,0", VG_ENOTFOUND, "number \"999\"",
            13);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Atlantis,,1," DAYS_1 "0,0,0,0,0,0,0", VG_ENOTFOUND, "Atlantis", 12);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Mali,432,1,2024-02-31,2024-03-01,0,0,0,0,0,0,0", VG_EPARSE,
            "date_start is no day of the calendar: \"2024-02-31\"", 15);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Mali,432,1,2024-05-03,2024-05-02,0,0,0,0,0,0,0", VG_ERANGE,
            "before it begins", 16);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Mali,432,1," DAYS_1 "0,0,0,0,-5,0,0", VG_ERANGE,
            "best estimate is below zero", 21);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Mali,432,1," DAYS_1 "0,0,0,0,\"1,200\",0,0", VG_EPARSE,
            "not a number: \"1,200\"", 21);
    refuses("1,2024,1,c,a,b,1,,,14,-3,Mali,432,1," DAYS_1 "1,0,0,0,5,3,9", VG_ERANGE,
            "low estimate 9 is above the high estimate 3", 23);
    refuses("1,2024,1,c,a", VG_EPARSE, "5 cells, the header 23", 0);
}

static void every_refusal_says_what_can_be_done(void **state)
{
    (void)state;
    collected *c =
        read_ucdp(HEADER "1,2024,1,c,a,b,1,,,\"14,5\",-3,Mali,432,1," DAYS_1 "0,0,0,0,0,0,0\n", "t.csv");
    assert_non_null(strstr(c->bad.why.mend, "--decimal-comma"));
    collected_drop(c);
}

static void a_best_estimate_that_its_parts_confirm_survives_a_torn_range(void **state)
{
    (void)state;
    collected *c =
        read_ucdp(HEADER ROW_1 DAYS_1 "0,118,0,0,118,0,118\n" ROW_1 DAYS_1 "0,5,0,0,5,9,7\n", "t.csv");
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->ev.best, 118);
    assert_int_equal(c->ev.low, 118);
    assert_int_equal(c->ev.high, VG_UNKNOWN);
    assert_int_equal(c->last.low, VG_UNKNOWN);
    assert_int_equal(c->last.high, 9);
    assert_int_equal(c->found.n_mended, 2);
    assert_true(vg_starts(c->found.note, VG_S("2 rows give a range of deaths")));
    collected_drop(c);
}

static void months_before_1990_and_gone_states_are_known(void **state)
{
    (void)state;
    collected *c =
        read_ucdp("id,type_of_violence,country,country_id,date_start,best\n"
                  "1,1,Yemen (South Yemen),680,1986-01-13,40\n2,1,Serbia (Yugoslavia),345,1991-07-01,9\n",
                  "t.csv");
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->ev.gwcode, 680);
    assert_int_equal(c->last.gwcode, 345);
    CHECK_STR(c->found.about.scope, "world");
    collected_drop(c);
}

static void a_ged_release_covers_whole_years_and_a_candidate_its_months(void **state)
{
    (void)state;
    static const char text[] =
        "id,year,type_of_violence,country,date_start,best\n1,2019,1,Mali,2019-04-05,3\n"
        "2,2023,1,Niger,2023-06-07,1\n";
    collected *c = read_ucdp(text, "dir/GEDEvent_v24_1.csv");
    CHECK_STR(c->found.about.version, "24.1");
    CHECK_STR(c->found.about.file, "GEDEvent_v24_1.csv");
    assert_int_equal(c->found.about.first_month, vg_month(2019, 1));
    assert_int_equal(c->found.about.last_month, vg_month(2023, 12));
    collected_drop(c);
    c = read_ucdp(text, "GEDEvent_v24_0_5.csv");
    CHECK_STR(c->found.about.version, "24.0.5");
    assert_int_equal(c->n_events, 2); /* kept, though outside of what the release covers */
    assert_int_equal(c->found.about.first_month, vg_month(2024, 5));
    assert_int_equal(c->found.about.last_month, vg_month(2024, 5));
    collected_drop(c);
}

static void versions_are_read_from_file_names(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        { "GEDEvent_v24_0_5.csv", "24.0.5" },
        { "GEDEvent_v24_01_24_06.csv", "24.01.24.06" },
        { "GEDEvent_v24_1.csv", "24.1" },
        { "ged241.csv", "24.1" },
        { "ged251-csv.zip", "25.1" },
        { "/a/b/ged_candidate_23_0_10_events.csv.gz", "23.0.10" },
        { "GEDEvent_v23_0_13.csv", "" },
        { "Sudan_113023.csv", "" },
        { "ged_events_sudan.csv.gz", "" },
        { "24.0.5", "24.0.5" },
        { "GEDEvent_v24_06_24_01.csv", "" },
        { "export_2024_05.csv", "" },
        { "", "" },
        { "ged25", "" },
        { "GEDEvent_v24_1_2_3_4_5.csv", "" },
        { "GEDEvent_v25_1 (1).csv", "25.1" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(vg_version__of(vg_str_z(names[i][0])).text, names[i][1]);
}

static void the_candidate_release_of_october_2023_is_read_whole(void **state)
{
    (void)state;
    collected *c = read_path(need_shared("data/conflict/ged_candidate_23_0_10_events.csv.gz"),
                             (vg_source_opts){ .decimal_comma = false });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 2391);
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->deaths, 12603);
    assert_int_equal(c->found.n_mended, 15);
    CHECK_STR(c->found.about.version, "23.0.10");
    assert_int_equal(c->found.about.first_month, vg_month(2023, 10));
    assert_int_equal(c->found.about.sha256.n, 64);
    collected_drop(c);
}

static void all_events_of_sudan_are_read(void **state)
{
    (void)state;
    collected *c = read_path(need_shared("data/conflict/ged_events_sudan.csv.gz"),
                             (vg_source_opts){ .decimal_comma = false });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 3475);
    assert_int_equal(c->deaths, 98508);
    CHECK_STR(c->found.about.scope, "SDN");
    assert_int_equal(c->found.about.first_month, vg_month(1989, 1));
    assert_int_equal(c->found.about.last_month, vg_month(2022, 12));
    collected_drop(c);
}

static void a_sample_of_ged_25_with_97_country_names_is_read(void **state)
{
    (void)state;
    collected *c = read_path(need_shared("data/conflict/ged251_events_sample10k.csv.gz"),
                             (vg_source_opts){ .decimal_comma = false });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 9972);
    assert_int_equal(c->n_rejects, 0);
    collected_drop(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_an_event_arrives),
        cmocka_unit_test(website_export_is_read),
        cmocka_unit_test(hxl_row_is_passed_over_and_iso3_names_the_country),
        cmocka_unit_test(quoted_newlines_and_windows_line_ends_are_read),
        cmocka_unit_test(a_country_level_point_lands_on_no_cell),
        cmocka_unit_test(impossible_rows_are_refused_and_the_others_kept),
        cmocka_unit_test(every_refusal_says_what_can_be_done),
        cmocka_unit_test(a_best_estimate_that_its_parts_confirm_survives_a_torn_range),
        cmocka_unit_test(months_before_1990_and_gone_states_are_known),
        cmocka_unit_test(a_ged_release_covers_whole_years_and_a_candidate_its_months),
        cmocka_unit_test(versions_are_read_from_file_names),
        cmocka_unit_test(the_candidate_release_of_october_2023_is_read_whole),
        cmocka_unit_test(all_events_of_sudan_are_read),
        cmocka_unit_test(a_sample_of_ged_25_with_97_country_names_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
