/*
 * Looking each clause of an agreement over: can it ever be broken, and do the clocks change within its daily hours? What
 * clauses say of one another is in agreement_check_pair.c. Windows are looked at as they are written, before they are cut
 * to the time the agreement is in force.
 */
#include <math.h>

#include "ceasefire/agreement_int.h"

enum { DAY_S = 86400 };

#define BIT(x) ((uint32_t)1 << (x))

static void say(vg_agreement_reading *r, vg_finding_weight weight, const vg_clause *c, const char *id,
                const vg_fact *fact, int n)
{
    vg_agreement__find(r, weight, vg_agreement__place(r, c->line), id, fact, n);
}

/* --- when --- */

static void bounds(const vg_agreement_reading *r, const vg_window *w, int64_t *from, int64_t *to)
{
    *from = w->from > r->a->from ? w->from : r->a->from;
    *to = w->to < r->a->to ? w->to : r->a->to;
}

/* Whether the window is open at all while the agreement holds; an open end has every hour of every day in it. */
bool vg_agreement__ever_open(const vg_agreement_reading *r, const vg_window *w)
{
    int64_t from, to;
    bounds(r, w, &from, &to);
    if (from >= to || w->day_from_s == w->day_to_s)
        return false;
    return from == INT64_MIN || to == INT64_MAX || vg_window_overlap(w, r->a->clock, from, to) > 0;
}

static void check_when(vg_agreement_reading *r, const vg_clause *c)
{
    const vg_window *w = &c->window;
    int64_t from, to;
    if (w->from >= w->to || w->day_from_s == w->day_to_s || r->a->from >= r->a->to)
        return; /* told already */
    bounds(r, w, &from, &to);
    const vg_fact fact[] = { vg_fact__text("clause", c->id), vg_fact__time("from", w->from),
                             vg_fact__time("to", w->to), vg_fact__time("agreement_from", r->a->from),
                             vg_fact__time("agreement_to", r->a->to) };
    if (from >= to)
        say(r, VG_FINDING_ERROR, c, "clause-time", fact, 5);
    else if (!vg_agreement__ever_open(r, w))
        say(r, VG_FINDING_ERROR, c, "clause-hours",
            VG_FACTS(vg_fact__text("clause", c->id), vg_fact__time("from", from), vg_fact__time("to", to)));
    else if ((w->from > INT64_MIN && w->from < r->a->from) || (w->to < INT64_MAX && w->to > r->a->to))
        say(r, VG_FINDING_NOTE, c, "clause-time-partly", fact, 5);
}

/* --- where --- */

static void check_zone_in_force(vg_agreement_reading *r, const vg_clause *c)
{
    const vg_agreement_zone *z = &r->zone[c->zone];
    int64_t from, to, first = INT64_MAX, last = INT64_MIN;
    bounds(r, &c->window, &from, &to);
    for (int32_t i = 0; i < z->n_versions; i++)
        if (vg_agreement__touch(from, to, z->version[i].from, z->version[i].to)) {
            first = z->version[i].from < first ? z->version[i].from : first;
            last = z->version[i].to > last ? z->version[i].to : last;
        }
    if (!z->n_versions || from >= to || (first <= from && last >= to))
        return;
    const char *id = first > last ? "clause-zone-never" : "clause-zone-partly";
    say(r, first > last ? VG_FINDING_ERROR : VG_FINDING_WARNING, c, id,
        VG_FACTS(vg_fact__text("clause", c->id), vg_fact__text("zone", z->id),
                 vg_fact__time("from", first > last ? from : first),
                 vg_fact__time("to", first > last ? to : last)));
}

/* Within the zone's own buffer the distance adds nothing to what lies inside. */
static void check_buffer(vg_agreement_reading *r, const vg_clause *c)
{
    const vg_agreement_zone *z = &r->zone[c->zone];
    for (int32_t i = 0; i < z->n_versions; i++) {
        double buffer = r->extra[c->zone].drawing[i].buffer_km;
        if (!vg_agreement__is_line(z->kind) || !(c->distance_km < buffer))
            continue;
        say(r, VG_FINDING_WARNING, c, "distance-in-buffer",
            VG_FACTS(vg_fact__text("clause", c->id), vg_fact__text("zone", z->id),
                     vg_fact__num("km", c->distance_km), vg_fact__num("buffer", buffer)));
        return;
    }
}

