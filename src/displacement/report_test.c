/* The displacement report, made from runs of our own making: every figure is in the text, every hostile name is
 * escaped, a missing month is a gap, and the supposition never stands without its baseline. */
#include "test.h"

#include "displacement/report_int.h"

#define HOSTILE "<script>alert(1)</script> & \"Bay\" \xE2\x80\xAE"
static vg_arena fixture_arena;

enum { LEADS = 3, DAYS = 120, ORIGIN = 492 }; /* December 2020 */

static vg_displacement_kept_month some_month(int32_t month, double level, const char *alarm)
{
    vg_displacement_kept_month m = { .month = month,
                                     .mean = level * 1.25,
                                     .n_levels = VG_DISPLACEMENT_LEVELS,
                                     .n_thresholds = VG_DISPLACEMENT_THRESHOLDS,
                                     .quantile = { level * 0.2, level * 0.6, level, level * 1.7,
                                                   level * 4.5 },
                                     .probability = { 0.8125, 0.3 },
                                     .probability_own = 0.0625,
                                     .alarm = vg_str_z(alarm),
                                     .expanding = level * 0.9,
                                     .ewm_log = level * 0.8,
                                     .lag12 = NAN };
    return m;
}

typedef struct {
    vg_displacement_kept k;
    vg_displacement_kept_unit unit[3];
    vg_displacement_kept_month month[3][LEADS], scenario[3][LEADS];
    vg_displacement_kept_reasons reasons;
    const vg_displacement_kept_reasons *reasons_of[LEADS];
    vg_displacement_kept_split split;
    const vg_displacement_kept_split *split_of[LEADS];
    int64_t vintage[1];
} regions;

static void fill_reasons(regions *r)
{
    r->reasons = (vg_displacement_kept_reasons){
        .base = 1234,
        .median = 3210,
        .n_drivers = 2,
        .n_analogues = 1,
        .driver = { { VG_S("displacement.driver.recent"), VG_NOSTR, 4567, 1.83 },
                    { VG_S("displacement.driver.covariate"), VG_S("rain<fall>"), -0.53, 0.71 } },
        .analogue = { { 7, 449, VG_S("Gedo"), 0.375, 811, 7755, 3344 } },
    };
    r->split = (vg_displacement_kept_split){
        .n_parts = 4,
        .part = { { VG_S("reason"), 0, VG_NOSTR, VG_S("Drought & hunger"), 0.625, 0.5, 0.75, 2501, 401,
                    9001 },
                  { VG_S("reason"), 0, VG_NOSTR, VG_NOSTR, 0.375, 0.25, 0.5, 1501, 201, 5001 },
                  { VG_S("origin"), 8, VG_S("Bakool"), VG_NOSTR, 0.75, 0.6, 0.9, 3001, 501, 10001 },
                  { VG_S("origin"), 0, VG_NOSTR, VG_NOSTR, 0.25, 0.1, 0.4, 1001, 101, 4001 } },
    };
    for (int i = 0; i < LEADS; i++) {
        r->reasons_of[i] = &r->reasons;
        r->split_of[i] = &r->split;
    }
}

