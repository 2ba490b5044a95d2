/* Tests of series of monthly counts: reading, gaps, changes, forecasts beside the month before. */
#include "ceasefire/rates.h"
#include "core/date.h"
#include "core/rng.h"
#include "test.h"

static vg_arena arena;

static int setup(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    return vg_arena_init(&arena, 64 << 20, &e) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    vg_arena_free(&arena);
    return 0;
}

static const char *file_of(const char *text)
{
    static char path[300];
    char dir[256];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/counts.csv", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static void empty_cells_and_missing_months_are_not_known(void **state)
{
    (void)state;
    vg_rates *r;
    vg_err e = VG_NO_ERR;
    CHECK_OK(
        vg_rates_read(file_of("Month,North,South,Remark\n2020-03,4,,calm\n2020-01,0,7,x\n"), &arena, &r, &e),
        &e);
    assert_int_equal(r->n_columns, 2); /* a column of words is no series */
    assert_int_equal(r->n_months, 3);
    CHECK_STR(r->name[1], "South");
    CHECK_NEAR(r->count[0], 0, 0);
    assert_true(isnan(r->count[1]) && isnan(r->count[3 + 1]) && isnan(r->count[3 + 2]));
    CHECK_NEAR(r->count[2], 4, 0);
}

static void bad_rows_are_told_and_the_others_stay(void **state)
{
    (void)state;
    vg_rates *r;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_rates_read(file_of("m,n\n2020-01,4\nlast month,5\n2020-01,9\n2020-02\n2020-03,2\n"), &arena,
                           &r, &e),
             &e);
    assert_int_equal(r->n_rejects, 3);
    assert_int_equal(r->reject[0].why.at.line, 3);
    assert_int_equal(r->reject[1].why.code, VG_ECONFLICT);
    CHECK_NEAR(r->count[0], 4, 0);
    CHECK_NEAR(r->count[2], 2, 0);
}

static void a_bad_cell_is_told_and_the_rest_of_its_column_stays(void **state)
{
    (void)state;
    vg_rates *r;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_rates_read(
                 file_of("m,North,South,Remark\n2020-01,4,1,calm\n2020-02,n/a,-3,\n2020-03,\"1,234\",2,7 "
                         "shots\n2020-04,0,3,\n2020-05,6,,\n"),
                 &arena, &r, &e),
             &e);
    assert_int_equal(r->n_columns, 2); /* a column of words is left out without a word */
    CHECK_NEAR(r->count[0], 4, 0);
    assert_true(isnan(r->count[1]) && isnan(r->count[2]));
    CHECK_NEAR(r->count[3], 0, 0);
    CHECK_NEAR(r->count[4], 6, 0);
    assert_true(isnan(r->count[5 + 1]) && isnan(r->count[5 + 4]));
    CHECK_NEAR(r->count[5 + 3], 3, 0);
    assert_int_equal(r->n_rejects, 3);
    assert_int_equal(r->reject[0].why.at.line, 3);
    assert_int_equal(r->reject[1].why.at.line, 3);
    assert_true(r->reject[0].why.at.col < r->reject[1].why.at.col);
    assert_int_equal(r->reject[2].why.at.line, 4);
    CHECK_STR(vg_str_z(r->reject[1].why.what), "not a count, in the column \"South\": \"-3\"");
    CHECK_STR(r->reject[2].raw, "1,234");
}

static void a_table_without_months_or_counts_says_so(void **state)
{
    (void)state;
    vg_rates *r;
    vg_err e = VG_NO_ERR;
    assert_false(vg_rates_read(file_of("a,b\n1x,2\n"), &arena, &r, &e));
    assert_int_equal(e.code, VG_EPARSE);
    e = VG_NO_ERR;
    assert_false(vg_rates_read(file_of("a,b\n"), &arena, &r, &e));
    assert_int_equal(e.code, VG_ENODATA);
    e = VG_NO_ERR;
    assert_false(vg_rates_read(file_of("m,b\n2020-01,much\n"), &arena, &r, &e));
    assert_int_equal(e.code, VG_ENODATA);
    e = VG_NO_ERR;
    assert_false(vg_rates_read("/nowhere/counts.csv", &arena, &r, &e));
    assert_int_equal(e.code, VG_EIO);
}

