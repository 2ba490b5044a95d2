/* Panels: VIEWS' own, cells, and the table that is compiled in. */
#include "core/date.h"
#include "source/sink_test_int.h"
#include "test.h"

static collected *read_panel(const char *text, vg_source_opts opts)
{
    collected *c = read_text(text, "panel.csv", opts);
    CHECK_OK(!vg_failed(&c->err), &c->err);
    CHECK_STR(c->found.about.source, "views-panel");
    return c;
}

static void a_panel_is_read_with_the_built_in_countries(void **state)
{
    (void)state;
    collected *c =
        read_panel("month_id,country_id,sb\n121,50,0\n122,50,12.5\n121,57,3\n", (vg_source_opts){ 0 });
    assert_int_equal(c->n_points, 3);
    assert_int_equal(c->n_units, 2);
    assert_int_equal(c->unit.unit, 50);
    assert_int_equal(c->unit.gwcode, 432);
    CHECK_STR(c->unit.name, "Mali");
    assert_int_equal(c->unit.first_month, 121);
    CHECK_NEAR(c->value, 15.5, 0);
    CHECK_STR(c->found.about.variable, "sb");
    CHECK_STR(c->found.about.scope, "world");
    assert_int_equal(c->found.about.last_month, 122);
    collected_drop(c);
}

static void sb_is_taken_whatever_its_column_else_the_first_number(void **state)
{
    (void)state;
    collected *c = read_panel("month_id,country_id,ln_x,sb\n121,50,7,3\n", (vg_source_opts){ 0 });
    CHECK_NEAR(c->value, 3, 0);
    collected_drop(c);
    c = read_panel("month_id,country_id,ns,os\n121,50,7,3\n", (vg_source_opts){ 0 });
    CHECK_STR(c->found.about.variable, "ns");
    collected_drop(c);
    c = read_panel("month_id,country_id,ns,os\n121,50,7,3\n", (vg_source_opts){ .map = VG_S("value=os") });
    CHECK_STR(c->found.about.variable, "os");
    CHECK_STR(c->found.about.scope, "MLI");
    collected_drop(c);
}

static void a_months_second_number_for_a_unit_is_a_conflict(void **state)
{
    (void)state;
    collected *c =
        read_panel("month_id,country_id,sb\n121,50,1\n121,50,2\n122,50,3\n", (vg_source_opts){ 0 });
    assert_int_equal(c->n_points, 2);
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->bad.why.code, VG_ECONFLICT);
    assert_int_equal(c->bad.why.at.line, 3);
    CHECK_NEAR(c->value, 4, 0);
    collected_drop(c);
}

static void bad_rows_are_refused_and_the_others_kept(void **state)
{
    (void)state;
    collected *c =
        read_panel("month_id,country_id,sb\n121,9999,1\n121,x,1\n0,50,1\n121,50,-1\n121,50,many\n121,50,1,7\n"
                   "121,50,1\n122,50,\n",
                   (vg_source_opts){ 0 });
    assert_int_equal(c->n_rejects, 6);
    assert_int_equal(c->n_points, 2);
    assert_int_equal(c->by_code[VG_ENOTFOUND], 2);
    assert_int_equal(c->by_code[VG_EPARSE], 3);
    assert_int_equal(c->by_code[VG_ERANGE], 1);
    assert_true(isnan(c->last_point.value)); /* an empty cell is not known, not zero */
    collected_drop(c);
}

static void a_countries_file_beside_the_panel_explains_its_numbers(void **state)
{
    (void)state;
    char dir[256], panel[300], list[300];
    temp_dir(dir);
    snprintf(panel, sizeof panel, "%s/p.csv", dir);
    snprintf(list, sizeof list, "%s/views_countries.csv", dir);
    FILE *f = fopen(panel, "w");
    fputs("month_id,country_id,sb\n500,4001,6\n", f);
    fclose(f);
    f = fopen(list, "w");
    fputs("country_id,country,gwcode,iso3,first_month_id,last_month_id\n4001,\"Elsewhere, "
          "far\",432,MLI,1,535\n",
          f);
    fclose(f);
    collected *c = read_path(panel, (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_points, 1);
    CHECK_STR(c->unit.name, "Elsewhere, far");
    assert_int_equal(c->unit.gwcode, 432);
    collected_drop(c);
    unlink(panel);
    unlink(list);
    rmdir(dir);
}

static void a_countries_file_that_is_none_is_an_error_with_its_name(void **state)
{
    (void)state;
    collected *c = read_text("month_id,country_id,sb\n500,50,6\n", "p.csv",
                             (vg_source_opts){ .countries = VG_S("/nowhere/c.csv") });
    assert_int_equal(c->err.code, VG_EIO);
    assert_true(vg_eq(c->err.at.file, VG_S("/nowhere/c.csv")));
    collected_drop(c);
}

static void cells_are_units_too(void **state)
{
    (void)state;
    collected *c = read_panel("month_id,pg_id,ged_sb\n500,147945,2\n500,259201,1\n", (vg_source_opts){ 0 });
    assert_int_equal(c->n_points, 1);
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->n_units, 0);
    assert_int_equal(c->point.kind, VG_UNIT_CELL);
    collected_drop(c);
}

