/* The audit bundle, from a desk's store to a folder and back: it holds, it is the same whoever makes it, and a change of
 * any byte is found and named. */
#include "ceasefire/bundle.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ceasefire/daily_test_int.h"
#include "ceasefire/desk.h"
#include "prop.h"

/* A store with a desk's log in a folder of its own: reports of two days, coverage, a decision, three publications. */
typedef struct {
    char dir[256], store[300], bundle[300];
    vg_bundle_told told;
} office;

static void take(vg_desk *d, vg_desk_entry *entry, int32_t n)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_desk_take(d, entry, n, &e), &e);
}

static void enter(office *o, const char *text)
{
    vg_err e = VG_NO_ERR;
    vg_agreement *a;
    vg_store *st;
    CHECK_OK(vg_agreement_parse(vg_str_z(text), VG_S("isle.toml"), NULL, &a, &e), &e);
    CHECK_OK(vg_store_open(o->store, VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_desk_enter(st, a, VG_S("tester"), &e), &e);
    vg_store_close(st);
    vg_agreement_free(a);
}

static void tick(vg_desk *d, int64_t now)
{
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_desk_tick(d, now, &e), &e);
}

/* The day before is published, then the second day; then a report comes late and a decision is made, and the third. */
static void open_office(office *o)
{
    vg_err e = VG_NO_ERR;
    vg_desk *d;
    temp_dir(o->dir);
    snprintf(o->store, sizeof o->store, "%s/store.vigie", o->dir);
    snprintf(o->bundle, sizeof o->bundle, "%s/bundle", o->dir);
    enter(o, isle_text);
    CHECK_OK(vg_desk_open(o->store, VG_S("isle"), &d, &e), &e);
    vg_desk_entry x[ISLE_REPORTS + ISLE_COVERAGE];
    memset(x, 0, sizeof x);
    for (int i = 0; i < ISLE_REPORTS; i++)
        x[i].report = isle_report(i);
    for (int i = 0; i < ISLE_COVERAGE; i++) {
        x[ISLE_REPORTS + i].kind = VG_DESK_COVERAGE;
        x[ISLE_REPORTS + i].coverage = isle_coverage(i);
    }
    take(d, x + 5, 1);
    tick(d, ISLE_NOON - 16 * 3600);
    take(d, x, 5);
    take(d, x + 6, ISLE_COVERAGE);
    tick(d, ISLE_NOON + 8 * 3600);
    vg_desk_entry late = { .report = isle_report(5) };
    late.report.id = VG_S("p9");
    late.report.lat_deg = 49.99;
    late.report.from += 3600;
    late.report.to += 3600;
    late.report.received_at = ISLE_NOON + 9 * 3600;
    take(d, &late, 1);
    vg_desk_entry decision = { .kind = VG_DESK_DECISION,
                               .incident = vg_report_key(VG_S("north-hq"), VG_S("n1")),
                               .verification = VG_VERIFY_REJECTED,
                               .actor = VG_S("tester"),
                               .reason = VG_S("not on the coast") };
    take(d, &decision, 1);
    tick(d, ISLE_NOON + 32 * 3600);
    vg_desk_close(d);
}

