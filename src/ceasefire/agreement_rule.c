/*
 * What an agreement says beside its clauses: from when on a person is told, what its sources are, and from which
 * probabilities on an act is called a violation or a party is named.
 */
#include "ceasefire/agreement_int.h"

enum { MOST_THRESHOLDS = 1024, MOST_SOURCES = 4096 };

static const char *const threshold_keys[] = { "id",          "scope",       "of",          "within_hours",
                                              "within_days", "least_count", "least_ratio", "least_severity",
                                              "action",      "text",        NULL };
static const char *const source_keys[] = { "id",          "kind",     "party",           "delay_minutes",
                                           "delay_hours", "radius_m", "most_per_minute", "text",
                                           NULL };
static const char *const limit_keys[] = { "violation", "probable", "possible", "attributed", NULL };

/* --- names within the agreement --- */

int32_t vg_agreement__party_named(vg_agreement_reading *r, vg_str word, vg_at at, const char *what)
{
    char buf[128];
    const char *known[VG_AGREEMENT_PARTIES + 1];
    int32_t p = vg_agreement__index_find(&r->kept->party, vg_agreement__fold(word, buf));
    if (p >= 0)
        return p;
    int n = 0;
    for (int32_t i = 0; i < r->a->n_parties; i++) {
        vg_str id = vg_copy(r->arena, r->party[i].id);
        if (id.s)
            known[n++] = id.s;
    }
    known[n] = NULL;
    const char *near = vg_agreement__nearest(word, known);
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ENOTFOUND, at, "no %s is called \"%.*s\"", what, VG_P(vg_utf8_head(word, 60)));
    vg_why(f, "parties are named by their id, name or an alias, as they stand under [[party]]");
    if (near)
        vg_mend(f, "is it %s?", near);
    else
        vg_mend(f, "add it under [[party]], or add this name to the aliases of one");
    return VG_AGREEMENT_NOBODY;
}

int32_t vg_agreement__zone_named(vg_agreement_reading *r, vg_str word, vg_at at, const char *what)
{
    const char *near = NULL;
    int32_t z = vg_agreement__index_find(&r->kept->zone, word);
    if (z >= 0)
        return z;
    const char **known = vg_new(r->arena, const char *, r->a->n_zones + 1);
    for (int32_t i = 0, n = 0; known && i < r->a->n_zones; i++) {
        vg_str id = vg_copy(r->arena, r->zone[i].id);
        if (id.s)
            known[n++] = id.s;
    }
    if (known)
        near = vg_agreement__nearest(word, known);
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ENOTFOUND, at, "no %s is called \"%.*s\"", what, VG_P(vg_utf8_head(word, 60)));
    vg_why(f, "zones are named by their id, as it stands under [[zone]]");
    if (near)
        vg_mend(f, "is it %s?", near);
    else
        vg_mend(f, "add it under [[zone]], or leave the zone out for the whole territory");
    return VG_AGREEMENT_NOBODY;
}

/* --- limits --- */

static void limit(vg_agreement_reading *r, vg_toml *t, const char *key, double *out)
{
    double x;
    if (!vg_agreement__number(r, t, key, &x))
        return;
    if (x > 0 && x <= 1) {
        *out = x;
        return;
    }
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ERANGE, vg_toml_get(t, vg_str_z(key))->at, "%s = %g", key, x);
    vg_why(f, "a limit is a probability above 0 and at most 1");
    if (x > 1 && x <= 100)
        vg_mend(f, "is it a percentage? then write %g", x / 100);
}

static void limits(vg_agreement_reading *r)
{
    vg_agreement_limits *l = &r->a->limits;
    int32_t n;
    *l = (vg_agreement_limits){ .violation = .8, .probable = .5, .possible = .2, .attributed = .7 };
    vg_toml *t = vg_agreement__tables(r, r->root, "limits", 1, &n);
    if (!t)
        return;
    limit(r, t, "violation", &l->violation);
    limit(r, t, "probable", &l->probable);
    limit(r, t, "possible", &l->possible);
    limit(r, t, "attributed", &l->attributed);
    if (!(l->possible < l->probable && l->probable < l->violation)) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ECONFLICT, t->at, "limits out of order: possible %g, probable %g, violation %g",
                l->possible, l->probable, l->violation);
        vg_why(f, "the surer the word, the higher its limit");
        vg_mend(f, "the usual are possible = 0.2, probable = 0.5, violation = 0.8");
    }
    vg_agreement__unknown_keys(r, t, limit_keys);
}

/* --- thresholds --- */

