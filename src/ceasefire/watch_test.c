/* Tests of the watch: what becomes of reports, how they meet, what is broken, who did it. */
#include "ceasefire/watch_test_int.h"

/* --- what becomes of a report --- */

static void the_same_report_again_has_no_effect(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    assert_int_equal(take(&f, &r), VG_VERDICT_NEW);
    assert_int_equal(take(&f, &r), VG_VERDICT_SAME);
    r.received_at -= 60;
    assert_int_equal(take(&f, &r), VG_VERDICT_EARLIER);
    settle(&f);
    vg_watch_counts c = vg_watch_count(f.w);
    assert_int_equal(c.n_reports, 1);
    assert_int_equal(c.n_same, 2);
    assert_int_equal(c.n_incidents, 1);
    close_watch(&f);
}

static void of_two_contents_under_one_id_the_one_received_last_is_in_force(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0), better = r;
    better.act = VG_ACT_ARTILLERY;
    better.received_at += 100;
    assert_int_equal(take(&f, &better), VG_VERDICT_NEW);
    assert_int_equal(take(&f, &r), VG_VERDICT_SUPERSEDED);
    vg_incident x = last(&f);
    assert_int_equal(x.act, VG_ACT_ARTILLERY);
    assert_int_equal(x.n_reports, 1);
    close_watch(&f);
}

static void a_revision_or_withdrawal_may_come_before_what_it_names(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report first = seen("p1", "1", T0), revision = seen("p1", "2", T0), back = seen("p1", "3", T0);
    revision.revises = VG_S("1");
    back.revises = VG_S("2");
    back.withdraws = true;
    assert_int_equal(take(&f, &revision), VG_VERDICT_REVISION);
    assert_int_equal(take(&f, &first), VG_VERDICT_SUPERSEDED);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 1);
    assert_int_equal(take(&f, &back), VG_VERDICT_WITHDRAWAL);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 0);
    close_watch(&f);
}

static void a_bad_report_is_quarantined_and_counts_nowhere(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    r.count = -3;
    assert_int_equal(take(&f, &r), VG_VERDICT_QUARANTINED);
    assert_int_equal(take(&f, &r), VG_VERDICT_SAME);
    r.count = 3;
    assert_int_equal(take(&f, &r), VG_VERDICT_NEW);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_quarantined, 1);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 1);
    close_watch(&f);
}

/* --- how reports meet --- */

static void two_sources_near_each_other_tell_of_one_incident(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report a = seen("p1", "1", T0), b = seen("p2", "1", T0 + 60), far = seen("p3", "1", T0 + 60);
    b.lat_deg += 0.002;
    far.lat_deg += 0.1;
    a.count = 5;
    b.count = 8;
    take(&f, &far);
    take(&f, &a);
    take(&f, &b);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 2);
    vg_incident x;
    uint64_t ka = vg_report_key(a.source, a.id), kb = vg_report_key(b.source, b.id);
    CHECK_OK(vg_watch_incident(f.w, ka < kb ? ka : kb, &x, &f.e), &f.e);
    assert_int_equal(x.n_sources, 2);
    assert_int_equal(x.count, 8);
    assert_int_equal(x.count_median, 5);
    CHECK_NEAR(x.lat_deg, 48.151, 1e-6);
    CHECK_NEAR(x.radius_m, 300 / sqrt(2), 1);
    close_watch(&f);
}

static void reports_of_one_burst_are_added_up(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report a = seen("p1", "1", T0), b = seen("p1", "2", T0 + 120), later = seen("p1", "3", T0 + 7200);
    b.to = a.to;
    a.count = 5;
    b.count = 3;
    take(&f, &a);
    take(&f, &b);
    take(&f, &later);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 2);
    vg_arena arena;
    vg_member *m;
    int32_t n;
    uint64_t ka = vg_report_key(a.source, a.id), kb = vg_report_key(b.source, b.id);
    vg_incident x;
    CHECK_OK(vg_arena_init(&arena, 1 << 20, &f.e), &f.e);
    CHECK_OK(vg_watch_incident(f.w, ka < kb ? ka : kb, &x, &f.e), &f.e);
    assert_int_equal(x.count, 8);
    CHECK_OK(vg_watch_members(f.w, x.id, &arena, &m, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    assert_false(m[0].repeats);
    assert_true(m[1].repeats);
    assert_true(m[0].fit > 0);
    vg_arena_free(&arena);
    close_watch(&f);
}

static void a_year_and_500_km_are_never_fused_but_still_held_against_clauses(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report a = seen("p1", "1", T0), year = seen("p2", "1", T0), wide = seen("p3", "1", T0);
    year.from = T0 - 86400 * 300;
    year.to = T0;
    wide.radius_m = 500000;
    take(&f, &a);
    take(&f, &year);
    take(&f, &wide);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 3);
    vg_incident x;
    CHECK_OK(vg_watch_incident(f.w, vg_report_key(year.source, year.id), &x, &f.e), &f.e);
    assert_int_equal(breach_of(f.a, &x, "no-fire")->level, VG_LEVEL_VIOLATION);
    CHECK_OK(vg_watch_incident(f.w, vg_report_key(wide.source, wide.id), &x, &f.e), &f.e);
    assert_int_equal(x.n_breaches, 0);
    assert_int_equal(x.level, VG_LEVEL_NONE);
    close_watch(&f);
}

