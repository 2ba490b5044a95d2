/* Report, clauses and coverage on a small made-up agreement; and end to end on the shared replay R3 of TASK.md. */
#include "ceasefire/daily_test_int.h"

#include "ceasefire/compliance_int.h"
#include "prop.h"
#include "source/report.h"

/* A watch with its figures. */
typedef struct {
    vg_agreement *a;
    vg_figures *f;
    vg_watch *w;
    vg_arena arena;
    int64_t seq;
} isle;

static void open_isle(isle *x)
{
    vg_err e = VG_NO_ERR;
    *x = (isle){ 0 };
    CHECK_OK(vg_agreement_parse(vg_str_z(isle_text), VG_S("isle.toml"), NULL, &x->a, &e), &e);
    assert_int_equal(x->a->n_errors, 0);
    CHECK_OK(vg_figures_open(x->a, &x->f, &e), &e);
    vg_watch_opts o = { .hash_media = true, .sink = vg_figures_sink(x->f) };
    CHECK_OK(vg_watch_open(x->a, &o, &x->w, &e), &e);
    CHECK_OK(vg_arena_init(&x->arena, 1 << 28, &e), &e);
}

static void close_isle(isle *x)
{
    vg_arena_free(&x->arena);
    vg_watch_close(x->w);
    vg_figures_close(x->f);
    vg_agreement_free(x->a);
}

static void take(isle *x, const vg_report *r)
{
    vg_err e = VG_NO_ERR;
    vg_watch_verdict verdict;
    CHECK_OK(vg_watch_report(x->w, r, ++x->seq, &verdict, &e), &e);
}

static void settle(isle *x)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_watch_settle(x->w, &e), &e);
}

static void cover(isle *x, const vg_coverage *c)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_watch_cover(x->w, c, ++x->seq, &e), &e);
}

static void open_full(isle *x)
{
    open_isle(x);
    for (int i = 0; i < ISLE_REPORTS; i++) {
        vg_report r = isle_report(i);
        take(x, &r);
    }
    for (int i = 0; i < ISLE_COVERAGE; i++) {
        vg_coverage c = isle_coverage(i);
        cover(x, &c);
    }
    settle(x);
}

/* The report in the arena of the watch. */
static vg_str written(isle *x, vg_daily_form form, vg_lang lang)
{
    vg_err e = VG_NO_ERR;
    vg_out o;
    vg_daily ask = { .from_day = ISLE_DAY, .to_day = ISLE_DAY, .form = form, .lang = lang };
    CHECK_OK(vg_out_memory(&o, &e), &e);
    CHECK_OK(vg_daily_write(&ask, x->w, x->f, &o, &e), &e);
    assert_false(o.failed);
    vg_str text = vg_copy(&x->arena, vg_out_text(&o));
    vg_out_drop(&o);
    return text;
}

static bool has(vg_str text, const char *part)
{
    return vg_find(text, vg_str_z(part)) >= 0;
}

#define CHECK_HAS(text, part)                                                                                \
    do {                                                                                                     \
        if (!has((text), (part)))                                                                            \
            fail_msg("the report does not hold: %s", (part));                                                \
    } while (0)

static vg_compliance *clauses_of(isle *x, int32_t from, int32_t to)
{
    vg_err e = VG_NO_ERR;
    vg_compliance *row;
    int32_t n;
    vg_compliance_ask ask = { .from_day = from, .to_day = to };
    CHECK_OK(vg_compliance_rows(&ask, x->w, x->f, &x->arena, &row, &n, &e), &e);
    assert_int_equal(n, x->a->n_clauses);
    return row;
}

/* --- clauses --- */

static void clause_that_little_was_watched_of_is_not_decidable(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    vg_compliance *c = clauses_of(&x, ISLE_DAY, ISLE_DAY);
    assert_int_equal(c[0].state, VG_COMPLIANCE_BROKEN);
    assert_int_equal(c[2].state, VG_COMPLIANCE_NOT_DECIDABLE);
    CHECK_NEAR(c[2].watched, 2. / 24, 1e-9);
    assert_int_equal(c[3].state, VG_COMPLIANCE_NOT_KNOWN);
    assert_true(isnan(c[3].watched));
    assert_int_equal(c[4].state, VG_COMPLIANCE_KEPT);
    CHECK_NEAR(c[4].watched, 1, 1e-9);
    close_isle(&x);
}

