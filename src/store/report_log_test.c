/* The log of a watch: chained, found again, numbered, never changed. */
#include <time.h>

#include "prop.h"
#include "store/browse.h"
#include "store/report_log.h"
#include "store/test_int.h"

static void enter(vg_store *st, const char *id, const char *sha256)
{
    vg_err e = VG_NO_ERR;
    int64_t version;
    vg_agreement_record x = {
        .id = vg_str_z(id), .title = VG_S("Truce"), .text = VG_S("id = 1"), .sha256 = vg_str_z(sha256)
    };
    CHECK_OK(vg_agreement_enter(st, &x, &version, &e), &e);
}

static vg_report_log *open_log(vg_store *st, const char *id)
{
    vg_err e = VG_NO_ERR;
    vg_report_log *log = NULL;
    CHECK_OK(vg_report_log_open(st, vg_str_z(id), &log, &e), &e);
    CHECK_OK(vg_report_log_follow(log, NULL, NULL, &e), &e);
    return log;
}

static vg_report report(char id[24], int64_t number, int64_t from)
{
    vg_report r = vg_report_none();
    r.source = VG_S("patrol-1");
    r.id = (vg_str){ id, snprintf(id, 24, "%lld", (long long)number) };
    r.from = from, r.to = from + 600, r.received_at = from + 900;
    r.act = VG_ACT_MORTAR;
    return r;
}

static int64_t add(vg_report_log *log, const vg_report *r, int64_t at)
{
    vg_err e = VG_NO_ERR;
    int64_t seq = 0;
    CHECK_OK(vg_report_log_add(log, &(vg_log_add){ .kind = VG_LOG_REPORT, .at = at, .report = r }, &seq, &e),
             &e);
    return seq;
}

static void begin(vg_report_log *log)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_report_log_begin(log, &e) && vg_report_log_follow(log, NULL, NULL, &e), &e);
}

static void end(vg_report_log *log)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_report_log_end(log, true, &e), &e);
}

static void add_some(vg_store *st, const char *id, int n)
{
    vg_report_log *log = open_log(st, id);
    char room[24];
    begin(log);
    for (int i = 0; i < n; i++) {
        vg_report r = report(room, i, 1000000 + i * 60);
        add(log, &r, 2000000 + i);
    }
    end(log);
    vg_report_log_close(log);
}

static vg_log_report verify(vg_store *st, const char *id)
{
    vg_err e = VG_NO_ERR;
    vg_log_report r;
    CHECK_OK(vg_report_log_verify(st, vg_str_z(id), &r, &e), &e);
    return r;
}

/* --- agreements --- */

