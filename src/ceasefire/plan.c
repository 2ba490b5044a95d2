/* An agreement made ready for many questions: every shape of every zone in one index, and the clauses of each zone beside
 * it. Invariant: the shapes of one zone (or of one closer_than clause) stand together in the index, by version. */
#include <stdlib.h>
#include <string.h>

#include "ceasefire/watch_int.h"

static bool is_always(const vg_clause *c)
{
    return c->zone == VG_AGREEMENT_NOBODY || c->relation == VG_RELATION_OUTSIDE;
}

static void add_shape(vg_plan *p, const vg_agreement *a, const vg_zone *zone, int32_t z, int32_t version,
                      int32_t clause)
{
    const vg_agreement_version *v = &a->zone[z].version[version];
    uint32_t acts = clause >= 0 ? a->clause[clause].acts : 0;
    p->zone[p->n_shapes] = zone;
    p->shape[p->n_shapes++] = (vg_plan_shape){ z, version, clause, v->from, v->to, acts };
}

static void add_shapes(vg_plan *p, const vg_agreement *a)
{
    for (int32_t z = 0; z < a->n_zones; z++) {
        for (int32_t v = 0; v < a->zone[z].n_versions; v++)
            add_shape(p, a, a->zone[z].version[v].shape, z, v, -1);
        p->area_km2[z] = a->zone[z].n_versions ? vg_zone_area_km2(a->zone[z].version[0].shape) : 0;
    }
    for (int32_t c = 0; c < a->n_clauses; c++)
        for (int32_t v = 0; v < a->clause[c].closer; v++)
            if (a->clause[c].relation == VG_RELATION_CLOSER_THAN && a->clause[c].closer_shape[v])
                add_shape(p, a, a->clause[c].closer_shape[v], a->clause[c].zone, v, c);
}

static void sort_clauses(vg_plan *p, const vg_agreement *a)
{
    int32_t n = 0;
    for (int32_t z = 0; z < a->n_zones; z++) {
        p->first[z] = n;
        for (int32_t c = 0; c < a->n_clauses; c++)
            if (a->clause[c].zone == z && !is_always(&a->clause[c]) &&
                a->clause[c].relation != VG_RELATION_CLOSER_THAN)
                p->by_zone[n++] = c;
    }
    p->first[a->n_zones] = n;
    for (int32_t c = 0; c < a->n_clauses; c++)
        if (is_always(&a->clause[c]))
            p->always[p->n_always++] = c;
}

static void ready_clause(vg_plan_clause *p, const vg_agreement *a, const vg_clause *c)
{
    p->window = c->window;
    p->window.from = a->from > c->window.from ? a->from : c->window.from;
    p->window.to = a->to < c->window.to ? a->to : c->window.to;
    p->any_weapon = c->weapons == 0 && !(c->least_calibre_mm > 0);
    for (int i = 0; i < VG_N_WEAPONS; i++)
        p->above[i] = c->least_calibre_mm > 0 ? (float)vg_watch_calibre_above(i, c->least_calibre_mm) : 1.0F;
}

static int64_t count_shapes(const vg_agreement *a)
{
    int64_t n = 0;
    for (int32_t z = 0; z < a->n_zones; z++)
        n += a->zone[z].n_versions;
    for (int32_t c = 0; c < a->n_clauses; c++)
        n += a->clause[c].closer;
    return n;
}

/* --- squares: which shapes lie near --- */

#define METRES_A_DEGREE 111195.0

enum { SQUARES_MOST = 1 << 18 };

#define EDGES_WITHIN  1.1
#define NEAR_ENOUGH_M 500 /* nearer edges are not told apart */

/* Classes of circles, by how far they reach: edges beyond the class count as not there; wider circles ask all shapes. */
enum { CLASSES = 5 };
static const double reach[CLASSES] = { 300, 700, 1600, 4500, 12000 };

static double metres_a_degree_east(double lat)
{
    return METRES_A_DEGREE * fmax(0.02, cos(fmin(89.9, fabs(lat)) * 0.017453292519943295));
}

/* Lays squares over all shapes and their surroundings; none where they go around the earth or over a pole. */
static bool lay_net(vg_plan *p, vg_err *e)
{
    double box[4] = { 180, 90, -180, -90 };
    vg_plan_net *n = &p->net;
    for (int32_t i = 0; i < p->n_shapes; i++) {
        double *one = p->box[i];
        vg_zone_box(p->zone[i], one);
        box[0] = fmin(box[0], one[0] > one[2] ? -180 : one[0]);
        box[1] = fmin(box[1], one[1]);
        box[2] = fmax(box[2], one[0] > one[2] ? 180 : one[2]);
        box[3] = fmax(box[3], one[3]);
    }
    double far = fmax(fabs(box[1]), fabs(box[3]));
    if (p->n_shapes == 0 || far > 80 || box[2] - box[0] > 60)
        return true;
    double more = reach[CLASSES - 1] / METRES_A_DEGREE * 1.05,
           wide = reach[CLASSES - 1] / metres_a_degree_east(far + more) * 1.05;
    n->south = box[1] - more;
    n->west = box[0] - wide;
    double high = box[3] + more - n->south, across = box[2] + wide - n->west;
    n->side_deg = fmax(0.02, sqrt(high * across / SQUARES_MOST));
    n->rows = (int32_t)(high / n->side_deg) + 1;
    n->columns = (int32_t)(across / n->side_deg) + 1;
    size_t squares = (size_t)n->rows * (size_t)n->columns;
    n->first = calloc(squares + 1, sizeof *n->first);
    n->n_near = 1; /* 0 = no list */
    return n->first || vg_fail_memory(e, (int64_t)squares);
}

