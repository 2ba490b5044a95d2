/* Scoring of files: the three forms, what does not match, what is refused, and that order and threads do not matter. */
#include "forecast/forecast.h"

#include "core/rng.h"
#include "test.h"

enum { UNITS = 40, MONTHS = 30, DRAWS = 60 }; /* 1,200 rows: more than two batches */
static char dir[256], forecast[300], actuals[300];

static double draw_at(int unit, int month, int k)
{
    vg_rng r = vg_rng_at((uint64_t)unit, (uint64_t)(month * 1000 + k));
    return unit % 3 ? 0 : vg_rng_below(&r, 500);
}

static double outcome_at(int unit, int month)
{
    return (unit * 7 + month * 3) % 11 * (unit % 3 == 0);
}

static void write_actuals(int first_unit)
{
    vg_err e = VG_NO_ERR;
    vg_out o;
    CHECK_OK(vg_out_path(&o, actuals, &e), &e);
    vg_put(&o, VG_S("month_id,country_id,outcome\n"));
    for (int u = first_unit; u < UNITS; u++)
        for (int m = 0; m < MONTHS; m++)
            vg_print(&o, "%d,%d,%g\n", 400 + m, u, outcome_at(u, m));
    CHECK_OK(vg_out_end(&o, &e), &e);
}

static void write_wide(void)
{
    vg_err e = VG_NO_ERR;
    vg_out o;
    CHECK_OK(vg_out_path(&o, forecast, &e), &e);
    vg_put(&o, VG_S("month_id,country_id"));
    for (int k = 0; k < DRAWS; k++)
        vg_print(&o, ",draw_%d", k + 1);
    for (int u = 0; u < UNITS; u++)
        for (int m = 0; m < MONTHS; m++) {
            vg_print(&o, "\n%d,%d", 400 + m, u);
            for (int k = 0; k < DRAWS; k++)
                vg_print(&o, ",%g", draw_at(u, m, k));
        }
    vg_put(&o, VG_S("\n"));
    CHECK_OK(vg_out_end(&o, &e), &e);
}

static void write_long(void)
{
    vg_err e = VG_NO_ERR;
    vg_out o;
    CHECK_OK(vg_out_path(&o, forecast, &e), &e);
    vg_put(&o, VG_S("country_id;month_id;draw;outcome\n"));
    for (int u = 0; u < UNITS; u++)
        for (int m = 0; m < MONTHS; m++)
            for (int k = 0; k < DRAWS; k++)
                vg_print(&o, "%d;%d;%d;%g\n", u, 400 + m, k, draw_at(u, m, k));
    CHECK_OK(vg_out_end(&o, &e), &e);
}

/* The scores of the same draws, without files. */
static vg_scores expected(void)
{
    vg_scores s = { 0 };
    double x[DRAWS], scratch[DRAWS];
    for (int u = 0; u < UNITS; u++)
        for (int m = 0; m < MONTHS; m++) {
            for (int k = 0; k < DRAWS; k++)
                x[k] = draw_at(u, m, k);
            vg_sort_draws(x, DRAWS, scratch);
            vg_scores_add(&s, x, DRAWS, outcome_at(u, m));
        }
    return vg_score_means(&s);
}

static int begin(void **state)
{
    (void)state;
    temp_dir(dir);
    snprintf(forecast, sizeof forecast, "%s/forecast.csv.gz", dir);
    snprintf(actuals, sizeof actuals, "%s/actuals.csv", dir);
    return 0;
}

static int end(void **state)
{
    (void)state;
    remove(forecast);
    remove(actuals);
    return rmdir(dir);
}

static void check_report(int n_threads, const char *form)
{
    vg_err e = VG_NO_ERR;
    vg_score_report r;
    vg_scores want = expected();
    CHECK_OK(vg_score_files(forecast, actuals, n_threads, NULL, &r, &e), &e);
    CHECK_STR(r.form, form);
    assert_int_equal(r.n_draws, DRAWS);
    assert_int_equal(r.mean.n, UNITS * MONTHS);
    assert_int_equal(r.n_unmatched_forecasts + r.n_unmatched_actuals + r.n_rejected, 0);
    CHECK_NEAR(r.mean.crps, want.crps, 1e-9 * want.crps);
    CHECK_NEAR(r.mean.ign, want.ign, 1e-9);
    CHECK_NEAR(r.mean.mis, want.mis, 1e-9 * want.mis);
    assert_int_equal(r.mean.in90, want.in90);
}

static void wide_and_long_files_score_as_their_draws_do(void **state)
{
    (void)state;
    write_actuals(0);
    write_wide();
    check_report(1, "draws wide");
    check_report(2, "draws wide");
    write_long();
    check_report(2, "draws long");
}

