/* For the tests of doors: a server on a free port over a store, and a client that sends one request and keeps the
 * answer. */
#ifndef VG_DOOR_CLIENT_TEST_H
#define VG_DOOR_CLIENT_TEST_H

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "door/door.h"
#include "serve/serve.h"
#include "test.h"

enum { CLIENT_BYTES = 4 << 20, CLIENT_PATIENCE_MS = TEST_PATIENCE_MS };

typedef struct {
    int port;
    char *answer; /* CLIENT_BYTES */
    long n;
} client;

static inline client new_client(int port)
{
    return (client){ .port = port, .answer = calloc(1, CLIENT_BYTES) };
}

static inline void free_client(client *c)
{
    free(c->answer);
}

/* How often a text stands in the answer. */
static inline int count_of(const client *c, const char *part)
{
    int n = 0;
    for (const char *at = c->answer; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* Ends a server of a test with its client, and takes its store and folder away. */
static inline void end_server(vg_serve *s, client *c, const char *store, const char *dir)
{
    static const char *const end[] = { "", "-wal", "-shm", ".key" };
    char path[320];
    vg_serve_stop(s);
    free_client(c);
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", store, end[i]);
        unlink(path);
    }
    rmdir(dir);
}

static inline int dial_port(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline void put_all(int fd, const char *text, size_t n)
{
    while (n > 0) {
        ssize_t part = send(fd, text, n, MSG_NOSIGNAL);
        if (part <= 0)
            return;
        text += part;
        n -= (size_t)part;
    }
}

static inline bool answer_is_whole(const char *text, long n)
{
    const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    return end && length && length < end && n >= end + 4 - text + strtol(length + 16, NULL, 10);
}

static inline int take_whole(client *c, int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    c->n = 0;
    c->answer[0] = '\0';
    while (c->n < CLIENT_BYTES - 1 && poll(&p, 1, CLIENT_PATIENCE_MS) > 0) {
        ssize_t n = recv(fd, c->answer + c->n, (size_t)(CLIENT_BYTES - 1 - c->n), 0);
        if (n <= 0)
            break;
        c->n += n;
        c->answer[c->n] = '\0';
        if (answer_is_whole(c->answer, c->n))
            break;
    }
    return c->n > 12 ? (int)strtol(c->answer + 9, NULL, 10) : 0;
}

/* One request on a connection of its own; `token` NULL = none, `type` and `body` NULL = no body. Returns the status. */
static inline int request(client *c, const char *token, const char *method, const char *target,
                          const char *type, const char *body)
{
    size_t room = strlen(target) + (body ? strlen(body) : 0) + 1024;
    char *text = malloc(room);
    int n = snprintf(text, room, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, target);
    if (token)
        n += snprintf(text + n, room - (size_t)n, "Authorization: Bearer %s\r\n", token);
    if (body)
        n += snprintf(text + n, room - (size_t)n, "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
                      strlen(body));
    n += snprintf(text + n, room - (size_t)n, "\r\n%s", body ? body : "");
    int fd = dial_port(c->port);
    put_all(fd, text, (size_t)n);
    free(text);
    int status = take_whole(c, fd);
    close(fd);
    return status;
}

static inline int get(client *c, const char *target)
{
    return request(c, NULL, "GET", target, NULL, NULL);
}

#define ANSWER_HAS(c, part)                                                                                  \
    do {                                                                                                     \
        if (!strstr((c)->answer, (part)))                                                                    \
            fail_msg("no %s in: %.1500s", (part), (c)->answer);                                              \
    } while (0)
#define ANSWER_LACKS(c, part)                                                                                \
    do {                                                                                                     \
        if (strstr((c)->answer, (part)))                                                                     \
            fail_msg("%s in: %.1500s", (part), (c)->answer);                                                 \
    } while (0)

/* What stands between quotes behind `"name":` at its first place. */
static inline void text_of_answer(const client *c, const char *name, char *to, size_t cap)
{
    char key[80];
    snprintf(key, sizeof key, "\"%s\":\"", name);
    const char *at = strstr(c->answer, key);
    if (!at)
        fail_msg("no %s in: %.1500s", key, c->answer);
    at += strlen(key);
    snprintf(to, cap, "%.*s", (int)strcspn(at, "\""), at);
}

#endif
