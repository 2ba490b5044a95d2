/* What people decided about incidents: who, when and why, read from the audit log, where each decision stands under the name
 * of who made it. Invariant: a decision names a report, and is of the incident to which that report belongs now. */
#include <stdlib.h>
#include <string.h>

#include "door/ceasefire_guard_int.h"
#include "door/tree.h"
#include "store/browse.h"

enum { BLOCK = 5000 };

static char *keep(vg_str text)
{
    char *to = malloc((size_t)text.n + 1);
    if (!to)
        return NULL;
    if (text.n)
        memcpy(to, text.s, (size_t)text.n);
    to[text.n] = '\0';
    return to;
}

static void add(vg_guard *g, const vg_audit_entry *a, const vg_tree *t, uint64_t incident)
{
    guard_decision d = { .at = a->at,
                         .incident = incident,
                         .state =
                             (int8_t)vg_verification_by_name(vg_tree_text(vg_tree_member(t, "state"), 0)),
                         .who = keep(a->actor),
                         .reason = keep(vg_tree_text(vg_tree_member(t, "reason"), 0)) };
    pthread_mutex_lock(&g->lock);
    if (g->n_decisions == g->cap_decisions) {
        int64_t cap = g->cap_decisions ? 2 * g->cap_decisions : 64;
        guard_decision *more = reallocarray(g->decision, (size_t)cap, sizeof *more);
        g->decision = more ? more : g->decision;
        g->cap_decisions = more ? cap : g->cap_decisions;
    }
    bool room = g->n_decisions < g->cap_decisions && d.who && d.reason && d.state >= 0;
    if (room)
        g->decision[g->n_decisions++] = d;
    pthread_mutex_unlock(&g->lock);
    if (!room) {
        free(d.who);
        free(d.reason);
    }
}

static void look_at(vg_guard *g, const vg_audit_entry *a, vg_arena scratch)
{
    const vg_tree *t;
    uint64_t incident;
    vg_err none = VG_NO_ERR;
    if (vg_eq(a->action, VG_S("ceasefire")) && vg_find(a->detail, VG_S("\"verify\"")) >= 0 &&
        vg_tree_read(a->detail, &scratch, &t, &none) &&
        vg_eq(vg_tree_text(vg_tree_member(t, "agreement"), 0), vg_str_z(g->id)) &&
        vg_incident__read(vg_tree_text(vg_tree_member(t, "incident"), 0), &incident))
        add(g, a, t, incident);
}

/* In the guard's thread. What cannot be read now is read at the next turn. */
void vg_guard__read_decisions(vg_guard *g)
{
    guard_news *x = &g->news;
    vg_audit_entry *entry;
    int64_t n;
    vg_err e = VG_NO_ERR;
    do {
        vg_arena_reset(&x->arena);
        if (!vg_audit_after(x->st, x->audit_seq, BLOCK, &x->arena, &entry, &n, &e))
            return;
        for (int64_t i = 0; i < n; i++) {
            look_at(g, &entry[i], x->arena);
            x->audit_seq = entry[i].seq;
        }
    } while (n == BLOCK);
}

void vg_guard__drop_decisions(vg_guard *g)
{
    for (int64_t i = 0; i < g->n_decisions; i++) {
        free(g->decision[i].who);
        free(g->decision[i].reason);
    }
    free(g->decision);
}

static bool names_one(const vg_member *member, int32_t n, uint64_t key)
{
    for (int32_t i = 0; i < n; i++)
        if (member[i].key == key)
            return true;
    return false;
}

void vg_guard__put_decisions(vg_guard *g, vg_json *j, const vg_member *member, int32_t n)
{
    vg_put__open(j, "decisions", true);
    pthread_mutex_lock(&g->lock);
    for (int64_t i = 0; i < g->n_decisions; i++) {
        const guard_decision *d = &g->decision[i];
        if (!names_one(member, n, d->incident))
            continue;
        vg_json_object(j);
        vg_put__instant(j, "at", d->at);
        vg_put__text(j, "who", vg_str_z(d->who));
        vg_put__text(j, "state", vg_str_z(vg_verification_name(d->state)));
        vg_put__text(j, "reason", vg_str_z(d->reason));
        vg_json_close(j);
    }
    pthread_mutex_unlock(&g->lock);
    vg_json_close(j);
}
