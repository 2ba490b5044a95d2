/* The engine: which snapshot is the present one, and how a change makes the next. Invariant: a snapshot that readers can
 * see is never changed; the lock is held only to exchange a pointer and to count users, never while anything is computed.
 * Merging: a change adds a segment of its own; when there are too many, the small ones become one, and when those have
 * grown to a quarter of the large one, all become one. */
#include <stdlib.h>
#include <string.h>

#include "screening/engine_int.h"

enum { SEGMENTS_BEFORE_MERGE = 8, SMALL_SHARE = 4 };

struct vg_screening_edit {
    vg_screening *engine;
    vg_snapshot *base;
    vg_snapshot *next;
    vg_builder *builder;
    int32_t list; /* the current one, -1 = none said yet */
};

static bool no_memory(vg_err *e)
{
    return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for the lists");
}

/* --- snapshots --- */

static void free_snapshot(vg_screening *s, vg_snapshot *snap)
{
    vg_segment *dead[VG_MAX_SEGMENTS];
    int n_dead = 0;
    vg_lock_take(s->lock);
    for (int32_t i = 0; i < snap->n_segments; i++)
        if (--snap->segment[i]->n_users == 0)
            dead[n_dead++] = snap->segment[i];
    vg_lock_give(s->lock);
    for (int i = 0; i < n_dead; i++)
        vg_segment_free(dead[i]);
    for (int32_t i = 0; i < snap->n_segments; i++)
        free(snap->dead[i]);
    free(snap->list);
    vg_arena_free(&snap->memory);
    free(snap);
}

vg_snapshot *vg_snapshot_hold(vg_screening *s)
{
    vg_lock_take(s->lock);
    vg_snapshot *snap = s->now;
    snap->n_users++;
    vg_lock_give(s->lock);
    return snap;
}

void vg_snapshot_release(vg_screening *s, vg_snapshot *snap)
{
    vg_lock_take(s->lock);
    bool last = --snap->n_users == 0;
    vg_lock_give(s->lock);
    if (last)
        free_snapshot(s, snap);
}

static bool copy_info(vg_snapshot *to, const vg_list_info *from, vg_list_info *out, vg_err *e)
{
    *out = *from;
    out->name = vg_copy(&to->memory, from->name);
    out->version = vg_copy(&to->memory, from->version);
    out->sha256 = vg_copy(&to->memory, from->sha256);
    return (out->name.s && out->version.s && out->sha256.s) || no_memory(e);
}

static bool copy_dead(vg_snapshot *to, const vg_snapshot *from, int32_t i, vg_err *e)
{
    size_t words = ((size_t)from->segment[i]->n_entries + 63) / 64;
    to->n_dead[i] = from->n_dead[i];
    if (!from->dead[i])
        return true;
    to->dead[i] = malloc(words * sizeof **to->dead);
    if (!to->dead[i])
        return no_memory(e);
    memcpy(to->dead[i], from->dead[i], words * sizeof **to->dead);
    return true;
}

/* A snapshot like `from`, or an empty one. */
static vg_snapshot *copy_snapshot(vg_screening *s, const vg_snapshot *from, vg_err *e)
{
    vg_snapshot *to = calloc(1, sizeof *to);
    int32_t n = from ? from->n_lists : 0;
    bool good = to && vg_arena_init(&to->memory, 1 << 22, e);
    if (good && (to->list = calloc((size_t)n + 1, sizeof *to->list)) == NULL)
        good = no_memory(e);
    if (!to)
        return no_memory(e), NULL;
    to->n_users = 1;
    to->revision = from ? from->revision + 1 : 0;
    for (int32_t i = 0; good && i < n; i++, to->n_lists++)
        good = copy_info(to, &from->list[i], &to->list[i], e);
    for (int32_t i = 0; good && from && i < from->n_segments; i++) {
        good = copy_dead(to, from, i, e);
        to->segment[i] = from->segment[i];
        vg_lock_take(s->lock);
        to->segment[i]->n_users++;
        vg_lock_give(s->lock);
        to->n_segments++;
    }
    if (good)
        return to;
    free_snapshot(s, to);
    return NULL;
}

