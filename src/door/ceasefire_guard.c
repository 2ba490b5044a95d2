/* Guards: one thread for each watch, which owns its desk. Callers queue and wait. Invariant: a caller's entries and memory
 * are touched by the guard's thread between their being queued and their being done, and by nobody else in that time; a
 * guard that somebody holds keeps its desk and agreement until it is given back. */
#include "door/ceasefire_guard_int.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/date.h"
#include "store/report_log.h"

enum {
    ASKS = 16,         /* questions between two batches at most */
    BATCH = 400,       /* entries of one commit */
    CATCH_UP_MS = 500, /* what other programs wrote is read so often */
    TICK_MS = 1000,
    TEST_MS = 100,    /* alerts are tested so often at most, */
    TEST_SHARE = 10,  /* and for a tenth of the time at most */
    AGAIN_MS = 5000,  /* after a failure to open */
    OPEN_WAIT_S = 10, /* a caller waits for a desk that is being opened */
    MOST_GUARDS = 64
};

int64_t vg_guard__now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + ms * 1000000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_cond_timedwait(cond, lock, &until);
}

/* --- callers --- */

static void queue(vg_guard *g, guard_job *j)
{
    guard_line *l = j->ask ? &g->asks : &g->takes;
    pthread_mutex_lock(&g->lock);
    if (l->last)
        l->last->next = j;
    else
        l->first = j;
    l->last = j;
    pthread_cond_signal(&g->filled);
    while (!j->done)
        pthread_cond_wait(&g->emptied, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static bool run(vg_guard *g, guard_job *j, vg_err *e)
{
    queue(g, j);
    if (!j->good && e)
        *e = j->failure;
    return j->good;
}

bool vg_guard__take(vg_guard *g, vg_desk_entry *entry, int32_t n, vg_err *e)
{
    guard_job j = { .entry = entry, .n = n };
    return n == 0 || run(g, &j, e);
}

bool vg_guard__ask(vg_guard *g, vg_guard__question *ask, void *ctx, vg_err *e)
{
    guard_job j = { .ask = ask, .ctx = ctx };
    return run(g, &j, e);
}

const vg_agreement *vg_guard__agreement(const vg_guard *g)
{
    return g->agreement;
}

/* --- how many a source sent too much --- */

static void count_over_rate(vg_guard *g, const vg_desk_entry *x)
{
    for (int i = 0; i < g->n_over; i++)
        if (vg_eq(vg_str_z(g->over[i].source), x->report.source)) {
            g->over[i].n++;
            return;
        }
    if (g->n_over == GUARD_OVER || x->report.source.n >= (ptrdiff_t)sizeof g->over[0].source)
        return;
    guard_over *o = &g->over[g->n_over++];
    snprintf(o->source, sizeof o->source, "%.*s", VG_P(x->report.source));
    o->n = 1;
}

int64_t vg_guard__over_rate(vg_guard *g, vg_str source)
{
    int64_t n = 0;
    pthread_mutex_lock(&g->lock);
    for (int i = 0; i < g->n_over; i++)
        if (vg_eq(vg_str_z(g->over[i].source), source))
            n = g->over[i].n;
    pthread_mutex_unlock(&g->lock);
    return n;
}

/* --- the guard's own thread --- */

static void finish(vg_guard *g, guard_job *j, bool good, const vg_err *failure)
{
    pthread_mutex_lock(&g->lock);
    j->good = good;
    j->failure = *failure;
    j->done = true; /* from here on it is the caller's again */
    pthread_cond_broadcast(&g->emptied);
    pthread_mutex_unlock(&g->lock);
}

static guard_job *next_ask(vg_guard *g)
{
    pthread_mutex_lock(&g->lock);
    guard_job *j = g->asks.first;
    if (j) {
        g->asks.first = j->next;
        if (!j->next)
            g->asks.last = NULL;
    }
    pthread_mutex_unlock(&g->lock);
    return j;
}

/* Not while the desk could not be made anew after a failure, nor once it has a newer text of the agreement than callers. */
static bool can_answer(const vg_guard *g, vg_err *e)
{
    const vg_agreement *a = vg_desk_agreement(g->desk);
    if (vg_desk_watch(g->desk) && a && strcmp(a->sha256, g->agreement->sha256) == 0)
        return true;
    vg_fail(e, VG_EBUSY, VG_NOWHERE, "the watch is being made anew");
    return vg_mend(e, "ask again in a few seconds");
}

static void answer_asks(vg_guard *g)
{
    guard_job *j;
    for (int i = 0; i < ASKS && (j = next_ask(g)); i++) {
        vg_err e = VG_NO_ERR;
        bool good = can_answer(g, &e) && j->ask(j->ctx, g->desk, &e);
        finish(g, j, good, &e);
    }
}

/* Entries from the front of the queue, at most a batch; which job has how many of them is kept in the jobs. */
static int32_t gather(vg_guard *g, vg_desk_entry *batch)
{
    int32_t n = 0;
    pthread_mutex_lock(&g->lock);
    for (guard_job *j = g->takes.first; j && n < BATCH; j = j->next) {
        j->part = j->n - j->at < BATCH - n ? j->n - j->at : BATCH - n;
        memcpy(batch + n, j->entry + j->at, (size_t)j->part * sizeof *batch);
        n += j->part;
    }
    pthread_mutex_unlock(&g->lock);
    return n;
}

/* Gives each job its part back; those that are done leave the queue. */
static void spread(vg_guard *g, const vg_desk_entry *batch, int32_t n, bool good, const vg_err *failure)
{
    pthread_mutex_lock(&g->lock);
    while (n > 0) {
        guard_job *j = g->takes.first;
        memcpy(j->entry + j->at, batch, (size_t)j->part * sizeof *batch);
        batch += j->part;
        n -= j->part;
        j->at += j->part;
        if (good && j->at < j->n)
            break; /* the rest of it comes with the next batch */
        g->takes.first = j->next;
        if (!j->next)
            g->takes.last = NULL;
        j->good = good;
        j->failure = *failure;
        j->done = true;
    }
    pthread_cond_broadcast(&g->emptied);
    pthread_mutex_unlock(&g->lock);
}

static void note_counts(vg_guard *g)
{
    vg_watch *w = vg_desk_watch(g->desk);
    if (!w)
        return;
    vg_watch_counts count = vg_watch_count(w);
    int64_t watermark = vg_watch_watermark(w);
    pthread_mutex_lock(&g->lock);
    g->count = count;
    g->watermark = watermark;
    pthread_mutex_unlock(&g->lock);
}

static bool has_decision(const vg_desk_entry *entry, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (entry[i].kind == VG_DESK_DECISION)
            return true;
    return false;
}

static bool take_batch(vg_guard *g)
{
    vg_err e = VG_NO_ERR;
    int32_t n = gather(g, g->batch);
    if (!n)
        return false;
    bool good = vg_desk_take(g->desk, g->batch, n, &e);
    g->news.more = true;
    g->untested = g->untested || good;
    pthread_mutex_lock(&g->lock);
    for (int32_t i = 0; good && i < n; i++)
        if (g->batch[i].over_rate)
            count_over_rate(g, &g->batch[i]);
    pthread_mutex_unlock(&g->lock);
    note_counts(g); /* a caller who comes back finds what it added */
    if (good && has_decision(g->batch, n))
        vg_guard__read_decisions(g);
    spread(g, g->batch, n, good, &e);
    return true;
}

/* Why what was due could not be done; shown with the list of watches until it can. */
static void note_trouble(vg_guard *g, const vg_err *why)
{
    pthread_mutex_lock(&g->lock);
    g->why = *why;
    pthread_mutex_unlock(&g->lock);
}

/* Of this thread: what waits for the disk or for others takes nothing from reports. */
static int64_t worked_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Alerts are tested as soon as something has come; how soon again goes by the work that the test was. */
static void test_alerts(vg_guard *g, vg_err *e)
{
    if (!g->untested || vg_guard__now_ms() < g->test_at)
        return;
    int64_t before = worked_ms();
    g->untested = !vg_desk_test(g->desk, vg_now(), e);
    g->news.more = true;
    int64_t pause = (worked_ms() - before) * (TEST_SHARE - 1);
    g->test_at = vg_guard__now_ms() + (pause > TEST_MS ? pause : TEST_MS);
}

/* What is due by the clock. What fails is tried again at the next turn. */
static void do_due(vg_guard *g)
{
    int64_t now = vg_guard__now_ms();
    vg_err e = VG_NO_ERR;
    bool due = now >= g->tick_at;
    if (now >= g->catch_up_at) {
        bool changed = false;
        vg_desk_catch_up(g->desk, &changed, &e);
        g->news.more = g->news.more || changed;
        g->untested = g->untested || changed;
        g->catch_up_at = vg_guard__now_ms() + CATCH_UP_MS;
    }
    if (due) {
        vg_desk_tick(g->desk, vg_now(), &e);
        vg_guard__read_decisions(g);
        g->news.more = true;
        g->tick_at = vg_guard__now_ms() + TICK_MS;
    }
    if (vg_failed(&e))
        g->test_at = vg_guard__now_ms() + CATCH_UP_MS;
    else
        test_alerts(g, &e);
    if (due || vg_failed(&e))
        note_trouble(g, &e);
}

static bool is_over(vg_guard *g)
{
    pthread_mutex_lock(&g->lock);
    bool over = g->closing && !g->n_users && !g->takes.first && !g->asks.first;
    pthread_mutex_unlock(&g->lock);
    return over;
}

static void wait_for_work(vg_guard *g)
{
    int64_t now = vg_guard__now_ms(), next = g->catch_up_at < g->tick_at ? g->catch_up_at : g->tick_at;
    if (g->untested && g->test_at < next)
        next = g->test_at;
    next = vg_guard__news_at(g, next);
    pthread_mutex_lock(&g->lock);
    if (!g->takes.first && !g->asks.first && !(g->closing && !g->n_users) && next > now)
        wait_ms(&g->filled, &g->lock, next - now);
    pthread_mutex_unlock(&g->lock);
}

static void watch_on(vg_guard *g)
{
    while (!is_over(g)) {
        answer_asks(g);
        bool took = take_batch(g);
        do_due(g);
        note_counts(g);
        vg_guard__tell_news(g);
        if (!took)
            wait_for_work(g);
    }
}

static void set_state(vg_guard *g, vg_guard_state state, const vg_err *why)
{
    pthread_mutex_lock(&g->lock);
    g->state = state;
    g->why = *why;
    pthread_cond_broadcast(&g->emptied);
    pthread_mutex_unlock(&g->lock);
    vg_guard__tell_state(g, state);
}

/* The guard's own copy of the agreement: the desk makes its own anew when it likes, callers keep this one. */
static bool read_agreement(vg_guard *g, vg_store *st, vg_err *e)
{
    enum { TEXT_BYTES = 64 << 20 };
    vg_arena a;
    vg_agreement_record x;
    if (g->agreement)
        return true;
    if (!vg_arena_init(&a, TEXT_BYTES, e))
        return false;
    bool good = vg_agreement_load(st, vg_str_z(g->id), 0, &a, &x, e) &&
                vg_agreement_parse(x.text, vg_str_z(g->id), NULL, &g->agreement, e);
    vg_arena_free(&a);
    return good;
}

static bool open_desk(vg_guard *g)
{
    vg_err e = VG_NO_ERR;
    const char *path = vg_serve_store(g->all->s);
    bool good = vg_guard__begin_news(g, &e) && read_agreement(g, g->news.st, &e) &&
                vg_desk_open(path, vg_str_z(g->id), &g->desk, &e);
    if (good) {
        note_counts(g);
        vg_guard__read_decisions(g);
    }
    if (!good) {
        vg_desk_close(g->desk);
        g->desk = NULL;
    }
    set_state(g, good ? VG_GUARD_WATCHING : VG_GUARD_FAILED, &e);
    return good;
}

static bool wait_again(vg_guard *g)
{
    pthread_mutex_lock(&g->lock);
    if (!g->closing)
        wait_ms(&g->filled, &g->lock, AGAIN_MS);
    bool on = !g->closing;
    pthread_mutex_unlock(&g->lock);
    return on;
}

static void *keep(void *arg)
{
    vg_guard *g = arg;
    bool open = open_desk(g);
    while (!open && wait_again(g))
        open = open_desk(g);
    if (open)
        watch_on(g);
    vg_guard__end_news(g);
    vg_desk_close(g->desk);
    return NULL;
}

/* --- all guards --- */

static void free_guard(vg_guard *g)
{
    if (g->begun)
        pthread_join(g->thread, NULL);
    pthread_cond_destroy(&g->filled);
    pthread_cond_destroy(&g->emptied);
    pthread_mutex_destroy(&g->lock);
    vg_agreement_free(g->agreement);
    vg_guard__drop_decisions(g);
    free(g->batch);
    free(g->alert);
    free(g);
}

static void tell_closing(vg_guard *g)
{
    pthread_mutex_lock(&g->lock);
    g->closing = true;
    pthread_cond_broadcast(&g->filled);
    pthread_cond_broadcast(&g->emptied);
    pthread_mutex_unlock(&g->lock);
}

static bool new_guard(vg_guards *all, vg_str id, vg_str sha256, vg_guard **out, vg_err *e)
{
    vg_guard *g = calloc(1, sizeof *g);
    vg_desk_entry *batch = calloc(BATCH, sizeof *batch);
    if (!g || !batch) {
        free(g);
        free(batch);
        return vg_fail_memory(e, (int64_t)(BATCH * sizeof *batch));
    }
    g->all = all;
    g->batch = batch;
    g->watermark = INT64_MIN;
    snprintf(g->id, sizeof g->id, "%.*s", VG_P(id));
    snprintf(g->sha256, sizeof g->sha256, "%.*s", VG_P(sha256));
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->filled, NULL);
    pthread_cond_init(&g->emptied, NULL);
    g->begun = pthread_create(&g->thread, NULL, keep, g) == 0;
    if (!g->begun) {
        free_guard(g);
        return vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    }
    *out = g;
    return true;
}

static vg_guard *find(const vg_guards *all, vg_str id)
{
    for (vg_guard *g = all->first; g; g = g->next)
        if (vg_eq(vg_str_z(g->id), id))
            return g;
    return NULL;
}

/* A guard of an older text goes when nobody holds it any more; it is joined at the end. With the lock of all held. */
static void retire(vg_guards *all, vg_guard *old)
{
    for (vg_guard **at = &all->first; *at; at = &(*at)->next)
        if (*at == old) {
            *at = old->next;
            break;
        }
    old->next = all->retired;
    all->retired = old;
    tell_closing(old);
}

/* The guard for this text of the agreement, begun if there is none. */
static bool put_guard(vg_guards *all, vg_str id, vg_str sha256, vg_err *e)
{
    bool good = true;
    pthread_mutex_lock(&all->lock);
    vg_guard *g = find(all, id);
    if (g && !vg_eq(vg_str_z(g->sha256), sha256)) {
        retire(all, g);
        all->n--;
        g = NULL;
    }
    if (!g && all->n >= MOST_GUARDS) {
        good = vg_fail(e, VG_EBUSY, VG_NOWHERE, "%d agreements are watched already", MOST_GUARDS);
        vg_mend(e, "watch the others with a server of their own");
    } else if (!g) {
        good = new_guard(all, id, sha256, &g, e);
        if (good) {
            g->next = all->first;
            all->first = g;
            all->n++;
        }
    }
    pthread_mutex_unlock(&all->lock);
    return good;
}

static bool hold(vg_guards *all, vg_str id, vg_guard **out)
{
    pthread_mutex_lock(&all->lock);
    vg_guard *g = find(all, id);
    if (g) {
        pthread_mutex_lock(&g->lock);
        g->n_users++;
        pthread_mutex_unlock(&g->lock);
    }
    pthread_mutex_unlock(&all->lock);
    *out = g;
    return g != NULL;
}

void vg_guard__leave(vg_guard *g)
{
    pthread_mutex_lock(&g->lock);
    g->n_users--;
    pthread_cond_signal(&g->filled);
    pthread_mutex_unlock(&g->lock);
}

static bool is_open(vg_guard *g, vg_err *e)
{
    int64_t until = vg_guard__now_ms() + (int64_t)OPEN_WAIT_S * 1000;
    pthread_mutex_lock(&g->lock);
    while (g->state == VG_GUARD_OPENING && vg_guard__now_ms() < until && !vg_serve_stopping(g->all->s))
        wait_ms(&g->emptied, &g->lock, 200);
    vg_guard_state state = g->state;
    if (state == VG_GUARD_FAILED && e)
        *e = g->why;
    pthread_mutex_unlock(&g->lock);
    if (state == VG_GUARD_OPENING) {
        vg_fail(e, VG_EBUSY, VG_NOWHERE, "the log of this watch is still being read");
        vg_mend(e, "ask again in a few seconds");
    }
    return state == VG_GUARD_WATCHING;
}

bool vg_guard__enter(vg_call *c, vg_guard **out, vg_err *e)
{
    vg_guards *all = vg_call_state(c);
    vg_str id = vg_call_text(c, "ceasefire");
    vg_guard *g;
    if (!hold(all, id, &g) && (!vg_guards__renew(all, vg_call_store(c), e) || !hold(all, id, &g))) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no agreement \"%.*s\" is watched", VG_P(vg_utf8_head(id, 60)));
        return vg_mend(e, "GET /api/v1/ceasefires lists them; vigie ceasefire enter FILE adds one");
    }
    if (!is_open(g, e)) {
        vg_guard__leave(g);
        return false;
    }
    *out = g;
    return true;
}

