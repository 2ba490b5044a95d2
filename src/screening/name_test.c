/* Names are cut into the parts they have, scored the same whichever way they are turned, and every score explains itself. */
#include <math.h>

#include "prop.h"

#include "screening/evaluate.h"
#include "screening/name.h"

static vg_name_book *book;

static int open_book(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    return vg_name_book_open(&book, &e) ? 0 : -1;
}

static int close_book(void **state)
{
    (void)state;
    vg_name_book_close(book);
    return 0;
}

static vg_name parse(const char *text, vg_schema schema, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_name n;
    CHECK_OK(vg_name_parse(book, vg_str_z(text), schema, a, &n, &e), &e);
    return n;
}

static double score(const char *x, const char *y, vg_schema schema)
{
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    vg_name p = parse(x, schema, &a), q = parse(y, schema, &a);
    double s = vg_name_score(book, &p, &q), turned = vg_name_score(book, &q, &p);
    vg_arena_free(&a);
    assert_true(s == turned);
    return s;
}

/* Folded letters and kinds of the parts: "barack:0 obama:0". */
static void check_parts(const char *text, vg_schema schema, const char *want)
{
    vg_err e = VG_NO_ERR;
    vg_arena a;
    char got[512] = "";
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    vg_name n = parse(text, schema, &a);
    for (int i = 0; i < n.n; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s:%d", i ? " " : "", n.part[i].folded,
                 n.part[i].kind);
    vg_arena_free(&a);
    assert_string_equal(got, want);
}

static void titles_particles_and_initials_are_told_apart(void **state)
{
    (void)state;
    check_parts("Dr. Usama bin Laden, Jr.", VG_SCHEMA_PERSON, "dr:5 usama:2 bin:4 laden:2 jr:8");
    check_parts("J.-C. Juncker", VG_SCHEMA_PERSON, "j:6 c:6 juncker:0");
    check_parts("Nikolai Platonovich Patrushev", VG_SCHEMA_PERSON, "nikolai:0 platonovich:3 patrushev:0");
    check_parts("'Abd al-Aziz al-Nuristani", VG_SCHEMA_PERSON, "abdulaziz:0 al:4 nuristani:0");
}

static void legal_forms_of_many_words_are_one_part(void **state)
{
    (void)state;
    check_parts("Gazprom Open Joint Stock Company", VG_SCHEMA_COMPANY, "gazprom:0 openjointstockcompany:9");
    check_parts("FABERLIC EUROPE Sp. z o.o.", VG_SCHEMA_COMPANY, "faberlic:0 europe:12 spzoo:9");
    check_parts("A.B.C. Company", VG_SCHEMA_COMPANY, "abc:0 company:9");
    check_parts("Deutsche Bank's AG", VG_SCHEMA_COMPANY, "deutsche:12 bank:10 ag:9");
}

static void numbers_in_digits_words_and_roman_are_one(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    assert_int_equal(parse("Brigade 44", VG_SCHEMA_ORGANISATION, &a).part[1].number, 44);
    assert_int_equal(parse("Brigade Forty-four", VG_SCHEMA_ORGANISATION, &a).part[1].number, 44);
    assert_int_equal(parse("Brigade XLIV Fund XIV", VG_SCHEMA_ORGANISATION, &a).part[3].number, 14);
    assert_int_equal(parse("3rd Corps", VG_SCHEMA_ORGANISATION, &a).part[0].number, 3);
    vg_arena_free(&a);
}

static void han_names_are_family_and_given(void **state)
{
    (void)state;
    check_parts("习近平", VG_SCHEMA_PERSON, "xi:0 jinping:0");
    check_parts("田中花子", VG_SCHEMA_PERSON, "tanaka:0 hanako:0");
    check_parts("欧阳修", VG_SCHEMA_PERSON, "ouyang:0 xiu:0");
    check_parts("김정은", VG_SCHEMA_PERSON, "gim:0 jeongeun:0");
}

static void the_same_name_in_other_scripts_is_found(void **state)
{
    (void)state;
    double limit = vg_name_threshold();
    assert_true(score("Владимир Путин", "Vladimir Putin", VG_SCHEMA_PERSON) > limit);
    assert_true(score("محمد علي", "Mohamed Ali", VG_SCHEMA_PERSON) > limit);
    assert_true(score("Абдул Хай Салек", "ABDULHAI SALEK", VG_SCHEMA_PERSON) > limit);
    assert_true(score("Νικόλαος Παπαδόπουλος", "Nikolaos Papadopoulos", VG_SCHEMA_PERSON) > limit);
    assert_true(score("王伟", "Wang Wei", VG_SCHEMA_PERSON) > limit);
    assert_true(score("김정은", "Kim Jong Un", VG_SCHEMA_PERSON) > limit);
    assert_true(score("Владимир Путин", "Aung San", VG_SCHEMA_PERSON) < .1);
}

