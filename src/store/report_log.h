/**
 * The log of a watch in the store: what came in, in the order in which it was taken, chained by hashes; and what came out
 * of it, numbered so that a reader can go on where it stopped.
 *
 *     vg_report_log *log;
 *     if (!vg_report_log_open(st, VG_S("line-of-contact"), &log, e)) return false;
 *     if (!vg_report_log_begin(log, e)) return false;                    one writer at a time, over all programs
 *     good = vg_report_log_follow(log, take, ctx, e)                     what others have added since
 *            && vg_report_log_add(log, &(vg_log_add){ .kind = VG_LOG_REPORT, .report = &r }, &seq, e);
 *     good = vg_report_log_end(log, good, e);                            on the disk, or nothing of it
 *     vg_report_log_close(log);
 *
 * Law: entry n of a watch is bound to all before it. hash[0] = SHA-256("vigie watch\n" + id of the agreement),
 * hash[n] = SHA-256(hash[n - 1] + kind (1 byte) + at (8 bytes, least first) + body). Entries are numbered from 1 without
 * a gap; `at` is the log's own clock, which never goes back even where the machine's does. A log handle belongs to the
 * thread that has the store's; other threads and programs use handles of their own on the same file.
 */
#ifndef VG_STORE_REPORT_LOG_H
#define VG_STORE_REPORT_LOG_H

#include "store/report.h"

enum { VG_LOG_HASH = 32 };

/** What an entry is. Quarantined reports are kept like the others and stand in no index. */
typedef enum {
    VG_LOG_REPORT = 1,
    VG_LOG_QUARANTINED, /* a report that vg_report_check refuses */
    VG_LOG_COVERAGE,
    VG_LOG_DECISION,
    VG_LOG_AGREEMENT /* from here on the agreement's next version holds */
} vg_log_kind;

/** "report" "quarantined" "coverage" "decision" "agreement". */
const char *vg_log_kind_name(int kind);

/* --- bodies: report.h has that of a report --- */

typedef struct {
    uint64_t incident; /* key of a member */
    vg_verification state;
    int64_t at;
    vg_str actor, reason;
} vg_log_decision;

typedef struct {
    int64_t version; /* from 1 */
    vg_str sha256;   /* hexadecimal */
    vg_str actor;
} vg_log_agreement;

void vg_coverage_pack(vg_out *out, const vg_coverage *c);
bool vg_coverage_unpack(vg_str bytes, vg_coverage *c, vg_err *e);
void vg_coverage_json(vg_json *j, const vg_coverage *c);
/** Hash of everything but received_at: the name of a record of coverage. */
uint64_t vg_coverage_key(const vg_coverage *c);
/** Fails as vg_report_check: no source, no state, times that end before they begin or lie beyond years 1..9999. */
bool vg_coverage_check(const vg_coverage *c, vg_err *e);

void vg_log_decision_pack(vg_out *out, const vg_log_decision *d);
bool vg_log_decision_unpack(vg_str bytes, vg_log_decision *d, vg_err *e);
void vg_log_agreement_pack(vg_out *out, const vg_log_agreement *x);
bool vg_log_agreement_unpack(vg_str bytes, vg_log_agreement *x, vg_err *e);

/* --- agreements: each version of the text is kept --- */

typedef struct {
    vg_str id, title;
    vg_str text;     /* needs no other file */
    vg_str sha256;   /* hexadecimal */
    int64_t version; /* from 1 */
    int64_t at;
    vg_str actor;
    int64_t n_entries, last_at; /* of the log; of the list only */
} vg_agreement_record;

/**
 * Enters a text. The same as the newest version (by sha256): no effect, `*version` is its. Else a new version, an entry
 * of the watch's log and one of the audit log, in one transaction. An empty actor is found as the audit log does.
 */
bool vg_agreement_enter(vg_store *st, const vg_agreement_record *x, int64_t *version, vg_err *e);

/** Newest versions by id, without their texts. */
bool vg_agreement_list(vg_store *st, vg_arena *a, vg_agreement_record **out, int64_t *n, vg_err *e);

