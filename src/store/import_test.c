#include "store/test_int.h"

enum { MAY_2024 = 533 };

static void an_import_gives_its_counts_and_its_place(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", 432, MAY_2024, 3), make_event("2", 432, MAY_2024 + 1, 4) };
    vg_vintage about = { .version = VG_S("24.1"), .sha256 = VG_S("aa"), .file = VG_S("a.csv") };
    vg_vintage v = import_events(f.st, &about, ev, 2), *all;
    int64_t n;
    assert_int_equal(v.id, 1);
    assert_int_equal(v.n_accepted, 2);
    CHECK_OK(vg_store_vintages(f.st, 0, &f.a, &all, &n, &f.e), &f.e);
    assert_int_equal(n, 1);
    CHECK_STR(all[0].source, "ucdp-ged");
    CHECK_STR(all[0].scope, "world");
    CHECK_STR(all[0].file, "a.csv");
    assert_int_equal(all[0].first_month, MAY_2024);
    assert_int_equal(all[0].last_month, MAY_2024 + 1);
    fixture_close(&f);
}

static void the_same_bytes_again_have_no_effect(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    vg_vintage about = { .sha256 = VG_S("aa") };
    import_events(f.st, &about, &ev, 1);
    int64_t known = 0;
    CHECK_OK(vg_import_known(f.st, VG_S("aa"), VG_S("ucdp-ged"), VG_MONTH_END, &known, &f.e), &f.e);
    assert_int_equal(known, 1);
    assert_int_equal(import_events(f.st, &about, &ev, 1).id, 1);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM event"), 1);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM vintage"), 1);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE action = 'import'"), 1);
    fixture_close(&f);
}

static void the_same_bytes_under_another_month_rule_are_another_vintage(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    import_events(f.st, &(vg_vintage){ .sha256 = VG_S("aa") }, &ev, 1);
    vg_vintage even = { .sha256 = VG_S("aa"), .month_rule = VG_MONTH_EVEN };
    assert_int_equal(import_events(f.st, &even, &ev, 1).id, 2);
    fixture_close(&f);
}

static void a_dropped_import_leaves_nothing(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    ev.actor_a = VG_S("Somebody");
    vg_import *im = begin_import(f.st, &(vg_vintage){ .version = VG_S("1") });
    for (int i = 0; i < 20000; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        ev.external_id = vg_str_z(id);
        feed_event(im, &ev, i);
    }
    vg_import_drop(im);
    assert_int_equal(raw_sql(f.path, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM name)"), 0);
    ev.external_id = VG_S("1");
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, &ev, 1); /* names are told anew */
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM name WHERE text = 'Somebody' AND id = 1"), 1);
    fixture_close(&f);
}

static void closing_the_store_drops_an_open_import(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    feed_event(begin_import(f.st, &(vg_vintage){ .version = VG_S("1") }), &ev, 2);
    vg_store_close(f.st);
    f.st = open_store(f.path, VG_STORE_WRITE);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM event"), 0);
    fixture_close(&f);
}

static void an_import_without_a_good_row_fails_and_leaves_nothing(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_import *im = begin_import(f.st, &(vg_vintage){ .version = VG_S("1") });
    vg_reject r = { .raw = VG_S("1,2,x") };
    vg_fail(&r.why, VG_EPARSE, (vg_at){ .line = 2 }, "not a number: \"x\"");
    vg_sink *s = vg_import_sink(im);
    CHECK_OK(s->reject(s->ctx, &r, &f.e), &f.e);
    vg_vintage v = { .id = 0 };
    assert_false(vg_import_end(im, &v, &v, &f.e));
    assert_int_equal(f.e.code, VG_ENODATA);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM reject"), 0);
    fixture_close(&f);
}

static void rejects_come_back_as_csv_with_place_and_reason(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage about = { .file = VG_S("e.csv") };
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    vg_import *im = begin_import(f.st, &about);
    feed_event(im, &ev, 2);
    vg_reject r = { .raw = VG_S("7,\"x\"") };
    vg_fail(&r.why, VG_ERANGE, (vg_at){ .line = 3, .col = 5 }, "latitude 95 is outside -90..90");
    vg_mend(&r.why, "swap them");
    vg_sink *s = vg_import_sink(im);
    CHECK_OK(s->reject(s->ctx, &r, &f.e), &f.e);
    assert_int_equal(end_import(im, &about).n_rejected, 1);
    vg_out o;
    int64_t n;
    CHECK_OK(vg_out_memory(&o, &f.e), &f.e);
    CHECK_OK(vg_store_rejects(f.st, 1, &o, &n, &f.e), &f.e);
    assert_int_equal(n, 1);
    CHECK_STR(vg_out_text(&o), "file,line,column,code,what,why,mend,row\n"
                               "e.csv,3,5,range,latitude 95 is outside -90..90,,swap them,\"7,\"\"x\"\"\"\n");
    vg_out_drop(&o);
    fixture_close(&f);
}