static void the_same_text_again_has_no_effect_and_another_one_is_a_new_version(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    enter(f.st, "truce", "aa"), enter(f.st, "truce", "aa"), enter(f.st, "truce", "bb");
    vg_agreement_record *list, x;
    int64_t n;
    CHECK_OK(vg_agreement_list(f.st, &f.a, &list, &n, &f.e), &f.e);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].version, 2);
    assert_int_equal(list[0].n_entries, 2);
    CHECK_OK(vg_agreement_load(f.st, VG_S("truce"), 1, &f.a, &x, &f.e), &f.e);
    CHECK_STR(x.sha256, "aa");
    CHECK_STR(x.text, "id = 1");
    CHECK_OK(vg_agreement_load(f.st, VG_S("truce"), 0, &f.a, &x, &f.e), &f.e);
    CHECK_STR(x.sha256, "bb");
    assert_false(vg_agreement_load(f.st, VG_S("none"), 0, &f.a, &x, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE action = 'ceasefire'"), 2);
    fixture_close(&f);
}

/* --- the chain --- */

static void a_chain_that_nobody_touched_verifies_and_two_watches_do_not_mix(void **state)
{
    (void)state;
    fixture f;
    char hex[65], first[65];
    int64_t seq, at;
    fixture_open(&f);
    enter(f.st, "east", "aa"), enter(f.st, "west", "aa");
    add_some(f.st, "east", 50), add_some(f.st, "west", 20), add_some(f.st, "east", 5);
    assert_int_equal(verify(f.st, "east").broken_at, 0);
    assert_int_equal(verify(f.st, "east").n, 56);
    assert_int_equal(verify(f.st, "west").n, 21);
    CHECK_OK(vg_report_log_last(f.st, VG_S("west"), &seq, hex, &at, &f.e), &f.e);
    assert_int_equal(seq, 21);
    assert_string_equal(hex, verify(f.st, "west").last_hash);
    CHECK_OK(vg_report_log_last(f.st, VG_S("east"), &seq, first, &at, &f.e), &f.e);
    assert_string_not_equal(hex, first);
    fixture_close(&f);
}

static int64_t broken_after(const char *sql)
{
    fixture f;
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    add_some(f.st, "truce", 50);
    raw_sql(f.path, "DROP TRIGGER report_log_no_update; DROP TRIGGER report_log_no_delete");
    raw_sql(f.path, sql);
    int64_t at = verify(f.st, "truce").broken_at;
    vg_report_log *log;
    CHECK_OK(vg_report_log_open(f.st, VG_S("truce"), &log, &f.e), &f.e);
    assert_false(vg_report_log_follow(log, NULL, NULL, &f.e)); /* nobody goes on with it either */
    assert_int_equal(f.e.code, VG_ECONFLICT);
    vg_report_log_close(log);
    fixture_close(&f);
    return at;
}

static void a_changed_byte_a_gap_a_swap_and_a_changed_time_show(void **state)
{
    (void)state;
    assert_int_equal(
        broken_after("UPDATE report_log SET body = (SELECT body FROM report_log WHERE id % 1099511627776 = 9)"
                     " WHERE id % 1099511627776 = 7"),
        7);
    assert_int_equal(broken_after("DELETE FROM report_log WHERE id % 1099511627776 = 12"), 12);
    assert_int_equal(broken_after("UPDATE report_log SET id = id + 1000 WHERE id % 1099511627776 = 20;"
                                  "UPDATE report_log SET id = id - 1 WHERE id % 1099511627776 = 21;"
                                  "UPDATE report_log SET id = id - 999 WHERE id % 1099511627776 = 1020"),
                     20);
    assert_int_equal(broken_after("UPDATE report_log SET at = at + 1 WHERE id % 1099511627776 = 30"), 30);
    assert_int_equal(broken_after("UPDATE report_log SET kind = 2 WHERE id % 1099511627776 = 31"), 31);
}

/* The chain of what is left holds: what rests on the entries that are gone shows that they were there. */
static int64_t broken_after_cut(const char *cut)
{
    fixture f;
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    add_some(f.st, "truce", 50);
    vg_report_log *log = open_log(f.st, "truce");
    begin(log);
    vg_outcome o = { .seq = 45, .at = 2000044, .kind = 1, .body = VG_S("{}") };
    vg_publication p = { .day = 12, .at = 2000047, .seq = 48 };
    CHECK_OK(vg_report_outcome_add(log, &o, NULL, &f.e), &f.e);
    CHECK_OK(vg_report_publication_add(log, &p, &f.e), &f.e);
    end(log);
    vg_report_log_close(log);
    raw_sql(f.path, "DROP TRIGGER report_log_no_delete; DROP TRIGGER report_publication_no_delete");
    raw_sql(f.path, cut);
    int64_t at = verify(f.st, "truce").broken_at;
    fixture_close(&f);
    return at;
}

static void an_end_that_was_cut_off_shows_by_what_rests_on_it(void **state)
{
    (void)state;
    assert_int_equal(broken_after_cut("DELETE FROM report_log WHERE id % 1099511627776 > 48"), 0);
    assert_int_equal(broken_after_cut("DELETE FROM report_log WHERE id % 1099511627776 > 47"), 48);
    assert_int_equal(broken_after_cut("DELETE FROM report_log WHERE id % 1099511627776 > 40;"
                                      "DELETE FROM report_publication"),
                     41);
}

static void rows_are_never_changed_or_deleted(void **state)
{
    (void)state;
    static const char *const table[] = { "watch",      "agreement",    "report_log",     "report_segment",
                                         "report_key", "report_hour",  "report_outcome", "report_publication",
                                         "receiver",   "receiver_stop" };
    fixture f;
    char sql[200];
    fixture_open(&f);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '%s'", table[i]);
        assert_int_equal(raw_sql(f.path, sql), 2);
    }
    fixture_close(&f);
}

