/* Downloads against a server of ours on 127.0.0.1, which also breaks off, errs, lies and ignores what it is asked. */
#include "source/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "core/hash.h"
#include "test.h"

enum { BODY = 300000 };

/* What the server does with its k-th request (k from 0); the last deed is repeated. */
typedef enum {
    SERVE,
    BREAK_OFF,
    ERROR_500,
    MISSING_404,
    DENIED_401,
    NO_RANGES,
    TOO_LARGE,
    REDIRECT,
    BUSY_429
} deed;

typedef struct {
    int fd;
    int port;
    pthread_t thread;
    const deed *deeds;
    int n_deeds, n_requests;
    const char *etag;
    char body[BODY];
    char request[16][2048];
} server;

static int64_t range_of(const char *request)
{
    const char *p = strstr(request, "Range: bytes=");
    return p ? strtoll(p + 13, NULL, 10) : 0;
}

static bool same_tag(const server *s, const char *request)
{
    const char *p = strstr(request, "If-Range: ");
    return !p || (s->etag && strncmp(p + 10, s->etag, strlen(s->etag)) == 0);
}

static void say(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void say_status(int fd, const char *status)
{
    char head[256];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 %s\r\nContent-Length: 10\r\nConnection: close\r\n\r\nerror page", status);
    say(fd, head, (size_t)n);
}

static void say_body(const server *s, int fd, int64_t from, int64_t send_to)
{
    char head[400], tag[100] = "";
    if (s->etag)
        snprintf(tag, sizeof tag, "ETag: %s\r\n", s->etag);
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 %s\r\nContent-Length: %lld\r\nContent-Range: bytes "
                     "%lld-%d/%d\r\n%sConnection: close\r\n\r\n",
                     from ? "206 Partial Content" : "200 OK", (long long)(BODY - from), (long long)from,
                     BODY - 1, BODY, tag);
    say(fd, head, (size_t)n);
    if (send_to > from)
        say(fd, s->body + from, (size_t)(send_to - from));
}

static void answer(server *s, int fd, deed d, const char *request)
{
    char head[256];
    int64_t from = d == NO_RANGES || !same_tag(s, request) ? 0 : range_of(request);
    switch (d) {
    case ERROR_500: say_status(fd, "500 Internal Server Error"); break;
    case BUSY_429: say_status(fd, "429 Too Many Requests"); break;
    case MISSING_404: say_status(fd, "404 Not Found"); break;
    case DENIED_401: say_status(fd, "401 Unauthorized"); break;
    case BREAK_OFF: say_body(s, fd, from, from + BODY / 3); break;
    case REDIRECT:
        snprintf(head, sizeof head,
                 "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/moved\r\nContent-Length: 0\r\n"
                 "Connection: close\r\n\r\n",
                 s->port);
        say(fd, head, strlen(head));
        break;
    default: say_body(s, fd, from, BODY);
    }
}

static void *serve(void *arg)
{
    server *s = arg;
    for (;;) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        char request[2048];
        size_t n = 0;
        while (n < sizeof request - 1 && !(n >= 4 && memcmp(request + n - 4, "\r\n\r\n", 4) == 0)) {
            ssize_t got = recv(fd, request + n, 1, 0);
            if (got <= 0)
                break;
            n += (size_t)got;
        }
        request[n] = 0;
        int k = s->n_requests < s->n_deeds ? s->n_requests : s->n_deeds - 1;
        if (s->n_requests < 16)
            memcpy(s->request[s->n_requests], request, n + 1);
        s->n_requests++;
        answer(s, fd, s->deeds[k], request);
        close(fd);
    }
}

static server *start(const deed *deeds, int n_deeds)
{
    server *s = calloc(1, sizeof *s);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t len = sizeof at;
    assert_non_null(s);
    s->deeds = deeds;
    s->n_deeds = n_deeds;
    for (int i = 0; i < BODY; i++)
        s->body[i] = (char)('a' + i % 1000 * 7919 % 26);
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(s->fd, 8), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    s->port = ntohs(at.sin_port);
    char base[64];
    snprintf(base, sizeof base, "http://127.0.0.1:%d", s->port);
    setenv("VIGIE_FETCH_BASE", base, 1);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
    return s;
}

