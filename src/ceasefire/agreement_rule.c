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

int32_t vg_agreement__party_named(vg_agreement_reading *r, vg_str word, vg_at at)
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
    vg_agreement__find(
        r, VG_FINDING_ERROR, at, "party-unknown",
        VG_FACTS(vg_fact__text("word", word), vg_fact__text("near", near ? vg_str_z(near) : VG_NOSTR)));
    return VG_AGREEMENT_NOBODY;
}

int32_t vg_agreement__zone_named(vg_agreement_reading *r, vg_str word, vg_at at)
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
    vg_agreement__find(
        r, VG_FINDING_ERROR, at, "zone-unknown",
        VG_FACTS(vg_fact__text("word", word), vg_fact__text("near", near ? vg_str_z(near) : VG_NOSTR)));
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
    vg_agreement__find(r, VG_FINDING_ERROR, vg_toml_get(t, vg_str_z(key))->at,
                       x > 1 && x <= 100 ? "limit-percent" : "limit-range",
                       VG_FACTS(vg_fact__text("key", vg_str_z(key)), vg_fact__code("value", x),
                                vg_fact__code("mended", x / 100)));
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
    if (!(l->possible < l->probable && l->probable < l->violation))
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "limits-order",
                           VG_FACTS(vg_fact__num("possible", l->possible),
                                    vg_fact__num("probable", l->probable),
                                    vg_fact__num("violation", l->violation)));
    if (l->attributed <= .5)
        vg_agreement__find(r, VG_FINDING_WARNING, t->at, "limit-attributed-low",
                           VG_FACTS(vg_fact__num("value", l->attributed)));
    vg_agreement__unknown_keys(r, t, limit_keys);
}

/* --- thresholds --- */

static vg_scope scope_of(vg_agreement_reading *r, vg_toml *t)
{
    vg_str word;
    if (!vg_agreement__text(r, t, "scope", &word)) {
        if (!vg_toml_get(t, VG_S("scope")))
            vg_agreement__find(r, VG_FINDING_ERROR, t->at, "threshold-no-scope", VG_NO_FACTS);
        return VG_SCOPE_ALL;
    }
    for (int i = 0; i < 5; i++)
        if (vg_eq(word, vg_str_z(vg_scope_name(i))))
            return (vg_scope)i;
    vg_agreement__bad_word(r, vg_toml_get(t, VG_S("scope"))->at, "scope-unknown", word, vg_scope_name, 5);
    return VG_SCOPE_ALL;
}

static int32_t clause_named(vg_agreement_reading *r, vg_str word, vg_at at)
{
    for (int32_t i = 0; i < r->a->n_clauses; i++)
        if (vg_eq(r->clause[i].id, word))
            return i;
    vg_agreement__find(r, VG_FINDING_ERROR, at, "clause-unknown", VG_FACTS(vg_fact__text("word", word)));
    return VG_AGREEMENT_NOBODY;
}

static int32_t named(vg_agreement_reading *r, vg_scope scope, vg_str word, vg_at at)
{
    switch (scope) {
    case VG_SCOPE_ZONE: return vg_agreement__zone_named(r, word, at);
    case VG_SCOPE_PARTY:
    case VG_SCOPE_PAIR: return vg_agreement__party_named(r, word, at);
    case VG_SCOPE_CLAUSE: return clause_named(r, word, at);
    case VG_SCOPE_ALL: break;
    }
    vg_agreement__find(r, VG_FINDING_ERROR, at, "of-without-scope", VG_FACTS(vg_fact__text("word", word)));
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
    if (n && n != should && x->scope != VG_SCOPE_ALL)
        vg_agreement__find(r, VG_FINDING_ERROR, of->at, "of-count",
                           VG_FACTS(vg_fact__num("n", n), vg_fact__num("should", should)));
    else if (n == 2 && x->of >= 0 && x->of == x->of_second)
        vg_agreement__find(r, VG_FINDING_ERROR, of->at, "pair-of-one",
                           VG_FACTS(vg_fact__text("party", r->party[x->of].id)));
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
    x->window_s = 86400;
    vg_agreement__find(r, VG_FINDING_ERROR, t->at, h && d ? "threshold-two-times" : "threshold-time",
                       VG_NO_FACTS);
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
        vg_agreement__find(
            r, VG_FINDING_ERROR, vg_toml_get(t, vg_str_z(key[i]))->at, "threshold-value",
            VG_FACTS(vg_fact__text("key", vg_str_z(key[i])), vg_fact__code("value", *value[i])));
        *value[i] = 0;
    }
    if (n == 1)
        return;
    vg_agreement__find(r, VG_FINDING_ERROR, t->at, n ? "threshold-limits" : "threshold-no-limit",
                       VG_FACTS(vg_fact__num("n", n)));
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
        x->id = vg_agreement__id(r, t, "threshold-no-id");
        x->scope = scope_of(r, t);
        whose(r, t, x);
        how_long(r, t, x);
        how_much(r, t, x);
        vg_agreement__text(r, t, "action", &x->action);
        vg_toml_get(t, VG_S("text"));
        for (int32_t k = 0; k < i && x->id.n; k++)
            if (vg_eq(r->threshold[k].id, x->id))
                vg_agreement__find(
                    r, VG_FINDING_ERROR, t->at, "threshold-double",
                    VG_FACTS(vg_fact__text("id", x->id), vg_fact__num("line", r->threshold[k].line)));
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
    vg_agreement__find(
        r, VG_FINDING_ERROR, vg_toml_get(t, vg_str_z(key))->at, "source-value",
        VG_FACTS(vg_fact__text("key", vg_str_z(key)), vg_fact__code("value", x), vg_fact__num("most", most)));
    return 0;
}

static void source(vg_agreement_reading *r, vg_toml *t, int32_t i)
{
    vg_agreement_source *s = &r->source[i];
    vg_str word;
    *s = (vg_agreement_source){ .party = VG_AGREEMENT_NOBODY, .line = vg_agreement__line(t) };
    s->id = vg_agreement__id(r, t, "source-no-id");
    if (vg_agreement__text(r, t, "kind", &word)) {
        int kind = vg_source_kind_by_name(word);
        if (kind < 0)
            vg_agreement__bad_word(r, vg_toml_get(t, VG_S("kind"))->at, "source-kind-unknown", word,
                                   vg_source_kind_name, VG_N_SOURCE_KINDS);
        s->kind = kind < 0 ? VG_SOURCE_OTHER : (vg_source_kind)kind;
    }
    if (vg_agreement__text(r, t, "party", &word))
        s->party = vg_agreement__party_named(r, word, vg_toml_get(t, VG_S("party"))->at);
    double minutes = not_below_0(r, t, "delay_minutes", 525600),
           hours = not_below_0(r, t, "delay_hours", 8760);
    s->delay_s = (int64_t)(minutes * 60 + hours * 3600 + .5);
    s->default_radius_m = not_below_0(r, t, "radius_m", 500e3);
    s->rate_per_minute = (int64_t)not_below_0(r, t, "most_per_minute", 1e9);
    vg_toml_get(t, VG_S("text"));
    int32_t before = s->id.n ? vg_agreement__index_add(&r->kept->source, s->id, i) : VG_AGREEMENT_NOBODY;
    if (before >= 0)
        vg_agreement__find(
            r, VG_FINDING_ERROR, t->at, "source-double",
            VG_FACTS(vg_fact__text("id", s->id), vg_fact__num("line", r->source[before].line)));
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
