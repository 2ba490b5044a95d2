/* "What if": borders that close and camps that open, added to a copy of a conflict. Invariant: the conflict as read is
 * not touched, and a question that changes nothing (a border that no route crosses) is refused. */
#include <math.h>
#include <string.h>

#include "displacement/flow_int.h"

static int32_t find_place(const vg_flow_conflict *c, vg_str name)
{
    for (int32_t i = 0; i < c->n_places; i++)
        if (vg_eq_nocase(c->place[i].name, name))
            return i;
    return -1;
}

static vg_str find_country(const vg_flow_conflict *c, vg_str name)
{
    for (int32_t i = 0; i < c->n_places; i++)
        if (vg_eq_nocase(c->place[i].country, name))
            return c->place[i].country;
    return VG_NOSTR;
}

static bool not_found(const vg_flow_conflict *c, vg_str name, vg_err *e)
{
    vg_str near = vg_flow_nearest(c, name, true);
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no place or country of %.*s is called \"%.*s\"", VG_P(c->name),
            VG_P(name));
    if (near.n)
        return vg_mend(e, "did you mean \"%.*s\"?", VG_P(near));
    return vg_mend(e, "take a name as it stands in locations.csv");
}

static bool check_day(int32_t day, vg_err *e)
{
    if (day >= 0 && day <= VG_FLOW_MAX_DAYS)
        return true;
    return vg_fail(e, VG_ERANGE, VG_NOWHERE, "day %d: days are counted from 0 to %d", day, VG_FLOW_MAX_DAYS);
}

/* A country against a place of another one says nothing about which of the two is meant. */
static bool mixed_border(const vg_flow_border *b, vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "of \"%.*s\" and \"%.*s\" one is a country and the other a place",
            VG_P(b->a), VG_P(b->b));
    vg_why(e, "a border is closed between two countries, or between two places");
    return vg_mend(e, "name two countries, or two places that one route joins");
}

static bool close_border(vg_flow_conflict *c, const vg_flow_border *b, vg_err *e)
{
    vg_str a_country = find_country(c, b->a), b_country = find_country(c, b->b);
    int32_t a_place = find_place(c, b->a), b_place = find_place(c, b->b);
    vg_flow_closure x = { .first_day = b->day };
    if (!check_day(b->day, e))
        return false;
    if (a_country.n && b_country.n)
        x = (vg_flow_closure){ VG_FLOW_CLOSE_COUNTRY, a_country, b_country, b->day, 0, VG_NOWHERE };
    else if (a_place >= 0 && b_place >= 0)
        x = (vg_flow_closure){ VG_FLOW_CLOSE_PLACE, c->place[a_place].name, c->place[b_place].name, b->day, 0,
                               VG_NOWHERE };
    else if ((a_country.n || a_place >= 0) && (b_country.n || b_place >= 0))
        return mixed_border(b, e);
    else
        return not_found(c, a_country.n || a_place >= 0 ? b->b : b->a, e);
    bool any = false;
    for (int32_t i = 0; i < c->n_routes; i++)
        any = any || vg_flow_closes(c, &x, &c->route[i]);
    if (!any) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no route crosses between \"%.*s\" and \"%.*s\"", VG_P(b->a),
                VG_P(b->b));
        vg_why(e, "a border can only be closed where a route of routes.csv crosses it");
        return vg_mend(e, "name two countries, or two places that one route joins");
    }
    c->closure[c->n_closures++] = x;
    return true;
}

static bool check_camp(const vg_flow_conflict *c, const vg_flow_new_camp *n, vg_err *e)
{
    if (!(n->capacity > 0) || !(n->km > 0) || n->km > 50000 || !n->name.n) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "a camp for %g people, %g km from \"%.*s\"", n->capacity, n->km,
                VG_P(n->near));
        return vg_why(e, "a new camp needs a name, and a capacity and a distance above zero");
    }
    if (find_place(c, n->name) >= 0) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "there is a place called \"%.*s\" already", VG_P(n->name));
        return vg_mend(e, "give the new camp another name");
    }
    return find_place(c, n->near) >= 0 ? check_day(n->day, e) : not_found(c, n->near, e);
}

static bool open_camp(vg_flow_conflict *c, const vg_flow_new_camp *n, vg_err *e)
{
    if (!check_camp(c, n, e))
        return false;
    int32_t near = find_place(c, n->near), place = c->n_places++;
    c->place[place] = (vg_flow_place){ .name = n->name,
                                       .country = c->place[near].country,
                                       .region = c->place[near].region,
                                       .lat_deg = NAN,
                                       .lon_deg = NAN,
                                       .kind = VG_FLOW_CAMP,
                                       .population = NAN,
                                       .capacity = n->capacity,
                                       .camp = c->n_camps };
    c->camp_place[c->n_camps++] = place;
    c->route[c->n_routes++] = (vg_flow_route){ .a = near, .b = place, .km = n->km };
    if (n->day > 0)
        c->closure[c->n_closures++] =
            (vg_flow_closure){ VG_FLOW_CLOSE_CAMP, n->name, VG_NOSTR, 0, n->day, VG_NOWHERE };
    return true;
}

/* Room for `more` behind a copy of the n things of a list. */
static void *copy(vg_arena *a, const void *list, int32_t n, int32_t more, int64_t size)
{
    void *to = vg_alloc(a, (int64_t)n + more, size, 16);
    if (to && n)
        memcpy(to, list, (size_t)(n * size));
    return to;
}

bool vg_flow_what_if(const vg_flow_conflict *c, const vg_flow_opts *o, vg_arena *a, vg_flow_conflict *out,
                     vg_err *e)
{
    vg_flow_conflict w = *c;
    if (o->n_borders == 0 && o->n_camps == 0) {
        *out = w;
        return true;
    }
    w.place = copy(a, c->place, c->n_places, o->n_camps, sizeof *w.place);
    w.route = copy(a, c->route, c->n_routes, o->n_camps, sizeof *w.route);
    w.closure = copy(a, c->closure, c->n_closures, o->n_borders + o->n_camps, sizeof *w.closure);
    w.camp_place = copy(a, c->camp_place, c->n_camps, o->n_camps, sizeof *w.camp_place);
    if (!w.place || !w.route || !w.closure || !w.camp_place)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < o->n_camps; i++)
        if (!open_camp(&w, &o->camp[i], e))
            return false;
    for (int32_t i = 0; i < o->n_borders; i++)
        if (!close_border(&w, &o->border[i], e))
            return false;
    *out = w;
    return true;
}
