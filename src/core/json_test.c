/* JSON both ways. The second opinion is jansson: what we write it reads as the same tree, and both refuse the same. */
#include <jansson.h>

#include "core/json_int.h"
#include "core/num.h"
#include "prop.h"

/* --- a tree from our tokens --- */

typedef struct {
    vg_input *in;
    vg_arena arena;
    vg_json_reader *r;
} opened;

static opened *open_text(vg_str text, int64_t block)
{
    opened *o = malloc(sizeof *o); /* the reader keeps the arena's address, so it must not move */
    assert_non_null(o);
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_memory(text, VG_S("t.json"), &o->in, &e), &e);
    CHECK_OK(vg_arena_init(&o->arena, text.n < 20000 ? 1 << 20 : 64 << 20, &e), &e);
    CHECK_OK(vg_json__open(o->in, &o->arena, block, &o->r, &e), &e);
    return o;
}

static void close_text(opened *o)
{
    vg_arena_free(&o->arena);
    vg_input_close(o->in);
    free(o);
}

static json_t *tree(vg_json_reader *r, const vg_json_token *t, bool *too_big, vg_err *e);

static json_t *object_tree(vg_json_reader *r, bool *too_big, vg_err *e)
{
    json_t *object = json_object();
    vg_json_token t;
    while (vg_json_next(r, &t, e) && t.kind == VG_JSON_KEY) {
        char *key = strndup(t.text.s, (size_t)t.text.n);
        *too_big |= strlen(key) != (size_t)t.text.n; /* jansson takes no NUL in a key */
        json_t *value = vg_json_next(r, &t, e) ? tree(r, &t, too_big, e) : NULL;
        json_object_set_new_nocheck(object, key, value ? value : json_null());
        free(key);
    }
    return object;
}

static json_t *array_tree(vg_json_reader *r, bool *too_big, vg_err *e)
{
    json_t *array = json_array();
    vg_json_token t;
    while (vg_json_next(r, &t, e) && t.kind != VG_JSON_ARRAY_END)
        json_array_append_new(array, tree(r, &t, too_big, e));
    return array;
}

static json_t *number_tree(vg_str text, bool *too_big)
{
    int64_t i;
    double x;
    bool whole = vg_find_byte(text, '.') < 0 && vg_find_byte(text, 'e') < 0 && vg_find_byte(text, 'E') < 0;
    if (whole && vg_int(text, &i))
        return json_integer(i);
    if (!whole && vg_num(text, &x))
        return json_real(x);
    *too_big = true; /* jansson refuses these; we leave that to who wants a number of a certain kind */
    return json_null();
}

static json_t *tree(vg_json_reader *r, const vg_json_token *t, bool *too_big, vg_err *e)
{
    switch (t->kind) {
    case VG_JSON_OBJECT: return object_tree(r, too_big, e);
    case VG_JSON_ARRAY: return array_tree(r, too_big, e);
    case VG_JSON_STRING: return json_stringn_nocheck(t->text.s, (size_t)t->text.n);
    case VG_JSON_NUMBER: return number_tree(t->text, too_big);
    case VG_JSON_TRUE: return json_true();
    case VG_JSON_FALSE: return json_false();
    default: return json_null();
    }
}

/* Our reading of a text that holds one value, NULL when it is refused or holds none or several. */
static json_t *our_tree(vg_str text, int64_t block, bool *too_big, vg_err *e)
{
    opened *o = open_text(text, block);
    vg_json_token t;
    json_t *json = NULL;
    if (vg_json_next(o->r, &t, e) && t.kind != VG_JSON_END)
        json = tree(o->r, &t, too_big, e);
    if (json && (!vg_json_next(o->r, &t, e) || t.kind != VG_JSON_END)) {
        json_decref(json);
        json = NULL;
    }
    close_text(o);
    return json;
}