static void stop(server *s)
{
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    free(s);
    unsetenv("VIGIE_FETCH_BASE");
}

static char dir[256], dest[300], part[320], tag[330];

static void new_folder(void)
{
    temp_dir(dir);
    snprintf(dest, sizeof dest, "%s/f.csv", dir);
    snprintf(part, sizeof part, "%s.part", dest);
    snprintf(tag, sizeof tag, "%s.tag", part);
}

static void drop_folder(void)
{
    unlink(dest);
    unlink(part);
    unlink(tag);
    assert_int_equal(rmdir(dir), 0); /* nothing else was left there */
}

static bool get(vg_fetch_opts opts, vg_fetched *got, vg_err *e)
{
    opts.wait_ms = 1;
    opts.stall_s = 2;
    return vg_fetch(VG_S("https://ucdp.uu.se/downloads/f.csv?x=1"), dest, &opts, NULL, got, e);
}

static void is_body(const server *s, const char *path)
{
    static char bytes[BODY + 1];
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(bytes, 1, sizeof bytes, f), BODY);
    fclose(f);
    assert_memory_equal(bytes, s->body, BODY);
}

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

static void a_file_is_fetched_with_its_checksum(void **state)
{
    static const deed deeds[] = { SERVE };
    (void)state;
    vg_fetched got, again;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 1);
    new_folder();
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    is_body(s, dest);
    assert_int_equal(got.bytes, BODY);
    assert_int_equal(size_of(part), -1);
    assert_non_null(strstr(s->request[0], "GET /downloads/f.csv?x=1 HTTP"));
    CHECK_OK(get((vg_fetch_opts){ .sha256 = vg_str_z(got.sha256) }, &again, &e), &e);
    drop_folder();
    stop(s);
}

static void a_download_that_breaks_off_goes_on_where_it_stopped(void **state)
{
    static const deed deeds[] = { BREAK_OFF, BREAK_OFF, SERVE };
    (void)state;
    vg_fetched got;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 3);
    s->etag = "\"v1\"";
    new_folder();
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    is_body(s, dest);
    assert_int_equal(s->n_requests, 3);
    assert_int_equal(range_of(s->request[1]), BODY / 3);
    assert_non_null(strstr(s->request[1], "If-Range: \"v1\""));
    assert_int_equal(range_of(s->request[2]), 2 * (BODY / 3));
    drop_folder();
    stop(s);
}

static void a_later_run_takes_up_what_an_earlier_one_left(void **state)
{
    static const deed deeds[] = { BREAK_OFF, ERROR_500, SERVE };
    (void)state;
    vg_fetched got;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 3);
    s->etag = "\"v1\"";
    new_folder();
    assert_false(get((vg_fetch_opts){ .attempts = 1 }, &got, &e));
    assert_int_equal(e.code, VG_EIO);
    assert_int_equal(size_of(part), BODY / 3);
    assert_int_equal(size_of(dest), -1);
    e = VG_NO_ERR;
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    assert_int_equal(got.resumed_at, BODY / 3);
    is_body(s, dest);
    drop_folder();
    stop(s);
}

static void a_part_of_a_file_that_has_changed_is_not_taken_up(void **state)
{
    static const deed deeds[] = { BREAK_OFF, ERROR_500, SERVE };
    (void)state;
    vg_fetched got;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 3);
    s->etag = "\"v1\"";
    new_folder();
    assert_false(get((vg_fetch_opts){ .attempts = 1 }, &got, &e));
    s->etag = "\"v2\"";
    memset(s->body, 'z', 1000); /* the new file */
    e = VG_NO_ERR;
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    is_body(s, dest);
    drop_folder();
    stop(s);
}

static void a_part_that_nothing_vouches_for_is_fetched_anew(void **state)
{
    static const deed deeds[] = { SERVE };
    (void)state;
    vg_fetched got;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 1);
    new_folder();
    FILE *f = fopen(part, "w");
    fputs("of another file", f);
    fclose(f);
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    assert_int_equal(range_of(s->request[0]), 0);
    is_body(s, dest);
    drop_folder();
    stop(s);
}

