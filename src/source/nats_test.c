/* What can be told of a broker without one; test/ceasefire/nats has a real one, and kills it. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

#include "source/nats.h"

static void a_broker_that_is_away_is_no_failure_and_its_secret_is_not_shown(void **state)
{
    (void)state;
    vg_nats *c = NULL;
    vg_err e = VG_NO_ERR;
    vg_nats_message m[2];
    int32_t n = 7;
    CHECK_OK(vg_nats_open(&(vg_nats_opts){ .url = "nats://desk:secret@127.0.0.1:1" }, &c, &e), &e);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(vg_nats_fetch(c, m, 2, 1, &n, &e), &e);
        assert_int_equal(n, 0);
    }
    vg_nats_status s = vg_nats_state(c);
    assert_false(s.is_there);
    assert_string_equal(s.address, "127.0.0.1:1");
    assert_true(s.reason[0] != 0 && s.n_messages == 0 && s.n_away == 0);
    vg_nats_close(c);
}

static void names_that_nats_cannot_have_are_refused_before_it_is_asked(void **state)
{
    (void)state;
    static const vg_nats_opts bad[] = { { .url = "nats://127.0.0.1:1", .stream = "" },
                                        { .url = "nats://127.0.0.1:1", .subject = "two words" },
                                        { .url = "://" } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_nats *c = NULL;
        vg_err e = VG_NO_ERR;
        assert_false(vg_nats_open(&bad[i], &c, &e));
        assert_int_equal(e.code, VG_EARG);
        assert_null(c);
    }
}

/* --- a broker that answers each question of JetStream with one error, or breaks the protocol --- */

typedef struct {
    int fd, port;
    const char *answer; /* JSON; NULL = the protocol is broken instead */
    pthread_t thread;
} fake;

static void say(int fd, const char *text)
{
    send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* "PUB subject reply 12": the answer goes to the reply subject, under the number of the only subscription. */
static void answer_question(int fd, const fake *f, const char *line)
{
    char word[200], reply[200], text[1000];
    if (!f->answer)
        say(fd, "-ERR 'Unknown Protocol Operation'\r\n");
    else if (sscanf(line, "%*s %199s %199s", word, reply) == 2) {
        snprintf(text, sizeof text, "MSG %s 1 %zu\r\n%s\r\n", reply, strlen(f->answer), f->answer);
        say(fd, text);
    }
}

static void hold_talk(int fd, const fake *f)
{
    char text[8192];
    size_t n = 0;
    say(fd, "INFO "
            "{\"server_id\":\"F\",\"version\":\"2.9.0\",\"max_payload\":1048576,\"headers\":true,"
            "\"jetstream\":true}"
            "\r\n");
    for (ssize_t got; (got = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0;) {
        char *line = text, *end;
        n += (size_t)got;
        text[n] = '\0';
        for (; (end = strstr(line, "\r\n")); line = end + 2) {
            if (strncmp(line, "PING", 4) == 0)
                say(fd, "PONG\r\n");
            else if (strncmp(line, "PUB", 3) == 0 || strncmp(line, "HPUB", 4) == 0)
                answer_question(fd, f, line);
        }
        n -= (size_t)(line - text);
        memmove(text, line, n + 1);
    }
    close(fd);
}

static void *serve(void *arg)
{
    fake *f = arg;
    for (int fd; (fd = accept(f->fd, NULL, NULL)) >= 0;)
        hold_talk(fd, f);
    return NULL;
}

static void begin_fake(fake *f, const char *answer)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    *f = (fake){ .fd = socket(AF_INET, SOCK_STREAM, 0), .answer = answer };
    assert_int_equal(bind(f->fd, (struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(f->fd, 4), 0);
    assert_int_equal(getsockname(f->fd, (struct sockaddr *)&at, &size), 0);
    f->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

static void end_fake(fake *f)
{
    shutdown(f->fd, SHUT_RDWR);
    pthread_join(f->thread, NULL);
    close(f->fd);
}

/* Fetches a few times from such a broker; what vg_nats_fetch said last, and why not. */
static bool fetch_from(const char *answer, vg_err *e, vg_nats_status *s)
{
    char url[60];
    fake f;
    vg_nats *c = NULL;
    vg_nats_message m[2];
    int32_t n = 0;
    bool good = true;
    begin_fake(&f, answer);
    snprintf(url, sizeof url, "nats://127.0.0.1:%d", f.port);
    CHECK_OK(vg_nats_open(&(vg_nats_opts){ .url = url }, &c, e), e);
    for (int i = 0; i < 3 && good; i++)
        good = vg_nats_fetch(c, m, 2, 250, &n, e);
    *s = vg_nats_state(c);
    vg_nats_close(c);
    end_fake(&f);
    return good;
}

#define ERROR_OF(code, text)                                                                                 \
    "{\"type\":\"io.nats.jetstream.api.v1.consumer_info_response\",\"error\":{\"code\":503,"                 \
    "\"err_code\":" code ",\"description\":\"" text "\"}}"

static void what_passes_in_a_broker_ends_no_watch_and_what_does_not_pass_does(void **state)
{
    static const char *const passing[] = { ERROR_OF("10008", "JetStream system temporarily unavailable"),
                                           ERROR_OF("10023", "insufficient resources"), NULL };
    vg_nats_status s;
    (void)state;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        vg_err e = VG_NO_ERR;
        CHECK_OK(fetch_from(passing[i], &e, &s), &e);
        assert_false(s.is_there);
        assert_true(s.reason[0] != 0);
        if (i == 0)
            assert_non_null(strstr(s.reason, "temporarily unavailable"));
    }
    vg_err e = VG_NO_ERR;
    assert_false(fetch_from(ERROR_OF("10013", "consumer name already in use"), &e, &s));
    assert_int_equal(e.code, VG_ECONFLICT);
    assert_non_null(strstr(e.why, "already in use"));
    e = VG_NO_ERR;
    assert_false(fetch_from(ERROR_OF("10059", "stream not found"), &e, &s));
    assert_int_equal(e.code, VG_ENOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broker_that_is_away_is_no_failure_and_its_secret_is_not_shown),
        cmocka_unit_test(names_that_nats_cannot_have_are_refused_before_it_is_asked),
        cmocka_unit_test(what_passes_in_a_broker_ends_no_watch_and_what_does_not_pass_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
