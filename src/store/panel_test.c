#include "prop.h"
#include "store/test_int.h"

enum { JAN_2024 = 529, MALI = 432, SUDAN = 625 };

static vg_panel ask(fixture *f, vg_panel_query q)
{
    vg_panel p = { .n_units = 0 };
    CHECK_OK(vg_store_panel(f->st, &q, &f->a, &p, &f->e), &f->e);
    return p;
}

static vg_vintage release(const char *version, int32_t first, int32_t last, const char *known_at)
{
    vg_vintage v = { .version = vg_str_z(version), .first_month = first, .last_month = last };
    if (known_at)
        assert_true(vg_instant_parse(vg_str_z(known_at), &v.known_at));
    return v;
}

static int64_t instant(const char *text)
{
    int64_t at = 0;
    assert_true(vg_instant_parse(vg_str_z(text), &at));
    return at;
}

static void a_quiet_country_is_zero_and_an_uncovered_month_is_not_known(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event early = make_event("1", MALI, JAN_2024, 3), late = make_event("2", MALI, JAN_2024 + 5, 9);
    vg_vintage a = release("1", JAN_2024, JAN_2024 + 1, NULL),
               b = release("2", JAN_2024 + 4, JAN_2024 + 5, NULL);
    import_events(f.st, &a, &early, 1);
    import_events(f.st, &b, &late, 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    assert_int_equal(p.first_month, JAN_2024);
    assert_int_equal(p.n_months, 6);
    assert_true(p.n_units > 150);
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 3, 0);
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 + 1), 0, 0);
    CHECK_NEAR(panel_at(&p, SUDAN, JAN_2024 + 5), 0, 0);
    assert_true(isnan(panel_at(&p, MALI, JAN_2024 + 2)));
    assert_true(isnan(panel_at(&p, SUDAN, JAN_2024 + 3)));
    CHECK_STR(p.variable, "sb");
    fixture_close(&f);
}

static void a_state_that_is_gone_is_not_known_after_its_end(void **state)
{
    (void)state;
    enum { GDR = 265, YUGOSLAVIA = 345 };
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", YUGOSLAVIA, 400, 2); /* May 2013: UCDP goes on using the number */
    vg_vintage v = release("1", 121, 400, NULL);
    import_events(f.st, &v, &ev, 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    CHECK_NEAR(panel_at(&p, GDR, 132), 0, 0); /* December 1990 */
    assert_true(isnan(panel_at(&p, GDR, 133)));
    CHECK_NEAR(panel_at(&p, YUGOSLAVIA, 399), 0, 0);
    CHECK_NEAR(panel_at(&p, YUGOSLAVIA, 400), 2, 0);
    fixture_close(&f);
}

static void a_state_is_not_known_before_its_birth(void **state)
{
    (void)state;
    enum { SOUTH_SUDAN = 626, ERITREA = 531 };
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", ERITREA, 150, 4); /* June 1992, before May 1993: the source says more */
    vg_vintage v = release("1", 121, 400, NULL);
    import_events(f.st, &v, &ev, 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    assert_true(isnan(panel_at(&p, SOUTH_SUDAN, 378))); /* June 2011 */
    CHECK_NEAR(panel_at(&p, SOUTH_SUDAN, 379), 0, 0);
    CHECK_NEAR(panel_at(&p, ERITREA, 150), 4, 0);
    fixture_close(&f);
}

static void units_come_in_order_with_name_and_code(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", MALI, JAN_2024, 3);
    vg_vintage a = release("1", JAN_2024, JAN_2024, NULL);
    import_events(f.st, &a, &ev, 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    for (int32_t u = 1; u < p.n_units; u++)
        assert_true(p.unit[u].unit > p.unit[u - 1].unit);
    for (int32_t u = 0; u < p.n_units; u++)
        if (p.unit[u].unit == MALI)
            CHECK_STR(p.unit[u].iso3, "MLI");
    fixture_close(&f);
}

static void a_newer_release_supersedes_month_by_month_and_as_of_reads_the_past(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage candidate = release("24.0.5", JAN_2024 + 4, JAN_2024 + 4, "2024-06-20T00:00:00Z");
    vg_vintage yearly = release("24.1", JAN_2024 - 12, JAN_2024 - 1, "2024-06-10T00:00:00Z");
    vg_vintage newer = release("25.1", JAN_2024 - 12, JAN_2024 + 11, "2025-05-10T00:00:00Z");
    vg_event may = make_event("c1", MALI, JAN_2024 + 4, 10), y23 = make_event("1", MALI, JAN_2024 - 1, 20);
    vg_event revised[] = { make_event("1", MALI, JAN_2024 - 1, 25), make_event("2", MALI, JAN_2024 + 4, 11) };
    assert_int_equal(import_events(f.st, &candidate, &may, 1).supersedes, 0);
    assert_int_equal(import_events(f.st, &yearly, &y23, 1).supersedes, 0);
    assert_int_equal(import_events(f.st, &newer, revised, 2).supersedes, 2); /* the highest below it */
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 + 4), 11, 0);
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 - 1), 25, 0);
    assert_int_equal(p.n_vintages, 1);
    p = ask(&f, (vg_panel_query){ .as_of = instant("2024-12-31T00:00:00Z") });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 + 4), 10, 0);
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 - 1), 20, 0);
    assert_true(isnan(panel_at(&p, MALI, JAN_2024)));
    assert_int_equal(p.n_vintages, 2);
    fixture_close(&f);
}