static void fill_regions(regions *r)
{
    static const char *const name[] = { "Bay", HOSTILE, "Lower Shabelle" };
    static const char *const alarm[] = { "alarm", "watch", "none" };
    memset(r, 0, sizeof *r);
    fill_reasons(r);
    r->vintage[0] = 3;
    r->k = (vg_displacement_kept){ .n_units = 3, .unit = r->unit, .n_scores = 2 };
    r->k.run = (vg_run){ .id = 17,
                         .verb = VG_S(VG_DISPLACEMENT_KEPT_VERB),
                         .program_version = VG_S("0.1.0"),
                         .params = VG_S("{\"n_leads\":3}"),
                         .seed = 42,
                         .vintage = r->vintage,
                         .n_vintages = 1,
                         .started_at = 1736942400 };
    r->k.params = (vg_displacement_kept_params){ .source = VG_S("jetson-task"),
                                                 .model = VG_S("house"),
                                                 .scenario = VG_S("rainfall=2017-04"),
                                                 .covariates = VG_S("rainfall"),
                                                 .origin = ORIGIN,
                                                 .data_first = 373,
                                                 .data_last = ORIGIN,
                                                 .n_leads = LEADS,
                                                 .n_draws = 1000,
                                                 .threshold = 20000 };
    for (int u = 0; u < 3; u++) {
        double level = u == 0 ? 4321 : u == 1 ? 1777 : 55;
        r->unit[u] = (vg_displacement_kept_unit){ .unit = u + 1,
                                                  .name = vg_str_z(name[u]),
                                                  .sparse = u == 2,
                                                  .history_first = ORIGIN - 47,
                                                  .n_history = 48,
                                                  .month = r->month[u],
                                                  .scenario = r->scenario[u],
                                                  .reasons = u == 0 ? r->reasons_of : NULL,
                                                  .split = u < 2 ? r->split_of : NULL };
        for (int i = 0; i < 48; i++)
            r->unit[u].history[i] = u == 1 && (i == 30 || i == 31) ? NAN : level * (1 + (i * 7 % 11) / 4.0);
        for (int i = 0; i < LEADS; i++) {
            r->month[u][i] = some_month(ORIGIN + 1 + i, level + 10 * i, alarm[u]);
            r->scenario[u][i] = some_month(ORIGIN + 1 + i, 2 * level + 10 * i, "alarm");
        }
    }
    r->k.score[0] =
        (vg_displacement_kept_score){ VG_S("house"), 1, 469, 492, 431, 7655, 2712, 2174, 0.503, 0.893 };
    r->k.score[1] =
        (vg_displacement_kept_score){ VG_S("expanding"), 1, 469, 492, 431, 8560, 3344, NAN, NAN, NAN };
}

typedef struct {
    vg_displacement_told_camps c;
    vg_flow_kept is, what;
    vg_flow_kept_camp camp[2], camp_if[3];
    vg_flow_kept_place place[3];
    vg_flow_kept_route route[2];
    vg_displacement_told_camp told[3];
} camps;

/* People grow by so many a day; from `stop` on nobody comes any more (0 = never). */
static void fill_camp(vg_flow_kept_camp *c, const char *name, double capacity, int per_day, int from,
                      int stop, int full_day)
{
    *c = (vg_flow_kept_camp){ .name = vg_str_z(name),
                              .country = VG_S("Niger"),
                              .capacity = capacity,
                              .full_day = full_day,
                              .n_points = DAYS };
    for (int t = 0; t < DAYS; t++) {
        int days = (stop && t > stop ? stop : t) - from;
        c->people[t] = per_day * (double)(days > 0 ? days : 0);
        c->low[t] = 0.8 * c->people[t];
        c->high[t] = 1.3 * c->people[t];
        c->observed[t] = t % 30 == 0 && !stop ? 0.9 * c->people[t] : NAN;
    }
    c->scored = !stop;
    c->final_people = c->people[DAYS - 1];
    c->final_low = c->low[DAYS - 1];
    c->final_high = c->high[DAYS - 1];
}

static void fill_camps(camps *x)
{
    memset(x, 0, sizeof *x);
    fill_camp(&x->camp[0], "Mbera <b>", 9000, 120, 0, 0, 75);
    fill_camp(&x->camp[1], "Abala", NAN, 30, 0, 0, -1);
    fill_camp(&x->camp_if[0], "Mbera <b>", 9000, 120, 0, 40, -1);
    fill_camp(&x->camp_if[1], "Abala", NAN, 30, 0, 0, -1);
    fill_camp(&x->camp_if[2], "Newcamp", 5000, 99, 40, 0, 91);
    x->camp_if[2].opened = 1;
    x->place[0] = (vg_flow_kept_place){ VG_S("Kidal"), VG_S("Mali"), VG_S("conflict"), 18.4, 1.4 };
    x->place[1] = (vg_flow_kept_place){ VG_S("Mbera <b>"), VG_S("Mauritania"), VG_S("camp"), 15.8, -5.8 };
    x->place[2] = (vg_flow_kept_place){ VG_S("Abala"), VG_S("Niger"), VG_S("camp"), 14.9, 3.4 };
    x->route[0] = (vg_flow_kept_route){ 0, 2, 450, 3571 };
    x->route[1] = (vg_flow_kept_route){ 0, 1, 700, 14281 };
    x->is = (vg_flow_kept){ .run = { .id = 18, .verb = VG_S(VG_FLOW_KEPT_VERB), .params = VG_S("-") },
                            .params = { .conflict = VG_S("mali & co"),
                                        .first_date = VG_S("2012-02-20"),
                                        .engine = VG_S("flows"),
                                        .n_days = DAYS,
                                        .step = 1,
                                        .ard = 0.287,
                                        .ard_rescaled = 0.291,
                                        .covered = 0.86,
                                        .naive = 0.412,
                                        .n_files = 1,
                                        .n_refused = 2,
                                        .file = { { VG_S("locations.csv"), VG_S("3fa2b1c0d9e8ffff") } } },
                            .n_camps = 2,
                            .n_places = 3,
                            .n_routes = 2,
                            .camp = x->camp,
                            .place = x->place,
                            .route = x->route };
    x->what = x->is;
    x->what.run.id = 19;
    x->what.params.borders = VG_S("Mali / Mauritania closed on day 40");
    x->what.params.opened = VG_S("Newcamp");
    x->what.n_camps = 3;
    x->what.camp = x->camp_if;
    assert_true(vg_displacement_told(&x->is, &x->what, &fixture_arena, &x->c));
}