/* --- opening and closing --- */

bool vg_screening_open_empty(vg_screening **out, vg_err *e)
{
    vg_screening *s = calloc(1, sizeof *s);
    if (!s)
        return no_memory(e);
    if (vg_lock_open(&s->lock, e))
        s->now = copy_snapshot(s, NULL, e);
    if (!s->now || !vg_name_book_open(&s->book, e)) {
        vg_screening_close(s);
        return false;
    }
    *out = s;
    return true;
}

void vg_screening_close(vg_screening *s)
{
    if (!s)
        return;
    if (s->now)
        vg_snapshot_release(s, s->now);
    if (s->book)
        vg_name_book_close(s->book);
    vg_lock_close(s->lock);
    free(s);
}

bool vg_screening_lists(const vg_screening *s, vg_arena *a, vg_screening_list **out, int32_t *n, vg_err *e)
{
    vg_screening *engine = (vg_screening *)(uintptr_t)s; /* only its count of users changes */
    vg_snapshot *snap = vg_snapshot_hold(engine);
    vg_screening_list *mine = vg_new(a, vg_screening_list, snap->n_lists);
    bool good = mine != NULL;
    for (int32_t i = 0; good && i < snap->n_lists; i++) {
        const vg_list_info *x = &snap->list[i];
        mine[i] = (vg_screening_list){ .name = vg_copy(a, x->name),
                                       .version = vg_copy(a, x->version),
                                       .sha256 = vg_copy(a, x->sha256),
                                       .vintage = x->vintage,
                                       .known_at = x->known_at,
                                       .n_entries = x->n_entries,
                                       .n_names = x->n_names };
        good = mine[i].name.s && mine[i].version.s && mine[i].sha256.s;
    }
    if (good) {
        *out = mine;
        *n = snap->n_lists;
    }
    vg_snapshot_release(engine, snap);
    return good || vg_fail_memory(e, vg_arena_limit(a));
}

bool vg_screening_has(const vg_screening *s, vg_str list, vg_str id)
{
    vg_screening *engine = (vg_screening *)(uintptr_t)s;
    vg_snapshot *snap = vg_snapshot_hold(engine);
    bool found = false;
    for (int32_t i = 0; i < snap->n_lists; i++)
        for (int32_t k = 0; (!list.n || vg_eq(snap->list[i].name, list)) && k < snap->n_segments; k++) {
            int32_t at = vg_segment_find(snap->segment[k], i, id);
            found |= at >= 0 && !vg_is_dead(snap, k, (uint32_t)at);
        }
    vg_snapshot_release(engine, snap);
    return found;
}

vg_screening_size vg_screening_measure(const vg_screening *s)
{
    vg_screening *engine = (vg_screening *)(uintptr_t)s;
    vg_snapshot *snap = vg_snapshot_hold(engine);
    vg_screening_size size = { .n_segments = snap->n_segments, .revision = snap->revision };
    for (int32_t i = 0; i < snap->n_lists; i++) {
        size.n_entries += snap->list[i].n_entries;
        size.n_names += snap->list[i].n_names;
    }
    for (int32_t i = 0; i < snap->n_segments; i++) {
        size.n_parts += snap->segment[i]->n_parts;
        size.bytes += snap->segment[i]->bytes;
    }
    vg_snapshot_release(engine, snap);
    return size;
}

/* --- changes --- */

void vg_screening_edit_drop(vg_screening_edit *d)
{
    if (!d)
        return;
    vg_screening *s = d->engine;
    vg_builder_drop(d->builder);
    if (d->next)
        vg_snapshot_release(s, d->next);
    if (d->base)
        vg_snapshot_release(s, d->base);
    vg_lock_take(s->lock);
    s->editing = false;
    vg_lock_give(s->lock);
    free(d);
}

