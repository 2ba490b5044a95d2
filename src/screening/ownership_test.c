/* The 50 % rule, by the facts of OFAC's FAQ 401 and of its guidance of 13 August 2014, and by what must hold for any graph. */
#include "screening/ownership.h"

#include "prop.h"

enum { X, Y, A, B, C, D, MANY = 8 };

static vg_owned *find(vg_arena *a, const vg_holding *h, int64_t n_holdings, const vg_ownership_opts *opts,
                      int32_t *n)
{
    static const bool listed[MANY] = { [X] = true, [Y] = true };
    vg_ownership_graph g = { .n = MANY, .listed = listed, .holding = h, .n_holdings = n_holdings };
    vg_owned *found = NULL;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_ownership_find(&g, opts, a, &found, n, &e), &e);
    return found;
}

static const vg_owned *of(const vg_owned *found, int32_t n, int32_t entity)
{
    for (int32_t i = 0; i < n; i++)
        if (found[i].entity == entity)
            return &found[i];
    return NULL;
}

static bool is_blocked(const vg_holding *h, int64_t n_holdings, int32_t entity, vg_ownership_rule rule)
{
    vg_arena a;
    vg_err e = VG_NO_ERR;
    int32_t n = 0;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    const vg_owned *found = find(&a, h, n_holdings, &(vg_ownership_opts){ .rule = rule }, &n);
    const vg_owned *o = of(found, n, entity);
    bool blocked = o && o->blocked;
    vg_arena_free(&a);
    return blocked;
}
#define BLOCKED(h, entity) is_blocked((h), (int64_t)(sizeof(h) / sizeof *(h)), (entity), VG_OWNERSHIP_OFAC)
#define LOOKED_THROUGH(h, entity)                                                                            \
    is_blocked((h), (int64_t)(sizeof(h) / sizeof *(h)), (entity), VG_OWNERSHIP_LOOK_THROUGH)

/* FAQ 401: X owns 50 % of A, and A owns 50 % of B: B is blocked, X owning indirectly 50 % of it. */
static void half_of_a_half_is_blocked_by_the_rule_of_ofac(void **state)
{
    (void)state;
    const vg_holding h[] = { { X, A, 50 }, { A, B, 50 } };
    assert_true(BLOCKED(h, A));
    assert_true(BLOCKED(h, B));
}

/* FAQ 401: X owns 50 % of A and 50 % of B; A and B each own 25 % of C: together half, so C is blocked. */
static void two_blocked_entities_with_a_quarter_each_block_a_third(void **state)
{
    (void)state;
    const vg_holding h[] = { { X, A, 50 }, { X, B, 50 }, { A, C, 25 }, { B, C, 25 } };
    assert_true(BLOCKED(h, C));
}

/* FAQ 401: X owns 50 % of A and 10 % of B; A owns 40 % of B: with the direct and the indirect share B is blocked. */
static void direct_and_indirect_shares_add_up(void **state)
{
    (void)state;
    const vg_holding h[] = { { X, A, 50 }, { X, B, 10 }, { A, B, 40 } };
    assert_true(BLOCKED(h, B));
}

/* FAQ 401: X owns 50 % of A and 25 % of B; A and B each own 25 % of C. B is not blocked, so C has 25 %: not blocked. */
static void shares_through_an_entity_that_is_not_blocked_do_not_count(void **state)
{
    (void)state;
    const vg_holding h[] = { { X, A, 50 }, { X, B, 25 }, { A, C, 25 }, { B, C, 25 } };
    assert_false(BLOCKED(h, B));
    assert_false(BLOCKED(h, C));
}

/* FAQ 401: X owns 25 % of A and 25 % of B; A and B each own 50 % of C: neither A nor B is blocked, so C is not. */
static void two_quarters_of_two_owners_do_not_block_what_they_own_together(void **state)
{
    (void)state;
    const vg_holding h[] = { { X, A, 25 }, { X, B, 25 }, { A, C, 50 }, { B, C, 50 } };
    assert_false(BLOCKED(h, C));
}