static void rows_without_a_partner_are_counted_on_both_sides(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_score_report r;
    vg_out o;
    write_actuals(30);
    write_wide();
    CHECK_OK(vg_score_files(forecast, actuals, 2, NULL, &r, &e), &e);
    assert_int_equal(r.mean.n, 10 * MONTHS);
    assert_int_equal(r.n_unmatched_forecasts, 30 * MONTHS);
    CHECK_OK(vg_out_path(&o, forecast, &e), &e);
    vg_put(&o, VG_S("month_id,country_id,a,b\n400,35,1,2\n"));
    CHECK_OK(vg_out_end(&o, &e), &e);
    CHECK_OK(vg_score_files(forecast, actuals, 2, NULL, &r, &e), &e);
    assert_int_equal(r.n_unmatched_actuals, 10 * MONTHS - 1);
}

static void quantiles_are_scored_by_twice_the_pinball_loss(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_score_report r;
    vg_out o;
    CHECK_OK(vg_out_path(&o, forecast, &e), &e);
    vg_put(&o, VG_S("month_id,country_id,q0.05,q0.5,q0.95\n400,1,0,4,20\n401,1,5,6,7\n"));
    CHECK_OK(vg_out_end(&o, &e), &e);
    CHECK_OK(vg_out_path(&o, actuals, &e), &e);
    vg_put(&o, VG_S("month_id,country_id,sb\n400,1,10\n401,1,0\n"));
    CHECK_OK(vg_out_end(&o, &e), &e);
    CHECK_OK(vg_score_files(forecast, actuals, 2, NULL, &r, &e), &e);
    CHECK_STR(r.form, "quantiles");
    double first = 2 * (0.05 * 10 + 0.5 * 6 + 0.05 * 10) / 3,
           second = 2 * (0.95 * 5 + 0.5 * 6 + 0.05 * 7) / 3;
    CHECK_NEAR(r.mean.crps, (first + second) / 2, 1e-12);
    CHECK_NEAR(r.mean.mis, (20 + (2 + 20 * 5)) / 2.0, 1e-9);
    assert_int_equal(r.mean.in90, 1);
    assert_true(isnan(r.mean.ign));
}

static void bad_rows_are_refused_and_the_good_ones_scored(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_score_report r;
    vg_out o;
    write_actuals(0);
    CHECK_OK(vg_out_path(&o, forecast, &e), &e);
    vg_put(&o, VG_S("month_id,country_id,a,b\n400,1,1,2\n400,2,-1,2\n400,3,,2\n400,4,nan,2\n400,5,7\nx,6,1,"
                    "2\n401,1,3,4\n"));
    CHECK_OK(vg_out_end(&o, &e), &e);
    CHECK_OK(vg_score_files(forecast, actuals, 2, NULL, &r, &e), &e);
    assert_int_equal(r.mean.n, 2);
    assert_int_equal(r.n_rejected, 5);
}

static void files_that_cannot_be_scored_say_why(void **state)
{
    (void)state;
    const struct {
        const char *forecast, *actuals, *what;
    } cases[] = {
        { "a,b\n1,2\n", "month_id,country_id,sb\n400,1,0\n", "no column for the month" },
        { "month_id,country_id,d\n400,1,0\n", "month_id,country_id,sb\n400,1,0\n400,1,5\n",
          "second outcome" },
        { "month_id,country_id,d\n400,1,0\n", "month_id,country_id,sb\n400,1,\n", "no outcome" },
        { "month_id,country_id\n400,1\n", "month_id,country_id,sb\n400,1,3\n", "columns of draws" },
        { "month_id,country_id,d\n500,1,0\n", "month_id,country_id,sb\n400,1,3\n",
          "no row of the forecast could be scored" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vg_err e = VG_NO_ERR;
        vg_score_report r;
        vg_out o;
        CHECK_OK(vg_out_path(&o, forecast, &e), &e);
        vg_put(&o, vg_str_z(cases[i].forecast));
        CHECK_OK(vg_out_end(&o, &e), &e);
        CHECK_OK(vg_out_path(&o, actuals, &e), &e);
        vg_put(&o, vg_str_z(cases[i].actuals));
        CHECK_OK(vg_out_end(&o, &e), &e);
        assert_false(vg_score_files(forecast, actuals, 2, NULL, &r, &e));
        if (!strstr(e.what, cases[i].what))
            fail_msg("\"%s\" does not say \"%s\"", e.what, cases[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wide_and_long_files_score_as_their_draws_do, begin, end),
        cmocka_unit_test_setup_teardown(rows_without_a_partner_are_counted_on_both_sides, begin, end),
        cmocka_unit_test_setup_teardown(quantiles_are_scored_by_twice_the_pinball_loss, begin, end),
        cmocka_unit_test_setup_teardown(bad_rows_are_refused_and_the_good_ones_scored, begin, end),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_scored_say_why, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
