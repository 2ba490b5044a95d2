/* Any CSV: what is guessed, what is asked about, what can be given. */
#include "core/date.h"
#include "source/sink_test_int.h"
#include "test.h"

static collected *read_csv(const char *text, const char *map)
{
    collected *c = read_text(text, "events.csv", (vg_source_opts){ .map = vg_str_z(map) });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    CHECK_STR(c->found.about.source, "csv");
    return c;
}

static int32_t day(int32_t year, int32_t month, int32_t of_month)
{
    int32_t d = 0;
    assert_true(vg_day_from_civil((vg_civil){ year, month, of_month }, &d));
    return d;
}

static void english_names_are_mapped_and_the_mapping_is_told(void **state)
{
    (void)state;
    collected *c =
        read_csv("Event ID,Event Date,Country,Latitude,Longitude,Fatalities,Actor 1,Actor 2,Notes\n"
                 "e1,2024-03-31,Mali,16.2,-0.1,4,A,B,text\n",
                 "");
    CHECK_STR(c->found.mapping, "id=Event ID,date=Event Date,lat=Latitude,lon=Longitude,country=Country,"
                                "deaths=Fatalities,actor_a=Actor 1,actor_b=Actor 2,text=Notes");
    assert_true(c->found.guessed);
    CHECK_STR(c->ev.external_id, "e1");
    assert_int_equal(c->ev.day_from, day(2024, 3, 31));
    assert_int_equal(c->ev.gwcode, 432);
    assert_int_equal(c->ev.best, 4);
    assert_int_equal(c->ev.type, VG_TYPE_UNKNOWN);
    assert_true(c->ev.cell > 0);
    collected_drop(c);
}

static void french_table_with_semicolons_and_decimal_commas_is_read(void **state)
{
    (void)state;
    collected *c = read_csv("Date de l'événement;Pays;Latitude;Longitude;Nb morts;Description\n"
                            "31/03/2024;Côte d'Ivoire;7,5;-5,25;2;texte\n01/04/2024;Mali;;;;\n",
                            "");
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->ev.gwcode, 437);
    CHECK_NEAR(c->ev.lat_deg, 7.5, 0);
    assert_int_equal(c->ev.best, 2);
    assert_int_equal(c->last.best, VG_UNKNOWN);
    assert_true(vg_ends(c->found.mapping, VG_S(",decimal=comma")));
    assert_true(vg_starts(c->found.mapping, VG_S("date=Date de l'événement:dmy,")));
    CHECK_STR(c->ev.external_id, "line 2");
    collected_drop(c);
}

static void spanish_and_arabic_names_are_known(void **state)
{
    (void)state;
    collected *c = read_csv("fecha,país,muertos\n2024-03-31,México,3\n", "");
    assert_int_equal(c->ev.gwcode, 70);
    assert_int_equal(c->deaths, 3);
    collected_drop(c);
    c = read_csv("التاريخ,البلد,القتلى\n2024-03-31,السودان,3\n", "");
    assert_int_equal(c->ev.gwcode, 625);
    collected_drop(c);
}

static void columns_without_a_telling_name_are_known_by_their_values(void **state)
{
    (void)state;
    collected *c = read_csv("a\tb\tc\nx\t2024-03-31\tMLI\ny\t2024-04-30\tNER\n", "");
    CHECK_STR(c->found.mapping, "date=b,country=c");
    assert_int_equal(c->n_events, 2);
    collected_drop(c);
}

static void day_and_month_are_told_apart_by_the_values(void **state)
{
    (void)state;
    collected *c = read_csv("date,country\n03/04/2024,Mali\n03/28/2024,Mali\n", "");
    assert_int_equal(c->ev.day_from, day(2024, 3, 4));
    collected_drop(c);
    c = read_csv("date,country\n03/04/2024,Mali\n28/03/2024,Mali\n", "");
    assert_int_equal(c->ev.day_from, day(2024, 4, 3));
    collected_drop(c);
    c = read_csv("date,country\n05/05/2024,Mali\n", ""); /* the same either way */
    assert_int_equal(c->n_events, 1);
    collected_drop(c);
}

static void dates_that_could_be_either_are_asked_about(void **state)
{
    (void)state;
    collected *c =
        read_text("date,country\n03/04/2024,Mali\n05/06/2024,Mali\n", "e.csv", (vg_source_opts){ 0 });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.what, "day and month cannot be told apart in \"date\": 03/04/2024"));
    assert_non_null(strstr(c->err.mend, "--map date=date:dmy"));
    assert_int_equal(c->n_events, 0);
    collected_drop(c);
    c = read_csv("date,country\n03/04/2024,Mali\n05/06/2024,Mali\n", "date=date:dmy");
    assert_int_equal(c->ev.day_from, day(2024, 4, 3));
    collected_drop(c);
}

static void a_mapping_can_be_given_and_is_read_back(void **state)
{
    (void)state;
    static const char text[] = "when,\"where, exactly\",x1,x2,dead\n20240331,MLI,16,-1,5\n";
    collected *c = read_csv(text, "date=when,country=@2,lat=x1,lon=x2,deaths=dead");
    CHECK_STR(c->found.mapping, "date=when:compact,lat=x1,lon=x2,country=@2,deaths=dead");
    assert_int_equal(c->deaths, 5);
    char again[256];
    snprintf(again, sizeof again, "%.*s", VG_P(c->found.mapping));
    collected_drop(c);
    c = read_csv(text, again);
    CHECK_STR(c->found.mapping, again);
    assert_int_equal(c->deaths, 5);
    collected_drop(c);
}

