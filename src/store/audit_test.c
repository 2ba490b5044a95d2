#include "core/hash.h"
#include "store/store_int.h"
#include "store/test_int.h"

static vg_audit_report verify(fixture *f)
{
    vg_audit_report r = { .n = -1 };
    CHECK_OK(vg_audit_verify(f->st, &r, &f->e), &f->e);
    return r;
}

static void append(fixture *f, int n)
{
    for (int i = 0; i < n; i++)
        CHECK_OK(vg_audit_append(f->st, VG_S("note"), VG_S("something\nhappened"), &f->e), &f->e);
}

static void a_new_store_has_one_entry_and_holds(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_audit_report r = verify(&f);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.broken_at, 0);
    fixture_close(&f);
}

static void a_hash_is_that_of_the_manual(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_audit_entry *entry;
    int64_t n;
    CHECK_OK(vg_audit_entries(f.st, 10, &f.a, &entry, &n, &f.e), &f.e);
    assert_int_equal(n, 1);
    vg_sha256 h;
    char hex[65];
    vg_sha256_init(&h);
    vg_sha256_add(
        &h, vg_format(&f.a,
                      "0000000000000000000000000000000000000000000000000000000000000000\n1\n1748736000\n"
                      "tester\ncreate\n{\"schema\":%d}",
                      VG_STORE_SCHEMA));
    vg_sha256_hex(&h, hex);
    CHECK_STR(entry[0].hash, hex);
    fixture_close(&f);
}

/* The log is edited by someone who took the triggers away first. */
static int64_t broken_after(const char *sql)
{
    fixture f;
    fixture_open(&f);
    append(&f, 9);
    assert_int_equal(verify(&f).broken_at, 0);
    raw_sql(f.path, "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete");
    raw_sql(f.path, sql);
    int64_t broken_at = verify(&f).broken_at;
    fixture_close(&f);
    return broken_at;
}

static void verify_names_the_first_broken_entry(void **state)
{
    (void)state;
    assert_int_equal(broken_after("UPDATE audit SET detail = 'nothing happened' WHERE seq = 4"), 4);
    assert_int_equal(broken_after("UPDATE audit SET actor = 'someone' WHERE seq IN (3, 7)"), 3);
    assert_int_equal(broken_after("UPDATE audit SET at = at + 1 WHERE seq = 10"), 10);
    assert_int_equal(broken_after("UPDATE audit SET hash = upper(hash) WHERE seq = 1"), 1);
}

static void verify_names_a_missing_entry(void **state)
{
    (void)state;
    assert_int_equal(broken_after("DELETE FROM audit WHERE seq = 5"), 5);
    assert_int_equal(broken_after("DELETE FROM audit WHERE seq = 1"), 1);
    assert_int_equal(broken_after("DELETE FROM audit; "), 1);
    assert_int_equal(broken_after("DELETE FROM audit WHERE seq = 5;"
                                  "UPDATE audit SET seq = seq - 1 WHERE seq > 5"),
                     5);
}

static void a_field_cannot_be_moved_into_the_next_one(void **state)
{
    (void)state;
    assert_int_equal(
        broken_after("UPDATE audit SET action = 'note' || char(10) || 'something', detail = 'happened'"
                     " WHERE seq = 6"),
        6);
}

static void a_cut_end_shows_in_the_last_hash(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    append(&f, 3);
    vg_audit_report before = verify(&f);
    raw_sql(f.path, "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE seq = 4");
    vg_audit_report after = verify(&f);
    assert_int_equal(after.broken_at, 0);
    assert_int_equal(after.n, before.n - 1);
    assert_string_not_equal(after.last_hash, before.last_hash);
    fixture_close(&f);
}

