/* The polis engine: formulas worked by hand, the slow obvious way of the components, odd conversations, ticks. */
#include "consultation/polis.h"

#include "consultation/evaluate.h"
#include "consultation/record_test.h"
#include "prop.h"

static vg_arena arena;

static int fresh_arena(void **state)
{
    (void)state;
    vg_arena_free(&arena);
    return vg_arena_init(&arena, (int64_t)1 << 30, NULL) ? 0 : -1;
}

static vg_polis analyse(const vg_consultation *c, vg_polis_opts o)
{
    vg_err e = VG_NO_ERR;
    vg_polis r;
    o.n_threads = o.n_threads ? o.n_threads : 2;
    CHECK_OK(vg_polis_analyse(c, &o, &arena, &r, &e), &e);
    return r;
}

static vg_consultation made(uint64_t seed, int people, int statements, double chance)
{
    static test_votes v;
    vg_rng r = vg_rng_at(seed, 0);
    test_make(&v, &r, people, statements, chance);
    return test_record(&v, &arena);
}

/* 9 of 10: 2 sqrt(11) (10/11 - 1/2); 3/4 against 1/4 with one added to all: pi = 6/10. */
static void tests_of_proportions_add_one(void **state)
{
    (void)state;
    CHECK_NEAR(vg_polis_prop_test(9, 10), 2 * sqrt(11.0) * (10.0 / 11 - 0.5), 1e-15);
    CHECK_NEAR(vg_polis_two_prop_test(3, 4, 1, 4), (0.8 - 0.4) / sqrt(0.6 * 0.4 * 0.4), 1e-15);
    CHECK_NEAR(vg_polis_two_prop_test(4, 4, 4, 4), 0, 0);
}

static void two_groups_that_disagree_are_found(void **state)
{
    (void)state;
    vg_consultation c = made(1, 60, 20, 0.8);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 3, .k = 2 });
    int32_t truth[60];
    for (int32_t i = 0; i < 60; i++)
        truth[i] = atoi(c.participant[i].s) % 2;
    assert_int_equal(r.n_groups, 2);
    assert_true(vg_consultation_ari(r.group, truth, 60) > 0.8); /* some of them answer like the others */
}

/* What the imputed matrix is, cell by cell. */
static double cell(const vg_consultation *c, const vg_polis *r, int32_t p, int32_t t)
{
    for (int64_t i = c->row_at[p]; i < c->row_at[p + 1]; i++)
        if (c->row_statement[i] == t)
            return -c->row_value[i] - r->center[t];
    return 0;
}

static const char *components_are_those_of_the_imputed_matrix(vg_rng *rng)
{
    static test_votes v;
    fresh_arena(NULL);
    test_make(&v, rng, 25, 12, 0.5);
    vg_consultation c = test_record(&v, &arena);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    double length = 0, product[16] = { 0 }, along = 0, across = 0;
    for (int32_t p = 0; p < c.n_voters; p++) {
        double dot = 0;
        for (int32_t t = 0; t < c.n_voted; t++)
            dot += cell(&c, &r, p, t) * r.component[0][t];
        for (int32_t t = 0; t < c.n_voted; t++)
            product[t] += dot * cell(&c, &r, p, t);
        double x = sqrt((double)c.n_voted / (double)(c.row_at[p + 1] - c.row_at[p])) * dot;
        if (!(fabs(x - r.x[p]) < 1e-9))
            return "the projection is not sqrt(columns / present) y.v";
    }
    for (int32_t t = 0; t < c.n_voted; t++) {
        length += r.component[0][t] * r.component[0][t];
        along += product[t] * r.component[0][t];
        across += r.component[0][t] * r.component[1][t];
    }
    double residual = 0;
    for (int32_t t = 0; t < c.n_voted; t++)
        residual += pow(product[t] - along * r.component[0][t], 2);
    if (!(fabs(length - 1) < 1e-12 && fabs(across) < 1e-9))
        return "the components are not orthonormal";
    return sqrt(residual) < 1e-2 * along ? NULL : "the first component is no eigenvector";
}

static void components_are_right(void **state)
{
    (void)state;
    check_property("components_are_those_of_the_imputed_matrix", components_are_those_of_the_imputed_matrix,
                   50);
}

static const char *renamed_people_are_grouped_alike(vg_rng *rng)
{
    static test_votes v;
    vg_err e = VG_NO_ERR;
    vg_consultation_builder *b;
    vg_consultation renamed;
    fresh_arena(NULL);
    test_make(&v, rng, 40, 16, 0.6);
    vg_consultation c = test_record(&v, &arena);
    CHECK_OK(vg_consultation_begin(&(vg_consultation_opts){ 0 }, &b, &e), &e);
    test_shuffle(&v, rng);
    test_feed(vg_consultation_sink(b), &v, 0, "somebody ");
    CHECK_OK(vg_consultation_end(b, &arena, &renamed, &e), &e);
    vg_polis x = analyse(&c, (vg_polis_opts){ .seed = 5 }),
             y = analyse(&renamed, (vg_polis_opts){ .seed = 5 });
    if (x.n_groups != y.n_groups || memcmp(x.group, y.group, (size_t)c.n_participants * sizeof *x.group) != 0)
        return "the groups depend on names or on the order of rows";
    return memcmp(x.x, y.x, (size_t)c.n_voters * sizeof *x.x) ? "the projections differ" : NULL;
}

