#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "core/rng.h"
#include "store/test_int.h"

enum { PER_IMPORT = 400, KILLS = 30 };

/* --- what a file may be --- */

static vg_err open_fails(const char *path, vg_store_mode mode)
{
    vg_err e = VG_NO_ERR;
    vg_store *st = NULL;
    assert_false(vg_store_open(path, mode, &st, &e));
    assert_null(st);
    return e;
}

static void write_file(const char *path, const char *text)
{
    FILE *to = fopen(path, "wb");
    assert_non_null(to);
    fputs(text, to);
    fclose(to);
}

static void a_file_that_is_no_store_is_refused_and_not_touched(void **state)
{
    (void)state;
    char dir[256], path[300], text[4096];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/letter.txt", dir);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    write_file(path, text);
    assert_int_equal(open_fails(path, VG_STORE_WRITE).code, VG_EPARSE);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_size, sizeof text - 1);
    unlink(path);
    raw_sql(path, "CREATE TABLE t (x)");
    assert_non_null(strstr(open_fails(path, VG_STORE_WRITE).why, "another program"));
    remove_store(path);
    rmdir(dir);
}

static void a_store_of_a_newer_program_is_refused(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    raw_sql(f.path, "PRAGMA user_version = 1000");
    vg_err e = open_fails(f.path, VG_STORE_READ);
    assert_int_equal(e.code, VG_EPARSE);
    assert_non_null(strstr(e.what, "newer"));
    fixture_close(&f);
}

static void reading_a_store_that_is_absent_makes_nothing(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/absent.db", dir);
    assert_int_equal(open_fails(path, VG_STORE_READ).code, VG_ENOTFOUND);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(open_fails(dir, VG_STORE_READ).code, VG_EARG);
    assert_int_equal(rmdir(dir), 0);
}

static void an_empty_file_becomes_a_store_when_it_is_written(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/new.db", dir);
    write_file(path, "");
    assert_int_equal(open_fails(path, VG_STORE_READ).code, VG_EPARSE);
    vg_store_close(open_store(path, VG_STORE_WRITE));
    vg_store_close(open_store(path, VG_STORE_READ));
    remove_store(path);
    rmdir(dir);
}

