/* A run is kept whole and read back the same; what it holds agrees with the forecast it came from. */
#include "displacement/kept.h"

#include "core/date.h"
#include "test.h"

enum { UNITS = 3, MONTHS = 60 };

typedef struct {
    vg_arena a;
    vg_err e;
    vg_store *st;
    vg_panel panel;
    vg_unit unit[UNITS];
    double value[UNITS * MONTHS];
    vg_flow_record flow[2];
    vg_displacement_data data;
} fixture;

/* Three regions over five years: a season, a level of its own each, and a gap in the last one. */
static void fixture_open(fixture *f)
{
    memset(f, 0, sizeof *f);
    CHECK_OK(vg_arena_init(&f->a, 512 << 20, &f->e), &f->e);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &f->st, &f->e), &f->e);
    static const int32_t number[] = { 706011, 706024, 706026 };
    static const char *const name[] = { "Awdal", "Bay", "Gedo" };
    for (int u = 0; u < UNITS; u++) {
        f->unit[u] = (vg_unit){ .unit = number[u], .name = vg_str_z(name[u]) };
        for (int m = 0; m < MONTHS; m++)
            f->value[u * MONTHS + m] = (u + 1) * 700.0 * (1 + 0.5 * sin(m * 0.5236)) + (double)(m * 37 % 101);
    }
    f->value[2 * MONTHS + 30] = NAN;
    f->panel = (vg_panel){ .kind = VG_UNIT_ADMIN1,
                           .n_units = UNITS,
                           .n_months = MONTHS,
                           .first_month = vg_month(2015, 1),
                           .unit = f->unit,
                           .value = f->value,
                           .source = VG_S("csv"),
                           .scope = VG_S("SOM"),
                           .variable = VG_S("arrivals") };
    f->flow[0] = (vg_flow_record){ VG_UNIT_ADMIN1, 706024, 706011, vg_month(2019, 11), VG_S("Drought"), 300 };
    f->flow[1] = (vg_flow_record){ VG_UNIT_ADMIN1, 706026, 706011, vg_month(2019, 12), VG_S("Flood"), 100 };
    f->data = (vg_displacement_data){ .arrivals = &f->panel };
}

static void fixture_close(fixture *f)
{
    vg_store_close(f->st);
    vg_arena_free(&f->a);
}

static vg_displacement_make_opts options(const fixture *f)
{
    return (vg_displacement_make_opts){
        .forecast = { .n_leads = 2, .n_draws = 200, .threshold = 1500, .seed = 7, .n_threads = 1 },
        .flow = f->flow,
        .n_flows = 2,
    };
}

static vg_displacement_kept make(fixture *f, const vg_displacement_make_opts *o)
{
    vg_displacement_kept k;
    CHECK_OK(vg_displacement_kept_make(&f->data, o, &f->a, &k, &f->e), &f->e);
    return k;
}

static vg_displacement_kept save_and_load(fixture *f, const vg_displacement_kept *k)
{
    int64_t id = 0;
    vg_displacement_kept back;
    vg_run run = { .program_version = VG_S("1"), .seed = 7, .started_at = 1700000000, .seconds = 0.5 };
    CHECK_OK(vg_displacement_kept_save(f->st, &run, k, &id, &f->e), &f->e);
    CHECK_OK(vg_displacement_kept_load(f->st, 0, &f->a, &back, &f->e), &f->e);
    assert_int_equal(back.run.id, id);
    return back;
}

static void same_number(double a, double b)
{
    assert_true((isnan(a) && isnan(b)) || (a >= b && a <= b));
}

static void same_month(const vg_displacement_kept_month *a, const vg_displacement_kept_month *b)
{
    assert_int_equal(a->month, b->month);
    same_number(a->mean, b->mean);
    for (int i = 0; i < VG_DISPLACEMENT_LEVELS; i++)
        same_number(a->quantile[i], b->quantile[i]);
    for (int i = 0; i < VG_DISPLACEMENT_THRESHOLDS; i++)
        same_number(a->probability[i], b->probability[i]);
    same_number(a->probability_own, b->probability_own);
    same_number(a->expanding, b->expanding);
    same_number(a->ewm_log, b->ewm_log);
    same_number(a->lag12, b->lag12);
    assert_true(vg_eq(a->alarm, b->alarm));
}

static void a_run_comes_back_as_it_was_kept(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_make_opts o = options(&f);
    vg_displacement_kept k = make(&f, &o), back = save_and_load(&f, &k);
    assert_int_equal(back.n_units, UNITS);
    CHECK_STR(back.params.model, "house");
    assert_int_equal(back.params.origin, vg_month(2019, 12));
    for (int32_t i = 0; i < UNITS; i++) {
        const vg_displacement_kept_unit *a = &k.unit[i], *b = &back.unit[i];
        assert_int_equal(a->unit, b->unit);
        assert_true(vg_eq(a->name, b->name));
        assert_int_equal(a->n_history, b->n_history);
        for (int32_t m = 0; m < a->n_history; m++)
            same_number(a->history[m], b->history[m]);
        for (int32_t m = 0; m < 2; m++) {
            same_month(&a->month[m], &b->month[m]);
            assert_non_null(b->reasons[m]);
            assert_int_equal(a->reasons[m]->n_drivers, b->reasons[m]->n_drivers);
            same_number(a->reasons[m]->driver[0].factor, b->reasons[m]->driver[0].factor);
            assert_int_equal(a->split[m] != NULL, b->split[m] != NULL);
        }
    }
    assert_int_equal(k.n_scores, back.n_scores);
    for (int32_t i = 0; i < k.n_scores; i++)
        same_number(k.score[i].crps, back.score[i].crps);
    fixture_close(&f);
}

