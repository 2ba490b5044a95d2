/* Errors, slices, arenas and name maps. */
#include "core/arena.h"
#include "core/hash.h"
#include "core/map.h"

#include "prop.h"
#include "test.h"

/* --- errors --- */

static void the_first_failure_wins(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    assert_false(vg_fail(&e, VG_EPARSE, (vg_at){ .line = 3 }, "first %d", 1));
    vg_why(&e, "because");
    vg_fail(&e, VG_ENOMEM, VG_NOWHERE, "second");
    vg_why(&e, "another");
    vg_mend(&e, "mend it");
    assert_int_equal(e.code, VG_EPARSE);
    assert_int_equal(e.at.line, 3);
    assert_string_equal(e.what, "first 1");
    assert_string_equal(e.why, "because");
    assert_string_equal(e.mend, "mend it");
}

static void a_failure_without_a_place_to_go_is_ignored(void **state)
{
    (void)state;
    assert_false(vg_fail(NULL, VG_EIO, VG_NOWHERE, "x"));
    assert_false(vg_failed(NULL));
}

static void a_long_message_is_cut_at_a_character(void **state)
{
    (void)state;
    char text[601];
    for (int i = 0; i < 300; i++)
        memcpy(text + 2 * i, "\xC3\xA9", 2);
    text[600] = 0;
    vg_err e = VG_NO_ERR;
    vg_fail(&e, VG_EPARSE, VG_NOWHERE, "x%s", text);
    assert_true(vg_utf8_valid(vg_str_z(e.what)));
    assert_true(vg_ends(vg_str_z(e.what), VG_S("...")));
}

static void an_error_is_printed_as_place_what_why_mend(void **state)
{
    (void)state;
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    vg_err e = VG_NO_ERR;
    vg_fail(&e, VG_EPARSE, (vg_at){ VG_S("events.csv"), 118, 7 }, "latitude is not a number: \"12,5N\"");
    vg_why(&e, "this column holds decimal degrees");
    vg_mend(&e, "write 12.5");
    vg_err_print(f, &e);
    fclose(f);
    assert_string_equal(text, "events.csv:118:7: latitude is not a number: \"12,5N\"\n"
                              "  why:  this column holds decimal degrees\n  mend: write 12.5\n");
    free(text);
}

static void exit_codes_tell_usage_data_and_outside_apart(void **state)
{
    (void)state;
    assert_int_equal(vg_exit_code(VG_OK), 0);
    assert_int_equal(vg_exit_code(VG_EARG), 2);
    assert_int_equal(vg_exit_code(VG_EPARSE), 3);
    assert_int_equal(vg_exit_code(VG_ECONFLICT), 3);
    assert_int_equal(vg_exit_code(VG_EIO), 4);
    assert_int_equal(vg_exit_code(VG_ESTOPPED), 130);
    assert_string_equal(vg_code_name(VG_ESTOPPED), "stopped");
}

/* --- slices --- */

static void slices_are_cut_trimmed_and_found(void **state)
{
    (void)state;
    vg_str rest = VG_S("MLI;2024-03;");
    CHECK_STR(vg_cut(&rest, ';'), "MLI");
    CHECK_STR(vg_cut(&rest, ';'), "2024-03");
    CHECK_STR(vg_cut(&rest, ';'), "");
    CHECK_STR(rest, "");
    CHECK_STR(vg_trim(VG_S(" \t a b\r\n")), "a b");
    assert_int_equal(vg_find(VG_S("abcabc"), VG_S("ca")), 2);
    assert_int_equal(vg_find(VG_S("abc"), VG_S("abcd")), -1);
    assert_int_equal(vg_find_byte(VG_NOSTR, 'a'), -1);
    CHECK_STR(vg_sub(VG_S("abc"), -5, 2), "ab");
    CHECK_STR(vg_sub(VG_S("abc"), 2, 99), "c");
    assert_true(vg_starts(VG_S("abc"), VG_S("ab")) && vg_ends(VG_S("abc"), VG_S("bc")));
    assert_true(vg_eq_nocase(VG_S("Mali"), VG_S("mALI")) && !vg_eq(VG_S("a"), VG_S("b")));
    assert_true(vg_cmp(VG_S("a"), VG_S("ab")) < 0 && vg_cmp(VG_S("b"), VG_S("ab")) > 0);
}

