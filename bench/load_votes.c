/* Many people voting once a second on a live consultation, over HTTP from one machine.
 *
 *     load_votes PORT NAME CODE PEOPLE SECONDS ACKNOWLEDGED
 *
 * Everybody joins, then votes at their own moment of each second, whether or not the answer before has come (a late answer
 * makes the next vote late, and that counts: times are from when the vote was due). Each vote has a client number of its
 * own; those that the server acknowledged are written to the file ACKNOWLEDGED, a line each, so that they can be looked
 * for in the store after the server was killed. Prints one JSON line. Invariant: one connection a person, one request
 * under way on each. When the server goes away the run ends with what was acknowledged until then. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 1024, ANSWER = 4096, STATEMENTS = 20 };

typedef struct {
    int fd;
    char answer[ANSWER];
    size_t n;
    double due; /* of the request under way; 0 = none */
    int64_t client;
    int turn;
} person;

typedef struct {
    int epoll, n_people, seconds;
    const char *name, *code;
    int port;
    person *people;
    double *ms;
    int64_t n_sent, n_done, n_refused;
    FILE *acknowledged;
    int gone;
} load;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static void connect_one(load *l, int i)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)l->port) };
    int yes = 1;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    person *p = &l->people[i];
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (p->fd < 0 || connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect");
    setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(p->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)i };
    if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, p->fd, &event) != 0)
        fail("epoll_ctl");
}

/* A small request goes into the socket's buffer whole, or the server is gone. */
static void send_to(load *l, person *p, const char *route, const char *body, double due)
{
    char text[REQUEST];
    int n = snprintf(text, sizeof text,
                     "POST /api/v1/consultations/%s/%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: "
                     "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                     l->name, route, l->port, strlen(body), body);
    if (send(p->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        l->gone = 1;
    p->due = due;
    p->n = 0;
    l->n_sent++;
}

static void send_join(load *l, int i)
{
    char body[200];
    snprintf(body, sizeof body, "{\"secret\":\"load-test-person-%010d\",\"code\":\"%s\",\"consent\":true}", i,
             l->code);
    send_to(l, &l->people[i], "join", body, now());
}

static void send_vote(load *l, int i, double due)
{
    char body[200];
    person *p = &l->people[i];
    p->client = (int64_t)i * 100000 + ++p->turn;
    snprintf(body, sizeof body, "{\"secret\":\"load-test-person-%010d\",\"votes\":\"%d:%d:%lld\"}", i,
             1 + (i + p->turn) % STATEMENTS, (i * 7 + p->turn * 3) % 3 - 1, (long long)p->client);
    send_to(l, p, "votes", body, due);
}

/* Whether the answer in the buffer is whole; its status. */
static int status_of(const person *p)
{
    const char *end = memmem(p->answer, p->n, "\r\n\r\n", 4), *length;
    char head[ANSWER + 1];
    if (!end)
        return 0;
    size_t n_head = (size_t)(end - p->answer) + 4;
    memcpy(head, p->answer, n_head);
    head[n_head] = '\0';
    length = strcasestr(head, "content-length:");
    return length && p->n >= n_head + (size_t)atol(length + 15) ? atoi(head + 9) : 0;
}

/* True when an answer has come whole. */
static int take(load *l, person *p, int *status)
{
    ssize_t n = recv(p->fd, p->answer + p->n, ANSWER - p->n, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        l->gone = 1;
    p->n += n > 0 ? (size_t)n : 0;
    *status = p->due > 0 ? status_of(p) : 0;
    return *status != 0;
}

/* Everybody joins, a hundred at a time. */
static void join_all(load *l)
{
    struct epoll_event event[256];
    int next = 0, joined = 0;
    for (; next < 100 && next < l->n_people; next++)
        send_join(l, next);
    while (joined < l->n_people && !l->gone) {
        int n = epoll_wait(l->epoll, event, 256, 10000);
        if (n <= 0)
            fail("nobody answers");
        for (int k = 0; k < n; k++) {
            person *p = &l->people[event[k].data.u32];
            int status;
            if (!take(l, p, &status))
                continue;
            if (status != 200) {
                fprintf(stderr, "join: %.*s\n", (int)p->n, p->answer);
                exit(2);
            }
            p->due = 0;
            joined++;
            if (next < l->n_people)
                send_join(l, next++);
        }
    }
    l->n_sent = 0;
}

static void acknowledge(load *l, person *p, int status)
{
    int done = status == 200 && memmem(p->answer, p->n, "\"done\"", 6);
    if (done) {
        l->ms[l->n_done++] = (now() - p->due) * 1e3;
        fprintf(l->acknowledged, "%lld\n", (long long)p->client);
    } else {
        l->n_refused++;
    }
    p->due = 0;
}

/* Votes are due in the order of people, evenly over each second. */
static void vote_all(load *l)
{
    struct epoll_event event[256];
    int64_t next = 0, all = (int64_t)l->n_people * l->seconds;
    double begun = now() + 0.1;
    while (!l->gone && (next < all || l->n_done + l->n_refused < l->n_sent)) {
        double due = begun + (double)next / l->n_people;
        while (next < all && now() >= due) {
            int i = (int)(next % l->n_people);
            if (l->people[i].due > 0)
                break; /* the answer before has not come: this vote goes out as soon as it has, and counts from `due` */
            send_vote(l, i, due);
            due = begun + (double)++next / l->n_people;
        }
        int n = epoll_wait(l->epoll, event, 256, next < all ? 1 : 1000);
        for (int k = 0; k < n; k++) {
            person *p = &l->people[event[k].data.u32];
            int status;
            if (take(l, p, &status))
                acknowledge(l, p, status);
        }
        if (now() > begun + l->seconds + 30)
            break;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const load *l, double q)
{
    return l->n_done ? l->ms[(int64_t)((double)(l->n_done - 1) * q)] : -1;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: load_votes PORT NAME CODE PEOPLE SECONDS ACKNOWLEDGED\n");
        return 2;
    }
    load l = { .port = atoi(argv[1]),
               .name = argv[2],
               .code = argv[3],
               .n_people = atoi(argv[4]),
               .seconds = atoi(argv[5]),
               .acknowledged = fopen(argv[6], "w"),
               .epoll = epoll_create1(0) };
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    l.people = calloc((size_t)l.n_people, sizeof *l.people);
    l.ms = calloc((size_t)l.n_people * (size_t)l.seconds, sizeof *l.ms);
    if (!l.people || !l.ms || !l.acknowledged || l.epoll < 0)
        fail("begin");
    for (int i = 0; i < l.n_people; i++)
        connect_one(&l, i);
    join_all(&l);
    double begun = now();
    vote_all(&l);
    fclose(l.acknowledged);
    qsort(l.ms, (size_t)l.n_done, sizeof *l.ms, by_size);
    printf("{\"people\":%d,\"seconds\":%.1f,\"sent\":%lld,\"acknowledged\":%lld,\"refused\":%lld,\"gone\":%d,"
           "\"p50_ms\":%.2f,\"p95_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
           l.n_people, now() - begun, (long long)l.n_sent, (long long)l.n_done, (long long)l.n_refused,
           l.gone, quantile(&l, 0.5), quantile(&l, 0.95), quantile(&l, 0.99), quantile(&l, 1));
    return 0;
}
