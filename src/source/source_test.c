/* The door: guessing, files that are no data, stopping, and failures of the sink. */
#include "core/date.h"
#include "core/out.h"
#include "source/sink_test_int.h"
#include "test.h"

#define UCDP "id,type_of_violence,country,date_start,best\n"

static void fails(vg_str bytes, vg_code code, const char *what)
{
    collected *c = read_bytes(bytes, "in.csv", (vg_source_opts){ 0 });
    if (c->err.code != code || !strstr(c->err.what, what))
        fail_msg("%s: %s, expected %s", vg_code_name(c->err.code), c->err.what, what);
    assert_true(c->err.at.file.n == 0 || vg_eq(c->err.at.file, VG_S("in.csv")));
    assert_int_equal(c->n_events, 0);
    collected_drop(c);
}

static void a_file_that_is_no_data_is_refused_with_a_reason(void **state)
{
    (void)state;
    fails(VG_S(" \n\n"), VG_EPARSE, "empty");
    fails(VG_S("\x7f"
               "ELF\x02\x01\x01\0\0\0\0\0"),
          VG_EPARSE, "not text");
    fails(VG_S("\x01\x02\x03\x04\x05,\x06\n\x01,\x02\n"), VG_EPARSE, "not text");
    fails(VG_S("just some words\nand more of them\n"), VG_EPARSE, "columns missing");
    fails(VG_S("\"a quote that never ends\nid,best\n"), VG_EPARSE, "never ends");
}

static void a_missing_file_and_a_folder_are_told_apart(void **state)
{
    (void)state;
    collected *c = read_path("/nowhere/at/all.csv", (vg_source_opts){ 0 });
    assert_int_equal(c->err.code, VG_EIO);
    CHECK_STR(c->err.at.file, "/nowhere/at/all.csv");
    collected_drop(c);
    c = read_path("/tmp", (vg_source_opts){ 0 });
    assert_true(vg_failed(&c->err));
    assert_non_null(strstr(c->err.what, "folder"));
    collected_drop(c);
}

static void an_unknown_format_name_is_refused_with_the_known_ones(void **state)
{
    (void)state;
    collected *c = read_text(UCDP, "in.csv", (vg_source_opts){ .as = VG_S("excel") });
    assert_int_equal(c->err.code, VG_EARG);
    assert_non_null(
        strstr(c->err.mend,
               "ucdp-ged, views-panel, acled, gdelt, jetson-task, prmn-flows, fsnau-dashboard and csv"));
    collected_drop(c);
}

static void columns_of_another_format_are_told_by_name(void **state)
{
    (void)state;
    collected *c = read_text("id,country,date\n1,Mali,2024-01-01\n", "in.csv",
                             (vg_source_opts){ .as = VG_S("ucdp-ged") });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_non_null(strstr(c->err.what, "columns missing: type_of_violence, best"));
    assert_non_null(strstr(c->err.why, "id, country, date"));
    collected_drop(c);
}

