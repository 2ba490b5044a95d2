/* The record of votes: order, last votes, what is odd in the input, and parts. */
#include "consultation/record_test.h"
#include "prop.h"

static vg_arena arena;

static int fresh_arena(void **state)
{
    (void)state;
    vg_arena_free(&arena);
    return vg_arena_init(&arena, (int64_t)1 << 30, NULL) ? 0 : -1;
}

static vg_consultation of_text(const char *text)
{
    vg_err e = VG_NO_ERR;
    vg_consultation c;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/x.csv", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    CHECK_OK(vg_consultation_read(path, &(vg_consultation_opts){ 0 }, &arena, &c, &e), &e);
    unlink(path);
    rmdir(dir);
    return c;
}

#define HEAD "timestamp,comment-id,voter-id,vote\n"

static void people_and_statements_stand_in_the_order_of_their_first_vote(void **state)
{
    (void)state;
    vg_consultation c = of_text(HEAD "30,7,5,1\n10,8,9,-1\n20,7,9,0\n40,9,2,1\n");
    assert_int_equal(c.n_voters, 3);
    CHECK_STR(c.participant[0], "9");
    CHECK_STR(c.participant[1], "5");
    CHECK_STR(c.participant[2], "2");
    CHECK_STR(c.statement[0].id, "8");
    CHECK_STR(c.statement[1].id, "7");
    assert_int_equal(c.row_at[1], 2);
    assert_int_equal(c.row_statement[1], 1);
    assert_int_equal(c.row_value[0], -1);
    assert_int_equal(c.col_participant[c.col_at[1]], 0);
    assert_int_equal(vg_consultation_find_participant(&c, VG_S("2")), 2);
    assert_int_equal(vg_consultation_find_statement(&c, VG_S("10")), -1);
}

static void the_last_vote_in_time_wins_wherever_it_stands_in_the_file(void **state)
{
    (void)state;
    vg_consultation c = of_text(HEAD "30,7,5,-1\n10,7,5,1\n20,7,5,0\n");
    assert_int_equal(c.n_votes, 1);
    assert_int_equal(c.n_rows, 3);
    assert_int_equal(c.n_repeated, 2);
    assert_int_equal(c.row_value[0], -1);
}

static void without_times_the_order_of_arrival_counts(void **state)
{
    (void)state;
    vg_consultation c = of_text("voter,item,answer\nzoe,q9,1\nann,q1,1\nzoe,q9,-1\n");
    CHECK_STR(c.participant[0], "zoe");
    CHECK_STR(c.statement[0].id, "q9");
    assert_int_equal(c.row_value[0], -1);
}

static void a_matrix_of_polis_is_read_in_the_order_of_its_numbers(void **state)
{
    (void)state;
    vg_consultation c =
        of_text("participant,group-id,n-comments,n-votes,n-agree,n-disagree,4,0\n7,1,0,1,1,0,1,\n"
                "3,0,0,1,0,1,,-1\n9,,2,0,0,0,,\n");
    CHECK_STR(c.participant[0], "3");
    CHECK_STR(c.statement[0].id, "0");
    assert_int_equal(c.n_voters, 2);
    assert_int_equal(c.n_participants, 3);
    assert_int_equal(c.published_group[0], 0);
    assert_int_equal(c.published_group[1], 1);
    assert_int_equal(c.published_group[2], VG_NO_GROUP);
    assert_int_equal(c.n_published_groups, 2);
}

static void a_vote_on_an_unknown_statement_is_kept_and_counted(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    vg_consultation c;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ 0 }, &b, &e), &e);
    vg_vote_sink *sink = vg_consultation_sink(b);
    vg_statement s = { .id = VG_S("1"), .text = VG_S("known"), .created_ms = VG_UNKNOWN };
    vg_vote v[2] = { { VG_S("a"), VG_S("1"), 5, 1 }, { VG_S("a"), VG_S("2"), 6, 1 } };
    assert_true(sink->statement(sink->ctx, &s, VG_NOWHERE, &e));
    assert_true(sink->vote(sink->ctx, &v[0], VG_NOWHERE, &e) && sink->vote(sink->ctx, &v[1], VG_NOWHERE, &e));
    CHECK_OK(vg_consultation_end(b, &arena, &c, &e), &e);
    assert_int_equal(c.n_unknown, 1);
    assert_int_equal(c.n_votes, 2);
    assert_int_equal(c.statement[1].original.text.n, 0);
}

