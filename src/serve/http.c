/* The one file that sees libmicrohttpd. Its threads only move bytes: a request that has come whole is suspended, given
 * to a worker, and resumed with an answer. Invariant: an exchange belongs to the network's thread but between its being
 * given and its being resumed, when it belongs to one worker; a wire (connection) is in the list as long as its socket
 * is open. */
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "serve/serve_int.h"

enum {
    POOL_BYTES = 64 << 10,   /* of a connection: request line and headers must fit */
    HEADER_BYTES = 16 << 10, /* what we take of it; above POOL_BYTES libmicrohttpd answers 431 itself */
    TARGET_BYTES = 8 << 10,
    IDLE_S = 60,
    QUICK_WAITING = 4096,
    SLOW_WAITING = 32,
    HELD_BYTES = 256 << 20,
    SWEEP_MS = 250,
    STREAM_BLOCK = 16 << 10,
    LEAVE_MS = 5000,
    N_NETWORK = 2
};

static const char STRICT_POLICY[] =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

typedef enum { READING, WORKING, WRITING, STREAMING } wire_state;

/* A connection. */
typedef struct wire {
    struct wire *next, *before;
    int fd;
    wire_state state;
    bool header_whole, cut;
    int64_t since_ms;
} wire;

/* A request and its answer. */
typedef struct {
    vg_job job; /* first: workers give it back */
    vg_http *h;
    struct MHD_Connection *connection;
    wire *wire;
    char *target;
    char address[INET6_ADDRSTRLEN];
    vg_http__request q;
    vg_http__reply r;
    char *body;
    int64_t body_n, body_cap, body_most, held, header_n, sent;
    int n_host, n_length, n_coding, n_authorization;
    bool seen, too_large, given, answered;
    int64_t begun_us, block_at;
    bool block_end, block_failed;
    vg_hub__reader *reader;
} exchange;

struct vg_http {
    vg_http__opts o;
    struct MHD_Daemon *daemon;
    vg_workers *workers;
    vg_rates *rates;
    int port;
    pthread_mutex_t lock; /* guards what follows, and the wires */
    pthread_cond_t changed;
    wire *first;
    int64_t n_wires, n_exchanges, held; /* held: bytes of large bodies */
    bool closing, sweeping;
    pthread_t sweeper;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- connections, and those that take too long --- */

static void set_state(vg_http *h, wire *w, wire_state state)
{
    pthread_mutex_lock(&h->lock);
    w->state = state;
    w->since_ms = now_us() / 1000;
    if (state == READING)
        w->header_whole = false;
    pthread_mutex_unlock(&h->lock);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode what)
{
    vg_http *h = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        wire *w = calloc(1, sizeof *w);
        *socket_context = w;
        if (!w || !fd)
            return;
        w->fd = fd->connect_fd;
        w->since_ms = now_us() / 1000;
        pthread_mutex_lock(&h->lock);
        w->next = h->first;
        if (h->first)
            h->first->before = w;
        h->first = w;
        h->n_wires++;
        pthread_mutex_unlock(&h->lock);
        return;
    }
    wire *w = *socket_context;
    if (!w)
        return;
    pthread_mutex_lock(&h->lock); /* the socket is closed after this call */
    if (w->before)
        w->before->next = w->next;
    else
        h->first = w->next;
    if (w->next)
        w->next->before = w->before;
    h->n_wires--;
    pthread_mutex_unlock(&h->lock);
    free(w);
    *socket_context = NULL;
}

/* libmicrohttpd's own time limit begins again with each byte; these do not. */
static bool is_late(const vg_http *h, const wire *w, int64_t now_ms)
{
    int64_t limit_s = w->state == WRITING   ? h->o.write_s
                      : w->state != READING ? INT64_MAX / 1000
                      : w->header_whole     ? h->o.request_s
                                            : h->o.header_s;
    return now_ms - w->since_ms > limit_s * 1000;
}

static void *sweep(void *arg)
{
    vg_http *h = arg;
    pthread_mutex_lock(&h->lock);
    while (!h->closing) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += SWEEP_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&h->changed, &h->lock, &until);
        int64_t now_ms = now_us() / 1000;
        for (wire *w = h->first; w; w = w->next)
            if (!w->cut && is_late(h, w, now_ms)) {
                w->cut = true;
                shutdown(w->fd, SHUT_RDWR);
            }
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

