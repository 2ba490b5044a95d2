/* TOML: documents of our own making, read and refused; the same documents were held against Python 3.11's tomllib. */
#include "prop.h"

#include "core/date.h"
#include "core/out.h"
#include "core/toml.h"

enum { LIMIT = 1 << 24 };

static void setup(vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(a, LIMIT, &e), &e);
}

/* The tree on one line: {a=1,b=[x]}; dates as ISO, floats as %a. */
static void put(vg_out *o, const vg_toml *x)
{
    char text[32];
    switch (x->kind) {
    case VG_TOML_TABLE:
        vg_put_char(o, '{');
        for (const vg_toml *y = x->first; y; y = y->next) {
            vg_print(o, "%s%.*s=", y == x->first ? "" : ",", VG_P(y->key));
            put(o, y);
        }
        vg_put_char(o, '}');
        break;
    case VG_TOML_ARRAY:
        vg_put_char(o, '[');
        for (const vg_toml *y = x->first; y; y = y->next) {
            vg_put(o, y == x->first ? VG_NOSTR : VG_S(","));
            put(o, y);
        }
        vg_put_char(o, ']');
        break;
    case VG_TOML_TEXT: vg_print(o, "<%.*s>", VG_P(x->text)); break;
    case VG_TOML_INT: vg_print(o, "%lld", (long long)x->whole); break;
    case VG_TOML_FLOAT: vg_print(o, "%.17g", x->number); break;
    case VG_TOML_BOOL: vg_print(o, "%s", x->whole ? "true" : "false"); break;
    case VG_TOML_TIME: vg_print(o, "T%lld.%09d", (long long)x->whole, x->nanos); break;
    case VG_TOML_INSTANT:
    case VG_TOML_LOCAL:
    case VG_TOML_DATE:
        vg_print(o, "%c%s",
                 x->kind == VG_TOML_INSTANT ? 'I'
                 : x->kind == VG_TOML_LOCAL ? 'L'
                                            : 'D',
                 vg_instant_text(x->whole, text).s);
        break;
    }
}

static const struct {
    const char *text, *tree;
} good[] = {
    { "", "{}" },
    { "\xEF\xBB\xBFpeace = 1", "{peace=1}" },
    { "# only\n\r\n  # remarks", "{}" },
    { "a = 1 # one\r\nb=2", "{a=1,b=2}" },
    { "\"quoted key\" = 1\n'other' = 2\n\"\" = 3\n1 = 4", "{quoted key=1,other=2,=3,1=4}" },
    { "a.b.c = 1\na.b.d = 2\na . \"e\" = 3", "{a={b={c=1,d=2},e=3}}" },
    { "x = [1, 2, # two\n 3,\n]\ny = []\nz = [[1], ['a']]", "{x=[1,2,3],y=[],z=[[1],[<a>]]}" },
    { "p = { lat = 1.5, lon = -2, n.m = 'x' }\nq = {}", "{p={lat=1.5,lon=-2,n={m=<x>}},q={}}" },
    { "[a]\nx=1\n[a.b]\ny=2\n[c.d]\n[c]\nz=3", "{a={x=1,b={y=2}},c={d={},z=3}}" },
    { "[[z]]\nx=1\n[[z.v]]\ny=1\n[[z.v]]\ny=2\n[[z]]\n[z.w]\nq=1", "{z=[{x=1,v=[{y=1},{y=2}]},{w={q=1}}]}" },
    { "[fruit]\napple.colour = 1\n[fruit.apple.taste]\nsweet = true",
      "{fruit={apple={colour=1,taste={sweet=true}}}}" },
    { "a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F54A\"", "{a=<\b\t\n\f\r\"\\é\xF0\x9F\x95\x8A>}" },
    { "a = 'C:\\no\\escape'", "{a=<C:\\no\\escape>}" },
    { "a = \"\"\"\nfirst\n  second \\\n\n   third\"\"\"", "{a=<first\n  second third>}" },
    { "a = \"\"\"\"two\"\" quotes\"\"\"\"\"", "{a=<\"two\"\" quotes\"\">}" },
    { "a = '''\nit's ''here'''''", "{a=<it's ''here''>}" },
    { "a = \"\"\nb = ''\nc = \"\"\"\"\"\"", "{a=<>,b=<>,c=<>}" },
    { "a=[+1,-1,0,-0,1_000,0xdead_BEEF,0o755,0b1101]", "{a=[1,-1,0,0,1000,3735928559,493,13]}" },
    { "a=9223372036854775807\nb=-9223372036854775808", "{a=9223372036854775807,b=-9223372036854775808}" },
    { "a=[1e5,1E+2,6.5e-3,-0.0,1_0.2_5,5e+0_1,+inf,-inf]",
      "{a=[100000,100,0.0064999999999999997,-0,10.25,50,inf,-inf]}" },
    { "a = true\nb = false", "{a=true,b=false}" },
    { "a = 1979-05-27T07:32:00Z", "{a=I1979-05-27T07:32:00Z}" },
    { "a = 1979-05-27 00:32:00.999999-07:00", "{a=I1979-05-27T07:32:00Z}" },
    { "a = 1979-05-27t07:32:00z", "{a=I1979-05-27T07:32:00Z}" },
    { "a = 2025-04-19T18:00:00", "{a=L2025-04-19T18:00:00Z}" },
    { "a = 2024-02-29 # leap\nb = 2024-02-29 10:00:00 # and a time",
      "{a=D2024-02-29T00:00:00Z,b=L2024-02-29T10:00:00Z}" },
    { "a = 18:00:00\nb = 00:00:00.1234567899", "{a=T64800.000000000,b=T0.123456789}" },
};