/* From the middle of a square to its corner. */
static double half_m(const vg_plan_net *n, int32_t row)
{
    double lat = fmax(0, fabs(n->south + (row + 0.5) * n->side_deg) - n->side_deg);
    return 0.51 * n->side_deg * sqrt(METRES_A_DEGREE * METRES_A_DEGREE + pow(metres_a_degree_east(lat), 2));
}

/*
 * Makes the list of a square: its length and half of its width, then the shapes by number, but those that no circle of the
 * widest class meets from it. False when there is no memory.
 */
static bool list_square(vg_watch *w, int32_t row, int32_t column, int32_t *list)
{
    vg_plan *p = &w->plan;
    vg_plan_net *n = &p->net;
    vg_err quiet = VG_NO_ERR;
    double lat = n->south + (row + 0.5) * n->side_deg, lon = n->west + (column + 0.5) * n->side_deg;
    double most_m = EDGES_WITHIN * (reach[CLASSES - 1] + half_m(n, row)), high = most_m / METRES_A_DEGREE;
    double across = most_m / metres_a_degree_east(fabs(lat) + high);
    if (!vg_watch_room(&w->memory, &n->near, &n->cap_near, n->n_near + p->n_shapes + 1, sizeof *n->near,
                       &quiet))
        return false;
    int32_t found = 0;
    vg_plan_near *to = n->near + n->n_near + 1;
    for (int32_t i = 0; i < p->n_shapes; i++) {
        const double *box = p->box[i];
        if (lat < box[1] - high || lat > box[3] + high ||
            (box[0] <= box[2] && (lon < box[0] - across || lon > box[2] + across)))
            continue;
        double edge_m = vg_zone_edge_m(p->zone[i], lat, lon, most_m, NEAR_ENOUGH_M);
        bool inside = vg_zone_has(p->zone[i], lat, lon);
        if (inside || isfinite(edge_m))
            to[found++] = (vg_plan_near){ i, (float)(inside ? -edge_m : edge_m) };
    }
    n->near[n->n_near] = (vg_plan_near){ found, (float)half_m(n, row) };
    *list = (int32_t)n->n_near;
    n->n_near += found + 1;
    return true;
}

bool vg_watch_spot(vg_watch *w, double lat_deg, double lon_deg, double reach_m, vg_plan_spot *spot)
{
    const vg_plan_net *n = &w->plan.net;
    int wide = 0;
    while (wide < CLASSES && reach_m > reach[wide])
        wide++;
    if (n->rows == 0 || wide == CLASSES)
        return false;
    double up = (lat_deg - n->south) / n->side_deg, along = (lon_deg - n->west) / n->side_deg;
    if (!(up >= 0 && up < n->rows && along >= 0 && along < n->columns))
        return false;
    int32_t row = (int32_t)up, column = (int32_t)along;
    int32_t *list = &n->first[(int64_t)row * n->columns + column];
    if (*list == 0 && !list_square(w, row, column, list))
        return false;
    double north = (up - row - 0.5) * n->side_deg * METRES_A_DEGREE,
           east = (along - column - 0.5) * n->side_deg * metres_a_degree_east(lat_deg);
    spot->n = n->near[*list].shape;
    spot->near = n->near + *list + 1;
    spot->far_m = EDGES_WITHIN * (reach[wide] + (double)n->near[*list].edge_m);
    spot->off_m = sqrt(north * north + east * east);
    return true;
}

bool vg_watch_plan_make(vg_plan *p, const vg_agreement *a, vg_err *e)
{
    size_t n = (size_t)count_shapes(a), zones = (size_t)a->n_zones, clauses = (size_t)a->n_clauses;
    p->shape = calloc(n + 1, sizeof *p->shape);
    p->zone = calloc(n + 1, sizeof *p->zone);
    p->box = calloc(n + 1, sizeof *p->box);
    p->first = calloc(zones + 1, sizeof *p->first);
    p->area_km2 = calloc(zones + 1, sizeof *p->area_km2);
    p->by_zone = calloc(clauses + 1, sizeof *p->by_zone);
    p->always = calloc(clauses + 1, sizeof *p->always);
    p->clause = calloc(clauses + 1, sizeof *p->clause);
    if (!p->shape || !p->zone || !p->box || !p->first || !p->area_km2 || !p->by_zone || !p->always ||
        !p->clause)
        return vg_fail_memory(e, (int64_t)(n * sizeof *p->shape));
    add_shapes(p, a);
    sort_clauses(p, a);
    for (int32_t c = 0; c < a->n_clauses; c++)
        ready_clause(&p->clause[c], a, &a->clause[c]);
    return lay_net(p, e);
}

void vg_watch_plan_free(vg_plan *p)
{
    free(p->net.first);
    free(p->net.near);
    free(p->shape);
    free(p->zone);
    free(p->box);
    free(p->first);
    free(p->area_km2);
    free(p->by_zone);
    free(p->always);
    free(p->clause);
    memset(p, 0, sizeof *p);
}
