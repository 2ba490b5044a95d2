/* Receivers: one thread sends what came out to those who asked to be told. Invariant: a receiver's cursor moves past an
 * outcome only when the receiver has acknowledged it or when it was not for it; each has one message under way at most, in
 * the order of the numbers, and waits for nobody but itself. Cursors reach the store once a second: after a crash the last
 * messages are sent again, with the same key. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/date.h"
#include "core/hash.h"
#include "core/num.h"
#include "door/ceasefire_guard_int.h"
#include "door/ceasefire_outcome_int.h"
#include "serve/secret.h"
#include "source/post.h"

enum {
    LOOK = 200, /* outcomes looked at for one receiver at once */
    SEND_ARENA = 64 << 20,
    TURN_MS = 1000,
    NOTE_MS = 1000,
    LOOK_MS = 50,
    HUNGRY_MS = 10,
    MOST_WAIT_S = 3600
};

/* A receiver as the thread has it. */
typedef struct slot {
    struct slot *next;
    char agreement[120], url[2048], secret[256], last_error[200];
    vg_filter filter;
    vg_receiver x;   /* its texts are not used */
    vg_err shut;     /* why its secret cannot be read: nothing is sent without the signature */
    int64_t sending; /* number of the outcome under way; 0 = none */
    bool seen, noted, behind;
} slot;

struct vg_sender {
    vg_serve *s;
    pthread_t thread;
    bool begun;
    vg_posts *posts;      /* set before the thread begins */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t listed;
    bool closing;
    int64_t n_asked, n_listed; /* how often the list was asked to be read anew, and which of that is done */
    /* the thread's own */
    vg_store *st;
    vg_arena arena;
    slot *first;
    int64_t listed_at, noted_at, looked_at; /* ms */
};

static bool is_closing(vg_sender *x)
{
    pthread_mutex_lock(&x->lock);
    bool closing = x->closing;
    pthread_mutex_unlock(&x->lock);
    return closing;
}

/* --- who is to be told --- */

static slot *slot_of(vg_sender *x, int64_t id)
{
    for (slot *s = x->first; s; s = s->next)
        if (s->x.id == id)
            return s;
    slot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->next = x->first;
    x->first = s;
    s->noted = true;
    return s;
}

static void open_secret(vg_sender *x, slot *s, vg_str sealed)
{
    vg_str secret;
    s->shut = VG_NO_ERR;
    if (vg_secret_open(vg_serve_store(x->s), sealed, &x->arena, &secret, &s->shut))
        snprintf(s->secret, sizeof s->secret, "%.*s", VG_P(secret));
}

/* What is new is taken from the store; of those that are known the thread knows better how far they are. */
static void take_receiver(vg_sender *x, vg_str agreement, const vg_receiver *r)
{
    slot *s = r->stopped ? NULL : slot_of(x, r->id);
    if (!s)
        return;
    s->seen = true;
    if (s->x.id) {
        if (vg_failed(&s->shut)) /* the key may have been put back */
            open_secret(x, s, r->secret);
        return;
    }
    s->x = *r;
    snprintf(s->agreement, sizeof s->agreement, "%.*s", VG_P(agreement));
    snprintf(s->url, sizeof s->url, "%.*s", VG_P(r->url));
    open_secret(x, s, r->secret);
    snprintf(s->last_error, sizeof s->last_error, "%.*s", VG_P(vg_utf8_head(r->last_error, 190)));
    s->filter = vg_filter__read(r->filter);
    s->behind = true;
}

static void drop_unseen(vg_sender *x)
{
    for (slot **at = &x->first; *at;) {
        slot *s = *at;
        if (s->seen || s->sending) { /* what is under way comes back first */
            at = &s->next;
            continue;
        }
        *at = s->next;
        explicit_bzero(s->secret, sizeof s->secret);
        free(s);
    }
}

static bool list_receivers(vg_sender *x, vg_err *e)
{
    vg_agreement_record *a;
    int64_t n, n_receivers;
    vg_receiver *r;
    if (!vg_agreement_list(x->st, &x->arena, &a, &n, e))
        return false;
    for (slot *s = x->first; s; s = s->next)
        s->seen = false;
    for (int64_t i = 0; i < n; i++) {
        if (!vg_receivers(x->st, a[i].id, &x->arena, &r, &n_receivers, e))
            return false;
        for (int64_t k = 0; k < n_receivers; k++)
            take_receiver(x, a[i].id, &r[k]);
    }
    drop_unseen(x);
    return true;
}

/* --- sending --- */

