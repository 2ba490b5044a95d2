/*
 * Looking the zones of an agreement over: their versions, whether they overlap or leave the zone they belong to, whether
 * somebody names them, and whether their coordinates look swapped. Invariant: two zones are held against one another at
 * most MOST_OVERLAPS times, so that a file of thousands of zones is looked over in seconds.
 */
#include <math.h>

#include "ceasefire/agreement_int.h"

enum { MOST_OVERLAPS = 2000 };
static const double LEAST_SHARE = .01, /* of the smaller zone: less is the width of a pencil on a map */
    MOST_KM2 = 5e6, /* no truce has a zone larger than this; the largest countries but six are smaller */
    FAR_M = 500e3;  /* from all other zones: then the swapped place is tried */

static void find(vg_agreement_reading *r, vg_finding_weight weight, int32_t line, const char *id,
                 const vg_fact *fact, int n)
{
    vg_agreement__find(r, weight, vg_agreement__place(r, line), id, fact, n);
}

/* --- versions --- */

static void check_version_pair(vg_agreement_reading *r, const vg_agreement_zone *z, int32_t i)
{
    const vg_agreement_version *v = &z->version[i - 1], *w = &z->version[i];
    if (v->to == w->from)
        return;
    bool gap = v->to < w->from;
    int64_t from = gap ? v->to : w->from, to = gap ? w->from : v->to < w->to ? v->to : w->to;
    find(r, gap ? VG_FINDING_WARNING : VG_FINDING_ERROR, w->line, gap ? "zone-gap" : "zone-two-versions",
         VG_FACTS(vg_fact__text("zone", z->id), vg_fact__time("from", from), vg_fact__time("to", to),
                  vg_fact__num("line", v->line)));
}

static void check_versions(vg_agreement_reading *r, const vg_agreement_zone *z)
{
    for (int32_t i = 0; i < z->n_versions; i++) {
        const vg_agreement_version *v = &z->version[i];
        if (v->from >= v->to)
            find(r, VG_FINDING_ERROR, v->line, "version-ends-before",
                 VG_FACTS(vg_fact__text("zone", z->id), vg_fact__time("from", v->from),
                          vg_fact__time("to", v->to)));
        else if (i > 0)
            check_version_pair(r, z, i);
    }
}

/* --- zones over one another --- */

static bool says_so(const vg_agreement_reading *r, int32_t i, int32_t j)
{
    const vg_toml *words = r->extra[i].overlap_words;
    for (const vg_toml *x = words && words->kind == VG_TOML_ARRAY ? words->first : words; x;
         x = x == words ? NULL : x->next)
        if (x->kind == VG_TOML_TEXT && vg_eq(x->text, r->zone[j].id))
            return true;
    return false;
}

bool vg_agreement__boxes_touch(const vg_zone *a, const vg_zone *b)
{
    double p[4], q[4];
    vg_zone_box(a, p);
    vg_zone_box(b, q);
    bool over_date_line = p[0] > p[2] || q[0] > q[2];
    return p[1] <= q[3] && q[1] <= p[3] && (over_date_line || (p[0] <= q[2] && q[0] <= p[2]));
}

/* A corridor or disengagement area that lies mostly, and not wholly, in a wider zone. */
static bool leaves(const vg_agreement_zone *small, double share)
{
    bool belongs = small->kind == VG_ZONE_CORRIDOR || small->kind == VG_ZONE_DISENGAGEMENT;
    return belongs && share >= .5 && share < 1 - LEAST_SHARE;
}

static void tell_overlap(vg_agreement_reading *r, const vg_agreement_zone *a, const vg_agreement_zone *b,
                         int32_t line, double shared, const double area[2])
{
    const vg_agreement_zone *small = area[0] < area[1] ? a : b, *wide = small == a ? b : a;
    double share = shared / fmin(area[0], area[1]);
    if (leaves(small, share))
        find(r, VG_FINDING_WARNING, line, "zone-leaves",
             VG_FACTS(vg_fact__text("zone", small->id), vg_fact__text("other", wide->id),
                      vg_fact__num("percent", round(100 * (1 - share)))));
    else
        find(r, VG_FINDING_NOTE, line, "zones-overlap",
             VG_FACTS(vg_fact__text("zone", a->id), vg_fact__text("other", b->id),
                      vg_fact__num("km2", round(shared * 10) / 10)));
}

