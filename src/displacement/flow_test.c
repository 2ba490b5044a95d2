/* The flow model: what is kept, what a border or a camp changes, agents against expected flows, scores, the store. */
#include "displacement/flow_kept.h"
#include "displacement/flow_test_int.h"
#include "prop.h"

static vg_flow_conflict small(vg_arena *a)
{
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with(NULL, NULL, a, &c, &e), &e);
    return c;
}

static vg_flow_run run_of(const vg_flow_conflict *c, vg_flow_opts o, vg_arena *a)
{
    vg_flow_run r;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_flow_simulate(c, &o, a, &r, &e), &e);
    return r;
}

static double in_camps(const vg_flow_run *r, int32_t day)
{
    double sum = 0;
    for (int32_t k = 0; k < r->n_camps; k++)
        sum += r->people[(int64_t)k * r->n_days + day];
    return sum;
}

static void people_in_camps_are_the_given_total_every_day(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run flows = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &a);
    vg_flow_run agents = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_AGENTS, .seed = 3 }, &a);
    vg_flow_run file = run_of(&c, (vg_flow_opts){ .total_from = VG_FLOW_TOTAL_FILE }, &a);
    vg_flow_run rate = run_of(&c, (vg_flow_opts){ .per_day = 7 }, &a);
    for (int32_t t = 0; t < c.n_days; t++) {
        CHECK_NEAR(in_camps(&flows, t), c.raw[t] + c.raw[c.n_days + t], 1e-9);
        CHECK_NEAR(in_camps(&agents, t), c.raw[t] + c.raw[c.n_days + t], 0.51);
        CHECK_NEAR(in_camps(&file, t), c.total[t],
                   1e-9); /* 10 in camps on day 0, and totals.csv begins at 10 */
        CHECK_NEAR(in_camps(&rate, t), 10 + 7 * t, 1e-9);
    }
    vg_arena_free(&a);
}

static void a_total_that_shrinks_takes_people_from_all_camps_alike(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    CHECK_OK(read_with("camps.csv",
                       "date,camp,registered,source_series\n2020-01-01,Alpha,300,a\n2020-01-11,Alpha,30,a\n"
                       "2020-01-01,Beta,100,b\n2020-01-11,Beta,10,b\n",
                       &a, &c, &e),
             &e);
    vg_flow_run r = run_of(&c, (vg_flow_opts){ .n_days = 11 }, &a);
    CHECK_NEAR(r.people[10], 30, 1e-9);
    CHECK_NEAR(r.people[r.n_days + 10], 10, 1e-9);
    vg_arena_free(&a);
}

static void nobody_arrives_over_a_closed_border(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run r = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_AGENTS }, &a);
    const double *beta = r.people + r.n_days;
    CHECK_NEAR(beta[19], beta[9], 0); /* closures.csv: days 10 to 19 */
    assert_true(beta[25] > beta[19]);
    vg_flow_border border = { VG_S("aland"), VG_S("Beland"), 22 };
    r = run_of(&c, (vg_flow_opts){ .border = &border, .n_borders = 1 }, &a);
    assert_true(r.people[21] > r.people[0]);
    CHECK_NEAR(r.people[30], r.people[21], 0);
    vg_arena_free(&a);
}

static void a_new_camp_takes_people_from_its_day_on(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_new_camp camp = { VG_S("New"), 10000, 15, VG_S("Mid"), 5 };
    vg_flow_run r = run_of(&c, (vg_flow_opts){ .camp = &camp, .n_camps = 1 }, &a);
    assert_int_equal(r.n_camps, 3);
    assert_true(r.camp[2].opened && !r.camp[2].scored);
    CHECK_NEAR(r.people[2 * r.n_days + 14], 0, 0);
    assert_true(r.people[2 * r.n_days + 15] > 0);
    CHECK_NEAR(in_camps(&r, 30), 910, 1e-9);
    assert_int_equal(c.n_places, 6); /* the conflict itself is not touched */
    vg_arena_free(&a);
}