/* --- the request --- */

/* IPv4 as IPv4 in IPv6, so that all addresses have 16 bytes. */
static void address_bytes(const struct sockaddr *from, unsigned char to[16])
{
    memset(to, 0, 16);
    if (from->sa_family == AF_INET6) {
        memcpy(to, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    } else if (from->sa_family == AF_INET) {
        to[10] = to[11] = 0xFF;
        memcpy(to + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
    }
}

static bool bytes_are_loopback(const unsigned char a[16])
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    static const unsigned char one[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
    return (memcmp(a, mapped, 12) == 0 && a[12] == 127) || memcmp(a, one, 16) == 0;
}

static const struct sockaddr *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    vg_http *h = cls;
    exchange *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    x->h = h;
    x->connection = connection;
    x->begun_us = now_us();
    x->target = strdup(target);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->wire = info ? info->socket_context : NULL;
    const struct sockaddr *from = client_of(connection);
    if (from) {
        unsigned char bytes[16];
        address_bytes(from, bytes);
        const void *at = from->sa_family == AF_INET ? bytes + 12 : bytes;
        inet_ntop(from->sa_family, at, x->address, sizeof x->address);
        x->q.loopback = bytes_are_loopback(bytes);
    }
    pthread_mutex_lock(&h->lock);
    h->n_exchanges++;
    pthread_mutex_unlock(&h->lock);
    return x;
}

static void note_header(exchange *x, vg_str name, vg_str value)
{
    struct {
        vg_str name;
        vg_str *to;
        int *n;
    } wanted[] = {
        { VG_S("host"), &x->q.host, &x->n_host },
        { VG_S("content-length"), NULL, &x->n_length },
        { VG_S("transfer-encoding"), NULL, &x->n_coding },
        { VG_S("authorization"), &x->q.authorization, &x->n_authorization },
        { VG_S("accept"), &x->q.accept, NULL },
        { VG_S("accept-encoding"), &x->q.accept_encoding, NULL },
        { VG_S("content-type"), &x->q.content_type, NULL },
        { VG_S("accept-language"), &x->q.accept_language, NULL },
        { VG_S("origin"), &x->q.origin, NULL },
        { VG_S("if-none-match"), &x->q.if_none_match, NULL },
        { VG_S("last-event-id"), &x->q.last_event_id, NULL },
        { VG_S("x-forwarded-user"), &x->q.proxy_user, NULL },
        { VG_S("x-forwarded-groups"), &x->q.proxy_groups, NULL },
        { VG_S("x-forwarded-proto"), &x->q.proxy_proto, NULL },
        { VG_S("x-forwarded-host"), &x->q.proxy_host, NULL },
        { VG_S("x-forwarded-for"), &x->q.forwarded_for, NULL },
    };
    x->header_n += name.n + value.n + 4;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!vg_eq_nocase(name, wanted[i].name))
            continue;
        if (wanted[i].to)
            *wanted[i].to = value;
        if (wanted[i].n)
            ++*wanted[i].n;
    }
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    note_header(cls, vg_str_z(name), vg_str_z(value));
    return MHD_YES;
}

