/* An incident held against the clauses: P(broken) = where x when x act, times P(done by a party that is bound). Each
 * version of a zone counts for the share of the interval in which it held; a circle over an edge keeps both shares.
 * Invariant: nothing is rounded to one side, and what is not known where is held only against clauses that hold
 * everywhere. */
#include <string.h>

#include "ceasefire/watch_int.h"

#define LEAST_SHARE 0.005 /* shares of zones below this are not looked at */
#define LEAST_P     0.01  /* breaches below this are not listed */

/* The shapes that an incident may lie in: numbers ascending, so that versions of one zone stand together. */
typedef struct {
    int32_t number[VG_ZONES_MOST];
    double share[VG_ZONES_MOST];
    int32_t n;
} hits;

/* --- when --- */

static bool is_plain(const vg_window *w)
{
    return w->weekdays == 0 && w->day_from_s == 0 && (w->day_to_s == 86400 || w->day_to_s == 0);
}

/* Seconds of [from, to] within a window; a point in time counts as one. */
static double seconds_within(const vg_agreement *a, const vg_window *w, int64_t from, int64_t to)
{
    if (from > to)
        return 0;
    if (!is_plain(w))
        return (double)vg_window_overlap(w, a->clock, from, to);
    if (from == to)
        return from >= w->from && from < w->to ? 1 : 0;
    int64_t first = from > w->from ? from : w->from, last = to < w->to ? to : w->to;
    return last > first ? (double)(last - first) : 0;
}

static double length_s(const vg_incident *x)
{
    return x->to > x->from ? (double)x->to - (double)x->from : 1.0;
}

/* The part of the incident's interval in which a version of a zone held; false when there is none. */
static bool cut_to_version(const vg_agreement_version *v, const vg_incident *x, int64_t *from, int64_t *to)
{
    *from = x->from > v->from ? x->from : v->from;
    *to = x->to < v->to ? x->to : v->to;
    return x->from == x->to ? x->from >= v->from && x->from < v->to : *from < *to;
}

/* --- what --- */

/* P(the act is one of the clause's). */
static double p_acts(const vg_clause *c, const vg_fused *f)
{
    double sum = 0;
    if (c->acts && !(c->acts & f->likely_bits)) /* what most clauses ask for is not likely */
        return 0;
    for (int32_t i = 0; i < f->n_likely; i++)
        sum += c->acts == 0 || (c->acts >> f->likely[i] & 1) ? f->p_act[(int)f->likely[i]] : 0;
    return fmin(sum, 1);
}

/* P(weapon and calibre are those of the clause | act). */
static double p_weapon(const vg_watch *w, const vg_clause *c, const vg_plan_clause *p, int act,
                       const vg_incident *x, const vg_fused *f)
{
    double meant = 0, any = 0;
    for (int32_t i = w->words.first_usual[act]; i < w->words.first_usual[act + 1]; i++) {
        const vg_usual_weapon *u = &vg_usual_weapons[i];
        double weight = u->p * vg_watch_told_weapon(f, act, u->weapon);
        bool asked = c->weapons == 0 || (c->weapons >> u->weapon & 1);
        double wide = c->least_calibre_mm > 0 && !isnan(x->calibre_mm)
                          ? (x->calibre_mm >= c->least_calibre_mm - 0.5 ? 0.96 : 0.04)
                          : (double)p->above[u->weapon];
        any += weight;
        meant += asked ? weight * wide : 0;
    }
    return any > 0 ? meant / any : 0;
}

/* P(the act, the weapon and the calibre are those of the clause). */
static double p_meant(const vg_watch *w, int32_t clause, const vg_incident *x, const vg_fused *f)
{
    const vg_clause *c = &w->a->clause[clause];
    const vg_plan_clause *p = &w->plan.clause[clause];
    double sum = p_acts(c, f);
    if (p->any_weapon || sum < LEAST_P)
        return sum;
    sum = 0;
    for (int32_t i = 0; i < f->n_likely; i++)
        if (c->acts == 0 || (c->acts >> f->likely[i] & 1))
            sum += f->p_act[(int)f->likely[i]] * p_weapon(w, c, p, f->likely[i], x, f);
    return fmin(sum, 1);
}

/* --- by whom --- */

static double p_bound(const vg_agreement *a, const vg_clause *c, const vg_incident *x, uint8_t *flags)
{
    if (c->parties == UINT32_MAX)
        return 1;
    double own = 0, allied = 0;
    for (int32_t j = 0; j < a->n_parties; j++) {
        uint32_t of = 0;
        for (int32_t k = 0; k < a->n_parties; k++)
            of |= c->parties >> k & 1 ? a->party[k].allies : 0;
        if (c->parties >> j & 1)
            own += (double)x->p_party[j];
        else if (of >> j & 1)
            allied += (double)x->p_party[j];
    }
    if (allied > own)
        *flags |= VG_FLAG_ALLY;
    return fmin(own + allied, 1);
}