static void names_and_order_of_rows_do_not_matter(void **state)
{
    (void)state;
    check_property("renamed_people_are_grouped_alike", renamed_people_are_grouped_alike, 50);
}

static void threads_do_not_change_a_byte(void **state)
{
    (void)state;
    vg_consultation c = made(2, 200, 20, 0.9);
    vg_polis one = analyse(&c, (vg_polis_opts){ .seed = 1, .n_threads = 1 });
    for (int n = 2; n <= 5; n += 3) {
        vg_polis more = analyse(&c, (vg_polis_opts){ .seed = 1, .n_threads = n });
        assert_memory_equal(one.x, more.x, (size_t)c.n_voters * sizeof(double));
        assert_memory_equal(one.group, more.group, (size_t)c.n_participants * sizeof(int32_t));
    }
}

static void moderated_statements_move_nobody(void **state)
{
    (void)state;
    vg_consultation c = made(3, 30, 10, 0.9);
    vg_consultation_statement copy[10];
    memcpy(copy, c.statement, sizeof copy);
    copy[4].moderation = -1;
    copy[7].is_meta = true;
    c.statement = copy;
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    CHECK_NEAR(r.center[4], 0, 0);
    CHECK_NEAR(r.component[0][4], 0, 0);
    CHECK_NEAR(r.extremity[7], 0, 0);
    CHECK_NEAR(r.priority[7], 49, 0);
    for (int32_t g = 0; g < r.n_groups; g++)
        for (int32_t i = 0; i < r.n_representative[g]; i++)
            assert_true(r.representative[g][i].statement != 4 && r.representative[g][i].statement != 7);
    for (int32_t i = 0; i < r.n_consensus_agree; i++)
        assert_true(r.consensus_agree[i].statement != 4 && r.consensus_agree[i].statement != 7);
}

static void fewer_than_fifteen_active_people_are_filled_up(void **state)
{
    (void)state;
    vg_consultation c = made(4, 40, 30, 0.1);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    int active = 0;
    for (int32_t i = 0; i < c.n_voters; i++)
        active += c.row_at[i + 1] - c.row_at[i] >= 7;
    assert_true(active < 15);
    assert_int_equal(r.n_in_conv, 15);
}

static vg_consultation all_alike(int people, int statements)
{
    static test_votes v;
    v.n = 0;
    for (int p = 0; p < people; p++)
        for (int s = 0; s < statements; s++)
            v.vote[v.n++] = (test_vote){ p, s, 1, 1000000 + v.n };
    return test_record(&v, &arena);
}

static void everyone_agreeing_is_one_group(void **state)
{
    (void)state;
    vg_consultation c = all_alike(20, 10);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    assert_int_equal(r.base.n, 1);
    assert_int_equal(r.n_groups, 1);
    assert_int_equal(r.group_size[0], 20);
    CHECK_NEAR(r.x[3], 0, 0);
    assert_int_equal(r.n_consensus_agree, 5);
}

static void one_participant_is_one_group(void **state)
{
    (void)state;
    vg_consultation c = all_alike(1, 10);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    assert_int_equal(r.n_groups, 1);
    assert_int_equal(r.group[0], 0);
}

static void an_empty_conversation_has_no_groups(void **state)
{
    (void)state;
    vg_consultation c = all_alike(0, 0);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    assert_int_equal(r.n_groups, 0);
}

static void six_groups_are_not_looked_for(void **state)
{
    (void)state;
    vg_consultation c = all_alike(2, 2);
    vg_err e = VG_NO_ERR;
    vg_polis r;
    assert_false(vg_polis_analyse(&c, &(vg_polis_opts){ .k = 6 }, &arena, &r, &e));
    assert_int_equal(e.code, VG_EARG);
}

static void mini_batches_find_the_same_groups(void **state)
{
    (void)state;
    vg_consultation c = made(5, 200, 20, 0.8);
    vg_polis full = analyse(&c, (vg_polis_opts){ .seed = 1, .k = 2 });
    vg_polis large = analyse(&c, (vg_polis_opts){ .seed = 1, .k = 2, .large = true });
    assert_true(vg_consultation_ari(full.group, large.group, c.n_participants) > 0.9);
}

/* --- ticks --- */

static void a_warm_tick_without_new_votes_changes_no_group(void **state)
{
    (void)state;
    vg_consultation c = made(6, 120, 20, 0.7);
    vg_polis before = analyse(&c, (vg_polis_opts){ .seed = 1 });
    for (int tick = 0; tick < 5; tick++) {
        vg_polis now = analyse(&c, (vg_polis_opts){ .seed = 1, .previous = &before });
        assert_int_equal(now.k, before.k);
        CHECK_NEAR(vg_consultation_ari(now.group, before.group, c.n_participants), 1, 0);
        before = now;
    }
}