static void an_older_release_imported_later_does_not_hide_the_newer_one(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", MALI, JAN_2024, 25), make_event("1", MALI, JAN_2024, 20) };
    vg_vintage newer = release("25.1", JAN_2024, JAN_2024, NULL),
               older = release("9.1", JAN_2024, JAN_2024, NULL);
    import_events(f.st, &newer, &ev[0], 1);
    assert_int_equal(import_events(f.st, &older, &ev[1], 1).supersedes, 0);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 25, 0);
    fixture_close(&f);
}

static void without_version_numbers_the_later_import_stands(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", MALI, JAN_2024, 1), make_event("1", MALI, JAN_2024, 2) };
    vg_vintage numbered = release("24.1", JAN_2024, JAN_2024, "2025-01-01T00:00:00Z");
    vg_vintage bare = release("final", JAN_2024, JAN_2024, "2025-02-01T00:00:00Z");
    import_events(f.st, &bare, &ev[1], 1);
    import_events(f.st, &numbered, &ev[0], 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 2, 0);
    fixture_close(&f);
}

static void nothing_known_then_is_no_data_and_says_what_there_is(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_panel p = { .n_units = -1 };
    vg_event ev = make_event("1", MALI, JAN_2024, 1);
    vg_vintage v = release("1", JAN_2024, JAN_2024, "2024-06-01T00:00:00Z");
    import_events(f.st, &v, &ev, 1);
    vg_panel_query q = { .as_of = instant("2020-01-01T00:00:00Z") };
    assert_false(vg_store_panel(f.st, &q, &f.a, &p, &f.e));
    assert_int_equal(f.e.code, VG_ENODATA);
    assert_int_equal(p.n_units, -1);
    f.e = VG_NO_ERR;
    assert_false(vg_store_panel(f.st, &(vg_panel_query){ .source = VG_S("acled") }, &f.a, &p, &f.e));
    assert_non_null(strstr(f.e.why, "ucdp-ged world"));
    fixture_close(&f);
}

/* An event of n_months months from `first`, over which `deaths` are spread. */
static vg_event spread(int32_t first, int32_t n_months, int64_t deaths)
{
    vg_event ev = make_event("1", MALI, first, deaths);
    ev.day_to = vg_month_first_day(first + n_months - 1) + 3;
    return ev;
}

static void an_even_split_keeps_the_sum_and_gives_the_rest_to_the_last_months(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = spread(JAN_2024, 4, 11);
    vg_vintage v = { .month_rule = VG_MONTH_EVEN };
    import_events(f.st, &v, &ev, 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    static const double want[] = { 2, 3, 3, 3 };
    for (int32_t m = 0; m < 4; m++)
        CHECK_NEAR(panel_at(&p, MALI, JAN_2024 + m), want[m], 0);
    fixture_close(&f);
}

static void the_month_rule_puts_deaths_on_the_end_or_the_start(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = spread(JAN_2024, 4, 11);
    import_events(f.st,
                  &(vg_vintage){ .version = VG_S("1"), .first_month = JAN_2024, .last_month = JAN_2024 + 3 },
                  &ev, 1);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 + 3), 11, 0);
    vg_vintage start = { .version = VG_S("2"),
                         .month_rule = VG_MONTH_START,
                         .first_month = JAN_2024,
                         .last_month = JAN_2024 + 3 };
    import_events(f.st, &start, &ev, 1);
    p = ask(&f, (vg_panel_query){ .types = 0 });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 11, 0);
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024 + 3), 0, 0);
    fixture_close(&f);
}