static void a_homoglyph_does_not_hide_a_name(void **state)
{
    (void)state;
    assert_true(score("Vl\xd0\xb0"
                      "dimir Putin",
                      "Vladimir Putin",
                      VG_SCHEMA_PERSON) == score("Vladimir Putin", "Vladimir Putin", VG_SCHEMA_PERSON));
    assert_true(score("\xe2\x80\xaeVladimir\xe2\x80\xac Putin", "Vladimir Putin", VG_SCHEMA_PERSON) >=
                vg_name_threshold());
}

static void another_number_lowers_the_score(void **state)
{
    (void)state;
    assert_true(score("Trust Fund 7", "Trust Fund 8", VG_SCHEMA_COMPANY) <
                score("Trust Fund 7", "Trust Fund 7", VG_SCHEMA_COMPANY));
    assert_true(score("Ocean Star 1", "Ocean Star 9", VG_SCHEMA_VESSEL) <
                score("Ocean Star 1", "Ocean Star 1", VG_SCHEMA_VESSEL));
}

static void names_of_nothing_have_no_parts_and_score_nothing(void **state)
{
    (void)state;
    assert_true(score("...", "Vladimir Putin", VG_SCHEMA_PERSON) <= 0);
    assert_true(score("", "", VG_SCHEMA_PERSON) <= 0);
    assert_true(score("\xff\xfe\xe2\x80\xae", "\xf0\x9f", VG_SCHEMA_COMPANY) <= 0);
    assert_true(score("of the and", "of the and", VG_SCHEMA_COMPANY) >
                .5); /* only stop words: they are the name */
}

static void ten_thousand_letters_are_cut_and_said_so(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    static char text[10001];
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    for (int i = 0; i < 10000; i++)
        text[i] = (char)(i % 7 == 6 ? ' ' : 'a' + i % 26);
    vg_name n = parse(text, VG_SCHEMA_PERSON, &a);
    assert_int_equal(n.n, VG_NAME_PARTS);
    assert_true(n.cut);
    memset(text, 'x', 10000);
    n = parse(text, VG_SCHEMA_PERSON, &a);
    assert_int_equal(n.n, 1);
    assert_true(vg_name_score(book, &n, &n) > .5);
    vg_arena_free(&a);
}

static void contributions_add_up_to_the_score(void **state)
{
    (void)state;
    static const char *const pair[][2] = { { "Usama bin Laden", "Osama bin Ladin" },
                                           { "Donald Tusk", "Daniel Tusk" },
                                           { "Xi Jinping", "习近平" },
                                           { "Anna", "Zoltan" } };
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        vg_name x = parse(pair[i][0], VG_SCHEMA_PERSON, &a), y = parse(pair[i][1], VG_SCHEMA_PERSON, &a);
        vg_name_explained why;
        vg_name_explain(book, &x, &y, &why);
        double sum = why.base;
        for (int k = 0; k < why.n_reasons; k++)
            sum += why.reason[k].log_odds;
        CHECK_NEAR(sum, why.log_odds, 1e-9);
        CHECK_NEAR(1 / (1 + exp(-why.log_odds)), why.score, 1e-12);
        assert_true(why.score == vg_name_score(book, &x, &y));
    }
    vg_arena_free(&a);
}

static void links_name_how_parts_belong_together(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_name_explained why;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    vg_name x = parse("Bill H. Buchenbreg", VG_SCHEMA_PERSON, &a),
            y = parse("Buchenberg William Henry", VG_SCHEMA_PERSON, &a);
    vg_name_explain(book, &x, &y, &why);
    assert_int_equal(why.n_links, 3);
    for (int i = 0; i < why.n_links; i++) {
        vg_name_link l = why.link[i];
        int want = l.query_at == 0 ? VG_ALIGN_NICKNAME : l.query_at == 1 ? VG_ALIGN_INITIAL : VG_ALIGN_TYPO;
        assert_int_equal(l.kind, want);
        assert_int_equal(l.candidate_at, l.query_at == 0 ? 1 : l.query_at == 1 ? 2 : 0);
    }
    x = parse("Alisherusmanov", VG_SCHEMA_PERSON, &a);
    y = parse("Alisher Usmanov", VG_SCHEMA_PERSON, &a);
    vg_name_explain(book, &x, &y, &why);
    assert_int_equal(why.link[0].kind, VG_ALIGN_JOINED);
    assert_int_equal(why.link[0].n_candidate, 2);
    vg_arena_free(&a);
}

