/* Numbers and flows by region and month: what is read, what is missing, what is refused and what is only suggested. */
#include "core/date.h"
#include "geo/region.h"
#include "source/sink_test_int.h"
#include "test.h"

static collected *read_as(const char *text, const char *source)
{
    collected *c = read_text(text, "in.csv", (vg_source_opts){ .as = VG_NOSTR });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    CHECK_STR(c->found.about.source, source);
    return c;
}

static bool noted(const collected *c, const char *text)
{
    return vg_find(c->found.note, vg_str_z(text)) >= 0;
}

/* --- Project Jetson's task --- */

#define TASK "region,month,arrivals,source,split,scored_h1,scored_h3\n"

static void the_task_becomes_arrivals_and_the_marks_of_its_rows(void **state)
{
    (void)state;
    collected *c =
        read_as(TASK "Awdal,2018-12,127,sheet,train,1,0\nAwdal,2019-01,130,sheet,test,1,1\n", "jetson-task");
    assert_int_equal(c->n_points, 8);
    assert_int_equal(c->point.kind, VG_UNIT_ADMIN1);
    assert_int_equal(c->point.unit, 706011);
    assert_int_equal(c->point.month, vg_month(2018, 12));
    CHECK_NEAR(c->point.value, 127, 0);
    assert_int_equal(c->point.variable.n, 0);
    CHECK_STR(c->last_point.variable, "train");
    CHECK_NEAR(c->last_point.value, 0, 0);
    CHECK_STR(c->found.about.variable, "arrivals");
    CHECK_STR(c->found.about.scope, "SOM");
    CHECK_STR(c->unit.name, "Awdal");
    collected_drop(c);
}

static void an_empty_cell_and_an_absent_month_stay_not_known_and_are_told(void **state)
{
    (void)state;
    collected *c =
        read_as(TASK "Bay,2018-01,10,s,train,0,0\nBay,2018-02,,s,train,0,0\nBay,2018-04,0,s,train,0,0\n",
                "jetson-task");
    assert_int_equal(c->n_points, 4 + 3 + 4);
    CHECK_NEAR(c->value, 13, 0); /* three train marks, no zero made */
    assert_true(noted(c, "2 of 4 months of 1 region from 2018-01 to 2018-04 have no number of arrivals"));
    collected_drop(c);
}

static void a_row_without_any_number_is_one_number_not_known(void **state)
{
    (void)state;
    collected *c = read_as("region,month,vhi\nBay,2018-01,12.5\nBay,2018-02,\n", "csv");
    assert_int_equal(c->n_points, 2);
    assert_true(isnan(c->last_point.value));
    collected_drop(c);
}

static void a_name_that_differs_refuses_its_row_and_the_nearest_is_suggested(void **state)
{
    (void)state;
    collected *c = read_as(
        TASK "Hiraan,2018-01,1,s,train,0,0\nHirran,2018-02,2,s,train,0,0\nBay,2018-02,3,s,train,0,0\n",
        "jetson-task");
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->bad.why.code, VG_ENOTFOUND);
    assert_non_null(strstr(c->bad.why.mend, "did you mean \"Hiraan\"?"));
    assert_int_equal(c->bad.why.at.line, 3);
    collected_drop(c);
}

static void doubled_rows_are_duplicates_when_the_same_and_conflicts_when_not(void **state)
{
    (void)state;
    collected *c = read_as(TASK "Bay,2018-01,5,sheet,train,0,0\nBay,2018-01,5,sheet,train,0,0\n"
                                "Bay,2018-01,6,prmn,train,0,0\n",
                           "jetson-task");
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->bad.why.code, VG_ECONFLICT);
    assert_non_null(strstr(c->bad.why.what, "Bay in 2018-01 came before on line 2"));
    assert_int_equal(c->n_points, 8); /* the store counts the second one as a duplicate */
    collected_drop(c);
}

static void counts_are_whole_and_not_below_zero(void **state)
{
    (void)state;
    collected *c =
        read_as(TASK "Bay,2018-01,-5,s,train,0,0\nBay,2018-02,1.5,s,train,0,0\n"
                     "Bay,2018-03,1234567890123456789,s,train,0,0\nBay,2018-04,many,s,train,0,0\n"
                     "Bay,2018-05,12.0,s,train,0,0\nBay,2018-06,1,s,dev,0,0\nBay,2018-13,1,s,train,0,0\n"
                     ",2018-07,1,s,train,0,0\nBay,1979-12,1,s,train,0,0\n",
                "jetson-task");
    assert_int_equal(c->n_rejects, 8);
    assert_int_equal(c->by_code[VG_ERANGE], 3);
    assert_int_equal(c->by_code[VG_EPARSE], 5);
    CHECK_NEAR(c->point.value, 12, 0);
    collected_drop(c);
}