static vg_scope scope_of(vg_agreement_reading *r, vg_toml *t)
{
    vg_str word;
    if (!vg_agreement__text(r, t, "scope", &word)) {
        if (!vg_toml_get(t, VG_S("scope"))) {
            vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
            vg_fail(f, VG_ENODATA, t->at, "a threshold without a scope");
            vg_mend(f, "add scope = \"zone\", \"party\", \"pair\", \"clause\" or \"all\"");
        }
        return VG_SCOPE_ALL;
    }
    for (int i = 0; i < 5; i++)
        if (vg_eq(word, vg_str_z(vg_scope_name(i))))
            return (vg_scope)i;
    vg_agreement__bad_word(r, vg_toml_get(t, VG_S("scope"))->at, "scope", word, vg_scope_name, 5);
    return VG_SCOPE_ALL;
}

static int32_t clause_named(vg_agreement_reading *r, vg_str word, vg_at at)
{
    for (int32_t i = 0; i < r->a->n_clauses; i++)
        if (vg_eq(r->clause[i].id, word))
            return i;
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ENOTFOUND, at, "no clause is called \"%.*s\"", VG_P(vg_utf8_head(word, 60)));
    vg_why(f, "clauses are named by their id, as it stands under [[clause]]");
    return VG_AGREEMENT_NOBODY;
}

static int32_t named(vg_agreement_reading *r, vg_scope scope, vg_str word, vg_at at)
{
    switch (scope) {
    case VG_SCOPE_ZONE: return vg_agreement__zone_named(r, word, at, "zone");
    case VG_SCOPE_PARTY:
    case VG_SCOPE_PAIR: return vg_agreement__party_named(r, word, at, "party");
    case VG_SCOPE_CLAUSE: return clause_named(r, word, at);
    case VG_SCOPE_ALL: break;
    }
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ECONFLICT, at, "of = \"%.*s\" with scope all", VG_P(vg_utf8_head(word, 60)));
    vg_mend(f, "take `of` out, or write the scope: zone, party, pair or clause");
    return VG_AGREEMENT_NOBODY;
}

static void whose(vg_agreement_reading *r, vg_toml *t, vg_threshold *x)
{
    vg_toml *of = vg_toml_get(t, VG_S("of"));
    vg_str word;
    vg_at at = t->at;
    int32_t n = 0;
    x->of = x->of_second = VG_AGREEMENT_NOBODY;
    for (const vg_toml *last = NULL; vg_agreement__word(r, of, &last, &word, &at); n++) {
        int32_t i = named(r, x->scope, word, at);
        if (n == 0)
            x->of = i;
        else
            x->of_second = i;
    }
    int32_t should = x->scope == VG_SCOPE_PAIR ? 2 : 1;
    if (n && n != should && x->scope != VG_SCOPE_ALL) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ERANGE, of->at, "`of` names %d instead of %d", n, should);
        vg_why(f, "a pair has two parties; any other scope is of one, or of each where `of` is left out");
    } else if (n == 2 && x->of >= 0 && x->of == x->of_second) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ECONFLICT, of->at, "a pair of one party");
        vg_why(f, "this threshold can never be reached");
    }
}

static void how_long(vg_agreement_reading *r, vg_toml *t, vg_threshold *x)
{
    double hours = 0, days = 0;
    bool h = vg_agreement__number(r, t, "within_hours", &hours),
         d = vg_agreement__number(r, t, "within_days", &days);
    if (d)
        hours = days * 24;
    if (h != d && hours > 0 && hours <= 24. * 3660) {
        x->window_s = (int64_t)(hours * 3600 + .5);
        return;
    }
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    x->window_s = 86400;
    vg_fail(f, h && d ? VG_ECONFLICT : VG_ERANGE, t->at,
            h && d ? "within_hours beside within_days"
                   : "a threshold needs within_hours or within_days above 0, and at most 3660 days");
    vg_mend(f, "write for example within_hours = 24");
}

static void how_much(vg_agreement_reading *r, vg_toml *t, vg_threshold *x)
{
    double *const value[] = { &x->least_count, &x->least_ratio, &x->least_severity };
    static const char *const key[] = { "least_count", "least_ratio", "least_severity" };
    int n = 0;
    for (int i = 0; i < 3; i++) {
        if (!vg_agreement__number(r, t, key[i], value[i]))
            continue;
        n++;
        if (*value[i] > 0)
            continue;
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ERANGE, vg_toml_get(t, vg_str_z(key[i]))->at, "%s = %g", key[i], *value[i]);
        vg_why(f, "a threshold lies above 0");
        *value[i] = 0;
    }
    if (n == 1)
        return;
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, n ? VG_ECONFLICT : VG_ENODATA, t->at,
            n ? "a threshold with %d limits" : "a threshold without a limit", n);
    vg_why(
        f,
        "it has exactly one of least_count, least_ratio and least_severity; else it could never be decided");
    vg_mend(f, "write for example least_count = 10");
}