/* Guidance of 2014: two blocked persons with 25 % each block an entity. */
static void shares_of_several_blocked_persons_are_added(void **state)
{
    (void)state;
    const vg_holding h[] = { { X, A, 25 }, { Y, A, 25 } };
    assert_true(BLOCKED(h, A));
    const vg_holding less[] = { { X, A, 25 }, { Y, A, 24.99 } };
    assert_false(BLOCKED(less, A));
}

static void look_through_multiplies_along_chains_and_adds_chains(void **state)
{
    (void)state;
    const vg_holding half[] = { { X, A, 50 }, { A, B, 50 } };
    assert_false(LOOKED_THROUGH(half, B)); /* 25 % */
    const vg_holding two[] = { { X, A, 80 }, { A, C, 40 }, { Y, B, 60 }, { B, C, 30 } };
    assert_true(LOOKED_THROUGH(two, C)); /* 32 % + 18 % */
    assert_true(BLOCKED(two, C));        /* 40 % + 30 % */
}

static void a_ring_of_owners_does_not_lift_itself(void **state)
{
    (void)state;
    const vg_holding h[] = { { A, B, 100 }, { B, C, 100 }, { C, A, 60 }, { X, A, 40 } };
    assert_false(BLOCKED(h, A));
    assert_false(BLOCKED(h, C));
    assert_true(LOOKED_THROUGH(h, C)); /* 0.4 / (1 - 0.6) = all of it */
}

static void an_unknown_share_leaves_an_entity_open_and_is_never_zero(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    int32_t n;
    const vg_holding h[] = { { X, A, NAN }, { X, B, NAN }, { C, B, 51 } };
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    const vg_owned *found = find(&a, h, 3, &(vg_ownership_opts){ .rule = VG_OWNERSHIP_OFAC }, &n);
    const vg_owned *open = of(found, n, A);
    assert_true(open && open->open && !open->blocked);
    CHECK_NEAR(open->share, 0, 0);
    CHECK_NEAR(open->at_most, 100, 0);
    assert_int_equal(open->n_paths, 1);
    assert_true(isnan(open->path[0].share[0]));
    assert_null(of(found, n, B)); /* somebody else has 51 %: there is no room */
    vg_arena_free(&a);
}

static void shares_above_a_hundred_are_told_and_used(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    int32_t n;
    const vg_holding h[] = { { X, A, 30 }, { C, A, 60 }, { D, A, 40 }, { X, A, 30 } };
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    const vg_owned *found = find(&a, h, 4, &(vg_ownership_opts){ .rule = VG_OWNERSHIP_OFAC }, &n);
    const vg_owned *o = of(found, n, A);
    assert_non_null(o);
    assert_false(o->blocked);
    CHECK_NEAR(o->sum, 130, 1e-12); /* the pair that comes twice counts once */
    CHECK_NEAR(o->share, 30, 1e-12);
    vg_arena_free(&a);
}

static void the_path_leads_from_the_listed_party_to_the_entity(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    int32_t n;
    const vg_holding h[] = { { X, A, 60 }, { A, B, 70 }, { B, C, 55 }, { Y, C, 5 }, { C, A, 10 } };
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    const vg_owned *found = find(&a, h, 5, &(vg_ownership_opts){ .rule = VG_OWNERSHIP_OFAC }, &n);
    const vg_owned *o = of(found, n, C);
    assert_non_null(o);
    assert_true(o->blocked);
    assert_int_equal(o->n_paths, 2);
    const int32_t want[] = { X, A, B, C };
    assert_int_equal(o->path[0].n, 4);
    assert_memory_equal(o->path[0].node, want, sizeof want);
    CHECK_NEAR(o->path[0].share[2], 55, 0);
    assert_int_equal(o->path[1].node[0], Y);
    vg_arena_free(&a);
}

