/* The ways from fighting to camps as they are on a day: which routes and camps are open, and how far each camp is from
 * each zone as people feel it. Invariant: near[zone][camp] is 0 exactly where no open way leads.
 *
 * The felt length of a way is the sum over its routes of  km x (1 + safety x [fighting at its far end])  and of
 * passing_km for every open camp on the way but the last: some who come through a camp stay there. Shortest ways by
 * Dijkstra (1959, doi 10.1007/BF01386390) from each camp backwards. The attraction of a felt length d is
 * ((d + near_km) / 100)^-distance, the power law of gravity models of migration with a floor below which all is near. */
#include <math.h>
#include <string.h>

#include "displacement/flow_int.h"

/* --- making --- */

static bool make_arcs(vg_flow_net *net, vg_arena *a)
{
    const vg_flow_conflict *c = net->c;
    int32_t *next = vg_new(a, int32_t, c->n_places + 1);
    net->first = vg_new(a, int32_t, c->n_places + 2);
    net->arc = vg_new(a, vg_flow_arc, 2 * (int64_t)c->n_routes);
    if (!next || !net->first || !net->arc)
        return false;
    for (int32_t i = 0; i < c->n_routes; i++) {
        net->first[c->route[i].a + 1]++;
        net->first[c->route[i].b + 1]++;
    }
    for (int32_t i = 0; i < c->n_places; i++)
        net->first[i + 1] += net->first[i];
    memcpy(next, net->first, ((size_t)c->n_places + 1) * sizeof *next);
    for (int32_t i = 0; i < c->n_routes; i++) {
        net->arc[next[c->route[i].a]++] = (vg_flow_arc){ c->route[i].b, i };
        net->arc[next[c->route[i].b]++] = (vg_flow_arc){ c->route[i].a, i };
    }
    return true;
}

static void mark(vg_flow_net *net, int32_t day)
{
    if (day >= 0 && day < net->n_days)
        net->change[day] = true;
}

/* The camp a closure shuts: the one named as camp, or as a place with no second place. */
static int32_t shut_by(const vg_flow_conflict *c, const vg_flow_closure *x)
{
    int32_t camp = -1;
    if (x->kind != VG_FLOW_CLOSE_CAMP && x->kind != VG_FLOW_CLOSE_PLACE)
        return -1;
    for (int32_t i = 0; i < c->n_places; i++) {
        if (x->kind == VG_FLOW_CLOSE_PLACE && x->name2.n && vg_eq(c->place[i].name, x->name2))
            return -1;
        if (vg_eq(c->place[i].name, x->name1))
            camp = c->place[i].camp;
    }
    return camp;
}

static bool make_changes(vg_flow_net *net, vg_arena *a)
{
    const vg_flow_conflict *c = net->c;
    net->change = vg_new(a, bool, net->n_days);
    net->hits = vg_new(a, bool, (int64_t)c->n_closures * c->n_routes);
    net->shuts = vg_new(a, int32_t, c->n_closures);
    if (!net->change || !net->hits || !net->shuts)
        return false;
    mark(net, 0);
    for (int32_t i = 0; i < c->n_fighting; i++) {
        mark(net, c->fighting[i].first_day);
        mark(net, c->fighting[i].last_day + 1);
    }
    for (int32_t i = 0; i < c->n_closures; i++) {
        const vg_flow_closure *x = &c->closure[i];
        mark(net, x->first_day);
        mark(net, x->end_day);
        net->shuts[i] = shut_by(c, x);
        for (int32_t r = 0; r < c->n_routes; r++)
            net->hits[(int64_t)i * c->n_routes + r] = vg_flow_closes(c, x, &c->route[r]);
    }
    return true;
}

static bool make_zones(vg_flow_net *net, vg_arena *a)
{
    const vg_flow_conflict *c = net->c;
    bool *fights = vg_new(a, bool, c->n_places);
    net->zone = vg_new(a, int32_t, c->n_places);
    if (!fights || !net->zone)
        return false;
    for (int32_t i = 0; i < c->n_fighting; i++)
        fights[c->fighting[i].place] = true;
    for (int32_t i = 0; i < c->n_places; i++)
        if (fights[i])
            net->zone[net->n_zones++] = i;
    return true;
}

bool vg_flow_net_make(const vg_flow_conflict *c, int32_t n_days, bool paths, vg_arena *a, vg_flow_net *out,
                      vg_err *e)
{
    vg_flow_net net = { .c = c, .n_days = n_days };
    int64_t n = c->n_places;
    bool good = make_arcs(&net, a) && make_changes(&net, a) && make_zones(&net, a);
    net.closed = vg_new(a, bool, c->n_routes);
    net.lifted = vg_new(a, bool, c->n_routes);
    net.shut = vg_new(a, bool, c->n_camps);
    net.intensity = vg_new(a, double, n);
    net.length = vg_new(a, double, n);
    net.heap = vg_new(a, int32_t, n);
    net.heap_at = vg_new(a, int32_t, n);
    net.step = vg_new(a, int32_t, n);
    net.near = vg_new(a, double, (int64_t)net.n_zones * c->n_camps);
    net.path = paths ? vg_new(a, int32_t, n * c->n_camps) : NULL;
    if (!good || !net.closed || !net.lifted || !net.shut || !net.intensity || !net.length || !net.heap ||
        !net.heap_at || !net.step || !net.near || (paths && !net.path))
        return vg_fail_memory(e, vg_arena_limit(a));
    *out = net;
    return true;
}

/* --- shortest ways --- */

