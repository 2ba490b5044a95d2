/* Tests of counts by period: rates against their past, changes of level, the next period. */
#include "prop.h"
#include "stat/dist.h"
#include "stat/rate.h"

enum { N_PAST = 41, HOUR_LOOKS = 24 };

/* A negative binomial draw (size 0 = Poisson): quantiles at a random place. */
static double draw(vg_rng *r, double mean, double size)
{
    static double value[1000], for_mean = -1, for_size = -1;
    if (mean != for_mean || size != for_size) {
        if (size > 0)
            vg_negbin_draws(mean, mean + mean * mean / size, 1000, value);
        else
            vg_poisson_draws(mean, 1000, value);
        for_mean = mean;
        for_size = size;
    }
    return value[vg_rng_below(r, 1000)];
}

static void full(double *hours)
{
    for (int i = 0; i < N_PAST; i++)
        hours[i] = 24;
}

static void a_rate_is_tested_against_poisson_gamma_where_the_past_is_even(void **state)
{
    (void)state;
    double past[N_PAST], hours[N_PAST];
    full(hours);
    for (int i = 0; i < N_PAST; i++)
        past[i] = 2;
    vg_rate_verdict v = vg_rate_test(6, 24, past, hours, N_PAST);
    /* Negative binomial, 82.5 successes of chance 41/42: P(K >= 6), summed by hand with the recursion of its terms. */
    double term = pow(41.0 / 42, 82.5), below = 0;
    for (int k = 0; k < 6; k++) {
        below += term;
        term *= (82.5 + k) / (k + 1) / 42;
    }
    CHECK_NEAR(v.p, 1 - below, 1e-12);
    CHECK_NEAR(v.expected, 82.5 / 41, 1e-12);
    assert_true(isinf(v.size));
}

static void hours_nobody_watched_are_left_out_and_not_counted_as_quiet(void **state)
{
    (void)state;
    double past[N_PAST], hours[N_PAST], few[N_PAST], few_hours[N_PAST];
    int n = 0;
    full(hours);
    for (int i = 0; i < N_PAST; i++) {
        past[i] = 3 + i % 3;
        if (i % 2) {
            hours[i] = 0; /* nobody there */
            past[i] = 0;
            continue;
        }
        few[n] = past[i];
        few_hours[n++] = 24;
    }
    vg_rate_verdict with = vg_rate_test(9, 24, past, hours, N_PAST),
                    without = vg_rate_test(9, 24, few, few_hours, n);
    CHECK_NEAR(with.p, without.p, 0);
    vg_rate_verdict half = vg_rate_test(9, 12, past, hours, N_PAST);
    assert_true(half.p < with.p); /* nine within half the hours are stranger */
    assert_true(isnan(vg_rate_test(9, 24, past, hours, VG_RATE_LEAST - 1).p));
    assert_true(isnan(vg_rate_test(9, 0, past, hours, N_PAST).p));
}

static const char *more_is_stranger(vg_rng *r)
{
    double past[N_PAST], hours[N_PAST];
    double mean = 20 * vg_rng_unit(r), size = vg_rng_below(r, 2) ? .5 + 5 * vg_rng_unit(r) : 0;
    for (int i = 0; i < N_PAST; i++) {
        past[i] = draw(r, mean, size);
        hours[i] = 1 + 23 * vg_rng_unit(r);
    }
    double before = 1;
    for (int k = 0; k < 60; k++) {
        double p = vg_rate_test(k, 24, past, hours, N_PAST).p;
        if (!(p >= 0 && p <= before + 1e-12))
            return "p is not falling with the count";
        before = p;
    }
    return NULL;
}

static void p_falls_with_the_count(void **state)
{
    (void)state;
    check_property("more_is_stranger", more_is_stranger, 200);
}

/* Years of a series without a change, looked at every hour: episodes of alarm a year. A day's wildness is one factor. */
static double false_alarms_a_year(double a_day, double size, uint64_t seed)
{
    enum { YEARS = 6, HOURS = YEARS * 365 * 24 };
    static double sum[HOURS + 1];
    vg_rng r = vg_rng_at(seed, 7);
    double hours[N_PAST], past[N_PAST];
    full(hours);
    for (int d = 0; d < HOURS / 24; d++) {
        int32_t today = (int32_t)draw(&r, a_day, size), in[24] = { 0 };
        while (today-- > 0)
            in[vg_rng_below(&r, 24)]++;
        for (int h = 0; h < 24; h++)
            sum[24 * d + h + 1] = sum[24 * d + h] + in[h];
    }
    int episodes = 0, last = -1000;
    for (int t = (N_PAST + 1) * 24; t <= HOURS; t++) {
        for (int i = 0; i < N_PAST; i++)
            past[i] = sum[t - 24 * (i + 1)] - sum[t - 24 * (i + 2)];
        double now = sum[t] - sum[t - 24];
        if (now < 2 || !(vg_rate_test(now, 24, past, hours, N_PAST).p < 1.0 / 365 / VG_RATE_LOOKS))
            continue;
        episodes += t - last > 24;
        last = t;
    }
    return (double)episodes / YEARS;
}