/* --- exceptions --- */

static double share_of_zone(const vg_watch *w, const hits *h, const vg_incident *x, int32_t zone)
{
    double sum = 0;
    for (int32_t i = 0; i < h->n; i++) {
        const vg_plan_shape *s = &w->plan.shape[h->number[i]];
        int64_t from, to;
        if (s->zone != zone || s->clause >= 0 ||
            !cut_to_version(&w->a->zone[zone].version[s->version], x, &from, &to))
            continue;
        sum += h->share[i] * (x->to > x->from ? (double)(to - from) / length_s(x) : 1);
    }
    return sum;
}

static bool covers(const vg_watch *w, const vg_exemption *ex, const vg_clause *c, const hits *h,
                   const vg_incident *x, const vg_fused *f)
{
    uint32_t acts = ex->acts ? ex->acts : c->acts;
    double p = 0;
    for (int a = 0; a < VG_N_ACTS; a++)
        p += acts == 0 || (acts >> a & 1) ? f->p_act[a] : 0;
    if (p < 0.5 || seconds_within(w->a, &ex->window, x->from, x->to) < 0.5 * length_s(x))
        return false;
    if (ex->zone != VG_AGREEMENT_NOBODY && share_of_zone(w, h, x, ex->zone) < 0.5)
        return false;
    if (ex->party == VG_AGREEMENT_NOBODY || x->party == ex->party)
        return true;
    return x->attribution == VG_ATTRIBUTION_NONE; /* nobody says that it was another */
}

static uint8_t exceptions(const vg_watch *w, const vg_clause *c, const hits *h, const vg_incident *x,
                          const vg_fused *f)
{
    uint8_t flags = 0;
    if (x->claims & VG_CLAIM_SELF_DEFENCE)
        flags |= VG_FLAG_SELF_DEFENCE;
    if (x->claims & VG_CLAIM_THIRD_PARTY)
        flags |= VG_FLAG_THIRD_PARTY;
    for (int32_t i = 0; i < c->n_exemptions; i++) {
        const vg_exemption *ex = &c->exemption[i];
        bool needed = ex->kind == VG_EXEMPT_EXERCISE || ex->kind == VG_EXEMPT_REPAIR ||
                      (ex->kind == VG_EXEMPT_DEMINING && (x->claims & VG_CLAIM_DEMINING)) ||
                      (ex->kind == VG_EXEMPT_MEDICAL && (x->claims & VG_CLAIM_MEDICAL));
        if (needed && covers(w, ex, c, h, x, f))
            flags |= ex->kind == VG_EXEMPT_REPAIR ? VG_FLAG_SILENCE : VG_FLAG_EXEMPT;
    }
    return flags;
}

/* --- one clause --- */

static int8_t level_of(const vg_agreement *a, double p)
{
    const vg_agreement_limits *l = &a->limits;
    return p >= l->violation  ? VG_LEVEL_VIOLATION
           : p >= l->probable ? VG_LEVEL_PROBABLE
           : p >= l->possible ? VG_LEVEL_POSSIBLE
                              : VG_LEVEL_NONE;
}

/* The surest first, then by number; the least sure falls off the end. */
static void insert(vg_incident *x, const vg_breach *b)
{
    int32_t at = x->n_breaches;
    while (at > 0 && (x->breach[at - 1].p < b->p ||
                      (!(x->breach[at - 1].p > b->p) && x->breach[at - 1].clause > b->clause)))
        at--;
    if (at == VG_INCIDENT_CLAUSES)
        return;
    if (x->n_breaches < VG_INCIDENT_CLAUSES)
        x->n_breaches++;
    for (int32_t i = x->n_breaches - 1; i > at; i--)
        x->breach[i] = x->breach[i - 1];
    x->breach[at] = *b;
}

/* `inside` is the sum over versions of share x seconds within the window; `seconds` those within the window at all. */
static void hold(const vg_watch *w, int32_t clause, double inside, double seconds, double act, const hits *h,
                 vg_incident *x, const vg_fused *f)
{
    const vg_clause *c = &w->a->clause[clause];
    if (seconds <= 0)
        return;
    double when = fmin(seconds / length_s(x), 1), where = fmin(inside / seconds, 1);
    vg_breach b = { .clause = clause, .where = (float)where, .when = (float)when, .act = (float)act };
    if (where * when * act < LEAST_P)
        return;
    double bound = p_bound(w->a, c, x, &b.flags), p = where * when * act * bound;
    if (p < LEAST_P)
        return;
    b.bound = (float)bound;
    b.p = (float)p;
    b.flags |= exceptions(w, c, h, x, f);
    b.level =
        b.flags & VG_FLAG_EXEMPT || x->verification == VG_VERIFY_REJECTED ? VG_LEVEL_NONE : level_of(w->a, p);
    insert(x, &b);
}

