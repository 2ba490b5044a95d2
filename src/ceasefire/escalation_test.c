/* Tests of the rules of escalation on hand-made incidents. The agreement has two zones, two parties and one clause. */
#include "ceasefire/escalation_int.h"
#include "prop.h"

enum { NORTH, SOUTH, RED = 0, BLUE = 1, HOUR = 3600, MOST = 4000 };

static const int64_t now = 1700000000 / HOUR * HOUR + 1200; /* twenty minutes past an hour */

static const vg_agreement_zone zone[] = { { .id = { "north", 5 } }, { .id = { "south", 5 } } };
static const vg_agreement_party party[] = { { .id = { "red", 3 } }, { .id = { "blue", 4 } } };
static const vg_clause clause[] = { { .id = { "1", 1 }, .severity = 3 } };

typedef struct {
    vg_arena arena;
    vg_agreement agreement;
    vg_threshold threshold;
    vg_escalation__desk desk;
    vg_escalation__act act[MOST];
    vg_coverage coverage[200];
    vg_rng rng;
} world;

static int by_time(const void *a, const void *b)
{
    const vg_escalation__act *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

static world *begin(uint64_t seed)
{
    static world w;
    vg_err e = VG_NO_ERR;
    vg_arena_free(&w.arena);
    w = (world){ .rng = vg_rng_at(seed, 0) };
    assert_true(vg_arena_init(&w.arena, 8 << 20, &e));
    w.agreement = (vg_agreement){ .zone = zone,
                                  .party = party,
                                  .clause = clause,
                                  .n_zones = 2,
                                  .n_parties = 2,
                                  .n_clauses = 1,
                                  .threshold = &w.threshold };
    w.desk = (vg_escalation__desk){
        .agreement = &w.agreement, .at = now, .arena = &w.arena, .act = w.act, .coverage = w.coverage
    };
    return &w;
}

/* Something `hours_ago` hours before now. */
static vg_escalation__act *happen(world *w, double hours_ago, int32_t in)
{
    assert_true(w->desk.n < MOST);
    vg_escalation__act *a = &w->act[w->desk.n++];
    *a = (vg_escalation__act){ .id = (uint64_t)w->desk.n,
                               .from = now - (int64_t)(hours_ago * HOUR),
                               .weighed = 3 * .9,
                               .zone = in,
                               .party = VG_AGREEMENT_NOBODY,
                               .against = VG_AGREEMENT_NOBODY,
                               .severity = 3,
                               .level = VG_LEVEL_VIOLATION,
                               .weapon = VG_WEAPON_MORTAR,
                               .act = VG_ACT_MORTAR };
    return a;
}

/* `a_day` incidents on each of the days from..to before now, at random hours. */
static void days(world *w, int from, int to, int a_day, int32_t in)
{
    for (int day = from; day <= to; day++)
        for (int i = 0; i < a_day; i++)
            happen(w, 24 * day + 1 + 22 * vg_rng_unit(&w->rng), in);
}

static const vg_escalation *find(world *w, vg_rule rule, vg_scope scope, int32_t of)
{
    for (int32_t i = 0; i < w->desk.n_found; i++)
        if (w->desk.found[i].rule == rule && w->desk.found[i].scope == scope && w->desk.found[i].of == of)
            return &w->desk.found[i];
    return NULL;
}

static void run(world *w)
{
    vg_err e = VG_NO_ERR;
    qsort(w->act, (size_t)w->desk.n, sizeof *w->act, by_time);
    CHECK_OK(vg_escalation__run(&w->desk, &e), &e);
}

static void as_many_as_ever_is_no_alert(void **state)
{
    (void)state;
    world *w = begin(1);
    days(w, 0, 41, 4, NORTH);
    run(w);
    assert_int_equal(w->desk.n_found, 0);
}

static void four_times_as_many_is_told_with_its_data_and_its_false_alarm_rate(void **state)
{
    (void)state;
    world *w = begin(2);
    days(w, 1, 41, 4, NORTH);
    days(w, 0, 0, 16, NORTH);
    run(w);
    const vg_escalation *x = find(w, VG_RULE_RATE, VG_SCOPE_ZONE, NORTH);
    assert_non_null(x);
    CHECK_NEAR(x->observed, 16, 0);
    CHECK_NEAR(x->expected, 4, .3);
    CHECK_NEAR(x->false_alarms_year, 1, 0);
    assert_true(x->p < 1.0 / 365 / 6 && x->n_incidents == VG_ESCALATION_INCIDENTS);
    assert_true(x->to % HOUR == 0 && x->to <= now);
    assert_null(find(w, VG_RULE_RATE, VG_SCOPE_ZONE, SOUTH));
    assert_non_null(find(w, VG_RULE_RATE, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY));
}

static void cover(world *w, double from_hours_ago, double to_hours_ago, int state, vg_str in)
{
    w->coverage[w->desk.n_coverage++] = (vg_coverage){ .source = VG_S("patrol"),
                                                       .zone = in,
                                                       .from = now - (int64_t)(from_hours_ago * HOUR),
                                                       .to = now - (int64_t)(to_hours_ago * HOUR),
                                                       .state = (int8_t)state };
}

static void more_reports_from_more_watching_are_no_escalation(void **state)
{
    (void)state;
    world *w = begin(3);
    for (int day = 1; day <= 41; day++) { /* four hours of watching a day, and one incident in them */
        happen(w, 24 * day + 2, NORTH);
        cover(w, 24 * day + 5, 24 * day + 1, VG_COVER_WATCHING, VG_S("north"));
    }
    days(w, 0, 0, 8, NORTH); /* eight, but watched round the clock */
    cover(w, 24, 0, VG_COVER_WATCHING, VG_S("north"));
    run(w);
    assert_null(find(w, VG_RULE_RATE, VG_SCOPE_ZONE, NORTH));
    w->desk.n_coverage = 0; /* taken as watched all the time, the same eight are an alert */
    w->desk.n_found = 0;
    run(w);
    assert_non_null(find(w, VG_RULE_RATE, VG_SCOPE_ZONE, NORTH));
}

/* Reports of today are here, and the record of who watched today comes tonight. */
static void hours_that_are_yet_to_be_told_of_are_those_of_the_days_before(void **state)
{
    (void)state;
    world *w = begin(5);
    days(w, 0, 41, 12, NORTH);
    cover(w, 43 * 24, 22, VG_COVER_WATCHING, VG_S("north"));
    run(w);
    assert_null(find(w, VG_RULE_RATE, VG_SCOPE_ZONE, NORTH));
    w = begin(5);
    days(w, 0, 41, 12, NORTH);
    cover(w, 43 * 24, 22, VG_COVER_WATCHING, VG_S("north"));
    cover(w, 22, 0, VG_COVER_DOWN, VG_S("north")); /* it is told: twelve where two hours were watched */
    run(w);
    assert_non_null(find(w, VG_RULE_RATE, VG_SCOPE_ZONE, NORTH));
}

static void a_first_breach_needs_a_past_that_somebody_watched(void **state)
{
    (void)state;
    world *w = begin(4);
    happen(w, 3, SOUTH);
    cover(w, 24, 0, VG_COVER_WATCHING, VG_S("south"));
    run(w);
    assert_null(find(w, VG_RULE_ZONE, VG_SCOPE_ZONE, SOUTH));
    cover(w, 42 * 24, 24, VG_COVER_WATCHING, VG_S("south"));
    w->desk.n_found = 0;
    run(w);
    const vg_escalation *x = find(w, VG_RULE_ZONE, VG_SCOPE_ZONE, SOUTH);
    assert_non_null(x);
    assert_int_equal(x->n_incidents, 1);
    assert_true(isnan(x->p) && x->watched > .9);
}

static void a_new_weapon_and_a_graver_breach_are_told_once_there_is_a_past(void **state)
{
    (void)state;
    world *w = begin(5);
    days(w, 1, 10, 1, NORTH);
    vg_escalation__act *a = happen(w, 5, NORTH);
    a->weapon = VG_WEAPON_MLRS;
    a->severity = 5;
    run(w);
    const vg_escalation *weapon = find(w, VG_RULE_WEAPON, VG_SCOPE_ZONE, NORTH);
    const vg_escalation *severity = find(w, VG_RULE_SEVERITY, VG_SCOPE_ZONE, NORTH);
    assert_non_null(weapon);
    assert_non_null(severity);
    assert_int_equal(weapon->weapon, VG_WEAPON_MLRS);
    assert_int_equal(weapon->n_incidents, 1);
    CHECK_NEAR(severity->observed, 5, 0);
    CHECK_NEAR(severity->expected, 3, 0);
}

static void fire(world *w, double hours_ago, int by, int against)
{
    vg_escalation__act *a = happen(w, hours_ago, NORTH);
    a->party = (int8_t)by;
    a->against = (int8_t)against;
}

static void answers_within_hours_are_retaliation_and_being_busy_at_the_same_hours_is_not(void **state)
{
    (void)state;
    world *w = begin(6);
    /* Red on blue at one random hour of some days; blue answers two hours later, each time. */
    static const double red_at[] = { 20, 44 + 9, 68 + 3, 92 + 14, 116 + 6, 140 + 11, 150 + 3 };
    for (int i = 0; i < 7; i++) {
        fire(w, red_at[i], RED, BLUE);
        fire(w, red_at[i] - 2, BLUE, RED);
    }
    run(w);
    const vg_escalation *x = find(w, VG_RULE_RETALIATION, VG_SCOPE_PAIR, BLUE);
    assert_non_null(x);
    assert_int_equal(x->of_second, RED);
    CHECK_NEAR(x->observed, 6, 0); /* two of the seven fall within six hours of one another */
    w = begin(7);
    for (int day = 0; day < 7; day++) /* both every evening */
        for (int i = 0; i < 3; i++) {
            fire(w, 24 * day + 3 + .9 * i, RED, BLUE);
            fire(w, 24 * day + 2.5 + .9 * i, BLUE, RED);
        }
    run(w);
    assert_null(find(w, VG_RULE_RETALIATION, VG_SCOPE_PAIR, BLUE));
    assert_null(find(w, VG_RULE_RETALIATION, VG_SCOPE_PAIR, RED));
}

static void monitors_kept_away_in_several_places_are_told(void **state)
{
    (void)state;
    world *w = begin(8);
    for (int day = 2; day < 40; day += 5)
        cover(w, 24 * day + 6, 24 * day + 2, VG_COVER_RESTRICTED, VG_S("north"));
    for (int i = 0; i < 5; i++)
        cover(w, 20 - i, 18 - i, i % 2 ? VG_COVER_RESTRICTED : VG_COVER_JAMMED,
              i % 2 ? VG_S("north") : VG_S("south"));
    run(w);
    const vg_escalation *x = find(w, VG_RULE_OBSTRUCTION, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY);
    assert_null(x); /* a past of eight days is known, and five against one a day is not yet unusual for it */
    cover(w, 42 * 24, 0, VG_COVER_WATCHING, VG_NOSTR);
    w->desk.n_found = 0;
    run(w);
    x = find(w, VG_RULE_OBSTRUCTION, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY);
    assert_non_null(x);
    CHECK_NEAR(x->observed, 5, 0);
}

static void monitors_kept_away_everywhere_all_day_are_told_too(void **state)
{
    (void)state;
    world *w = begin(10);
    cover(w, 42 * 24, 24.5, VG_COVER_WATCHING, VG_NOSTR);
    for (int i = 0; i < 5; i++) /* from then on nobody sees anything */
        cover(w, 24 - 4.8 * i, 24 - 4.8 * (i + 1), VG_COVER_RESTRICTED, VG_NOSTR);
    run(w);
    const vg_escalation *x = find(w, VG_RULE_OBSTRUCTION, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY);
    assert_non_null(x);
    CHECK_NEAR(x->watched, 0, 0);
    w = begin(11);
    for (int i = 0; i < 5; i++) /* on the first day of a mission there is no past to compare with */
        cover(w, 24 - 4.8 * i, 24 - 4.8 * (i + 1), VG_COVER_RESTRICTED, VG_NOSTR);
    run(w);
    assert_null(find(w, VG_RULE_OBSTRUCTION, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY));
}

static void thresholds_of_the_agreement_are_counted_to_the_second(void **state)
{
    (void)state;
    world *w = begin(9);
    w->threshold = (vg_threshold){ .id = VG_S("t"),
                                   .scope = VG_SCOPE_ZONE,
                                   .of = VG_AGREEMENT_NOBODY,
                                   .of_second = VG_AGREEMENT_NOBODY,
                                   .window_s = 6 * HOUR,
                                   .least_count = 3,
                                   .action = VG_S("joint patrol") };
    w->agreement.n_thresholds = 1;
    happen(w, 1, NORTH), happen(w, 5.99, NORTH), happen(w, 6.01, NORTH), happen(w, 2, SOUTH);
    run(w);
    assert_null(find(w, VG_RULE_THRESHOLD, VG_SCOPE_ZONE, NORTH));
    happen(w, .1, NORTH);
    run(w);
    const vg_escalation *x = find(w, VG_RULE_THRESHOLD, VG_SCOPE_ZONE, NORTH);
    assert_non_null(x);
    CHECK_NEAR(x->observed, 3, 0);
    vg_out out;
    vg_err e = VG_NO_ERR;
    assert_true(vg_out_memory(&out, &e));
    vg_json j = vg_json_to(&out);
    vg_escalation_json(&j, &w->agreement, x);
    vg_str text = vg_out_text(&out);
    assert_non_null(memmem(text.s, (size_t)text.n, "\"action\":\"joint patrol\"", 23));
    assert_non_null(memmem(text.s, (size_t)text.n, "\"expected\":null", 15));
    vg_out_drop(&out);
}

/* --- through a watch: a small zone within a large one, and two clauses that forbid the same --- */

static const char nested[] =
    "id = 'x'\ntitle = 'x'\ntime_zone = 'UTC'\ncut_off = '20:00'\n[[party]]\nid = 'red'\nname = 'Red'\n"
    "[[zone]]\nid = 'large'\nkind = 'security_zone'\narea = [[30, 48], [31, 48], [31, 49], [30, 49]]\n"
    "overlaps = ['small']\n"
    "[[zone]]\nid = 'small'\nkind = 'protected_site'\npoint = [30.5, 48.5]\nradius_km = 5\n"
    "[[clause]]\nid = 'fire'\nparties = 'all'\nacts = 'all_fire'\nzone = 'large'\nseverity = 3\n"
    "[[clause]]\nid = 'site'\nparties = 'all'\nacts = 'mortar'\nzone = 'small'\nseverity = 5\n"
    "[[threshold]]\nid = 't'\nscope = 'zone'\nwithin_hours = 24\nleast_count = 3\n"
    "[[threshold]]\nid = 'u'\nscope = 'clause'\nwithin_hours = 24\nleast_count = 3\n";

static void a_breach_counts_in_every_zone_it_lies_in_and_for_every_clause_it_breaks(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_agreement *a;
    vg_watch *w;
    vg_escalation *x;
    vg_arena arena;
    int32_t n, found[2][2] = { { 0 } };
    vg_watch_verdict verdict;
    assert_true(vg_arena_init(&arena, 8 << 20, &e));
    CHECK_OK(vg_agreement_parse(vg_str_z(nested), VG_S("nested"), NULL, &a, &e), &e);
    assert_int_equal(a->n_errors, 0);
    CHECK_OK(vg_watch_open(a, &(vg_watch_opts){ 0 }, &w, &e), &e);
    for (int i = 0; i < 3; i++) {
        vg_report r = vg_report_none();
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        r.source = VG_S("patrol");
        r.id = vg_str_z(id);
        r.kind = VG_SOURCE_PATROL;
        r.from = now - (3 + 4 * i) * HOUR;
        r.to = r.from + 60;
        r.received_at = r.to + 60;
        r.lat_deg = 48.5;
        r.lon_deg = 30.5;
        r.radius_m = 200;
        r.act = VG_ACT_MORTAR;
        CHECK_OK(vg_watch_report(w, &r, i + 1, &verdict, &e), &e);
    }
    CHECK_OK(vg_watch_settle(w, &e), &e);
    CHECK_OK(vg_escalation_test(w, now, &arena, &x, &n, &e), &e);
    for (int32_t i = 0; i < n; i++)
        if (x[i].rule == VG_RULE_THRESHOLD && x[i].observed >= 3 && x[i].n_incidents == 3)
            found[x[i].scope == VG_SCOPE_CLAUSE][x[i].of]++;
    for (int i = 0; i < 4; i++)
        assert_int_equal(found[i / 2][i % 2], 1);
    vg_watch_close(w);
    vg_agreement_free(a);
    vg_arena_free(&arena);
}

/* Counts of a quiet world, looked at once: at most one alert of a rate in a hundred worlds of two zones. */
static const char *quiet_worlds_are_quiet(vg_rng *r)
{
    world *w = begin(vg_rng_u64(r));
    for (int day = 0; day < 42; day++)
        for (uint32_t i = vg_rng_below(r, 7); i > 0; i--)
            happen(w, 24 * day + 1 + 22 * vg_rng_unit(r), vg_rng_below(r, 2) ? NORTH : SOUTH);
    run(w);
    return find(w, VG_RULE_RATE, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY) ? "an alert without a change" : NULL;
}

static void an_even_past_gives_no_alert(void **state)
{
    (void)state;
    check_property("quiet_worlds_are_quiet", quiet_worlds_are_quiet, 100);
}

/* What a source of a party says of its own watching is as if nothing were recorded. */
static void hours_that_only_a_party_says_it_watched_are_not_known(void **state)
{
    static const vg_agreement_source own[] = { { .id = { "patrol", 6 }, .party = RED } };
    (void)state;
    for (int of_party = 0; of_party < 2; of_party++) {
        world *w = begin(4);
        happen(w, 3, SOUTH);
        cover(w, 42 * 24, 0, VG_COVER_WATCHING, VG_S("south"));
        w->agreement.source = own;
        w->agreement.n_sources = of_party;
        run(w);
        const vg_escalation *x = find(w, VG_RULE_ZONE, VG_SCOPE_ZONE, SOUTH);
        assert_non_null(x);
        assert_true(of_party ? isnan(x->watched) : x->watched > .9);
    }
}

/* All of a kind are counted at once: each as if it had been asked for alone. */
static const char *each_zone_is_counted_as_if_it_were_alone(vg_rng *r)
{
    world *w = begin(vg_rng_u64(r));
    int32_t own[2] = { 0 }, n = 1 + (int32_t)vg_rng_below(r, 60);
    w->threshold = (vg_threshold){ .id = VG_S("t"),
                                   .scope = VG_SCOPE_ZONE,
                                   .of = VG_AGREEMENT_NOBODY,
                                   .of_second = VG_AGREEMENT_NOBODY,
                                   .window_s = (1 + (int64_t)vg_rng_below(r, 200)) * HOUR,
                                   .least_count = 1 };
    w->agreement.n_thresholds = 1;
    for (int32_t i = 0; i < n; i++) {
        double ago = .01 + 300 * vg_rng_unit(r);
        int32_t in = vg_rng_below(r, 2) ? NORTH : SOUTH;
        vg_escalation__act *a = happen(w, ago, in);
        bool both = vg_rng_below(r, 3) == 0, grave = vg_rng_below(r, 2) == 0;
        a->level = grave ? VG_LEVEL_VIOLATION : VG_LEVEL_POSSIBLE;
        if (both)
            a->also_in[a->n_also_in++] = (int16_t)(in == NORTH ? SOUTH : NORTH);
        bool counts = grave && a->from >= now - w->threshold.window_s;
        own[in] += counts;
        own[in == NORTH ? SOUTH : NORTH] += counts && both;
    }
    run(w);
    for (int32_t z = 0; z < 2; z++) {
        const vg_escalation *x = find(w, VG_RULE_THRESHOLD, VG_SCOPE_ZONE, z);
        if ((x ? x->observed : 0) != own[z])
            return "another count";
    }
    return NULL;
}

static void thresholds_count_each_zone_as_if_it_were_alone(void **state)
{
    (void)state;
    check_property("each_zone_is_counted_as_if_it_were_alone", each_zone_is_counted_as_if_it_were_alone, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_ever_is_no_alert),
        cmocka_unit_test(four_times_as_many_is_told_with_its_data_and_its_false_alarm_rate),
        cmocka_unit_test(more_reports_from_more_watching_are_no_escalation),
        cmocka_unit_test(hours_that_are_yet_to_be_told_of_are_those_of_the_days_before),
        cmocka_unit_test(a_first_breach_needs_a_past_that_somebody_watched),
        cmocka_unit_test(a_new_weapon_and_a_graver_breach_are_told_once_there_is_a_past),
        cmocka_unit_test(answers_within_hours_are_retaliation_and_being_busy_at_the_same_hours_is_not),
        cmocka_unit_test(monitors_kept_away_in_several_places_are_told),
        cmocka_unit_test(monitors_kept_away_everywhere_all_day_are_told_too),
        cmocka_unit_test(thresholds_of_the_agreement_are_counted_to_the_second),
        cmocka_unit_test(a_breach_counts_in_every_zone_it_lies_in_and_for_every_clause_it_breaks),
        cmocka_unit_test(an_even_past_gives_no_alert),
        cmocka_unit_test(hours_that_only_a_party_says_it_watched_are_not_known),
        cmocka_unit_test(thresholds_count_each_zone_as_if_it_were_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