void vg_guard__now(vg_guard *g, vg_guard_listed *out)
{
    pthread_mutex_lock(&g->lock);
    *out = (vg_guard_listed){
        .state = g->state, .count = g->count, .watermark = g->watermark, .outcome = g->outcome
    };
    pthread_mutex_unlock(&g->lock);
}

bool vg_guards__list(vg_guards *all, vg_arena *a, vg_guard_listed **out, int32_t *n, vg_err *e)
{
    pthread_mutex_lock(&all->lock);
    vg_guard_listed *x = vg_new(a, vg_guard_listed, all->n);
    int32_t k = 0;
    for (vg_guard *g = all->first; x && g && k < all->n; g = g->next, k++) {
        pthread_mutex_lock(&g->lock);
        x[k] = (vg_guard_listed){ .id = vg_copy(a, vg_str_z(g->id)),
                                  .from = INT64_MIN,
                                  .to = INT64_MAX,
                                  .state = g->state,
                                  .why = g->why,
                                  .count = g->count,
                                  .watermark = g->watermark,
                                  .outcome = g->outcome };
        if (g->state == VG_GUARD_WATCHING) {
            x[k].title = vg_copy(a, g->agreement->title);
            x[k].version = vg_copy(a, g->agreement->version);
            x[k].time_zone =
                g->agreement->clock ? vg_copy(a, vg_clock_name(g->agreement->clock)) : VG_S("UTC");
            x[k].from = g->agreement->from;
            x[k].to = g->agreement->to;
        }
        pthread_mutex_unlock(&g->lock);
    }
    pthread_mutex_unlock(&all->lock);
    if (!x)
        return vg_fail_memory(e, vg_arena_limit(a));
    *out = x;
    *n = k;
    return true;
}

