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

static void mark_untold(const vg_escalation__desk *d, vg_escalation__watched *w, int64_t told_to)
{
    int64_t begin = d->hour - VG_DAY_S;
    if (told_to <= begin - VG_DAY_S) /* silent: not waited for */
        return;
    int64_t from = told_to > begin ? told_to - begin : 0;
    for (int64_t q = (from + QUARTER_S - 1) / QUARTER_S; q < QUARTERS; q++)
        w->untold[q / 64] |= (uint64_t)1 << (q % 64);
}

static int32_t zone_of(const vg_agreement *a, vg_str id)
{
    for (int32_t i = 0; i < a->n_zones; i++)
        if (vg_eq(a->zone[i].id, id))
            return i;
    return VG_AGREEMENT_NOBODY;
}

/* Records come by source; a party's own say on what it watches is no watching. */
static bool is_of_party(const vg_agreement *a, const vg_coverage *c, const vg_coverage *before, bool was)
{
    if (before && vg_eq(before->source, c->source))
        return was;
    for (int32_t i = 0; i < a->n_sources; i++)
        if (vg_eq(a->source[i].id, c->source))
            return a->source[i].party != VG_AGREEMENT_NOBODY;
    return false;
}

/* Behind the newest record of a source, of whatever zone, it has yet to tell of all its zones. */
static void end_source(const vg_escalation__desk *d, bool *is_told, int64_t *told_to)
{
    for (int32_t z = 0; z <= d->agreement->n_zones; z++) {
        if (is_told[z])
            mark_untold(d, &d->watched[z], *told_to);
        is_told[z] = false;
    }
    *told_to = INT64_MIN / 2;
}

bool vg_escalation__look(vg_escalation__desk *d, vg_err *e)
{
    int32_t n = d->agreement->n_zones;
    bool of_party = false;
    int64_t told_to = INT64_MIN / 2;
    bool *is_told = vg_new(d->arena, bool, n + 1);
    d->watched = vg_new(d->arena, vg_escalation__watched, n + 1);
    if (!d->watched || !is_told)
        return vg_fail_memory(e, vg_arena_limit(d->arena));
    for (int32_t i = 0; i < d->n_coverage; i++) {
        const vg_coverage *c = &d->coverage[i];
        int32_t zone = c->zone.n ? zone_of(d->agreement, c->zone) : n;
        of_party = is_of_party(d->agreement, c, i ? c - 1 : NULL, of_party);
        if (i && !vg_eq(c->source, c[-1].source))
            end_source(d, is_told, &told_to);
        if (zone == VG_AGREEMENT_NOBODY || of_party)
            continue;
        mark(d, &d->watched[zone], c);
        is_told[zone] = true;
        told_to = c->to > told_to ? c->to : told_to;
    }
    end_source(d, is_told, &told_to);
    return true;
}

/* The quarters of the newest window that were watched, or will be told as such if it was as on the days before. */
static uint64_t newest(const vg_escalation__watched *w, int half)
{
    return w->bit[0][half] | (w->untold[half] & (w->bit[1][half] | w->bit[2][half]));
}

