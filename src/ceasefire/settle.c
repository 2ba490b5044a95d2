/* From what changed to incidents: components that lost a report, or whose rate moved, fall apart and are linked anew; new
 * reports join components; each component that was touched is cut into incidents again, and the difference is told to
 * the sink by number of the incident. Invariant: links depend on two reports alone, so components are those of the whole
 * set, whatever came first. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

/* --- components --- */

static bool new_component(vg_watch *w, int32_t slot, vg_err *e)
{
    int32_t i = w->free_component;
    if (i >= 0)
        w->free_component = w->component[i].head;
    else if (!vg_watch_room(&w->memory, &w->component, &w->cap_components, w->n_components + 1,
                            sizeof *w->component, e))
        return false;
    else
        i = (int32_t)w->n_components++;
    w->component[i] = (vg_component){ .head = slot, .n = 1, .incident = -1 };
    w->slot[slot].component = i;
    w->slot[slot].next_in_component = -1;
    return true;
}

static void free_component(vg_watch *w, int32_t i)
{
    w->component[i] = (vg_component){ .head = w->free_component };
    w->free_component = i;
}

/* Its incidents are no more; they are kept until the sink was told. */
static bool retire(vg_watch *w, int32_t component, vg_err *e)
{
    for (int32_t i = w->component[component].incident; i >= 0; i = w->cluster[i].next)
        if (!vg_watch_push(&w->memory, &w->retired, i, e))
            return false;
    w->component[component].incident = -1;
    return true;
}

static bool touch(vg_watch *w, int32_t component, vg_err *e)
{
    if (!retire(w, component, e))
        return false;
    if (w->component[component].touched)
        return true;
    w->component[component].touched = true;
    return vg_watch_push(&w->memory, &w->touched, component, e);
}

static bool queue(vg_watch *w, int32_t slot, vg_err *e)
{
    vg_slot *s = &w->slot[slot];
    s->component = s->incident = -1;
    if (!(s->flags & VG_SLOT_FORCE) || (s->flags & VG_SLOT_QUEUED))
        return true;
    s->flags |= VG_SLOT_QUEUED;
    return vg_watch_push(&w->memory, &w->relink, slot, e);
}

/* All members of a component wait to be linked anew. */
static bool scatter(vg_watch *w, int32_t component, vg_err *e)
{
    if (!retire(w, component, e))
        return false;
    for (int32_t i = w->component[component].head, next; i >= 0; i = next) {
        next = w->slot[i].next_in_component;
        if (!queue(w, i, e))
            return false;
    }
    free_component(w, component);
    return true;
}

static bool join(vg_watch *w, int32_t a, int32_t b, vg_err *e)
{
    if (a == b)
        return true;
    if (w->component[a].n < w->component[b].n) {
        int32_t x = a;
        a = b;
        b = x;
    }
    if (!touch(w, a, e) || !retire(w, b, e))
        return false;
    int32_t last = -1;
    for (int32_t i = w->component[b].head; i >= 0; i = w->slot[i].next_in_component) {
        w->slot[i].component = a;
        last = i;
    }
    w->slot[last].next_in_component = w->component[a].head;
    w->component[a].head = w->component[b].head;
    w->component[a].n += w->component[b].n;
    w->component[b].head = -1;
    w->component[b].n = 0; /* freed with the touched ones */
    return w->component[b].touched || touch(w, b, e);
}

static bool link_to(vg_watch *w, int32_t slot, int32_t other, vg_err *e)
{
    const vg_slot *a = &w->slot[slot], *b = &w->slot[other];
    if (a->component == b->component || vg_watch_score(w, a, b) < w->link)
        return true;
    return join(w, a->component, b->component, e);
}

static bool relink(vg_watch *w, vg_err *e)
{
    for (int64_t k = 0; k < w->dirty.n; k++) {
        int32_t i = w->dirty.at[k];
        w->slot[i].flags &= (uint8_t)~VG_SLOT_DIRTY;
        if (w->slot[i].component >= 0 ? !scatter(w, w->slot[i].component, e) : !queue(w, i, e))
            return false;
    }
    w->dirty.n = 0;
    for (int64_t k = 0; k < w->relink.n; k++) {
        int32_t i = w->relink.at[k];
        w->slot[i].flags &= (uint8_t)~VG_SLOT_QUEUED;
        if (!new_component(w, i, e) || !touch(w, w->slot[i].component, e))
            return false;
    }
    for (int64_t k = 0; k < w->relink.n; k++)
        if (!vg_watch_near(w, w->relink.at[k], link_to, e))
            return false;
    w->relink.n = 0;
    return true;
}

