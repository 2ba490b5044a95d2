/* The log: entries chained by hashes, one writer at a time. Invariant: `seq`, `at` and `hash` of a handle are those of
 * the newest entry it has read or written; within a transaction, after follow, that is the newest entry there is, so
 * that the next one gets the next number. */
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "core/hash.h"
#include "store/browse.h"
#include "store/report_log_int.h"

static const char *const SQL[VG_LOG_N_Q] = {
    [VG_LOG_Q_ADD] = "INSERT INTO report_log (id, kind, at, body, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
    [VG_LOG_Q_FOLLOW] =
        "SELECT id, kind, at, body, hash FROM report_log WHERE id > ?1 AND id <= ?2 ORDER BY id",
    [VG_LOG_Q_ROW] = "SELECT id, kind, at, body, hash FROM report_log WHERE id = ?1",
    [VG_LOG_Q_PROBE] = "SELECT id, kind, at, body, hash FROM report_log WHERE id = ?1",
    [VG_LOG_Q_PART] = "SELECT entries FROM report_key WHERE id = ?1",
    [VG_LOG_Q_HOURS] = "SELECT hour, entries FROM report_hour WHERE watch = ?1 AND hour BETWEEN ?2 AND ?3",
    [VG_LOG_Q_OUTCOME] = "INSERT INTO report_outcome VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [VG_LOG_Q_NEWEST_OUTCOME] = "SELECT max(id) FROM report_outcome WHERE id > ?1 AND id <= ?2",
    [VG_LOG_Q_SEGMENTS] = "SELECT id, last_seq FROM report_segment WHERE id > ?2 AND watch = ?1 ORDER BY id",
};

const char *vg_log_kind_name(int kind)
{
    static const char *const name[] = { "report", "quarantined", "coverage", "decision", "agreement" };
    return kind >= VG_LOG_REPORT && kind <= VG_LOG_AGREEMENT ? name[kind - 1] : "unknown";
}

/* --- the chain --- */

void vg_log_chain_begin(vg_str agreement, unsigned char hash[VG_LOG_HASH])
{
    vg_sha256 h;
    vg_sha256_init(&h);
    vg_sha256_add(&h, VG_S("vigie watch\n"));
    vg_sha256_add(&h, agreement);
    vg_sha256_bytes(&h, hash);
}

void vg_log_chain_next(unsigned char hash[VG_LOG_HASH], vg_log_kind kind, int64_t at, vg_str body)
{
    char head[VG_LOG_HASH + 9];
    vg_sha256 h;
    memcpy(head, hash, VG_LOG_HASH);
    head[VG_LOG_HASH] = (char)kind;
    vg_report__put64(head + VG_LOG_HASH + 1, (uint64_t)at);
    vg_sha256_init(&h);
    vg_sha256_add(&h, (vg_str){ head, sizeof head });
    vg_sha256_add(&h, body);
    vg_sha256_bytes(&h, hash);
}

static void hex_of(const unsigned char hash[VG_LOG_HASH], char hex[65])
{
    static const char digit[] = "0123456789abcdef";
    for (int i = 0; i < VG_LOG_HASH; i++) {
        hex[2 * i] = digit[hash[i] >> 4];
        hex[2 * i + 1] = digit[hash[i] & 15];
    }
    hex[64] = '\0';
}

/* --- open, close --- */

bool vg_report_log__fail(vg_report_log *log, vg_err *e)
{
    if (e && !vg_failed(e))
        *e = log->failure;
    return false;
}

bool vg_report_log__watch(vg_store *st, vg_str agreement, int64_t *watch, vg_err *e)
{
    vg_sql q;
    int64_t id = 0;
    if (!vg_store__ready(st, e) || !vg_sql__open(&q, st, "SELECT id FROM watch WHERE agreement = ?1", e))
        return false;
    vg_sql__bind_text(&q, 1, agreement);
    if (vg_sql__next(&q))
        id = vg_sql__int(&q, 0);
    if (!vg_sql__close(&q))
        return false;
    if (id == 0) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no agreement \"%.*s\" in the store", VG_P(agreement));
        return vg_mend(e, "enter it first: vigie ceasefire enter FILE; what there is: vigie ceasefire list");
    }
    *watch = id;
    return true;
}

