/* The desk: what is taken is there, once, for everybody, and leads to the same state however it is read. */
#include <time.h>

#include "ceasefire/desk_test_int.h"

static void what_was_taken_is_there_after_opening_again_and_leads_to_the_same_state(void **state)
{
    (void)state;
    desk_fixture f;
    char first[65], second[65];
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    take_numbered(d, 0, 3000, 100);
    fingerprint_of(d, first);
    assert_true(vg_watch_count(vg_desk_watch(d)).n_incidents > 100);
    vg_desk_close(d);
    d = open_desk(f.path);
    fingerprint_of(d, second);
    assert_string_equal(first, second);
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_reports, 3000);
    vg_desk_close(d);
    desk_end(&f);
}

static void the_same_report_again_has_no_effect_and_gets_the_number_it_had(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24];
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    vg_desk_entry first = take_one(d, numbered_report(room, 5));
    assert_int_equal(first.verdict, VG_VERDICT_NEW);
    assert_int_equal(first.seq, 2); /* 1 is the agreement's */
    vg_desk_entry again = take_one(d, numbered_report(room, 5));
    assert_int_equal(again.verdict, VG_VERDICT_SAME);
    assert_int_equal(again.seq, 2);
    vg_report other = numbered_report(room, 5);
    other.count++, other.received_at++;
    assert_int_equal(take_one(d, other).verdict, VG_VERDICT_REVISION);
    vg_desk_close(d);
    desk_end(&f);
}

static void a_report_that_none_may_be_is_kept_once_with_its_reason(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24];
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    vg_report r = numbered_report(room, 1);
    r.count = -3;
    vg_desk_entry x = take_one(d, r);
    assert_int_equal(x.verdict, VG_VERDICT_QUARANTINED);
    assert_non_null(strstr(x.why.what, "-3"));
    assert_true(x.seq > 0);
    vg_desk_close(d);
    d = open_desk(f.path);
    vg_desk_entry again = take_one(d, r);
    assert_int_equal(again.verdict, VG_VERDICT_SAME);
    assert_int_equal(again.seq, x.seq);
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_incidents, 0);
    vg_desk_close(d);
    desk_end(&f);
}

static void two_desks_on_one_watch_see_what_the_other_took(void **state)
{
    (void)state;
    desk_fixture f;
    char first[65], second[65];
    bool changed = false;
    vg_err e = VG_NO_ERR;
    desk_begin(&f);
    vg_desk *a = open_desk(f.path), *b = open_desk(f.path);
    for (int i = 0; i < 10; i++) {
        take_numbered(i % 2 ? a : b, i * 50, i * 50 + 60, 20); /* they overlap: the same from both */
    }
    CHECK_OK(vg_desk_catch_up(a, &changed, &e), &e);
    CHECK_OK(vg_desk_catch_up(b, &changed, &e), &e);
    fingerprint_of(a, first), fingerprint_of(b, second);
    assert_string_equal(first, second);
    assert_int_equal(vg_watch_count(vg_desk_watch(a)).n_reports, 510);
    CHECK_OK(vg_desk_catch_up(a, &changed, &e), &e);
    assert_false(changed);
    vg_desk_close(a), vg_desk_close(b);
    desk_end(&f);
}

/* --- how much a source may send --- */

static int send_chatty(vg_desk *d, int64_t first, int n)
{
    char room[24];
    int taken = 0;
    for (int i = 0; i < n; i++) {
        vg_report r = numbered_report(room, first + i);
        r.source = VG_S("chatty");
        vg_desk_entry x = take_one(d, r);
        assert_int_equal(x.over_rate, x.seq == 0);
        taken += !x.over_rate;
    }
    return taken;
}

static void a_source_over_its_rate_is_held_back_and_the_others_are_not(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24];
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    assert_int_equal(send_chatty(d, 0, 8), 5);
    assert_false(take_one(d, numbered_report(room, 7)).over_rate);
    assert_int_equal(vg_desk_over_rate(d), 3);
    desk_now(DESK_START + 24); /* two a minute's fifth */
    assert_int_equal(send_chatty(d, 100, 4), 2);
    desk_now(DESK_START - 5000); /* the clock jumps back: nothing is given, nothing is lost */
    assert_int_equal(send_chatty(d, 200, 2), 0);
    desk_now(DESK_START - 5000 + 12);
    assert_int_equal(send_chatty(d, 300, 2), 1);
    vg_desk_limit(d, -1);
    assert_int_equal(send_chatty(d, 400, 20), 20);
    vg_desk_close(d);
    desk_end(&f);
}