/* Sources of a party are named in the agreement with it. */
static void a_party_that_says_it_watches_everywhere_makes_nothing_kept(void **state)
{
    (void)state;
    char text[sizeof isle_text + 200];
    vg_err e = VG_NO_ERR;
    snprintf(text, sizeof text, "%s[[source]]\nid = \"north-hq\"\nkind = \"party\"\nparty = \"north\"\n",
             isle_text);
    isle x = { 0 };
    CHECK_OK(vg_agreement_parse(vg_str_z(text), VG_S("isle.toml"), NULL, &x.a, &e), &e);
    assert_int_equal(x.a->n_errors, 0);
    CHECK_OK(vg_figures_open(x.a, &x.f, &e), &e);
    vg_watch_opts o = { .sink = vg_figures_sink(x.f) };
    CHECK_OK(vg_watch_open(x.a, &o, &x.w, &e), &e);
    CHECK_OK(vg_arena_init(&x.arena, 1 << 28, &e), &e);
    vg_coverage own = { .source = VG_S("north-hq"),
                        .from = ISLE_NOON - 2 * 86400,
                        .to = ISLE_NOON + 86400,
                        .received_at = ISLE_NOON,
                        .state = VG_COVER_WATCHING };
    cover(&x, &own);
    vg_coverage patrol = isle_coverage(3); /* the hill, for two hours */
    cover(&x, &patrol);
    settle(&x);
    vg_compliance *c = clauses_of(&x, ISLE_DAY, ISLE_DAY);
    assert_int_equal(c[0].state, VG_COMPLIANCE_NOT_KNOWN);
    assert_true(isnan(c[0].watched));
    CHECK_NEAR(c[0].watched_by_parties, 1, 1e-9);
    assert_int_equal(c[2].state, VG_COMPLIANCE_NOT_DECIDABLE);
    CHECK_NEAR(c[2].watched, 2. / 24, 1e-9);
    CHECK_NEAR(c[2].watched_by_parties, 1, 1e-9);
    CHECK_HAS(written(&x, VG_DAILY_TEXT, VG_LANG_EN), "Sources that speak for a party: north-hq.");
    close_isle(&x);
}

static void days_before_the_agreement_are_outside(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    vg_compliance *c = clauses_of(&x, ISLE_DAY - 40, ISLE_DAY);
    assert_int_equal(c[0].n_days[VG_COMPLIANCE_OUTSIDE], 39);
    assert_int_equal(c[0].state, VG_COMPLIANCE_BROKEN);
    assert_int_equal(c[0].n_days[VG_COMPLIANCE_BROKEN], 2);
    close_isle(&x);
}

static void period_before_stands_beside(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    vg_compliance *c = clauses_of(&x, ISLE_DAY, ISLE_DAY);
    assert_int_equal(c[0].now.n_violations, 1);
    assert_int_equal(c[0].before.n_violations, 1);
    assert_int_equal(c[0].now.n_explosions, 12);
    assert_int_equal(c[0].before.n_explosions, 5);
    assert_int_equal(c[0].n_kind_now, 1);
    assert_int_equal(c[0].n_kind_before, 1);
    assert_int_equal(c[0].trend, VG_TREND_SAME);
    assert_false(c[0].trend_known); /* nobody has told of coverage the day before */
    close_isle(&x);
}

static void accusation_is_counted_as_unattributed(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    vg_compliance *c = clauses_of(&x, ISLE_DAY, ISLE_DAY);
    assert_int_equal(c[1].now.n_violations, 1);
    assert_int_equal(c[1].now.n_alleged, 1);
    assert_int_equal(c[1].n_unattributed, 1);
    assert_int_equal(c[1].now.n_exempt, 1);
    close_isle(&x);
}