static void parts_that_the_source_tells_are_marked(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_name n;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    vg_party_name given = { .text = VG_S("KIM Jong Un"), .family = VG_S("Kim"), .given = VG_S("Jong Un") };
    CHECK_OK(vg_name_parse_party(book, &given, VG_SCHEMA_PERSON, &a, &n, &e), &e);
    assert_int_equal(n.part[0].kind, VG_PART_FAMILY);
    assert_int_equal(n.part[2].kind, VG_PART_GIVEN);
    assert_true(n.part[1].flags & VG_PART_F_SAID);
    vg_arena_free(&a);
}

static void parts_many_listed_people_bear_weigh_less(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_name_book *own;
    vg_name n;
    CHECK_OK(vg_name_book_open(&own, &e), &e);
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    CHECK_OK(vg_name_parse(own, VG_S("Quaresma"), VG_SCHEMA_PERSON, &a, &n, &e), &e);
    float before = n.weight;
    vg_part_count often = { VG_S("quaresma"), 500 };
    CHECK_OK(vg_name_book_counts(own, &often, 1, 20000, &e), &e);
    CHECK_OK(vg_name_parse(own, VG_S("Quaresma"), VG_SCHEMA_PERSON, &a, &n, &e), &e);
    assert_true(n.weight < before - 2);
    vg_arena_free(&a);
    vg_name_book_close(own);
}

static void names_between_slashes_are_names_of_their_own(void **state)
{
    (void)state;
    double limit = vg_name_threshold();
    assert_true(score("Front of Kembala/Harvest Brigade", "Front of Kembala", VG_SCHEMA_ORGANISATION) >=
                limit);
    assert_true(score("Front of Kembala/Harvest Brigade", "Harvest Brigade", VG_SCHEMA_ORGANISATION) >=
                limit);
    assert_true(score("Front of Kembala/Harvest Brigade", "Front of Torvasta", VG_SCHEMA_ORGANISATION) <
                limit);
    /* a legal form with a slash cuts nothing */
    assert_true(score("Torvasta A/S", "Torvasta AS", VG_SCHEMA_COMPANY) >= limit);
    check_parts("3%ers", VG_SCHEMA_ORGANISATION, "3:11 percent:0 ers:0");
}

static void a_word_written_backwards_is_found_but_no_other_order(void **state)
{
    (void)state;
    assert_true(score("Tormo Vendalisha", "Tormo ahsiladneV", VG_SCHEMA_PERSON) >= vg_name_threshold());
    assert_true(score("Nadia Vendalisha", "Diana Vendalisha", VG_SCHEMA_PERSON) < vg_name_threshold());
}

static vg_name parse_fields(const char *given, const char *family, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_name n;
    vg_party_name x = { .text = vg_format(a, "%s %s", given, family),
                        .given = vg_str_z(given),
                        .family = vg_str_z(family) };
    CHECK_OK(vg_name_parse_party(book, &x, VG_SCHEMA_PERSON, a, &n, &e), &e);
    return n;
}

static void fields_turned_round_count_against(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    vg_name x = parse_fields("Hans", "Friedrich", &a), y = parse_fields("Friedrich", "Hans", &a),
            untold = parse("Friedrich Hans", VG_SCHEMA_PERSON, &a);
    double plain = vg_name_score(book, &x, &untold), turned = vg_name_score(book, &x, &y);
    vg_name_explained why;
    vg_name_explain(book, &x, &y, &why);
    assert_true(turned < vg_name_threshold());
    assert_true(fabs(log(turned / (1 - turned)) - log(plain / (1 - plain)) + 1.5) < 1e-6);
    assert_true(why.score == turned);
    assert_true(vg_name_score(book, &x, &x) >= vg_name_threshold());
    vg_arena_free(&a);
}

/* --- properties over random names --- */

