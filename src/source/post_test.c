/* Messages against servers of ours on 127.0.0.1: what is sent, what is refused, and that one who is slow holds nobody
 * back. */
#include "source/post.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

typedef enum { SAY_OK, SAY_503, SAY_REDIRECT, SAY_NOTHING } manner;

typedef struct {
    int fd, port;
    pthread_t thread;
    manner manner;
    int n_requests;
    char request[4096];
} server;

static void *serve(void *arg)
{
    static const char *const answer[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 302 To\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
    };
    server *s = arg;
    int held = -1;
    for (int fd; (fd = accept(s->fd, NULL, NULL)) >= 0;) {
        size_t n = 0;
        while (n < sizeof s->request - 1 && (n < 5 || memcmp(s->request + n - 4, "!end", 4) != 0)) {
            ssize_t got = recv(fd, s->request + n, 1, 0);
            if (got <= 0)
                break;
            n += (size_t)got;
        }
        s->request[n] = 0;
        s->n_requests++;
        if (s->manner == SAY_NOTHING) {
            held = fd;
            continue;
        }
        send(fd, answer[s->manner], strlen(answer[s->manner]), MSG_NOSIGNAL);
        close(fd);
    }
    if (held >= 0)
        close(held);
    return NULL;
}

static server *start(manner m)
{
    server *s = calloc(1, sizeof *s);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof at;
    assert_non_null(s);
    s->manner = m;
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(s->fd, 8), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
    return s;
}

static void stop(server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    free(s);
}

static void add(vg_posts *p, const char *host, int port, int64_t tag)
{
    char url[100];
    vg_err e = VG_NO_ERR;
    int n = snprintf(url, sizeof url, "http://%s:%d/hook", host, port);
    vg_post what = { .url = { url, n }, .body = VG_S("{\"a\":1}!end"), .tag = tag };
    what.header[what.n_headers++] = VG_S("Idempotency-Key: x-1");
    CHECK_OK(vg_posts_add(p, &what, &e), &e);
}

static vg_posted wait_for_one(vg_posts *p)
{
    vg_posted out = { .tag = -1 };
    int64_t end = test_now_ms() + TEST_PATIENCE_MS;
    while (vg_posts_busy(p) && test_now_ms() < end)
        if (vg_posts_wait(p, 50, &out))
            break;
    return out;
}

static vg_posts *open_posts(bool allow_private, int timeout_ms)
{
    vg_posts *p = NULL;
    vg_err e = VG_NO_ERR;
    vg_posts_opts o = { .allow_private = allow_private, .timeout_ms = timeout_ms };
    CHECK_OK(vg_posts_open(&o, &p, &e), &e);
    return p;
}

static void a_message_arrives_with_its_headers(void **state)
{
    (void)state;
    server *s = start(SAY_OK);
    vg_posts *p = open_posts(true, 0);
    add(p, "127.0.0.1", s->port, 7);
    vg_posted got = wait_for_one(p);
    assert_int_equal(got.tag, 7);
    assert_int_equal(got.status, 200);
    assert_int_equal(got.failure.code, VG_OK);
    vg_posts_close(p);
    assert_non_null(strstr(s->request, "POST /hook HTTP/1.1\r\n"));
    assert_non_null(strstr(s->request, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(s->request, "Idempotency-Key: x-1\r\n"));
    assert_non_null(strstr(s->request, "\r\n\r\n{\"a\":1}!end"));
    stop(s);
}

static void a_refusal_is_told_with_how_long_to_wait(void **state)
{
    (void)state;
    server *s = start(SAY_503);
    vg_posts *p = open_posts(true, 0);
    add(p, "127.0.0.1", s->port, 1);
    vg_posted got = wait_for_one(p);
    assert_int_equal(got.status, 503);
    assert_int_equal(got.retry_after_s, 7);
    assert_int_equal(got.failure.code, VG_EIO);
    vg_posts_close(p);
    stop(s);
}

static void no_redirect_is_followed(void **state)
{
    (void)state;
    server *s = start(SAY_REDIRECT);
    vg_posts *p = open_posts(true, 0);
    add(p, "127.0.0.1", s->port, 1);
    vg_posted got = wait_for_one(p);
    assert_int_equal(got.status, 302);
    assert_int_equal(got.failure.code, VG_EIO);
    assert_int_equal(s->n_requests, 1);
    vg_posts_close(p);
    stop(s);
}

static void one_who_is_slow_holds_nobody_back(void **state)
{
    (void)state;
    server *slow = start(SAY_NOTHING), *quick = start(SAY_OK);
    vg_posts *p = open_posts(true, 3000); /* time enough for the quick one on a slow machine */
    add(p, "127.0.0.1", slow->port, 1);
    add(p, "127.0.0.1", quick->port, 2);
    vg_posted got = wait_for_one(p);
    assert_int_equal(got.tag, 2);
    assert_int_equal(got.status, 200);
    got = wait_for_one(p);
    assert_int_equal(got.tag, 1);
    assert_int_equal(got.failure.code, VG_EIO);
    vg_posts_close(p);
    stop(slow);
    stop(quick);
}

static pthread_mutex_t looking_up = PTHREAD_MUTEX_INITIALIZER;

/* In place of the system's: one name takes as long as the test wants, as it does where its servers do not answer. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
    if (strcmp(node, "slow.invalid") == 0) {
        pthread_mutex_lock(&looking_up);
        pthread_mutex_unlock(&looking_up);
        return EAI_AGAIN;
    }
    int (*theirs)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *found = dlsym(RTLD_NEXT, "getaddrinfo");
    memcpy(&theirs, &found, sizeof theirs);
    return theirs(node, service, hints, out);
}

static void a_name_that_is_looked_up_for_long_holds_nobody_back(void **state)
{
    (void)state;
    pthread_mutex_lock(&looking_up);
    vg_posts *p = open_posts(true, 300);
    add(p, "slow.invalid", 80, 1);
    vg_posted got = wait_for_one(p); /* while the name is still looked up */
    pthread_mutex_unlock(&looking_up);
    assert_int_equal(got.tag, 1);
    assert_int_equal(got.failure.code, VG_EIO);
    vg_posts_close(p);
}

