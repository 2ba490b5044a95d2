/* What goes out by itself: to receivers that fail first, are slow, or are gone, and alerts to the stream. */
#include <pthread.h>
#include <stdatomic.h>

#include "core/hash.h"
#include "door/ceasefire_guard_int.h"
#include "door/ceasefire_test_int.h"

/* --- a receiver: keeps what came, and fails as often as it is told to --- */

enum { KEPT = 64, KEPT_BYTES = 16 << 10 };

typedef struct {
    int fd, port, fail_first;
    bool silent; /* takes a message and never answers */
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    int n;
    char message[KEPT][KEPT_BYTES];
} receiver;

static size_t read_message(int fd, char *to)
{
    size_t n = 0;
    struct pollfd p = { .fd = fd, .events = POLLIN };
    to[0] = '\0';
    while (n < KEPT_BYTES - 1 && !answer_is_whole(to, (long)n) && poll(&p, 1, TEST_PATIENCE_MS) > 0) {
        ssize_t got = recv(fd, to + n, KEPT_BYTES - 1 - n, 0);
        if (got <= 0)
            break;
        n += (size_t)got;
        to[n] = '\0';
    }
    return n;
}

static void *receive(void *arg)
{
    static const char good[] = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                      bad[] = "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    receiver *r = arg;
    int held[KEPT], n_held = 0;
    char *message = malloc(KEPT_BYTES);
    for (int fd; (fd = accept(r->fd, NULL, NULL)) >= 0;) {
        size_t n = read_message(fd, message);
        pthread_mutex_lock(&r->lock);
        bool fails = r->fail_first > 0;
        r->fail_first -= fails;
        if (r->n < KEPT)
            memcpy(r->message[r->n++], message, n + 1);
        pthread_mutex_unlock(&r->lock);
        if (r->silent && n_held < KEPT) {
            held[n_held++] = fd;
            continue;
        }
        put_all(fd, fails ? bad : good, strlen(fails ? bad : good));
        close(fd);
    }
    while (n_held > 0)
        close(held[--n_held]);
    free(message);
    return NULL;
}

static receiver *new_receiver(int fail_first, bool silent)
{
    receiver *r = calloc(1, sizeof *r);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof at;
    r->fail_first = fail_first;
    r->silent = silent;
    pthread_mutex_init(&r->lock, NULL);
    r->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(r->fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(r->fd, 16), 0);
    assert_int_equal(getsockname(r->fd, (struct sockaddr *)&at, &len), 0);
    r->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&r->thread, NULL, receive, r), 0);
    return r;
}

