/* How an entry of the log is found by the name of its report: the newest ones in a table in memory, the older ones in
 * segments of the file, sorted by key in 512 parts each. Which segments may have a key is asked of the sieve: for each of
 * 2^21 places a word with a bit a segment, of which a key has six; about one wrong guess in a thousand and segment, for
 * 16 MiB and 64 segments (8.4 million reports). Invariant: every entry of the index is in memory or in one segment, and
 * never in both. */
#include <stdlib.h>
#include <string.h>

#include "store/report_log_int.h"

enum { ENTRY_BYTES = 24, SIEVE_SEGMENTS = 64 };
static const uint64_t REVISED = 0x5EED0FA11B0D1E55ULL;

/* --- the sieve --- */

/* Places of a key: two numbers, and their sums. */
static void places_of(uint64_t key, uint32_t place[VG_LOG_SIEVE_TRIES])
{
    uint64_t a = key * 0x9E3779B97F4A7C15ULL, b = (key ^ key >> 29) * 0xD6E8FEB86659FD93ULL | 1;
    for (int i = 0; i < VG_LOG_SIEVE_TRIES; i++)
        place[i] = (uint32_t)((a + (uint64_t)i * b) >> (64 - VG_LOG_SIEVE_BITS));
}

static void sift_in(vg_report_log *log, int32_t segment, uint64_t key)
{
    uint32_t place[VG_LOG_SIEVE_TRIES];
    uint64_t *sieve = log->sieve[segment / SIEVE_SEGMENTS], bit = (uint64_t)1 << segment % SIEVE_SEGMENTS;
    places_of(key, place);
    for (int i = 0; i < VG_LOG_SIEVE_TRIES; i++)
        sieve[place[i]] |= bit;
}

/* Bits of the segments of one sieve that may have the key. */
static uint64_t sift(const uint64_t *sieve, const uint32_t place[VG_LOG_SIEVE_TRIES])
{
    uint64_t all = ~(uint64_t)0;
    for (int i = 0; i < VG_LOG_SIEVE_TRIES; i++)
        all &= sieve[place[i]];
    return all;
}

static bool list_segment(vg_report_log *log, int64_t id, int64_t last_seq, vg_err *e)
{
    if (log->n_listed == log->cap_segments) {
        int32_t cap = log->cap_segments + SIEVE_SEGMENTS;
        vg_log_segment *more = reallocarray(log->segment, (size_t)cap, sizeof *more);
        if (!more)
            return vg_sql__no_memory(e);
        log->segment = more;
        log->cap_segments = cap;
    }
    log->segment[log->n_listed++] = (vg_log_segment){ .id = id, .last_seq = last_seq };
    return true;
}

static bool add_sieve(vg_report_log *log, vg_err *e)
{
    if (log->n_segments < log->n_sieves * SIEVE_SEGMENTS)
        return true;
    uint64_t **more = reallocarray(log->sieve, (size_t)log->n_sieves + 1, sizeof *more);
    if (!more)
        return vg_sql__no_memory(e);
    log->sieve = more;
    more[log->n_sieves] = calloc((size_t)1 << VG_LOG_SIEVE_BITS, sizeof **more);
    if (!more[log->n_sieves])
        return vg_sql__no_memory(e);
    log->n_sieves++;
    return true;
}

static int64_t last_sealed(const vg_report_log *log)
{
    return log->n_segments ? log->segment[log->n_segments - 1].last_seq : 0;
}

/* --- the newest entries --- */

static uint64_t home_of(const vg_report_log *log, uint64_t key)
{
    return (key ^ key >> 32) & (uint64_t)(log->n_slots - 1);
}

static void seat(vg_report_log *log, int64_t number)
{
    uint64_t at = home_of(log, log->fresh[number].key);
    while (log->slot[at])
        at = (at + 1) & (uint64_t)(log->n_slots - 1);
    log->slot[at] = (int32_t)(number + 1);
}

static bool seat_all(vg_report_log *log, vg_err *e)
{
    int64_t n_slots = VG_LOG_SEGMENT * 4;
    while (n_slots < log->cap_fresh * 2)
        n_slots *= 2;
    if (n_slots != log->n_slots) {
        int32_t *slot = calloc((size_t)n_slots, sizeof *slot);
        if (!slot)
            return vg_sql__no_memory(e);
        free(log->slot);
        log->slot = slot;
        log->n_slots = n_slots;
    } else {
        memset(log->slot, 0, (size_t)n_slots * sizeof *log->slot);
    }
    for (int64_t i = 0; i < log->n_fresh; i++)
        seat(log, i);
    return true;
}

