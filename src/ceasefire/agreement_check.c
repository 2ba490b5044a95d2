/*
 * Looking an agreement over: parties and their allies, the cut-off, thresholds and sources; zones and clauses are in
 * agreement_check_zone.c, _clause.c and _pair.c. Invariant: nothing here changes the agreement, and every finding has the
 * line it is about.
 */
#include <string.h>

#include "ceasefire/agreement_int.h"

enum { DAY_S = 86400 };

#define BIT(x) ((uint32_t)1 << (x))

vg_at vg_agreement__place(const vg_agreement_reading *r, int32_t line)
{
    return (vg_at){ .file = r->root->at.file, .line = line };
}

/* --- parties --- */

static void check_bound(vg_agreement_reading *r)
{
    const vg_agreement *a = r->a;
    uint32_t bound = 0;
    for (int32_t i = 0; i < a->n_clauses; i++)
        bound |= a->clause[i].parties;
    if (!a->n_parties)
        vg_agreement__find(r, VG_FINDING_ERROR, r->root->at, "no-parties", VG_NO_FACTS);
    if (a->n_parties == 1)
        vg_agreement__find(r, VG_FINDING_NOTE, vg_agreement__place(r, a->party[0].line), "party-alone",
                           VG_FACTS(vg_fact__text("party", a->party[0].id)));
    for (int32_t i = 0; i < a->n_parties && a->n_clauses; i++)
        if (!(bound >> i & 1))
            vg_agreement__find(r, VG_FINDING_WARNING, vg_agreement__place(r, a->party[i].line),
                               "party-unbound", VG_FACTS(vg_fact__text("party", a->party[i].id)));
}

/* Acts of a common ally would count for both sides of the agreement at once. */
static void check_allies(vg_agreement_reading *r)
{
    const vg_agreement *a = r->a;
    for (int32_t i = 0; i < a->n_parties; i++)
        for (int32_t k = i + 1; k < a->n_parties; k++) {
            uint32_t common = a->party[i].allies & a->party[k].allies;
            if (!common || (a->party[i].allies & BIT(k)) || (a->party[k].allies & BIT(i)))
                continue;
            int32_t ally = __builtin_ctz(common);
            vg_agreement__find(
                r, VG_FINDING_WARNING, vg_agreement__place(r, a->party[k].line), "ally-of-both",
                VG_FACTS(vg_fact__text("ally", a->party[ally].id), vg_fact__text("party", a->party[i].id),
                         vg_fact__text("other", a->party[k].id)));
        }
}

/* Whether two folded names are one letter apart: put in, left out or exchanged. */
static bool one_letter_apart(vg_str a, vg_str b)
{
    if (a.n > b.n) {
        vg_str c = a;
        a = b;
        b = c;
    }
    ptrdiff_t head = 0, tail = 0;
    if (a.n < 5 || b.n - a.n > 1)
        return false;
    while (head < a.n && a.s[head] == b.s[head])
        head++;
    while (tail < a.n - head && a.s[a.n - 1 - tail] == b.s[b.n - 1 - tail])
        tail++;
    bool number = b.s[head] >= '0' && b.s[head] <= '9'; /* group 1 and group 2 are told apart on purpose */
    return !number && head + tail >= a.n - (a.n == b.n);
}

static vg_str name_of(const vg_agreement_party *p, int32_t i, char buf[128])
{
    return i < 0 ? vg_agreement__fold(i == -2 ? p->id : p->name, buf) : p->alias[i];
}

static void check_names(vg_agreement_reading *r, int32_t i, int32_t k)
{
    const vg_agreement_party *p = &r->party[i], *q = &r->party[k];
    char one[128], other[128];
    for (int32_t x = -2; x < p->n_aliases; x++)
        for (int32_t y = -2; y < q->n_aliases; y++) {
            vg_str a = name_of(p, x, one), b = name_of(q, y, other);
            if (vg_eq(a, b) || !one_letter_apart(a, b))
                continue;
            vg_agreement__find(r, VG_FINDING_WARNING, vg_agreement__place(r, q->line), "alias-near",
                               VG_FACTS(vg_fact__text("word", vg_copy(r->arena, a)),
                                        vg_fact__text("second", vg_copy(r->arena, b)),
                                        vg_fact__text("party", p->id), vg_fact__text("other", q->id)));
            return;
        }
}

static void check_parties(vg_agreement_reading *r)
{
    check_bound(r);
    check_allies(r);
    for (int32_t k = 1; k < r->a->n_parties; k++)
        for (int32_t i = 0; i < k; i++)
            check_names(r, i, k);
}

/* --- the cut-off and the clocks --- */

