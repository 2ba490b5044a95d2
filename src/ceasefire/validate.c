/* The invariants of a settled watch, one by one, for tests. */
#include "ceasefire/watch_int.h"

static bool wrong(const char **reason, const char *what)
{
    *reason = what;
    return false;
}

static bool slots_hold(const vg_watch *w, int64_t *n_force, const char **reason)
{
    for (int64_t i = 0; i < w->n_slots; i++) {
        const vg_slot *s = &w->slot[i];
        if (s->flags & (VG_SLOT_DIRTY | VG_SLOT_QUEUED))
            return wrong(reason, "a slot still waits");
        if (!(s->flags & VG_SLOT_FORCE))
            continue;
        (*n_force)++;
        if (w->slot[s->head].current != i)
            return wrong(reason, "a version in force is not its name's current one");
        if (s->component < 0 || s->incident < 0 || w->cluster[s->incident].component != s->component)
            return wrong(reason, "a slot in force is in no incident of its component");
        if (!(s->flags & VG_SLOT_TILED))
            return wrong(reason, "a slot in force stands in no tile");
    }
    return true;
}

static bool components_hold(const vg_watch *w, int64_t n_force, const char **reason)
{
    int64_t n = 0;
    for (int64_t i = 0; i < w->n_components; i++) {
        int32_t count = 0;
        for (int32_t k = w->component[i].n ? w->component[i].head : -1; k >= 0;
             k = w->slot[k].next_in_component) {
            if (w->slot[k].component != i || !(w->slot[k].flags & VG_SLOT_FORCE))
                return wrong(reason, "a component holds a slot that is not its own");
            count++;
        }
        if (count != w->component[i].n || w->component[i].touched)
            return wrong(reason, "a component has lost count");
        n += count;
    }
    return n == n_force || wrong(reason, "not every slot in force is in a component");
}

static bool incident_holds(const vg_watch *w, const vg_cluster *c, const char **reason)
{
    int32_t n = 0;
    uint64_t least = UINT64_MAX;
    for (int32_t k = c->head; k >= 0; k = w->slot[k].next_in_incident, n++)
        least = w->slot[k].key < least ? w->slot[k].key : least;
    if (n != c->x.n_reports || least != c->x.id)
        return wrong(reason, "an incident does not fit its members");
    if (c->x.from > c->x.to || c->x.n_sources > n || c->x.n_sources < 1)
        return wrong(reason, "an incident's interval or sources are impossible");
    double sum = 0;
    for (int32_t i = 0; i < w->a->n_parties; i++)
        sum += (double)c->x.p_party[i];
    if (!(sum <= 1.0001))
        return wrong(reason, "the chances of the parties exceed one");
    for (int32_t i = 0; i < c->x.n_breaches; i++) {
        const vg_breach *b = &c->x.breach[i];
        if (!(b->p >= 0 && b->p <= 1) || (i && b->p > c->x.breach[i - 1].p))
            return wrong(reason, "breaches are not in order");
    }
    return true;
}

bool vg_watch_validate(vg_watch *w, const char **reason)
{
    int64_t n_force = 0, n_incidents = 0;
    if (w->dirty.n || w->relink.n || w->touched.n || w->retired.n || w->fresh.n)
        return wrong(reason, "the watch is not settled");
    if (!slots_hold(w, &n_force, reason) || !components_hold(w, n_force, reason))
        return false;
    for (int64_t i = 0; i < w->n_clusters; i++) {
        if (w->cluster[i].component < 0)
            continue;
        n_incidents++;
        if (!incident_holds(w, &w->cluster[i], reason))
            return false;
    }
    return (n_incidents == w->n_clusters_live && n_incidents + w->n_away == w->count.n_incidents) ||
           wrong(reason, "incidents have lost count");
}