/* --- incidents --- */

static bool new_cluster(vg_watch *w, int32_t component, int32_t *out, vg_err *e)
{
    int32_t i = w->free_cluster;
    if (i >= 0)
        w->free_cluster = w->cluster[i].next;
    else if (!vg_watch_room(&w->memory, &w->cluster, &w->cap_clusters, w->n_clusters + 1, sizeof *w->cluster,
                            e))
        return false;
    else
        i = (int32_t)w->n_clusters++;
    vg_cluster *c = &w->cluster[i];
    memset(c, 0, sizeof *c);
    c->component = component;
    c->next = w->component[component].incident;
    w->component[component].incident = i;
    *out = i;
    return vg_watch_push(&w->memory, &w->fresh, i, e);
}

static void decide(const vg_watch *w, const int32_t *slot, int32_t n, vg_incident *x)
{
    int64_t newest = INT64_MIN;
    for (int32_t i = 0; i < n; i++) {
        if (!(w->slot[slot[i]].flags & VG_SLOT_DECIDED))
            continue;
        const vg_kept_decision *d = &w->decision[*vg_watch_find(&w->decided, w->slot[slot[i]].key)];
        if (d->seq > newest) {
            newest = d->seq;
            x->verification = (int8_t)d->state;
        }
    }
}

/* An incident of these members, by (from, key). */
static bool make_incident(vg_watch *w, int32_t component, const int32_t *slot, int32_t n, vg_err *e)
{
    int32_t made;
    if (!new_cluster(w, component, &made, e))
        return false;
    vg_cluster *c = &w->cluster[made];
    c->head = slot[0];
    for (int32_t i = 0; i < n; i++) {
        w->slot[slot[i]].incident = made;
        w->slot[slot[i]].next_in_incident = i + 1 < n ? slot[i + 1] : -1;
    }
    vg_fused f;
    decide(w, slot, n, &c->x);
    vg_watch_fuse(w, slot, n, &c->x, &f);
    vg_watch_attribute(w, slot, n, &c->x, &f);
    vg_watch_match(w, &c->x, &f);
    return true;
}