static json_t *their_tree(vg_str text)
{
    json_error_t error;
    return json_loadb(text.s, (size_t)text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
}

/* NULL when both readers say the same of the text. */
static const char *compare(vg_str text, int64_t block)
{
    bool too_big = false;
    vg_err e = VG_NO_ERR;
    json_t *ours = our_tree(text, block, &too_big, &e), *theirs = their_tree(text);
    const char *wrong = NULL;
    if (!too_big && e.code != VG_ERANGE) /* deeper than we go */
        wrong = ours && !theirs             ? "jansson refuses it"
                : !ours && theirs           ? "jansson takes it"
                : !ours                     ? NULL
                : !json_equal(ours, theirs) ? "jansson reads another tree"
                                            : NULL;
    if (wrong && !ours)
        print_message("line %lld, column %lld: %s\n", (long long)e.at.line, (long long)e.at.col, e.what);
    json_decref(ours);
    json_decref(theirs);
    return wrong;
}

/* --- tokens --- */

static const char *tokens_of(vg_str text)
{
    static const char mark[] = ".{}[]ksntfz";
    static char shown[512];
    size_t n = 0;
    opened *o = open_text(text, 0);
    vg_json_token t;
    vg_err e = VG_NO_ERR;
    while (vg_json_next(o->r, &t, &e) && t.kind != VG_JSON_END)
        n += (size_t)snprintf(shown + n, sizeof shown - n, "%c%.*s@%lld:%lld ", mark[t.kind], VG_P(t.text),
                              (long long)t.at.line, (long long)t.at.col);
    snprintf(shown + n, sizeof shown - n, "%s", vg_failed(&e) ? "failed" : ".");
    close_text(o);
    return shown;
}

static void tokens_come_with_line_and_column(void **state)
{
    (void)state;
    assert_string_equal(tokens_of(VG_S("{\"a\": [1, true,\n null], \"b\":\"x\"}")),
                        "{@1:1 ka@1:2 [@1:7 n1@1:8 t@1:11 z@2:2 ]@2:6 kb@2:9 sx@2:13 }@2:16 .");
    assert_string_equal(tokens_of(VG_S(" [] {} \r\n-1.5e3")), "[@1:2 ]@1:3 {@1:5 }@1:6 n-1.5e3@2:1 .");
}

static void columns_count_characters(void **state)
{
    (void)state;
    assert_string_equal(tokens_of(VG_S("[\"\xC3\xA9\xC3\xA9\",\"\xF0\x9F\x95\x8A\",1]")),
                        "[@1:1 s\xC3\xA9\xC3\xA9@1:2 s\xF0\x9F\x95\x8A@1:7 n1@1:11 ]@1:12 .");
}

static void several_values_one_after_another_are_taken(void **state)
{
    (void)state;
    assert_string_equal(tokens_of(VG_S("{}\n{}\n1 2")), "{@1:1 }@1:2 {@2:1 }@2:2 n1@3:1 n2@3:3 .");
    assert_string_equal(tokens_of(VG_S(" \n")), ".");
}

static void byte_order_mark_at_the_front_is_passed_over(void **state)
{
    (void)state;
    assert_string_equal(tokens_of(VG_S("\xEF\xBB\xBF[1]")), "[@1:1 n1@1:2 ]@1:3 .");
    assert_string_equal(tokens_of(VG_S("[\xEF\xBB\xBF]")), "[@1:1 failed");
}

static void escapes_are_undone(void **state)
{
    (void)state;
    opened *o = open_text(VG_S("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDD4A\\u0000.\""), 0);
    vg_json_token t;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_json_next(o->r, &t, &e), &e);
    assert_true(vg_eq(t.text, VG_S("\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x95\x8A\0.")));
    close_text(o);
}