static const char *header_of(exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

typedef struct {
    int status;
    vg_code code;
    const char *what, *mend;
} refusal;

static bool refuse(refusal *r, int status, vg_code code, const char *what, const char *mend)
{
    *r = (refusal){ status, code, what, mend };
    return false;
}

/* Two readings of where a request ends must never differ: whatever could be read in two ways is refused. */
static bool framing_is_plain(exchange *x, refusal *r)
{
    const char *coding = header_of(x, "Transfer-Encoding");
    if (x->n_length > 1 || x->n_coding > 1 || (x->n_length && x->n_coding))
        return refuse(r, 400, VG_EPARSE, "the length of the request is given more than once",
                      "send one Content-Length, or Transfer-Encoding: chunked, and not both");
    if (coding && !vg_eq_nocase(vg_str_z(coding), VG_S("chunked")))
        return refuse(r, 501, VG_EPARSE, "this transfer coding is not known here",
                      "send Content-Length, or Transfer-Encoding: chunked");
    vg_str length = vg_str_z(header_of(x, "Content-Length"));
    for (ptrdiff_t i = 0; i < length.n; i++)
        if (length.s[i] < '0' || length.s[i] > '9')
            return refuse(r, 400, VG_EPARSE, "Content-Length is not a number", "write digits only");
    if (x->n_host > 1 || x->n_authorization > 1)
        return refuse(r, 400, VG_EPARSE, "Host or Authorization is given twice", "send each once");
    return true;
}

static bool size_is_allowed(exchange *x, refusal *r)
{
    vg_str length = vg_str_z(header_of(x, "Content-Length"));
    ptrdiff_t zeros = 0;
    while (zeros < length.n && length.s[zeros] == '0')
        zeros++;
    length = vg_sub(length, zeros, length.n);
    x->body_most = x->h->o.most_bytes(x->h->o.ctx, x->q.method, x->q.target);
    if (length.n > 15 || (length.n && strtoll(length.s, NULL, 10) > x->body_most))
        return refuse(r, 413, VG_ERANGE, "the body of the request is too large", "send less at once");
    if (x->q.target.n > TARGET_BYTES)
        return refuse(r, 414, VG_ERANGE, "the address of the request is too long",
                      "send the parameters as a JSON object by POST where the route takes one");
    if (x->header_n > HEADER_BYTES)
        return refuse(r, 431, VG_ERANGE, "the header of the request is too large",
                      "send fewer or shorter headers");
    return true;
}

static bool rate_is_kept(exchange *x, refusal *r)
{
    unsigned char bytes[16] = { 0 };
    const struct sockaddr *from = client_of(x->connection);
    if (from)
        address_bytes(from, bytes);
    if (vg_rates__allow(x->h->rates, bytes, (double)now_us() / 1e6))
        return true;
    x->r.retry_after_s = 1;
    return refuse(r, 429, VG_EBUSY, "too many requests come from this address", "ask again in a second");
}

static bool is_acceptable(exchange *x, refusal *r)
{
    return framing_is_plain(x, r) && size_is_allowed(x, r) && rate_is_kept(x, r);
}

/* --- the answer --- */

static void add_header(struct MHD_Response *answer, const char *name, const char *value)
{
    if (value && *value)
        MHD_add_response_header(answer, name, value);
}

static void add_headers(struct MHD_Response *answer, const vg_http__reply *r)
{
    char number[24];
    add_header(answer, "Content-Type", r->type);
    add_header(answer, "Content-Security-Policy", r->policy ? r->policy : STRICT_POLICY);
    add_header(answer, "X-Content-Type-Options", "nosniff");
    add_header(answer, "Referrer-Policy", "no-referrer");
    add_header(answer, "Cross-Origin-Resource-Policy", "same-origin");
    add_header(answer, "Cache-Control", r->cache ? r->cache : r->etag[0] ? "private, no-cache" : "no-store");
    add_header(answer, "Service-Worker-Allowed", r->worker_scope ? "/" : NULL);
    add_header(answer, "Vary", "Accept, Accept-Encoding, Authorization");
    add_header(answer, "ETag", r->etag);
    add_header(answer, "Allow", r->allow);
    add_header(answer, "Location", r->location);
    add_header(answer, "Link", r->link);
    if (r->file_name[0]) {
        char disposition[160];
        snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"", r->file_name);
        add_header(answer, "Content-Disposition", disposition);
    }
    add_header(answer, "Content-Encoding", r->gzipped ? "gzip" : NULL);
    add_header(answer, "Vigie-Found", r->found ? "yes" : NULL);
    add_header(answer, "WWW-Authenticate", r->status == 401 ? "Bearer realm=\"vigie\"" : NULL);
    add_header(answer, "X-Accel-Buffering", r->stream ? "no" : NULL);
    add_header(answer, "Connection", r->close ? "close" : NULL);
    if (r->retry_after_s > 0) {
        snprintf(number, sizeof number, "%d", r->retry_after_s);
        add_header(answer, "Retry-After", number);
    }
}

static void sleep_reader(void *ctx)
{
    MHD_suspend_connection(((exchange *)ctx)->connection);
}

static void wake_reader(void *ctx)
{
    MHD_resume_connection(((exchange *)ctx)->connection);
}