/* --- decisions --- */

static bool first_incident(void *ctx, const vg_incident *x)
{
    *(vg_incident *)ctx = *x;
    return false;
}

static vg_incident any_incident(vg_desk *d)
{
    vg_err e = VG_NO_ERR;
    vg_incident x = { .id = 0 };
    CHECK_OK(vg_watch_each(vg_desk_watch(d), INT64_MIN / 2, INT64_MAX / 2, first_incident, &x, &e), &e);
    assert_true(x.id != 0);
    return x;
}

static void a_persons_decision_stays_and_one_on_nothing_is_refused(void **state)
{
    (void)state;
    desk_fixture f;
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_audit_report audit;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    take_numbered(d, 0, 60, 60);
    vg_incident x = any_incident(d);
    vg_desk_entry v[2] = { { .kind = VG_DESK_DECISION,
                             .incident = x.id,
                             .verification = VG_VERIFY_VERIFIED,
                             .actor = VG_S("anna"),
                             .reason = VG_S("two patrols") },
                           { .kind = VG_DESK_DECISION, .incident = 42, .actor = VG_S("anna") } };
    CHECK_OK(vg_desk_take(d, v, 2, &e), &e);
    assert_true(v[0].seq > 0);
    assert_int_equal(v[1].seq, 0);
    assert_int_equal(v[1].why.code, VG_ENOTFOUND);
    vg_desk_close(d);
    d = open_desk(f.path);
    CHECK_OK(vg_watch_incident(vg_desk_watch(d), x.id, &x, &e), &e);
    assert_int_equal(x.verification, VG_VERIFY_VERIFIED);
    vg_desk_close(d);
    CHECK_OK(vg_store_open(f.path, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_audit_verify(st, &audit, &e), &e);
    assert_int_equal(audit.n, 3); /* made, entered, decided */
    vg_store_close(st);
    desk_end(&f);
}

/* --- coverage --- */

static void coverage_is_taken_once_and_one_that_none_may_be_is_kept_apart(void **state)
{
    (void)state;
    desk_fixture f;
    vg_err e = VG_NO_ERR;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    vg_desk_entry x[3] = { { .kind = VG_DESK_COVERAGE } };
    x[0].coverage = (vg_coverage){ .source = VG_S("uav-2"),
                                   .zone = VG_S("buffer"),
                                   .from = DESK_START,
                                   .to = DESK_START + 600,
                                   .received_at = DESK_START + 700,
                                   .state = VG_COVER_WATCHING };
    x[1] = x[2] = x[0];
    x[2].coverage.to = x[2].coverage.from;
    CHECK_OK(vg_desk_take(d, x, 3, &e), &e);
    assert_int_equal(x[0].verdict, VG_VERDICT_NEW);
    assert_int_equal(x[1].verdict, VG_VERDICT_SAME);
    assert_int_equal(x[1].seq, x[0].seq);
    assert_int_equal(x[2].verdict, VG_VERDICT_QUARANTINED);
    assert_true(x[2].seq > x[0].seq && x[2].why.code == VG_ECONFLICT);
    vg_desk_close(d);
    d = open_desk(f.path);
    CHECK_OK(vg_desk_take(d, x, 3, &e), &e);
    for (int i = 0; i < 3; i++)
        assert_int_equal(x[i].verdict, VG_VERDICT_SAME);
    vg_desk_close(d);
    desk_end(&f);
}

/* --- outcomes and publications --- */

static int64_t count_outcomes(const char *path, int kind, const char *holds)
{
    vg_err e = VG_NO_ERR;
    vg_store *st = NULL;
    vg_arena a;
    vg_outcome *x;
    int64_t n, sum = 0;
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e) && vg_store_open(path, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_report_outcomes(st, VG_S("truce"), 0, 100000, &a, &x, &n, NULL, &e), &e);
    for (int64_t i = 0; i < n; i++)
        sum += x[i].kind == kind && vg_find(x[i].body, vg_str_z(holds)) >= 0;
    vg_store_close(st);
    vg_arena_free(&a);
    return sum;
}