static void the_clock_of_the_log_never_goes_back(void **state)
{
    (void)state;
    fixture f;
    char room[24], hex[65];
    int64_t at;
    fixture_open(&f);
    enter(f.st, "truce", "aa"); /* at VIGIE_NOW, the summer of 2025 */
    vg_report_log *log = open_log(f.st, "truce");
    begin(log);
    vg_report r = report(room, 1, 0);
    add(log, &r, 5);
    vg_report_log_head(log, hex, &at);
    assert_int_equal(at, 1748736000);
    add(log, &r, 1748736010);
    vg_report_log_head(log, hex, &at);
    assert_int_equal(at, 1748736010);
    end(log);
    vg_report_log_close(log);
    assert_int_equal(verify(f.st, "truce").broken_at, 0);
    fixture_close(&f);
}

static void two_handles_number_their_entries_in_turn(void **state)
{
    (void)state;
    fixture f;
    char room[24];
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_store *other = open_store(f.path, VG_STORE_WRITE);
    vg_report_log *a = open_log(f.st, "truce"), *b = open_log(other, "truce");
    for (int i = 0; i < 20; i++) {
        vg_report_log *log = i % 3 ? a : b;
        begin(log);
        vg_report r = report(room, i, i * 100);
        assert_int_equal(add(log, &r, 0), i + 2);
        end(log);
    }
    vg_report_log_close(a), vg_report_log_close(b);
    vg_store_close(other);
    assert_int_equal(verify(f.st, "truce").n, 21);
    fixture_close(&f);
}

static void what_is_taken_back_is_not_there(void **state)
{
    (void)state;
    fixture f;
    char room[24];
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    begin(log);
    vg_report r = report(room, 1, 0);
    add(log, &r, 0);
    assert_false(vg_report_log_end(log, false, &f.e));
    vg_report_log_close(log);
    assert_int_equal(verify(f.st, "truce").n, 1);
    fixture_close(&f);
}

/* --- finding --- */

enum { FIND_NAMES = 60000, FIND_ENTRIES = 270000 };

typedef struct {
    int64_t received_at, from, to, seq;
    uint64_t content;
} slow_version;

static bool count_reports(void *ctx, const vg_log_entry *x, vg_err *e)
{
    vg_report r;
    int64_t *sum = ctx;
    CHECK_OK(vg_report_unpack(x->body, &r, e), e);
    sum[0]++;
    sum[1] += x->seq;
    return true;
}

static void check_between(vg_report_log *log, const slow_version *v, vg_rng *g)
{
    vg_err e = VG_NO_ERR;
    for (int i = 0; i < 40; i++) {
        int64_t from = vg_rng_below(g, 30 * 86400), to = from + vg_rng_below(g, i % 4 ? 3600 : 86400),
                sum[2] = { 0 }, want[2] = { 0 };
        CHECK_OK(vg_report_log_between(log, from, to, false, count_reports, sum, &e), &e);
        for (int k = 0; k < FIND_NAMES; k++)
            if (v[k].seq && v[k].from <= to && v[k].to >= from)
                want[0]++, want[1] += v[k].seq;
        assert_int_equal(sum[0], want[0]);
        assert_int_equal(sum[1], want[1]);
    }
}

