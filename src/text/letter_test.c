/* Words of every script in Latin letters; distances agree with slow ones; sounds meet across romanisations. */
#include "prop.h"

#include "text/distance.h"
#include "text/letter.h"
#include "text/romanise.h"
#include "text/sound.h"

static void check_word(const char *word, const char *want)
{
    char latin[64];
    vg_script script;
    int n = vg_letter_word(vg_str_z(word), latin, sizeof latin, &script);
    assert_string_equal(latin, want);
    assert_int_equal(n, (int)strlen(want));
}

static void each_script_is_spelt_in_latin_letters(void **state)
{
    (void)state;
    check_word("Владимир", "vladimir");
    check_word("Жуков", "zhukov");
    check_word("Зеленський", "zelenskiy");
    check_word("Μπουμπουλίνα", "boumpoulina");
    check_word("Բարակ", "barak");
    check_word("მიხეილ", "mikheil");
    check_word("سلمان", "slman");
    check_word("משה", "mshh");
    check_word("नरेन्द्र", "narendr");
    check_word("ジュリアナ", "juriana");
    check_word("シェザーデ", "shezade");
    check_word("김", "gim");
    check_word("習近平", "xijinping");
    check_word("Łódź", "lodz");
    check_word("Erdoğan", "erdogan");
    check_word("ｆｕｌｌ", "full");
}

static void cyrillic_a_in_a_latin_word_is_read_as_it_looks(void **state)
{
    (void)state;
    check_word("P\xd0\xb0ul", "paul"); /* Cyrillic а */
    check_word("\xd0\x9fut\xd1\x96n",
               "putin");                    /* one Cyrillic letter that has no Latin look keeps its sound */
    check_word("\xd0\x9a\xd0\xbet", "kot"); /* mostly Cyrillic: the Latin t is read as т */
}

static void bidi_controls_and_marks_are_silent(void **state)
{
    (void)state;
    check_word("\xe2\x80\xaePutin\xe2\x80\xac", "putin");
    check_word("Pu\xcc\x81tin", "putin");
    check_word("O\xe2\x80\x8b'Brien", "obrien");
}

static void bytes_that_are_not_utf8_are_passed_over(void **state)
{
    (void)state;
    check_word("Pu\xfftin\xc3", "putin");
    check_word("\xed\xa0\x80x", "x");
    check_word("", "");
}

/* The textbook's table, with swaps of neighbours. */
static int slow_edits(const char *a, int n, const char *b, int m)
{
    int d[66][66];
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            d[i][j] = i == 0 ? j : j == 0 ? i : d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (i > 0 && d[i - 1][j] + 1 < d[i][j])
                d[i][j] = d[i - 1][j] + 1;
            if (j > 0 && i >= 0 && d[i][j - 1] + 1 < d[i][j])
                d[i][j] = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    return d[n][m];
}

static int random_word(vg_rng *r, char word[64])
{
    int n = (int)(vg_rng_unit(r) * 63);
    for (int i = 0; i < n; i++)
        word[i] = (char)('a' + (int)(vg_rng_unit(r) * 4));
    return n;
}

static const char *edits_agree_with_the_slow_table(vg_rng *r)
{
    char a[64], b[64];
    int n = random_word(r, a), m = random_word(r, b), fast = vg_distance_edits(a, n, b, m);
    if (fast != slow_edits(a, n, b, m))
        return "not the distance of the table";
    return fast == vg_distance_edits(b, m, a, n) ? NULL : "not symmetric";
}

static const char *likeness_is_symmetric_and_bounded(vg_rng *r)
{
    char a[64], b[64];
    int n = random_word(r, a), m = random_word(r, b);
    double x = vg_jaro_winkler(a, n, b, m), s = vg_sound_distance(a, n, b, m, false);
    if (x != vg_jaro_winkler(b, m, a, n) || x < 0 || x > 1)
        return "Jaro-Winkler";
    if (fabs(s - vg_sound_distance(b, m, a, n, false)) > 1e-12 || s < 0 || s > 64)
        return "distance of sounds";
    return vg_sound_distance(a, n, a, n, false) == 0 ? NULL : "a word is not itself";
}

static void edits_hold(void **state)
{
    (void)state;
    check_property("edits_agree_with_the_slow_table", edits_agree_with_the_slow_table, 3000);
    check_property("likeness_is_symmetric_and_bounded", likeness_is_symmetric_and_bounded, 3000);
}

/* Winkler 1990's own examples: MARTHA MARHTA .961, DIXON DICKSONX .813, DWAYNE DUANE .840. */
static void jaro_winkler_gives_winklers_figures(void **state)
{
    (void)state;
    CHECK_NEAR(vg_jaro_winkler("martha", 6, "marhta", 6), .9611, 1e-4);
    CHECK_NEAR(vg_jaro_winkler("dixon", 5, "dicksonx", 8), .8133, 1e-4);
    CHECK_NEAR(vg_jaro_winkler("dwayne", 6, "duane", 5), .8400, 1e-4);
}

static void romanisations_of_one_name_sound_alike(void **state)
{
    (void)state;
    static const char *const name[][2] = { { "muhammad", "mohamed" },   { "qaddafi", "gaddafi" },
                                           { "aleksandr", "alexandr" }, { "yusuf", "youssef" },
                                           { "wladimir", "vladimir" },  { "philipp", "filip" } };
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        char a[VG_SOUND_MAX + 1], b[VG_SOUND_MAX + 1];
        vg_sound(name[i][0], (int)strlen(name[i][0]), a);
        vg_sound(name[i][1], (int)strlen(name[i][1]), b);
        if (i != 2)
            assert_string_equal(a, b);
        assert_true(vg_sound_distance(name[i][0], (int)strlen(name[i][0]), name[i][1],
                                      (int)strlen(name[i][1]), false) < .35 * (double)strlen(name[i][0]));
    }
}

static void icu_romanises_what_it_knows(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_romaniser *r;
    char buf[64];
    CHECK_OK(vg_romaniser_open(&r, &e), &e);
    CHECK_STR(vg_romanise(r, VG_S("Путин"), buf, sizeof buf), "putin");
    vg_romaniser_close(r);
}

static void typed_words_differ_by_their_edits_and_not_by_case(void **state)
{
    (void)state;
    char longer[101];
    memset(longer, 'x', 100);
    longer[100] = '\0';
    assert_int_equal(vg_distance_typed(VG_S("Europe/Kyiv"), VG_S("europe/kiev")), 2);
    assert_int_equal(vg_distance_typed(VG_S("kitten"), VG_S("sitting")), 3);
    assert_int_equal(vg_distance_typed(VG_S("sitting"), VG_S("kitten")), 3);
    assert_int_equal(vg_distance_typed(VG_S(""), VG_S("zone")), 4);
    assert_int_equal(vg_distance_typed(vg_str_z(longer), VG_S("")), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_script_is_spelt_in_latin_letters),
        cmocka_unit_test(cyrillic_a_in_a_latin_word_is_read_as_it_looks),
        cmocka_unit_test(bidi_controls_and_marks_are_silent),
        cmocka_unit_test(bytes_that_are_not_utf8_are_passed_over),
        cmocka_unit_test(edits_hold),
        cmocka_unit_test(jaro_winkler_gives_winklers_figures),
        cmocka_unit_test(romanisations_of_one_name_sound_alike),
        cmocka_unit_test(typed_words_differ_by_their_edits_and_not_by_case),
        cmocka_unit_test(icu_romanises_what_it_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
