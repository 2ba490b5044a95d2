/* The engine and the store: the first reading of the lists, and taking over what has changed since. Invariant: what an
 * engine holds of a list is exactly one vintage of it, and after a refresh it is what opening anew would hold. */
#include <stdlib.h>

#include "screening/engine_int.h"

typedef struct {
    vg_screening_edit *edit;
    const vg_screening *engine;
    const vg_snapshot *before;
    vg_str list; /* the current one, a copy in `names`: what a change points at is gone behind its list */
    vg_arena *names;
    int64_t n_done, n_total;
    const vg_progress *progress;
} reading;

static vg_screening_list about(const vg_party_list *l)
{
    return (vg_screening_list){ .name = l->list,
                                .version = l->about.version,
                                .vintage = l->vintage,
                                .known_at = l->about.known_at,
                                .sha256 = l->about.sha256 };
}

static bool put_entry(void *ctx, const vg_party_entry *p, vg_err *e)
{
    reading *r = ctx;
    if ((r->n_done++ & 1023) == 0 && r->progress &&
        !vg_progress_step(r->progress, "screening-index", r->n_done, r->n_total, e))
        return false;
    return vg_screening_edit_put(r->edit, p->party, e);
}

static bool asked_for(const vg_screening_opts *o, vg_str list)
{
    for (int32_t i = 0; i < o->n_lists; i++)
        if (vg_eq(o->list[i], list))
            return true;
    return o->n_lists == 0;
}

static bool no_list(const vg_screening_opts *o, vg_err *e)
{
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "no list to screen against is in the store");
    vg_why(e, o->as_of ? "none was known at the date asked for"
                       : "lists are loaded once and then kept up to date");
    return vg_mend(e, "load them: vigie screening load FILE-OR-FOLDER");
}

/* Every list asked for must be there: a screening against less than was asked for would be worse than none. */
static bool check_lists(const vg_screening_opts *o, const vg_party_list *list, int64_t n, vg_err *e)
{
    if (!n)
        return no_list(o, e);
    for (int32_t i = 0; i < o->n_lists; i++) {
        int64_t at = 0;
        while (at < n && !vg_eq(list[at].list, o->list[i]))
            at++;
        if (at < n)
            continue;
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no list is called \"%.*s\"", VG_P(o->list[i]));
        return vg_mend(e, "the first of those loaded is \"%.*s\"; see vigie screening lists",
                       VG_P(list[0].list));
    }
    return true;
}

static bool read_lists(vg_screening *s, vg_store *st, const vg_screening_opts *o, const vg_party_list *list,
                       int64_t n, vg_err *e)
{
    reading r = { .engine = s, .progress = o->progress };
    if (!vg_screening_edit_begin(s, &r.edit, e))
        return false;
    for (int64_t i = 0; i < n; i++)
        r.n_total += asked_for(o, list[i].list) ? list[i].n_parties : 0;
    bool good = true;
    for (int64_t i = 0; good && i < n; i++) {
        if (!asked_for(o, list[i].list))
            continue;
        vg_screening_list now = about(&list[i]);
        good = vg_screening_edit_list(r.edit, &now, e) &&
               vg_store_vintage_parties(st, list[i].vintage, &(vg_party_reader){ &r, put_entry }, e);
    }
    if (good)
        return vg_screening_edit_end(r.edit, e);
    vg_screening_edit_drop(r.edit);
    return false;
}

bool vg_screening_open(vg_store *st, const vg_screening_opts *opts, vg_screening **out, vg_err *e)
{
    vg_screening *s = NULL;
    vg_party_list *list;
    int64_t n;
    vg_arena a;
    if (!vg_arena_init(&a, 64 << 20, e))
        return false;
    bool good = vg_store_party_lists(st, opts->as_of, &a, &list, &n, e) && check_lists(opts, list, n, e) &&
                vg_screening_open_empty(&s, e);
    if (good) {
        s->as_of = opts->as_of;
        s->all_lists = opts->n_lists == 0;
        good = read_lists(s, st, opts, list, n, e);
    }
    vg_arena_free(&a);
    if (good)
        *out = s;
    else
        vg_screening_close(s);
    return good;
}

/* --- refresh --- */

static bool holds(const vg_snapshot *snap, vg_str list)
{
    for (int32_t i = 0; i < snap->n_lists; i++)
        if (vg_eq(snap->list[i].name, list))
            return true;
    return false;
}

static bool take_change(void *ctx, const vg_party_change *c, vg_err *e)
{
    reading *r = ctx;
    if (!r->engine->all_lists && !holds(r->before, c->list))
        return true;
    if (!vg_eq(r->list, c->list)) {
        r->list = vg_copy(r->names, c->list);
        if (!r->list.s)
            return vg_fail_memory(e, vg_arena_limit(r->names));
        if (!vg_screening_edit_list(r->edit, &(vg_screening_list){ .name = c->list }, e))
            return false;
    }
    r->n_done++;
    return c->kind == VG_PARTY_REMOVED ? vg_screening_edit_remove(r->edit, c->before.party->id, NULL, e)
                                       : vg_screening_edit_put(r->edit, c->after.party, e);
}

static bool take_changes(reading *r, vg_store *st, vg_arena *a, vg_err *e)
{
    const vg_snapshot *snap = r->before;
    vg_party_have *have = vg_new(a, vg_party_have, snap->n_lists);
    if (!have)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < snap->n_lists; i++)
        have[i] = (vg_party_have){ snap->list[i].name, snap->list[i].vintage };
    vg_party_list *now;
    int64_t n_now;
    if (!vg_store_party_changes(st, have, snap->n_lists, r->engine->as_of,
                                &(vg_party_change_reader){ r, take_change }, a, &now, &n_now, e))
        return false;
    for (int64_t i = 0; i < n_now; i++) {
        vg_screening_list info = about(&now[i]);
        if ((r->engine->all_lists || holds(snap, info.name)) && !vg_screening_edit_list(r->edit, &info, e))
            return false;
    }
    return true;
}

bool vg_screening_refresh(vg_screening *s, vg_store *st, int64_t *n_changed, vg_err *e)
{
    reading r = { .engine = s };
    vg_arena a;
    if (!vg_arena_init(&a, (int64_t)1 << 30, e))
        return false;
    if (!vg_screening_edit_begin(s, &r.edit, e)) {
        vg_arena_free(&a);
        return false;
    }
    vg_snapshot *before = vg_snapshot_hold(s);
    r.before = before;
    r.names = &a;
    bool good = take_changes(&r, st, &a, e);
    vg_snapshot_release(s, before);
    vg_arena_free(&a);
    if (!good) {
        vg_screening_edit_drop(r.edit);
        return false;
    }
    if (n_changed)
        *n_changed = r.n_done;
    return vg_screening_edit_end(r.edit, e);
}