static void check_known(vg_report_log *log, const slow_version *v)
{
    vg_err e = VG_NO_ERR;
    char room[24];
    for (int k = 0; k < FIND_NAMES; k += 7) {
        vg_report r = report(room, k, 0);
        vg_log_version got;
        bool known = vg_report_log_known(log, vg_report_key(r.source, r.id), &got, &e);
        assert_int_equal(known, v[k].seq != 0);
        if (!known)
            continue;
        assert_int_equal(got.seq, v[k].seq);
        assert_int_equal(got.received_at, v[k].received_at);
        assert_true(got.content == v[k].content);
        int64_t seq;
        assert_true(vg_report_log_has(log, vg_report_key(r.source, r.id), got.content, &seq, &e));
    }
    assert_int_equal(e.code, VG_OK);
    assert_false(vg_report_log_known(log, 12345, &(vg_log_version){ 0 }, &e));
}

static void entries_are_found_by_name_and_by_time_in_memory_and_in_segments_alike(void **state)
{
    (void)state;
    fixture f;
    vg_rng g = vg_rng_at(5, 0);
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    slow_version *v = calloc(FIND_NAMES, sizeof *v);
    assert_non_null(v);
    char room[24];
    for (int i = 0; i < FIND_ENTRIES; i++) {
        int name = (int)vg_rng_below(&g, FIND_NAMES);
        vg_report r = report(room, name, vg_rng_below(&g, 30 * 86400));
        r.to = r.from + (i % 50 ? vg_rng_below(&g, 3600) : vg_rng_below(&g, 5 * 86400));
        r.received_at = 10000000 + i * 2 - (int64_t)vg_rng_below(&g, 100000);
        r.count = i;
        if (i % 1000 == 0)
            begin(log);
        slow_version now = { r.received_at, r.from, r.to, add(log, &r, 0), vg_report_content(&r) };
        if (i % 1000 == 999)
            end(log);
        if (!v[name].seq || now.received_at > v[name].received_at ||
            (now.received_at == v[name].received_at && now.content > v[name].content))
            v[name] = now;
    }
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM report_segment"), 2);
    check_known(log, v), check_between(log, v, &g);
    vg_report_log *again = open_log(f.st, "truce"); /* and the same by who reads it from the file */
    check_known(again, v), check_between(again, v, &g);
    vg_report_log_close(again);
    vg_report_log_close(log);
    free(v);
    fixture_close(&f);
}

static void the_newest_of_many_versions_is_found_in_a_segment(void **state)
{
    (void)state;
    enum { VERSIONS = 200, SEALED = 1 << 17 };
    fixture f;
    char room[24];
    int64_t last = 0;
    vg_log_version got = { .seq = 0 };
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    begin(log);
    for (int i = 0; i < SEALED; i++) {
        vg_report r = report(room, i < VERSIONS ? 0 : i, 1000000);
        r.received_at += i;
        r.count = i;
        int64_t seq = add(log, &r, 0);
        last = i < VERSIONS ? seq : last;
    }
    end(log);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM report_segment"), 1);
    vg_report newest = report(room, 0, 1000000);
    newest.count = VERSIONS - 1;
    uint64_t key = vg_report_key(newest.source, newest.id);
    assert_true(vg_report_log_known(log, key, &got, &f.e));
    assert_int_equal(got.seq, last);
    assert_true(vg_report_log_has(log, key, vg_report_content(&newest), &got.seq, &f.e));
    vg_report_log_close(log);
    fixture_close(&f);
}

