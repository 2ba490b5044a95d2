/**
 * The store: one file that keeps every record with its provenance. Imports are all or nothing; nothing is ever
 * overwritten (a newer release supersedes an older one and both stay); every question can be asked as of a date.
 *
 *     vg_store *st;
 *     if (!vg_store_open(path, VG_STORE_WRITE, &st, e)) return false;
 *     vg_panel panel;
 *     vg_panel_query q = { .source = VG_S("ucdp-ged"), .type = VG_TYPE_STATE, .kind = VG_UNIT_COUNTRY };
 *     if (vg_store_panel(st, &q, &arena, &panel, e)) ... panel.value[unit * panel.n_months + month] ...
 *     vg_store_close(st);
 *
 * A capability asks for a panel and never for all rows: the sum over events is the engine's work, so that PostgreSQL
 * or ClickHouse can stand behind the same functions. SQLite is seen only in this folder. A handle belongs to one
 * thread at a time. Two processes may read at once; a second writer waits up to 10 s (VIGIE_BUSY_MS) and then gets
 * VG_EBUSY. On a handle with an open import nothing else can be written (VG_EBUSY); questions are answered from what
 * was committed before.
 */
#ifndef VG_STORE_STORE_H
#define VG_STORE_STORE_H

#include "core/arena.h"
#include "core/out.h"
#include "core/pool.h"
#include "store/record.h"

typedef struct vg_store vg_store;

typedef enum { VG_STORE_READ, VG_STORE_WRITE } vg_store_mode;

/**
 * Opens a store, made when it is absent and the mode is WRITE (folders above it too, readable by the owner only).
 * ":memory:" is a store that nobody else sees. Fails: VG_EIO, VG_EBUSY, VG_EPARSE (not a store of ours, or of a
 * newer program), VG_ENOTFOUND (READ and absent).
 */
bool vg_store_open(const char *path, vg_store_mode mode, vg_store **out, vg_err *e);
void vg_store_close(vg_store *st);

/** Default place: $VIGIE_STORE, else $XDG_DATA_HOME/vigie/vigie.db, else ~/.local/share/vigie/vigie.db. Lives in `a`. */
bool vg_store_default_path(vg_arena *a, vg_str *path, vg_err *e);

/* --- import: begin, feed the sink, end or drop --- */

typedef struct vg_import vg_import;

/** Id of the committed vintage with this fingerprint, source and month rule, or 0. Re-import of the same bytes is answered with it. */
bool vg_import_known(vg_store *st, vg_str sha256, vg_str source, vg_month_rule rule, int64_t *vintage,
                     vg_err *e);

/** Begins the one transaction of an import. Only source, file and month_rule of `about` need be known yet. */
bool vg_import_begin(vg_store *st, const vg_vintage *about, vg_import **out, vg_err *e);

/** The sink a reader feeds. Writing may be done by a thread of its own; failures come out of a later call. */
vg_sink *vg_import_sink(vg_import *im);

/**
 * Commits with what is known now (version, scope, licence, sha256, months ...; counts are the import's own) and
 * writes the audit entry in the same transaction. An external id that came twice: the same content is counted as a
 * duplicate and left out; different content is refused with VG_ECONFLICT on the reject list, and the first one stays.
 * When bytes with this fingerprint, source and month rule are in the store already, nothing is written and `*out` gets
 * the id they have. Fails: VG_EIO (disk full: nothing of it is left), VG_ENODATA (no row was good). `*out` gets id and
 * counts; its slices are those of `about`. The import is gone afterwards, also after a failure: do not drop it then.
 */
bool vg_import_end(vg_import *im, const vg_vintage *about, vg_vintage *out, vg_err *e);

/** Gives up; the store is as it was. */
void vg_import_drop(vg_import *im);

/* --- vintages and rejects --- */

/** All vintages known at `as_of` (UTC seconds, 0 = now), oldest first. */
bool vg_store_vintages(vg_store *st, int64_t as_of, vg_arena *a, vg_vintage **out, int64_t *n, vg_err *e);

/** A variable of a vintage's series. */
typedef struct {
    vg_str name;
    unsigned kinds;   /* of unit: bit (1 << vg_unit_kind) for each it has numbers of */
    int64_t n_points; /* -1 = not counted (the own variable of a vintage) */
} vg_variable;

/**
 * What a vintage's series hold: its own variable first, where it has numbers, then the further ones by name. Panels are
 * asked for by these names. Fails: VG_ENOTFOUND (no such vintage).
 */
bool vg_store_variables(vg_store *st, int64_t vintage, vg_arena *a, vg_variable **out, int64_t *n, vg_err *e);

