/* Too much at once and too little room: ten thousand connections, headers that drip by the hundred, a disk that fills up,
 * requests sent again. */
#include <errno.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "serve/serve_test_int.h"

#define DECIDE "{\"subject\":\"a\",\"verdict\":\"b\"}"

static int open_stage(void **state)
{
    stage *g = new_stage();
    g->o.header_s = 2;
    g->o.max_connections = 2000;
    start_server(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    end_stage(*state);
    return 0;
}

static bool allow_files(rlim_t n)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return false;
    files.rlim_cur = files.rlim_max;
    return files.rlim_max >= n && setrlimit(RLIMIT_NOFILE, &files) == 0;
}

/* A connection that need not come about. */
static int try_dial(const stage *g)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)vg_serve_port(g->s)) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        (void)!connect(fd, (const struct sockaddr *)&to, sizeof to);
    return fd;
}

static void ten_thousand_connections_at_once_leave_the_server_answering(void **state)
{
    enum { MANY = 10000 };
    stage *g = *state;
    if (!allow_files(MANY + 3000)) {
        print_message("skipped: this process may not open %d files\n", MANY + 3000);
        skip();
    }
    int first = dial(g), *fd = calloc(MANY, sizeof *fd);
    for (int i = 0; i < MANY; i++)
        fd[i] = try_dial(g);
    put_text(first, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); /* who was there is served */
    assert_int_equal(take_answer(g, first, NULL), 200);
    for (int i = 0; i < MANY; i++)
        if (fd[i] >= 0)
            close(fd[i]);
    free(fd);
    close(first);
    WAIT_UNTIL(ask(g, "/api/v1/vintages") == 200);
}

static void headers_that_drip_by_the_hundred_keep_nobody_out(void **state)
{
    enum { SLOW = 600 };
    stage *g = *state;
    int fd[SLOW];
    if (!allow_files(2 * SLOW + 200))
        skip();
    for (int i = 0; i < SLOW; i++) {
        fd[i] = dial(g);
        put_text(fd[i], "GET /api/v1/vintages HTTP/1.1\r\nHost: loc");
    }
    assert_int_equal(ask(g, "/api/v1/vintages"), 200);
    int cut = 0;
    int64_t end = test_now_ms() + TEST_PATIENCE_MS;
    while (cut < SLOW && test_now_ms() < end) { /* a byte now and then does not buy more time */
        usleep(150000);
        cut = 0;
        for (int i = 0; i < SLOW; i++) {
            char c;
            put_text(fd[i], "a");
            cut += recv(fd[i], &c, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
        }
    }
    assert_int_equal(cut, SLOW);
    for (int i = 0; i < SLOW; i++)
        close(fd[i]);
}

/* Halves that are shut while an answer is on its way, and a reader that never reads. */
static void half_closed_sockets_get_their_answer_or_harm_nobody(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    put_text(fd, "GET /api/v1/vintages HTTP/1.1\r\nHost: localhost\r\n\r\n");
    shutdown(fd, SHUT_WR);
    assert_int_equal(take_answer(g, fd, NULL), 200);
    close(fd);
    for (int i = 0; i < 100; i++) {
        fd = dial(g);
        put_text(fd, "GET /api/v1/collections/events/items.csv?all=true HTTP/1.1\r\nHost: localhost\r\n\r\n");
        shutdown(fd, i % 2 ? SHUT_RD : SHUT_RDWR);
        close(fd);
    }
    assert_int_equal(ask(g, "/api/v1/vintages"), 200);
}

static void a_request_sent_again_decides_the_same_once_more_and_not_after_revoking(void **state)
{
    stage *g = *state;
    vg_store *st;
    add_tokens(g);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", DECIDE), 201);
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/decisions?prefix=a", NULL), 200);
    assert_int_equal(count_of(g, "\"subject\":\"a\""), 1);
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_token_revoke(st, VG_S("desk-1"), &g->e), &g->e);
    vg_store_close(st);
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", DECIDE), 401);
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/audit", NULL), 200);
    assert_int_equal(count_of(g, "\"actor\":\"desk-1\""), 3);
}

/* A file system of 2 MiB in memory; only root may make one. */
static bool mount_small(const char *dir)
{
    return mount("tmpfs", dir, "tmpfs", MS_NOSUID | MS_NODEV, "size=2m") == 0;
}

static void fill_up(const char *path)
{
    static const char zeros[4096];
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    while (fwrite(zeros, 1, sizeof zeros, f) == sizeof zeros && fflush(f) == 0)
        ;
    (void)!fclose(f);
}

static void a_disk_that_fills_up_loses_nothing(void **state)
{
    stage *g = calloc(1, sizeof *g);
    char full[320];
    temp_dir(g->dir);
    if (!mount_small(g->dir)) {
        print_message("skipped: a small file system can be made by root only\n");
        rmdir(g->dir);
        free(g);
        skip();
    }
    *state = g;
    snprintf(g->path, sizeof g->path, "%s/s.db", g->dir);
    snprintf(full, sizeof full, "%s/full", g->dir);
    add_events(g->path, "25.1", &g->e);
    add_tokens(g);
    start_server(g);
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", DECIDE), 201);
    fill_up(full);
    int status = 201, kept = 1;
    for (int i = 0; i < 400 && status == 201; i++) { /* what the log file still has room for is kept */
        status = ask_as(g, g->analyst, "POST", "/api/v1/decisions", DECIDE);
        kept += status == 201;
    }
    assert_int_equal(status, 507);
    CHECK_HAS(g, "application/problem+json");
    CHECK_HAS(g, "make room on the disk");
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/vintages", NULL), 200);
    unlink(full);
    assert_int_equal(ask_as(g, g->analyst, "POST", "/api/v1/decisions", DECIDE), 201);
    assert_int_equal(ask_as(g, g->viewer, "GET", "/api/v1/audit?limit=10000", NULL), 200);
    assert_int_equal(count_of(g, "\"actor\":\"desk-1\""), kept + 1);
}

/* Also after a failure: a file system that stays mounted stops whoever clears the folder. */
static int take_disk_away(void **state)
{
    stage *g = *state;
    if (!g)
        return 0;
    vg_serve_stop(g->s);
    umount(g->dir);
    rmdir(g->dir);
    free(g);
    return 0;
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(ten_thousand_connections_at_once_leave_the_server_answering),
        STAGED(headers_that_drip_by_the_hundred_keep_nobody_out),
        STAGED(half_closed_sockets_get_their_answer_or_harm_nobody),
        STAGED(a_request_sent_again_decides_the_same_once_more_and_not_after_revoking),
        cmocka_unit_test_teardown(a_disk_that_fills_up_loses_nothing, take_disk_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
