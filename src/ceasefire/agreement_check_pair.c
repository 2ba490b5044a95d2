/*
 * What clauses and their exceptions say of one another: an exception that takes back its clause, reaches beyond it or never
 * applies; two clauses that say the same, contradict, or forbid what the other allows. Windows are looked at as they are
 * written. Invariant: each pair of clauses is told of in the line of the later one, but for an exception that the earlier
 * one lacks.
 */
#include "ceasefire/agreement_int.h"

enum { DAY_S = 86400 };

#define BIT(x) ((uint32_t)1 << (x))

static void say(vg_agreement_reading *r, vg_finding_weight weight, const vg_clause *c, const char *id,
                const vg_fact *fact, int n)
{
    vg_agreement__find(r, weight, vg_agreement__place(r, c->line), id, fact, n);
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

/* Whether the zone of an exception holds all of that of the clause, in each version. */
static bool covers_zone(vg_agreement_reading *r, int32_t wide, int32_t narrow)
{
    const vg_agreement_zone *z = &r->zone[wide], *y = &r->zone[narrow];
    if (z->n_versions * y->n_versions > 16 || !y->n_versions)
        return false;
    bool any = false;
    for (int32_t i = 0; i < y->n_versions; i++)
        for (int32_t k = 0; k < z->n_versions; k++) {
            double shared = 0, area = vg_zone_area_km2(y->version[i].shape);
            if (!vg_agreement__touch(y->version[i].from, y->version[i].to, z->version[k].from,
                                     z->version[k].to))
                continue;
            if (!vg_agreement__boxes_touch(y->version[i].shape, z->version[k].shape) ||
                !vg_zone_overlap_km2(y->version[i].shape, z->version[k].shape, &shared, r->e) ||
                shared < .99 * area)
                return false;
            any = true;
        }
    return any;
}

/* An exercise is excused by its place and time alone; the other kinds must be claimed of each act and are no leak. */
static bool covers_all(vg_agreement_reading *r, const vg_clause *c, const vg_exemption *x)
{
    if (x->kind != VG_EXEMPT_EXERCISE)
        return false;
    bool acts = !x->acts || (c->acts & ~x->acts) == 0, party = x->party < 0 || c->parties == BIT(x->party);
    bool zone = x->zone < 0 || (c->relation == VG_RELATION_INSIDE && c->zone >= 0 &&
                                (x->zone == c->zone || covers_zone(r, x->zone, c->zone)));
    return acts && party && zone && covers_window(&x->window, &c->window);
}

/* Why an exception can never excuse anything of a clause; NULL = it can. */
static const char *never_applies(const vg_agreement_reading *r, const vg_clause *c, const vg_exemption *x)
{
    if (x->acts && c->acts && !(x->acts & c->acts))
        return "exception-never-acts";
    if (x->party >= 0 && c->parties && !(c->parties >> x->party & 1))
        return "exception-never-party";
    if (!windows_touch(&x->window, &c->window) || !vg_agreement__ever_open(r, &x->window))
        return "exception-never-time";
    return NULL;
}

/* Where an exception says more than its clause forbids, one of the two was meant otherwise. */
static const char *is_wider(const vg_agreement_reading *r, const vg_clause *c, const vg_exemption *x)
{
    const vg_window *w = &x->window;
    if (x->acts && c->acts && (x->acts & ~c->acts))
        return "exception-wider-acts";
    if ((w->from > INT64_MIN && w->from < c->window.from && w->from < r->a->from) ||
        (w->to < INT64_MAX && w->to > c->window.to) || (w->to < INT64_MAX && w->to > r->a->to))
        return "exception-wider-time";
    return NULL;
}

void vg_agreement__check_exemption(vg_agreement_reading *r, const vg_clause *c, const vg_exemption *x)
{
    const vg_fact fact[] = { vg_fact__text("exception", x->id), vg_fact__text("clause", c->id),
                             vg_fact__num("line", x->line) };
    const char *never = never_applies(r, c, x), *wider = is_wider(r, c, x);
    const vg_window *w = &x->window;
    bool always = w->from == INT64_MIN && w->to == INT64_MAX && w->day_from_s == 0 && w->day_to_s == DAY_S &&
                  !w->weekdays;
    if (covers_all(r, c, x))
        say(r, VG_FINDING_ERROR, c, "exception-whole", fact, 3);
    else if (never)
        say(r, VG_FINDING_WARNING, c, never, fact, 3);
    else if (wider)
        say(r, VG_FINDING_WARNING, c, wider, fact, 3);
    if (x->kind == VG_EXEMPT_REPAIR && always && !never)
        say(r, VG_FINDING_WARNING, c, "repair-always", fact, 3);
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

bool vg_agreement__same_window(const vg_window *a, const vg_window *b)
{
    return covers_window(a, b) && covers_window(b, a);
}

static bool binds_both(const vg_clause *a, const vg_clause *b)
{
    return (a->acts & b->acts) && (a->parties & b->parties) && windows_touch(&a->window, &b->window);
}

static void tell_pair(vg_agreement_reading *r, vg_finding_weight weight, const char *id, const vg_clause *a,
                      const vg_clause *b)
{
    say(r, weight, b, id,
        VG_FACTS(vg_fact__text("clause", b->id), vg_fact__text("other", a->id), vg_fact__num("line", a->line),
                 vg_fact__num("severity", b->severity), vg_fact__num("other_severity", a->severity)));
}

/* Whether all that `narrow` forbids is forbidden by `wide` as well. */
static bool holds(const vg_clause *wide, const vg_clause *narrow)
{
    return (narrow->acts & ~wide->acts) == 0 && (narrow->parties & ~wide->parties) == 0 &&
           covers_window(&wide->window, &narrow->window);
}

static void check_same(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b)
{
    if (!same_place(a, b) || !same_weapons(a, b) || !binds_both(a, b))
        return;
    if (a->severity != b->severity)
        tell_pair(r, VG_FINDING_WARNING, "clauses-severity", a, b);
    else if (holds(a, b) && holds(b, a))
        tell_pair(r, VG_FINDING_WARNING, "clauses-same", a, b);
    else if (holds(a, b) || holds(b, a))
        tell_pair(r, VG_FINDING_NOTE, holds(a, b) ? "clause-within" : "clause-holds", a, b);
}

/* Inside and outside of one zone forbidden to the same party at the same time: it may be nowhere. */
static void check_nowhere(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b)
{
    bool opposite = (a->relation == VG_RELATION_INSIDE && b->relation == VG_RELATION_OUTSIDE) ||
                    (a->relation == VG_RELATION_OUTSIDE && b->relation == VG_RELATION_INSIDE);
    if (opposite && a->zone == b->zone && a->zone >= 0 && same_weapons(a, b) && binds_both(a, b))
        tell_pair(r, VG_FINDING_WARNING, "clauses-nowhere", a, b);
}

/* The heavier weapon is to stay further away; a clause of fewer weapons or larger calibres with the lesser distance is void. */
static void check_distances(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b)
{
    for (int turn = 0; turn < 2; turn++) {
        const vg_clause *wide = turn ? b : a, *narrow = turn ? a : b;
        bool fewer = !wide->weapons || (narrow->weapons && !(narrow->weapons & ~wide->weapons));
        bool heavier = narrow->least_calibre_mm >= wide->least_calibre_mm;
        if (a->relation != VG_RELATION_CLOSER_THAN || b->relation != VG_RELATION_CLOSER_THAN ||
            a->zone != b->zone || !binds_both(a, b) || !fewer || !heavier ||
            !(narrow->distance_km < wide->distance_km) || !(narrow->distance_km > 0))
            continue;
        say(r, VG_FINDING_WARNING, b, "clauses-distance",
            VG_FACTS(vg_fact__text("clause", narrow->id), vg_fact__text("other", wide->id),
                     vg_fact__num("km", narrow->distance_km), vg_fact__num("other_km", wide->distance_km),
                     vg_fact__num("line", a->line)));
        return;
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
        say(r, VG_FINDING_WARNING, b, "clause-forbids-allowed",
            VG_FACTS(vg_fact__text("clause", b->id), vg_fact__text("other", a->id),
                     vg_fact__text("exception", x->id), vg_fact__num("line", a->line)));
        return;
    }
}

void vg_agreement__check_pair(vg_agreement_reading *r, const vg_clause *a, const vg_clause *b)
{
    check_same(r, a, b);
    check_nowhere(r, a, b);
    check_distances(r, a, b);
    check_allowed(r, a, b);
    check_allowed(r, b, a);
}
