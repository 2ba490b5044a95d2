/* What a forecast must keep true: no look ahead, the same bytes every time, draws that are counts, clear refusals. */
#include "forecast/forecast_int.h"

#include "forecast/forecast_test.h"
#include "test.h"

enum { DRAWS = 200 };
static world w;

static vg_forecast *train(vg_forecast_opts o)
{
    vg_err e = VG_NO_ERR;
    vg_forecast *f = NULL;
    o.n_draws = o.n_draws ? o.n_draws : DRAWS;
    o.n_trees = 20;
    CHECK_OK(vg_forecast_train(&w.panel, &o, &f, &e), &e);
    return f;
}

/* All draws of a unit and lead. */
static void draws_of(const vg_forecast *f, int32_t unit, int32_t lead, double *draws)
{
    vg_err e = VG_NO_ERR;
    vg_arena scratch;
    CHECK_OK(vg_arena_init(&scratch, 16 << 20, &e), &e);
    CHECK_OK(vg_forecast_draws(f, unit, lead, scratch, draws, &e), &e);
    vg_arena_free(&scratch);
}

static bool same_forecast(const vg_forecast *a, const vg_forecast *b)
{
    double x[DRAWS], y[DRAWS];
    for (int32_t u = 0; u < WORLD_UNITS; u++)
        for (int32_t lead = 1; lead <= 12; lead++) {
            draws_of(a, u, lead, x);
            draws_of(b, u, lead, y);
            if (memcmp(x, y, sizeof x) != 0)
                return false;
        }
    return true;
}

static void forecast_sees_nothing_after_its_origin(void **state)
{
    (void)state;
    make_world(&w, 1);
    for (int model = 0; model < VG_N_MODELS; model++) {
        vg_forecast_opts o = { .model = (vg_model)model, .origin = vg_month(2014, 10) };
        vg_forecast *before = train(o);
        for (int32_t u = 0; u < WORLD_UNITS; u++)
            for (int32_t m = vg_month(2014, 11) - w.panel.first_month; m < WORLD_MONTHS; m++)
                w.value[u * WORLD_MONTHS + m] = 1e6;
        vg_forecast *after = train(o);
        assert_true(same_forecast(before, after));
        vg_forecast_free(before);
        vg_forecast_free(after);
        make_world(&w, 1);
    }
}

static void threads_change_no_byte_of_a_forecast(void **state)
{
    (void)state;
    make_world(&w, 2);
    vg_forecast *one = train((vg_forecast_opts){ .n_threads = 1, .seed = 5 });
    vg_forecast *many = train((vg_forecast_opts){ .n_threads = 4, .seed = 5 });
    assert_true(same_forecast(one, many));
    vg_forecast_free(one);
    vg_forecast_free(many);
}

static void another_seed_draws_other_numbers(void **state)
{
    (void)state;
    make_world(&w, 2);
    vg_forecast *a = train((vg_forecast_opts){ .seed = 5 }), *b = train((vg_forecast_opts){ .seed = 6 });
    assert_false(same_forecast(a, b));
    vg_forecast_free(a);
    vg_forecast_free(b);
}

static void draws_are_counts_in_ascending_order(void **state)
{
    (void)state;
    make_world(&w, 3);
    double x[DRAWS];
    for (int model = 0; model < VG_N_MODELS; model++) {
        vg_forecast *f = train((vg_forecast_opts){ .model = (vg_model)model });
        for (int32_t u = 0; u < WORLD_UNITS; u++) {
            draws_of(f, u, 7, x);
            for (int i = 0; i < DRAWS; i++)
                assert_true(x[i] >= 0 && x[i] == floor(x[i]) && (i == 0 || x[i] >= x[i - 1]));
        }
        vg_forecast_free(f);
    }
}

