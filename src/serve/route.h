/**
 * Doors: the HTTP routes of one capability, given to the server from above, so that src/serve knows no capability.
 *
 *     static const vg_param find_params[] = {
 *         { "q", VG_P_TEXT, .required = true, .help = "who is looked for" }, { .name = NULL },
 *     };
 *     static bool find(vg_call *c, vg_err *e)
 *     {
 *         vg_rows r = vg_rows_begin(c, column, 2);           JSON or CSV, as was asked for
 *         vg_rows_text(&r, vg_call_text(c, "q")), vg_rows_int(&r, 7);
 *         vg_rows_end(&r, VG_NOSTR);
 *         return true;                                       false with `e`: a problem document
 *     }
 *     static const vg_route routes[] = {
 *         { "GET", "/api/v1/thing", "thing", "Looks for things", VG_ROLE_VIEWER, VG_AS_JSON | VG_AS_CSV,
 *           .returns = "Rows", .answer = find, .param = find_params },
 *     };
 *     const vg_door vg_thing_door = { .name = "thing", .route = routes, .n_routes = 1 };
 *
 * The row says everything: what is checked before `answer` is called, what OpenAPI tells, who may ask, which queue it
 * waits in. A row's parameters come from the path, the query, and (body kinds PARAMS and FORM) the body; any that the
 * row does not have is refused. `answer` runs on several workers' threads at once, each with its own call.
 */
#ifndef VG_SERVE_ROUTE_H
#define VG_SERVE_ROUTE_H

#include "core/fields.h"
#include "core/pool.h"
#include "serve/token.h"
#include "store/store.h"

typedef struct vg_serve vg_serve; /* the server */
typedef struct vg_call vg_call;   /* one request under way; dead when `answer` returns */

/* --- parameters --- */

typedef enum {
    VG_P_TEXT, /* 1 to `max` bytes (0 = 200) */
    VG_P_INT,
    VG_P_NUM,
    VG_P_CHOICE,  /* one of `words`, separated by |; its place among them is in `whole` */
    VG_P_CHOICES, /* several of them, separated by commas: a bit each, in `whole` */
    VG_P_BOX,     /* west,south,east,north */
    VG_P_DAYS,    /* RFC 3339 date or instant, or two of them with / between; ".." = open */
    VG_P_MONTH,   /* YYYY-MM, in `whole` */
    VG_P_CURSOR,  /* what a next link has; opaque */
    VG_P_FLAG,    /* true or false, in `whole` */
    VG_P_TEXTS    /* a text that may come several times: vg_call_each; `text` is the last one */
} vg_param_kind;

typedef struct {
    const char *name;
    vg_param_kind kind;
    const char *words;
    double min, max; /* of INT and NUM; of texts the greatest length is max (0 = 200) */
    const char *fallback;
    bool required;
    bool in_path; /* "{name}" of the pattern */
    const char *help;
} vg_param;

typedef struct {
    bool given; /* false also where `fallback` stands in */
    vg_str text;
    int64_t whole;
    double number;
    double box[4];
    int32_t from, to; /* days */
} vg_value;

/* --- routes --- */

/** What an answer can be written as: bits. The first one the client asks for, by Accept or by suffix (".csv"). */
typedef enum {
    VG_AS_JSON = 1,
    VG_AS_CSV = 2,
    VG_AS_GEOJSON = 4,
    VG_AS_TEXT = 8,
    VG_AS_OTHER = 16 /* whatever the client asks for: `answer` says the type with vg_call_type */
} vg_as;

/** What a body can be: bits; 0 = none is read. A body of another content type is refused (415). */
typedef enum {
    VG_BODY_PARAMS = 1, /* application/json: one flat object, whose members are parameters */
    VG_BODY_FORM = 2,   /* application/x-www-form-urlencoded: parameters */
    VG_BODY_JSON = 4,   /* application/json as it came, UTF-8: vg_call_body */
    VG_BODY_CSV = 8,    /* text/csv or text/plain as it came, any bytes: vg_call_body */
    VG_BODY_OTHER = 16  /* one of the row's `media`, any bytes: vg_call_body, vg_call_body_type */
} vg_body;

