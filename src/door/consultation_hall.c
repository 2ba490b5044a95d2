/* The hall: what the calls of all live conversations share while the server runs. One thread of the store writes for all
 * calls; one thread here makes the pictures, at most every few seconds and never in a call. Invariant: a record or view
 * that somebody holds stays as it is until it is given back; the newest one is what the next call gets. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/date.h"
#include "door/consultation_int.h"

#define RECORD_BYTES ((int64_t)256 << 20)
enum {
    TURN_MS = 500,
    VIEW_MS = 3000,  /* between two pictures at least */
    VIEW_SHARE = 4,  /* and so many times as long as the last one took */
    WANTED_S = 90,   /* a picture is made while somebody asked within this time */
    MOST_GATES = 32, /* links whose pressure is watched */
    FRESH_PEOPLE = VG_LIVE_LEAST
};

typedef struct vg_room_record {
    vg_arena arena;
    vg_live_record record;
    int64_t version, n_users;
} room_record;

struct vg_held_view {
    vg_live_view *view;
    int64_t number, n_users;
};

/* People who came with one code, by clock minute. */
typedef struct {
    int64_t code, minute, n, refused, busiest;
} gate;

struct vg_room {
    vg_room *next;
    room_record *now;
    vg_held_view *view;
    int32_t *count; /* votes by statement */
    int32_t n_count;
    int64_t fresh[FRESH_PEOPLE]; /* people who voted since the last picture, while they are few */
    int32_t n_fresh;
    int64_t wanted_at, made_ms, took_ms, n_views;
    gate gate[MOST_GATES];
    int32_t n_gates;
};