static bool post(vg_sender *x, slot *s, const vg_outcome *o, vg_err *e)
{
    char hex[65];
    vg_arena *a = &x->arena;
    vg_str key = vg_format(a, "%s-%lld", s->agreement, (long long)o->n), secret = vg_str_z(s->secret);
    vg_str body = vg_outcome__body(a, vg_str_z(s->agreement), o);
    vg_post p = { .url = vg_str_z(s->url), .body = body, .type = vg_outcome__type(o), .tag = s->x.id };
    if (!body.s || !key.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    p.header[p.n_headers++] = vg_format(a, "Idempotency-Key: %.*s", VG_P(key));
    p.header[p.n_headers++] = vg_format(a, "Vigie-Event: %s", vg_outcome__event(o));
    if (secret.n) {
        const vg_str part[] = { key, VG_S("\n"), body };
        vg_hmac_sha256(secret, part, 3, hex);
        p.header[p.n_headers++] = vg_format(a, "Vigie-Signature: sha256=%s", hex);
    }
    return vg_posts_add(x->posts, &p, e);
}

static void note_failure(slot *s, const vg_err *why, int64_t asked_s)
{
    int64_t wait_s = s->x.attempts < 12 ? (int64_t)1 << s->x.attempts : MOST_WAIT_S;
    wait_s = asked_s > wait_s ? asked_s : wait_s;
    s->x.attempts++;
    s->x.n_failed++;
    s->x.next_at = vg_now() + (wait_s < MOST_WAIT_S ? wait_s : MOST_WAIT_S);
    snprintf(s->last_error, sizeof s->last_error, "%s", why->what);
    s->noted = false;
}

/* Begins to send the next outcome that is for this receiver; passes over those that are not. */
static bool send_next(vg_sender *x, slot *s, vg_err *e)
{
    vg_outcome *o;
    int64_t n, last;
    if (!vg_report_outcomes(x->st, vg_str_z(s->agreement), s->x.cursor, LOOK, &x->arena, &o, &n, &last, e))
        return false;
    s->behind = n == LOOK;
    for (int64_t i = 0; i < n; i++) {
        if (vg_filter__lets(&s->filter, &o[i], x->arena)) {
            vg_err why = VG_NO_ERR;
            s->behind = true;
            if (vg_failed(&s->shut))
                note_failure(s, &s->shut, 0);
            else if (post(x, s, &o[i], &why))
                s->sending = o[i].n;
            else if (why.code != VG_EBUSY)
                note_failure(s, &why, 0);
            return true;
        }
        s->x.cursor = o[i].n;
        s->noted = false;
    }
    return true;
}

static void send_all(vg_sender *x)
{
    int64_t now = vg_now();
    for (slot *s = x->first; s; s = s->next) {
        vg_err e = VG_NO_ERR;
        vg_arena keep = x->arena;
        if (!s->sending && s->behind && s->x.next_at <= now)
            send_next(x, s, &e);
        x->arena = keep;
    }
}

/* Somebody could be sent more at once. */
static bool is_hungry(const vg_sender *x)
{
    int64_t now = vg_now();
    for (const slot *s = x->first; s; s = s->next)
        if (s->behind && !s->sending && s->x.next_at <= now)
            return true;
    return false;
}

static void take_outcome(vg_sender *x, const vg_posted *p)
{
    for (slot *s = x->first; s; s = s->next) {
        if (s->x.id != p->tag || !s->sending)
            continue;
        if (p->failure.code == VG_OK) {
            s->x.cursor = s->sending;
            s->x.attempts = s->x.next_at = 0;
            s->x.n_sent++;
            s->last_error[0] = '\0';
        } else {
            note_failure(s, &p->failure, p->retry_after_s);
        }
        s->sending = 0;
        s->noted = false;
    }
}

static void note_all(vg_sender *x)
{
    for (slot *s = x->first; s; s = s->next) {
        vg_err e = VG_NO_ERR; /* tried again at the next turn */
        s->x.last_error = vg_str_z(s->last_error);
        if (!s->noted && vg_receiver_note(x->st, &s->x, &e))
            s->noted = true;
    }
    x->noted_at = vg_guard__now_ms();
}

/* --- the thread --- */

static void list_anew(vg_sender *x, int64_t now)
{
    vg_err e = VG_NO_ERR; /* a store that is busy is asked again at the next turn */
    pthread_mutex_lock(&x->lock);
    int64_t asked = x->n_asked;
    bool due = asked > x->n_listed || now - x->listed_at >= TURN_MS;
    pthread_mutex_unlock(&x->lock);
    if (!due)
        return;
    list_receivers(x, &e);
    x->listed_at = now;
    pthread_mutex_lock(&x->lock);
    x->n_listed = asked;
    pthread_cond_broadcast(&x->listed);
    pthread_mutex_unlock(&x->lock);
}

static void turn(vg_sender *x)
{
    vg_posted p;
    int64_t now = vg_guard__now_ms();
    list_anew(x, now);
    send_all(x);
    vg_arena_reset(&x->arena);
    bool ended = vg_posts_wait(x->posts, is_hungry(x) ? HUNGRY_MS : TURN_MS / 2, &p);
    for (bool more = ended; more; more = vg_posts_wait(x->posts, 0, &p))
        take_outcome(x, &p);
    if (!ended || now - x->looked_at >= LOOK_MS) { /* something may be new */
        for (slot *s = x->first; s; s = s->next)
            s->behind = true;
        x->looked_at = now;
    }
    if (vg_guard__now_ms() - x->noted_at >= NOTE_MS)
        note_all(x);
}

static void *send_on(void *arg)
{
    vg_sender *x = arg;
    while (!is_closing(x))
        turn(x);
    note_all(x);
    return NULL;
}

void vg_sender__wake(vg_sender *x)
{
    if (x && x->begun)
        vg_posts_wake(x->posts);
}

/* Returns when the thread knows of a receiver that came or went, or after a second. */
static void wait_for_list(vg_sender *x)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&x->lock);
    int64_t asked = ++x->n_asked;
    pthread_mutex_unlock(&x->lock);
    vg_sender__wake(x);
    pthread_mutex_lock(&x->lock);
    while (x->n_listed < asked && pthread_cond_timedwait(&x->listed, &x->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&x->lock);
}

