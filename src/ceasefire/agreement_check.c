/*
 * Looking an agreement over: parties, zones and their versions, the cut-off, thresholds and sources; clauses are in
 * agreement_check_clause.c. Invariant: nothing here changes the agreement, and every finding has the line it is about.
 */
#include <string.h>

#include "ceasefire/agreement_int.h"
#include "core/date.h"

enum { DAY_S = 86400, MOST_OVERLAPS = 2000 };

vg_at vg_agreement__place(const vg_agreement_reading *r, int32_t line)
{
    return (vg_at){ .file = r->root->at.file, .line = line };
}

const char *vg_agreement__local(const vg_agreement_reading *r, int64_t at, char text[32])
{
    if (at == INT64_MIN || at == INT64_MAX)
        return at == INT64_MIN ? "the beginning" : "the end";
    vg_instant_text(at + vg_clock_offset_s(r->a->clock, at), text);
    text[10] = ' ';
    text[16] = 0;
    return text;
}

/* --- parties --- */

static void check_parties(vg_agreement_reading *r)
{
    const vg_agreement *a = r->a;
    uint32_t bound = 0;
    for (int32_t i = 0; i < a->n_clauses; i++)
        bound |= a->clause[i].parties;
    if (!a->n_parties) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ENODATA, r->root->at, "the agreement has no parties");
        vg_mend(f, "add [[party]] with id and name for each");
    }
    for (int32_t i = 0; i < a->n_parties && a->n_clauses; i++) {
        if (bound >> i & 1)
            continue;
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ENODATA, vg_agreement__place(r, a->party[i].line), "no clause binds \"%.*s\"",
                VG_P(vg_utf8_head(a->party[i].id, 60)));
        vg_why(f, "whatever it does breaks nothing");
        vg_mend(f, "name it in the clauses that bind it, or write parties = \"all\" there");
    }
}

/* --- versions of zones --- */

static void check_version_pair(vg_agreement_reading *r, const vg_agreement_zone *z, int32_t i)
{
    const vg_agreement_version *v = &z->version[i - 1], *w = &z->version[i];
    char first[32], second[32];
    if (v->to == w->from)
        return;
    bool gap = v->to < w->from;
    vg_err *f = vg_agreement__found(r, gap ? VG_FINDING_WARNING : VG_FINDING_ERROR);
    const char *begins = vg_agreement__local(r, gap ? v->to : w->from, first);
    const char *ends = vg_agreement__local(r, gap ? w->from : v->to < w->to ? v->to : w->to, second);
    vg_fail(f, VG_ECONFLICT, vg_agreement__place(r, w->line),
            gap ? "the zone \"%.*s\" is nowhere from %s to %s"
                : "two versions of the zone \"%.*s\" hold from %s to %s",
            VG_P(vg_utf8_head(z->id, 60)), begins, ends);
    vg_why(f,
           gap ? "in between no act can lie in it"
               : "at any instant one shape must hold; the other is in line %d",
           v->line);
    vg_mend(f, "let the one begin when the other ends; a day in `to` means to its end");
}

