/**
 * What the files of the server share: a request and its answer as plain values, the queue of workers, the hub of the
 * event stream, parameters, routes, and the server itself. libmicrohttpd is seen in http.c only.
 */
#ifndef VG_SERVE_INT_H
#define VG_SERVE_INT_H

#include <pthread.h>

#include "core/arena.h"
#include "core/json.h"
#include "serve/route.h"
#include "serve/serve.h"
#include "store/browse.h"

/* --- a request and its answer (http.c fills one and sends the other) --- */

/** Borrowed for the time of the answer. */
typedef struct {
    vg_str method, target; /* as on the request line */
    vg_str body;
    vg_str address; /* of the client, as text */
    bool loopback;  /* the client is on this machine */
    vg_str authorization, accept, accept_encoding, accept_language, content_type, host, origin, if_none_match,
        last_event_id;
    vg_str proxy_user, proxy_groups, proxy_proto, proxy_host, forwarded_for;
} vg_http__request;

/** Where an answer goes on after its body: made block by block, in workers' threads, while it is sent. */
typedef struct {
    /** Appends to `o` (not nothing, unless it is the end). False: the connection is cut, so that the client sees it. */
    bool (*make)(void *ctx, int worker, void *state, vg_out *o, bool *end);
    void (*drop)(void *state); /* called once, in any thread */
    void *state;               /* NULL = the body is whole */
} vg_http__more;