static bool hours_of_zone(const vg_escalation__desk *d, int32_t zone, double hours[VG_PAST_WINDOWS])
{
    const vg_escalation__watched *here = &d->watched[zone], *everywhere = &d->watched[d->agreement->n_zones];
    bool known = here->is_known || everywhere->is_known;
    for (int32_t i = 0; i < VG_PAST_WINDOWS; i++) {
        int quarters = 0;
        for (int half = 0; half < 2; half++)
            quarters += __builtin_popcountll(i ? here->bit[i][half] | everywhere->bit[i][half]
                                               : newest(here, half) | newest(everywhere, half));
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

static int32_t n_of_scope(const vg_agreement *a, vg_scope scope)
{
    switch (scope) {
    case VG_SCOPE_ZONE: return a->n_zones;
    case VG_SCOPE_PARTY: return a->n_parties;
    case VG_SCOPE_PAIR: return a->n_parties * a->n_parties;
    case VG_SCOPE_CLAUSE: return a->n_clauses;
    default: return 1;
    }
}

static void count(sum_of *s, int8_t level, double weighed)
{
    s->count += level == VG_LEVEL_VIOLATION;
    s->severity += weighed;
}

/* Adds an act to all that it is of; of a clause, what it is worth for that clause. */
static void add_act(const vg_agreement *a, vg_scope scope, const vg_escalation__act *x, sum_of *sum)
{
    switch (scope) {
    case VG_SCOPE_ZONE:
        if (x->zone >= 0)
            count(&sum[x->zone], x->level, x->weighed);
        for (int i = 0; i < x->n_also_in; i++)
            count(&sum[x->also_in[i]], x->level, x->weighed);
        return;
    case VG_SCOPE_CLAUSE:
        if (x->clause >= 0)
            count(&sum[x->clause], x->level, x->weighed);
        for (int i = 0; i < x->n_also_broken; i++) {
            const vg_escalation__broken *b = &x->also_broken[i];
            count(&sum[b->clause], b->level, b->severity * (double)b->p);
        }
        return;
    case VG_SCOPE_PARTY:
        if (x->party >= 0)
            count(&sum[x->party], x->level, x->weighed);
        return;
    case VG_SCOPE_PAIR:
        if (x->party >= 0 && x->against >= 0)
            count(&sum[x->party * a->n_parties + x->against], x->level, x->weighed);
        return;
    default: count(&sum[0], x->level, x->weighed);
    }
}

/* All scopes of a kind at once, over [from, to). NULL = no memory. */
static const sum_of *add_up(vg_escalation__desk *d, vg_scope scope, int64_t from, int64_t to)
{
    sum_of *sum = vg_new(d->arena, sum_of, n_of_scope(d->agreement, scope));
    int32_t low = 0, high = d->n;
    while (low < high) {
        int32_t mid = (low + high) / 2;
        if (d->act[mid].from < from)
            low = mid + 1;
        else
            high = mid;
    }
    for (int32_t i = low; sum && i < d->n && d->act[i].from < to; i++)
        add_act(d->agreement, scope, &d->act[i], sum);
    d->failed = d->failed || !sum;
    return sum;
}

static void test_threshold(vg_escalation__desk *d, const vg_escalation *window, sum_of now, sum_of past)
{
    const vg_threshold *t = &d->agreement->threshold[window->threshold];
    vg_escalation x = *window;
    bool reached;
    if (t->least_count > 0) {
        x.observed = now.count;
        reached = now.count >= t->least_count;
    } else if (t->least_severity > 0) {
        x.observed = now.severity;
        reached = now.severity >= t->least_severity;
    } else {
        x.observed = now.count;
        x.expected = past.count;
        reached = t->least_ratio > 0 && now.count >= LEAST_FOR_RATIO &&
                  now.count >= t->least_ratio * fmax(x.expected, 1);
    }
    if (!reached)
        return;
    vg_escalation__name(d, &x, VG_LEVEL_POSSIBLE);
    vg_escalation__add(d, &x);
}

/* Those of a kind that a threshold is for: the one it names, or each. */
static void test_each(vg_escalation__desk *d, vg_escalation *x, const sum_of *now, const sum_of *past)
{
    const vg_threshold *t = &d->agreement->threshold[x->threshold];
    int32_t n_parties = d->agreement->n_parties, n = n_of_scope(d->agreement, t->scope);
    bool is_pair = t->scope == VG_SCOPE_PAIR;
    for (int32_t i = 0; i < n; i++) {
        if (t->scope != VG_SCOPE_ALL) {
            x->of = is_pair ? i / n_parties : i;
            x->of_second = is_pair ? i % n_parties : VG_AGREEMENT_NOBODY;
            if ((is_pair && x->of == x->of_second) ||
                (t->of != VG_AGREEMENT_NOBODY &&
                 (t->of != x->of || (is_pair && t->of_second != x->of_second))))
                continue;
        }
        test_threshold(d, x, now[i], past[i]);
    }
}

void vg_escalation__thresholds(vg_escalation__desk *d)
{
    for (int32_t i = 0; i < d->agreement->n_thresholds; i++) {
        const vg_threshold *t = &d->agreement->threshold[i];
        vg_escalation x = { .rule = VG_RULE_THRESHOLD,
                            .scope = t->scope,
                            .of = VG_AGREEMENT_NOBODY,
                            .of_second = VG_AGREEMENT_NOBODY,
                            .threshold = i,
                            .from = d->at - t->window_s,
                            .to = d->at,
                            .past_from = d->at - 2 * t->window_s,
                            .expected = NAN,
                            .p = NAN,
                            .false_alarms_year = NAN,
                            .watched = NAN };
        const sum_of *now = add_up(d, t->scope, x.from, x.to), *past = now;
        if (t->least_ratio > 0)
            past = add_up(d, t->scope, x.past_from, x.from);
        if (now && past)
            test_each(d, &x, now, past);
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
