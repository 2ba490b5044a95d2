/* Series of several variables, flows, regions' panels, and stores of schema 1. */
#include "prop.h"
#include "store/store_int.h"
#include "store/test_int.h"

static void feed_variable(vg_import *im, int32_t unit, int32_t month, const char *variable, double value)
{
    vg_err e = VG_NO_ERR;
    vg_sink *s = vg_import_sink(im);
    vg_point p = {
        .kind = VG_UNIT_ADMIN1, .unit = unit, .month = month, .value = value, .variable = vg_str_z(variable)
    };
    CHECK_OK(s->point(s->ctx, &p, VG_NOWHERE, &e), &e);
}

static void feed_unit(vg_import *im, int32_t unit, const char *name)
{
    vg_err e = VG_NO_ERR;
    vg_sink *s = vg_import_sink(im);
    CHECK_OK(s->unit(s->ctx, &(vg_unit){ .unit = unit, .name = vg_str_z(name) }, &e), &e);
}

static void feed_flow(vg_import *im, int32_t from, int32_t to, int32_t month, const char *reason,
                      int64_t people)
{
    vg_err e = VG_NO_ERR;
    vg_sink *s = vg_import_sink(im);
    vg_flow_record f = { VG_UNIT_ADMIN1, from, to, month, vg_str_z(reason), people };
    CHECK_OK(s->flow(s->ctx, &f, VG_NOWHERE, &e), &e);
}

static const vg_vintage REGIONS = { .source = { "regions", 7 },
                                    .scope = { "SOM", 3 },
                                    .variable = { "arrivals", 8 } };

/* Two regions: arrivals in months 481 and 483, rain in 481 and 482 of the first one. */
static vg_vintage import_regions(vg_store *st, const char *version, double shift)
{
    vg_vintage about = REGIONS;
    about.version = vg_str_z(version);
    vg_import *im = begin_import(st, &about);
    feed_unit(im, 706011, "Awdal");
    feed_unit(im, 706024, "Bay");
    feed_variable(im, 706011, 481, "", 100 + shift);
    feed_variable(im, 706011, 481, "rainfall_mm", 6.5 + shift);
    feed_variable(im, 706011, 482, "rainfall_mm", 0);
    feed_variable(im, 706024, 483, "", 7 + shift);
    return end_import(im, &about);
}

static vg_panel panel_of(fixture *f, const char *variable, vg_unit_kind kind)
{
    vg_panel p = { .n_units = 0 };
    vg_panel_query q = { .source = VG_S("regions"), .variable = vg_str_z(variable), .kind = kind };
    CHECK_OK(vg_store_panel(f->st, &q, &f->a, &p, &f->e), &f->e);
    return p;
}

static void a_vintage_answers_for_each_of_its_variables(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage v = import_regions(f.st, "1", 0);
    assert_int_equal(v.n_accepted, 4);
    vg_variable *variable;
    int64_t n;
    CHECK_OK(vg_store_variables(f.st, v.id, &f.a, &variable, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    CHECK_STR(variable[0].name, "arrivals");
    CHECK_STR(variable[1].name, "rainfall_mm");
    assert_int_equal(variable[1].n_points, 2);
    assert_int_equal(variable[1].kinds, 1 << VG_UNIT_ADMIN1);

    vg_panel own = panel_of(&f, "", VG_UNIT_ADMIN1), named = panel_of(&f, "arrivals", VG_UNIT_ADMIN1);
    vg_panel rain = panel_of(&f, "rainfall_mm", VG_UNIT_ADMIN1);
    CHECK_STR(own.variable, "arrivals");
    CHECK_STR(rain.variable, "rainfall_mm");
    CHECK_NEAR(panel_at(&own, 706011, 481), 100, 0);
    CHECK_NEAR(panel_at(&named, 706011, 481), 100, 0);
    CHECK_NEAR(panel_at(&rain, 706011, 481), 6.5, 0);
    fixture_close(&f);
}

static void a_month_of_a_region_without_a_row_is_not_known_and_zero_stays_zero(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_regions(f.st, "1", 0);
    vg_panel own = panel_of(&f, "", VG_UNIT_ADMIN1), rain = panel_of(&f, "rainfall_mm", VG_UNIT_ADMIN1);
    assert_true(isnan(panel_at(&own, 706011, 482)) && isnan(panel_at(&own, 706024, 481)));
    CHECK_NEAR(panel_at(&rain, 706011, 482), 0, 0);
    assert_true(isnan(panel_at(&rain, 706011, 483)));
    fixture_close(&f);
}

/* What a row of a single variable was in schema 1 it still is, so that old programs' files and new ones are one. */
static void rows_of_the_own_variable_are_as_in_schema_1(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_regions(f.st, "1", 0);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM series WHERE kind = 3"), 2);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM series s JOIN name n ON n.id = s.kind >> 3"
                                     " WHERE n.text = 'rainfall_mm' AND s.kind & 7 = 3"),
                     2);
    fixture_close(&f);
}

