/* The rules of escalation. Each looks at the same list of incidents of the last 42 days, in windows of a day that end at
 * a whole hour, so that looking more often than once an hour adds no false alarms. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceasefire/escalation_int.h"
#include "stat/prob.h"
#include "stat/rate.h"

/* Set so that a scope has about one false alarm a year when it is looked at every hour: measured in stat/rate_test.c. */
static const double limit = 1.0 / 365 / VG_RATE_LOOKS, false_alarms_year = 1;

enum {
    LEAST_RATE = 2, /* incidents in a day below which a rate is no alarm */
    LEAST_OBSTRUCTION = 3,
    LEAST_WEAPONS = 5, /* incidents with a known weapon in the past: else any weapon is new */
    LEAST_SEVERITY = 3,
    RETALIATION_DAYS = 7,
    RETALIATION_S = 6 * 3600,
    LEAST_ANSWERS = 4,
    STRICTER =
        10 /* days on which both are wild look like answers: the limit that keeps these under one a year */
};

static const char *const rule_names[VG_N_RULES] = { "rate",        "severity",    "weapon",   "zone",
                                                    "retaliation", "obstruction", "threshold" };

const char *vg_rule_name(int rule)
{
    return rule >= 0 && rule < VG_N_RULES ? rule_names[rule] : "unknown";
}

/* --- what the rules share --- */

int32_t vg_escalation__window(const vg_escalation__desk *d, int64_t at)
{
    if (at >= d->hour || at < d->hour - (int64_t)VG_PAST_WINDOWS * VG_DAY_S)
        return -1;
    return (int32_t)((d->hour - 1 - at) / VG_DAY_S);
}

static bool lies_in(const vg_escalation__act *x, int32_t zone)
{
    bool in = x->zone == zone;
    for (int i = 0; i < x->n_also_in; i++)
        in = in || x->also_in[i] == zone;
    return in;
}

static bool breaks(const vg_escalation__act *x, int32_t clause)
{
    bool broken = x->clause == clause;
    for (int i = 0; i < x->n_also_broken; i++)
        broken = broken || x->also_broken[i].clause == clause;
    return broken;
}

bool vg_escalation__is_of(const vg_escalation__act *x, vg_scope scope, int32_t of, int32_t of_second)
{
    switch (scope) {
    case VG_SCOPE_ZONE: return lies_in(x, of);
    case VG_SCOPE_PARTY: return x->party == of;
    case VG_SCOPE_PAIR: return x->party == of && x->against == of_second;
    case VG_SCOPE_CLAUSE: return breaks(x, of);
    default: return true;
    }
}

static bool is_graver(const vg_escalation__act *a, const vg_escalation__act *b)
{
    if (a->weighed != b->weighed)
        return a->weighed > b->weighed;
    return a->from != b->from ? a->from > b->from : a->id < b->id;
}

static bool is_obstruction(const vg_escalation__act *a)
{
    return a->act == VG_ACT_OBSTRUCTION_OF_MONITORS || a->act == VG_ACT_JAMMING;
}

void vg_escalation__name(const vg_escalation__desk *d, vg_escalation *x, int least_level)
{
    const vg_escalation__act *top[VG_ESCALATION_INCIDENTS];
    int n = 0;
    for (int32_t i = 0; i < d->n; i++) {
        const vg_escalation__act *a = &d->act[i];
        if (a->from < x->from || a->from >= x->to || a->level < least_level ||
            !vg_escalation__is_of(a, x->scope, x->of, x->of_second) ||
            (x->rule == VG_RULE_WEAPON && a->weapon != x->weapon) ||
            (x->rule == VG_RULE_OBSTRUCTION && !is_obstruction(a)))
            continue;
        if (n == VG_ESCALATION_INCIDENTS && !is_graver(a, top[n - 1]))
            continue;
        int at = n < VG_ESCALATION_INCIDENTS ? n++ : n - 1;
        while (at > 0 && is_graver(a, top[at - 1])) {
            top[at] = top[at - 1];
            at--;
        }
        top[at] = a;
    }
    for (int i = 0; i < n; i++)
        x->incident[i] = top[i]->id;
    x->n_incidents = n;
}

