/* What two releases say about one event stands side by side, and only the one that panels count is marked so. */
#include "store/browse.h"

#include "test.h"

static vg_store *st;
static vg_arena arena;

enum { JANUARY = 529 }; /* 2024 */

static void import(const char *source, const char *version, const char *id, int64_t best, int32_t last_month)
{
    vg_err e = VG_NO_ERR;
    vg_import *im;
    vg_vintage about = { .source = vg_str_z(source),
                         .version = vg_str_z(version),
                         .first_month = JANUARY,
                         .last_month = last_month },
               done;
    vg_event ev = { .external_id = vg_str_z(id),
                    .day_from = 19723,
                    .day_to = 19723,
                    .type = VG_TYPE_STATE,
                    .gwcode = 433,
                    .low = VG_UNKNOWN,
                    .best = best,
                    .high = VG_UNKNOWN,
                    .civilians = VG_UNKNOWN },
             other = ev;
    other.external_id = VG_S("another");
    other.best = 1;
    CHECK_OK(vg_import_begin(st, &about, &im, &e), &e);
    vg_sink *sink = vg_import_sink(im);
    CHECK_OK(sink->event(sink->ctx, &other, VG_NOWHERE, &e), &e);
    CHECK_OK(sink->event(sink->ctx, &ev, VG_NOWHERE, &e), &e);
    CHECK_OK(vg_import_end(im, &about, &done, &e), &e);
}

static int open_store(void **state)
{
    vg_err e = VG_NO_ERR;
    (void)state;
    CHECK_OK(vg_arena_init(&arena, 64 << 20, &e), &e);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    import("ucdp-ged", "25.1", "416432", 12, JANUARY + 11); /* rows 1 and 2 */
    import("ucdp-ged", "24.0.1", "416432", 7, JANUARY);     /* 3 and 4 */
    import("ucdp-ged", "24.0.2", "Mali-1", 3, JANUARY);     /* 5 and 6 */
    import("acled", "", "416432", 99, JANUARY);             /* 7 and 8 */
    return 0;
}

static int close_store(void **state)
{
    (void)state;
    vg_store_close(st);
    vg_arena_free(&arena);
    return 0;
}

static void versions_come_newest_release_first(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_version *v;
    int64_t n;
    (void)state;
    CHECK_OK(vg_store_event_versions(st, 4, &arena, &v, &n, &e), &e);
    assert_int_equal(n, 2);
    CHECK_STR(v[0].vintage.version, "25.1");
    assert_int_equal(v[0].id, 2);
    assert_int_equal(v[0].event.best, 12);
    assert_int_equal(v[1].id, 4);
    assert_int_equal(v[1].event.best, 7);
}

static void only_the_version_that_panels_count_is_marked(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_version *v;
    int64_t n;
    (void)state;
    CHECK_OK(vg_store_event_versions(st, 2, &arena, &v, &n, &e), &e);
    assert_true(v[0].counted);
    assert_false(v[1].counted);
}

static void an_id_of_letters_has_its_own_versions(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_version *v;
    int64_t n;
    (void)state;
    CHECK_OK(vg_store_event_versions(st, 6, &arena, &v, &n, &e), &e);
    assert_int_equal(n, 1);
    CHECK_STR(v[0].event.external_id, "Mali-1");
}

static void another_source_with_the_same_id_is_another_event(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_version *v;
    int64_t n;
    (void)state;
    CHECK_OK(vg_store_event_versions(st, 8, &arena, &v, &n, &e), &e);
    assert_int_equal(n, 1);
    assert_int_equal(v[0].event.best, 99);
}

static void an_event_that_does_not_exist_has_no_version(void **state)
{
    vg_err e = VG_NO_ERR;
    vg_event_version *v;
    int64_t n;
    (void)state;
    CHECK_OK(vg_store_event_versions(st, 12345, &arena, &v, &n, &e), &e);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_come_newest_release_first),
        cmocka_unit_test(only_the_version_that_panels_count_is_marked),
        cmocka_unit_test(an_id_of_letters_has_its_own_versions),
        cmocka_unit_test(another_source_with_the_same_id_is_another_event),
        cmocka_unit_test(an_event_that_does_not_exist_has_no_version),
    };
    return cmocka_run_group_tests(tests, open_store, close_store);
}