static void panels_of_regions_bring_the_vintages_names(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_regions(f.st, "1", 0);
    vg_panel rain = panel_of(&f, "rainfall_mm", VG_UNIT_ADMIN1);
    assert_int_equal(rain.n_units, 2);
    CHECK_STR(rain.unit[0].name, "Awdal");
    CHECK_STR(rain.unit[1].name, "Bay");
    assert_true(isnan(rain.value[rain.n_months]));
    fixture_close(&f);
}

static void a_newer_release_takes_over_each_variable(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_regions(f.st, "1", 0);
    vg_vintage second = import_regions(f.st, "2", 1000);
    assert_int_equal(second.supersedes, 1);
    vg_panel own = panel_of(&f, "", VG_UNIT_ADMIN1), rain = panel_of(&f, "rainfall_mm", VG_UNIT_ADMIN1);
    CHECK_NEAR(panel_at(&own, 706011, 481), 1100, 0);
    CHECK_NEAR(panel_at(&rain, 706011, 481), 1006.5, 0);
    fixture_close(&f);
}

static void a_variable_that_is_not_there_is_an_error_that_lists_what_is(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_regions(f.st, "1", 0);
    vg_panel p;
    vg_panel_query q = { .variable = VG_S("snow"), .kind = VG_UNIT_ADMIN1 };
    assert_false(vg_store_panel(f.st, &q, &f.a, &p, &f.e));
    assert_int_equal(f.e.code, VG_ENODATA);
    assert_true(vg_find(vg_str_z(f.e.why), VG_S("regions SOM arrivals")) >= 0);
    f.e = VG_NO_ERR;
    vg_panel_query country = { .source = VG_S("regions") };
    assert_false(vg_store_panel(f.st, &country, &f.a, &p, &f.e));
    fixture_close(&f);
}

static void one_variable_twice_with_other_content_is_refused(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_import *im = begin_import(f.st, &REGIONS);
    feed_variable(im, 706011, 481, "", 1);
    feed_variable(im, 706011, 481, "ndvi", 1);
    feed_variable(im, 706011, 481, "ndvi", 1);
    feed_variable(im, 706011, 481, "ndvi", 2);
    vg_vintage v = end_import(im, &REGIONS);
    assert_int_equal(v.n_accepted, 2);
    assert_int_equal(v.n_duplicates, 1);
    assert_int_equal(v.n_rejected, 1);
    fixture_close(&f);
}

/* --- flows --- */

static vg_vintage import_flows(vg_store *st, const char *version, int64_t people)
{
    vg_vintage about = REGIONS;
    about.version = vg_str_z(version);
    vg_import *im = begin_import(st, &about);
    feed_flow(im, 706024, 706011, 481, "Drought", people);
    feed_flow(im, 706024, 706011, 481, "Flood", 5);
    feed_flow(im, 0, 706011, 482, "", 6);
    feed_flow(im, 706011, 706024, 482, "Drought", 0);
    return end_import(im, &about);
}

static int64_t ask_flows(fixture *f, vg_flow_query q, vg_flow_record **out)
{
    int64_t n = 0;
    CHECK_OK(vg_store_flows(f->st, &q, &f->a, out, &n, NULL, NULL, &f->e), &f->e);
    return n;
}

static void flows_come_back_ordered_and_can_be_asked_for_by_end_reason_and_month(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage v = import_flows(f.st, "1", 26);
    assert_int_equal(v.n_accepted, 4);
    assert_int_equal(v.first_month, 481);
    vg_flow_record *flow;
    assert_int_equal(ask_flows(&f, (vg_flow_query){ .to = 0 }, &flow), 4);
    CHECK_STR(flow[0].reason, "Drought");
    assert_int_equal(flow[0].people, 26);
    assert_int_equal(flow[2].from, 0);
    assert_int_equal(flow[2].reason.n, 0);
    assert_int_equal(flow[3].people, 0);
    assert_int_equal(ask_flows(&f, (vg_flow_query){ .to = 706011 }, &flow), 3);
    assert_int_equal(ask_flows(&f, (vg_flow_query){ .reason = VG_S("Flood") }, &flow), 1);
    assert_int_equal(ask_flows(&f, (vg_flow_query){ .first_month = 482 }, &flow), 2);
    assert_int_equal(ask_flows(&f, (vg_flow_query){ .from = 706024, .last_month = 481 }, &flow), 2);
    fixture_close(&f);
}

