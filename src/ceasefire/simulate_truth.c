/* Which clauses an incident truly broke: its true point, instant, act, weapon, calibre and party held against the
 * agreement as read. Invariant: no probability and nothing of the engine is used here, only zones, windows and words. */
#include <math.h>

#include "ceasefire/simulate.h"

static bool in_force(const vg_window *w, const vg_clock *clock, int64_t at)
{
    return vg_window_overlap(w, clock, at, at) > 0;
}

/* Whether a party's act counts as an act of one of `bound`; that of nobody known only where all are bound. */
static bool binds(const vg_agreement *a, uint32_t bound, int party)
{
    if (bound == UINT32_MAX || party < 0)
        return bound == UINT32_MAX;
    if (bound >> party & 1)
        return true;
    for (int32_t i = 0; i < a->n_parties; i++)
        if (bound >> i & 1 && a->party[i].allies >> party & 1)
            return true;
    return false;
}

static bool at_zone(const vg_agreement *a, int32_t zone, const vg_simulated_incident *x)
{
    const vg_agreement_zone *z = &a->zone[zone];
    int32_t v = vg_agreement_version_at(z, x->at);
    return v >= 0 && vg_zone_has(z->version[v].shape, x->lat_deg, x->lon_deg);
}

static bool where(const vg_agreement *a, const vg_clause *c, const vg_simulated_incident *x)
{
    if (c->zone < 0)
        return true;
    if ((c->relation == VG_RELATION_TARGET_INSIDE && x->point_of == VG_POINT_ORIGIN) ||
        (c->relation == VG_RELATION_ORIGIN_INSIDE && x->point_of != VG_POINT_ORIGIN))
        return false;
    if (c->relation != VG_RELATION_CLOSER_THAN)
        return at_zone(a, c->zone, x) != (c->relation == VG_RELATION_OUTSIDE);
    int32_t v = vg_agreement_version_at(&a->zone[c->zone], x->at);
    return v >= 0 && vg_zone_has(c->closer_shape[v], x->lat_deg, x->lon_deg);
}

static bool is_exempt(const vg_agreement *a, const vg_clause *c, const vg_simulated_incident *x)
{
    for (int32_t i = 0; i < c->n_exemptions; i++) {
        const vg_exemption *m = &c->exemption[i];
        bool kind = m->kind == VG_EXEMPT_EXERCISE || m->kind == VG_EXEMPT_DEMINING;
        if (kind && (m->party < 0 || m->party == x->party) && (!m->acts || m->acts >> x->act & 1) &&
            in_force(&m->window, a->clock, x->at) && (m->zone < 0 || at_zone(a, m->zone, x)))
            return true;
    }
    return false;
}

static bool broke(const vg_agreement *a, const vg_clause *c, const vg_simulated_incident *x)
{
    return c->acts >> x->act & 1 && (!c->weapons || c->weapons >> x->weapon & 1) &&
           (c->least_calibre_mm <= 0 || x->calibre_mm >= c->least_calibre_mm) &&
           binds(a, c->parties, x->party) && in_force(&c->window, a->clock, x->at) && where(a, c, x) &&
           !is_exempt(a, c, x);
}

int32_t vg_simulated_breaches(const vg_agreement *a, const vg_simulated_incident *x, int32_t *clause,
                              int32_t most)
{
    int32_t n = 0;
    if (x->at < a->from || x->at >= a->to)
        return 0;
    for (int32_t i = 0; i < a->n_clauses; i++)
        if (broke(a, &a->clause[i], x)) {
            if (n < most)
                clause[n] = i;
            n++;
        }
    return n;
}