static void a_server_without_ranges_sends_the_whole_again(void **state)
{
    static const deed deeds[] = { BREAK_OFF, NO_RANGES };
    (void)state;
    vg_fetched got;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 2);
    new_folder();
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    is_body(s, dest);
    drop_folder();
    stop(s);
}

static void two_server_errors_are_waited_out_and_error_pages_never_kept(void **state)
{
    static const deed deeds[] = { ERROR_500, BUSY_429, SERVE };
    (void)state;
    vg_fetched got;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 3);
    new_folder();
    CHECK_OK(get((vg_fetch_opts){ 0 }, &got, &e), &e);
    assert_int_equal(s->n_requests, 3);
    is_body(s, dest);
    drop_folder();
    stop(s);
}

static void errors_that_do_not_pass_end_the_fetch(void **state)
{
    static const struct {
        deed deed;
        vg_code code;
        int n_requests;
    } cases[] = { { ERROR_500, VG_EIO, 3 }, { MISSING_404, VG_ENOTFOUND, 1 }, { DENIED_401, VG_EIO, 1 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vg_err e = VG_NO_ERR;
        server *s = start(&cases[i].deed, 1);
        new_folder();
        assert_false(get((vg_fetch_opts){ .attempts = 3 }, NULL, &e));
        assert_int_equal(e.code, cases[i].code);
        assert_int_equal(s->n_requests, cases[i].n_requests);
        assert_int_equal(size_of(dest), -1);
        assert_int_equal(size_of(part), -1);
        drop_folder();
        stop(s);
    }
}

static void a_wrong_checksum_leaves_nothing(void **state)
{
    static const deed deeds[] = { SERVE };
    (void)state;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 1);
    new_folder();
    assert_false(get((vg_fetch_opts){ .sha256 = VG_S("00") }, NULL, &e));
    assert_int_equal(e.code, VG_ECONFLICT);
    assert_int_equal(size_of(dest), -1);
    assert_int_equal(size_of(part), -1);
    drop_folder();
    stop(s);
}

static void a_file_above_the_limit_is_refused(void **state)
{
    static const deed deeds[] = { SERVE };
    (void)state;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 1);
    new_folder();
    assert_false(get((vg_fetch_opts){ .max_bytes = BODY - 1 }, NULL, &e));
    assert_int_equal(e.code, VG_ERANGE);
    assert_int_equal(size_of(dest), -1);
    drop_folder();
    stop(s);
}

static void a_redirection_is_followed(void **state)
{
    static const deed deeds[] = { REDIRECT, SERVE };
    (void)state;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 2);
    new_folder();
    CHECK_OK(get((vg_fetch_opts){ 0 }, NULL, &e), &e);
    assert_non_null(strstr(s->request[1], "GET /moved"));
    is_body(s, dest);
    drop_folder();
    stop(s);
}

static void the_token_is_sent_and_stands_in_no_message(void **state)
{
    static const deed deeds[] = { DENIED_401 };
    (void)state;
    vg_err e = VG_NO_ERR;
    const char *token;
    server *s = start(deeds, 1);
    new_folder();
    setenv("VIGIE_ACLED_TOKEN", "s3cret", 1);
    CHECK_OK(vg_fetch_acled_token(&token, &e), &e);
    assert_false(get((vg_fetch_opts){ .token = token }, NULL, &e));
    assert_non_null(strstr(s->request[0], "Authorization: Bearer s3cret"));
    assert_null(strstr(e.what, "s3cret"));
    assert_null(strstr(e.why, "s3cret"));
    assert_non_null(strstr(e.mend, "VIGIE_ACLED_TOKEN"));
    unsetenv("VIGIE_ACLED_TOKEN");
    e = VG_NO_ERR;
    assert_false(vg_fetch_acled_token(&token, &e));
    assert_int_equal(e.code, VG_EARG);
    drop_folder();
    stop(s);
}

static bool never(void *ctx, const char *what, int64_t done, int64_t total)
{
    (void)ctx;
    (void)what;
    (void)done;
    (void)total;
    return false;
}

