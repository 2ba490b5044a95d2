/* A server on a free port over a small store, and a client of raw sockets that says exactly what it is told. */
#ifndef VG_SERVE_TEST_H
#define VG_SERVE_TEST_H

#include <arpa/inet.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "core/date.h"
#include "serve/serve_int.h"
#include "test.h"

enum { ANSWER_BYTES = 1 << 20, PATIENCE_MS = TEST_PATIENCE_MS };

typedef struct {
    char dir[256], path[300];
    vg_serve *s;
    vg_serve_opts o;
    char viewer[VG_TOKEN_LEN + 1], analyst[VG_TOKEN_LEN + 1], revoked[VG_TOKEN_LEN + 1];
    char answer[ANSWER_BYTES];
    long n;
    vg_err e;
} stage;

static inline vg_event event_at(int i, double lat, double lon, int32_t day, int64_t best)
{
    static char id[64][16];
    snprintf(id[i % 64], 16, "ev-%d", i);
    return (vg_event){ .external_id = vg_str_z(id[i % 64]),
                       .day_from = day,
                       .day_to = day,
                       .date_prec = 1,
                       .where_prec = 1,
                       .type = i % 2 ? VG_TYPE_STATE : VG_TYPE_ONE_SIDED,
                       .has_point = true,
                       .lat_deg = lat,
                       .lon_deg = lon,
                       .gwcode = 432,
                       .low = best,
                       .best = best,
                       .high = best,
                       .actor_a = VG_S("=A \"quoted\", name"),
                       .actor_b = VG_S("Civilians"),
                       .text = VG_S("héhé") };
}

/* Sixty events on the days of 2024 from 1 January, ten to the east and ten to the west of the antimeridian among them. */
static inline void add_events(const char *path, const char *version, vg_err *e)
{
    vg_store *st;
    vg_import *im;
    vg_vintage about = { .source = VG_S("ucdp-ged"),
                         .version = vg_str_z(version),
                         .file = VG_S("made-up.csv"),
                         .sha256 = vg_str_z(version),
                         .first_month = 529,
                         .last_month = 540 },
               done;
    CHECK_OK(vg_store_open(path, VG_STORE_WRITE, &st, e), e);
    CHECK_OK(vg_import_begin(st, &about, &im, e), e);
    vg_sink *sink = vg_import_sink(im);
    for (int i = 0; i < 60; i++) {
        double lon = i < 10 ? 179.5 : i < 20 ? -179.5 : 10 + 0.1 * i;
        vg_event ev = event_at(i, 10, lon, 19723 + i, i);
        CHECK_OK(sink->event(sink->ctx, &ev, VG_NOWHERE, e), e);
    }
    CHECK_OK(vg_import_end(im, &about, &done, e), e);
    vg_store_close(st);
}

static inline void add_run(const char *path, vg_err *e)
{
    vg_store *st;
    int64_t id, vintage = 1;
    CHECK_OK(vg_store_open(path, VG_STORE_WRITE, &st, e), e);
    vg_run run = { .verb = VG_S("forecast"),
                   .program_version = VG_S("0"),
                   .params = VG_S("{\"a\":1}"),
                   .seed = UINT64_MAX,
                   .vintage = &vintage,
                   .n_vintages = 1,
                   .seconds = 1.5 };
    vg_result result[3] = {
        { 0, VG_S("forecast"), VG_UNIT_COUNTRY, 432, 541, VG_S("{\"mean\":1}") },
        { 0, VG_S("forecast"), VG_UNIT_COUNTRY, 433, 541, VG_S("{\"mean\":2}") },
        { 0, VG_S("explanation"), VG_UNIT_COUNTRY, 432, 0, VG_S("{\"why\":[]}") },
    };
    CHECK_OK(vg_store_run(st, &run, result, 3, &id, e), e);
    vg_store_close(st);
}

/* How often "slow down" has begun. */
static atomic_int slow_verbs;

/* A verb of the tests' own: says what it was given. */
static inline bool echo_verb(void *ctx, vg_serve_call *call, vg_err *e)
{
    (void)ctx;
    if (strcmp(call->verb->name, "slow down") == 0) {
        atomic_fetch_add(&slow_verbs, 1);
        while (vg_progress_step(&call->progress, "waiting", 0, 0, e))
            usleep(10000);
        return false;
    }
    if (strcmp(call->verb->name, "change") == 0 && !call->may_change) {
        call->forbidden = true;
        return vg_fail(e, VG_EARG, VG_NOWHERE, "no");
    }
    vg_json j = vg_json_to(call->out);
    vg_json_array(&j);
    for (int i = 0; i < call->argc; i++)
        vg_json_str(&j, vg_str_z(call->argv[i]));
    vg_json_str(&j, call->actor);
    vg_json_close(&j);
    call->exit_code = 1;
    return true;
}