/* --- a page in memory --- */

static vg_out page_out;
static vg_arena page_arena;

static vg_str page_of(vg_lang lang, const vg_displacement_kept *k, const vg_displacement_told_camps *c)
{
    static const vg_page_source source = { .vintage = 3,
                                           .source = { "jetson-task", 11 },
                                           .licence = { "CC BY 4.0", 9 },
                                           .sha256 = { "0123456789abcdef", 16 },
                                           .first_month = 373,
                                           .last_month = ORIGIN,
                                           .n_accepted = 2100,
                                           .n_rejected = 4 };
    vg_err e = VG_NO_ERR;
    vg_displacement_page d = { .k = k, .c = c, .source = &source, .n_sources = 1 };
    page_out.n = 0;
    vg_arena_reset(&page_arena);
    CHECK_OK(vg_page_init(&d.page, &page_out, lang, &page_arena, &e), &e);
    vg_displacement_page_put(&d);
    CHECK_OK(vg_page_done(&d.page, &e), &e);
    return vg_out_text(&page_out);
}

static int open_page(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    setenv("VIGIE_NOW", "2021-02-15T12:00:00Z", 1);
    return vg_out_memory(&page_out, &e) && vg_arena_init(&page_arena, 256 << 20, &e) &&
                   vg_arena_init(&fixture_arena, 1 << 20, &e)
               ? 0
               : 1;
}

static int close_page(void **state)
{
    (void)state;
    vg_out_drop(&page_out);
    vg_arena_free(&page_arena);
    vg_arena_free(&fixture_arena);
    return 0;
}

static void check_has(vg_str page, const char *const *want)
{
    for (int i = 0; want[i]; i++)
        if (vg_find(page, vg_str_z(want[i])) < 0)
            fail_msg("the page lacks \"%s\"", want[i]);
}

static int count(vg_str page, const char *what)
{
    int n = 0;
    for (ptrdiff_t at; (at = vg_find(page, vg_str_z(what))) >= 0; n++)
        page = vg_sub(page, at + 1, page.n);
    return n;
}

/* --- what it says --- */

static void every_figure_of_a_region_stands_in_the_text(void **state)
{
    (void)state;
    static regions r;
    static const char *const want[] = {
        "<h2 id=\"h-regions\">",
        "<h2 id=\"h-u-1\">Bay</h2>",
        "In January 2021 the middle of the forecast is 4,321 arrivals",
        "between 2,593 and 7,346, nine in ten between 864 and 19,444",
        "5,000 or more 30%",
        "Your threshold of 20,000 is reached with a chance of 6%",
        "mean of all known months says 3,889",
        "the recent level 3,457",
        "the same month a year before not known",
        "On 431 region-months",
        "off by 2,712 people",
        "(the mean of all known months: 3,344); 50% lay in the 50% interval and 89%",
        "Long-run level of the region: 1,234",
        "level of recent months (4,567): times 1.83",
        "Gedo, ",
        "811 a month before, 7,755 afterwards",
        "3,344 (alike: 38%)",
        "Drought &amp; hunger",
        "62%",
        "2,501",
        "401\xC2\xA0\xE2\x80\x93\xC2\xA0"
        "9,001",
        "Bakool",
        "7,655",
        NULL,
    };
    fill_regions(&r);
    check_has(page_of(VG_LANG_EN, &r.k, NULL), want);
}

static void an_alarm_is_told_in_words_with_its_symbol_and_rule(void **state)
{
    (void)state;
    static regions r;
    static const char *const want[] = { "\xE2\x97\x8F\xC2\xA0"
                                        "alarm</td>",
                                        "\xE2\x97\x94\xC2\xA0watch</td>", "\xE2\x97\x8B\xC2\xA0none</td>",
                                        "What the levels mean", NULL };
    fill_regions(&r);
    check_has(page_of(VG_LANG_EN, &r.k, NULL), want);
}

