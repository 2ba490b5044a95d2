/* How likely two reports tell of the same incident: what each of them notices, and whom it names. */
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
    assert_true(vg_watch_score(w, &heat, &guns) > vg_watch_score(w, &heat, &rifles) + 3);
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
        cmocka_unit_test(the_score_is_the_same_either_way_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