static void check_distance(vg_agreement_reading *r, const vg_clause *c)
{
    bool closer = c->relation == VG_RELATION_CLOSER_THAN;
    const vg_fact fact[] = { vg_fact__text("clause", c->id), vg_fact__num("km", c->distance_km),
                             vg_fact__code("mended", c->distance_km / 1000) };
    if (closer && !(c->distance_km > 0))
        say(r, VG_FINDING_ERROR, c, "distance-none", fact, 3);
    else if (closer && c->distance_km > 1000)
        say(r, VG_FINDING_ERROR, c, "distance-metres", fact, 3);
    else if (closer && c->zone >= 0)
        check_buffer(r, c);
    else if (!closer && (c->distance_km > 0 || c->distance_km < 0))
        say(r, VG_FINDING_WARNING, c, "distance-unused",
            VG_FACTS(vg_fact__text("clause", c->id),
                     vg_fact__text("relation", vg_str_z(vg_relation_name((int)c->relation)))));
}

/* What a clause says under `zone`; NULL = nothing. */
static const vg_toml *zone_word(vg_agreement_reading *r, const vg_clause *c)
{
    vg_toml *t = vg_toml_get(r->root, VG_S("clause"));
    t = t && t->kind == VG_TOML_ARRAY ? t->first : t;
    for (const vg_clause *x = r->clause; t && x < c; x++)
        t = t->next;
    return vg_toml_get(t, VG_S("zone"));
}

static void check_where(vg_agreement_reading *r, const vg_clause *c)
{
    check_distance(r, c);
    if (c->zone >= 0) {
        check_zone_in_force(r, c);
        return;
    }
    const vg_toml *named = zone_word(r, c);
    if (named && (named->kind != VG_TOML_TEXT || vg_agreement__index_find(&r->kept->zone, named->text) < 0))
        return; /* there is no such zone, and that is told */
    if (c->relation == VG_RELATION_INSIDE || c->relation == VG_RELATION_TARGET_INSIDE ||
        c->relation == VG_RELATION_ORIGIN_INSIDE) {
        if (named)
            return;
        say(r, VG_FINDING_NOTE, c, "clause-everywhere", VG_FACTS(vg_fact__text("clause", c->id)));
        return;
    }
    say(r, VG_FINDING_ERROR, c, "clause-of-everywhere",
        VG_FACTS(vg_fact__text("clause", c->id),
                 vg_fact__text("relation", vg_str_z(vg_relation_name((int)c->relation)))));
}

/* --- what --- */

/* Weapons an act can be done with, where that is certain; 0 = any. */
static uint32_t weapons_of_act(int act)
{
    switch (act) {
    case VG_ACT_SMALL_ARMS: return BIT(VG_WEAPON_SMALL_ARMS) | BIT(VG_WEAPON_HEAVY_MG);
    case VG_ACT_HEAVY_MG:
        return BIT(VG_WEAPON_HEAVY_MG) | BIT(VG_WEAPON_ANTI_AIRCRAFT) | BIT(VG_WEAPON_SMALL_ARMS);
    case VG_ACT_MORTAR: return BIT(VG_WEAPON_MORTAR);
    case VG_ACT_ARTILLERY:
        return BIT(VG_WEAPON_HOWITZER) | BIT(VG_WEAPON_ANTI_TANK) | BIT(VG_WEAPON_MORTAR) |
               BIT(VG_WEAPON_MLRS);
    case VG_ACT_MLRS: return BIT(VG_WEAPON_MLRS);
    case VG_ACT_TANK_FIRE: return BIT(VG_WEAPON_TANK);
    case VG_ACT_AIR_STRIKE:
        return BIT(VG_WEAPON_BOMB) | BIT(VG_WEAPON_MISSILE) | BIT(VG_WEAPON_AIRCRAFT) |
               BIT(VG_WEAPON_HELICOPTER);
    case VG_ACT_DRONE_STRIKE: return BIT(VG_WEAPON_UAV) | BIT(VG_WEAPON_BOMB) | BIT(VG_WEAPON_MISSILE);
    case VG_ACT_DRONE_FLIGHT: return BIT(VG_WEAPON_UAV);
    case VG_ACT_MANNED_FLIGHT: return BIT(VG_WEAPON_AIRCRAFT) | BIT(VG_WEAPON_HELICOPTER);
    case VG_ACT_MINE_LAYING: return BIT(VG_WEAPON_MINE);
    default: return 0;
    }
}