static ssize_t on_stream(void *cls, uint64_t at, char *buf, size_t cap)
{
    exchange *x = cls;
    (void)at;
    int64_t n = vg_hub__read(x->reader, buf, (int64_t)cap, sleep_reader);
    x->sent += n > 0 ? n : 0;
    return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

static struct MHD_Response *stream_answer(exchange *x)
{
    char *begin = x->r.body.buf;
    int64_t n = x->r.body.n;
    x->r.body = (vg_out){ .buf = NULL };
    if (!vg_hub__join(x->h->o.hub, x->r.stream_at, begin, n, wake_reader, x, &x->reader)) {
        free(begin);
        return NULL;
    }
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_stream, x, NULL);
}

/* A block that is made is sent; then the next one is asked for, and the connection waits. */
static ssize_t on_more(void *cls, uint64_t at, char *buf, size_t cap)
{
    exchange *x = cls;
    (void)at;
    int64_t left = x->r.body.n - x->block_at, n = left < (int64_t)cap ? left : (int64_t)cap;
    if (n > 0) {
        memcpy(buf, x->r.body.buf + x->block_at, (size_t)n);
        x->block_at += n;
        x->sent += n;
        return (ssize_t)n;
    }
    if (x->block_end || x->block_failed)
        return x->block_failed ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    if (x->wire)
        set_state(x->h, x->wire, WRITING);
    MHD_suspend_connection(x->connection);
    if (!vg_workers__give(x->h->workers, true, &x->job)) {
        x->block_failed = true;
        MHD_resume_connection(x->connection);
    }
    return 0;
}

static void make_block(exchange *x, int worker)
{
    const vg_http__more *more = &x->r.more;
    x->r.body.n = x->block_at = 0;
    x->block_failed = !more->make(x->h->o.ctx, worker, more->state, &x->r.body, &x->block_end);
}

static struct MHD_Response *plain_answer(exchange *x)
{
    char *text = x->r.body.buf;
    size_t n = (size_t)x->r.body.n;
    x->r.body = (vg_out){ .buf = NULL }; /* the response owns it now */
    x->sent = (int64_t)n;
    struct MHD_Response *answer = MHD_create_response_from_buffer(n, text, MHD_RESPMEM_MUST_FREE);
    if (!answer)
        free(text);
    return answer;
}

static enum MHD_Result send_answer(exchange *x)
{
    bool stream = x->r.stream && vg_eq(x->q.method, VG_S("GET"));
    struct MHD_Response *answer =
        stream ? stream_answer(x)
        : x->r.more.state
            ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_more, x, NULL)
            : plain_answer(x);
    if (!answer)
        return MHD_NO;
    add_headers(answer, &x->r);
    x->answered = true;
    if (x->wire)
        set_state(x->h, x->wire, stream ? STREAMING : WRITING);
    enum MHD_Result done = MHD_queue_response(x->connection, (unsigned)x->r.status, answer);
    MHD_destroy_response(answer);
    return done;
}

static enum MHD_Result send_refusal(exchange *x, const refusal *r)
{
    vg_err e = VG_NO_ERR;
    vg_fail(&e, r->code, VG_NOWHERE, "%s", r->what);
    vg_mend(&e, "%s", r->mend);
    x->r.close = true;
    vg_router__problem(&x->r, r->status, &e, VG_NOSTR);
    return send_answer(x);
}

/* --- the course of an exchange --- */

static void work(void *ctx, int worker, vg_job *job)
{
    vg_http *h = ctx;
    exchange *x = (exchange *)(void *)job;
    if (x->answered)
        make_block(x, worker);
    else
        h->o.answer(h->o.ctx, worker, &x->q, &x->r);
    MHD_resume_connection(x->connection); /* x belongs to the network's thread from here on */
}

static enum MHD_Result begin(exchange *x, const char *method)
{
    refusal r;
    x->seen = true;
    x->q.method = vg_str_z(method);
    x->q.target = vg_str_z(x->target);
    x->q.address = vg_str_z(x->address);
    x->header_n = x->q.target.n;
    MHD_get_connection_values(x->connection, MHD_HEADER_KIND, on_header, x);
    if (x->wire) {
        pthread_mutex_lock(&x->h->lock);
        x->wire->header_whole = true;
        pthread_mutex_unlock(&x->h->lock);
    }
    return is_acceptable(x, &r) ? MHD_YES : send_refusal(x, &r);
}

