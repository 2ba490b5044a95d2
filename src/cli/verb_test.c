/* The verb table: every verb and option can be explained, and help is made for each. */
#include "test.h"

#include "cli/verb.h"

static void every_verb_has_a_purpose_in_both_languages(void **state)
{
    (void)state;
    int n;
    char key[96];
    const vg_verb *v = vg_verbs(&n);
    for (int i = 0; i < n; i++) {
        vg_verb_key(&v[i], "purpose", key);
        if (!vg_message_has(VG_LANG_EN, key) || !vg_message_has(VG_LANG_FR, key))
            fail_msg("%s is not in the catalogues", key);
    }
}

static void check_options(const vg_verb *v, const vg_opt *opt)
{
    char key[96];
    for (; opt && opt->name; opt++) {
        vg_option_key(v, opt, key);
        if (!vg_message_has(VG_LANG_EN, key))
            fail_msg("%s is not in the catalogue", key);
        if (opt->kind != VG_OPT_FLAG && !opt->value)
            fail_msg("--%s has no word for its value", opt->name);
    }
}

static void every_option_is_explained(void **state)
{
    (void)state;
    int n;
    const vg_verb *v = vg_verbs(&n);
    check_options(NULL, vg_global_options);
    for (int i = 0; i < n; i++)
        check_options(&v[i], v[i].option);
}

static void every_default_is_a_good_value(void **state)
{
    (void)state;
    int n;
    const vg_verb *v = vg_verbs(&n);
    for (int i = 0; i < n; i++) {
        vg_opts o;
        vg_err e = VG_NO_ERR;
        CHECK_OK(vg_opts_read(&o, v[i].option, vg_global_options, 0, NULL, false, &e), &e);
    }
}

static void two_words_name_one_verb(void **state)
{
    (void)state;
    char alert[] = "alert", add[] = "add", nothing[] = "nothing";
    int used = 0;
    const vg_verb *v = vg_verb_find(2, (char *[]){ alert, add }, &used);
    assert_non_null(v);
    assert_string_equal(v->name, "alert add");
    assert_int_equal(used, 2);
    assert_null(vg_verb_find(2, (char *[]){ alert, nothing }, &used));
    assert_null(vg_verb_find(1, (char *[]){ alert }, &used));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_has_a_purpose_in_both_languages),
        cmocka_unit_test(every_option_is_explained),
        cmocka_unit_test(every_default_is_a_good_value),
        cmocka_unit_test(two_words_name_one_verb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
