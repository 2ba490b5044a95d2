/* One engine in the running server. Invariant: it is made once, when the first list is there, and lives until the server
 * stops; what changes in the store comes into it beside the questions under way (screening.h), so no lock is held while
 * one is answered. A question is answered only after it is in the log. */
#include <pthread.h>
#include <stdlib.h>

#include "core/date.h"
#include "door/screening_int.h"
#include "store/browse.h"

enum { IDLE_READERS = 64, NEWS = 1000 };

/* Decisions as they were read once, counted by those who look things up in them. */
typedef struct {
    vg_screening_decisions *all;
    int64_t n_users;
} ledger;

struct vg_screen {
    vg_serve *s;
    pthread_mutex_t lock; /* guards what follows */
    vg_screening *engine; /* NULL = no list yet; else for good */
    vg_screening_reader *idle[IDLE_READERS];
    int n_idle;
    ledger *ledger;
    pthread_mutex_t writing; /* guards the writer */
    vg_store *writer;        /* NULL until something is written */
    int64_t seen;            /* the log's number up to which decisions are known; the refresher's own */
    vg_screening_privacy privacy;
    vg_batches *batches;
};

/* --- decisions --- */

static void drop_locked(ledger *l)
{
    if (l && --l->n_users == 0) {
        vg_screening_decisions_close(l->all);
        free(l);
    }
}

static bool read_decisions(vg_screen *d, vg_store *st, vg_err *e)
{
    ledger *l = calloc(1, sizeof *l);
    if (!l)
        return vg_fail_memory(e, 0);
    if (!vg_screening_decisions_open(st, &l->all, e)) {
        free(l);
        return false;
    }
    l->n_users = 1;
    pthread_mutex_lock(&d->lock);
    drop_locked(d->ledger);
    d->ledger = l;
    pthread_mutex_unlock(&d->lock);
    return true;
}

/* Every question is an entry of the log, and few are decisions: these alone are worth reading them anew. */
static bool decided_since(vg_screen *d, vg_store *st, vg_arena *a, bool *any, vg_err *e)
{
    vg_audit_entry *entry;
    int64_t n;
    do {
        if (!vg_audit_after(st, d->seen, NEWS, a, &entry, &n, e))
            return false;
        for (int64_t i = 0; i < n; i++) {
            *any = *any || vg_eq(entry[i].action, VG_S("decision"));
            d->seen = entry[i].seq;
        }
        vg_arena_reset(a);
    } while (n == NEWS);
    return true;
}

/* --- the engine --- */

static vg_screening *engine_of(vg_screen *d)
{
    pthread_mutex_lock(&d->lock);
    vg_screening *engine = d->engine;
    pthread_mutex_unlock(&d->lock);
    return engine;
}

/* Without any list there is no engine: that is no failure of the server's. */
static bool take_lists(vg_screen *d, vg_store *st, vg_err *e)
{
    vg_screening *engine = engine_of(d);
    vg_err none = VG_NO_ERR;
    if (engine)
        return vg_screening_refresh(engine, st, NULL, e);
    if (!vg_screening_open(st, &(vg_screening_opts){ .n_threads = vg_cores() }, &engine, &none)) {
        if (none.code == VG_ENODATA)
            return true;
        *e = none;
        return false;
    }
    pthread_mutex_lock(&d->lock);
    d->engine = engine;
    pthread_mutex_unlock(&d->lock);
    return true;
}

bool vg_screen__refresh(vg_serve *s, void *state, vg_store *st, vg_err *e)
{
    enum { LOG_BYTES = 64 << 20 };
    vg_screen *d = state;
    vg_arena a;
    bool any = false;
    (void)s;
    if (!vg_arena_init(&a, LOG_BYTES, e))
        return false;
    bool good =
        decided_since(d, st, &a, &any, e) && (!any || read_decisions(d, st, e)) && take_lists(d, st, e);
    vg_arena_free(&a);
    return good;
}

bool vg_screen__open(vg_serve *s, void **state, vg_err *e)
{
    vg_screen *d = calloc(1, sizeof *d);
    vg_store *st = NULL;
    if (!d)
        return vg_fail_memory(e, 0);
    d->s = s;
    d->privacy = vg_screening_privacy_of(false);
    pthread_mutex_init(&d->lock, NULL);
    pthread_mutex_init(&d->writing, NULL);
    bool good = vg_store_open(vg_serve_store(s), VG_STORE_READ, &st, e) && read_decisions(d, st, e) &&
                take_lists(d, st, e) && vg_batches_open(d, s, &d->batches, e);
    vg_store_close(st);
    if (!good) {
        vg_screen__close(d);
        return false;
    }
    *state = d;
    return true;
}

