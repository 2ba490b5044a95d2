/**
 * What the files of the server share: a request and its answer as plain values, the queue of workers, the hub of the
 * event stream, parameters, routes, and the server itself. libmicrohttpd is seen in http.c only.
 */
#ifndef VG_SERVE_INT_H
#define VG_SERVE_INT_H

#include <pthread.h>

#include "core/arena.h"
#include "core/json.h"
#include "serve/serve.h"
#include "store/browse.h"

/* --- a request and its answer (http.c fills one and sends the other) --- */

/** Borrowed for the time of the answer. */
typedef struct {
    vg_str method, target; /* as on the request line */
    vg_str body;
    vg_str address; /* of the client, as text */
    bool loopback;  /* the client is on this machine */
    vg_str authorization, accept, accept_encoding, content_type, host, origin, if_none_match, last_event_id;
    vg_str proxy_user, proxy_groups, proxy_proto, proxy_host, forwarded_for;
} vg_http__request;

typedef struct {
    int status;
    const char *type;    /* content type; a literal */
    vg_out body;         /* memory; given on to the connection */
    char etag[80];       /* with its quotes; empty = none */
    char allow[48];      /* Allow, of 405 */
    char location[200];  /* of 201 */
    const char *policy;  /* Content-Security-Policy; NULL = the strict one */
    bool gzipped, found; /* `found`: Vigie-Found, a verb's exit code 1 */
    bool close;          /* the connection ends with this answer */
    bool stream;         /* after the body come the events behind `stream_at` */
    int64_t stream_at;
    int retry_after_s;
    char who[72]; /* for the log: the token's or proxy's name; empty = nobody */
} vg_http__reply;

/** What the access log and the figures get to know of an answer. No query, no header, no body. */
typedef struct {
    vg_str address, method, path, who;
    int status;
    int64_t bytes, micros;
} vg_http__done;

typedef struct vg_http vg_http;
typedef struct vg_hub vg_hub;

typedef struct {
    const char *listen;
    int port, n_workers, n_slow, max_connections, header_s, request_s, write_s;
    double rate;
    int64_t body_bytes;
    vg_hub *hub;
    void *ctx;
    bool (*is_slow)(void *ctx, vg_str method, vg_str target); /* in the network's thread: must be quick */
    void (*answer)(void *ctx, int worker, const vg_http__request *q, vg_http__reply *r);
    void (*done)(void *ctx, const vg_http__done *d);
} vg_http__opts;

bool vg_http__start(const vg_http__opts *o, vg_http **out, vg_err *e);
int vg_http__port(const vg_http *h);
int64_t vg_http__connections(vg_http *h);
/** Takes no more connections, waits for the answers under way, ends the hub's readers and all connections, frees. */
void vg_http__stop(vg_http *h);

/** True for 127.0.0.0/8 and ::1. False also for what is no address. */
bool vg_http__is_loopback(const char *address);

/* --- workers (worker.c): jobs from the network's threads to threads that may wait --- */

typedef struct vg_job {
    struct vg_job *next;
} vg_job;

typedef struct vg_workers vg_workers;

typedef struct {
    int n_quick, n_slow;
    int64_t most_quick, most_slow; /* jobs that may wait */
    void (*work)(void *ctx, int worker, vg_job *job);
    void *ctx;
} vg_workers__opts;

/** Workers 0..n_quick-1 take quick jobs, the others slow ones. */
bool vg_workers__start(const vg_workers__opts *o, vg_workers **out, vg_err *e);
/** False when too many wait already. */
bool vg_workers__give(vg_workers *w, bool slow, vg_job *job);
/** Jobs that wait or are worked on. */
int64_t vg_workers__busy(vg_workers *w);
/** Works off what waits, ends the threads; whatever is given afterwards is refused. */
void vg_workers__stop(vg_workers *w);
void vg_workers__free(vg_workers *w);

/* --- limits (limit.c) --- */

typedef struct vg_rates vg_rates;
/** A bucket of tokens for each address: `rate` a second, four seconds' worth at once. */
bool vg_rates__new(double rate, vg_rates **out, vg_err *e);
bool vg_rates__allow(vg_rates *r, const unsigned char address[16], double now_s);
void vg_rates__free(vg_rates *r);

/* --- the event stream (hub.c): what happened, to many readers --- */

typedef struct vg_hub__reader vg_hub__reader;

bool vg_hub__new(vg_hub **out, vg_err *e);
void vg_hub__free(vg_hub *h);
/** Adds a piece of the stream; `seq` > 0 is the log's number of it. Wakes the readers. */
void vg_hub__post(vg_hub *h, int64_t seq, vg_str text);
/** Where a new reader begins: the place in the hub, and the highest log number before it. */
void vg_hub__place(vg_hub *h, int64_t *place, int64_t *seq);
/** Ends all readers. */
void vg_hub__close(vg_hub *h);
int64_t vg_hub__readers(vg_hub *h);