static void entries_are_the_last_ones_oldest_first(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    append(&f, 5);
    vg_audit_entry *entry;
    int64_t n;
    CHECK_OK(vg_audit_entries(f.st, 2, &f.a, &entry, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    assert_int_equal(entry[0].seq, 5);
    assert_int_equal(entry[1].seq, 6);
    CHECK_STR(entry[1].detail, "something\nhappened");
    CHECK_STR(entry[1].actor, "tester");
    fixture_close(&f);
}

/* --- runs, results, decisions --- */

static vg_vintage one_event(fixture *f)
{
    vg_event ev = make_event("1", 432, 529, 3);
    return import_events(f->st, &(vg_vintage){ .version = VG_S("1") }, &ev, 1);
}

static void a_run_comes_back_with_its_vintages_and_results(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    int64_t vintage[] = { one_event(&f).id }, id = 0, last = 0, n = 0;
    vg_run run = { .verb = VG_S("forecast"),
                   .program_version = VG_S("0.1"),
                   .params = VG_S("{\"k\":1}"),
                   .seed = UINT64_MAX,
                   .vintage = vintage,
                   .n_vintages = 1,
                   .seconds = 1.5 },
           back;
    vg_result r[] = { { .kind = VG_S("forecast"),
                        .unit_kind = VG_UNIT_COUNTRY,
                        .unit = 625,
                        .month = 530,
                        .body = VG_S("{}") },
                      { .kind = VG_S("forecast"),
                        .unit_kind = VG_UNIT_COUNTRY,
                        .unit = 432,
                        .month = 531,
                        .body = VG_S("[2]") },
                      { .kind = VG_S("forecast"),
                        .unit_kind = VG_UNIT_COUNTRY,
                        .unit = 432,
                        .month = 530,
                        .body = VG_S("[1]") } },
              *found;
    CHECK_OK(vg_store_run(f.st, &run, r, 3, &id, &f.e), &f.e);
    CHECK_OK(vg_store_last_run(f.st, VG_S("forecast"), &last, &f.e), &f.e);
    assert_int_equal(last, id);
    CHECK_OK(vg_store_get_run(f.st, id, &f.a, &back, &f.e), &f.e);
    assert_true(back.seed == UINT64_MAX && back.n_vintages == 1 && back.vintage[0] == 1);
    CHECK_STR(back.params, "{\"k\":1}");
    CHECK_OK(vg_store_results(f.st, id, VG_S("forecast"), 432, &f.a, &found, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    CHECK_STR(found[0].body, "[1]");
    CHECK_STR(found[1].body, "[2]");
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE action = 'run'"), 1);
    fixture_close(&f);
}

static void a_run_that_names_an_unknown_vintage_is_not_stored(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    int64_t vintage[] = { 99 }, id = 0;
    vg_run run = { .verb = VG_S("forecast"), .vintage = vintage, .n_vintages = 1 };
    assert_false(vg_store_run(f.st, &run, NULL, 0, &id, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM run"), 0);
    fixture_close(&f);
}

static void two_results_for_one_place_are_a_conflict_and_nothing_is_stored(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_run run = { .verb = VG_S("forecast") };
    vg_result r[] = { { .kind = VG_S("forecast"), .unit = 432, .month = 530 },
                      { .kind = VG_S("forecast"), .unit = 432, .month = 530 } };
    int64_t id = 0;
    assert_false(vg_store_run(f.st, &run, r, 2, &id, &f.e));
    assert_int_equal(f.e.code, VG_ECONFLICT);
    assert_int_equal(raw_sql(f.path, "SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM result)"), 0);
    f.e = VG_NO_ERR;
    assert_int_equal(verify(&f).n, 1);
    fixture_close(&f);
}

static void a_run_that_does_not_exist_is_not_found(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_run run;
    int64_t id = -1;
    CHECK_OK(vg_store_last_run(f.st, VG_S("forecast"), &id, &f.e), &f.e);
    assert_int_equal(id, 0);
    assert_false(vg_store_get_run(f.st, 1, &f.a, &run, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    fixture_close(&f);
}

static void decide(fixture *f, const char *subject, const char *verdict)
{
    vg_decision d = { .subject = vg_str_z(subject), .who = VG_S("analyst"), .verdict = vg_str_z(verdict) };
    CHECK_OK(vg_store_decide(f->st, &d, &f->e), &f->e);
}

static void the_newest_decision_on_a_subject_stands(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    decide(&f, "alert:MLI", "yes");
    decide(&f, "alert:SDN", "yes");
    decide(&f, "result:1", "yes");
    decide(&f, "alert:MLI", "no");
    vg_decision *d;
    int64_t n;
    CHECK_OK(vg_store_decisions(f.st, VG_S("alert:"), &f.a, &d, &n, &f.e), &f.e);
    assert_int_equal(n, 2);
    CHECK_STR(d[0].subject, "alert:SDN");
    CHECK_STR(d[1].subject, "alert:MLI");
    CHECK_STR(d[1].verdict, "no");
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM audit WHERE action = 'decision'"), 4);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_store_has_one_entry_and_holds),
        cmocka_unit_test(a_hash_is_that_of_the_manual),
        cmocka_unit_test(verify_names_the_first_broken_entry),
        cmocka_unit_test(verify_names_a_missing_entry),
        cmocka_unit_test(a_field_cannot_be_moved_into_the_next_one),
        cmocka_unit_test(a_cut_end_shows_in_the_last_hash),
        cmocka_unit_test(entries_are_the_last_ones_oldest_first),
        cmocka_unit_test(a_run_comes_back_with_its_vintages_and_results),
        cmocka_unit_test(a_run_that_names_an_unknown_vintage_is_not_stored),
        cmocka_unit_test(two_results_for_one_place_are_a_conflict_and_nothing_is_stored),
        cmocka_unit_test(a_run_that_does_not_exist_is_not_found),
        cmocka_unit_test(the_newest_decision_on_a_subject_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
