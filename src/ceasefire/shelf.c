/* What is old is put away: components that end before the horizon leave the memory, and come back when a late report may
 * touch them. Invariant: a report that is put away can be linked to nothing in memory, and what is brought back is made
 * into the same incidents as before, silently, before anything new is taken. Names that revise one another go together and
 * are brought back with all their versions when one of them is touched; where the shelf cannot give these, they stay. The local rates of days gone by are packed (rate_old.c), and never lost. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

#define DAY_S 86400

enum {
    CHAIN_DAYS = 30, /* brought back before the moment that is asked for: no component lasts longer */
    MOST_NAMES = 16, /* of a family that is put away; larger ones stay */
    HELD_PART = 4    /* what was brought back stays until so large a part of it has come in anew */
};

/* Beyond this much before and after its middle a report is linked to nothing (index.c: find_in). */
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

/* Heads that hang together: names whose versions name one another. */
typedef struct {
    int32_t head[MOST_NAMES];
    int n;
} family;

/* False where there are too many. */
static bool add_head(family *f, int32_t head)
{
    for (int i = 0; i < f->n; i++)
        if (f->head[i] == head)
            return true;
    if (f->n == MOST_NAMES)
        return false;
    f->head[f->n++] = head;
    return true;
}

static bool make_family(const vg_watch *w, int32_t head, family *f)
{
    *f = (family){ .head = { head }, .n = 1 };
    for (int k = 0; k < f->n; k++) {
        for (int32_t i = f->head[k]; i >= 0; i = w->slot[i].older)
            if (w->slot[i].target >= 0 && !add_head(f, w->slot[i].target))
                return false;
        for (int32_t i = w->slot[f->head[k]].namer; i >= 0; i = w->slot[i].next_namer)
            if (!add_head(f, w->slot[i].head))
                return false;
    }
    return true;
}

static bool is_old(const vg_watch *w, const vg_slot *s, int64_t before)
{
    double last = 0.5 * ((double)s->from + (double)s->to) + reach_s(w, (double)s->var_s2);
    return (s->flags & VG_SLOT_PHANTOM) || (last < (double)before && s->to < before);
}

static bool is_alone(const vg_slot *s, int32_t i)
{
    return s->head == i && s->older < 0 && s->namer < 0 && s->target < 0;
}

/* Whether all of them are old, and in force nowhere but in this component (-1: nowhere). */
static bool family_may_go(const vg_watch *w, int32_t head, int32_t component, int64_t before)
{
    family f;
    if (!w->opts.shelf->versions || !make_family(w, head, &f))
        return false;
    for (int k = 0; k < f.n; k++)
        for (int32_t i = f.head[k]; i >= 0; i = w->slot[i].older)
            if (!is_old(w, &w->slot[i], before) ||
                ((w->slot[i].flags & VG_SLOT_FORCE) && w->slot[i].component != component))
                return false;
    return true;
}

