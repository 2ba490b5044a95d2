/* Catalogues are complete and alike; numbers and months follow the language. */
#include "test.h"

#include "text/message.h"

static bool placeholders_of(vg_str text, vg_str name)
{
    for (ptrdiff_t at; (at = vg_find_byte(text, '{')) >= 0; text = vg_sub(text, at + 1, text.n)) {
        vg_str rest = vg_sub(text, at + 1, text.n), inside = vg_cut(&rest, '}'), own = vg_cut(&inside, ':');
        if (vg_eq(own, name))
            return true;
    }
    return false;
}

/* Every key of `a` is in `b`. */
static void check_keys(vg_lang a, vg_lang b)
{
    vg_str key, text;
    char name[96];
    for (ptrdiff_t at = 0; vg_message_next(a, &at, &key, &text);) {
        snprintf(name, sizeof name, "%.*s", VG_P(key));
        if (!vg_message_has(b, name))
            fail_msg("%s is in %s but not in %s", name, vg_lang_code(a), vg_lang_code(b));
    }
}

static void english_and_french_have_the_same_keys(void **state)
{
    (void)state;
    check_keys(VG_LANG_EN, VG_LANG_FR);
    check_keys(VG_LANG_FR, VG_LANG_EN);
}

static void no_key_comes_twice(void **state)
{
    (void)state;
    vg_str key, text, other;
    for (int lang = VG_LANG_EN; lang <= VG_LANG_FR; lang++)
        for (ptrdiff_t at = 0; vg_message_next((vg_lang)lang, &at, &key, &text);)
            for (ptrdiff_t next = at; vg_message_next((vg_lang)lang, &next, &other, &text);)
                if (vg_eq(key, other))
                    fail_msg("%.*s comes twice in %s", VG_P(key), vg_lang_code((vg_lang)lang));
}

static void french_uses_no_argument_that_english_lacks(void **state)
{
    (void)state;
    vg_str key, text;
    char name[96];
    for (ptrdiff_t at = 0; vg_message_next(VG_LANG_FR, &at, &key, &text);) {
        snprintf(name, sizeof name, "%.*s", VG_P(key));
        vg_str english = vg_message(VG_LANG_EN, name);
        for (ptrdiff_t from; (from = vg_find_byte(text, '{')) >= 0; text = vg_sub(text, from + 1, text.n)) {
            vg_str rest = vg_sub(text, from + 1, text.n), inside = vg_cut(&rest, '}');
            vg_str argument = vg_cut(&inside, ':');
            if (!placeholders_of(english, argument) && !vg_eq(argument, VG_S("n")))
                fail_msg("%s: {%.*s} is not in the English text", name, VG_P(argument));
        }
    }
}

static void french_has_no_ordinary_space_before_high_punctuation(void **state)
{
    (void)state;
    vg_str key, text;
    static const char *const wrong[] = { " :", " ;", " ?", " !", " %", " \xC2\xBB" };
    for (ptrdiff_t at = 0; vg_message_next(VG_LANG_FR, &at, &key, &text);)
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
            if (vg_find(text, vg_str_z(wrong[i])) >= 0)
                fail_msg("%.*s: an ordinary space before \"%s\"", VG_P(key), wrong[i] + 1);
}

static void check_arg(vg_lang lang, vg_arg arg, const char *want)
{
    vg_out o;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    vg_arg_put(&o, lang, &arg);
    CHECK_STR(vg_out_text(&o), want);
    vg_out_drop(&o);
}

static void numbers_are_written_as_the_language_writes_them(void **state)
{
    (void)state;
    check_arg(VG_LANG_EN, vg_arg_int("", 1234567), "1,234,567");
    check_arg(VG_LANG_FR, vg_arg_int("", 1234567), "1\u202F234\u202F567");
    check_arg(VG_LANG_EN, vg_arg_num("", -1234.5, 1), "\u22121,234.5");
    check_arg(VG_LANG_FR, vg_arg_num("", 0.25, 2), "0,25");
    check_arg(VG_LANG_FR, vg_arg_percent("", 0.37, 0), "37\u202F%");
    check_arg(VG_LANG_EN, vg_arg_num("", -0.001, 1), "0.0");
    check_arg(VG_LANG_EN, vg_arg_num("", (double)NAN, 1), "\u2013");
}