static void period_that_ends_before_it_begins_is_refused(void **state)
{
    (void)state;
    isle x;
    vg_err e = VG_NO_ERR, e2 = VG_NO_ERR;
    vg_compliance *row;
    vg_out o;
    int32_t n;
    open_isle(&x);
    assert_false(vg_compliance_rows(&(vg_compliance_ask){ .from_day = 2, .to_day = 1 }, x.w, x.f, &x.arena,
                                    &row, &n, &e));
    assert_int_equal(e.code, VG_EARG);
    CHECK_OK(vg_out_memory(&o, &e2), &e2);
    assert_false(vg_daily_write(&(vg_daily){ .from_day = 2, .to_day = 1 }, x.w, x.f, &o, &e2));
    assert_int_equal(e2.code, VG_EARG);
    vg_out_drop(&o);
    close_isle(&x);
}

/* --- coverage --- */

static void closer_then_later_record_holds(void **state)
{
    (void)state;
    isle x;
    vg_err e = VG_NO_ERR;
    double share;
    int64_t from = ISLE_NOON, to = ISLE_NOON + 1000;
    open_isle(&x);
    vg_coverage c = {
        .source = VG_S("s"), .from = from, .to = to, .received_at = 30, .state = VG_COVER_WATCHING
    };
    cover(&x, &c);
    c.zone = VG_S("coast");
    c.state = VG_COVER_RESTRICTED;
    c.to = from + 400;
    c.received_at = 10;
    cover(&x, &c);
    c.state = VG_COVER_WATCHING;
    c.to = from + 100;
    c.received_at = 20;
    cover(&x, &c);
    settle(&x);
    CHECK_OK(vg_cover_share(x.w, 1, from, to, &share, &e), &e);
    CHECK_NEAR(share, .7, 1e-12); /* 100 s by the later record, 600 s by the one of everywhere */
    CHECK_OK(vg_cover_share(x.w, 0, from, to, &share, &e), &e);
    CHECK_NEAR(share, 1, 1e-12);
    CHECK_OK(vg_cover_share(x.w, 0, from - 500, from - 100, &share, &e), &e);
    assert_true(isnan(share));
    close_isle(&x);
}

enum { SECONDS = 200, MOST = 12, SOURCES = 3 };

/* The same by asking every second for every source: the record that holds then. */
static double slow_share(const vg_coverage *c, int n, vg_str zone)
{
    int watched = 0, told = 0;
    for (int s = 0; s < SECONDS; s++) {
        bool any = false;
        for (int source = 0; source < SOURCES; source++) {
            const vg_coverage *best = NULL;
            for (int i = 0; i < n; i++) {
                bool mine = c[i].source.s[0] == 'a' + source && (!c[i].zone.n || vg_eq(c[i].zone, zone));
                if (!mine || c[i].from > ISLE_NOON + s || c[i].to <= ISLE_NOON + s)
                    continue;
                int64_t key = (c[i].zone.n ? 1000 : 0) + c[i].received_at * 10 + c[i].state;
                if (!best || key > (best->zone.n ? 1000 : 0) + best->received_at * 10 + best->state)
                    best = &c[i];
            }
            any = any || (best && best->state == VG_COVER_WATCHING);
        }
        watched += any;
    }
    for (int i = 0; i < n; i++)
        told += !c[i].zone.n || vg_eq(c[i].zone, zone);
    return told ? (double)watched / SECONDS : (double)NAN;
}

static const char *share_is_that_of_every_second(vg_rng *r)
{
    static const char *const zones[] = { "", "coast", "hill" }, *const names[] = { "a", "b", "c" };
    isle x;
    vg_coverage c[MOST];
    vg_err e = VG_NO_ERR;
    double got, want;
    int n = (int)vg_rng_below(r, MOST + 1);
    open_isle(&x);
    for (int i = 0; i < n; i++) {
        int64_t from = ISLE_NOON + (int64_t)vg_rng_below(r, SECONDS),
                length = 1 + (int64_t)vg_rng_below(r, 80);
        c[i] = (vg_coverage){ .source = vg_str_z(names[vg_rng_below(r, SOURCES)]),
                              .zone = vg_str_z(zones[vg_rng_below(r, 3)]),
                              .from = from,
                              .to = from + length,
                              .received_at = (int64_t)vg_rng_below(r, 50),
                              .state = (int8_t)(1 + vg_rng_below(r, 5)) };
        cover(&x, &c[i]);
    }
    settle(&x);
    bool good = vg_cover_share(x.w, 1, ISLE_NOON, ISLE_NOON + SECONDS, &got, &e);
    want = slow_share(c, n, VG_S("coast"));
    close_isle(&x);
    if (!good)
        return "failed";
    return (isnan(got) && isnan(want)) || fabs(got - want) < 1e-9 ? NULL
                                                                  : "another share than second by second";
}