void vg_escalation__add(vg_escalation__desk *d, const vg_escalation *x)
{
    if (d->n_found == d->cap_found) {
        int32_t cap = d->cap_found ? 2 * d->cap_found : 32;
        vg_escalation *more = vg_new(d->arena, vg_escalation, cap);
        if (!more) {
            d->failed = true;
            return;
        }
        if (d->n_found)
            memcpy(more, d->found, (size_t)d->n_found * sizeof *more);
        d->found = more;
        d->cap_found = cap;
    }
    d->found[d->n_found++] = *x;
}

/* A finding over the newest window of a day. */
static vg_escalation of_today(const vg_escalation__desk *d, vg_rule rule, vg_scope scope, int32_t of)
{
    return (vg_escalation){ .rule = rule,
                            .scope = scope,
                            .of = of,
                            .of_second = VG_AGREEMENT_NOBODY,
                            .threshold = VG_AGREEMENT_NOBODY,
                            .from = d->hour - VG_DAY_S,
                            .to = d->hour,
                            .past_from = d->hour - (int64_t)VG_PAST_WINDOWS * VG_DAY_S,
                            .expected = NAN,
                            .p = NAN,
                            .false_alarms_year = NAN,
                            .watched = NAN };
}

/* --- rates --- */

static void test_rate(vg_escalation__desk *d, vg_rule rule, vg_scope scope, int32_t of, const double *count,
                      double least)
{
    double hours[VG_PAST_WINDOWS];
    if (count[0] < least)
        return;
    bool known = vg_escalation__hours(d, scope == VG_SCOPE_ZONE ? of : VG_AGREEMENT_NOBODY, hours);
    double watched = hours[0] / 24;
    if (rule == VG_RULE_OBSTRUCTION) /* who is kept away does not watch: those hours count most */
        vg_escalation__present(d, hours);
    vg_rate_verdict v = vg_rate_test(count[0], hours[0], count + 1, hours + 1, VG_PAST_DAYS);
    if (!(v.p < limit))
        return;
    vg_escalation x = of_today(d, rule, scope, of);
    x.observed = count[0];
    x.expected = v.expected;
    x.p = v.p;
    x.false_alarms_year = false_alarms_year;
    x.watched = known ? watched : (double)NAN;
    vg_escalation__name(d, &x, rule == VG_RULE_RATE ? VG_LEVEL_PROBABLE : VG_LEVEL_NONE);
    vg_escalation__add(d, &x);
}

static void rates(vg_escalation__desk *d)
{
    double all[VG_PAST_WINDOWS] = { 0 }, of[VG_AGREEMENT_PARTIES][VG_PAST_WINDOWS] = { { 0 } };
    for (int32_t i = 0; i < d->n; i++) {
        int32_t window = vg_escalation__window(d, d->act[i].from);
        if (window < 0 || d->act[i].level < VG_LEVEL_PROBABLE)
            continue;
        all[window]++;
        if (d->act[i].party >= 0)
            of[d->act[i].party][window]++;
    }
    test_rate(d, VG_RULE_RATE, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY, all, LEAST_RATE);
    for (int32_t i = 0; i < d->agreement->n_parties; i++)
        test_rate(d, VG_RULE_RATE, VG_SCOPE_PARTY, i, of[i], LEAST_RATE);
}

/* --- zones: rate, severity, weapons, quiet until now --- */

typedef struct {
    double count[VG_PAST_WINDOWS];
    int32_t n_before, n_weapons_before;
    uint32_t weapons, weapons_before;
    int8_t severity, severity_before;
} zone_past;