static void check_overlap(vg_agreement_reading *r, int32_t i, int32_t j, int32_t *budget)
{
    const vg_agreement_zone *a = &r->zone[i], *b = &r->zone[j];
    for (int32_t v = 0; v < a->n_versions; v++)
        for (int32_t w = 0; w < b->n_versions; w++) {
            const vg_agreement_version *x = &a->version[v], *y = &b->version[w];
            double shared, area[2] = { vg_zone_area_km2(x->shape), vg_zone_area_km2(y->shape) };
            if (!vg_agreement__touch(x->from, x->to, y->from, y->to) ||
                !vg_agreement__boxes_touch(x->shape, y->shape))
                continue;
            if (--*budget < 0 || !vg_zone_overlap_km2(x->shape, y->shape, &shared, r->e) ||
                shared < LEAST_SHARE * fmin(area[0], area[1]))
                continue;
            tell_overlap(r, a, b, y->line, shared, area);
            return;
        }
}

static bool is_told_of(const vg_agreement_zone *z)
{
    return z->kind != VG_ZONE_WHOLE_TERRITORY && z->kind != VG_ZONE_NO_FLY && !vg_agreement__is_line(z->kind);
}

/* What of a zone lies outside a territory that is drawn. */
static void check_territory(vg_agreement_reading *r, int32_t territory, int32_t zone, int32_t *budget)
{
    const vg_agreement_zone *t = &r->zone[territory], *z = &r->zone[zone];
    for (int32_t v = 0; v < z->n_versions; v++)
        for (int32_t w = 0; w < t->n_versions; w++) {
            const vg_agreement_version *x = &z->version[v], *y = &t->version[w];
            double shared = 0, area = vg_zone_area_km2(x->shape);
            if (!vg_agreement__touch(x->from, x->to, y->from, y->to))
                continue;
            if (vg_agreement__boxes_touch(x->shape, y->shape) &&
                (--*budget < 0 || !vg_zone_overlap_km2(x->shape, y->shape, &shared, r->e)))
                continue;
            if (shared >= (1 - LEAST_SHARE) * area)
                continue;
            find(r, VG_FINDING_WARNING, x->line, "zone-leaves-territory",
                 VG_FACTS(vg_fact__text("zone", z->id), vg_fact__text("other", t->id),
                          vg_fact__num("percent", round(100 * (1 - shared / area)))));
            return;
        }
}

static void check_overlaps(vg_agreement_reading *r)
{
    int32_t budget = MOST_OVERLAPS;
    for (int32_t i = 0; i < r->a->n_zones; i++) {
        const vg_toml *last = NULL;
        vg_str word;
        vg_at at;
        while (vg_agreement__word(r, r->extra[i].overlap_words, &last, &word, &at))
            vg_agreement__zone_named(r, word, at);
        for (int32_t j = i + 1; j < r->a->n_zones && is_told_of(&r->zone[i]); j++)
            if (is_told_of(&r->zone[j]) && !says_so(r, i, j) && !says_so(r, j, i))
                check_overlap(r, i, j, &budget);
        for (int32_t j = 0; j < r->a->n_zones && r->zone[i].kind == VG_ZONE_WHOLE_TERRITORY; j++)
            if (r->zone[j].kind != VG_ZONE_WHOLE_TERRITORY)
                check_territory(r, i, j, &budget);
    }
    if (budget < 0)
        vg_agreement__find(r, VG_FINDING_NOTE, r->root->at, "overlaps-not-all",
                           VG_FACTS(vg_fact__num("most", MOST_OVERLAPS)));
}

/* --- places that look wrong --- */