static void rejects_of_a_vintage_that_does_not_exist_are_not_found(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_out o;
    int64_t n;
    CHECK_OK(vg_out_memory(&o, &f.e), &f.e);
    assert_false(vg_store_rejects(f.st, 7, &o, &n, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    vg_out_drop(&o);
    fixture_close(&f);
}

static void an_id_that_came_twice_is_left_out_or_refused(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("A1", 432, MAY_2024, 3), make_event("A1", 432, MAY_2024, 3),
                      make_event("A1", 432, MAY_2024, 4) };
    vg_vintage v = import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, 3);
    assert_int_equal(v.n_accepted, 1);
    assert_int_equal(v.n_duplicates, 1);
    assert_int_equal(v.n_rejected, 1);
    vg_out o;
    int64_t n;
    CHECK_OK(vg_out_memory(&o, &f.e), &f.e);
    CHECK_OK(vg_store_rejects(f.st, 1, &o, &n, &f.e), &f.e);
    vg_str text = vg_out_text(&o);
    assert_true(vg_find(text, VG_S(",4,,conflict,\"the id \"\"A1\"\" came before on line 2")) > 0);
    vg_out_drop(&o);
    assert_int_equal(raw_sql(f.path, "SELECT best FROM event"), 3); /* the first one stays */
    fixture_close(&f);
}

static void a_text_that_differs_makes_the_content_differ(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", 432, MAY_2024, 3), make_event("1", 432, MAY_2024, 3) };
    ev[1].text = VG_S("another headline");
    assert_int_equal(import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, 2).n_rejected, 1);
    fixture_close(&f);
}

static void two_values_for_one_unit_and_month_are_a_conflict(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_vintage about = { .source = VG_S("views-panel"), .variable = VG_S("sb") };
    vg_import *im = begin_import(f.st, &about);
    feed_point(im, 50, MAY_2024, 7);
    feed_point(im, 50, MAY_2024, 7);
    feed_point(im, 50, MAY_2024, 8);
    vg_vintage v = end_import(im, &about);
    assert_int_equal(v.n_accepted, 1);
    assert_int_equal(v.n_duplicates, 1);
    assert_int_equal(v.n_rejected, 1);
    fixture_close(&f);
}

static void a_point_that_stands_for_a_country_has_no_cell(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[8];
    static const char *const id[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
    for (int8_t i = 0; i < 8; i++) {
        ev[i] = make_event(id[i], 432, MAY_2024, 3);
        ev[i].where_prec = i;
        ev[i].cell = i >= 5 ? 147943 : 0; /* given by the source: still no place */
    }
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, 8);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM event WHERE cell = 0 AND where_prec >= 5"), 3);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM event WHERE cell > 0"), 5);
    fixture_close(&f);
}

static void a_cell_that_the_source_gives_is_kept(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    ev.cell = 123456;
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, &ev, 1);
    assert_int_equal(raw_sql(f.path, "SELECT cell FROM event"), 123456);
    fixture_close(&f);
}