static void skip_passes_over_a_whole_value(void **state)
{
    (void)state;
    opened *o = open_text(VG_S("{\"a\":[1,{\"b\":[]}],\"c\":2,\"d\":3}"), 0);
    vg_json_token t;
    vg_err e = VG_NO_ERR;
    assert_true(vg_json_next(o->r, &t, &e) && vg_json_next(o->r, &t, &e));
    assert_true(vg_json_next(o->r, &t, &e) && t.kind == VG_JSON_ARRAY);
    assert_true(vg_json_skip(o->r, &t, &e)); /* an array */
    assert_true(vg_json_next(o->r, &t, &e) && t.kind == VG_JSON_KEY);
    assert_true(vg_json_skip(o->r, &t, &e)); /* a key: its value */
    assert_true(vg_json_next(o->r, &t, &e));
    CHECK_STR(t.text, "d");
    assert_true(vg_json_next(o->r, &t, &e) && vg_json_skip(o->r, &t, &e)); /* a number: nothing */
    assert_true(vg_json_next(o->r, &t, &e) && t.kind == VG_JSON_OBJECT_END);
    close_text(o);
}

/* --- faults --- */

static vg_err fault_of(vg_str text)
{
    opened *o = open_text(text, 0);
    vg_json_token t;
    vg_err e = VG_NO_ERR;
    while (vg_json_next(o->r, &t, &e) && t.kind != VG_JSON_END)
        ;
    vg_err again = VG_NO_ERR;
    assert_true(vg_failed(&e) && !vg_json_next(o->r, &t, &again) && strcmp(e.what, again.what) == 0);
    close_text(o);
    return e;
}

#define FAULT(text, at_line, at_col, says)                                                                   \
    do {                                                                                                     \
        vg_err e_ = fault_of(VG_S(text));                                                                    \
        assert_string_equal(e_.what, says);                                                                  \
        assert_int_equal(e_.at.line, at_line);                                                               \
        assert_int_equal(e_.at.col, at_col);                                                                 \
    } while (0)

static void fault_names_what_was_expected_and_what_is_there(void **state)
{
    (void)state;
    FAULT("[1,]", 1, 4, "a value is expected, not: ]");
    FAULT("{\"a\":1,\n}", 2, 1, "a key in double quotes is expected, not: }");
    FAULT("{a:1}", 1, 2, "a key in double quotes or } is expected, not: a:1}");
    FAULT("{\"a\" 1}", 1, 6, "a colon is expected behind the key, not: 1}");
    FAULT("[1 2]", 1, 4, "a comma or ] is expected, not: 2]");
    FAULT("[\n[1,\n2", 3, 2, "a comma or ] is expected, but the text ends");
    FAULT("{\"a\":NaN}", 1, 6, "a value is expected, not: NaN}");
    FAULT("[01]", 1, 2, "a number as JSON writes it is expected, not: 01]");
    FAULT("[12x]", 1, 4, "a comma, a bracket or a space is expected, not: x]");
    FAULT("[\"\xC3\xA9\", \"abc", 1, 7, "the string that opens here has no closing quote");
    FAULT("\"\xC3\xA9 \\x\"", 1, 4, "an escape is expected, not: \\x\"");
    FAULT("\"\xC3\xA9 \\uD83D.\"", 1, 4, "an escape is expected, not: \\uD83D.\"");
    FAULT("\"\\u00e9\xC3\xA9\\n\\x\"", 1, 11, "an escape is expected, not: \\x\"");
    FAULT("\"\xC3\xA9\xC3.\"", 1, 3, "text in UTF-8 is expected, not: byte 0xC3");
    FAULT("\"a\nb\"", 1, 3, "a string holds printable characters and escapes, not: byte 0x0A");
}

static void open_bracket_is_named_by_its_line(void **state)
{
    (void)state;
    vg_err e = fault_of(VG_S("[\n{\"a\":1,\n\"b\":2"));
    assert_string_equal(e.why, "the object opened on line 2 is not closed");
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    char text[VG_JSON_DEPTH + 1];
    memset(text, '[', sizeof text);
    assert_int_equal(fault_of((vg_str){ text, VG_JSON_DEPTH }).code, VG_EPARSE); /* not closed */
    assert_int_equal(fault_of((vg_str){ text, VG_JSON_DEPTH + 1 }).code, VG_ERANGE);
}