static void add_act(const vg_escalation__desk *d, zone_past *z, const vg_escalation__act *a)
{
    int32_t window = vg_escalation__window(d, a->from);
    if (window < 0 || a->level < VG_LEVEL_PROBABLE)
        return;
    bool is_known = a->weapon != VG_WEAPON_UNKNOWN && a->weapon != VG_WEAPON_NONE;
    uint32_t weapon = is_known ? 1u << a->weapon : 0;
    z->count[window]++;
    if (window == 0) {
        z->weapons |= weapon;
        z->severity = a->severity > z->severity ? a->severity : z->severity;
        return;
    }
    z->n_before++;
    z->n_weapons_before += is_known;
    z->weapons_before |= weapon;
    z->severity_before = a->severity > z->severity_before ? a->severity : z->severity_before;
}

static void test_weapons(vg_escalation__desk *d, int32_t zone, const zone_past *z)
{
    uint32_t fresh = z->weapons & ~z->weapons_before;
    if (z->n_weapons_before < LEAST_WEAPONS)
        return;
    for (int w = 0; w < VG_N_WEAPONS; w++) {
        if (!(fresh >> w & 1))
            continue;
        vg_escalation x = of_today(d, VG_RULE_WEAPON, VG_SCOPE_ZONE, zone);
        x.weapon = (int8_t)w;
        vg_escalation__name(d, &x, VG_LEVEL_PROBABLE);
        x.observed = x.n_incidents;
        vg_escalation__add(d, &x);
    }
}

static void test_zone(vg_escalation__desk *d, int32_t zone, const zone_past *z)
{
    if (z->count[0] <= 0)
        return;
    if (z->n_before == 0) {
        double hours[VG_PAST_WINDOWS], seen = 0;
        bool known = vg_escalation__hours(d, zone, hours);
        for (int i = 1; i < VG_PAST_WINDOWS; i++)
            seen += hours[i] / 24 / VG_PAST_DAYS;
        if (seen < .5) /* quiet, or nobody looked: not decidable, so no alert */
            return;
        vg_escalation x = of_today(d, VG_RULE_ZONE, VG_SCOPE_ZONE, zone);
        x.observed = z->count[0];
        x.watched = known ? hours[0] / 24 : (double)NAN;
        vg_escalation__name(d, &x, VG_LEVEL_PROBABLE);
        vg_escalation__add(d, &x);
        return;
    }
    test_rate(d, VG_RULE_RATE, VG_SCOPE_ZONE, zone, z->count, LEAST_RATE);
    if (z->severity >= LEAST_SEVERITY && z->severity > z->severity_before) {
        vg_escalation x = of_today(d, VG_RULE_SEVERITY, VG_SCOPE_ZONE, zone);
        x.observed = z->severity;
        x.expected = z->severity_before;
        vg_escalation__name(d, &x, VG_LEVEL_PROBABLE);
        vg_escalation__add(d, &x);
    }
    test_weapons(d, zone, z);
}

static bool zones(vg_escalation__desk *d, vg_err *e)
{
    vg_arena scratch;
    if (!vg_arena_init(&scratch, (int64_t)(d->agreement->n_zones + 1) * (int64_t)sizeof(zone_past) + 4096, e))
        return false;
    zone_past *z = vg_new(&scratch, zone_past, d->agreement->n_zones + 1);
    for (int32_t i = 0; z && i < d->n; i++) {
        if (d->act[i].zone >= 0 && d->act[i].zone < d->agreement->n_zones)
            add_act(d, &z[d->act[i].zone], &d->act[i]);
        for (int k = 0; k < d->act[i].n_also_in; k++)
            add_act(d, &z[d->act[i].also_in[k]], &d->act[i]);
    }
    for (int32_t i = 0; z && i < d->agreement->n_zones; i++)
        test_zone(d, i, &z[i]);
    bool good = z ? true : vg_fail_memory(e, vg_arena_limit(&scratch));
    vg_arena_free(&scratch);
    return good;
}

/* --- retaliation --- */

/* Acts of one party against another within the week, ascending. */
typedef struct {
    int64_t *at;
    int64_t n;
} times;