static void the_published_number_of_groups_changes_at_the_fourth_tick(void **state)
{
    (void)state;
    vg_consultation c = made(7, 80, 20, 0.8);
    vg_polis r = analyse(&c, (vg_polis_opts){ .seed = 1 });
    int32_t best = r.best_k, old = best == 2 ? 3 : 2;
    assert_true(r.by_k[old].n == old);
    r.k = r.best_k = old; /* as if another number had been best until now */
    r.n_same_best = 9;
    for (int tick = 1; tick <= VG_POLIS_SMOOTHER; tick++) {
        vg_polis now = analyse(&c, (vg_polis_opts){ .seed = 1, .previous = &r });
        assert_int_equal(now.best_k, best);
        assert_int_equal(now.n_same_best, tick);
        assert_int_equal(now.k, tick < VG_POLIS_SMOOTHER ? old : best);
        r = now;
    }
}

static void one_more_vote_moves_on_from_the_last_tick(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_consultation c = made(8, 100, 20, 0.7), longer;
    vg_polis before = analyse(&c, (vg_polis_opts){ .seed = 1 });
    vg_vote v[2] = { { VG_S("newcomer"), VG_S("3"), 1 << 30, 1 },
                     { VG_S("0"), VG_S("new statement"), 1 << 30, -1 } };
    CHECK_OK(vg_consultation_append(&c, v, 2, &arena, &longer, &e), &e);
    vg_polis now = analyse(&longer, (vg_polis_opts){ .seed = 1, .previous = &before, .rounds = 10 });
    assert_int_equal(now.n_rows, before.n_rows + 1);
    assert_int_equal(now.n_columns, before.n_columns + 1);
    assert_true(vg_consultation_ari(now.group, before.group, before.n_rows) > 0.9);
}

static void running_out_of_memory_is_told(void **state)
{
    (void)state;
    vg_consultation c = made(9, 20, 8, 0.9);
    bool good = false;
    int64_t k = 1;
    for (; !good && k < 500; k++) {
        vg_err e = VG_NO_ERR;
        vg_polis r;
        vg_arena limited = arena;
        limited.fail_at = k;
        good = vg_polis_analyse(&c, &(vg_polis_opts){ .seed = 1, .n_threads = 1 }, &limited, &r, &e);
        if (!good)
            assert_int_equal(e.code, VG_ENOMEM);
    }
    assert_true(good && k > 20);
}

/* --- the published answers --- */

static void check_fixture(const char *name, double ari)
{
    vg_err e = VG_NO_ERR;
    vg_fixture_score s;
    char below[200];
    snprintf(below, sizeof below, "data/consultation/polismath/%s.expected.json.gz", name);
    const char *path = need_shared(below);
    CHECK_OK(vg_evaluate_fixture(path, 7, 2, &arena, &s, &e), &e);
    assert_int_equal(s.n_same_representative, s.n_groups);
    assert_true(s.same_consensus);
    assert_int_equal(s.n_stale_priorities, 0);
    CHECK_NEAR(s.max_error, 0, 1e-9);
    CHECK_NEAR(s.cosine[0], 1, 1e-9);
    assert_int_equal(s.k, s.n_groups);
    if (s.ari < ari)
        fail_msg("ARI %.4f < %.4f", s.ari, ari);
}

/* Figures of POLIS-METHOD.md, section 13. */
static void the_server_is_reproduced_below_100_people(void **state)
{
    (void)state;
    check_fixture("below-100-ptpts", 1);
}

static void the_server_is_reproduced_with_150_people(void **state)
{
    (void)state;
    check_fixture("150ptpt-3gp-no-strict-no-meta", 0.925);
}

static void the_server_is_reproduced_above_100_people(void **state)
{
    (void)state;
    check_fixture("above-100-ptpts", 0.925);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, fresh_arena)
    const struct CMUnitTest tests[] = {
        TEST(tests_of_proportions_add_one),
        TEST(two_groups_that_disagree_are_found),
        TEST(components_are_right),
        TEST(names_and_order_of_rows_do_not_matter),
        TEST(threads_do_not_change_a_byte),
        TEST(moderated_statements_move_nobody),
        TEST(fewer_than_fifteen_active_people_are_filled_up),
        TEST(everyone_agreeing_is_one_group),
        TEST(one_participant_is_one_group),
        TEST(an_empty_conversation_has_no_groups),
        TEST(six_groups_are_not_looked_for),
        TEST(mini_batches_find_the_same_groups),
        TEST(a_warm_tick_without_new_votes_changes_no_group),
        TEST(the_published_number_of_groups_changes_at_the_fourth_tick),
        TEST(one_more_vote_moves_on_from_the_last_tick),
        TEST(running_out_of_memory_is_told),
        TEST(the_server_is_reproduced_below_100_people),
        TEST(the_server_is_reproduced_with_150_people),
        TEST(the_server_is_reproduced_above_100_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