/* Which point the clause asks for: of the act, where it struck, or from where. */
static double share_for(const vg_clause *c, const vg_zone *shape, double share, const vg_incident *x,
                        const vg_fused *f)
{
    bool target = c->relation == VG_RELATION_TARGET_INSIDE, origin = c->relation == VG_RELATION_ORIGIN_INSIDE;
    if (!target && !origin)
        return share;
    double lat = target ? f->target_lat : f->origin_lat, lon = target ? f->target_lon : f->origin_lon;
    double radius = target ? f->target_radius : f->origin_radius;
    if (isnan(lat))
        return 0;
    return lat == x->lat_deg && lon == x->lon_deg ? share : vg_zone_share(shape, lat, lon, radius);
}

/* The shapes first..last-1 of the hits are versions of one zone: holds a clause against them. */
static void hold_versions(const vg_watch *w, int32_t clause, const hits *h, int32_t first, int32_t last,
                          vg_incident *x, const vg_fused *f)
{
    const vg_clause *c = &w->a->clause[clause];
    double act = p_meant(w, clause, x, f), inside = 0, seconds = 0;
    if (act < LEAST_P)
        return;
    const vg_agreement_zone *z = &w->a->zone[c->zone];
    for (int32_t i = first; i < last; i++) {
        int32_t number = h->number[i];
        int64_t from, to;
        if (!cut_to_version(&z->version[w->plan.shape[number].version], x, &from, &to))
            continue;
        double s = seconds_within(w->a, &w->plan.clause[clause].window, from, to);
        inside += s * share_for(c, w->plan.zone[number], h->share[i], x, f);
        seconds += s;
    }
    if (z->n_versions >
        last - first) /* versions that the place does not touch held for a part of the time, too */
        seconds = fmax(seconds, seconds_within(w->a, &w->plan.clause[clause].window, x->from, x->to));
    hold(w, clause, inside, seconds, act, h, x, f);
}

static void hold_always(const vg_watch *w, int32_t clause, const hits *h, vg_incident *x, const vg_fused *f)
{
    const vg_clause *c = &w->a->clause[clause];
    const vg_window *window = &w->plan.clause[clause].window;
    double act = p_meant(w, clause, x, f);
    if (act < LEAST_P)
        return;
    double seconds = seconds_within(w->a, window, x->from, x->to), inside = seconds;
    if (c->zone != VG_AGREEMENT_NOBODY) { /* outside */
        if (isnan(x->lat_deg))
            return;
        inside = seconds = 0;
        const vg_agreement_zone *z = &w->a->zone[c->zone];
        for (int32_t v = 0; v < z->n_versions; v++) {
            int64_t from, to;
            if (!cut_to_version(&z->version[v], x, &from, &to))
                continue;
            double s = seconds_within(w->a, window, from, to), share = 0;
            for (int32_t i = 0; i < h->n; i++) {
                const vg_plan_shape *shape = &w->plan.shape[h->number[i]];
                if (shape->zone == c->zone && shape->version == v && shape->clause < 0)
                    share = h->share[i];
            }
            inside += s * (1 - share);
            seconds += s;
        }
    }
    hold(w, clause, inside, seconds, act, h, x, f);
}

/* --- zones of the incident --- */

/* Surer first (to the hundredth), then the smaller zone: a sector says more than the whole territory. */
static void list_zone(const vg_watch *w, vg_incident *x, int32_t zone, double p)
{
    int32_t at = VG_INCIDENT_ZONES;
    while (at > 0) {
        int32_t other = x->zone[at - 1];
        double step = other < 0 ? 1 : floor(p * 100 + 0.5) - floor((double)x->p_zone[at - 1] * 100 + 0.5);
        if (step < 0 || (step <= 0 && w->plan.area_km2[zone] >= w->plan.area_km2[other]))
            break;
        at--;
    }
    if (at == VG_INCIDENT_ZONES)
        return;
    for (int32_t i = VG_INCIDENT_ZONES - 1; i > at; i--) {
        x->zone[i] = x->zone[i - 1];
        x->p_zone[i] = x->p_zone[i - 1];
    }
    x->zone[at] = zone;
    x->p_zone[at] = (float)p;
}

