/* The report: what it must say, what it must keep back, and that texts of strangers stay texts. */
#include "consultation/report.h"

#include "consultation/report_int.h"
#include "test.h"

enum { PEOPLE = 60, STATEMENTS = 24 };

static vg_arena arena;
static vg_consultation votes;
static vg_house house;

static const char *const hostile = "<script>alert(1)</script> \"a\" & \xE2\x80\xAE"
                                   "b";

/* Two camps of people: the first agrees with the even statements, the second with the odd ones, all with the first four;
 * the last statement has three votes only. */
static void write_votes(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "participant,statement,vote,text\n");
    for (int p = 0; p < PEOPLE; p++)
        for (int s = 0; s < STATEMENTS; s++) {
            if ((p * 7 + s * 3) % 5 == 0 || (s == STATEMENTS - 1 && p > 3))
                continue;
            int camp = p < 36, odd = (p * 31 + s * 17) % 11 == 0;
            int vote = s < 4 ? 1 : (s % 2 == camp) ? -1 : 1;
            fprintf(f, "p%d,s%d,%d,\"%s\"\n", p, s, odd ? 0 : vote,
                    s == 0 ? "<script>alert(1)</script> & a" : "Text");
        }
    fclose(f);
}

static int begin(void **state)
{
    (void)state;
    char dir[256], path[300];
    vg_err e = VG_NO_ERR;
    vg_opinions *m;
    vg_house_opts how = { .seed = 1, .n_threads = 1 };
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/votes.csv", dir);
    write_votes(path);
    if (!vg_arena_init(&arena, 1 << 30, &e))
        return -1;
    CHECK_OK(vg_consultation_read(path, &(vg_consultation_opts){ 0 }, &arena, &votes, &e), &e);
    CHECK_OK(vg_opinions_fit(&votes, &how, &m, &e), &e);
    CHECK_OK(vg_house_analyse(&votes, m, &how, &arena, &house, &e), &e);
    vg_opinions_free(m);
    remove(path);
    return rmdir(dir);
}

static int end(void **state)
{
    (void)state;
    vg_arena_free(&arena);
    return 0;
}

/* The page as text, in the arena. */
static vg_str page(const vg_consultation *c, vg_lang lang)
{
    vg_err e = VG_NO_ERR;
    vg_out o;
    vg_page_source source = { .source = VG_S("votes.csv"),
                              .sha256 = VG_S("00ff"),
                              .licence = VG_S("CC BY 4.0") };
    vg_consultation_report_opts opts = {
        .votes = c, .opinions = &house, .source = &source, .n_sources = 1, .how = { .seed = 1 }, .lang = lang
    };
    CHECK_OK(vg_out_memory(&o, &e), &e);
    CHECK_OK(vg_consultation_report(&opts, &arena, &o, &e), &e);
    vg_str text = vg_copy(&arena, vg_out_text(&o));
    assert_non_null(text.s);
    vg_out_drop(&o);
    return text;
}

static void the_page_has_every_section_in_both_languages(void **state)
{
    (void)state;
    static const char *const id[] = { "map",     "groups",     "common", "divides",
                                      "unheard", "statements", "method", "sources" };
    for (vg_lang lang = VG_LANG_EN; lang <= VG_LANG_FR; lang++) {
        vg_str text = page(&votes, lang);
        for (size_t i = 0; i < sizeof id / sizeof *id; i++) {
            char want[64];
            snprintf(want, sizeof want, "<section id=\"%s\"", id[i]);
            if (vg_find(text, vg_str_z(want)) < 0)
                fail_msg("no section %s", id[i]);
        }
        assert_true(vg_find(text, VG_S("CC BY 4.0")) > 0);
        assert_true(vg_find(text, VG_S(">00ff<")) > 0);
        assert_true(vg_find(text, VG_S("consultation.")) < 0); /* a key without a sentence */
        assert_true(vg_find(text, lang ? VG_S("Terrain d\xE2\x80\x99"
                                              "entente")
                                       : VG_S("Common ground")) > 0);
    }
}

static void the_page_is_right_to_left_where_the_language_is(void **state)
{
    (void)state;
    assert_true(vg_find(page(&votes, VG_LANG_AR), VG_S("dir=\"rtl\"")) > 0);
    assert_true(vg_find(page(&votes, VG_LANG_EN), VG_S("dir=\"ltr\"")) > 0);
}