static void conflictology_gives_the_last_months_equal_shares(void **state)
{
    (void)state;
    make_world(&w, 3);
    for (int m = 0; m < 12; m++)
        w.value[4 * WORLD_MONTHS + WORLD_MONTHS - 12 + m] = m * 10;
    double x[1200];
    vg_forecast *f = train((vg_forecast_opts){ .model = VG_MODEL_CONFLICTOLOGY, .n_draws = 1200 });
    draws_of(f, 4, 3, x);
    for (int i = 0; i < 1200; i++)
        CHECK_NEAR(x[i], i / 100 * 10, 0);
    vg_forecast_free(f);
}

static void history_runs_on_over_a_change_of_borders(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_history h;
    vg_unit unit[] = { { .unit = 59, .gwcode = 625, .iso3 = VG_S("SDN"), .first_month = 1 },
                       { .unit = 245, .gwcode = 625, .iso3 = VG_S("SDN"), .first_month = 3 },
                       { .unit = 246, .gwcode = 626, .iso3 = VG_S("SSD"), .first_month = 3 } };
    double value[] = { 1, 2, 3, NAN, NAN, NAN, NAN, 30, 40, 50, NAN, NAN, 300, 400, 500 };
    vg_panel p = {
        .kind = VG_UNIT_COUNTRY, .n_units = 3, .n_months = 5, .first_month = 1, .unit = unit, .value = value
    };
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    CHECK_OK(vg_history_build(&p, 4, &a, &h, &e), &e);
    assert_int_equal(h.n_chains, 2);
    assert_int_equal(h.chain_of_unit[0], h.chain_of_unit[1]);
    const double want[] = { 1, 2, 30,
                            40 }; /* the month of the change is the younger unit's; month 5 is the future */
    for (int m = 0; m < 4; m++)
        CHECK_NEAR(h.y[m], want[m], 0);
    assert_int_equal(h.n_months, 4);
    CHECK_NEAR(vg_history_last(&h, 0, 12), 73, 0);
    vg_arena_free(&a);
}

static void unknown_months_are_not_zero_deaths_of_the_last_year(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_history h;
    vg_unit unit = { .unit = 1 };
    double value[] = { NAN, NAN, NAN };
    vg_panel p = {
        .kind = VG_UNIT_COUNTRY, .n_units = 1, .n_months = 3, .first_month = 1, .unit = &unit, .value = value
    };
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    CHECK_OK(vg_history_build(&p, 3, &a, &h, &e), &e);
    assert_true(isnan(vg_history_last(&h, 0, 12)));
    vg_arena_free(&a);
}

static void check_refusal(vg_forecast_opts o, vg_code code, const char *what)
{
    vg_err e = VG_NO_ERR;
    vg_forecast *f;
    assert_false(vg_forecast_train(&w.panel, &o, &f, &e));
    assert_int_equal(e.code, code);
    if (!strstr(e.what, what))
        fail_msg("\"%s\" does not say \"%s\"", e.what, what);
}

static void senseless_requests_are_refused_with_a_reason(void **state)
{
    (void)state;
    make_world(&w, 1);
    check_refusal((vg_forecast_opts){ .origin = vg_month(2018, 1) }, VG_EARG,
                  "2018-01 is after the data end (2017-12)");
    check_refusal((vg_forecast_opts){ .origin = vg_month(2006, 11) }, VG_ENODATA, "fewer than 24 months");
    check_refusal((vg_forecast_opts){ .origin = vg_month(1999, 1) }, VG_ENODATA, "fewer than 24 months");
    check_refusal((vg_forecast_opts){ .n_draws = -1 }, VG_EARG, "draws");
    check_refusal((vg_forecast_opts){ .n_leads = 500 }, VG_EARG, "months ahead");
    check_refusal((vg_forecast_opts){ .window_months = 61 }, VG_EARG, "window");
    check_refusal((vg_forecast_opts){ .model = VG_N_MODELS }, VG_EARG, "model");
}