static void check_cutoff(vg_agreement_reading *r)
{
    const vg_agreement *a = r->a;
    const int64_t two_years = (int64_t)732 * DAY_S;
    const vg_toml *cut_off = vg_toml_get(r->root, VG_S("cut_off"));
    if (!cut_off || a->from == INT64_MIN || a->from >= a->to)
        return;
    int64_t end = a->to - a->from > two_years || a->to == INT64_MAX ? a->from + two_years : a->to;
    for (int64_t at = vg_clock_change(a->clock, a->from, end); at; at = vg_clock_change(a->clock, at, end)) {
        int64_t was = at + vg_clock_offset_s(a->clock, at - 1), is = at + vg_clock_offset_s(a->clock, at);
        int64_t day = was / DAY_S * DAY_S, cut = day + a->cutoff_s;
        if (cut < was || cut >= is)
            continue;
        vg_agreement__find(r, VG_FINDING_WARNING, cut_off->at, "cut-off-skipped",
                           VG_FACTS(vg_fact__day("day", was)));
        return;
    }
}

/* --- thresholds --- */

static bool is_bound(const vg_agreement *a, int32_t party)
{
    for (int32_t i = 0; i < a->n_clauses; i++)
        if (party < 0 || (a->clause[i].parties >> party & 1))
            return true;
    return false;
}

static bool zones_touch(const vg_agreement_zone *a, const vg_agreement_zone *b)
{
    for (int32_t v = 0; v < a->n_versions; v++)
        for (int32_t w = 0; w < b->n_versions; w++)
            if (vg_agreement__boxes_touch(a->version[v].shape, b->version[w].shape))
                return true;
    return false;
}

/* Whether an act in a zone may break something: also a clause about another zone that reaches there. */
static bool is_watched(const vg_agreement *a, int32_t zone)
{
    for (int32_t i = 0; i < a->n_clauses; i++) {
        const vg_clause *c = &a->clause[i];
        if (c->zone == zone || c->zone < 0 || c->relation != VG_RELATION_INSIDE ||
            zones_touch(&a->zone[c->zone], &a->zone[zone]))
            return true;
    }
    return false;
}

static void say(vg_agreement_reading *r, const vg_threshold *t, const char *id, vg_finding_weight weight)
{
    vg_agreement__find(
        r, weight, vg_agreement__place(r, t->line), id,
        VG_FACTS(
            vg_fact__text("threshold", t->id), vg_fact__num("ratio", t->least_ratio),
            vg_fact__num("days", (double)t->window_s / DAY_S),
            vg_fact__text("party", t->scope == VG_SCOPE_PAIR && t->of >= 0 ? r->party[t->of].id : VG_NOSTR),
            vg_fact__text("other", t->scope == VG_SCOPE_PAIR && t->of_second >= 0 ? r->party[t->of_second].id
                                                                                  : VG_NOSTR)));
}

static bool are_allies(const vg_agreement *a, int32_t i, int32_t k)
{
    return i >= 0 && k >= 0 && i != k && ((a->party[i].allies & BIT(k)) || (a->party[k].allies & BIT(i)));
}

static void check_threshold(vg_agreement_reading *r, const vg_threshold *t)
{
    const vg_agreement *a = r->a;
    bool pair = t->scope == VG_SCOPE_PAIR, of_party = t->scope == VG_SCOPE_PARTY || pair;
    if (t->scope == VG_SCOPE_ZONE && t->of >= 0 && !is_watched(a, t->of))
        say(r, t, "threshold-never-zone", VG_FINDING_WARNING);
    if (of_party && (!is_bound(a, t->of) || (pair && !is_bound(a, t->of_second))))
        say(r, t, "threshold-never-party", VG_FINDING_WARNING);
    if (a->n_clauses == 0)
        say(r, t, "threshold-never-clauses", VG_FINDING_WARNING);
    if (pair && are_allies(a, t->of, t->of_second))
        say(r, t, "pair-of-allies", VG_FINDING_WARNING);
    if (a->from > INT64_MIN && a->to < INT64_MAX && a->from < a->to && t->window_s > a->to - a->from)
        say(r, t, "threshold-too-long", VG_FINDING_WARNING);
    if (t->least_ratio > 0 && t->least_ratio <= 1)
        say(r, t, "threshold-ordinary", VG_FINDING_WARNING);
    if (!t->action.n)
        say(r, t, "threshold-no-action", VG_FINDING_NOTE);
}

/* --- sources --- */

static void check_sources(vg_agreement_reading *r)
{
    bool neutral = r->a->n_sources == 0;
    for (int32_t i = 0; i < r->a->n_sources; i++) {
        const vg_agreement_source *s = &r->source[i];
        neutral |= s->kind != VG_SOURCE_PARTY && s->party < 0;
        if (s->kind == VG_SOURCE_PARTY && s->party < 0)
            vg_agreement__find(r, VG_FINDING_WARNING, vg_agreement__place(r, s->line), "source-no-party",
                               VG_FACTS(vg_fact__text("source", s->id)));
    }
    if (!neutral)
        vg_agreement__find(r, VG_FINDING_WARNING, vg_agreement__place(r, r->source[0].line),
                           "sources-all-partial", VG_NO_FACTS);
}

void vg_agreement__check(vg_agreement_reading *r)
{
    check_parties(r);
    vg_agreement__check_zones(r);
    check_cutoff(r);
    vg_agreement__check_clauses(r);
    for (int32_t i = 0; i < r->a->n_thresholds; i++)
        check_threshold(r, &r->threshold[i]);
    check_sources(r);
}