static void string_of_16_mib_is_refused_and_a_shorter_one_read(void **state)
{
    (void)state;
    enum { LIMIT = 16 << 20 };
    char *text = malloc(LIMIT + 2);
    assert_non_null(text);
    memset(text, 'a', LIMIT + 2);
    text[0] = text[LIMIT + 1] = '"';
    assert_int_equal(fault_of((vg_str){ text, LIMIT + 2 }).code, VG_ERANGE);
    text[LIMIT - 2] = '"';
    opened *o = open_text((vg_str){ text, LIMIT - 1 }, 0);
    vg_json_token t;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_json_next(o->r, &t, &e), &e);
    assert_int_equal(t.text.n, LIMIT - 3);
    close_text(o);
    free(text);
}

static void arena_that_is_too_small_fails_with_a_message(void **state)
{
    (void)state;
    static char text[200000];
    memset(text, '1', sizeof text);
    vg_input *in;
    vg_arena a;
    vg_json_reader *r;
    vg_json_token t;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_input_memory((vg_str){ text, sizeof text }, VG_S("t.json"), &in, &e), &e);
    CHECK_OK(vg_arena_init(&a, 100000, &e), &e);
    CHECK_OK(vg_json_open(in, &a, &r, &e), &e);
    assert_false(vg_json_next(r, &t, &e));
    assert_int_equal(e.code, VG_ENOMEM);
    vg_arena_free(&a);
    vg_input_close(in);
}

/* --- beside jansson --- */

/* clang-format off: one text a line would be a page */
static const char *const tricky[] = {
    "0",
    "-0",
    "-",
    "+1",
    ".5",
    "5.",
    "1e5",
    "1E+5",
    "1e",
    "1e+",
    "1.e1",
    "00",
    "-01",
    "0x10",
    "1_000",
    "1e400",
    "1e-400",
    "9223372036854775807",
    "9223372036854775808",
    "123456789012345678901234567890",
    "true",
    "True",
    "nul",
    "nulll",
    "truefalse",
    "true false",
    "\"\"",
    "\"\\\"",
    "\"\\",
    "\"\\u12\"",
    "\"\\u12G4\"",
    "\"\\uD800\"",
    "\"\\uDC00\"",
    "\"\\uD800\\uD800\"",
    "\"\\uD800\\u0041\"",
    "\"\\uDBFF\\uDFFF\"",
    "\"\\ud83d\\udd4a\"",
    "\"\\u0000\"",
    "{\"\\u0000\":1}",
    "\"\t\"",
    "\"\x7F\"",
    "\"\x80\"",
    "\"\xC0\x80\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xF4\x8F\xBF\xBF\"",
    "\"\xE2\x82\"",
    "[]",
    "[ ]",
    "[,]",
    "[1,,2]",
    "[1,]",
    "[1 2]",
    "[",
    "]",
    "[]]",
    "[[]",
    "[}",
    "{",
    "}",
    "{}",
    "{]",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{1:1}",
    "{\"a\":1,\"a\":2}",
    "{'a':1}",
    "[1]//x",
    "/**/1",
    "[1]#",
    "NaN",
    "Infinity",
    "-Infinity",
    "[1\n]",
    "[1\v]",
    "[1\f]",
    "\xC2\xA0 1",
    " 1 ",
    "1 2",
    "[1]x",
    "\"a\"\"b\"",
    "[\"a\"\"b\"]",
    "[1\"a\"]",
    "{\"a\":\"b\"\"c\":1}",
    "[true1]",
    "[null,true,false]",
    "[-1.5e-3,0.0,1e0]",
    "\"\\/\"",
    "\"\\a\"",
    "\"\\U0041\"",
    "{\"a\":[{\"b\":{}}]}",
    "[[[[[[[[]]]]]]]]",
    "\xEF\xBB",
    "[1,2",
    "{\"a\":1",
    "{\"a\"",
    "{\"a\":",
    "\"abc",
    "tru",
};
/* clang-format on */

static void tricky_texts_are_taken_and_refused_as_by_jansson(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tricky / sizeof *tricky; i++)
        for (int64_t block = 1; block <= 64; block *= 4) {
            const char *wrong = compare(vg_str_z(tricky[i]), block);
            if (wrong)
                fail_msg("%s: %s", tricky[i], wrong);
        }
}