typedef struct {
    const char *method, *pattern; /* "GET", "/api/v1/runs/{run}"; also POST, PUT, PATCH, DELETE */
    const char *id;               /* operationId, unique in the server */
    const char *summary;
    vg_role least; /* VG_ROLE_NOBODY = public: no token is asked for */
    unsigned as;   /* bits of vg_as */
    bool slow;     /* for the slow workers: what may take over some 50 ms */
    bool plain;    /* answers get no ETag: what is written, or differs each time */
    bool local;    /* public, but while there is no token to names of this machine only */
    bool unnamed;  /* the access log leaves out from where it was asked: those who ask were promised so */
    unsigned body; /* bits of vg_body */
    int64_t body_bytes;  /* greatest body; 0 = the server's own limit (1 MiB) */
    int status;          /* of success, as OpenAPI tells it; 0 = 200 */
    const char *returns; /* name of a schema: "Rows", or one of the door's `schemas`; NULL = any */
    const char *takes;   /* of VG_BODY_JSON: the same; NULL = any */
    const char *type;    /* of VG_AS_OTHER: its content type in OpenAPI */
    const char *media;   /* of VG_BODY_OTHER: content types, separated by | */
    bool (*answer)(vg_call *c, vg_err *e);
    const vg_param *param; /* ended by a NULL name; NULL = none */
} vg_route;

/** The routes of one capability, and what it keeps while the server runs. All but `name` and `route` may be NULL. */
typedef struct {
    const char *name;
    const vg_route *route;
    int n_routes;
    const char *schemas; /* of OpenAPI's components, as JSON members: "\"Thing\":{...},\"Other\":{...}" */
    /** At the server's start: makes what the calls share. `*state` comes back from vg_call_state. */
    bool (*open)(vg_serve *s, void **state, vg_err *e);
    /**
     * In a thread of its own, after another connection has written to the store, about twice a second at most: makes
     * anew what depends on it (cheaply told, since every audit entry is a write). `st` is the thread's own connection for
     * reading. A failure is passed over: it is asked again after the next write.
     */
    bool (*refresh)(vg_serve *s, void *state, vg_store *st, vg_err *e);
    /** When the server stops, after the last answer and refresh. Also for a NULL state. */
    void (*close)(void *state);
} vg_door;

/* --- what is asked --- */

/** Value of a parameter of the row; one that was not given is all zero, or its fallback with `given` false. */
const vg_value *vg_call_value(const vg_call *c, const char *name);
vg_str vg_call_text(const vg_call *c, const char *name);   /* empty = not given */
int64_t vg_call_whole(const vg_call *c, const char *name); /* INT, CHOICE, CHOICES, MONTH, FLAG */
double vg_call_number(const vg_call *c, const char *name); /* NUM */
bool vg_call_given(const vg_call *c, const char *name);

/** The i-th text of a VG_P_TEXTS, from 0; empty after the last. */
vg_str vg_call_each(const vg_call *c, const char *name, int i);

/** The body as it came, of kinds JSON, CSV and OTHER; alive until `answer` returns. Which kind it is; its content type. */
vg_str vg_call_body(const vg_call *c);
vg_body vg_call_body_kind(const vg_call *c);
vg_str vg_call_body_type(const vg_call *c);

/** The row; the method as sent (also HEAD); the path, decoded. */
const vg_route *vg_call_route(const vg_call *c);
vg_str vg_call_path(const vg_call *c);

/** A header that some doors need: the languages the client prefers, as sent. */
vg_str vg_call_languages(const vg_call *c);

/** Name of the token or of the proxy's user; empty = nobody named. And the role it has. */
vg_str vg_call_who(const vg_call *c);
vg_role vg_call_role(const vg_call *c);

/** The client's address as text, for limits of a door's own. Not for the log: who asked is told by vg_call_who. */
vg_str vg_call_address(const vg_call *c);

/* --- what an answer is made with --- */

