/* What the escalation rules stand on: hours that somebody watched, the agreement's own thresholds, and JSON. Hours nobody
 * watched are no quiet hours: a window without any is left out of every past. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/escalation_int.h"
#include "core/date.h"

/* --- hours watched --- */

enum { QUARTER_S = 900, QUARTERS = VG_DAY_S / QUARTER_S };

static void mark(const vg_escalation__desk *d, vg_escalation__watched *w, const vg_coverage *c)
{
    int64_t begin = d->hour - (int64_t)VG_PAST_WINDOWS * VG_DAY_S;
    int64_t from = c->from > begin ? c->from : begin, to = c->to < d->hour ? c->to : d->hour;
    w->is_known = true;
    if (c->state != VG_COVER_WATCHING)
        return;
    for (int64_t q = (from - begin) / QUARTER_S; q * QUARTER_S < to - begin; q++) {
        int32_t window = VG_PAST_WINDOWS - 1 - (int32_t)(q / QUARTERS), in = (int32_t)(q % QUARTERS);
        w->bit[window][in / 64] |= (uint64_t)1 << (in % 64);
    }
}

static int32_t zone_of(const vg_agreement *a, vg_str id)
{
    for (int32_t i = 0; i < a->n_zones; i++)
        if (vg_eq(a->zone[i].id, id))
            return i;
    return VG_AGREEMENT_NOBODY;
}

bool vg_escalation__look(vg_escalation__desk *d, vg_err *e)
{
    int32_t n = d->agreement->n_zones;
    d->watched = vg_new(d->arena, vg_escalation__watched, n + 1);
    if (!d->watched)
        return vg_fail_memory(e, vg_arena_limit(d->arena));
    for (int32_t i = 0; i < d->n_coverage; i++) {
        const vg_coverage *c = &d->coverage[i];
        int32_t zone = c->zone.n ? zone_of(d->agreement, c->zone) : n;
        if (zone != VG_AGREEMENT_NOBODY)
            mark(d, &d->watched[zone], c);
    }
    return true;
}

static bool hours_of_zone(const vg_escalation__desk *d, int32_t zone, double hours[VG_PAST_WINDOWS])
{
    const vg_escalation__watched *here = &d->watched[zone], *everywhere = &d->watched[d->agreement->n_zones];
    bool known = here->is_known || everywhere->is_known;
    for (int32_t i = 0; i < VG_PAST_WINDOWS; i++) {
        int quarters = __builtin_popcountll(here->bit[i][0] | everywhere->bit[i][0]) +
                       __builtin_popcountll(here->bit[i][1] | everywhere->bit[i][1]);
        hours[i] = known ? quarters * (QUARTER_S / 3600.0) : 24;
    }
    return known;
}

bool vg_escalation__hours(const vg_escalation__desk *d, int32_t zone, double hours[VG_PAST_WINDOWS])
{
    if (zone >= 0)
        return hours_of_zone(d, zone, hours);
    double sum[VG_PAST_WINDOWS] = { 0 }, one[VG_PAST_WINDOWS];
    int32_t n = 0;
    for (int32_t z = 0; z < d->agreement->n_zones; z++)
        if (hours_of_zone(d, z, one)) {
            for (int32_t i = 0; i < VG_PAST_WINDOWS; i++)
                sum[i] += one[i];
            n++;
        }
    for (int32_t i = 0; i < VG_PAST_WINDOWS; i++)
        hours[i] = n ? sum[i] / n : 24;
    return n > 0;
}

void vg_escalation__present(const vg_escalation__desk *d, double hours[VG_PAST_WINDOWS])
{
    int64_t begin = d->hour - (int64_t)VG_PAST_WINDOWS * VG_DAY_S;
    for (int32_t i = 0; i < VG_PAST_WINDOWS; i++)
        hours[i] = d->n_coverage ? 0 : 24;
    for (int32_t i = 0; i < d->n_coverage; i++) {
        int64_t from = d->coverage[i].from > begin ? d->coverage[i].from : begin;
        int64_t to = d->coverage[i].to < d->hour ? d->coverage[i].to : d->hour;
        for (int64_t at = from; at < to; at += VG_DAY_S)
            hours[vg_escalation__window(d, at)] = 24;
        if (from < to)
            hours[vg_escalation__window(d, to - 1)] = 24;
    }
}

/* --- thresholds --- */

enum { LEAST_FOR_RATIO = 3 }; /* violations below which "times as many as before" is no answer */

typedef struct {
    double count, severity;
} sum_of;

/* Of a threshold for a clause, what the incident is worth for that clause. */
static vg_escalation__broken worth(const vg_escalation__act *a, const vg_escalation *x)
{
    for (int i = 0; x->scope == VG_SCOPE_CLAUSE && a->clause != x->of && i < a->n_also_broken; i++)
        if (a->also_broken[i].clause == x->of)
            return a->also_broken[i];
    return (vg_escalation__broken){ .weighed = a->weighed, .level = a->level };
}

static sum_of add_up(const vg_escalation__desk *d, const vg_escalation *x, int64_t from, int64_t to)
{
    sum_of s = { 0, 0 };
    for (int32_t i = 0; i < d->n; i++) {
        const vg_escalation__act *a = &d->act[i];
        if (a->from < from || a->from >= to || !vg_escalation__is_of(a, x->scope, x->of, x->of_second))
            continue;
        vg_escalation__broken w = worth(a, x);
        s.count += w.level == VG_LEVEL_VIOLATION;
        s.severity += w.weighed;
    }
    return s;
}

