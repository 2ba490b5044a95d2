/* Kill -9 at any moment, and a full disk. VIGIE_KILLS says how often it is killed (8; `make bench`: 50). */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "ceasefire/desk_test_int.h"

enum { BATCH = 100 };

static int wait_for(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Takes batches until it is killed; writes the number of reports that were acknowledged after each. In a child, where a
 * failed check cannot be reported. */
static void take_forever(const char *path, int64_t first, int tell)
{
    vg_err e = VG_NO_ERR;
    vg_desk *d;
    char room[BATCH][24];
    vg_desk_entry x[BATCH];
    if (!vg_desk_open(path, VG_S("truce"), &d, &e))
        _exit(1);
    vg_desk_limit(d, -1);
    for (int64_t next = first;;) {
        for (int32_t i = 0; i < BATCH; i++)
            x[i] = report_entry(numbered_report(room[i], next + i));
        if (!vg_desk_take(d, x, BATCH, &e))
            _exit(2);
        next += BATCH;
        if (write(tell, &next, sizeof next) != sizeof next ||
            (next % 1000 == 0 && !vg_desk_tick(d, DESK_START + next * 20, &e)))
            _exit(3);
    }
}

static int64_t kill_one(const char *path, int64_t first, uint32_t wait_us)
{
    int tell[2];
    int64_t told, acknowledged = first;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    if (child == 0)
        take_forever(path, first, tell[1]);
    close(tell[1]);
    nanosleep(&(struct timespec){ .tv_nsec = (long)wait_us * 1000 }, NULL);
    kill(child, SIGKILL);
    assert_int_equal(wait_for(child), 1000 + SIGKILL);
    while (read(tell[0], &told, sizeof told) == sizeof told)
        acknowledged = told;
    close(tell[0]);
    return acknowledged;
}

typedef struct {
    vg_watch *watch;
    uint8_t *seen;
    int64_t cap, n;
} census;

static bool count_report(void *ctx, const vg_log_entry *x, vg_err *e)
{
    census *c = ctx;
    vg_report r;
    vg_watch_verdict verdict;
    if (x->kind != VG_LOG_REPORT)
        return true;
    CHECK_OK(vg_report_unpack(x->body, &r, e), e);
    int64_t number = strtoll(r.id.s, NULL, 10);
    assert_in_range(number, 0, c->cap - 1);
    c->seen[number]++;
    c->n++;
    return vg_watch_report(c->watch, &r, x->seq, &verdict, e);
}

/* Nothing acknowledged is missing, nothing is there twice, the chain holds, and the state is that of a fresh reading. */
static void check_whole(const char *path, int64_t acknowledged, int64_t most)
{
    vg_err e = VG_NO_ERR;
    vg_desk *d = open_desk(path);
    vg_store *st;
    vg_log_report proof;
    char at_desk[65], fresh[65];
    census c = { .cap = most, .seen = calloc((size_t)most, 1) };
    assert_non_null(c.seen);
    CHECK_OK(vg_store_open(path, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_watch_open(vg_desk_agreement(d), &(vg_watch_opts){ .hash_media = true }, &c.watch, &e), &e);
    CHECK_OK(vg_report_log_each(st, VG_S("truce"), 1, 0, count_report, &c, &e), &e);
    CHECK_OK(vg_watch_settle(c.watch, &e), &e);
    for (int64_t i = 0; i < most; i++)
        assert_true(c.seen[i] == 1 || (c.seen[i] == 0 && i >= acknowledged));
    CHECK_OK(vg_report_log_verify(st, VG_S("truce"), &proof, &e), &e);
    assert_int_equal(proof.broken_at, 0);
    CHECK_OK(vg_watch_fingerprint(c.watch, fresh, &e), &e);
    fingerprint_of(d, at_desk);
    assert_string_equal(fresh, at_desk);
    vg_watch_close(c.watch);
    vg_store_close(st);
    vg_desk_close(d);
    free(c.seen);
}

static void killing_it_at_any_moment_loses_nothing_acknowledged_and_counts_nothing_twice(void **state)
{
    (void)state;
    const char *asked = getenv("VIGIE_KILLS");
    int kills = asked && atoi(asked) > 0 ? atoi(asked) : 8;
    desk_fixture f;
    vg_rng r = vg_rng_at(31, 7);
    int64_t acknowledged = 0;
    desk_begin(&f);
    for (int i = 0; i < kills; i++) {
        /* a part was committed and not acknowledged: it is sent again, and has no effect */
        acknowledged = kill_one(f.path, acknowledged, 20000 + vg_rng_below(&r, i % 3 ? 200000 : 20000));
        check_whole(f.path, acknowledged, acknowledged + 100000);
    }
    print_message("%d kills, %lld reports acknowledged, none lost, none twice\n", kills,
                  (long long)acknowledged);
    for (int i = 0; acknowledged == 0 && i < 60; i++) /* where all of the kills came too early */
        acknowledged = kill_one(f.path, 0, 999999);
    assert_true(acknowledged > 0);
    desk_end(&f);
}

/* --- disk full --- */

typedef struct {
    int64_t acknowledged;
    int code;
    bool goes_on;
} full_disk;

static void put_limit(rlim_t bytes)
{
    struct rlimit now;
    getrlimit(RLIMIT_FSIZE, &now);
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
}

/* For whom files may not grow beyond 2 MiB: what ENOSPC does, without filling a disk. Then there is room again. */
static void take_on_a_full_disk(const char *path, int tell)
{
    full_disk x = { .acknowledged = 0 };
    vg_err e = VG_NO_ERR, later = VG_NO_ERR;
    vg_desk *d;
    char room[BATCH][24];
    vg_desk_entry entry[BATCH];
    signal(SIGXFSZ, SIG_IGN);
    if (!vg_desk_open(path, VG_S("truce"), &d, &e))
        _exit(1);
    vg_desk_limit(d, -1);
    put_limit(2 << 20);
    for (bool good = true; good && x.acknowledged < 1000000;) {
        for (int32_t i = 0; i < BATCH; i++)
            entry[i] = report_entry(numbered_report(room[i], x.acknowledged + i));
        good = vg_desk_take(d, entry, BATCH, &e);
        x.acknowledged += good ? BATCH : 0;
    }
    x.code = (int)e.code;
    put_limit(RLIM_INFINITY);
    x.goes_on = vg_desk_take(d, entry, BATCH, &later); /* on the same handle */
    x.acknowledged += x.goes_on ? BATCH : 0;
    vg_desk_close(d);
    _exit(write(tell, &x, sizeof x) == sizeof x ? 0 : 2);
}

static void a_full_disk_acknowledges_nothing_and_when_there_is_room_it_goes_on(void **state)
{
    (void)state;
    desk_fixture f;
    int tell[2];
    full_disk x = { .code = -1 };
    desk_begin(&f);
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    if (child == 0)
        take_on_a_full_disk(f.path, tell[1]);
    close(tell[1]);
    assert_int_equal(wait_for(child), 0);
    assert_int_equal(read(tell[0], &x, sizeof x), sizeof x);
    close(tell[0]);
    assert_int_equal(x.code, VG_EFULL);
    assert_true(x.goes_on);
    assert_true(x.acknowledged > BATCH);
    check_whole(f.path, x.acknowledged, x.acknowledged);
    desk_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killing_it_at_any_moment_loses_nothing_acknowledged_and_counts_nothing_twice),
        cmocka_unit_test(a_full_disk_acknowledges_nothing_and_when_there_is_room_it_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
