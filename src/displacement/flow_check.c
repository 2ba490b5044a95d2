/* What only the whole folder shows: routes given twice, closures without a border, places without a way. Invariant: a
 * conflict that passes has fighting from which at least one camp can be reached. */
#include "displacement/flow_int.h"

static int32_t root(int32_t *parent, int32_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

/* The part of the network each place is in, by the number of one of its places. */
static int32_t *parts(const vg_flow_conflict *c, vg_arena *a)
{
    int32_t *part = vg_new(a, int32_t, c->n_places);
    for (int32_t i = 0; part && i < c->n_places; i++)
        part[i] = i;
    for (int32_t i = 0; part && i < c->n_routes; i++)
        part[root(part, c->route[i].a)] = root(part, c->route[i].b);
    for (int32_t i = 0; part && i < c->n_places; i++)
        part[i] = root(part, i);
    return part;
}

static bool unreachable(vg_flow_reader *r, int32_t place, const char *what, const char *why_not)
{
    const vg_flow_conflict *c = r->c;
    vg_err why = VG_NO_ERR;
    vg_fail(&why, VG_ENODATA, (vg_at){ .file = r->locations_file, .line = r->place_line[place] },
            "%s: \"%.*s\"", what, VG_P(c->place[place].name));
    vg_why(&why, "%s", why_not);
    vg_mend(&why, "add the missing route to routes.csv");
    return vg_flow_refuse(r, &why, VG_NOSTR);
}

static bool list_unreachable(vg_flow_reader *r, const int32_t *part, const bool *has_camp,
                             const bool *has_fighting, const bool *fights)
{
    const vg_flow_conflict *c = r->c;
    for (int32_t i = 0; i < c->n_places; i++) {
        bool camp = c->place[i].kind == VG_FLOW_CAMP;
        if (fights[i] && !has_camp[part[i]] &&
            !unreachable(r, i, "no camp can be reached from this place",
                         "people who leave it have nowhere to go"))
            return false;
        if (camp && !has_fighting[part[i]] &&
            !unreachable(r, i, "no way leads to this camp", "nobody can arrive there from any fighting"))
            return false;
    }
    return true;
}

static bool no_way(const vg_flow_reader *r, vg_err *e)
{
    const vg_flow_conflict *c = r->c;
    bool camps = false;
    for (int32_t i = 0; i < c->n_places; i++)
        camps = camps || c->place[i].kind == VG_FLOW_CAMP;
    vg_fail(e, VG_ENODATA, (vg_at){ .file = r->locations_file }, "%s",
            !camps               ? "there is no camp"
            : c->n_fighting == 0 ? "there is no fighting that anybody could flee"
                                 : "no camp can be reached from any fighting");
    if (c->n_rejects)
        vg_why(e, "the first row that was refused: %s", c->reject[0].why.what);
    return vg_mend(e, "give camps and zones of fighting in locations.csv, and routes that join them");
}

static bool check_ways(vg_flow_reader *r, vg_err *e)
{
    const vg_flow_conflict *c = r->c;
    int32_t *part = parts(c, r->a);
    bool *camp = vg_new(r->a, bool, c->n_places), *fighting = vg_new(r->a, bool, c->n_places),
         *fights = vg_new(r->a, bool, c->n_places), any = false;
    if (!part || !camp || !fighting || !fights)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    for (int32_t i = 0; i < c->n_places; i++)
        camp[part[i]] = camp[part[i]] || c->place[i].kind == VG_FLOW_CAMP;
    for (int32_t i = 0; i < c->n_fighting; i++)
        fights[c->fighting[i].place] = fighting[part[c->fighting[i].place]] = true;
    for (int32_t i = 0; i < c->n_places; i++)
        any = any || (fights[i] && camp[part[i]]);
    if (!any)
        return no_way(r, e);
    return list_unreachable(r, part, camp, fighting, fights) || vg_fail_memory(e, vg_arena_limit(r->a));
}

/* --- routes given twice: the first one stays --- */

static int32_t find_slot(const vg_flow_route *route, const int32_t *slot, int64_t n_slots,
                         const vg_flow_route *t)
{
    uint64_t low = (uint64_t)(t->a < t->b ? t->a : t->b), high = (uint64_t)(t->a < t->b ? t->b : t->a);
    int64_t at = (int64_t)((low * 0x9E3779B97F4A7C15ULL + high * 0xC2B2AE3D27D4EB4FULL) % (uint64_t)n_slots);
    while (slot[at]) {
        const vg_flow_route *o = &route[slot[at] - 1];
        if ((o->a == t->a && o->b == t->b) || (o->a == t->b && o->b == t->a))
            break;
        at = at + 1 == n_slots ? 0 : at + 1;
    }
    return (int32_t)at;
}

static bool drop_doubles(vg_flow_reader *r)
{
    vg_flow_conflict *c = r->c;
    int64_t n_slots = 2 * (int64_t)c->n_routes + 1;
    int32_t *slot = vg_new(r->a, int32_t, n_slots), kept = 0;
    if (!slot)
        return false;
    for (int32_t i = 0; i < c->n_routes; i++) {
        vg_flow_route t = c->route[i];
        int32_t at = find_slot(c->route, slot, n_slots, &t);
        const vg_flow_route *first = slot[at] ? &c->route[slot[at] - 1] : NULL;
        vg_err why = VG_NO_ERR;
        if (!first) {
            c->route[kept++] = t;
            slot[at] = kept;
            continue;
        }
        if (first->km == t.km) /* the same row, or the way back */
            continue;
        vg_fail(&why, VG_ECONFLICT,
                (vg_at){ .file = vg_format(r->a, "%s/routes.csv", r->folder), .line = r->route_line[i] },
                "a second route between \"%.*s\" and \"%.*s\": %g km, before: %g km",
                VG_P(c->place[t.a].name), VG_P(c->place[t.b].name), t.km, first->km);
        vg_why(&why, "the first one in the file is kept");
        if (!vg_flow_refuse(r, &why, VG_NOSTR))
            return false;
    }
    c->n_routes = kept;
    return true;
}

/* --- closures --- */

static bool is_between(const vg_flow_conflict *c, const vg_flow_route *t, vg_str x, vg_str y)
{
    vg_str a = c->place[t->a].country, b = c->place[t->b].country;
    return (vg_eq(a, x) && vg_eq(b, y)) || (vg_eq(a, y) && vg_eq(b, x));
}

bool vg_flow_closes(const vg_flow_conflict *c, const vg_flow_closure *x, const vg_flow_route *t)
{
    vg_str a = c->place[t->a].name, b = c->place[t->b].name;
    if (x->kind == VG_FLOW_CLOSE_COUNTRY)
        return is_between(c, t, x->name1, x->name2);
    if (x->kind != VG_FLOW_CLOSE_PLACE && x->kind != VG_FLOW_UNFORCE)
        return false;
    bool at_a = vg_eq(a, x->name1), at_b = vg_eq(b, x->name1);
    if (!at_a && !at_b)
        return false;
    const vg_str *other = at_a ? &b : &a;
    bool named = false; /* does name2 name a place? else it only says in which country the first one is */
    for (int32_t i = 0; i < c->n_places && x->name2.n && !named; i++)
        named = vg_eq(c->place[i].name, x->name2);
    return !named || vg_eq(*other, x->name2);
}

static bool closes_any(const vg_flow_conflict *c, const vg_flow_closure *x)
{
    bool any = x->kind == VG_FLOW_CLOSE_CAMP;
    for (int32_t i = 0; i < c->n_routes && !any; i++)
        any = vg_flow_closes(c, x, &c->route[i]);
    return any;
}

/* A closure that closes nothing is refused: a wrong name would else pass in silence. */
static bool drop_closures(vg_flow_reader *r)
{
    vg_flow_conflict *c = r->c;
    int32_t kept = 0;
    for (int32_t i = 0; i < c->n_closures; i++) {
        const vg_flow_closure *x = &c->closure[i];
        vg_err why = VG_NO_ERR;
        if (closes_any(c, x)) {
            c->closure[kept++] = *x;
            continue;
        }
        vg_fail(&why, VG_ENOTFOUND, x->at, "a closure without a border: no route joins \"%.*s\" and \"%.*s\"",
                VG_P(x->name1), VG_P(x->name2));
        vg_why(&why, "a closure must close at least one route of routes.csv");
        vg_mend(&why, "check both names, or add the route");
        if (!vg_flow_refuse(r, &why, VG_NOSTR))
            return false;
    }
    c->n_closures = kept;
    return true;
}

bool vg_flow_check(vg_flow_reader *r, vg_err *e)
{
    if (!drop_doubles(r) || !drop_closures(r))
        return vg_fail_memory(e, vg_arena_limit(r->a));
    return check_ways(r, e);
}
