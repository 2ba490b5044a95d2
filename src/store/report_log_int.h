/**
 * What the files of the log share: the handle with its statements, the newest entries in memory (report_log_key.c), and
 * the sieve that says in which segment of the file an older one may be.
 */
#ifndef VG_STORE_REPORT_LOG_INT_H
#define VG_STORE_REPORT_LOG_INT_H

#include "store/report_int.h"
#include "store/report_log.h"
#include "store/store_int.h"

/** Entry n of watch w, and outcome n, have the id w * 2^40 + n. */
#define VG_LOG_ID(watch, n) ((int64_t)(watch) * ((int64_t)1 << 40) + (n))

enum {
    VG_LOG_SEGMENT = 1 << 17, /* entries of the index that make a segment */
    VG_LOG_PARTS = 512,       /* rows of a segment's keys */
    VG_LOG_SIEVE_BITS = 21,   /* places of the sieve */
    VG_LOG_SIEVE_TRIES = 6,
    VG_LOG_LONG_S = 6 * 3600 /* intervals longer than this are kept apart */
};

/** What an entry of the index is; above the 40 bits of its number. */
#define VG_LOG_REVISES                                                                                       \
    ((uint64_t)1 << 60) /* its key is that of a report which entry `seq` revises or withdraws */
#define VG_LOG_IS_REFUSED  ((uint64_t)1 << 61) /* quarantined */
#define VG_LOG_IS_COVERAGE ((uint64_t)1 << 62)
#define VG_LOG_SEQ(ref)    ((int64_t)((ref) & (((uint64_t)1 << 40) - 1)))

/** An entry of the index: what a segment holds, and when it was observed. */
typedef struct {
    uint64_t key, content, ref;
    int64_t from, to; /* of reports in time; else VG_UNKNOWN */
} vg_log_fresh;

typedef struct {
    int64_t id, last_seq;
} vg_log_segment;

enum {
    VG_LOG_Q_ADD,
    VG_LOG_Q_FOLLOW,
    VG_LOG_Q_ROW,   /* an entry by number, for `between` */
    VG_LOG_Q_PROBE, /* the same, for `known` */
    VG_LOG_Q_PART,  /* keys of a segment */
    VG_LOG_Q_HOURS,
    VG_LOG_Q_OUTCOME,
    VG_LOG_Q_NEWEST_OUTCOME,
    VG_LOG_Q_SEGMENTS,
    VG_LOG_N_Q
};

struct vg_report_log {
    vg_store *st;
    char *agreement;
    int64_t watch;
    int64_t seq, at;
    unsigned char hash[VG_LOG_HASH];
    int64_t n_outcomes; /* -1 = to be asked, once a transaction */
    bool open;          /* between begin and end */
    vg_err failure;     /* of the statements */
    vg_sql q[VG_LOG_N_Q];
    vg_out body;

    vg_log_fresh *fresh; /* by seq */
    int64_t n_fresh, cap_fresh;
    int32_t *slot; /* number in `fresh` + 1; 0 = empty */
    int64_t n_slots;

    vg_log_segment *segment; /* by seq; those whose entries this handle has all read stand in the sieve */
    int32_t n_segments, n_listed, cap_segments;
    vg_log_version *version; /* room of vg_report_log_known */
    int32_t n_versions, cap_versions;
    uint64_t **sieve; /* one for 64 segments: a word a place, a bit a segment */
    int32_t n_sieves;
};

/** Takes what a statement failed with into e. Returns false. */
bool vg_report_log__fail(vg_report_log *log, vg_err *e);

/** Number of the watch of an agreement. Fails: VG_ENOTFOUND. */
bool vg_report_log__watch(vg_store *st, vg_str agreement, int64_t *watch, vg_err *e);

/** Puts an entry into the index in memory. */
bool vg_report_log__index(vg_report_log *log, vg_log_kind kind, int64_t seq, vg_str body, vg_err *e);
bool vg_report_log__index_report(vg_report_log *log, const vg_report *r, int64_t seq, bool refused,
                                 vg_err *e);
bool vg_report_log__index_coverage(vg_report_log *log, const vg_coverage *c, int64_t seq, vg_err *e);

/** Lists the segments that the handle does not know yet; entries they hold leave memory. */
bool vg_report_log__segments(vg_report_log *log, vg_err *e);
bool vg_report_log__retire(vg_report_log *log, vg_err *e);

/** Writes the newest entries as a segment once there are enough; inside the transaction. */
bool vg_report_log__seal(vg_report_log *log, vg_err *e);

/** Calls `found` for every entry of the index with this key, until it returns false. */
bool vg_report_log__find(vg_report_log *log, uint64_t key,
                         bool (*found)(void *ctx, uint64_t content, uint64_t ref, vg_err *e), void *ctx,
                         vg_err *e);

/** An entry by number, by one of the two statements; its body is borrowed until that one runs again. */
bool vg_report_log__row(vg_report_log *log, int statement, int64_t seq, vg_log_entry *out, vg_err *e);
void vg_report_log__row_done(vg_report_log *log, int statement);

/** Writes which reports of the newest entries were observed when, for segment `id` (report_log_time.c). */
bool vg_report_log__write_hours(vg_report_log *log, int64_t segment, vg_err *e);

/** Whether this entry is the one that counts for its name. False also on failure, with e set. */
bool vg_report_log__in_force(vg_report_log *log, const vg_report *r, int64_t seq, vg_err *e);

void vg_report_log__index_free(vg_report_log *log);

#endif