/** One version; 0 = the newest. Fails: VG_ENOTFOUND. */
bool vg_agreement_load(vg_store *st, vg_str id, int64_t version, vg_arena *a, vg_agreement_record *out,
                       vg_err *e);

/* --- the log --- */

typedef struct vg_report_log vg_report_log;

/** Fails: VG_ENOTFOUND (no such agreement was entered). Nothing is read yet: vg_report_log_follow reads it all. */
bool vg_report_log_open(vg_store *st, vg_str agreement, vg_report_log **out, vg_err *e);
void vg_report_log_close(vg_report_log *log);

/** Entries this handle has read or written: 0 after opening; grows by follow and add. */
int64_t vg_report_log_seq(const vg_report_log *log);
/** Hexadecimal hash and own clock of that entry. */
void vg_report_log_head(const vg_report_log *log, char hex[65], int64_t *at);

typedef struct {
    int64_t seq, at;
    vg_log_kind kind;
    vg_str body; /* borrowed for the call */
    unsigned char hash[VG_LOG_HASH];
} vg_log_entry;

/** Returns false to stop; with `e` set that is a failure. */
typedef bool vg_log_take(void *ctx, const vg_log_entry *x, vg_err *e);

bool vg_report_log_begin(vg_report_log *log, vg_err *e);
/** Commits, or takes everything back. After false the handle must be closed: it may know of entries that are not there. */
bool vg_report_log_end(vg_report_log *log, bool good, vg_err *e);

/** Hands over the entries after vg_report_log_seq, checking the chain. Fails: VG_ECONFLICT (broken), and as `take`. */
bool vg_report_log_follow(vg_report_log *log, vg_log_take *take, void *ctx, vg_err *e);

/** One of report, coverage, decision, agreement by `kind`. `at`: the machine's clock now. */
typedef struct {
    vg_log_kind kind;
    int64_t at;
    const vg_report *report;
    const vg_coverage *coverage;
    const vg_log_decision *decision;
    const vg_log_agreement *agreement;
} vg_log_add;

/** Between begin and end. Cost: about 3 us. */
bool vg_report_log_add(vg_report_log *log, const vg_log_add *x, int64_t *seq, vg_err *e);

/* --- finding entries (those that the handle has read or written) --- */

/** A content under a name. The same content received again counts from the first time it was received. */
typedef struct {
    uint64_t content, target; /* target: key of the report that it names in `revises`; 0 = none */
    int64_t received_at, seq;
    bool withdraws;
} vg_log_version;

/**
 * The version that was received last (at the same instant a withdrawal, then the larger content), by vg_report_key; false
 * without an error = none. Quarantined ones are none. Cost: some microseconds.
 */
bool vg_report_log_known(vg_report_log *log, uint64_t key, vg_log_version *out, vg_err *e);

/**
 * Hands over all versions of a name and all reports that name it in `revises`, in no order (not quarantined ones). `take` may
 * not ask the log. Returns false without an error when `take` stopped.
 */
bool vg_report_log_history(vg_report_log *log, uint64_t key, vg_log_take *take, void *ctx, vg_err *e);

/** Number of an entry that names this one in `revises`; false without an error = none. */
bool vg_report_log_named(vg_report_log *log, uint64_t key, int64_t *seq, vg_err *e);

/** Whether exactly this stands in the log: key and content of a report (also a quarantined one), key of coverage and 0. */
bool vg_report_log_has(vg_report_log *log, uint64_t key, uint64_t content, int64_t *seq, vg_err *e);

/**
 * Reports in force whose interval touches [from, to], in no order: the last version of their name, not a withdrawal, not
 * named by the `revises` of another last version. `every` gives all versions. `take` must not call this function.
 */
bool vg_report_log_between(vg_report_log *log, int64_t from, int64_t to, bool every, vg_log_take *take,
                           void *ctx, vg_err *e);

/* --- reading without a log handle: doors, bundles, proofs --- */