static void hold_zone(const vg_watch *w, const hits *h, int32_t first, int32_t last, vg_incident *x,
                      const vg_fused *f)
{
    const vg_plan *p = &w->plan;
    const vg_plan_shape *shape = &p->shape[h->number[first]];
    if (shape->clause >= 0) {
        hold_versions(w, shape->clause, h, first, last, x, f);
        return;
    }
    double in = share_of_zone(w, h, x, shape->zone);
    if (in >= LEAST_SHARE)
        list_zone(w, x, shape->zone, in);
    for (int32_t i = p->first[shape->zone]; i < p->first[shape->zone + 1]; i++)
        hold_versions(w, p->by_zone[i], h, first, last, x, f);
}

/* --- which shapes --- */

/* Whether the version of a zone that a shape stands for held at the time at all, and anyone asks for it. */
static bool is_asked(const vg_watch *w, const vg_plan_shape *s, const vg_incident *x, const vg_fused *f)
{
    bool held = x->from == x->to ? x->from >= s->from && x->from < s->to
                                 : x->from < s->to && x->to > s->from && s->from < s->to;
    return held && (s->clause < 0 || ((!s->acts || (s->acts & f->likely_bits)) &&
                                      p_acts(&w->a->clause[s->clause], f) >= LEAST_P));
}

static void hit(hits *h, int32_t number, double share)
{
    if (share < LEAST_SHARE || h->n == VG_ZONES_MOST)
        return;
    h->number[h->n] = number;
    h->share[h->n++] = share;
}

/* So many standard deviations from the edge, less than LEAST_SHARE of the place lies on its other side. */
#define CLEAR_SIGMAS 2.6

/* Edges so many standard deviations away leave less than LEAST_SHARE inside, whatever the shape; and nothing at all. */
#define OUT_SIGMAS    3.3
#define WITHIN_SIGMAS 4.5

/*
 * What the distances of a square tell without a look at the shape: its share, 0 or 1; -1 = it must be looked at. `sigma_m`:
 * a little more than the standard deviation, since the distances are right to some hundredths.
 */
static double told_from_afar(const vg_plan_spot *spot, const vg_plan_near *near, double sigma_m)
{
    double edge_m = fabs((double)near->edge_m), least_m = edge_m - spot->off_m;
    bool inside = near->edge_m < 0;
    if (edge_m > spot->far_m || least_m > WITHIN_SIGMAS * sigma_m)
        return inside;
    return !inside && least_m > OUT_SIGMAS * sigma_m ? 0 : -1;
}

static void find_hits(vg_watch *w, const vg_incident *x, const vg_fused *f, hits *h)
{
    const vg_plan *p = &w->plan;
    vg_plan_spot spot;
    h->n = 0;
    if (isnan(x->lat_deg))
        return;
    bool known = vg_watch_spot(w, x->lat_deg, x->lon_deg, CLEAR_SIGMAS / 2.146 * x->radius_m, &spot);
    for (int32_t i = 0, n = known ? spot.n : p->n_shapes; i < n; i++) {
        int32_t shape = known ? spot.near[i].shape : i;
        double share = known ? told_from_afar(&spot, &spot.near[i], 1.06 / 2.146 * x->radius_m) : -1;
        if (share < LEAST_SHARE && share >= 0)
            continue;
        if (is_asked(w, &p->shape[shape], x, f))
            hit(h, shape,
                share >= 0 ? share : vg_zone_share(p->zone[shape], x->lat_deg, x->lon_deg, x->radius_m));
    }
}

void vg_watch_match(vg_watch *w, vg_incident *x, const vg_fused *f)
{
    hits h;
    find_hits(w, x, f, &h);
    for (int32_t i = 0; i < VG_INCIDENT_ZONES; i++)
        x->zone[i] = VG_AGREEMENT_NOBODY;
    for (int32_t i = 0, next; i < h.n; i = next) {
        const vg_plan_shape *a = &w->plan.shape[h.number[i]];
        for (next = i + 1; next < h.n; next++) {
            const vg_plan_shape *b = &w->plan.shape[h.number[next]];
            if (b->zone != a->zone || b->clause != a->clause)
                break;
        }
        hold_zone(w, &h, i, next, x, f);
    }
    for (int32_t i = 0; i < w->plan.n_always; i++)
        hold_always(w, w->plan.always[i], &h, x, f);
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        x->level = b->level > x->level ? b->level : x->level;
        if (b->level > VG_LEVEL_NONE && w->a->clause[b->clause].severity > x->severity)
            x->severity = w->a->clause[b->clause].severity;
    }
}
