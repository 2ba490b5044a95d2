/* Indexes of events in use: the one of the best source, made anew after an import, and a few that were asked for by
 * source or by day. Invariant: an index is freed when nobody reads it and nothing newer needs it, and not before. */
#include <stdlib.h>
#include <string.h>

#include "serve/serve_int.h"

static void drop_locked(vg_snapshot *snap)
{
    if (snap && --snap->n_users == 0) {
        vg_event_index_free(snap->index);
        free(snap);
    }
}

vg_snapshot *vg_snapshot__take(vg_serve *s)
{
    pthread_mutex_lock(&s->lock);
    vg_snapshot *snap = s->snapshot;
    snap->n_users++;
    pthread_mutex_unlock(&s->lock);
    return snap;
}

void vg_snapshot__give(vg_serve *s, vg_snapshot *snap)
{
    pthread_mutex_lock(&s->lock);
    drop_locked(snap);
    pthread_mutex_unlock(&s->lock);
}

static vg_snapshot *new_snapshot(vg_store *st, vg_str source, int64_t as_of, vg_err *e)
{
    vg_snapshot *snap = calloc(1, sizeof *snap);
    if (!snap) {
        vg_fail_memory(e, 0);
        return NULL;
    }
    if (!vg_event_index_build(st, source, as_of, &snap->index, e)) {
        free(snap);
        return NULL;
    }
    snprintf(snap->source, sizeof snap->source, "%.*s", VG_P(source));
    snap->as_of = as_of;
    snap->n_users = 1; /* the server's own */
    return snap;
}

static void drop_asked_locked(vg_serve *s)
{
    for (int i = 0; i < VG_ASKED_SNAPSHOTS; i++) {
        drop_locked(s->asked[i]);
        s->asked[i] = NULL;
    }
}

bool vg_snapshot__renew(vg_serve *s, vg_store *st, vg_err *e)
{
    vg_snapshot *snap = new_snapshot(st, VG_NOSTR, 0, e);
    if (!snap)
        return false;
    pthread_mutex_lock(&s->lock);
    drop_locked(s->snapshot);
    s->snapshot = snap;
    s->n_renewals++;
    drop_asked_locked(s);
    pthread_mutex_unlock(&s->lock);
    return true;
}

static vg_snapshot *take_asked(vg_serve *s, vg_str source, int64_t as_of)
{
    vg_snapshot *found = NULL;
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < VG_ASKED_SNAPSHOTS && !found; i++)
        if (s->asked[i] && s->asked[i]->as_of == as_of && vg_eq(vg_str_z(s->asked[i]->source), source))
            found = s->asked[i];
    if (found)
        found->n_users++;
    pthread_mutex_unlock(&s->lock);
    return found;
}

static int64_t renewals(vg_serve *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t n = s->n_renewals;
    pthread_mutex_unlock(&s->lock);
    return n;
}

/* In the place of the oldest one; an import drops them all. One that was begun before an import was seen may lack it: that
 * answers its own question and is not kept. */
static void keep_asked(vg_serve *s, vg_snapshot *snap, int64_t begun_at)
{
    pthread_mutex_lock(&s->lock);
    if (s->n_renewals != begun_at) {
        pthread_mutex_unlock(&s->lock);
        return;
    }
    vg_snapshot **place = &s->asked[s->next_asked++ % VG_ASKED_SNAPSHOTS];
    drop_locked(*place);
    *place = snap;
    snap->n_users++;
    pthread_mutex_unlock(&s->lock);
}

bool vg_snapshot__of(vg_call *c, vg_str source, int64_t as_of, vg_snapshot **out, vg_err *e)
{
    vg_serve *s = c->s;
    bool fits = source.n < (ptrdiff_t)sizeof(*out)->source;
    if (!source.n && !as_of) {
        *out = vg_snapshot__take(s);
        return true;
    }
    vg_snapshot *snap = fits ? take_asked(s, source, as_of) : NULL;
    if (!snap) {
        int64_t begun_at = renewals(s);
        snap = new_snapshot(c->w->st, source, as_of, e);
        if (!snap)
            return false;
        if (fits)
            keep_asked(s, snap, begun_at);
    }
    *out = snap;
    return true;
}

void vg_snapshot__end(vg_serve *s)
{
    pthread_mutex_lock(&s->lock);
    drop_locked(s->snapshot);
    s->snapshot = NULL;
    drop_asked_locked(s);
    pthread_mutex_unlock(&s->lock);
}