bool vg_report_log_open(vg_store *st, vg_str agreement, vg_report_log **out, vg_err *e)
{
    int64_t watch;
    if (!vg_report_log__watch(st, agreement, &watch, e))
        return false;
    vg_report_log *log = calloc(1, sizeof *log);
    if (!log)
        return vg_sql__no_memory(e);
    *log = (vg_report_log){ .st = st, .watch = watch, .n_outcomes = -1 };
    log->agreement = strndup(agreement.s, (size_t)agreement.n);
    vg_log_chain_begin(agreement, log->hash);
    bool good = log->agreement ? vg_out_memory(&log->body, e) : vg_sql__no_memory(e);
    for (int i = 0; good && i < VG_LOG_N_Q; i++)
        good = vg_sql__open(&log->q[i], st, SQL[i], &log->failure) || vg_report_log__fail(log, e);
    if (!good) {
        vg_report_log_close(log);
        return false;
    }
    *out = log;
    return true;
}

void vg_report_log_close(vg_report_log *log)
{
    if (!log)
        return;
    for (int i = 0; i < VG_LOG_N_Q; i++)
        if (log->q[i].stmt)
            vg_sql__close(&log->q[i]);
    if (log->open)
        vg_sql__rollback(log->st);
    if (log->body.buf)
        vg_out_drop(&log->body);
    vg_report_log__index_free(log);
    free(log->agreement);
    free(log);
}

int64_t vg_report_log_seq(const vg_report_log *log)
{
    return log->seq;
}

void vg_report_log_head(const vg_report_log *log, char hex[65], int64_t *at)
{
    hex_of(log->hash, hex);
    *at = log->at;
}

/* --- a transaction --- */

bool vg_report_log_begin(vg_report_log *log, vg_err *e)
{
    if (!vg_sql__begin(log->st, e))
        return false;
    log->open = true;
    log->n_outcomes = -1;
    return true;
}

bool vg_report_log_end(vg_report_log *log, bool good, vg_err *e)
{
    good = good && vg_report_log__seal(log, e);
    log->open = false;
    return vg_sql__end(log->st, good, e);
}

/* --- adding --- */

static void pack(vg_report_log *log, const vg_log_add *x)
{
    log->body.n = 0;
    switch (x->kind) {
    case VG_LOG_REPORT:
    case VG_LOG_QUARANTINED: vg_report_pack(&log->body, x->report); break;
    case VG_LOG_COVERAGE: vg_coverage_pack(&log->body, x->coverage); break;
    case VG_LOG_DECISION: vg_log_decision_pack(&log->body, x->decision); break;
    case VG_LOG_AGREEMENT: vg_log_agreement_pack(&log->body, x->agreement); break;
    }
}

static bool insert(vg_report_log *log, const vg_log_add *x, int64_t at, vg_err *e)
{
    vg_sql *q = &log->q[VG_LOG_Q_ADD];
    vg_str body = vg_out_text(&log->body);
    vg_sql__bind_int(q, 1, VG_LOG_ID(log->watch, log->seq + 1));
    vg_sql__bind_int(q, 2, x->kind);
    vg_sql__bind_int(q, 3, at);
    vg_sql__bind_blob(q, 4, body);
    vg_log_chain_next(log->hash, x->kind, at, body);
    vg_sql__bind_blob(q, 5, (vg_str){ (const char *)log->hash, VG_LOG_HASH });
    if (!vg_sql__run(q))
        return vg_report_log__fail(log, e);
    log->seq++;
    log->at = at;
    return true;
}

/* What a person decides stands in the audit log, too, under their name. */
static bool tell_audit(vg_report_log *log, const vg_log_decision *d, vg_err *e)
{
    char id[17];
    vg_out o;
    if (!vg_out_memory(&o, e))
        return false;
    vg_json j = vg_json_to(&o);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("act")), vg_json_str(&j, VG_S("verify"));
    vg_json_key(&j, VG_S("agreement")), vg_json_str(&j, vg_str_z(log->agreement));
    vg_json_key(&j, VG_S("incident"));
    vg_json_str(&j, (vg_str){ id, snprintf(id, sizeof id, "%016llx", (unsigned long long)d->incident) });
    vg_json_key(&j, VG_S("state")), vg_json_str(&j, vg_str_z(vg_verification_name((int)d->state)));
    vg_json_key(&j, VG_S("reason")), vg_json_str(&j, d->reason);
    vg_json_key(&j, VG_S("entry")), vg_json_int(&j, log->seq);
    vg_json_close(&j);
    if (d->actor.n)
        vg_store_actor(log->st, d->actor);
    bool good = vg_audit__add(log->st, VG_S("ceasefire"), vg_out_text(&o), e);
    if (d->actor.n)
        vg_store_actor(log->st, VG_NOSTR);
    vg_out_drop(&o);
    return good;
}