static void centre(const vg_agreement_zone *z, double *lat, double *lon)
{
    double box[4];
    vg_zone_box(z->version[0].shape, box);
    *lat = (box[1] + box[3]) / 2;
    *lon = remainder((box[0] + box[2]) / 2 + (box[0] > box[2] ? 180 : 0), 360);
}

/* Metres from a place to the centre of the nearest zone but this one. */
static double nearest_m(const vg_agreement *a, int32_t but, double lat, double lon)
{
    double least = INFINITY, other_lat, other_lon;
    for (int32_t i = 0; i < a->n_zones; i++)
        if (i != but && a->zone[i].n_versions) {
            centre(&a->zone[i], &other_lat, &other_lon);
            least = fmin(least, vg_distance_m(lat, lon, other_lat, other_lon));
        }
    return least;
}

/* Longitude and latitude exchanged are often both in range: then the zone lies far off, and the mirrored place near. */
static void check_swapped(vg_agreement_reading *r, int32_t i)
{
    const vg_agreement_zone *z = &r->zone[i];
    double lat, lon;
    if (!z->n_versions || r->a->n_zones < 2 || r->a->n_zones > 500)
        return;
    centre(z, &lat, &lon);
    double off = nearest_m(r->a, i, lat, lon);
    if (!(off > FAR_M) || !isfinite(off) || fabs(lon) > 90)
        return;
    double mirrored = nearest_m(r->a, i, lon, lat);
    if (mirrored < off / 10 && (i > 0 || r->a->n_zones > 2)) /* of two zones the second is told of */
        find(r, VG_FINDING_WARNING, z->line, "zone-swapped",
             VG_FACTS(vg_fact__text("zone", z->id), vg_fact__num("km", round(off / 1000)),
                      vg_fact__num("mirrored", round(mirrored / 1000))));
}

static void check_size(vg_agreement_reading *r, const vg_agreement_zone *z)
{
    for (int32_t v = 0; v < z->n_versions; v++)
        if (vg_zone_area_km2(z->version[v].shape) > MOST_KM2 && z->kind != VG_ZONE_WHOLE_TERRITORY) {
            find(r, VG_FINDING_WARNING, z->version[v].line, "zone-huge",
                 VG_FACTS(vg_fact__text("zone", z->id),
                          vg_fact__num("km2", round(vg_zone_area_km2(z->version[v].shape) / 1000) * 1000)));
            return;
        }
}

/* --- zones that nobody names --- */

static bool is_named(const vg_agreement_reading *r, int32_t zone)
{
    for (int32_t i = 0; i < r->a->n_clauses; i++)
        if (r->clause[i].zone == zone)
            return true;
    for (int32_t i = 0; i < r->n_exemptions; i++)
        if (r->exemption[i].zone == zone)
            return true;
    for (int32_t i = 0; i < r->a->n_thresholds; i++)
        if (r->threshold[i].scope == VG_SCOPE_ZONE && r->threshold[i].of == zone)
            return true;
    return r->zone[zone].kind == VG_ZONE_WHOLE_TERRITORY;
}

void vg_agreement__check_zones(vg_agreement_reading *r)
{
    for (int32_t i = 0; i < r->a->n_zones; i++) {
        const vg_agreement_zone *z = &r->zone[i];
        check_versions(r, z);
        bool ever = z->n_versions == 0;
        for (int32_t v = 0; v < z->n_versions; v++)
            ever |= vg_agreement__touch(z->version[v].from, z->version[v].to, r->a->from, r->a->to);
        if (!ever && r->a->from < r->a->to)
            find(r, VG_FINDING_ERROR, z->line, "zone-never", VG_FACTS(vg_fact__text("zone", z->id)));
        if (!is_named(r, i))
            find(r, VG_FINDING_NOTE, z->line, "zone-unused", VG_FACTS(vg_fact__text("zone", z->id)));
        check_swapped(r, i);
        check_size(r, z);
    }
    check_overlaps(r);
}