/** Writes a vintage's reject list as CSV: file,line,column,code,what,why,mend,row. */
bool vg_store_rejects(vg_store *st, int64_t vintage, vg_out *to, int64_t *n, vg_err *e);

/* --- panels --- */

typedef struct {
    vg_str source; /* empty = the best there is: views-panel, then ucdp-ged, then any */
    vg_str
        variable; /* of a series; empty = the vintage's own one. Events answer any: `types` says what is summed */
    vg_str scope;      /* empty = "world" where there is one, else the newest */
    vg_unit_kind kind; /* 0 = country */
    unsigned types;    /* events: bit (1 << vg_type) for each type to be summed; 0 = state-based */
    bool low, high;    /* sum the low or high estimate instead of best (best where the source has no other) */
    int64_t as_of;     /* UTC seconds; 0 = now */
} vg_panel_query;

/**
 * Numbers by unit and month. value[u * n_months + m] belongs to unit[u] and month first_month + m; NaN = not known
 * (before a country existed, after the data end), zero = nothing was recorded. The units of a panel
 *     country, from events   every country with a gwcode that was alive (quiet ones are zeros) and every other gwcode
 *                            in the data; of a vintage with one country's scope, that country only
 *     country, from a series the vintage's own list of units and every unit in the data
 *     cell                   every cell that ever had an event of the asked types, or a row of the series
 *     admin1, admin2         every unit with a row of the series and, where the vintage has units of no other kind, its
 *                            own list of units; names are from that list. A month without a row is not known
 * An event whose deaths are not known adds nothing; one without a gwcode or cell is in no unit.
 */
typedef struct {
    vg_unit_kind kind;
    int32_t n_units, n_months, first_month;
    vg_unit *unit; /* sorted by unit number */
    double *value;
    int64_t *vintage; /* ids the numbers came from, n_vintages of them */
    int32_t n_vintages;
    vg_str source, scope;
    vg_str variable; /* of events: "sb", "ns", "os", or "deaths" for several types at once */
} vg_panel;

/** Fails: VG_ENODATA when no vintage answers the query (says what to import). Time O(rows of the vintages). */
bool vg_store_panel(vg_store *st, const vg_panel_query *q, vg_arena *a, vg_panel *out, vg_err *e);

/* --- flows --- */

typedef struct {
    vg_str source, scope;            /* as in vg_panel_query */
    vg_unit_kind kind;               /* 0 = admin1 */
    int32_t from, to;                /* units; 0 = any */
    vg_str reason;                   /* empty = any */
    int32_t first_month, last_month; /* 0 = any */
    int64_t as_of;
} vg_flow_query;

/**
 * Flows of one source and scope, each month from the release that owns it, ordered by month, to, from and reason.
 * `*vintage` gets the ids of the vintages that own a month, `*n_vintages` of them; both may be NULL. Slices live in `a`.
 * Fails: VG_ENODATA when no vintage with flows answers.
 */
bool vg_store_flows(vg_store *st, const vg_flow_query *q, vg_arena *a, vg_flow_record **out, int64_t *n,
                    int64_t **vintage, int32_t *n_vintages, vg_err *e);

/**
 * Events of a country (gwcode) or cell in months from..to (both 0 = any), the deadliest first, at most `limit` (0 =
 * 100); slices live in `a`. Fails: VG_ENODATA when no import holds events.
 */
typedef struct {
    int32_t gwcode, cell; /* 0 = any */
    int32_t first_month, last_month;
    unsigned types; /* as in vg_panel_query */
    int64_t as_of;
    int32_t limit;
} vg_event_query;
bool vg_store_events(vg_store *st, const vg_event_query *q, vg_arena *a, vg_event **out, int64_t *n,
                     vg_err *e);

/* --- consultations: votes, statements, participants --- */

/** A conversation as one import brought it. */
typedef struct {
    int64_t id, vintage;
    vg_str name, topic, description;
    vg_str format; /* as source/vote.h names it */
    int sign;      /* how the source wrote agree: 1 or -1; votes in the store have the sign of an export */
    vg_str sign_why;
    bool numbered;                                 /* no times, but ids in the order of arrival */
    int64_t n_votes, n_statements, n_participants; /* rows; translations are rows of statements */
} vg_conversation;

typedef struct vg_vote_import vg_vote_import;

/** Begins the one transaction of an import of votes. Nothing else can be written or asked on the handle until its end. */
bool vg_vote_import_begin(vg_store *st, vg_vote_import **out, vg_err *e);

/** The sink a reader of votes feeds. */
vg_vote_sink *vg_vote_import_sink(vg_vote_import *im);