static void the_store_and_its_folders_are_the_owners_only(void **state)
{
    (void)state;
    char dir[256], below[300], path[320];
    mode_t before = umask(0);
    temp_dir(dir);
    snprintf(below, sizeof below, "%s/a", dir);
    snprintf(path, sizeof path, "%s/vigie.db", below);
    vg_store *st = open_store(path, VG_STORE_WRITE);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(stat(below, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    umask(before);
    vg_store_close(st);
    remove_store(path);
    rmdir(below);
    rmdir(dir);
}

static void a_reader_cannot_write(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_store *reader = open_store(f.path, VG_STORE_READ);
    assert_false(vg_audit_append(reader, VG_S("x"), VG_S("y"), &f.e));
    assert_int_equal(f.e.code, VG_EARG);
    vg_store_close(reader);
    fixture_close(&f);
}

static void the_default_place_follows_the_environment(void **state)
{
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_str path;
    CHECK_OK(vg_arena_init(&a, 1 << 16, &e), &e);
    setenv("HOME", "/home/someone", 1);
    unsetenv("XDG_DATA_HOME");
    unsetenv("VIGIE_STORE");
    CHECK_OK(vg_store_default_path(&a, &path, &e), &e);
    CHECK_STR(path, "/home/someone/.local/share/vigie/vigie.db");
    setenv("XDG_DATA_HOME", "/data", 1);
    CHECK_OK(vg_store_default_path(&a, &path, &e), &e);
    CHECK_STR(path, "/data/vigie/vigie.db");
    setenv("VIGIE_STORE", "/tmp/my.db", 1);
    CHECK_OK(vg_store_default_path(&a, &path, &e), &e);
    CHECK_STR(path, "/tmp/my.db");
    unsetenv("VIGIE_STORE");
    vg_arena_free(&a);
}

/* --- two processes --- */

/* One import of `n` events named by `number`; used in children, where a failed check cannot be reported. */
static bool import_numbered(vg_store *st, int number, int n, vg_err *e)
{
    char sha256[32], id[16], actor[32];
    snprintf(sha256, sizeof sha256, "sha-%d", number);
    vg_vintage about = { .source = VG_S("ucdp-ged"), .sha256 = vg_str_z(sha256) };
    vg_import *im;
    if (!vg_import_begin(st, &about, &im, e))
        return false;
    vg_sink *s = vg_import_sink(im);
    for (int i = 0; i < n; i++) {
        snprintf(id, sizeof id, "%d", i);
        snprintf(actor, sizeof actor, "actor %d of %d", i % 50, number);
        vg_event ev = make_event(id, 432, 400 + i % 100, 1);
        ev.actor_a = vg_str_z(actor);
        ev.text = VG_S("a headline that takes some room in the file, so that pages spill");
        s->event(s->ctx, &ev, (vg_at){ .line = i + 2 }, e);
    }
    return vg_import_end(im, &about, &about, e);
}

static int wait_for(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* A child that waits for the parent's word, imports, and ends with the code of its failure. */
static pid_t second_writer(const char *path, const char *busy_ms, int go[2])
{
    pid_t child = fork();
    if (child)
        return child;
    char word;
    close(go[1]); /* or the parent's end would not be seen */
    setenv("VIGIE_BUSY_MS", busy_ms, 1);
    vg_err e = VG_NO_ERR;
    vg_store *st = NULL;
    if (read(go[0], &word, 1) == 1 && vg_store_open(path, VG_STORE_WRITE, &st, &e))
        import_numbered(st, 7, 10, &e);
    vg_store_close(st);
    _exit((int)e.code);
}

/* The child meets an import under way, which lasts `hold_ms` from then on. Returns the child's code. */
static int meet(const char *busy_ms, long hold_ms)
{
    char dir[256], path[300];
    int go[2];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/store.db", dir);
    assert_int_equal(pipe(go), 0);
    pid_t child = second_writer(path, busy_ms, go); /* forked before the parent has a connection */
    vg_store *st = open_store(path, VG_STORE_WRITE);
    vg_vintage about = { .version = VG_S("1") };
    vg_import *im = begin_import(st, &about);
    vg_event ev = make_event("1", 432, 500, 1);
    feed_event(im, &ev, 2);
    assert_int_equal(write(go[1], "g", 1), 1);
    int code = -1;
    if (hold_ms)
        nanosleep(&(struct timespec){ .tv_nsec = hold_ms * 1000000 }, NULL);
    else
        code = wait_for(child);
    end_import(im, &about);
    code = hold_ms ? wait_for(child) : code;
    vg_store_close(st);
    close(go[0]), close(go[1]);
    remove_store(path);
    rmdir(dir);
    return code;
}

static void a_second_writer_waits_for_the_first(void **state)
{
    (void)state;
    assert_int_equal(meet("60000", 300), VG_OK);
}

static void a_second_writer_gives_up_with_busy(void **state)
{
    (void)state;
    assert_int_equal(meet("100", 0), VG_EBUSY);
}

static void many_processes_may_make_one_store_at_once(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/store.db", dir);
    pid_t child[6];
    for (int i = 0; i < 6; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            vg_err e = VG_NO_ERR;
            vg_store *st = NULL;
            setenv("VIGIE_BUSY_MS", "60000", 1); /* five others before it, on a slow machine */
            if (vg_store_open(path, VG_STORE_WRITE, &st, &e))
                import_numbered(st, i, 20, &e);
            vg_store_close(st);
            _exit((int)e.code);
        }
    }
    for (int i = 0; i < 6; i++)
        assert_int_equal(wait_for(child[i]), VG_OK);
    vg_store *st = open_store(path, VG_STORE_READ);
    vg_err e = VG_NO_ERR;
    vg_audit_report r;
    CHECK_OK(vg_audit_verify(st, &r, &e), &e);
    assert_int_equal(r.n, 7);
    assert_int_equal(r.broken_at, 0);
    vg_store_close(st);
    assert_int_equal(raw_sql(path, "SELECT count(DISTINCT id) FROM name"), 6 * 20);
    remove_store(path);
    rmdir(dir);
}

/* --- kill -9 --- */

/* Imports until it is killed, and tells the parent of each import that came back as committed. */
static void import_forever(const char *path, int first, int tell)
{
    vg_err e = VG_NO_ERR;
    vg_store *st;
    if (!vg_store_open(path, VG_STORE_WRITE, &st, &e))
        _exit(1);
    for (int i = first;; i++)
        if (!import_numbered(st, i, PER_IMPORT, &e) || write(tell, "c", 1) != 1)
            _exit(2);
}

/* Starts a writer, kills it after some time and returns how many imports it had reported. */
static int kill_one(const char *path, int first, uint32_t wait_us)
{
    int tell[2], committed = 0;
    char word;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    if (child == 0)
        import_forever(path, first, tell[1]);
    close(tell[1]);
    nanosleep(&(struct timespec){ .tv_nsec = (long)wait_us * 1000 }, NULL);
    kill(child, SIGKILL);
    assert_int_equal(wait_for(child), 1000 + SIGKILL);
    while (read(tell[0], &word, 1) == 1)
        committed++;
    close(tell[0]);
    return committed;
}

static void check_whole(const char *path, int64_t at_least)
{
    vg_store *st = open_store(path, VG_STORE_WRITE);
    vg_err e = VG_NO_ERR;
    vg_audit_report r;
    CHECK_OK(vg_audit_verify(st, &r, &e), &e);
    vg_store_close(st);
    assert_int_equal(r.broken_at, 0);
    int64_t n = raw_sql(path, "SELECT count(*) FROM vintage");
    assert_true(n >= at_least);
    assert_int_equal(raw_sql(path, "SELECT count(*) FROM event"), n * PER_IMPORT);
    assert_int_equal(raw_sql(path, "SELECT count(*) FROM name"), n * 50);
    assert_int_equal(raw_sql(path, "SELECT count(*) FROM audit WHERE action = 'import'"), n);
    assert_int_equal(
        raw_sql(path, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static void killing_it_at_any_moment_loses_no_committed_import_and_leaves_no_half(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/store.db", dir);
    vg_rng r = vg_rng_at(9, 9);
    int64_t committed = 0;
    for (int i = 0; i < KILLS; i++) {
        committed += kill_one(path, i * 100000, vg_rng_below(&r, i % 3 ? 40000 : 4000));
        check_whole(path, committed);
    }
    remove_store(path);
    rmdir(dir);
}

/* --- disk full --- */

/* A child for whom files may not grow beyond 1 MiB: what ENOSPC does, without filling a disk. */
static int import_on_a_full_disk(const char *path, int n)
{
    pid_t child = fork();
    if (child == 0) {
        vg_err e = VG_NO_ERR;
        vg_store *st;
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1 << 20, 1 << 20 });
        if (vg_store_open(path, VG_STORE_WRITE, &st, &e)) {
            import_numbered(st, 1, n, &e);
            vg_store_close(st);
        }
        _exit((int)e.code);
    }
    return wait_for(child);
}

static void a_full_disk_leaves_nothing_of_the_import(void **state)
{
    (void)state;
    char dir[256], path[300];
    temp_dir(dir);
    snprintf(path, sizeof path, "%s/store.db", dir);
    vg_store_close(open_store(path, VG_STORE_WRITE));
    assert_int_equal(import_on_a_full_disk(path, 300000), VG_EFULL);
    assert_int_equal(raw_sql(path, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM vintage)"),
                     0);
    assert_int_equal(raw_sql(path, "SELECT count(*) FROM audit"), 1);
    assert_int_equal(import_on_a_full_disk(path, 100), VG_OK); /* and the store is as good as before */
    assert_int_equal(raw_sql(path, "SELECT count(*) FROM event"), 100);
    remove_store(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_no_store_is_refused_and_not_touched),
        cmocka_unit_test(a_store_of_a_newer_program_is_refused),
        cmocka_unit_test(reading_a_store_that_is_absent_makes_nothing),
        cmocka_unit_test(an_empty_file_becomes_a_store_when_it_is_written),
        cmocka_unit_test(the_store_and_its_folders_are_the_owners_only),
        cmocka_unit_test(a_reader_cannot_write),
        cmocka_unit_test(the_default_place_follows_the_environment),
        cmocka_unit_test(a_second_writer_waits_for_the_first),
        cmocka_unit_test(a_second_writer_gives_up_with_busy),
        cmocka_unit_test(many_processes_may_make_one_store_at_once),
        cmocka_unit_test(killing_it_at_any_moment_loses_no_committed_import_and_leaves_no_half),
        cmocka_unit_test(a_full_disk_leaves_nothing_of_the_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