static void a_newer_release_of_flows_owns_its_months_and_is_named(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_flows(f.st, "1", 26);
    import_flows(f.st, "2", 27);
    vg_flow_record *flow;
    int64_t n, *vintage;
    int32_t n_vintages;
    vg_flow_query q = { .source = VG_S("regions") };
    CHECK_OK(vg_store_flows(f.st, &q, &f.a, &flow, &n, &vintage, &n_vintages, &f.e), &f.e);
    assert_int_equal(n, 4);
    assert_int_equal(flow[0].people, 27);
    assert_int_equal(n_vintages, 1);
    assert_int_equal(vintage[0], 2);
    fixture_close(&f);
}

static void a_flow_of_fewer_than_none_and_one_told_twice_are_refused(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_import *im = begin_import(f.st, &REGIONS);
    feed_flow(im, 1, 2, 481, "Drought", 5);
    feed_flow(im, 1, 2, 481, "Drought", 5);
    feed_flow(im, 1, 2, 481, "Drought", 6);
    feed_flow(im, 1, 2, 481, "Flood", -1);
    vg_vintage v = end_import(im, &REGIONS);
    assert_int_equal(v.n_accepted, 1);
    assert_int_equal(v.n_duplicates, 1);
    assert_int_equal(v.n_rejected, 2);
    fixture_close(&f);
}

static void no_flows_is_an_error_that_says_so(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    import_regions(f.st, "1", 0);
    vg_flow_record *flow;
    int64_t n;
    assert_false(vg_store_flows(f.st, &(vg_flow_query){ .to = 1 }, &f.a, &flow, &n, NULL, NULL, &f.e));
    assert_int_equal(f.e.code, VG_ENODATA);
    assert_true(vg_starts(vg_str_z(f.e.what), VG_S("no flow of people is known for provinces")));
    fixture_close(&f);
}

/* --- schema 1 --- */

/* What a store of schema 1 is: the same file without what schema 2 added. */
static const char SCHEMA_1[] =
    "'name','vintage','event','series','unit','reject','run','run_vintage','result','decision','audit'";

static void drop_newer_tables(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    char sql[300], drop[4000] = "";
    snprintf(sql, sizeof sql, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN (%s)",
             SCHEMA_1);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        size_t have = strlen(drop);
        snprintf(drop + have, sizeof drop - have, "DROP TABLE %s;",
                 (const char *)sqlite3_column_text(stmt, 0));
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    assert_true(strlen(drop) > 0);
    raw_sql(path, drop);
    raw_sql(path, "PRAGMA user_version = 1");
}

static void make_older(fixture *f)
{
    vg_import *im =
        begin_import(f->st, &(vg_vintage){ .source = VG_S("views-panel"), .variable = VG_S("sb") });
    feed_point(im, 432, 481, 12);
    feed_point(im, 432, 482, 0);
    end_import(im, &(vg_vintage){ .source = VG_S("views-panel"), .variable = VG_S("sb") });
    vg_store_close(f->st);
    f->st = NULL;
    drop_newer_tables(f->path);
}

static void a_store_of_schema_1_is_read_as_it_is(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    make_older(&f);
    f.st = open_store(f.path, VG_STORE_READ);
    vg_panel p;
    vg_panel_query q = { .source = VG_S("views-panel"), .variable = VG_S("sb") };
    CHECK_OK(vg_store_panel(f.st, &q, &f.a, &p, &f.e), &f.e);
    CHECK_NEAR(panel_at(&p, 432, 481), 12, 0);
    assert_int_equal(raw_sql(f.path, "PRAGMA user_version"), 1);
    fixture_close(&f);
}

static void a_store_of_schema_1_is_upgraded_once_when_it_is_written(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    make_older(&f);
    f.st = open_store(f.path, VG_STORE_WRITE);
    assert_int_equal(raw_sql(f.path, "PRAGMA user_version"), VG_STORE_SCHEMA);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE action = 'upgrade'"), 1);
    import_regions(f.st, "1", 0);
    import_flows(f.st, "2", 3);
    vg_panel p;
    vg_panel_query q = { .source = VG_S("views-panel") };
    CHECK_OK(vg_store_panel(f.st, &q, &f.a, &p, &f.e), &f.e);
    CHECK_NEAR(panel_at(&p, 432, 481), 12, 0);
    CHECK_NEAR(panel_at(&p, 432, 482), 0, 0);
    vg_audit_report log;
    CHECK_OK(vg_audit_verify(f.st, &log, &f.e), &f.e);
    assert_int_equal(log.broken_at, 0);
    vg_store_close(f.st);
    f.st = open_store(f.path, VG_STORE_WRITE);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE action = 'upgrade'"), 1);
    fixture_close(&f);
}