static void watched_share_is_that_of_every_second(void **state)
{
    (void)state;
    check_property("share", share_is_that_of_every_second, 150);
}

/* --- the report --- */

static void report_tells_every_section_in_json(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "\"agreement\":{\"id\":\"isle\"",
        "\"from\":\"2031-05-01T16:00:00Z\",\"to\":\"2031-05-02T16:00:00Z\",\"time_zone\":\"Europe/Paris\"",
        "\"facts\":{\"violations\":2,\"violations_before\":1",
        "\"clause\":\"3\",\"state\":\"not_decidable\"",
        "\"clause\":\"4\",\"state\":\"coverage_not_known\"",
        "\"weapon\":\"mortar\",\"violations\":1,\"violations_before\":1",
        "\"zone\":\"coast\",\"party\":null,\"weapon\":\"small_arms\",\"violations\":1",
        "\"attribution\":\"alleged\",\"party\":\"south\",\"violations\":1",
        "\"clause\":\"2\",\"exception\":\"exercise-may\"",
        "\"zone\":\"hill\",\"reading\":\"not_decidable\"",
        "\"source\":\"patrol\",\"zone\":\"bridge\",\"watching\":0.375,\"restricted\":0.625",
        "\"by\":\"south\",\"restrictions\":1,\"source_hours\":15,\"obstructions\":0",
        "\"by\":\"north\",\"restrictions\":0,\"source_hours\":0,\"obstructions\":1",
        "\"verification\":\"reported\",\"violations\":2",
        "\"corrections\":[]",
        "\"kind\":\"patrol\"",
        "\"basis\":\"accused\"",
        "\"source\":\"north-hq\",\"kind\":\"party\",\"speaks_for\":\"north\"",
    };
    isle x;
    open_full(&x);
    vg_str text = written(&x, VG_DAILY_JSON, VG_LANG_EN);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        CHECK_HAS(text, parts[i]);
    assert_true(vg_eq(text, written(&x, VG_DAILY_JSON, VG_LANG_FR))); /* the same in every language */
    close_isle(&x);
}

static void every_sentence_is_there_in_english_and_french(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    for (int lang = VG_LANG_EN; lang <= VG_LANG_FR; lang++)
        for (int form = VG_DAILY_TEXT; form <= VG_DAILY_PAGE; form++) {
            vg_str text = written(&x, (vg_daily_form)form, (vg_lang)lang);
            assert_false(has(text, "ceasefire."));
            assert_false(has(text, "{"
                                   "n}"));
        }
    CHECK_HAS(written(&x, VG_DAILY_TEXT, VG_LANG_EN), "No flights over the hill: not decidable");
    CHECK_HAS(written(&x, VG_DAILY_TEXT, VG_LANG_FR), "indécidable");
    close_isle(&x);
}

static void report_of_nothing_says_that_nothing_is_known(void **state)
{
    (void)state;
    isle x;
    open_isle(&x);
    settle(&x);
    vg_str text = written(&x, VG_DAILY_TEXT, VG_LANG_EN);
    CHECK_HAS(text, "No source has reported. Nothing is known");
    CHECK_HAS(text, "Nobody has told which source could see what");
    assert_false(has(text, ": kept"));
    vg_str json = written(&x, VG_DAILY_JSON, VG_LANG_EN);
    CHECK_HAS(json, "\"unattributed_share\":null");
    CHECK_HAS(json, "\"state\":\"coverage_not_known\"");
    close_isle(&x);
}