/* Beyond the largest calibre in service, with room: 240 mm mortars, 203 mm guns, 600 mm rockets, 125 to 140 mm tanks. */
static double most_calibre_mm(int weapon)
{
    switch (weapon) {
    case VG_WEAPON_SMALL_ARMS: return 15;
    case VG_WEAPON_HEAVY_MG: return 20;
    case VG_WEAPON_MORTAR:
    case VG_WEAPON_HOWITZER: return 310;
    case VG_WEAPON_MLRS: return 700;
    case VG_WEAPON_TANK: return 160;
    case VG_WEAPON_ANTI_TANK: return 250;
    case VG_WEAPON_NONE: return 0;
    default: return INFINITY;
    }
}

static bool act_can_match(const vg_clause *c, int act)
{
    uint32_t can = weapons_of_act(act), named = c->weapons;
    uint32_t left = can && named ? can & named : can ? can : named;
    if (can && named && !left)
        return false;
    if (!(c->least_calibre_mm > 0) || !left)
        return true;
    for (int weapon = 0; weapon < VG_N_WEAPONS; weapon++)
        if ((left >> weapon & 1) && most_calibre_mm(weapon) >= c->least_calibre_mm)
            return true;
    return false;
}

static void check_what(vg_agreement_reading *r, const vg_clause *c)
{
    bool any = c->acts == 0;
    const char *cannot = NULL;
    if (!(c->least_calibre_mm >= 0))
        say(r, VG_FINDING_ERROR, c, "calibre-below-0",
            VG_FACTS(vg_fact__text("clause", c->id), vg_fact__code("value", c->least_calibre_mm)));
    for (int act = 0; act < VG_N_ACTS; act++) {
        if (!(c->acts >> act & 1))
            continue;
        if (act_can_match(c, act))
            any = true;
        else
            cannot = vg_act_name(act);
    }
    if (any && !(cannot && c->weapons && __builtin_popcount(c->acts) <= 4))
        return;
    vg_str key = vg_format(r->arena, "ceasefire.act.%s", cannot ? cannot : "unknown");
    say(r, any ? VG_FINDING_WARNING : VG_FINDING_ERROR, c, any ? "act-without-weapon" : "clause-no-weapon",
        VG_FACTS(vg_fact__text("clause", c->id),
                 vg_fact__word("act", key.s ? key.s : "ceasefire.act.unknown")));
}

/* --- whom, with what they have --- */

/* Weapons that a clause can be broken with, as far as its words tell; 0 = any. */
static uint32_t weapons_meant(const vg_clause *c)
{
    uint32_t all = 0;
    if (c->weapons)
        return c->weapons;
    for (int act = 0; act < VG_N_ACTS; act++) {
        if (!(c->acts >> act & 1))
            continue;
        if (!weapons_of_act(act))
            return 0;
        all |= weapons_of_act(act);
    }
    return all;
}

/* Of parties that declared their arms, and whose allies did: none has what the clause forbids. */
static void check_arms(vg_agreement_reading *r, const vg_clause *c)
{
    uint32_t meant = weapons_meant(c);
    if (!meant || c->parties == UINT32_MAX || !c->parties)
        return;
    for (int32_t i = 0; i < r->a->n_parties; i++) {
        if (!(c->parties >> i & 1))
            continue;
        for (int32_t k = 0; k < r->a->n_parties; k++)
            if ((k == i || (r->party[i].allies >> k & 1)) &&
                (!r->party[k].weapons || (r->party[k].weapons & meant)))
                return;
    }
    say(r, VG_FINDING_WARNING, c, "clause-no-arms", VG_FACTS(vg_fact__text("clause", c->id)));
}