static void a_what_if_that_changes_nothing_is_refused(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_border border[] = { { VG_S("Beland"), VG_S("Celand"), 1 },
                                { VG_S("Aland"), VG_S("Zelandia"), 1 },
                                { VG_S("Aland"), VG_S("Alpha"), 1 } };
    vg_flow_new_camp camp[] = { { VG_S("New"), 0, 1, VG_S("Mid"), 5 },
                                { VG_S("Beta"), 10, 1, VG_S("Mid"), 5 },
                                { VG_S("New"), 10, 1, VG_S("Mud"), 5 } };
    static const char *const border_words[] = { "no route crosses between", "is called \"Zelandia\"",
                                                "one is a country and the other a place" };
    static const char *const camp_words[] = { "a camp for 0 people", "there is a place called \"Beta\"",
                                              "is called \"Mud\"" };
    for (int i = 0; i < 3; i++) {
        vg_flow_run r;
        vg_err e = VG_NO_ERR;
        assert_false(
            vg_flow_simulate(&c, &(vg_flow_opts){ .border = &border[i], .n_borders = 1 }, &a, &r, &e));
        assert_non_null(strstr(e.what, border_words[i]));
    }
    for (int i = 0; i < 3; i++) {
        vg_flow_run r;
        vg_err e = VG_NO_ERR;
        assert_false(vg_flow_simulate(&c, &(vg_flow_opts){ .camp = &camp[i], .n_camps = 1 }, &a, &r, &e));
        assert_non_null(strstr(e.what, camp_words[i]));
    }
    vg_arena_free(&a);
}

static void people_on_routes_end_in_camps(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run r = run_of(&c, (vg_flow_opts){ .n_days = 31 }, &a);
    /* routes: Zed-Mid, Yar-Mid, Mid-Alpha, Mid-Hub, Hub-Beta */
    CHECK_NEAR(r.route_people[0] + r.route_people[1], 900, 1e-6);
    CHECK_NEAR(r.route_people[2], r.people[30] - 10, 1e-6);
    CHECK_NEAR(r.route_people[3], r.route_people[4], 1e-9);
    vg_arena_free(&a);
}

static void a_redirection_must_be_followed_until_it_is_lifted(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c;
    vg_err e = VG_NO_ERR;
    /* Hub sends everyone on to Beta: Alpha, which lies behind Hub, is out of reach until day 20. */
    CHECK_OK(
        read_with("routes.csv",
                  "name1,name2,distance_km,forced_redirection\nZed,Hub,50,0\nYar,Hub,30,0\nHub,Mid,50,0\n"
                  "Mid,Alpha,20,0\nHub,Beta,100,2\n",
                  &a, &c, &e),
        &e);
    vg_flow_run r = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &a);
    CHECK_NEAR(r.people[9], 10, 1e-9);
    vg_arena_free(&a);
}

static void agents_of_a_seed_are_the_same_and_their_mean_is_the_flow(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run flows = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &a);
    double mean = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        vg_arena scratch = a;
        vg_flow_run r = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_AGENTS, .seed = seed }, &scratch);
        vg_flow_run same = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_AGENTS, .seed = seed }, &scratch);
        assert_memory_equal(r.people, same.people, (size_t)(r.n_camps * r.n_days) * sizeof *r.people);
        mean += r.people[8] / 400;
        CHECK_NEAR(r.people[8], floor(r.people[8]), 0);
    }
    CHECK_NEAR(mean, flows.people[8], 1.5); /* a standard error of about 0.3 */
    vg_arena_free(&a);
}

static void many_agents_come_near_the_flow(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run flows = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &a);
    vg_flow_run agents =
        run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_AGENTS, .n_people = 100000000, .seed = 1 }, &a);
    for (int32_t i = 0; i < c.n_camps * c.n_days; i++)
        CHECK_NEAR(agents.people[i], flows.people[i], 0.5);
    vg_arena_free(&a);
}

static void an_ensemble_is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run one, five;
    vg_err e = VG_NO_ERR;
    vg_flow_opts o = { .engine = VG_FLOW_AGENTS, .seed = 5, .n_threads = 1 };
    CHECK_OK(vg_flow_ensemble(&c, &o, NULL, &a, &one, &e), &e);
    o.n_threads = 5;
    CHECK_OK(vg_flow_ensemble(&c, &o, NULL, &a, &five, &e), &e);
    size_t n = (size_t)(c.n_camps * c.n_days) * sizeof(double);
    assert_memory_equal(one.low, five.low, n);
    assert_memory_equal(one.high, five.high, n);
    assert_true(one.low[30] < one.people[30] && one.people[30] < one.high[30]);
    vg_arena_free(&a);
}