/* Forty quiet days with one shot in four, then twelve on the last day: told with data, past and false-alarm rate. */
static void escalation_is_told_with_its_data_and_false_alarm_rate(void **state)
{
    (void)state;
    isle x;
    open_isle(&x);
    for (int day = -40; day <= 0; day++)
        for (int k = 0; k < (day ? day % 4 == 0 : 12); k++) {
            char id[32];
            snprintf(id, sizeof id, "e%d-%d", day, k);
            vg_report r = isle_made("patrol", id, ISLE_NOON + day * 86400 - k * 5400 - 1800, 50.01, 10.01);
            r.act = VG_ACT_MORTAR;
            r.weapon = VG_WEAPON_MORTAR;
            take(&x, &r);
        }
    settle(&x);
    vg_str json = written(&x, VG_DAILY_JSON, VG_LANG_EN), fr = written(&x, VG_DAILY_TEXT, VG_LANG_FR);
    CHECK_HAS(json, "\"escalation\":[{\"rule\":\"");
    CHECK_HAS(json, "\"rule\":\"rate\"");
    CHECK_HAS(json, "\"rule\":\"zone\",\"scope\":\"zone\",\"whom\":\"bridge\"");
    CHECK_HAS(json, "\"false_alarms_year\":");
    CHECK_HAS(json, "\"tested_to\":\"2031-05-02T16:00:00Z\"");
    CHECK_HAS(fr, "incidents plus nombreux");
    CHECK_HAS(fr, "Fausses alertes par an");
    CHECK_HAS(written(&x, VG_DAILY_PAGE, VG_LANG_FR), "<section id=\"escalation\"");
    assert_false(
        has(written(&x, VG_DAILY_PAGE, VG_LANG_FR), "ceasefire.column")); /* ids are for programs only */
    close_isle(&x);
    open_isle(&x);
    settle(&x);
    CHECK_HAS(written(&x, VG_DAILY_TEXT, VG_LANG_EN), "No rule says so.");
    CHECK_HAS(written(&x, VG_DAILY_JSON, VG_LANG_EN), "\"escalation\":[]");
    close_isle(&x);
}

static void a_language_that_has_no_report_gets_one_that_says_it_is_english(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    vg_str ar = written(&x, VG_DAILY_PAGE, VG_LANG_AR), en = written(&x, VG_DAILY_PAGE, VG_LANG_EN);
    CHECK_HAS(ar, "<html lang=\"en\"");
    assert_true(vg_eq(ar, en));
    close_isle(&x);
}

static void rejected_incident_leaves_the_counts(void **state)
{
    (void)state;
    isle x;
    vg_err e = VG_NO_ERR;
    open_full(&x);
    CHECK_OK(
        vg_watch_verify(x.w, vg_report_key(VG_S("north-hq"), VG_S("n1")), VG_VERIFY_REJECTED, ++x.seq, &e),
        &e);
    settle(&x);
    vg_str text = written(&x, VG_DAILY_JSON, VG_LANG_EN);
    CHECK_HAS(text, "\"facts\":{\"violations\":1,");
    CHECK_HAS(text,
              "\"verification\":\"rejected\",\"violations\":0,\"probable\":0,\"possible\":0,\"below\":1");
    close_isle(&x);
}

static void late_report_is_told_as_a_correction(void **state)
{
    (void)state;
    isle x;
    vg_err e = VG_NO_ERR;
    open_full(&x);
    CHECK_OK(vg_figures_publish(x.f, ISLE_DAY - 1, ISLE_NOON, x.seq, &e), &e);
    vg_report late = isle_report(5);
    late.id = VG_S("p9");
    late.lat_deg = 49.99;
    late.from += 3600;
    late.to += 3600;
    late.received_at = ISLE_NOON;
    take(&x, &late);
    settle(&x);
    vg_str text = written(&x, VG_DAILY_JSON, VG_LANG_EN);
    CHECK_HAS(
        text,
        "\"corrections\":[{\"day\":\"2031-05-01\",\"zone\":\"bridge\",\"party\":\"south\",\"clause\":null,"
        "\"weapon\":\"mortar\",\"violations_was\":1,\"violations_now\":2");
    CHECK_HAS(text, "\"explosions_was\":5,\"explosions_now\":10");
    CHECK_HAS(text, "\"because\":11");
    close_isle(&x);
}

