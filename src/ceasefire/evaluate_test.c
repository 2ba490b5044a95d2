/* Scores of cases made by hand, and replays of small simulations. */
#include "ceasefire/evaluate_int.h"
#include "ceasefire/replay.h"
#include "prop.h"

/* An evaluation of four incidents with the clauses 1 | 1, 2 | none | 3; the last was never told. */
static vg_evaluation by_hand(void)
{
    static const vg_simulated_incident incident[] = { { .n_told = 2, .party = 0 },
                                                      { .n_told = 1, .party = 1 },
                                                      { .n_told = 3, .party = 0 },
                                                      { .n_told = 0, .party = 0 } };
    static int64_t first[] = { 0, 1, 3, 3, 3 };
    static int32_t clause[] = { 1, 1, 2 };
    static uint8_t hit[4], stood_for[5];
    memset(hit, 0, sizeof hit);
    memset(stood_for, 0, sizeof stood_for);
    return (vg_evaluation){ .incident = incident,
                            .n_incidents = 4,
                            .first = first,
                            .clause = clause,
                            .hit = hit,
                            .stood_for = stood_for };
}

static void two_of_three_pairs_and_one_too_many_give_f1_two_thirds(void **state)
{
    (void)state;
    vg_evaluation ev = by_hand();
    vg_evaluation_score s;
    vg_evaluation_add(&ev, 0, 0);
    vg_evaluation_add_pair(&ev, 0, 1, 0.9, VG_LEVEL_VIOLATION);
    vg_evaluation_add(&ev, 1, 0);
    vg_evaluation_add_pair(&ev, 1, 2, 0.6, VG_LEVEL_PROBABLE);
    vg_evaluation_add_pair(&ev, 1, 7, 0.5, VG_LEVEL_PROBABLE);
    vg_evaluation_score_now(&ev, &s);
    assert_int_equal(s.probable.n_said, 3);
    assert_int_equal(s.probable.n_right, 2);
    CHECK_NEAR(s.probable.f1, 2.0 / 3, 1e-12);
    CHECK_NEAR(s.violation.precision, 1, 1e-12);
    CHECK_NEAR(s.violation.recall, 1.0 / 3, 1e-12);
    CHECK_NEAR(s.brier, (0.01 + 0.16 + 0.25 + 1) / 4, 1e-12); /* the fourth: (1, 1) was not said at all */
    CHECK_NEAR(s.attribution_precision, 0.5, 1e-12);
    assert_int_equal(s.n_incidents_true, 3);
    assert_int_equal(s.n_swallowed, 1);
}

static void a_fragment_and_a_false_report_cost_precision(void **state)
{
    (void)state;
    vg_evaluation ev = by_hand();
    vg_evaluation_score s;
    for (int i = 0; i < 2; i++) {
        vg_evaluation_add(&ev, 0, -1);
        vg_evaluation_add_pair(&ev, 0, 1, 1, VG_LEVEL_VIOLATION);
    }
    vg_evaluation_add(&ev, -3, 1);
    vg_evaluation_add_pair(&ev, -3, 1, 1, VG_LEVEL_VIOLATION);
    vg_evaluation_score_now(&ev, &s);
    assert_int_equal(s.n_fragments, 1);
    CHECK_NEAR(s.probable.precision, 1.0 / 3, 1e-12);
    CHECK_NEAR(s.attribution_precision, 0, 1e-12);
    CHECK_NEAR(s.abstained, 2.0 / 3, 1e-12);
    CHECK_NEAR(s.tenth[9].happened, 2.0 / 3, 1e-12);
}

static void a_pair_hardly_believed_is_no_candidate_unless_it_is_true(void **state)
{
    (void)state;
    vg_evaluation ev = by_hand();
    vg_evaluation_score s;
    vg_evaluation_add(&ev, 2, -1);
    vg_evaluation_add_pair(&ev, 2, 5, 0.005, VG_LEVEL_NONE);
    vg_evaluation_score_now(&ev, &s);
    assert_int_equal(s.n_candidates, 3);
    CHECK_NEAR(s.brier, 1, 1e-12);
    assert_true(isnan(s.probable.precision) && isnan(s.attribution_precision));
}

