/* News: a thread asks the store whether others have written, tells the readers of the stream, and makes the events' index
 * anew after an import. Invariant: the number of a piece is its entry's in the audit log, so that a reader who comes
 * back says with Last-Event-ID what it has seen, and misses nothing and gets nothing twice. */
#include <stdlib.h>
#include <time.h>

#include "core/date.h"
#include "core/num.h"
#include "serve/serve_int.h"

enum { BEAT_S = 15, CATCH_UP = 10000, TICKER_BYTES = 64 << 20 };

/* --- what is told --- */

/* Name of the event, or NULL for an entry that is nobody's news. */
static const char *name_of(const vg_audit_entry *a)
{
    if (vg_eq(a->action, VG_S("import")))
        return "vintage";
    if (vg_eq(a->action, VG_S("run")))
        return vg_find(a->detail, VG_S("\"verb\":\"alert\"")) >= 0 ? "alert" : "run";
    if (vg_eq(a->action, VG_S("decision")) && vg_find(a->detail, VG_S("\"subject\":\"" VG_TOKEN_SUBJECT)) < 0)
        return "decision";
    return NULL;
}

/* One piece of the stream; the log's details are JSON on one line. */
static bool put_entry(vg_out *o, const vg_audit_entry *a)
{
    const char *name = name_of(a);
    char at[32];
    if (!name || vg_find_byte(a->detail, '\n') >= 0 || !vg_starts(a->detail, VG_S("{")))
        return false;
    vg_print(o, "id: %lld\nevent: %s\ndata: {\"entry\":%lld,\"at\":", (long long)a->seq, name,
             (long long)a->seq);
    vg_json j = vg_json_to(o);
    vg_json_str(&j, vg_instant_text(a->at, at));
    vg_put(o, VG_S(",\"actor\":"));
    j = vg_json_to(o);
    vg_json_str(&j, a->actor);
    vg_print(o, ",\"detail\":%.*s}\n\n", VG_P(a->detail));
    return true;
}

/* --- a new reader --- */

static bool last_seen(vg_call *c, int64_t *seq, vg_err *e)
{
    vg_str text = c->q->last_event_id;
    if (!text.n)
        return true;
    if (vg_int(text, seq) && *seq >= 0)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "Last-Event-ID is not a number of this stream");
    return vg_mend(e, "send the id of the last event that came, or none");
}

bool vg_answer__stream(vg_call *c, vg_err *e)
{
    int64_t place, newest, seq = -1, n = 0;
    vg_audit_entry *entry = NULL;
    vg_hub__place(c->s->hub, &place, &newest);
    if (!last_seen(c, &seq, e))
        return false;
    c->r->stream = true;
    c->r->stream_at = place;
    c->r->type = "text/event-stream";
    vg_print(&c->r->body, "retry: 3000\n: %lld\n\n", (long long)newest);
    if (seq < 0 || seq >= newest)
        return true;
    if (!vg_audit_after(c->w->st, seq, CATCH_UP, &c->w->arena, &entry, &n, e))
        return false;
    for (int64_t i = 0; i < n && entry[i].seq <= newest; i++)
        put_entry(&c->r->body, &entry[i]);
    return true;
}

/* --- the thread --- */

typedef struct {
    vg_serve *s;
    vg_store *st;
    vg_arena arena;
    int64_t version, seq;
    int64_t beat_at;
} ticker;

static bool post_news(ticker *t, bool tell, vg_err *e)
{
    vg_audit_entry *entry;
    int64_t n;
    bool imported = false;
    if (!vg_audit_after(t->st, t->seq, CATCH_UP, &t->arena, &entry, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++) {
        vg_out o;
        t->seq = entry[i].seq;
        imported = imported || vg_eq(entry[i].action, VG_S("import"));
        if (!tell || !vg_out_memory(&o, e))
            continue;
        put_entry(&o, &entry[i]);
        vg_hub__post(t->s->hub, t->seq, vg_out_text(&o));
        vg_out_drop(&o);
    }
    vg_arena_reset(&t->arena);
    if (n == CATCH_UP)
        return post_news(t, tell, e);
    return !imported || !tell || vg_snapshot__renew(t->s, t->st, e);
}

static void beat(ticker *t)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec < t->beat_at)
        return;
    t->beat_at = now.tv_sec + BEAT_S;
    vg_hub__post(t->s->hub, 0, VG_S(":\n\n"));
}

/* Waits for the next turn; false when the server stops. */
static bool wait_turn(vg_serve *s)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + (int64_t)s->o.poll_ms * 1000000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&s->lock);
    if (!s->stopping)
        pthread_cond_timedwait(&s->changed, &s->lock, &until);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return !stopping;
}

static void close_ticker(ticker *t)
{
    vg_store_close(t->st);
    vg_arena_free(&t->arena);
    free(t);
}

static void *tick(void *arg)
{
    ticker *t = arg;
    while (wait_turn(t->s)) {
        vg_err e = VG_NO_ERR; /* a store that is busy now is asked again at the next turn */
        int64_t version;
        if (vg_store_data_version(t->st, &version, &e) && version != t->version && post_news(t, true, &e))
            t->version = version;
        beat(t);
    }
    close_ticker(t);
    return NULL;
}

bool vg_ticker__start(vg_serve *s, vg_err *e)
{
    ticker *t = calloc(1, sizeof *t);
    if (!t)
        return vg_fail_memory(e, 0);
    t->s = s;
    bool good = vg_arena_init(&t->arena, TICKER_BYTES, e) &&
                vg_store_open(s->o.store, VG_STORE_READ, &t->st, e) &&
                vg_store_data_version(t->st, &t->version, e) && post_news(t, false, e) &&
                vg_snapshot__renew(s, t->st, e);
    if (good) {
        vg_hub__post(s->hub, t->seq, VG_S(":\n\n")); /* what was before is news to nobody */
        s->has_ticker = pthread_create(&s->ticker, NULL, tick, t) == 0;
        good = s->has_ticker || vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    }
    if (!good)
        close_ticker(t);
    return good;
}

void vg_ticker__stop(vg_serve *s)
{
    if (s->has_ticker)
        pthread_join(s->ticker, NULL);
    s->has_ticker = false;
    vg_snapshot__end(s);
}
