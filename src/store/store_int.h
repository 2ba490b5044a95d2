/**
 * What the files of the store share and nobody else sees: the handle, small helpers over SQLite, the queue between
 * a reader and the writing thread, the table of ids of one import, and streams of vintages.
 *
 *     vg_sql q;
 *     if (!vg_sql__open(&q, st, "SELECT id FROM run WHERE verb = ?1", e)) return false;
 *     vg_sql__bind_text(&q, 1, verb);
 *     while (vg_sql__next(&q)) ... vg_sql__int(&q, 0) ...
 *     return vg_sql__close(&q);                       false when any step failed; the failure is in e
 */
#ifndef VG_STORE_INT_H
#define VG_STORE_INT_H

#include <pthread.h>
#include <sqlite3.h>

#include "core/map.h"
#include "store/store.h"

/** "vigi": what tells a store of ours from any other SQLite file. */
#define VG_STORE_APPLICATION_ID 0x76696769

/** Number of the schema in schema.c. A file with a higher one was written by a newer program and is refused. */
#define VG_STORE_SCHEMA 5

/**
 * The column series.kind: the kind of unit, and from bit 3 on the number of the variable's name; none (0) is the vintage's
 * own variable, so that rows of schema 1 and of a vintage with one variable are as they always were, and as small.
 */
#define VG_KIND_OF(kind, variable) ((int64_t)(kind) + 8 * (int64_t)(variable))

struct vg_store {
    sqlite3 *db;
    char *path;
    bool writable;
    int busy_ms;
    vg_import *import; /* open import, NULL = none */
    vg_map names;      /* interned texts; number n stands in the table under id n + 1 */
    bool has_names;
    bool reads_older; /* a store of an older schema on a read handle */
    char actor[201];  /* for the audit log; empty = from the environment */
};

/* --- SQLite, one statement at a time (sql.c) --- */

typedef struct {
    vg_store *st;
    sqlite3_stmt *stmt;
    vg_err *e;
    bool failed;
} vg_sql;

/** Turns an SQLite result code into a failure that names the store and says what can be done. Returns false. */
bool vg_sql__fail(vg_store *st, int rc, vg_err *e);

/** VG_ENOMEM of the machine, not of an arena. Returns false. */
bool vg_sql__no_memory(vg_err *e);

bool vg_sql__open(vg_sql *q, vg_store *st, const char *sql, vg_err *e);
bool vg_sql__close(vg_sql *q);

/** Parameters from 1. Text is borrowed until the statement is run again; `optional` writes NULL for the empty slice. */
void vg_sql__bind_int(vg_sql *q, int at, int64_t x);
void vg_sql__bind_text(vg_sql *q, int at, vg_str s);
void vg_sql__bind_blob(vg_sql *q, int at, vg_str bytes);
void vg_sql__bind_optional(vg_sql *q, int at, vg_str s);
void vg_sql__bind_real(vg_sql *q, int at, double x); /* NaN becomes NULL */

/** Next row; false at the end and on failure. */
bool vg_sql__next(vg_sql *q);

/** Runs a statement that gives no rows and makes it ready to be bound again. */
bool vg_sql__run(vg_sql *q);

/** Makes a statement ready to be bound again, whatever rows it still had. */
void vg_sql__again(vg_sql *q);

/** Columns from 0. `text` is borrowed until the next step; `copy` lives in the arena. */
int64_t vg_sql__int(vg_sql *q, int column);
int32_t vg_sql__i32(vg_sql *q, int column);
int64_t vg_sql__int_or(vg_sql *q, int column, int64_t when_null);
vg_str vg_sql__text(vg_sql *q, int column);
vg_str vg_sql__blob(vg_sql *q, int column);
vg_str vg_sql__copy(vg_sql *q, int column, vg_arena *a);

bool vg_sql__exec(vg_store *st, const char *sql, vg_err *e);
bool vg_sql__one_int(vg_store *st, const char *sql, int64_t *out, vg_err *e);

/** One transaction that takes the writer's place at once. Refused on a read handle and during an import. */
bool vg_sql__begin(vg_store *st, vg_err *e);
/** Commits, or rolls back when that fails or when `ok` is false. Returns whether it was committed. */
bool vg_sql__end(vg_store *st, bool ok, vg_err *e);
void vg_sql__rollback(vg_store *st);

/**
 * Room for one more in an array that grows in an arena: `items` has `n` of `size` bytes and room for `*cap`.
 * Returns the array, moved when it was full, or NULL with VG_ENOMEM in e.
 */
void *vg_sql__grow(vg_arena *a, void *items, int64_t n, int64_t *cap, int64_t size, vg_err *e);

/* --- schema (schema.c), audit (audit.c) --- */

/** Checks that the file is ours, makes the tables when it is new, and sets the connection up. */
bool vg_schema__ready(vg_store *st, vg_err *e);

/** A read handle on a store of an older schema that another process has upgraded meanwhile: takes the new tables. */
bool vg_schema__follow(vg_store *st, vg_err *e);

/** Adds an entry inside the transaction that is open. */
bool vg_audit__add(vg_store *st, vg_str action, vg_str detail, vg_err *e);