static void reasons_add_up_and_are_the_same_every_time(void **state)
{
    (void)state;
    make_world(&w, 8);
    vg_err e = VG_NO_ERR;
    vg_forecast *f = train((vg_forecast_opts){ .seed = 3 });
    for (int32_t u = 0; u < WORLD_UNITS; u++) {
        vg_explanation x, again;
        CHECK_OK(vg_forecast_explain(f, u, &x, &e), &e);
        CHECK_OK(vg_forecast_explain(f, u, &again, &e), &e);
        assert_memory_equal(&x, &again, sizeof x);
        assert_true(x.n_analogues > 0 && x.own_share + x.analogue_share <= 1 + 1e-9);
        for (int i = 1; i < x.n_analogues; i++)
            assert_true(x.analogue[i].weight <= x.analogue[i - 1].weight);
        for (int i = 0; i < x.n_analogues; i++)
            assert_true(x.analogue[i].month < vg_forecast_options(f)->origin);
        for (int i = 1; i < x.n_drivers; i++)
            assert_true(fabs(x.driver[i].effect) <= fabs(x.driver[i - 1].effect));
    }
    vg_forecast_free(f);
}

static void a_baseline_gives_no_reasons_and_says_so(void **state)
{
    (void)state;
    make_world(&w, 8);
    vg_err e = VG_NO_ERR;
    vg_explanation x;
    vg_forecast *f = train((vg_forecast_opts){ .model = VG_MODEL_ZERO });
    assert_false(vg_forecast_explain(f, 0, &x, &e));
    assert_int_equal(e.code, VG_EARG);
    vg_forecast_free(f);
}

static void summaries_survive_being_stored(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_out o;
    vg_arena a;
    double x[] = { 0, 0, 1, 3, 30, 300, 1200 };
    vg_forecast_summary s = { .unit = 7, .month = 530 }, back = { .unit = 7, .month = 530 };
    vg_forecast_summarise(x, 7, &s);
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    CHECK_OK(vg_out_memory(&o, &e), &e);
    vg_json j = vg_json_to(&o);
    vg_forecast_put(&j, &s);
    CHECK_OK(vg_forecast_get(vg_out_text(&o), a, &back, &e), &e);
    assert_memory_equal(&s, &back, sizeof s);
    CHECK_NEAR(s.probability[1], 3.0 / 7, 1e-12);
    vg_out_drop(&o);
    vg_arena_free(&a);
}

static void memory_that_runs_out_is_an_error_and_not_a_crash(void **state)
{
    (void)state;
    make_world(&w, 3);
    double x[DRAWS];
    vg_forecast *f = train((vg_forecast_opts){ .seed = 1 });
    for (int64_t k = 1;; k++) {
        vg_err e = VG_NO_ERR;
        vg_arena scratch;
        CHECK_OK(vg_arena_init(&scratch, 16 << 20, &e), &e);
        scratch.fail_at = k;
        bool ok = vg_forecast_draws(f, 0, 1, scratch, x, &e);
        vg_arena_free(&scratch);
        if (ok)
            break;
        assert_int_equal(e.code, VG_ENOMEM);
        assert_true(k < 10);
    }
    vg_forecast_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecast_sees_nothing_after_its_origin),
        cmocka_unit_test(threads_change_no_byte_of_a_forecast),
        cmocka_unit_test(another_seed_draws_other_numbers),
        cmocka_unit_test(draws_are_counts_in_ascending_order),
        cmocka_unit_test(conflictology_gives_the_last_months_equal_shares),
        cmocka_unit_test(history_runs_on_over_a_change_of_borders),
        cmocka_unit_test(unknown_months_are_not_zero_deaths_of_the_last_year),
        cmocka_unit_test(senseless_requests_are_refused_with_a_reason),
        cmocka_unit_test(reasons_add_up_and_are_the_same_every_time),
        cmocka_unit_test(a_baseline_gives_no_reasons_and_says_so),
        cmocka_unit_test(summaries_survive_being_stored),
        cmocka_unit_test(memory_that_runs_out_is_an_error_and_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
