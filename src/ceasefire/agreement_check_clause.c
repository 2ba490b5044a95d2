/*
 * Looking the clauses of an agreement over: can each ever be broken, does one take back what another says, and do the
 * clocks change within daily hours? Windows are looked at as they are written, before they are cut to the time the
 * agreement is in force.
 */
#include <math.h>

#include "ceasefire/agreement_int.h"
#include "core/date.h"

enum { DAY_S = 86400 };

#define BIT(x) ((uint32_t)1 << (x))

static vg_err *say(vg_agreement_reading *r, vg_finding_weight weight)
{
    return vg_agreement__found(r, weight);
}

static vg_at at(const vg_agreement_reading *r, const vg_clause *c)
{
    return vg_agreement__place(r, c->line);
}

static vg_str head(vg_str s)
{
    return vg_utf8_head(s, 40);
}

/* --- when --- */

static void bounds(const vg_agreement_reading *r, const vg_window *w, int64_t *from, int64_t *to)
{
    *from = w->from > r->a->from ? w->from : r->a->from;
    *to = w->to < r->a->to ? w->to : r->a->to;
}

/* Whether the window is open at all while the agreement holds; an open end has every hour of every day in it. */
static bool ever_open(const vg_agreement_reading *r, const vg_window *w)
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
    char a[32], b[32];
    if (w->from >= w->to || w->day_from_s == w->day_to_s || r->a->from >= r->a->to)
        return; /* told already */
    if (!ever_open(r, w)) {
        int64_t from, to;
        bounds(r, w, &from, &to);
        vg_err *f = say(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ECONFLICT, at(r, c), "the clause \"%.*s\" can never be broken: its time never comes",
                VG_P(head(c->id)));
        if (from >= to)
            vg_why(f, "it holds from %s to %s, and the agreement does not",
                   vg_agreement__local(r, w->from, a), vg_agreement__local(r, w->to, b));
        else
            vg_why(f, "none of its days between %s and %s has its hours", vg_agreement__local(r, from, a),
                   vg_agreement__local(r, to, b));
        vg_mend(f, "look at the dates, and at the days of the week");
        return;
    }
    if ((w->from > INT64_MIN && w->from < r->a->from) || (w->to < INT64_MAX && w->to > r->a->to)) {
        vg_err *f = say(r, VG_FINDING_NOTE);
        vg_fail(f, VG_ECONFLICT, at(r, c),
                "part of the time of the clause \"%.*s\" lies outside that of the agreement",
                VG_P(head(c->id)));
        vg_why(f, "it holds only while the agreement does");
    }
}

/* --- where --- */

static void check_zone_in_force(vg_agreement_reading *r, const vg_clause *c)
{
    const vg_agreement_zone *z = &r->zone[c->zone];
    int64_t from, to, first = INT64_MAX, last = INT64_MIN;
    char a[32], b[32];
    bounds(r, &c->window, &from, &to);
    for (int32_t i = 0; i < z->n_versions; i++)
        if (vg_agreement__touch(from, to, z->version[i].from, z->version[i].to)) {
            first = z->version[i].from < first ? z->version[i].from : first;
            last = z->version[i].to > last ? z->version[i].to : last;
        }
    if (!z->n_versions || from >= to || (first <= from && last >= to))
        return;
    bool never = first > last;
    vg_err *f = say(r, never ? VG_FINDING_ERROR : VG_FINDING_WARNING);
    vg_fail(f, VG_ECONFLICT, at(r, c),
            never ? "the clause \"%.*s\" can never be broken: its zone is never in force"
                  : "the zone of the clause \"%.*s\" is not in force all the time",
            VG_P(head(c->id)));
    if (never)
        vg_why(f, "no version of \"%.*s\" holds between %s and %s", VG_P(head(z->id)),
               vg_agreement__local(r, from, a), vg_agreement__local(r, to, b));
    else
        vg_why(f, "\"%.*s\" holds from %s to %s only", VG_P(head(z->id)), vg_agreement__local(r, first, a),
               vg_agreement__local(r, last, b));
    vg_mend(f, "look at from and to of its versions, or add the version that is missing");
}