static void times_at_the_end_of_the_scale_are_quarantined(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report long_ago = seen("p1", "1", T0), for_ever = long_ago;
    long_ago.from = long_ago.to = INT64_MIN + 2;
    for_ever.from = INT64_MIN + 2;
    assert_int_equal(take(&f, &long_ago), VG_VERDICT_QUARANTINED);
    assert_int_equal(take(&f, &for_ever), VG_VERDICT_QUARANTINED);
    settle(&f);
    assert_int_equal(vg_watch_count(f.w).n_incidents, 0);
    close_watch(&f);
}

/* --- what is broken --- */

static void a_circle_over_a_boundary_gets_its_share_of_both_sides(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    r.lon_deg = 30.4;
    take(&f, &r);
    vg_incident x = last(&f);
    const vg_breach *b = breach_of(f.a, &x, "no-fire");
    CHECK_NEAR((double)b->where, 0.5, 0.01);
    CHECK_NEAR((double)b->p, (double)(b->where * b->when * b->act), 1e-6);
    assert_int_equal(b->level, VG_LEVEL_POSSIBLE);
    close_watch(&f);
}

static void the_version_of_a_zone_is_that_of_the_events_time(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report before = seen("p1", "1", T0), after = seen("p1", "2", T0 + 86400);
    before.lon_deg = after.lon_deg = 31.2; /* in the first version only */
    before.received_at = after.received_at = T0 + 200000;
    take(&f, &before);
    vg_incident x = last(&f);
    assert_int_equal(breach_of(f.a, &x, "moved-line")->level, VG_LEVEL_VIOLATION);
    take(&f, &after);
    x = last(&f);
    assert_int_equal(x.from, T0 + 86400);
    assert_int_equal(x.n_breaches, 0);
    close_watch(&f);
}

static void an_interval_across_a_change_of_version_is_weighed_by_time(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    int64_t midnight = 1700006400;
    r.from = midnight - 3000;
    r.to = midnight + 1000;
    r.received_at = r.to + 60;
    r.lon_deg = 31.2;
    take(&f, &r);
    vg_incident x = last(&f);
    const vg_breach *b = breach_of(f.a, &x, "moved-line");
    CHECK_NEAR((double)(b->where * b->when), 0.75, 1e-3);
    close_watch(&f);
}

static void a_notified_exercise_is_exempt_and_self_defence_only_flagged(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report drill = seen("p1", "1", 1701424800), defence = seen("p1", "2", T0 + 86400 * 40);
    defence.claims = VG_CLAIM_SELF_DEFENCE;
    take(&f, &drill);
    vg_incident x = last(&f);
    const vg_breach *b = breach_of(f.a, &x, "no-fire");
    assert_true(b->flags & VG_FLAG_EXEMPT);
    assert_int_equal(x.level, VG_LEVEL_NONE);
    take(&f, &defence);
    x = last(&f);
    b = breach_of(f.a, &x, "no-fire");
    assert_int_equal(b->flags, VG_FLAG_SELF_DEFENCE);
    assert_int_equal(b->level, VG_LEVEL_VIOLATION);
    close_watch(&f);
}

/* --- who did it --- */

static vg_incident told(fixture *f, const char *source, const char *actor, vg_basis basis)
{
    vg_report r = seen(source, "7", T0);
    r.actor = vg_str_z(actor);
    r.basis = (int8_t)basis;
    take(f, &r);
    return last(f);
}

static void what_only_the_other_side_says_is_alleged(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_incident x = told(&f, "north-press", "Southern Front", VG_BASIS_SEEN);
    assert_int_equal(x.attribution, VG_ATTRIBUTION_ALLEGED);
    assert_int_equal(x.party, 1);
    x = told(&f, "south-press", "north", VG_BASIS_ACCUSED);
    assert_int_equal(x.n_reports, 2);
    assert_int_equal(x.attribution, VG_ATTRIBUTION_DISPUTED);
    assert_int_equal(x.party, VG_AGREEMENT_NOBODY);
    x = told(&f, "patrol-1", "NA", VG_BASIS_SEEN);
    assert_int_equal(x.attribution, VG_ATTRIBUTION_ATTRIBUTED);
    assert_int_equal(x.party, 0);
    close_watch(&f);
}

static void one_direction_of_fire_is_alleged_and_an_admission_admitted(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_incident x = told(&f, "patrol-1", "south", VG_BASIS_DIRECTION);
    assert_int_equal(x.attribution, VG_ATTRIBUTION_ALLEGED);
    x = told(&f, "south-press", "south", VG_BASIS_ADMITTED);
    assert_int_equal(x.attribution, VG_ATTRIBUTION_ADMITTED);
    assert_int_equal(x.party, 1);
    close_watch(&f);
}

