#include "consultation/segment.h"
#include "prop.h"

static vg_arena arena;

static int setup(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    return vg_arena_init(&arena, (int64_t)64 << 20, &e) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    vg_arena_free(&arena);
    return 0;
}

/* A record of n people "p0" .. and one statement, on which person i votes value[i]. */
static vg_consultation people(int32_t n, const int8_t *value)
{
    vg_err e = VG_NO_ERR;
    vg_out text;
    assert_true(vg_out_memory(&text, &e));
    vg_put(&text, VG_S("participant,statement,value\n"));
    for (int32_t i = 0; i < n; i++)
        vg_print(&text, "p%d,s,%d\n", i, value[i]);
    vg_input *in;
    CHECK_OK(vg_input_memory(vg_out_text(&text), VG_S("votes"), &in, &e), &e);
    vg_consultation_builder *b;
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ .max_participants = 0 }, &b, &e), &e);
    vg_vote_found found;
    CHECK_OK(vg_vote_read_input(in, &(vg_vote_opts){ .as = VG_S("votes-long") }, vg_consultation_sink(b),
                                &arena, &found, &e),
             &e);
    vg_consultation c;
    CHECK_OK(vg_consultation_end(b, &arena, &c, &e), &e);
    vg_input_close(in);
    vg_out_drop(&text);
    return c;
}

static bool read_segments(const char *text, const vg_consultation *c, vg_segments *g, vg_err *e)
{
    vg_input *in;
    CHECK_OK(vg_input_memory(vg_str_z(text), VG_S("answers.csv"), &in, e), e);
    bool good = vg_segments_read_input(in, c, &arena, g, e);
    vg_input_close(in);
    return good;
}

static bool read_margins(const char *text, const vg_segments *g, vg_margins *m, vg_err *e)
{
    vg_input *in;
    CHECK_OK(vg_input_memory(vg_str_z(text), VG_S("margins.csv"), &in, e), e);
    bool good = vg_margins_read_input(in, g, &arena, m, e);
    vg_input_close(in);
    return good;
}

static void long_and_wide_answers_are_the_same(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation c = people(3, (const int8_t[]){ 1, 0, -1 });
    vg_segments a, b;
    CHECK_OK(
        read_segments("participant,question,answer\np0,sex,f\np1,sex,m\np0,age,old\nq9,sex,f\n", &c, &a, &e),
        &e);
    CHECK_OK(read_segments("participant,sex,age\np0,f,old\np1,m,\nq9,f,\n", &c, &b, &e), &e);
    assert_int_equal(a.n_questions, 2);
    assert_int_equal(a.n_unknown, 1);
    for (int32_t q = 0; q < 2; q++) {
        assert_true(vg_eq(a.question[q].name, b.question[q].name));
        for (int32_t p = 0; p < 3; p++)
            assert_int_equal(a.question[q].of[p], b.question[q].of[p]);
    }
    CHECK_STR(a.question[0].name, "age");
}

static void a_file_without_participants_is_refused(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation c = people(2, (const int8_t[]){ 1, 1 });
    vg_segments g;
    assert_false(read_segments("who,sex\np0,f\n", &c, &g, &e));
    assert_int_equal(e.code, VG_EPARSE);
    e = VG_NO_ERR;
    assert_false(read_segments("participant,sex\nnobody,f\n", &c, &g, &e));
    assert_int_equal(e.code, VG_ENODATA);
}

static void a_cell_under_five_takes_another_with_it(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    const int32_t count[5] = { 3, 40, 8, 0, 20 };
    bool hidden[5];
    CHECK_OK(vg_segment_hide(count, 1, 5, 5, hidden, &e), &e);
    assert_true(hidden[0] && hidden[2]);
    assert_false(hidden[1] || hidden[3] || hidden[4]);
}

/* All tables of whole numbers with the shown cells and all totals: does the cell at `at` take more than one value? */
typedef struct {
    const int32_t *count;
    const bool *hidden;
    int32_t try[9], low, high, at;
} search;

static void fill(search *s, int32_t cell)
{
    if (cell == 9) {
        for (int32_t i = 0; i < 3; i++) {
            int32_t row = 0, col = 0;
            for (int32_t j = 0; j < 3; j++) {
                row += s->try[i * 3 + j] - s->count[i * 3 + j];
                col += s->try[j * 3 + i] - s->count[j * 3 + i];
            }
            if (row || col)
                return;
        }
        s->low = s->try[s->at] < s->low ? s->try[s->at] : s->low;
        s->high = s->try[s->at] > s->high ? s->try[s->at] : s->high;
        return;
    }
    int32_t from = s->hidden[cell] ? (s->count[cell] > 2 ? s->count[cell] - 2 : 0) : s->count[cell];
    int32_t to = s->hidden[cell] ? s->count[cell] + 2 : s->count[cell];
    for (int32_t x = from; x <= to; x++) {
        s->try[cell] = x;
        fill(s, cell + 1);
    }
}