static void spellings_and_p_codes_of_other_sources_are_one_region(void **state)
{
    (void)state;
    collected *c =
        read_as("admin1Name,admin1Pcode,month,arrivals\nJuba Hoose,SO28,2018-01,4\nLower Juba,,2018-02,5\n"
                ",SO28,2018-03,6\nLower Juba,SO24,2018-04,7\n",
                "csv");
    assert_int_equal(c->n_units, 1);
    assert_int_equal(c->unit.unit, 706028);
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->bad.why.code, VG_ECONFLICT);
    assert_int_equal(c->last_point.month, vg_month(2018, 3));
    collected_drop(c);
}

/* --- which list of regions counts --- */

static void names_of_no_known_list_make_a_list_of_the_files_own(void **state)
{
    (void)state;
    collected *c =
        read_as("region,month,arrivals\nTurkana,2018-01,4\nMarsabit,2018-01,5\nTURKANA,2018-02,6\n", "csv");
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->n_units, 2);
    assert_int_equal(c->point.unit, vg_region_number(VG_S("Turkana")));
    assert_int_equal(c->last_point.unit, c->point.unit);
    CHECK_STR(c->found.about.scope, "world");
    assert_true(noted(c, "the file makes its own list of 2"));
    collected_drop(c);
}

static void a_file_between_two_lists_is_not_guessed_about(void **state)
{
    (void)state;
    collected *c = read_text("region,month,arrivals\nBay,2018-01,4\nTurkana,2018-01,5\nMarsabit,2018-01,6\n",
                             "in.csv", (vg_source_opts){ .as = VG_NOSTR });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.what, "1 of 3 region names"));
    assert_non_null(strstr(c->err.mend, "--regions FILE"));
    collected_drop(c);
}

static void a_list_that_is_given_counts_alone(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/regions.csv", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("region,lat,lon,neighbours,unit\nTurkana,3.1,35.6,Marsabit,77\nMarsabit,2.3,38,,\n", f);
    fclose(f);
    collected *c = read_text("region,month,arrivals\nTurkana,2018-01,4\nMarsabitt,2018-01,5\nBay,2018-01,6\n",
                             "in.csv", (vg_source_opts){ .regions = vg_str_z(path) });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->point.unit, 77);
    assert_int_equal(c->n_rejects, 2);
    assert_non_null(strstr(c->bad.why.mend, "did you mean \"Marsabit\"?"));
    collected_drop(c);
    unlink(path);
    rmdir(dir);
}

/* --- flows --- */

#define FLOWS "month,arrival_region,departure_region,reason,individuals\n"

static void flows_are_read_and_summed_to_arrivals(void **state)
{
    (void)state;
    collected *c = read_as(FLOWS "2016-01,Awdal,Bakool,Drought,7\n2016-01,Awdal,Bakool,Flood,3\n"
                                 "2016-01,Awdal,,Conflict/Insecurity,5\n2016-02,Bay,Bay,Drought related,0\n",
                           "prmn-flows");
    assert_int_equal(c->n_flows, 4);
    assert_int_equal(c->flow.from, 706025);
    assert_int_equal(c->flow.to, 706011);
    assert_int_equal(c->flow.people, 7);
    CHECK_STR(c->flow.reason, "Drought");
    assert_int_equal(c->people, 15);
    assert_int_equal(c->n_points, 2);
    CHECK_NEAR(c->point.value, 15, 0);
    CHECK_NEAR(c->last_point.value, 0, 0);
    assert_int_equal(c->n_units, 3);
    CHECK_STR(c->found.about.variable, "arrivals");
    collected_drop(c);
}

static void flows_of_districts_are_kept_and_summed_to_regions(void **state)
{
    (void)state;
    collected *c = read_as(
        "month,arrival_region,arrival_district,departure_region,departure_district,reason,individuals\n"
        "2016-01,Awdal,Borama,Bay,Baidoa,Drought,6\n2016-01,Awdal,Borama,Bay,Diinsoor,Drought,7\n"
        "2016-01,Awdal,Baki,Bay,Baidoa,Drought,1\n",
        "prmn-flows");
    assert_int_equal(c->n_flows, 3 + 1);
    assert_int_equal(c->flow.kind, VG_UNIT_ADMIN2);
    assert_int_equal(c->flow.to, vg_region_district_number(VG_S("Awdal"), VG_S("Borama")));
    assert_int_equal(c->people, 2 * 14);
    assert_int_equal(c->n_points, 1 + 2);
    CHECK_NEAR(c->point.value, 14, 0);
    assert_int_equal(c->n_units, 2 + 4);
    collected_drop(c);
}