static void documents_are_read_as_the_language_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        vg_arena a;
        vg_toml *root;
        vg_out o;
        vg_err e = VG_NO_ERR;
        setup(&a);
        if (!vg_toml_read(vg_str_z(good[i].text), VG_S("t"), &a, &root, &e))
            fail_msg("%s: %s", good[i].text, e.what);
        assert_true(vg_out_memory(&o, &e));
        put(&o, root);
        CHECK_STR(vg_out_text(&o), good[i].tree);
        vg_out_drop(&o);
        vg_arena_free(&a);
    }
}

static const struct {
    const char *text;
    int line, col;
    vg_code code;
} bad[] = {
    { "a = 1\na = 2", 2, 1, VG_ECONFLICT },
    { "a = 1\n\"a\" = 2", 2, 1, VG_ECONFLICT },
    { "[a]\n[b]\n[a]", 3, 2, VG_ECONFLICT },
    { "a.b = 1\n[a]", 2, 2, VG_ECONFLICT },
    { "a.b = 1\na.b.c = 2", 2, 3, VG_ECONFLICT },
    { "[a.b]\n[a]\nb.c = 1", 3, 1, VG_ECONFLICT },
    { "a = {b = 1}\n[a.c]", 2, 2, VG_ECONFLICT },
    { "a = {b = 1}\na.c = 1", 2, 1, VG_ECONFLICT },
    { "a = {b.c = 1, b.c = 2}", 1, 17, VG_ECONFLICT },
    { "a = []\n[[a]]", 2, 3, VG_ECONFLICT },
    { "[[a]]\n[a]", 2, 2, VG_ECONFLICT },
    { "[a]\n[[a]]", 2, 3, VG_ECONFLICT },
    { "é = 1", 1, 1, VG_EPARSE },
    { "é = 1", 1, 1, VG_EPARSE },
    { "ключ = 1", 1, 1, VG_EPARSE },
    { "a = \"é\" x", 1, 9, VG_EPARSE },
    { "a", 1, 2, VG_EPARSE },
    { "a =", 1, 4, VG_EPARSE },
    { "= 1", 1, 1, VG_EPARSE },
    { "a = 1 b = 2", 1, 7, VG_EPARSE },
    { "[a", 1, 3, VG_EPARSE },
    { "[[a]", 1, 4, VG_EPARSE },
    { "[]", 1, 2, VG_EPARSE },
    { "a. = 1", 1, 4, VG_EPARSE },
    { "a = [1 2]", 1, 8, VG_EPARSE },
    { "a = [1,,2]", 1, 8, VG_EPARSE },
    { "a = [1,\n2", 1, 5, VG_EPARSE },
    { "a = {x = 1,}", 1, 12, VG_EPARSE },
    { "a = {x = 1\n}", 1, 11, VG_EPARSE },
    { "a = \"x\ny\"", 1, 5, VG_EPARSE },
    { "a = 'x", 1, 5, VG_EPARSE },
    { "a = \"\"\"x\"\"", 1, 5, VG_EPARSE },
    { "a = \"\\q\"", 1, 6, VG_EPARSE },
    { "a = \"\\u12\"", 1, 7, VG_EPARSE },
    { "a = \"\\uD800\"", 1, 7, VG_ERANGE },
    { "a = \"\\U00110000\"", 1, 7, VG_ERANGE },
    { "a = \"\x01\"", 1, 6, VG_EPARSE },
    { "# \x02", 1, 3, VG_EPARSE },
    { "a = 1\rb = 2", 1, 6, VG_EPARSE },
    { "a = \"\xFF\"", 1, 6, VG_EPARSE },
    { "ok = 1\nb = '\xC3\x28'", 2, 6, VG_EPARSE },
    { "a = 01", 1, 5, VG_EPARSE },
    { "a = 1__0", 1, 5, VG_EPARSE },
    { "a = _1", 1, 5, VG_EPARSE },
    { "a = 1_", 1, 5, VG_EPARSE },
    { "a = .5", 1, 5, VG_EPARSE },
    { "a = 5.", 1, 5, VG_EPARSE },
    { "a = 1.e5", 1, 5, VG_EPARSE },
    { "a = 1_.5", 1, 5, VG_EPARSE },
    { "a = 1e_5", 1, 5, VG_EPARSE },
    { "a = 0xG", 1, 5, VG_EPARSE },
    { "a = +0x1", 1, 5, VG_EPARSE },
    { "a = 9223372036854775808", 1, 5, VG_ERANGE },
    { "a = 1e999", 1, 5, VG_ERANGE },
    { "a = True", 1, 5, VG_EPARSE },
    { "a = bare", 1, 5, VG_EPARSE },
    { "a = 2023-02-29", 1, 5, VG_EPARSE },
    { "a = 2023-13-01", 1, 5, VG_EPARSE },
    { "a = 2023-01-01T24:00:00", 1, 5, VG_EPARSE },
    { "a = 2023-01-01T23:59:60", 1, 5, VG_EPARSE },
    { "a = 2023-01-01T10:00", 1, 5, VG_EPARSE },
    { "a = 18:00", 1, 5, VG_EPARSE },
    { "a = 18:00:00Z", 1, 5, VG_EPARSE },
    { "a = 2023-01-01Tx", 1, 5, VG_EPARSE },
};