static void other_panels_name_countries_by_gwcode_or_iso3(void **state)
{
    (void)state;
    collected *c = read_panel("month_id,gwcode,views_pred\n505,700,75.4\n", (vg_source_opts){ 0 });
    assert_int_equal(c->unit.unit, 700);
    CHECK_STR(c->unit.name, "Afghanistan");
    collected_drop(c);
    c = read_panel("iso3,month,refugees\nSSD,2024-03,17\nSSD,2024-05,19\n", (vg_source_opts){ 0 });
    assert_int_equal(c->n_points, 2); /* April is not known: only deaths without any zero are filled up */
    assert_int_equal(c->point.month, vg_month(2024, 3));
    collected_drop(c);
}

static void deaths_by_month_without_any_zero_are_filled_up_and_it_is_said(void **state)
{
    (void)state;
    collected *c = read_panel("iso3,month,deaths\nMLI,2024-01,5\nNER,2024-04,2\n", (vg_source_opts){ 0 });
    assert_int_equal(c->n_points, 8);
    CHECK_NEAR(c->value, 7, 0);
    assert_true(vg_find(c->found.why,
                        VG_S("6 absent months of its 2 countries from 2024-01 to 2024-04 count zero")) >= 0);
    collected_drop(c);
    c = read_panel("iso3,month,deaths\nMLI,2024-01,5\nNER,2024-03,0\n", (vg_source_opts){ 0 });
    assert_int_equal(c->n_points, 2); /* it knows zero: an absent month is not known */
    collected_drop(c);
}

static void the_sample_that_is_compiled_in_is_read_whole(void **state)
{
    (void)state;
    collected *c = read_bytes(vg_source_sample(), "sample.csv", (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->found.n_rows, 13838);
    assert_int_equal(c->n_points, 121 * 432);
    assert_int_equal(c->n_units, 121);
    assert_int_equal(c->found.about.first_month, vg_month(1989, 1));
    assert_int_equal(c->found.about.last_month, vg_month(2024, 12));
    assert_true(vg_find(vg_source_sample_notice(), VG_S("CC BY 4.0")) >= 0);
    collected_drop(c);
}

static void a_hole_in_the_header_is_told(void **state)
{
    (void)state;
    collected *c = read_text("month_id,sb\n500,1\n", "p.csv", (vg_source_opts){ .as = VG_S("views-panel") });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.what, "columns missing: country_id"));
    assert_non_null(strstr(c->err.why, "month_id, sb"));
    collected_drop(c);
}

static void the_views_panel_of_2024_is_read_whole(void **state)
{
    (void)state;
    collected *c = read_path(need_shared("data/conflict/views_cm_sb.csv.gz"), (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_points, 77945);
    assert_int_equal(c->n_rejects, 0);
    assert_int_equal(c->n_units, 213);
    assert_int_equal(c->found.about.first_month, 121);
    assert_int_equal(c->found.about.last_month, 535);
    CHECK_NEAR(c->value, 2227220, 0);
    collected_drop(c);
}

static void the_older_actuals_of_the_challenge_are_read(void **state)
{
    (void)state;
    collected *c =
        read_path(need_shared("data/conflict/challenge_cm_actuals_2018_2021.csv.gz"), (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_points, 4 * 2292);
    collected_drop(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_panel_is_read_with_the_built_in_countries),
        cmocka_unit_test(sb_is_taken_whatever_its_column_else_the_first_number),
        cmocka_unit_test(a_months_second_number_for_a_unit_is_a_conflict),
        cmocka_unit_test(bad_rows_are_refused_and_the_others_kept),
        cmocka_unit_test(a_countries_file_beside_the_panel_explains_its_numbers),
        cmocka_unit_test(a_countries_file_that_is_none_is_an_error_with_its_name),
        cmocka_unit_test(cells_are_units_too),
        cmocka_unit_test(other_panels_name_countries_by_gwcode_or_iso3),
        cmocka_unit_test(deaths_by_month_without_any_zero_are_filled_up_and_it_is_said),
        cmocka_unit_test(the_sample_that_is_compiled_in_is_read_whole),
        cmocka_unit_test(a_hole_in_the_header_is_told),
        cmocka_unit_test(the_views_panel_of_2024_is_read_whole),
        cmocka_unit_test(the_older_actuals_of_the_challenge_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