bool vg_screening_edit_begin(vg_screening *s, vg_screening_edit **out, vg_err *e)
{
    vg_screening_edit *d = calloc(1, sizeof *d);
    if (!d)
        return no_memory(e);
    vg_lock_take(s->lock);
    bool busy = s->editing;
    s->editing = true;
    vg_lock_give(s->lock);
    if (busy) {
        free(d);
        return vg_fail(e, VG_EBUSY, VG_NOWHERE, "the lists are being changed already");
    }
    *d = (vg_screening_edit){ .engine = s, .base = vg_snapshot_hold(s), .list = -1 };
    d->next = copy_snapshot(s, d->base, e);
    if (!d->next || !vg_builder_open(s->book, &d->builder, e)) {
        vg_screening_edit_drop(d);
        return false;
    }
    *out = d;
    return true;
}

bool vg_screening_edit_list(vg_screening_edit *d, const vg_screening_list *list, vg_err *e)
{
    vg_snapshot *next = d->next;
    int32_t at = 0;
    while (at < next->n_lists && !vg_eq(next->list[at].name, list->name))
        at++;
    vg_list_info info = { .name = list->name,
                          .version = list->version,
                          .sha256 = list->sha256,
                          .vintage = list->vintage,
                          .known_at = list->known_at };
    if (at == next->n_lists) {
        if (at == UINT16_MAX)
            return vg_fail(e, VG_ERANGE, VG_NOWHERE, "more than %d lists", UINT16_MAX);
        vg_list_info *more = realloc(next->list, ((size_t)at + 2) * sizeof *more);
        if (!more)
            return no_memory(e);
        next->list = more;
    } else {
        info.n_entries = next->list[at].n_entries;
        info.n_names = next->list[at].n_names;
    }
    if (!copy_info(next, &info, &next->list[at], e))
        return false;
    next->n_lists += at == next->n_lists;
    d->list = at;
    return true;
}

/* The live entry with this id in the segments of the new snapshot; false when there is none. */
static bool find_live(const vg_screening_edit *d, vg_str id, int32_t *segment, int32_t *entry)
{
    for (int32_t i = 0; i < d->next->n_segments; i++) {
        int32_t at = vg_segment_find(d->next->segment[i], d->list, id);
        if (at >= 0 && !vg_is_dead(d->next, i, (uint32_t)at)) {
            *segment = i;
            *entry = at;
            return true;
        }
    }
    return false;
}

static bool bury(vg_snapshot *next, int32_t segment, int32_t entry, vg_err *e)
{
    const vg_segment *s = next->segment[segment];
    if (!next->dead[segment])
        next->dead[segment] = calloc(((size_t)s->n_entries + 63) / 64, sizeof(uint64_t));
    if (!next->dead[segment])
        return no_memory(e);
    next->dead[segment][entry >> 6] |= (uint64_t)1 << (entry & 63);
    next->n_dead[segment]++;
    return true;
}

static bool take_out(vg_screening_edit *d, vg_str id, bool *was_there, vg_err *e)
{
    vg_list_info *list = &d->next->list[d->list];
    int32_t segment, entry = vg_builder_find(d->builder, d->list, id);
    *was_there = true;
    if (entry >= 0) {
        list->n_names -= vg_builder_names(d->builder, entry);
        vg_builder_kill(d->builder, entry);
    } else if (find_live(d, id, &segment, &entry)) {
        list->n_names -= d->next->segment[segment]->entry[entry].n_names;
        if (!bury(d->next, segment, entry, e))
            return false;
    } else {
        *was_there = false;
        return true;
    }
    list->n_entries--;
    return true;
}

static bool needs_list(const vg_screening_edit *d, vg_err *e)
{
    return d->list >= 0 || vg_fail(e, VG_EARG, VG_NOWHERE, "a party was given before the list it belongs to");
}

bool vg_screening_edit_put(vg_screening_edit *d, const vg_party *p, vg_err *e)
{
    bool was_there;
    if (!needs_list(d, e) || !take_out(d, p->id, &was_there, e) || !vg_builder_add(d->builder, d->list, p, e))
        return false;
    d->next->list[d->list].n_entries++;
    d->next->list[d->list].n_names += vg_builder_names(d->builder, -1);
    return true;
}