static void an_ally_counts_for_the_party_that_is_bound_and_is_flagged(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    r.act = VG_ACT_TROOP_MOVEMENT;
    r.actor = VG_S("Friends");
    r.basis = VG_BASIS_SEEN;
    take(&f, &r);
    vg_incident x = last(&f);
    const vg_breach *b = breach_of(f.a, &x, "south-only");
    assert_true(b->flags & VG_FLAG_ALLY);
    assert_true(b->bound > 0.9F);
    close_watch(&f);
}

static void a_rejected_incident_has_no_level_and_keeps_its_breaches(void **state)
{
    fixture f;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    uint64_t key = vg_report_key(r.source, r.id);
    CHECK_OK(vg_watch_verify(f.w, key, VG_VERIFY_REJECTED, 9, &f.e), &f.e);
    CHECK_OK(vg_watch_verify(f.w, key, VG_VERIFY_VERIFIED, 8, &f.e), &f.e);
    take(&f, &r);
    vg_incident x = last(&f);
    assert_int_equal(x.verification, VG_VERIFY_REJECTED);
    assert_int_equal(x.level, VG_LEVEL_NONE);
    assert_true(breach_of(f.a, &x, "no-fire")->p > 0.8F);
    CHECK_OK(vg_watch_verify(f.w, key, VG_VERIFY_VERIFIED, 10, &f.e), &f.e);
    assert_int_equal(last(&f).level, VG_LEVEL_VIOLATION);
    close_watch(&f);
}

/* --- sources and features --- */

static void an_idle_source_holds_nobody_back(void **state)
{
    fixture f;
    vg_arena arena;
    vg_watch_source *s;
    int32_t n;
    (void)state;
    open_watch(&f);
    assert_true(vg_watch_watermark(f.w) == INT64_MIN);
    vg_report old = seen("a", "1", T0), now = seen("b", "1", T0 + 86400 * 5);
    take(&f, &old);
    take(&f, &now);
    settle(&f);
    CHECK_OK(vg_arena_init(&arena, 1 << 20, &f.e), &f.e);
    CHECK_OK(vg_watch_sources(f.w, &arena, &s, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    assert_true(s[0].idle);
    assert_false(s[1].idle);
    assert_true(vg_watch_watermark(f.w) == s[1].watermark);
    assert_true(s[1].watermark < now.received_at);
    vg_arena_free(&arena);
    close_watch(&f);
}

static void what_is_not_known_is_null_in_the_feature(void **state)
{
    fixture f;
    vg_out out;
    (void)state;
    open_watch(&f);
    vg_report r = seen("p1", "1", T0);
    r.lat_deg = r.lon_deg = NAN;
    r.act = VG_ACT_UNKNOWN;
    take(&f, &r);
    vg_incident x = last(&f);
    CHECK_OK(vg_out_memory(&out, &f.e), &f.e);
    vg_json j = vg_json_to(&out);
    vg_incident_json(&j, f.a, &x);
    vg_str got = vg_out_text(&out);
    assert_true(vg_find(got, VG_S("\"geometry\":null")) > 0);
    assert_true(vg_find(got, VG_S("\"from\":\"2023-11-14T22:13:20Z\"")) > 0);
    assert_true(vg_find(got, VG_S("\"radius_m\":null,\"act\":\"unknown\"")) > 0);
    assert_true(
        vg_find(got, VG_S("\"calibre_mm\":null,\"count\":null,\"count_median\":null,\"n_reports\":1")) > 0);
    assert_true(vg_find(got, VG_S("\"party\":null")) > 0);
    vg_out_drop(&out);
    close_watch(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_report_again_has_no_effect),
        cmocka_unit_test(of_two_contents_under_one_id_the_one_received_last_is_in_force),
        cmocka_unit_test(a_revision_or_withdrawal_may_come_before_what_it_names),
        cmocka_unit_test(a_bad_report_is_quarantined_and_counts_nowhere),
        cmocka_unit_test(two_sources_near_each_other_tell_of_one_incident),
        cmocka_unit_test(reports_of_one_burst_are_added_up),
        cmocka_unit_test(a_year_and_500_km_are_never_fused_but_still_held_against_clauses),
        cmocka_unit_test(times_at_the_end_of_the_scale_are_quarantined),
        cmocka_unit_test(a_circle_over_a_boundary_gets_its_share_of_both_sides),
        cmocka_unit_test(the_version_of_a_zone_is_that_of_the_events_time),
        cmocka_unit_test(an_interval_across_a_change_of_version_is_weighed_by_time),
        cmocka_unit_test(a_notified_exercise_is_exempt_and_self_defence_only_flagged),
        cmocka_unit_test(what_only_the_other_side_says_is_alleged),
        cmocka_unit_test(one_direction_of_fire_is_alleged_and_an_admission_admitted),
        cmocka_unit_test(an_ally_counts_for_the_party_that_is_bound_and_is_flagged),
        cmocka_unit_test(a_rejected_incident_has_no_level_and_keeps_its_breaches),
        cmocka_unit_test(an_idle_source_holds_nobody_back),
        cmocka_unit_test(what_is_not_known_is_null_in_the_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
