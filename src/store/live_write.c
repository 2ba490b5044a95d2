/* Live consultations, written: one thread takes what all callers wait for and commits it together, so that a vote costs
 * a fraction of a commit and is on the disk when its caller is told so. Invariant: a caller returns with success only
 * after COMMIT did, and with a failure only when nothing of its entries is there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/date.h"
#include "store/browse.h"
#include "store/live_int.h"

enum { FORGET_MS = 100 };

enum {
    INSERT_PERSON,
    COUNT_CODE,
    INSERT_VOTE,
    FIND_AUTHORED,
    COUNT_AUTHORED,
    INSERT_STATEMENT,
    INSERT_AUTHOR,
    INSERT_WORDING,
    INSERT_ANSWER,
    INSERT_ACT,
    N_SQL
};

static const char *const SQL[N_SQL] = {
    "INSERT OR IGNORE INTO live_person (id, live, pseudonym, code, joined_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    "SELECT count(*) FROM live_person WHERE code = ?1",
    "INSERT OR IGNORE INTO live_vote (live, person, statement, value, time_ms, client) SELECT ?1, ?2, ?3, ?4,"
    " ?5, ?6 WHERE EXISTS (SELECT 1 FROM live_person WHERE id = ?2)",
    "SELECT number FROM live_author WHERE person = ?1 AND client = ?2",
    "SELECT count(*) FROM live_author WHERE person = ?1",
    "INSERT INTO live_statement (live, number, language, text, is_seed, is_translation, made_at) SELECT ?1,"
    " 1 + coalesce((SELECT max(number) FROM live_statement WHERE live = ?1), 0), ?2, ?3, ?4, 0, ?5 WHERE ?6 "
    "= 0"
    " OR EXISTS (SELECT 1 FROM live_person WHERE id = ?6) RETURNING number",
    "INSERT INTO live_author (live, number, person, client) VALUES (?1, ?2, ?3, ?4)",
    "INSERT OR IGNORE INTO live_statement (live, number, language, text, is_seed, is_translation, made_at)"
    " SELECT ?1, ?2, ?3, ?4, 0, 1, ?5 WHERE EXISTS (SELECT 1 FROM live_statement WHERE live = ?1 AND number ="
    " ?2)",
    "INSERT INTO live_answer (live, person, question, answer) SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1"
    " FROM live_person WHERE id = ?2)",
    "INSERT INTO live_act (live, at, actor, act, target, other, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
};

/* A connection with its statements, opened anew after a failure. */
typedef struct {
    vg_store *st;
    vg_sql q[N_SQL];
    vg_err failure;
    bool ready;
} desk;

static void close_desk(desk *d)
{
    for (int i = 0; i < N_SQL; i++)
        if (d->q[i].stmt)
            vg_sql__close(&d->q[i]);
    d->ready = false;
}

static bool open_desk(desk *d, vg_err *e)
{
    d->failure = VG_NO_ERR;
    for (int i = 0; i < N_SQL && !d->ready; i++)
        if (!vg_sql__open(&d->q[i], d->st, SQL[i], &d->failure)) {
            *e = d->failure;
            close_desk(d);
            return false;
        }
    d->ready = true;
    return true;
}

/* One number that a statement gives; `none` without a row. */
static int64_t ask(vg_sql *q, int64_t none)
{
    int64_t x = vg_sql__next(q) ? vg_sql__int(q, 0) : none;
    sqlite3_reset(q->stmt);
    return x;
}

static void bind(vg_sql *q, int at, const int64_t *x, int n)
{
    for (int i = 0; i < n; i++)
        vg_sql__bind_int(q, at + i, x[i]);
}

/* People are numbered by chance: a number says nothing of who came before whom. */
static int64_t new_person(void)
{
    uint64_t x = 0;
    while (x == 0) {
        if (getrandom(&x, sizeof x, 0) != sizeof x)
            return 0;
        x >>= 12; /* 52 bits: exact in every language */
    }
    return (int64_t)x;
}

/* --- one entry --- */

static bool join(desk *d, vg_live_entry *x)
{
    vg_sql *count = &d->q[COUNT_CODE], *q = &d->q[INSERT_PERSON];
    int64_t known = 0, code = 0;
    vg_err none = VG_NO_ERR;
    if (vg_live_person(d->st, x->live, x->pseudonym, &known, &code, &none)) {
        x->person = known;
        x->outcome = VG_LIVE_SAME;
        return true;
    }
    vg_sql__bind_int(count, 1, x->code);
    if (ask(count, 0) >= x->most) {
        x->outcome = VG_LIVE_FULL;
        return !count->failed;
    }
    x->person = new_person();
    bind(q, 1, (int64_t[]){ x->person, x->live }, 2);
    vg_sql__bind_text(q, 3, x->pseudonym);
    bind(q, 4, (int64_t[]){ x->code, vg_now() }, 2);
    return x->person && vg_sql__run(q);
}

