/* The server as a whole: what is opened in which order, and closed in the other. Invariant: whatever fails on the way up,
 * vg_serve_stop takes down exactly what stands. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "serve/serve_int.h"

enum { WORKER_BYTES = 512 << 20, TOKEN_BYTES = 64 << 20 };

static void set_default(int *x, int usual)
{
    if (*x <= 0)
        *x = usual;
}

static vg_serve_opts with_defaults(const vg_serve_opts *given)
{
    vg_serve_opts o = *given;
    o.listen = o.listen ? o.listen : "127.0.0.1";
    set_default(&o.n_workers, 4);
    set_default(&o.n_slow, 2);
    set_default(&o.max_connections, 4096);
    set_default(&o.verb_s, 120);
    set_default(&o.header_s, 10);
    set_default(&o.request_s, 30);
    set_default(&o.write_s, 300);
    set_default(&o.poll_ms, 500);
    o.body_bytes = o.body_bytes > 0 ? o.body_bytes : 1 << 20;
    return o;
}

static bool open_workers(vg_serve *s, vg_err *e)
{
    s->n_workers = s->o.n_workers + s->o.n_slow;
    s->worker = calloc((size_t)s->n_workers, sizeof *s->worker);
    if (!s->worker)
        return vg_fail_memory(e, 0);
    for (int i = 0; i < s->n_workers; i++) {
        vg_worker *w = &s->worker[i];
        w->tokens_at = -1;
        if (!vg_arena_init(&w->arena, WORKER_BYTES, e) || !vg_arena_init(&w->token_arena, TOKEN_BYTES, e) ||
            !vg_arena_init(&w->scratch, TOKEN_BYTES, e) ||
            !vg_store_open(s->o.store, VG_STORE_READ, &w->st, e))
            return false;
        vg_store_map(w->st);
    }
    return true;
}

/* Beyond this machine only with tokens; a proxy that is trusted says itself who asks. */
static bool door_is_safe(vg_serve *s, vg_err *e)
{
    bool needed;
    bool loopback = vg_http__is_loopback(s->o.listen);
    s->open = true; /* for the question whether any token lives */
    if (!vg_access__token_needed(s, &s->worker[0], &needed, e))
        return false;
    s->open = loopback && !s->o.trust_proxy;
    if (loopback || needed)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s can be reached from elsewhere, and the store has no token",
            s->o.listen);
    vg_why(e, "without a token everybody who can reach the server could read all of it");
    return vg_mend(e, "make one first (vigie token add --role viewer --name NAME), or listen on 127.0.0.1");
}

static bool start(vg_serve *s, vg_err *e)
{
    if ((s->o.web && !vg_files__open(s->o.web, &s->files, e)) || !open_workers(s, e) || !door_is_safe(s, e) ||
        !vg_hub__new(&s->hub, e) || !vg_ticker__start(s, e) || !vg_doors__open(s, e))
        return false;
    vg_http__opts ho = { .listen = s->o.listen,
                         .port = s->o.port,
                         .n_workers = s->o.n_workers,
                         .n_slow = s->o.n_slow,
                         .max_connections = s->o.max_connections,
                         .header_s = s->o.header_s,
                         .request_s = s->o.request_s,
                         .write_s = s->o.write_s,
                         .rate = s->o.rate,
                         .body_bytes = s->o.body_bytes,
                         .hub = s->hub,
                         .ctx = s,
                         .is_slow = vg_router__is_slow,
                         .most_bytes = vg_router__body_bytes,
                         .answer = vg_router__answer,
                         .done = vg_figures__done };
    return vg_http__start(&ho, &s->http, e);
}

bool vg_serve_start(const vg_serve_opts *o, vg_serve **out, vg_err *e)
{
    vg_serve *s = calloc(1, sizeof *s);
    if (!s)
        return vg_fail_memory(e, 0);
    s->o = with_defaults(o);
    s->started_at = vg_now();
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->grid_lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    if (!start(s, e)) {
        vg_serve_stop(s);
        return false;
    }
    *out = s;
    return true;
}

int vg_serve_port(const vg_serve *s)
{
    return vg_http__port(s->http);
}

void vg_serve_stop(vg_serve *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (s->http)
        vg_http__stop(s->http);
    vg_ticker__stop(s);
    vg_doors__close(s);
    for (int i = 0; s->worker && i < s->n_workers; i++) {
        vg_store_close(s->worker[i].st);
        vg_arena_free(&s->worker[i].arena);
        vg_arena_free(&s->worker[i].token_arena);
        vg_arena_free(&s->worker[i].scratch);
    }
    free(s->worker);
    vg_files__close(s->files);
    vg_grids__end(s);
    vg_hub__free(s->hub);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->grid_lock);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