static void a_fetch_can_be_stopped(void **state)
{
    static const deed deeds[] = { SERVE };
    (void)state;
    vg_err e = VG_NO_ERR;
    server *s = start(deeds, 1);
    new_folder();
    vg_progress progress = { never, NULL };
    assert_false(vg_fetch(VG_S("https://ucdp.uu.se/f"), dest, &(vg_fetch_opts){ 0 }, &progress, NULL, &e));
    assert_int_equal(e.code, VG_ESTOPPED);
    drop_folder();
    stop(s);
}

static void only_safe_addresses_are_used(void **state)
{
    static const char *const urls[] = { "http://ucdp.uu.se/f", "ftp://ucdp.uu.se/f",
                                        "file:///etc/passwd",  "",
                                        "https://user@host/f", "http://127.0.0.1.example.org/f" };
    (void)state;
    new_folder();
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        vg_err e = VG_NO_ERR;
        assert_false(vg_fetch(vg_str_z(urls[i]), dest, &(vg_fetch_opts){ 0 }, NULL, NULL, &e));
        assert_int_equal(e.code, VG_EARG);
    }
    drop_folder();
}

static void official_addresses_are_made_from_versions(void **state)
{
    static const char *const pairs[][3] = {
        { "25.1", "https://ucdp.uu.se/downloads/ged/ged251-csv.zip", "ged251-csv.zip" },
        { "25.0.3", "https://ucdp.uu.se/downloads/candidateged/GEDEvent_v25_0_3.csv",
          "GEDEvent_v25_0_3.csv" },
        { "24.01.24.06", "https://ucdp.uu.se/downloads/candidateged/GEDEvent_v24_01_24_06.csv",
          "GEDEvent_v24_01_24_06.csv" },
    };
    (void)state;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_fetch_address to;
    CHECK_OK(vg_arena_init(&a, 1 << 20, &e), &e);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        CHECK_OK(vg_fetch_ucdp(vg_str_z(pairs[i][0]), &a, &to, &e), &e);
        CHECK_STR(to.url, pairs[i][1]);
        CHECK_STR(to.file, pairs[i][2]);
    }
    assert_false(vg_fetch_ucdp(VG_S("newest"), &a, &to, &e));
    assert_int_equal(e.code, VG_EARG);
    e = VG_NO_ERR;
    CHECK_OK(vg_fetch_acled(VG_S("Côte d'Ivoire"), VG_S("2024-01-01"), VG_S("2024-12-31"), 2, &a, &to, &e),
             &e);
    CHECK_STR(to.url, "https://acleddata.com/api/acled/read?_format=csv&event_date=2024-01-01%7C2024-12-31"
                      "&event_date_where=BETWEEN&country=C%C3%B4te%20d%27Ivoire&limit=5000&page=2");
    assert_false(vg_fetch_acled(VG_NOSTR, VG_S("2024-13-01"), VG_S("2024-12-31"), 1, &a, &to, &e));
    vg_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_fetched_with_its_checksum),
        cmocka_unit_test(a_download_that_breaks_off_goes_on_where_it_stopped),
        cmocka_unit_test(a_later_run_takes_up_what_an_earlier_one_left),
        cmocka_unit_test(a_part_of_a_file_that_has_changed_is_not_taken_up),
        cmocka_unit_test(a_part_that_nothing_vouches_for_is_fetched_anew),
        cmocka_unit_test(a_server_without_ranges_sends_the_whole_again),
        cmocka_unit_test(two_server_errors_are_waited_out_and_error_pages_never_kept),
        cmocka_unit_test(errors_that_do_not_pass_end_the_fetch),
        cmocka_unit_test(a_wrong_checksum_leaves_nothing),
        cmocka_unit_test(a_file_above_the_limit_is_refused),
        cmocka_unit_test(a_redirection_is_followed),
        cmocka_unit_test(the_token_is_sent_and_stands_in_no_message),
        cmocka_unit_test(a_fetch_can_be_stopped),
        cmocka_unit_test(only_safe_addresses_are_used),
        cmocka_unit_test(official_addresses_are_made_from_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