static json_t *write_random(vg_json *j, vg_rng *r, int depth);

static vg_str random_text(vg_rng *r, char buf[64])
{
    static const char *const bits[] = { "a",
                                        "deaths",
                                        "\"",
                                        "\\",
                                        "\n",
                                        "\t",
                                        "\x01",
                                        "\x7F",
                                        "/",
                                        "\xC3\xA9",
                                        "\xE2\x82\xAC",
                                        "\xF0\x9F\x95\x8A",
                                        "\xED\x9F\xBF",
                                        " ",
                                        "{",
                                        "]" };
    size_t n = 0;
    for (uint32_t k = vg_rng_below(r, 10); k > 0; k--) {
        const char *bit = bits[vg_rng_below(r, 16)];
        memcpy(buf + n, bit, strlen(bit));
        n += strlen(bit);
    }
    buf[n] = 0;
    return (vg_str){ buf, (ptrdiff_t)n };
}

static json_t *write_object(vg_json *j, vg_rng *r, int depth)
{
    json_t *object = json_object();
    vg_json_object(j);
    for (uint32_t k = vg_rng_below(r, 5); k > 0; k--) {
        char buf[64];
        vg_str key = random_text(r, buf);
        if (json_object_get(object, buf))
            continue;
        vg_json_key(j, key);
        json_object_set_new(object, buf, write_random(j, r, depth + 1));
    }
    vg_json_close(j);
    return object;
}

static json_t *write_array(vg_json *j, vg_rng *r, int depth)
{
    json_t *array = json_array();
    vg_json_array(j);
    for (uint32_t k = vg_rng_below(r, 5); k > 0; k--)
        json_array_append_new(array, write_random(j, r, depth + 1));
    vg_json_close(j);
    return array;
}

static double random_double(vg_rng *r)
{
    double x = (vg_rng_unit(r) - 0.5) * pow(10, (double)vg_rng_below(r, 600) - 300);
    return x == floor(x) ? x + 0.5 : x; /* whole ones are written without a point and come back as integers */
}

static json_t *write_random(vg_json *j, vg_rng *r, int depth)
{
    char buf[64];
    switch (vg_rng_below(r, depth > 6 ? 6 : 10)) {
    case 0: vg_json_null(j); return json_null();
    case 1: vg_json_bool(j, true); return json_true();
    case 2: vg_json_bool(j, false); return json_false();
    case 3: {
        int64_t x = (int64_t)vg_rng_u64(r) >> vg_rng_below(r, 64);
        vg_json_int(j, x);
        return json_integer(x);
    }
    case 4: {
        double x = random_double(r);
        if (fabs(x) >= 1e15)
            x = 0.25;
        vg_json_num(j, x);
        return json_real(x);
    }
    case 5: {
        vg_str s = random_text(r, buf);
        vg_json_str(j, s);
        return json_stringn(s.s, (size_t)s.n);
    }
    case 6:
    case 7: return write_array(j, r, depth);
    default: return write_object(j, r, depth);
    }
}

static const char *document_comes_back(vg_rng *r)
{
    vg_out out;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&out, &e), &e);
    vg_json j = vg_json_to(&out);
    json_t *meant = write_random(&j, r, 0), *theirs = their_tree(vg_out_text(&out));
    const char *wrong = !theirs                      ? "jansson refuses what was written"
                        : !json_equal(meant, theirs) ? "jansson reads another tree"
                                                     : NULL;
    for (int64_t block = 1; block < 300 && !wrong; block = block * 2 + 1)
        wrong = compare(vg_out_text(&out), block);
    json_decref(meant);
    json_decref(theirs);
    vg_out_drop(&out);
    return wrong;
}

static void written_documents_are_read_as_the_same_by_jansson_and_by_us(void **state)
{
    (void)state;
    check_property("document_comes_back", document_comes_back, 2000);
}