static void types_and_estimates_are_chosen(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", MALI, JAN_2024, 5), make_event("2", MALI, JAN_2024, 7),
                      make_event("3", MALI, JAN_2024, VG_UNKNOWN) };
    ev[0].low = 1, ev[0].high = 50;
    ev[1].type = VG_TYPE_ONE_SIDED, ev[1].low = ev[1].high = VG_UNKNOWN;
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, 3);
    unsigned both = 1U << VG_TYPE_STATE | 1U << VG_TYPE_ONE_SIDED;
    vg_panel p = ask(&f, (vg_panel_query){ .types = both });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 12, 0);
    CHECK_STR(p.variable, "deaths");
    p = ask(&f, (vg_panel_query){ .types = both, .low = true });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 8, 0);
    p = ask(&f, (vg_panel_query){ .types = 0, .high = true });
    CHECK_NEAR(panel_at(&p, MALI, JAN_2024), 50, 0);
    fixture_close(&f);
}

static void a_cell_panel_holds_the_cells_with_events_and_no_country_points(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", MALI, JAN_2024, 5), make_event("2", MALI, JAN_2024 + 1, 6),
                      make_event("3", MALI, JAN_2024, 100) };
    ev[2].where_prec = VG_WHERE_COUNTRY;
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, 3);
    vg_panel p = ask(&f, (vg_panel_query){ .kind = VG_UNIT_CELL });
    assert_int_equal(p.n_units, 1);
    assert_int_equal(p.unit[0].unit, 205 * 720 + 344 + 1);
    CHECK_NEAR(p.value[0], 5, 0);
    CHECK_NEAR(p.value[1], 6, 0);
    fixture_close(&f);
}

static void a_vintage_of_one_country_gives_that_country_only(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", SUDAN, JAN_2024, 5), make_event("2", MALI, JAN_2024, 6) };
    import_events(f.st, &(vg_vintage){ .scope = VG_S("SDN") }, ev, 2);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    assert_int_equal(p.n_units, 1);
    assert_int_equal(p.unit[0].unit, SUDAN);
    CHECK_STR(p.scope, "SDN");
    fixture_close(&f);
}

/* --- series --- */

static void feed_unit(vg_import *im, int32_t unit, const char *name, int32_t gwcode)
{
    vg_err e = VG_NO_ERR;
    vg_sink *s = vg_import_sink(im);
    vg_unit u = {
        .unit = unit, .name = vg_str_z(name), .iso3 = VG_S("XXX"), .gwcode = gwcode, .first_month = 121
    };
    CHECK_OK(s->unit(s->ctx, &u, &e), &e);
}

static void a_series_brings_its_units_and_a_missing_row_is_not_known(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage about = { .source = VG_S("views-panel"), .variable = VG_S("sb") };
    vg_import *im = begin_import(f.st, &about);
    feed_unit(im, 50, "Mali", MALI);
    feed_unit(im, 51, "Nowhere", 0);
    feed_point(im, 50, JAN_2024, 4);
    feed_point(im, 50, JAN_2024 + 2, 0);
    end_import(im, &about);
    vg_panel p = ask(&f, (vg_panel_query){ .types = 0 });
    assert_int_equal(p.n_units, 2);
    CHECK_STR(p.variable, "sb");
    assert_int_equal(p.unit[0].gwcode, MALI);
    CHECK_STR(p.unit[0].name, "Mali");
    CHECK_NEAR(panel_at(&p, 50, JAN_2024), 4, 0);
    assert_true(isnan(panel_at(&p, 50, JAN_2024 + 1)));
    CHECK_NEAR(panel_at(&p, 50, JAN_2024 + 2), 0, 0);
    assert_true(isnan(panel_at(&p, 51, JAN_2024)));
    fixture_close(&f);
}