static vg_report plain_report(char room[24], int64_t number, double lat, int64_t from)
{
    vg_report r = numbered_report(room, number);
    r.lat_deg = lat, r.lon_deg = 30.5, r.from = from, r.to = from + 60, r.received_at = from + 600;
    return r;
}

static void an_incident_is_told_when_it_is_new_or_different_and_not_for_each_report_of_it(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24];
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    take_one(d, plain_report(room, 0, 10.0, DESK_START));
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_INCIDENT, "\"change\":\"new\""), 1);
    vg_report far = plain_report(room, 6, 40.0, DESK_START); /* breaks nothing */
    take_one(d, far);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_INCIDENT, "{\"type\":\"Feature\",\"change\":"), 1);
    vg_report gone = plain_report(room, 0, 10.0, DESK_START);
    gone.withdraws = true, gone.received_at++;
    take_one(d, gone);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_INCIDENT, "\"change\":\"gone\""), 1);
    vg_desk_close(d);
    desk_end(&f);
}

static void an_alert_is_told_as_soon_as_it_is_asked_for_and_once(void **state)
{
    static const char threshold[] =
        "[[threshold]]\nid = \"two\"\nscope = \"zone\"\nwithin_hours = 24\nleast_count = 2\n";
    (void)state;
    desk_fixture f;
    char text[sizeof DESK_AGREEMENT + sizeof threshold], room[24];
    vg_err e = VG_NO_ERR;
    desk_begin(&f);
    snprintf(text, sizeof text, "%s%s", DESK_AGREEMENT, threshold);
    enter_agreement(f.path, text);
    vg_desk *d = open_desk(f.path);
    take_one(d, plain_report(room, 0, 10.0, DESK_START - 9000));
    CHECK_OK(vg_desk_tick(d, DESK_START, &e), &e);
    take_one(d, plain_report(room, 60, 10.1, DESK_START - 9000));
    CHECK_OK(vg_desk_tick(d, DESK_START + 5, &e), &e); /* not yet a minute */
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_ALERT, "\"threshold\":\"two\""), 0);
    CHECK_OK(vg_desk_test(d, DESK_START + 5, &e), &e);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_ALERT, "\"threshold\":\"two\""), 1);
    take_one(d, plain_report(room, 90, 10.1, DESK_START - 9000));
    CHECK_OK(vg_desk_test(d, DESK_START + 6, &e), &e);
    CHECK_OK(vg_desk_tick(d, DESK_START + 120, &e), &e);
    vg_desk_close(d);
    d = open_desk(f.path); /* another one knows that it was told */
    CHECK_OK(vg_desk_test(d, DESK_START + 130, &e), &e);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_ALERT, "\"threshold\":\"two\""), 1);
    vg_desk_close(d);
    desk_end(&f);
}

enum { DAY_S = 86400 };

static int64_t alerts_of_two(const desk_fixture *f)
{
    return count_outcomes(f->path, VG_OUTCOME_ALERT, "\"threshold\":\"two\"");
}

/* A desk on the agreement of the test with one threshold more. */
static vg_desk *begin_with(desk_fixture *f, const char *threshold)
{
    char text[sizeof DESK_AGREEMENT + 200];
    desk_begin(f);
    snprintf(text, sizeof text, "%s%s", DESK_AGREEMENT, threshold);
    enter_agreement(f->path, text);
    return open_desk(f->path);
}