static void what_the_language_refuses_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_arena a;
        vg_toml *root = NULL;
        vg_err e = VG_NO_ERR;
        setup(&a);
        if (vg_toml_read(vg_str_z(bad[i].text), VG_S("t"), &a, &root, &e))
            fail_msg("taken: %s", bad[i].text);
        if (e.code != bad[i].code || e.at.line != bad[i].line || e.at.col != bad[i].col)
            fail_msg("%s: %s at %d:%d, code %d", bad[i].text, e.what, (int)e.at.line, (int)e.at.col,
                     (int)e.code);
        assert_null(root);
        vg_arena_free(&a);
    }
}

static void keys_that_nobody_asked_for_are_told(void **state)
{
    (void)state;
    vg_arena a;
    vg_toml *root;
    vg_err e = VG_NO_ERR;
    setup(&a);
    CHECK_OK(vg_toml_read(VG_S("a = 1\n\nb = 2\nc.d = 3"), VG_S("t"), &a, &root, &e), &e);
    assert_int_equal(vg_toml_get(root, VG_S("b"))->whole, 2);
    assert_null(vg_toml_get(root, VG_S("x")));
    assert_null(vg_toml_get(NULL, VG_S("x")));
    const vg_toml *x = vg_toml_unasked(root, NULL);
    CHECK_STR(x->key, "a");
    x = vg_toml_unasked(root, x);
    CHECK_STR(x->key, "c");
    assert_int_equal(x->key_at.line, 4);
    assert_null(vg_toml_unasked(root, x));
    vg_arena_free(&a);
}