static void a_report_that_another_one_revises_or_withdraws_is_not_in_force(void **state)
{
    (void)state;
    fixture f;
    char a[24], b[24], c[24];
    int64_t sum[2] = { 0 };
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    begin(log);
    vg_report first = report(a, 1, 1000), second = report(b, 2, 1000), third = report(c, 3, 1000);
    second.revises = first.id, second.received_at++;
    add(log, &first, 0);
    add(log, &second, 0);
    CHECK_OK(vg_report_log_between(log, 0, 5000, false, count_reports, sum, &f.e), &f.e);
    assert_int_equal(sum[0], 1);
    assert_int_equal(sum[1], 3);
    third.revises = second.id, third.withdraws = true;
    add(log, &third, 0); /* the second is withdrawn: it still names the first, which stays replaced */
    sum[0] = sum[1] = 0;
    CHECK_OK(vg_report_log_between(log, 0, 5000, false, count_reports, sum, &f.e), &f.e);
    assert_int_equal(sum[0], 0);
    CHECK_OK(vg_report_log_between(log, 0, 5000, true, count_reports, sum, &f.e), &f.e);
    assert_int_equal(sum[0], 3);
    end(log);
    vg_report_log_close(log);
    fixture_close(&f);
}

/* --- outcomes, publications, receivers --- */

typedef struct {
    int64_t n, sum;
} seen_entries;

static bool see_entry(void *ctx, const vg_log_entry *x, vg_err *e)
{
    seen_entries *s = ctx;
    (void)e;
    s->n++;
    s->sum += x->seq;
    return true;
}

static void the_history_of_a_name_is_its_versions_and_what_names_it(void **state)
{
    (void)state;
    fixture f;
    char room[4][24];
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    vg_report a = report(room[0], 1, 1000000), again = a, by = report(room[1], 2, 1000000);
    vg_report early = report(room[2], 3, 1000000), other = report(room[3], 4, 1000000);
    again.count = 7;
    by.revises = a.id;
    early.revises = VG_S("not told yet");
    begin(log);
    int64_t sum = add(log, &a, 2000000) + add(log, &again, 2000001) + add(log, &by, 2000002), named = 0;
    int64_t of_early = add(log, &early, 2000003);
    add(log, &other, 2000004);
    end(log);
    seen_entries s = { 0 };
    CHECK_OK(vg_report_log_history(log, vg_report_key(a.source, a.id), see_entry, &s, &f.e), &f.e);
    assert_int_equal(s.n, 3);
    assert_int_equal(s.sum, sum);
    assert_true(vg_report_log_named(log, vg_report_key(a.source, early.revises), &named, &f.e));
    assert_int_equal(named, of_early);
    assert_false(vg_report_log_named(log, vg_report_key(a.source, other.id), &named, &f.e));
    CHECK_OK(!vg_failed(&f.e), &f.e);
    vg_report_log_close(log);
    fixture_close(&f);
}

static void a_reader_of_outcomes_goes_on_where_it_stopped(void **state)
{
    (void)state;
    fixture f;
    vg_outcome *x;
    int64_t n, last;
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    for (int i = 0; i < 30; i++) {
        vg_outcome o = {
            .seq = i, .at = 7, .incident = UINT64_MAX - (uint64_t)i, .kind = 1, .body = VG_S("{}")
        };
        int64_t number;
        if (i % 10 == 0)
            begin(log);
        CHECK_OK(vg_report_outcome_add(log, &o, &number, &f.e), &f.e);
        assert_int_equal(number, i + 1);
        if (i % 10 == 9)
            end(log);
    }
    vg_report_log_close(log);
    CHECK_OK(vg_report_outcomes(f.st, VG_S("truce"), 12, 5, &f.a, &x, &n, &last, &f.e), &f.e);
    assert_int_equal(n, 5);
    assert_int_equal(last, 30);
    assert_int_equal(x[0].n, 13);
    assert_true(x[4].incident == UINT64_MAX - 16);
    CHECK_STR(x[0].body, "{}");
    CHECK_OK(vg_report_outcomes(f.st, VG_S("truce"), 30, 5, &f.a, &x, &n, NULL, &f.e), &f.e);
    assert_int_equal(n, 0);
    fixture_close(&f);
}

