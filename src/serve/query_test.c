/* Targets, parameters and cursors: what is taken and what is refused. */
#include "prop.h"
#include "serve/serve_int.h"

static vg_arena arena;

static bool target(const char *text, vg_target *t)
{
    vg_err e = VG_NO_ERR;
    vg_arena_reset(&arena);
    bool good = vg_query__target(vg_str_z(text), &arena, t, &e);
    assert_int_equal(good, !vg_failed(&e));
    return good;
}

static void a_target_is_cut_and_decoded(void **state)
{
    vg_target t;
    (void)state;
    assert_true(target("/api/v1/runs?verb=a%20b&x=1+2&y=%C3%A9", &t));
    assert_int_equal(t.n_segments, 3);
    CHECK_STR(t.segment[2], "runs");
    assert_int_equal(t.n_pairs, 3);
    CHECK_STR(t.pair[0].value, "a b");
    CHECK_STR(t.pair[1].value, "1 2");
    CHECK_STR(t.pair[2].value, "\xC3\xA9");
}

static void a_path_cannot_go_up_or_hide_a_slash(void **state)
{
    static const char *const bad[] = { "/../etc/passwd", "/a/%2e%2e/b", "/a/./b",  "/a%2Fb",   "/a%5cb",
                                       "/a%00b",         "/a?x=%00",    "/%c3%28", "/%zz",     "/a%2",
                                       "/a?x=%ff",       "api",         "/a\x01",  "http://a/" };
    vg_target t;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (target(bad[i], &t))
            fail_msg("taken: %s", bad[i]);
}

static void more_parameters_than_any_route_has_are_refused(void **state)
{
    char text[512] = "/?";
    vg_target t;
    (void)state;
    for (int i = 0; i <= VG_MAX_PAIRS; i++)
        strcat(text, "a=1&");
    assert_false(target(text, &t));
}

static bool value(vg_param_kind kind, const char *text, vg_value *v)
{
    vg_param p = { "x", kind, "a|b|c", -5, 5, NULL, false, false, "help" };
    vg_err e = VG_NO_ERR;
    return vg_query__value(&p, vg_str_z(text), v, &e);
}

static void a_box_may_cross_the_antimeridian_and_nothing_else(void **state)
{
    vg_value v;
    (void)state;
    assert_true(value(VG_P_BOX, "170,-10,-170,10", &v));
    CHECK_NEAR(v.box[0], 170, 0);
    CHECK_NEAR(v.box[2], -170, 0);
    static const char *const bad[] = { "0,10,10,0", "0,0,10",    "0,0,10,10,5", "0,0,181,1",
                                       "0,-91,1,1", "nan,0,1,1", "0,0,1e999,1", "",
                                       "a,b,c,d",   "0,0,1,1," };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (value(VG_P_BOX, bad[i], &v))
            fail_msg("taken: %s", bad[i]);
}

static void a_span_of_days_has_open_ends_and_an_order(void **state)
{
    vg_value v;
    (void)state;
    assert_true(value(VG_P_DAYS, "2024-02-29", &v));
    assert_int_equal(v.from, 19782);
    assert_int_equal(v.to, 19782);
    assert_true(value(VG_P_DAYS, "../2024-02-29", &v));
    assert_true(v.from < -1000000);
    assert_true(value(VG_P_DAYS, "2024-02-29T23:59:59Z/..", &v));
    assert_int_equal(v.from, 19782);
    assert_false(value(VG_P_DAYS, "2024-02-30", &v));
    assert_false(value(VG_P_DAYS, "2024-03-01/2024-02-01", &v));
    assert_false(value(VG_P_DAYS, "", &v));
}

static void numbers_and_words_keep_to_their_ranges(void **state)
{
    vg_value v;
    (void)state;
    assert_true(value(VG_P_INT, "-5", &v));
    assert_false(value(VG_P_INT, "6", &v));
    assert_false(value(VG_P_INT, "99999999999999999999", &v));
    assert_false(value(VG_P_INT, "1.0", &v));
    assert_true(value(VG_P_CHOICES, "a,c", &v));
    assert_int_equal(v.whole, 5);
    assert_false(value(VG_P_CHOICE, "d", &v));
    assert_false(value(VG_P_MONTH, "2024-13", &v));
}

static void a_flat_json_object_becomes_members(void **state)
{
    vg_target t = { .n_pairs = 0 };
    vg_err e = VG_NO_ERR;
    (void)state;
    vg_arena_reset(&arena);
    CHECK_OK(vg_query__json(VG_S("{\"a\":1.5,\"b\":true,\"c\":[\"x\",\"y\"]}"), &arena, &t, &e), &e);
    assert_int_equal(t.n_pairs, 4);
    CHECK_STR(t.pair[3].value, "y");
    static const char *const bad[] = { "",
                                       "[]",
                                       "1",
                                       "{",
                                       "{\"a\":{}}",
                                       "{\"a\":null}",
                                       "{\"a\":[[1]]}",
                                       "{\"a\":1}x",
                                       "{\"a\":\"\\u0000\"}",
                                       "{\"a\":\"\xff\"}" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        e = VG_NO_ERR;
        t.n_pairs = 0;
        if (vg_query__json(vg_str_z(bad[i]), &arena, &t, &e))
            fail_msg("taken: %s", bad[i]);
    }
}

static const char *cursor_comes_back(vg_rng *r)
{
    vg_event_place p = { (int32_t)vg_rng_u32(r) / 2, (int64_t)(vg_rng_u64(r) >> 1) }, back;
    vg_err e = VG_NO_ERR;
    vg_arena_reset(&arena);
    vg_str text = vg_query__cursor(&arena, &p, VG_S("question"));
    if (!vg_query__place(text, VG_S("question"), &back, &e) || back.day != p.day || back.id != p.id)
        return "the place is another one";
    if (vg_query__place(text, VG_S("another"), &back, &e))
        return "another question's cursor was taken";
    return NULL;
}

static void a_cursor_comes_back_and_belongs_to_its_question(void **state)
{
    (void)state;
    check_property("cursor", cursor_comes_back, 500);
}

static void an_address_that_asks_too_often_waits(void **state)
{
    vg_rates *r;
    vg_err e = VG_NO_ERR;
    unsigned char a[16] = { 1 }, b[16] = { 2 };
    (void)state;
    CHECK_OK(vg_rates__new(2, &r, &e), &e);
    int allowed = 0;
    for (int i = 0; i < 100; i++)
        allowed += vg_rates__allow(r, a, 100);
    assert_int_equal(allowed, 8); /* four seconds' worth */
    assert_true(vg_rates__allow(r, b, 100));
    assert_true(vg_rates__allow(r, a, 100.5));
    assert_false(vg_rates__allow(r, a, 100.5));
    vg_rates__free(r);
}

int main(void)
{
    vg_err e = VG_NO_ERR;
    if (!vg_arena_init(&arena, 16 << 20, &e))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_cut_and_decoded),
        cmocka_unit_test(a_path_cannot_go_up_or_hide_a_slash),
        cmocka_unit_test(more_parameters_than_any_route_has_are_refused),
        cmocka_unit_test(a_box_may_cross_the_antimeridian_and_nothing_else),
        cmocka_unit_test(a_span_of_days_has_open_ends_and_an_order),
        cmocka_unit_test(numbers_and_words_keep_to_their_ranges),
        cmocka_unit_test(a_flat_json_object_becomes_members),
        cmocka_unit_test(a_cursor_comes_back_and_belongs_to_its_question),
        cmocka_unit_test(an_address_that_asks_too_often_waits),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vg_arena_free(&arena);
    return failed;
}