/* Acts that strike something: only these have a target. Shots, flights and aid have an origin or a way. */
static void check_target(vg_agreement_reading *r, const vg_clause *c)
{
    const uint32_t strikes =
        BIT(VG_ACT_SMALL_ARMS) | BIT(VG_ACT_HEAVY_MG) | BIT(VG_ACT_MORTAR) | BIT(VG_ACT_ARTILLERY) |
        BIT(VG_ACT_MLRS) | BIT(VG_ACT_TANK_FIRE) | BIT(VG_ACT_AIR_STRIKE) | BIT(VG_ACT_DRONE_STRIKE) |
        BIT(VG_ACT_NAVAL) | BIT(VG_ACT_ATTACK_ON_INFRASTRUCTURE) | BIT(VG_ACT_ATTACK_ON_AID) |
        BIT(VG_ACT_JAMMING) | BIT(VG_ACT_CYBER_OPERATION) | BIT(VG_ACT_INCITEMENT) | BIT(VG_ACT_UNKNOWN);
    if (c->relation != VG_RELATION_TARGET_INSIDE || !c->acts || (c->acts & strikes))
        return;
    say(r, VG_FINDING_WARNING, c, "clause-no-target", VG_FACTS(vg_fact__text("clause", c->id)));
}

/* --- clocks that change within daily hours --- */

static void check_clocks(vg_agreement_reading *r, const vg_window *w, int32_t line)
{
    int64_t from, to;
    const vg_clock *clock = r->a->clock;
    bounds(r, w, &from, &to);
    if (from >= to || from == INT64_MIN || w->day_from_s == w->day_to_s ||
        w->day_to_s - w->day_from_s == DAY_S)
        return;
    if (to == INT64_MAX || to - from > (int64_t)732 * DAY_S)
        to = from + (int64_t)732 * DAY_S;
    int n = 0;
    for (int64_t change = vg_clock_change(clock, from, to); change && n < 2;
         change = vg_clock_change(clock, change, to)) {
        int64_t was = change + vg_clock_offset_s(clock, change - 1),
                is = change + vg_clock_offset_s(clock, change);
        int64_t low = was < is ? was : is, high = was < is ? is : was;
        int64_t seconds = vg_agreement__hours(w, high) - vg_agreement__hours(w, low);
        if (!seconds)
            continue;
        n++;
        vg_agreement__find(
            r, VG_FINDING_NOTE, vg_agreement__place(r, line), was < is ? "clocks-shorter" : "clocks-longer",
            VG_FACTS(vg_fact__day("day", was), vg_fact__num("minutes", fabs((double)seconds) / 60)));
    }
}

static void check_all_clocks(vg_agreement_reading *r)
{
    for (int32_t i = 0; i < r->n_windows; i++)
        check_clocks(r, &r->window[i].window, r->window[i].line);
    int32_t n = r->a->n_clauses + r->n_exemptions;
    for (int32_t i = 0; i < n; i++) {
        bool clause = i < r->a->n_clauses;
        const vg_window *w = clause ? &r->clause[i].window : &r->exemption[i - r->a->n_clauses].window;
        bool told = false; /* windows by name were told of where they stand */
        for (int32_t k = 0; k < r->n_windows; k++)
            told |= vg_agreement__same_window(w, &r->window[k].window);
        if (!told)
            check_clocks(r, w, clause ? r->clause[i].line : r->exemption[i - r->a->n_clauses].line);
    }
}

void vg_agreement__check_clauses(vg_agreement_reading *r)
{
    if (!r->a->n_clauses)
        vg_agreement__find(r, VG_FINDING_ERROR, r->root->at, "no-clauses", VG_NO_FACTS);
    for (int32_t i = 0; i < r->a->n_clauses; i++) {
        const vg_clause *c = &r->clause[i];
        check_when(r, c);
        check_where(r, c);
        check_what(r, c);
        check_arms(r, c);
        check_target(r, c);
        for (int32_t k = 0; k < c->n_exemptions; k++)
            vg_agreement__check_exemption(r, c, &c->exemption[k]);
        for (int32_t k = 0; k < i; k++)
            vg_agreement__check_pair(r, &r->clause[k], c);
    }
    check_all_clocks(r);
}