static void rows_of_weeks_and_needs_are_summed_to_months(void **state)
{
    (void)state;
    collected *c = read_as("Year Week,Month End,Current (Arrival) Region,Previous (Departure) Region,Reason,"
                           "Current (Arrival) Priority Need,Number of Individuals\n"
                           "201601,31/01/2016 00:00:00,Awdal,Bay,Drought related,Food,7\n"
                           "201602,31/01/2016 00:00:00,Awdal,Bay,Drought related,Food,8\n"
                           "201602,31/01/2016 00:00:00,Awdal,Bay,Drought related,Food,8\n"
                           "201606,29/02/2016 00:00:00,Awdal,Bay,Flood,Water,1\n"
                           "201606,03/02/2016 00:00:00,Awdal,Bay,Flood,Water,1\n",
                           "prmn-flows");
    assert_int_equal(c->n_flows, 2);
    assert_int_equal(c->flow.people, 23);
    assert_int_equal(c->flow.month, vg_month(2016, 1));
    CHECK_STR(c->flow.reason, "Drought");
    assert_int_equal(c->n_rejects, 1); /* the third of February, or the second of March? */
    assert_int_equal(c->n_points, 2);
    CHECK_NEAR(c->value, 24, 0);
    assert_true(noted(c, "summed to months"));
    collected_drop(c);
}

static void bad_flows_are_refused_one_by_one(void **state)
{
    (void)state;
    collected *c = read_as(
        FLOWS "2016-01,Awdal,Bay,Drought,7\n2016-01,Awdal,Bay,Drought,8\n2016-01,Awdal,Bay,Drought,7\n"
              "2016-01,,Bay,Drought,7\n2016-01,Awdal,Bayy,Drought,7\n2016-01,Awdal,Bay,Flood,-7\n"
              "2016-01,Awdal,Bay,Other,\n2016-00,Awdal,Bay,Other,1\n",
        "prmn-flows");
    assert_int_equal(c->n_rejects, 6);
    assert_int_equal(c->by_code[VG_ECONFLICT], 1);
    assert_int_equal(c->by_code[VG_ENOTFOUND], 1);
    assert_int_equal(c->by_code[VG_ERANGE], 1);
    assert_int_equal(c->by_code[VG_EPARSE], 3);
    CHECK_NEAR(c->value, 7, 0);
    collected_drop(c);
}

/* --- dashboards and any CSV --- */

#define BOARD "region,month,arrivals,departures,rainfall_mm,ndvi,cdi,goat_sos\n"

static void each_column_of_a_dashboard_is_a_variable(void **state)
{
    (void)state;
    collected *c = read_as(BOARD "Bay,2015-01,88,,6.7632,0.12,,285083.3333\nBay,2015-02,,,0,0.13,,\n",
                           "fsnau-dashboard");
    assert_int_equal(c->n_points, 4 + 2);
    CHECK_STR(c->last_point.variable, "ndvi");
    CHECK_STR(c->found.about.variable, "arrivals");
    collected_drop(c);
}

static void districts_are_summed_by_counts_and_averaged_else(void **state)
{
    (void)state;
    collected *c = read_as("region,district,month,arrivals,incidents,rainfall_mm,ndvi,cdi\n"
                           "Bay,Baidoa,2015-01,10,,4,0.1,\nBay,Diinsoor,2015-01,5,2,6,,\n",
                           "fsnau-dashboard");
    assert_int_equal(c->n_rejects, 0);
    /* Districts: 3 + 3 numbers; Bay: arrivals 15, rain 5, ndvi 0.1, incidents 2. */
    assert_int_equal(c->n_points, 6 + 4);
    CHECK_NEAR(c->value, 10 + 4 + 0.1 + 5 + 2 + 6 + 15 + 5 + 0.1 + 2, 1e-9);
    assert_int_equal(c->n_units, 3);
    assert_true(noted(c, "counts added, the rest averaged"));
    collected_drop(c);
}

