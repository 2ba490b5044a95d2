/*
 * Published and independently computed figures on the staged panel: baselines against conflict/rebuilt_baselines_cm.csv
 * (one seed of random draws each, ours are exact quantiles: CRPS and IGN may differ by the noise of that seed), and the
 * house model against its own figures on the tuning windows. Skipped where the shared data is absent.
 */
#include "core/csv.h"
#include "core/num.h"
#include "forecast/forecast.h"
#include "source/source.h"

#include "test.h"

enum { WINDOWS = 4, FIRST = 2014 };

static vg_arena arena;
static vg_store *store;
static vg_panel panel;

static void load_panel(void)
{
    vg_err e = VG_NO_ERR;
    char countries[1100];
    snprintf(countries, sizeof countries, "%s", need_shared("data/conflict/views_countries.csv"));
    const char *path = need_shared("data/conflict/views_cm_sb.csv.gz");
    if (panel.n_units)
        return;
    vg_import *im;
    vg_source_found found;
    vg_vintage about = { .source = VG_S("views-panel"), .file = vg_str_z(path) };
    CHECK_OK(vg_arena_init(&arena, (int64_t)1 << 30, &e), &e);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &store, &e), &e);
    CHECK_OK(vg_import_begin(store, &about, &im, &e), &e);
    vg_source_opts o = { .as = VG_S("views-panel"), .countries = vg_str_z(countries) };
    CHECK_OK(vg_source_read(path, &o, vg_import_sink(im), &arena, &found, &e), &e);
    CHECK_OK(vg_import_end(im, &found.about, &about, &e), &e);
    CHECK_OK(vg_store_panel(store, &(vg_panel_query){ .kind = VG_UNIT_COUNTRY }, &arena, &panel, &e), &e);
}

static int close_panel(void **state)
{
    (void)state;
    vg_store_close(store);
    vg_arena_free(&arena);
    return 0;
}

/* Means over the windows of one model of the file of rebuilt baselines. */
static vg_scores rebuilt(const char *model)
{
    vg_err e = VG_NO_ERR;
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    vg_scores s = { 0 };
    int64_t year;
    double x[3];
    CHECK_OK(vg_input_open(need_shared("data/conflict/rebuilt_baselines_cm.csv"), &in, &e), &e);
    CHECK_OK(vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, &e), &e);
    while (vg_csv_next(csv, &row, &e)) {
        if (!vg_eq(row.cell[0], vg_str_z(model)) || !vg_int(row.cell[1], &year) || year < FIRST ||
            year >= FIRST + WINDOWS)
            continue;
        for (int k = 0; k < 3; k++)
            assert_true(vg_num(row.cell[2 + k], &x[k]));
        s.crps += x[0] / WINDOWS, s.ign += x[1] / WINDOWS, s.mis += x[2] / WINDOWS;
        s.n++;
    }
    vg_csv_close(csv);
    vg_input_close(in);
    assert_int_equal(s.n, WINDOWS);
    return s;
}

static vg_scores measured(vg_model model, int32_t k, uint64_t seed)
{
    vg_err e = VG_NO_ERR;
    vg_backtest b;
    vg_backtest_opts o = { .first_window = FIRST,
                           .last_window = FIRST + WINDOWS - 1,
                           .forecast = { .model = model, .window_months = k, .seed = seed } };
    CHECK_OK(vg_backtest_run(&panel, &o, &b, &e), &e);
    return b.mean;
}

static void baselines_score_as_they_were_rebuilt_elsewhere(void **state)
{
    (void)state;
    const struct {
        const char *name;
        vg_model model;
        int32_t k;
        double crps, ign, mis; /* tolerances, relative */
    } cases[] = {
        { "exactly_zero", VG_MODEL_ZERO, 0, 1e-4, 1e-4, 1e-4 },
        { "last_poisson", VG_MODEL_LAST, 0, 1e-3, 0.01, 1e-3 },
        { "conflictology_3", VG_MODEL_CONFLICTOLOGY, 3, 0.02, 0.02, 0.01 },
        { "conflictology_12", VG_MODEL_CONFLICTOLOGY, 12, 0.02, 0.02, 0.01 },
        /* ours looks back over a change of borders, the rebuilt one does not */
        { "conflictology_60", VG_MODEL_CONFLICTOLOGY, 60, 0.02, 0.02, 0.03 },
        { "conflictology_12+10%global", VG_MODEL_MIXTURE, 12, 0.02, 0.02, 0.01 },
        { "NB_moments_12", VG_MODEL_NEGBIN, 12, 0.02, 0.02, 0.03 },
    };
    load_panel();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vg_scores want = rebuilt(cases[i].name), got = measured(cases[i].model, cases[i].k, 1);
        print_message("%s: %.4f %.4f %.2f, rebuilt %.4f %.4f %.2f\n", cases[i].name, got.crps, got.ign,
                      got.mis, want.crps, want.ign, want.mis);
        CHECK_NEAR(got.crps / want.crps, 1, cases[i].crps);
        CHECK_NEAR(got.ign / want.ign, 1, cases[i].ign);
        CHECK_NEAR(got.mis / want.mis, 1, cases[i].mis);
    }
}

static void the_house_model_beats_every_baseline_on_each_score(void **state)
{
    (void)state;
    load_panel();
    vg_scores ours = measured(VG_MODEL_FOREST, 0, 1);
    for (int model = VG_MODEL_CONFLICTOLOGY; model <= VG_MODEL_ZERO; model++) {
        vg_scores base = measured((vg_model)model, 0, 1);
        assert_true(ours.crps < base.crps && ours.ign < base.ign && ours.mis < base.mis);
    }
}

static void seeds_move_the_scores_by_little(void **state)
{
    (void)state;
    load_panel();
    vg_scores a = measured(VG_MODEL_FOREST, 0, 1), b = measured(VG_MODEL_FOREST, 0, 99);
    CHECK_NEAR(a.crps / b.crps, 1, 0.02);
    CHECK_NEAR(a.ign / b.ign, 1, 0.02);
    CHECK_NEAR(a.mis / b.mis, 1, 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baselines_score_as_they_were_rebuilt_elsewhere),
        cmocka_unit_test(the_house_model_beats_every_baseline_on_each_score),
        cmocka_unit_test(seeds_move_the_scores_by_little),
    };
    return cmocka_run_group_tests(tests, NULL, close_panel);
}
