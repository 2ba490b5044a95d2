/* Scores against the golden values published with the task (conflict/METRICS.md) and against slow obvious versions. */
#include "stat/score.h"

#include "prop.h"
#include "test.h"

typedef struct {
    const double *x;
    int32_t m;
    double y, crps, ign, mis;
} golden;

static const double four[] = { 0, 0, 1, 3 };
static const double ten[] = { 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560 };
static double zeros[1000], ramp[1000];

static void scores_equal_the_golden_values_of_the_official_code(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        ramp[i] = i + 1;
    const golden table[] = {
        { four, 4, 2, 0.875, 2.906891, 2.7 },
        { zeros, 1000, 0, 0, 0.014341, 0 },
        { zeros, 1000, 7, 7, 9.981567, 140 },
        { ten, 10, 100, 121.45, 3.392317, 1976.75 },
        { ramp, 1000, 1200, 532.8335, 9.981567, 5898.1 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const golden *g = &table[i];
        CHECK_NEAR(vg_crps(g->x, g->m, g->y), g->crps, 1e-9);
        CHECK_NEAR(vg_ign(g->x, g->m, g->y), g->ign, 5e-7);
        CHECK_NEAR(vg_mis(g->x, g->m, g->y, 0.10), g->mis, 1e-9);
    }
}

static double random_draw(vg_rng *r)
{
    switch (vg_rng_below(r, 4)) {
    case 0: return 0;
    case 1: return vg_rng_below(r, 20);
    case 2: return vg_rng_below(r, 1000000);
    default: return vg_rng_unit(r) * 1e6;
    }
}

static const char *sorting_equals_the_slow_obvious_sort(vg_rng *r)
{
    double x[400], want[400], scratch[400];
    int32_t m = 1 + (int32_t)vg_rng_below(r, 400);
    bool negative = vg_rng_below(r, 8) == 0;
    for (int32_t i = 0; i < m; i++)
        want[i] = x[i] = random_draw(r) * (negative && i % 3 == 0 ? -1 : 1);
    for (int32_t i = 1; i < m; i++)
        for (int32_t k = i; k > 0 && want[k - 1] > want[k]; k--) {
            double swap = want[k];
            want[k] = want[k - 1], want[k - 1] = swap;
        }
    vg_sort_draws(x, m, scratch);
    for (int32_t i = 0; i < m; i++)
        if (x[i] != want[i])
            return "not sorted, or a draw was lost";
    return NULL;
}

static const char *crps_equals_the_double_sum(vg_rng *r)
{
    double x[60], scratch[60], y = random_draw(r);
    int32_t m = 1 + (int32_t)vg_rng_below(r, 60);
    for (int32_t i = 0; i < m; i++)
        x[i] = random_draw(r);
    vg_sort_draws(x, m, scratch);
    double near = 0, spread = 0;
    for (int32_t i = 0; i < m; i++) {
        near += fabs(x[i] - y) / m;
        for (int32_t k = 0; k < m; k++)
            spread += fabs(x[i] - x[k]) / m / m / 2;
    }
    double got = vg_crps(x, m, y);
    if (fabs(got - (near - spread)) > 1e-9 * (1 + near))
        return "differs from the definition";
    if (vg_twcrps(x, m, y, 0) != got)
        return "a threshold of 0 changes the score of counts";
    return got < -1e-9 ? "below zero" : NULL;
}

static const char *merging_equals_adding_one_by_one(vg_rng *r)
{
    vg_scores all = { 0 }, part[2] = { { 0 }, { 0 } };
    for (int row = 0; row < 20; row++) {
        double x[8], scratch[8], y = random_draw(r);
        for (int i = 0; i < 8; i++)
            x[i] = random_draw(r);
        vg_sort_draws(x, 8, scratch);
        vg_scores_add(&all, x, 8, y);
        vg_scores_add(&part[row >= 10], x, 8, y);
    }
    vg_scores_merge(&part[0], &part[1]);
    vg_scores a = vg_score_means(&all), b = vg_score_means(&part[0]);
    bool same = fabs(a.crps - b.crps) <= 1e-12 * a.crps && fabs(a.mis - b.mis) <= 1e-12 * a.mis &&
                a.n == b.n && a.in90 == b.in90 && fabs(a.brier25 - b.brier25) < 1e-12;
    return same ? NULL : "means differ";
}

static void quantiles_interpolate_as_numpy_does(void **state)
{
    (void)state;
    CHECK_NEAR(vg_quantile(four, 4, 0.95), 2.7, 1e-12);
    CHECK_NEAR(vg_quantile(four, 4, 0), 0, 0);
    CHECK_NEAR(vg_quantile(four, 4, 1), 3, 0);
    CHECK_NEAR(vg_quantile(ten, 10, 0.5), 120, 1e-12);
}

static void bins_are_those_of_the_challenge(void **state)
{
    (void)state;
    const double count[] = { 0,  1,   2,   3,   5,   6,   10,  11,   25,   26, 50,
                             51, 100, 101, 250, 251, 500, 501, 1000, 1001, 1e9 };
    const int32_t bin[] = { 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10 };
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        assert_int_equal(vg_ign_bin(count[i]), bin[i]);
}

static void coverage_counts_the_ends_as_inside(void **state)
{
    (void)state;
    assert_true(vg_covered(zeros, 1000, 0, 0.5));
    assert_false(vg_covered(zeros, 1000, 1, 0.9));
    CHECK_NEAR(vg_share_from(four, 4, 1), 0.5, 0);
}

static void no_row_gives_not_a_number_and_not_zero(void **state)
{
    (void)state;
    vg_scores none = { 0 }, mean = vg_score_means(&none);
    assert_true(isnan(mean.crps) && isnan(mean.ign) && isnan(mean.mis) && isnan(mean.crps_positive));
}

static void properties_of_scores_hold(void **state)
{
    (void)state;
    check_property("sorting_equals_the_slow_obvious_sort", sorting_equals_the_slow_obvious_sort, 500);
    check_property("crps_equals_the_double_sum", crps_equals_the_double_sum, 500);
    check_property("merging_equals_adding_one_by_one", merging_equals_adding_one_by_one, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_equal_the_golden_values_of_the_official_code),
        cmocka_unit_test(quantiles_interpolate_as_numpy_does),
        cmocka_unit_test(bins_are_those_of_the_challenge),
        cmocka_unit_test(coverage_counts_the_ends_as_inside),
        cmocka_unit_test(no_row_gives_not_a_number_and_not_zero),
        cmocka_unit_test(properties_of_scores_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