static bool is_private_allowed(void)
{
    const char *s = getenv("VIGIE_PRIVATE_RECEIVERS");
    return s && strcmp(s, "1") == 0;
}

bool vg_sender__start(vg_serve *s, vg_sender **out, vg_err *e)
{
    vg_sender *x = calloc(1, sizeof *x);
    vg_posts_opts o = { .allow_private = is_private_allowed() };
    if (!x)
        return vg_fail_memory(e, 0);
    x->s = s;
    x->listed_at = -TURN_MS;
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->listed, NULL);
    bool good = vg_arena_init(&x->arena, SEND_ARENA, e) && vg_posts_open(&o, &x->posts, e) &&
                vg_store_open(vg_serve_store(s), VG_STORE_WRITE, &x->st, e);
    if (good) {
        x->begun = pthread_create(&x->thread, NULL, send_on, x) == 0;
        good = x->begun || vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    }
    if (!good) {
        vg_sender__stop(x);
        return false;
    }
    *out = x;
    return true;
}

void vg_sender__stop(vg_sender *x)
{
    if (!x)
        return;
    pthread_mutex_lock(&x->lock);
    x->closing = true;
    pthread_mutex_unlock(&x->lock);
    if (x->begun) {
        vg_posts_wake(x->posts);
        pthread_join(x->thread, NULL);
    }
    while (x->first) {
        slot *s = x->first;
        x->first = s->next;
        explicit_bzero(s->secret, sizeof s->secret);
        free(s);
    }
    vg_posts_close(x->posts);
    vg_store_close(x->st);
    vg_arena_free(&x->arena);
    pthread_cond_destroy(&x->listed);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

/* --- routes --- */

enum { MOST_RECEIVERS = 50 };

/* What stands behind the ? of an address is often a secret. */
static vg_str shown_url(vg_call *c, vg_str url)
{
    ptrdiff_t at = vg_find_byte(url, '?');
    return at < 0 ? url : vg_format(vg_call_arena(c), "%.*s?...", VG_P(vg_sub(url, 0, at)));
}

static void put_receiver(vg_call *c, vg_rows *r, const vg_receiver *x, int64_t newest)
{
    vg_filter f = vg_filter__read(x->filter);
    vg_rows_int(r, x->id);
    vg_rows_text(r, shown_url(c, x->url));
    vg_rows_text(r, vg_str_z(vg_filter__what(&f)));
    vg_rows_text(r, vg_str_z(vg_level_name(f.level)));
    vg_rows_int(r, f.severity);
    vg_rows_raw(r, x->secret.n ? VG_S("true") : VG_S("false"));
    vg_rows_instant(r, x->made_at);
    vg_rows_int(r, x->n_sent);
    vg_rows_int(r, x->n_failed);
    vg_rows_int(r, newest > x->cursor ? newest - x->cursor : 0);
    vg_rows_int(r, x->cursor);
    vg_rows_int(r, x->attempts);
    vg_rows_instant(r, x->next_at);
    vg_rows_text(r, x->last_error);
}

static bool read_receivers(vg_call *c, vg_receiver **r, int64_t *n, vg_err *e)
{
    return vg_receivers(vg_call_store(c), vg_call_text(c, "ceasefire"), vg_call_arena(c), r, n, e);
}

bool vg_watch_answer__receivers(vg_call *c, vg_err *e)
{
    static const char *const column[] = { "receiver", "url",      "what",    "level",     "severity",
                                          "signed",   "made_at",  "sent",    "failed",    "waiting",
                                          "number",   "attempts", "next_at", "last_error" };
    vg_guard *g;
    vg_receiver *x;
    int64_t n;
    vg_guard_listed now;
    if (!vg_guard__enter(c, &g, e))
        return false;
    vg_guard__now(g, &now);
    vg_guard__leave(g);
    if (!read_receivers(c, &x, &n, e))
        return false;
    vg_rows r = vg_rows_begin(c, column, (int)(sizeof column / sizeof *column));
    for (int64_t i = 0; i < n; i++)
        if (!x[i].stopped)
            put_receiver(c, &r, &x[i], now.outcome);
    vg_rows_end(&r, VG_NOSTR);
    return true;
}

static bool has_room(vg_call *c, vg_err *e)
{
    vg_receiver *x;
    int64_t n, live = 0;
    if (!read_receivers(c, &x, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        live += !x[i].stopped;
    return live < MOST_RECEIVERS || vg_call_refuse(c, 409, e, VG_ECONFLICT, "50 receivers are told already",
                                                   "end one that is not needed any more");
}

/* A receiver is told what comes out from now on: counted in the store, because a guard tells of an outcome only after it
 * has committed it. */
static bool cursor_of_new(vg_call *c, vg_store *st, int64_t *after, vg_err *e)
{
    vg_outcome *none;
    int64_t n;
    *after = vg_call_whole(c, "after");
    return vg_call_given(c, "after") ||
           vg_report_outcomes(st, vg_call_text(c, "ceasefire"), 0, 0, vg_call_arena(c), &none, &n, after, e);
}

static bool add_receiver(vg_call *c, int64_t *id, vg_err *e)
{
    vg_filter f = { .what = (int)vg_call_whole(c, "what"),
                    .level = (int)vg_call_whole(c, "level"),
                    .severity = (int)vg_call_whole(c, "severity") };
    vg_receiver x = { .url = vg_call_text(c, "url"),
                      .filter = vg_filter__text(vg_call_arena(c), &f),
                      .made_at = vg_now() };
    vg_store *st;
    vg_guards *all = vg_call_state(c);
    int64_t after;
    if (!vg_post_address_check(x.url, is_private_allowed(), e) || !has_room(c, e) ||
        !vg_secret_seal(vg_serve_store(all->s), vg_call_text(c, "secret"), vg_call_arena(c), &x.secret, e) ||
        !vg_call_change(c, &st, e))
        return false;
    bool good = cursor_of_new(c, st, &after, e) &&
                vg_receiver_add(st, vg_call_text(c, "ceasefire"), &x, after, id, e);
    vg_store_close(st);
    return good;
}

static void answer_receiver(vg_call *c, int64_t id, int status)
{
    vg_guards *all = vg_call_state(c);
    wait_for_list(all->sender);
    vg_print(vg_call_out(c), "{\"receiver\":%lld}\n", (long long)id);
    vg_call_status(c, status);
}

bool vg_watch_answer__receiver_new(vg_call *c, vg_err *e)
{
    vg_guard *g;
    int64_t id;
    if (!vg_guard__enter(c, &g, e)) /* only where a watch is kept */
        return false;
    vg_guard__leave(g);
    if (!add_receiver(c, &id, e))
        return false;
    answer_receiver(c, id, 201);
    return true;
}

bool vg_watch_answer__receiver_end(vg_call *c, vg_err *e)
{
    vg_receiver *x;
    vg_store *st;
    int64_t n, id = vg_call_whole(c, "receiver");
    bool known = false;
    if (!read_receivers(c, &x, &n, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        known = known || (x[i].id == id && !x[i].stopped);
    if (!known)
        return vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no receiver %lld", (long long)id);
    if (!vg_call_change(c, &st, e))
        return false;
    bool good = vg_receiver_stop(st, id, e);
    vg_store_close(st);
    if (good)
        answer_receiver(c, id, 200);
    return good;
}