static void the_views_panel_is_preferred_unless_a_source_is_named(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage about = { .source = VG_S("views-panel"), .variable = VG_S("sb") };
    vg_import *im = begin_import(f.st, &about);
    feed_point(im, 50, JAN_2024, 4);
    end_import(im, &about);
    vg_event ev = make_event("1", MALI, JAN_2024, 9);
    import_events(f.st, &(vg_vintage){ .version = VG_S("24.1") }, &ev, 1);
    CHECK_STR(ask(&f, (vg_panel_query){ .types = 0 }).source, "views-panel");
    CHECK_STR(ask(&f, (vg_panel_query){ .source = VG_S("ucdp-ged") }).source, "ucdp-ged");
    CHECK_STR(ask(&f, (vg_panel_query){ .kind = VG_UNIT_CELL }).source, "ucdp-ged"); /* has no cells */
    CHECK_STR(ask(&f, (vg_panel_query){ .variable = VG_S("ns") }).source, "ucdp-ged");
    fixture_close(&f);
}

/* --- equal to the slow obvious version --- */

enum { MONTHS = 12, VINTAGES = 4, EVENTS = 40 };

typedef struct {
    int32_t first, last;
    int version;
    vg_event event[EVENTS];
    char id[EVENTS][16];
} random_release;

static void draw_release(vg_rng *r, random_release *x, int version)
{
    x->version = version;
    x->first = JAN_2024 + (int32_t)vg_rng_below(r, MONTHS);
    x->last = x->first + (int32_t)vg_rng_below(r, (uint32_t)(JAN_2024 + MONTHS - x->first));
    for (int i = 0; i < EVENTS; i++) {
        snprintf(x->id[i], sizeof x->id[i], "%d", i);
        int32_t month = JAN_2024 + (int32_t)vg_rng_below(r, MONTHS);
        x->event[i] = make_event(x->id[i], vg_rng_below(r, 2) ? MALI : SUDAN, month, vg_rng_below(r, 50));
        x->event[i].day_to += (int32_t)(vg_rng_below(r, 3) == 0 ? vg_rng_below(r, 120) : 0);
        x->event[i].type = (int8_t)(1 + vg_rng_below(r, 3));
    }
}

/* Deaths of Mali in a month by the words of the manual: the latest version that covers it, event by event. */
static double slow_value(const random_release *x, int32_t month)
{
    const random_release *owner = NULL;
    for (int i = 0; i < VINTAGES; i++)
        if (x[i].first <= month && month <= x[i].last && (!owner || x[i].version > owner->version))
            owner = &x[i];
    double sum = 0;
    for (int i = 0; owner && i < EVENTS; i++) {
        const vg_event *ev = &owner->event[i];
        int32_t from = vg_month_of_day(ev->day_from), n = vg_month_of_day(ev->day_to) - from + 1;
        if (ev->gwcode != MALI || ev->type != VG_TYPE_STATE || month < from || month >= from + n)
            continue;
        int64_t rest = ev->best - ev->best / n * n;
        sum += (double)(ev->best / n + (month - from >= n - rest ? 1 : 0));
    }
    return owner ? sum : (double)NAN;
}

static const char *equals_the_slow_sum(vg_rng *r)
{
    static char wrong[160];
    random_release x[VINTAGES];
    vg_err e = VG_NO_ERR;
    vg_store *st = open_store(":memory:", VG_STORE_WRITE);
    vg_arena a;
    CHECK_OK(vg_arena_init(&a, 8 << 20, &e), &e);
    int order[VINTAGES] = { 10, 11, 12, 13 };
    for (int i = VINTAGES - 1; i > 0; i--) { /* imported in any order */
        int k = (int)vg_rng_below(r, (uint32_t)i + 1), swap = order[i];
        order[i] = order[k], order[k] = swap;
    }
    for (int i = 0; i < VINTAGES; i++) {
        draw_release(r, &x[i], order[i]);
        char version[16];
        snprintf(version, sizeof version, "%d.1", order[i]);
        vg_vintage v = { .version = vg_str_z(version),
                         .month_rule = VG_MONTH_EVEN,
                         .first_month = x[i].first,
                         .last_month = x[i].last };
        import_events(st, &v, x[i].event, EVENTS);
    }
    vg_panel p;
    CHECK_OK(vg_store_panel(st, &(vg_panel_query){ .types = 0 }, &a, &p, &e), &e);
    wrong[0] = '\0';
    for (int32_t m = p.first_month; m < p.first_month + p.n_months; m++) {
        double got = panel_at(&p, MALI, m), want = slow_value(x, m);
        if (isnan(got) != isnan(want) || fabs(got - want) > 0)
            snprintf(wrong, sizeof wrong, "month %d: %g instead of %g", m, got, want);
    }
    vg_arena_free(&a);
    vg_store_close(st);
    return wrong[0] ? wrong : NULL;
}