static void check_distance(vg_agreement_reading *r, const vg_clause *c)
{
    bool closer = c->relation == VG_RELATION_CLOSER_THAN;
    if (closer && !(c->distance_km > 0)) {
        vg_err *f = say(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ENODATA, at(r, c),
                "the clause \"%.*s\" can never be broken: nothing is closer than %g km", VG_P(head(c->id)),
                c->distance_km);
        vg_mend(f, "add distance_km = 25");
    } else if (closer && c->distance_km > 1000) {
        vg_err *f = say(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ERANGE, at(r, c), "closer_than %g km", c->distance_km);
        vg_why(f, "no agreement keeps anything more than 1000 km away");
        vg_mend(f, "are these metres? then write distance_km = %g", c->distance_km / 1000);
    } else if (!closer && (c->distance_km > 0 || c->distance_km < 0)) {
        vg_err *f = say(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ECONFLICT, at(r, c), "distance_km without effect in the clause \"%.*s\"",
                VG_P(head(c->id)));
        vg_why(f, "only relation = \"closer_than\" has a distance; this clause has \"%s\"",
               vg_relation_name((int)c->relation));
        vg_mend(f, "take it out, or write relation = \"closer_than\"");
    }
}

static bool names_zone(vg_agreement_reading *r, const vg_clause *c)
{
    vg_toml *t = vg_toml_get(r->root, VG_S("clause"));
    t = t && t->kind == VG_TOML_ARRAY ? t->first : t;
    for (const vg_clause *x = r->clause; t && x < c; x++)
        t = t->next;
    return vg_toml_get(t, VG_S("zone")) != NULL;
}

static void check_where(vg_agreement_reading *r, const vg_clause *c)
{
    check_distance(r, c);
    if (c->zone >= 0) {
        check_zone_in_force(r, c);
        return;
    }
    bool named = names_zone(r, c);
    if (c->relation == VG_RELATION_INSIDE || c->relation == VG_RELATION_TARGET_INSIDE ||
        c->relation == VG_RELATION_ORIGIN_INSIDE) {
        if (named)
            return;
        vg_err *f = say(r, VG_FINDING_NOTE);
        vg_fail(f, VG_ENODATA, at(r, c), "the clause \"%.*s\" names no zone: it holds everywhere",
                VG_P(head(c->id)));
        vg_mend(f, "if that is meant, leave it so, or name a zone of kind whole_territory");
        return;
    }
    vg_err *f = say(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ECONFLICT, at(r, c), "the clause \"%.*s\" can never be broken: %s of what is everywhere",
            VG_P(head(c->id)), vg_relation_name((int)c->relation));
    vg_why(f, "outside, crossing and closer_than need a zone that is drawn");
    vg_mend(f, "add zone = \"...\", or draw it");
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
    if (!(c->least_calibre_mm >= 0)) {
        vg_err *f = say(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ERANGE, at(r, c), "least_calibre_mm = %g", c->least_calibre_mm);
        vg_why(f, "a calibre is a length in millimetres, 0 or more");
    }
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
    vg_err *f = say(r, any ? VG_FINDING_WARNING : VG_FINDING_ERROR);
    if (any)
        vg_fail(f, VG_ECONFLICT, at(r, c), "\"%s\" in the clause \"%.*s\" can never be matched", cannot,
                VG_P(head(c->id)));
    else
        vg_fail(f, VG_ECONFLICT, at(r, c),
                "the clause \"%.*s\" can never be broken: no such weapon does this", VG_P(head(c->id)));
    vg_why(f, "%s is not done with the weapons and calibres that are named", cannot ? cannot : "it");
    vg_mend(f, "look at weapons and least_calibre_mm (millimetres, not centimetres)");
}

/* --- exceptions --- */

static bool only_flags(vg_exemption_kind kind)
{
    return kind == VG_EXEMPT_SELF_DEFENCE || kind == VG_EXEMPT_REPAIR;
}