static bool may_go(const vg_watch *w, int32_t component, int64_t before)
{
    for (int32_t i = w->component[component].head; i >= 0; i = w->slot[i].next_in_component) {
        const vg_slot *s = &w->slot[i];
        if (!is_old(w, s, before) || (!is_alone(s, i) && !family_may_go(w, s->head, component, before)))
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

/* A report with all that hangs together with it. */
static void drop_family(vg_watch *w, int32_t head)
{
    family f;
    make_family(w, head, &f);
    for (int k = 0; k < f.n; k++)
        for (int32_t i = f.head[k], next; i >= 0; i = next) {
            next = w->slot[i].older;
            drop_slot(w, i);
        }
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
        if (w->slot[k].component != i) /* gone with another of its family */
            continue;
        if (is_alone(&w->slot[k], k))
            drop_slot(w, k);
        else
            drop_family(w, w->slot[k].head);
    }
    w->component[i] = (vg_component){ .head = w->free_component, .incident = -1 };
    w->free_component = i;
}

/* Names of which nothing is in force: withdrawn, or replaced by something that is gone. A free slot is no head. */
static void drop_dead_names(vg_watch *w, int64_t before)
{
    for (int64_t i = 0; w->opts.shelf->versions && i < w->n_slots; i++)
        if (w->slot[i].head == i && w->slot[i].current < 0 && family_may_go(w, (int32_t)i, -1, before))
            drop_family(w, (int32_t)i);
}

static int by_number(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* Where the stream is: a quarter of the last observations may be newer. The newest one of all may bear a wrong date, and if
 * the horizon went by that, all would be put away, and each true report bring 30 days back. */
static int64_t stream_at(const vg_watch *w)
{
    int64_t sorted[VG_LATELY];
    if (w->n_lately < VG_LATELY) /* too few to tell */
        return w->count.newest;
    memcpy(sorted, w->lately, sizeof sorted);
    qsort(sorted, VG_LATELY, sizeof *sorted, by_number);
    return sorted[VG_LATELY * 3 / 4 - 1];
}

void vg_watch_put_away(vg_watch *w)
{
    int64_t horizon = w->opts.horizon_s > 0 ? w->opts.horizon_s : 7 * DAY_S, step = horizon / 8 + 1;
    if (!w->opts.shelf || w->bringing || w->count.newest < INT64_MIN / 2 + horizon)
        return;
    if (w->away != INT64_MIN && w->count.newest - horizon < w->away + step) /* not at every settling */
        return;
    int64_t at = stream_at(w), before = at - horizon;
    if (at < INT64_MIN / 2 + horizon || w->count.n_reports < w->held_until ||
        (w->away != INT64_MIN && before < w->away + step))
        return;
    for (int64_t i = 0; i < w->n_components; i++)
        if (w->component[i].n && may_go(w, (int32_t)i, before))
            drop_component(w, (int32_t)i);
    drop_dead_names(w, before);
    w->away = before;
    vg_watch_rates_put_away(w, (int32_t)(before / DAY_S) - VG_RATE_DAYS - 1);
}

/* --- bringing back --- */

typedef struct {
    vg_watch *w;
    int64_t before; /* entries of the log from this one on are still to come */
} bringing;

static bool bring(void *ctx, const vg_report *r, int64_t seq, vg_err *e)
{
    vg_watch *w = ((bringing *)ctx)->w;
    const int32_t *head = vg_watch_find(&w->by_key, vg_report_key(r->source, r->id));
    if (seq >= ((bringing *)ctx)->before || (head && w->slot[*head].best >= 0))
        return true;
    return vg_watch_bring_back(w, r, seq, e);
}

/* --- histories --- */

static bool add_name(vg_watch *w, uint64_t key, vg_err *e)
{
    for (int64_t i = 0; i < w->n_history; i++)
        if (w->history[i] == key)
            return true;
    if (!vg_watch_room(&w->memory, &w->history, &w->cap_history, w->n_history + 1, sizeof *w->history, e))
        return false;
    w->history[w->n_history++] = key;
    return true;
}

typedef struct {
    vg_watch *w;
    int64_t before, from;
} tracing;

static bool trace_one(void *ctx, const vg_report *r, int64_t seq, vg_err *e)
{
    tracing *t = ctx;
    if (seq >= t->before)
        return true;
    int64_t from = r->withdraws ? INT64_MAX : vg_watch_reaches_back(t->w, r->from, r->to, 1800);
    t->from = from < t->from ? from : t->from;
    return add_name(t->w, vg_report_key(r->source, r->id), e) &&
           (r->revises.n == 0 || add_name(t->w, vg_report_key(r->source, r->revises), e));
}

bool vg_watch_shelf_trace(vg_watch *w, uint64_t key, int64_t seq, int64_t *from, vg_err *e)
{
    const vg_watch_shelf *shelf = w->opts.shelf;
    tracing t = { w, seq, *from };
    int64_t i = w->n_history;
    for (bool good = add_name(w, key, e); i < w->n_history; i++)
        if (!good || !shelf->versions(shelf->ctx, w->history[i], trace_one, &t, e))
            return false;
    *from = t.from;
    return !vg_failed(e);
}

static bool bring_version(void *ctx, const vg_report *r, int64_t seq, vg_err *e)
{
    bringing *b = ctx;
    return seq >= b->before || vg_watch_bring_version(b->w, r, seq, e);
}

/* All versions first, then which of them counts: nothing comes into force that should not. */
static bool bring_histories(vg_watch *w, int64_t seq, vg_err *e)
{
    const vg_watch_shelf *shelf = w->opts.shelf;
    bringing b = { w, seq };
    for (int64_t i = 0; i < w->n_history; i++)
        if (!shelf->versions(shelf->ctx, w->history[i], bring_version, &b, e))
            return false;
    return vg_watch_bring_into_force(w, w->history, w->n_history, e);
}

/* What was brought back becomes the incidents that it was, and nobody is told. */
static bool settle_silently(vg_watch *w, vg_err *e)
{
    vg_watch_sink sink = w->opts.sink;
    int64_t n_incidents = w->count.n_incidents, n_before = w->n_clusters_live;
    w->bringing = true;
    w->opts.sink = (vg_watch_sink){ 0 };
    bool good = vg_watch_settle(w, e);
    w->opts.sink = sink;
    w->bringing = false;
    w->n_away -= w->n_clusters_live - n_before;
    w->count.n_incidents = n_incidents;
    return good;
}

bool vg_watch_shelf_fetch(vg_watch *w, int64_t from, int64_t seq, vg_err *e)
{
    if (w->away == INT64_MIN || (from >= w->away && w->n_history == 0))
        return true;
    if (!vg_watch_settle(w, e)) /* what is under way is told first; this may put away, too */
        return false;
    int64_t n_before = w->by_key.n;
    int64_t first = from > INT64_MIN / 2 + CHAIN_DAYS * DAY_S ? from - CHAIN_DAYS * DAY_S : INT64_MIN / 2;
    bringing ctx = { w, seq };
    if (from < w->away && !w->opts.shelf->reload(w->opts.shelf->ctx, first, w->away, bring, &ctx, e))
        return false;
    if (!bring_histories(w, seq, e) || !settle_silently(w, e))
        return false;
    w->n_history = 0;
    /* So that many late reports, each in a batch of its own, cost no more than a few brought back for each. */
    if (from < w->away)
        w->held_until = w->count.n_reports + (w->by_key.n - n_before) / HELD_PART;
    w->away = from < w->away ? first : w->away;
    return true;
}
