/* Distribution functions against 20-digit values, published tables, and what must hold between them. */
#include "stat/prob.h"

#include "core/num.h"
#include "prop.h"

typedef struct {
    char name[32];
    double x[3], want;
} line;

/* The value of the function that a line of the golden table names. */
static double value_of(const line *l)
{
    const double *x = l->x;
    const char *name = l->name;
    return strcmp(name, "normal_cdf") == 0        ? vg_normal_cdf(x[0])
           : strcmp(name, "normal_quantile") == 0 ? vg_normal_quantile(x[0])
           : strcmp(name, "gamma_upper") == 0     ? vg_gamma_upper(x[0], x[1])
           : strcmp(name, "gamma_lower") == 0     ? vg_gamma_lower(x[0], x[1])
           : strcmp(name, "beta_upper") == 0      ? vg_beta_upper(x[0], x[1], x[2])
           : strcmp(name, "beta_lower") == 0      ? vg_beta_lower(x[0], x[1], x[2])
           : strcmp(name, "t_upper") == 0         ? vg_t_upper(x[0], x[1])
           : strcmp(name, "chi2_upper") == 0      ? vg_chi2_upper(x[0], x[1])
           : strcmp(name, "f_upper") == 0         ? vg_f_upper(x[0], x[1], x[2])
           : strcmp(name, "f_cdf") == 0           ? vg_f_cdf(x[0], x[1], x[2])
           : strcmp(name, "binomial_cdf") == 0    ? vg_binomial_cdf((int64_t)x[0], (int64_t)x[1], x[2])
           : strcmp(name, "noncentral_t") == 0    ? vg_noncentral_t_cdf(x[0], x[1], x[2])
                                                  : NAN;
}

static bool read_line(FILE *f, line *l)
{
    char text[256];
    while (fgets(text, sizeof text, f)) {
        vg_str rest = vg_trim(vg_str_z(text)), word;
        double number[4];
        int n = 0;
        if (!rest.n || rest.s[0] == '#')
            continue;
        word = vg_cut(&rest, ' ');
        snprintf(l->name, sizeof l->name, "%.*s", VG_P(word));
        while (rest.n && n < 4)
            assert_true(vg_num(vg_cut(&rest, ' '), &number[n++]));
        memcpy(l->x, number, sizeof l->x);
        l->want = number[n - 1];
        return true;
    }
    return false;
}