static int random_text(vg_rng *r, char *text, int cap)
{
    static const char *const piece[] = { "ali", "Mohammed", " ",        "-",    ".",    "'",  "al-",
                                         "LLC", "ж",        "王",       "ا",    "x",    "II", "7",
                                         ",",   "bin ",     "van der ", "\xff", "Иван", "김", "é",
                                         "&",   "Smith",    "Bank ",    "of ",  "/",    "%" };
    int n = 0, words = 1 + (int)(vg_rng_unit(r) * 12);
    text[0] = 0;
    for (int i = 0; i < words; i++) {
        const char *p = piece[(size_t)(vg_rng_unit(r) * (sizeof piece / sizeof *piece))];
        if (n + (int)strlen(p) < cap - 1)
            n += snprintf(text + n, (size_t)(cap - n), "%s", p);
    }
    return n;
}

static const char *score_is_symmetric_and_a_probability(vg_rng *r)
{
    char x[256], y[256];
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_name p, q;
    vg_schema schema = (vg_schema)(vg_rng_unit(r) * 6);
    vg_str s = { x, random_text(r, x, 256) }, t = { y, random_text(r, y, 256) };
    if (!vg_arena_init(&a, 1 << 20, &e) || !vg_name_parse(book, s, schema, &a, &p, &e) ||
        !vg_name_parse(book, t, schema, &a, &q, &e))
        return "does not parse";
    double one = vg_name_score(book, &p, &q), other = vg_name_score(book, &q, &p);
    bool may = vg_name_may_match(&p, &q);
    vg_arena_free(&a);
    if (one != other)
        return "not symmetric";
    if (!(one >= 0 && one <= 1))
        return "not a probability";
    return may || one < vg_name_threshold() ? NULL : "ruled out, but above the threshold";
}

/* Letter case and marks say nothing. */
static const char *case_and_marks_do_not_matter(vg_rng *r)
{
    static const char *const word[] = { "Karim", "Orban", "Lopez", "Nasser", "Petrov", "Gomez" };
    char plain[128] = "", upper[128] = "", marked[256] = "";
    int n = 2 + (int)(vg_rng_unit(r) * 2);
    for (int i = 0; i < n; i++) {
        const char *w = word[(size_t)(vg_rng_unit(r) * 6)];
        snprintf(plain + strlen(plain), sizeof plain - strlen(plain), "%s%s", i ? " " : "", w);
    }
    for (size_t i = 0; plain[i]; i++) {
        upper[i] = (char)(plain[i] >= 'a' && plain[i] <= 'z' ? plain[i] - 32 : plain[i]);
        upper[i + 1] = 0;
        snprintf(marked + strlen(marked), sizeof marked - strlen(marked), "%c%s", plain[i],
                 plain[i] == 'a' ? "\xcc\x81" : "");
    }
    double same = score(plain, plain, VG_SCHEMA_PERSON);
    if (score(plain, upper, VG_SCHEMA_PERSON) != same)
        return "letter case";
    return score(plain, marked, VG_SCHEMA_PERSON) == same ? NULL : "marks";
}

static const char *another_order_of_words_still_matches(vg_rng *r)
{
    static const char *const word[] = { "Oberholzer",   "Kwasniewski", "Threlfall",
                                        "Mazurkiewicz", "Quintanilla", "Vandersloot" };
    int a = (int)(vg_rng_unit(r) * 6), b = (a + 1 + (int)(vg_rng_unit(r) * 5)) % 6;
    char x[64], y[64];
    snprintf(x, sizeof x, "%s %s", word[a], word[b]);
    snprintf(y, sizeof y, "%s, %s", word[b], word[a]);
    return score(x, y, VG_SCHEMA_PERSON) >= vg_name_threshold() ? NULL : "turned round it is another name";
}

static void properties_hold(void **state)
{
    (void)state;
    check_property("score_is_symmetric_and_a_probability", score_is_symmetric_and_a_probability, 3000);
    check_property("case_and_marks_do_not_matter", case_and_marks_do_not_matter, 200);
    check_property("another_order_of_words_still_matches", another_order_of_words_still_matches, 60);
}

/* --- evaluation --- */