static void write_bundle(office *o, const char *folder)
{
    vg_err e = VG_NO_ERR;
    vg_store *st;
    CHECK_OK(vg_store_open(o->store, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_bundle_write(st, VG_S("isle"), &(vg_bundle_opts){ .lang = VG_LANG_FR }, folder, &o->told, &e),
             &e);
    vg_store_close(st);
}

static vg_bundle_found check(const char *folder)
{
    vg_err e = VG_NO_ERR;
    vg_bundle_found f;
    CHECK_OK(vg_bundle_check(folder, (vg_progress){ 0 }, &f, &e), &e);
    return f;
}

static void remove_tree(const char *path)
{
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

/* --- files of a bundle --- */

enum { MOST_FILES = 32, MOST_BYTES = 1 << 20 };

static int list(const char *folder, const char *below, char name[][128], int n)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, below);
    DIR *d = opendir(path);
    assert_non_null(d);
    for (const struct dirent *x; (x = readdir(d));) {
        if (x->d_name[0] == '.')
            continue;
        assert_true(n < MOST_FILES);
        char full[128];
        snprintf(full, sizeof full, "%s%.80s", below, x->d_name);
        if (x->d_type == DT_DIR) {
            snprintf(full, sizeof full, "%.100s/", x->d_name);
            n = list(folder, full, name, n);
        } else {
            snprintf(name[n++], 128, "%s", full);
        }
    }
    closedir(d);
    return n;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int files_of(const char *folder, char name[][128])
{
    int n = list(folder, "", name, 0);
    qsort(name, (size_t)n, sizeof *name, by_name);
    return n;
}

static size_t slurp(const char *folder, const char *name, char *bytes)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, MOST_BYTES, f);
    fclose(f);
    return n;
}

static void spill(const char *folder, const char *name, const char *bytes, size_t n)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

/* --- the tests --- */

static void bundle_holds_and_tells_its_last_hash(void **state)
{
    (void)state;
    office o;
    open_office(&o);
    write_bundle(&o, o.bundle);
    vg_bundle_found f = check(o.bundle);
    if (!f.same)
        fail_msg("%s:%lld: %s", f.file, (long long)f.line, f.what);
    assert_int_equal(f.n_entries, o.told.n_entries);
    assert_int_equal(f.n_entries, 13); /* the agreement, seven reports, four of coverage, a decision */
    assert_int_equal(f.n_publications, 3);
    assert_string_equal(f.head, o.told.head);
    remove_tree(o.dir);
}

static void two_bundles_of_one_store_are_the_same_bytes(void **state)
{
    (void)state;
    static char first[MOST_FILES][128], second[MOST_FILES][128];
    char *x = malloc(MOST_BYTES), *y = malloc(MOST_BYTES), again[310];
    office o;
    open_office(&o);
    snprintf(again, sizeof again, "%s/again", o.dir);
    write_bundle(&o, o.bundle);
    write_bundle(&o, again);
    int n = files_of(o.bundle, first);
    assert_int_equal(n, files_of(again, second));
    assert_int_equal(n, 12);
    for (int i = 0; i < n; i++) {
        size_t size = slurp(o.bundle, first[i], x);
        assert_string_equal(first[i], second[i]);
        assert_int_equal(size, slurp(again, second[i], y));
        assert_memory_equal(x, y, size);
    }
    free(x);
    free(y);
    remove_tree(o.dir);
}

static void change_of_any_byte_is_found(void **state)
{
    (void)state;
    static char name[MOST_FILES][128];
    char *bytes = malloc(MOST_BYTES);
    office o;
    vg_rng r = vg_rng_at(7, 0);
    open_office(&o);
    write_bundle(&o, o.bundle);
    int n = files_of(o.bundle, name);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 12; k++) {
            size_t size = slurp(o.bundle, name[i], bytes);
            size_t at = k == 0 ? 0 : k == 1 ? size - 1 : vg_rng_below(&r, (uint32_t)size);
            char was = bytes[at];
            bytes[at] = (char)(was ^ (char)(1 + vg_rng_below(&r, 7)));
            spill(o.bundle, name[i], bytes, size);
            vg_bundle_found f = check(o.bundle);
            if (f.same)
                fail_msg("byte %zu of %s was changed and not found", at, name[i]);
            assert_true(f.file[0] && f.what[0]);
            bytes[at] = was;
            spill(o.bundle, name[i], bytes, size);
        }
    assert_true(check(o.bundle).same);
    free(bytes);
    remove_tree(o.dir);
}