/* Files come before anybody knows who sends them: all large bodies together have a limit. False when it is reached. */
static bool hold(exchange *x, int64_t cap)
{
    int64_t more = cap > x->h->o.body_bytes ? cap - x->held : 0;
    pthread_mutex_lock(&x->h->lock);
    bool room = more <= 0 || x->h->held + more <= HELD_BYTES;
    if (room && more > 0)
        x->held += more, x->h->held += more;
    pthread_mutex_unlock(&x->h->lock);
    return room;
}

static void take_body(exchange *x, const char *bytes, size_t n)
{
    int64_t need = x->body_n + (int64_t)n;
    x->too_large = x->too_large || need > x->body_most;
    if (x->too_large)
        return;
    if (need > x->body_cap) {
        int64_t cap = need < 4096 ? 4096 : 2 * need;
        x->too_large = !hold(x, cap);
        char *body = x->too_large ? NULL : realloc(x->body, (size_t)cap);
        x->too_large = !body;
        if (!body)
            return;
        x->body = body;
        x->body_cap = cap;
    }
    memcpy(x->body + x->body_n, bytes, n);
    x->body_n = need;
}

static enum MHD_Result give(exchange *x)
{
    static const refusal too_large = { 413, VG_ERANGE, "the body of the request is too large",
                                       "send less at once" };
    static const refusal full = { 503, VG_EBUSY, "too many requests wait already",
                                  "ask again in a few seconds" };
    vg_http *h = x->h;
    if (x->too_large)
        return send_refusal(x, &too_large);
    x->q.body = (vg_str){ x->body, (ptrdiff_t)x->body_n };
    x->given = true;
    if (x->wire)
        set_state(h, x->wire, WORKING);
    bool slow = h->o.is_slow(h->o.ctx, x->q.method, x->q.target);
    MHD_suspend_connection(x->connection);
    if (vg_workers__give(h->workers, slow, &x->job))
        return MHD_YES;
    vg_err e = VG_NO_ERR;
    vg_fail(&e, full.code, VG_NOWHERE, "%s", full.what);
    vg_mend(&e, "%s", full.mend);
    x->r.retry_after_s = 5;
    vg_router__problem(&x->r, full.status, &e, VG_NOSTR);
    MHD_resume_connection(x->connection);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *bytes, size_t *n,
                                  void **context)
{
    exchange *x = *context;
    (void)cls, (void)connection, (void)url, (void)version;
    if (!x || !x->target)
        return MHD_NO;
    if (!x->seen)
        return begin(x, method);
    if (*n) {
        take_body(x, bytes, *n);
        *n = 0;
        return MHD_YES;
    }
    if (x->answered)
        return MHD_YES;
    return x->given ? send_answer(x) : give(x);
}

static void tell(exchange *x)
{
    vg_str query = x->q.target, path = vg_cut(&query, '?');
    vg_http__done d = { .address = x->r.unnamed ? VG_NOSTR : x->q.address,
                        .method = x->q.method,
                        .path = path,
                        .who = vg_str_z(x->r.who),
                        .status = x->r.status,
                        .bytes = x->sent,
                        .micros = now_us() - x->begun_us };
    x->h->o.done(x->h->o.ctx, &d);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode how)
{
    vg_http *h = cls;
    exchange *x = *context;
    (void)connection, (void)how;
    if (!x)
        return;
    if (x->reader)
        vg_hub__leave(x->reader);
    if (x->answered)
        tell(x);
    if (x->wire)
        set_state(h, x->wire, READING);
    if (x->r.more.state)
        x->r.more.drop(x->r.more.state);
    vg_out_drop(&x->r.body);
    free(x->r.link);
    int64_t held = x->held;
    free(x->body);
    free(x->target);
    free(x);
    *context = NULL;
    pthread_mutex_lock(&h->lock);
    h->n_exchanges--;
    h->held -= held;
    pthread_mutex_unlock(&h->lock);
}

/* The target was taken as it was sent; what libmicrohttpd makes of it is not looked at. */
static size_t leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls, (void)connection;
    return strlen(text);
}

/* --- begin and end --- */

static bool fail_listen(const vg_http__opts *o, int os, vg_err *e)
{
    vg_fail_os(e, os, VG_NOWHERE, "cannot listen on %s, port %d", o->listen, o->port);
    return vg_mend(e, os == EADDRINUSE
                          ? "another program has this port: choose another one with --port"
                          : "choose an address of this machine (--listen) and a port above 1023 (--port)");
}