static void a_vote_in_the_future_is_kept_and_counted(void **state)
{
    (void)state;
    setenv("VIGIE_NOW", "2025-01-15T12:00:00Z", 1);
    vg_consultation c = of_text(HEAD "1736942400000,7,5,1\n1999999999000,7,6,1\n");
    unsetenv("VIGIE_NOW");
    assert_int_equal(c.n_future, 1);
    assert_int_equal(c.n_votes, 2);
}

static void an_empty_conversation_is_a_record_without_votes(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    vg_consultation c;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ 0 }, &b, &e), &e);
    CHECK_OK(vg_consultation_end(b, &arena, &c, &e), &e);
    assert_int_equal(c.n_votes, 0);
    assert_int_equal(c.n_participants, 0);
}

static void a_file_without_one_good_vote_says_why(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation c;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/x.csv", dir);
    FILE *f = fopen(path, "w");
    fputs(HEAD "1,7,5,9\n", f);
    fclose(f);
    assert_false(vg_consultation_read(path, &(vg_consultation_opts){ 0 }, &arena, &c, &e));
    unlink(path);
    rmdir(dir);
    assert_int_equal(e.code, VG_ENODATA);
    assert_non_null(strstr(e.why, "not a vote"));
}

static void texts_with_markup_bidi_emoji_and_100_kb_come_through_whole(void **state)
{
    (void)state;
    enum { LONG = 100 << 10 };
    static char big[LONG];
    memset(big, 'x', LONG);
    memcpy(big, "<b>\xe2\x80\xae\xf0\x9f\x95\x8a</b>", 14);
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    vg_consultation c;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ 0 }, &b, &e), &e);
    vg_statement s = { .id = VG_S("1"), .text = { big, LONG }, .created_ms = VG_UNKNOWN };
    vg_vote_sink *sink = vg_consultation_sink(b);
    assert_true(sink->statement(sink->ctx, &s, VG_NOWHERE, &e));
    CHECK_OK(vg_consultation_end(b, &arena, &c, &e), &e);
    assert_int_equal(c.statement[0].original.text.n, LONG);
    vg_str shown = vg_consultation_plain(&arena, c.statement[0].original.text, 8);
    CHECK_STR(shown, "<b> \xf0\x9f\x95\x8a</b...");
}

static void plain_text_has_no_controls(void **state)
{
    (void)state;
    CHECK_STR(vg_consultation_plain(&arena,
                                    VG_S("a\x1b[31m\nb\xe2\x81\xa6"
                                         "c\xc2\x85"
                                         "d\xd8\x9c"),
                                    99),
              "a [31m b c d ");
}

static void a_translation_is_found_by_its_language(void **state)
{
    (void)state;
    vg_statement_text fr = { VG_S("fr"), VG_S("arbres") };
    vg_consultation_statement s = { .original = { VG_S("en"), VG_S("trees") },
                                    .translation = &fr,
                                    .n_translations = 1 };
    CHECK_STR(vg_consultation_text(&s, VG_S("fr")), "arbres");
    CHECK_STR(vg_consultation_text(&s, VG_S("ar")), "trees");
}

static void ten_thousand_statements_are_taken(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    vg_consultation c;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ 0 }, &b, &e), &e);
    vg_vote_sink *sink = vg_consultation_sink(b);
    for (int i = 0; i < 10000; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        vg_vote v = { VG_S("1"), vg_str_z(id), i, 1 };
        assert_true(sink->vote(sink->ctx, &v, VG_NOWHERE, &e));
    }
    CHECK_OK(vg_consultation_end(b, &arena, &c, &e), &e);
    assert_int_equal(c.n_voted, 10000);
    assert_int_equal(c.row_at[1], 10000);
}

static void too_many_ids_are_refused(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ .max_statements = 1 }, &b, &e), &e);
    vg_vote_sink *sink = vg_consultation_sink(b);
    vg_vote v[2] = { { VG_S("a"), VG_S("1"), 5, 1 }, { VG_S("a"), VG_S("2"), 6, 1 } };
    assert_true(sink->vote(sink->ctx, &v[0], VG_NOWHERE, &e));
    assert_false(sink->vote(sink->ctx, &v[1], VG_NOWHERE, &e));
    assert_int_equal(e.code, VG_ERANGE);
    vg_consultation_drop(b);
}

static const char *order_of_rows_does_not_matter(vg_rng *r)
{
    static test_votes v;
    fresh_arena(NULL);
    test_make(&v, r, 20, 15, 0.5);
    vg_consultation a = test_record(&v, &arena);
    test_shuffle(&v, r);
    vg_consultation b = test_record(&v, &arena);
    return test_same(&a, &b);
}