static void a_nowcast_begins_with_what_was_registered_by_then(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run r = run_of(&c, (vg_flow_opts){ .observed_to = 20 }, &a);
    /* Alpha's last registration by day 20 is 210 (day 10), Beta's 100; scaled to the total of 410 + 100. */
    CHECK_NEAR(r.people[20], 210.0 / 310 * 510, 1e-9);
    CHECK_NEAR(r.people[5], 110, 1e-9);
    vg_flow_score s = vg_flow_score_run(&r, VG_FLOW_RAW, 21);
    assert_int_equal(s.n_days, 19);
    vg_arena_free(&a);
}

static void a_nowcast_needs_a_day_of_the_record(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_run r;
    vg_err e = VG_NO_ERR;
    vg_flow_opts o = { .n_days = 3 * c.n_days, .observed_to = 2 * c.n_days };
    assert_false(vg_flow_simulate(&c, &o, &a, &r, &e));
    assert_int_equal(e.code, VG_ERANGE);
    o.observed_to = c.n_days - 1;
    e = VG_NO_ERR;
    CHECK_OK(vg_flow_simulate(&c, &o, &a, &r, &e), &e);
    vg_arena_free(&a);
}

static void a_forecast_does_not_see_how_camps_shared_later(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a), other = c;
    vg_flow_run before = run_of(&c, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &a);
    other.corrected = vg_new(&a, double, 2 * c.n_days);
    for (int32_t t = 0; t < c.n_days; t++) { /* the same sums, the camps exchanged behind day 0 */
        other.corrected[t] = t ? c.corrected[c.n_days + t] : c.corrected[t];
        other.corrected[c.n_days + t] = t ? c.corrected[t] : c.corrected[c.n_days + t];
    }
    vg_flow_run after = run_of(&other, (vg_flow_opts){ .engine = VG_FLOW_FLOWS }, &a);
    for (int32_t i = 0; i < 2 * c.n_days; i++)
        CHECK_NEAR(after.people[i], before.people[i], 1e-9);
    vg_arena_free(&a);
}

static void the_score_is_the_definition(void **state)
{
    (void)state;
    double people[] = { 0, 30, 60, 0, 10, 60 }, data[] = { 0, 40, 100, 0, 60, 100 };
    vg_flow_run r = {
        .n_days = 3, .n_camps = 2, .n_scored = 2, .n_record = 3, .people = people, .raw = data
    };
    vg_flow_score s = vg_flow_score_run(&r, VG_FLOW_RAW, 0);
    assert_int_equal(s.n_days, 2);                           /* the first day has no data */
    CHECK_NEAR(s.ard, (60.0 / 100 + 80.0 / 200) / 2, 1e-12); /* |30-40|+|10-60|; |60-100|+|60-100| */
    CHECK_NEAR(s.ard_rescaled, (70.0 / 100 + 0) / 2, 1e-12); /* 75 and 25 against 40 and 60 */
    assert_true(isnan(s.covered));
}

static const char *binomial_has_its_mean_and_variance(vg_rng *r)
{
    int64_t n = 1 + vg_rng_below(r, 5000);
    double p = vg_rng_unit(r), sum = 0, squares = 0, mean = (double)n * p, variance = mean * (1 - p);
    for (int i = 0; i < 4000; i++) {
        double k = (double)vg_flow_binomial(r, n, p);
        if (k < 0 || k > (double)n)
            return "out of range";
        sum += k;
        squares += (k - mean) * (k - mean);
    }
    if (fabs(sum / 4000 - mean) > 5 * sqrt(variance / 4000) + 1e-9)
        return "the mean is off";
    return fabs(squares / 4000 - variance) > 0.15 * variance + 0.1 ? "the variance is off" : NULL;
}

static void binomial_numbers_have_their_mean_and_variance(void **state)
{
    (void)state;
    check_property("binomial", binomial_has_its_mean_and_variance, 200);
}

static const char *multinomial_parts_sum_to_the_whole(vg_rng *r)
{
    double weight[8], part[8], sum = 0, all = 0;
    int32_t n = 1 + (int32_t)vg_rng_below(r, 8);
    for (int32_t i = 0; i < n; i++)
        sum += weight[i] = vg_rng_below(r, 3) ? vg_rng_unit(r) : 0;
    if (!(sum > 0))
        return NULL;
    int64_t people = vg_rng_below(r, 100000);
    vg_flow_multinomial(r, people, weight, n, sum, part);
    for (int32_t i = 0; i < n; i++) {
        all += part[i];
        if (part[i] > 0 && !(weight[i] > 0))
            return "somebody went where nobody goes";
    }
    return (int64_t)all == people ? NULL : "people were lost";
}