/** In whose name a handle writes: its own actor, else VIGIE_ACTOR, else the login name; one line. */
vg_str vg_audit__who(const vg_store *st, char room[201]);

/** Handle is fit for a question: nothing failed before, and what an open import was given is written. */
bool vg_store__ready(vg_store *st, vg_err *e);

/** Whole events by id, in that order (event_query.c). */
bool vg_event__rows(vg_store *st, const int64_t *id, int64_t n, vg_arena *a, vg_event **out, vg_err *e);

/* --- the queue between the reader and the writing thread (queue.c) --- */

typedef enum {
    VG_NODE_EVENT,
    VG_NODE_POINT,
    VG_NODE_UNIT,
    VG_NODE_REJECT,
    VG_NODE_NAME,
    VG_NODE_FLOW
} vg_node_kind;

/** A record on its way to the store; the kind says what stands behind this head. */
typedef struct vg_node {
    struct vg_node *next;
    vg_node_kind kind;
} vg_node;

/** The whole numbers of an event's row, in the order of the table's columns. VG_UNKNOWN is NULL. */
typedef enum {
    VG_E_MONTH,
    VG_E_N_MONTHS,
    VG_E_TYPE,
    VG_E_GWCODE,
    VG_E_CELL,
    VG_E_BEST,
    VG_E_LOW,
    VG_E_HIGH,
    VG_E_CIVILIANS,
    VG_E_DAY_FROM,
    VG_E_DAY_TO,
    VG_E_DATE_PREC,
    VG_E_WHERE_PREC,
    VG_E_LAT,
    VG_E_LON,
    VG_E_ACTOR_A, /* from here on: numbers of names */
    VG_E_ACTOR_B,
    VG_E_CONFLICT,
    VG_E_ADM1,
    VG_E_ADM2,
    VG_E_KIND,
    VG_E_EXTERNAL_ID, /* these two are the number where the text is empty */
    VG_E_SOURCE,
    VG_E_NUMBERS
} vg_event_number;

/** Its texts: external_id, source, text, url. */
enum { VG_E_TEXTS = 4, VG_E_COLUMNS = VG_E_NUMBERS + 2 };

typedef struct {
    vg_node head;
    int64_t number[VG_E_NUMBERS];
    vg_str text[VG_E_TEXTS];
} vg_event_node;

typedef struct {
    vg_node head;
    vg_unit_kind kind;
    int32_t unit, month;
    double value;
    int64_t variable; /* number of a name; VG_UNKNOWN = the vintage's own */
} vg_point_node;

typedef struct {
    vg_node head;
    vg_unit_kind kind;
    int32_t from, to, month;
    int64_t reason; /* number of a name; VG_UNKNOWN = none */
    int64_t people;
} vg_flow_node;

typedef struct {
    vg_node head;
    vg_unit unit;
} vg_unit_node;

typedef struct {
    vg_node head;
    vg_reject reject;
} vg_reject_node;

typedef struct {
    vg_node head;
    int64_t id;
    vg_str text; /* lives in st->names */
} vg_name_node;

typedef bool vg_batch_write(void *ctx, const vg_node *first, vg_err *e);

typedef struct {
    vg_arena arena;
    vg_node *first, *last;
} vg_batch;

#define VG_QUEUE_BATCHES 4

typedef struct {
    vg_batch ring[VG_QUEUE_BATCHES];
    vg_batch_write *write;
    void *ctx;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    int64_t produced, consumed; /* batches; the ring holds those between */
    bool closing, dropped;
    vg_err failure; /* of the writer; the first one stays */
    pthread_t thread;
    bool threaded; /* false: no thread could be had, batches are written by the caller */
} vg_queue;

/** Begins with a thread that calls `write` for each batch in turn. */
bool vg_queue__begin(vg_queue *q, vg_batch_write *write, void *ctx, vg_err *e);

/** Room for a node of `size` bytes and `text_bytes` of text behind it (`*text`), at the end of the queue. */
void *vg_queue__take(vg_queue *q, vg_node_kind kind, int64_t size, int64_t text_bytes, char **text,
                     vg_err *e);

/** Waits until all that was taken is written. Fails with what the writer failed with. */
bool vg_queue__settle(vg_queue *q, vg_err *e);

/** Ends the thread and frees the queue. With `drop`, what is not yet written is thrown away. */
bool vg_queue__end(vg_queue *q, bool drop, vg_err *e);

/* --- ids of one import (ids.c) --- */

typedef enum { VG_ID_NEW, VG_ID_SAME, VG_ID_OTHER, VG_ID_NO_MEMORY } vg_id_answer;

typedef struct vg_id_slot vg_id_slot;

typedef struct {
    vg_id_slot *slot;
    int64_t n, n_slots;
} vg_ids;

/** Has this key been seen, and with the same content? `*first_line` gets the line of the first one. */
vg_id_answer vg_ids__see(vg_ids *ids, uint64_t key, uint64_t content, int64_t line, int64_t *first_line);
void vg_ids__free(vg_ids *ids);

