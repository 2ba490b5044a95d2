/* What is sent in bad faith or by mistake: each is answered by the right status or a closed connection, and the server
 * answers the next request. */
#include "serve/serve_test_int.h"

static int open_stage(void **state)
{
    stage *g = new_stage();
    g->o.header_s = 1;
    g->o.request_s = 2;
    g->o.body_bytes = 4096;
    start_server(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    stage *g = *state;
    assert_int_equal(ask(g, "/healthz"), 200); /* whatever was tried */
    end_stage(g);
    return 0;
}

#define HEAD "POST /api/v1/verbs/echo-list HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

static void a_length_that_can_be_read_in_two_ways_is_refused(void **state)
{
    stage *g = *state;
    assert_int_equal(say(g, HEAD "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
    CHECK_HAS(g, "Connection: close");
    assert_int_equal(say(g, HEAD "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"), 400);
    assert_int_equal(say(g, HEAD "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), 400);
    assert_int_equal(say(g, HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), 400);
    assert_true(say(g, HEAD "Transfer-Encoding: chunked, identity\r\n\r\n") >= 400);
    assert_true(say(g, HEAD "Transfer-Encoding: xchunked\r\n\r\n") >= 400);
    assert_true(say(g, HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n") >= 400);
    assert_true(say(g, HEAD "Content-Length: -1\r\n\r\n") >= 400);
    assert_true(say(g, HEAD "Content-Length: +2\r\n\r\n{}") >= 400);
    assert_true(say(g, HEAD "Content-Length: 0x2\r\n\r\n{}") >= 400);
    assert_true(say(g, HEAD "Content-Length: 99999999999999999999\r\n\r\n") >= 400);
}

/* After a refusal nothing behind it on the same connection is taken for a request. */
static void a_smuggled_request_is_not_answered(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    const char *both = HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                            "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    put_text(fd, both);
    assert_int_equal(take_answer(g, fd, "never"), 400);
    assert_int_equal(count_of(g, "HTTP/1.1 "), 1);
    assert_false(holds(g, "vigie_requests_total"));
    close(fd);
}

static void a_chunked_body_is_taken(void **state)
{
    stage *g = *state;
    assert_int_equal(
        say(g, HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"t\r\n8\r\nop\":\"2\"}\r\n0\r\n\r\n"), 200);
    CHECK_HAS(g, "--top=2");
}

static void a_path_out_of_the_tree_is_refused(void **state)
{
    stage *g = *state;
    static const char *const bad[] = { "/../../etc/passwd",        "/api/v1/..%2f..%2fetc/passwd",
                                       "/api/v1/%2e%2e/%2e%2e/x",  "/api/v1/runs/%00",
                                       "/api/v1/runs/%c3%28",      "/api/v1/runs?verb=%ff",
                                       "/api/v1/verbs/..%5c..%5cx" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ask(g, bad[i]) != 400)
            fail_msg("%s: %.200s", bad[i], g->answer);
    CHECK_HAS(g, "application/problem+json");
}

static void a_header_of_a_mebibyte_is_refused(void **state)
{
    stage *g = *state;
    size_t n = 1 << 20;
    char *text = malloc(n + 200);
    assert_non_null(text);
    int at = sprintf(text, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ");
    memset(text + at, 'a', n);
    memcpy(text + at + n, "\r\n\r\n", 5);
    int status = say(g, text);
    assert_true(status == 431 || status == 413 || status == 0); /* 0: closed while we were still sending */
    memcpy(text + at + 20000, "\r\n\r\n", 5);                   /* a smaller one gets our own words */
    assert_int_equal(say(g, text), 431);
    CHECK_HAS(g, "\"what\":\"the header of the request is too large\"");
    free(text);
}

static void an_address_that_is_too_long_is_refused(void **state)
{
    stage *g = *state;
    char text[12000];
    int at = sprintf(text, "/api/v1/runs?verb=");
    memset(text + at, 'a', 9000);
    text[at + 9000] = '\0';
    assert_int_equal(ask(g, text), 414);
}

static void a_body_that_is_too_large_is_refused(void **state)
{
    stage *g = *state;
    char text[16000];
    assert_int_equal(say(g, HEAD "Content-Length: 5000\r\n\r\n"), 413);
    int at = sprintf(text, HEAD "Transfer-Encoding: chunked\r\n\r\n1770\r\n");
    memset(text + at, ' ', 6000);
    sprintf(text + at + 6000, "\r\n0\r\n\r\n");
    assert_int_equal(say(g, text), 413);
    CHECK_HAS(g, "the body of the request is too large");
}

static void bytes_that_are_no_request_are_refused(void **state)
{
    stage *g = *state;
    static const char *const bad[] = { "\r\n\r\n\r\n\r\n",
                                       "GET\r\n\r\n",
                                       "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                                       "\x16\x03\x01\x02",
                                       "GET / HTTP/1.1\r\n\r\n",
                                       "GET / HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int status = say(g, bad[i]);
        if (status && status < 400)
            fail_msg("%zu: %.200s", i, g->answer);
    }
}

/* A letter at a time keeps every idle limit from being reached; the header's own limit ends it. */
static void a_header_that_drips_is_cut_off(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int64_t end = test_now_ms() + TEST_PATIENCE_MS;
    put_text(fd, "GET /healthz HTTP/1.1\r\nX: ");
    int ready = 0;
    while (test_now_ms() < end && (ready = poll(&p, 1, 100)) == 0)
        put_text(fd, "a");
    assert_int_equal(ready, 1);
    close(fd);
}

static void a_body_that_never_comes_is_cut_off(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    int64_t begun = test_now_ms();
    put_text(fd, HEAD "Content-Length: 100\r\n\r\n{");
    take_answer(g, fd, NULL);
    assert_true(test_now_ms() - begun < PATIENCE_MS / 2); /* the server ended it, not our patience */
    close(fd);
}

static void half_closed_and_silent_sockets_harm_nobody(void **state)
{
    stage *g = *state;
    int fd[50];
    for (int i = 0; i < 50; i++) {
        fd[i] = dial(g);
        if (i % 3 == 0)
            put_text(fd[i], "GET /heal");
        if (i % 3 == 1) {
            put_text(fd[i], "GET /api/v1/vintages HTTP/1.1\r\nHost: localhost\r\n\r\n");
            shutdown(fd[i], SHUT_WR);
        }
        if (i % 7 == 0) { /* gone with a reset */
            struct linger hard = { 1, 0 };
            setsockopt(fd[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            close(fd[i]);
            fd[i] = -1;
        }
    }
    assert_int_equal(ask(g, "/api/v1/vintages"), 200);
    for (int i = 0; i < 50; i++)
        if (fd[i] >= 0)
            close(fd[i]);
}

static void several_requests_on_one_connection_are_answered_in_order(void **state)
{
    stage *g = *state;
    int fd = dial(g);
    const char *two = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
                      "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    put_text(fd, two);
    take_answer(g, fd, "never");
    assert_int_equal(count_of(g, "HTTP/1.1 "), 2);
    assert_true(strstr(g->answer, "200 OK") < strstr(g->answer, "404 Not Found"));
    close(fd);
}

static void too_many_requests_of_one_address_wait(void **state)
{
    stage *g = *state;
    vg_serve_stop(g->s);
    g->o.rate = 2;
    start_server(g);
    int refused = 0; /* however slowly they are asked: faster than two a second */
    WAIT_UNTIL((refused += ask(g, "/healthz") == 429) >= 10);
    assert_true(ask(g, "/healthz") != 429 || holds(g, "Retry-After: 1"));
    vg_serve_stop(g->s);
    g->o.rate = 0;
    start_server(g);
}

/* A verb under way, a stream and a silent connection at once: stopping waits for none of them long. */
static void the_server_stops_soon_whatever_is_open(void **state)
{
    stage *g = *state;
    int64_t begun = test_now_ms();
    assert_int_equal(ask(g, "/healthz"), 200);
    int64_t soon_ms = 4000 + 50 * (test_now_ms() - begun); /* on a slow machine all things take longer */
    int verb = dial(g), stream = dial(g), silent = dial(g), before = atomic_load(&slow_verbs);
    put_text(verb, "GET /api/v1/verbs/slow-down HTTP/1.1\r\nHost: localhost\r\n\r\n");
    put_text(stream, "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    take_answer(g, stream, "retry: ");
    WAIT_UNTIL(atomic_load(&slow_verbs) > before);
    begun = test_now_ms();
    vg_serve_stop(g->s);
    assert_true(test_now_ms() - begun < soon_ms);
    assert_int_equal(take_answer(g, verb, NULL), 504);
    close(verb);
    close(stream);
    close(silent);
    start_server(g);
}

static void a_store_that_another_holds_is_read_and_writing_says_so(void **state)
{
    stage *g = *state;
    vg_store *st;
    vg_import *im;
    vg_vintage about = { .source = VG_S("csv"), .file = VG_S("x.csv") };
    add_tokens(g);
    setenv("VIGIE_BUSY_MS", "100", 1);
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_import_begin(st, &about, &im, &g->e), &g->e);
    assert_int_equal(ask_as(g, g->analyst, "GET", "/api/v1/vintages", NULL), 200);
    assert_int_equal(
        ask_as(g, g->analyst, "POST", "/api/v1/decisions", "{\"subject\":\"a\",\"verdict\":\"b\"}"), 503);
    CHECK_HAS(g, "\"code\":\"busy\"");
    CHECK_HAS(g, "Retry-After: 5");
    vg_import_drop(im);
    vg_store_close(st);
    assert_int_equal(
        ask_as(g, g->analyst, "POST", "/api/v1/decisions", "{\"subject\":\"a\",\"verdict\":\"b\"}"), 201);
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, open_stage, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(a_length_that_can_be_read_in_two_ways_is_refused),
        STAGED(a_smuggled_request_is_not_answered),
        STAGED(a_chunked_body_is_taken),
        STAGED(a_path_out_of_the_tree_is_refused),
        STAGED(a_header_of_a_mebibyte_is_refused),
        STAGED(an_address_that_is_too_long_is_refused),
        STAGED(a_body_that_is_too_large_is_refused),
        STAGED(bytes_that_are_no_request_are_refused),
        STAGED(a_header_that_drips_is_cut_off),
        STAGED(a_body_that_never_comes_is_cut_off),
        STAGED(half_closed_and_silent_sockets_harm_nobody),
        STAGED(several_requests_on_one_connection_are_answered_in_order),
        STAGED(too_many_requests_of_one_address_wait),
        STAGED(the_server_stops_soon_whatever_is_open),
        STAGED(a_store_that_another_holds_is_read_and_writing_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