static void strangers_texts_stay_texts_and_nothing_is_loaded(void **state)
{
    (void)state;
    vg_consultation_statement *s = vg_new(&arena, vg_consultation_statement, votes.n_statements);
    vg_consultation c = votes;
    for (int32_t i = 0; i < votes.n_statements; i++) {
        s[i] = votes.statement[i];
        s[i].original.text = vg_str_z(hostile);
    }
    c.statement = s;
    c.topic = vg_str_z(hostile);
    vg_str text = page(&c, VG_LANG_EN);
    assert_true(vg_find(text, VG_S("<script")) < 0);
    assert_true(vg_find(text, VG_S("&lt;script&gt;")) > 0);
    assert_true(vg_find(text, VG_S("src=")) < 0 && vg_find(text, VG_S("@import")) < 0);
    assert_true(vg_find(text, VG_S("href=\"http")) < 0 && vg_find(text, VG_S("url(http")) < 0);
}

static void the_same_record_gives_the_same_bytes(void **state)
{
    (void)state;
    assert_true(vg_eq(page(&votes, VG_LANG_FR), page(&votes, VG_LANG_FR)));
}

static void figures_of_fewer_than_five_votes_are_kept_back_two_at_a_time(void **state)
{
    (void)state;
    vg_opinion_page p = { .h = &house };
    vg_house_support group[VG_HOUSE_MAX_GROUPS] = { { .n_agree = 4 }, { .n_agree = 9 }, { .n_agree = 40 } };
    vg_house h = { .n_groups = 3 };
    vg_house_statement s = { .group = group };
    bool hidden[VG_HOUSE_MAX_GROUPS];
    p.h = &h;
    vg_opinion_hidden(&p, &s, hidden);
    assert_true(hidden[0] && hidden[1] && !hidden[2]);
    group[0].n_agree = 5;
    vg_opinion_hidden(&p, &s, hidden);
    assert_true(!hidden[0] && !hidden[1] && !hidden[2]);
    group[0].n_agree = 3;
    group[1].n_agree = 4;
    vg_opinion_hidden(&p, &s, hidden);
    assert_true(hidden[0] && hidden[1] && !hidden[2]);
    group[0].n_agree = 1; /* 1 + 2 would be known together */
    group[1].n_agree = 2;
    vg_opinion_hidden(&p, &s, hidden);
    assert_true(hidden[0] && hidden[1] && hidden[2]);
}

/* Where only three people voted, the list that a statement is in would say what they think. */
static void a_statement_with_fewer_than_five_votes_is_in_no_list(void **state)
{
    (void)state;
    vg_house whole = house;
    vg_house_statement *s = vg_new(&arena, vg_house_statement, house.n_statements);
    for (int32_t i = 0; i < house.n_statements; i++) {
        s[i] = house.statement[i];
        s[i].place = VG_HOUSE_COMMON;
        s[i].everyone.n_agree = 3;
        s[i].everyone.n_pass = s[i].everyone.n_disagree = 0;
    }
    house.statement = s;
    vg_str text = page(&votes, VG_LANG_EN);
    house = whole;
    ptrdiff_t from = vg_find(text, VG_S("id=\"common\"")), to = vg_find(text, VG_S("id=\"divides\""));
    assert_true(from > 0 && to > from);
    assert_true(vg_find(vg_sub(text, from, to - from), VG_S("<td")) < 0);
    assert_true(vg_find(page(&votes, VG_LANG_EN), VG_S("<td")) > 0);
}

static void a_group_stands_for_what_it_says_more_than_the_others(void **state)
{
    (void)state;
    vg_consultation_stand s[8];
    assert_true(house.n_groups >= 2);
    for (int32_t g = 0; g < house.n_groups; g++) {
        int32_t n = vg_consultation_stands(&house, g, 0.9, s, 8);
        assert_true(n > 0);
        for (int32_t i = 0; i < n; i++) {
            assert_true(s[i].share > 0.5 && s[i].share > s[i].rest && s[i].n >= VG_REPORT_LEAST);
            assert_true(s[i].bounds.low <= s[i].share && s[i].share <= s[i].bounds.high);
            assert_true(i == 0 || s[i].difference.low <= s[i - 1].difference.low);
        }
        assert_int_equal(vg_consultation_stands(&house, g, 0.9, s, 1), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_has_every_section_in_both_languages),
        cmocka_unit_test(the_page_is_right_to_left_where_the_language_is),
        cmocka_unit_test(strangers_texts_stay_texts_and_nothing_is_loaded),
        cmocka_unit_test(the_same_record_gives_the_same_bytes),
        cmocka_unit_test(figures_of_fewer_than_five_votes_are_kept_back_two_at_a_time),
        cmocka_unit_test(a_statement_with_fewer_than_five_votes_is_in_no_list),
        cmocka_unit_test(a_group_stands_for_what_it_says_more_than_the_others),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