static void guessing_reads_nothing(void **state)
{
    static const struct {
        const char *text, *format;
    } cases[] = {
        { UCDP "1,1,Mali,2024-01-01,3\n", "ucdp-ged" }, { "month_id,country_id,sb\n", "views-panel" },
        { "iso3,month,deaths\n", "views-panel" },       { "event_id_cnty,event_date\n", "acled" },
        { "[{\"event_id_cnty\":1}]", "acled" },         { "date,lat,lon\n", "csv" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char byte;
        vg_input *in;
        vg_err e = VG_NO_ERR;
        vg_source_found found;
        collected *c = collected_new();
        CHECK_OK(vg_input_memory(vg_str_z(cases[i].text), VG_S("in"), &in, &e), &e);
        CHECK_OK(vg_source_guess(in, &(vg_source_opts){ 0 }, &c->arena, &found, &e), &e);
        CHECK_STR(found.about.source, cases[i].format);
        assert_true(found.guessed && found.why.n > 0);
        assert_int_equal(vg_input_read(in, &byte, 1, &e), 1);
        assert_int_equal(byte, cases[i].text[0]);
        vg_input_close(in);
        collected_drop(c);
    }
}

static void every_format_has_a_name_a_title_and_a_licence(void **state)
{
    int32_t n;
    (void)state;
    const vg_source_format *f = vg_source_formats(&n);
    assert_int_equal(n, 8);
    for (int32_t i = 0; i < n; i++)
        assert_true(f[i].name.n && f[i].title.n && f[i].licence.n);
    CHECK_STR(f[0].name, "ucdp-ged");
}

/* gzip of a table of n rows, in the arena. */
static vg_str packed_table(vg_arena *a, int n)
{
    vg_out o;
    vg_err e = VG_NO_ERR;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/t.csv.gz", dir);
    CHECK_OK(vg_out_path(&o, path, &e), &e);
    vg_put(&o, VG_S(UCDP));
    for (int i = 0; i < n; i++)
        vg_print(&o, "%d,1,Mali,2024-01-%02d,%d\n", i, 1 + i % 31, i * 7919 % 1000);
    CHECK_OK(vg_out_end(&o, &e), &e);
    char *bytes = vg_alloc(a, 40, n, 1);
    FILE *f = fopen(path, "rb");
    size_t len = fread(bytes, 1, 40 * (size_t)n, f);
    fclose(f);
    unlink(path);
    rmdir(dir);
    return (vg_str){ bytes, (ptrdiff_t)len };
}

static void a_gzip_file_cut_in_the_middle_fails_after_its_whole_rows(void **state)
{
    (void)state;
    collected *keep = collected_new();
    vg_str packed = packed_table(&keep->arena, 20000);
    collected *c = read_bytes(packed, "in.csv.gz", (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 20000);
    collected_drop(c);
    c = read_bytes(vg_sub(packed, 0, packed.n / 2), "in.csv.gz", (vg_source_opts){ 0 });
    assert_int_equal(c->err.code, VG_EPARSE);
    assert_true(c->n_events > 1000 && c->n_events < 20000);
    collected_drop(c);
    collected_drop(keep);
}

static void one_row_of_rubbish_costs_only_itself(void **state)
{
    (void)state;
    collected *c = read_text(UCDP "1,1,Mali,2024-01-01,3\n\"2,1,Mali,2024-01-01,3\n3,1,Mali,2024-01-01,3\n"
                                  "4,1,Mali,2024-01-01,three\n",
                             "in.csv", (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->n_rejects, 2);
    assert_int_equal(c->found.n_rows, 4);
    collected_drop(c);
}

static void a_line_of_a_hundred_megabytes_is_refused_in_little_memory(void **state)
{
    (void)state;
    char path[300], dir[256];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/long.csv", dir);
    FILE *f = fopen(path, "w");
    char block[4096];
    memset(block, 'x', sizeof block);
    fputs(UCDP "1,1,Mali,2024-01-01,3\n2,1,", f);
    for (int i = 0; i < 100 << 8; i++)
        fwrite(block, 1, sizeof block, f);
    fputs("\n3,1,Mali,2024-01-01,3\n", f);
    fclose(f);
    collected *c = read_path(path, (vg_source_opts){ 0 });
    CHECK_OK(!vg_failed(&c->err), &c->err);
    assert_int_equal(c->n_events, 2);
    assert_int_equal(c->n_rejects, 1);
    assert_int_equal(c->bad.why.code, VG_ERANGE);
    collected_drop(c);
    unlink(path);
    rmdir(dir);
}

static bool stop_at_once(void *ctx, const char *what, int64_t done, int64_t total)
{
    (void)what;
    (void)done;
    (void)total;
    ++*(int *)ctx;
    return false;
}

static void a_reading_can_be_stopped(void **state)
{
    (void)state;
    int asked = 0;
    collected *keep = collected_new();
    vg_source_opts opts = { .progress = { stop_at_once, &asked } };
    collected *c = read_bytes(packed_table(&keep->arena, 20000), "in.csv.gz", opts);
    assert_int_equal(c->err.code, VG_ESTOPPED);
    assert_int_equal(asked, 1);
    collected_drop(c);
    collected_drop(keep);
}

static bool full_disk(void *ctx, const vg_event *ev, vg_at at, vg_err *e)
{
    (void)ctx;
    (void)ev;
    return vg_fail(e, VG_EIO, at, "the disk is full");
}

static void a_failure_of_the_sink_ends_the_reading(void **state)
{
    (void)state;
    collected *c = collected_new();
    vg_sink sink = collecting_sink(c);
    sink.event = full_disk;
    vg_input *in;
    vg_err e = VG_NO_ERR;
    vg_source_found found = { .n_rows = 99 };
    CHECK_OK(vg_input_memory(VG_S(UCDP "1,1,Mali,2024-01-01,3\n"), VG_S("in"), &in, &e), &e);
    assert_false(vg_source_read_input(in, &(vg_source_opts){ 0 }, &sink, &c->arena, &found, &e));
    assert_int_equal(e.code, VG_EIO);
    assert_int_equal(found.n_rows, 99); /* outputs are left alone on failure */
    vg_input_close(in);
    collected_drop(c);
}

/* Every allocation of the arena fails in turn: a message each time, never a crash. */
static void running_out_of_memory_is_a_message(void **state)
{
    static const char *const texts[] = {
        UCDP "1,1,Mali,2024-01-01,3\n",
        "month_id,country_id,sb\n121,50,0\n",
        "date,pays,lat,lon\n2024-03-31,Mali,1,2\n",
        ("[{\"event_id_cnty\":\"a\",\"event_date\":\"2024-01-01\",\"event_type\":\"Riots\",\"country\":"
         "\"Mali\"}]"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int64_t k = 1; k < 100; k++) {
            vg_input *in;
            vg_err e = VG_NO_ERR;
            vg_source_found found;
            collected *c = collected_new();
            vg_sink sink = collecting_sink(c);
            vg_arena a = { .base = NULL };
            CHECK_OK(vg_arena_init(&a, 64 << 20, &e), &e);
            a.fail_at = k;
            CHECK_OK(vg_input_memory(vg_str_z(texts[i]), VG_S("in"), &in, &e), &e);
            bool ok = vg_source_read_input(in, &(vg_source_opts){ 0 }, &sink, &a, &found, &e);
            assert_int_equal(ok, !vg_failed(&e));
            vg_input_close(in);
            vg_arena_free(&a);
            collected_drop(c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_no_data_is_refused_with_a_reason),
        cmocka_unit_test(a_missing_file_and_a_folder_are_told_apart),
        cmocka_unit_test(an_unknown_format_name_is_refused_with_the_known_ones),
        cmocka_unit_test(columns_of_another_format_are_told_by_name),
        cmocka_unit_test(guessing_reads_nothing),
        cmocka_unit_test(every_format_has_a_name_a_title_and_a_licence),
        cmocka_unit_test(a_gzip_file_cut_in_the_middle_fails_after_its_whole_rows),
        cmocka_unit_test(one_row_of_rubbish_costs_only_itself),
        cmocka_unit_test(a_line_of_a_hundred_megabytes_is_refused_in_little_memory),
        cmocka_unit_test(a_reading_can_be_stopped),
        cmocka_unit_test(a_failure_of_the_sink_ends_the_reading),
        cmocka_unit_test(running_out_of_memory_is_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