static void the_majority_of_members_says_what_an_incident_stands_for(void **state)
{
    (void)state;
    int64_t a[] = { 4, 9, 4 }, tie[] = { 9, 4 }, lies[] = { -2, -2, 4 }, split[] = { -2, 4 };
    assert_int_equal(vg_evaluation_majority(a, 3), 4);
    assert_int_equal(vg_evaluation_majority(tie, 2), 4);
    assert_true(vg_evaluation_majority(lies, 3) < 0);
    assert_int_equal(vg_evaluation_majority(split, 2), 4);
    assert_true(vg_evaluation_majority(NULL, 0) < 0);
}

static void a_replay_beats_the_naive_rule_and_repeats_itself(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_ceasefire_replay_opts o = { .batch = 200 };
    vg_replay_result a, b;
    CHECK_OK(vg_simulation_read(VG_S("seed=1,reports=6000"), &o.simulation, &e), &e);
    CHECK_OK(vg_replay_simulated(&o, &a, &e), &e);
    o.batch = 33;
    CHECK_OK(vg_replay_simulated(&o, &b, &e), &e);
    assert_true(a.evaluated && a.n_reports == 6000 && a.n_taken < 6000);
    assert_true(a.watch.probable.f1 > a.naive.probable.f1 && a.watch.brier < a.naive.brier);
    assert_int_equal(a.watch.probable.n_right, b.watch.probable.n_right);
    assert_int_equal(a.watch.n_incidents, b.watch.n_incidents);
    assert_true(fabs(a.watch.brier - b.watch.brier) < 1e-12);
}

static void any_order_ends_in_the_same_state(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_simulation_opts o;
    vg_evaluation_order r;
    CHECK_OK(vg_simulation_read(VG_S("seed=2,reports=1500"), &o, &e), &e);
    CHECK_OK(vg_evaluate_order(&o, 6, &r, &e), &e);
    assert_int_equal(r.n_orders, 6);
    assert_int_equal(r.n_same, 6);
    assert_int_equal(r.n_same_figures, 6);
}

static void labelled_duplicates_are_found_by_their_hashes(void **state)
{
    (void)state;
    char dir[256], path[300];
    vg_err e = VG_NO_ERR;
    vg_evaluation_duplicates r;
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/rows.csv", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(
        "year_file,event_id_1pd,date,n_reports,sources_matching,target_classes,asciiname,longitude,latitude,"
        "text_sha1_12,exact_dup_cluster\n"
        "2022,1,2022-03-01,1,ab,FUEL_STORAGE_TERMINAL,Town,30.1,50.1,aaaaaaaaaaaa,E1\n"
        "2022,2,2022-03-01,1,cd,FUEL_STORAGE_TERMINAL,Town,30.1,50.1,aaaaaaaaaaaa,E1\n"
        "2022,3,2022-05-01,1,ab,FUEL_STORAGE_TERMINAL,Far,36.1,47.1,bbbbbbbbbbbb,\n"
        "2022,4,2022-09-01,1,ab,FUEL_STORAGE_TERMINAL,Town,30.1,50.1,cccccccccccc,E2\n",
        f);
    fclose(f);
    CHECK_OK(vg_evaluate_duplicates(path, 19000, 19180, true, &r, &e),
             &e); /* to July 2022: without the last row */
    assert_int_equal(r.n_rows, 3);
    assert_int_equal(r.n_labelled, 2);
    assert_int_equal(r.n_clusters, 1);
    assert_int_equal(r.n_pairs, 1);
    assert_int_equal(r.n_pairs_near, 1);
    assert_int_equal(r.n_right, 1);
    CHECK_NEAR(r.f1, 1, 1e-12);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_of_three_pairs_and_one_too_many_give_f1_two_thirds),
        cmocka_unit_test(a_fragment_and_a_false_report_cost_precision),
        cmocka_unit_test(a_pair_hardly_believed_is_no_candidate_unless_it_is_true),
        cmocka_unit_test(the_majority_of_members_says_what_an_incident_stands_for),
        cmocka_unit_test(a_replay_beats_the_naive_rule_and_repeats_itself),
        cmocka_unit_test(any_order_ends_in_the_same_state),
        cmocka_unit_test(labelled_duplicates_are_found_by_their_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