static void an_hourly_look_gives_about_one_false_alarm_a_year(void **state)
{
    (void)state;
    static const double world[][2] = { { .3, 0 }, { 2, 0 }, { 10, 0 }, { 10, 5 }, { 50, 2 } };
    for (int i = 0; i < 5; i++) {
        double a_year = false_alarms_a_year(world[i][0], world[i][1], 3);
        print_message("%g a day, size %g: %.2f false alarms a year\n", world[i][0], world[i][1], a_year);
        assert_true(a_year <= 2);
    }
}

static void a_step_is_found_where_it_is(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    double y[60];
    assert_true(vg_arena_init(&a, 1 << 20, &e));
    vg_rng r = vg_rng_at(5, 0);
    for (int i = 0; i < 60; i++)
        y[i] = draw(&r, i < 40 ? 6 : 30, 4);
    y[10] = NAN;
    vg_rate_stretch *s;
    int32_t n;
    CHECK_OK(vg_rate_changes(y, 60, &(vg_rate_opts){ 0 }, &a, &s, &n, &e), &e);
    assert_int_equal(n, 2);
    assert_true(s[1].from >= 39 && s[1].from <= 41);
    assert_true(s[0].from == 0 && s[0].to == s[1].from && s[1].to == 60);
    assert_true(s[1].mean > 3 * s[0].mean);
    y[3] = -1;
    assert_false(vg_rate_changes(y, 60, &(vg_rate_opts){ 0 }, &a, &s, &n, &e));
    assert_int_equal(e.code, VG_ERANGE);
    vg_arena_free(&a);
}

static void a_series_without_a_change_has_one_in_a_twentieth_of_all_cases(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    assert_true(vg_arena_init(&a, 1 << 20, &e));
    int found = 0;
    enum { CASES = 100 };
    for (int k = 0; k < CASES; k++) {
        double y[48];
        vg_rng r = vg_rng_at(100, (uint64_t)k);
        for (int i = 0; i < 48; i++)
            y[i] = draw(&r, 8, 1.5);
        vg_arena scratch = a;
        vg_rate_stretch *s;
        int32_t n;
        CHECK_OK(vg_rate_changes(y, 48, &(vg_rate_opts){ .seed = 1 }, &scratch, &s, &n, &e), &e);
        found += n > 1;
    }
    print_message("%d of %d series without a change were cut\n", found, CASES);
    assert_in_range(found, 0, 12); /* 5 expected, binomial 99.5 % */
    vg_arena_free(&a);
}

static void the_next_period_follows_the_level_and_says_how_sure(void **state)
{
    (void)state;
    double y[40];
    for (int i = 0; i < 40; i++)
        y[i] = 12;
    vg_rate_outlook o = vg_rate_next(y, 40);
    CHECK_NEAR(o.median, 12, 1e-9);
    assert_true(o.low <= o.median && o.median <= o.high);
    y[39] = NAN;
    CHECK_NEAR(vg_rate_next(y, 40).median, 12, 1e-9);
    for (int i = 30; i < 40; i++)
        y[i] = 90;
    o = vg_rate_next(y, 40);
    assert_true(o.median > 40 && o.high > o.low);
    assert_true(isnan(vg_rate_next(y, 5).median));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_tested_against_poisson_gamma_where_the_past_is_even),
        cmocka_unit_test(hours_nobody_watched_are_left_out_and_not_counted_as_quiet),
        cmocka_unit_test(p_falls_with_the_count),
        cmocka_unit_test(an_hourly_look_gives_about_one_false_alarm_a_year),
        cmocka_unit_test(a_step_is_found_where_it_is),
        cmocka_unit_test(a_series_without_a_change_has_one_in_a_twentieth_of_all_cases),
        cmocka_unit_test(the_next_period_follows_the_level_and_says_how_sure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
