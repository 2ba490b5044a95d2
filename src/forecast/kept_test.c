/* A run comes back from the store as it was kept, and the catalogue knows what the model speaks of. */
#include "test.h"

#include "forecast/feature_int.h"
#include "forecast/words.h"

static vg_kept_reasons some_reasons(void)
{
    return (vg_kept_reasons){
        .base = 0.25,
        .level = 1.5,
        .own_share = 0.3,
        .analogue_share = 0.4,
        .n_analogues = 1,
        .n_drivers = 1,
        .analogue = { { 12, 400, VG_S("MLI"), VG_S("Mali \"north\""), 0.125, 300, 17.5 } },
        .driver = { { VG_S("feature.mean_12"), 2.5, 0.75, -0.125 } },
    };
}

static void a_run_is_read_back_as_it_was_kept(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_arena a;
    int64_t id, vintage[1] = { 0 };
    vg_kept_reasons reasons = some_reasons();
    vg_forecast_summary month[2] = { { .unit = 7, .month = 500, .mean = 1.5 },
                                     { .unit = 7, .month = 501, .mean = 2 } };
    vg_kept_unit unit = { .unit = 7,
                          .iso3 = VG_S("MLI"),
                          .name = VG_S("Mali"),
                          .last12 = 12,
                          .n_thresholds = 4,
                          .p_month = { 0.5, 0.25, 0, 0 },
                          .history_first = 464,
                          .n_history = 2,
                          .history = { (double)NAN, 3 },
                          .total = { .unit = 7, .mean = 3.5 },
                          .month = month,
                          .reasons = &reasons };
    vg_kept k = { .n_units = 1, .unit = &unit, .n_scores = 1 }, back;
    k.params = (vg_kept_params){ .target = VG_S("sb"),
                                 .unit = VG_S("country"),
                                 .origin = 499,
                                 .first_lead = 1,
                                 .n_leads = 2,
                                 .n_draws = 10,
                                 .data_first = 1,
                                 .data_last = 499 };
    k.score[0] = (vg_kept_score){ .model = VG_S("forest"),
                                  .first_window = 2019,
                                  .last_window = 2021,
                                  .n_strata = 1,
                                  .all = { .n = 5, .crps = 1.25, .ign = (double)NAN } };
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    vg_run run = { .program_version = VG_S("0"), .seed = 3, .vintage = vintage, .started_at = 5 };
    CHECK_OK(vg_kept_save(st, &run, &k, &id, &e), &e);
    CHECK_OK(vg_kept_load(st, 0, &a, &back, &e), &e);
    assert_int_equal(back.run.id, id);
    assert_int_equal(back.params.origin, 499);
    assert_int_equal(back.n_units, 1);
    CHECK_NEAR(back.unit[0].month[1].mean, 2, 0);
    CHECK_NEAR(back.unit[0].total.mean, 3.5, 0);
    assert_true(isnan(back.unit[0].history[0]));
    CHECK_NEAR(back.unit[0].history[1], 3, 0);
    CHECK_STR(back.unit[0].reasons->analogue[0].name, "Mali \"north\"");
    CHECK_NEAR(back.unit[0].reasons->driver[0].effect, -0.125, 0);
    assert_int_equal(back.score[0].last_window, 2021);
    assert_true(isnan(back.score[0].all.ign));
    assert_ptr_equal(vg_kept_find(&back, VG_S("mli")), &back.unit[0]);
    assert_null(vg_kept_find(&back, VG_S("FRA")));
    vg_arena_free(&a);
    vg_store_close(st);
}

static void every_feature_has_a_name_for_the_reader(void **state)
{
    (void)state;
    for (int i = 0; i < N_FEATURES; i++)
        if (!vg_message_has(VG_LANG_EN, vg_feature_keys[i]))
            fail_msg("%s is not in the catalogue", vg_feature_keys[i]);
}

static void every_model_has_a_name_for_the_reader(void **state)
{
    (void)state;
    char key[64];
    for (int i = 0; i < VG_N_MODELS; i++) {
        snprintf(key, sizeof key, "model.%s", vg_model_name((vg_model)i));
        if (!vg_message_has(VG_LANG_EN, key))
            fail_msg("%s is not in the catalogue", key);
    }
}

static void without_a_forecast_it_says_what_to_run(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_arena a;
    vg_kept k;
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    assert_false(vg_kept_load(st, 0, &a, &k, &e));
    assert_int_equal(e.code, VG_ENOTFOUND);
    assert_non_null(strstr(e.mend, "vigie forecast"));
    vg_arena_free(&a);
    vg_store_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_read_back_as_it_was_kept),
        cmocka_unit_test(every_feature_has_a_name_for_the_reader),
        cmocka_unit_test(every_model_has_a_name_for_the_reader),
        cmocka_unit_test(without_a_forecast_it_says_what_to_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
