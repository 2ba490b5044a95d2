/* The option parser: what it takes, what it refuses and with which words. */
#include "test.h"

#include "cli/opt.h"

static const vg_opt own[] = {
    { "draws", VG_OPT_INT, "N", "1000", 1, 5000 },
    { "share", VG_OPT_NUM, "P", NULL, 0, 1 },
    { "origin", VG_OPT_MONTH, "YYYY-MM", NULL, 0, 0 },
    { "model", VG_OPT_CHOICE, "forest|zero", "forest", 0, 0 },
    { "windows", VG_OPT_YEARS, "YYYY-YYYY", NULL, 0, 0 },
    { .name = NULL },
};
static const vg_opt shared[] = {
    { "json", VG_OPT_FLAG, NULL, NULL, 0, 0 },
    { "as-of", VG_OPT_DATE, "DATE", NULL, 0, 0 },
    { .name = NULL },
};

static bool read_words(vg_opts *o, int n, const char *const *word, vg_err *e)
{
    static char room[16][64];
    static char *argv[16];
    for (int i = 0; i < n; i++) {
        snprintf(room[i], sizeof room[i], "%s", word[i]);
        argv[i] = room[i];
    }
    *e = VG_NO_ERR;
    return vg_opts_read(o, own, shared, n, argv, false, e);
}

#define READ(o, e, ...)                                                                                      \
    read_words((o), (int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)),                         \
               (const char *const[]){ __VA_ARGS__ }, (e))

static void values_stand_apart_or_after_an_equals_sign(void **state)
{
    (void)state;
    vg_opts o;
    vg_err e;
    CHECK_OK(READ(&o, &e, "a", "--draws", "12", "--share=0.5", "--json", "b", "--origin", "2024-07"), &e);
    assert_int_equal(vg_opt_int(&o, "draws"), 12);
    CHECK_NEAR(vg_opt_num(&o, "share"), 0.5, 0);
    assert_int_equal(vg_opt_month(&o, "origin"), 535);
    assert_true(vg_opt_given(&o, "json"));
    assert_int_equal(o.n_args, 2);
    assert_string_equal(o.arg[1], "b");
}

static void defaults_hold_where_nothing_is_given(void **state)
{
    (void)state;
    vg_opts o;
    vg_err e;
    CHECK_OK(READ(&o, &e, "x"), &e);
    assert_int_equal(vg_opt_int(&o, "draws"), 1000);
    CHECK_STR(vg_opt_text(&o, "model"), "forest");
    assert_false(vg_opt_given(&o, "draws"));
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    vg_opts o;
    vg_err e;
    CHECK_OK(READ(&o, &e, "--", "--json"), &e);
    assert_false(vg_opt_given(&o, "json"));
    assert_int_equal(o.n_args, 1);
}

static void an_unknown_option_names_the_nearest(void **state)
{
    (void)state;
    vg_opts o;
    vg_err e;
    assert_false(READ(&o, &e, "--drws", "12"));
    assert_int_equal(e.code, VG_EARG);
    assert_non_null(strstr(e.mend, "--draws"));
}

#define REFUSED(want, ...)                                                                                   \
    do {                                                                                                     \
        vg_opts o_;                                                                                          \
        vg_err e_;                                                                                           \
        assert_false(READ(&o_, &e_, __VA_ARGS__));                                                           \
        assert_int_equal(e_.code, VG_EARG);                                                                  \
        assert_string_equal(e_.what, (want));                                                                \
    } while (0)

static void bad_values_are_refused_with_the_value_seen(void **state)
{
    (void)state;
    REFUSED("--draws is not a whole number: \"12x\"", "--draws", "12x");
    REFUSED("--draws 0 is outside 1 to 5000", "--draws", "0");
    REFUSED("--share is not a number: \"0,5\"", "--share", "0,5");
    REFUSED("--origin is not a month: \"2024-13\"", "--origin", "2024-13");
    REFUSED("--model cannot be \"oracle\"", "--model=oracle");
    REFUSED("--windows is not a span of years: \"2023-2018\"", "--windows", "2023-2018");
    REFUSED("--as-of is not a date: \"2024-02-30\"", "--as-of", "2024-02-30");
    REFUSED("--json takes no value", "--json=1");
    REFUSED("--draws needs a value", "--draws");
    REFUSED("--draws needs a value", "--draws", "--json");
    REFUSED("there is no option -x here", "-x");
}

static void a_date_means_the_end_of_its_day(void **state)
{
    (void)state;
    vg_opts o;
    vg_err e;
    CHECK_OK(READ(&o, &e, "--as-of", "1970-01-02"), &e);
    assert_int_equal(vg_opt_int(&o, "as-of"), 2 * 86400 - 1);
}

static void one_year_is_a_span_of_itself(void **state)
{
    (void)state;
    vg_opts o;
    vg_err e;
    CHECK_OK(READ(&o, &e, "--windows", "2020"), &e);
    assert_int_equal(vg_opt_find(&o, "windows")->whole, 2020);
    assert_int_equal(vg_opt_find(&o, "windows")->to, 2020);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_apart_or_after_an_equals_sign),
        cmocka_unit_test(defaults_hold_where_nothing_is_given),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(an_unknown_option_names_the_nearest),
        cmocka_unit_test(bad_values_are_refused_with_the_value_seen),
        cmocka_unit_test(a_date_means_the_end_of_its_day),
        cmocka_unit_test(one_year_is_a_span_of_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
