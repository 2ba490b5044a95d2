/**
 * The HTTP door: one server over one store, with the API of /api/v1, events as OGC API Features, a stream of what
 * happens, and every verb of the command line.
 *
 *     vg_serve *s;
 *     vg_serve_opts o = { .store = path, .port = 8080, .verbs = &verbs };
 *     if (!vg_serve_start(&o, &s, e)) return false;
 *     ... vg_serve_port(s) ... wait for a signal ...
 *     vg_serve_stop(s);
 *
 * Who may do what (access.c): on a loopback address, while the store has no token, everybody may read. Once there is a
 * token, or behind a proxy that is trusted, each request needs one, or the proxy's word. Changes need an analyst.
 * Failures are problem documents (RFC 9457) with the parts of a vg_err: code, at, what, why, mend.
 */
#ifndef VG_SERVE_SERVE_H
#define VG_SERVE_SERVE_H

#include "core/out.h"
#include "core/pool.h"
#include "serve/route.h"

/** An option of a verb, as a member of a query or of a JSON object. */
typedef struct {
    const char *name;
    const char *type;     /* of JSON schema: "string", "integer", "number", "boolean" */
    const char *choices;  /* "end|even|start"; NULL = any */
    const char *form;     /* how a value looks, for people: "YYYY-MM"; NULL = none */
    const char *fallback; /* NULL = none */
    double min, max;      /* of numbers; both 0 = any */
    bool file;            /* names a file: only those in the data folder, by plain names */
    bool refused;         /* is not for this door */
    vg_str help;
} vg_serve_option;

/** A row of the verb table. */
typedef struct {
    const char *name; /* "alert list"; its route is /api/v1/verbs/alert-list */
    const vg_serve_option *option;
    int n_options;
    const char *args;       /* what the arguments are; NULL = none */
    int min_args, max_args; /* max -1 = any number */
    bool args_are_files;
    vg_str purpose, text;
} vg_serve_verb;

/** One verb to be run: argv without the program's name and the verb, as on the command line. */
typedef struct {
    const vg_serve_verb *verb;
    int argc;
    char **argv;
    vg_str actor;
    bool may_change; /* else the store may be opened for reading only */
    bool csv;        /* else JSON */
    vg_progress progress;
    vg_arena *arena;
    vg_out *out;
    int exit_code;  /* 0, or 1: it found something */
    bool forbidden; /* set when it failed because it may not change anything */
} vg_serve_call;

typedef struct {
    const vg_serve_verb *verb;
    int n_verbs;
    bool (*run)(void *ctx, vg_serve_call *call, vg_err *e); /* from several threads at once */
    void *ctx;
} vg_serve_verbs;

/** All-zero = defaults, but for the store. */
typedef struct {
    const char *store;
    const char *listen;      /* an address of this machine; NULL = 127.0.0.1 */
    int port;                /* 0 = one that is free */
    int n_workers;           /* for short questions; 0 = 4 */
    int n_slow;              /* for verbs and panels; 0 = 2 */
    int max_connections;     /* 0 = 4096 */
    double rate;             /* requests a second of one address; 0 = no limit */
    const char *trust_proxy; /* the address whose X-Forwarded-* headers are believed; NULL = none */
    const char *web;         /* folder of the page, with index.html; NULL = no page */
    const char *data;        /* folder whose files may be named in options; NULL = none */
    int verb_s;              /* longest time of a verb; 0 = 120 */
    int header_s;            /* until a request's header is whole; 0 = 10 */
    int request_s;           /* until a request is whole; 0 = 30 */
    int write_s;             /* until an answer is taken; 0 = 300 */
    int poll_ms;             /* how often the store is asked for news; 0 = 500 */
    int64_t body_bytes;      /* of a request; 0 = 1 MiB */
    int log_fd;              /* access log, JSON lines; 0 = none */
    const vg_serve_verbs *verbs;
    const vg_door *const *door; /* routes of capabilities (route.h) */
    int n_doors;
} vg_serve_opts;

/**
 * Opens the store, binds and begins to answer. `o` and what it points to must outlive the server. Fails: VG_EARG (an
 * address that is none; one that is not loopback while the store has no token), VG_EIO (port in use), and as
 * vg_store_open.
 */
bool vg_serve_start(const vg_serve_opts *o, vg_serve **out, vg_err *e);

/** The port in use. */
int vg_serve_port(const vg_serve *s);

/** Takes no new connection, ends what is being answered (verbs are stopped), ends streams, gives everything back. */
void vg_serve_stop(vg_serve *s);

#endif