static bool vote(desk *d, vg_live_entry *x)
{
    vg_sql *q = &d->q[INSERT_VOTE];
    bind(q, 1, (int64_t[]){ x->live, x->person, x->statement, x->value, x->time_ms, x->client }, 6);
    if (!vg_sql__run(q))
        return false;
    x->outcome = sqlite3_changes(d->st->db) ? VG_LIVE_DONE : VG_LIVE_SAME;
    return true;
}

static bool state(desk *d, vg_live_entry *x)
{
    vg_sql *find = &d->q[FIND_AUTHORED], *count = &d->q[COUNT_AUTHORED], *q = &d->q[INSERT_STATEMENT],
           *author = &d->q[INSERT_AUTHOR];
    bind(find, 1, (int64_t[]){ x->person, x->client }, 2);
    int64_t known = x->person ? ask(find, 0) : 0;
    if (known) {
        x->statement = known;
        x->outcome = VG_LIVE_SAME;
        return true;
    }
    vg_sql__bind_int(count, 1, x->person);
    if (x->person && ask(count, 0) >= VG_LIVE_AUTHORED) {
        x->outcome = VG_LIVE_FULL;
        return !count->failed;
    }
    vg_sql__bind_int(q, 1, x->live);
    vg_sql__bind_text(q, 2, x->language);
    vg_sql__bind_text(q, 3, x->text);
    bind(q, 4, (int64_t[]){ x->is_seed, vg_now(), x->person }, 3);
    x->statement = ask(q, 0);
    if (!x->statement && !q->failed) { /* of somebody who left meanwhile: nothing, as with votes */
        x->outcome = VG_LIVE_SAME;
        return true;
    }
    bind(author, 1, (int64_t[]){ x->live, x->statement, x->person, x->client }, 4);
    return !q->failed && (!x->person || vg_sql__run(author));
}

static bool wording(desk *d, vg_live_entry *x)
{
    vg_sql *q = &d->q[INSERT_WORDING];
    bind(q, 1, (int64_t[]){ x->live, x->statement }, 2);
    vg_sql__bind_text(q, 3, x->language);
    vg_sql__bind_text(q, 4, x->text);
    vg_sql__bind_int(q, 5, vg_now());
    if (!vg_sql__run(q))
        return false;
    x->outcome = sqlite3_changes(d->st->db) ? VG_LIVE_DONE : VG_LIVE_SAME;
    return true;
}

static bool tell(desk *d, vg_live_entry *x)
{
    vg_sql *q = &d->q[INSERT_ANSWER];
    bind(q, 1, (int64_t[]){ x->live, x->person }, 2);
    vg_sql__bind_text(q, 3, x->text);
    vg_sql__bind_text(q, 4, x->reason);
    return vg_sql__run(q);
}

/* The act, and the same in the audit log under the moderator's name. */
static bool act(desk *d, vg_live_entry *x, vg_err *e)
{
    vg_sql *q = &d->q[INSERT_ACT];
    vg_out o;
    bind(q, 1, (int64_t[]){ x->live, vg_now() }, 2);
    vg_sql__bind_text(q, 3, x->actor);
    vg_sql__bind_text(q, 4, x->act);
    bind(q, 5, (int64_t[]){ x->statement, x->other }, 2);
    vg_sql__bind_text(q, 7, x->reason);
    if (!vg_sql__run(q) || !vg_out_memory(&o, e))
        return false;
    int64_t number = sqlite3_last_insert_rowid(d->st->db);
    vg_print(&o, "{\"live\":%lld,\"act\":\"%.*s\",\"number\":%lld}", (long long)x->live, VG_P(x->act),
             (long long)number);
    x->statement = number;
    if (x->actor.n)
        vg_store_actor(d->st, x->actor);
    bool good = vg_audit__add(d->st, VG_S("consult"), vg_out_text(&o), e);
    vg_store_actor(d->st, VG_NOSTR);
    vg_out_drop(&o);
    return good;
}

static bool leave(desk *d, vg_live_entry *x, vg_err *e)
{
    static const char *const gone[] = { "live_vote", "live_answer", "live_author" };
    char sql[400];
    snprintf(sql, sizeof sql, "PRAGMA secure_delete = ON; INSERT OR IGNORE INTO live_leaving VALUES (%lld)",
             (long long)x->person);
    bool good = vg_sql__exec(d->st, sql, e);
    for (size_t i = 0; good && i < sizeof gone / sizeof *gone; i++) {
        snprintf(sql, sizeof sql, "DELETE FROM %s WHERE person = %lld", gone[i], (long long)x->person);
        good = vg_sql__exec(d->st, sql, e);
    }
    snprintf(sql, sizeof sql, "DELETE FROM live_person WHERE id = %lld; DELETE FROM live_leaving",
             (long long)x->person);
    vg_live_entry left = { .live = x->live, .act = VG_S("left"), .actor = VG_S("participant") };
    return good && vg_sql__exec(d->st, sql, e) && act(d, &left, e);
}

