/* What doors see of a call and of the server, and the doors' own life: opened with the server, refreshed in a thread when
 * the store was written to, closed behind the last answer. Invariant: a door's function is never called before its open
 * has succeeded nor after its close began. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "serve/serve_int.h"

static const char HTML_POLICY[] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/* --- what is asked --- */

vg_str vg_call_text(const vg_call *c, const char *name)
{
    return vg_call_value(c, name)->text;
}

int64_t vg_call_whole(const vg_call *c, const char *name)
{
    return vg_call_value(c, name)->whole;
}

double vg_call_number(const vg_call *c, const char *name)
{
    return vg_call_value(c, name)->number;
}

bool vg_call_given(const vg_call *c, const char *name)
{
    return vg_call_value(c, name)->given;
}

vg_str vg_call_each(const vg_call *c, const char *name, int i)
{
    for (int k = 0; k < c->target.n_pairs; k++)
        if (vg_eq(c->target.pair[k].name, vg_str_z(name)) && i-- == 0)
            return c->target.pair[k].value;
    return VG_NOSTR;
}

vg_str vg_call_body(const vg_call *c)
{
    return c->body & (VG_BODY_JSON | VG_BODY_CSV | VG_BODY_OTHER) ? c->q->body : VG_NOSTR;
}

vg_str vg_call_body_type(const vg_call *c)
{
    vg_str type = c->q->content_type;
    return vg_trim(vg_cut(&type, ';'));
}

vg_body vg_call_body_kind(const vg_call *c)
{
    return c->body;
}

const vg_route *vg_call_route(const vg_call *c)
{
    return c->route;
}

vg_str vg_call_path(const vg_call *c)
{
    return c->target.path;
}

vg_str vg_call_languages(const vg_call *c)
{
    return c->q->accept_language;
}

vg_str vg_call_who(const vg_call *c)
{
    return c->who;
}

vg_role vg_call_role(const vg_call *c)
{
    return c->role;
}

vg_str vg_call_address(const vg_call *c)
{
    return c->q->address;
}

/* --- what an answer is made with --- */

vg_arena *vg_call_arena(const vg_call *c)
{
    return &c->w->arena;
}

bool vg_call_fields(vg_call *c, vg_str body, const struct vg_field *table, void *to, vg_err *e)
{
    return vg_fields_get(body, table, to, &c->w->arena, c->w->scratch, e);
}

vg_store *vg_call_store(const vg_call *c)
{
    return c->w->st;
}

void *vg_call_state(const vg_call *c)
{
    return c->door >= 0 ? c->s->door_state[c->door] : NULL;
}

vg_serve *vg_call_serve(const vg_call *c)
{
    return c->s;
}

bool vg_call_change(vg_call *c, vg_store **st, vg_err *e)
{
    if (!vg_store_open(c->s->o.store, VG_STORE_WRITE, st, e))
        return false;
    vg_store_actor(*st, c->who);
    return true;
}

typedef struct {
    vg_serve *s;
    struct timespec until;
} deadline;

static bool step(void *ctx, const char *what, int64_t done, int64_t total)
{
    const deadline *d = ctx;
    struct timespec now;
    (void)what, (void)done, (void)total;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return !vg_serve_stopping(d->s) && (now.tv_sec < d->until.tv_sec ||
                                        (now.tv_sec == d->until.tv_sec && now.tv_nsec < d->until.tv_nsec));
}

vg_progress vg_call_progress(vg_call *c)
{
    deadline *d = vg_new(&c->w->arena, deadline, 1);
    if (!d)
        return (vg_progress){ .step = NULL };
    d->s = c->s;
    clock_gettime(CLOCK_MONOTONIC, &d->until);
    d->until.tv_sec += c->s->o.verb_s;
    return (vg_progress){ .step = step, .ctx = d };
}

/* --- answers --- */

vg_out *vg_call_out(vg_call *c)
{
    return &c->r->body;
}

vg_as vg_call_as(const vg_call *c)
{
    return c->as;
}

void vg_call_type(vg_call *c, const char *type)
{
    c->r->type = type;
}

void vg_call_html(vg_call *c)
{
    c->r->type = "text/html; charset=utf-8";
    c->r->policy = HTML_POLICY;
}

void vg_call_status(vg_call *c, int status)
{
    c->r->status = status;
}