static const char *appending_is_building_from_all(vg_rng *r)
{
    static test_votes v, first;
    static char text[TEST_VOTES][2][16];
    static vg_vote more[TEST_VOTES];
    vg_err e = VG_NO_ERR;
    fresh_arena(NULL);
    test_make(&v, r, 12, 9, 0.6);
    test_shuffle(&v, r);
    for (int i = 0; i < v.n; i++) {
        v.vote[i].time = i;
        if (i > 2 && vg_rng_unit(r) < 0.2) { /* somebody changes their mind */
            int64_t time = v.vote[i].time;
            v.vote[i] = v.vote[vg_rng_below(r, (uint32_t)i)];
            v.vote[i].value = (int8_t)-v.vote[i].value;
            v.vote[i].time = time;
        }
    }
    first = v;
    first.n = v.n / 2;
    int n = v.n - first.n;
    for (int i = 0; i < n; i++) {
        const test_vote *x = &v.vote[first.n + i];
        snprintf(text[i][0], 16, "%d", x->participant);
        snprintf(text[i][1], 16, "%d", x->statement);
        more[i] = (vg_vote){ vg_str_z(text[i][0]), vg_str_z(text[i][1]), x->time, x->value };
    }
    vg_consultation all = test_record(&v, &arena), part = test_record(&first, &arena), longer;
    CHECK_OK(vg_consultation_append(&part, more, n, &arena, &longer, &e), &e);
    if (all.n_repeated != longer.n_repeated)
        return "the repeated votes are counted differently";
    return test_same(&all, &longer);
}

static void rows_in_any_order_give_the_same_record(void **state)
{
    (void)state;
    check_property("order_of_rows_does_not_matter", order_of_rows_does_not_matter, 100);
}

static void votes_appended_give_the_record_of_all_votes(void **state)
{
    (void)state;
    check_property("appending_is_building_from_all", appending_is_building_from_all, 200);
}

static void a_subset_keeps_people_and_order(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation c = of_text(HEAD "10,1,1,1\n20,2,1,-1\n30,1,2,0\n"), part;
    const bool keep[3] = { false, true, true };
    CHECK_OK(vg_consultation_subset(&c, keep, &arena, &part, &e), &e);
    assert_int_equal(part.n_votes, 2);
    assert_int_equal(part.row_statement[0], 1);
    assert_int_equal(part.col_at[1], 1);
    assert_int_equal(part.n_participants, 2);
}

/* Hubert and Arabie's index, pairs counted by hand: groups
 * {1 1 1 2 2 3} and {1 1 2 2 3 3}; together in both 1 pair, in a 4, in b 3, of 15. */
static void ari_counts_pairs(void **state)
{
    (void)state;
    const int32_t a[] = { 0, 0, 0, 1, 1, 2 }, b[] = { 0, 0, 1, 1, 2, 2 }, none[] = { -1, -1, -1, -1, -1, 0 };
    CHECK_NEAR(vg_consultation_ari(a, b, 6), (1 - 12.0 / 15) / (3.5 - 12.0 / 15), 1e-15);
    CHECK_NEAR(vg_consultation_ari(a, a, 6), 1, 0);
    assert_true(isnan(vg_consultation_ari(a, none, 6)));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, fresh_arena)
    const struct CMUnitTest tests[] = {
        TEST(people_and_statements_stand_in_the_order_of_their_first_vote),
        TEST(the_last_vote_in_time_wins_wherever_it_stands_in_the_file),
        TEST(without_times_the_order_of_arrival_counts),
        TEST(a_matrix_of_polis_is_read_in_the_order_of_its_numbers),
        TEST(a_vote_on_an_unknown_statement_is_kept_and_counted),
        TEST(a_vote_in_the_future_is_kept_and_counted),
        TEST(an_empty_conversation_is_a_record_without_votes),
        TEST(a_file_without_one_good_vote_says_why),
        TEST(texts_with_markup_bidi_emoji_and_100_kb_come_through_whole),
        TEST(plain_text_has_no_controls),
        TEST(a_translation_is_found_by_its_language),
        TEST(ten_thousand_statements_are_taken),
        TEST(too_many_ids_are_refused),
        TEST(rows_in_any_order_give_the_same_record),
        TEST(votes_appended_give_the_record_of_all_votes),
        TEST(a_subset_keeps_people_and_order),
        TEST(ari_counts_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