static bool add(desk *d, vg_live_entry *x, vg_err *e)
{
    x->outcome = VG_LIVE_DONE;
    switch (x->kind) {
    case VG_LIVE_JOIN: return join(d, x);
    case VG_LIVE_VOTE: return vote(d, x);
    case VG_LIVE_STATE: return state(d, x);
    case VG_LIVE_WORDING: return wording(d, x);
    case VG_LIVE_TELL: return tell(d, x);
    case VG_LIVE_ACT: return act(d, x, e);
    case VG_LIVE_LEAVE: return leave(d, x, e);
    }
    return false;
}

/* --- many in one transaction --- */

typedef struct job {
    struct job *next;
    vg_live_entry *entry;
    int32_t n;
    bool done, good;
    vg_err failure;
} job;

static bool add_all(desk *d, job *first, vg_err *e)
{
    if (!open_desk(d, e) || !vg_sql__begin(d->st, e))
        return false;
    bool good = true;
    for (job *j = first; good && j; j = j->next)
        for (int32_t i = 0; good && i < j->n; i++)
            good = add(d, &j->entry[i], e);
    if (!good && !vg_failed(e))
        *e = d->failure;
    if (!good && !vg_failed(e))
        vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no random numbers");
    good = vg_sql__end(d->st, good, e);
    if (!good)
        close_desk(d);
    return good;
}

bool vg_live_write_now(vg_store *st, vg_live_entry *entry, int32_t n, vg_err *e)
{
    desk d = { .st = st };
    job j = { .entry = entry, .n = n };
    bool good = add_all(&d, &j, e);
    close_desk(&d);
    return good;
}

/* --- the thread --- */

struct vg_live_writer {
    desk desk;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t filled, emptied;
    job *first, *last;
    bool closing, begun;
    pthread_t thread;
};

/* What was taken back is also gone from the log of changes beside the file. */
static void forget(vg_store *st, const job *first)
{
    for (const job *j = first; j; j = j->next)
        for (int32_t i = 0; i < j->n; i++)
            if (j->entry[i].kind == VG_LIVE_LEAVE) {
                sqlite3_busy_timeout(st->db, FORGET_MS); /* a reader may stand in the way: then later */
                sqlite3_wal_checkpoint_v2(st->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
                sqlite3_busy_timeout(st->db, st->busy_ms);
                return;
            }
}

static void *write_on(void *arg)
{
    vg_live_writer *w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->closing)
            pthread_cond_wait(&w->filled, &w->lock);
        job *first = w->first;
        if (!first)
            break;
        w->first = w->last = NULL;
        pthread_mutex_unlock(&w->lock);
        vg_err e = VG_NO_ERR;
        bool good = add_all(&w->desk, first, &e);
        if (good)
            forget(w->desk.st, first);
        pthread_mutex_lock(&w->lock);
        for (job *j = first, *next; j; j = next) { /* a job that is done belongs to its caller again */
            next = j->next;
            j->failure = e;
            j->good = good;
            j->done = true;
        }
        pthread_cond_broadcast(&w->emptied);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

bool vg_live_writer_start(const char *path, vg_live_writer **out, vg_err *e)
{
    vg_live_writer *w = calloc(1, sizeof *w);
    if (!w)
        return vg_sql__no_memory(e);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->filled, NULL);
    pthread_cond_init(&w->emptied, NULL);
    if (!vg_store_open(path, VG_STORE_WRITE, &w->desk.st, e)) {
        vg_live_writer_stop(w);
        return false;
    }
    w->begun = pthread_create(&w->thread, NULL, write_on, w) == 0;
    if (!w->begun) {
        vg_live_writer_stop(w);
        return vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    }
    *out = w;
    return true;
}

bool vg_live_write(vg_live_writer *w, vg_live_entry *entry, int32_t n, vg_err *e)
{
    job j = { .entry = entry, .n = n };
    if (vg_failed(e))
        return false;
    pthread_mutex_lock(&w->lock);
    if (w->closing) {
        pthread_mutex_unlock(&w->lock);
        return vg_fail(e, VG_EBUSY, VG_NOWHERE, "the server is stopping");
    }
    if (w->last)
        w->last->next = &j;
    else
        w->first = &j;
    w->last = &j;
    pthread_cond_signal(&w->filled);
    while (!j.done)
        pthread_cond_wait(&w->emptied, &w->lock);
    pthread_mutex_unlock(&w->lock);
    if (!j.good)
        *e = j.failure;
    return j.good;
}

void vg_live_writer_stop(vg_live_writer *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_broadcast(&w->filled);
    pthread_mutex_unlock(&w->lock);
    if (w->begun)
        pthread_join(w->thread, NULL);
    close_desk(&w->desk);
    vg_store_close(w->desk.st);
    pthread_cond_destroy(&w->filled);
    pthread_cond_destroy(&w->emptied);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