bool vg_report_log_add(vg_report_log *log, const vg_log_add *x, int64_t *seq, vg_err *e)
{
    if (vg_failed(e))
        return false;
    pack(log, x);
    if (log->body.failed)
        return vg_sql__no_memory(e);
    if (!insert(log, x, x->at > log->at ? x->at : log->at, e))
        return false;
    bool good =
        x->kind == VG_LOG_REPORT || x->kind == VG_LOG_QUARANTINED
            ? vg_report_log__index_report(log, x->report, log->seq, x->kind == VG_LOG_QUARANTINED, e)
            : x->kind != VG_LOG_COVERAGE || vg_report_log__index_coverage(log, x->coverage, log->seq, e);
    good = good && (x->kind != VG_LOG_DECISION || tell_audit(log, x->decision, e));
    if (good)
        *seq = log->seq;
    return good;
}

/* --- reading --- */

static vg_log_entry entry_of(vg_sql *q, int64_t watch)
{
    vg_str hash = vg_sql__blob(q, 4);
    vg_log_entry x = { .seq = vg_sql__int(q, 0) - VG_LOG_ID(watch, 0),
                       .kind = (vg_log_kind)vg_sql__i32(q, 1),
                       .at = vg_sql__int(q, 2),
                       .body = vg_sql__blob(q, 3) };
    if (hash.n == VG_LOG_HASH)
        memcpy(x.hash, hash.s, VG_LOG_HASH);
    return x;
}

bool vg_report_log__row(vg_report_log *log, int statement, int64_t seq, vg_log_entry *out, vg_err *e)
{
    vg_sql *q = &log->q[statement];
    vg_sql__again(q);
    vg_sql__bind_int(q, 1, VG_LOG_ID(log->watch, seq));
    if (!vg_sql__next(q)) {
        if (!q->failed)
            return vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "entry %lld of the log is not there", (long long)seq);
        return vg_report_log__fail(log, e);
    }
    *out = entry_of(q, log->watch);
    return true;
}

void vg_report_log__row_done(vg_report_log *log, int statement)
{
    vg_sql__again(&log->q[statement]);
}

static bool fail_chain(int64_t seq, vg_err *e)
{
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "entry %lld of the log does not follow from those before it",
            (long long)seq);
    vg_why(e, "it was changed, or one before it was taken out or put in");
    return vg_mend(
        e, "go back to a copy of the store, or keep this one for who looks into it and begin a new one");
}

/* Whether the entry is number `seq` and follows the hash, which moves on. */
static bool follows(unsigned char hash[VG_LOG_HASH], int64_t seq, const vg_log_entry *x)
{
    vg_log_chain_next(hash, x->kind, x->at, x->body);
    return x->seq == seq && memcmp(hash, x->hash, VG_LOG_HASH) == 0;
}

static bool ends_segment(const vg_report_log *log)
{
    return log->n_segments < log->n_listed && log->segment[log->n_segments].last_seq <= log->seq;
}

/* The index gets the entry after `take`, which may ask what was known before it. */
static bool follow_one(vg_report_log *log, const vg_log_entry *x, vg_log_take *take, void *ctx, vg_err *e)
{
    if (!follows(log->hash, log->seq + 1, x))
        return fail_chain(log->seq + 1, e);
    bool more = !take || take(ctx, x, e);
    if (vg_failed(e))
        return false;
    log->seq++;
    log->at = x->at;
    return vg_report_log__index(log, x->kind, x->seq, x->body, e) &&
           (!ends_segment(log) || vg_report_log__retire(log, e)) && more;
}

bool vg_report_log_follow(vg_report_log *log, vg_log_take *take, void *ctx, vg_err *e)
{
    vg_sql *q = &log->q[VG_LOG_Q_FOLLOW];
    bool good = !vg_failed(e) && vg_report_log__segments(log, e);
    if (!good)
        return false;
    vg_sql__bind_int(q, 1, VG_LOG_ID(log->watch, log->seq));
    vg_sql__bind_int(q, 2, VG_LOG_ID(log->watch + 1, -1));
    while (good && vg_sql__next(q)) {
        vg_log_entry x = entry_of(q, log->watch);
        good = follow_one(log, &x, take, ctx, e);
    }
    if (q->failed)
        return vg_report_log__fail(log, e);
    vg_sql__again(q);
    return !vg_failed(e);
}