static bool remember(vg_report_log *log, vg_log_fresh x, vg_err *e)
{
    if (log->n_fresh == log->cap_fresh) {
        int64_t cap = log->cap_fresh ? log->cap_fresh * 2 : VG_LOG_SEGMENT + VG_LOG_SEGMENT / 4;
        vg_log_fresh *more = cap > INT32_MAX / 2 ? NULL : reallocarray(log->fresh, (size_t)cap, sizeof *more);
        if (!more)
            return vg_sql__no_memory(e);
        log->fresh = more;
        log->cap_fresh = cap;
        if (!seat_all(log, e))
            return false;
    }
    log->fresh[log->n_fresh++] = x;
    seat(log, log->n_fresh - 1);
    return true;
}

bool vg_report_log__index_report(vg_report_log *log, const vg_report *r, int64_t seq, bool refused, vg_err *e)
{
    vg_log_fresh x = { .key = vg_report_key(r->source, r->id),
                       .content = vg_report_content(r),
                       .ref = (uint64_t)seq | (refused ? VG_LOG_IS_REFUSED : 0),
                       .from = refused ? VG_UNKNOWN : r->from,
                       .to = refused ? VG_UNKNOWN : r->to };
    if (!remember(log, x, e) || refused || r->revises.n == 0 || vg_eq(r->revises, r->id))
        return !vg_failed(e);
    x = (vg_log_fresh){ .key = vg_report_key(r->source, r->revises) ^ REVISED,
                        .content = x.key,
                        .ref = (uint64_t)seq | VG_LOG_REVISES,
                        .from = VG_UNKNOWN,
                        .to = VG_UNKNOWN };
    return remember(log, x, e);
}

bool vg_report_log__index_coverage(vg_report_log *log, const vg_coverage *c, int64_t seq, vg_err *e)
{
    return remember(log,
                    (vg_log_fresh){ .key = vg_coverage_key(c),
                                    .ref = (uint64_t)seq | VG_LOG_IS_COVERAGE,
                                    .from = VG_UNKNOWN,
                                    .to = VG_UNKNOWN },
                    e);
}

bool vg_report_log__index(vg_report_log *log, vg_log_kind kind, int64_t seq, vg_str body, vg_err *e)
{
    vg_report r;
    vg_coverage c;
    if (kind == VG_LOG_REPORT || kind == VG_LOG_QUARANTINED)
        return vg_report_unpack(body, &r, e) &&
               vg_report_log__index_report(log, &r, seq, kind == VG_LOG_QUARANTINED, e);
    return kind != VG_LOG_COVERAGE ||
           (vg_coverage_unpack(body, &c, e) && vg_report_log__index_coverage(log, &c, seq, e));
}

void vg_report_log__index_free(vg_report_log *log)
{
    for (int32_t i = 0; i < log->n_sieves; i++)
        free(log->sieve[i]);
    free(log->sieve);
    free(log->segment);
    free(log->fresh);
    free(log->slot);
    free(log->version);
}

/* Entries that the next segment holds leave memory for the sieve; `fresh` is in the order of the numbers. */
static bool retire(vg_report_log *log, vg_err *e)
{
    int64_t n = 0;
    if (!add_sieve(log, e))
        return false;
    for (; n < log->n_fresh && VG_LOG_SEQ(log->fresh[n].ref) <= log->segment[log->n_segments].last_seq; n++)
        sift_in(log, log->n_segments, log->fresh[n].key);
    log->n_segments++;
    log->n_fresh -= n;
    memmove(log->fresh, log->fresh + n, (size_t)log->n_fresh * sizeof *log->fresh);
    return log->n_slots == 0 || seat_all(log, e);
}

bool vg_report_log__retire(vg_report_log *log, vg_err *e)
{
    while (log->n_segments < log->n_listed && log->segment[log->n_segments].last_seq <= log->seq)
        if (!retire(log, e))
            return false;
    return true;
}

/* --- segments: reading --- */