static bool covers_window(const vg_window *wide, const vg_window *narrow)
{
    bool whole_days = wide->day_from_s == 0 && wide->day_to_s == DAY_S && !wide->weekdays;
    bool same_hours = wide->day_from_s == narrow->day_from_s && wide->day_to_s == narrow->day_to_s &&
                      wide->weekdays == narrow->weekdays;
    return wide->from <= narrow->from && wide->to >= narrow->to && (whole_days || same_hours);
}

/* Hours that begin on one day of the week may end on the next: they are held against one another as stretches of a week. */
static bool hours_touch(const vg_window *a, const vg_window *b)
{
    const int32_t week = 7 * DAY_S;
    int32_t long_a = a->day_to_s - a->day_from_s + (a->day_from_s > a->day_to_s ? DAY_S : 0);
    int32_t long_b = b->day_to_s - b->day_from_s + (b->day_from_s > b->day_to_s ? DAY_S : 0);
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 7; k++) {
            int32_t from_a = i * DAY_S + a->day_from_s, from_b = k * DAY_S + b->day_from_s;
            if ((a->weekdays && !(a->weekdays >> i & 1)) || (b->weekdays && !(b->weekdays >> k & 1)))
                continue;
            for (int32_t turn = -week; turn <= week; turn += week)
                if (vg_agreement__touch(from_a, from_a + long_a, from_b + turn, from_b + turn + long_b))
                    return true;
        }
    return false;
}

static bool windows_touch(const vg_window *a, const vg_window *b)
{
    return vg_agreement__touch(a->from, a->to, b->from, b->to) && hours_touch(a, b);
}

/* An exercise is excused by its place and time alone; the other kinds must be claimed of each act and are no leak. */
static bool covers_all(const vg_clause *c, const vg_exemption *x)
{
    bool acts = !x->acts || (c->acts & ~x->acts) == 0, party = x->party < 0 || c->parties == BIT(x->party);
    bool zone = x->zone < 0 || (x->zone == c->zone && c->relation == VG_RELATION_INSIDE);
    return x->kind == VG_EXEMPT_EXERCISE && acts && party && zone && covers_window(&x->window, &c->window);
}

static void check_exemption(vg_agreement_reading *r, const vg_clause *c, const vg_exemption *x)
{
    const char *why = NULL;
    if (covers_all(c, x)) {
        vg_err *f = say(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ECONFLICT, at(r, c), "the exception \"%.*s\" takes back the whole clause \"%.*s\"",
                VG_P(head(x->id)), VG_P(head(c->id)));
        vg_why(f, "it holds for all its parties, acts, places and times (line %d)", x->line);
        vg_mend(f, "give the exception a zone, a time or a party, or take the clause out");
        return;
    }
    if (x->acts && c->acts && !(x->acts & c->acts))
        why = "it is about other acts";
    else if (x->party >= 0 && c->parties && !(c->parties >> x->party & 1))
        why = "the clause does not bind its party";
    else if (!windows_touch(&x->window, &c->window) || !ever_open(r, &x->window))
        why = "it holds at other times";
    if (!why)
        return;
    vg_err *f = say(r, VG_FINDING_WARNING);
    vg_fail(f, VG_ECONFLICT, at(r, c), "the exception \"%.*s\" never applies to the clause \"%.*s\"",
            VG_P(head(x->id)), VG_P(head(c->id)));
    vg_why(f, "%s (line %d)", why, x->line);
}

/* --- two clauses --- */

static bool same_place(const vg_clause *a, const vg_clause *b)
{
    return a->zone == b->zone && a->relation == b->relation && !(a->distance_km < b->distance_km) &&
           !(a->distance_km > b->distance_km);
}

static bool same_weapons(const vg_clause *a, const vg_clause *b)
{
    return a->weapons == b->weapons && !(a->least_calibre_mm < b->least_calibre_mm) &&
           !(a->least_calibre_mm > b->least_calibre_mm);
}

static bool same_window(const vg_window *a, const vg_window *b)
{
    return covers_window(a, b) && covers_window(b, a);
}

