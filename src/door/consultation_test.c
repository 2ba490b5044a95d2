/* Live consultations over HTTP: what is answered to whom, what is refused, and that an acknowledged vote outlives a kill. */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "consultation/live.h"
#include "door/door.h"
#include "serve/serve.h"
#include "test.h"

enum { N_STATEMENTS = 6 };
static const char CODE[] = "7Q2M4KXWP9TD", SINGLE[] = "SNG1E0000000",
                  MODERATOR[] = "M0DERAT0R000000000000000AB";
static const char KEY[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/* --- a store with a conversation, and a server over it --- */

typedef struct {
    char dir[256], path[300];
    int64_t live;
    vg_serve *s;
    int port, log_fd;
} hall;

static vg_str hashed(const char *purpose, const char *text, char hex[65])
{
    vg_live_hash(vg_str_z(KEY), purpose, vg_str_z(text), hex);
    return vg_str_z(hex);
}

static void make_store(hall *h)
{
    char link[65], single[65], moderator[65];
    vg_err e = VG_NO_ERR;
    vg_store *st;
    memset(h, 0, sizeof *h);
    temp_dir(h->dir);
    snprintf(h->path, sizeof h->path, "%s/s.db", h->dir);
    vg_live about = { .name = VG_S("water"),
                      .topic = VG_S("Water"),
                      .languages = VG_S("en,fr"),
                      .key = vg_str_z(KEY),
                      .moderator = hashed("moderator", MODERATOR, moderator),
                      .observer = VG_S("none") };
    vg_live_code code[] = { { .hash = hashed("code", CODE, link), .most = 1000, .per_minute = 20 },
                            { .hash = hashed("code", SINGLE, single), .most = 1, .per_minute = 1 } };
    vg_live_word word[] = { { VG_S("age"), VG_S("young"), VG_S("en"), VG_S("Young"), 0.5 } };
    CHECK_OK(vg_store_open(h->path, VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_live_make(st, &about, word, 1, code, 2, &h->live, &e), &e);
    for (int i = 0; i < N_STATEMENTS; i++) {
        vg_live_entry x = { .kind = VG_LIVE_STATE,
                            .live = h->live,
                            .language = VG_S("en"),
                            .text = VG_S("Said"),
                            .is_seed = true };
        CHECK_OK(vg_live_write_now(st, &x, 1, &e), &e);
    }
    vg_store_close(st);
}

static bool start(hall *h, vg_err *e)
{
    vg_serve_opts o = { .store = h->path, .n_workers = 8, .log_fd = h->log_fd };
    o.door = vg_doors(&o.n_doors);
    if (!vg_serve_start(&o, &h->s, e))
        return false;
    h->port = vg_serve_port(h->s);
    return true;
}

static void open_hall(hall *h)
{
    vg_err e = VG_NO_ERR;
    make_store(h);
    CHECK_OK(start(h, &e), &e);
}

static void remove_files(hall *h)
{
    static const char *const end[] = { "", "-wal", "-shm" };
    char name[320];
    for (int i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "%s%s", h->path, end[i]);
        unlink(name);
    }
    rmdir(h->dir);
}

static void close_hall(hall *h)
{
    vg_serve_stop(h->s);
    remove_files(h);
}

/* --- a client --- */

static int connect_to(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Status of the answer, 0 when none came whole; its body in `answer`. Every request has a connection of its own. */
static int post(int port, const char *route, const char *body, char answer[8192])
{
    char head[400];
    size_t n = 0;
    ssize_t got;
    int fd = connect_to(port);
    if (fd < 0)
        return 0;
    int len =
        snprintf(head, sizeof head,
                 "POST /api/v1/consultations/water/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                 route, strlen(body));
    bool sent = send(fd, head, (size_t)len, MSG_NOSIGNAL) == len &&
                send(fd, body, strlen(body), MSG_NOSIGNAL) == (ssize_t)strlen(body);
    while (sent && n < 8191 && (got = recv(fd, answer + n, 8191 - n, 0)) > 0)
        n += (size_t)got;
    close(fd);
    answer[n] = '\0';
    const char *end = strstr(answer, "\r\n\r\n");
    if (!end || strncmp(answer, "HTTP/1.1 ", 9) != 0)
        return 0;
    int status = atoi(answer + 9);
    memmove(answer, end + 4, strlen(end + 4) + 1);
    return status;
}

static int ask(hall *h, const char *route, const char *body, const char *holds)
{
    char answer[8192] = "";
    int status = post(h->port, route, body, answer);
    if (holds && !strstr(answer, holds))
        fail_msg("%s %s: %d %s", route, body, status, answer);
    return status;
}

#define SECRET_A "\"secret\":\"aaaaaaaaaaaaaaaaaaaaaaaa\""
#define SECRET_B "\"secret\":\"bbbbbbbbbbbbbbbbbbbbbbbb\""

static void join_a(hall *h)
{
    assert_int_equal(
        ask(h, "join", "{" SECRET_A ",\"code\":\"7q2m-4kxw-p9td\",\"consent\":true}", "\"state\":\"open\""),
        200);
}

/* --- tests --- */

static void bad_input_to_the_vote_route_has_its_answer(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int status;
        const char *holds;
    } cases[] = {
        { "{" SECRET_A ",\"votes\":\"1:1:1,2:-1:2,3:0:3\"}", 200, "[\"done\",\"done\",\"done\"]" },
        { "{" SECRET_A ",\"votes\":\"1:1:1\"}", 200, "[\"same\"]" },  /* sent again */
        { "{" SECRET_A ",\"votes\":\"1:-1:1\"}", 200, "[\"same\"]" }, /* replayed with another value */
        { "{" SECRET_A ",\"votes\":\"99:1:4,4:1:5\"}", 200,
          "[\"unknown\",\"done\"]" }, /* an unknown statement */
        { "{" SECRET_A ",\"votes\":\"1:2:6\"}", 400, "not -1, 0 or 1" },
        { "{" SECRET_A ",\"votes\":\"1:1:6:-60\"}", 400, "in the future" },
        { "{" SECRET_A ",\"votes\":\"\"}", 400, "votes" },
        { "{" SECRET_A "}", 400, "votes is missing" },
        { "{" SECRET_A ",\"votes\":[\"1:1:7\",\"1:1:8\"]}", 400, "twice" },
        { "{" SECRET_B ",\"votes\":\"1:1:9\"}", 403, "nobody here has this secret" },
        { "{\"secret\":\"short\",\"votes\":\"1:1:9\"}", 400, "too short" },
        { "{" SECRET_A ",\"votes\":\"1:1:9\",\"pseudonym\":\"00\"}", 400,
          "no parameter" }, /* a forged pseudonym */
        { "{" SECRET_A ",\"votes\":\"<b>:1:9\"}", 400, "not a whole number" },
        { "{" SECRET_A ",\"votes\":\"1:1:9", 400, NULL },
        { "[]", 400, NULL },
    };
    hall h;
    open_hall(&h);
    join_a(&h);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = ask(&h, "votes", cases[i].body, cases[i].holds);
        if (status != cases[i].status)
            fail_msg("%s: %d", cases[i].body, status);
    }
    close_hall(&h);
}

static void a_hundred_kilobytes_are_refused(void **state)
{
    (void)state;
    static char body[100200];
    hall h;
    open_hall(&h);
    join_a(&h);
    int n = snprintf(body, sizeof body, "{" SECRET_A ",\"lang\":\"en\",\"client\":1,\"text\":\"");
    memset(body + n, 'a', 100000);
    memcpy(body + n + 100000, "\"}", 3);
    assert_int_equal(ask(&h, "statements", body, NULL), 413);
    memcpy(body + n + 300, "\"}", 3);
    assert_int_equal(ask(&h, "statements", body, "280"), 400);
    assert_int_equal(ask(&h, "statements",
                         "{" SECRET_A
                         ",\"lang\":\"en\",\"client\":1,\"text\":\"<b>\\u202eX</b> \xF0\x9F\x98\x80\"}",
                         NULL),
                     200);
    close_hall(&h);
}

static void a_code_for_one_person_works_on_one_device(void **state)
{
    (void)state;
    hall h;
    open_hall(&h);
    assert_int_equal(ask(&h, "join", "{" SECRET_A ",\"code\":\"SNG1E0000000\"}", "agreeing"), 400);
    assert_int_equal(
        ask(&h, "join", "{" SECRET_A ",\"code\":\"SNG1E0000000\",\"consent\":true}", "\"back\":false"), 200);
    assert_int_equal(
        ask(&h, "join", "{" SECRET_B ",\"code\":\"SNG1E0000000\",\"consent\":true}", "as often as it may"),
        409);
    assert_int_equal(ask(&h, "join", "{" SECRET_A "}", "\"back\":true"), 200);
    assert_int_equal(
        ask(&h, "join", "{" SECRET_B ",\"code\":\"WR0NG0000000\",\"consent\":true}", "no such code"), 403);
    assert_int_equal(ask(&h, "about", "{\"code\":\"WR0NG0000000\"}", "no such code"), 403);
    close_hall(&h);
}

static void a_flood_of_invented_people_is_contained_and_shown(void **state)
{
    (void)state;
    hall h;
    char body[200], answer[8192];
    int taken = 0, refused = 0;
    open_hall(&h);
    for (int i = 0; i < 60; i++) { /* the clock may pass one minute in between, not two */
        snprintf(body, sizeof body, "{\"secret\":\"invented-person-%012d\",\"code\":\"%s\",\"consent\":true}",
                 i, CODE);
        int status = post(h.port, "join", body, answer);
        taken += status == 200;
        refused += status == 429;
    }
    assert_int_equal(taken + refused, 60);
    assert_in_range(taken, 20, 40);
    assert_int_equal(ask(&h, "desk", "{\"key\":\"M0DERAT0R000000000000000AB\"}", "\"flood\":true"), 200);
    assert_int_equal(ask(&h, "desk", "{\"key\":\"M0DERAT0R000000000000000AC\"}", "moderators"), 403);
    assert_int_equal(ask(&h, "desk", "{}", "moderators"), 403);
    close_hall(&h);
}

static void nothing_is_taken_after_the_end_but_consent_is_taken_back(void **state)
{
    (void)state;
    hall h;
    open_hall(&h);
    join_a(&h);
    assert_int_equal(
        ask(&h, "acts", "{\"key\":\"M0DERAT0R000000000000000AB\",\"act\":\"reject\",\"target\":1}", "reason"),
        400);
    assert_int_equal(
        ask(&h, "acts",
            "{\"key\":\"M0DERAT0R000000000000000AB\",\"act\":\"reject\",\"target\":1,\"reason\":\"x\"}",
            NULL),
        200);
    assert_int_equal(ask(&h, "votes", "{" SECRET_A ",\"votes\":\"1:1:1\"}", "not asked"), 200);
    assert_int_equal(ask(&h, "acts", "{\"key\":\"M0DERAT0R000000000000000AB\",\"act\":\"close\"}", NULL),
                     200);
    assert_int_equal(ask(&h, "votes", "{" SECRET_A ",\"votes\":\"2:1:2\"}", "closed"), 409);
    assert_int_equal(ask(&h, "answers", "{" SECRET_A ",\"answer\":\"age=young\"}", "closed"), 409);
    assert_int_equal(ask(&h, "next", "{" SECRET_A "}", "\"items\":[]"), 200);
    assert_int_equal(ask(&h, "withdraw", "{" SECRET_A "}", "true"), 200);
    assert_int_equal(ask(&h, "next", "{" SECRET_A "}", "nobody"), 403);
    close_hall(&h);
}

static void what_a_moderator_writes_stands_in_the_log(void **state)
{
    (void)state;
    hall h;
    open_hall(&h);
    assert_int_equal(
        ask(&h, "acts",
            "{\"key\":\"M0DERAT0R000000000000000AB\",\"act\":\"seed\",\"lang\":\"en\",\"text\":\"New\"}",
            "\"number\":7"),
        200);
    for (int i = 0; i < 2; i++) /* the second time nothing is written, and nothing told */
        assert_int_equal(ask(&h, "acts",
                             "{\"key\":\"M0DERAT0R000000000000000AB\",\"act\":\"wording\",\"target\":7,"
                             "\"lang\":\"fr\",\"text\":\"Nouveau\"}",
                             "\"number\":7"),
                         200);
    assert_int_equal(ask(&h, "desk", "{\"key\":\"M0DERAT0R000000000000000AB\"}", "\"log\":[{\"act\":2,"),
                     200);
    ask(&h, "desk", "{\"key\":\"M0DERAT0R000000000000000AB\"}",
        "\"who\":\"moderator\",\"what\":\"wording\",\"target\":7,\"other\":0,\"reason\":\"fr\"");
    ask(&h, "desk", "{\"key\":\"M0DERAT0R000000000000000AB\"}", "\"what\":\"seed\",\"target\":7,");
    assert_int_equal(
        ask(&h, "acts", "{\"key\":\"M0DERAT0R000000000000000AB\",\"act\":\"undo\",\"target\":2}", NULL), 404);
    close_hall(&h);
}

static void the_access_log_does_not_tell_from_where_somebody_takes_part(void **state)
{
    (void)state;
    static char said[65536];
    hall h;
    vg_err e = VG_NO_ERR;
    int pipe_[2];
    assert_int_equal(pipe(pipe_), 0);
    make_store(&h);
    h.log_fd = pipe_[1];
    CHECK_OK(start(&h, &e), &e);
    join_a(&h);
    assert_int_equal(ask(&h, "votes", "{" SECRET_A ",\"votes\":\"1:1:1\"}", "done"), 200);
    assert_int_equal(ask(&h, "votes", "{" SECRET_B ",\"votes\":\"1:1:1\"}", "nobody"), 403);
    close_hall(&h);
    close(pipe_[1]);
    ssize_t n = read(pipe_[0], said, sizeof said - 1);
    close(pipe_[0]);
    assert_true(n > 0);
    assert_non_null(strstr(said, "/api/v1/consultations/water/votes\",\"status\":200"));
    assert_non_null(strstr(said, "\"status\":403"));
    if (strstr(said, "127.0.0.1"))
        fail_msg("%s", said);
}

/* --- pictures --- */

static void take_part(hall *h, const char *secret, const char *code, const char *votes)
{
    char body[300];
    snprintf(body, sizeof body, "{\"secret\":\"%s\",\"code\":\"%s\",\"consent\":true}", secret, code);
    assert_int_equal(ask(h, "join", body, NULL), 200);
    snprintf(body, sizeof body, "{\"secret\":\"%s\",\"votes\":\"%s\"}", secret, votes);
    assert_int_equal(ask(h, "votes", body, "done"), 200);
    snprintf(body, sizeof body, "{\"secret\":\"%s\",\"answer\":\"age=young\"}", secret);
    assert_int_equal(ask(h, "answers", body, NULL), 200);
}

#define KEYED "{\"key\":\"M0DERAT0R000000000000000AB\"}"

/* Number of the picture that observers see. */
static int picture(hall *h)
{
    char answer[8192] = "";
    assert_int_equal(post(h->port, "observe", KEYED, answer), 200);
    const char *at = strstr(answer, "\"number\":");
    assert_non_null(at);
    return atoi(at + 9);
}

/* Whoever comes, votes and leaves again and again would otherwise see the others' votes one by one. */
static void only_five_who_stay_bring_the_next_picture(void **state)
{
    (void)state;
    enum { ENOUGH = 6, WAIT_S = 5 };
    hall h;
    char secret[64], body[100], answer[8192] = "";
    open_hall(&h);
    for (int i = 0; i < ENOUGH; i++) {
        snprintf(secret, sizeof secret, "somebody-of-the-first-%04d", i);
        take_part(&h, secret, CODE, "1:1:1,2:-1:2");
    }
    int first = 0;
    WAIT_UNTIL((first = picture(&h)) != 0);
    assert_int_equal(first, 1);
    take_part(&h, "one-more-who-says-something", CODE, "1:1:1");
    for (int i = 0; i < ENOUGH; i++) {
        snprintf(secret, sizeof secret, "comes-and-goes-again-%04d", i);
        take_part(&h, secret, SINGLE, "1:1:1");
        snprintf(body, sizeof body, "{\"secret\":\"%s\"}", secret);
        assert_int_equal(ask(&h, "withdraw", body, "true"), 200);
    }
    sleep(WAIT_S);
    assert_int_equal(picture(&h), first);
    assert_int_equal(post(h.port, "desk", KEYED, answer), 200);
    const char *heard = strstr(answer, "\"heard\":");
    assert_non_null(heard);
    if (!strstr(heard, "\"people\":6,") || strcmp(answer + strlen(answer) - 5, "}]}]}") != 0)
        fail_msg("%s", heard);
    close_hall(&h);
}

/* --- kill -9 --- */

enum { VOTERS = 8, MOST = 4000, BEFORE_KILL_MS = 700 };

typedef struct {
    int port, number;
    int64_t done[MOST];
    atomic_int n_done;
} voter;

/* Votes until the server is gone, and remembers what was acknowledged. */
static void *vote_on(void *arg)
{
    voter *v = arg;
    char body[200], answer[8192];
    for (int64_t i = 1; i < MOST; i++) {
        int64_t client = v->number * 100000 + i;
        snprintf(body, sizeof body, "{\"secret\":\"voter-number-%015d\",\"votes\":\"%d:1:%lld\"}", v->number,
                 (int)(1 + i % N_STATEMENTS), (long long)client);
        int status = post(v->port, "votes", body, answer);
        if (status == 0)
            break;
        if (status == 200 && strstr(answer, "done"))
            v->done[v->n_done] = client, v->n_done++; /* counted when it stands there */
    }
    return NULL;
}

static void serve_as_child(hall *h, int to)
{
    vg_err e = VG_NO_ERR;
    if (!start(h, &e) || write(to, &h->port, sizeof h->port) != sizeof h->port)
        _exit(1);
    for (;;)
        pause();
}

static int64_t count_votes(hall *h)
{
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_arena a;
    vg_conversation *list;
    int64_t n, votes = -1;
    assert_true(vg_arena_init(&a, 64 << 20, NULL));
    CHECK_OK(vg_store_open(h->path, VG_STORE_READ, &st, &e), &e);
    CHECK_OK(vg_store_conversations(st, 0, &a, &list, &n, &e), &e);
    votes = n == 1 ? list[0].n_votes : -1;
    vg_store_close(st);
    vg_arena_free(&a);
    return votes;
}

/* A vote that is in the store answers "same" when it is sent again; one that is not would be "done". */
static void check_all_there(hall *h, const voter *v)
{
    char body[200];
    for (int i = 0; i < v->n_done; i++) {
        snprintf(body, sizeof body, "{\"secret\":\"voter-number-%015d\",\"votes\":\"1:1:%lld\"}", v->number,
                 (long long)v->done[i]);
        assert_int_equal(ask(h, "votes", body, "[\"same\"]"), 200);
    }
}

static void an_acknowledged_vote_outlives_kill_9(void **state)
{
    (void)state;
    static voter v[VOTERS];
    hall h;
    int pipe_[2], done = 0;
    char body[200];
    pthread_t thread[VOTERS];
    make_store(&h);
    assert_int_equal(pipe(pipe_), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        serve_as_child(&h, pipe_[1]);
    assert_int_equal(read(pipe_[0], &h.port, sizeof h.port), sizeof h.port);
    for (int i = 0; i < VOTERS; i++) {
        v[i].port = h.port, v[i].number = i + 1, v[i].n_done = 0;
        snprintf(body, sizeof body, "{\"secret\":\"voter-number-%015d\",\"code\":\"%s\",\"consent\":true}",
                 i + 1, CODE);
        assert_int_equal(ask(&h, "join", body, NULL), 200);
        assert_int_equal(pthread_create(&thread[i], NULL, vote_on, &v[i]), 0);
    }
    nanosleep(&(struct timespec){ .tv_nsec = BEFORE_KILL_MS * 1000000L }, NULL);
    for (int i = 0; i < VOTERS; i++)
        WAIT_UNTIL(v[i].n_done >= 2);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    for (int i = 0; i < VOTERS; i++) {
        pthread_join(thread[i], NULL);
        done += v[i].n_done;
    }
    assert_true(done > VOTERS);
    int64_t votes = count_votes(&h);
    assert_in_range(votes, done, done + VOTERS); /* at most one a voter was on its way to its answer */
    vg_err e = VG_NO_ERR;
    CHECK_OK(start(&h, &e), &e);
    for (int i = 0; i < VOTERS; i++)
        check_all_there(&h, &v[i]);
    assert_int_equal(count_votes(&h), votes);
    close(pipe_[0]);
    close(pipe_[1]);
    close_hall(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            an_acknowledged_vote_outlives_kill_9), /* first: it forks before any other thread began */
        cmocka_unit_test(bad_input_to_the_vote_route_has_its_answer),
        cmocka_unit_test(a_hundred_kilobytes_are_refused),
        cmocka_unit_test(a_code_for_one_person_works_on_one_device),
        cmocka_unit_test(a_flood_of_invented_people_is_contained_and_shown),
        cmocka_unit_test(nothing_is_taken_after_the_end_but_consent_is_taken_back),
        cmocka_unit_test(what_a_moderator_writes_stands_in_the_log),
        cmocka_unit_test(the_access_log_does_not_tell_from_where_somebody_takes_part),
        cmocka_unit_test(only_five_who_stay_bring_the_next_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