/* --- reading without a handle of the log --- */

bool vg_report_log_each(vg_store *st, vg_str agreement, int64_t from, int64_t to, vg_log_take *take,
                        void *ctx, vg_err *e)
{
    vg_sql q;
    int64_t watch, last = to > 0 ? to : ((int64_t)1 << 40) - 1;
    if (!vg_report_log__watch(st, agreement, &watch, e) ||
        !vg_sql__open(
            &q, st, "SELECT id, kind, at, body, hash FROM report_log WHERE id >= ?1 AND id <= ?2 ORDER BY id",
            e))
        return false;
    vg_sql__bind_int(&q, 1, VG_LOG_ID(watch, from > 1 ? from : 1));
    vg_sql__bind_int(&q, 2, VG_LOG_ID(watch, last));
    bool good = true;
    while (good && vg_sql__next(&q)) {
        vg_log_entry x = entry_of(&q, watch);
        good = take(ctx, &x, e);
    }
    return vg_sql__close(&q) && !vg_failed(e);
}

bool vg_report_log_last(vg_store *st, vg_str agreement, int64_t *seq, char hex[65], int64_t *at, vg_err *e)
{
    vg_sql q;
    int64_t watch;
    vg_log_entry x = { .seq = 0 };
    vg_log_chain_begin(agreement, x.hash);
    if (!vg_report_log__watch(st, agreement, &watch, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT id, kind, at, body, hash FROM report_log WHERE id > ?1 AND id < ?2 ORDER BY id DESC"
            " LIMIT 1",
            e))
        return false;
    vg_sql__bind_int(&q, 1, VG_LOG_ID(watch, 0));
    vg_sql__bind_int(&q, 2, VG_LOG_ID(watch + 1, 0));
    if (vg_sql__next(&q))
        x = entry_of(&q, watch);
    if (!vg_sql__close(&q))
        return false;
    *seq = x.seq;
    *at = x.at;
    hex_of(x.hash, hex);
    return true;
}

typedef struct {
    unsigned char hash[VG_LOG_HASH];
    vg_log_report r;
    int64_t at;
} proof;

static bool prove(void *ctx, const vg_log_entry *x, vg_err *e)
{
    (void)e;
    proof *p = ctx;
    p->r.n++;
    if (!p->r.broken_at && (!follows(p->hash, p->r.n, x) || x->at < p->at))
        p->r.broken_at = p->r.n;
    p->at = x->at;
    hex_of(x->hash, p->r.last_hash);
    return true;
}

/* Newest entry on which an outcome, a publication or a segment rests: they are written in one transaction with it. */
static bool newest_needed(vg_store *st, vg_str agreement, int64_t *seq, vg_err *e)
{
    vg_sql q;
    int64_t watch;
    if (!vg_report_log__watch(st, agreement, &watch, e) ||
        !vg_sql__open(
            &q, st,
            "SELECT max(coalesce((SELECT seq FROM report_outcome WHERE id > ?2 AND id < ?3 ORDER BY id DESC"
            " LIMIT 1), 0), coalesce((SELECT max(seq) FROM report_publication WHERE watch = ?1), 0),"
            " coalesce((SELECT max(last_seq) FROM report_segment WHERE watch = ?1), 0))",
            e))
        return false;
    vg_sql__bind_int(&q, 1, watch);
    vg_sql__bind_int(&q, 2, VG_LOG_ID(watch, 0));
    vg_sql__bind_int(&q, 3, VG_LOG_ID(watch + 1, 0));
    *seq = vg_sql__next(&q) ? vg_sql__int(&q, 0) : 0;
    return vg_sql__close(&q);
}

bool vg_report_log_verify(vg_store *st, vg_str agreement, vg_log_report *out, vg_err *e)
{
    proof p = { .at = INT64_MIN };
    int64_t needed; /* asked first: what is added meanwhile only makes the log longer */
    vg_log_chain_begin(agreement, p.hash);
    hex_of(p.hash, p.r.last_hash);
    if (!newest_needed(st, agreement, &needed, e) || !vg_report_log_each(st, agreement, 1, 0, prove, &p, e))
        return false;
    if (!p.r.broken_at && p.r.n < needed) /* its end was cut off */
        p.r.broken_at = p.r.n + 1;
    if (p.r.n == 0) /* a log is born with the agreement's own entry */
        p.r.broken_at = 1;
    *out = p.r;
    return true;
}