bool vg_screening_edit_remove(vg_screening_edit *d, vg_str id, bool *was_there, vg_err *e)
{
    bool there;
    if (!needs_list(d, e) || !take_out(d, id, &there, e))
        return false;
    if (was_there)
        *was_there = there;
    return true;
}

/* --- merging --- */

static int64_t live_entries(const vg_snapshot *snap, int32_t i)
{
    return snap->segment[i]->n_entries - snap->n_dead[i];
}

static bool take_live(vg_builder *b, const vg_snapshot *snap, int32_t i, vg_err *e)
{
    for (int32_t k = 0; k < snap->segment[i]->n_entries; k++)
        if (!vg_is_dead(snap, i, (uint32_t)k) && snap->segment[i]->entry[k].n_id != VG_NO_ENTRY &&
            !vg_builder_take(b, snap->segment[i], k, e))
            return false;
    return true;
}

/* Takes segments from..end out of the snapshot. */
static void drop_segments(vg_screening *s, vg_snapshot *snap, int32_t from)
{
    for (int32_t i = from; i < snap->n_segments; i++) {
        vg_lock_take(s->lock);
        bool last = --snap->segment[i]->n_users == 0;
        vg_lock_give(s->lock);
        if (last)
            vg_segment_free(snap->segment[i]);
        free(snap->dead[i]);
        snap->dead[i] = NULL;
        snap->n_dead[i] = 0;
    }
    snap->n_segments = from;
}

static bool merge(vg_screening *s, vg_snapshot *snap, vg_err *e)
{
    int64_t small = 0;
    for (int32_t i = 1; i < snap->n_segments; i++)
        small += live_entries(snap, i);
    int32_t from = (small + snap->n_dead[0]) * SMALL_SHARE > snap->segment[0]->n_entries ? 0 : 1;
    vg_builder *b;
    vg_segment *one;
    if (!vg_builder_open(s->book, &b, e))
        return false;
    for (int32_t i = from; i < snap->n_segments; i++)
        if (!take_live(b, snap, i, e)) {
            vg_builder_drop(b);
            return false;
        }
    if (!vg_builder_end(b, &one, e))
        return false;
    drop_segments(s, snap, from);
    snap->segment[snap->n_segments++] = one;
    return true;
}

bool vg_screening_edit_end(vg_screening_edit *d, vg_err *e)
{
    vg_screening *s = d->engine;
    vg_snapshot *next = d->next;
    bool good = true;
    if (vg_builder_count(d->builder)) {
        vg_builder *b = d->builder;
        d->builder = NULL;
        vg_segment *added;
        good = vg_builder_end(b, &added, e);
        if (good)
            next->segment[next->n_segments++] = added;
    }
    if (good && next->n_segments > SEGMENTS_BEFORE_MERGE)
        good = merge(s, next, e);
    if (!good) {
        vg_screening_edit_drop(d);
        return false;
    }
    vg_lock_take(s->lock);
    vg_snapshot *old = s->now;
    s->now = next;
    vg_lock_give(s->lock);
    d->next = NULL;
    vg_snapshot_release(s, old);
    vg_screening_edit_drop(d);
    return true;
}

/* --- a list's reader straight into the engine --- */

static bool sink_party(void *ctx, const vg_party *p, vg_at at, vg_err *e)
{
    (void)at;
    return vg_screening_edit_put(ctx, p, e);
}

static bool sink_removed(void *ctx, vg_str id, vg_at at, vg_err *e)
{
    (void)at;
    return vg_screening_edit_remove(ctx, id, NULL, e);
}

static bool sink_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    (void)ctx, (void)r, (void)e;
    return true;
}

vg_party_sink vg_screening_edit_sink(vg_screening_edit *d)
{
    return (vg_party_sink){ .ctx = d, .party = sink_party, .removed = sink_removed, .reject = sink_reject };
}
