/* gzip in memory comes back through the reader of files, and is the same each time. */
#include "core/gzip.h"

#include "core/input.h"
#include "prop.h"

static const char *comes_back(vg_rng *r)
{
    static char text[70000], back[70000];
    vg_out one, two;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    int64_t n = 1 + vg_rng_below(r, (uint32_t)sizeof text - 1), got = 0;
    for (int64_t i = 0; i < n; i++)
        text[i] = (char)vg_rng_below(r, 1 + vg_rng_below(r, 256));
    vg_str bytes = { text, (ptrdiff_t)n };
    CHECK_OK(vg_out_memory(&one, &e) && vg_out_memory(&two, &e), &e);
    CHECK_OK(vg_gzip(bytes, 4, &one, &e) && vg_gzip(bytes, 4, &two, &e), &e);
    bool same = vg_eq(vg_out_text(&one), vg_out_text(&two));
    CHECK_OK(vg_input_memory(vg_out_text(&one), VG_S("packed"), &in, &e), &e);
    for (int64_t part; (part = vg_input_read(in, back + got, (int64_t)sizeof back - got, &e)) > 0;)
        got += part;
    vg_input_close(in);
    vg_out_drop(&one);
    vg_out_drop(&two);
    if (!same)
        return "other bytes the second time";
    return got == n && memcmp(text, back, (size_t)n) == 0 ? NULL : "other bytes came back";
}

static void gzip_comes_back_and_is_the_same_each_time(void **state)
{
    (void)state;
    check_property("gzip", comes_back, 50);
}

static void gzip_refuses_a_level_that_is_none(void **state)
{
    vg_out o;
    vg_err e = VG_NO_ERR;
    (void)state;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    assert_false(vg_gzip(VG_S("x"), 0, &o, &e));
    assert_int_equal(e.code, VG_EARG);
    vg_out_drop(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_comes_back_and_is_the_same_each_time),
        cmocka_unit_test(gzip_refuses_a_level_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