bool vg_report_log__segments(vg_report_log *log, vg_err *e)
{
    vg_sql *q = &log->q[VG_LOG_Q_SEGMENTS];
    bool good = !vg_failed(e);
    vg_sql__bind_int(q, 1, log->watch);
    vg_sql__bind_int(q, 2, log->n_listed ? log->segment[log->n_listed - 1].id : 0);
    while (good && vg_sql__next(q))
        good = list_segment(log, vg_sql__int(q, 0), vg_sql__int(q, 1), e);
    if (q->failed)
        return vg_report_log__fail(log, e);
    vg_sql__again(q);
    return good && vg_report_log__retire(log, e);
}

/* First entry of a part with this key or a larger one. */
static int64_t lower_bound(vg_str entries, uint64_t key)
{
    int64_t low = 0, high = entries.n / ENTRY_BYTES;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (vg_report__get64(entries.s + middle * ENTRY_BYTES) < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

typedef bool found_entry(void *ctx, uint64_t content, uint64_t ref, vg_err *e);

enum { AT_ONCE = 64 };

typedef struct {
    uint64_t content[AT_ONCE], ref[AT_ONCE];
    int n;
} some_entries;

/* What a segment has of a key after the first `skip`, as much as there is room for. */
static bool read_some(vg_report_log *log, int32_t segment, uint64_t key, int64_t skip, some_entries *out,
                      vg_err *e)
{
    vg_sql *q = &log->q[VG_LOG_Q_PART];
    vg_sql__bind_int(
        q, 1, log->segment[segment].id * VG_LOG_PARTS + (int64_t)(key / (UINT64_MAX / VG_LOG_PARTS + 1)));
    vg_str entries = vg_sql__next(q) ? vg_sql__blob(q, 0) : VG_NOSTR;
    out->n = 0;
    for (int64_t i = lower_bound(entries, key) + skip; out->n < AT_ONCE && (i + 1) * ENTRY_BYTES <= entries.n;
         i++) {
        const char *at = entries.s + i * ENTRY_BYTES;
        if (vg_report__get64(at) != key)
            break;
        out->content[out->n] = vg_report__get64(at + 8);
        out->ref[out->n++] = vg_report__get64(at + 16);
    }
    if (q->failed)
        return vg_report_log__fail(log, e);
    vg_sql__again(q);
    return true;
}

/* All of them, however often a source has revised: each piece is copied before it is told, for `found` may ask again. */
static bool find_in_segment(vg_report_log *log, int32_t segment, uint64_t key, found_entry *found, void *ctx,
                            bool *more, vg_err *e)
{
    some_entries x = { .n = AT_ONCE };
    for (int64_t told = 0; *more && x.n == AT_ONCE; told += x.n) {
        if (!read_some(log, segment, key, told, &x, e))
            return false;
        for (int i = 0; i < x.n && *more; i++)
            *more = found(ctx, x.content[i], x.ref[i], e);
    }
    return !vg_failed(e);
}

bool vg_report_log__find(vg_report_log *log, uint64_t key, found_entry *found, void *ctx, vg_err *e)
{
    bool more = true, good = !vg_failed(e);
    if (good && log->n_slots)
        for (uint64_t at = home_of(log, key); more && log->slot[at];
             at = (at + 1) & (uint64_t)(log->n_slots - 1)) {
            const vg_log_fresh *x = &log->fresh[log->slot[at] - 1];
            if (x->key == key)
                more = found(ctx, x->content, x->ref, e);
        }
    if (!good || vg_failed(e) || !log->n_sieves)
        return good && !vg_failed(e);
    uint32_t place[VG_LOG_SIEVE_TRIES];
    places_of(key, place);
    for (int32_t k = 0; k < log->n_sieves && good && more; k++)
        for (uint64_t bits = sift(log->sieve[k], place); bits && good && more; bits &= bits - 1)
            good =
                find_in_segment(log, k * SIEVE_SEGMENTS + __builtin_ctzll(bits), key, found, ctx, &more, e);
    return good;
}

/* --- segments: writing --- */

static int by_key(const void *a, const void *b)
{
    const vg_log_fresh *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return VG_LOG_SEQ(x->ref) < VG_LOG_SEQ(y->ref) ? -1 : VG_LOG_SEQ(x->ref) > VG_LOG_SEQ(y->ref);
}

static bool write_part(vg_report_log *log, vg_sql *q, int64_t id, const vg_log_fresh *x, int64_t n, vg_err *e)
{
    char room[ENTRY_BYTES];
    log->body.n = 0;
    for (int64_t i = 0; i < n; i++) {
        vg_report__put64(room, x[i].key);
        vg_report__put64(room + 8, x[i].content);
        vg_report__put64(room + 16, x[i].ref);
        vg_put(&log->body, (vg_str){ room, ENTRY_BYTES });
    }
    if (log->body.failed)
        return vg_sql__no_memory(e);
    vg_sql__bind_int(q, 1, id);
    vg_sql__bind_blob(q, 2, vg_out_text(&log->body));
    return vg_sql__run(q);
}

static bool write_keys(vg_report_log *log, int64_t segment, const vg_log_fresh *x, int64_t n, vg_err *e)
{
    const uint64_t wide = UINT64_MAX / VG_LOG_PARTS + 1;
    vg_sql q;
    if (!vg_sql__open(&q, log->st, "INSERT INTO report_key (id, entries) VALUES (?1, ?2)", e))
        return false;
    bool good = true;
    for (int64_t part = 0, i = 0; good && part < VG_LOG_PARTS; part++) {
        int64_t first = i;
        while (i < n && x[i].key / wide == (uint64_t)part)
            i++;
        good = write_part(log, &q, segment * VG_LOG_PARTS + part, x + first, i - first, e);
    }
    return vg_sql__close(&q) && good;
}

static bool write_segment_row(vg_report_log *log, int64_t *id, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, log->st,
                      "INSERT INTO report_segment (watch, first_seq, last_seq, n) VALUES (?1, ?2, ?3, ?4)",
                      e))
        return false;
    vg_sql__bind_int(&q, 1, log->watch);
    vg_sql__bind_int(&q, 2, last_sealed(log) + 1);
    vg_sql__bind_int(&q, 3, log->seq);
    vg_sql__bind_int(&q, 4, log->n_fresh);
    vg_sql__run(&q);
    *id = sqlite3_last_insert_rowid(log->st->db);
    return vg_sql__close(&q);
}