static bool thresholds(vg_agreement_reading *r)
{
    int32_t n;
    vg_toml *t = vg_agreement__tables(r, r->root, "threshold", MOST_THRESHOLDS, &n);
    r->threshold = vg_new(r->arena, vg_threshold, n + 1);
    if (!r->threshold)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    r->a->threshold = r->threshold;
    r->a->n_thresholds = n;
    for (int32_t i = 0; i < n; i++, t = t->next) {
        vg_threshold *x = &r->threshold[i];
        *x = (vg_threshold){ .line = vg_agreement__line(t) };
        x->id = vg_agreement__id(r, t, "threshold");
        x->scope = scope_of(r, t);
        whose(r, t, x);
        how_long(r, t, x);
        how_much(r, t, x);
        vg_agreement__text(r, t, "action", &x->action);
        vg_toml_get(t, VG_S("text"));
        for (int32_t k = 0; k < i && x->id.n; k++)
            if (vg_eq(r->threshold[k].id, x->id)) {
                vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
                vg_fail(f, VG_ECONFLICT, t->at, "two thresholds are called \"%.*s\", the first in line %d",
                        VG_P(x->id), r->threshold[k].line);
            }
        vg_agreement__unknown_keys(r, t, threshold_keys);
    }
    return true;
}

/* --- sources --- */

static double not_below_0(vg_agreement_reading *r, vg_toml *t, const char *key, double most)
{
    double x = 0;
    if (!vg_agreement__number(r, t, key, &x) || (x >= 0 && x <= most))
        return x;
    vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
    vg_fail(f, VG_ERANGE, vg_toml_get(t, vg_str_z(key))->at, "%s = %g", key, x);
    vg_why(f, "it lies between 0 and %g", most);
    return 0;
}

static void source(vg_agreement_reading *r, vg_toml *t, int32_t i)
{
    vg_agreement_source *s = &r->source[i];
    vg_str word;
    *s = (vg_agreement_source){ .party = VG_AGREEMENT_NOBODY, .line = vg_agreement__line(t) };
    s->id = vg_agreement__id(r, t, "source");
    if (vg_agreement__text(r, t, "kind", &word)) {
        int kind = vg_source_kind_by_name(word);
        if (kind < 0)
            vg_agreement__bad_word(r, vg_toml_get(t, VG_S("kind"))->at, "kind of source", word,
                                   vg_source_kind_name, VG_N_SOURCE_KINDS);
        s->kind = kind < 0 ? VG_SOURCE_OTHER : (vg_source_kind)kind;
    }
    if (vg_agreement__text(r, t, "party", &word))
        s->party = vg_agreement__party_named(r, word, vg_toml_get(t, VG_S("party"))->at, "party");
    double minutes = not_below_0(r, t, "delay_minutes", 525600),
           hours = not_below_0(r, t, "delay_hours", 8760);
    s->delay_s = (int64_t)(minutes * 60 + hours * 3600 + .5);
    s->default_radius_m = not_below_0(r, t, "radius_m", 500e3);
    s->rate_per_minute = (int64_t)not_below_0(r, t, "most_per_minute", 1e9);
    vg_toml_get(t, VG_S("text"));
    int32_t before = s->id.n ? vg_agreement__index_add(&r->kept->source, s->id, i) : VG_AGREEMENT_NOBODY;
    if (before >= 0) {
        vg_err *f = vg_agreement__found(r, VG_FINDING_ERROR);
        vg_fail(f, VG_ECONFLICT, t->at, "two sources are called \"%.*s\", the first in line %d", VG_P(s->id),
                r->source[before].line);
    }
    vg_agreement__unknown_keys(r, t, source_keys);
}

static bool sources(vg_agreement_reading *r)
{
    int32_t n;
    vg_toml *t = vg_agreement__tables(r, r->root, "source", MOST_SOURCES, &n);
    r->source = vg_new(r->arena, vg_agreement_source, n + 1);
    if (!r->source)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    r->a->source = r->source;
    r->a->n_sources = n;
    if (!vg_agreement__index_open(r, &r->kept->source, n))
        return false;
    for (int32_t i = 0; i < n; i++, t = t->next)
        source(r, t, i);
    return true;
}

bool vg_agreement__rules(vg_agreement_reading *r)
{
    limits(r);
    return thresholds(r) && sources(r);
}