static void an_alert_that_could_not_be_told_while_another_wrote_is_told_afterwards(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24];
    vg_err e = VG_NO_ERR, busy = VG_NO_ERR;
    vg_store *other;
    vg_report_log *log;
    setenv("VIGIE_BUSY_MS", "20", 1);
    vg_desk *d =
        begin_with(&f, "[[threshold]]\nid = \"two\"\nscope = \"zone\"\nwithin_hours = 24\nleast_count = 1\n");
    take_one(d, plain_report(room, 0, 10.0, DESK_START - 9000));
    CHECK_OK(vg_store_open(f.path, VG_STORE_WRITE, &other, &e), &e);
    CHECK_OK(vg_report_log_open(other, VG_S("truce"), &log, &e), &e);
    CHECK_OK(vg_report_log_begin(log, &e), &e);
    assert_false(vg_desk_test(d, DESK_START, &busy));
    assert_int_equal(busy.code, VG_EBUSY);
    vg_report_log_end(log, false, &e);
    vg_report_log_close(log);
    vg_store_close(other);
    unsetenv("VIGIE_BUSY_MS");
    assert_int_equal(alerts_of_two(&f), 0);
    CHECK_OK(vg_desk_test(d, DESK_START + 1, &e), &e); /* nothing has come since */
    assert_int_equal(alerts_of_two(&f), 1);
    vg_desk_close(d);
    desk_end(&f);
}

static void a_threshold_over_two_months_counts_what_is_two_months_old(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24];
    vg_err e = VG_NO_ERR;
    vg_desk *d =
        begin_with(&f, "[[threshold]]\nid = \"two\"\nscope = \"zone\"\nwithin_days = 60\nleast_count = 2\n");
    take_one(d, plain_report(room, 0, 10.0, DESK_START));
    take_one(d, plain_report(room, 30, 10.1, DESK_START + (int64_t)55 * DAY_S));
    CHECK_OK(vg_desk_test(d, DESK_START + (int64_t)55 * DAY_S + 3600, &e), &e);
    assert_int_equal(alerts_of_two(&f), 1);
    vg_desk_close(d);
    desk_end(&f);
}

/* --- what was put away --- */

static vg_report on_day(char room[24], int64_t number, int64_t day)
{
    vg_report r = plain_report(room, number, 9.8 + (double)(number % 50) / 100, DESK_START + day * DAY_S);
    return r;
}

/* Incidents of all days, by the figures; and their rows as bytes, to be compared. */
static int64_t incidents_by_figures(vg_desk *d, vg_figure_row *copy, int64_t most, int64_t *n)
{
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_figure_row *row;
    int64_t sum = 0;
    CHECK_OK(vg_arena_init(&a, 1 << 26, &e), &e);
    CHECK_OK(vg_figures_rows(vg_desk_figures(d), INT32_MIN, INT32_MAX, &a, &row, n, &e), &e);
    assert_true(*n <= most);
    for (int64_t i = 0; i < *n; i++) {
        sum += row[i].key.clause == VG_AGREEMENT_NOBODY ? row[i].figure.n_incidents : 0;
        copy[i] = row[i];
    }
    vg_arena_free(&a);
    return sum;
}

static void check_like_a_fresh_reading(vg_desk *d, const char *path)
{
    vg_figure_row here[200], fresh[200];
    int64_t n, m;
    vg_desk *other = open_desk(path);
    memset(here, 0, sizeof here);
    memset(fresh, 0, sizeof fresh);
    assert_int_equal(incidents_by_figures(d, here, 200, &n), incidents_by_figures(other, fresh, 200, &m));
    assert_int_equal(n, m);
    for (int64_t i = 0; i < n; i++) {
        assert_int_equal(vg_figure_key_compare(&here[i].key, &fresh[i].key), 0);
        assert_memory_equal(&here[i].figure, &fresh[i].figure, sizeof here[i].figure);
    }
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_incidents,
                     vg_watch_count(vg_desk_watch(other)).n_incidents);
    vg_desk_close(other);
}

static void a_report_sent_again_long_after_it_was_put_away_has_no_effect(void **state)
{
    (void)state;
    desk_fixture f;
    char room[4][24];
    vg_figure_row rows[200];
    int64_t n;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    vg_desk_entry first = take_one(d, on_day(room[0], 0, 0));
    take_one(d, on_day(room[1], 1, 100));
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_in_memory, 1); /* the first one is put away */
    vg_desk_entry again = take_one(d, on_day(room[0], 0, 0));
    assert_int_equal(again.verdict, VG_VERDICT_SAME);
    assert_int_equal(again.seq, first.seq);
    assert_int_equal(incidents_by_figures(d, rows, 200, &n), 2);
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_incidents, 2);
    check_like_a_fresh_reading(d, f.path);
    vg_desk_close(d);
    desk_end(&f);
}

