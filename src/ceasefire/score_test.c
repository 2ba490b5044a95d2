/* How likely two reports tell of the same incident: what each of them notices, counts, and whom it names. */
#include "ceasefire/watch_int.h"
#include "prop.h"
#include "test.h"

static vg_agreement two_sides = { .n_parties = 2 };

static vg_watch *scorer(void)
{
    static vg_watch w;
    w.a = &two_sides;
    vg_watch_words_make(&w.words);
    return &w;
}

/* A neutral source that saw nobody, at one place and time. */
static vg_slot slot_of(int32_t source, int kind, int act)
{
    return (vg_slot){ .lat_deg = 48.1,
                      .lon_deg = 30.2,
                      .from = 1700000000,
                      .to = 1700000600,
                      .var_m2 = 250000,
                      .var_s2 = 60000,
                      .ends_s2 = 14400,
                      .log_rate = -25,
                      .cos_lat = 0.668F,
                      .source = source,
                      .kind = (int8_t)kind,
                      .act = (int8_t)act,
                      .party = VG_AGREEMENT_NOBODY,
                      .observer = VG_AGREEMENT_NOBODY,
                      .calibre_mm = NAN };
}

static void who_was_seen_joins_reports_and_keeps_them_apart(void **state)
{
    (void)state;
    const vg_watch *w = scorer();
    vg_slot a = slot_of(1, VG_SOURCE_PATROL, VG_ACT_MORTAR), b = slot_of(2, VG_SOURCE_UAV, VG_ACT_MORTAR);
    double nobody = vg_watch_score(w, &a, &b);
    a.party = b.party = 0;
    a.basis = b.basis = VG_BASIS_SEEN;
    double same = vg_watch_score(w, &a, &b) - nobody;
    b.party = 1;
    double other = vg_watch_score(w, &a, &b) - nobody;
    assert_float_equal(same, log(2 * (0.95 * 0.95 + 0.05 * 0.05)), 1e-12); /* by hand */
    assert_float_equal(other, log(2 * (2 * 0.95 * 0.05)), 1e-12);
    b.observer = 0; /* what the other side says counts for less */
    assert_true(vg_watch_score(w, &a, &b) - nobody > other + 1);
}

static void heat_from_space_is_of_what_burns(void **state)
{
    (void)state;
    const vg_watch *w = scorer();
    vg_slot heat = slot_of(1, VG_SOURCE_SATELLITE, VG_ACT_UNKNOWN);
    vg_slot guns = slot_of(2, VG_SOURCE_PATROL, VG_ACT_ARTILLERY);
    vg_slot rifles = slot_of(2, VG_SOURCE_PATROL, VG_ACT_SMALL_ARMS);
    assert_true(vg_watch_score(w, &heat, &guns) > vg_watch_score(w, &heat, &rifles) + 2);
}

static void a_side_that_accuses_has_not_admitted(void **state)
{
    (void)state;
    vg_slot own = slot_of(1, VG_SOURCE_PARTY, VG_ACT_MORTAR);
    own.party = own.observer = 0;
    own.basis = VG_BASIS_ADMITTED;
    assert_true(vg_watch_right(&own) > 0.95);
    own.basis = VG_BASIS_ACCUSED;
    assert_true(vg_watch_right(&own) < 0.7);
}

static void the_same_number_of_explosions_joins_and_another_parts(void **state)
{
    (void)state;
    const vg_watch *w = scorer();
    vg_slot a = slot_of(1, VG_SOURCE_PATROL, VG_ACT_MORTAR), b = slot_of(2, VG_SOURCE_UAV, VG_ACT_MORTAR);
    a.count = b.count = VG_UNKNOWN;
    double untold = vg_watch_score(w, &a, &b);
    a.count = 17;
    assert_true(fabs(vg_watch_score(w, &a, &b) - untold) < 1e-12); /* one number alone says nothing */
    a.count_kind = b.count_kind = VG_COUNT_EXACT;
    b.count = 17;
    double seventeen = vg_watch_score(w, &a, &b) - untold;
    b.count = 16;
    assert_true(vg_watch_score(w, &a, &b) < untold);
    b.count_kind = VG_COUNT_ABOUT;
    assert_true(vg_watch_score(w, &a, &b) > untold);
    b.count = 90;
    assert_true(vg_watch_score(w, &a, &b) < untold);
    b.count_kind = VG_COUNT_AT_LEAST;
    assert_true(vg_watch_score(w, &a, &b) < untold); /* not that many */
    b.count = 12;
    assert_true(vg_watch_score(w, &a, &b) > untold);
    a.count = b.count = 1;
    b.count_kind = VG_COUNT_EXACT;
    double one = vg_watch_score(w, &a, &b) - untold;
    assert_true(seventeen > one + 3 && one > 0); /* a shot is often one */
}

static void two_who_say_during_the_night_have_not_timed_the_same_act(void **state)
{
    (void)state;
    const vg_watch *w = scorer();
    vg_slot a = slot_of(1, VG_SOURCE_PRESS, VG_ACT_MORTAR), b = slot_of(2, VG_SOURCE_PRESS, VG_ACT_MORTAR);
    a.from = b.from = 1699984800; /* a full hour */
    a.to = b.to = a.from + 12 * 3600;
    a.var_s2 = b.var_s2 = 43200.0F * 43200.0F / 12;
    double night = vg_watch_score(w, &a, &b);
    a.from += 300; /* as long, but timed */
    a.to += 300;
    b.from += 300;
    b.to += 300;
    assert_true(vg_watch_score(w, &a, &b) > night + 2);
}

