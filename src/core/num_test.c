/* Numbers: strict, correctly rounded, the same forth and back. strtod in the C locale is the second opinion. */
#include "core/num.h"

#include <locale.h>

#include "prop.h"
#include "test.h"

static void what_is_not_a_number_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = { "",     "-",   "+",   ".",   "e5",    "1e",    "1e+",   " 5",  "5 ",
                                "0x10", "nan", "inf", "1,5", "1.2.3", "12abc", "1e999", "--1", "1_000" };
    double x = 42;
    int64_t n = 42;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (vg_num(vg_str_z(bad[i]), &x) || vg_int(vg_str_z(bad[i]), &n))
            fail_msg("\"%s\" was taken", bad[i]);
    }
    assert_true(x == 42 && n == 42);
    assert_false(vg_int(VG_S("1.0"), &n));
    assert_false(vg_num_comma(VG_S("1.5"), &x));
}

static void numbers_are_read_as_they_are_written(void **state)
{
    (void)state;
    const struct {
        const char *text;
        double want;
    } good[] = { { "0", 0 },
                 { "-0", 0 },
                 { "12.5", 12.5 },
                 { ".5", .5 },
                 { "5.", 5 },
                 { "+7", 7 },
                 { "1e3", 1000 },
                 { "1.7976931348623157e308", 1.7976931348623157e308 },
                 { "5e-324", 5e-324 },
                 { "123456789012345678901234567890", 123456789012345678901234567890.0 },
                 { "9007199254740993", 9007199254740993.0 },
                 { "0.1", 0.1 },
                 { "100000000000000000000000", 1e23 } };
    double x;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(vg_num(vg_str_z(good[i].text), &x));
        CHECK_NEAR(x, good[i].want, 0);
    }
    assert_true(vg_num_comma(VG_S("12,5"), &x));
    CHECK_NEAR(x, 12.5, 0);
}

static void whole_numbers_stop_at_their_limits(void **state)
{
    (void)state;
    int64_t n;
    assert_true(vg_int(VG_S("9223372036854775807"), &n) && n == INT64_MAX);
    assert_true(vg_int(VG_S("-9223372036854775808"), &n) && n == INT64_MIN);
    assert_false(vg_int(VG_S("9223372036854775808"), &n));
    assert_false(vg_int(VG_S("-9223372036854775809"), &n));
    assert_true(vg_int_lenient(VG_S("12.0"), &n) && n == 12);
    assert_true(vg_int_lenient(VG_S("1.2e1"), &n) && n == 12);
    assert_false(vg_int_lenient(VG_S("12.5"), &n));
    vg_err e = VG_NO_ERR;
    int32_t small;
    assert_true(vg_i32(-5, &small, &e) && small == -5);
    assert_false(vg_i32(5000000000, &small, &e));
    assert_int_equal(e.code, VG_ERANGE);
}

static const char *text_reads_back_as_the_same_double(vg_rng *r)
{
    char buf[32];
    for (int i = 0; i < 200; i++) {
        uint64_t bits = vg_rng_u64(r);
        double x, back;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x))
            continue;
        if (i % 2)
            x = (double)(int64_t)vg_rng_u32(r) / 1000;
        if (!vg_num(vg_num_text(x, buf), &back) || back != x)
            return "written and read again, it is another number";
    }
    return NULL;
}

static const char *reading_agrees_with_strtod(vg_rng *r)
{
    char text[64];
    for (int i = 0; i < 200; i++) {
        int n = snprintf(text, sizeof text, "%s%u", vg_rng_below(r, 2) ? "-" : "", vg_rng_u32(r));
        if (vg_rng_below(r, 2))
            n += snprintf(text + n, sizeof text - (size_t)n, ".%u%u", vg_rng_u32(r), vg_rng_below(r, 1000));
        if (vg_rng_below(r, 2))
            n += snprintf(text + n, sizeof text - (size_t)n, "e%d", (int)vg_rng_below(r, 60) - 30);
        double x;
        if (!vg_num((vg_str){ text, n }, &x) || x != strtod(text, NULL))
            return "differs from strtod";
    }
    return NULL;
}

static void properties_of_numbers_hold(void **state)
{
    (void)state;
    check_property("text_reads_back_as_the_same_double", text_reads_back_as_the_same_double, 100);
    check_property("reading_agrees_with_strtod", reading_agrees_with_strtod, 100);
}

static void unknown_is_written_as_nothing(void **state)
{
    (void)state;
    char buf[40];
    CHECK_STR(vg_num_text(NAN, buf), "");
    CHECK_STR(vg_num_text(INFINITY, buf), "");
    CHECK_STR(vg_fixed_text(NAN, 2, buf), "");
    CHECK_STR(vg_num_text(0.1, buf), "0.1");
    CHECK_STR(vg_num_text(1e15, buf), "1e+15");
    CHECK_STR(vg_num_text(-1234567, buf), "-1234567");
    CHECK_STR(vg_fixed_text(-0.001, 2, buf), "0.00");
    CHECK_STR(vg_fixed_text(2.5, 0, buf), "2");
}

/* The digits without printf are those of printf, ties, carries and tiny numbers among them. */
static const char *fixed_text_is_that_of_printf(vg_rng *r)
{
    char ours[40], theirs[400];
    for (int i = 0; i < 1000; i++) {
        int decimals = (int)vg_rng_below(r, 10);
        double x = (vg_rng_unit(r) - .5) * pow(10, vg_rng_unit(r) * 24 - 14);
        if (vg_rng_below(r, 3) == 0) /* halves, quarters, eighths: ties */
            x = (double)((int64_t)vg_rng_below(r, 4000000) - 2000000) / (double)(1 << vg_rng_below(r, 12));
        if (vg_rng_below(r, 9) == 0)
            x = (double)(float)x;
        snprintf(theirs, sizeof theirs, "%.*f", decimals, x);
        const char *expected = theirs;
        if (strspn(theirs, "-0.") == strlen(theirs) && theirs[0] == '-')
            expected++; /* no minus zero */
        vg_str text = vg_fixed_text(x, decimals, ours);
        if (!vg_eq(text, vg_str_z(expected)) || ours[text.n] != 0)
            return "digits differ from printf";
    }
    return NULL;
}

static void fixed_decimals_are_those_of_printf(void **state)
{
    (void)state;
    check_property("fixed_text_is_that_of_printf", fixed_text_is_that_of_printf, 200);
}

static void a_long_sum_keeps_its_small_terms(void **state)
{
    (void)state;
    vg_sum s = { 0 };
    vg_sum_add(&s, 1e16);
    for (int i = 0; i < 10000; i++)
        vg_sum_add(&s, 0.1);
    vg_sum_add(&s, -1e16);
    CHECK_NEAR(vg_sum_value(&s), 1000, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_a_number_is_refused),
        cmocka_unit_test(numbers_are_read_as_they_are_written),
        cmocka_unit_test(whole_numbers_stop_at_their_limits),
        cmocka_unit_test(properties_of_numbers_hold),
        cmocka_unit_test(unknown_is_written_as_nothing),
        cmocka_unit_test(fixed_decimals_are_those_of_printf),
        cmocka_unit_test(a_long_sum_keeps_its_small_terms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