static void test_threshold(vg_escalation__desk *d, int32_t number, int32_t of, int32_t of_second)
{
    const vg_threshold *t = &d->agreement->threshold[number];
    vg_escalation x = { .rule = VG_RULE_THRESHOLD,
                        .scope = t->scope,
                        .of = of,
                        .of_second = of_second,
                        .threshold = number,
                        .from = d->at - t->window_s,
                        .to = d->at,
                        .past_from = d->at - 2 * t->window_s,
                        .expected = NAN,
                        .p = NAN,
                        .false_alarms_year = NAN,
                        .watched = NAN };
    sum_of now = add_up(d, &x, x.from, x.to);
    bool reached;
    if (t->least_count > 0) {
        x.observed = now.count;
        reached = now.count >= t->least_count;
    } else if (t->least_severity > 0) {
        x.observed = now.severity;
        reached = now.severity >= t->least_severity;
    } else {
        x.observed = now.count;
        x.expected = add_up(d, &x, x.past_from, x.from).count;
        reached = t->least_ratio > 0 && now.count >= LEAST_FOR_RATIO &&
                  now.count >= t->least_ratio * fmax(x.expected, 1);
    }
    if (!reached)
        return;
    vg_escalation__name(d, &x, VG_LEVEL_POSSIBLE);
    vg_escalation__add(d, &x);
}

static int32_t n_of_scope(const vg_agreement *a, vg_scope scope)
{
    switch (scope) {
    case VG_SCOPE_ZONE: return a->n_zones;
    case VG_SCOPE_PARTY: return a->n_parties;
    case VG_SCOPE_CLAUSE: return a->n_clauses;
    default: return 0;
    }
}

static void test_pairs(vg_escalation__desk *d, int32_t number)
{
    for (int32_t i = 0; i < d->agreement->n_parties; i++)
        for (int32_t k = 0; k < d->agreement->n_parties; k++)
            if (i != k)
                test_threshold(d, number, i, k);
}

void vg_escalation__thresholds(vg_escalation__desk *d)
{
    for (int32_t i = 0; i < d->agreement->n_thresholds; i++) {
        const vg_threshold *t = &d->agreement->threshold[i];
        int32_t n = n_of_scope(d->agreement, t->scope);
        if (t->scope == VG_SCOPE_ALL || t->of != VG_AGREEMENT_NOBODY)
            test_threshold(d, i, t->of, t->of_second);
        else if (t->scope == VG_SCOPE_PAIR)
            test_pairs(d, i);
        for (int32_t k = 0; t->of == VG_AGREEMENT_NOBODY && k < n; k++)
            test_threshold(d, i, k, VG_AGREEMENT_NOBODY);
    }
}

/* --- JSON --- */

static vg_str name_of(const vg_agreement *a, vg_scope scope, int32_t of)
{
    if (of < 0)
        return VG_NOSTR;
    switch (scope) {
    case VG_SCOPE_ZONE: return a->zone[of].id;
    case VG_SCOPE_CLAUSE: return a->clause[of].id;
    case VG_SCOPE_PARTY:
    case VG_SCOPE_PAIR: return a->party[of].id;
    default: return VG_NOSTR;
    }
}

static void put_text(vg_json *j, const char *key, vg_str text)
{
    vg_json_key(j, vg_str_z(key));
    if (text.n)
        vg_json_str(j, text);
    else
        vg_json_null(j);
}

static void put_instant(vg_json *j, const char *key, int64_t at)
{
    char buf[32];
    put_text(j, key, vg_instant_text(at, buf));
}

static void put_number(vg_json *j, const char *key, double x)
{
    vg_json_key(j, vg_str_z(key));
    vg_json_num(j, x);
}

void vg_escalation_json(vg_json *j, const vg_agreement *a, const vg_escalation *x)
{
    static const char *const scopes[] = { "zone", "party", "pair", "clause", "all" };
    const vg_threshold *t = x->threshold >= 0 ? &a->threshold[x->threshold] : NULL;
    vg_json_object(j);
    put_text(j, "rule", vg_str_z(vg_rule_name((int)x->rule)));
    put_text(j, "scope", vg_str_z(scopes[x->scope]));
    put_text(j, "of", name_of(a, x->scope, x->of));
    put_text(j, "against", x->scope == VG_SCOPE_PAIR ? name_of(a, x->scope, x->of_second) : VG_NOSTR);
    put_text(j, "threshold", t ? t->id : VG_NOSTR);
    put_text(j, "action", t ? t->action : VG_NOSTR);
    put_text(j, "weapon", x->rule == VG_RULE_WEAPON ? vg_str_z(vg_weapon_name(x->weapon)) : VG_NOSTR);
    put_instant(j, "from", x->from);
    put_instant(j, "to", x->to);
    put_instant(j, "past_from", x->past_from);
    put_number(j, "observed", x->observed);
    put_number(j, "expected", x->expected);
    put_number(j, "p", x->p);
    put_number(j, "false_alarms_year", x->false_alarms_year);
    put_number(j, "watched", x->watched);
    vg_json_key(j, VG_S("incidents"));
    vg_json_array(j);
    for (int32_t i = 0; i < x->n_incidents; i++) {
        char id[17];
        snprintf(id, sizeof id, "%016llx", (unsigned long long)x->incident[i]);
        vg_json_str(j, vg_str_z(id));
    }
    vg_json_close(j);
    vg_json_close(j);
}