static const char *no_small_cell_follows_by_subtraction(vg_rng *r)
{
    int32_t count[9], least = 5, total = 0;
    bool hidden[9];
    for (int32_t i = 0; i < 9; i++)
        total += count[i] = (int32_t)(vg_rng_below(r, 3) ? vg_rng_below(r, 30) : vg_rng_below(r, 6));
    vg_err e = VG_NO_ERR;
    if (!vg_segment_hide(count, 3, 3, least, hidden, &e))
        return "vg_segment_hide failed";
    for (int32_t i = 0; i < 9; i++) {
        if (count[i] == 0 || count[i] >= least)
            continue;
        if (!hidden[i])
            return "a small cell is shown";
        search s = { .count = count, .hidden = hidden, .low = 1000, .high = -1, .at = i };
        int32_t in_row = 0, rows_left = 0;
        for (int32_t j = 0; j < 3; j++) {
            in_row += count[i / 3 * 3 + j] > 0;
            rows_left += count[j * 3 + i % 3] > 0;
        }
        fill(&s, 0);
        /* alone with its whole row or column (a total under 5 that the caller must not show), nothing can hide it */
        if (s.low == s.high && in_row > 1 && rows_left > 1 && total > 60)
            return "a small cell follows from the totals";
    }
    return NULL;
}

static void suppression_cannot_be_undone_by_subtraction(void **state)
{
    (void)state;
    check_property("no_small_cell_follows_by_subtraction", no_small_cell_follows_by_subtraction, 150);
}

static void small_segments_show_no_figure(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    int8_t value[30];
    char text[1024] = "participant,region\n";
    for (int i = 0; i < 30; i++) {
        value[i] = (int8_t)(i % 3 - 1);
        snprintf(text + strlen(text), sizeof text - strlen(text), "p%d,%s\n", i,
                 i < 3    ? "east"
                 : i < 12 ? "north"
                          : "south");
    }
    vg_consultation c = people(30, value);
    vg_segments g;
    CHECK_OK(read_segments(text, &c, &g, &e), &e);
    vg_segment_cell cell[4];
    CHECK_OK(vg_segment_support(&c, &g.question[0], 0, 0, cell, &e), &e);
    assert_true(cell[0].hidden && cell[1].hidden && !cell[2].hidden);
    assert_int_equal(cell[0].n_cast, -1);
    assert_true(isnan(cell[0].share));
    assert_int_equal(cell[2].n_cast, 18);
    CHECK_NEAR(cell[2].share, 1.0 / 3, 1e-12);
}

static const char *weights_meet_the_margins(vg_rng *r)
{
    char text[8192] = "participant,a,b\n", margins[512];
    int8_t value[120] = { 0 };
    for (int i = 0; i < 120; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "p%d,%u,%u\n", i, vg_rng_below(r, 2),
                 vg_rng_below(r, 3));
    double x = 0.3 + 0.4 * vg_rng_unit(r), y = 0.2 + 0.3 * vg_rng_unit(r);
    snprintf(margins, sizeof margins,
             "question,answer,share\na,0,%.9f\na,1,%.9f\nb,0,%.9f\nb,1,%.9f\nb,2,%.9f\n", x, 1 - x, y, 0.3,
             0.7 - y);
    vg_err e = VG_NO_ERR;
    vg_arena mark = arena;
    vg_consultation c = people(120, value);
    vg_segments g;
    vg_margins m;
    vg_weights w;
    if (!read_segments(text, &c, &g, &e) || !read_margins(margins, &g, &m, &e) ||
        !vg_segments_rake(&c, &g, &m, &arena, &w, &e))
        fail_msg("%s", e.what);
    double sum = 0, squares = 0, share = 0;
    for (int32_t p = 0; p < 120; p++) {
        sum += w.weight[p];
        squares += w.weight[p] * w.weight[p];
        share += g.question[0].of[p] == 0 ? w.weight[p] / 120 : 0;
    }
    arena.next = mark.next;
    if (fabs(share - x) > 1e-9 || w.miss > 1e-9)
        return "a margin is not met";
    if (fabs(sum - 120) > 1e-6)
        return "the mean weight is not 1";
    return fabs(w.effective_size - sum * sum / squares) < 1e-9 && w.effective_size <= 120 ? NULL
                                                                                          : "effective size";
}

static void raking_meets_the_margins(void **state)
{
    (void)state;
    check_property("weights_meet_the_margins", weights_meet_the_margins, 20);
}

static void margins_of_nobody_are_refused_by_name(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation c = people(2, (const int8_t[]){ 1, 1 });
    vg_segments g;
    vg_margins m;
    CHECK_OK(read_segments("participant,sex\np0,f\np1,m\n", &c, &g, &e), &e);
    assert_false(read_margins("question,answer,share\nsex,f,0.5\nsex,x,0.5\n", &g, &m, &e));
    assert_int_equal(e.code, VG_ENOTFOUND);
    assert_int_equal(e.at.line, 3);
    e = VG_NO_ERR;
    assert_false(read_margins("question,answer,share\nsex,f,0.5\nsex,m,0.4\n", &g, &m, &e));
    assert_int_equal(e.code, VG_ERANGE);
    e = VG_NO_ERR;
    CHECK_OK(read_margins("question,answer,share\nsex,f,51 %\nsex,m,49 %\n", &g, &m, &e), &e);
    CHECK_NEAR(m.margin[0].share, 0.51, 1e-12);
}