/** Entries from..to by number (both inclusive; to 0 = the end). */
bool vg_report_log_each(vg_store *st, vg_str agreement, int64_t from, int64_t to, vg_log_take *take,
                        void *ctx, vg_err *e);

/** Number of the newest entry, hexadecimal hash and clock of it. */
bool vg_report_log_last(vg_store *st, vg_str agreement, int64_t *seq, char hex[65], int64_t *at, vg_err *e);

/** The chain, entry by entry. */
typedef struct {
    int64_t n;
    int64_t
        broken_at; /* first entry that does not follow from those before it, or is gone though something rests on
                          it (outcome, publication, segment); 0 = none */
    char last_hash[65];
} vg_log_report;
bool vg_report_log_verify(vg_store *st, vg_str agreement, vg_log_report *out, vg_err *e);

/** Starts a chain, and goes on with an entry: for who checks one outside the store. */
void vg_log_chain_begin(vg_str agreement, unsigned char hash[VG_LOG_HASH]);
void vg_log_chain_next(unsigned char hash[VG_LOG_HASH], vg_log_kind kind, int64_t at, vg_str body);

/* --- outcomes: a feed that only grows --- */

/** `kind` and `body` are the capability's; `seq` is the entry of the log that caused it. */
typedef struct {
    int64_t n; /* from 1, without a gap */
    int64_t seq, at;
    uint64_t incident; /* or another subject; 0 = none */
    int8_t kind;
    vg_str body;
} vg_outcome;

/** Between begin and end. `x->n` is ignored; `*n` (may be NULL) gets it. */
bool vg_report_outcome_add(vg_report_log *log, const vg_outcome *x, int64_t *n, vg_err *e);

/** Hands over those after number `after` of one kind among the newest million, without their bodies. */
bool vg_report_outcomes_of(vg_report_log *log, int8_t kind, int64_t after,
                           bool (*take)(void *ctx, const vg_outcome *x), void *ctx, vg_err *e);

/** Outcomes after number `after`, at most `limit`, in order. `*last` (may be NULL): the newest there is. */
bool vg_report_outcomes(vg_store *st, vg_str agreement, int64_t after, int64_t limit, vg_arena *a,
                        vg_outcome **out, int64_t *n, int64_t *last, vg_err *e);

/* --- publications --- */

typedef struct {
    int32_t day;
    int64_t at, seq; /* made at; resting on the entries up to seq */
} vg_publication;

/** Between begin and end. Fails: VG_ECONFLICT (the day is published). */
bool vg_report_publication_add(vg_report_log *log, const vg_publication *x, vg_err *e);
/** By seq, then day. */
bool vg_report_publications(vg_store *st, vg_str agreement, vg_arena *a, vg_publication **out, int64_t *n,
                            vg_err *e);

/* --- who is told over the web --- */

/** A receiver of outcomes. What it has got is its own `cursor`, so that a slow one stalls nobody. */
typedef struct {
    int64_t id;
    vg_str url, secret; /* the secret signs what is sent; it stands in no log and no answer */
    vg_str filter;      /* the door's own words; may be empty */
    int64_t made_at;
    bool stopped;
    int64_t cursor;   /* newest outcome it has taken or that was not for it */
    int64_t attempts; /* failed ones since */
    int64_t next_at;  /* not before; 0 = at once */
    int64_t n_sent, n_failed;
    vg_str last_error;
} vg_receiver;

/** Makes one, whose cursor stands at `after`. Audit entry without URL's query and secret. */
bool vg_receiver_add(vg_store *st, vg_str agreement, const vg_receiver *x, int64_t after, int64_t *id,
                     vg_err *e);
bool vg_receiver_stop(vg_store *st, int64_t id, vg_err *e);
bool vg_receivers(vg_store *st, vg_str agreement, vg_arena *a, vg_receiver **out, int64_t *n, vg_err *e);
/** Notes cursor, attempts, next_at, n_sent, n_failed and last_error of x->id. */
bool vg_receiver_note(vg_store *st, const vg_receiver *x, vg_err *e);

#endif