static void a_panel_equals_the_slow_sum(void **state)
{
    (void)state;
    setenv("VIGIE_NOW", "2025-06-01T00:00:00Z", 1);
    check_property("a_panel_equals_the_slow_sum", equals_the_slow_sum, 40);
}

/* --- memory --- */

static void fill(fixture *f)
{
    vg_event ev[] = { make_event("1", MALI, JAN_2024, 5), make_event("2", SUDAN, JAN_2024 + 30, 6) };
    import_events(f->st, &(vg_vintage){ .version = VG_S("1") }, ev, 2);
}

static void a_panel_survives_the_failure_of_every_allocation(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    fill(&f);
    bool done = false;
    for (int64_t k = 1; !done; k++) {
        vg_panel p = { .n_units = -1 };
        vg_err e = VG_NO_ERR;
        vg_arena_reset(&f.a);
        f.a.fail_at = k;
        done = vg_store_panel(f.st, &(vg_panel_query){ .types = 0 }, &f.a, &p, &e);
        if (!done) {
            assert_int_equal(e.code, VG_ENOMEM);
            assert_int_equal(p.n_units, -1);
        }
        assert_true(k < 1000);
    }
    f.a.fail_at = 0;
    fixture_close(&f);
}

static void a_panel_under_every_limit_succeeds_or_says_out_of_memory(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    fill(&f);
    bool done = false;
    for (int64_t pages = 1; !done; pages++) {
        vg_arena small;
        vg_panel p;
        vg_err e = VG_NO_ERR;
        CHECK_OK(vg_arena_init(&small, pages * 4096, &e), &e);
        done = vg_store_panel(f.st, &(vg_panel_query){ .types = 0 }, &small, &p, &e);
        if (!done)
            assert_int_equal(e.code, VG_ENOMEM);
        vg_arena_free(&small);
        assert_true(pages < 1000);
    }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_country_is_zero_and_an_uncovered_month_is_not_known),
        cmocka_unit_test(a_state_that_is_gone_is_not_known_after_its_end),
        cmocka_unit_test(a_state_is_not_known_before_its_birth),
        cmocka_unit_test(units_come_in_order_with_name_and_code),
        cmocka_unit_test(a_newer_release_supersedes_month_by_month_and_as_of_reads_the_past),
        cmocka_unit_test(an_older_release_imported_later_does_not_hide_the_newer_one),
        cmocka_unit_test(without_version_numbers_the_later_import_stands),
        cmocka_unit_test(nothing_known_then_is_no_data_and_says_what_there_is),
        cmocka_unit_test(an_even_split_keeps_the_sum_and_gives_the_rest_to_the_last_months),
        cmocka_unit_test(the_month_rule_puts_deaths_on_the_end_or_the_start),
        cmocka_unit_test(types_and_estimates_are_chosen),
        cmocka_unit_test(a_cell_panel_holds_the_cells_with_events_and_no_country_points),
        cmocka_unit_test(a_vintage_of_one_country_gives_that_country_only),
        cmocka_unit_test(a_series_brings_its_units_and_a_missing_row_is_not_known),
        cmocka_unit_test(the_views_panel_is_preferred_unless_a_source_is_named),
        cmocka_unit_test(a_panel_equals_the_slow_sum),
        cmocka_unit_test(a_panel_survives_the_failure_of_every_allocation),
        cmocka_unit_test(a_panel_under_every_limit_succeeds_or_says_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