/* The name is looked up by libcurl; what it leads to decides. */
static void private_addresses_are_refused_at_the_connection(void **state)
{
    static const char *const host[] = { "127.1", "2130706433", "0x7f.1" };
    (void)state;
    server *s = start(SAY_OK);
    vg_posts *p = open_posts(false, 0);
    for (size_t i = 0; i < sizeof host / sizeof *host; i++) {
        char url[100];
        vg_err e = VG_NO_ERR;
        int n = snprintf(url, sizeof url, "http://%s:%d/hook", host[i], s->port);
        vg_post what = { .url = { url, n }, .body = VG_S("x"), .tag = 1 };
        if (vg_posts_add(p, &what, &e)) {
            vg_posted got = wait_for_one(p);
            assert_int_equal(got.failure.code, VG_EARG);
        }
    }
    assert_int_equal(s->n_requests, 0);
    vg_posts_close(p);
    stop(s);
}

static void addresses_are_looked_over_before(void **state)
{
    static const char *const bad[] = {
        "",
        "example.org",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://user:word@example.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://localhost/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://172.31.0.1/",
        "http://169.254.169.254/latest",
        "http://100.64.0.1/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://example.org/a b",
        "http://example.org/\r\nX: y",
    };
    static const char *const good[] = { "https://example.org/hook?x=1", "http://93.184.216.34/",
                                        "https://[2606:2800:220:1::1]:8443/h" };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_err e = VG_NO_ERR;
        if (vg_post_address_check(vg_str_z(bad[i]), false, &e))
            fail_msg("%s is taken", bad[i]);
        assert_int_equal(e.code, VG_EARG);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        vg_err e = VG_NO_ERR;
        CHECK_OK(vg_post_address_check(vg_str_z(good[i]), false, &e), &e);
    }
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_post_address_check(VG_S("http://127.0.0.1:8080/h"), true, &e), &e);
}

static void a_header_cannot_bring_another(void **state)
{
    (void)state;
    vg_posts *p = open_posts(true, 0);
    vg_post what = { .url = VG_S("http://127.0.0.1:9/"), .n_headers = 1 };
    what.header[0] = VG_S("A: b\r\nC: d");
    vg_err e = VG_NO_ERR;
    assert_false(vg_posts_add(p, &what, &e));
    assert_int_equal(vg_posts_busy(p), 0);
    vg_posts_close(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_arrives_with_its_headers),
        cmocka_unit_test(a_refusal_is_told_with_how_long_to_wait),
        cmocka_unit_test(no_redirect_is_followed),
        cmocka_unit_test(one_who_is_slow_holds_nobody_back),
        cmocka_unit_test(a_name_that_is_looked_up_for_long_holds_nobody_back),
        cmocka_unit_test(private_addresses_are_refused_at_the_connection),
        cmocka_unit_test(addresses_are_looked_over_before),
        cmocka_unit_test(a_header_cannot_bring_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