/** Folds bytes into a running 64-bit hash, eight at a time. Not for secrets. */
uint64_t vg_ids__mix(uint64_t hash, const void *bytes, int64_t n);
uint64_t vg_ids__mix_text(uint64_t hash, vg_str s);

/* --- records to coded rows, in the reader's thread (code.c) --- */

enum { VG_RECENT = 1 << 14 };

typedef struct {
    uint64_t hash;
    vg_str text; /* in st->names */
    int64_t id;
} vg_recent;

/** A variable of an import that is not the vintage's own. */
typedef struct {
    int64_t id; /* number of its name */
    int64_t n;
    unsigned kinds;
} vg_coded_variable;

enum { VG_MAX_VARIABLES = 1024 }; /* of one import */

typedef struct {
    vg_store *st;
    vg_queue *queue;
    vg_month_rule rule;
    vg_ids ids;
    vg_recent *recent; /* names seen lately, by hash; VG_RECENT of them */
    int64_t n_events, n_points, n_flows, n_duplicates, n_rejected;
    unsigned kinds;      /* of units in the own series: bit (1 << vg_unit_kind) */
    unsigned flow_kinds; /* of units in the flows */
    vg_coded_variable *variable;
    int32_t n_variables, last_variable;
    int32_t first_month, last_month;
    bool has_month;
} vg_coder;

bool vg_code__begin(vg_coder *c, vg_store *st, vg_queue *queue, vg_month_rule rule, vg_err *e);
bool vg_code__event(vg_coder *c, const vg_event *ev, vg_at at, vg_err *e);
bool vg_code__point(vg_coder *c, const vg_point *p, vg_at at, vg_err *e);
bool vg_code__unit(vg_coder *c, const vg_unit *u, vg_err *e);
bool vg_code__reject(vg_coder *c, const vg_reject *r, vg_err *e);
bool vg_code__flow(vg_coder *c, const vg_flow_record *f, vg_at at, vg_err *e);
void vg_code__end(vg_coder *c);

/* --- coded rows to the file, in the queue's thread (writer.c) --- */

typedef struct {
    vg_store *st;
    int64_t vintage;                                                    /* the id it will have */
    int64_t events_before, series_before, rejects_before, flows_before; /* highest id when the import began */
    vg_sql event, point, unit, reject, name, flow;
} vg_writer;

/** Prepares the statements inside the import's transaction; `batch` is a vg_batch_write. */
bool vg_writer__begin(vg_writer *w, vg_store *st, vg_err *e);
bool vg_writer__batch(void *writer, const vg_node *first, vg_err *e);
void vg_writer__end(vg_writer *w);

/** Waits until an open import has written all it was given. */
bool vg_import__settle(vg_import *im, vg_err *e);

/* --- vintages and streams (vintage.c, stream.c) --- */

/** A vintage with the rows that belong to it. */
typedef struct {
    vg_vintage about;
    int64_t event_from, event_to, series_from, series_to, flow_from, flow_to; /* from 0 = none */
    unsigned kinds, flow_kinds; /* of the own series, of flows */
    vg_variable *variable;      /* further variables */
    int64_t *variable_id;       /* numbers of their names */
    int64_t n_variables;
} vg_vintage_rows;

/** Place of a further variable among those of a vintage, -1 = it has none of this name. */
int64_t vg_vintage__variable(const vg_vintage_rows *v, vg_str name);

/** Kinds of unit of any series of the vintage. */
unsigned vg_vintage__kinds(const vg_vintage_rows *v);

/** Those known at `as_of`, oldest id first. */
bool vg_vintage__list(vg_store *st, int64_t as_of, vg_arena *a, vg_vintage_rows **out, int64_t *n, vg_err *e);

/** Writes the row of a vintage whose rows are in. */
bool vg_vintage__add(vg_store *st, const vg_vintage *v, const vg_writer *w, const vg_coder *c, vg_err *e);

/** What a question asks of the vintages. */
typedef struct {
    vg_str source, variable, scope; /* empty = the best there is */
    vg_unit_kind kind;
    bool events_only, flows_only;
    int64_t as_of; /* 0 = now */
} vg_stream_query;

/** The vintages of one source, scope and variable, in the order of release, and which of them owns each month. */
typedef struct {
    vg_str source, variable, scope;
    bool is_series;
    vg_vintage_rows *vintage; /* latest release last */
    int32_t n;
    int32_t first_month, n_months;
    int32_t *owner; /* per month: number in `vintage`, -1 = none covers it */
} vg_stream;

/** Fails: VG_ENODATA with a list of what there is. */
bool vg_stream__choose(vg_store *st, const vg_stream_query *q, vg_arena *a, vg_stream *out, vg_err *e);

/** Sorts vintages of one stream by release; see README.md. `scratch` is given back. */
bool vg_stream__order(vg_vintage_rows *v, int64_t n, vg_arena scratch, vg_err *e);

/** Number of the newest release below `v` that shares a month with it, 0 = none. */
bool vg_stream__superseded(vg_store *st, const vg_vintage *v, vg_arena scratch, int64_t *id, vg_err *e);

#endif