/** `first` (owned from now on, from malloc) is read before the events; `wake` is called with the hub's lock held. */
bool vg_hub__join(vg_hub *h, int64_t place, char *first, int64_t first_n, void (*wake)(void *ctx), void *ctx,
                  vg_hub__reader **out);
/** Up to `cap` bytes; 0 = nothing now (`sleep` was called, with the hub's lock held); -1 = the end. */
int64_t vg_hub__read(vg_hub__reader *r, char *buf, int64_t cap, void (*sleep)(void *ctx));
void vg_hub__leave(vg_hub__reader *r);

/* --- queries (query.c): pure, from bytes to checked values --- */

typedef struct {
    vg_str name, value;
} vg_pair;

enum { VG_MAX_PAIRS = 64, VG_MAX_SEGMENTS = 12 };

/** A request's target: segments of the path and members of the query, decoded. */
typedef struct {
    vg_str path; /* decoded, for messages and the log */
    vg_str segment[VG_MAX_SEGMENTS];
    int n_segments;
    vg_pair pair[VG_MAX_PAIRS];
    int n_pairs;
} vg_target;

/**
 * Splits and decodes. Refuses what cannot be meant honestly: bytes that are not UTF-8, NUL, "." and ".." as segments, a
 * slash or backslash that was written as %2F or %5C. Fails: VG_EPARSE, VG_ENOMEM.
 */
bool vg_query__target(vg_str target, vg_arena *a, vg_target *out, vg_err *e);

/** Members of a flat JSON object (strings, numbers, booleans, arrays of them as repeated members) behind those there are. */
bool vg_query__json(vg_str body, vg_arena *a, vg_target *t, vg_err *e);

typedef enum {
    VG_P_TEXT,
    VG_P_INT,
    VG_P_NUM,
    VG_P_CHOICE,  /* words in `words`, separated by | */
    VG_P_CHOICES, /* several of them, separated by commas: a bit each, in `whole` */
    VG_P_BOX,     /* west,south,east,north */
    VG_P_DAYS,    /* RFC 3339 date or instant, or two of them with / between; ".." = open */
    VG_P_MONTH,   /* YYYY-MM */
    VG_P_CURSOR   /* what a next link has; opaque */
} vg_param_kind;

typedef struct {
    const char *name;
    vg_param_kind kind;
    const char *words;
    double min, max; /* of INT and NUM; of TEXT the greatest length is max (0 = 200) */
    const char *fallback;
    bool required;
    bool in_path;
    const char *help;
} vg_param;

typedef struct {
    bool given;
    vg_str text;
    int64_t whole;
    double number;
    double box[4];
    int32_t from, to; /* days */
} vg_value;

/** Fails: VG_EARG, VG_ERANGE with a message that names the parameter. */
bool vg_query__value(const vg_param *p, vg_str text, vg_value *out, vg_err *e);

/** A place as text, bound to the question it belongs to, and back. Fails: VG_EARG. */
vg_str vg_query__cursor(vg_arena *a, const vg_event_place *place, vg_str question);
bool vg_query__place(vg_str cursor, vg_str question, vg_event_place *out, vg_err *e);

/* --- the server --- */

enum { VG_MAX_PARAMS = 16 };

/** What an answer can be written as: bits. */
typedef enum { VG_AS_JSON = 1, VG_AS_CSV = 2, VG_AS_GEOJSON = 4, VG_AS_TEXT = 8 } vg_as;

typedef struct vg_call vg_call;

typedef struct {
    const char *method, *pattern; /* "GET", "/api/v1/runs/{run}" */
    const char *id;               /* operationId */
    const char *summary;
    vg_role least;       /* VG_ROLE_NOBODY = open to all */
    unsigned as;         /* bits of vg_as; the first one that is asked for */
    bool slow;           /* for the slow workers */
    bool has_body;       /* POST: parameters also as a JSON object */
    bool plain;          /* answers are not given an ETag */
    const char *returns; /* name of a schema in openapi.c */
    bool (*answer)(vg_call *c, vg_err *e);
    const vg_param *param; /* ended by a NULL name; NULL = none */
} vg_route;

/** A worker's own things: one thread, one connection, one arena. */
typedef struct {
    vg_store *st;
    vg_arena arena;
    vg_arena token_arena;
    vg_token *token;
    int64_t n_tokens, tokens_at; /* data version they were read at */
} vg_worker;

/** The events' index in use, counted by those who read it. */
typedef struct {
    vg_event_index *index;
    int64_t n_users;
} vg_snapshot;

typedef struct {
    int64_t by_class[6]; /* 1xx .. 5xx at 1..5 */
    int64_t bytes, events_sent, refused_rate, refused_full;
    int64_t bucket[12]; /* of the times an answer took */
    double seconds;
} vg_figures;

struct vg_serve {
    vg_serve_opts o;
    vg_http *http;
    vg_hub *hub;
    vg_worker *worker;
    int n_workers;
    bool open;              /* loopback: while there is no token, everybody may read */
    pthread_mutex_t lock;   /* guards the snapshot, figures, stopping */
    pthread_cond_t changed; /* stopping */
    vg_snapshot *snapshot;
    int64_t snapshot_of; /* the log's number the snapshot was made at */
    vg_figures figures;
    bool stopping;
    pthread_t ticker;
    bool has_ticker;
    int64_t started_at;
};