static void a_report_that_was_put_away_is_revised_withdrawn_and_told_anew(void **state)
{
    (void)state;
    desk_fixture f;
    char room[8][24];
    vg_figure_row rows[200];
    int64_t n;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    vg_report a = on_day(room[0], 0, 0), b = a, gone = a, anew = a, other = on_day(room[5], 30, 0);
    take_one(d, a);
    take_one(d, on_day(room[1], 1, 100));
    b.lat_deg += 0.05, b.received_at = DESK_START + 100 * DAY_S;
    assert_int_equal(take_one(d, b).verdict, VG_VERDICT_REVISION);
    assert_int_equal(incidents_by_figures(d, rows, 200, &n), 2);
    take_one(d, on_day(room[2], 2, 200));
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_in_memory, 1); /* with both of its versions */
    assert_int_equal(take_one(d, a).verdict, VG_VERDICT_SAME);
    gone.withdraws = true, gone.received_at = DESK_START + 200 * DAY_S;
    assert_int_equal(take_one(d, gone).verdict, VG_VERDICT_WITHDRAWAL);
    assert_int_equal(incidents_by_figures(d, rows, 200, &n), 2);
    take_one(d, on_day(room[3], 3, 300));
    anew.lat_deg += 0.1, anew.received_at = DESK_START + 150 * DAY_S; /* before it was withdrawn */
    assert_int_equal(take_one(d, anew).verdict, VG_VERDICT_SUPERSEDED);
    anew.lat_deg += 0.1, anew.received_at = DESK_START + 300 * DAY_S;
    assert_int_equal(take_one(d, anew).verdict, VG_VERDICT_REVISION);
    assert_int_equal(incidents_by_figures(d, rows, 200, &n), 4);
    take_one(d, on_day(room[4], 4, 400));
    other.source = a.source, other.revises = a.id, other.received_at = DESK_START + 400 * DAY_S;
    take_one(d, other); /* takes the place of the first one */
    assert_int_equal(incidents_by_figures(d, rows, 200, &n), 5);
    check_like_a_fresh_reading(d, f.path);
    vg_desk_close(d);
    desk_end(&f);
}

static int64_t open_corrections(vg_desk *d)
{
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_correction *c;
    int64_t n;
    CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
    CHECK_OK(vg_figures_corrections(vg_desk_figures(d), false, &a, &c, &n, &e), &e);
    vg_arena_free(&a);
    return n;
}

static void a_late_report_corrects_a_published_day_and_the_correction_is_told_once(void **state)
{
    (void)state;
    desk_fixture f;
    char room[24], first[65], second[65];
    vg_err e = VG_NO_ERR;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    take_one(d, plain_report(room, 0, 10.0, DESK_START - 9000));
    CHECK_OK(vg_desk_tick(d, DESK_START, &e), &e); /* 17:46: not yet */
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_PUBLICATION, ""), 0);
    CHECK_OK(vg_desk_tick(d, DESK_START + 3600, &e), &e);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_PUBLICATION, "\"day\":\"2030-03-17\""), 1);
    take_one(d, plain_report(room, 30, 10.1, DESK_START - 7000));
    int64_t n = open_corrections(d);
    assert_true(n > 0);
    vg_desk_close(d);
    d = open_desk(f.path); /* the same who reads it from the log */
    assert_int_equal(open_corrections(d), n);
    CHECK_OK(vg_desk_tick(d, DESK_START + 3600 + 86400, &e), &e);
    assert_int_equal(open_corrections(d), 0);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_CORRECTION, "\"day\":\"2030-03-17\""), n);
    fingerprint_of(d, first);
    vg_desk_close(d);
    d = open_desk(f.path);
    assert_int_equal(open_corrections(d), 0);
    CHECK_OK(vg_desk_tick(d, DESK_START + 3600 + 86400, &e), &e);
    assert_int_equal(count_outcomes(f.path, VG_OUTCOME_PUBLICATION, ""), 2);
    fingerprint_of(d, second);
    assert_string_equal(first, second);
    vg_desk_close(d);
    desk_end(&f);
}