static void evaluation_counts_what_was_said(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_evaluate_pairs_result r;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/pairs.csv", dir);
    FILE *f = fopen(path, "w");
    fputs("case_id,case_group,schema,name1,name2,is_match\n"
          "a,x,Person,Emil Oberholzer,Emil Oberholzer,true\n"
          "b,x,Person,Emil Oberholzer,Zofia Kwasniewska,false\n"
          "c,y,Person,Zofia Kwasniewska,Zofia Kwasniewska,false\n",
          f);
    fclose(f);
    CHECK_OK(vg_arena_init(&a, 16 << 20, &e), &e);
    CHECK_OK(vg_evaluate_pairs(book, path, NULL, &a, &r, &e), &e);
    assert_int_equal(r.all.n, 3);
    assert_int_equal(r.all.true_positive, 1);
    assert_int_equal(r.all.false_positive, 1);
    CHECK_NEAR(vg_evaluate_precision(&r.all), .5, 1e-12);
    CHECK_NEAR(vg_evaluate_f1(&r.all), 2.0 / 3, 1e-12);
    assert_int_equal(r.n_groups, 2);
    CHECK_STR(r.group[1].name, "y");
    vg_arena_free(&a);
}

static void evaluation_names_a_missing_column(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_evaluate_pairs_result r;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/pairs.csv", dir);
    FILE *f = fopen(path, "w");
    fputs("name1,other\na,b\n", f);
    fclose(f);
    CHECK_OK(vg_arena_init(&a, 16 << 20, &e), &e);
    assert_false(vg_evaluate_pairs(book, path, NULL, &a, &r, &e));
    assert_int_equal(e.code, VG_EPARSE);
    assert_non_null(strstr(e.what, "name2"));
    vg_arena_free(&a);
}

/* What the shipped model says of pairs that it has learnt from: a floor against a broken table, not a claim. */
static void staged_pairs_are_told_apart(void **state)
{
    (void)state;
    const char *path = need_shared("data/screening/bench/name_pairs.csv");
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_evaluate_pairs_result r;
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    CHECK_OK(vg_evaluate_pairs(book, path, NULL, &a, &r, &e), &e);
    assert_true(vg_evaluate_f1(&r.all) > .90);
    assert_true(r.brier < .08);
    vg_arena_free(&a);
}

/* Fifteen full names in other scripts (moov-io/watchman, Apache-2.0): the model was not learnt from this file. */
static void full_names_in_other_scripts_are_found(void **state)
{
    (void)state;
    const char *path = need_shared("data/screening/bench/cross_script_full_names.csv");
    char line[512];
    int n = 0, found = 0;
    FILE *f = fopen(path, "r");
    for (fgets(line, sizeof line, f); fgets(line, sizeof line, f); n++) {
        vg_str rest = vg_trim(vg_str_z(line));
        vg_cut(&rest, ',');
        vg_cut(&rest, ',');
        vg_str query = vg_cut(&rest, ','), expected = vg_cut(&rest, ',');
        char x[128], y[128];
        snprintf(x, sizeof x, "%.*s", VG_P(query));
        snprintf(y, sizeof y, "%.*s", VG_P(expected));
        found += score(x, y, VG_SCHEMA_PERSON) >= vg_name_threshold();
    }
    fclose(f);
    assert_true(n >= 15 && found >= 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(titles_particles_and_initials_are_told_apart),
        cmocka_unit_test(legal_forms_of_many_words_are_one_part),
        cmocka_unit_test(numbers_in_digits_words_and_roman_are_one),
        cmocka_unit_test(han_names_are_family_and_given),
        cmocka_unit_test(the_same_name_in_other_scripts_is_found),
        cmocka_unit_test(a_homoglyph_does_not_hide_a_name),
        cmocka_unit_test(another_number_lowers_the_score),
        cmocka_unit_test(names_of_nothing_have_no_parts_and_score_nothing),
        cmocka_unit_test(ten_thousand_letters_are_cut_and_said_so),
        cmocka_unit_test(contributions_add_up_to_the_score),
        cmocka_unit_test(links_name_how_parts_belong_together),
        cmocka_unit_test(parts_that_the_source_tells_are_marked),
        cmocka_unit_test(parts_many_listed_people_bear_weigh_less),
        cmocka_unit_test(names_between_slashes_are_names_of_their_own),
        cmocka_unit_test(a_word_written_backwards_is_found_but_no_other_order),
        cmocka_unit_test(fields_turned_round_count_against),
        cmocka_unit_test(properties_hold),
        cmocka_unit_test(evaluation_counts_what_was_said),
        cmocka_unit_test(evaluation_names_a_missing_column),
        cmocka_unit_test(staged_pairs_are_told_apart),
        cmocka_unit_test(full_names_in_other_scripts_are_found),
    };
    return cmocka_run_group_tests(tests, open_book, close_book);
}
