/* Counts with a known distribution against their moments and against sums of their probabilities. */
#include "stat/dist.h"

#include "prop.h"
#include "test.h"

static double x[20000];

static void moments(int32_t m, double *mean, double *variance)
{
    *mean = *variance = 0;
    for (int32_t i = 0; i < m; i++)
        *mean += x[i] / m;
    for (int32_t i = 0; i < m; i++)
        *variance += (x[i] - *mean) * (x[i] - *mean) / m;
}

static void poisson_draws_have_the_mean_and_variance_of_a_poisson(void **state)
{
    (void)state;
    const double means[] = { 0.01, 0.7, 3, 42, 900, 250000 };
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        double mean, variance;
        vg_poisson_draws(means[i], 20000, x);
        moments(20000, &mean, &variance);
        CHECK_NEAR(mean / means[i], 1, 0.01);
        CHECK_NEAR(variance / means[i], 1, 0.02);
    }
}

static void poisson_of_three_has_the_tabled_quantiles(void **state)
{
    (void)state; /* P(X <= 0..6) of a Poisson(3): .0498 .1991 .4232 .6472 .8153 .9161 .9665 */
    vg_poisson_draws(3, 1000, x);
    const int32_t at[] = { 49, 50, 198, 199, 422, 423, 646, 647, 814, 815, 915, 916, 966 };
    const double want[] = { 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7 };
    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        CHECK_NEAR(x[at[i]], want[i], 0);
}

static void negative_binomial_draws_have_the_asked_moments(void **state)
{
    (void)state;
    const double mean_of[] = { 0.5, 12, 400, 9000 }, variance_of[] = { 2, 90, 250000, 4e7 };
    for (size_t i = 0; i < sizeof mean_of / sizeof *mean_of; i++) {
        double mean, variance;
        vg_negbin_draws(mean_of[i], variance_of[i], 20000, x);
        moments(20000, &mean, &variance);
        CHECK_NEAR(mean / mean_of[i], 1, 0.01);
        CHECK_NEAR(variance / variance_of[i], 1, 0.06);
    }
}

static void variance_not_above_the_mean_gives_the_poisson(void **state)
{
    (void)state;
    double poisson[100];
    vg_poisson_draws(7, 100, poisson);
    vg_negbin_draws(7, 6.5, 100, x);
    assert_memory_equal(x, poisson, sizeof poisson);
}

static void mean_of_zero_draws_zeros(void **state)
{
    (void)state;
    vg_poisson_draws(0, 50, x);
    vg_negbin_draws(0, 3, 50, x + 50);
    for (int i = 0; i < 100; i++)
        CHECK_NEAR(x[i], 0, 0);
}

static void repeated_values_take_equal_shares(void **state)
{
    (void)state;
    const double value[] = { 1, 5, 9 };
    vg_repeat_draws(value, 3, 9, x);
    for (int i = 0; i < 9; i++)
        CHECK_NEAR(x[i], value[i / 3], 0);
}

static const char *draws_are_ascending_whole_and_finite(vg_rng *r)
{
    double mean = exp(vg_rng_unit(r) * 16 - 4), variance = mean * (0.5 + exp(vg_rng_unit(r) * 8));
    int32_t m = 1 + (int32_t)vg_rng_below(r, 2000);
    vg_negbin_draws(mean, variance, m, x);
    for (int32_t i = 0; i < m; i++)
        if (!(x[i] >= 0) || x[i] != floor(x[i]) || !isfinite(x[i]) || (i && x[i] < x[i - 1]))
            return "a draw is not whole, not finite or out of order";
    return NULL;
}

static void properties_of_counts_hold(void **state)
{
    (void)state;
    check_property("draws_are_ascending_whole_and_finite", draws_are_ascending_whole_and_finite, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poisson_draws_have_the_mean_and_variance_of_a_poisson),
        cmocka_unit_test(poisson_of_three_has_the_tabled_quantiles),
        cmocka_unit_test(negative_binomial_draws_have_the_asked_moments),
        cmocka_unit_test(variance_not_above_the_mean_gives_the_poisson),
        cmocka_unit_test(mean_of_zero_draws_zeros),
        cmocka_unit_test(repeated_values_take_equal_shares),
        cmocka_unit_test(properties_of_counts_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
