/* The challenge protocol on a made-up world, and alerts measured by it. */
#include "forecast/forecast.h"

#include "forecast/forecast_test.h"
#include "test.h"

static world w;

static vg_backtest run(vg_backtest_opts o)
{
    vg_err e = VG_NO_ERR;
    vg_backtest b;
    o.first_window = o.first_window ? o.first_window : 2014;
    o.last_window = o.last_window ? o.last_window : 2016;
    o.forecast.n_draws = 200;
    o.forecast.n_trees = 20;
    CHECK_OK(vg_backtest_run(&w.panel, &o, &b, &e), &e);
    return b;
}

static void exactly_zero_scores_the_mean_of_what_happened(void **state)
{
    (void)state;
    make_world(&w, 1);
    vg_backtest b = run((vg_backtest_opts){ .forecast.model = VG_MODEL_ZERO });
    for (int i = 0; i < 3; i++) {
        double sum = 0;
        for (int u = 0; u < WORLD_UNITS; u++)
            for (int m = 0; m < 12; m++)
                sum += w.value[u * WORLD_MONTHS + (9 + i) * 12 + m];
        CHECK_NEAR(b.score[i].crps, sum / WORLD_UNITS / 12, 1e-9);
        CHECK_NEAR(b.score[i].mis, 20 * sum / WORLD_UNITS / 12, 1e-9);
        assert_int_equal(b.score[i].n, WORLD_UNITS * 12);
    }
    CHECK_NEAR(b.mean.crps, (b.score[0].crps + b.score[1].crps + b.score[2].crps) / 3, 1e-12);
}

static void threads_change_no_score(void **state)
{
    (void)state;
    make_world(&w, 4);
    vg_backtest one = run((vg_backtest_opts){ .forecast.n_threads = 1 });
    vg_backtest many = run((vg_backtest_opts){ .forecast.n_threads = 3 });
    for (int i = 0; i < 3; i++)
        assert_memory_equal(&one.score[i], &many.score[i], sizeof(vg_scores));
}

static void the_forest_beats_conflictology_in_a_world_with_memory(void **state)
{
    (void)state;
    make_world(&w, 6);
    vg_backtest ours = run((vg_backtest_opts){ .forecast.model = VG_MODEL_FOREST });
    vg_backtest base = run((vg_backtest_opts){ .forecast.model = VG_MODEL_CONFLICTOLOGY });
    assert_true(ours.mean.crps < base.mean.crps);
    assert_true(ours.mean.ign < base.mean.ign);
}

typedef struct {
    int64_t n;
    int32_t window, unit_index, month;
    bool ordered;
} seen;

static bool see_row(void *ctx, int32_t window, int32_t unit_index, int32_t month, double last12,
                    const double *draws, int32_t n_draws, double outcome, vg_err *e)
{
    (void)last12, (void)draws, (void)n_draws, (void)outcome, (void)e;
    seen *s = ctx;
    bool later = window > s->window ||
                 (window == s->window &&
                  (unit_index > s->unit_index || (unit_index == s->unit_index && month > s->month)));
    s->ordered = s->ordered && later;
    s->window = window, s->unit_index = unit_index, s->month = month;
    s->n++;
    return true;
}

static void rows_are_handed_on_in_order(void **state)
{
    (void)state;
    make_world(&w, 4);
    seen s = { .ordered = true };
    run((vg_backtest_opts){ .forecast.model = VG_MODEL_LAST, .row = see_row, .row_ctx = &s });
    assert_int_equal(s.n, 3 * WORLD_UNITS * 12);
    assert_true(s.ordered);
}

static void a_unit_that_ends_inside_a_window_is_left_out_of_it(void **state)
{
    (void)state;
    make_world(&w, 4);
    w.value[7 * WORLD_MONTHS + 10 * 12 + 5] = NAN; /* June 2015 */
    vg_backtest b = run((vg_backtest_opts){ .forecast.model = VG_MODEL_ZERO });
    assert_int_equal(b.score[0].n, WORLD_UNITS * 12);
    assert_int_equal(b.score[1].n, (WORLD_UNITS - 1) * 12);
}

static void other_actuals_replace_the_panels_own(void **state)
{
    (void)state;
    make_world(&w, 4);
    static double other[WORLD_UNITS * 12];
    for (int i = 0; i < WORLD_UNITS * 12; i++)
        other[i] = i % 12 ? 7 : NAN;
    vg_actuals a = { .first_month = vg_month(2015, 1), .n_months = 12, .value = other };
    vg_backtest b = run((vg_backtest_opts){
        .first_window = 2015, .last_window = 2015, .forecast.model = VG_MODEL_ZERO, .actuals = &a });
    assert_int_equal(b.score[0].n, WORLD_UNITS * 11);
    CHECK_NEAR(b.score[0].crps, 7, 1e-12);
}