/* --- begin and end --- */

/* Those that cannot be watched for want of room or memory are passed over; the others are. */
bool vg_guards__renew(vg_guards *all, vg_store *st, vg_err *e)
{
    enum { LIST_BYTES = 16 << 20 };
    vg_arena a;
    vg_agreement_record *x;
    int64_t n;
    if (!vg_arena_init(&a, LIST_BYTES, e))
        return false;
    bool good = vg_agreement_list(st, &a, &x, &n, e);
    for (int64_t i = 0; good && i < n; i++) {
        vg_err passed = VG_NO_ERR;
        put_guard(all, x[i].id, x[i].sha256, &passed);
    }
    vg_arena_free(&a);
    return good;
}

static bool begin(vg_guards *all, vg_err *e)
{
    vg_store *st;
    if (!vg_store_open(vg_serve_store(all->s), VG_STORE_READ, &st, e))
        return false;
    bool good = vg_sender__start(all->s, &all->sender, e) && vg_guards__renew(all, st, e);
    vg_store_close(st);
    return good;
}

bool vg_guards__open(vg_serve *s, void **state, vg_err *e)
{
    vg_guards *all = calloc(1, sizeof *all);
    if (!all)
        return vg_fail_memory(e, 0);
    all->s = s;
    pthread_mutex_init(&all->lock, NULL);
    if (!begin(all, e)) {
        vg_guards__close(all);
        return false;
    }
    *state = all;
    return true;
}

bool vg_guards__refresh(vg_serve *s, void *state, vg_store *st, vg_err *e)
{
    (void)s;
    return vg_guards__renew(state, st, e);
}

void vg_guards__close(void *state)
{
    vg_guards *all = state;
    if (!all)
        return;
    for (vg_guard *g = all->first; g; g = g->next)
        tell_closing(g);
    for (int i = 0; i < 2; i++) {
        vg_guard **list = i ? &all->retired : &all->first;
        while (*list) {
            vg_guard *g = *list;
            *list = g->next;
            free_guard(g);
        }
    }
    vg_sender__stop(all->sender); /* guards wake it */
    pthread_mutex_destroy(&all->lock);
    free(all);
}