static int by_time(const vg_slot *a, const vg_slot *b)
{
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* Heap sort: no recursion, no memory, and the order is total. */
static void sort_slots(const vg_watch *w, int32_t *at, int32_t n)
{
    if (n < 24) {
        for (int32_t i = 1; i < n; i++) {
            int32_t x = at[i], k = i;
            for (; k > 0 && by_time(&w->slot[x], &w->slot[at[k - 1]]) < 0; k--)
                at[k] = at[k - 1];
            at[k] = x;
        }
        return;
    }
    for (int32_t end = n, start = n / 2; end > 1;) {
        if (start > 0) {
            start--;
        } else {
            int32_t x = at[--end];
            at[end] = at[0];
            at[0] = x;
        }
        for (int32_t root = start, child; (child = 2 * root + 1) < end; root = child) {
            if (child + 1 < end && by_time(&w->slot[at[child]], &w->slot[at[child + 1]]) < 0)
                child++;
            if (by_time(&w->slot[at[root]], &w->slot[at[child]]) >= 0)
                break;
            int32_t x = at[root];
            at[root] = at[child];
            at[child] = x;
        }
    }
}

static bool cut(vg_watch *w, int32_t component, vg_err *e)
{
    int32_t n = w->component[component].n, n_groups = 1;
    if (n == 1)
        return make_incident(w, component, &w->component[component].head, 1, e);
    if (!vg_watch_room(&w->memory, &w->members.at, &w->members.cap, 3 * (int64_t)n, sizeof *w->members.at, e))
        return false;
    int32_t *slot = w->members.at, *group = slot + n, *mine = group + n, k = 0;
    for (int32_t i = w->component[component].head; i >= 0; i = w->slot[i].next_in_component)
        slot[k++] = i;
    sort_slots(w, slot, n);
    if (n == 2) /* they are linked */
        return make_incident(w, component, slot, 2, e);
    if (!vg_watch_groups(w, slot, n, group, &n_groups, e))
        return false;
    for (int32_t g = 0; g < n_groups; g++) {
        int32_t n_mine = 0;
        for (int32_t i = 0; i < n; i++)
            if (group[i] == g)
                mine[n_mine++] = slot[i];
        if (!make_incident(w, component, mine, n_mine, e))
            return false;
    }
    return true;
}

static bool cut_touched(vg_watch *w, vg_err *e)
{
    for (int64_t k = 0; k < w->touched.n; k++) {
        int32_t i = w->touched.at[k];
        w->component[i].touched = false;
        if (w->component[i].n == 0)
            free_component(w, i);
        else if (!cut(w, i, e))
            return false;
    }
    w->touched.n = 0;
    return true;
}

/* --- what is different --- */

static void sort_by_id(const vg_watch *w, vg_watch_list *l)
{
    for (int64_t end = l->n, start = l->n / 2; end > 1;) { /* heap sort */
        if (start > 0) {
            start--;
        } else {
            int32_t x = l->at[--end];
            l->at[end] = l->at[0];
            l->at[0] = x;
        }
        for (int64_t root = start, child; (child = 2 * root + 1) < end; root = child) {
            if (child + 1 < end && w->cluster[l->at[child]].x.id < w->cluster[l->at[child + 1]].x.id)
                child++;
            if (w->cluster[l->at[root]].x.id >= w->cluster[l->at[child]].x.id)
                break;
            int32_t x = l->at[root];
            l->at[root] = l->at[child];
            l->at[child] = x;
        }
    }
}

static bool tell(vg_watch *w, const vg_incident *was, const vg_incident *now, vg_err *e)
{
    if (!w->opts.sink.changed || (was && now && memcmp(was, now, sizeof *was) == 0))
        return true;
    return w->opts.sink.changed(w->opts.sink.ctx, was, now, e);
}

/* Both lists by id; the same id on both is one incident that changed. */
static bool tell_all(vg_watch *w, vg_err *e)
{
    sort_by_id(w, &w->retired);
    sort_by_id(w, &w->fresh);
    for (int64_t i = 0, k = 0; i < w->retired.n || k < w->fresh.n;) {
        const vg_incident *was = i < w->retired.n ? &w->cluster[w->retired.at[i]].x : NULL;
        const vg_incident *now = k < w->fresh.n ? &w->cluster[w->fresh.at[k]].x : NULL;
        if (was && now && was->id != now->id) {
            if (was->id < now->id)
                now = NULL;
            else
                was = NULL;
        }
        i += was != NULL;
        k += now != NULL;
        if (!tell(w, was, now, e))
            return false;
    }
    return true;
}

static void forget_retired(vg_watch *w)
{
    w->count.n_incidents += w->fresh.n - w->retired.n;
    w->n_clusters_live += w->fresh.n - w->retired.n;
    for (int64_t i = 0; i < w->retired.n; i++) {
        w->cluster[w->retired.at[i]].next = w->free_cluster;
        w->cluster[w->retired.at[i]].component = -1;
        w->free_cluster = w->retired.at[i];
    }
    w->retired.n = w->fresh.n = 0;
}

/* A decision, or another number in the log, changes an incident and no link. */
static bool touch_retold(vg_watch *w, vg_err *e)
{
    for (int64_t i = 0; i < w->retold.n; i++) {
        int32_t component = w->slot[w->retold.at[i]].component;
        if (component >= 0 && !touch(w, component, e))
            return false;
    }
    w->retold.n = 0;
    return true;
}

bool vg_watch_settle(vg_watch *w, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (!vg_watch_rate_settle(w, e) || !relink(w, e) || !touch_retold(w, e) || !cut_touched(w, e) ||
        !tell_all(w, e))
        return false;
    forget_retired(w);
    vg_watch_put_away(w);
    return true;
}