typedef struct {
    int status;
    const char *type;    /* content type; a literal */
    vg_out body;         /* memory; given on to the connection */
    char etag[80];       /* with its quotes; empty = none */
    char allow[48];      /* Allow, of 405 */
    char location[200];  /* of 201 */
    char file_name[120]; /* Content-Disposition; empty = none */
    const char *policy;  /* Content-Security-Policy; NULL = the strict one */
    const char *cache;   /* Cache-Control; NULL = by what else is said here */
    bool worker_scope;   /* a service worker, for the whole page */
    bool whole;          /* tag and coding are right as they are */
    bool gzipped, found; /* `found`: Vigie-Found, a verb's exit code 1 */
    bool unnamed;        /* the log leaves out from where it was asked */
    bool close;          /* the connection ends with this answer */
    bool stream;         /* after the body come the events behind `stream_at` */
    int64_t stream_at;
    int retry_after_s;
    char *link;         /* Link, from malloc; NULL = none */
    vg_http__more more; /* the body goes on */
    char who[72];       /* for the log: the token's or proxy's name; empty = nobody */
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
    int64_t (*most_bytes)(void *ctx, vg_str method,
                          vg_str target); /* of this body; in the network's thread */
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

/** As many open files as the machine allows, and no more connections than fit: at most `wanted`. */
int vg_limit__connections(int wanted);

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

/** The same for a form (application/x-www-form-urlencoded). */
bool vg_query__form(vg_str body, vg_arena *a, vg_target *t, vg_err *e);

/** Fails: VG_EARG, VG_ERANGE with a message that names the parameter. */
bool vg_query__value(const vg_param *p, vg_str text, vg_value *out, vg_err *e);

/** A place as text, bound to the question it belongs to, and back. Fails: VG_EARG. */
vg_str vg_query__cursor(vg_arena *a, const vg_event_place *place, vg_str question);
bool vg_query__place(vg_str cursor, vg_str question, vg_event_place *out, vg_err *e);

/* --- the server --- */

enum { VG_MAX_PARAMS = 32 };

/** A worker's own things: one thread, one connection, one arena. */
typedef struct {
    vg_store *st;
    vg_arena arena, scratch;
    vg_arena token_arena;
    vg_token *token;
    int64_t n_tokens, tokens_at; /* data version they were read at */
} vg_worker;

/** An events' index in use, counted by those who read it. */
typedef struct {
    vg_event_index *index;
    int64_t n_users;
    char source[80]; /* empty = the best there is */
    int64_t as_of;   /* 0 = now */
} vg_snapshot;

typedef struct vg_grid vg_grid;
enum { VG_KEPT_GRIDS = 3 };
enum { VG_ASKED_SNAPSHOTS = 4 }; /* kept beside the one of the best source */

typedef struct {
    int64_t by_class[6]; /* 1xx .. 5xx at 1..5 */
    int64_t bytes, events_sent, refused_rate, refused_full;
    int64_t bucket[12]; /* of the times an answer took */
    double seconds;
} vg_figures;

typedef struct vg_files vg_files;

struct vg_serve {
    vg_serve_opts o;
    vg_http *http;
    vg_hub *hub;
    vg_files *files; /* of the page; NULL = none */
    vg_worker *worker;
    int n_workers;
    void **door_state; /* in the order of o.door */
    pthread_t refresher;
    bool has_refresher;
    bool open;              /* loopback: while there is no token, everybody may read */
    pthread_mutex_t lock;   /* guards the snapshot, figures, stopping */
    pthread_cond_t changed; /* stopping */
    vg_snapshot *snapshot, *asked[VG_ASKED_SNAPSHOTS];
    int next_asked;
    vg_grid *grid[VG_KEPT_GRIDS];
    int next_grid;
    int64_t n_renewals;        /* of the snapshot: imports seen */
    pthread_mutex_t grid_lock; /* of making one */
    int64_t snapshot_of;       /* the log's number the snapshot was made at */
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
    int door;     /* whose route it is; -1 = the server's own */
    vg_body body; /* what came; 0 = none */
    vg_target target;
    vg_value value[VG_MAX_PARAMS]; /* in the order of route->param */
    vg_role role;
    vg_str who; /* empty = nobody named */
    vg_as as;
    bool hxl; /* a row of HXL tags below the header of CSV */
    vg_http__reply *r;
    int status; /* of a failure, instead of the one its code gives; 0 = that one */
};

/* access.c */
bool vg_access__check(vg_call *c, vg_err *e);
bool vg_access__token_needed(vg_serve *s, vg_worker *w, bool *needed, vg_err *e);

/* files.c: the page */

/** Reads a folder with index.html whole. Fails: VG_EIO, VG_ENOTFOUND, VG_ERANGE (over 64 MiB), VG_ENOMEM. */
bool vg_files__open(const char *folder, vg_files **out, vg_err *e);
void vg_files__close(vg_files *w);
/** Whether this request is for a file or screen of the page. */
bool vg_files__has(vg_call *c);
bool vg_answer__file(vg_call *c, vg_err *e);

/* routes.c: the server's own */
const vg_route *vg_routes__own(int *n);
/** Whether answers can have a row of HXL tags, and the parameter that says so. */
bool vg_routes__takes_hxl(const vg_route *r);
extern const vg_param vg_hxl__param;

/* router.c */
/** All routes: the server's own (door -1), then the doors'. NULL after the last. */
const vg_route *vg_routes_at(const vg_serve *s, int i, int *door);
void vg_router__answer(void *serve, int worker, const vg_http__request *q, vg_http__reply *r);
bool vg_router__is_slow(void *serve, vg_str method, vg_str target);
/** The route of a target without its suffix (".csv"); NULL: none, and `*other_method` tells whether another method has one. */
const vg_route *vg_router__find(const vg_serve *s, vg_str method, vg_target *t, vg_as *suffix,
                                char allow[48]);
/** The greatest body that the route of a target takes; from the network's thread. */
int64_t vg_router__body_bytes(void *serve, vg_str method, vg_str target);
void vg_router__problem(vg_http__reply *r, int status, const vg_err *e, vg_str instance);

/* reply.c (rows: route.h) */
/** ETag, 304 and gzip. */
void vg_reply__finish(vg_call *c);
/**
 * Tag of an answer that is made of these parts and of nothing else, set before it is made. True: the client has that
 * answer already, and the status is 304.
 */
bool vg_reply__is_known(vg_call *c, const vg_str *part, int n);
/** Link to the next page, as a header. */
void vg_reply__link(vg_call *c, vg_str next);
/** The header of CSV, with the row of HXL tags where it is wanted. */
void vg_rows__head(vg_rows *r, bool hxl);
/** HXL tag of a column; empty where there is none. */
vg_str vg_hxl__tag(const char *column);
/** Whether a list of codings names gzip, and not with q=0; whether a list of tags names this one. */
bool vg_reply__takes_gzip(vg_str list);
bool vg_reply__names_tag(vg_str list, vg_str tag);

/* route_*.c, openapi.c, stream.c, figures.c */
bool vg_answer__landing(vg_call *c, vg_err *e);
bool vg_answer__conformance(vg_call *c, vg_err *e);
bool vg_answer__collections(vg_call *c, vg_err *e);
bool vg_answer__collection(vg_call *c, vg_err *e);
bool vg_answer__items(vg_call *c, vg_err *e);
bool vg_answer__item(vg_call *c, vg_err *e);
bool vg_answer__points(vg_call *c, vg_err *e);
bool vg_answer__cells(vg_call *c, vg_err *e);
bool vg_answer__data(vg_call *c, vg_err *e);
bool vg_answer__rejects(vg_call *c, vg_err *e);
bool vg_answer__latest(vg_call *c, vg_err *e);
bool vg_answer__changes(vg_call *c, vg_err *e);
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

/* call.c: doors */
bool vg_doors__open(vg_serve *s, vg_err *e);
/** Whose route it is. */
int vg_doors__of(const vg_serve *s, const vg_route *r);
void vg_doors__close(vg_serve *s);

/* stream.c */
bool vg_ticker__start(vg_serve *s, vg_err *e);
void vg_ticker__stop(vg_serve *s);

/* snapshot.c */
vg_snapshot *vg_snapshot__take(vg_serve *s);
void vg_snapshot__give(vg_serve *s, vg_snapshot *snap);
/** Index of a source as known at a time; made when it is asked for first. Fails: VG_ENODATA, as vg_event_index_build. */
bool vg_snapshot__of(vg_call *c, vg_str source, int64_t as_of, vg_snapshot **out, vg_err *e);
bool vg_snapshot__renew(vg_serve *s, vg_store *st, vg_err *e);
void vg_snapshot__end(vg_serve *s);

/* route_data.c: runs as rows */
void vg_runs__put(vg_call *c, const vg_run *run, int64_t n, vg_str next);

/* cells.c */
void vg_grids__end(vg_serve *s);

/* selection.c: which events are asked for */

enum { VG_MOST_COUNTRIES = 300 };

/** A question about events, free of the call that asked it: an export goes on after the call has ended. */
typedef struct {
    vg_serve *s;
    vg_snapshot *snap;
    vg_event_filter filter;
    vg_str text; /* what an event must mention; empty = anything */
    int32_t gwcode[VG_MOST_COUNTRIES];
    bool begun;
    vg_event_place place; /* where to go on */
} vg_selection;

/** Adds the countries of a list: ISO3 codes and Gleditsch-Ward numbers. Fails: VG_EARG, VG_ERANGE (over 300). */
bool vg_selection__countries(vg_selection *sel, vg_str list, vg_err *e);

/** The question of a call with the parameters of items. What it points to lives in `a`; end it with `end`. */
bool vg_selection__begin(vg_call *c, vg_arena *a, vg_selection *sel, vg_err *e);
void vg_selection__end(vg_selection *sel);
/** The next rows, at most `limit`; fewer with `*more` when a search in texts has looked at enough for once. */
bool vg_selection__next(vg_selection *sel, vg_store *st, vg_arena *a, int64_t limit, int64_t *row, int64_t *n,
                        bool *more, vg_err *e);
/** Place behind the last row, for a link. */
vg_str vg_selection__cursor(vg_call *c, const vg_selection *sel);
/** Tag of an answer that depends on nothing but the question and the index. True: the client has it already (304). */
bool vg_selection__is_known(vg_call *c, const vg_selection *sel);

/* feature.c: an event as GeoJSON or as cells */
extern const char *const vg_event__columns[];
enum { VG_EVENT_COLUMNS = 22 };
/** A Feature without its closing brace. */
void vg_feature__put(vg_out *o, int64_t id, const vg_event *ev);
void vg_feature__cells(vg_rows *r, int64_t id, const vg_event *ev);

/* columns.c: numbers as application/vnd.vigie.columns */
typedef enum { VG_COL_U8 = 1, VG_COL_U16, VG_COL_U32, VG_COL_I32, VG_COL_F32, VG_COL_F64 } vg_column_type;
typedef struct {
    const char *name; /* at most 16 bytes of ASCII */
    vg_column_type type;
    const void *data;
} vg_column_data;
#define VG_COLUMNS_TYPE "application/vnd.vigie.columns"
void vg_columns__put(vg_out *o, const vg_column_data *column, int n_columns, int64_t n_rows);

/* export.c: an answer that is made while it is sent */
bool vg_export__begin(vg_call *c, vg_err *e);

/* figures.c */
void vg_figures__done(void *serve, const vg_http__done *d);

#endif
