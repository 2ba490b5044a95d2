/* Shares by origin and reason: they add up, look back only, and are as wide as months differ. */
#include "core/date.h"
#include "displacement/displacement.h"
#include "prop.h"

enum { MOST = 400, DRAWS = 100 };
static vg_flow_record flow[MOST];
static double draws[DRAWS];

static int64_t make_flows(vg_rng *r)
{
    static const char *const reason[] = { "Drought", "Conflict", "Flood", "" };
    int64_t n = 1 + vg_rng_below(r, MOST);
    for (int64_t i = 0; i < n; i++)
        flow[i] = (vg_flow_record){ .kind = VG_UNIT_ADMIN1,
                                    .from = (int32_t)vg_rng_below(r, 4),
                                    .to = 1 + (int32_t)vg_rng_below(r, 3),
                                    .month = 400 + (int32_t)vg_rng_below(r, 20),
                                    .reason = vg_str_z(reason[vg_rng_below(r, 4)]),
                                    .people = vg_rng_below(r, 1000) };
    for (int32_t i = 0; i < DRAWS; i++)
        draws[i] = 1000 + 10 * i;
    return n;
}

static vg_displacement_part *split(int64_t n_flows, vg_displacement_split_opts o, vg_arena *a, int32_t *n)
{
    vg_err e = VG_NO_ERR;
    vg_displacement_part *part;
    CHECK_OK(vg_displacement_split(flow, n_flows, &o, draws, DRAWS, a, &part, n, &e), &e);
    return part;
}

static const char *shares_hold(vg_rng *r)
{
    vg_err e = VG_NO_ERR;
    vg_arena a;
    int32_t n;
    double share[3] = { 0 }, mean[3] = { 0 };
    const char *wrong = NULL;
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    vg_displacement_part *p =
        split(make_flows(r), (vg_displacement_split_opts){ .to = 1, .seed = 3 }, &a, &n);
    for (int32_t i = 0; i < n; i++) {
        share[p[i].by] += p[i].share;
        mean[p[i].by] += p[i].mean;
        if (!(p[i].share_low <= p[i].share_high && p[i].low <= p[i].high && p[i].share_high <= 1 + 1e-12))
            wrong = "an interval is upside down or a share above one";
        if (i && (p[i].by < p[i - 1].by || (p[i].by == p[i - 1].by && p[i].share > p[i - 1].share)))
            wrong = "parts are not in order";
    }
    for (int by = 0; by < 3 && n && !wrong; by++)
        if (fabs(share[by] - 1) > 1e-9 || fabs(mean[by] - 1495) > 1e-6)
            wrong = "shares do not add up to one";
    vg_arena_free(&a);
    return wrong;
}

static void shares_add_up_in_each_of_the_three_splits(void **state)
{
    (void)state;
    check_property("shares_hold", shares_hold, 100);
}

static void flows_after_the_origin_are_not_looked_at(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    int32_t n, m;
    vg_rng r = vg_rng_at(9, 0);
    int64_t n_flows = make_flows(&r);
    vg_displacement_split_opts o = { .to = 1, .origin = 410 };
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    vg_displacement_part *before = split(n_flows, o, &a, &n);
    for (int64_t i = 0; i < n_flows; i++)
        if (flow[i].month > 410)
            flow[i].people = 1000000, flow[i].reason = VG_S("Other");
    vg_displacement_part *after = split(n_flows, o, &a, &m);
    assert_int_equal(n, m);
    for (int32_t i = 0; i < n; i++) {
        assert_int_equal(before[i].from, after[i].from);
        CHECK_NEAR(before[i].share, after[i].share, 0);
        CHECK_NEAR(before[i].low, after[i].low, 0);
    }
    vg_arena_free(&a);
}

static void recent_months_count_more(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    int32_t n;
    flow[0] = (vg_flow_record){ .from = 5, .to = 1, .month = 400, .reason = VG_S("Flood"), .people = 100 };
    flow[1] = (vg_flow_record){ .from = 6, .to = 1, .month = 402, .reason = VG_S("Drought"), .people = 100 };
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    vg_displacement_part *p = split(2, (vg_displacement_split_opts){ .to = 1, .half_life = 2 }, &a, &n);
    assert_int_equal(n, 6);
    CHECK_STR(p[0].reason, "Drought"); /* two thirds: the flood is one half-life old */
    CHECK_NEAR(p[0].share, 2.0 / 3, 1e-12);
    CHECK_NEAR(p[0].share_low, 0, 1e-12);
    CHECK_NEAR(p[0].share_high, 1, 1e-12);
    assert_int_equal(p[2].by, VG_DISPLACEMENT_BY_ORIGIN);
    assert_int_equal(p[2].from, 6);
    vg_arena_free(&a);
}

static void no_flow_gives_no_parts(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    int32_t n;
    flow[0] = (vg_flow_record){ .from = 5, .to = 1, .month = 400, .people = 100 };
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    split(1, (vg_displacement_split_opts){ .to = 2 }, &a, &n);
    assert_int_equal(n, 0);
    split(0, (vg_displacement_split_opts){ .to = 1 }, &a, &n);
    assert_int_equal(n, 0);
    vg_arena_free(&a);
}

static void memory_that_runs_out_is_an_error_and_not_a_crash(void **state)
{
    (void)state;
    vg_rng r = vg_rng_at(2, 0);
    int64_t n_flows = make_flows(&r);
    vg_displacement_split_opts o = { .to = 1 };
    for (int64_t k = 1;; k++) {
        vg_err e = VG_NO_ERR;
        vg_arena a;
        vg_displacement_part *part;
        int32_t n;
        CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
        a.fail_at = k;
        bool ok = vg_displacement_split(flow, n_flows, &o, draws, DRAWS, &a, &part, &n, &e);
        vg_arena_free(&a);
        if (ok)
            break;
        assert_int_equal(e.code, VG_ENOMEM);
        assert_true(k < 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_add_up_in_each_of_the_three_splits),
        cmocka_unit_test(flows_after_the_origin_are_not_looked_at),
        cmocka_unit_test(recent_months_count_more),
        cmocka_unit_test(no_flow_gives_no_parts),
        cmocka_unit_test(memory_that_runs_out_is_an_error_and_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