static void an_event_comes_back_as_it_went_in(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("SUD0042", 625, MAY_2024, 12), *back;
    ev.low = 10, ev.high = VG_UNKNOWN, ev.civilians = 2, ev.lat_deg = 13.1666667, ev.lon_deg = -24.3666667;
    ev.actor_a = VG_S("Government of Sudan"), ev.actor_b = VG_S("RSF"),
    ev.conflict = VG_S("Sudan: Government");
    ev.adm1 = VG_S("North Darfur"), ev.adm2 = VG_S("Fashir"), ev.kind = VG_S("Battles");
    ev.text = VG_S("heavy fighting"), ev.source = VG_S("Reuters"), ev.url = VG_S("https://example.org/1");
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, &ev, 1);
    int64_t n;
    CHECK_OK(vg_store_events(f.st, &(vg_event_query){ .gwcode = 625 }, &f.a, &back, &n, &f.e), &f.e);
    assert_int_equal(n, 1);
    CHECK_STR(back->external_id, "SUD0042");
    CHECK_NEAR(back->lat_deg, ev.lat_deg, 0);
    CHECK_NEAR(back->lon_deg, ev.lon_deg, 0);
    assert_int_equal(back->low, 10);
    assert_true(back->high == VG_UNKNOWN);
    CHECK_STR(back->actor_a, "Government of Sudan");
    CHECK_STR(back->adm2, "Fashir");
    CHECK_STR(back->kind, "Battles");
    CHECK_STR(back->source, "Reuters");
    CHECK_STR(back->text, "heavy fighting");
    CHECK_STR(back->url, "https://example.org/1");
    fixture_close(&f);
}

static void ids_keep_their_letters_whatever_they_look_like(void **state)
{
    (void)state;
    static const char *const id[] = {
        "0", "42", "007", "-5", "+3", "12.0", "123456789012345678", "1234567890123456789", "1e3"
    };
    enum { N = sizeof id / sizeof *id };
    fixture f;
    fixture_open(&f);
    vg_event ev[N], *back;
    for (int i = 0; i < N; i++)
        ev[i] = make_event(id[i], 432, MAY_2024, 100 - i);
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, N);
    int64_t n;
    CHECK_OK(vg_store_events(f.st, &(vg_event_query){ .gwcode = 432 }, &f.a, &back, &n, &f.e), &f.e);
    assert_int_equal(n, N);
    for (int i = 0; i < N; i++)
        CHECK_STR(back[i].external_id, id[i]);
    fixture_close(&f);
}

static void a_long_source_comes_back_whole(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    char article[300];
    memset(article, 'r', sizeof article - 1);
    article[sizeof article - 1] = '\0';
    vg_event ev = make_event("1", 432, MAY_2024, 3), *back;
    ev.source = vg_str_z(article);
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, &ev, 1);
    int64_t n;
    CHECK_OK(vg_store_events(f.st, &(vg_event_query){ .gwcode = 432 }, &f.a, &back, &n, &f.e), &f.e);
    CHECK_STR(back->source, article);
    fixture_close(&f);
}

static void events_come_deadliest_first_and_at_most_as_many_as_asked(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_import *im = begin_import(f.st, &(vg_vintage){ .version = VG_S("1") });
    for (int i = 0; i < 500; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        vg_event ev = make_event(id, i % 2 ? 432 : 625, MAY_2024 + i % 3, i * 7 % 501);
        feed_event(im, &ev, i);
    }
    end_import(im, &(vg_vintage){ .version = VG_S("1") });
    vg_event_query q = { .gwcode = 432, .first_month = MAY_2024, .last_month = MAY_2024 + 1, .limit = 20 };
    vg_event *back;
    int64_t n;
    CHECK_OK(vg_store_events(f.st, &q, &f.a, &back, &n, &f.e), &f.e);
    assert_int_equal(n, 20);
    for (int i = 1; i < 20; i++)
        assert_true(back[i].best <= back[i - 1].best && back[i].gwcode == 432);
    int64_t best = raw_sql(f.path, "SELECT max(best) FROM event WHERE gwcode = 432 AND month IN (533, 534)");
    assert_int_equal(back[0].best, best);
    fixture_close(&f);
}

static void an_event_that_ends_before_it_begins_is_refused(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", 432, MAY_2024, 3), make_event("2", 432, MAY_2024, 3) };
    ev[1].day_to = ev[1].day_from - 1;
    assert_int_equal(import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, ev, 2).n_rejected, 1);
    fixture_close(&f);
}

static void a_question_during_an_import_sees_what_was_committed_before(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_event ev[] = { make_event("1", 432, MAY_2024, 3), make_event("2", 432, MAY_2024, 5) };
    import_events(f.st, &(vg_vintage){ .sha256 = VG_S("aa") }, ev, 1);
    vg_import *im = begin_import(f.st, &(vg_vintage){ .sha256 = VG_S("bb") });
    feed_event(im, &ev[1], 2);
    int64_t known, n;
    vg_event *back;
    CHECK_OK(vg_import_known(f.st, VG_S("aa"), VG_S("ucdp-ged"), VG_MONTH_END, &known, &f.e), &f.e);
    assert_int_equal(known, 1);
    CHECK_OK(vg_store_events(f.st, &(vg_event_query){ .gwcode = 432 }, &f.a, &back, &n, &f.e), &f.e);
    assert_int_equal(n, 1);
    assert_false(vg_audit_append(f.st, VG_S("x"), VG_S("y"), &f.e));
    assert_int_equal(f.e.code, VG_EBUSY);
    feed_event(im, &ev[0], 3);
    assert_int_equal(end_import(im, &(vg_vintage){ .sha256 = VG_S("bb") }).n_accepted, 2);
    fixture_close(&f);
}