/* One act stands for those that follow it within the time of an answer: a burst is one answer and not many. */
static times one_each(times t)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t.n; i++)
        if (n == 0 || t.at[i] - t.at[n - 1] >= RETALIATION_S)
            t.at[n++] = t.at[i];
    t.n = n;
    return t;
}

static times times_of(const vg_escalation__desk *d, int by, int against, vg_arena *a)
{
    times t = { .at = vg_new(a, int64_t, d->n) };
    int64_t begin = d->hour - (int64_t)RETALIATION_DAYS * VG_DAY_S;
    for (int32_t i = d->n - 1; t.at && i >= 0 && d->act[i].from >= begin; i--) {
        const vg_escalation__act *x = &d->act[i];
        if (x->party == by && x->against == against && x->from < d->hour && x->level >= VG_LEVEL_PROBABLE)
            t.at[t.n++] = x->from;
    }
    for (int64_t i = 0; i < t.n / 2; i++) { /* gathered from the newest on */
        int64_t other = t.at[i];
        t.at[i] = t.at[t.n - 1 - i];
        t.at[t.n - 1 - i] = other;
    }
    return t;
}

static bool has_within(const times *t, int64_t from, int64_t to)
{
    int64_t low = 0, high = t->n;
    while (low < high) {
        int64_t mid = (low + high) / 2;
        if (t->at[mid] < from)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->n && t->at[low] < to;
}

/* Is one of the acts, moved by `shift` round the week, within the six hours before `at`? */
static bool is_answer(const times *acts, int64_t begin, int64_t at, int64_t shift)
{
    int64_t week = (int64_t)RETALIATION_DAYS * VG_DAY_S, end = begin + week;
    int64_t from = (at - RETALIATION_S > begin ? at - RETALIATION_S : begin) - shift, to = at - shift;
    if (to <= begin || from >= end) {
        int64_t round = to <= begin ? week : -week;
        return has_within(acts, from + round, to + round);
    }
    if (from < begin)
        return has_within(acts, begin, to) || has_within(acts, from + week, end);
    if (to > end)
        return has_within(acts, from, end) || has_within(acts, begin, to - week);
    return has_within(acts, from, to);
}

/*
 * Answers of B to A, held against what chance makes of two parties that are merely busy at the same hours: the same count
 * with A's acts moved by one, two and three days either way. Acts of B within six hours of one that was counted are not
 * counted again.
 */
static void test_pair(vg_escalation__desk *d, int a, int b, vg_arena scratch)
{
    enum { SHIFTS = 6 };
    int64_t begin = d->hour - (int64_t)RETALIATION_DAYS * VG_DAY_S, answers = 0, by_chance = 0;
    times first = times_of(d, a, b, &scratch), second = one_each(times_of(d, b, a, &scratch));
    d->failed = d->failed || !first.at || !second.at;
    for (int64_t i = 0; i < second.n; i++) {
        answers += is_answer(&first, begin, second.at[i], 0);
        for (int k = 1; k <= SHIFTS / 2; k++)
            by_chance += is_answer(&first, begin, second.at[i], (int64_t)k * VG_DAY_S) +
                         is_answer(&first, begin, second.at[i], -(int64_t)k * VG_DAY_S);
    }
    if (answers < LEAST_ANSWERS)
        return;
    double chance = ((double)by_chance + 1) / (SHIFTS * (double)second.n + 2);
    double p =
        vg_beta_lower((double)answers, (double)(second.n - answers) + 1, chance); /* of at least so many */
    if (!(p < limit / STRICTER))
        return;
    vg_escalation x = of_today(d, VG_RULE_RETALIATION, VG_SCOPE_PAIR, b);
    x.of_second = a;
    x.from = begin;
    x.observed = (double)answers;
    x.expected = chance * (double)second.n;
    x.p = p;
    x.false_alarms_year = false_alarms_year;
    vg_escalation__name(d, &x, VG_LEVEL_PROBABLE);
    vg_escalation__add(d, &x);
}

static bool retaliation(vg_escalation__desk *d, vg_err *e)
{
    vg_arena scratch;
    if (!vg_arena_init(&scratch, 2 * (int64_t)sizeof(int64_t) * (d->n + 1) + 4096, e))
        return false;
    for (int i = 0; i < d->agreement->n_parties; i++)
        for (int k = 0; k < d->agreement->n_parties; k++)
            if (i != k)
                test_pair(d, i, k, scratch);
    vg_arena_free(&scratch);
    return true;
}

/* --- obstruction --- */

static void obstruction(vg_escalation__desk *d)
{
    double count[VG_PAST_WINDOWS] = { 0 };
    int32_t window;
    for (int32_t i = 0; i < d->n; i++)
        if (is_obstruction(&d->act[i]) && (window = vg_escalation__window(d, d->act[i].from)) >= 0)
            count[window]++;
    for (int32_t i = 0; i < d->n_coverage; i++)
        if ((d->coverage[i].state == VG_COVER_RESTRICTED || d->coverage[i].state == VG_COVER_JAMMED) &&
            (window = vg_escalation__window(d, d->coverage[i].from)) >= 0)
            count[window]++;
    test_rate(d, VG_RULE_OBSTRUCTION, VG_SCOPE_ALL, VG_AGREEMENT_NOBODY, count, LEAST_OBSTRUCTION);
}

/* --- all of it --- */

static double weight_of(const vg_agreement *a, const vg_breach *b)
{
    return a->clause[b->clause].severity * (double)b->p;
}

/* Zones may lie within one another and clauses forbid the same: whoever asks for one of them must find the incident. */
static void put_others(const vg_agreement *a, const vg_incident *x, const vg_breach *worst,
                       vg_escalation__act *act)
{
    for (int i = 1; i < VG_INCIDENT_ZONES && x->zone[i] >= 0; i++)
        if (x->p_zone[i] >= .5F)
            act->also_in[act->n_also_in++] = (int16_t)x->zone[i];
    for (int32_t i = 0; i < x->n_breaches; i++) {
        const vg_breach *b = &x->breach[i];
        if (b != worst && !(b->flags & VG_FLAG_EXEMPT))
            act->also_broken[act->n_also_broken++] =
                (vg_escalation__broken){ .clause = (int16_t)b->clause,
                                         .level = b->level,
                                         .severity = (int8_t)a->clause[b->clause].severity,
                                         .p = b->p };
    }
}

static const int8_t *holders(const vg_agreement *a, vg_arena *arena)
{
    int8_t *holder = vg_new(arena, int8_t, a->n_zones);
    for (int32_t i = 0; holder && i < a->n_zones; i++) {
        vg_str held = a->zone[i].held_by;
        holder[i] = (int8_t)(held.n ? vg_agreement_find_party(a, held) : VG_AGREEMENT_NOBODY);
    }
    return holder;
}

static bool room_for_act(vg_escalation__desk *d)
{
    if (d->n < d->cap)
        return true;
    int32_t cap = d->cap ? 2 * d->cap : 4096;
    vg_escalation__act *more = vg_new(d->arena, vg_escalation__act, cap);
    if (!more) {
        d->failed = true;
        return false;
    }
    if (d->n)
        memcpy(more, d->act, (size_t)d->n * sizeof *more);
    d->act = more;
    d->cap = cap;
    return true;
}

static bool take_act(void *ctx, const vg_incident *x)
{
    vg_escalation__desk *d = ctx;
    const vg_breach *worst = NULL;
    bool kept_away = x->act == VG_ACT_OBSTRUCTION_OF_MONITORS || x->act == VG_ACT_JAMMING;
    for (int32_t i = 0; i < x->n_breaches; i++)
        if (!(x->breach[i].flags & VG_FLAG_EXEMPT) && (!worst || x->breach[i].p > worst->p))
            worst = &x->breach[i];
    if (x->verification == VG_VERIFY_REJECTED || (!worst && !kept_away)) /* what no rule counts */
        return true;
    if (!room_for_act(d))
        return false;
    const vg_agreement *a = d->agreement;
    bool is_known = x->attribution >= VG_ATTRIBUTION_ATTRIBUTED;
    d->act[d->n++] = (vg_escalation__act){ .id = x->id,
                                           .from = x->from,
                                           .weighed = worst ? weight_of(a, worst) : 0,
                                           .zone = x->zone[0],
                                           .clause = worst ? worst->clause : VG_AGREEMENT_NOBODY,
                                           .party = is_known ? x->party : (int8_t)VG_AGREEMENT_NOBODY,
                                           .against = x->zone[0] >= 0 ? d->holder[x->zone[0]]
                                                                      : (int8_t)VG_AGREEMENT_NOBODY,
                                           .severity = x->severity,
                                           .level = x->level,
                                           .weapon = x->weapon,
                                           .act = x->act };
    put_others(a, x, worst, &d->act[d->n - 1]);
    return true;
}

static int by_weight(const void *left, const void *right)
{
    const vg_escalation *a = left, *b = right;
    int first = (a->rule == VG_RULE_THRESHOLD) - (b->rule == VG_RULE_THRESHOLD);
    if (first)
        return -first;
    double p = isnan(a->p) ? 1 : a->p, q = isnan(b->p) ? 1 : b->p;
    if (p != q)
        return p < q ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    if (a->of != b->of)
        return a->of < b->of ? -1 : 1;
    if (a->of_second != b->of_second)
        return a->of_second < b->of_second ? -1 : 1;
    if (a->threshold != b->threshold)
        return a->threshold < b->threshold ? -1 : 1;
    return (a->weapon > b->weapon) - (a->weapon < b->weapon);
}

int64_t vg_escalation_past_s(const vg_agreement *a)
{
    int64_t longest = (int64_t)VG_PAST_WINDOWS * VG_DAY_S + 3600;
    for (int32_t i = 0; i < a->n_thresholds; i++) {
        int64_t with_past = a->threshold[i].window_s * (a->threshold[i].least_ratio > 0 ? 2 : 1);
        longest = with_past > longest ? with_past : longest;
    }
    return longest;
}

bool vg_escalation__run(vg_escalation__desk *d, vg_err *e)
{
    d->hour = d->at - ((d->at % 3600) + 3600) % 3600;
    if (!vg_escalation__look(d, e))
        return false;
    vg_escalation__thresholds(d);
    rates(d);
    if (!zones(d, e) || !retaliation(d, e))
        return false;
    obstruction(d);
    if (d->failed)
        return vg_fail_memory(e, vg_arena_limit(d->arena));
    if (d->n_found)
        qsort(d->found, (size_t)d->n_found, sizeof *d->found, by_weight);
    return true;
}

bool vg_escalation_test(vg_watch *w, int64_t at, vg_arena *a, vg_escalation **out, int32_t *n, vg_err *e)
{
    vg_escalation__desk d = { .agreement = vg_watch_agreement(w), .at = at, .arena = a };
    vg_coverage *coverage;
    int64_t from = at - vg_escalation_past_s(d.agreement);
    d.holder = holders(d.agreement, a);
    if (!d.holder)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_watch_each(w, from, at, take_act, &d, e) ||
        !vg_watch_coverage(w, from, at, a, &coverage, &d.n_coverage, e))
        return false;
    d.coverage = coverage;
    if (d.failed)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!vg_escalation__run(&d, e))
        return false;
    *out = d.found;
    *n = d.n_found;
    return true;
}

bool vg_escalation_same(const vg_escalation *a, const vg_escalation *b)
{
    return a->rule == b->rule && a->scope == b->scope && a->of == b->of && a->of_second == b->of_second &&
           a->threshold == b->threshold && a->weapon == b->weapon;
}