bool vg_report_log__seal(vg_report_log *log, vg_err *e)
{
    int64_t id = 0;
    if (log->n_fresh < VG_LOG_SEGMENT)
        return true;
    if (!write_segment_row(log, &id, e) || !vg_report_log__write_hours(log, id, e))
        return false;
    vg_log_fresh *sorted = reallocarray(NULL, (size_t)log->n_fresh, sizeof *sorted);
    if (!sorted)
        return vg_sql__no_memory(e);
    memcpy(sorted, log->fresh, (size_t)log->n_fresh * sizeof *sorted);
    qsort(sorted, (size_t)log->n_fresh, sizeof *sorted, by_key);
    bool good = write_keys(log, id, sorted, log->n_fresh, e) && list_segment(log, id, log->seq, e);
    free(sorted);
    return good && vg_report_log__retire(log, e);
}

/* --- what is asked --- */

static bool add_version(vg_report_log *log, vg_log_version x, vg_err *e)
{
    for (int32_t i = 0; i < log->n_versions; i++) {
        vg_log_version *was = &log->version[i];
        if (was->content != x.content)
            continue;
        if (x.received_at < was->received_at || (x.received_at == was->received_at && x.seq < was->seq))
            *was = x;
        return true;
    }
    if (log->n_versions == log->cap_versions) {
        int32_t cap = log->cap_versions + 64;
        vg_log_version *more = reallocarray(log->version, (size_t)cap, sizeof *more);
        if (!more)
            return vg_sql__no_memory(e);
        log->version = more;
        log->cap_versions = cap;
    }
    log->version[log->n_versions++] = x;
    return true;
}

static bool take_version(void *ctx, uint64_t content, uint64_t ref, vg_err *e)
{
    vg_report_log *log = ctx;
    vg_log_entry entry;
    vg_report r;
    if (ref & (VG_LOG_REVISES | VG_LOG_IS_REFUSED | VG_LOG_IS_COVERAGE))
        return true;
    if (!vg_report_log__row(log, VG_LOG_Q_PROBE, VG_LOG_SEQ(ref), &entry, e) ||
        !vg_report_unpack(entry.body, &r, e))
        return false;
    vg_log_version x = { .content = content,
                         .received_at = r.received_at,
                         .seq = entry.seq,
                         .target =
                             r.revises.n && !vg_eq(r.revises, r.id) ? vg_report_key(r.source, r.revises) : 0,
                         .withdraws = r.withdraws };
    vg_report_log__row_done(log, VG_LOG_Q_PROBE);
    return add_version(log, x, e);
}