static void records_far_larger_than_a_batch_go_through(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    size_t size = 20 << 20;
    char *text = calloc(1, size + 1);
    memset(text, 'x', size);
    vg_import *im = begin_import(f.st, &(vg_vintage){ .version = VG_S("1") });
    for (int i = 0; i < 3; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        vg_event ev = make_event(id, 432, MAY_2024, 1);
        ev.text = (vg_str){ text, (ptrdiff_t)size };
        feed_event(im, &ev, i);
    }
    free(text);
    assert_int_equal(end_import(im, &(vg_vintage){ .version = VG_S("1") }).n_accepted, 3);
    assert_int_equal(raw_sql(f.path, "SELECT min(length(text)) FROM event"), (int64_t)size);
    fixture_close(&f);
}

static void rows_cannot_be_changed_or_deleted(void **state)
{
    (void)state;
    static const char *const table[] = { "vintage", "event", "name", "audit" };
    fixture f;
    fixture_open(&f);
    vg_event ev = make_event("1", 432, MAY_2024, 3);
    ev.actor_a = VG_S("Somebody");
    import_events(f.st, &(vg_vintage){ .version = VG_S("1") }, &ev, 1);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
    for (int i = 0; i < 4; i++) {
        char sql[100];
        snprintf(sql, sizeof sql, "DELETE FROM %s", table[i]);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_CONSTRAINT);
    }
    assert_int_equal(sqlite3_exec(db, "UPDATE event SET best = 0", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    sqlite3_close(db);
    fixture_close(&f);
}

static void a_first_failure_stops_everything_after_it(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_fail(&f.e, VG_EARG, VG_NOWHERE, "before");
    vg_import *im = NULL;
    assert_false(vg_import_begin(f.st, &(vg_vintage){ .source = VG_S("csv") }, &im, &f.e));
    assert_false(vg_audit_append(f.st, VG_S("x"), VG_S("y"), &f.e));
    assert_null(im);
    assert_string_equal(f.e.what, "before");
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_import_gives_its_counts_and_its_place),
        cmocka_unit_test(the_same_bytes_again_have_no_effect),
        cmocka_unit_test(the_same_bytes_under_another_month_rule_are_another_vintage),
        cmocka_unit_test(a_dropped_import_leaves_nothing),
        cmocka_unit_test(closing_the_store_drops_an_open_import),
        cmocka_unit_test(an_import_without_a_good_row_fails_and_leaves_nothing),
        cmocka_unit_test(rejects_come_back_as_csv_with_place_and_reason),
        cmocka_unit_test(rejects_of_a_vintage_that_does_not_exist_are_not_found),
        cmocka_unit_test(an_id_that_came_twice_is_left_out_or_refused),
        cmocka_unit_test(a_text_that_differs_makes_the_content_differ),
        cmocka_unit_test(two_values_for_one_unit_and_month_are_a_conflict),
        cmocka_unit_test(a_point_that_stands_for_a_country_has_no_cell),
        cmocka_unit_test(a_cell_that_the_source_gives_is_kept),
        cmocka_unit_test(an_event_comes_back_as_it_went_in),
        cmocka_unit_test(ids_keep_their_letters_whatever_they_look_like),
        cmocka_unit_test(a_long_source_comes_back_whole),
        cmocka_unit_test(events_come_deadliest_first_and_at_most_as_many_as_asked),
        cmocka_unit_test(an_event_that_ends_before_it_begins_is_refused),
        cmocka_unit_test(a_question_during_an_import_sees_what_was_committed_before),
        cmocka_unit_test(records_far_larger_than_a_batch_go_through),
        cmocka_unit_test(rows_cannot_be_changed_or_deleted),
        cmocka_unit_test(a_first_failure_stops_everything_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