static void nesting_is_limited(void **state)
{
    (void)state;
    vg_arena a;
    vg_toml *root;
    char text[400];
    for (int depth = 63; depth <= 65; depth++) {
        vg_err e = VG_NO_ERR;
        setup(&a);
        int n = snprintf(text, sizeof text, "a = ");
        for (int i = 0; i < 2 * depth; i++)
            text[n++] = i < depth ? '[' : ']';
        assert_int_equal(vg_toml_read((vg_str){ text, n }, VG_S("t"), &a, &root, &e), depth <= VG_TOML_DEPTH);
        assert_int_equal(e.code, depth <= VG_TOML_DEPTH ? VG_OK : VG_ERANGE);
        vg_arena_free(&a);
    }
}

/* Values drawn at random, written and read. */
static const char *written_values_come_back(vg_rng *r)
{
    vg_arena a;
    vg_out o;
    vg_toml *root;
    vg_err e = VG_NO_ERR;
    int64_t whole[20];
    double number[20];
    setup(&a);
    if (!vg_out_memory(&o, &e))
        return "no memory";
    for (int i = 0; i < 20; i++) {
        whole[i] = (int64_t)vg_rng_u64(r);
        number[i] = ldexp(vg_rng_unit(r) - .5, (int)vg_rng_below(r, 2000) - 1000);
        vg_print(&o, "[t%d]\nwhole = %lld\nnumber = %.17e\n", i, (long long)whole[i], number[i]);
    }
    const char *wrong = vg_toml_read(vg_out_text(&o), VG_S("t"), &a, &root, &e) ? NULL : "not read";
    vg_toml *t = wrong ? NULL : root->first;
    for (int i = 0; i < 20 && !wrong; i++, t = t->next)
        if (vg_toml_get(t, VG_S("whole"))->whole != whole[i] ||
            memcmp(&vg_toml_get(t, VG_S("number"))->number, &number[i], sizeof *number) != 0)
            wrong = "another value";
    vg_out_drop(&o);
    vg_arena_free(&a);
    return wrong;
}

static void numbers_survive_writing(void **state)
{
    (void)state;
    check_property("written_values_come_back", written_values_come_back, 100);
}

static void running_out_of_memory_is_a_failure_and_nothing_else(void **state)
{
    (void)state;
    const vg_str text = VG_S("a = [1, \"x\\n\", { b = 2 }]\n[c]\nd.e = '''f'''\n[[g]]");
    for (int64_t k = 1;; k++) {
        vg_arena a;
        vg_toml *root = NULL;
        vg_err e = VG_NO_ERR;
        setup(&a);
        a.fail_at = k;
        bool good_now = vg_toml_read(text, VG_S("t"), &a, &root, &e);
        vg_arena_free(&a);
        if (good_now)
            break;
        assert_int_equal(e.code, VG_ENOMEM);
        assert_true(k < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_are_read_as_the_language_says),
        cmocka_unit_test(what_the_language_refuses_is_refused_with_its_place),
        cmocka_unit_test(keys_that_nobody_asked_for_are_told),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(numbers_survive_writing),
        cmocka_unit_test(running_out_of_memory_is_a_failure_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