/* Some bytes of a good text changed, taken out, put in or doubled. */
static int64_t mutate(vg_rng *r, char *text, int64_t n, int64_t cap)
{
    static const char letters[] = "{}[],:\"\\0123456789.-+eEtrufalsn /u\n\t\x01\xC3\xA9\xED\xF4";
    for (uint32_t k = 1 + vg_rng_below(r, 3); k > 0 && n > 1 && n + 20 < cap; k--) {
        int64_t at = (int64_t)vg_rng_below(r, (uint32_t)n), len = 1 + (int64_t)vg_rng_below(r, 8);
        len = len < n - at ? len : n - at;
        switch (vg_rng_below(r, 4)) {
        case 0: text[at] = letters[vg_rng_below(r, sizeof letters - 1)]; break;
        case 1:
            memmove(text + at, text + at + len, (size_t)(n - at - len));
            n -= len;
            break;
        case 2:
            memmove(text + at + 1, text + at, (size_t)(n - at));
            text[at] = letters[vg_rng_below(r, sizeof letters - 1)];
            n++;
            break;
        default: memmove(text + at + len, text + at, (size_t)(n - at)); n += len;
        }
    }
    return n > 0 ? n : 1;
}

static const char *damaged_text_is_judged_as_by_jansson(vg_rng *r)
{
    static char text[20000];
    vg_out out;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&out, &e), &e);
    vg_json j = vg_json_to(&out);
    json_decref(write_random(&j, r, 0));
    vg_str whole = vg_sub(vg_out_text(&out), 0, (ptrdiff_t)sizeof text / 2);
    const char *wrong = NULL;
    for (int i = 0; i < 20 && !wrong; i++) {
        memcpy(text, whole.s, (size_t)whole.n);
        int64_t n = mutate(r, text, whole.n, (int64_t)sizeof text);
        wrong = compare((vg_str){ text, n }, 1 + (int64_t)vg_rng_below(r, 40));
        if (wrong)
            print_message("%.*s\n", (int)n, text);
    }
    vg_out_drop(&out);
    return wrong;
}

static void damaged_documents_are_taken_and_refused_as_by_jansson(void **state)
{
    (void)state;
    check_property("damaged_text_is_judged_as_by_jansson", damaged_text_is_judged_as_by_jansson, 3000);
}

/* --- writing --- */

static void written_text_is_compact_and_never_says_nan(void **state)
{
    (void)state;
    vg_out out;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&out, &e), &e);
    vg_json j = vg_json_to(&out);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("unit"));
    vg_json_str(&j, VG_S("M\"L\xFFI\n"));
    vg_json_key(&j, VG_S("q"));
    vg_json_array(&j);
    vg_json_num(&j, (double)NAN);
    vg_json_num(&j, -0.5);
    vg_json_fixed(&j, 2.0 / 3, 3);
    vg_json_int(&j, INT64_MIN);
    vg_json_bool(&j, true);
    vg_json_null(&j);
    vg_json_close(&j);
    vg_json_close(&j);
    CHECK_STR(vg_out_text(&out),
              "{\"unit\":\"M\\\"L\xEF\xBF\xBDI\\n\",\"q\":[null,-0.5,0.667,-9223372036854775808,true,null]}");
    vg_out_drop(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_with_line_and_column),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(several_values_one_after_another_are_taken),
        cmocka_unit_test(byte_order_mark_at_the_front_is_passed_over),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(skip_passes_over_a_whole_value),
        cmocka_unit_test(fault_names_what_was_expected_and_what_is_there),
        cmocka_unit_test(open_bracket_is_named_by_its_line),
        cmocka_unit_test(depth_has_a_limit),
        cmocka_unit_test(string_of_16_mib_is_refused_and_a_shorter_one_read),
        cmocka_unit_test(arena_that_is_too_small_fails_with_a_message),
        cmocka_unit_test(tricky_texts_are_taken_and_refused_as_by_jansson),
        cmocka_unit_test(written_documents_are_read_as_the_same_by_jansson_and_by_us),
        cmocka_unit_test(damaged_documents_are_taken_and_refused_as_by_jansson),
        cmocka_unit_test(written_text_is_compact_and_never_says_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