static void a_holding_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const vg_holding bad[] = { { A, A, 10 }, { X, A, 101 }, { X, A, -1 }, { X, 99, 10 } };
    static const bool listed[MANY] = { [X] = true };
    vg_arena a;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    for (int i = 0; i < 4; i++) {
        vg_ownership_graph g = { .n = MANY, .listed = listed, .holding = &bad[i], .n_holdings = 1 };
        vg_owned *found;
        int32_t n;
        e = VG_NO_ERR;
        assert_false(
            vg_ownership_find(&g, &(vg_ownership_opts){ .rule = VG_OWNERSHIP_OFAC }, &a, &found, &n, &e));
    }
    vg_arena_free(&a);
}

/* --- property --- */

/* Adding a holding of a listed party never frees anybody, by either rule. */
static const char *another_holding_of_a_listed_party_frees_nobody(vg_rng *r)
{
    vg_holding h[14];
    vg_arena a;
    vg_err e = VG_NO_ERR;
    int32_t n_before = 0, n_after = 0;
    int64_t n = 0;
    for (int i = 0; i < 12; i++) {
        int32_t owner = (int32_t)(vg_rng_u64(r) % MANY), owned = (int32_t)(2 + vg_rng_u64(r) % (MANY - 2));
        if (owner != owned)
            h[n++] = (vg_holding){ owner, owned, vg_rng_u64(r) % 5 ? (double)(vg_rng_u64(r) % 60) : NAN };
    }
    if (!vg_arena_init(&a, 4 << 20, &e))
        return "no memory";
    vg_ownership_opts opts = { .rule = vg_rng_u64(r) % 2 ? VG_OWNERSHIP_OFAC : VG_OWNERSHIP_LOOK_THROUGH };
    const vg_owned *before = find(&a, h, n, &opts, &n_before);
    h[n] = (vg_holding){ X, (int32_t)(2 + vg_rng_u64(r) % (MANY - 2)), (double)(vg_rng_u64(r) % 60) };
    const vg_owned *after = find(&a, h, n + 1, &opts, &n_after);
    const char *wrong = NULL;
    for (int32_t i = 0; i < n_before; i++) {
        const vg_owned *now = of(after, n_after, before[i].entity);
        if (before[i].blocked && !(now && now->blocked))
            wrong = "somebody was freed";
        if (before[i].at_most < before[i].share - 1e-6)
            wrong = "at most is less than what is known";
        for (int32_t k = 0; k < before[i].n_paths; k++)
            if (before[i].path[k].node[0] > Y ||
                before[i].path[k].node[before[i].path[k].n - 1] != before[i].entity)
                wrong = "a path does not lead from a listed party to the entity";
    }
    vg_arena_free(&a);
    return wrong;
}

static void holdings_only_ever_add(void **state)
{
    (void)state;
    check_property("another_holding_of_a_listed_party_frees_nobody",
                   another_holding_of_a_listed_party_frees_nobody, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_of_a_half_is_blocked_by_the_rule_of_ofac),
        cmocka_unit_test(two_blocked_entities_with_a_quarter_each_block_a_third),
        cmocka_unit_test(direct_and_indirect_shares_add_up),
        cmocka_unit_test(shares_through_an_entity_that_is_not_blocked_do_not_count),
        cmocka_unit_test(two_quarters_of_two_owners_do_not_block_what_they_own_together),
        cmocka_unit_test(shares_of_several_blocked_persons_are_added),
        cmocka_unit_test(look_through_multiplies_along_chains_and_adds_chains),
        cmocka_unit_test(a_ring_of_owners_does_not_lift_itself),
        cmocka_unit_test(an_unknown_share_leaves_an_entity_open_and_is_never_zero),
        cmocka_unit_test(shares_above_a_hundred_are_told_and_used),
        cmocka_unit_test(the_path_leads_from_the_listed_party_to_the_entity),
        cmocka_unit_test(a_holding_that_makes_no_sense_is_refused),
        cmocka_unit_test(holdings_only_ever_add),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