static void values_agree_with_twenty_digit_tables_to_1e_12(void **state)
{
    (void)state;
    char path[1024];
    snprintf(path, sizeof path, "%s/src/stat/golden/prob.txt", getenv("VIGIE_SOURCE"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    line l;
    int n = 0;
    while (read_line(f, &l)) {
        double got = value_of(&l);
        bool absolute = strcmp(l.name, "noncentral_t") == 0;
        double off = fabs(got - l.want), most = absolute ? 1e-11 : 1e-12 * fabs(l.want);
        if (!(off <= most))
            fail_msg("%s(%g, %g, %g) = %.17g, expected %.17g", l.name, l.x[0], l.x[1], l.x[2], got, l.want);
        n++;
    }
    fclose(f);
    assert_true(n > 90);
}

/* NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2 (t), 1.3.6.7.3 (F), 1.3.6.7.4 (chi-square). */
static void quantiles_are_those_of_the_nist_tables(void **state)
{
    (void)state;
    CHECK_NEAR(vg_t_quantile(0.975, 1), 12.706, 5e-4);
    CHECK_NEAR(vg_t_quantile(0.975, 10), 2.228, 5e-4);
    CHECK_NEAR(vg_t_quantile(0.95, 30), 1.697, 5e-4);
    CHECK_NEAR(vg_t_quantile(0.01, 20), -2.528, 5e-4);
    CHECK_NEAR(vg_f_quantile(0.95, 5, 10), 3.326, 5e-4);
    CHECK_NEAR(vg_f_quantile(0.95, 1, 1), 161.448, 5e-4);
    CHECK_NEAR(vg_chi2_upper(18.307, 10), 0.05, 5e-6);
    CHECK_NEAR(vg_normal_quantile(0.975), 1.9599639845400545, 1e-14);
}

static double any(vg_rng *r, double low, double high)
{
    return low * pow(high / low, vg_rng_unit(r));
}

static const char *quantile_and_probability_turn_each_other_round(vg_rng *r)
{
    double p = any(r, 1e-6, 0.999), a = any(r, 0.3, 300), b = any(r, 0.3, 300), df = any(r, 1, 500);
    if (!(fabs(vg_beta_lower(a, b, vg_beta_quantile(p, a, b)) - p) < 1e-11 + 1e-9 * p))
        return "beta";
    if (!(fabs(1 - vg_t_upper(vg_t_quantile(p, df), df) - p) < 1e-12))
        return "t";
    if (!(fabs(vg_f_cdf(vg_f_quantile(p, df, b), df, b) - p) < 1e-11))
        return "F";
    if (!(fabs(vg_normal_cdf(vg_normal_quantile(p)) - p) < 1e-14))
        return "normal";
    double t = any(r, 0.01, 20), delta = vg_noncentral_t_delta(t, df, p);
    if (!(fabs(vg_noncentral_t_cdf(t, df, delta) - p) < 1e-9))
        return "noncentral t";
    return NULL;
}

static const char *tails_add_up_to_one(vg_rng *r)
{
    double a = any(r, 0.01, 1e5), b = any(r, 0.01, 1e5), x = vg_rng_unit(r), y = any(r, a / 10, a * 10);
    if (fabs(vg_beta_lower(a, b, x) + vg_beta_upper(a, b, x) - 1) > 1e-12)
        return "beta";
    if (fabs(vg_gamma_lower(a, y) + vg_gamma_upper(a, y) - 1) > 1e-12)
        return "gamma";
    if (fabs(vg_noncentral_t_cdf(x * 5, 9, 0) + vg_t_upper(x * 5, 9) - 1) > 1e-11)
        return "noncentral t without noncentrality is not the t";
    return NULL;
}

static void quantiles_and_probabilities_turn_each_other_round(void **state)
{
    (void)state;
    check_property("quantile", quantile_and_probability_turn_each_other_round, 300);
}

static void two_tails_add_up_to_one(void **state)
{
    (void)state;
    check_property("tails", tails_add_up_to_one, 500);
}

static void outside_the_domain_is_not_known(void **state)
{
    (void)state;
    assert_true(isnan(vg_beta_lower(0, 1, 0.5)));
    assert_true(isnan(vg_beta_lower(1, 1, 1.5)));
    assert_true(isnan(vg_gamma_upper(-1, 1)));
    assert_true(isnan(vg_gamma_upper(1, NAN)));
    assert_true(isnan(vg_t_upper(NAN, 3)));
    assert_true(isnan(vg_t_quantile(1.5, 3)));
    assert_true(isnan(vg_normal_quantile(-0.1)));
    assert_true(isnan(vg_f_cdf(1, 0, 1)));
    assert_true(isnan(vg_binomial_cdf(1, -1, 0.5)));
    assert_true(isnan(vg_noncentral_t_cdf(1, 0, 1)));
    assert_true(isnan(vg_noncentral_t_delta(INFINITY, 3, 0.5)));
}

static void the_ends_of_the_domain_are_exact(void **state)
{
    (void)state;
    assert_true(vg_beta_lower(2, 3, 0) == 0 && vg_beta_lower(2, 3, 1) == 1);
    assert_true(vg_gamma_lower(2, 0) == 0 && vg_gamma_upper(2, INFINITY) == 0);
    assert_true(vg_t_upper(INFINITY, 3) == 0 && vg_t_upper(0, 3) == 0.5);
    assert_true(vg_f_cdf(-1, 2, 2) == 0 && vg_f_quantile(0, 2, 2) == 0);
    assert_true(vg_binomial_cdf(-1, 5, 0.5) == 0 && vg_binomial_cdf(5, 5, 0.5) == 1);
    assert_true(isinf(vg_normal_quantile(0)) && isinf(vg_t_quantile(1, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_agree_with_twenty_digit_tables_to_1e_12),
        cmocka_unit_test(quantiles_are_those_of_the_nist_tables),
        cmocka_unit_test(quantiles_and_probabilities_turn_each_other_round),
        cmocka_unit_test(two_tails_add_up_to_one),
        cmocka_unit_test(outside_the_domain_is_not_known),
        cmocka_unit_test(the_ends_of_the_domain_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