static void check_same(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b)
{
    if (!same_place(a, b) || !same_weapons(a, b) || !(a->acts & b->acts) || !(a->parties & b->parties) ||
        !windows_touch(&a->window, &b->window))
        return;
    if (a->severity != b->severity) {
        vg_err *f = say(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ECONFLICT, at(r, b), "the clauses \"%.*s\" and \"%.*s\" contradict: severity %d and %d",
                VG_P(head(a->id)), VG_P(head(b->id)), a->severity, b->severity);
        vg_why(f, "both forbid the same acts of the same parties at the same place and time (line %d)",
               a->line);
        vg_mend(f, "take the acts out of one of them, or give both the same severity");
    } else if (a->acts == b->acts && a->parties == b->parties && same_window(&a->window, &b->window)) {
        vg_err *f = say(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ECONFLICT, at(r, b), "the clause \"%.*s\" says the same as \"%.*s\"", VG_P(head(b->id)),
                VG_P(head(a->id)));
        vg_why(f, "every act would break both (line %d)", a->line);
        vg_mend(f, "take one of them out");
    }
}

static bool has_exemption(const vg_clause *c, const vg_exemption *x)
{
    for (int32_t i = 0; i < c->n_exemptions; i++)
        if (c->exemption[i].kind == x->kind)
            return true;
    return false;
}

/* What an exception of `a` allows, and `b` forbids. */
static void check_allowed(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b)
{
    if (!same_place(a, b) || !(a->parties & b->parties))
        return;
    for (int32_t i = 0; i < a->n_exemptions; i++) {
        const vg_exemption *x = &a->exemption[i];
        uint32_t acts = x->acts ? x->acts & a->acts : a->acts;
        if (only_flags(x->kind) || !(acts & b->acts) || has_exemption(b, x) ||
            !windows_touch(&x->window, &b->window))
            continue;
        vg_err *f = say(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ECONFLICT, at(r, b),
                "the clause \"%.*s\" forbids what the exception \"%.*s\" of \"%.*s\" allows",
                VG_P(head(b->id)), VG_P(head(x->id)), VG_P(head(a->id)));
        vg_why(f, "both are about the same place and some of the same acts (line %d)", a->line);
        vg_mend(f, "add the exception here, too, or take the acts out of one of the clauses");
        return;
    }
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
        char text[32];
        if (!seconds)
            continue;
        n++;
        vg_err *f = say(r, VG_FINDING_NOTE);
        vg_fail(f, VG_ERANGE, vg_agreement__place(r, line),
                "the clocks change within these hours: on %.10s they are %lld minutes %s",
                vg_instant_text(was, text).s, (long long)(seconds / 60), was < is ? "shorter" : "longer");
        vg_why(f, "daily hours are local; that day %s",
               was < is ? "a part of them does not exist" : "a part of them comes twice");
        vg_mend(f, "if the hours are meant to stay the same length, say so to the parties before that day");
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
            told |= same_window(w, &r->window[k].window);
        if (!told)
            check_clocks(r, w, clause ? r->clause[i].line : r->exemption[i - r->a->n_clauses].line);
    }
}

void vg_agreement__check_clauses(vg_agreement_reading *r)
{
    if (!r->a->n_clauses) {
        vg_err *f = say(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ENODATA, r->root->at, "the agreement has no clauses");
        vg_why(f, "nothing is forbidden, so nothing can be broken");
        vg_mend(f, "add [[clause]] with parties, acts and zone");
    }
    for (int32_t i = 0; i < r->a->n_clauses; i++) {
        const vg_clause *c = &r->clause[i];
        check_when(r, c);
        check_where(r, c);
        check_what(r, c);
        for (int32_t k = 0; k < c->n_exemptions; k++)
            check_exemption(r, c, &c->exemption[k]);
        for (int32_t k = 0; k < i; k++) {
            check_same(r, &r->clause[k], c);
            check_allowed(r, &r->clause[k], c);
            check_allowed(r, c, &r->clause[k]);
        }
    }
    check_all_clocks(r);
}