/* Order of versions: time of receipt, then a withdrawal, then the content. */
static bool later(const vg_log_version *a, const vg_log_version *b)
{
    if (a->received_at != b->received_at)
        return a->received_at > b->received_at;
    return a->withdraws != b->withdraws ? a->withdraws : a->content > b->content;
}

bool vg_report_log_known(vg_report_log *log, uint64_t key, vg_log_version *out, vg_err *e)
{
    log->n_versions = 0;
    if (!vg_report_log__find(log, key, take_version, log, e) || log->n_versions == 0)
        return false;
    *out = log->version[0];
    for (int32_t i = 1; i < log->n_versions; i++)
        if (later(&log->version[i], out))
            *out = log->version[i];
    return true;
}

typedef struct {
    vg_report_log *log;
    vg_log_take *take;
    void *ctx;
} telling;

static bool tell_entry(void *ctx, uint64_t content, uint64_t ref, vg_err *e)
{
    telling *t = ctx;
    vg_log_entry entry;
    (void)content;
    if (ref & (VG_LOG_IS_REFUSED | VG_LOG_IS_COVERAGE))
        return true;
    if (!vg_report_log__row(t->log, VG_LOG_Q_ROW, VG_LOG_SEQ(ref), &entry, e))
        return false;
    bool more = t->take(t->ctx, &entry, e);
    vg_report_log__row_done(t->log, VG_LOG_Q_ROW);
    return more && !vg_failed(e);
}

bool vg_report_log_history(vg_report_log *log, uint64_t key, vg_log_take *take, void *ctx, vg_err *e)
{
    telling t = { log, take, ctx };
    return vg_report_log__find(log, key, tell_entry, &t, e) &&
           vg_report_log__find(log, key ^ REVISED, tell_entry, &t, e);
}

static bool take_naming(void *ctx, uint64_t content, uint64_t ref, vg_err *e)
{
    (void)content;
    (void)e;
    if (!(ref & VG_LOG_REVISES))
        return true;
    *(int64_t *)ctx = VG_LOG_SEQ(ref);
    return false;
}

bool vg_report_log_named(vg_report_log *log, uint64_t key, int64_t *seq, vg_err *e)
{
    *seq = 0;
    return vg_report_log__find(log, key ^ REVISED, take_naming, seq, e) && *seq > 0;
}

typedef struct {
    uint64_t content;
    int64_t seq;
} same;

static bool take_same(void *ctx, uint64_t content, uint64_t ref, vg_err *e)
{
    (void)e;
    same *x = ctx;
    if (content != x->content || ref & VG_LOG_REVISES)
        return true;
    x->seq = VG_LOG_SEQ(ref);
    return false;
}

bool vg_report_log_has(vg_report_log *log, uint64_t key, uint64_t content, int64_t *seq, vg_err *e)
{
    same x = { .content = content };
    if (!vg_report_log__find(log, key, take_same, &x, e) || x.seq == 0)
        return false;
    *seq = x.seq;
    return true;
}

typedef struct {
    vg_report_log *log;
    const vg_log_version *of;
    bool outdone;
} reviser;

/* An entry that names this report: it counts while it is the last version under its own name. Of two that name each
 * other the one received last holds. */
static bool take_reviser(void *ctx, uint64_t content, uint64_t ref, vg_err *e)
{
    reviser *x = ctx;
    vg_log_version by;
    if (!(ref & VG_LOG_REVISES))
        return true;
    x->outdone = vg_report_log_known(x->log, content, &by, e) && by.seq == VG_LOG_SEQ(ref) &&
                 (x->of->target != content || later(&by, x->of));
    return !x->outdone && !vg_failed(e);
}

bool vg_report_log__in_force(vg_report_log *log, const vg_report *r, int64_t seq, vg_err *e)
{
    uint64_t key = vg_report_key(r->source, r->id);
    vg_log_version v;
    reviser x = { .log = log, .of = &v };
    if (r->withdraws || !vg_report_log_known(log, key, &v, e) || v.seq != seq)
        return false;
    return vg_report_log__find(log, key ^ REVISED, take_reviser, &x, e) && !x.outdone;
}