static bool look_up(const char *address, int port, struct addrinfo **out)
{
    char number[16];
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                              .ai_socktype = SOCK_STREAM };
    snprintf(number, sizeof number, "%d", port);
    return getaddrinfo(address, number, &hints, out) == 0;
}

bool vg_http__is_loopback(const char *address)
{
    struct addrinfo *found;
    unsigned char bytes[16];
    if (!look_up(address, 0, &found))
        return false;
    address_bytes(found->ai_addr, bytes);
    freeaddrinfo(found);
    return bytes_are_loopback(bytes);
}

static int port_of(int fd)
{
    struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
    socklen_t n = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 0;
    return ntohs(at.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&at)->sin6_port
                                          : ((struct sockaddr_in *)(void *)&at)->sin_port);
}

static bool listen_on(const vg_http__opts *o, int *out, vg_err *e)
{
    struct addrinfo *found;
    int yes = 1;
    if (!look_up(o->listen, o->port, &found)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "\"%s\" is no address", o->listen);
        return vg_mend(e, "write it in numbers, such as 127.0.0.1 or ::1");
    }
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
                bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1024) == 0;
    int os = errno;
    freeaddrinfo(found);
    if (!good) {
        if (fd >= 0)
            close(fd);
        return fail_listen(o, os, e);
    }
    *out = fd;
    return true;
}

static bool start_daemon(vg_http *h, int fd)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    unsigned most = (unsigned)vg_limit__connections(h->o.max_connections);
    h->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, h, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)fd,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)N_NETWORK, MHD_OPTION_CONNECTION_LIMIT, most,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, h,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_END);
    return h->daemon != NULL;
}

static bool start(vg_http *h, vg_err *e)
{
    int fd = -1;
    vg_workers__opts wo = { .n_quick = h->o.n_workers,
                            .n_slow = h->o.n_slow,
                            .most_quick = QUICK_WAITING,
                            .most_slow = SLOW_WAITING,
                            .work = work,
                            .ctx = h };
    if (!listen_on(&h->o, &fd, e))
        return false;
    h->port = port_of(fd);
    bool good = vg_rates__new(h->o.rate, &h->rates, e) && vg_workers__start(&wo, &h->workers, e);
    if (good && !start_daemon(h, fd))
        good = vg_fail(e, VG_EIO, VG_NOWHERE, "the HTTP server cannot be started");
    if (good && pthread_create(&h->sweeper, NULL, sweep, h) == 0)
        h->sweeping = true;
    else if (good)
        good = vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    if (!good && !h->daemon)
        close(fd);
    return good;
}

bool vg_http__start(const vg_http__opts *o, vg_http **out, vg_err *e)
{
    vg_http *h = calloc(1, sizeof *h);
    if (!h)
        return vg_fail_memory(e, 0);
    h->o = *o;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    if (!start(h, e)) {
        vg_http__stop(h);
        return false;
    }
    *out = h;
    return true;
}

int vg_http__port(const vg_http *h)
{
    return h->port;
}

int64_t vg_http__connections(vg_http *h)
{
    pthread_mutex_lock(&h->lock);
    int64_t n = h->n_wires;
    pthread_mutex_unlock(&h->lock);
    return n;
}

static int64_t exchanges(vg_http *h)
{
    pthread_mutex_lock(&h->lock);
    int64_t n = h->n_exchanges;
    pthread_mutex_unlock(&h->lock);
    return n;
}

void vg_http__stop(vg_http *h)
{
    int fd = h->daemon ? MHD_quiesce_daemon(h->daemon) : -1;
    if (fd >= 0)
        shutdown(fd, SHUT_RDWR); /* no more connections; the network's threads may still hold it */
    if (h->workers)
        vg_workers__stop(h->workers);
    if (h->o.hub)
        vg_hub__close(h->o.hub);
    for (int waited_ms = 0; waited_ms < LEAVE_MS && exchanges(h) > 0; waited_ms += 10)
        nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL); /* answers on their way to slow readers */
    if (h->sweeping) {
        pthread_mutex_lock(&h->lock);
        h->closing = true;
        pthread_cond_broadcast(&h->changed);
        pthread_mutex_unlock(&h->lock);
        pthread_join(h->sweeper, NULL);
    }
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    if (fd >= 0)
        close(fd);
    vg_workers__free(h->workers);
    vg_rates__free(h->rates);
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