static void check_versions(vg_agreement_reading *r, const vg_agreement_zone *z)
{
    for (int32_t i = 0; i < z->n_versions; i++) {
        const vg_agreement_version *v = &z->version[i];
        if (v->from >= v->to) {
            vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
            vg_fail(f, VG_ECONFLICT, vg_agreement__place(r, v->line),
                    "a version of the zone \"%.*s\" ends before it begins", VG_P(vg_utf8_head(z->id, 60)));
            vg_mend(f, "are from and to swapped?");
        } else if (i > 0) {
            check_version_pair(r, z, i);
        }
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

static bool boxes_touch(const vg_zone *a, const vg_zone *b)
{
    double p[4], q[4];
    vg_zone_box(a, p);
    vg_zone_box(b, q);
    bool over_date_line = p[0] > p[2] || q[0] > q[2];
    return p[1] <= q[3] && q[1] <= p[3] && (over_date_line || (p[0] <= q[2] && q[0] <= p[2]));
}

static void check_overlap(vg_agreement_reading *r, int32_t i, int32_t j, int32_t *budget)
{
    const vg_agreement_zone *a = &r->zone[i], *b = &r->zone[j];
    for (int32_t v = 0; v < a->n_versions; v++)
        for (int32_t w = 0; w < b->n_versions; w++) {
            const vg_agreement_version *x = &a->version[v], *y = &b->version[w];
            double shared, p = vg_zone_area_km2(x->shape), q = vg_zone_area_km2(y->shape),
                           least = p < q ? p : q;
            if (!vg_agreement__touch(x->from, x->to, y->from, y->to) || !boxes_touch(x->shape, y->shape))
                continue;
            if (--*budget < 0 || !vg_zone_overlap_km2(x->shape, y->shape, &shared, r->e) ||
                shared < .01 * least)
                continue;
            vg_err *f = vg_agreement__found(r, VG_FINDING_NOTE);
            vg_fail(f, VG_ECONFLICT, vg_agreement__place(r, y->line),
                    "the zones \"%.*s\" and \"%.*s\" overlap: %.1f km2", VG_P(vg_utf8_head(a->id, 40)),
                    VG_P(vg_utf8_head(b->id, 40)), shared);
            vg_why(f, "an act there lies in both, and is held against the clauses of both");
            vg_mend(f, "if that is meant, say so in one of them: overlaps = [\"%.*s\"]",
                    VG_P(vg_utf8_head(a->id, 40)));
            return;
        }
}

static bool is_told_of(const vg_agreement_zone *z)
{
    return z->kind != VG_ZONE_WHOLE_TERRITORY && z->kind != VG_ZONE_NO_FLY && !vg_agreement__is_line(z->kind);
}

static void check_overlaps(vg_agreement_reading *r)
{
    int32_t budget = MOST_OVERLAPS;
    for (int32_t i = 0; i < r->a->n_zones; i++) {
        const vg_toml *last = NULL;
        vg_str word;
        vg_at at;
        while (vg_agreement__word(r, r->extra[i].overlap_words, &last, &word, &at))
            vg_agreement__zone_named(r, word, at, "zone");
        for (int32_t j = i + 1; j < r->a->n_zones && is_told_of(&r->zone[i]); j++)
            if (is_told_of(&r->zone[j]) && !says_so(r, i, j) && !says_so(r, j, i))
                check_overlap(r, i, j, &budget);
    }
    if (budget < 0) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_NOTE);
        vg_fail(f, VG_ERANGE, r->root->at, "not all zones were held against one another");
        vg_why(f, "after %d pairs whose boxes touch the search for overlaps ends", MOST_OVERLAPS);
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

static void check_zones(vg_agreement_reading *r)
{
    for (int32_t i = 0; i < r->a->n_zones; i++) {
        const vg_agreement_zone *z = &r->zone[i];
        check_versions(r, z);
        bool ever = z->n_versions == 0;
        for (int32_t v = 0; v < z->n_versions; v++)
            ever |= vg_agreement__touch(z->version[v].from, z->version[v].to, r->a->from, r->a->to);
        if (!ever && r->a->from < r->a->to) {
            vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
            vg_fail(f, VG_ECONFLICT, vg_agreement__place(r, z->line),
                    "the zone \"%.*s\" never holds while the agreement does", VG_P(vg_utf8_head(z->id, 60)));
            vg_mend(f, "look at the years in its from and to, and in those of the agreement");
        }
        if (is_named(r, i))
            continue;
        vg_err *f = vg_agreement__found(r, VG_FINDING_NOTE);
        vg_fail(f, VG_ENODATA, vg_agreement__place(r, z->line), "nothing names the zone \"%.*s\"",
                VG_P(vg_utf8_head(z->id, 60)));
        vg_why(f, "reports are counted in it, but no clause can be broken there");
    }
    check_overlaps(r);
}

/* --- the cut-off and the clocks --- */

static void check_cutoff(vg_agreement_reading *r)
{
    const vg_agreement *a = r->a;
    const int64_t two_years = (int64_t)732 * DAY_S;
    if (a->from == INT64_MIN || a->from >= a->to)
        return;
    int64_t end = a->to - a->from > two_years || a->to == INT64_MAX ? a->from + two_years : a->to;
    for (int64_t at = vg_clock_change(a->clock, a->from, end); at; at = vg_clock_change(a->clock, at, end)) {
        int64_t was = at + vg_clock_offset_s(a->clock, at - 1), is = at + vg_clock_offset_s(a->clock, at);
        int64_t day = was / DAY_S * DAY_S, cut = day + a->cutoff_s;
        if (cut < was || cut >= is)
            continue;
        char text[32];
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ERANGE, vg_toml_get(r->root, VG_S("cut_off"))->at,
                "the cut-off does not exist on %.10s", vg_instant_text(was, text).s);
        vg_why(f, "the clocks are put forward over it; the report is made at the instant of the change");
        vg_mend(f, "choose an hour that every day has, as 18:00");
        return;
    }
}

/* --- thresholds and sources --- */

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
            if (boxes_touch(a->version[v].shape, b->version[w].shape))
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

static void never_reached(vg_agreement_reading *r, const vg_threshold *t, const char *why)
{
    vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
    vg_fail(f, VG_ENODATA, vg_agreement__place(r, t->line), "the threshold \"%.*s\" can never be reached",
            VG_P(vg_utf8_head(t->id, 60)));
    vg_why(f, "%s", why);
}

static void check_threshold(vg_agreement_reading *r, const vg_threshold *t)
{
    const vg_agreement *a = r->a;
    bool of_party = t->scope == VG_SCOPE_PARTY || t->scope == VG_SCOPE_PAIR;
    if (t->scope == VG_SCOPE_ZONE && t->of >= 0 && !is_watched(a, t->of))
        never_reached(r, t, "no clause reaches its zone, so nothing can be broken there");
    if (of_party && (!is_bound(a, t->of) || (t->scope == VG_SCOPE_PAIR && !is_bound(a, t->of_second))))
        never_reached(r, t, "no clause binds its party");
    if (a->n_clauses == 0)
        never_reached(r, t, "the agreement has no clauses");
    if (a->from > INT64_MIN && a->to < INT64_MAX && a->from < a->to && t->window_s > a->to - a->from) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ERANGE, vg_agreement__place(r, t->line),
                "the threshold \"%.*s\" looks back longer than the agreement lasts",
                VG_P(vg_utf8_head(t->id, 60)));
        vg_mend(f, "shorten within_hours or within_days");
    }
    if (t->least_ratio > 0 && t->least_ratio <= 1) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ERANGE, vg_agreement__place(r, t->line),
                "the threshold \"%.*s\" is reached by an ordinary day", VG_P(vg_utf8_head(t->id, 60)));
        vg_why(f, "least_ratio = %g is no rise over the time before", t->least_ratio);
        vg_mend(f, "write how many times the usual, as 2 or 3");
    }
}

static void check_sources(vg_agreement_reading *r)
{
    for (int32_t i = 0; i < r->a->n_sources; i++) {
        const vg_agreement_source *s = &r->source[i];
        if (s->kind != VG_SOURCE_PARTY || s->party >= 0)
            continue;
        vg_err *f = vg_agreement__found(r, VG_FINDING_WARNING);
        vg_fail(f, VG_ENODATA, vg_agreement__place(r, s->line),
                "the source \"%.*s\" is of a party, and does not say of which",
                VG_P(vg_utf8_head(s->id, 60)));
        vg_why(f, "its accusations would weigh as those of a neutral observer do");
        vg_mend(f, "add party = \"...\"");
    }
}

void vg_agreement__check(vg_agreement_reading *r)
{
    check_parties(r);
    check_zones(r);
    check_cutoff(r);
    vg_agreement__check_clauses(r);
    for (int32_t i = 0; i < r->a->n_thresholds; i++)
        check_threshold(r, &r->threshold[i]);
    check_sources(r);
}