static void end_receiver(receiver *r)
{
    shutdown(r->fd, SHUT_RDWR);
    pthread_join(r->thread, NULL);
    close(r->fd);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static int n_received(receiver *r)
{
    pthread_mutex_lock(&r->lock);
    int n = r->n;
    pthread_mutex_unlock(&r->lock);
    return n;
}

static void wait_for(receiver *r, int n)
{
    WAIT_UNTIL(n_received(r) >= n);
}

static void header_of(const char *message, const char *name, char *to, size_t cap)
{
    char key[80];
    snprintf(key, sizeof key, "\r\n%s: ", name);
    const char *at = strstr(message, key);
    if (!at)
        fail_msg("no %s in %.300s", name, message);
    at += strlen(key);
    snprintf(to, cap, "%.*s", (int)strcspn(at, "\r"), at);
}

/* --- the server --- */

static int open_truce(void **state)
{
    setenv("VIGIE_PRIVATE_RECEIVERS", "1", 1);
    desk *g = new_desk();
    enter_text(g, truce_text);
    open_desk(g);
    *state = g;
    return 0;
}

static int close_truce(void **state)
{
    end_desk(*state);
    unsetenv("VIGIE_PRIVATE_RECEIVERS");
    return 0;
}

static long add_receiver(desk *g, const receiver *r, const char *more)
{
    char body[400];
    snprintf(body, sizeof body, "{\"url\":\"http://127.0.0.1:%d/in?token=abc\"%s}", r->port, more);
    assert_int_equal(request(&g->c, g->admin, "POST", TRUCE "/receivers", "application/json", body), 201);
    return number_of(&g->c, "receiver");
}

static void end_receiver_of(desk *g, long id)
{
    char target[100];
    snprintf(target, sizeof target, TRUCE "/receivers/%ld", id);
    assert_int_equal(request(&g->c, g->admin, "DELETE", target, NULL, NULL), 200);
}

/* New violations, far enough from each other to be incidents of their own. */
static void send_violations(desk *g, int first, int n)
{
    for (int i = first; i < first + n; i++) {
        char line[1000];
        put_report(line, sizeof line, "patrol-1", 1000 + i, 600 + 720 * i, 48.1 + 0.08 * (i % 10),
                   32.1 + 0.08 * (i / 10));
        assert_int_equal(send_lines(g, &g->c, line), 200);
        assert_int_equal(number_of(&g->c, "new"), 1);
    }
}

static bool file_holds(const char *path, const char *end, const char *word)
{
    char name[400], *text = malloc(64 << 20);
    snprintf(name, sizeof name, "%s%s", path, end);
    FILE *f = fopen(name, "rb");
    assert_true(text && f);
    size_t n = fread(text, 1, 64 << 20, f);
    fclose(f);
    bool holds = memmem(text, n, word, strlen(word)) != NULL;
    free(text);
    return holds;
}

static void a_receiver_that_fails_first_gets_each_outcome_in_order_and_signed(void **state)
{
    desk *g = *state;
    receiver *r = new_receiver(1, false);
    long id = add_receiver(g, r, ",\"what\":\"incidents\",\"secret\":\"a word between us\"");
    send_violations(g, 0, 3);
    wait_for(r, 4); /* the first one twice */
    char key[4][80], signature[100], hex[65];
    for (int i = 0; i < 4; i++)
        header_of(r->message[i], "Idempotency-Key", key[i], sizeof key[i]);
    assert_string_equal(key[0], key[1]);
    assert_true(strcmp(key[1], key[2]) != 0 && strcmp(key[2], key[3]) != 0);
    assert_int_equal(strncmp(key[0], "truce-", 6), 0);
    assert_true(strtol(key[1] + 6, NULL, 10) < strtol(key[2] + 6, NULL, 10));
    header_of(r->message[3], "Vigie-Signature", signature, sizeof signature);
    const char *body = strstr(r->message[3], "\r\n\r\n") + 4;
    const vg_str part[] = { vg_str_z(key[3]), VG_S("\n"), vg_str_z(body) };
    vg_hmac_sha256(VG_S("a word between us"), part, 3, hex);
    assert_string_equal(signature + 7, hex);
    assert_non_null(strstr(body, "\"ceasefire\":\"truce\""));
    assert_non_null(strstr(body, "\"level\":\"violation\""));
    assert_non_null(strstr(r->message[3], "Content-Type: application/geo+json"));
    WAIT_UNTIL(request(&g->c, g->admin, "GET", TRUCE "/receivers", NULL, NULL) == 200 &&
               number_of(&g->c, "sent") == 3);
    assert_int_equal(number_of(&g->c, "failed"), 1);
    ANSWER_HAS(&g->c, "\"signed\":true");
    ANSWER_HAS(&g->c, "/in?...");
    ANSWER_LACKS(&g->c, "a word between us");
    ANSWER_LACKS(&g->c, "token=abc");
    static const char *const end[] = { "", "-wal" };
    for (int i = 0; i < 2; i++) /* nor does it stand in the store: it is sealed with a key beside it */
        assert_false(file_holds(g->path, end[i], "a word between us"));
    end_receiver_of(g, id);
    end_receiver(r);
}

static void a_silent_receiver_stalls_nobody(void **state)
{
    desk *g = *state;
    receiver *silent = new_receiver(0, true), *quick = new_receiver(0, false);
    long first = add_receiver(g, silent, ",\"what\":\"incidents\""),
         second = add_receiver(g, quick, ",\"what\":\"incidents\"");
    send_violations(g, 10, 5); /* each is answered while the silent one is waited for */
    wait_for(quick, 5);
    int first_alone = n_received(silent);
    char key[80], again[80];
    for (int i = 0; i < first_alone; i++) { /* at most the first one, and that again */
        header_of(silent->message[i], "Idempotency-Key", i ? again : key, sizeof key);
        assert_string_equal(i ? again : key, key);
    }
    end_receiver_of(g, first);
    end_receiver_of(g, second);
    end_receiver(silent);
    end_receiver(quick);
}

static void a_receiver_gets_what_it_asked_for_and_nothing_from_before(void **state)
{
    desk *g = *state;
    receiver *r = new_receiver(0, false), *all = new_receiver(0, false);
    long id = add_receiver(g, r, ",\"what\":\"incidents\",\"severity\":5"),
         other = add_receiver(g, all, ",\"what\":\"incidents\"");
    send_violations(g, 20, 3); /* of severity 3 */
    wait_for(all, 3);
    assert_int_equal(n_received(r), 0);
    assert_int_equal(n_received(all), 3);
    end_receiver_of(g, id);
    end_receiver_of(g, other);
    receiver *later = new_receiver(0, false);
    id = add_receiver(g, later, ",\"what\":\"incidents\"");
    send_violations(g, 25, 3);
    wait_for(later, 3);
    assert_int_equal(n_received(later), 3); /* and none from before */
    assert_int_equal(n_received(all), 3);   /* it was ended */
    end_receiver_of(g, id);
    end_receiver(r);
    end_receiver(all);
    end_receiver(later);
}

/* Nothing goes out without its signature; no program has to be begun again for what was put right. */
static void a_receiver_is_told_again_when_the_key_of_its_secret_is_put_back(void **state)
{
    char key[320], aside[330];
    (void)state;
    desk *g = new_desk();
    enter_text(g, truce_text);
    open_desk(g);
    receiver *r = new_receiver(0, false);
    add_receiver(g, r, ",\"what\":\"incidents\",\"secret\":\"a word between us\"");
    vg_serve_stop(g->s);
    free_client(&g->c);
    snprintf(key, sizeof key, "%s.key", g->path);
    snprintf(aside, sizeof aside, "%s.away", key);
    assert_int_equal(rename(key, aside), 0);
    open_desk(g);
    send_violations(g, 0, 1);
    WAIT_UNTIL(request(&g->c, g->admin, "GET", TRUCE "/receivers", NULL, NULL) == 200 &&
               number_of(&g->c, "failed") > 0);
    ANSWER_HAS(&g->c, "the key of the store's secrets is not there");
    assert_int_equal(n_received(r), 0);
    assert_int_equal(rename(aside, key), 0);
    wait_for(r, 1);
    end_desk(g);
    end_receiver(r);
}

static void receivers_are_the_keepers_matter_and_are_looked_over(void **state)
{
    static const char *const bad[] = { "{\"url\":\"ftp://example.org/\"}", "{\"url\":\"http://a b/\"}",
                                       "{\"url\":\"http://user@example.org/\"}", "{\"what\":\"alerts\"}",
                                       "{\"url\":\"https://example.org/\",\"level\":\"high\"}" };
    desk *g = *state;
    static const char hook[] = "{\"url\":\"https://example.org/\"}";
    assert_int_equal(request(&g->c, g->analyst, "GET", TRUCE "/receivers", NULL, NULL), 403);
    assert_int_equal(request(&g->c, g->analyst, "POST", TRUCE "/receivers", "application/json", hook), 403);
    assert_int_equal(request(&g->c, g->analyst, "DELETE", TRUCE "/receivers/1", NULL, NULL), 403);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(request(&g->c, g->admin, "POST", TRUCE "/receivers", "application/json", bad[i]),
                         400);
    assert_int_equal(request(&g->c, g->admin, "DELETE", TRUCE "/receivers/999", NULL, NULL), 404);
}

static void without_the_operators_word_no_private_address_is_taken(void **state)
{
    desk *g = *state;
    unsetenv("VIGIE_PRIVATE_RECEIVERS");
    int status = request(&g->c, g->admin, "POST", TRUCE "/receivers", "application/json",
                         "{\"url\":\"http://127.0.0.1:9/\"}");
    setenv("VIGIE_PRIVATE_RECEIVERS", "1", 1);
    assert_int_equal(status, 400);
    ANSWER_HAS(&g->c, "private network");
}

/* --- at once --- */

/* Reads the stream until the text has come; how many milliseconds that took, or -1. */
static long wait_for_event(client *c, int fd, const char *text, int patience_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int64_t begin = vg_guard__now_ms();
    long got = (long)strlen(c->answer);
    while (!strstr(c->answer, text)) {
        int left = patience_ms - (int)(vg_guard__now_ms() - begin);
        if (left <= 0 || poll(&p, 1, left) <= 0)
            return -1;
        ssize_t part = recv(fd, c->answer + got, (size_t)(CLIENT_BYTES - 1 - got), 0);
        if (part <= 0)
            return -1;
        got += part;
        c->answer[got] = '\0';
    }
    return (long)(vg_guard__now_ms() - begin);
}

/* Not at the next look of a minute. How fast it is on a machine that does nothing else, bench/run measures. */
static void an_alert_is_on_the_stream_as_soon_as_its_report_is_taken(void **state)
{
    char text[400], line[1000];
    (void)state;
    desk *g = new_desk();
    enter_text(g, truce_text);
    setenv("VIGIE_NOW", "2026-03-10T10:00:00Z", 1);
    open_desk(g);
    client c = new_client(vg_serve_port(g->s));
    int fd = dial_port(c.port);
    int n = snprintf(text, sizeof text,
                     "GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                     g->viewer);
    put_all(fd, text, (size_t)n);
    for (int i = 0; i < 2; i++) {
        put_report(line, sizeof line, "patrol-1", i, 100 * (i + 1), 48.2 + 0.2 * i, 32.3);
        assert_int_equal(send_lines(g, &g->c, line), 200);
        assert_true(wait_for_event(&c, fd, "event: ceasefire-incident", 30000) >= 0);
    }
    assert_int_equal(wait_for_event(&c, fd, "\"rule\":\"threshold\"", 1200), -1); /* two are not three */
    put_report(line, sizeof line, "patrol-1", 2, 300, 48.8, 32.3);
    assert_int_equal(send_lines(g, &g->c, line), 200);
    assert_true(wait_for_event(&c, fd, "\"rule\":\"threshold\"", 30000) >= 0);
    ANSWER_HAS(&c, "event: ceasefire-alert");
    close(fd);
    free_client(&c);
    unsetenv("VIGIE_NOW");
    end_desk(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_that_fails_first_gets_each_outcome_in_order_and_signed),
        cmocka_unit_test(a_silent_receiver_stalls_nobody),
        cmocka_unit_test(a_receiver_gets_what_it_asked_for_and_nothing_from_before),
        cmocka_unit_test(a_receiver_is_told_again_when_the_key_of_its_secret_is_put_back),
        cmocka_unit_test(receivers_are_the_keepers_matter_and_are_looked_over),
        cmocka_unit_test(without_the_operators_word_no_private_address_is_taken),
        cmocka_unit_test(an_alert_is_on_the_stream_as_soon_as_its_report_is_taken),
    };
    return cmocka_run_group_tests(tests, open_truce, close_truce);
}