/* A made-up series: calm, then ten times as much from the 31st month on. */
static void a_rise_is_found_and_forecasts_are_made_from_the_past_only(void **state)
{
    (void)state;
    static char text[4000];
    vg_rates *r;
    vg_rates_column x, shorter;
    vg_err e = VG_NO_ERR;
    size_t n = (size_t)snprintf(text, sizeof text, "month,all\n");
    for (int i = 0; i < 48; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d-%02d,%d\n", 2010 + i / 12, i % 12 + 1,
                              (i < 30 ? 3 : 30) + 7 * i % 5);
    CHECK_OK(vg_rates_read(file_of(text), &arena, &r, &e), &e);
    CHECK_OK(vg_rates_answer(r, 0, 0, &arena, &x, &e), &e);
    assert_int_equal(x.n_stretches, 2);
    assert_int_equal(x.stretch[1].from, 30);
    assert_int_equal(x.n_scored, 16);
    CHECK_OK(vg_rates_answer(r, 0, r->first_month + 47, &arena, &shorter, &e), &e);
    assert_int_equal(shorter.n_scored, 1);
    CHECK_NEAR(shorter.error, fabs(r->count[47] - vg_rate_next(r->count, 47).median), 1e-12);
    assert_false(vg_rates_answer(r, 1, 0, &arena, &x, &e));
}

/* The staged series counts press reports and ends in 2019; months after June 2017 played no part in choosing the weights
 * of vg_rate_next. Its rise within 2019 (12.8 a month in 2018, 20.0 in 2019) is not beyond its own scatter. */
static void on_months_not_seen_before_forecasts_beat_the_month_before(void **state)
{
    (void)state;
    vg_rates *r;
    vg_rates_column x;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_rates_read(need_shared("data/ceasefire/loc_india_pakistan_cfv_monthly.csv"), &arena, &r, &e),
             &e);
    CHECK_STR(r->name[r->n_columns - 1], "Total_cfv");
    CHECK_OK(vg_rates_answer(r, r->n_columns - 1, vg_month(2017, 7), &arena, &x, &e), &e);
    print_message("error %.2f, of the month before %.2f, in the interval %.2f, %d months\n", x.error,
                  x.naive_error, x.inside, x.n_scored);
    assert_true(x.error < x.naive_error);
    assert_true(x.inside > .7);
    int rises = 0;
    for (int32_t i = 1; i < x.n_stretches; i++)
        rises += r->first_month + x.stretch[i].from == vg_month(2016, 9) &&
                 x.stretch[i].mean > x.stretch[i - 1].mean;
    assert_int_equal(rises, 1);
}

/*
 * Official counts of one side along the same line: 971 in 2017, 2,140 in 2018, 3,479 in 2019, 5,133 in 2020 of which 2,470 up
 * to June, then by month 380, 278, 0, 1, 3, 2 up to June 2021 (India's Home Ministry in the Lok Sabha, 3 February and
 * 27 July 2021, as the press had it). Months of a year that has no monthly figures get an even share, with a scatter of a
 * fifth that stands for none in particular.
 */
static void the_rises_of_2019_and_2020_and_the_fall_after_february_2021_are_found(void **state)
{
    (void)state;
    static const double published[] = { 971, 2140, 3479, 2470, 2663 }, spring[] = { 380, 278, 0, 1, 3, 2 };
    double y[54];
    vg_rate_stretch *s;
    int32_t n, found[3] = { 0 };
    vg_err e = VG_NO_ERR;
    vg_rng r = vg_rng_at(2021, 2);
    for (int i = 0; i < 54; i++) {
        int part = i < 36 ? i / 12 : i < 42 ? 3 : 4;
        y[i] = i < 48 ? floor(published[part] / (i < 36 ? 12 : 6) * (.8 + .4 * vg_rng_unit(&r)))
                      : spring[i - 48];
    }
    CHECK_OK(vg_rate_changes(y, 54, &(vg_rate_opts){ 0 }, &arena, &s, &n, &e), &e);
    for (int32_t i = 1; i < n; i++) {
        found[0] += s[i].from >= 23 && s[i].from <= 25 && s[i].mean > s[i - 1].mean; /* January 2019 */
        found[1] += s[i].from >= 35 && s[i].from <= 37 && s[i].mean > s[i - 1].mean; /* January 2020 */
        found[2] += s[i].from == 50 && s[i].mean < s[i - 1].mean / 50;               /* after February 2021 */
    }
    for (int k = 0; k < 3; k++)
        assert_int_equal(found[k], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_cells_and_missing_months_are_not_known),
        cmocka_unit_test(bad_rows_are_told_and_the_others_stay),
        cmocka_unit_test(a_bad_cell_is_told_and_the_rest_of_its_column_stays),
        cmocka_unit_test(a_table_without_months_or_counts_says_so),
        cmocka_unit_test(a_rise_is_found_and_forecasts_are_made_from_the_past_only),
        cmocka_unit_test(on_months_not_seen_before_forecasts_beat_the_month_before),
        cmocka_unit_test(the_rises_of_2019_and_2020_and_the_fall_after_february_2021_are_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