/**
 * Commits the conversation under a vintage (source, file, sha256, licence ... of `about`; its counts are the import's
 * own) with the audit entry. Bytes that are there already: nothing is written, `*out` gets their vintage and
 * conversation. A vote stays as it came, also one that a later vote replaces. Fails: VG_ENODATA (no vote was good),
 * VG_EIO. The import is gone afterwards, also after a failure.
 */
bool vg_vote_import_end(vg_vote_import *im, const vg_vintage *about, const vg_conversation *what,
                        vg_conversation *out, bool *was_known, vg_err *e);
void vg_vote_import_drop(vg_vote_import *im);

/** Conversations known at `as_of` (0 = now), oldest import first. */
bool vg_store_conversations(vg_store *st, int64_t as_of, vg_arena *a, vg_conversation **out, int64_t *n,
                            vg_err *e);

/** Hands a conversation to a sink as its reader did: statements, participants, votes, each in the order of arrival. */
bool vg_store_votes(vg_store *st, const vg_conversation *what, vg_vote_sink *sink, vg_err *e);

/* --- runs and results --- */

/** One execution of a capability. `params` is a JSON object as text; `vintage` are the ids that were read. */
typedef struct {
    int64_t id;
    vg_str verb, program_version, params;
    uint64_t seed;
    const int64_t *vintage;
    int32_t n_vintages;
    int64_t started_at; /* UTC seconds */
    double seconds;
} vg_run;

/** What a capability found for a unit and month. `body` is a JSON object as text whose form the kind defines. */
typedef struct {
    int64_t run;
    vg_str kind; /* "forecast", "explanation", "score", "alert" */
    vg_unit_kind unit_kind;
    int32_t unit;
    int32_t month;
    vg_str body;
} vg_result;

/** Stores a run with its results and its audit entry in one transaction; `*id` is the run's number. */
bool vg_store_run(vg_store *st, const vg_run *run, const vg_result *result, int64_t n_results, int64_t *id,
                  vg_err *e);

/** The newest run of a verb (0 = none), and a run's own record. */
bool vg_store_last_run(vg_store *st, vg_str verb, int64_t *id, vg_err *e);
bool vg_store_get_run(vg_store *st, int64_t id, vg_arena *a, vg_run *out, vg_err *e);

/** Results of a run, of one kind (empty = all) and unit (0 = all), ordered by unit and month. */
bool vg_store_results(vg_store *st, int64_t run, vg_str kind, int32_t unit, vg_arena *a, vg_result **out,
                      int64_t *n, vg_err *e);

/** A run with the size of what it found. */
typedef struct {
    vg_run run;                 /* its vintages too */
    int64_t n_results, n_units; /* results, and different units among them (unit 0 is none) */
} vg_run_entry;

/** All runs, newest first, of one verb or of all whose first word it is (empty = all). */
bool vg_store_list_runs(vg_store *st, vg_str verb, vg_arena *a, vg_run_entry **out, int64_t *n, vg_err *e);

/** What a person decided about a result or rule. */
typedef struct {
    vg_str subject; /* "alert:SDN>1000", "result:812" */
    vg_str who, verdict, reason;
    int64_t at;
} vg_decision;
bool vg_store_decide(vg_store *st, const vg_decision *d, vg_err *e);

/** Newest decision per subject whose subject begins with `prefix`, oldest first. */
bool vg_store_decisions(vg_store *st, vg_str prefix, vg_arena *a, vg_decision **out, int64_t *n, vg_err *e);

/* --- audit --- */

/**
 * Append-only log. Entry i holds at, actor, action, detail and
 *     hash_i = SHA-256(hash_{i-1} || seq || at || actor || action || detail)   (fields as text, separated by newlines)
 * with hash_0 of 64 zeros. Entries are written in the transaction of what they tell of. Entry 1 is the making of the
 * store. The actor is $VIGIE_ACTOR, else the login name. Control characters in actor and action become spaces.
 */
bool vg_audit_append(vg_store *st, vg_str action, vg_str detail, vg_err *e);

typedef struct {
    int64_t n;          /* entries read */
    int64_t broken_at;  /* number of the first broken entry, 0 = none */
    char last_hash[65]; /* keep it elsewhere: it also proves that nothing was cut off the end */
} vg_audit_report;

/** Walks the whole chain. A broken chain is a finding (broken_at), not a failure of the call. */
bool vg_audit_verify(vg_store *st, vg_audit_report *out, vg_err *e);

typedef struct {
    int64_t seq, at;
    vg_str actor, action, detail, hash;
} vg_audit_entry;

/** The last `limit` entries, oldest first. */
bool vg_audit_entries(vg_store *st, int64_t limit, vg_arena *a, vg_audit_entry **out, int64_t *n, vg_err *e);

#endif