static void who_is_missing_is_said(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    int8_t value[100] = { 0 };
    char text[4096] = "participant,sex\n";
    for (int i = 0; i < 100; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "p%d,%s\n", i, i < 20 ? "women" : "men");
    vg_consultation c = people(100, value);
    vg_segments g;
    vg_margins m;
    vg_weights w;
    CHECK_OK(read_segments(text, &c, &g, &e), &e);
    CHECK_OK(read_margins("question,answer,share\nsex,women,51\nsex,men,49\n", &g, &m, &e), &e);
    CHECK_OK(vg_segments_rake(&c, &g, &m, &arena, &w, &e), &e);
    assert_false(w.presence[0].missing); /* men */
    assert_true(w.presence[1].missing);
    CHECK_NEAR(w.presence[1].share_here, 0.2, 1e-12);
    CHECK_NEAR(w.largest, 0.51 / 0.2, 1e-9);
    vg_weighted_support s = vg_segment_weighted(&c, &w, 0, 0.9);
    CHECK_NEAR(s.effective_size, w.effective_size, 1e-9);
}

/* 20 people of the north, 16 of the south, 4 of the west: the votes of the west must not follow from a weighted share. */
static void a_weighted_share_is_kept_back_beside_a_kept_back_cell(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    int8_t value[40] = { 1, 1, 0, [39] = 1 };
    char text[2048] = "participant,region\n";
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "p%d,%s\n", i,
                 i < 20   ? "north"
                 : i < 36 ? "south"
                          : "west");
    vg_consultation c = people(40, value);
    vg_segments g;
    vg_margins m;
    vg_weights w;
    CHECK_OK(read_segments(text, &c, &g, &e), &e);
    CHECK_OK(read_margins("question,answer,share\nregion,north,0.4\nregion,south,0.4\nregion,west,0.2\n", &g,
                          &m, &e),
             &e);
    CHECK_OK(vg_segments_rake(&c, &g, &m, &arena, &w, &e), &e);
    assert_true(vg_weights_hide_some(&w));
    vg_weighted_support s = vg_segment_weighted(&c, &w, 0, 0.9);
    assert_true(s.hidden);
    assert_int_equal(s.n_cast, 0);
    assert_true(isnan(s.share) && isnan(s.low) && isnan(s.high) && isnan(s.effective_size));
}

/* 38 of 40 said where they live: without those two in the count, the total gives them away. */
static void a_weighted_share_is_kept_back_when_few_did_not_answer(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    int8_t value[40] = { 1 };
    char text[2048] = "participant,region\n";
    for (int i = 0; i < 38; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "p%d,%s\n", i, i < 20 ? "north" : "south");
    vg_consultation c = people(40, value);
    vg_segments g;
    vg_margins m;
    vg_weights w;
    CHECK_OK(read_segments(text, &c, &g, &e), &e);
    CHECK_OK(read_margins("question,answer,share\nregion,north,0.3\nregion,south,0.7\n", &g, &m, &e), &e);
    CHECK_OK(vg_segments_rake(&c, &g, &m, &arena, &w, &e), &e);
    assert_false(vg_weights_hide_some(&w));
    assert_true(vg_segment_weighted(&c, &w, 0, 0.9).hidden);
}

/* 1 + 3 people under 5 in two answers: both would be known together, so a third goes with them. */
static void hidden_presences_hold_five_people_together(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    int8_t value[40] = { 1 };
    char text[2048] = "participant,region\n";
    for (int i = 0; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "p%d,%c\n", i,
                 i < 1    ? 'a'
                 : i < 4  ? 'b'
                 : i < 14 ? 'c'
                          : 'd');
    vg_consultation c = people(40, value);
    vg_segments g;
    vg_margins m;
    vg_weights w;
    CHECK_OK(read_segments(text, &c, &g, &e), &e);
    CHECK_OK(
        read_margins("question,answer,share\nregion,a,0.25\nregion,b,0.25\nregion,c,0.25\nregion,d,0.25\n",
                     &g, &m, &e),
        &e);
    CHECK_OK(vg_segments_rake(&c, &g, &m, &arena, &w, &e), &e);
    assert_true(w.presence[0].hidden && w.presence[1].hidden && w.presence[2].hidden);
    assert_false(w.presence[3].hidden);
    assert_true(isnan(w.presence[2].share_here));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(long_and_wide_answers_are_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_without_participants_is_refused, setup, teardown),
        cmocka_unit_test(a_cell_under_five_takes_another_with_it),
        cmocka_unit_test(suppression_cannot_be_undone_by_subtraction),
        cmocka_unit_test_setup_teardown(small_segments_show_no_figure, setup, teardown),
        cmocka_unit_test_setup_teardown(raking_meets_the_margins, setup, teardown),
        cmocka_unit_test_setup_teardown(margins_of_nobody_are_refused_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_missing_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(a_weighted_share_is_kept_back_beside_a_kept_back_cell, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_weighted_share_is_kept_back_when_few_did_not_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(hidden_presences_hold_five_people_together, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