static void a_missing_month_is_a_gap_and_no_zero(void **state)
{
    (void)state;
    static regions r;
    fill_regions(&r);
    vg_str page = page_of(VG_LANG_EN, &r.k, NULL);
    static const char *const want[] = { "2 of the last 48 months are not known (Jul 2019, Aug 2019)", NULL };
    check_has(page, want);
    /* two months of one region, in the wide drawing; none of them within the narrow one's 18 months: key and wide */
    assert_int_equal(count(page, "class=\"gap\""), 3 + 2 + 2);
    assert_int_equal(count(page, "class=\"zero\""), 0);
    assert_int_equal(count(page, "nan"), 0);
}

static void a_supposition_stands_beside_its_baseline(void **state)
{
    (void)state;
    static regions r;
    static const char *const want[] = { "Supposed: rainfall=2017-04",
                                        "Median as it is",
                                        "Median if supposed",
                                        "<td>4,341</td>",
                                        "<td>8,662</td>",
                                        "<td>+100%</td>",
                                        "median if rainfall=2017-04",
                                        NULL };
    fill_regions(&r);
    check_has(page_of(VG_LANG_EN, &r.k, NULL), want);
}

static void camps_are_told_by_the_day_they_fill_with_the_supposition_beside(void **state)
{
    (void)state;
    static camps x;
    static const char *const want[] = {
        "Which fill first, and when",
        "Mbera &lt;b&gt;",
        "day 75, 5 May 2012",
        "not in these days",
        "day 91, 21 May 2012",
        "Newcamp (opened by the supposition)",
        "capacity not known",
        "14,280",
        "159%",
        "4,800",
        "11,424\xC2\xA0\xE2\x80\x93\xC2\xA0"
        "18,564",
        "0.287",
        "0.412",
        "86% of the registrations",
        "Camps that fill up: 1 as things are, 1 if supposed",
        "capacity 9,000",
        "id=\"t-map-wide\"",
        "locations.csv <code>3fa2b1c0d9e8</code>",
        "2 rows of the conflict",
        "14,281",
        "Supposed: Mali / Mauritania closed on day 40; Newcamp",
        "class=\"level\"",
        NULL,
    };
    fill_camps(&x);
    check_has(page_of(VG_LANG_EN, NULL, &x.c), want);
}

