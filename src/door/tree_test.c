/* Bodies as trees: what is read can be written and read again; what is no JSON is refused with its place. */
#include "core/rng.h"
#include "door/tree.h"
#include "prop.h"
#include "test.h"

static bool read_tree(const char *text, vg_arena *a, const vg_tree **out, vg_err *e)
{
    *e = VG_NO_ERR;
    return vg_tree_read(vg_str_z(text), a, out, e);
}

static void members_and_texts_are_found_by_name(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    const vg_tree *t;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    CHECK_OK(read_tree("{\"a\":1,\"b\":[\"x\",2,null,\"y\"],\"c\":{\"d\":\"e\"},\"a\":\"last\"}", &a, &t, &e),
             &e);
    CHECK_STR(vg_tree_text(vg_tree_member(t, "a"), 0), "last");
    CHECK_STR(vg_tree_text(vg_tree_member(t, "b"), 2), "y");
    assert_int_equal(vg_tree_text(vg_tree_member(t, "b"), 3).n, 0);
    CHECK_STR(vg_tree_text(vg_tree_member(vg_tree_member(t, "c"), "d"), 0), "e");
    assert_int_equal(vg_tree_member(t, "z")->kind, VG_TREE_NULL);
    assert_int_equal(vg_tree_member(vg_tree_member(t, "b"), "x")->kind, VG_TREE_NULL);
    vg_arena_free(&a);
}

static void what_is_no_value_is_refused(void **state)
{
    static const char *const bad[] = { "",         " ",          "{",   "[1,]",    "{\"a\":1} 2",
                                       "\x1f\x8b", "PK\x03\x04", "nul", "\"\xff\"" };
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    const vg_tree *t;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(read_tree(bad[i], &a, &t, &e));
        assert_int_equal(e.code, VG_EPARSE);
    }
    char deep[200];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    assert_false(read_tree(deep, &a, &t, &e));
    assert_int_equal(e.code, VG_ERANGE);
    vg_arena_free(&a);
}

static void put_random(vg_json *j, vg_rng *r, int depth)
{
    static const char *const text[] = { "a", "é\n", "\"", "", "x y" };
    switch (vg_rng_below(r, depth > 4 ? 4 : 6)) {
    case 0: vg_json_int(j, vg_rng_below(r, 1000)); return;
    case 1: vg_json_str(j, vg_str_z(text[vg_rng_below(r, 5)])); return;
    case 2: vg_json_bool(j, vg_rng_below(r, 2) == 1); return;
    case 3: vg_json_null(j); return;
    case 4: vg_json_array(j); break;
    default: vg_json_object(j);
    }
    bool object = j->close[j->depth - 1] == '}';
    for (uint32_t n = vg_rng_below(r, 5); n > 0; n--) {
        if (object)
            vg_json_key(j, vg_str_z(text[vg_rng_below(r, 5)]));
        put_random(j, r, depth + 1);
    }
    vg_json_close(j);
}

static const char *round_trip(vg_rng *r)
{
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_out first, again;
    const vg_tree *t;
    if (!vg_arena_init(&a, 4 << 20, &e) || !vg_out_memory(&first, &e) || !vg_out_memory(&again, &e))
        return "no memory";
    vg_json j = vg_json_to(&first), k = vg_json_to(&again);
    put_random(&j, r, 0);
    const char *wrong = vg_tree_read(vg_out_text(&first), &a, &t, &e) ? NULL : "it cannot be read";
    if (!wrong) {
        vg_tree_put(&k, t);
        wrong = vg_eq(vg_out_text(&first), vg_out_text(&again)) ? NULL : "it is another one";
    }
    vg_out_drop(&first);
    vg_out_drop(&again);
    vg_arena_free(&a);
    return wrong;
}

static void what_was_read_is_written_as_it_was(void **state)
{
    (void)state;
    check_property("round_trip", round_trip, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_and_texts_are_found_by_name),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(what_was_read_is_written_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