static void changed_report_is_named_with_its_line(void **state)
{
    (void)state;
    char *bytes = malloc(MOST_BYTES);
    office o;
    open_office(&o);
    write_bundle(&o, o.bundle);
    size_t size = slurp(o.bundle, "reports/2031-05-02.html", bytes);
    vg_str text = { bytes, (ptrdiff_t)size };
    ptrdiff_t at = vg_find(text, VG_S("<h1>"));
    assert_true(at > 0);
    int64_t line = 1;
    for (ptrdiff_t i = 0; i < at; i++)
        line += bytes[i] == '\n';
    bytes[at + 4] = '#';
    spill(o.bundle, "reports/2031-05-02.html", bytes, size);
    vg_bundle_found f = check(o.bundle);
    assert_false(f.same);
    assert_string_equal(f.file, "reports/2031-05-02.html");
    assert_int_equal(f.line, line);
    free(bytes);
    remove_tree(o.dir);
}

static void lost_entry_breaks_the_chain(void **state)
{
    (void)state;
    char *bytes = malloc(MOST_BYTES);
    office o;
    open_office(&o);
    write_bundle(&o, o.bundle);
    size_t size = slurp(o.bundle, "log.jsonl", bytes);
    char *first = memchr(bytes, '\n', size),
         *second = memchr(first + 1, '\n', size - (size_t)(first + 1 - bytes));
    memmove(first + 1, second + 1, size - (size_t)(second + 1 - bytes));
    spill(o.bundle, "log.jsonl", bytes, size - (size_t)(second - first));
    vg_bundle_found f = check(o.bundle);
    assert_false(f.same);
    assert_string_equal(f.file, "log.jsonl");
    assert_int_equal(f.line, 2);
    assert_true(vg_find(vg_str_z(f.what), VG_S("is missing")) >= 0);
    free(bytes);
    remove_tree(o.dir);
}

static void report_as_published_is_not_that_of_now(void **state)
{
    (void)state;
    char *bytes = malloc(MOST_BYTES);
    office o;
    open_office(&o);
    write_bundle(&o, o.bundle);
    size_t n = slurp(o.bundle, "reports/2031-05-01.json", bytes);
    vg_str first = { bytes, (ptrdiff_t)n };
    assert_true(vg_find(first, VG_S("\"facts\":{\"violations\":1,")) >= 0); /* the late one is not in it */
    n = slurp(o.bundle, "reports/2031-05-03.json", bytes);
    vg_str third = { bytes, (ptrdiff_t)n };
    assert_true(vg_find(third, VG_S("\"corrections\":[{\"day\":\"2031-05-01\",\"zone\":\"bridge\"")) >= 0);
    assert_true(vg_find(third, VG_S("{\"day\":\"2031-05-02\",\"zone\":\"coast\",\"party\":null")) >= 0);
    free(bytes);
    remove_tree(o.dir);
}

static void new_version_of_the_agreement_holds_from_its_entry_on(void **state)
{
    (void)state;
    char *text = malloc(sizeof isle_text + 64), *bytes = malloc(MOST_BYTES);
    vg_err e = VG_NO_ERR;
    vg_desk *d;
    office o;
    open_office(&o);
    snprintf(text, sizeof isle_text + 64, "%s", isle_text);
    char *at = strstr(text, "severity = 4");
    assert_non_null(at);
    at[11] = '5';
    enter(&o, text);
    CHECK_OK(vg_desk_open(o.store, VG_S("isle"), &d, &e), &e);
    tick(d, ISLE_NOON + 56 * 3600);
    vg_desk_close(d);
    write_bundle(&o, o.bundle);
    vg_bundle_found f = check(o.bundle);
    if (!f.same)
        fail_msg("%s:%lld: %s", f.file, (long long)f.line, f.what);
    assert_int_equal(f.n_publications, 4);
    assert_true(slurp(o.bundle, "agreement-2.toml", bytes) > 0);
    size_t n = slurp(o.bundle, "reports/2031-05-02.json", bytes);
    assert_true(vg_find((vg_str){ bytes, (ptrdiff_t)n }, VG_S("\"severity\":4")) >= 0);
    free(text);
    free(bytes);
    remove_tree(o.dir);
}