static void fails(const char *text, const char *map, vg_code code, const char *what, const char *mend)
{
    collected *c = read_text(text, "e.csv", (vg_source_opts){ .map = vg_str_z(map) });
    if (c->err.code != code || !strstr(c->err.what, what) || !strstr(c->err.mend, mend))
        fail_msg("%s: %s; %s", vg_code_name(c->err.code), c->err.what, c->err.mend);
    collected_drop(c);
}

static void a_mapping_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    fails("date,country\n2024-01-01,Mali\n", "when=date", VG_EARG, "knows no field \"when\"",
          "id date start");
    fails("date,country\n2024-01-01,Mali\n", "date=day", VG_EARG, "no column \"day\"", "date, country");
    fails("date,country\n2024-01-01,Mali\n", "date=@3", VG_EARG, "no column \"@3\"", "columns:");
    fails("date,country\nhello,Mali\n", "", VG_EPARSE, "column \"date\" holds no dates", "--map date=");
    fails("name,age\nx,3\n", "", VG_EPARSE, "columns missing: a date (or month), a country", "--map");
}

static void hxl_tags_count_more_than_names(void **state)
{
    (void)state;
    collected *c =
        read_csv("jour,zone,n1,n2,m\n#date+occurred,#country+code,#geo+lat,#geo+lon,#affected+killed\n"
                 "2024-03-31,MLI,16,-1,5\n",
                 "");
    CHECK_STR(c->found.mapping, "date=jour,lat=n1,lon=n2,country=zone,deaths=m");
    CHECK_STR(c->found.why, "a table with HXL tags");
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->found.n_rows, 1);
    assert_int_equal(c->deaths, 5);
    collected_drop(c);
}

static void a_table_that_begins_with_tags_is_read(void **state)
{
    (void)state;
    collected *c = read_csv("#date,#country+name,#affected+killed\n2024-03-31,Mali,5\n", "");
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->deaths, 5);
    collected_drop(c);
}

static void a_number_for_a_country_and_month_is_a_series(void **state)
{
    (void)state;
    collected *c = read_csv(
        "country,period,refugees,valeur\nMali,2024-03,x,12.5\nNiger,2024-03,x,1\nMali,2024-03,x,9\n", "");
    assert_int_equal(c->n_points, 2);
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->bad.why.code, VG_ECONFLICT);
    CHECK_STR(c->found.about.variable, "valeur");
    assert_int_equal(c->point.unit, 432);
    assert_int_equal(c->point.month, vg_month(2024, 3));
    collected_drop(c);
}

static void events_known_by_month_last_the_month(void **state)
{
    (void)state;
    collected *c = read_csv("id,date,lat,lon\n1,2024-02,16,-1\n", "");
    assert_int_equal(c->ev.day_from, day(2024, 2, 1));
    assert_int_equal(c->ev.day_to, day(2024, 2, 29));
    assert_int_equal(c->ev.date_prec, 3);
    collected_drop(c);
}

static void bad_rows_are_refused_and_the_others_kept(void **state)
{
    (void)state;
    collected *c = read_csv("id,start,end,country,lat,lon,deaths,low,high\n"
                            "1,2024-03-31,2024-03-30,Mali,16,-1,1,,\n"
                            "2,2024-02-31,,Mali,16,-1,1,,\n"
                            "3,2024-03-31,,Atlantis,16,-1,1,,\n"
                            "4,2024-03-31,,Mali,95,-1,1,,\n"
                            "5,2024-03-31,,Mali,16,,1,,\n"
                            "6,2024-03-31,,Mali,16,-1,-1,,\n"
                            "7,2024-03-31,,Mali,16,-1,5,9,2\n"
                            "8,2024-03-31,,Mali,16,-1\n"
                            "9,2024-03-31,2024-04-02,Mali,16,-1,NA,,\n",
                            "");
    assert_int_equal(c->n_rejects, 8);
    assert_int_equal(c->n_events, 1);
    CHECK_STR(c->ev.external_id, "9");
    assert_int_equal(c->ev.best, VG_UNKNOWN);
    assert_int_equal(c->by_code[VG_ERANGE], 4);
    assert_int_equal(c->by_code[VG_ENOTFOUND], 1);
    collected_drop(c);
}

static void a_table_in_an_old_windows_encoding_is_read(void **state)
{
    (void)state;
    collected *c = read_csv("date,pays,notes\n2024-03-31,C\xF4te d'Ivoire,\xE9t\xE9\n", "");
    assert_int_equal(c->ev.gwcode, 437);
    CHECK_STR(c->ev.text, "été");
    collected_drop(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_names_are_mapped_and_the_mapping_is_told),
        cmocka_unit_test(french_table_with_semicolons_and_decimal_commas_is_read),
        cmocka_unit_test(spanish_and_arabic_names_are_known),
        cmocka_unit_test(columns_without_a_telling_name_are_known_by_their_values),
        cmocka_unit_test(day_and_month_are_told_apart_by_the_values),
        cmocka_unit_test(dates_that_could_be_either_are_asked_about),
        cmocka_unit_test(a_mapping_can_be_given_and_is_read_back),
        cmocka_unit_test(a_mapping_that_does_not_fit_is_refused),
        cmocka_unit_test(hxl_tags_count_more_than_names),
        cmocka_unit_test(a_table_that_begins_with_tags_is_read),
        cmocka_unit_test(a_number_for_a_country_and_month_is_a_series),
        cmocka_unit_test(events_known_by_month_last_the_month),
        cmocka_unit_test(bad_rows_are_refused_and_the_others_kept),
        cmocka_unit_test(a_table_in_an_old_windows_encoding_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