static void weapons_that_stand_about_are_told_apart_by_their_class(void **state)
{
    (void)state;
    const vg_watch *w = scorer();
    vg_slot a = slot_of(1, VG_SOURCE_PATROL, VG_ACT_WEAPON_PRESENCE),
            b = slot_of(2, VG_SOURCE_UAV, VG_ACT_WEAPON_PRESENCE);
    a.weapon = VG_WEAPON_TANK;
    double untold = vg_watch_score(w, &a, &b);
    b.weapon = VG_WEAPON_TANK;
    assert_true(vg_watch_score(w, &a, &b) > untold);
    b.weapon = VG_WEAPON_MORTAR;
    assert_true(vg_watch_score(w, &a, &b) < untold);
}

/* Who takes artillery for mortars names a mortar: the weapon is that word's echo and makes the act no surer. */
static void a_weapon_beside_its_act_makes_the_act_no_surer(void **state)
{
    (void)state;
    vg_slot slot[1] = { slot_of(1, VG_SOURCE_PATROL, VG_ACT_MORTAR) };
    vg_watch *w = scorer();
    int32_t at = 0;
    vg_fused f;
    vg_incident plain = { 0 }, armed = { 0 }, odd = { 0 };
    w->slot = slot;
    slot[0].count = VG_UNKNOWN;
    vg_watch_fuse(w, &at, 1, &plain, &f);
    slot[0].weapon = VG_WEAPON_MORTAR;
    vg_watch_fuse(w, &at, 1, &armed, &f);
    assert_int_equal(armed.weapon, VG_WEAPON_MORTAR);
    assert_true(fabsf(armed.p_act - plain.p_act) < 1e-6F);
    assert_true(vg_watch_told_weapon(&f, VG_ACT_MORTAR, VG_WEAPON_MORTAR) > 10);
    assert_true(vg_watch_told_weapon(&f, VG_ACT_ARTILLERY, VG_WEAPON_MORTAR) < 2);
    slot[0].weapon = VG_WEAPON_HOWITZER; /* mortars are not fired from howitzers: that is news of the act */
    vg_watch_fuse(w, &at, 1, &odd, &f);
    assert_true(odd.act != VG_ACT_MORTAR || odd.p_act < plain.p_act);
    slot[0].act = VG_ACT_UNKNOWN; /* and so it is where no act was told */
    vg_watch_fuse(w, &at, 1, &odd, &f);
    assert_int_equal(odd.act, VG_ACT_ARTILLERY);
    w->slot = NULL;
}

static vg_slot any_slot(vg_rng *r)
{
    vg_slot s = slot_of((int32_t)vg_rng_below(r, 9), (int)vg_rng_below(r, VG_N_SOURCE_KINDS),
                        (int)vg_rng_below(r, VG_N_ACTS));
    s.lat_deg += 0.01 * vg_rng_unit(r);
    s.lon_deg += 0.01 * vg_rng_unit(r);
    s.from += vg_rng_below(r, 600);
    s.to += 600 + vg_rng_below(r, 20000);
    s.var_m2 = (float)(10000 + 1e6 * vg_rng_unit(r));
    s.var_s2 = (float)(20000 + 1e6 * vg_rng_unit(r));
    s.weapon = (int8_t)vg_rng_below(r, VG_N_WEAPONS);
    s.calibre_mm = vg_rng_below(r, 2) ? 82 : 120;
    s.count = vg_rng_below(r, 3) ? (int64_t)vg_rng_below(r, 40) : VG_UNKNOWN;
    s.count_kind = (int8_t)vg_rng_below(r, 3);
    s.party = (int8_t)((int)vg_rng_below(r, 3) - 1);
    s.observer = (int8_t)((int)vg_rng_below(r, 3) - 1);
    s.basis = (int8_t)vg_rng_below(r, VG_N_BASES);
    s.log_rate = (float)(-30 + 10 * vg_rng_unit(r));
    return s;
}

static const char *is_symmetric(vg_rng *r)
{
    const vg_watch *w = scorer();
    vg_slot a = any_slot(r), b = any_slot(r);
    double ab = vg_watch_score(w, &a, &b), ba = vg_watch_score(w, &b, &a);
    return ab < ba || ab > ba || isnan(ab) ? "the score depends on which report comes first" : NULL;
}

static void the_score_is_the_same_either_way_round(void **state)
{
    (void)state;
    check_property("symmetric", is_symmetric, 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_was_seen_joins_reports_and_keeps_them_apart),
        cmocka_unit_test(heat_from_space_is_of_what_burns),
        cmocka_unit_test(a_side_that_accuses_has_not_admitted),
        cmocka_unit_test(the_same_number_of_explosions_joins_and_another_parts),
        cmocka_unit_test(two_who_say_during_the_night_have_not_timed_the_same_act),
        cmocka_unit_test(weapons_that_stand_about_are_told_apart_by_their_class),
        cmocka_unit_test(a_weapon_beside_its_act_makes_the_act_no_surer),
        cmocka_unit_test(the_score_is_the_same_either_way_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