/* A report that nobody published, laid beside the others. */
static void file_that_the_manifest_does_not_name_is_found(void **state)
{
    (void)state;
    static const char *const name[] = { "reports/2031-05-09.html", "reports/more/2031-05-09.html",
                                        "letter.txt" };
    office o;
    char path[600];
    open_office(&o);
    write_bundle(&o, o.bundle);
    snprintf(path, sizeof path, "%s/reports/more", o.bundle);
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            assert_int_equal(mkdir(path, 0700), 0);
        spill(o.bundle, name[i], "<p>No violation.</p>", 20);
        vg_bundle_found f = check(o.bundle);
        assert_false(f.same);
        assert_string_equal(f.file, i == 1 ? "reports/more" : name[i]);
        char full[700];
        snprintf(full, sizeof full, "%s/%s", o.bundle, name[i]);
        assert_int_equal(remove(full), 0);
        if (i == 1)
            assert_int_equal(rmdir(path), 0);
    }
    assert_true(check(o.bundle).same);
    remove_tree(o.dir);
}

/* It names people and places. */
static void bundle_is_for_its_owner_only(void **state)
{
    (void)state;
    office o;
    struct stat s;
    open_office(&o);
    write_bundle(&o, o.bundle);
    assert_int_equal(stat(o.bundle, &s), 0);
    assert_int_equal(s.st_mode & 077, 0);
    remove_tree(o.dir);
}

static void folder_that_holds_something_is_refused(void **state)
{
    (void)state;
    office o;
    vg_store *st;
    vg_err e = VG_NO_ERR, e2 = VG_NO_ERR;
    open_office(&o);
    CHECK_OK(vg_store_open(o.store, VG_STORE_READ, &st, &e), &e);
    assert_false(
        vg_bundle_write(st, VG_S("isle"), &(vg_bundle_opts){ .lang = VG_LANG_EN }, o.dir, &o.told, &e));
    assert_int_equal(e.code, VG_ECONFLICT);
    vg_bundle_found f;
    assert_false(vg_bundle_check("/no/such/folder", (vg_progress){ 0 }, &f, &e2));
    assert_int_equal(e2.code, VG_EIO);
    vg_store_close(st);
    remove_tree(o.dir);
}