static const vg_serve_option echo_options[] = {
    { .name = "top", .type = "integer", .min = 1, .max = 9 },
    { .name = "all", .type = "boolean" },
    { .name = "panel", .type = "string", .file = true },
    { .name = "out", .type = "string", .file = true, .refused = true },
};
static const vg_serve_verb echo_rows[] = {
    { .name = "echo list", .option = echo_options, .n_options = 4, .args = "WORD", .max_args = 2 },
    { .name = "slow down" },
    { .name = "change" },
};
static const vg_serve_verbs echo_verbs = { .verb = echo_rows, .n_verbs = 3, .run = echo_verb };

static inline void start_server(stage *g)
{
    g->o.store = g->path;
    g->o.verbs = &echo_verbs;
    g->o.poll_ms = 20;
    CHECK_OK(vg_serve_start(&g->o, &g->s, &g->e), &g->e);
}

static inline stage *new_stage(void)
{
    stage *g = calloc(1, sizeof *g);
    temp_dir(g->dir);
    snprintf(g->path, sizeof g->path, "%s/s.db", g->dir);
    add_events(g->path, "25.1", &g->e);
    add_run(g->path, &g->e);
    return g;
}

static inline void add_tokens(stage *g)
{
    vg_store *st;
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("reader"), VG_ROLE_VIEWER, 0, g->viewer, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("desk-1"), VG_ROLE_ANALYST, 0, g->analyst, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("gone"), VG_ROLE_ADMIN, 0, g->revoked, &g->e), &g->e);
    CHECK_OK(vg_token_revoke(st, VG_S("gone"), &g->e), &g->e);
    vg_store_close(st);
}

static inline void end_stage(stage *g)
{
    static const char *const end[] = { "", "-wal", "-shm" };
    char path[320];
    vg_serve_stop(g->s);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", g->path, end[i]);
        unlink(path);
    }
    rmdir(g->dir);
    free(g);
}

/* --- the client --- */

static inline int dial(const stage *g)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)vg_serve_port(g->s)) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline void put_bytes(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t part = send(fd, text, n, MSG_NOSIGNAL);
        if (part <= 0)
            return; /* the server may have closed already: what it said can still be read */
        text += part;
        n -= (size_t)part;
    }
}

static inline void put_text(int fd, const char *text)
{
    put_bytes(fd, text, strlen(text));
}

static inline bool is_whole(const char *text, long n)
{
    const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    return end && length && length < end && n >= end + 4 - text + strtol(length + 16, NULL, 10);
}

/* Reads one answer, until it is whole, the server closes or `until` stands in it. Returns the status, 0 = none came. */
static inline int take_answer(stage *g, int fd, const char *until)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    g->n = 0;
    g->answer[0] = '\0';
    while (g->n < ANSWER_BYTES - 1 && poll(&p, 1, PATIENCE_MS) > 0) {
        ssize_t n = recv(fd, g->answer + g->n, (size_t)(ANSWER_BYTES - 1 - g->n), 0);
        if (n <= 0)
            break;
        g->n += n;
        g->answer[g->n] = '\0';
        if (until ? strstr(g->answer, until) != NULL : is_whole(g->answer, g->n))
            break;
    }
    return g->n > 12 ? (int)strtol(g->answer + 9, NULL, 10) : 0;
}

/* Sends bytes as they are. */
static inline int say(stage *g, const char *bytes)
{
    int fd = dial(g);
    put_text(fd, bytes);
    int status = take_answer(g, fd, NULL);
    close(fd);
    return status;
}

/* A request with a header of its own ("Name: value\r\n"), and a body. */
static inline int ask_with(stage *g, const char *method, const char *target, const char *header,
                           const char *body)
{
    static char text[64 << 10];
    int n = snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, target, header);
    if (body)
        n += snprintf(text + n, sizeof text - (size_t)n,
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
    snprintf(text + n, sizeof text - (size_t)n, "\r\n%s", body ? body : "");
    return say(g, text);
}

static inline int ask(stage *g, const char *target)
{
    return ask_with(g, "GET", target, "", NULL);
}

static inline int ask_as(stage *g, const char *token, const char *method, const char *target,
                         const char *body)
{
    char header[128];
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", token);
    return ask_with(g, method, target, header, body);
}

static inline bool holds(const stage *g, const char *text)
{
    return strstr(g->answer, text) != NULL;
}

#define CHECK_HAS(g, text)                                                                                   \
    do {                                                                                                     \
        if (!holds((g), (text)))                                                                             \
            fail_msg("no %s in: %.600s", (text), (g)->answer);                                               \
    } while (0)

static inline long count_of(const stage *g, const char *text)
{
    long n = 0;
    for (const char *at = g->answer; (at = strstr(at, text)); at++)
        n++;
    return n;
}

#endif