static void a_share_of_draws_is_never_none_or_all(void **state)
{
    (void)state;
    check_arg(VG_LANG_EN, vg_arg_chance("", 0), "<1%");
    check_arg(VG_LANG_EN, vg_arg_chance("", 1), ">99%");
    check_arg(VG_LANG_EN, vg_arg_chance("", 0.42), "42%");
}

static void months_and_days_have_names(void **state)
{
    (void)state;
    check_arg(VG_LANG_FR, vg_arg_month("", 538), "oct.\u00A02024");
    check_arg(VG_LANG_EN, vg_arg_month_long("", 538), "October 2024");
    check_arg(VG_LANG_FR, vg_arg_day("", 0), "1er\u00A0janvier\u00A01970"); /* the first is an ordinal */
    check_arg(VG_LANG_FR, vg_arg_day("", 86400), "2\u00A0janvier\u00A01970");
    check_arg(VG_LANG_FR, vg_arg_day("", 10 * 86400), "11\u00A0janvier\u00A01970");
    check_arg(VG_LANG_EN, vg_arg_day("", 0), "1 January 1970");
}

static void the_word_follows_the_number(void **state)
{
    (void)state;
    vg_out o;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    vg_say(&o, VG_LANG_EN, "check.clean", vg_arg_int("n", 0));
    o.n = 0;
    vg_say(&o, VG_LANG_EN, "gap.refused", vg_arg_int("n", 1), vg_arg_int("id", 3));
    CHECK_STR(vg_out_text(&o), "1 row of vintage 3 could not be read and is missing (vigie rejects 3).");
    o.n = 0;
    vg_say(&o, VG_LANG_EN, "gap.refused", vg_arg_int("n", 2), vg_arg_int("id", 3));
    CHECK_STR(vg_out_text(&o), "2 rows of vintage 3 could not be read and are missing (vigie rejects 3).");
    vg_out_drop(&o);
}

static void an_argument_is_not_read_for_placeholders_and_is_escaped_in_html(void **state)
{
    (void)state;
    vg_out o;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_out_memory(&o, &e), &e);
    vg_say_html(&o, VG_LANG_EN, "fetch.from", vg_arg_text("url", VG_S("<{url}>")));
    CHECK_STR(vg_out_text(&o), "from &lt;{url}&gt;");
    vg_out_drop(&o);
}

static void a_missing_language_falls_back_to_english_and_a_missing_key_to_itself(void **state)
{
    (void)state;
    CHECK_STR(vg_message(VG_LANG_ZH, "month.long.3"), "March");
    CHECK_STR(vg_message(VG_LANG_FR, "no.such.key"), "no.such.key");
}

static void the_language_comes_from_the_environment(void **state)
{
    (void)state;
    setenv("VIGIE_LANG", "fr_FR.UTF-8", 1);
    assert_int_equal(vg_lang_default(), VG_LANG_FR);
    setenv("VIGIE_LANG", "tlh", 1);
    assert_int_equal(vg_lang_default(), VG_LANG_EN);
    unsetenv("VIGIE_LANG");
    setenv("LC_ALL", "pt_BR.UTF-8", 1);
    assert_int_equal(vg_lang_default(), VG_LANG_PT);
}

static void wide_characters_count_two_and_accents_none(void **state)
{
    (void)state;
    assert_int_equal(vg_text_width(VG_S("Mali")), 4);
    assert_int_equal(vg_text_width(VG_S("C\u00F4te")), 4);
    assert_int_equal(vg_text_width(VG_S("\u9A6C\u91CC")), 4);
    assert_int_equal(vg_text_width(VG_S("e\u0301")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_and_french_have_the_same_keys),
        cmocka_unit_test(no_key_comes_twice),
        cmocka_unit_test(french_uses_no_argument_that_english_lacks),
        cmocka_unit_test(french_has_no_ordinary_space_before_high_punctuation),
        cmocka_unit_test(numbers_are_written_as_the_language_writes_them),
        cmocka_unit_test(a_share_of_draws_is_never_none_or_all),
        cmocka_unit_test(months_and_days_have_names),
        cmocka_unit_test(the_word_follows_the_number),
        cmocka_unit_test(an_argument_is_not_read_for_placeholders_and_is_escaped_in_html),
        cmocka_unit_test(a_missing_language_falls_back_to_english_and_a_missing_key_to_itself),
        cmocka_unit_test(the_language_comes_from_the_environment),
        cmocka_unit_test(wide_characters_count_two_and_accents_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