/** Reads a stored body (core/fields.h) into the struct at `to`; texts live in the call's arena. */
bool vg_call_fields(vg_call *c, vg_str body, const struct vg_field *table, void *to, vg_err *e);

/** The worker's memory, emptied after the answer; its connection for reading; the door's state. */
vg_arena *vg_call_arena(const vg_call *c);
vg_store *vg_call_store(const vg_call *c);
void *vg_call_state(const vg_call *c);
vg_serve *vg_call_serve(const vg_call *c);

/**
 * A connection for writing, whose audit entries are told under the caller's name; close it with vg_store_close. The row's
 * `least` is what says who may: a route that writes needs VG_ROLE_ANALYST, or has a reason of its own to be public.
 */
bool vg_call_change(vg_call *c, vg_store **st, vg_err *e);

/** Stops what takes long, when the server stops or the time of a verb (vg_serve_opts.verb_s) is over. */
vg_progress vg_call_progress(vg_call *c);

/* --- answers: one of rows, or text written to vg_call_out --- */

/** What is answered; empty at first. Memory; the client gets it when `answer` returns true. */
vg_out *vg_call_out(vg_call *c);

/** The form that was agreed on: one bit of the row's `as`. */
vg_as vg_call_as(const vg_call *c);

/** Another content type than that of the form; a literal, or of the call's arena's life. */
void vg_call_type(vg_call *c, const char *type);

/** A page for a browser: its type, and a policy that allows its own style and nothing else (no script, no request). */
void vg_call_html(vg_call *c);

/** Status of success, such as 201; and where the new thing is. */
void vg_call_status(vg_call *c, int status);
void vg_call_location(vg_call *c, vg_str path);

/** Retry-After of an answer that is no failure document (429 with what was taken all the same). */
void vg_call_retry_after(vg_call *c, int seconds);

/** A file's name for those who keep the answer: letters, digits, dots and dashes; anything else becomes a dash. */
void vg_call_file_name(vg_call *c, vg_str name);

/** Refuses with a status of HTTP's own (403, 409, 422 ...). Returns false. Failures without it get the one of their code. */
bool vg_call_refuse(vg_call *c, int status, vg_err *e, vg_code code, const char *what, const char *mend);

/** Address of this server as the client sees it: "http://localhost:8080". Lives in the call's arena. */
vg_str vg_call_base(const vg_call *c);

/** Address of the next page: this request with another cursor. */
vg_str vg_call_next(vg_call *c, vg_str cursor);

/** Rows, as JSON {"items":[{column:cell,...}],"next":...} or CSV: one call a cell, in the order of the columns. */
typedef struct {
    vg_out *out;
    bool csv;
    const char *const *column;
    int n_columns, at;
    int64_t n;     /* whole rows so far */
    vg_call *call; /* gets the link to the next page of CSV; NULL = none does */
} vg_rows;
vg_rows vg_rows_begin(vg_call *c, const char *const *column, int n_columns);
void vg_rows_text(vg_rows *r, vg_str text);    /* empty = null */
void vg_rows_int(vg_rows *r, int64_t x);       /* VG_UNKNOWN = null */
void vg_rows_num(vg_rows *r, double x);        /* NaN = null */
void vg_rows_month(vg_rows *r, int32_t month); /* 0 = null */
void vg_rows_instant(vg_rows *r, int64_t at);  /* 0 = null */
void vg_rows_raw(vg_rows *r, vg_str json);     /* a JSON value as it stands; in CSV its text */
void vg_rows_end(vg_rows *r, vg_str next);     /* `next` (empty = none) is the address of the next page */

/* --- the server, from calls and from a door's own threads --- */

/** Path of the store, for a connection of one's own. */
const char *vg_serve_store(const vg_serve *s);

/** True once the server begins to stop: threads of a door end then. */
bool vg_serve_stopping(vg_serve *s);

/**
 * Posts to the event stream (GET /api/v1/stream), for all who read it now: `event` is a word ("votes"), `json` a value on
 * one line. It has no number: who was away does not get it later; what must not be lost is an audit entry.
 */
void vg_serve_post(vg_serve *s, const char *event, vg_str json);

#endif
