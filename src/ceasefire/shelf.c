/* What is old is put away: components that end before the horizon leave the memory, and come back when a late report may
 * touch them. Invariant: a report that is put away can be linked to nothing in memory, and what is brought back is made
 * into the same incidents as before, silently, before anything new is taken. Reports with more than one version, or with
 * a name that another one revises, stay. The local rate of days gone by stays, too: it is a number a cell and day. */
#include "ceasefire/watch_int.h"

#define DAY_S 86400

enum { CHAIN_DAYS = 30 }; /* brought back before the moment that is asked for: no component lasts longer */

/* Beyond this much before and after its middle a report is linked to nothing (index.c: is_far). */
static double reach_s(const vg_watch *w, double var_s2)
{
    return 5.3 * sqrt(var_s2) + 600 + (w->opts.hash_media ? 3.0 * DAY_S : 0);
}

int64_t vg_watch_reaches_back(const vg_watch *w, int64_t from, int64_t to, double jitter_s)
{
    double width = (double)to - (double)from, var = width * width / 12 + jitter_s * jitter_s + 120.0 * 120.0;
    double first = 0.5 * ((double)from + (double)to) - reach_s(w, var);
    return first < -9e18 ? INT64_MIN : (int64_t)first;
}

/* --- putting away --- */

static bool may_go(const vg_watch *w, const vg_component *c, int64_t before)
{
    for (int32_t i = c->head; i >= 0; i = w->slot[i].next_in_component) {
        const vg_slot *s = &w->slot[i];
        double last = 0.5 * ((double)s->from + (double)s->to) + reach_s(w, (double)s->var_s2);
        if (last >= (double)before || s->to >= before)
            return false;
        if (s->head != i || s->older >= 0 || s->namer >= 0 || s->target >= 0)
            return false;
    }
    return true;
}

static void leave_rate(vg_watch *w, int32_t slot)
{
    if (w->slot[slot].rate < 0)
        return;
    int32_t *link = &w->rate[w->slot[slot].rate].head;
    while (*link >= 0 && *link != slot)
        link = &w->slot[*link].next_in_rate;
    if (*link == slot)
        *link = w->slot[slot].next_in_rate;
}

static void drop_slot(vg_watch *w, int32_t slot)
{
    vg_watch_tile_drop(w, slot);
    leave_rate(w, slot);
    vg_watch_drop(&w->by_key, w->slot[slot].key);
    w->slot[slot].flags = VG_SLOT_PHANTOM;
    w->slot[slot].component = w->slot[slot].incident = -1;
    w->slot[slot].head = w->free_slot;
    w->free_slot = slot;
}

static void drop_component(vg_watch *w, int32_t i)
{
    for (int32_t k = w->component[i].incident, next; k >= 0; k = next) {
        next = w->cluster[k].next;
        w->cluster[k].next = w->free_cluster;
        w->cluster[k].component = -1;
        w->free_cluster = k;
        w->n_away++;
        w->n_clusters_live--;
    }
    for (int32_t k = w->component[i].head, next; k >= 0; k = next) {
        next = w->slot[k].next_in_component;
        drop_slot(w, k);
    }
    w->component[i] = (vg_component){ .head = w->free_component, .incident = -1 };
    w->free_component = i;
}

void vg_watch_put_away(vg_watch *w)
{
    int64_t horizon = w->opts.horizon_s > 0 ? w->opts.horizon_s : 7 * DAY_S, step = horizon / 8 + 1;
    if (!w->opts.shelf || w->bringing || w->count.newest < INT64_MIN / 2 + horizon)
        return;
    int64_t before = w->count.newest - horizon;
    if (w->away != INT64_MIN && before < w->away + step) /* not at every settling */
        return;
    for (int64_t i = 0; i < w->n_components; i++)
        if (w->component[i].n && may_go(w, &w->component[i], before))
            drop_component(w, (int32_t)i);
    w->away = before;
}

/* --- bringing back --- */

typedef struct {
    vg_watch *w;
    int64_t before; /* entries of the log from this one on are still to come */
} bringing;

static bool bring(void *ctx, const vg_report *r, int64_t seq, vg_err *e)
{
    vg_watch *w = ((bringing *)ctx)->w;
    if (seq >= ((bringing *)ctx)->before || vg_watch_find(&w->by_key, vg_report_key(r->source, r->id)))
        return true;
    return vg_watch_bring_back(w, r, seq, e);
}

bool vg_watch_shelf_fetch(vg_watch *w, int64_t from, int64_t seq, vg_err *e)
{
    if (w->away == INT64_MIN || from >= w->away)
        return true;
    if (!vg_watch_settle(w, e)) /* what is under way is told first; this may put away, too */
        return false;
    int64_t first = from > INT64_MIN / 2 + CHAIN_DAYS * DAY_S ? from - CHAIN_DAYS * DAY_S : INT64_MIN / 2;
    bringing ctx = { w, seq };
    vg_watch_sink sink = w->opts.sink;
    int64_t n_incidents = w->count.n_incidents, n_before = w->n_clusters_live;
    if (!w->opts.shelf->reload(w->opts.shelf->ctx, first, w->away, bring, &ctx, e))
        return false;
    w->bringing = true;
    w->opts.sink = (vg_watch_sink){ 0 };
    bool good = vg_watch_settle(w, e);
    w->opts.sink = sink;
    w->bringing = false;
    w->n_away -= w->n_clusters_live - n_before;
    w->count.n_incidents = n_incidents;
    w->away = first;
    return good;
}