static void csv_holds_the_counts(void **state)
{
    (void)state;
    isle x;
    open_full(&x);
    vg_str text = written(&x, VG_DAILY_CSV, VG_LANG_FR);
    assert_true(vg_starts(
        text, VG_S("zone,party,weapon,violations,violations_before,probable,probable_before,possible,"
                   "possible_before,expected,interval_low,interval_high,explosions,"
                   "explosions_before,alleged,incidents,incidents_before\n")));
    CHECK_HAS(text, "\nbridge,south,mortar,1,1,0,0,0,0,");
    close_isle(&x);
}

static const char *any_order_gives_the_same_report(vg_rng *r)
{
    isle x, y;
    int order[ISLE_REPORTS];
    open_full(&x);
    open_isle(&y);
    for (int i = 0; i < ISLE_REPORTS; i++)
        order[i] = i;
    for (int i = ISLE_REPORTS - 1; i > 0; i--) {
        int k = (int)vg_rng_below(r, (uint32_t)i + 1), swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
    for (int i = 0; i < ISLE_COVERAGE; i++) {
        vg_coverage c = isle_coverage(ISLE_COVERAGE - 1 - i);
        cover(&y, &c);
    }
    for (int i = 0; i < ISLE_REPORTS; i++) {
        vg_report one = isle_report(order[i]);
        vg_err e = VG_NO_ERR;
        vg_watch_verdict verdict;
        y.seq = order[i]; /* the entry of the log is part of the report */
        if (!vg_watch_report(y.w, &one, ++y.seq, &verdict, &e))
            return "failed";
        if (vg_rng_below(r, 2))
            settle(&y);
    }
    settle(&y);
    bool same = vg_eq(written(&x, VG_DAILY_JSON, VG_LANG_EN), written(&y, VG_DAILY_JSON, VG_LANG_EN));
    close_isle(&x);
    close_isle(&y);
    return same ? NULL : "another order of arrival, another report";
}

static void order_of_arrival_leaves_no_trace(void **state)
{
    (void)state;
    check_property("order", any_order_gives_the_same_report, 40);
}

/* --- R3 of TASK.md --- */

static bool take_shared(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    isle *x = ctx;
    vg_watch_verdict verdict;
    (void)at;
    return vg_watch_report(x->w, r, ++x->seq, &verdict, e);
}

typedef struct {
    const vg_agreement *a;
    int32_t energy;
    int64_t n, n_broken;
    bool outside;
} windows;

static bool look(void *ctx, const vg_incident *i)
{
    windows *k = ctx;
    k->n++;
    for (int32_t b = 0; b < i->n_breaches; b++) {
        const vg_window *w = &k->a->clause[i->breach[b].clause].window;
        k->n_broken += i->breach[b].clause == k->energy && i->breach[b].level == VG_LEVEL_VIOLATION;
        k->outside = k->outside || i->to < w->from || i->from >= w->to;
    }
    return true;
}

static void energy_moratorium_is_told_end_to_end(void **state)
{
    (void)state;
    char reports[1024], agreement[1100];
    snprintf(reports, sizeof reports, "%s",
             need_shared("data/ceasefire/viina_strike_reports_2022_2025.csv.gz"));
    snprintf(agreement, sizeof agreement, "%s/doc/examples/energy-moratorium.toml",
             getenv("VIGIE_SOURCE") ? getenv("VIGIE_SOURCE") : ".");
    isle x = { 0 };
    vg_err e = VG_NO_ERR;
    vg_report_source_found found;
    vg_out o;
    vg_daily ask = { .form = VG_DAILY_JSON };
    CHECK_OK(vg_agreement_read(agreement, &x.a, &e), &e);
    CHECK_OK(vg_figures_open(x.a, &x.f, &e) && vg_arena_init(&x.arena, 1 << 28, &e), &e);
    vg_watch_opts opts = { .hash_media = true, .sink = vg_figures_sink(x.f) };
    vg_report_source_sink sink = { .ctx = &x, .report = take_shared };
    CHECK_OK(vg_watch_open(x.a, &opts, &x.w, &e), &e);
    CHECK_OK(vg_report_source_read(reports, &(vg_report_source_opts){ .replay = true }, &sink, &found, &e),
             &e);
    settle(&x);
    windows k = { .a = x.a };
    CHECK_OK(vg_watch_each(x.w, INT64_MIN / 4, INT64_MAX / 4, look, &k, &e), &e);
    assert_false(k.outside); /* no incident is held against a clause outside its window */
    assert_true(k.n_broken > 0);
    assert_true(vg_daily_whole(x.a, &ask.from_day, &ask.to_day));
    assert_int_equal(ask.to_day - ask.from_day + 1, 34);
    CHECK_OK(vg_out_memory(&o, &e), &e);
    CHECK_OK(vg_daily_write(&ask, x.w, x.f, &o, &e), &e);
    vg_str text = vg_out_text(&o);
    CHECK_HAS(text, "\"clause\":\"energy\",\"state\":\"broken\"");
    CHECK_HAS(text, "\"clause\":\"easter-fire\",\"state\":\"coverage_not_known\"");
    CHECK_HAS(text, "\"unattributed_share\":");
    assert_false(has(text, "\"state\":\"kept\"")); /* nobody told who watched */
    vg_compliance *row = clauses_of(&x, ask.from_day, ask.to_day);
    assert_int_equal(row[0].now.n_violations, k.n_broken);
    vg_out_drop(&o);
    close_isle(&x);
}

/* Names that nobody knows fill the table of those who denied access: what comes then is laid to no party's door. */
static void denials_without_room_are_laid_to_nobody(void **state)
{
    (void)state;
    isle x;
    char by[80][16];
    vg_coverage c = isle_coverage(2);
    open_isle(&x);
    for (int i = 0; i < 80; i++) {
        snprintf(by[i], sizeof by[i], "force-%02d", i);
        c.by = i == 63 ? VG_S("south") : vg_str_z(by[i]);
        c.note = vg_str_z(by[i]);
        cover(&x, &c);
    }
    settle(&x);
    vg_str json = written(&x, VG_DAILY_JSON, VG_LANG_EN);
    assert_true(vg_find(json, VG_S("\"by\":\"south\",\"restrictions\":1,")) > 0);
    assert_true(vg_find(json, VG_S("\"by\":null,\"restrictions\":16,")) > 0);
    close_isle(&x);
}

/* A program that reads the figures learns what a person is told above them. */
static void what_must_not_be_missed_stands_in_json_too(void **state)
{
    (void)state;
    isle x;
    open_isle(&x);
    settle(&x);
    vg_str json = written(&x, VG_DAILY_JSON, VG_LANG_EN);
    assert_true(vg_find(json, VG_S("\"complete_until\":null,")) > 0);
    assert_true(vg_find(json, VG_S("\"notices\":[\"outstanding.nothing\",\"coverage.not-known\"]")) > 0);
    assert_true(vg_find(json, VG_S("\"facts\":{\"violations\":null,")) > 0);
    close_isle(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clause_that_little_was_watched_of_is_not_decidable),
        cmocka_unit_test(a_party_that_says_it_watches_everywhere_makes_nothing_kept),
        cmocka_unit_test(days_before_the_agreement_are_outside),
        cmocka_unit_test(period_before_stands_beside),
        cmocka_unit_test(accusation_is_counted_as_unattributed),
        cmocka_unit_test(period_that_ends_before_it_begins_is_refused),
        cmocka_unit_test(closer_then_later_record_holds),
        cmocka_unit_test(watched_share_is_that_of_every_second),
        cmocka_unit_test(report_tells_every_section_in_json),
        cmocka_unit_test(every_sentence_is_there_in_english_and_french),
        cmocka_unit_test(report_of_nothing_says_that_nothing_is_known),
        cmocka_unit_test(escalation_is_told_with_its_data_and_false_alarm_rate),
        cmocka_unit_test(a_language_that_has_no_report_gets_one_that_says_it_is_english),
        cmocka_unit_test(rejected_incident_leaves_the_counts),
        cmocka_unit_test(late_report_is_told_as_a_correction),
        cmocka_unit_test(csv_holds_the_counts),
        cmocka_unit_test(order_of_arrival_leaves_no_trace),
        cmocka_unit_test(energy_moratorium_is_told_end_to_end),
        cmocka_unit_test(denials_without_room_are_laid_to_nobody),
        cmocka_unit_test(what_must_not_be_missed_stands_in_json_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