static void a_reader_of_schema_1_follows_an_upgrade_by_another(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    make_older(&f);
    f.st = open_store(f.path, VG_STORE_READ);
    vg_store *writer = open_store(f.path, VG_STORE_WRITE);
    import_regions(writer, "1", 0);
    vg_store_close(writer);
    vg_panel rain = panel_of(&f, "rainfall_mm", VG_UNIT_ADMIN1);
    CHECK_NEAR(panel_at(&rain, 706011, 481), 6.5, 0);
    vg_panel own = panel_of(&f, "", VG_UNIT_ADMIN1);
    CHECK_NEAR(panel_at(&own, 706011, 481), 100, 0);
    fixture_close(&f);
}

/* An upgrade that fails in the middle (a table of that name is there) leaves the store as it was. */
static void an_upgrade_is_whole_or_not_at_all(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    make_older(&f);
    raw_sql(f.path, "CREATE TABLE vintage_flow (x INTEGER)");
    vg_store *st = NULL;
    assert_false(vg_store_open(f.path, VG_STORE_WRITE, &st, &f.e));
    assert_int_equal(raw_sql(f.path, "PRAGMA user_version"), 1);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM sqlite_schema WHERE name = 'vintage_variable'"),
                     0);
    fixture_close(&f);
}

/* --- property --- */

/* Numbers of random variables, units and months, each place once: every panel gives back what was put in. */
static const char *what_goes_in_comes_out(vg_rng *r)
{
    static const char *const name[] = { "", "a", "b" };
    double put[3][4][6];
    fixture f;
    fixture_open(&f);
    vg_import *im = begin_import(f.st, &REGIONS);
    feed_variable(im, 1, 481, "", 1);
    feed_variable(im, 1, 481, "a", 1), feed_variable(im, 1, 481, "b", 1);
    for (int v = 0; v < 3; v++)
        for (int32_t u = 0; u < 4; u++)
            for (int32_t m = 0; m < 6; m++) {
                bool given = vg_rng_u64(r) % 3 != 0, first = u == 0 && m == 0;
                put[v][u][m] = first ? 1 : given ? (double)(vg_rng_u64(r) % 100) : NAN;
                if (given && !first)
                    feed_variable(im, u + 1, 481 + m, name[v], put[v][u][m]);
            }
    end_import(im, &REGIONS);
    const char *wrong = NULL;
    for (int v = 0; v < 3; v++) {
        vg_panel p = panel_of(&f, name[v], VG_UNIT_ADMIN1);
        for (int32_t i = 0; i < p.n_units; i++)
            for (int32_t m = 0; m < p.n_months; m++) {
                double got = p.value[(int64_t)i * p.n_months + m], want = put[v][p.unit[i].unit - 1][m];
                if (!(isnan(got) && isnan(want)) && !(got >= want && got <= want))
                    wrong = "a number differs";
            }
    }
    fixture_close(&f);
    return wrong;
}

static void every_number_put_in_comes_out(void **state)
{
    (void)state;
    check_property("every_number_put_in_comes_out", what_goes_in_comes_out, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vintage_answers_for_each_of_its_variables),
        cmocka_unit_test(a_month_of_a_region_without_a_row_is_not_known_and_zero_stays_zero),
        cmocka_unit_test(rows_of_the_own_variable_are_as_in_schema_1),
        cmocka_unit_test(panels_of_regions_bring_the_vintages_names),
        cmocka_unit_test(a_newer_release_takes_over_each_variable),
        cmocka_unit_test(a_variable_that_is_not_there_is_an_error_that_lists_what_is),
        cmocka_unit_test(one_variable_twice_with_other_content_is_refused),
        cmocka_unit_test(flows_come_back_ordered_and_can_be_asked_for_by_end_reason_and_month),
        cmocka_unit_test(a_newer_release_of_flows_owns_its_months_and_is_named),
        cmocka_unit_test(a_flow_of_fewer_than_none_and_one_told_twice_are_refused),
        cmocka_unit_test(no_flows_is_an_error_that_says_so),
        cmocka_unit_test(a_store_of_schema_1_is_read_as_it_is),
        cmocka_unit_test(a_store_of_schema_1_is_upgraded_once_when_it_is_written),
        cmocka_unit_test(a_reader_of_schema_1_follows_an_upgrade_by_another),
        cmocka_unit_test(an_upgrade_is_whole_or_not_at_all),
        cmocka_unit_test(every_number_put_in_comes_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
