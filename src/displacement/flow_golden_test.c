/* Figures on the twelve staged conflicts: the published naive ones to their last digit, and our own, so that a change of
 * the model or the fit is seen. Sources: shared/data/displacement/PROVENANCE.md (FLEE's reference run: the corrected
 * series of mali2012 give 0.4766 and 0.3763 to the shares of day 7 and 30) and flee/naive_baselines.csv (raw series). */
#include "displacement/flow.h"
#include "test.h"

static const char *const conflicts[] = { "burundi2015", "car2013",          "mali2012",    "mali2017_adm1",
                                         "nigeria2016", "nigeria2022_adm2", "ssudan2013",  "ssudan2016",
                                         "syria2013",   "tigray2020",       "ukraine2022", "venezuela2022" };
enum { N = 12, MALI2012 = 2, BURUNDI = 0, TIGRAY = 9 };

static vg_arena arena;
static vg_flow_conflict conflict[N];

static void need_conflicts(void)
{
    static bool read;
    need_shared("data/displacement/flee/mali2012/camps.csv");
    vg_err e = VG_NO_ERR;
    if (read)
        return;
    CHECK_OK(vg_arena_init(&arena, (int64_t)2 << 30, &e), &e);
    for (int i = 0; i < N; i++) {
        char below[128];
        snprintf(below, sizeof below, "data/displacement/flee/%s", conflicts[i]);
        vg_str path = vg_copy(&arena, vg_str_z(need_shared(below)));
        CHECK_OK(vg_flow_read(path.s, &arena, &conflict[i], &e), &e);
    }
    read = true;
}

static double ard_of(int i, vg_flow_opts o)
{
    vg_arena scratch = arena;
    vg_flow_run r;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_flow_simulate(&conflict[i], &o, &scratch, &r, &e), &e);
    return vg_flow_score_run(&r, o.series, 0).ard;
}

static void naive_shares_of_mali2012_are_those_of_the_reference_run(void **state)
{
    (void)state;
    need_conflicts();
    vg_flow_naive n = vg_flow_score_naive(&conflict[MALI2012], VG_FLOW_CORRECTED);
    CHECK_NEAR(n.share7, 0.4766, 0.0001);
    CHECK_NEAR(n.share30, 0.3763, 0.0001);
}

static double with_empty(double mean, int32_t days, int32_t empty)
{
    return (mean * (days - empty) + empty) / days;
}

static void naive_shares_of_the_raw_series_are_those_that_were_staged(void **state)
{
    (void)state;
    static const struct {
        int which,
            empty; /* days on which nobody is registered: staged as a difference of 1, left out by ours */
        double share7, share30, equal, rolling;
    } staged[] = { { MALI2012, 0, 0.4143, 0.3421, 1.1626, 0.0903 },
                   { BURUNDI, 0, 0.3674, 0.3503, 0.7463, 0.0934 },
                   { TIGRAY, 1, 0.4945, 0.4444, 0.6879, 0.0867 } };
    need_conflicts();
    for (size_t i = 0; i < sizeof staged / sizeof *staged; i++) {
        vg_flow_naive n = vg_flow_score_naive(&conflict[staged[i].which], VG_FLOW_RAW);
        int32_t days = conflict[staged[i].which].n_days, empty = staged[i].empty;
        CHECK_NEAR(with_empty(n.share7, days, empty), staged[i].share7, 0.00006);
        CHECK_NEAR(with_empty(n.share30, days, empty), staged[i].share30, 0.00006);
        CHECK_NEAR(with_empty(n.equal, days, empty), staged[i].equal, 0.00006);
        CHECK_NEAR(with_empty(n.rolling30, days - 30, empty), staged[i].rolling, 0.00006);
    }
}

static void the_shipped_model_scores_as_recorded(void **state)
{
    (void)state;
    static const double flows[N] = { 0.200, 0.247, 0.130, 0.247, 0.142, 0.208,
                                     0.306, 0.360, 0.243, 0.279, 0.230, 0.098 };
    need_conflicts();
    for (int i = 0; i < N; i++) {
        CHECK_NEAR(ard_of(i, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }), flows[i], 0.001);
        CHECK_NEAR(ard_of(i, (vg_flow_opts){ .engine = VG_FLOW_AGENTS, .seed = 1 }), flows[i], 0.004);
    }
}

static void the_shipped_members_are_found_again(void **state)
{
    (void)state;
    need_conflicts();
    vg_flow_fit *fit = vg_new(&arena, vg_flow_fit, 1 + N);
    vg_flow_members shipped = vg_flow_shipped_members();
    vg_flow_params mean = vg_flow_shipped();
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_flow_learn(conflict, N, true, 2, NULL, fit, &e), &e);
    for (int i = 0; i < VG_FLOW_N_PARAMS; i++)
        CHECK_NEAR(fit[0].mean.value[i], mean.value[i], 1e-12);
    for (int m = 0; m < VG_FLOW_MEMBERS; m++)
        assert_memory_equal(&fit[0].members.member[m], &shipped.member[m], sizeof shipped.member[m]);
    for (int i = 0; i < N; i++) /* what is claimed of a conflict that was not learnt from */
        assert_true(ard_of(i, (vg_flow_opts){ .params = &fit[1 + i].mean }) < 0.6);
    CHECK_NEAR(ard_of(MALI2012, (vg_flow_opts){ .params = &fit[1 + MALI2012].mean }), 0.130, 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive_shares_of_mali2012_are_those_of_the_reference_run),
        cmocka_unit_test(naive_shares_of_the_raw_series_are_those_that_were_staged),
        cmocka_unit_test(the_shipped_model_scores_as_recorded),
        cmocka_unit_test(the_shipped_members_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