/* --- agreements --- */

static void a_new_text_of_the_agreement_holds_for_a_desk_that_is_open(void **state)
{
    (void)state;
    desk_fixture f;
    char text[sizeof DESK_AGREEMENT], room[24];
    vg_err e = VG_NO_ERR;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    take_one(d, plain_report(room, 0, 10.0, DESK_START));
    memcpy(text, DESK_AGREEMENT, sizeof text);
    memcpy(strstr(text, "severity = 3"), "severity = 5", 12);
    enter_agreement(f.path, text);
    take_one(d, plain_report(room, 30, 10.1, DESK_START));
    assert_int_equal(vg_desk_agreement(d)->clause[0].severity, 5);
    assert_int_equal(any_incident(d).severity, 5);
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_reports, 2);
    enter_agreement(f.path, DESK_AGREEMENT);
    bool changed = false;
    CHECK_OK(vg_desk_catch_up(d, &changed, &e), &e);
    assert_true(changed);
    assert_int_equal(vg_desk_agreement(d)->clause[0].severity, 3);
    vg_desk_close(d);
    desk_end(&f);
}

static void a_desk_on_an_agreement_that_was_not_entered_is_refused(void **state)
{
    (void)state;
    desk_fixture f;
    vg_desk *d = NULL;
    desk_begin(&f);
    assert_false(vg_desk_open(f.path, VG_S("other"), &d, &f.e));
    assert_null(d);
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    desk_end(&f);
}

/* Time is measured, not judged. */
static void taking_reports_in_batches_of_a_hundred_is_told(void **state)
{
    (void)state;
    enum { N = 30000 };
    desk_fixture f;
    struct timespec a, b;
    desk_begin(&f);
    vg_desk *d = open_desk(f.path);
    vg_desk_limit(d, -1);
    clock_gettime(CLOCK_MONOTONIC, &a);
    take_numbered(d, 0, N, 100);
    clock_gettime(CLOCK_MONOTONIC, &b);
    double s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    print_message("%d reports in batches of 100 without fsync: %.0f a second\n", N, N / s);
    assert_int_equal(vg_watch_count(vg_desk_watch(d)).n_reports, N);
    vg_desk_close(d);
    desk_end(&f);
}

int main(void)
{
    setenv("VIGIE_SYNC", "off", 1); /* desk_crash_test.c is about the power going */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_taken_is_there_after_opening_again_and_leads_to_the_same_state),
        cmocka_unit_test(the_same_report_again_has_no_effect_and_gets_the_number_it_had),
        cmocka_unit_test(a_report_that_none_may_be_is_kept_once_with_its_reason),
        cmocka_unit_test(two_desks_on_one_watch_see_what_the_other_took),
        cmocka_unit_test(a_source_over_its_rate_is_held_back_and_the_others_are_not),
        cmocka_unit_test(a_persons_decision_stays_and_one_on_nothing_is_refused),
        cmocka_unit_test(coverage_is_taken_once_and_one_that_none_may_be_is_kept_apart),
        cmocka_unit_test(an_incident_is_told_when_it_is_new_or_different_and_not_for_each_report_of_it),
        cmocka_unit_test(an_alert_is_told_as_soon_as_it_is_asked_for_and_once),
        cmocka_unit_test(an_alert_that_could_not_be_told_while_another_wrote_is_told_afterwards),
        cmocka_unit_test(a_threshold_over_two_months_counts_what_is_two_months_old),
        cmocka_unit_test(a_report_sent_again_long_after_it_was_put_away_has_no_effect),
        cmocka_unit_test(a_report_that_was_put_away_is_revised_withdrawn_and_told_anew),
        cmocka_unit_test(a_late_report_corrects_a_published_day_and_the_correction_is_told_once),
        cmocka_unit_test(a_new_text_of_the_agreement_holds_for_a_desk_that_is_open),
        cmocka_unit_test(a_desk_on_an_agreement_that_was_not_entered_is_refused),
        cmocka_unit_test(taking_reports_in_batches_of_a_hundred_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