void vg_call_location(vg_call *c, vg_str path)
{
    bool plain = path.n < (ptrdiff_t)sizeof c->r->location;
    for (ptrdiff_t i = 0; i < path.n && plain; i++)
        plain = path.s[i] > ' ' && path.s[i] < 0x7F;
    if (plain)
        snprintf(c->r->location, sizeof c->r->location, "%.*s", VG_P(path));
}

void vg_call_retry_after(vg_call *c, int seconds)
{
    c->r->retry_after_s = seconds;
}

void vg_call_file_name(vg_call *c, vg_str name)
{
    size_t n = 0;
    for (ptrdiff_t i = 0; i < name.n && n < sizeof c->r->file_name - 1; i++) {
        char b = vg_lower(name.s[i]);
        bool plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || (b == '.' && n > 0);
        c->r->file_name[n++] = plain ? name.s[i] : '-';
    }
    c->r->file_name[n] = '\0';
}

/* --- the server --- */

const char *vg_serve_store(const vg_serve *s)
{
    return s->o.store;
}

bool vg_serve_stopping(vg_serve *s)
{
    pthread_mutex_lock(&s->lock);
    bool stopping = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stopping;
}

void vg_serve_post(vg_serve *s, const char *event, vg_str json)
{
    vg_out o;
    if (vg_find_byte(json, '\n') >= 0 || vg_find_byte(json, '\r') >= 0 || !vg_out_memory(&o, NULL))
        return;
    vg_print(&o, "event: %s\ndata: %.*s\n\n", event, VG_P(json));
    if (!o.failed)
        vg_hub__post(s->hub, 0, vg_out_text(&o));
    vg_out_drop(&o);
}

/* --- the doors' life --- */

int vg_doors__of(const vg_serve *s, const vg_route *r)
{
    for (int i = 0; i < s->o.n_doors; i++) {
        const vg_door *d = s->o.door[i];
        for (int k = 0; k < d->n_routes; k++)
            if (&d->route[k] == r)
                return i;
    }
    return -1;
}

typedef struct {
    vg_serve *s;
    vg_store *st;
    int64_t version;
} refresher;

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

static void refresh_all(const refresher *r)
{
    vg_serve *s = r->s;
    for (int i = 0; i < s->o.n_doors; i++) {
        vg_err e = VG_NO_ERR; /* asked again after the next write */
        if (s->o.door[i]->refresh)
            s->o.door[i]->refresh(s, s->door_state[i], r->st, &e);
    }
}

static void *refresh(void *arg)
{
    refresher *r = arg;
    while (wait_turn(r->s)) {
        vg_err e = VG_NO_ERR;
        int64_t version;
        if (!vg_store_data_version(r->st, &version, &e) || version == r->version)
            continue;
        r->version = version;
        refresh_all(r);
    }
    vg_store_close(r->st);
    free(r);
    return NULL;
}

/* Its version is taken before the doors read the store, so that no write falls between. */
static bool new_refresher(vg_serve *s, refresher **out, vg_err *e)
{
    refresher *r = calloc(1, sizeof *r);
    if (!r)
        return vg_fail_memory(e, 0);
    r->s = s;
    if (!vg_store_open(s->o.store, VG_STORE_READ, &r->st, e) ||
        !vg_store_data_version(r->st, &r->version, e)) {
        vg_store_close(r->st);
        free(r);
        return false;
    }
    *out = r;
    return true;
}

static bool open_doors(vg_serve *s, vg_err *e)
{
    for (int i = 0; i < s->o.n_doors; i++)
        if (s->o.door[i]->open && !s->o.door[i]->open(s, &s->door_state[i], e))
            return false;
    return true;
}

bool vg_doors__open(vg_serve *s, vg_err *e)
{
    refresher *r = NULL;
    if (s->o.n_doors <= 0)
        return true;
    s->door_state = calloc((size_t)s->o.n_doors, sizeof *s->door_state);
    if (!s->door_state)
        return vg_fail_memory(e, 0);
    if (!new_refresher(s, &r, e))
        return false;
    bool good = open_doors(s, e);
    s->has_refresher = good && pthread_create(&s->refresher, NULL, refresh, r) == 0;
    if (s->has_refresher)
        return true;
    vg_store_close(r->st);
    free(r);
    return good ? vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no more threads") : false;
}

void vg_doors__close(vg_serve *s)
{
    if (s->has_refresher)
        pthread_join(s->refresher, NULL);
    s->has_refresher = false;
    for (int i = 0; s->door_state && i < s->o.n_doors; i++)
        if (s->o.door[i]->close)
            s->o.door[i]->close(s->door_state[i]);
    free(s->door_state);
    s->door_state = NULL;
}