void vg_screen__close(void *state)
{
    vg_screen *d = state;
    if (!d)
        return;
    vg_batches_close(d->batches);
    for (int i = 0; i < d->n_idle; i++)
        vg_screening_reader_close(d->idle[i]);
    vg_screening_close(d->engine);
    drop_locked(d->ledger);
    vg_store_close(d->writer);
    pthread_mutex_destroy(&d->writing);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

vg_batches *vg_screen__batches(vg_screen *d)
{
    return d->batches;
}

/* --- who asks --- */

static bool fail_no_list(vg_err *e)
{
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "no list is loaded, so nobody can be looked for");
    return vg_mend(e, "load lists on the server: vigie screening load FILE...");
}

bool vg_asker_begin(vg_screen *d, vg_arena *a, vg_asker *out, vg_err *e)
{
    vg_asker k = { .screen = d };
    pthread_mutex_lock(&d->lock);
    k.engine = d->engine;
    if (k.engine && d->n_idle)
        k.reader = d->idle[--d->n_idle];
    ledger *l = d->ledger;
    l->n_users++;
    pthread_mutex_unlock(&d->lock);
    k.decisions = l->all;
    k.decisions_in_use = l;
    bool good = k.engine ? k.reader || vg_screening_reader_open(k.engine, &k.reader, e) : fail_no_list(e);
    if (!good || !vg_screening_lists(k.engine, a, &k.list, &k.n_lists, e)) {
        vg_asker_end(&k);
        return false;
    }
    *out = k;
    return true;
}

void vg_asker_end(vg_asker *k)
{
    vg_screen *d = k->screen;
    vg_screening_reader *spare = k->reader;
    pthread_mutex_lock(&d->lock);
    if (spare && d->n_idle < IDLE_READERS) {
        d->idle[d->n_idle++] = spare;
        spare = NULL;
    }
    drop_locked(k->decisions_in_use);
    pthread_mutex_unlock(&d->lock);
    if (spare)
        vg_screening_reader_close(spare);
    k->reader = NULL;
}

/* The writer, in somebody's name; the lock is held until give_writer. */
static bool take_writer(vg_screen *d, vg_str who, vg_err *e)
{
    pthread_mutex_lock(&d->writing);
    if (!d->writer && !vg_store_open(vg_serve_store(d->s), VG_STORE_WRITE, &d->writer, e)) {
        pthread_mutex_unlock(&d->writing);
        return false;
    }
    vg_store_actor(d->writer, who);
    return true;
}

static bool give_writer(vg_screen *d, bool good)
{
    pthread_mutex_unlock(&d->writing);
    return good;
}

bool vg_asker_ask(vg_asker *k, vg_str who, const vg_party *query, const vg_screening_ask_opts *opts,
                  vg_arena *a, vg_screening_answer *out, vg_err *e)
{
    vg_screen *d = k->screen;
    if (!vg_screening_ask(k->reader, query, opts, a, out, e) || !take_writer(d, who, e))
        return false;
    return give_writer(d, vg_screening_log(d->writer, k->engine, query, out, &d->privacy, e));
}

bool vg_screen__decide(vg_screen *d, vg_str who, vg_str hit, vg_verdict verdict, vg_str reason, vg_err *e)
{
    if (!take_writer(d, who, e))
        return false;
    bool good =
        vg_screening_decide(d->writer, hit, verdict, who, reason, e) && read_decisions(d, d->writer, e);
    return give_writer(d, good);
}

bool vg_screen__log_batch(vg_screen *d, vg_str who, const vg_screening_batch *b, vg_err *e)
{
    vg_screening *engine = engine_of(d);
    if (!engine)
        return fail_no_list(e);
    return take_writer(d, who, e) && give_writer(d, vg_screening_log_batch(d->writer, engine, b, e));
}

const vg_screening_list *vg_asker_list(const vg_asker *k, vg_str name)
{
    for (int32_t i = 0; i < k->n_lists; i++)
        if (vg_eq(k->list[i].name, name))
            return &k->list[i];
    return NULL;
}

bool vg_asker_party(const vg_asker *k, vg_store *st, vg_str list, vg_str id, vg_arena *a, vg_party_entry *out,
                    vg_err *e)
{
    const vg_screening_list *l = vg_asker_list(k, list);
    return vg_store_party(st, list, id, l ? l->known_at : 0, a, out, e);
}