static void a_kept_month_is_the_forecasts_summary(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_make_opts o = options(&f);
    vg_displacement *d;
    vg_displacement_summary s = { .unit = 0 };
    o.no_check = true;
    vg_displacement_kept k = make(&f, &o);
    CHECK_OK(vg_displacement_train(&f.data, &o.forecast, &d, &f.e), &f.e);
    const vg_displacement_kept_unit *bay = vg_displacement_kept_find(&k, VG_S("SO24"));
    assert_non_null(bay);
    CHECK_OK(vg_displacement_month(d, 1, 2, f.a, &s, &f.e), &f.e);
    CHECK_NEAR(bay->month[1].mean, s.mean, 0);
    CHECK_NEAR(bay->month[1].quantile[2], s.quantile[2], 0);
    CHECK_NEAR(bay->month[1].probability_own, s.probability_own, 0);
    CHECK_NEAR(bay->month[1].expanding, vg_displacement_baseline(d, VG_DISPLACEMENT_EXPANDING, 0, 1, 2), 0);
    assert_int_equal(k.n_scores, 0);
    vg_displacement_free(d);
    fixture_close(&f);
}

static void units_stand_with_the_highest_median_first_and_gaps_stay_gaps(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_make_opts o = options(&f);
    o.no_check = true;
    vg_displacement_kept k = make(&f, &o);
    for (int32_t i = 1; i < k.n_units; i++)
        assert_true(k.unit[i - 1].month[0].quantile[2] >= k.unit[i].month[0].quantile[2]);
    const vg_displacement_kept_unit *gedo = vg_displacement_kept_find(&k, VG_S("Gedo"));
    assert_true(isnan(gedo->history[30]));
    assert_null(vg_displacement_kept_find(&k, VG_S("Atlantis")));
    fixture_close(&f);
}

static void a_split_is_kept_only_where_flows_are_known(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_make_opts o = options(&f);
    o.no_check = true;
    vg_displacement_kept k = make(&f, &o);
    const vg_displacement_kept_unit *awdal = vg_displacement_kept_find(&k, VG_S("Awdal"));
    const vg_displacement_kept_unit *bay = vg_displacement_kept_find(&k, VG_S("Bay"));
    assert_non_null(awdal->split[0]);
    assert_null(bay->split[0]);
    double share = 0;
    for (int32_t i = 0; i < awdal->split[0]->n_parts; i++)
        if (vg_eq(awdal->split[0]->part[i].by, VG_S("reason")))
            share += awdal->split[0]->part[i].share;
    CHECK_NEAR(share, 1, 1e-9);
    fixture_close(&f);
}

static void a_scenario_stands_beside_the_forecast(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_make_opts o = options(&f), plain = options(&f);
    vg_displacement_scenario s = { .as_month = vg_month(2018, 6),
                                   .as_unit = -1,
                                   .what = VG_DISPLACEMENT_WHAT_ARRIVALS };
    o.no_check = plain.no_check = true;
    o.scenario = &s;
    o.scenario_text = VG_S("arrivals=2018-06");
    vg_displacement_kept k = make(&f, &o), without = make(&f, &plain), back = save_and_load(&f, &k);
    CHECK_STR(back.params.scenario, "arrivals=2018-06");
    assert_null(without.unit[0].scenario);
    for (int32_t i = 0; i < UNITS; i++) {
        same_month(&k.unit[i].month[0], &without.unit[i].month[0]);
        assert_non_null(back.unit[i].scenario);
        same_month(&k.unit[i].scenario[1], &back.unit[i].scenario[1]);
    }
    fixture_close(&f);
}

static void without_a_run_the_error_says_what_to_run(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_kept k;
    assert_false(vg_displacement_kept_load(f.st, 0, &f.a, &k, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    assert_non_null(strstr(f.e.mend, "vigie displacement forecast"));
    f.e = VG_NO_ERR;
    int64_t id;
    vg_run other = { .verb = VG_S("forecast"), .params = VG_S("{}") };
    CHECK_OK(vg_store_run(f.st, &other, NULL, 0, &id, &f.e), &f.e);
    assert_false(vg_displacement_kept_load(f.st, id, &f.a, &k, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    fixture_close(&f);
}

static void a_series_shorter_than_two_years_is_refused_with_what_is_needed(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_displacement_make_opts o = options(&f);
    vg_displacement_kept k;
    o.forecast.origin = vg_month(2016, 6);
    assert_false(vg_displacement_kept_make(&f.data, &o, &f.a, &k, &f.e));
    assert_int_equal(f.e.code, VG_ENODATA);
    assert_non_null(strstr(f.e.what, "24"));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_comes_back_as_it_was_kept),
        cmocka_unit_test(a_kept_month_is_the_forecasts_summary),
        cmocka_unit_test(units_stand_with_the_highest_median_first_and_gaps_stay_gaps),
        cmocka_unit_test(a_split_is_kept_only_where_flows_are_known),
        cmocka_unit_test(a_scenario_stands_beside_the_forecast),
        cmocka_unit_test(without_a_run_the_error_says_what_to_run),
        cmocka_unit_test(a_series_shorter_than_two_years_is_refused_with_what_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