struct vg_hall {
    vg_serve *s;
    vg_live_writer *writer;
    pthread_mutex_t lock; /* guards what follows, and the rooms */
    pthread_cond_t changed;
    vg_room *first;
    bool closing, begun;
    pthread_t painter;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- records --- */

static void drop_record(room_record *r)
{
    if (!r || --r->n_users > 0)
        return;
    vg_arena_free(&r->arena);
    free(r);
}

static bool read_record(vg_store *st, vg_str name, room_record **out, vg_err *e)
{
    room_record *r = calloc(1, sizeof *r);
    if (!r)
        return vg_fail_memory(e, 0);
    r->n_users = 1;
    if (!vg_arena_init(&r->arena, RECORD_BYTES, e) || !vg_live_version(st, &r->version, e) ||
        !vg_live_read(st, name, &r->arena, &r->record, e)) {
        vg_arena_free(&r->arena);
        free(r);
        return false;
    }
    *out = r;
    return true;
}

static vg_room *find_room(vg_hall *h, vg_str name)
{
    for (vg_room *r = h->first; r; r = r->next)
        if (vg_eq(r->now->record.about.name, name))
            return r;
    return NULL;
}

/* Room for the counts of all statements; with the hall's lock held. */
static bool widen(vg_room *r)
{
    int32_t n = r->now->record.n_statements;
    if (n <= r->n_count)
        return true;
    int32_t *wider = realloc(r->count, (size_t)n * 2 * sizeof *wider);
    if (!wider)
        return false;
    memset(wider + r->n_count, 0, (size_t)(2 * n - r->n_count) * sizeof *wider);
    r->count = wider;
    r->n_count = 2 * n;
    return true;
}

/* The newest record in the room; another call may have brought a newer one meanwhile. With the hall's lock held. */
static void put_record(vg_hall *h, room_record *read)
{
    vg_room *r = find_room(h, read->record.about.name);
    if (!r) {
        r = calloc(1, sizeof *r);
        if (!r) {
            drop_record(read);
            return;
        }
        r->now = read;
        r->next = h->first;
        h->first = r;
    } else if (r->now->version <= read->version) {
        drop_record(r->now);
        r->now = read;
    } else {
        drop_record(read);
    }
    widen(r);
}

static bool renew(vg_hall *h, vg_store *st, vg_str name, vg_err *e)
{
    room_record *read;
    if (!read_record(st, name, &read, e))
        return false;
    pthread_mutex_lock(&h->lock);
    put_record(h, read);
    pthread_mutex_unlock(&h->lock);
    return true;
}

/* A room is opened by its first visitor: with its counts. */
static bool open_room(vg_hall *h, vg_store *st, vg_str name, vg_err *e)
{
    room_record *read;
    if (!read_record(st, name, &read, e))
        return false;
    int32_t n = read->record.n_statements;
    int32_t *count = calloc((size_t)n + 1, sizeof *count);
    bool good = count ? vg_live_counts(st, read->record.about.id, count, n, e) : vg_fail_memory(e, 0);
    pthread_mutex_lock(&h->lock);
    bool first = !find_room(h, name);
    if (good)
        put_record(h, read);
    else
        drop_record(read);
    vg_room *r = good ? find_room(h, name) : NULL;
    for (int32_t i = 0; r && first && i < n && i < r->n_count; i++)
        r->count[i] = count[i];
    pthread_mutex_unlock(&h->lock);
    free(count);
    return good;
}

bool vg_hall__enter(vg_call *c, vg_seat *out, vg_err *e)
{
    vg_hall *h = vg_call_state(c);
    vg_str name = vg_call_text(c, "name");
    for (int turn = 0; turn < 2; turn++) {
        pthread_mutex_lock(&h->lock);
        vg_room *r = find_room(h, name);
        if (r) {
            r->now->n_users++;
            *out = (vg_seat){ r, r->now, &r->now->record };
        }
        pthread_mutex_unlock(&h->lock);
        if (r)
            return true;
        if (!open_room(h, vg_call_store(c), name, e))
            return false;
    }
    return vg_fail_memory(e, 0);
}

void vg_hall__leave(vg_call *c, vg_seat *seat)
{
    vg_hall *h = vg_call_state(c);
    pthread_mutex_lock(&h->lock);
    drop_record(seat->held);
    pthread_mutex_unlock(&h->lock);
}

/* What another program changed: codes added, closed from the command line. */
bool vg_hall__refresh(vg_serve *s, void *state, vg_store *st, vg_err *e)
{
    vg_hall *h = state;
    int64_t version;
    (void)s;
    if (!vg_live_version(st, &version, e))
        return false;
    pthread_mutex_lock(&h->lock);
    vg_room *r = h->first;
    pthread_mutex_unlock(&h->lock);
    for (; r; r = r->next) { /* rooms are only ever added, at the front */
        pthread_mutex_lock(&h->lock);
        bool old = r->now->version != version;
        char name[80];
        int n = snprintf(name, sizeof name, "%.*s", VG_P(r->now->record.about.name));
        pthread_mutex_unlock(&h->lock);
        if (old && !renew(h, st, (vg_str){ name, n }, e))
            return false;
    }
    return true;
}

/* --- writing --- */

/* Whoever left is in no picture: coming, voting and leaving again and again makes no new one. */
static void forget_fresh(vg_hall *h, vg_room *r, int64_t person)
{
    pthread_mutex_lock(&h->lock);
    for (int32_t i = 0; i < r->n_fresh; i++)
        if (r->fresh[i] == person)
            r->fresh[i--] = r->fresh[--r->n_fresh];
    pthread_mutex_unlock(&h->lock);
}

/* What was committed is done, also when the record cannot be read anew just now: the refresh does it then. */
bool vg_hall__write(vg_call *c, const vg_seat *seat, vg_live_entry *entry, int32_t n, vg_err *e)
{
    vg_hall *h = vg_call_state(c);
    vg_err later = VG_NO_ERR;
    bool changes = false;
    if (!vg_live_write(h->writer, entry, n, e))
        return false;
    for (int32_t i = 0; i < n; i++) {
        changes = changes || entry[i].kind == VG_LIVE_STATE || entry[i].kind == VG_LIVE_ACT ||
                  entry[i].kind == VG_LIVE_WORDING || entry[i].kind == VG_LIVE_LEAVE;
        if (entry[i].kind == VG_LIVE_LEAVE)
            forget_fresh(h, seat->room, entry[i].person);
    }
    if (changes)
        renew(h, vg_call_store(c), seat->record->about.name, &later);
    return true;
}

static gate *gate_of(vg_room *r, int64_t code)
{
    for (int32_t i = 0; i < r->n_gates; i++)
        if (r->gate[i].code == code)
            return &r->gate[i];
    if (r->n_gates == MOST_GATES)
        return NULL;
    r->gate[r->n_gates] = (gate){ .code = code };
    return &r->gate[r->n_gates++];
}

bool vg_hall__may_come(vg_call *c, const vg_seat *seat, const vg_live_code *code)
{
    vg_hall *h = vg_call_state(c);
    bool may = true;
    if (code->most <= 1) /* its count is its limit */
        return true;
    pthread_mutex_lock(&h->lock);
    gate *g = gate_of(seat->room, code->id);
    if (g) {
        int64_t minute = vg_now() / 60;
        g->n = g->minute == minute ? g->n : 0;
        g->minute = minute;
        may = g->n < code->per_minute;
        g->n += may;
        g->refused += !may;
        g->busiest = g->n > g->busiest ? g->n : g->busiest;
    }
    pthread_mutex_unlock(&h->lock);
    return may;
}

void vg_hall__pressure(vg_call *c, const vg_seat *seat, int64_t code, int64_t *refused, int64_t *busiest)
{
    vg_hall *h = vg_call_state(c);
    *refused = *busiest = 0;
    pthread_mutex_lock(&h->lock);
    for (int32_t i = 0; i < seat->room->n_gates; i++)
        if (seat->room->gate[i].code == code) {
            *refused = seat->room->gate[i].refused;
            *busiest = seat->room->gate[i].busiest;
        }
    pthread_mutex_unlock(&h->lock);
}

void vg_hall__counted(vg_call *c, const vg_seat *seat, int64_t person, const int64_t *statement, int32_t n)
{
    vg_hall *h = vg_call_state(c);
    vg_room *r = seat->room;
    bool known = false;
    pthread_mutex_lock(&h->lock);
    for (int32_t i = 0; i < n; i++)
        if (statement[i] >= 1 && statement[i] <= r->n_count)
            r->count[statement[i] - 1]++;
    for (int32_t i = 0; i < r->n_fresh; i++)
        known = known || r->fresh[i] == person;
    if (n && person && !known && r->n_fresh < FRESH_PEOPLE)
        r->fresh[r->n_fresh++] = person;
    pthread_mutex_unlock(&h->lock);
}

void vg_hall__counts(vg_call *c, const vg_seat *seat, int32_t *count, int32_t n)
{
    vg_hall *h = vg_call_state(c);
    pthread_mutex_lock(&h->lock);
    int32_t have = n < seat->room->n_count ? n : seat->room->n_count;
    if (have)
        memcpy(count, seat->room->count, (size_t)have * sizeof *count);
    pthread_mutex_unlock(&h->lock);
}

/* --- pictures --- */

static void drop_view(vg_held_view *v)
{
    if (!v || --v->n_users > 0)
        return;
    vg_live_view_free(v->view);
    free(v);
}

vg_held_view *vg_hall__view(vg_call *c, const vg_seat *seat, int64_t *number)
{
    vg_hall *h = vg_call_state(c);
    pthread_mutex_lock(&h->lock);
    vg_held_view *v = seat->room->view;
    seat->room->wanted_at = vg_now();
    *number = v ? v->number : 0;
    if (v)
        v->n_users++;
    pthread_mutex_unlock(&h->lock);
    return v;
}

const vg_live_view *vg_hall__view_of(const vg_held_view *v)
{
    return v ? v->view : NULL;
}

void vg_hall__give_view(vg_call *c, vg_held_view *v)
{
    vg_hall *h = vg_call_state(c);
    pthread_mutex_lock(&h->lock);
    drop_view(v);
    pthread_mutex_unlock(&h->lock);
}

/* A room whose picture is wanted, old, and may be made: the votes of enough people are new. Its record is held then. */
static vg_room *next_room(vg_hall *h, room_record **held)
{
    int64_t now = now_ms();
    for (vg_room *r = h->first; r; r = r->next) {
        int64_t wait_ms = r->took_ms * VIEW_SHARE > VIEW_MS ? r->took_ms * VIEW_SHARE : VIEW_MS;
        if (vg_now() - r->wanted_at > WANTED_S || (r->view && r->n_fresh < FRESH_PEOPLE) ||
            (r->made_ms && now - r->made_ms < wait_ms)) /* also after a failure */
            continue;
        r->n_fresh = 0;
        r->now->n_users++;
        *held = r->now;
        return r;
    }
    return NULL;
}

/* A picture being made. */
typedef struct {
    vg_hall *h;
    vg_room *room;
    bool has_read;
} painting;

/* The first step comes when the votes were read: who voted until then is in this picture, and no reason for the next. */
static bool may_go_on(void *ctx, const char *what, int64_t done, int64_t total)
{
    painting *p = ctx;
    vg_hall *h = p->h;
    (void)what, (void)done, (void)total;
    pthread_mutex_lock(&h->lock);
    if (!p->has_read)
        p->room->n_fresh = 0;
    p->has_read = true;
    bool on = !h->closing;
    pthread_mutex_unlock(&h->lock);
    return on;
}

static void tell_watchers(vg_hall *h, const vg_room *r)
{
    vg_out o;
    if (!vg_out_memory(&o, NULL))
        return;
    vg_print(&o, "{\"name\":\"%.*s\",\"number\":%lld}", VG_P(r->now->record.about.name),
             (long long)r->n_views);
    vg_serve_post(h->s, "consultation", vg_out_text(&o));
    vg_out_drop(&o);
}

static void paint(vg_hall *h, vg_room *r, room_record *held, vg_store *st)
{
    vg_err e = VG_NO_ERR;
    vg_live_view *view = NULL;
    vg_held_view *made = calloc(1, sizeof *made);
    int64_t begun = now_ms();
    painting at_work = { .h = h, .room = r };
    vg_progress progress = { may_go_on, &at_work };
    bool good = made && vg_live_view_make(st, &held->record, progress, &view, &e);
    pthread_mutex_lock(&h->lock);
    drop_record(held);
    r->made_ms = now_ms();
    r->took_ms = r->made_ms - begun;
    if (good) {
        *made = (vg_held_view){ .view = view, .number = ++r->n_views, .n_users = 1 };
        drop_view(r->view);
        r->view = made;
        tell_watchers(h, r);
    } else {
        free(made);
        r->n_fresh = FRESH_PEOPLE; /* again at the next turn */
    }
    pthread_mutex_unlock(&h->lock);
}

static void wait_turn(vg_hall *h)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + (int64_t)TURN_MS * 1000000;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    if (!h->closing)
        pthread_cond_timedwait(&h->changed, &h->lock, &until);
}