static void what_a_name_holds_never_becomes_markup(void **state)
{
    (void)state;
    static regions r;
    static camps x;
    fill_regions(&r);
    fill_camps(&x);
    r.k.params.scenario = VG_S("<img src=x onerror=alert(1)>");
    vg_str page = page_of(VG_LANG_EN, &r.k, &x.c);
    assert_int_equal(count(page, "<script"), 0);
    assert_int_equal(count(page, "<img"), 0);
    assert_int_equal(count(page, "Mbera <b>"), 0);
    assert_int_equal(count(page, "rain<fall>"), 0);
    assert_true(count(page, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Bay&quot;") >= 4);
    assert_true(count(page, "mali &amp; co") >= 2);
}

static void the_page_is_whole_in_french_and_in_arabic_layout(void **state)
{
    (void)state;
    static regions r;
    static camps x;
    static const char *const french[] = { "<html lang=\"fr\" dir=\"ltr\">",
                                          "D\xC3\xA9placements",
                                          "Niveau",
                                          "4\xE2\x80\xAF"
                                          "321 arriv\xC3\xA9"
                                          "es",
                                          "Lesquels se remplissent",
                                          "vigilance",
                                          "Ce qui manque",
                                          "flux attendus",
                                          NULL };
    static const char *const arabic[] = { "<html lang=\"ar\" dir=\"rtl\">", "svg { direction: ltr; }", NULL };
    fill_regions(&r);
    fill_camps(&x);
    vg_str page = page_of(VG_LANG_FR, &r.k, &x.c);
    check_has(page, french);
    assert_int_equal(count(page, "arrivals"), 0);
    assert_int_equal(count(page, "{"), count(page, "}"));
    check_has(page_of(VG_LANG_AR, &r.k, &x.c), arabic);
}

static void a_message_without_text_does_not_reach_the_reader(void **state)
{
    (void)state;
    static regions r;
    static camps x;
    fill_regions(&r);
    fill_camps(&x);
    for (int lang = 0; lang < 2; lang++) {
        vg_str page = page_of((vg_lang)lang, &r.k, &x.c);
        ptrdiff_t body = vg_find(page, VG_S("<body>"));
        page = vg_sub(page, body, page.n);
        assert_int_equal(count(page, "{"), 0);
        assert_int_equal(count(page, "displacement."), 0);
        assert_int_equal(count(page, "chart."), 0);
        assert_int_equal(count(page, "column."), 0);
    }
}

static void runs_without_a_score_or_flows_say_so(void **state)
{
    (void)state;
    static regions r;
    static const char *const want[] = { "has not been scored", "No flows by origin and reason were given",
                                        NULL };
    fill_regions(&r);
    r.k.n_scores = 0;
    for (int u = 0; u < 3; u++)
        r.unit[u].split = NULL;
    check_has(page_of(VG_LANG_EN, &r.k, NULL), want);
}

static void memory_that_runs_out_anywhere_is_told(void **state)
{
    (void)state;
    static regions r;
    static camps x;
    int failures = 0;
    fill_regions(&r);
    fill_camps(&x);
    for (int k = 1; k < 400; k++) {
        vg_err e = VG_NO_ERR;
        vg_displacement_page d = { .k = &r.k, .c = &x.c };
        page_out.n = 0;
        vg_arena_reset(&page_arena);
        CHECK_OK(vg_page_init(&d.page, &page_out, VG_LANG_EN, &page_arena, &e), &e);
        page_arena.fail_at = k;
        vg_displacement_page_put(&d);
        bool hit = page_arena.fail_at == 0; /* it counts down to the allocation that fails */
        page_arena.fail_at = 0;
        bool good = vg_page_done(&d.page, &e);
        failures += hit;
        assert_int_equal(good, !hit);
        assert_int_equal(e.code, hit ? VG_ENOMEM : VG_OK);
    }
    assert_true(failures > 100);
}

/* A run of other days or of unknown capacities is no baseline: the difference would not be that of the supposition. */
static void a_supposition_is_set_beside_a_run_on_the_same_terms_only(void **state)
{
    (void)state;
    static camps x;
    static const char *const alone[] = { "No run of this conflict as things are", NULL };
    vg_err e = VG_NO_ERR;
    vg_store *st;
    int64_t id;
    fill_camps(&x);
    x.is.run.vintage = x.what.run.vintage = NULL;
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    for (int same = 0; same < 2; same++) {
        x.is.params.blind = !same;
        CHECK_OK(vg_flow_kept_save(st, &x.is, &id, &e) && vg_flow_kept_save(st, &x.what, &id, &e), &e);
        page_out.n = 0;
        CHECK_OK(vg_displacement_report_html(st, &(vg_displacement_report_opts){ .run = id }, &page_out, &e),
                 &e);
        if (same)
            assert_int_equal(count(vg_out_text(&page_out), alone[0]), 0);
        else
            check_has(vg_out_text(&page_out), alone);
    }
    vg_store_close(st);
}

static void an_empty_store_says_what_to_run(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_store *st;
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    assert_false(vg_displacement_report_html(st, &(vg_displacement_report_opts){ .run = 0 }, &page_out, &e));
    assert_int_equal(e.code, VG_ENOTFOUND);
    assert_non_null(strstr(e.mend, "vigie displacement forecast"));
    vg_store_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_figure_of_a_region_stands_in_the_text),
        cmocka_unit_test(an_alarm_is_told_in_words_with_its_symbol_and_rule),
        cmocka_unit_test(a_missing_month_is_a_gap_and_no_zero),
        cmocka_unit_test(a_supposition_stands_beside_its_baseline),
        cmocka_unit_test(camps_are_told_by_the_day_they_fill_with_the_supposition_beside),
        cmocka_unit_test(what_a_name_holds_never_becomes_markup),
        cmocka_unit_test(the_page_is_whole_in_french_and_in_arabic_layout),
        cmocka_unit_test(a_message_without_text_does_not_reach_the_reader),
        cmocka_unit_test(runs_without_a_score_or_flows_say_so),
        cmocka_unit_test(memory_that_runs_out_anywhere_is_told),
        cmocka_unit_test(a_supposition_is_set_beside_a_run_on_the_same_terms_only),
        cmocka_unit_test(an_empty_store_says_what_to_run),
    };
    return cmocka_run_group_tests(tests, open_page, close_page);
}