static void any_csv_by_region_and_month_gives_all_its_numbers(void **state)
{
    (void)state;
    collected *c = read_as(
        "region,month,incidents,fatalities,remark\nGedo,2010-08,1,0,quiet\nGedo,2010-09,2,3,not quiet\n",
        "csv");
    assert_int_equal(c->n_points, 4);
    CHECK_STR(c->found.about.variable, "incidents");
    CHECK_STR(c->last_point.variable, "fatalities");
    assert_true(noted(c, "numbers by region and month: incidents, fatalities"));
    CHECK_STR(c->found.mapping, "month=month,deaths=fatalities,adm1=region");
    collected_drop(c);
}

static void hxl_rows_with_p_codes_are_read(void **state)
{
    (void)state;
    collected *c = read_as("Gobolka,Koodhka,Bisha,Dadka\n#adm1+name,#adm1+code,#date+month,#inflow+idps\n"
                           "Baay,SO24,2018-01,12\n,SO24,2018-02,13\n",
                           "csv");
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->n_points, 2);
    assert_int_equal(c->point.unit, 706024);
    CHECK_STR(c->found.why, "a table with HXL tags");
    CHECK_STR(c->found.about.variable, "Dadka");
    collected_drop(c);
}

static void days_of_a_date_column_become_months(void **state)
{
    (void)state;
    collected *c = read_as("#adm1+name,#date,#affected+idps\nBay,2018-01-31,12\nBay,2018-02-28,13\n", "csv");
    assert_int_equal(c->n_points, 2);
    assert_int_equal(c->last_point.month, vg_month(2018, 2));
    collected_drop(c);
}

static void a_table_of_regions_without_numbers_says_what_is_missing(void **state)
{
    (void)state;
    collected *c =
        read_text("region,month,remark\nBay,2018-01,quiet\n", "in.csv", (vg_source_opts){ .as = VG_NOSTR });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.what, "a column of numbers"));
    collected_drop(c);
}

static void events_with_a_region_stay_events(void **state)
{
    (void)state;
    collected *c =
        read_as("event_id,date,country,admin1,fatalities,notes\ne1,2018-01-03,Somalia,Bay,2,text\n", "csv");
    assert_int_equal(c->n_events, 1);
    collected_drop(c);
}

static void the_staged_files_are_read_whole(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int64_t points, flows;
    } file[] = { { "data/displacement/jetson_task_admin1.csv", 8050, 0 },
                 { "data/displacement/prmn_flows_admin1.csv.gz", 1632, 9616 },
                 { "data/displacement/somalia_vhi_admin1_monthly.csv", 8028, 0 } };
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        collected *c = read_path(need_shared(file[i].path), (vg_source_opts){ .as = VG_NOSTR });
        CHECK_OK(!vg_failed(&c->err), &c->err);
        assert_int_equal(c->n_points, file[i].points);
        assert_int_equal(c->n_flows, file[i].flows);
        assert_int_equal(c->n_units, 18);
        assert_int_equal(c->n_rejects, 0);
        collected_drop(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_task_becomes_arrivals_and_the_marks_of_its_rows),
        cmocka_unit_test(an_empty_cell_and_an_absent_month_stay_not_known_and_are_told),
        cmocka_unit_test(a_row_without_any_number_is_one_number_not_known),
        cmocka_unit_test(a_name_that_differs_refuses_its_row_and_the_nearest_is_suggested),
        cmocka_unit_test(doubled_rows_are_duplicates_when_the_same_and_conflicts_when_not),
        cmocka_unit_test(counts_are_whole_and_not_below_zero),
        cmocka_unit_test(spellings_and_p_codes_of_other_sources_are_one_region),
        cmocka_unit_test(names_of_no_known_list_make_a_list_of_the_files_own),
        cmocka_unit_test(a_file_between_two_lists_is_not_guessed_about),
        cmocka_unit_test(a_list_that_is_given_counts_alone),
        cmocka_unit_test(flows_are_read_and_summed_to_arrivals),
        cmocka_unit_test(flows_of_districts_are_kept_and_summed_to_regions),
        cmocka_unit_test(rows_of_weeks_and_needs_are_summed_to_months),
        cmocka_unit_test(bad_flows_are_refused_one_by_one),
        cmocka_unit_test(each_column_of_a_dashboard_is_a_variable),
        cmocka_unit_test(districts_are_summed_by_counts_and_averaged_else),
        cmocka_unit_test(any_csv_by_region_and_month_gives_all_its_numbers),
        cmocka_unit_test(hxl_rows_with_p_codes_are_read),
        cmocka_unit_test(days_of_a_date_column_become_months),
        cmocka_unit_test(a_table_of_regions_without_numbers_says_what_is_missing),
        cmocka_unit_test(events_with_a_region_stay_events),
        cmocka_unit_test(the_staged_files_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