struct vg_call {
    vg_serve *s;
    vg_worker *w;
    const vg_http__request *q;
    const vg_route *route;
    vg_target target;
    vg_value value[VG_MAX_PARAMS]; /* in the order of route->param */
    vg_role role;
    vg_str who; /* empty = nobody named */
    vg_as as;
    vg_http__reply *r;
    int status; /* of a failure, instead of the one its code gives; 0 = that one */
};

/** Value of a parameter that the route's table has. */
const vg_value *vg_call__value(const vg_call *c, const char *name);

/** Refuses with a status of HTTP's own. Returns false. */
bool vg_call__refuse(vg_call *c, int status, vg_err *e, vg_code code, const char *what, const char *mend);

/** Address of this server as the client sees it: "http://localhost:8080". Lives in the worker's arena. */
vg_str vg_call__base(const vg_call *c);

/* access.c */
bool vg_access__check(vg_call *c, vg_err *e);
bool vg_access__token_needed(vg_serve *s, vg_worker *w, bool *needed, vg_err *e);

/* router.c */
const vg_route *vg_routes(int *n);
void vg_router__answer(void *serve, int worker, const vg_http__request *q, vg_http__reply *r);
bool vg_router__is_slow(void *serve, vg_str method, vg_str target);
/** The route of a target without its suffix (".csv"); NULL: none, and `*other_method` tells whether another method has one. */
const vg_route *vg_router__find(vg_str method, vg_target *t, vg_as *suffix, char allow[48]);
void vg_router__problem(vg_http__reply *r, int status, const vg_err *e, vg_str instance);

/* reply.c: rows as JSON or CSV */
typedef struct {
    vg_out *out;
    bool csv;
    const char *const *column;
    int n_columns, at;
    int64_t n;
} vg_rows;
vg_rows vg_rows__begin(vg_call *c, const char *const *column, int n_columns);
void vg_rows__text(vg_rows *r, vg_str text); /* empty = null */
void vg_rows__int(vg_rows *r, int64_t x);    /* VG_UNKNOWN = null */
void vg_rows__num(vg_rows *r, double x);
void vg_rows__month(vg_rows *r, int32_t month); /* 0 = null */
void vg_rows__instant(vg_rows *r, int64_t at);  /* 0 = null */
void vg_rows__raw(vg_rows *r, vg_str json);     /* a JSON value as it stands; in CSV its text */
/** Ends; `next` (empty = none) is the address of the next page. */
void vg_rows__end(vg_rows *r, vg_str next);
/** ETag, 304 and gzip. */
void vg_reply__finish(vg_call *c);

/** Address of the next page: this request with another cursor. */
vg_str vg_call__next(vg_call *c, vg_str cursor);

/* route_*.c, openapi.c, stream.c, figures.c */
bool vg_answer__landing(vg_call *c, vg_err *e);
bool vg_answer__conformance(vg_call *c, vg_err *e);
bool vg_answer__collections(vg_call *c, vg_err *e);
bool vg_answer__collection(vg_call *c, vg_err *e);
bool vg_answer__items(vg_call *c, vg_err *e);
bool vg_answer__item(vg_call *c, vg_err *e);
bool vg_answer__vintages(vg_call *c, vg_err *e);
bool vg_answer__runs(vg_call *c, vg_err *e);
bool vg_answer__run(vg_call *c, vg_err *e);
bool vg_answer__results(vg_call *c, vg_err *e);
bool vg_answer__forecasts(vg_call *c, vg_err *e);
bool vg_answer__explanations(vg_call *c, vg_err *e);
bool vg_answer__scores(vg_call *c, vg_err *e);
bool vg_answer__alerts(vg_call *c, vg_err *e);
bool vg_answer__series(vg_call *c, vg_err *e);
bool vg_answer__decisions(vg_call *c, vg_err *e);
bool vg_answer__decide(vg_call *c, vg_err *e);
bool vg_answer__audit(vg_call *c, vg_err *e);
bool vg_answer__verbs(vg_call *c, vg_err *e);
bool vg_answer__verb(vg_call *c, vg_err *e);
bool vg_answer__openapi(vg_call *c, vg_err *e);
bool vg_answer__stream(vg_call *c, vg_err *e);
bool vg_answer__health(vg_call *c, vg_err *e);
bool vg_answer__metrics(vg_call *c, vg_err *e);

/** Parameters of a verb's route come from its row. */
const vg_serve_verb *vg_verbs__find(const vg_serve *s, vg_str route_name);

/* stream.c */
bool vg_ticker__start(vg_serve *s, vg_err *e);
void vg_ticker__stop(vg_serve *s);
vg_snapshot *vg_snapshot__take(vg_serve *s);
void vg_snapshot__give(vg_serve *s, vg_snapshot *snap);

/* figures.c */
void vg_figures__done(void *serve, const vg_http__done *d);

#endif