/* With the lowest right to the processor: who votes goes before who watches. */
static void *paint_on(void *arg)
{
    vg_hall *h = arg;
    vg_store *st = NULL;
    vg_err e = VG_NO_ERR;
    setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
    bool opened = vg_store_open(vg_serve_store(h->s), VG_STORE_READ, &st, &e);
    pthread_mutex_lock(&h->lock);
    while (opened && !h->closing) {
        room_record *held;
        vg_room *r = next_room(h, &held);
        if (r) {
            pthread_mutex_unlock(&h->lock);
            paint(h, r, held, st);
            pthread_mutex_lock(&h->lock);
        } else {
            wait_turn(h);
        }
    }
    pthread_mutex_unlock(&h->lock);
    vg_store_close(st);
    return NULL;
}

/* --- begin and end --- */

bool vg_hall__open(vg_serve *s, void **state, vg_err *e)
{
    vg_hall *h = calloc(1, sizeof *h);
    if (!h)
        return vg_fail_memory(e, 0);
    h->s = s;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    bool good = vg_live_writer_start(vg_serve_store(s), &h->writer, e);
    if (good) {
        h->begun = pthread_create(&h->painter, NULL, paint_on, h) == 0;
        good = h->begun || vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads");
    }
    if (!good) {
        vg_hall__close(h);
        return false;
    }
    *state = h;
    return true;
}

void vg_hall__close(void *state)
{
    vg_hall *h = state;
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->closing = true;
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
    if (h->begun)
        pthread_join(h->painter, NULL);
    vg_live_writer_stop(h->writer);
    while (h->first) {
        vg_room *r = h->first;
        h->first = r->next;
        drop_record(r->now);
        drop_view(r->view);
        free(r->count);
        free(r);
    }
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    free(h);
}