static void only_well_formed_utf8_is_valid(void **state)
{
    (void)state;
    const char *const good[] = {
        "", "abc", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x95\x8A", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"
    };
    const char *const bad[] = { "\x80",
                                "\xC0\xAF",
                                "\xC3",
                                "\xE0\x9F\xBF",
                                "\xED\xA0\x80",
                                "\xF0\x8F\xBF\xBF",
                                "\xF4\x90\x80\x80",
                                "\xF8\x88\x80\x80\x80",
                                "abcdefgh\xFF",
                                "\xE2\x82" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(vg_utf8_valid(vg_str_z(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(vg_utf8_valid(vg_str_z(bad[i])));
    CHECK_STR(vg_utf8_head(VG_S("a\xC3\xA9"), 2), "a");
}

/* --- arenas --- */

static void arena_memory_is_zeroed_aligned_and_limited(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 16, &e), &e);
    for (int round = 0; round < 2; round++) {
        char *c = vg_new(&a, char, 3);
        double *d = vg_new(&a, double, 100);
        assert_non_null(c);
        assert_int_equal((uintptr_t)d % _Alignof(double), 0);
        for (int i = 0; i < 100; i++)
            assert_true(d[i] == 0);
        memset(d, 0xFF, 800);
        vg_arena_reset(&a);
    }
    assert_null(vg_new(&a, char, (1 << 16) + 1));
    assert_null(vg_new(&a, double, INT64_MAX / 2));
    assert_null(vg_new(&a, double, -1));
    vg_arena_free(&a);
    assert_false(vg_arena_init(&a, 0, &e));
    assert_int_equal(e.code, VG_EARG);
}

static int64_t take_by_value(vg_arena scratch)
{
    memset(vg_new(&scratch, char, 1000), 1, 1000);
    return vg_arena_used(&scratch);
}

static void scratch_passed_by_value_gives_itself_back(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 16, &e), &e);
    for (int i = 0; i < 1000; i++)
        assert_true(take_by_value(a) >= 1000);
    assert_int_equal(vg_arena_used(&a), 0);
    assert_true(vg_new(&a, char, 1000)[999] == 0);
    vg_arena_free(&a);
}

static void the_kth_allocation_fails_when_a_test_asks(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 16, &e), &e);
    a.fail_at = 2;
    assert_non_null(vg_new(&a, char, 1));
    assert_null(vg_new(&a, char, 1));
    assert_non_null(vg_new(&a, char, 1));
    vg_arena_free(&a);
}

static void text_is_copied_and_formatted(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 16, &e), &e);
    CHECK_STR(vg_copy(&a, VG_S("abc")), "abc");
    CHECK_STR(vg_format(&a, "%d-%s", 7, "x"), "7-x");
    assert_int_equal(vg_copy(&a, VG_S("abc")).s[3], 0);
    assert_null(vg_format(&a, "%070000d", 1).s);
    vg_arena_free(&a);
}

/* --- maps and fingerprints --- */

static const char *map_numbers_names_in_the_order_they_came(vg_rng *r)
{
    vg_err e = VG_NO_ERR;
    vg_map m;
    if (!vg_map_init(&m, &e))
        return "cannot begin";
    const char *wrong = NULL;
    int32_t seen[500];
    memset(seen, -1, sizeof seen);
    for (int i = 0; i < 2000 && !wrong; i++) {
        char text[16];
        uint32_t k = vg_rng_below(r, 500);
        bool was_new;
        int32_t n = vg_map_add(&m, (vg_str){ text, snprintf(text, sizeof text, "name%u", k) }, &was_new);
        if (was_new != (seen[k] < 0) || (seen[k] >= 0 && seen[k] != n) || (was_new && n != m.n - 1))
            wrong = "a name got two numbers, or a number out of order";
        seen[k] = n;
        if (!vg_eq(vg_map_name(&m, n), vg_str_z(text)) || vg_map_find(&m, vg_str_z(text)) != n)
            wrong = "a number gives another name back";
    }
    if (vg_map_find(&m, VG_S("absent")) != -1)
        wrong = "an absent name was found";
    vg_map_free(&m);
    return wrong;
}

static void maps_hold_their_properties(void **state)
{
    (void)state;
    check_property("map_numbers_names_in_the_order_they_came", map_numbers_names_in_the_order_they_came, 50);
}

static void sha256_gives_the_published_vectors(void **state)
{
    (void)state; /* FIPS 180-4 examples, and the million a's */
    vg_sha256 h;
    char hex[65];
    vg_sha256_init(&h);
    vg_sha256_add(&h, VG_S("abc"));
    vg_sha256_hex(&h, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    vg_sha256_init(&h);
    for (int i = 0; i < 100000; i++)
        vg_sha256_add(&h, VG_S("aaaaaaaaaa"));
    vg_sha256_hex(&h, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block); the data come in two parts. */
static void hmac_gives_the_vectors_of_rfc_4231(void **state)
{
    char key[131], hex[65];
    (void)state;
    memset(key, 0x0b, 20);
    vg_hmac_sha256((vg_str){ key, 20 }, &VG_S("Hi There"), 1, hex);
    assert_string_equal(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    const vg_str jefe[] = { VG_S("what do ya want "), VG_S("for nothing?") };
    vg_hmac_sha256(VG_S("Jefe"), jefe, 2, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    vg_hmac_sha256((vg_str){ key, sizeof key },
                   &VG_S("Test Using Larger Than Block-Size Key - Hash Key First"), 1, hex);
    assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_wins),
        cmocka_unit_test(a_failure_without_a_place_to_go_is_ignored),
        cmocka_unit_test(a_long_message_is_cut_at_a_character),
        cmocka_unit_test(an_error_is_printed_as_place_what_why_mend),
        cmocka_unit_test(exit_codes_tell_usage_data_and_outside_apart),
        cmocka_unit_test(slices_are_cut_trimmed_and_found),
        cmocka_unit_test(only_well_formed_utf8_is_valid),
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_limited),
        cmocka_unit_test(scratch_passed_by_value_gives_itself_back),
        cmocka_unit_test(the_kth_allocation_fails_when_a_test_asks),
        cmocka_unit_test(text_is_copied_and_formatted),
        cmocka_unit_test(maps_hold_their_properties),
        cmocka_unit_test(sha256_gives_the_published_vectors),
        cmocka_unit_test(hmac_gives_the_vectors_of_rfc_4231),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