static void multinomial_parts_sum_and_go_nowhere_else(void **state)
{
    (void)state;
    check_property("multinomial", multinomial_parts_sum_to_the_whole, 2000);
}

/* Any parameters, any engine: the total is kept and nobody is counted below zero. */
static const char *any_parameters_keep_the_total(vg_rng *r)
{
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_params p = vg_flow_candidate((int32_t)vg_rng_below(r, 100000));
    vg_flow_opts o = { .engine = vg_rng_below(r, 2) ? VG_FLOW_AGENTS : VG_FLOW_FLOWS,
                       .params = &p,
                       .seed = vg_rng_u64(r),
                       .blind = vg_rng_below(r, 2) };
    vg_flow_run run = run_of(&c, o, &a);
    const char *wrong = NULL;
    for (int32_t t = 0; t < run.n_days; t++)
        if (fabs(in_camps(&run, t) - run.total[t]) > 0.51)
            wrong = "the total is not kept";
    for (int32_t i = 0; i < run.n_camps * run.n_days; i++)
        if (!(run.people[i] >= 0))
            wrong = "fewer people than none";
    vg_arena_free(&a);
    return wrong;
}

static void any_parameters_keep_the_total_and_no_camp_is_below_zero(void **state)
{
    (void)state;
    check_property("total", any_parameters_keep_the_total, 40);
}

static void a_run_comes_back_from_the_store_as_it_was_kept(void **state)
{
    (void)state;
    vg_arena a = test_arena();
    vg_flow_conflict c = small(&a);
    vg_flow_opts o = { .n_threads = 1 };
    vg_flow_run r;
    vg_flow_kept k, back;
    vg_store *st;
    vg_err e = VG_NO_ERR;
    int64_t id;
    CHECK_OK(vg_flow_ensemble(&c, &o, NULL, &a, &r, &e), &e);
    CHECK_OK(vg_flow_kept_make(&c, &o, &r, &a, &k, &e), &e);
    k.run = (vg_run){ .program_version = VG_S("test"), .seed = 9 };
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_flow_kept_save(st, &k, &id, &e), &e);
    CHECK_OK(vg_flow_kept_load(st, 0, &a, &back, &e), &e);
    assert_int_equal(back.n_camps, 2);
    assert_int_equal(back.n_places, 6);
    assert_int_equal(back.n_routes, 5);
    assert_int_equal(back.params.n_files, 6);
    CHECK_STR(back.params.file[0].name, "locations.csv");
    CHECK_NEAR(back.params.ard, k.params.ard, 0);
    CHECK_STR(back.camp[0].name, "Alpha");
    assert_int_equal(back.camp[0].n_points, c.n_days);
    for (int32_t t = 0; t < c.n_days; t++) {
        CHECK_NEAR(back.camp[1].people[t], r.people[c.n_days + t], 0);
        CHECK_NEAR(back.camp[1].high[t], r.high[c.n_days + t], 0);
    }
    CHECK_NEAR(back.route[0].people, r.route_people[0], 0);
    vg_store_close(st);
    vg_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_in_camps_are_the_given_total_every_day),
        cmocka_unit_test(a_total_that_shrinks_takes_people_from_all_camps_alike),
        cmocka_unit_test(nobody_arrives_over_a_closed_border),
        cmocka_unit_test(a_new_camp_takes_people_from_its_day_on),
        cmocka_unit_test(a_what_if_that_changes_nothing_is_refused),
        cmocka_unit_test(people_on_routes_end_in_camps),
        cmocka_unit_test(a_redirection_must_be_followed_until_it_is_lifted),
        cmocka_unit_test(agents_of_a_seed_are_the_same_and_their_mean_is_the_flow),
        cmocka_unit_test(many_agents_come_near_the_flow),
        cmocka_unit_test(an_ensemble_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(a_nowcast_begins_with_what_was_registered_by_then),
        cmocka_unit_test(a_nowcast_needs_a_day_of_the_record),
        cmocka_unit_test(a_forecast_does_not_see_how_camps_shared_later),
        cmocka_unit_test(the_score_is_the_definition),
        cmocka_unit_test(binomial_numbers_have_their_mean_and_variance),
        cmocka_unit_test(multinomial_parts_sum_and_go_nowhere_else),
        cmocka_unit_test(any_parameters_keep_the_total_and_no_camp_is_below_zero),
        cmocka_unit_test(a_run_comes_back_from_the_store_as_it_was_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