static void desk_tells_the_report_that_the_bundle_holds(void **state)
{
    (void)state;
    char *bytes = malloc(MOST_BYTES);
    office o;
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_desk *d;
    vg_out out;
    vg_publication *p;
    int64_t n, seq, at;
    char head[65];
    vg_arena a;
    open_office(&o);
    write_bundle(&o, o.bundle);
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    CHECK_OK(vg_store_open(o.store, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_report_publications(st, VG_S("isle"), &a, &p, &n, &e), &e);
    CHECK_OK(vg_report_log_last(st, VG_S("isle"), &seq, head, &at, &e), &e);
    vg_store_close(st);
    CHECK_OK(vg_desk_open(o.store, VG_S("isle"), &d, &e), &e);
    CHECK_OK(vg_out_memory(&out, &e), &e);
    /* Nothing came after the last publication: what the desk knows is what was published, but for the corrections told. */
    vg_daily ask = {
        .from_day = p[n - 1].day, .to_day = p[n - 1].day, .form = VG_DAILY_CSV, .at = p[n - 1].at
    };
    CHECK_OK(vg_daily_write(&ask, vg_desk_watch(d), vg_desk_figures(d), &out, &e), &e);
    vg_str csv = vg_out_text(&out);
    assert_true(vg_find(csv, VG_S("\nbridge,south,mortar,0,1,")) > 0);
    size_t size = slurp(o.bundle, "reports/2031-05-03.json", bytes);
    assert_true(vg_find((vg_str){ bytes, (ptrdiff_t)size },
                        VG_S("\"zone\":\"bridge\",\"party\":\"south\",\"weapon\":\"mortar\",\"violations\":0,"
                             "\"violations_before\":1")) > 0);
    vg_out_drop(&out);
    vg_desk_close(d);
    vg_arena_free(&a);
    free(bytes);
    remove_tree(o.dir);
}

static vg_str daily(vg_arena *a, vg_desk *d, vg_store *st, const vg_daily *ask)
{
    vg_err e = VG_NO_ERR;
    vg_out out;
    CHECK_OK(vg_out_memory(&out, &e), &e);
    if (d)
        CHECK_OK(vg_daily_write(ask, vg_desk_watch(d), vg_desk_figures(d), &out, &e), &e);
    else
        CHECK_OK(vg_bundle_report(st, VG_S("isle"), ask, &out, &e), &e);
    vg_str text = vg_copy(a, vg_out_text(&out));
    vg_out_drop(&out);
    return text;
}

static void incidents_that_were_put_away_are_missed_and_made_from_the_log(void **state)
{
    (void)state;
    office o;
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_desk *d;
    vg_arena a;
    int64_t n;
    char head[65];
    vg_daily ask = { .from_day = ISLE_DAY, .to_day = ISLE_DAY, .form = VG_DAILY_JSON, .head = { head, 64 } };
    int64_t at;
    open_office(&o);
    CHECK_OK(vg_arena_init(&a, 1 << 24, &e), &e);
    CHECK_OK(vg_store_open(o.store, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_desk_open(o.store, VG_S("isle"), &d, &e), &e);
    CHECK_OK(vg_report_log_last(st, VG_S("isle"), &ask.seq, head, &at, &e), &e);
    CHECK_OK(vg_daily_missing(&ask, vg_desk_watch(d), vg_desk_figures(d), &n, &e), &e);
    assert_int_equal(n, 0);
    assert_true(vg_eq(daily(&a, d, NULL, &ask), daily(&a, NULL, st, &ask))); /* the desk's is the log's */
    vg_desk_entry late = { .report = isle_report(0) };
    for (int i = 0; i < 40; i++) { /* a year later; a few, so that the watch puts the old ones away */
        char id[16];
        snprintf(id, sizeof id, "z%d", i);
        late.report.id = vg_str_z(id);
        late.report.from = ISLE_NOON + (400 + i / 4) * (int64_t)86400 + i * 3600;
        late.report.to = late.report.from + 60;
        late.report.received_at = late.report.to + 60;
        take(d, &late, 1);
    }
    CHECK_OK(vg_daily_missing(&ask, vg_desk_watch(d), vg_desk_figures(d), &n, &e), &e);
    vg_str now = daily(&a, d, NULL, &ask), whole = daily(&a, NULL, st, &ask);
    assert_true(vg_find(whole, VG_S("\"attribution\":\"attributed\",\"party\":\"south\",\"violations\":")) >
                0);
    assert_true(n > 0); /* the counts hold, the reasons are missing, and that is said */
    assert_true(vg_find(now, VG_S("\"attribution\":\"attributed\"")) < 0);
    ask.form = VG_DAILY_TEXT;
    assert_true(vg_find(daily(&a, d, NULL, &ask), VG_S("were put away")) > 0);
    assert_true(vg_find(daily(&a, NULL, st, &ask), VG_S("were put away")) < 0);
    vg_desk_close(d);
    vg_store_close(st);
    vg_arena_free(&a);
    remove_tree(o.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundle_holds_and_tells_its_last_hash),
        cmocka_unit_test(two_bundles_of_one_store_are_the_same_bytes),
        cmocka_unit_test(change_of_any_byte_is_found),
        cmocka_unit_test(changed_report_is_named_with_its_line),
        cmocka_unit_test(lost_entry_breaks_the_chain),
        cmocka_unit_test(report_as_published_is_not_that_of_now),
        cmocka_unit_test(new_version_of_the_agreement_holds_from_its_entry_on),
        cmocka_unit_test(file_that_the_manifest_does_not_name_is_found),
        cmocka_unit_test(bundle_is_for_its_owner_only),
        cmocka_unit_test(folder_that_holds_something_is_refused),
        cmocka_unit_test(desk_tells_the_report_that_the_bundle_holds),
        cmocka_unit_test(incidents_that_were_put_away_are_missed_and_made_from_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