enum { NOT_SEEN = -1, DONE = -2 };

static void heap_put(vg_flow_net *net, int32_t at, int32_t place)
{
    const double *d = net->length;
    while (at > 0 && d[net->heap[(at - 1) / 2]] > d[place]) {
        net->heap[at] = net->heap[(at - 1) / 2];
        net->heap_at[net->heap[at]] = at;
        at = (at - 1) / 2;
    }
    net->heap[at] = place;
    net->heap_at[place] = at;
}

static int32_t heap_take(vg_flow_net *net, int32_t *n)
{
    const double *d = net->length;
    int32_t best = net->heap[0], last = net->heap[--*n], at = 0;
    net->heap_at[best] = DONE;
    for (int32_t child = 1; *n > 0 && child < *n; child = 2 * at + 1) {
        if (child + 1 < *n && d[net->heap[child + 1]] < d[net->heap[child]])
            child++;
        if (d[net->heap[child]] >= d[last])
            break;
        net->heap[at] = net->heap[child];
        net->heap_at[net->heap[at]] = at;
        at = child;
    }
    if (*n > 0) {
        net->heap[at] = last;
        net->heap_at[last] = at;
    }
    return best;
}

static bool takes_in(const vg_flow_net *net, int32_t place)
{
    int32_t camp = net->c->place[place].camp;
    return camp >= 0 && !net->shut[camp];
}

/* Whoever stands in a place that is no open camp and has redirections must follow one of them. */
static bool may_go(const vg_flow_net *net, int32_t from, int32_t route)
{
    bool bound = false;
    if (takes_in(net, from) || net->intensity[from] > 0)
        return true;
    for (int32_t k = net->first[from]; k < net->first[from + 1]; k++) {
        const vg_flow_route *r = &net->c->route[net->arc[k].route];
        if (net->lifted[net->arc[k].route] ||
            !((r->forced == 2 && r->a == from) || (r->forced == 1 && r->b == from)))
            continue;
        if (net->arc[k].route == route)
            return true;
        bound = true;
    }
    return !bound;
}

/* Felt lengths from every place to `target`, and the route each goes first. */
static void find_ways(vg_flow_net *net, const vg_flow_params *p, int32_t target)
{
    const vg_flow_conflict *c = net->c;
    int32_t n = 1;
    for (int32_t i = 0; i < c->n_places; i++) {
        net->length[i] = INFINITY;
        net->heap_at[i] = net->step[i] = NOT_SEEN;
    }
    net->length[target] = 0;
    heap_put(net, 0, target);
    while (n > 0) {
        int32_t u = heap_take(net, &n);
        double enter = u != target && takes_in(net, u) ? p->value[VG_FLOW_PASSING_KM] : 0;
        double danger = 1 + (net->intensity[u] > 0 ? p->value[VG_FLOW_SAFETY] : 0);
        for (int32_t k = net->first[u]; k < net->first[u + 1]; k++) {
            int32_t from = net->arc[k].to, route = net->arc[k].route;
            double d = net->length[u] + c->route[route].km * danger + enter;
            if (net->closed[route] || net->heap_at[from] == DONE || d >= net->length[from] ||
                !may_go(net, from, route))
                continue;
            net->length[from] = d;
            net->step[from] = route;
            heap_put(net, net->heap_at[from] == NOT_SEEN ? n++ : net->heap_at[from], from);
        }
    }
}

/* --- a day --- */

static void set_conditions(vg_flow_net *net, int32_t day)
{
    const vg_flow_conflict *c = net->c;
    memset(net->closed, 0, (size_t)c->n_routes * sizeof *net->closed);
    memset(net->lifted, 0, (size_t)c->n_routes * sizeof *net->lifted);
    memset(net->shut, 0, (size_t)c->n_camps * sizeof *net->shut);
    memset(net->intensity, 0, (size_t)c->n_places * sizeof *net->intensity);
    for (int32_t i = 0; i < c->n_fighting; i++) {
        const vg_flow_fighting *f = &c->fighting[i];
        if (f->first_day <= day && day <= f->last_day)
            net->intensity[f->place] += f->intensity;
    }
    for (int32_t i = 0; i < c->n_closures; i++) {
        const vg_flow_closure *x = &c->closure[i];
        const bool *hits = net->hits + (int64_t)i * c->n_routes;
        if (day < x->first_day || (x->end_day && day >= x->end_day))
            continue;
        if (net->shuts[i] >= 0)
            net->shut[net->shuts[i]] = true;
        bool *set = x->kind == VG_FLOW_UNFORCE ? net->lifted : net->closed;
        for (int32_t r = 0; r < c->n_routes; r++)
            set[r] = set[r] || hits[r];
    }
}

void vg_flow_net_day(vg_flow_net *net, const vg_flow_params *p, int32_t day)
{
    const vg_flow_conflict *c = net->c;
    set_conditions(net, day);
    for (int32_t k = 0; k < c->n_camps; k++) {
        if (!net->shut[k])
            find_ways(net, p, c->camp_place[k]);
        for (int32_t i = 0; i < net->n_zones; i++) {
            double d = net->shut[k] ? INFINITY : net->length[net->zone[i]];
            net->near[(int64_t)i * c->n_camps + k] =
                isinf(d) ? 0 : pow((d + p->value[VG_FLOW_NEAR_KM]) / 100, -p->value[VG_FLOW_DISTANCE]);
        }
        if (net->path)
            memcpy(net->path + (int64_t)k * c->n_places, net->step, (size_t)c->n_places * sizeof *net->step);
    }
}
