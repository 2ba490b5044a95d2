/* ACLED, CSV and JSON. All rows are made up: its data may not be passed on. */
#include "core/date.h"
#include "source/sink_test_int.h"
#include "test.h"

#define HEADER                                                                                               \
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_"     \
    "actor_1,"                                                                                               \
    "inter1,actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,"    \
    "admin3,"                                                                                                \
    "location,latitude,longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp\n"
#define ROW(id, type, sub, inter1, inter2, iso, country, geo, deaths)                                        \
    id ",2024-03-31,2024,1,Political violence," type "," sub ",Force A,," inter1 ",Force B,," inter2         \
       ",,," iso ",Western Africa," country ",Gao,Ansongo,,Town,15.66,0.5," geo                              \
       ",Radio,National,\"Made up, for a test\"," deaths ",,1711900000\n"

static collected *read_acled(const char *text)
{
    collected *c = read_text(text, "acled", (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    CHECK_STR(c->found.about.source, "acled");
    return c;
}

static void every_field_of_a_csv_row_arrives(void **state)
{
    (void)state;
    collected *c =
        read_acled(HEADER ROW("MLI1", "Battles", "Armed clash", "1", "2", "466", "Mali", "1", "7"));
    const vg_event *ev = &c->ev;
    assert_int_equal(c->n_events, 1);
    CHECK_STR(ev->external_id, "MLI1");
    CHECK_STR(ev->kind, "Armed clash");
    CHECK_STR(ev->text, "Made up, for a test");
    CHECK_STR(ev->adm1, "Gao");
    assert_int_equal(ev->gwcode, 432);
    assert_int_equal(ev->best, 7);
    assert_int_equal(ev->low, VG_UNKNOWN);
    assert_int_equal(ev->type, VG_TYPE_STATE);
    assert_int_equal(ev->date_prec, 1);
    assert_true(ev->cell > 0);
    assert_int_equal(c->found.about.first_month, vg_month(2024, 3));
    collected_drop(c);
}

static int type_of(const char *row)
{
    char text[2048];
    snprintf(text, sizeof text, "%s%s", HEADER, row);
    collected *c = read_acled(text);
    assert_int_equal(c->n_events, 1);
    int type = c->ev.type;
    collected_drop(c);
    return type;
}

static void types_follow_event_type_and_actors(void **state)
{
    (void)state;
#define TYPE(type, a, b) type_of(ROW("X1", type, "", a, b, "466", "Mali", "1", "1"))
    assert_int_equal(TYPE("Battles", "1", "2"), VG_TYPE_STATE);
    assert_int_equal(TYPE("Battles", "Rebel Groups", "State Forces"), VG_TYPE_STATE);
    assert_int_equal(TYPE("Battles", "Rebel Groups", "Political Militias"), VG_TYPE_NON_STATE);
    assert_int_equal(TYPE("Violence against civilians", "1", "7"), VG_TYPE_ONE_SIDED);
    assert_int_equal(TYPE("Explosions/Remote violence", "2", "Civilians"), VG_TYPE_ONE_SIDED);
    assert_int_equal(TYPE("Explosions/Remote violence", "1", "2"), VG_TYPE_STATE);
    assert_int_equal(TYPE("Explosions/Remote violence", "3", "2"), VG_TYPE_NON_STATE);
    assert_int_equal(TYPE("Riots", "5", "1"), VG_TYPE_OTHER);
    assert_int_equal(TYPE("Protests", "6", ""), VG_TYPE_OTHER);
    assert_int_equal(TYPE("Strategic developments", "1", ""), VG_TYPE_OTHER);
}

static void imprecise_places_land_on_no_cell(void **state)
{
    (void)state;
    collected *c = read_acled(HEADER ROW("MLI1", "Battles", "", "1", "2", "466", "Mali", "3", "7"));
    assert_int_equal(c->ev.where_prec, VG_WHERE_ADMIN1);
    assert_int_equal(c->ev.cell, 0);
    collected_drop(c);
}

static void kosovo_has_no_number_and_palestine_keeps_its_events(void **state)
{
    (void)state;
    collected *c = read_acled(HEADER ROW("KOS1", "Riots", "", "5", "", "0", "Kosovo", "1", "0")
                                  ROW("PSE1", "Battles", "", "1", "2", "275", "Palestine", "1", "2"));
    assert_int_equal(c->ev.gwcode, 347);
    assert_int_equal(c->last.gwcode, 10275);
    collected_drop(c);
}

static void bad_rows_are_refused_and_the_others_kept(void **state)
{
    (void)state;
    collected *c = read_acled(HEADER ROW("", "Battles", "", "1", "2", "466", "Mali", "1",
                                         "7") ROW("A1", "", "", "1", "2", "466", "Mali", "1", "7")
                                  ROW("A2", "Battles", "", "1", "2", "999", "Mali", "1", "7")
                                      ROW("A3", "Battles", "", "1", "2", "466", "Mali", "1", "-7")
                                          ROW("A4", "Battles", "", "1", "2", "466", "Mali", "8", "7")
                                              ROW("A5", "Battles", "", "1", "2", "466", "Mali", "1", "7"));
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->n_rejects, 5);
    CHECK_STR(c->ev.external_id, "A5");
    assert_int_equal(c->by_code[VG_ENOTFOUND], 1);
    assert_int_equal(c->by_code[VG_ERANGE], 2);
    collected_drop(c);
}

#define OBJECT(id, deaths)                                                                                   \
    "{\"event_id_cnty\":\"" id                                                                               \
    "\",\"event_date\":\"2024-03-31\",\"event_type\":\"Battles\",\"inter1\":\"1\","                          \
    "\"actor1\":\"Force "                                                                                    \
    "\\u00c9\",\"iso\":466,\"country\":\"Mali\",\"latitude\":\"15.66\",\"longitude\":0.5,"                   \
    "\"tags\":[\"a\",{\"data\":[1]}],\"notes\":null,\"geo_precision\":\"1\",\"fatalities\":" deaths "}"

static void json_is_read_as_wrapper_array_and_lines(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "{\"status\":200,\"success\":true,\"data\":[" OBJECT("M1", "\"3\"") "," OBJECT("M2",
                                                                                       "4") "],\"count\":2}",
        "[" OBJECT("M1", "3") "," OBJECT("M2", "4") "]",
        OBJECT("M1", "3") "\n" OBJECT("M2", "4") "\n",
        "\xEF\xBB\xBF \n[" OBJECT("M1", "3") ",\n" OBJECT("M2", "4") "]",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        collected *c = read_acled(forms[i]);
        assert_int_equal(c->n_events, 2);
        assert_int_equal(c->n_rejects, 0);
        assert_int_equal(c->deaths, 7);
        CHECK_STR(c->ev.external_id, "M1");
        CHECK_STR(c->ev.actor_a, "Force É");
        CHECK_STR(c->ev.text, "");
        assert_int_equal(c->ev.gwcode, 432);
        assert_true(c->ev.cell > 0);
        collected_drop(c);
    }
}