static void a_day_is_published_once(void **state)
{
    (void)state;
    fixture f;
    vg_publication *p;
    int64_t n;
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    vg_report_log *log = open_log(f.st, "truce");
    begin(log);
    CHECK_OK(vg_report_publication_add(log, &(vg_publication){ .day = 5, .at = 9, .seq = 1 }, &f.e), &f.e);
    CHECK_OK(vg_report_publication_add(log, &(vg_publication){ .day = 4, .at = 9, .seq = 1 }, &f.e), &f.e);
    assert_false(vg_report_publication_add(log, &(vg_publication){ .day = 5, .at = 10, .seq = 1 }, &f.e));
    assert_int_equal(f.e.code, VG_ECONFLICT);
    f.e = VG_NO_ERR;
    end(log);
    vg_report_log_close(log);
    CHECK_OK(vg_report_publications(f.st, VG_S("truce"), &f.a, &p, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    assert_int_equal(p[0].day, 4);
    fixture_close(&f);
}

static void a_receiver_has_a_place_of_its_own_and_its_secret_stands_in_no_log(void **state)
{
    (void)state;
    fixture f;
    vg_receiver *list,
        x = { .url = VG_S("https://user:pw@example.org/hook?token=hidden"), .secret = VG_S("s3cret") };
    int64_t id, other, n;
    fixture_open(&f);
    enter(f.st, "truce", "aa");
    CHECK_OK(vg_receiver_add(f.st, VG_S("truce"), &x, 12, &id, &f.e), &f.e);
    CHECK_OK(vg_receiver_add(f.st, VG_S("truce"), &x, 0, &other, &f.e), &f.e);
    vg_receiver note = {
        .id = id, .cursor = 20, .attempts = 2, .next_at = 99, .last_error = VG_S("refused")
    };
    CHECK_OK(vg_receiver_note(f.st, &note, &f.e), &f.e);
    CHECK_OK(vg_receiver_stop(f.st, other, &f.e), &f.e);
    assert_false(vg_receiver_stop(f.st, other, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    f.e = VG_NO_ERR;
    CHECK_OK(vg_receivers(f.st, VG_S("truce"), &f.a, &list, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].cursor, 20);
    CHECK_STR(list[0].last_error, "refused");
    assert_true(list[1].stopped && list[1].cursor == 0 && !list[0].stopped);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE detail LIKE '%s3cret%' OR detail LIKE"
                                     " '%hidden%' OR detail LIKE '%pw@%'"),
                     0);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE detail LIKE '%example.org/hook%'"), 2);
    fixture_close(&f);
}

/* --- bodies --- */

static void coverage_and_decisions_come_back_and_a_cut_one_does_not(void **state)
{
    (void)state;
    fixture f;
    vg_out o;
    vg_coverage c = { .source = VG_S("uav-2"),
                      .zone = VG_S("buffer"),
                      .from = 100,
                      .to = 900,
                      .received_at = 950,
                      .state = VG_COVER_JAMMED,
                      .by = VG_S("north"),
                      .note = VG_S("GPS") },
                d;
    vg_log_decision v = { .incident = UINT64_MAX,
                          .state = VG_VERIFY_VERIFIED,
                          .at = -5,
                          .reason = VG_S("seen") },
                    w;
    fixture_open(&f);
    CHECK_OK(vg_out_memory(&o, &f.e), &f.e);
    vg_coverage_pack(&o, &c);
    CHECK_OK(vg_coverage_unpack(vg_out_text(&o), &d, &f.e), &f.e);
    assert_true(vg_coverage_key(&c) == vg_coverage_key(&d) && d.received_at == 950 &&
                d.state == VG_COVER_JAMMED);
    CHECK_STR(d.note, "GPS");
    d.received_at = 0;
    assert_true(vg_coverage_key(&c) == vg_coverage_key(&d));
    d.to++;
    assert_true(vg_coverage_key(&c) != vg_coverage_key(&d));
    for (ptrdiff_t n = 0; n < o.n; n++)
        assert_false(vg_coverage_unpack(vg_sub(vg_out_text(&o), 0, n), &d, &(vg_err){ 0 }));
    o.n = 0;
    vg_log_decision_pack(&o, &v);
    CHECK_OK(vg_log_decision_unpack(vg_out_text(&o), &w, &f.e), &f.e);
    assert_true(w.incident == v.incident && w.at == -5 && w.state == VG_VERIFY_VERIFIED);
    CHECK_STR(w.reason, "seen");
    vg_out_drop(&o);
    c.to = c.from;
    assert_false(vg_coverage_check(&c, &f.e));
    assert_int_equal(f.e.code, VG_ECONFLICT);
    fixture_close(&f);
}

/* --- schema 4 --- */

static void make_older(const char *path)
{
    raw_sql(path, "DROP TABLE watch; DROP TABLE agreement; DROP TABLE report_log; DROP TABLE report_segment;"
                  "DROP TABLE report_key; DROP TABLE report_hour; DROP TABLE report_outcome;"
                  "DROP TABLE report_publication; DROP TABLE receiver; DROP TABLE receiver_stop;"
                  "DROP TABLE receiver_state; PRAGMA user_version = 4");
}

static void a_store_of_schema_4_is_read_as_it_is_and_upgraded_when_it_is_written(void **state)
{
    (void)state;
    fixture f;
    vg_agreement_record *list;
    int64_t n = -1;
    fixture_open(&f);
    vg_store_close(f.st);
    make_older(f.path);
    vg_store *reader = open_store(f.path, VG_STORE_READ);
    CHECK_OK(vg_agreement_list(reader, &f.a, &list, &n, &f.e), &f.e);
    assert_int_equal(n, 0);
    assert_int_equal(raw_sql(f.path, "PRAGMA user_version"), 4);
    f.st = open_store(f.path, VG_STORE_WRITE);
    assert_int_equal(raw_sql(f.path, "PRAGMA user_version"), 5);
    enter(f.st, "truce", "aa");
    CHECK_OK(vg_agreement_list(reader, &f.a, &list, &n, &f.e), &f.e); /* with its next question */
    assert_int_equal(n, 1);
    vg_store_close(reader);
    fixture_close(&f);
}

int main(void)
{
    setenv("VIGIE_SYNC", "off", 1); /* nothing here is about the power going */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_text_again_has_no_effect_and_another_one_is_a_new_version),
        cmocka_unit_test(a_chain_that_nobody_touched_verifies_and_two_watches_do_not_mix),
        cmocka_unit_test(a_changed_byte_a_gap_a_swap_and_a_changed_time_show),
        cmocka_unit_test(an_end_that_was_cut_off_shows_by_what_rests_on_it),
        cmocka_unit_test(rows_are_never_changed_or_deleted),
        cmocka_unit_test(the_clock_of_the_log_never_goes_back),
        cmocka_unit_test(two_handles_number_their_entries_in_turn),
        cmocka_unit_test(what_is_taken_back_is_not_there),
        cmocka_unit_test(entries_are_found_by_name_and_by_time_in_memory_and_in_segments_alike),
        cmocka_unit_test(the_newest_of_many_versions_is_found_in_a_segment),
        cmocka_unit_test(a_report_that_another_one_revises_or_withdraws_is_not_in_force),
        cmocka_unit_test(the_history_of_a_name_is_its_versions_and_what_names_it),
        cmocka_unit_test(a_reader_of_outcomes_goes_on_where_it_stopped),
        cmocka_unit_test(a_day_is_published_once),
        cmocka_unit_test(a_receiver_has_a_place_of_its_own_and_its_secret_stands_in_no_log),
        cmocka_unit_test(coverage_and_decisions_come_back_and_a_cut_one_does_not),
        cmocka_unit_test(a_store_of_schema_4_is_read_as_it_is_and_upgraded_when_it_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