static void windows_without_an_outcome_are_refused(void **state)
{
    (void)state;
    make_world(&w, 4);
    vg_backtest b;
    const int32_t years[][2] = { { 2019, 2019 }, { 2016, 2014 }, { 2005, 2005 } };
    const vg_code code[] = { VG_EARG, VG_EARG, VG_ENODATA };
    for (int i = 0; i < 3; i++) {
        vg_err e = VG_NO_ERR;
        vg_backtest_opts o = { .first_window = years[i][0],
                               .last_window = years[i][1],
                               .forecast.model = VG_MODEL_ZERO };
        assert_false(vg_backtest_run(&w.panel, &o, &b, &e));
        assert_int_equal(e.code, code[i]);
    }
}

static void an_alert_at_every_unit_catches_everything_and_errs_everywhere_else(void **state)
{
    (void)state;
    make_world(&w, 4);
    vg_err e = VG_NO_ERR;
    vg_alert_rates r;
    vg_backtest_opts o = { .first_window = 2014,
                           .last_window = 2016,
                           .forecast = { .model = VG_MODEL_LAST, .n_draws = 100 } };
    vg_alert_rule rule = { .kind = VG_ALERT_THRESHOLD, .threshold = 1, .probability = 1e-9 };
    for (int i = 0; i < WORLD_UNITS * WORLD_MONTHS;
         i++) /* every unit ends each window's origin with a death */
        if ((i % WORLD_MONTHS) % 12 == 9)
            w.value[i] = 5;
    CHECK_OK(vg_alert_measure(&w.panel, &rule, &o, &r, &e), &e);
    assert_int_equal(r.n, 3 * WORLD_UNITS);
    assert_int_equal(r.alerts, r.n);
    CHECK_NEAR(r.hit_rate, 1, 0);
    CHECK_NEAR(r.precision, (double)r.events / (double)r.n, 1e-12);
}

static void onset_rules_look_at_quiet_units_only(void **state)
{
    (void)state;
    make_world(&w, 4);
    vg_err e = VG_NO_ERR;
    vg_alert_rates r;
    vg_backtest_opts o = { .first_window = 2014,
                           .last_window = 2016,
                           .forecast = { .model = VG_MODEL_ZERO, .n_draws = 100 } };
    vg_alert_rule rule = { .kind = VG_ALERT_ONSET, .threshold = 1, .probability = 0.5 };
    CHECK_OK(vg_alert_measure(&w.panel, &rule, &o, &r, &e), &e);
    assert_true(r.n >= 3 * 20 && r.n < 3 * WORLD_UNITS); /* two units in three never see a death */
    assert_int_equal(r.alerts, 0);
    assert_true(isnan(r.precision));
}

static void rules_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    const vg_alert_rule bad[] = { { VG_ALERT_THRESHOLD, 25, 0, 0 },
                                  { VG_ALERT_THRESHOLD, 25, 1.5, 0 },
                                  { VG_ALERT_ONSET, 0, 0.5, 0 },
                                  { VG_ALERT_RISE, 25, 0.5, 0 } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_err e = VG_NO_ERR;
        vg_alert_rates r;
        vg_backtest_opts o = { .first_window = 2014, .last_window = 2014, .forecast.model = VG_MODEL_ZERO };
        assert_false(vg_alert_measure(&w.panel, &bad[i], &o, &r, &e));
        assert_int_equal(e.code, VG_EARG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_zero_scores_the_mean_of_what_happened),
        cmocka_unit_test(threads_change_no_score),
        cmocka_unit_test(the_forest_beats_conflictology_in_a_world_with_memory),
        cmocka_unit_test(rows_are_handed_on_in_order),
        cmocka_unit_test(a_unit_that_ends_inside_a_window_is_left_out_of_it),
        cmocka_unit_test(other_actuals_replace_the_panels_own),
        cmocka_unit_test(windows_without_an_outcome_are_refused),
        cmocka_unit_test(an_alert_at_every_unit_catches_everything_and_errs_everywhere_else),
        cmocka_unit_test(onset_rules_look_at_quiet_units_only),
        cmocka_unit_test(rules_that_mean_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