static void a_json_object_that_is_no_event_is_refused_with_its_place(void **state)
{
    (void)state;
    collected *c = read_acled("[" OBJECT("M1", "3") ",\n 5, {\"event_id_cnty\":\"M2\"}]");
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->n_rejects, 2);
    assert_int_equal(c->bad.why.at.line, 2);
    collected_drop(c);
}

static void json_that_breaks_off_fails_with_line_and_column(void **state)
{
    (void)state;
    collected *c =
        read_text("[" OBJECT("M1", "3") ",\n{\"event_id_cnty\":\"M2", "acled.json", (vg_source_opts){ 0 });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_int_equal(c->err.at.line, 2);
    assert_int_equal(c->n_events, 1);
    collected_drop(c);
}

static void json_of_another_kind_is_not_guessed_at(void **state)
{
    (void)state;
    collected *c = read_text("{\"features\":[]}", "x.json", (vg_source_opts){ 0 });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.why, "event_id_cnty"));
    collected_drop(c);
}

static void semicolons_and_long_dates_of_older_exports_are_read(void **state)
{
    (void)state;
    collected *c = read_acled("event_id_cnty;event_date;event_type;country;fatalities\n"
                              "NIR5;31 March 2019;Battles;Niger;2\n");
    assert_int_equal(c->n_events, 1);
    assert_int_equal(c->found.about.first_month, vg_month(2019, 3));
    collected_drop(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_of_a_csv_row_arrives),
        cmocka_unit_test(types_follow_event_type_and_actors),
        cmocka_unit_test(imprecise_places_land_on_no_cell),
        cmocka_unit_test(kosovo_has_no_number_and_palestine_keeps_its_events),
        cmocka_unit_test(bad_rows_are_refused_and_the_others_kept),
        cmocka_unit_test(json_is_read_as_wrapper_array_and_lines),
        cmocka_unit_test(a_json_object_that_is_no_event_is_refused_with_its_place),
        cmocka_unit_test(json_that_breaks_off_fails_with_line_and_column),
        cmocka_unit_test(json_of_another_kind_is_not_guessed_at),
        cmocka_unit_test(semicolons_and_long_dates_of_older_exports_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
